"""Which rows hold identity verifications, their documents and their history?"""

from enum import StrEnum
from typing import Any
from uuid import UUID

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
    user_id: UUID
    status = fields.TextField()
    provider = fields.TextField(default="manual")
    submitted_at = fields.DatetimeField(null=True, description="Keeps its first value.")
    reviewed_by = fields.TextField(null=True)
    reviewed_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    updated_at = fields.DatetimeField(auto_now=True)
    provider_ref = fields.TextField(null=True)
    provider_metadata_json: fields.JSONField[dict[str, Any]] = fields.JSONField(
        default=dict, description="The merge of the voices, which the database makes; as `provider_ref`."
    )
    version = fields.IntField(default=1, description="Grows with each change of the session or its documents.")
    provider_metadata_times_json: fields.JSONField[dict[str, Any]] = fields.JSONField(
        default=dict, description="Which event of the provider wrote the reference and each metadata key last."
    )
    client_metadata_json: fields.JSONField[dict[str, Any]] = fields.JSONField(default=dict)
    server_metadata_json: fields.JSONField[dict[str, Any]] = fields.JSONField(default=dict)
    signed_metadata_json: fields.JSONField[dict[str, Any]] = fields.JSONField(default=dict)
    client_provider_ref = fields.TextField(null=True)
    signed_provider_ref = fields.TextField(null=True)
    evidence_version = fields.IntField(
        default=0, description="The version in which documents or metadata changed last; a trigger writes it."
    )
    submitted_version = fields.IntField(null=True, description="The version at the last submission.")

    class Meta:
        table = "kyc_sessions"


class IdentityDocument(Model):
    """A file that proves an identity; the bytes are in the object store."""

    id = fields.UUIDField(primary_key=True)
    kyc_session: fields.ForeignKeyRelation[KycSession] = fields.ForeignKeyField(
        "models.KycSession", related_name="documents", on_delete=fields.OnDelete.CASCADE
    )
    kyc_session_id: UUID
    document_type = fields.TextField()
    file_url = fields.TextField()
    checksum_sha256 = fields.TextField()
    metadata_json: fields.JSONField[dict[str, Any]] = fields.JSONField(default=dict)
    verified_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    byte_state = fields.TextField(default=ByteState.DECLARED.value)
    byte_reason = fields.TextField(null=True, description="Why the bytes are not verified; one word for machines.")
    bytes_checked_at = fields.DatetimeField(null=True)
    reason_codes_json: fields.JSONField[list[str]] = fields.JSONField(
        default=list, description="What the last decision says is wrong with it, in fixed words."
    )
    copy_kind = fields.TextField(null=True, description="What the checked copy is; one word of CopyKind.")
    findings_json: fields.JSONField[list[str]] = fields.JSONField(
        default=list, description="What in the file acts, in words for machines."
    )

    class Meta:
        table = "identity_documents"
        unique_together = (("kyc_session", "checksum_sha256"),)

    @property
    def object_key(self) -> str | None:
        return stored_key(self.metadata_json)


def stored_key(metadata: dict[str, Any]) -> str | None:
    """The object key in a document's metadata, whose other keys are the client's. `None` when there is no text or number.

    The replaced server stored a key of digits as a number; Postgres' `->>` reads it as text too.
    """
    key = metadata.get("objectKey")
    if isinstance(key, int | float) and not isinstance(key, bool):
        return str(key)
    return key if isinstance(key, str) else None


class KycStatusEvent(Model):
    """A change of status of a verification."""

    id = fields.UUIDField(primary_key=True)
    kyc_session: fields.ForeignKeyRelation[KycSession] = fields.ForeignKeyField(
        "models.KycSession", related_name="status_events", on_delete=fields.OnDelete.CASCADE
    )
    kyc_session_id: UUID
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
    kyc_session_id: UUID
    actor_id = fields.TextField(description="The reviewer's user id, or the fixed name of the staff key.")
    reviewer = fields.TextField(description="The name that colleagues see: an address, or what came with the key.")
    claimed_at = fields.DatetimeField(auto_now_add=True)
    expires_at = fields.DatetimeField()

    class Meta:
        table = "kyc_claims"
