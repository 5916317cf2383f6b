"""Which operations have candidates for what they save, of jobs and posts alike? Declared once, for both kinds."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from sanic import Blueprint, HTTPResponse, Request

from service.caching.basis import Basis
from service.content.queries import Saves
from service.http.errors import ApiError, InvalidCursor, InvalidLimit
from service.http.operations import operation
from service.http.web import Input, Output, Page, answer, parse, parse_query, read_body
from service.lists.queries import OffsetPage


class Saved(Output):
    saved: Literal[True] = True
    created: bool


class Unsaved(Output):
    saved: Literal[False] = False
    removed: bool


class ListSaved(Protocol):
    def __call__(self, user_id: str, *, offset: int, limit: int) -> Awaitable[OffsetPage[Any]]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SavingOperations:
    """The operations under `/users/me/saved-…` and their shapes, whose ids are called after `noun`.

    `missing` is the refusal of an item that is not there, `invalid_id` of an id that is none.
    """

    saves: Saves
    noun: str
    tag: str
    list_saved: ListSaved
    list_answer: type[Output]
    body: type[Input]
    saved: type[Saved]
    unsaved: type[Unsaved]
    missing: type[ApiError]
    invalid_id: type[ApiError]

    def declare(self, bp: Blueprint) -> None:
        """Add the operations to `bp`."""
        noun, key, path = self.noun, f"{self.noun}_id", f"/users/me/saved-{self.noun}s"

        @bp.get(path)
        @operation(
            f"listSaved{noun.title()}s",
            summary=f"{noun.title()}s that the caller saved, the last saved first",
            description=f"A {noun} that was hidden since stays here; `lifecycle.effectiveStatus` tells.",
            tag=self.tag,
            query=Page,
            responses={200: self.list_answer},
            errors=(InvalidCursor, InvalidLimit),
            conditional=Basis.CONTENT,
        )
        async def list_saved(request: Request) -> HTTPResponse:
            page = parse_query(Page, request)
            found = await self.list_saved(request.ctx.principal.user_id, offset=page.cursor, limit=page.limit)
            return answer(self.list_answer.model_validate(found))

        @bp.post(path)
        @operation(
            f"save{noun.title()}",
            summary=f"Save a {noun}",
            description=f"Saving again changes nothing; `created` tells. A {noun} that is hidden is 404.",
            tag=self.tag,
            body=self.body,
            responses={200: self.saved},
            errors=(self.invalid_id, self.missing),
        )
        async def save(request: Request) -> HTTPResponse:
            item_id = getattr(parse(self.body, await read_body(request)), key)
            saving = await self.saves.save(item_id, user_id=request.ctx.principal.user_id)
            if not saving.found:
                raise self.missing
            return answer(self.saved.model_validate({"created": saving.changed, key: item_id}))

        @bp.delete(f"{path}/<{key}>")
        @operation(
            f"unsave{noun.title()}",
            summary=f"Forget a saved {noun}",
            description="Repeating it is no failure; `removed` tells.",
            tag=self.tag,
            responses={200: self.unsaved},
            errors=(self.missing,),
        )
        async def unsave(request: Request, **address: str) -> HTTPResponse:
            (item_id,) = address.values()
            saving = await self.saves.forget(item_id, user_id=request.ctx.principal.user_id)
            if not saving.found:
                raise self.missing
            return answer(self.unsaved.model_validate({"removed": saving.changed, key: item_id}))
