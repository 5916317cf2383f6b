"""How does a process reach Postgres, and how does it notice that Postgres is unavailable?

Tortoise uses this module as its engine (`client_class` below), because three things differ from its own one. What that
needs of Tortoise and asyncpg beyond their public members stands in `libraries` and is looked at when a process starts.

- The pool opens no connection until the first statement, so a process starts while Postgres is unavailable and recovers by
  itself. Waiting for a connection has a time-out, and every wait is reported to an observer.
- A transaction whose BEGIN fails gives its connection back; Tortoise 1.1.9 keeps it for ever.
- Connections go back to the pool without asyncpg's reset script, which would be a second round trip after every
  statement. An open transaction is still rolled back. So nothing that lasts longer than a transaction may be set on a
  pooled connection: no SET, LISTEN, session advisory lock or WITH HOLD cursor; only SET LOCAL and
  pg_advisory_xact_lock.

JSON arrives decoded, in models and in rows. A JSON parameter is a value, or a str that is JSON text already, which is how
Tortoise's JSONField sends it. asyncpg returns its own subclass of UUID, which orjson refuses: callers use `str(...)`, and
answers the type `Uuid`.
"""

import asyncio
import errno
import os
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import asyncpg
import orjson
import tortoise.context
from asyncpg import exceptions as pg
from asyncpg import protocol
from tortoise import fields
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import NestedTransactionContext, TransactionalDBClient, TransactionContext
from tortoise.connection import get_connection, get_connections
from tortoise.context import TortoiseContext
from tortoise.exceptions import (
    BaseORMException,
    DBConnectionError,
    IntegrityError,
    OperationalError,
)
from tortoise.expressions import RawSQL
from tortoise.transactions import in_transaction

from service.database import libraries

if TYPE_CHECKING:
    # asyncpg's classes are generic in its stubs only.
    BaseConnection = asyncpg.Connection[asyncpg.Record]
    BasePool = asyncpg.Pool[asyncpg.Record]
else:
    BaseConnection = asyncpg.Connection
    BasePool = asyncpg.Pool

APP_LABEL = "models"
CONNECTION_NAME = "default"
MODEL_MODULES = (
    "service.auth.models",
    "service.content.jobs.models",
    "service.content.feed.models",
    "service.applications.models",
    "service.kyc.models",
    "service.organizations.models",
    "service.seen.models",
    "service.audit.models",
    "service.looks.models",
    "service.tasks.models",
    "service.notices.models",
    "service.webhooks.models",
    "service.leaving.models",
    "service.takeout.models",
    "service.maintenance.models",
    "service.caching.models",
)

CONNECT_TIMEOUT_SECONDS = 5.0
ACQUIRE_TIMEOUT_SECONDS = 5.0
COMMAND_TIMEOUT_SECONDS = 30.0
IDLE_LIFETIME_SECONDS = 300.0
STATEMENTS_KEPT = 400


class DatabaseUnavailable(Exception):
    """Postgres is unavailable or overloaded; the same statement may work later."""


class PoolExhausted(DatabaseUnavailable):
    """No connection became free, or could be opened, within the acquire time-out."""


class StatementTooSlow(DatabaseUnavailable):
    """A statement took longer than its caller or its connection allows, and was ended in Postgres too."""


class TextKey(fields.TextField):
    """A TEXT column that is a primary key or unique; Tortoise allows that to VARCHAR only, out of care for MySQL."""

    indexable = True

    def __init__(self, *, primary_key: bool | None = None, unique: bool = False, **kwargs: Any) -> None:
        super(fields.TextField, self).__init__(primary_key=primary_key, unique=unique, **kwargs)


# --- Settings ---------------------------------------------------------------------------------------------------------


class _Address(str):
    """A database URL that does not show its password when a configuration is printed."""

    def __repr__(self) -> str:
        return "'***'"


