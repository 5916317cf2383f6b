"""What stands while the cluster tests run? The product, installed from its charts into namespace `jembatan`, then removed.

Any cluster will do: `KUBECONFIG` names it, the image must be there or pullable, and a Gateway API controller must serve
`E2E_GATEWAY_CLASS` on this machine's `E2E_HTTP`.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.tools.smoke.options import Options
from tests.load import Load, Report

ROOT = Path(__file__).parents[2]
NAMESPACE, RELEASE = "jembatan", "jembatan"
# Only a namespace with this label is ours to delete.
OURS = "jembatan.test/e2e"
Say = Callable[[str], None]
API_HOST, OBJECTS_HOST = "api.jembatan.test", "objects.jembatan.test"
BACKUP_SECRET = {"access-key": "backup-key", "secret-key": "backup-secret-for-this-run"}


def run(
    *command: str,
    timeout: float = 120,
    check: bool = True,
    stdin: str | None = None,
    extra_environment: dict[str, str] | None = None,
) -> str:
    """Run a program and return its standard output; a failure shows what it said."""
    environment = os.environ | {"PYTHONUNBUFFERED": "1"} | (extra_environment or {})
    done = subprocess.run(
        command, cwd=ROOT, input=stdin, capture_output=True, text=True, timeout=timeout, check=False, env=environment
    )
    if check and done.returncode:
        pytest.fail(f"{' '.join(command)}\nexit code {done.returncode}\n{done.stdout}{done.stderr}", pytrace=False)
    return done.stdout


def kubectl(*arguments: str, timeout: float = 120, check: bool = True, stdin: str | None = None) -> str:
    return run("kubectl", "-n", NAMESPACE, *arguments, timeout=timeout, check=check, stdin=stdin)


def kubectl_json(*arguments: str) -> Any:
    return json.loads(kubectl(*arguments, "-o", "json"))


def ready_pods(component: str) -> list[str]:
    """Names of that component's pods that are ready and not going away."""
    found = []
    for pod in kubectl_json("get", "pods", "-l", f"app.kubernetes.io/component={component}")["items"]:
        conditions = {c["type"]: c["status"] for c in pod["status"].get("conditions", [])}
        if conditions.get("Ready") == "True" and "deletionTimestamp" not in pod["metadata"]:
            found.append(pod["metadata"]["name"])
    return sorted(found)


@dataclass
class Platform:
    """The charts with their dependencies in place, and what one installation is made of."""

    chart: Path
    image: str
    http: str
    https: str
    ca_file: Path
    started: float = 0.0
    # What later tests have changed; an upgrade keeps it.
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return self.http.rsplit(":", 1)[0]

    @property
    def port(self) -> int:
        return int(self.http.rsplit(":", 1)[1])

    @property
    def base_url(self) -> str:
        return f"http://{API_HOST}:{self.port}"

    @property
    def https_port(self) -> int:
        return int(self.https.rsplit(":", 1)[1])

    def options(self) -> Options:
        """How the smoke and the load reach the product through the route."""
        hosts = [(host, port) for host in (API_HOST, OBJECTS_HOST) for port in (self.port, self.https_port)]
        return Options(base_url=self.base_url, resolve=dict.fromkeys(hosts, self.address), ca_file=self.ca_file)

    def helm(self, action: str, *arguments: str, image: str = "") -> str:
        """`install` or `upgrade` the release with the local values, this image and this machine's route.

        Waits until its pods are ready and the gateway has taken its routes.
        """
        repository, _, tag = (image or self.image).rpartition(":")
        node = json.loads(run("kubectl", "get", "nodes", "-o", "json"))["items"][0]
        node_ip = next(a["address"] for a in node["status"]["addresses"] if a["type"] == "InternalIP")
        values = {
            "image": {"repository": repository, "tag": tag},
            "objectStorage": {"publicEndpoint": f"http://{OBJECTS_HOST}:{self.port}"},
            # The pod of `helm test` uploads through the same route, by the node's port.
            "test": {"args": ["--base-url", "http://api", "--resolve", f"{OBJECTS_HOST}:{self.port}:{node_ip}"]},
            "networkPolicy": {"egress": [{"cidr": "0.0.0.0/0", "ports": list(gateway_ports())}]},
            # A gateway on the same small node asks for no CPU of its own: five processes that start at once would leave
            # it none, and it would be the gateway that drops requests.
            "jobs": {"resources": {"limits": {"cpu": "300m"}}},
            "worker": {"resources": {"limits": {"cpu": "300m"}}},
            "decoder": {"resources": {"limits": {"cpu": "300m"}}},
        } | self.values
        output = run(
            *("helm", action, RELEASE, str(self.chart), "-n", NAMESPACE, "-f", "k8s/local/values.yaml", "-f", "-"),
            *("--wait", "--wait-for-jobs", "--timeout", "4m", *arguments),
            timeout=270,
            # Dashboards are for people; nothing here looks at them.
            stdin=json.dumps({"service": values, "prometheus": {"grafana": {"enabled": False}}}),
        )
        run("k8s/wait-route.sh", timeout=150, extra_environment={"NAMESPACE": NAMESPACE, "ROUTE_TIMEOUT": "120"})
        return output

    def smoke(self, *, tls: bool = False) -> str:
        """Walk the journey from this machine through the route; returns its output, which ends `SMOKE OK`."""
        ports = (self.port, self.https_port)
        resolve = [f"{host}:{port}:{self.address}" for host in (API_HOST, OBJECTS_HOST) for port in ports]
        output = run(
            *(sys.executable, "-m", "service", "smoke", "--wait", "60", "--ca-file", str(self.ca_file), "--base-url"),
            f"https://{API_HOST}:{self.https_port}" if tls else self.base_url,
            *(part for entry in resolve for part in ("--resolve", entry)),
            timeout=240,
            # The local values' well-known credentials: staff's half and the provider's webhook run too.
            extra_environment={"SMOKE_ADMIN_KEY": "dev-admin-key", "SMOKE_WEBHOOK_SECRET": "dev-webhook-secret"},
        )
        assert output.rstrip().endswith("SMOKE OK"), output
        return output


