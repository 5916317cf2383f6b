"""Who has guessed wrong too often? Counts of failed guesses in Postgres, shared by all processes.

The rules: docs/rules/auth.md, Guessing.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from tortoise.exceptions import IntegrityError

from service.auth import queries
from service.auth.models import FailedGuesses
from service.base.settings import Settings
from service.database import db
from service.database.records import insert

ACCOUNT_FAILURES, CLIENT_FAILURES, KEY_FAILURES, FACTOR_FAILURES = 10, 100, 20, 10
# All unknown clients are one: few failures of a stranger must not keep the owner of an account out.
ACCOUNT_FAILURES_OF_UNKNOWN = 100


@dataclass(frozen=True, slots=True)
class Count:
    """One row of failed guesses: its id, and the number at which it is full until its window ends."""

    id: str
    limit: int


def of_sign_in(account: str, client: str | None, settings: Settings, *, whole: str = "client") -> list[Count]:
    """The count of one account from one client, then that of a known client for all accounts.

    `client` is what `address_of` says; all unknown ones are one. Nothing is counted with RATE_LIMITS=off.
    """
    if not settings.rate_limits:
        return []
    if client is None:
        return [Count(_row_id(settings, "account", "unknown", account), ACCOUNT_FAILURES_OF_UNKNOWN)]
    return [
        Count(_row_id(settings, "account", client, account), ACCOUNT_FAILURES),
        Count(_row_id(settings, whole, client), CLIENT_FAILURES),
    ]


def of_account(what: str, account: str, client: str | None, settings: Settings) -> list[Count]:
    """The same for another kind of guess, or of asking: `what` is `code`, `reset` or `change`.

    `account` is an address as it was typed, known or not, or a user's id.
    """
    return of_sign_in(f"{what}\n{account}", client, settings, whole=f"client\n{what}")


def of_admin_key(client: str | None, settings: Settings) -> list[Count]:
    """The count of a known client; none for an unknown one, or a stranger behind the same proxy could lock staff out."""
    if client is None or not settings.rate_limits:
        return []
    return [Count(_row_id(settings, "admin_key", client), KEY_FAILURES)]


def of_factor(user_id: str, settings: Settings) -> list[Count]:
    """The count of one account's second factor, whoever tries: nobody gets there without its password."""
    return [Count(_row_id(settings, "second_factor", user_id), FACTOR_FAILURES)] if settings.rate_limits else []


async def seconds_to_wait(counts: list[Count]) -> int:
    """Seconds until another guess may be made, 0 for now. One statement.

    Looked at before a guess, which is counted only when it has failed: those under way at the same time can go beyond a
    limit, for passwords by no more than the queue of their checks holds.
    """
    if not counts:
        return 0
    return await queries.seconds_until_free([count.id for count in counts], [count.limit for count in counts])


async def add_failure(counts: list[Count]) -> None:
    """Count one failed guess in each of `counts`; a window that has ended begins anew. One statement."""
    if counts:
        await queries.add_failure([count.id for count in counts])


async def forget(counts: list[Count]) -> None:
    """Remove the rows of `counts` that are there."""
    if counts:
        await FailedGuesses.filter(id__in=[count.id for count in counts]).delete()


async def use_once(what: str) -> bool:
    """Whether this is the first time that anybody says `what`, which is random; remembered for fifteen minutes.

    A count that is full at one, whatever RATE_LIMITS says. Of many at once one is the first.
    """
    digest = hashlib.sha256(f"use-once\n{what}".encode()).hexdigest()
    try:
        await insert(FailedGuesses, id=digest, failures=1, started_at=db.NOW)
    except IntegrityError:
        return False
    return True


async def clean() -> None:
    """Remove the rows whose window has ended. Waits for nobody, so it is part of no deadlock."""
    await queries.delete_ended_windows()


def _row_id(settings: Settings, *what: str) -> str:
    """A digest under the newest token key, because addresses are few enough to try them all on a plain one."""
    text = "\n".join(("failed-guesses", *what)).encode("utf-8", "surrogatepass")
    return hmac.digest(settings.token_keys[0].secret, text, "sha256").hex()
