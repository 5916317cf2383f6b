"""Is a form one that we gave out lately, and is it sent for the first time?

The rules: docs/rules/account-page.md.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import timedelta
from enum import StrEnum

from service.auth import guesses
from service.base.clock import utc_now
from service.base.settings import Key, Settings
from service.http.errors import ApiError

# Shorter than `guesses.use_once` remembers, by more than clocks differ.
_LIFE = timedelta(minutes=12)


class Form(StrEnum):
    """What a form is good for; part of its token."""

    ASK_PASSWORD = "ask_password"  # noqa: S105 - a form, no secret
    SET_PASSWORD = "set_password"  # noqa: S105 - a form, no secret
    ASK_DELETION = "ask_deletion"
    DELETE = "delete"


class InvalidForm(ApiError):
    status_code, code = 400, "invalid_form"
    message = "This page was open for too long. Please send the form again."
    message_id = "Halaman ini terbuka terlalu lama. Silakan kirim formulir sekali lagi."


class FormAlreadySent(ApiError):
    status_code, code = 409, "form_already_sent"
    message = "This form was sent before, and counts once. If that did not work, ask for a new code."
    message_id = "Formulir ini sudah pernah dikirim dan hanya berlaku sekali. Jika belum berhasil, minta kode baru."


def make_token(form: Form, email: str, settings: Settings) -> str:
    """A token for one sending of `form`: time, a random number, and an HMAC over both, the form and the address.

    `email`: whom the form is for; empty where that is typed into it.
    """
    body = f"{int(utc_now().timestamp())}.{secrets.token_urlsafe(16)}"
    return f"{body}.{_signature(settings.token_keys[0], form, email, body)}"


async def use_token(token: str, form: Form, email: str, settings: Settings) -> bool:
    """Whether this is the first time that the form is sent; of many at once one is told so.

    Raises InvalidForm for a token that is not ours, is another form's or another address's, or is too old.
    """
    body, _, signature = token.rpartition(".")
    given = signature.encode("utf-8", "surrogatepass")
    is_ours = [hmac.compare_digest(_signature(key, form, email, body).encode(), given) for key in settings.token_keys]
    if not any(is_ours):
        raise InvalidForm
    age = utc_now().timestamp() - int(body.partition(".")[0])
    if age > _LIFE.total_seconds():
        raise InvalidForm
    return await guesses.use_once(f"form:{body}")


# An access token's signature is over base64url, which has neither colon nor line end, so none of ours is one of those.
def _signature(key: Key, form: Form, email: str, body: str) -> str:
    text = f"account-form:{form}\n{email}\n{body}".encode("utf-8", "surrogatepass")
    return base64.urlsafe_b64encode(hmac.digest(key.secret, text, "sha256")).rstrip(b"=").decode()
