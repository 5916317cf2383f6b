"""What may be done with jobs?

The rules: docs/rules/content.md.
"""

from __future__ import annotations

from service.auth.principal import Principal
from service.content.jobs import queries
from service.content.jobs.queries import JobFilter
from service.content.jobs.schemas import JobEnvelope, JobSummary
from service.http.errors import ApiError
from service.lists.paging import KeysetPaged, Slice


class JobNotFound(ApiError):
    status_code, code = 404, "job_not_found"
    message = "This job is not available."
    message_id = "Lowongan ini tidak tersedia."


async def list_jobs(
    wanted: JobFilter, page: KeysetPaged, by: Principal | None, version: str | None
) -> Slice[JobSummary]:
    """One page of the visible jobs, oldest first.

    `version` is that of all content, as the caller read it before (see Totals). Raises InvalidCursor and, for a search,
    SearchBusy.
    """
    return await queries.list_visible_jobs(wanted, page, user_id=by.user_id if by else None, version=version)


async def read_job(job_id: str, by: Principal | None) -> JobEnvelope:
    """One visible job. Raises JobNotFound, for a hidden one too."""
    job = await queries.find_visible_job(job_id, user_id=by.user_id if by else None)
    if job is None:
        raise JobNotFound
    return job
