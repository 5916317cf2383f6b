"""Does the product live on a real cluster: install, serve through the route, stop cleanly, keep its data?"""

from __future__ import annotations

import http.client
import io
import json
import os
import socket
import subprocess
import tarfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from service.base.settings import secret_fields
from service.base.version import VERSION

from .conftest import (
    API_HOST,
    NAMESPACE,
    OBJECTS_HOST,
    RELEASE,
    ROOT,
    Platform,
    Running,
    Say,
    kubectl,
    kubectl_json,
    objects_missing,
    ready_pods,
    run,
)

pytestmark = pytest.mark.e2e

# Sanic's own limit for a drain; a stop that takes as long has waited for a connection that nobody closed.
GRACEFUL_SHUTDOWN_SECONDS = 20
PASSWORD = "a-password-for-this-run"


class Connection(http.client.HTTPConnection):
    """One keep-alive connection that remembers how its answers went."""

    def __init__(self, platform: Platform, host: str = API_HOST) -> None:
        super().__init__(platform.address, platform.port, timeout=30)
        self.sent_host = f"{host}:{platform.port}"

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        headers = {"Host": self.sent_host, "Content-Type": "application/json", "Accept": "application/json"}
        self.request(method, path, None if body is None else json.dumps(body), headers)
        answer = self.getresponse()
        text = answer.read()
        is_json = "json" in (answer.getheader("Content-Type") or "")
        return answer.status, json.loads(text) if is_json else {}


