"""Does the real process drain cleanly, live through a database outage, and refuse broken HTTP politely?"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import httpx
import pytest
from sanic import Sanic

from service.base.settings import Settings
from service.database import db, migrate
from service.tools.local.servers import free_ports
from tests.conftest import TEST_ENVIRONMENT
from tests.factories import Candidate, make_job
from tests.running import Detour, Server, running_server, until_answering


@pytest.fixture(scope="module")
async def way(database_url: str) -> AsyncIterator[Detour]:
    detour = Detour(database_url)
    yield detour
    await detour.close()


@pytest.fixture
async def detour(way: Detour) -> Detour:
    """The way of all these processes to the database, open."""
    await way.open()
    return way


@pytest.fixture
def environment(detour: Detour, object_storage_env: dict[str, str]) -> dict[str, str]:
    return {**TEST_ENVIRONMENT, **object_storage_env, "DATABASE_URL": detour.url}


@pytest.fixture
async def server(app: Sanic[Any, Any], environment: dict[str, str]) -> AsyncIterator[Server]:
    async with running_server(environment) as running:
        yield running


@pytest.fixture(scope="module")
async def lasting_server(
    app: Sanic[Any, Any], way: Detour, object_storage_env: dict[str, str]
) -> AsyncIterator[Server]:
    await way.open()
    async with running_server({**TEST_ENVIRONMENT, **object_storage_env, "DATABASE_URL": way.url}) as running:
        yield running


@pytest.fixture
def shared_server(lasting_server: Server, detour: Detour) -> Server:
    """One server for the tests that leave it as it was, with a way to the database."""
    return lasting_server


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], bytes]:
    """One HTTP answer with a length, from a raw connection."""
    head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)).decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return int(head[0].split()[1]), headers, body


def exchange(port: int, sent: bytes) -> tuple[int, Mapping[str, str], bytes]:
    """Send raw bytes and read the answer, which may come, and the connection go, before all of them are sent."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(sent)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        return answer.status, answer.headers, answer.read()


class TestDrain:
    async def test_a_running_request_is_finished_and_idle_connections_are_closed(
        self, server: Server, database_url: str
    ) -> None:
        await make_job()
        idle_reader, idle_writer = await asyncio.open_connection("127.0.0.1", server.port)
        idle_writer.write(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await read_answer(idle_reader))[0] == 200
        busy_reader, busy_writer = await asyncio.open_connection("127.0.0.1", server.port)
        lock = await asyncpg.connect(database_url)
        transaction = lock.transaction()
        await transaction.start()
        await lock.execute("LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE")
        busy_writer.write(b"GET /jobs HTTP/1.1\r\nHost: x\r\n\r\n")
        while not await lock.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            await asyncio.sleep(0.02)
        await server.signal()
        assert await asyncio.wait_for(idle_reader.read(), 30) == b""
        await transaction.rollback()
        await lock.close()
        status, headers, body = await read_answer(busy_reader)
        assert status == 200
        assert json.loads(body)["pageInfo"]["total"] == 1
        assert headers["connection"] == "close"
        assert await server.wait() == 0
        busy_writer.close()
        idle_writer.close()

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    async def test_an_idle_server_ends_with_zero(self, server: Server, number: int) -> None:
        await server.signal(number)
        assert await server.wait() == 0


