"""What do the dashboards show? `python -m observability.dashboards.build` writes one JSON file for each, ready to import.

Every query works on what our own processes export; a panel that needs another exporter says so in its description.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from grafana_foundation_sdk.builders import common, dashboard, prometheus, stat, table, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import LegendDisplayMode, LegendPlacement, StackingMode
from grafana_foundation_sdk.models.dashboard import DashboardCursorSync, DataSourceRef

from service.kyc.states import WAITING

FOLDER = Path(__file__).parent
_SOURCE = DataSourceRef(type_val="prometheus", uid="${datasource}")
_SHARED = 'route!~"/health|/health/ready|/metrics|/docs.*|/openapi.yaml|unmatched"'


@dataclass(frozen=True)
class Query:
    """One expression with the legend of its lines."""

    expr: str
    legend: str = ""


@dataclass(frozen=True)
class Panel:
    """One picture. `width` is in 24ths of the page; `unit` is Grafana's name of it."""

    title: str
    queries: tuple[Query, ...]
    unit: str = "short"
    kind: Literal["graph", "stat", "table"] = "graph"
    text: str = ""
    width: int = 12
    stacked: bool = False


@dataclass(frozen=True)
class Dashboard:
    """A page. `uid` never changes: links and bookmarks hold it."""

    uid: str
    title: str
    text: str
    rows: tuple[tuple[str, tuple[Panel, ...]], ...]


def graph(title: str, *queries: Query, unit: str = "short", text: str = "", stacked: bool = False) -> Panel:
    """Lines over time, half a page wide."""
    return Panel(title, queries, unit, "graph", text, 12, stacked)


def number(title: str, query: str, *, unit: str = "short", text: str = "", legend: str = "") -> Panel:
    """One number now, a sixth of a page wide."""
    return Panel(title, (Query(query, legend),), unit, "stat", text, 4)


API = Dashboard(
    "jembatan-api",
    "Jembatan: API",
    "Rate, errors and duration of the API's requests, and its processes.",
    (
        (
            "Now",
            (
                number("Requests", "service:http_server_requests:rate5m", unit="reqps"),
                number("Failures", 'slo:bad:ratio_rate5m{slo="availability"}', unit="percentunit"),
                number("In flight", "sum(http_server_in_flight)"),
                number("API processes up", 'count(up{job="jembatan", component="api"} == 1)'),
                number("Database", "max(database_up)", text="1: at least one process reads it."),
                number("Versions running", "count(count by (version) (build_info))"),
            ),
        ),
        (
            "Requests",
            (
                graph(
                    "Requests by status",
                    Query("sum by (status) (route:http_server_requests:rate5m)", "{{status}}"),
                    unit="reqps",
                    stacked=True,
                ),
                graph(
                    "Failures (5xx) by route",
                    Query(
                        "topk(10, sum by (method, route, status)"
                        f' (rate(http_server_requests_total{{status=~"5..", {_SHARED}}}[5m])))',
                        "{{status}} {{method}} {{route}}",
                    ),
                    unit="reqps",
                ),
                graph(
                    "95 % of answers are faster than",
                    Query("class:http_server_request_seconds:p95_5m", "{{class}}"),
                    unit="s",
                    text="Objectives: read 0.3 s, write 0.5 s, password and staff 1 s.",
                ),
                graph(
                    "Slowest routes (95 %)",
                    Query(
                        "topk(10, histogram_quantile(0.95, sum by (le, method, route)"
                        f" (rate(http_server_request_seconds_bucket{{{_SHARED}}}[5m]))))",
                        "{{method}} {{route}}",
                    ),
                    unit="s",
                ),
                graph(
                    "Busiest routes",
                    Query(
                        "topk(10, sum by (method, route) (route:http_server_requests:rate5m))", "{{method}} {{route}}"
                    ),
                    unit="reqps",
                ),
                graph(
                    "Answers found in memory",
                    Query(
                        'sum by (kind) (rate(answer_memory_lookups_total{outcome="hit"}[5m]))'
                        " / sum by (kind) (rate(answer_memory_lookups_total[5m]))",
                        "{{kind}}",
                    ),
                    unit="percentunit",
                    text="Answers of one person, those that all share, and what a person saved. Anything is right; a fall to "
                    "nothing while nobody writes is not.",
                ),
                graph(
                    "Size of the memory of answers",
                    Query("max by (pod) (answer_memory_bytes)", "{{pod}}"),
                    unit="bytes",
                ),
                graph(
                    "Refusals (4xx)",
                    Query(
                        'sum by (status) (route:http_server_requests:rate5m{status=~"4.."})',
                        "{{status}}",
                    ),
                    unit="reqps",
                    text="401 after a token's end, 404 and 409 are everyday answers; a jump is not.",
                ),
            ),
        ),
        (
            "Sign-in",
            (
                graph(
                    "Sign-ins",
                    Query("sum by (outcome) (rate(auth_logins_total[5m]))", "{{outcome}}"),
                    unit="reqps",
                ),
                graph("Password checks waiting or running", Query("max by (pod) (password_queue_depth)", "{{pod}}")),
            ),
        ),
        (
            "Accounts",
            (
                graph(
                    "Passwords by a mailed code, an hour",
                    Query("sum by (outcome) (increase(auth_password_resets_total[1h]))", "{{outcome}}"),
                    text="Refusals without done are somebody's guesses.",
                ),
                graph(
                    "Sign-ins ended, an hour",
                    Query("sum by (reason) (increase(auth_sign_ins_ended_total[1h]))", "{{reason}}"),
                    text="reuse: a copy of a refresh token was used.",
                ),
                graph(
                    "Mails, an hour",
                    Query("sum by (outcome) (increase(notices_total[1h]))", "{{outcome}}"),
                    text="By what became of them; the log says the kind.",
                ),
                graph(
                    "Deletions of accounts, a day",
                    Query("sum by (outcome) (increase(account_deletions_total[1d]))", "{{outcome}}"),
                    text="failed: a try that comes again.",
                ),
            ),
        ),
        (
            "Processes",
            (
                graph("Event loop lag", Query("max by (component, pod) (event_loop_lag_seconds)", "{{pod}}"), unit="s"),
                graph(
                    "Processor",
                    Query(
                        'sum by (component, pod) (rate(process_cpu_seconds_total{job="jembatan"}[5m]))',
                        "{{pod}}",
                    ),
                    unit="none",
                    text="Cores in use.",
                ),
                graph(
                    "Memory",
                    Query('sum by (component, pod) (process_resident_memory_bytes{job="jembatan"})', "{{pod}}"),
                    unit="bytes",
                ),
                graph(
                    "Restarts within an hour",
                    Query(
                        'sum by (component, pod) (changes(process_start_time_seconds{job="jembatan"}[1h]))',
                        "{{pod}}",
                    ),
                ),
            ),
        ),
    ),
)

