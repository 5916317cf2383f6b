"""Are the bytes of a registered document what was declared? The worker reads them and writes down what it found.

The rules: docs/rules/evidence.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import orjson
from tortoise.transactions import in_transaction

from service.adapters.object_storage import ObjectStorage
from service.applications.models import ApplicationDocument
from service.base import logs
from service.base.clock import utc_now
from service.base.settings import Settings
from service.evidence import queries
from service.evidence.sandbox import decode
from service.evidence.uploads import is_safe_key
from service.evidence.verdicts import (
    JPEG,
    MAX_BYTES,
    PDF,
    PNG,
    ByteState,
    CopyKind,
    Reason,
    judge_outside,
    judge_type,
    shown_type,
)
from service.kyc.models import IdentityDocument
from service.tasks import domain as tasks
from service.tasks.models import TaskKind

LOOK_PAUSE = timedelta(hours=1)
LOOK_PERIOD = timedelta(days=1)
# With doubling pauses from five seconds on these span a day: as long as an object store may be unavailable.
_TRIES = 15
_LOOKED_FOR_AT_ONCE = 200
# Together a little less than the quarter of an hour until the worker looks for more.
_UNREAD_AT_ONCE = 400
_UNREAD_PAUSE = timedelta(seconds=2)
# Every quarter of an hour, so far apart that documents that come meanwhile do not wait behind them.
_COPIES_AT_ONCE = 800
_COPY_PAUSE = timedelta(seconds=1)
_SIGNATURE_BYTES = 64


class Subject(StrEnum):
    """Whose documents they are."""

    IDENTITY = "identity"
    APPLICATION = "application"


_MODELS: dict[Subject, type[IdentityDocument | ApplicationDocument]] = {
    Subject.IDENTITY: IdentityDocument,
    Subject.APPLICATION: ApplicationDocument,
}


@dataclass(frozen=True, slots=True)
class _Document:
    """What was declared of one document. `content_length` in bytes and `content_type` are not always known."""

    subject: Subject
    id: UUID
    object_key: str | None
    checksum_sha256: str
    content_length: int | None
    content_type: str | None
    is_verified: bool


@dataclass(frozen=True, slots=True)
class _Copy:
    """The bytes that reviewers are shown, and what in the file acts. `first_page`: of a PDF, as a JPEG."""

    data: bytes
    content_type: str
    first_page: bytes
    found: tuple[str, ...]

    @property
    def kind(self) -> CopyKind:
        return CopyKind.PAGES if self.content_type == PDF else CopyKind.PICTURE


def derived_key(document_id: str) -> str:
    """What the keys of a document's checked copies begin with; the key of one that is a picture."""
    return f"derived/{document_id}"


def copy_key(document_id: str, kind: str | None) -> str | None:
    """Where the checked copy of a document with this `copy_kind` is; `None` when nothing may be called checked.

    Before this kind existed a PDF was copied as it is, so its copy has another key.
    """
    if kind == CopyKind.PAGES:
        return f"{derived_key(document_id)}.pdf"
    return derived_key(document_id) if kind == CopyKind.PICTURE else None


def picture_key(document_id: str, kind: str | None) -> str | None:
    """Where a picture of the document is: the checked copy, of a PDF its first page; `None` as for `copy_key`."""
    return f"{derived_key(document_id)}.jpg" if kind == CopyKind.PAGES else copy_key(document_id, kind)


def copy_keys(document_id: str) -> list[str]:
    """Every key that a checked copy of the document may have."""
    return [derived_key(document_id) + ending for ending in ("", ".pdf", ".jpg")]


async def enqueue_look(subject: Subject, document_id: str) -> None:
    """Have a new document's bytes read, in the caller's transaction; a missing object is looked for during a day."""
    await _enqueue(subject, UUID(document_id), until=utc_now() + LOOK_PERIOD)


async def enqueue_unread() -> None:
    """Have documents read that nobody looked at and no task has, as those of a database that was taken over are.

    For the worker, now and then: a batch, two seconds apart, so that new documents are read between them.
    """
    now = utc_now()
    async with in_transaction():
        for number, found in enumerate(await queries.list_unread(at_most=_UNREAD_AT_ONCE)):
            pause = _UNREAD_PAUSE * number
            until = now + LOOK_PERIOD + pause
            await _enqueue(Subject(found["subject"]), found["id"], until=until, delay=pause, task_id=found["task_id"])


