"""Do the reads of identity verification stay cheap when there are many rows?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from service.base.settings import Settings
from service.database import db
from tests.factories import make_candidate

BIG = {"kyc_sessions", "identity_documents", "kyc_status_events", "users"}


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child)


async def fill() -> None:
    """Twenty thousand people with a decided session each, two hundred of whom wait.

    ANALYZE after each table that others refer to: a connection keeps the plan of its foreign key checks from when the
    table was empty, and would read the whole table for each new row.
    """
    await db.execute(
        "INSERT INTO users (id, full_name, email, password_hash)"
        " SELECT gen_random_uuid(), 'Person ' || n, 'plan' || n || '@example.com', 'x' FROM generate_series(1, 20000) n"
    )
    await db.execute("ANALYZE users")
    await db.execute(
        "INSERT INTO kyc_sessions (id, user_id, status, submitted_at, created_at)"
        " SELECT gen_random_uuid(), id, CASE WHEN n % 100 = 0 THEN 'SUBMITTED' ELSE 'VERIFIED' END,"
        " now() - n * interval '1 minute', now() - n * interval '1 minute'"
        " FROM (SELECT id, row_number() OVER () AS n FROM users WHERE email LIKE 'plan%') people"
    )
    await db.execute("ANALYZE kyc_sessions")
    await db.execute(
        "INSERT INTO identity_documents (id, kyc_session_id, document_type, file_url, checksum_sha256)"
        " SELECT gen_random_uuid(), id, 'PASSPORT', 'x', 'x' FROM kyc_sessions"
    )
    await db.execute(
        "INSERT INTO kyc_status_events (id, kyc_session_id, to_status, actor_type)"
        " SELECT gen_random_uuid(), id, 'CREATED', 'USER' FROM kyc_sessions"
    )
    await db.execute(
        "INSERT INTO kyc_claims (id, kyc_session_id, actor_id, reviewer, expires_at)"
        " SELECT gen_random_uuid(), id, 'x', 'x', now() + interval '1 hour' FROM kyc_sessions WHERE status = 'SUBMITTED'"
        " ORDER BY submitted_at LIMIT 150"
    )
    await db.execute("ANALYZE")


async def test_no_read_walks_through_a_whole_table(
    api: httpx.AsyncClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill()
    reviewer = await make_candidate(settings, roles=("super_admin",))
    user_id = await db.fetch_value("SELECT user_id FROM kyc_sessions ORDER BY id LIMIT 1")
    await db.execute("UPDATE kyc_sessions SET user_id = $1 WHERE user_id = $2", reviewer.id, user_id)
    statements: list[tuple[str, tuple[Any, ...]]] = []
    run = db._run

    async def remembered(method: str, sql: str, *args: Any, **options: Any) -> Any:
        if sql.startswith(("SELECT", "UPDATE")):
            statements.append((sql, args))
        return await run(method, sql, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(db, "_run", remembered)
        for path in (
            "/admin/kyc/review-queue",
            "/admin/kyc/review-queue?status=VERIFIED&cursor=40",
            "/admin/cases?status=ALL&limit=100",
            "/users/me/profile",
            "/users/me/verification-documents",
            "/identity/kyc/status",
            "/identity/kyc/history",
        ):
            assert (await api.get(path, headers=reviewer.headers)).status_code == 200
        assert (await api.post("/admin/kyc/claims", headers=reviewer.headers)).status_code == 201
    assert len(statements) > 15
    for sql, args in statements:
        plan = (await db.fetch_value(f"EXPLAIN (FORMAT JSON) {sql}", *args))[0]["Plan"]
        scanned = [node.get("Relation Name") for node in nodes(plan) if node["Node Type"] == "Seq Scan"]
        # Whoever counts nearly all rows has to read them; what waits is few.
        counts_most = sql.startswith("SELECT count(*)") and args in ((), (["VERIFIED"],))
        if not counts_most:
            assert BIG.isdisjoint(scanned), sql
        sorts = [node for node in nodes(plan) if node["Node Type"] == "Sort" and node["Plan Rows"] > 5000]
        assert not sorts, sql
