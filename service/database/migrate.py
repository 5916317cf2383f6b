"""Is the schema of this database the one our code expects, and how does it get there?

Migrations are Aerich's files in `migrations/models/`, recorded in Aerich's table, so `aerich history`, `aerich heads`
and `aerich migrate` work beside this module. They are applied here because Aerich has no lock: everything happens on
one direct connection that holds an advisory lock, and ends with it when that connection is lost.
"""

import asyncio
import base64
import importlib.util
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from asyncpg import exceptions as pg
from tortoise.backends.asyncpg.client import TransactionWrapper
from tortoise.exceptions import OperationalError

from service.database import db, waiting
from service.database import steps as steps_of
from service.database.db import BaseConnection

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations" / db.APP_LABEL
# Any number that no other user of the database takes; the letters are those of the product.
LOCK_KEY = int.from_bytes(b"jembatan", "big", signed=True)
LOCK_TIMEOUT_SECONDS = 300.0
LOCK_POLL_SECONDS = 0.2
CONNECT_TIMEOUT_SECONDS = 5.0
WAIT_POLL_SECONDS = 0.5
# A file gives up its lock on a busy table after 5 s (`lock_timeout`), so that requests do not pile up behind it.
BUSY_TABLE_TRIES = 5
BUSY_TABLE_PAUSE_SECONDS = 2.0


class MigrationError(Exception):
    """The schema is not, or cannot be made, what it should be. The message is one sentence for the operator."""


class DatabaseAway(MigrationError):
    """The database does not answer; trying again later may help."""


