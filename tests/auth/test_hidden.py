"""Is an account that was put aside out of sight for staff, and in reach of a super_admin alone?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from service.base.settings import Settings
from service.database import db
from tests.answers import outcome
from tests.auth.conftest import Change
from tests.factories import (
    Candidate,
    make_application,
    make_application_document,
    make_candidate,
    make_kyc_document,
    make_kyc_session,
)


@dataclass(frozen=True)
class Apart:
    """A hidden person and the ids of what they left."""

    user: str
    session: str
    document: str
    application: str
    file: str
    organization: str


@pytest.fixture
async def apart(api: httpx.AsyncClient, settings: Settings) -> Apart:
    person = await make_candidate(settings, full_name="The Stranger")
    session = await make_kyc_session(person.id, status="SUBMITTED")
    document = await make_kyc_document(person.id, session)
    application = await make_application(person.id)
    file = await make_application_document(person.id, application)
    organization = await db.fetch_value(
        "INSERT INTO organizations (id, owner_user_id, name, org_type, country_code)"
        " VALUES (gen_random_uuid(), $1, 'Theirs', 'LPK', 'ID') RETURNING id::text",
        person.id,
    )
    await db.execute(
        "INSERT INTO organization_verifications (id, org_id, status, registration_number, legal_name)"
        " VALUES (gen_random_uuid(), $1, 'PENDING', 'x', 'x')",
        organization,
    )
    await db.execute(
        "INSERT INTO hidden_accounts (id, user_id, reason) VALUES (gen_random_uuid(), $1, 'set_apart')", person.id
    )
    return Apart(person.id, session, document, application, file, organization)


@pytest.fixture
async def reviewer(change: Change, settings: Settings) -> Candidate:
    """Staff who are no super_admin."""
    change(admin_role_codes="super_admin,tsk")
    return await make_candidate(settings, roles=("tsk",))


@pytest.fixture
async def admin(settings: Settings) -> Candidate:
    return await make_candidate(settings, roles=("super_admin",))


LISTS = (
    "/admin/kyc/review-queue",
    "/admin/cases",
    "/admin/applications",
    "/admin/organizations",
    "/admin/activity-events",
    "/admin/audit/events",
)


class TestLists:
    @pytest.mark.parametrize("path", LISTS)
    async def test_none_has_them_for_anybody(
        self, api: httpx.AsyncClient, apart: Apart, reviewer: Candidate, admin: Candidate, path: str
    ) -> None:
        for who in (reviewer, admin):
            body = (await api.get(path, headers=who.headers)).json()
            assert (body["items"], body["pageInfo"]["total"]) == ([], 0)
        await db.execute("DELETE FROM hidden_accounts")
        assert (await api.get(path, headers=reviewer.headers)).json()["pageInfo"]["total"] > 0

    async def test_the_overview_does_not_count_them(
        self, api: httpx.AsyncClient, apart: Apart, reviewer: Candidate
    ) -> None:
        summary = (await api.get("/admin/overview/summary", headers=reviewer.headers)).json()
        counted = {name: value for name, value in summary.items() if isinstance(value, int) and value}
        assert set(counted) <= {"activeJobs"}

    async def test_the_next_claim_is_never_theirs(
        self, api: httpx.AsyncClient, apart: Apart, reviewer: Candidate
    ) -> None:
        answer = await api.post("/admin/kyc/claims", json={}, headers=reviewer.headers)
        assert outcome(answer) == (404, "kyc_session_not_found")

    async def test_the_list_of_accounts_is_a_super_admins_and_has_them(
        self, api: httpx.AsyncClient, apart: Apart, reviewer: Candidate, admin: Candidate
    ) -> None:
        assert outcome(await api.get("/admin/users", headers=reviewer.headers))[0] == 403
        items = (await api.get("/admin/users?q=stranger", headers=admin.headers)).json()["items"]
        assert [item["id"] for item in items] == [apart.user]


def requests_of(apart: Apart) -> list[tuple[str, str, Any]]:
    return [
        ("GET", f"/admin/users/{apart.user}", None),
        ("GET", f"/admin/users/{apart.user}/profile", None),
        ("GET", f"/admin/users/{apart.user}/kyc/history", None),
        ("POST", f"/admin/kyc/documents/{apart.document}/preview-url", {}),
        ("GET", f"/admin/applications/{apart.application}", None),
        ("GET", f"/admin/applications/{apart.application}/journey", None),
        ("GET", f"/admin/applications/{apart.application}/documents", None),
        ("POST", f"/admin/applications/documents/{apart.file}/preview-url", {}),
        ("PATCH", f"/admin/applications/{apart.application}/documents/{apart.file}", {"reviewStatus": "VALID"}),
        ("PATCH", f"/admin/applications/{apart.application}/status", {"status": "IN_REVIEW"}),
        ("PATCH", f"/admin/organizations/{apart.organization}/verification", {"status": "VERIFIED"}),
        ("POST", "/admin/kyc/claims", {"sessionId": apart.session}),
        ("POST", "/admin/kyc/review", {"sessionId": apart.session, "decision": "REJECTED"}),
    ]


class TestById:
    async def test_a_claim_from_before_is_of_no_use_any_more(
        self, api: httpx.AsyncClient, reviewer: Candidate, settings: Settings
    ) -> None:
        person = await make_candidate(settings)
        await make_kyc_session(person.id, status="SUBMITTED")
        claim = (await api.post("/admin/kyc/claims", headers=reviewer.headers)).json()["claim"]["id"]
        assert (await api.post(f"/admin/kyc/claims/{claim}/renew", headers=reviewer.headers)).status_code == 200
        await db.execute(
            "INSERT INTO hidden_accounts (id, user_id, reason) VALUES (gen_random_uuid(), $1, 'set_apart')", person.id
        )
        for method, path in (("POST", f"/admin/kyc/claims/{claim}/renew"), ("DELETE", f"/admin/kyc/claims/{claim}")):
            answer = await api.request(method, path, headers=reviewer.headers)
            assert outcome(answer) == (404, "kyc_claim_not_found")

    async def test_nobody_changes_the_account(self, api: httpx.AsyncClient, apart: Apart, admin: Candidate) -> None:
        for change in ({"password": "a new one for it"}, {"roles": ["super_admin"]}, {"fullName": "Other"}):
            answer = await api.patch(f"/admin/users/{apart.user}", json=change, headers=admin.headers)
            assert outcome(answer) == (404, "user_not_found")

    async def test_nothing_of_theirs_is_there_for_other_staff_and_all_of_it_for_a_super_admin(
        self, api: httpx.AsyncClient, apart: Apart, reviewer: Candidate, admin: Candidate
    ) -> None:
        for method, path, body in requests_of(apart):
            answer = await api.request(method, path, json=body, headers=reviewer.headers)
            assert answer.status_code == 404, path
        assert await db.fetch_value("SELECT status FROM kyc_sessions") == "SUBMITTED"
        assert await db.fetch_value("SELECT status FROM job_applications") == "SUBMITTED"
        for method, path, body in requests_of(apart):
            answer = await api.request(method, path, json=body, headers=admin.headers)
            assert answer.status_code in {200, 201}, (path, answer.text)