@contextmanager
def forwarded(pod: str, port: int) -> Iterator[int]:
    """A port of this machine that leads to one pod's port."""
    command = ["kubectl", "-n", NAMESPACE, "port-forward", f"pod/{pod}", f":{port}"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()  # Forwarding from 127.0.0.1:40123 -> 4000
        assert "->" in line, line
        yield int(line.split("->")[0].rsplit(":", 1)[1])
    finally:
        process.terminate()
        process.wait(timeout=10)


def eventually(claim: str, check: Any, timeout: float = 90) -> Any:
    """Repeat `check` until it returns something true; returns that."""
    deadline = time.monotonic() + timeout
    while True:
        result = check()
        if result:
            return result
        if time.monotonic() > deadline:
            pytest.fail(f"after {timeout:g} s still not so: {claim}", pytrace=False)
        time.sleep(0.5)


def psql(sql: str) -> str:
    """Ask the database as its superuser, from inside its pod."""
    program = ("psql", "-U", "postgres", "-d", "jembatan", "-AtqX", "-c", sql)
    return kubectl("exec", "postgres-0", "--", *program).strip()


class TestInstall:
    def test_smoke_through_the_route(self, installed: Platform, say: Say) -> None:
        ready = time.monotonic() - installed.started
        output = installed.smoke()
        whole = time.monotonic() - installed.started
        say(f"\n{output.rstrip()}")
        say(f"\nhelm install to all ready: {ready:.1f} s, to SMOKE OK: {whole:.1f} s\n")
        say(kubectl("get", "all,pvc,httproute"))

    def test_helm_test_passes(self, installed: Platform) -> None:
        output = run("helm", "test", RELEASE, "-n", NAMESPACE, "--logs", "--timeout", "3m", timeout=200)
        assert "SMOKE OK" in output

    def test_jobs_are_done(self, installed: Platform) -> None:
        def done() -> bool:
            jobs = {j["metadata"]["name"].rsplit("-", 1)[0]: j for j in kubectl_json("get", "jobs")["items"]}
            assert jobs.keys() == {"migrate", "postgres-roles", "storage-bootstrap", "seed"}
            return all(job["status"].get("succeeded") for job in jobs.values())

        eventually("migrate, postgres-roles, storage-bootstrap and seed are done", done)

    def test_only_the_bucket_is_public(self, installed: Platform) -> None:
        for path in ("/minio/health/live", "/minio/v2/metrics/cluster", "/"):
            assert Connection(installed, OBJECTS_HOST).ask("GET", path)[0] == 404
        status, _ = Connection(installed, OBJECTS_HOST).ask("GET", "/jembatan-documents")
        assert status == 403

    def test_prometheus_sees_every_process(self, installed: Platform) -> None:
        path = f"/api/v1/namespaces/{NAMESPACE}/pods/prometheus-0:9090/proxy/api/v1/query?query=up"

        def up() -> bool:
            samples = json.loads(run("kubectl", "get", "--raw", path))["data"]["result"]
            found = {(s["metric"]["job"], s["metric"].get("component")) for s in samples if s["value"][1] == "1"}
            return found >= {("jembatan", "api"), ("jembatan", "worker"), ("minio", None)}

        eventually("up is 1 for api, worker and object store", up)

    def test_the_product_s_role_is_no_superuser(self, installed: Platform) -> None:
        sql = "SELECT rolsuper, pg_encoding_to_char(encoding), datctype FROM pg_database JOIN pg_roles ON rolname = datname"
        answer = kubectl(
            "exec", "postgres-0", "--", "psql", "-U", "postgres", "-At", "-c", f"{sql} WHERE datname='jembatan'"
        )
        assert answer.strip() == "f|UTF8|C.UTF-8"


class TestIsolation:
    def test_a_stranger_reaches_nothing(self, installed: Platform) -> None:
        """A pod of the namespace that belongs to no chart."""
        probe = (
            "import socket\n"
            "for host, port in (('postgres', 5432), ('minio', 9000), ('api', 80), ('prometheus', 9090)):\n"
            "    try:\n"
            "        socket.create_connection((host, port), timeout=3)\n"
            "        print('reached', host)\n"
            "    except OSError:\n"
            "        print('denied', host)\n"
        )
        security = {"allowPrivilegeEscalation": False, "runAsNonRoot": True, "runAsUser": 10001}
        pod = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "stranger", "labels": {"app.kubernetes.io/part-of": "jembatan"}},
            "spec": {
                "restartPolicy": "Never",
                "automountServiceAccountToken": False,
                "containers": [
                    {
                        "name": "probe",
                        "image": installed.image,
                        "imagePullPolicy": "IfNotPresent",
                        "command": ["python", "-c", f"import time; time.sleep(3)\n{probe}"],
                        "securityContext": {
                            **security,
                            "capabilities": {"drop": ["ALL"]},
                            "seccompProfile": {"type": "RuntimeDefault"},
                        },
                    }
                ],
            },
        }
        kubectl("apply", "-f", "-", stdin=json.dumps(pod))
        kubectl("wait", "pod/stranger", "--for=jsonpath={.status.phase}=Succeeded", "--timeout=90s")
        output = kubectl("logs", "stranger")
        kubectl("delete", "pod", "stranger", "--wait=false")
        assert "reached" not in output
        assert output.count("denied") == 4

    def test_a_privileged_pod_is_refused(self, installed: Platform) -> None:
        pod = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "privileged"},
            "spec": {"containers": [{"name": "c", "image": "x", "securityContext": {"privileged": True}}]},
        }
        kubectl("apply", "-f", "-", stdin=json.dumps(pod), check=False)
        assert kubectl("get", "pods", "privileged", "--ignore-not-found", "-o", "name") == ""


_REACH = """
import socket, sys
for place in sys.argv[1:]:
    host, _, port = place.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=3).close()
        print("reached", place)
    except OSError:
        print("denied", place)
"""


def reach(deployment: str, *places: str) -> list[str]:
    """Of these `host:port`, which a pod of the deployment can connect to."""
    output = kubectl("exec", f"deployment/{deployment}", "-c", deployment, "--", "python", "-c", _REACH, *places)
    assert len(output.splitlines()) == len(places), output
    return [line.partition(" ")[2] for line in output.splitlines() if line.startswith("reached")]


