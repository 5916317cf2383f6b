"""What are the marks of all content now?"""

from __future__ import annotations

import asyncpg

from service.base.clock import utc_now
from service.database import db

CONTENT_COLUMNS = (
    "(SELECT bit_xor(v.version) FROM content_versions v) AS content_version,"
    # The newest schedule that is due: passing it changes what is shown without any write.
    " greatest((SELECT max(j.scheduled_publish_at) FROM jobs j WHERE j.scheduled_publish_at <= now()),"
    " (SELECT max(p.scheduled_publish_at) FROM feed_posts p WHERE p.scheduled_publish_at <= now())) AS due_at"
)


def content_version_of(row: asyncpg.Record) -> str | None:
    """The version that a row with CONTENT_COLUMNS says.

    There is none while this process's clock is behind the database's: answers would still say "scheduled" of what is
    due.
    """
    due_at = row["due_at"]
    return f"{row['content_version']}/{due_at}" if due_at is None or due_at <= utc_now() else None


async def find_content_version() -> str | None:
    """The version of all content, for callers whose session nobody checks. One statement."""
    row = await db.fetch_row(f"SELECT {CONTENT_COLUMNS}")
    assert row is not None  # a SELECT without FROM has one row
    return content_version_of(row)
