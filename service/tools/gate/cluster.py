"""What does the cluster say? Reads of one namespace through the official Kubernetes client; nothing is ever changed.

Every call has a time-out. The client is synchronous, so it runs in threads.
"""

from __future__ import annotations

import asyncio
import base64
import os
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
import urllib3
from kubernetes import client, config

from service.tools.gate.criteria import WrongUse
from service.tools.http import Answer, Caller, Unreachable

_MAX_LOG_BYTES = 512 * 1024
_SETTLE_SECONDS = 30
_LABEL = "app.kubernetes.io/component"


class ClusterError(Exception):
    """The cluster did not give what was asked for. The text is one sentence without secrets."""

    def __init__(self, text: str, status: int = 0) -> None:
        super().__init__(text)
        self.status = status


class Cluster:
    """One namespace. `inside` says that this process is a pod, which reaches Services and pods directly."""

    def __init__(self, api: Any, namespace: str, *, inside: bool, timeout_seconds: float, caller: Caller) -> None:
        self.namespace, self._inside = namespace, inside
        self._api, self._timeout, self._caller = api, timeout_seconds, caller

    async def settle(self) -> None:
        """In a new pod wait until the cluster answers, at most half a minute: network policies reach it late."""
        for _ in range(_SETTLE_SECONDS if self._inside else 0):
            try:
                await self.objects("v1/pods", component="api")
                await self.ask_service("api", "http", 80, "/health")
                return
            except (ClusterError, Unreachable, TimeoutError):
                await asyncio.sleep(1)

    async def object(self, kind: str, name: str) -> dict[str, Any]:
        """One object, `kind` being `v1/configmaps`, `apps/v1/deployments` and so on. Raises ClusterError."""
        return await self._json(self._path(kind, name))

    async def objects(self, kind: str, **labels: str) -> list[dict[str, Any]]:
        """All objects of a kind that carry these labels, `component` standing for its long name."""
        long = {"component": _LABEL}
        selector = ",".join(f"{long.get(key, key)}={value}" for key, value in labels.items())
        query = {"labelSelector": selector, "limit": "500"} if selector else {"limit": "500"}
        found = await self._json(self._path(kind), query)
        return list(found.get("items", []))

    async def ready_pods(self, component: str) -> list[dict[str, Any]]:
        """Pods of a component that are ready and not going away."""
        found = []
        for pod in await self.objects("v1/pods", component=component):
            conditions = {c["type"]: c["status"] for c in pod.get("status", {}).get("conditions", [])}
            if conditions.get("Ready") == "True" and "deletionTimestamp" not in pod["metadata"]:
                found.append(pod)
        return found

    async def variables_of(self, deployment: str, container: str) -> dict[str, str]:
        """The environment variables that a Deployment's container gets. Raises ClusterError for a missing source."""
        found = await self.object("apps/v1/deployments", deployment)
        containers = found["spec"]["template"]["spec"]["containers"]
        spec = next((c for c in containers if c["name"] == container), None)
        if spec is None:
            raise ClusterError(f"the Deployment {deployment} has no container {container}")
        variables: dict[str, str] = {}
        for source in spec.get("envFrom", []):
            prefix = source.get("prefix", "")
            for name, value in (await self._values_of(source)).items():
                variables[prefix + name] = value
        for entry in spec.get("env", []):
            variables[entry["name"]] = await self._value_of(entry)
        return variables

    async def _values_of(self, source: Mapping[str, Any]) -> dict[str, str]:
        if reference := source.get("configMapRef"):
            return dict((await self.object("v1/configmaps", reference["name"])).get("data") or {})
        return await self._secret(source["secretRef"]["name"])

    async def _value_of(self, entry: Mapping[str, Any]) -> str:
        origin = entry.get("valueFrom")
        if not origin:
            return str(entry.get("value", ""))
        if reference := origin.get("secretKeyRef"):
            values = await self._secret(reference["name"])
        elif reference := origin.get("configMapKeyRef"):
            values = dict((await self.object("v1/configmaps", reference["name"])).get("data") or {})
        else:
            return ""  # a field of the pod
        if reference["key"] not in values:
            raise ClusterError(f"{reference['name']} has no key {reference['key']}, which {entry['name']} is read from")
        return values[reference["key"]]

    async def _secret(self, name: str) -> dict[str, str]:
        data = (await self.object("v1/secrets", name)).get("data") or {}
        return {key: base64.b64decode(value).decode(errors="replace") for key, value in data.items()}

    async def log_lines(self, pod: str, container: str, *, lines: int, since_seconds: int) -> list[str]:
        """The newest lines that a container wrote."""
        query = {
            "container": container,
            "tailLines": str(lines),
            "sinceSeconds": str(since_seconds),
            "limitBytes": str(_MAX_LOG_BYTES),
        }
        answer = await self._get(self._path("v1/pods", f"{quote(pod)}/log"), query)
        # With a limit in bytes the last line may be cut.
        text = answer.body.decode(errors="replace")
        return text.splitlines() if text.endswith("\n") else text.splitlines()[:-1]

    async def ask_service(
        self, service: str, port: str, number: int, path: str, query: Mapping[str, str] | None = None
    ) -> Answer:
        """GET from a Service: directly from inside, else through the API server. Any status is an answer."""
        if self._inside:
            return await self._caller.get(f"http://{service}:{number}{path}", query)
        return await self._get(self._path("v1/services", f"{service}:{port}/proxy{path}"), query, expect=None)

    async def ask_pod(self, pod: Mapping[str, Any], port: int, path: str) -> Answer:
        """GET from one pod, by the same ways."""
        if self._inside:
            address = pod["status"]["podIP"]
            host = f"[{address}]" if ":" in address else address
            return await self._caller.get(f"http://{host}:{port}{path}")
        return await self._get(self._path("v1/pods", f"{pod['metadata']['name']}:{port}/proxy{path}"), expect=None)

    def _path(self, kind: str, rest: str = "") -> str:
        version, _, plural = kind.rpartition("/")
        root = "/api" if version == "v1" else "/apis"
        return f"{root}/{version}/namespaces/{self.namespace}/{plural}" + (f"/{rest}" if rest else "")

    async def _json(self, path: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        answer = await self._get(path, query)
        found = orjson.loads(answer.body)
        if not isinstance(found, dict):
            raise ClusterError("the cluster's answer is no object")
        return found

    async def _get(self, path: str, query: Mapping[str, str] | None = None, *, expect: int | None = 200) -> Answer:
        answer = await asyncio.to_thread(self._request, path, dict(query or {}))
        if expect is not None and answer.status != expect:
            what = path.partition(f"/namespaces/{self.namespace}/")[2]
            reasons = {401: "the cluster does not know us", 403: f"we may not read {what}", 404: f"there is no {what}"}
            raise ClusterError(reasons.get(answer.status, f"the cluster answers {answer.status}"), answer.status)
        return answer

    def _request(self, path: str, query: dict[str, str]) -> Answer:
        method, url, headers, *_ = self._api.param_serialize(
            "GET",
            path,
            query_params=list(query.items()),
            header_params={"Accept": "application/json, */*;q=0.5"},
            auth_settings=["BearerToken"],
        )
        try:
            response = self._api.call_api(method, url, headers, _request_timeout=(self._timeout, self._timeout))
            body = response.read()
        except urllib3.exceptions.TimeoutError as error:
            raise TimeoutError from error
        except urllib3.exceptions.MaxRetryError as error:
            if isinstance(error.reason, urllib3.exceptions.TimeoutError):
                raise TimeoutError from error
            if isinstance(error.reason, urllib3.exceptions.SSLError):
                raise ClusterError("the cluster's certificate is not trusted") from error
            raise ClusterError("the cluster cannot be reached") from error
        except (urllib3.exceptions.HTTPError, client.ApiException) as error:
            raise ClusterError("the cluster cannot be reached") from error
        return Answer(response.status, {k.lower(): v for k, v in response.headers.items()}, body)


def connect(kubeconfig: Path | None, namespace: str, *, timeout_seconds: float, caller: Caller) -> Cluster:
    """The cluster of that kubeconfig, of KUBECONFIG, or the one that this process is a pod of.

    Raises WrongUse when all three are missing.
    """
    configuration = client.Configuration()
    inside = kubeconfig is None and not os.environ.get("KUBECONFIG") and "KUBERNETES_SERVICE_HOST" in os.environ
    try:
        if inside:
            config.load_incluster_config(client_configuration=configuration)  # type: ignore[no-untyped-call]  # untyped
        else:
            file = str(kubeconfig) if kubeconfig else None
            config.load_kube_config(  # type: ignore[no-untyped-call]  # the library leaves it untyped
                config_file=file, client_configuration=configuration, persist_config=False
            )
    except (config.ConfigException, OSError) as error:
        raise WrongUse("no cluster is known: name a kubeconfig by --kubeconfig or KUBECONFIG") from error
    configuration.retries = False
    api = client.ApiClient(configuration)
    if configuration.verify_ssl and configuration.ssl_ca_cert:
        # Python 3.13 refuses authorities without a key usage, which many clusters have and every other client trusts.
        tls = ssl.create_default_context(cafile=configuration.ssl_ca_cert)
        tls.verify_flags &= ~ssl.VERIFY_X509_STRICT
        api.rest_client.pool_manager.connection_pool_kw["ssl_context"] = tls
    return Cluster(api, namespace, inside=inside, timeout_seconds=timeout_seconds, caller=caller)
