"""Does every values file and mode render to objects that Kubernetes accepts and our policy allows?"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import date
from functools import cache
from itertools import product
from typing import Any
from unittest import mock

import kubernetes_validate
import pytest
import yaml
from helm_python import HelmError, lint

from service.base.version import VERSION
from tests.base.test_settings import STAGING

from .conftest import CHARTS, ROOT, Object, Render, merge, pick, pod_specs, values_file

KUBERNETES = ("1.35", "1.36", "1.37")
# Kinds that no Kubernetes schema knows; the cluster checks them.
CUSTOM = {"HTTPRoute", "Gateway", "PodMonitor", "PrometheusRule", "ClusterIssuer"}
DEV = {"environment": "dev", "devCredentials": True}
INGRESS = {"ingress": {"enabled": True, "host": "a.example.com", "className": "traefik", "tlsSecretName": "tls"}}
ROUTE = {"httpRoute": {"enabled": True, "parentRefs": [{"name": "g"}], "hostnames": ["a.example.com"]}}
EXTERNAL = {"mode": "external"}

CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "local": ("platform", values_file("local")),
    "local, data alone": ("platform", merge(values_file("local"), {"service": {"enabled": False}})),
    "local, service alone": (
        "platform",
        merge(values_file("local"), {n: {"enabled": False} for n in ("postgres", "minio", "prometheus")}),
    ),
    "local, reload": ("platform", merge(values_file("local"), {"service": {"dev": {"reload": True}}})),
    "staging": ("platform", values_file("staging")),
    "staging, external data": (
        "platform",
        merge(
            values_file("staging"),
            {"postgres": EXTERNAL, "minio": EXTERNAL, "prometheus": {"mode": "operator"}},
            {"service": {"networkPolicy": {"egress": [{"cidr": "203.0.113.0/24", "ports": [5432, 443]}]}}},
        ),
    ),
    "staging, sample data": ("platform", merge(values_file("staging"), {"service": {"seed": {"enabled": True}}})),
    "service, defaults": ("service", {}),
    "service, dev": ("service", DEV | {"seed": {"enabled": True}}),
    "service, all on": (
        "service",
        {**INGRESS, **ROUTE, "autoscaling": {"enabled": True}, "imagePullSecrets": ["registry"]},
    ),
    "service, digest": ("service", {"image": {"digest": "sha256:" + "a" * 64}, "networkPolicy": {"enabled": False}}),
    "service, backups": (
        "service",
        {
            "backup": {
                "enabled": True,
                "endpoint": "https://s3.example.com",
                "image": {"digest": "sha256:" + "b" * 64},
                "egress": [{"cidr": "203.0.113.0/24", "ports": [443]}],
            },
            "objectStorage": {"bootstrap": {"appPrincipal": "arn:aws:iam::123456789012:user/jembatan"}},
        },
    ),
    "service, gate": (
        "service",
        {
            "gate": {
                "enabled": True,
                "args": ["--resolve", "api.example.com:443:192.0.2.1"],
                "waivers": [{"check": "storage.durable", "owner": "M", "reason": "One: node", "until": "2027-01-31"}],
                "egress": [{"cidr": "203.0.113.0/24", "ports": [443]}],
            },
            "imagePullSecrets": ["registry"],
        },
    ),
    "service, the gate's account alone": ("service", {"gate": {"enabled": True, "schedule": ""}}),
    "service, bare": (
        "service",
        {
            "api": {"replicas": 1},
            "topologySpread": {"enabled": False},
            "objectStorage": {"bootstrap": {"enabled": False}},
            "networkPolicy": {"gatewayCIDRs": ["10.0.0.0/8"], "monitoringNamespaces": ["monitoring"]},
        },
    ),
    "postgres, defaults": ("postgres", {}),
    "postgres, dev": ("postgres", DEV | {"networkPolicy": {"clientNamespaces": ["tools"]}}),
    "minio, defaults": ("minio", {}),
    "minio, all on": ("minio", DEV | INGRESS | ROUTE | {"networkPolicy": {"gatewayNamespaces": ["g"]}}),
    "prometheus, defaults": ("prometheus", {}),
    "prometheus, alerts": (
        "prometheus",
        {"alertmanagers": ["alertmanager:9093"], "networkPolicy": {"clientNamespaces": ["tools"]}},
    ),
    "prometheus, dashboards": ("prometheus", {"grafana": {"enabled": True, "image": {"digest": "sha256:" + "c" * 64}}}),
    "prometheus, operator": ("prometheus", {"mode": "operator", "operatorLabels": {"release": "monitoring"}}),
}


@pytest.fixture(scope="module", params=CASES, ids=str)
def objects(request: pytest.FixtureRequest, render: Render) -> list[Object]:
    chart, values = CASES[request.param]
    found: list[Object] = render(chart, values)
    assert found
    return found


# Read once: every call would read half a megabyte again.
_schema = cache(kubernetes_validate.utils.schema_contents)


@cache
def validate(text: str, version: str) -> None:
    """Check one object, as JSON, against the schemas of that Kubernetes; most cases share most objects."""
    with mock.patch.object(kubernetes_validate.utils, "schema_contents", _schema):
        kubernetes_validate.validate(json.loads(text), version, strict=True)


class TestEveryRender:
    def test_kubernetes_accepts_it(self, objects: list[Object]) -> None:
        for o, version in product(objects, KUBERNETES):
            if o["kind"] not in CUSTOM:
                validate(json.dumps(o, sort_keys=True), version)

    def test_names_are_unique_and_without_namespace(self, objects: list[Object]) -> None:
        names = [(o["kind"], o["metadata"]["name"]) for o in objects]
        assert len(names) == len(set(names))
        assert not [o for o in objects if "namespace" in o["metadata"]]

    def test_pods_are_restricted(self, objects: list[Object]) -> None:
        for name, spec in pod_specs(objects):
            pod = spec["securityContext"]
            assert pod["runAsNonRoot"] is True, name
            assert pod["runAsUser"] > 0, name
            assert pod["seccompProfile"] == {"type": "RuntimeDefault"}, name
            assert not [key for key in ("hostNetwork", "hostPID", "hostIPC") if spec.get(key)], name
            assert not [v for v in spec.get("volumes", []) if "hostPath" in v], name
            for container in spec["containers"] + spec.get("initContainers", []):
                security = container["securityContext"]
                assert security["allowPrivilegeEscalation"] is False, name
                assert security["capabilities"] == {"drop": ["ALL"]}, name
                assert "hostPort" not in json.dumps(container), name

    def test_root_file_systems_are_read_only(self, objects: list[Object], request: pytest.FixtureRequest) -> None:
        writable = {
            name
            for name, spec in pod_specs(objects)
            for container in spec["containers"] + spec.get("initContainers", [])
            if not container["securityContext"]["readOnlyRootFilesystem"]
        }
        assert not writable or "reload" in request.node.callspec.id

    def test_only_prometheus_and_the_gate_have_a_token(self, objects: list[Object]) -> None:
        with_token = {name for name, spec in pod_specs(objects) if spec["automountServiceAccountToken"]}
        assert with_token <= {"StatefulSet/prometheus", "CronJob/gate"}

    def test_service_links_are_off(self, objects: list[Object]) -> None:
        """A Service named api or minio would set API_PORT and MINIO_PORT to a URL."""
        assert all(spec["enableServiceLinks"] is False for _, spec in pod_specs(objects))

    def test_containers_have_requests_and_limits(self, objects: list[Object]) -> None:
        for name, spec in pod_specs(objects):
            for container in spec["containers"] + spec.get("initContainers", []):
                for kind in ("requests", "limits"):
                    assert {"cpu", "memory"} <= container["resources"][kind].keys(), name

    def test_running_containers_have_three_probes(self, objects: list[Object]) -> None:
        for name, spec in pod_specs(objects):
            if name.split("/")[0] in {"Deployment", "StatefulSet"}:
                for container in spec["containers"]:
                    assert {"startupProbe", "livenessProbe", "readinessProbe"} <= container.keys(), name

    def test_images_are_pinned(self, objects: list[Object]) -> None:
        for name, spec in pod_specs(objects):
            for container in spec["containers"] + spec.get("initContainers", []):
                assert re.search(r"(:[^:/@]+|@sha256:[0-9a-f]{64})$", container["image"]), name
                assert not container["image"].endswith(":latest"), name

    def test_selectors_hold_only_what_never_changes(self, objects: list[Object]) -> None:
        stable = {f"app.kubernetes.io/{key}" for key in ("name", "instance", "component")}
        for o in objects:
            if o["kind"] in {"Deployment", "StatefulSet"}:
                assert o["spec"]["selector"]["matchLabels"].keys() == stable
                assert (
                    o["spec"]["selector"]["matchLabels"].items() <= o["spec"]["template"]["metadata"]["labels"].items()
                )
                for claim in o["spec"].get("volumeClaimTemplates", []):
                    assert claim["metadata"]["labels"].keys() == stable

    def test_claims_outlive_the_release(self, objects: list[Object]) -> None:
        for o in objects:
            if o["kind"] == "StatefulSet":
                policy = o["spec"]["persistentVolumeClaimRetentionPolicy"]
                assert policy == {"whenDeleted": "Retain", "whenScaled": "Retain"}

    def test_each_pod_is_under_a_policy_that_denies_both_ways(
        self, objects: list[Object], request: pytest.FixtureRequest
    ) -> None:
        if "digest" in request.node.callspec.id:
            return  # that case switches the policies off
        denied = [
            o["spec"]["podSelector"]["matchLabels"]
            for o in objects
            if o["kind"] == "NetworkPolicy"
            and o["spec"]["policyTypes"] == ["Ingress", "Egress"]
            and not o["spec"].get("ingress")
            and not o["spec"].get("egress")
        ]
        for o in objects:
            spec = o.get("spec", {}).get("jobTemplate", o).get("spec", {})
            template = o if o["kind"] == "Pod" else spec.get("template", {})
            if (labels := template.get("metadata", {}).get("labels")) and pod_specs([o]):
                assert any(selector.items() <= labels.items() for selector in denied), o["metadata"]["name"]

    def test_no_policy_is_open_by_mistake(self, objects: list[Object]) -> None:
        """An ingress rule without `from`, or a rule without ports, would let everything in."""
        for o in objects:
            if o["kind"] == "NetworkPolicy":
                for rule in o["spec"].get("ingress", []):
                    assert rule.get("from"), o["metadata"]["name"]
                    assert rule.get("ports"), o["metadata"]["name"]
                for rule in o["spec"].get("egress", []):
                    assert rule.get("ports"), o["metadata"]["name"]

    def test_secrets_are_rendered_in_dev_only(self, objects: list[Object], request: pytest.FixtureRequest) -> None:
        chart, values = CASES[request.node.callspec.params["objects"]]
        environment = values.get("global", {}).get("environment") or values.get("environment")
        assert environment == "dev" or not [o for o in objects if o["kind"] == "Secret"], chart


class TestDeterminism:
    @pytest.mark.parametrize("case", CASES)
    def test_two_renders_are_byte_identical(self, case: str, render: Render) -> None:
        chart, values = CASES[case]
        assert render(chart, values, raw=True) == render(chart, values, raw=True)

    def test_templates_use_nothing_that_changes(self) -> None:
        for path in (ROOT / "helm").glob("*/templates/**/*"):
            if path.is_file():
                found = re.search(r"\b(rand\w+|lookup|now|genCA|genSignedCert|uuidv4|htpasswd)\b", path.read_text())
                assert not found, f"{path}: {found}"

    def test_names_do_not_depend_on_the_release(self, render: Render) -> None:
        one, two = (render("platform", values_file("local"), release=name) for name in ("a", "b"))
        # A Job's name is a hash of its pods, whose labels name the release.
        plain = [[o["metadata"]["name"] for o in objects if o["kind"] != "Job"] for objects in (one, two)]
        assert plain[0] == plain[1]


class TestLint:
    @pytest.mark.parametrize("chart", CHARTS)
    def test_helm_finds_nothing(self, chart: str) -> None:
        report = lint(ROOT / "helm" / chart, strict=True)
        assert not report["errors"]
        assert not [m for m in report["messages"] if m["severity"] >= 2]


class TestSchema:
    @pytest.mark.parametrize("chart", CHARTS)
    def test_every_value_is_known_to_the_schema_and_nothing_else(self, chart: str) -> None:
        values = yaml.safe_load((ROOT / "helm" / chart / "values.yaml").read_text())
        schema = json.loads((ROOT / "helm" / chart / "values.schema.json").read_text())

        def compare(path: str, value: Any, part: dict[str, Any]) -> None:
            if (
                isinstance(value, dict)
                and part.get("additionalProperties") is False
                and "patternProperties" not in part
            ):
                assert value.keys() <= part["properties"].keys(), path
                for key, inner in value.items():
                    compare(f"{path}.{key}", inner, part["properties"][key])

        compare(chart, values, schema)
        assert schema["additionalProperties"] is False
        assert schema["properties"].keys() - values.keys() == {"global"}

    @pytest.mark.parametrize(
        ("chart", "values"),
        [
            *((chart, {"unknown": 1}) for chart in (*CHARTS, "platform")),
            ("platform", {"service": {"unknown": 1}}),
            ("platform", {"postgres": {"image": {"name": "x"}}}),
            ("platform", {"global": {"environment": "test"}}),
            ("service", {"environment": "Production"}),
            ("service", {"api": {"replica": 3}}),
            ("service", {"api": {"replicas": "3"}}),
            ("service", {"config": {"LOG_LEVEL": 1}}),
            ("service", {"config": {"log_level": "info"}}),
            ("service", {"terminationGracePeriodSeconds": 10}),
            ("service", {"networkPolicy": {"egress": [{"cidr": "0.0.0.0/0"}]}}),
            ("service", {"image": {"digest": "abc"}}),
            ("postgres", {"mode": "cnpg"}),
            ("minio", {"mode": "operator"}),
            ("prometheus", {"alertmanagers": ["http://alertmanager:9093"]}),
        ],
    )
    def test_wrong_values_are_refused(self, chart: str, values: dict[str, Any], render: Render) -> None:
        with pytest.raises(HelmError):
            render(chart, values)


class TestPublicAddress:
    @pytest.mark.parametrize(
        ("values", "address"),
        [
            ({"environment": "staging"} | ROUTE, "https://a.example.com"),
            ({"environment": "dev"} | ROUTE, None),
            ({"ingress": {"enabled": True, "host": "b.example.com", "tlsSecretName": "t"}}, "https://b.example.com"),
            ({"ingress": {"enabled": True, "host": "b.example.com"}}, None),
            ({"environment": "staging", "config": {"PUBLIC_BASE_URL": "https://c.test"}} | ROUTE, "https://c.test"),
            ({}, None),
        ],
    )
    def test_mails_name_the_public_host(self, values: dict[str, Any], address: str | None, render: Render) -> None:
        (data,) = [o["data"] for o in render("service", values) if o["metadata"]["name"] == "api-env"]
        assert data.get("PUBLIC_BASE_URL") == address


class TestContradictions:
    @pytest.mark.parametrize(
        ("chart", "values", "sentence"),
        [
            *(
                (
                    chart,
                    {"devCredentials": True, "environment": environment},
                    "devCredentials is only for environment dev",
                )
                for chart in ("service", "postgres", "minio")
                for environment in ("staging", "production")
            ),
            ("postgres", DEV | {"global": {"environment": "production"}}, "devCredentials is only for environment dev"),
            ("service", {"dev": {"reload": True}}, "dev.reload is only for environment dev"),
            ("service", {"seed": {"enabled": True}}, "seed.enabled is refused in production"),
            ("service", {"config": {"ADMIN_API_KEY": "x"}}, "config.ADMIN_API_KEY is a secret"),
            ("service", {"config": {"METRICS_PORT": "1"}}, "config.METRICS_PORT is set by the chart"),
            ("service", {"autoscaling": {"enabled": True, "minReplicas": 9}}, "minReplicas is above"),
            ("service", {"preStopSleepSeconds": 50}, "preStopSleepSeconds must be below"),
            ("service", {"httpRoute": {"enabled": True}}, "httpRoute.parentRefs must name a Gateway"),
            ("service", {"ingress": {"enabled": True}}, "ingress.host must be set"),
            ("service", {"backup": {"enabled": True}}, "backup.endpoint must be set"),
            (
                "service",
                {"backup": {"enabled": True, "endpoint": "http://minio:9000", "bucket": "jembatan-documents"}},
                "backup.bucket is the bucket of the documents",
            ),
            (
                "service",
                {"config": {"BACKUP_S3_SECRET_ACCESS_KEY": "x"}},
                "config.BACKUP_S3_SECRET_ACCESS_KEY is a secret",
            ),
            ("minio", {"httpRoute": {"enabled": True}}, "httpRoute.parentRefs must name a Gateway"),
            ("prometheus", {"grafana": {"enabled": True}, "mode": "operator"}, "grafana.enabled needs mode builtin"),
            ("prometheus", {"grafana": {"image": {"tag": "latest"}}}, "latest is refused"),
            *((chart, {"image": {"tag": "latest"}}, "latest is refused") for chart in CHARTS),
        ],
    )
    def test_end_with_a_sentence(self, chart: str, values: dict[str, Any], sentence: str, render: Render) -> None:
        with pytest.raises(HelmError, match=re.escape(sentence)):
            render(chart, values)


class TestService:
    def test_fixed_names_and_ports(self, render: Render) -> None:
        objects = render("platform", values_file("local"))
        ports = {o["metadata"]["name"]: o["spec"]["ports"][0]["port"] for o in objects if o["kind"] == "Service"}
        data = {"postgres": 5432, "minio": 9000, "prometheus": 9090, "grafana": 3000}
        assert ports == {"api": 80, "decoder": 4100, **data}
        container = pick(objects, "Deployment", "api")["spec"]["template"]["spec"]["containers"][0]
        assert {p["name"]: p["containerPort"] for p in container["ports"]} == {"http": 4000, "http-metrics": 9100}

    def test_metrics_are_behind_no_service(self, render: Render) -> None:
        for o in render("service", {}):
            if o["kind"] == "Service":
                assert [p["targetPort"] for p in o["spec"]["ports"]] in (["http"], ["decode"])

    def test_pods_leave_the_service_before_they_stop(self, render: Render) -> None:
        spec = pick(render("service", {}), "Deployment", "api")["spec"]["template"]["spec"]
        assert spec["containers"][0]["lifecycle"] == {"preStop": {"sleep": {"seconds": 8}}}
        assert spec["terminationGracePeriodSeconds"] == 45

    def test_liveness_asks_for_no_database(self, render: Render) -> None:
        container = pick(render("service", {}), "Deployment", "api")["spec"]["template"]["spec"]["containers"][0]
        assert container["livenessProbe"]["httpGet"]["path"] == "/health"
        assert container["readinessProbe"]["httpGet"]["path"] == "/health/ready"

    def test_an_autoscaler_alone_decides_the_number_of_pods(self, render: Render) -> None:
        objects = render("service", {"autoscaling": {"enabled": True}})
        assert "replicas" not in pick(objects, "Deployment", "api")["spec"]
        assert pick(render("service", {}), "Deployment", "api")["spec"]["replicas"] == 2

    @pytest.mark.parametrize(
        ("values", "rendered"),
        [
            ({}, True),
            ({"api": {"replicas": 1}}, False),
            ({"api": {"replicas": 1}, "autoscaling": {"enabled": True}}, True),
            ({"autoscaling": {"enabled": True, "minReplicas": 1}}, False),
        ],
    )
    def test_a_budget_never_blocks_the_drain_of_a_single_pod(
        self, values: dict[str, Any], rendered: bool, render: Render
    ) -> None:
        budgets = [o for o in render("service", values) if o["kind"] == "PodDisruptionBudget"]
        assert bool(budgets) is rendered

    def test_no_hook_but_the_test(self, render: Render) -> None:
        hooks = [o for o in render("service", DEV) if "helm.sh/hook" in o["metadata"].get("annotations", {})]
        assert [o["metadata"]["annotations"]["helm.sh/hook"] for o in hooks] == ["test"]

    def test_every_process_waits_for_the_migrations(self, render: Render) -> None:
        objects = render("service", DEV | {"seed": {"enabled": True}})
        for kind, name in (("Deployment", "api"), ("Deployment", "worker"), ("Job", "seed")):
            init = pick(objects, kind, name)["spec"]["template"]["spec"]["initContainers"]
            assert [c["args"] for c in init] == [["db", "wait", "--head"]]

    @pytest.mark.parametrize(
        "change",
        [
            {"image": {"tag": "2"}},
            {"config": {"LOG_LEVEL": "debug"}},
            {"database": {"existingSecret": "other"}},
            {"jobs": {"resources": {"limits": {"memory": "1Gi"}}}},
        ],
        ids=str,
    )
    def test_a_changed_job_has_another_name(self, change: dict[str, Any], render: Render) -> None:
        """A Job's pods cannot be changed: an upgrade with the same name would be refused."""
        before, after = (pick(render("service", values), "Job", "migrate") for values in ({}, change))
        assert before["metadata"]["name"] != after["metadata"]["name"]

    def test_more_pods_do_not_migrate_again(self, render: Render) -> None:
        before, after = (pick(render("service", v), "Job", "migrate") for v in ({}, {"api": {"replicas": 5}}))
        assert before == after

    def test_a_changed_setting_rolls_the_pods(self, render: Render) -> None:
        def annotations(values: dict[str, Any]) -> Any:
            return pick(render("service", values), "Deployment", "api")["spec"]["template"]["metadata"]["annotations"]

        assert annotations({}) != annotations({"config": {"LOG_LEVEL": "debug"}})

    def test_migrations_may_use_a_direct_connection(self, render: Render) -> None:
        objects = render("service", {"database": {"migrationUriKey": "direct-uri"}})

        def key(kind: str, name: str) -> Any:
            env = pick(objects, kind, name)["spec"]["template"]["spec"]["containers"][0]["env"]
            return next(e["valueFrom"]["secretKeyRef"]["key"] for e in env if e["name"] == "DATABASE_URL")

        assert (key("Job", "migrate"), key("Deployment", "api")) == ("direct-uri", "uri")

    def test_the_worker_listens_on_the_direct_connection(self, render: Render) -> None:
        def environment(values: dict[str, Any], name: str) -> dict[str, str]:
            pod = pick(render("service", values), "Deployment", name)["spec"]["template"]["spec"]
            from_secrets = [e for e in pod["containers"][0]["env"] if "valueFrom" in e]
            return {e["name"]: e["valueFrom"]["secretKeyRef"]["key"] for e in from_secrets}

        pooled = {"database": {"migrationUriKey": "direct-uri"}}
        worker = environment(pooled, "worker")
        assert (worker["DATABASE_URL"], worker["DATABASE_DIRECT_URL"]) == ("uri", "direct-uri")
        assert "DATABASE_DIRECT_URL" not in environment({}, "worker")
        assert "DATABASE_DIRECT_URL" not in environment(pooled, "api")

    def test_no_secret_is_a_plain_setting(self, render: Render) -> None:
        data = pick(render("platform", values_file("staging")), "ConfigMap", "api-env")["data"]
        held = [name for name in data if re.search(r"SECRET|PASSWORD|_KEYS?$|ACCESS_KEY|_URL$", name)]
        assert held == ["DECODER_URL", "PUBLIC_BASE_URL"]  # a Service's name, and what everybody types

    def test_the_seed_knows_where_it_runs(self, render: Render) -> None:
        for environment, args in (("dev", ["seed"]), ("staging", ["seed", "--staging"])):
            objects = render("service", {"environment": environment, "seed": {"enabled": True}})
            assert pick(objects, "Job", "seed")["spec"]["template"]["spec"]["containers"][0]["args"] == args

    def test_chart_settings_exist(self, render: Render) -> None:
        """Each variable that the chart or a values file sets is one that the processes read."""
        from service.base.settings import Settings

        known = {name.upper() for name in Settings.model_fields}
        for name in ("local", "staging"):
            objects = render("platform", values_file(name))
            given = set(pick(objects, "ConfigMap", "api-env")["data"])
            for _, spec in pod_specs(
                [o for o in objects if o["metadata"]["labels"]["app.kubernetes.io/name"] == "service"]
            ):
                ours = [c for c in spec["containers"] + spec.get("initContainers", []) if "jembatan" in c["image"]]
                given |= {e["name"] for c in ours for e in c.get("env", [])}
            for secret in (o for o in objects if o["kind"] == "Secret" and o["metadata"]["name"] == "jembatan-api"):
                given |= set(secret["stringData"])
            assert given <= known

    @pytest.mark.parametrize("name", ["local", "staging"])
    def test_the_processes_accept_the_settings(self, name: str, render: Render) -> None:
        """The values file's plain settings, with the Secret's keys that its README asks for, pass the check at start."""
        from service.base.settings import load_settings

        objects = render("platform", values_file(name))
        secrets: dict[str, str] = {
            n: STAGING[n] for n in ("AUTH_TOKEN_KEYS", "AUDIT_KEYS", "KYC_PROVIDER_WEBHOOK_SECRET")
        }
        secrets |= {"SMTP_URL": "smtp://mail:587"}
        for o in objects:
            if o["kind"] == "Secret" and o["metadata"]["name"] == "jembatan-api":
                secrets = o["stringData"]
        settings = load_settings(
            pick(objects, "ConfigMap", "api-env")["data"]
            | secrets
            | {
                "DATABASE_URL": "postgresql://postgres/jembatan",
                "OBJECT_STORAGE_ACCESS_KEY_ID": "key",
                "OBJECT_STORAGE_SECRET_ACCESS_KEY": "its secret",
            }
        )
        assert (settings.api_port, settings.metrics_port) == (4000, 9100)
        assert settings.metrics_json_readers == ("public" if name == "local" else "summary")


