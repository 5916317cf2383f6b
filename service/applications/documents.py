"""What may a candidate do with the documents of an application?

The rules: docs/rules/applications.md and docs/rules/uploads.md.
"""

from __future__ import annotations

from typing import Any

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from service.adapters.object_storage import ObjectStorage
from service.applications import queries, schemas
from service.applications.domain import own_application
from service.applications.moves import ApplicationNotFound
from service.applications.texts import document_for_candidate
from service.auth.principal import Principal
from service.database import db
from service.evidence.domain import Subject, enqueue_look
from service.evidence.uploads import limited, sign_upload
from service.http.errors import ApiError
from service.http.web import parse, uuid_or_none


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
) -> schemas.ApplicationUpload:
    """Where to upload one file for the caller's own application, in any status. Nothing is stored.

    Raises ApplicationNotFound, then the error of the first wrong field.
    """
    known = await own_application(application_id, by)
    fields = parse(limited(schemas.ApplicationUploadInput, storage.max_file_bytes), values)
    upload = await sign_upload(fields, _prefix(known, by), storage)
    return schemas.ApplicationUpload(application_id=known, upload=upload)


async def register_document(
    application_id: str, values: dict[str, Any], by: Principal, storage: ObjectStorage
) -> schemas.ApplicationDocument:
    """Add a document to the caller's own application, in any status; the worker looks at the object later.

    One transaction. Adds no step and leaves the application's `updated_at`. Raises ApplicationNotFound,
    then the error of the first wrong field, then ForeignObjectKey, then DuplicateApplicationDocument.
    """
    known = await own_application(application_id, by)
    fields = parse(limited(schemas.ApplicationDocumentInput, storage.max_file_bytes), values)
    if not fields.object_key.startswith(_prefix(known, by)):
        raise ForeignObjectKey
    try:
        async with in_transaction():
            document = await queries.add_document(known, by.user_id, fields, bucket=storage.bucket)
            await enqueue_look(Subject.APPLICATION, document.id)
    except IntegrityError as error:
        if (db.constraint_name(error) or "").endswith("_fkey"):  # staff deleted the job at this moment
            raise ApplicationNotFound from error
        raise DuplicateApplicationDocument from error
    return document


async def list_documents(application_id: str, by: Principal) -> schemas.ApplicationDocuments:
    """The caller's own application, its newest documents, newest first, and how many there are.

    Raises ApplicationNotFound.
    """
    known = uuid_or_none(application_id)
    application = await queries.find_application(known, user_id=by.user_id) if known else None
    if application is None:
        raise ApplicationNotFound
    found = await queries.find_documents(application.id)
    items = [document_for_candidate(document) for document in found.items]
    return schemas.ApplicationDocuments(application=application, items=items, total=found.total)


def _prefix(application_id: str, by: Principal) -> str:
    return f"applications/{by.user_id}/{application_id}/"
