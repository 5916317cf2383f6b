"""What may staff do with applications and their documents?

The rules: docs/rules/applications.md.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tortoise.transactions import in_transaction

from service import db
from service.adapters.object_storage import ObjectStorage
from service.applications.domain import ApplicationNotFound, move
from service.applications.models import STAFF_MOVES, ApplicationStatus, DocumentReviewStatus
from service.applications.queries import (
    CaseFilter,
    CasePage,
    CaseView,
    DocumentView,
    EventView,
    Journey,
    find_case,
    find_document,
    find_documents,
    find_journey,
    list_cases,
)
from service.audit.domain import audit
from service.audit.models import ActorType
from service.auth.principal import Staff
from service.errors import ApiError
from service.evidence.domain import derived_key
from service.evidence.verdicts import ByteState
from service.settings import utc_now
from service.web import Paged, uuid_or_none

_TITLES = {
    ApplicationStatus.SUBMITTED: "Application submitted",
    ApplicationStatus.IN_REVIEW: "Application in review",
    ApplicationStatus.INTERVIEW: "Interview",
    ApplicationStatus.OFFERED: "Job offered",
    ApplicationStatus.HIRED: "Hired",
    ApplicationStatus.REJECTED: "Application not successful",
}


class OfferDecisionRequired(ApiError):
    status_code, code = 409, "offer_decision_required"
    message = "The candidate has to answer the offer."
    message_id = "Kandidat harus menjawab penawaran ini."


class InvalidApplicationTransition(ApiError):
    status_code, code = 409, "invalid_application_transition"
    message = "The application cannot be moved to this status."
    message_id = "Lamaran tidak dapat dipindahkan ke status ini."


class ApplicationDocumentNotFound(ApiError):
    status_code, code = 404, "application_document_not_found"
    message = "This document does not exist."
    message_id = "Dokumen ini tidak ada."


async def list_applications(wanted: CaseFilter, page: Paged) -> CasePage:
    """One page of everybody's applications, what moved last first. Raises SearchBusy."""
    return await list_cases(wanted, offset=page.cursor, limit=page.limit)


async def read_application(application_id: str) -> CaseView:
    """Anybody's application. Raises ApplicationNotFound."""
    known = uuid_or_none(application_id)
    case = await find_case(known) if known else None
    if case is None:
        raise ApplicationNotFound
    return case


async def read_journey(application_id: str) -> Journey:
    """Anybody's application with all steps, oldest first. Raises ApplicationNotFound."""
    known = uuid_or_none(application_id)
    journey = await find_journey(known) if known else None
    if journey is None:
        raise ApplicationNotFound
    return journey


async def change_status(
    application_id: str, status: ApplicationStatus, reason: str | None, given_name: str | None, by: Staff
) -> tuple[CaseView, EventView | None]:
    """Move an application. Returns it and the step that was added, none when it already had the status.

    One transaction; locks the row, adds the step and the audit row. The step names a signed-in member of staff by
    e-mail; `given_name` counts only for callers with the key, who have no other name.
    Raises ApplicationNotFound, OfferDecisionRequired, InvalidApplicationTransition.
    """
    known = uuid_or_none(application_id)
    if known is None:
        raise ApplicationNotFound
    name = shown_name(given_name, by)
    async with in_transaction():
        current = await db.fetch_value("SELECT status FROM job_applications WHERE id = $1::uuid FOR UPDATE", known)
        if current is None:
            raise ApplicationNotFound
        event = None
        if current != status:
            if current == ApplicationStatus.OFFERED and status in {ApplicationStatus.HIRED, ApplicationStatus.REJECTED}:
                raise OfferDecisionRequired
            if status not in STAFF_MOVES.get(current, frozenset()):
                raise InvalidApplicationTransition
            description = f"The status is now {status.value}, set by {name}."
            event = await move(
                known,
                status,
                title=_TITLES[status],
                description=f"{description} Reason: {reason}" if reason else description,
                actor_type=ActorType.ADMIN,
                actor_id=name,
            )
        case = await read_application(known)
        if event is not None:
            await audit(
                "application.status_changed",
                actor_type=ActorType.ADMIN,
                actor_id=by.actor_id,
                subject_type="JOB_APPLICATION",
                subject_id=known,
                detail={
                    "before": {"status": current},
                    "after": {"status": status.value},
                    "reason": reason,
                    "name": name,
                },
            )
    return case, event


