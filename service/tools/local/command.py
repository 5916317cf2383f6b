"""What do `local up`, `down`, `exec`, `psql` and `smoke` do, and what do they say?"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from service.base.version import VERSION
from service.tools.local.environment import CANDIDATE_EMAIL, STAFF_EMAIL, LocalEnvironment
from service.tools.local.processes import LocalError, disk_problem
from service.tools.local.servers import free_ports
from service.tools.local.stack import ROOT, Interrupted, Stack, client_environment, smoke_environment, stop_running


def main(argv: Sequence[str]) -> int:
    """Run a sub-command and return its exit code: 0 done, 1 failed with one sentence on stderr, 2 wrong use."""
    # argparse itself would take the options of the other command for its own.
    own, others = (argv[:1], list(argv[1:])) if argv[:1] and argv[0] in ("exec", "psql", "smoke") else (argv, [])
    if others[:1] in (["--help"], ["--fresh"]):
        own, others = argv[:2], others[1:]
    arguments = _parser().parse_args(own)
    arguments.command = others[1:] if others[:1] == ["--"] else others
    environ = dict(os.environ)
    folder = Path(environ.get("LOCAL_DATA_DIR", "").strip() or ROOT / ".local").absolute()
    try:
        return _run(arguments, folder, environ)
    except LocalError as error:
        _say(str(error), to_error=True)
    except OSError as error:
        sentence = disk_problem(error, folder)
        if sentence is None:
            raise
        _say(sentence, to_error=True)
    except Interrupted:
        _say("Stopped.")
        return 0
    return 1


def _run(arguments: argparse.Namespace, folder: Path, environ: dict[str, str]) -> int:
    match arguments.action:
        case "up":
            return _up(folder, environ, reset=arguments.reset)
        case "down":
            _say("Stopped; the data stays." if stop_running(folder) else "Nothing runs from this folder.")
            return 0
        case "smoke":
            walk = _smoke_fresh if arguments.fresh else _smoke
            return walk(folder, environ, arguments.command)
        case "psql":
            return _psql(folder, environ, arguments.command)
        case "exec" if not arguments.command:
            _say("exec needs a command.", to_error=True)
            return 2
        case _:
            program, variables = arguments.command[0], client_environment(folder, environ)
            try:
                os.execvpe(program, arguments.command, variables)  # noqa: S606 - the user's own command
            except FileNotFoundError:
                raise LocalError(f"There is no program {program}.") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m service local", description="Run everything on this machine.")
    parser.add_argument("--version", action="version", version=f"jembatan {VERSION}")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    up = actions.add_parser("up", help="start Postgres, S3, the API and a worker, and stay until Ctrl-C")
    up.add_argument("--reset", action="store_true", help="delete the local data first; the local secrets stay")
    actions.add_parser("down", help="stop what `up` started from this folder")
    smoke = actions.add_parser("smoke", usage="%(prog)s [--fresh] ARGUMENT …", help="walk the journey")
    smoke.add_argument("--fresh", action="store_true", help="start all on free ports with empty data, walk, stop")
    actions.add_parser("exec", usage="%(prog)s COMMAND …", help="run a command with the local environment")
    actions.add_parser("psql", usage="%(prog)s ARGUMENT …", help="open the local database")
    return parser


def _up(folder: Path, environ: dict[str, str], *, reset: bool) -> int:
    stack = Stack(folder, environ, _say)
    try:
        _say("Starting Postgres, S3, the API and a worker …")
        stack.start(reset=reset)
        _say(_screen(stack.environment, folder))
        stack.watch()
        _say("Stopping …")
    finally:
        stack.stop()
    _say("Stopped; the data stays.")
    return 0


def _smoke(folder: Path, environ: dict[str, str], arguments: Sequence[str]) -> int:
    variables = smoke_environment(folder, environ)
    os.execve(sys.executable, [sys.executable, "-m", "service", "smoke", *arguments], variables)  # noqa: S606 - our own command


def _smoke_fresh(_: Path, environ: dict[str, str], arguments: Sequence[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="jembatan-smoke-") as name:
        folder = Path(name)
        # Postgres runs as another user when root starts it; the secrets in here have their own mode.
        folder.chmod(0o711)
        names = ("API_PORT", "LOCAL_POSTGRES_PORT", "LOCAL_S3_PORT")
        environ |= dict(zip(names, map(str, free_ports(len(names))), strict=True))
        for variable in ("SMOKE_BASE_URL", "SMOKE_ADMIN_KEY", "SMOKE_WEBHOOK_SECRET"):
            environ.pop(variable, None)
        stack = Stack(folder, environ)
        try:
            stack.start()
            return stack.smoke(*arguments)
        finally:
            stack.stop()
            if stack.postgres is not None:
                stack.postgres.remove()


def _psql(folder: Path, environ: dict[str, str], arguments: Sequence[str]) -> int:
    from service.tools.local.servers import postgres_program

    known = client_environment(folder, environ)
    url = urlsplit(known.get("DATABASE_OWNER_URL") or known["DATABASE_URL"])
    variables = {
        "PGHOST": url.hostname or "",
        "PGPORT": str(url.port or 5432),
        "PGUSER": unquote(url.username or ""),
        "PGPASSWORD": unquote(url.password or ""),
        "PGDATABASE": unquote(url.path.lstrip("/")),
    }
    program = postgres_program("psql")
    os.execve(program, [str(program), *arguments], {**environ, **variables})  # noqa: S606 - the wheel's psql


def _screen(environment: LocalEnvironment, folder: Path) -> str:
    variables, url = environment.variables, environment.url
    shown_folder = os.path.relpath(folder)
    admin_key = variables["ADMIN_API_KEY"]
    password = variables["SEED_CANDIDATE_PASSWORD"]
    database = urlsplit(variables["DATABASE_URL"])
    store = variables.get("OBJECT_STORAGE_ENDPOINT", "")
    rows: dict[str, str] = {
        "API": f"{url}   also {url}/docs and {url}/health/ready",
        "Postgres": f"{database.hostname}:{database.port or 5432}{database.path}   open it with: make psql",
        "S3": f"{store}   bucket {variables.get('OBJECT_STORAGE_BUCKET', 'jembatan-documents')}",
        "Files": f"{shown_folder}/   log/ mail/ secrets.env",
        "Candidate": f"{CANDIDATE_EMAIL}   password {password}",
        "Staff": f"{STAFF_EMAIL}   password {password}",
        "Admin key": f"{admin_key}   in the header x-admin-api-key" if admin_key else "none: the admin API is off",
    }
    table = "\n".join(f"  {name:<10} {value}" for name, value in rows.items())
    login = f'{{"email":"{CANDIDATE_EMAIL}","password":"{password}"}}'
    return f"""
Jembatan runs on this machine (Python {platform.python_version()}).

{table}

Try next, in another terminal:
  make smoke
  curl -s {url}/jobs
  curl -s -H 'content-type: application/json' -d '{login}' {url}/auth/login

Ctrl-C here or `make down` stops it and keeps the data; `make up RESET=1` starts clean.

READY {url}"""


def _say(text: str, *, to_error: bool = False) -> None:
    print(text, file=sys.stderr if to_error else sys.stdout, flush=True)
