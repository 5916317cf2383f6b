"""How does a run leave its row? On a connection of its own: programs beside the product have no pool."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

import orjson

from service.database import migrate
from service.maintenance.models import RunKind

_PATIENCE_SECONDS = 30.0


async def record_run(
    database_url: str, kind: RunKind, *, started_at: datetime, succeeded: bool, detail: Mapping[str, Any]
) -> None:
    """Write one finished run. `detail` holds counts, names and words, no personal data.

    Raises MigrationError when the database stays away for 30 s.
    """
    async with migrate.direct_connection(
        database_url, patience_seconds=_PATIENCE_SECONDS, command_timeout_seconds=_PATIENCE_SECONDS
    ) as connection:
        await connection.execute(
            "INSERT INTO maintenance_runs (id, kind, started_at, finished_at, succeeded, detail_json)"
            " VALUES ($1, $2, $3, now(), $4, $5)",
            uuid4(),
            kind.value,
            started_at,
            succeeded,
            orjson.dumps(detail).decode(),
        )
