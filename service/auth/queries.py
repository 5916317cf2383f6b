"""What does storage say about a caller? One statement for the user, the roles and the sign-in."""

from __future__ import annotations

from dataclasses import dataclass

import asyncpg

from service import db
from service.auth.principal import Principal

_USER_COLUMNS = (
    "u.id, u.full_name, u.email, u.email_verified_at, u.created_at,"
    " ARRAY(SELECT r.code FROM user_roles ur JOIN roles r ON r.id = ur.role_id WHERE ur.user_id = u.id ORDER BY r.code)"
    " AS roles"
)

PRINCIPAL_SQL = (
    f"SELECT {_USER_COLUMNS}, f.id AS family_id, f.ended_at, f.end_reason"
    " FROM users u LEFT JOIN session_families f ON f.id = $2 AND f.user_id = u.id WHERE u.id = $1"
)


@dataclass(frozen=True, slots=True)
class Caller:
    """A token's user as stored now. `end_reason` is none while the sign-in lives, `gone` when its row is not there."""

    principal: Principal
    end_reason: str | None


async def find_caller(user_id: str, family_id: str | None) -> Caller | None:
    """The user and the state of the sign-in that a token names; none when the user is gone. One statement."""
    row = await db.fetch_row(PRINCIPAL_SQL, user_id, family_id)
    if row is None:
        return None
    end_reason = None
    if family_id is not None:
        end_reason = "gone" if row["family_id"] is None else (row["end_reason"] or "ended") if row["ended_at"] else None
    return Caller(_principal(row, family_id), end_reason)


async def find_user(user_id: str) -> Principal | None:
    """A user by id, without a sign-in."""
    row = await db.fetch_row(f"SELECT {_USER_COLUMNS} FROM users u WHERE u.id = $1", user_id)
    return _principal(row, None) if row else None


def _principal(row: asyncpg.Record, family_id: str | None) -> Principal:
    return Principal(
        user_id=str(row["id"]),
        full_name=row["full_name"],
        email=row["email"],
        email_verified_at=row["email_verified_at"],
        created_at=row["created_at"],
        roles=tuple(row["roles"]),
        family_id=family_id,
    )