class TestDatabaseRoles:
    """Which process knows which role's address, and who makes the roles."""

    def addresses(self, spec: dict[str, Any]) -> dict[str, str]:
        return {
            e["name"]: e["valueFrom"]["secretKeyRef"]["key"]
            for container in spec["containers"] + spec.get("initContainers", [])
            for e in container.get("env", [])
            if e["name"].startswith("DATABASE_")
        }

    def test_only_jobs_of_operators_know_the_owner(self, render: Render) -> None:
        found = {name: self.addresses(spec) for name, spec in pod_specs(render("service", TestBackups.VALUES))}
        owners = {name.partition("/")[2] or name for name, known in found.items() if "DATABASE_OWNER_URL" in known}
        assert not [name for name in owners if "api" in name or "worker" in name or "seed" in name]
        assert any("migrate" in name for name in owners)
        assert all(known["DATABASE_URL"] == "uri" for known in found.values() if known)

    def test_the_trail_is_verified_against_the_kept_head(self, render: Render) -> None:
        (job,) = [o for o in render("service", {}) if o["kind"] == "CronJob"]
        spec = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
        assert spec["containers"][0]["args"] == ["audit", "verify", "--stored"]
        assert self.addresses(spec)["DATABASE_REPORTING_URL"] == "reporting-uri"
        off = render("service", {"audit": {"verifySchedule": ""}})
        assert not [o for o in off if o["kind"] == "CronJob"]

    def test_a_job_with_the_superuser_makes_the_roles(self, render: Render) -> None:
        (job,) = [o for o in render("postgres", {}) if o["kind"] == "Job"]
        pod = job["spec"]["template"]
        keys = {
            e["name"]: e["valueFrom"]["secretKeyRef"] for e in pod["spec"]["containers"][0]["env"] if "valueFrom" in e
        }
        assert keys["PGPASSWORD"]["key"] == "superuser-password"
        assert keys["APP_ROLE"] == {"name": "jembatan-postgres", "key": "app-username", "optional": True}
        (clients,) = [o for o in render("postgres", {}) if o["metadata"]["name"] == "postgres-clients"]
        peers = [peer["podSelector"]["matchLabels"] for peer in clients["spec"]["ingress"][0]["from"]]
        assert any(peer.items() <= pod["metadata"]["labels"].items() for peer in peers)
        (script,) = [
            o["data"]["20-roles.sh"] for o in render("postgres", {}) if o["metadata"]["name"] == "postgres-init"
        ]
        assert "CREATE ROLE" in script


