"""What may a candidate do with the documents of an application?

The rules: docs/rules/applications.md and docs/rules/uploads.md.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from service import db
from service.adapters.object_storage import ObjectStorage, PresignedUpload
from service.applications.domain import own_application
from service.applications.models import DocumentReviewStatus
from service.applications.moves import ApplicationNotFound
from service.applications.queries import ApplicationView, DocumentView, find_documents
from service.applications.schemas import ApplicationDocumentInput, ApplicationUploadInput
from service.applications.texts import document_for_candidate
from service.auth.principal import Principal
from service.errors import ApiError
from service.evidence.domain import Subject, enqueue_look
from service.uploads import limited, object_key
from service.web import parse


class DuplicateApplicationDocument(ApiError):
    status_code, code = 409, "duplicate_application_document"
    message = "This file was already added to the application."
    message_id = "Berkas ini sudah ditambahkan ke lamaran."


class ForeignObjectKey(ApiError):
    status_code, code = 403, "invalid_object_key_ownership"
    message = "This file does not belong to the application."
    message_id = "Berkas ini bukan milik lamaran tersebut."


async def presign_document(
    application_id: str, values: dict[str, Any], by: Principal, storage: ObjectStorage
) -> tuple[ApplicationView, PresignedUpload]:
    """Where to upload one file for the caller's own application, in any status. Nothing is stored.

    Raises ApplicationNotFound, then the error of the first wrong field.
    """
    application = await own_application(application_id, by)
    fields = parse(limited(ApplicationUploadInput, storage.max_file_bytes), values)
    upload = await storage.presign_upload(
        object_key(key_prefix(application), fields.document_type, fields.file_name),
        content_type=fields.content_type,
        content_length=fields.content_length,
        checksum_sha256=fields.checksum_sha256,
    )
    return application, upload


async def register_document(
    application_id: str, values: dict[str, Any], by: Principal, storage: ObjectStorage
) -> DocumentView:
    """Add a document to the caller's own application, in any status; the worker looks at the object later.

    One transaction. Adds no step and leaves the application's `updated_at`. Raises ApplicationNotFound,
    then the error of the first wrong field, then ForeignObjectKey, then DuplicateApplicationDocument.
    """
    application = await own_application(application_id, by)
    fields = parse(limited(ApplicationDocumentInput, storage.max_file_bytes), values)
    if not fields.object_key.startswith(key_prefix(application)):
        raise ForeignObjectKey
    try:
        async with in_transaction():
            row = await db.fetch_row(
                "INSERT INTO job_application_documents (id, application_id, user_id, document_type, file_name,"
                " content_type, content_length, object_key, checksum_sha256, file_url, review_status, created_at,"
                f" updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '{DocumentReviewStatus.PENDING}', now(),"
                " now()) RETURNING *",
                uuid4(),
                application.id,
                by.user_id,
                fields.document_type,
                fields.file_name,
                fields.content_type,
                fields.content_length,
                fields.object_key,
                fields.checksum_sha256,
                f"s3://{storage.bucket}/{fields.object_key}",
            )
            assert row is not None
            document = DocumentView.from_row(row)
            await enqueue_look(Subject.APPLICATION, document.id)
    except IntegrityError as error:
        if (db.constraint_name(error) or "").endswith("_fkey"):  # staff deleted the job at this moment
            raise ApplicationNotFound from error
        raise DuplicateApplicationDocument from error
    return document


async def list_documents(application_id: str, by: Principal) -> tuple[ApplicationView, list[DocumentView], int]:
    """The caller's own application, its newest documents, newest first, and how many there are.

    Raises ApplicationNotFound.
    """
    application = await own_application(application_id, by)
    documents, total = await find_documents(application.id)
    return application, [document_for_candidate(document) for document in documents], total


def key_prefix(application: ApplicationView) -> str:
    """Where the objects of an application are."""
    return f"applications/{application.user_id}/{application.id}/"
