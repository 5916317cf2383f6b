"""Who did what to whom? Audit rows, written in the transaction of the change they describe."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import orjson

from service import db
from service.logs import request_id


async def audit(
    action: str,
    *,
    actor_type: str,
    actor_id: str | None,
    subject_type: str,
    subject_id: str,
    detail: dict[str, Any] | None = None,
) -> None:
    """Write one row in the caller's transaction; without one it is a transaction of its own.

    `action` is a dotted verb such as `auth.registered`; `actor_type` is USER, ADMIN or SYSTEM. `detail` holds the
    change, never passwords, tokens or document contents. The id of the running request is added.
    """
    await db.execute(
        "INSERT INTO audit_events (id, actor_type, actor_id, action, subject_type, subject_id, request_id, detail_json)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        uuid4(),
        actor_type,
        actor_id,
        action,
        subject_type,
        subject_id,
        request_id.get(),
        orjson.dumps(detail or {}).decode(),
    )
