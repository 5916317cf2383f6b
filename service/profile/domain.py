"""What may somebody see and change of their own profile?

The rules: docs/rules/profile.md.
"""

from __future__ import annotations

from service import db
from service.auth.principal import Principal
from service.errors import InvalidAccessToken, InvalidField
from service.profile.queries import ProfileView, find_profile


class InvalidProfileUpdate(InvalidField):
    code = "invalid_profile_update"
    message = "There is nothing to change in the profile."
    message_id = "Tidak ada yang perlu diubah pada profil."


async def read_profile(*, by: Principal) -> ProfileView:
    """The caller's profile. Raises InvalidAccessToken when the account was removed a moment ago."""
    profile = await find_profile(by.user_id)
    if profile is None:
        raise InvalidAccessToken
    return profile


async def change_profile(
    full_name: str | None, avatar_url: str | None, *, clear_avatar: bool, by: Principal
) -> ProfileView:
    """Change the caller's name or picture and return the profile. None keeps a value, `clear_avatar` removes the picture.

    Raises InvalidProfileUpdate when nothing is given.
    """
    if full_name is None and avatar_url is None and not clear_avatar:
        raise InvalidProfileUpdate
    await db.execute(
        "UPDATE users SET full_name = COALESCE($2, full_name),"
        " avatar_url = CASE WHEN $4 THEN NULL ELSE COALESCE($3, avatar_url) END, updated_at = now() WHERE id = $1",
        by.user_id,
        full_name,
        avatar_url,
        clear_avatar,
    )
    return await read_profile(by=by)
