"""Do organizations and their verification keep the contract, for owners and for staff?"""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import orjson
import pytest

from service.base.settings import Settings
from service.database import db
from tests.answers import code
from tests.conftest import TEST_ENVIRONMENT
from tests.factories import Candidate, make_candidate

KEY = {"x-admin-api-key": TEST_ENVIRONMENT["ADMIN_API_KEY"]}
ORGANIZATION = {"name": " Sakura Works ", "orgType": "employer", "countryCode": " jp"}
PROOF = {
    "registrationNumber": " 0100-01-000001 ",
    "legalName": "Sakura Works K.K.",
    "supportingObjectKeys": ["a/b.pdf"],
}
NUL, LONE = "a\u0000b", "a\ud800b"


async def make_organization(api: httpx.AsyncClient, owner: Candidate, **changes: Any) -> str:
    answer = await api.post("/organizations", json=ORGANIZATION | changes, headers=owner.headers)
    assert answer.status_code == 201
    return str(answer.json()["id"])


async def submit(api: httpx.AsyncClient, owner: Candidate, org_id: str, **changes: Any) -> httpx.Response:
    return await api.post(f"/organizations/{org_id}/verification", json=PROOF | changes, headers=owner.headers)


async def audited(org_id: str) -> list[tuple[str, str, str | None, dict[str, Any]]]:
    rows = await db.fetch_all("SELECT * FROM audit_events WHERE subject_id = $1 ORDER BY position", org_id)
    return [(row["action"], row["actor_type"], row["actor_id"], row["detail_json"]) for row in rows]


class TestCreate:
    async def test_it_answers_the_bare_organization(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        answer = await api.post("/v1/organizations", json=ORGANIZATION, headers=candidate.headers)
        assert answer.status_code == 201
        body = answer.json()
        assert body == {"id": body["id"], "name": "Sakura Works", "orgType": "EMPLOYER", "countryCode": "JP"}
        row = await db.fetch_row("SELECT * FROM organizations WHERE id = $1", body["id"])
        assert row is not None
        assert str(row["owner_user_id"]) == candidate.id
        assert row["created_at"] == row["updated_at"]
        assert await db.fetch_value("SELECT count(*) FROM organization_verifications") == 0
        assert [entry[:3] for entry in await audited(body["id"])] == [("organization.created", "USER", candidate.id)]

    async def test_it_is_not_idempotent(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        assert await make_organization(api, candidate) != await make_organization(api, candidate)

    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            ({"name": None, "orgType": None, "countryCode": None}, "invalid_org_name"),
            ({"name": " a "}, "invalid_org_name"),
            ({"name": "x" * 181}, "invalid_org_name"),
            ({"name": "𝒜" * 91}, "invalid_org_name"),
            ({"name": 12}, "invalid_org_name"),
            ({"name": ["ab"]}, "invalid_org_name"),
            ({"name": NUL}, "invalid_org_name"),
            ({"orgType": "SCHOOL", "countryCode": "x"}, "invalid_org_type"),
            ({"orgType": 1}, "invalid_org_type"),
            ({"orgType": None}, "invalid_org_type"),
            ({"countryCode": "JPN"}, "invalid_country_code"),
            ({"countryCode": "J1"}, "invalid_country_code"),
            ({"countryCode": "ÄÖ"}, "invalid_country_code"),
            ({"countryCode": None}, "invalid_country_code"),
        ],
    )
    async def test_the_first_wrong_field_is_named(
        self, api: httpx.AsyncClient, candidate: Candidate, change: dict[str, Any], expected: str
    ) -> None:
        answer = await api.post("/organizations", json=ORGANIZATION | change, headers=candidate.headers)
        assert code(answer) == (400, expected)

    async def test_the_longest_name_is_kept(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        answer = await api.post("/organizations", json=ORGANIZATION | {"name": "𝒜" * 90}, headers=candidate.headers)
        assert answer.json()["name"] == "𝒜" * 90

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("POST", "/organizations"),
            ("POST", "/organizations/x/verification"),
            ("GET", "/organizations/x/verification/status"),
        ],
    )
    async def test_owners_need_a_token(self, api: httpx.AsyncClient, method: str, path: str) -> None:
        assert code(await api.request(method, path)) == (401, "missing_access_token")
        assert code(await api.request(method, path, headers=KEY)) == (401, "missing_access_token")
        answer = await api.request(method, path, headers={"Authorization": "Bearer x"})
        assert code(answer) == (401, "invalid_access_token")


