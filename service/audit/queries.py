"""How is the chain of audit rows written and read? It grows within every change, so it is written without models."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from service.audit import chain
from service.database import db

_BATCH_ROWS = 500


@dataclass(frozen=True, slots=True)
class Link:
    """One row to be added: `row` has the columns up to `detail_json` in their order, `head` is the chain's end with it."""

    row: dict[str, Any]
    head: chain.Head
    detail_digest: str
    detail_salt: bytes


async def find_head() -> asyncpg.Record | None:
    """The row of the chain's end; none before the first audit row."""
    return await db.fetch_row("SELECT count, mac, key_id, seal FROM audit_head WHERE id = 1")


async def lock_head(lock: int) -> asyncpg.Record | None:
    """Take the advisory lock `lock` of the chain, and return its end as `find_head` does. One statement, but for the first row.

    The statement began before the lock was given, so it may see the end that was. `FOR NO KEY UPDATE` makes it return what
    the holder before us committed; only a row that was not there yet has to be looked for again.
    """
    head = await db.fetch_row(
        "WITH held AS MATERIALIZED (SELECT pg_advisory_xact_lock($1))"
        " SELECT count, mac FROM audit_head WHERE id = 1 AND EXISTS (SELECT 1 FROM held) FOR NO KEY UPDATE OF audit_head",
        lock,
    )
    if head is None:
        await db.take_lock(lock)  # whether a plan asks for the lock when there is no row is up to Postgres
        head = await find_head()
    return head


async def append(links: Sequence[Link], *, key_id: str, seal: str) -> None:
    """Add the rows of `links`, and set the chain's end to the last of them. One statement."""
    head = links[-1].head
    rows = (
        (*link.row.values(), link.head.count, key_id, link.head.mac, link.detail_digest, link.detail_salt)
        for link in links
    )
    await db.execute(
        "WITH added AS (INSERT INTO audit_events (id, occurred_at, actor_type, actor_id, action, subject_type, subject_id,"
        " request_id, detail_json, sequence, key_id, mac, detail_digest, detail_salt)"
        " SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],"
        " $8::text[], $9::jsonb[], $10::bigint[], $11::text[], $12::text[], $13::text[], $14::bytea[])"
        " ORDER BY 10)"
        " INSERT INTO audit_head (id, count, mac, key_id, seal, updated_at) VALUES (1, $15, $16, $17, $18, now())"
        " ON CONFLICT (id) DO UPDATE SET count = excluded.count, mac = excluded.mac, key_id = excluded.key_id,"
        " seal = excluded.seal, updated_at = now()",
        *(list(column) for column in zip(*rows, strict=True)),
        head.count,
        head.mac,
        key_id,
        seal,
    )


async def keep_one_snapshot() -> None:
    """The first statement of a transaction that only reads, and whose statements all see the same rows."""
    await db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


async def chained_rows(after: int, *, erasure: str) -> AsyncIterator[asyncpg.Record]:
    """The rows of the chain behind place `after`, read in batches of 500; their detail as the text that was hashed.

    `is_erased`: there is no salt, and a later row has the action `erasure` about the same subject, or about whoever acted.
    """
    while True:
        batch = await db.fetch_all(
            "SELECT e.sequence, e.position, e.id, e.occurred_at, e.actor_type, e.actor_id, e.action, e.subject_type,"
            " e.subject_id, e.request_id, e.detail_json::text AS detail_json, e.key_id, e.mac, e.detail_digest,"
            " e.detail_salt, e.detail_salt IS NULL AND EXISTS (SELECT 1 FROM audit_events later"
            " WHERE later.action = $3 AND later.sequence > e.sequence"
            " AND (later.subject_type, later.subject_id) IN ((e.subject_type, e.subject_id), ('USER', e.actor_id)))"
            " AS is_erased"
            " FROM audit_events e WHERE e.sequence > $1 ORDER BY e.sequence LIMIT $2",
            after,
            _BATCH_ROWS,
            erasure,
        )
        for row in batch:
            yield row
        if len(batch) < _BATCH_ROWS:
            return
        after = batch[-1]["sequence"]


async def position_outside() -> int | None:
    """Where the first row stands that was added since there is a chain, and outside of it."""
    position: int | None = await db.fetch_value(
        "SELECT position FROM audit_events WHERE sequence IS NULL"
        " AND position > (SELECT min(position) FROM audit_events WHERE sequence IS NOT NULL) ORDER BY position LIMIT 1"
    )
    return position


async def erase_details_about(subjects: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Empty the detail of all rows about `subjects` (type, id) and forget their salts; the subject of each such row."""
    rows = await db.fetch_all(
        "UPDATE audit_events e SET detail_json = '{}', detail_salt = NULL"
        " FROM unnest($1::text[], $2::text[]) AS s (type, id)"
        " WHERE e.subject_type = s.type AND e.subject_id = s.id"
        " AND (e.detail_salt IS NOT NULL OR (e.sequence IS NULL AND e.detail_json <> '{}'))"
        " RETURNING e.subject_type, e.subject_id",
        [kind for kind, _ in subjects],
        [subject_id for _, subject_id in subjects],
    )
    return [(row["subject_type"], row["subject_id"]) for row in rows]


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
    return await db.execute(
        "UPDATE audit_events SET detail_json = '{}', detail_salt = NULL"
        " WHERE actor_id = ANY($1::text[]) AND (detail_salt IS NOT NULL OR (sequence IS NULL AND detail_json <> '{}'))"
        " AND EXISTS (SELECT 1 FROM unnest($2::text[]) AS held"
        " WHERE strpos(lower(detail_json::text), lower(trim(both '\"' FROM to_json(held)::text))) > 0)",
        actors,
        texts,
    )


async def replace_ids(texts: Mapping[str, str]) -> int:
    """Write the values of `texts` in the place of their keys, wherever they are an actor or a person as subject."""
    return await db.execute(
        "UPDATE audit_events SET actor_id = COALESCE($1::jsonb ->> actor_id, actor_id),"
        " subject_id = CASE WHEN subject_type = 'USER' THEN COALESCE($1::jsonb ->> subject_id, subject_id)"
        " ELSE subject_id END"
        " WHERE actor_id = ANY($2::text[]) OR (subject_type = 'USER' AND subject_id = ANY($2::text[]))",
        dict(texts),
        list(texts),
    )