class TestDecoder:
    """What reads strangers' bytes, in its pod."""

    def test_hostile_code_in_its_child_is_refused(self, installed: Platform, say: Say) -> None:
        output = kubectl("exec", "deployment/decoder", "--", "python", "-m", "service", "decoder", "--prove")
        say(f"\n{output.rstrip()}")
        assert [line.partition("  ")[0] for line in output.splitlines()] == ["refused"] * 6 + ["PROVED 6 of 6 refused"]

    def test_it_holds_no_secret_and_no_token(self, installed: Platform) -> None:
        program = (
            "import json, os, pathlib\n"
            "print(json.dumps([sorted(os.environ), os.path.exists('/var/run/secrets/kubernetes.io'),"
            " os.access('/app', os.W_OK)]))"
        )
        output = kubectl("exec", "deployment/decoder", "--", "python", "-c", program)
        names, has_token, is_writable = json.loads(output)
        secret = {name.upper() for name in secret_fields()}
        assert not (secret | {"DATABASE_URL"}) & set(names)
        assert not [name for name in names if any(word in name for word in ("SECRET", "PASSWORD", "KEYS", "TOKEN"))]
        assert "ENVIRONMENT" in names
        assert (has_token, is_writable) == (False, False)

    def test_the_worker_s_environment_is_closed_to_its_own_user(self, installed: Platform) -> None:
        program = "try: print(len(open('/proc/1/environ').read()))\nexcept PermissionError: print('denied')"
        for name in ("worker", "decoder"):
            output = kubectl("exec", f"deployment/{name}", "-c", name, "--", "python", "-c", program)
            assert output.strip() == "denied", name

    def test_the_worker_alone_reaches_it(self, installed: Platform) -> None:
        assert reach("worker", "decoder:4100") == ["decoder:4100"]
        assert reach("api", "decoder:4100") == []

    def test_it_reaches_nothing(self, installed: Platform) -> None:
        """By address: it cannot even ask for names."""
        services = {one["metadata"]["name"]: one["spec"] for one in kubectl_json("get", "services")["items"]}
        places = [
            f"{services[name]['clusterIP']}:{services[name]['ports'][0]['port']}"
            for name in ("api", "postgres", "minio")
        ]
        places += [
            f"{pod['status']['podIP']}:{port}"
            for name, port in (("api", 4000), ("worker", 9100))
            for pod in kubectl_json("get", "pods", "-l", f"app.kubernetes.io/component={name}")["items"]
            if pod["status"].get("podIP")
        ]
        dns = json.loads(run("kubectl", "-n", "kube-system", "get", "service", "kube-dns", "-o", "json"))
        places += [f"{dns['spec']['clusterIP']}:53", "postgres:5432"]
        assert reach("decoder", *places) == []

    def test_it_reads_what_the_smoke_uploads(self, installed: Platform) -> None:
        installed.smoke()
        eventually(
            "the decoder has read a file",
            lambda: "decoder.job_done" in kubectl("logs", "-l", "app.kubernetes.io/component=decoder", "--tail=-1"),
        )
        verified = "SELECT count(*) > 0 FROM identity_documents WHERE byte_state = 'verified'"
        eventually("a document is verified", lambda: psql(verified) == "t")

    def test_without_it_documents_wait_and_are_read_later(self, installed: Platform) -> None:
        def said(event: str) -> bool:
            return event in kubectl("logs", "-l", "app.kubernetes.io/component=worker", "--tail=-1", "-c", "worker")

        def tasks(state: str) -> int:
            return int(
                psql(f"SELECT count(*) FROM background_tasks WHERE kind = 'verify_document' AND state = '{state}'")
            )

        kubectl("scale", "deployment", "decoder", "--replicas=0")
        try:
            eventually("the worker sees that it is gone", lambda: said("worker.decoder_unavailable"))
            rejected = psql("SELECT count(*) FROM identity_documents WHERE byte_state = 'rejected'")
            installed.smoke()
            due = "SELECT count(*) FROM background_tasks WHERE kind = 'verify_document' AND state = 'waiting'"
            assert int(psql(f"{due} AND attempts = 0 AND run_at <= now()")) > 0
            assert tasks("failed") == 0
        finally:
            kubectl("scale", "deployment", "decoder", "--replicas=1")
        eventually("what waited is read", lambda: int(psql(f"{due} AND run_at <= now()")) == 0)
        assert said("worker.decoder_answers")
        assert psql("SELECT count(*) FROM identity_documents WHERE byte_state = 'rejected'") == rejected


