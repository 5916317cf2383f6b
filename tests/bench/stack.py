"""What is measured? Three servers on databases of three sizes, pgbench with the very statements of a request, CPU time."""

from __future__ import annotations

import contextlib
import math
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import asyncpg
import httpx
from asgi_lifespan import LifespanManager

from service.app import create_app
from service.base import logs
from service.base.settings import load_settings
from service.database import db, migrate
from service.tools.local.servers import EmbeddedPostgres, free_ports, postgres_program
from service.tools.seed.domain import seed
from tests.running import Server, running_server

# Who reads, and who signs in again and again: that would renew what the reader's answers are made of.
READER, OTHER = "ayu.lestari@example.com", "budi.santoso@example.com"
# In 1 of 5 000 jobs, in none, in 1 of 13.
RARE, ABSENT, BROAD = "langka", "nowhere", "japan"
_POOL = 10
# Copies of the seeded jobs behind them, so that the first page is the same in each database. A candidate and a sign-in
# for every ten of them, and forty jobs on the reader's list.
_FILL_SQL = f"""
    INSERT INTO jobs (id, title, employment_type, visa_sponsorship, description, requirements_json, location_json,
                      employer_json, created_at, lifecycle_status, published_at)
        SELECT 'bench_' || lpad(n::text, 8, '0'), title, employment_type, visa_sponsorship,
            description || ' No. ' || n || CASE WHEN n % 5000 = 7 THEN ' {RARE}' ELSE '' END,
            requirements_json, location_json, employer_json, timestamptz '2026-06-01Z' + n * interval '1 second',
            'PUBLISHED', published_at
        FROM generate_series(1, {{rows}}) n
        JOIN (SELECT *, row_number() OVER (ORDER BY id) AS number FROM jobs) seeded
            ON number = 1 + n % (SELECT count(*) FROM jobs);
    INSERT INTO users (id, full_name, email, password_hash)
        SELECT gen_random_uuid(), 'Candidate ' || n, 'bench' || n || '@example.com', 'x'
        FROM generate_series(1, {{rows}} / 10) n;
    INSERT INTO session_families (id, user_id) SELECT gen_random_uuid(), id FROM users WHERE email LIKE 'bench%';
    INSERT INTO user_saved_jobs (id, user_id, job_id)
        SELECT gen_random_uuid(), u.id, j.id FROM users u, (SELECT id FROM jobs ORDER BY md5(id) LIMIT 40) j
        WHERE u.email = '{READER}' ON CONFLICT DO NOTHING;
"""


class Broken(Exception):
    """Something that is measured does not work; the text says what."""


@dataclass(frozen=True)
class Target:
    """A running API, its settings, and a candidate's access token."""

    server: Server
    environment: dict[str, str]
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@dataclass(frozen=True)
class Stack:
    """`targets`: by number of jobs; `password`: of every seeded account."""

    postgres_pid: int
    targets: dict[int, Target]
    password: str


