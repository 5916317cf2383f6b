"""Who did what to whom? Audit rows, written in the transaction of the change they describe, and chained."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from typing import Any
from uuid import uuid4

import orjson
from tortoise.transactions import in_transaction

from service.audit import chain, pseudonyms, queries
from service.audit.models import AuditEvent
from service.base import logs
from service.base.clock import utc_now
from service.base.logs import request_id
from service.base.settings import Key
from service.database import db

CHAIN_LOCK = int.from_bytes(b"auditlog", "big", signed=True)
"""The advisory lock of everybody who adds to the chain; taken last in a transaction, after every row lock."""
ERASED = "audit.details_erased"
_LOGGED_EACH = 100
_keys: list[Key] = []


class AuditNotConfigured(RuntimeError):
    """This process never called `configure`."""


def configure(keys: tuple[Key, ...]) -> None:
    """Set the ring that chains rows (`Settings.audit_key_ring`); the first key signs. Once, when a process starts."""
    _keys[:] = keys


async def audit(
    action: str,
    *,
    actor_type: str,
    actor_id: str | None,
    subject_type: str,
    subject_id: str,
    detail: dict[str, Any] | None = None,
) -> None:
    """Leave one row for the end of the caller's transaction; without one it is a transaction of its own.

    `action` is a dotted verb such as `auth.registered`; `actor_type` is USER, ADMIN or SYSTEM. `actor_id` and
    `subject_id` are ids, never names or addresses: they stay for ever. `detail` holds the change (before and after)
    and everything that is personal, for it can be erased; never passwords, tokens or document contents. The id of the
    running request is added. The row exists exactly when the change does: it is written just before COMMIT, so that
    the lock of the chain is the last one taken. Source: docs/rules/audit.md.
    """
    _signing_key()
    row = {
        "id": uuid4(),
        "occurred_at": utc_now(),
        "actor_type": actor_type,
        "actor_id": actor_id,
        "action": action,
        "subject_type": subject_type,
        "subject_id": subject_id,
        "request_id": request_id.get(),
        "detail_json": orjson.dumps(detail or {}).decode(),
    }
    await db.at_commit(_append, row)


async def _append(rows: list[dict[str, Any]]) -> Callable[[], None] | None:
    """Chain `rows`, in the transaction that is about to be committed."""
    key = _signing_key()
    found = await queries.lock_head(CHAIN_LOCK)
    head = chain.Head(found["count"], found["mac"]) if found else chain.START
    links: list[queries.Link] = []
    for row in rows:
        salt = secrets.token_bytes(chain.SALT_BYTES)
        digest = chain.detail_digest(salt, row["detail_json"])
        head = chain.Head(head.count + 1, chain.row_mac(key, head.count + 1, head.mac, row, digest))
        links.append(queries.Link(row, head, digest, salt))
    await queries.append(links, key_id=key.id, seal=chain.head_seal(key, head))
    marks = [link.head for link in links if link.head.count % _LOGGED_EACH == 0]
    return (lambda: _log(marks)) if marks else None


def _log(marks: list[chain.Head]) -> None:
    for mark in marks:
        logs.log("audit.head", count=mark.count, mac=mark.mac)


async def erase_details(subject_type: str, subject_id: str, *, actor_type: str, actor_id: str | None) -> int:
    """Delete the personal part and its salt from all rows about one subject. Returns how many rows had one.

    The rows stay, and the chain still verifies: the erasure is a row of the chain itself, and only a row with a later
    erasure of its subject may lack its salt. Source: docs/rules/audit.md, erasure.
    """
    async with in_transaction():
        rows = AuditEvent.filter(subject_type=subject_type, subject_id=subject_id, detail_salt__isnull=False)
        erased = await rows.update(detail_json={}, detail_salt=None)
        await audit(
            ERASED,
            actor_type=actor_type,
            actor_id=actor_id,
            subject_type=subject_type,
            subject_id=subject_id,
            detail={"rows": erased},
        )
    return erased


async def forget_person(
    user_id: str,
    *,
    address: str,
    full_name: str,
    subjects: Collection[tuple[str, str]] = (),
    marked: Collection[tuple[str, str]] = (),
) -> int:
    """Take a person out of the audit rows, in the caller's transaction; returns how many rows were changed.

    Details go from all rows about the person or one of `subjects` (type and id of what was theirs), and from the person's
    own rows about others where they hold id, address or name. For id and address as actor or subject there stands what
    `pseudonyms.hide` makes of them. The chain still verifies. Safe to repeat. Those of `subjects` that are `marked` count
    as erased for `was_erased`, also when no row had details. Source: docs/rules/audit.md, erasure.
    """
    key = _signing_key()
    hidden = {text: pseudonyms.hide(key, text) for text in (user_id, address)}
    about = await queries.erase_details_about([("USER", user_id), ("USER", hidden[user_id]), *subjects])
    said = await queries.erase_details_by([*hidden, *hidden.values()], [user_id, address, full_name])
    renamed = await queries.replace_ids(hidden)
    erased = {*about, *marked}
    if about or said or renamed:
        erased.add(("USER", user_id))
    for subject_type, subject_id in sorted(erased):
        await audit(
            ERASED,
            actor_type="SYSTEM",
            actor_id=None,
            subject_type=subject_type,
            # As the subject stands in its rows now: by that the proof finds the erasure of a row.
            subject_id=hidden.get(subject_id, subject_id) if subject_type == "USER" else subject_id,
            detail={"rows": about.count((subject_type, subject_id))},
        )
    return len(about) + said


async def was_erased(subject_type: str, subject_id: str) -> bool:
    """Whether a thing of this type and id went with its person."""
    return await queries.has_row(subject_type, subject_id, action=ERASED)


def hidden_id(user_id: str) -> str:
    """What stands for the id of an erased person in audit rows and lists. Raises AuditNotConfigured."""
    return pseudonyms.hide(_signing_key(), user_id)


def revealed_id(hidden: str) -> str:
    """The id that `hidden_id` was given; `hidden` itself when this process lacks its key."""
    return pseudonyms.reveal(_keys, hidden) or hidden


def fingerprint_of(user_id: str) -> str:
    """64 hex digits that only a holder of the audit keys can compare with an id. Raises AuditNotConfigured."""
    return pseudonyms.fingerprint(_signing_key(), user_id)


def _signing_key() -> Key:
    if not _keys:
        raise AuditNotConfigured
    return _keys[0]
