"""Which jobs does a caller see and keep? The lists and the detail, one statement each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import asyncpg

from service import db
from service.jobs.models import Job
from service.listing import Key, Listing, Narrowing, read_page
from service.listing import escape_like as escape_like
from service.offsets import OffsetPage, offset_page
from service.paging import KeysetPaged, Slice, binding_of

# Evaluated when it is read: a scheduled job shows itself without anybody doing anything.
VISIBLE_SQL = (
    "(j.lifecycle_status = 'PUBLISHED' OR (j.lifecycle_status = 'SCHEDULED' AND j.scheduled_publish_at <= now()))"
)
_COLUMNS = (
    "j.id, j.title, j.employment_type, j.visa_sponsorship, j.description, j.requirements_json, j.location_json,"
    " j.employer_json, j.created_at, j.lifecycle_status, j.published_at, j.scheduled_publish_at"
)
# With LIMIT one look-up a row, whatever number of jobs the user keeps.
_SAVED_SQL = "(SELECT true FROM user_saved_jobs s WHERE s.user_id = {}::uuid AND s.job_id = j.id LIMIT 1) IS NOT NULL"
# The text that a search for a place looks in, as its index has it.
PLACE_SQL = "lower(j.location_json->>'displayLabel')"
JOB_LISTING = Listing(
    table="jobs j",
    columns=_COLUMNS,
    # The creation, written as the indexes of listed jobs have it and those of all jobs have not.
    keys=(Key("least(j.created_at)", datetime), Key("j.id", str)),
    saved=_SAVED_SQL,
)


ALL_JOBS = Listing(
    table="jobs j", columns=_COLUMNS, keys=(Key("j.created_at", datetime), Key("j.id", str)), saved="false"
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
            requirements=row["requirements_json"],
            location=row["location_json"],
            employer=row["employer_json"],
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
class Saving:
    """What became of a wish to save or unsave: is the job there, and did this call change anything?"""

    job_found: bool
    changed: bool


async def list_visible_jobs(
    wanted: JobFilter, query: KeysetPaged, *, user_id: str | None, version: str | None = None
) -> Slice[JobView]:
    """Visible jobs by creation, oldest first, then id. Raises InvalidCursor and, for a search, SearchBusy."""
    narrowing = Narrowing(VISIBLE_SQL)
    if wanted.employment_type is not None:
        narrowing.where(f"j.employment_type = {narrowing.bind(wanted.employment_type)}")
    if wanted.visa_sponsored is not None:
        narrowing.where(f"j.visa_sponsorship = {narrowing.bind(wanted.visa_sponsored)}")
    if wanted.text is not None:
        narrowing.contains("j.search_text", wanted.text)
    if wanted.place is not None:
        narrowing.contains(PLACE_SQL, wanted.place)
    return await read_page(
        JOB_LISTING,
        narrowing,
        query,
        binding=binding_of("jobs", wanted.text, wanted.employment_type, wanted.visa_sponsored, wanted.place),
        view=JobView.from_row,
        user_id=user_id,
        version=version,
        capped=wanted.text is not None,
    )


async def list_all_jobs(text: str | None, query: KeysetPaged) -> Slice[JobView]:
    """Every job, drafts too, by creation and id. Raises InvalidCursor and, for a search, SearchBusy."""
    narrowing = Narrowing()
    if text is not None:
        narrowing.contains("j.search_text", text)
    return await read_page(
        ALL_JOBS,
        narrowing,
        query,
        binding=binding_of("all jobs", text),
        view=JobView.from_row,
        capped=text is not None,
    )


async def lock_job(job_id: str) -> JobView | None:
    """Any job, locked until the caller's transaction ends; none when it is not there."""
    if "\x00" in job_id:
        return None
    row = await db.fetch_row(f"SELECT {_COLUMNS}, false AS saved FROM jobs j WHERE j.id = $1 FOR UPDATE", job_id)
    return JobView.from_row(row) if row else None


async def find_visible_job(job_id: str, *, user_id: str | None) -> JobView | None:
    """One visible job, or none."""
    if "\x00" in job_id:
        return None
    row = await db.fetch_row(
        f"SELECT {_COLUMNS}, {_SAVED_SQL.format('$2')} AS saved FROM jobs j WHERE j.id = $1 AND {VISIBLE_SQL}",
        job_id,
        user_id,
    )
    return JobView.from_row(row) if row else None


async def list_saved_jobs(user_id: str, *, offset: int, limit: int) -> OffsetPage[JobView]:
    """What a person saved, the last saved first, hidden jobs too. One statement."""
    return await offset_page(
        "SELECT count(*) FROM user_saved_jobs WHERE user_id = $3",
        "SELECT s.created_at AS saved_at, s.id AS save_id, j.* FROM"
        " (SELECT id, job_id, created_at FROM user_saved_jobs WHERE user_id = $3"
        " ORDER BY created_at DESC, id DESC LIMIT $1 OFFSET $2) s"
        f" CROSS JOIN LATERAL (SELECT {_COLUMNS}, true AS saved FROM jobs j WHERE j.id = s.job_id OFFSET 0) j",
        "p.saved_at DESC, p.save_id DESC",
        user_id,
        view=JobView.from_row,
        offset=offset,
        limit=limit,
    )


async def save_job(job_id: str, *, user_id: str) -> Saving:
    """Put a visible job on a person's list; the first save's time stays. One statement, safe against itself.

    Raises IntegrityError when the job or the person is deleted in this moment.
    """
    row = await db.fetch_row(
        f"WITH job AS (SELECT j.id FROM jobs j WHERE j.id = $1 AND {VISIBLE_SQL}),"
        " made AS (INSERT INTO user_saved_jobs (id, user_id, job_id) SELECT $3, $2, id FROM job"
        " ON CONFLICT (user_id, job_id) DO NOTHING RETURNING 1)"
        " SELECT EXISTS(SELECT 1 FROM job) AS found, EXISTS(SELECT 1 FROM made) AS changed",
        job_id,
        user_id,
        uuid4(),
    )
    assert row is not None  # a SELECT without FROM has one row
    return Saving(row["found"], row["changed"])


async def unsave_job(job_id: str, *, user_id: str) -> Saving:
    """Take a job, hidden or not, off a person's list."""
    if "\x00" in job_id:
        return Saving(False, False)
    row = await db.fetch_row(
        "WITH gone AS (DELETE FROM user_saved_jobs WHERE user_id = $2 AND job_id = $1 RETURNING 1)"
        " SELECT EXISTS(SELECT 1 FROM jobs WHERE id = $1) AS found, EXISTS(SELECT 1 FROM gone) AS changed",
        job_id,
        user_id,
    )
    assert row is not None  # a SELECT without FROM has one row
    return Saving(row["found"], row["changed"])
