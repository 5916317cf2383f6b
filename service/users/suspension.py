"""How do staff shut a person out, and let them in again?

The rules: docs/rules/staff.md, Suspension.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tortoise.transactions import in_transaction

from service.auth.models import EndReason, User
from service.auth.principal import SUPER_ADMIN
from service.auth.queries import has_super_admin
from service.auth.sessions import end_all_families
from service.auth.verification import UserNotFound
from service.base.clock import utc_now
from service.http.web import uuid_or_none
from service.users.domain import Actor, LastSuperAdmin, audit_account, take_turns


@dataclass(frozen=True, slots=True)
class Suspension:
    """That an account is suspended, and since when (UTC)."""

    user_id: str
    suspended_at: datetime


async def suspend(user_id: str, reason: str, *, by: Actor) -> Suspension:
    """Let a person in no more, and end all their sign-ins. One transaction; a second time changes nothing.

    Takes turns with changes of roles, so that two administrators who suspend each other at once cannot both succeed.
    Raises UserNotFound, LastSuperAdmin, RoleAssignmentFailed.
    """
    async with in_transaction():
        # Before the user's row, always: two changes that need both would otherwise wait for each other.
        await take_turns()
        user = await _lock(user_id)
        if user.suspended_at is not None:
            return Suspension(str(user.id), user.suspended_at)
        is_admin = await User.exists(id=user.id, user_roles__role__code=SUPER_ADMIN)
        if is_admin and not await has_super_admin(except_user_id=str(user.id)):
            raise LastSuperAdmin
        suspension = Suspension(str(user.id), utc_now())
        await User.filter(id=user.id).update(suspended_at=suspension.suspended_at)
        ended = await end_all_families(suspension.user_id, reason=EndReason.SUSPENDED)
        await audit_account("account.suspended", by, suspension.user_id, {"reason": reason, "signInsEnded": ended})
    return suspension


async def lift(user_id: str, *, by: Actor) -> None:
    """Let a suspended person sign in again; nothing happens to others. One transaction. Raises UserNotFound."""
    async with in_transaction():
        user = await _lock(user_id)
        if user.suspended_at is not None:
            await User.filter(id=user.id).update(suspended_at=None)
            await audit_account("account.suspension_lifted", by, str(user.id), {})


async def end_sign_ins(user_id: str, *, by: Actor) -> None:
    """End all sign-ins of a person, who may sign in again. One transaction. Raises UserNotFound."""
    async with in_transaction():
        user = await _lock(user_id)
        ended = await end_all_families(str(user.id), reason=EndReason.ENDED_BY_STAFF)
        await audit_account("account.sign_ins_ended", by, str(user.id), {"signInsEnded": ended})


async def _lock(user_id: str) -> User:
    """The account, its row held as a beginning sign-in holds it. Raises UserNotFound."""
    known = uuid_or_none(user_id)
    user = await User.filter(id=known).select_for_update(no_key=True).get_or_none() if known else None
    if user is None:
        raise UserNotFound
    return user
