"""Is this caller let in? The bearer token of users and staff, and the staff key, in the contract's order of checks."""

from __future__ import annotations

import hmac

from sanic.compat import Header

from service.auth import guesses, tokens
from service.auth.clients import address_of
from service.auth.key_uses import KeyUses, audit_use
from service.auth.models import EndReason
from service.auth.principal import Principal, Staff
from service.auth.queries import Caller, find_caller, has_super_admin
from service.auth.roles import Permission, permissions_of
from service.base.clock import utc_now
from service.base.settings import Settings
from service.caching.basis import Basis
from service.http.errors import (
    AdminApiDisabled,
    ExpiredAccessToken,
    InsufficientAdminRole,
    InvalidAccessToken,
    InvalidAdminApiKey,
    MissingAdminApiKey,
    RateLimited,
)

_SCHEME = "Bearer "


def bearer_token(authorization: str | None) -> str | None:
    """The token of an Authorization header; none when the scheme is another, is in lower case, or nothing follows."""
    if authorization is None or not authorization.startswith(_SCHEME):
        return None
    return authorization[len(_SCHEME) :].strip() or None


async def authenticate(token: str, settings: Settings, basis: Basis | None = None) -> Principal:
    """The user of an access token, as stored now, with the versions of `basis`. One statement.

    Raises InvalidAccessToken or ExpiredAccessToken. Storage is asked even for an expired token: while the database is
    away the answer must not be 401, or apps would refresh into the outage and sign their users out.
    """
    claims = tokens.read_access_token(token, settings.token_keys, settings.auth_token_secret)
    caller = await find_caller(claims.user_id, claims.family_id, basis)
    if utc_now().timestamp() >= claims.expires_at:
        raise ExpiredAccessToken
    if caller is None:
        raise InvalidAccessToken
    refuse_ended(caller, settings)
    return caller.principal


def refuse_ended(caller: Caller, settings: Settings) -> None:
    """Raises InvalidAccessToken for a sign-in that ended, after a logout only where that ends access too, and for every
    token of a suspended person: the replaced server's name no sign-in."""
    if caller.principal.suspended_at is not None:
        raise InvalidAccessToken
    if caller.end_reason is not None and (caller.end_reason != EndReason.LOGOUT or settings.auth_logout_ends_access):
        raise InvalidAccessToken


async def authenticate_staff(
    headers: Header, settings: Settings, *, peer: str, permission: Permission, operation_id: str, reads: KeyUses | None
) -> Staff:
    """A staff caller. A bearer token decides alone, even when it fails; only without one is the key looked at.

    A bearer needs a role that has `permission`; the key passes. Each use of the key that is let in is
    counted in `reads`, or, without it, leaves an audit row about `operation_id` at once. `peer` is the address at the other
    end of the connection. Raises the six errors of the staff check, and RateLimited. Source: docs/rules/staff.md.
    """
    token = bearer_token(headers.get("authorization"))
    if token is not None:
        principal = await authenticate(token, settings)
        if permission not in permissions_of(principal.roles, settings.staff_roles):
            raise InsufficientAdminRole
        return Staff(principal)
    if not await key_is_enabled(settings):
        raise AdminApiDisabled
    # A repeated header is no key: joined, its values differ from it.
    given = ", ".join(headers.getall("x-admin-api-key", [])).strip()
    if not given:
        raise MissingAdminApiKey
    counts = guesses.of_admin_key(address_of(peer, headers, settings), settings)
    if seconds := await guesses.seconds_to_wait(counts):
        raise RateLimited(retry_after=seconds)
    if not hmac.compare_digest(given.encode("utf-8", "surrogatepass"), settings.admin_api_key.encode()):
        await guesses.add_failure(counts)
        raise InvalidAdminApiKey
    if reads is None:
        await audit_use(operation_id)
    else:
        reads.add(operation_id)
    return Staff(None)


async def key_is_enabled(settings: Settings) -> bool:
    """Whether the staff key counts: set, not past its end, and not retired by the first super_admin."""
    if not settings.admin_api_key:
        return False
    expires_at = settings.admin_api_key_expires_at
    if expires_at is not None and utc_now() >= expires_at:
        return False
    return settings.keeps_admin_key_after_bootstrap or not await has_super_admin()
