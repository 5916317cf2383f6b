"""What would somebody try who has taken a decoder's child over? The proof runs it in a decoder's place.

Answers with a line for each attempt: its name, a tab, and what the kernel refused it with, or DONE.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import socket
import sys
from collections.abc import Callable

_KERNEL = ctypes.CDLL(None, use_errno=True)


def main(_: str) -> None:
    """Try everything; the input is JSON: `parent` and `victim` (process ids), `port` (TCP on loopback), `python`."""
    given = json.loads(sys.stdin.buffer.read())
    attempts: list[tuple[str, Callable[[], object]]] = [
        ("the parent's environment", lambda: _read(f"/proc/{given['parent']}/environ")),
        ("open a file", lambda: _read("/etc/passwd")),
        ("TCP", lambda: _connect(given["port"])),
        ("fork", _fork),
        ("another job's bytes", lambda: _memory_of(given["victim"])),
        ("exec", lambda: os.execv(given["python"], [given["python"], "-I", "-c", "print('exec\\tDONE')"])),  # noqa: S606
    ]
    for name, attempt in attempts:
        try:
            attempt()
            found = "DONE"
        except OSError as error:
            found = error.strerror or type(error).__name__
        sys.stdout.write(f"{name}\t{found}\n")
        sys.stdout.flush()


def _read(path: str, *, at: int = 0) -> bytes:
    """The beginning of a file, by whichever call opens it. Raises PermissionError when none does."""
    for open_file in (os.open, _open_newer):
        try:
            file = open_file(path, os.O_RDONLY)
        except PermissionError:
            continue
        try:
            return os.pread(file, 4096, at)
        finally:
            os.close(file)
    raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))


def _memory_of(pid: int) -> None:
    first = _read(f"/proc/{pid}/maps").partition(b"-")[0]
    _read(f"/proc/{pid}/mem", at=int(first, 16))


def _open_newer(path: str, _: int) -> int:
    number, how = 437, bytes(24)  # openat2, with the same number everywhere
    found = int(_KERNEL.syscall(number, -100, path.encode(), how, ctypes.c_size_t(len(how))))
    if found < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return found


def _connect(port: int) -> None:
    with socket.socket() as one:
        one.connect(("127.0.0.1", port))


def _fork() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
