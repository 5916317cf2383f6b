"""What makes looks hard to change? A row of the audit chain over those of each minute.

The rules: docs/rules/audit.md, looks.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
from tortoise.transactions import in_transaction

from service.audit import chain, pseudonyms
from service.audit.domain import audit, hidden_id
from service.audit.queries import keep_one_snapshot
from service.base.clock import utc_now
from service.base.settings import Key, Settings
from service.looks import queries

SEALED = "access.sealed"
SEAL_SECONDS = 60.0
_AT_ONCE = 5000
_FORMAT = "jembatan-access-1"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Wrong:
    """A seal that does not hold: the position of the audit row that says it, and what differs."""

    position: int
    reason: str


async def seal(settings: Settings) -> int:
    """Put all rows without a seal under one, at most 5000, in one transaction with its row of the chain; how many."""
    key = settings.audit_key_ring[0]
    async with in_transaction():
        rows = await queries.lock_unsealed(_AT_ONCE)
        if not rows:
            return 0
        seal_id = uuid4()
        await queries.set_seal(seal_id, [row["id"] for row in rows])
        await audit(
            SEALED,
            actor_type="SYSTEM",
            actor_id=None,
            subject_type="ACCESS_SEAL",
            subject_id=str(seal_id),
            detail={
                "keyId": key.id,
                "digest": digest(key, rows, settings.audit_key_ring),
                "count": len(rows),
                "first": rows[0]["id"],
                "last": rows[-1]["id"],
                "oldest": min(row["occurred_at"] for row in rows).isoformat(),
                "days": settings.access_record_days,
            },
        )
    return len(rows)


async def seal_everything(settings: Settings) -> None:
    """Seal until fewer rows are left than one seal takes. Raises what is unavailable."""
    while await seal(settings) == _AT_ONCE:
        pass


def digest(key: Key, rows: Sequence[asyncpg.Record], ring: Iterable[Key]) -> str:
    """64 hex digits over `rows`, the same before and after the erasure of somebody whom they name."""
    keys = tuple(ring)
    made = hmac.new(key.secret, digestmod=hashlib.sha256)
    for row in rows:
        said = [
            _FORMAT,
            row["id"],
            (row["occurred_at"] - _EPOCH) // timedelta(microseconds=1),
            pseudonyms.reveal(keys, row["actor_id"]),
            row["operation"],
            row["subject_type"],
            json.loads(chain.canonical(row["asked_json"])),
            [pseudonyms.reveal(keys, one) for one in json.loads(row["shown_json"])],
            row["count"],
            row["request_id"],
        ]
        made.update(json.dumps(said, separators=(",", ":")).encode() + b"\n")
    return made.hexdigest()


async def verify_seals(settings: Settings) -> Wrong | None:
    """The first seal of the open database whose rows are not those that it was put on; none when all hold.

    Seals with a row past its time are left out: the worker removes such rows. Reads one snapshot, a seal at a time.
    """
    ring = settings.audit_key_ring
    keys = {key.id: key for key in ring}
    async with in_transaction():
        await keep_one_snapshot()
        now = utc_now()
        async for row in queries.seals(SEALED):
            said = row["detail_json"]
            days = min(said.get("days", 0), settings.access_record_days)
            if "oldest" in said and datetime.fromisoformat(said["oldest"]) < now - timedelta(days=days):
                continue
            key = keys.get(said.get("keyId", ""))
            if key is None:
                return Wrong(row["position"], f"its key is not in AUDIT_KEYS: {said.get('keyId')!r}")
            found = await queries.sealed_rows(row["subject_id"])
            if len(found) != said["count"]:
                return Wrong(row["position"], f"it holds {said['count']} access events, and {len(found)} are there")
            if not chain.same(digest(key, found, ring), said["digest"]):
                which = f"{said['first']} to {said['last']}"
                return Wrong(row["position"], f"an access event between {which} was changed")
    return None


async def forget_person(user_id: str) -> int:
    """Let `audit.hidden_id` stand for an erased person in all looks, in the caller's transaction; how many were changed."""
    return await queries.replace_id(user_id, hidden_id(user_id))
