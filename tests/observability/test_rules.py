"""Does each alert have its test and its page, and does every rule name metrics that exist?"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY

from observability.dashboards.build import DASHBOARDS, FOLDER, build
from service.health.gauges import FAMILIES, OTHER
from service.tasks.models import TaskKind
from tests.observability.expressions import name_of, selectors

ROOT = Path(__file__).resolve().parents[2] / "observability"
FILES = sorted((ROOT / "rules").glob("*.yaml"))
TESTS = sorted((ROOT / "tests").glob("*_test.yaml"))
RULES: list[tuple[str, dict[str, Any]]] = [
    (path.stem, rule)
    for path in FILES
    for group in yaml.safe_load(path.read_text())["groups"]
    for rule in group["rules"]
]
ALERTS = [(file, rule) for file, rule in RULES if "alert" in rule]
# What others export, by the file that may use it.
OTHERS = {
    "platform": {
        "up",
        "minio_cluster_capacity_usable_free_bytes",
        "minio_cluster_capacity_usable_total_bytes",
        "prometheus_rule_evaluation_failures_total",
        "prometheus_config_last_reload_successful",
    },
    "operator": {
        "kubelet_volume_stats_available_bytes",
        "kubelet_volume_stats_capacity_bytes",
        "kube_pod_container_status_waiting_reason",
        "kube_deployment_spec_replicas",
        "kube_deployment_status_replicas_available",
        "kube_job_status_failed",
        "kube_job_status_succeeded",
        "container_memory_working_set_bytes",
        "kube_pod_container_resource_limits",
        "kube_horizontalpodautoscaler_status_current_replicas",
        "kube_horizontalpodautoscaler_spec_max_replicas",
    },
}


def kinds_in(text: str) -> set[str]:
    """What `text` (rules, their tests or a dashboard) asks of the label `kind`, or expects of it."""
    matched = [value for _, value in re.findall(r'\bkind\s*(=~|!~|!=|=)\s*\\?"([^"\\]+)', text)]
    return {kind for value in matched for kind in value.split("|")} | set(re.findall(r"\bkind: ([\w.]+)", text))


def promtool() -> str:
    """The program; where a run must be complete its absence is a failure."""
    found = shutil.which("promtool")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("promtool is not installed: make prometheus")
        pytest.skip("promtool is not installed: make prometheus, or the package prometheus")
    return found


def ours() -> set[str]:
    """Every name that our processes export or our rules record."""
    names = {name for collector in REGISTRY._collector_to_names.values() for name in collector}
    return names | set(FAMILIES) | {rule["record"] for _, rule in RULES if "record" in rule}


@cache
def cases_of(path: Path) -> list[dict[str, Any]]:
    """The cases of a file of tests. Read once: all alerts of a file of rules look through the same."""
    return list(yaml.load(path.read_text(), Loader=yaml.CSafeLoader)["tests"])


class TestPromtool:
    def test_rules_are_accepted(self) -> None:
        done = subprocess.run(
            [promtool(), "check", "rules", *map(str, FILES)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    @pytest.mark.parametrize("path", TESTS, ids=lambda path: path.stem)
    def test_alerts_stay_quiet_wait_and_fire(self, path: Path) -> None:
        done = subprocess.run([promtool(), "test", "rules", str(path)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


class TestAlerts:
    def test_there_are_some(self) -> None:
        assert len(ALERTS) >= 40
        assert len({rule["alert"] for _, rule in ALERTS}) == len(ALERTS)

    @pytest.mark.parametrize(("file", "rule"), ALERTS, ids=[rule["alert"] for _, rule in ALERTS])
    def test_each_is_complete(self, file: str, rule: dict[str, Any]) -> None:
        name = rule["alert"]
        assert name.startswith("Jembatan")
        assert rule["for"]
        assert rule["labels"]["severity"] in {"critical", "warning"}
        assert set(rule["annotations"]) == {"summary", "description", "runbook_url"}
        assert "{{" not in rule["annotations"]["summary"]
        page = ROOT.parent / rule["annotations"]["runbook_url"]
        assert page == ROOT / "runbooks" / f"{name}.md"
        text = page.read_text()
        titles = re.findall(r"^#+ (.*)$", re.sub(r"```.*?```", "", text, flags=re.S), re.M)
        assert titles == [name, "Meaning", "Impact", "Diagnosis", "Mitigation"]
        commands = re.search(r"## Diagnosis\n\n```sh\n(.+?)```", text, re.S)
        assert commands is not None
        checked = subprocess.run(["bash", "-n"], input=commands[1], text=True, capture_output=True, check=False)
        assert (checked.returncode, checked.stderr) == (0, "")
        index = (ROOT / "runbooks" / "README.md").read_text()
        assert f"| [{name}]({name}.md) | {rule['labels']['severity']} | {rule['for']} |" in index

    @pytest.mark.parametrize(("file", "rule"), ALERTS, ids=[rule["alert"] for _, rule in ALERTS])
    def test_each_is_tested_quiet_pending_and_firing(self, file: str, rule: dict[str, Any]) -> None:
        paths = [path for path in TESTS if path.stem.startswith(file)]
        cases = [case for path in paths for case in cases_of(path)]
        name = rule["alert"]
        mine = [(case, test) for case in cases for test in case.get("alert_rule_test", []) if test["alertname"] == name]
        fires = [case for case, test in mine if test["exp_alerts"]]
        assert any(case not in fires for case, test in mine), "no case in which it stays quiet"
        assert fires, "no case in which it fires"
        waits = [
            expected
            for case in fires
            for test in case.get("promql_expr_test", [])
            if name in test["expr"]
            for expected in test["exp_samples"]
        ]
        assert waits, "no case in which it waits"

    def test_no_page_is_left_over(self) -> None:
        pages = {path.stem for path in (ROOT / "runbooks").glob("*.md")} - {"README"}
        assert pages == {rule["alert"] for _, rule in ALERTS}

    def test_the_index_says_who_is_told_without_an_alertmanager(self) -> None:
        assert "Without an Alertmanager nobody is told" in (ROOT / "runbooks" / "README.md").read_text()


class TestNames:
    @pytest.mark.parametrize("file", [path.stem for path in FILES])
    def test_rules_read_what_exists(self, file: str) -> None:
        known = ours() | OTHERS.get(file, set())
        read = {name_of(item) for name, rule in RULES if name == file for item in selectors(rule["expr"])}
        assert read - known == set()

    def test_only_the_operators_file_needs_the_clusters_exporters(self) -> None:
        for file, rule in RULES:
            read = {name_of(item) for item in selectors(rule["expr"])}
            assert (not read & OTHERS["operator"]) or file == "operator"
            if file == "operator":
                assert read <= OTHERS["operator"]
        assert "kube-state-metrics" in (ROOT / "rules" / "operator.yaml").read_text().partition("groups:")[0]

    def test_records_are_named_by_level_metric_and_operation(self) -> None:
        for _, rule in RULES:
            if "record" in rule:
                assert re.fullmatch(r"[a-z]+:[a-z_0-9]+:[a-z_0-9]+", rule["record"]), rule["record"]

    def test_dashboards_read_what_exists(self) -> None:
        known = ours() | OTHERS["platform"] | {"ALERTS"}
        read = {
            name_of(item)
            for page in DASHBOARDS
            for _, panels in page.rows
            for panel in panels
            for query in panel.queries
            for item in selectors(query.expr)
        }
        assert read - known == set()

    def test_rules_their_tests_and_dashboards_name_kinds_of_tasks_that_exist(self) -> None:
        """`kind` is the label of `jobs_queue` alone; a test with another kind would prove nothing of the alert."""
        assert [name for name, (_, labels) in FAMILIES.items() if "kind" in labels] == ["jobs_queue"]
        named = {kind for path in (*FILES, *TESTS, *FOLDER.glob("*.json")) for kind in kinds_in(path.read_text())}
        assert named - set(TaskKind) - {OTHER} == set()
        (test,) = [path for path in TESTS if "JembatanTasksFail" in path.read_text()]
        assert kinds_in(test.read_text())

    def test_kinds_are_found(self) -> None:
        text = 'a{kind="b.c"} x{pod="p", kind!~"d|e_f"} {kind=\\"g\\"} {kind: h.i, severity: j} for kind {{ $labels.kind }}'
        assert kinds_in(text) == {"b.c", "d", "e_f", "g", "h.i"}

    def test_selectors_are_found(self) -> None:
        expr = 'sum by (pod) (rate(a_total{x=~"b|c(d)", y="e"}[5m])) / on (slo) 1e9 * slo:b:c > bool 2 and absent(d)'
        assert selectors(expr) == ['a_total{x=~"b|c(d)", y="e"}', "slo:b:c", "d"]


class TestDashboards:
    @pytest.mark.parametrize("page", DASHBOARDS, ids=lambda page: page.uid)
    def test_the_committed_file_is_what_is_built(self, page: Any) -> None:
        assert (FOLDER / f"{page.uid}.json").read_text() == build(page), "write it again: make dashboards"

    def test_no_file_is_left_over(self) -> None:
        assert {path.stem for path in FOLDER.glob("*.json")} == {page.uid for page in DASHBOARDS}

    @pytest.mark.parametrize("page", DASHBOARDS, ids=lambda page: page.uid)
    def test_the_data_source_is_chosen_on_the_page(self, page: Any) -> None:
        found = json.loads(build(page))
        assert found["uid"] == page.uid
        assert [v["type"] for v in found["templating"]["list"]] == ["datasource"]
        panels = [panel for panel in found["panels"] if panel["type"] != "row"]
        assert {panel["datasource"]["uid"] for panel in panels} == {"${datasource}"}
        assert len({panel["id"] for panel in found["panels"]}) == len(found["panels"])
