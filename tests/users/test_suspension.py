"""Is a suspended person out at once and everywhere, and does the last administrator stay in?"""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from sanic import Sanic

from service.auth.guesses import of_sign_in
from service.base.settings import Settings
from service.database import db
from service.users import suspension
from service.users.domain import Actor
from tests.answers import outcome
from tests.auth.test_new_password import EMAIL, OWNERS, reset
from tests.auth.test_sessions import old_token
from tests.conftest import TEST_ENVIRONMENT
from tests.factories import PASSWORD, Candidate, make_candidate

KEY = {"x-admin-api-key": TEST_ENVIRONMENT["ADMIN_API_KEY"]}
REASON = {"reason": "Shared the account."}
SUSPENDED = (403, "account_suspended")
ENDED = (401, "invalid_access_token")
WRONG = (401, "invalid_credentials")
LAST = (409, "last_super_admin")
UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
async def admin(app: Sanic[Any, Any], settings: Settings) -> Candidate:
    return await make_candidate(settings, roles=("super_admin",))


def place(person: Candidate, what: str = "suspension") -> str:
    return f"/admin/users/{person.id}/{what}"


async def suspend(api: httpx.AsyncClient, person: Candidate, by: dict[str, str] = KEY) -> httpx.Response:
    return await api.post(place(person), json=REASON, headers=by)


async def lift(api: httpx.AsyncClient, person: Candidate, by: dict[str, str] = KEY) -> int:
    return (await api.delete(place(person), headers=by)).status_code


async def sign_in(api: httpx.AsyncClient, email: str, password: str = PASSWORD) -> httpx.Response:
    return await api.post("/auth/login", json={"email": email, "password": password})


async def rows_of(action: str) -> list[dict[str, Any]]:
    rows = await db.fetch_all("SELECT * FROM audit_events WHERE action = $1 ORDER BY position", action)
    return [dict(row) for row in rows]


