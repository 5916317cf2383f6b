"""How does a process hear at once of what another one commits? LISTEN on a connection of its own, outside the pool."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import asyncpg

from service.base import logs
from service.database import db

PROBE_SECONDS = 15.0
_ANSWER_SECONDS = 5.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0


class NothingHeard(Exception):
    """A notice that we sent ourselves did not arrive: the connection is dead, or leads through a transaction pooler."""


class Listener:
    """Calls `heard` whenever somebody commits a notice on `channel`, and each time the connection was made anew.

    A connection whose other end is gone, or behind which a pooler swaps sessions, looks alive and hears nothing. So every
    15 s the process sends itself a notice through its pool; when that does not arrive within 5 s the connection is
    replaced, after pauses that grow to half a minute. `changed` is told whether notices arrive. What depends on them must
    go on without: a notice can be lost at any time.
    """

    def __init__(
        self,
        database_url: str,
        channel: str,
        *,
        application_name: str,
        heard: Callable[[], None],
        changed: Callable[[bool], None],
    ) -> None:
        self._url = database_url
        self._channel = channel
        self._echo_channel = f"echo_{uuid4().hex}"
        self._name = application_name
        self._heard = heard
        self._changed = changed
        self._state: bool | None = None

    async def run(self) -> None:
        """Listen until cancelled. Never raises for a database that is unavailable, refuses or swallows notices."""
        pause = _FIRST_PAUSE
        try:
            while True:
                try:
                    async with self._connection() as connection:
                        await self._listen(connection)
                except Exception as error:
                    if self._state:
                        pause = _FIRST_PAUSE
                    self._tell(False, error)
                await asyncio.sleep(pause * random.uniform(0.75, 1.25))  # noqa: S311  # so that workers come one by one
                pause = min(2 * pause, _LONGEST_PAUSE)
        finally:
            self._changed(False)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[db.BaseConnection]:
        connection: db.BaseConnection = await asyncpg.connect(
            self._url,
            timeout=db.CONNECT_TIMEOUT_SECONDS,
            command_timeout=_ANSWER_SECONDS,
            server_settings={"application_name": self._name},
        )
        try:
            yield connection
        finally:
            try:
                await connection.close(timeout=1.0)
            except Exception:
                connection.terminate()

    async def _listen(self, connection: db.BaseConnection) -> None:
        """Raises as soon as notices do not arrive any more."""
        ended, echoed = asyncio.Event(), asyncio.Event()

        def end(*_: Any) -> None:
            ended.set()
            echoed.set()

        connection.add_termination_listener(end)
        await connection.add_listener(self._channel, lambda *_: self._heard())
        await connection.add_listener(self._echo_channel, lambda *_: echoed.set())
        while True:
            echoed.clear()
            try:
                await db.fetch_value("SELECT pg_notify($1, '')", self._echo_channel)
            except db.PoolExhausted:
                continue  # tasks have all connections, which says nothing of this one
            try:
                async with asyncio.timeout(_ANSWER_SECONDS):
                    await echoed.wait()
            except TimeoutError:
                raise NothingHeard from None
            if not ended.is_set():
                self._tell(True)
                try:
                    async with asyncio.timeout(PROBE_SECONDS):
                        await ended.wait()
                except TimeoutError:
                    continue
            raise ConnectionResetError

    def _tell(self, state: bool, error: Exception | None = None) -> None:
        if state == self._state:
            return
        self._state = state
        self._changed(state)
        if error is None:
            self._heard()  # of what came before
            logs.log("database.listening")
            return
        refused = (db.refusal(error) or "").removeprefix("DATABASE_URL: ").rstrip(".")
        reason = "notices do not arrive" if isinstance(error, NothingHeard) else refused or db.reason_away(error)
        logs.log(
            "database.not_listening",
            level="warn",
            message=f"Nothing is heard of new work at once: {reason} (DATABASE_DIRECT_URL; unset: DATABASE_URL).",
        )