class DatabaseRefused(MigrationError):
    """Postgres answers and refuses what DATABASE_URL says; the message names the variable."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file; `name` is what Aerich records."""

    number: int
    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    def load(self) -> ModuleType:
        """Import the file without touching `sys.modules`."""
        spec = importlib.util.spec_from_file_location(f"migration_{self.path.stem}", self.path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    async def sql(self) -> str:
        """All that the file does, as one text; for files whose `upgrade` only returns SQL."""
        module = self.load()
        return "\n".join([await module.upgrade(None), *(step.sql for step in getattr(module, "STEPS", ()))])


def migrations(directory: Path = MIGRATIONS) -> list[Migration]:
    """Return the files in the order in which they are applied: by the number before the first underscore, as Aerich."""
    found = []
    for path in directory.glob("*_*.py"):
        prefix = path.name.partition("_")[0]
        if prefix.isdigit():
            found.append(Migration(int(prefix), path))
    return sorted(found, key=lambda migration: (migration.number, migration.name))


def head() -> str:
    """Return the name of the newest file. Raises MigrationError when the files are not beside the package."""
    found = migrations()
    if not found:
        raise MigrationError(f"There are no migration files in {MIGRATIONS}.")
    return found[-1].name


# --- What is applied --------------------------------------------------------------------------------------------------

_APPLIED_SQL = "SELECT version FROM aerich WHERE app = $1 ORDER BY id"
_CURRENT_HEAD_SQL = "SELECT version FROM aerich WHERE app = $1 ORDER BY id DESC LIMIT 1"
_HEAD_APPLIED_SQL = "SELECT EXISTS (SELECT 1 FROM aerich WHERE app = $1 AND version = $2)"


def _is_missing_table(error: Exception) -> bool:
    return isinstance(error, pg.UndefinedTableError) or isinstance(error.__cause__, pg.UndefinedTableError)


async def current_head(connection: BaseConnection | None = None) -> str | None:
    """Return the name of the migration that was applied last, or None on an empty database. One statement.

    Without `connection` the open database of the process is asked.
    """
    try:
        if connection is None:
            value = await db.fetch_value(_CURRENT_HEAD_SQL, db.APP_LABEL)
        else:
            value = await connection.fetchval(_CURRENT_HEAD_SQL, db.APP_LABEL)
    except (pg.UndefinedTableError, OperationalError) as error:
        if _is_missing_table(error):
            return None
        raise
    return None if value is None else str(value)


async def head_applied(connection: BaseConnection | None = None) -> bool:
    """Return whether the newest migration of this code is applied. One statement.

    True also for a database that is further than this code: old processes stay ready while a new version rolls out.
    """
    try:
        if connection is None:
            return bool(await db.fetch_value(_HEAD_APPLIED_SQL, db.APP_LABEL, head()))
        return bool(await connection.fetchval(_HEAD_APPLIED_SQL, db.APP_LABEL, head()))
    except (pg.UndefinedTableError, OperationalError) as error:
        if _is_missing_table(error):
            return False
        raise


async def applied_names(connection: BaseConnection) -> list[str]:
    """The names that Aerich's table holds, oldest first; none on a database that is not ours yet."""
    try:
        return [row["version"] for row in await connection.fetch(_APPLIED_SQL, db.APP_LABEL)]
    except pg.UndefinedTableError:
        return []


# --- Connections of our own -------------------------------------------------------------------------------------------


@asynccontextmanager
async def direct_connection(
    database_url: str,
    *,
    patience_seconds: float = 0.0,
    command_timeout_seconds: float | None = None,
    part_of: waiting.Waiting | None = None,
) -> AsyncIterator[BaseConnection]:
    """Open a connection outside the pool; tries again for `patience_seconds` while Postgres is unavailable, and says so.

    `part_of` is a wait that the caller has announced already. Raises DatabaseAway, and at once DatabaseRefused for a
    wrong user, password or name of a database.
    """
    deadline = time.monotonic() + patience_seconds
    announced = waiting.announced("the database (DATABASE_URL)") if part_of is None else nullcontext(part_of)
    async with announced as wait:
        while True:
            try:
                connection = await asyncpg.connect(
                    database_url,
                    timeout=CONNECT_TIMEOUT_SECONDS,
                    command_timeout=command_timeout_seconds,
                    server_settings={"application_name": "jembatan-migrate"},
                )
                break
            except (ValueError, pg.ClientConfigurationError) as error:
                raise MigrationError("DATABASE_URL is not a valid Postgres address.") from error
            except Exception as error:
                if refusal := db.refusal(error):
                    raise DatabaseRefused(refusal) from error
                if not (isinstance(error, OSError) or db.is_unavailable(error)):
                    raise
                if time.monotonic() >= deadline:
                    raise DatabaseAway(f"The database cannot be reached ({type(error).__name__}).") from error
                wait.reason = db.reason_away(error)
                await asyncio.sleep(WAIT_POLL_SECONDS)
    try:
        yield connection
    finally:
        try:
            await connection.close(timeout=CONNECT_TIMEOUT_SECONDS)
        except Exception:
            connection.terminate()


@asynccontextmanager
async def migration_lock(connection: BaseConnection, timeout_seconds: float) -> AsyncIterator[None]:
    """Hold the advisory lock of all migrations; raises MigrationError after `timeout_seconds`.

    Asks again and again instead of waiting inside Postgres: a session that waits holds a snapshot, and CREATE INDEX
    CONCURRENTLY in the session that has the lock would wait for that snapshot for ever.
    """
    deadline = time.monotonic() + timeout_seconds
    async with waiting.announced("another process that migrates this database") as wait:
        wait.reason = "it has the lock"
        while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK_KEY):
            if time.monotonic() >= deadline:
                raise MigrationError(f"Another process has been migrating for more than {timeout_seconds:g} s.")
            await asyncio.sleep(LOCK_POLL_SECONDS)
    try:
        yield
    finally:
        if not connection.is_closed():
            await connection.execute("SELECT pg_advisory_unlock($1)", LOCK_KEY)


async def _refuse_bad_locale(connection: BaseConnection) -> None:
    row = await connection.fetchrow(db.LOCALE_SQL)
    assert row is not None
    if problem := db.locale_problem(row["encoding"], row["lc_ctype"]):
        raise MigrationError(problem)


def _tortoise_client(connection: BaseConnection) -> TransactionWrapper:
    """Return what Aerich hands to `upgrade` and `downgrade`: a Tortoise client, here over our own connection."""
    client = db.Client(dsn="", acquire_timeout=0.0, connection_name=db.CONNECTION_NAME)
    client._connection = connection
    return TransactionWrapper(client)


# --- What an operator does --------------------------------------------------------------------------------------------


async def migrate(
    database_url: str,
    *,
    lock_timeout_seconds: float = LOCK_TIMEOUT_SECONDS,
    patience_seconds: float = 0.0,
) -> list[str]:
    """Apply all pending migrations, each in its own transaction and steps, and return their names (none: all is done).

    Any number of processes may do this at once: one works, the others wait up to `lock_timeout_seconds` and find
    nothing to do. `patience_seconds` is how long to wait for a database that does not answer yet. Raises
    MigrationError.
    """
    async with ready(database_url, lock_timeout_seconds, patience_seconds) as connection:
        if not await applied_names(connection) and await connection.fetchval(
            "SELECT to_regclass('schema_migrations') IS NOT NULL"
        ):
            # Our first steps would find their tables there and pass over whatever differs.
            raise MigrationError("This is a database of the replaced server: take it over with `migrate --adopt`.")
        return await apply_pending(connection)