class TestBackups:
    VALUES = {"backup": {"enabled": True, "endpoint": "https://s3.example.com"}}

    def test_they_are_off_until_asked_for(self, render: Render) -> None:
        assert [o["metadata"]["name"] for o in render("service", {}) if o["kind"] == "CronJob"] == ["audit-verify"]

    def test_the_restore_never_runs_by_itself(self, render: Render) -> None:
        jobs = {o["metadata"]["name"]: o["spec"] for o in render("service", self.VALUES) if o["kind"] == "CronJob"}
        assert {name for name, spec in jobs.items() if spec["suspend"]} == {"restore"}
        assert jobs.keys() == {"audit-verify", "backup-dump", "backup-documents", "restore-drill", "restore"}
        assert all(spec["concurrencyPolicy"] == "Forbid" for spec in jobs.values())

    def test_dump_and_server_are_of_one_image(self) -> None:
        service, postgres = (
            yaml.safe_load((ROOT / "helm" / c / "values.yaml").read_text()) for c in ("service", "postgres")
        )
        assert service["backup"]["image"] == {k: v for k, v in postgres["image"].items() if k != "pullPolicy"}

    def test_passwords_are_never_arguments(self, render: Render) -> None:
        for name, spec in pod_specs(render("service", self.VALUES)):
            for container in spec["containers"] + spec.get("initContainers", []):
                words = json.dumps([container.get("command"), container.get("args")])
                assert "PASSWORD" not in words, name
                assert "$(DATABASE_URL)" not in words, name

    def test_the_throw_away_server_listens_inside_its_pod(self, render: Render) -> None:
        spec = next(s for n, s in pod_specs(render("service", self.VALUES)) if n == "CronJob/restore-drill")
        server = next(c for c in spec["initContainers"] if c.get("restartPolicy") == "Always")
        assert "listen_addresses=127.0.0.1" in server["args"]

    def test_each_job_may_reach_what_it_needs(self, render: Render) -> None:
        objects = render("platform", {"global": {"environment": "staging"}, "service": self.VALUES})
        policies = {
            n: json.dumps(pick(objects, "NetworkPolicy", n)) for n in ("service-to-postgres", "postgres-clients")
        }
        for component in ("backup-dump", "backup-documents", "restore-drill", "restore"):
            assert all(component in text for text in policies.values())


