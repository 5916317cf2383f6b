"""How is each operation loaded? One measure after another, of each server in turn."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import math
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

import asyncpg
import httpx

from tests.bench import constant, data, stack
from tests.bench.client import Answers, Load, Refused, request, run
from tests.bench.figures import Sample
from tests.bench.stack import Side

PAGE = "/jobs?limit=20"
# Requests a second of an open loop: less than any server here can answer, so that what is seen is not a queue.
PACE = 100.0
PACED_SECONDS, WRITE_SECONDS = 12.0, 5.0
TERMS_A_ROUND = 3
# A list of requests that is longer than what a measure sends.
_MANY = 3000

T = TypeVar("T")
Measure = Callable[["Bench", Side, float], Awaitable[Sample]]


class Bench:
    """The servers, the processes that load them, and what must not be used twice."""

    def __init__(self, running: stack.Stack, rows: int, clients: ProcessPoolExecutor) -> None:
        self.running, self.rows = running, rows
        self._clients = clients
        self._used: dict[tuple[str, str], Iterator[int]] = {}
        self._terms = {side.name: iter(data.SYLLABLES) for side in running.sides}

    def fresh(self, side: Side, what: str, count: int) -> list[int]:
        """Numbers from 0 on that this server was not asked for with this purpose; from the first again when all were."""
        counter = self._used.setdefault((side.name, what), itertools.count())
        return [next(counter) for _ in range(count)]

    async def load(self, side: Side, load: Load, seconds: float) -> Sample:
        """Raises Refused."""
        before = stack.cpu_seconds(*side.pids)
        answers = await self.in_client(run, load, seconds)
        return _sample(answers, stack.cpu_seconds(*side.pids) - before)

    async def in_client(self, function: Callable[..., T], *arguments: Any) -> T:
        """Call it in a process of its own: what it takes of a core is not taken from this loop."""
        return await asyncio.get_running_loop().run_in_executor(self._clients, function, *arguments)

    def first_searches(self, side: Side) -> list[str]:
        """Two letters that this server was not asked for yet; raises StopIteration after a hundred."""
        return [next(self._terms[side.name]) for _ in range(TERMS_A_ROUND)]


def _sample(answers: Answers, cpu_seconds: float = math.nan) -> Sample:
    count = len(answers.times)
    share = count / (count + answers.refused)
    return Sample(
        answers.per_second, answers.quantile(0.5), answers.quantile(0.99), cpu_seconds / count, value=share, count=count
    )


def _load(side: Side, requests: list[bytes], connections: int = 16, **more: Any) -> Load:
    return Load(side.port, tuple(requests), connections, host=side.host, **more)


def reading(path: str, who: str = "reader", connections: int = 16) -> Measure:
    """The same request over connections that are never idle."""

    async def measure(bench: Bench, side: Side, seconds: float) -> Sample:
        return await bench.load(
            side, _load(side, [request("GET", path, side.headers(who))], connections=connections), seconds
        )

    return measure


async def one_job(bench: Bench, side: Side, seconds: float) -> Sample:
    """`GET /jobs/{id}` of a job on the first page."""
    job = side.get(PAGE).json()["items"][3]["id"]
    return await reading(f"/jobs/{job}")(bench, side, seconds)


async def not_modified(bench: Bench, side: Side, seconds: float) -> Sample:
    """The first page, which the client has already."""
    tag = side.get(PAGE).headers.get("ETag")
    if tag is None:
        raise Refused("no ETag")
    ask = request("GET", PAGE, side.headers("reader") | {"If-None-Match": tag})
    return await bench.load(side, _load(side, [ask], status=304), seconds)


def writing(path: str, body: Callable[[str], dict[str, object]], what: str) -> Measure:
    """One person does something with another job each time; `{}` in the path is the job."""

    async def measure(bench: Bench, side: Side, seconds: float) -> Sample:
        if side.database_url:
            jobs = [data.BENCH_ID.format(1 + number % bench.rows) for number in bench.fresh(side, what, _MANY)]
        else:
            jobs = [item["id"] for item in side.get("/jobs?limit=50").json()["items"]]
        headers = side.headers("writer")
        asks = [request("POST", path.format(job), headers, json.dumps(body(job)).encode()) for job in jobs]
        return await bench.load(side, _load(side, asks, status=2), seconds)

    return measure


async def logins(bench: Bench, side: Side, seconds: float) -> Sample:
    """Four clients of one person without pause."""
    email, password = side.people["writer"]
    ask = request("POST", "/auth/login", body=json.dumps({"email": email, "password": password}).encode())
    return await bench.load(side, _load(side, [ask], connections=4), seconds)


async def first_searches(bench: Bench, side: Side, _: float) -> Sample:
    """Two letters that nobody asked for yet, one client; `value` is the share that is answered."""
    times, answered = [], 0
    async with httpx.AsyncClient(base_url=side.url, headers=side.headers("reader"), timeout=30) as client:
        for term in bench.first_searches(side):
            began = time.perf_counter()
            answered += (await client.get(f"{PAGE}&q={term}")).status_code == 200
            times.append(time.perf_counter() - began)
    return Sample(len(times) / sum(times), sorted(times)[len(times) // 2], max(times), value=answered / len(times))


async def paced(bench: Bench, side: Side, seconds: float) -> Sample:
    """The first page on a schedule."""
    ask = request("GET", PAGE, side.headers("reader"))
    return await bench.load(side, _load(side, [ask], connections=64, rate=PACE), _paced(seconds))


async def beside_writes(bench: Bench, side: Side, seconds: float) -> Sample:
    """The same while a job is changed every five seconds."""
    connection = await asyncpg.connect(side.database_url)

    async def write() -> None:
        await asyncio.sleep(1)
        while True:
            await connection.execute("UPDATE jobs SET updated_at = now() WHERE id = $1", data.BENCH_ID.format(1))
            await asyncio.sleep(WRITE_SECONDS)

    writer = asyncio.create_task(write())
    try:
        return await paced(bench, side, seconds)
    finally:
        writer.cancel()
        await asyncio.gather(writer, return_exceptions=True)
        await connection.close()


def _paced(seconds: float) -> float:
    """Long enough for three writes, but for the warm-up."""
    return PACED_SECONDS if seconds >= 1 else seconds


async def thousand(bench: Bench, side: Side, seconds: float) -> Sample:
    """A thousand connections that are never idle; `value` is the share that is answered and not asked to come later."""
    ask = request("GET", PAGE, side.headers("reader"))
    return await bench.load(side, _load(side, [ask], connections=1000, borne=503), seconds)


async def start(_: Bench, side: Side, __: float) -> Sample:
    """From the start of one more process to its first answer (`p50`), and the memory it takes a second later (`value`)."""
    assert side.starter is not None
    began = time.monotonic()
    async with side.starter() as server:
        seconds = server.answered_at - began
        await asyncio.sleep(1)
        return Sample(1 / seconds, seconds, value=stack.resident_bytes(server.process.pid) / 2**20)


async def marks(_: Bench, side: Side, __: float) -> Sample:
    """Of the person who saved and applied (`value`)."""
    connection = await asyncpg.connect(side.database_url)
    try:
        found = await connection.fetchval(
            "SELECT count(*) FROM user_versions v JOIN users u ON u.id = v.user_id WHERE u.email = $1", data.WRITER
        )
    finally:
        await connection.close()
    return Sample(value=float(found))


# In the order of a round: of every server, of those of ours, and of this tree alone.
EVERYWHERE: dict[str, Measure] = {
    "health": reading("/health", "stranger"),
    "jobs": reading(PAGE),
    "strangers": reading(PAGE, "stranger"),
    "feed": reading("/feed/posts?limit=20"),
    "saved jobs": reading("/users/me/saved-jobs?limit=20"),
    "saved posts": reading("/users/me/saved-posts?limit=20"),
    "job": one_job,
    "me": reading("/auth/me"),
    "profile": reading("/users/me/profile"),
    "304": not_modified,
    "rare": reading(f"{PAGE}&q={data.RARE}", connections=1),
    "absent": reading(f"{PAGE}&q={data.ABSENT}", connections=1),
    "broad": reading(f"{PAGE}&q={data.BROAD}", connections=1),
    "two letters": first_searches,
    "apply": writing("/jobs/{}/applications", lambda _: {"note": "Bench"}, "apply"),
    "save": writing("/users/me/saved-jobs", lambda job: {"jobId": job}, "save"),
    "logins": logins,
}
OURS: dict[str, Measure] = {
    "marks": marks,
    "staff key": reading("/admin/jobs?limit=20", "key"),
    "staff bearer": reading("/admin/jobs?limit=20", "staff"),
    "paced": paced,
    "beside writes": beside_writes,
    "thousand": thousand,
    "start": start,
}


async def constant_route(bench: Bench, _: Side, seconds: float) -> Sample:
    """The bytes of the first page from a route that only checks the session."""
    return await reading(constant.PATH)(bench, bench.running.constant, seconds)


async def four_jobs(bench: Bench, _: Side, seconds: float) -> Sample:
    """The first page where there are four jobs."""
    return await reading(PAGE)(bench, bench.running.few, seconds)


async def deep_again(bench: Bench, side: Side, seconds: float) -> Sample:
    """The same page far down, again and again."""
    return await reading(f"{PAGE}&after={_after(side, _deep(bench))}")(bench, side, seconds)


def positions(first: Callable[[Bench], int]) -> Measure:
    """Pages that nobody asked for yet, from the row `first` on."""

    async def measure(bench: Bench, side: Side, seconds: float) -> Sample:
        begin, headers = first(bench), side.headers("reader")
        numbers = bench.fresh(side, f"position {begin}", _MANY)
        # A tenth of the rows lie between the first and the last.
        like = _after(side, begin)
        tokens = [_moved(like, begin + number % (bench.rows // 10 - 40)) for number in numbers]
        asks = [request("GET", f"{PAGE}&after={token}", headers) for token in tokens]
        return await bench.load(side, _load(side, asks), seconds)

    return measure


def _deep(bench: Bench) -> int:
    return bench.rows * 9 // 10


def _after(side: Side, row: int) -> str:
    """The position behind row `row` of the list of all jobs; the server is asked once for how it writes one."""
    answer = side.get(f"/jobs?limit=1&cursor={row - 1}").json()
    return str(answer["pageInfo"]["after"])


def _moved(token: str, number: int) -> str:
    """The same position behind the loaded job `number`; jobs are a second apart."""
    binding, _, _, _ = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    began = 1_780_272_000_000_000  # 2026-06-01 UTC, in microseconds
    parts = [binding, number, began + number * 1_000_000, data.BENCH_ID.format(number)]
    return base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode().rstrip("=")


HERE: dict[str, Measure] = {
    "constant": constant_route,
    "four": four_jobs,
    "deep": deep_again,
    "new near": positions(lambda _: 100),
    "new deep": positions(_deep),
}
