"""Is the bucket as the product needs it, and what may the product's key do there? Source: docs/object-store.md."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from service.adapters.object_storage import ObjectStorage
from service.adapters.s3 import s3_client
from service.base.settings import Settings
from service.database import waiting
from service.http.errors import StorageUnavailable

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

ABORT_MULTIPART_DAYS, KEEP_NONCURRENT_DAYS = 2, 30
# A rule of another name is somebody else's and stays.
_RULE_PREFIX = "jembatan-"
_STATEMENT_PREFIX = "Jembatan"
# Some servers know no versioning, life cycle or policy, and say so in one of these ways.
_NOT_SUPPORTED = {
    "NotImplemented",
    "MethodNotAllowed",
    "InvalidArgument",
    "InvalidRequest",
    "MalformedXML",
    "UnsupportedArgument",
}
_REFUSED = {401, 403}
_UNKNOWN_KEY = {"InvalidAccessKeyId", "SignatureDoesNotMatch"}

RULES: dict[str, dict[str, Any]] = {
    "jembatan-abort-multipart": {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": ABORT_MULTIPART_DAYS}},
    "jembatan-noncurrent": {"NoncurrentVersionExpiration": {"NoncurrentDays": KEEP_NONCURRENT_DAYS}},
}


class StorageRefused(Exception):
    """The store answers and does not know the key; the text is one sentence that names the variables."""


async def bootstrap(settings: Settings, *, patience_seconds: float = 0.0) -> list[str]:
    """Make the bucket where it is missing, then `prepare` it; returns one line for each.

    Tries again for `patience_seconds` while the store is unavailable, and says so. Raises StorageUnavailable, ClientError,
    and at once StorageRefused for a key that the store does not know.
    """
    storage = ObjectStorage(settings)
    await storage.open()
    deadline = time.monotonic() + patience_seconds
    try:
        async with waiting.announced("the object store (OBJECT_STORAGE_ENDPOINT)") as wait:
            while True:
                try:
                    made = await storage.ensure_bucket()
                    break
                except StorageUnavailable as error:
                    await _refuse_unknown_key(settings, error)
                    if time.monotonic() >= deadline:
                        raise
                    wait.reason = f"{settings.s3_endpoint} does not answer ({type(error.__cause__).__name__})"
                await asyncio.sleep(1)
    finally:
        await storage.close()
    return [f"bucket {settings.object_storage_bucket} {'made' if made else 'is there'}", *await prepare(settings)]


async def _refuse_unknown_key(settings: Settings, error: StorageUnavailable) -> None:
    """Raise StorageRefused when the store has answered that it knows neither this key nor this signature."""
    if not isinstance(error.__cause__, ClientError) or _status(error.__cause__) != 403:
        return
    async with _client(settings) as client:
        try:
            # The bucket is asked for by HEAD, whose answer has no body to say why.
            await client.list_objects_v2(Bucket=settings.object_storage_bucket, MaxKeys=1)
        except ClientError as found:
            if _code(found) in _UNKNOWN_KEY:
                raise StorageRefused(
                    "OBJECT_STORAGE_ACCESS_KEY_ID, OBJECT_STORAGE_SECRET_ACCESS_KEY: the object store at"
                    f" {settings.s3_endpoint} does not know this key ({_code(found)})."
                ) from found
        except BotoCoreError:
            return


def _client(settings: Settings) -> AbstractAsyncContextManager[S3Client]:
    return s3_client(
        settings.s3_endpoint,
        region=settings.object_storage_region,
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key,
        path_style=settings.object_storage_force_path_style,
    )


async def prepare(settings: Settings) -> list[str]:
    """Set versioning, life cycle and, where a principal is named, the policy; examine the product's key.

    Returns one line for each, also for what the server does not support: that is reported, not failed, because the
    product works without it. Runs with a key that may administer the bucket, any number of times; rules and statements
    of others stay. Raises ClientError when the store refuses for another reason.
    """
    async with _client(settings) as client:
        bucket = settings.object_storage_bucket
        lines = [await _versioning(client, bucket), *await _life_cycle(client, bucket)]
        lines.append(await _policy(client, bucket, settings.object_storage_app_principal))
    return lines + await _examine(settings)


async def _versioning(client: S3Client, bucket: str) -> str:
    if (await client.get_bucket_versioning(Bucket=bucket)).get("Status") == "Enabled":
        return "versioning is on"

    async def change() -> None:
        await client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})

    return await _report("versioning", change, "on")


async def _life_cycle(client: S3Client, bucket: str) -> list[str]:
    try:
        found: list[Any] = list((await client.get_bucket_lifecycle_configuration(Bucket=bucket)).get("Rules", []))
    except ClientError as error:
        if _code(error) not in {"NoSuchLifecycleConfiguration", *_NOT_SUPPORTED}:
            raise
        found = []
    rules = [rule for rule in found if not str(rule.get("ID", "")).startswith(_RULE_PREFIX)]
    lines = []
    # One after another, because a server may know one kind of rule and refuse the other.
    for name, action in RULES.items():
        rule = {"ID": name, "Status": "Enabled", "Filter": {"Prefix": ""}, **action}

        async def change(wanted: list[Any] = [*rules, rule]) -> None:  # noqa: B006 - this round's list, never changed
            await client.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": wanted})

        line = await _report(f"life cycle {name}", change, "set")
        if line.endswith(": set"):
            rules.append(rule)
        lines.append(line)
    return lines


def policy_statements(bucket: str, principal: str) -> list[dict[str, Any]]:
    """What the product's key may do: read, write and erase objects, and list, so that a missing object is a 404."""
    return [
        {
            "Sid": f"{_STATEMENT_PREFIX}Objects",
            "Effect": "Allow",
            "Principal": {"AWS": [principal]},
            "Action": [
                "s3:GetObject",
                "s3:PutObject",
                "s3:AbortMultipartUpload",
                "s3:DeleteObject",
                "s3:DeleteObjectVersion",
            ],
            "Resource": [f"arn:aws:s3:::{bucket}/*"],
        },
        {
            "Sid": f"{_STATEMENT_PREFIX}List",
            "Effect": "Allow",
            "Principal": {"AWS": [principal]},
            "Action": ["s3:ListBucket", "s3:ListBucketVersions"],
            "Resource": [f"arn:aws:s3:::{bucket}"],
        },
    ]


