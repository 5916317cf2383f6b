"""How do staff make, change, publish and remove jobs?

The rules: docs/rules/content.md.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import orjson
from tortoise.transactions import in_transaction

from service import db
from service.audit.domain import audit
from service.auth.principal import Staff
from service.jobs.admin_schemas import JobChanges, JobFields
from service.jobs.domain import JobNotFound
from service.jobs.queries import JobView, lock_job
from service.publishing import Publication, lifecycle_values, published, read_lifecycle, resulting
from service.settings import utc_now
from service.web import parse


async def create_job(body: dict[str, Any], *, by: Staff) -> JobView:
    """Make a job, published unless `lifecycle` says otherwise. Raises the errors of the fields, `lifecycle` first."""
    now = utc_now()
    wish = read_lifecycle(lifecycle_values(body))
    publication = resulting(wish, Publication("PUBLISHED", None, None), now, dated=False) if wish else published(now)
    fields = parse(JobFields, body)
    job_id = str(uuid4())
    async with in_transaction():
        await db.execute(
            "INSERT INTO jobs (id, title, employment_type, visa_sponsorship, description, requirements_json,"
            " location_json, employer_json, created_at, updated_at, lifecycle_status, published_at,"
            " scheduled_publish_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11, $12)",
            job_id,
            *_columns(fields).values(),
            now,
            publication.status,
            publication.published_at,
            publication.scheduled_at,
        )
        job = await _locked(job_id)
        await _audit("job.created", job_id, by, after=_summary(job))
    return job


async def change_job(job_id: str, body: dict[str, Any], *, by: Staff) -> JobView:
    """Change what `body` names; nothing named is no failure. One transaction; locks the job.

    Raises JobNotFound, then InvalidLifecycle, the errors of the fields and of `lifecycle`. An id in the body is ignored.
    """
    async with in_transaction():
        before = await _locked(job_id)
        values = lifecycle_values(body)
        changes = _columns(parse(JobChanges, body))
        wish = read_lifecycle(values)
        if wish is not None:
            stored = Publication(before.lifecycle_status, before.published_at, before.scheduled_at)
            changes |= _publication_columns(resulting(wish, stored, utc_now(), dated=False))
        await _update(job_id, changes)
        after = await _locked(job_id)
        if changes:
            await _audit("job.changed", job_id, by, before=_summary(before), after=_summary(after))
    return after


async def set_publication(job_id: str, publication: Publication, *, by: Staff) -> JobView:
    """Publish, schedule or withdraw a job. One transaction; locks the job. Raises JobNotFound."""
    async with in_transaction():
        before = await _locked(job_id)
        await _update(job_id, _publication_columns(publication))
        after = await _locked(job_id)
        await _audit("job.lifecycle_changed", job_id, by, before=_summary(before), after=_summary(after))
    return after


async def remove_job(job_id: str, *, by: Staff) -> None:
    """Delete a job with its saves and applications; the audit row keeps what it was. Raises JobNotFound."""
    async with in_transaction():
        before = await _locked(job_id)
        applications = await db.fetch_value("SELECT count(*) FROM job_applications WHERE job_id = $1", job_id)
        await db.execute("DELETE FROM jobs WHERE id = $1", job_id)
        await _audit("job.removed", job_id, by, before=_summary(before) | {"applications": applications})


async def require_job(job_id: str) -> None:
    """Raises JobNotFound: where the contract looks a job up before it reads a date."""
    if "\x00" in job_id or not await db.fetch_value("SELECT 1 FROM jobs WHERE id = $1", job_id):
        raise JobNotFound


async def _locked(job_id: str) -> JobView:
    job = await lock_job(job_id)
    if job is None:
        raise JobNotFound
    return job


async def _update(job_id: str, changes: dict[str, Any]) -> None:
    names = ", ".join(f"{name} = ${place}" for place, name in enumerate(changes, start=3))
    await db.execute(
        f"UPDATE jobs SET updated_at = $2{', ' if names else ''}{names} WHERE id = $1",
        job_id,
        utc_now(),
        *changes.values(),
    )


def _columns(fields: JobFields) -> dict[str, Any]:
    """The columns that the fields of a request set, in the table's order; JSON as text."""
    columns: dict[str, Any] = {}
    for name in ("title", "employment_type", "visa_sponsorship", "description", "requirements", "location", "employer"):
        if name not in fields.model_fields_set:
            continue
        value = getattr(fields, name)
        if name == "requirements":
            columns["requirements_json"] = orjson.dumps(value).decode()
        elif name in {"location", "employer"}:
            columns[f"{name}_json"] = orjson.dumps(value.model_dump(by_alias=True)).decode()
        else:
            columns[name] = str(value) if name == "employment_type" else value
    return columns


def _publication_columns(publication: Publication) -> dict[str, Any]:
    return {
        "lifecycle_status": publication.status,
        "published_at": publication.published_at,
        "scheduled_publish_at": publication.scheduled_at,
    }


def _summary(job: JobView) -> dict[str, Any]:
    """What an audit row says of a job."""
    return {
        "title": job.title,
        "employmentType": job.employment_type,
        "employerId": job.employer["id"],
        "status": job.lifecycle_status,
        "publishedAt": job.published_at.isoformat() if job.published_at else None,
        "scheduledAt": job.scheduled_at.isoformat() if job.scheduled_at else None,
    }


async def _audit(action: str, job_id: str, by: Staff, **detail: Any) -> None:
    await audit(action, actor_type="ADMIN", actor_id=by.actor_id, subject_type="JOB", subject_id=job_id, detail=detail)
