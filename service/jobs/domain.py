"""What may be done with jobs?

The rules: docs/rules/content.md.
"""

from __future__ import annotations

from service.auth.principal import Principal
from service.errors import ApiError
from service.jobs.queries import JobFilter, JobPage, JobView, find_visible_job, list_visible_jobs
from service.web import Paged


class JobNotFound(ApiError):
    status_code, code = 404, "job_not_found"
    message = "This job is not available."
    message_id = "Lowongan ini tidak tersedia."


async def list_jobs(wanted: JobFilter, page: Paged, by: Principal | None) -> JobPage:
    """One page of the visible jobs, oldest first."""
    return await list_visible_jobs(wanted, offset=page.cursor, limit=page.limit, user_id=by.user_id if by else None)


async def read_job(job_id: str, by: Principal | None) -> JobView:
    """One visible job. Raises JobNotFound, for a hidden one too."""
    job = await find_visible_job(job_id, user_id=by.user_id if by else None)
    if job is None:
        raise JobNotFound
    return job
