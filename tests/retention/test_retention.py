"""Does every table say how long it keeps what, and does the worker keep to it?"""

from __future__ import annotations

import asyncio
import importlib.util
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sanic import Sanic

from service.base.settings import Settings
from service.database import db
from service.retention import cleaning
from service.retention.table import TABLES, as_markdown
from service.takeout.areas import AREAS
from tests.factories import Candidate, make_kyc_session

ROOT = Path(__file__).parents[2]


class TestTable:
    async def test_every_table_of_the_database_has_a_row(self, app: Sanic[Any, Any]) -> None:
        rows = await db.fetch_all(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'aerich'"
        )
        assert sorted(row.table for row in TABLES) == sorted(row["tablename"] for row in rows)

    def test_the_page_shows_it(self) -> None:
        spec = importlib.util.spec_from_file_location("privacy", ROOT / "docs/privacy.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        page = (ROOT / "docs/privacy.md").read_text()
        assert module.with_table(page) == page, "run: python docs/privacy.py"
        assert as_markdown() in page

    def test_every_area_of_the_export_is_named_and_exists(self) -> None:
        named = {name for row in TABLES for name in row.area.split(", ") if row.area != "–"}
        assert named == {area.name for area in AREAS}

    async def test_every_table_with_a_person_goes_with_them_or_says_why_not(self, app: Sanic[Any, Any]) -> None:
        """A key to accounts that cascades takes the rows along; every other table has words of its own."""
        rows = await db.fetch_all(
            "SELECT conrelid::regclass::text AS name, confdeltype::text AS rule FROM pg_constraint"
            " WHERE contype = 'f' AND confrelid = 'users'::regclass"
        )
        said = {row.table: row.erasure for row in TABLES}
        assert {row["name"]: row["rule"] for row in rows if row["rule"] != "c"} == {"organizations": "n"}
        assert {said[row["name"]] for row in rows if row["rule"] == "c"} == {"goes"}

    def test_settings_are_settings(self, settings: Settings) -> None:
        for row in TABLES:
            if row.setting:
                assert isinstance(getattr(settings, row.setting.lower()), int)


class TestClean:
    async def test_old_rows_go_and_others_stay(
        self, api: httpx.AsyncClient, settings: Settings, candidate: Candidate
    ) -> None:
        verification = await make_kyc_session(candidate.id)
        statements = {
            "background_tasks": "INSERT INTO background_tasks (id, kind, state, finished_at)"
            " VALUES ($1, 'send_notice', 'done', now() - $2 * interval '1 day')",
            "maintenance_runs": "INSERT INTO maintenance_runs (id, kind, finished_at, succeeded)"
            " VALUES ($1, 'gate', now() - $2 * interval '10 days', true)",
            "email_verification_challenges": "INSERT INTO email_verification_challenges (id, user_id, email, code_hash,"
            " expires_at, resend_available_at) SELECT $1, id, email, 'x', now() - $2 * interval '1 day', now() FROM users",
            "session_families": "INSERT INTO session_families (id, user_id, created_at)"
            " SELECT $1, id, now() - $2 * interval '3 days' FROM users",
            "seen_versions": "INSERT INTO seen_versions (id, user_id, subject_id, version, seen_at)"
            " SELECT $1, id, gen_random_uuid(), 1, now() - $2 * interval '1 day' FROM users",
            "sessions": "INSERT INTO sessions (id, user_id, token_hash, expires_at)"
            " SELECT $1, id, $1::uuid::text, now() - $2 * interval '3 days' FROM users",
        }
        kept, gone = {}, {}
        for table, sql in statements.items():
            kept[table], gone[table] = uuid4(), uuid4()
            await db.execute(sql, kept[table], 5)
            await db.execute(sql, gone[table], 50)
        await db.execute(
            "INSERT INTO kyc_claims (id, kyc_session_id, actor_id, reviewer, expires_at)"
            " VALUES ($1, $2, 'x', 'x', now() - interval '2 days')",
            uuid4(),
            verification,
        )
        await asyncio.gather(*(cleaning.clean(settings) for _ in range(3)))
        for table in statements:
            ids = {row["id"] for row in await db.fetch_all(f"SELECT id FROM {table}")}
            assert kept[table] in ids, table
            assert gone[table] not in ids, table
        assert await db.fetch_value("SELECT count(*) FROM kyc_claims") == 0
        assert (await api.get("/auth/me", headers=candidate.headers)).status_code == 200
        refreshed = await api.post("/auth/refresh", json={"refreshToken": candidate.refresh_token})
        assert refreshed.status_code == 200

    async def test_a_sign_in_that_lives_is_kept_however_old(
        self, api: httpx.AsyncClient, settings: Settings, candidate: Candidate
    ) -> None:
        await db.execute("UPDATE session_families SET created_at = now() - interval '300 days'")
        await cleaning.clean(settings)
        assert (await api.get("/auth/me", headers=candidate.headers)).status_code == 200

    @pytest.mark.parametrize("state", ["applied", "parked", "unaddressed", "waiting"])
    async def test_a_delivery_loses_its_body_and_never_its_key(
        self, app: Sanic[Any, Any], settings: Settings, state: str
    ) -> None:
        sql = (
            "INSERT INTO webhook_deliveries (id, idempotency_key, body, body_sha256, event_at, received_at, state)"
            " VALUES (gen_random_uuid(), $1, '{}', 'digest', now(), now() - $2 * interval '1 day', $3)"
        )
        await db.execute(sql, "old", 91, state)
        await db.execute(sql, "new", 89, state)
        await cleaning.clean(settings)
        rows = await db.fetch_all("SELECT * FROM webhook_deliveries ORDER BY received_at")
        left = {"waiting": b"{}"}.get(state, b"")
        assert [(row["idempotency_key"], row["body"]) for row in rows] == [("old", left), ("new", b"{}")]
        assert [row["state"] for row in rows] == ["unaddressed" if state == "parked" else state, state]
        assert {row["body_sha256"] for row in rows} == {"digest"}

    async def test_much_goes_in_batches(
        self, app: Sanic[Any, Any], settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(cleaning, "_AT_ONCE", 10)
        monkeypatch.setattr(cleaning, "_BATCHES", 3)
        await db.execute(
            "INSERT INTO background_tasks (id, kind, state, finished_at) SELECT gen_random_uuid(), 'send_notice', 'done',"
            " now() - interval '90 days' FROM generate_series(1, 45)"
        )
        await cleaning.clean(settings)
        assert await db.fetch_value("SELECT count(*) FROM background_tasks") == 15
        await cleaning.clean(settings)
        assert await db.fetch_value("SELECT count(*) FROM background_tasks") == 0

    async def test_codes_of_nobody_go_a_day_after_their_end(self, api: httpx.AsyncClient, settings: Settings) -> None:
        for email in ("old@mailbox.test", "new@mailbox.test"):
            await api.post("/auth/password-reset", json={"email": email})
        await db.execute(
            "UPDATE email_verification_challenges SET expires_at = now() - interval '25 hours' WHERE email LIKE 'old%'"
        )
        await cleaning.clean(settings)
        assert await db.fetch_value("SELECT email FROM email_verification_challenges") == "new@mailbox.test"
