"""Which verification operations are there for candidates, and who may call them?"""

from __future__ import annotations

from sanic import Blueprint, HTTPResponse, Request

from service.caching.basis import Basis
from service.evidence.uploads import (
    InvalidChecksum,
    InvalidContentLength,
    InvalidContentType,
    InvalidDocumentType,
    InvalidFileName,
    InvalidObjectKey,
)
from service.http.errors import InvalidNote
from service.http.operations import operation
from service.http.web import answer, language_of, parse, parse_query, read_body
from service.kyc import checklist, documents, schemas, states, submission

bp = Blueprint("kyc")


@bp.post("/identity/kyc/sessions")
@operation(
    "startKycSession",
    summary="Start an identity verification",
    description="Each call makes another one, and the newest counts.",
    tag="kyc",
    body=schemas.SessionInput,
    responses={201: schemas.KycEnvelope},
    errors=(schemas.InvalidProvider,),
)
async def start_session(request: Request) -> HTTPResponse:
    fields = parse(schemas.SessionInput, await read_body(request))
    session = await submission.start_session(fields.provider, by=request.ctx.principal)
    return answer(schemas.KycEnvelope.of(session), 201)


@bp.post("/identity/kyc/sessions/<session_id>/submit", ignore_body=True)
@operation(
    "submitKycSession",
    summary="Hand a verification in",
    description="Whatever body is sent, it is not read.",
    tag="kyc",
    responses={200: schemas.KycEnvelope},
    errors=(states.KycSessionNotFound, states.KycSessionLocked, states.KycSessionIncomplete),
)
async def submit_session(request: Request, session_id: str) -> HTTPResponse:
    session = await submission.submit_session(session_id, by=request.ctx.principal)
    return answer(schemas.KycEnvelope.of(session))


@bp.post("/identity/kyc/sessions/<session_id>/provider-metadata")
@operation(
    "mergeKycProviderMetadata",
    summary="Keep what an identity provider said",
    description="Merged key by key at the top level; the key finalVerification is reserved and left out.",
    tag="kyc",
    body=schemas.ProviderMetadataInput,
    responses={200: schemas.KycEnvelope},
    errors=(
        states.KycSessionNotFound,
        schemas.InvalidProviderRef,
        schemas.InvalidMetadata,
        submission.InvalidProviderMetadata,
    ),
)
async def merge_provider_metadata(request: Request, session_id: str) -> HTTPResponse:
    body = await read_body(request)
    session = await submission.merge_provider_metadata(session_id, body, by=request.ctx.principal)
    return answer(schemas.KycEnvelope.of(session))


@bp.get("/identity/kyc/status")
@operation(
    "getKycStatus",
    summary="The state of the latest verification",
    description="NOT_STARTED with a null session before the first one.",
    tag="kyc",
    responses={200: schemas.KycStatusEnvelope},
    conditional=Basis.OWN,
    by_language=True,
)
async def get_status(request: Request) -> HTTPResponse:
    return answer(await submission.read_status(by=request.ctx.principal, language=language_of(request)))


@bp.post("/identity/kyc/upload-url")
@operation(
    "createKycUploadUrl",
    summary="A link to upload one identity document",
    description="The link takes exactly the bytes that were announced. Without a session id the latest one is meant.",
    tag="kyc",
    body=schemas.KycUploadInput,
    responses={201: schemas.KycUpload},
    errors=(
        states.KycSessionNotFound,
        states.KycSessionLocked,
        InvalidDocumentType,
        InvalidFileName,
        InvalidContentType,
        InvalidContentLength,
        InvalidChecksum,
    ),
)
async def create_upload_url(request: Request) -> HTTPResponse:
    context = request.app.ctx
    upload = await documents.sign_document(
        await read_body(request), by=request.ctx.principal, settings=context.settings, storage=context.storage
    )
    return answer(upload, 201)


@bp.post("/identity/kyc/documents")
@operation(
    "addKycDocument",
    summary="Register an uploaded identity document",
    description="Call it after the PUT to the upload link. The object is not looked at here; a worker reads it later.",
    tag="kyc",
    body=schemas.KycDocumentInput,
    responses={201: schemas.KycDocumentEnvelope},
    errors=(
        states.KycSessionNotFound,
        states.KycSessionLocked,
        InvalidDocumentType,
        InvalidObjectKey,
        InvalidChecksum,
        schemas.InvalidMetadata,
        documents.DuplicateDocument,
    ),
)
async def add_document(request: Request) -> HTTPResponse:
    document = await documents.add_document(
        await read_body(request), by=request.ctx.principal, bucket=request.app.ctx.storage.bucket
    )
    return answer(document, 201)


@bp.get("/identity/kyc/history")
@operation(
    "getKycHistory",
    summary="What happened to a verification, oldest first",
    description="`sessionId` names the verification; without it the latest one.",
    tag="kyc",
    query=schemas.SessionChoice,
    responses={200: schemas.KycHistory},
    errors=(states.KycSessionNotFound,),
    conditional=Basis.OWN,
    by_language=True,
)
async def get_history(request: Request) -> HTTPResponse:
    query = parse_query(schemas.SessionChoice, request)
    history = await submission.read_history(query.session_id, by=request.ctx.principal, language=language_of(request))
    return answer(history)


@bp.get("/users/me/verification-documents")
@operation(
    "listVerificationDocuments",
    summary="Which documents the latest verification has and needs",
    description="One row a type with its newest document, and how many of the required ones are there.",
    tag="kyc",
    responses={200: schemas.VerificationChecklist},
    conditional=Basis.OWN,
    by_language=True,
)
async def list_verification_documents(request: Request) -> HTTPResponse:
    return answer(await checklist.read_checklist(by=request.ctx.principal, language=language_of(request)))


@bp.post("/users/me/verification/final-request")
@operation(
    "requestFinalVerification",
    summary="Ask for the final check of the latest verification",
    description="Made once a verification: later calls answer 200 with the same request.",
    tag="kyc",
    body=schemas.FinalRequestInput,
    responses={200: schemas.FinalRequestEnvelope, 201: schemas.FinalRequestEnvelope},
    errors=(
        checklist.VerificationSessionRequired,
        states.KycSessionNotSubmitted,
        checklist.VerificationDocumentsMissing,
        schemas.InvalidSource,
        InvalidNote,
    ),
)
async def request_final(request: Request) -> HTTPResponse:
    found = await checklist.request_final(await read_body(request), by=request.ctx.principal)
    return answer(found, 201 if found.created else 200)
