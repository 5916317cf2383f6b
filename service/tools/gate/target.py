"""Is what runs in the cluster complete, durable, watched and revocable? Probes of the target's namespace."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import orjson

from service.base import unsafe
from service.base.settings import Settings, SettingsError, is_weak, load_settings
from service.tools.gate.cluster import ClusterError
from service.tools.gate.context import Context, No, json_of
from service.tools.gate.criteria import Check
from service.tools.gate.evidence import short

# Provisioners whose volumes live and die with one node.
_NODE_LOCAL = re.compile(r"local-path|hostpath|no-provisioner|local-static|openebs\.io/local|topolvm|local\.csi", re.I)
_PROVISIONER = "volume.kubernetes.io/storage-provisioner"
# Read beside the settings: older names, and what the seed takes from the same Secret.
_ALIASES = frozenset({"NODE_ENV", "PORT", "EMAIL_PROVIDER", "EMAIL_FROM", "SEED_STAGING_PASSWORD"})
_MINIMUM_PASSWORD = 16
_LOG_KEYS = {"ts", "level", "service", "event"}
_REQUEST_KEYS = {"requestId", "method", "route", "statusCode", "durationMs"}
_LOG_LINES, _LOG_SECONDS = 200, 3600
_METRIC = re.compile(r"^(\w+)(?:\{[^}]*\})? ([-+.\dEeInfa]+)$", re.M)


async def environment_complete(context: Context, _: Check) -> str:
    """The target has every variable that it needs, no unknown one, and no value of a developer's machine."""
    variables = await context.variables()
    known = {name.upper() for name in Settings.model_fields} | _ALIASES
    if unknown := sorted(name for name in variables if name.upper() not in known):
        raise No(f"unknown variables: {', '.join(unknown[:5])}")
    try:
        settings = load_settings(variables)
    except SettingsError as error:
        raise No("; ".join(str(error).splitlines())) from None
    if settings.environment != context.environment:
        raise No(f"ENVIRONMENT is {settings.environment}")
    secrets = {
        "DATABASE_URL": urlsplit(settings.database_url).password or "",
        "OBJECT_STORAGE_SECRET_ACCESS_KEY": settings.s3_secret_key,
    }
    for name, value in secrets.items():
        if is_weak(value, _MINIMUM_PASSWORD):
            raise No(f"{name}: its password is a sample value or shorter than {_MINIMUM_PASSWORD} characters")
    without_page = "" if settings.account_page else "; mails name no account page, because PUBLIC_BASE_URL is unset"
    decides = f"; KYC_REQUIRE_VERIFIED is {settings.requires_verified}"
    return f"{len(variables)} variables, all known and fit for {settings.environment}{decides}{without_page}"


async def environment_safe(context: Context, _: Check) -> str:
    """No setting is in force with which anybody's address could be verified by anybody; says whether the staff key stays."""
    try:
        settings = load_settings(await context.variables())
    except SettingsError as error:
        raise No("; ".join(str(error).splitlines())) from None
    if found := unsafe.warned(settings):
        raise No("; ".join(found))
    key = "on" if settings.keeps_admin_key_after_bootstrap else "off"
    return f"no code verifies everybody; ADMIN_API_KEY_AFTER_BOOTSTRAP is {key}"


async def platform_api(context: Context, _: Check) -> str:
    """All pods of the API are ready and of the newest revision, and the API calls itself ready."""
    said = await _deployment(context, "api")
    found = json_of(await context.ask_api("/health/ready"), "GET /health/ready")
    states = {key: found.get(key) for key in ("status", "database", "migrations", "objectStorage")}
    wanted = {"status": "ready", "database": "ok", "migrations": "ok", "objectStorage": "ok"}
    if bad := [f"{key} is {value}" for key, value in states.items() if value != wanted[key]]:
        raise No(f"GET /health/ready says that {', '.join(bad)}")
    return said


async def platform_worker(context: Context, _: Check) -> str:
    return await _deployment(context, "worker")


