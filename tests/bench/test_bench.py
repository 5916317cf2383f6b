"""Does the benchmark count right, and does it refuse to measure a server that refuses?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from tests.bench import client
from tests.bench.client import Answers, Load, Refused, request, run
from tests.bench.figures import Ratio, Sample, table
from tests.bench.stack import script_of

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"


class Tiny:
    """A server that sends the same pieces to everybody, and counts."""

    def __init__(self, *pieces: bytes, pause_seconds: float = 0.0) -> None:
        self.pieces, self.pause_seconds, self.seen = pieces, pause_seconds, 0

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Callable[..., Load]]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        yield lambda **more: Load(port, request("GET", "/x"), **more)
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

    async def test_a_closed_connection_ends_the_run(self) -> None:
        server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
        with pytest.raises(Refused, match="closed"):
            await asyncio.to_thread(run, Load(server.sockets[0].getsockname()[1], request("GET", "/x")), 1)
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
            "| CPU | not measured on this system | |  | |",
        ]


class TestPgbench:
    def test_places_become_variables(self) -> None:
        script, options = script_of([("SELECT $1::uuid, $2, $12", ("u", 21)), ("SELECT $1", ("x",))])
        assert script == "SELECT :v0_1::uuid, :v0_2, :v0_12;\nSELECT :v1_1;\n"
        assert options == ["--define=v0_1=u", "--define=v0_2=21", "--define=v1_1=x"]
