"""What can the program do? `python -m service` and its sub-commands.

Exit codes: 0 done, 1 failed, 2 wrong use.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import secrets
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from service.base.settings import Settings, SettingsError, load_settings, unknown_names
from service.base.version import VERSION
from service.database.db import DatabaseUnsuitable
from service.database.libraries import LibraryChanged

ResultT = TypeVar("ResultT")
CONTRACT_FILE = Path("docs/openapi-runtime-v0.yaml")


class CommandFailed(Exception):
    """A sub-command could not do its work; the text is the one sentence that the user sees."""


def main(argv: list[str] | None = None) -> int:
    """Run one sub-command and return its exit code."""
    given = sys.argv[1:] if argv is None else argv
    try:
        if given[:1] == ["local"]:
            from service.tools.local import run as local  # needs the wheels of the local group

            return local(given[1:])
        if given[:1] == ["decoder"]:
            from service.decoder.listener import main as decoder

            return decoder(given[1:])
        arguments = _parser(given[0] if given else "").parse_args(given)
        result: int | None = arguments.run(arguments)
    except (SettingsError, CommandFailed, DatabaseUnsuitable, LibraryChanged) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return result or 0


def _parser(given: str) -> argparse.ArgumentParser:
    """What can be said on the command line. A tool says its own arguments; only the one that is `given` is imported."""
    parser = argparse.ArgumentParser(prog="python -m service", description="Jembatan, the job-placement backend.")
    parser.add_argument("--version", action="version", version=f"jembatan {VERSION}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run: Callable[[argparse.Namespace], int | None], text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        return command

    add("serve", _serve, "run the API")
    add("worker", _worker, "run the worker")
    migrate = add("migrate", _migrate, "bring the database to this version's schema")
    how = migrate.add_mutually_exclusive_group()
    how.add_argument("--check", action="store_true", help="only say whether something is to be done")
    how.add_argument("--adopt", action="store_true", help="take over a database of the replaced server")
    add("import", _import, "load a dump of the replaced server").add_argument(
        "dump", metavar="DUMP", type=Path, help="file that pg_dump --data-only wrote"
    )
    database = add("db", _db_wait, "wait for the database")
    database.add_argument("action", choices=["wait"])
    database.add_argument("--head", action="store_true", required=True, help="until its schema is this version's")
    database.add_argument("--timeout", type=float, default=600, help="seconds (default 600)")
    seed = add("seed", _seed, "fill the database with jobs, posts and, in dev, people")
    seed.add_argument("--staging", action="store_true", help="also the accounts for app developers")
    seed.add_argument("--reset", action="store_true", help="with --staging: put their accounts back to the first state")
    seed.add_argument("--testers", type=int, metavar="N", help="with --staging: N more sets of accounts, numbered")
    storage = add("storage", _storage, "prepare the object store")
    storage.add_argument("action", choices=["bootstrap"])
    openapi = add("openapi", _openapi, "write the contract document")
    openapi.add_argument("--check", action="store_true", help="only say whether the file is up to date")
    openapi.add_argument(
        "--for-fuzzing", action="store_true", help="print it with examples and links, and write nothing"
    )
    errors = add("errors", _errors, "write the page of all errors")
    errors.add_argument("--check", action="store_true", help="only say whether the file is up to date")
    keys = add("keys", _keys, "print a key ring with a fresh signing key in front")
    keys.add_argument("action", choices=["rotate"])
    keys.add_argument("--keep", type=int, default=2, help="older keys that stay valid (default 2)")
    verify = add("audit", _audit_verify, "read the audit chain and name the first wrong row")
    verify.add_argument("action", choices=["verify"])
    verify.add_argument(
        "--head", metavar="COUNT:MAC", type=_head, help="a head that was logged: it must still be there"
    )
    verify.add_argument(
        "--stored",
        action="store_true",
        help="the head that was kept last in the object store must still be there; keeps the one of today",
    )
    verify.add_argument("--new", action="store_true", help="this database is really new: it may have no row yet")
    redrive = add("webhooks", _webhooks_redrive, "apply deliveries that could not be applied when they came")
    redrive.add_argument("action", choices=["redrive"])
    admin = add("admin", _admin_create, "make an account for staff, or give one a second factor")
    actions = admin.add_subparsers(required=True, metavar="ACTION")
    create = actions.add_parser("create", help="make an account; the password is asked for, or ADMIN_PASSWORD")
    create.add_argument("--email", required=True)
    create.add_argument("--name", required=True, help="full name")
    create.add_argument("--role", action="append", default=[], help="a role code, repeatable (default super_admin)")
    factor = actions.add_parser("second-factor", help="give one of staff a new second factor, and print it")
    factor.add_argument("email", metavar="EMAIL")
    factor.add_argument("--remove", action="store_true", help="only take away the one that is there")
    factor.set_defaults(run=_admin_second_factor)
    for name, run, module, text in (
        ("backup", _backup, "backup.command", "make copies, and prove that they can be used"),
        ("gate", _gate, "gate.command", "say whether this version may go to staging"),
        ("smoke", _smoke, "smoke", "walk the journey against a running API"),
    ):
        tool = add(name, run, text)
        if name == given:
            import_module(f"service.tools.{module}").add_arguments(tool)
    # Only for the list: `main` hands their arguments on unread, and `__main__` does so before anything is imported.
    commands.add_parser("local", help="run everything on this machine", add_help=False)
    commands.add_parser("decoder", help="run the decoder; --prove shows what its children are refused", add_help=False)
    return parser


def _settings(service: str) -> Settings:
    from service.audit import domain as audit
    from service.base import logs

    settings = load_settings()
    logs.configure(settings.log_level, service)
    audit.configure(settings.audit_key_ring)
    for sentence in unknown_names(os.environ):
        logs.log("settings.warning", level="warn", message=sentence)
    return settings


@contextmanager
def _without_garbage() -> Iterator[None]:
    """What is imported here stays to the end: looking through it for garbage would take a fifth of the start."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _serve(_: argparse.Namespace) -> int:
    with _without_garbage():
        import uvloop

        from service.base import logs
        from service.base.processes import hide_memory
        from service.main import app as build

        # Without uvloop one idle keep-alive connection blocks the shutdown on Python 3.12 and later.
        uvloop.install()
        app = build()
    settings: Settings = app.ctx.settings
    if not settings.is_dev:  # on a developer's machine the benchmark looks at it
        hide_memory()
    logs.log("api.started", port=settings.api_port, environment=settings.environment)
    if settings.staff_second_factor != "off":
        logs.log(
            "auth.second_factor",
            level="warn" if settings.staff_second_factor == "required" else "info",
            mode=settings.staff_second_factor,
            message="The shipped staff site has no field for a code: whoever has a second factor cannot sign in there.",
        )
    app.run(host=settings.api_host, port=settings.api_port, single_process=True, access_log=False, motd=False)
    return 0


