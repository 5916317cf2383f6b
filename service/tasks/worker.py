"""What happens after the answers? The second process: it takes tasks from Postgres and calls features."""

from __future__ import annotations

import asyncio
import functools
import signal
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from service.adapters import decoder
from service.adapters.object_storage import ObjectStorage
from service.audit import domain as audit
from service.audit.sealing import Sealer
from service.auth import cleaning
from service.auth.mails import send_verification_mail
from service.base import logs, metrics
from service.base.settings import Settings, SettingsError
from service.base.version import VERSION
from service.database import db, roles, waiting
from service.database.listening import Listener
from service.decoder.child import is_confinable
from service.evidence.domain import enqueue_copies, enqueue_unread, verify_later
from service.health.gauges import gauges
from service.http.errors import StorageUnavailable
from service.leaving.erasure import enqueue_due, erase_later, sweep_later
from service.looks.sealing import SEAL_SECONDS, seal_everything
from service.notices.sending import send_notice
from service.retention import cleaning as retention
from service.takeout.domain import build_later, tend
from service.tasks import domain as tasks
from service.tasks.models import TaskKind
from service.webhooks.domain import apply_later

Handler = Callable[[dict[str, Any], Settings], Awaitable[None]]
_IDLE_SECONDS, _AWAY_SECONDS, _TASK_SECONDS, _CLEANING_SECONDS, _SEALING_SECONDS = 1.0, 3.0, 120.0, 900.0, 1.0
AT_ONCE: Mapping[TaskKind, int] = {
    TaskKind.SEND_NOTICE: 4,
    TaskKind.SEND_VERIFICATION_MAIL: 4,
    TaskKind.APPLY_WEBHOOK: 2,
    TaskKind.VERIFY_DOCUMENT: 1,  # decoding one may take most of a pod's memory
    TaskKind.ERASE_ACCOUNT: 1,
    TaskKind.SWEEP_ACCOUNT: 1,
    TaskKind.BUILD_EXPORT: 1,
}
"""How many tasks of a kind one worker runs at once."""


async def work(settings: Settings, stop: asyncio.Event) -> None:
    """Run due tasks until `stop`; those that have begun are finished first.

    Seals audit rows each second and looks each minute; cleans every 15 minutes.
    """
    audit.configure(settings.audit_key_ring)
    await db.open_database(db.tortoise_config(settings.database_url, pool_max=3, application_name="jembatan-worker"))
    await waiting.look_at_database()
    await audit.look_at_key()
    await roles.say_unprotected()
    metrics.build.info({"version": VERSION, "environment": settings.environment})
    gauges.attach()
    storage = ObjectStorage(settings)
    await storage.open()
    stop_metrics = metrics.serve(settings.metrics_port) if settings.metrics_port else None
    crew = Crew(settings, storage)
    listener = Listener(
        settings.direct_url,
        tasks.CHANNEL,
        application_name="jembatan-worker-listener",
        heard=crew.wanted.set,
        changed=lambda does: metrics.tasks_listening.set(does),
    )
    around = [asyncio.create_task(listener.run())]
    metrics.decoder_up.set(1)
    if settings.decoder_url:
        around.append(asyncio.create_task(decoder.watch(settings.decoder_url, crew.hear_of_decoder)))
    sealer = Sealer(settings.audit_key_ring)
    clean_at = seal_at = seal_looks_at = 0.0
    try:
        while not stop.is_set():
            pause = _IDLE_SECONDS
            try:
                if time.monotonic() >= clean_at:
                    await cleaning.clean(settings)
                    await retention.clean(settings)
                    await enqueue_due()
                    await enqueue_unread()
                    await enqueue_copies()
                    with suppress(StorageUnavailable):  # next time
                        await tend(storage)
                    clean_at = time.monotonic() + _CLEANING_SECONDS
                if time.monotonic() >= seal_at:
                    await _seal(sealer)
                    seal_at = time.monotonic() + _SEALING_SECONDS
                if time.monotonic() >= seal_looks_at:
                    await seal_everything(settings)
                    seal_looks_at = time.monotonic() + SEAL_SECONDS
                await crew.take()
            except Exception as error:
                if not db.is_unavailable(error):
                    raise
                waiting.absence.say(error)
                pause = _AWAY_SECONDS
                crew.wanted.clear()
            await _pause(pause, stop, crew.wanted)
    finally:
        for one in around:
            one.cancel()
        await asyncio.wait(around)
        await crew.drain()
        if stop_metrics is not None:
            stop_metrics()
        gauges.detach()
        await storage.close()
        await db.close_database()


