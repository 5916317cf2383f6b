"""Which verification operations are there for staff?"""

from __future__ import annotations

from sanic import Blueprint, HTTPResponse, Request

from service.auth.roles import Permission, permissions_of
from service.evidence.previews import DocumentRejected
from service.evidence.uploads import InvalidExpiresSec, InvalidObjectKey
from service.http.errors import InvalidCursor, InvalidLimit, InvalidReason, InvalidReasonCode
from service.http.operations import Shows, operation
from service.http.web import answer, parse, parse_query, read_body
from service.kyc import admin_schemas, claims, documents, review, schemas, states
from service.kyc.links import FileLinks

bp = Blueprint("kyc_admin")

_DECISION_ERRORS = (
    states.KycSessionNotFound,
    states.KycSessionLocked,
    states.KycSessionNotSubmitted,
    admin_schemas.InvalidDecision,
    admin_schemas.InvalidReviewedBy,
    InvalidReason,
    InvalidReasonCode,
    claims.KycSessionClaimed,
    review.KycSessionChanged,
    review.DocumentsNotVerified,
)


@bp.get("/admin/kyc/review-queue")
@operation(
    "listKycReviewQueue",
    summary="Verifications with all that a reviewer needs, last submitted first",
    description="Each row has the session, its documents and events, what to look at twice, and who works on it. "
    "`fileUrl` of a checked document is a link to a picture of it, for five minutes; it is on record.",
    tag="kyc-review",
    permission=Permission.VERIFICATIONS_READ,
    query=admin_schemas.QueueQuery,
    shows=Shows("KYC_SESSION", lambda body: (id for item in body.items for id in admin_schemas.shown(item))),
    responses={200: admin_schemas.KycReviewQueue},
    errors=(admin_schemas.InvalidStatusFilter, admin_schemas.InvalidOrder, InvalidCursor, InvalidLimit),
)
async def list_review_queue(request: Request) -> HTTPResponse:
    query = parse_query(admin_schemas.QueueQuery, request)
    return answer(await review.list_sessions(query, by=request.ctx.staff, links=_links(request)))


@bp.get("/admin/cases")
@operation(
    "listCases",
    summary="The review queue under its old address and words",
    description="The same rows as the review queue; `status` takes the words of cases.",
    tag="kyc-review",
    permission=Permission.VERIFICATIONS_READ,
    query=admin_schemas.CasesQuery,
    shows=Shows("KYC_SESSION", lambda body: (id for item in body.items for id in admin_schemas.shown(item))),
    responses={200: admin_schemas.KycReviewQueue},
    errors=(admin_schemas.InvalidStatusFilter, admin_schemas.InvalidOrder, InvalidCursor, InvalidLimit),
)
async def list_cases(request: Request) -> HTTPResponse:
    query = parse_query(admin_schemas.CasesQuery, request)
    return answer(await review.list_sessions(query, by=request.ctx.staff, links=_links(request)))


def _links(request: Request) -> FileLinks:
    """Links for whoever may open files; an auditor reads the stored names."""
    context, by = request.app.ctx, request.ctx.staff
    may_open = by.principal is None or Permission.VERIFICATION_FILES in permissions_of(
        by.principal.roles, context.settings.staff_roles
    )
    return FileLinks(context.storage, context.settings.kyc_staff_file_url if may_open else "object", by)


@bp.post("/admin/kyc/review")
@operation(
    "reviewKycSession",
    summary="Decide about a verification",
    description="A bearer decides under their own e-mail address; reviewedBy counts with the staff key only.",
    tag="kyc-review",
    permission=Permission.VERIFICATIONS_DECIDE,
    body=admin_schemas.ReviewInput,
    responses={200: admin_schemas.KycReviewEnvelope},
    errors=(admin_schemas.InvalidSessionId, *_DECISION_ERRORS),
)
async def review_session(request: Request) -> HTTPResponse:
    session = await review.decide(
        await read_body(request),
        by=request.ctx.staff,
        require_verified=request.app.ctx.settings.requires_verified,
    )
    return answer(admin_schemas.KycReviewEnvelope.reviewed(session))


