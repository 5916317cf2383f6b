"""What do this version's own files say? Probes that need no running system."""

from __future__ import annotations

import asyncio
import importlib.util
import inspect
import re
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from service.base.settings import Settings
from service.database.steps import Required
from service.tools.gate import criteria
from service.tools.gate.context import Context, No
from service.tools.gate.criteria import Check
from service.tools.smoke.http import StepFailed
from service.tools.smoke.walk import served_operations

CONTRACT_FILE = Path("docs/openapi-runtime-v0.yaml")
STATUS_FILE = Path("docs/implementation-status.md")
VARIABLES_FILE, STAGING_FILE = Path(".env.example"), Path("docs/staging.md")
MIGRATIONS = Path("migrations/models")
# The replaced server's schema ends with 012, and 013 came with this product's first version.
_FIRST_MIGRATION = 14
_BLOCKING_AREAS = frozenset({"auth", "jobs", "feed", "profile", "kyc-review"})
_AREAS = _BLOCKING_AREAS | {"applications", "organizations", "staff-content", "audit", "platform", "documentation"}
_SEVERITIES = ("P0", "P1", "P2", "P3")
# What code of the version before cannot live with.
_CONTRACTING = re.compile(
    r"DROP\s+TABLE|DROP\s+COLUMN|DROP\s+SCHEMA|DROP\s+VIEW|\bRENAME\b|(?:^|;)\s*TRUNCATE\b|SET\s+NOT\s+NULL|SET\s+DATA\s+TYPE"
    r"|ALTER\s+COLUMN\s+\S+\s+TYPE",
    re.I | re.M,
)
_COMMAND_SECONDS = 90


async def contract_document(_: Context, __: Check) -> str:
    """The document is what the handlers declare. In a process of its own: an application is built for it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "service", "openapi", "--check"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        code = await asyncio.wait_for(process.wait(), _COMMAND_SECONDS)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if code != 0:
        raise No(f"{CONTRACT_FILE} is not what the handlers declare")
    return f"{CONTRACT_FILE} is what the handlers declare"


async def contract_served(context: Context, _: Check) -> str:
    """The target serves the same document, byte by byte."""
    answer = await context.ask_api("/openapi.yaml")
    if answer.status != 200:
        raise No(f"GET /openapi.yaml answers {answer.status}")
    if answer.body != _bytes(CONTRACT_FILE):
        raise No(f"the served document differs from {CONTRACT_FILE}")
    return "the served document is the same"


async def contract_status(_: Context, __: Check) -> str:
    """The status page has a line for each operation."""
    try:
        operations = served_operations(_bytes(CONTRACT_FILE))
    except StepFailed as error:
        raise No(f"{CONTRACT_FILE} is no OpenAPI document") from error
    found = re.findall(r"\b(GET|POST|PATCH|DELETE|PUT)\b[\s`|]{1,8}(/[\w{}./-]*)", _bytes(STATUS_FILE).decode())
    named = {f"{method} {re.sub(r'{[^/{}]*}', '{}', path)}" for method, path in found}
    if missing := sorted(operations - named):
        raise No(f"{STATUS_FILE} lacks {len(missing)} operations, first {missing[0]}")
    return f"{STATUS_FILE} names all {len(operations)} operations"


async def environment_documented(_: Context, __: Check) -> str:
    """Every variable that is read has its line in the sample file, and the page about staging names it."""
    documented = {line[1] for line in re.finditer(r"^#?\s?([A-Z][A-Z0-9_]*)=", _bytes(VARIABLES_FILE).decode(), re.M)}
    read = {name.upper() for name in Settings.model_fields}
    if missing := sorted(read - documented):
        raise No(f"{VARIABLES_FILE} lacks {', '.join(missing[:5])}")
    named = set(re.findall(r"`([A-Z][A-Z0-9_]*)`", _bytes(STAGING_FILE).decode()))
    if missing := sorted(read - named):
        raise No(f"{STAGING_FILE} lacks {', '.join(missing[:5])}")
    return f"{VARIABLES_FILE} and {STAGING_FILE} explain all {len(read)} variables"


async def blockers_none(context: Context, check: Check) -> str:
    """The list of blockers was looked through lately, is well formed, and none of the worst is open."""
    file = criteria.BLOCKERS_FILE
    try:
        found = yaml.safe_load(_bytes(file))
    except yaml.YAMLError:
        raise No(f"{file} is not YAML") from None
    if not isinstance(found, dict) or not isinstance(found.get("blockers"), list):
        raise No(f"{file} has no list of blockers")
    reviewed = _day(found, "reviewed_on", str(file))
    today = context.now().date()
    if not str(found.get("owner") or "").strip():
        raise No(f"{file} has no owner")
    if reviewed > today or today - reviewed > check.max_age:
        raise No(f"{file} was last looked through on {reviewed}: at most {check.max_age.days} days count")
    blocking = [entry["id"] for entry in found["blockers"] if _blocks(entry, str(file))]
    if blocking:
        raise No(f"open: {', '.join(blocking[:5])}")
    return f"none of {len(found['blockers'])} is open with P0 or P1 in these areas, looked through on {reviewed}"


async def rollback_migrations(_: Context, __: Check) -> str:
    """Code of the version before runs on this version's schema: nothing is taken away, renamed or made stricter."""
    files = [file for file in _migrations() if int(file.name[:3]) >= _FIRST_MIGRATION]
    if not files:
        raise No(f"{MIGRATIONS} holds no migration from {_FIRST_MIGRATION:03d} on")
    for file in files:
        spec = importlib.util.spec_from_file_location(f"gate_migration_{file.stem}", file)
        assert spec is not None, "a .py file has a loader"
        assert spec.loader is not None, "a .py file has a loader"
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        made = module.upgrade(None)
        # A required column is one that the database fills by itself, whichever version writes the row.
        steps = "".join(step.sql for step in getattr(module, "STEPS", ()) if not isinstance(step, Required))
        sql = re.sub(r"--[^\n]*", "", str(await made if inspect.isawaitable(made) else made) + steps)
        if match := _CONTRACTING.search(sql):
            raise No(f"{file.name} has {' '.join(match[0].split())}, which the version before may not bear")
    return f"{len(files)} migrations, {files[0].name[:3]} to {files[-1].name[:3]}, only add"


def _migrations() -> list[Path]:
    return sorted(MIGRATIONS.glob("[0-9][0-9][0-9]_*.py"))


def _blocks(entry: Any, file: str) -> bool:
    if not isinstance(entry, dict):
        raise No(f"{file}: a blocker is no mapping")
    name = str(entry.get("id") or "").strip()
    if not name:
        raise No(f"{file}: a blocker has no id")
    where = f"{file}: {name}"
    for key in ("title", "owner"):
        if not str(entry.get(key) or "").strip():
            raise No(f"{where} has no {key}")
    if entry.get("severity") not in _SEVERITIES:
        raise No(f"{where}: severity must be one of {', '.join(_SEVERITIES)}")
    if entry.get("area") not in _AREAS:
        raise No(f"{where}: area must be one of {', '.join(sorted(_AREAS))}")
    _day(entry, "opened", where)
    if "closed" in entry:
        _day(entry, "closed", where)
        return False
    return entry["severity"] in {"P0", "P1"} and entry["area"] in _BLOCKING_AREAS


def _day(entry: dict[str, Any], key: str, where: str) -> date:
    value = entry.get(key)
    if isinstance(value, datetime) or not isinstance(value, date):
        raise No(f"{where}: {key} must be a day such as 2027-01-31")
    return value


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise No(f"{path} cannot be read") from None
