"""Do the cluster's scripts wait for what they must, and say what is really missing? kubectl against an API of our own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from service.tools.local.servers import free_ports

ROOT = Path(__file__).parents[2]
GATEWAY_API = "gateway.networking.k8s.io"
ROUTES = f"/apis/{GATEWAY_API}/v1/namespaces/jembatan/httproutes"
GATEWAYS = f"/apis/{GATEWAY_API}/v1/namespaces/jembatan/gateways"

pytestmark = pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not on the PATH")


class Cluster:
    """As much of a Kubernetes API as kubectl needs; `answers` are JSON by path, or what makes it at each question."""

    def __init__(self, folder: Path) -> None:
        self.answers: dict[str, Any] = {
            "/version": {"major": "1", "minor": "32"},
            "/api": {"kind": "APIVersions", "versions": ["v1"]},
            "/api/v1": _kinds("v1", ("namespaces", "Namespace", False), ("secrets", "Secret", True)),
            "/apis": {
                "kind": "APIGroupList",
                "apiVersion": "v1",
                "groups": [_group(GATEWAY_API), _group("batch"), _group("apps")],
            },
            f"/apis/{GATEWAY_API}/v1": _kinds(
                f"{GATEWAY_API}/v1", ("httproutes", "HTTPRoute", True), ("gateways", "Gateway", True)
            ),
            "/apis/batch/v1": _kinds("batch/v1", ("cronjobs", "CronJob", True), ("jobs", "Job", True)),
            "/apis/apps/v1": _kinds("apps/v1", ("deployments", "Deployment", True)),
        }
        self.asked: list[str] = []
        cluster = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                cluster.asked.append(path)
                found = cluster.answers.get(path)
                found = found() if callable(found) else found
                status = 200
                if found is None:
                    status, found = 404, {"kind": "Status", "status": "Failure", "reason": "NotFound", "code": 404}
                    found |= {"apiVersion": "v1", "message": f"{path} not found"}
                elif found.get("kind") == "Status":
                    status = found["code"]
                body = json.dumps(found).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.kubeconfig = write_kubeconfig(folder / "kubeconfig", self.server.server_port)
        self.home = folder

    def run(self, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return run(script, self.kubeconfig, self.home, **environment)


def _group(name: str) -> dict[str, Any]:
    version = {"groupVersion": f"{name}/v1", "version": "v1"}
    return {"name": name, "versions": [version], "preferredVersion": version}


def _kinds(version: str, *kinds: tuple[str, str, bool]) -> dict[str, Any]:
    resources = [
        {"name": name, "singularName": kind.lower(), "kind": kind, "namespaced": namespaced, "verbs": ["get", "list"]}
        for name, kind, namespaced in kinds
    ]
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": resources}


def write_kubeconfig(path: Path, port: int) -> Path:
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": {"server": f"http://127.0.0.1:{port}"}}],
        "users": [{"name": "u", "user": {}}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "c",
    }
    path.write_text(json.dumps(config))
    return path


def run(script: str, kubeconfig: Path, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH",)}
    return subprocess.run(
        [f"k8s/{script}.sh"],
        cwd=ROOT,
        # kubectl keeps what it discovered below HOME.
        env={**kept, "HOME": str(home), "KUBECONFIG": str(kubeconfig), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    one = Cluster(tmp_path)
    yield one
    one.server.shutdown()
    one.server.server_close()


def route(name: str, *conditions: dict[str, Any], generation: int = 2, parents: int = 1) -> dict[str, Any]:
    """A route to the Gateway `jembatan`, with what the gateway says of each parent."""
    one: dict[str, Any] = {
        "apiVersion": f"{GATEWAY_API}/v1",
        "kind": "HTTPRoute",
        "metadata": {"name": name, "namespace": "jembatan", "generation": generation},
        "spec": {"parentRefs": [{"name": "jembatan"}] * parents},
    }
    if conditions:
        status = [{"parentRef": {"name": "jembatan"}, "conditions": [condition]} for condition in conditions]
        one["status"] = {"parents": status}
    return one


def accepted(status: str = "True", *, reason: str = "Accepted", generation: int = 2) -> dict[str, Any]:
    return {"type": "Accepted", "status": status, "reason": reason, "observedGeneration": generation}


def gateway(programmed: str) -> dict[str, Any]:
    condition = {"type": "Programmed", "status": programmed, "reason": "Programmed", "observedGeneration": 1}
    return {
        "apiVersion": f"{GATEWAY_API}/v1",
        "kind": "Gateway",
        "metadata": {"name": "jembatan", "namespace": "jembatan", "generation": 1, "resourceVersion": "1"},
        "status": {"conditions": [condition]},
    }


def a_list(kind: str, *items: dict[str, Any]) -> dict[str, Any]:
    return {"kind": f"{kind}List", "apiVersion": f"{GATEWAY_API}/v1", "metadata": {"resourceVersion": "1"}} | {
        "items": list(items)
    }


def in_turn(*answers: Any) -> Callable[[], Any]:
    """Each question gets the next answer, and the last one for ever."""
    left = list(answers)
    return lambda: left.pop(0) if len(left) > 1 else left[0]


class TestWaitRoute:
    def test_waits_until_every_route_is_taken_in_its_newest_form(self, cluster: Cluster) -> None:
        objects = route("objects", accepted())
        cluster.answers[ROUTES] = in_turn(
            a_list("HTTPRoute", route("api"), objects),
            a_list("HTTPRoute", route("api", accepted(generation=1)), objects),
            a_list("HTTPRoute", route("api", accepted("False", reason="NoMatchingListenerHostname")), objects),
            a_list("HTTPRoute", route("api", accepted(), parents=2), objects),
            a_list("HTTPRoute", route("api", accepted(), accepted(), parents=2), objects),
        )
        cluster.answers[GATEWAYS] = a_list("Gateway", gateway("True"))
        cluster.answers[f"{GATEWAYS}/jembatan"] = gateway("True")
        done = cluster.run("wait-route", ROUTE_TIMEOUT="60")
        assert done.returncode == 0, done.stderr
        assert cluster.asked.count(ROUTES) == 5
        assert "gateway.gateway.networking.k8s.io/jembatan condition met" in done.stdout

    def test_a_route_that_is_refused_is_named_with_the_reason(self, cluster: Cluster) -> None:
        refused = accepted("False", reason="NoMatchingListenerHostname")
        cluster.answers[ROUTES] = a_list("HTTPRoute", route("api", refused), route("objects", accepted()))
        done = cluster.run("wait-route", ROUTE_TIMEOUT="1")
        assert done.returncode == 1
        assert done.stderr == "No gateway has taken these routes after 1 s: api (NoMatchingListenerHostname)\n"

    def test_a_gateway_that_is_not_programmed_is_a_failure(self, cluster: Cluster) -> None:
        cluster.answers[ROUTES] = a_list("HTTPRoute", route("api", accepted()))
        cluster.answers[GATEWAYS] = a_list("Gateway", gateway("False"))
        cluster.answers[f"{GATEWAYS}/jembatan"] = gateway("False")
        done = cluster.run("wait-route", ROUTE_TIMEOUT="2")
        assert done.returncode != 0
        assert "jembatan" in done.stderr

    def test_without_routes_nothing_is_waited_for(self, cluster: Cluster) -> None:
        cluster.answers[ROUTES] = a_list("HTTPRoute")
        done = cluster.run("wait-route")
        assert (done.returncode, done.stdout) == (0, "No routes to wait for.\n")

    def test_a_cluster_without_the_gateway_api_has_none(self, cluster: Cluster) -> None:
        cluster.answers["/apis"]["groups"] = [_group("batch")]
        done = cluster.run("wait-route")
        assert (done.returncode, done.stdout) == (0, "No routes to wait for.\n"), done.stderr

    def test_a_deployment_is_not_done_before_its_routes_are_taken(self) -> None:
        lines = (ROOT / "k8s/deploy.sh").read_text().splitlines()
        assert lines[-2:] == ['NAMESPACE="$namespace" k8s/wait-route.sh', 'echo "DEPLOYED $image"']


class TestWhatIsMissing:
    @pytest.mark.parametrize("script", ["restore", "secrets"])
    def test_a_cluster_that_is_away_is_not_taken_for_a_missing_part(self, script: str, tmp_path: Path) -> None:
        kubeconfig = write_kubeconfig(tmp_path / "kubeconfig", free_ports(1)[0])
        done = run(script, kubeconfig, tmp_path)
        assert done.returncode == 1
        assert done.stderr.startswith(f"The cluster of {kubeconfig} cannot be reached: ")
        assert done.stderr.count("\n") == 1

    @pytest.mark.parametrize(
        ("script", "sentence"),
        [
            ("restore", "There is no CronJob restore in namespace jembatan: install with service.backup.enabled=true."),
            ("secrets", "There is no namespace jembatan: kubectl apply -f k8s/staging/namespace.yaml"),
        ],
    )
    def test_a_missing_part_is_named(self, script: str, sentence: str, cluster: Cluster) -> None:
        done = cluster.run(script)
        assert (done.returncode, done.stderr) == (1, f"{sentence}\n")

    @pytest.mark.parametrize("script", ["restore", "secrets"])
    def test_a_refusal_is_neither(self, script: str, cluster: Cluster) -> None:
        refusal = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Forbidden", "code": 403}
        for path in ("/api/v1/namespaces/jembatan", "/apis/batch/v1/namespaces/jembatan/cronjobs/restore"):
            cluster.answers[path] = refusal | {"message": "this account may not"}
        done = cluster.run(script)
        assert done.returncode == 1
        assert done.stderr.startswith("The cluster did not say whether there is a ")