def tortoise_config(
    database_url: str,
    *,
    pool_max: int = 10,
    application_name: str = "jembatan-api",
    connect_timeout_seconds: float = CONNECT_TIMEOUT_SECONDS,
    acquire_timeout_seconds: float = ACQUIRE_TIMEOUT_SECONDS,
    command_timeout_seconds: float | None = COMMAND_TIMEOUT_SECONDS,
    idle_lifetime_seconds: float = IDLE_LIFETIME_SECONDS,
) -> dict[str, Any]:
    """Return the configuration for `open_database`: one pool, all models, aware times in UTC.

    `database_url` is read by asyncpg, so everything libpq knows works (`sslmode`, several hosts, socket directories).
    `pool_max` is the number of connections of this process. Nothing is opened or checked here.
    """
    return {
        "connections": {
            CONNECTION_NAME: {
                "engine": __name__,
                "credentials": {
                    "dsn": _Address(database_url),
                    "maxsize": pool_max,
                    "application_name": application_name,
                    "server_settings": {"timezone": "UTC"},
                    "timeout": connect_timeout_seconds,
                    "acquire_timeout": acquire_timeout_seconds,
                    "command_timeout": command_timeout_seconds,
                    # A statement that is prepared anew is planned anew five times.
                    "statement_cache_size": STATEMENTS_KEPT,
                    "max_cached_statement_lifetime": 0,
                    "max_inactive_connection_lifetime": idle_lifetime_seconds,
                },
            }
        },
        "apps": {APP_LABEL: {"models": [*MODEL_MODULES, "aerich.models"], "default_connection": CONNECTION_NAME}},
        "use_tz": True,
        "timezone": "UTC",
    }


# Read by the aerich command (pyproject.toml). Comparing models with migrations offline needs no database at all.
AERICH_CONFIG = tortoise_config(os.environ.get("DATABASE_URL") or "postgresql:///jembatan", application_name="aerich")


# --- Opening and closing ----------------------------------------------------------------------------------------------

_opened: list[TortoiseContext] = []


async def open_database(config: dict[str, Any]) -> None:
    """Make the database of `config` (from `tortoise_config`) the one that models and the functions below use.

    Loads the models and opens no connection, so it works while Postgres is unavailable. Tortoise looks its state up through a
    context variable, which Sanic's handlers, ASGI requests and worker tasks do not inherit from the listener that
    opened it; therefore the process-wide fallback is used. Opening a second database hides the first until the second
    is closed. Raises LibraryChanged.
    """
    libraries.refuse_changed_libraries()
    context = TortoiseContext()
    with context:
        await context.init(config)
    tortoise.context._global_context = context
    _opened.append(context)


async def close_database() -> None:
    """Close what `open_database` opened last: waits up to 10 s for statements that run, then cuts them off."""
    if not _opened:
        return
    context = _opened.pop()
    await context.close_connections()
    tortoise.context._global_context = _opened[-1] if _opened else None


# --- Pool, client, transactions ---------------------------------------------------------------------------------------


def _ignore_wait(_seconds: float) -> None:
    pass


_wait_observer: Callable[[float], None] = _ignore_wait


def observe_pool_waits(observer: Callable[[float], None]) -> None:
    """Call `observer` with the seconds that each acquiring of a connection took, also when it failed."""
    global _wait_observer
    _wait_observer = observer


@dataclass(frozen=True, slots=True)
class PoolStats:
    """Connections of this process: open ones, those of them that are idle, and the limit."""

    size: int
    idle: int
    maximum: int


def pool_stats() -> PoolStats:
    """Return the numbers of the pool; zeros before the first statement and while no database is open."""
    context = tortoise.context.get_current_context()
    client = context.connections.get(CONNECTION_NAME) if context is not None and context.inited else None
    if isinstance(client, TransactionClient):
        client = client.parent
    pool = client.pool if isinstance(client, Client) else None
    if pool is None:
        return PoolStats(0, 0, 0)
    return PoolStats(pool.get_size(), pool.get_idle_size(), pool.get_max_size())


