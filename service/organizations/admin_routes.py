"""Which operations are there for staff who check organizations?"""

from __future__ import annotations

from sanic import Blueprint, HTTPResponse, Request

from service.auth.roles import Permission
from service.http.errors import InvalidReasonCode
from service.http.operations import Shows, operation
from service.http.web import answer, parse, parse_query, read_body
from service.organizations import domain, schemas

bp = Blueprint("admin_organizations")


@bp.get("/admin/organizations")
@operation(
    "listOrganizations",
    summary="Organizations with their owners and checks, newest first",
    description="Pages begin at the offset `cursor`.",
    tag="organizations",
    permission=Permission.ORGANIZATIONS_READ,
    query=schemas.OrganizationsQuery,
    shows=Shows("ORGANIZATION", lambda body: (id for item in body.items for id in schemas.shown(item))),
    responses={200: schemas.AdminOrganizationList},
    errors=(*schemas.PAGE_ERRORS, schemas.InvalidOrgType, schemas.InvalidVerificationStatus),
)
async def list_organizations(request: Request) -> HTTPResponse:
    query = parse_query(schemas.OrganizationsQuery, request)
    page = await domain.list_organizations(query, by=request.ctx.staff)
    return answer(schemas.AdminOrganizationList.model_validate(page))


@bp.patch("/admin/organizations/<org_id>/verification")
@operation(
    "decideOrganizationVerification",
    summary="Say what the check of an organization found; absent reasons clear the old ones",
    description="Every result may follow every other; the newest counts. Refused when something else was handed in since.",
    tag="organizations",
    permission=Permission.ORGANIZATIONS_DECIDE,
    body=schemas.OrgDecisionInput,
    responses={200: schemas.AdminOrgVerification},
    errors=(
        schemas.InvalidVerificationStatus,
        schemas.InvalidReasonCodes,
        InvalidReasonCode,
        domain.OrgNotFound,
        domain.OrgVerificationNotFound,
        domain.OrganizationChanged,
    ),
)
async def decide_verification(request: Request, org_id: str) -> HTTPResponse:
    fields = parse(schemas.OrgDecisionInput, await read_body(request))
    decided = await domain.decide_verification(org_id, fields, by=request.ctx.staff)
    return answer(schemas.AdminOrgVerification.model_validate(decided))
