"""How is a task left once, and taken by one worker alone?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg

from service.database import db
from service.tasks.models import TaskKind

CHANNEL = "jembatan_tasks"
"""Where a transaction that leaves a task which is due at once says so, with nothing in the notice."""


async def insert_task(
    task_id: UUID, kind: str, payload: dict[str, Any], *, max_attempts: int, delay: timedelta
) -> None:
    """Leave a task that is due after `delay`, and have workers hear of one that is due at once when this is committed.

    Nothing happens when there is a task with this id. Transactions that say something commit one after another, so one that
    leaves nothing to be done now says nothing; Postgres makes one notice of several in one transaction.
    """
    await db.execute(
        "WITH made AS (INSERT INTO background_tasks (id, kind, payload_json, max_attempts, run_at)"
        " VALUES ($1, $2, $3, $4, now() + $5) ON CONFLICT (id) DO NOTHING RETURNING id)"
        f" SELECT pg_notify('{CHANNEL}', '') FROM made WHERE $5 <= interval '0'",
        task_id,
        kind,
        payload,
        max_attempts,
        delay,
    )


async def take_tasks(places: Mapping[TaskKind, int], *, lease: timedelta) -> list[asyncpg.Record]:
    """The tasks that are due longest, of each kind at most as many as it has places; now running for the length of `lease`.

    Each kind is looked for by itself, so that many of one hide none of another. A task that another worker takes is skipped.
    """
    return await db.fetch_all(
        "WITH due AS MATERIALIZED (SELECT d.id FROM unnest($1::text[], $2::int[]) AS free (kind, places)"
        " CROSS JOIN LATERAL (SELECT b.id FROM background_tasks b WHERE b.kind = free.kind AND"
        " ((b.state = 'waiting' AND b.run_at <= now()) OR (b.state = 'running' AND b.locked_until < now()))"
        " ORDER BY b.run_at, b.id LIMIT free.places FOR UPDATE SKIP LOCKED) d)"
        " UPDATE background_tasks t SET state = 'running', attempts = t.attempts + 1, locked_until = now() + $3"
        " FROM due WHERE t.id = due.id RETURNING t.id, t.kind, t.payload_json, t.attempts, t.max_attempts",
        list(places),
        list(places.values()),
        lease,
    )
