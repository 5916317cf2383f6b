"""Are links what the S3 library would sign, are objects kept, and is a failure known as the store's?"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC
from typing import TYPE_CHECKING, Any

import botocore.auth
import pytest
from botocore.exceptions import ClientError

from service.adapters import object_storage
from service.adapters.object_storage import ObjectStorage
from service.adapters.s3 import s3_client
from service.base.clock import utc_now
from service.base.settings import Settings
from service.http.errors import StorageUnavailable

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

DIGEST = "5e" * 32
KEYS = ["applications/a/b/cv.pdf", "kyc/\u5c65\u6b74\u66f8 (1)+~.pdf", "a//b/../c&d=e%20.pdf"]
BUCKETS = ["documents", "Dr", "with.dots", "x" * 64]
ENDPOINTS = [
    "http://127.0.0.1:9000",
    "https://s3.example.com",
    "https://files.example.com:8443/store",
    "http://[::1]:9",
]

Reply = tuple[int, bytes]


@pytest.fixture
async def storage(settings: Settings) -> AsyncIterator[ObjectStorage]:
    adapter = ObjectStorage(settings)
    await adapter.open()
    await adapter.ensure_bucket()
    yield adapter
    await adapter.close()


class TestLinks:
    @pytest.mark.parametrize("path_style", [True, False])
    @pytest.mark.parametrize("endpoint", ENDPOINTS)
    async def test_each_byte_is_the_librarys(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch, endpoint: str, path_style: bool
    ) -> None:
        """For every kind of address and key; the clock stands still, since the time is signed."""
        now = utc_now().replace(tzinfo=None, microsecond=0)
        monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *_: now)
        monkeypatch.setattr(object_storage, "utc_now", lambda: now.replace(tzinfo=UTC))
        async with _client(settings, endpoint, path_style=path_style) as client:
            for bucket in BUCKETS:
                if "." in bucket and endpoint.startswith("http:") and not path_style:
                    continue
                adapter = ObjectStorage(
                    settings.model_copy(
                        update={
                            "object_storage_public_endpoint": endpoint,
                            "object_storage_force_path_style": path_style,
                            "object_storage_bucket": bucket,
                        }
                    )
                )
                for key in KEYS:
                    upload = await adapter.presign_upload(
                        key, content_type="image/jpeg", content_length=12, checksum_sha256=DIGEST
                    )
                    announced: Any = {
                        "Bucket": bucket,
                        "Key": key,
                        "ContentType": "image/jpeg",
                        "ContentLength": 12,
                        "ChecksumSHA256": upload.headers["x-amz-checksum-sha256"],
                        "Metadata": {"checksum-sha256": DIGEST},
                    }
                    seconds = settings.object_storage_presign_expires_sec
                    assert upload.url == await client.generate_presigned_url("put_object", announced, seconds)
                    download = await adapter.presign_download(key, seconds=60)
                    wanted = {"Bucket": bucket, "Key": key}
                    assert download == await client.generate_presigned_url("get_object", wanted, 60)


class TestObjects:
    @pytest.mark.parametrize("key", ["plain.txt", "folder/\u5c65\u6b74 + ~(1)&=%41.txt"])
    async def test_one_is_kept_found_and_removed(self, storage: ObjectStorage, key: str) -> None:
        key = f"object-storage/{key}"
        assert await storage.size_of(key) is None
        assert await storage.get(key, limit_bytes=10) is None
        await storage.write(key, b"0123456789", content_type="text/plain")
        assert await storage.size_of(key) == 10
        found = await storage.get(key, limit_bytes=3)
        assert found == object_storage.StoredObject(b"0123", "text/plain")
        assert list(await storage.sizes_below(key)) == [key]
        assert await storage.remove(key)
        assert await storage.remove(key)
        assert await storage.sizes_below(key) == {}

    async def test_an_empty_one_has_no_byte(self, storage: ObjectStorage) -> None:
        await storage.write("object-storage/empty", b"", content_type="text/plain")
        assert await storage.read("object-storage/empty", limit_bytes=5) == b""
        assert await storage.size_of("object-storage/empty") == 0
        await storage.remove("object-storage/empty")

    async def test_the_client_is_made_once_for_all_who_ask_first(
        self, storage: ObjectStorage, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made: list[str] = []

        def counted(endpoint: str, **rest: Any) -> Any:
            made.append(endpoint)
            return s3_client(endpoint, **rest)

        monkeypatch.setattr(object_storage, "s3_client", counted)
        fresh = ObjectStorage(settings)
        await fresh.open()
        await fresh.check()
        assert made == []
        await asyncio.gather(*(fresh.size_of("object-storage/none") for _ in range(5)))
        await fresh.close()
        assert made == [settings.s3_endpoint]


class TestCheck:
    async def test_it_knows_the_bucket_and_the_key(self, storage: ObjectStorage, settings: Settings) -> None:
        await storage.check()
        for wrong in ({"object_storage_bucket": "nobodys-bucket"}, {"object_storage_secret_access_key": "wrong"}):
            with pytest.raises(StorageUnavailable):
                await _call(settings, settings.s3_endpoint, lambda storage: storage.check(), **wrong)

    async def test_the_link_is_the_librarys(self, settings: Settings) -> None:
        async with _store([(200, b"")]) as (endpoint, asked):
            await _call(settings, endpoint, lambda storage: storage.check())
            async with _client(settings, endpoint, path_style=True) as client:
                wanted = await client.generate_presigned_url(
                    "head_bucket", {"Bucket": settings.object_storage_bucket}, 900
                )
        unsigned = asked[0].split()[1].partition("X-Amz-Date")[0]
        assert asked[0].startswith("HEAD ")
        assert unsigned == wanted.removeprefix(endpoint).partition("X-Amz-Date")[0]

    @pytest.mark.parametrize("status", [204, 301, 307, 400, 403, 404, 503])
    async def test_any_other_answer_is_an_outage(self, settings: Settings, status: int) -> None:
        async with _store([(status, b"")]) as (endpoint, asked):
            with pytest.raises(StorageUnavailable):
                await _call(settings, endpoint, lambda storage: storage.check())
            assert len(asked) == 1

    async def test_a_store_that_hangs_up_is_away(self, settings: Settings) -> None:
        async with _store([(0, b"")] * 9) as (endpoint, _):
            with pytest.raises(StorageUnavailable):
                await _call(settings, endpoint, lambda storage: storage.check())

    async def test_a_store_that_says_nothing_is_left(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(object_storage, "READ_SECONDS", 0.2)
        async with _store([]) as (endpoint, asked):
            with pytest.raises(StorageUnavailable):
                await _call(settings, endpoint, lambda storage: storage.check())
            assert len(asked) == 1

    async def test_the_proxy_of_the_environment_is_asked(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with _store([(200, b"")]) as (proxy, asked):
            monkeypatch.setenv("http_proxy", proxy)
            await _call(settings, "http://s3.example.com", lambda storage: storage.check())
        assert asked[0].startswith("HEAD http://s3.example.com/")


class TestFailures:
    async def test_one_failure_is_tried_again(self, settings: Settings) -> None:
        async with _store([(503, b""), (200, b"")]) as (endpoint, asked):
            await _call(settings, endpoint, lambda storage: storage.write("k", b"x", content_type="a/b"))
            assert len(asked) == 2

    @pytest.mark.parametrize("status", [400, 403])
    async def test_a_refusal_is_an_outage_and_is_not_tried_again(self, settings: Settings, status: int) -> None:
        async with _store([(status, b"<Error><Code>Whatever</Code></Error>")] * 2) as (endpoint, asked):
            with pytest.raises(StorageUnavailable) as caught:
                await _call(settings, endpoint, lambda storage: storage.write("k", b"x", content_type="a/b"))
            assert isinstance(caught.value.__cause__, ClientError)
            assert len(asked) == 1

    async def test_a_missing_bucket_is_no_missing_object(self, settings: Settings) -> None:
        call = {"object_storage_bucket": "nobodys-bucket"}
        with pytest.raises(StorageUnavailable):
            await _call(settings, settings.s3_endpoint, lambda storage: storage.get("k", limit_bytes=1), **call)

    @pytest.mark.parametrize("close", [False, True], ids=["never opened", "closed"])
    async def test_a_closed_one_asks_nobody(self, settings: Settings, close: bool) -> None:
        storage = ObjectStorage(settings)
        if close:
            await storage.open()
            await storage.check()
            await storage.size_of("k")
            await storage.close()
        for call in (storage.check(), storage.size_of("k")):
            with pytest.raises(StorageUnavailable):
                await call


def _client(settings: Settings, endpoint: str, *, path_style: bool) -> AbstractAsyncContextManager[S3Client]:
    return s3_client(
        endpoint,
        region=settings.object_storage_region,
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key,
        path_style=path_style,
    )


async def _call(settings: Settings, endpoint: str, call: Callable[[ObjectStorage], Any], **changed: str) -> None:
    storage = ObjectStorage(settings.model_copy(update={"object_storage_endpoint": endpoint, **changed}))
    await storage.open()
    try:
        await call(storage)
    finally:
        await storage.close()


@contextlib.asynccontextmanager
async def _store(replies: list[Reply]) -> AsyncIterator[tuple[str, list[str]]]:
    """A server that gives these answers in turn (status 0: it hangs up), then none; with what it was asked."""
    asked: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
            if not replies:
                await reader.read()
            elif (reply := replies.pop(0))[0]:
                head = f"HTTP/1.1 {reply[0]} Said\r\nContent-Length: {len(reply[1])}\r\nConnection: close\r\n\r\n"
                writer.write(head.encode() + (b"" if asked[-1].startswith("HEAD") else reply[1]))
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked
    finally:
        server.close()
