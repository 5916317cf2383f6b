"""Is the newest backup one that would save us? Compares a restored database with what was dumped."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from service.base.settings import Settings
from service.database import migrate
from service.tools.backup import dump, objects, queries
from service.tools.backup.store import BackupError, copies

_DOCUMENTS_TRIED = 50
_STATEMENT_SECONDS = 300.0


async def report(settings: Settings, restored_url: str, folder: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """Compare migration head and rows of every table with the manifest, and open one document from the copies.

    Says a line for each and returns the detail of the run. Raises BackupError with the first difference.
    """
    manifest = dump.Manifest.of((folder / dump.MANIFEST_FILE).read_bytes())
    say(f"backup    {manifest.key} of {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC, {manifest.size_bytes} bytes")
    say(f"checksum  {manifest.sha256}")
    async with migrate.direct_connection(
        restored_url, patience_seconds=60, command_timeout_seconds=_STATEMENT_SECONDS
    ) as connection:
        head = await migrate.current_head(connection)
        say(f"head      {head}")
        if head != manifest.head:
            raise BackupError(f"the restored database is at {head}, the dump was taken at {manifest.head}")
        counts = await queries.count_rows(connection)
        for table in sorted(manifest.counts.keys() | counts.keys()):
            say(f"rows      {table} {counts.get(table)} of {manifest.counts.get(table)}")
        differing = [t for t in manifest.counts.keys() | counts.keys() if counts.get(t) != manifest.counts.get(t)]
        if differing:
            raise BackupError(f"other numbers of rows than were dumped in {', '.join(sorted(differing))}")
        rows = await queries.newest_documents(connection, _DOCUMENTS_TRIED)
    opened = await _open_one(settings, rows)
    say(f"document  {opened}")
    return {"backup": manifest.key, "head": manifest.head, "rows": sum(counts.values()), "document": opened}


async def _open_one(settings: Settings, rows: list[tuple[str, str]]) -> str:
    """The newest registered document whose copy has the registered SHA-256. Raises BackupError when no copy has it."""
    if not rows:
        return "no document is registered"
    async with copies(settings) as bucket:
        for key, checksum in rows:
            data = await bucket.read(objects.PREFIX + key)
            if data is not None and hashlib.sha256(data).hexdigest() == checksum.lower():
                return f"opened, {len(data)} bytes, SHA-256 as registered"
    raise BackupError(f"none of the newest {len(rows)} documents has a copy with its registered SHA-256")
