"""What does storage say about a caller? One statement for the user, the roles and the sign-in."""

from __future__ import annotations

from dataclasses import dataclass

import asyncpg

from service import db
from service.auth.principal import Basis, Principal
from service.settings import utc_now

_USER_COLUMNS = (
    "u.id, u.full_name, u.email, u.email_verified_at, u.created_at,"
    " ARRAY(SELECT r.code FROM user_roles ur JOIN roles r ON r.id = ur.role_id WHERE ur.user_id = u.id ORDER BY r.code)"
    " AS roles"
)

_CALLER_SQL = " FROM users u LEFT JOIN session_families f ON f.id = $2 AND f.user_id = u.id WHERE u.id = $1"
_OWN_VERSION = ", (SELECT bit_xor(v.version) FROM user_versions v WHERE v.user_id = u.id) AS own_version"
_CONTENT_VERSION = (
    ", (SELECT bit_xor(v.version) FROM content_versions v) AS content_version,"
    # The newest schedule that is due: passing it changes what is shown without any write.
    " greatest((SELECT max(j.scheduled_publish_at) FROM jobs j WHERE j.scheduled_publish_at <= now()),"
    " (SELECT max(p.scheduled_publish_at) FROM feed_posts p WHERE p.scheduled_publish_at <= now())) AS due_at"
)
_COLUMNS = f"SELECT {_USER_COLUMNS}, f.id AS family_id, f.ended_at, f.end_reason"
PRINCIPAL_SQL: dict[Basis | None, str] = {
    None: _COLUMNS + _CALLER_SQL,
    Basis.OWN: _COLUMNS + _OWN_VERSION + _CALLER_SQL,
    Basis.CONTENT: _COLUMNS + _OWN_VERSION + _CONTENT_VERSION + _CALLER_SQL,
}


@dataclass(frozen=True, slots=True)
class Caller:
    """A token's user as stored now. `end_reason` is none while the sign-in lives, `gone` when its row is not there."""

    principal: Principal
    end_reason: str | None


async def find_caller(user_id: str, family_id: str | None, basis: Basis | None = None) -> Caller | None:
    """The user and the state of the sign-in that a token names; none when the user is gone. One statement.

    With a `basis` the versions of it as well, as of the same moment. There is no content version while this process's
    clock is behind the database's: answers would still say "scheduled" of what is due.
    """
    row = await db.fetch_row(PRINCIPAL_SQL[basis], user_id, family_id)
    if row is None:
        return None
    end_reason = None
    if family_id is not None:
        end_reason = "gone" if row["family_id"] is None else (row["end_reason"] or "ended") if row["ended_at"] else None
    own = content = None
    if basis is not None:
        own = str(row["own_version"])
    if basis is Basis.CONTENT and (row["due_at"] is None or row["due_at"] <= utc_now()):
        content = f"{row['content_version']}/{row['due_at']}"
    return Caller(_principal(row, family_id, own, content), end_reason)


async def find_user(user_id: str) -> Principal | None:
    """A user by id, without a sign-in."""
    row = await db.fetch_row(f"SELECT {_USER_COLUMNS} FROM users u WHERE u.id = $1", user_id)
    return _principal(row, None) if row else None


def _principal(
    row: asyncpg.Record, family_id: str | None, own_version: str | None = None, content_version: str | None = None
) -> Principal:
    return Principal(
        user_id=str(row["id"]),
        full_name=row["full_name"],
        email=row["email"],
        email_verified_at=row["email_verified_at"],
        created_at=row["created_at"],
        roles=tuple(row["roles"]),
        family_id=family_id,
        own_version=own_version,
        content_version=content_version,
    )
