"""How does a migration change a table with many rows while others write to it? In steps, after its `upgrade`.

A file lists them as `STEPS`. Each commits by itself and holds no lock that a writer waits for longer than a moment, and
each finds out what is left to do, so a run that was cut off is simply repeated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from service.database.db import BaseConnection

BATCH_ROWS = 1000
# As in `upgrade`: who waits for a busy table keeps those waiting who come after.
_PATIENCE = "SET LOCAL lock_timeout = '5s';"
ROW_PATIENCE = "SET LOCAL lock_timeout = '1s';"
"""Who waits for a row holds the other rows of its batch meanwhile, and who writes may wait 2 s."""


class Step(Protocol):
    """`sql` is what it does, in one text for those who read or repeat it in a transaction of their own."""

    @property
    def sql(self) -> str: ...

    async def run(self, connection: BaseConnection) -> None:
        """Do what is left of it, outside a transaction."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Statements that together take a moment, in one transaction; they may be repeated."""

    sql: str

    async def run(self, connection: BaseConnection) -> None:
        """As above."""
        async with connection.transaction():
            await connection.execute(_PATIENCE + self.sql)


@dataclass(frozen=True, slots=True)
class Index:
    """`CREATE INDEX name ON definition`, beside writers; one that was cut off is not valid and is made again.

    `unsampled` are the columns, counted from 1, for which no statistics are made.
    """

    name: str
    definition: str
    unsampled: tuple[int, ...] = ()

    @property
    def sql(self) -> str:
        """As above."""
        return f"CREATE INDEX IF NOT EXISTS {self.name} ON {self.definition};{self._unsample}"

    @property
    def _unsample(self) -> str:
        return "".join(f"ALTER INDEX {self.name} ALTER COLUMN {place} SET STATISTICS 0;" for place in self.unsampled)

    async def run(self, connection: BaseConnection) -> None:
        """As above. Waits for transactions that began before, but nobody waits for it."""
        valid = await connection.fetchval(
            "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass($1)", self.name
        )
        if valid is False:
            await connection.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {self.name}")
        if not valid:
            await connection.execute(f"CREATE INDEX CONCURRENTLY {self.name} ON {self.definition}")
        if self.unsampled:
            await Statement(self._unsample).run(connection)


@dataclass(frozen=True, slots=True)
class Backfill:
    """`UPDATE table SET change WHERE missing`, BATCH_ROWS rows at a time in the order of `id`."""

    table: str
    change: str
    missing: str

    @property
    def sql(self) -> str:
        """As above."""
        return f"UPDATE {self.table} SET {self.change} WHERE {self.missing};"

    async def run(self, connection: BaseConnection) -> None:
        """As above; rows that are filled already are passed over."""
        after, last = "", list[object]()
        while True:
            async with connection.transaction():
                await connection.execute(ROW_PATIENCE)
                found = await connection.fetchval(
                    f"WITH page AS MATERIALIZED (SELECT id FROM {self.table} {after} ORDER BY id LIMIT {BATCH_ROWS}),"
                    f" filled AS (UPDATE {self.table} SET {self.change} WHERE id IN (SELECT id FROM page)"
                    f" AND {self.missing}) SELECT id FROM page ORDER BY id DESC LIMIT 1",
                    *last,
                )
            if found is None:
                return
            after, last = "WHERE id > $1", [found]


@dataclass(frozen=True, slots=True)
class Required:
    """`SET NOT NULL` for a column that the database fills by itself; rows are looked through without blocking writers."""

    table: str
    column: str

    @property
    def sql(self) -> str:
        """As above."""
        return f"ALTER TABLE {self.table} ALTER COLUMN {self.column} SET NOT NULL;"

    async def run(self, connection: BaseConnection) -> None:
        """As above: a check that is known to hold spares SET NOT NULL its own look under a lock."""
        check = f"{self.table}_{self.column}_required"
        if await connection.fetchval(
            "SELECT attnotnull FROM pg_attribute WHERE attrelid = $1::text::regclass AND attname = $2",
            self.table,
            self.column,
        ):
            return
        for sql in (
            f"ALTER TABLE {self.table} DROP CONSTRAINT IF EXISTS {check},"
            f" ADD CONSTRAINT {check} CHECK ({self.column} IS NOT NULL) NOT VALID",
            f"ALTER TABLE {self.table} VALIDATE CONSTRAINT {check}",
            f"{self.sql} ALTER TABLE {self.table} DROP CONSTRAINT {check}",
        ):
            await Statement(sql).run(connection)