async def list_documents(application_id: str) -> tuple[CaseView, list[DocumentView], int]:
    """Anybody's application, its newest documents, newest first, and how many there are. Raises ApplicationNotFound."""
    case = await read_application(application_id)
    documents, total = await find_documents(case.application.id)
    return case, documents, total


async def review_document(
    application_id: str,
    document_id: str,
    status: DocumentReviewStatus,
    reason: str | None,
    given_name: str | None,
    by: Staff,
) -> tuple[bool, CaseView, DocumentView]:
    """Say what a document is worth; any result may follow any other, and a missing reason clears the old one.

    Returns whether anything changed. One transaction; locks the application and the document, adds the audit row. No
    step is added. See `change_status` for the name. Raises ApplicationNotFound, ApplicationDocumentNotFound.
    """
    known, known_document = uuid_or_none(application_id), uuid_or_none(document_id)
    if known is None:
        raise ApplicationNotFound
    name = shown_name(given_name, by)
    async with in_transaction():
        if not await db.fetch_value("SELECT true FROM job_applications WHERE id = $1::uuid FOR UPDATE", known):
            raise ApplicationNotFound
        row = known_document and await db.fetch_row(
            "SELECT * FROM job_application_documents WHERE id = $1::uuid AND application_id = $2::uuid FOR UPDATE",
            known_document,
            known,
        )
        if not row:
            raise ApplicationDocumentNotFound
        before = document = DocumentView.from_row(row)
        changed = (before.review_status, before.review_reason, before.reviewed_by) != (status, reason, name)
        if changed:
            row = await db.fetch_row(
                "UPDATE job_application_documents SET review_status = $2, review_reason = $3, reviewed_by = $4,"
                " reviewed_at = clock_timestamp(), updated_at = clock_timestamp() WHERE id = $1::uuid RETURNING *",
                before.id,
                status,
                reason,
                name,
            )
            assert row is not None  # the row is locked
            document = DocumentView.from_row(row)
        case = await read_application(known)
        if changed:
            await audit(
                "application_document.reviewed",
                actor_type=ActorType.ADMIN,
                actor_id=by.actor_id,
                subject_type="APPLICATION_DOCUMENT",
                subject_id=before.id,
                detail={
                    "applicationId": known,
                    "before": _review(before),
                    "after": _review(document),
                },
            )
    return changed, case, document


def _review(document: DocumentView) -> dict[str, str | None]:
    return {"status": document.review_status, "reason": document.review_reason, "name": document.reviewed_by}


async def preview_document(
    document_id: str, seconds: int, by: Staff, storage: ObjectStorage
) -> tuple[DocumentView, str, datetime, bool]:
    """A link that reads a document for `seconds`, when it ends (UTC), and whether it leads to the checked copy.

    Until there is one it leads to what was uploaded. Each link is audited. Raises ApplicationDocumentNotFound.
    """
    known = uuid_or_none(document_id)
    document = await find_document(known) if known else None
    if document is None:
        raise ApplicationDocumentNotFound
    expires_at = utc_now() + timedelta(seconds=seconds)
    is_checked = document.byte_state == ByteState.VERIFIED
    key = derived_key(document.id) if is_checked else document.object_key
    url = await storage.presign_download(key, seconds=seconds)
    await audit(
        "application_document.preview_issued",
        actor_type=ActorType.ADMIN,
        actor_id=by.actor_id,
        subject_type="APPLICATION_DOCUMENT",
        subject_id=document.id,
        detail={"applicationId": document.application_id, "expiresSec": seconds},
    )
    return document, url, expires_at, is_checked


def shown_name(given: str | None, by: Staff) -> str:
    """Who a decision names: a signed-in caller's e-mail and nothing else, for the key what is given, else its name."""
    return by.email or given or by.actor_id
