"""What do the verification operations of candidates take and answer?"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

import orjson
from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from service.audit.models import ActorType
from service.auth.principal import STAFF_NAME
from service.evidence.uploads import (
    AcknowledgeRisk,
    Checksum,
    DocumentType,
    InvalidExpiresSec,
    LinkSeconds,
    ObjectKey,
    Upload,
    UploadInput,
)
from service.http.errors import InvalidField, InvalidNote
from service.http.fields import JsonObject, Text
from service.http.web import Input, Output, Ts, Uuid, open_enum, uuid_or_none
from service.kyc import models
from service.kyc.models import KycStatus, stored_key
from service.kyc.reasons import DocumentReason, Reason
from service.kyc.states import KycSessionNotFound, TrustStatus, trust_of

_METADATA_BYTES = 65_536


class ChecklistStatus(StrEnum):
    """How far one kind of document got."""

    MISSING = "MISSING"
    PENDING = "PENDING"
    VERIFIED = "VERIFIED"
    REJECTED = "REJECTED"


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


class KycUploadInput(UploadInput, SessionChoice):
    """Types and sizes are a deployment's settings, whose default the maximum here is."""


class KycDocumentInput(SessionChoice):
    document_type: DocumentType
    object_key: ObjectKey
    checksum_sha256: Checksum
    metadata: Annotated[dict[str, Any] | None, Details(InvalidMetadata)] = None


class FinalRequestInput(Input):
    source: Annotated[str | None, Text(InvalidSource, maximum=64, optional=True)] = None
    note: Annotated[str | None, Text(InvalidNote, maximum=500, optional=True)] = None


class KycPreviewInput(Input):
    """`acknowledgeRisk` counts for a file that was read and rejected."""

    expires_sec: Annotated[int, LinkSeconds(InvalidExpiresSec, minimum=60, floor=True)] = 120
    acknowledge_risk: AcknowledgeRisk = False


@functools.cache
def preview_input(default_seconds: int, max_seconds: int) -> type[KycPreviewInput]:
    """`KycPreviewInput` with a deployment's default and maximum."""
    rule = LinkSeconds(InvalidExpiresSec, minimum=60, maximum=max_seconds, floor=True, default=default_seconds)

    class Limited(KycPreviewInput):
        expires_sec: Annotated[int, rule] = default_seconds

    return Limited


def _for_reader(name: str | None, info: ValidationInfo) -> str | None:
    return name if name is None or info.context == NAMES else STAFF_NAME


def _actor_for_reader(name: str | None, info: ValidationInfo) -> str | None:
    actor_type = info.data["actor_type"]
    # No program of ours has an address: one in a row of another server is somebody's of the staff.
    is_staffs = actor_type == ActorType.ADMIN or (actor_type != ActorType.USER and name is not None and "@" in name)
    return _for_reader(name, info) if is_staffs else name


NAMES = "names"
"""The context of an answer that staff read: reviewers by name. Whoever reads without it gets STAFF_NAME."""
Trust = Annotated[str, BeforeValidator(trust_of), open_enum(TrustStatus)]
"""The candidate's word for a session's state, read from that state."""
StoredKey = Annotated[str | None, BeforeValidator(stored_key), Field(validation_alias="metadata_json")]
"""The object key of a document, read from its metadata."""


class KycSession(Output):
    """A verification. `reviewedBy` names the reviewer to staff; candidates read the word `staff`."""

    id: Uuid
    status: Annotated[str, open_enum(KycStatus)]
    provider: str
    provider_ref: str | None
    provider_metadata: dict[str, Any] = Field(validation_alias="provider_metadata_json")
    submitted_at: Ts | None
    reviewed_by: Annotated[str | None, AfterValidator(_for_reader)]
    reviewed_at: Ts | None
    created_at: Ts
    updated_at: Ts
    version: int


class Stated(Output):
    status: Trust
    session: KycSession | None

    @classmethod
    def of(cls, session: models.KycSession | KycSession | None, *, context: str | None = None, **more: Any) -> Self:
        """`session`, or none, with the word for its state and what an answer has besides."""
        stored = {"status": session.status if session else None, "session": session, **more}
        return cls.model_validate(stored, context=context)


