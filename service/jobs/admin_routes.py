"""Which job operations are there for staff, and who may call them?"""

from __future__ import annotations

from typing import Any

from sanic import Blueprint, HTTPResponse, Request

from service.clock import utc_now
from service.errors import InvalidCursor, InvalidLimit, SearchBusy
from service.jobs import admin_schemas as schemas
from service.jobs import editing
from service.jobs.domain import JobNotFound
from service.jobs.queries import list_all_jobs
from service.listing import InvalidSearch
from service.operations import Security, operation
from service.publishing import (
    LIFECYCLE_ERRORS,
    WITHDRAWN,
    BulkAction,
    InvalidBulkAction,
    InvalidLifecycleDate,
    Publication,
    PublishInput,
    ScheduleInput,
    bulk_publication,
    published,
    run_bulk,
    scheduled,
)
from service.web import answer, language_of, parse, parse_query, read_body

bp = Blueprint("admin_jobs")


@bp.get("/admin/jobs")
@operation(
    "listAllJobs",
    summary="All jobs, drafts too, oldest first",
    description="Pages begin at the offset `cursor` or behind `after`. `q` looks in title, description, employer and place.",
    tag="staff content",
    security=Security.ADMIN,
    query=schemas.AdminJobsQuery,
    responses={200: schemas.AdminJobList},
    errors=(InvalidCursor, InvalidLimit, InvalidSearch, SearchBusy),
)
async def list_jobs(request: Request) -> HTTPResponse:
    query = parse_query(schemas.AdminJobsQuery, request)
    return answer(schemas.AdminJobList.of(await list_all_jobs(query.q, query), query))


@bp.post("/admin/jobs")
@operation(
    "createJob",
    summary="Make a job",
    description="Without `lifecycle` it is shown from now on.",
    tag="staff content",
    security=Security.ADMIN,
    body=schemas.CreateJobInput,
    responses={201: schemas.AdminJobEnvelope},
    errors=(*LIFECYCLE_ERRORS, *schemas.JOB_FIELD_ERRORS),
)
async def create_job(request: Request) -> HTTPResponse:
    job = await editing.create_job(await read_body(request), by=request.ctx.staff)
    return answer(schemas.AdminJobEnvelope.of(job), 201)


@bp.patch("/admin/jobs/<job_id>")
@operation(
    "changeJob",
    summary="Change a job; what is absent stays",
    description="`location`, `employer` and `requirements` are replaced as a whole.",
    tag="staff content",
    security=Security.ADMIN,
    body=schemas.PatchJobInput,
    responses={200: schemas.AdminJobEnvelope},
    errors=(JobNotFound, *LIFECYCLE_ERRORS, *schemas.JOB_FIELD_ERRORS),
)
async def change_job(request: Request, job_id: str) -> HTTPResponse:
    job = await editing.change_job(job_id, await read_body(request), by=request.ctx.staff)
    return answer(schemas.AdminJobEnvelope.of(job))


@bp.delete("/admin/jobs/<job_id>")
@operation(
    "removeJob",
    summary="Remove a job with its saves and applications",
    description="For good: the applications for it are removed too. To keep them, hide the job.",
    tag="staff content",
    security=Security.ADMIN,
    responses={200: schemas.JobRemoved},
    errors=(JobNotFound,),
)
async def remove_job(request: Request, job_id: str) -> HTTPResponse:
    await editing.remove_job(job_id, by=request.ctx.staff)
    return answer(schemas.JobRemoved(job_id=job_id))


@bp.post("/admin/jobs/<job_id>/publish")
@operation(
    "publishJob",
    summary="Show a job from now on",
    description="Without `publishedAt` the moment of the call counts.",
    tag="staff content",
    security=Security.ADMIN,
    body=PublishInput,
    responses={200: schemas.AdminJobEnvelope},
    errors=(JobNotFound, InvalidLifecycleDate),
)
async def publish_job(request: Request, job_id: str) -> HTTPResponse:
    body = await read_body(request)
    await editing.SHELF.require(job_id)
    publication = published(utc_now(), parse(PublishInput, body).published_at)
    job = await editing.SHELF.set_publication(job_id, publication, by=request.ctx.staff)
    return answer(schemas.AdminJobEnvelope.of(job))


@bp.post("/admin/jobs/<job_id>/unpublish")
@operation(
    "unpublishJob",
    summary="Hide a job",
    description="Candidates no longer find it; applications and saved lists keep it.",
    tag="staff content",
    security=Security.ADMIN,
    reads_body=True,
    responses={200: schemas.AdminJobEnvelope},
    errors=(JobNotFound,),
)
async def unpublish_job(request: Request, job_id: str) -> HTTPResponse:
    await read_body(request)
    job = await editing.SHELF.set_publication(job_id, WITHDRAWN, by=request.ctx.staff)
    return answer(schemas.AdminJobEnvelope.of(job))


@bp.post("/admin/jobs/<job_id>/schedule")
@operation(
    "scheduleJob",
    summary="Show a job from a moment on",
    description="Candidates see it once the moment has come; nothing else has to be called.",
    tag="staff content",
    security=Security.ADMIN,
    body=ScheduleInput,
    responses={200: schemas.AdminJobEnvelope},
    errors=(InvalidLifecycleDate, JobNotFound),
)
async def schedule_job(request: Request, job_id: str) -> HTTPResponse:
    wanted = parse(ScheduleInput, await read_body(request))
    job = await editing.SHELF.set_publication(job_id, scheduled(wanted.scheduled_at, dated=False), by=request.ctx.staff)
    return answer(schemas.AdminJobEnvelope.of(job))


@bp.post("/admin/jobs/bulk")
@operation(
    "changeJobsInBulk",
    summary="Publish, hide, schedule or remove several jobs, each on its own",
    description="Always 200 with one outcome an item: one item's failure stops no other.",
    tag="staff content",
    security=Security.ADMIN,
    body=schemas.BulkJobsInput,
    responses={200: schemas.BulkJobs},
    errors=(InvalidBulkAction, schemas.InvalidJobIds),
)
async def change_jobs_in_bulk(request: Request) -> HTTPResponse:
    body: dict[str, Any] = await read_body(request)
    wanted = parse(schemas.BulkJobsInput, body)

    async def run(job_id: str) -> Publication | None:
        if wanted.action is BulkAction.DELETE:
            await editing.remove_job(job_id, by=request.ctx.staff)
            return None
        await editing.SHELF.require(job_id)
        publication = bulk_publication(wanted.action, body, utc_now(), dated=False)
        await editing.SHELF.set_publication(job_id, publication, by=request.ctx.staff)
        return publication

    outcomes = await run_bulk(wanted.job_ids, run)
    return answer(schemas.BulkJobs.of(wanted.action.value, outcomes, language_of(request)))
