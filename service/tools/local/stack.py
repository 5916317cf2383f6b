"""In which order do the local servers and processes start, who watches them, and how do they stop?"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import IO, Any

from service.base.settings import SettingsError, load_settings, unknown_names
from service.tools.http import status_of
from service.tools.local.environment import (
    DATABASE,
    DATABASE_OWNER,
    DATABASE_READER,
    DATABASE_USER,
    LocalEnvironment,
    local_environment,
    read_secrets,
)
from service.tools.local.processes import NO_SPACE, Identity, LocalError, no_space, spawn, stop
from service.tools.local.servers import HOST, EmbeddedObjectStore, EmbeddedPostgres, port_is_free

ROOT = Path(__file__).resolve().parents[3]
_READY_SECONDS, _STEP_SECONDS = 60.0, 300.0
_STOP_STEPS = ((signal.SIGTERM, 20.0), (signal.SIGTERM, 5.0))


class Interrupted(BaseException):
    """Somebody asked us to stop."""


class Stack:
    """Postgres, S3, the API and one worker of one checkout, with their data in `folder`."""

    def __init__(self, folder: Path, environ: Mapping[str, str], say: Callable[[str], None] = print) -> None:
        self.folder = folder
        self._say = say
        self.environ = dict(environ)
        self.log_folder = folder / "log"
        self.local: LocalEnvironment | None = None
        self.postgres: EmbeddedPostgres | None = None
        self.store: EmbeddedObjectStore | None = None
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self._lock: IO[str] | None = None
        self._may_interrupt = False
        self._asked_to_stop = False

    @property
    def environment(self) -> LocalEnvironment:
        if self.local is None:
            self.local = local_environment(self.environ, read_secrets(self.folder / "secrets.env"))
        return self.local

    def start(self, *, reset: bool = False) -> None:
        """Start everything and return when the API is ready.

        `reset` deletes the data of the embedded servers first; the secrets stay. Raises LocalError with one sentence,
        or Interrupted; either way the caller calls `stop`.
        """
        self._take_lock()
        _stop_leftovers(self.folder)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        environment = self.environment
        try:
            load_settings(environment.of_process(self.environ))
        except SettingsError as error:
            raise LocalError(str(error)) from None
        for sentence in unknown_names(self.environ):
            self._say(sentence)
        self._make_servers(environment)
        if reset:
            self._reset()
        self._rotate_logs()
        if not port_is_free(environment.api_port, environment.variables.get("API_HOST") or HOST):
            raise LocalError(
                f"Port {environment.api_port} for the API is taken by another program: stop that, or choose another"
                " with API_PORT=PORT."
            )
        self._start_servers()
        self._step("seed")
        for name, command in (("api", "serve"), ("worker", "worker")):
            self.children[name] = self._spawn(name, command)
            self._note_running()
        self._wait_ready(environment)

    def _start_servers(self) -> None:
        """Start the embedded servers and bring both stores to this version, whoever runs them."""
        # Servers elsewhere first: what is wrong with their address or password shows before anything of ours starts.
        if self.postgres is None:
            self._say("Asking the database (DATABASE_URL) …")
            self._step("migrate")
        if self.store is None:
            self._say("Asking the object store (OBJECT_STORAGE_ENDPOINT) …")
            self._step("storage", "bootstrap")
        servers = [server for server in (self.postgres, self.store) if server is not None]
        for server in servers:
            server.spawn()
            self._note_running()
        for server in servers:
            with self._interruptible():
                server.wait_ready()
        if self.postgres is not None:
            self.postgres.ensure_database(DATABASE_OWNER, DATABASE)
            for role in (DATABASE_USER, DATABASE_READER):
                self.postgres.ensure_role(role, DATABASE)
            self._step("migrate")

    def watch(self) -> None:
        """Block until somebody asks us to stop. Raises LocalError when one of the processes ends by itself."""
        try:
            with self._interruptible():
                while True:
                    self._require_all_alive()
                    time.sleep(0.5)
        except Interrupted:
            return

    def stop(self) -> None:
        """Stop what `start` started, the API and the worker first."""
        self._may_interrupt = False
        for process in self.children.values():
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.children.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_STOP_STEPS[0][1])
            stop(process, _STOP_STEPS[1:])
        self.children = {}
        for server in (self.store, self.postgres):
            if server is not None:
                server.stop()
        if self._lock is not None:
            (self.folder / "up.json").unlink(missing_ok=True)
            self._lock.close()
            self._lock = None

    def smoke(self, *arguments: str) -> int:
        """Walk the journey against the running stack, on this terminal, and return the exit code."""
        with self._interruptible():
            return subprocess.run(  # noqa: S603 - our own command
                [sys.executable, "-m", "service", "smoke", *arguments],
                env=smoke_environment(self.folder, self.environ),
                cwd=ROOT,
                check=False,
            ).returncode

    def _make_servers(self, environment: LocalEnvironment) -> None:
        variables = environment.variables
        if environment.has_own_postgres:
            self.postgres = EmbeddedPostgres(
                self.folder / "postgres",
                environment.postgres_port,
                variables["LOCAL_POSTGRES_PASSWORD"],
                log_file=self.log_folder / "postgres.log",
            )
        if environment.has_own_store:
            self.store = EmbeddedObjectStore(
                self.folder / "s3",
                environment.s3_port,
                variables["OBJECT_STORAGE_ACCESS_KEY_ID"],
                variables["OBJECT_STORAGE_SECRET_ACCESS_KEY"],
                bucket=variables["OBJECT_STORAGE_BUCKET"],
                region=variables["OBJECT_STORAGE_REGION"] or "ap-northeast-1",
                log_file=self.log_folder / "s3.log",
            )

    def _reset(self) -> None:
        for server in (self.postgres, self.store):
            if server is not None:
                server.remove()
        for name in ("mail", "log"):
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def _rotate_logs(self) -> None:
        """Keep the logs of this run and of the one before."""
        self.log_folder.mkdir(parents=True, exist_ok=True)
        for log in self.log_folder.glob("*.log"):
            log.replace(log.with_suffix(".log.1"))

    def _take_lock(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = (self.folder / "up.lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise LocalError("It already runs from this folder: stop it first with: make down") from None
        self._lock = lock

    def _note_running(self) -> None:
        """Write down which processes we started, so that `make down` stops those and no others."""
        processes = {name: child.pid for name, child in self.children.items()}
        for name, server in (("postgres", self.postgres), ("s3", self.store)):
            if server is not None and server.process is not None:
                processes[name] = server.process.pid
        note = {
            "supervisor": _identity_note(os.getpid()),
            "children": {name: _identity_note(pid) for name, pid in processes.items()},
            "environment": dict(self.environment.variables),
        }
        path = self.folder / "up.json"
        fresh = path.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(note, file)
        fresh.replace(path)

    def _spawn(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        environ = {**self.environment.of_process(self.environ), "PYTHONUNBUFFERED": "1"}
        if name != "api":
            environ["METRICS_PORT"] = ""  # One process can have the port: on one machine it is the API's.
        with (self.log_folder / f"{name}.log").open("ab") as log:
            return spawn(
                [sys.executable, "-m", "service", *command],
                log=log,
                environ=environ,
                cwd=ROOT,
            )

    def _step(self, *command: str) -> None:
        """Run a command that ends by itself. Raises LocalError with its last line when it fails."""
        name = command[0]
        process = self._spawn(name, *command)
        deadline, heard = time.monotonic() + _STEP_SECONDS, ""
        try:
            with self._interruptible():
                while (code := process.poll()) is None:
                    if time.monotonic() > deadline:
                        raise LocalError(f"`{name}` did not end within {_STEP_SECONDS:.0f} s (log: {self._log(name)})")
                    time.sleep(0.05)
                    last = self._last_line(name)
                    if last != heard and (told := _waits_for(last)):
                        self._say(told)
                    heard = last
        finally:
            stop(process, _STOP_STEPS)
        if code != 0:
            self._refuse_full_disk(name)
            raise LocalError(f"`{name}` failed: {self._last_line(name)} (log: {self._log(name)})")

    def _wait_ready(self, environment: LocalEnvironment) -> None:
        host = environment.variables.get("API_HOST", HOST)
        deadline = time.monotonic() + _READY_SECONDS
        with self._interruptible():
            while not _is_ready(HOST if host in ("", "0.0.0.0") else host, environment.api_port):  # noqa: S104 - compared
                self._require_all_alive()
                if time.monotonic() > deadline:
                    raise LocalError(f"The API was not ready within {_READY_SECONDS:.0f} s (log: {self._log('api')})")
                time.sleep(0.1)

    def _require_all_alive(self) -> None:
        watched = dict(self.children)
        for name, server in (("postgres", self.postgres), ("s3", self.store)):
            if server is not None and server.process is not None:
                watched[name] = server.process
        for name, process in watched.items():
            if (code := process.poll()) is not None:
                self._refuse_full_disk(name)
                how = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
                raise LocalError(f"{name} {how}: {self._last_line(name)} (log: {self._log(name)})")

    def _log(self, name: str) -> Path:
        return self.log_folder / f"{name}.log"

    def _refuse_full_disk(self, name: str) -> None:
        """Raise LocalError when the log of a process that failed, or of a server behind it, tells of a full disk."""
        if any(NO_SPACE.lower() in self._log_tail(log).lower() for log in (name, "postgres", "s3")):
            raise LocalError(no_space(self.folder))

    def _last_line(self, name: str) -> str:
        lines = self._log_tail(name).strip().splitlines()
        return lines[-1].strip()[:400] if lines else "it said nothing"

    def _log_tail(self, name: str) -> str:
        with contextlib.suppress(OSError):
            return self._log(name).read_bytes()[-8000:].decode(errors="replace")
        return ""

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._asked_to_stop = True
        if self._may_interrupt:
            self._may_interrupt = False
            raise Interrupted

    @contextlib.contextmanager
    def _interruptible(self) -> Iterator[None]:
        """Let a signal interrupt only inside this block: elsewhere a child that was just started could be forgotten."""
        if self._asked_to_stop:
            raise Interrupted
        self._may_interrupt = True
        try:
            yield
        finally:
            self._may_interrupt = False


def client_environment(folder: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for a command that talks to the running stack, else to one that would start with this shell.

    What is set in the shell wins.
    """
    joined = {**(_read_note(folder).get("environment") or {}), **environ}
    return local_environment(joined, read_secrets(folder / "secrets.env")).of_process(joined)


