"""How does a Prometheus run on this machine, with our rules, against processes of this machine?"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from service.tools.local.processes import LocalError, spawn, stop
from service.tools.local.servers import HOST, require_free_port

RULES = Path(__file__).parent / "rules"
_HINT = "Debian: apt-get install prometheus; macOS: brew install prometheus"
_READY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Target:
    """A process to scrape, named as the chart's Prometheus names it."""

    component: str
    port: int


def program(name: str) -> str:
    """The path of `prometheus` or `promtool`. Raises LocalError with what to install."""
    found = shutil.which(name)
    if found is None:
        raise LocalError(f"There is no {name} on this machine. {_HINT}.")
    return found


def configuration(
    port: int, targets: Sequence[Target], rules: Path, *, scrape: str = "5s", evaluate: str = "15s"
) -> dict[str, Any]:
    """A configuration with the chart's job and labels, so that rules and dashboards see the same series."""
    return {
        "global": {"scrape_interval": scrape, "scrape_timeout": scrape, "evaluation_interval": evaluate},
        "rule_files": [str(rules / "*.yaml")],
        "scrape_configs": [
            {
                "job_name": "jembatan",
                "static_configs": [
                    {
                        "targets": [f"{HOST}:{target.port}"],
                        "labels": {
                            "component": target.component,
                            "pod": f"{target.component}-local",
                            "namespace": "jembatan",
                        },
                    }
                    for target in targets
                ],
            },
            {"job_name": "prometheus", "static_configs": [{"targets": [f"{HOST}:{port}"]}]},
        ],
    }


class Prometheus:
    """A server with its data in `folder`; questions raise when Prometheus refuses them."""

    def __init__(self, folder: Path, port: int, config: dict[str, Any]) -> None:
        self.folder, self.port, self.config = folder, port, config
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers. Raises LocalError."""
        require_free_port(self.port, "LOCAL_PROMETHEUS_PORT", "Prometheus")
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "prometheus.yml"
        path.write_text(yaml.safe_dump(self.config))
        with (self.folder / "prometheus.log").open("ab") as log:
            self.process = spawn(
                [
                    program("prometheus"),
                    f"--config.file={path}",
                    f"--storage.tsdb.path={self.folder / 'data'}",
                    "--storage.tsdb.retention.time=2d",
                    f"--web.listen-address={HOST}:{self.port}",
                ],
                log=log,
                environ={"PATH": os.environ.get("PATH", "")},
            )
        deadline = time.monotonic() + _READY_SECONDS
        while not self._is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise LocalError(f"Prometheus does not start; see {self.folder / 'prometheus.log'}.")
            time.sleep(0.2)

    def stop(self) -> None:
        """End it; the data stays."""
        if self.process is not None:
            stop(self.process, ((signal.SIGTERM, 10.0),))
            self.process = None

    def ask(self, path: str, **parameters: str) -> Any:
        """`data` of an answer of its HTTP API."""
        query = f"?{urllib.parse.urlencode(parameters)}" if parameters else ""
        try:
            with urllib.request.urlopen(f"{self.url}/api/v1/{path}{query}", timeout=30) as answer:  # noqa: S310 - our own
                body = json.load(answer)
        except urllib.error.HTTPError as error:
            raise ValueError(json.load(error).get("error", "refused")) from None
        return body["data"]

    def query(self, expr: str) -> list[dict[str, Any]]:
        """The samples of an instant query."""
        data = self.ask("query", query=expr)
        if data["resultType"] == "scalar":
            return [{"metric": {}, "value": data["result"]}]
        result: list[dict[str, Any]] = data["result"]
        return result

    def graph_link(self, *exprs: str) -> str:
        """A link to its page with a graph of each expression over the last quarter of an hour."""
        parts = []
        for number, expr in enumerate(exprs):
            parts += [
                (f"g{number}.expr", expr),
                (f"g{number}.tab", "0"),
                (f"g{number}.range_input", "15m"),
            ]
        return f"{self.url.replace(HOST, 'localhost')}/graph?{urllib.parse.urlencode(parts)}"

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/-/ready", timeout=2) as answer:  # noqa: S310 - our own
                return bool(answer.status == 200)
        except OSError:
            return False


@contextlib.contextmanager
def running(server: Prometheus) -> Iterator[Prometheus]:
    """Start and, whatever happens, stop."""
    try:
        server.start()
        yield server
    finally:
        server.stop()
