"""How is a job given to a process that is thrown away, and what does the way it ended say?

The rules: docs/rules/evidence.md.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from dataclasses import dataclass
from pathlib import Path

from service.base import logs
from service.decoder.child import is_confinable
from service.evidence.verdicts import Reason

WALL_SECONDS = 90.0
_CHILD = str(Path(__file__).with_name("child.py"))
_PROGRAM = str(Path(__file__).parents[1] / "evidence" / "decoder.py")
MAX_ANSWER_BYTES = 64 * 1024 * 1024
_CRASHES = frozenset({signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGTRAP})


class DecoderFailed(Exception):
    """The decoder did not answer, for a reason that has nothing to do with the bytes."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What a child left: its answer, or what is wrong with the bytes because they ended it."""

    answer: bytes = b""
    reason: Reason | None = None


async def run(
    data: bytes,
    content_type: str,
    *,
    seconds: float | None = None,
    program: str | None = None,
    mode: str | None = None,
) -> Ended:
    """Decode bytes in a fresh process without our environment, shut in before it reads the first of them.

    Beyond its memory or CPU time the bytes are a decompression bomb; when they crash it they are undecodable. Raises
    TimeoutError after `seconds` (default 90) and DecoderFailed, which are no verdicts: the machine may be busy. Where the
    system offers no confinement the child has its limits alone, and the log says so once. `program` and `mode` are for the
    proof (`service.decoder.proof`).
    """
    command = [sys.executable, "-I", "-B", _CHILD, mode or _mode(), program or _PROGRAM, content_type]
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, cwd="/", env={})
    try:
        async with asyncio.timeout(WALL_SECONDS if seconds is None else seconds):
            _, answer = await asyncio.gather(_feed(process, data), _answer(process))
            code = await process.wait()
    finally:
        if process.returncode is None:
            await _end(process)
    if code == -signal.SIGXCPU:
        return Ended(reason=Reason.DECOMPRESSION_BOMB)
    if -code in _CRASHES:
        return Ended(reason=Reason.UNDECODABLE)
    if code != 0:
        raise DecoderFailed(code)
    return Ended(answer)


@functools.cache
def _mode() -> str:
    if is_confinable():
        return "confined"
    logs.log("decoder.unconfined", level="warn", platform=sys.platform)
    return "limited"


async def _end(process: Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    # A process counts as ended when its pipes are; a full one is not until it was emptied.
    assert process.stdout is not None
    while await process.stdout.read(1 << 20):
        continue
    await process.wait()


async def _feed(process: Process, data: bytes) -> None:
    assert process.stdin is not None
    # A decoder that has seen enough, or died, closes its end.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(data)
        await process.stdin.drain()
        process.stdin.close()
        await process.stdin.wait_closed()


async def _answer(process: Process) -> bytes:
    assert process.stdout is not None
    answer = bytearray()
    while piece := await process.stdout.read(1 << 20):
        answer += piece
        if len(answer) > MAX_ANSWER_BYTES:
            raise DecoderFailed
    return bytes(answer)
