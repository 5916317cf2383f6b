"""What happens after the answers? The second process: it takes tasks from Postgres and calls features."""

from __future__ import annotations

import asyncio
import functools
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from service.adapters.object_storage import ObjectStorage
from service.audit import domain as audit
from service.auth import cleaning
from service.auth.mails import send_verification_mail
from service.base import logs, metrics
from service.base.settings import Settings
from service.base.version import VERSION
from service.database import db, waiting
from service.evidence.domain import verify_later
from service.health.gauges import gauges
from service.http.errors import StorageUnavailable
from service.leaving.domain import enqueue_due
from service.leaving.erasure import erase_later, sweep_later
from service.notices import domain as notices
from service.notices.sending import send_notice
from service.retention import cleaning as retention
from service.takeout.domain import build_later, tend
from service.tasks import domain as tasks
from service.tasks.models import TaskKind
from service.webhooks.domain import apply_later

Handler = Callable[[dict[str, Any], Settings], Awaitable[None]]
_IDLE_SECONDS, _AWAY_SECONDS, _TASK_SECONDS, _CLEANING_SECONDS = 1.0, 3.0, 120.0, 900.0


async def work(settings: Settings, stop: asyncio.Event) -> None:
    """Run due tasks one after another until `stop`; a task that has begun is finished first. Cleans every 15 minutes."""
    audit.configure(settings.audit_key_ring)
    await db.open_database(db.tortoise_config(settings.database_url, pool_max=3, application_name="jembatan-worker"))
    await waiting.look_at_database()
    metrics.build.info({"version": VERSION, "environment": settings.environment})
    gauges.attach()
    storage = ObjectStorage(settings)
    await storage.open()
    stop_metrics = metrics.serve(settings.metrics_port) if settings.metrics_port else None
    clean_at = 0.0
    try:
        while not stop.is_set():
            try:
                if time.monotonic() >= clean_at:
                    await cleaning.clean(settings)
                    await notices.clean()
                    await retention.clean(settings)
                    await enqueue_due()
                    with suppress(StorageUnavailable):  # next time
                        await tend(storage)
                    clean_at = time.monotonic() + _CLEANING_SECONDS
                busy = await run_one(settings, storage)
            except Exception as error:
                if not db.is_unavailable(error):
                    raise
                waiting.absence.say(error)
                await _pause(stop, _AWAY_SECONDS)
                continue
            if not busy:
                await _pause(stop, _IDLE_SECONDS)
    finally:
        if stop_metrics is not None:
            stop_metrics()
        gauges.detach()
        await storage.close()
        await db.close_database()


def handlers(storage: ObjectStorage | None) -> dict[TaskKind, Handler]:
    """What runs each kind of task; without `storage` the kinds that need it are left out."""
    found: dict[TaskKind, Handler] = {
        TaskKind.SEND_NOTICE: send_notice,
        TaskKind.SEND_VERIFICATION_MAIL: send_verification_mail,
        TaskKind.APPLY_WEBHOOK: apply_later,
    }
    if storage is not None:
        found |= {
            TaskKind.VERIFY_DOCUMENT: functools.partial(verify_later, storage=storage),
            TaskKind.ERASE_ACCOUNT: functools.partial(erase_later, storage=storage),
            TaskKind.SWEEP_ACCOUNT: functools.partial(sweep_later, storage=storage),
            TaskKind.BUILD_EXPORT: functools.partial(build_later, storage=storage),
        }
    return found


async def run_one(settings: Settings, storage: ObjectStorage | None = None) -> bool:
    """Take and run one due task. Returns whether there was one. Without `storage` tasks that need it are left alone."""
    known = handlers(storage)
    task = await tasks.take(known)
    if task is None:
        return False
    try:
        async with asyncio.timeout(_TASK_SECONDS):
            await known[task.kind](task.payload, settings)
    except Exception as error:
        given_up = await tasks.fail(task, error)
        logs.log(
            "worker.task_failed",
            level="error" if given_up else "warn",
            kind=task.kind,
            attempts=task.attempts,
            givenUp=given_up,
            errorName=type(error).__name__,
        )
        return True
    await tasks.finish(task)
    return True


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return


async def main(settings: Settings) -> None:
    """Work until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    logs.log("worker.started")
    await work(settings, stop)
    logs.log("worker.stopped")
