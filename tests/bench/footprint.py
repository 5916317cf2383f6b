"""What does a process cost before it works? `python -m tests.bench.footprint` prints start and memory, and judges nothing."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from service.database import migrate
from service.tools.local.servers import EmbeddedPostgres, free_ports
from tests.bench.stack import cpu_seconds
from tests.running import until_answering

_ROUNDS = 5
_REST_SECONDS = 2.0


async def measure(command: str, database_url: str) -> tuple[float, float, float]:
    """Start one process: seconds until its first 200, CPU seconds until then, and MB resident when it has rested."""
    port, metrics_port = free_ports(2)
    environment = {
        "PATH": os.environ["PATH"],
        "ENVIRONMENT": "dev",
        "DATABASE_URL": database_url,
        "AUTH_TOKEN_KEYS": f"f1:{secrets.token_urlsafe(36)}",
        "OBJECT_STORAGE_ACCESS_KEY_ID": "nobody",
        "OBJECT_STORAGE_SECRET_ACCESS_KEY": "asks",
        "API_HOST": "127.0.0.1",
        "API_PORT": str(port),
        "METRICS_PORT": str(metrics_port),
    }
    begun = time.monotonic()
    process = subprocess.Popen([sys.executable, "-m", "service", command], env=environment, stdout=subprocess.DEVNULL)
    try:
        if command == "serve":
            await until_answering(f"http://127.0.0.1:{port}")
        else:
            await until_answering(f"http://127.0.0.1:{metrics_port}", "/metrics")
        seconds, cpu = time.monotonic() - begun, cpu_seconds(process.pid)
        if command == "serve":
            # As the platform's probe does; the first time it loads what asks the object store.
            await until_answering(f"http://127.0.0.1:{port}", "/health/ready")
        await asyncio.sleep(_REST_SECONDS)
        return seconds, cpu, _resident_mb(process.pid)
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait, 30)


def _resident_mb(pid: int) -> float:
    found = re.search(r"^VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return int(found[1]) / 1024 if found else float("nan")


async def main() -> None:
    """Print the medians of five starts of the API and of the worker."""
    folder = Path(tempfile.mkdtemp(prefix="jembatan-footprint-"))
    folder.chmod(0o711)  # Postgres runs as another user when root starts it.
    postgres = EmbeddedPostgres(folder / "postgres", free_ports(1)[0], secrets.token_urlsafe(24), durable=False)
    try:
        with postgres:
            url = await migrate.create_database(postgres.admin_url, "footprint")
            await migrate.migrate(url)
            print(f"{'process':<10}{'first 200, s':>14}{'CPU, s':>10}{'idle, MB':>10}   (medians of {_ROUNDS})")
            for command in ("serve", "worker"):
                runs = [await measure(command, url) for _ in range(_ROUNDS)]
                seconds, cpu, resident = (statistics.median(column) for column in zip(*runs, strict=True))
                print(f"{command:<10}{seconds:>14.2f}{cpu:>10.2f}{resident:>10.1f}")
    finally:
        postgres.remove()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    asyncio.run(main())
