"""Can the data be had back from its copies? With the dump's own SQL, Postgres' own programs and two stores' buckets."""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from sanic import Sanic

from service.base.clock import utc_now
from service.base.settings import Settings, load_settings
from service.database import db, migrate
from service.tools.backup import command, drill, dump, objects
from service.tools.backup.store import BackupError, copies
from service.tools.local.servers import postgres_program
from tests.conftest import TEST_ENVIRONMENT
from tests.factories import Candidate, make_application, make_application_document, make_job

SQL = Path(__file__).parents[3] / "helm/service/files/backup"


def postgres(program: str, url: str, *arguments: str, cwd: Path, stdin: str | None = None) -> str:
    parts = urlsplit(url)
    environ = os.environ | {
        "PGHOST": parts.hostname or "",
        "PGPORT": str(parts.port),
        "PGUSER": parts.username or "",
        "PGPASSWORD": parts.password or "",
        "PGDATABASE": parts.path.lstrip("/"),
        "PATH": f"{postgres_program('psql').parent}:{os.environ['PATH']}",
        "LD_LIBRARY_PATH": str(postgres_program("psql").parent.parent / "lib"),
    }
    done = subprocess.run(
        [str(postgres_program(program)), *arguments],
        cwd=cwd,
        env=environ,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def backed_up(settings: Settings, object_storage_env: dict[str, str]) -> Settings:
    """Settings with a bucket of documents and one of copies that are this test's own."""
    mark = uuid4().hex[:12]
    environment = {
        **TEST_ENVIRONMENT,
        **object_storage_env,
        "DATABASE_URL": settings.database_url,
        "OBJECT_STORAGE_BUCKET": f"documents-{mark}",
        "BACKUP_S3_ENDPOINT": settings.s3_endpoint,
        "BACKUP_S3_BUCKET": f"copies-{mark}",
        "BACKUP_S3_ACCESS_KEY_ID": settings.s3_access_key,
        "BACKUP_S3_SECRET_ACCESS_KEY": settings.s3_secret_key,
        "BACKUP_KEEP_DAYS": "2",
    }
    return load_settings(environment)


@pytest.fixture
async def source(backed_up: Settings) -> AsyncIterator[Any]:
    from service.tools.backup.store import documents

    async with documents(backed_up) as bucket:
        await bucket.ensure("us-east-1")
        yield bucket


@pytest.fixture
async def dumped(app: Sanic[Any, Any], candidate: Candidate, settings: Settings, tmp_path: Path) -> Path:
    """A folder with a dump of the database, which holds one candidate."""
    postgres("psql", settings.database_url, "-XqAt", "-f", str(SQL / "dump.sql"), cwd=tmp_path)
    return tmp_path


@pytest.fixture
async def empty_database(postgres_url: str) -> AsyncIterator[str]:
    name = f"restored_{uuid4().hex[:8]}"
    yield await migrate.create_database(postgres_url, name)
    await migrate.drop_database(postgres_url, name)


async def register_document(candidate: Candidate, data: bytes) -> str:
    application = await make_application(candidate.id, await make_job())
    key = f"applications/{uuid4()}/cv.pdf"
    digest = hashlib.sha256(data).hexdigest()
    await make_application_document(candidate.id, application, object_key=key, checksum_sha256=digest)
    return key


async def last_run(kind: str) -> Any:
    return await db.fetch_row("SELECT * FROM maintenance_runs WHERE kind = $1 ORDER BY finished_at DESC LIMIT 1", kind)


def asked(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return parser.parse_args(arguments)


async def run(settings: Settings, *arguments: str) -> list[str]:
    lines: list[str] = []
    await command._run(asked(*arguments), settings, lines.append)
    return lines


class TestDump:
    async def test_counts_are_of_the_dumps_own_snapshot(self, dumped: Path) -> None:
        head, counts = dump.read_counts((dumped / dump.COUNTS_FILE).read_text())
        assert head == migrate.head()
        assert (counts["users"], counts["roles"]) == (1, 9)

    async def test_upload_and_fetch_give_the_same_bytes(
        self, dumped: Path, backed_up: Settings, tmp_path: Path
    ) -> None:
        manifest, dropped = await dump.upload(backed_up, dumped)
        fetched = await dump.fetch(backed_up, tmp_path / "fetched")
        assert fetched == manifest
        assert dropped == []
        assert (tmp_path / "fetched" / dump.DUMP_FILE).read_bytes() == (dumped / dump.DUMP_FILE).read_bytes()

    async def test_a_large_dump_goes_in_parts(
        self, backed_up: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        data = os.urandom(11 * 1024 * 1024)
        (tmp_path / "big").write_bytes(data)
        monkeypatch.setattr("service.tools.backup.store._PART_BYTES", 5 * 1024 * 1024)
        async with copies(backed_up) as bucket:
            assert await bucket.upload(tmp_path / "big", "big") == hashlib.sha256(data).hexdigest()
            assert await bucket.download("big", tmp_path / "back") == hashlib.sha256(data).hexdigest()

    async def test_changed_bytes_are_found(self, dumped: Path, backed_up: Settings, tmp_path: Path) -> None:
        manifest, _ = await dump.upload(backed_up, dumped)
        async with copies(backed_up) as bucket:
            await bucket.write(manifest.key, b"something else")
        with pytest.raises(BackupError, match="SHA-256 differs"):
            await dump.fetch(backed_up, tmp_path / "fetched")

    async def test_an_unfinished_dump_is_not_sent(self, backed_up: Settings, tmp_path: Path) -> None:
        (tmp_path / dump.DUMP_FILE).write_bytes(b"half")
        with pytest.raises(BackupError, match="no finished dump"):
            await dump.upload(backed_up, tmp_path)
        (tmp_path / dump.COUNTS_FILE).write_text("users|3\n")
        with pytest.raises(BackupError, match="did not finish"):
            await dump.upload(backed_up, tmp_path)

    async def test_old_dumps_go_but_never_the_newest_three(self, dumped: Path, backed_up: Settings) -> None:
        async with copies(backed_up) as bucket:
            for days in (9, 8, 7, 6):
                at = utc_now() - timedelta(days=days)
                for end in ("dump", "json"):
                    await bucket.write(f"postgres/{at:%Y%m%dT%H%M%SZ}.{end}", b"{}")
            _, dropped = await dump.upload(backed_up, dumped)
            left = [key for key in await bucket.list("postgres/") if key.endswith(".dump")]
        assert len(dropped) == 2
        assert len(left) == 3

    async def test_without_a_backup_there_is_a_sentence(self, backed_up: Settings, tmp_path: Path) -> None:
        with pytest.raises(BackupError, match="there is no backup"):
            await dump.fetch(backed_up, tmp_path)

    async def test_missing_settings_are_named(self, settings: Settings, tmp_path: Path) -> None:
        with pytest.raises(BackupError, match="BACKUP_S3_ENDPOINT, BACKUP_S3_BUCKET"):
            await dump.fetch(settings, tmp_path)


class TestDrill:
    async def restore(self, dumped: Path, url: str) -> None:
        sql = postgres("pg_restore", url, "--no-owner", "--no-acl", "-f", "-", dump.DUMP_FILE, cwd=dumped)
        both = (SQL / "wipe.sql").read_text() + sql
        postgres("psql", url, "-Xq", "--single-transaction", "-v", "ON_ERROR_STOP=1", cwd=dumped, stdin=both)

    async def test_a_restored_database_passes_and_leaves_a_row(
        self, dumped: Path, backed_up: Settings, empty_database: str, tmp_path: Path
    ) -> None:
        await run(backed_up, "dump-upload", "--from", str(dumped))
        await run(backed_up, "fetch", "--to", str(tmp_path / "f"))
        await self.restore(dumped, empty_database)
        lines = await run(backed_up, "drill-report", "--from", str(tmp_path / "f"), "--restored", empty_database)
        assert lines[-1] == "DRILL OK"
        assert "rows      users 1 of 1" in lines
        row = await last_run("restore_drill")
        assert row["succeeded"] is True
        assert row["detail_json"]["head"] == migrate.head()
        assert (await last_run("backup"))["succeeded"] is True

    async def test_a_lost_row_fails_and_leaves_a_row_too(
        self, dumped: Path, backed_up: Settings, empty_database: str, tmp_path: Path
    ) -> None:
        await dump.upload(backed_up, dumped)
        await dump.fetch(backed_up, tmp_path / "f")
        await self.restore(dumped, empty_database)
        postgres("psql", empty_database, "-c", "DELETE FROM users", cwd=tmp_path)
        with pytest.raises(BackupError, match="other numbers of rows"):
            await run(backed_up, "drill-report", "--from", str(tmp_path / "f"), "--restored", empty_database)
        row = await last_run("restore_drill")
        assert row["succeeded"] is False
        assert "users" in row["detail_json"]["reason"]

    async def test_restoring_over_data_leaves_only_the_dump(
        self, dumped: Path, empty_database: str, tmp_path: Path
    ) -> None:
        await migrate.migrate(empty_database)
        postgres("psql", empty_database, "-c", "CREATE TABLE later (id int)", cwd=tmp_path)
        await self.restore(dumped, empty_database)
        tables = postgres("psql", empty_database, "-Atc", "SELECT to_regclass('later') IS NULL", cwd=tmp_path)
        assert tables.strip() == "t"
        assert await migrate.migrate(empty_database) == []
        assert await migrate.check(empty_database) == []

    async def test_one_document_is_opened(
        self, app: Sanic[Any, Any], candidate: Candidate, backed_up: Settings, source: Any, tmp_path: Path
    ) -> None:
        key = await register_document(candidate, b"%PDF-1.4 whole")
        rows = [(key, hashlib.sha256(b"%PDF-1.4 whole").hexdigest())]
        with pytest.raises(BackupError, match="none of the newest 1 documents"):
            await drill._open_one(backed_up, rows)
        await source.write(key, b"%PDF-1.4 whole")
        await objects.mirror(backed_up)
        assert (await drill._open_one(backed_up, rows)).startswith("opened, 14 bytes")


class TestObjects:
    async def test_only_what_is_new_is_copied(self, app: Sanic[Any, Any], backed_up: Settings, source: Any) -> None:
        await source.write("kyc/a.jpg", b"a", "image/jpeg")
        await source.write("kyc/b.jpg", b"bb", "image/jpeg")
        assert (await objects.mirror(backed_up)).copied == 2
        again = await objects.mirror(backed_up)
        assert (again.objects, again.copied) == (2, 0)
        async with copies(backed_up) as bucket:
            assert await bucket.read("documents/kyc/b.jpg") == b"bb"
            assert await bucket.content_type("documents/kyc/b.jpg") == "image/jpeg"

    async def test_a_deleted_document_stays_a_while_then_goes(
        self, backed_up: Settings, source: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await source.write("a", b"a")
        await objects.mirror(backed_up)
        await source.delete("a")
        report = await objects.mirror(backed_up)
        assert (report.missing, report.dropped) == (1, 0)
        later = utc_now() + timedelta(days=3)
        monkeypatch.setattr("service.tools.backup.objects.utc_now", lambda: later)
        report = await objects.mirror(backed_up)
        assert (report.missing, report.dropped) == (0, 1)
        async with copies(backed_up) as bucket:
            assert await bucket.read("documents/a") is None

    async def test_lost_documents_come_back_and_others_stay(self, backed_up: Settings, source: Any) -> None:
        await source.write("lost", b"old")
        await source.write("kept", b"old")
        await objects.mirror(backed_up)
        await source.delete("lost")
        await source.write("kept", b"newer")
        assert (await objects.bring_back(backed_up)).copied == 1
        assert (await source.read("lost"), await source.read("kept")) == (b"old", b"newer")

    async def test_a_run_leaves_a_row(self, app: Sanic[Any, Any], backed_up: Settings, source: Any) -> None:
        await source.write("a", b"a")
        await run(backed_up, "objects")
        row = await last_run("document_backup")
        assert row["detail_json"]["copied"] == 1

    async def test_a_copy_beside_the_original_is_none(self, backed_up: Settings) -> None:
        same = backed_up.model_copy(update={"backup_s3_bucket": backed_up.object_storage_bucket})
        with pytest.raises(BackupError, match="beside the original"):
            await objects.mirror(same)
