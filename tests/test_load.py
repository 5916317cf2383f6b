"""Does the load mix count what fails and find what is lost?"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sanic import Sanic

from service.database import db
from service.tools.smoke.options import Options
from tests.conftest import TEST_ENVIRONMENT
from tests.factories import make_job
from tests.load import EVERYDAY_MIX, MIX, Failed, Http, Load
from tests.running import Server, running_server


@pytest.fixture(scope="module")
async def server(app: Sanic[Any, Any], database_url: str, object_storage_env: dict[str, str]) -> AsyncIterator[Server]:
    async with running_server({**TEST_ENVIRONMENT, **object_storage_env, "DATABASE_URL": database_url}) as running:
        yield running


@pytest.fixture
async def load(server: Server) -> AsyncIterator[Load]:
    for _ in range(3):
        await make_job()
    async with Load(Options(base_url=server.url), rate_per_second=20, people=3) as mix:
        yield mix


class TestMix:
    async def test_a_healthy_server_fails_nothing_and_loses_nothing(self, load: Load) -> None:
        await load.prepare()
        report = await load.run(6)
        assert report.failures == {}
        assert report.operations.total() > 50
        assert report.writes["account"] == 3
        assert report.writes.total() > 10
        assert await load.verify() == []

    async def test_what_goes_wrong_every_day_is_no_failure(self, server: Server, load: Load) -> None:
        options = Options(base_url=server.url, admin_key=TEST_ENVIRONMENT["ADMIN_API_KEY"])
        wrong = dict.fromkeys(EVERYDAY_MIX.keys() - MIX.keys(), 1)
        async with Load(options, rate_per_second=20, people=2, mix=wrong) as mix:
            await mix.prepare()
            report = await mix.run(3)
        assert report.failures == {}
        assert set(report.statuses) == {200, 201, 401, 404}

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
        "answer",
        [
            b"",
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
            b"nonsense\r\n\r\n",
        ],
    )
    async def test_half_an_answer_is_a_failure(self, answer: bytes) -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with Http(Options()) as http:
            with pytest.raises(Failed, match="broken"):
                await http.request("GET", f"http://127.0.0.1:{port}/", {}, None, keep_alive=True)
        server.close()

    @pytest.mark.parametrize(("keep_alive", "wanted"), [(True, 1), (False, 2)])
    async def test_a_connection_is_used_again_where_that_is_wanted(self, keep_alive: bool, wanted: int) -> None:
        connections = 0

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal connections
            connections += 1
            with contextlib.suppress(asyncio.IncompleteReadError):
                while await reader.readuntil(b"\r\n\r\n"):
                    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n")
                    await writer.drain()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        async with Http(Options()) as http:
            for _ in range(2):
                assert (await http.request("GET", url, {}, None, keep_alive=keep_alive)).content == b"abc"
        assert connections == wanted
        server.close()

    async def test_a_request_is_never_sent_again(self) -> None:
        """The server closes a connection that was used before, with the second request on it."""
        asked = 0

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal asked
            await reader.readuntil(b"\r\n\r\n")
            asked += 1
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            await reader.readuntil(b"\r\n\r\n")
            asked += 1
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        async with Http(Options()) as http:
            await http.request("GET", url, {}, None, keep_alive=True)
            with pytest.raises(Failed, match="broken"):
                await http.request("GET", url, {}, None, keep_alive=True)
        assert asked == 2
        server.close()

    async def test_a_name_of_resolve_leads_to_its_address_and_the_server_hears_the_name(self) -> None:
        heard = b""

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal heard
            heard = await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with Http(Options(resolve={("api.invalid", port): "127.0.0.1"})) as http:
            answer = await http.request("GET", f"http://api.invalid:{port}/", {}, None, keep_alive=True)
        assert answer.status_code == 204
        assert f"Host: api.invalid:{port}\r\n".encode() in heard
        server.close()
