"""Does the time of an answer tell who has an account? Two arms and a control, measured on a server of its own.

    python -m tests.auth.timing [--each 300]

Known addresses are one arm, unknown ones the other; the control is unknown ones again, so that its difference shows what
chance does. Requests come one after another in random order. Exit code 0 whatever the figures are: nobody but a reader
judges them.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import os
import random
import secrets
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx

from service.database import migrate
from service.tools.local.servers import EmbeddedPostgres, free_ports
from tests.running import running_server, until_answering

ARMS = ("known", "unknown", "control")
_LEAST = 300


def rank_test(first: list[float], second: list[float]) -> float:
    """Two-sided p of Mann and Whitney, by the normal approximation, which is good from twenty values on."""
    ranked = sorted([(value, 0) for value in first] + [(value, 1) for value in second])
    total = sum(rank for rank, (_, arm) in enumerate(ranked, start=1) if arm == 0)
    n, m = len(first), len(second)
    z = (total - n * (n + m + 1) / 2) / math.sqrt(n * m * (n + m + 1) / 12)
    return math.erfc(abs(z) / math.sqrt(2))


async def measure(client: httpx.AsyncClient, addresses: dict[str, list[str]], path: str, body: dict[str, str]) -> None:
    """Ask once for each address, and print a line for each arm and each comparison. Times in milliseconds."""
    order = [(arm, address) for arm in ARMS for address in addresses[arm]]
    random.shuffle(order)
    took: dict[str, list[float]] = defaultdict(list)
    answers = set()
    for arm, address in order:
        started = time.perf_counter()
        answer = await client.post(path, json={"email": address, **body})
        took[arm].append((time.perf_counter() - started) * 1000)
        answers.add((answer.status_code, answer.text))
    print(f"\nPOST {path}: {len(answers)} kind(s) of answer: {sorted(answers)}")
    for arm in ARMS:
        tenths = statistics.quantiles(took[arm], n=10)
        middle = statistics.median(took[arm])
        print(f"  {arm:8} n={len(took[arm])} median {middle:.3f} p10 {tenths[0]:.3f} p90 {tenths[-1]:.3f}")
    for arm in ("known", "control"):
        difference = statistics.median(took[arm]) - statistics.median(took["unknown"])
        print(f"  {arm} - unknown: {difference:+.3f} ms, p={rank_test(took[arm], took['unknown']):.2f}")


async def run(each: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        postgres = EmbeddedPostgres(Path(folder) / "postgres", free_ports(1)[0], secrets.token_hex(16), durable=False)
        await asyncio.to_thread(postgres.start)
        try:
            await compare(postgres.admin_url, each)
        finally:
            await asyncio.to_thread(postgres.stop)


async def compare(postgres_url: str, each: int) -> None:
    url = await migrate.create_database(postgres_url, "timing")
    await migrate.migrate(url)
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "ENVIRONMENT": "dev",
        "DATABASE_URL": url,
        "AUTH_TOKEN_KEYS": f"k1:{secrets.token_hex(32)}",
        "MINIO_ROOT_USER": "unused",
        "MINIO_ROOT_PASSWORD": "unused",
        "AUTH_EMAIL_VERIFICATION_EXPOSE_CODE": "false",
    }
    addresses = {arm: [f"{uuid4().hex}@mailbox.test" for _ in range(each)] for arm in ARMS}
    connection = await asyncpg.connect(url)
    await connection.executemany(
        "INSERT INTO users (id, full_name, email, password_hash) VALUES (gen_random_uuid(), 'Somebody', $1, 'none')",
        [(address,) for address in addresses["known"]],
    )
    await connection.close()
    async with running_server(environment) as server:
        await until_answering(server.url, "/health/ready")
        async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
            warm = {arm: [f"{uuid4().hex}@mailbox.test" for _ in range(10)] for arm in ARMS}
            for address in warm["known"]:
                await client.post("/auth/password-reset", json={"email": address})
            await measure(client, addresses, "/auth/password-reset", {})
            wrong = {"code": "000000", "newPassword": "a long enough word"}
            await measure(client, addresses, "/auth/password-reset/confirm", wrong)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.auth.timing", description=__doc__)
    parser.add_argument("--each", type=int, default=_LEAST, help=f"addresses of each arm, at least {_LEAST}")
    each: int = parser.parse_args().each
    if each < _LEAST:
        parser.error(f"fewer than {_LEAST} say nothing")
    asyncio.run(run(each))
    return 0


if __name__ == "__main__":
    sys.exit(main())
