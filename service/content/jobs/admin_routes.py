"""Which job operations are there for staff, and who may call them?"""

from __future__ import annotations

from sanic import Blueprint, HTTPResponse, Request

from service.auth.roles import Permission
from service.content.jobs import admin_schemas as schemas
from service.content.jobs.editing import JOBS
from service.content.jobs.queries import list_all_jobs
from service.content.staff_routes import StaffOperations
from service.http.errors import InvalidCursor, InvalidLimit, SearchBusy
from service.http.operations import operation
from service.http.web import answer, parse_query
from service.lists.queries import InvalidSearch

bp = Blueprint("admin_jobs")


@bp.get("/admin/jobs")
@operation(
    "listAllJobs",
    summary="All jobs, drafts too, oldest first",
    description="Pages begin at the offset `cursor` or behind `after`. `q` looks in title, description, employer and place.",
    tag="staff content",
    permission=Permission.CONTENT_READ,
    query=schemas.AdminJobsQuery,
    responses={200: schemas.AdminJobList},
    errors=(InvalidCursor, InvalidLimit, InvalidSearch, SearchBusy),
)
async def list_jobs(request: Request) -> HTTPResponse:
    query = parse_query(schemas.AdminJobsQuery, request)
    return answer(schemas.AdminJobList.model_validate(await list_all_jobs(query.q, query)))


StaffOperations(
    table=JOBS,
    path="/admin/jobs",
    plural="jobs",
    losing="saves and applications",
    readers="Candidates",
    described={
        "create": "Without `lifecycle` it is shown from now on.",
        "change": "`location`, `employer` and `requirements` are replaced as a whole.",
        "remove": "For good: the applications for it are removed too. To keep them, hide the job.",
        "unpublish": "applications and saved lists keep it.",
    },
    item=schemas.AdminJob,
    envelope=schemas.AdminJobEnvelope,
    create_body=schemas.CreateJobInput,
    change_body=schemas.PatchJobInput,
    field_errors=schemas.JOB_FIELD_ERRORS,
    removed=schemas.JobRemoved,
    bulk_body=schemas.BulkJobsInput,
    bulk=schemas.BulkJobs,
    ids_error=schemas.InvalidJobIds,
).declare(bp)