class TestStop:
    def test_sigterm_ends_the_process_quickly_with_idle_and_busy_connections(self, installed: Platform) -> None:
        """In the image, as process 1: an idle connection must not hold it, a busy one gets its answers."""
        (pod,) = ready_pods("api")
        statuses: list[int] = []
        closed = threading.Event()

        def keep_busy(port: int) -> None:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            while not closed.is_set():
                try:
                    connection.request("GET", "/jobs")
                    answer = connection.getresponse()
                    answer.read()
                except (http.client.HTTPException, OSError):
                    break
                statuses.append(answer.status)
                if answer.getheader("Connection") == "close":
                    break
                time.sleep(0.02)
            closed.set()

        with forwarded(pod, 4000) as port, socket.create_connection(("127.0.0.1", port)) as idle:
            idle.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
            assert idle.recv(4096).startswith(b"HTTP/1.1 200")
            busy = threading.Thread(target=keep_busy, args=(port,))
            busy.start()
            time.sleep(2)  # Sanic installs its handlers a moment after it listens.
            began = time.monotonic()
            kubectl("exec", pod, "-c", "api", "--", "sh", "-c", "kill -TERM 1", check=False)

            def terminated() -> Any:
                status = kubectl_json("get", "pod", pod)["status"]["containerStatuses"][0]
                return status["lastState"].get("terminated") or status["state"].get("terminated")

            ended = eventually("the API's process has ended", terminated, timeout=60)
            seconds = time.monotonic() - began
            closed.set()
            busy.join(timeout=40)
        assert ended["exitCode"] == 0
        assert seconds < GRACEFUL_SHUTDOWN_SECONDS / 2
        assert statuses
        assert set(statuses) == {200}
        eventually("the API is ready again", lambda: ready_pods("api") == [pod])

    def test_a_deleted_pod_answers_what_it_has_begun(self, installed: Platform) -> None:
        """The request's second half arrives after SIGTERM."""
        (pod,) = ready_pods("api")
        body = json.dumps({"email": "nobody@example.com", "password": "wrong-on-purpose"}).encode()
        head = f"POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        with forwarded(pod, 4000) as port, socket.create_connection(("127.0.0.1", port), timeout=40) as connection:
            kubectl("delete", "pod", pod, "--wait=false")
            time.sleep(5)  # within the 8 s before SIGTERM
            connection.sendall(head.encode() + body[:5])
            time.sleep(5)
            connection.sendall(body[5:])
            answer = connection.recv(4096)
        assert answer.startswith(b"HTTP/1.1 401"), answer
        eventually("the pod is gone", lambda: not kubectl("get", "pod", pod, "--ignore-not-found", "-o", "name"))
        eventually("another API pod is ready", lambda: len(ready_pods("api")) == 1)

    def test_a_rolling_restart_drops_no_request(self, installed: Platform, say: Say) -> None:
        eventually("the route answers", lambda: Connection(installed).ask("GET", "/health")[0] == 200)
        done = threading.Event()
        statuses: list[int | str] = []

        def load(keep_alive: bool) -> None:
            connection = Connection(installed)
            while not done.is_set():
                try:
                    statuses.append(connection.ask("GET", "/jobs")[0])
                except (http.client.HTTPException, OSError) as error:
                    statuses.append(type(error).__name__)
                    connection.close()
                if not keep_alive:
                    connection.close()
                time.sleep(0.1)

        threads = [threading.Thread(target=load, args=(i % 2 == 0,)) for i in range(4)]
        for thread in threads:
            thread.start()
        kubectl("rollout", "restart", "deployment/api", "deployment/worker")
        kubectl("rollout", "status", "deployment/api", "--timeout=120s", timeout=130)
        pods = ("get", "pods", "-l", "app.kubernetes.io/component=api")
        eventually("the old pod is gone", lambda: len(kubectl_json(*pods)["items"]) == 1)
        done.set()
        for thread in threads:
            thread.join()
        failed = [status for status in statuses if status != 200]
        say(f"\nrolling restart: {len(statuses)} requests, {len(failed)} failed")
        assert statuses
        assert failed == []


