"""Which documents are still missing, and has the candidate asked for the final check?

The rules: docs/rules/kyc.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from tortoise.transactions import in_transaction

from service.auth.principal import Principal
from service.base.clock import format_time, utc_now
from service.http.errors import ApiError
from service.http.web import parse
from service.kyc import schemas, states
from service.kyc.models import IdentityDocument, KycSession, KycStatus
from service.kyc.queries import (
    REQUIRED_TYPES,
    find_own_session,
    list_document_reasons,
    merge_metadata,
    newest_documents,
)
from service.kyc.reasons import read_reasons
from service.kyc.schemas import ChecklistStatus
from service.kyc.states import Actor, KycSessionNotSubmitted
from service.kyc.voices import RESERVED_KEY, Voice


class VerificationSessionRequired(ApiError):
    status_code, code = 409, "verification_session_required"
    message = "Please start your identity verification first."
    message_id = "Silakan mulai verifikasi identitas terlebih dahulu."


class VerificationDocumentsMissing(ApiError):
    status_code, code = 409, "verification_documents_missing"
    message = "Please upload an identity document first."
    message_id = "Silakan unggah dokumen identitas terlebih dahulu."


async def read_checklist(*, by: Principal, language: str) -> schemas.VerificationChecklist:
    """The documents of the caller's latest session, one row for each kind: the required ones, then others by name.

    Texts are in `language` (`id` or `en`).
    """
    session = await find_own_session(by.user_id)
    uploaded, codes = {}, {}
    if session is not None:
        uploaded = {document.document_type.upper(): document for document in await newest_documents(session.id)}
        codes = {str(row["id"]): row["reason_codes_json"] for row in await list_document_reasons(session.id)}
    kinds = [*REQUIRED_TYPES, *sorted(kind for kind in uploaded if kind not in REQUIRED_TYPES)]
    documents = [_row(session, kind, uploaded.get(kind), codes, language) for kind in kinds]
    summary = schemas.VerificationSummary.of(documents)
    return schemas.VerificationChecklist.model_validate(
        {"session": session, "documents": documents, "summary": summary}
    )


def _row(
    session: schemas.KycSession | None,
    kind: str,
    document: schemas.KycDocument | None,
    codes: Mapping[str, Sequence[str]],
    language: str,
) -> schemas.VerificationDocument:
    return schemas.VerificationDocument(
        document_type=kind,
        status=_row_status(session, document),
        required=kind in REQUIRED_TYPES,
        document_id=document.id if document else None,
        object_key=document.object_key if document else None,
        uploaded_at=document.created_at if document else None,
        reviewed_at=document.verified_at if document else None,
        reasons=read_reasons(codes.get(document.id, ()) if document else (), language),
    )


def _row_status(session: schemas.KycSession | None, document: schemas.KycDocument | None) -> ChecklistStatus:
    if session is None or document is None:
        return ChecklistStatus.MISSING
    if document.verified_at is not None or session.status == KycStatus.VERIFIED:
        return ChecklistStatus.VERIFIED
    return ChecklistStatus.REJECTED if session.status == KycStatus.REJECTED else ChecklistStatus.PENDING


async def request_final(body: dict[str, Any], *, by: Principal) -> schemas.FinalRequestEnvelope:
    """Ask for the final check of the caller's latest session.

    One document of any type is enough, as it was for the replaced server: shipped apps upload a passport alone.
    One transaction; locks the session's row, so that many at once make one request. A repeated request is answered
    before its fields are looked at. Raises VerificationSessionRequired, KycSessionNotSubmitted,
    VerificationDocumentsMissing, then the errors of the fields.
    """
    async with in_transaction():
        session = await states.sessions_of(by.user_id).select_for_update().first()
        if session is None:
            raise VerificationSessionRequired
        if session.status == KycStatus.CREATED:
            raise KycSessionNotSubmitted
        documents = await IdentityDocument.filter(kyc_session_id=session.id).count()
        if not documents:
            raise VerificationDocumentsMissing
        known = schemas.FinalRequest.from_metadata(
            session.provider_metadata_json.get(RESERVED_KEY), changed_at=session.updated_at
        )
        if known is not None:
            return _answer(known, session, created=False)
        fields = parse(schemas.FinalRequestInput, body)
        now = utc_now()
        stored = {
            "id": str(uuid4()),
            "sessionId": str(session.id),
            "status": "REQUESTED",
            "source": fields.source or "UNKNOWN",
            "note": fields.note,
            "requestedAt": format_time(now),
            "documentsCount": documents,
        }
        changed = await merge_metadata(session.id, Voice.SERVER, {RESERVED_KEY: stored})
        await states.audit_change("kyc.final_requested", session, changed, by=Actor.candidate(by))
    request = schemas.FinalRequest.from_metadata(stored, changed_at=changed.updated_at)
    assert request is not None
    return _answer(request, changed, created=True)


def _answer(request: schemas.FinalRequest, session: KycSession, *, created: bool) -> schemas.FinalRequestEnvelope:
    return schemas.FinalRequestEnvelope.model_validate({"created": created, "request": request, "session": session})
