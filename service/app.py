"""What is the API made of? Blueprints, the way in, the way out and the way down: the map of the application."""

from __future__ import annotations

import asyncio
import random
import re
import time
import uuid
from typing import Any

from sanic import HTTPResponse, Request, Sanic
from sanic.exceptions import BadRequest, MethodNotAllowed, PayloadTooLarge, SanicException
from sanic.exceptions import NotFound as RouteNotFound
from sanic.server.protocols.http_protocol import HttpProtocol

from service.account_page.routes import bp as account_page
from service.adapters.object_storage import ObjectStorage
from service.applications.admin_routes import bp as admin_applications
from service.applications.routes import bp as applications
from service.audit import domain as audit
from service.auth import passwords
from service.auth.authentication import authenticate, authenticate_staff, bearer_token
from service.auth.bootstrap import Bootstrap
from service.auth.key_uses import KeyUses
from service.auth.routes import bp as auth
from service.base import logs, metrics
from service.base.settings import Settings
from service.base.version import VERSION
from service.caching import validators
from service.caching.marks import content_version
from service.caching.memory import Memory, recall, remember
from service.content.feed.admin_routes import bp as admin_feed
from service.content.feed.routes import bp as feed
from service.content.jobs.admin_routes import bp as admin_jobs
from service.content.jobs.routes import bp as jobs
from service.contract.routes import bp as contract
from service.database import db, roles, waiting
from service.health.gauges import gauges
from service.health.routes import bp as health
from service.http.errors import (
    ApiError,
    DatabaseUnavailable,
    InternalError,
    InvalidRequestBody,
    MissingAccessToken,
    NotFound,
    ServerBusy,
)
from service.http.framing import StrictHttp
from service.http.operations import Security, declared_operation, template_of
from service.http.web import MAX_BODY_BYTES, Answer, answer_json, language_of
from service.kyc.admin_routes import bp as admin_kyc
from service.kyc.routes import bp as kyc
from service.leaving.admin_routes import bp as admin_leaving
from service.leaving.routes import bp as leaving
from service.lists.queries import forget_totals
from service.looks.recording import Looks
from service.organizations.admin_routes import bp as admin_organizations
from service.organizations.routes import bp as organizations
from service.overview.admin_routes import bp as overview
from service.profile.routes import bp as profile
from service.takeout.routes import bp as takeout
from service.trail.admin_routes import bp as trail
from service.users.admin_routes import bp as admin_users
from service.webhooks.routes import bp as webhooks

BLUEPRINTS = (
    health,
    contract,
    auth,
    account_page,
    jobs,
    admin_jobs,
    feed,
    admin_feed,
    applications,
    admin_applications,
    organizations,
    admin_organizations,
    admin_users,
    leaving,
    takeout,
    admin_leaving,
    overview,
    trail,
    kyc,
    admin_kyc,
    profile,
    webhooks,
)

_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "Content-Type, Authorization, x-admin-api-key, x-kyc-webhook-secret, "
    "x-kyc-webhook-signature, x-kyc-webhook-timestamp, x-idempotency-key",
    "Access-Control-Allow-Methods": "GET, POST, PATCH, DELETE, OPTIONS",
    "Access-Control-Expose-Headers": "x-request-id, Retry-After, ETag",
}
_SAFE = {"X-Content-Type-Options": "nosniff"}
_HSTS = {"Strict-Transport-Security": "max-age=31536000"}
# Only answers to OPTIONS carry it, nothing else is a preflight. Browsers keep one for two hours at most.
_PREFLIGHT = {"Access-Control-Max-Age": "7200"}
_HEARTBEAT_SECONDS = 1.0


class ApiRequest(Request):
    """A request whose target is read as the contract reads it: leading slashes count as one, one `/v1` is dropped."""

    def __init__(self, url_bytes: bytes, *args: Any, **kwargs: Any) -> None:
        super().__init__(_canonical(url_bytes), *args, **kwargs)

    @property
    def id(self) -> str:
        """A fresh id, the text of a UUID; Sanic would take the client's own."""
        if not isinstance(self._id, str):
            # Nobody gains anything by guessing one, so the system is not asked for random bytes each time.
            self._id = str(uuid.UUID(int=random.getrandbits(128), version=4))
        return self._id


def _canonical(target: bytes) -> bytes:
    if not target.startswith(b"/"):
        # A proxy's absolute form; anything else (`*`, broken URLs) is no address of ours.
        target = re.sub(rb"^https?://[^/?#]*", b"", target) or b"/"
        if not target.startswith(b"/"):
            return b"/_"
    path, mark, query = target.partition(b"?")
    path = re.sub(rb"^/+", b"/", path)
    if path == b"/v1" or path.startswith(b"/v1/"):
        path = path[3:] or b"/"
    # After `/v1` a doubled slash is a mistake further in; as the start of a target it would be read as a host.
    return (b"/_" if path.startswith(b"//") else b"") + path + mark + query


