"""How does the product reach its object store? S3 and nothing but S3, behind the few calls that it needs."""

from __future__ import annotations

import base64
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import aioboto3
from aiobotocore.config import AioConfig
from botocore.exceptions import BotoCoreError, ClientError

from service.base import metrics
from service.base.clock import utc_now
from service.base.settings import Settings
from service.http.errors import StorageUnavailable

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

_CONNECT_SECONDS, _READ_SECONDS = 3, 15
_PART_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class PresignedUpload:
    """What a phone needs for one PUT: it sends every header as listed, before `expires_at` (UTC)."""

    object_key: str
    url: str
    headers: dict[str, str]
    expires_at: datetime


def s3_client(
    endpoint: str, *, region: str, access_key: str, secret_key: str, path_style: bool
) -> AbstractAsyncContextManager[S3Client]:
    """A client whose every call ends within its time-outs; entering it calls nobody."""
    return aioboto3.Session().client(
        "s3",
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        config=AioConfig(
            signature_version="s3v4",
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
            retries={"mode": "standard", "max_attempts": 2},
            max_pool_connections=20,
            # The checksums that newer clients add by default are refused by several S3 servers.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            s3={"addressing_style": "path" if path_style else "virtual"},
        ),
    )


@dataclass(frozen=True, slots=True)
class StoredObject:
    """The first bytes of an object and the media type that it was stored with, if any."""

    data: bytes
    content_type: str | None


