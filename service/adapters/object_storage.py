"""How does the product reach its object store? S3 and nothing but S3, behind the few calls that it needs.

Requests and links are signed by botocore; its clients, which read a megabyte of service descriptions, stay out of the API
and the worker. Programs that need more of S3 take `service.adapters.s3`.
"""

from __future__ import annotations

import asyncio
import base64
import os
import random
import re
import ssl
import time
from collections.abc import AsyncIterator, Container, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus, urlsplit

from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import get_cert_path
from botocore.utils import (
    check_dns_name,
    get_environ_proxies,
    is_valid_ipv4_endpoint_url,
    is_valid_ipv6_endpoint_url,
    percent_encode,
    percent_encode_sequence,
)

from service.base import metrics
from service.base.clock import utc_now
from service.base.settings import Settings
from service.http.errors import StorageUnavailable

if TYPE_CHECKING:
    import aiohttp

_CONNECT_SECONDS, _READ_SECONDS = 3, 15
_ATTEMPTS, _MAX_CONNECTIONS = 2, 20
_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


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


class UnexpectedAnswer(Exception):
    """The store answered what a call cannot use: its status, and S3's name for the refusal (empty after a HEAD)."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"{status} {code}".strip())
        self.status, self.code = status, code


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def code(self) -> str:
        found = re.search(rb"<Code>(\w+)</Code>", self.body) if self.status >= 300 else None
        return found[1].decode() if found else ""


class ObjectStorage:
    """One bucket of one S3 server. Opened at start, closed at stop; every call ends within its time-outs.

    Methods raise StorageUnavailable when the server does not answer or refuses our key.
    """

    def __init__(self, settings: Settings) -> None:
        self.bucket = settings.object_storage_bucket
        self.max_file_bytes = settings.object_storage_max_file_bytes
        self._settings = settings
        self._credentials = Credentials(settings.s3_access_key, settings.s3_secret_key)
        self._session: aiohttp.ClientSession | None = None
        self._is_open = False

    async def open(self) -> None:
        """From now on calls work. Nothing is called yet, so the server may be away."""
        self._is_open = True

    async def close(self) -> None:
        self._is_open = False
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def ensure_bucket(self) -> bool:
        """Make the bucket when it is missing. Returns whether it was made; two callers at once are fine."""
        async with _measured("create_bucket"):
            if (await self._ask("HEAD", expected={200, 404})).status == 200:
                return False
            region = self._settings.object_storage_region
            place = f"<LocationConstraint>{region}</LocationConstraint>" if region != "us-east-1" else ""
            wanted = f'<CreateBucketConfiguration xmlns="{_NAMESPACE}">{place}</CreateBucketConfiguration>'
            answer = await self._ask("PUT", body=wanted.encode() if place else b"", expected={200, 409})
            if answer.status == 409 and answer.code not in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
                raise UnexpectedAnswer(answer.status, answer.code)
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
        url = self._presign("PUT", key, headers | {"Content-Length": str(content_length)}, seconds)
        return PresignedUpload(key, url, headers, utc_now() + timedelta(seconds=seconds))

    async def presign_download(self, key: str, *, seconds: int) -> str:
        """A link that reads one object for `seconds`."""
        return self._presign("GET", key, {}, seconds)

    def _presign(self, method: str, key: str, headers: dict[str, str], seconds: int) -> str:
        # The host is part of the signature, so it is the one that phones reach.
        request = AWSRequest(method, self._address(self._settings.s3_public_endpoint, key), headers)
        region = self._settings.object_storage_region
        S3SigV4QueryAuth(self._credentials, "s3", region, seconds).add_auth(request)
        return str(request.url)

    async def size_of(self, key: str) -> int | None:
        """Bytes of an object, or none when it is not there."""
        async with _measured("head_object"):
            answer = await self._ask("HEAD", key, expected={200, 404})
            return int(answer.headers["Content-Length"]) if answer.status == 200 else None

    async def read(self, key: str, *, limit_bytes: int) -> bytes | None:
        """The first `limit_bytes` + 1 bytes of an object, so that a longer one shows; none when it is not there."""
        found = await self.get(key, limit_bytes=limit_bytes)
        return found.data if found else None

    async def get(self, key: str, *, limit_bytes: int) -> StoredObject | None:
        """As `read`, with the media type. A missing bucket is an outage, not a missing object."""
        async with _measured("get_object"):
            part = {"Range": f"bytes=0-{limit_bytes}"}
            answer = await self._ask("GET", key, headers=part, expected={200, 206, 404, 416})
            if answer.code == "NoSuchBucket":
                raise UnexpectedAnswer(answer.status, answer.code)
            if answer.status == 404:
                return None
            if answer.status == 416:  # an empty object has no first byte
                return StoredObject(b"", None)
            return StoredObject(answer.body, answer.headers.get("Content-Type"))

    async def write(self, key: str, data: bytes, *, content_type: str) -> None:
        """Store one object, replacing what is there."""
        async with _measured("put_object"):
            await self._ask("PUT", key, headers={"Content-Type": content_type}, body=data, expected={200})

    async def keys_below(self, prefix: str) -> list[str]:
        """Keys of all objects that begin with `prefix`."""
        from xml.etree import ElementTree

        keys: list[str] = []
        query = {"encoding-type": "url", "list-type": "2", "prefix": prefix}
        async with _measured("list_objects"):
            while True:
                page = ElementTree.fromstring((await self._ask("GET", query=query, expected={200})).body)  # noqa: S314 - our store's
                keys += [unquote_plus(found.text or "") for found in page.iterfind("{*}Contents/{*}Key")]
                following = page.findtext("{*}NextContinuationToken")
                if page.findtext("{*}IsTruncated") != "true" or not following:
                    return keys
                query["continuation-token"] = following

    async def remove(self, key: str) -> bool:
        """Remove one object; one that is not there is no failure. Returns False when our key may not delete."""
        async with _measured("delete_object"):
            return (await self._ask("DELETE", key, expected={200, 204, 403, 404})).status != 403

    async def check(self) -> None:
        """Ask for the bucket. Raises StorageUnavailable when it cannot be used."""
        async with _measured("head_bucket"):
            await self._ask("HEAD", expected={200})

    def _address(self, endpoint: str, key: str = "") -> str:
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

    async def _ask(
        self,
        method: str,
        key: str = "",
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        expected: Container[int],
    ) -> _Answer:
        """Send one signed request, a second time when the store fails. Raises UnexpectedAnswer for other statuses."""
        import aiohttp  # reads the machine's certificates meanwhile, which a start need not wait for

        url = self._address(self._settings.s3_endpoint, key)
        if query:
            url += "?" + percent_encode_sequence(query)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                answer = await self._send(method, url, headers or {}, body)
            except (aiohttp.ClientError, OSError, TimeoutError):
                if attempt == _ATTEMPTS:
                    raise
            else:
                if answer.status in expected:
                    return answer
                if answer.status < 500 or attempt == _ATTEMPTS:
                    raise UnexpectedAnswer(answer.status, answer.code)
            await asyncio.sleep(random.random())  # noqa: S311 - only spreads who asks again
        raise AssertionError("the last attempt returns or raises")

    async def _send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> _Answer:
        from yarl import URL

        request = AWSRequest(method, url, {"Accept-Encoding": "identity", **headers}, body)
        S3SigV4Auth(self._credentials, "s3", self._settings.object_storage_region).add_auth(request)
        signed = {
            name: value.decode() if isinstance(value, bytes) else value for name, value in request.headers.items()
        }
        proxy = get_environ_proxies(url).get(urlsplit(url).scheme)
        async with self._opened().request(
            method, URL(url, encoded=True), headers=signed, data=body or None, proxy=proxy, allow_redirects=False
        ) as answer:
            return _Answer(answer.status, answer.headers, await answer.read())

    def _opened(self) -> aiohttp.ClientSession:
        import aiohttp

        if not self._is_open:
            raise StorageUnavailable
        if self._session is None:
            trusted = os.environ.get("AWS_CA_BUNDLE") or get_cert_path(True)
            is_tls = self._settings.s3_endpoint.startswith("https:")
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=_MAX_CONNECTIONS, ssl=ssl.create_default_context(cafile=trusted) if is_tls else True
                ),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS, sock_read=_READ_SECONDS),
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("Content-Type",),
            )
        return self._session


@asynccontextmanager
async def _measured(operation: str) -> AsyncIterator[None]:
    import aiohttp

    started, outcome = time.perf_counter(), "error"
    try:
        yield
        outcome = "ok"
    except (UnexpectedAnswer, aiohttp.ClientError, OSError, TimeoutError) as error:
        raise StorageUnavailable from error
    finally:
        metrics.s3_seconds.labels(operation, outcome).observe(time.perf_counter() - started)
