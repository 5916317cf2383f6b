"""How does staff ask for the audit trail?"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

import orjson
from sanic import Blueprint, HTTPResponse, Request
from sanic.response import BaseHTTPResponse, ResponseStream

from service.auth.roles import Permission
from service.base.clock import format_time
from service.http.operations import Shows, declared_operation, operation
from service.http.web import answer, parse_query
from service.looks.recording import look_at
from service.trail import queries, schemas

bp = Blueprint("admin_trail")

_CSV = "text/csv"
_COLUMNS = (
    "kind",
    "id",
    "occurredAt",
    "actorType",
    "actorId",
    "action",
    "subjectType",
    "subjectId",
    "requestId",
    "sequence",
    "detail",
    "shownIds",
    "count",
)
# A cell that begins so is a formula to programs that show tables.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@bp.get("/admin/audit/trail")
@operation(
    "listAuditTrail",
    summary="Who did what to whom, newest first; with include=access also who was shown what",
    description="The service's own record. `from` and `to` are both included. With `Accept: text/csv` the answer is a stream of"
    " at most 10 000 rows, whatever `limit` says, in which a cell that a table program would take for a formula begins with an"
    " apostrophe. Each answer is itself on record as a look.",
    tag="overview",
    permission=Permission.TRAIL_READ,
    query=schemas.TrailQuery,
    shows=Shows("AUDIT_EVENT", lambda body: (id for item in body.items for id in schemas.shown(item))),
    responses={200: {"application/json": schemas.TrailList, _CSV: None}},
    errors=schemas.TRAIL_ERRORS,
)
async def list_trail(request: Request) -> HTTPResponse:
    query = parse_query(schemas.TrailQuery, request).checked()
    if _CSV not in request.headers.get("accept", "").lower():
        return answer(await queries.list_trail(query))
    batches = queries.walk_trail(query)
    # What is refused or unavailable is said before the answer begins.
    nothing: list[schemas.TrailEvent] = []
    first = await anext(batches, nothing)

    async def send(response: BaseHTTPResponse | ResponseStream) -> None:
        assert isinstance(response, ResponseStream)
        await response.write(_lines([_COLUMNS]))
        await _write(request, response, first)
        async for batch in batches:
            await _write(request, response, batch)

    return ResponseStream(send, content_type="text/csv; charset=utf-8")  # type: ignore[return-value]  # Sanic takes both


async def _write(request: Request, response: ResponseStream, batch: list[schemas.TrailEvent]) -> None:
    await response.write(_lines(map(_cells, batch)))
    declared = declared_operation(list_trail)
    assert declared is not None
    assert declared.shows is not None
    page = schemas.TrailList(items=batch, page_info=schemas.TrailPageInfo(after=None, limit=len(batch)))
    request.app.ctx.looks.add([look_at(request, declared, declared.shows, page)])


def _cells(event: schemas.TrailEvent) -> Iterable[str]:
    values = (
        event.kind,
        event.id,
        format_time(event.occurred_at),
        event.actor_type,
        event.actor_id,
        event.action,
        event.subject_type,
        event.subject_id,
        event.request_id,
        event.sequence,
        orjson.dumps(event.detail).decode(),
        " ".join(event.shown_ids),
        event.count,
    )
    return ["" if value is None else _safe(str(value)) for value in values]


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _lines(rows: Iterable[Iterable[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue()