@asynccontextmanager
async def ready(
    database_url: str, lock_timeout_seconds: float, patience_seconds: float
) -> AsyncIterator[BaseConnection]:
    """A connection that holds the lock of all migrations, to a database that may be ours. Raises MigrationError."""
    async with direct_connection(database_url, patience_seconds=patience_seconds) as connection:
        await _refuse_bad_locale(connection)
        async with migration_lock(connection, lock_timeout_seconds):
            yield connection


async def apply_pending(connection: BaseConnection) -> list[str]:
    """Apply what is missing, oldest first, and return the names. Needs the lock (`ready`). Raises MigrationError."""
    applied = set(await applied_names(connection))
    pending = [migration for migration in migrations() if migration.name not in applied]
    if pending:
        state = models_state(head())
        for migration in pending:
            await _apply(connection, migration, state)
    return [migration.name for migration in pending]


async def run_upgrade(connection: BaseConnection, number: int) -> None:
    """Run one file in the caller's transaction without recording it; for tables that nobody else writes to."""
    migration = next(migration for migration in migrations() if migration.number == number)
    await connection.execute(await migration.sql())


def models_state(name: str) -> str:
    """Return what Aerich stores beside each name: the models as JSON, taken from the newest file."""
    module = Migration(0, MIGRATIONS / name).load()
    state = getattr(module, "MODELS_STATE", None)
    if not state:
        raise MigrationError(f"{name} carries no MODELS_STATE; make it with `make migration`.")
    return zlib.decompress(base64.b64decode(state)).decode()


async def _apply(connection: BaseConnection, migration: Migration, state: str) -> None:
    module = migration.load()
    steps: Sequence[steps_of.Step] = getattr(module, "STEPS", ())

    async def whole() -> None:
        sql = await module.upgrade(_tortoise_client(connection))
        if sql.strip():
            await connection.execute(sql)
        if not steps:
            await record(connection, migration.name, state)

    async def in_transaction() -> None:
        async with connection.transaction():
            await whole()

    await _patiently(migration.name, in_transaction if getattr(module, "RUN_IN_TRANSACTION", True) else whole)
    for step in steps:
        await _patiently(migration.name, partial(step.run, connection))
    if steps:
        await record(connection, migration.name, state)


async def _patiently(name: str, part: Callable[[], Awaitable[None]]) -> None:
    for attempt in range(1, BUSY_TABLE_TRIES + 1):
        try:
            await part()
            return
        except (pg.LockNotAvailableError, pg.DeadlockDetectedError) as error:
            if attempt == BUSY_TABLE_TRIES:
                raise MigrationError(f"{name}: a table stayed busy through {BUSY_TABLE_TRIES} attempts.") from error
            await asyncio.sleep(BUSY_TABLE_PAUSE_SECONDS)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            # Without the detail, which may show values of a row.
            reason = error.args[0] if error.args else type(error).__name__
            raise MigrationError(f"{name} failed: {reason}") from error


async def record(connection: BaseConnection, name: str, state: str) -> None:
    """Note that a file is applied; `state` is that of `models_state`."""
    await connection.execute(
        "INSERT INTO aerich (version, app, content) VALUES ($1, $2, $3)", name, db.APP_LABEL, state
    )


async def check(database_url: str, *, patience_seconds: float = 0.0) -> list[str]:
    """Return what differs between the files and the database, one line each; empty when nothing does.

    Lines are `pending: <file>` (the database is behind) and `unknown: <file>` (it is ahead of this code, or foreign).
    Changes nothing. Raises MigrationError when the database cannot be asked or must not be used.
    """
    async with direct_connection(
        database_url, patience_seconds=patience_seconds, command_timeout_seconds=db.COMMAND_TIMEOUT_SECONDS
    ) as connection:
        await _refuse_bad_locale(connection)
        applied = await applied_names(connection)
    known = [migration.name for migration in migrations()]
    pending = [f"pending: {name}" for name in known if name not in applied]
    return pending + [f"unknown: {name}" for name in applied if name not in known]


