"""How does an organization come to be, and who says that it is what it claims?

The rules: docs/rules/organizations.md.
"""

from __future__ import annotations

from typing import Any

from tortoise.transactions import in_transaction

from service.audit.domain import audit
from service.auth.hidden import may_see
from service.auth.principal import Principal, Staff
from service.base.clock import utc_now
from service.database.records import read
from service.http.errors import ApiError
from service.http.web import parse, uuid_or_none
from service.organizations import queries, schemas
from service.organizations.models import Organization, OrganizationVerification, OrgVerificationStatus


class OrgNotFound(ApiError):
    status_code, code = 404, "org_not_found"
    message = "This organization does not exist."
    message_id = "Organisasi ini tidak ada."


class OrgVerificationNotFound(ApiError):
    status_code, code = 404, "org_verification_not_found"
    message = "Nothing was handed in for this organization yet."
    message_id = "Belum ada pengajuan verifikasi untuk organisasi ini."


async def create_organization(fields: schemas.OrganizationInput, *, by: Principal) -> Organization:
    """Make an organization that `by` owns from then on. One transaction."""
    async with in_transaction():
        organization = await Organization.create(
            owner_user_id=by.user_id,
            name=fields.name,
            org_type=fields.org_type.value,
            country_code=fields.country_code,
        )
        await audit(
            "organization.created",
            actor_type="USER",
            actor_id=by.user_id,
            subject_type="ORGANIZATION",
            subject_id=str(organization.id),
            detail={
                "after": {
                    "name": organization.name,
                    "orgType": organization.org_type,
                    "countryCode": organization.country_code,
                }
            },
        )
    return organization


async def submit_verification(org_id: str, body: dict[str, Any], *, by: Principal) -> OrganizationVerification:
    """Hand in what proves an organization; again is allowed from every state and starts anew as PENDING.

    One transaction under the organization's row lock; the verification keeps its id. The organization is looked up
    before the fields. Raises OrgNotFound (for somebody else's too) and the fields' errors.
    """
    known = uuid_or_none(org_id)
    if known is None or not await Organization.exists(id=known, owner_user_id=by.user_id):
        raise OrgNotFound
    fields = parse(schemas.OrgVerificationInput, body)
    async with in_transaction():
        if await Organization.filter(id=known).select_for_update(no_key=True).get_or_none() is None:
            raise OrgNotFound
        verification = await _lock_verification(known)
        before = _state(verification) if verification else None
        verification = verification or OrganizationVerification(org_id=known)
        verification.status = OrgVerificationStatus.PENDING.value
        verification.reason_codes_json = []
        verification.registration_number = fields.registration_number
        verification.legal_name = fields.legal_name
        verification.supporting_object_keys_json = fields.supporting_object_keys
        verification.last_checked_at = utc_now()
        await verification.save()
        await _audit_verification("organization.verification_submitted", "USER", by.user_id, before, verification)
    return verification


async def read_verification(org_id: str, *, by: Principal) -> schemas.OrgVerification:
    """The check of the caller's own organization. Raises OrgNotFound, OrgVerificationNotFound."""
    known = uuid_or_none(org_id)
    row = await queries.find_verification(known, by.user_id) if known else None
    if row is None:
        raise OrgNotFound
    if row["id"] is None:
        raise OrgVerificationNotFound
    return read(schemas.OrgVerification, row)


async def decide_verification(org_id: str, fields: schemas.OrgDecisionInput, *, by: Staff) -> OrganizationVerification:
    """Say what the check found; any state follows any other, absent reasons clear the old ones.

    One transaction under the verification's row lock. Raises OrgNotFound, OrgVerificationNotFound.
    """
    known = uuid_or_none(org_id)
    async with in_transaction():
        organization = await Organization.get_or_none(id=known) if known else None
        if known is None or organization is None or not await may_see(organization.owner_user_id, by):
            raise OrgNotFound
        verification = await _lock_verification(known)
        if verification is None:
            raise OrgVerificationNotFound
        before = _state(verification)
        verification.status = fields.status.value
        verification.reason_codes_json = fields.reason_codes
        verification.last_checked_at = utc_now()
        await verification.save(update_fields=["status", "reason_codes_json", "last_checked_at", "updated_at"])
        await _audit_verification("organization.verification_decided", "ADMIN", by.actor_id, before, verification)
    return verification


async def _lock_verification(org_id: str) -> OrganizationVerification | None:
    return await OrganizationVerification.filter(org_id=org_id).select_for_update(no_key=True).get_or_none()


async def _audit_verification(
    action: str, actor_type: str, actor_id: str, before: dict[str, Any] | None, after: OrganizationVerification
) -> None:
    await audit(
        action,
        actor_type=actor_type,
        actor_id=actor_id,
        subject_type="ORGANIZATION",
        subject_id=str(after.org_id),
        detail={"before": before, "after": _state(after)},
    )


def _state(verification: OrganizationVerification) -> dict[str, Any]:
    return {"status": verification.status, "reasonCodes": verification.reason_codes_json}
