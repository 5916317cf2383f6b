"""Do migrations leave those alone who write to big tables, and does a run that was cut off leave no trace?"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from types import ModuleType
from typing import Any, cast
from uuid import uuid4

import asyncpg
import pytest

from service.database import migrate, steps
from service.database.migrate import MigrationError
from service.database.steps import Backfill, Index, Required, Statement

ROWS = 100_000
# What somebody who writes may have to wait.
WAIT_SECONDS = 2.0
# The rows that stand in the tables of a file once it is applied: `n` counts them. Columns are those that each later
# schema lets writers fill in, so the same statements go on adding rows.
USER, SESSION, APPLICATION, ORGANIZATION = (f"md5('{letter}' || n)::uuid" for letter in "usao")
ROWS_OF = {
    1: {
        "users (id, full_name, email, password_hash)": f"{USER}, 'Candidate', n || '@example.com', 'x'",
        "sessions (id, user_id, token_hash, expires_at)": f"gen_random_uuid(), {USER}, 't' || n, now()",
    },
    2: {
        "kyc_sessions (id, user_id, status)": f"{SESSION}, {USER}, 'SUBMITTED'",
        "identity_documents (id, kyc_session_id, document_type, file_url, checksum_sha256)":
            f"gen_random_uuid(), {SESSION}, 'PASSPORT', 'x', 'c' || n",
    },
    3: {
        "kyc_status_events (id, kyc_session_id, to_status, actor_type)":
            f"gen_random_uuid(), {SESSION}, 'SUBMITTED', 'USER'",
    },
    7: {
        "organizations (id, owner_user_id, name, org_type, country_code)":
            f"{ORGANIZATION}, {USER}, 'Works', 'LPK', 'ID'",
        "organization_verifications (id, org_id, status, registration_number, legal_name)":
            f"gen_random_uuid(), {ORGANIZATION}, 'PENDING', n, 'Works'",
    },
    8: {
        "jobs (id, title, employment_type, description, location_json, employer_json)":
            "'job_' || n, 'Welder', 'FULL_TIME', n, '{}', '{}'",
        "feed_posts (id, title, excerpt, category, author, published_at)":
            "'post_' || n, 'Story', n, 'C', 'R', now()",
    },
    9: {
        "user_saved_jobs (id, user_id, job_id)": f"gen_random_uuid(), {USER}, 'job_' || n",
        "user_saved_posts (id, user_id, post_id)": f"gen_random_uuid(), {USER}, 'post_' || n",
        "job_applications (id, user_id, job_id, status)": f"{APPLICATION}, {USER}, 'job_' || n, 'SUBMITTED'",
        "job_application_journey_events (id, application_id, status, title, description)":
            f"gen_random_uuid(), {APPLICATION}, 'SUBMITTED', 'x', 'x'",
    },
    11: {
        "job_application_documents (id, application_id, user_id, document_type, file_name, content_type,"
        " content_length, object_key, checksum_sha256, file_url)":
            f"gen_random_uuid(), {APPLICATION}, {USER}, 'CV', 'cv.pdf', 'application/pdf', 1, 'k' || n, 'c', 'x'",
    },
    13: {
        "session_families (id, user_id)": f"gen_random_uuid(), {USER}",
        "audit_events (id, actor_type, action, subject_type, subject_id)":
            "gen_random_uuid(), 'ADMIN', 'x', 'job', 'job_' || n",
    },
    16: {
        "webhook_deliveries (id, idempotency_key, body, body_sha256, event_at, kyc_session_id, state)":
            f"gen_random_uuid(), 'd' || n, 'x', 'x', now(), {SESSION}, 'applied'",
    },
    30: {
        "notices (id, kind, user_id, cause, address)":
            f"gen_random_uuid(), 'password_changed', {USER}, 'c' || n, n || '@example.com'",
    },
}  # fmt: skip
# A column of each table that an update may write again; rows of `audit_events` are only added.
TOUCHED = {
    "users": "full_name",
    "sessions": "revoked_at",
    "session_families": "end_reason",
    "kyc_sessions": "reviewed_by",
    "identity_documents": "file_url",
    "kyc_status_events": "reason",
    "organizations": "name",
    "organization_verifications": "legal_name",
    "jobs": "title",
    "feed_posts": "title",
    "user_saved_jobs": "created_at",
    "user_saved_posts": "created_at",
    "job_applications": "note",
    "job_application_journey_events": "description",
    "job_application_documents": "review_reason",
    "webhook_deliveries": "last_error",
    "notices": "outcome",
}


@asynccontextmanager
async def database(admin_url: str) -> AsyncIterator[str]:
    name = f"steps_{uuid4().hex[:12]}"
    yield await migrate.create_database(admin_url, name)
    await migrate.drop_database(admin_url, name)


@pytest.fixture
async def empty_url(postgres_url: str) -> AsyncIterator[str]:
    async with database(postgres_url) as url:
        yield url


@pytest.fixture
async def connection(empty_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(empty_url)
    yield connection
    await connection.close()


async def test_a_held_row_keeps_nobody_waiting_for_its_batch(connection: asyncpg.Connection, empty_url: str) -> None:
    """The step gives up, and is repeated; whoever writes another row of the batch waits 2 s at most."""
    await connection.execute("CREATE TABLE things (id TEXT PRIMARY KEY, a TEXT)")
    await connection.execute("INSERT INTO things SELECT lpad(n::text, 3, '0') FROM generate_series(1, 100) n")
    holder, writer = await asyncpg.connect(empty_url), await asyncpg.connect(empty_url)
    try:
        async with holder.transaction():
            await holder.execute("UPDATE things SET a = 'held' WHERE id = '100'")
            filling = asyncio.create_task(Backfill("things", "a = 'x'", "a IS NULL").run(connection))
            await asyncio.sleep(0.2)
            await writer.execute("UPDATE things SET a = 'mine' WHERE id = '001'", timeout=2)
            with pytest.raises(asyncpg.LockNotAvailableError):
                await filling
        await Backfill("things", "a = 'x'", "a IS NULL").run(connection)
        assert await connection.fetchval("SELECT count(*) FROM things WHERE a = 'x'") == 98
    finally:
        await holder.close()
        await writer.close()


class Writer:
    """Adds a row to each table that has rows and changes one, again and again; keeps the longest wait and its cause."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.tables: dict[str, str] = {}
        self.doing = ""
        self.longest = (0.0, "", "")
        self.written = 0
        self._number = itertools.count(ROWS + 1)

    async def write(self) -> None:
        """Until it is cancelled."""
        connection = await asyncpg.connect(self._url)
        try:
            while True:
                number = next(self._number)
                for sql in self._statements(number):
                    began, doing = time.monotonic(), self.doing
                    await connection.execute(sql)
                    self.longest = max(self.longest, (time.monotonic() - began, doing, sql))
                    self.written += 1
                await asyncio.sleep(0.03)
        finally:
            await connection.close()

    def _statements(self, number: int) -> Iterator[str]:
        for target, values in list(self.tables.items()):
            table = target.split()[0]
            yield f"INSERT INTO {target} SELECT {values} FROM generate_series({number}, {number}) n"
            if column := TOUCHED.get(table):
                yield (
                    f"UPDATE {table} SET {column} = {column} WHERE id ="
                    f" (SELECT id FROM {table} OFFSET {number % 1000} LIMIT 1)"
                )