def _worker(_: argparse.Namespace) -> int:
    with _without_garbage():
        import uvloop

        from service.base.processes import hide_memory
        from service.tasks import worker

    hide_memory()
    uvloop.run(worker.main(_settings("worker")))
    return 0


def _migrate(arguments: argparse.Namespace) -> int:
    from service.auth.bootstrap import Bootstrap, is_configured
    from service.database import migrate, roles
    from service.tools.takeover import TakeoverError
    from service.tools.takeover.adoption import adopt

    settings = _settings("migrate")
    url = settings.owner_url
    try:
        if arguments.check:
            pending = asyncio.run(migrate.check(url))
            print("\n".join(pending) if pending else "up to date")
            return 1 if pending else 0
        if arguments.adopt:
            adopted, applied = asyncio.run(adopt(url, patience_seconds=60))
        else:
            adopted, applied = [], asyncio.run(migrate.migrate(url, patience_seconds=60))
        for name in adopted:
            print(f"adopted {name}")
        for name in applied:
            print(f"applied {name}")
        for name in asyncio.run(roles.grant(url, settings.database_url, settings.reporting_url)):
            print(f"granted {name}")
    except (migrate.MigrationError, TakeoverError) as error:
        raise CommandFailed(str(error)) from error
    if is_configured(settings):
        _with_database(settings, Bootstrap(settings).attempt)
    print(f"schema {migrate.head()}")
    return 0


