"""How do rows get into the chain? The worker joins what was committed, so that nobody who writes waits for a lock."""

from __future__ import annotations

from uuid import UUID

import asyncpg
from tortoise.transactions import in_transaction

from service.audit import chain, queries
from service.base import logs
from service.base.settings import Key
from service.database import db

CHAIN_LOCK = int.from_bytes(b"auditlog", "big", signed=True)
"""The advisory lock of everybody who adds to the chain: who seals, and each writer of the release before."""
_BATCH_ROWS = 500


class Sealer:
    """One process's part in sealing; any number may seal at once, for each batch holds the lock of the chain.

    Rows of transactions that are still open are not seen, and get a later place when they are. A row whose stamp is wrong
    was written by somebody without the key: it is never sealed, so `audit verify` names it. A row whose key is not in
    `keys` waits for a process that has it.
    """

    def __init__(self, keys: tuple[Key, ...]) -> None:
        self._keys = {key.id: key for key in keys}
        self._signing = keys[0]
        self._said_of = 0

    async def seal(self) -> int:
        """Join all rows that wait, and return how many; one transaction a batch of 500. Source: docs/rules/audit.md."""
        sealed, position = 0, 0
        is_more = await queries.anything_unsealed()
        while is_more:
            rows, joined, head = await self._seal_batch(position)
            if joined:
                logs.log("audit.head", count=head.count, mac=head.mac)
            sealed += joined
            is_more = len(rows) == _BATCH_ROWS
            position = rows[-1]["position"] if rows else 0
        return sealed

    async def _seal_batch(self, position: int) -> tuple[list[asyncpg.Record], int, chain.Head]:
        async with in_transaction():
            await db.take_lock(CHAIN_LOCK)
            # A statement of its own: it sees what the holder before us has committed.
            rows = await queries.unsealed_rows(position, _BATCH_ROWS)
            found = await queries.find_head()
            head = chain.Head(found["count"], found["mac"]) if found else chain.START
            links: list[tuple[UUID, str]] = []
            for row in rows:
                if (key := self._key_of(row)) is not None:
                    head = chain.Head(head.count + 1, chain.seal(key, head.count + 1, head.mac, row))
                    links.append((row["id"], head.mac))
            if links:
                ids, macs = zip(*links, strict=True)
                seal = chain.head_seal(self._signing, head)
                await queries.seal(ids, macs, count=head.count, key_id=self._signing.id, seal=seal)
        return rows, len(links), head

    def _key_of(self, row: asyncpg.Record) -> Key | None:
        """The key that stamped `row`; what has none that is right is logged once."""
        key = self._keys.get(row["key_id"] or "")
        if key is not None and chain.is_stamped(key, row, self._keys.values()):
            return key
        if row["position"] > self._said_of:
            self._said_of = row["position"]
            event = "audit.key_missing" if key is None else "audit.foreign_row"
            logs.log(event, level="error", position=row["position"])
        return None