async def _policy(client: S3Client, bucket: str, principal: str) -> str:
    if not principal:
        return "policy: left alone, OBJECT_STORAGE_APP_PRINCIPAL is not set"
    try:
        found = json.loads((await client.get_bucket_policy(Bucket=bucket))["Policy"])
    except ClientError as error:
        if _code(error) not in {"NoSuchBucketPolicy", *_NOT_SUPPORTED}:
            raise
        found = {}
    others = [s for s in found.get("Statement", []) if not str(s.get("Sid", "")).startswith(_STATEMENT_PREFIX)]
    document = {"Version": "2012-10-17", "Statement": [*others, *policy_statements(bucket, principal)]}

    async def change() -> None:
        await client.put_bucket_policy(Bucket=bucket, Policy=json.dumps(document))

    return await _report("policy", change, "set")


async def _examine(settings: Settings) -> list[str]:
    """Try what the product does with its key, and what it never does. The probe object is taken away again."""
    access_key = settings.object_storage_app_access_key_id
    if not access_key:
        return ["the product's key: not examined, OBJECT_STORAGE_APP_ACCESS_KEY_ID is not set"]
    if access_key == settings.s3_access_key:
        return ["the product's key: is the administrator's; give it one of its own (docs/object-store.md)"]
    bucket, key = settings.object_storage_bucket, f"bootstrap/{uuid.uuid4()}"
    async with s3_client(
        settings.s3_endpoint,
        region=settings.object_storage_region,
        access_key=access_key,
        secret_key=settings.object_storage_app_secret_access_key,
        path_style=settings.object_storage_force_path_style,
    ) as client:
        needed: dict[str, Callable[[], Awaitable[Any]]] = {
            "write": lambda: client.put_object(Bucket=bucket, Key=key, Body=b"probe"),
            "read": lambda: client.get_object(Bucket=bucket, Key=key),
            "list": lambda: client.list_objects_v2(Bucket=bucket, MaxKeys=1),
            "delete": lambda: client.delete_object(Bucket=bucket, Key=key),
        }
        excessive: dict[str, Callable[[], Awaitable[Any]]] = {
            "list all buckets": lambda: client.list_buckets(),
            "read the policy": lambda: client.get_bucket_policy(Bucket=bucket),
        }
        may = {name: await _allowed(call) for name, call in (needed | excessive).items()}
    lacking = [name for name in needed if not may[name]]
    too_much = [name for name in excessive if may[name]]
    lines = [
        f"the product's key: may not {', '.join(lacking)}: uploads or erasures will fail"
        if lacking
        else "the product's key: ok"
    ]
    if too_much:
        lines.append(f"the product's key: may also {', '.join(too_much)}, which it does not need")
    return lines


async def _allowed(call: Callable[[], Awaitable[Any]]) -> bool:
    """Whether the store lets the key do it; any answer but a refusal shows that it does."""
    try:
        await call()
    except ClientError as error:
        return _status(error) not in _REFUSED
    return True


async def _report(what: str, change: Callable[[], Awaitable[None]], done: str) -> str:
    try:
        await change()
    except ClientError as error:
        if _code(error) not in _NOT_SUPPORTED:
            raise
        return f"{what}: not supported by this store ({_code(error)})"
    return f"{what}: {done}"


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
