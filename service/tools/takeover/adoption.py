"""May a database of the replaced server become ours as it is? `migrate --adopt` asks here."""

from __future__ import annotations

import asyncpg

from service.database import migrate
from service.database.db import BaseConnection
from service.tools.takeover import TakeoverError
from service.tools.takeover.catalogue import Catalogue, differences, read_catalogue
from service.tools.takeover.tables import BASE_STEPS, HISTORY_TABLE, OLD_STEPS

_REFERENCE_SCHEMA = "takeover_reference"
_NOT_COMPARED = (HISTORY_TABLE, "aerich", "aerich_id_seq")


async def adopt(
    database_url: str,
    *,
    lock_timeout_seconds: float = migrate.LOCK_TIMEOUT_SECONDS,
    patience_seconds: float = 0.0,
) -> tuple[list[str], list[str]]:
    """Take over a database of the replaced server: record the steps it has made as ours, then apply the pending ones.

    Returns the names adopted and the names applied. The schema must be exactly what our own steps make. A database
    that has our history already is only migrated. Raises TakeoverError with a sentence for each difference, and
    MigrationError. Source: docs/migrating.md.
    """
    async with migrate.ready(database_url, lock_timeout_seconds, patience_seconds) as connection:
        adopted: list[str] = []
        if not await migrate.applied_names(connection):
            adopted = [one.name for one in migrate.migrations()[: await adoptable_steps(connection)]]
            state = migrate.models_state(migrate.head())
            async with connection.transaction():
                # The first makes Aerich's table, the fourth the roles that are missing; everything else is there.
                await migrate.run_upgrade(connection, 1)
                await migrate.run_upgrade(connection, 4)
                for name in adopted:
                    await migrate.record(connection, name, state)
        applied = await migrate.apply_pending(connection)
        await _record_for_the_way_back(connection)
        return adopted, applied


async def adoptable_steps(connection: BaseConnection) -> int:
    """Return how many of our steps the replaced server has made here: 9 to 12.

    They are those it recorded, without a gap, and the schema is exactly what ours make. Leaves no trace. Raises
    TakeoverError, in the second case with one sentence for each difference.
    """
    steps = await _recorded_steps(connection)
    expected = await _made_by_our_steps(connection, steps)
    found = await read_catalogue(connection, leave_out=_NOT_COMPARED)
    if sentences := await differences(connection, found, expected):
        raise TakeoverError("\n".join(["The schema is not the replaced server's; nothing was changed.", *sentences]))
    return steps


async def _record_for_the_way_back(connection: BaseConnection) -> None:
    """Tell the replaced server that its steps up to 012 are made, so that it does not make them if it comes back."""
    if await connection.fetchval("SELECT to_regclass($1) IS NOT NULL", HISTORY_TABLE):
        await connection.execute(
            f"INSERT INTO {HISTORY_TABLE} (file_name) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING", list(OLD_STEPS)
        )


async def _recorded_steps(connection: BaseConnection) -> int:
    try:
        rows = await connection.fetch(f"SELECT file_name FROM {HISTORY_TABLE}")
    except asyncpg.UndefinedTableError as error:
        raise TakeoverError(
            f"There is no table {HISTORY_TABLE}: this is not a database of the replaced server; use `migrate` alone."
        ) from error
    except asyncpg.UndefinedColumnError as error:
        raise TakeoverError(f"The table {HISTORY_TABLE} is not the replaced server's.") from error
    recorded = {row["file_name"] for row in rows}
    if unknown := sorted(recorded - set(OLD_STEPS)):
        raise TakeoverError("\n".join(f"The step {name} is recorded and not known here." for name in unknown))
    steps = next((place for place, name in enumerate(OLD_STEPS) if name not in recorded), len(OLD_STEPS))
    if steps < BASE_STEPS or steps < len(recorded):
        raise TakeoverError(
            f"The step {OLD_STEPS[steps]} is not recorded: bring the old server's schema up to date first."
        )
    return steps


async def _made_by_our_steps(connection: BaseConnection, steps: int) -> Catalogue:
    """The schema that our first `steps` files make, built aside in a transaction that is undone."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(f"CREATE SCHEMA {_REFERENCE_SCHEMA}; SET LOCAL search_path = {_REFERENCE_SCHEMA}")
        for number in range(1, steps + 1):
            await migrate.run_upgrade(connection, number)
        return await read_catalogue(connection, leave_out=_NOT_COMPARED)
    except asyncpg.InsufficientPrivilegeError as error:
        raise TakeoverError("The database's user may not create a schema: use the owner of the database.") from error
    finally:
        await transaction.rollback()
