"""Does the worker find out which uploaded bytes are what they claim to be, and show nobody the others' metadata?"""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import httpx
import orjson
import pypdf
import pytest
from PIL import Image
from sanic import Sanic

from service.adapters.object_storage import ObjectStorage
from service.base.settings import Settings
from service.database import db
from service.evidence import domain, sandbox
from service.evidence.domain import copy_key, copy_keys, picture_key
from service.evidence.verdicts import MAX_BYTES
from service.http.errors import StorageUnavailable
from service.tasks import domain as tasks
from service.tasks.models import TaskKind
from tests.evidence import corpus
from tests.evidence.corpus import JPEG, PDF, PNG, Sample
from tests.factories import (
    Candidate,
    make_application,
    make_application_document,
    make_candidate,
    make_kyc_document,
    make_kyc_session,
)
from tests.working import run_due

KEY = {"x-admin-api-key": "staff-key-for-tests"}
SAMPLES = {sample.name: sample for sample in corpus.samples()}
Put = Callable[..., Awaitable[str]]


@pytest.fixture
def storage(app: Sanic[Any, Any]) -> ObjectStorage:
    found: ObjectStorage = app.ctx.storage
    return found


@pytest.fixture
async def session_id(candidate: Candidate) -> str:
    return await make_kyc_session(candidate.id)


@pytest.fixture
def put(storage: ObjectStorage, candidate: Candidate, session_id: str) -> Put:
    """Store bytes past the upload link and leave a document's row; returns its id."""

    async def put(data: bytes, content_type: str = JPEG, *, name: str = "photo.jpg", **overrides: Any) -> str:
        key = f"kyc/{candidate.id}/{session_id}/{uuid4()}-{name}"
        await storage.write(key, data, content_type=content_type)
        return await make_kyc_document(
            candidate.id,
            session_id,
            **{
                "checksum_sha256": hashlib.sha256(data).hexdigest(),
                "metadata_json": orjson.dumps({"objectKey": key}).decode(),
            }
            | overrides,
        )

    return put


async def look(document_id: str, settings: Settings, storage: ObjectStorage, **payload: Any) -> tuple[str, str | None]:
    """Have the worker look once; the state and the reason afterwards."""
    wanted = {"subject": "identity", "documentId": document_id, "look": 0, "until": None} | payload
    await domain.verify_later(wanted, settings, storage=storage)
    return await state(document_id)


async def state(document_id: str, table: str = "identity_documents") -> tuple[str, str | None]:
    row = await db.fetch_row(f"SELECT byte_state, byte_reason FROM {table} WHERE id = $1", document_id)
    assert row is not None
    return row["byte_state"], row["byte_reason"]


async def kind_of(document_id: str) -> str | None:
    found: str | None = await db.fetch_value("SELECT copy_kind FROM identity_documents WHERE id = $1", document_id)
    return found


async def findings(document_id: str) -> list[str]:
    found: list[str] = await db.fetch_value("SELECT findings_json FROM identity_documents WHERE id = $1", document_id)
    return found


async def copy_of(document_id: str, storage: ObjectStorage, *, picture: bool = False) -> bytes | None:
    """The checked copy, or the picture that stands for it; it is where the kind says, or nowhere."""
    kind = await kind_of(document_id)
    key = (picture_key if picture else copy_key)(document_id, kind)
    stored = {key for key in copy_keys(document_id) if await storage.size_of(key) is not None}
    assert stored == {copy_key(document_id, kind), picture_key(document_id, kind)} - {None}
    return await storage.read(key, limit_bytes=64 << 20) if key else None


# Every name that a PDF of pictures needs; an action, a script or a file cannot be said with these.
_NAMES = {
    *("/Catalog", "/Contents", "/Count", "/DCTDecode", "/DeviceRGB", "/BitsPerComponent", "/ColorSpace", "/Filter"),
    *("/Height", "/Image", "/Kids", "/Length", "/MediaBox", "/Page", "/Pages", "/Parent", "/Resources", "/Root"),
    *("/Size", "/Subtype", "/Type", "/Width", "/XObject"),
}


def nothing_but_pictures(copy: bytes) -> bool:
    """Whether every object of a PDF is a page, its one picture, or the line that places it; searched as bytes too."""
    reader = pypdf.PdfReader(io.BytesIO(copy), strict=True)
    assert 1 <= len(reader.pages) <= 20
    waiting: list[Any] = [reader.trailer, *(reader.get_object(number) for number in range(1, reader.trailer["/Size"]))]
    streams = 0
    while waiting:
        item = waiting.pop()
        if isinstance(item, pypdf.generic.DictionaryObject):
            assert set(item) <= _NAMES, set(item) - _NAMES
            waiting += [item.raw_get(key) for key in item]
        elif isinstance(item, list):
            waiting += item
        elif isinstance(item, pypdf.generic.NameObject):
            assert item in _NAMES, item
        elif not isinstance(item, pypdf.generic.IndirectObject):
            assert isinstance(item, int | float), item
        streams += isinstance(item, pypdf.generic.StreamObject)
    assert streams == 2 * len(reader.pages)
    for page in reader.pages:
        assert re.fullmatch(rb"[\d. ]+ cm /Page Do", page.get_contents().get_data().strip())
    outside = re.sub(rb"stream\n.*?\nendstream", b"", copy, flags=re.DOTALL)
    assert not re.search(rb"JS|Script|Launch|Action|AA|Embedded|File|URI|Annot|Names|#", outside)
    return True


