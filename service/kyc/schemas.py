"""What do the verification operations of candidates take and answer?"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import orjson

from service.adapters.object_storage import PresignedUpload
from service.audit.models import ActorType
from service.auth.principal import STAFF_NAME
from service.errors import InvalidField, InvalidNote
from service.fields import JsonObject, Text
from service.kyc.models import KycStatus, SessionView
from service.kyc.queries import (
    Checklist,
    ChecklistRow,
    ChecklistStatus,
    DocumentView,
    EventView,
    FinalRequestView,
    Preview,
)
from service.kyc.states import KycSessionNotFound, TrustStatus, trust_of
from service.uploads import (
    Checksum,
    ContentLength,
    DocumentType,
    FileName,
    InvalidContentType,
    InvalidExpiresSec,
    LinkSeconds,
    ObjectKey,
    Upload,
)
from service.web import Input, Output, Ts, Uuid, open_enum

_METADATA_BYTES = 65_536


class InvalidProvider(InvalidField):
    code = "invalid_provider"
    message = "The name of the provider is too long."
    message_id = "Nama penyedia terlalu panjang."


class InvalidProviderRef(InvalidField):
    code = "invalid_provider_ref"
    message = "The reference of the provider is not valid."
    message_id = "Referensi penyedia tidak valid."


class InvalidMetadata(InvalidField):
    code = "invalid_metadata"
    message = "The details of the verification cannot be read."
    message_id = "Rincian verifikasi tidak dapat dibaca."


class InvalidSource(InvalidField):
    code = "invalid_source"
    message = "The name of the app is not valid."
    message_id = "Nama aplikasi tidak valid."


@dataclass(frozen=True, slots=True)
class Details(JsonObject):
    """A JSON object that a client keeps with us: at most 64 KiB as text."""

    def parse(self, value: Any) -> dict[str, Any] | None:
        found = JsonObject.parse(self, value)
        if found and len(orjson.dumps(found)) > _METADATA_BYTES:
            raise ValueError("too large")
        return found


class SessionInput(Input):
    provider: Annotated[str | None, Text(InvalidProvider, maximum=64, optional=True, case="lower")] = None


class SessionChoice(Input):
    """Which session of the caller; none is the latest."""

    session_id: Annotated[str | None, Text(KycSessionNotFound, optional=True)] = None


class ProviderMetadataInput(Input):
    provider_ref: Annotated[str | None, Text(InvalidProviderRef, maximum=128, optional=True)] = None
    metadata: Annotated[dict[str, Any] | None, Details(InvalidMetadata)] = None


class KycUploadInput(SessionChoice):
    """Types and sizes are a deployment's settings, whose default the maximum here is."""

    document_type: DocumentType
    file_name: FileName
    content_type: Annotated[str, Text(InvalidContentType, case="lower")]
    content_length: ContentLength
    checksum_sha256: Checksum


class KycDocumentInput(SessionChoice):
    document_type: DocumentType
    object_key: ObjectKey
    checksum_sha256: Checksum
    metadata: Annotated[dict[str, Any] | None, Details(InvalidMetadata)] = None


class FinalRequestInput(Input):
    source: Annotated[str | None, Text(InvalidSource, maximum=64, optional=True)] = None
    note: Annotated[str | None, Text(InvalidNote, maximum=500, optional=True)] = None


class KycPreviewInput(Input):
    expires_sec: Annotated[int, LinkSeconds(InvalidExpiresSec, minimum=60, floor=True)] = 120


@functools.cache
def preview_input(default_seconds: int, max_seconds: int) -> type[KycPreviewInput]:
    """`KycPreviewInput` with a deployment's default and maximum."""
    rule = LinkSeconds(InvalidExpiresSec, minimum=60, maximum=max_seconds, floor=True, default=default_seconds)

    class Limited(KycPreviewInput):
        expires_sec: Annotated[int, rule] = default_seconds

    return Limited