async def look_again(session_id: str) -> None:
    """Have the missing objects of a verification looked for now, in the caller's transaction.

    Those whose first day is over are looked for during one more; of the others a look waits already.
    """
    missing = IdentityDocument.filter(
        kyc_session_id=session_id, byte_state=ByteState.DECLARED.value, byte_reason=Reason.OBJECT_MISSING.value
    )
    now = utc_now()
    for document in await missing.order_by("-created_at", "id").limit(_LOOKED_FOR_AT_ONCE):
        is_given_up = document.created_at < now - LOOK_PERIOD
        await _enqueue(Subject.IDENTITY, document.id, until=now + LOOK_PERIOD if is_given_up else None)


async def enqueue_copies() -> None:
    """Leave tasks for verified documents whose copy may be a PDF as it came. For the worker, now and then."""
    for number, (subject, document_id) in enumerate(await queries.list_without_copy(limit=_COPIES_AT_ONCE)):
        await _enqueue(Subject(subject), document_id, until=None, delay=number * _COPY_PAUSE)


async def _enqueue(
    subject: Subject,
    document_id: UUID,
    *,
    until: datetime | None,
    look: int = 0,
    delay: timedelta = timedelta(0),
    task_id: UUID | None = None,
) -> None:
    payload = {
        "subject": subject.value,
        "documentId": str(document_id),
        "look": look,
        "until": until.isoformat() if until else None,
    }
    await tasks.enqueue(TaskKind.VERIFY_DOCUMENT, payload, delay=delay, max_attempts=_TRIES, task_id=task_id)


async def verify_later(payload: dict[str, Any], settings: Settings, *, storage: ObjectStorage) -> None:
    """Task handler: read one object, judge it, keep a clean copy and write down the state of its bytes.

    Runs any number of times; a verdict is final. Of what an earlier release verified the copy alone is made anew. Raises
    StorageUnavailable, TimeoutError and DecoderFailed, after which the task comes again, because a failure to look is no
    verdict.
    """
    document = await _find(Subject(payload["subject"]), UUID(payload["documentId"]))
    if document is None:
        return
    if document.is_verified:
        await _renew_copy(document, settings, storage)
        return
    key = document.object_key or ""
    if not is_safe_key(key):
        await _record(document, Reason.OBJECT_KEY_MISSING)
        return
    found = await storage.get(key, limit_bytes=MAX_BYTES)
    if found is None:
        await _record_missing(document, payload)
        return
    content_type = document.content_type or found.content_type
    verdict = await _judge(document, found.data, content_type=content_type, key=key, settings=settings)
    if isinstance(verdict, Reason):
        await _record(document, verdict)
        return
    await _write(document, verdict, storage)
    await _record(document, None, verdict)
    await _remove_erased(document, storage)


async def _write(document: _Document, copy: _Copy, storage: ObjectStorage) -> None:
    """Store a checked copy, at last what its kind promises most."""
    key, picture = copy_key(str(document.id), copy.kind), picture_key(str(document.id), copy.kind)
    assert key is not None
    if picture is not None and picture != key:
        await storage.write(picture, copy.first_page, content_type=JPEG)
    await storage.write(key, copy.data, content_type=copy.content_type)


async def _remove_erased(document: _Document, storage: ObjectStorage) -> None:
    """Remove the copies of a document whose row went while it was read."""
    if not await _MODELS[document.subject].exists(id=document.id):
        await storage.remove_versions(derived_key(str(document.id)))


