"""Can a candidate apply, follow the journey and answer an offer, each once and only their own?"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from service.base.settings import Settings
from service.database import db
from tests.answers import code
from tests.decoders import decode
from tests.factories import Candidate, make_application, make_candidate, make_job

APPLY = "POST /jobs/{jobId}/applications"
LIST = "GET /users/me/applications"
JOURNEY = "GET /users/me/applications/{applicationId}/journey"

# Method, path below /users/me/applications/{id}, a body that the fields' rules accept.
DOCUMENT = {
    "documentType": "CV",
    "fileName": "cv.pdf",
    "contentType": "application/pdf",
    "contentLength": 10,
    "objectKey": "applications/a/b/c",
    "checksumSha256": "a" * 64,
}
# The same in every process: tests are named by it.
NOBODYS_ID = "6f0d8c52-3d1b-4a77-9a5e-0c2b7f1e4d93"
OF_ONE_APPLICATION: list[tuple[str, str, dict[str, Any] | None]] = [
    ("GET", "journey", None),
    ("POST", "documents/upload-url", DOCUMENT),
    ("POST", "documents", DOCUMENT),
    ("GET", "documents", None),
    ("POST", "offer/accept", {}),
    ("POST", "offer/decline", {}),
]
ALL = [("POST", "/jobs/job_x/applications"), ("GET", "/users/me/applications")] + [
    (method, f"/users/me/applications/{NOBODYS_ID}/{path}") for method, path, _ in OF_ONE_APPLICATION
]


async def events(application_id: str) -> list[str]:
    rows = await db.fetch_all(
        "SELECT status FROM job_application_journey_events WHERE application_id = $1 ORDER BY created_at",
        application_id,
    )
    return [row["status"] for row in rows]


class TestWhoMayCall:
    @pytest.mark.parametrize(("method", "path"), ALL)
    async def test_without_a_token_nobody(self, api: httpx.AsyncClient, method: str, path: str) -> None:
        assert code(await api.request(method, path)) == (401, "missing_access_token")
        bad = {"Authorization": "Bearer nonsense"}
        assert code(await api.request(method, path, headers=bad, content=b"{")) == (401, "invalid_access_token")

    @pytest.mark.parametrize(("method", "path", "body"), OF_ONE_APPLICATION)
    async def test_a_strangers_application_is_as_unknown_as_nonsense(
        self,
        api: httpx.AsyncClient,
        settings: Settings,
        candidate: Candidate,
        method: str,
        path: str,
        body: dict[str, Any] | None,
    ) -> None:
        stranger = await make_candidate(settings)
        foreign = await make_application(stranger.id, status="OFFERED")
        for known in (foreign, str(uuid4()), "nonsense", "%00", "1%27--", foreign[:-1] + "%C3%A9"):
            answer = await api.request(
                method, f"/users/me/applications/{known}/{path}", headers=candidate.headers, json=body
            )
            assert code(answer) == (404, "application_not_found"), known
        assert await db.fetch_value("SELECT status FROM job_applications") == "OFFERED"

    @pytest.mark.parametrize(("method", "path", "body"), [entry for entry in OF_ONE_APPLICATION if entry[0] == "POST"])
    async def test_an_unreadable_body_comes_before_everything_else(
        self, api: httpx.AsyncClient, candidate: Candidate, method: str, path: str, body: dict[str, Any]
    ) -> None:
        for raw in (b"{", b"null", b" ", b"[" * 2000, b'{"reason": "' + b"x" * (2 * 1024 * 1024) + b'"}'):
            answer = await api.request(
                method, f"/users/me/applications/{uuid4()}/{path}", headers=candidate.headers, content=raw
            )
            assert code(answer) == (400, "invalid_request_body")


class TestApply:
    async def test_the_first_call_creates_and_later_ones_repeat(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        job_id = await make_job()
        path = f"/v1/jobs/{job_id}/applications"
        first = await api.post(path, headers=candidate.headers, json={"note": " Please \U0001f600 "})
        assert first.status_code == 201
        decode(APPLY, first.json())
        application = first.json()["application"]
        assert first.json()["created"] is True
        assert application["status"] == "SUBMITTED"
        assert application["note"] == "Please \U0001f600"
        assert application["jobId"] == application["job"]["id"] == job_id
        assert application["createdAt"] == application["updatedAt"]
        assert set(application["job"]) == {"id", "title", "employmentType", "visaSponsorship", "location", "employer"}
        assert set(application["job"]["location"]) == {"countryCode", "city", "displayLabel"}
        again = await api.post(path, headers=candidate.headers, json={"note": "Another"})
        assert again.status_code == 200
        assert again.json() == {"created": False, "application": application}
        journey = await api.get(f"/users/me/applications/{application['id']}/journey", headers=candidate.headers)
        [event] = journey.json()["journey"]
        assert event["createdAt"] == application["createdAt"]
        assert (event["status"], event["description"]) == ("SUBMITTED", "Please \U0001f600")
        assert (event["actorType"], event["actorId"]) == ("USER", candidate.id)

    async def test_no_body_at_all_is_fine_and_leaves_a_fixed_sentence(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        headers = candidate.headers | {"Content-Type": "application/json"}
        answer = await api.post(f"/v1/jobs/{await make_job()}/applications", headers=headers)
        assert answer.status_code == 201
        assert answer.json()["application"]["note"] is None
        assert await db.fetch_value("SELECT description FROM job_application_journey_events")

    @pytest.mark.parametrize("note", ["x" * 1001, "\U0001f600" * 501, ["a"], {"a": 1}, "a\x00b", "\ud800"])
    async def test_a_bad_note_comes_before_the_job_and_fails_a_repeat(
        self, api: httpx.AsyncClient, candidate: Candidate, note: Any
    ) -> None:
        raw = json.dumps({"note": note}).encode()
        job_id = await make_job()
        await make_application(candidate.id, job_id)
        expected = "invalid_request_body" if note == "\ud800" else "invalid_note"
        for path in ("/jobs/job_unknown/applications", f"/jobs/{job_id}/applications"):
            assert code(await api.post(path, headers=candidate.headers, content=raw)) == (400, expected)

    @pytest.mark.parametrize(
        ("note", "stored"), [("", None), ("  ", None), (None, None), (12, "12"), ("x" * 1000,) * 2]
    )
    async def test_notes_that_are_accepted(
        self, api: httpx.AsyncClient, candidate: Candidate, note: Any, stored: str | None
    ) -> None:
        path = f"/jobs/{await make_job()}/applications"
        answer = await api.post(path, headers=candidate.headers, json={"note": note})
        assert answer.json()["application"]["note"] == stored

    async def test_unknown_and_hidden_jobs_are_not_found(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        soon = datetime.now(UTC) + timedelta(days=1)
        hidden = [
            await make_job(lifecycle_status="DRAFT"),
            await make_job(lifecycle_status="SCHEDULED", scheduled_publish_at=soon),
            await make_job(lifecycle_status="SCHEDULED"),
        ]
        await make_application(candidate.id, hidden[0])  # applied before it was hidden
        for job_id in (*hidden, "job_unknown", "%00", "%F0%9F%98%80", "x" * 500, "1' OR 1=1"):
            answer = await api.post(f"/jobs/{job_id}/applications", headers=candidate.headers)
            assert code(answer) == (404, "job_not_found")
        due = await make_job(lifecycle_status="SCHEDULED", scheduled_publish_at=datetime(2026, 1, 1, tzinfo=UTC))
        assert (await api.post(f"/jobs/{due}/applications", headers=candidate.headers)).status_code == 201

    async def test_a_decided_application_is_still_the_only_one(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        job_id = await make_job()
        application_id = await make_application(candidate.id, job_id, status="REJECTED")
        answer = await api.post(f"/jobs/{job_id}/applications", headers=candidate.headers, json={})
        assert answer.status_code == 200
        assert answer.json()["application"]["id"] == application_id
        assert answer.json()["application"]["status"] == "REJECTED"

    async def test_twenty_at_once_make_one_application_with_one_step(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        path = f"/jobs/{await make_job()}/applications"
        answers = await asyncio.gather(*(api.post(path, headers=candidate.headers) for _ in range(20)))
        assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 19}
        assert len({answer.json()["application"]["id"] for answer in answers}) == 1
        assert await db.fetch_value("SELECT count(*) FROM job_applications") == 1
        assert await db.fetch_value("SELECT count(*) FROM job_application_journey_events") == 1


class TestList:
    async def test_own_ones_what_moved_last_first_then_by_id(
        self, api: httpx.AsyncClient, settings: Settings, candidate: Candidate
    ) -> None:
        await make_application((await make_candidate(settings)).id)
        moment = datetime(2026, 3, 1, tzinfo=UTC)
        tied = sorted([await make_application(candidate.id, updated_at=moment) for _ in range(3)])
        newest = await make_application(candidate.id, updated_at=moment + timedelta(seconds=1))
        hidden = await make_application(candidate.id, await make_job(lifecycle_status="DRAFT"))
        answer = await api.get("/v1/users/me/applications", headers=candidate.headers)
        decode(LIST, answer.json())
        assert [item["id"] for item in answer.json()["items"]] == [newest, *tied, hidden]
        assert answer.json()["items"][-1]["job"]["employer"]["name"] == "Test Works"
        assert answer.json()["pageInfo"] == {"cursor": "0", "nextCursor": None, "limit": 20, "total": 5}

    async def test_pages_and_the_status_filter(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        made = [await make_application(candidate.id) for _ in range(5)][::-1]
        offered = await make_application(candidate.id, status="OFFERED")
        seen: list[str] = []
        cursor: str | None = "0"
        while cursor is not None:
            answer = await api.get(
                "/users/me/applications",
                headers=candidate.headers,
                params={"limit": 2, "cursor": cursor, "status": " submitted "},
            )
            seen += [item["id"] for item in answer.json()["items"]]
            assert answer.json()["pageInfo"]["total"] == 5
            cursor = answer.json()["pageInfo"]["nextCursor"]
        assert seen == made
        only = await api.get("/users/me/applications?status=Offered", headers=candidate.headers)
        assert [item["id"] for item in only.json()["items"]] == [offered]
        past = await api.get("/users/me/applications?cursor=9223372036854775807", headers=candidate.headers)
        assert past.json() == {
            "items": [],
            "pageInfo": {"cursor": "9223372036854775807", "nextCursor": None, "limit": 20, "total": 6},
        }

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("cursor=x&limit=0&status=x", "invalid_cursor"),
            ("cursor=-1", "invalid_cursor"),
            ("cursor=9223372036854775808", "invalid_cursor"),
            ("limit=0&status=x", "invalid_limit"),
            ("limit=51", "invalid_limit"),
            ("limit=1.5", "invalid_limit"),
            ("status=lost", "invalid_application_status"),
            ("status=%00", "invalid_application_status"),
            ("status=%F0%9F%98%80", "invalid_application_status"),
        ],
    )
    async def test_the_first_wrong_parameter_is_named(
        self, api: httpx.AsyncClient, candidate: Candidate, query: str, expected: str
    ) -> None:
        answer = await api.get(f"/users/me/applications?{query}", headers=candidate.headers)
        assert code(answer) == (400, expected)


class TestJourney:
    async def test_steps_are_oldest_first_and_old_ones_have_no_actor(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        application_id = await make_application(candidate.id, await make_job(lifecycle_status="DRAFT"))
        await db.execute(
            "INSERT INTO job_application_journey_events (id, application_id, status, title, description, created_at)"
            " VALUES ($1, $2, 'IN_REVIEW', 'In review', '', '2026-01-01')",
            uuid4(),
            application_id,
        )
        answer = await api.get(f"/users/me/applications/{application_id}/journey", headers=candidate.headers)
        decode(JOURNEY, answer.json())
        assert [event["status"] for event in answer.json()["journey"]] == ["IN_REVIEW", "SUBMITTED"]
        assert answer.json()["journey"][0]["actorType"] is None
        assert answer.json()["journey"][0]["actorId"] is None
        assert answer.json()["application"]["id"] == application_id

    async def test_the_id_counts_in_any_case(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        application_id = await make_application(candidate.id)
        path = f"/users/me/applications/{application_id.upper()}/journey"
        answer = await api.get(path, headers=candidate.headers)
        assert answer.json()["application"]["id"] == application_id

    async def test_an_application_without_steps_has_an_empty_journey(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        application_id = await make_application(candidate.id)
        await db.execute("DELETE FROM job_application_journey_events")
        answer = await api.get(f"/users/me/applications/{application_id}/journey", headers=candidate.headers)
        assert answer.json()["journey"] == []


class TestOffer:
    @pytest.mark.parametrize(
        ("path", "decision", "status"), [("accept", "ACCEPT", "HIRED"), ("decline", "DECLINE", "REJECTED")]
    )
    async def test_an_offer_is_answered_once(
        self, api: httpx.AsyncClient, candidate: Candidate, path: str, decision: str, status: str
    ) -> None:
        application_id = await make_application(candidate.id, status="OFFERED")
        base = f"/users/me/applications/{application_id}/offer"
        answer = await api.post(f"{base}/{path}", headers=candidate.headers, json={"reason": " Gladly "})
        assert answer.status_code == 200
        body = answer.json()
        assert body["updated"] is True
        assert body["decision"] == decision
        assert body["application"]["status"] == body["journeyEvent"]["status"] == status
        assert body["application"]["updatedAt"] == body["journeyEvent"]["createdAt"]
        assert body["journeyEvent"]["actorType"] == "USER"
        assert body["journeyEvent"]["actorId"] == candidate.id
        assert body["journeyEvent"]["description"].endswith("Gladly")
        for again in ("accept", "decline"):
            refused = await api.post(f"{base}/{again}", headers=candidate.headers)
            assert code(refused) == (409, "offer_not_available")
        assert await events(application_id) == ["SUBMITTED", status]
        journey = await api.get(f"/users/me/applications/{application_id}/journey", headers=candidate.headers)
        decode(JOURNEY, journey.json())
        assert journey.json()["journey"][-1] == body["journeyEvent"]

    @pytest.mark.parametrize("path", ["accept", "decline"])
    async def test_the_reason_is_checked_first_then_the_application_then_its_status(
        self, api: httpx.AsyncClient, candidate: Candidate, path: str
    ) -> None:
        application_id = await make_application(candidate.id)
        for reason in ("x" * 501, "\U0001f600" * 251, ["a"], {"a": 1}, "a\x00b"):
            for known in (application_id, "nonsense"):
                answer = await api.post(
                    f"/users/me/applications/{known}/offer/{path}", headers=candidate.headers, json={"reason": reason}
                )
                assert code(answer) == (400, "invalid_reason")
        for status in ("SUBMITTED", "IN_REVIEW", "INTERVIEW", "HIRED", "REJECTED"):
            await db.execute("UPDATE job_applications SET status = $1", status)
            for accepted in (None, "", 12, "x" * 500):
                answer = await api.post(
                    f"/users/me/applications/{application_id}/offer/{path}",
                    headers=candidate.headers,
                    json={"reason": accepted},
                )
                assert code(answer) == (409, "offer_not_available")
        assert await events(application_id) == ["SUBMITTED"]

    async def test_of_twenty_answers_at_once_one_counts(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        application_id = await make_application(candidate.id, status="OFFERED")
        base = f"/users/me/applications/{application_id}/offer"
        answers = await asyncio.gather(
            *(
                api.post(f"{base}/{'accept' if number % 2 else 'decline'}", headers=candidate.headers)
                for number in range(20)
            )
        )
        assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 19}
        [winner] = [answer.json() for answer in answers if answer.status_code == 200]
        status = await db.fetch_value("SELECT status FROM job_applications")
        assert winner["application"]["status"] == status
        assert await events(application_id) == ["SUBMITTED", status]
