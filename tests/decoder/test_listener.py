"""Does the decoder answer as its page says, and does the worker wait for it where it is unavailable?"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from service.adapters import decoder
from service.base import metrics
from service.base.settings import Settings, SettingsError, load_settings
from service.decoder import child, children, listener
from service.decoder.children import DecoderFailed
from service.evidence import sandbox
from service.evidence.verdicts import MAX_BYTES, Reason
from service.tasks import domain as tasks
from service.tasks import worker
from service.tasks.models import TaskKind
from tests.base.test_settings import STAGING
from tests.conftest import TEST_ENVIRONMENT
from tests.decoder.conftest import Program
from tests.evidence import corpus

JPEG = "image/jpeg"


@pytest.fixture
async def url() -> AsyncIterator[str]:
    """A decoder that listens on loopback, in this process, with one place."""
    app = listener.create_app(at_once=1, name=f"decoder-{uuid4().hex}")
    app.config.TOUCHUP = False  # it rewrites the class, which the API's tests share
    place = socket.create_server(("127.0.0.1", 0))
    server = await app.create_server(sock=place, return_asyncio_server=True)
    assert server is not None
    await server.startup()
    yield f"http://127.0.0.1:{place.getsockname()[1]}"
    server.server.close()


async def post(url: str, data: bytes, content_type: str = JPEG) -> httpx.Response:
    async with httpx.AsyncClient(timeout=60) as client:
        return await client.post(f"{url}/decode", content=data, headers={"Content-Type": content_type})


def code(answer: httpx.Response) -> str:
    found: str = answer.json()["error"]["code"]
    assert answer.json()["error"]["message"]
    return found


class TestDecode:
    async def test_the_childs_answer_is_the_body(self, url: str) -> None:
        answer = await post(url, corpus.jpeg())
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.content == (await children.run(corpus.jpeg(), JPEG)).answer

    async def test_the_worker_finds_the_same_by_either_way(self, url: str) -> None:
        for data in (corpus.jpeg(), corpus.jpeg()[:200]):
            assert await sandbox.decode(data, JPEG, url=url) == await sandbox.decode(data, JPEG)

    async def test_the_end_of_a_child_is_a_verdict(self, url: str, program: Program) -> None:
        for number, reason in ((24, Reason.DECOMPRESSION_BOMB), (11, Reason.UNDECODABLE)):
            program(f"import signal\n---\nsignal.raise_signal({number})")
            answer = await post(url, b"x")
            assert (answer.status_code, code(answer)) == (422, reason.value)
            assert (await sandbox.decode(b"x", JPEG, url=url)).reason is reason

    async def test_another_type_is_refused(self, url: str) -> None:
        answer = await post(url, b"x", "text/html")
        assert (answer.status_code, code(answer)) == (422, "type_unsupported")
        with pytest.raises(DecoderFailed):
            await sandbox.decode(b"x", "text/html", url=url)

    async def test_the_length_is_said_before(self, url: str) -> None:
        async def pieces() -> AsyncIterator[bytes]:
            yield b"x"

        async with httpx.AsyncClient() as client:
            answer = await client.post(f"{url}/decode", content=pieces(), headers={"Content-Type": JPEG})
        assert (answer.status_code, code(answer)) == (422, "length_required")

    async def test_more_than_may_be_is_refused_unread(self, url: str) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        writer.write(
            b"POST /decode HTTP/1.1\r\nHost: d\r\nContent-Type: image/jpeg\r\n"
            b"Content-Length: %d\r\n\r\n" % (MAX_BYTES + 1)
        )
        answer = await reader.read(2000)
        writer.close()
        assert answer.startswith(b"HTTP/1.1 413")
        assert b'"code":"too_large"' in answer

    async def test_a_child_without_an_answer_is_no_verdict(self, url: str, program: Program) -> None:
        program("raise SystemExit(1)")
        answer = await post(url, b"x")
        assert (answer.status_code, code(answer)) == (503, "decoder_failed")
        assert int(answer.headers["retry-after"]) > 0
        with pytest.raises(DecoderFailed):
            await sandbox.decode(b"x", JPEG, url=url)

    async def test_a_job_that_takes_too_long_is_no_verdict(
        self, url: str, program: Program, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(listener, "_JOB_SECONDS", 2.0)
        program("import threading\nlock = threading.Lock()\nlock.acquire()\n---\nlock.acquire()")
        answer = await post(url, b"x")
        assert (answer.status_code, code(answer)) == (503, "decoder_failed")

    async def test_as_many_run_as_may_and_the_rest_comes_again(
        self, url: str, program: Program, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Twenty at once: one is decoded, nineteen hear so at once, and the place is free afterwards."""
        started, go = asyncio.Event(), asyncio.Event()
        run = children.run

        async def slow(data: bytes, content_type: str, **given: Any) -> children.Ended:
            started.set()
            await go.wait()
            return await run(data, content_type, **given)

        monkeypatch.setattr(children, "run", slow)
        first = asyncio.create_task(post(url, corpus.jpeg()))
        await started.wait()
        others = await asyncio.gather(*(post(url, b"x") for _ in range(19)))
        assert {(answer.status_code, code(answer), answer.headers["retry-after"]) for answer in others} == {
            (503, "decoder_busy", "5")
        }
        go.set()
        assert (await first).status_code == 200
        assert (await post(url, corpus.jpeg())).status_code == 200

    async def test_health_and_nothing_else(self, url: str) -> None:
        async with httpx.AsyncClient() as client:
            assert (await client.get(f"{url}/health")).json() == {"status": "ok"}
            for method, path in (("GET", "/decode"), ("GET", "/"), ("POST", "/health")):
                answer = await client.request(method, url + path)
                assert (answer.status_code, code(answer)) == (404, "not_found")