class TestSuspended:
    async def test_every_way_in_is_closed_from_then_on(
        self, api: httpx.AsyncClient, admin: Candidate, candidate: Candidate
    ) -> None:
        second = (await sign_in(api, candidate.email)).json()
        made = await suspend(api, candidate, admin.headers)
        assert made.status_code == 200
        assert made.json()["suspension"]["userId"] == candidate.id
        for token in (candidate.access_token, second["accessToken"]):
            bearer = {"Authorization": f"Bearer {token}"}
            for method, path in (
                ("GET", "/auth/me"),
                ("GET", "/jobs"),  # works without signing in, and not with such a token
                ("DELETE", "/users/me/sessions"),
                ("GET", "/admin/overview/summary"),
            ):
                assert outcome(await api.request(method, path, headers=bearer)) == ENDED, path
        for token in (candidate.refresh_token, second["refreshToken"]):
            refreshed = await api.post("/auth/refresh", json={"refreshToken": token})
            assert outcome(refreshed) == (401, "invalid_refresh_token")
        assert outcome(await sign_in(api, candidate.email)) == SUSPENDED
        (row,) = await rows_of("account.suspended")
        assert (row["actor_type"], row["actor_id"], row["subject_id"]) == ("ADMIN", admin.id, candidate.id)
        assert row["detail_json"] == REASON | {"signInsEnded": 2}
        reasons = await db.fetch_all(
            "SELECT DISTINCT end_reason FROM session_families WHERE user_id = $1", candidate.id
        )
        assert [row["end_reason"] for row in reasons] == ["suspended"]
        assert (await api.get("/auth/me", headers=admin.headers)).status_code == 200

    async def test_a_wrong_password_learns_nothing_and_counts_as_ever(
        self, api: httpx.AsyncClient, settings: Settings, candidate: Candidate
    ) -> None:
        await suspend(api, candidate)
        limit = of_sign_in(candidate.email, None, settings)[0].limit
        wrong, unknown = await sign_in(api, candidate.email, "not it"), await sign_in(api, "no@example.com", "not it")
        assert outcome(wrong) == WRONG
        assert wrong.json() == unknown.json()
        assert outcome(await sign_in(api, candidate.email)) == SUSPENDED
        for _ in range(limit - 1):
            assert outcome(await sign_in(api, candidate.email, "not it")) == WRONG
        assert outcome(await sign_in(api, candidate.email)) == (429, "rate_limited")

    async def test_the_refusal_is_in_the_users_language(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        await suspend(api, candidate)
        body = {"email": candidate.email, "password": PASSWORD}
        answer = await api.post("/auth/login", json=body, headers={"Accept-Language": "id"})
        assert answer.json()["error"]["message"].startswith("Akun ini ditangguhkan")

    async def test_a_token_of_the_replaced_server_counts_no_more(
        self, api: httpx.AsyncClient, settings: Settings, candidate: Candidate
    ) -> None:
        bearer = {"Authorization": f"Bearer {old_token(settings.auth_token_secret, sub=candidate.id)}"}
        assert (await api.get("/auth/me", headers=bearer)).status_code == 200
        await suspend(api, candidate)
        assert outcome(await api.get("/auth/me", headers=bearer)) == ENDED
        await lift(api, candidate)
        assert (await api.get("/auth/me", headers=bearer)).status_code == 200

    async def test_a_sign_in_that_the_previous_release_begins_is_worth_nothing(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        await suspend(api, candidate)
        # It knows no suspension, so its sign-ins look like those that lived before.
        await db.execute("UPDATE session_families SET ended_at = NULL, end_reason = NULL")
        await db.execute("UPDATE sessions SET revoked_at = NULL")
        assert outcome(await api.get("/auth/me", headers=candidate.headers)) == ENDED
        refreshed = await api.post("/auth/refresh", json={"refreshToken": candidate.refresh_token})
        assert outcome(refreshed) == (401, "invalid_refresh_token")
        assert await db.fetch_value("SELECT count(*) FROM sessions") == 1

    async def test_a_second_time_changes_nothing(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        first = await suspend(api, candidate)
        again = await api.post(place(candidate), json={"reason": "Another one."}, headers=KEY)
        assert (again.status_code, again.json()) == (200, first.json())
        assert len(await rows_of("account.suspended")) == 1

    async def test_staff_see_it_and_of_others_nothing_new(
        self, api: httpx.AsyncClient, admin: Candidate, candidate: Candidate
    ) -> None:
        since = (await suspend(api, candidate)).json()["suspension"]["suspendedAt"]
        one = (await api.get(f"/admin/users/{candidate.id}", headers=admin.headers)).json()["user"]
        assert one["suspendedAt"] == since
        users = (await api.get("/admin/users", headers=admin.headers)).json()["items"]
        assert {user["id"]: user.get("suspendedAt") for user in users} == {candidate.id: since, admin.id: None}
        assert "suspendedAt" not in next(user for user in users if user["id"] == admin.id)

    @pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "  "}, {"reason": None}, {"reason": "x" * 501}])
    async def test_it_asks_for_a_reason(
        self, api: httpx.AsyncClient, candidate: Candidate, body: dict[str, Any]
    ) -> None:
        answer = await api.post(place(candidate), json=body, headers=KEY)
        assert outcome(answer) == (400, "invalid_reason")
        assert (await api.get("/auth/me", headers=candidate.headers)).status_code == 200

    async def test_unknown_accounts_are_404(self, api: httpx.AsyncClient) -> None:
        for target in (UNKNOWN, "x", "a%00b"):
            path = f"/admin/users/{target}"
            assert outcome(await api.post(f"{path}/suspension", json=REASON, headers=KEY)) == (404, "user_not_found")
            for what in ("suspension", "sessions"):
                answer = await api.delete(f"{path}/{what}", headers=KEY)
                assert outcome(answer) == (404, "user_not_found")