def _admin_create(arguments: argparse.Namespace) -> int:
    from service.users import command

    settings = _settings("admin")
    try:
        password = command.ask_password()
        user_id = _with_database(
            settings,
            lambda: command.create(
                settings, email=arguments.email, name=arguments.name, roles=arguments.role, password=password
            ),
        )
    except command.Refused as error:
        raise CommandFailed(str(error)) from error
    print(f"account {user_id}")
    return 0


def _admin_second_factor(arguments: argparse.Namespace) -> int:
    from service.users import command

    settings = _settings("admin")
    try:
        lines = _with_database(
            settings, lambda: command.set_second_factor(settings, email=arguments.email, remove=arguments.remove)
        )
    except command.Refused as error:
        raise CommandFailed(str(error)) from error
    print("\n".join(lines))
    return 0


def _import(arguments: argparse.Namespace) -> int:
    from service.database import migrate
    from service.tools.takeover import TakeoverError
    from service.tools.takeover.load import import_dump

    try:
        counts = asyncio.run(import_dump(_settings("import").owner_url, arguments.dump, patience_seconds=60))
    except (migrate.MigrationError, TakeoverError) as error:
        raise CommandFailed(str(error)) from error
    print(f"{'table':<32}{'dump':>10}{'database':>10}")
    for count in counts:
        print(f"{count.table:<32}{count.in_dump:>10}{count.in_database:>10}")
    return 0


def _db_wait(arguments: argparse.Namespace) -> int:
    from service.database import migrate

    try:
        asyncio.run(migrate.wait_head(_settings("migrate").database_url, timeout_seconds=arguments.timeout))
    except migrate.MigrationError as error:
        raise CommandFailed(str(error)) from error
    print(f"schema {migrate.head()}")
    return 0


def _seed(arguments: argparse.Namespace) -> int:
    from service.tools.seed import SeedError, seed

    try:
        report = asyncio.run(
            seed(_settings("seed"), staging=arguments.staging, reset=arguments.reset, testers=arguments.testers)
        )
    except SeedError as error:
        raise CommandFailed(str(error)) from error
    except Exception as error:
        raise _outage(error) from error
    print(report)
    return 0


def _storage(_: argparse.Namespace) -> int:
    from botocore.exceptions import BotoCoreError, ClientError

    from service.adapters.bucket import StorageRefused, bootstrap
    from service.http.errors import StorageUnavailable

    settings = _settings("storage")
    try:
        lines = asyncio.run(bootstrap(settings, patience_seconds=60))
    except StorageRefused as error:
        raise CommandFailed(str(error)) from error
    except (StorageUnavailable, BotoCoreError, ClientError) as error:
        raise CommandFailed(
            f"The object store at {settings.s3_endpoint} (OBJECT_STORAGE_ENDPOINT) does not answer or refuses the key."
        ) from error
    print("\n".join(lines))
    return 0


def _backup(arguments: argparse.Namespace) -> int:
    from service.database import migrate
    from service.tools.backup import command
    from service.tools.backup.store import BackupError

    try:
        command.run(arguments, _settings("backup"), print)
    except (BackupError, migrate.MigrationError) as error:
        raise CommandFailed(str(error)) from error
    return 0


def _gate(arguments: argparse.Namespace) -> int:
    from service.tools.gate.command import run

    return run(arguments)


def _smoke(arguments: argparse.Namespace) -> int:
    from service.tools.smoke import main as walk

    return walk(arguments)


def _openapi(arguments: argparse.Namespace) -> int:
    from service.contract.openapi import build_document, to_yaml

    if arguments.for_fuzzing:
        print(to_yaml(build_document(app_without_servers(), for_fuzzing=True)), end="")
        return 0
    return _write(CONTRACT_FILE, to_yaml(build_document(app_without_servers())), "openapi", check=arguments.check)


def _errors(arguments: argparse.Namespace) -> int:
    from service.contract.errors_page import ERRORS_FILE, build_page

    return _write(ERRORS_FILE, build_page(app_without_servers()), "errors", check=arguments.check)


