"""Which auth operations are there, and who may call them?"""

from __future__ import annotations

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import empty

from service.auth import accounts, codes, new_password, password_rules, schemas, sessions, sign_ins, verification
from service.auth.clients import address_of
from service.auth.devices import device_of
from service.caching.basis import Basis
from service.http.operations import Security, operation
from service.http.web import answer, language_named, language_of, parse, read_body

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
        *password_rules.REFUSALS,
        accounts.EmailExists,
        accounts.RoleAssignmentFailed,
    ),
)
async def register(request: Request) -> HTTPResponse:
    fields = parse(schemas.RegisterInput, await read_body(request))
    registered = await accounts.register(
        fields.full_name,
        fields.email,
        fields.password,
        request.app.ctx.settings,
        device=device_of(request),
        language=language_named(request),
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
    errors=(accounts.InvalidCredentials, accounts.AccountSuspended),
)
async def login(request: Request) -> HTTPResponse:
    fields = parse(schemas.LoginInput, await read_body(request))
    settings = request.app.ctx.settings
    session = await accounts.login(
        fields.identifier or fields.email,
        fields.password,
        settings,
        client=address_of(request.ip, request.headers, settings),
        device=device_of(request),
        language=language_named(request),
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
    session = await sessions.refresh(fields.refresh_token, request.app.ctx.settings, device_of(request))
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


@bp.post("/auth/password-reset")
@operation(
    "requestPasswordReset",
    summary="Ask for a code that sets a new password",
    description="202 with the same body for every address, known or not. A code goes to the mailbox of an account; at most"
    " one in 60 seconds. Asking too often is 429 with `Retry-After`.",
    tag="auth",
    security=Security.PUBLIC,
    body=schemas.PasswordResetInput,
    responses={202: schemas.ResetAccepted},
    errors=(schemas.InvalidEmail,),
)
async def request_password_reset(request: Request) -> HTTPResponse:
    fields = parse(schemas.PasswordResetInput, await read_body(request))
    settings = request.app.ctx.settings
    code = await new_password.request_reset(
        fields.email,
        settings,
        client=address_of(request.ip, request.headers, settings),
        language=language_of(request),
    )
    return answer(schemas.ResetAccepted(development_code=code), 202)


@bp.post("/auth/password-reset/confirm")
@operation(
    "resetPassword",
    summary="Set a new password by the code that was sent",
    description="Ends all sign-ins and the old password, and verifies the address; then sign in. `startOver` puts aside"
    " what somebody else left in the account, and begins an empty one.",
    tag="auth",
    security=Security.PUBLIC,
    body=schemas.ConfirmResetInput,
    responses={204: None},
    errors=(schemas.InvalidEmail, *codes.REFUSALS, *password_rules.REFUSALS),
)
async def reset_password(request: Request) -> HTTPResponse:
    fields = parse(schemas.ConfirmResetInput, await read_body(request))
    settings = request.app.ctx.settings
    await new_password.confirm_reset(
        fields.email,
        fields.code,
        fields.new_password,
        settings,
        client=address_of(request.ip, request.headers, settings),
        start_over=fields.start_over,
    )
    return empty()


@bp.post("/users/me/password")
@operation(
    "changeMyPassword",
    summary="Change the caller's own password",
    description="Ends every other sign-in. A wrong current password is 400, so that apps do not sign out.",
    tag="auth",
    body=schemas.ChangePasswordInput,
    responses={204: None},
    errors=(new_password.InvalidCurrentPassword, *password_rules.REFUSALS),
)
async def change_my_password(request: Request) -> HTTPResponse:
    fields = parse(schemas.ChangePasswordInput, await read_body(request))
    settings = request.app.ctx.settings
    await new_password.change_password(
        fields.current_password,
        fields.new_password,
        settings,
        by=request.ctx.principal,
        client=address_of(request.ip, request.headers, settings),
    )
    return empty()


@bp.get("/users/me/sessions")
@operation(
    "listMySignIns",
    summary="Where the caller is signed in, the present sign-in first",
    description="At most 100, those used last. Sign-ins that ended or whose refresh token expired are not shown.",
    tag="auth",
    responses={200: schemas.SignInList},
)
async def list_my_sign_ins(request: Request) -> HTTPResponse:
    ctx = request.app.ctx
    found = await sign_ins.list_sign_ins(ctx.settings, ctx.app_versions, by=request.ctx.principal)
    return answer(schemas.SignInList.model_validate({"items": found}))


@bp.delete("/users/me/sessions")
@operation(
    "endMyOtherSignIns",
    summary="End every sign-in of the caller but the present one",
    description="Their access tokens count no more from then on. Also right when there are no others.",
    tag="auth",
    responses={204: None},
)
async def end_my_other_sign_ins(request: Request) -> HTTPResponse:
    await sign_ins.end_others(request.app.ctx.settings, by=request.ctx.principal)
    return empty()


@bp.delete("/users/me/sessions/<session_id>")
@operation(
    "endMySignIn",
    summary="End one sign-in of the caller",
    description="Its access tokens count no more from then on. The present one may be ended too.",
    tag="auth",
    responses={204: None},
    errors=(sign_ins.SignInNotFound,),
)
async def end_my_sign_in(request: Request, session_id: str) -> HTTPResponse:
    await sign_ins.end_one(session_id, request.app.ctx.settings, by=request.ctx.principal)
    return empty()
