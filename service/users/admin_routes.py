"""Which operations on accounts are there for staff?"""

from __future__ import annotations

from sanic import Blueprint, HTTPResponse, Request, empty

from service.auth import accounts, password_rules
from service.auth.roles import Permission
from service.auth.schemas import InvalidEmail, InvalidName, ProofInput, User
from service.auth.second_factor import RecentProofRequired, require_recent_proof
from service.auth.verification import UserNotFound
from service.http.errors import InvalidReason
from service.http.operations import Shows, operation
from service.http.web import answer, language_of, parse, parse_query, read_body
from service.kyc.admin_schemas import KycReviewHistory
from service.kyc.schemas import SessionChoice
from service.kyc.states import KycSessionNotFound
from service.profile.schemas import ProfileEnvelope
from service.users import domain, queries, schemas, suspension

bp = Blueprint("admin_users")


@bp.get("/admin/users")
@operation(
    "listUsers",
    summary="All accounts, newest first",
    description="`q` looks in name and address. Pages begin at the offset `cursor`.",
    tag="users",
    permission=Permission.ACCOUNTS_READ,
    query=schemas.UsersQuery,
    shows=Shows("USER", lambda body: (user.id for user in body.items)),
    responses={200: schemas.UserList},
    errors=schemas.LIST_ERRORS,
)
async def list_users(request: Request) -> HTTPResponse:
    query = parse_query(schemas.UsersQuery, request)
    return answer(schemas.UserList.model_validate(await queries.list_users(query)))


@bp.post("/admin/users")
@operation(
    "createUser",
    summary="Make an account, an administrator's unless roles are named",
    description="The address counts as any other: a second account with it is 409.",
    tag="users",
    permission=Permission.ACCOUNTS_CHANGE,
    body=schemas.CreateUserInput,
    responses={201: schemas.UserEnvelope},
    errors=(
        RecentProofRequired,
        InvalidName,
        InvalidEmail,
        *password_rules.REFUSALS,
        schemas.InvalidRoles,
        accounts.EmailExists,
        accounts.RoleAssignmentFailed,
    ),
)
async def create_user(request: Request) -> HTTPResponse:
    fields = parse(schemas.CreateUserInput, await read_body(request))
    await require_recent_proof(request.ctx.staff.principal, fields.otp, request.app.ctx.settings)
    user = await domain.create_user(fields, request.app.ctx.settings, by=domain.Actor.of(request.ctx.staff))
    return answer(schemas.UserEnvelope(user=User.model_validate(user)), 201)


@bp.patch("/admin/users/<user_id>")
@operation(
    "changeUser",
    summary="Change an account's name, password or roles",
    description="A new password ends the user's sign-ins; new roles replace the old ones and end none.",
    tag="users",
    permission=Permission.ACCOUNTS_CHANGE,
    body=schemas.PatchUserInput,
    responses={200: schemas.UserEnvelope},
    errors=(
        RecentProofRequired,
        UserNotFound,
        schemas.InvalidRoles,
        schemas.InvalidRequest,
        InvalidName,
        *password_rules.REFUSALS,
        domain.LastSuperAdmin,
        accounts.RoleAssignmentFailed,
    ),
)
async def change_user(request: Request, user_id: str) -> HTTPResponse:
    body = await read_body(request)
    if {"roles", "password"} & body.keys():
        proof = parse(ProofInput, body)
        await require_recent_proof(request.ctx.staff.principal, proof.otp, request.app.ctx.settings)
    user = await domain.change_user(user_id, body, request.app.ctx.settings, by=domain.Actor.of(request.ctx.staff))
    return answer(schemas.UserEnvelope(user=User.model_validate(user)))


@bp.post("/admin/users/<user_id>/suspension")
@operation(
    "suspendUser",
    summary="Let a person in no more",
    description="All their sign-ins end at once. Signing in with the right password is 403 `account_suspended`, and every"
    " other use of a token answers as for a sign-in that has ended. A second time changes nothing. The reason is on record.",
    tag="users",
    permission=Permission.ACCOUNTS_CHANGE,
    body=schemas.SuspensionInput,
    responses={200: schemas.SuspensionEnvelope},
    errors=(UserNotFound, InvalidReason, domain.LastSuperAdmin, accounts.RoleAssignmentFailed),
)
async def suspend_user(request: Request, user_id: str) -> HTTPResponse:
    fields = parse(schemas.SuspensionInput, await read_body(request))
    made = await suspension.suspend(user_id, fields.reason, by=domain.Actor.of(request.ctx.staff))
    return answer(schemas.SuspensionEnvelope(suspension=schemas.Suspension.model_validate(made)))


@bp.delete("/admin/users/<user_id>/suspension")
@operation(
    "liftSuspension",
    summary="Let a suspended person sign in again",
    description="What ended stays ended. Nothing happens to an account that is not suspended.",
    tag="users",
    permission=Permission.ACCOUNTS_CHANGE,
    responses={204: None},
    errors=(UserNotFound,),
)
async def lift_suspension(request: Request, user_id: str) -> HTTPResponse:
    await suspension.lift(user_id, by=domain.Actor.of(request.ctx.staff))
    return empty()


@bp.delete("/admin/users/<user_id>/sessions")
@operation(
    "endSignInsOfUser",
    summary="End all sign-ins of a person",
    description="On every device, at once. They may sign in again.",
    tag="users",
    permission=Permission.ACCOUNTS_CHANGE,
    responses={204: None},
    errors=(UserNotFound,),
)
async def end_sign_ins_of_user(request: Request, user_id: str) -> HTTPResponse:
    await suspension.end_sign_ins(user_id, by=domain.Actor.of(request.ctx.staff))
    return empty()


@bp.get("/admin/users/<user_id>")
@operation(
    "getUser",
    summary="One account",
    description="With roles, and whether the address is proven.",
    tag="users",
    permission=Permission.PEOPLE_READ,
    shows=Shows("USER"),
    responses={200: schemas.UserEnvelope},
    errors=(UserNotFound,),
)
async def get_user(request: Request, user_id: str) -> HTTPResponse:
    user = await domain.read_user(user_id, by=domain.Actor.of(request.ctx.staff))
    return answer(schemas.UserEnvelope(user=User.model_validate(user)))


@bp.get("/admin/users/<user_id>/profile")
@operation(
    "getUserProfile",
    summary="A user's profile, as they see it themselves",
    description="Name, picture, how complete it is, and the state of the latest verification.",
    tag="users",
    permission=Permission.PEOPLE_READ,
    shows=Shows("USER"),
    responses={200: ProfileEnvelope},
    errors=(UserNotFound,),
)
async def get_user_profile(request: Request, user_id: str) -> HTTPResponse:
    profile = await domain.read_profile(user_id, by=domain.Actor.of(request.ctx.staff))
    return answer(ProfileEnvelope(profile=profile))


@bp.get("/admin/users/<user_id>/kyc/history")
@operation(
    "getUserKycHistory",
    summary="What happened to a verification of a user, oldest first; the latest one unless named",
    description="`sessionId` names the verification.",
    tag="users",
    permission=Permission.VERIFICATIONS_READ,
    query=SessionChoice,
    shows=Shows("USER", lambda body: (body.session and body.session.id,)),
    responses={200: KycReviewHistory},
    errors=(UserNotFound, KycSessionNotFound),
    by_language=True,
)
async def get_user_kyc_history(request: Request, user_id: str) -> HTTPResponse:
    query = parse_query(SessionChoice, request)
    history = await domain.read_kyc_history(
        user_id, query.session_id, by=domain.Actor.of(request.ctx.staff), language=language_of(request)
    )
    return answer(history)
