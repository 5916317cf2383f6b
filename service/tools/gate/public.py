"""What does the outside world see? Probes of the public hosts, over TLS."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit, urlunsplit

import orjson

from service.base.metrics import RequestTotals
from service.tools.gate.context import Context, No, json_of
from service.tools.gate.criteria import Check
from service.tools.http import Answer, Unreachable

MINIMUM_CERTIFICATE_LIFE = timedelta(days=14)
# Pages of ours that need a sign-in, and of programs behind or beside us that must not be routed at all.
_STAFF_PATHS = ("/admin/kyc/review-queue", "/users/me/profile")
_FOREIGN_PATHS = (
    "/-/healthy",
    "/api/v1/query?query=up",
    "/api/v1/status/config",
    "/graph",
    "/console",
    "/login",
    "/minio/health/live",
    "/minio/v2/metrics/cluster",
    "/debug/pprof/",
    "/.env",
    "/.git/config",
    "/server-status",
)
# What a browser accepts, and what Prometheus does.
_METRICS_FORMS = ("application/json", "text/plain", "application/openmetrics-text")
_OBJECTS_PATHS = ("/", "/minio/health/live", "/minio/v2/metrics/cluster", "/minio/admin/v3/info", "/metrics", "/login")


async def answers(context: Context, _: Check) -> str:
    """The host answers as the API."""
    url = context.the_public_url()
    found = json_of(await context.caller.get(f"{url}/health"), "GET /health")
    if (found.get("status"), found.get("service")) != ("ok", "api"):
        raise No("GET /health is not answered by the API")
    return f"{url} answers as the API, version {found.get('version')}"


async def tls(context: Context, _: Check) -> str:
    """Both hosts speak modern TLS with a trusted certificate that lasts; plain HTTP only sends there."""
    hosts = [context.the_public_url(), await _objects_url(context)]
    ends = []
    for url in hosts:
        if urlsplit(url).scheme != "https":
            raise No(f"{url} is not https")
        version, ends_at = await context.caller.certificate_of(url)
        if version not in {"TLSv1.2", "TLSv1.3"}:
            raise No(f"{url} speaks {version}")
        ends.append(ends_at)
    context.certificate_ends_at = min(ends)
    left = context.certificate_ends_at - context.now()
    if left <= MINIMUM_CERTIFICATE_LIFE:
        raise No(f"a certificate ends in {left.days} days, more than {MINIMUM_CERTIFICATE_LIFE.days} are needed")
    plain = await _plain(context)
    return f"the certificates last {left.days} days, {plain}"


async def surface(context: Context, _: Check) -> str:
    """Nothing but the API and signed uploads: no metrics beyond the summary, no console, monitoring or files."""
    url, objects = context.the_public_url(), await _objects_url(context)
    asked = 0
    for path in _STAFF_PATHS:
        status = (await context.caller.get(url + path)).status
        asked += 1
        if status != 401:
            raise No(f"{path} answers {status} to a stranger, not 401")
    shown = await _metrics_shown(context, url)
    for base, paths in ((url, _FOREIGN_PATHS), (objects, _OBJECTS_PATHS)):
        for path in paths:
            status = (await context.caller.get(base + path)).status
            asked += 1
            if status < 400 or status >= 500:
                raise No(f"{urlsplit(base).hostname}{path.partition('?')[0]} answers {status}")
    bucket = (await context.variables()).get("OBJECT_STORAGE_BUCKET", "jembatan-documents")
    listing = await context.caller.get(f"{objects}/{bucket}", {"list-type": "2"})
    if listing.status not in {401, 403, 404}:
        raise No(f"the bucket answers {listing.status} to a stranger who lists it")
    return f"{asked + 1} addresses that must not answer do not; /metrics shows a stranger {shown}"


async def _metrics_shown(context: Context, url: str) -> str:
    """What /metrics shows a stranger, in words. Raises No when that is more than the summary."""
    shown = "nothing"
    for form in _METRICS_FORMS:
        answer = await context.caller.get(f"{url}/metrics", headers={"Accept": form})
        if answer.status == 200 and not is_summary(answer):
            raise No(f"/metrics answers a stranger who accepts {form} with more than the summary")
        if answer.status not in {200, 401, 403, 404, 503}:
            raise No(f"/metrics answers {answer.status} to a stranger")
        if answer.status == 200:
            shown = "its summary"
    return shown


def is_summary(answer: Answer) -> bool:
    """Whether a good answer of /metrics is what METRICS_JSON=summary shows strangers, and nothing more."""
    try:
        found = orjson.loads(answer.body)
    except ValueError:
        return False
    if not isinstance(found, dict) or found.keys() != RequestTotals().summary().keys():
        return False
    counts, routes = found.pop("byStatus"), found.pop("routes")
    if routes != [] or not isinstance(counts, dict):
        return False
    numbers = (*counts.values(), *found.values())
    return all(re.fullmatch(r"\d{3}", status) for status in counts) and all(type(number) is int for number in numbers)


async def _plain(context: Context) -> str:
    if not context.plain_url:
        parts = urlsplit(context.the_public_url())
        context.plain_url = urlunsplit(("http", parts.hostname or "", "", "", ""))
    try:
        answer = await context.caller.get(f"{context.plain_url}/health")
    except Unreachable:
        return "plain HTTP does not answer"
    location = answer.headers.get("location", "")
    if answer.status in {301, 308} and location.startswith("https://"):
        return "plain HTTP sends to https"
    if answer.status in {403, 404, 426}:
        return f"plain HTTP answers {answer.status}"
    raise No(f"plain HTTP answers {answer.status} instead of sending to https")


async def _objects_url(context: Context) -> str:
    url = (await context.variables()).get("OBJECT_STORAGE_PUBLIC_ENDPOINT", "").rstrip("/")
    if not url:
        raise No("OBJECT_STORAGE_PUBLIC_ENDPOINT is not set: phones could not upload")
    return url