class Connection(BaseConnection):
    """A connection that goes back to the pool without the four-statement reset script (see the top of the module)."""

    is_clean = False
    """Set when there is nothing to undo, so that the next `reset` need not look."""

    def get_reset_query(self) -> str:
        return ""

    async def reset(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109 - the signature is asyncpg's
        """Roll back what was left open."""
        if not self.is_clean:
            await super().reset(timeout=timeout)
        self.is_clean = False


def _json_text(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


async def _read_json(connection: BaseConnection) -> None:
    # Types of pg_catalog have fixed numbers, so this asks the server nothing.
    for name in ("json", "jsonb"):
        await connection.set_type_codec(name, schema="pg_catalog", encoder=_json_text, decoder=orjson.loads)


class Pool(BasePool):
    """A pool whose waits end and are measured. Statements go through the functions below or Tortoise, not through it."""

    def __init__(self, dsn: str, *, acquire_timeout: float, **kwargs: Any) -> None:
        super().__init__(dsn, init_size=0, max_queries=50_000, loop=None, record_class=protocol.Record, **kwargs)
        self.acquire_timeout = acquire_timeout

    async def acquire(  # type: ignore[override]  # awaited alone, never entered, so no context manager is made
        self,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is asyncpg's
    ) -> Any:
        """Wait for a connection, at most `timeout` or else the pool's own seconds.

        Raises PoolExhausted and DatabaseUnavailable.
        """
        limit = self.acquire_timeout if timeout is None else timeout
        started = time.perf_counter()
        try:
            # asyncpg prefers a live connection that is idle. With one nothing waits, and a timer would cost as much as
            # everything else here.
            if self.get_idle_size():
                return await super().acquire()
            async with asyncio.timeout(limit):
                return await super().acquire()
        except TimeoutError as error:
            raise PoolExhausted(f"no database connection within {limit:g} s") from error
        except Exception as error:
            if isinstance(error, OSError) or is_unavailable(error):
                raise DatabaseUnavailable(f"no connection to the database: {type(error).__name__}") from error
            raise
        finally:
            _wait_observer(time.perf_counter() - started)

    async def take_back(self, connection: Any) -> None:
        """Release a connection whose only statement ended well.

        `release` runs in a task of its own, so that a cancelled caller leaves nothing half done. That costs a turn of
        the loop, and here nothing waits that could be cancelled.
        """
        kept: Connection | None = connection._con
        if kept is None:  # it broke after the answer, and the pool noticed
            return
        kept.is_clean = not kept.is_closed() and not kept.is_in_transaction()
        await connection._holder.release(None)


class Transaction(TransactionContext):
    """A transaction that gives its connection back whatever happens to BEGIN, COMMIT or ROLLBACK."""

    def __init__(self, client: "TransactionClient") -> None:
        self.client: TransactionClient = client

    async def __aenter__(self) -> TransactionalDBClient:
        client = self.client
        self.pool = await client.parent.opened_pool()
        self.proxy = await self.pool.acquire()
        client._connection = self.proxy
        try:
            await client.begin()
        except BaseException:
            await self.pool.release(self.proxy)
            raise
        self.token = get_connections().set(client.connection_name, client)
        return client

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        client = self.client
        afterwards: list[AfterCommit] = []
        try:
            if not client._finalized:
                if exc_type is None:
                    try:
                        afterwards = await client.run_deferred()
                    except BaseException:
                        await self._give_up()
                        raise
                    await client.commit()
                else:
                    await self._give_up()
        finally:
            get_connections().reset(self.token)
            await self.pool.release(self.proxy)
        for call in afterwards:
            call()

    async def _give_up(self) -> None:
        try:
            await self.client.rollback()
        except Exception:
            # The connection is broken. Its transaction ends with it; the caller hears the first error.
            with suppress(pg.InterfaceError):  # the pool may have noticed before us
                self.proxy.terminate()


AfterCommit = Callable[[], None]
Flush = Callable[[list[Any]], Awaitable[AfterCommit | None]]


class TransactionClient(TransactionWrapper):
    """A transaction with work that is left for its end (see `at_commit`)."""

    def __init__(self, parent: "Client") -> None:
        super().__init__(parent)
        self.parent = parent
        self.deferred: list[tuple[Flush, Any]] = []

    def _in_transaction(self) -> TransactionContext:
        return Savepoint(TransactionWrapper(self), self.deferred)

    async def run_deferred(self) -> list[AfterCommit]:
        """Do what was left for the end and return what is to be called after the commit."""
        afterwards: list[AfterCommit] = []
        while self.deferred:
            flush = self.deferred[0][0]
            items = [item for other, item in self.deferred if other is flush]
            self.deferred[:] = [pair for pair in self.deferred if pair[0] is not flush]
            call = await flush(items)
            if call is not None:
                afterwards.append(call)
        return afterwards


class Savepoint(NestedTransactionContext):
    """A transaction inside another one: when it is undone, so is what it left for the end."""

    def __init__(self, client: TransactionalDBClient, deferred: list[tuple[Flush, Any]]) -> None:
        super().__init__(client)
        self._deferred = deferred
        self._before = len(deferred)

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        if exc_type is not None:
            del self._deferred[self._before :]
        await super().__aexit__(exc_type, exc_val, exc_tb)


_IN_THE_DSN = frozenset({"host", "port", "user", "password", "database", "loop"})


class Client(AsyncpgDBClient):
    """Tortoise's asyncpg client over `Pool`, `Connection` and `Transaction`."""

    connection_class = Connection  # type: ignore[assignment]  # a subclass, as asked for

    def __init__(self, *, dsn: str, acquire_timeout: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dsn = dsn
        self.acquire_timeout = acquire_timeout
        self.pool: Pool | None = None

    async def create_pool(self, **kwargs: Any) -> Pool:
        """The pool, with no connection yet. Tortoise's own settings, but for the address, which is in the DSN."""
        kept = {name: value for name, value in kwargs.items() if name not in _IN_THE_DSN}
        self.pool = await Pool(
            self.dsn, acquire_timeout=self.acquire_timeout, init=_read_json, **{**kept, "min_size": 0}
        )
        return self.pool

    async def opened_pool(self) -> Pool:
        """The pool, made when this is the first statement."""
        if self.pool is None:
            await self.acquire_connection().ensure_connection()
        assert self.pool is not None  # made under Tortoise's lock, by `create_pool`
        return self.pool

    def _in_transaction(self) -> TransactionContext:
        return Transaction(TransactionClient(self))

    async def _translate_exceptions(self, func: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return await super()._translate_exceptions(func, *args, **kwargs)
        except TimeoutError as error:
            raise DatabaseUnavailable("a statement took too long") from error


client_class = Client


# --- Hand-written SQL -------------------------------------------------------------------------------------------------

NOW = RawSQL("statement_timestamp()")
"""In a model's filter or update: when its statement begins, by the database's clock, which all processes share."""


async def _run(method: str, sql: str, *args: Any, seconds: float | None = None) -> Any:
    client = cast(AsyncpgDBClient, get_connection(CONNECTION_NAME))
    client.log.debug("%s", sql)
    try:
        if isinstance(client, Client):
            return await _run_alone(client.pool or await client.opened_pool(), method, sql, *args, seconds=seconds)
        async with client.acquire_connection() as connection:  # the caller's transaction
            return await getattr(connection, method)(sql, *args, timeout=seconds)
    except pg.IntegrityConstraintViolationError as error:
        raise IntegrityError(error) from error
    except (pg.SyntaxOrAccessError, pg.DataError) as error:
        raise OperationalError(error) from error
    except TimeoutError as error:
        raise StatementTooSlow("a statement took too long") from error


async def _run_alone(pool: Pool, method: str, sql: str, *args: Any, seconds: float | None) -> Any:
    connection = await pool.acquire()
    try:
        result = await getattr(connection, method)(sql, *args, timeout=seconds)
    except BaseException:
        await pool.release(connection)
        raise
    await pool.take_back(connection)
    return result


async def fetch_all(sql: str, *args: Any, seconds: float | None = None) -> list[asyncpg.Record]:
    """Run one statement (`$1`, `$2` …) and return its rows.

    Like all functions here: takes part in the transaction of the caller (`in_transaction()`, `@atomic()`) when there is
    one. Raises IntegrityError and OperationalError as Tortoise's models do, and errors for which `is_unavailable` is
    true. `seconds` is the most that the statement may take, from when it is sent; waiting for a connection does not
    count. Raises StatementTooSlow.
    """
    rows: list[asyncpg.Record] = await _run("fetch", sql, *args, seconds=seconds)
    return rows


async def fetch_row(sql: str, *args: Any) -> asyncpg.Record | None:
    """Run one statement and return its first row, or None."""
    row: asyncpg.Record | None = await _run("fetchrow", sql, *args)
    return row


async def fetch_value(sql: str, *args: Any) -> Any:
    """Run one statement and return the first column of its first row, or None."""
    return await _run("fetchval", sql, *args)


async def execute(sql: str, *args: Any) -> int:
    """Run one statement and return how many rows it touched (0 for statements that do not say)."""
    status: str = await _run("execute", sql, *args)
    count = status.rpartition(" ")[2]
    return int(count) if count.isdigit() else 0


async def take_lock(number: int) -> None:
    """Take the advisory lock `number` until the caller's transaction ends; waits for whoever holds it."""
    await fetch_value("SELECT pg_advisory_xact_lock($1)", number)


async def at_commit(flush: Flush, item: Any) -> None:
    """Have `flush` called with `item` as the last act of the caller's transaction, in it, just before COMMIT.

    All items of one `flush` are handed over together, in the order in which they came; those of a savepoint that was
    undone are dropped. What `flush` returns is called after the commit. When it raises, the transaction is undone and
    the error leaves. Without a transaction it is called at once, in one of its own. For work that takes a lock which
    everybody takes: taken last and held briefly, it cannot be part of a deadlock.
    """
    client = get_connection(CONNECTION_NAME)
    if isinstance(client, TransactionClient):
        client.deferred.append((flush, item))
        return
    async with in_transaction(CONNECTION_NAME) as own:
        cast(TransactionClient, own).deferred.append((flush, item))


def constraint_name(error: IntegrityError) -> str | None:
    """Return the name of the constraint or unique index that an IntegrityError is about."""
    cause = error.__cause__
    return getattr(cause, "constraint_name", None)


# --- What went wrong --------------------------------------------------------------------------------------------------

_AWAY = (
    DatabaseUnavailable,
    DBConnectionError,
    pg.PostgresConnectionError,
    pg.OperatorInterventionError,  # shutting down, starting up, statement cancelled by a time-out
    pg.InsufficientResourcesError,  # too many connections, out of memory, disk full
    pg.LockNotAvailableError,
    pg.IdleInTransactionSessionTimeoutError,
    pg.ReadOnlySQLTransactionError,  # a fail-over left us on the standby
    pg.InvalidAuthorizationSpecificationError,  # only while connecting: the password is being rotated
    pg.InvalidCatalogNameError,  # only while connecting: the database is being restored
    pg.TargetServerAttributeNotMatched,
)
_NETWORK_ERRNOS = frozenset(
    {
        errno.EHOSTUNREACH,
        errno.ENETUNREACH,
        errno.EHOSTDOWN,
        errno.ENETDOWN,
        errno.ETIMEDOUT,
        errno.EADDRNOTAVAIL,
        errno.EMFILE,
        errno.ENFILE,
    }
)
# Chains are followed only through these packages, so that a failing mail server or object store, whose libraries chain
# the same built-in errors, is not mistaken for the database.
_WRAPPERS = frozenset({"asyncio", "asyncpg", "builtins", "service", "tortoise"})


def _is_network_error(error: BaseException) -> bool:
    if type(error).__module__ not in {"builtins", "socket"} or not isinstance(error, OSError):
        return False
    if isinstance(error, (ConnectionError, TimeoutError, socket.gaierror)):
        return True
    # asyncio joins the errors of several addresses into one OSError that has no number.
    return error.errno in _NETWORK_ERRNOS or (error.errno is None and "Multiple exceptions" in str(error))


def _says_away(error: BaseException) -> bool:
    if isinstance(error, _AWAY):
        return True
    if isinstance(error, pg.InterfaceError):
        # The other interface errors are mistakes in our code.
        return "clos" in str(error)
    if isinstance(error, pg.InternalClientError):
        # The server ended the connection between two steps of one statement.
        return '"failed" state' in str(error)
    return _is_network_error(error)


def is_unavailable(error: BaseException) -> bool:
    """Return whether `error` means that the database is unavailable or overloaded, and not that a statement is wrong.

    Looks through wrapping errors: causes always, contexts only of errors of Tortoise and asyncpg (a mistake made while
    an outage is handled stays a mistake).
    """
    return any(_says_away(link) for link in _links(error))


def is_deadlock(error: BaseException) -> bool:
    """Whether `error` means that this transaction was given up because it and another waited for each other."""
    return any(isinstance(link, asyncpg.DeadlockDetectedError) for link in _links(error))


def _links(error: BaseException) -> Iterator[BaseException]:
    """`error` and the errors behind it that may tell of the database."""
    seen: set[int] = set()
    waiting: list[BaseException] = [error]
    while waiting:
        current = waiting.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        if isinstance(current, BaseExceptionGroup):
            waiting.extend(current.exceptions)
        if type(current).__module__.partition(".")[0] not in _WRAPPERS:
            continue
        if current.__cause__ is not None:
            waiting.append(current.__cause__)
        elif (
            current.__context__ is not None
            and not current.__suppress_context__
            and isinstance(current, (BaseORMException, pg.InterfaceError, pg.InternalClientError))
        ):
            waiting.append(current.__context__)


def refusal(error: BaseException) -> str | None:
    """Return one sentence when Postgres answers and refuses us for what DATABASE_URL says, else None.

    Trying again does not help, unless somebody changes the role or makes the database.
    """
    for link in _links(error):
        if isinstance(link, pg.InvalidAuthorizationSpecificationError):
            return "DATABASE_URL: Postgres refuses the user or the password."
        if isinstance(link, pg.InvalidCatalogNameError):
            return "DATABASE_URL: this Postgres has no database of that name."
    return None


def reason_away(error: BaseException) -> str:
    """Return in a clause why a database is unavailable, without its address."""
    links = list(_links(error))
    for kinds, reason in _REASONS:
        if any(isinstance(link, kinds) for link in links):
            return reason
    # asyncio joins the errors of several addresses into one without a number.
    return _REFUSED if any("Connect call failed" in str(link) for link in links) else type(links[-1]).__name__


_REFUSED = "nothing listens at its address"
_REASONS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (pg.CannotConnectNowError, "it is starting up or shutting down"),
    (pg.TooManyConnectionsError, "all its connections are taken"),
    (pg.DiskFullError, "its disk is full"),
    (socket.gaierror, "nobody knows the name of its host"),
    (ConnectionRefusedError, _REFUSED),
    (TimeoutError, "no answer from its address"),
)


LOCALE_SQL = (
    "SELECT pg_encoding_to_char(encoding) AS encoding, datctype AS lc_ctype"
    " FROM pg_database WHERE datname = current_database()"
)


def locale_problem(encoding: str, lc_ctype: str) -> str | None:
    """Return one sentence when a database with these properties cannot hold our texts, else None.

    With `C` or `POSIX` Postgres knows upper and lower case for ASCII only, so searches miss names.
    """
    if encoding != "UTF8":
        return f"The database has the encoding {encoding}; create it anew with ENCODING 'UTF8'."
    if lc_ctype in {"C", "POSIX"}:
        return f"The database has LC_CTYPE {lc_ctype}; create it anew with LC_CTYPE 'C.UTF-8' (TEMPLATE template0)."
    return None


class DatabaseUnsuitable(Exception):
    """The database cannot hold our texts; the message is one sentence for the operator."""


async def refuse_unsuitable(timeout_seconds: float = 3.0) -> Exception | None:
    """Raise DatabaseUnsuitable when the open database must not be worked on; return why one could not be asked."""
    try:
        async with asyncio.timeout(timeout_seconds):
            problem = await database_problem()
    except Exception as error:
        if not (is_unavailable(error) or isinstance(error, TimeoutError)):
            raise
        return error
    if problem is not None:
        raise DatabaseUnsuitable(problem)
    return None


async def database_problem() -> str | None:
    """Return why a process must not work on the open database, in one sentence, or None.

    Raises errors for which `is_unavailable` is true when the database cannot be asked.
    """
    row = await fetch_row(LOCALE_SQL)
    assert row is not None  # current_database() is always listed
    return locale_problem(row["encoding"], row["lc_ctype"])
