"""What is left to do after an answer? Tasks in Postgres that any number of workers share and that survive a crash.

The rules: docs/rules/tasks.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from tortoise.queryset import QuerySet

from service.base.clock import utc_now
from service.tasks import queries
from service.tasks.models import BackgroundTask, TaskKind, TaskState

CHANNEL = queries.CHANNEL
_LEASE = timedelta(minutes=5)
_FIRST_PAUSE = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Task:
    """A task that this worker holds: nobody else runs it until its lease, five minutes, is over."""

    id: UUID
    kind: TaskKind
    payload: dict[str, Any]
    attempts: int
    max_attempts: int


async def enqueue(
    kind: TaskKind,
    payload: dict[str, Any],
    *,
    delay: timedelta = timedelta(0),
    max_attempts: int = 5,
    task_id: UUID | None = None,
) -> None:
    """Leave a task for a worker, in the caller's transaction: it exists exactly when the change does.

    A worker that listens hears of one without `delay` when the change is committed. `task_id`: a task that must not be left
    twice; with an id that is known nothing happens.
    """
    await queries.insert_task(task_id or uuid4(), kind, payload, max_attempts=max_attempts, delay=delay)


async def take(places: Mapping[TaskKind, int]) -> list[Task]:
    """Due tasks, of each kind at most as many as it has places. One whose worker died is due again when its lease is over.

    One statement.
    """
    rows = await queries.take_tasks(places, lease=_LEASE)
    return [
        Task(row["id"], TaskKind(row["kind"]), row["payload_json"], row["attempts"], row["max_attempts"])
        for row in rows
    ]


async def finish(task: Task) -> None:
    """Mark `task` done and forget its payload, which may be personal."""
    await _held(task).update(
        state=TaskState.DONE.value, payload_json={}, finished_at=utc_now(), locked_until=None, last_error=None
    )


async def fail(task: Task, error: BaseException) -> bool:
    """Put `task` back with a growing pause, or give it up after its last attempt. Returns whether it was given up.

    Only the error's type is kept: its text may hold an address.
    """
    given_up = task.attempts >= task.max_attempts
    put_back: dict[str, Any] = {"state": TaskState.WAITING.value}
    end = {"state": TaskState.FAILED.value, "payload_json": {}, "finished_at": utc_now()}
    await _held(task).update(
        run_at=utc_now() + _FIRST_PAUSE * 2 ** (task.attempts - 1),
        locked_until=None,
        last_error=type(error).__name__,
        **(end if given_up else put_back),
    )
    return given_up


def _held(task: Task) -> QuerySet[BackgroundTask]:
    """The row of `task`, unless another worker took it meanwhile."""
    return BackgroundTask.filter(id=task.id, attempts=task.attempts)
