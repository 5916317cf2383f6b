"""Which operations tell staff what goes on?"""

from __future__ import annotations

from sanic import Blueprint, HTTPResponse, Request

from service.auth.roles import Permission
from service.http.operations import Shows, operation
from service.http.web import answer, parse_query
from service.overview import queries, schemas

bp = Blueprint("admin_overview")


@bp.get("/admin/overview/summary")
@operation(
    "getOverview",
    summary="Counts of this moment, one snapshot",
    description="What the start page of the staff site shows. `today` is the day in UTC.",
    tag="overview",
    permission=Permission.OVERVIEW,
    responses={200: schemas.OverviewSummary},
)
async def get_overview(_: Request) -> HTTPResponse:
    return answer(await queries.count_everything())


@bp.get("/admin/activity-events")
@operation(
    "listActivityEvents",
    summary="Steps of verifications and applications, newest first",
    description="What happened to verifications and applications, for the site's activity page. Times are UTC.",
    tag="overview",
    permission=Permission.OVERVIEW,
    query=schemas.ActivityQuery,
    shows=Shows("ACTIVITY", lambda body: (id for item in body.items for id in schemas.shown(item))),
    responses={200: schemas.ActivityList},
    errors=schemas.ACTIVITY_ERRORS,
)
async def list_activity_events(request: Request) -> HTTPResponse:
    query = parse_query(schemas.ActivityQuery, request)
    found = await queries.list_activities(query.wanted(), query)
    return answer(schemas.ActivityList.of(found, query))


@bp.get("/admin/audit/events")
@operation(
    "listAuditEvents",
    summary="Steps of verifications and applications with more filters, newest first",
    description="The service's own record of staff actions is not part of it.",
    tag="overview",
    permission=Permission.TRAIL_READ,
    query=schemas.AuditQuery,
    shows=Shows("ACTIVITY", lambda body: (id for item in body.items for id in schemas.shown(item))),
    responses={200: schemas.AuditList},
    errors=schemas.AUDIT_ERRORS,
)
async def list_audit_events(request: Request) -> HTTPResponse:
    query = parse_query(schemas.AuditQuery, request)
    found = await queries.list_activities(query.wanted(), query)
    return answer(schemas.AuditList.of(found, query))
