"""Which organizations are there, and how far is their verification? One statement for the list."""

from __future__ import annotations

from typing import Any

import asyncpg

from service import db
from service.organizations import schemas
from service.records import read
from service.web import page_info


async def list_organizations(query: schemas.OrganizationsQuery) -> schemas.AdminOrganizationList:
    """All organizations, newest first, then by id; a status leaves out those that handed nothing in. One statement."""
    arguments: list[Any] = [query.limit + 1, query.cursor]
    conditions = ["true"]
    if query.org_type is not None:
        arguments.append(query.org_type.value)
        conditions.append(f"o.org_type = ${len(arguments)}")
    if query.verification_status is not None:
        arguments.append(query.verification_status.value)
        conditions.append(f"v.status = ${len(arguments)}")
    source = (
        "FROM organizations o LEFT JOIN organization_verifications v ON v.org_id = o.id"
        f" WHERE {' AND '.join(conditions)}"
    )
    rows = await db.fetch_all(
        f"SELECT t.total, p.*, u.full_name, u.email FROM (SELECT count(*) AS total {source}) t"
        " LEFT JOIN LATERAL (SELECT v.id, v.org_id, v.status, v.reason_codes_json, v.last_checked_at,"
        f" o.id AS organization_id, o.name, o.org_type, o.country_code, o.owner_user_id, o.created_at {source}"
        " ORDER BY o.created_at DESC, o.id DESC LIMIT $1 OFFSET $2) p ON true"
        " LEFT JOIN users u ON u.id = p.owner_user_id ORDER BY p.created_at DESC, p.organization_id DESC",
        *arguments,
    )
    found = [row for row in rows if row["organization_id"] is not None]
    items = [_listed(row) for row in found[: query.limit]]
    return schemas.AdminOrganizationList(
        items=items,
        page_info=page_info(query, shown=len(items), has_more=len(found) > query.limit, total=rows[0]["total"]),
    )


def _listed(row: asyncpg.Record) -> schemas.AdminOrganization:
    return schemas.AdminOrganization(
        organization=read(schemas.Organization, row, id=row["organization_id"]),
        verification=read(schemas.OrgVerification, row) if row["id"] is not None else None,
        owner=read(schemas.OrgOwner, row, id=row["owner_user_id"]),
    )
