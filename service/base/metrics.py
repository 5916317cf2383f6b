"""What does the product measure? Every Prometheus metric by name, and the JSON that the old dashboards read."""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Callable
from typing import Any

from prometheus_client import Counter, Gauge, Histogram, Info, disable_created_metrics, start_http_server

# One more series for each counter and histogram, and nobody asks when a series began.
disable_created_metrics()  # type: ignore[no-untyped-call]  # the library leaves it untyped

# 0.3, 0.5 and 1 are the objectives (observability/README.md): the share of slow answers is counted, not estimated.
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 2.0, 5.0, 10.0)
_MAX_ROUTES = 500

http_requests = Counter("http_server_requests", "Answered requests.", ("method", "route", "status"))
http_seconds = Histogram("http_server_request_seconds", "Time to answer.", ("method", "route"), buckets=_SECONDS)
http_in_flight = Gauge("http_server_in_flight", "Requests being served now.")
event_loop_lag = Gauge("event_loop_lag_seconds", "How late the event loop ran its last heartbeat.")
db_pool_size = Gauge("db_pool_size", "Open database connections of this process.")
db_pool_idle = Gauge("db_pool_idle", "Open database connections that nobody uses.")
db_pool_wait = Histogram("db_pool_wait_seconds", "Time until a database connection was free.", buckets=_SECONDS)
s3_seconds = Histogram("s3_request_seconds", "Time of object store calls.", ("operation", "outcome"), buckets=_SECONDS)
password_queue = Gauge("password_queue_depth", "Password checks waiting or running.")
logins = Counter("auth_logins", "Sign-ins.", ("outcome",))
refreshes = Counter("auth_refreshes", "Token refreshes.", ("outcome",))
sign_ins_ended = Counter("auth_sign_ins_ended", "Sign-ins that somebody or a rule ended.", ("reason",))
password_resets = Counter("auth_password_resets", "Passwords set by a mailed code.", ("outcome",))
notices = Counter("notices", "Mails that left, or why they did not.", ("kind", "outcome"))
account_deletions = Counter("account_deletions", "Deletions of accounts by what became of them.", ("outcome",))
personal_exports = Counter("personal_exports", "Exports of what is kept about a person.", ("outcome",))
rows_removed = Counter("rows_removed", "Rows that were removed or emptied because their time was over.", ("table",))
access_events_delayed = Counter(
    "access_events_delayed", "Failed tries to write who of staff looked at what; they are tried again."
)
access_events_lost = Counter("access_events_lost", "Looks of staff at people's data that were never written.")
kyc_decisions = Counter("kyc_decisions", "Decisions about identity verifications.", ("decision",))
answer_memory_bytes = Gauge("answer_memory_bytes", "Size of the answers that this process keeps.")
_answer_memory = Counter("answer_memory_lookups", "Looks into the memory of answers.", ("kind", "outcome"))
tasks_listening = Gauge(
    "tasks_listening", "1 while this worker hears of new tasks at once; else it asks for them each second."
)
decoder_up = Gauge("decoder_up", "1 while the decoder answers this worker, or the worker decodes by itself.")
build = Info("build", "Version and environment of the running program.")
client_requests = Counter(
    "client_requests",
    "Answered requests by the kind of program that asked; apart from the routes, or the series would multiply.",
    ("client", "app_version", "status_class"),
)

METHODS = frozenset({"GET", "POST", "PATCH", "DELETE", "OPTIONS", "HEAD", "PUT"})

_PRODUCT = re.compile(r"([A-Za-z][\w.-]{0,40})/(\d{1,4}(?:\.\d{1,4}){0,3})(?:[\s(;+]|$)")
_APPLE = re.compile(r"\b(?:cfnetwork|darwin|ios|iphone|ipad)\b", re.I)
_ANDROID = re.compile(r"\b(?:okhttp|dalvik|android)\b", re.I)
_AGENT_LENGTH = 300
_LIBRARIES = frozenset({"okhttp", "dalvik", "cfnetwork", "darwin", "mozilla"})


