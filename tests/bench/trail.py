"""What does the audit trail cost those who write? `python -m tests.bench.trail [--base REVISION]` prints ratios of one run.

Three servers of one machine take turns: this version, this version whose audit rows are switched off, and, with
`--base`, another revision. Each has a database of its own on one Postgres that waits for its disk at every commit.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from service.database import migrate
from service.tools.local.servers import EmbeddedPostgres, free_ports
from tests.bench import revisions
from tests.bench.client import Load, request, run
from tests.running import running_server, until_answering

CLIENTS = (1, 4, 16)
_PASSWORD, _STAFF = secrets.token_urlsafe(18), "staff@example.com"
_PLACE = {"countryCode": "JP", "city": "Osaka", "displayLabel": "Osaka", "latitude": 34.7, "longitude": 135.5}
_EMPLOYER = {"id": "e1", "name": "PT Contoh", "isVerifiedEmployer": True}
# What a version is worth without rows: `serve-without` runs the server in which this is nothing.
_WITHOUT = "serve-without"


@dataclass
class Side:
    """One server that runs: the requests of each client, by what is measured."""

    name: str
    port: int
    requests: dict[str, list[bytes]]


@contextlib.asynccontextmanager
async def side(
    name: str, revision: revisions.Revision, postgres: EmbeddedPostgres, *, without: bool = False
) -> AsyncIterator[Side]:
    """A migrated database, the API and the worker of `revision`, and sixteen people and jobs."""
    url = await migrate.create_database(postgres.admin_url, f"trail_{name}")
    environment = {
        "ENVIRONMENT": "dev",
        "DATABASE_URL": url,
        "DB_POOL_MAX": "20",
        "RATE_LIMITS": "off",
        "AUTH_TOKEN_KEYS": f"f1:{secrets.token_urlsafe(36)}",
        "AUDIT_KEYS": f"a1:{secrets.token_urlsafe(36)}",
        "OBJECT_STORAGE_ACCESS_KEY_ID": "nobody",
        "OBJECT_STORAGE_SECRET_ACCESS_KEY": "asks",
        "BOOTSTRAP_ADMIN_EMAIL": _STAFF,
        "BOOTSTRAP_ADMIN_PASSWORD": _PASSWORD,
        "LOG_LEVEL": "error",
    }
    run_it = [revision.python, "-m", "service"]
    await asyncio.to_thread(
        subprocess.run, [*run_it, "migrate"], env=environment, cwd=revision.tree, check=True, stdout=subprocess.DEVNULL
    )
    async with migrate.direct_connection(url) as connection:
        await connection.execute(
            "INSERT INTO jobs (id, title, employment_type, description, location_json, employer_json)"
            " SELECT 'job_' || n, 'Welder', 'FULL_TIME', 'Work', $1::text::jsonb, $2::text::jsonb FROM generate_series(1, 16) n",
            json.dumps(_PLACE),
            json.dumps(_EMPLOYER),
        )
    module = ("tests.bench.trail", _WITHOUT) if without else ("service", "serve")
    worker = subprocess.Popen([*run_it, "worker"], env=environment, cwd=revision.tree, stdout=subprocess.DEVNULL)
    try:
        async with running_server(environment, python=revision.python, tree=revision.tree, module=module) as server:
            await until_answering(server.url, "/health")
            yield Side(name, server.port, await _requests(server.url))
    finally:
        worker.terminate()
        await asyncio.to_thread(worker.wait, 30)


async def _requests(url: str) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {"sign-ins": [], "staff writes": []}
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        for number in range(max(CLIENTS)):
            account = {"email": f"p{number}@example.com", "password": _PASSWORD}
            made = await client.post("/auth/register", json={**account, "fullName": "Sari", "roleCode": "sdm"})
            made.raise_for_status()
            found["sign-ins"].append(request("POST", "/auth/login", body=json.dumps(account).encode()))
        answer = await client.post("/auth/login", json={"email": _STAFF, "password": _PASSWORD})
        answer.raise_for_status()
        token = {"Authorization": f"Bearer {answer.json()['accessToken']}"}
        for number in range(1, max(CLIENTS) + 1):
            # Another title each time, or nothing is changed and no row is left.
            for title in ("Cook", "Welder"):
                body = json.dumps({"title": f"{title} {number}"}).encode()
                found["staff writes"].append(request("PATCH", f"/admin/jobs/job_{number}", token, body))
    return found


async def measure(sides: list[Side], rounds: int, seconds: float) -> dict[tuple[str, int, str], float]:
    """Answers a second, the median of `rounds` in which the sides take turns, by what, clients and side."""
    found: dict[tuple[str, int, str], list[float]] = {}
    for what in ("sign-ins", "staff writes"):
        for clients in CLIENTS:
            for turn in range(rounds):
                for one in sides if turn % 2 else reversed(sides):
                    load = Load(one.port, tuple(one.requests[what]), connections=clients, status=2)
                    answers = await asyncio.to_thread(run, load, seconds)
                    found.setdefault((what, clients, one.name), []).append(answers.per_second)
    return {key: statistics.median(values) for key, values in found.items()}


def table(found: dict[tuple[str, int, str], float], names: list[str]) -> str:
    """One line for each load: answers a second of each side, and what part of the one without rows this version does."""
    lines = [f"{'':<14}{'clients':>8}" + "".join(f"{name:>10}" for name in names) + f"{'now/off':>10}{'now/1':>8}"]
    for what, clients in dict.fromkeys((what, clients) for what, clients, _ in found):
        values = [found[what, clients, name] for name in names]
        now = found[what, clients, "now"]
        ratios = f"{now / found[what, clients, 'off']:>10.2f}{now / found[what, 1, 'now']:>8.2f}"
        lines.append(f"{what:<14}{clients:>8}" + "".join(f"{value:>10.1f}" for value in values) + ratios)
    return "\n".join(lines)


async def main(base: str | None, rounds: int, seconds: float) -> None:
    """Start the sides, measure, and print the table."""
    folder = Path(tempfile.mkdtemp(prefix="jembatan-trail-"))
    folder.chmod(0o711)  # Postgres runs as another user when root starts it.
    postgres = EmbeddedPostgres(folder / "postgres", free_ports(1)[0], secrets.token_urlsafe(24), max_connections=200)
    here = revisions.working_tree()
    try:
        with postgres:
            async with contextlib.AsyncExitStack() as stack:
                sides = [await stack.enter_async_context(side("now", here, postgres))]
                sides.append(await stack.enter_async_context(side("off", here, postgres, without=True)))
                if base:
                    sides.append(await stack.enter_async_context(side("base", revisions.build(base), postgres)))
                found = await measure(sides, rounds, seconds)
        print(table(found, [one.name for one in sides]))
    finally:
        postgres.remove()
        shutil.rmtree(folder, ignore_errors=True)


def serve_without() -> int:
    """The API whose audit rows are never written."""
    from service import cli
    from service.audit import domain

    async def nothing(_: object) -> None:
        return None

    domain._insert = nothing  # type: ignore[assignment]
    return cli.main(["serve"])


if __name__ == "__main__":
    if sys.argv[1:] == [_WITHOUT]:
        sys.exit(serve_without())
    options = argparse.ArgumentParser()
    options.add_argument("--base", help="another revision to run beside this one")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seconds", type=float, default=4.0)
    chosen = options.parse_args()
    asyncio.run(main(chosen.base, chosen.rounds, chosen.seconds))
