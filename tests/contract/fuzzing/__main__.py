"""Does the running server keep its contract under generated requests? `python -m tests.contract.fuzzing --cases N`."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from tests.contract.stack import CANDIDATE_EMAIL, ROOT, RunningApi, running_api

_CONFIG = Path(__file__).with_name("schemathesis.toml")
_DEFAULT_SEED = 20260301
_OPERATIONS = 87  # only to guess how many rounds it takes
# More operations than these without one good answer: then the run was shut out and has tested little.
_MAX_NEVER_GOOD = 5
# Longer than any run: an access token's own end is tested elsewhere.
_SETTINGS = {"AUTH_ACCESS_TOKEN_TTL_SEC": "28800"}
_ROUND_TIMEOUT_SECONDS = 3600


@dataclass
class Totals:
    """What all rounds together sent and saw."""

    cases: int = 0
    is_clean: bool = True
    statuses: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))

    @property
    def never_good(self) -> list[str]:
        """Operations that never answered 2xx."""
        return sorted(
            name for name, counts in self.statuses.items() if not any(200 <= status < 300 for status in counts)
        )


def main(argv: list[str] | None = None) -> int:
    """Run rounds until the wanted number of cases was sent; 0 when none of them found anything."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000, help="test cases to send at least (default 20000)")
    parser.add_argument("--seed", type=int, default=_DEFAULT_SEED, help="seed of the first round")
    parser.add_argument(
        "--quiet", action="store_true", help="print what Schemathesis says only when it found something"
    )
    arguments = parser.parse_args(argv)
    started = time.monotonic()
    totals = Totals()
    seed = arguments.seed
    with running_api(_SETTINGS) as api:
        while totals.cases < arguments.cases and totals.is_clean:
            wanted = arguments.cases - totals.cases
            _round(api, seed, max(5, min(100, wanted // _OPERATIONS // 2)), totals, quiet=arguments.quiet)
            seed += 1
    totals.is_clean &= len(totals.never_good) <= _MAX_NEVER_GOOD and totals.cases >= arguments.cases
    print(_summary(totals, arguments.seed, seed - 1, time.monotonic() - started))
    return 0 if totals.is_clean else 1


def _round(api: RunningApi, seed: int, examples: int, totals: Totals, *, quiet: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="jembatan-fuzz-") as name:
        counts, report = Path(name) / "counts.json", Path(name) / "report.ndjson"
        contract = Path(name) / "openapi.yaml"
        with contract.open("wb") as file:
            subprocess.run(
                [sys.executable, "-m", "service", "openapi", "--for-fuzzing"],
                cwd=ROOT,
                stdout=file,
                check=True,
                timeout=120,
            )
        done = subprocess.run(
            [
                str(Path(sys.executable).with_name("schemathesis")),
                f"--config-file={_CONFIG}",
                "run",
                str(contract),
                f"--url={api.url}",
                f"--seed={seed}",
                f"--max-examples={examples}",
                f"--report-ndjson-path={report}",
            ],
            cwd=ROOT,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "SCHEMATHESIS_HOOKS": "tests.contract.fuzzing.hooks",
                "FUZZ_URL": api.url,
                "FUZZ_EMAIL": CANDIDATE_EMAIL,
                "FUZZ_PASSWORD": api.candidate_password,
                "FUZZ_ADMIN_KEY": api.admin_key,
                "FUZZ_WEBHOOK_SECRET": api.webhook_secret,
                "FUZZ_COUNTS": str(counts),
            },
            stdout=subprocess.PIPE if quiet else None,
            stderr=subprocess.STDOUT if quiet else None,
            text=True,
            timeout=_ROUND_TIMEOUT_SECONDS,
            check=False,
        )
        if done.returncode:
            totals.is_clean = False
            print(done.stdout or "", end="")
        if counts.exists():
            found = json.loads(counts.read_text())
            totals.cases += found["cases"]
            for operation, status, count in found["statuses"]:
                totals.statuses[operation][status] += count


def _summary(totals: Totals, first_seed: int, last_seed: int, seconds: float) -> str:
    sent = sum(sum(counts.values()) for counts in totals.statuses.values())
    classes = Counter(
        f"{status // 100}xx" for counts in totals.statuses.values() for status, n in counts.items() for _ in range(n)
    )
    return "\n".join(
        [
            f"fuzz: {totals.cases} cases, {sent} requests to {len(totals.statuses)} operations"
            f" in {seconds:.0f} s, seeds {first_seed} to {last_seed}",
            "fuzz: answers " + ", ".join(f"{name} {count}" for name, count in sorted(classes.items())),
            "fuzz: never answered well: " + (", ".join(totals.never_good) or "none"),
            "fuzz: " + ("nothing found" if totals.is_clean else "FAILED, see above"),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
