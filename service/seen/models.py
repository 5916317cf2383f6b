"""Which rows say what somebody was shown?"""

from uuid import UUID

from tortoise import fields
from tortoise.models import Model


class SeenVersion(Model):
    """The newest version of a thing that an answer showed to a person; one row each."""

    id = fields.UUIDField(primary_key=True)
    user_id: UUID = fields.UUIDField(description="No foreign key: its check could wait for somebody.")
    subject_id: UUID = fields.UUIDField(description="A verification of a person, or of an organization.")
    version = fields.IntField()
    seen_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "seen_versions"
        unique_together = (("user_id", "subject_id"),)
