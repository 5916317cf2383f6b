"""How does a test run the real server process, and take its database away?"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import httpx

from service.tools.local.servers import free_ports


class Detour:
    """A way to the database that can be closed: new connections are refused and open ones cut."""

    def __init__(self, database_url: str) -> None:
        self._parts = urlsplit(database_url)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        (self.port,) = free_ports(1)

    @property
    def url(self) -> str:
        user = self._parts.netloc.rpartition("@")[0]
        return urlunsplit(self._parts._replace(netloc=f"{user}@127.0.0.1:{self.port}"))

    async def open(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._writers):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, port = self._parts.hostname or "127.0.0.1", self._parts.port or 5432
        try:
            far_reader, far_writer = await asyncio.open_connection(host, port)
        except OSError:
            writer.close()
            return
        self._writers |= {writer, far_writer}
        await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()
        self._writers.discard(writer)


@dataclass
class Server:
    """A running `python -m service serve`."""

    process: subprocess.Popen[bytes]
    port: int
    answered_at: float = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def signal(self, number: int = signal.SIGTERM) -> None:
        """Send a signal; the socket listens a moment before the handlers are in place, so this waits for the rest of it."""
        await asyncio.sleep(self.answered_at + 0.5 - time.monotonic())
        self.process.send_signal(number)

    async def wait(self, seconds: float = 40) -> int:
        """The exit code; fails when the process outlasts its grace period."""
        return await asyncio.to_thread(self.process.wait, seconds)


@contextlib.asynccontextmanager
async def running_server(
    environment: dict[str, str],
    *,
    python: str = sys.executable,
    tree: Path | None = None,
    module: tuple[str, ...] = ("service", "serve"),
) -> AsyncIterator[Server]:
    """Start the API with `environment` (and PATH alone of ours) on a free port; wait until /health answers.

    `tree` is the folder whose `service` runs; default: where the tests run. `module`: what runs, and its arguments.
    """
    (port,) = free_ports(1)
    process = await asyncio.to_thread(
        subprocess.Popen,
        [python, "-m", *module],
        env={"PATH": os.environ["PATH"], **environment, "API_PORT": str(port), "API_HOST": "127.0.0.1"},
        stdout=subprocess.DEVNULL,
        cwd=tree,
    )
    server = Server(process, port)
    try:
        await until_answering(server.url)
        server.answered_at = time.monotonic()
        yield server
    finally:
        process.kill()
        await asyncio.to_thread(process.wait)


async def until_answering(url: str, path: str = "/health", seconds: float = 30) -> None:
    """Return as soon as `path` answers 200."""
    deadline = time.monotonic() + seconds
    async with httpx.AsyncClient(base_url=url, timeout=5) as client:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if (await client.get(path)).status_code == 200:
                    return
            assert time.monotonic() < deadline, f"{url}{path} does not answer 200"
            await asyncio.sleep(0.03)