@pytest.fixture
def nobody() -> str:
    """The address of a decoder that is not there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


class TestUnavailable:
    async def test_it_is_no_verdict(self, nobody: str) -> None:
        with pytest.raises(DecoderFailed):
            await sandbox.decode(corpus.jpeg(), JPEG, url=nobody)

    async def test_it_is_seen(self, url: str, nobody: str, monkeypatch: pytest.MonkeyPatch) -> None:
        for place, expected in ((url, True), (nobody, False)):
            heard: asyncio.Queue[bool] = asyncio.Queue()
            watching = asyncio.create_task(decoder.watch(place, heard.put_nowait))
            assert await heard.get() is expected
            watching.cancel()

    async def test_documents_wait_until_it_is_there_and_nothing_else_does(
        self, app: Any, settings: Settings, capfd: pytest.CaptureFixture[str]
    ) -> None:
        crew = worker.Crew(settings, app.ctx.storage)
        document = {"subject": "identity", "documentId": str(uuid4()), "look": 0, "until": None}
        await tasks.enqueue(TaskKind.VERIFY_DOCUMENT, document)
        crew.hear_of_decoder(False)
        crew.hear_of_decoder(False)
        assert metrics.decoder_up._value.get() == 0
        assert await crew.take() == 0
        await tasks.enqueue(TaskKind.APPLY_WEBHOOK, {"deliveryId": str(uuid4())})
        assert await crew.take() == 1
        crew.wanted.clear()
        crew.hear_of_decoder(True)
        assert crew.wanted.is_set()
        assert await crew.take() == 1
        await crew.drain()
        assert metrics.decoder_up._value.get() == 1
        said = capfd.readouterr().out
        assert (said.count("worker.decoder_unavailable"), said.count("worker.decoder_answers")) == (1, 1)


class TestStart:
    def test_it_imports_nothing_that_could_hold_a_secret(self) -> None:
        text = (
            "import sys; sys.argv = ['service', 'decoder', '--help']\n"
            "import runpy\n"
            "try: runpy.run_module('service', run_name='__main__')\n"
            "except SystemExit: pass\n"
            "print('\\n'.join(sys.modules))"
        )
        done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
        names = set(done.stdout.splitlines())
        assert "service.decoder.listener" in names
        assert not names & {"service.base.settings", "service.cli", "service.database.db", "tortoise", "PIL", "pypdf"}

    async def test_it_does_not_start_where_nothing_confines(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        async def open_door(say: Callable[[str], None]) -> bool:
            return False

        monkeypatch.setattr(listener, "prove", open_door)
        monkeypatch.setattr(listener.Sanic, "run", lambda *_, **__: None)
        monkeypatch.setattr(listener, "hide_memory", lambda: None)
        monkeypatch.setattr(listener.logs, "configure", lambda *_: None)
        monkeypatch.setattr(listener.uvloop, "install", lambda: None)
        for environment, confinable, expected in (
            ("production", True, 1),
            ("production", False, 1),
            ("dev", True, 1),
            ("dev", False, 0),
        ):
            monkeypatch.setattr(listener, "is_confinable", lambda found=confinable: found)
            monkeypatch.setenv("ENVIRONMENT", environment)
            given = ["--port", "1"]
            assert await asyncio.to_thread(listener.main, given) == expected

    async def test_a_worker_that_would_decode_unconfined_does_not_start(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(worker, "is_confinable", lambda: False)
        with pytest.raises(SettingsError, match="DECODER_URL"):
            await worker.main(load_settings(STAGING))

    def test_an_address_of_another_kind_is_refused(self) -> None:
        with pytest.raises(SettingsError, match="DECODER_URL"):
            load_settings(TEST_ENVIRONMENT | {"DATABASE_URL": "postgresql:///x", "DECODER_URL": "decoder:4100"})


@pytest.mark.skipif(not child.is_confinable(), reason="only there a process can be hidden")
def test_our_processes_are_not_dumpable() -> None:
    """Their environment and memory are closed to other processes of the same user."""
    text = (
        "from service.base.processes import hide_memory; import ctypes\n"
        "before = ctypes.CDLL(None).prctl(3, 0, 0, 0, 0); hide_memory()\n"
        "print(before, ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    )
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True, cwd=os.getcwd())
    assert done.stdout.split() == ["1", "0"]
