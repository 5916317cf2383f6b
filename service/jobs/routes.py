"""Which job operations are there for candidates, and who may call them?"""

from __future__ import annotations

from sanic import Blueprint, HTTPResponse, Request

from service.errors import InvalidCursor, InvalidLimit
from service.jobs import domain, schemas
from service.jobs.queries import JobFilter
from service.operations import Security, operation
from service.web import answer, parse_query

bp = Blueprint("jobs")


@bp.get("/jobs")
@operation(
    "listJobs",
    summary="Jobs that are open now",
    tag="jobs",
    security=Security.OPTIONAL,
    query=schemas.JobsQuery,
    responses={200: schemas.JobList},
    errors=(
        schemas.InvalidEmploymentType,
        schemas.InvalidVisaSponsored,
        InvalidCursor,
        InvalidLimit,
        schemas.InvalidSearch,
    ),
)
async def list_jobs(request: Request) -> HTTPResponse:
    query = parse_query(schemas.JobsQuery, request)
    wanted = JobFilter(
        text=query.q,
        employment_type=query.employment_type.value if query.employment_type else None,
        visa_sponsored=query.visa_sponsored,
        place=query.location,
    )
    found = await domain.list_jobs(wanted, query, request.ctx.principal)
    return answer(schemas.JobList.of(found, query, request.ctx.principal))


@bp.get("/jobs/<job_id>")
@operation(
    "getJob",
    summary="One job with all it says",
    tag="jobs",
    security=Security.OPTIONAL,
    responses={200: schemas.JobEnvelope},
    errors=(domain.JobNotFound,),
)
async def get_job(request: Request, job_id: str) -> HTTPResponse:
    return answer(schemas.JobEnvelope.of(await domain.read_job(job_id, request.ctx.principal), request.ctx.principal))
