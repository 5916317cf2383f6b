"""How are rows past their time removed? A few at a time, and nobody is waited for."""

from __future__ import annotations

from service.database import db
from service.retention.table import Removal


async def remove(table: str, removal: Removal, *, days: int, at_most: int) -> int:
    """Remove, or empty, a batch of a table's rows that are due; how many. Rows that somebody holds are skipped."""
    return await db.execute(
        f"{removal.then.format(table=table)} WHERE t.id IN"
        f" (SELECT t.id FROM {table} t WHERE {removal.due} LIMIT $2 FOR UPDATE OF t SKIP LOCKED)",
        days,
        at_most,
    )
