"""How is a task left once, and taken by one worker alone?"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from service.database import db


async def insert_task(
    task_id: UUID, kind: str, payload: dict[str, Any], *, max_attempts: int, run_at: datetime
) -> None:
    """Nothing happens when there is a task with this id."""
    await db.execute(
        "INSERT INTO background_tasks (id, kind, payload_json, max_attempts, run_at) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (id) DO NOTHING",
        task_id,
        kind,
        payload,
        max_attempts,
        run_at,
    )


async def take_task(kinds: Collection[str], *, lease: timedelta) -> asyncpg.Record | None:
    """The next due task of `kinds`, now running for the length of `lease`; a task that another worker takes is skipped."""
    return await db.fetch_row(
        "UPDATE background_tasks SET state = 'running', attempts = attempts + 1, locked_until = now() + $2"
        " WHERE id = (SELECT id FROM background_tasks WHERE kind = ANY($1) AND"
        " ((state = 'waiting' AND run_at <= now()) OR (state = 'running' AND locked_until < now()))"
        " ORDER BY run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)"
        " RETURNING id, kind, payload_json, attempts, max_attempts",
        list(kinds),
        lease,
    )
