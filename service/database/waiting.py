"""What does a process that does not get on wait for? A line within three seconds, then few."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from service.base.logs import log
from service.database import db

_FIRST_SECONDS, _NEXT_SECONDS = 1.0, 15.0
_REPEAT_SECONDS = 60.0


class Waiting:
    """One wait; whoever tries again and again sets `reason`, a clause, after each failure."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.reason = "no answer yet"

    def __str__(self) -> str:
        return f"Waiting for {self.what}: {self.reason}."


@asynccontextmanager
async def announced(what: str) -> AsyncIterator[Waiting]:
    """Log `startup.waiting` when the block lasts a second, again after 15 s, and at twice the pause each time.

    A task of its own says it, because a host that swallows packets holds the first try up for longer than that.
    """
    waiting = Waiting(what)

    async def say() -> None:
        pause = _NEXT_SECONDS
        await asyncio.sleep(_FIRST_SECONDS)
        while True:
            log("startup.waiting", level="warn", message=str(waiting))
            await asyncio.sleep(pause)
            pause *= 2

    task = asyncio.create_task(say())
    try:
        yield waiting
    finally:
        task.cancel()


class Absence:
    """What one process has said of a database that it does without for now."""

    def __init__(self) -> None:
        self._said = ""
        self._said_at = 0.0

    def say(self, error: BaseException) -> None:
        """Log why the database cannot be used: at once when the reason is a new one, else once a minute.

        A refusal is logged as an error. The process lives on all the same: the password of a role may be changed after
        the Secret, and a pod that is not ready holds a rollout back, while one that ends comes back later and later.
        """
        refusal = db.refusal(error)
        message = refusal or f"The database (DATABASE_URL) cannot be used: {db.reason_away(error)}."
        now = time.monotonic()
        if message == self._said and now - self._said_at < _REPEAT_SECONDS:
            return
        self._said, self._said_at = message, now
        log("database.unavailable", level="error" if refusal else "warn", message=message)


absence = Absence()


async def look_at_database() -> None:
    """Raise DatabaseUnsuitable for a database that must not be worked on; say it of one that cannot be used now."""
    async with announced("the database (DATABASE_URL)"):
        error = await db.refuse_unsuitable()
    if error is not None:
        absence.say(error)
