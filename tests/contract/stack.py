"""How does a tool run the whole server as production does? Postgres, S3 and one `serve` process, all thrown away."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from service.tools.local.servers import HOST, EmbeddedObjectStore, EmbeddedPostgres, free_ports

ROOT = Path(__file__).resolve().parents[2]
CANDIDATE_EMAIL = "ayu.lestari@example.com"
_START_SECONDS = 60


@dataclass(frozen=True)
class RunningApi:
    """A seeded server and what its clients need to know."""

    url: str
    candidate_password: str
    admin_key: str
    webhook_secret: str
    log_file: Path
    environment: Mapping[str, str]


@contextlib.contextmanager
def running_api(extra: Mapping[str, str] | None = None, *, tree: Path = ROOT) -> Iterator[RunningApi]:
    """Start everything on free ports with seeded, fresh data; stop and delete it in the end.

    Pool sizes and time-outs are the defaults, which production uses; only rate limits are off. `extra` adds settings,
    `tree` is the checkout whose `service` runs.
    """
    folder = Path(tempfile.mkdtemp(prefix="jembatan-contract-"))
    folder.chmod(0o711)  # Postgres runs as another user when root starts it.
    postgres_port, store_port, api_port = free_ports(3)
    password, admin_key, webhook_secret = (secrets.token_urlsafe(24) for _ in range(3))
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        postgres = EmbeddedPostgres(
            folder / "postgres", postgres_port, secrets.token_urlsafe(24), durable=False, max_connections=100
        )
        stack.callback(postgres.remove)
        stack.enter_context(postgres)
        store = EmbeddedObjectStore(
            folder / "s3", store_port, secrets.token_hex(8), secrets.token_urlsafe(24), bucket="jembatan-contract"
        )
        stack.enter_context(store)
        postgres.ensure_database("jembatan", "jembatan")
        environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ},
            **store.environment,
            "ENVIRONMENT": "dev",
            "DATABASE_URL": postgres.url("jembatan", "jembatan"),
            "AUTH_TOKEN_KEYS": f"c1:{secrets.token_urlsafe(36)}",
            "AUDIT_KEYS": f"c1:{secrets.token_urlsafe(36)}",
            "ADMIN_API_KEY": admin_key,
            "KYC_PROVIDER_WEBHOOK_SECRET": webhook_secret,
            "SEED_CANDIDATE_PASSWORD": password,
            "RATE_LIMITS": "off",
            "API_HOST": HOST,
            "API_PORT": str(api_port),
            "PYTHONPATH": str(tree),
            **(extra or {}),
        }
        for command in ("migrate", "seed"):
            subprocess.run(
                [sys.executable, "-m", "service", command],
                cwd=folder,
                env=environment,
                check=True,
                timeout=300,
                stdout=subprocess.DEVNULL,
            )
        log_file = folder / "api.log"
        with log_file.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "service", "serve"], cwd=folder, env=environment, stdout=log
            )
        stack.callback(process.wait)
        stack.callback(process.kill)
        url = f"http://{HOST}:{api_port}"
        _wait_ready(url, process)
        yield RunningApi(url, password, admin_key, webhook_secret, log_file, environment)


def _wait_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with (
            contextlib.suppress(urllib.error.URLError, OSError),
            urllib.request.urlopen(f"{url}/health/ready", timeout=5),
        ):
            return
        time.sleep(0.1)
    raise RuntimeError("the API did not become ready")
