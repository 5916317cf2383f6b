"""Which answers need not be made again, because nothing has changed since they were?

The rules: docs/rules/caching.md, memory of answers.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from enum import Enum
from typing import Any, NamedTuple

from sanic import HTTPResponse, Request

from service.base import metrics
from service.caching import validators
from service.http.errors import ApiError
from service.http.web import Answer

# What an entry takes beside its bytes: its key, its places in the two maps, and a set that may be empty.
_OVERHEAD_BYTES = 750


class Kind(Enum):
    """What is kept: answers of one person, answers that all share but for what they saved, and what a person saved."""

    ANSWER = "answer"
    SHARED = "shared"
    SAVED = "saved"


class Made(NamedTuple):
    """A value, and whether it may be kept: else it is for those alone who asked while it was made."""

    value: Any
    is_lasting: bool


class Memory:
    """Values of this process, the least used of which go when they take more than `most_bytes`; 0 keeps nothing.

    A key holds the marks that the request itself has read, and all else on which the value depends, and the value was
    read after them. So what is found is never older than what reading again would give.
    """

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self._values: OrderedDict[tuple[Kind, Hashable], tuple[Any, int]] = OrderedDict()
        self._making: dict[tuple[Kind, Hashable], asyncio.Future[Made | None]] = {}

    def get(self, kind: Kind, key: Hashable) -> Any | None:
        """What was kept under `key`, or None."""
        if not self.most_bytes:
            return None
        found = self._values.get((kind, key))
        metrics.count_memory(kind.value, found=found is not None)
        if found is None:
            return None
        self._values.move_to_end((kind, key))
        return found[0]

    @contextlib.contextmanager
    def making(self, kind: Kind, key: Hashable) -> Iterator[Callable[[Made], None]]:
        """While the block makes a value, others `wait` for it; they get a refusal that it raises, too.

        What is yielded takes the value, whether it is kept or not.
        """
        made: asyncio.Future[Made | None] = asyncio.get_running_loop().create_future()
        is_first = self._making.setdefault((kind, key), made) is made
        try:
            yield made.set_result
        except ApiError as refusal:
            made.set_exception(refusal)
            made.exception()  # when nobody waits, nobody looks
            raise
        except asyncio.CancelledError:
            made.cancel()
            raise
        finally:
            if is_first:
                del self._making[kind, key]
            if not made.done():
                made.set_result(None)

    async def wait(self, kind: Kind, key: Hashable) -> Made | None:
        """What somebody is just making under `key`; None when nobody is, or it failed.

        When whoever makes it is cancelled, one of those who wait makes it for the others.
        """
        while (making := self._making.get((kind, key))) is not None:
            await asyncio.wait({making})
            if not making.cancelled():
                return making.result()
        return None

    def keep(self, kind: Kind, key: Hashable, value: Any, size_bytes: int) -> None:
        """Keep `value`, which is never None and takes about `size_bytes`, under `key`."""
        size_bytes += _OVERHEAD_BYTES
        if size_bytes > self.most_bytes:
            return
        _, before = self._values.pop((kind, key), (None, 0))
        self._values[kind, key] = (value, size_bytes)
        self.bytes += size_bytes - before
        while self.bytes > self.most_bytes:
            _, (_, gone) = self._values.popitem(last=False)
            self.bytes -= gone
        metrics.answer_memory_bytes.set(self.bytes)

    def forget(self) -> None:
        """Keep nothing of what was kept."""
        self._values.clear()
        self.bytes = 0
        metrics.answer_memory_bytes.set(0)


def recall(request: Request) -> HTTPResponse | None:
    """The answer that was kept under this request's entity tag, or None; then `remember` keeps the one to come."""
    tag = validators.tag_of(request)
    if tag is None:
        return None
    body = request.app.ctx.memory.get(Kind.ANSWER, tag)
    if body is None:
        request.ctx.is_to_keep = True
        return None
    return Answer(body, content_type="application/json")


def remember(request: Request, response: HTTPResponse) -> None:
    """Keep a good answer for whom `recall` found none, unless its tag was withheld."""
    tag = validators.tag_of(request)
    if tag is not None and response.status == 200 and response.body and getattr(request.ctx, "is_to_keep", False):
        request.app.ctx.memory.keep(Kind.ANSWER, tag, response.body, len(response.body))
