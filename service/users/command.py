"""How does an operator make an account, or set a second factor, from the shell? `python -m service admin`.

The rules: docs/rules/staff.md.
"""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Mapping

from service.auth import second_factor
from service.auth.models import User
from service.auth.queries import find_user
from service.auth.roles import permissions_of
from service.base.settings import Settings
from service.http.errors import ApiError
from service.http.web import parse
from service.users import domain, schemas

PASSWORD_VARIABLE = "ADMIN_PASSWORD"  # noqa: S105 - a name, no secret
_MINIMUM_OUTSIDE_DEV = 12
_ACTOR = "admin_second_factor"


class Refused(Exception):
    """Nothing was done; the text is the one sentence that the operator sees."""


def ask_password(environ: Mapping[str, str] | None = None) -> str:
    """The password from ADMIN_PASSWORD, else typed twice on a terminal; never an argument, which others could read.

    Raises Refused when there is neither, or the two differ.
    """
    given = (os.environ if environ is None else environ).get(PASSWORD_VARIABLE, "")
    if given:
        return given
    if not sys.stdin.isatty():
        raise Refused(f"there is no terminal to ask for the password; set {PASSWORD_VARIABLE}")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != first:
        raise Refused("the two passwords differ")
    return first


async def create(settings: Settings, *, email: str, name: str, roles: list[str], password: str) -> str:
    """Make the account and return its id. Raises Refused with the reason, and what `is_unavailable` recognises."""
    if not settings.is_dev and len(password) < _MINIMUM_OUTSIDE_DEV:
        raise Refused(f"the password needs at least {_MINIMUM_OUTSIDE_DEV} characters")
    body = {"fullName": name, "email": email, "password": password, **({"roles": roles} if roles else {})}
    try:
        fields = parse(schemas.CreateUserInput, body)
        user = await domain.create_user(fields, settings, by=domain.Actor("SYSTEM", "admin_create"))
    except ApiError as error:
        raise Refused(error.message) from error
    return user.user_id


async def set_second_factor(settings: Settings, *, email: str, remove: bool) -> list[str]:
    """Give one of staff a new second factor, or only `remove` the one that is there; returns what the operator sees.

    Raises Refused with the reason, and what `is_unavailable` recognises.
    """
    if settings.staff_second_factor == "off" and not remove:
        raise Refused("STAFF_SECOND_FACTOR is off")
    account = await User.get_or_none(email=email.strip().lower())
    user = await find_user(str(account.id)) if account else None
    if user is None:
        raise Refused("there is no account with this address")
    if remove:
        removed = await second_factor.remove_by_operator(user.user_id, actor_id=_ACTOR)
        return ["removed" if removed else "there is none"]
    # Apps of candidates have no field for a code, so they would be shut out.
    if not permissions_of(user.roles, settings.staff_roles):
        raise Refused("this account is not one of staff")
    made, recovery_codes = await second_factor.replace_by_operator(user.user_id, settings, actor_id=_ACTOR)
    return [made.otpauth_uri, "Recovery codes, each counts once:", *recovery_codes]
