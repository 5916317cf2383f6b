"""Who was shown what? Noted when staff's answer is made, and written right behind it.

The rules: docs/rules/audit.md, looks.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sanic import HTTPResponse, Request

from service.base import logs, metrics
from service.http.fields import Choice, Flag, Moment, Number
from service.http.operations import Operation, Shows
from service.http.web import uuid_or_none
from service.looks import queries

MAXIMUM = 5000
"""So many looks wait at most, which takes a few megabytes; further ones are lost, and counted."""
_AT_ONCE = 100
_AGAIN_SECONDS = 2.0
_LAST_TRY_SECONDS = 5.0
_TYPED = "*"
# What these rules let through is one of a few words, a number or a time: never a name or an address.
_CLOSED = (Choice, Number, Flag, Moment)
_MAX_VALUE = 64


@dataclass(frozen=True, slots=True)
class Look:
    """One answer: who got it of which operation, what was asked, the ids shown and the number of rows."""

    actor_id: str
    operation: str
    subject_type: str
    asked: dict[str, str]
    shown: tuple[str, ...]
    count: int
    request_id: str


def look_at(request: Request, declared: Operation, shows: Shows, body: Any) -> Look:
    """The look that the answer `body` to this request is."""
    items = getattr(body, "items", None)
    named = [uuid_or_none(str(value)) for value in request.match_info.values()]
    shown = dict.fromkeys(filter(None, [*named, *shows.ids(body)]))
    return Look(
        actor_id=request.ctx.staff.actor_id,
        operation=declared.id,
        subject_type=shows.kind,
        asked=_asked(request, declared),
        shown=tuple(shown),
        count=1 if items is None else len(items),
        request_id=str(request.id),
    )


def _asked(request: Request, declared: Operation) -> dict[str, str]:
    """The declared parameters of the query; text that somebody typed is a star, for it may be a name or an id."""
    fields = declared.query.model_fields if declared.query else {}
    rules = {field.alias or name: field.metadata for name, field in fields.items()}
    asked: dict[str, str] = {}
    for name, value in request.get_query_args(errors="replace"):
        if name in rules and name not in asked:
            is_closed = any(isinstance(rule, _CLOSED) for rule in rules[name]) and len(value) <= _MAX_VALUE
            asked[name] = value if is_closed else _TYPED
    return asked


class Looks:
    """The looks of this process that are not written yet. One task writes them, many in one statement."""

    def __init__(self) -> None:
        self._waiting: deque[Look] = deque()
        self._writing: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    def note(self, request: Request, declared: Operation, response: HTTPResponse) -> None:
        """Remember the look that a good answer of `declared` is. Waits for nothing, and fails no answer."""
        body = getattr(response, "said", None)
        if declared.shows is None or body is None or response.status >= 300:
            return
        try:
            self.add([look_at(request, declared, declared.shows, body)])
        except Exception as error:
            _lose(1, error)

    def add(self, looks: Iterable[Look]) -> None:
        """Have `looks` written soon."""
        for look in looks:
            if len(self._waiting) >= MAXIMUM:
                _lose(1)
            else:
                self._waiting.append(look)
        if self._waiting and (self._writing is None or self._writing.done()):
            # Of no request: its transaction, if it has one, is about to end.
            loop = asyncio.get_running_loop()
            self._writing = loop.create_task(self._write_soon(), context=contextvars.Context())

    async def record(self) -> None:
        """Write what waits. What cannot be written waits on, and the error leaves."""
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(_AT_ONCE, len(self._waiting)))]
            try:
                await queries.insert(batch)
            except BaseException:
                self._waiting.extendleft(reversed(batch))
                raise

    async def close(self) -> None:
        """Write what is left before the database is closed; what cannot be written is lost, and counted."""
        self._closing.set()
        try:
            async with asyncio.timeout(_LAST_TRY_SECONDS):
                if self._writing is not None:
                    await asyncio.wait([self._writing])
                await self.record()
        except Exception as error:
            _lose(len(self._waiting), error)
            self._waiting.clear()

    async def _write_soon(self) -> None:
        while self._waiting and not self._closing.is_set():
            try:
                await self.record()
            except Exception as error:
                metrics.access_events_delayed.inc()
                logs.log("access.delayed", level="warn", errorName=type(error).__name__, waiting=len(self._waiting))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._closing.wait(), _AGAIN_SECONDS)


def _lose(number: int, error: BaseException | None = None) -> None:
    metrics.access_events_lost.inc(number)
    logs.log("access.lost", level="error", count=number, errorName=type(error).__name__ if error else "QueueFull")
