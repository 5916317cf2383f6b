"""Are the gauges right, read rarely, one at a time, and gone when the database is?"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sanic import Sanic

from service.base.settings import Settings
from service.database import db, migrate
from service.health import gauges, queries
from service.health.gauges import FAMILIES, DatabaseGauges
from tests.conftest import TEST_ENVIRONMENT
from tests.factories import make_candidate
from tests.running import Detour, free_ports, running_server

Labels = frozenset[tuple[str, str]]


class Hand:
    """A clock that stands still until the test moves it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(app: Sanic[Any, Any]) -> Hand:
    return Hand()


@pytest.fixture
async def reader(clock: Hand) -> DatabaseGauges:
    made = DatabaseGauges(clock)
    made.attach()
    return made


@pytest.fixture
def counted_reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    reads: list[int] = []
    read = DatabaseGauges._read

    async def counted(self: DatabaseGauges) -> Any:
        reads.append(1)
        return await read(self)

    monkeypatch.setattr(DatabaseGauges, "_read", counted)
    return reads


def samples(reader: DatabaseGauges) -> dict[str, dict[Labels, float]]:
    found: dict[str, dict[Labels, float]] = {}
    for family in reader.collect():
        for sample in family.samples:
            found.setdefault(sample.name, {})[frozenset(sample.labels.items())] = sample.value
    return found


def of(**labels: str) -> Labels:
    return frozenset(labels.items())


async def add_session(user_id: str, status: str, age: str, *, reviewed: str | None = None) -> str:
    row = await db.fetch_value(
        "INSERT INTO kyc_sessions (id, user_id, status, created_at, submitted_at, reviewed_at) VALUES ($1, $2, $3,"
        " now() - interval '9 days', now() - $4::text::interval, now() - $5::text::interval) RETURNING id",
        uuid4(),
        user_id,
        status,
        age,
        reviewed,
    )
    return str(row)


