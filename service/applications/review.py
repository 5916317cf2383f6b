"""What may staff do with applications and their documents?

The rules: docs/rules/applications.md.
"""

from __future__ import annotations

from datetime import timedelta

from tortoise.transactions import in_transaction

from service.adapters.object_storage import ObjectStorage
from service.applications import queries, schemas
from service.applications.models import ApplicationDocument, JobApplication
from service.applications.moves import ApplicationNotFound, shown_name
from service.audit.domain import audit
from service.audit.models import ActorType
from service.auth.hidden import may_see
from service.auth.principal import Staff
from service.base.clock import utc_now
from service.evidence.previews import sign_preview
from service.http.errors import ApiError
from service.http.web import uuid_or_none


class ApplicationDocumentNotFound(ApiError):
    status_code, code = 404, "application_document_not_found"
    message = "This document does not exist."
    message_id = "Dokumen ini tidak ada."


async def read_application(application_id: str, by: Staff) -> schemas.AdminApplication:
    """Anybody's application. Raises ApplicationNotFound."""
    known = uuid_or_none(application_id)
    case = await queries.find_case(known) if known else None
    if case is None or not await may_see(case.applicant.id, by):
        raise ApplicationNotFound
    return case


async def read_journey(application_id: str, by: Staff) -> queries.Journey:
    """Anybody's application with all steps, oldest first. Raises ApplicationNotFound."""
    known = uuid_or_none(application_id)
    journey = await queries.find_journey(known) if known else None
    if journey is None or not await may_see(journey.applicant.id, by):
        raise ApplicationNotFound
    return journey


async def list_documents(application_id: str, by: Staff) -> schemas.AdminApplicationDocuments:
    """Anybody's application, its newest documents, newest first, and how many there are. Raises ApplicationNotFound."""
    case = await read_application(application_id, by)
    found = await queries.find_documents(case.application.id)
    return schemas.AdminApplicationDocuments(
        application=case.application, applicant=case.applicant, items=found.items, total=found.total
    )


async def review_document(
    application_id: str, document_id: str, fields: schemas.DocumentReviewInput, by: Staff
) -> schemas.ApplicationDocumentReviewed:
    """Say what a document is worth; any result may follow any other, and a missing reason clears the old one.

    One transaction; locks the application and the document, adds the audit row. No step is added. See `shown_name` for
    the name. Raises ApplicationNotFound, ApplicationDocumentNotFound.
    """
    known, known_document = uuid_or_none(application_id), uuid_or_none(document_id)
    if known is None:
        raise ApplicationNotFound
    name = shown_name(fields.reviewed_by, by)
    review = {"review_status": fields.review_status.value, "review_reason": fields.review_reason, "reviewed_by": name}
    async with in_transaction():
        if await JobApplication.filter(id=known).select_for_update().get_or_none() is None:
            raise ApplicationNotFound
        documents = ApplicationDocument.filter(id=known_document, application_id=known)
        document = await documents.select_for_update().get_or_none() if known_document else None
        if document is None:
            raise ApplicationDocumentNotFound
        before = _review(document)
        document.update_from_dict(review)
        after = _review(document)
        if after != before:
            # Both times are one, which `save` would read from the clock twice.
            now = utc_now()
            document.update_from_dict({"reviewed_at": now, "updated_at": now})
            await documents.update(**review, reviewed_at=now, updated_at=now)
            await audit(
                "application_document.reviewed",
                actor_type=ActorType.ADMIN,
                actor_id=by.actor_id,
                subject_type="APPLICATION_DOCUMENT",
                subject_id=str(document.id),
                detail={"applicationId": known, "before": before, "after": after},
            )
        case = await read_application(known, by)
    return schemas.ApplicationDocumentReviewed(
        updated=after != before,
        application=case.application,
        applicant=case.applicant,
        document=schemas.ApplicationDocument.model_validate(document),
    )


def _review(document: ApplicationDocument) -> dict[str, str | None]:
    return {"status": document.review_status, "reason": document.review_reason, "name": document.reviewed_by}


async def preview_document(
    document_id: str, fields: schemas.ApplicationPreviewInput, by: Staff, storage: ObjectStorage
) -> schemas.ApplicationDocumentPreview:
    """A link that reads a document for `expires_sec`. Each link is audited.

    It leads to the checked copy, until there is one to what was uploaded. Raises ApplicationDocumentNotFound,
    DocumentRejected.
    """
    known = uuid_or_none(document_id)
    document = await ApplicationDocument.get_or_none(id=known) if known else None
    if document is None or not await may_see(document.user_id, by):
        raise ApplicationDocumentNotFound
    seconds = fields.expires_sec
    shown = await sign_preview(
        document, document.object_key, seconds=seconds, acknowledge_risk=fields.acknowledge_risk, storage=storage
    )
    preview = schemas.ApplicationDocumentPreview(
        document_id=document.id,
        application_id=document.application_id,
        url=shown.url,
        method="GET",
        expires_at=utc_now() + timedelta(seconds=seconds),
        sanitized=shown.sanitized,
    )
    await audit(
        "application_document.preview_issued" if shown.sanitized else "application_document.previewed_unchecked",
        actor_type=ActorType.ADMIN,
        actor_id=by.actor_id,
        subject_type="APPLICATION_DOCUMENT",
        subject_id=preview.document_id,
        detail={"applicationId": preview.application_id, "expiresSec": seconds},
    )
    return preview
