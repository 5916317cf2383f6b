"""What does `python -m service gate` do? `check` answers every criterion, `record` runs a command and keeps what came.

Exit codes: 0 all YES, 1 a NO, 2 wrong use, 3 only YES and WAIVED.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from service.base.clock import utc_now
from service.tools.gate import criteria as files
from service.tools.gate.criteria import ENVIRONMENTS, Check, WrongUse, as_text, fill
from service.tools.gate.evidence import (
    UNCOMMITTED,
    Evidence,
    Store,
    StoreUnavailable,
    Subject,
    is_command,
    open_store,
)
from service.tools.smoke.options import WrongUse as WrongOption
from service.tools.smoke.options import parse_resolve, trust

if TYPE_CHECKING:
    from service.tools.gate.context import Context

_COMMIT = re.compile(r"[0-9a-f]{40}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_GIT_SECONDS = 20


class _WithCommand(argparse.ArgumentParser):
    """Keeps what stands behind `--` apart, so that options of that command are not taken for ours."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        given = list(sys.argv[1:] if args is None else args)
        at = given.index("--") if "--" in given else len(given)
        found, rest = super().parse_known_args(given[:at], namespace)
        found.command = tuple(given[at + 1 :])
        return found, rest


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the actions of `python -m service gate`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION", parser_class=_WithCommand)
    check = actions.add_parser("check", help="answer every criterion")
    record = actions.add_parser("record", help="run a check's command and keep what came of it: CHECK -- COMMAND …")
    record.add_argument("check", metavar="CHECK")
    record.add_argument("--limit", type=_seconds, default=7200.0, help="longest run of the command, seconds")
    for action in (check, record):
        action.add_argument("--env", required=True, choices=ENVIRONMENTS)
        action.add_argument("--kubeconfig", type=Path, help="default: KUBECONFIG, or the pod's own account")
        action.add_argument("--namespace", default="jembatan")
        action.add_argument("--public-url", default="", help="default: https:// and the host of the route named api")
        action.add_argument("--resolve", action="append", default=[], metavar="HOST:PORT:ADDRESS")
        action.add_argument("--ca-file", type=Path, help="PEM file of an authority to trust beside the machine's")
        action.add_argument("--store", default="", metavar="URL", help="where the object store answers, from here")
        action.add_argument("--commit", default="", help="default: SOURCE_REVISION, or what is checked out")
        action.add_argument("--image-digest", default="", metavar="sha256:…")
        action.add_argument("--timeout", type=_seconds, default=10.0, help="of each single question, seconds")
        action.add_argument("--criteria", type=Path, default=files.CRITERIA_FILE)
    check.add_argument("--plain-url", default="", help="what must send to https; default: http:// and the public host")
    check.add_argument("--waivers", type=Path, default=files.WAIVERS_FILE)
    check.add_argument("--only", action="append", default=[], metavar="CHECK", help="only this check; may be repeated")
    check.add_argument("--accept-waivers", action="store_true", help="exit with 0 instead of 3")
    check.add_argument("--export", action="store_true", help="leave a row that API and worker show as gate_criterion")
    shape = check.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true")
    shape.add_argument("--markdown", action="store_true", help="a section for a release note")


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked; returns the exit code. Wrong use is said on standard error."""
    try:
        if arguments.action == "record":
            return asyncio.run(_record(arguments))
        if arguments.command:
            raise WrongUse("check takes no command")
        return asyncio.run(_check(arguments))
    except (WrongUse, WrongOption) as error:
        sys.stderr.write(f"gate: {error}\n")
        return 2


async def _check(arguments: argparse.Namespace) -> int:
    from service.tools.gate.run import judge, select

    started_at = utc_now()
    known = files.load_criteria(arguments.criteria)
    chosen = select(known, arguments.env, arguments.only)
    waivers = files.load_waivers(arguments.waivers, frozenset(check.name for c in known for check in c.checks))
    digest = _digest(arguments)
    database_url = os.environ.get("DATABASE_REPORTING_URL") or os.environ.get("DATABASE_URL", "")
    if arguments.export and (not database_url or arguments.only):
        raise WrongUse("--export needs DATABASE_URL, and all checks")
    commit = _commit(arguments, for_record=False)
    async with _context(arguments) as context, _store(arguments, context) as store:
        report = await judge(
            chosen, waivers, context, store, commit=commit, image_digest=digest, options=_shown_options(arguments)
        )
    if arguments.json:
        text = report.to_json(accept_waivers=arguments.accept_waivers)
    else:
        text = report.to_markdown() if arguments.markdown else report.to_text()
    sys.stdout.write(f"{text}\n")
    code = report.exit_code(accept_waivers=arguments.accept_waivers)
    if arguments.export:
        await _export(database_url, started_at, report.row(), shut=report.exit_code(accept_waivers=True) != 0)
    return code


async def _export(database_url: str, started_at: Any, row: Mapping[str, Any], *, shut: bool) -> None:
    from service.database import migrate
    from service.maintenance.models import RunKind
    from service.maintenance.queries import record_run

    try:
        await record_run(database_url, RunKind.GATE, started_at=started_at, succeeded=not shut, detail=row)
    except migrate.MigrationError as error:
        sys.stderr.write(f"gate: the row could not be written: {error}\n")


async def _record(arguments: argparse.Namespace) -> int:
    known = {check.name: check for c in files.load_criteria(arguments.criteria) for check in c.checks}
    check = known.get(arguments.check)
    if check is None or not check.is_recorded:
        names = ", ".join(sorted(name for name, found in known.items() if found.is_recorded))
        raise WrongUse(f"{arguments.check} is not recorded; these are: {names}")
    if not arguments.command:
        raise WrongUse(f"the command is missing: gate record {check.name} --env {arguments.env} -- COMMAND …")
    commit = _commit(arguments, for_record=True)
    async with _context(arguments) as context, _store(arguments, context) as store:
        values = {"environment": arguments.env, "base_url": context.base_url}
        declared = fill(check.command, values)
        if not is_command(arguments.command, declared, more=check.more_arguments):
            raise WrongUse(f"{check.name} is the run of: {as_text(declared)}")
        if isinstance(store, StoreUnavailable):
            raise WrongUse(f"the evidence could not be kept: {store}")
        subject = Subject(commit, await _subject_digest(arguments, context), arguments.env)
        try:
            await store.read(arguments.env, check.name)
        except StoreUnavailable as error:
            sys.stderr.write(f"gate: the evidence could not be kept: {error}\n")
            return 1
        evidence = await _run_command(check, subject, arguments.command, arguments.limit)
        try:
            key = await store.write(evidence)
        except StoreUnavailable as error:
            sys.stderr.write(f"gate: the evidence could not be kept: {error}\n")
            return 1
    sys.stderr.write(f"gate: {check.name} {evidence.outcome}, kept as {key}\n")
    if commit.endswith(UNCOMMITTED):
        sys.stderr.write("gate: it will not count, since there are changes that are not committed\n")
    return 0 if evidence.outcome == "passed" else 1


async def _run_command(check: Check, subject: Subject, command: tuple[str, ...], limit: float) -> Evidence:
    """Run it in a process group of its own, which ends with the time limit."""
    started_at = utc_now()
    exit_code: int | None = None
    outcome = "errored"
    try:
        process = await asyncio.create_subprocess_exec(*command, start_new_session=True)
    except OSError as error:
        sys.stderr.write(f"gate: {command[0]} could not be started: {error.strerror}\n")
    else:
        try:
            exit_code = await asyncio.wait_for(process.wait(), limit)
            outcome = "passed" if exit_code == 0 else "failed"
        except TimeoutError:
            outcome = "timed_out"
        finally:
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
    return Evidence(check.name, subject, command, outcome, exit_code, started_at, utc_now())


@asynccontextmanager
async def _context(arguments: argparse.Namespace) -> AsyncIterator[Context]:
    from service.tools.gate.cluster import ClusterError, connect
    from service.tools.gate.context import Context
    from service.tools.gate.target import public_host
    from service.tools.http import Caller

    resolve = dict(parse_resolve(text) for text in arguments.resolve)
    async with Caller(trust(arguments.ca_file), resolve, timeout_seconds=arguments.timeout) as caller:
        context = Context(
            arguments.env,
            caller,
            base_url=_url(arguments.public_url, "--public-url"),
            plain_url=_url(getattr(arguments, "plain_url", ""), "--plain-url"),
        )
        if arguments.env == "dev":
            context.base_url = context.base_url or f"http://localhost:{os.environ.get('API_PORT', '').strip() or 4000}"
        else:
            context.cluster = connect(
                arguments.kubeconfig, arguments.namespace, timeout_seconds=arguments.timeout, caller=caller
            )
            await context.cluster.settle()
            if not context.base_url:
                try:
                    async with asyncio.timeout(6 * arguments.timeout):
                        host = await public_host(context)
                except (ClusterError, TimeoutError):
                    host = ""  # the probes of the public host say so
                context.base_url = f"https://{host}" if host else ""
        yield context


@asynccontextmanager
async def _store(arguments: argparse.Namespace, context: Context) -> AsyncIterator[Store | StoreUnavailable]:
    """The store of this process's environment where it names one, as in a pod or beside `make up`; else the target's."""
    from service.tools.gate.cluster import ClusterError

    variables: Mapping[str, str] = os.environ
    endpoint = _url(arguments.store, "--store")
    problem: StoreUnavailable | None = None
    if "OBJECT_STORAGE_ACCESS_KEY_ID" not in os.environ and context.cluster is not None:
        try:
            async with asyncio.timeout(6 * arguments.timeout):
                variables = await context.variables()
            endpoint = endpoint or variables.get("OBJECT_STORAGE_PUBLIC_ENDPOINT", "")
        except (ClusterError, TimeoutError) as error:
            problem = StoreUnavailable(str(error) or "the cluster did not answer in time")
    if problem is None:
        try:
            async with open_store(variables, endpoint) as store:
                yield store
                return
        except StoreUnavailable as error:
            problem = error
    yield problem


async def _subject_digest(arguments: argparse.Namespace, context: Context) -> str:
    """The image that the command is about: as given, else the one that runs. Raises WrongUse when it is not known."""
    from service.tools.gate.cluster import ClusterError
    from service.tools.gate.context import No
    from service.tools.gate.target import running_digests

    if digest := _digest(arguments):
        return digest
    if context.cluster is None:
        return ""
    try:
        async with asyncio.timeout(6 * arguments.timeout):
            digests = set((await running_digests(context)).values())
    except (No, ClusterError, TimeoutError) as error:
        raise WrongUse(f"it is not known which image this is about (--image-digest): {error}") from error
    if len(digests) != 1:
        raise WrongUse("more than one image runs: name the one that this is about by --image-digest")
    return digests.pop()


def _commit(arguments: argparse.Namespace, *, for_record: bool) -> str:
    """The commit: as given, else of the image, else of the work tree. For a record it says when files are not committed.

    Empty when it is unknown; no evidence matches that. Raises WrongUse for a text that is no commit.
    """
    given = arguments.commit
    if given:
        if not _COMMIT.fullmatch(given):
            raise WrongUse("--commit must be a whole commit id, 40 hex digits")
        return str(given)
    if _COMMIT.fullmatch(revision := os.environ.get("SOURCE_REVISION", "")):
        return revision
    head = _git("rev-parse", "HEAD")
    if head is None or not _COMMIT.fullmatch(head.strip()):
        if for_record:
            raise WrongUse("it is not known which commit this is: name it by --commit")
        return ""
    changed = for_record and _git("status", "--porcelain") != ""
    return head.strip() + (UNCOMMITTED if changed else "")


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603 - fixed words
            ("git", *arguments),  # noqa: S607 - whichever git the machine has
            capture_output=True,
            text=True,
            timeout=_GIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def _digest(arguments: argparse.Namespace) -> str:
    if arguments.image_digest and not _DIGEST.fullmatch(arguments.image_digest):
        raise WrongUse("--image-digest must have the form sha256: and 64 hex digits")
    return str(arguments.image_digest)


def _url(text: str, option: str) -> str:
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment or parts.username:
        raise WrongUse(f"{option} must be an http or https URL without query and user")
    return text.rstrip("/")


def _shown_options(arguments: argparse.Namespace) -> Sequence[str]:
    """The options that lead to the same target, for a command to paste."""
    shown = [f"--resolve {shlex.quote(text)}" for text in arguments.resolve]
    shown += [
        f"--{name.replace('_', '-')} {shlex.quote(str(value))}"
        for name in ("kubeconfig", "public_url", "plain_url", "ca_file", "store")
        if (value := getattr(arguments, name))
    ]
    if arguments.namespace != "jembatan":
        shown.append(f"--namespace {arguments.namespace}")
    return shown


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value <= 86_400:
        raise argparse.ArgumentTypeError("must lie above 0 and up to 86400")
    return value
