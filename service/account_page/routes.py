"""Which pages are there, and what do their forms do?"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from dataclasses import replace

from sanic import Blueprint, HTTPResponse, Request

from service.account_page import forms, pages, schemas
from service.account_page.forms import Form, FormAlreadySent, InvalidForm
from service.account_page.pages import View
from service.auth import codes, new_password, password_rules
from service.auth.clients import address_of
from service.auth.schemas import InvalidEmail
from service.http.operations import Security, operation
from service.http.web import language_of, parse, parse_query, read_form
from service.leaving import domain as leaving
from service.users.domain import LastSuperAdmin

bp = Blueprint("account_page")
_Page = Callable[[View], HTTPResponse]
_SendCode = Callable[..., Awaitable[str | None]]
_operation = functools.partial(
    operation,
    tag="auth",
    security=Security.PUBLIC,
    query=schemas.PageQuery,
    responses={200: {"text/html": None}},
    by_language=True,
    page=True,
)


@bp.get("/account")
@_operation(
    "getAccountPage",
    summary="A page for people without a new app",
    description="HTML in English or Indonesian, without scripts. Its forms set a new password and delete an account.",
)
async def show_start(request: Request) -> HTTPResponse:
    return _shown(request, pages.start)


@bp.get("/account/password")
@_operation(
    "getPasswordPage",
    summary="The page that asks for a code for a new password",
    description="HTML; its form goes to `askOnPasswordPage`.",
)
async def show_password(request: Request) -> HTTPResponse:
    return _shown(request, pages.ask_password)


@bp.post("/account/password")
@_operation(
    "askOnPasswordPage",
    summary="Ask on the page for a code that sets a new password",
    description="Does what `requestPasswordReset` does, once a form; a form that is sent again shows the same and sends"
    " no code. Answers with the page that takes the code.",
    body=schemas.AskForm,
    errors=(InvalidForm, InvalidEmail),
)
async def ask_for_code(request: Request) -> HTTPResponse:
    return await _asked(request, pages.ask_password, Form.ASK_PASSWORD, new_password.request_reset, pages.set_password)


@bp.post("/account/password/code")
@_operation(
    "setPasswordOnPage",
    summary="Set a new password on the page, by the code that was sent",
    description="Does what `resetPassword` does, once a form: one that is sent again is 409.",
    body=schemas.SetPasswordForm,
    errors=(InvalidForm, FormAlreadySent, InvalidEmail, *codes.REFUSALS, *password_rules.REFUSALS),
)
async def set_password(request: Request) -> HTTPResponse:
    view = await _posted(request, pages.set_password)
    if view.is_shown_alone:
        return pages.set_password(view)
    fields, settings = parse(schemas.SetPasswordForm, view.form), view.settings
    if not await forms.use_token(fields.token, Form.SET_PASSWORD, fields.email, settings):
        raise FormAlreadySent
    await new_password.confirm_reset(
        fields.email,
        fields.code,
        fields.new_password,
        settings,
        client=address_of(request.ip, request.headers, settings),
        start_over=fields.start_over,
    )
    return pages.password_set(view)


@bp.get("/account/deletion")
@_operation(
    "getDeletionPage",
    summary="The page that asks for a code to delete an account",
    description="HTML; its form goes to `askOnDeletionPage`.",
)
async def show_deletion(request: Request) -> HTTPResponse:
    return _shown(request, pages.ask_deletion)


@bp.post("/account/deletion")
@_operation(
    "askOnDeletionPage",
    summary="Ask on the page for a code that deletes an account",
    description="The same page for every address, known or not; a code goes to the mailbox of an account, at most one in"
    " 60 seconds. A form that is sent again shows the same and sends no code.",
    body=schemas.AskForm,
    errors=(InvalidForm, InvalidEmail),
)
async def ask_for_deletion_code(request: Request) -> HTTPResponse:
    return await _asked(request, pages.ask_deletion, Form.ASK_DELETION, leaving.send_code, pages.delete)


@bp.post("/account/deletion/code")
@_operation(
    "deleteOnPage",
    summary="Ask on the page for the deletion of an account, by the code that was sent",
    description="Does what `requestMyDeletion` does, once a form: one that is sent again is 409. The page says by which day"
    " everything is erased.",
    body=schemas.DeleteForm,
    errors=(InvalidForm, FormAlreadySent, InvalidEmail, *codes.REFUSALS, LastSuperAdmin),
)
async def delete_account(request: Request) -> HTTPResponse:
    view = await _posted(request, pages.delete)
    if view.is_shown_alone:
        return pages.delete(view)
    fields, settings = parse(schemas.DeleteForm, view.form), view.settings
    if not await forms.use_token(fields.token, Form.DELETE, fields.email, settings):
        raise FormAlreadySent
    deletion = await leaving.request_deletion_by_code(
        fields.email, fields.code, settings, client=address_of(request.ip, request.headers, settings)
    )
    return pages.deleted(view, deletion.complete_by)


def _view(request: Request) -> View:
    language = parse_query(schemas.PageQuery, request).lang or language_of(request)
    return View(request.app.ctx.settings, language, request.path)


def _shown(request: Request, page: _Page) -> HTTPResponse:
    view = _view(request)
    _show_refusals(request, page, view)
    return page(view)


async def _asked(
    request: Request, page: _Page, form: Form, send: _SendCode, following: Callable[[View, str | None], HTTPResponse]
) -> HTTPResponse:
    """What a form that asks for a code leads to; one that is sent again leads there too and sends no code."""
    view = await _posted(request, page)
    if view.is_shown_alone:
        return page(view)
    fields, settings = parse(schemas.AskForm, view.form), view.settings
    code = None
    if await forms.use_token(fields.token, form, "", settings):
        client = address_of(request.ip, request.headers, settings)
        code = await send(fields.email, settings, client=client, language=view.language)
    return following(view, code)


async def _posted(request: Request, page: _Page) -> View:
    """What the form says; from now on a refusal is shown on `page`, with what was typed. Raises InvalidRequestBody."""
    view = replace(_view(request), posted=True)
    _show_refusals(request, page, view)
    view = replace(view, form=await read_form(request))
    _show_refusals(request, page, view)
    return view


def _show_refusals(request: Request, page: _Page, view: View) -> None:
    request.ctx.show_refusal = lambda refusal: page(replace(view, refusal=refusal))
