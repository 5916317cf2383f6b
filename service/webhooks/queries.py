"""How is a delivery kept once, and which ones are tried again?"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import asyncpg

from service.database import db
from service.webhooks.models import DeliveryState, WebhookDelivery


async def insert_delivery(delivery: WebhookDelivery) -> bool:
    """Whether it was stored: not when its key is known. One with the same key that is being stored is waited for."""
    return bool(
        await db.execute(
            "INSERT INTO webhook_deliveries"
            " (id, idempotency_key, body, body_sha256, event_at, signed_at, received_at, kyc_session_id, state)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (idempotency_key) DO NOTHING",
            delivery.id,
            delivery.idempotency_key,
            delivery.body,
            delivery.body_sha256,
            delivery.event_at,
            delivery.signed_at,
            delivery.received_at,
            delivery.kyc_session_id,
            delivery.state,
        )
    )


async def forget_body(delivery_id: UUID) -> None:
    """Keep of a delivery its key and digest alone."""
    await db.execute(
        f"UPDATE webhook_deliveries SET body = '', kyc_session_id = NULL, state = '{DeliveryState.UNADDRESSED}'"
        " WHERE id = $1",
        delivery_id,
    )


async def list_untried(after: tuple[datetime, UUID], *, before: datetime, limit: int) -> list[asyncpg.Record]:
    """`id` and `received_at` of parked deliveries, and of waiting ones received before `before`, oldest first."""
    return await db.fetch_all(
        f"SELECT id, received_at FROM webhook_deliveries WHERE (state = '{DeliveryState.PARKED}'"
        f" OR (state = '{DeliveryState.WAITING}' AND received_at < $3)) AND (received_at, id) > ($1, $2)"
        " ORDER BY received_at, id LIMIT $4",
        *after,
        before,
        limit,
    )
