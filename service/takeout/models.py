"""Which rows say what a person takes along?"""

from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from service.auth.models import User


class ExportState(StrEnum):
    """How far an export got."""

    PREPARING = "PREPARING"
    READY = "READY"
    EXPIRED = "EXPIRED"


class PersonalExport(Model):
    """One ZIP of what is kept about a person."""

    id = fields.UUIDField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="exports", on_delete=fields.OnDelete.CASCADE
    )
    user_id: UUID
    state = fields.TextField(default=ExportState.PREPARING.value)
    requested_at = fields.DatetimeField(auto_now_add=True)
    ready_at = fields.DatetimeField(null=True)
    expires_at = fields.DatetimeField(null=True, description="From then on the file is gone.")
    size_bytes = fields.BigIntField(null=True)

    class Meta:
        table = "personal_exports"