@pytest.mark.drill
class TestUpgrade:
    """Another image and another column, while the load runs: nobody may notice."""

    COLUMN = "SELECT count(*) FROM information_schema.columns WHERE column_name = 'e2e_note'"

    def test_a_new_version_drops_no_request_and_no_write(self, installed: Platform, say: Say) -> None:
        image = os.environ.get("E2E_NEXT_IMAGE")
        if not image:
            pytest.skip("E2E_NEXT_IMAGE is not set: it names an image made from `python -m tests.e2e.next DIR`")
        assert psql(self.COLUMN) == "0"
        with Running(installed) as running:
            time.sleep(5)
            began = time.monotonic()
            installed.helm("upgrade", image=image)
            took = time.monotonic() - began
            time.sleep(5)
        say(f"\nupgrade with another image and column in {took:.1f} s: {running.report}")
        assert int(psql(self.COLUMN)) == 3
        version = Connection(installed).ask("GET", "/health")[1]["version"]
        assert version != VERSION
        missing = running.missing()
        say(f"missing writes: {len(missing)} of {running.report.writes.total()}")
        assert missing == []
        assert running.report.failures == {}

    def test_the_way_back_works_with_a_database_that_is_ahead(self, installed: Platform, say: Say) -> None:
        if psql(self.COLUMN) == "0":
            pytest.skip("the database is not ahead: the upgrade did not run")
        with Running(installed) as running:
            began = time.monotonic()
            run("helm", "rollback", RELEASE, "-n", NAMESPACE, "--wait", "--timeout", "4m", timeout=270)
            eventually("one API pod is left", lambda: len(ready_pods("api")) == 1)
            took = time.monotonic() - began
            time.sleep(5)
        say(f"\nrollback in {took:.1f} s: {running.report}")
        assert Connection(installed).ask("GET", "/health")[1]["version"] == VERSION
        assert int(psql(self.COLUMN)) == 3
        assert running.missing() == []
        assert running.report.failures == {}
        # Another Job than before would be refused; the same one is done.
        assert all(job["status"].get("succeeded") for job in kubectl_json("get", "jobs")["items"])


@pytest.mark.drill
class TestLoss:
    """A part goes without a word: what was acknowledged stays, and the product comes back by itself."""

    def test_each_pod_may_die(self, installed: Platform, say: Say) -> None:
        with Running(installed, rate_per_second=20) as running:
            time.sleep(2)
            for component, name in (
                ("api", ""),
                ("worker", ""),
                ("decoder", ""),
                ("server", "postgres-0"),
                ("server", "minio-0"),
                ("server", "prometheus-0"),
            ):
                pod = name or ready_pods(component)[0]
                before, failed = kubectl_json("get", "pod", pod)["metadata"]["uid"], running.report.failed
                began = time.monotonic()
                # One second to stop, and no preStop beyond it: a second process on the same volume must never run.
                kubectl("delete", "pod", pod, "--grace-period=1", "--wait=false")
                others = name or f"another {component}"

                def back(component: str = component, name: str = name, before: str = before) -> bool:
                    pods = ready_pods(component)
                    if name and name not in pods:
                        return False
                    uids = {
                        kubectl_json("get", "pod", one)["metadata"]["uid"] for one in pods if not name or one == name
                    }
                    return bool(uids - {before})

                eventually(f"{others} is ready", back, timeout=120)
                eventually("no request fails any more", lambda: running.failed_since(3) == 0, timeout=60)
                say(
                    f"{others}: healthy again {time.monotonic() - began:.0f} s after its end,"
                    f" {running.report.failed - failed} requests failed meanwhile"
                )
        say(f"all parts lost once: {running.report}")
        missing = running.missing()
        say(f"missing writes: {len(missing)} of {running.report.writes.total()}")
        assert missing == []


