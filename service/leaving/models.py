"""Which rows hold back an erasure, and which say that one was done?"""

from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from service.auth.models import User


class AccountHold(Model):
    """Why and until when an account is not erased. Rows past their end count as absent."""

    id = fields.UUIDField(primary_key=True)
    user: fields.OneToOneRelation[User] = fields.OneToOneField(
        "models.User", related_name="hold", on_delete=fields.OnDelete.CASCADE
    )
    user_id: UUID
    reason = fields.TextField()
    held_until = fields.DatetimeField()
    actor_id = fields.TextField(description="Who said so: a user id, or the fixed name of the staff key.")
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "account_holds"


class ErasureReceipt(Model):
    """All that is left of an erased account."""

    id = fields.UUIDField(primary_key=True)
    subject_hash = fields.TextField(description="HMAC-SHA256 of the account's id under an audit key.")
    requested_at = fields.DatetimeField()
    erased_at = fields.DatetimeField()
    counts_json: fields.JSONField[dict[str, int]] = fields.JSONField(
        default=dict, description="What was removed, by kind."
    )

    class Meta:
        table = "erasure_receipts"
