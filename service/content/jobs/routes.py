"""Which job operations are there for candidates, and who may call them?"""

from __future__ import annotations

from functools import partial

from sanic import Blueprint, HTTPResponse, Request

from service.auth.principal import Principal
from service.caching import validators
from service.caching.basis import Basis
from service.content.jobs import domain, schemas
from service.content.jobs.queries import SAVES, JobFilter, list_saved_jobs
from service.content.saving import SavingOperations
from service.content.sharing import answer_shared
from service.http.errors import InvalidCursor, InvalidLimit, SearchBusy
from service.http.operations import Security, operation
from service.http.web import parse_query
from service.lists.queries import InvalidSearch

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
    shared=True,
)
async def list_jobs(request: Request) -> HTTPResponse:
    return await answer_shared(request, SAVES, partial(_read_jobs, request))


async def _read_jobs(request: Request) -> tuple[schemas.JobList, list[str]]:
    query = parse_query(schemas.JobsQuery, request)
    wanted = JobFilter(
        text=query.q,
        employment_type=query.employment_type.value if query.employment_type else None,
        visa_sponsored=query.visa_sponsored,
        place=query.location,
    )
    found = await domain.list_jobs(wanted, query, request.ctx.principal, request.ctx.content_version)
    if not found.exact:
        validators.withhold(request)
    return schemas.JobList.model_validate(found), [job.id for job in found.items]


@bp.get("/jobs/<job_id>")
@operation(
    "getJob",
    summary="One job with all it says",
    description="A job that is hidden is 404.",
    tag="jobs",
    security=Security.OPTIONAL,
    responses={200: schemas.JobEnvelope},
    errors=(domain.JobNotFound,),
    conditional=Basis.CONTENT,
    shared=True,
)
async def get_job(request: Request, job_id: str) -> HTTPResponse:
    return await answer_shared(request, SAVES, partial(_read_job, job_id, request.ctx.principal))


async def _read_job(job_id: str, by: Principal | None) -> tuple[schemas.JobEnvelope, list[str]]:
    found = await domain.read_job(job_id, by)
    return found, [found.job.id]


SavingOperations(
    saves=SAVES,
    noun="job",
    tag="jobs",
    list_saved=list_saved_jobs,
    list_answer=schemas.SavedJobList,
    body=schemas.SaveJobInput,
    saved=schemas.JobSaved,
    unsaved=schemas.JobUnsaved,
    missing=domain.JobNotFound,
    invalid_id=schemas.InvalidJobId,
).declare(bp)
