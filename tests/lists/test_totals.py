"""Is a long list counted once for all who wait, never waited for too long, and right as long as it may be?"""

from __future__ import annotations

import asyncio
import time
from types import SimpleNamespace

import pytest

from service.lists import totals as module
from service.lists.totals import Total, Totals

SHORT = 100


class Rows:
    """A list with a number of rows, which can be made slow to count."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.counts: list[int | None] = []
        self.estimates = 0
        self.done = asyncio.Event()
        self.done.set()

    async def count(self, limit: int | None = None) -> int:
        self.counts.append(limit)
        number = self.number  # what the statement's snapshot has
        await asyncio.sleep(0)
        if limit is None:
            await self.done.wait()
        return number if limit is None else min(number, limit)

    async def estimate(self) -> int:
        self.estimates += 1
        await asyncio.sleep(0)
        return 12_345


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAIT_SECONDS", 0.05)


@pytest.fixture
def totals() -> Totals:
    return Totals(short=SHORT, fresh_seconds=2, usable_seconds=5, count_seconds=60, maximum=3)


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


class TestForgetting:
    async def test_ends_what_is_under_way(self) -> None:
        """Else closing the database would wait for it."""
        totals = Totals(short=SHORT, fresh_seconds=2, usable_seconds=5, count_seconds=60)
        rows = Rows(5_000_000)
        rows.done.clear()
        asking = asyncio.create_task(totals.find("a", rows, time.monotonic()))
        await settle()
        (flight,) = totals._flights.values()
        totals.forget()
        rows.done.set()
        await asyncio.wait({flight.task})
        assert flight.task.cancelled()
        assert totals.known("a", time.monotonic()) is None
        asking.cancel()
        await asyncio.wait({asking})


class TestOneCount:
    @pytest.mark.parametrize("number", [7, 5000])
    @pytest.mark.parametrize("callers", [1, 50])
    async def test_is_for_all_who_wait(self, totals: Totals, clock: SimpleNamespace, number: int, callers: int) -> None:
        rows = Rows(number)
        found = await asyncio.gather(*(totals.find("a", rows, clock.now, "v1") for _ in range(callers)))
        assert found == [Total(number, True)] * callers
        assert rows.counts == ([SHORT + 1] if number == 7 else [SHORT + 1, None])

    async def test_of_a_short_list_another_for_all_who_know_of_a_write_between(
        self, totals: Totals, clock: SimpleNamespace
    ) -> None:
        rows = Rows(7)
        before = [asyncio.create_task(totals.find("a", rows, clock.now, "v1")) for _ in range(25)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert len(rows.counts) == 1
        rows.number, clock.now = 8, clock.now + 0.001
        after = [asyncio.create_task(totals.find("a", rows, clock.now, "v2")) for _ in range(25)]
        assert await asyncio.gather(*before) == [Total(7, True)] * 25
        assert await asyncio.gather(*after) == [Total(8, True)] * 25
        assert len(rows.counts) == 2

    async def test_of_a_short_list_is_right_for_callers_without_a_version(
        self, totals: Totals, clock: SimpleNamespace
    ) -> None:
        rows = Rows(7)
        assert (await totals.find("a", rows, clock.now)).value == 7
        rows.number, clock.now = 8, clock.now + 0.001
        assert (await totals.find("a", rows, clock.now)).value == 8

    async def test_is_begun_in_the_background_after_a_change_of_a_long_list(
        self, totals: Totals, clock: SimpleNamespace
    ) -> None:
        rows = Rows(5000)
        await totals.find("a", rows, clock.now, "v1")
        clock.now += 1000
        assert await totals.find("a", rows, clock.now, "v1") == Total(5000, True)
        rows.number, clock.now = 5001, clock.now + 4
        rows.done.clear()
        # As old as the moment when its version was last seen to hold.
        found = await asyncio.gather(*(totals.find("a", rows, clock.now, f"v{n}") for n in range(2, 52)))
        assert found == [Total(5000, False)] * 50
        await settle()
        assert rows.counts == [SHORT + 1, None, None]
        rows.done.set()
        await settle()
        assert await totals.find("a", rows, clock.now, "v2") == Total(5001, True)
        assert len(rows.counts) == 3

    async def test_without_versions_is_begun_when_the_last_is_no_longer_fresh(
        self, totals: Totals, clock: SimpleNamespace
    ) -> None:
        rows = Rows(5000)
        await totals.find("a", rows, clock.now)
        rows.number, clock.now = 5001, clock.now + 1.9
        assert (await totals.find("a", rows, clock.now)).value == 5000
        assert len(rows.counts) == 2
        clock.now += 0.2
        assert [(await totals.find("a", rows, clock.now)).value for _ in range(3)] == [5000] * 3
        await settle()
        assert len(rows.counts) == 3
        assert (await totals.find("a", rows, clock.now)).value == 5001

    async def test_is_waited_for_when_the_last_is_too_old(self, totals: Totals, clock: SimpleNamespace) -> None:
        rows = Rows(5000)
        await totals.find("a", rows, clock.now)
        rows.number, clock.now = 5001, clock.now + 5.1
        found = await asyncio.gather(*(totals.find("a", rows, clock.now) for _ in range(50)))
        assert found == [Total(5001, True)] * 50
        assert len(rows.counts) == 3


class TestSlowCounts:
    async def test_nobody_waits_long_and_all_take_one_estimate(self, totals: Totals) -> None:
        rows = Rows(5_000_000)
        rows.done.clear()
        asked_at = time.monotonic()
        found = await asyncio.gather(*(totals.find("a", rows, asked_at, "v1") for _ in range(50)))
        assert found == [Total(12_345, False)] * 50
        assert (rows.estimates, rows.counts) == (1, [SHORT + 1, None])
        # Later callers do not wait at all, whatever they know.
        for version in ("v1", "v2", None):
            assert await totals.find("a", rows, time.monotonic(), version) == Total(12_345, False)
        assert (rows.estimates, rows.counts) == (1, [SHORT + 1, None])
        rows.done.set()
        await asyncio.sleep(0.01)
        assert await totals.find("a", rows, time.monotonic(), "v1") == Total(5_000_000, True)

    async def test_the_last_number_is_taken_when_there_is_one(self, totals: Totals, clock: SimpleNamespace) -> None:
        rows = Rows(5000)
        await totals.find("a", rows, clock.now, "v1")
        clock.now += 1000
        rows.done.clear()
        waiting = [asyncio.create_task(totals.find("a", rows, clock.now, "v2")) for _ in range(50)]
        assert await asyncio.gather(*waiting) == [Total(5000, False)] * 50
        assert (rows.estimates, len(rows.counts)) == (0, 3)
        rows.done.set()

    async def test_a_count_that_arrives_old_is_good_for_the_time_of_the_next(
        self, totals: Totals, clock: SimpleNamespace
    ) -> None:
        """It took 10 s: counting begins again after 30, and until then and for 10 more nobody waits."""
        rows = Rows(5000)
        rows.done.clear()
        first = asyncio.create_task(totals.find("a", rows, clock.now, "v1"))
        await settle()
        clock.now += 10
        rows.done.set()
        assert await first == Total(5000, True)
        rows.done.clear()
        for _ in range(29):
            clock.now += 1
            assert await totals.find("a", rows, clock.now, "v2") == Total(5000, False)
        assert len(rows.counts) == 2
        for _ in range(9):
            clock.now += 1.1
            assert await totals.find("a", rows, clock.now, "v3") == Total(5000, False)
        await settle()
        assert len(rows.counts) == 3
        rows.done.set()

    async def test_a_count_that_never_ends_is_given_up_for_estimates(self) -> None:
        totals = Totals(short=SHORT, fresh_seconds=2, usable_seconds=5, count_seconds=0.01)
        rows = Rows(5_000_000)
        rows.done.clear()
        for estimates in (1, 2):
            if known := totals._counts.get("a"):
                known.rests_until = 0.0  # long enough ago
            await totals.find("a", rows, time.monotonic())
            while totals._flights:
                await asyncio.sleep(0.01)
            assert await totals.find("a", rows, time.monotonic()) == Total(12_345, False)
            assert (rows.estimates, rows.counts.count(None)) == (estimates, estimates)
            await asyncio.sleep(0.05)

    async def test_a_short_count_waits_for_no_long_one(self, totals: Totals, clock: SimpleNamespace) -> None:
        slow = Rows(5_000_000)
        slow.done.clear()
        waiting = [asyncio.create_task(totals.find(f"slow {n}", slow, clock.now)) for n in range(5)]
        await settle()
        assert slow.counts.count(None) == 2
        assert await totals.find("short", Rows(3), clock.now, "v1") == Total(3, True)
        slow.done.set()
        await asyncio.gather(*waiting)

    async def test_a_count_that_fails_is_told_to_those_for_whom_nothing_is_known(
        self, totals: Totals, clock: SimpleNamespace
    ) -> None:
        class Broken(Rows):
            async def count(self, limit: int | None = None) -> int:
                await super().count(limit)
                raise OSError("away")

        with pytest.raises(OSError, match="away"):
            await totals.find("a", Broken(1), clock.now)
        await totals.find("b", Rows(5000), clock.now)
        clock.now += 10
        assert await totals.find("b", Broken(1), clock.now) == Total(5000, False)


class TestMemory:
    async def test_the_least_used_goes(self, totals: Totals, clock: SimpleNamespace) -> None:
        for name in "abc":
            totals.keep(name, 1, "v", clock.now)
        totals.known("a", clock.now, "v")
        totals.keep("d", 1, "v", clock.now)
        known = {name: totals.known(name, clock.now, "v") for name in "abcd"}
        assert [name for name, total in known.items() if total] == ["a", "c", "d"]
