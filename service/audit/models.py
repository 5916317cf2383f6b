"""Which rows say who did what to whom, and where does their chain end?"""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.models import Model

from service.database.db import TextKey


class ActorType(StrEnum):
    """Who acted: a person for themselves, staff, or the service on its own."""

    USER = "USER"
    ADMIN = "ADMIN"
    SYSTEM = "SYSTEM"


class AuditEvent(Model):
    """One action. Rows are only ever added, and hang on no other table, so that nothing deletes them.

    A row with a `stamp` gets its `sequence` and `mac` when it is sealed, a moment after its commit. One with neither is
    from before there was a chain.
    """

    id = fields.UUIDField(primary_key=True)
    position = fields.BigIntField(unique=True, generated=True, description="The order of insertion, given by Postgres.")
    occurred_at = fields.DatetimeField(auto_now_add=True)
    actor_type = fields.TextField()
    actor_id = fields.TextField(null=True)
    action = fields.TextField()
    subject_type = fields.TextField()
    subject_id = fields.TextField()
    request_id = fields.TextField(null=True)
    detail_json: fields.JSONField[dict[str, Any]] = fields.JSONField(
        default=dict, description="The personal part; empty after an erasure."
    )
    sequence = fields.BigIntField(unique=True, null=True, description="Place in the chain, 1, 2, 3 … without gaps.")
    key_id = fields.TextField(null=True, description="The audit key that made the MAC.")
    mac = fields.TextField(null=True, description="Over the row and the MAC of the row before.")
    detail_digest = fields.TextField(null=True, description="What the MAC covers of detail_json.")
    detail_salt = fields.BinaryField(null=True, description="Gone after an erasure.")
    stamp = fields.TextField(
        null=True, description="A MAC over the row alone, from when it was written; none in rows of releases before."
    )

    class Meta:
        table = "audit_events"


class AuditHead(Model):
    """The end of the chain: one row."""

    id = fields.IntField(primary_key=True, generated=False)
    count = fields.BigIntField(description="Rows in the chain.")
    mac = fields.TextField(description="The MAC of the last of them.")
    key_id = fields.TextField()
    seal = fields.TextField(description="A MAC over count and mac, so that the head cannot be set back by hand.")
    updated_at = fields.DatetimeField(auto_now=True)

    class Meta:
        table = "audit_head"


class AuditKey(Model):
    """A key that has signed rows, by the digest of its secret: one name, one secret."""

    id = TextKey(primary_key=True, description="Its name in AUDIT_KEYS.")
    digest = fields.TextField(description="A MAC under the key, so that the secret cannot be guessed from it.")
    first_used_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "audit_keys"
