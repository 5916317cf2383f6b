"""Who has guessed wrong too often? Counts of failed guesses in Postgres, shared by all processes.

The rules: docs/rules/auth.md, Guessing.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from service import db
from service.settings import Settings

ACCOUNT_FAILURES, CLIENT_FAILURES, KEY_FAILURES = 10, 100, 20
# All unknown clients are one: few failures of a stranger must not keep the owner of an account out.
ACCOUNT_FAILURES_OF_UNKNOWN = 100
_WINDOW = "interval '15 minutes'"
_ENDED = f"started_at <= now() - {_WINDOW}"


@dataclass(frozen=True, slots=True)
class Count:
    """One row of failed guesses: its id, and the number at which it is full until its window ends."""

    id: str
    limit: int


def of_sign_in(account: str, client: str | None, settings: Settings) -> list[Count]:
    """The count of one account from one client, then that of a known client for all accounts.

    `client` is what `client_of` says; all unknown ones are one. Nothing is counted with RATE_LIMITS=off.
    """
    if not settings.rate_limits:
        return []
    if client is None:
        return [Count(_row_id(settings, "account", "unknown", account), ACCOUNT_FAILURES_OF_UNKNOWN)]
    return [
        Count(_row_id(settings, "account", client, account), ACCOUNT_FAILURES),
        Count(_row_id(settings, "client", client), CLIENT_FAILURES),
    ]


def of_admin_key(client: str | None, settings: Settings) -> list[Count]:
    """The count of a known client; none for an unknown one, or a stranger behind the same proxy could lock staff out."""
    if client is None or not settings.rate_limits:
        return []
    return [Count(_row_id(settings, "admin_key", client), KEY_FAILURES)]


async def seconds_to_wait(counts: list[Count]) -> int:
    """Seconds until another guess may be made, 0 for now. One statement.

    Looked at before a guess, which is counted only when it has failed: those under way at the same time can go beyond a
    limit, for passwords by no more than the queue of their checks holds.
    """
    if not counts:
        return 0
    seconds: int | None = await db.fetch_value(
        f"SELECT ceil(extract(epoch FROM max(started_at) + {_WINDOW} - now()))::int"
        " FROM failed_guesses JOIN unnest($1::text[], $2::int[]) AS counts (id, most) USING (id)"
        f" WHERE failures >= most AND NOT {_ENDED}",
        [count.id for count in counts],
        [count.limit for count in counts],
    )
    return seconds or 0


async def add_failure(counts: list[Count]) -> None:
    """Count one failed guess in each of `counts`; a window that has ended begins anew. One statement."""
    if counts:
        await db.execute(
            "INSERT INTO failed_guesses AS g (id, failures, started_at)"
            " SELECT id, 1, now() FROM unnest($1::text[]) AS id ON CONFLICT (id) DO UPDATE SET"
            f" failures = CASE WHEN g.{_ENDED} THEN 1 ELSE g.failures + 1 END,"
            f" started_at = CASE WHEN g.{_ENDED} THEN now() ELSE g.started_at END",
            [count.id for count in counts],
        )


async def forget(counts: list[Count]) -> None:
    """Remove the rows of `counts` that are there."""
    if counts:
        await db.execute("DELETE FROM failed_guesses WHERE id = ANY($1)", [count.id for count in counts])


async def clean() -> None:
    """Remove the rows whose window has ended. Waits for nobody, so it is part of no deadlock."""
    await db.execute(
        f"DELETE FROM failed_guesses WHERE id IN (SELECT id FROM failed_guesses WHERE {_ENDED} FOR UPDATE SKIP LOCKED)"
    )


def _row_id(settings: Settings, *what: str) -> str:
    """A digest under the newest token key, because addresses are few enough to try them all on a plain one."""
    text = "\n".join(("failed-guesses", *what)).encode("utf-8", "surrogatepass")
    return hmac.digest(settings.token_keys[0].secret, text, "sha256").hex()