async def platform_migrate(context: Context, _: Check) -> str:
    """The newest migration Job is done. A finished Job is swept away after a day; then the API's word counts."""
    jobs = await context.the_cluster().objects("batch/v1/jobs", component="migrate")
    if not jobs:
        found = json_of(await context.ask_api("/health/ready"), "GET /health/ready")
        if found.get("migrations") != "ok":
            raise No(f"there is no migration Job, and the API says that migrations are {found.get('migrations')}")
        return "the migration Job is gone, and the API says that the schema is this version's"
    job = max(jobs, key=lambda found: str(found["metadata"]["creationTimestamp"]))
    if not job.get("status", {}).get("succeeded"):
        raise No(f"the Job {job['metadata']['name']} is not done")
    return f"the Job {job['metadata']['name']} is done"


async def platform_postgres(context: Context, _: Check) -> str:
    """The database of this namespace is ready; one elsewhere answers the API."""
    host = urlsplit((await context.variables()).get("DATABASE_URL", "")).hostname or ""
    return await _state(context, "postgres", host, "database")


async def platform_store(context: Context, _: Check) -> str:
    """The object store of this namespace is ready; one elsewhere answers the API."""
    host = urlsplit((await context.variables()).get("OBJECT_STORAGE_ENDPOINT", "")).hostname or ""
    return await _state(context, "minio", host, "objectStorage")


async def platform_claims(context: Context, _: Check) -> str:
    claims = await context.the_cluster().objects("v1/persistentvolumeclaims")
    if loose := sorted(c["metadata"]["name"] for c in claims if c.get("status", {}).get("phase") != "Bound"):
        raise No(f"not bound: {', '.join(loose[:5])}")
    return f"all {len(claims)} claims are bound"


async def storage_durable(context: Context, _: Check) -> str:
    """Database and object store outlive a node: their claims are served by something that is not node-local."""
    variables = await context.variables()
    hosts = {
        "postgres": urlsplit(variables.get("DATABASE_URL", "")).hostname or "",
        "minio": urlsplit(variables.get("OBJECT_STORAGE_ENDPOINT", "")).hostname or "",
    }
    inside = [name for name, host in hosts.items() if _is_inside(host, name)]
    if not inside:
        return "database and object store are outside this namespace"
    claims = await context.the_cluster().objects("v1/persistentvolumeclaims")
    seen = []
    for name in inside:
        own = [c for c in claims if c["metadata"]["name"].startswith(f"data-{name}-")]
        if not own:
            raise No(f"{name} has no claim: its data ends with its pod")
        for claim in own:
            provisioner = claim["metadata"].get("annotations", {}).get(_PROVISIONER, "")
            if not provisioner:
                raise No(f"{claim['metadata']['name']}: it is not known what serves it")
            if _NODE_LOCAL.search(provisioner):
                raise No(f"{claim['metadata']['name']} is node-local ({provisioner})")
            seen.append(provisioner)
    return f"served by {', '.join(sorted(set(seen)))}"


async def audit_protected(context: Context, _: Check) -> str:
    """No process of the API may rewrite the audit rows or the schema: DATABASE_URL is not the owner's."""
    pods = await context.the_cluster().ready_pods("api")
    if not pods:
        raise No("no pod of the API is ready to ask")
    for pod in pods:
        answer = await context.the_cluster().ask_pod(pod, 9100, "/metrics")
        values = dict(_METRIC.findall(answer.body.decode("utf-8", "replace")))
        if float(values.get("audit_protected", "nan")) != 1.0:
            raise No("the role of DATABASE_URL may rewrite the audit rows (docs/rules/audit.md, Roles)")
    return f"{len(pods)} processes have a role that only adds audit rows"


async def monitoring_prometheus(context: Context, _: Check) -> str:
    return await _stateful_set(context, "prometheus")


async def monitoring_scraped(context: Context, _: Check) -> str:
    """Prometheus reads every ready process, and nothing that it should read is down."""
    cluster = context.the_cluster()
    pods = {pod["metadata"]["name"] for name in ("api", "worker") for pod in await cluster.ready_pods(name)}
    if not pods:
        raise No("no process is ready")
    up = await _query(context, "up")
    values = {str(sample["metric"].get("pod", "")): str(sample["value"][1]) for sample in up}
    if missing := sorted(pods - values.keys()):
        raise No(f"not scraped: {', '.join(missing[:5])}")
    if down := sorted(name for name in pods if values[name] != "1"):
        raise No(f"cannot be scraped: {', '.join(down[:5])}")
    if not await _query(context, 'http_server_requests_total{route="/health"}'):
        raise No("no request has been counted")
    return f"{len(pods)} processes are scraped"