class TestLifted:
    async def test_they_sign_in_again_and_what_ended_stays_ended(
        self, api: httpx.AsyncClient, admin: Candidate, candidate: Candidate
    ) -> None:
        await suspend(api, candidate)
        assert await lift(api, candidate, admin.headers) == 204
        assert outcome(await api.get("/auth/me", headers=candidate.headers)) == ENDED
        assert (await sign_in(api, candidate.email)).status_code == 200
        assert await lift(api, candidate) == 204
        (row,) = await rows_of("account.suspension_lifted")
        assert (row["actor_id"], row["subject_id"]) == (admin.id, candidate.id)

    async def test_a_password_reset_lifts_nothing(self, api: httpx.AsyncClient, settings: Settings) -> None:
        person = await make_candidate(settings, email=EMAIL)
        await suspend(api, person)
        await reset(api, settings)
        assert outcome(await sign_in(api, EMAIL, OWNERS)) == SUSPENDED
        assert outcome(await sign_in(api, EMAIL)) == WRONG

    async def test_starting_over_takes_it_along(self, api: httpx.AsyncClient, settings: Settings) -> None:
        person = await make_candidate(settings, email=EMAIL, roles=("super_admin",))
        await make_candidate(settings, roles=("super_admin",))
        await suspend(api, person)
        await reset(api, settings, startOver=True)
        assert outcome(await sign_in(api, EMAIL, OWNERS)) == SUSPENDED
        fresh = await db.fetch_value("SELECT id::text FROM users WHERE email = $1", EMAIL)
        assert fresh != person.id
        assert (await api.delete(f"/admin/users/{fresh}/suspension", headers=KEY)).status_code == 204
        assert (await sign_in(api, EMAIL, OWNERS)).status_code == 200

    async def test_a_new_password_from_staff_lifts_nothing(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        await suspend(api, candidate)
        await api.patch(f"/admin/users/{candidate.id}", json={"password": " brand new "}, headers=KEY)
        assert outcome(await sign_in(api, candidate.email, " brand new ")) == SUSPENDED


class TestLastSuperAdmin:
    async def test_the_last_one_stays_whoever_asks(
        self, api: httpx.AsyncClient, settings: Settings, admin: Candidate
    ) -> None:
        for by in (KEY, admin.headers):
            assert outcome(await suspend(api, admin, by)) == LAST
        other = await make_candidate(settings, roles=("super_admin", "sdm"))
        assert (await suspend(api, other, admin.headers)).status_code == 200
        # Who is suspended is no administrator to be counted, neither here nor where roles change.
        assert outcome(await suspend(api, admin)) == LAST
        demoted = await api.patch(f"/admin/users/{admin.id}", json={"roles": ["sdm"]}, headers=KEY)
        assert outcome(demoted) == LAST
        leaving = await api.post("/users/me/deletion", json={"password": PASSWORD}, headers=admin.headers)
        assert outcome(leaving) == LAST
        # Repeating what was done is no refusal.
        assert (await suspend(api, other)).status_code == 200
        await lift(api, other)
        assert (await suspend(api, admin)).status_code == 200

    async def test_one_who_leaves_does_not_count(
        self, api: httpx.AsyncClient, settings: Settings, admin: Candidate
    ) -> None:
        other = await make_candidate(settings, roles=("super_admin",))
        left = await api.post("/users/me/deletion", json={"password": PASSWORD}, headers=other.headers)
        assert left.status_code == 202
        assert outcome(await suspend(api, admin)) == LAST

    async def test_twenty_who_suspend_each_other_at_once_leave_one(
        self, api: httpx.AsyncClient, settings: Settings
    ) -> None:
        people = [await make_candidate(settings, roles=("super_admin",)) for _ in range(20)]
        pairs = zip(people, [*people[1:], people[0]], strict=True)
        answers = await asyncio.gather(*(suspend(api, other, one.headers) for one, other in pairs))
        assert {answer.status_code for answer in answers} <= {200, 401, 409}
        for person in people:
            await suspend(api, person)
        assert await db.fetch_value("SELECT count(*) FROM users WHERE suspended_at IS NULL") == 1

    async def test_a_suspension_and_a_lost_role_at_once_leave_one(
        self, api: httpx.AsyncClient, settings: Settings
    ) -> None:
        for _ in range(10):
            first = await make_candidate(settings, roles=("super_admin",))
            second = await make_candidate(settings, roles=("super_admin",))
            answers = await asyncio.gather(
                suspend(api, first),
                api.patch(f"/admin/users/{second.id}", json={"roles": ["sdm"]}, headers=KEY),
            )
            assert sorted(answer.status_code for answer in answers) == [200, 409]
            await db.execute("DELETE FROM users")


class TestAtOnce:
    async def test_twenty_suspensions_are_one(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        answers = await asyncio.gather(*(suspend(api, candidate) for _ in range(20)))
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.json()["suspension"]["suspendedAt"] for answer in answers}) == 1
        assert len(await rows_of("account.suspended")) == 1

    async def test_twenty_lifts_are_one(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        await suspend(api, candidate)
        assert set(await asyncio.gather(*(lift(api, candidate) for _ in range(20)))) == {204}
        assert len(await rows_of("account.suspension_lifted")) == 1

    async def test_no_sign_in_or_refresh_survives_one_at_the_same_moment(
        self, api: httpx.AsyncClient, settings: Settings
    ) -> None:
        for _ in range(5):
            person = await make_candidate(settings)
            renewed = api.post("/auth/refresh", json={"refreshToken": person.refresh_token})
            signed, refreshed, *_ = await asyncio.gather(
                sign_in(api, person.email),
                renewed,
                suspend(api, person),
                *(sign_in(api, person.email) for _ in range(5)),
            )
            assert outcome(signed) in {(200, ""), SUSPENDED}
            for answer in (signed, refreshed):
                if answer.status_code == 200:
                    bearer = {"Authorization": f"Bearer {answer.json()['accessToken']}"}
                    assert outcome(await api.get("/auth/me", headers=bearer)) == ENDED
            # Not even after it: whatever began was ended, not only refused.
            await lift(api, person)
            living = "SELECT count(*) FROM session_families WHERE user_id = $1 AND ended_at IS NULL"
            assert await db.fetch_value(living, person.id) == 0

    async def test_what_fails_leaves_nothing(
        self, api: httpx.AsyncClient, candidate: Candidate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def fail(*_: Any, **__: Any) -> None:
            raise RuntimeError("no row")

        with monkeypatch.context() as patch:
            patch.setattr(suspension, "audit_account", fail)
            with pytest.raises(RuntimeError):
                await suspension.suspend(candidate.id, "x", by=Actor("ADMIN", "admin_api_key"))
            with pytest.raises(RuntimeError):
                await suspension.end_sign_ins(candidate.id, by=Actor("ADMIN", "admin_api_key"))
        assert (await api.get("/auth/me", headers=candidate.headers)).status_code == 200


class TestEndSignIns:
    async def test_all_end_and_they_may_sign_in_again(
        self, api: httpx.AsyncClient, admin: Candidate, candidate: Candidate
    ) -> None:
        second = (await sign_in(api, candidate.email)).json()
        assert (await api.delete(place(candidate, "sessions"), headers=admin.headers)).status_code == 204
        for token in (candidate.access_token, second["accessToken"]):
            met = await api.get("/auth/me", headers={"Authorization": f"Bearer {token}"})
            assert outcome(met) == ENDED
        for token in (candidate.refresh_token, second["refreshToken"]):
            refreshed = await api.post("/auth/refresh", json={"refreshToken": token})
            assert outcome(refreshed) == (401, "invalid_refresh_token")
        assert (await sign_in(api, candidate.email)).status_code == 200
        (row,) = await rows_of("account.sign_ins_ended")
        assert (row["actor_id"], row["subject_id"]) == (admin.id, candidate.id)
        assert row["detail_json"] == {"signInsEnded": 2}
        reason = "SELECT DISTINCT end_reason FROM session_families WHERE ended_at IS NOT NULL"
        assert await db.fetch_value(reason) == "ended_by_staff"
        assert (await api.delete(place(candidate, "sessions"), headers=KEY)).status_code == 204

    async def test_one_may_end_ones_own(self, api: httpx.AsyncClient, admin: Candidate) -> None:
        assert (await api.delete(place(admin, "sessions"), headers=admin.headers)).status_code == 204
        assert outcome(await api.get("/auth/me", headers=admin.headers)) == ENDED


class TestTelling:
    async def told(self) -> list[str]:
        rows = await db.fetch_all("SELECT kind FROM notices ORDER BY created_at")
        return [row["kind"] for row in rows]

    @pytest.mark.parametrize(
        ("roles", "kind"),
        [
            (("super_admin",), "password_changed_by_staff"),
            (("editor", "sdm"), "password_changed_by_staff"),
            (("sdm",), "password_changed"),
        ],
    )
    async def test_staff_are_told_when_somebody_else_sets_their_password(
        self, api: httpx.AsyncClient, settings: Settings, admin: Candidate, roles: tuple[str, ...], kind: str
    ) -> None:
        for by in (admin.headers, KEY):
            person = await make_candidate(settings, roles=roles)
            body = {"password": " brand new "}
            assert (await api.patch(f"/admin/users/{person.id}", json=body, headers=by)).status_code == 200
        assert await self.told() == [kind, kind]

    async def test_ones_own_is_ones_own(self, api: httpx.AsyncClient, admin: Candidate) -> None:
        body = {"password": " brand new "}
        assert (await api.patch(f"/admin/users/{admin.id}", json=body, headers=admin.headers)).status_code == 200
        assert await self.told() == ["password_changed"]
