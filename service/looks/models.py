"""Which rows say who of staff was shown what?"""

from typing import Any

from tortoise import fields
from tortoise.models import Model


class AccessEvent(Model):
    """One page, or one thing, that somebody of staff was shown. Ids alone, never names.

    The rows of one `seal_id` are those that one row of the audit chain holds together.
    """

    id = fields.BigIntField(primary_key=True, generated=True)
    occurred_at = fields.DatetimeField(auto_now_add=True, description="When it was written, by the database's clock.")
    actor_id = fields.TextField()
    operation = fields.TextField(description="The id of the operation that answered.")
    subject_type = fields.TextField(description="What the rows of the answer are.")
    asked_json: fields.JSONField[dict[str, str]] = fields.JSONField(
        default=dict, description="The query's parameters; a star for text that somebody typed."
    )
    shown_json: fields.JSONField[list[Any]] = fields.JSONField(
        default=list, description="Ids of what was shown, and of whom it belongs to."
    )
    count = fields.IntField(description="Rows of the answer.")
    request_id = fields.TextField(null=True)
    seal_id = fields.UUIDField(null=True)

    class Meta:
        table = "access_events"
