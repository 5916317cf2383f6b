"""How do identity documents come in, and how do reviewers look at them?

The rules: docs/rules/kyc.md and docs/rules/uploads.md.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from tortoise.exceptions import IntegrityError
from tortoise.expressions import F
from tortoise.transactions import in_transaction

from service.adapters.object_storage import ObjectStorage
from service.audit.domain import audit
from service.auth.hidden import may_see
from service.auth.principal import Principal, Staff
from service.base import logs
from service.base.clock import format_time, utc_now
from service.base.settings import Settings
from service.database import db
from service.database.records import insert
from service.evidence.domain import Subject, enqueue_look
from service.evidence.previews import sign_preview
from service.evidence.uploads import InvalidObjectKey, is_safe_key, limited, sign_upload
from service.http.errors import ApiError
from service.http.web import parse, uuid_or_none
from service.kyc import schemas, states
from service.kyc.models import IdentityDocument, KycSession
from service.kyc.states import Actor, own_session
from service.seen.domain import note_seen

_ONCE = "uq_identity_documents_session_checksum"


class DuplicateDocument(ApiError):
    status_code, code = 409, "duplicate_document"
    message = "This document has already been uploaded."
    message_id = "Dokumen ini sudah diunggah."


class DocumentNotFound(ApiError):
    status_code, code = 404, "document_not_found"
    message = "This document does not exist."
    message_id = "Dokumen ini tidak ada."


async def sign_document(
    body: dict[str, Any], *, by: Principal, settings: Settings, storage: ObjectStorage
) -> schemas.KycUpload:
    """A link for one upload into a session of the caller that is not decided; stores nothing.

    Raises KycSessionNotFound, KycSessionLocked, then the errors of the fields.
    """
    session = await own_session(parse(schemas.SessionChoice, body).session_id, by)
    states.check_open(session)
    shape = limited(schemas.KycUploadInput, storage.max_file_bytes, settings.kyc_content_types)
    upload = await sign_upload(parse(shape, body), _prefix(session), storage)
    return schemas.KycUpload.of(session, upload=upload)


async def add_document(body: dict[str, Any], *, by: Principal, bucket: str) -> schemas.KycDocumentEnvelope:
    """Add an uploaded file to a session of the caller that is not decided. The object is looked at later, by the worker.

    One transaction; locks the session's row, so that a decision is about the documents that its reviewer could see.
    Raises KycSessionNotFound, KycSessionLocked, the errors of the fields, InvalidObjectKey for another session's key,
    DuplicateDocument for a checksum that the session has.
    """
    try:
        async with in_transaction():
            session = await own_session(parse(schemas.SessionChoice, body).session_id, by, lock=True)
            states.check_open(session)
            fields = parse(schemas.KycDocumentInput, body)
            if not fields.object_key.startswith(_prefix(session)):
                raise InvalidObjectKey
            document = await insert(
                IdentityDocument,
                id=uuid4(),
                kyc_session_id=session.id,
                document_type=fields.document_type,
                file_url=f"s3://{bucket}/{fields.object_key}",
                checksum_sha256=fields.checksum_sha256,
                metadata_json=(fields.metadata or {}) | {"objectKey": fields.object_key},
                created_at=db.NOW,
            )
            await enqueue_look(Subject.IDENTITY, str(document.id))
            # The session's times stay as they are; its version says that a reviewer's picture of it is out of date.
            await KycSession.filter(id=session.id).update(version=F("version") + 1)
            changed = await KycSession.get(id=session.id)
            await states.audit_change(
                "kyc.document_added", session, changed, by=Actor.candidate(by), documentId=str(document.id)
            )
    except IntegrityError as error:
        if db.constraint_name(error) != _ONCE:
            raise
        raise DuplicateDocument from error
    return schemas.KycDocumentEnvelope.of(changed, document=document)


def _prefix(session: KycSession) -> str:
    return f"kyc/{session.user_id}/{session.id}/"


async def preview_document(
    document_id: str, body: dict[str, Any], *, by: Staff, settings: Settings, storage: ObjectStorage
) -> schemas.KycPreview:
    """A link to read one document, for staff; audited. Signing needs no network, so it happens in the transaction.

    It leads to the checked copy, until there is one to what was uploaded; `object_key` is the upload's in both cases.
    Raises DocumentNotFound, InvalidObjectKey for a stored key that must not be signed, InvalidExpiresSec,
    DocumentRejected.
    """
    known = uuid_or_none(document_id)
    document = await IdentityDocument.get_or_none(id=known).select_related("kyc_session") if known else None
    if document is None or not await may_see(document.kyc_session.user_id, by):
        raise DocumentNotFound
    key = document.object_key or ""
    if not is_safe_key(key):
        raise InvalidObjectKey
    limits = schemas.preview_input(settings.kyc_preview_url_default_expires_sec, settings.preview_max_expires_sec)
    fields = parse(limits, body)
    seconds = fields.expires_sec
    shown = await sign_preview(
        document, key, seconds=seconds, acknowledge_risk=fields.acknowledge_risk, storage=storage
    )
    preview = schemas.KycPreview(
        document_id=document.id,
        kyc_session_id=document.kyc_session_id,
        object_key=key,
        url=shown.url,
        method="GET",
        expires_at=utc_now() + timedelta(seconds=seconds),
        sanitized=shown.sanitized,
    )
    await audit(
        "kyc.document_previewed" if shown.sanitized else "kyc.document_previewed_unchecked",
        actor_type="ADMIN",
        actor_id=by.actor_id,
        subject_type="KYC_DOCUMENT",
        subject_id=preview.document_id,
        detail={"kycSessionId": preview.kyc_session_id, "expiresSec": seconds},
    )
    # The key is left out: it carries the name of the candidate's file.
    logs.log(
        "audit.kyc.document_preview_issued",
        documentId=preview.document_id,
        kycSessionId=preview.kyc_session_id,
        expiresSec=seconds,
        expiresAt=format_time(preview.expires_at),
    )
    # One document is no look at the others: it moves the mark of who has seen the session only when it is new to them.
    session = document.kyc_session
    await note_seen(by, {str(session.id): session.version}, unless_since=document.created_at)
    return preview
