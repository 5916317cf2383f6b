"""Which statements does the seed need that no model says?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from service.database import db


async def insert(table: str, values: Mapping[str, Any]) -> int:
    """Add a row unless one with the same key is there; how many were added."""
    places = ", ".join(f"${position}" for position in range(1, len(values) + 1))
    return await db.execute(
        f"INSERT INTO {table} ({', '.join(values)}) VALUES ({places}) ON CONFLICT DO NOTHING", *values.values()
    )


async def grant_role(grant_id: UUID, user_id: UUID, code: str) -> int:
    """Give an account a role by its code; how many were given."""
    return await db.execute(
        "INSERT INTO user_roles (id, user_id, role_id) SELECT $1, $2, id FROM roles WHERE code = $3"
        " ON CONFLICT DO NOTHING",
        grant_id,
        user_id,
        code,
    )


async def lock_reset(user_id: UUID) -> None:
    """Let one reset of an account run at a time, until the caller's transaction ends."""
    await db.fetch_value("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"seed-reset/{user_id}")


async def document_ids(user_id: UUID) -> list[str]:
    """All documents of a person, of applications and of verifications."""
    found = await db.fetch_all(
        "SELECT id FROM job_application_documents WHERE user_id = $1 UNION ALL"
        " SELECT d.id FROM identity_documents d JOIN kyc_sessions s ON s.id = d.kyc_session_id WHERE s.user_id = $1",
        user_id,
    )
    return [str(row["id"]) for row in found]
