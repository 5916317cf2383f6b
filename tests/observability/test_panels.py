"""Does every panel and every rule find data in a real Prometheus that watched the real processes under load?"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from observability.dashboards.build import DASHBOARDS
from observability.prometheus import RULES as FOLDER
from observability.prometheus import Prometheus, Target, configuration
from service.database import migrate
from service.tools.local.servers import free_ports
from service.tools.smoke.options import Options
from tests.conftest import TEST_ENVIRONMENT
from tests.load import EVERYDAY_MIX, VERSIONS, Load
from tests.observability.expressions import name_of, selectors
from tests.observability.test_rules import ALERTS, OTHERS, RULES
from tests.running import Detour, running_server

PANELS = [(page.uid, panel) for page in DASHBOARDS for _, panels in page.rows for panel in panels]
# Selectors and panels that a healthy product on one machine leaves empty, and why.
NEEDS = {
    **dict.fromkeys(OTHERS["operator"], "exporters of a cluster"),
    "minio_cluster_capacity_usable_free_bytes": "MinIO's own exporter",
    "minio_cluster_capacity_usable_total_bytes": "MinIO's own exporter",
    's3_request_seconds_count{outcome="error"}': "an object store that fails",
    'build_info{environment="staging"}': "an environment other than dev",
    "Alerts": "an alert",
    "Free space": "MinIO's own exporter",
}


def prometheus_program() -> str:
    found = shutil.which("prometheus")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("prometheus is not installed: make prometheus")
        pytest.skip("prometheus is not installed: make prometheus, or the package prometheus")
    return found


def command(environment: dict[str, str], *arguments: str) -> int:
    return subprocess.run(
        [sys.executable, "-m", "service", *arguments],
        env={"PATH": os.environ["PATH"], **environment},
        stdout=subprocess.DEVNULL,
        check=False,
        timeout=120,
    ).returncode


@contextlib.contextmanager
def worker(environment: dict[str, str], port: int) -> Any:
    process = subprocess.Popen(
        [sys.executable, "-m", "service", "worker"],
        env={"PATH": os.environ["PATH"], **environment, "METRICS_PORT": str(port)},
        stdout=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


async def fill(database_url: str) -> None:
    """A run of the gate, which nothing on one machine would write."""
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute(
            "INSERT INTO maintenance_runs (id, kind, started_at, finished_at, succeeded, detail_json)"
            " VALUES ($1, 'gate', now(), now(), true, $2)",
            uuid4(),
            '{"criteria": {"smoke": "YES"}, "certificateEndsAt": 1900000000}',
        )
    finally:
        await connection.close()


@pytest.fixture(scope="module")
async def prometheus(
    postgres_url: str, template: str, object_storage_env: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Prometheus]:
    """A Prometheus with our rules that has scraped the API and a worker during traffic, the smoke and a short outage."""
    prometheus_program()
    name = f"test_panels_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    await migrate.drop_database(postgres_url, name)
    url = await migrate.create_database(postgres_url, name, template=template)
    await fill(url)
    detour = Detour(url)
    await detour.open()
    environment = {**TEST_ENVIRONMENT, **object_storage_env, "DATABASE_URL": url, "KNOWN_APP_VERSIONS": VERSIONS}
    environment["RATE_LIMITS"] = "off"
    assert await asyncio.to_thread(command, environment, "seed") == 0
    await asyncio.to_thread(command, environment, "storage", "bootstrap")
    rules = tmp_path_factory.mktemp("rules")
    for path in FOLDER.glob("*.yaml"):
        # The same rules, all of them at the same pace.
        (rules / path.name).write_text(re.sub(r"^    interval: .*\n", "", path.read_text(), flags=re.M))
    port, worker_port = free_ports(2)
    through = {**environment, "DATABASE_URL": detour.url}
    async with running_server(through) as server:
        with worker(environment, worker_port):
            targets = [Target("api", server.port), Target("worker", worker_port)]
            config = configuration(port, targets, rules, scrape="1s", evaluate="2s")
            watching = Prometheus(tmp_path_factory.mktemp("prometheus"), port, config)
            await asyncio.to_thread(watching.start)
            try:
                key = TEST_ENVIRONMENT["ADMIN_API_KEY"]
                smoke = {
                    "SMOKE_BASE_URL": server.url,
                    "SMOKE_ADMIN_KEY": key,
                    "SMOKE_WEBHOOK_SECRET": TEST_ENVIRONMENT["KYC_PROVIDER_WEBHOOK_SECRET"],
                }
                # Twice, because a counter that appears has not grown yet: outages for the failures, the smoke for
                # uploads and decisions. Whether the smoke ends well is its own test.
                options = Options(base_url=server.url, admin_key=key)
                async with Load(options, people=4, mix=EVERYDAY_MIX) as load:
                    await load.prepare()
                    running = asyncio.create_task(load.run(16))
                    for _ in range(2):
                        await asyncio.sleep(4)
                        await detour.close()
                        await asyncio.sleep(2)
                        await detour.open()
                    await running
                for _ in range(2):
                    await asyncio.to_thread(command, smoke, "smoke")
                    await asyncio.sleep(2)
                await asyncio.sleep(2)
                yield watching
            finally:
                await asyncio.to_thread(watching.stop)
    await detour.close()
    await migrate.drop_database(postgres_url, name)


def needs(text: str) -> str | None:
    return NEEDS.get(text) or NEEDS.get(name_of(text))


async def empty_ones(prometheus: Prometheus, exprs: dict[str, str]) -> list[str]:
    """What of `exprs` (by what it is for) has no sample; a query that Prometheus refuses fails by itself."""
    found = []
    for what, expr in exprs.items():
        samples = await asyncio.to_thread(prometheus.query, expr)
        if not any(sample["value"][1] != "NaN" for sample in samples):
            found.append(f"{what}: {expr}")
    return found


class TestPanels:
    """Few tests that look at much: what they watch takes long to set up, and each process would do it again."""

    async def test_each_shows_something(self, prometheus: Prometheus) -> None:
        exprs = {
            f"{uid}, {panel.title} {number}": query.expr
            for uid, panel in PANELS
            for number, query in enumerate(panel.queries)
        }
        optional = {f"{uid}, {panel.title} 0" for uid, panel in PANELS if needs(panel.title)}
        assert len(exprs) > 50
        empty = await empty_ones(prometheus, exprs)
        assert [line for line in empty if line.partition(":")[0] not in optional] == []


class TestRules:
    async def test_none_fails_in_prometheus(self, prometheus: Prometheus) -> None:
        groups = (await asyncio.to_thread(prometheus.ask, "rules"))["groups"]
        evaluated = [rule for group in groups for rule in group["rules"]]
        assert len(evaluated) == len(RULES)
        assert [(rule["name"], rule.get("lastError")) for rule in evaluated if rule["health"] != "ok"] == []

    async def test_each_record_has_a_value(self, prometheus: Prometheus) -> None:
        exprs = {}
        for _, rule in RULES:
            if "record" in rule:
                matchers = ", ".join(f'{name}="{value}"' for name, value in rule.get("labels", {}).items())
                exprs[f"{rule['record']} {matchers}"] = f"{rule['record']}{{{matchers}}}"
        assert await empty_ones(prometheus, exprs) == []

    async def test_each_alert_finds_what_it_looks_at(self, prometheus: Prometheus) -> None:
        exprs = {}
        for _, rule in ALERTS:
            await asyncio.to_thread(prometheus.query, rule["expr"])
            for selector in selectors(rule["expr"]):
                if needs(selector) is None:
                    exprs[f"{rule['alert']} {selector}"] = selector
        assert len(exprs) > 40
        assert await empty_ones(prometheus, exprs) == []

    async def test_a_healthy_product_alerts_nobody_but_for_the_outage(self, prometheus: Prometheus) -> None:
        alerts = (await asyncio.to_thread(prometheus.ask, "alerts"))["alerts"]
        firing = {alert["labels"]["alertname"] for alert in alerts if alert["state"] == "firing"}
        assert firing == set()


class TestScrape:
    async def test_targets_are_up(self, prometheus: Prometheus) -> None:
        found = await asyncio.to_thread(prometheus.query, 'up{job="jembatan"} == 1')
        assert {sample["metric"]["component"] for sample in found} == {"api", "worker"}

    def test_the_folder_of_rules_is_the_shipped_one(self) -> None:
        assert Path(__file__).resolve().parents[2] / "observability" / "rules" == FOLDER
