"""Who is let into the staff API, and how does the first administrator come to be?"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest
from sanic import Sanic

from service.audit.proof import verify
from service.auth import bootstrap, key_uses, tokens
from service.auth.key_uses import KeyUses
from service.base.clock import utc_now
from service.base.settings import Settings
from service.database import db
from service.users import command
from tests.answers import outcome
from tests.auth.conftest import Change
from tests.conftest import TEST_ENVIRONMENT
from tests.factories import PASSWORD, Candidate, make_candidate
from tests.running import Detour, running_server, until_answering

KEY = TEST_ENVIRONMENT["ADMIN_API_KEY"]
ADMIN, SUPER = "/admin/overview/summary", "/admin/users"
DISABLED, MISSING, INVALID = (
    (503, "admin_api_disabled"),
    (401, "missing_admin_api_key"),
    (403, "invalid_admin_api_key"),
)


@pytest.fixture
async def admin(app: Sanic[Any, Any], settings: Settings) -> Candidate:
    return await make_candidate(settings, roles=("super_admin",))


def signed(settings: Settings, **payload: Any) -> str:
    key = settings.token_keys[0]
    claims = {"typ": "access", "sub": str(uuid4()), "exp": int(time.time()) + 900, "sid": str(uuid4()), "kid": key.id}
    head = tokens._encode(orjson.dumps({name: value for name, value in (claims | payload).items() if value is not ...}))
    return f"{head}.{tokens._encode(tokens._sign(key.secret, head))}"


async def audit_rows(action: str) -> list[dict[str, Any]]:
    rows = await db.fetch_all("SELECT * FROM audit_events WHERE action = $1 ORDER BY position", action)
    return [dict(row) | {"detail": row["detail_json"]} for row in rows]


class TestBearer:
    async def test_a_staff_role_is_let_in(self, api: httpx.AsyncClient, admin: Candidate) -> None:
        assert (await api.get(ADMIN, headers=admin.headers)).status_code == 200
        assert (await api.get(SUPER, headers=admin.headers)).status_code == 200

    async def test_a_bad_bearer_never_falls_back_to_a_valid_key(
        self, api: httpx.AsyncClient, settings: Settings, candidate: Candidate
    ) -> None:
        now = int(time.time())
        family = str(await db.fetch_value("SELECT id FROM session_families WHERE user_id = $1", candidate.id))
        cases = {
            "x": (401, "invalid_access_token"),
            "a.b": (401, "invalid_access_token"),
            candidate.access_token[:-2] + "zz": (401, "invalid_access_token"),
            signed(settings, typ="refresh"): (401, "invalid_access_token"),
            signed(settings, sub=...): (401, "invalid_access_token"),
            signed(settings, exp=...): (401, "invalid_access_token"),
            signed(settings): (401, "invalid_access_token"),
            signed(settings, sub=candidate.id, sid=family, exp=now - 1): (401, "expired_access_token"),
            candidate.access_token: (403, "insufficient_admin_role"),
        }
        for token, expected in cases.items():
            headers = {"Authorization": f"Bearer {token}", "x-admin-api-key": KEY}
            for path in (ADMIN, SUPER):
                assert outcome(await api.get(path, headers=headers)) == expected

    async def test_it_does_not_need_a_configured_key(
        self, api: httpx.AsyncClient, admin: Candidate, change: Change
    ) -> None:
        change(admin_api_key="")
        assert (await api.get(ADMIN, headers=admin.headers)).status_code == 200

    async def test_a_role_taken_away_counts_from_the_next_request_and_ends_no_sign_in(
        self, api: httpx.AsyncClient, settings: Settings, admin: Candidate
    ) -> None:
        other = await make_candidate(settings, roles=("super_admin",))
        assert (await api.get(ADMIN, headers=other.headers)).status_code == 200
        answer = await api.patch(f"/admin/users/{other.id}", json={"roles": ["sdm"]}, headers=admin.headers)
        assert answer.status_code == 200
        assert outcome(await api.get(ADMIN, headers=other.headers)) == (403, "insufficient_admin_role")
        assert (await api.get("/auth/me", headers=other.headers)).json()["user"]["roles"] == ["sdm"]
        assert (await api.post("/auth/refresh", json={"refreshToken": other.refresh_token})).status_code == 200
        answer = await api.patch(f"/admin/users/{other.id}", json={"roles": ["super_admin"]}, headers=admin.headers)
        assert answer.status_code == 200
        assert (await api.get(ADMIN, headers=other.headers)).status_code == 200

    async def test_other_staff_roles_do_not_manage_users(
        self, api: httpx.AsyncClient, settings: Settings, admin: Candidate, change: Change
    ) -> None:
        tsk = await make_candidate(settings, roles=("tsk",))
        assert outcome(await api.get(ADMIN, headers=tsk.headers)) == (403, "insufficient_admin_role")
        change(admin_role_codes=" TSK, ,lpk ")
        assert (await api.get(ADMIN, headers=tsk.headers)).status_code == 200
        assert (await api.get(f"/admin/users/{tsk.id}", headers=tsk.headers)).status_code == 200
        assert outcome(await api.get(SUPER, headers=tsk.headers)) == (403, "insufficient_admin_role")
        # Without super_admin in the set nobody manages users by bearer.
        assert outcome(await api.get(SUPER, headers=admin.headers)) == (403, "insufficient_admin_role")

    async def test_an_empty_set_of_staff_roles_means_super_admin(
        self, api: httpx.AsyncClient, admin: Candidate, change: Change
    ) -> None:
        change(admin_role_codes=" , ")
        assert (await api.get(ADMIN, headers=admin.headers)).status_code == 200

    async def test_a_bad_body_comes_after_the_credentials(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        assert outcome(await api.post(SUPER, content=b"{")) == MISSING
        answer = await api.post(SUPER, content=b"{", headers=candidate.headers)
        assert outcome(answer) == (403, "insufficient_admin_role")
        answer = await api.post(SUPER, content=b"{", headers={"x-admin-api-key": KEY})
        assert outcome(answer) == (400, "invalid_request_body")


class TestKey:
    @pytest.mark.parametrize("authorization", [None, "Basic abc", f"bearer {KEY}", "Bearer ", "Bearer    ", "Bearer"])
    async def test_without_a_usable_bearer_the_key_decides(
        self, api: httpx.AsyncClient, authorization: str | None
    ) -> None:
        own = {"Authorization": authorization} if authorization else {}
        assert (await api.get(ADMIN, headers=own | {"x-admin-api-key": f"  {KEY} "})).status_code == 200
        assert (await api.get(SUPER, headers=own | {"x-admin-api-key": KEY})).status_code == 200
        assert outcome(await api.get(ADMIN, headers=own)) == MISSING
        assert outcome(await api.get(ADMIN, headers=own | {"x-admin-api-key": "  "})) == MISSING
        assert outcome(await api.get(ADMIN, headers=own | {"x-admin-api-key": KEY + "x"})) == INVALID
        assert outcome(await api.get(ADMIN, headers=own | {"x-admin-api-key": KEY.upper()})) == INVALID

    async def test_a_repeated_header_is_joined_and_so_differs(self, api: httpx.AsyncClient) -> None:
        answer = await api.get(ADMIN, headers=[("x-admin-api-key", KEY), ("x-admin-api-key", KEY)])
        assert outcome(answer) == INVALID

    async def test_an_unset_key_is_503_whatever_is_sent(self, api: httpx.AsyncClient, change: Change) -> None:
        change(admin_api_key="")
        for headers in ({}, {"x-admin-api-key": KEY}, {"x-admin-api-key": ""}, {"Authorization": "bearer x"}):
            answer = await api.get(ADMIN, headers=headers)
            assert outcome(answer) == DISABLED
            assert int(answer.headers["retry-after"]) > 0

    async def test_an_expired_key_is_as_if_unset(self, api: httpx.AsyncClient, change: Change) -> None:
        change(admin_api_key_expires_at=utc_now() + timedelta(minutes=1))
        assert (await api.get(ADMIN, headers={"x-admin-api-key": KEY})).status_code == 200
        change(admin_api_key_expires_at=utc_now() - timedelta(seconds=1))
        assert outcome(await api.get(ADMIN, headers={"x-admin-api-key": KEY})) == DISABLED
        assert outcome(await api.get(ADMIN)) == DISABLED

    async def test_it_retires_once_there_is_a_super_admin(
        self, api: httpx.AsyncClient, settings: Settings, change: Change
    ) -> None:
        change(admin_api_key_after_bootstrap=False)
        headers = {"x-admin-api-key": KEY}
        assert (await api.get(ADMIN, headers=headers)).status_code == 200
        user = {"fullName": "First Admin", "email": "first@example.com", "password": "long enough 1"}
        assert (await api.post(SUPER, json=user, headers=headers)).status_code == 201
        for sent in (headers, {}, {"x-admin-api-key": "wrong"}):
            assert outcome(await api.get(ADMIN, headers=sent)) == DISABLED
        change(admin_api_key_after_bootstrap=True)
        assert (await api.get(ADMIN, headers=headers)).status_code == 200

    async def test_a_write_is_audited_at_once_with_the_operation(self, api: httpx.AsyncClient) -> None:
        await api.post(SUPER, json={}, headers={"x-admin-api-key": KEY})
        await api.post(SUPER, json={}, headers={"x-admin-api-key": "wrong"})
        await api.post(SUPER, json={})
        (row,) = await audit_rows("staff.key_used")
        assert (row["subject_type"], row["subject_id"]) == ("OPERATION", "createUser")
        assert (row["actor_type"], row["actor_id"], row["detail"]) == ("ADMIN", "admin_api_key", {})
        assert row["request_id"]

    async def test_its_use_is_not_among_the_audit_events_of_the_api(self, api: httpx.AsyncClient) -> None:
        answer = await api.get("/admin/audit/events", headers={"x-admin-api-key": KEY})
        assert answer.json()["items"] == []

    async def test_an_unknown_address_is_404_before_any_key(self, api: httpx.AsyncClient) -> None:
        assert outcome(await api.get("/admin/nothing", headers={"x-admin-api-key": KEY})) == (404, "not_found")


class TestReadsByKey:
    """They are counted, and recorded once a minute."""

    @pytest.fixture
    def uses(self, app: Sanic[Any, Any], monkeypatch: pytest.MonkeyPatch) -> KeyUses:
        fresh = KeyUses(every_seconds=3600.0)
        monkeypatch.setattr(app.ctx, "key_uses", fresh)
        return fresh

    async def read(self, api: httpx.AsyncClient, path: str = ADMIN, key: str = KEY) -> int:
        return (await api.get(path, headers={"x-admin-api-key": key})).status_code

    async def test_a_read_writes_nothing_and_is_recorded_later(
        self, api: httpx.AsyncClient, uses: KeyUses, settings: Settings
    ) -> None:
        before = utc_now()
        assert [await self.read(api) for _ in range(3)] == [200, 200, 200]
        assert await self.read(api, SUPER) == 200
        assert await self.read(api, key="wrong") == 403
        await api.get(ADMIN)
        assert await db.fetch_value("SELECT count(*) FROM audit_events") == 0
        await uses.record()
        rows = await audit_rows("staff.key_used")
        assert [(row["subject_type"], row["subject_id"], row["detail"]["reads"]) for row in rows] == [
            ("OPERATION", "getOverview", 3),
            ("OPERATION", "listUsers", 1),
        ]
        for row in rows:
            assert (row["actor_type"], row["actor_id"], row["request_id"]) == ("ADMIN", "admin_api_key", None)
            first, last = (datetime.fromisoformat(row["detail"][name]) for name in ("first", "last"))
            assert before <= first <= last <= utc_now()
        assert (await verify(settings.audit_key_ring)).unsealed == 2
        await uses.record()
        assert len(await audit_rows("staff.key_used")) == 2

    async def test_reads_that_go_on_while_others_are_recorded_are_not_lost(
        self, api: httpx.AsyncClient, uses: KeyUses
    ) -> None:
        async def read_and_record() -> None:
            for _ in range(5):
                assert await self.read(api) == 200
                await uses.record()

        await asyncio.gather(*(read_and_record() for _ in range(8)))
        assert sum(row["detail"]["reads"] for row in await audit_rows("staff.key_used")) == 40

    async def test_they_stay_counted_while_the_database_is_away(
        self, api: httpx.AsyncClient, uses: KeyUses, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def away(*_: Any, **__: Any) -> None:
            assert await self.read(api) == 200  # one more, while the others are being recorded
            raise db.DatabaseUnavailable("away")

        assert await self.read(api) == 200
        with monkeypatch.context() as patch:
            patch.setattr(key_uses, "audit", away)
            with pytest.raises(db.DatabaseUnavailable):
                await uses.record()
        await uses.record()
        (row,) = await audit_rows("staff.key_used")
        assert row["detail"]["reads"] == 2

    async def test_the_first_read_sets_the_time(
        self, api: httpx.AsyncClient, app: Sanic[Any, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(app.ctx, "key_uses", KeyUses(every_seconds=0.01))
        for reads in (1, 2):
            assert await self.read(api) == 200
            async with asyncio.timeout(20):
                while len(await audit_rows("staff.key_used")) < reads:
                    await asyncio.sleep(0.01)

    async def test_what_cannot_be_recorded_at_the_end_is_logged(
        self, api: httpx.AsyncClient, uses: KeyUses, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        async def away(*_: Any, **__: Any) -> None:
            raise db.DatabaseUnavailable("away")

        assert await self.read(api) == 200
        monkeypatch.setattr(key_uses, "audit", away)
        capfd.readouterr()
        await uses.close()
        (line,) = map(json.loads, capfd.readouterr().out.splitlines())
        assert (line["event"], line["reads"]) == ("staff.key_uses_lost", {"getOverview": 1})

    async def test_a_process_that_stops_records_them_first(
        self, app: Sanic[Any, Any], database_url: str, object_storage_env: dict[str, str]
    ) -> None:
        environment = {**TEST_ENVIRONMENT, **object_storage_env, "DATABASE_URL": database_url}
        async with running_server(environment) as server, httpx.AsyncClient(base_url=server.url) as client:
            assert await self.read(client) == 200
            assert await audit_rows("staff.key_used") == []
            await server.signal()
            assert await server.wait() == 0
        (row,) = await audit_rows("staff.key_used")
        assert row["detail"]["reads"] == 1


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    full_name: str
    verified: bool
    roles: tuple[str, ...]


async def account(email: str) -> Account | None:
    row = await db.fetch_row(
        "SELECT u.*, ARRAY(SELECT r.code FROM user_roles ur JOIN roles r ON r.id = ur.role_id WHERE ur.user_id = u.id"
        " ORDER BY r.code) AS roles FROM users u WHERE u.email = $1",
        email,
    )
    return (
        Account(str(row["id"]), row["full_name"], row["email_verified_at"] is not None, tuple(row["roles"]))
        if row
        else None
    )


@pytest.fixture
def configured(app: Sanic[Any, Any], settings: Settings) -> Settings:
    return settings.model_copy(
        update={
            "bootstrap_admin_email": "Boss@Example.com",
            "bootstrap_admin_password": "bootstrap pass 1",
            "bootstrap_admin_full_name": "The Boss",
            "bootstrap_admin_role_codes": "super_admin, SDM,,no_such_role",
        }
    )


async def sign_in(api: httpx.AsyncClient, password: str) -> int:
    answer = await api.post("/auth/login", json={"email": "boss@example.com", "password": password})
    return answer.status_code


class TestBootstrap:
    async def test_it_makes_the_account_and_ignores_unknown_roles(
        self, api: httpx.AsyncClient, configured: Settings
    ) -> None:
        result = await bootstrap.ensure_admin(configured)
        assert result.created
        found = await account("boss@example.com")
        assert found is not None
        assert (found.full_name, found.verified, found.roles) == ("The Boss", False, ("sdm", "super_admin"))
        assert await sign_in(api, "bootstrap pass 1") == 200
        (row,) = await audit_rows("staff.bootstrap_admin")
        assert (row["actor_type"], row["subject_id"]) == ("SYSTEM", found.id)
        assert row["detail"] == {"created": True, "passwordChanged": False, "rolesAdded": ["sdm", "super_admin"]}

    async def test_no_roles_are_no_statement(
        self, configured: Settings, monkeypatch: pytest.MonkeyPatch, api: httpx.AsyncClient
    ) -> None:
        sent = []
        run = db._run

        async def listen(method: str, sql: str, *args: Any, **options: Any) -> Any:
            sent.append(sql)
            return await run(method, sql, *args, **options)

        monkeypatch.setattr(db, "_run", listen)
        result = await bootstrap.ensure_admin(configured.model_copy(update={"bootstrap_admin_role_codes": ","}))
        assert (result.created, result.roles) == (True, ())
        assert sent
        assert not [sql for sql in sent if sql.startswith("INSERT INTO user_roles")]

    async def test_a_second_start_changes_nothing(self, configured: Settings) -> None:
        await bootstrap.ensure_admin(configured)
        before = await account("boss@example.com")
        result = await bootstrap.ensure_admin(configured)
        assert not result.created
        assert await account("boss@example.com") == before
        assert len(await audit_rows("staff.bootstrap_admin")) == 1

    @pytest.mark.parametrize(
        ("verified", "roles", "reason"),
        [
            (False, ("sdm",), "unverified"),
            (False, ("super_admin",), "unverified"),
            (True, ("sdm",), "not_staff"),
            (True, ("lpk",), "not_staff"),
        ],
    )
    async def test_who_registered_the_address_first_is_refused_and_gains_nothing(
        self,
        api: httpx.AsyncClient,
        configured: Settings,
        capfdbinary: pytest.CaptureFixture[bytes],
        verified: bool,
        roles: tuple[str, ...],
        reason: str,
    ) -> None:
        first = await make_candidate(configured, email="boss@example.com", roles=roles, verified=verified)
        attempts = bootstrap.Bootstrap(configured)
        capfdbinary.readouterr()
        assert await attempts.attempt()
        assert await attempts.attempt()
        (line,) = events(capfdbinary.readouterr().out)
        assert (line["event"], line["reason"]) == ("auth.bootstrap_admin.refused", reason)
        found = await account("boss@example.com")
        assert found is not None
        assert found.roles == roles
        assert await sign_in(api, "bootstrap pass 1") == 401
        if roles != ("super_admin",):
            assert (await api.get(ADMIN, headers=first.headers)).status_code == 403
        assert await audit_rows("staff.bootstrap_admin") == []

    async def test_a_verified_member_of_staff_is_promoted_and_keeps_name_password_and_roles(
        self, api: httpx.AsyncClient, configured: Settings
    ) -> None:
        staffed = configured.model_copy(update={"admin_role_codes": "super_admin,lpk"})
        first = await make_candidate(
            configured, email="boss@example.com", full_name="Early Bird", roles=("lpk",), verified=True
        )
        await bootstrap.ensure_admin(staffed)
        found = await account("boss@example.com")
        assert found is not None
        assert (found.id, found.full_name) == (first.id, "Early Bird")
        assert found.roles == ("lpk", "sdm", "super_admin")
        assert await sign_in(api, PASSWORD) == 200
        assert await sign_in(api, "bootstrap pass 1") == 401

    async def test_the_made_one_is_recognised_whatever_became_of_it(self, configured: Settings) -> None:
        await bootstrap.ensure_admin(configured)
        await db.execute("DELETE FROM user_roles")
        await db.execute("UPDATE users SET email_verified_at = NULL")
        assert not (await bootstrap.ensure_admin(configured)).created

    async def test_a_password_that_everybody_guesses_is_refused(
        self, configured: Settings, capfdbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        weak = configured.model_copy(update={"bootstrap_admin_password": "password1", "auth_password_blocklist": True})
        capfdbinary.readouterr()
        assert await bootstrap.Bootstrap(weak).attempt()
        (line,) = events(capfdbinary.readouterr().out)
        assert (line["event"], line["reason"]) == ("auth.bootstrap_admin.refused", "password")
        assert await account("boss@example.com") is None

    async def test_a_reset_takes_over_even_with_the_same_password(
        self, api: httpx.AsyncClient, configured: Settings
    ) -> None:
        own = {"bootstrap_admin_password": PASSWORD, "bootstrap_admin_reset_password": True}
        stranger = await make_candidate(configured, email="boss@example.com")
        await bootstrap.ensure_admin(configured.model_copy(update=own))
        assert (await api.get("/auth/me", headers=stranger.headers)).status_code == 401

    async def test_a_reset_writes_the_password_once_and_ends_the_sign_ins(
        self, api: httpx.AsyncClient, configured: Settings
    ) -> None:
        first = await make_candidate(configured, email="boss@example.com")
        resetting = configured.model_copy(update={"bootstrap_admin_reset_password": True})
        await bootstrap.ensure_admin(resetting)
        assert await sign_in(api, "bootstrap pass 1") == 200
        assert (await api.get("/auth/me", headers=first.headers)).status_code == 401
        await bootstrap.ensure_admin(resetting)
        families = await db.fetch_value("SELECT count(*) FROM session_families WHERE ended_at IS NULL")
        assert families == 1, "the same password again must not end the new sign-in"

    async def test_a_role_taken_away_comes_back_at_the_next_start(self, configured: Settings) -> None:
        await bootstrap.ensure_admin(configured)
        await db.execute("DELETE FROM user_roles")
        await bootstrap.ensure_admin(configured)
        found = await account("boss@example.com")
        assert found is not None
        assert found.roles == ("sdm", "super_admin")

    async def test_twenty_starts_and_a_registration_at_once_leave_one_account(
        self, api: httpx.AsyncClient, configured: Settings
    ) -> None:
        sign_up = {"fullName": "Early Bird", "email": "boss@example.com", "password": "my own pass"}
        results = await asyncio.gather(
            *(bootstrap.ensure_admin(configured) for _ in range(10)),
            api.post("/auth/register", json=sign_up),
            *(bootstrap.ensure_admin(configured) for _ in range(10)),
            return_exceptions=True,
        )
        made = [result for result in results if isinstance(result, bootstrap.Bootstrapped) and result.created]
        registered = [result for result in results if isinstance(result, httpx.Response) and result.status_code == 201]
        assert len(made) + len(registered) == 1
        assert await db.fetch_value("SELECT count(*) FROM users") == 1
        found = await account("boss@example.com")
        assert found is not None
        assert found.roles == ("sdm", "super_admin")

    async def test_without_both_variables_it_is_skipped_once(
        self, configured: Settings, capfdbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        attempts = bootstrap.Bootstrap(configured.model_copy(update={"bootstrap_admin_password": ""}))
        assert await attempts.attempt()
        assert await attempts.attempt()
        lines = events(capfdbinary.readouterr().out)
        assert [(line["event"], line.get("reason")) for line in lines] == [
            ("auth.bootstrap_admin.skipped", "missing_credentials_env")
        ]
        assert await account("boss@example.com") is None

    async def test_the_log_says_what_happened_without_the_address(
        self, configured: Settings, capfdbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        attempts = bootstrap.Bootstrap(configured)
        assert await attempts.attempt()
        assert await attempts.attempt()
        output = capfdbinary.readouterr().out
        (line,) = events(output)
        assert line["event"] == "auth.bootstrap_admin.ready"
        assert (line["created"], line["roles"]) == (True, ["sdm", "super_admin"])
        assert b"boss" not in output.lower()

    async def test_a_failure_is_logged_once_and_tried_again(
        self, configured: Settings, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def fail(*_: Any) -> None:
            raise db.DatabaseUnavailable("away")

        attempts = bootstrap.Bootstrap(configured)
        with monkeypatch.context() as patch:
            patch.setattr(db, "fetch_value", fail)
            assert not await attempts.attempt()
            assert not await attempts.attempt()
        assert await attempts.attempt()
        names = [line["event"] for line in events(capfdbinary.readouterr().out)]
        assert names == ["auth.bootstrap_admin.delayed", "auth.bootstrap_admin.ready"]


def events(output: bytes) -> list[dict[str, Any]]:
    return [line for line in map(json.loads, output.splitlines()) if line["event"].startswith("auth.bootstrap_admin")]


class TestProcesses:
    async def test_a_server_that_starts_without_a_database_makes_the_account_when_it_comes(
        self, app: Sanic[Any, Any], database_url: str, object_storage_env: dict[str, str]
    ) -> None:
        detour = Detour(database_url)
        environment = {
            **TEST_ENVIRONMENT,
            **object_storage_env,
            "DATABASE_URL": detour.url,
            "BOOTSTRAP_ADMIN_EMAIL": "boss@example.com",
            "BOOTSTRAP_ADMIN_PASSWORD": "bootstrap pass 1",
        }
        try:
            async with running_server(environment) as server:
                assert await account("boss@example.com") is None
                await detour.open()
                await until_answering(server.url, "/health/ready")
                found = await account("boss@example.com")
                assert found is not None
                assert "super_admin" in found.roles
        finally:
            await detour.close()

    async def test_migrate_and_admin_create_make_accounts(
        self, app: Sanic[Any, Any], database_url: str, object_storage_env: dict[str, str]
    ) -> None:
        environment = {
            **TEST_ENVIRONMENT,
            **object_storage_env,
            "DATABASE_URL": database_url,
            "BOOTSTRAP_ADMIN_EMAIL": "boss@example.com",
            "BOOTSTRAP_ADMIN_PASSWORD": "bootstrap pass 1",
            "ADMIN_PASSWORD": "typed by nobody",
        }

        async def run(*arguments: str, **changes: str) -> tuple[int, str]:
            done = await asyncio.to_thread(
                subprocess.run,
                [sys.executable, "-m", "service", *arguments],
                env={**environment, **changes},
                capture_output=True,
                text=True,
                stdin=subprocess.DEVNULL,
                timeout=120,
            )
            return done.returncode, done.stdout + done.stderr

        code, output = await run("migrate")
        assert code == 0, output
        assert await account("boss@example.com") is not None
        assert "boss" not in output
        create = ("admin", "create", "--email", " Second@Example.com", "--name", "Second Admin")
        code, output = await run(*create)
        assert code == 0, output
        found = await account("second@example.com")
        assert found is not None
        assert found.roles == ("super_admin",)
        (row,) = [row for row in await audit_rows("user.created") if row["subject_id"] == found.id]
        assert (row["actor_type"], row["actor_id"]) == ("SYSTEM", "admin_create")
        code, output = await run(*create)
        assert (code, "already an account" in output) == (1, True), output
        code, output = await run(*create[:3], "third@example.com", *create[4:], ADMIN_PASSWORD="")
        assert (code, "set ADMIN_PASSWORD" in output) == (1, True), output

    @pytest.mark.parametrize(
        ("changed", "sentence"),
        [
            ({"roles": ["nonsense"]}, "roles is not valid"),
            ({"password": "short"}, "8 characters"),
            ({"email": "nobody"}, "valid e-mail"),
        ],
    )
    async def test_admin_create_says_what_it_refuses(
        self, app: Sanic[Any, Any], settings: Settings, changed: dict[str, Any], sentence: str
    ) -> None:
        wanted: dict[str, Any] = {"email": "third@example.com", "name": "Third", "roles": [], "password": "good enough"}
        with pytest.raises(command.Refused, match=sentence):
            await command.create(settings, **wanted | changed)
        assert await account("third@example.com") is None
