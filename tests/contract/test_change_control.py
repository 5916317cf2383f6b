"""Is nobody surprised by a change: neither of the contract, nor of what is being worked on?"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.contract import control

DOCUMENT: dict[str, Any] = {
    "paths": {
        "/jobs": {"get": {"operationId": "listJobs"}},
        "/auth/me": {"get": {"operationId": "getMe"}},
    }
}
GOOD = """
| operation | method | path | status | note |
|---|---|---|---|---|
| `getMe` | GET | `/auth/me` | stable | |
| `listJobs` | GET | `/jobs` | implemented | Search too. |
| `changePassword` | POST | `/users/me/password` | planned | |
"""
Commit = Callable[..., None]


class TestThisRepository:
    def test_breaks_none_of_its_rules(self) -> None:
        assert control.complaints() == []

    def test_offers_stable_operations(self) -> None:
        rows = control.status_rows((control.ROOT / control.STATUS).read_text())
        assert {row.status for row in rows} >= {"stable", "implemented"}
        assert next(row for row in rows if row.id == "login").status == "stable"


class TestStatusDocument:
    def test_agreement_is_no_complaint(self) -> None:
        assert control.status_complaints(DOCUMENT, GOOD) == []

    @pytest.mark.parametrize(
        ("old", "new", "complaint"),
        [
            ("| `getMe` | GET | `/auth/me` | stable | |\n", "", "getMe has no row"),
            ("| implemented |", "| finished |", "listJobs is finished: only deprecated, implemented, planned, stable"),
            ("| planned |", "| implemented |", "changePassword is implemented and not in the contract"),
            ("| stable |", "| planned |", "getMe is planned and yet served"),
            ("`/auth/me`", "`/me`", "getMe is GET /auth/me in the contract"),
            ("| `changePassword` |", "| `getMe` | GET | `/auth/me` | stable | |\n| `changePassword` |", "getMe has two rows"),
        ],
    )  # fmt: skip
    def test_each_disagreement_is_named(self, old: str, new: str, complaint: str) -> None:
        assert old in GOOD
        assert complaint in control.status_complaints(DOCUMENT, GOOD.replace(old, new, 1))


class TestExecutionLock:
    def test_other_words_are_refused(self) -> None:
        lock = {
            "phases": [{"name": "A", "status": "Completed"}, {"name": "B", "status": "Almost"}],
            "scopes": [{"name": "API", "status": "Active"}, {"name": "Web", "status": "Later"}],
        }
        assert control.lock_complaints(lock) == [
            "phase B is Almost: only Active, Completed, In Progress, Next",
            "scope 'Web' is Later: only Active, Deferred, Next",
        ]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    for arguments in (("init", "-q"), ("config", "user.name", "Example"), ("config", "user.email", "a@example.com")):
        subprocess.run(["git", "-C", str(tmp_path), *arguments], check=True)
    return tmp_path


@pytest.fixture
def commit(repository: Path) -> Commit:
    count = iter(range(1000))

    def make(subject: str, *files: str) -> None:
        for name in files:
            path = repository / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{next(count)}\n")
        subprocess.run(["git", "-C", str(repository), "add", "-A"], check=True)
        subprocess.run(["git", "-C", str(repository), "commit", "-q", "--no-gpg-sign", "-m", subject], check=True)

    return make


class TestHistory:
    def test_a_change_of_the_contract_alone_is_named(self, repository: Path, commit: Commit) -> None:
        commit("Before the rule", control.CONTRACT)
        commit("Begin", control.STATUS)
        commit("Change both", control.CONTRACT, control.STATUS)
        commit("Change something else", "service/app.py")
        commit("Change the contract only", control.CONTRACT)
        assert [line.partition(" ")[2] for line in control.careless_commits(repository)] == ["Change the contract only"]

    def test_every_commit_since_the_release_counts(self, repository: Path, commit: Commit) -> None:
        commit("Begin", control.CONTRACT, control.STATUS)
        commit("Forgotten before the release", control.CONTRACT)
        subprocess.run(["git", "-C", str(repository), "tag", "v0.9.0"], check=True)
        subprocess.run(["git", "-C", str(repository), "tag", "v0.10.0"], check=True)
        commit("First", control.CONTRACT)
        commit("Second", control.STATUS)
        assert [line.partition(" ")[2] for line in control.careless_commits(repository)] == ["First"]

    def test_nothing_counts_before_the_status_document(self, repository: Path, commit: Commit) -> None:
        commit("Before the rule", control.CONTRACT)
        assert control.careless_commits(repository) == []