class KycSession(Output):
    """A verification. `reviewedBy` names the reviewer to staff; candidates read the word `staff`."""

    id: Uuid
    status: Annotated[str, open_enum(KycStatus)]
    provider: str
    provider_ref: str | None
    provider_metadata: dict[str, Any]
    submitted_at: Ts | None
    reviewed_by: str | None
    reviewed_at: Ts | None
    created_at: Ts
    updated_at: Ts
    version: int

    @classmethod
    def of(cls, session: SessionView) -> KycSession:
        """As candidates see it: reviewed by STAFF_NAME, or by nobody yet."""
        return cls.with_names(session).model_copy(
            update={"reviewed_by": None if session.reviewed_by is None else STAFF_NAME}
        )

    @classmethod
    def with_names(cls, session: SessionView) -> KycSession:
        return cls(
            id=session.id,
            status=session.status,
            provider=session.provider,
            provider_ref=session.provider_ref,
            provider_metadata=session.provider_metadata,
            submitted_at=session.submitted_at,
            reviewed_by=session.reviewed_by,
            reviewed_at=session.reviewed_at,
            created_at=session.created_at,
            updated_at=session.updated_at,
            version=session.version,
        )


class KycEnvelope(Output):
    status: Annotated[str, open_enum(TrustStatus)]
    session: KycSession

    @classmethod
    def of(cls, session: SessionView) -> KycEnvelope:
        return cls(status=trust_of(session.status), session=KycSession.of(session))

    @classmethod
    def with_names(cls, session: SessionView) -> KycEnvelope:
        return cls(status=trust_of(session.status), session=KycSession.with_names(session))


class KycStatusEnvelope(Output):
    status: Annotated[str, open_enum(TrustStatus)]
    session: KycSession | None

    @classmethod
    def of(cls, session: SessionView | None) -> KycStatusEnvelope:
        return cls(
            status=trust_of(session.status if session else None), session=KycSession.of(session) if session else None
        )


class KycUpload(KycEnvelope):
    upload: Upload

    @classmethod
    def of_upload(cls, session: SessionView, upload: PresignedUpload) -> KycUpload:
        return cls(status=trust_of(session.status), session=KycSession.of(session), upload=Upload.of(upload))


class KycDocument(Output):
    id: Uuid
    kyc_session_id: Uuid
    document_type: str
    object_key: str | None
    file_url: str
    checksum_sha256: str
    metadata: dict[str, Any]
    verified_at: Ts | None
    created_at: Ts

    @classmethod
    def of(cls, document: DocumentView) -> KycDocument:
        return cls(
            id=document.id,
            kyc_session_id=document.session_id,
            document_type=document.document_type,
            object_key=document.object_key,
            file_url=document.file_url,
            checksum_sha256=document.checksum_sha256,
            metadata=document.metadata,
            verified_at=document.verified_at,
            created_at=document.created_at,
        )


class KycDocumentEnvelope(KycEnvelope):
    document: KycDocument

    @classmethod
    def of_document(cls, session: SessionView, document: DocumentView) -> KycDocumentEnvelope:
        return cls(status=trust_of(session.status), session=KycSession.of(session), document=KycDocument.of(document))


class KycEvent(Output):
    """A change of status. `actorId` of an ADMIN names them to staff; candidates read the word `staff`."""

    id: Uuid
    kyc_session_id: Uuid
    from_status: Annotated[str, open_enum(KycStatus)] | None
    to_status: Annotated[str, open_enum(KycStatus)]
    actor_type: Annotated[str, open_enum(ActorType)]
    actor_id: str | None
    reason: str | None
    created_at: Ts

    @classmethod
    def of(cls, event: EventView) -> KycEvent:
        """As candidates see it: staff are STAFF_NAME, others are who they are."""
        is_named_staff = event.actor_type == ActorType.ADMIN and event.actor_id is not None
        shown = cls.with_names(event)
        return shown.model_copy(update={"actor_id": STAFF_NAME}) if is_named_staff else shown

    @classmethod
    def with_names(cls, event: EventView) -> KycEvent:
        return cls(
            id=event.id,
            kyc_session_id=event.session_id,
            from_status=event.from_status,
            to_status=event.to_status,
            actor_type=event.actor_type,
            actor_id=event.actor_id,
            reason=event.reason,
            created_at=event.created_at,
        )


