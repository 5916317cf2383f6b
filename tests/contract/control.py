"""Do contract, status document and execution lock move together? `python -m tests.contract.control [--write]`."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = "docs/openapi-runtime-v0.yaml"
STATUS = "docs/implementation-status.md"
LOCK_DATA = "docs/execution-lock.yaml"
LOCK_PAGE = "docs/execution-lock.md"
STATUS_WORDS = frozenset({"planned", "implemented", "stable", "deprecated"})
PHASE_WORDS = frozenset({"Completed", "In Progress", "Active", "Next"})
SCOPE_WORDS = frozenset({"Active", "Deferred", "Next"})
_ROW = re.compile(r"^\| `?(\w+)`? \| (\w+) \| `?(/\S*?)`? \| ([^|]+?) \| ([^|]*?) ?\|$")


@dataclass(frozen=True)
class Row:
    """What the status document says of one operation."""

    id: str
    method: str
    path: str
    status: str


def status_rows(text: str) -> list[Row]:
    """The rows of the status document's table of operations."""
    found = (_ROW.match(line) for line in text.splitlines())
    return [Row(match[1], match[2], match[3], match[4]) for match in found if match]


def status_complaints(document: dict[str, Any], text: str) -> list[str]:
    """Where the status document and the contract disagree; empty when they do not."""
    rows = status_rows(text)
    operations = {
        operation["operationId"]: (method.upper(), path)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }
    known = {row.id: row for row in rows}
    complaints = [f"{name} has no row" for name in operations if name not in known]
    complaints += [f"{row.id} has two rows" for row in rows if known[row.id] is not row]
    for row in rows:
        if row.status not in STATUS_WORDS:
            complaints.append(f"{row.id} is {row.status}: only {', '.join(sorted(STATUS_WORDS))}")
        elif row.status == "planned":
            if row.id in operations:
                complaints.append(f"{row.id} is planned and yet served")
        elif row.id not in operations:
            complaints.append(f"{row.id} is {row.status} and not in the contract")
        elif operations[row.id] != (row.method, row.path):
            complaints.append(f"{row.id} is {' '.join(operations[row.id])} in the contract")
    return complaints


def careless_commits(repository: Path) -> list[str]:
    """Commits since the last release that change the contract and not the status document, as `hash subject`.

    The last release is the newest tag `v…`; before the first one, the commit that brought the status document.
    Raises subprocess.CalledProcessError where there is no git repository.
    """
    start = _last_release(repository) or _git(repository, "log", "--diff-filter=A", "--format=%H", "--", STATUS)[-1:]
    if not start:
        return []
    base = start if isinstance(start, str) else start[0]
    careless = []
    for commit in _git(repository, "log", "--no-merges", "--format=%H", f"{base}..HEAD", "--", CONTRACT):
        changed = _git(repository, "show", "--format=", "--name-only", commit)
        if STATUS not in changed:
            careless.extend(_git(repository, "show", "--no-patch", "--format=%h %s", commit))
    return careless


def _last_release(repository: Path) -> str | None:
    tags = _git(repository, "tag", "--merged", "HEAD", "--list", "v*", "--sort=-version:refname")
    return tags[0] if tags else None


def _git(repository: Path, *arguments: str) -> list[str]:
    done = subprocess.run(
        ["git", "-C", str(repository), *arguments], capture_output=True, text=True, timeout=60, check=True
    )
    return [line for line in done.stdout.splitlines() if line]


def lock_complaints(lock: dict[str, Any]) -> list[str]:
    """What the execution lock says in words that are not its own; empty when all is well."""
    complaints = [
        f"phase {phase['name']} is {phase['status']}: only {', '.join(sorted(PHASE_WORDS))}"
        for phase in lock["phases"]
        if phase["status"] not in PHASE_WORDS
    ]
    complaints += [
        f"scope {scope['name']!r} is {scope['status']}: only {', '.join(sorted(SCOPE_WORDS))}"
        for scope in lock["scopes"]
        if scope["status"] not in SCOPE_WORDS
    ]
    return complaints


def lock_page(lock: dict[str, Any]) -> str:
    """The execution lock as a page."""
    lines = [
        "# Execution lock",
        "",
        f"Made from `{LOCK_DATA}` by `make execution-lock`; change that file, never this page.",
        "",
        lock["goal"].strip(),
        "",
        "## Scopes",
        "",
        "| scope | status |",
        "|---|---|",
        *(f"| {scope['name']} | `{scope['status']}` |" for scope in lock["scopes"]),
        "",
        "## Technical locks",
        "",
        "| subject | locked to |",
        "|---|---|",
        *(f"| {entry['subject']} | {entry['choice']} |" for entry in lock["locks"]),
        "",
        "## Phases",
    ]
    for phase in lock["phases"]:
        lines += ["", f"### {phase['name']}", "", f"Status: `{phase['status']}`", ""]
        lines += [f"- {line}" for line in phase["contents"]]
    lines += [
        "",
        "## Entry criteria of staging",
        "",
        "Every one must be YES (`make gate`, see [gate.md](gate.md)); while one is NO, work stays in local hardening.",
        "",
        "| criterion | comes from | asked in |",
        "|---|---|---|",
    ]
    sources = {"entry": "entry criteria", "phase-b": "phase B", "phase-d": "phase D"}
    for criterion in lock["criteria"]:
        asked = " and ".join(criterion.get("environments", ["dev", "staging"]))
        lines.append(f"| `{criterion['name']}`: {criterion['says']} | {sources[criterion['source']]} | {asked} |")
    lines += ["", "## Change control", "", *(f"- {line}" for line in lock["rules"]), ""]
    return "\n".join(lines)


def _load(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load((ROOT / name).read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return loaded


def complaints() -> list[str]:
    """Everything that this work tree and its history break."""
    lock = _load(LOCK_DATA)
    found = status_complaints(_load(CONTRACT), (ROOT / STATUS).read_text()) + lock_complaints(lock)
    if (ROOT / LOCK_PAGE).read_text() != lock_page(lock):
        found.append(f"{LOCK_PAGE} is not what {LOCK_DATA} says; run: make execution-lock")
    if (ROOT / ".git").exists():
        found += [f"{commit}: changes {CONTRACT} without {STATUS}" for commit in careless_commits(ROOT)]
    return found


def main() -> int:
    """Check, or write the page with `--write`."""
    if sys.argv[1:] == ["--write"]:
        (ROOT / LOCK_PAGE).write_text(lock_page(_load(LOCK_DATA)))
        print(f"wrote {LOCK_PAGE}")
        return 0
    found = complaints()
    for line in found:
        print(f"change control: {line}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
