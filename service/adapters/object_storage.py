"""How does the product reach its object store? S3 and nothing but S3, behind the few calls that it needs.

Links, and the question whether the bucket is there, are signed here. All else goes through the client of
`service.adapters.s3`, which the first such call loads: the API makes none, and an idle worker has made none yet.
"""

from __future__ import annotations

import asyncio
import base64
import os
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError
from botocore.httpsession import get_cert_path
from botocore.utils import (
    check_dns_name,
    get_environ_proxies,
    is_valid_ipv4_endpoint_url,
    is_valid_ipv6_endpoint_url,
    percent_encode,
)

from service.adapters.s3 import CONNECT_SECONDS, READ_SECONDS, s3_client
from service.adapters.signing import LinkSigner
from service.base import metrics
from service.base.clock import utc_now
from service.base.settings import Settings
from service.http.errors import StorageUnavailable

if TYPE_CHECKING:
    import aiohttp
    from types_aiobotocore_s3 import S3Client

# How far a clock may be off for S3 to take a signature in a header; a shorter link would ask for a better clock.
_CHECK_LINK_SECONDS = 900
_PART_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class PresignedUpload:
    """What a phone needs for one PUT: it sends every header as listed, before `expires_at` (UTC)."""

    object_key: str
    url: str
    headers: dict[str, str]
    expires_at: datetime


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
        self._signer = LinkSigner(settings.s3_access_key, settings.s3_secret_key, settings.object_storage_region)
        self._stack = AsyncExitStack()
        self._opening = asyncio.Lock()
        self._client: S3Client | None = None
        self._session: aiohttp.ClientSession | None = None
        self._is_open = False

    async def open(self) -> None:
        """From now on calls work. Nothing is loaded or called yet, so the server may be away."""
        self._is_open = True

    async def close(self) -> None:
        self._is_open = False
        async with self._opening:
            await self._stack.aclose()
            self._client = self._session = None

    @asynccontextmanager
    async def _calling(self, operation: str) -> AsyncIterator[S3Client]:
        async with _measured(operation):
            yield await self._opened()

    async def _opened(self) -> S3Client:
        """The client, made by the first that asks while the others wait."""
        async with self._opening:
            if not self._is_open:
                raise StorageUnavailable
            if self._client is None:
                settings = self._settings
                self._client = await self._stack.enter_async_context(
                    s3_client(
                        settings.s3_endpoint,
                        region=settings.object_storage_region,
                        access_key=settings.s3_access_key,
                        secret_key=settings.s3_secret_key,
                        path_style=settings.object_storage_force_path_style,
                    )
                )
            return self._client

    async def ensure_bucket(self) -> bool:
        """Make the bucket when it is missing. Returns whether it was made; two callers at once are fine."""
        async with self._calling("create_bucket") as client:
            try:
                await client.head_bucket(Bucket=self.bucket)
                return False
            except ClientError as error:
                if _status(error) != 404:
                    raise
            region = self._settings.object_storage_region
            arguments: dict[str, Any] = {"Bucket": self.bucket}
            if region != "us-east-1":
                arguments["CreateBucketConfiguration"] = {"LocationConstraint": region}
            try:
                await client.create_bucket(**arguments)
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

        Signing needs no network, so an unavailable object store does not matter here.
        """
        seconds = self._settings.object_storage_presign_expires_sec
        # Every header listed here is covered by the signature; strict servers refuse any other x-amz-* header.
        headers = {
            "Content-Type": content_type,
            "x-amz-checksum-sha256": base64.b64encode(bytes.fromhex(checksum_sha256)).decode(),
            "x-amz-meta-checksum-sha256": checksum_sha256,
        }
        announced = headers | {"Content-Length": str(content_length)}
        # The host is part of the signature, so it is the one that phones reach.
        url = self._presign("PUT", self._settings.s3_public_endpoint, key, announced, seconds)
        return PresignedUpload(key, url, headers, utc_now() + timedelta(seconds=seconds))

    async def presign_download(self, key: str, *, seconds: int, as_attachment: bool = False) -> str:
        """A link that reads one object for `seconds`. `as_attachment`: browsers save it and do not show it."""
        return self.sign_download(key, seconds=seconds, as_attachment=as_attachment)

    def sign_download(self, key: str, *, seconds: int, as_attachment: bool = False) -> str:
        """As `presign_download`, for many at once."""
        query = {"response-content-disposition": "attachment"} if as_attachment else None
        return self._presign("GET", self._settings.s3_public_endpoint, key, {}, seconds, query)

    def _presign(
        self,
        method: str,
        endpoint: str,
        key: str,
        headers: dict[str, str],
        seconds: int,
        query: dict[str, str] | None = None,
    ) -> str:
        address = self._address(endpoint, key)
        return self._signer.sign(method, address, headers, seconds=seconds, now=utc_now(), query=query)

    def _address(self, endpoint: str, key: str) -> str:
        """URL of an object, or of the bucket; in the host's name only where a name of a bucket can stand there."""
        parts = urlsplit(endpoint)
        in_path = (
            self._settings.object_storage_force_path_style
            or not check_dns_name(self.bucket)
            or is_valid_ipv4_endpoint_url(endpoint)
            or is_valid_ipv6_endpoint_url(endpoint)
        )
        host, folder = (parts.netloc, f"/{self.bucket}") if in_path else (f"{self.bucket}.{parts.netloc}", "")
        path = f"{parts.path}{folder}" + (f"/{percent_encode(key, safe='/~')}" if key else "")
        return f"{parts.scheme}://{host}{path or '/'}"

    async def size_of(self, key: str) -> int | None:
        """Bytes of an object, or none when it is not there."""
        async with self._calling("head_object") as client:
            try:
                return (await client.head_object(Bucket=self.bucket, Key=key))["ContentLength"]
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
        async with self._calling("get_object") as client:
            try:
                found = await client.get_object(Bucket=self.bucket, Key=key, Range=f"bytes=0-{limit_bytes}")
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
        async with self._calling("put_object") as client:
            await client.put_object(Bucket=self.bucket, Key=key, Body=data, ContentType=content_type)

    @asynccontextmanager
    async def writing(self, key: str, *, content_type: str) -> AsyncIterator[Callable[[bytes], Awaitable[None]]]:
        """Store an object of any size piece by piece: what is yielded takes the next bytes. At most 80 GB.

        Parts of 8 MiB leave while it is written. The object is there when the block ends, and not at all when it raises.
        """
        async with self._calling("create_multipart_upload") as client:
            upload = await client.create_multipart_upload(Bucket=self.bucket, Key=key, ContentType=content_type)
        named: dict[str, Any] = {"Bucket": self.bucket, "Key": key, "UploadId": upload["UploadId"]}
        pending, parts = bytearray(), list[Any]()

        async def send(data: bytes) -> None:
            async with _measured("upload_part"):
                number = len(parts) + 1
                answer = await client.upload_part(**named, PartNumber=number, Body=data)
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
                await client.complete_multipart_upload(**named, MultipartUpload={"Parts": parts})
        except BaseException:
            with suppress(BotoCoreError, ClientError, OSError, TimeoutError):  # the first error counts
                await client.abort_multipart_upload(**named)
            raise

    async def sizes_below(self, prefix: str) -> dict[str, int]:
        """The bytes of all objects whose keys begin with `prefix`, by key."""
        async with self._calling("list_objects") as client:
            pages = client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
            return {item["Key"]: item["Size"] async for page in pages for item in page.get("Contents", [])}

    async def remove(self, key: str) -> bool:
        """Remove one object; one that is not there is no failure. Returns False when our key may not delete."""
        async with self._calling("delete_object") as client:
            try:
                await client.delete_object(Bucket=self.bucket, Key=key)
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
        async with self._calling("delete_versions") as client:
            for key, version in await self._versions(client, prefix):
                if exactly and key != prefix:
                    continue
                named: dict[str, Any] = {"VersionId": version} if version else {}
                await client.delete_object(Bucket=self.bucket, Key=key, **named)
                removed += 1
            left = [key for key, _ in await self._versions(client, prefix) if key == prefix or not exactly]
            if left:
                raise StorageUnavailable
        return removed

    async def _versions(self, client: S3Client, prefix: str) -> list[tuple[str, str | None]]:
        """Key and version of all objects that begin with `prefix`, marks of deletion too.

        A store without versions may refuse the question; then there is one of each, without a name.
        """
        found: list[tuple[str, str | None]] = []
        try:
            pages = client.get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=prefix)
            async for page in pages:
                items = (*page.get("Versions", []), *page.get("DeleteMarkers", []))
                found.extend((item["Key"], item.get("VersionId")) for item in items)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") not in {"NotImplemented", "MethodNotAllowed"}:
                raise
            pages_now = client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
            found = [(item["Key"], None) async for page in pages_now for item in page.get("Contents", [])]
        return found

    async def check(self) -> None:
        """Ask for the bucket, once. Raises StorageUnavailable when it cannot be used.

        Readiness calls this every few seconds, also in processes that never load the client.
        """
        from yarl import URL

        async with _measured("head_bucket"):
            link = self._presign("HEAD", self._settings.s3_endpoint, "", {}, _CHECK_LINK_SECONDS)
            proxy = get_environ_proxies(link).get(urlsplit(link).scheme)
            question = self._light_session().head(URL(link, encoded=True), proxy=proxy, allow_redirects=False)
            async with question as answer:
                if answer.status != 200:
                    raise StorageUnavailable

    def _light_session(self) -> aiohttp.ClientSession:
        import aiohttp  # reads the machine's certificates meanwhile, which a start need not wait for

        if not self._is_open:
            raise StorageUnavailable
        if self._session is None:
            # The client trusts these too.
            trusted = os.environ.get("AWS_CA_BUNDLE") or get_cert_path(True)
            is_tls = self._settings.s3_endpoint.startswith("https:")
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=trusted) if is_tls else True),
                timeout=aiohttp.ClientTimeout(sock_connect=CONNECT_SECONDS, sock_read=READ_SECONDS),
            )
            self._stack.push_async_callback(self._session.close)
        return self._session


@asynccontextmanager
async def _measured(operation: str) -> AsyncIterator[None]:
    import aiohttp

    started, outcome = time.perf_counter(), "error"
    try:
        yield
        outcome = "ok"
    except (BotoCoreError, ClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
        raise StorageUnavailable from error
    finally:
        metrics.s3_seconds.labels(operation, outcome).observe(time.perf_counter() - started)


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
