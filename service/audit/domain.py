"""Who did what to whom? Audit rows, written in the transaction of the change they describe."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from typing import Any
from uuid import uuid4

import orjson
from tortoise.transactions import in_transaction

from service.audit import chain, pseudonyms, queries
from service.base import logs
from service.base.clock import utc_now
from service.base.logs import request_id
from service.base.settings import Key
from service.database import db, migrate

ERASED = "audit.details_erased"
_keys: list[Key] = []
_admitted: list[Key] = []
"""The signing key, once the database has said that its name has no other secret."""


class AuditNotConfigured(RuntimeError):
    """This process never called `configure`."""


class AuditKeyDiffers(RuntimeError):
    """The first key of AUDIT_KEYS has a name that has signed rows with another secret: whatever it wrote would be broken."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"AUDIT_KEYS: the key {key_id} has another secret than the one that signed rows so far.")


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
    running request is added. The row exists exactly when the change does: all rows of a transaction are written by one
    statement just before COMMIT. It takes no lock; the worker seals it into the chain. Source: docs/rules/audit.md.
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
    await db.at_commit(_insert, row)


async def admit_key() -> None:
    """Look whether the signing key has the secret that its name has had so far, once in a process; before any row is written.

    A name that was never used gets this secret for ever. Raises AuditKeyDiffers, and what is unavailable.
    """
    key = _signing_key()
    if key in _admitted:
        return
    async with in_transaction():
        await _refuse_another_secret(key)
    _admitted[:] = [key]


async def look_at_key() -> None:
    """`admit_key` when a process starts; an outage, or a schema that is not there yet, leaves it to the first row."""
    try:
        if await migrate.head_applied():
            await admit_key()
    except Exception as error:
        if not db.is_unavailable(error):
            raise


async def _refuse_another_secret(key: Key) -> None:
    if not chain.same(await queries.admitted_digest(key.id, chain.key_digest(key)), chain.key_digest(key)):
        logs.log("audit.key_differs", level="error", keyId=key.id)
        raise AuditKeyDiffers(key.id)


async def _insert(rows: list[dict[str, Any]]) -> Callable[[], None] | None:
    """Stamp `rows` and write them, in the transaction that is about to be committed."""
    key = _signing_key()
    is_new = key not in _admitted
    if is_new:
        await _refuse_another_secret(key)
    await queries.insert([_stamped(key, row) for row in rows])
    # A name that is undone with this transaction is looked for again.
    return (lambda: _admitted.__setitem__(slice(None), [key])) if is_new else None


def _stamped(key: Key, row: dict[str, Any]) -> dict[str, Any]:
    salt = secrets.token_bytes(chain.SALT_BYTES)
    digest = chain.detail_digest(salt, row["detail_json"])
    return row | {
        "key_id": key.id,
        "stamp": chain.stamp(key, row, digest),
        "detail_digest": digest,
        "detail_salt": salt,
    }


async def erase_details(subject_type: str, subject_id: str, *, actor_type: str, actor_id: str | None) -> int:
    """Delete the personal part and its salt from all rows about one subject. Returns how many rows had one.

    The rows stay, and the chain still verifies: the erasure is an audit row itself, without which the database does not
    commit it, and only a row with a later erasure of its subject may lack its salt. Source: docs/rules/audit.md, erasure.
    """
    async with in_transaction():
        erased = len(await queries.erase_details_about([(subject_type, subject_id)]))
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
