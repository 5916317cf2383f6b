"""How does an organization come to be, and who says that it is what it claims?

The rules: docs/rules/organizations.md.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tortoise.transactions import in_transaction

from service.audit.domain import audit
from service.auth.hidden import may_see
from service.auth.principal import Principal, Staff
from service.database import db
from service.database.records import insert, read
from service.http.errors import ApiError
from service.http.web import parse, uuid_or_none
from service.lists.queries import OffsetPage
from service.organizations import queries, schemas
from service.organizations.models import Organization, OrganizationVerification, OrgVerificationStatus
from service.seen.domain import note_seen, seen_version


class OrgNotFound(ApiError):
    status_code, code = 404, "org_not_found"
    message = "This organization does not exist."
    message_id = "Organisasi ini tidak ada."


class OrgVerificationNotFound(ApiError):
    status_code, code = 404, "org_verification_not_found"
    message = "Nothing was handed in for this organization yet."
    message_id = "Belum ada pengajuan verifikasi untuk organisasi ini."


class OrganizationChanged(ApiError):
    status_code, code = 409, "organization_changed"
    message = "Something else was handed in since you looked at this organization. Please look again."
    message_id = "Data organisasi ini telah diganti sejak Anda melihatnya. Silakan periksa kembali."


async def list_organizations(query: schemas.OrganizationsQuery, *, by: Staff) -> OffsetPage[schemas.AdminOrganization]:
    """One page of all organizations, newest first. Whoever is signed in has seen what they handed in from then on."""
    page = await queries.list_organizations(query)
    checks = [item.verification for item in page.items if item.verification is not None]
    await note_seen(by, {check.id: check.version for check in checks})
    return page


async def create_organization(fields: schemas.OrganizationInput, *, by: Principal) -> Organization:
    """Make an organization that `by` owns from then on. One transaction."""
    async with in_transaction():
        organization = await insert(
            Organization,
            id=uuid4(),
            owner_user_id=by.user_id,
            name=fields.name,
            org_type=fields.org_type.value,
            country_code=fields.country_code,
            created_at=db.NOW,
            updated_at=db.NOW,
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
        handed_in: dict[str, Any] = {
            "status": OrgVerificationStatus.PENDING.value,
            "reason_codes_json": [],
            "registration_number": fields.registration_number,
            "legal_name": fields.legal_name,
            "supporting_object_keys_json": fields.supporting_object_keys,
            "last_checked_at": db.NOW,
            "updated_at": db.NOW,
        }
        if verification is None:
            verification = await insert(
                OrganizationVerification, id=uuid4(), org_id=known, created_at=db.NOW, **handed_in
            )
        else:
            verification = await _update(verification, handed_in)
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

    One transaction under the verification's row lock. Raises OrgNotFound, OrgVerificationNotFound, then
    OrganizationChanged when something else was handed in than what this decision was made on.
    """
    known = uuid_or_none(org_id)
    async with in_transaction():
        organization = await Organization.get_or_none(id=known) if known else None
        if known is None or organization is None or not await may_see(organization.owner_user_id, by):
            raise OrgNotFound
        verification = await _lock_verification(known)
        if verification is None:
            raise OrgVerificationNotFound
        # Who was shown nothing decides about what was handed in last, which is what is there.
        looked_at = fields.version if fields.version is not None else await seen_version(by, verification.id)
        if looked_at is not None and looked_at != verification.version:
            raise OrganizationChanged
        before = _state(verification)
        found = {"status": fields.status.value, "reason_codes_json": fields.reason_codes}
        verification = await _update(verification, found | {"last_checked_at": db.NOW, "updated_at": db.NOW})
        await _audit_verification("organization.verification_decided", "ADMIN", by.actor_id, before, verification)
    return verification


async def _lock_verification(org_id: str) -> OrganizationVerification | None:
    return await OrganizationVerification.filter(org_id=org_id).select_for_update(no_key=True).get_or_none()


async def _update(verification: OrganizationVerification, changes: dict[str, Any]) -> OrganizationVerification:
    """Write `changes` of a locked verification and nothing else; return it as it is stored then."""
    await OrganizationVerification.filter(id=verification.id).update(**changes)
    return await OrganizationVerification.get(id=verification.id)


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
