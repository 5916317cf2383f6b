"""What are the marks of all content, for callers whose session nobody checks?

The rules: docs/rules/caching.md.
"""

from __future__ import annotations

import asyncio
import contextvars

from service.caching.queries import find_content_version

PATIENCE_SECONDS = 0.5
"""Strangers are answered without a tag when the marks take longer, as while somebody alters a table that they need."""

_reading: asyncio.Task[str | None] | None = None
_to_come: asyncio.Task[str | None] | None = None


async def content_version() -> str | None:
    """The version of all content, read after this call; none when nobody can say.

    One statement at a time, for all who have asked before it is sent.
    """
    global _to_come
    if _to_come is None:
        # Of no request: it outlives the one that asks first.
        _to_come = asyncio.get_running_loop().create_task(_read(_reading), context=contextvars.Context())
        _to_come.add_done_callback(_look_at)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await asyncio.shield(_to_come)
    except TimeoutError:
        return None


async def _read(before: asyncio.Task[str | None] | None) -> str | None:
    global _reading, _to_come
    if before is not None and not before.done():
        await asyncio.wait({before})
    # Who asks from now on gets the one after this.
    _reading, _to_come = _to_come, None
    return await find_content_version()


def _look_at(task: asyncio.Task[str | None]) -> None:
    """Those who waited have seen the error; when nobody did, it is nobody's."""
    if not task.cancelled():
        task.exception()
