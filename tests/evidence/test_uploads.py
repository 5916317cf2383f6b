"""Does a presigned link take exactly the file that was announced, and nothing else?"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from service.adapters.object_storage import ObjectStorage, PresignedUpload
from service.base.settings import DEFAULT_MAX_FILE_BYTES, Settings, load_settings
from service.contract.openapi import build_document
from service.evidence.uploads import is_safe_key, object_key
from service.evidence.verdicts import MAX_BYTES
from service.http.errors import StorageUnavailable
from tests.conftest import TEST_ENVIRONMENT
from tests.factories import Candidate, make_application, make_kyc_session

DATA = b"%PDF-1.7 a small file"
DIGEST = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(scope="module")
async def storage(settings: Settings) -> AsyncIterator[ObjectStorage]:
    adapter = ObjectStorage(settings)
    await adapter.open()
    await adapter.ensure_bucket()
    yield adapter
    await adapter.close()


@pytest.fixture
async def phone() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=30) as client:
        yield client


async def presign(storage: ObjectStorage, **overrides: Any) -> PresignedUpload:
    announced: dict[str, Any] = {
        "content_type": "application/pdf",
        "content_length": len(DATA),
        "checksum_sha256": DIGEST,
    } | overrides
    return await storage.presign_upload(object_key("tests/", "CV", "cv.pdf"), **announced)


class TestPresignedUpload:
    async def test_the_announced_file_is_taken_with_the_listed_headers(
        self, storage: ObjectStorage, phone: httpx.AsyncClient
    ) -> None:
        upload = await presign(storage)
        assert await storage.size_of(upload.object_key) is None  # nothing is stored by asking
        answer = await phone.put(upload.url, content=DATA, headers=upload.headers)
        assert answer.status_code in range(200, 300), answer.text
        assert await storage.read(upload.object_key, limit_bytes=1000) == DATA
        assert await storage.size_of(upload.object_key) == len(DATA)
        stored = await phone.get(await storage.presign_download(upload.object_key, seconds=60))
        assert stored.headers["Content-Type"] == "application/pdf"
        assert stored.headers["x-amz-meta-checksum-sha256"] == DIGEST

    async def test_every_listed_header_is_signed_and_so_is_the_length(self, storage: ObjectStorage) -> None:
        upload = await presign(storage)
        [signed] = parse_qs(urlsplit(upload.url).query)["X-Amz-SignedHeaders"]
        listed = {name.lower() for name in upload.headers}
        assert listed == {"content-type", "x-amz-checksum-sha256", "x-amz-meta-checksum-sha256"}
        assert set(signed.split(";")) == listed | {"host", "content-length"}
        assert upload.headers["x-amz-checksum-sha256"] == base64.b64encode(bytes.fromhex(DIGEST)).decode()

    async def test_it_lives_as_long_as_the_settings_say(self, storage: ObjectStorage, settings: Settings) -> None:
        seconds = settings.object_storage_presign_expires_sec
        upload = await presign(storage)
        assert parse_qs(urlsplit(upload.url).query)["X-Amz-Expires"] == [str(seconds)]
        left = upload.expires_at - datetime.now(UTC)
        assert timedelta(seconds=seconds - 60) < left <= timedelta(seconds=seconds)

    @pytest.mark.parametrize(
        ("data", "changed"),
        [
            (DATA + b"!", {}),
            (DATA[:-1], {}),
            (b"", {}),
            (DATA[::-1], {}),  # the same length, other bytes
            (DATA, {"Content-Type": "image/png"}),
            (DATA, {"x-amz-checksum-sha256": base64.b64encode(hashlib.sha256(DATA[::-1]).digest()).decode()}),
            (DATA, {"x-amz-meta-checksum-sha256": "0" * 64}),
        ],
        ids=["longer", "shorter", "empty", "other-bytes", "other-type", "other-checksum", "other-metadata"],
    )
    async def test_anything_else_is_refused(
        self, storage: ObjectStorage, phone: httpx.AsyncClient, data: bytes, changed: dict[str, str]
    ) -> None:
        upload = await presign(storage)
        answer = await phone.put(upload.url, content=data, headers=upload.headers | changed)
        assert answer.status_code in range(400, 500), answer.text
        assert await storage.size_of(upload.object_key) is None

    @pytest.mark.parametrize("missing", ["Content-Type", "x-amz-checksum-sha256", "x-amz-meta-checksum-sha256"])
    async def test_a_listed_header_cannot_be_left_out(
        self, storage: ObjectStorage, phone: httpx.AsyncClient, missing: str
    ) -> None:
        upload = await presign(storage)
        headers = {name: value for name, value in upload.headers.items() if name != missing}
        assert (await phone.put(upload.url, content=DATA, headers=headers)).status_code in range(400, 500)
        assert await storage.size_of(upload.object_key) is None

    async def test_other_bytes_with_their_own_checksum_are_refused(
        self, storage: ObjectStorage, phone: httpx.AsyncClient
    ) -> None:
        upload = await presign(storage)
        other = DATA[::-1]
        digest = hashlib.sha256(other)
        headers = upload.headers | {
            "x-amz-checksum-sha256": base64.b64encode(digest.digest()).decode(),
            "x-amz-meta-checksum-sha256": digest.hexdigest(),
        }
        assert (await phone.put(upload.url, content=other, headers=headers)).status_code == 403

    async def test_the_link_is_for_put_and_one_key_only(self, storage: ObjectStorage, phone: httpx.AsyncClient) -> None:
        upload = await presign(storage)
        assert (await phone.get(upload.url)).status_code in range(400, 500)
        assert (await phone.delete(upload.url)).status_code in range(400, 500)
        elsewhere = upload.url.replace("cv.pdf", "other.pdf")
        assert elsewhere != upload.url
        assert (await phone.put(elsewhere, content=DATA, headers=upload.headers)).status_code == 403

    async def test_phones_get_the_public_host(
        self, settings: Settings, object_storage_env: dict[str, str], phone: httpx.AsyncClient
    ) -> None:
        """The host is signed: a link that is rewritten to the internal address is refused."""
        public = load_settings(
            {
                **TEST_ENVIRONMENT,
                **object_storage_env,
                "DATABASE_URL": settings.database_url,
                "OBJECT_STORAGE_PUBLIC_ENDPOINT": "https://files.example.com:8443",
            }
        )
        adapter = ObjectStorage(public)
        await adapter.open()
        try:
            upload = await presign(adapter)
            link = await adapter.presign_download(upload.object_key, seconds=60)
            assert await adapter.size_of(upload.object_key) is None  # our own calls go to the internal address
        finally:
            await adapter.close()
        for url in (upload.url, link):
            assert url.startswith(f"https://files.example.com:8443/{public.object_storage_bucket}/tests/")
        rewritten = upload.url.replace("https://files.example.com:8443", settings.s3_endpoint)
        assert (await phone.put(rewritten, content=DATA, headers=upload.headers)).status_code == 403
        with_host = await phone.put(
            rewritten, content=DATA, headers=upload.headers | {"Host": "files.example.com:8443"}
        )
        assert with_host.status_code in range(200, 300), with_host.text

    async def test_signing_needs_no_server_but_reading_says_so(
        self, settings: Settings, object_storage_env: dict[str, str]
    ) -> None:
        away = load_settings(
            {
                **TEST_ENVIRONMENT,
                **object_storage_env,
                "DATABASE_URL": settings.database_url,
                "OBJECT_STORAGE_ENDPOINT": "http://127.0.0.1:9",
            }
        )
        adapter = ObjectStorage(away)
        await adapter.open()
        try:
            upload = await presign(adapter)
            assert upload.url.startswith("http://127.0.0.1:9/")
            with pytest.raises(StorageUnavailable):
                await adapter.size_of(upload.object_key)
        finally:
            await adapter.close()


class TestDownload:
    async def test_a_link_reads_one_object(self, storage: ObjectStorage, phone: httpx.AsyncClient) -> None:
        key = object_key("tests/", "CV", "cv.pdf")
        await storage.write(key, DATA, content_type="application/pdf")
        url = await storage.presign_download(key, seconds=60)
        answer = await phone.get(url)
        assert answer.content == DATA
        assert answer.headers["content-type"] == "application/pdf"
        assert (await phone.put(url, content=b"x")).status_code in range(400, 500)
        assert (await phone.get(url.partition("?")[0])).status_code in range(400, 500)


class TestLargestFile:
    """One setting for identity and application documents; the contract document shows its default everywhere."""

    @pytest.mark.parametrize("largest", [5_000, DEFAULT_MAX_FILE_BYTES, MAX_BYTES])
    async def test_it_is_the_same_for_every_upload_and_every_registration(
        self,
        api: httpx.AsyncClient,
        app: Any,
        settings: Settings,
        candidate: Candidate,
        monkeypatch: pytest.MonkeyPatch,
        largest: int,
    ) -> None:
        with_limit = settings.model_copy(update={"object_storage_max_file_bytes": largest})
        monkeypatch.setattr(app.ctx.storage, "max_file_bytes", ObjectStorage(with_limit).max_file_bytes)
        session_id = await make_kyc_session(candidate.id)
        application_id = await make_application(candidate.id)
        base = {"documentType": "CV", "fileName": "cv.pdf", "contentType": "application/pdf", "sessionId": session_id}
        documents = f"/users/me/applications/{application_id}/documents"
        key = f"applications/{candidate.id}/{application_id}/cv.pdf"
        for path, more in (
            ("/identity/kyc/upload-url", {}),
            (f"{documents}/upload-url", {}),
            (documents, {"objectKey": key}),
        ):
            body = base | more | {"checksumSha256": DIGEST}
            refused = await api.post(path, headers=candidate.headers, json=body | {"contentLength": largest + 1})
            assert (refused.status_code, refused.json()["error"]["code"]) == (400, "invalid_content_length"), path
            # A wrong size is named before a wrong checksum, a wrong type before the size.
            bad = body | {"contentLength": largest + 1, "checksumSha256": "no"}
            answer = await api.post(path, headers=candidate.headers, json=bad)
            assert answer.json()["error"]["code"] == "invalid_content_length", path
            answer = await api.post(path, headers=candidate.headers, json=bad | {"contentType": "image/gif"})
            assert answer.json()["error"]["code"] == "invalid_content_type", path
            taken = await api.post(path, headers=candidate.headers, json=body | {"contentLength": largest})
            assert taken.status_code == 201, path

    async def test_the_document_shows_the_default_whatever_is_set(
        self, app: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(app.ctx.storage, "max_file_bytes", 5_000)
        schemas = build_document(app)["components"]["schemas"]
        for name in ("KycUploadInput", "ApplicationUploadInput", "ApplicationDocumentInput"):
            length = schemas[name]["properties"]["contentLength"]
            assert (length["minimum"], length["maximum"]) == (1, DEFAULT_MAX_FILE_BYTES)


class TestObjectKey:
    @pytest.mark.parametrize(
        "name",
        ["cv.pdf", "../../etc/passwd", "…..….", "履歴書.pdf", " ", "a  b--c.PDF", "-x-", ".", "x" * 180, "%2e%2e/"],
    )
    @pytest.mark.parametrize("kind", ["CV", "RESIDENCE CARD", "..", "在留カード", "X" * 64])
    def test_every_key_that_is_made_is_accepted_later(self, kind: str, name: str) -> None:
        prefix = "applications/6f1b/9c2d/"
        key = object_key(prefix, kind, name)
        assert key.startswith(prefix)
        assert is_safe_key(key)
        assert key.removeprefix(prefix).count("/") == 0

    def test_the_parts_are_time_kind_id_and_name(self) -> None:
        key = object_key("p/", "Residence Card", "My CV (final).PDF")
        assert re.fullmatch(r"p/\d{17}-residence-card-[0-9a-f-]{36}-my-cv-final-.pdf", key)
        assert object_key("p/", "在留", "履歴書").split("-")[1] == "document"
        assert object_key("p/", "在留", "履歴書").endswith("-document.bin")

    @pytest.mark.parametrize("key", ["", "/a", "a/../b", "a b", "a?b", "a\x00", "é", "x" * 1025, "a\n"])
    def test_other_keys_are_not(self, key: str) -> None:
        assert not is_safe_key(key)