class Api(Sanic[Any, Any]):
    """Sanic, with each request measured and logged once, when its answer has left."""

    async def handle_request(self, request: Request) -> None:
        started = time.perf_counter()
        token = logs.request_id.set(str(request.id))
        metrics.http_in_flight.inc()
        try:
            await super().handle_request(request)
        finally:
            seconds = time.perf_counter() - started
            metrics.http_in_flight.dec()
            route = template_of(request.route.path) if request.route else "unmatched"
            status = getattr(request.ctx, "status", 499)
            metrics.record_request(self.ctx.totals, request.method, route, status, seconds)
            metrics.record_client(request.headers.get("user-agent", ""), self.ctx.app_versions, status)
            logs.log(
                "http.request.finished",
                requestId=str(request.id),
                method=request.method if request.method in metrics.METHODS else "OTHER",
                route=route,
                statusCode=status,
                durationMs=round(seconds * 1000),
            )
            logs.request_id.reset(token)


def create_app(settings: Settings, name: str = "jembatan") -> Sanic[Any, Any]:
    """The API for `settings`. Starts no background work: that is the worker's."""
    app = Api(name, strict_slashes=True, request_class=ApiRequest, configure_logging=False)
    app.config.update(
        AUTO_EXTEND=False,  # why: docs/adr/0004-sanic-ext-stays-off.md
        ACCESS_LOG=False,
        MOTD=False,
        REQUEST_MAX_SIZE=MAX_BODY_BYTES,
        REQUEST_TIMEOUT=60,
        RESPONSE_TIMEOUT=60,
        KEEP_ALIVE_TIMEOUT=120,  # longer than a gateway keeps its idle connections
        GRACEFUL_SHUTDOWN_TIMEOUT=20.0,
        FALLBACK_ERROR_FORMAT="json",
    )
    HttpProtocol.HTTP_CLASS = StrictHttp
    app.ctx.settings = settings
    # A browser that came in clear would take no notice of the last one.
    app.ctx.always = _CORS | _SAFE | (_HSTS if settings.public_base_url.startswith("https://") else {})
    app.ctx.totals = metrics.RequestTotals()
    app.ctx.app_versions = frozenset(filter(None, map(str.strip, settings.known_app_versions.split(","))))
    app.ctx.memory = Memory(settings.answer_memory_bytes)
    app.ctx.draining = False
    app.ctx.key_uses = KeyUses()
    app.ctx.looks = Looks()
    validators.program()
    for blueprint in BLUEPRINTS:
        app.blueprint(blueprint.copy(blueprint.name) if blueprint.registered else blueprint)
    for route in app.router.routes:
        if declared_operation(route.handler) is None:
            raise RuntimeError(f"{route.path} declares no operation")
    app.on_request(let_in)
    app.on_response(finish)  # type: ignore[no-untyped-call]  # Sanic leaves it untyped
    app.error_handler.add(Exception, explain)
    app.before_server_start(open_everything)
    app.before_server_stop(begin_drain)
    app.after_server_stop(close_everything)
    app.after_server_start(set_pace)
    return app


async def let_in(request: Request) -> HTTPResponse | None:
    """Deny by default: without a declaration that says otherwise, an operation needs a signed-in user.

    A client that has the very answer is told so, and one whose answer is in memory gets it: no handler runs.
    """
    if request.route is None:
        return None
    declared = declared_operation(request.route.handler)
    security = declared.security if declared else Security.USER
    settings: Settings = request.app.ctx.settings
    if declared and declared.permission is not None:
        request.ctx.staff = await authenticate_staff(
            request.headers,
            settings,
            peer=request.ip,
            permission=declared.permission,
            operation_id=declared.id,
            reads=request.app.ctx.key_uses if request.method == "GET" else None,
        )
    elif security is not Security.PUBLIC:
        token = bearer_token(request.headers.get("authorization"))
        if token is None and security is Security.USER:
            raise MissingAccessToken
        basis = declared.conditional if declared else None
        principal = request.ctx.principal = await authenticate(token, settings, basis) if token else None
        if declared and basis is not None:
            content = principal.content_version if principal else await content_version()
            request.ctx.content_version = content
            language = language_of(request) if declared.by_language else None
            not_modified = validators.revalidate(request, principal, content, basis, language)
            return recall(request) if not_modified is None and not declared.shared else not_modified
    return None


