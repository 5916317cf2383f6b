"""Which profile operations are there, and who may call them?"""

from __future__ import annotations

from sanic import Blueprint, HTTPResponse, Request

from service.caching.basis import Basis
from service.http.operations import operation
from service.http.web import answer, parse, read_body
from service.profile import domain, schemas

bp = Blueprint("profile")


@bp.get("/users/me/profile")
@operation(
    "getProfile",
    summary="The caller's own profile",
    description="Name, picture, how complete it is, and the state of the latest verification.",
    tag="profile",
    responses={200: schemas.ProfileEnvelope},
    conditional=Basis.OWN,
)
async def get_profile(request: Request) -> HTTPResponse:
    profile = await domain.read_profile(by=request.ctx.principal)
    return answer(schemas.ProfileEnvelope(profile=profile))


@bp.get("/trust/profile")
@operation(
    "getTrustProfile",
    summary="The old address of the caller's own profile",
    description="Answers as `/users/me/profile` does.",
    tag="profile",
    responses={200: schemas.ProfileEnvelope},
    conditional=Basis.OWN,
)
async def get_trust_profile(request: Request) -> HTTPResponse:
    profile = await domain.read_profile(by=request.ctx.principal)
    return answer(schemas.ProfileEnvelope(profile=profile))


@bp.patch("/users/me/profile")
@operation(
    "changeProfile",
    summary="Change the caller's own name or picture",
    description="What is absent stays; a null or blank `avatarUrl` removes the picture.",
    tag="profile",
    body=schemas.ProfileInput,
    responses={200: schemas.ProfileEnvelope},
    errors=(schemas.InvalidFullName, schemas.InvalidAvatarUrl, domain.InvalidProfileUpdate),
)
async def change_profile(request: Request) -> HTTPResponse:
    fields = parse(schemas.ProfileInput, await read_body(request))
    profile = await domain.change_profile(
        fields.full_name, fields.avatar_url, clear_avatar=fields.clears_avatar, by=request.ctx.principal
    )
    return answer(schemas.ProfileEnvelope(profile=profile))
