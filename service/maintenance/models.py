"""Which rows say that a backup, a drill or the gate has run?"""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.models import Model


class RunKind(StrEnum):
    """What ran. `document_backup` copies the objects, `backup` the database."""

    BACKUP = "backup"
    DOCUMENT_BACKUP = "document_backup"
    RESTORE_DRILL = "restore_drill"
    GATE = "gate"


class MaintenanceRun(Model):
    """One run. `finished_at` and `succeeded` are written together, at its end."""

    id = fields.UUIDField(primary_key=True)
    kind = fields.TextField()
    started_at = fields.DatetimeField(auto_now_add=True)
    finished_at = fields.DatetimeField(null=True)
    succeeded = fields.BooleanField(null=True)
    detail_json: fields.JSONField[dict[str, Any]] = fields.JSONField(default=dict)

    class Meta:
        table = "maintenance_runs"