class Running:
    """The load mix, in a thread of its own, from `with` to the end of the block."""

    def __init__(self, platform: Platform, *, rate_per_second: float = 30.0) -> None:
        self.load = Load(platform.options(), rate_per_second=rate_per_second)
        self._ready, self._stop = threading.Event(), threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._work, daemon=True)

    @property
    def report(self) -> Report:
        return self.load.report

    def _work(self) -> None:
        async def work() -> None:
            async with self.load:
                await self.load.prepare()
                self._ready.set()
                stop = asyncio.Event()
                running = asyncio.create_task(self.load.run(900, stop))
                while not self._stop.is_set():
                    await asyncio.sleep(0.1)
                stop.set()
                await running

        try:
            asyncio.run(work())
        except BaseException as error:
            self._error = error
        finally:
            self._ready.set()

    def __enter__(self) -> Running:
        self._thread.start()
        self._ready.wait(60)
        if self._error is not None:
            raise self._error
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(90)
        assert not self._thread.is_alive(), "the load did not end"
        if self._error is not None:
            raise self._error

    def failed_since(self, seconds: float) -> int:
        """Failures within the next `seconds`."""
        before = self.report.failed
        time.sleep(seconds)
        return self.report.failed - before

    def missing(self) -> list[str]:
        """Acknowledged writes that the product does not show, and acknowledged objects that the store does not have."""

        async def verify() -> list[str]:
            async with self.load:
                return await self.load.verify()

        return asyncio.run(verify()) + objects_missing(self.load.objects)


def objects_missing(objects: dict[str, int]) -> list[str]:
    """Which of these keys does the store not hold with that size? Asked from inside, where the store's keys are."""
    program = (
        "import asyncio, json, sys\n"
        "from service.adapters.object_storage import ObjectStorage\n"
        "from service.base.settings import load_settings\n"
        "async def main():\n"
        "    storage = ObjectStorage(load_settings())\n"
        "    await storage.open()\n"
        "    wanted = json.load(sys.stdin)\n"
        "    print(json.dumps([key for key, size in wanted.items() if await storage.size_of(key) != size]))\n"
        "    await storage.close()\n"
        "asyncio.run(main())\n"
    )
    (pod, *_) = ready_pods("api")
    output = kubectl("exec", "-i", pod, "-c", "api", "--", "python", "-c", program, stdin=json.dumps(objects))
    return [f"object {key} is gone" for key in json.loads(output.strip().splitlines()[-1])]


