"""How do administrators hold an erasure back?"""

from __future__ import annotations

from sanic import Blueprint, HTTPResponse, Request

from service.auth.roles import Permission
from service.auth.verification import UserNotFound
from service.http.errors import InvalidReason
from service.http.operations import operation
from service.http.web import answer, parse, read_body
from service.leaving import domain, schemas

bp = Blueprint("admin_leaving")


@bp.post("/admin/users/<user_id>/hold")
@operation(
    "holdUser",
    summary="Keep an account from being erased until a moment",
    description="For a duty to keep, such as an investigation; audited. The person's own answers stay the same. A hold ends"
    " by itself and can be made longer, not shorter.",
    tag="users",
    permission=Permission.ACCOUNTS_CHANGE,
    body=schemas.HoldInput,
    responses={200: schemas.HoldEnvelope},
    errors=(UserNotFound, InvalidReason, domain.InvalidUntil, domain.AccountOnHold),
)
async def hold_user(request: Request, user_id: str) -> HTTPResponse:
    fields = parse(schemas.HoldInput, await read_body(request))
    held = await domain.hold(user_id, fields.reason, fields.until, by=request.ctx.staff)
    return answer(schemas.HoldEnvelope(hold=schemas.AccountHold.model_validate(held)))
