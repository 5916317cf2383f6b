"""What makes an audit row hard to change? Its MAC, over what it says and over the row before it."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson

from service.base.settings import Key

GENESIS = "0" * 64
"""Stands for the MAC before the first row."""
SALT_BYTES = 16
_FORMAT = "jembatan-audit-1"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Head:
    """How many rows a chain has, and the MAC of the last one."""

    count: int
    mac: str


START = Head(0, GENESIS)


def row_mac(key: Key, sequence: int, previous_mac: str, row: Mapping[str, Any], detail_digest: str) -> str:
    """64 hex digits: HMAC-SHA256 under `key` of a JSON list, so that no two rows are written alike.

    `row` has the columns of audit_events as Postgres returns them. Source: docs/rules/audit.md, the chain.
    """
    said = [
        _FORMAT,
        key.id,
        sequence,
        previous_mac,
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
    return _mac(key, said)


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
