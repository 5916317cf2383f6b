"""How do staff make and change accounts, and what keeps the last administrator in?

The rules: docs/rules/staff.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from service import db
from service.audit.domain import audit
from service.auth.accounts import EmailExists, RoleAssignmentFailed
from service.auth.passwords import hash_password
from service.auth.principal import Principal, Staff
from service.auth.queries import find_user
from service.auth.sessions import end_all_families
from service.auth.verification import UserNotFound
from service.errors import ApiError
from service.kyc.models import SessionView
from service.kyc.queries import EventView
from service.kyc.submission import read_history
from service.profile.queries import ProfileView, find_profile
from service.settings import utc_now
from service.users import schemas
from service.web import parse, uuid_or_none

SUPER_ADMIN = "super_admin"


class LastSuperAdmin(ApiError):
    status_code, code = 409, "last_super_admin"
    message = "This is the last administrator; appoint another one first."
    message_id = "Ini administrator terakhir; tunjuk administrator lain terlebih dahulu."


@dataclass(frozen=True, slots=True)
class Actor:
    """Who makes or changes an account, as the audit says it."""

    type: str
    id: str | None

    @classmethod
    def of(cls, staff: Staff) -> Actor:
        return cls("ADMIN", staff.actor_id)


async def create_user(fields: schemas.CreateUserInput, *, by: Actor) -> Principal:
    """Make an account with exactly the given roles; nothing is mailed and nobody is signed in. One transaction.

    Raises InvalidRoles for a code that is not known, then EmailExists; RoleAssignmentFailed, ServerBusy.
    """
    found = await db.fetch_row(
        "SELECT (SELECT count(*) FROM roles WHERE code = ANY($1::text[])) AS known,"
        " EXISTS(SELECT 1 FROM users WHERE email = $2) AS taken",
        fields.roles,
        fields.email,
    )
    assert found is not None  # a select without a table
    if found["known"] != len(fields.roles) and "roles" in fields.model_fields_set:
        raise schemas.InvalidRoles
    if found["taken"]:
        raise EmailExists
    record = await hash_password(fields.password)
    user_id, now = str(uuid4()), utc_now()
    roles = tuple(sorted(fields.roles))
    try:
        async with in_transaction():
            await db.execute(
                "INSERT INTO users (id, full_name, email, password_hash, created_at, updated_at)"
                " VALUES ($1, $2, $3, $4, $5, $5)",
                user_id,
                fields.full_name,
                fields.email,
                record,
                now,
            )
            await _grant(user_id, fields.roles)
            await _audit(
                "user.created",
                by,
                user_id,
                {"after": {"fullName": fields.full_name, "email": fields.email, "roles": list(roles)}},
            )
    except IntegrityError as error:
        if db.constraint_name(error) == "users_email_key":
            raise EmailExists from error
        raise
    return Principal(user_id, fields.full_name, fields.email, None, now, roles, None)


async def change_user(user_id: str, body: dict[str, Any], *, by: Actor) -> Principal:
    """Change an account's name, password or roles: everything is checked, then written in one transaction.

    A new password ends all the user's sign-ins; new roles count from the user's next request and end none. The role's
    row is locked, so that two administrators who remove each other at once cannot both succeed.
    Raises UserNotFound, InvalidRoles, InvalidRequest, InvalidName, InvalidPassword, LastSuperAdmin, ServerBusy.
    """
    known = uuid_or_none(user_id)
    if known is None or not await db.fetch_value("SELECT 1 FROM users WHERE id = $1", known):
        raise UserNotFound
    fields = parse(schemas.PatchUserInput, body)
    if not fields.model_fields_set:
        raise schemas.InvalidRequest
    if fields.roles is not None:
        count = await db.fetch_value("SELECT count(*) FROM roles WHERE code = ANY($1::text[])", fields.roles)
        if count != len(fields.roles):
            raise schemas.InvalidRoles
    record = await hash_password(fields.password) if fields.password is not None else None
    async with in_transaction():
        if fields.roles is not None:
            # Before the user's row, always: two changes that need both would otherwise wait for each other.
            await db.execute("SELECT 1 FROM roles WHERE code = $1 FOR NO KEY UPDATE", SUPER_ADMIN)
        await db.execute("SELECT 1 FROM users WHERE id = $1 FOR NO KEY UPDATE", known)
        before = await find_user(known)
        if before is None:
            raise UserNotFound
        if fields.roles is not None:
            if SUPER_ADMIN in before.roles and SUPER_ADMIN not in fields.roles:
                await _keep_one_super_admin(without=known)
            await _replace_roles(known, fields.roles)
        await db.execute(
            "UPDATE users SET full_name = coalesce($2, full_name), password_hash = coalesce($3, password_hash),"
            " updated_at = $4 WHERE id = $1",
            known,
            fields.full_name,
            record,
            utc_now(),
        )
        ended = await end_all_families(known, reason="password_change") if record is not None else 0
        after = await find_user(known)
        assert after is not None  # locked above
        await _audit("user.changed", by, known, _difference(before, after, record is not None, ended))
    return after


async def read_user(user_id: str, *, by: Actor) -> Principal:
    """One account, for staff; the look is audited. Raises UserNotFound."""
    user = await _find(user_id)
    await _audit("user.read", by, user.user_id, {})
    return user


async def read_profile(user_id: str, *, by: Actor) -> ProfileView:
    """What the user's own profile operation answers, for staff; the look is audited. Raises UserNotFound."""
    known = uuid_or_none(user_id)
    profile = await find_profile(known) if known else None
    if known is None or profile is None:
        raise UserNotFound
    await _audit("user.profile_read", by, known, {})
    return profile


