"""Does the benchmark count right, and does it refuse to measure a server that refuses?"""

from __future__ import annotations

import asyncio
import itertools
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from service.database import migrate
from service.lists.paging import Position
from tests.bench import client, data, goals, measures, plots, revisions, stack
from tests.bench.client import Answers, Load, Refused, request, run
from tests.bench.figures import Ratio, Sample, table
from tests.bench.measures import EVERYWHERE, HERE, OURS
from tests.database.test_schema import catalogue

TARGETS_SQL = """
    SELECT c.relname, a.attnum, a.attstattarget FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relkind = 'i' AND a.attstattarget IS NOT NULL ORDER BY 1, 2
"""
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"


class Tiny:
    """A server that sends the same pieces to everybody, and counts."""

    def __init__(self, *pieces: bytes, pause_seconds: float = 0.0) -> None:
        self.pieces, self.pause_seconds, self.seen = pieces, pause_seconds, 0

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Callable[..., Load]]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        yield lambda **more: Load(port, (request("GET", "/x"),), **more)
        server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.readline():
            await reader.readuntil(b"\r\n\r\n")
            self.seen += 1
            for piece in self.pieces:
                await asyncio.sleep(self.pause_seconds)
                writer.write(piece)
        writer.close()


async def measure(tiny: Tiny, seconds: float = 0.2, **more: object) -> Answers:
    async with tiny.serving() as load:
        return await asyncio.to_thread(run, load(**more), seconds)


