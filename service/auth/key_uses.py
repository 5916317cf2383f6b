"""How often was the staff key used to read? Counted in memory, and written into the audit trail once a minute.

The rules: docs/rules/staff.md.
"""

from __future__ import annotations

import asyncio
import contextvars
from dataclasses import dataclass
from datetime import datetime

from tortoise.transactions import in_transaction

from service.audit.domain import audit
from service.auth.principal import Staff
from service.base import logs
from service.base.clock import utc_now

RECORD_SECONDS = 60.0
_LAST_TRY_SECONDS = 5.0


@dataclass(slots=True)
class _Uses:
    """How often an operation was called, and when first and last."""

    count: int
    first: datetime
    last: datetime


class KeyUses:
    """The reads by staff key that this process let in and has not recorded: a row an operation, so it stays small."""

    def __init__(self, every_seconds: float = RECORD_SECONDS) -> None:
        self._every = every_seconds
        self._uses: dict[str, _Uses] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._recording: asyncio.Task[None] | None = None

    def add(self, operation_id: str) -> None:
        """Count one use; the first after a record sets the time of the next. Waits for nothing."""
        now = utc_now()
        uses = self._uses.get(operation_id)
        if uses is None:
            self._uses[operation_id] = _Uses(1, now, now)
        else:
            uses.count += 1
            uses.last = now
        self._set_timer()

    async def record(self) -> None:
        """Leave one audit row an operation, in one transaction. What cannot be written stays counted, and the error leaves."""
        taken, self._uses = self._uses, {}
        if not taken:
            return
        try:
            async with in_transaction():
                for operation_id, uses in taken.items():
                    await audit_use(
                        operation_id,
                        {"reads": uses.count, "first": uses.first.isoformat(), "last": uses.last.isoformat()},
                    )
        except BaseException:
            for operation_id, uses in taken.items():
                since = self._uses.get(operation_id)
                if since is not None:
                    uses.count += since.count
                    uses.last = since.last
                self._uses[operation_id] = uses
            raise

    async def close(self) -> None:
        """Record what is left before the database is closed; what cannot be written is logged."""
        if self._timer is not None:
            self._timer.cancel()
        try:
            async with asyncio.timeout(_LAST_TRY_SECONDS):
                if self._recording is not None:
                    await self._recording
                await self.record()
        except Exception as error:
            lost = {operation_id: uses.count for operation_id, uses in self._uses.items()}
            logs.log("staff.key_uses_lost", level="error", errorName=type(error).__name__, reads=lost)

    def _set_timer(self) -> None:
        if self._timer is None:
            # Outside of the request that came first, whose id is not that of the others.
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._every, self._begin, context=contextvars.Context())

    def _begin(self) -> None:
        self._recording = asyncio.get_running_loop().create_task(self._try())

    async def _try(self) -> None:
        try:
            await self.record()
        except Exception as error:
            logs.log("staff.key_uses_delayed", level="warn", errorName=type(error).__name__)
        self._timer = None
        if self._uses:
            self._set_timer()


async def audit_use(operation_id: str, detail: dict[str, object] | None = None) -> None:
    """Leave the row `staff.key_used`: one use, or what `detail` says."""
    await audit(
        "staff.key_used",
        actor_type="ADMIN",
        actor_id=Staff(None).actor_id,
        subject_type="OPERATION",
        subject_id=operation_id,
        detail=detail,
    )
