"""How does a person ask for the end of their account, and take that back?"""

from __future__ import annotations

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import empty

from service.auth.clients import address_of
from service.auth.new_password import InvalidCurrentPassword
from service.http.operations import operation
from service.http.web import answer, parse, read_body
from service.leaving import domain, schemas
from service.users.domain import LastSuperAdmin

bp = Blueprint("leaving")


@bp.post("/users/me/deletion")
@operation(
    "requestMyDeletion",
    summary="Ask for the deletion of the caller's own account",
    description="All sign-ins end at once. Until `completeBy` everything of the person is erased; before the erasure begins,"
    " signing in and `DELETE` take the request back. Asking again changes no date. A wrong password is 400, so that apps do"
    " not sign out.",
    tag="auth",
    body=schemas.DeletionInput,
    responses={202: schemas.AccountDeletion},
    errors=(InvalidCurrentPassword, LastSuperAdmin),
)
async def request_deletion(request: Request) -> HTTPResponse:
    fields = parse(schemas.DeletionInput, await read_body(request))
    settings = request.app.ctx.settings
    deletion = await domain.request_deletion(
        fields.password,
        settings,
        by=request.ctx.principal,
        client=address_of(request.ip, request.headers, settings),
    )
    return answer(schemas.AccountDeletion.model_validate(deletion), 202)


@bp.delete("/users/me/deletion")
@operation(
    "cancelMyDeletion",
    summary="Keep the caller's own account after all",
    description="Takes the request for deletion back; the sign-in goes on.",
    tag="auth",
    responses={204: None},
    errors=(domain.DeletionNotRequested,),
)
async def cancel_deletion(request: Request) -> HTTPResponse:
    await domain.cancel_deletion(by=request.ctx.principal)
    return empty()
