"""Does this delivery come from the identity provider? Shared secret, time and HMAC, in the contract's order of checks."""

from __future__ import annotations

import hashlib
import hmac
import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from service.base.settings import Settings
from service.http.errors import ApiError, Unauthenticated, Unavailable
from service.http.fields import Number, utf16_length

_LONGEST_KEY = 200
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Above this a timestamp is milliseconds; as seconds it would be the year 33658.
_LARGEST_SECONDS = 1e12


class ProviderWebhookDisabled(Unavailable):
    code = "provider_webhook_disabled"
    message = "Deliveries of the identity provider are switched off."
    message_id = "Kiriman dari penyedia identitas dinonaktifkan."
    retry_after = 3600


class MissingWebhookSecret(Unauthenticated):
    code = "missing_webhook_secret"
    message = "The webhook secret is missing."
    message_id = "Rahasia webhook tidak disertakan."


class InvalidWebhookSecret(ApiError):
    status_code, code = 403, "invalid_webhook_secret"
    message = "The webhook secret is not valid."
    message_id = "Rahasia webhook tidak valid."


class MissingIdempotencyKey(ApiError):
    status_code, code = 400, "missing_idempotency_key"
    message = "The idempotency key is missing."
    message_id = "Kunci idempotensi tidak disertakan."


class InvalidIdempotencyKey(ApiError):
    status_code, code = 400, "invalid_idempotency_key"
    message = "The idempotency key is not valid."
    message_id = "Kunci idempotensi tidak valid."


class MissingWebhookTimestamp(Unauthenticated):
    code = "missing_webhook_timestamp"
    message = "The webhook time is missing."
    message_id = "Waktu webhook tidak disertakan."


class InvalidWebhookTimestamp(ApiError):
    status_code, code = 400, "invalid_webhook_timestamp"
    message = "The webhook time is not a number."
    message_id = "Waktu webhook bukan angka."


class StaleWebhookTimestamp(Unauthenticated):
    code = "stale_webhook_timestamp"
    message = "The webhook time is too far from now."
    message_id = "Waktu webhook terlalu jauh dari sekarang."


class MissingWebhookSignature(Unauthenticated):
    code = "missing_webhook_signature"
    message = "The webhook signature is missing."
    message_id = "Tanda tangan webhook tidak disertakan."


class MalformedWebhookSignature(ApiError):
    status_code, code = 400, "invalid_webhook_signature"
    message = "The webhook signature is not readable."
    message_id = "Tanda tangan webhook tidak dapat dibaca."


class WrongWebhookSignature(ApiError):
    status_code, code = 403, "invalid_webhook_signature"
    message = "The webhook signature is not valid."
    message_id = "Tanda tangan webhook tidak valid."


ERRORS: tuple[type[ApiError], ...] = (
    ProviderWebhookDisabled,
    MissingWebhookSecret,
    InvalidWebhookSecret,
    MissingIdempotencyKey,
    InvalidIdempotencyKey,
    MissingWebhookTimestamp,
    InvalidWebhookTimestamp,
    StaleWebhookTimestamp,
    MissingWebhookSignature,
    MalformedWebhookSignature,
    WrongWebhookSignature,
)


@dataclass(frozen=True, slots=True)
class DeliveryHeaders:
    """The four headers, trimmed; none where one is absent or blank."""

    secret: str | None
    idempotency_key: str | None
    timestamp: str | None
    signature: str | None


@dataclass(frozen=True, slots=True)
class Sender:
    """What the headers of an accepted delivery say. `signed_at` is none when it carried no signature."""

    idempotency_key: str
    signed_at: datetime | None


def check_sender(headers: DeliveryHeaders, body: bytes, settings: Settings, now: datetime) -> Sender:
    """Who sent `body`, the raw bytes. Raises one of ERRORS, in the order of docs/rules/webhooks.md."""
    if not settings.kyc_provider_webhook_enabled or not settings.kyc_provider_webhook_secret:
        raise ProviderWebhookDisabled
    secrets = [
        secret.encode()
        for secret in (settings.kyc_provider_webhook_secret, settings.kyc_provider_webhook_secret_previous)
        if secret
    ]
    if headers.secret is None:
        raise MissingWebhookSecret
    if not _is_one_of(headers.secret.encode("utf-8", "surrogateescape"), secrets):
        raise InvalidWebhookSecret
    if headers.idempotency_key is None:
        raise MissingIdempotencyKey
    key = headers.idempotency_key
    if utf16_length(key) > _LONGEST_KEY or not _is_text(key):
        raise InvalidIdempotencyKey
    if not (settings.kyc_provider_webhook_require_signature or headers.timestamp or headers.signature):
        return Sender(key, None)
    milliseconds = _milliseconds(headers.timestamp)
    if abs(now.timestamp() * 1000 - milliseconds) > settings.kyc_provider_webhook_max_skew_sec * 1000:
        raise StaleWebhookTimestamp
    given = _digest(headers.signature)
    message = f"{milliseconds}.{key}.".encode() + body
    if not _is_one_of(given, [hmac.new(secret, message, hashlib.sha256).digest() for secret in secrets]):
        raise WrongWebhookSignature
    return Sender(key, _EPOCH + timedelta(milliseconds=milliseconds))


def _milliseconds(text: str | None) -> int:
    """The number that is signed: always milliseconds, whether the header carries those or seconds."""
    if text is None:
        raise MissingWebhookTimestamp
    try:
        number = float(Number(InvalidWebhookTimestamp, integer=False).parse(text))
    except ValueError:
        raise InvalidWebhookTimestamp from None
    if not 0 < number < 1e300:
        raise InvalidWebhookTimestamp
    return math.floor(number if number > _LARGEST_SECONDS else number * 1000)


def _digest(text: str | None) -> bytes:
    if text is None:
        raise MissingWebhookSignature
    found = re.fullmatch(r"(?:sha256=)?([0-9a-f]{64})", text, re.IGNORECASE | re.ASCII)
    if found is None:
        raise MalformedWebhookSignature
    return bytes.fromhex(found[1])


def _is_one_of(given: bytes, accepted: list[bytes]) -> bool:
    """Compare with each of `accepted`, in a time that does not tell which one it was."""
    matches = [hmac.compare_digest(given, one) for one in accepted]
    return any(matches)


def _is_text(key: str) -> bool:
    return "\x00" not in key and not any(0xD800 <= ord(character) <= 0xDFFF for character in key)
