"""Does only what nobody ever used go, at its time, and nothing that somebody uses at that moment?"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sanic import Sanic

from service.audit.proof import verify
from service.auth import cleaning
from service.base.settings import Settings
from service.database import db
from tests.factories import PASSWORD, make_application, make_candidate, make_job, make_kyc_session, make_post


async def old(settings: Settings, **more: Any) -> str:
    """An account that nobody has used for 31 days; returns its id."""
    person = await make_candidate(settings, **more)
    for table in ("sessions", "session_families"):
        await db.execute(f"UPDATE {table} SET created_at = now() - interval '31 days'")
    await db.execute(
        "UPDATE users SET created_at = now() - interval '31 days', unverified_since = now() - interval '31 days'"
    )
    return person.id


_HOLD = (
    "INSERT INTO account_holds (id, user_id, reason, held_until, actor_id, created_at)"
    " SELECT gen_random_uuid(), id, 'x', now() + interval '{}', 'x', now() FROM users"
)


async def is_left(settings: Settings) -> bool:
    await cleaning.clean(settings)
    return bool(await db.fetch_value("SELECT count(*) FROM users"))


class TestUnusedAccounts:
    async def test_one_that_nobody_used_goes_with_its_sign_ins_and_leaves_its_id(
        self, app: Sanic[Any, Any], settings: Settings
    ) -> None:
        user_id = await old(settings)
        assert not await is_left(settings)
        assert await db.fetch_value("SELECT count(*) FROM sessions") == 0
        row = await db.fetch_row("SELECT * FROM audit_events WHERE action = 'auth.unverified_removed'")
        assert row is not None
        assert (row["subject_id"], row["actor_type"]) == (user_id, "SYSTEM")

    async def test_no_audit_row_knows_name_or_address_any_more(
        self, api: httpx.AsyncClient, app: Sanic[Any, Any], settings: Settings
    ) -> None:
        staff = await make_candidate(settings, roles=("super_admin",), verified=True)
        body = {"fullName": "Budi Contoh", "email": "budi@mailbox.test", "password": PASSWORD, "roles": ["sdm"]}
        assert (await api.post("/admin/users", json=body, headers=staff.headers)).status_code == 201
        said = "SELECT count(*) FROM audit_events WHERE detail_json::text ILIKE '%budi%'"
        assert await db.fetch_value(said) == 1
        await db.execute(
            "UPDATE users SET created_at = now() - interval '31 days', unverified_since = now() - interval '31 days'"
        )
        await cleaning.clean(settings)
        assert await db.fetch_value("SELECT count(*) FROM users WHERE email = 'budi@mailbox.test'") == 0
        assert await db.fetch_value(said) == 0
        assert (await verify(settings.audit_key_ring)).broken_at is None

    async def test_zero_days_mean_never(self, app: Sanic[Any, Any], settings: Settings) -> None:
        await old(settings)
        assert await is_left(settings.model_copy(update={"auth_unverified_days": 0}))

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE users SET created_at = now() - interval '29 days'",
            "UPDATE users SET unverified_since = now() - interval '29 days'",
            "UPDATE users SET email_verified_at = now()",
            "UPDATE users SET bootstrapped_at = now()",
            "UPDATE users SET suspended_at = now()",
            "UPDATE sessions SET created_at = now() - interval '29 days'",
            "UPDATE session_families SET created_at = now() - interval '29 days'",
            "INSERT INTO hidden_accounts (id, user_id, reason) SELECT gen_random_uuid(), id, 'set_apart' FROM users",
            _HOLD.format("1 day"),
            "INSERT INTO organizations (id, owner_user_id, name, org_type, country_code)"
            " SELECT gen_random_uuid(), id, 'x', 'LPK', 'ID' FROM users",
        ],
    )
    async def test_each_condition_keeps_it(self, app: Sanic[Any, Any], settings: Settings, statement: str) -> None:
        await old(settings)
        await db.execute(statement)
        assert await is_left(settings)

    @pytest.mark.parametrize("role", ["super_admin", "lpk", "tsk", "kaisha", "auditor"])
    async def test_whom_staff_appointed_stays(self, app: Sanic[Any, Any], settings: Settings, role: str) -> None:
        await old(settings, roles=("sdm", role))
        assert await is_left(settings)

    @pytest.mark.parametrize("thing", ["application", "verification", "saved job", "saved post"])
    async def test_who_has_something_stays(self, app: Sanic[Any, Any], settings: Settings, thing: str) -> None:
        user_id = await old(settings)
        if thing == "application":
            await make_application(user_id)
        elif thing == "verification":
            await make_kyc_session(user_id)
        else:
            what, made = ("job", make_job) if thing == "saved job" else ("post", make_post)
            await db.execute(
                f"INSERT INTO user_saved_{what}s (id, user_id, {what}_id) VALUES (gen_random_uuid(), $1, $2)",
                user_id,
                await made(),
            )
        assert await is_left(settings)

    async def test_who_signs_in_at_the_same_moment_keeps_the_account_or_was_too_late(
        self, api: httpx.AsyncClient, settings: Settings
    ) -> None:
        emails = [f"old{number}@example.com" for number in range(10)]
        for email in emails:
            await old(settings, email=email)
        bodies = [{"email": email, "password": PASSWORD} for email in emails]
        answers, *_ = await asyncio.gather(
            asyncio.gather(*(api.post("/auth/login", json=body) for body in bodies)),
            *(cleaning.clean(settings) for _ in range(5)),
        )
        left = {row["email"] for row in await db.fetch_all("SELECT email FROM users")}
        for email, answer in zip(emails, answers, strict=True):
            assert (email in left) == (answer.status_code == 200), answer.text

    async def test_a_hold_that_has_ended_keeps_nobody(self, app: Sanic[Any, Any], settings: Settings) -> None:
        await old(settings)
        await db.execute(_HOLD.format("-1 second"))
        assert not await is_left(settings)

    async def test_whom_staff_hold_at_the_same_moment_stays_or_was_gone(
        self, api: httpx.AsyncClient, settings: Settings
    ) -> None:
        people = [await old(settings) for _ in range(10)]
        admin = await make_candidate(settings, roles=("super_admin",))
        until = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        body = {"reason": "An investigation", "until": until}
        answers, *_ = await asyncio.gather(
            asyncio.gather(*(api.post(f"/admin/users/{one}/hold", json=body, headers=admin.headers) for one in people)),
            *(cleaning.clean(settings) for _ in range(5)),
        )
        left = {str(row["id"]) for row in await db.fetch_all("SELECT id FROM users")}
        for one, answer in zip(people, answers, strict=True):
            assert (one in left) == (answer.status_code == 200), answer.text

    async def test_it_goes_in_small_batches(
        self, app: Sanic[Any, Any], settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for _ in range(5):
            await old(settings)
        assert await cleaning.remove_unused_accounts(settings, at_most=2) == 2
        assert await db.fetch_value("SELECT count(*) FROM users") == 3
