"""How does a dump of the database get away from here, and how is the newest one fetched? Source: docs/backup.md."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from service.base.clock import utc_now
from service.base.settings import Settings
from service.tools.backup.store import BackupError, Bucket, copies

PREFIX = "postgres/"
# What the dump step leaves in its folder, and what `fetch` writes there again.
DUMP_FILE, COUNTS_FILE, MANIFEST_FILE = "database.dump", "counts.txt", "manifest.json"
_KEEP_AT_LEAST = 3
_COUNT_LINE = re.compile(r"([a-z_][a-z0-9_]*)\|(\d+)")
_HEAD_LINE = re.compile(r"head\|(\S+)")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a dump holds: written beside it, last, so that a dump without one is not complete.

    `counts` are rows of each table, `head` the newest migration, both read in the dump's own snapshot.
    """

    key: str
    made_at: datetime
    size_bytes: int
    sha256: str
    head: str
    counts: dict[str, int]

    def to_bytes(self) -> bytes:
        return orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)

    @staticmethod
    def of(data: bytes) -> Manifest:
        """Raises BackupError for other bytes."""
        try:
            found: dict[str, Any] = orjson.loads(data)
            return Manifest(
                key=str(found["key"]),
                made_at=datetime.fromisoformat(found["made_at"]),
                size_bytes=int(found["size_bytes"]),
                sha256=str(found["sha256"]),
                head=str(found["head"]),
                counts={str(name): int(count) for name, count in found["counts"].items()},
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BackupError("a manifest in the backup bucket cannot be read") from error


def read_counts(text: str) -> tuple[str, dict[str, int]]:
    """`head|<migration>` and `<table>|<rows>` lines → both. Raises BackupError when something is missing."""
    head, counts = "", {}
    for line in text.split("\n"):
        if match := _HEAD_LINE.fullmatch(line):
            head = match[1]
        elif match := _COUNT_LINE.fullmatch(line):
            counts[match[1]] = int(match[2])
    if not head or not counts:
        raise BackupError(f"{COUNTS_FILE} holds no head or no counts: the dump did not finish")
    return head, counts


async def upload(settings: Settings, folder: Path) -> tuple[Manifest, list[str]]:
    """Send the dump in `folder` to the bucket of the copies and drop old ones; returns it and the keys dropped.

    Dumps older than BACKUP_KEEP_DAYS go, but never the newest three. Raises BackupError.
    """
    dump = folder / DUMP_FILE
    try:
        head, counts = read_counts((folder / COUNTS_FILE).read_text())
        size = dump.stat().st_size
    except OSError as error:
        raise BackupError(f"there is no finished dump in {folder}") from error
    made_at = utc_now()
    key = f"{PREFIX}{made_at:%Y%m%dT%H%M%SZ}.dump"
    async with copies(settings) as bucket:
        digest = await bucket.upload(dump, key)
        manifest = Manifest(key, made_at, size, digest, head, counts)
        stored = (await bucket.list(key)).get(key)
        if stored is None or stored.size != size:
            raise BackupError(f"{key} did not arrive whole")
        await bucket.write(_manifest_key(key), manifest.to_bytes(), "application/json")
        return manifest, await _prune(bucket, made_at - timedelta(days=settings.backup_keep_days))


async def _prune(bucket: Bucket, before: datetime) -> list[str]:
    dumps = sorted(found.key for found in (await bucket.list(PREFIX)).values() if found.key.endswith(".dump"))
    old = [key for key in dumps[:-_KEEP_AT_LEAST] if key < f"{PREFIX}{before:%Y%m%dT%H%M%SZ}.dump"]
    for key in old:
        await bucket.delete(_manifest_key(key))
        await bucket.delete(key)
    return old


async def fetch(settings: Settings, folder: Path, *, key: str = "") -> Manifest:
    """Write the newest complete dump, or the one that `key` names, into `folder` with its manifest.

    Raises BackupError when there is no such dump, or its bytes are not those that were sent.
    """
    async with copies(settings) as bucket:
        if not key:
            found = [name for name in await bucket.list(PREFIX) if name.endswith(".json")]
            if not found:
                raise BackupError(f"there is no backup in {bucket.name}")
            key = max(found).removesuffix(".json") + ".dump"
        data = await bucket.read(_manifest_key(key))
        if data is None:
            raise BackupError(f"there is no {key} in {bucket.name}")
        manifest = Manifest.of(data)
        folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - nothing else runs in this process
        if await bucket.download(manifest.key, folder / DUMP_FILE) != manifest.sha256:
            raise BackupError(f"{manifest.key} is not the file that was sent: its SHA-256 differs")
        (folder / MANIFEST_FILE).write_bytes(data)
        return manifest


def _manifest_key(dump_key: str) -> str:
    return dump_key.removesuffix(".dump") + ".json"