def app_without_servers() -> Any:
    """The application, only to be looked at."""
    from service.app import create_app

    settings = load_settings(
        {
            "ENVIRONMENT": "dev",
            "DATABASE_URL": "postgresql:///none",
            "AUTH_TOKEN_KEYS": "k:none",
            "OBJECT_STORAGE_ACCESS_KEY_ID": "none",
            "OBJECT_STORAGE_SECRET_ACCESS_KEY": "none",
        }
    )
    return create_app(settings, "contract")


def _write(file: Path, text: str, task: str, *, check: bool) -> int:
    """Write a file that is made from the handlers, or fail when it differs from what they declare."""
    if check:
        if not file.exists() or file.read_text() != text:
            raise CommandFailed(f"{file} is not what the handlers declare; run: make {task}")
        return 0
    file.write_text(text)
    print(f"wrote {file}")
    return 0


def _keys(arguments: argparse.Namespace) -> int:
    from service.base.clock import utc_now
    from service.base.settings import parse_ring

    try:
        old = parse_ring(os.environ.get("AUTH_TOKEN_KEYS", ""))
    except ValueError as error:
        raise CommandFailed(f"AUTH_TOKEN_KEYS {error}") from error
    fresh = f"{utc_now():%Y%m%d%H%M%S}:{secrets.token_urlsafe(48)}"
    print(",".join([fresh, *(f"{key.id}:{key.secret.decode()}" for key in old[: arguments.keep])]))
    return 0


def _head(text: str) -> tuple[int, str]:
    import re

    found = re.fullmatch(r"(\d{1,18}):([0-9a-f]{64})", text.strip().lower())
    if found is None:
        raise argparse.ArgumentTypeError("must be COUNT:MAC, as in the log line audit.head")
    return int(found[1]), found[2]


def _audit_verify(arguments: argparse.Namespace) -> int:
    from service.audit.chain import Head
    from service.audit.heads import HeadsAway, verify_stored
    from service.audit.proof import Verdict, verify
    from service.looks.sealing import verify_seals

    settings = _settings("audit")
    expected = Head(*arguments.head) if arguments.head else None

    async def read() -> Verdict:
        if arguments.stored:
            return await verify_stored(settings, expected, may_be_empty=arguments.new)
        return await verify(settings.audit_key_ring, expected, may_be_empty=arguments.new)

    try:
        verdict = _with_database(settings, read, settings.reporting_url)
    except HeadsAway as error:
        raise CommandFailed(str(error)) from error
    if verdict.broken_at is not None:
        print(f"BROKEN at row {verdict.broken_at}: {verdict.reason}")
        return 1
    wrong = _with_database(settings, lambda: verify_seals(settings))
    if wrong is not None:
        print(f"BROKEN seal at position {wrong.position}: {wrong.reason}")
        return 1
    waiting = f", {verdict.unsealed} not yet sealed" if verdict.unsealed else ""
    print(f"OK {verdict.head.count} rows, head {verdict.head.count}:{verdict.head.mac}{waiting}")
    return 0


def _webhooks_redrive(_: argparse.Namespace) -> int:
    from service.webhooks.domain import redrive

    done = _with_database(_settings("webhooks"), redrive)
    print(f"applied {done.applied}, still parked {done.parked}, ignored {done.ignored}")
    return 0


def _with_database(settings: Settings, work: Callable[[], Coroutine[Any, Any, ResultT]], url: str = "") -> ResultT:
    """Run `work` with the database open, by `url` or as the app; an outage is one sentence."""
    from service.database import db

    async def run() -> ResultT:
        await db.open_database(
            db.tortoise_config(url or settings.database_url, pool_max=2, application_name="jembatan-cli")
        )
        try:
            return await work()
        finally:
            await db.close_database()

    try:
        return asyncio.run(run())
    except Exception as error:
        raise _outage(error) from error


def _outage(error: Exception) -> Exception:
    """One sentence for a database that is unavailable or refuses us; `error` itself when it is another failure."""
    from service.database import db

    if not db.is_unavailable(error):
        return error
    return CommandFailed(
        db.refusal(error) or f"The database (DATABASE_URL) cannot be reached: {db.reason_away(error)}."
    )
