"""Which operations are there for staff who check organizations?"""

from __future__ import annotations

from sanic import Blueprint, HTTPResponse, Request

from service.http.operations import Security, Shows, operation
from service.http.web import answer, parse, parse_query, read_body
from service.organizations import domain, queries, schemas

bp = Blueprint("admin_organizations")


@bp.get("/admin/organizations")
@operation(
    "listOrganizations",
    summary="Organizations with their owners and checks, newest first",
    description="Pages begin at the offset `cursor`.",
    tag="organizations",
    security=Security.ADMIN,
    query=schemas.OrganizationsQuery,
    shows=Shows("ORGANIZATION", lambda body: (id for item in body.items for id in schemas.shown(item))),
    responses={200: schemas.AdminOrganizationList},
    errors=(*schemas.PAGE_ERRORS, schemas.InvalidOrgType, schemas.InvalidVerificationStatus),
)
async def list_organizations(request: Request) -> HTTPResponse:
    query = parse_query(schemas.OrganizationsQuery, request)
    return answer(schemas.AdminOrganizationList.model_validate(await queries.list_organizations(query)))


@bp.patch("/admin/organizations/<org_id>/verification")
@operation(
    "decideOrganizationVerification",
    summary="Say what the check of an organization found; absent reasons clear the old ones",
    description="Every result may follow every other; the newest counts.",
    tag="organizations",
    security=Security.ADMIN,
    body=schemas.OrgDecisionInput,
    responses={200: schemas.OrgVerification},
    errors=(
        schemas.InvalidVerificationStatus,
        schemas.InvalidReasonCodes,
        schemas.InvalidReasonCode,
        domain.OrgNotFound,
        domain.OrgVerificationNotFound,
    ),
)
async def decide_verification(request: Request, org_id: str) -> HTTPResponse:
    fields = parse(schemas.OrgDecisionInput, await read_body(request))
    decided = await domain.decide_verification(org_id, fields, by=request.ctx.staff)
    return answer(schemas.OrgVerification.model_validate(decided))
