"""How many statements does a hot request cost? Counted by Postgres itself, BEGIN and COMMIT too."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import asyncpg
import httpx
import pytest
from sanic import Sanic

from service.base.settings import Settings
from service.database import db
from tests.factories import (
    PASSWORD,
    Candidate,
    make_application,
    make_candidate,
    make_job,
    make_kyc_session,
    make_post,
)

REPEATS = 10
JOB = "job_counted"
MAKING_A_JOB = 1
# Statements of one request whose answer is not in memory. One is the check of the session or, of a stranger, the reading
# of the marks.
ANONYMOUS = {
    "/jobs": 2,
    "/jobs?limit=2&cursor=1": 2,
    "/jobs?employmentType=FULL_TIME&visaSponsored=true": 2,
    "/jobs?q=weld&location=osaka": 2,
    f"/jobs/{JOB}": 2,
    "/feed/posts": 2,
    "/feed/posts?category=CAREER&q=st": 2,
}
SIGNED_IN = ANONYMOUS | {
    "/auth/me": 1,
    "/users/me/saved-jobs": 2,
    "/users/me/saved-posts": 2,
    "/users/me/profile": 2,
    "/users/me/applications": 2,
}


@pytest.fixture
async def statements(postgres_url: str, app: object) -> AsyncIterator[asyncpg.Connection]:
    """A connection that sees pg_stat_statements; the tests' own database stays without extension."""
    connection = await asyncpg.connect(postgres_url)
    await connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    yield connection
    await connection.close()


async def count(connection: asyncpg.Connection, database: str) -> int:
    """Statements that were sent; those of the marks' functions (docs/rules/caching.md) run within a COMMIT."""
    value = await connection.fetchval(
        "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid"
        r" WHERE d.datname = $1 AND query !~ 'version_renewals|renew_mark_of'",
        database,
    )
    return int(value)


async def cost(api: httpx.AsyncClient, connection: asyncpg.Connection, path: str, headers: dict[str, str]) -> float:
    async def read() -> None:
        assert (await api.get(path, headers=headers)).status_code == 200

    return await cost_of(read, connection)


async def cost_of(request: Callable[[], Awaitable[None]], connection: asyncpg.Connection) -> float:
    database = await db.fetch_value("SELECT current_database()")
    for _ in range(2):  # a connection asks for types it does not know, once
        await request()
    before = await count(connection, database)
    for _ in range(REPEATS):
        await request()
    return (await count(connection, database) - before) / REPEATS


@pytest.fixture
async def rows(candidate: Candidate) -> None:
    """A few rows of everything."""
    for job_id in (JOB, "job_counted_2", "job_counted_3"):
        await make_job(id=job_id)
        await make_application(candidate.id, job_id=job_id)
        await db.execute(
            "INSERT INTO user_saved_jobs (id, user_id, job_id) VALUES (gen_random_uuid(), $1, $2)", candidate.id, job_id
        )
    post_id = await make_post()
    await db.execute(
        "INSERT INTO user_saved_posts (id, user_id, post_id) VALUES (gen_random_uuid(), $1, $2)", candidate.id, post_id
    )
    await make_kyc_session(candidate.id, documents=("PASSPORT",))


@pytest.mark.usefixtures("rows")
class TestHotReads:
    @pytest.fixture
    def no_memory(self, app: Sanic[Any, Any], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(app.ctx.memory, "most_bytes", 0)

    @pytest.mark.usefixtures("no_memory")
    @pytest.mark.parametrize("path", ANONYMOUS)
    async def test_anonymous_reads(self, api: httpx.AsyncClient, statements: asyncpg.Connection, path: str) -> None:
        assert await cost(api, statements, path, {}) == ANONYMOUS[path]

    @pytest.mark.parametrize("path", SIGNED_IN)
    async def test_an_answer_in_memory_costs_the_marks_alone(
        self, api: httpx.AsyncClient, statements: asyncpg.Connection, candidate: Candidate, path: str
    ) -> None:
        assert await cost(api, statements, path, candidate.headers) == 1
        if path in ANONYMOUS:
            assert await cost(api, statements, path, {}) == 1

    @pytest.mark.usefixtures("no_memory")
    @pytest.mark.parametrize("path", SIGNED_IN)
    async def test_reads_of_a_signed_in_caller(
        self, api: httpx.AsyncClient, statements: asyncpg.Connection, candidate: Candidate, path: str
    ) -> None:
        assert await cost(api, statements, path, candidate.headers) == SIGNED_IN[path]


class TestSigningIn:
    async def test_a_sign_in_is_a_look_and_a_transaction(
        self, api: httpx.AsyncClient, statements: asyncpg.Connection, candidate: Candidate
    ) -> None:
        async def sign_in() -> None:
            body = {"email": candidate.email, "password": PASSWORD}
            assert (await api.post("/auth/login", json=body)).status_code == 200

        assert await cost_of(sign_in, statements) == 5

    async def test_a_refused_sign_in_is_a_look_and_a_count(
        self, api: httpx.AsyncClient, statements: asyncpg.Connection
    ) -> None:
        async def guess() -> None:
            body = {"email": "nobody@example.com", "password": PASSWORD}
            assert (await api.post("/auth/login", json=body)).status_code == 401

        assert await cost_of(guess, statements) == 2

    async def test_a_refresh_is_one_statement(
        self, api: httpx.AsyncClient, statements: asyncpg.Connection, candidate: Candidate
    ) -> None:
        newest = candidate.refresh_token

        async def refresh() -> None:
            nonlocal newest
            answer = await api.post("/auth/refresh", json={"refreshToken": newest})
            assert answer.status_code == 200
            newest = answer.json()["refreshToken"]

        assert await cost_of(refresh, statements) == 1


class TestWrites:
    async def test_saving_is_the_check_of_the_session_and_one_statement(
        self, api: httpx.AsyncClient, statements: asyncpg.Connection, candidate: Candidate
    ) -> None:
        async def save() -> None:
            job_id = await make_job()
            answer = await api.post("/users/me/saved-jobs", json={"jobId": job_id}, headers=candidate.headers)
            assert answer.status_code == 200

        assert await cost_of(save, statements) == 2 + MAKING_A_JOB

    async def test_so_is_applying(
        self, api: httpx.AsyncClient, statements: asyncpg.Connection, candidate: Candidate
    ) -> None:
        async def apply() -> None:
            job_id = await make_job()
            answer = await api.post(f"/jobs/{job_id}/applications", json={}, headers=candidate.headers)
            assert answer.status_code == 201

        assert await cost_of(apply, statements) == 2 + MAKING_A_JOB


class TestStaff:
    async def test_a_read_by_key_costs_no_more_than_one_by_token(
        self, api: httpx.AsyncClient, statements: asyncpg.Connection, settings: Settings
    ) -> None:
        admin = await make_candidate(settings, roles=("super_admin",))
        by_token = await cost(api, statements, "/admin/jobs", admin.headers)
        by_key = await cost(api, statements, "/admin/jobs", {"x-admin-api-key": settings.admin_api_key})
        assert (by_key, by_token) == (1, 2)
