"""Which organizations are there, and how far is their verification? One statement for the list."""

from __future__ import annotations

import asyncpg

from service.listing import Narrowing
from service.offsets import OffsetPage, offset_page
from service.organizations import schemas
from service.records import read


async def list_organizations(query: schemas.OrganizationsQuery) -> OffsetPage[schemas.AdminOrganization]:
    """All organizations, newest first, then by id; a status leaves out those that handed nothing in."""
    wanted = Narrowing(first=3)
    if query.org_type is not None:
        wanted.where(f"o.org_type = {wanted.bind(query.org_type.value)}")
    if query.verification_status is not None:
        wanted.where(f"v.status = {wanted.bind(query.verification_status.value)}")
    source = f"FROM organizations o LEFT JOIN organization_verifications v ON v.org_id = o.id WHERE {wanted.filters}"
    return await offset_page(
        f"SELECT count(*) {source}",
        "SELECT v.id, v.org_id, v.status, v.reason_codes_json, v.last_checked_at,"
        f" o.id AS organization_id, o.name, o.org_type, o.country_code, o.owner_user_id, o.created_at {source}"
        " ORDER BY o.created_at DESC, o.id DESC LIMIT $1 OFFSET $2",
        "p.created_at DESC, p.organization_id DESC",
        *wanted.arguments,
        view=_listed,
        offset=query.cursor,
        limit=query.limit,
        columns="p.*, u.full_name, u.email",
        joins="LEFT JOIN users u ON u.id = p.owner_user_id",
        key="organization_id",
    )


def _listed(row: asyncpg.Record) -> schemas.AdminOrganization:
    return schemas.AdminOrganization(
        organization=read(schemas.Organization, row, id=row["organization_id"]),
        verification=read(schemas.OrgVerification, row) if row["id"] is not None else None,
        owner=read(schemas.OrgOwner, row, id=row["owner_user_id"]),
    )
