"""Which application operations are there for candidates, and who may call them?"""

from __future__ import annotations

from sanic import Blueprint, HTTPResponse, Request

from service.applications import documents, domain, schemas
from service.applications.models import OfferDecision
from service.applications.moves import ApplicationNotFound, OfferNotAvailable
from service.caching.basis import Basis
from service.content.jobs.domain import JobNotFound
from service.evidence import uploads
from service.http.errors import InvalidCursor, InvalidLimit, InvalidNote, InvalidReason
from service.http.operations import operation
from service.http.web import answer, language_of, parse, parse_query, read_body

bp = Blueprint("applications")

_UPLOAD_ERRORS = (
    ApplicationNotFound,
    uploads.InvalidDocumentType,
    uploads.InvalidFileName,
    uploads.InvalidContentType,
    uploads.InvalidContentLength,
    uploads.InvalidChecksum,
)
_OFFER_ERRORS = (InvalidReason, ApplicationNotFound, OfferNotAvailable)


@bp.post("/jobs/<job_id>/applications")
@operation(
    "applyToJob",
    summary="Apply for a job",
    description="One application a person and job: later calls answer 200 and change nothing.",
    tag="applications",
    body=schemas.ApplyInput,
    responses={200: schemas.ApplyResponse, 201: schemas.ApplyResponse},
    errors=(InvalidNote, JobNotFound),
)
async def apply(request: Request, job_id: str) -> HTTPResponse:
    fields = parse(schemas.ApplyInput, await read_body(request))
    applied = await domain.apply(job_id, fields.note, request.ctx.principal)
    return answer(applied, 201 if applied.created else 200)


@bp.get("/users/me/applications")
@operation(
    "listMyApplications",
    summary="The caller's applications, most recently changed first",
    description="Pages begin at the offset `cursor`.",
    tag="applications",
    query=schemas.ApplicationsQuery,
    responses={200: schemas.ApplicationList},
    errors=(InvalidCursor, InvalidLimit, schemas.InvalidApplicationStatus),
    conditional=Basis.CONTENT,
)
async def list_applications(request: Request) -> HTTPResponse:
    query = parse_query(schemas.ApplicationsQuery, request)
    found = await domain.list_applications(query, request.ctx.principal)
    return answer(schemas.ApplicationList.model_validate(found))


@bp.get("/users/me/applications/<application_id>/journey")
@operation(
    "getMyApplicationJourney",
    summary="One application with all its steps, oldest first",
    description="Titles and descriptions follow `Accept-Language`; what somebody typed stays as it is. For whoever of "
    "the staff acted there is the word `staff`.",
    tag="applications",
    responses={200: schemas.ApplicationJourney},
    errors=(ApplicationNotFound,),
    conditional=Basis.CONTENT,
    by_language=True,
)
async def read_journey(request: Request, application_id: str) -> HTTPResponse:
    return answer(await domain.read_journey(application_id, language_of(request), request.ctx.principal))


@bp.post("/users/me/applications/<application_id>/documents/upload-url")
@operation(
    "createApplicationDocumentUploadUrl",
    summary="Where to upload one document of an application",
    description="PUT the bytes with exactly the headers listed. The application is looked up before the fields.",
    tag="applications",
    body=schemas.ApplicationUploadInput,
    responses={201: schemas.ApplicationUpload},
    errors=_UPLOAD_ERRORS,
)
async def create_upload_url(request: Request, application_id: str) -> HTTPResponse:
    upload = await documents.presign_document(
        application_id, await read_body(request), request.ctx.principal, request.app.ctx.storage
    )
    return answer(upload, 201)


@bp.post("/users/me/applications/<application_id>/documents")
@operation(
    "addApplicationDocument",
    summary="Add a document to an application",
    description="The object is not looked at. The application is looked up before the fields.",
    tag="applications",
    body=schemas.ApplicationDocumentInput,
    responses={201: schemas.ApplicationDocumentAdded},
    errors=(
        *_UPLOAD_ERRORS,
        uploads.InvalidObjectKey,
        documents.ForeignObjectKey,
        documents.DuplicateApplicationDocument,
    ),
)
async def register_document(request: Request, application_id: str) -> HTTPResponse:
    document = await documents.register_document(
        application_id, await read_body(request), request.ctx.principal, request.app.ctx.storage
    )
    return answer(schemas.ApplicationDocumentAdded(application_id=document.application_id, document=document), 201)


@bp.get("/users/me/applications/<application_id>/documents")
@operation(
    "listMyApplicationDocuments",
    summary="The documents of one application, newest first",
    description="At most 500 rows; `total` counts all of them.",
    tag="applications",
    responses={200: schemas.ApplicationDocuments},
    errors=(ApplicationNotFound,),
    conditional=Basis.CONTENT,
)
async def list_documents(request: Request, application_id: str) -> HTTPResponse:
    return answer(await documents.list_documents(application_id, request.ctx.principal))


@bp.post("/users/me/applications/<application_id>/offer/accept")
@operation(
    "acceptOffer",
    summary="Accept the offer of an application",
    description="Works once: afterwards there is no offer any more.",
    tag="applications",
    body=schemas.OfferInput,
    responses={200: schemas.OfferAnswered},
    errors=_OFFER_ERRORS,
    by_language=True,
)
async def accept_offer(request: Request, application_id: str) -> HTTPResponse:
    return await _answer_offer(request, application_id, OfferDecision.ACCEPT)


@bp.post("/users/me/applications/<application_id>/offer/decline")
@operation(
    "declineOffer",
    summary="Decline the offer of an application",
    description="Works once: afterwards there is no offer any more.",
    tag="applications",
    body=schemas.OfferInput,
    responses={200: schemas.OfferAnswered},
    errors=_OFFER_ERRORS,
    by_language=True,
)
async def decline_offer(request: Request, application_id: str) -> HTTPResponse:
    return await _answer_offer(request, application_id, OfferDecision.DECLINE)


async def _answer_offer(request: Request, application_id: str, decision: OfferDecision) -> HTTPResponse:
    fields = parse(schemas.OfferInput, await read_body(request))
    answered = await domain.answer_offer(
        application_id, decision, fields.reason, language_of(request), request.ctx.principal
    )
    return answer(answered)
