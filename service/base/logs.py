"""How does the product log? One JSON object a line on standard output, without personal data."""

from __future__ import annotations

import logging
import sys
from contextvars import ContextVar
from typing import Any

import orjson

from service.base.clock import format_time, utc_now

_LEVELS = {"debug": 10, "info": 20, "warn": 30, "error": 40}
_state: dict[str, Any] = {"level": 20, "service": "api"}
request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""Id of the request that is served now; audit rows carry it too."""


def configure(level: str, service: str) -> None:
    """Set the lowest level that is written and the `service` of each line; route libraries' warnings into it."""
    _state.update(level=_LEVELS[level], service=service)
    handler = _JsonHandler()
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in ("sanic.root", "sanic.error", "sanic.access", "sanic.server", "sanic.websockets"):
        logger = logging.getLogger(name)
        logger.handlers[:] = []
        logger.propagate = True
        logger.setLevel(logging.WARNING)


def log(event: str, *, level: str = "info", **fields: Any) -> None:
    """Write one line: `ts`, `level`, `service`, `event` and the fields. Never pass personal data or tokens."""
    if _LEVELS[level] < _state["level"]:
        return
    line = {"ts": format_time(utc_now()), "level": level, "service": _state["service"], "event": event, **fields}
    sys.stdout.buffer.write(orjson.dumps(line, default=str, option=orjson.OPT_APPEND_NEWLINE))
    sys.stdout.buffer.flush()


class _JsonHandler(logging.Handler):
    """Lines of libraries: their logger and the error's type; their texts may hold values, so warnings only show those."""

    def emit(self, record: logging.LogRecord) -> None:
        # Sanic calls it an error when a handler answered without reading the body. Submitting never reads one, and Sanic
        # reads the rest away itself: nothing is wrong, and any client could fill the log with it.
        if record.name == "sanic.error" and str(record.msg).endswith(" body not consumed."):
            return
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        level = "error" if record.levelno >= logging.ERROR else "warn"
        log("library.message", level=level, logger=record.name, message=str(record.msg)[:300], errorName=error)
