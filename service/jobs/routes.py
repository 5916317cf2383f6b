"""Which job operations are there for candidates, and who may call them?"""

from __future__ import annotations

from sanic import Blueprint, HTTPResponse, Request

from service.caching import validators
from service.caching.basis import Basis
from service.errors import InvalidCursor, InvalidLimit, SearchBusy
from service.jobs import domain, schemas
from service.jobs.queries import JobFilter
from service.listing import InvalidSearch
from service.operations import Security, operation
from service.web import Page, answer, parse, parse_query, read_body

bp = Blueprint("jobs")


@bp.get("/jobs")
@operation(
    "listJobs",
    summary="Jobs that are open now",
    description="Pages begin at the offset `cursor` or, without repeats while jobs are added, behind `after`.",
    tag="jobs",
    security=Security.OPTIONAL,
    query=schemas.JobsQuery,
    responses={200: schemas.JobList},
    errors=(
        schemas.InvalidEmploymentType,
        schemas.InvalidVisaSponsored,
        InvalidCursor,
        InvalidLimit,
        InvalidSearch,
        SearchBusy,
    ),
    conditional=Basis.CONTENT,
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
    if not found.exact:
        validators.withhold(request)
    return answer(schemas.JobList.of(found, query, request.ctx.principal))


@bp.get("/jobs/<job_id>")
@operation(
    "getJob",
    summary="One job with all it says",
    tag="jobs",
    security=Security.OPTIONAL,
    responses={200: schemas.JobEnvelope},
    errors=(domain.JobNotFound,),
    conditional=Basis.CONTENT,
)
async def get_job(request: Request, job_id: str) -> HTTPResponse:
    return answer(schemas.JobEnvelope.of(await domain.read_job(job_id, request.ctx.principal), request.ctx.principal))


@bp.get("/users/me/saved-jobs")
@operation(
    "listSavedJobs",
    summary="Jobs that the caller saved, the last saved first",
    tag="jobs",
    query=Page,
    responses={200: schemas.SavedJobList},
    errors=(InvalidCursor, InvalidLimit),
    conditional=Basis.CONTENT,
)
async def list_saved_jobs(request: Request) -> HTTPResponse:
    page = parse_query(Page, request)
    found = await domain.list_saved_jobs(page, request.ctx.principal)
    return answer(schemas.SavedJobList.of(found, request.ctx.principal))


@bp.post("/users/me/saved-jobs")
@operation(
    "saveJob",
    summary="Save a job",
    tag="jobs",
    body=schemas.SaveJobInput,
    responses={200: schemas.JobSaved},
    errors=(schemas.InvalidJobId, domain.JobNotFound),
)
async def save_job(request: Request) -> HTTPResponse:
    wanted = parse(schemas.SaveJobInput, await read_body(request))
    created = await domain.save_job(wanted.job_id, request.ctx.principal)
    return answer(schemas.JobSaved(created=created, job_id=wanted.job_id))


@bp.delete("/users/me/saved-jobs/<job_id>")
@operation(
    "unsaveJob",
    summary="Forget a saved job",
    tag="jobs",
    responses={200: schemas.JobUnsaved},
    errors=(domain.JobNotFound,),
)
async def unsave_job(request: Request, job_id: str) -> HTTPResponse:
    removed = await domain.unsave_job(job_id, request.ctx.principal)
    return answer(schemas.JobUnsaved(removed=removed, job_id=job_id))