class TestOutage:
    async def test_answers_are_503_and_recover_without_a_restart(
        self, shared_server: Server, detour: Detour, candidate: Candidate, settings: Settings
    ) -> None:
        expired = await _expired_token(candidate, settings)
        async with httpx.AsyncClient(base_url=shared_server.url, timeout=30) as client:
            assert (await client.get("/jobs", headers=candidate.headers)).status_code == 200
            await detour.close()
            for headers in ({}, candidate.headers, {"Authorization": f"Bearer {expired}"}):
                answer = await client.get("/jobs", headers=headers)
                assert (answer.status_code, answer.json()["error"]["code"]) == (503, "database_unavailable")
                assert int(answer.headers["retry-after"]) > 0
            answer = await client.post("/auth/login", json={"email": "a@example.com", "password": "x"})
            assert answer.status_code == 503
            assert (await client.get("/health")).status_code == 200
            await detour.open()
            await until_answering(shared_server.url, "/health/ready")
            assert (await client.get("/jobs", headers=candidate.headers)).status_code == 200
            assert (await client.get("/jobs", headers={"Authorization": f"Bearer {expired}"})).status_code == 401

    async def test_readiness_says_no_and_then_yes(self, shared_server: Server, detour: Detour) -> None:
        async with httpx.AsyncClient(base_url=shared_server.url, timeout=30) as client:
            await until_answering(shared_server.url, "/health/ready")
            await detour.close()
            await asyncio.sleep(2.1)  # the last answer is kept for two seconds
            answer = await client.get("/health/ready")
            assert answer.status_code == 503
            assert answer.json()["database"] == "unavailable"
            assert answer.json()["objectStorage"] == "ok"
            await detour.open()
            await until_answering(shared_server.url, "/health/ready")

    async def test_it_starts_while_the_database_is_away(
        self, app: Sanic[Any, Any], environment: dict[str, str], detour: Detour
    ) -> None:
        await detour.close()
        async with running_server(environment) as late:
            async with httpx.AsyncClient(base_url=late.url, timeout=30) as client:
                assert (await client.get("/health/ready")).status_code == 503
            await detour.open()
            await until_answering(late.url, "/health/ready")

    async def test_a_refresh_waits_for_the_database(
        self, shared_server: Server, detour: Detour, candidate: Candidate
    ) -> None:
        async with httpx.AsyncClient(base_url=shared_server.url, timeout=30) as client:
            await detour.close()
            waiting = asyncio.create_task(client.post("/auth/refresh", json={"refreshToken": candidate.refresh_token}))
            await asyncio.sleep(2)
            assert not waiting.done()
            await detour.open()
            assert (await waiting).status_code == 200

    async def test_a_refresh_gives_up_before_phones_do(
        self, shared_server: Server, detour: Detour, candidate: Candidate
    ) -> None:
        async with httpx.AsyncClient(base_url=shared_server.url, timeout=10) as client:
            await detour.close()
            answer = await client.post("/auth/refresh", json={"refreshToken": candidate.refresh_token})
            assert (answer.status_code, answer.json()["error"]["code"]) == (503, "database_unavailable")
            await detour.open()
            answer = await client.post("/auth/refresh", json={"refreshToken": candidate.refresh_token})
            assert answer.status_code == 200


class TestLostReplies:
    async def test_a_process_killed_between_commit_and_reply_logs_nobody_out(
        self, app: Sanic[Any, Any], environment: dict[str, str], candidate: Candidate
    ) -> None:
        """Three times: the refresh is committed, the process is killed, the app comes back with the token it has."""
        token = candidate.refresh_token
        body = json.dumps({"refreshToken": token}).encode()
        request = b"POST /auth/refresh HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        for round_number in range(3):
            async with running_server(environment) as doomed:
                _, writer = await asyncio.open_connection("127.0.0.1", doomed.port)
                writer.write(request)
                await writer.drain()
                while await db.fetch_value("SELECT count(*) FROM sessions") < 2:
                    await asyncio.sleep(0)
                doomed.process.kill()
                writer.close()
            assert await db.fetch_value("SELECT count(*) FROM sessions") == 2, round_number
        async with running_server(environment) as fresh, httpx.AsyncClient(base_url=fresh.url, timeout=30) as client:
            answer = await client.post("/auth/refresh", json={"refreshToken": token})
            assert answer.status_code == 200
            again = await client.post("/auth/refresh", json={"refreshToken": answer.json()["refreshToken"]})
            assert again.status_code == 200


class TestBrokenHttp:
    @pytest.mark.parametrize(
        ("sent", "status"),
        [
            (b"GET // HTTP/1.1\r\nHost: x\r\n\r\n", 404),
            (b"GET //v1/health HTTP/1.1\r\nHost: x\r\n\r\n", 200),
            (b"GET /v1//health HTTP/1.1\r\nHost: x\r\n\r\n", 404),
            (b"GET /jobs/%2e%2e HTTP/1.1\r\nHost: x\r\n\r\n", 404),
            (b"GET /jobs/a%00b HTTP/1.1\r\nHost: x\r\n\r\n", 404),
            (b"GET /jobs?q=%ff%fe&limit=1 HTTP/1.1\r\nHost: x\r\n\r\n", 200),
            (b"GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n", 404),
            (b"GET http://x/v1/health HTTP/1.1\r\nHost: x\r\n\r\n", 200),
            (b"NONSENSE\r\n\r\n", 400),
            (b"PROPFIND /health HTTP/1.1\r\nHost: x\r\n\r\n", 404),
            (b"GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n", 400),
            (b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 400),
            (b"POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 2097152\r\n\r\n" + b"a" * 2_097_152, 400),
            (b"POST /auth/login HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n", 400),
        ],
    )
    async def test_the_answer_is_the_envelope_and_the_server_lives_on(
        self, shared_server: Server, sent: bytes, status: int
    ) -> None:
        answered, headers, body = await asyncio.to_thread(exchange, shared_server.port, sent)
        assert answered == status
        assert headers["x-request-id"]
        assert headers["access-control-allow-origin"] == "*"
        if status >= 400:
            assert set(json.loads(body)["error"]) == {"code", "message"}
        await until_answering(shared_server.url)


