"""What does `make observe` show? The local product under a minute of mixed traffic, with Prometheus and our dashboards' queries.

It stays until Ctrl-C and writes where to look. Needs Prometheus on PATH; everything else comes with the environment.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from observability.dashboards.build import DASHBOARDS
from observability.prometheus import RULES, Prometheus, Target, configuration, program, running
from service.tools.local.processes import LocalError
from service.tools.local.servers import free_ports
from service.tools.local.stack import ROOT, Interrupted, Stack
from service.tools.smoke.options import Options
from tests.load import EVERYDAY_MIX, VERSIONS, Failed, Load, Report

_SECONDS, _RATE_PER_SECOND, _PEOPLE = 60.0, 20.0, 4
_QUERIES_A_LINK = 4


class ObservedStack(Stack):
    """The local stack whose worker has a port for its metrics; the API's are on its own port."""

    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        super().__init__(folder, {**environ, "KNOWN_APP_VERSIONS": environ.get("KNOWN_APP_VERSIONS", VERSIONS)})
        self.environ.pop("METRICS_PORT", None)
        (self.worker_port,) = free_ports(1)

    def drive(self) -> Report:
        """A minute of mixed traffic; a signal breaks in. Raises Failed when it cannot begin."""
        key = self.environment.variables.get("ADMIN_API_KEY", "")
        load = Load(
            Options(base_url=self.environment.url, admin_key=key),
            rate_per_second=_RATE_PER_SECOND,
            people=_PEOPLE,
            mix=EVERYDAY_MIX,
        )

        async def send() -> Report:
            async with load:
                await load.prepare()
                return await load.run(_SECONDS)

        with self._interruptible():
            return asyncio.run(send())

    def _spawn(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        environ = dict(self.environ)
        try:
            if name == "worker":
                self.environ["METRICS_PORT"] = str(self.worker_port)
            return super()._spawn(name, *command)
        finally:
            self.environ = environ


def main() -> int:
    """Run until somebody asks us to stop; returns the exit code."""
    environ = dict(os.environ)
    folder = Path(environ.get("LOCAL_DATA_DIR", "").strip() or ROOT / ".local").absolute()
    port = environ.get("LOCAL_PROMETHEUS_PORT", "").strip() or "9090"
    if not (port.isascii() and port.isdigit() and 1 <= int(port) <= 65535):
        _say("LOCAL_PROMETHEUS_PORT must be a port from 1 to 65535.")
        return 1
    stack = ObservedStack(folder, environ)
    try:
        program("prometheus")
        _say("Starting Postgres, S3, the API, a worker and Prometheus …")
        stack.start()
        targets = [Target("api", stack.environment.api_port), Target("worker", stack.worker_port)]
        server = Prometheus(folder / "prometheus", int(port), configuration(int(port), targets, RULES))
        with running(server):
            _say(f"Sending a minute of mixed traffic to {stack.environment.url} …")
            stack.smoke()
            report = stack.drive()
            _say(_screen(server, report))
            stack.watch()
            _say("Stopping …")
    except LocalError as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    except Failed as reason:
        print(f"The traffic could not begin: {reason}", file=sys.stderr, flush=True)
        return 1
    except (Interrupted, KeyboardInterrupt):
        _say("Stopping …")
    finally:
        stack.stop()
    _say("Stopped; the data stays.")
    return 0


def _screen(server: Prometheus, report: Report) -> str:
    lines = []
    for page in DASHBOARDS:
        exprs = [panel.queries[0].expr for _, row in page.rows for panel in row if panel.kind == "graph"]
        # Failures leave no series while there are none.
        shown = [expr for expr in exprs if server.query(expr)][:_QUERIES_A_LINK]
        lines.append(f"  {page.title}\n    {server.graph_link(*shown)}")
    counts = ", ".join(f"{status}: {count}" for status, count in sorted(report.statuses.items()))
    where = server.url.replace("127.0.0.1", "localhost")
    return (
        f"\nAnswers by status: {counts}\n\nKey queries of the dashboards, filled in:\n"
        + "\n".join(lines)
        + f"\n\n  Alerts   {where}/alerts\n  Targets  {where}/targets\n\n"
        "In a cluster: kubectl -n jembatan port-forward service/prometheus 9090, then the same addresses. Grafana, where\n"
        "it is on, has the dashboards under the tag jembatan.\n\n"
        f"Ctrl-C stops everything.\nOBSERVE {where}/graph"
    )


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
