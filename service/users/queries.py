"""Which accounts are there? The staff list, one statement."""

from __future__ import annotations

from functools import partial

from service.auth.hidden import shown
from service.auth.queries import USER_COLUMNS
from service.auth.schemas import User
from service.database.records import read
from service.lists.paging import binding_of
from service.lists.queries import Narrowing, OffsetPage, cut, escape_like, offset_page
from service.users.schemas import UsersQuery


async def list_users(query: UsersQuery) -> OffsetPage[User]:
    """All accounts but hidden ones, newest first, then by id; the text is a part of the name or of the address, in any case."""
    wanted = Narrowing(shown("u.id"))
    if query.q is not None:
        text = wanted.bind(escape_like(query.q))
        wanted.where(f"(lower(u.full_name) LIKE {text} OR lower(u.email) LIKE {text})")
    return await offset_page(
        f"SELECT 1 FROM users u WHERE {wanted.filters}",
        cut(f"SELECT u.id FROM users u WHERE {wanted.filters} ORDER BY u.created_at DESC, u.id DESC"),
        "u.created_at DESC, u.id DESC",
        *wanted.arguments,
        view=partial(read, User),
        offset=query.cursor,
        limit=query.limit,
        columns=f"{USER_COLUMNS}, u.email_verified_at IS NOT NULL AS email_verified",
        joins="LEFT JOIN users u ON u.id = p.id",
        key="user_id",
        name=binding_of("users", query.q),
    )
