"""How does a test speak as the identity provider?"""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

import httpx
import orjson

from service.tools.smoke.signing import webhook_headers, webhook_signature
from tests.conftest import TEST_ENVIRONMENT

PATH = "/identity/kyc/provider-webhook"
SECRET = TEST_ENVIRONMENT["KYC_PROVIDER_WEBHOOK_SECRET"]


def signed(body: bytes, *, key: str = "evt-1", secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    """The four headers of a delivery signed at `at` (seconds, default now)."""
    return webhook_headers(secret, timestamp_sec=int(time.time() if at is None else at), idempotency_key=key, body=body)


def signed_as(body: bytes, *, stamp: str, milliseconds: int, key: str = "evt-1") -> dict[str, str]:
    """Headers whose time is written `stamp` and signed as `milliseconds`."""
    signature = webhook_signature(SECRET, timestamp_ms=milliseconds, idempotency_key=key, body=body)
    return {
        "x-kyc-webhook-secret": SECRET,
        "x-idempotency-key": key,
        "x-kyc-webhook-timestamp": stamp,
        "x-kyc-webhook-signature": signature,
    }


async def deliver(api: httpx.AsyncClient, payload: Any, *, key: str | None = None, at: float | None = None) -> Any:
    """A good delivery; its answer."""
    body = payload if isinstance(payload, bytes) else orjson.dumps(payload)
    return await api.post(PATH, content=body, headers=signed(body, key=key or str(uuid4()), at=at))
