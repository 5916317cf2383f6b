"""What is left to do after an answer? Tasks in Postgres that any number of workers share and that survive a crash."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson

from service import db
from service.settings import utc_now

TaskHandler = Callable[[dict[str, Any]], Awaitable[None]]
_LEASE = timedelta(minutes=5)
_FIRST_PAUSE = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Task:
    """A task that this worker holds: nobody else runs it until its lease, five minutes, is over."""

    id: UUID
    kind: str
    payload: dict[str, Any]
    attempts: int
    max_attempts: int


async def enqueue(
    kind: str,
    payload: dict[str, Any],
    *,
    delay: timedelta = timedelta(0),
    max_attempts: int = 5,
    task_id: UUID | None = None,
) -> None:
    """Leave a task for a worker, in the caller's transaction: it exists exactly when the change does.

    `task_id`: a task that must not be left twice; with an id that is known nothing happens.
    """
    await db.execute(
        "INSERT INTO background_tasks (id, kind, payload_json, max_attempts, run_at) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (id) DO NOTHING",
        task_id or uuid4(),
        kind,
        orjson.dumps(payload).decode(),
        max_attempts,
        utc_now() + delay,
    )


async def take(kinds: list[str]) -> Task | None:
    """The next due task of `kinds`, or none. A task whose worker died is due again when its lease is over."""
    row = await db.fetch_row(
        "UPDATE background_tasks SET state = 'running', attempts = attempts + 1, locked_until = now() + $2"
        " WHERE id = (SELECT id FROM background_tasks WHERE kind = ANY($1) AND"
        " ((state = 'waiting' AND run_at <= now()) OR (state = 'running' AND locked_until < now()))"
        " ORDER BY run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)"
        " RETURNING id, kind, payload_json, attempts, max_attempts",
        kinds,
        _LEASE,
    )
    if row is None:
        return None
    return Task(row["id"], row["kind"], row["payload_json"], row["attempts"], row["max_attempts"])


async def finish(task: Task) -> None:
    """Mark `task` done and forget its payload, which may be personal."""
    await db.execute(
        "UPDATE background_tasks SET state = 'done', payload_json = '{}', finished_at = now(), locked_until = NULL,"
        " last_error = NULL WHERE id = $1 AND attempts = $2",
        task.id,
        task.attempts,
    )


async def fail(task: Task, error: BaseException) -> bool:
    """Put `task` back with a growing pause, or give it up after its last attempt. Returns whether it was given up.

    Only the error's type is kept: its text may hold an address.
    """
    given_up = task.attempts >= task.max_attempts
    await db.execute(
        "UPDATE background_tasks SET state = $3, run_at = $4, locked_until = NULL, last_error = $5,"
        " payload_json = CASE WHEN $6 THEN '{}'::jsonb ELSE payload_json END,"
        " finished_at = CASE WHEN $6 THEN now() END WHERE id = $1 AND attempts = $2",
        task.id,
        task.attempts,
        "failed" if given_up else "waiting",
        utc_now() + _FIRST_PAUSE * 2 ** (task.attempts - 1),
        type(error).__name__,
        given_up,
    )
    return given_up