async def _renew_copy(document: _Document, settings: Settings, storage: ObjectStorage) -> None:
    """Say what the copy of a verified document is. A picture was encoded anew by every release; a PDF is drawn now."""
    key = document.object_key or ""
    old = await storage.get(derived_key(str(document.id)), limit_bytes=_SIGNATURE_BYTES)
    kind, found = CopyKind.ABSENT, list[str]()
    if old is not None and shown_type(old.data) in {JPEG, PNG}:
        kind = CopyKind.PICTURE
    elif is_safe_key(key) and (upload := await storage.get(key, limit_bytes=MAX_BYTES)) is not None:
        content_type = document.content_type or upload.content_type
        verdict = await _judge(document, upload.data, content_type=content_type, key=key, settings=settings)
        if isinstance(verdict, _Copy):
            await _write(document, verdict, storage)
            kind, found = verdict.kind, [*verdict.found]
    without = _MODELS[document.subject].filter(
        id=document.id, byte_state=ByteState.VERIFIED.value, copy_kind__isnull=True
    )
    await without.update(copy_kind=kind.value, findings_json=found)
    if kind is CopyKind.PAGES:
        await storage.remove(derived_key(str(document.id)))
    await _remove_erased(document, storage)
    logs.log("evidence.copy_made", subject=document.subject.value, documentId=str(document.id), kind=kind.value)


async def _judge(
    document: _Document, data: bytes, *, content_type: str | None, key: str, settings: Settings
) -> Reason | _Copy:
    wrong = judge_outside(data, length=document.content_length, checksum_sha256=document.checksum_sha256)
    if wrong is not None:
        return wrong
    allowed = settings.kyc_content_types if document.subject is Subject.IDENTITY else frozenset[str]()
    shown = judge_type(data, content_type=content_type, key=key, allowed=allowed)
    if isinstance(shown, Reason):
        return shown
    decoded = await decode(data, shown, url=settings.decoder_url)
    if decoded.reason is not None:
        return decoded.reason
    return _Copy(decoded.clean, decoded.content_type or shown, decoded.first_page, decoded.found)


async def _find(subject: Subject, document_id: UUID) -> _Document | None:
    """A document without a verdict, or a verified one of which nobody knows what its copy is."""
    found = await _MODELS[subject].get_or_none(id=document_id, copy_kind__isnull=True)
    if found is None or found.byte_state == ByteState.REJECTED:
        return None
    length, content_type = None, None
    if isinstance(found, ApplicationDocument):
        length, content_type = found.content_length, found.content_type
    return _Document(
        subject,
        found.id,
        found.object_key,
        found.checksum_sha256,
        length,
        content_type,
        found.byte_state == ByteState.VERIFIED,
    )


async def _record_missing(document: _Document, payload: dict[str, Any]) -> None:
    """Write down that the object is not there; the next look is part of the same transaction.

    Its id follows from the document and the number of the look, so that a look that was repeated after a crash leaves
    one next look.
    """
    until = datetime.fromisoformat(payload["until"]) if payload.get("until") else None
    look = int(payload.get("look", 0)) + 1
    async with in_transaction():
        await _record(document, Reason.OBJECT_MISSING)
        # A look that is due a little after the end of the day, because earlier ones came late, still counts.
        if until is not None and utc_now() + LOOK_PAUSE <= until + LOOK_PAUSE / 4:
            task_id = uuid5(NAMESPACE_URL, orjson.dumps([str(document.id), payload["until"], look]).decode())
            await _enqueue(document.subject, document.id, until=until, look=look, delay=LOOK_PAUSE, task_id=task_id)


async def _record(document: _Document, reason: Reason | None, copy: _Copy | None = None) -> None:
    """Write the state of the bytes; neither times nor statuses that apps see are touched."""
    state = ByteState.VERIFIED if reason is None else ByteState.REJECTED if reason.rejects else ByteState.DECLARED
    undecided = _MODELS[document.subject].filter(id=document.id, byte_state=ByteState.DECLARED.value)
    await undecided.update(
        byte_state=state.value,
        byte_reason=reason.value if reason else None,
        bytes_checked_at=utc_now(),
        copy_kind=copy.kind.value if copy else None,
        findings_json=[*copy.found] if copy else [],
    )
    logs.log(
        "evidence.document_judged",
        level="warn" if state is ByteState.REJECTED else "info",
        subject=document.subject.value,
        documentId=str(document.id),
        state=state.value,
        reason=reason.value if reason else None,
        found=[*copy.found] if copy else [],
    )
