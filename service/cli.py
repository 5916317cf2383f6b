"""What can the program do? `python -m service` and its sub-commands.

Exit codes: 0 done, 1 failed, 2 wrong use.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from service.settings import Settings, SettingsError, load_settings

CONTRACT_FILE = Path("docs/openapi-runtime-v0.yaml")


class CommandFailed(Exception):
    """A sub-command could not do its work; the text is the one sentence that the user sees."""


def main(argv: list[str] | None = None) -> int:
    """Run one sub-command and return its exit code."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    try:
        result: int | None = arguments.run(arguments)
    except (SettingsError, CommandFailed) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return result or 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m service", description="Jembatan, the job-placement backend.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run: Callable[[argparse.Namespace], int | None], text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        return command

    add("serve", _serve, "run the API")
    add("worker", _worker, "run the worker")
    migrate = add("migrate", _migrate, "bring the database to this version's schema")
    migrate.add_argument("--check", action="store_true", help="only say whether something is to be done")
    database = add("db", _db_wait, "wait for the database")
    database.add_argument("action", choices=["wait"])
    database.add_argument("--head", action="store_true", required=True, help="until its schema is this version's")
    database.add_argument("--timeout", type=float, default=600, help="seconds (default 600)")
    seed = add("seed", _seed, "fill the database with jobs, posts and, in dev, people")
    seed.add_argument("--staging", action="store_true", help="also the accounts for app developers")
    storage = add("storage", _storage, "prepare the object store")
    storage.add_argument("action", choices=["bootstrap"])
    openapi = add("openapi", _openapi, "write the contract document")
    openapi.add_argument("--check", action="store_true", help="only say whether the file is up to date")
    keys = add("keys", _keys, "print a key ring with a fresh signing key in front")
    keys.add_argument("action", choices=["rotate"])
    keys.add_argument("--keep", type=int, default=2, help="older keys that stay valid (default 2)")
    _add_smoke(commands)
    _add_local(commands)
    return parser


def _add_smoke(commands: Any) -> None:
    from service.smoke import add_arguments
    from service.smoke import main as smoke

    command = commands.add_parser("smoke", help="walk the journey against a running API")
    add_arguments(command)
    command.set_defaults(run=smoke)


def _add_local(commands: Any) -> None:
    command = commands.add_parser("local", help="run everything on this machine", add_help=False)
    command.add_argument("rest", nargs=argparse.REMAINDER)

    def run(arguments: argparse.Namespace) -> int:
        from service.local import run as local  # needs the wheels of the local group

        return local(arguments.rest)

    command.set_defaults(run=run)


def _settings(service: str) -> Settings:
    from service import logs

    settings = load_settings()
    logs.configure(settings.log_level, service)
    return settings


def _serve(_: argparse.Namespace) -> int:
    import uvloop

    from service import logs
    from service.main import app as build

    # Without uvloop one idle keep-alive connection blocks the shutdown on Python 3.12 and later.
    uvloop.install()
    app = build()
    settings: Settings = app.ctx.settings
    logs.log("api.started", port=settings.api_port, environment=settings.environment)
    app.run(host=settings.api_host, port=settings.api_port, single_process=True, access_log=False, motd=False)
    return 0


def _worker(_: argparse.Namespace) -> int:
    import uvloop

    from service import worker

    uvloop.run(worker.main(_settings("worker")))
    return 0


def _migrate(arguments: argparse.Namespace) -> int:
    from service import migrate

    url = _settings("migrate").database_url
    try:
        if arguments.check:
            pending = asyncio.run(migrate.check(url))
            print("\n".join(pending) if pending else "up to date")
            return 1 if pending else 0
        for name in asyncio.run(migrate.migrate(url, patience_seconds=60)):
            print(f"applied {name}")
    except migrate.MigrationError as error:
        raise CommandFailed(str(error)) from error
    print(f"schema {migrate.head()}")
    return 0


def _db_wait(arguments: argparse.Namespace) -> int:
    from service import migrate

    try:
        asyncio.run(migrate.wait_head(_settings("migrate").database_url, timeout_seconds=arguments.timeout))
    except migrate.MigrationError as error:
        raise CommandFailed(str(error)) from error
    print(f"schema {migrate.head()}")
    return 0


def _seed(arguments: argparse.Namespace) -> int:
    from service.seed import SeedError, seed

    try:
        report = asyncio.run(seed(_settings("seed"), staging=arguments.staging))
    except SeedError as error:
        raise CommandFailed(str(error)) from error
    print(report)
    return 0


def _storage(_: argparse.Namespace) -> int:
    from service.adapters.object_storage import ObjectStorage
    from service.errors import StorageUnavailable

    async def bootstrap() -> bool:
        storage = ObjectStorage(settings)
        await storage.open()
        deadline = time.monotonic() + 60
        try:
            while True:
                try:
                    return await storage.ensure_bucket()
                except StorageUnavailable:
                    if time.monotonic() >= deadline:
                        raise
                await asyncio.sleep(1)
        finally:
            await storage.close()

    settings = _settings("storage")
    try:
        made = asyncio.run(bootstrap())
    except StorageUnavailable as error:
        raise CommandFailed(f"the object store at {settings.s3_endpoint} does not answer or refuses the key") from error
    print(f"bucket {settings.object_storage_bucket} {'made' if made else 'is there'}")
    return 0


def _openapi(arguments: argparse.Namespace) -> int:
    from service.app import create_app
    from service.openapi import build_document, to_yaml

    settings = load_settings(
        {
            "ENVIRONMENT": "dev",
            "DATABASE_URL": "postgresql:///none",
            "AUTH_TOKEN_KEYS": "k:none",
            "OBJECT_STORAGE_ACCESS_KEY_ID": "none",
            "OBJECT_STORAGE_SECRET_ACCESS_KEY": "none",
        }
    )
    text = to_yaml(build_document(create_app(settings, "contract")))
    if arguments.check:
        if not CONTRACT_FILE.exists() or CONTRACT_FILE.read_text() != text:
            raise CommandFailed(f"{CONTRACT_FILE} is not what the handlers declare; run: make openapi")
        return 0
    CONTRACT_FILE.write_text(text)
    print(f"wrote {CONTRACT_FILE}")
    return 0


def _keys(arguments: argparse.Namespace) -> int:
    import os

    from service.settings import parse_ring, utc_now

    try:
        old = parse_ring(os.environ.get("AUTH_TOKEN_KEYS", ""))
    except ValueError as error:
        raise CommandFailed(f"AUTH_TOKEN_KEYS {error}") from error
    fresh = f"{utc_now():%Y%m%d%H%M%S}:{secrets.token_urlsafe(48)}"
    print(",".join([fresh, *(f"{key.id}:{key.secret.decode()}" for key in old[: arguments.keep])]))
    return 0
