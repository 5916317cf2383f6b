"""How does an operator make an account from the shell? `python -m service admin create`.

The rules: docs/rules/staff.md.
"""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Mapping

from service.base.settings import Settings
from service.http.errors import ApiError
from service.http.web import parse
from service.users import domain, schemas

PASSWORD_VARIABLE = "ADMIN_PASSWORD"  # noqa: S105 - a name, no secret
_MINIMUM_OUTSIDE_DEV = 12


class Refused(Exception):
    """The account was not made; the text is the one sentence that the operator sees."""


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
