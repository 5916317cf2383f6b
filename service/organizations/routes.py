"""Which operations are there for those who own an organization?"""

from __future__ import annotations

from sanic import Blueprint, HTTPResponse, Request

from service.http.errors import InvalidCountryCode
from service.http.operations import operation
from service.http.web import answer, parse, read_body
from service.organizations import domain, schemas

bp = Blueprint("organizations")


@bp.post("/organizations")
@operation(
    "createOrganization",
    summary="Create an organization and own it",
    description="Each call makes another one.",
    tag="organizations",
    body=schemas.OrganizationInput,
    responses={201: schemas.Organization},
    errors=(schemas.InvalidOrgName, schemas.InvalidOrgType, InvalidCountryCode),
)
async def create_organization(request: Request) -> HTTPResponse:
    fields = parse(schemas.OrganizationInput, await read_body(request))
    created = await domain.create_organization(fields, by=request.ctx.principal)
    return answer(schemas.Organization.model_validate(created), 201)


@bp.post("/organizations/<org_id>/verification")
@operation(
    "submitOrganizationVerification",
    summary="Hand in what proves an organization; again replaces it and starts the check anew",
    description="Staff decide later. What is handed in is kept for them and never answered.",
    tag="organizations",
    body=schemas.OrgVerificationInput,
    responses={202: schemas.OrgVerification},
    errors=(
        domain.OrgNotFound,
        schemas.InvalidRegistrationNumber,
        schemas.InvalidLegalName,
        schemas.InvalidSupportingObjectKeys,
        schemas.InvalidSupportingObjectKey,
    ),
)
async def submit_verification(request: Request, org_id: str) -> HTTPResponse:
    body = await read_body(request)
    submitted = await domain.submit_verification(org_id, body, by=request.ctx.principal)
    return answer(schemas.OrgVerification.model_validate(submitted), 202)


@bp.get("/organizations/<org_id>/verification/status")
@operation(
    "getOrganizationVerification",
    summary="How far the check of an own organization is",
    description="404 before anything was handed in.",
    tag="organizations",
    responses={200: schemas.OrgVerification},
    errors=(domain.OrgNotFound, domain.OrgVerificationNotFound),
)
async def get_verification(request: Request, org_id: str) -> HTTPResponse:
    return answer(await domain.read_verification(org_id, by=request.ctx.principal))
