"""Which evidence counts? Kept in the real object store, judged against commit, image, environment and time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from service.tools.gate.criteria import Check
from service.tools.gate.evidence import (
    Evidence,
    Store,
    StoreUnavailable,
    Subject,
    key_of,
    open_store,
    problem_of,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SUBJECT = Subject("a" * 40, "sha256:" + "1" * 64, "staging")
CHECK = Check("hardening.check", "The checks pass.", ("make", "check"))
GOOD = Evidence(CHECK.name, SUBJECT, CHECK.command, "passed", 0, NOW - timedelta(hours=1), NOW - timedelta(minutes=50))


def problem(evidence: Evidence | bytes | None, check: Check = CHECK, subject: Subject = SUBJECT) -> str | None:
    data = evidence.to_json() if isinstance(evidence, Evidence) else evidence
    return problem_of(check, data, subject, check.command, NOW)


class TestStore:
    async def test_what_is_written_is_read_under_gate(self, store: Store) -> None:
        key = await store.write(GOOD)
        assert key == key_of("staging", CHECK.name) == "gate/staging/hardening.check.json"
        data = await store.read("staging", CHECK.name)
        assert data is not None
        assert Evidence.from_json(data) == GOOD
        assert problem(data) is None

    async def test_a_newer_run_replaces_it(self, store: Store) -> None:
        await store.write(GOOD)
        await store.write(replace(GOOD, outcome="failed", exit_code=2))
        assert problem(await store.read("staging", CHECK.name)) == "the command ended with exit code 2"

    async def test_what_was_never_recorded_is_none(self, store: Store) -> None:
        assert await store.read("staging", "never.recorded") is None

    async def test_wrong_keys_are_unavailable(self, gate_env: dict[str, str]) -> None:
        async with open_store({**gate_env, "OBJECT_STORAGE_SECRET_ACCESS_KEY": "wrong-key"}) as wrong:
            with pytest.raises(StoreUnavailable, match="the object store answers"):
                await wrong.read("staging", CHECK.name)
            with pytest.raises(StoreUnavailable):
                await wrong.write(GOOD)

    async def test_nobody_listens(self, gate_env: dict[str, str]) -> None:
        async with open_store(gate_env, "http://127.0.0.1:1") as nobody:
            with pytest.raises(StoreUnavailable, match="does not answer"):
                await nobody.read("staging", CHECK.name)

    @pytest.mark.parametrize("name", ["OBJECT_STORAGE_ACCESS_KEY_ID", "OBJECT_STORAGE_ENDPOINT"])
    async def test_a_missing_setting_is_unavailable(self, gate_env: dict[str, str], name: str) -> None:
        with pytest.raises(StoreUnavailable, match="not known"):
            async with open_store({k: v for k, v in gate_env.items() if k != name}):
                pass


class TestProblem:
    def test_good_evidence_counts(self) -> None:
        assert problem(GOOD) is None

    def test_none_is_a_no(self) -> None:
        assert problem(None) == "there is no evidence"

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"{",
            b"[]",
            b"null",
            b"\xff",
            orjson.dumps({**orjson.loads(GOOD.to_json()), "schema": 2}),
            orjson.dumps({**orjson.loads(GOOD.to_json()), "outcome": "splendid"}),
            orjson.dumps({**orjson.loads(GOOD.to_json()), "finishedAt": "yesterday"}),
            orjson.dumps({**orjson.loads(GOOD.to_json()), "finishedAt": "2026-11-24T10:00:00"}),
            orjson.dumps({**orjson.loads(GOOD.to_json()), "exitCode": True}),
            orjson.dumps({**orjson.loads(GOOD.to_json()), "command": None}),
            orjson.dumps({**orjson.loads(GOOD.to_json()), "commit": 7}),
            orjson.dumps({k: v for k, v in orjson.loads(GOOD.to_json()).items() if k != "imageDigest"}),
        ],
    )
    def test_what_cannot_be_read_is_a_no(self, data: bytes) -> None:
        assert problem(data) == "the evidence cannot be read"

    @pytest.mark.parametrize(
        ("evidence", "reason"),
        [
            (replace(GOOD, check="hardening.other"), "the evidence is of the check hardening.other"),
            (replace(GOOD, outcome="failed", exit_code=1), "the command ended with exit code 1"),
            (replace(GOOD, outcome="passed", exit_code=1), "the command ended with exit code 1"),
            (replace(GOOD, outcome="errored", exit_code=None), "the command could not be started"),
            (replace(GOOD, outcome="timed_out", exit_code=None), "the command ran into its time-out"),
            (replace(GOOD, command=("true",)), "another command was recorded: true"),
            (replace(GOOD, command=("make", "check", "-n")), "another command was recorded: make check -n"),
            (replace(GOOD, command=("make",)), "another command was recorded: make"),
        ],
    )
    def test_a_run_that_was_not_good(self, evidence: Evidence, reason: str) -> None:
        assert problem(evidence) == reason

    @pytest.mark.parametrize(
        ("subject", "reason"),
        [
            (replace(SUBJECT, environment="dev"), "the evidence is for dev"),
            (replace(SUBJECT, commit="b" * 40), "the evidence is for commit bbbbbbbbbbbb, not aaaaaaaaaaaa"),
            (replace(SUBJECT, commit="a" * 40 + "+changes"), "the evidence is of work that was not committed"),
            (replace(SUBJECT, image_digest=""), "the evidence is for image none, not sha256:111111111111"),
            (
                replace(SUBJECT, image_digest="sha256:" + "2" * 64),
                "the evidence is for image sha256:222222222222, not sha256:111111111111",
            ),
        ],
    )
    def test_another_subject(self, subject: Subject, reason: str) -> None:
        assert problem(replace(GOOD, subject=subject)) == reason

    def test_an_unknown_commit_is_no_match(self) -> None:
        assert problem(GOOD, subject=replace(SUBJECT, commit="")) is not None

    @pytest.mark.parametrize(
        ("age", "counts"),
        [(timedelta(hours=24), True), (timedelta(hours=24, seconds=1), False), (timedelta(minutes=-5), True)],
    )
    def test_a_day_is_the_limit(self, age: timedelta, counts: bool) -> None:
        aged = replace(GOOD, started_at=NOW - age - timedelta(minutes=1), finished_at=NOW - age)
        found = problem(aged)
        assert (found is None) is counts
        assert counts or found == "the evidence is stale: 24 h old, at most 24 h count"

    def test_a_check_may_say_otherwise(self) -> None:
        aged = replace(GOOD, started_at=NOW - timedelta(hours=3), finished_at=NOW - timedelta(hours=2))
        assert problem(aged, replace(CHECK, max_age=timedelta(hours=1))) is not None
        assert problem(aged, replace(CHECK, max_age=timedelta(hours=3))) is None

    @pytest.mark.parametrize("ahead", [timedelta(minutes=6), timedelta(days=365)])
    def test_the_future_does_not_count(self, ahead: timedelta) -> None:
        found = problem(replace(GOOD, finished_at=NOW + ahead))
        assert found is not None
        assert "has not come" in found

    def test_a_run_that_ended_before_it_began(self) -> None:
        assert problem(replace(GOOD, started_at=NOW - timedelta(minutes=1))) is not None

    @pytest.mark.parametrize(
        ("command", "more", "counts"),
        [
            (("python", "-m", "service", "smoke"), False, True),
            (("/opt/venv/bin/python3.13", "-m", "service", "smoke"), False, True),
            (("python", "-m", "service", "smoke", "--ca-file", "x"), True, True),
            (("python", "-m", "service", "smoke", "--ca-file", "x"), False, False),
            (("echo", "-m", "service", "smoke"), True, False),
            (("python", "-m", "service"), True, False),
        ],
    )
    def test_the_command_must_be_the_declared_one(self, command: tuple[str, ...], more: bool, counts: bool) -> None:
        check = replace(CHECK, command=("python", "-m", "service", "smoke"), more_arguments=more)
        assert (problem(replace(GOOD, command=command), check) is None) is counts
