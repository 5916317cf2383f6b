"""How does a person ask for what is kept about them, and get it?"""

from __future__ import annotations

from sanic import Blueprint, HTTPResponse, Request

from service.http.operations import operation
from service.http.web import answer
from service.takeout import domain, schemas

bp = Blueprint("takeout")


@bp.post("/users/me/export")
@operation(
    "requestMyExport",
    summary="Ask for a file of everything that is kept about the caller",
    description="A ZIP is made within 72 hours; a mail, without a link, says when it is ready. One at a time and one a day:"
    " 429 with `Retry-After` within a day of the one before.",
    tag="auth",
    responses={202: schemas.PersonalExport},
)
async def request_export(request: Request) -> HTTPResponse:
    return answer(await domain.request_export(by=request.ctx.principal), 202)


@bp.get("/users/me/export")
@operation(
    "getMyExport",
    summary="How far the caller's latest export is, and a link to it",
    description="The link works for fifteen minutes; asking again gives a new one, for seven days after the file was made.",
    tag="auth",
    responses={200: schemas.PersonalExport},
    errors=(domain.ExportNotRequested,),
)
async def get_export(request: Request) -> HTTPResponse:
    return answer(await domain.read_export(request.app.ctx.storage, by=request.ctx.principal))