class TestNumbers:
    async def test_everything_is_there_from_the_first_minute(self, reader: DatabaseGauges) -> None:
        await reader.refresh()
        found = samples(reader)
        later = {"gate_criterion", "certificate_expiry_timestamp_seconds"}
        assert set(FAMILIES) - set(found) == later
        assert found["database_up"][of()] == 1
        assert found["database_size_bytes"][of()] > 1_000_000
        assert found["database_connections"][of(state="active")] >= 1
        assert found["database_connections_max"][of()] >= 100
        assert found["kyc_oldest_waiting_session_age_seconds"][of()] == 0
        assert set(found["kyc_sessions"].values()) == {0.0}
        assert found["migration_head_ok"][of()] == 1

    async def test_verifications_count_from_the_last_thing_that_staff_did(
        self, reader: DatabaseGauges, settings: Settings
    ) -> None:
        person = await make_candidate(settings)
        await add_session(person.id, "VERIFIED", "8 days")
        await add_session(person.id, "MANUAL_REVIEW", "5 days", reviewed="2 hours")
        session = await add_session(person.id, "SUBMITTED", "3 hours")
        await db.execute(
            "INSERT INTO identity_documents (id, kyc_session_id, document_type, file_url, checksum_sha256, byte_state)"
            " VALUES ($1, $2, 'PASSPORT', 's3://bucket/key', 'c', 'rejected')",
            uuid4(),
            session,
        )
        await reader.refresh()
        found = samples(reader)
        assert found["kyc_sessions"][of(status="SUBMITTED")] == 1
        assert found["kyc_sessions"][of(status="MANUAL_REVIEW")] == 1
        assert found["kyc_sessions"][of(status="VERIFIED")] == 1
        assert found["kyc_documents"][of(state="rejected")] == 1
        assert 3 * 3600 <= found["kyc_oldest_waiting_session_age_seconds"][of()] < 3 * 3600 + 60

    async def test_deliveries_and_tasks(self, reader: DatabaseGauges) -> None:
        for state, age in (("applied", "9 hours"), ("waiting", "10 minutes"), ("unaddressed", "8 hours")):
            await db.execute(
                "INSERT INTO webhook_deliveries (id, idempotency_key, body, body_sha256, event_at, state, received_at)"
                " VALUES ($1, $2, '', '', now(), $3, now() - $4::text::interval)",
                uuid4(),
                state,
                state,
                age,
            )
        for kind, state, due in (
            ("webhooks.apply", "waiting", "4 minutes"),
            ("webhooks.apply", "failed", "9 hours"),
            ("verify_document", "running", "-1 hours"),
            ("someone@example.com", "waiting", "-1 hours"),
        ):
            await db.execute(
                "INSERT INTO background_tasks (id, kind, state, run_at) VALUES ($1, $2, $3, now() - $4::text::interval)",
                uuid4(),
                kind,
                state,
                due,
            )
        await reader.refresh()
        found = samples(reader)
        assert found["webhook_inbox"][of(state="waiting")] == 1
        assert found["webhook_inbox"][of(state="parked")] == 0
        assert 600 <= found["webhook_oldest_pending_age_seconds"][of()] < 660
        assert found["jobs_queue"][of(kind="webhooks.apply", state="failed")] == 1
        assert found["jobs_queue"][of(kind="verify_document", state="running")] == 1
        assert found["jobs_queue"][of(kind="verify_document", state="failed")] == 0
        assert found["jobs_queue"][of(kind="other", state="waiting")] == 1
        assert of(kind="other", state="running") not in found["jobs_queue"]
        assert 240 <= found["jobs_oldest_due_age_seconds"][of()] < 300

    async def test_a_transaction_that_stays_open_has_an_age(self, reader: DatabaseGauges, settings: Settings) -> None:
        import asyncpg

        connection = await asyncpg.connect(settings.database_url)
        try:
            async with connection.transaction():
                await connection.fetchval("SELECT 1")
                await asyncio.sleep(0.05)
                await reader.refresh()
        finally:
            await connection.close()
        assert samples(reader)["database_oldest_transaction_age_seconds"][of()] > 0.04

    async def test_runs_of_backups_and_of_the_gate(self, reader: DatabaseGauges) -> None:
        criteria = '{"criteria": {"smoke": "YES", "drill": "NO", "disk": "WAIVED"}, "certificateEndsAt": 1900000000}'
        for kind, age, succeeded, detail in (
            ("backup", "30 hours", True, "{}"),
            ("backup", "2 hours", False, "{}"),
            ("gate", "3 hours", False, criteria),
        ):
            await db.execute(
                "INSERT INTO maintenance_runs (id, kind, started_at, finished_at, succeeded, detail_json)"
                " VALUES ($1, $2, now() - $3::text::interval, now() - $3::text::interval, $4, $5)",
                uuid4(),
                kind,
                age,
                succeeded,
                detail,
            )
        await reader.refresh()
        found = samples(reader)
        assert 30 * 3600 <= found["backup_age_seconds"][of()] < 30 * 3600 + 60
        assert found["restore_drill_age_seconds"][of()] == float("inf")
        assert found["gate_age_seconds"][of()] >= 3 * 3600
        assert found["gate_criterion"] == {
            of(criterion="smoke"): 1,
            of(criterion="disk"): 0.5,
            of(criterion="drill"): 0,
        }
        assert found["certificate_expiry_timestamp_seconds"][of()] == 1_900_000_000