class TestGate:
    VALUES = {"gate": {"enabled": True}}

    def test_it_is_off_until_asked_for(self, render: Render) -> None:
        assert not [o for o in render("service", {}) if "gate" in o["metadata"]["name"]]

    def test_its_account_reads_and_nothing_else(self, render: Render) -> None:
        objects = render("service", self.VALUES)
        rules = pick(objects, "Role", "gate")["rules"]
        assert {verb for rule in rules for verb in rule["verbs"]} == {"get", "list"}
        assert not [rule for rule in rules if "*" in json.dumps(rule)]
        secrets = [rule for rule in rules if "secrets" in rule["resources"]]
        assert [rule["resourceNames"] for rule in secrets] == [
            ["jembatan-api", "jembatan-postgres", "jembatan-object-store"]
        ]
        assert secrets[0]["verbs"] == ["get"]
        assert not [o for o in objects if o["kind"].startswith("ClusterRole")]

    def test_the_gate_reads_the_waivers_that_the_values_name(self, render: Render) -> None:
        waiver = {"check": "storage.durable", "owner": "M", "reason": 'One: "node"', "until": "2027-01-31"}
        objects = render("service", {"gate": {"enabled": True, "waivers": [waiver]}})
        (found,) = yaml.safe_load(pick(objects, "ConfigMap", "gate")["data"]["waivers.yaml"])["waivers"]
        assert found == waiver | {"environment": "staging", "until": date(2027, 1, 31)}
        empty = pick(render("service", self.VALUES), "ConfigMap", "gate")["data"]["waivers.yaml"]
        assert yaml.safe_load(empty) == {"waivers": []}

    def test_it_may_reach_what_it_asks(self, render: Render) -> None:
        objects = render("platform", {"global": {"environment": "staging"}, "service": self.VALUES})
        for name in ("postgres-clients", "prometheus-gate", "service-gate-api"):
            assert "gate" in json.dumps(pick(objects, "NetworkPolicy", name)["spec"]["ingress"]), name