class TestBigTables:
    async def test_nobody_who_writes_waits_long_for_any_file(self, empty_url: str) -> None:
        """Every file runs on 100 000 rows in each table that a later file changes."""
        writer = Writer(empty_url)
        writing = asyncio.create_task(writer.write())
        state = migrate.models_state(migrate.head())
        async with migrate.direct_connection(empty_url) as migrating, migrate.direct_connection(empty_url) as filling:
            await filling.execute("SET session_replication_role = replica; SET synchronous_commit = off")
            for one in migrate.migrations():
                writer.doing, before = one.name, writer.written
                await migrate._apply(migrating, one, state)
                writer.doing = "filling"
                for target, values in ROWS_OF.get(one.number, {}).items():
                    await filling.execute(f"INSERT INTO {target} SELECT {values} FROM generate_series(1, {ROWS}) n")
                    await filling.execute(f"ANALYZE {target.split()[0]}")
                writer.tables |= ROWS_OF.get(one.number, {})
                assert not writing.done(), writing
            assert await filling.fetchval("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == 0
            # What was there before; the writer knows nothing of the column.
            unfilled = "SELECT count(*) FROM jobs WHERE published_at IS NULL AND substr(id, 5)::int <= $1"
            assert await filling.fetchval(unfilled, ROWS) == 0
            assert await filling.fetchval("SELECT count(*) FROM jobs WHERE search_text NOT LIKE 'welder %'") == 0
        assert writer.written > before > 100
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        assert writer.longest[0] < WAIT_SECONDS, writer.longest


def module_with(*listed: Any, upgrade: str = "") -> Any:
    """A file of migrations as `_apply` loads it."""
    module = ModuleType("steps")

    async def run(_: object) -> str:
        return upgrade

    vars(module).update(upgrade=run, STEPS=listed)
    return type("File", (), {"name": "998_steps.py", "load": staticmethod(lambda: module)})()


class TestInterruptions:
    async def test_an_index_that_was_cut_off_is_made_again(
        self, empty_url: str, connection: asyncpg.Connection
    ) -> None:
        await migrate.migrate(empty_url)
        file = module_with(Index("some_index", "users (full_name)"))

        async def run() -> None:
            async with migrate.direct_connection(empty_url) as migrating:
                await migrate._apply(migrating, file, "{}")

        valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('some_index')"
        neighbour = await asyncpg.connect(empty_url)
        async with neighbour.transaction():
            # It waits for whoever began before it, and its index is there meanwhile.
            await neighbour.execute("INSERT INTO users (id, full_name, email, password_hash) "
                                    f"VALUES ('{uuid4()}', 'A', 'a@example.com', 'x')")  # fmt: skip
            running = asyncio.create_task(run())
            while await connection.fetchval(valid) is None:
                assert not running.done(), running
                await asyncio.sleep(0.01)
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND query LIKE 'CREATE INDEX CONCURRENTLY%'"
            )
            with pytest.raises(MigrationError, match=r"^998_steps\.py failed"):
                await running
        assert await connection.fetchval(valid) is False
        recorded = "SELECT count(*) FROM aerich WHERE version = '998_steps.py'"
        assert await connection.fetchval(recorded) == 0
        await run()
        assert await connection.fetchval(valid) is True
        assert await connection.fetchval(recorded) == 1
        await neighbour.close()

    async def test_rows_that_are_filled_are_passed_over(
        self, connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(steps, "BATCH_ROWS", 7)
        await connection.execute(
            "CREATE TABLE t (id TEXT PRIMARY KEY, word TEXT);"
            "INSERT INTO t SELECT n, CASE WHEN n < 40 THEN 'old' END FROM generate_series(1, 100) n"
        )
        backfill = Backfill("t", "word = 'new'", "word IS NULL")
        for _ in range(2):
            await backfill.run(connection)
            rows = await connection.fetch("SELECT word, count(*) AS count FROM t GROUP BY 1 ORDER BY 1")
            assert [tuple(row) for row in rows] == [("new", 61), ("old", 39)]

    async def test_a_required_column_is_taken_up_where_it_was_left(self, connection: asyncpg.Connection) -> None:
        await connection.execute(
            "CREATE TABLE t (id TEXT, word TEXT, CONSTRAINT t_word_required CHECK (word IS NOT NULL) NOT VALID)"
        )
        for _ in range(2):
            await Required("t", "word").run(connection)
            assert await connection.fetchval("SELECT attnotnull FROM pg_attribute WHERE attname = 'word'") is True
            assert await connection.fetchval("SELECT count(*) FROM pg_constraint WHERE conname LIKE '%required'") == 0

    async def test_a_busy_table_is_tried_again_from_the_step_on(
        self, empty_url: str, connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(migrate, "BUSY_TABLE_PAUSE_SECONDS", 0.01)
        monkeypatch.setattr(migrate, "BUSY_TABLE_TRIES", 1000)
        monkeypatch.setattr(steps, "_PATIENCE", "SET LOCAL lock_timeout = '20ms';")
        await migrate.migrate(empty_url)
        file = module_with(Statement("ALTER TABLE users ADD COLUMN extra TEXT"), upgrade="CREATE TABLE once (id INT)")
        async with migrate.direct_connection(empty_url) as migrating:
            async with connection.transaction():
                await connection.execute("SELECT FROM users")
                running = asyncio.create_task(migrate._apply(migrating, cast("migrate.Migration", file), "{}"))
                await asyncio.sleep(0.3)
                assert not running.done()
            await running
        assert await connection.fetchval("SELECT count(*) FROM aerich WHERE version = '998_steps.py'") == 1
