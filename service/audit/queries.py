"""How are audit rows written, sealed and read? They are part of every change, so they are written without models."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import asyncpg

from service.database import db

_BATCH_ROWS = 500


async def find_head() -> asyncpg.Record | None:
    """The row of the chain's end; none before the first sealed row."""
    return await db.fetch_row("SELECT count, mac, key_id, seal FROM audit_head WHERE id = 1")


async def admitted_digest(key_id: str, digest: str) -> str:
    """The digest of the secret that `key_id` has for ever: `digest`, when the name is new."""
    found: str = await db.fetch_value("SELECT audit_admit_key($1, $2)", key_id, digest)
    return found


async def insert(rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows that all name the same columns; each gets its `position` in the order given. One statement."""
    names = ", ".join(rows[0])
    parts = ", ".join(f"${number}::{_TYPES.get(name, 'text')}[]" for number, name in enumerate(rows[0], start=1))
    await db.execute(
        f"INSERT INTO audit_events ({names})"
        f" SELECT {names} FROM unnest({parts}) WITH ORDINALITY AS added ({names}, place) ORDER BY place",
        *(list(column) for column in zip(*(row.values() for row in rows), strict=True)),
    )


_TYPES = {"id": "uuid", "occurred_at": "timestamptz", "detail_json": "jsonb", "detail_salt": "bytea"}
_SAID = (
    "e.position, e.id, e.occurred_at, e.actor_type, e.actor_id, e.action, e.subject_type, e.subject_id, e.request_id,"
    " e.key_id, e.mac, e.detail_digest, e.detail_salt, e.stamp"
)
_UNSEALED = "e.sequence IS NULL AND e.stamp IS NOT NULL"


async def anything_unsealed() -> bool:
    """Whether a committed row waits to be sealed."""
    return bool(await db.fetch_value(f"SELECT EXISTS (SELECT FROM audit_events e WHERE {_UNSEALED})"))


async def unsealed_rows(after: int, rows: int) -> list[asyncpg.Record]:
    """So many rows that wait to be sealed, behind a position, in the order of their positions."""
    return await db.fetch_all(
        f"SELECT {_SAID} FROM audit_events e WHERE {_UNSEALED} AND e.position > $1 ORDER BY e.position LIMIT $2",
        after,
        rows,
    )


async def seal(ids: Sequence[UUID], macs: Sequence[str], *, count: int, key_id: str, seal: str) -> None:
    """Give rows the next places in the chain, in the order given, and set its end to the last; under its lock."""
    await db.execute("SELECT audit_seal($1::uuid[], $2::text[], $3, $4, $5)", ids, macs, count, key_id, seal)


async def keep_one_snapshot() -> None:
    """The first statement of a transaction that only reads, and whose statements all see the same rows."""
    await db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def chained_rows(after: int, *, erasure: str) -> AsyncIterator[asyncpg.Record]:
    """The rows of the chain behind place `after`, read in batches of 500; their detail as the text that was hashed.

    `is_erased`: there is no salt, and a later row has the action `erasure` about the same subject, or about whoever acted.
    """
    return _rows("sequence", "e.sequence IS NOT NULL", after, erasure)


def waiting_rows(*, erasure: str) -> AsyncIterator[asyncpg.Record]:
    """The rows that wait to be sealed, read as those of the chain."""
    return _rows("position", _UNSEALED, 0, erasure)


# Whoever erases a row has seen it committed, so the row of the erasure stands at a later position, sealed or not.
async def _rows(order: str, condition: str, after: int, erasure: str) -> AsyncIterator[asyncpg.Record]:
    while True:
        batch = await db.fetch_all(
            f"SELECT e.sequence, {_SAID}, e.detail_json::text AS detail_json,"
            " e.detail_salt IS NULL AND EXISTS (SELECT 1 FROM audit_events later"
            " WHERE later.action = $3 AND later.position > e.position"
            " AND (later.subject_type, later.subject_id) IN ((e.subject_type, e.subject_id), ('USER', e.actor_id)))"
            f" AS is_erased FROM audit_events e WHERE {condition} AND e.{order} > $1 ORDER BY e.{order} LIMIT $2",
            after,
            _BATCH_ROWS,
            erasure,
        )
        for row in batch:
            yield row
        if len(batch) < _BATCH_ROWS:
            return
        after = batch[-1][order]


async def position_outside() -> int | None:
    """Where the first row stands that was added since there is a chain, and outside of it."""
    position: int | None = await db.fetch_value(
        "SELECT position FROM audit_events WHERE sequence IS NULL AND stamp IS NULL"
        " AND position > (SELECT min(position) FROM audit_events WHERE sequence IS NOT NULL) ORDER BY position LIMIT 1"
    )
    return position


async def erase_details_about(subjects: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Empty the detail of all rows about `subjects` (type, id) and forget their salts; the subject of each such row."""
    rows = await db.fetch_all(
        "SELECT erased_type, erased_id FROM audit_erase_details($1::text[], $2::text[])",
        [kind for kind, _ in subjects],
        [subject_id for _, subject_id in subjects],
    )
    return [(row["erased_type"], row["erased_id"]) for row in rows]


async def has_row(subject_type: str, subject_id: str, *, action: str) -> bool:
    """Whether there is a row of this action about this subject."""
    found: bool = await db.fetch_value(
        "SELECT EXISTS (SELECT FROM audit_events WHERE subject_type = $1 AND subject_id = $2 AND action = $3)",
        subject_type,
        subject_id,
        action,
    )
    return found


async def erase_details_by(actors: Sequence[str], texts: Sequence[str]) -> int:
    """The same for rows of one of `actors` whose detail holds one of `texts`, in any case."""
    return int(await db.fetch_value("SELECT audit_erase_details_by($1::text[], $2::text[])", actors, texts))


async def replace_ids(texts: Mapping[str, str]) -> int:
    """Write the values of `texts` in the place of their keys, wherever they are an actor or a person as subject."""
    return int(
        await db.fetch_value("SELECT audit_replace_ids($1::text[], $2::text[])", list(texts), list(texts.values()))
    )