def client_of(user_agent: str) -> str:
    """Which kind of program sent this User-Agent: ios, android, web or other. Browsers on phones are web."""
    if user_agent.startswith("Mozilla/"):
        return "web"
    if _APPLE.search(user_agent, 0, _AGENT_LENGTH):
        return "ios"
    return "android" if _ANDROID.search(user_agent, 0, _AGENT_LENGTH) else "other"


def app_version_of(user_agent: str, known: frozenset[str]) -> str:
    """The app's version in `JembatanApp/1.4.2 …` when it is one of `known` (KNOWN_APP_VERSIONS), else `other`."""
    match = _PRODUCT.match(user_agent[:100])
    if match is None or match[1].lower() in _LIBRARIES or match[2] not in known:
        return "other"
    return match[2]


class RequestTotals:
    """Counts since process start, in the JSON shape of the replaced server; routes are templates, at most 500."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._total = 0
        self._errors = 0
        self._by_status: dict[str, int] = {}
        self._routes: dict[tuple[str, str], list[float]] = {}

    def add(self, method: str, route: str, status: int, milliseconds: float) -> None:
        """Count one finished request."""
        self._total += 1
        self._errors += status >= 500
        self._by_status[str(status)] = self._by_status.get(str(status), 0) + 1
        row = self._routes.get((method, route))
        if row is None:
            if len(self._routes) < _MAX_ROUTES:
                self._routes[(method, route)] = [1, milliseconds, milliseconds, milliseconds]
            return
        row[0] += 1
        row[1] += milliseconds
        row[2] = min(row[2], milliseconds)
        row[3] = max(row[3], milliseconds)

    def summary(self) -> dict[str, Any]:
        """What a stranger may know: all of the shape, with the totals and without routes."""
        return {
            "uptimeSec": int(time.monotonic() - self._started),
            "totalRequests": self._total,
            "totalErrors": self._errors,
            "byStatus": dict(sorted(self._by_status.items())),
            "routes": [],
        }

    def snapshot(self) -> dict[str, Any]:
        """The whole answer of GET /metrics as JSON; routes by count descending, then by name."""
        rows = [
            {
                "method": method,
                "route": route,
                "count": int(row[0]),
                "avgDurationMs": round(row[1] / row[0], 2),
                "minDurationMs": round(row[2], 2),
                "maxDurationMs": round(row[3], 2),
            }
            for (method, route), row in self._routes.items()
        ]
        rows.sort(key=lambda row: (-int(str(row["count"])), str(row["route"]), str(row["method"])))
        return self.summary() | {"routes": rows}


def record_request(totals: RequestTotals, method: str, route: str, status: int, seconds: float) -> None:
    """Count one finished request everywhere. `route` is a template or `unmatched`, never a path."""
    method = method if method in METHODS else "OTHER"
    counter, histogram = _route_metrics(method, route, status)
    counter.inc()
    histogram.observe(seconds)
    totals.add(method, route, status, seconds * 1000)


def record_client(user_agent: str, known_versions: frozenset[str], status: int) -> None:
    """Count one finished request by who sent it; whatever a client writes, the labels stay few."""
    _client_counter(user_agent[:_AGENT_LENGTH], known_versions, status // 100).inc()


def count_memory(kind: str, *, found: bool) -> None:
    """Count one look into the memory of answers. `kind` is one of `caching.memory.Kind`."""
    _memory_counter(kind, found).inc()


# Finding a series by its labels costs more than counting; the ones in use are kept at hand.
@functools.lru_cache(maxsize=4096)
def _route_metrics(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    return http_requests.labels(method, route, str(status)), http_seconds.labels(method, route)


@functools.cache
def _memory_counter(kind: str, found: bool) -> Counter:
    return _answer_memory.labels(kind, "hit" if found else "miss")


@functools.lru_cache(maxsize=512)
def _client_counter(user_agent: str, known_versions: frozenset[str], status_class: int) -> Counter:
    client = client_of(user_agent)
    version = app_version_of(user_agent, known_versions) if client in {"ios", "android"} else "other"
    return client_requests.labels(client, version, f"{status_class}xx")


def serve(port: int) -> Callable[[], None]:
    """Serve the Prometheus text on `port` from a thread of its own, which answers when the loop is slow.

    Returns what stops it.
    """
    server, thread = start_http_server(port)

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join(timeout=2)

    return stop
