"""Is a delivery applied once although processes share the work and die in the middle?"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import asyncpg
import httpx
import orjson
import pytest

from service.base.settings import Settings
from service.database import db
from tests.conftest import TEST_ENVIRONMENT
from tests.factories import Candidate, make_kyc_session
from tests.running import Server, running_server
from tests.webhooks.provider import PATH, signed


@pytest.fixture(scope="module")
def environment(settings: Settings, object_storage_env: dict[str, str]) -> dict[str, str]:
    return {**TEST_ENVIRONMENT, **object_storage_env, "DATABASE_URL": settings.database_url}


@pytest.fixture(scope="module")
async def servers(environment: dict[str, str]) -> AsyncIterator[list[Server]]:
    async with contextlib.AsyncExitStack() as stack:
        opening = [running_server(environment) for _ in range(4)]
        yield list(await asyncio.gather(*(stack.enter_async_context(one) for one in opening)))


async def test_fifty_duplicates_over_four_processes_are_applied_once(
    servers: list[Server], candidate: Candidate
) -> None:
    session = await make_kyc_session(candidate.id)
    version = await db.fetch_value("SELECT version FROM kyc_sessions WHERE id = $1", session)
    body = orjson.dumps({"sessionId": session, "metadata": {"a": 1}})
    headers = signed(body, key="fifty")
    async with httpx.AsyncClient(timeout=60) as client:
        answers = await asyncio.gather(
            *(client.post(servers[n % 4].url + PATH, content=body, headers=headers) for n in range(50))
        )
    assert [answer.status_code for answer in answers] == [202] * 50
    assert sorted((answer.json()["duplicate"], answer.json()["updated"]) for answer in answers) == (
        [(False, True)] + [(True, False)] * 49
    )
    row = await db.fetch_row("SELECT version, provider_metadata_json FROM kyc_sessions WHERE id = $1", session)
    assert row is not None
    assert (row["version"], row["provider_metadata_json"]) == (version + 1, {"a": 1})
    assert await db.fetch_value("SELECT count(*) FROM webhook_deliveries") == 1


async def test_a_process_killed_in_the_middle_leaves_nothing_and_the_next_delivery_is_applied(
    servers: list[Server], environment: dict[str, str], candidate: Candidate, database_url: str
) -> None:
    session = await make_kyc_session(candidate.id)
    version = await db.fetch_value("SELECT version FROM kyc_sessions WHERE id = $1", session)
    body = orjson.dumps({"sessionId": session, "metadata": {"a": 1}})
    headers = signed(body, key="killed")
    lock = await asyncpg.connect(database_url)
    try:
        async with httpx.AsyncClient(timeout=60) as client, running_server(environment) as doomed:
            transaction = lock.transaction()
            await transaction.start()
            await lock.execute("SELECT 1 FROM kyc_sessions WHERE id = $1 FOR UPDATE", session)
            waiting = asyncio.create_task(client.post(doomed.url + PATH, content=body, headers=headers))
            # The delivery is stored, and waits for its session.
            async with asyncio.timeout(30):
                while not await db.fetch_value(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND wait_event_type = 'Lock'"
                ):
                    await asyncio.sleep(0.05)
            doomed.process.kill()
            with pytest.raises(httpx.HTTPError):
                await waiting
            await transaction.rollback()
            again = await client.post(servers[1].url + PATH, content=body, headers=headers)
            assert (again.status_code, again.json()["duplicate"], again.json()["updated"]) == (202, False, True)
            third = await client.post(servers[2].url + PATH, content=body, headers=headers)
            assert (third.status_code, third.json()["duplicate"]) == (202, True)
    finally:
        await lock.close()
    assert await db.fetch_value("SELECT version FROM kyc_sessions WHERE id = $1", session) == version + 1
    assert await db.fetch_value("SELECT count(*) FROM webhook_deliveries") == 1
