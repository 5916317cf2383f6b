"""What does the worker do for an account that is due? It erases it, in steps that may be repeated after a crash.

The rules: docs/rules/leaving.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson
from tortoise.transactions import in_transaction

from service.adapters.object_storage import ObjectStorage
from service.audit import domain as audit
from service.auth.models import EndReason
from service.auth.sessions import end_all_families
from service.base import logs, metrics
from service.base.clock import utc_now
from service.base.settings import Settings
from service.evidence.domain import derived_key
from service.kyc.states import SUBJECT as KYC_SUBJECT
from service.leaving import queries
from service.leaving.models import ErasureReceipt
from service.looks import sealing as looks
from service.tasks.domain import enqueue
from service.tasks.models import TaskKind

LISTED = "erasures/"
"""Below it lies one object for each erasure, which a restore reads; it says nothing that the receipt does not say."""
STAND_IN = "erased-account"
"""Who did it, in rows about others, when that account is gone."""
# A document's link takes its upload until it ends; an upload that has begun then is let through.
_UPLOAD_SECONDS = 600
_SWEEP_TRIES = 15
TASK_TRIES = 10
_DUE_AT_ONCE = 100
# Keys below such a prefix are somebody's, whoever's row names them.
_SOMEBODYS = re.compile(r"(?:applications|kyc|exports|derived|erasures)/")


@dataclass(frozen=True, slots=True)
class Erased:
    """An entry of the list of erasures. `hidden_id` as `audit.hidden_id` made it; `documents` are ids."""

    hidden_id: str
    requested_at: datetime
    erased_at: datetime
    documents: list[str]

    def to_bytes(self) -> bytes:
        return orjson.dumps(
            {
                "account": self.hidden_id,
                "requestedAt": self.requested_at,
                "erasedAt": self.erased_at,
                "documents": self.documents,
            }
        )

    def prefixes(self) -> list[str]:
        """What the keys of the person's objects begin with."""
        user_id = audit.revealed_id(self.hidden_id)
        return [*_prefixes(user_id), *map(derived_key, self.documents)]

    @staticmethod
    def of(data: bytes) -> Erased:
        """Raises ValueError for other bytes."""
        try:
            found: dict[str, Any] = orjson.loads(data)
            return Erased(
                str(found["account"]),
                datetime.fromisoformat(found["requestedAt"]),
                datetime.fromisoformat(found["erasedAt"]),
                [str(UUID(one)) for one in found["documents"]],
            )
        except (KeyError, TypeError) as error:
            raise ValueError("not an entry of the list of erasures") from error


async def enqueue_due() -> None:
    """Leave a task for each account that is due and for which none waits. For the worker, now and then."""
    for hidden_id in await queries.list_due(limit=_DUE_AT_ONCE):
        await enqueue(TaskKind.ERASE_ACCOUNT, {"hiddenId": str(hidden_id)}, max_attempts=TASK_TRIES)


async def erase_later(payload: dict[str, Any], settings: Settings, *, storage: ObjectStorage) -> None:
    """Task handler: erase one account when it is due and not held. Raises StorageUnavailable, then it comes again."""
    try:
        done = await erase(payload["hiddenId"], settings, storage)
    except Exception:
        metrics.account_deletions.labels("failed").inc()
        raise
    if done:
        metrics.account_deletions.labels("erased").inc()
        logs.log("account.erased")


async def erase(hidden_id: str, settings: Settings, storage: ObjectStorage) -> bool:
    """Erase the account of a row of `hidden_accounts`; returns whether it was erased by this call.

    The account is closed first. Then its objects go with all their versions, then rows that no account's row takes with
    it, at last the account: until then every step finds again what it needs. Raises StorageUnavailable.
    """
    async with in_transaction():
        found = await queries.lock_due(hidden_id)
        if found is None:
            return False
        if found["erasing_since"] is None:
            await end_all_families(str(found["user_id"]), reason=EndReason.ERASED)
            await queries.begin(found["id"], found["user_id"])
    owned = await queries.find_owned(found["user_id"])
    documents = _documents(owned)
    keys = await loose_keys(found["user_id"], owned["object_keys"])
    removed = await remove_objects(str(found["user_id"]), documents, storage, keys=keys)
    await queries.add_counts(found["id"], {"objectVersions": removed})
    entry = Erased(audit.hidden_id(str(found["user_id"])), found["hidden_at"], utc_now(), documents)
    name = audit.fingerprint_of(str(found["user_id"]))
    await storage.write(f"{LISTED}{name}.json", entry.to_bytes(), content_type="application/json")
    await _remove_rows(found, owned)
    return await _finish(hidden_id, settings)


async def loose_keys(user_id: UUID | str, keys: Iterable[str]) -> list[str]:
    """Of the keys that a person's rows name, those that lie below nobody's prefix and that no other person's row names."""
    loose = [key for key in keys if not _SOMEBODYS.match(key)]
    others = await queries.keys_of_others(user_id, loose) if loose else set()
    return [key for key in loose if key not in others]


