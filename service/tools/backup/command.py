"""What does `python -m service backup` do? Each run says what it did and leaves a row in `maintenance_runs`."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from service.base import logs
from service.base.clock import utc_now
from service.base.settings import Settings
from service.database import migrate
from service.maintenance.models import RunKind
from service.maintenance.queries import record_run
from service.tools.backup import drill, dump, erasures, objects
from service.tools.backup.store import BackupError

Say = Callable[[str], None]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the actions of `python -m service backup`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    upload = actions.add_parser("dump-upload", help="send a finished dump to the bucket of the copies, drop old ones")
    upload.add_argument("--from", dest="folder", type=Path, required=True, help="folder that the dump step filled")
    mirror = actions.add_parser("objects", help="copy the documents to the bucket of the copies")
    mirror.add_argument("--back", action="store_true", help="the other way: bring back those that the product lacks")
    fetch = actions.add_parser("fetch", help="write the newest dump into a folder, its checksum compared")
    fetch.add_argument("--to", dest="folder", type=Path, required=True)
    fetch.add_argument("--key", default="", help="another dump than the newest")
    actions.add_parser("erase-again", help="after a restore: erase those who were erased since")
    report = actions.add_parser("drill-report", help="compare a restored database with what was dumped")
    report.add_argument("--from", dest="folder", type=Path, required=True, help="folder that `fetch` filled")
    report.add_argument("--restored", required=True, help="address of the throw-away database")


def run(arguments: argparse.Namespace, settings: Settings, say: Say) -> None:
    """Do what was asked. Raises BackupError or MigrationError, after the failed run has its row."""
    asyncio.run(_run(arguments, settings, say))


async def _run(arguments: argparse.Namespace, settings: Settings, say: Say) -> None:
    folder: Path | None = getattr(arguments, "folder", None)
    if arguments.action == "dump-upload":
        assert folder is not None
        await _recorded(settings, RunKind.BACKUP, lambda: _upload(settings, folder, say))
    elif arguments.action == "drill-report":
        assert folder is not None
        await _recorded(
            settings, RunKind.RESTORE_DRILL, lambda: drill.report(settings, arguments.restored, folder, say)
        )
        say("DRILL OK")
    elif arguments.action == "fetch":
        assert folder is not None
        manifest = await dump.fetch(settings, folder, key=arguments.key)
        say(f"{manifest.key} of {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC, schema {manifest.head}")
    elif arguments.action == "erase-again":
        say(await erasures.erase_again(settings))
    elif arguments.back:
        say(f"brought back {(await objects.bring_back(settings)).to_dict()}")
    else:
        await _recorded(settings, RunKind.DOCUMENT_BACKUP, lambda: _mirror(settings, say))


async def _upload(settings: Settings, folder: Path, say: Say) -> dict[str, Any]:
    manifest, dropped = await dump.upload(settings, folder)
    say(f"{manifest.key} {manifest.size_bytes} bytes, SHA-256 {manifest.sha256}, dropped {len(dropped)} old")
    return {
        "backup": manifest.key,
        "sizeBytes": manifest.size_bytes,
        "sha256": manifest.sha256,
        "head": manifest.head,
        "rows": sum(manifest.counts.values()),
        "dropped": len(dropped),
    }


async def _mirror(settings: Settings, say: Say) -> dict[str, int]:
    found = (await objects.mirror(settings)).to_dict()
    say(f"documents {found}")
    return found


async def _recorded(settings: Settings, kind: RunKind, work: Callable[[], Awaitable[Mapping[str, Any]]]) -> None:
    started_at = utc_now()
    try:
        detail = await work()
    except (BackupError, migrate.MigrationError, OSError) as error:
        logs.log("maintenance.failed", level="error", kind=kind.value, reason=str(error))
        await record_run(
            settings.reporting_url, kind, started_at=started_at, succeeded=False, detail={"reason": str(error)}
        )
        raise BackupError(str(error)) from error
    await record_run(settings.reporting_url, kind, started_at=started_at, succeeded=True, detail=detail)
    logs.log("maintenance.done", kind=kind.value)
