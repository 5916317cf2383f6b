"""How do staff make and change accounts, and what keeps the last administrator in?

The rules: docs/rules/staff.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from tortoise.transactions import in_transaction

from service.audit.domain import audit
from service.auth.accounts import EmailExists, RoleAssignmentFailed, create_account, grant
from service.auth.hidden import may_see
from service.auth.models import EndReason, HiddenAccount, Role, User, UserRole
from service.auth.password_rules import check_new_password
from service.auth.passwords import hash_password
from service.auth.principal import SUPER_ADMIN, Principal, Staff
from service.auth.queries import find_user, has_super_admin
from service.auth.roles import permissions_of
from service.auth.second_factor import remove_from_former_staff
from service.auth.sessions import end_all_families
from service.auth.verification import UserNotFound
from service.base.settings import Settings
from service.http.errors import ApiError
from service.http.web import parse, uuid_or_none
from service.kyc.admin_schemas import KycReviewHistory
from service.kyc.names import follow_name
from service.kyc.queries import find_voices
from service.kyc.schemas import NAMES
from service.kyc.submission import read_history
from service.notices.domain import notify
from service.notices.models import NoticeKind
from service.profile.queries import find_profile
from service.profile.schemas import Profile
from service.seen.domain import note_seen
from service.users import schemas


class LastSuperAdmin(ApiError):
    status_code, code = 409, "last_super_admin"
    message = "This is the last administrator; appoint another one first."
    message_id = "Ini administrator terakhir; tunjuk administrator lain terlebih dahulu."


@dataclass(frozen=True, slots=True)
class Actor:
    """Who makes or changes an account, as the audit says it."""

    type: str
    id: str | None
    staff: Staff | None = None

    @classmethod
    def of(cls, staff: Staff) -> Actor:
        return cls("ADMIN", staff.actor_id, staff)


async def create_user(fields: schemas.CreateUserInput, settings: Settings, *, by: Actor) -> Principal:
    """Make an account with exactly the given roles; nothing is mailed and nobody is signed in. One transaction.

    Raises what `check_new_password` raises, InvalidRoles for a code that is not known, then EmailExists;
    RoleAssignmentFailed, ServerBusy.
    """
    await check_new_password(fields.password, settings, email=fields.email, full_name=fields.full_name)
    if "roles" in fields.model_fields_set:
        await _refuse_unknown(fields.roles)
    if await User.exists(email=fields.email):
        raise EmailExists
    record = await hash_password(fields.password)
    async with in_transaction():
        user = await create_account(fields.full_name, fields.email, record, fields.roles)
        detail = {"fullName": user.full_name, "email": user.email, "roles": list(user.roles)}
        await audit_account("user.created", by, user.user_id, {"after": detail})
    return user


async def change_user(user_id: str, body: dict[str, Any], settings: Settings, *, by: Actor) -> Principal:
    """Change an account's name, password or roles: everything is checked, then written in one transaction.

    A new password ends all the user's sign-ins; new roles count from the user's next request and end none. The role's
    row is locked, so that two administrators who remove each other at once cannot both succeed. Another name takes a
    verified person back to a reviewer (`follow_name`).
    Raises UserNotFound, InvalidRoles, InvalidRequest, InvalidName, InvalidPassword, LastSuperAdmin, ServerBusy;
    RoleAssignmentFailed when the database lacks the role super_admin.
    """
    known = uuid_or_none(user_id)
    found = await User.get_or_none(id=known) if known else None
    if known is None or found is None:
        raise UserNotFound
    fields = parse(schemas.UserChange, body)
    if not fields.model_fields_set:
        raise schemas.InvalidRequest
    if fields.password is not None:
        full_name = fields.full_name or found.full_name
        await check_new_password(fields.password, settings, email=found.email, full_name=full_name)
    if fields.roles is not None:
        await _refuse_unknown(fields.roles)
    record = await hash_password(fields.password) if fields.password is not None else None
    async with in_transaction():
        if fields.roles is not None:
            # Before the user's row, always: two changes that need both would otherwise wait for each other.
            await take_turns()
        user = await User.filter(id=known).select_for_update(no_key=True).get_or_none()
        before = await find_user(known)
        # Nobody brings back an account that was put aside, or gives it roles that were just moved away.
        if user is None or before is None or await HiddenAccount.exists(user_id=known):
            raise UserNotFound
        if fields.roles is not None:
            await _replace_roles(before, fields.roles)
        user.full_name = fields.full_name or user.full_name
        user.password_hash = record or user.password_hash
        await user.save(update_fields=["full_name", "password_hash", "updated_at"])
        # The sign-ins before the verifications: the order of everybody who needs both.
        ended = await end_all_families(known, reason=EndReason.PASSWORD_CHANGE) if record is not None else 0
        await follow_name(known, before.full_name, user.full_name)
        if record is not None:
            by_other = by.id != known and bool(permissions_of(before.roles, settings.staff_roles))
            kind = NoticeKind.PASSWORD_CHANGED_BY_STAFF if by_other else NoticeKind.PASSWORD_CHANGED
            await notify(kind, user_id=known, cause=str(uuid4()))
        after = await find_user(known)
        assert after is not None  # locked above
        if fields.roles is not None:
            await remove_from_former_staff(user, after.roles, settings, actor_type=by.type, actor_id=by.id)
        await audit_account("user.changed", by, known, _difference(before, after, record is not None, ended))
    return after


async def _replace_roles(before: Principal, roles: list[str]) -> None:
    """Raises LastSuperAdmin, RoleAssignmentFailed."""
    is_removed = SUPER_ADMIN in before.roles and SUPER_ADMIN not in roles
    if is_removed and not await has_super_admin(except_user_id=before.user_id):
        raise LastSuperAdmin
    await UserRole.filter(user_id=before.user_id).delete()
    await grant(before.user_id, roles)


async def read_user(user_id: str, *, by: Actor) -> Principal:
    """One account, for staff; the look is audited. Raises UserNotFound."""
    user = await _find(user_id, by)
    await audit_account("user.read", by, user.user_id, {})
    return user


async def read_profile(user_id: str, *, by: Actor) -> Profile:
    """What the user's own profile operation answers, for staff; the look is audited. Raises UserNotFound."""
    known = uuid_or_none(user_id)
    profile = await find_profile(known) if known else None
    if known is None or profile is None or not await _may_see(known, by):
        raise UserNotFound
    await audit_account("user.profile_read", by, known, {})
    return profile


