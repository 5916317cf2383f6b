"""How is the ZIP of an export made? Piece by piece, straight into the object store; no file and no whole archive in memory."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Awaitable, Callable
from typing import IO, Any, cast

import orjson

from service.adapters.object_storage import ObjectStorage
from service.evidence.uploads import is_safe_key
from service.evidence.verdicts import MAX_BYTES
from service.leaving.erasure import loose_keys
from service.takeout import queries
from service.takeout.areas import AREAS, FILES, Area

MAX_ARCHIVE_BYTES = 512 * 1024 * 1024
"""Files beyond it are named and left out; a person's documents come to some ten megabytes."""
FILES_SECONDS = 60.0
"""Files that would be read later are named and left out too: from the slowest store the rest ends within a task's time."""
_clock = time.monotonic
_README = """This archive holds what Jembatan keeps about you.

data/AREA.json       what is kept, an area a file; times are UTC
schemas/AREA.json    what the fields of that file are (JSON Schema)
files/               the files that you uploaded; data/files.json lists them, also those
                     that are too much for one archive: ask us for these

Passwords, codes and tokens are kept as digests alone and are not in here.

---

Arsip ini berisi data yang disimpan Jembatan tentang Anda.

data/AREA.json       data per bidang; waktu dalam UTC
schemas/AREA.json    penjelasan isi berkas tersebut (JSON Schema)
files/               berkas yang Anda unggah; daftarnya ada di data/files.json, juga berkas
                     yang terlalu banyak untuk satu arsip: mintalah kepada kami

Kata sandi, kode, dan token hanya disimpan dalam bentuk terenkripsi satu arah dan tidak ada di sini.
"""


class _Outlet:
    """What a ZIP is written to: it only goes forward, and keeps what was not taken yet."""

    def __init__(self) -> None:
        self._pending = bytearray()
        self.size = 0

    def write(self, data: bytes, /) -> int:
        self._pending += data
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        taken = bytes(self._pending)
        self._pending.clear()
        return taken


async def write_archive(user_id: str, key: str, storage: ObjectStorage) -> tuple[int, int]:
    """Write the ZIP of a person to `key`; returns its bytes, and how many files are named and not in it.

    Raises StorageUnavailable, and leaves no half of it then.
    """
    outlet, until = _Outlet(), _clock() + FILES_SECONDS
    async with storage.writing(key, content_type="application/zip") as put:
        with zipfile.ZipFile(cast(IO[bytes], outlet), "w", compression=zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("README.txt", _README)
            keys: set[str] = set()
            for area in AREAS:
                rows = await queries.read_area(area, user_id)
                keys |= _keys_in(rows)
                _add(archive, area, rows)
                await put(outlet.take())
            left_out = await _add_files(archive, outlet, put, user_id, keys, storage, until=until)
        await put(outlet.take())
    return outlet.size, left_out


def _add(archive: zipfile.ZipFile, area: Area, rows: list[dict[str, Any]]) -> None:
    archive.writestr(f"data/{area.name}.json", orjson.dumps(rows, option=orjson.OPT_INDENT_2))
    archive.writestr(f"schemas/{area.name}.json", orjson.dumps(area.schema(), option=orjson.OPT_INDENT_2))


def _keys_in(rows: list[dict[str, Any]]) -> set[str]:
    """Keys of objects that documents name."""
    found = {row.get("objectKey") for row in rows} | {(row.get("metadata") or {}).get("objectKey") for row in rows}
    return {key for key in found if isinstance(key, str) and is_safe_key(key)}


async def _add_files(
    archive: zipfile.ZipFile,
    outlet: _Outlet,
    put: Callable[[bytes], Awaitable[None]],
    user_id: str,
    named: set[str],
    storage: ObjectStorage,
    *,
    until: float,
) -> int:
    """All that the person uploaded, registered or not, one file in memory at a time; how many were left out.

    Of the keys that documents name, those that may be another person's are left out, as the erasure does.
    """
    sizes: dict[str, int] = {}
    for folder in ("kyc", "applications"):
        sizes |= await storage.sizes_below(f"{folder}/{user_id}/")
    for key in await loose_keys(user_id, named):
        size = await storage.size_of(key)
        if size is not None:
            sizes[key] = size
    listed: list[dict[str, Any]] = []
    for key, size in sorted(sizes.items()):
        path = None
        if size <= MAX_BYTES and outlet.size + size <= MAX_ARCHIVE_BYTES and _clock() < until:
            data = await storage.read(key, limit_bytes=MAX_BYTES)
            if data is not None:
                path = "files/" + key.replace(f"/{user_id}/", "/")
                archive.writestr(zipfile.ZipInfo(path), data)
                await put(outlet.take())
        listed.append({"objectKey": key, "path": path, "sizeBytes": size})
    _add(archive, FILES, listed)
    return sum(row["path"] is None for row in listed)
