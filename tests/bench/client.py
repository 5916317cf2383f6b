"""How fast does a server answer the same requests again and again? A load client that runs in a process of its own.

`run` keeps all connections busy (closed loop) or begins requests on a schedule whatever the server does (open loop). In
an open loop a request's time counts from the moment it was due, so a server that stops for a second is seen by all who
wait. An answer with another status than the expected one ends the run: a server that refuses is fast for nothing.

It speaks HTTP by itself because it shares its machine with the server that it measures: 8 µs of CPU a request, where
httpx takes 1,250 µs, several times what the server needs.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import deque
from dataclasses import dataclass
from typing import cast

import uvloop

from service.tools.local.servers import HOST

_PATIENCE_SECONDS = 10.0


class Refused(Exception):
    """The server did not give the expected answer; the text says what it did."""


@dataclass(frozen=True, slots=True)
class Load:
    """Requests (their bytes) one after another, then from the first again; with `rate`, that many begin each second.

    `status` is the expected one; 2 stands for all from 200 to 299. Answers with the status `borne` are counted aside.
    """

    port: int
    requests: tuple[bytes, ...]
    connections: int = 16
    rate: float | None = None
    status: int = 200
    borne: int | None = None
    host: str = HOST


@dataclass(frozen=True, slots=True)
class Answers:
    """`times`: seconds of each answer, ascending. `seconds`: from the first request to the last answer.

    `refused`: answers with the status that was borne, which are not among the times.
    """

    times: list[float]
    seconds: float
    refused: int = 0

    @property
    def per_second(self) -> float:
        return len(self.times) / self.seconds

    def quantile(self, share: float) -> float:
        """The time within which this share of the requests was answered."""
        return self.times[min(int(len(self.times) * share), len(self.times) - 1)]


def request(method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b"") -> bytes:
    """A whole HTTP/1.1 request, as `Load` sends it."""
    fields = {"Host": HOST, **(headers or {})}
    if body:
        fields |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
    head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return head.encode() + b"\r\n" + body


def run(load: Load, seconds: float) -> Answers:
    """Begin requests for `seconds` and return when the last answer is here. Raises Refused."""
    return uvloop.run(_Run(load, seconds).drive())


class _Run:
    def __init__(self, load: Load, seconds: float) -> None:
        self.load, self.seconds = load, seconds
        self.times: list[float] = []
        self.idle: list[_Connection] = []
        self.due: deque[float] = deque()
        self.requests = itertools.cycle(load.requests)
        self.open = True
        self.last_answer_at = 0.0
        self.refused = 0

    async def drive(self) -> Answers:
        loop = asyncio.get_running_loop()
        self.done: asyncio.Future[None] = loop.create_future()
        for _ in range(self.load.connections):
            await loop.create_connection(lambda: _Connection(self), self.load.host, self.load.port)
        connections = list(self.idle)
        started = time.perf_counter()
        try:
            async with asyncio.timeout(self.seconds + _PATIENCE_SECONDS):
                if self.load.rate is None:
                    loop.call_later(self.seconds, self.close)
                    self.due.extend([started] * self.load.connections)
                    self.begin()
                else:
                    for number in range(int(self.seconds * self.load.rate)):
                        due = started + number / self.load.rate
                        await asyncio.sleep(due - time.perf_counter())
                        # uvloop's timers count whole milliseconds, so they may also ring early.
                        self.due.append(min(due, time.perf_counter()))
                        self.begin()
                    self.close()
                await self.done
        except TimeoutError:
            raise Refused(f"{self.name}: no answer within {_PATIENCE_SECONDS:g} s") from None
        finally:
            for connection in connections:
                connection.transport.abort()
        if not self.times:
            raise Refused(f"{self.name}: no answer but {self.load.borne}")
        return Answers(sorted(self.times), self.last_answer_at - started, self.refused)

    def begin(self) -> None:
        """Send what is due over connections that are free."""
        while self.due and self.idle:
            self.idle.pop().send(self.due.popleft())
        if not self.open and not self.due and len(self.idle) == self.load.connections and not self.done.done():
            self.done.set_result(None)

    def close(self) -> None:
        """Begin no more; `done` follows when all that was begun is answered."""
        self.open = False
        self.begin()

    def answered(self, connection: _Connection) -> None:
        self.last_answer_at = time.perf_counter()
        if connection.refused:
            self.refused += 1
        else:
            self.times.append(self.last_answer_at - connection.due)
        self.idle.append(connection)
        if self.load.rate is None and self.open:
            self.due.append(self.last_answer_at)
        self.begin()

    def fail(self, reason: str) -> None:
        if not self.done.done():
            self.done.set_exception(Refused(f"{self.name}: {reason}"))

    @property
    def name(self) -> str:
        return b" ".join(self.load.requests[0].split(maxsplit=2)[:2]).decode()


class _Connection(asyncio.Protocol):
    transport: asyncio.Transport

    def __init__(self, run: _Run) -> None:
        self.run = run
        self.due = 0.0
        self.buffer = b""
        self.wanted = 0
        self.refused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.run.idle.append(self)

    def send(self, due: float) -> None:
        if self.transport.is_closing():
            return  # `connection_lost` says so in a moment
        self.due = due
        self.transport.write(next(self.run.requests))

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.wanted:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self.buffer[:end].lower()
            status = head[9:12].decode(errors="replace")
            self.refused = status == str(self.run.load.borne)
            if not self.refused and not status.startswith(str(self.run.load.status)):
                self.run.fail(f"answered {status} instead of {self.run.load.status}")
                return
            # Our server announces every body that it sends; an answer without a length has none.
            _, _, length = head.partition(b"\r\ncontent-length:")
            self.wanted = end + 4 + int(length.split(b"\r\n")[0] or 0)
        if len(self.buffer) >= self.wanted:
            self.buffer, self.wanted = b"", 0
            self.run.answered(self)

    def connection_lost(self, error: Exception | None) -> None:
        self.run.fail("the connection was closed")
