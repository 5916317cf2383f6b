"""How does nobody hear of one thing twice?"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from service.database import db


async def insert_notice(
    kind: str,
    *,
    user_id: str | None,
    cause: str,
    address: str | None,
    language: str | None,
    parameters: dict[str, Any],
) -> UUID | None:
    """The new notice's id; none when the person has been told of this cause already."""
    found: UUID | None = await db.fetch_value(
        "INSERT INTO notices (id, kind, user_id, cause, address, language, parameters_json)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (user_id, kind, cause) DO NOTHING RETURNING id",
        uuid4(),
        kind,
        user_id,
        cause,
        address,
        language,
        parameters,
    )
    return found


async def delete_old_notices(*, older_than_days: int, at_most: int) -> None:
    """Remove notices whose last try was long ago; those that another worker removes are skipped."""
    await db.execute(
        "DELETE FROM notices WHERE id IN (SELECT id FROM notices WHERE"
        " created_at < now() - make_interval(days => $1) ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
        older_than_days,
        at_most,
    )