class TestSubmit:
    async def test_it_is_accepted_and_pending(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        org_id = await make_organization(api, candidate)
        answer = await submit(api, candidate, org_id)
        assert answer.status_code == 202
        body = answer.json()
        assert set(body) == {"id", "orgId", "status", "reasonCodes", "lastCheckedAt"}
        assert (body["orgId"], body["status"], body["reasonCodes"]) == (org_id, "PENDING", [])
        status = await api.get(f"/organizations/{org_id}/verification/status", headers=candidate.headers)
        assert status.json() == body
        row = await db.fetch_row("SELECT * FROM organization_verifications")
        assert row is not None
        assert (row["registration_number"], row["legal_name"]) == ("0100-01-000001", "Sakura Works K.K.")
        assert row["supporting_object_keys_json"] == ["a/b.pdf"]
        assert row["created_at"] == row["updated_at"] == row["last_checked_at"]

    async def test_again_starts_anew_from_every_state_under_the_same_id(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        org_id = await make_organization(api, candidate)
        first = (await submit(api, candidate, org_id)).json()
        path = f"/admin/organizations/{org_id}/verification"
        for status in ("PENDING", "VERIFIED", "MISMATCH", "NOT_FOUND", "REJECTED"):
            decided = await api.patch(path, json={"status": status, "reasonCodes": ["X"]}, headers=KEY)
            assert decided.json()["status"] == status
            again = (await submit(api, candidate, org_id, supportingObjectKeys=None)).json()
            assert (again["id"], again["status"], again["reasonCodes"]) == (first["id"], "PENDING", [])
        assert await db.fetch_value("SELECT supporting_object_keys_json FROM organization_verifications") == []

    async def test_again_writes_one_time_by_one_clock_after_the_first(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        org_id = await make_organization(api, candidate)
        await submit(api, candidate, org_id)
        before = await db.fetch_value("SELECT clock_timestamp()")
        for change in (
            submit(api, candidate, org_id),
            api.patch(f"/admin/organizations/{org_id}/verification", json={"status": "VERIFIED"}, headers=KEY),
        ):
            assert (await change).is_success
            row = await db.fetch_row("SELECT *, clock_timestamp() AS now FROM organization_verifications")
            assert row is not None
            assert row["created_at"] < before < row["updated_at"] == row["last_checked_at"] < row["now"]
            before = row["now"]

    async def test_again_keeps_what_another_writer_changed_meanwhile(
        self, api: httpx.AsyncClient, candidate: Candidate, database_url: str
    ) -> None:
        org_id = await make_organization(api, candidate)
        await submit(api, candidate, org_id)
        other = await asyncpg.connect(database_url)
        try:
            async with other.transaction():
                await other.execute("UPDATE organization_verifications SET created_at = '2020-01-01Z'")
                again = asyncio.create_task(submit(api, candidate, org_id, legalName="Sakura Yard K.K."))
                waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
                async with asyncio.timeout(10):
                    while not await db.fetch_value(waits):
                        await asyncio.sleep(0.01)
        finally:
            await other.close()
        assert (await again).status_code == 202
        row = await db.fetch_row("SELECT * FROM organization_verifications")
        assert row is not None
        assert (row["created_at"].year, row["legal_name"]) == (2020, "Sakura Yard K.K.")

    async def test_twenty_at_once_leave_one_row(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        org_id = await make_organization(api, candidate)
        answers = await asyncio.gather(*(submit(api, candidate, org_id) for _ in range(20)))
        assert {answer.status_code for answer in answers} == {202}
        assert len({answer.json()["id"] for answer in answers}) == 1
        assert await db.fetch_value("SELECT count(*) FROM organization_verifications") == 1

    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            ({"registrationNumber": " ", "legalName": "x"}, "invalid_registration_number"),
            ({"registrationNumber": "1" * 129}, "invalid_registration_number"),
            ({"registrationNumber": 5}, "invalid_registration_number"),
            ({"registrationNumber": None}, "invalid_registration_number"),
            ({"legalName": "x", "supportingObjectKeys": "x"}, "invalid_legal_name"),
            ({"legalName": "x" * 181}, "invalid_legal_name"),
            ({"legalName": NUL}, "invalid_legal_name"),
            ({"supportingObjectKeys": "a"}, "invalid_supporting_object_keys"),
            ({"supportingObjectKeys": {}}, "invalid_supporting_object_keys"),
            ({"supportingObjectKeys": ["a"] * 21}, "invalid_supporting_object_keys"),
            ({"supportingObjectKeys": ["ok", " "]}, "invalid_supporting_object_key"),
            ({"supportingObjectKeys": ["/a"]}, "invalid_supporting_object_key"),
            ({"supportingObjectKeys": ["a/../b"]}, "invalid_supporting_object_key"),
            ({"supportingObjectKeys": ["x" * 1025]}, "invalid_supporting_object_key"),
            ({"supportingObjectKeys": [7]}, "invalid_supporting_object_key"),
            ({"supportingObjectKeys": [None]}, "invalid_supporting_object_key"),
            ({"supportingObjectKeys": [NUL]}, "invalid_supporting_object_key"),
        ],
    )
    async def test_the_first_wrong_field_is_named(
        self, api: httpx.AsyncClient, candidate: Candidate, change: dict[str, Any], expected: str
    ) -> None:
        org_id = await make_organization(api, candidate)
        assert code(await submit(api, candidate, org_id, **change)) == (400, expected)

    async def test_twenty_keys_of_any_characters_and_repeated_are_kept(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        org_id = await make_organization(api, candidate)
        keys = ["é ü/文書.pdf"] * 19 + ["x" * 1024]
        assert (await submit(api, candidate, org_id, supportingObjectKeys=keys)).status_code == 202
        stored = await db.fetch_value("SELECT supporting_object_keys_json FROM organization_verifications")
        assert stored == keys

    async def test_anybody_elses_and_unknown_ones_are_not_found_before_fields(
        self, api: httpx.AsyncClient, candidate: Candidate, settings: Settings
    ) -> None:
        org_id = await make_organization(api, candidate)
        stranger = await make_candidate(settings, roles=("super_admin",))
        for target, caller in ((org_id, stranger), (str(uuid4()), candidate), ("x", candidate), ("a%00b", candidate)):
            answer = await api.post(f"/organizations/{target}/verification", json={}, headers=caller.headers)
            assert code(answer) == (404, "org_not_found")
            answer = await api.get(f"/organizations/{target}/verification/status", headers=caller.headers)
            assert code(answer) == (404, "org_not_found")

    async def test_nothing_handed_in_yet_has_its_own_code(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        org_id = await make_organization(api, candidate)
        answer = await api.get(f"/organizations/{org_id}/verification/status", headers=candidate.headers)
        assert code(answer) == (404, "org_verification_not_found")


class TestDecide:
    async def test_every_state_follows_every_other_and_the_change_is_audited(
        self, api: httpx.AsyncClient, candidate: Candidate, settings: Settings
    ) -> None:
        admin = await make_candidate(settings, roles=("super_admin",))
        org_id = await make_organization(api, candidate)
        first = (await submit(api, candidate, org_id)).json()
        path = f"/admin/organizations/{org_id}/verification"
        states = ("PENDING", "VERIFIED", "MISMATCH", "NOT_FOUND", "REJECTED")
        for status in (second for state in states for second in (state, *states)):
            answer = await api.patch(path, json={"status": f" {status.lower()} "}, headers=admin.headers)
            assert answer.status_code == 200
            assert (answer.json()["id"], answer.json()["status"]) == (first["id"], status)
        answer = await api.patch(
            path, json={"status": "MISMATCH", "reasonCodes": [" a b ", "É"]}, headers=admin.headers
        )
        assert answer.json()["reasonCodes"] == ["a b", "É"]
        assert answer.json()["lastCheckedAt"] >= first["lastCheckedAt"]
        action, actor_type, actor_id, detail = (await audited(org_id))[-1]
        assert (action, actor_type, actor_id) == ("organization.verification_decided", "ADMIN", admin.id)
        assert detail == {
            "before": {"status": "REJECTED", "reasonCodes": []},
            "after": {"status": "MISMATCH", "reasonCodes": ["a b", "É"]},
        }
        cleared = await api.patch(path, json={"status": "MISMATCH"}, headers=admin.headers)
        assert cleared.json()["reasonCodes"] == []

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ({}, "invalid_verification_status"),
            ({"status": "DONE", "reasonCodes": "x"}, "invalid_verification_status"),
            ({"status": None}, "invalid_verification_status"),
            ({"status": ["VERIFIED"]}, "invalid_verification_status"),
            ({"status": "VERIFIED", "reasonCodes": "x"}, "invalid_reason_codes"),
            ({"status": "VERIFIED", "reasonCodes": ["x"] * 21}, "invalid_reason_codes"),
            ({"status": "VERIFIED", "reasonCodes": ["x", ""]}, "invalid_reason_code"),
            ({"status": "VERIFIED", "reasonCodes": ["x" * 65]}, "invalid_reason_code"),
            ({"status": "VERIFIED", "reasonCodes": [1]}, "invalid_reason_code"),
            ({"status": "VERIFIED", "reasonCodes": [NUL]}, "invalid_reason_code"),
        ],
    )
    async def test_bodies_are_checked_before_the_organization(
        self, api: httpx.AsyncClient, body: dict[str, Any], expected: str
    ) -> None:
        answer = await api.patch(f"/admin/organizations/{uuid4()}/verification", json=body, headers=KEY)
        assert code(answer) == (400, expected)

    async def test_unknown_organizations_come_before_absent_verifications(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        for target in (str(uuid4()), "x", "a%00b"):
            answer = await api.patch(
                f"/admin/organizations/{target}/verification", json={"status": "VERIFIED"}, headers=KEY
            )
            assert code(answer) == (404, "org_not_found")
        org_id = await make_organization(api, candidate)
        answer = await api.patch(
            f"/admin/organizations/{org_id}/verification", json={"status": "VERIFIED"}, headers=KEY
        )
        assert code(answer) == (404, "org_verification_not_found")

    async def test_owners_are_not_staff(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        org_id = await make_organization(api, candidate)
        path = f"/admin/organizations/{org_id}/verification"
        answer = await api.patch(path, json={"status": "VERIFIED"}, headers=candidate.headers)
        assert code(answer) == (403, "insufficient_admin_role")
        assert code(await api.patch(path, json={"status": "VERIFIED"})) == (401, "missing_admin_api_key")
        assert code(await api.get("/admin/organizations")) == (401, "missing_admin_api_key")

    async def test_twenty_at_once_leave_a_chain_of_befores_and_afters(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        """Each change starts from what the one before it left: none was decided on an old state."""
        org_id = await make_organization(api, candidate)
        await submit(api, candidate, org_id)
        path = f"/admin/organizations/{org_id}/verification"
        states = ("VERIFIED", "MISMATCH", "NOT_FOUND", "REJECTED")
        bodies = [{"status": states[number % 4], "reasonCodes": [str(number)]} for number in range(20)]
        answers = await asyncio.gather(*(api.patch(path, json=body, headers=KEY) for body in bodies))
        assert {answer.status_code for answer in answers} == {200}
        details = [entry[3] for entry in await audited(org_id) if entry[0] == "organization.verification_decided"]
        following = {orjson.dumps(detail["before"]): detail["after"] for detail in details}
        state, steps = {"status": "PENDING", "reasonCodes": []}, 0
        while (found := following.pop(orjson.dumps(state), None)) is not None:
            state, steps = found, steps + 1
        assert (steps, following) == (20, {})


class TestList:
    async def test_it_shows_owner_and_verification_newest_first(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        plain = await make_organization(api, candidate, name="Plain")
        checked = await make_organization(api, candidate, name="Checked", orgType="LPK", countryCode="ID")
        verification = (await submit(api, candidate, checked)).json()
        body = (await api.get("/admin/organizations", headers=KEY)).json()
        owner = {"id": candidate.id, "fullName": "Sari Contoh", "email": candidate.email}
        assert body["items"] == [
            {
                "organization": {"id": checked, "name": "Checked", "orgType": "LPK", "countryCode": "ID"},
                "verification": verification
                | {"registrationNumber": "0100-01-000001", "legalName": "Sakura Works K.K.", "version": 1},
                "owner": owner,
            },
            {
                "organization": {"id": plain, "name": "Plain", "orgType": "EMPLOYER", "countryCode": "JP"},
                "verification": None,
                "owner": owner,
            },
        ]
        assert body["pageInfo"] == {"cursor": "0", "nextCursor": None, "limit": 20, "total": 2}

    async def test_filters_narrow_and_a_status_leaves_out_who_handed_nothing_in(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        await make_organization(api, candidate, name="Plain")
        lpk = await make_organization(api, candidate, orgType="LPK")
        pending = await make_organization(api, candidate, orgType="TSK")
        for org_id in (lpk, pending):
            await submit(api, candidate, org_id)
        await api.patch(f"/admin/organizations/{lpk}/verification", json={"status": "VERIFIED"}, headers=KEY)

        async def ids(query: str) -> list[str]:
            body = (await api.get(f"/admin/organizations?{query}", headers=KEY)).json()
            assert body["pageInfo"]["total"] == len(body["items"])
            return [item["organization"]["id"] for item in body["items"]]

        assert await ids("orgType=%20lpk%20") == [lpk]
        assert await ids("verificationStatus=pending") == [pending]
        assert await ids("verificationStatus=VERIFIED&orgType=TSK") == []
        assert len(await ids("orgType=&verificationStatus=")) == 3
        assert await ids("orgType=LPK&orgType=nonsense") == [lpk]

    async def test_pages_join_without_gaps_in_one_statement_each(
        self, api: httpx.AsyncClient, candidate: Candidate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        moment = await db.fetch_value("SELECT now()")
        for number in range(7):
            await db.execute(
                "INSERT INTO organizations (id, owner_user_id, name, org_type, country_code, created_at)"
                " VALUES ($1, $2, $3, 'TSK', 'JP', $4)",
                uuid4(),
                candidate.id,
                f"Organization {number}",
                moment,
            )
        statements = 0
        fetch_all = db.fetch_all

        async def counting(sql: str, *arguments: Any, **options: Any) -> Any:
            nonlocal statements
            statements += "organizations" in sql
            return await fetch_all(sql, *arguments, **options)

        monkeypatch.setattr(db, "fetch_all", counting)
        seen, cursor, pages = [], "0", 0
        while cursor is not None:
            body = (await api.get(f"/admin/organizations?limit=3&cursor={cursor}", headers=KEY)).json()
            seen += [item["organization"]["name"] for item in body["items"]]
            cursor, pages = body["pageInfo"]["nextCursor"], pages + 1
        assert (sorted(seen), pages, statements) == ([f"Organization {number}" for number in range(7)], 3, 3)
        beyond = (await api.get("/admin/organizations?cursor=9223372036854775807", headers=KEY)).json()
        assert (beyond["items"], beyond["pageInfo"]["nextCursor"], beyond["pageInfo"]["total"]) == ([], None, 7)

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("cursor=x&limit=x", "invalid_cursor"),
            ("cursor=-1", "invalid_cursor"),
            ("cursor=1.5", "invalid_cursor"),
            ("cursor=9223372036854775808", "invalid_cursor"),
            ("limit=0&orgType=x", "invalid_limit"),
            ("limit=101", "invalid_limit"),
            ("limit=1.5", "invalid_limit"),
            ("orgType=x&verificationStatus=x", "invalid_org_type"),
            ("orgType=ALL", "invalid_org_type"),
            ("verificationStatus=x", "invalid_verification_status"),
            ("verificationStatus=%00", "invalid_verification_status"),
        ],
    )
    async def test_the_first_wrong_parameter_is_named(self, api: httpx.AsyncClient, query: str, expected: str) -> None:
        assert code(await api.get(f"/admin/organizations?{query}", headers=KEY)) == (400, expected)


class TestSeen:
    CHANGED = (409, "organization_changed")

    @pytest.fixture
    async def reviewer(self, app: Any, settings: Settings) -> Candidate:
        return await make_candidate(settings, roles=("super_admin",))

    async def look(self, api: httpx.AsyncClient, staff: Candidate) -> dict[str, Any]:
        body = (await api.get("/admin/organizations", headers=staff.headers)).json()
        return dict(body["items"][0]["verification"])

    async def decide(self, api: httpx.AsyncClient, headers: dict[str, str], org_id: str, **body: Any) -> httpx.Response:
        path = f"/admin/organizations/{org_id}/verification"
        return await api.patch(path, json={"status": "VERIFIED"} | body, headers=headers)

    async def test_staff_see_what_they_compare_with_the_register(
        self, api: httpx.AsyncClient, candidate: Candidate, reviewer: Candidate
    ) -> None:
        org_id = await make_organization(api, candidate)
        await submit(api, candidate, org_id)
        shown = await self.look(api, reviewer)
        assert {name: shown[name] for name in ("registrationNumber", "legalName", "version")} == {
            "registrationNumber": "0100-01-000001",
            "legalName": "Sakura Works K.K.",
            "version": 1,
        }
        decided = await self.decide(api, reviewer.headers, org_id)
        assert decided.json()["legalName"] == "Sakura Works K.K."

    async def test_the_owner_still_reads_none_of_it(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        org_id = await make_organization(api, candidate)
        handed_in = await submit(api, candidate, org_id)
        status = await api.get(f"/organizations/{org_id}/verification/status", headers=candidate.headers)
        assert set(status.json()) == set(handed_in.json()) == {"id", "orgId", "status", "reasonCodes", "lastCheckedAt"}

    async def test_what_was_swapped_after_the_look_is_refused(
        self, api: httpx.AsyncClient, candidate: Candidate, reviewer: Candidate
    ) -> None:
        org_id = await make_organization(api, candidate)
        await submit(api, candidate, org_id)
        await self.look(api, reviewer)
        await submit(api, candidate, org_id, legalName="Another K.K.")
        assert code(await self.decide(api, reviewer.headers, org_id)) == self.CHANGED
        row = await db.fetch_row("SELECT status, version FROM organization_verifications")
        assert row is not None
        assert tuple(row) == ("PENDING", 2)
        await self.look(api, reviewer)
        assert (await self.decide(api, reviewer.headers, org_id)).status_code == 200

    async def test_the_same_again_is_no_change(
        self, api: httpx.AsyncClient, candidate: Candidate, reviewer: Candidate
    ) -> None:
        org_id = await make_organization(api, candidate)
        await submit(api, candidate, org_id)
        await self.look(api, reviewer)
        await submit(api, candidate, org_id)
        for status in ("MISMATCH", "VERIFIED", "PENDING"):
            assert (await self.decide(api, reviewer.headers, org_id, status=status)).status_code == 200

    async def test_the_key_and_who_never_looked_decide_about_what_was_handed_in_last(
        self, api: httpx.AsyncClient, candidate: Candidate, reviewer: Candidate
    ) -> None:
        org_id = await make_organization(api, candidate)
        await submit(api, candidate, org_id)
        await submit(api, candidate, org_id, legalName="Another K.K.")
        assert (await api.get("/admin/organizations", headers=KEY)).status_code == 200
        assert (await self.decide(api, KEY, org_id)).status_code == 200
        assert (await self.decide(api, reviewer.headers, org_id)).status_code == 200

    async def test_a_version_in_the_body_counts_first(
        self, api: httpx.AsyncClient, candidate: Candidate, reviewer: Candidate
    ) -> None:
        org_id = await make_organization(api, candidate)
        await submit(api, candidate, org_id)
        await self.look(api, reviewer)
        await submit(api, candidate, org_id, registrationNumber="2")
        assert code(await self.decide(api, KEY, org_id, version=1)) == self.CHANGED
        assert code(await self.decide(api, KEY, org_id, version="x")) == (400, "invalid_request_body")
        assert (await self.decide(api, reviewer.headers, org_id, version=2)).status_code == 200

    async def test_of_twenty_decisions_beside_a_swap_none_is_about_what_nobody_saw(
        self, api: httpx.AsyncClient, candidate: Candidate, reviewer: Candidate
    ) -> None:
        org_id = await make_organization(api, candidate)
        await submit(api, candidate, org_id)
        await self.look(api, reviewer)
        swapped, *answers = await asyncio.gather(
            submit(api, candidate, org_id, legalName="Another K.K."),
            *(self.decide(api, reviewer.headers, org_id) for _ in range(20)),
        )
        assert swapped.status_code == 202
        assert {answer.status_code for answer in answers} <= {200, 409}
        # Whatever was decided before was cleared by handing in, and whatever came after it was refused.
        assert await db.fetch_value("SELECT status FROM organization_verifications") == "PENDING"
