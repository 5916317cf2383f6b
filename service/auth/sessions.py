"""How does a sign-in live on? Refresh tokens form a family that no lost reply, retry or race can end by accident.

The rules and their reasons: docs/rules/auth.md.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
from tortoise.expressions import Q
from tortoise.transactions import in_transaction

from service.audit.domain import audit
from service.auth import queries, tokens
from service.auth.devices import Device, are_different
from service.auth.hidden import Deletion
from service.auth.models import EndReason, Session, SessionFamily
from service.auth.principal import Principal
from service.base import metrics
from service.base.clock import utc_now
from service.base.settings import Settings
from service.database import db
from service.http.errors import ApiError, InvalidField

# Android gives a call up after 10 s; an answer before that can still be used.
_REFRESH_PATIENCE_SECONDS = 8.0
_RETRY_PAUSE_SECONDS = 0.25


class MissingRefreshToken(InvalidField):
    code = "invalid_refresh_token"
    message = "Please sign in again."
    message_id = "Silakan masuk kembali."


class InvalidRefreshToken(ApiError):
    status_code, code = 401, "invalid_refresh_token"
    message = "Your sign-in has ended. Please sign in again."
    message_id = "Sesi masuk Anda telah berakhir. Silakan masuk kembali."


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A user with a fresh pair of tokens. `deletion`: at sign-in, when the person has asked for it."""

    user: Principal
    access_token: str
    refresh_token: str
    deletion: Deletion | None = None


async def start_family(user: Principal, settings: Settings, device: Device) -> SignedIn:
    """Begin a new sign-in for `user`; takes part in the caller's transaction."""
    family_id, token = uuid4(), tokens.new_refresh_token()
    await queries.insert_sign_in(user.user_id, family_id, _fresh(token, settings), device)
    return _signed_in(user, str(family_id), token, settings)


async def start_with_password(
    user_id: str, checked: str, settings: Settings, device: Device, *, forgotten: list[str]
) -> tuple[SignedIn, bool] | None:
    """Begin a new sign-in for the user whose record `checked` matched, in the caller's transaction; none when the record
    was changed meanwhile. The second value: whether the user has other sign-ins, and none on this device. `forgotten`:
    the rows of failed guesses that end with it."""
    family_id, token = uuid4(), tokens.new_refresh_token()
    found = await queries.sign_in(user_id, checked, family_id, _fresh(token, settings), device, forgotten=forgotten)
    return (_signed_in(found[0], str(family_id), token, settings), found[1]) if found else None


async def refresh(token: str, settings: Settings, device: Device) -> SignedIn:
    """Exchange a refresh token for a fresh pair; safe to repeat, because the same token leads to the same successor.

    `device`: where the request comes from; the sign-in's owner sees it. Waits up to 8 s for an unavailable database: any
    failure here signs an iOS user out.
    Raises InvalidRefreshToken, and what `is_unavailable` recognises when the wait was in vain.
    """
    deadline = time.monotonic() + _REFRESH_PATIENCE_SECONDS
    while True:
        try:
            async with asyncio.timeout(max(0.1, deadline - time.monotonic())):
                result = await _refresh_once(token, settings, device)
            break
        except Exception as error:
            if not (db.is_unavailable(error) or isinstance(error, TimeoutError)):
                raise
            if time.monotonic() + _RETRY_PAUSE_SECONDS >= deadline:
                metrics.refreshes.labels("unavailable").inc()
                raise db.DatabaseUnavailable("no refresh within the time that a phone waits") from error
            await asyncio.sleep(_RETRY_PAUSE_SECONDS)
    if isinstance(result, SignedIn):
        metrics.refreshes.labels("ok").inc()
        return result
    metrics.refreshes.labels(result).inc()
    raise InvalidRefreshToken


async def _refresh_once(token: str, settings: Settings, device: Device) -> SignedIn | str:
    """One try: one statement for the current token of a living sign-in, else one more transaction.

    A refusal is returned, not raised, so that an ended family is committed.
    """
    signed_in = await _exchange(token, settings, device)
    if signed_in is not None:
        return signed_in
    async with in_transaction():
        row = await queries.lock_session(tokens.token_hash(token))
        now = utc_now()
        if row is None:
            return "unknown"
        if row["ended_at"] is not None or (row["revoked_at"] is not None and row["rotated_at"] is None):
            return "revoked"
        if row["counted_from"] is not None and row["counted_from"] <= counted_after(settings):
            return "too_old"
        if row["expires_at"] <= now:
            return "expired"
        user = await queries.find_user(str(row["user_id"]))
        if user is None:
            return "unknown"
        if user.suspended_at is not None:
            return "revoked"
        if row["rotated_at"] is not None:
            return await _replay(token, row, user, settings, device, now)
        # It became the current one after the first look.
        return await _exchange(token, settings, device) or "unknown"


