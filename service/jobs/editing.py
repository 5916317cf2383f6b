"""How do staff make and change jobs? Publishing and removing are the shelf's, as for posts.

The rules: docs/rules/content.md.
"""

from __future__ import annotations

from typing import Any

import orjson
from tortoise.transactions import in_transaction

from service import db
from service.auth.principal import Staff
from service.clock import utc_now
from service.jobs.admin_schemas import JobChanges, JobFields
from service.jobs.domain import JobNotFound
from service.jobs.queries import JobView, lock_job
from service.publishing import (
    Publication,
    Shelf,
    lifecycle_values,
    publication_columns,
    published,
    read_lifecycle,
    resulting,
    stored_publication,
)
from service.web import parse


def _summary(job: JobView) -> dict[str, Any]:
    return {"title": job.title, "employmentType": job.employment_type, "employerId": job.employer["id"]}


SHELF = Shelf("jobs", "job", "JOB", JobNotFound, lock_job, _summary)


async def create_job(body: dict[str, Any], *, by: Staff) -> JobView:
    """Make a job, published unless `lifecycle` says otherwise. Raises the errors of the fields, `lifecycle` first."""
    now = utc_now()
    wish = read_lifecycle(lifecycle_values(body))
    publication = resulting(wish, Publication("PUBLISHED", None, None), now, dated=False) if wish else published(now)
    return await SHELF.insert(_columns(parse(JobFields, body)), publication, now, by=by)


async def change_job(job_id: str, body: dict[str, Any], *, by: Staff) -> JobView:
    """Change what `body` names; nothing named is no failure. One transaction; locks the job.

    Raises JobNotFound, then InvalidLifecycle, the errors of the fields and of `lifecycle`. An id in the body is ignored.
    """
    async with in_transaction():
        before = await SHELF.locked(job_id)
        values = lifecycle_values(body)
        columns = _columns(parse(JobChanges, body))
        wish = read_lifecycle(values)
        if wish is not None:
            columns |= publication_columns(resulting(wish, stored_publication(before), utc_now(), dated=False))
        return await SHELF.update(before, job_id, columns, by=by, action="changed")


async def remove_job(job_id: str, *, by: Staff) -> None:
    """Delete a job with its saves and applications; the audit row says how many of these. Raises JobNotFound."""
    async with in_transaction():
        await SHELF.locked(job_id)
        applications = await db.fetch_value("SELECT count(*) FROM job_applications WHERE job_id = $1", job_id)
        await SHELF.remove(job_id, by=by, detail={"applications": applications})


def _columns(fields: JobFields) -> dict[str, Any]:
    """The columns that the fields of a request set; JSON as text."""
    columns: dict[str, Any] = {}
    for name in fields.model_fields_set:
        value = getattr(fields, name)
        if name == "requirements":
            columns["requirements_json"] = orjson.dumps(value).decode()
        elif name in {"location", "employer"}:
            columns[f"{name}_json"] = orjson.dumps(value.model_dump(by_alias=True)).decode()
        else:
            columns[name] = str(value) if name == "employment_type" else value
    return columns