@pytest.mark.drill
class TestScale:
    def test_more_load_makes_more_pods_and_the_next_upgrade_still_works(self, installed: Platform, say: Say) -> None:
        autoscaling = {"enabled": True, "minReplicas": 1, "maxReplicas": 2, "targetCPUUtilizationPercentage": 60}
        installed.values["autoscaling"] = autoscaling
        installed.helm("upgrade")
        with Running(installed) as running:
            began = time.monotonic()
            eventually("the autoscaler has made a second pod", lambda: len(ready_pods("api")) == 2, timeout=180)
            say(f"\ntwo pods after {time.monotonic() - began:.0f} s of load")
            # The next one, with a setting that rolls the pods, and uploads over TLS from now on.
            installed.values["objectStorage"] = {"publicEndpoint": f"https://{OBJECTS_HOST}:{installed.https_port}"}
            installed.helm("upgrade")
        say(f"upgrade of a scaled release: {running.report}")
        assert running.missing() == []
        assert running.report.failures == {}

    def test_the_whole_journey_over_tls(self, installed: Platform) -> None:
        if "objectStorage" not in installed.values:
            pytest.skip("uploads are not over TLS: the upgrade before did not run")
        installed.smoke(tls=True)

    def test_back_to_a_fixed_number(self, installed: Platform) -> None:
        installed.values.pop("autoscaling", None)
        installed.values.pop("objectStorage", None)
        installed.helm("upgrade")
        eventually("one API pod is left", lambda: len(ready_pods("api")) == 1)


@pytest.mark.drill
class TestBackup:
    def job(self, cronjob: str, container: str) -> str:
        """Run a CronJob now; returns what its last container said."""
        name = f"{cronjob}-{uuid.uuid4().hex[:6]}"
        kubectl("create", "job", name, f"--from=cronjob/{cronjob}")

        def ended() -> Any:
            conditions = kubectl_json("get", "job", name)["status"].get("conditions", [])
            return [c["type"] for c in conditions if c["status"] == "True" and c["type"] in ("Complete", "Failed")]

        (outcome,) = eventually(f"job {name} has ended", ended, timeout=180)
        if outcome != "Complete":
            pytest.fail(kubectl("logs", f"job/{name}", "--all-containers", "--prefix"), pytrace=False)
        return kubectl("logs", f"job/{name}", "-c", container)

    def test_the_data_comes_back_from_another_store(self, installed: Platform, backup_store: str, say: Say) -> None:
        # Before the copies: a candidate with an application and a document in the bucket.
        with Running(installed, rate_per_second=20) as before:
            time.sleep(8)
        assert before.report.failures == {}
        assert before.load.objects
        installed.values["backup"] = {
            "enabled": True,
            "endpoint": backup_store,
            "egress": [{"cidr": "0.0.0.0/0", "ports": [9000]}],
        }
        installed.helm("upgrade")
        say("\n" + self.job("backup-documents", "mirror").strip())
        say(self.job("backup-dump", "upload").strip())
        drill = self.job("restore-drill", "report")
        say(drill.strip())
        assert "DRILL OK" in drill
        assert "document  opened" in drill
        kinds = psql("SELECT string_agg(DISTINCT kind, ' ' ORDER BY kind) FROM maintenance_runs WHERE succeeded")
        assert kinds == "backup document_backup restore_drill"

        email = f"later-{uuid.uuid4().hex[:8]}@example.com"
        account = {"fullName": "Later Than the Dump", "email": email, "password": PASSWORD}
        assert Connection(installed).ask("POST", "/auth/register", account)[0] == 201
        psql("DELETE FROM users WHERE email LIKE 'load-%'")
        lost = sorted(before.load.objects)[:5]
        self.delete_objects(lost)
        assert sorted(objects_missing(before.load.objects)) == [f"object {key} is gone" for key in lost]

        began = time.monotonic()
        output = run("bash", "k8s/restore.sh", timeout=400, extra_environment={"CONFIRM": "restore"})
        say(f"{output.strip()}\nrestored in {time.monotonic() - began:.0f} s")
        assert output.rstrip().endswith("RESTORE OK")
        eventually("the route answers", lambda: Connection(installed).ask("GET", "/health/ready")[0] == 200)
        assert before.missing() == []
        assert psql(f"SELECT count(*) FROM users WHERE email = '{email}'") == "0"
        # What a script has scaled must not stand in the way of the next upgrade.
        installed.values.pop("backup")
        installed.helm("upgrade")
        assert kubectl("get", "cronjobs", "-o", "name") == ""

    def delete_objects(self, keys: list[str]) -> None:
        program = (
            "import asyncio, sys\n"
            "from service.adapters.object_storage import ObjectStorage\n"
            "from service.base.settings import load_settings\n"
            "async def main():\n"
            "    storage = ObjectStorage(load_settings())\n"
            "    await storage.open()\n"
            "    for key in sys.argv[1:]:\n"
            "        assert await storage.remove(key)\n"
            "    await storage.close()\n"
            "asyncio.run(main())\n"
        )
        kubectl("exec", ready_pods("api")[0], "-c", "api", "--", "python", "-c", program, *keys)


