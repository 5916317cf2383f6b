"""Which organizations are there, and how far is their verification? One statement for the list."""

from __future__ import annotations

import asyncpg

from service.auth.hidden import is_shown
from service.database import db
from service.database.records import columns, read
from service.lists.paging import binding_of
from service.lists.queries import Narrowing, OffsetPage, cut, offset_page
from service.organizations import schemas
from service.organizations.models import OrganizationVerification

_UNREAD = ("supporting_object_keys_json", "created_at", "updated_at")
_OF_STAFF = columns(OrganizationVerification, "v", skip=_UNREAD)
_VERIFICATION = columns(OrganizationVerification, "v", skip=("registration_number", "legal_name", "version", *_UNREAD))


async def list_organizations(query: schemas.OrganizationsQuery) -> OffsetPage[schemas.AdminOrganization]:
    """All organizations, newest first, then by id; a status leaves out those that handed nothing in."""
    wanted = Narrowing(is_shown("o.owner_user_id"))
    if query.org_type is not None:
        wanted.where(f"o.org_type = {wanted.hide(query.org_type.value)}")
    if query.verification_status is not None:
        wanted.where(f"v.status = {wanted.hide(query.verification_status.value)}")
    source = f"FROM organizations o LEFT JOIN organization_verifications v ON v.org_id = o.id WHERE {wanted.filters}"
    return await offset_page(
        f"SELECT 1 {source}",
        cut(
            f"SELECT {_OF_STAFF}, o.id AS organization_id, o.name, o.org_type, o.country_code, o.owner_user_id,"
            f" o.created_at {source} ORDER BY o.created_at DESC, o.id DESC"
        ),
        "p.created_at DESC, p.organization_id DESC",
        *wanted.arguments,
        view=_listed,
        offset=query.cursor,
        limit=query.limit,
        columns="p.*, u.full_name, u.email",
        joins="LEFT JOIN users u ON u.id = p.owner_user_id",
        key="organization_id",
        name=binding_of("organizations", query.org_type, query.verification_status),
    )


async def find_verification(org_id: str, owner_id: str) -> asyncpg.Record | None:
    """The check of an organization of `owner_id`; its `id` is none when nothing was handed in. One statement."""
    return await db.fetch_row(
        f"SELECT {_VERIFICATION} FROM organizations o LEFT JOIN organization_verifications v ON v.org_id = o.id"
        " WHERE o.id = $1 AND o.owner_user_id = $2",
        org_id,
        owner_id,
    )


def _listed(row: asyncpg.Record) -> schemas.AdminOrganization:
    return schemas.AdminOrganization(
        organization=read(schemas.Organization, row, id=row["organization_id"]),
        verification=read(schemas.AdminOrgVerification, row) if row["id"] is not None else None,
        owner=read(schemas.OrgOwner, row, id=row["owner_user_id"]) if row["owner_user_id"] is not None else None,
    )
