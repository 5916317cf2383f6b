"""What do the auth operations take and answer?"""

from __future__ import annotations

from dataclasses import dataclass
from operator import not_
from typing import Annotated, Any, Literal

from pydantic import Field

from service.auth import accounts, codes, sessions, verification
from service.auth.new_password import InvalidCurrentPassword
from service.auth.password_rules import InvalidPassword
from service.base.mailboxes import is_mailbox
from service.http.errors import InvalidField, InvalidRequestBody
from service.http.fields import Flag, Text, as_text
from service.http.web import Input, Output, Ts, Uuid, is_none


class InvalidName(InvalidField):
    code = "invalid_name"
    message = "Please enter your full name."
    message_id = "Silakan isi nama lengkap Anda."


class InvalidEmail(InvalidField):
    code = "invalid_email"
    message = "Please enter a valid e-mail address."
    message_id = "Silakan isi alamat e-mail yang valid."


# An address has at most 254 characters; one above about 2,700 bytes does not fit into the index that keeps it unique.
@dataclass(frozen=True, slots=True)
class Mailbox(Text):
    """The address of one mailbox, in lower case."""

    def parse(self, value: Any) -> str | None:
        text = super(Mailbox, self).parse(value)
        if text is not None and not is_mailbox(text):
            raise ValueError("not one mailbox")
        return text


Email = Annotated[str, Mailbox(InvalidEmail, case="lower", maximum=320)]
NewPassword = Annotated[str, Text(InvalidPassword, minimum=8, trim=False, strict=True)]


class RegisterInput(Input):
    full_name: Annotated[str, Text(InvalidName, minimum=2)]
    email: Email
    password: NewPassword


@dataclass(frozen=True, slots=True)
class _Credential(Text):
    """Never refused here: whatever is missing or no text becomes empty, and signing in with it fails."""

    def parse(self, value: Any) -> str:
        try:
            text = as_text(value) or ""
        except ValueError:
            return ""
        text = text.strip() if self.trim else text
        return text.lower() if self.case else text

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "nullable": True}


class LoginInput(Input):
    """`identifier` counts before `email`: shipped apps send one or the other."""

    identifier: Annotated[str, _Credential(accounts.InvalidCredentials, case="lower")] = ""
    email: Annotated[str, _Credential(accounts.InvalidCredentials, case="lower")] = ""
    password: Annotated[str, _Credential(accounts.InvalidCredentials, trim=False)] = ""


class RefreshInput(Input):
    refresh_token: Annotated[str, Text(sessions.MissingRefreshToken)]


class LogoutInput(Input):
    refresh_token: Annotated[str, _Credential(sessions.InvalidRefreshToken)] = ""


class ResendInput(Input):
    email: Email


@dataclass(frozen=True, slots=True)
class Code(Text):
    """The six digits of a mail, with or without spaces."""

    def parse(self, value: Any) -> str:
        return verification.normalise_code(as_text(value) or "")

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[0-9]{6}$"}


class VerifyInput(Input):
    email: Email
    code: Annotated[str, Code(codes.VerificationCodeInvalid)]


class PasswordResetInput(Input):
    email: Email


class ConfirmResetInput(Input):
    """`startOver`: the person says that somebody else opened the account."""

    email: Email
    code: Annotated[str, Code(codes.VerificationCodeInvalid)]
    new_password: NewPassword
    start_over: Annotated[bool, Flag(InvalidRequestBody)] = False


class ChangePasswordInput(Input):
    current_password: Annotated[str, Text(InvalidCurrentPassword, trim=False, strict=True)]
    new_password: NewPassword


class ResetAccepted(Output):
    """The same for every address. `developmentCode` is there in dev alone, when the setting asks for it."""

    accepted: Literal[True] = True
    development_code: str | None = Field(None, exclude_if=is_none)


class User(Output):
    id: Uuid = Field(validation_alias="user_id")
    full_name: str
    email: str
    email_verified: bool
    email_verified_at: Ts | None
    created_at: Ts
    roles: list[str]
    suspended_at: Ts | None = Field(None, exclude_if=is_none)


class Me(Output):
    user: User


class SignIn(Output):
    """One place where the caller is signed in."""

    id: Uuid
    current: bool
    device: str | None
    app_version: str | None
    network: str | None
    created_at: Ts
    last_used_at: Ts


class SignInList(Output):
    items: list[SignIn]


class EmailChallenge(Output):
    """The state of an address's code. `developmentCode` and `alreadyVerified` are there only when they say something."""

    required: bool
    verified: bool
    email: str
    sent: bool
    expires_in_sec: int
    resend_available_in_sec: int
    development_code: str | None = Field(None, exclude_if=is_none)
    already_verified: bool | None = Field(None, exclude_if=not_)


class EmailResult(Output):
    email: str
    verified: bool
    already_verified: bool


class PendingDeletion(Output):
    """The person asked for the deletion of the account; it can still be taken back."""

    requested_at: Ts
    complete_by: Ts


class AuthResponse(Output):
    """`deletion` is there at sign-in alone, and only when the person has asked for it."""

    user: User
    access_token: str
    refresh_token: str
    deletion: PendingDeletion | None = Field(None, exclude_if=is_none)


class RegisterResponse(AuthResponse):
    email_verification: EmailChallenge
