"""Where is somebody signed in, and how do they end it?

The rules: docs/rules/auth.md, Sign-ins that one can see.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from service.audit.domain import audit
from service.auth import queries
from service.auth.authentication import refuse_ended
from service.auth.devices import name_of
from service.auth.models import EndReason, SessionFamily, User
from service.auth.principal import Principal
from service.auth.sessions import counted_after, end_all_families, end_family
from service.base.metrics import app_version_of
from service.base.settings import Settings
from service.http.errors import ApiError, InvalidAccessToken
from service.http.web import uuid_or_none

AT_MOST = 100
"""So many sign-ins are listed; ending the others ends the rest too."""


class SignInNotFound(ApiError):
    status_code, code = 404, "sign_in_not_found"
    message = "This sign-in is not there any more."
    message_id = "Sesi masuk ini sudah tidak ada."


@dataclass(frozen=True, slots=True)
class SignIn:
    """One sign-in as its owner sees it. `device`, `app_version` and `network` are none where they are not known."""

    id: UUID
    current: bool
    device: str | None
    app_version: str | None
    network: str | None
    created_at: datetime
    last_used_at: datetime


async def list_sign_ins(settings: Settings, known_versions: frozenset[str], *, by: Principal) -> list[SignIn]:
    """The caller's sign-ins that live, the present one first, then the last used; at most AT_MOST. One statement.

    Sign-ins of the replaced server are not among them before their first refresh here: they have no family.
    """
    rows = await queries.list_sign_ins(by.user_id, by.family_id, began_after=counted_after(settings), at_most=AT_MOST)
    return [
        SignIn(
            row["id"],
            row["is_current"],
            name_of(row["user_agent"]),
            _known_version(row["user_agent"], known_versions),
            row["network"],
            row["created_at"],
            row["last_used_at"],
        )
        for row in rows
    ]


def _known_version(user_agent: str | None, known: frozenset[str]) -> str | None:
    version = app_version_of(user_agent or "", known)
    return None if version == "other" else version


async def end_one(sign_in_id: str, settings: Settings, *, by: Principal) -> None:
    """End one sign-in of the caller, the present one too; its tokens count no more from the commit on. One transaction.

    Raises InvalidAccessToken, SignInNotFound: unknown, ended before, or another person's.
    """
    known = uuid_or_none(sign_in_id)
    async with in_transaction():
        await _take_turns(by, settings)
        if known is None or not await SessionFamily.exists(id=known, user_id=by.user_id):
            raise SignInNotFound
        if not await end_family(UUID(known), reason=EndReason.ENDED_BY_OWNER):
            raise SignInNotFound
        await audit(
            "auth.sign_in_ended",
            actor_type="USER",
            actor_id=by.user_id,
            subject_type="SESSION_FAMILY",
            subject_id=known,
            detail={"present": known == by.family_id},
        )


async def end_others(settings: Settings, *, by: Principal) -> None:
    """End every sign-in of the caller but the present one, those of the replaced server too. One transaction.

    A caller with a token of the replaced server has no sign-in that could be told from the others: all end.
    Raises InvalidAccessToken.
    """
    async with in_transaction():
        await _take_turns(by, settings)
        ended = await end_all_families(by.user_id, reason=EndReason.ENDED_BY_OWNER, but=by.family_id)
        await audit(
            "auth.other_sign_ins_ended",
            actor_type="USER",
            actor_id=by.user_id,
            subject_type="USER",
            subject_id=by.user_id,
            detail={"signInsEnded": ended},
        )


async def _take_turns(by: Principal, settings: Settings) -> None:
    """Hold the account's row, as a beginning sign-in does, and refuse a caller whom somebody ended meanwhile.

    So of two sign-ins that end each other at once one is left.
    """
    await User.filter(id=by.user_id).select_for_update(no_key=True).get_or_none()
    caller = await queries.find_caller(by.user_id, by.family_id)
    if caller is None:
        raise InvalidAccessToken
    refuse_ended(caller, settings)
