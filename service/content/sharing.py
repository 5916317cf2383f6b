"""How is one encoded answer about jobs or posts right for many callers? They differ in what each has saved.

The rules: docs/rules/caching.md, memory of answers.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Self

from sanic import HTTPResponse, Request

from service.auth.principal import Principal
from service.caching import validators
from service.caching.memory import Kind, Made, Memory
from service.content.queries import Saves
from service.http.web import Answer, Output, answer

# Inside a text, quotation marks are escaped: these bytes are the key and its value, once for each item.
_SAVED = re.compile(rb'"saved":(?:true|false)')
_WORDS = (b'"saved":false', b'"saved":true')
_MOST_SAVES = 1000
_PIECE_BYTES = 100

Read = Callable[[], Awaitable[tuple[Output, Sequence[str]]]]


@dataclass(frozen=True, slots=True)
class Shared:
    """An encoded answer without the words that say what the caller saved: the pieces around them, and their ids."""

    ids: tuple[str, ...]
    pieces: tuple[bytes, ...]

    @classmethod
    def of(cls, body: bytes, ids: Sequence[str]) -> Self:
        """From the answer to anybody, whose items have `ids`."""
        pieces = _SAVED.split(body)
        assert len(pieces) == len(ids) + 1, "an item says once whether it is saved"
        return cls(tuple(ids), tuple(pieces))

    @property
    def size_bytes(self) -> int:
        return sum(map(len, self.pieces)) + sum(map(len, self.ids)) + _PIECE_BYTES * len(self.pieces)

    def to(self, saved: Collection[str]) -> bytes:
        """The answer to somebody who keeps `saved`."""
        parts = [self.pieces[0]]
        for item_id, piece in zip(self.ids, self.pieces[1:], strict=True):
            parts += (_WORDS[item_id in saved], piece)
        return b"".join(parts)


async def answer_shared(request: Request, saves: Saves, read: Read) -> HTTPResponse:
    """The answer that `read` makes for the caller, or the same bytes from memory; those who ask at once read once.

    `read` returns it with the ids of its items, in their order. For people who are signed in it differs in nothing but
    their `saved`; strangers all get the same.
    """
    principal: Principal | None = request.ctx.principal
    memory: Memory = request.app.ctx.memory
    if not memory.most_bytes or validators.tag_of(request) is None:
        body, _ = await read()
        return answer(body)
    key = (principal is None, request.path, request.query_string, request.ctx.content_version)
    shared: Shared | None = memory.get(Kind.SHARED, key)
    if shared is None and (made := await memory.wait(Kind.SHARED, key)) is not None:
        shared = made.value
        if not made.is_lasting:
            validators.withhold(request)
    if shared is not None:
        saved = await _saved_of(principal, saves, shared.ids, memory) if principal else ()
        return Answer(shared.to(saved), content_type="application/json")
    with memory.making(Kind.SHARED, key) as hand_over:
        body, ids = await read()
        response = answer(body)
        shared = Shared.of(response.body or b"", ids)
        is_lasting = validators.tag_of(request) is not None
        if is_lasting:
            memory.keep(Kind.SHARED, key, shared, shared.size_bytes + len(request.query_string))
        hand_over(Made(shared, is_lasting))
    return response


async def _saved_of(principal: Principal, saves: Saves, ids: Sequence[str], memory: Memory) -> Collection[str]:
    """What the caller saved, at least of `ids`. Of very many saves it is only remembered that they are too many."""
    key = (saves.table, principal.user_id, principal.own_version)
    kept: frozenset[str] | bool | None = memory.get(Kind.SAVED, key)
    if kept is None:
        found = await saves.ids_of(principal.user_id, most=_MOST_SAVES + 1)
        kept = found if len(found) <= _MOST_SAVES else False
        memory.keep(Kind.SAVED, key, kept, sum(map(len, found)) + _PIECE_BYTES * len(found) if kept else 0)
    return kept if isinstance(kept, frozenset) else await saves.ids_among(ids, user_id=principal.user_id)
