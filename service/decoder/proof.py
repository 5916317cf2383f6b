"""Does the decoder's child refuse what it says it refuses? Hostile code, started exactly as a decoder is, tries it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from service.decoder import children

_HOSTILE = str(Path(__file__).with_name("hostile.py"))
ATTEMPTS = ("the parent's environment", "open a file", "TCP", "fork", "another job's bytes", "exec")


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of one attempt in a child that is shut in, and of the same in one that is not."""

    name: str
    confined: str
    open: str

    @property
    def is_refused(self) -> bool:
        return self.confined not in ("", "DONE")


async def attempts() -> list[Attempt]:
    """Run the hostile program twice, shut in and not. What a child does not say was not refused."""
    confined, free = await _found("confined"), await _found("open")
    return [Attempt(name, confined.get(name, ""), free.get(name, "")) for name in ATTEMPTS]


async def prove(say: Callable[[str], None]) -> bool:
    """Print a line for each attempt. Returns whether all were refused."""
    found = await attempts()
    for one in found:
        verdict = "refused" if one.is_refused else "NOT REFUSED"
        say(f"{verdict}  {one.name}: {one.confined or 'no answer'} (without the sandbox: {one.open or 'no answer'})")
    refused = sum(one.is_refused for one in found)
    say(f"{'PROVED' if refused == len(found) else 'FAILED'} {refused} of {len(found)} refused")
    return refused == len(found)


async def _found(mode: str) -> dict[str, str]:
    async with _listening() as port, _other_job() as victim:
        given = {"parent": os.getpid(), "victim": victim, "port": port, "python": sys.executable}
        try:
            ended = await children.run(json.dumps(given).encode(), "", seconds=20, program=_HOSTILE, mode=mode)
        except (children.DecoderFailed, TimeoutError):
            return {}
    lines = (line.partition("\t") for line in ended.answer.decode().splitlines())
    return {name: found for name, _, found in lines}


@contextlib.asynccontextmanager
async def _listening() -> AsyncIterator[int]:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@contextlib.asynccontextmanager
async def _other_job() -> AsyncIterator[int]:
    """A process whose input nobody has read yet, as that of another job."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-c", "import time; time.sleep(60)", stdin=asyncio.subprocess.PIPE, env={}
    )
    assert process.stdin is not None
    try:
        process.stdin.write(b"a person's passport")
        await process.stdin.drain()
        yield process.pid
    finally:
        process.kill()
        await process.communicate()
