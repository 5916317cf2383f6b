"""Which passwords may not be set? The commonest ones, and those that say who the account is.

The rules: docs/rules/auth.md, Passwords. Signing in never asks here.
"""

from __future__ import annotations

import asyncio
import functools

from service.base.settings import Settings
from service.http.errors import InvalidField

_SHORTEST, _SHORTEST_WORD = 8, 4


class InvalidPassword(InvalidField):
    code = "invalid_password"
    message = "The password needs at least 8 characters."
    message_id = "Kata sandi minimal 8 karakter."


class CommonPassword(InvalidPassword):
    message = "This password is one of the most common ones. Please choose another one."
    message_id = "Kata sandi ini termasuk yang paling umum. Silakan pilih yang lain."


class PasswordLikeAddress(InvalidPassword):
    message = "The password must not contain your e-mail address. Please choose another one."
    message_id = "Kata sandi tidak boleh memuat alamat e-mail Anda. Silakan pilih yang lain."


class PasswordLikeName(InvalidPassword):
    message = "The password must not be your name. Please choose another one."
    message_id = "Kata sandi tidak boleh berupa nama Anda. Silakan pilih yang lain."


REFUSALS = (InvalidPassword, CommonPassword, PasswordLikeAddress, PasswordLikeName)


async def check_new_password(password: str, settings: Settings, *, email: str, full_name: str) -> None:
    """Refuse a password that is about to be set where AUTH_PASSWORD_BLOCKLIST is on; it is long enough already.

    Raises CommonPassword, PasswordLikeAddress, PasswordLikeName, whose texts say why.
    """
    if not settings.blocks_passwords:
        return
    given = password.casefold()
    if len(set(given)) == 1 or given in await asyncio.to_thread(_commonest):
        raise CommonPassword
    local = email.partition("@")[0].casefold()
    if len(local) >= _SHORTEST_WORD and local in given:
        raise PasswordLikeAddress
    words = full_name.casefold().split()
    whole = _letters("".join(words))
    said = _letters(given)
    if (len(whole) >= _SHORTEST_WORD and whole in said) or said in {
        letters for word in words if len(letters := _letters(word)) >= _SHORTEST_WORD
    }:
        raise PasswordLikeName


def _letters(text: str) -> str:
    """Without what people put between and behind the words of their name."""
    return "".join(character for character in text if character.isalpha())


@functools.cache
def _commonest() -> frozenset[str]:
    """The lists of the zxcvbn library: leaked passwords and the commonest words and names, those that are long enough.

    The library's module is let go again: it keeps the shorter ones too.
    """
    import sys

    from zxcvbn import frequency_lists

    found = frozenset(
        word for words in frequency_lists.FREQUENCY_LISTS.values() for word in words if len(word) >= _SHORTEST
    )
    for name in [name for name in sys.modules if name.partition(".")[0] == "zxcvbn"]:
        del sys.modules[name]
    return found
