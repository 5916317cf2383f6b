"""What stands while the cluster tests run? The product, installed from its charts into namespace `jembatan`, then removed.

Any cluster will do: `KUBECONFIG` names it, the image must be there or pullable, and a Gateway API controller must serve
`E2E_GATEWAY_CLASS` on this machine's `E2E_HTTP`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
NAMESPACE, RELEASE = "jembatan", "jembatan"
# Only a namespace with this label is ours to delete.
OURS = "jembatan.test/e2e"
Say = Callable[[str], None]
API_HOST, OBJECTS_HOST = "api.jembatan.test", "objects.jembatan.test"


def run(*command: str, timeout: float = 120, check: bool = True, stdin: str | None = None) -> str:
    """Run a program and return its standard output; a failure shows what it said."""
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
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
    started: float = 0.0
    values: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return self.http.rsplit(":", 1)[0]

    @property
    def port(self) -> int:
        return int(self.http.rsplit(":", 1)[1])

    @property
    def base_url(self) -> str:
        return f"http://{API_HOST}:{self.port}"

    def helm(self, action: str, *arguments: str) -> str:
        """`install` or `upgrade` the release with the local values, this image and this machine's route; waits for it."""
        repository, _, tag = self.image.rpartition(":")
        node = json.loads(run("kubectl", "get", "nodes", "-o", "json"))["items"][0]
        node_ip = next(a["address"] for a in node["status"]["addresses"] if a["type"] == "InternalIP")
        values = {
            "image": {"repository": repository, "tag": tag},
            "objectStorage": {"publicEndpoint": f"http://{OBJECTS_HOST}:{self.port}"},
            # The pod of `helm test` uploads through the same route, by the node's port.
            "test": {"args": ["--base-url", "http://api", "--resolve", f"{OBJECTS_HOST}:{self.port}:{node_ip}"]},
            "networkPolicy": {"egress": [{"cidr": "0.0.0.0/0", "ports": [gateway_port()]}]},
        }
        return run(
            *("helm", action, RELEASE, str(self.chart), "-n", NAMESPACE, "-f", "k8s/local/values.yaml", "-f", "-"),
            *("--wait", "--wait-for-jobs", "--timeout", "4m", *arguments),
            timeout=270,
            stdin=json.dumps({"service": values}),
        )

    def smoke(self) -> str:
        """Walk the journey from this machine through the route; returns its output, which ends `SMOKE OK`."""
        resolve = [f"{host}:{self.port}:{self.address}" for host in (API_HOST, OBJECTS_HOST)]
        output = run(
            *(sys.executable, "-m", "service", "smoke", "--base-url", self.base_url),
            *(part for entry in resolve for part in ("--resolve", entry)),
            timeout=180,
        )
        assert output.rstrip().endswith("SMOKE OK"), output
        return output


def gateway_port() -> int:
    return int(os.environ.get("E2E_GATEWAY_PORT", "8000"))


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
    for program in ("kubectl", "helm"):
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
    gateway["spec"]["listeners"][0]["port"] = gateway_port()
    kubectl("apply", "-f", "-", stdin=json.dumps(gateway))

    charts = tmp_path_factory.mktemp("helm") / "helm"
    shutil.copytree(ROOT / "helm", charts, ignore=shutil.ignore_patterns("charts"))
    run("helm", "dependency", "build", str(charts / "platform"))
    yield Platform(
        chart=charts / "platform",
        image=os.environ.get("E2E_IMAGE", "jembatan:e2e"),
        http=os.environ.get("E2E_HTTP", "127.0.0.1:30080"),
    )
    if os.environ.get("E2E_KEEP") != "1":
        delete_namespace()


@pytest.fixture(scope="session")
def installed(platform: Platform) -> Platform:
    """The product, installed in one go, its pods ready."""
    platform.started = time.monotonic()
    platform.helm("install")
    return platform