class TestClient:
    async def test_each_answer_is_counted_once(self) -> None:
        tiny = Tiny(OK + b"body")
        answers = await measure(tiny, connections=4)
        assert len(answers.times) == tiny.seen > 4
        assert answers.times == sorted(answers.times)
        assert answers.per_second == tiny.seen / answers.seconds

    async def test_an_answer_in_pieces_is_one(self) -> None:
        tiny = Tiny(OK[:20], OK[20:] + b"bo", b"dy", pause_seconds=0.001)
        assert len((await measure(tiny, connections=2)).times) == tiny.seen

    async def test_an_answer_without_body_can_be_the_expected_one(self) -> None:
        tiny = Tiny(b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n")
        assert len((await measure(tiny, status=304)).times) == tiny.seen

    async def test_requests_are_sent_in_turn(self) -> None:
        seen: list[bytes] = []

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while line := await reader.readline():
                seen.append(line.split()[1])
                await reader.readuntil(b"\r\n\r\n")
                writer.write(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        asks = tuple(request("GET", path) for path in ("/a", "/b"))
        load = Load(server.sockets[0].getsockname()[1], asks, connections=1, status=2)
        await asyncio.to_thread(run, load, 0.1)
        assert seen[:4] == [b"/a", b"/b", b"/a", b"/b"]
        server.close()

    async def test_a_schedule_is_kept_and_waiting_counts(self) -> None:
        answers = await measure(Tiny(OK + b"body", pause_seconds=0.05), connections=1, rate=100)
        assert len(answers.times) == 20
        # Twenty answers take a second over one connection, and the last request was due after 0.19 s.
        assert answers.times[-1] > 0.7

    @pytest.mark.parametrize(
        ("tiny", "reason"),
        [
            (Tiny(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"), "GET /x: answered 500 instead of 200"),
            (Tiny(b"nonsense\r\n\r\n"), "instead of 200"),
            (Tiny(OK), "no answer within"),
        ],
    )
    async def test_anything_else_ends_the_run(self, monkeypatch: pytest.MonkeyPatch, tiny: Tiny, reason: str) -> None:
        monkeypatch.setattr(client, "_PATIENCE_SECONDS", 0.1)
        with pytest.raises(Refused, match=reason):
            await measure(tiny)

    async def test_an_answer_that_is_borne_is_counted_aside(self) -> None:
        late = b"HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n"
        served = itertools.cycle([OK + b"body", late])

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while await reader.readline():
                await reader.readuntil(b"\r\n\r\n")
                writer.write(next(served))
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        load = Load(server.sockets[0].getsockname()[1], (request("GET", "/x"),), connections=1, borne=503)
        answers = await asyncio.to_thread(run, load, 0.1)
        assert abs(len(answers.times) - answers.refused) <= 1
        server.close()

    async def test_a_closed_connection_ends_the_run(self) -> None:
        server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
        with pytest.raises(Refused, match="closed"):
            await asyncio.to_thread(run, Load(server.sockets[0].getsockname()[1], (request("GET", "/x"),)), 1)
        server.close()

    def test_quantiles_are_of_the_sorted_times(self) -> None:
        answers = Answers([float(n) for n in range(100)], 1.0)
        assert (answers.quantile(0.5), answers.quantile(0.99), answers.quantile(1)) == (50, 99, 99)


ROUNDS = [{"a": Sample(rate=rate, p50=1.0), "b": Sample(rate=10.0, p50=0.5, cpu=0.1)} for rate in (10.0, 40.0, 20.0)]


class TestRatio:
    def test_it_is_taken_within_each_round(self) -> None:
        assert Ratio("", "rate", "a", "b").values(ROUNDS) == [1, 4, 2]

    def test_a_goal_is_met_at_its_limit(self) -> None:
        low, high, none = (Ratio("", "rate", "a", "b", goal) for goal in (">= 2", "<= 2", ""))
        assert [low.verdict(value) for value in (1.9, 2, 2.1)] == ["missed", "met", "met"]
        assert [high.verdict(value) for value in (1.9, 2, 2.1)] == ["met", "met", "missed"]
        assert none.verdict(1) == ""

    def test_the_table_has_median_spread_and_goal(self) -> None:
        shown = table({"Speed": [Ratio("a / b", "rate", "a", "b", ">= 3"), Ratio("CPU", "cpu", "a", "b")]}, ROUNDS)
        assert shown.splitlines()[3:] == [
            "| a / b | 2 | 1..4 | >= 3 | missed |",
            "| CPU | not measured | |  | |",
        ]


class TestPictures:
    def test_each_section_with_several_ratios_is_a_file_that_is_the_same_each_time(self, tmp_path: Path) -> None:
        speed = [
            Ratio("`a` / b", "rate", "a", "b", ">= 3"),
            Ratio("p50", "p50", "a", "b"),
            Ratio("CPU", "cpu", "a", "b"),
        ]
        shown = {"Speed, this / base": speed, "Alone": speed[:1], "Values": [Ratio("a", "rate", "a")] * 2}
        (file,) = plots.draw(shown, ROUNDS, tmp_path, "run")
        assert file.name == "run-speed-this-base.svg"
        first = file.read_text()
        assert ">a / b<" in first
        assert ">CPU<" not in first
        assert plots.draw(shown, ROUNDS, tmp_path, "run") == [file]
        assert file.read_text() == first


class TestGoals:
    def test_each_ratio_is_of_something_that_is_measured(self) -> None:
        everywhere, ours = set(EVERYWHERE), set(EVERYWHERE | OURS)
        known = {f"this {name}" for name in ours | set(HERE)} | {f"base {name}" for name in ours}
        known |= {f"peer {name}" for name in everywhere} | {"this plans of lists", "this statements of a login", ""}
        shown = [ratio for ratios in goals.sections(base=True, peer=True).values() for ratio in ratios]
        assert {name for ratio in shown for name in (ratio.above, ratio.below)} <= known

    def test_a_server_that_is_not_there_is_not_shown(self) -> None:
        shown = [ratio for ratios in goals.sections(base=False, peer=False).values() for ratio in ratios]
        assert {ratio.above.split()[0] for ratio in shown} == {"this"}


class TestData:
    async def test_rows_are_told_apart_and_the_indexes_are_as_before(self, postgres_url: str, template: str) -> None:
        await migrate.drop_database(postgres_url, "bench_rows")
        url = await migrate.create_database(postgres_url, "bench_rows", template=template)
        connection = await asyncpg.connect(url)
        await connection.execute(
            "INSERT INTO jobs (id, title, employment_type, description, location_json, employer_json)"
            " SELECT 'seed_' || n, 'Welder', 'FULL_TIME', 'Work', '{}', '{}' FROM generate_series(1, 3) n;"
            "INSERT INTO feed_posts (id, title, excerpt, category, author, published_at)"
            " VALUES ('seed', 'News', 'Short', 'C', 'Rina', now())"
        )
        before, targets = await catalogue(connection), await connection.fetch(TARGETS_SQL)
        await data.fill(url, 5000)
        assert await catalogue(connection) == before
        assert await connection.fetch(TARGETS_SQL) == targets
        distinct = "SELECT count(*) = count(DISTINCT search_text) FROM {} WHERE id LIKE 'bench%'"
        assert await connection.fetchval(distinct.format("jobs")) is True
        assert await connection.fetchval(distinct.format("feed_posts")) is True
        found = [
            await connection.fetchval("SELECT count(*) FROM jobs WHERE search_text LIKE $1", f"%{word}%")
            for word in (data.RARE, data.ABSENT, data.BROAD)
        ]
        assert found == [1, 0, 500]
        await data.keep_jobs(url, 4)
        assert await connection.fetchval("SELECT count(*) FROM jobs") == 4
        await connection.close()
        await migrate.drop_database(postgres_url, "bench_rows")

    def test_a_position_is_moved_as_the_product_writes_it(self) -> None:
        def at(number: int) -> Position:
            when = datetime(2026, 6, 1, tzinfo=UTC) + timedelta(seconds=number)
            return Position("list", number, (when, data.BENCH_ID.format(number)))

        assert measures._moved(at(7).token(), 4321) == at(4321).token()


class TestProcesses:
    async def test_the_server_behind_a_port_is_found_with_its_postgres(self, postgres_url: str) -> None:
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            listening.listen()
            connection = await asyncpg.connect(postgres_url)
            pids = stack.pids_behind(listening.getsockname()[1])
            await connection.close()
        if not Path("/proc/net/tcp").exists():
            pytest.skip("there is no /proc")
        assert os.getpid() in pids
        names = {Path(f"/proc/{pid}/comm").read_text().strip() for pid in pids if pid != os.getpid()}
        assert names == {"postgres"}
        assert stack.cpu_seconds(*pids) > 0


@pytest.mark.skipif(not (revisions.ROOT / ".git").exists(), reason="this is no clone")
class TestRevisions:
    def test_the_files_of_a_revision_are_kept(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(revisions, "_KEPT", tmp_path)
        built = revisions.build("HEAD")
        assert (built.tree / "service/app.py").is_file()
        assert revisions.build("HEAD") == built
        assert built.name == revisions.working_tree().name.split()[0]

    def test_an_unknown_one_is_one_sentence(self) -> None:
        with pytest.raises(revisions.Unbuildable, match="no such revision"):
            revisions.build("nowhere")
