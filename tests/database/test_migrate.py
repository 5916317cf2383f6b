"""Do migrations end well, whatever happens to the process, its neighbours and the database?"""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import pytest

from service.database import db, migrate, waiting
from service.database.migrate import MigrationError
from tests.database.test_schema import catalogue
from tests.running import Detour

ROOT = Path(__file__).resolve().parents[2]
NAMES = [one.name for one in migrate.migrations()]


@asynccontextmanager
async def database(admin_url: str) -> AsyncIterator[str]:
    name = f"migrate_{uuid4().hex[:12]}"
    yield await migrate.create_database(admin_url, name)
    await migrate.drop_database(admin_url, name)


@pytest.fixture
async def empty_url(postgres_url: str) -> AsyncIterator[str]:
    """A database without a single table."""
    async with database(postgres_url) as url:
        yield url


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def snapshot(url: str) -> dict:
    async with connected(url) as connection:
        return await catalogue(connection)


async def history(url: str) -> list[str]:
    async with connected(url) as connection:
        return [row["version"] for row in await connection.fetch("SELECT version FROM aerich ORDER BY id")]


async def upgrade_to(url: str, number: int) -> None:
    """Apply the files up to `number` by hand, without recording them."""
    async with connected(url) as connection:
        for one in migrate.migrations():
            if one.number <= number:
                async with connection.transaction():
                    await connection.execute(await one.sql())


def write_migration(directory: Path, name: str, upgrade: str, downgrade: str = "SELECT 1") -> None:
    """Write a file like ours; the newest of ours lends it the state of the models."""
    state = migrate.migrations()[-1].load().MODELS_STATE
    (directory / name).write_text(
        f"async def upgrade(db):\n    return {upgrade!r}\n\n\n"
        f"async def downgrade(db):\n    return {downgrade!r}\n\n\n"
        f"MODELS_STATE = {state!r}\n"
    )


