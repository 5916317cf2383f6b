"""Does a task survive a crash, run once at a time, and does a mail leave without its request waiting for it?"""

from __future__ import annotations

import asyncio
import email
import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sanic import Sanic

from service.adapters import mail
from service.base.settings import Settings
from service.database import db
from service.tasks import domain as tasks
from service.tasks import worker
from service.tasks.models import TaskKind
from tests.inbox import Inbox


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
        assert await worker.run_one(smtp)
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
            assert await worker.run_one(smtp)
            assert not await worker.run_one(smtp)  # it waits before the next try
            ((state, attempts, payload),) = await states()
            assert (state, attempts) == ("failed" if attempt == 10 else "waiting", attempt)
            assert (payload == {}) == (attempt == 10)
            await db.execute("UPDATE background_tasks SET run_at = now()")
        assert not await worker.run_one(smtp)

    async def test_a_server_that_is_away_is_a_failure_not_a_crash(
        self, app: Sanic[Any, Any], settings: Settings, unused_tcp_port: int
    ) -> None:
        address = f"smtp://127.0.0.1:{unused_tcp_port}"
        away = settings.model_copy(update={"auth_email_provider": "smtp", "smtp_url": address})
        with pytest.raises(mail.MailNotSent):
            await mail.send_mail(away, to="a@mailbox.test", subject="x", text="x")

    async def test_dev_keeps_mails_in_a_folder(
        self, app: Sanic[Any, Any], settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(mail, "MAIL_FOLDER", tmp_path)
        await mail.send_mail(settings, to="a@mailbox.test", subject="Hello", text="Text")
        (kept,) = tmp_path.glob("*.eml")
        assert email.message_from_bytes(kept.read_bytes())["To"] == "a@mailbox.test"


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


class TestTasks:
    async def test_twenty_workers_share_one_task(self, app: Sanic[Any, Any]) -> None:
        await tasks.enqueue(TaskKind.APPLY_WEBHOOK, {"n": 1})
        taken = await asyncio.gather(*(tasks.take([TaskKind.APPLY_WEBHOOK]) for _ in range(20)))
        assert len([task for task in taken if task is not None]) == 1

    async def test_a_task_of_a_dead_worker_comes_back(self, app: Sanic[Any, Any]) -> None:
        await tasks.enqueue(TaskKind.APPLY_WEBHOOK, {"n": 1})
        first = await tasks.take([TaskKind.APPLY_WEBHOOK])
        assert first is not None
        assert await tasks.take([TaskKind.APPLY_WEBHOOK]) is None
        await db.execute("UPDATE background_tasks SET locked_until = now() - interval '1 second'")
        second = await tasks.take([TaskKind.APPLY_WEBHOOK])
        assert second is not None
        assert second.attempts == 2
        await tasks.finish(first)  # too late: the task is somebody else's now
        assert (await states())[0][0] == "running"
        await tasks.finish(second)
        assert (await states())[0][0] == "done"

    async def test_a_task_of_a_rolled_back_change_does_not_exist(self, app: Sanic[Any, Any]) -> None:
        from tortoise.transactions import in_transaction

        with pytest.raises(ZeroDivisionError):
            async with in_transaction():
                await tasks.enqueue(TaskKind.APPLY_WEBHOOK, {})
                raise ZeroDivisionError
        assert await states() == []

    async def test_unknown_kinds_are_left_alone(self, app: Sanic[Any, Any], settings: Settings) -> None:
        await db.execute("INSERT INTO background_tasks (id, kind) VALUES ($1, 'of_a_newer_version')", uuid4())
        assert not await worker.run_one(settings)
