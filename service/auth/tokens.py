"""How are access and refresh tokens made and read? Pure functions over the key ring."""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from service.base.settings import Key
from service.http.errors import InvalidAccessToken


@dataclass(frozen=True, slots=True)
class Claims:
    """A verified access token. `expires_at` in Unix seconds; `family_id` is none in the replaced server's tokens."""

    user_id: str
    family_id: str | None
    expires_at: float


def issue_access_token(*, user_id: str, family_id: str, now: int, ttl_seconds: int, signing_key: Key) -> str:
    """`payload.signature`, both base64url without padding, as shipped apps carry it; `now` in Unix seconds.

    It says no more than is read: the release before put the person's address in, and its tokens verify as these do.
    """
    payload = {
        "typ": "access",
        "sub": user_id,
        "exp": now + ttl_seconds,
        "iat": now,
        "sid": family_id,
        "kid": signing_key.id,
    }
    head = _encode(orjson.dumps(payload))
    return f"{head}.{_encode(_sign(signing_key.secret, head))}"


# A signature stays what it is: of the tokens that verified, those used last are remembered with the keys that were asked,
# so one whose key leaves the ring is looked at anew. What may change (the time, the sign-in, the person) is not in here.
@functools.lru_cache(maxsize=4096)
def read_access_token(token: str, keys: tuple[Key, ...], old_secret: str) -> Claims:
    """Check the signature and the payload's form; the expiry is the caller's to compare.

    A token without key id is one of the replaced server and verifies under `old_secret` alone.
    Raises InvalidAccessToken.
    """
    head, dot, signature = token.partition(".")
    if not dot or len(token) > 4096:
        raise InvalidAccessToken
    try:
        payload = orjson.loads(_decode(head))
        given = _decode(signature)
    except ValueError as error:
        raise InvalidAccessToken from error
    if not isinstance(payload, dict):
        raise InvalidAccessToken
    key_id = payload.get("kid")
    if key_id is None:
        secret: bytes | None = old_secret.encode() or None
    else:
        secret = next((key.secret for key in keys if key.id == key_id), None)
    if secret is None or not hmac.compare_digest(given, _sign(secret, head)):
        raise InvalidAccessToken
    return _claims(payload, ours=key_id is not None)


def _claims(payload: dict[str, Any], *, ours: bool) -> Claims:
    expires_at, family_id = payload.get("exp"), payload.get("sid")
    if payload.get("typ") != "access" or isinstance(expires_at, bool) or not isinstance(expires_at, int | float):
        raise InvalidAccessToken
    try:
        user_id = str(UUID(payload["sub"]))
        family = str(UUID(family_id)) if ours else None
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise InvalidAccessToken from error
    return Claims(user_id, family, expires_at)


def new_refresh_token() -> str:
    """48 random bytes as 64 characters of base64url."""
    return secrets.token_urlsafe(48)


def successor_of(token: str, key: Key) -> str:
    """The one token that follows `token` under `key`: the same each time, and unknown without the key."""
    return _encode(hmac.digest(key.secret, b"refresh-successor:" + token.encode(), "sha256"))


def token_hash(token: str) -> str:
    """What the database keeps of a refresh token: lower-case hex SHA-256 of its text."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _sign(secret: bytes, head: str) -> bytes:
    return hmac.digest(secret, head.encode("utf-8", "surrogatepass"), "sha256")


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    raw = text.encode("ascii")
    decoded = base64.b64decode(raw + b"=" * (-len(raw) % 4), altchars=b"-_", validate=True)
    if _encode(decoded) != text:
        raise ValueError("not the one spelling of these bytes")
    return decoded
