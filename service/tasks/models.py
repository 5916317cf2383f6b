"""Which rows hold work for the worker?"""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.models import Model


class TaskKind(StrEnum):
    """What kinds of tasks there are; the values are stored, and are what metrics call them.

    `service/tasks/worker.py` has a handler for each. Rows of another kind are of a newer version and wait for it.
    """

    SEND_NOTICE = "send_notice"
    SEND_VERIFICATION_MAIL = "send_verification_mail"
    """Left by the release before alone; goes one release later."""
    APPLY_WEBHOOK = "webhooks.apply"
    VERIFY_DOCUMENT = "verify_document"
    ERASE_ACCOUNT = "erase_account"
    SWEEP_ACCOUNT = "sweep_account"


class TaskState(StrEnum):
    """How far a task got."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class BackgroundTask(Model):
    """One piece of work. A running task whose `locked_until` has passed is taken again."""

    id = fields.UUIDField(primary_key=True)
    kind = fields.TextField()
    payload_json: fields.JSONField[dict[str, Any]] = fields.JSONField(default=dict)
    state = fields.TextField(default=TaskState.WAITING.value)
    attempts = fields.IntField(default=0)
    max_attempts = fields.IntField(default=5)
    run_at = fields.DatetimeField(auto_now_add=True)
    locked_until = fields.DatetimeField(null=True)
    last_error = fields.TextField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    finished_at = fields.DatetimeField(null=True)

    class Meta:
        table = "background_tasks"
