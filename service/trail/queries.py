"""What stands in the audit trail, newest first? Audit rows, and access events beside them, in one statement."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg

from service.database import db
from service.database.records import read
from service.http.errors import InvalidCursor
from service.lists.paging import Position, binding_of
from service.lists.queries import Narrowing
from service.trail.schemas import TrailEvent, TrailKind, TrailList, TrailPageInfo, TrailQuery

MOST_ROWS = 10_000
_BATCH_ROWS = 500
# Of one moment the audit rows come first, each source's latest row before the others.
_AUDIT, _ACCESS = 0, 1
_LAST = 2**62

_AUDIT_SQL = (
    "SELECT 0 AS source, position AS number, id::text AS id, occurred_at, actor_type, actor_id, action, subject_type,"
    " subject_id, request_id, sequence, detail_json AS detail, '[]'::jsonb AS shown_ids, NULL::int AS count"
    " FROM audit_events"
)
_ACCESS_SQL = (
    "SELECT 1 AS source, id AS number, id::text AS id, occurred_at, 'ADMIN' AS actor_type, actor_id,"
    " operation AS action, subject_type, NULL AS subject_id, request_id, NULL::bigint AS sequence,"
    " asked_json AS detail, shown_json AS shown_ids, count FROM access_events"
)


async def list_trail(query: TrailQuery) -> TrailList:
    """One page. Raises InvalidCursor for a position of other filters."""
    after = query.after
    if after is not None and (after.binding != _binding(query) or not _is_position(after)):
        raise InvalidCursor
    rows = await _rows(query, after.keys if after else None, query.limit + 1)
    shown = rows[: query.limit]
    following = Position(_binding(query), 0, _keys(shown[-1])).token() if len(rows) > query.limit else None
    return TrailList(items=list(map(_event, shown)), page_info=TrailPageInfo(after=following, limit=query.limit))


async def walk_trail(query: TrailQuery) -> AsyncIterator[list[TrailEvent]]:
    """The first MOST_ROWS events behind the query's position, in batches of 500. Raises as `list_trail` does."""
    left = MOST_ROWS
    while left > 0:
        page = await list_trail(query.model_copy(update={"limit": min(_BATCH_ROWS, left)}))
        if page.items:
            yield page.items
        if page.page_info.after is None:
            return
        left -= len(page.items)
        query = query.model_copy(update={"after": Position.of_token(page.page_info.after)})


async def _rows(query: TrailQuery, after: tuple[Any, ...] | None, limit: int) -> list[asyncpg.Record]:
    narrowed = Narrowing()
    bind = narrowed.bind
    sources = [_AUDIT, _ACCESS] if query.include is not None else [_AUDIT]
    parts = []
    for source in sources:
        wheres = _conditions(query, source, bind)
        if after is not None:
            moment, number = bind(after[0]), bind(_bound(source, after))
            wheres.append(f"occurred_at <= {moment}::timestamptz")
            key = "position" if source == _AUDIT else "id"
            wheres.append(f"(occurred_at < {moment}::timestamptz OR {key} < {number}::bigint)")
        key = "position" if source == _AUDIT else "id"
        where = f" WHERE {' AND '.join(wheres)}" if wheres else ""
        select = _AUDIT_SQL if source == _AUDIT else _ACCESS_SQL
        parts.append(f"({select}{where} ORDER BY occurred_at DESC, {key} DESC LIMIT {int(limit)})")
    return await db.fetch_all(
        f"SELECT * FROM ({' UNION ALL '.join(parts)}) rows ORDER BY occurred_at DESC, source, number DESC LIMIT {int(limit)}",
        *narrowed.arguments,
    )


def _conditions(query: TrailQuery, source: int, bind: Callable[[Any], str]) -> list[str]:
    found = []
    if query.actor is not None:
        found.append(f"actor_id = {bind(query.actor)}::text")
    if query.subject_type is not None:
        found.append(f"subject_type = {bind(query.subject_type)}::text")
    if query.subject_id is not None:
        place = f"{bind(query.subject_id)}::text"
        found.append(f"subject_id = {place}" if source == _AUDIT else f"shown_json ? {place}")
    if query.action is not None:
        found.append(f"{'action' if source == _AUDIT else 'operation'} = {bind(query.action)}::text")
    if query.from_ is not None:
        found.append(f"occurred_at >= {bind(query.from_)}::timestamptz")
    if query.to is not None:
        # Times are shown cut to milliseconds; what is shown as `to` is included.
        found.append(f"occurred_at < {bind(query.to)}::timestamptz + interval '1 millisecond'")
    return found


def _bound(source: int, after: tuple[Any, ...]) -> int:
    """Below which number the rows of a source go on, at the moment of the position."""
    reached, number = int(after[1]), int(after[2])
    if source == reached:
        return number
    return -1 if source < reached else _LAST


def _keys(row: asyncpg.Record) -> tuple[Any, ...]:
    return (row["occurred_at"], str(row["source"]), str(row["number"]))


def _is_position(after: Position) -> bool:
    if len(after.keys) != 3:
        return False
    moment, source, number = after.keys
    return (
        not isinstance(moment, str)
        and source in {"0", "1"}
        and isinstance(number, str)
        and number.isascii()
        and number.isdigit()
        and int(number) < _LAST
    )


def _binding(query: TrailQuery) -> str:
    times = [str(moment) if moment else None for moment in (query.from_, query.to)]
    return binding_of(
        "trail", query.actor, query.subject_type, query.subject_id, query.action, *times, query.include is not None
    )


def _event(row: asyncpg.Record) -> TrailEvent:
    return read(TrailEvent, row, kind=(TrailKind.AUDIT if row["source"] == _AUDIT else TrailKind.ACCESS).value)
