"""Where are heads of the chain kept outside the database? In a bucket; whoever rewinds the database cannot rewind it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson
from botocore.exceptions import BotoCoreError, ClientError

from service.adapters.s3 import s3_client
from service.audit import chain
from service.audit.proof import Verdict, verify
from service.base import logs
from service.base.clock import utc_now
from service.base.settings import Settings

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

PREFIX = "audit-heads/"
LOCK_DAYS = 400
"""How long a bucket with object lock lets nobody remove a head."""
# Twenty digits, so that names sort as their numbers do.
_KEY = re.compile(rf"^{PREFIX}(\d{{20}})-([0-9a-f]{{64}})\.json$")


class HeadsAway(Exception):
    """The bucket does not answer or refuses; the message is one sentence for the operator."""


async def verify_stored(settings: Settings, expected: chain.Head | None = None, *, may_be_empty: bool) -> Verdict:
    """Verify the chain against the newest head in the bucket, and keep its head there when it is right and has grown.

    The bucket is that of the backups where there is one, else that of the documents. Without a kept head the chain counts
    as it stands, which is logged: `audit.first_head`. Raises HeadsAway.
    """
    async with _bucket(settings) as (client, bucket):
        kept = await _newest(client, bucket)
        found = Verdict(chain.START)
        for head in {expected, kept} - {None} or {None}:
            found = await verify(settings.audit_key_ring, head, may_be_empty=may_be_empty and kept is None)
            if found.broken_at is not None:
                logs.log("audit.broken", level="error", row=found.broken_at)
                return found
        if kept is None:
            logs.log("audit.first_head", level="warn", count=found.head.count)
        if found.head.count and found.head != kept:
            await _keep(client, bucket, found.head)
    return found


_HAS_NO_LOCK = frozenset({"ObjectLockConfigurationNotFoundError", "NotImplemented", "MethodNotAllowed"})


async def _newest(client: S3Client, bucket: str) -> chain.Head | None:
    newest: chain.Head | None = None
    async for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=PREFIX):
        for item in page.get("Contents", []):
            if (match := _KEY.match(item["Key"])) and (newest is None or int(match[1]) > newest.count):
                newest = chain.Head(int(match[1]), match[2])
    return newest


async def _keep(client: S3Client, bucket: str, head: chain.Head) -> None:
    """Locked for a while where the bucket can; a store without object lock refuses to say whether it has it."""
    arguments: dict[str, Any] = {}
    try:
        lock = await client.get_object_lock_configuration(Bucket=bucket)
        if lock.get("ObjectLockConfiguration", {}).get("ObjectLockEnabled") == "Enabled":
            until = utc_now() + timedelta(days=LOCK_DAYS)
            arguments = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": until}
    except ClientError as error:
        reason = error.response.get("Error", {}).get("Code", "")
        if reason not in _HAS_NO_LOCK:
            # Perhaps the bucket has it and our key may not ask: somebody should know that this head can be removed.
            logs.log("audit.head_not_locked", level="warn", reason=reason)
    await client.put_object(
        Bucket=bucket,
        Key=f"{PREFIX}{head.count:020}-{head.mac}.json",
        Body=orjson.dumps({"count": head.count, "mac": head.mac, "keptAt": utc_now().isoformat()}),
        ContentType="application/json",
        **arguments,
    )


@asynccontextmanager
async def _bucket(settings: Settings) -> AsyncIterator[tuple[S3Client, str]]:
    of_backups = bool(settings.backup_s3_bucket)
    try:
        async with s3_client(
            settings.backup_s3_endpoint if of_backups else settings.s3_endpoint,
            region=settings.backup_s3_region if of_backups else settings.object_storage_region,
            access_key=settings.backup_s3_access_key_id if of_backups else settings.s3_access_key,
            secret_key=settings.backup_s3_secret_access_key if of_backups else settings.s3_secret_key,
            path_style=settings.backup_s3_force_path_style if of_backups else settings.object_storage_force_path_style,
        ) as client:
            yield client, settings.backup_s3_bucket if of_backups else settings.object_storage_bucket
    except (ClientError, BotoCoreError, OSError, TimeoutError) as error:
        raise HeadsAway(f"The heads of the audit chain cannot be read or kept: {type(error).__name__}.") from error