@pytest.fixture
def other_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder that takes the place of our migrations; it has the first of them."""
    first = migrate.migrations()[0]
    write_migration(tmp_path, first.name, _sql(first))
    monkeypatch.setattr(migrate, "MIGRATIONS", tmp_path)
    monkeypatch.setattr(migrate.migrations, "__defaults__", (tmp_path,))
    return tmp_path


def _sql(migration: migrate.Migration) -> str:
    coroutine = migration.sql()
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("a migration of ours waits for something")


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class TestMigrate:
    async def test_an_empty_database_gets_everything_in_order(self, empty_url):
        assert await migrate.migrate(empty_url) == NAMES
        assert await history(empty_url) == NAMES

    async def test_a_second_run_does_nothing(self, empty_url):
        await migrate.migrate(empty_url)
        before = await snapshot(empty_url)
        assert await migrate.migrate(empty_url) == []
        assert await snapshot(empty_url) == before
        assert await history(empty_url) == NAMES

    async def test_five_processes_at_once_make_one_history(self, empty_url):
        program = (
            "import asyncio, sys; from service.database.migrate import migrate;"
            " print(len(asyncio.run(migrate(sys.argv[1]))))"
        )
        processes = [
            await asyncio.create_subprocess_exec(
                sys.executable, "-c", program, empty_url, cwd=ROOT, stdout=asyncio.subprocess.PIPE
            )
            for _ in range(5)
        ]
        async with asyncio.timeout(120):
            outputs = [(await process.communicate())[0] for process in processes]
        assert [process.returncode for process in processes] == [0] * 5
        assert sum(int(output.splitlines()[-1]) for output in outputs) == len(NAMES)  # lines before it tell of waiting
        assert await history(empty_url) == NAMES

    async def test_waiting_for_a_neighbour_has_an_end(self, empty_url):
        async with connected(empty_url) as neighbour:
            await neighbour.execute("SELECT pg_advisory_lock($1)", migrate.LOCK_KEY)
            with pytest.raises(MigrationError, match="Another process has been migrating"):
                await migrate.migrate(empty_url, lock_timeout_seconds=0.3)
        # The neighbour is gone, and its lock with it.
        assert await migrate.migrate(empty_url) == NAMES

    async def test_a_waiting_process_does_not_stop_a_concurrent_index(self, empty_url):
        """A session that waited inside Postgres would hold a snapshot which CREATE INDEX CONCURRENTLY waits for."""
        await migrate.migrate(empty_url)
        async with connected(empty_url) as neighbour:
            await neighbour.execute("SELECT pg_advisory_lock($1)", migrate.LOCK_KEY)
            waiting = asyncio.create_task(migrate.migrate(empty_url))
            await asyncio.sleep(3 * migrate.LOCK_POLL_SECONDS)
            await neighbour.execute("CREATE INDEX CONCURRENTLY some_index ON users (full_name)", timeout=60)
            await neighbour.execute("SELECT pg_advisory_unlock($1)", migrate.LOCK_KEY)
            assert await waiting == []

    async def test_a_broken_file_leaves_no_trace_and_one_sentence(self, empty_url, other_files):
        write_migration(other_files, "002_broken.py", "CREATE TABLE half (id INT); SELECT no_such_function()")
        with pytest.raises(MigrationError, match=r"^002_broken\.py failed: function no_such_function"):
            await migrate.migrate(empty_url)
        assert await history(empty_url) == [NAMES[0]]
        assert "half" not in await snapshot(empty_url)

    async def test_a_killed_run_is_taken_up_again(self, empty_url, other_files):
        write_migration(other_files, "002_slow.py", "CREATE TABLE IF NOT EXISTS slow (id INT); SELECT pg_sleep(60)")
        running = asyncio.create_task(migrate.migrate(empty_url))
        async with connected(empty_url) as killer:
            for _ in range(1000):
                if await killer.fetchval(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()"
                ):
                    break
                await asyncio.sleep(0.05)
        with pytest.raises(MigrationError):
            await running
        assert await history(empty_url) == [NAMES[0]]
        write_migration(other_files, "002_slow.py", "CREATE TABLE IF NOT EXISTS slow (id INT)")
        assert await migrate.migrate(empty_url) == ["002_slow.py"]

    async def test_a_busy_table_is_tried_again(self, empty_url, other_files, monkeypatch):
        monkeypatch.setattr(migrate, "BUSY_TABLE_PAUSE_SECONDS", 0.1)
        monkeypatch.setattr(migrate, "BUSY_TABLE_TRIES", 100)
        await migrate.migrate(empty_url)
        write_migration(
            other_files, "002_column.py", "SET LOCAL lock_timeout = '50ms'; ALTER TABLE users ADD COLUMN extra TEXT"
        )
        async with connected(empty_url) as reader:
            transaction = reader.transaction()
            await transaction.start()
            await reader.fetch("SELECT 1 FROM users")
            running = asyncio.create_task(migrate.migrate(empty_url))
            await asyncio.sleep(0.5)
            assert not running.done()
            await transaction.commit()
            assert await running == ["002_column.py"]

    async def test_a_table_that_stays_busy_is_an_error(self, empty_url, other_files, monkeypatch):
        monkeypatch.setattr(migrate, "BUSY_TABLE_PAUSE_SECONDS", 0.0)
        monkeypatch.setattr(migrate, "BUSY_TABLE_TRIES", 2)
        await migrate.migrate(empty_url)
        write_migration(
            other_files, "002_column.py", "SET LOCAL lock_timeout = '50ms'; ALTER TABLE users ADD COLUMN extra TEXT"
        )
        async with connected(empty_url) as reader, reader.transaction():
            await reader.fetch("SELECT 1 FROM users")
            with pytest.raises(MigrationError, match="stayed busy through 2 attempts"):
                await migrate.migrate(empty_url)

    async def test_a_file_may_run_outside_a_transaction(self, empty_url, other_files):
        write_migration(other_files, "002_index.py", "CREATE INDEX CONCURRENTLY some_index ON users (full_name)")
        path = other_files / "002_index.py"
        path.write_text(path.read_text() + "\nRUN_IN_TRANSACTION = False\n")
        assert await migrate.migrate(empty_url) == [NAMES[0], "002_index.py"]

    async def test_a_file_may_ask_the_database(self, empty_url, other_files):
        write_migration(other_files, "002_asks.py", "")
        path = other_files / "002_asks.py"
        path.write_text(
            path.read_text().replace(
                "    return ''",
                "    rows = await db.execute_query_dict('SELECT 41 + 1 AS answer')\n"
                "    return f'CREATE TABLE t{rows[0][\"answer\"]} (id INT)'",
                1,
            )
        )
        await migrate.migrate(empty_url)
        assert "t42" in await snapshot(empty_url)

    async def test_a_database_without_unicode_case_is_refused(self, postgres_url):
        name = f"migrate_{uuid4().hex[:12]}"
        async with connected(postgres_url) as admin:
            await admin.execute(
                f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
                " LOCALE_PROVIDER libc"
            )
        url = migrate.with_database(postgres_url, name)
        for refused in (migrate.migrate(url), migrate.check(url), migrate.wait_head(url, 5)):
            with pytest.raises(MigrationError, match=r"LC_CTYPE C; create it anew"):
                await refused
        assert await snapshot(url) == {}
        await migrate.drop_database(postgres_url, name)

    async def test_a_database_that_is_not_utf8_is_refused(self, postgres_url):
        name = f"migrate_{uuid4().hex[:12]}"
        async with connected(postgres_url) as admin:
            await admin.execute(
                f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'"
                " LOCALE_PROVIDER libc"
            )
        with pytest.raises(MigrationError, match="encoding SQL_ASCII"):
            await migrate.migrate(migrate.with_database(postgres_url, name))
        await migrate.drop_database(postgres_url, name)

    async def test_an_absent_database_is_one_sentence_without_the_address(self, postgres_url, unused_port):
        url = f"postgresql://somebody:geheim@127.0.0.1:{unused_port}/none"
        with pytest.raises(MigrationError) as caught:
            await migrate.migrate(url)
        assert str(caught.value) == "The database cannot be reached (ConnectionRefusedError)."

    async def test_nonsense_for_an_address_is_one_sentence(self):
        with pytest.raises(MigrationError, match="DATABASE_URL is not a valid Postgres address"):
            await migrate.migrate("mysql://localhost/none")


class TestWaiting:
    @pytest.mark.parametrize(
        "ask",
        [
            lambda url: migrate.migrate(url, patience_seconds=60),
            lambda url: migrate.wait_head(url, 60),
            lambda url: migrate.check(url, patience_seconds=60),
        ],
    )
    async def test_a_refusal_ends_at_once_with_the_variable_s_name(self, empty_url, ask):
        parts = urlsplit(empty_url)
        wrong = {
            "DATABASE_URL: Postgres refuses the user or the password.": parts._replace(
                netloc=f"{parts.username}:geheim@{parts.hostname}:{parts.port}"
            ),
            "DATABASE_URL: this Postgres has no database of that name.": parts._replace(path="/nowhere_to_be_found"),
        }
        for sentence, url in wrong.items():
            async with asyncio.timeout(30):
                with pytest.raises(migrate.DatabaseRefused) as caught:
                    await ask(urlunsplit(url))
            assert str(caught.value) == sentence

    async def test_a_database_that_comes_later_is_waited_for_and_said(self, empty_url, capfd, monkeypatch):
        """Nobody listens at first, as while a pod of Postgres starts."""
        monkeypatch.setattr(waiting, "_FIRST_SECONDS", 0.1)
        detour = Detour(empty_url)
        migrating = asyncio.create_task(migrate.migrate(detour.url, patience_seconds=120))
        said = ""
        while '"startup.waiting"' not in said:
            assert not migrating.done()
            await asyncio.sleep(0.05)
            said += capfd.readouterr().out
        assert "Waiting for the database (DATABASE_URL): nothing listens at its address." in said
        await detour.open()
        assert await migrating == NAMES
        await detour.close()

    async def test_a_host_that_swallows_packets_is_said_before_the_first_try_ends(self, capfd, monkeypatch):
        monkeypatch.setattr(waiting, "_FIRST_SECONDS", 0.1)
        monkeypatch.setattr(migrate, "CONNECT_TIMEOUT_SECONDS", 1.0)
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            port = silent.getsockname()[1]
            with pytest.raises(migrate.DatabaseAway):
                await migrate.migrate(f"postgresql://somebody:geheim@127.0.0.1:{port}/none")
        said = capfd.readouterr().out
        assert "Waiting for the database (DATABASE_URL): no answer yet." in said
        assert "geheim" not in said


class TestFiles:
    async def test_down_to_nothing_and_up_again_is_the_same_schema(self, empty_url):
        await migrate.migrate(empty_url)
        before = await snapshot(empty_url)
        assert await migrate.downgrade_all(empty_url) == NAMES[::-1]
        async with connected(empty_url) as connection:
            left = await connection.fetch(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
                " UNION ALL SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace"
            )
        assert left == []
        assert await migrate.migrate(empty_url) == NAMES
        assert await snapshot(empty_url) == before

    async def test_the_owner_of_a_database_needs_no_other_right(self, postgres_url):
        name = f"owner_{uuid4().hex[:12]}"
        async with connected(postgres_url) as admin:
            await admin.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'owner'")
            await admin.execute(f"CREATE DATABASE {name} OWNER {name} TEMPLATE template0")
            try:
                parts = urlsplit(migrate.with_database(postgres_url, name))
                url = urlunsplit(parts._replace(netloc=f"{name}:owner@{parts.netloc.rpartition('@')[2]}"))
                assert await migrate.migrate(url) == NAMES
                async with connected(url) as connection:
                    await connection.execute(
                        "INSERT INTO users (id, full_name, email, password_hash) VALUES (gen_random_uuid(), 'A', 'a', 'x');"
                        " INSERT INTO user_roles (id, user_id, role_id)"
                        " SELECT gen_random_uuid(), u.id, r.id FROM users u, roles r"
                    )
                    assert len(await connection.fetchval("SELECT role_names FROM users")) == 9
            finally:
                await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
                await admin.execute(f"DROP ROLE {name}")

    async def test_every_file_undoes_what_it_did_and_may_run_twice(self, empty_url):
        async with connected(empty_url) as connection:

            async def up() -> None:
                await connection.execute(await module.upgrade(None))
                for step in getattr(module, "STEPS", ()):
                    await step.run(connection)

            for one in migrate.migrations():
                module = one.load()
                before = await catalogue(connection)
                await up()
                after = await catalogue(connection)
                assert after != before or one.number == 14, one.name
                await up()
                assert await catalogue(connection) == after, one.name
                await connection.execute(await module.downgrade(None))
                assert await catalogue(connection) == before, one.name
                await connection.execute(await module.downgrade(None))
                assert await catalogue(connection) == before, one.name
                # In one text, for tables that nobody writes to, it is the same.
                await connection.execute(await one.sql())
                assert await catalogue(connection) == after, one.name

    @pytest.mark.parametrize("name", NAMES)
    async def test_no_file_waits_long_for_a_busy_table(self, name):
        module = migrate.Migration(0, migrate.MIGRATIONS / name).load()
        for step in (module.upgrade, module.downgrade):
            assert (await step(None)).strip().startswith("SET LOCAL lock_timeout = '5s';")

    async def test_roles_that_exist_keep_their_id(self, empty_url):
        await upgrade_to(empty_url, 3)
        async with connected(empty_url) as connection:
            await connection.execute(
                "CREATE TABLE roles (id UUID PRIMARY KEY, code TEXT NOT NULL UNIQUE,"
                " description TEXT NOT NULL, created_at TIMESTAMPTZ NOT NULL DEFAULT now())"
            )
            await connection.execute("INSERT INTO roles VALUES ($1, 'tsk', 'of old')", uuid4())
            await connection.execute(_sql(migrate.migrations()[3]))
            rows = await connection.fetch("SELECT code, description FROM roles ORDER BY code")
        assert [row["code"] for row in rows] == ["kaisha", "lpk", "sdm", "super_admin", "tsk"]
        assert rows[-1]["description"] == "of old"

    async def test_rows_from_before_the_lifecycle_are_published_since_their_creation(self, empty_url):
        await upgrade_to(empty_url, 9)
        async with connected(empty_url) as connection:
            await connection.execute(
                "INSERT INTO jobs (id, title, employment_type, description, location_json, employer_json, created_at)"
                " VALUES ('old', 'Welder', 'FULL_TIME', 'Work', '{}', '{}', '2025-03-04T05:06:07Z')"
            )
            await connection.execute(
                "INSERT INTO feed_posts (id, title, excerpt, category, author, published_at)"
                " VALUES ('old', 'News', 'Short', 'CAREER', 'Editors', '2025-01-02T00:00:00Z')"
            )
            await connection.execute(_sql(migrate.migrations()[9]))
            job = await connection.fetchrow("SELECT * FROM jobs")
            post = await connection.fetchrow("SELECT * FROM feed_posts")
        assert (job["lifecycle_status"], job["published_at"]) == ("PUBLISHED", job["created_at"])
        assert (post["lifecycle_status"], post["published_at"].year) == ("PUBLISHED", 2025)

    async def test_marks_that_piled_up_become_one_with_a_new_number(self, empty_url):
        await upgrade_to(empty_url, 22)
        person, other = uuid4(), uuid4()
        async with connected(empty_url) as connection:
            await connection.execute(
                "INSERT INTO users (id, full_name, email, password_hash) SELECT id, 'N', id || '@example.com', ''"
                " FROM unnest($1::uuid[]) AS id",
                [person, other],
            )
            await connection.execute(
                "INSERT INTO user_versions (id, user_id, version) SELECT gen_random_uuid(), $1::uuid, n"
                " FROM generate_series(1, 500) n UNION ALL SELECT gen_random_uuid(), $2::uuid, 7",
                person,
                other,
            )
            await connection.execute(
                "INSERT INTO content_versions (id, version) SELECT gen_random_uuid(), n FROM generate_series(1, 50) n"
            )
            await connection.execute(_sql(next(one for one in migrate.migrations() if one.number == 23)))
            marks = await connection.fetch("SELECT user_id, version FROM user_versions")
            content = await connection.fetch("SELECT version FROM content_versions")
        assert {row["user_id"] for row in marks} == {person, other}
        assert len(marks) == 2
        versions = {row["user_id"]: row["version"] for row in marks}
        assert versions[person] not in range(501)
        assert versions[other] == 7
        assert len(content) == 1
        assert content[0]["version"] not in range(51)

    async def test_accounts_from_before_are_counted_from_the_upgrade_and_the_bootstraps_is_marked(self, empty_url):
        place = [migration.number for migration in migrate.migrations()].index(30)
        await upgrade_to(empty_url, 29)
        async with connected(empty_url) as connection:
            await connection.execute(
                "INSERT INTO users (id, full_name, email, password_hash, created_at) SELECT gen_random_uuid(), name, name,"
                " 'x', '2025-03-04T05:06:07Z' FROM unnest(ARRAY['made', 'other']) AS name;"
                "INSERT INTO audit_events (id, actor_type, action, subject_type, subject_id)"
                " SELECT gen_random_uuid(), 'SYSTEM', 'staff.bootstrap_admin', 'USER', id::text FROM users"
                " WHERE email = 'made'"
            )
            await connection.execute(_sql(migrate.migrations()[place]))
            rows = await connection.fetch(
                "SELECT email, bootstrapped_at IS NOT NULL AS marked, now() - unverified_since AS age FROM users"
            )
        assert {row["email"]: row["marked"] for row in rows} == {"made": True, "other": False}
        assert all(row["age"].total_seconds() < 60 for row in rows)

    async def test_one_document_of_the_old_server_twice_stays_forbidden(self, empty_url):
        """An index of the same name, made by hand, is taken as it is."""
        await upgrade_to(empty_url, 2)
        async with connected(empty_url) as connection:
            await connection.execute(
                "CREATE UNIQUE INDEX uq_identity_documents_session_checksum"
                " ON identity_documents (kyc_session_id, checksum_sha256)"
            )
            await connection.execute(_sql(migrate.migrations()[2]))


class TestCheck:
    async def test_says_what_is_pending_and_changes_nothing(self, empty_url):
        assert await migrate.check(empty_url) == [f"pending: {name}" for name in NAMES]
        assert await snapshot(empty_url) == {}

    async def test_says_nothing_when_all_is_done(self, empty_url):
        await migrate.migrate(empty_url)
        assert await migrate.check(empty_url) == []

    async def test_says_what_is_unknown(self, empty_url):
        await migrate.migrate(empty_url)
        async with connected(empty_url) as connection:
            await connection.execute("INSERT INTO aerich (version, app, content) VALUES ('999_x.py', 'models', '{}')")
        assert await migrate.check(empty_url) == ["unknown: 999_x.py"]


class TestHead:
    def test_is_the_newest_file_and_numbers_are_unique(self):
        assert migrate.head() == NAMES[-1]
        numbers = [one.number for one in migrate.migrations()]
        assert numbers == sorted(set(numbers))

    async def test_an_empty_database_has_none(self, empty_url):
        async with connected(empty_url) as connection:
            assert await migrate.current_head(connection) is None
            assert await migrate.head_applied(connection) is False

    async def test_is_read_through_the_open_database(self, empty_url):
        await db.open_database(db.tortoise_config(empty_url))
        try:
            assert await migrate.current_head() is None
            assert await migrate.head_applied() is False
            await migrate.migrate(empty_url)
            assert await migrate.current_head() == NAMES[-1]
            assert await migrate.head_applied() is True
        finally:
            await db.close_database()

    async def test_a_database_that_is_further_still_has_our_head(self, empty_url):
        await migrate.migrate(empty_url)
        async with connected(empty_url) as connection:
            await connection.execute("INSERT INTO aerich (version, app, content) VALUES ('999_x.py', 'models', '{}')")
            assert await migrate.current_head(connection) == "999_x.py"
            assert await migrate.head_applied(connection) is True


class TestWaitHead:
    async def test_ends_when_another_process_has_migrated(self, empty_url):
        waiting = asyncio.create_task(migrate.wait_head(empty_url, 60))
        await asyncio.sleep(0.2)
        assert not waiting.done()
        await migrate.migrate(empty_url)
        await waiting

    async def test_gives_up_and_says_what_was_missing(self, empty_url):
        with pytest.raises(
            MigrationError, match=rf"Waited 0 s for {NAMES[-1]}, but the newest migration there is none"
        ):
            await migrate.wait_head(empty_url, 0)

    async def test_gives_up_on_an_absent_database(self, unused_port):
        with pytest.raises(MigrationError, match="but the database cannot be reached"):
            await migrate.wait_head(f"postgresql://somebody@127.0.0.1:{unused_port}/none", 0.6)


class TestCreateDatabase:
    async def test_has_unicode_and_sorts_by_code_point(self, empty_url):
        async with connected(empty_url) as connection:
            assert await connection.fetchval("SELECT upper('é') || lower('Ö')") == "Éö"
            rows = await connection.fetch("SELECT x FROM unnest(ARRAY['b', 'B', 'a', 'é']) AS x ORDER BY x")
            assert [row["x"] for row in rows] == ["B", "a", "b", "é"]
            row = await connection.fetchrow(db.LOCALE_SQL)
        assert db.locale_problem(row["encoding"], row["lc_ctype"]) is None

    async def test_an_existing_one_is_an_error_unless_allowed(self, postgres_url, empty_url):
        name = empty_url.rpartition("/")[2].partition("?")[0]
        with pytest.raises(MigrationError, match="exists already"):
            await migrate.create_database(postgres_url, name)
        assert await migrate.create_database(postgres_url, name, exist_ok=True) == empty_url

    async def test_copies_one_that_is_migrated(self, postgres_url, empty_url):
        await migrate.migrate(empty_url)
        source = empty_url.rpartition("/")[2].partition("?")[0]
        copy = f"migrate_{uuid4().hex[:12]}"
        url = await migrate.create_database(postgres_url, copy, template=source)
        assert await migrate.check(url) == []
        await migrate.drop_database(postgres_url, copy)
