"""Which rows hold organizations and what is known about them?"""

from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from service.auth.models import User


class OrgType(StrEnum):
    """What an organization does: supervise placements, train candidates or employ them."""

    TSK = "TSK"
    LPK = "LPK"
    EMPLOYER = "EMPLOYER"


class OrgVerificationStatus(StrEnum):
    """What the check of an organization against its register said."""

    PENDING = "PENDING"
    VERIFIED = "VERIFIED"
    MISMATCH = "MISMATCH"
    NOT_FOUND = "NOT_FOUND"
    REJECTED = "REJECTED"


class Organization(Model):
    """An organization and the account that owns it; nobody owns it when that account was erased."""

    id = fields.UUIDField(primary_key=True)
    owner_user: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="organizations", null=True, on_delete=fields.OnDelete.SET_NULL
    )
    owner_user_id: UUID | None
    name = fields.TextField()
    org_type = fields.TextField()
    country_code = fields.TextField()
    created_at = fields.DatetimeField(auto_now_add=True)
    updated_at = fields.DatetimeField(auto_now=True)

    class Meta:
        table = "organizations"


class OrganizationVerification(Model):
    """The newest check of an organization; one row each."""

    id = fields.UUIDField(primary_key=True)
    org: fields.OneToOneRelation[Organization] = fields.OneToOneField(
        "models.Organization", related_name="verification", on_delete=fields.OnDelete.CASCADE
    )
    org_id: UUID
    status = fields.TextField()
    reason_codes_json: fields.JSONField[list[str]] = fields.JSONField(default=list)
    registration_number = fields.TextField()
    legal_name = fields.TextField()
    supporting_object_keys_json: fields.JSONField[list[str]] = fields.JSONField(default=list)
    version = fields.IntField(
        default=1, description="Grows when something else is handed in than before; a trigger writes it."
    )
    last_checked_at = fields.DatetimeField(auto_now_add=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    updated_at = fields.DatetimeField(auto_now=True)

    class Meta:
        table = "organization_verifications"
