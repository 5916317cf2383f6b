"""What may be done with jobs?

The rules: docs/rules/content.md.
"""

from __future__ import annotations

from tortoise.exceptions import IntegrityError

from service.auth.principal import Principal
from service.errors import ApiError
from service.jobs import queries
from service.jobs.queries import JobFilter, JobView
from service.offsets import OffsetPage
from service.paging import KeysetPaged, Slice
from service.web import Paged


class JobNotFound(ApiError):
    status_code, code = 404, "job_not_found"
    message = "This job is not available."
    message_id = "Lowongan ini tidak tersedia."


async def list_jobs(wanted: JobFilter, page: KeysetPaged, by: Principal | None) -> Slice[JobView]:
    """One page of the visible jobs, oldest first. Raises InvalidCursor and, for a search, SearchBusy."""
    if by is None:
        return await queries.list_visible_jobs(wanted, page, user_id=None)
    return await queries.list_visible_jobs(wanted, page, user_id=by.user_id, version=by.content_version)


async def read_job(job_id: str, by: Principal | None) -> JobView:
    """One visible job. Raises JobNotFound, for a hidden one too."""
    job = await queries.find_visible_job(job_id, user_id=by.user_id if by else None)
    if job is None:
        raise JobNotFound
    return job


async def list_saved_jobs(page: Paged, by: Principal) -> OffsetPage[JobView]:
    """One page of the jobs that a person saved, the last saved first. Jobs that were hidden since stay."""
    return await queries.list_saved_jobs(by.user_id, offset=page.cursor, limit=page.limit)


async def save_job(job_id: str, by: Principal) -> bool:
    """Save a visible job; false when it was saved before. Raises JobNotFound."""
    try:
        saving = await queries.save_job(job_id, user_id=by.user_id)
    except IntegrityError:
        raise JobNotFound from None  # deleted in this moment
    if not saving.job_found:
        raise JobNotFound
    return saving.changed


async def unsave_job(job_id: str, by: Principal) -> bool:
    """Forget a saved job, hidden or not; false when it was not saved. Raises JobNotFound when there is no such job."""
    saving = await queries.unsave_job(job_id, user_id=by.user_id)
    if not saving.job_found:
        raise JobNotFound
    return saving.changed