async def read_kyc_history(user_id: str, session_id: str | None, *, by: Actor, language: str) -> KycReviewHistory:
    """What the user's own history operation answers, for staff, with the names of reviewers and the voices; the look is audited.

    Raises UserNotFound, KycSessionNotFound.
    """
    user = await _find(user_id, by)
    history = await read_history(session_id, by=user, language=language, context=NAMES)
    session_id = history.session.id if history.session else None
    await audit_account("user.kyc_history_read", by, user.user_id, {"sessionId": session_id})
    voices = await find_voices(session_id) if session_id else None
    if by.staff is not None and history.session is not None:
        await note_seen(by.staff, {history.session.id: history.session.version})
    return KycReviewHistory(
        session=history.session, events=history.events, document_reasons=history.document_reasons, voices=voices
    )


async def _find(user_id: str, by: Actor) -> Principal:
    known = uuid_or_none(user_id)
    user = await find_user(known) if known else None
    if user is None or not await _may_see(user.user_id, by):
        raise UserNotFound
    return user


async def _may_see(user_id: str, by: Actor) -> bool:
    return by.staff is None or await may_see(user_id, by.staff)


async def take_turns() -> None:
    """Let one change of who is a super_admin at a time go on, until its transaction ends. Raises RoleAssignmentFailed."""
    if await Role.filter(code=SUPER_ADMIN).select_for_update(no_key=True).get_or_none() is None:
        raise RoleAssignmentFailed


async def _refuse_unknown(codes: list[str]) -> None:
    if await Role.filter(code__in=codes).count() != len(codes):
        raise schemas.InvalidRoles


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


async def audit_account(action: str, by: Actor, user_id: str, detail: dict[str, Any]) -> None:
    """Leave an audit row about an account in the caller's transaction."""
    await audit(action, actor_type=by.type, actor_id=by.id, subject_type="USER", subject_id=user_id, detail=detail)
