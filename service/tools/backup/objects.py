"""How do the documents get a second home, and how do they come back? Source: docs/backup.md."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import orjson

from service.base.clock import utc_now
from service.base.settings import Settings
from service.leaving.erasure import LISTED, Erased
from service.tools.backup.store import BackupError, Bucket, Found, copies, documents

PREFIX = "documents/"
# When documents went missing at the source: they are kept a while, then go here too.
_MISSING_KEY = "documents-missing.json"
_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Report:
    """Objects: how many there are, were copied now, are missing at the source, and were deleted permanently."""

    objects: int
    copied: int
    copied_bytes: int
    missing: int
    dropped: int

    def to_dict(self) -> dict[str, int]:
        return asdict(self)


async def mirror(settings: Settings) -> Report:
    """Copy every document that the bucket of the copies does not have as it is now.

    A document that is gone at the source stays a copy for BACKUP_KEEP_DAYS, so that a deletion by mistake can be
    undone; after that the copy is deleted too. Copies of an erased person's documents go at once. Raises BackupError.
    """
    async with documents(settings) as source, copies(settings) as target:
        there = await source.list()
        here = {key.removeprefix(PREFIX): found for key, found in (await target.list(PREFIX)).items()}
        wanted = [
            key
            for key, found in there.items()
            if key not in here or here[key].size != found.size or here[key].modified_at < found.modified_at
        ]
        copied = await _copy(source, target, [(key, PREFIX + key) for key in wanted])
        here = await _drop_erased(source, target, there, here)
        missing, dropped = await _forget_missing(target, set(here) - set(there), settings.backup_keep_days)
        return Report(len(there), len(copied), sum(copied), missing, dropped)


async def bring_back(settings: Settings) -> Report:
    """Copy back every document that the product's bucket lacks, but none of an erased person's.

    Documents that it has stay as they are.
    """
    async with documents(settings) as source, copies(settings) as target:
        there = await source.list()
        here = [key.removeprefix(PREFIX) for key in await target.list(PREFIX)]
        # The list of erasures first: what it names does not come back.
        listed = [key for key in here if key.startswith(LISTED) and key not in there]
        await _copy(target, source, [(PREFIX + key, key) for key in listed])
        erased = await _erased_prefixes(source)
        wanted = [key for key in here if key not in there and not key.startswith((LISTED, *erased))]
        copied = await _copy(target, source, [(PREFIX + key, key) for key in wanted])
        return Report(len(here), len(copied), sum(copied), 0, 0)


async def listed_erasures(source: Bucket) -> list[Erased]:
    """The entries of the list of erasures, the oldest first. Raises BackupError for one that cannot be read."""
    found = []
    for key in await source.list(LISTED):
        try:
            found.append(Erased.of(await source.read(key) or b""))
        except ValueError as error:
            raise BackupError(f"{key} in {source.name} cannot be read") from error
    return sorted(found, key=lambda entry: entry.erased_at)


async def _erased_prefixes(source: Bucket) -> tuple[str, ...]:
    """What the keys of erased people's objects begin with. Entries whose audit key is not here name documents alone."""
    return tuple(prefix for entry in await listed_erasures(source) for prefix in entry.prefixes())


async def _drop_erased(
    source: Bucket, target: Bucket, there: dict[str, Found], here: dict[str, Found]
) -> dict[str, Found]:
    """Delete copies of what was erased, which nobody may want back; returns the copies that stay."""
    prefixes = await _erased_prefixes(source)
    gone = [key for key in here if key not in there and prefixes and key.startswith(prefixes)]
    for key in gone:
        await target.delete(PREFIX + key)
    return {key: found for key, found in here.items() if key not in gone}


async def _copy(source: Bucket, target: Bucket, pairs: list[tuple[str, str]]) -> list[int]:
    """Copy each pair of keys, a few at once; returns the sizes. One that vanishes meanwhile is left out."""
    room = asyncio.Semaphore(_AT_ONCE)

    async def one(key: str, new_key: str) -> int | None:
        async with room:
            data = await source.read(key)
            if data is None:
                return None
            await target.write(new_key, data, await source.content_type(key) or "application/octet-stream")
            return len(data)

    sizes: list[int] = []
    for start in range(0, len(pairs), 1000):
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(*pair)) for pair in pairs[start : start + 1000]]
        sizes += [size for task in tasks if (size := task.result()) is not None]
    return sizes


async def _forget_missing(target: Bucket, missing: set[str], keep_days: int) -> tuple[int, int]:
    now = utc_now()
    try:
        before: dict[str, str] = orjson.loads(await target.read(_MISSING_KEY) or b"{}")
        since = {key: datetime.fromisoformat(before[key]) if key in before else now for key in missing}
    except (ValueError, TypeError) as error:
        raise BackupError(f"{_MISSING_KEY} in {target.name} cannot be read") from error
    due = {key for key, at in since.items() if at < now - timedelta(days=keep_days)}
    for key in due:
        await target.delete(PREFIX + key)
    left = {key: at.isoformat() for key, at in since.items() if key not in due}
    if left or before:
        await target.write(_MISSING_KEY, orjson.dumps(left), "application/json")
    return len(left), len(due)