class KycStatusEnvelope(Stated):
    """`documentReasons`: what the last decision says is wrong with documents; empty when it says nothing of them."""

    document_reasons: list[DocumentReason]


class KycEnvelope(Stated):
    session: KycSession


class KycUpload(KycEnvelope):
    upload: Upload


class KycDocument(Output):
    id: Uuid
    kyc_session_id: Uuid
    document_type: str
    object_key: StoredKey
    file_url: str
    checksum_sha256: str
    metadata: dict[str, Any] = Field(validation_alias="metadata_json")
    verified_at: Ts | None
    created_at: Ts


class KycDocumentEnvelope(KycEnvelope):
    document: KycDocument


class KycEvent(Output):
    """A change of status. `actorId` of an ADMIN names them to staff; candidates read the word `staff`."""

    id: Uuid
    kyc_session_id: Uuid
    from_status: Annotated[str, open_enum(KycStatus)] | None
    to_status: Annotated[str, open_enum(KycStatus)]
    actor_type: Annotated[str, open_enum(ActorType)]
    actor_id: Annotated[str | None, AfterValidator(_actor_for_reader)]
    reason: str | None
    created_at: Ts


class KycHistory(Output):
    session: KycSession | None
    events: list[KycEvent]
    document_reasons: list[DocumentReason]


class SessionSummary(Output):
    id: Uuid
    status: Annotated[str, open_enum(KycStatus)]
    trust_status: Annotated[Trust, Field(validation_alias="status")]
    submitted_at: Ts | None
    reviewed_at: Ts | None
    updated_at: Ts


class FinalRequest(Output):
    id: Uuid
    session_id: Uuid | None
    status: Literal["REQUESTED"]
    source: str
    note: str | None
    requested_at: Ts
    documents_count: int | None

    @classmethod
    def from_metadata(cls, stored: Any, *, changed_at: datetime) -> FinalRequest | None:
        """What a session's metadata holds under `finalVerification`; none when that is nothing we could have written.

        Rows of the replaced server may lack the time, which shipped apps insist on: the session's last change stands in.
        """
        if not isinstance(stored, dict):
            return None
        request_id = _uuid(stored.get("id"))
        if request_id is None:
            return None
        count, note = stored.get("documentsCount"), stored.get("note")
        return cls(
            id=request_id,
            session_id=_uuid(stored.get("sessionId")),
            status="REQUESTED",
            source=str(stored.get("source") or "UNKNOWN"),
            note=note if isinstance(note, str) else None,
            requested_at=_moment(stored.get("requestedAt")) or changed_at,
            documents_count=count if isinstance(count, int) and not isinstance(count, bool) else None,
        )


def _uuid(value: Any) -> str | None:
    return uuid_or_none(value) if isinstance(value, str) else None


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None


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
    reasons: list[Reason]


class VerificationSummary(Output):
    required_total: int
    uploaded_required: int
    verified_required: int
    missing_required: int
    all_required_uploaded: bool

    @classmethod
    def of(cls, documents: Sequence[VerificationDocument]) -> VerificationSummary:
        required = [document.status for document in documents if document.required]
        missing = required.count(ChecklistStatus.MISSING)
        return cls(
            required_total=len(required),
            uploaded_required=len(required) - missing,
            verified_required=required.count(ChecklistStatus.VERIFIED),
            missing_required=missing,
            all_required_uploaded=missing == 0,
        )


class VerificationChecklist(Output):
    session: SessionSummary | None
    documents: list[VerificationDocument]
    summary: VerificationSummary


class KycPreview(Output):
    """`sanitized`: the link leads to the checked copy (pictures encoded anew, a PDF's pages drawn), else to the upload."""

    document_id: Uuid
    kyc_session_id: Uuid
    object_key: str
    url: str
    method: Literal["GET"]
    expires_at: Ts
    sanitized: bool
