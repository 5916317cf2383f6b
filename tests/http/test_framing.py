"""Is every request refused that two programs could read differently?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sanic import Sanic

from tests.conftest import TEST_ENVIRONMENT
from tests.running import Server, running_server

HOST = b"Host: api.test\r\n"
CHUNKED = b"POST /auth/login HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"
SECOND = b"GET /health HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"


@pytest.fixture
async def server(app: Sanic[Any, Any], database_url: str, object_storage_env: dict[str, str]) -> AsyncIterator[Server]:
    environment = {
        **TEST_ENVIRONMENT,
        **object_storage_env,
        "DATABASE_URL": database_url,
        "PUBLIC_BASE_URL": "https://api.test",
    }
    async with running_server(environment) as running:
        yield running


async def statuses(server: Server, sent: bytes) -> list[int]:
    """Send bytes, and SECOND behind them; the status of each answer until the server closes the connection."""
    host, _, port = server.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(sent + SECOND)
    async with asyncio.timeout(20):
        answered = await reader.read()
    writer.close()
    return [int(part[:3]) for part in answered.split(b"HTTP/1.1 ")[1:]]


AMBIGUOUS = [
    b"GET /health HTTP/1.1\r\n" + HOST + b"X-A : 1\r\n\r\n",
    b"POST /auth/login HTTP/1.1\r\n" + HOST + b"Transfer-Encoding : chunked\r\nContent-Length: 2\r\n\r\n{}",
    b"GET /health HTTP/1.1\r\n" + HOST + b"X-A: 1\r\n folded: 2\r\n\r\n",
    b"GET /health HTTP/1.1\r\n" + HOST + b"X-A: 1\r\n\tfolded: 2\r\n\r\n",
    b"GET /health HTTP/1.1\r\n" + HOST + HOST + b"\r\n",
    b"GET /health HTTP/1.1\r\n\r\n",
    b"GET /health HTTP/1.1\r\n" + HOST + b"X-A: 1\nX-B: 2\r\n\r\n",
    b"GET /health HTTP/1.1\r\n" + HOST + b"X-A: 1\rX-B: 2\r\n\r\n",
    b"GET /health HTTP/1.1\r\n" + HOST + b"X-A: \0\r\n\r\n",
    b"GET /health HTTP/1.1\r\n" + HOST + b": 1\r\n\r\n",
    b"POST /auth/login HTTP/1.1\r\n" + HOST + b"Content-Length: 0x2\r\n\r\n{}",
    CHUNKED.replace(b"HTTP/1.1", b"HTTP/1.0").replace(HOST, HOST + b"Connection: keep-alive\r\n")
    + b"2\r\n{}\r\n0\r\n\r\n",
    *(CHUNKED + size + b"\r\n{}\r\n0\r\n\r\n" for size in (b"0x2", b"1_0", b"+2", b"-2", b"", b"\xd9\xa2")),
]
PLAIN = [
    (CHUNKED + b"2\r\n{}\r\n0\r\n\r\n", [401, 200]),
    (CHUNKED + b"1;a=b\r\n{\r\n01\r\n}\r\n0\r\n\r\n", [401, 200]),
    (b"POST /auth/login HTTP/1.1\r\n" + HOST + b"Content-Length: 2 \r\n\r\n{}", [401, 200]),
    (b"GET /health HTTP/1.1\r\n" + HOST + b"X-A:\t1\r\nX_b.c~: \xc3\xa9\r\n\r\n", [200, 200]),
    (b"GET /health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", [200, 200]),
]


class TestFraming:
    async def test_what_can_be_read_in_two_ways_ends_the_connection(self, server: Server) -> None:
        found = {sent: await statuses(server, sent) for sent in AMBIGUOUS}
        assert found == {key: [400] for key in AMBIGUOUS}

    async def test_what_clients_send_is_taken(self, server: Server) -> None:
        assert {sent: await statuses(server, sent) for sent, _ in PLAIN} == dict(PLAIN)


class TestTls:
    async def test_browsers_stay_on_tls_where_people_reach_us_over_it(self, server: Server) -> None:
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"{server.url}/health")
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
