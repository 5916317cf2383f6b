"""Is the audit chain the one that was written? Every row read again, in batches, and the first wrong one named."""

from __future__ import annotations

from dataclasses import dataclass

import asyncpg
from tortoise.transactions import in_transaction

from service.audit import chain, queries
from service.audit.domain import ERASED
from service.base.settings import Key


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reading of the whole chain found. `broken_at` is the first wrong row, none when all are right.

    `unsealed` is how many rows wait to be sealed, each with a right stamp.
    """

    head: chain.Head
    broken_at: int | None = None
    reason: str = ""
    unsealed: int = 0


class _Broken(Exception):
    def __init__(self, sequence: int, reason: str) -> None:
        super().__init__(reason)
        self.verdict = (sequence, reason)


async def verify(keys: tuple[Key, ...], expected: chain.Head | None = None, *, may_be_empty: bool = True) -> Verdict:
    """Read the chain of the open database from its start and say where it first differs from what was written.

    `expected` is a head that was logged or kept earlier: the chain must still contain it. Where not `may_be_empty`, a
    database without any row is broken too: somebody may have emptied it. Reads one snapshot in batches of 500 rows, so
    memory stays the same whatever the length. Source: docs/rules/audit.md, verification.
    """
    async with in_transaction():
        await queries.keep_one_snapshot()
        found = await _Reading({key.id: key for key in keys}, expected).run()
    if found.broken_at is None and not found.head.count and not found.unsealed and not may_be_empty:
        return Verdict(found.head, 1, "the chain is empty: say --new for a database that is really new")
    return found


class _Reading:
    def __init__(self, keys: dict[str, Key], expected: chain.Head | None) -> None:
        self.keys = keys
        self.expected = expected
        self.last = chain.START
        self.positions = (0, 0)
        self.unsealed = 0

    async def run(self) -> Verdict:
        try:
            async for row in queries.chained_rows(0, erasure=ERASED):
                await self._check(row)
                self.last = chain.Head(row["sequence"], row["mac"])
            await self._check_end()
        except _Broken as error:
            return Verdict(self.last, *error.verdict)
        return Verdict(self.last, unsealed=self.unsealed)

    async def _check(self, row: asyncpg.Record) -> None:
        number = self.last.count + 1
        if row["sequence"] != number:
            raise _Broken(
                number, await self._moved(number) or f"row {number} was removed: row {row['sequence']} follows"
            )
        key = self.keys.get(row["key_id"] or "")
        if key is None:
            raise _Broken(number, f"row {number} was changed, or its key is not in AUDIT_KEYS: {row['key_id']!r}")
        if not chain.is_at(key, number, self.last.mac, row, self.keys.values()):
            raise _Broken(number, await self._moved(number) or f"row {number} was changed or replaced")
        if not _detail_is_right(row):
            raise _Broken(number, f"row {number} was changed: its detail is not what was written, nor was it erased")
        if row["stamp"] is None:
            self._check_position(number, row["position"])
        if self.expected is not None and number == self.expected.count and row["mac"] != self.expected.mac:
            raise _Broken(number, f"row {number} is not the one of the given head: the chain was written anew")

    def _check_position(self, number: int, position: int) -> None:
        """Rows without a stamp were inserted in the order of the chain. Of two that contradict this, one is out of line."""
        one_before, before = self.positions[0], self.positions[1]
        if position <= before:
            culprit = number - 1 if position > one_before else number
            raise _Broken(culprit, f"row {culprit} was swapped: its position is out of order")
        self.positions = (before, position)

    async def _moved(self, number: int) -> str | None:
        """Where the row that belongs at `number` is now, as a sentence; none when it is nowhere."""
        async for row in queries.chained_rows(number - 1, erasure=ERASED):
            key = self.keys.get(row["key_id"] or "")
            if key is None or row["sequence"] == number:
                continue
            if chain.is_at(key, number, self.last.mac, row, self.keys.values()):
                return f"row {number} was swapped: what belongs there is now row {row['sequence']}"
        return None

    async def _check_end(self) -> None:
        end = self.last.count
        head = await queries.find_head()
        if head is None and end:
            raise _Broken(end, "the head was removed")
        if head is not None:
            stored = chain.Head(head["count"], head["mac"])
            key = self.keys.get(head["key_id"])
            if stored.count > end:
                raise _Broken(end + 1, f"cut off after row {end}: the head counts {stored.count}")
            if self.expected is not None and self.expected.count > end:
                raise _Broken(end + 1, f"cut off after row {end}: the given head counts {self.expected.count}")
            if stored.count < end:
                raise _Broken(stored.count + 1, f"the head was changed: it counts {stored.count} of {end} rows")
            if stored.mac != self.last.mac or key is None or not chain.same(head["seal"], chain.head_seal(key, stored)):
                raise _Broken(
                    end, f"the head was changed: it is not the one of row {end}, or rows after it were cut off"
                )
        elif self.expected is not None and self.expected.count:
            raise _Broken(1, f"cut off after row 0: the given head counts {self.expected.count}")
        outside = await queries.position_outside()
        if outside is not None:
            raise _Broken(end, f"a row was added outside the chain, at position {outside}")
        await self._check_waiting()

    async def _check_waiting(self) -> None:
        """Rows that wait to be sealed have stamps; one that somebody slipped in or changed has not."""
        async for row in queries.waiting_rows(erasure=ERASED):
            key = self.keys.get(row["key_id"] or "")
            if key is None or not chain.is_stamped(key, row, self.keys.values()) or not _detail_is_right(row):
                raise _Broken(
                    self.last.count + 1,
                    f"a row that waits to be sealed was slipped in or changed, or its key is not in AUDIT_KEYS, at"
                    f" position {row['position']}",
                )
            self.unsealed += 1


def _detail_is_right(row: asyncpg.Record) -> bool:
    if row["detail_salt"] is None:
        return bool(row["is_erased"]) and row["detail_json"] == "{}"
    return chain.same(row["detail_digest"], chain.detail_digest(row["detail_salt"], row["detail_json"]))
