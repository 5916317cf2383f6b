"""Does the staging gate see what is there? The staging values in a namespace of their own, asked by the read-only account.

What CI has run before (tests, checks, the local smoke) is kept as evidence by this module; the smoke through the public
host, the backup and the restore drill are real. Then one thing at a time is broken, and exactly its criterion must say so.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.adapters.s3 import s3_client
from service.tools.gate.context import json_of
from service.tools.gate.criteria import CRITERIA_FILE, load_criteria
from service.tools.gate.evidence import Evidence, Subject, key_of, open_store
from service.tools.http import Caller
from service.tools.smoke.options import trust

from .conftest import OURS, ROOT, Say, run

pytestmark = [pytest.mark.e2e, pytest.mark.drill]

NAMESPACE = "jembatan-gate"
API_HOST, OBJECTS_HOST = "api.gate.jembatan.test", "objects.gate.jembatan.test"
RECORDED_BY_CI = (
    "regressions.green",
    "hardening.check",
    "hardening.smoke-local",
    "hardening.check-dev-all",
    "image.tested",
)
SMALL = {"requests": {"cpu": "20m", "memory": "96Mi"}, "limits": {"cpu": "1", "memory": "512Mi"}}
YES, NO, WAIVED = "YES", "NO", "WAIVED"


def kubectl(*arguments: str, stdin: str | None = None, timeout: float = 120, check: bool = True) -> str:
    return run("kubectl", "-n", NAMESPACE, *arguments, stdin=stdin, timeout=timeout, check=check)


def kubectl_json(*arguments: str) -> Any:
    return json.loads(kubectl(*arguments, "-o", "json"))


def address(variable: str, default: str) -> tuple[str, int]:
    host, _, port = os.environ.get(variable, default).rpartition(":")
    return host, int(port)


@dataclass
class Site:
    """One installation with its evidence: how it is asked, and from which folder of files."""

    folder: Path
    ca_file: Path
    kubeconfig: Path
    store_url: str
    storage: dict[str, str] = field(repr=False)
    admin_key: str = field(repr=False)
    commit: str = ""

    @property
    def base_url(self) -> str:
        return f"https://{API_HOST}:{address('E2E_HTTPS', '127.0.0.1:30443')[1]}"

    def options(self, api_address: str = "") -> list[str]:
        host, port = address("E2E_HTTPS", "127.0.0.1:30443")
        plain_host, plain_port = address("E2E_HTTP", "127.0.0.1:30080")
        names = (
            (API_HOST, port, api_address or host),
            (OBJECTS_HOST, port, host),
            (API_HOST, plain_port, plain_host),
        )
        return [
            *("--env", "staging", "--namespace", NAMESPACE, "--kubeconfig", str(self.kubeconfig)),
            *("--public-url", self.base_url, "--ca-file", str(self.ca_file), "--store", self.store_url),
            *("--commit", self.commit, "--timeout", "15"),
            *(part for h, p, a in names for part in ("--resolve", f"{h}:{p}:{a}")),
        ]

    def gate(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        variables = {k: v for k, v in os.environ.items() if k != "KUBECONFIG" and not k.startswith("OBJECT_STORAGE_")}
        return subprocess.run(
            (sys.executable, "-m", "service", "gate", *arguments),
            cwd=self.folder,
            env={**variables, "PYTHONPATH": str(ROOT), **environment},
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )

    def ask(self, *, api_address: str = "", code: int | None = None) -> dict[str, tuple[str, str]]:
        """Criterion → (verdict, the reasons of its checks that are no YES)."""
        plain = f"http://{API_HOST}:{address('E2E_HTTP', '127.0.0.1:30080')[1]}"
        done = self.gate("check", *self.options(api_address), "--plain-url", plain, "--json")
        assert done.stdout, done.stderr
        found = json.loads(done.stdout)
        assert code is None or done.returncode == code == found["exitCode"], done.stdout
        return {
            criterion["name"]: (
                criterion["verdict"],
                "; ".join(f"{c['name']}: {c['reason']}" for c in criterion["checks"] if c["verdict"] != YES),
            )
            for criterion in found["criteria"]
        }

    def ask_until_open(self, seconds: float = 180) -> dict[str, tuple[str, str]]:
        """Ask until nothing says NO: what was broken needs a moment to be whole again."""
        deadline = time.monotonic() + seconds
        while True:
            found = self.ask()
            bad = {name: why for name, (verdict, why) in found.items() if verdict == NO}
            if not bad:
                return found
            if time.monotonic() > deadline:
                pytest.fail(f"still NO: {bad}", pytrace=False)
            time.sleep(2)

    def wait_for(self, check: str, seconds: float = 120) -> None:
        """Ask one check until it is a YES."""
        deadline = time.monotonic() + seconds
        while (done := self.gate("check", *self.options(), "--only", check)).returncode:
            assert time.monotonic() < deadline, done.stdout
            time.sleep(2)

    def only_no(self, criterion: str, *reasons: str, **how: Any) -> None:
        """Exactly this criterion has turned to NO, and says why."""
        found = self.ask(code=1, **how)
        assert {name for name, (verdict, _) in found.items() if verdict == NO} == {criterion}, found
        assert found["storage.durable"][0] == WAIVED
        for reason in reasons:
            assert reason in found[criterion][1]

    async def read(self, check: str) -> bytes:
        async with open_store(self.storage, self.store_url) as store:
            data = await store.read("staging", check)
        assert data is not None
        return data

    async def write(self, evidence: Evidence) -> None:
        async with open_store(self.storage, self.store_url) as store:
            await store.write(evidence)

    async def remove(self, check: str) -> None:
        async with s3_client(
            self.store_url,
            region=self.storage["OBJECT_STORAGE_REGION"],
            access_key=self.storage["OBJECT_STORAGE_ACCESS_KEY_ID"],
            secret_key=self.storage["OBJECT_STORAGE_SECRET_ACCESS_KEY"],
            path_style=True,
        ) as client:
            await client.delete_object(Bucket=self.storage["OBJECT_STORAGE_BUCKET"], Key=key_of("staging", check))


def make_certificates(folder: Path) -> None:
    """An authority in ca.pem, and a certificate for both hosts, made with OpenSSL."""
    names = f"subjectAltName=DNS:{API_HOST},DNS:{OBJECTS_HOST}"
    new = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "60")
    run(
        *new,
        "-keyout",
        str(folder / "ca.key"),
        "-out",
        str(folder / "ca.pem"),
        "-subj",
        "/CN=gate tests",
        "-addext",
        "keyUsage=critical,keyCertSign,cRLSign",
    )
    by = ("-CA", str(folder / "ca.pem"), "-CAkey", str(folder / "ca.key"))
    pair = ("-keyout", str(folder / "tls.key"), "-out", str(folder / "tls.pem"))
    usage = ("-addext", names, "-addext", "basicConstraints=critical,CA:FALSE")
    run(*new, *by, *pair, "-subj", f"/CN={API_HOST}", *usage)


def make_gateway(folder: Path) -> None:
    data = {
        name: base64.b64encode((folder / file).read_bytes()).decode()
        for name, file in (("tls.crt", "tls.pem"), ("tls.key", "tls.key"))
    }
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "tls"},
        "type": "kubernetes.io/tls",
        "data": data,
    }
    kubectl("apply", "-f", "-", stdin=json.dumps(secret))
    for document in yaml.safe_load_all((ROOT / "k8s/staging/gateway.yaml").read_text()):
        document["metadata"]["namespace"] = NAMESPACE
        if document["kind"] == "Gateway":
            document["metadata"].pop("annotations", None)
            document["spec"]["gatewayClassName"] = os.environ.get("E2E_GATEWAY_CLASS", "traefik")
            for listener in document["spec"]["listeners"]:
                if listener["name"] == "http":
                    listener["port"] = int(os.environ.get("E2E_GATEWAY_PORT", "8000"))
                    continue
                listener["port"] = int(os.environ.get("E2E_GATEWAY_TLS_PORT", "8443"))
                listener["hostname"] = API_HOST if listener["name"] == "api" else OBJECTS_HOST
                listener["tls"]["certificateRefs"] = [{"name": "tls"}]
        elif document["kind"] == "HTTPRoute":
            document["spec"]["hostnames"] = [API_HOST, OBJECTS_HOST]
        kubectl("apply", "-f", "-", stdin=json.dumps(document))


def values(image: str, log_level: str) -> dict[str, Any]:
    """What differs from the staging values: names, one pod of each, small requests, a second bucket for the copies."""
    repository, _, tag = image.rpartition(":")
    gateways = [os.environ.get("E2E_GATEWAY_NAMESPACE", "gateway-system")]
    port = address("E2E_HTTPS", "127.0.0.1:30443")[1]
    return {
        "service": {
            "image": {"repository": repository, "tag": tag, "pullPolicy": "IfNotPresent"},
            "config": {"LOG_LEVEL": log_level},
            "objectStorage": {"publicEndpoint": f"https://{OBJECTS_HOST}:{port}"},
            "api": {"replicas": 1, "resources": SMALL},
            "worker": {"resources": SMALL},
            "jobs": {"resources": SMALL},
            "autoscaling": {"minReplicas": 1, "maxReplicas": 1},
            "backup": {
                "endpoint": "http://minio:9000",
                "bucket": "gate-copies",
                "egress": [{"cidr": "0.0.0.0/0", "ports": [9000]}],
                "resources": SMALL,
            },
            "httpRoute": {"hostnames": [API_HOST]},
            "networkPolicy": {"gatewayNamespaces": gateways},
            "gate": {"enabled": True, "schedule": "0 0 1 1 *"},
        },
        "postgres": {"persistence": {"size": "1Gi"}, "resources": SMALL},
        "minio": {
            "persistence": {"size": "1Gi"},
            "resources": SMALL,
            "networkPolicy": {"gatewayNamespaces": gateways},
            "httpRoute": {"hostnames": [OBJECTS_HOST]},
        },
        "prometheus": {"persistence": {"size": "1Gi"}, "resources": SMALL},
    }


def helm(action: str, chart: Path, log_level: str) -> None:
    run(
        *("helm", action, "jembatan", str(chart), "-n", NAMESPACE, "-f", "k8s/staging/values.yaml", "-f", "-"),
        *("--wait", "--wait-for-jobs", "--timeout", "6m"),
        timeout=400,
        stdin=json.dumps(values(os.environ.get("E2E_IMAGE", "jembatan:e2e"), log_level)),
    )


def run_cron_job(name: str) -> None:
    """Run it once, now, and wait for its end."""
    kubectl("create", "job", f"{name}-now", f"--from=cronjob/{name}")
    deadline = time.monotonic() + 240
    while True:
        status = kubectl_json("get", "job", f"{name}-now")["status"]
        if status.get("succeeded") or status.get("failed"):
            break
        if time.monotonic() > deadline:
            break
        time.sleep(2)
    if not status.get("succeeded"):
        logs = kubectl("logs", f"job/{name}-now", "--all-containers", "--tail=20", check=False)
        pytest.fail(f"the Job {name} has not succeeded: {status}\n{logs}", pytrace=False)


def read_only_kubeconfig(path: Path) -> Path:
    """The kubeconfig at hand, with a token of the chart's account in place of its user."""
    found = json.loads(run("kubectl", "config", "view", "--raw", "--minify", "--flatten", "-o", "json"))
    token = kubectl("create", "token", "gate", "--duration", "2h").strip()
    found["users"] = [{"name": "gate", "user": {"token": token}}]
    found["contexts"][0]["context"]["user"] = "gate"
    path.write_text(json.dumps(found))
    path.chmod(0o600)
    return path