async def wait_head(database_url: str, timeout_seconds: float) -> None:
    """Return as soon as the newest migration of this code is applied; changes nothing.

    The database may be unavailable in the meantime. Raises MigrationError after `timeout_seconds`, saying what was missing.
    """
    deadline = time.monotonic() + timeout_seconds
    expected = head()
    async with waiting.announced(f"the database (DATABASE_URL) with the schema {expected}") as wait:
        while True:
            try:
                async with direct_connection(
                    database_url, command_timeout_seconds=CONNECT_TIMEOUT_SECONDS, part_of=wait
                ) as connection:
                    await _refuse_bad_locale(connection)
                    if await head_applied(connection):
                        return
                    found = await current_head(connection)
                wait.reason = f"the newest migration there is {found or 'none'}"
            except DatabaseAway:
                wait.reason = "the database cannot be reached"
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                if not (isinstance(error, OSError) or db.is_unavailable(error)):
                    raise
                wait.reason = "the database went away"
            if time.monotonic() >= deadline:
                raise MigrationError(f"Waited {timeout_seconds:g} s for {expected}, but {wait.reason}.")
            await asyncio.sleep(WAIT_POLL_SECONDS)


async def downgrade_all(database_url: str, *, lock_timeout_seconds: float = LOCK_TIMEOUT_SECONDS) -> list[str]:
    """Undo every migration, newest first, and return their names: all tables and all data are gone afterwards.

    For tests; no command calls it. Raises MigrationError when a migration is recorded whose file is missing.
    """
    files = {migration.name: migration for migration in migrations()}
    undone: list[str] = []
    async with direct_connection(database_url) as connection, migration_lock(connection, lock_timeout_seconds):
        for name in reversed(await applied_names(connection)):
            if name not in files:
                raise MigrationError(f"{name} is recorded in the database, but there is no such file.")
            async with connection.transaction():
                sql = await files[name].load().downgrade(_tortoise_client(connection))
                await connection.execute(sql)
                await connection.execute("DELETE FROM aerich WHERE app = $1 AND version = $2", db.APP_LABEL, name)
            undone.append(name)
        if undone:
            await connection.execute("DROP TABLE aerich")
    return undone


# --- Making databases -------------------------------------------------------------------------------------------------


def with_database(database_url: str, name: str) -> str:
    """Return `database_url` with another database name; user, password, host and parameters stay."""
    return urlunsplit(urlsplit(database_url)._replace(path=f"/{name}"))


async def create_database(
    admin_url: str, name: str, *, template: str | None = None, exist_ok: bool = False, patience_seconds: float = 0.0
) -> str:
    """Create a database with UTF-8 and `C.UTF-8` and return its address.

    Texts then sort by code point on every machine, and upper and lower case work for all of Unicode. `template` copies
    a database that was made here before (nobody may be connected to it). Raises MigrationError.
    """
    quoted = '"' + name.replace('"', '""') + '"'
    async with direct_connection(admin_url, patience_seconds=patience_seconds) as connection:
        if exist_ok and await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            return with_database(admin_url, name)
        if template is not None:
            source = '"' + template.replace('"', '""') + '"'
            variants = [f"TEMPLATE {source}"]
        else:
            # macOS has no C.UTF-8; there the classes of characters come from another UTF-8 locale.
            variants = [
                f"TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE '{collate}' LC_CTYPE '{ctype}'"
                for collate, ctype in (("C.UTF-8", "C.UTF-8"), ("C", "en_US.UTF-8"))
            ]
        for last, options in enumerate(variants, start=1):
            try:
                await connection.execute(f"CREATE DATABASE {quoted} {options}")
                break
            except pg.DuplicateDatabaseError as error:
                if exist_ok:
                    break
                raise MigrationError(f"The database {name} exists already.") from error
            except pg.PostgresError as error:
                if last == len(variants) or isinstance(error, pg.InsufficientPrivilegeError):
                    raise MigrationError(f"The database {name} could not be created: {error}") from error
    return with_database(admin_url, name)


async def drop_database(admin_url: str, name: str) -> None:
    """Drop a database, cutting off whoever is connected to it; nothing happens when there is none."""
    quoted = '"' + name.replace('"', '""') + '"'
    async with direct_connection(admin_url) as connection:
        await connection.execute(f"DROP DATABASE IF EXISTS {quoted} WITH (FORCE)")
