"""Does the previous release work on today's schema, as it must while a new version rolls out and after a rollback?"""

from __future__ import annotations

import asyncio
import io
import os
import secrets
import subprocess
import sys
import tarfile
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
import pytest

from service.audit import domain as audit
from service.audit.proof import verify
from service.audit.sealing import Sealer
from service.base.settings import load_settings
from service.database import db, migrate
from tests.conftest import TEST_ENVIRONMENT
from tests.database.test_schema import catalogue
from tests.running import running_server, until_answering

# The tag or commit of the release that runs while today's version is rolled out; moved with each release.
PREVIOUS_RELEASE = "8f6f23f35db9"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def previous(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The previous release's own program text, from the history of this repository."""
    command = ["git", "-C", str(ROOT), "archive", PREVIOUS_RELEASE, "service", "migrations"]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    except FileNotFoundError:
        pytest.skip("git is not installed: the previous release cannot be had here")
    if done.returncode != 0:
        pytest.skip(f"the previous release {PREVIOUS_RELEASE} is not in the history here (a shallow clone or no clone)")
    folder = tmp_path_factory.mktemp("previous")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.fixture
async def migrated(postgres_url: str, template: str) -> AsyncIterator[str]:
    """Today's schema, and always a head that the previous release does not know."""
    name = f"previous_{uuid4().hex[:12]}"
    url = await migrate.create_database(postgres_url, name, template=template)
    connection = await asyncpg.connect(url)
    await connection.execute(
        "INSERT INTO aerich (version, app, content) SELECT '999_of_tomorrow.py', app, '{}' FROM aerich LIMIT 1"
    )
    await connection.close()
    yield url
    await migrate.drop_database(postgres_url, name)


async def schema_of(url: str) -> tuple[dict, list[str]]:
    """Tables, columns, constraints and indexes; triggers and functions."""
    connection = await asyncpg.connect(url)
    rows = await connection.fetch(
        "SELECT pg_get_triggerdef(oid) AS text FROM pg_trigger WHERE NOT tgisinternal"
        " UNION ALL SELECT pg_get_functiondef(p.oid) FROM pg_proc p WHERE pronamespace = 'public'::regnamespace"
        " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') ORDER BY 1"
    )
    found = await catalogue(connection), [row["text"] for row in rows]
    await connection.close()
    return found


async def test_its_database_gets_the_schema_of_a_fresh_one(
    previous: Path, migrated: str, postgres_url: str, object_storage_env: dict[str, str]
) -> None:
    """Its own files made the tables and are recorded; nothing runs twice and nothing is missed."""
    name = f"previous_{uuid4().hex[:12]}"
    url = await migrate.create_database(postgres_url, name)
    environment = {**os.environ, **TEST_ENVIRONMENT, **object_storage_env, "DATABASE_URL": url}
    command = [sys.executable, "-m", "service", "migrate"]
    await asyncio.to_thread(subprocess.run, command, cwd=previous, env=environment, check=True, timeout=120)
    connection = await asyncpg.connect(url)
    await connection.execute(
        "INSERT INTO jobs (id, title, employment_type, description, location_json, employer_json)"
        " VALUES ('old', 'Welder', 'FULL_TIME', 'Work', '{\"displayLabel\": \"Osaka\"}', '{\"name\": \"PT\"}')"
    )
    await connection.execute(
        "INSERT INTO users (id, full_name, email, password_hash) VALUES (md5('u')::uuid, 'A', 'a@example.com', 'x');"
        "INSERT INTO kyc_sessions (id, user_id, status, provider_ref, provider_metadata_json, provider_metadata_times_json)"
        " VALUES (md5('s')::uuid, md5('u')::uuid, 'SUBMITTED', 'ref', '{\"a\": 1, \"b\": 2, \"finalVerification\": {}}',"
        ' \'{"providerRef": null, "metadata": {"a": [5, "e"]}}\')'
    )
    known = {path.name for path in (previous / "migrations/models").glob("*.py")}
    assert await migrate.migrate(url) == [one.name for one in migrate.migrations() if one.name not in known]
    await connection.execute("UPDATE jobs SET title = 'Cook'")
    assert await connection.fetchval("SELECT search_text FROM jobs") == "cook work pt osaka"
    # Who had said what of a verification is told apart, and what it said as a whole is the same.
    row = await connection.fetchrow(
        "SELECT client_metadata_json, server_metadata_json, signed_metadata_json, client_provider_ref,"
        " signed_provider_ref, provider_metadata_json FROM kyc_sessions"
    )
    voices = ['{"b": 2}', '{"finalVerification": {}}', '{"a": 1}', "ref", None]
    assert list(row.values()) == [*voices, '{"a": 1, "b": 2, "finalVerification": {}}']
    await connection.close()
    assert await schema_of(url) == await schema_of(migrated)
    await migrate.drop_database(postgres_url, name)


async def test_its_own_smoke_passes_on_the_schema_of_today(
    previous: Path, migrated: str, object_storage_env: dict[str, str]
) -> None:
    """In the order in which an operator meets it: its migration job finds nothing to do, then it serves."""
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        **TEST_ENVIRONMENT,
        **object_storage_env,
        "DATABASE_URL": migrated,
        "SEED_CANDIDATE_PASSWORD": secrets.token_urlsafe(24),
    }

    async def run(*arguments: str) -> str:
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "service", *arguments],
            cwd=previous,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    # Of that release's libraries today's lock lacks one, which held the files of its page alone.
    (previous / "swagger_ui_bundle.py").write_text('swagger_ui_path = "."\n')
    assert "applied" not in await run("migrate")
    await run("seed")
    async with running_server(environment, tree=previous) as server:
        await until_answering(server.url, "/health/ready")
        environment |= {"SMOKE_BASE_URL": server.url, "SMOKE_ADMIN_KEY": TEST_ENVIRONMENT["ADMIN_API_KEY"]}
        environment["SMOKE_WEBHOOK_SECRET"] = TEST_ENVIRONMENT["KYC_PROVIDER_WEBHOOK_SECRET"]
        lines = (await run("smoke")).splitlines()
        async with httpx.AsyncClient(base_url=server.url) as client:
            assert (await client.get("/jobs")).json()["pageInfo"]["total"] >= 40
    assert lines[-1] == "SMOKE OK"
    skipped = [line for line in lines if line.startswith("--")]
    assert skipped == ["--  staff sign in, skipped: the staff key is used"]


