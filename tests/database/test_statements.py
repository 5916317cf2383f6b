"""How many statements does a hot read cost? Counted by Postgres itself."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest

from service.database import db
from tests.factories import Candidate, make_application, make_job, make_kyc_session, make_post

REPEATS = 10
JOB = "job_counted"
# Statements of one request. One of a signed-in caller's is the check of the session.
ANONYMOUS = {
    "/jobs": 1,
    "/jobs?limit=2&cursor=1": 1,
    "/jobs?employmentType=FULL_TIME&visaSponsored=true": 1,
    "/jobs?q=weld&location=osaka": 1,
    f"/jobs/{JOB}": 1,
    "/feed/posts": 1,
    "/feed/posts?category=CAREER&q=st": 1,
}
SIGNED_IN = {path: count + 1 for path, count in ANONYMOUS.items()} | {
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
    value = await connection.fetchval(
        "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid"
        " WHERE d.datname = $1",
        database,
    )
    return int(value)


async def cost(api: httpx.AsyncClient, connection: asyncpg.Connection, path: str, headers: dict[str, str]) -> float:
    database = await db.fetch_value("SELECT current_database()")
    for _ in range(2):  # a connection asks for types it does not know, once
        assert (await api.get(path, headers=headers)).status_code == 200
    before = await count(connection, database)
    for _ in range(REPEATS):
        await api.get(path, headers=headers)
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
    @pytest.mark.parametrize("path", ANONYMOUS)
    async def test_anonymous_reads(self, api: httpx.AsyncClient, statements: asyncpg.Connection, path: str) -> None:
        assert await cost(api, statements, path, {}) == ANONYMOUS[path]

    @pytest.mark.parametrize("path", SIGNED_IN)
    async def test_reads_of_a_signed_in_caller(
        self, api: httpx.AsyncClient, statements: asyncpg.Connection, candidate: Candidate, path: str
    ) -> None:
        assert await cost(api, statements, path, candidate.headers) == SIGNED_IN[path]
