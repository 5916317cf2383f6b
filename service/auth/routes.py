"""Which auth operations are there, and who may call them?"""

from __future__ import annotations

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import empty

from service.auth import accounts, codes, schemas, sessions, verification
from service.auth.clients import address_of
from service.caching.basis import Basis
from service.http.operations import Security, operation
from service.http.web import answer, language_of, parse, read_body

bp = Blueprint("auth")


@bp.post("/auth/register")
@operation(
    "register",
    summary="Create an account and sign it in",
    description="The new account is signed in at once; a code is on its way to the address. Nothing waits for its proof.",
    tag="auth",
    security=Security.PUBLIC,
    body=schemas.RegisterInput,
    responses={201: schemas.RegisterResponse},
    errors=(
        schemas.InvalidName,
        schemas.InvalidEmail,
        schemas.InvalidPassword,
        accounts.EmailExists,
        accounts.RoleAssignmentFailed,
    ),
)
async def register(request: Request) -> HTTPResponse:
    fields = parse(schemas.RegisterInput, await read_body(request))
    registered = await accounts.register(
        fields.full_name, fields.email, fields.password, request.app.ctx.settings, language=language_of(request)
    )
    return answer(schemas.RegisterResponse.model_validate(registered), 201)


@bp.post("/auth/login")
@operation(
    "login",
    summary="Sign in with an e-mail address and a password",
    description="`identifier` or `email` names the account. Too many wrong passwords are 429 with `Retry-After`.",
    tag="auth",
    security=Security.PUBLIC,
    body=schemas.LoginInput,
    responses={200: schemas.AuthResponse},
    errors=(accounts.InvalidCredentials,),
)
async def login(request: Request) -> HTTPResponse:
    fields = parse(schemas.LoginInput, await read_body(request))
    settings = request.app.ctx.settings
    session = await accounts.login(
        fields.identifier or fields.email,
        fields.password,
        settings,
        client=address_of(request.ip, request.headers, settings),
    )
    return answer(schemas.AuthResponse.model_validate(session))


@bp.post("/auth/refresh")
@operation(
    "refresh",
    summary="Exchange a refresh token for a fresh pair of tokens",
    description="The same token leads to the same successor until that one was used, so a lost answer may be repeated.",
    tag="auth",
    security=Security.PUBLIC,
    body=schemas.RefreshInput,
    responses={200: schemas.AuthResponse},
    errors=(sessions.MissingRefreshToken, sessions.InvalidRefreshToken),
)
async def refresh(request: Request) -> HTTPResponse:
    fields = parse(schemas.RefreshInput, await read_body(request))
    session = await sessions.refresh(fields.refresh_token, request.app.ctx.settings)
    return answer(schemas.AuthResponse.model_validate(session))


@bp.post("/auth/logout")
@operation(
    "logout",
    summary="End a sign-in; an unknown token is no failure",
    description="The access token of the same sign-in ends with it.",
    tag="auth",
    security=Security.PUBLIC,
    body=schemas.LogoutInput,
    responses={204: None},
)
async def logout(request: Request) -> HTTPResponse:
    fields = parse(schemas.LogoutInput, await read_body(request))
    if fields.refresh_token:
        await sessions.logout(fields.refresh_token)
    return empty()


@bp.get("/auth/me")
@operation(
    "getMe",
    summary="The signed-in user",
    description="Tells an app that starts whether its sign-in still counts, and who is signed in.",
    tag="auth",
    responses={200: schemas.Me},
    conditional=Basis.OWN,
)
async def get_me(request: Request) -> HTTPResponse:
    return answer(schemas.Me(user=schemas.User.model_validate(request.ctx.principal)))


@bp.post("/auth/email-verification/resend")
@operation(
    "resendVerificationCode",
    summary="Send another verification code",
    description="At most one mail in 60 seconds: 429 with `Retry-After` before that. Only the newest code counts.",
    tag="auth",
    security=Security.PUBLIC,
    body=schemas.ResendInput,
    responses={200: schemas.EmailChallenge},
    errors=(schemas.InvalidEmail, verification.UserNotFound, verification.VerificationCodeThrottled),
)
async def resend_code(request: Request) -> HTTPResponse:
    fields = parse(schemas.ResendInput, await read_body(request))
    challenge = await verification.resend_code(fields.email, request.app.ctx.settings, language=language_of(request))
    return answer(schemas.EmailChallenge.model_validate(challenge))


@bp.post("/auth/email-verification/verify")
@operation(
    "verifyEmail",
    summary="Verify an e-mail address with its code",
    description="A code counts for 600 seconds. After five wrong tries it is locked; ask for another one.",
    tag="auth",
    security=Security.PUBLIC,
    body=schemas.VerifyInput,
    responses={200: schemas.EmailResult},
    errors=(
        schemas.InvalidEmail,
        *codes.REFUSALS,
    ),
)
async def verify_email(request: Request) -> HTTPResponse:
    fields = parse(schemas.VerifyInput, await read_body(request))
    verified = await verification.verify_code(fields.email, fields.code, request.app.ctx.settings)
    return answer(schemas.EmailResult.model_validate(verified))
