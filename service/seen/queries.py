"""How is it written down, and found again, what somebody was shown?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from service.database import db

# A mark that says the same is renewed once a day: a list that is read every minute writes nothing, and a mark is still
# kept about thirty days from the last look.
_RENEWED_AFTER = "interval '1 day'"


async def keep_seen(
    user_id: str, versions: Mapping[str, int], *, unless_since: datetime | None, seconds: float
) -> None:
    """Mark these things as seen by a person in these versions; a mark never goes back. One statement.

    Who saw a thing since `unless_since` keeps the mark as it is. Sorted, so that two answers to one person cannot wait
    for each other in a circle. Raises StatementTooSlow after `seconds`.
    """
    await db.fetch_all(
        "INSERT INTO seen_versions AS m (user_id, subject_id, version, seen_at)"
        " SELECT $1, s.id, s.version, statement_timestamp() FROM unnest($2::uuid[], $3::int[]) AS s (id, version)"
        " WHERE NOT EXISTS (SELECT FROM seen_versions k WHERE k.user_id = $1 AND k.subject_id = s.id"
        f" AND (k.seen_at >= $4 OR (k.version >= s.version AND k.seen_at > statement_timestamp() - {_RENEWED_AFTER})))"
        " ORDER BY s.id ON CONFLICT (user_id, subject_id) DO UPDATE SET"
        " version = GREATEST(m.version, excluded.version), seen_at = excluded.seen_at",
        user_id,
        list(versions),
        list(versions.values()),
        unless_since,
        seconds=seconds,
    )


async def find_seen(user_id: str, subject_id: UUID) -> int | None:
    """The newest version of a thing that a person was shown, or None."""
    found: int | None = await db.fetch_value(
        "SELECT version FROM seen_versions WHERE user_id = $1 AND subject_id = $2", user_id, subject_id
    )
    return found