@contextlib.asynccontextmanager
async def running_stack(sizes: list[int]) -> AsyncIterator[Stack]:
    """Start Postgres and an API for each size in jobs (0: the seed alone), all thrown away in the end.

    Settings are the defaults of production, but for the rate limits and the life of the token, which are in the way.
    No object store runs: nothing that is measured asks for one.
    """
    folder = Path(tempfile.mkdtemp(prefix="jembatan-bench-"))
    folder.chmod(0o711)  # Postgres runs as another user when root starts it.
    password = secrets.token_urlsafe(24)
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        postgres = EmbeddedPostgres(folder / "postgres", free_ports(1)[0], secrets.token_urlsafe(24), durable=False)
        stack.callback(postgres.remove)
        stack.enter_context(postgres)
        environment = {
            "ENVIRONMENT": "dev",
            "AUTH_TOKEN_KEYS": f"b1:{secrets.token_urlsafe(36)}",
            "AUTH_ACCESS_TOKEN_TTL_SEC": "86400",
            "RATE_LIMITS": "off",
            "DB_POOL_MAX": str(_POOL),
            "SEED_CANDIDATE_PASSWORD": password,
            "OBJECT_STORAGE_ACCESS_KEY_ID": "nobody",
            "OBJECT_STORAGE_SECRET_ACCESS_KEY": "asks",
        }
        template_url = await migrate.create_database(postgres.admin_url, "seeded")
        await migrate.migrate(template_url)
        await seed(load_settings({**environment, "DATABASE_URL": template_url}), environ=environment)
        targets = {}
        for rows in sizes:
            url = await migrate.create_database(postgres.admin_url, f"rows_{rows}", template="seeded")
            await _fill(url, rows)
            own = {**environment, "DATABASE_URL": url}
            server = await stack.enter_async_context(running_server(own))
            async with httpx.AsyncClient(base_url=server.url) as client:
                answer = await client.post("/auth/login", json={"email": READER, "password": password})
            targets[rows] = Target(server, own, answer.raise_for_status().json()["accessToken"])
        assert postgres.process is not None
        yield Stack(postgres.process.pid, targets, password)


async def _fill(url: str, rows: int) -> None:
    connection = await asyncpg.connect(url)
    try:
        if rows:
            # Made after the rows, the search index takes half the time.
            await connection.execute("SET maintenance_work_mem = '256MB'; DROP INDEX idx_jobs_search")
            await connection.execute(_FILL_SQL.format(rows=rows))
            async with connection.transaction():
                await migrate.run_upgrade(connection, 14)
        await connection.execute("VACUUM (ANALYZE)")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


async def statements_of(target: Target, path: str) -> list[tuple[str, tuple[Any, ...]]]:
    """What the product sends to its database for one request, with the values.

    Of the second of two requests: the first counts the list's total for all that follow.
    """
    sent: list[tuple[str, tuple[Any, ...]]] = []
    send = db._run

    async def note(method: str, sql: str, *values: Any, **options: Any) -> Any:
        sent.append((sql, values))
        return await send(method, sql, *values, **options)

    logs.configure("error", "bench")
    app = create_app(load_settings(target.environment), "bench")
    with mock.patch.object(db, "_run", note):
        async with (
            LifespanManager(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bench") as client,
        ):
            for _ in range(2):
                sent.clear()
                (await client.get(path, headers=target.headers)).raise_for_status()
    return sent


def script_of(statements: list[tuple[str, tuple[Any, ...]]]) -> tuple[str, list[str]]:
    """The statements as a script of pgbench, and the options that define its variables."""
    lines, options = [], []
    for number, (sql, values) in enumerate(statements):
        lines.append(re.sub(r"\$(\d+)", rf":v{number}_\1", sql) + ";\n")
        options += [f"--define=v{number}_{place}={value}" for place, value in enumerate(values, start=1)]
    return "".join(lines), options


def pgbench(target: Target, statements: list[tuple[str, tuple[Any, ...]]], seconds: int) -> float:
    """Runs of all `statements` a second, as prepared statements over as many connections as the product has."""
    script, options = script_of(statements)
    done = subprocess.run(
        [
            *(str(postgres_program("pgbench")), "--no-vacuum", "--protocol=prepared", "--file=/dev/stdin"),
            *(f"--client={_POOL}", "--jobs=1", f"--time={seconds}", *options, target.environment["DATABASE_URL"]),
        ],
        input=script,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
    )
    found = re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)
    if done.returncode != 0 or found is None:
        raise Broken(f"pgbench: {done.stderr.strip()[-1000:]}")
    return float(found[1])


def cpu_seconds(*pids: int) -> float:
    """What processes and their children, living and ended, spent so far; not a number where there is no /proc."""
    if sys.platform != "linux":
        return math.nan
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            if int(path.parent.name) in pids:
                ticks += sum(map(int, fields[11:15]))
            elif int(fields[1]) in pids:
                ticks += sum(map(int, fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")
