"""Which documents have no checked copy of today's kinds?"""

from __future__ import annotations

from uuid import UUID

from service.database import db
from service.tasks.models import TaskKind


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