def counted_after(settings: Settings) -> datetime:
    """A sign-in whose days are counted from then or before has reached AUTH_SESSION_MAX_DAYS."""
    return utc_now() - timedelta(days=settings.auth_session_max_days)


async def _exchange(token: str, settings: Settings, device: Device) -> SignedIn | None:
    key = settings.token_keys[0]
    successor = tokens.successor_of(token, key)
    found = await queries.exchange(
        tokens.token_hash(token),
        _fresh(successor, settings),
        device,
        key_id=key.id,
        new_family_id=uuid4(),
        began_after=counted_after(settings),
    )
    return _signed_in(found[0], found[1], successor, settings) if found else None


async def _replay(
    token: str, row: asyncpg.Record, user: Principal, settings: Settings, device: Device, now: datetime
) -> SignedIn | str:
    """A used token again: a lost reply, a retry or a race gets the same successor. Anything older, or from another device
    than the one that refreshed last, ends the family."""
    if settings.auth_refresh_reuse_grace_sec == 0:
        return "replayed"
    child = await queries.find_successor(row["id"])
    key = next((key for key in settings.token_keys if key.id == row["successor_key_id"]), None)
    if child is None or key is None:
        return "replayed"
    grace = timedelta(seconds=settings.auth_refresh_reuse_grace_sec)
    is_late = child["rotated_at"] is not None and now - child["rotated_at"] > grace
    if is_late or are_different(row["user_agent"], device.user_agent):
        # Of many at once each has seen it alive before it got the token's row.
        if await end_family(row["family_id"], reason=EndReason.REUSE):
            await audit(
                "auth.refresh_reuse_detected",
                actor_type="SYSTEM",
                actor_id=None,
                subject_type="SESSION_FAMILY",
                subject_id=str(row["family_id"]),
                detail={"userId": user.user_id, "late": is_late},
            )
        return "reused"
    if child["expires_at"] <= now:
        return "expired"
    return _signed_in(user, str(row["family_id"]), tokens.successor_of(token, key), settings)


async def logout(token: str) -> None:
    """End the sign-in that `token` belongs to, when it is the current refresh token or the one before. Never fails for
    an unknown one."""
    async with in_transaction():
        row = await queries.lock_session_and_look_ahead(tokens.token_hash(token))
        if row is None or row["is_old"]:
            return
        if row["family_id"] is not None:
            await end_family(row["family_id"], reason=EndReason.LOGOUT)
        else:
            await Session.filter(id=row["id"], revoked_at__isnull=True).update(revoked_at=utc_now())
        user_id = str(row["user_id"])
        await audit("auth.signed_out", actor_type="USER", actor_id=user_id, subject_type="USER", subject_id=user_id)


async def end_family(family_id: UUID, *, reason: EndReason) -> bool:
    """End one sign-in; the first reason stays. Returns whether it was this call that ended it."""
    now = utc_now()
    # Tokens first: everybody takes rows in this order, and who has a token's row may be waiting for the sign-in's.
    await Session.filter(family_id=family_id, revoked_at__isnull=True).update(revoked_at=now)
    ended = await SessionFamily.filter(id=family_id, ended_at__isnull=True).update(ended_at=now, end_reason=reason)
    metrics.sign_ins_ended.labels(reason.value).inc(ended)
    return ended > 0


async def end_all_families(user_id: str, *, reason: EndReason, but: str | None = None) -> int:
    """End every sign-in of a user, the replaced server's too, `but` one. Returns how many families ended."""
    now = utc_now()
    rows = Session.filter(user_id=user_id, revoked_at__isnull=True)
    families = SessionFamily.filter(user_id=user_id, ended_at__isnull=True)
    if but is not None:
        rows = rows.filter(Q(family_id__isnull=True) | ~Q(family_id=but))
        families = families.exclude(id=but)
    # In this order: a refresh under way holds its row, and a family that it makes is there when its row is free.
    await rows.update(revoked_at=now)
    ended = await families.update(ended_at=now, end_reason=reason)
    metrics.sign_ins_ended.labels(reason.value).inc(ended)
    return ended


def _fresh(token: str, settings: Settings) -> queries.FreshToken:
    now = utc_now()
    expires_at = now + timedelta(seconds=settings.auth_refresh_token_ttl_sec)
    return queries.FreshToken(tokens.token_hash(token), now, expires_at)


def _signed_in(user: Principal, family_id: str, refresh_token: str, settings: Settings) -> SignedIn:
    access = tokens.issue_access_token(
        user_id=user.user_id,
        family_id=family_id,
        now=int(utc_now().timestamp()),
        ttl_seconds=settings.auth_access_token_ttl_sec,
        signing_key=settings.token_keys[0],
    )
    return SignedIn(user, access, refresh_token)
