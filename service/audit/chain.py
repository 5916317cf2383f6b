"""What makes an audit row hard to change? Its MAC, over what it says and over the row before it."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import asyncpg
import orjson

from service.audit import pseudonyms
from service.base.settings import Key

GENESIS = "0" * 64
"""Stands for the MAC before the first row."""
SALT_BYTES = 16
_FORMAT = "jembatan-audit-1"
"""Rows that were written with their place in the chain, as releases before do."""
_STAMPED = "jembatan-audit-2"
"""Rows that were stamped when they were written, and sealed later."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


Row = Mapping[str, Any] | asyncpg.Record
"""A row of audit_events, with its columns as Postgres returns them."""


@dataclass(frozen=True, slots=True)
class Head:
    """How many rows a chain has, and the MAC of the last one."""

    count: int
    mac: str


START = Head(0, GENESIS)


def stamp(key: Key, row: Row, detail_digest: str) -> str:
    """64 hex digits: HMAC-SHA256 under `key` of a JSON list of what the row says, without its place.

    Source: docs/rules/audit.md, the chain.
    """
    return _mac(key, [_STAMPED, "row", key.id, *_content(row, detail_digest)])


def seal(key: Key, sequence: int, previous_mac: str, row: Row) -> str:
    """64 hex digits: the MAC of a stamped row at its place, of its stamp, its position and the row before."""
    return _mac(key, [_STAMPED, "place", key.id, sequence, previous_mac, row["position"], row["stamp"]])


def is_stamped(key: Key, row: Row, keys: Iterable[Key]) -> bool:
    """Whether `key` stamped `row`: as it stands, or with the ids that an erasure has hidden since under one of `keys`."""
    digest = row["detail_digest"] or ""
    return same(row["stamp"], stamp(key, row, digest)) or same(row["stamp"], stamp(key, _with_ids(row, keys), digest))


def is_at(key: Key, sequence: int, previous_mac: str, row: Row, keys: Iterable[Key]) -> bool:
    """Whether `row` was written, or stamped and sealed, as row `sequence` behind the row with `previous_mac`."""
    if row["stamp"] is not None:
        return same(row["mac"], seal(key, sequence, previous_mac, row)) and is_stamped(key, row, keys)
    digest = row["detail_digest"] or ""
    return same(row["mac"], row_mac(key, sequence, previous_mac, row, digest)) or same(
        row["mac"], row_mac(key, sequence, previous_mac, _with_ids(row, keys), digest)
    )


def _with_ids(row: Row, keys: Iterable[Key]) -> dict[str, Any]:
    return {**dict(row), **{name: pseudonyms.reveal(keys, row[name]) for name in ("actor_id", "subject_id")}}


def key_digest(key: Key) -> str:
    """64 hex digits by which two secrets of one name are told apart."""
    return _mac(key, [_STAMPED, "key", key.id])


def row_mac(key: Key, sequence: int, previous_mac: str, row: Row, detail_digest: str) -> str:
    """64 hex digits: the MAC of a row that was written with its place in the chain."""
    return _mac(key, [_FORMAT, key.id, sequence, previous_mac, *_content(row, detail_digest)])


def _content(row: Row, detail_digest: str) -> list[Any]:
    return [
        str(row["id"]),
        (row["occurred_at"] - _EPOCH) // timedelta(microseconds=1),
        row["actor_type"],
        row["actor_id"],
        row["action"],
        row["subject_type"],
        row["subject_id"],
        row["request_id"],
        detail_digest,
    ]


def head_seal(key: Key, head: Head) -> str:
    """The MAC of the head row."""
    return _mac(key, [_FORMAT, "head", key.id, head.count, head.mac])


def detail_digest(salt: bytes, detail_json: str | bytes) -> str:
    """64 hex digits: what a row's MAC covers of its detail. Without the salt nobody can try values against it."""
    return hmac.new(salt, canonical(detail_json), hashlib.sha256).hexdigest()


def canonical(detail_json: str | bytes) -> bytes:
    """One form for a JSON text and for what Postgres' jsonb makes of it: keys sorted, whole numbers as integers."""
    return json.dumps(_plain(orjson.loads(detail_json)), sort_keys=True, separators=(",", ":")).encode()


def same(left: str | None, right: str) -> bool:
    """Whether two MACs are equal, in constant time."""
    return hmac.compare_digest((left or "").encode(), right.encode())


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(Decimal(repr(value)))  # the digits that Postgres was given, not the nearest binary number's
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def _mac(key: Key, said: list[Any]) -> str:
    return hmac.new(key.secret, json.dumps(said, separators=(",", ":")).encode(), hashlib.sha256).hexdigest()
