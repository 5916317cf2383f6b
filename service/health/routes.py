"""Is the process alive, is it ready, and what has it served?"""

from __future__ import annotations

import asyncio
import time
from typing import Any, Literal

from prometheus_client import REGISTRY
from prometheus_client.exposition import choose_encoder
from sanic import Blueprint, HTTPResponse, Request

from service.auth.authentication import authenticate_staff, bearer_token
from service.auth.roles import Permission
from service.base.version import VERSION
from service.database import db, migrate, waiting
from service.health.gauges import gauges
from service.http.errors import ApiError, NotFound, StorageUnavailable
from service.http.operations import STAFF_ERRORS, Security, operation
from service.http.web import Output, answer, answer_json

bp = Blueprint("health")
_CHECK_SECONDS = 1.0
_CACHE_SECONDS = 2.0


class Health(Output):
    status: Literal["ok"]
    service: Literal["api"]
    version: str


class Readiness(Output):
    """`database` and `migrations` decide; `objectStorage` is reported only: one shared outage must not end all pods."""

    status: Literal["ready", "not_ready"]
    database: Literal["ok", "unavailable", "unsuitable"]
    migrations: Literal["ok", "pending", "unknown"]
    object_storage: Literal["ok", "unavailable"]


class RouteTotals(Output):
    method: str
    route: str
    count: int
    avg_duration_ms: float
    min_duration_ms: float
    max_duration_ms: float


class Totals(Output):
    uptime_sec: int
    total_requests: int
    total_errors: int
    by_status: dict[str, int]
    routes: list[RouteTotals]


@bp.get("/health")
@operation(
    "getHealth",
    summary="Whether the process is alive; touches nothing outside it",
    description="For the platform's liveness probe.",
    tag="system",
    security=Security.PUBLIC,
    responses={200: Health},
    depends=False,
)
async def get_health(_: Request) -> HTTPResponse:
    return answer(Health(status="ok", service="api", version=VERSION))


@bp.get("/health/ready")
@operation(
    "getReadiness",
    summary="Whether the process can serve: database and schema decide, the object store is reported",
    description="For the platform's readiness probe: 503 keeps requests away.",
    tag="system",
    security=Security.PUBLIC,
    responses={200: Readiness, 503: Readiness},
    depends=False,
)
async def get_readiness(request: Request) -> HTTPResponse:
    readiness = await _readiness(request)
    ready = readiness.status == "ready"
    response = answer(readiness, 200 if ready else 503)
    if not ready:
        response.headers["Retry-After"] = "2"
    return response


async def _readiness(request: Request) -> Readiness:
    ctx = request.app.ctx
    now = time.monotonic()
    kept: tuple[float, Readiness] | None = getattr(ctx, "readiness", None)
    if kept is not None and now - kept[0] < _CACHE_SECONDS and not ctx.draining:
        return kept[1]
    (database, migrations), storage = await asyncio.gather(_check_database(), _check_storage(request))
    ready = database == "ok" and migrations == "ok" and not ctx.draining
    if ready:
        await ctx.bootstrap.attempt()  # left over from a start without a database
    readiness = Readiness(
        status="ready" if ready else "not_ready", database=database, migrations=migrations, object_storage=storage
    )
    ctx.readiness = (now, readiness)
    return readiness


async def _check_database() -> tuple[Any, Any]:
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            if await db.database_problem() is not None:
                return "unsuitable", "unknown"
            return "ok", "ok" if await migrate.head_applied() else "pending"
    except Exception as error:
        if not (db.is_unavailable(error) or isinstance(error, TimeoutError)):
            raise
        waiting.absence.say(error)
        return "unavailable", "unknown"


async def _check_storage(request: Request) -> Any:
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            await request.app.ctx.storage.check()
    except (StorageUnavailable, TimeoutError):
        return "unavailable"
    return "ok"


@bp.get("/metrics")
@operation(
    "getMetrics",
    summary="Totals since process start as JSON, or Prometheus text when Accept asks for it",
    description="Of the process that answers. Outside dev a caller without staff credentials gets the totals with no "
    "routes, always as JSON; METRICS_JSON sets another rule. With METRICS_PORT set the text is on that port alone. "
    "Durations are in milliseconds.",
    tag="system",
    security=Security.PUBLIC,
    responses={
        200: {
            "application/json": Totals,
            "text/plain": None,
            "application/openmetrics-text": None,
        }
    },
    errors=(NotFound, *STAFF_ERRORS),
)
async def get_metrics(request: Request) -> HTTPResponse:
    settings = request.app.ctx.settings
    readers = settings.metrics_json_readers
    if readers == "off":
        raise NotFound
    if readers == "admin":
        await _staff(request)
    if readers == "summary" and not await _is_staff(request):
        return answer_json(request.app.ctx.totals.summary())
    accept = request.headers.get("accept", "")
    wants_text = "text/plain" in accept or "application/openmetrics-text" in accept
    if wants_text and settings.metrics_port is None:
        encode, content_type = choose_encoder(accept)
        await gauges.refresh()
        # A thread, because thousands of lines would hold up everybody else's answer.
        return HTTPResponse(await asyncio.to_thread(encode, REGISTRY), content_type=content_type)
    return answer_json(request.app.ctx.totals.snapshot())


async def _is_staff(request: Request) -> bool:
    """Whether the credentials are staff's. Others are as none, since apps send a token with every call.

    A wrong key counts as a guess here too. Without credentials nothing outside the process is asked.
    """
    headers = request.headers
    if bearer_token(headers.get("authorization")) is None and "x-admin-api-key" not in headers:
        return False
    try:
        await _staff(request)
    except ApiError:
        return False
    except Exception as error:
        if not db.is_unavailable(error):
            raise
        return False
    return True


async def _staff(request: Request) -> None:
    await authenticate_staff(
        request.headers,
        request.app.ctx.settings,
        peer=request.ip,
        permission=Permission.OVERVIEW,
        operation_id="getMetrics",
        reads=request.app.ctx.key_uses,
    )
