"""Would the contract of today break an app that was built on a released one? `make contract-gate`.

oasdiff compares; in docs/contracts, severity.txt says what breaks and accepted.txt what was looked at and does not. Exit codes: 0
nothing breaks, 1 something does, 2 the comparison could not be made.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
CURRENT = ROOT / "docs/openapi-runtime-v0.yaml"
RELEASES = ROOT / "docs/contracts"
SEVERITY = RELEASES / "severity.txt"
ACCEPTED = RELEASES / "accepted.txt"
OASDIFF_VERSION = "v1.36.0"
_MODULE = f"github.com/oasdiff/oasdiff@{OASDIFF_VERSION}"
_BREAKING_LEVEL = 3
_RELEASE = re.compile(r"v(\d+)\.(\d+)\.(\d+)\.yaml")


class GateError(Exception):
    """The comparison could not be made; the text is one sentence."""


@dataclass(frozen=True, order=True)
class Change:
    """One difference. `rule` is oasdiff's name of it, or ours for what oasdiff does not look at."""

    place: str
    rule: str
    text: str


def oasdiff() -> Path:
    """The pinned oasdiff, installed by Go on first use. Raises GateError where that is not possible."""
    folder = ROOT / ".local/tools" / f"oasdiff-{OASDIFF_VERSION}"
    program = folder / "oasdiff"
    if program.exists():
        return program
    go = shutil.which("go") or shutil.which("/usr/local/go/bin/go")
    if go is None:
        raise GateError("Go is needed once, to install oasdiff: https://go.dev/dl")
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [go, "install", _MODULE],
        env={**os.environ, "GOBIN": str(folder)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if done.returncode or not program.exists():
        raise GateError(f"go install {_MODULE} failed: {done.stderr.strip()[-300:]}")
    return program


def newest_release() -> Path:
    """The released contract with the highest version. Raises GateError when nothing was released."""
    found = {
        tuple(int(part) for part in match.groups()): path
        for path in RELEASES.glob("v*.yaml")
        if (match := _RELEASE.fullmatch(path.name))
    }
    if not found:
        raise GateError(f"{RELEASES} has no released contract; make one with: make contract-release")
    return found[max(found)]


def breaking_changes(base: Path, revision: Path) -> list[Change]:
    """What breaks between two documents, in the order of places. Raises GateError when one cannot be read."""
    done = subprocess.run(
        [
            str(oasdiff()),
            "changelog",
            str(base),
            str(revision),
            "--format=json",
            "--flatten-allof",
            "--include-path-params",
            f"--severity-levels={SEVERITY}",
            f"--err-ignore={ACCEPTED}",
            "--allow-external-refs=false",
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode:
        raise GateError(f"oasdiff failed: {done.stderr.strip()[-500:]}")
    found = {
        Change(_place(entry), entry["id"], entry["text"])
        for entry in json.loads(done.stdout or "null") or []
        if entry["level"] >= _BREAKING_LEVEL
    }
    return sorted(found | lost_values(_load(base), _load(revision)))


def _place(entry: dict[str, Any]) -> str:
    if "path" in entry:
        return f"{entry.get('operation', '')} {entry['path']}".strip()
    return str(entry.get("section", "document"))


def _load(path: Path) -> dict[str, Any]:
    text = path.read_text()
    if path.suffix == ".json":
        document: dict[str, Any] = json.loads(text)
    else:
        document = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return document


def lost_values(base: dict[str, Any], revision: dict[str, Any]) -> set[Change]:
    """Values of open lists (`x-extensible-enum`, `x-error-codes`) that are gone; oasdiff passes them over."""
    before, after = _open_lists(base), _open_lists(revision)
    return {
        Change(place, "open-list-value-removed", f"`{value}` of {where} is gone")
        for (place, where), values in before.items()
        if (place, where) in after
        for value in values - after[place, where]
    }


def _open_lists(document: dict[str, Any]) -> dict[tuple[str, str], frozenset[str]]:
    found: dict[tuple[str, str], frozenset[str]] = {}

    def walk(schema: dict[str, Any], place: str, where: str) -> None:
        schema = _resolve(document, schema)
        if values := schema.get("x-extensible-enum"):
            found[place, where] = found.get((place, where), frozenset()) | frozenset(values)
        for part in schema.get("allOf", []):
            walk(part, place, where)
        for name, field in schema.get("properties", {}).items():
            walk(field, place, f"{where}/{name}")
        if "items" in schema:
            walk(schema["items"], place, f"{where}/items")

    for place, operation in _operations(document):
        codes = operation.get("x-error-codes", {})
        for status, reference in operation.get("responses", {}).items():
            answer = _resolve(document, reference)
            # Up to 0.1.0 each answer lists its codes itself.
            listed = answer.get("x-error-codes", codes.get(status))
            if listed is not None:
                found[place, f"{status} error codes"] = frozenset(listed)
            for media in answer.get("content", {}).values():
                walk(media.get("schema", {}), place, status)
    return found


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


def _resolve(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        _, _, kind, name = node["$ref"].split("/")
        node = document["components"][kind][name]
    return node


def release(version: str) -> Path:
    """Copy today's contract to where released ones are kept. Raises GateError when that version is there already."""
    target = RELEASES / f"v{version}.yaml"
    if target.exists():
        raise GateError(f"{target} is there already: a released contract never changes")
    shutil.copyfile(CURRENT, target)
    return target


def main(argv: list[str] | None = None) -> int:
    """Compare, or cut a release with `--release`."""
    parser = argparse.ArgumentParser(prog="make contract-gate", description=__doc__)
    parser.add_argument("--base", type=Path, help="released contract (default: the newest in docs/contracts)")
    parser.add_argument("--revision", type=Path, default=CURRENT, help="contract to judge (default: today's)")
    parser.add_argument("--release", action="store_true", help="keep today's contract as a released one")
    arguments = parser.parse_args(argv)
    try:
        if arguments.release:
            from service.base.version import VERSION

            print(f"released {release(VERSION).relative_to(ROOT)}")
            return 0
        base = arguments.base or newest_release()
        changes = breaking_changes(base, arguments.revision)
    except (GateError, OSError) as error:
        print(f"contract-gate: {error}", file=sys.stderr)
        return 2
    for change in changes:
        print(f"BREAKS  {change.place}: {change.text} [{change.rule}]")
    print(f"contract-gate: {len(changes)} breaking changes since {base.name}")
    return 1 if changes else 0


if __name__ == "__main__":
    sys.exit(main())
