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