def gateway_ports() -> tuple[int, int]:
    """Ports of the Gateway's two listeners, HTTP and HTTPS."""
    return int(os.environ.get("E2E_GATEWAY_PORT", "8000")), int(os.environ.get("E2E_GATEWAY_TLS_PORT", "8443"))


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of our own for both hosts, and its key; it is its own authority."""
    certificate, key = folder / "tls.crt", folder / "tls.key"
    run(
        *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
        *("-days", "2", "-subj", "/CN=jembatan.test", "-keyout", str(key), "-out", str(certificate)),
        *("-addext", f"subjectAltName=DNS:{API_HOST},DNS:{OBJECTS_HOST}"),
    )
    return certificate, key


def namespace_state() -> str:
    """`absent`, `ours` or `foreign`."""
    text = run("kubectl", "get", "namespace", NAMESPACE, "-o", "json", "--ignore-not-found")
    if not text.strip():
        return "absent"
    return "ours" if OURS in json.loads(text)["metadata"].get("labels", {}) else "foreign"


def delete_namespace() -> None:
    run("kubectl", "delete", "namespace", NAMESPACE, "--wait", "--timeout=180s", timeout=200)


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Show something to whoever watches the run, whatever pytest captures."""

    def show(text: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"{text}\n")

    return show


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """The namespace with its Gateway; nothing is installed yet. Everything is deleted afterwards, data included."""
    if not os.environ.get("KUBECONFIG"):
        pytest.skip("KUBECONFIG is not set: these tests need a Kubernetes cluster")
    for program in ("kubectl", "helm", "openssl"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not on the PATH")
    state = namespace_state()
    if state == "foreign":
        pytest.fail(f"namespace {NAMESPACE} is already there and was not made by these tests: not touching it")
    if state == "ours":
        delete_namespace()
    for document in yaml.safe_load_all((ROOT / "k8s/local/namespace.yaml").read_text()):
        if document["kind"] == "Namespace":
            document["metadata"]["labels"][OURS] = "true"
        run("kubectl", "apply", "-f", "-", stdin=json.dumps(document))
    gateway = yaml.safe_load((ROOT / "k8s/local/gateway.yaml").read_text())
    gateway["spec"]["gatewayClassName"] = os.environ.get("E2E_GATEWAY_CLASS", "traefik")
    (listener,) = gateway["spec"]["listeners"]
    listener["port"], tls_port = gateway_ports()
    certificate, key = make_certificate(tmp_path_factory.mktemp("tls"))
    kubectl("create", "secret", "tls", "certificate", "--cert", str(certificate), "--key", str(key))
    tls = {"mode": "Terminate", "certificateRefs": [{"name": "certificate"}]}
    gateway["spec"]["listeners"].append(
        {**listener, "name": "https", "protocol": "HTTPS", "port": tls_port, "tls": tls}
    )
    kubectl("apply", "-f", "-", stdin=json.dumps(gateway))

    charts = tmp_path_factory.mktemp("helm") / "helm"
    shutil.copytree(ROOT / "helm", charts, ignore=shutil.ignore_patterns("charts"))
    run("helm", "dependency", "build", str(charts / "platform"))
    yield Platform(
        chart=charts / "platform",
        image=os.environ.get("E2E_IMAGE", "jembatan:e2e"),
        http=os.environ.get("E2E_HTTP", "127.0.0.1:30080"),
        https=os.environ.get("E2E_HTTPS", "127.0.0.1:30443"),
        ca_file=certificate,
    )
    if os.environ.get("E2E_KEEP") != "1":
        delete_namespace()


@pytest.fixture(scope="session")
def installed(platform: Platform) -> Platform:
    """The product, installed in one go, its pods ready."""
    platform.started = time.monotonic()
    platform.helm("install")
    return platform


@pytest.fixture(scope="session")
def backup_store(platform: Platform) -> Iterator[str]:
    """A second object store in the namespace, which no release knows; returns its URL."""
    labels = {"app.kubernetes.io/name": "backup-store"}
    minio = yaml.safe_load((ROOT / "helm/minio/values.yaml").read_text())["image"]
    secret = {name: base64.b64encode(value.encode()).decode() for name, value in BACKUP_SECRET.items()}
    objects = [
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "jembatan-backup"}, "data": secret},
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "backup-store", "labels": labels},
            "spec": {
                "automountServiceAccountToken": False,
                "enableServiceLinks": False,
                "securityContext": {
                    "runAsNonRoot": True,
                    "runAsUser": 10002,
                    "fsGroup": 10002,
                    "seccompProfile": {"type": "RuntimeDefault"},
                },
                "containers": [
                    {
                        "name": "store",
                        "image": f"{minio['repository']}:{minio['tag']}",
                        "args": ["server", "/data"],
                        "env": [
                            {"name": "MINIO_ROOT_USER", "value": BACKUP_SECRET["access-key"]},
                            {"name": "MINIO_ROOT_PASSWORD", "value": BACKUP_SECRET["secret-key"]},
                            {"name": "HOME", "value": "/tmp"},
                        ],
                        "readinessProbe": {
                            "httpGet": {"path": "/minio/health/ready", "port": 9000},
                            "periodSeconds": 1,
                        },
                        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
                        "resources": {"requests": {"cpu": "25m", "memory": "96Mi"}, "limits": {"memory": "512Mi"}},
                        "volumeMounts": [{"name": "data", "mountPath": "/data"}, {"name": "tmp", "mountPath": "/tmp"}],
                    }
                ],
                "volumes": [{"name": "data", "emptyDir": {}}, {"name": "tmp", "emptyDir": {}}],
            },
        },
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "backup-store"},
            "spec": {"selector": labels, "ports": [{"port": 9000}]},
        },
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {"name": "backup-store"},
            "spec": {
                "podSelector": {"matchLabels": labels},
                "policyTypes": ["Ingress"],
                "ingress": [{"ports": [{"port": 9000}]}],
            },
        },
    ]
    for one in objects:
        kubectl("apply", "-f", "-", stdin=json.dumps(one))
    kubectl("wait", "pod/backup-store", "--for=condition=Ready", "--timeout=90s")
    yield "http://backup-store:9000"
    kubectl("delete", "pod,service,networkpolicy", "backup-store", "--wait=false")
    kubectl("delete", "secret", "jembatan-backup")
