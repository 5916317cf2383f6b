"""Is nobody verified on documents that their reviewer was not shown, and is nobody refused who saw them?"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any
from uuid import uuid4

import httpx
import pytest

from service.base.settings import Settings
from service.database import db
from service.kyc.models import KycSession, KycStatus
from service.kyc.states import NAME_CHANGED, Actor, reopen_decided
from service.seen import queries
from tests.answers import code
from tests.factories import Candidate, make_candidate

QUEUE = "/admin/kyc/review-queue"
REVIEW = "/admin/kyc/review"
KEY = {"x-admin-api-key": "staff-key-for-tests"}
CHANGED = (409, "kyc_session_changed")


@pytest.fixture
async def reviewer(app: Any, settings: Settings) -> Candidate:
    return await make_candidate(settings, roles=("super_admin",), full_name="Rini Contoh")


class Handing:
    """A candidate with a verification, as their app fills and submits it."""

    def __init__(self, api: httpx.AsyncClient, person: Candidate) -> None:
        self.api, self.person, self.session_id = api, person, ""

    async def start(self) -> None:
        answer = await self.api.post("/identity/kyc/sessions", headers=self.person.headers, json={})
        self.session_id = answer.json()["session"]["id"]

    async def add(self, kind: str = "PASSPORT") -> str:
        """A document of this kind; its id."""
        name = uuid4().hex
        body = {
            "sessionId": self.session_id,
            "documentType": kind,
            "objectKey": f"kyc/{self.person.id}/{self.session_id}/{name}.jpg",
            "checksumSha256": name * 2,
        }
        answer = await self.api.post("/identity/kyc/documents", headers=self.person.headers, json=body)
        assert answer.status_code == 201
        return str(answer.json()["document"]["id"])

    async def submit(self) -> None:
        path = f"/identity/kyc/sessions/{self.session_id}/submit"
        assert (await self.api.post(path, headers=self.person.headers)).status_code == 200

    async def tell(self, **metadata: Any) -> None:
        path = f"/identity/kyc/sessions/{self.session_id}/provider-metadata"
        answer = await self.api.post(path, headers=self.person.headers, json={"metadata": metadata})
        assert answer.status_code == 200

    async def verify(self, staff: dict[str, str], **more: Any) -> httpx.Response:
        named = {"reviewedBy": "Ayu"} if staff is KEY else {}
        body = {"sessionId": self.session_id, "decision": "VERIFIED"} | named | more
        return await self.api.post(REVIEW, headers=staff, json=body)


@pytest.fixture
async def handing(api: httpx.AsyncClient, candidate: Candidate) -> Handing:
    """A verification with a passport, submitted."""
    handing = Handing(api, candidate)
    await handing.start()
    await handing.add()
    await handing.submit()
    return handing


async def look(api: httpx.AsyncClient, staff: dict[str, str], path: str = QUEUE) -> httpx.Response:
    answer = await api.get(path, headers=staff)
    assert answer.status_code == 200
    return answer


class TestAnotherName:
    """The queue shows the account's name beside the documents, so it is part of what was seen."""

    async def rename(self, api: httpx.AsyncClient, by: Candidate, name: str) -> None:
        answer = await api.patch("/users/me/profile", headers=by.headers, json={"fullName": name})
        assert answer.status_code == 200

    async def test_who_saw_the_name_of_before_looks_again(
        self, api: httpx.AsyncClient, handing: Handing, reviewer: Candidate
    ) -> None:
        (shown,) = (await look(api, reviewer.headers)).json()["items"]
        await self.rename(api, handing.person, "Budi Lain")
        assert code(await handing.verify(reviewer.headers)) == CHANGED
        assert code(await handing.verify(KEY, version=shown["session"]["version"])) == CHANGED
        await look(api, reviewer.headers)
        assert (await handing.verify(reviewer.headers)).status_code == 200

    async def test_case_and_spaces_are_no_change(
        self, api: httpx.AsyncClient, handing: Handing, reviewer: Candidate
    ) -> None:
        await look(api, reviewer.headers)
        name = await db.fetch_value("SELECT full_name FROM users WHERE id = $1", handing.person.id)
        await self.rename(api, handing.person, f" {name.upper()}  ")
        assert (await handing.verify(reviewer.headers)).status_code == 200

    async def test_a_verification_that_it_brought_back_was_not_seen_either(
        self, api: httpx.AsyncClient, handing: Handing, reviewer: Candidate
    ) -> None:
        assert (await handing.verify(KEY)).status_code == 200
        await look(api, reviewer.headers, f"{QUEUE}?status=VERIFIED")
        await self.rename(api, handing.person, "Budi Lain")
        assert code(await handing.verify(reviewer.headers)) == CHANGED

    @pytest.mark.parametrize("by_key", [True, False])
    async def test_who_was_shown_nothing_decides_on_what_was_handed_in(
        self, api: httpx.AsyncClient, handing: Handing, reviewer: Candidate, by_key: bool
    ) -> None:
        await self.rename(api, handing.person, "Budi Lain")
        assert (await handing.verify(KEY if by_key else reviewer.headers)).status_code == 200

    async def test_it_hands_in_no_document(self, api: httpx.AsyncClient, handing: Handing) -> None:
        await handing.add("SELFIE")
        await self.rename(api, handing.person, "Budi Lain")
        assert code(await handing.verify(KEY)) == CHANGED


