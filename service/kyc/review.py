"""Who decides about a verification, and how?

The rules: docs/rules/kyc.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from tortoise.transactions import in_transaction

from service import db, logs, metrics
from service.auth.principal import Staff
from service.errors import ApiError
from service.evidence.verdicts import ByteState
from service.kyc import admin_schemas, states
from service.kyc.claims import end_claim, own_fields, refuse_colleagues, reviewer_name
from service.kyc.models import KycStatus, SessionView
from service.kyc.queries import QueuePage, list_queue, lock_session
from service.kyc.states import Actor, KycSessionNotFound
from service.web import Paged, parse, uuid_or_none

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


RequireVerified = Literal["off", "warn", "enforce"]
"""What happens when somebody is verified on documents whose bytes are not: nothing, a line in the log, a refusal."""


async def list_waiting_sessions(statuses: Sequence[str], page: Paged) -> QueuePage:
    """One page of the sessions in these states (empty: all), last submitted first."""
    return await list_queue(statuses, offset=page.cursor, limit=page.limit)


async def decide(body: dict[str, Any], *, by: Staff, require_verified: RequireVerified) -> SessionView:
    """Decide about the session that `body` names. Raises InvalidSessionId, then what `decide_session` raises."""
    target = parse(admin_schemas.ReviewTarget, body)
    return await decide_session(target.session_id, body, by=by, unnamed=None, require_verified=require_verified)


async def act_on_case(
    case_id: str, body: dict[str, Any], *, by: Staff, require_verified: RequireVerified
) -> SessionView:
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
) -> SessionView:
    """Decide about a submitted session and return it. `unnamed`: who decides by key without a name; none: nobody may.

    One transaction; locks the row, so that of many decisions at once one wins. A bearer decides under their own address,
    whatever the body says. Ends the caller's claim. Raises KycSessionNotFound, KycSessionLocked, KycSessionNotSubmitted,
    then InvalidDecision, InvalidReviewedBy, InvalidReason, then KycSessionClaimed, KycSessionChanged and, for VERIFIED where
    `require_verified` is enforce, DocumentsNotVerified.
    """
    known = uuid_or_none(session_id)
    async with in_transaction():
        session = await lock_session(known) if known else None
        if session is None:
            raise KycSessionNotFound
        states.check_move(session, *states.DECISIONS)
        is_named = by.principal is not None or unnamed is not None
        shape = admin_schemas.DecisionInput if is_named else admin_schemas.NamedDecisionInput
        fields = parse(shape, own_fields(body, by=by))
        reviewer = reviewer_name(fields.reviewed_by, by, unnamed=unnamed)
        claim = await refuse_colleagues(session, reviewer, by)
        if fields.version is not None and fields.version != session.version:
            raise KycSessionChanged
        unverified = 0
        if fields.decision == KycStatus.VERIFIED and require_verified != "off":
            unverified = await _unverified_documents(session.id)
            if unverified and require_verified == "enforce":
                raise DocumentsNotVerified
        decided = await states.move(session, fields.decision, by=Actor.reviewer(reviewer, by), reason=fields.reason)
        if claim is not None:
            await end_claim(claim)
    metrics.kyc_decisions.labels(fields.decision.value).inc()
    if unverified:
        logs.log("kyc.verified_on_unread_documents", level="warn", kycSessionId=decided.id, documents=unverified)
    return decided


async def _unverified_documents(session_id: str) -> int:
    """How many documents of a session have no verified bytes; a session without documents counts as one."""
    found: int = await db.fetch_value(
        "SELECT CASE WHEN count(*) = 0 THEN 1 ELSE count(*) FILTER (WHERE byte_state <> $2) END"
        " FROM identity_documents WHERE kyc_session_id = $1",
        session_id,
        ByteState.VERIFIED.value,
    )
    return found