async def _expired_token(candidate: Candidate, settings: Settings) -> str:
    from service.auth import tokens

    family = await db.fetch_value("SELECT id FROM session_families WHERE user_id = $1", candidate.id)
    return tokens.issue_access_token(
        user_id=candidate.id,
        family_id=str(family),
        now=int(time.time()) - 1000,
        ttl_seconds=900,
        signing_key=settings.token_keys[0],
    )


class TestRefusedByTheDatabase:
    """A wrong password in DATABASE_URL: what runs waits and says so, what ends by itself ends at once."""

    @pytest.fixture
    async def role(self, app: Sanic[Any, Any], postgres_url: str) -> AsyncIterator[Callable[[str], Awaitable[str]]]:
        """Makes the role's password the given one; the address that is returned has the password `later`."""
        admin = await asyncpg.connect(postgres_url)
        await admin.execute("DROP ROLE IF EXISTS refused")
        await admin.execute("CREATE ROLE refused LOGIN SUPERUSER")

        async def set_password(password: str) -> str:
            await admin.execute(f"ALTER ROLE refused PASSWORD '{password}'")
            parts = urlsplit(app.ctx.settings.database_url)
            return urlunsplit(parts._replace(netloc=f"refused:later@{parts.hostname}:{parts.port}"))

        yield set_password
        await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'refused'")
        await admin.execute("DROP ROLE refused")
        await admin.close()

    @pytest.mark.parametrize("command", ["serve", "worker"])
    async def test_a_process_that_runs_says_so_and_lives_on_until_the_role_is_changed(
        self,
        role: Callable[[str], Awaitable[str]],
        object_storage_env: dict[str, str],
        tmp_path: Path,
        command: str,
    ) -> None:
        port = free_ports(1)[0]
        environment = {
            **TEST_ENVIRONMENT,
            **object_storage_env,
            "PATH": os.environ["PATH"],
            "DATABASE_URL": await role("before"),
            "API_PORT": str(port),
            "API_HOST": "127.0.0.1",
        }
        log = tmp_path / "log"
        with log.open("wb") as file:
            process = subprocess.Popen([sys.executable, "-m", "service", command], env=environment, stdout=file)
        try:
            async with asyncio.timeout(60):
                while "database.unavailable" not in log.read_text():
                    assert process.poll() is None
                    await asyncio.sleep(0.05)
            (line,) = [json.loads(one) for one in log.read_text().splitlines() if "database.unavailable" in one]
            assert line["level"] == "error"
            assert line["message"] == "DATABASE_URL: Postgres refuses the user or the password."
            if command == "serve":
                await until_answering(f"http://127.0.0.1:{port}")
                async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
                    answer = await client.get("/health/ready")
                    assert (answer.status_code, answer.json()["database"]) == (503, "unavailable")
            await role("later")
            if command == "serve":
                await until_answering(f"http://127.0.0.1:{port}", "/health/ready")
            else:
                await asyncio.sleep(1)
            assert process.poll() is None
        finally:
            process.kill()
            process.wait()

    @pytest.mark.parametrize(
        "command",
        [("migrate",), ("migrate", "--check"), ("db", "wait", "--head"), ("seed",), ("audit", "verify")],
        ids=" ".join,
    )
    async def test_a_command_ends_with_one_sentence(
        self, role: Callable[[str], Awaitable[str]], object_storage_env: dict[str, str], command: tuple[str, ...]
    ) -> None:
        environment = {
            **TEST_ENVIRONMENT,
            **object_storage_env,
            "PATH": os.environ["PATH"],
            "DATABASE_URL": await role("before"),
        }
        run = [sys.executable, "-m", "service", *command]
        ended = await asyncio.to_thread(
            subprocess.run, run, env=environment, capture_output=True, text=True, timeout=50, check=False
        )
        assert ended.returncode == 1
        assert ended.stderr == "DATABASE_URL: Postgres refuses the user or the password.\n"


class TestUnsuitableDatabase:
    @pytest.mark.parametrize("command", ["serve", "worker"])
    async def test_a_process_refuses_a_database_that_knows_no_letters(
        self, postgres_url: str, object_storage_env: dict[str, str], command: str
    ) -> None:
        name = f"unsuitable_{command}"
        admin = await asyncpg.connect(postgres_url)
        await admin.execute(f"DROP DATABASE IF EXISTS {name}")
        await admin.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
        environment = {
            **TEST_ENVIRONMENT,
            **object_storage_env,
            "PATH": os.environ["PATH"],
            "DATABASE_URL": migrate.with_database(postgres_url, name),
            "API_PORT": str(free_ports(1)[0]),
        }
        try:
            run = [sys.executable, "-m", "service", command]
            ended = await asyncio.to_thread(
                subprocess.run, run, env=environment, capture_output=True, text=True, timeout=60, check=False
            )
        finally:
            await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
            await admin.close()
        assert ended.returncode == 1
        assert "LC_CTYPE" in ended.stderr
        assert "Traceback" not in ended.stderr
