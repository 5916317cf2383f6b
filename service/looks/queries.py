"""How are looks at people's data written, sealed and read again?"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg
import orjson

from service.database import db

if TYPE_CHECKING:
    from service.looks.recording import Look

_BATCH_ROWS = 500
_ROW = "id, occurred_at, actor_id, operation, subject_type, asked_json::text, shown_json::text, count, request_id"


async def insert(looks: Sequence[Look]) -> None:
    """Add a row for each of `looks`, in their order. One statement."""
    await db.execute(
        "INSERT INTO access_events (actor_id, operation, subject_type, asked_json, shown_json, count, request_id)"
        " SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::jsonb[], $5::jsonb[], $6::int[], $7::text[])",
        [look.actor_id for look in looks],
        [look.operation for look in looks],
        [look.subject_type for look in looks],
        [look.asked for look in looks],
        # As text, or a list in a list would be an array of two dimensions.
        [orjson.dumps(look.shown).decode() for look in looks],
        [look.count for look in looks],
        [look.request_id for look in looks],
    )


async def lock_unsealed(limit: int) -> list[asyncpg.Record]:
    """The first rows that no seal holds, in the order of their ids, locked; those of another worker are left to it.

    A row whose transaction ends late is simply among the first of a later seal.
    """
    return await db.fetch_all(
        f"SELECT {_ROW} FROM access_events WHERE seal_id IS NULL ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED", limit
    )


async def set_seal(seal_id: UUID, ids: Sequence[int]) -> None:
    """Put these rows under a seal."""
    await db.execute("UPDATE access_events SET seal_id = $1 WHERE id = ANY($2::bigint[])", seal_id, list(ids))


async def sealed_rows(seal_id: str) -> list[asyncpg.Record]:
    """The rows under a seal, in the order of their ids."""
    return await db.fetch_all(f"SELECT {_ROW} FROM access_events WHERE seal_id = $1::uuid ORDER BY id", seal_id)


async def seals(action: str) -> AsyncIterator[asyncpg.Record]:
    """The audit rows about seals, those that wait to be sealed too: `position`, `subject_id` (the seal) and `detail_json`."""
    after = 0
    while True:
        batch = await db.fetch_all(
            "SELECT position, subject_id, detail_json FROM audit_events WHERE action = $1 AND position > $2"
            " ORDER BY position LIMIT $3",
            action,
            after,
            _BATCH_ROWS,
        )
        for row in batch:
            yield row
        if len(batch) < _BATCH_ROWS:
            return
        after = batch[-1]["position"]


async def replace_id(user_id: str, hidden: str) -> int:
    """Write `hidden` for an account's id wherever it acted or was shown; how many rows."""
    return await db.execute(
        "UPDATE access_events SET actor_id = replace(actor_id, $1, $2),"
        " shown_json = replace(shown_json::text, $1, $2)::jsonb WHERE shown_json ? $1 OR actor_id = $1",
        user_id,
        hidden,
    )
