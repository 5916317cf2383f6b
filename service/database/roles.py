"""Which role may do what in the database? The owner makes the schema, the app writes rows, reporting reads them."""

from __future__ import annotations

import asyncio
import time

from service.base import logs
from service.database import db, migrate
from service.database.db import BaseConnection

_PATIENCE_SECONDS = 60.0
_AUDIT_TABLES = "audit_events, audit_head, audit_keys"
# What a row has when it is written. Its place in the chain and its MAC come from `audit_seal` alone.
_AUDIT_COLUMNS = (
    "id, occurred_at, actor_type, actor_id, action, subject_type, subject_id, request_id, detail_json, key_id, stamp,"
    " detail_digest, detail_salt"
)
_AUDIT_FUNCTIONS = (
    "audit_admit_key(TEXT, TEXT), audit_seal(UUID[], TEXT[], BIGINT, TEXT, TEXT), audit_erase_details(TEXT[], TEXT[]),"
    " audit_erase_details_by(TEXT[], TEXT[]), audit_replace_ids(TEXT[], TEXT[])"
)
# `REVOKE ALL` takes the columns' rights along. One text that is sent as a whole is one transaction.
_APP_SQL = f"""
    GRANT USAGE ON SCHEMA public TO {{role}};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {{role}};
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {{role}};
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {{role}};
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {{role}};
    REVOKE ALL ON aerich, {_AUDIT_TABLES} FROM {{role}};
    GRANT SELECT ON aerich, {_AUDIT_TABLES} TO {{role}};
    GRANT INSERT ({_AUDIT_COLUMNS}) ON audit_events TO {{role}};
    REVOKE EXECUTE ON FUNCTION {_AUDIT_FUNCTIONS} FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION {_AUDIT_FUNCTIONS} TO {{role}};
"""
_REPORTING_SQL = """
    GRANT USAGE ON SCHEMA public TO {role};
    GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role};
    GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {role};
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON SEQUENCES TO {role};
    GRANT INSERT ON maintenance_runs TO {role};
"""
CAN_REWRITE_SQL = """
    has_table_privilege('audit_events', 'UPDATE, DELETE, TRUNCATE, TRIGGER')
        OR has_any_column_privilege('audit_events', 'UPDATE')
        OR has_table_privilege('audit_keys', 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER')
        OR has_table_privilege('audit_head', 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER')
        OR has_schema_privilege('public', 'CREATE')
"""
"""Whether the role that asks may change audit rows or the schema."""


async def grant(owner_url: str, app_url: str, reporting_url: str) -> list[str]:
    """Give the roles of `app_url` and `reporting_url` what they need, as the owner; returns their names.

    A role that is the owner is passed over. Safe to repeat, and at once: under the lock of all migrations. Waits a minute
    for roles that are not made yet. Raises MigrationError.
    """
    granted: list[str] = []
    async with (
        migrate.direct_connection(owner_url) as owner,
        migrate.migration_lock(owner, migrate.LOCK_TIMEOUT_SECONDS),
    ):
        known = await owner.fetchval("SELECT current_user")
        for url, sql in ((app_url, _APP_SQL), (reporting_url, _REPORTING_SQL)):
            role = known if url == owner_url else await _role_of(url)
            if role == known or role in granted:
                continue
            await owner.execute(sql.format(role='"' + role.replace('"', '""') + '"'))
            granted.append(role)
    return granted


async def _role_of(url: str) -> str:
    """Asked of Postgres: behind a pooler the name in the address may be another."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            async with migrate.direct_connection(url) as connection:
                name: str = await connection.fetchval("SELECT current_user")
                return name
        except migrate.DatabaseRefused as error:
            if time.monotonic() >= deadline:
                raise migrate.DatabaseRefused(
                    f"The role of DATABASE_URL or DATABASE_REPORTING_URL cannot sign in: {error}"
                ) from error
            await asyncio.sleep(1)


async def can_rewrite_audit(connection: BaseConnection | None = None) -> bool:
    """Whether the role of the open database, or of `connection`, may change audit rows or the schema. One statement."""
    if connection is not None:
        return bool(await connection.fetchval(f"SELECT {CAN_REWRITE_SQL}"))
    return bool(await db.fetch_value(f"SELECT {CAN_REWRITE_SQL}"))


async def say_unprotected() -> None:
    """Log `audit.unprotected` when this process's role may rewrite the audit rows; nothing while that cannot be asked."""
    try:
        unprotected = await migrate.head_applied() and await can_rewrite_audit()
    except Exception as error:
        if not db.is_unavailable(error):
            raise
        return
    if unprotected:
        logs.log(
            "audit.unprotected",
            level="warn",
            message="The role of DATABASE_URL may rewrite the audit rows: give it no more than docs/rules/audit.md says.",
        )