class TestUnseen:
    @pytest.mark.parametrize("by_key", [True, False])
    async def test_a_decision_straight_after_a_submit_needs_no_look(
        self, handing: Handing, reviewer: Candidate, by_key: bool
    ) -> None:
        assert (await handing.verify(KEY if by_key else reviewer.headers)).status_code == 200

    async def test_the_case_alias_works_unseen_too(
        self, api: httpx.AsyncClient, handing: Handing, reviewer: Candidate
    ) -> None:
        path = f"/admin/cases/{handing.session_id}/action"
        answer = await api.post(path, headers=reviewer.headers, json={"action": "RESOLVE_VALID"})
        assert answer.status_code == 200

    @pytest.mark.parametrize("by_key", [True, False])
    async def test_a_document_added_after_the_submit_never_slips_in(
        self, handing: Handing, reviewer: Candidate, by_key: bool
    ) -> None:
        staff = KEY if by_key else reviewer.headers
        await handing.add("SELFIE")
        assert code(await handing.verify(staff)) == CHANGED
        assert (await KycSession.get(id=handing.session_id)).status == "SUBMITTED"
        assert (await handing.verify(staff, version=4)).status_code == 200

    async def test_metadata_sent_after_the_submit_never_slips_in(self, handing: Handing) -> None:
        await handing.tell(faceMatch=True)
        assert code(await handing.verify(KEY)) == CHANGED

    async def test_what_is_submitted_again_is_handed_in(self, handing: Handing) -> None:
        await handing.add("SELFIE")
        before = await KycSession.get(id=handing.session_id)
        await handing.submit()
        after = await KycSession.get(id=handing.session_id)
        assert (after.version, after.updated_at, after.submitted_at) == (
            before.version,
            before.updated_at,
            before.submitted_at,
        )
        assert (await handing.verify(KEY)).status_code == 200

    async def test_the_final_request_changes_nothing_that_is_decided_about(
        self, api: httpx.AsyncClient, handing: Handing
    ) -> None:
        path = "/users/me/verification/final-request"
        asked = await api.post(path, headers=handing.person.headers, json={"note": "please"})
        assert asked.status_code == 201
        assert (await handing.verify(KEY)).status_code == 200

    @pytest.mark.parametrize("decision", ["REJECTED", "MANUAL_REVIEW"])
    async def test_other_decisions_need_no_picture(
        self, api: httpx.AsyncClient, handing: Handing, reviewer: Candidate, decision: str
    ) -> None:
        await look(api, reviewer.headers)
        await handing.add("SELFIE")
        assert (await handing.verify(reviewer.headers, decision=decision)).status_code == 200

    async def test_moves_and_claims_are_no_change(
        self, api: httpx.AsyncClient, handing: Handing, reviewer: Candidate
    ) -> None:
        body = {"sessionId": handing.session_id}
        claimed = await api.post("/admin/kyc/claims", headers=reviewer.headers, json=body)
        assert claimed.status_code == 201
        for _ in range(2):
            assert (await handing.verify(reviewer.headers, decision="MANUAL_REVIEW")).status_code == 200
        assert (await handing.verify(KEY)).status_code == 200

    async def test_a_verification_that_the_service_reopened_can_be_decided(self, handing: Handing) -> None:
        assert (await handing.verify(KEY)).status_code == 200
        await reopen_decided(handing.person.id, by=Actor.service("test"), reason=NAME_CHANGED)
        assert (await handing.verify(KEY)).status_code == 200

    async def test_what_was_submitted_before_anybody_counted_can_be_decided(
        self, handing: Handing, reviewer: Candidate
    ) -> None:
        await KycSession.filter(id=handing.session_id).update(evidence_version=0, submitted_version=None)
        assert (await handing.verify(reviewer.headers)).status_code == 200

    async def test_and_what_is_added_to_it_now_never_slips_in(self, handing: Handing, reviewer: Candidate) -> None:
        await KycSession.filter(id=handing.session_id).update(evidence_version=0, submitted_version=None)
        await handing.add("SELFIE")
        assert code(await handing.verify(reviewer.headers)) == CHANGED


