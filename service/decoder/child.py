"""How does the process that reads strangers' bytes shut itself in?

A program of its own: `child.py MODE PROGRAM ARGUMENT` loads PROGRAM with all that it will ever need, gives up everything
that could do harm, and only then calls its `main(ARGUMENT)`, which reads the first byte of input. MODE is `confined` (or the
process ends with 3), `limited` (limits alone, where the kernel offers no more) or `open` (nothing: what the proof compares
with). The rules: docs/rules/evidence.md.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import importlib.util
import os
import platform
import resource
import struct
import sys

MEMORY_BYTES = 768 * 1024 * 1024
CPU_SECONDS = 25
UNCONFINED = 3
"""Exit code of a child that cannot shut itself in."""

_ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
# What a decoder needs that has loaded everything: its two pipes, memory, locks, the clock, the name of its folder, its own
# end. Each with its numbers on x86_64 and aarch64, which never change.
_CALLS = {
    "read": (0, 63),
    "write": (1, 64),
    "close": (3, 57),
    "fstat": (5, 80),
    "lseek": (8, 62),
    "munmap": (11, 215),
    "brk": (12, 214),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sched_yield": (24, 124),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "getpid": (39, 172),
    "getcwd": (79, 17),
    "exit": (60, 93),
    "gettimeofday": (96, 169),
    "gettid": (186, 178),
    "futex": (202, 98),
    "clock_gettime": (228, 113),
    "exit_group": (231, 94),
    "getrandom": (318, 278),
}
# Memory, as long as nothing in it can be run.
_MAPPING_CALLS = {"mmap": (9, 222), "mprotect": (10, 226)}
# A signal to itself, which is how a library that gives up ends the process.
_SIGNAL_CALL = {"tgkill": (234, 131)}
_SECCOMP_CALL = (317, 277)

_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_KILL, _ALLOW, _REFUSE = 0x80000000, 0x7FFF0000, 0x00050000 | errno.EPERM
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_PROT_EXEC = 4

_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38
_SET_FILTER, _ALL_THREADS = 1, 1
_LANDLOCK_CREATE, _LANDLOCK_RESTRICT, _LANDLOCK_VERSION = 444, 446, 1


class Unconfined(Exception):
    """The kernel does not offer what confines us; the text says what."""


def is_confinable() -> bool:
    """Whether this system has what confines a child: Linux on x86_64 or aarch64."""
    return sys.platform == "linux" and platform.machine() in _ARCHITECTURES


def allow_list(machine: str, own_pid: int) -> bytes:
    """The filter of system calls for a process, as the kernel reads it: what is not named fails with EPERM."""
    architecture, column = _ARCHITECTURES[machine]
    lines = [(_LOAD, 0, 0, _ARCHITECTURE), (_EQUAL, 1, 0, architecture), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, _NUMBER)]
    for numbers in _CALLS.values():
        lines += [(_EQUAL, 0, 1, numbers[column]), (_RETURN, 0, 0, _ALLOW)]
    for numbers in _MAPPING_CALLS.values():
        lines += [(_EQUAL, 0, 4, numbers[column]), (_LOAD, 0, 0, _ARGUMENTS + 16), (_ANY_BIT, 0, 1, _PROT_EXEC)]
        lines += [(_RETURN, 0, 0, _REFUSE), (_RETURN, 0, 0, _ALLOW)]
    for numbers in _SIGNAL_CALL.values():
        lines += [(_EQUAL, 0, 3, numbers[column]), (_LOAD, 0, 0, _ARGUMENTS), (_EQUAL, 0, 1, own_pid)]
        lines += [(_RETURN, 0, 0, _ALLOW)]
    return b"".join(struct.pack("=HBBI", *line) for line in [*lines, (_RETURN, 0, 0, _REFUSE)])


def limit() -> None:
    """Bound memory, CPU time, files, processes and core dumps of this process, where the system can."""
    limits = {"AS": MEMORY_BYTES, "CPU": CPU_SECONDS, "FSIZE": 0, "CORE": 0, "NPROC": 0, "NOFILE": 3}
    for name, value in limits.items():
        kind = getattr(resource, f"RLIMIT_{name}", None)
        if kind is not None:
            # A lower limit may be in force already, or the system does not know this one.
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(kind, (value, value + 1 if name == "CPU" else value))


def confine() -> None:
    """Give up new privileges, files, the network, most memory and time, and every system call that is not listed.

    Raises Unconfined, after which nothing may be read.
    """
    if not is_confinable():
        raise Unconfined(f"{sys.platform} on {platform.machine()}")
    kernel = ctypes.CDLL(None, use_errno=True)
    for option, value in ((_PR_SET_NO_NEW_PRIVS, 1), (_PR_SET_DUMPABLE, 0)):
        if kernel.prctl(option, value, 0, 0, 0) != 0:
            raise Unconfined(f"prctl {option}: {os.strerror(ctypes.get_errno())}")
    _leave_files_and_network(kernel)
    limit()
    machine = platform.machine()
    lines = ctypes.create_string_buffer(allow_list(machine, os.getpid()))
    program = struct.pack("HxxxxxxQ", (len(lines) - 1) // 8, ctypes.addressof(lines))
    number = _SECCOMP_CALL[_ARCHITECTURES[machine][1]]
    if kernel.syscall(number, _SET_FILTER, _ALL_THREADS, program) != 0:
        raise Unconfined(f"seccomp: {os.strerror(ctypes.get_errno())}")


def _leave_files_and_network(kernel: ctypes.CDLL) -> None:
    """Landlock without a single rule, as far as the kernel knows it: a second wall behind the list of calls."""
    version = kernel.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), _LANDLOCK_VERSION)
    if version < 1:
        return
    rights = {1: 13, 2: 14, 3: 15, 4: 15}.get(version, 16)
    words = [(1 << rights) - 1, *([0b11] if version >= 4 else []), *([0b11] if version >= 6 else [])]
    rules = struct.pack(f"{len(words)}Q", *words)
    ruleset = kernel.syscall(_LANDLOCK_CREATE, rules, ctypes.c_size_t(len(rules)), 0)
    if ruleset < 0 or kernel.syscall(_LANDLOCK_RESTRICT, ruleset, 0) != 0:
        raise Unconfined(f"Landlock: {os.strerror(ctypes.get_errno())}")
    os.close(ruleset)


def main(mode: str, path: str, argument: str) -> int:
    """Load a program, shut this process in, run the program."""
    spec = importlib.util.spec_from_file_location("job", path)
    assert spec is not None
    assert spec.loader is not None
    job = importlib.util.module_from_spec(spec)
    sys.modules["job"] = job
    spec.loader.exec_module(job)
    if preload := getattr(job, "preload", None):
        preload()
    os.closerange(3, 65_536)
    if mode == "limited":
        limit()
    elif mode == "confined":
        try:
            confine()
        except Unconfined:
            return UNCONFINED
    job.main(argument)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
