"""Which rows say who did what?"""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.models import Model


class ActorType(StrEnum):
    """Who acted: a person for themselves, staff, or the service on its own."""

    USER = "USER"
    ADMIN = "ADMIN"
    SYSTEM = "SYSTEM"


class AuditEvent(Model):
    """One action. Rows are only ever added, and hang on no other table, so that nothing deletes them."""

    id = fields.UUIDField(primary_key=True)
    position = fields.BigIntField(unique=True, generated=True, description="The order of insertion, given by Postgres.")
    occurred_at = fields.DatetimeField(auto_now_add=True)
    actor_type = fields.TextField()
    actor_id = fields.TextField(null=True)
    action = fields.TextField()
    subject_type = fields.TextField()
    subject_id = fields.TextField()
    request_id = fields.TextField(null=True)
    detail_json: fields.JSONField[dict[str, Any]] = fields.JSONField(default=dict)

    class Meta:
        table = "audit_events"
