"""What do the operations on accounts take and answer?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from service.auth.schemas import EMAIL_PATTERN, InvalidEmail, InvalidName, InvalidPassword, User
from service.errors import InvalidCursor, InvalidField, InvalidLimit
from service.fields import Number, Rule, Text
from service.jobs.schemas import InvalidSearch, Search
from service.users.queries import UserPage
from service.web import Input, Output, Paged, PageInfo, page_info

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
FullName = Annotated[str, Text(InvalidName, minimum=2, maximum=1000, strict=True)]
Email = Annotated[str, Text(InvalidEmail, case="lower", pattern=EMAIL_PATTERN, maximum=320, strict=True)]
Password = Annotated[str, Text(InvalidPassword, minimum=8, maximum=4096, trim=False, strict=True)]
Roles = Annotated[list[str], RoleCodes(InvalidRoles)]

_PageStart = Annotated[int, Number(InvalidCursor, minimum=0, maximum=2**63 - 1, floor=True)]
_PageSize = Annotated[int, Number(InvalidLimit, minimum=1, maximum=100, floor=True)]


class UsersQuery(Input):
    q: Search = None
    cursor: _PageStart = 0
    limit: _PageSize = 25


class CreateUserInput(Input):
    full_name: FullName
    email: Email
    password: Password
    roles: Roles = ["super_admin"]


class PatchUserInput(Input):
    """Absent fields stay as they are; null counts as present and is refused."""

    roles: Roles | None = None
    full_name: FullName | None = None
    password: Password | None = None


class UserEnvelope(Output):
    user: User


class UserList(Output):
    items: list[User]
    page_info: PageInfo

    @classmethod
    def of(cls, found: UserPage, page: Paged) -> UserList:
        return cls(
            items=[User.of(user) for user in found.items],
            page_info=page_info(page, shown=len(found.items), has_more=found.has_more, total=found.total),
        )


LIST_ERRORS = (InvalidCursor, InvalidLimit, InvalidSearch)