async def waiting() -> list[dict[str, Any]]:
    rows = await db.fetch_all(
        "SELECT payload_json, attempts, extract(epoch FROM run_at - now())::float8 AS pause FROM background_tasks"
        " WHERE kind = $1 AND state = 'waiting' ORDER BY run_at",
        TaskKind.VERIFY_DOCUMENT,
    )
    return [row["payload_json"] | dict(row) for row in rows]


class TestCorpus:
    @pytest.mark.parametrize("name", SAMPLES)
    async def test_each_file_has_its_reason(
        self, name: str, put: Put, settings: Settings, storage: ObjectStorage
    ) -> None:
        sample: Sample = SAMPLES[name]
        document_id = await put(sample.data, sample.content_type, name=sample.name)
        found = await look(document_id, settings, storage)
        assert found == (("rejected", sample.reason) if sample.reason else ("verified", None))
        assert await findings(document_id) == [*sample.found]
        expected = "pages" if sample.content_type == PDF else "picture"
        assert await kind_of(document_id) == (None if sample.reason else expected)
        copy, page = await copy_of(document_id, storage), await copy_of(document_id, storage, picture=True)
        assert (copy is None) == (page is None) == (sample.reason is not None)
        if copy is not None and page is not None:
            with Image.open(io.BytesIO(page)) as image:
                image.load()
                assert max(image.size) <= 10_000
            if sample.content_type == PDF:
                assert nothing_but_pictures(copy)
                assert page in copy
                assert len(page) <= 2 << 20

    async def test_other_bytes_than_announced(self, put: Put, settings: Settings, storage: ObjectStorage) -> None:
        document_id = await put(corpus.jpeg(), checksum_sha256="0" * 64)
        assert await look(document_id, settings, storage) == ("rejected", "checksum_mismatch")

    async def test_the_type_of_the_object_counts_before_the_ending_of_its_name(
        self, put: Put, settings: Settings, storage: ObjectStorage
    ) -> None:
        for content_type, name, data, expected in (
            (PNG, "a.jpg", corpus.png(), ("verified", None)),
            (JPEG, "a.png", corpus.png(corpus.picture(9, 9)), ("rejected", "content_type_mismatch")),
            ("application/octet-stream", "a.png", corpus.png(corpus.picture(8, 9)), ("verified", None)),
            (
                "application/octet-stream",
                "a.pdf",
                corpus.png(corpus.picture(7, 9)),
                ("rejected", "content_type_mismatch"),
            ),
            ("image/svg+xml", "a.png", b"<svg/>", ("rejected", "content_type_mismatch")),
            ("image/jpg; x=y", "a", corpus.jpeg(corpus.picture(8, 8)), ("verified", None)),
            ("application/octet-stream", "a", corpus.jpeg(corpus.picture(9, 8)), ("verified", None)),
            ("application/octet-stream", "a", b"plain text", ("rejected", "content_type_mismatch")),
        ):
            document_id = await put(data, content_type, name=name)
            assert await look(document_id, settings, storage) == expected, (content_type, name)

    async def test_a_format_that_a_deployment_takes_and_we_cannot_judge_stays_declared(
        self, put: Put, settings: Settings, storage: ObjectStorage
    ) -> None:
        wider = settings.model_copy(update={"object_storage_allowed_content_types": "image/jpeg,image/webp"})
        document_id = await put(b"RIFF....WEBP", "image/webp", name="a.webp")
        assert await look(document_id, wider, storage) == ("declared", "format_not_judged")

    async def test_a_row_without_a_usable_key_stays_declared(
        self, put: Put, settings: Settings, storage: ObjectStorage
    ) -> None:
        for metadata in ({}, {"objectKey": None}, {"objectKey": False}, {"objectKey": "../../etc"}):
            document_id = await put(corpus.jpeg(), metadata_json=json.dumps(metadata), checksum_sha256=uuid4().hex * 2)
            assert await look(document_id, settings, storage) == ("declared", "object_key_missing")

    async def test_a_key_that_is_stored_as_a_number_is_looked_for(
        self, put: Put, settings: Settings, storage: ObjectStorage
    ) -> None:
        data = corpus.jpeg()
        await storage.write("20260211", data, content_type=JPEG)
        document_id = await put(data, metadata_json=json.dumps({"objectKey": 20260211}))
        assert await look(document_id, settings, storage) == ("verified", None)

    async def test_a_verdict_is_final(self, put: Put, settings: Settings, storage: ObjectStorage) -> None:
        document_id = await put(b"not a picture")
        assert await look(document_id, settings, storage) == ("rejected", "content_type_mismatch")
        checked = await db.fetch_value("SELECT bytes_checked_at FROM identity_documents WHERE id = $1", document_id)
        assert checked is not None
        await db.execute("UPDATE identity_documents SET checksum_sha256 = 'other' WHERE id = $1", document_id)
        assert await look(document_id, settings, storage) == ("rejected", "content_type_mismatch")
        assert checked == await db.fetch_value(
            "SELECT bytes_checked_at FROM identity_documents WHERE id = $1", document_id
        )

    async def test_a_document_that_is_gone_is_no_work(
        self, app: Sanic[Any, Any], settings: Settings, storage: ObjectStorage
    ) -> None:
        payload = {"subject": "identity", "documentId": str(uuid4()), "look": 0, "until": None}
        await domain.verify_later(payload, settings, storage=storage)

    async def test_the_log_says_what_was_found_and_nothing_of_the_person(
        self,
        put: Put,
        settings: Settings,
        storage: ObjectStorage,
        candidate: Candidate,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        document_id = await put(b"not a picture", name="sari-passport.jpg")
        capfd.readouterr()
        await look(document_id, settings, storage)
        text = capfd.readouterr().out
        (line,) = [json.loads(one) for one in text.splitlines()]
        assert (line["event"], line["state"], line["reason"]) == (
            "evidence.document_judged",
            "rejected",
            "content_type_mismatch",
        )
        assert line["documentId"] == document_id
        assert "sari" not in text
        assert candidate.id not in text


class TestCopy:
    @pytest.mark.parametrize("orientation", range(1, 9))
    async def test_a_photograph_stands_upright_and_tells_nothing_else(
        self, orientation: int, put: Put, settings: Settings, storage: ObjectStorage
    ) -> None:
        original = corpus.jpeg_with_position(orientation)
        assert b"Contoh Phone" in original
        document_id = await put(original)
        assert await look(document_id, settings, storage) == ("verified", None)
        copy = await copy_of(document_id, storage)
        assert copy is not None
        for word in (b"Exif", b"Contoh Phone", b"taken at home", b"ICC_PROFILE", b"http"):
            assert word not in copy
        with Image.open(io.BytesIO(copy)) as image:
            assert image.format == "JPEG"
            assert dict(image.getexif()) == {}
            assert not {"exif", "comment", "icc_profile", "xmp"} & image.info.keys()
            assert image.size == ((64, 48) if orientation <= 4 else (48, 64))
            # Where the red corner is that lies left above in the file.
            width, height = image.size
            corners = {
                "left above": (4, 4),
                "right above": (width - 5, 4),
                "left below": (4, height - 5),
                "right below": (width - 5, height - 5),
            }
            red = [
                name
                for name, place in corners.items()
                if image.convert("RGB").getpixel(place)[0] > 200 and image.convert("RGB").getpixel(place)[1] < 60
            ]
        expected = {1: "left above", 2: "right above", 3: "right below", 4: "left below"}
        expected |= {5: "left above", 6: "right above", 7: "right below", 8: "left below"}
        assert red == [expected[orientation]]

    async def test_a_png_too(self, put: Put, settings: Settings, storage: ObjectStorage) -> None:
        document_id = await put(corpus.png_with_position(8), PNG, name="a.png")
        assert await look(document_id, settings, storage) == ("verified", None)
        copy = await copy_of(document_id, storage)
        assert copy is not None
        assert {kind for kind, _ in corpus.chunks(copy)} == {b"IHDR", b"IDAT", b"IEND"}
        with Image.open(io.BytesIO(copy)) as image:
            assert image.size == (48, 64)

    async def test_the_original_stays_as_it_was(self, put: Put, settings: Settings, storage: ObjectStorage) -> None:
        original = corpus.jpeg_with_position()
        document_id = await put(original)
        await look(document_id, settings, storage)
        key = await db.fetch_value("SELECT metadata_json->>'objectKey' FROM identity_documents")
        assert await storage.read(key, limit_bytes=MAX_BYTES) == original

    async def test_a_huge_picture_is_shown_smaller_and_a_heavy_png_as_jpeg(self) -> None:
        clean = (await sandbox.decode(SAMPLES["largest.png"].data, PNG)).clean
        with Image.open(io.BytesIO(clean)) as image:
            assert image.size == (5000, 5000)
        band = Image.effect_noise((2400, 2400), 90)
        noise = corpus.png(Image.merge("RGB", (band, band.rotate(90), band.rotate(180))), compress_level=1)
        found = await sandbox.decode(noise, PNG)
        assert (found.reason, found.content_type) == (None, JPEG)


class TestPreview:
    async def test_staff_see_the_original_until_there_is_a_copy(
        self, api: httpx.AsyncClient, put: Put, settings: Settings, storage: ObjectStorage
    ) -> None:
        original = corpus.jpeg_with_position()
        document_id = await put(original)
        key = await db.fetch_value("SELECT metadata_json->>'objectKey' FROM identity_documents")
        path = f"/admin/kyc/documents/{document_id}/preview-url"
        before = (await api.post(path, headers=KEY)).json()
        assert (before["objectKey"], before["sanitized"]) == (key, False)
        await look(document_id, settings, storage)
        after = (await api.post(path, headers=KEY)).json()
        assert (after["objectKey"], after["sanitized"]) == (key, True)
        assert unquote(urlsplit(after["url"]).path).endswith(f"/derived/{document_id}")
        async with httpx.AsyncClient(timeout=30) as browser:
            assert (await browser.get(before["url"])).content == original
            shown = await browser.get(after["url"])
        assert shown.headers["content-type"] == JPEG
        assert b"Contoh Phone" not in shown.content

    async def test_a_rejected_file_has_no_copy(
        self, api: httpx.AsyncClient, put: Put, settings: Settings, storage: ObjectStorage
    ) -> None:
        document_id = await put(b"not a picture")
        await look(document_id, settings, storage)
        body = {"acknowledgeRisk": True}
        shown = (await api.post(f"/admin/kyc/documents/{document_id}/preview-url", headers=KEY, json=body)).json()
        assert shown["sanitized"] is False

    async def test_documents_of_applications_too(
        self, api: httpx.AsyncClient, candidate: Candidate, settings: Settings, storage: ObjectStorage
    ) -> None:
        application_id = await make_application(candidate.id)
        data = corpus.jpeg_with_position()
        sample = {
            "content_type": JPEG,
            "content_length": len(data),
            "checksum_sha256": hashlib.sha256(data).hexdigest(),
        }
        key = f"applications/{candidate.id}/{application_id}/{uuid4()}.jpg"
        await storage.write(key, data, content_type="text/html")
        document_id = await make_application_document(candidate.id, application_id, object_key=key, **sample)
        path = f"/admin/applications/documents/{document_id}/preview-url"
        assert (await api.post(path, headers=KEY)).json()["sanitized"] is False
        await look_at_application_document(document_id, settings, storage)
        assert await state(document_id, "job_application_documents") == ("verified", None)
        shown = (await api.post(path, headers=KEY)).json()
        assert shown["sanitized"] is True
        async with httpx.AsyncClient(timeout=30) as browser:
            assert (await browser.get(shown["url"])).headers["content-type"] == JPEG

    async def test_an_announced_length_counts(
        self, app: Sanic[Any, Any], candidate: Candidate, settings: Settings, storage: ObjectStorage
    ) -> None:
        application_id = await make_application(candidate.id)
        data = corpus.pdf()
        key = f"applications/{candidate.id}/{application_id}/{uuid4()}.pdf"
        await storage.write(key, data, content_type=PDF)
        document_id = await make_application_document(
            candidate.id,
            application_id,
            object_key=key,
            content_length=len(data) + 1,
            checksum_sha256=hashlib.sha256(data).hexdigest(),
        )
        await look_at_application_document(document_id, settings, storage)
        assert await state(document_id, "job_application_documents") == ("rejected", "length_mismatch")


async def look_at_application_document(document_id: str, settings: Settings, storage: ObjectStorage) -> None:
    payload = {"subject": "application", "documentId": document_id, "look": 0, "until": None}
    await domain.verify_later(payload, settings, storage=storage)


class TestLooks:
    async def test_a_registered_document_is_read(
        self, api: httpx.AsyncClient, candidate: Candidate, session_id: str, settings: Settings, storage: ObjectStorage
    ) -> None:
        data = corpus.jpeg()
        key = f"kyc/{candidate.id}/{session_id}/a.jpg"
        await storage.write(key, data, content_type=JPEG)
        body = {"documentType": "PASSPORT", "objectKey": key, "checksumSha256": hashlib.sha256(data).hexdigest()}
        answer = await api.post("/identity/kyc/documents", json=body, headers=candidate.headers)
        assert answer.status_code == 201
        assert not await run_due(settings)  # a worker without the object store leaves it alone
        assert await run_due(settings, storage)
        document_id = answer.json()["document"]["id"]
        assert await state(document_id) == ("verified", None)
        assert await waiting() == []
        checklist = (await api.get("/users/me/verification-documents", headers=candidate.headers)).json()
        row = checklist["documents"][0]
        assert (row["documentType"], row["status"], row["reviewedAt"]) == ("PASSPORT", "PENDING", None)
        assert await db.fetch_value("SELECT verified_at FROM identity_documents") is None
        again = await api.post("/identity/kyc/documents", json=body, headers=candidate.headers)
        assert again.json()["error"]["code"] == "duplicate_document"
        assert await waiting() == []

    async def test_a_registered_document_of_an_application_is_read(
        self, api: httpx.AsyncClient, candidate: Candidate, settings: Settings, storage: ObjectStorage
    ) -> None:
        application_id = await make_application(candidate.id)
        data = corpus.pdf()
        key = f"applications/{candidate.id}/{application_id}/cv.pdf"
        await storage.write(key, data, content_type=PDF)
        body = {
            "documentType": "CV",
            "fileName": "cv.pdf",
            "contentType": PDF,
            "contentLength": len(data),
            "objectKey": key,
            "checksumSha256": hashlib.sha256(data).hexdigest(),
        }
        path = f"/users/me/applications/{application_id}/documents"
        answer = await api.post(path, json=body, headers=candidate.headers)
        assert answer.status_code == 201
        assert await run_due(settings, storage)
        document_id = answer.json()["document"]["id"]
        assert await state(document_id, "job_application_documents") == ("verified", None)
        again = await api.post(path, json=body, headers=candidate.headers)
        assert again.json()["error"]["code"] == "duplicate_application_document"
        assert await waiting() == []

    async def test_a_missing_object_is_looked_for_each_hour_of_a_day(
        self, api: httpx.AsyncClient, candidate: Candidate, session_id: str, settings: Settings, storage: ObjectStorage
    ) -> None:
        key = f"kyc/{candidate.id}/{session_id}/a.jpg"
        body = {"documentType": "PASSPORT", "objectKey": key, "checksumSha256": "0" * 64}
        document_id = (await api.post("/identity/kyc/documents", json=body, headers=candidate.headers)).json()[
            "document"
        ]["id"]
        looks = 0
        while await run_due(settings, storage):
            looks += 1
            assert await state(document_id) == ("declared", "object_missing")
            found = await waiting()
            if found:
                (task,) = found
                assert 3500 < task["pause"] <= 3600
                # An hour goes by, for this task and for the end of its day.
                await db.execute(
                    "UPDATE background_tasks SET run_at = now(), payload_json = payload_json || jsonb_build_object("
                    "'until', (payload_json->>'until')::timestamptz - interval '1 hour') WHERE state = 'waiting'"
                )
        assert looks == 25

    async def test_an_object_that_comes_late_is_found(
        self, put: Put, settings: Settings, storage: ObjectStorage, candidate: Candidate, session_id: str
    ) -> None:
        data = corpus.jpeg()
        key = f"kyc/{candidate.id}/{session_id}/late.jpg"
        document_id = await make_kyc_document(
            candidate.id,
            session_id,
            checksum_sha256=hashlib.sha256(data).hexdigest(),
            metadata_json=orjson.dumps({"objectKey": key}).decode(),
        )
        assert await look(document_id, settings, storage) == ("declared", "object_missing")
        await storage.write(key, data, content_type=JPEG)
        assert await look(document_id, settings, storage) == ("verified", None)

    async def test_a_look_repeated_after_a_crash_leaves_one_next_look(
        self, settings: Settings, storage: ObjectStorage, candidate: Candidate, session_id: str
    ) -> None:
        document_id = await make_kyc_document(candidate.id, session_id)
        until = "2999-01-01T00:00:00+00:00"
        await asyncio.gather(*(look(document_id, settings, storage, until=until) for _ in range(5)))
        (task,) = await waiting()
        assert (task["look"], task["until"]) == (1, until)

    async def test_submitting_looks_again(
        self,
        api: httpx.AsyncClient,
        settings: Settings,
        storage: ObjectStorage,
        candidate: Candidate,
        session_id: str,
        put: Put,
    ) -> None:
        # The factory's documents are old: their first day is over. One is missing, one was never looked for, one is fine.
        missing = await make_kyc_document(candidate.id, session_id)
        await look(missing, settings, storage)
        await make_kyc_document(candidate.id, session_id, document_type="SELFIE")
        await look(await put(corpus.jpeg()), settings, storage)
        assert await waiting() == []
        path = f"/identity/kyc/sessions/{session_id}/submit"
        assert (await api.post(path, headers=candidate.headers)).status_code == 200
        (task,) = await waiting()
        assert task["documentId"] == missing
        assert task["until"] is not None
        assert (await api.post(path, headers=candidate.headers)).status_code == 200
        assert len(await waiting()) == 1
        assert await run_due(settings, storage)
        ((task),) = await waiting()
        assert task["look"] == 1

    async def test_submitting_within_the_first_day_adds_one_look_only(
        self, api: httpx.AsyncClient, settings: Settings, storage: ObjectStorage, candidate: Candidate, session_id: str
    ) -> None:
        document_id = await make_kyc_document(candidate.id, session_id)
        await db.execute("UPDATE identity_documents SET created_at = now()")
        await look(document_id, settings, storage)
        await api.post(f"/identity/kyc/sessions/{session_id}/submit", headers=candidate.headers)
        assert [task["until"] for task in await waiting()] == [None]
        assert await run_due(settings, storage)
        assert await waiting() == []

    async def test_an_object_store_that_is_away_is_no_verdict(
        self, settings: Settings, unused_tcp_port: int, candidate: Candidate, session_id: str
    ) -> None:
        document_id = await make_kyc_document(candidate.id, session_id)
        await domain.enqueue_look(domain.Subject.IDENTITY, document_id)
        away = ObjectStorage(
            settings.model_copy(update={"object_storage_endpoint": f"http://127.0.0.1:{unused_tcp_port}"})
        )
        await away.open()
        try:
            assert await run_due(settings, away)
        finally:
            await away.close()
        assert await state(document_id) == ("declared", None)
        (task,) = await waiting()
        assert task["attempts"] == 1
        assert task["pause"] > 0

    async def test_a_missing_bucket_is_an_outage(
        self, settings: Settings, candidate: Candidate, session_id: str
    ) -> None:
        document_id = await make_kyc_document(candidate.id, session_id)
        elsewhere = ObjectStorage(settings.model_copy(update={"object_storage_bucket": f"nobody-{uuid4()}"}))
        await elsewhere.open()
        try:
            with pytest.raises(StorageUnavailable):
                await look(document_id, settings, elsewhere)
        finally:
            await elsewhere.close()
        assert await state(document_id) == ("declared", None)

    async def test_the_queue_flags_a_file_that_was_never_sent(
        self, api: httpx.AsyncClient, candidate: Candidate, session_id: str, settings: Settings, storage: ObjectStorage
    ) -> None:
        """Registered alone, as one shipped app does; not flagged before anybody looked for it."""
        document_id = await make_kyc_document(candidate.id, session_id)

        async def flags() -> list[str]:
            (item,) = (await api.get("/admin/kyc/review-queue?status=ALL", headers=KEY)).json()["items"]
            return list(item["riskFlags"])

        assert "file_never_sent" not in await flags()
        await look(document_id, settings, storage)
        assert (await flags()).count("file_never_sent") == 1

    async def test_the_queue_shows_states_and_reasons(
        self,
        api: httpx.AsyncClient,
        put: Put,
        settings: Settings,
        storage: ObjectStorage,
        session_id: str,
        candidate: Candidate,
    ) -> None:
        await db.execute("UPDATE kyc_sessions SET status = 'SUBMITTED', submitted_at = now()")
        good = await put(corpus.annotated(b"/Subtype/Link/A<</S/JavaScript>>"), PDF, name="a.pdf")
        bad = await put(b"not a picture")
        unread = await make_kyc_document(candidate.id, session_id)
        for document_id in (good, bad):
            await look(document_id, settings, storage)
        (item,) = (await api.get("/admin/kyc/review-queue", headers=KEY)).json()["items"]
        assert item["verification"] == [
            {"documentId": good, "state": "verified", "reason": None, "findings": ["javascript"], "reasonCodes": []},
            {
                "documentId": bad,
                "state": "rejected",
                "reason": "content_type_mismatch",
                "findings": [],
                "reasonCodes": [],
            },
            {"documentId": unread, "state": "declared", "reason": None, "findings": [], "reasonCodes": []},
        ]
        assert item["session"]["version"] == 1
        assert [document["verifiedAt"] for document in item["documents"]] == [None] * 3


class TestDecisions:
    @pytest.fixture
    async def reviewer(self, app: Sanic[Any, Any], settings: Settings) -> Candidate:
        return await make_candidate(settings, roles=("super_admin",))

    @pytest.fixture
    def require(self, app: Sanic[Any, Any], monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
        def require(word: str) -> None:
            changed = app.ctx.settings.model_copy(update={"kyc_require_verified": word})
            monkeypatch.setattr(app.ctx, "settings", changed)

        return require

    @staticmethod
    async def decide(api: httpx.AsyncClient, by: Candidate, session_id: str, decision: str) -> tuple[int, str | None]:
        body = {"sessionId": session_id, "decision": decision}
        answer = await api.post("/admin/kyc/review", json=body, headers=by.headers)
        return answer.status_code, answer.json().get("error", {}).get("code")

    async def test_enforced_nobody_is_verified_on_unread_or_wrong_bytes(
        self, api: httpx.AsyncClient, reviewer: Candidate, candidate: Candidate, require: Callable[[str], None]
    ) -> None:
        require("enforce")
        session_id = await make_kyc_session(candidate.id, status="SUBMITTED", documents=("PASSPORT", "SELFIE"))
        refused = (409, "documents_not_verified")
        for states in (("declared", "declared"), ("verified", "declared"), ("verified", "rejected")):
            for kind, byte_state in zip(("PASSPORT", "SELFIE"), states, strict=True):
                await db.execute(
                    "UPDATE identity_documents SET byte_state = $2 WHERE document_type = $1", kind, byte_state
                )
            assert await self.decide(api, reviewer, session_id, "VERIFIED") == refused
            alias = await api.post(
                f"/admin/cases/{session_id}/action", json={"action": "RESOLVE_VALID"}, headers=reviewer.headers
            )
            assert (alias.status_code, alias.json()["error"]["code"]) == refused
        assert await db.fetch_value("SELECT status FROM kyc_sessions") == "SUBMITTED"
        assert await self.decide(api, reviewer, session_id, "maybe") == (400, "invalid_decision")
        assert await self.decide(api, reviewer, session_id, "MANUAL_REVIEW") == (200, None)
        await db.execute("UPDATE identity_documents SET byte_state = 'verified'")
        assert await self.decide(api, reviewer, session_id, "VERIFIED") == (200, None)
        assert await self.decide(api, reviewer, session_id, "VERIFIED") == (409, "kyc_session_locked")

    async def test_enforced_a_rejection_needs_no_bytes_and_no_documents_are_no_evidence(
        self, api: httpx.AsyncClient, reviewer: Candidate, candidate: Candidate, require: Callable[[str], None]
    ) -> None:
        require("enforce")
        session_id = await make_kyc_session(candidate.id, status="SUBMITTED")
        assert await self.decide(api, reviewer, session_id, "VERIFIED") == (409, "documents_not_verified")
        assert await self.decide(api, reviewer, session_id, "REJECTED") == (200, None)

    @pytest.mark.parametrize(("word", "lines"), [("warn", 1), ("off", 0)])
    async def test_otherwise_it_is_said_or_not(
        self,
        word: str,
        lines: int,
        api: httpx.AsyncClient,
        reviewer: Candidate,
        candidate: Candidate,
        require: Callable[[str], None],
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        require(word)
        session_id = await make_kyc_session(candidate.id, status="SUBMITTED", documents=("PASSPORT", "SELFIE"))
        await db.execute("UPDATE identity_documents SET byte_state = 'verified' WHERE document_type = 'SELFIE'")
        capfd.readouterr()
        assert await self.decide(api, reviewer, session_id, "VERIFIED") == (200, None)
        said = [json.loads(line) for line in capfd.readouterr().out.splitlines() if "kyc.verified_on" in line]
        assert len(said) == lines
        if said:
            assert (said[0]["event"], said[0]["kycSessionId"], said[0]["documents"]) == (
                "kyc.verified_on_unread_documents",
                session_id,
                1,
            )


class TestDocumentsThatWereThere:
    async def test_they_are_read_one_after_another_and_once(
        self, put: Put, settings: Settings, storage: ObjectStorage, candidate: Candidate
    ) -> None:
        identity = await put(corpus.jpeg())
        application_id = await make_application(candidate.id)
        application = await make_application_document(candidate.id, application_id)
        await look(await put(corpus.png(), PNG, name="a.png"), settings, storage)
        # One that is read already, one whose first look waits, and many workers at once.
        fresh = await put(corpus.jpeg(), checksum_sha256="f" * 64)
        await domain.enqueue_look(domain.Subject.IDENTITY, fresh)
        await asyncio.gather(*(domain.enqueue_unread() for _ in range(5)))
        await db.execute("DELETE FROM background_tasks WHERE payload_json->>'documentId' = $1", fresh)
        await db.execute("UPDATE identity_documents SET bytes_checked_at = now() WHERE id = $1", fresh)
        found = await waiting()
        assert {(task["subject"], task["documentId"]) for task in found} == {
            ("identity", identity),
            ("application", application),
        }
        assert found[1]["pause"] - found[0]["pause"] == pytest.approx(2)
        await db.execute("UPDATE background_tasks SET run_at = now()")
        for _ in range(2):
            assert await run_due(settings, storage)
        assert await state(identity) == ("verified", None)
        assert await state(application, "job_application_documents") == ("declared", "object_missing")
        (task,) = await waiting()
        assert (task["look"], task["documentId"]) == (1, application)
        await domain.enqueue_unread()
        assert len(await waiting()) == 1

    async def test_they_come_in_batches(
        self, candidate: Candidate, session_id: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(domain, "_UNREAD_AT_ONCE", 3)
        newest = [await make_kyc_document(candidate.id, session_id) for _ in range(5)][::-1]
        for _ in range(2):
            await domain.enqueue_unread()
            assert [task["documentId"] for task in await waiting()] == newest[:3]
        await db.execute("UPDATE background_tasks SET state = 'failed', payload_json = '{}'")
        await domain.enqueue_unread()
        assert [task["documentId"] for task in await waiting()] == newest[3:]


class TestCopiesOfBefore:
    """An earlier release copied PDFs as they came, and called the copies sanitized."""

    @pytest.fixture
    def verified(self, put: Put, storage: ObjectStorage) -> Put:
        """Leave a document as the earlier release left it, with this copy; returns its id."""

        async def verified(data: bytes, content_type: str, copy: bytes | None = None, **overrides: Any) -> str:
            document_id = await put(data, content_type, name="a", byte_state="verified", **overrides)
            await storage.write(domain.derived_key(document_id), copy or data, content_type=content_type)
            return document_id

        return verified

    async def test_a_pdf_is_drawn_and_its_raw_copy_goes(
        self, api: httpx.AsyncClient, verified: Put, settings: Settings, storage: ObjectStorage
    ) -> None:
        document_id = await verified(corpus.annotated(b"/Subtype/Link/A<</S/Launch>>"), PDF)
        path = f"/admin/kyc/documents/{document_id}/preview-url"
        before = (await api.post(path, headers=KEY)).json()
        assert before["sanitized"] is False
        assert "response-content-disposition=attachment" in before["url"]
        checked = await db.fetch_value("SELECT bytes_checked_at FROM identity_documents")
        for _ in range(2):
            await domain.enqueue_copies()
        assert len(await waiting()) == 1
        assert await run_due(settings, storage)
        assert await state(document_id) == ("verified", None)
        assert (await kind_of(document_id), await findings(document_id)) == ("pages", ["launch"])
        assert checked == await db.fetch_value("SELECT bytes_checked_at FROM identity_documents")
        copy = await copy_of(document_id, storage)
        assert copy is not None
        assert nothing_but_pictures(copy)
        after = (await api.post(path, headers=KEY)).json()
        assert after["sanitized"] is True
        async with httpx.AsyncClient() as browser:
            assert (await browser.get(after["url"])).content == copy
        await domain.enqueue_copies()
        assert await waiting() == []

    async def test_a_picture_keeps_its_copy(self, verified: Put, settings: Settings, storage: ObjectStorage) -> None:
        for data, content_type in ((corpus.jpeg(), JPEG), (corpus.png(), PNG)):
            copy = data + b" as it was encoded"
            document_id = await verified(data, content_type, copy)
            assert await look(document_id, settings, storage) == ("verified", None)
            assert await kind_of(document_id) == "picture"
            assert await copy_of(document_id, storage) == copy

    async def test_a_name_or_type_that_lies_makes_no_raw_pdf_a_picture(
        self, verified: Put, settings: Settings, storage: ObjectStorage
    ) -> None:
        document_id = await verified(corpus.pdf(), PDF, metadata_json=json.dumps({"objectKey": "kyc/a.jpg"}))
        await storage.write("kyc/a.jpg", corpus.pdf(), content_type=PDF)
        await look(document_id, settings, storage)
        assert await kind_of(document_id) == "pages"

    async def test_what_cannot_be_drawn_now_stays_verified_without_a_copy(
        self, api: httpx.AsyncClient, verified: Put, settings: Settings, storage: ObjectStorage
    ) -> None:
        gone = await verified(corpus.pdf(), PDF, metadata_json=json.dumps({"objectKey": "kyc/gone.pdf"}))
        broken = await verified(corpus.pdf(password="secret"), PDF)
        for document_id in (gone, broken):
            assert await look(document_id, settings, storage) == ("verified", None)
            assert await kind_of(document_id) == "absent"
            shown = (await api.post(f"/admin/kyc/documents/{document_id}/preview-url", headers=KEY)).json()
            assert shown["sanitized"] is False
        await domain.enqueue_copies()
        assert await waiting() == []

    async def test_many_at_once_make_one_copy(self, verified: Put, settings: Settings, storage: ObjectStorage) -> None:
        document_id = await verified(corpus.pdf(), PDF)
        await asyncio.gather(*(look(document_id, settings, storage) for _ in range(4)))
        assert await kind_of(document_id) == "pages"
        assert nothing_but_pictures(await copy_of(document_id, storage) or b"")

    async def test_documents_of_applications_too_and_nobody_elses(
        self, settings: Settings, storage: ObjectStorage, candidate: Candidate, put: Put
    ) -> None:
        application_id = await make_application(candidate.id)
        data = corpus.pdf()
        key = f"applications/{candidate.id}/{application_id}/cv.pdf"
        await storage.write(key, data, content_type=PDF)
        document_id = await make_application_document(
            candidate.id,
            application_id,
            object_key=key,
            content_length=len(data),
            checksum_sha256=hashlib.sha256(data).hexdigest(),
            byte_state="verified",
        )
        await put(corpus.jpeg())
        await put(b"wrong", byte_state="rejected")
        await put(corpus.png(), PNG, byte_state="verified", copy_kind="picture")
        await domain.enqueue_copies()
        ((task),) = await waiting()
        assert (task["subject"], task["documentId"]) == ("application", document_id)
        assert await run_due(settings, storage)
        assert await db.fetch_value("SELECT copy_kind FROM job_application_documents") == "pages"

    async def test_what_was_erased_meanwhile_leaves_no_copy(
        self, verified: Put, settings: Settings, storage: ObjectStorage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        document_id = await verified(corpus.pdf(), PDF)
        decode = domain.decode

        async def erased_meanwhile(data: bytes, content_type: str, **kwargs: Any) -> sandbox.Decoded:
            await db.execute("DELETE FROM identity_documents WHERE id = $1", document_id)
            return await decode(data, content_type, **kwargs)

        monkeypatch.setattr(domain, "decode", erased_meanwhile)
        payload = {"subject": "identity", "documentId": document_id, "look": 0, "until": None}
        await domain.verify_later(payload, settings, storage=storage)
        assert await storage.sizes_below(domain.derived_key(document_id)) == {}


class TestTasks:
    async def test_a_task_with_a_known_id_is_left_once(self, app: Sanic[Any, Any]) -> None:
        known = uuid4()
        for _ in range(3):
            await tasks.enqueue(TaskKind.VERIFY_DOCUMENT, {}, task_id=known)
        assert await db.fetch_value("SELECT count(*) FROM background_tasks") == 1


@pytest.mark.parametrize(
    ("environment", "given", "in_force"),
    [
        ("dev", None, "warn"),
        ("staging", None, "warn"),
        ("production", None, "enforce"),
        ("production", "off", "off"),
        ("dev", "enforce", "enforce"),
    ],
)
def test_read_documents_are_needed_in_production(
    settings: Settings, environment: str, given: str | None, in_force: str
) -> None:
    changed = settings.model_copy(update={"environment": environment, "kyc_require_verified": given})
    assert changed.requires_verified == in_force