class TestReload:
    def test_a_copied_file_changes_the_answer(self, installed: Platform, say: Say) -> None:
        """What `skaffold dev` does on a change, without it: tar through `kubectl exec` into the dev image."""
        image = os.environ.get("E2E_DEV_IMAGE")
        if not image:
            pytest.skip("E2E_DEV_IMAGE is not set: it names an image of the Dockerfile's target dev")
        repository, _, tag = image.rpartition(":")
        installed.helm(
            *("upgrade", "--set", f"service.image.repository={repository},service.image.tag={tag}"),
            *("--set", "service.dev.reload=true"),
        )
        eventually("one API pod is left", lambda: len(ready_pods("api")) == 1)
        (pod,) = ready_pods("api")
        source = (ROOT / "service/base/version.py").read_text().replace(f'"{VERSION}"', '"9.9.9"')
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w") as tar:
            entry = tarfile.TarInfo("service/base/version.py")
            entry.size, entry.mtime = len(source.encode()), int(time.time())
            tar.addfile(entry, io.BytesIO(source.encode()))
        command = ["kubectl", "-n", NAMESPACE, "exec", "-i", pod, "-c", "api", "--", "tar", "xmf", "-", "-C", "/app"]
        began = time.monotonic()
        subprocess.run(command, input=archive.getvalue(), check=True, timeout=30)

        def changed() -> bool:
            try:
                return Connection(installed).ask("GET", "/health")[1].get("version") == "9.9.9"
            except (http.client.HTTPException, OSError):
                return False

        eventually("the answer has changed", changed, timeout=30)
        say(f"\na copied file answered after {time.monotonic() - began:.1f} s")


class TestData:
    def test_uninstalling_keeps_it(self, installed: Platform, say: Say) -> None:
        email = f"keeper-{uuid.uuid4().hex[:8]}@example.com"
        account = {"fullName": "Keeper of Data", "email": email, "password": PASSWORD}
        assert Connection(installed).ask("POST", "/auth/register", account)[0] == 201

        run("helm", "uninstall", RELEASE, "-n", NAMESPACE, "--wait", "--timeout", "3m", timeout=200)
        claims = {c["metadata"]["name"]: c["status"]["phase"] for c in kubectl_json("get", "pvc")["items"]}
        say("\nafter helm uninstall:\n" + kubectl("get", "all,pvc,httproute"))
        assert claims == {f"data-{name}-0": "Bound" for name in ("postgres", "minio", "prometheus")}
        left = kubectl("get", "deployments,statefulsets,jobs,services,secrets,configmaps", "-o", "name").split()
        # The cluster's own, and the gateway's certificate, which these tests made.
        assert set(left) <= {"configmap/kube-root-ca.crt", "secret/certificate"}

        installed.helm("install")
        login = {"email": email, "password": PASSWORD}

        def signed_in() -> bool:
            try:
                return Connection(installed).ask("POST", "/auth/login", login)[0] == 200
            except (http.client.HTTPException, OSError):
                return False

        eventually("the account from before the uninstall signs in", signed_in, timeout=30)
