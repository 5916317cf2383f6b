"""How many rows has a long list? One count for all who ask, and what is answered until it is there.

The rules: docs/rules/content.md, totals.
"""

from __future__ import annotations

import asyncio
import contextvars
import math
import time
from collections import OrderedDict
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, Protocol

# A request waits this long for a count that begins now; then it answers with what is known.
WAIT_SECONDS = 0.5
# The next count of a long list begins after this many times what the last one took, so that counting never takes more
# than a quarter of one of Postgres' processors for a list.
_REST = 3
# So much older than a count's time its number may be: itself, the rest, and the next one.
_AGE = _REST + 2
_LONG_COUNTS = 2


class Counting(Protocol):
    """How a list is counted."""

    async def count(self, limit: int | None = None) -> int:
        """The number of rows, or `limit` if there are more. One statement."""
        ...

    async def estimate(self) -> int:
        """About how many there are, without reading them."""
        ...


@dataclass(frozen=True, slots=True)
class Total:
    """`exact`: true of the version that the caller read, or of a later one."""

    value: int
    exact: bool


@dataclass(slots=True)
class _Count:
    """A number, the version of what was counted, when it was last known to be true, and until when none is counted."""

    value: int
    version: str | None = None
    held_at: float = -math.inf
    took: float = 0.0
    rests_until: float = -math.inf


@dataclass(slots=True, eq=False)
class _Flight:
    """A count that is under way. Its version was last seen to hold at `held_at`."""

    version: str | None
    started_at: float
    held_at: float
    task: asyncio.Task[int] = field(init=False)
    estimate: asyncio.Task[int] | None = None


