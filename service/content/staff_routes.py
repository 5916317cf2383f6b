"""Which operations have staff for jobs and posts alike? Declared once, for both kinds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Generic, Literal

from sanic import Blueprint, HTTPResponse, Request

from service.auth.roles import Permission
from service.base.clock import utc_now
from service.content.bulk import BulkAnswer, BulkInput, InvalidBulkAction, change_in_bulk
from service.content.lifecycle import Shown
from service.content.publication import (
    LIFECYCLE_ERRORS,
    WITHDRAWN,
    InvalidLifecycleDate,
    PublishInput,
    ScheduleInput,
    published,
    scheduled,
)
from service.content.table import ItemT, PublishedTable
from service.http.errors import ApiError
from service.http.operations import Responses, operation
from service.http.web import Input, Output, answer, language_of, parse, read_body


class Removed(Output):
    removed: Literal[True] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffOperations(Generic[ItemT]):
    """The operations under `path` that change the items of `table`, and their shapes.

    `plural` is the kind's word in summaries, `losing` what goes with a removed item, `readers` who sees the items, and
    `described` what is particular about an operation, by its verb. `item` answers one item inside
    `envelope`, whose only field is the table's noun; `field_errors` are those of the fields of a new or changed item, and
    `ids_error` the one of a bulk request's ids.
    """

    table: PublishedTable[ItemT]
    path: str
    plural: str
    losing: str
    readers: str
    described: dict[str, str]
    item: type[Shown]
    envelope: type[Output]
    create_body: type[Input]
    change_body: type[Input]
    field_errors: tuple[type[ApiError], ...]
    removed: type[Removed]
    bulk_body: type[BulkInput]
    bulk: type[BulkAnswer]
    ids_error: type[ApiError]

    def declare(self, bp: Blueprint) -> None:
        """Add the operations to `bp`."""
        noun, missing, one = self.table.noun, self.table.missing, f"{self.path}/<{self.table.noun}_id>"
        declared = partial(operation, tag="staff content", permission=Permission.CONTENT_WRITE)
        told: Responses = {200: self.envelope}

        @bp.post(self.path)
        @declared(
            f"create{noun.title()}",
            summary=f"Make a {noun}",
            description=self.described["create"],
            body=self.create_body,
            responses={201: self.envelope},
            errors=(*LIFECYCLE_ERRORS, *self.field_errors),
        )
        async def create(request: Request) -> HTTPResponse:
            return self._answer(await self.table.create(await read_body(request), by=request.ctx.staff), 201)

        @bp.patch(one)
        @declared(
            f"change{noun.title()}",
            summary=f"Change a {noun}; what is absent stays",
            description=self.described["change"],
            body=self.change_body,
            responses=told,
            errors=(missing, *LIFECYCLE_ERRORS, *self.field_errors),
        )
        async def change(request: Request, **address: str) -> HTTPResponse:
            (item_id,) = address.values()
            return self._answer(await self.table.change(item_id, await read_body(request), by=request.ctx.staff))

        @bp.delete(one)
        @declared(
            f"remove{noun.title()}",
            summary=f"Remove a {noun} with its {self.losing}",
            description=self.described["remove"],
            responses={200: self.removed},
            errors=(missing,),
        )
        async def remove(request: Request, **address: str) -> HTTPResponse:
            (item_id,) = address.values()
            await self.table.remove(item_id, by=request.ctx.staff)
            return answer(self.removed.model_validate(address))

        @bp.post(f"{one}/publish")
        @declared(
            f"publish{noun.title()}",
            summary=f"Show a {noun} from now on",
            description="Without `publishedAt` the moment of the call counts.",
            body=PublishInput,
            responses=told,
            errors=(missing, InvalidLifecycleDate),
        )
        async def publish(request: Request, **address: str) -> HTTPResponse:
            (item_id,) = address.values()
            body = await read_body(request)
            await self.table.require(item_id)
            publication = published(utc_now(), parse(PublishInput, body).published_at)
            return self._answer(await self.table.publish(item_id, publication, by=request.ctx.staff))

        @bp.post(f"{one}/unpublish")
        @declared(
            f"unpublish{noun.title()}",
            summary=f"Hide a {noun}",
            description=f"{self.readers} no longer find it; {self.described['unpublish']}",
            reads_body=True,
            responses=told,
            errors=(missing,),
        )
        async def unpublish(request: Request, **address: str) -> HTTPResponse:
            (item_id,) = address.values()
            await read_body(request)
            return self._answer(await self.table.publish(item_id, WITHDRAWN, by=request.ctx.staff))

        @bp.post(f"{one}/schedule")
        @declared(
            f"schedule{noun.title()}",
            summary=f"Show a {noun} from a moment on",
            description=f"{self.readers} see it once the moment has come; nothing else has to be called.",
            body=ScheduleInput,
            responses=told,
            errors=(InvalidLifecycleDate, missing),
        )
        async def schedule(request: Request, **address: str) -> HTTPResponse:
            (item_id,) = address.values()
            wanted = parse(ScheduleInput, await read_body(request))
            publication = scheduled(wanted.scheduled_at, dated=self.table.is_dated)
            return self._answer(await self.table.publish(item_id, publication, by=request.ctx.staff))

        @bp.post(f"{self.path}/bulk")
        @declared(
            f"change{noun.title()}sInBulk",
            summary=f"Publish, hide, schedule or remove several {self.plural}, each on its own",
            description="Always 200 with one outcome an item: one item's failure stops no other.",
            body=self.bulk_body,
            responses={200: self.bulk},
            errors=(InvalidBulkAction, self.ids_error),
        )
        async def change_many(request: Request) -> HTTPResponse:
            body = await read_body(request)
            wanted = parse(self.bulk_body, body)
            results = await change_in_bulk(
                self.table, wanted, body, by=request.ctx.staff, language=language_of(request)
            )
            return answer(self.bulk.of(wanted.action, results))

    def _answer(self, item: ItemT, status: int = 200) -> HTTPResponse:
        return answer(self.envelope.model_validate({self.table.noun: self.item.of(item)}), status)
