"""Can staff find, move and review applications, each step once, in their own name and on record?"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tortoise.transactions import in_transaction

from service.applications.models import ApplicationStatus
from service.base.settings import Settings
from service.database import db
from service.lists import queries as listing
from tests.answers import code
from tests.decoders import android_application, android_journey_event, ios_application_document
from tests.factories import Candidate, make_application, make_application_document, make_candidate, make_job

KEY = {"x-admin-api-key": "staff-key-for-tests"}
BAD_CHOICES: list[Any] = [None, "", "LOST", 1, True, ["HIRED"], {}, "HIRED\x00", "VALID\x00"]
BAD_REASONS: list[Any] = ["x" * 501, "😀" * 251, 1, True, ["a"], {}, "a\x00"]
BAD_NAMES: list[Any] = ["x" * 181, "😀" * 91, 1, True, ["a"], {}, "a\x00"]
BAD_SECONDS: list[Any] = [59, 901, 0, -1, "long", True, [120], {}, 1e300, "\x00"]
STATUSES = [status.value for status in ApplicationStatus]
# The same in every process: tests are named by it.
NOBODYS_ID = "6f0d8c52-3d1b-4a77-9a5e-0c2b7f1e4d93"
ALL: list[tuple[str, str]] = [
    ("GET", ""),
    ("GET", f"/{NOBODYS_ID}"),
    ("GET", f"/{NOBODYS_ID}/journey"),
    ("PATCH", f"/{NOBODYS_ID}/status"),
    ("GET", f"/{NOBODYS_ID}/documents"),
    ("PATCH", f"/{NOBODYS_ID}/documents/{NOBODYS_ID}"),
    ("POST", f"/documents/{NOBODYS_ID}/preview-url"),
]


def allowed(current: str, wanted: str) -> tuple[int, str | None]:
    """What the table of moves says: status and error code, none for a change or for nothing to do."""
    if current == wanted:
        return 200, None
    if current == "OFFERED" and wanted in {"HIRED", "REJECTED"}:
        return 409, "offer_decision_required"
    if current in {"OFFERED", "HIRED", "REJECTED"} or STATUSES.index(wanted) < STATUSES.index(current):
        return 409, "invalid_application_transition"
    return 200, None


async def audit_rows(action: str) -> list[dict[str, Any]]:
    rows = await db.fetch_all("SELECT * FROM audit_events WHERE action = $1 ORDER BY position", action)
    return [dict(row) | {"detail": row["detail_json"]} for row in rows]


@pytest.fixture
async def staff(settings: Settings) -> Candidate:
    return await make_candidate(settings, roles=("super_admin",), full_name="Staf Contoh")


class TestWhoMayCall:
    @pytest.mark.parametrize(("method", "path"), ALL)
    async def test_only_staff(
        self, api: httpx.AsyncClient, candidate: Candidate, staff: Candidate, method: str, path: str
    ) -> None:
        url = f"/admin/applications{path}"
        for headers, expected in (
            ({}, (401, "missing_admin_api_key")),
            ({"x-admin-api-key": "wrong"}, (403, "invalid_admin_api_key")),
            (candidate.headers, (403, "insufficient_admin_role")),
            (candidate.headers | KEY, (403, "insufficient_admin_role")),
            ({"Authorization": "Bearer nonsense"} | KEY, (401, "invalid_access_token")),
        ):
            assert code(await api.request(method, url, headers=headers, content=b"{")) == expected
        for headers in (KEY, staff.headers):
            answer = await api.request(method, url, headers=headers, json={"status": "HIRED", "reviewStatus": "VALID"})
            assert answer.status_code in {200, 404}

    @pytest.mark.parametrize(("method", "path"), [entry for entry in ALL if entry[0] != "GET"])
    async def test_an_unreadable_body(self, api: httpx.AsyncClient, method: str, path: str) -> None:
        for raw in (b"{", b"null", b" ", b'{"reason": "' + b"x" * (2 * 1024 * 1024) + b'"}'):
            answer = await api.request(method, f"/admin/applications{path}", headers=KEY, content=raw)
            assert code(answer) == (400, "invalid_request_body")


class TestList:
    async def test_everybodys_with_applicant_and_newest_step(
        self, api: httpx.AsyncClient, settings: Settings, candidate: Candidate
    ) -> None:
        moment = datetime(2026, 3, 1, tzinfo=UTC)
        tied = sorted(
            [await make_application((await make_candidate(settings)).id, updated_at=moment) for _ in range(3)]
        )
        newest = await make_application(candidate.id, updated_at=moment + timedelta(seconds=1))
        await db.execute(
            "INSERT INTO job_application_journey_events (id, application_id, status, title, description, created_at)"
            " VALUES ($1, $2, 'IN_REVIEW', 'In review', 'x', now())",
            uuid4(),
            newest,
        )
        bare = await make_application(candidate.id)
        await db.execute("DELETE FROM job_application_journey_events WHERE application_id = $1", bare)
        answer = await api.get("/v1/admin/applications", headers=KEY)
        items = answer.json()["items"]
        assert [item["application"]["id"] for item in items] == [newest, *tied, bare]
        assert items[0]["applicant"] == {"id": candidate.id, "fullName": "Sari Contoh", "email": candidate.email}
        assert items[0]["lastEvent"]["status"] == "IN_REVIEW"
        assert items[0]["lastEvent"]["actorType"] is None
        assert items[-1]["lastEvent"] is None
        for item in items:
            android_application(item["application"], "$")
        assert answer.json()["pageInfo"] == {"cursor": "0", "nextCursor": None, "limit": 20, "total": 5}

    async def test_pages_neither_skip_nor_repeat(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        made = {await make_application(candidate.id, updated_at=datetime(2026, 3, 1, tzinfo=UTC)) for _ in range(5)}
        seen: list[str] = []
        cursor: str | None = "0"
        while cursor is not None:
            answer = await api.get("/admin/applications", headers=KEY, params={"limit": 2, "cursor": cursor})
            seen += [item["application"]["id"] for item in answer.json()["items"]]
            cursor = answer.json()["pageInfo"]["nextCursor"]
        assert seen == sorted(made)

    async def test_filters(self, api: httpx.AsyncClient, settings: Settings, candidate: Candidate) -> None:
        employer = {"id": "emp 100%_x", "name": "Ōsaka Factory 100%_\\", "logoUrl": None, "isVerifiedEmployer": True}
        job_id = await make_job(title="Tukang LAS Ahli", employer_json=json.dumps(employer), lifecycle_status="DRAFT")
        other = await make_candidate(settings, full_name="Budi Unik", email="budi.unik@example.com")
        wanted = await make_application(other.id, job_id, status="INTERVIEW")
        await make_application(candidate.id)

        async def ids(**query: str) -> list[str]:
            answer = await api.get("/admin/applications", headers=KEY, params=query)
            items = answer.json()["items"]
            assert answer.json()["pageInfo"]["total"] == len(items)
            return [item["application"]["id"] for item in items]

        for query in (
            {"q": "budi u"},
            {"q": "BUDI.UNIK@EXAMPLE"},
            {"q": " tukang las "},
            {"q": "ōSAKA"},
            {"q": "100%_\\"},
            {"q": "unik budi.unik@example.com tukang"},  # across fields
            {"jobId": job_id},
            {"jobId": f" {job_id} "},
            {"orgId": "emp 100%_x"},
            {"status": "interview"},
            {"status": "INTERVIEW", "q": "budi", "jobId": job_id, "orgId": "emp 100%_x"},
        ):
            assert await ids(**query) == [wanted], query
        for query in (
            {"q": "b_di"},
            {"q": "budi%unik"},
            {"q": "😀"},
            {"q": "' OR true --"},
            {"jobId": "job_unknown"},
            {"jobId": job_id.upper()},
            {"orgId": "emp"},
            {"q": "budi", "status": "HIRED"},
        ):
            assert await ids(**query) == [], query
        for query in ({}, {"q": " "}, {"status": ""}, {"jobId": "", "orgId": ""}):
            assert len(await ids(**query)) == 2

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("cursor=x&limit=0&status=x&jobId=%20&orgId=%20", "invalid_cursor"),
            ("limit=51&status=x", "invalid_limit"),
            ("limit=1.9", "invalid_limit"),
            ("cursor=9223372036854775808", "invalid_cursor"),
            ("status=LOST&jobId=%20", "invalid_application_status"),
            ("q=%00&jobId=%20", "invalid_request_body"),
            ("jobId=%20&orgId=%20", "invalid_job_id"),
            ("jobId=a%00", "invalid_job_id"),
            ("orgId=%20%20", "invalid_org_id"),
            ("orgId=a%00", "invalid_org_id"),
        ],
    )
    async def test_the_first_wrong_parameter_is_named(self, api: httpx.AsyncClient, query: str, expected: str) -> None:
        assert code(await api.get(f"/admin/applications?{query}", headers=KEY)) == (400, expected)

    async def test_a_search_that_takes_too_long_says_so(
        self, api: httpx.AsyncClient, candidate: Candidate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await make_application(candidate.id)
        real = db.fetch_all

        async def slow(sql: str, *arguments: Any, **options: Any) -> Any:
            return await real(sql.replace("SELECT t.total", "SELECT pg_sleep(30), t.total"), *arguments, **options)

        monkeypatch.setattr(listing, "SEARCH_SECONDS", 0.05)
        monkeypatch.setattr(db, "fetch_all", slow)
        assert code(await api.get("/admin/applications?q=sari", headers=KEY)) == (503, "search_busy")
        monkeypatch.undo()
        assert (await api.get("/admin/applications?q=sari", headers=KEY)).json()["pageInfo"]["total"] == 1

    @pytest.mark.parametrize("path", ["/admin/applications", "/admin/feed/posts"])
    async def test_a_search_that_waits_for_a_connection_has_its_second_still(
        self, api: httpx.AsyncClient, path: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(listing, "SEARCH_SECONDS", 1.0)
        free, held = asyncio.Event(), asyncio.Barrier(db.pool_stats().maximum + 1)

        async def hold() -> None:
            async with in_transaction():
                await held.wait()
                await free.wait()

        holders = [asyncio.create_task(hold()) for _ in range(held.parties - 1)]
        await held.wait()
        search = asyncio.create_task(api.get(f"{path}?q=sari", headers=KEY))
        await asyncio.sleep(1.5)
        free.set()
        await asyncio.gather(*holders)
        assert (await search).status_code == 200


class TestOne:
    @pytest.mark.parametrize(("method", "path"), [("GET", ""), ("GET", "/journey"), ("GET", "/documents")])
    async def test_unknown_ids(self, api: httpx.AsyncClient, method: str, path: str) -> None:
        for known in (str(uuid4()), "nonsense", "%00", "%F0%9F%98%80"):
            answer = await api.request(method, f"/admin/applications/{known}{path}", headers=KEY)
            assert code(answer) == (404, "application_not_found")

    async def test_detail_and_journey(self, api: httpx.AsyncClient, candidate: Candidate, staff: Candidate) -> None:
        application_id = await make_application(candidate.id, note="Please")
        path = f"/admin/applications/{application_id}"
        detail = (await api.get(path, headers=staff.headers)).json()
        assert detail["application"]["note"] == "Please"
        assert detail["applicant"]["email"] == candidate.email
        journey = (await api.get(f"{path}/journey", headers=staff.headers)).json()
        assert journey["journey"] == [detail["lastEvent"]]
        assert journey["application"] == detail["application"]
        assert journey["applicant"] == detail["applicant"]
        android_journey_event(detail["lastEvent"], "$")


class TestStatus:
    @pytest.mark.parametrize("wanted", STATUSES)
    @pytest.mark.parametrize("current", STATUSES)
    async def test_the_table_of_moves(
        self, api: httpx.AsyncClient, candidate: Candidate, staff: Candidate, current: str, wanted: str
    ) -> None:
        application_id = await make_application(candidate.id, status=current)
        path = f"/admin/applications/{application_id}/status"
        before = await db.fetch_row("SELECT * FROM job_applications")
        answer = await api.patch(path, headers=staff.headers, json={"status": f" {wanted.lower()} "})
        status, error = allowed(current, wanted)
        assert answer.status_code == status
        changed = error is None and current != wanted
        if error:
            assert answer.json()["error"]["code"] == error
        else:
            assert answer.json()["updated"] is changed
            assert answer.json()["application"]["status"] == wanted
            assert (answer.json()["journeyEvent"] is not None) is changed
        if not changed:
            assert await db.fetch_row("SELECT * FROM job_applications") == before
        assert await db.fetch_value("SELECT count(*) FROM job_application_journey_events") == 1 + changed
        assert len(await audit_rows("application.status_changed")) == changed

    async def test_a_signed_in_member_of_staff_cannot_borrow_a_name(
        self, api: httpx.AsyncClient, candidate: Candidate, staff: Candidate
    ) -> None:
        application_id = await make_application(candidate.id)
        body = {"status": "IN_REVIEW", "reason": " Good papers ", "updatedBy": "somebody.else@example.com"}
        answer = await api.patch(f"/admin/applications/{application_id}/status", headers=staff.headers, json=body)
        event = answer.json()["journeyEvent"]
        assert (event["actorType"], event["actorId"], event["status"]) == ("ADMIN", staff.email, "IN_REVIEW")
        assert "somebody.else" not in event["description"]
        for part in ("IN_REVIEW", staff.email, "Good papers"):
            assert part in event["description"]
        assert answer.json()["application"]["updatedAt"] == event["createdAt"]
        [row] = await audit_rows("application.status_changed")
        assert (row["actor_type"], row["actor_id"]) == ("ADMIN", staff.id)
        assert (row["subject_type"], row["subject_id"]) == ("JOB_APPLICATION", application_id)
        assert row["request_id"] == answer.headers["x-request-id"]
        assert row["detail"]["before"] == {"status": "SUBMITTED"}
        assert row["detail"]["after"] == {"status": "IN_REVIEW"}
        journey = await api.get(f"/users/me/applications/{application_id}/journey", headers=candidate.headers)
        assert journey.json()["journey"][-1] == event | {
            "actorId": "staff",
            "description": "The status is now IN_REVIEW, set by staff. Reason: Good papers",
        }

    @pytest.mark.parametrize(
        ("given", "name"),
        [("Reviewer Rin", "Reviewer Rin"), (None, "admin_api_key"), (" ", "admin_api_key"), ("x" * 180, "x" * 180)],
    )
    async def test_with_the_key_the_given_name_is_the_only_one(
        self, api: httpx.AsyncClient, candidate: Candidate, given: str | None, name: str
    ) -> None:
        application_id = await make_application(candidate.id)
        body = {"status": "OFFERED", "updatedBy": given}
        answer = await api.patch(f"/admin/applications/{application_id}/status", headers=KEY, json=body)
        assert answer.json()["journeyEvent"]["actorId"] == name
        [row] = await audit_rows("application.status_changed")
        assert row["actor_id"] == "admin_api_key"
        assert row["detail"]["name"] == name

    async def test_the_checks_come_in_order(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        application_id = await make_application(candidate.id, status="OFFERED")
        long_name = {"updatedBy": "x" * 181}
        long_reason = {"reason": "x" * 501} | long_name
        for known in (application_id, str(uuid4())):
            path = f"/admin/applications/{known}/status"
            for status in BAD_CHOICES:
                answer = await api.patch(path, headers=KEY, json={"status": status} | long_reason)
                assert code(answer) == (400, "invalid_application_status")
            for reason in BAD_REASONS:
                answer = await api.patch(path, headers=KEY, json={"status": "HIRED", "reason": reason} | long_name)
                assert code(answer) == (400, "invalid_reason")
            for name in BAD_NAMES:
                answer = await api.patch(path, headers=KEY, json={"status": "HIRED", "updatedBy": name})
                assert code(answer) == (400, "invalid_updated_by")
        for known in (str(uuid4()), "nonsense", "%00"):
            answer = await api.patch(f"/admin/applications/{known}/status", headers=KEY, json={"status": "HIRED"})
            assert code(answer) == (404, "application_not_found")
        assert await db.fetch_value("SELECT status FROM job_applications") == "OFFERED"

    async def test_of_twenty_decisions_at_once_one_counts(
        self, api: httpx.AsyncClient, candidate: Candidate, staff: Candidate
    ) -> None:
        application_id = await make_application(candidate.id)
        path = f"/admin/applications/{application_id}/status"
        answers = await asyncio.gather(
            *(
                api.patch(path, headers=staff.headers, json={"status": "HIRED" if number % 2 else "REJECTED"})
                for number in range(20)
            )
        )
        changed = [answer.json() for answer in answers if answer.status_code == 200 and answer.json()["updated"]]
        assert len(changed) == 1
        status = changed[0]["application"]["status"]
        counted = Counter((answer.status_code, answer.json().get("error", {}).get("code")) for answer in answers)
        assert counted == {(200, None): 10, (409, "invalid_application_transition"): 10}
        assert await db.fetch_value("SELECT status FROM job_applications") == status
        assert await db.fetch_value("SELECT count(*) FROM job_application_journey_events") == 2
        assert len(await audit_rows("application.status_changed")) == 1

    async def test_steps_keep_their_order_when_many_move_at_once(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        application_id = await make_application(candidate.id)
        await asyncio.gather(
            *(
                api.patch(f"/admin/applications/{application_id}/status", headers=KEY, json={"status": status})
                for status in ("IN_REVIEW", "INTERVIEW", "OFFERED") * 6
            )
        )
        journey = (await api.get(f"/admin/applications/{application_id}/journey", headers=KEY)).json()
        steps = [event["status"] for event in journey["journey"]]
        assert steps == sorted(set(steps), key=STATUSES.index)
        assert steps[-1] == journey["application"]["status"] == "OFFERED"

    async def test_staff_and_candidate_at_once_never_both_decide(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        application_id = await make_application(candidate.id, status="INTERVIEW")
        staff_path = f"/admin/applications/{application_id}/status"
        offer_path = f"/users/me/applications/{application_id}/offer/accept"
        calls = []
        for _ in range(7):
            calls += [
                api.patch(staff_path, headers=KEY, json={"status": "OFFERED"}),
                api.post(offer_path, headers=candidate.headers),
                api.patch(staff_path, headers=KEY, json={"status": "REJECTED"}),
            ]
        await asyncio.gather(*calls)
        rows = await db.fetch_all("SELECT status FROM job_application_journey_events ORDER BY created_at")
        steps = [row["status"] for row in rows][1:]
        assert steps in (["REJECTED"], ["OFFERED"], ["OFFERED", "HIRED"])
        assert await db.fetch_value("SELECT status FROM job_applications") == steps[-1]


class TestReviewDocument:
    async def test_any_result_follows_any_other_and_is_on_record(
        self, api: httpx.AsyncClient, candidate: Candidate, staff: Candidate
    ) -> None:
        application_id = await make_application(candidate.id)
        document_id = await make_application_document(candidate.id, application_id)
        application = await db.fetch_row("SELECT * FROM job_applications")
        path = f"/v1/admin/applications/{application_id}/documents/{document_id}"
        last = None
        for status, reason, expected in (
            ("INVALID", " Not readable ", True),
            ("INVALID", "Not readable", False),
            ("INVALID", None, True),  # a missing reason clears the old one
            ("VALID", None, True),
            ("PENDING", None, True),
            ("PENDING", "", False),
        ):
            body = {"reviewStatus": status.lower(), "reviewedBy": "somebody.else@example.com"}
            if reason is not None:
                body["reviewReason"] = reason
            answer = await api.patch(path, headers=staff.headers, json=body)
            assert answer.status_code == 200
            document = answer.json()["document"]
            assert answer.json()["updated"] is expected
            assert document["reviewStatus"] == status
            assert document["reviewReason"] == ((reason or "").strip() or None)
            assert document["reviewedBy"] == staff.email
            assert document["reviewedAt"] == document["updatedAt"]
            if not expected:
                assert document == last
            last = document
            ios_application_document(document, "$")
            assert answer.json()["applicant"]["id"] == candidate.id
            assert answer.json()["application"]["id"] == application_id
        rows = await audit_rows("application_document.reviewed")
        assert [row["detail"]["after"]["status"] for row in rows] == ["INVALID", "INVALID", "VALID", "PENDING"]
        assert rows[0]["detail"]["before"] == {"status": "PENDING", "reason": None, "name": None}
        assert {(row["actor_id"], row["subject_id"]) for row in rows} == {(staff.id, document_id)}
        assert await db.fetch_row("SELECT * FROM job_applications") == application
        assert await db.fetch_value("SELECT count(*) FROM job_application_journey_events") == 1
        listed = await api.get(f"/admin/applications/{application_id}/documents", headers=staff.headers)
        assert listed.json()["items"] == [last]
        assert (listed.json()["total"], listed.json()["applicant"]["id"]) == (1, candidate.id)
        own = await api.get(f"/users/me/applications/{application_id}/documents", headers=candidate.headers)
        assert own.json()["items"] == [last | {"reviewedBy": "staff"}]

    @pytest.mark.parametrize(("given", "name"), [("Reviewer Rin", "Reviewer Rin"), (None, "admin_api_key")])
    async def test_names_with_the_key(
        self, api: httpx.AsyncClient, candidate: Candidate, given: str | None, name: str
    ) -> None:
        application_id = await make_application(candidate.id)
        document_id = await make_application_document(candidate.id, application_id)
        body = {"reviewStatus": "VALID", "reviewedBy": given}
        path = f"/admin/applications/{application_id}/documents/{document_id}"
        assert (await api.patch(path, headers=KEY, json=body)).json()["document"]["reviewedBy"] == name

    async def test_the_checks_come_in_order(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        application_id, other = await make_application(candidate.id), await make_application(candidate.id)
        document_id = await make_application_document(candidate.id, other)
        path = f"/admin/applications/{uuid4()}/documents/{document_id}"
        for status in BAD_CHOICES:
            body = {"reviewStatus": status, "reviewReason": "x" * 501, "reviewedBy": "x" * 181}
            assert code(await api.patch(path, headers=KEY, json=body)) == (400, "invalid_review_status")
        for reason in BAD_REASONS:
            body = {"reviewStatus": "VALID", "reviewReason": reason, "reviewedBy": "x" * 181}
            assert code(await api.patch(path, headers=KEY, json=body)) == (400, "invalid_review_reason")
        for name in BAD_NAMES:
            body = {"reviewStatus": "VALID", "reviewedBy": name}
            assert code(await api.patch(path, headers=KEY, json=body)) == (400, "invalid_updated_by")
        good = {"reviewStatus": "VALID"}
        for known in (str(uuid4()), "nonsense", "%00"):
            answer = await api.patch(f"/admin/applications/{known}/documents/x", headers=KEY, json=good)
            assert code(answer) == (404, "application_not_found")
        for known in (document_id, str(uuid4()), "nonsense", "%00"):  # the first belongs to another application
            path = f"/admin/applications/{application_id}/documents/{known}"
            answer = await api.patch(path, headers=KEY, json=good)
            assert code(answer) == (404, "application_document_not_found")
        assert await db.fetch_value("SELECT review_status FROM job_application_documents") == "PENDING"

    async def test_of_twenty_equal_reviews_at_once_one_changes_something(
        self, api: httpx.AsyncClient, candidate: Candidate, staff: Candidate
    ) -> None:
        application_id = await make_application(candidate.id)
        document_id = await make_application_document(candidate.id, application_id)
        path = f"/admin/applications/{application_id}/documents/{document_id}"
        answers = await asyncio.gather(
            *(api.patch(path, headers=staff.headers, json={"reviewStatus": "VALID"}) for _ in range(20))
        )
        assert Counter(answer.json()["updated"] for answer in answers) == {True: 1, False: 19}
        assert len(await audit_rows("application_document.reviewed")) == 1


class TestPreview:
    async def test_the_link_reads_the_document_and_is_on_record(
        self, api: httpx.AsyncClient, app: Any, candidate: Candidate, staff: Candidate
    ) -> None:
        application_id = await make_application(candidate.id)
        key = f"applications/{candidate.id}/{application_id}/{uuid4()}.pdf"
        document_id = await make_application_document(candidate.id, application_id, object_key=key)
        await app.ctx.storage.write(key, b"%PDF the document", content_type="application/pdf")
        path = f"/v1/admin/applications/documents/{document_id}/preview-url"
        answer = await api.post(path, headers=staff.headers, json={"expiresSec": 180})
        assert answer.status_code == 200
        body = answer.json()
        assert set(body) == {"documentId", "applicationId", "url", "method", "expiresAt", "sanitized"}
        assert (body["documentId"], body["applicationId"], body["method"]) == (document_id, application_id, "GET")
        assert "X-Amz-Expires=180" in body["url"]
        left = datetime.fromisoformat(body["expiresAt"]) - datetime.now(UTC)
        assert timedelta(seconds=100) < left <= timedelta(seconds=180)
        async with httpx.AsyncClient() as browser:
            found = await browser.get(body["url"])
        assert (found.content, found.headers["content-disposition"]) == (b"%PDF the document", "attachment")
        [row] = await audit_rows("application_document.previewed_unchecked")
        assert (row["actor_id"], row["subject_id"]) == (staff.id, document_id)
        assert row["detail"] == {"applicationId": application_id, "expiresSec": 180}

    @pytest.mark.parametrize(
        ("given", "seconds"),
        [(None, 120), ("", 120), (60, 60), (900, 900), ("90", 90), (60.9, 60), (900.5, 900)],
    )
    async def test_how_long_it_lives(
        self, api: httpx.AsyncClient, candidate: Candidate, given: Any, seconds: int
    ) -> None:
        document_id = await make_application_document(candidate.id, await make_application(candidate.id))
        path = f"/admin/applications/documents/{document_id}/preview-url"
        answer = await api.post(path, headers=KEY, json={"expiresSec": given})
        assert f"X-Amz-Expires={seconds}&" in answer.json()["url"] + "&"
        assert "X-Amz-Expires=120&" in (await api.post(path, headers=KEY)).json()["url"] + "&"

    async def test_a_rejected_file_is_shown_to_who_asks_for_it(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        application_id = await make_application(candidate.id)
        document_id = await make_application_document(candidate.id, application_id, byte_state="rejected")
        path = f"/admin/applications/documents/{document_id}/preview-url"
        assert code(await api.post(path, headers=KEY)) == (409, "document_rejected")
        answer = await api.post(path, headers=KEY, json={"acknowledgeRisk": True})
        assert (answer.status_code, answer.json()["sanitized"]) == (200, False)
        assert "response-content-disposition=attachment" in answer.json()["url"]

    @pytest.mark.parametrize(("kind", "ending"), [("picture", ""), ("pages", ".pdf"), ("absent", None), (None, None)])
    async def test_only_what_was_encoded_anew_is_called_sanitized(
        self, kind: str | None, ending: str | None, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        document_id = await make_application_document(
            candidate.id, await make_application(candidate.id), byte_state="verified", copy_kind=kind
        )
        body = (await api.post(f"/admin/applications/documents/{document_id}/preview-url", headers=KEY)).json()
        assert body["sanitized"] is (ending is not None)
        assert (f"/derived/{document_id}{ending}?" in body["url"]) is (ending is not None)
        assert ("response-content-disposition=attachment" in body["url"]) is (ending is None)
        checked = await audit_rows("application_document.preview_issued")
        assert len(checked) == (0 if ending is None else 1)

    async def test_the_life_is_checked_before_the_document(self, api: httpx.AsyncClient) -> None:
        for known in (str(uuid4()), "nonsense", "%00"):
            path = f"/admin/applications/documents/{known}/preview-url"
            for seconds in BAD_SECONDS:
                answer = await api.post(path, headers=KEY, json={"expiresSec": seconds})
                assert code(answer) == (400, "invalid_expires_sec")
            assert code(await api.post(path, headers=KEY)) == (404, "application_document_not_found")