class TestData:
    @pytest.mark.parametrize("chart", ["postgres", "minio", "prometheus"])
    def test_external_renders_nothing(self, chart: str, render: Render) -> None:
        assert render(chart, EXTERNAL) == []

    def test_the_data_folder_is_the_parent_since_18(self, render: Render) -> None:
        container = pick(render("postgres", {}), "StatefulSet", "postgres")["spec"]["template"]["spec"]["containers"][0]
        assert "/var/lib/postgresql" in [m["mountPath"] for m in container["volumeMounts"]]
        env = {e["name"]: e.get("value") for e in container["env"]}
        assert env["POSTGRES_INITDB_ARGS"] == "--encoding=UTF8 --locale=C.UTF-8"

    def test_only_the_bucket_is_public(self, render: Render) -> None:
        objects = render("minio", ROUTE | INGRESS)
        rules = pick(objects, "HTTPRoute", "objects")["spec"]["rules"]
        assert [m["path"]["value"] for r in rules for m in r["matches"]] == ["/jembatan-documents"]
        paths = pick(objects, "Ingress", "objects")["spec"]["rules"][0]["http"]["paths"]
        assert [p["path"] for p in paths] == ["/jembatan-documents"]

    def test_the_charts_agree_on_bucket_and_region(self) -> None:
        service, minio = (yaml.safe_load((ROOT / "helm" / c / "values.yaml").read_text()) for c in ("service", "minio"))
        for key in ("bucket", "region"):
            assert service["objectStorage"][key] == minio[key]

    def test_prometheus_reads_pods_of_its_namespace_and_no_more(self, render: Render) -> None:
        objects = render("prometheus", {})
        assert not [o for o in objects if o["kind"].startswith("ClusterRole")]
        assert pick(objects, "Role", "prometheus")["rules"] == [
            {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]}
        ]

    def test_rules_are_shipped_as_they_are(self, render: Render) -> None:
        rules = {path.name: path.read_text() for path in (ROOT / "observability" / "rules").glob("*.yaml")}
        shipped = pick(render("prometheus", {}), "ConfigMap", "prometheus-rules")["data"]
        assert {name: yaml.safe_load(text) for name, text in shipped.items()} == {
            name: yaml.safe_load(text) for name, text in rules.items()
        }

    def test_dashboards_are_shipped_as_they_are(self, render: Render) -> None:
        files = {path.name: json.loads(path.read_text()) for path in (ROOT / "observability/dashboards").glob("*.json")}
        shipped = pick(render("prometheus", {"grafana": {"enabled": True}}), "ConfigMap", "grafana-dashboards")["data"]
        assert {name: json.loads(text) for name, text in shipped.items()} == files

    def test_grafana_is_off_and_takes_no_login(self, render: Render) -> None:
        assert not [o for o in render("prometheus", {}) if "grafana" in o["metadata"]["name"]]
        objects = render("prometheus", {"grafana": {"enabled": True}})
        container = pick(objects, "Deployment", "grafana")["spec"]["template"]["spec"]["containers"][0]
        env = {e["name"]: e["value"] for e in container["env"]}
        assert env["GF_AUTH_ANONYMOUS_ORG_ROLE"] == "Viewer"
        assert env["GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION"] == "true"

    @pytest.mark.parametrize("mode", ["builtin", "operator"])
    def test_a_sidecar_finds_each_dashboard(self, mode: str, render: Render) -> None:
        files = {path.name: path.read_text() for path in (ROOT / "observability" / "dashboards").glob("*.json")}
        maps = [
            o
            for o in render("prometheus", {"mode": mode})
            if o["kind"] == "ConfigMap" and o["metadata"]["labels"].get("grafana_dashboard") == "1"
        ]
        assert len(maps) == len(files) == 5
        shipped = {name: text for o in maps for name, text in o["data"].items()}
        assert {name: text.strip() for name, text in shipped.items()} == {n: t.strip() for n, t in files.items()}

    def test_its_configuration_is_yaml(self, render: Render) -> None:
        data = pick(render("prometheus", {"alertmanagers": ["a:9093"]}), "ConfigMap", "prometheus")["data"]
        config = yaml.safe_load(data["prometheus.yml"])
        assert config["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"] == ["a:9093"]
        assert {s["job_name"] for s in config["scrape_configs"]} == {"jembatan", "minio", "prometheus"}


