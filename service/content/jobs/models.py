"""Which rows hold the jobs and who saved them?"""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.models import Model

from service.auth.models import User
from service.content.lifecycle import LifecycleStatus
from service.database.db import TextKey


class EmploymentType(StrEnum):
    """How a job is contracted."""

    FULL_TIME = "FULL_TIME"
    PART_TIME = "PART_TIME"
    CONTRACT = "CONTRACT"


class Job(Model):
    """A job. The id is a slug for seeded rows and the text of a UUID for all others."""

    id = TextKey(primary_key=True)
    title = fields.TextField()
    employment_type = fields.TextField()
    visa_sponsorship = fields.BooleanField(default=False)
    description = fields.TextField()
    requirements_json: fields.JSONField[list[str]] = fields.JSONField(default=list)
    location_json: fields.JSONField[dict[str, Any]] = fields.JSONField()
    employer_json: fields.JSONField[dict[str, Any]] = fields.JSONField()
    created_at = fields.DatetimeField(auto_now_add=True)
    updated_at = fields.DatetimeField(auto_now=True)
    lifecycle_status = fields.TextField(default=LifecycleStatus.PUBLISHED.value)
    published_at = fields.DatetimeField(null=True)
    scheduled_publish_at = fields.DatetimeField(null=True)

    class Meta:
        table = "jobs"


class SavedJob(Model):
    """A job that a person keeps on their list."""

    id = fields.UUIDField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="saved_jobs", on_delete=fields.OnDelete.CASCADE
    )
    job: fields.ForeignKeyRelation[Job] = fields.ForeignKeyField(
        "models.Job", related_name="saves", on_delete=fields.OnDelete.CASCADE
    )
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "user_saved_jobs"
        unique_together = (("user", "job"),)
