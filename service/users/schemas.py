"""What do the operations on accounts take and answer?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import ConfigDict

from service.auth.password_rules import InvalidPassword
from service.auth.principal import SUPER_ADMIN
from service.auth.schemas import InvalidEmail, InvalidName, Mailbox, ProofInput, User
from service.http.errors import InvalidCursor, InvalidField, InvalidLimit, InvalidReason
from service.http.fields import Rule, Text
from service.http.web import Input, LooseCursor, LooseLimit, Output, PageInfo, Ts, Uuid
from service.lists.queries import InvalidSearch, Search

MAXIMUM_ROLES = 50


class InvalidRoles(InvalidField):
    code = "invalid_roles"
    message = "The list of roles is not valid."
    message_id = "Daftar peran tidak valid."


class InvalidRequest(InvalidField):
    code = "invalid_request"
    message = "There is nothing to change."
    message_id = "Tidak ada yang diubah."


@dataclass(frozen=True, slots=True)
class RoleCodes(Rule):
    """An array of role codes: trimmed, lower-cased, blanks and repetitions dropped, at least one left."""

    def parse(self, value: Any) -> list[str]:
        if not isinstance(value, list) or len(value) > MAXIMUM_ROLES:
            raise ValueError("array")
        item = Text(self.error, minimum=0, maximum=64, case="lower", strict=True)
        codes = [code for entry in value if (code := item.parse(entry))]
        if not codes:
            raise ValueError("empty")
        return list(dict.fromkeys(codes))

    def json_schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": MAXIMUM_ROLES}


# Caps where the contract has none, far above what is real; an address has at most 254 characters.
_FULL_NAME = Text(InvalidName, minimum=2, maximum=1000, strict=True)
_EMAIL = Mailbox(InvalidEmail, case="lower", maximum=320, strict=True)
_PASSWORD = Text(InvalidPassword, minimum=8, maximum=4096, trim=False, strict=True)
_ROLES = RoleCodes(InvalidRoles)


class UsersQuery(Input):
    q: Search = None
    cursor: LooseCursor = 0
    limit: LooseLimit = 25


class CreateUserInput(ProofInput):
    full_name: Annotated[str, _FULL_NAME]
    email: Annotated[str, _EMAIL]
    password: Annotated[str, _PASSWORD]
    roles: Annotated[list[str], _ROLES] = [SUPER_ADMIN]


class UserChange(Input):
    """Absent fields stay as they are; null counts as present and is refused."""

    # Which fields are there decides, so that only the names on the wire may count.
    model_config = ConfigDict(populate_by_name=False)

    roles: Annotated[list[str] | None, _ROLES] = None
    full_name: Annotated[str | None, _FULL_NAME] = None
    password: Annotated[str | None, _PASSWORD] = None


class PatchUserInput(UserChange, ProofInput):
    """What the operation takes: `otp` is no change."""


class SuspensionInput(Input):
    reason: Annotated[str, Text(InvalidReason, maximum=500)]


class Suspension(Output):
    user_id: Uuid
    suspended_at: Ts


class SuspensionEnvelope(Output):
    suspension: Suspension


class UserEnvelope(Output):
    user: User


class UserList(Output):
    items: list[User]
    page_info: PageInfo


LIST_ERRORS = (InvalidCursor, InvalidLimit, InvalidSearch)