class TestDecoder:
    """What reads strangers' bytes has nothing, and nobody but the worker reaches it."""

    @pytest.fixture(params=["local", "staging"])
    def objects(self, request: pytest.FixtureRequest, render: Render) -> list[Object]:
        return render("platform", values_file(request.param))

    @pytest.fixture
    def pod(self, objects: list[Object]) -> Object:
        spec: Object = pick(objects, "Deployment", "decoder")["spec"]["template"]["spec"]
        return spec

    def test_it_knows_its_environment_and_nothing_else(self, pod: Object) -> None:
        (container,) = pod["containers"]
        assert "initContainers" not in pod
        assert "envFrom" not in container
        assert [(entry["name"], set(entry)) for entry in container["env"]] == [("ENVIRONMENT", {"name", "value"})]
        assert pod["automountServiceAccountToken"] is False
        assert [set(volume) - {"name"} for volume in pod["volumes"]] == [{"emptyDir"}]

    def test_it_is_read_only_and_bounded(self, pod: Object) -> None:
        (container,) = pod["containers"]
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert pod["securityContext"]["runAsUser"] == 10001
        at_once = int(container["args"][container["args"].index("--at-once") + 1])
        assert at_once * 768 < 1024 * int(container["resources"]["limits"]["memory"].removesuffix("Gi"))

    def test_only_the_worker_reaches_it_and_it_reaches_nothing(self, objects: list[Object]) -> None:
        labels = pick(objects, "Deployment", "decoder")["spec"]["template"]["metadata"]["labels"]
        rules: dict[str, list[Object]] = {"ingress": [], "egress": []}
        for o in objects:
            if o["kind"] == "NetworkPolicy" and _selects(o["spec"]["podSelector"], labels):
                for way, found in rules.items():
                    found += o["spec"].get(way, [])
        assert rules["egress"] == []
        (rule,) = rules["ingress"]
        (peer,) = rule["from"]
        reach = {
            name
            for o in objects
            for name, template in ((o["metadata"]["name"], o.get("spec", {}).get("template")),)
            if template and _selects(peer["podSelector"], template["metadata"]["labels"])
        }
        assert (set(peer), reach) == ({"podSelector"}, {"worker"})

    def test_the_worker_may_ask_it_and_others_may_not(self, objects: list[Object]) -> None:
        decoder = pick(objects, "Deployment", "decoder")["spec"]["template"]["metadata"]["labels"]
        for name, expected in (("worker", True), ("api", False)):
            labels = pick(objects, "Deployment", name)["spec"]["template"]["metadata"]["labels"]
            ways = [
                peer
                for o in objects
                if o["kind"] == "NetworkPolicy" and _selects(o["spec"]["podSelector"], labels)
                for rule in o["spec"].get("egress", [])
                for peer in rule.get("to", [])
                if "podSelector" in peer and "namespaceSelector" not in peer and _selects(peer["podSelector"], decoder)
            ]
            assert bool(ways) is expected, name
        assert pick(objects, "ConfigMap", "api-env")["data"]["DECODER_URL"] == "http://decoder:4100"

    def test_without_it_the_worker_decodes_by_itself(self, render: Render) -> None:
        objects = render("service", {"decoder": {"enabled": False}})
        assert not [o for o in objects if "decoder" in o["metadata"]["name"]]
        assert "DECODER_URL" not in pick(objects, "ConfigMap", "api-env")["data"]

    def test_several_have_a_budget(self, render: Render) -> None:
        for replicas, expected in ((1, ["api"]), (2, ["api", "decoder"])):
            objects = render("service", {"decoder": {"replicas": replicas}})
            budgets = [o["metadata"]["name"] for o in objects if o["kind"] == "PodDisruptionBudget"]
            assert sorted(budgets) == expected


