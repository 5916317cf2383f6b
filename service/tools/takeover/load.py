"""How does a dump of the replaced server get into our database? All of it in one transaction, or nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from service.database import migrate
from service.database.db import BaseConnection
from service.tools.takeover import TakeoverError
from service.tools.takeover.dump import Section, copy_text, scan
from service.tools.takeover.tables import OLD_TABLES

LOCK_TIMEOUT = "5s"
# Rows of these come with our schema and with the seed; those of the dump take their place.
_REPLACED = ("jobs", "feed_posts")


@dataclass(frozen=True, slots=True)
class TableCount:
    """Rows of one table: in the dump, and in the database after the import."""

    table: str
    in_dump: int
    in_database: int


async def import_dump(database_url: str, dump: Path, *, patience_seconds: float = 0.0) -> list[TableCount]:
    """Load a `pg_dump --data-only` of the replaced server and return the counts of all its tables.

    The dump is read through before the database is touched, then loaded in one transaction that holds off writers.
    Seeded jobs and posts go, the dump's roles take the place of ours, columns that an older release did not have get
    their defaults. The counts of dump and database are compared before the commit. The database must have this
    version's schema and no user. Raises TakeoverError and migrate.MigrationError; then nothing is changed.
    Source: docs/migrating.md.
    """
    sections = scan(dump)
    async with (
        migrate.direct_connection(database_url, patience_seconds=patience_seconds) as connection,
        migrate.migration_lock(connection, migrate.LOCK_TIMEOUT_SECONDS),
    ):
        if not await migrate.head_applied(connection):
            raise TakeoverError("The schema is not up to date: run `python -m service migrate` first.")
        async with connection.transaction():
            counts = await _load(connection, dump, sections)
        await connection.execute(f"ANALYZE {', '.join(OLD_TABLES)}")
    return counts


async def _load(connection: BaseConnection, dump: Path, sections: list[Section]) -> list[TableCount]:
    await _take_tables(connection)
    in_dump: Counter[str] = Counter()
    for section in sections:
        in_dump[section.table] += section.rows
    if in_dump["roles"]:
        await connection.execute("DELETE FROM roles")
    for table in _REPLACED:
        await connection.execute(f"DELETE FROM {table}")
    for table in OLD_TABLES:
        for section in sections:
            if section.table == table:
                await _load_section(connection, dump, section)
    counts = []
    for table in OLD_TABLES:
        rows = await connection.fetchval(f"SELECT count(*) FROM {table}")
        if rows != in_dump[table] and not (table == "roles" and not in_dump[table]):
            raise TakeoverError(f"{table}: the dump has {in_dump[table]} rows, the database {rows}.")
        counts.append(TableCount(table, in_dump[table], rows))
    await _complete(connection, sections)
    return counts


async def _take_tables(connection: BaseConnection) -> None:
    """Keep writers away until the end of the transaction, and refuse a database that somebody uses."""
    await connection.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    try:
        await connection.execute(f"LOCK TABLE {', '.join(OLD_TABLES)} IN EXCLUSIVE MODE")
    except asyncpg.LockNotAvailableError as error:
        raise TakeoverError("Something is writing to the database: stop the API and the worker first.") from error
    if await connection.fetchval("SELECT EXISTS (SELECT 1 FROM users)"):
        raise TakeoverError(
            "The database has users already: import into a fresh one, with BOOTSTRAP_ADMIN_EMAIL unset until then."
        )


async def _load_section(connection: BaseConnection, dump: Path, section: Section) -> None:
    try:
        await connection.copy_to_table(
            section.table, source=_as_async(copy_text(dump, section)), columns=list(section.columns), format="text"
        )
    except asyncpg.PostgresError as error:
        raise TakeoverError(_refusal(section, error)) from error


async def _as_async(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


def _refusal(section: Section, error: asyncpg.PostgresError) -> str:
    """One sentence that names table, row, column or constraint, and never a value."""
    reason = re.sub(r"(?<!^)(?=[A-Z])", " ", type(error).__name__.removesuffix("Error")).lower()
    if constraint := getattr(error, "constraint_name", None):
        reason += f" ({constraint})"
    place = ""
    # "COPY users, line 3, column id: …"; what follows the colon is the value.
    if found := re.search(r"COPY \w+, line (\d+)(?:, column (\w+))?", getattr(error, "context", None) or ""):
        row = int(found[1])
        place = f", line {section.line + row - 1} of the dump" if section.form == "copy" else f", row {row} of the dump"
        place += f", column {found[2]}" if found[2] else ""
    elif column := getattr(error, "column_name", None):
        place = f", column {column}"
    return f"{section.table}{place}: refused by the database, {reason}."


async def _complete(connection: BaseConnection, sections: list[Section]) -> None:
    """Do for the imported rows what our steps do for rows that are there when they run."""
    if any(section.table == "jobs" and "published_at" not in section.columns for section in sections):
        await connection.execute("UPDATE jobs SET published_at = created_at WHERE published_at IS NULL")
    # Code depends on our roles; those that the dump lacks are made again.
    await migrate.run_upgrade(connection, 4)
    await migrate.run_upgrade(connection, 37)
