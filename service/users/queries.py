"""Which accounts are there? The staff list, one statement."""

from __future__ import annotations

from typing import Any

from service import db
from service.auth.queries import USER_COLUMNS
from service.auth.schemas import User
from service.listing import escape_like
from service.records import read
from service.users import schemas
from service.web import page_info


async def list_users(query: schemas.UsersQuery) -> schemas.UserList:
    """All accounts, newest first, then by id; the text is a part of the name or of the address, in any case."""
    arguments: list[Any] = [query.limit + 1, query.cursor]
    where = "true"
    if query.q is not None:
        arguments.append(escape_like(query.q))
        where = "(lower(u.full_name) LIKE $3 OR lower(u.email) LIKE $3)"
    rows = await db.fetch_all(
        f"SELECT t.total, {USER_COLUMNS}, u.email_verified_at IS NOT NULL AS email_verified"
        f" FROM (SELECT count(*) AS total FROM users u WHERE {where}) t LEFT JOIN LATERAL (SELECT u.id FROM users u"
        f" WHERE {where} ORDER BY u.created_at DESC, u.id DESC LIMIT $1 OFFSET $2) p ON true"
        " LEFT JOIN users u ON u.id = p.id ORDER BY u.created_at DESC, u.id DESC",
        *arguments,
    )
    found = [row for row in rows if row["user_id"] is not None]
    items = [read(User, row) for row in found[: query.limit]]
    return schemas.UserList(
        items=items,
        page_info=page_info(query, shown=len(items), has_more=len(found) > query.limit, total=rows[0]["total"]),
    )
