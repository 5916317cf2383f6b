"""Which documents did nobody read yet, and which have no checked copy of today's kinds?"""

from __future__ import annotations

from uuid import UUID

import asyncpg

from service.database import db
from service.tasks.models import TaskKind


async def list_unread(*, at_most: int) -> list[asyncpg.Record]:
    """`subject`, `id` and `task_id` of documents that no look was at and that no task has, newest first.

    So many that with them at most `at_most` first looks wait. `task_id` follows from the document: a task that was given
    up under it keeps the document out for as long as its row is kept.
    """
    first = f"t.kind = '{TaskKind.VERIFY_DOCUMENT}' AND t.state IN ('waiting', 'running')"
    unread = " UNION ALL ".join(
        f"SELECT '{subject}' AS subject, d.id, d.created_at, md5('{TaskKind.VERIFY_DOCUMENT}:' || d.id)::uuid AS task_id"
        f" FROM {table} d WHERE d.byte_state = 'declared' AND d.bytes_checked_at IS NULL"
        for subject, table in (("identity", "identity_documents"), ("application", "job_application_documents"))
    )
    return await db.fetch_all(
        f"SELECT subject, id, task_id FROM ({unread}) d"
        " WHERE NOT EXISTS (SELECT FROM background_tasks t WHERE t.id = d.task_id)"
        f" AND NOT EXISTS (SELECT FROM background_tasks t WHERE {first} AND t.payload_json ->> 'documentId' = d.id::text)"
        " ORDER BY created_at DESC, id"
        f" LIMIT greatest(0, $1 - (SELECT count(*) FROM background_tasks t WHERE {first} AND t.payload_json ->> 'look' = '0'"
        " AND t.payload_json ->> 'until' IS NOT NULL))",
        at_most,
    )


async def list_without_copy(*, limit: int) -> list[tuple[str, UUID]]:
    """Subjects and ids of verified documents of which nobody knows what their copy is, and that no task has, newest first."""
    without = " UNION ALL ".join(
        f"SELECT '{subject}' AS subject, d.id, d.created_at FROM {table} d"
        " WHERE d.byte_state = 'verified' AND d.copy_kind IS NULL AND NOT EXISTS (SELECT 1 FROM background_tasks t"
        f" WHERE t.kind = '{TaskKind.VERIFY_DOCUMENT}' AND t.state IN ('waiting', 'running')"
        " AND t.payload_json ->> 'documentId' = d.id::text)"
        for subject, table in (("identity", "identity_documents"), ("application", "job_application_documents"))
    )
    rows = await db.fetch_all(f"SELECT subject, id FROM ({without}) found ORDER BY created_at DESC, id LIMIT $1", limit)
    return [(row["subject"], row["id"]) for row in rows]
