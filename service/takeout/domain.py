"""How does a person take along what is kept about them? They ask, the worker makes a ZIP, a link reads it for a week.

The rules: docs/rules/takeout.md.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from tortoise.transactions import in_transaction

from service.adapters.object_storage import ObjectStorage
from service.audit.domain import audit
from service.auth.principal import Principal
from service.auth.queries import lock_password
from service.base import logs, metrics
from service.base.clock import utc_now
from service.base.settings import Settings
from service.http.errors import ApiError, RateLimited
from service.http.web import uuid_or_none
from service.notices.domain import notify
from service.notices.models import NoticeKind
from service.takeout import queries, schemas
from service.takeout.archive import write_archive
from service.takeout.models import ExportState, PersonalExport
from service.tasks.domain import enqueue
from service.tasks.models import TaskKind

_KEPT = timedelta(days=7)
_PAUSE = timedelta(days=1)
_LINK_SECONDS = 900
_TASK_TRIES = 10
_AT_ONCE = 100


class ExportNotRequested(ApiError):
    status_code, code = 404, "export_not_requested"
    message = "No export of this account was asked for."
    message_id = "Belum ada permintaan ekspor untuk akun ini."


async def request_export(*, by: Principal) -> schemas.PersonalExport:
    """Have the worker collect what is kept about the caller. One at a time: while one is made, it is the answer.

    One transaction. Raises RateLimited within a day of one that is ready.
    """
    async with in_transaction():
        await lock_password(by.user_id)
        latest = await _latest(by.user_id)
        if latest is not None and latest.state == ExportState.PREPARING:
            return _shown(latest)
        now = utc_now()
        if latest is not None and now < latest.requested_at + _PAUSE:
            raise RateLimited(retry_after=int((latest.requested_at + _PAUSE - now).total_seconds()) + 1)
        made = await PersonalExport.create(id=uuid4(), user_id=by.user_id, requested_at=now)
        await enqueue(TaskKind.BUILD_EXPORT, {"exportId": str(made.id)}, max_attempts=_TASK_TRIES)
        await _audit("account.export_requested", by.user_id, "USER")
    metrics.personal_exports.labels("requested").inc()
    return _shown(made)


async def read_export(storage: ObjectStorage, *, by: Principal) -> schemas.PersonalExport:
    """How far the caller's latest export is, with a link of fifteen minutes when it is ready. Each link is audited.

    Raises ExportNotRequested.
    """
    latest = await _latest(by.user_id)
    if latest is None:
        raise ExportNotRequested
    now = utc_now()
    if latest.state != ExportState.READY or latest.expires_at is None or latest.expires_at <= now:
        return _shown(latest)
    seconds = max(1, min(_LINK_SECONDS, int((latest.expires_at - now).total_seconds())))
    url = await storage.presign_download(key_of(latest), seconds=seconds)
    await _audit("account.export_link_issued", by.user_id, "USER")
    return _shown(latest).model_copy(update={"url": url, "url_expires_at": now + timedelta(seconds=seconds)})


async def build_later(payload: dict[str, Any], _: Settings, *, storage: ObjectStorage) -> None:
    """Task handler: make the ZIP of one export, and tell its person. Raises StorageUnavailable, then it comes again."""
    export = await PersonalExport.get_or_none(id=uuid_or_none(payload["exportId"]))
    if export is None or export.state != ExportState.PREPARING:
        return
    user_id = str(export.user_id)
    size, left_out = await write_archive(user_id, key_of(export), storage)
    async with in_transaction():
        now = utc_now()
        preparing = PersonalExport.filter(id=export.id, state=ExportState.PREPARING.value)
        is_ready = await preparing.update(
            state=ExportState.READY.value, ready_at=now, expires_at=now + _KEPT, size_bytes=size
        )
        if is_ready:
            await notify(NoticeKind.EXPORT_READY, user_id=user_id, cause=str(export.id))
            await _audit("account.export_built", user_id, "SYSTEM", sizeBytes=size)
    if not is_ready and not await PersonalExport.exists(id=export.id):  # erased while it was made
        await storage.remove_versions(key_of(export), exactly=True)
    if is_ready:
        metrics.personal_exports.labels("built").inc()
        logs.log("account.export_built", sizeBytes=size, filesLeftOut=left_out)


async def tend(storage: ObjectStorage) -> None:
    """Remove files past their week, and leave a task for exports that lost theirs. For the worker, now and then.

    Raises StorageUnavailable.
    """
    for export_id in await queries.list_without_task(limit=_AT_ONCE):
        await enqueue(TaskKind.BUILD_EXPORT, {"exportId": str(export_id)}, max_attempts=_TASK_TRIES)
    ended = PersonalExport.filter(state=ExportState.READY.value, expires_at__lte=utc_now())
    for export in await ended.order_by("expires_at").limit(_AT_ONCE):
        await storage.remove_versions(key_of(export), exactly=True)
        await PersonalExport.filter(id=export.id).update(state=ExportState.EXPIRED.value)


def key_of(export: PersonalExport) -> str:
    """Where the ZIP lies."""
    return f"exports/{export.user_id}/{export.id}.zip"


async def _latest(user_id: str) -> PersonalExport | None:
    return await PersonalExport.filter(user_id=user_id).order_by("-requested_at", "-id").first()


def _shown(export: PersonalExport) -> schemas.PersonalExport:
    is_over = export.expires_at is not None and export.expires_at <= utc_now()
    return schemas.PersonalExport(
        status=ExportState.EXPIRED if is_over else export.state,
        requested_at=export.requested_at,
        ready_at=export.ready_at,
        expires_at=export.expires_at,
        size_bytes=export.size_bytes,
        url=None,
        url_expires_at=None,
    )


async def _audit(action: str, user_id: str, actor_type: str, **detail: Any) -> None:
    actor_id = user_id if actor_type == "USER" else None
    await audit(
        action, actor_type=actor_type, actor_id=actor_id, subject_type="USER", subject_id=user_id, detail=detail
    )
