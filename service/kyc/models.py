"""Which rows hold identity verifications, their documents and their history?"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import asyncpg
from tortoise import fields
from tortoise.models import Model

from service.auth.models import User
from service.evidence.verdicts import ByteState


class KycStatus(StrEnum):
    """How far an identity verification got."""

    CREATED = "CREATED"
    SUBMITTED = "SUBMITTED"
    MANUAL_REVIEW = "MANUAL_REVIEW"
    VERIFIED = "VERIFIED"
    REJECTED = "REJECTED"


class KycSession(Model):
    """One attempt of a person to be verified."""

    id = fields.UUIDField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="kyc_sessions", on_delete=fields.OnDelete.CASCADE
    )
    status = fields.TextField()
    provider = fields.TextField(default="manual")
    submitted_at = fields.DatetimeField(null=True, description="Keeps its first value.")
    reviewed_by = fields.TextField(null=True)
    reviewed_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    updated_at = fields.DatetimeField(auto_now=True)
    provider_ref = fields.TextField(null=True)
    provider_metadata_json: fields.JSONField[dict[str, Any]] = fields.JSONField(default=dict)
    version = fields.IntField(default=1, description="Grows with each change of the session or its documents.")
    provider_metadata_times_json: fields.JSONField[dict[str, Any]] = fields.JSONField(
        default=dict, description="Which event of the provider wrote the reference and each metadata key last."
    )

    class Meta:
        table = "kyc_sessions"


class IdentityDocument(Model):
    """A file that proves an identity; the bytes are in the object store."""

    id = fields.UUIDField(primary_key=True)
    kyc_session: fields.ForeignKeyRelation[KycSession] = fields.ForeignKeyField(
        "models.KycSession", related_name="documents", on_delete=fields.OnDelete.CASCADE
    )
    document_type = fields.TextField()
    file_url = fields.TextField()
    checksum_sha256 = fields.TextField()
    metadata_json: fields.JSONField[dict[str, Any]] = fields.JSONField(default=dict)
    verified_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    byte_state = fields.TextField(default=ByteState.DECLARED.value)
    byte_reason = fields.TextField(null=True, description="Why the bytes are not verified; one word for machines.")
    bytes_checked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "identity_documents"
        unique_together = (("kyc_session", "checksum_sha256"),)


class KycStatusEvent(Model):
    """A change of status of a verification."""

    id = fields.UUIDField(primary_key=True)
    kyc_session: fields.ForeignKeyRelation[KycSession] = fields.ForeignKeyField(
        "models.KycSession", related_name="status_events", on_delete=fields.OnDelete.CASCADE
    )
    from_status = fields.TextField(null=True)
    to_status = fields.TextField()
    actor_type = fields.TextField()
    actor_id = fields.TextField(null=True)
    reason = fields.TextField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "kyc_status_events"


class KycClaim(Model):
    """A reviewer works on a verification. Rows past their end count as absent and are replaced by the next claim."""

    id = fields.UUIDField(primary_key=True)
    kyc_session: fields.OneToOneRelation[KycSession] = fields.OneToOneField(
        "models.KycSession", related_name="claim", on_delete=fields.OnDelete.CASCADE
    )
    actor_id = fields.TextField(description="The reviewer's user id, or the fixed name of the staff key.")
    reviewer = fields.TextField(description="The name that colleagues see: an address, or what came with the key.")
    claimed_at = fields.DatetimeField(auto_now_add=True)
    expires_at = fields.DatetimeField()

    class Meta:
        table = "kyc_claims"


SESSION_COLUMNS = (
    "s.id, s.user_id, s.status, s.provider, s.provider_ref, s.provider_metadata_json, s.submitted_at, s.reviewed_by,"
    " s.reviewed_at, s.created_at, s.updated_at, s.version"
)


@dataclass(frozen=True, slots=True)
class SessionView:
    """A verification as the product shows it anywhere. `version` grows with each change."""

    id: str
    user_id: str
    status: str
    provider: str
    provider_ref: str | None
    provider_metadata: dict[str, Any]
    submitted_at: datetime | None
    reviewed_by: str | None
    reviewed_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int

    @classmethod
    def from_row(cls, row: asyncpg.Record) -> "SessionView":
        return cls(
            id=str(row["id"]),
            user_id=str(row["user_id"]),
            status=row["status"],
            provider=row["provider"],
            provider_ref=row["provider_ref"],
            provider_metadata=row["provider_metadata_json"],
            submitted_at=row["submitted_at"],
            reviewed_by=row["reviewed_by"],
            reviewed_at=row["reviewed_at"],
            created_at=row["created_at"],
            updated_at=row["updated_at"],
            version=row["version"],
        )

    @classmethod
    def from_model(cls, session: KycSession) -> "SessionView":
        return cls(
            id=str(session.id),
            user_id=str(session.user_id),  # type: ignore[attr-defined]  # Tortoise makes the column's attribute
            status=session.status,
            provider=session.provider,
            provider_ref=session.provider_ref,
            provider_metadata=dict(session.provider_metadata_json),
            submitted_at=session.submitted_at,
            reviewed_by=session.reviewed_by,
            reviewed_at=session.reviewed_at,
            created_at=session.created_at,
            updated_at=session.updated_at,
            version=session.version,
        )
