"""What may somebody see and change of their own profile?

The rules: docs/rules/profile.md.
"""

from __future__ import annotations

from tortoise.transactions import in_transaction

from service.audit.domain import audit
from service.auth.models import User
from service.auth.principal import Principal
from service.base.clock import utc_now
from service.http.errors import InvalidAccessToken, InvalidField
from service.kyc.names import follow_name
from service.profile.queries import find_profile
from service.profile.schemas import Profile


class InvalidProfileUpdate(InvalidField):
    code = "invalid_profile_update"
    message = "There is nothing to change in the profile."
    message_id = "Tidak ada yang perlu diubah pada profil."


async def read_profile(*, by: Principal) -> Profile:
    """The caller's profile. Raises InvalidAccessToken when the account was removed a moment ago."""
    profile = await find_profile(by.user_id)
    if profile is None:
        raise InvalidAccessToken
    return profile


async def change_profile(
    full_name: str | None, avatar_url: str | None, *, clear_avatar: bool, by: Principal
) -> Profile:
    """Change the caller's name or picture and return the profile. None keeps a value, `clear_avatar` removes the picture.

    One transaction; locks the account's row. Another name is audited, and takes a verified person back to a reviewer
    (`follow_name`). Raises InvalidProfileUpdate when nothing is given, InvalidAccessToken as above.
    """
    changes: dict[str, str | None] = {}
    if full_name is not None:
        changes["full_name"] = full_name
    if avatar_url is not None or clear_avatar:
        changes["avatar_url"] = None if clear_avatar else avatar_url
    if not changes:
        raise InvalidProfileUpdate
    async with in_transaction():
        account = await User.filter(id=by.user_id).select_for_update(no_key=True).get_or_none()
        if account is None:
            raise InvalidAccessToken
        await User.filter(id=by.user_id).update(**changes, updated_at=utc_now())
        if full_name is not None and full_name != account.full_name:
            reopened = await follow_name(by.user_id, account.full_name, full_name)
            await audit(
                "profile.name_changed",
                actor_type="USER",
                actor_id=by.user_id,
                subject_type="USER",
                subject_id=by.user_id,
                detail={
                    "before": {"fullName": account.full_name},
                    "after": {"fullName": full_name},
                    "verificationsReopened": reopened,
                },
            )
    return await read_profile(by=by)
