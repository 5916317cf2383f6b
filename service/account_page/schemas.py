"""What do the forms of the page hold?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from service.account_page.forms import InvalidForm
from service.auth import codes
from service.auth.schemas import Code, Email, NewPassword
from service.http.errors import InvalidRequestBody
from service.http.fields import Flag, Rule, Text
from service.http.web import Input

_Token = Annotated[str, Text(InvalidForm, maximum=200)]


@dataclass(frozen=True, slots=True)
class _Language(Rule):
    """`en` or `id`; anything else is as if it were absent, so that no link shows a refusal."""

    def parse(self, value: Any) -> str | None:
        text = str(value).strip().lower()
        return text if text in {"en", "id"} else None

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": ["en", "id"]}


class PageQuery(Input):
    """`lang` counts before `Accept-Language`."""

    lang: Annotated[str | None, _Language(InvalidRequestBody)] = None


class AskForm(Input):
    """The form that asks for a code."""

    token: _Token
    email: Email


class SetPasswordForm(Input):
    """The form of a new password."""

    token: _Token
    email: Email
    code: Annotated[str, Code(codes.VerificationCodeInvalid)]
    new_password: NewPassword
    start_over: Annotated[bool, Flag(InvalidRequestBody, from_text=True)] = False


class DeleteForm(Input):
    """The form that asks for the deletion of an account."""

    token: _Token
    email: Email
    code: Annotated[str, Code(codes.VerificationCodeInvalid)]
