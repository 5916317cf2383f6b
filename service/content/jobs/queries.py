"""Which jobs does a caller see and keep? The lists and the detail, one statement each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

import asyncpg

from service.content.jobs.admin_schemas import AdminJob
from service.content.jobs.models import Job
from service.content.jobs.schemas import JobDetail, JobEnvelope, JobSummary, JobViewer
from service.content.queries import Saves, storable, visible_sql
from service.database import db
from service.database.records import columns
from service.lists.paging import KeysetPaged, Slice, binding_of
from service.lists.queries import Key, Listing, Narrowing, OffsetPage, read_page

SAVES = Saves(items="jobs", alias="j", table="user_saved_jobs", key="job_id")
VISIBLE_SQL = visible_sql("j")
_COLUMNS = columns(Job, "j")
_SUMMARY = columns(Job, "j", skip=("description", "requirements_json"))
# The text that a search for a place looks in, as its index has it.
PLACE_SQL = "lower(j.location_json->>'displayLabel')"
JOB_LISTING = Listing(
    table="jobs j",
    columns=_SUMMARY,
    # The creation, written as the indexes of listed jobs have it and those of all jobs have not.
    keys=(Key("least(j.created_at)", datetime), Key("j.id", str)),
    saved=SAVES.is_saved,
)
ALL_JOBS = Listing(table="jobs j", columns=_COLUMNS, keys=(Key("j.created_at", datetime), Key("j.id", str)))


@dataclass(frozen=True, slots=True)
class JobFilter:
    """What a list is narrowed to; none means not at all. `text` and `place` are substrings, in any case."""

    text: str | None = None
    employment_type: str | None = None
    visa_sponsored: bool | None = None
    place: str | None = None


def _summary(user_id: str | None, row: asyncpg.Record) -> JobSummary:
    return JobSummary.of(row, viewer_state=JobViewer.of(user_id, saved=row["saved"]))


async def list_visible_jobs(
    wanted: JobFilter, query: KeysetPaged, *, user_id: str | None, version: str | None = None
) -> Slice[JobSummary]:
    """Visible jobs by creation, oldest first, then id. Raises InvalidCursor and, for a search, SearchBusy."""
    narrowing = Narrowing(VISIBLE_SQL)
    if wanted.employment_type is not None:
        narrowing.where(f"j.employment_type = {narrowing.hide(wanted.employment_type)}")
    if wanted.visa_sponsored is not None:
        narrowing.where(f"j.visa_sponsorship = {narrowing.hide(wanted.visa_sponsored)}")
    if wanted.text is not None:
        narrowing.contains("j.search_text", wanted.text)
    if wanted.place is not None:
        narrowing.contains(PLACE_SQL, wanted.place)
    return await read_page(
        JOB_LISTING,
        narrowing,
        query,
        binding=binding_of("jobs", wanted.text, wanted.employment_type, wanted.visa_sponsored, wanted.place),
        view=partial(_summary, user_id),
        user_id=user_id,
        version=version,
    )


async def list_all_jobs(text: str | None, query: KeysetPaged) -> Slice[AdminJob]:
    """Every job, drafts too, by creation and id. Raises InvalidCursor and, for a search, SearchBusy."""
    narrowing = Narrowing()
    if text is not None:
        narrowing.contains("j.search_text", text)
    return await read_page(ALL_JOBS, narrowing, query, binding=binding_of("all jobs", text), view=AdminJob.of)


async def find_visible_job(job_id: str, *, user_id: str | None) -> JobEnvelope | None:
    """One visible job, or none."""
    if not storable(job_id):
        return None
    row = await db.fetch_row(
        f"SELECT {_COLUMNS}, {SAVES.is_saved.format('$2')} AS saved FROM jobs j WHERE j.id = $1 AND {VISIBLE_SQL}",
        job_id,
        user_id,
    )
    if row is None:
        return None
    return JobEnvelope(job=JobDetail.of(row), viewer_state=JobViewer.of(user_id, saved=row["saved"]))


async def list_saved_jobs(user_id: str, *, offset: int, limit: int) -> OffsetPage[JobSummary]:
    """What a person saved, the last saved first, hidden jobs too. One statement."""
    return await SAVES.list_saved(_SUMMARY, partial(_summary, user_id), user_id=user_id, offset=offset, limit=limit)
