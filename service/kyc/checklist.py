"""Which documents are still missing, and has the candidate asked for the final check?

The rules: docs/rules/kyc.md.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import orjson
from tortoise.transactions import in_transaction

from service.auth.principal import Principal
from service.clock import format_time, utc_now
from service.errors import ApiError
from service.kyc import schemas, states
from service.kyc.models import KycStatus, SessionView
from service.kyc.queries import (
    REQUIRED_TYPES,
    Checklist,
    ChecklistRow,
    ChecklistStatus,
    DocumentView,
    FinalRequestView,
    count_documents,
    find_own_session,
    newest_documents,
)
from service.kyc.states import Actor, KycSessionNotSubmitted
from service.kyc.submission import RESERVED_KEY
from service.web import parse


class VerificationSessionRequired(ApiError):
    status_code, code = 409, "verification_session_required"
    message = "Please start your identity verification first."
    message_id = "Silakan mulai verifikasi identitas terlebih dahulu."


class VerificationDocumentsMissing(ApiError):
    status_code, code = 409, "verification_documents_missing"
    message = "Please upload an identity document first."
    message_id = "Silakan unggah dokumen identitas terlebih dahulu."


async def read_checklist(*, by: Principal) -> Checklist:
    """The documents of the caller's latest session, one row for each kind."""
    session = await find_own_session(by.user_id, None)
    uploaded = {}
    if session is not None:
        uploaded = {document.document_type.upper(): document for document in await newest_documents(session.id)}
    kinds = [*REQUIRED_TYPES, *sorted(kind for kind in uploaded if kind not in REQUIRED_TYPES)]
    rows = []
    for kind in kinds:
        document = uploaded.get(kind)
        rows.append(ChecklistRow(kind, _row_status(session, document), kind in REQUIRED_TYPES, document))
    return Checklist(session, rows)


def _row_status(session: SessionView | None, document: DocumentView | None) -> ChecklistStatus:
    if session is None or document is None:
        return ChecklistStatus.MISSING
    if document.verified_at is not None or session.status == KycStatus.VERIFIED:
        return ChecklistStatus.VERIFIED
    return ChecklistStatus.REJECTED if session.status == KycStatus.REJECTED else ChecklistStatus.PENDING


async def request_final(body: dict[str, Any], *, by: Principal) -> tuple[bool, FinalRequestView, SessionView]:
    """Ask for the final check of the caller's latest session: whether this made the request, the request, the session.

    One document of any type is enough, as it was for the replaced server: shipped apps upload a passport alone.
    One transaction; locks the session's row, so that many at once make one request. A repeated request is answered
    before its fields are looked at. Raises VerificationSessionRequired, KycSessionNotSubmitted,
    VerificationDocumentsMissing, then the errors of the fields.
    """
    async with in_transaction():
        session = await find_own_session(by.user_id, None, lock=True)
        if session is None:
            raise VerificationSessionRequired
        if session.status == KycStatus.CREATED:
            raise KycSessionNotSubmitted
        documents = await count_documents(session.id)
        if not documents:
            raise VerificationDocumentsMissing
        known = FinalRequestView.from_metadata(
            session.provider_metadata.get(RESERVED_KEY), changed_at=session.updated_at
        )
        if known is not None:
            return False, known, session
        fields = parse(schemas.FinalRequestInput, body)
        now = utc_now()
        stored = {
            "id": str(uuid4()),
            "sessionId": session.id,
            "status": "REQUESTED",
            "source": fields.source or "UNKNOWN",
            "note": fields.note,
            "requestedAt": format_time(now),
            "documentsCount": documents,
        }
        changed = await states.change(
            session.id,
            "provider_metadata_json = s.provider_metadata_json || $2::jsonb",
            orjson.dumps({RESERVED_KEY: stored}).decode(),
        )
        await states.audit_change("kyc.final_requested", session, changed, by=Actor.candidate(by))
    request = FinalRequestView.from_metadata(stored, changed_at=changed.updated_at)
    assert request is not None
    return True, request, changed
