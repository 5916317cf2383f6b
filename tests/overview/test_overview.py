"""Do the counts, the activities and the audit events say what happened, in the contract's shape and order?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from service.base.clock import utc_now
from service.base.settings import Settings
from service.database import db
from tests.answers import code
from tests.conftest import TEST_ENVIRONMENT
from tests.factories import Candidate, make_candidate, make_job

KEY = {"x-admin-api-key": TEST_ENVIRONMENT["ADMIN_API_KEY"]}
ACTIVITY, AUDIT = "/admin/activity-events", "/admin/audit/events"
START = datetime(2026, 3, 1, 9, 0, 0, tzinfo=UTC)
_ITEM = {
    "id",
    "type",
    "action",
    "entityType",
    "entityId",
    "actorType",
    "actorId",
    "statusFrom",
    "statusTo",
    "title",
    "description",
    "createdAt",
}


async def insert(table: str, **row: Any) -> str:
    row = {"id": str(uuid4())} | row
    places = ", ".join(f"${index}" for index in range(1, len(row) + 1))
    await db.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", *row.values())
    return str(row["id"])


async def make_session(user_id: str, status: str) -> str:
    return await insert("kyc_sessions", user_id=user_id, status=status)


async def make_kyc_event(session_id: str, to_status: str, at: datetime, **changes: Any) -> str:
    row = {"from_status": None, "actor_type": "USER", "actor_id": None, "reason": None} | changes
    return await insert("kyc_status_events", kyc_session_id=session_id, to_status=to_status, created_at=at, **row)


async def make_step(application_id: str, status: str, at: datetime, **changes: Any) -> str:
    row = {"title": f"Now {status}", "description": f"It is {status}.", "actor_type": None, "actor_id": None} | changes
    return await insert(
        "job_application_journey_events", application_id=application_id, status=status, created_at=at, **row
    )


@dataclass(frozen=True, slots=True)
class World:
    """Two histories whose steps interleave, the newest last in each list."""

    candidate: Candidate
    session_id: str
    application_id: str
    job_id: str
    kyc: list[str]
    steps: list[str]


@pytest.fixture
async def world(candidate: Candidate) -> World:
    job_id = await make_job(title="Senior Welder")
    session_id = await make_session(candidate.id, "VERIFIED")
    application_id = await insert("job_applications", user_id=candidate.id, job_id=job_id, status="HIRED")
    minute = timedelta(minutes=1)
    kyc = [
        await make_kyc_event(session_id, "CREATED", START, actor_id=candidate.id, reason="session_created"),
        await make_kyc_event(session_id, "SUBMITTED", START + 2 * minute, from_status="CREATED", actor_id=candidate.id),
        await make_kyc_event(
            session_id,
            "VERIFIED",
            START + 4 * minute,
            from_status="SUBMITTED",
            actor_type="ADMIN",
            actor_id="rina@example.com",
            reason="All clear",
        ),
    ]
    steps = [
        await make_step(application_id, "SUBMITTED", START + minute),
        await make_step(application_id, "IN_REVIEW", START + 2 * minute),
        await make_step(application_id, "OFFERED", START + 3 * minute, actor_type="ADMIN", actor_id="rina@example.com"),
        await make_step(application_id, "HIRED", START + 5 * minute, actor_type="USER", actor_id=candidate.id),
    ]
    return World(candidate, session_id, application_id, job_id, kyc, steps)


async def read(api: httpx.AsyncClient, path: str, **query: Any) -> dict[str, Any]:
    answer = await api.get(path, params=query, headers=KEY)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    assert body["count"] == len(body["items"])
    return body


async def ids(api: httpx.AsyncClient, path: str, **query: Any) -> list[str]:
    body = await read(api, path, **query)
    assert body["pageInfo"]["total"] == len(body["items"])
    return [item["id"] for item in body["items"]]


class TestSummary:
    async def test_everything_is_zero_at_first(self, api: httpx.AsyncClient) -> None:
        body = (await api.get("/admin/overview/summary", headers=KEY)).json()
        assert body.pop("lastUpdatedAt")[:10] == f"{utc_now():%Y-%m-%d}"
        assert set(body.values()) == {0}
        assert len(body) == 14

    async def test_it_counts_as_the_contract_says(self, api: httpx.AsyncClient, settings: Settings) -> None:
        statuses = ["SUBMITTED", "IN_REVIEW", "INTERVIEW", "OFFERED", "HIRED", "REJECTED"]
        people = [await make_candidate(settings) for _ in range(7)]
        jobs = [await make_job(lifecycle_status=status, published_at=None) for status in ("PUBLISHED", "DRAFT")]
        for person, status in zip(people, [*statuses, "SUBMITTED"], strict=True):
            await insert("job_applications", user_id=person.id, job_id=jobs[0], status=status)
        for number, status in enumerate(("PUBLISHED", "DRAFT", "SCHEDULED")):
            await insert(
                "feed_posts",
                id=f"post_test_{number}",
                title="T",
                excerpt="E",
                category="NEWS",
                author="A",
                lifecycle_status=status,
            )
        sessions = [
            await make_session(people[0].id, status)
            for status in ("CREATED", "SUBMITTED", "SUBMITTED", "MANUAL_REVIEW", "VERIFIED", "REJECTED")
        ]
        now = await db.fetch_value("SELECT now()")
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        for moment in (today, now, today + timedelta(days=1) - timedelta(milliseconds=1)):
            await make_kyc_event(sessions[4], "VERIFIED", moment)
        await make_kyc_event(sessions[5], "REJECTED", now)
        for moment in (today - timedelta(milliseconds=1), today + timedelta(days=1)):
            await make_kyc_event(sessions[4], "VERIFIED", moment)
            await make_kyc_event(sessions[5], "REJECTED", moment)
        for status in ("PENDING", "VERIFIED"):
            org_id = await insert(
                "organizations", owner_user_id=people[0].id, name="N", org_type="TSK", country_code="JP"
            )
            await insert(
                "organization_verifications", org_id=org_id, status=status, registration_number="1", legal_name="L"
            )
        body = (await api.get("/admin/overview/summary", headers=KEY)).json()
        del body["lastUpdatedAt"]
        assert body == {
            "pendingKyc": 2,
            "manualReviewKyc": 1,
            "verifiedToday": 3,
            "rejectedToday": 1,
            "pendingOrganizationVerification": 1,
            "activeJobs": 2,
            "publishedFeedPosts": 3,
            "activeApplications": 7,
            "submittedApplications": 2,
            "inReviewApplications": 1,
            "interviewApplications": 1,
            "offeredApplications": 1,
            "hiredApplications": 1,
            "rejectedApplications": 1,
        }

    @pytest.mark.parametrize("path", ["/admin/overview/summary", ACTIVITY, AUDIT])
    async def test_only_staff_may_read(self, api: httpx.AsyncClient, candidate: Candidate, path: str) -> None:
        assert code(await api.get(path)) == (401, "missing_admin_api_key")
        assert code(await api.get(path, headers=candidate.headers)) == (403, "insufficient_admin_role")


class TestEvents:
    @pytest.mark.parametrize("path", [ACTIVITY, AUDIT])
    async def test_both_sources_are_merged_newest_first_and_verifications_win_ties(
        self, api: httpx.AsyncClient, world: World, path: str
    ) -> None:
        body = await read(api, path)
        kyc, steps = world.kyc, world.steps
        assert [item["id"] for item in body["items"]] == [
            steps[3],
            kyc[2],
            steps[2],
            kyc[1],
            steps[1],
            steps[0],
            kyc[0],
        ]
        assert body["pageInfo"] == {"cursor": "0", "nextCursor": None, "limit": 25, "total": 7}
        by_id = {item["id"]: item for item in body["items"]}
        assert all(set(item) >= _ITEM for item in body["items"])
        assert by_id[kyc[2]] == {
            "id": kyc[2],
            "type": "KYC",
            "action": "KYC_STATUS_TRANSITION",
            "entityType": "KYC_SESSION",
            "entityId": world.session_id,
            "actorType": "ADMIN",
            "actorId": "rina@example.com",
            "statusFrom": "SUBMITTED",
            "statusTo": "VERIFIED",
            "title": "KYC VERIFIED",
            "description": "All clear",
            "createdAt": "2026-03-01T09:04:00.000Z",
        }
        assert by_id[steps[3]] == {
            "id": steps[3],
            "type": "APPLICATION",
            "action": "APPLICATION_STATUS_TRANSITION",
            "entityType": "JOB_APPLICATION",
            "entityId": world.application_id,
            "actorType": "USER",
            "actorId": world.candidate.id,
            "statusFrom": "OFFERED",
            "statusTo": "HIRED",
            "title": "Now HIRED",
            "description": "It is HIRED.",
            "createdAt": "2026-03-01T09:05:00.000Z",
            "applicant": {"id": world.candidate.id, "fullName": "Sari Contoh", "email": world.candidate.email},
            "job": {"id": world.job_id, "title": "Senior Welder"},
        }
        assert [by_id[step]["statusFrom"] for step in steps] == [None, "SUBMITTED", "IN_REVIEW", "OFFERED"]

    async def test_a_verification_without_a_reason_names_both_statuses(
        self, api: httpx.AsyncClient, world: World
    ) -> None:
        (item,) = [item for item in (await read(api, ACTIVITY))["items"] if item["id"] == world.kyc[1]]
        assert "CREATED" in item["description"]
        assert "SUBMITTED" in item["description"]

    async def test_an_actor_who_is_not_stored_is_the_candidate_only_for_what_candidates_do(
        self, api: httpx.AsyncClient, world: World
    ) -> None:
        by_id = {item["id"]: item for item in (await read(api, ACTIVITY))["items"]}
        submitted, in_review = by_id[world.steps[0]], by_id[world.steps[1]]
        assert (submitted["actorType"], submitted["actorId"]) == ("USER", world.candidate.id)
        assert (in_review["actorType"], in_review["actorId"]) == ("ADMIN", None)
        own = await ids(api, ACTIVITY, actorId=world.candidate.id)
        assert own == [world.steps[3], world.kyc[1], world.steps[0], world.kyc[0]]
        assert await ids(api, AUDIT, actorType="admin") == [world.kyc[2], world.steps[2], world.steps[1]]
        assert await ids(api, AUDIT, actorType="USER", type="APPLICATION") == [world.steps[3], world.steps[0]]
        assert await ids(api, AUDIT, actorType="SYSTEM") == []

    async def test_the_step_before_is_found_whatever_the_filter_leaves(
        self, api: httpx.AsyncClient, world: World
    ) -> None:
        for query in (
            {"actorId": "rina@example.com", "type": "application"},
            {"from": "2026-03-01T09:03:00Z", "to": "2026-03-01T09:03:00Z"},
        ):
            (item,) = (await read(api, ACTIVITY, **query))["items"]
            assert (item["id"], item["statusFrom"]) == (world.steps[2], "IN_REVIEW")
        page = await read(api, ACTIVITY, limit=1, cursor=2)
        assert page["items"][0]["statusFrom"] == "IN_REVIEW"

    async def test_activity_filters_and_their_echo(self, api: httpx.AsyncClient, world: World) -> None:
        body = await read(api, ACTIVITY, type=" kyc ", actorId=" rina@example.com ", **{"from": "2026-03-01", "to": ""})
        assert [item["id"] for item in body["items"]] == [world.kyc[2]]
        assert body["filters"] == {
            "type": "KYC",
            "actorId": "rina@example.com",
            "from": "2026-03-01T00:00:00.000Z",
            "to": None,
        }
        assert (await read(api, ACTIVITY))["filters"] == {"type": "ALL", "actorId": None, "from": None, "to": None}
        for empty in ("JOB", "FEED", "ORG", "AUTH"):
            assert await ids(api, ACTIVITY, type=empty) == []
        assert await ids(api, ACTIVITY, actorId="RINA@example.com") == []

    async def test_audit_filters_and_their_echo(self, api: httpx.AsyncClient, world: World) -> None:
        query = {
            "type": "APPLICATION",
            "actorType": "USER",
            "actorId": world.candidate.id,
            "entityType": "Job_Application",
            "entityId": world.application_id,
            "action": "application_status_TRANSITION",
            "from": "2026-03-01 10:00:00+01:00",
            "to": "2026-03-01T09:01:00Z",
        }
        body = await read(api, AUDIT, **query)
        assert [item["id"] for item in body["items"]] == [world.steps[0]]
        assert body["filters"] == query | {"from": "2026-03-01T09:00:00.000Z", "to": "2026-03-01T09:01:00.000Z"}
        assert (await read(api, AUDIT))["filters"] == {
            "type": "ALL",
            "actorType": "ALL",
            "actorId": None,
            "entityType": None,
            "entityId": None,
            "action": None,
            "from": None,
            "to": None,
        }
        assert await ids(api, AUDIT, entityType="kyc_session") == world.kyc[::-1]
        assert await ids(api, AUDIT, entityId=world.session_id) == world.kyc[::-1]
        for query in (
            {"entityType": "ORGANIZATION"},
            {"action": "nonsense"},
            {"entityId": "nonsense"},
            {"entityId": world.session_id.upper()},
            {"entityId": world.session_id, "type": "APPLICATION"},
        ):
            assert await ids(api, AUDIT, **query) == []

    async def test_both_ends_of_a_period_are_included_as_shown(self, api: httpx.AsyncClient, world: World) -> None:
        exact = await make_kyc_event(world.session_id, "REJECTED", START + timedelta(days=1, microseconds=123_456))
        shown = "2026-03-02T09:00:00.123Z"
        assert await ids(api, ACTIVITY, **{"from": shown, "to": shown}) == [exact]
        assert await ids(api, ACTIVITY, **{"from": "2026-03-02T09:00:00.124Z"}) == []
        assert await ids(api, ACTIVITY, **{"from": "2026-03-03", "to": "2026-03-01"}) == []
        assert len(await ids(api, ACTIVITY, to="9999-12-31T23:59:59.999Z")) == 8

    @pytest.mark.parametrize("path", [ACTIVITY, AUDIT])
    async def test_pages_join_without_gaps_in_one_statement_each(
        self, api: httpx.AsyncClient, world: World, path: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for _ in range(4):
            await make_kyc_event(world.session_id, "SUBMITTED", START)
            await make_step(world.application_id, "INTERVIEW", START)
        statements = 0
        fetch_all = db.fetch_all

        async def counting(sql: str, *arguments: Any, **options: Any) -> Any:
            nonlocal statements
            statements += "kyc_status_events" in sql
            return await fetch_all(sql, *arguments, **options)

        monkeypatch.setattr(db, "fetch_all", counting)
        seen: list[str] = []
        cursor, pages = "0.5", 0
        while cursor is not None:
            page = await read(api, path, limit="4.9", cursor=cursor)
            assert page["pageInfo"]["total"] == 15
            seen += [item["id"] for item in page["items"]]
            cursor, pages = page["pageInfo"]["nextCursor"], pages + 1
        assert len(set(seen)) == len(seen) == 15
        assert (pages, statements) == (4, 4)
        everything = await read(api, path, limit=100)
        assert [item["id"] for item in everything["items"]] == seen
        beyond = await read(api, path, cursor="9223372036854775807")
        assert (beyond["items"], beyond["pageInfo"]["nextCursor"]) == ([], None)

    @pytest.mark.parametrize(
        ("path", "query", "expected"),
        [
            (ACTIVITY, "type=NONSENSE&from=x&cursor=x", "invalid_activity_type"),
            (ACTIVITY, "from=x&cursor=x&limit=x", "invalid_date_filter"),
            (ACTIVITY, "to=12&cursor=x", "invalid_date_filter"),
            (ACTIVITY, "to=2026-13-01", "invalid_date_filter"),
            (ACTIVITY, "cursor=x&limit=x", "invalid_cursor"),
            (ACTIVITY, "cursor=-1", "invalid_cursor"),
            (ACTIVITY, "limit=0", "invalid_limit"),
            (ACTIVITY, "limit=101", "invalid_limit"),
            (ACTIVITY, "actorId=%00", "invalid_request_body"),
            (AUDIT, "type=NONSENSE&actorType=NONSENSE", "invalid_activity_type"),
            (AUDIT, "actorType=NONSENSE&from=x", "invalid_actor_type"),
            (AUDIT, "from=x&limit=x", "invalid_date_filter"),
            (AUDIT, "cursor=x&limit=x", "invalid_cursor"),
            (AUDIT, "limit=0.5", "invalid_limit"),
            (AUDIT, "entityId=%00", "invalid_request_body"),
        ],
    )
    async def test_the_first_wrong_parameter_is_named(
        self, api: httpx.AsyncClient, path: str, query: str, expected: str
    ) -> None:
        assert code(await api.get(f"{path}?{query}", headers=KEY)) == (400, expected)
