"""How are bytes that nobody trusts decoded without danger to us? In a process that is thrown away.

The rules: docs/rules/evidence.md.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from dataclasses import dataclass
from pathlib import Path

import orjson

from service.evidence.verdicts import Reason

_PROGRAM = str(Path(__file__).with_name("decoder.py"))
_WALL_SECONDS = 90.0
_MAX_ANSWER_BYTES = 64 * 1024 * 1024
_CRASHES = frozenset({signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGTRAP})


class DecoderFailed(Exception):
    """The decoder's process did not answer, for a reason that has nothing to do with the bytes."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What the decoder found: why the bytes are wrong, or nothing and a clean copy.

    Of a PDF also what in it acts, in words for machines, and its first page as a JPEG.
    """

    reason: Reason | None
    content_type: str | None = None
    clean: bytes = b""
    first_page: bytes = b""
    found: tuple[str, ...] = ()


async def decode(data: bytes, content_type: str) -> Decoded:
    """Decode JPEG, PNG or PDF bytes in a fresh process without our environment, within its limits.

    Beyond its memory or CPU time the bytes are a decompression bomb; when they crash it they are undecodable. Raises
    TimeoutError after 90 seconds of waiting and DecoderFailed, which are no verdicts: the machine may be busy.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-B", _PROGRAM, content_type, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, cwd="/", env={}
    )
    try:
        async with asyncio.timeout(_WALL_SECONDS):
            _, answer = await asyncio.gather(_feed(process, data), _answer(process))
            code = await process.wait()
    finally:
        if process.returncode is None:
            await _end(process)
    if code == -signal.SIGXCPU:
        return Decoded(Reason.DECOMPRESSION_BOMB)
    if -code in _CRASHES:
        return Decoded(Reason.UNDECODABLE)
    if code != 0:
        raise DecoderFailed(code)
    return _read(answer)


def _read(answer: bytes) -> Decoded:
    """The decoder's line of JSON and the bytes after it. Raises DecoderFailed for anything else."""
    head, newline, rest = answer.partition(b"\n")
    if not newline:
        raise DecoderFailed
    said = orjson.loads(head)
    reason, parts = Reason(said["reason"]) if said["reason"] else None, [*said.get("parts", [len(rest)]), 0, 0]
    return Decoded(
        reason,
        said["contentType"],
        rest[: parts[0]],
        rest[parts[0] : parts[0] + parts[1]],
        tuple(said.get("found", [])),
    )


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
        if len(answer) > _MAX_ANSWER_BYTES:
            raise DecoderFailed
    return bytes(answer)
