"""How is the ZIP of an export made? Piece by piece, straight into the object store; no file and no whole archive in memory."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Awaitable, Callable
from typing import IO, Any, cast

import orjson

from service.adapters.object_storage import ObjectStorage
from service.evidence.uploads import is_safe_key
from service.evidence.verdicts import MAX_BYTES
from service.takeout import queries
from service.takeout.areas import AREAS, FILES, Area

MAX_ARCHIVE_BYTES = 512 * 1024 * 1024
"""Files beyond it are named and left out; a person's documents come to some ten megabytes."""
_README = """This archive holds what Jembatan keeps about you.

data/AREA.json       what is kept, an area a file; times are UTC
schemas/AREA.json    what the fields of that file are (JSON Schema)
files/               the files that you uploaded; data/files.json lists them

Passwords, codes and tokens are kept as digests alone and are not in here.

---

Arsip ini berisi data yang disimpan Jembatan tentang Anda.

data/AREA.json       data per bidang; waktu dalam UTC
schemas/AREA.json    penjelasan isi berkas tersebut (JSON Schema)
files/               berkas yang Anda unggah; daftarnya ada di data/files.json

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


async def write_archive(user_id: str, key: str, storage: ObjectStorage) -> int:
    """Write the ZIP of a person to `key`; returns its bytes. Raises StorageUnavailable, and leaves no half of it then."""
    outlet = _Outlet()
    async with storage.writing(key, content_type="application/zip") as put:
        with zipfile.ZipFile(cast(IO[bytes], outlet), "w", compression=zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("README.txt", _README)
            keys: set[str] = set()
            for area in AREAS:
                rows = await queries.read_area(area, user_id)
                keys |= _keys_in(rows)
                _add(archive, area, rows)
                await put(outlet.take())
            await _add_files(archive, outlet, put, user_id, keys, storage)
        await put(outlet.take())
    return outlet.size


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
) -> None:
    """All that the person uploaded, registered or not, one file in memory at a time.

    Of the keys that documents name, those below another person's prefix are left out, as the erasure does.
    """
    own = [f"{folder}/{user_id}/" for folder in ("kyc", "applications")]
    keys = {key for prefix in own for key in await storage.keys_below(prefix)}
    keys |= {key for key in named if not re.match(r"(?:applications|kyc|exports|derived|erasures)/", key)}
    listed: list[dict[str, Any]] = []
    for key in sorted(keys):
        size = await storage.size_of(key)
        if size is None:
            continue
        path = None
        if size <= MAX_BYTES and outlet.size + size <= MAX_ARCHIVE_BYTES:
            data = await storage.read(key, limit_bytes=MAX_BYTES)
            if data is not None:
                path = "files/" + key.replace(f"/{user_id}/", "/")
                archive.writestr(zipfile.ZipInfo(path), data)
                await put(outlet.take())
        listed.append({"objectKey": key, "path": path, "sizeBytes": size})
    _add(archive, FILES, listed)
