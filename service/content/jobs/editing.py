"""What is particular about jobs when staff change them? All else is that of posts too (`service.content.table`).

The rules: docs/rules/content.md.
"""

from __future__ import annotations

from typing import Any

from service.applications.models import JobApplication
from service.content.jobs.admin_schemas import JobChanges, JobFields
from service.content.jobs.domain import JobNotFound
from service.content.jobs.models import Job
from service.content.table import PublishedTable
from service.http.web import Input


class _Jobs(PublishedTable[Job]):
    model = Job
    noun = "job"
    subject_type = "JOB"
    missing = JobNotFound
    fields = JobFields
    changes = JobChanges

    def summary(self, item: Job) -> dict[str, Any]:
        return {"title": item.title, "employmentType": item.employment_type, "employerId": item.employer_json["id"]}

    def columns(self, fields: Input) -> dict[str, Any]:
        """What is no text or number is stored as the wire writes it."""
        columns = super().columns(fields)
        for name in columns.keys() & {"requirements", "location", "employer"}:
            value = columns.pop(name)
            columns[f"{name}_json"] = value.model_dump(by_alias=True) if isinstance(value, Input) else value
        return columns

    async def lost_with(self, item: Job) -> dict[str, Any]:
        return {"applications": await JobApplication.filter(job_id=item.id).count()}


JOBS = _Jobs()
