"""What does an export read?"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from service.database import db
from service.takeout.areas import Area


async def read_area(area: Area, user_id: str) -> list[dict[str, Any]]:
    """The rows of one area. One statement."""
    return [dict(row) for row in await db.fetch_all(area.sql, user_id)]


async def list_without_task(*, limit: int) -> list[UUID]:
    """Exports that are to be made and for which no task waits, the oldest first."""
    rows = await db.fetch_all(
        "SELECT x.id FROM personal_exports x WHERE x.state = 'PREPARING' AND NOT EXISTS (SELECT 1 FROM background_tasks t"
        " WHERE t.kind = 'build_export' AND t.state IN ('waiting', 'running') AND t.payload_json ->> 'exportId' = x.id::text)"
        " ORDER BY x.requested_at LIMIT $1",
        limit,
    )
    return [row["id"] for row in rows]
