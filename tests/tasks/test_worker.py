"""Does a task survive a crash, run once at a time, and does a mail leave without its request waiting for it?"""

from __future__ import annotations

import asyncio
import contextlib
import email
import functools
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import asyncpg
import httpx
import pytest
from prometheus_client import REGISTRY
from sanic import Sanic
from tortoise.exceptions import OperationalError
from tortoise.transactions import in_transaction

from service.adapters import mail
from service.base.settings import Settings
from service.database import db
from service.database import listening as db_listening
from service.health.gauges import gauges
from service.tasks import domain as tasks
from service.tasks import worker
from service.tasks.models import TaskKind
from tests.conftest import TEST_ENVIRONMENT
from tests.inbox import Inbox
from tests.running import Detour
from tests.working import run_due


async def states() -> list[tuple[str, int, Any]]:
    rows = await db.fetch_all("SELECT state, attempts, payload_json FROM background_tasks ORDER BY created_at")
    return [(row["state"], row["attempts"], row["payload_json"]) for row in rows]


class TestMail:
    async def test_the_code_of_a_new_account_arrives(
        self, api: httpx.AsyncClient, smtp: Settings, inbox: tuple[Inbox, str], capfd: pytest.CaptureFixture[str]
    ) -> None:
        body = {"fullName": "Rina Contoh", "email": "rina@mailbox.test", "password": "eight888"}
        answer = await api.post("/auth/register", json=body, headers={"Accept-Language": "id"})
        code = answer.json()["emailVerification"]["developmentCode"]
        capfd.readouterr()
        assert await run_due(smtp)
        (sent,) = inbox[0].mails
        assert sent.rcpt_tos == ["rina@mailbox.test"]
        assert isinstance(sent.content, bytes)
        message = email.message_from_bytes(sent.content)
        assert message["Subject"] == "Kode verifikasi Anda"
        assert code in str(message.get_payload())
        assert await states() == [("done", 1, {})]
        lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
        assert [line["event"] for line in lines] == ["auth.email_verification.sent"]
        assert "rina" not in json.dumps(lines)
        assert code not in json.dumps(lines)

    async def test_a_refused_mail_is_tried_again_and_given_up_at_the_end(
        self, api: httpx.AsyncClient, smtp: Settings, inbox: tuple[Inbox, str]
    ) -> None:
        inbox[0].refuses = True
        body = {"fullName": "Rina Contoh", "email": "rina@mailbox.test", "password": "eight888"}
        assert (await api.post("/auth/register", json=body)).status_code == 201
        for attempt in range(1, 11):
            assert await run_due(smtp)
            assert not await run_due(smtp)  # it waits before the next try
            ((state, attempts, payload),) = await states()
            assert (state, attempts) == ("failed" if attempt == 10 else "waiting", attempt)
            assert (payload == {}) == (attempt == 10)
            await db.execute("UPDATE background_tasks SET run_at = now()")
        assert not await run_due(smtp)

    async def test_a_server_that_is_away_is_a_failure_not_a_crash(
        self, app: Sanic[Any, Any], settings: Settings, unused_tcp_port: int
    ) -> None:
        address = f"smtp://127.0.0.1:{unused_tcp_port}"
        away = settings.model_copy(update={"auth_email_provider": "smtp", "smtp_url": address})
        with pytest.raises(mail.MailNotSent):
            await mail.send_mail(away, to="a@mailbox.test", subject="x", text="x")

    async def test_outside_dev_nothing_is_said_in_clear(self, smtp: Settings, inbox: tuple[Inbox, str]) -> None:
        address = inbox[1].replace("://", "://user:geheim@")
        staging = smtp.model_copy(update={"environment": "staging", "smtp_url": address})
        with pytest.raises(mail.MailNotSent):
            await mail.send_mail(staging, to="a@mailbox.test", subject="x", text="x")
        assert inbox[0].mails == []
        await mail.send_mail(smtp, to="a@mailbox.test", subject="x", text="x")
        assert len(inbox[0].mails) == 1

    async def test_dev_keeps_mails_in_a_folder(
        self, app: Sanic[Any, Any], settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(mail, "MAIL_FOLDER", tmp_path)
        await mail.send_mail(settings, to="a@mailbox.test", subject="Hello", text="Text")
        (kept,) = tmp_path.glob("*.eml")
        assert email.message_from_bytes(kept.read_bytes())["To"] == "a@mailbox.test"


class TestSealing:
    async def test_who_loses_against_an_erasure_seals_later(self, monkeypatch: pytest.MonkeyPatch) -> None:
        class Lost:
            async def seal(self) -> int:
                raise OperationalError("deadlock detected") from asyncpg.DeadlockDetectedError("deadlock detected")

        class Wrong:
            async def seal(self) -> int:
                raise OperationalError("no such table") from asyncpg.UndefinedTableError("no such table")

        await worker._seal(cast(Any, Lost()))
        with pytest.raises(OperationalError):
            await worker._seal(cast(Any, Wrong()))


class TestKinds:
    async def test_each_has_a_handler_and_no_handler_is_of_another(self, app: Sanic[Any, Any]) -> None:
        assert set(worker.handlers(app.ctx.storage)) == set(TaskKind)

    async def test_without_a_store_only_what_needs_one_waits(self, app: Sanic[Any, Any]) -> None:
        waiting = {
            TaskKind.VERIFY_DOCUMENT,
            TaskKind.ERASE_ACCOUNT,
            TaskKind.SWEEP_ACCOUNT,
            TaskKind.BUILD_EXPORT,
        }
        assert set(TaskKind) - set(worker.handlers(None)) == waiting

    async def test_gauges_and_features_know_nothing_of_the_worker(self) -> None:
        code = """
import asyncio, sys
import service.auth.verification, service.evidence.domain, service.webhooks.domain
from service.health.gauges import gauges

async def attach():
    gauges.attach()

asyncio.run(attach())
print(*sys.modules)
"""
        done = await asyncio.to_thread(
            subprocess.run, (sys.executable, "-c", code), capture_output=True, text=True, check=True, timeout=60
        )
        assert "service.tasks.models" in done.stdout.split()
        assert "service.tasks.worker" not in done.stdout.split()


async def take_one() -> tasks.Task | None:
    taken = await tasks.take({TaskKind.APPLY_WEBHOOK: 1})
    return taken[0] if taken else None


class TestTasks:
    async def test_twenty_workers_share_one_task(self, app: Sanic[Any, Any]) -> None:
        await tasks.enqueue(TaskKind.APPLY_WEBHOOK, {"n": 1})
        taken = await asyncio.gather(*(take_one() for _ in range(20)))
        assert len([task for task in taken if task is not None]) == 1

    async def test_a_task_of_a_dead_worker_comes_back(self, app: Sanic[Any, Any]) -> None:
        await tasks.enqueue(TaskKind.APPLY_WEBHOOK, {"n": 1})
        first = await take_one()
        assert first is not None
        assert await take_one() is None
        await db.execute("UPDATE background_tasks SET locked_until = now() - interval '1 second'")
        second = await take_one()
        assert second is not None
        assert second.attempts == 2
        await tasks.finish(first)  # too late: the task is somebody else's now
        assert (await states())[0][0] == "running"
        await tasks.finish(second)
        assert (await states())[0][0] == "done"

    async def test_a_batch_is_what_is_due_longest_of_each_kind(self, app: Sanic[Any, Any]) -> None:
        for number in range(5):
            await tasks.enqueue(TaskKind.VERIFY_DOCUMENT, {"n": number})
        await tasks.enqueue(TaskKind.SEND_VERIFICATION_MAIL, {"n": 5})
        await tasks.enqueue(TaskKind.SEND_VERIFICATION_MAIL, {"n": 6}, delay=timedelta(hours=1))
        await tasks.enqueue(TaskKind.APPLY_WEBHOOK, {"n": 7})
        taken = await tasks.take({TaskKind.VERIFY_DOCUMENT: 2, TaskKind.SEND_VERIFICATION_MAIL: 4})
        assert sorted(task.payload["n"] for task in taken) == [0, 1, 5]

    async def test_batches_taken_at_once_share_no_task(self, app: Sanic[Any, Any]) -> None:
        for number in range(30):
            await tasks.enqueue(TaskKind.APPLY_WEBHOOK, {"n": number})
        batches = await asyncio.gather(*(tasks.take({TaskKind.APPLY_WEBHOOK: 4}) for _ in range(10)))
        numbers = [task.payload["n"] for batch in batches for task in batch]
        assert len(numbers) == len(set(numbers))
        assert await tasks.take({TaskKind.APPLY_WEBHOOK: 30 - len(numbers)}) != [] or len(numbers) == 30
        assert await tasks.take({TaskKind.APPLY_WEBHOOK: 1}) == []

    async def test_a_task_of_a_rolled_back_change_does_not_exist(self, app: Sanic[Any, Any]) -> None:
        with pytest.raises(ZeroDivisionError):
            async with in_transaction():
                await tasks.enqueue(TaskKind.APPLY_WEBHOOK, {})
                raise ZeroDivisionError
        assert await states() == []

    async def test_unknown_kinds_are_left_alone(self, app: Sanic[Any, Any], settings: Settings) -> None:
        await db.execute("INSERT INTO background_tasks (id, kind) VALUES ($1, 'of_a_newer_version')", uuid4())
        assert not await run_due(settings)


class Work:
    """Stands in for the handlers: notes what runs, and lets it end when told."""

    def __init__(self) -> None:
        self.begun: list[tuple[TaskKind, int]] = []
        self.now = Counter[TaskKind]()
        self.most = Counter[TaskKind]()
        self.may_end = {kind: asyncio.Event() for kind in TaskKind}

    def handlers(self, _: object) -> dict[TaskKind, worker.Handler]:
        return {kind: functools.partial(self.run, kind) for kind in TaskKind}

    async def run(self, kind: TaskKind, payload: dict[str, Any], _: Settings) -> None:
        self.begun.append((kind, payload["n"]))
        self.now[kind] += 1
        self.most[kind] = max(self.most[kind], self.now[kind])
        await self.may_end[kind].wait()
        self.now[kind] -= 1


@pytest.fixture
def work(app: Sanic[Any, Any], monkeypatch: pytest.MonkeyPatch) -> Work:
    doing = Work()
    monkeypatch.setattr(worker, "handlers", doing.handlers)
    return doing


async def until(condition: Callable[[], bool | Awaitable[bool]]) -> None:
    async with asyncio.timeout(120):
        while True:
            found = condition()
            if found is True or (not isinstance(found, bool) and await found):
                return
            await asyncio.sleep(0.005)


async def are_done(count: int) -> bool:
    done: int = await db.fetch_value("SELECT count(*) FROM background_tasks WHERE state = 'done'")
    return done == count


@contextlib.asynccontextmanager
async def at_work(settings: Settings) -> AsyncIterator[asyncio.Event]:
    """A worker in this process, until the end of the block or until the event is set."""
    stop = asyncio.Event()
    working = asyncio.create_task(worker.work(settings, stop))
    try:
        yield stop
    finally:
        stop.set()
        await working
        gauges.attach()  # those of the application


@pytest.fixture
def only_notices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_IDLE_SECONDS", 3600.0)


class TestManyAtOnce:
    def test_each_kind_has_a_number(self) -> None:
        assert set(worker.AT_ONCE) == set(TaskKind)
        assert all(number > 0 for number in worker.AT_ONCE.values())

    async def test_a_slow_kind_holds_up_no_other(self, work: Work, settings: Settings) -> None:
        """The mails pass a hundred documents that wait, one of which does not end."""
        for number in range(100):
            await tasks.enqueue(TaskKind.VERIFY_DOCUMENT, {"n": number})
        for number in range(10):
            await tasks.enqueue(TaskKind.SEND_VERIFICATION_MAIL, {"n": number})
        work.may_end[TaskKind.SEND_VERIFICATION_MAIL].set()
        async with at_work(settings):
            await until(lambda: are_done(10))
            assert work.now[TaskKind.VERIFY_DOCUMENT] == 1
            for event in work.may_end.values():
                event.set()

    async def test_no_more_of_a_kind_run_than_it_has_places(self, work: Work, settings: Settings) -> None:
        everything = 10 * len(TaskKind)
        for kind in TaskKind:
            for number in range(10):
                await tasks.enqueue(kind, {"n": number})
        async with at_work(settings):
            await until(lambda: work.now == worker.AT_ONCE)
            for event in work.may_end.values():
                event.set()
            await until(lambda: are_done(everything))
        assert work.most == worker.AT_ONCE
        assert len(work.begun) == len(set(work.begun)) == everything

    async def test_what_has_begun_is_finished_before_a_worker_stops(self, work: Work, settings: Settings) -> None:
        for number in range(6):
            await tasks.enqueue(TaskKind.SEND_VERIFICATION_MAIL, {"n": number})
        async with at_work(settings) as stop:
            await until(lambda: len(work.begun) == 4)
            stop.set()
            await asyncio.sleep(0.05)
            work.may_end[TaskKind.SEND_VERIFICATION_MAIL].set()
        assert sorted(state for state, _, _ in await states()) == ["done"] * 4 + ["waiting"] * 2

    async def test_a_mistake_around_a_task_ends_the_worker(
        self, work: Work, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def broken(_: tasks.Task) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(tasks, "finish", broken)
        work.may_end[TaskKind.APPLY_WEBHOOK].set()
        await tasks.enqueue(TaskKind.APPLY_WEBHOOK, {"n": 1})
        with pytest.raises(ZeroDivisionError):
            async with at_work(settings):
                await asyncio.sleep(0.5)
        gauges.attach()

    async def test_two_workers_do_everything_once_and_the_batch_of_a_killed_one_again(
        self,
        app: Sanic[Any, Any],
        settings: Settings,
        database_url: str,
        object_storage_env: dict[str, str],
        inbox: tuple[Inbox, str],
    ) -> None:
        """The killed one has taken mails, none of which left: its mail server never answers."""

        async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()
            writer.close()

        mute = await asyncio.start_server(swallow, "127.0.0.1", 0)
        port = mute.sockets[0].getsockname()[1]
        environment = {**os.environ, **TEST_ENVIRONMENT, **object_storage_env, "DATABASE_URL": database_url}
        environment |= {"AUTH_EMAIL_PROVIDER": "smtp", "AUTH_EMAIL_FROM": "hello@example.com"}

        async def start(smtp_url: str) -> asyncio.subprocess.Process:
            return await asyncio.create_subprocess_exec(
                sys.executable, "-m", "service", "worker", env=environment | {"SMTP_URL": smtp_url}
            )

        async def are_running(count: int) -> bool:
            return [state for state, _, _ in await states()].count("running") == count

        for number in range(12):
            payload = {"to": f"{number}@mailbox.test", "code": "123456", "ttlSeconds": 600, "language": "en"}
            await tasks.enqueue(TaskKind.SEND_VERIFICATION_MAIL, payload)
        killed = await start(f"smtp://127.0.0.1:{port}")
        await until(lambda: are_running(4))
        killed.kill()
        await killed.wait()

        async def both_listen() -> bool:
            return bool(
                await db.fetch_value(
                    "SELECT count(*) = 2 FROM pg_stat_activity"
                    " WHERE datname = current_database() AND application_name = 'jembatan-worker-listener'"
                )
            )

        workers = [await start(inbox[1]) for _ in range(2)]
        try:
            await until(both_listen)  # a worker that is still starting would be ended by the signal below
            await until(lambda: are_done(8))
            assert await are_running(4)
            await db.execute("UPDATE background_tasks SET locked_until = now() WHERE state = 'running'")
            await until(lambda: are_done(12))
        finally:
            for one in workers:
                one.terminate()
            assert [await one.wait() for one in workers] == [0, 0]
            mute.close()
        assert sorted(mail.rcpt_tos[0] for mail in inbox[0].mails) == sorted(f"{n}@mailbox.test" for n in range(12))
        assert Counter(attempts for _, attempts, _ in await states()) == {1: 8, 2: 4}


def listening() -> bool:
    return REGISTRY.get_sample_value("tasks_listening") == 1


class TestHearing:
    @pytest.mark.usefixtures("only_notices")
    async def test_a_task_is_begun_when_it_is_committed(self, work: Work, settings: Settings) -> None:
        work.may_end[TaskKind.APPLY_WEBHOOK].set()
        async with at_work(settings):
            await until(listening)
            for number in range(3):
                async with in_transaction():
                    await tasks.enqueue(TaskKind.APPLY_WEBHOOK, {"n": number})
                await until(lambda count=number + 1: are_done(count))  # type: ignore[misc]
        assert not listening()

    @pytest.mark.usefixtures("only_notices")
    async def test_what_came_before_is_not_forgotten(
        self, work: Work, settings: Settings, unused_tcp_port: int
    ) -> None:
        """The listener gets its connection last; what was left meanwhile is taken then."""
        work.may_end[TaskKind.APPLY_WEBHOOK].set()
        detour = Detour(settings.database_url)
        async with at_work(settings.model_copy(update={"database_direct_url": detour.url})):
            await asyncio.sleep(0.1)
            await tasks.enqueue(TaskKind.APPLY_WEBHOOK, {"n": 1})
            assert not await are_done(1)
            await detour.open()
            await until(lambda: are_done(1))
        await detour.close()

    def test_a_refused_address_is_named(self, settings: Settings, capfd: pytest.CaptureFixture[str]) -> None:
        listener = db_listening.Listener("", "x", application_name="x", heard=lambda: None, changed=lambda _: None)
        listener._tell(True)
        listener._tell(False, asyncpg.InvalidPasswordError("password authentication failed"))
        (line,) = [line for line in capfd.readouterr().out.splitlines() if "database.not_listening" in line]
        said = json.loads(line)["message"]
        assert "refuses the user or the password (DATABASE_DIRECT_URL;" in said

    async def test_without_a_listener_workers_ask(
        self, work: Work, settings: Settings, unused_tcp_port: int, capfd: pytest.CaptureFixture[str]
    ) -> None:
        work.may_end[TaskKind.APPLY_WEBHOOK].set()
        nowhere = f"postgresql://u:p@127.0.0.1:{unused_tcp_port}/none"
        async with at_work(settings.model_copy(update={"database_direct_url": nowhere})):
            await asyncio.sleep(0.1)
            await tasks.enqueue(TaskKind.APPLY_WEBHOOK, {"n": 1})
            await until(lambda: are_done(1))
            assert not listening()
        (line,) = [line for line in capfd.readouterr().out.splitlines() if "database.not_listening" in line]
        assert "nothing listens at its address" in line
        assert str(unused_tcp_port) not in line

    @pytest.mark.usefixtures("only_notices")
    async def test_a_lost_connection_is_made_again(self, work: Work, settings: Settings) -> None:
        work.may_end[TaskKind.APPLY_WEBHOOK].set()
        detour = Detour(settings.database_url)
        await detour.open()
        async with at_work(settings.model_copy(update={"database_direct_url": detour.url})):
            await until(listening)
            await tasks.enqueue(TaskKind.APPLY_WEBHOOK, {"n": 0})
            await until(lambda: are_done(1))  # it has looked once
            await detour.close()
            await until(lambda: not listening())
            await tasks.enqueue(TaskKind.APPLY_WEBHOOK, {"n": 1})
            await detour.open()
            await until(lambda: are_done(2))
            assert listening()
        await detour.close()

    async def test_a_connection_that_swallows_notices_counts_as_none(
        self, work: Work, settings: Settings, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        """As behind a pooler, or when the other end is gone: nothing comes back of what is sent to oneself."""

        async def swallowed(*_: object) -> None:
            pass

        states: list[bool] = []
        monkeypatch.setattr(db_listening, "PROBE_SECONDS", 0.02)
        monkeypatch.setattr(db_listening, "_ANSWER_SECONDS", 0.2)
        listener = db_listening.Listener(
            settings.direct_url, "some_channel", application_name="tests", heard=lambda: None, changed=states.append
        )
        running = asyncio.create_task(listener.run())
        await until(lambda: states == [True])
        capfd.readouterr()
        with monkeypatch.context() as patch:
            patch.setattr(db_listening.db, "fetch_value", swallowed)
            await until(lambda: states == [True, False])
        await until(lambda: states == [True, False, True])
        running.cancel()
        await asyncio.wait([running])
        assert states[-1] is False
        assert "notices do not arrive" in capfd.readouterr().out

    async def test_only_a_committed_task_that_is_due_is_said(self, app: Sanic[Any, Any], settings: Settings) -> None:
        heard: list[str] = []
        connection = await asyncpg.connect(settings.direct_url)
        await connection.add_listener(tasks.CHANNEL, lambda *notice: heard.append(notice[3]))
        await tasks.enqueue(TaskKind.APPLY_WEBHOOK, {}, delay=timedelta(seconds=5))
        with pytest.raises(ZeroDivisionError):
            async with in_transaction():
                await tasks.enqueue(TaskKind.APPLY_WEBHOOK, {})
                raise ZeroDivisionError
        known = uuid4()
        async with in_transaction():
            for _ in range(3):
                await tasks.enqueue(TaskKind.APPLY_WEBHOOK, {}, task_id=known)
            await tasks.enqueue(TaskKind.APPLY_WEBHOOK, {})
            await asyncio.sleep(0.05)
            assert heard == []
        await tasks.enqueue(TaskKind.APPLY_WEBHOOK, {}, task_id=known)
        await until(lambda: bool(heard))
        await connection.execute("SELECT 1")
        await connection.close()
        assert heard == [""]
