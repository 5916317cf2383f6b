"""Does the load mix count what fails and find what is lost?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sanic import Sanic

from service import db
from service.smoke.load import MIX, Failed, Http, Load
from service.smoke.options import Options
from tests.conftest import TEST_ENVIRONMENT
from tests.factories import make_job
from tests.running import Server, running_server


@pytest.fixture(scope="module")
async def server(app: Sanic[Any, Any], database_url: str, object_storage_env: dict[str, str]) -> AsyncIterator[Server]:
    async with running_server({**TEST_ENVIRONMENT, **object_storage_env, "DATABASE_URL": database_url}) as running:
        yield running


@pytest.fixture
async def load(server: Server) -> AsyncIterator[Load]:
    for _ in range(3):
        await make_job()
    mix = Load(Options(base_url=server.url), rate_per_second=20, people=3)
    yield mix
    mix.close()


class TestMix:
    def test_it_is_a_hundred_per_cent(self) -> None:
        assert sum(MIX.values()) == 100

    async def test_a_healthy_server_fails_nothing_and_loses_nothing(self, load: Load) -> None:
        await load.prepare()
        report = await load.run(6)
        assert report.failures == {}
        assert report.operations.total() > 50
        assert report.writes["account"] == 3
        assert report.writes.total() > 10
        assert await load.verify() == []

    async def test_a_lost_write_is_named(self, load: Load) -> None:
        await load.prepare()
        person = load.people[0]
        while not any(person.saved.values()):
            await load._save(person, keep_alive=True)
        await load._upload(person, keep_alive=False)
        await db.execute("DELETE FROM user_saved_jobs")
        await db.execute("DELETE FROM job_application_documents")
        missing = await load.verify()
        assert any("is not saved" in line for line in missing)
        assert any("document" in line for line in missing)

    async def test_a_server_that_is_away_is_refused_not_raised(self, load: Load) -> None:
        await load.prepare()
        load._base_url = "http://127.0.0.1:9"
        report = await load.run(0.5)
        assert {kind.split(": ")[1] for kind in report.failures} == {"refused"}


class TestHttp:
    @pytest.mark.parametrize(
        ("answer", "kind"),
        [
            (b"", "reset"),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", "reset"),
            (b"nonsense\r\n\r\n", "unreadable"),
        ],
    )
    async def test_half_an_answer_is_a_failure(self, answer: bytes, kind: str) -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        http = Http({}, Options().tls())
        with pytest.raises(Failed, match=kind):
            await http.request("GET", f"http://127.0.0.1:{port}/", {}, None, keep_alive=True)
        server.close()

    async def test_chunks_are_joined_and_the_connection_is_used_again(self) -> None:
        connections = 0

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal connections
            connections += 1
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n")
                await writer.drain()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        http = Http({}, Options().tls())
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        for _ in range(2):
            assert (await http.request("GET", url, {}, None, keep_alive=True)).body == b"abc"
        assert connections == 1
        http.close()
        server.close()