SLO = Dashboard(
    "jembatan-slo",
    "Jembatan: objectives",
    "How much of each objective's error budget is left, and how fast it burns.",
    (
        (
            "Now",
            (
                Panel(
                    "Budget left, at the rate of the last three days",
                    (Query("1 - slo:bad:ratio_rate3d / on (slo) slo:budget:ratio", "{{slo}}"),),
                    "percentunit",
                    "stat",
                    "Below zero the objective is missed. The windows reach back as far as there is data.",
                    24,
                ),
                Panel(
                    "Alerts",
                    (Query('ALERTS{alertname=~"Jembatan.*"}', "{{alertstate}} {{alertname}} {{slo}}"),),
                    "short",
                    "table",
                    "Empty is good. Each has a page in observability/runbooks.",
                    24,
                ),
            ),
        ),
        (
            "Burn rates",
            (
                graph(
                    "Over one hour",
                    Query("slo:bad:ratio_rate1h / on (slo) slo:budget:ratio", "{{slo}}"),
                    text="1: the budget lasts exactly the month. 14.4 for an hour: somebody is woken.",
                ),
                graph(
                    "Over six hours",
                    Query("slo:bad:ratio_rate6h / on (slo) slo:budget:ratio", "{{slo}}"),
                    text="6 for six hours: somebody is woken.",
                ),
            ),
        ),
        (
            "What the objectives count",
            (
                graph(
                    "Failed or slow, of five minutes",
                    Query('slo:bad:ratio_rate5m{slo=~"availability|latency_.*"}', "{{slo}}"),
                    unit="percentunit",
                ),
                graph(
                    "95 % of answers are faster than",
                    Query("class:http_server_request_seconds:p95_5m", "{{class}}"),
                    unit="s",
                    text="Objectives: read 0.3 s, write 0.5 s, password and staff 1 s.",
                ),
                graph(
                    "Longest wait for a review",
                    Query("max(kyc_oldest_waiting_session_age_seconds)", "wait"),
                    unit="s",
                    text="Objective: two days.",
                ),
                graph(
                    "Oldest delivery that is not applied",
                    Query("max(webhook_oldest_pending_age_seconds)", "age"),
                    unit="s",
                    text="Objective: five minutes.",
                ),
            ),
        ),
    ),
)

