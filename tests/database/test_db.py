"""Do the pool, transactions and hand-written SQL behave while Postgres is well, away and coming back?"""

import ast
import asyncio
import contextlib
import contextvars
import datetime
import importlib.metadata
import inspect
import re
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable
from urllib.parse import parse_qs, urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import pytest
from asyncpg import exceptions as pg
from tortoise.exceptions import (
    DBConnectionError,
    DoesNotExist,
    IntegrityError,
    OperationalError,
    TransactionManagementError,
)
from tortoise.transactions import atomic, in_transaction

from service.audit.models import ActorType, AuditEvent
from service.auth.models import User
from service.content.jobs.models import EmploymentType, Job, LifecycleStatus
from service.database import db, libraries, migrate
from service.kyc.models import KycSession, KycStatus
from service.tasks.models import BackgroundTask
from service.tools.local.servers import free_ports
from tests.conftest import TEST_ENVIRONMENT


class Wire:
    """A TCP address in front of Postgres that can be cut, and mended, as a network is."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.folder = parse_qs(parts.query).get("host", [None])[0]
        self.host, self.target = parts.hostname, parts.port or 5432
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.port = one.getsockname()[1]
        user = f"{parts.username or 'postgres'}:{parts.password or ''}"
        self.url = urlunsplit(("postgresql", f"{user}@127.0.0.1:{self.port}", parts.path, "", ""))
        self.server: asyncio.Server | None = None
        self.writers: list[asyncio.StreamWriter] = []
        self.silent = False

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if self.silent:
                    continue
                writer.write(data)
                await writer.drain()
        writer.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.folder and self.folder.startswith("/"):
            far = await asyncio.open_unix_connection(f"{self.folder}/.s.PGSQL.{self.target}")
        else:
            far = await asyncio.open_connection(self.host, self.target)
        self.writers += [writer, far[1]]
        await asyncio.gather(self._pump(reader, far[1]), self._pump(far[0], writer))

    async def mend(self) -> None:
        self.silent = False
        self.server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)

    async def cut(self) -> None:
        assert self.server is not None
        self.server.close()
        for writer in self.writers:
            writer.transport.abort()
        self.writers.clear()
        await asyncio.sleep(0)


@pytest.fixture(scope="module")
async def own_url(postgres_url: str, template: str) -> AsyncIterator[str]:
    """A migrated database that only this file uses."""
    name = f"db_{uuid4().hex[:12]}"
    url = await migrate.create_database(postgres_url, name, template=template)
    yield url
    await migrate.drop_database(postgres_url, name)


@contextlib.asynccontextmanager
async def opened(url: str, **options) -> AsyncIterator[None]:
    await db.open_database(db.tortoise_config(url, **options))
    try:
        yield
    finally:
        await db.close_database()


@pytest.fixture
async def database(own_url: str) -> AsyncIterator[None]:
    async with opened(own_url, pool_max=4):
        yield
        async with in_transaction():
            await db.execute("SET LOCAL session_replication_role = replica")
            await db.execute("TRUNCATE users, jobs, audit_events, background_tasks CASCADE")


@pytest.fixture
async def wire(own_url: str) -> AsyncIterator[Wire]:
    one = Wire(own_url)
    await one.mend()
    yield one
    await one.cut()


async def make_user() -> User:
    return await User.create(full_name="Ari Example", email=f"{uuid4().hex}@example.com", password_hash="x")


class TestJson:
    async def test_arrives_decoded(self, database):
        row = await db.fetch_row(
            """SELECT '{"a": [1, null]}'::jsonb AS one, '[true]'::json AS two, NULL::jsonb AS none"""
        )
        assert tuple(row) == ({"a": [1, None]}, [True], None)

    async def test_goes_out_as_a_value_or_as_its_text(self, database):
        for sent in ({"a": [1]}, '{"a": [1]}'):
            assert await db.fetch_value("SELECT ($1::jsonb->'a'->>0)::int", sent) == 1

    async def test_costs_a_new_connection_no_statement(self, own_url, monkeypatch):
        sent: list[str] = []

        async def opened_before(connection) -> None:
            connection.add_query_logger(lambda query: sent.append(query.query))
            await read_json(connection)

        read_json = db._read_json
        monkeypatch.setattr(db, "_read_json", opened_before)
        async with opened(own_url):
            assert await db.fetch_value("SELECT '{}'::jsonb") == {}
        assert sent == ["SELECT '{}'::jsonb"]

    async def test_that_cannot_be_read_spoils_no_connection(self, own_url):
        async with opened(own_url, pool_max=1):
            with pytest.raises(ValueError, match="number"):
                await db.fetch_value("SELECT '1e999'::jsonb")
            assert await db.fetch_value("SELECT '{}'::jsonb") == {}


class TestModels:
    async def test_a_row_comes_back_as_it_was_written(self, database):
        user = await make_user()
        session = await KycSession.create(user=user, status=KycStatus.CREATED)
        found = await KycSession.get(id=session.id)
        assert found.status == KycStatus.CREATED
        assert found.provider == "manual"
        assert found.provider_metadata_json == {}
        assert found.created_at.utcoffset().total_seconds() == 0
        assert found.created_at == session.created_at

    async def test_text_keys_and_json_are_kept(self, database):
        await Job.create(
            id="job_text",
            title="Welder",
            employment_type=EmploymentType.FULL_TIME,
            description="Work",
            location_json={"city": "Tōkyō"},
            employer_json={"name": "Example"},
        )
        job = await Job.get(id="job_text")
        assert (job.lifecycle_status, job.location_json) == (LifecycleStatus.PUBLISHED, {"city": "Tōkyō"})

    async def test_times_that_are_given_are_kept(self, database):
        moment = datetime.datetime(2026, 2, 10, 9, tzinfo=datetime.UTC)
        task = await BackgroundTask.create(kind="mail", run_at=moment)
        assert (await BackgroundTask.get(id=task.id)).run_at == moment

    async def test_postgres_numbers_the_audit_log(self, database):
        def event() -> dict[str, str]:
            return {"actor_type": ActorType.SYSTEM, "action": "x", "subject_type": "job", "subject_id": "1"}

        first, second = await AuditEvent.create(**event()), await AuditEvent.create(**event())
        assert second.position == first.position + 1

    async def test_a_value_outside_the_list_is_refused_by_the_database(self, database):
        user = await make_user()
        with pytest.raises(IntegrityError) as caught:
            await KycSession.create(user=user, status="DONE")
        assert db.constraint_name(caught.value) == "kyc_sessions_status_check"


class TestSql:
    async def test_the_functions_return_what_they_say(self, database):
        user = await make_user()
        assert await db.execute("UPDATE users SET full_name = $2 WHERE id = $1", user.id, "Budi Example") == 1
        assert await db.execute("UPDATE users SET full_name = 'x' WHERE false") == 0
        assert await db.fetch_value("SELECT full_name FROM users WHERE id = $1", user.id) == "Budi Example"
        assert await db.fetch_row("SELECT 1 AS one WHERE false") is None
        rows = await db.fetch_all("SELECT generate_series(1, 3) AS n")
        assert [row["n"] for row in rows] == [1, 2, 3]

    async def test_they_take_part_in_the_transaction_of_the_caller(self, database):
        @atomic()
        async def half_done() -> None:
            user = await make_user()
            assert await db.fetch_value("SELECT count(*) FROM users WHERE id = $1", user.id) == 1
            await db.execute("UPDATE users SET full_name = 'changed'")
            raise DoesNotExist("give up")

        with pytest.raises(DoesNotExist):
            await half_done()
        assert await db.fetch_value("SELECT count(*) FROM users") == 0

    async def test_a_unique_violation_names_its_constraint(self, database):
        user = await make_user()
        with pytest.raises(IntegrityError) as caught:
            await db.execute(
                "INSERT INTO users (id, full_name, email, password_hash) VALUES ($1, 'x', $2, 'x')", uuid4(), user.email
            )
        assert db.constraint_name(caught.value) == "users_email_key"

    async def test_times_are_utc(self, database):
        assert await db.fetch_value("SHOW timezone") == "UTC"

    async def test_one_statement_is_one_round_trip(self, database, own_url):
        """The reset script of asyncpg would leave its own last statement in pg_stat_activity."""
        pid = await db.fetch_value("SELECT pg_backend_pid()")
        other = await asyncpg.connect(own_url)
        try:
            last = await other.fetchval("SELECT query FROM pg_stat_activity WHERE pid = $1", pid)
        finally:
            await other.close()
        assert last == "SELECT pg_backend_pid()"

    async def test_the_database_is_one_that_we_can_use(self, database):
        assert await db.database_problem() is None


async def failure_of(statement: Awaitable[object]) -> BaseException:
    """Wait for something that must fail and return how it did."""
    (result,) = await asyncio.gather(statement, return_exceptions=True)
    assert isinstance(result, BaseException)
    return result


async def begin() -> None:
    async with in_transaction():
        pass


class TestTransaction:
    async def test_nested_ones_are_savepoints(self, database):
        async with in_transaction():
            await make_user()
            with contextlib.suppress(DoesNotExist):
                async with in_transaction():
                    await make_user()
                    raise DoesNotExist("only the inner one")
        assert await User.all().count() == 1

    async def test_a_cancelled_one_is_rolled_back_and_gives_its_connection_back(self, database):
        started = asyncio.Event()

        async def long() -> None:
            async with in_transaction():
                await make_user()
                started.set()
                await db.execute("SELECT pg_sleep(60)")

        task = asyncio.create_task(long())
        await started.wait()
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await User.all().count() == 0
        assert db.pool_stats().idle == db.pool_stats().size

    async def test_a_refusal_that_tortoise_renames_is_rolled_back_too(self, database, caplog):
        """On a server that only reads, its error is a TransactionManagementError; the pool would log and clean up."""
        with pytest.raises(TransactionManagementError):
            async with in_transaction():
                await db.execute("SELECT 1")
                raise TransactionManagementError
        assert "active transaction" not in caplog.text

    async def test_one_that_cannot_begin_gives_its_connection_back(self, own_url, monkeypatch):
        async def fail(self) -> None:
            raise RuntimeError("no BEGIN")

        async with opened(own_url, pool_max=1, acquire_timeout_seconds=0.5):
            with monkeypatch.context() as patch:
                patch.setattr(db.TransactionWrapper, "begin", fail)
                for _ in range(2):
                    with pytest.raises(RuntimeError, match="no BEGIN"):
                        await begin()
            assert db.pool_stats() == db.PoolStats(size=1, idle=1, maximum=1)
            await begin()

    async def test_one_that_cannot_be_rolled_back_loses_its_connection(self, own_url, monkeypatch):
        """Whatever the connection still waits for, nobody else gets it with the rest of this transaction."""

        async def fail(self) -> None:
            raise pg.InterfaceError("no ROLLBACK")

        async with opened(own_url, pool_max=1):
            with monkeypatch.context() as patch:
                patch.setattr(db.TransactionWrapper, "rollback", fail)
                with pytest.raises(DoesNotExist):
                    async with in_transaction():
                        before = await db.fetch_value("SELECT pg_backend_pid()")
                        raise DoesNotExist("said by the caller")
            assert await db.fetch_value("SELECT pg_backend_pid()") != before

    async def test_one_that_the_caller_rolled_back_ends_without_an_error(self, database):
        async with in_transaction() as own:
            await make_user()
            await own.rollback()
        assert await User.all().count() == 0

    async def test_an_undone_savepoint_leaves_nothing_for_the_end(self, database):
        flushed: list[str] = []

        async def flush(items: list[str]) -> None:
            flushed.extend(items)

        async with in_transaction():
            await db.at_commit(flush, "outer")
            with contextlib.suppress(DoesNotExist):
                async with in_transaction():
                    await db.at_commit(flush, "inner")
                    raise DoesNotExist("only the inner one")
        await db.at_commit(flush, "alone")
        assert flushed == ["outer", "alone"]

    async def test_an_error_survives_the_loss_of_the_connection(self, database, own_url):
        @atomic()
        async def lose_the_connection() -> None:
            pid = await db.fetch_value("SELECT pg_backend_pid()")
            other = await asyncpg.connect(own_url)
            await other.execute("SELECT pg_terminate_backend($1)", pid)
            await other.close()
            await asyncio.sleep(0.05)
            raise DoesNotExist("said by the caller")

        with pytest.raises(DoesNotExist):
            await lose_the_connection()
        assert await db.fetch_value("SELECT 1") == 1


class TestPool:
    async def test_waiting_for_a_connection_ends(self, own_url):
        waits: list[float] = []
        db.observe_pool_waits(waits.append)
        try:
            async with opened(own_url, pool_max=1, acquire_timeout_seconds=0.2):
                async with in_transaction():
                    waiting = asyncio.create_task(_outside_of_the_transaction())
                    with pytest.raises(db.PoolExhausted) as caught:
                        await waiting
                assert db.is_unavailable(caught.value)
                assert await db.fetch_value("SELECT 1") == 1
                assert db.pool_stats() == db.PoolStats(size=1, idle=1, maximum=1)
        finally:
            db.observe_pool_waits(lambda _seconds: None)
        assert max(waits) >= 0.2
        assert len(waits) == 3

    async def test_the_first_statements_make_one_pool(self, own_url, monkeypatch):
        made: list[db.Pool] = []
        create = db.Client.create_pool

        async def note(self, **kwargs) -> db.Pool:
            await asyncio.sleep(0)
            made.append(await create(self, **kwargs))
            return made[-1]

        monkeypatch.setattr(db.Client, "create_pool", note)
        async with opened(own_url, pool_max=2):
            await asyncio.gather(
                *(call() for call in (begin, lambda: db.fetch_value("SELECT 1"), User.all().count) for _ in range(3))
            )
            assert len(made) == 1

    async def test_no_timer_and_no_task_is_made_for_a_connection_that_is_idle(self, own_url, monkeypatch):
        timers: list[float] = []
        timeout = asyncio.timeout
        monkeypatch.setattr(asyncio, "timeout", lambda seconds: timers.append(seconds) or timeout(seconds))
        async with opened(own_url):
            await db.fetch_value("SELECT 1")
            assert timers == [db.ACQUIRE_TIMEOUT_SECONDS]
            loop, tasks = asyncio.get_running_loop(), []
            loop.set_task_factory(
                lambda loop, coro, **more: tasks.append(coro) or asyncio.Task(coro, loop=loop, **more)
            )
            try:
                await db.fetch_value("SELECT 1")
            finally:
                loop.set_task_factory(None)
            assert (len(timers), tasks) == (1, [])

    async def test_a_cancelled_statement_gives_its_connection_back(self, own_url):
        async with opened(own_url, pool_max=1):
            running = asyncio.create_task(db.execute("SELECT pg_sleep(60)"))
            await asyncio.sleep(0.1)
            running.cancel()
            assert isinstance(await failure_of(running), asyncio.CancelledError)
            assert await db.fetch_value("SELECT 1") == 1
            assert db.pool_stats() == db.PoolStats(size=1, idle=1, maximum=1)

    @pytest.mark.parametrize("how", ["terminate", "close", "cut"])
    async def test_a_connection_that_broke_after_the_answer_is_replaced(self, wire, how):
        async with opened(wire.url, pool_max=1):
            await db.fetch_value("SELECT 1")
            client = db.get_connection(db.CONNECTION_NAME)
            assert isinstance(client, db.Client)
            assert client.pool is not None
            taken = await client.pool.acquire()
            if how == "terminate":
                taken.terminate()
            elif how == "close":
                await taken.close()
            else:
                await wire.cut()
                await wire.mend()
                await asyncio.sleep(0.1)
            await client.pool.take_back(taken)
            assert await db.fetch_value("SELECT 1") == 1
            assert db.pool_stats() == db.PoolStats(size=1, idle=1, maximum=1)

    async def test_what_a_statement_left_open_is_rolled_back(self, own_url):
        async with opened(own_url, pool_max=1):
            await db.execute("BEGIN; CREATE TEMPORARY TABLE once (x INT)")
            assert await db.fetch_value("SELECT to_regclass('pg_temp.once')") is None

    async def test_numbers_are_zero_before_the_first_statement(self, own_url):
        async with opened(own_url):
            assert db.pool_stats() == db.PoolStats(0, 0, 0)

    async def test_a_statement_may_have_a_limit_of_its_own(self, own_url):
        async with opened(own_url):
            with pytest.raises(db.StatementTooSlow) as caught:
                await db.fetch_all("SELECT pg_sleep(30)", seconds=0.2)
            assert db.is_unavailable(caught.value)
            assert await db.fetch_all("SELECT 1", seconds=30)

    async def test_a_statement_that_takes_too_long_is_unavailability(self, own_url):
        async with opened(own_url, command_timeout_seconds=0.2):
            for statement in (
                db.execute("SELECT pg_sleep(30)"),
                db.get_connection(db.CONNECTION_NAME).execute_query("SELECT pg_sleep(30)"),
            ):
                with pytest.raises(db.DatabaseUnavailable) as caught:
                    await statement
                assert db.is_unavailable(caught.value)
            assert await db.fetch_value("SELECT 1") == 1

    async def test_many_tasks_share_few_connections(self, own_url):
        async with opened(own_url, pool_max=3):
            values = await asyncio.gather(*(db.fetch_value("SELECT $1::int", n) for n in range(200)))
            assert values == list(range(200))
            assert db.pool_stats().size == 3

    async def test_the_newest_opened_database_is_used_and_the_one_before_comes_back(self, own_url, postgres_url):
        async with opened(own_url):
            ours = await db.fetch_value("SELECT current_database()")
            async with opened(postgres_url):
                assert await db.fetch_value("SELECT current_database()") != ours
            assert await db.fetch_value("SELECT current_database()") == ours

    async def test_a_task_that_did_not_open_the_database_can_use_it(self, own_url):
        """Tortoise keeps its state in a context variable, which such a task does not inherit."""
        async with opened(own_url):
            task = asyncio.get_running_loop().create_task(db.fetch_value("SELECT 1"), context=contextvars.Context())
            assert await task == 1

    def test_a_printed_configuration_shows_no_password(self):
        assert "geheim" not in str(db.tortoise_config("postgresql://somebody:geheim@db.example.com/x"))


async def _outside_of_the_transaction() -> None:
    """A task inherits the transaction of its maker; this one asks the pool as an unrelated request would."""
    client = db.get_connection(db.CONNECTION_NAME)
    async with getattr(client, "parent", client).acquire_connection():
        pass


class TestLibraries:
    """What `db` needs of Tortoise and asyncpg beyond their public members is listed, and missed at start."""

    def test_the_ones_here_are_as_expected(self):
        libraries.refuse_changed_libraries()
        assert {name: importlib.metadata.version(name) for name in libraries.WRITTEN_FOR} == libraries.WRITTEN_FOR

    def test_every_overridden_method_is_listed(self):
        ours = [one for one in vars(db).values() if inspect.isclass(one) and one.__module__ == db.__name__]
        overridden = {
            name
            for one in ours
            for base in one.__mro__[1:]
            if base.__module__.startswith(("tortoise.backends", "asyncpg"))
            for name, member in vars(one).items()
            if inspect.isfunction(member) and name in vars(base) and name != "__init__"
        }
        assert overridden <= {name for _, _, name, _ in libraries.METHODS}

    def test_every_private_member_is_listed(self):
        tree = ast.parse(inspect.getsource(db))
        ours = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr[0] == "_"}
        ours -= {"__module__", "__name__", "__cause__", "__context__", "__suppress_context__", "__init__", "__aexit__"}
        own = {"_deferred", "_before", "_give_up"}
        listed = {name for _, _, name, _ in libraries.METHODS} | {name for _, _, name in libraries.MEMBERS}
        assert ours - own <= listed

    @pytest.mark.parametrize(
        ("library", "owner", "name"), [(*row[:2], row[2]) for row in (*libraries.METHODS, *libraries.MEMBERS)]
    )
    def test_each_is_missed(self, library, owner, name, monkeypatch):
        for one in getattr(owner, "__mro__", [owner]):
            if name in vars(one):
                monkeypatch.delattr(one, name)
        with pytest.raises(libraries.LibraryChanged) as caught:
            libraries.refuse_changed_libraries()
        version = libraries.WRITTEN_FOR[library]
        assert re.match(rf"{library} {version} has no [\w.]+\.{name}\b", str(caught.value))
        assert str(caught.value).endswith(f"written for {library} {version}.")

    @pytest.mark.parametrize(("library", "owner", "name", "parameters"), libraries.METHODS)
    def test_other_arguments_are_refused(self, library, owner, name, parameters, monkeypatch):
        monkeypatch.setattr(owner, name, lambda self, something_new: None)
        with pytest.raises(libraries.LibraryChanged, match=name):
            libraries.refuse_changed_libraries()

    @pytest.mark.parametrize("command", ["serve", "worker", "audit verify"])
    def test_a_process_ends_with_one_sentence(self, command):
        program = (
            "import sys, asyncpg; del asyncpg.Connection.get_reset_query\n"
            f"from service.cli import main; sys.exit(main({command.split()}))"
        )
        environment = {
            **TEST_ENVIRONMENT,
            "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none",
            "API_PORT": str(free_ports(1)[0]),
            "OBJECT_STORAGE_ACCESS_KEY_ID": "nobody",
            "OBJECT_STORAGE_SECRET_ACCESS_KEY": "asks",
        }
        ended = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert ended.returncode == 1
        assert ended.stderr == (
            "asyncpg 0.32.0 has no Connection.get_reset_query(self) as service/database/db.py knows it, which was"
            " written for asyncpg 0.32.0.\n"
        )


class TestOutage:
    async def test_starting_needs_no_database_and_recovery_no_restart(self, wire):
        await wire.cut()
        async with opened(wire.url):
            for statement in (db.fetch_value("SELECT 1"), User.all().count()):
                with pytest.raises(db.DatabaseUnavailable) as caught:
                    await statement
                assert db.is_unavailable(caught.value)
            assert isinstance(await failure_of(begin()), db.DatabaseUnavailable)
            await wire.mend()
            assert await db.fetch_value("SELECT 1") == 1

    async def test_all_connections_lost_are_all_replaced(self, wire):
        async with opened(wire.url, pool_max=3):
            await asyncio.gather(*(db.execute("SELECT pg_sleep(0.05)") for _ in range(3)))
            assert db.pool_stats().size == 3
            for _ in range(2):
                await wire.cut()
                for _ in range(5):
                    assert db.is_unavailable(await failure_of(db.execute("SELECT 1")))
                await wire.mend()
                await asyncio.gather(*(db.execute("SELECT pg_sleep(0.05)") for _ in range(6)))

    async def test_a_transaction_that_cannot_begin_keeps_no_connection(self, wire):
        async with opened(wire.url, pool_max=2, command_timeout_seconds=0.3, acquire_timeout_seconds=2):
            await asyncio.gather(*(db.execute("SELECT pg_sleep(0.05)") for _ in range(2)))
            wire.silent = True
            for _ in range(3):
                assert db.is_unavailable(await failure_of(begin()))
            await wire.cut()
            await wire.mend()
            await asyncio.gather(*(db.execute("SELECT pg_sleep(0.05)") for _ in range(4)))

    async def test_a_connection_lost_in_the_middle_of_a_statement(self, wire):
        async with opened(wire.url):
            running = asyncio.create_task(db.execute("SELECT pg_sleep(60)"))
            await asyncio.sleep(0.2)
            await wire.cut()
            assert db.is_unavailable(await failure_of(running))

    async def test_a_server_that_accepts_and_says_nothing(self, wire):
        wire.silent = True
        async with opened(wire.url, connect_timeout_seconds=0.2):
            with pytest.raises(db.DatabaseUnavailable):
                await db.fetch_value("SELECT 1")


def chained(outer: BaseException, cause: BaseException) -> BaseException:
    outer.__cause__ = cause
    return outer


def in_context(outer: BaseException, context: BaseException) -> BaseException:
    outer.__context__ = context
    return outer


class LibraryError(Exception):
    """Stands for an error of an object store's or mail server's library."""

    __module__ = "somelibrary.errors"


class TestIsUnavailable:
    @pytest.mark.parametrize(
        "error",
        [
            ConnectionRefusedError(111, "Connect call failed"),
            OSError("Multiple exceptions: [Errno 111] …, [Errno 101] …"),
            socket.gaierror(-2, "Name or service not known"),
            TimeoutError(),
            db.PoolExhausted("x"),
            DBConnectionError("x"),
            pg.ConnectionDoesNotExistError("x"),
            pg.CannotConnectNowError("x"),
            pg.AdminShutdownError("x"),
            pg.TooManyConnectionsError("x"),
            pg.QueryCanceledError("x"),
            pg.InterfaceError("connection is closed"),
            pg.InterfaceError("pool is closing"),
            pg.InternalClientError('cannot switch to state 11; protocol is in the "failed" state'),
            chained(OperationalError("x"), pg.AdminShutdownError("x")),
            chained(RuntimeError("x"), ConnectionResetError()),
            in_context(pg.InterfaceError("cannot call Transaction.rollback()"), pg.AdminShutdownError("x")),
            ExceptionGroup("two at once", [ValueError("x"), pg.AdminShutdownError("x")]),
        ],
        ids=repr,
    )
    def test_yes(self, error):
        assert db.is_unavailable(error)

    @pytest.mark.parametrize(
        "error",
        [
            ValueError("x"),
            FileNotFoundError(2, "no such file"),
            PermissionError(13, "not allowed"),
            pg.UndefinedTableError("x"),
            pg.UniqueViolationError("x"),
            pg.DeadlockDetectedError("x"),
            pg.InterfaceError("cannot perform operation: another operation is in progress"),
            pg.InternalClientError("cannot switch to state 11; another operation (3) is in progress"),
            chained(IntegrityError("x"), pg.UniqueViolationError("x")),
            chained(OperationalError("x"), pg.PostgresSyntaxError("x")),
            in_context(KeyError("x"), ConnectionRefusedError()),
            chained(LibraryError("x"), ConnectionRefusedError()),
            DoesNotExist("x"),
        ],
        ids=repr,
    )
    def test_no(self, error):
        assert not db.is_unavailable(error)

    def test_a_circle_ends(self):
        first, second = OperationalError("x"), OperationalError("y")
        assert not db.is_unavailable(chained(first, chained(second, first)))


class TestWhyItIsAway:
    @pytest.mark.parametrize(
        ("error", "sentence"),
        [
            (pg.InvalidPasswordError("x"), "DATABASE_URL: Postgres refuses the user or the password."),
            (
                chained(db.DatabaseUnavailable("x"), pg.InvalidCatalogNameError("x")),
                "DATABASE_URL: this Postgres has no database of that name.",
            ),
            (pg.CannotConnectNowError("x"), None),
            (ConnectionRefusedError(), None),
            (socket.gaierror(), None),
            (TimeoutError(), None),
        ],
    )
    def test_only_what_will_not_heal_is_a_refusal(self, error, sentence):
        assert db.refusal(error) == sentence

    @pytest.mark.parametrize(
        ("error", "reason"),
        [
            (pg.CannotConnectNowError("x"), "it is starting up or shutting down"),
            (chained(db.DatabaseUnavailable("x"), ConnectionRefusedError()), "nothing listens at its address"),
            (OSError("Multiple exceptions: [Errno 111] Connect call failed (…)"), "nothing listens at its address"),
            (socket.gaierror(), "nobody knows the name of its host"),
            (TimeoutError(), "no answer from its address"),
            (ConnectionResetError(), "ConnectionResetError"),
        ],
    )
    def test_the_reason_holds_no_address(self, error, reason):
        assert db.reason_away(error) == reason


class TestLocale:
    @pytest.mark.parametrize(("encoding", "ctype"), [("UTF8", "C"), ("UTF8", "POSIX"), ("LATIN1", "en_US")])
    def test_refused(self, encoding, ctype):
        assert db.locale_problem(encoding, ctype).endswith(".")

    @pytest.mark.parametrize("ctype", ["C.UTF-8", "C.utf8", "en_US.UTF-8"])
    def test_accepted(self, ctype):
        assert db.locale_problem("UTF8", ctype) is None