@contextmanager
def forwarded(service: str, port: int) -> Iterator[str]:
    command = ["kubectl", "-n", NAMESPACE, "port-forward", f"service/{service}", f":{port}"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert "->" in line, line
        yield f"http://127.0.0.1:{int(line.split('->')[0].rsplit(':', 1)[1])}"
    finally:
        process.terminate()
        process.wait(timeout=10)


def running_digest() -> str:
    pods = kubectl_json("get", "pods", "-l", "app.kubernetes.io/component=api")["items"]
    found = {s["imageID"].rpartition("sha256:")[2] for p in pods for s in p["status"]["containerStatuses"]}
    assert len(found) == 1, found
    return f"sha256:{found.pop()}"


def copy_files(folder: Path) -> None:
    """This version's files, which the tests may change; looked through today, one waiver signed."""
    (folder / "docs").mkdir(parents=True)
    names = ("openapi-runtime-v0.yaml", "execution-lock.yaml", "implementation-status.md", "staging.md")
    for name in (*(f"docs/{name}" for name in names), ".env.example"):
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / "migrations", folder / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
    today = datetime.now(UTC).date()
    blockers = {"reviewed_on": today, "owner": "Maintainers", "blockers": []}
    waiver = {
        "check": "storage.durable",
        "environment": "staging",
        "owner": "Maintainers",
        "reason": "The cluster has one node.",
        "until": today + timedelta(days=1),
    }
    for name, content in (("blockers", blockers), ("waivers", {"waivers": [waiver]})):
        (folder / f"docs/{name}.yaml").write_text(yaml.safe_dump(content))


def make_namespace() -> None:
    text = run("kubectl", "get", "namespace", NAMESPACE, "-o", "json", "--ignore-not-found")
    if text.strip():
        if OURS not in json.loads(text)["metadata"].get("labels", {}):
            pytest.fail(f"namespace {NAMESPACE} is already there and was not made by these tests: not touching it")
        delete_namespace()
    for document in yaml.safe_load_all((ROOT / "k8s/staging/namespace.yaml").read_text()):
        if document["kind"] == "Namespace":
            document["metadata"]["name"] = NAMESPACE
            document["metadata"]["labels"][OURS] = "true"
        else:
            document["metadata"]["namespace"] = NAMESPACE
        run("kubectl", "apply", "-f", "-", stdin=json.dumps(document))


def delete_namespace() -> None:
    run("kubectl", "delete", "namespace", NAMESPACE, "--wait", "--timeout=180s", timeout=200)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The product with the staging values, upgraded once, backed up, restored on trial, and all evidence kept."""
    if not os.environ.get("KUBECONFIG"):
        pytest.skip("KUBECONFIG is not set: these tests need a Kubernetes cluster")
    for program in ("kubectl", "helm", "openssl"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not on the PATH")
    folder = tmp_path_factory.mktemp("gate")
    make_namespace()
    make_certificates(folder)
    make_gateway(folder)
    keys = {"S3_ACCESS_KEY": secrets.token_hex(10), "S3_SECRET_KEY": secrets.token_hex(20)}
    made = {"SMTP_URL": "smtp://mail.invalid:587", **keys} | {
        f"BACKUP_{name.removeprefix('S3_')}": value for name, value in keys.items()
    }
    assignments = [f"{name}={value}" for name, value in made.items()]
    run("env", f"NAMESPACE={NAMESPACE}", *assignments, "bash", "k8s/secrets.sh")
    charts = folder / "helm"
    shutil.copytree(ROOT / "helm", charts, ignore=shutil.ignore_patterns("charts"))
    run("helm", "dependency", "build", str(charts / "platform"))
    helm("install", charts / "platform", "debug")
    helm("upgrade", charts / "platform", "info")
    run("k8s/wait-route.sh", timeout=150, extra_environment={"NAMESPACE": NAMESPACE, "ROUTE_TIMEOUT": "120"})
    run_cron_job("backup-dump")
    run_cron_job("restore-drill")

    copy_files(folder / "files")
    secret = kubectl_json("get", "secret", "jembatan-api")["data"]
    with forwarded("minio", 9000) as store_url:
        found = Site(
            folder=folder / "files",
            ca_file=folder / "ca.pem",
            kubeconfig=read_only_kubeconfig(folder / "kubeconfig"),
            store_url=store_url,
            storage={
                "OBJECT_STORAGE_ENDPOINT": store_url,
                "OBJECT_STORAGE_REGION": "ap-northeast-1",
                "OBJECT_STORAGE_BUCKET": "jembatan-documents",
                "OBJECT_STORAGE_ACCESS_KEY_ID": keys["S3_ACCESS_KEY"],
                "OBJECT_STORAGE_SECRET_ACCESS_KEY": keys["S3_SECRET_KEY"],
            },
            admin_key=base64.b64decode(secret["ADMIN_API_KEY"]).decode(),
            commit=run("git", "rev-parse", "HEAD").strip(),
        )
        asyncio.run(keep_what_ci_ran(found))
        yield found
    if os.environ.get("E2E_KEEP") != "1":
        delete_namespace()


async def keep_what_ci_ran(site: Site) -> None:
    checks = {check.name: check for c in load_criteria(ROOT / CRITERIA_FILE) for check in c.checks}
    subject = Subject(site.commit, running_digest(), "staging")
    ended = datetime.now(UTC) - timedelta(minutes=1)
    for name in RECORDED_BY_CI:
        command = checks[name].command
        await site.write(Evidence(name, subject, command, "passed", 0, ended - timedelta(minutes=5), ended))


@asynccontextmanager
async def changed(site: Site, check: str, **changes: Any) -> AsyncIterator[None]:
    """The evidence of a check, changed for a moment."""
    good = Evidence.from_json(await site.read(check))
    await site.write(replace(good, **changes))
    try:
        yield
    finally:
        await site.write(good)


@contextmanager
def patched_secret(name: str, changes: Mapping[str, str]) -> Iterator[None]:
    before = kubectl_json("get", "secret", name)["data"]
    kubectl("patch", "secret", name, "--type=merge", "-p", json.dumps({"stringData": dict(changes)}))
    try:
        yield
    finally:
        kept = {key: before[key] for key in changes}
        kubectl("patch", "secret", name, "--type=merge", "-p", json.dumps({"data": kept}))


class TestOpen:
    def test_the_smoke_through_the_public_host_is_recorded(self, site: Site) -> None:
        smoke = [sys.executable, "-m", "service", "smoke", "--base-url", site.base_url, "--ca-file", str(site.ca_file)]
        host, port = address("E2E_HTTPS", "127.0.0.1:30443")
        for name in (API_HOST, OBJECTS_HOST):
            smoke += ["--resolve", f"{name}:{port}:{host}"]
        done = site.gate("record", "smoke.public", *site.options(), "--", *smoke, SMOKE_ADMIN_KEY=site.admin_key)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "SMOKE OK" in done.stdout
        assert site.admin_key not in (asyncio.run(site.read("smoke.public"))).decode()

    def test_all_yes_but_the_storage_which_is_waived(self, site: Site, say: Say) -> None:
        found = site.ask_until_open()
        durable = found.pop("storage.durable")
        assert durable[0] == WAIVED
        assert "node-local" in durable[1]
        assert "waived by Maintainers" in durable[1]
        assert {name: verdict for name, (verdict, _) in found.items() if verdict != YES} == {}
        site.ask(code=3)
        done = site.gate("check", *site.options(), "--accept-waivers", "--markdown")
        say(f"\n{done.stdout}")
        assert done.returncode == 0

    async def test_the_metrics_show_a_stranger_their_summary(self, site: Site) -> None:
        """The staging values say nothing of METRICS_JSON: the totals answer, and `public.host` is open all the same."""
        assert "METRICS_JSON" not in kubectl_json("get", "configmap", "api-env")["data"]
        host, port = address("E2E_HTTPS", "127.0.0.1:30443")
        async with Caller(trust(site.ca_file), {(API_HOST, port): host}, timeout_seconds=20) as caller:
            for accept in ("application/json", "text/plain"):
                found = json_of(await caller.get(f"{site.base_url}/metrics", headers={"Accept": accept}), "/metrics")
                assert set(found) == {"uptimeSec", "totalRequests", "totalErrors", "byStatus", "routes"}
                assert found["routes"] == []
        assert (await asyncio.to_thread(site.ask))["public.host"] == (YES, "")

    def test_the_account_may_change_nothing(self, site: Site) -> None:
        as_gate = ("kubectl", "--kubeconfig", str(site.kubeconfig), "-n", NAMESPACE, "auth", "can-i")
        for verb, what in (
            ("create", "pods"),
            ("delete", "deployments"),
            ("patch", "secrets/jembatan-api"),
            ("create", "pods/exec"),
            ("list", "secrets"),
            ("get", "secrets/jembatan-backup"),
        ):
            assert run(*as_gate, verb, what, check=False).strip() == "no", (verb, what)


class TestShut:
    """One thing at a time; each flips exactly its criterion."""

    async def test_a_removed_evidence(self, site: Site) -> None:
        good = Evidence.from_json(await site.read("smoke.public"))
        await site.remove("smoke.public")
        try:
            await asyncio.to_thread(site.only_no, "smoke.public", "there is no evidence")
        finally:
            await site.write(good)

    async def test_an_evidence_that_is_a_day_old(self, site: Site) -> None:
        good = Evidence.from_json(await site.read("hardening.check"))
        day = timedelta(days=1)
        async with changed(
            site, "hardening.check", started_at=good.started_at - day, finished_at=good.finished_at - day
        ):
            await asyncio.to_thread(site.only_no, "hardening.check", "the evidence is stale: 24 h old")

    def test_a_probe_that_times_out(self, site: Site) -> None:
        """In the public host's place a listener that accepts and never answers."""
        port = address("E2E_HTTPS", "127.0.0.1:30443")[1]
        try:
            silent = socket.create_server(("::1", port), family=socket.AF_INET6, backlog=64)
        except OSError:
            pytest.skip("this machine has no IPv6 loopback for a silent listener beside the cluster's port")
        with silent:
            site.only_no("public.host", "the probe timed out", "did not answer within", api_address="[::1]")

    def test_a_contract_that_drifts(self, site: Site) -> None:
        document = site.folder / "docs/openapi-runtime-v0.yaml"
        good = document.read_text()
        document.write_text(good.replace("title: Jembatan API", "title: Another API"))
        try:
            site.only_no("contract.sync", "not what the handlers declare", "the served document differs")
        finally:
            document.write_text(good)

    def test_a_secret_of_a_developer(self, site: Site) -> None:
        with patched_secret("jembatan-api", {"KYC_PROVIDER_WEBHOOK_SECRET": "dev-webhook-secret"}):
            site.only_no("environment.complete", "KYC_PROVIDER_WEBHOOK_SECRET is a sample value")

    def test_another_image(self, site: Site) -> None:
        image = os.environ.get("E2E_OTHER_IMAGE")
        if not image:
            pytest.skip("E2E_OTHER_IMAGE is not set: it names this version built again, with another digest")
        roll("worker", image)
        try:
            site.wait_for("monitoring.scraped")  # Prometheus finds a new pod a little later
            site.only_no("image.tested", "image.running: worker-", "tested was sha256:")
        finally:
            roll("worker", os.environ.get("E2E_IMAGE", "jembatan:e2e"))
            site.wait_for("monitoring.scraped")

    def test_metrics_that_show_everything(self, site: Site) -> None:
        kubectl("set", "env", "deployment/api", "METRICS_JSON=public")
        try:
            settle("api")
            site.wait_for("monitoring.scraped")
            site.only_no("public.host", "public.surface: /metrics answers a stranger", "with more than the summary")
        finally:
            kubectl("set", "env", "deployment/api", "METRICS_JSON-")
            settle("api")
        site.ask_until_open()

    def test_no_prometheus(self, site: Site) -> None:
        kubectl("scale", "statefulset/prometheus", "--replicas=0")
        try:
            kubectl("wait", "pod/prometheus-0", "--for=delete", "--timeout=120s", timeout=130)
            site.only_no("monitoring.active", "prometheus is scaled to zero")
        finally:
            kubectl("scale", "statefulset/prometheus", "--replicas=1")
            kubectl("rollout", "status", "statefulset/prometheus", "--timeout=120s", timeout=130)
        site.ask_until_open()


class TestCronJob:
    def test_its_verdicts_become_metrics(self, site: Site) -> None:
        """In the pod nobody resolves the public hosts, so the gate is shut; the row is written all the same."""
        kubectl("create", "job", "gate-now", "--from=cronjob/gate")
        deadline = time.monotonic() + 180
        while not {"succeeded", "failed"} & kubectl_json("get", "job", "gate-now")["status"].keys():
            assert time.monotonic() < deadline, "the gate's Job does not end"
            time.sleep(2)
        output = kubectl("logs", "job/gate-now")
        assert "The gate is shut." in output
        assert "monitoring.scraped: 2 processes are scraped" in output
        pod = kubectl_json("get", "pods", "-l", "app.kubernetes.io/component=worker")["items"][0]["metadata"]["name"]
        path = f"/api/v1/namespaces/{NAMESPACE}/pods/{pod}:9100/proxy/metrics"
        deadline = time.monotonic() + 90
        while 'gate_criterion{criterion="monitoring.active"} 1.0' not in (text := run("kubectl", "get", "--raw", path)):
            assert time.monotonic() < deadline, [line for line in text.splitlines() if line.startswith("gate_")]
            time.sleep(3)
        assert 'gate_criterion{criterion="public.host"} 0.0' in text


def roll(deployment: str, image: str) -> None:
    """Let a Deployment run another image, and wait until only that one runs."""
    kubectl("set", "image", f"deployment/{deployment}", f"{deployment}={image}", f"wait-for-migrations={image}")
    settle(deployment)


def settle(deployment: str) -> None:
    """Wait until only the newest pods of a Deployment are there."""
    kubectl("rollout", "status", f"deployment/{deployment}", "--timeout=150s", timeout=160)
    deadline = time.monotonic() + 120
    while len(kubectl_json("get", "pods", "-l", f"app.kubernetes.io/component={deployment}")["items"]) > 1:
        assert time.monotonic() < deadline, "the old pod does not go"
        time.sleep(1)
