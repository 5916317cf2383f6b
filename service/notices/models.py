"""Which rows say what a person is told by mail?"""

from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from service.auth.models import User
from service.database.db import TextKey


class NoticeKind(StrEnum):
    """What there is to tell; `service/notices/texts.py` has the words of each."""

    VERIFICATION_CODE = "verification_code"
    PASSWORD_RESET_CODE = "password_reset_code"  # noqa: S105 - a kind of mail, no secret
    PASSWORD_WAS_RESET = "password_was_reset"  # noqa: S105 - a kind of mail, no secret
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a kind of mail, no secret
    PASSWORD_CHANGED_BY_STAFF = "password_changed_by_staff"  # noqa: S105 - a kind of mail, no secret
    FACTOR_CHANGED = "factor_changed"
    NEW_SIGN_IN = "new_sign_in"
    ADDRESS_CONFIRMED = "address_confirmed"
    ACCOUNT_DELETION_CODE = "account_deletion_code"
    DELETION_REQUESTED = "deletion_requested"
    DELETION_CANCELLED = "deletion_cancelled"
    EXPORT_READY = "export_ready"


class Notice(Model):
    """One mail to one person. What is personal in it is forgotten when it has left."""

    id = fields.UUIDField(primary_key=True)
    kind = TextKey()
    user: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="notices", null=True, on_delete=fields.OnDelete.CASCADE
    )
    user_id: UUID | None
    cause = TextKey(description="What happened, as an id: nobody is told of one thing twice.")
    address = fields.TextField(null=True, description="Where it goes when that is not the account's own address.")
    language = fields.TextField(null=True, description="`id` or `en`, for a person whose language is not known.")
    parameters_json: fields.JSONField[dict[str, Any]] = fields.JSONField(default=dict)
    created_at = fields.DatetimeField(auto_now_add=True)
    finished_at = fields.DatetimeField(null=True)
    outcome = fields.TextField(null=True, description="`sent`, or why it was not.")

    class Meta:
        table = "notices"
        unique_together = (("user", "kind", "cause"),)