async def test_its_audit_rows_and_ours_make_one_chain(
    previous: Path, migrated: str, object_storage_env: dict[str, str]
) -> None:
    """It takes a place under the lock of the chain as it writes, as the owner; our rows get theirs between those."""
    environment = {**os.environ, **TEST_ENVIRONMENT, **object_storage_env, "DATABASE_URL": migrated}
    keys = load_settings({**TEST_ENVIRONMENT, **object_storage_env, "DATABASE_URL": migrated}).audit_key_ring
    (previous / "swagger_ui_bundle.py").write_text('swagger_ui_path = "."\n')
    before = list(audit._keys)
    audit.configure(keys)
    audit._admitted.clear()
    await db.open_database(db.tortoise_config(migrated, pool_max=5))

    async def ours(number: int) -> None:
        await audit.audit(
            "test.changed", actor_type="SYSTEM", actor_id=None, subject_type="USER", subject_id=str(number)
        )
        await Sealer(keys).seal()

    try:
        async with running_server(environment, tree=previous) as server:
            await until_answering(server.url, "/health/ready")
            async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:

                async def its(number: int) -> None:
                    body = {"email": f"p{number}@example.com", "password": "a long password", "fullName": "Sari"}
                    answer = await client.post("/auth/register", json={**body, "roleCode": "sdm"})
                    assert answer.status_code == 201, answer.text

                await asyncio.gather(*(call(number) for number in range(10) for call in (its, ours)))
        await Sealer(keys).seal()
        rows = await db.fetch_all("SELECT stamp IS NULL AS old, count(*) AS n FROM audit_events GROUP BY 1")
        counts = {row["old"]: row["n"] for row in rows}
        assert counts[False] == 10
        assert counts[True] >= 10
        found = await verify(keys)
        assert (found.broken_at, found.head.count, found.unsealed) == (None, sum(counts.values()), 0)
    finally:
        await db.close_database()
        audit.configure(tuple(before))
        audit._admitted.clear()