def _selects(selector: Object, labels: dict[str, str]) -> bool:
    """Whether a label selector means a pod with these labels; the operators are those that the charts use."""
    for rule in selector.get("matchExpressions", []):
        assert rule["operator"] in {"In", "NotIn"}
        if (labels.get(rule["key"]) in rule["values"]) is (rule["operator"] == "NotIn"):
            return False
    return bool(selector.get("matchLabels", {}).items() <= labels.items())


class TestFiles:
    @pytest.mark.parametrize("environment", ["local", "staging"])
    def test_cluster_files_are_accepted(self, environment: str) -> None:
        for path in (ROOT / "k8s" / environment).glob("*.yaml"):
            if path.name in {"values.yaml", "kind.yaml"}:
                continue
            for document, version in product(yaml.safe_load_all(path.read_text()), KUBERNETES):
                if document["kind"] not in CUSTOM:
                    kubernetes_validate.validate(document, version, strict=True)

    @pytest.mark.parametrize("environment", ["local", "staging"])
    def test_the_namespace_enforces_restricted(self, environment: str) -> None:
        namespace, policy = yaml.safe_load_all((ROOT / "k8s" / environment / "namespace.yaml").read_text())
        assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
        assert policy["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}

    def test_staging_makes_two_hosts_public(self, render: Render) -> None:
        objects = render("platform", values_file("staging"))
        hosts = {h for o in objects if o["kind"] == "HTTPRoute" for h in o["spec"]["hostnames"]}
        gateway = next(yaml.safe_load_all((ROOT / "k8s/staging/gateway.yaml").read_text()))
        listeners = {entry["hostname"] for entry in gateway["spec"]["listeners"] if "hostname" in entry}
        assert hosts == listeners == {"api.staging.example.com", "objects.staging.example.com"}

    def test_readmes_list_every_value(self) -> None:
        done = subprocess.run(
            [sys.executable, "helm/readme.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def test_the_page_lists_every_variable(self) -> None:
        done = subprocess.run(
            [sys.executable, "docs/variables.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def test_the_page_says_where_each_variable_goes(self, render: Render) -> None:
        """What the page puts into `service.config` the chart takes there, and everything else it refuses."""
        page = (ROOT / "docs/staging.md").read_text().partition("<!-- end of variables -->")[0]
        rows = re.findall(r"^\| `([A-Z0-9_]+)` \| ([^|]+) \|", page, re.M)
        assert rows
        for name, place in rows:
            if place.endswith("`service.config`"):
                assert pick(render("service", {"config": {name: "x"}}), "ConfigMap", "api-env")["data"][name] == "x"
            else:
                with pytest.raises(HelmError, match=f"config.{name} is"):
                    render("service", {"config": {name: "x"}})

    @pytest.mark.parametrize("script", ["deploy", "restore", "secrets", "wait-route"])
    def test_scripts_are_whole_and_can_be_run(self, script: str) -> None:
        path = ROOT / "k8s" / f"{script}.sh"
        assert path.stat().st_mode & 0o111
        subprocess.run(["bash", "-n", path], check=True)

    def test_staging_renders_with_a_digest(self) -> None:
        if shutil.which("helm") is None:
            pytest.skip("helm is not on the PATH")
        digest = "sha256:" + "d" * 64
        environment = os.environ | {"IMAGE": f"registry.example.com:5000/team/jembatan:1.2@{digest}"}
        done = subprocess.run(
            ["k8s/deploy.sh", "render"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        objects = [one for one in yaml.safe_load_all(done.stdout) if one]
        images = {c["image"] for n, spec in pod_specs(objects) if n.endswith("/api") for c in spec["containers"]}
        assert images == {f"registry.example.com:5000/team/jembatan@{digest}"}
        assert {"StatefulSet", "Deployment", "CronJob"} <= {one["kind"] for one in objects}

    def test_hadolint_finds_nothing(self) -> None:
        hadolint = ROOT / sys.executable.rsplit("/", 1)[0] / "hadolint"
        done = subprocess.run([hadolint, "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout

    def test_image_and_charts_carry_the_product_s_version(self) -> None:
        assert f"\nARG VERSION={VERSION}\n" in (ROOT / "Dockerfile").read_text()
        for chart in ("service", "platform"):
            assert yaml.safe_load((ROOT / f"helm/{chart}/Chart.yaml").read_text())["appVersion"] == VERSION

    def test_yamllint_finds_nothing(self) -> None:
        rules = "{extends: relaxed, rules: {line-length: disable}}"
        files = [*sorted(map(str, (ROOT / "k8s").rglob("*.yaml"))), *map(str, (ROOT / "helm").glob("*/values.yaml"))]
        done = subprocess.run(
            [sys.executable, "-m", "yamllint", "-s", "-d", rules, *files], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout
