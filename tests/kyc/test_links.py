"""Do staff see pictures in the queue, of checked copies alone, and is it on record who was given them?"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import orjson
import pytest

from service.adapters.object_storage import ObjectStorage
from service.base.settings import Settings
from service.database import db
from service.kyc import links
from tests.factories import Candidate, make_candidate, make_kyc_document, make_kyc_session

KEY = {"x-admin-api-key": "staff-key-for-tests"}
QUEUE, CASES, CLAIMS = "/admin/kyc/review-queue", "/admin/cases", "/admin/kyc/claims"


@pytest.fixture
async def reviewer(app: Any, settings: Settings) -> Candidate:
    return await make_candidate(settings, roles=("super_admin",))


@pytest.fixture
async def waiting(candidate: Candidate) -> str:
    return await make_kyc_session(candidate.id, status="SUBMITTED")


async def documents(candidate: Candidate, session_id: str, *kinds: str | None) -> list[str]:
    """Documents with checked copies of these kinds, the oldest first."""
    return [await make_kyc_document(candidate.id, session_id, byte_state="verified", copy_kind=kind) for kind in kinds]


async def urls(api: httpx.AsyncClient, path: str = QUEUE, headers: dict[str, str] = KEY) -> dict[str, str]:
    items = (await api.get(path, headers=headers)).json()["items"]
    return {document["id"]: document["fileUrl"] for item in items for document in item["documents"]}


async def shown() -> list[dict[str, Any]]:
    rows = await db.fetch_all(
        "SELECT actor_type, actor_id, detail_json FROM audit_events WHERE action = 'kyc.documents_linked'"
        " ORDER BY position"
    )
    return [dict(row) for row in rows]


class TestFileUrl:
    async def test_a_link_leads_to_the_picture_of_a_checked_copy(
        self, api: httpx.AsyncClient, app: Any, candidate: Candidate, waiting: str
    ) -> None:
        picture, pages = await documents(candidate, waiting, "picture", "pages")
        for key, data in ((picture, b"a picture"), (f"{pages}.jpg", b"a first page"), (f"{pages}.pdf", b"all pages")):
            await app.ctx.storage.write(f"derived/{key}", data, content_type="image/jpeg")
        for path in (QUEUE, CASES):
            found = await urls(api, path)
            async with httpx.AsyncClient() as browser:
                assert (await browser.get(found[picture])).content == b"a picture"
                page = await browser.get(found[pages])
            assert (page.content, page.headers["content-type"]) == (b"a first page", "image/jpeg")
            assert "content-disposition" not in page.headers
            for url in found.values():
                assert "X-Amz-Expires=300&" in url

    async def test_who_may_open_no_file_reads_no_link(
        self, api: httpx.AsyncClient, settings: Settings, candidate: Candidate, waiting: str
    ) -> None:
        (document,) = await documents(candidate, waiting, "picture")
        for role, scheme in (("auditor", "s3://"), ("reviewer", "http://")):
            member = await make_candidate(settings, roles=(role,))
            for path in (QUEUE, CASES):
                assert (await urls(api, path, member.headers))[document].startswith(scheme), (role, path)
        assert len({row["actor_id"] for row in await shown()}) == 1

    async def test_what_is_not_checked_says_its_stored_name(
        self, api: httpx.AsyncClient, candidate: Candidate, waiting: str
    ) -> None:
        await documents(candidate, waiting, None, "absent")
        for state in ("declared", "rejected"):
            await make_kyc_document(candidate.id, waiting, byte_state=state)
        found = await urls(api)
        assert len(found) == 4
        for document_id, url in found.items():
            assert url == await db.fetch_value("SELECT file_url FROM identity_documents WHERE id = $1", document_id)
            assert url.startswith("s3://")
        assert await shown() == []

    async def test_links_stand_in_css_without_quotes(self, settings: Settings) -> None:
        """The site writes `url(…)` around what it gets."""
        odd = settings.model_copy(
            update={
                "object_storage_access_key_id": "A(K)'1\" 2",
                "object_storage_public_endpoint": "https://files.example.test:8443",
            }
        )
        # Nothing is opened: signing asks nobody.
        link = ObjectStorage(odd).sign_download("derived/0 ('\").jpg", seconds=300, as_attachment=True)
        assert re.fullmatch(r"[A-Za-z0-9:/?&=%._~-]+", link)
        assert urlsplit(link).netloc == "files.example.test:8443"

    async def test_object_is_as_it_was(
        self, api: httpx.AsyncClient, app: Any, candidate: Candidate, waiting: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(app.ctx, "settings", app.ctx.settings.model_copy(update={"kyc_staff_file_url": "object"}))
        await documents(candidate, waiting, "picture")
        assert all(url.startswith("s3://") for url in (await urls(api)).values())
        assert await shown() == []

    async def test_candidates_read_the_stored_name(
        self, api: httpx.AsyncClient, candidate: Candidate, waiting: str
    ) -> None:
        key = f"kyc/{candidate.id}/{waiting}/a.jpg"
        body = {"documentType": "PASSPORT", "objectKey": key, "checksumSha256": "0" * 64}
        answer = await api.post("/identity/kyc/documents", json=body, headers=candidate.headers)
        assert answer.json()["document"]["fileUrl"].startswith("s3://")
        assert answer.json()["document"]["fileUrl"].endswith(f"/{key}")

    async def test_answers_with_links_are_fetched_anew(
        self, api: httpx.AsyncClient, candidate: Candidate, waiting: str
    ) -> None:
        await documents(candidate, waiting, "picture")
        for path in (QUEUE, CASES):
            assert "etag" not in (await api.get(path, headers=KEY)).headers
            assert (await api.get(path, headers=KEY | {"if-none-match": "*"})).status_code == 200


class TestRecord:
    async def test_a_page_leaves_one_row_that_names_its_documents(
        self, api: httpx.AsyncClient, candidate: Candidate, reviewer: Candidate, waiting: str
    ) -> None:
        other = await make_kyc_session(candidate.id, status="SUBMITTED")
        given = [
            *await documents(candidate, waiting, "picture", "pages"),
            *await documents(candidate, other, "picture"),
        ]
        await documents(candidate, waiting, None)
        await urls(api, headers=reviewer.headers)
        (row,) = await shown()
        assert (row["actor_type"], row["actor_id"]) == ("ADMIN", reviewer.id)
        assert sorted(row["detail_json"]["documentIds"]) == sorted(given)
        assert "X-Amz" not in orjson.dumps(row["detail_json"]).decode()
        await urls(api)
        assert [row["actor_id"] for row in await shown()] == [reviewer.id, "admin_api_key"]

    @pytest.mark.parametrize("named", [True, False])
    async def test_so_does_a_claim(
        self, api: httpx.AsyncClient, candidate: Candidate, reviewer: Candidate, waiting: str, named: bool
    ) -> None:
        (document_id,) = await documents(candidate, waiting, "picture")
        body = {"sessionId": waiting} if named else {}
        item = (await api.post(CLAIMS, headers=reviewer.headers, json=body)).json()["item"]
        assert f"/derived/{document_id}?X-Amz-" in item["documents"][0]["fileUrl"]
        (row,) = await shown()
        assert row["detail_json"]["documentIds"] == [document_id]

    async def test_a_page_has_so_many_links_and_no_more(
        self, api: httpx.AsyncClient, candidate: Candidate, waiting: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(links, "_AT_ONCE", 2)
        await documents(candidate, waiting, "picture", "picture", "picture")
        found = await urls(api)
        assert sorted(url.partition(":")[0] for url in found.values()) == ["http", "http", "s3"]
        (row,) = await shown()
        assert {UUID(one) for one in row["detail_json"]["documentIds"]} == {
            UUID(one) for one, url in found.items() if url.startswith("http")
        }
