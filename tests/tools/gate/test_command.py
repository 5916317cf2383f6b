"""Does the command answer, record and exit as it says? In dev, with the real object store, database and API."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml

from service.base.settings import Settings
from service.cli import main
from service.database import db
from service.health.gauges import gauges
from service.tools.gate.evidence import Evidence, Store, Subject

ROOT = Path(__file__).parents[3]
COMMIT = "c" * 40
LOCK: dict[str, Any] = {
    "criteria": [
        {
            "name": "hardening.check",
            "source": "phase-b",
            "says": "It holds.",
            "checks": [{"name": "hardening.check", "says": "It holds.", "command": "true"}],
        },
        {
            "name": "blockers.none",
            "source": "entry",
            "says": "None is open.",
            "checks": [{"name": "blockers.none", "says": "None is open.", "max_age_hours": 168}],
        },
    ]
}


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with a lock of two criteria and an empty list of blockers."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/execution-lock.yaml").write_text(yaml.safe_dump(LOCK))
    today = datetime.now(UTC).date()
    blockers = {"reviewed_on": today, "owner": "Maintainers", "blockers": []}
    (tmp_path / "docs/blockers.yaml").write_text(yaml.safe_dump(blockers))
    return tmp_path


@dataclass(frozen=True)
class Done:
    """How one call ended."""

    returncode: int | str | None
    stdout: str
    stderr: str


Gate = Callable[..., Done]


@pytest.fixture
def gate(
    here: Path, gate_env: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Gate:
    """Call `python -m service gate …` in that folder; from a thread, where it may have a loop of its own."""
    monkeypatch.chdir(here)
    for name in ("KUBECONFIG", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in gate_env.items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str, commit: str | None = COMMIT, **more: str) -> Done:
        with monkeypatch.context() as now:
            for name, value in {"SOURCE_REVISION": commit or "", **more}.items():
                now.setenv(name, value)
            code: int | str | None
            try:
                code = main(["gate", *arguments])
            except SystemExit as stop:
                code = stop.code
        return Done(code, *capsys.readouterr())

    return run


def waive(here: Path, until: date) -> None:
    entry = {"check": "hardening.check", "environment": "dev", "owner": "M", "reason": "Known.", "until": until}
    (here / "docs/waivers.yaml").write_text(yaml.safe_dump({"waivers": [entry]}))


class TestCheck:
    async def test_no_evidence_is_a_no(self, gate: Gate) -> None:
        done = await asyncio.to_thread(gate, "check", "--env", "dev")
        assert done.returncode == 1
        assert "NO      hardening.check: there is no evidence" in done.stdout
        assert "python -m service gate record hardening.check --env dev -- true" in done.stdout
        assert done.stdout.rstrip().endswith("The gate is shut. 1 YES, 1 NO, 0 WAIVED.")

    async def test_recorded_evidence_is_a_yes(self, gate: Gate, store: Store) -> None:
        recorded = await asyncio.to_thread(gate, "record", "hardening.check", "--env", "dev", "--", "true")
        assert recorded.returncode == 0, recorded.stderr
        evidence = Evidence.from_json(await store.read("dev", "hardening.check") or b"")
        assert evidence.subject == Subject(COMMIT, "", "dev")
        assert evidence.command == ("true",)
        done = await asyncio.to_thread(gate, "check", "--env", "dev", "--json")
        assert done.returncode == 0, done.stdout
        found = orjson.loads(done.stdout)
        assert (found["verdict"], found["exitCode"], found["commit"]) == ("YES", 0, COMMIT)
        assert [c["verdict"] for c in found["criteria"]] == ["YES", "YES"]

    async def test_another_commit_is_a_no(self, gate: Gate) -> None:
        await asyncio.to_thread(gate, "record", "hardening.check", "--env", "dev", "--", "true")
        done = await asyncio.to_thread(gate, "check", "--env", "dev", commit="d" * 40)
        assert done.returncode == 1
        assert "the evidence is for commit cccccccccccc, not dddddddddddd" in done.stdout

    async def test_an_unknown_commit_is_a_no(self, gate: Gate) -> None:
        await asyncio.to_thread(gate, "record", "hardening.check", "--env", "dev", "--", "true")
        done = await asyncio.to_thread(gate, "check", "--env", "dev", commit=None)
        assert done.returncode == 1
        assert "not unknown" in done.stdout

    async def test_a_day_old_is_a_no(self, gate: Gate, store: Store) -> None:
        await asyncio.to_thread(gate, "record", "hardening.check", "--env", "dev", "--", "true")
        evidence = Evidence.from_json(await store.read("dev", "hardening.check") or b"")
        day = timedelta(days=1, seconds=1)
        aged = replace(evidence, started_at=evidence.started_at - day, finished_at=evidence.finished_at - day)
        await store.write(aged)
        done = await asyncio.to_thread(gate, "check", "--env", "dev")
        assert done.returncode == 1
        assert "the evidence is stale: 24 h old, at most 24 h count" in done.stdout

    async def test_in_dev_the_api_is_asked_at_its_own_port(self, gate: Gate, here: Path, unused_tcp_port: int) -> None:
        check = {"name": "contract.served", "says": "It is served."}
        criterion = {"name": "contract.sync", "source": "entry", "says": "It is in sync.", "checks": [check]}
        (here / "docs/execution-lock.yaml").write_text(yaml.safe_dump({"criteria": [criterion]}))
        done = await asyncio.to_thread(gate, "check", "--env", "dev", API_PORT=str(unused_tcp_port))
        assert f"no answer from localhost:{unused_tcp_port}" in done.stdout

    async def test_a_waiver_is_never_a_yes(self, gate: Gate, here: Path) -> None:
        today = datetime.now(UTC).date()
        waive(here, today)
        done = await asyncio.to_thread(gate, "check", "--env", "dev", "--markdown")
        assert done.returncode == 3
        assert "| `hardening.check` It holds. | **WAIVED** |" in done.stdout
        assert "waived by M until" in done.stdout
        assert (await asyncio.to_thread(gate, "check", "--env", "dev", "--accept-waivers")).returncode == 0
        waive(here, today - timedelta(days=1))
        done = await asyncio.to_thread(gate, "check", "--env", "dev", "--accept-waivers")
        assert done.returncode == 1
        assert "the waiver of M ended on" in done.stdout

    async def test_a_waiver_does_not_hide_another_no(self, gate: Gate, here: Path) -> None:
        waive(here, datetime.now(UTC).date())
        (here / "docs/blockers.yaml").unlink()
        done = await asyncio.to_thread(gate, "check", "--env", "dev", "--accept-waivers")
        assert done.returncode == 1

    async def test_a_store_that_is_away_is_a_no(self, gate: Gate) -> None:
        done = await asyncio.to_thread(gate, "check", "--env", "dev", "--store", "http://127.0.0.1:1")
        assert done.returncode == 1
        assert "the evidence cannot be read: the object store does not answer" in done.stdout

    @pytest.mark.parametrize(
        "arguments",
        [
            ("check",),
            ("check", "--env", "production"),
            ("check", "--env", "dev", "--only", "no.such"),
            ("check", "--env", "dev", "--commit", "abc"),
            ("check", "--env", "dev", "--image-digest", "latest"),
            ("check", "--env", "dev", "--public-url", "ftp://x"),
            ("check", "--env", "dev", "--resolve", "x"),
            ("check", "--env", "dev", "--criteria", "none.yaml"),
            ("check", "--env", "dev", "--timeout", "0"),
            ("check", "--env", "dev", "--json", "--markdown"),
            ("check", "--env", "dev", "--export"),
            ("check", "--env", "dev", "--", "true"),
            ("check", "--env", "staging", "--kubeconfig", "none"),
            ("record", "hardening.check", "--env", "dev"),
            ("record", "hardening.check", "--env", "dev", "--", "false"),
            ("record", "blockers.none", "--env", "dev", "--", "true"),
            ("record", "no.such", "--env", "dev", "--", "true"),
            ("other",),
        ],
    )
    async def test_wrong_use(self, gate: Gate, arguments: tuple[str, ...]) -> None:
        assert (await asyncio.to_thread(gate, *arguments)).returncode == 2

    async def test_the_program_itself(self, here: Path) -> None:
        """In a process of its own, as an operator calls it."""
        done = await asyncio.to_thread(
            subprocess.run,
            (sys.executable, "-m", "service", "gate", "check", "--env", "dev", "--only", "blockers.none"),
            cwd=here,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=90,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.rstrip().endswith("The gate is open. 1 YES, 0 NO, 0 WAIVED.")

    async def test_a_broken_waiver_is_wrong_use(self, gate: Gate, here: Path) -> None:
        (here / "docs/waivers.yaml").write_text("waivers: [{check: hardening.check}]")
        assert (await asyncio.to_thread(gate, "check", "--env", "dev")).returncode == 2


class TestRecord:
    def lock(self, here: Path, name: str, command: str) -> None:
        entry = {
            "name": name,
            "source": "phase-b",
            "says": "It holds.",
            "checks": [{"name": name, "says": "It holds.", "command": command}],
        }
        (here / "docs/execution-lock.yaml").write_text(yaml.safe_dump({"criteria": [entry]}))

    async def test_a_failure_is_kept_too(self, gate: Gate, here: Path, store: Store) -> None:
        self.lock(here, "hardening.check", "false")
        recorded = await asyncio.to_thread(gate, "record", "hardening.check", "--env", "dev", "--", "false")
        assert recorded.returncode == 1
        assert "hardening.check failed, kept as gate/dev/hardening.check.json" in recorded.stderr
        done = await asyncio.to_thread(gate, "check", "--env", "dev")
        assert "the command ended with exit code 1" in done.stdout

    async def test_a_command_that_is_not_there(self, gate: Gate, here: Path) -> None:
        self.lock(here, "hardening.none", "no-such-program-anywhere")
        recorded = await asyncio.to_thread(
            gate, "record", "hardening.none", "--env", "dev", "--", "no-such-program-anywhere"
        )
        assert recorded.returncode == 1
        assert "the command could not be started" in (await asyncio.to_thread(gate, "check", "--env", "dev")).stdout

    async def test_a_command_that_does_not_end(self, gate: Gate, here: Path) -> None:
        """Its children end with it."""
        self.lock(here, "hardening.slow", "sh -c 'sleep 987 & echo $! >child; wait'")
        command = ("sh", "-c", "sleep 987 & echo $! >child; wait")
        recorded = await asyncio.to_thread(
            gate, "record", "hardening.slow", "--env", "dev", "--limit", "1", "--", *command
        )
        assert recorded.returncode == 1, recorded.stderr
        assert "the command ran into its time-out" in (await asyncio.to_thread(gate, "check", "--env", "dev")).stdout
        child = Path(f"/proc/{int((here / 'child').read_text())}/cmdline")
        assert not child.exists() or "sleep" not in child.read_text()

    async def test_the_commit_of_a_work_tree(self, gate: Gate, here: Path, store: Store) -> None:
        """What is not committed is recorded as such and never counts."""

        def git(*arguments: str) -> str:
            identity = ("-c", "user.name=t", "-c", "user.email=t@example.com")
            done = subprocess.run(
                ("git", *identity, *arguments), cwd=here, capture_output=True, text=True, check=True, timeout=30
            )
            return done.stdout.strip()

        git("init", "-q")
        git("add", "-A")
        git("commit", "-q", "-m", "Begin")
        head = git("rev-parse", "HEAD")
        await asyncio.to_thread(gate, "record", "hardening.check", "--env", "dev", "--", "true", commit=None)
        evidence = Evidence.from_json(await store.read("dev", "hardening.check") or b"")
        assert evidence.subject.commit == head
        assert (await asyncio.to_thread(gate, "check", "--env", "dev", commit=None)).returncode == 0
        (here / "new.txt").write_text("x")
        recorded = await asyncio.to_thread(gate, "record", "hardening.check", "--env", "dev", "--", "true", commit=None)
        assert "it will not count" in recorded.stderr
        done = await asyncio.to_thread(gate, "check", "--env", "dev", commit=None)
        assert "the evidence is of work that was not committed" in done.stdout

    async def test_keys_are_shown_nowhere(self, gate: Gate, gate_env: dict[str, str], store: Store) -> None:
        recorded = await asyncio.to_thread(gate, "record", "hardening.check", "--env", "dev", "--", "true")
        done = await asyncio.to_thread(gate, "check", "--env", "dev", "--json")
        kept = (await store.read("dev", "hardening.check") or b"").decode()
        secret = gate_env["OBJECT_STORAGE_SECRET_ACCESS_KEY"]
        assert secret not in recorded.stdout + recorded.stderr + done.stdout + done.stderr + kept


@pytest.mark.usefixtures("app")
class TestExport:
    async def test_the_row_becomes_metrics(self, gate: Gate, settings: Settings, here: Path) -> None:
        """What API and worker show is what the last run said."""
        waive(here, datetime.now(UTC).date())
        done = await asyncio.to_thread(gate, "check", "--env", "dev", "--export", DATABASE_URL=settings.database_url)
        assert done.returncode == 3, done.stderr
        row = await db.fetch_row("SELECT succeeded, detail_json FROM maintenance_runs WHERE kind = 'gate'")
        assert row is not None
        assert row["succeeded"] is True
        assert row["detail_json"] == {"criteria": {"hardening.check": "WAIVED", "blockers.none": "YES"}}
        gauges.forget()
        await gauges.refresh()
        samples = {(s.name, s.labels.get("criterion")): s.value for family in gauges.collect() for s in family.samples}
        assert samples["gate_criterion", "hardening.check"] == 0.5
        assert samples["gate_criterion", "blockers.none"] == 1.0
        assert samples["gate_age_seconds", None] < 60
