"""Which jobs does a caller see? The list and the detail, one statement each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from service import db
from service.jobs.models import Job

# Evaluated when it is read: a scheduled job shows itself without anybody doing anything.
VISIBLE_SQL = (
    "(j.lifecycle_status = 'PUBLISHED' OR (j.lifecycle_status = 'SCHEDULED' AND j.scheduled_publish_at <= now()))"
)
_COLUMNS = (
    "j.id, j.title, j.employment_type, j.visa_sponsorship, j.description, j.requirements_json, j.location_json,"
    " j.employer_json, j.created_at, j.lifecycle_status, j.published_at, j.scheduled_publish_at"
)


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as the product shows it anywhere. `saved` is of the caller, false for nobody."""

    id: str
    title: str
    employment_type: str
    visa_sponsorship: bool
    description: str
    requirements: list[str]
    location: dict[str, Any]
    employer: dict[str, Any]
    created_at: datetime
    lifecycle_status: str
    published_at: datetime | None
    scheduled_at: datetime | None
    saved: bool = False

    @classmethod
    def from_row(cls, row: asyncpg.Record) -> JobView:
        return cls(
            id=row["id"],
            title=row["title"],
            employment_type=row["employment_type"],
            visa_sponsorship=row["visa_sponsorship"],
            description=row["description"],
            requirements=orjson.loads(row["requirements_json"]),
            location=orjson.loads(row["location_json"]),
            employer=orjson.loads(row["employer_json"]),
            created_at=row["created_at"],
            lifecycle_status=row["lifecycle_status"],
            published_at=row["published_at"],
            scheduled_at=row["scheduled_publish_at"],
            saved=bool(row["saved"]),
        )

    @classmethod
    def from_model(cls, job: Job, *, saved: bool = False) -> JobView:
        return cls(
            id=job.id,
            title=job.title,
            employment_type=job.employment_type,
            visa_sponsorship=job.visa_sponsorship,
            description=job.description,
            requirements=list(job.requirements_json),
            location=dict(job.location_json),
            employer=dict(job.employer_json),
            created_at=job.created_at,
            lifecycle_status=job.lifecycle_status,
            published_at=job.published_at,
            scheduled_at=job.scheduled_publish_at,
            saved=saved,
        )


@dataclass(frozen=True, slots=True)
class JobFilter:
    """What a list is narrowed to; none means not at all. `text` and `place` are substrings, in any case."""

    text: str | None = None
    employment_type: str | None = None
    visa_sponsored: bool | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class JobPage:
    """`total` counts all matches, `has_more` comes from reading one row more."""

    items: list[JobView]
    has_more: bool
    total: int


def escape_like(text: str) -> str:
    """`text` as a LIKE pattern that matches it literally, anywhere, in lower case."""
    return "%" + text.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


async def list_visible_jobs(wanted: JobFilter, *, offset: int, limit: int, user_id: str | None) -> JobPage:
    """Visible jobs by creation, oldest first, then id."""
    arguments: list[Any] = [user_id, limit + 1, offset]
    conditions = [VISIBLE_SQL]

    def narrow(condition: str, value: Any) -> None:
        arguments.append(value)
        conditions.append(condition.format(f"${len(arguments)}"))

    if wanted.employment_type is not None:
        narrow("j.employment_type = {}", wanted.employment_type)
    if wanted.visa_sponsored is not None:
        narrow("j.visa_sponsorship = {}", wanted.visa_sponsored)
    if wanted.text is not None:
        narrow(
            "lower(concat_ws(' ', j.title, j.description, j.employer_json->>'name', j.location_json->>'displayLabel'))"
            " LIKE {}",
            escape_like(wanted.text),
        )
    if wanted.place is not None:
        narrow("lower(j.location_json->>'displayLabel') LIKE {}", escape_like(wanted.place))
    where = " AND ".join(conditions)
    rows = await db.fetch_all(
        f"SELECT t.total, p.* FROM (SELECT count(*) AS total FROM jobs j WHERE {where}) t"
        f" LEFT JOIN LATERAL (SELECT {_COLUMNS},"
        " EXISTS(SELECT 1 FROM user_saved_jobs s WHERE s.user_id = $1::uuid AND s.job_id = j.id) AS saved"
        f" FROM jobs j WHERE {where} ORDER BY j.created_at, j.id LIMIT $2 OFFSET $3) p ON true"
        " ORDER BY p.created_at, p.id",
        *arguments,
    )
    shown = [JobView.from_row(row) for row in rows if row["id"] is not None]
    return JobPage(shown[:limit], len(shown) > limit, rows[0]["total"])


async def find_visible_job(job_id: str, *, user_id: str | None) -> JobView | None:
    """One visible job, or none."""
    if "\x00" in job_id:
        return None
    row = await db.fetch_row(
        f"SELECT {_COLUMNS},"
        " EXISTS(SELECT 1 FROM user_saved_jobs s WHERE s.user_id = $2::uuid AND s.job_id = j.id) AS saved"
        f" FROM jobs j WHERE j.id = $1 AND {VISIBLE_SQL}",
        job_id,
        user_id,
    )
    return JobView.from_row(row) if row else None
