"""Does a person still go by the name that was verified?

The rules: docs/rules/kyc.md, A changed name.
"""

from __future__ import annotations

import re
import unicodedata

from service.kyc.queries import count_new_name
from service.kyc.states import NAME_CHANGED, Actor, reopen_decided

_RULE = Actor.service("profile_name")
# Accents of letters that have them as an ornament; marks of other scripts make another letter.
_ACCENTS = re.compile("[\u0300-\u036f]")


def is_same_name(one: str, other: str) -> bool:
    """Whether two names differ in nothing but case, accents and spaces."""
    return _bare(one) == _bare(other)


def _bare(name: str) -> str:
    return "".join(_ACCENTS.sub("", unicodedata.normalize("NFKD", name)).casefold().split())


async def follow_name(user_id: str, before: str, after: str) -> int:
    """Bring verified sessions back to a reviewer when a person got another name; returns how many.

    Whoever was shown the name of before has not seen what they would decide about. In the caller's transaction, which has
    locked the person's row and writes `after` in it.
    """
    if is_same_name(before, after):
        return 0
    reopened = await reopen_decided(user_id, by=_RULE, reason=NAME_CHANGED)
    await count_new_name(user_id)
    return reopened
