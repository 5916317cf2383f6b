"""What does a restored database hold? On a connection of its own, because it is not the product's database."""

from __future__ import annotations

from service.database.db import BaseConnection


async def count_rows(connection: BaseConnection) -> dict[str, int]:
    """The rows of every table by its name."""
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    return {
        row["tablename"]: await connection.fetchval(f'SELECT count(*) FROM public."{row["tablename"]}"')
        for row in tables
    }


async def newest_documents(connection: BaseConnection, limit: int) -> list[tuple[str, str]]:
    """Object key and SHA-256 of registered documents. Some have no object, because registering does not look."""
    rows = await connection.fetch(
        "SELECT key, checksum FROM ("
        "SELECT object_key AS key, checksum_sha256 AS checksum, created_at FROM job_application_documents"
        " UNION ALL SELECT metadata_json ->> 'objectKey', checksum_sha256, created_at FROM identity_documents"
        ") AS documents WHERE key IS NOT NULL ORDER BY created_at DESC LIMIT $1",
        limit,
    )
    return [(row["key"], row["checksum"]) for row in rows]
