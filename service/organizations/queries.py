"""Which organizations are there, and how far is their verification? One statement for the list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg

from service import db

_VERIFICATION_COLUMNS = "v.id, v.org_id, v.status, v.reason_codes_json, v.last_checked_at"


@dataclass(frozen=True, slots=True)
class OrganizationView:
    """An organization as the product shows it."""

    id: str
    name: str
    org_type: str
    country_code: str


@dataclass(frozen=True, slots=True)
class VerificationView:
    """The state of an organization's check, without what was handed in for it."""

    id: str
    org_id: str
    status: str
    reason_codes: tuple[str, ...]
    last_checked_at: datetime

    @classmethod
    def from_row(cls, row: asyncpg.Record) -> VerificationView:
        return cls(
            id=str(row["id"]),
            org_id=str(row["org_id"]),
            status=row["status"],
            reason_codes=tuple(row["reason_codes_json"]),
            last_checked_at=row["last_checked_at"],
        )


@dataclass(frozen=True, slots=True)
class ListedOrganization:
    """One row of the staff list."""

    organization: OrganizationView
    verification: VerificationView | None
    owner_id: str
    owner_name: str
    owner_email: str


@dataclass(frozen=True, slots=True)
class OrganizationPage:
    """`total` counts all matches, `has_more` comes from reading one row more."""

    items: list[ListedOrganization]
    has_more: bool
    total: int


async def find_verification(org_id: str, *, lock: bool = False) -> VerificationView | None:
    """The check of one organization, or none; `lock` holds the row until the transaction ends."""
    row = await db.fetch_row(
        f"SELECT {_VERIFICATION_COLUMNS} FROM organization_verifications v WHERE v.org_id = $1"
        + (" FOR NO KEY UPDATE" if lock else ""),
        org_id,
    )
    return VerificationView.from_row(row) if row else None


async def list_organizations(
    *, org_type: str | None, verification_status: str | None, offset: int, limit: int
) -> OrganizationPage:
    """All organizations, newest first, then by id; a status leaves out those that handed nothing in. One statement."""
    arguments: list[Any] = [limit + 1, offset]
    conditions = ["true"]
    if org_type is not None:
        arguments.append(org_type)
        conditions.append(f"o.org_type = ${len(arguments)}")
    if verification_status is not None:
        arguments.append(verification_status)
        conditions.append(f"v.status = ${len(arguments)}")
    source = (
        "FROM organizations o LEFT JOIN organization_verifications v ON v.org_id = o.id"
        f" WHERE {' AND '.join(conditions)}"
    )
    rows = await db.fetch_all(
        f"SELECT t.total, p.*, u.full_name, u.email FROM (SELECT count(*) AS total {source}) t"
        f" LEFT JOIN LATERAL (SELECT {_VERIFICATION_COLUMNS}, o.id AS organization_id, o.name, o.org_type,"
        f" o.country_code, o.owner_user_id, o.created_at {source}"
        " ORDER BY o.created_at DESC, o.id DESC LIMIT $1 OFFSET $2) p ON true"
        " LEFT JOIN users u ON u.id = p.owner_user_id ORDER BY p.created_at DESC, p.organization_id DESC",
        *arguments,
    )
    shown = [_listed(row) for row in rows if row["organization_id"] is not None]
    return OrganizationPage(shown[:limit], len(shown) > limit, rows[0]["total"])


def _listed(row: asyncpg.Record) -> ListedOrganization:
    return ListedOrganization(
        organization=OrganizationView(str(row["organization_id"]), row["name"], row["org_type"], row["country_code"]),
        verification=VerificationView.from_row(row) if row["id"] is not None else None,
        owner_id=str(row["owner_user_id"]),
        owner_name=row["full_name"],
        owner_email=row["email"],
    )