async def monitoring_rules(context: Context, _: Check) -> str:
    """Alerts are loaded and can be evaluated."""
    found = json_of(await _prometheus(context, "/api/v1/rules"), "Prometheus")
    data = found.get("data")
    groups = data.get("groups", []) if isinstance(data, dict) else []
    rules = [rule for group in groups for rule in group.get("rules", [])]
    if not [rule for rule in rules if rule.get("type") == "alerting"]:
        raise No("no alert is loaded")
    if broken := sorted(str(rule.get("name")) for rule in rules if rule.get("health") == "err"):
        raise No(f"rules that cannot be evaluated: {', '.join(broken[:5])}")
    return f"{len(rules)} rules are loaded"


async def monitoring_logs(context: Context, _: Check) -> str:
    """Every line of API and worker is one JSON event, and requests are among them."""
    cluster = context.the_cluster()
    await context.ask_api("/health")
    await asyncio.sleep(1)  # a log line needs a moment until the kubelet has it
    lines = requests = 0
    for component in ("api", "worker"):
        for pod in (await cluster.ready_pods(component))[:5]:
            name = pod["metadata"]["name"]
            for line in await cluster.log_lines(name, component, lines=_LOG_LINES, since_seconds=_LOG_SECONDS):
                event = _event(line)
                if event is None or not event.keys() >= _LOG_KEYS:
                    raise No(f"{name} wrote a line that is no event")
                lines += 1
                if event["event"] == "http.request.finished":
                    if lacking := sorted(_REQUEST_KEYS - event.keys()):
                        raise No(f"{name} wrote a request without {lacking[0]}")
                    requests += 1
    if not requests:
        raise No("no request is in the logs")
    return f"{lines} lines are events, {requests} of them requests"


async def backup_database(context: Context, check: Check) -> str:
    return await _age(context, "backup_age_seconds", "backup", check)


async def backup_drill(context: Context, check: Check) -> str:
    return await _age(context, "restore_drill_age_seconds", "restore drill", check)


async def image_running(context: Context, _: Check) -> str:
    """Every process runs the image that the end-to-end tests ran."""
    digests = await running_digests(context)
    if not context.tested_digest:
        raise No("it is not known which image was tested")
    for pod, digest in sorted(digests.items()):
        if digest != context.tested_digest:
            raise No(f"{pod} runs {short(digest)}, tested was {short(context.tested_digest)}")
    return f"{len(digests)} processes run {short(context.tested_digest)}"


async def rollback_revision(context: Context, _: Check) -> str:
    """The revision before is kept, so that `helm rollback` and `kubectl rollout undo` have somewhere to go."""
    cluster = context.the_cluster()
    for name in ("api", "worker"):
        deployment = await cluster.object("apps/v1/deployments", name)
        uid, current = deployment["metadata"]["uid"], _revision(deployment)
        sets = await cluster.objects("apps/v1/replicasets", component=name)
        owned = [s for s in sets if any(o.get("uid") == uid for o in s["metadata"].get("ownerReferences", []))]
        if not [s for s in owned if 0 < _revision(s) < current]:
            raise No(f"{name} has no previous revision")
    return "API and worker have a previous revision"


async def running_digests(context: Context) -> dict[str, str]:
    """Pod → digest of the image that its main container runs, for all pods of API and worker. Raises No without pods."""
    found: dict[str, str] = {}
    for component in ("api", "worker"):
        pods = [p for p in await context.the_cluster().objects("v1/pods", component=component) if _lives(p)]
        if not pods:
            raise No(f"no pod of {component} runs")
        for pod in pods:
            statuses = {s["name"]: s for s in pod.get("status", {}).get("containerStatuses", [])}
            image_id = str(statuses.get(component, {}).get("imageID", ""))
            match = re.search(r"sha256:[0-9a-f]{64}$", image_id)
            if match is None:
                raise No(f"it is not known which image {pod['metadata']['name']} runs")
            found[pod["metadata"]["name"]] = match[0]
    return found