class Totals:
    """The numbers of rows of lists with their filters, by name; of this process alone.

    `version` is what the caller read of the table before, and changes with it. A count of the same version is true at
    any age; every caller who comes with it says so again. Of another version, or to callers who know none:

    - Up to `short` rows a list is counted for everybody who may know of a later write. That costs little.
    - Above, the last number is good for `usable_seconds` after it was last known to be true (longer if counting takes
      so long, see `_AGE`), while one task counts anew: after a change, and `fresh_seconds` after the last count.
    - Without such a number a request waits up to WAIT_SECONDS for the count, and then takes the last number of any age,
      or an estimate.

    There is one count at a time of a name, for all who wait, and two long ones of all names. One that does not end within
    `count_seconds` is given up for an estimate. Of more than `maximum` names the least used go.
    """

    def __init__(
        self, *, short: int, fresh_seconds: float, usable_seconds: float, count_seconds: float, maximum: int = 1000
    ) -> None:
        self.short = short
        self.fresh_seconds = fresh_seconds
        self.usable_seconds = usable_seconds
        self.count_seconds = count_seconds
        self.maximum = maximum
        self._counts: OrderedDict[str, _Count] = OrderedDict()
        self._flights: dict[str, _Flight] = {}
        self._long_counts = asyncio.Semaphore(_LONG_COUNTS)

    async def find(self, name: str, counting: Counting, asked_at: float, version: str | None = None) -> Total:
        """The number of rows, for a caller who knew `version` at `asked_at` (`time.monotonic()`).

        Raises what `counting` raises when nothing is known at all.
        """
        found = self.known(name, asked_at, version)
        if found is not None:
            self._refresh(name, counting, version)
            return found
        while True:
            flight = self._flights.get(name)
            known = self._counts.get(name)
            if flight is None and known is not None and asked_at < known.rests_until:
                return Total(known.value, False)
            flight = flight or self._start(name, counting, version)
            remaining = flight.started_at + WAIT_SECONDS - time.monotonic()
            if remaining > 0:
                await asyncio.wait({flight.task}, timeout=remaining)
            if not flight.task.done():
                return Total(await self._last(name, flight, counting), False)
            if (flight.task.cancelled() or flight.task.exception()) and name in self._counts:
                return Total(await self._last(name, flight, counting), False)
            value = flight.task.result()
            if flight.started_at >= asked_at or (version is not None and flight.version == version):
                return Total(value, True)
            if value > self.short:
                return Total(value, False)
            # It began before a write that the caller may know of, and a short list is right at once.

    def known(self, name: str, asked_at: float, version: str | None = None) -> Total | None:
        """The number of rows when it need not be waited for."""
        flight = self._flights.get(name)
        if flight is not None and version is not None and flight.version == version:
            flight.held_at = max(flight.held_at, asked_at)
        known = self._counts.get(name)
        if known is None:
            return None
        self._counts.move_to_end(name)
        if version is not None and known.version == version:
            known.held_at = max(known.held_at, asked_at)
            return Total(known.value, True)
        if known.value > self.short and time.monotonic() - known.held_at < max(self.usable_seconds, _AGE * known.took):
            return Total(known.value, False)
        return None

    def keep(self, name: str, value: int, version: str | None, sent_at: float, *, held_at: float | None = None) -> None:
        """Remember a count whose statement was sent at `sent_at` (`time.monotonic()`), after reading `version`."""
        now = time.monotonic()
        took = now - sent_at
        rest = max(self.fresh_seconds, _REST * took) if value > self.short else -math.inf
        self._put(name, _Count(value, version, max(sent_at, held_at or sent_at), took, now + rest))

    def forget(self) -> None:
        """Count everything anew, and end what is under way, in Postgres too."""
        self._counts.clear()
        for flight in self._flights.values():
            for task in (flight.task, flight.estimate):
                if task is not None:
                    task.cancel()
        self._flights.clear()

    def _refresh(self, name: str, counting: Counting, version: str | None) -> None:
        """Begin to count anew what is known, when that is due."""
        known, now = self._counts[name], time.monotonic()
        if name in self._flights or now < known.rests_until or (version is not None and known.version == version):
            return
        # Who knows a version has seen that it changed; others only know how old the number is.
        if version is not None or now - known.held_at >= self.fresh_seconds:
            self._start(name, counting, version)

    def _put(self, name: str, count: _Count) -> None:
        self._counts[name] = count
        self._counts.move_to_end(name)
        while len(self._counts) > self.maximum:
            self._counts.popitem(last=False)

    async def _last(self, name: str, flight: _Flight, counting: Counting) -> int:
        """The last number of any age, else one estimate for all who wait."""
        known = self._counts.get(name)
        if known is not None:
            return known.value
        if flight.estimate is None:
            flight.estimate = _task(counting.estimate())
        value = await asyncio.shield(flight.estimate)
        if name not in self._counts and self._flights.get(name) is flight:
            self._put(name, _Count(value))
        return value

    def _start(self, name: str, counting: Counting, version: str | None) -> _Flight:
        now = time.monotonic()
        flight = _Flight(version, now, now)
        flight.task = _task(self._count(name, flight, counting))
        self._flights[name] = flight
        return flight

    async def _count(self, name: str, flight: _Flight, counting: Counting) -> int:
        known = self._counts.get(name)
        try:
            async with asyncio.timeout(self.count_seconds):
                sent_at = time.monotonic()
                value = await counting.count(self.short + 1) if known is None or known.value <= self.short else None
                if value is None or value > self.short:
                    async with self._long_counts:
                        sent_at = time.monotonic()
                        value = await counting.count()
        except Exception as error:
            if isinstance(error, TimeoutError) and self._flights.get(name) is flight:
                self._put(name, _Count(await counting.estimate()))
            known = self._counts.get(name)
            if known is not None:
                now = time.monotonic()
                known.rests_until = now + _REST * (now - flight.started_at)
            raise
        finally:
            is_wanted = self._flights.get(name) is flight
            if is_wanted:
                del self._flights[name]
        if is_wanted:
            self.keep(name, value, flight.version, sent_at, held_at=flight.held_at)
        return value


def _task(work: Coroutine[Any, Any, int]) -> asyncio.Task[int]:
    # Of no request: its transaction, if it has one, is about to end.
    task = asyncio.get_running_loop().create_task(work, context=contextvars.Context())
    task.add_done_callback(lambda done: done.cancelled() or done.exception())  # who waits sees it
    return task