class TestPreviousRelease:
    """It writes none of the new columns, so the database does."""

    async def test_its_submission_counts(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        handing = Handing(api, candidate)
        await handing.start()
        await handing.add()
        await db.execute(
            "UPDATE kyc_sessions SET status = 'SUBMITTED', submitted_at = now(), updated_at = now(),"
            " version = version + 1 WHERE id = $1",
            handing.session_id,
        )
        assert (await handing.verify(KEY)).status_code == 200

    async def test_its_documents_count(self, handing: Handing) -> None:
        await db.execute("UPDATE kyc_sessions SET version = version + 1 WHERE id = $1", handing.session_id)
        assert code(await handing.verify(KEY)) == CHANGED


class TestSeen:
    @pytest.mark.parametrize("way", ["queue", "cases", "session", "claim", "preview"])
    async def test_who_saw_it_decides_about_that_and_nothing_later(
        self, api: httpx.AsyncClient, handing: Handing, reviewer: Candidate, way: str
    ) -> None:
        """Each of the answers that show a verification is a look, also at what came after the submission."""
        added = await handing.add("SELFIE")

        async def see(document_id: str) -> None:
            headers = reviewer.headers
            if way == "claim":
                body = {"sessionId": handing.session_id}
                answer = await api.post("/admin/kyc/claims", headers=headers, json=body)
            elif way == "preview":
                path = f"/admin/kyc/documents/{document_id}/preview-url"
                answer = await api.post(path, headers=headers, json={})
            else:
                history = f"/admin/users/{handing.person.id}/kyc/history"
                path = {"queue": QUEUE, "cases": "/admin/cases?status=ALL", "session": history}[way]
                answer = await api.get(path, headers=headers)
            assert answer.status_code in {200, 201}

        await see(added)
        swapped = await handing.add("PASSPORT")
        assert code(await handing.verify(reviewer.headers)) == CHANGED
        await see(swapped)
        assert (await handing.verify(reviewer.headers)).status_code == 200

    async def test_a_look_counts_before_the_submission(
        self, api: httpx.AsyncClient, candidate: Candidate, reviewer: Candidate
    ) -> None:
        handing = Handing(api, candidate)
        await handing.start()
        await handing.add()
        await look(api, reviewer.headers, f"{QUEUE}?status=ALL")
        await handing.submit()
        assert (await handing.verify(reviewer.headers)).status_code == 200

    async def test_a_look_counts_before_a_later_submission(
        self, api: httpx.AsyncClient, handing: Handing, reviewer: Candidate
    ) -> None:
        """Handing in again does not make a person see what they did not see."""
        await look(api, reviewer.headers)
        await handing.add("SELFIE")
        await handing.submit()
        assert code(await handing.verify(reviewer.headers)) == CHANGED
        assert (await handing.verify(KEY)).status_code == 200

    async def test_a_colleagues_look_is_no_look_of_mine(
        self, api: httpx.AsyncClient, handing: Handing, reviewer: Candidate, settings: Settings
    ) -> None:
        colleague = await make_candidate(settings, roles=("super_admin",))
        await handing.add("SELFIE")
        await look(api, colleague.headers)
        await look(api, KEY)
        assert code(await handing.verify(reviewer.headers)) == CHANGED
        assert code(await handing.verify(KEY)) == CHANGED
        assert (await handing.verify(colleague.headers)).status_code == 200

    async def test_a_preview_of_a_known_document_is_no_look_at_a_new_one(
        self, api: httpx.AsyncClient, handing: Handing, reviewer: Candidate
    ) -> None:
        known = (await look(api, reviewer.headers)).json()["items"][0]["documents"][0]["id"]
        await handing.add("SELFIE")
        preview = await api.post(f"/admin/kyc/documents/{known}/preview-url", headers=reviewer.headers, json={})
        assert preview.status_code == 200
        assert code(await handing.verify(reviewer.headers)) == CHANGED

    async def test_a_version_in_the_body_counts_before_the_look(
        self, api: httpx.AsyncClient, handing: Handing, reviewer: Candidate
    ) -> None:
        await look(api, reviewer.headers)
        await handing.add("SELFIE")
        assert code(await handing.verify(reviewer.headers, version=3)) == CHANGED
        assert (await handing.verify(reviewer.headers, version=4)).status_code == 200

    async def test_metadata_changed_after_the_look_is_refused(
        self, api: httpx.AsyncClient, handing: Handing, reviewer: Candidate
    ) -> None:
        await look(api, reviewer.headers)
        await handing.tell(faceMatch=True)
        assert code(await handing.verify(reviewer.headers)) == CHANGED

    async def test_of_twenty_decisions_beside_a_new_document_none_is_about_what_nobody_saw(
        self, api: httpx.AsyncClient, handing: Handing, reviewer: Candidate
    ) -> None:
        await look(api, reviewer.headers)
        decisions = [handing.verify(reviewer.headers) for _ in range(20)]
        path = "/identity/kyc/documents"
        name = uuid4().hex
        document = {
            "documentType": "SELFIE",
            "objectKey": f"kyc/{handing.person.id}/{handing.session_id}/{name}.jpg",
            "checksumSha256": name * 2,
        }
        added, *answers = await asyncio.gather(
            api.post(path, headers=handing.person.headers, json=document), *decisions
        )
        session = await KycSession.get(id=handing.session_id)
        codes = Counter(answer.status_code if answer.status_code == 200 else code(answer) for answer in answers)
        if added.status_code == 201:
            assert codes == {CHANGED: 20}
            assert session.status == KycStatus.SUBMITTED
        else:
            assert code(added) == (409, "kyc_session_locked")
            assert codes == {200: 1, (409, "kyc_session_locked"): 19}


class TestMarks:
    async def test_a_page_is_marked_in_one_statement_and_a_second_look_writes_nothing(
        self, api: httpx.AsyncClient, handing: Handing, reviewer: Candidate
    ) -> None:
        await look(api, reviewer.headers)
        first = await db.fetch_all("SELECT ctid, xmax, * FROM seen_versions")
        assert [(str(row["user_id"]), str(row["subject_id"]), row["version"]) for row in first] == [
            (reviewer.id, handing.session_id, 3)
        ]
        await look(api, reviewer.headers)
        assert await db.fetch_all("SELECT ctid, xmax, * FROM seen_versions") == first

    async def test_the_key_leaves_no_mark(self, api: httpx.AsyncClient, handing: Handing) -> None:
        await look(api, KEY)
        assert await db.fetch_value("SELECT count(*) FROM seen_versions") == 0

    async def test_twenty_looks_at_once_leave_one_mark(
        self, api: httpx.AsyncClient, handing: Handing, reviewer: Candidate
    ) -> None:
        await asyncio.gather(*(look(api, reviewer.headers) for _ in range(20)))
        assert await db.fetch_value("SELECT count(*) FROM seen_versions") == 1

    async def test_a_mark_never_goes_back(self, handing: Handing, reviewer: Candidate) -> None:
        for version in (5, 4):
            await queries.keep_seen(reviewer.id, {handing.session_id: version}, unless_since=None, seconds=5)
        assert await db.fetch_value("SELECT version FROM seen_versions") == 5

    async def test_a_mark_that_cannot_be_written_fails_no_answer(
        self, api: httpx.AsyncClient, handing: Handing, reviewer: Candidate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def broken(*_: Any, **__: Any) -> None:
            raise db.StatementTooSlow

        monkeypatch.setattr(queries, "keep_seen", broken)
        assert len((await look(api, reviewer.headers)).json()["items"]) == 1
        monkeypatch.undo()
        assert (await handing.verify(reviewer.headers)).status_code == 200

    async def test_no_answer_that_shows_a_verification_to_staff_is_skipped_for_an_entity_tag(
        self, api: httpx.AsyncClient, handing: Handing, reviewer: Candidate
    ) -> None:
        """A 304 would be an answer without a mark."""
        await look(api, reviewer.headers)
        await handing.add("SELFIE")
        for path in (QUEUE, "/admin/cases", f"/admin/users/{handing.person.id}/kyc/history"):
            answer = await api.get(path, headers=reviewer.headers | {"If-None-Match": "*"})
            assert (answer.status_code, answer.headers.get("etag")) == (200, None)
        assert (await handing.verify(reviewer.headers)).status_code == 200
