"""How is a delivery of the identity provider signed?"""

import hashlib
import hmac


def webhook_signature(secret: str, *, timestamp_ms: int, idempotency_key: str, body: bytes) -> str:
    """64 lower-case hex digits: HMAC-SHA256 of `<milliseconds>.<key>.<body bytes>` under the trimmed secret.

    The signed number is milliseconds even when the header carries seconds. Source: docs/rules/webhooks.md.
    """
    message = f"{timestamp_ms}.{idempotency_key.strip()}.".encode() + body
    return hmac.new(secret.strip().encode(), message, hashlib.sha256).hexdigest()


def webhook_headers(secret: str, *, timestamp_sec: int, idempotency_key: str, body: bytes) -> dict[str, str]:
    """The four headers of a delivery; the time is sent in whole seconds."""
    signature = webhook_signature(secret, timestamp_ms=timestamp_sec * 1000, idempotency_key=idempotency_key, body=body)
    return {
        "x-kyc-webhook-secret": secret.strip(),
        "x-idempotency-key": idempotency_key,
        "x-kyc-webhook-timestamp": str(timestamp_sec),
        "x-kyc-webhook-signature": f"sha256={signature}",
    }