class KycHistory(Output):
    session: KycSession | None
    events: list[KycEvent]

    @classmethod
    def of(cls, session: SessionView | None, events: list[EventView]) -> KycHistory:
        return cls(session=KycSession.of(session) if session else None, events=[KycEvent.of(event) for event in events])

    @classmethod
    def with_names(cls, session: SessionView | None, events: list[EventView]) -> KycHistory:
        return cls(
            session=KycSession.with_names(session) if session else None,
            events=[KycEvent.with_names(event) for event in events],
        )


class SessionSummary(Output):
    id: Uuid
    status: Annotated[str, open_enum(KycStatus)]
    trust_status: Annotated[str, open_enum(TrustStatus)]
    submitted_at: Ts | None
    reviewed_at: Ts | None
    updated_at: Ts

    @classmethod
    def of(cls, session: SessionView) -> SessionSummary:
        return cls(
            id=session.id,
            status=session.status,
            trust_status=trust_of(session.status),
            submitted_at=session.submitted_at,
            reviewed_at=session.reviewed_at,
            updated_at=session.updated_at,
        )


class FinalRequest(Output):
    id: Uuid
    session_id: Uuid | None
    status: Literal["REQUESTED"]
    source: str
    note: str | None
    requested_at: Ts
    documents_count: int | None

    @classmethod
    def of(cls, request: FinalRequestView) -> FinalRequest:
        return cls(
            id=request.id,
            session_id=request.session_id,
            status="REQUESTED",
            source=request.source,
            note=request.note,
            requested_at=request.requested_at,
            documents_count=request.documents_count,
        )


class FinalRequestEnvelope(Output):
    created: bool
    request: FinalRequest
    session: SessionSummary


class VerificationDocument(Output):
    document_type: str
    status: Annotated[str, open_enum(ChecklistStatus)]
    required: bool
    document_id: Uuid | None
    object_key: str | None
    uploaded_at: Ts | None
    reviewed_at: Ts | None

    @classmethod
    def of(cls, row: ChecklistRow) -> VerificationDocument:
        document = row.document
        return cls(
            document_type=row.document_type,
            status=row.status,
            required=row.required,
            document_id=document.id if document else None,
            object_key=document.object_key if document else None,
            uploaded_at=document.created_at if document else None,
            reviewed_at=document.verified_at if document else None,
        )


class VerificationSummary(Output):
    required_total: int
    uploaded_required: int
    verified_required: int
    missing_required: int
    all_required_uploaded: bool


class VerificationChecklist(Output):
    session: SessionSummary | None
    documents: list[VerificationDocument]
    summary: VerificationSummary

    @classmethod
    def of(cls, checklist: Checklist) -> VerificationChecklist:
        required = [row.status for row in checklist.rows if row.required]
        missing = required.count(ChecklistStatus.MISSING)
        return cls(
            session=SessionSummary.of(checklist.session) if checklist.session else None,
            documents=[VerificationDocument.of(row) for row in checklist.rows],
            summary=VerificationSummary(
                required_total=len(required),
                uploaded_required=len(required) - missing,
                verified_required=required.count(ChecklistStatus.VERIFIED),
                missing_required=missing,
                all_required_uploaded=missing == 0,
            ),
        )


class KycPreview(Output):
    """`sanitized`: the link leads to the checked copy (images re-encoded, PDF as it is), else to the upload."""

    document_id: Uuid
    kyc_session_id: Uuid
    object_key: str
    url: str
    method: Literal["GET"]
    expires_at: Ts
    sanitized: bool

    @classmethod
    def of(cls, preview: Preview) -> KycPreview:
        return cls(
            document_id=preview.document.id,
            kyc_session_id=preview.document.session_id,
            object_key=preview.object_key,
            url=preview.url,
            method="GET",
            expires_at=preview.expires_at,
            sanitized=preview.sanitized,
        )
