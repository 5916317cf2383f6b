"""Which processes did we start, and how do we stop those and nothing else?"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

_PR_SET_PDEATHSIG = 1


class LocalError(Exception):
    """Something on this machine is in the way; the text is the one sentence that the user sees."""


NO_SPACE = "No space left on device"
_FULL = {errno.ENOSPC, errno.EDQUOT}
_UNWRITABLE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EEXIST}


def disk_problem(error: OSError, folder: Path) -> str | None:
    """One sentence when the disk is full or the local data in `folder` cannot be written, else None."""
    if error.errno in _FULL:
        return no_space(folder)
    if error.errno in _UNWRITABLE and error.filename is not None:
        return (
            f"Cannot write {error.filename} ({os.strerror(error.errno or 0)}): mend that, or choose another folder for the"
            " local data with LOCAL_DATA_DIR=FOLDER."
        )
    return None


def no_space(folder: Path) -> str:
    """The sentence for a full disk below `folder`."""
    return (
        f"No space is left on the disk of {folder}: make room, or choose another folder for the local data with"
        " LOCAL_DATA_DIR=FOLDER."
    )


@dataclass(frozen=True, slots=True)
class Identity:
    """A process that cannot be mistaken for another one: a number is given out again, a start time is not."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> Identity | None:
        """The process that has this number now, or None."""
        started = _start_time(pid)
        return cls(pid, started) if started else None

    def is_alive(self) -> bool:
        """Whether the process still runs; a later one with the same number does not count."""
        return _start_time(self.pid) == self.started

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, unless the process has ended. Raises LocalError for another user's process."""
        if not self.is_alive():
            return
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            return
        except PermissionError:
            raise LocalError(f"Process {self.pid} belongs to another user; stop it as that user.") from None

    def wait(self, seconds: float) -> bool:
        """Whether the process ends within this time."""
        deadline = time.monotonic() + seconds
        while self.is_alive():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True


def _start_time(pid: int) -> str:
    """A text that is the same for the whole life of a process; empty when no such process runs (a zombie does not)."""
    if sys.platform == "linux":
        try:
            # Behind the last bracket: the name before it may hold spaces and brackets itself.
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return ""
        return "" if fields[0] in "ZX" else fields[19]
    shown = subprocess.run(  # noqa: S603 - a fixed program, a number
        ["/bin/ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False, timeout=10
    ).stdout.strip()
    state, _, started = shown.partition(" ")
    return "" if state.startswith("Z") else started.strip()


def spawn(
    command: Sequence[str],
    *,
    log: IO[bytes],
    environ: Mapping[str, str],
    cwd: Path | None = None,
    user: int | None = None,
    group: int | None = None,
    orphan_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, so that Ctrl-C in the terminal reaches only its parent.

    On Linux the kernel sends the child `orphan_signal` when the parent is killed. The kernel takes the calling
    thread for the parent, so call this from the main thread.
    """
    more: dict[str, Any] = {} if user is None else {"user": user, "group": group, "extra_groups": []}
    return subprocess.Popen(  # noqa: S603 - our own command lines
        list(command),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        env=dict(environ),
        cwd=cwd,
        start_new_session=True,
        preexec_fn=_die_with_parent(orphan_signal),
        **more,
    )


def _die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    library, parent = ctypes.CDLL(None), os.getpid()

    def prepare() -> None:
        library.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def stop(process: subprocess.Popen[bytes], steps: Sequence[tuple[signal.Signals, float]]) -> None:
    """Send the signals in order and wait after each for its number of seconds; SIGKILL is the last."""
    for number, patience in steps:
        if process.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
    if process.poll() is None:
        process.kill()
        process.wait()