@bp.post("/admin/cases/<case_id>/action")
@operation(
    "actOnCase",
    summary="Decide about a verification under its old address and words",
    description="`decision` or, without it, `action` says what was found; a stale `version` is refused.",
    tag="kyc-review",
    permission=Permission.VERIFICATIONS_DECIDE,
    body=admin_schemas.CaseActionInput,
    responses={200: admin_schemas.KycReviewEnvelope},
    errors=(admin_schemas.UnsupportedCaseAction, *_DECISION_ERRORS),
)
async def act_on_case(request: Request, case_id: str) -> HTTPResponse:
    session = await review.act_on_case(
        case_id,
        await read_body(request),
        by=request.ctx.staff,
        require_verified=request.app.ctx.settings.requires_verified,
    )
    return answer(admin_schemas.KycReviewEnvelope.reviewed(session))


@bp.post("/admin/kyc/documents/<document_id>/preview-url")
@operation(
    "previewKycDocument",
    summary="A link to look at one identity document",
    description="The link lives for `expiresSec` seconds and leads to the checked copy once there is one. It is on record. "
    "A file that was read and rejected needs `acknowledgeRisk`.",
    tag="kyc-review",
    permission=Permission.VERIFICATION_FILES,
    body=schemas.KycPreviewInput,
    shows=Shows("KYC_DOCUMENT", lambda body: (body.kyc_session_id,)),
    responses={200: schemas.KycPreview},
    errors=(documents.DocumentNotFound, InvalidObjectKey, InvalidExpiresSec, DocumentRejected),
)
async def preview_document(request: Request, document_id: str) -> HTTPResponse:
    context = request.app.ctx
    preview = await documents.preview_document(
        document_id,
        await read_body(request),
        by=request.ctx.staff,
        settings=context.settings,
        storage=context.storage,
    )
    return answer(preview)


@bp.post("/admin/kyc/claims")
@operation(
    "claimKycSession",
    summary="Reserve a waiting verification for fifteen minutes",
    description="Without a session id the one that waits longest. The caller's own claim is renewed.",
    tag="kyc-review",
    permission=Permission.VERIFICATIONS_DECIDE,
    body=admin_schemas.ClaimInput,
    shows=Shows("KYC_SESSION", lambda body: admin_schemas.shown(body.item)),
    responses={201: admin_schemas.KycClaimed},
    errors=(
        admin_schemas.InvalidSessionId,
        admin_schemas.InvalidReviewedBy,
        states.KycSessionNotFound,
        states.KycSessionLocked,
        states.KycSessionNotSubmitted,
        claims.KycSessionClaimed,
    ),
)
async def claim_session(request: Request) -> HTTPResponse:
    staff = request.ctx.staff
    fields = parse(admin_schemas.ClaimInput, claims.own_fields(await read_body(request), by=staff))
    claim, item = await claims.claim_session(fields.session_id, fields.reviewed_by, by=staff, links=_links(request))
    return answer(admin_schemas.KycClaimed(claim=claim, item=item), 201)


@bp.post("/admin/kyc/claims/<claim_id>/renew")
@operation(
    "renewKycClaim",
    summary="Keep a claim for fifteen minutes more",
    description="Only the holder can: a colleague's claim is 409.",
    tag="kyc-review",
    permission=Permission.VERIFICATIONS_DECIDE,
    responses={200: admin_schemas.KycClaimEnvelope},
    errors=(claims.KycClaimNotFound, claims.KycSessionClaimed),
)
async def renew_claim(request: Request, claim_id: str) -> HTTPResponse:
    claim = await claims.renew_claim(claim_id, by=request.ctx.staff)
    return answer(admin_schemas.KycClaimEnvelope.model_validate({"claim": claim}))


@bp.delete("/admin/kyc/claims/<claim_id>")
@operation(
    "releaseKycClaim",
    summary="Give a claimed verification back to the queue",
    description="Only the holder can: a colleague's claim is 409.",
    tag="kyc-review",
    permission=Permission.VERIFICATIONS_DECIDE,
    responses={200: admin_schemas.KycClaimReleased},
    errors=(claims.KycClaimNotFound, claims.KycSessionClaimed),
)
async def release_claim(request: Request, claim_id: str) -> HTTPResponse:
    claim = await claims.release_claim(claim_id, by=request.ctx.staff)
    return answer(admin_schemas.KycClaimReleased.model_validate({"released": True, "claim": claim}))