DATA = Dashboard(
    "jembatan-data",
    "Jembatan: data stores",
    "Postgres as the product sees it, the connection pools, the object store, backups.",
    (
        (
            "Now",
            (
                number("Database", "max(database_up)"),
                number("Schema", "min(migration_head_ok)", text="1: every process finds its schema."),
                number("Size", "max(database_size_bytes)", unit="bytes"),
                number(
                    "Connections taken",
                    "sum(max by (state) (database_connections)) / max(database_connections_max)",
                    unit="percentunit",
                ),
                number("Backup age", "max(backup_age_seconds)", unit="s", text="Infinite: none has succeeded yet."),
                number("Restore drill age", "max(restore_drill_age_seconds)", unit="s"),
            ),
        ),
        (
            "Postgres",
            (
                graph(
                    "Connections",
                    Query("max by (state) (database_connections)", "{{state}}"),
                    Query("max(database_connections_max)", "limit"),
                ),
                graph("Oldest transaction", Query("max(database_oldest_transaction_age_seconds)", "age"), unit="s"),
                graph("Size", Query("max(database_size_bytes)", "size"), unit="bytes"),
                graph(
                    "Copies of the documents",
                    Query("max(document_backup_age_seconds)", "age of the last copy"),
                    unit="s",
                ),
            ),
        ),
        (
            "Connection pools",
            (
                graph(
                    "Connections of the processes",
                    Query("sum by (pod) (db_pool_size)", "open {{pod}}"),
                    Query("sum by (pod) (db_pool_idle)", "idle {{pod}}"),
                ),
                graph(
                    "Wait for a connection",
                    Query("histogram_quantile(0.95, sum by (le) (rate(db_pool_wait_seconds_bucket[5m])))", "95 %"),
                    Query("histogram_quantile(0.5, sum by (le) (rate(db_pool_wait_seconds_bucket[5m])))", "half"),
                    unit="s",
                ),
            ),
        ),
        (
            "Object store",
            (
                graph(
                    "Calls",
                    Query(
                        "sum by (operation, outcome) (rate(s3_request_seconds_count[5m]))", "{{operation}} {{outcome}}"
                    ),
                    unit="reqps",
                ),
                graph(
                    "95 % of calls are faster than",
                    Query(
                        "histogram_quantile(0.95, sum by (le, operation) (rate(s3_request_seconds_bucket[5m])))",
                        "{{operation}}",
                    ),
                    unit="s",
                ),
                graph(
                    "Free space",
                    Query(
                        "min(minio_cluster_capacity_usable_free_bytes / minio_cluster_capacity_usable_total_bytes)",
                        "free",
                    ),
                    unit="percentunit",
                    text="From MinIO itself, where it runs in the cluster.",
                ),
            ),
        ),
    ),
)

KYC = Dashboard(
    "jembatan-kyc",
    "Jembatan: KYC operations",
    "Verifications on their way, decisions, documents, the provider's deliveries, the worker's tasks.",
    (
        (
            "Now",
            (
                number(
                    "Waiting for a reviewer",
                    f'sum(max by (status) (kyc_sessions{{status=~"{"|".join(WAITING)}"}}))',
                ),
                number("Longest wait", "max(kyc_oldest_waiting_session_age_seconds)", unit="s"),
                number("Decisions of a day", "sum(increase(kyc_decisions_total[1d]))"),
                number("Parked deliveries", 'max(webhook_inbox{state="parked"})'),
                number("Tasks that failed", 'sum(max by (kind) (jobs_queue{state="failed"}))'),
                number("Task due longest", "max(jobs_oldest_due_age_seconds)", unit="s"),
            ),
        ),
        (
            "Verifications",
            (
                graph("Verifications", Query("max by (status) (kyc_sessions)", "{{status}}")),
                graph(
                    "Longest wait for a review",
                    Query("max(kyc_oldest_waiting_session_age_seconds)", "wait"),
                    Query("vector(172800)", "objective"),
                    unit="s",
                ),
                graph(
                    "Decisions an hour", Query("sum by (decision) (increase(kyc_decisions_total[1h]))", "{{decision}}")
                ),
                graph("Documents", Query("max by (state) (kyc_documents)", "{{state}}")),
            ),
        ),
        (
            "Provider and worker",
            (
                graph("Deliveries", Query("max by (state) (webhook_inbox)", "{{state}}")),
                graph(
                    "Oldest delivery that is not applied",
                    Query("max(webhook_oldest_pending_age_seconds)", "age"),
                    Query("vector(300)", "objective"),
                    unit="s",
                ),
                graph("Tasks", Query("max by (kind, state) (jobs_queue)", "{{kind}} {{state}}")),
                graph(
                    "Workers up",
                    Query('count(up{job="jembatan", component="worker"} == 1)', "up"),
                    Query('sum(tasks_listening{job="jembatan", component="worker"})', "hear of new tasks"),
                    Query('sum(decoder_up{job="jembatan", component="worker"})', "reach the decoder"),
                ),
            ),
        ),
    ),
)