async def public_host(context: Context) -> str:
    """The first host name of the route `api`, or empty. Raises ClusterError when routes cannot be read."""
    cluster = context.the_cluster()
    try:
        route = await cluster.object("gateway.networking.k8s.io/v1/httproutes", "api")
        return str((route["spec"].get("hostnames") or [""])[0])
    except ClusterError as error:
        if error.status != 404:
            raise
    try:
        ingress = await cluster.object("networking.k8s.io/v1/ingresses", "api")
    except ClusterError as error:
        if error.status != 404:
            raise
        return ""
    return str((ingress["spec"].get("rules") or [{}])[0].get("host", ""))


def _lives(pod: Mapping[str, Any]) -> bool:
    return "deletionTimestamp" not in pod["metadata"] and pod.get("status", {}).get("phase") in {"Running", "Pending"}


def _revision(found: Mapping[str, Any]) -> int:
    text = found["metadata"].get("annotations", {}).get("deployment.kubernetes.io/revision", "0")
    return int(text) if str(text).isdigit() else 0


async def _deployment(context: Context, name: str) -> str:
    found = await context.the_cluster().object("apps/v1/deployments", name)
    return _all_ready(found, name, "updatedReplicas", "availableReplicas")


async def _stateful_set(context: Context, name: str) -> str:
    found = await context.the_cluster().object("apps/v1/statefulsets", name)
    return _all_ready(found, name, "readyReplicas")


def _all_ready(found: Mapping[str, Any], name: str, *counts: str) -> str:
    wanted, status = int(found["spec"].get("replicas", 1)), found.get("status", {})
    if wanted < 1:
        raise No(f"{name} is scaled to zero")
    if int(status.get("observedGeneration", 0)) < int(found["metadata"].get("generation", 0)):
        raise No(f"{name} has a change that is not rolled out")
    have = min(int(status.get(count, 0)) for count in counts)
    if have < wanted or int(status.get("replicas", 0)) > wanted:
        raise No(f"{name}: {have} of {wanted} pods are ready and of the newest revision")
    return f"{name}: {have} of {wanted} pods are ready"


async def _state(context: Context, name: str, host: str, key: str) -> str:
    if not host:
        raise No(f"the address of {name} is not known")
    if _is_inside(host, name):
        return await _stateful_set(context, name)
    found = json_of(await context.ask_api("/health/ready"), "GET /health/ready")
    if found.get(key) != "ok":
        raise No(f"it is elsewhere, and the API says that it is {found.get(key)}")
    return "it is elsewhere, and the API reaches it"


def _is_inside(host: str, name: str) -> bool:
    return host == name or host.startswith(f"{name}.")


async def _prometheus(context: Context, path: str, query: Mapping[str, str] | None = None) -> Any:
    return await context.the_cluster().ask_service("prometheus", "http", 9090, path, query)


async def _query(context: Context, expression: str) -> list[Any]:
    found = json_of(await _prometheus(context, "/api/v1/query", {"query": expression}), "Prometheus")
    data = found.get("data")
    return list(data.get("result", [])) if isinstance(data, dict) else []


async def _age(context: Context, metric: str, what: str, check: Check) -> str:
    """Read from a process itself, because an unavailable Prometheus says nothing about backups."""
    pods = await context.the_cluster().ready_pods("api")
    if not pods:
        raise No("no pod of the API is ready to ask")
    answer = await context.the_cluster().ask_pod(pods[0], 9100, "/metrics")
    if answer.status != 200:
        raise No(f"its metrics answer {answer.status}")
    values = [float(value) for name, value in _METRIC.findall(answer.body.decode()) if name == metric]
    if not values:
        raise No(f"{metric} is not known")
    age = max(values)
    if age == float("inf"):
        raise No(f"no {what} has succeeded")
    if age > check.max_age.total_seconds():
        raise No(
            f"the last {what} is {age / 3600:.3g} h old, at most {check.max_age.total_seconds() / 3600:.3g} h count"
        )
    return f"the last {what} is {age / 3600:.3g} h old"


def _event(line: str) -> dict[str, Any] | None:
    try:
        found = orjson.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