async def finish(request: Request, response: HTTPResponse) -> None:
    """Headers that every answer carries; while draining, the connection ends with this answer."""
    remember(request, response)
    validators.stamp(request, response)
    declared = declared_operation(request.route.handler) if request.route else None
    if declared and declared.by_language:
        response.headers["Vary"] = "Accept-Language"
    if declared and declared.shows:
        request.app.ctx.looks.note(request, declared, response)
    response.headers["x-request-id"] = str(request.id)
    response.headers.update(request.app.ctx.always)
    # What has no tag is nobody's to keep: most of it is private, and the rest changes each time.
    response.headers.setdefault("Cache-Control", "no-store")
    request.ctx.status = response.status
    if request.app.ctx.draining and request.stream is not None:
        request.stream.keep_alive = False  # type: ignore[attr-defined]  # of HTTP/1.1 streams, the only ones we serve


async def explain(request: Request, error: Exception) -> HTTPResponse:
    """Every failure as the contract's envelope, or on the page that the request came from, in the user's language."""
    if request is None:  # the connection broke before there was a request
        return Answer(status=400)
    if request.method == "OPTIONS" and isinstance(error, RouteNotFound | MethodNotAllowed):
        return Answer(status=204, headers=_PREFLIGHT)
    refusal = _as_api_error(error)
    if not refusal.quiet:
        logs.log(
            "http.request.failed",
            level="error",
            requestId=str(request.id),
            method=request.method,
            route=template_of(request.route.path) if request.route else "unmatched",
            errorName=type(error).__name__,
            errorPlace=_place(error),
        )
    headers = {"Retry-After": str(refusal.retry_after)} if refusal.retry_after is not None else {}
    if show := getattr(request.ctx, "show_refusal", None):
        page: HTTPResponse = show(refusal)
        page.headers.update(headers)
        return page
    body = {"error": {"code": refusal.code, "message": refusal.text(language_of(request))}}
    return answer_json(body, refusal.status_code, headers)


def _as_api_error(error: Exception) -> ApiError:
    if isinstance(error, ApiError):
        return error
    if isinstance(error, RouteNotFound | MethodNotAllowed):
        return NotFound()
    if isinstance(error, PayloadTooLarge | BadRequest):
        return InvalidRequestBody()
    if isinstance(error, SanicException) and error.status_code < 500:
        return InvalidRequestBody()
    if isinstance(error, db.PoolExhausted):
        return ServerBusy()
    if db.is_unavailable(error):
        return DatabaseUnavailable()
    return InternalError()


def _place(error: BaseException) -> str:
    """File and line where `error` was raised: enough to find it, without its text, which may hold values."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "unknown"


async def open_everything(app: Sanic[Any, Any]) -> None:
    settings: Settings = app.ctx.settings
    audit.configure(settings.audit_key_ring)
    await db.open_database(
        db.tortoise_config(settings.database_url, pool_max=settings.db_pool_max, application_name="jembatan-api")
    )
    await waiting.look_at_database()
    await audit.look_at_key()
    await roles.say_unprotected()
    db.observe_pool_waits(metrics.db_pool_wait.observe)
    metrics.db_pool_size.set_function(lambda: db.pool_stats().size)
    metrics.db_pool_idle.set_function(lambda: db.pool_stats().idle)
    metrics.build.info({"version": VERSION, "environment": settings.environment})
    gauges.attach()
    app.ctx.storage = ObjectStorage(settings)
    await app.ctx.storage.open()
    await asyncio.to_thread(passwords.prepare)
    app.ctx.bootstrap = Bootstrap(settings)
    await app.ctx.bootstrap.attempt()
    app.ctx.metrics_server = metrics.serve(settings.metrics_port) if settings.metrics_port else None


async def set_pace(app: Sanic[Any, Any]) -> None:
    """Measure how late the loop runs its heartbeat; a callback, so nothing has to be cancelled at the end."""
    loop = asyncio.get_running_loop()

    def beat(due: float) -> None:
        metrics.event_loop_lag.set(max(0.0, loop.time() - due))
        if not app.ctx.draining:
            app.ctx.heartbeat = loop.call_later(_HEARTBEAT_SECONDS, beat, loop.time() + _HEARTBEAT_SECONDS)

    beat(loop.time())


async def begin_drain(app: Sanic[Any, Any]) -> None:
    """From now on answers close their connections, or a busy keep-alive connection would outlast the grace period."""
    app.ctx.draining = True
    logs.log("api.shutdown.started")


async def close_everything(app: Sanic[Any, Any]) -> None:
    heartbeat = getattr(app.ctx, "heartbeat", None)
    if heartbeat is not None:
        heartbeat.cancel()
    if app.ctx.metrics_server is not None:
        app.ctx.metrics_server()
    gauges.detach()
    await app.ctx.key_uses.close()
    await app.ctx.looks.close()
    await app.ctx.storage.close()
    forget_totals()  # closing would wait for a long count
    await db.close_database()
    logs.log("api.shutdown.completed")