async def remove_objects(
    user_id: str, documents: list[str], storage: ObjectStorage, *, keys: list[str] | None = None
) -> int:
    """Remove every version of a person's uploads, exports and checked copies; how many went. Raises StorageUnavailable."""
    removed = 0
    for prefix in (*_prefixes(user_id), *map(derived_key, documents)):
        removed += await storage.remove_versions(prefix)
    for key in keys or []:
        removed += await storage.remove_versions(key, exactly=True)
    return removed


def _prefixes(user_id: str) -> list[str]:
    return [f"{folder}/{user_id}/" for folder in ("kyc", "applications", "exports")]


async def _remove_rows(found: asyncpg.Record, owned: asyncpg.Record) -> None:
    """What is much, and what knows the person without a key to their row, in batches."""
    user_id, address = found["user_id"], found["email"]
    while count := await queries.delete_sign_ins(user_id):
        await queries.add_counts(found["id"], {"refreshTokens": count})
    while count := await queries.empty_deliveries(owned["verifications"]):
        await queries.add_counts(found["id"], {"deliveries": count})
    ids = [
        str(one)
        for name in ("identity_documents", "application_documents", "notices", "exports")
        for one in owned[name]
    ]
    await queries.delete_tasks([str(user_id), address, *ids])
    await queries.delete_by_address(address)
    await queries.forget_among_others(user_id, address, STAND_IN)


async def _finish(hidden_id: str, settings: Settings) -> bool:
    """Remove the account, its details in the audit rows, and leave the receipt; one transaction."""
    async with in_transaction():
        found = await queries.lock_due(hidden_id)
        if found is None:  # another worker was faster
            return False
        user_id = str(found["user_id"])
        # Again, now that the account's row keeps everybody from adding to it.
        owned = await queries.find_owned(found["user_id"])
        documents = _documents(owned)
        subjects = _subjects(owned)
        rows = await audit.forget_person(
            user_id,
            address=found["email"],
            full_name=found["full_name"],
            subjects=subjects,
            # The provider may go on to deliver what it knows of them.
            marked=[one for one in subjects if one[0] == KYC_SUBJECT],
        )
        counts = await queries.add_counts(
            found["id"],
            {
                "auditRows": rows,
                "accessEvents": await looks.forget_person(user_id),
                "signIns": len(owned["families"]),
                "verifications": len(owned["verifications"]),
                "applications": len(owned["applications"]),
                "documents": len(documents),
                "organizations": await queries.forget_proofs(found["user_id"]),
            },
        )
        await ErasureReceipt.create(
            id=uuid4(),
            subject_hash=audit.fingerprint_of(user_id),
            requested_at=found["hidden_at"],
            erased_at=utc_now(),
            counts_json=counts,
        )
        await queries.delete_account(found["user_id"], owned["verifications"])
        # What was delivered since: who delivers holds the session, so that is over now that the session is gone.
        while await queries.empty_deliveries(owned["verifications"]):
            pass
        await enqueue(
            TaskKind.SWEEP_ACCOUNT,
            {"account": audit.hidden_id(user_id), "documents": documents},
            delay=timedelta(seconds=settings.object_storage_presign_expires_sec + _UPLOAD_SECONDS),
            max_attempts=_SWEEP_TRIES,
        )
    return True


def _documents(owned: asyncpg.Record) -> list[str]:
    return [str(one) for one in (*owned["identity_documents"], *owned["application_documents"])]


def _subjects(owned: asyncpg.Record) -> list[tuple[str, str]]:
    """What audit rows call the things that were the person's."""
    kinds = {
        "SESSION_FAMILY": "families",
        KYC_SUBJECT: "verifications",
        "KYC_DOCUMENT": "identity_documents",
        "JOB_APPLICATION": "applications",
        "APPLICATION_DOCUMENT": "application_documents",
    }
    return [(kind, str(one)) for kind, name in kinds.items() for one in owned[name]]


async def sweep_later(payload: dict[str, Any], _: Settings, *, storage: ObjectStorage) -> None:
    """Task handler: remove what an upload or a worker that was under way has left behind. Raises StorageUnavailable."""
    await sweep(audit.revealed_id(payload["account"]), payload["documents"], storage)


async def sweep(user_id: str, documents: list[str], storage: ObjectStorage) -> None:
    """Remove objects and audit details of an account that is gone. Safe to repeat. Raises StorageUnavailable."""
    await remove_objects(user_id, documents, storage)
    async with in_transaction():
        await audit.forget_person(user_id, address=user_id, full_name=user_id)
        await looks.forget_person(user_id)


async def erase_again(entry: Erased, settings: Settings, storage: ObjectStorage) -> bool:
    """Erase what a restored backup has brought back of an account that was erased; whether there was an account.

    Raises StorageUnavailable, and ValueError when AUDIT_KEYS lacks the key that the entry was written with.
    """
    user_id = audit.revealed_id(entry.hidden_id)
    if user_id == entry.hidden_id:
        raise ValueError("AUDIT_KEYS lacks a key that names an erased account")
    hidden_id = await queries.hide_for_erasure(user_id, entry.requested_at)
    if hidden_id is not None:
        await erase(str(hidden_id), settings, storage)
    else:
        await sweep(user_id, entry.documents, storage)
    return hidden_id is not None