async def read_kyc_history(
    user_id: str, session_id: str | None, *, by: Actor
) -> tuple[SessionView | None, list[EventView]]:
    """What the user's own history operation answers, for staff; the look is audited.

    Raises UserNotFound, KycSessionNotFound.
    """
    user = await _find(user_id)
    session, events = await read_history(session_id, by=user)
    await _audit("user.kyc_history_read", by, user.user_id, {"sessionId": session.id if session else None})
    return session, events


async def _find(user_id: str) -> Principal:
    known = uuid_or_none(user_id)
    user = await find_user(known) if known else None
    if user is None:
        raise UserNotFound
    return user


async def _keep_one_super_admin(*, without: str) -> None:
    others = await db.fetch_value(
        "SELECT 1 FROM user_roles ur JOIN roles r ON r.id = ur.role_id WHERE r.code = $1 AND ur.user_id <> $2 LIMIT 1",
        SUPER_ADMIN,
        without,
    )
    if not others:
        raise LastSuperAdmin


async def _grant(user_id: str, codes: list[str]) -> None:
    granted = await db.execute(
        "INSERT INTO user_roles (id, user_id, role_id)"
        " SELECT gen_random_uuid(), $1, id FROM roles WHERE code = ANY($2::text[])",
        user_id,
        codes,
    )
    if granted != len(codes):
        raise RoleAssignmentFailed


async def _replace_roles(user_id: str, codes: list[str]) -> None:
    await db.execute("DELETE FROM user_roles WHERE user_id = $1", user_id)
    await _grant(user_id, codes)


def _difference(before: Principal, after: Principal, new_password: bool, ended: int) -> dict[str, Any]:
    old: dict[str, Any] = {}
    new: dict[str, Any] = {}
    if before.full_name != after.full_name:
        old["fullName"], new["fullName"] = before.full_name, after.full_name
    if before.roles != after.roles:
        old["roles"], new["roles"] = list(before.roles), list(after.roles)
    detail: dict[str, Any] = {"before": old, "after": new}
    if new_password:
        detail |= {"passwordChanged": True, "signInsEnded": ended}
    return detail


async def _audit(action: str, by: Actor, user_id: str, detail: dict[str, Any]) -> None:
    await audit(action, actor_type=by.type, actor_id=by.id, subject_type="USER", subject_id=user_id, detail=detail)