_IOS = 'client:client_requests:rate5m{client="ios"}'
IOS = Dashboard(
    "jembatan-ios",
    "Jembatan: iOS release",
    "Does a new version of the iOS app behave? Versions are told apart when KNOWN_APP_VERSIONS lists them.",
    (
        (
            "Now",
            (
                number("iOS requests", f"sum({_IOS})", unit="reqps"),
                number("iOS share", f"sum({_IOS}) / sum(client:client_requests:rate5m)", unit="percentunit"),
                number(
                    "iOS failures",
                    f'(sum(client:client_requests:rate5m{{client="ios", status_class="5xx"}}) or vector(0)) / sum({_IOS})',
                    unit="percentunit",
                ),
                number(
                    "iOS refusals",
                    f'(sum(client:client_requests:rate5m{{client="ios", status_class="4xx"}}) or vector(0)) / sum({_IOS})',
                    unit="percentunit",
                ),
            ),
        ),
        (
            "Versions",
            (
                graph("Requests by version", Query(f"sum by (app_version) ({_IOS})", "{{app_version}}"), unit="reqps"),
                graph(
                    "Refusals by version (4xx)",
                    Query(
                        'sum by (app_version) (client:client_requests:rate5m{client="ios", status_class="4xx"})'
                        f" / on (app_version) sum by (app_version) ({_IOS})",
                        "{{app_version}}",
                    ),
                    unit="percentunit",
                    text="A version that sends what the contract does not know shows here first.",
                ),
                graph(
                    "Failures by version (5xx)",
                    Query(
                        'sum by (app_version) (client:client_requests:rate5m{client="ios", status_class="5xx"})'
                        f" / on (app_version) sum by (app_version) ({_IOS})",
                        "{{app_version}}",
                    ),
                    unit="percentunit",
                ),
                graph(
                    "Requests by client",
                    Query("sum by (client) (client:client_requests:rate5m)", "{{client}}"),
                    unit="reqps",
                    stacked=True,
                ),
            ),
        ),
        (
            "What a release breaks first",
            (
                graph(
                    "Token refreshes",
                    Query("sum by (outcome) (rate(auth_refreshes_total[5m]))", "{{outcome}}"),
                    unit="reqps",
                    text="Anything but ok that grows with a release signs people out.",
                ),
                graph(
                    "Sign-ins",
                    Query("sum by (outcome) (rate(auth_logins_total[5m]))", "{{outcome}}"),
                    unit="reqps",
                ),
            ),
        ),
    ),
)

DASHBOARDS = (API, SLO, DATA, KYC, IOS)


def build(page: Dashboard) -> str:
    """The JSON of `page`, the same in every run."""
    builder = (
        dashboard.Dashboard(page.title)
        .uid(page.uid)
        .description(page.text)
        .tags(["jembatan"])
        .timezone("utc")
        .refresh("30s")
        .time("now-1h", "now")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .readonly()
        .with_variable(dashboard.DatasourceVariable("datasource").label("Data source").type("prometheus"))
    )
    ids = itertools.count(1)
    for title, panels in page.rows:
        builder = builder.with_row(dashboard.Row(title).id(next(ids)))
        for panel in panels:
            builder = builder.with_panel(_panel(panel).id(next(ids)))
    return JSONEncoder(sort_keys=True, indent=2).encode(builder.build()) + "\n"


def _panel(panel: Panel) -> Any:
    if panel.kind == "stat":
        built: Any = stat.Panel().reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
    elif panel.kind == "table":
        built = table.Panel()
    else:
        built = (
            timeseries.Panel()
            .fill_opacity(30 if panel.stacked else 5)
            .line_width(1)
            .min(0)
            .legend(
                common.VizLegendOptions()
                .display_mode(LegendDisplayMode.LIST)
                .placement(LegendPlacement.BOTTOM)
                .show_legend(True)
            )
        )
        if panel.stacked:
            built = built.stacking(common.StackingConfig().mode(StackingMode.NORMAL))
    built = built.title(panel.title).unit(panel.unit).datasource(_SOURCE).span(panel.width)
    built = built.height(4 if panel.kind == "stat" else 8)
    if panel.text:
        built = built.description(panel.text)
    for number_, query in enumerate(panel.queries):
        target = prometheus.Dataquery().expr(query.expr).ref_id("ABCDEF"[number_]).legend_format(query.legend)
        built = built.with_target(target.instant() if panel.kind != "graph" else target.range())
    return built


def main() -> None:
    """Write every file."""
    for page in DASHBOARDS:
        (FOLDER / f"{page.uid}.json").write_text(build(page))


if __name__ == "__main__":
    main()