class TestPace:
    async def test_reads_are_fifteen_seconds_apart(
        self, reader: DatabaseGauges, clock: Hand, counted_reads: list[int]
    ) -> None:
        for _ in range(3):
            await reader.refresh()
        clock.now += 14.9
        await reader.refresh()
        assert len(counted_reads) == 1
        clock.now += 0.2
        await reader.refresh()
        assert len(counted_reads) == 2

    async def test_scrapes_at_once_cause_one_read(self, reader: DatabaseGauges, counted_reads: list[int]) -> None:
        await asyncio.gather(*(reader.refresh() for _ in range(20)))
        assert len(counted_reads) == 1

    async def test_a_slow_read_is_followed_by_a_long_rest(
        self, reader: DatabaseGauges, clock: Hand, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        reads: list[int] = []

        async def slow(self: DatabaseGauges) -> dict[str, Any]:
            reads.append(1)
            clock.now += 1
            return {}

        monkeypatch.setattr(DatabaseGauges, "_read", slow)
        await reader.refresh()
        clock.now += 49
        await reader.refresh()
        assert len(reads) == 1
        clock.now += 2
        await reader.refresh()
        assert len(reads) == 2

    async def test_a_thread_beside_the_loop_gets_fresh_numbers(self, reader: DatabaseGauges) -> None:
        assert samples(reader) == {}  # in the loop nothing is waited for
        found = await asyncio.to_thread(samples, reader)
        assert found["database_up"][of()] == 1

    async def test_a_detached_one_reads_nothing(self, reader: DatabaseGauges, counted_reads: list[int]) -> None:
        reader.detach()
        await reader.refresh()
        assert await asyncio.to_thread(samples, reader) == {}
        assert counted_reads == []


class TestFailure:
    async def test_a_database_that_is_away_leaves_only_that_fact(
        self, reader: DatabaseGauges, clock: Hand, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await reader.refresh()

        async def away(*_: Any) -> Any:
            raise db.DatabaseUnavailable

        monkeypatch.setattr(db, "fetch_all", away)
        clock.now += 60
        await reader.refresh()
        assert samples(reader) == {"database_up": {of(): 0}}

    async def test_a_read_that_hangs_ends(self, reader: DatabaseGauges, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(gauges, "_READ_SECONDS", 0.05)
        monkeypatch.setattr(queries, "_STATE_SQL", "SELECT pg_sleep(30)")
        await reader.refresh()
        assert samples(reader) == {"database_up": {of(): 0}}

    async def test_an_old_schema_is_said_and_not_asked_further(
        self, reader: DatabaseGauges, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(migrate, "head", lambda: "999_from_the_future.py")
        await reader.refresh()
        assert samples(reader) == {"database_up": {of(): 1}, "migration_head_ok": {of(): 0}}

    async def test_a_wrong_statement_is_said_and_hurts_nobody(
        self, reader: DatabaseGauges, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        monkeypatch.setattr(queries, "_STATE_SQL", "SELECT nothing FROM nowhere")
        await reader.refresh()
        assert samples(reader) == {"database_up": {of(): 1}}
        assert b"metrics.read_failed" in capfdbinary.readouterr().out


class TestPorts:
    @pytest.fixture(autouse=True)
    def _fresh(self, app: Sanic[Any, Any]) -> Iterator[None]:
        gauges.gauges.forget()
        yield
        gauges.gauges.forget()

    async def test_the_api_port_has_them(self, api: httpx.AsyncClient) -> None:
        text = (await api.get("/metrics", headers={"Accept": "text/plain"})).text
        assert "database_up 1.0" in text
        assert 'kyc_sessions{status="SUBMITTED"} 0.0' in text

    async def test_the_other_port_has_them_too_and_lives_through_an_outage(
        self, app: Sanic[Any, Any], database_url: str, object_storage_env: dict[str, str]
    ) -> None:
        (port,) = free_ports(1)
        detour = Detour(database_url)
        await detour.open()
        environment = {
            **TEST_ENVIRONMENT,
            **object_storage_env,
            "DATABASE_URL": detour.url,
            "METRICS_PORT": str(port),
        }
        try:
            async with running_server(environment) as server, httpx.AsyncClient(timeout=20) as client:
                text = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
                assert "database_up 1.0" in text
                assert "migration_head_ok 1.0" in text
                assert re.search(r'build_info\{environment="dev",version="[\d.]+"\} 1.0', text)
                answer = await client.get(f"{server.url}/metrics", headers={"Accept": "text/plain"})
                assert answer.headers["content-type"] == "application/json"
                await detour.close()
                again = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
                assert "kyc_sessions{" in again  # kept for fifteen seconds
        finally:
            await detour.close()
