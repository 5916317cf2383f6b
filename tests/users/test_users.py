"""Do staff make and change accounts as the contract says, and does one administrator always stay?"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sanic import Sanic

from service.base.settings import Settings
from service.database import db
from tests.answers import code
from tests.conftest import TEST_ENVIRONMENT
from tests.factories import PASSWORD, Candidate, make_candidate

KEY = {"x-admin-api-key": TEST_ENVIRONMENT["ADMIN_API_KEY"]}
NEW = {"fullName": " Rina Staf ", "email": " Rina@Example.com ", "password": " eight888"}


@pytest.fixture
async def admin(app: Sanic[Any, Any], settings: Settings) -> Candidate:
    return await make_candidate(settings, roles=("super_admin",), full_name="Ani Admin")


async def audited(action: str) -> list[dict[str, Any]]:
    rows = await db.fetch_all("SELECT * FROM audit_events WHERE action = $1 ORDER BY position", action)
    return [dict(row) | {"detail": row["detail_json"]} for row in rows]


class TestCreate:
    async def test_it_makes_an_administrator_who_can_sign_in(self, api: httpx.AsyncClient, admin: Candidate) -> None:
        answer = await api.post("/admin/users", json=NEW, headers=admin.headers)
        assert answer.status_code == 201
        user = answer.json()["user"]
        assert user == {
            "id": user["id"],
            "fullName": "Rina Staf",
            "email": "rina@example.com",
            "emailVerified": False,
            "emailVerifiedAt": None,
            "createdAt": user["createdAt"],
            "roles": ["super_admin"],
        }
        login = {"email": "rina@example.com", "password": " eight888"}
        assert (await api.post("/auth/login", json=login)).json()["user"] == user
        assert (await api.post("/auth/login", json=login | {"password": "eight888"})).status_code == 401
        assert await db.fetch_value("SELECT count(*) FROM background_tasks") == 0
        (row,) = await audited("user.created")
        assert (row["actor_type"], row["actor_id"], row["subject_id"]) == ("ADMIN", admin.id, user["id"])
        assert row["detail"]["after"]["roles"] == ["super_admin"]
        assert "password" not in str(row["detail_json"])

    async def test_roles_are_cleaned_and_sdm_is_not_added(self, api: httpx.AsyncClient) -> None:
        answer = await api.post(
            "/admin/users", json=NEW | {"roles": [" TSK", "lpk", " ", "", "Lpk", "tsk"]}, headers=KEY
        )
        assert answer.json()["user"]["roles"] == ["lpk", "tsk"]
        (row,) = await audited("user.created")
        assert row["actor_id"] == "admin_api_key"

    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            ({"fullName": None, "email": None, "password": None, "roles": None}, "invalid_name"),
            ({"fullName": " a "}, "invalid_name"),
            ({"fullName": 12}, "invalid_name"),
            ({"fullName": "a\u0000b"}, "invalid_name"),
            ({"fullName": "x" * 1001}, "invalid_name"),
            ({"email": "nobody", "password": "x"}, "invalid_email"),
            ({"email": "a@b"}, "invalid_email"),
            ({"email": "a@.b"}, "invalid_email"),
            ({"email": "a@b."}, "invalid_email"),
            ({"email": "@b.c"}, "invalid_email"),
            ({"email": "a@b@c.d"}, "invalid_email"),
            ({"email": "a b@c.de"}, "invalid_email"),
            ({"email": "a@c.de\u0000"}, "invalid_email"),
            ({"email": "a" * 4000 + "@c.de"}, "invalid_email"),
            ({"email": ["a@c.de"]}, "invalid_email"),
            ({"password": "seven77", "roles": []}, "invalid_password"),
            ({"password": 12345678}, "invalid_password"),
            ({"password": None}, "invalid_password"),
            ({"roles": None}, "invalid_roles"),
            ({"roles": []}, "invalid_roles"),
            ({"roles": [" ", ""]}, "invalid_roles"),
            ({"roles": "sdm"}, "invalid_roles"),
            ({"roles": {"sdm": True}}, "invalid_roles"),
            ({"roles": [1]}, "invalid_roles"),
            ({"roles": [None]}, "invalid_roles"),
            ({"roles": ["sdm", "no_such_role"]}, "invalid_roles"),
            ({"roles": ["a\u0000"]}, "invalid_roles"),
            ({"roles": ["sdm"] * 51}, "invalid_roles"),
        ],
    )
    async def test_the_first_wrong_field_is_named_and_nothing_is_made(
        self, api: httpx.AsyncClient, change: dict[str, Any], expected: str
    ) -> None:
        assert code(await api.post("/admin/users", json=NEW | change, headers=KEY)) == (400, expected)
        assert await db.fetch_value("SELECT count(*) FROM users") == 0

    async def test_a_known_address_is_refused_after_the_roles(self, api: httpx.AsyncClient) -> None:
        assert (await api.post("/admin/users", json=NEW, headers=KEY)).status_code == 201
        assert code(await api.post("/admin/users", json=NEW, headers=KEY)) == (409, "email_exists")
        answer = await api.post("/admin/users", json=NEW | {"roles": ["nonsense"]}, headers=KEY)
        assert code(answer) == (400, "invalid_roles")

    async def test_twenty_at_once_make_one_account(self, api: httpx.AsyncClient) -> None:
        answers = await asyncio.gather(*(api.post("/admin/users", json=NEW, headers=KEY) for _ in range(20)))
        assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 19}
        assert await db.fetch_value("SELECT count(*) FROM users") == 1
        assert len(await audited("user.created")) == 1

    async def test_a_default_role_that_is_gone_leaves_nothing(self, api: httpx.AsyncClient) -> None:
        await db.execute("UPDATE roles SET code = 'gone' WHERE code = 'super_admin'")
        try:
            answer = await api.post("/admin/users", json=NEW, headers=KEY)
        finally:
            await db.execute("UPDATE roles SET code = 'super_admin' WHERE code = 'gone'")
        assert code(answer) == (500, "role_assignment_failed")
        assert await db.fetch_value("SELECT count(*) FROM users") == 0
        assert await audited("user.created") == []


class TestChange:
    async def test_roles_of_a_database_without_the_administrators_role_are_refused_by_name(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        await db.execute("UPDATE roles SET code = 'gone' WHERE code = 'super_admin'")
        try:
            answer = await api.patch(f"/admin/users/{candidate.id}", json={"roles": ["lpk"]}, headers=KEY)
        finally:
            await db.execute("UPDATE roles SET code = 'super_admin' WHERE code = 'gone'")
        assert code(answer) == (500, "role_assignment_failed")
        assert (await api.get("/auth/me", headers=candidate.headers)).json()["user"]["roles"] == ["sdm"]

    async def test_name_and_roles_are_replaced_and_audited(
        self, api: httpx.AsyncClient, admin: Candidate, candidate: Candidate
    ) -> None:
        answer = await api.patch(
            f"/admin/users/{candidate.id}",
            json={"fullName": " New Name ", "roles": ["TSK"], "email": "other@example.com"},
            headers=admin.headers,
        )
        assert answer.status_code == 200
        user = answer.json()["user"]
        assert (user["fullName"], user["roles"], user["email"]) == ("New Name", ["tsk"], candidate.email)
        (row,) = await audited("user.changed")
        assert (row["actor_type"], row["actor_id"], row["subject_id"]) == ("ADMIN", admin.id, candidate.id)
        assert row["detail"] == {
            "before": {"fullName": "Sari Contoh", "roles": ["sdm"]},
            "after": {"fullName": "New Name", "roles": ["tsk"]},
        }
        # Nobody's sign-in ends with a role.
        assert (await api.get("/auth/me", headers=candidate.headers)).json()["user"] == user

    async def test_a_new_password_ends_every_sign_in_at_once(
        self, api: httpx.AsyncClient, admin: Candidate, candidate: Candidate
    ) -> None:
        second = (await api.post("/auth/login", json={"email": candidate.email, "password": PASSWORD})).json()
        answer = await api.patch(
            f"/admin/users/{candidate.id}", json={"password": " brand new "}, headers=admin.headers
        )
        assert answer.status_code == 200
        for token in (candidate.access_token, second["accessToken"]):
            me = await api.get("/auth/me", headers={"Authorization": f"Bearer {token}"})
            assert code(me) == (401, "invalid_access_token")
        for token in (candidate.refresh_token, second["refreshToken"]):
            refreshed = await api.post("/auth/refresh", json={"refreshToken": token})
            assert code(refreshed) == (401, "invalid_refresh_token")
        login = {"email": candidate.email, "password": PASSWORD}
        assert code(await api.post("/auth/login", json=login)) == (401, "invalid_credentials")
        assert (await api.post("/auth/login", json=login | {"password": " brand new "})).status_code == 200
        assert (await api.get("/auth/me", headers=admin.headers)).status_code == 200
        (row,) = await audited("user.changed")
        assert row["detail"] == {"before": {}, "after": {}, "passwordChanged": True, "signInsEnded": 2}
        assert await db.fetch_value("SELECT count(*) FROM notices WHERE kind = 'password_changed'") == 1
        reasons = await db.fetch_all("SELECT DISTINCT end_reason FROM session_families WHERE ended_at IS NOT NULL")
        assert [reason["end_reason"] for reason in reasons] == ["password_change"]

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ({"roles": None, "fullName": "", "password": ""}, "invalid_roles"),
            ({"roles": []}, "invalid_roles"),
            ({"roles": "sdm"}, "invalid_roles"),
            ({}, "invalid_request"),
            ({"email": "new@example.com"}, "invalid_request"),
            ({"full_name": 1, "unknown": 2}, "invalid_request"),
            ({"fullName": None, "password": None}, "invalid_name"),
            ({"fullName": " a"}, "invalid_name"),
            ({"fullName": 12}, "invalid_name"),
            ({"fullName": "a\u0000b"}, "invalid_name"),
            ({"fullName": "Fine", "password": None, "roles": ["nonsense"]}, "invalid_password"),
            ({"password": "seven77"}, "invalid_password"),
            ({"fullName": "Fine", "password": "long enough", "roles": ["sdm", "nonsense"]}, "invalid_roles"),
        ],
    )
    async def test_the_first_wrong_field_is_named_and_nothing_is_written(
        self, api: httpx.AsyncClient, candidate: Candidate, body: dict[str, Any], expected: str
    ) -> None:
        answer = await api.patch(f"/admin/users/{candidate.id}", json=body, headers=KEY)
        assert code(answer) == (400, expected)
        row = await db.fetch_row("SELECT full_name, updated_at = created_at AS untouched FROM users")
        assert row is not None
        assert (row["full_name"], row["untouched"]) == ("Sari Contoh", True)
        assert await audited("user.changed") == []

    async def test_an_unknown_user_comes_before_the_fields(self, api: httpx.AsyncClient) -> None:
        for target in (str(uuid4()), "x", "a%00b"):
            answer = await api.patch(f"/admin/users/{target}", json={"roles": None}, headers=KEY)
            assert code(answer) == (404, "user_not_found")

    async def test_only_super_admins_may(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        path = f"/admin/users/{candidate.id}"
        for method, target in (("PATCH", path), ("POST", "/admin/users"), ("GET", "/admin/users"), ("GET", path)):
            answer = await api.request(method, target, headers=candidate.headers)
            assert code(answer) == (403, "insufficient_admin_role")
            assert code(await api.request(method, target)) == (401, "missing_admin_api_key")


class TestLastSuperAdmin:
    async def test_the_last_one_cannot_be_removed_even_by_itself_or_by_the_key(
        self, api: httpx.AsyncClient, admin: Candidate, candidate: Candidate
    ) -> None:
        path = f"/admin/users/{admin.id}"
        for headers in (admin.headers, KEY):
            answer = await api.patch(path, json={"roles": ["sdm"], "fullName": "Changed"}, headers=headers)
            assert code(answer) == (409, "last_super_admin")
        assert (await api.get(path, headers=admin.headers)).json()["user"]["fullName"] == "Ani Admin"
        # Keeping the role beside another one is no removal, and somebody else may come and take over.
        kept = await api.patch(path, json={"roles": ["super_admin", "sdm"]}, headers=admin.headers)
        assert kept.json()["user"]["roles"] == ["sdm", "super_admin"]
        other = f"/admin/users/{candidate.id}"
        assert (await api.patch(other, json={"roles": ["super_admin"]}, headers=admin.headers)).status_code == 200
        assert (await api.patch(path, json={"roles": ["sdm"]}, headers=admin.headers)).status_code == 200

    async def test_an_unknown_role_is_named_before_it(self, api: httpx.AsyncClient, admin: Candidate) -> None:
        answer = await api.patch(f"/admin/users/{admin.id}", json={"roles": ["nonsense"]}, headers=admin.headers)
        assert code(answer) == (400, "invalid_roles")

    async def test_two_who_remove_each_other_at_once_leave_one(
        self, api: httpx.AsyncClient, settings: Settings
    ) -> None:
        for _ in range(10):
            first = await make_candidate(settings, roles=("super_admin",))
            second = await make_candidate(settings, roles=("super_admin",))
            answers = await asyncio.gather(
                api.patch(f"/admin/users/{second.id}", json={"roles": ["sdm"]}, headers=first.headers),
                api.patch(f"/admin/users/{first.id}", json={"roles": ["sdm"]}, headers=second.headers),
            )
            assert sorted(answer.status_code for answer in answers)[0] == 200
            left = await db.fetch_value(
                "SELECT count(*) FROM user_roles ur JOIN roles r ON r.id = ur.role_id WHERE r.code = 'super_admin'"
            )
            assert left == 1
            await db.execute("DELETE FROM user_roles")

    async def test_twenty_administrators_removed_at_once_leave_one(
        self, api: httpx.AsyncClient, settings: Settings
    ) -> None:
        admins = [await make_candidate(settings, roles=("super_admin",)) for _ in range(20)]
        answers = await asyncio.gather(
            *(api.patch(f"/admin/users/{one.id}", json={"roles": ["sdm"]}, headers=KEY) for one in admins)
        )
        assert Counter(answer.status_code for answer in answers) == {200: 19, 409: 1}


class TestList:
    async def test_it_lists_everybody_newest_first_and_searches_literally(
        self, api: httpx.AsyncClient, settings: Settings, admin: Candidate
    ) -> None:
        start = datetime.now(UTC) + timedelta(minutes=1)
        people = {}
        for number, (name, email) in enumerate(
            [("Ümit Öz", "umit@example.com"), ("100% Sure", "a_b@example.com"), ("Axb", "axb@example.com")]
        ):
            person = await make_candidate(settings, full_name=name, email=email)
            await db.execute(
                "UPDATE users SET created_at = $2 WHERE id = $1", person.id, start + timedelta(seconds=number)
            )
            people[name] = person

        async def names(query: str) -> list[str]:
            body = (await api.get(f"/admin/users?{query}", headers=admin.headers)).json()
            assert body["pageInfo"]["total"] == len(body["items"])
            return [item["fullName"] for item in body["items"]]

        assert await names("") == ["Axb", "100% Sure", "Ümit Öz", "Ani Admin"]
        assert await names("q=%20ÜMIT%20") == ["Ümit Öz"]
        assert await names("q=0%25") == ["100% Sure"]
        assert await names("q=a_b") == ["100% Sure"]
        assert await names("q=EXAMPLE.com") == ["Axb", "100% Sure", "Ümit Öz", "Ani Admin"]
        assert await names("q=sure%20a_b") == []  # a match does not span name and address
        assert await names("q=") == ["Axb", "100% Sure", "Ümit Öz", "Ani Admin"]
        answer = await api.get("/admin/users?q=%00", headers=admin.headers)
        assert answer.status_code == 400

    async def test_pages_join_and_fractions_are_dropped(
        self, api: httpx.AsyncClient, settings: Settings, admin: Candidate
    ) -> None:
        for _ in range(6):
            await make_candidate(settings)
        await db.execute("UPDATE users SET created_at = '2026-01-01T00:00:00Z'")
        seen: list[str] = []
        cursor = "0.9"
        while cursor is not None:
            page = (await api.get(f"/admin/users?limit=3.9&cursor={cursor}", headers=admin.headers)).json()
            seen += [item["id"] for item in page["items"]]
            assert page["pageInfo"]["limit"] == 3
            cursor = page["pageInfo"]["nextCursor"]
        assert len(set(seen)) == len(seen) == 7
        default = (await api.get("/admin/users", headers=admin.headers)).json()["pageInfo"]
        assert default == {"cursor": "0", "nextCursor": None, "limit": 25, "total": 7}
        assert (await api.get("/admin/users?limit=100", headers=admin.headers)).json()["pageInfo"]["limit"] == 100
        assert (await api.get("/admin/users?cursor=9223372036854775807", headers=admin.headers)).json()["items"] == []

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("cursor=x&limit=x", "invalid_cursor"),
            ("cursor=-0.5", "invalid_cursor"),
            ("cursor=1e30", "invalid_cursor"),
            ("limit=0.5", "invalid_limit"),
            ("limit=101", "invalid_limit"),
            ("limit=NaN", "invalid_limit"),
        ],
    )
    async def test_the_first_wrong_parameter_is_named(self, api: httpx.AsyncClient, query: str, expected: str) -> None:
        assert code(await api.get(f"/admin/users?{query}", headers=KEY)) == (400, expected)


class TestRead:
    async def test_user_profile_and_history_are_what_the_user_sees_and_the_looks_are_audited(
        self, api: httpx.AsyncClient, admin: Candidate, candidate: Candidate
    ) -> None:
        session = (await api.post("/identity/kyc/sessions", json={}, headers=candidate.headers)).json()["session"]
        for admin_path, own_path, action in (
            ("", "/auth/me", "user.read"),
            ("/profile", "/users/me/profile", "user.profile_read"),
            ("/kyc/history", "/identity/kyc/history", "user.kyc_history_read"),
            (f"/kyc/history?sessionId={session['id']}", "/identity/kyc/history", "user.kyc_history_read"),
            ("/kyc/history?sessionId=", "/identity/kyc/history", "user.kyc_history_read"),
        ):
            answer = await api.get(f"/admin/users/{candidate.id}{admin_path}", headers=admin.headers)
            assert answer.status_code == 200
            shown = answer.json()
            if action == "user.kyc_history_read":  # staff also see who said what
                assert shown.pop("voices")["keys"] == []
            assert shown == (await api.get(own_path, headers=candidate.headers)).json()
            row = (await audited(action))[-1]
            assert (row["actor_id"], row["subject_id"]) == (admin.id, candidate.id)

    async def test_without_a_session_the_history_is_empty(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        answer = await api.get(f"/admin/users/{candidate.id}/kyc/history", headers=KEY)
        assert answer.json() == {"session": None, "events": [], "documentReasons": [], "voices": None}

    async def test_unknown_users_come_before_unknown_sessions(
        self, api: httpx.AsyncClient, candidate: Candidate, settings: Settings
    ) -> None:
        other = await make_candidate(settings)
        foreign = (await api.post("/identity/kyc/sessions", json={}, headers=other.headers)).json()["session"]["id"]
        for target in (str(uuid4()), "x", "a%00b"):
            for path in ("", "/profile", "/kyc/history", f"/kyc/history?sessionId={uuid4()}"):
                answer = await api.get(f"/admin/users/{target}{path}", headers=KEY)
                assert code(answer) == (404, "user_not_found")
        for session_id in (str(uuid4()), "x", foreign):
            answer = await api.get(f"/admin/users/{candidate.id}/kyc/history?sessionId={session_id}", headers=KEY)
            assert code(answer) == (404, "kyc_session_not_found")
        assert await audited("user.kyc_history_read") == []
