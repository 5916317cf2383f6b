"""Which rows hold what the identity provider sent?"""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from service.database.db import TextKey


class DeliveryState(StrEnum):
    """How far a delivery got. `unaddressed` names no session that could ever exist; there is nothing to apply.

    `ignored` came after the decision, or would have made the provider's voice too long; it is kept and never applied.
    """

    APPLIED = "applied"
    WAITING = "waiting"
    PARKED = "parked"
    UNADDRESSED = "unaddressed"
    IGNORED = "ignored"


class WebhookDelivery(Model):
    """One delivery, as it came. Rows stay for ever: a key is never free again. Bodies go with their person."""

    id = fields.UUIDField(primary_key=True)
    idempotency_key = TextKey(unique=True)
    body = fields.BinaryField(description="The raw bytes that were signed.")
    body_sha256 = fields.TextField()
    event_at = fields.DatetimeField(description="When it happened: the payload's occurredAt, else the signed time.")
    signed_at = fields.DatetimeField(null=True)
    received_at = fields.DatetimeField(auto_now_add=True)
    kyc_session_id = fields.UUIDField(null=True, description="No key: the session may come later, or never.")
    state = fields.TextField()
    attempts = fields.IntField(default=0)
    last_error = fields.TextField(null=True)
    applied_at = fields.DatetimeField(null=True)

    class Meta:
        table = "webhook_deliveries"
