"""Which accounts are there? The staff list, one statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from service import db
from service.auth.principal import Principal
from service.listing import escape_like


@dataclass(frozen=True, slots=True)
class UserPage:
    """`total` counts all matches, `has_more` comes from reading one row more."""

    items: list[Principal]
    has_more: bool
    total: int


async def list_users(text: str | None, *, offset: int, limit: int) -> UserPage:
    """All accounts, newest first, then by id; `text` is a part of the name or of the address, in any case."""
    arguments: list[Any] = [limit + 1, offset]
    where = "true"
    if text is not None:
        arguments.append(escape_like(text))
        where = "(lower(u.full_name) LIKE $3 OR lower(u.email) LIKE $3)"
    rows = await db.fetch_all(
        f"SELECT t.total, p.*, ARRAY(SELECT r.code FROM user_roles ur JOIN roles r ON r.id = ur.role_id"
        " WHERE ur.user_id = p.id ORDER BY r.code) AS roles"
        f" FROM (SELECT count(*) AS total FROM users u WHERE {where}) t"
        " LEFT JOIN LATERAL (SELECT u.id, u.full_name, u.email, u.email_verified_at, u.created_at FROM users u"
        f" WHERE {where} ORDER BY u.created_at DESC, u.id DESC LIMIT $1 OFFSET $2) p ON true"
        " ORDER BY p.created_at DESC, p.id DESC",
        *arguments,
    )
    shown = [
        Principal(
            user_id=str(row["id"]),
            full_name=row["full_name"],
            email=row["email"],
            email_verified_at=row["email_verified_at"],
            created_at=row["created_at"],
            roles=tuple(row["roles"]),
            family_id=None,
        )
        for row in rows
        if row["id"] is not None
    ]
    return UserPage(shown[:limit], len(shown) > limit, rows[0]["total"])
