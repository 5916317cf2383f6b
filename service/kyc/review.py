"""Who decides about a verification, and how?

The rules: docs/rules/kyc.md.
"""

from __future__ import annotations

from typing import Any

from tortoise.transactions import in_transaction

from service.auth.hidden import may_see
from service.auth.principal import Staff
from service.base import logs, metrics
from service.base.settings import RequireVerified
from service.http.errors import ApiError, InvalidReasonCode
from service.http.web import parse
from service.kyc import admin_schemas, states
from service.kyc.claims import own_fields, refuse_colleagues, reviewer_name
from service.kyc.links import FileLinks
from service.kyc.models import KycSession, KycStatus
from service.kyc.queries import count_unverified, has_documents, list_queue, put_document_reasons
from service.kyc.states import Actor
from service.seen.domain import note_seen, seen_version

LEGACY_CASE_ACTOR = "legacy_admin_case_action"
"""Who decided when the staff key came through a case alias without a name."""


class KycSessionChanged(ApiError):
    status_code, code = 409, "kyc_session_changed"
    message = "This verification has changed since you looked at it. Please look again."
    message_id = "Verifikasi ini telah berubah sejak Anda melihatnya. Silakan periksa kembali."


class DocumentsNotVerified(ApiError):
    status_code, code = 409, "documents_not_verified"
    message = "The uploaded files have not been verified. Please check them before you decide."
    message_id = "Berkas yang diunggah belum terverifikasi. Silakan periksa sebelum memutuskan."


async def list_sessions(
    query: admin_schemas.QueueQuery | admin_schemas.CasesQuery, *, by: Staff, links: FileLinks
) -> admin_schemas.KycReviewQueue:
    """One page of the sessions in the states that are asked for, else of those that wait; last submitted first.

    Whoever is signed in has seen them from then on. The links of their documents are on record.
    """
    statuses = states.WAITING if query.status is None else query.status
    page = await list_queue(statuses, query, query.order, file_url=links.url_of)
    await links.record()
    await note_seen(by, {item.session.id: item.session.version for item in page.items})
    return admin_schemas.KycReviewQueue.of(page, statuses)


async def decide(body: dict[str, Any], *, by: Staff, require_verified: RequireVerified) -> KycSession:
    """Decide about the session that `body` names. Raises InvalidSessionId, then what `decide_session` raises."""
    target = parse(admin_schemas.ReviewTarget, body)
    return await decide_session(target.session_id, body, by=by, unnamed=None, require_verified=require_verified)


async def act_on_case(
    case_id: str, body: dict[str, Any], *, by: Staff, require_verified: RequireVerified
) -> KycSession:
    """The same in the words of the case aliases: `decision` counts before `action`, `reason` before `note`.

    Raises UnsupportedCaseAction before it looks for the session, then what `decide_session` raises.
    """
    action = parse(admin_schemas.CaseActionChoice, body).action
    translated = dict(body)
    if not body.get("decision"):
        translated["decision"] = action.value if action else None
    reason = body.get("reason")
    if reason is None or (isinstance(reason, str) and not reason.strip()):
        translated["reason"] = body.get("note")
    return await decide_session(
        case_id, translated, by=by, unnamed=LEGACY_CASE_ACTOR, require_verified=require_verified
    )


async def decide_session(
    session_id: str, body: dict[str, Any], *, by: Staff, unnamed: str | None, require_verified: RequireVerified
) -> KycSession:
    """Decide about a submitted session and return it. `unnamed`: who decides by key without a name; none: nobody may.

    One transaction; locks the row, so that of many decisions at once one wins. A bearer decides under their own address,
    whatever the body says. Ends the caller's claim. Raises KycSessionNotFound, KycSessionLocked, KycSessionNotSubmitted,
    then InvalidDecision, InvalidReviewedBy, InvalidReason, InvalidReasonCode, then KycSessionClaimed, KycSessionChanged and,
    for VERIFIED where `require_verified` is enforce, DocumentsNotVerified.
    """
    async with in_transaction():
        session = await states.lock_session(session_id)
        if not await may_see(session.user_id, by):
            raise states.KycSessionNotFound
        states.check_move(session, *states.DECISIONS)
        is_named = by.principal is not None or unnamed is not None
        shape = admin_schemas.DecisionInput if is_named else admin_schemas.NamedDecisionInput
        fields = parse(shape, own_fields(body, by=by))
        reviewer = reviewer_name(fields.reviewed_by, by, unnamed=unnamed)
        await _check_reasons(session, fields)
        claim = await refuse_colleagues(session, reviewer, by)
        if await _is_unseen(session, fields, by):
            raise KycSessionChanged
        unverified = 0
        if fields.decision == KycStatus.VERIFIED and require_verified != "off":
            unverified = await count_unverified(session.id)
            if unverified and require_verified == "enforce":
                raise DocumentsNotVerified
        said = fields.document_reasons or {}
        decided = await states.move(
            session,
            fields.decision,
            by=Actor.reviewer(reviewer, by),
            reason=fields.reason,
            detail={"documentReasons": said} if said else None,
        )
        await put_document_reasons(session.id, said)
        if claim is not None:
            await claim.delete()
    metrics.kyc_decisions.labels(fields.decision.value).inc()
    if unverified:
        logs.log("kyc.verified_on_unread_documents", level="warn", kycSessionId=str(decided.id), documents=unverified)
    return decided


async def _check_reasons(session: KycSession, fields: admin_schemas.DecisionInput) -> None:
    """Raise InvalidReasonCode for a document of another session, and where nothing can be wrong, since it is VERIFIED."""
    named = fields.document_reasons or {}
    if named and (fields.decision == KycStatus.VERIFIED or not await has_documents(session.id, list(named))):
        raise InvalidReasonCode


async def _is_unseen(session: KycSession, fields: admin_schemas.DecisionInput, by: Staff) -> bool:
    """Whether a locked session is another than the one that this decision was made on.

    A `version` that came along must be that of now. Without one, VERIFIED asks whether documents or metadata changed
    after what was last shown to the person; for the staff key, and for who was shown nothing, after the last submission.
    """
    if fields.version is not None:
        return fields.version != session.version
    if fields.decision != KycStatus.VERIFIED:
        return False
    seen = await seen_version(by, session.id)
    return session.evidence_version > ((session.submitted_version or 0) if seen is None else seen)