async def _seal(sealer: Sealer) -> None:
    """Seal what waits. An erasure changes the same rows in an order of its own: who loses against it seals a second later."""
    try:
        await sealer.seal()
    except Exception as error:
        if not db.is_deadlock(error):
            raise


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


class Crew:
    """The tasks that one worker runs: of each kind some at once, so that a slow kind holds up no other.

    A task is taken only when it can begin, so its lease covers its work. Without `storage` tasks that need it are left
    alone.
    """

    def __init__(self, settings: Settings, storage: ObjectStorage | None = None) -> None:
        self._settings = settings
        self._handlers = handlers(storage)
        self._free = {kind: AT_ONCE[kind] for kind in self._handlers}
        self._more: set[TaskKind] = set()
        self._running: set[asyncio.Task[None]] = set()
        self._held: frozenset[TaskKind] = frozenset()
        self._mistakes: list[BaseException] = []
        self.wanted = asyncio.Event()
        """Set when there is reason to `take` again: somebody left a task, or a place is free for one that waits."""

    async def take(self) -> int:
        """Take due tasks for the places that are free, and begin them. Returns how many. One statement.

        Raises what is unavailable, and the first mistake of the machinery around a task; a task's own errors are counted.
        """
        self.wanted.clear()
        if self._mistakes:
            raise self._mistakes.pop(0)
        places = {kind: free for kind, free in self._free.items() if free and kind not in self._held}
        if not places:
            return 0
        taken = await tasks.take(places)
        self._more -= places.keys()
        for task in taken:
            self._free[task.kind] -= 1
            if self._free[task.kind] == 0:
                self._more.add(task.kind)
            running = asyncio.create_task(_run(task, self._handlers[task.kind], self._settings))
            self._running.add(running)
            running.add_done_callback(functools.partial(self._end, task.kind))
        return len(taken)

    def hear_of_decoder(self, is_there: bool) -> None:
        """Leave documents waiting while nobody can decode them: their tries are not used up."""
        held = frozenset() if is_there else frozenset({TaskKind.VERIFY_DOCUMENT})
        metrics.decoder_up.set(is_there)
        if held == self._held:
            return
        self._held = held
        logs.log(
            "worker.decoder_answers" if is_there else "worker.decoder_unavailable", level="info" if is_there else "warn"
        )
        self.wanted.set()

    async def drain(self) -> None:
        """Wait for the tasks that have begun."""
        while self._running:
            await asyncio.wait(self._running)
        if self._mistakes:
            raise self._mistakes.pop(0)

    def _end(self, kind: TaskKind, running: asyncio.Task[None]) -> None:
        self._running.discard(running)
        self._free[kind] += 1
        error = None if running.cancelled() else running.exception()
        if error is not None and db.is_unavailable(error):
            waiting.absence.say(error)  # its lease runs out, and it is taken again
        elif error is not None:
            self._mistakes.append(error)
        if kind in self._more or self._mistakes:
            self.wanted.set()


async def _run(task: tasks.Task, handler: Handler, settings: Settings) -> None:
    try:
        async with asyncio.timeout(_TASK_SECONDS):
            await handler(task.payload, settings)
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
        return
    await tasks.finish(task)


async def _pause(seconds: float, *reasons: asyncio.Event) -> None:
    """Wait so long, or until one of the events is set."""
    waits = [asyncio.create_task(reason.wait()) for reason in reasons]
    await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for one in waits:
        one.cancel()


async def main(settings: Settings) -> None:
    """Work until SIGINT or SIGTERM. Raises SettingsError where nothing would confine what decodes uploads."""
    if not (settings.is_dev or settings.decoder_url or is_confinable()):
        raise SettingsError("DECODER_URL is not set, and this system cannot confine what decodes uploads")
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    logs.log("worker.started")
    await work(settings, stop)
    logs.log("worker.stopped")
