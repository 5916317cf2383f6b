"""What is asked? Criteria, waivers and blockers, read from files that people write. Source: docs/gate.md."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

CRITERIA_FILE, WAIVERS_FILE, BLOCKERS_FILE = (
    Path("docs/execution-lock.yaml"),
    Path("docs/waivers.yaml"),
    Path("docs/blockers.yaml"),
)
ENVIRONMENTS = ("dev", "staging")
SOURCES = ("entry", "phase-b", "phase-d")
DEFAULT_MAX_AGE_HOURS = 24.0

_NAME = re.compile(r"[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+")
# The gauges keep at most a hundred criteria, and a label that is cut would name two of them alike.
_MAX_CRITERIA, _MAX_NAME = 100, 64


class WrongUse(Exception):
    """A file or an option makes no sense; the text is one sentence for whoever runs the gate."""


@dataclass(frozen=True, slots=True)
class Check:
    """One question. With a `command` it is answered by what `gate record` kept of a run, else by looking now."""

    name: str
    says: str
    command: tuple[str, ...] = ()
    more_arguments: bool = False
    max_age: timedelta = timedelta(hours=DEFAULT_MAX_AGE_HOURS)

    @property
    def is_recorded(self) -> bool:
        return bool(self.command)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One condition of the lock: YES when all its checks are YES. `environments` says where it is asked."""

    name: str
    source: str
    says: str
    environments: tuple[str, ...]
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Waiver:
    """Somebody answers for a NO of one check, in one environment, up to and including a day (UTC)."""

    check: str
    environment: str
    owner: str
    reason: str
    until: date


def load_criteria(path: Path) -> tuple[Criterion, ...]:
    """The section `criteria` of the execution lock, in its order. Raises WrongUse naming what is wrong."""
    entries = _mapping(_read(path), path).get("criteria")
    if not isinstance(entries, list) or not entries:
        raise WrongUse(f"{path} has no list of criteria")
    criteria = tuple(_criterion(_mapping(entry, f"{path}: a criterion"), path) for entry in entries)
    for kind, names in (
        ("criterion", [c.name for c in criteria]),
        ("check", [check.name for c in criteria for check in c.checks]),
    ):
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise WrongUse(f"{path} has the {kind} {twice[0]} twice")
    if len(criteria) > _MAX_CRITERIA:
        raise WrongUse(f"{path} has more than {_MAX_CRITERIA} criteria")
    return criteria


def load_waivers(path: Path, known: frozenset[str]) -> tuple[Waiver, ...]:
    """The waivers; an empty list when there is no such file. Raises WrongUse for a waiver that nobody signed."""
    if not path.exists():
        return ()
    entries = _mapping(_read(path), path).get("waivers")
    if entries is None:
        return ()
    if not isinstance(entries, list):
        raise WrongUse(f"{path}: waivers must be a list")
    waivers = []
    for entry in entries:
        given = _mapping(entry, f"{path}: a waiver")
        _only(given, {"check", "environment", "owner", "reason", "until"}, f"{path}: a waiver")
        texts = {key: str(given.get(key) or "").strip() for key in ("check", "environment", "owner", "reason")}
        if missing := [key for key, value in texts.items() if not value]:
            raise WrongUse(f"{path}: a waiver has no {missing[0]}")
        if texts["check"] not in known:
            raise WrongUse(f"{path}: a waiver names the unknown check {texts['check']}")
        if texts["environment"] not in ENVIRONMENTS:
            raise WrongUse(f"{path}: the waiver of {texts['check']} names the unknown environment")
        waivers.append(Waiver(**texts, until=_day(given.get("until"), f"{path}: the waiver of {texts['check']}")))
    return tuple(waivers)


def fill(command: tuple[str, ...], values: dict[str, str]) -> tuple[str, ...]:
    """The command with `{environment}` and `{base_url}` replaced."""
    filled = []
    for part in command:
        for name, value in values.items():
            part = part.replace(f"{{{name}}}", value)
        filled.append(part)
    return tuple(filled)


def as_text(command: tuple[str, ...]) -> str:
    return shlex.join(command)


def _criterion(entry: dict[str, Any], path: Path) -> Criterion:
    name = _name(entry.get("name"), path)
    where = f"{path}: {name}"
    _only(entry, {"name", "source", "says", "environments", "checks"}, where)
    environments = entry.get("environments", list(ENVIRONMENTS))
    if not isinstance(environments, list) or not environments or not set(environments) <= set(ENVIRONMENTS):
        raise WrongUse(f"{where}: environments must be a list of {' and '.join(ENVIRONMENTS)}")
    if entry.get("source") not in SOURCES:
        raise WrongUse(f"{where}: source must be one of {', '.join(SOURCES)}")
    checks = entry.get("checks")
    if not isinstance(checks, list) or not checks:
        raise WrongUse(f"{where} has no checks")
    return Criterion(
        name=name,
        source=str(entry["source"]),
        says=_sentence(entry, where),
        environments=tuple(environments),
        checks=tuple(_check(_mapping(check, f"{where}: a check"), path) for check in checks),
    )


def _check(entry: dict[str, Any], path: Path) -> Check:
    name = _name(entry.get("name"), path)
    where = f"{path}: {name}"
    _only(entry, {"name", "says", "command", "more_arguments", "max_age_hours"}, where)
    hours = entry.get("max_age_hours", DEFAULT_MAX_AGE_HOURS)
    if isinstance(hours, bool) or not isinstance(hours, (int, float)) or not 0 < hours <= 24 * 90:
        raise WrongUse(f"{where}: max_age_hours must lie above 0 and up to {24 * 90}")
    command = entry.get("command", "")
    if not isinstance(command, str) or ("command" in entry and not command.strip()):
        raise WrongUse(f"{where}: command must be a text")
    return Check(
        name=name,
        says=_sentence(entry, where),
        command=tuple(shlex.split(command)),
        more_arguments=entry.get("more_arguments") is True,
        max_age=timedelta(hours=hours),
    )


def _read(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text())
    except OSError as error:
        raise WrongUse(f"{path} cannot be read") from error
    except yaml.YAMLError as error:
        raise WrongUse(f"{path} is not YAML") from error


def _mapping(value: Any, where: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise WrongUse(f"{where} must be a mapping")
    return value


def _only(entry: dict[str, Any], known: set[str], where: object) -> None:
    if unknown := sorted(str(key) for key in entry.keys() - known):
        raise WrongUse(f"{where} has the unknown key {unknown[0]}")


def _name(value: Any, path: Path) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value) or len(value) > _MAX_NAME:
        raise WrongUse(f"{path}: {value!r} is no name such as storage.durable")
    return value


def _sentence(entry: dict[str, Any], where: object) -> str:
    says = entry.get("says")
    if not isinstance(says, str) or not says.strip():
        raise WrongUse(f"{where} has no says")
    return says.strip()


def _day(value: Any, where: str) -> date:
    if isinstance(value, datetime) or not isinstance(value, date):
        raise WrongUse(f"{where}: until must be a day such as 2027-01-31")
    return value
