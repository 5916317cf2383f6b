"""Which application operations are there for staff?"""

from __future__ import annotations

from sanic import Blueprint, HTTPResponse, Request

from service.applications import queries, review, schemas
from service.applications.moves import (
    ApplicationNotFound,
    InvalidApplicationTransition,
    Mover,
    OfferDecisionRequired,
    move,
)
from service.auth.roles import Permission
from service.content.jobs.schemas import InvalidJobId
from service.evidence.previews import DocumentRejected
from service.evidence.uploads import InvalidExpiresSec
from service.http.errors import InvalidCursor, InvalidLimit, InvalidReason, SearchBusy
from service.http.operations import Shows, operation
from service.http.web import answer, parse, parse_query, read_body
from service.lists.queries import InvalidSearch

bp = Blueprint("admin_applications")


@bp.get("/admin/applications")
@operation(
    "adminListApplications",
    summary="Everybody's applications, most recently changed first",
    description="`q` looks at the applicant's name and address, the job's title and the employer's name. "
    "`orgId` is the employer of the job.",
    tag="admin applications",
    permission=Permission.APPLICATIONS_READ,
    query=schemas.AdminApplicationsQuery,
    shows=Shows("JOB_APPLICATION", lambda body: (id for case in body.items for id in schemas.shown(case))),
    responses={200: schemas.AdminApplicationList},
    errors=(
        InvalidCursor,
        InvalidLimit,
        schemas.InvalidApplicationStatus,
        InvalidSearch,
        InvalidJobId,
        schemas.InvalidOrgId,
        SearchBusy,
    ),
)
async def list_applications(request: Request) -> HTTPResponse:
    query = parse_query(schemas.AdminApplicationsQuery, request, spaces_count=("jobId", "orgId"))
    return answer(schemas.AdminApplicationList.model_validate(await queries.list_cases(query)))


@bp.get("/admin/applications/<application_id>")
@operation(
    "adminGetApplication",
    summary="One application with who applied and its newest step",
    description="The same row as in the list.",
    tag="admin applications",
    permission=Permission.APPLICATIONS_READ,
    shows=Shows("JOB_APPLICATION", schemas.shown),
    responses={200: schemas.AdminApplication},
    errors=(ApplicationNotFound,),
)
async def read_application(request: Request, application_id: str) -> HTTPResponse:
    return answer(await review.read_application(application_id, request.ctx.staff))


@bp.get("/admin/applications/<application_id>/journey")
@operation(
    "adminGetApplicationJourney",
    summary="One application with all its steps, oldest first",
    description="The steps are what the candidate sees, with the people who made them.",
    tag="admin applications",
    permission=Permission.APPLICATIONS_READ,
    shows=Shows("JOB_APPLICATION", schemas.shown),
    responses={200: schemas.AdminApplicationJourney},
    errors=(ApplicationNotFound,),
)
async def read_journey(request: Request, application_id: str) -> HTTPResponse:
    journey = await review.read_journey(application_id, request.ctx.staff)
    return answer(schemas.AdminApplicationJourney.model_validate(journey))


@bp.patch("/admin/applications/<application_id>/status")
@operation(
    "adminChangeApplicationStatus",
    summary="Move an application to another status",
    description="Candidates see the step with its reason and without the name. `updatedBy` counts only for callers "
    "with the staff key.",
    tag="admin applications",
    permission=Permission.APPLICATIONS_DECIDE,
    body=schemas.ApplicationStatusInput,
    responses={200: schemas.AdminApplicationChanged},
    errors=(
        schemas.InvalidApplicationStatus,
        InvalidReason,
        schemas.InvalidUpdatedBy,
        ApplicationNotFound,
        OfferDecisionRequired,
        InvalidApplicationTransition,
    ),
)
async def move_application(request: Request, application_id: str) -> HTTPResponse:
    fields = parse(schemas.ApplicationStatusInput, await read_body(request))
    by = Mover.staff(request.ctx.staff, fields.updated_by)
    moved = await move(application_id, fields.status, by=by, reason=fields.reason)
    body = schemas.AdminApplicationChanged(
        updated=moved.step is not None,
        application=moved.case.application,
        applicant=moved.case.applicant,
        journey_event=moved.step,
    )
    return answer(body)


@bp.get("/admin/applications/<application_id>/documents")
@operation(
    "adminListApplicationDocuments",
    summary="The documents of one application, newest first",
    description="At most 500 rows; `total` counts all of them.",
    tag="admin applications",
    permission=Permission.APPLICATIONS_READ,
    shows=Shows("JOB_APPLICATION", schemas.shown),
    responses={200: schemas.AdminApplicationDocuments},
    errors=(ApplicationNotFound,),
)
async def list_documents(request: Request, application_id: str) -> HTTPResponse:
    return answer(await review.list_documents(application_id, request.ctx.staff))


@bp.patch("/admin/applications/<application_id>/documents/<document_id>")
@operation(
    "adminReviewApplicationDocument",
    summary="Say what a document is worth",
    description="A missing reason clears the old one. `reviewedBy` counts only for callers with the staff key.",
    tag="admin applications",
    permission=Permission.APPLICATIONS_DECIDE,
    body=schemas.DocumentReviewInput,
    responses={200: schemas.ApplicationDocumentReviewed},
    errors=(
        schemas.InvalidReviewStatus,
        schemas.InvalidReviewReason,
        schemas.InvalidUpdatedBy,
        ApplicationNotFound,
        review.ApplicationDocumentNotFound,
    ),
)
async def review_document(request: Request, application_id: str, document_id: str) -> HTTPResponse:
    fields = parse(schemas.DocumentReviewInput, await read_body(request))
    return answer(await review.review_document(application_id, document_id, fields, request.ctx.staff))


@bp.post("/admin/applications/documents/<document_id>/preview-url")
@operation(
    "adminPreviewApplicationDocument",
    summary="A link that reads one document for a short time",
    description="The link lives for `expiresSec` seconds, 120 unless said, and leads to the checked copy once there is one. "
    "A file that was read and rejected needs `acknowledgeRisk`.",
    tag="admin applications",
    permission=Permission.APPLICATION_FILES,
    body=schemas.ApplicationPreviewInput,
    shows=Shows("APPLICATION_DOCUMENT", lambda body: (body.application_id,)),
    responses={200: schemas.ApplicationDocumentPreview},
    errors=(InvalidExpiresSec, review.ApplicationDocumentNotFound, DocumentRejected),
)
async def preview_document(request: Request, document_id: str) -> HTTPResponse:
    fields = parse(schemas.ApplicationPreviewInput, await read_body(request))
    preview = await review.preview_document(document_id, fields, request.ctx.staff, request.app.ctx.storage)
    return answer(preview)
