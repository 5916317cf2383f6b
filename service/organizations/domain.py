"""How does an organization come to be, and who says that it is what it claims?

The rules: docs/rules/organizations.md.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import orjson
from tortoise.transactions import in_transaction

from service import db
from service.audit.domain import audit
from service.auth.principal import Principal, Staff
from service.errors import ApiError
from service.organizations import schemas
from service.organizations.models import OrgVerificationStatus
from service.organizations.queries import OrganizationView, VerificationView, find_verification
from service.settings import utc_now
from service.web import parse, uuid_or_none


class OrgNotFound(ApiError):
    status_code, code = 404, "org_not_found"
    message = "This organization does not exist."
    message_id = "Organisasi ini tidak ada."


class OrgVerificationNotFound(ApiError):
    status_code, code = 404, "org_verification_not_found"
    message = "Nothing was handed in for this organization yet."
    message_id = "Belum ada pengajuan verifikasi untuk organisasi ini."


async def create_organization(fields: schemas.OrganizationInput, *, by: Principal) -> OrganizationView:
    """Make an organization that `by` owns from then on. One transaction."""
    organization = OrganizationView(str(uuid4()), fields.name, fields.org_type.value, fields.country_code)
    async with in_transaction():
        await db.execute(
            "INSERT INTO organizations (id, owner_user_id, name, org_type, country_code, created_at, updated_at)"
            " VALUES ($1, $2, $3, $4, $5, $6, $6)",
            organization.id,
            by.user_id,
            organization.name,
            organization.org_type,
            organization.country_code,
            utc_now(),
        )
        await audit(
            "organization.created",
            actor_type="USER",
            actor_id=by.user_id,
            subject_type="ORGANIZATION",
            subject_id=organization.id,
            detail={
                "after": {
                    "name": organization.name,
                    "orgType": organization.org_type,
                    "countryCode": organization.country_code,
                }
            },
        )
    return organization


async def submit_verification(org_id: str, body: dict[str, Any], *, by: Principal) -> VerificationView:
    """Hand in what proves an organization; again is allowed from every state and starts anew as PENDING.

    One transaction under the organization's row lock; the verification keeps its id. The organization is looked up
    before the fields. Raises OrgNotFound (for somebody else's too) and the fields' errors.
    """
    known = await _own_organization(org_id, by)
    fields = parse(schemas.OrgVerificationInput, body)
    async with in_transaction():
        if not await db.fetch_value("SELECT 1 FROM organizations WHERE id = $1 FOR NO KEY UPDATE", known):
            raise OrgNotFound
        before = await find_verification(known)
        row = await db.fetch_row(
            "INSERT INTO organization_verifications AS v (id, org_id, status, reason_codes_json, registration_number,"
            " legal_name, supporting_object_keys_json, last_checked_at, created_at, updated_at)"
            " VALUES ($1, $2, $3, '[]', $4, $5, $6, $7, $7, $7) ON CONFLICT (org_id) DO UPDATE SET"
            " status = EXCLUDED.status, reason_codes_json = EXCLUDED.reason_codes_json,"
            " registration_number = EXCLUDED.registration_number, legal_name = EXCLUDED.legal_name,"
            " supporting_object_keys_json = EXCLUDED.supporting_object_keys_json,"
            " last_checked_at = EXCLUDED.last_checked_at, updated_at = EXCLUDED.updated_at"
            " RETURNING v.id, v.org_id, v.status, v.reason_codes_json, v.last_checked_at",
            uuid4(),
            known,
            OrgVerificationStatus.PENDING.value,
            fields.registration_number,
            fields.legal_name,
            orjson.dumps(fields.supporting_object_keys).decode(),
            utc_now(),
        )
        assert row is not None  # an upsert returns its row
        after = VerificationView.from_row(row)
        await _audit_verification("organization.verification_submitted", "USER", by.user_id, before, after)
    return after


async def read_verification(org_id: str, *, by: Principal) -> VerificationView:
    """The check of the caller's own organization. Raises OrgNotFound, OrgVerificationNotFound."""
    found = await find_verification(await _own_organization(org_id, by))
    if found is None:
        raise OrgVerificationNotFound
    return found


async def decide_verification(org_id: str, fields: schemas.OrgDecisionInput, *, by: Staff) -> VerificationView:
    """Say what the check found; any state follows any other, absent reasons clear the old ones.

    One transaction under the verification's row lock. Raises OrgNotFound, OrgVerificationNotFound.
    """
    known = uuid_or_none(org_id)
    async with in_transaction():
        if known is None or not await db.fetch_value("SELECT 1 FROM organizations WHERE id = $1", known):
            raise OrgNotFound
        before = await find_verification(known, lock=True)
        if before is None:
            raise OrgVerificationNotFound
        row = await db.fetch_row(
            "UPDATE organization_verifications v SET status = $2, reason_codes_json = $3, last_checked_at = $4,"
            " updated_at = $4 WHERE v.org_id = $1"
            " RETURNING v.id, v.org_id, v.status, v.reason_codes_json, v.last_checked_at",
            known,
            fields.status.value,
            orjson.dumps(fields.reason_codes).decode(),
            utc_now(),
        )
        assert row is not None  # locked above
        after = VerificationView.from_row(row)
        await _audit_verification("organization.verification_decided", "ADMIN", by.actor_id, before, after)
    return after


async def _own_organization(org_id: str, by: Principal) -> str:
    known = uuid_or_none(org_id)
    if known is None or not await db.fetch_value(
        "SELECT 1 FROM organizations WHERE id = $1 AND owner_user_id = $2", known, by.user_id
    ):
        raise OrgNotFound
    return known


async def _audit_verification(
    action: str, actor_type: str, actor_id: str, before: VerificationView | None, after: VerificationView
) -> None:
    await audit(
        action,
        actor_type=actor_type,
        actor_id=actor_id,
        subject_type="ORGANIZATION",
        subject_id=after.org_id,
        detail={"before": _state(before) if before else None, "after": _state(after)},
    )


def _state(verification: VerificationView) -> dict[str, Any]:
    return {"status": verification.status, "reasonCodes": list(verification.reason_codes)}