def smoke_environment(folder: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for the smoke: with the secrets of the running stack when it is the one that is asked.

    Another server, named by SMOKE_BASE_URL, never sees a local secret. What is set in the shell wins.
    """
    running: dict[str, str] = _read_note(folder).get("environment") or {}
    url = f"http://localhost:{running.get('API_PORT', '').strip() or '4000'}"
    asked = environ.get("SMOKE_BASE_URL", "").strip().rstrip("/")
    if not running or asked not in ("", url, url.replace("localhost", HOST)):
        return dict(environ)
    return {
        "SMOKE_ADMIN_KEY": running["ADMIN_API_KEY"],
        "SMOKE_WEBHOOK_SECRET": running["KYC_PROVIDER_WEBHOOK_SECRET"],
        **environ,
        "SMOKE_BASE_URL": asked or url,
    }


def stop_running(folder: Path) -> bool:
    """Stop what `up` started from this folder. Returns whether something ran. Raises LocalError."""
    note = _read_note(folder)
    supervisor = _identity(note.get("supervisor"))
    ran = False
    if supervisor is not None and supervisor.is_alive():
        ran = True
        supervisor.signal(signal.SIGTERM)
        if not supervisor.wait(60):
            raise LocalError(f"Process {supervisor.pid} does not stop; its log folder: {folder / 'log'}")
    return _stop_leftovers(folder) or ran


def _stop_leftovers(folder: Path) -> bool:
    """Stop children whose supervisor was killed. A process counts only with the start time we wrote down."""
    note = _read_note(folder)
    found = [
        (name, child)
        for name, child in ((name, _identity(entry)) for name, entry in (note.get("children") or {}).items())
        if child is not None and child.is_alive()
    ]
    for name, child in found:
        # SIGINT is what Postgres takes as "now, in order".
        child.signal(signal.SIGINT if name == "postgres" else signal.SIGTERM)
    for _, child in found:
        if not child.wait(25):
            child.signal(signal.SIGKILL)
            child.wait(5)
    (folder / "up.json").unlink(missing_ok=True)
    return bool(found)


def _waits_for(line: str) -> str | None:
    """The sentence of a log line that says what its process waits for, else None."""
    try:
        found = json.loads(line)
        return str(found["message"]) if found["event"] == "startup.waiting" else None
    except (ValueError, KeyError, TypeError):
        return None


def _identity_note(pid: int) -> dict[str, Any] | None:
    identity = Identity.of(pid)
    return None if identity is None else {"pid": identity.pid, "started": identity.started}


def _identity(note: Any) -> Identity | None:
    try:
        return Identity(int(note["pid"]), str(note["started"]))
    except (TypeError, KeyError, ValueError):
        return None


def _read_note(folder: Path) -> dict[str, Any]:
    try:
        note = json.loads((folder / "up.json").read_text())
    except (FileNotFoundError, ValueError):
        return {}
    except PermissionError:
        raise LocalError(f"{folder} belongs to another user: run as that user.") from None
    return note if isinstance(note, dict) else {}


def _is_ready(host: str, port: int) -> bool:
    place = f"[{host}]" if ":" in host else host
    return status_of(f"http://{place}:{port}/health/ready", timeout_seconds=3) == 200