class ObjectStorage:
    """One bucket of one S3 server. Opened at start, closed at stop; every call ends within its time-outs.

    Methods raise StorageUnavailable when the server does not answer or refuses our key.
    """

    def __init__(self, settings: Settings) -> None:
        self.bucket = settings.object_storage_bucket
        self.max_file_bytes = settings.object_storage_max_file_bytes
        self._settings = settings
        self._stack = AsyncExitStack()
        self._client: S3Client | None = None
        self._signer: S3Client | None = None

    async def open(self) -> None:
        """Prepare the clients; nothing is called yet, so the server may be away."""
        self._client = await self._connect(self._settings.s3_endpoint)
        # Signs for phones and calls nobody: the host is part of the signature.
        self._signer = await self._connect(self._settings.s3_public_endpoint)

    async def _connect(self, endpoint: str) -> S3Client:
        settings = self._settings
        return await self._stack.enter_async_context(
            s3_client(
                endpoint,
                region=settings.object_storage_region,
                access_key=settings.s3_access_key,
                secret_key=settings.s3_secret_key,
                path_style=settings.object_storage_force_path_style,
            )
        )

    async def close(self) -> None:
        await self._stack.aclose()
        self._client = self._signer = None

    @property
    def client(self) -> S3Client:
        if self._client is None:
            raise StorageUnavailable
        return self._client

    async def ensure_bucket(self) -> bool:
        """Make the bucket when it is missing. Returns whether it was made; two callers at once are fine."""
        async with _measured("create_bucket"):
            try:
                await self.client.head_bucket(Bucket=self.bucket)
                return False
            except ClientError as error:
                if _status(error) != 404:
                    raise
            region = self._settings.object_storage_region
            arguments: dict[str, Any] = {"Bucket": self.bucket}
            if region != "us-east-1":
                arguments["CreateBucketConfiguration"] = {"LocationConstraint": region}
            try:
                await self.client.create_bucket(**arguments)
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") not in {
                    "BucketAlreadyOwnedByYou",
                    "BucketAlreadyExists",
                }:
                    raise
            return True

    async def presign_upload(
        self, key: str, *, content_type: str, content_length: int, checksum_sha256: str
    ) -> PresignedUpload:
        """A link that takes exactly one body: this type, this length in bytes, this SHA-256 (64 hex digits).

        Signing needs no network, so an object store that is away does not matter here.
        """
        if self._signer is None:
            raise StorageUnavailable
        seconds = self._settings.object_storage_presign_expires_sec
        checksum = base64.b64encode(bytes.fromhex(checksum_sha256)).decode()
        url = await self._signer.generate_presigned_url(
            "put_object",
            Params={
                "Bucket": self.bucket,
                "Key": key,
                "ContentType": content_type,
                "ContentLength": content_length,
                "ChecksumSHA256": checksum,
                "Metadata": {"checksum-sha256": checksum_sha256},
            },
            ExpiresIn=seconds,
        )
        # Every header listed here is covered by the signature; strict servers refuse any other x-amz-* header.
        headers = {
            "Content-Type": content_type,
            "x-amz-checksum-sha256": checksum,
            "x-amz-meta-checksum-sha256": checksum_sha256,
        }
        return PresignedUpload(key, url, headers, utc_now() + timedelta(seconds=seconds))

    async def presign_download(self, key: str, *, seconds: int) -> str:
        """A link that reads one object for `seconds`."""
        if self._signer is None:
            raise StorageUnavailable
        return await self._signer.generate_presigned_url(
            "get_object", Params={"Bucket": self.bucket, "Key": key}, ExpiresIn=seconds
        )

    async def size_of(self, key: str) -> int | None:
        """Bytes of an object, or none when it is not there."""
        async with _measured("head_object"):
            try:
                return (await self.client.head_object(Bucket=self.bucket, Key=key))["ContentLength"]
            except ClientError as error:
                if _status(error) == 404:
                    return None
                raise

    async def read(self, key: str, *, limit_bytes: int) -> bytes | None:
        """The first `limit_bytes` + 1 bytes of an object, so that a longer one shows; none when it is not there."""
        found = await self.get(key, limit_bytes=limit_bytes)
        return found.data if found else None

    async def get(self, key: str, *, limit_bytes: int) -> StoredObject | None:
        """As `read`, with the media type. A missing bucket is an outage, not a missing object."""
        async with _measured("get_object"):
            try:
                found = await self.client.get_object(Bucket=self.bucket, Key=key, Range=f"bytes=0-{limit_bytes}")
            except ClientError as error:
                if _status(error) == 404 and error.response.get("Error", {}).get("Code") != "NoSuchBucket":
                    return None
                if _status(error) == 416:  # an empty object has no first byte
                    return StoredObject(b"", None)
                raise
            async with found["Body"] as body:
                return StoredObject(await body.read(), found.get("ContentType"))

    async def write(self, key: str, data: bytes, *, content_type: str) -> None:
        """Store one object, replacing what is there."""
        async with _measured("put_object"):
            await self.client.put_object(Bucket=self.bucket, Key=key, Body=data, ContentType=content_type)

    @asynccontextmanager
    async def writing(self, key: str, *, content_type: str) -> AsyncIterator[Callable[[bytes], Awaitable[None]]]:
        """Store an object of any size piece by piece: what is yielded takes the next bytes. At most 80 GB.

        Parts of 8 MiB leave while it is written. The object is there when the block ends, and not at all when it raises.
        """
        async with _measured("create_multipart_upload"):
            upload = await self.client.create_multipart_upload(Bucket=self.bucket, Key=key, ContentType=content_type)
        named: dict[str, Any] = {"Bucket": self.bucket, "Key": key, "UploadId": upload["UploadId"]}
        pending, parts = bytearray(), list[Any]()

        async def send(data: bytes) -> None:
            async with _measured("upload_part"):
                number = len(parts) + 1
                answer = await self.client.upload_part(**named, PartNumber=number, Body=data)
                parts.append({"ETag": answer["ETag"], "PartNumber": number})

        async def put(data: bytes) -> None:
            pending.extend(data)
            while len(pending) >= _PART_BYTES:
                await send(bytes(pending[:_PART_BYTES]))
                del pending[:_PART_BYTES]

        try:
            yield put
            if pending or not parts:
                await send(bytes(pending))
            async with _measured("complete_multipart_upload"):
                await self.client.complete_multipart_upload(**named, MultipartUpload={"Parts": parts})
        except BaseException:
            with suppress(BotoCoreError, ClientError, OSError, TimeoutError):  # the first error counts
                await self.client.abort_multipart_upload(**named)
            raise

    async def keys_below(self, prefix: str) -> list[str]:
        """Keys of all objects that begin with `prefix`."""
        async with _measured("list_objects"):
            pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
            return [item["Key"] async for page in pages for item in page.get("Contents", [])]

    async def remove(self, key: str) -> bool:
        """Remove one object; one that is not there is no failure. Returns False when our key may not delete."""
        async with _measured("delete_object"):
            try:
                await self.client.delete_object(Bucket=self.bucket, Key=key)
            except ClientError as error:
                if _status(error) == 403:
                    return False
                if _status(error) != 404:
                    raise
            return True

    async def remove_versions(self, prefix: str, *, exactly: bool = False) -> int:
        """Remove every version of every object that begins with `prefix`, or of that key alone; how many went.

        Raises StorageUnavailable also when our key may not delete, or something is still there afterwards.
        """
        removed = 0
        async with _measured("delete_versions"):
            for key, version in await self._versions(prefix):
                if exactly and key != prefix:
                    continue
                named: dict[str, Any] = {"VersionId": version} if version else {}
                await self.client.delete_object(Bucket=self.bucket, Key=key, **named)
                removed += 1
            left = [key for key, _ in await self._versions(prefix) if key == prefix or not exactly]
            if left:
                raise StorageUnavailable
        return removed

    async def _versions(self, prefix: str) -> list[tuple[str, str | None]]:
        """Key and version of all objects that begin with `prefix`, marks of deletion too.

        A store without versions may refuse the question; then there is one of each, without a name.
        """
        found: list[tuple[str, str | None]] = []
        try:
            pages = self.client.get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=prefix)
            async for page in pages:
                items = (*page.get("Versions", []), *page.get("DeleteMarkers", []))
                found.extend((item["Key"], item.get("VersionId")) for item in items)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") not in {"NotImplemented", "MethodNotAllowed"}:
                raise
            pages_now = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
            found = [(item["Key"], None) async for page in pages_now for item in page.get("Contents", [])]
        return found

    async def check(self) -> None:
        """Ask for the bucket. Raises StorageUnavailable when it cannot be used."""
        async with _measured("head_bucket"):
            await self.client.head_bucket(Bucket=self.bucket)


@asynccontextmanager
async def _measured(operation: str) -> AsyncIterator[None]:
    started, outcome = time.perf_counter(), "error"
    try:
        yield
        outcome = "ok"
    except (BotoCoreError, ClientError, OSError, TimeoutError) as error:
        raise StorageUnavailable from error
    finally:
        metrics.s3_seconds.labels(operation, outcome).observe(time.perf_counter() - started)


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
