"""What do all tests stand on? One real Postgres and S3 a run, one database and one application a worker."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from asgi_lifespan import LifespanManager
from sanic import Sanic

from service.app import create_app
from service.audit import domain as audit
from service.auth.key_uses import KeyUses
from service.base.settings import Settings, load_settings
from service.contract.openapi import build_document
from service.database import db, migrate
from service.lists import queries as listing
from service.lists import totals
from tests.contract_check import Contract
from tests.factories import Candidate, make_candidate

pytest_plugins = ["tests.servers", "tests.inbox"]

TEST_ENVIRONMENT = {
    "ENVIRONMENT": "dev",
    "AUTH_TOKEN_KEYS": "k2:second-key-for-tests-second-key-for-tests,k1:first-key-for-tests-first-key-for-tests",
    "AUTH_TOKEN_SECRET": "the-replaced-servers-secret-for-tests",
    "ADMIN_API_KEY": "staff-key-for-tests",
    "AUDIT_KEYS": "a1:audit-key-for-tests-audit-key-for-tests",
    "KYC_PROVIDER_WEBHOOK_SECRET": "webhook-secret-for-tests",
    "DB_POOL_MAX": "10",
}


# A TRUNCATE of all tables makes new files for each of them and their indexes, whatever they held: that took a third of the
# time of an API test. Few rows are deleted instead, without triggers, so the version that these would renew is renewed
# here. What many rows or many deletions left is truncated.
_CLEAN_SQL = """
    DO $$
    DECLARE
        ours oid[] := ARRAY(SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
            AND relname NOT IN ('aerich', 'roles'));
        one oid;
    BEGIN
        SET LOCAL session_replication_role = replica;
        IF (SELECT max(pg_relation_size(o)) FROM unnest(ours) o) > 256 * 1024 THEN
            EXECUTE 'TRUNCATE ' || (SELECT string_agg(o::regclass::text, ', ') FROM unnest(ours) o);
            RETURN;
        END IF;
        FOREACH one IN ARRAY ours LOOP
            CONTINUE WHEN pg_relation_size(one) = 0 OR one = 'content_versions'::regclass;
            EXECUTE 'DELETE FROM ' || one::regclass;
        END LOOP;
        UPDATE content_versions SET version = (random() * 2 ^ 53)::bigint;
    END $$
"""


@pytest.fixture(scope="session")
async def database_url(postgres_url: str, template: str) -> AsyncIterator[str]:
    """A migrated database of this worker's own."""
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    await migrate.drop_database(postgres_url, name)
    url = await migrate.create_database(postgres_url, name, template=template)
    yield url
    await migrate.drop_database(postgres_url, name)


@pytest.fixture(scope="session")
def settings(database_url: str, object_storage_env: dict[str, str]) -> Settings:
    return load_settings({**TEST_ENVIRONMENT, **object_storage_env, "DATABASE_URL": database_url})


@pytest.fixture(scope="session")
async def app(settings: Settings) -> AsyncIterator[Sanic[Any, Any]]:
    """The application, started as a server starts it."""
    application = create_app(settings, "tests")
    application.ctx.key_uses = KeyUses(every_seconds=3600.0)  # or one test's reads would be recorded during another
    async with LifespanManager(application, startup_timeout=30, shutdown_timeout=30):
        await application.ctx.storage.ensure_bucket()
        yield application


@pytest.fixture(scope="session")
def contract(app: Sanic[Any, Any]) -> Contract:
    return Contract(build_document(app))


@pytest.fixture(scope="session")
async def api(app: Sanic[Any, Any], contract: Contract) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application; each answer is compared with the contract document."""

    async def check(response: httpx.Response) -> None:
        await response.aread()
        contract.check(response)

    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://api.test", event_hooks={"response": [check]}, timeout=60
    ) as client:
        yield client


@pytest.fixture(autouse=True)
def _patient_searches(request: pytest.FixtureRequest) -> Iterator[None]:
    """Searches may take long on a busy machine; only tests of the limit itself (`real_search_limit`) keep it."""
    with pytest.MonkeyPatch.context() as patch:
        if request.node.get_closest_marker("real_search_limit") is None:
            patch.setattr(listing, "SEARCH_SECONDS", 60.0)
            patch.setattr(totals, "WAIT_SECONDS", 60.0)
        yield


@pytest.fixture(autouse=True)
async def _clean_tables(request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """Empty our tables after each test that used the application; roles and the migration history stay."""
    yield
    if "app" not in request.fixturenames:
        return
    await db.execute(_CLEAN_SQL)
    audit._admitted.clear()
    listing.forget_totals()
    request.getfixturevalue("app").ctx.memory.forget()


@pytest.fixture
async def candidate(app: Sanic[Any, Any], settings: Settings) -> Candidate:
    return await make_candidate(settings)
