"""What happens with a delivery? It is kept for ever, applied once, and tried again when its session is not there yet."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

import orjson
from tortoise.expressions import F
from tortoise.transactions import in_transaction

from service.audit import domain as audit
from service.base import logs
from service.base.clock import utc_now
from service.base.settings import Settings
from service.database import db
from service.http.errors import ApiError, InvalidRequestBody
from service.http.fields import Moment, as_text, is_storable
from service.http.web import parse, uuid_or_none
from service.kyc.models import KycSession
from service.kyc.queries import merge_metadata
from service.kyc.schemas import InvalidMetadata
from service.kyc.states import SUBJECT as KYC_SUBJECT
from service.kyc.states import is_decided
from service.kyc.voices import Voice, fits
from service.tasks import domain as tasks
from service.tasks.models import TaskKind
from service.webhooks import queries, schemas
from service.webhooks.merging import Event, Times, change_of
from service.webhooks.models import DeliveryState, WebhookDelivery
from service.webhooks.signature import DeliveryHeaders, Sender, check_sender

_TRIES = 5
_FIRST_PAUSE = timedelta(seconds=5)
# The inbox counts the tries that found no session; the task itself also survives that many outages.
_TASK_ATTEMPTS = 20
# A waiting delivery this old has lost its task.
_FORGOTTEN = timedelta(hours=1)
_REDRIVE_ROWS = 100
_LOGGED_KEYS = 20


class IdempotencyKeyConflict(ApiError):
    status_code, code = 409, "idempotency_key_conflict"
    message = "This idempotency key was used for another delivery."
    message_id = "Kunci idempotensi ini sudah dipakai untuk kiriman lain."


class SessionNotThere(Exception):
    """The session of a delivery does not exist yet; for the worker, which tries again."""


class Ignored(StrEnum):
    """Why a delivery changes nothing: its session is decided, or the provider has said as much as fits."""

    DECIDED = "decided"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a delivery. `session` is the one it was applied to, as it is now."""

    idempotency_key: str
    is_duplicate: bool
    session: KycSession | None


@dataclass(frozen=True, slots=True)
class Redriven:
    """How many parked deliveries were applied, how many stay parked, and how many came too late or say too much."""

    applied: int
    parked: int
    ignored: int


@dataclass(frozen=True, slots=True)
class _Content:
    """What a body says. `session_id` is none when it names no session that could exist."""

    session_id: str | None
    event: Event


async def receive(headers: DeliveryHeaders, body: bytes, settings: Settings) -> Outcome:
    """Keep and apply one delivery, in one transaction; locks its session. A repeated one changes nothing.

    The order of checks is that of docs/rules/webhooks.md: JSON, switched on, sender, key, content. A delivery whose
    content is refused does not use its key up. Raises InvalidRequestBody, the errors of `check_sender`,
    IdempotencyKeyConflict, InvalidProviderRef, InvalidMetadata.
    """
    now = utc_now()
    payload = _read_json(body)
    sender = check_sender(headers, body, settings, now)
    refusal: ApiError | None = None
    content: _Content | None = None
    try:
        content = _read_content(payload, sender.idempotency_key, sender.signed_at or now)
    except ApiError as error:
        refusal = error
    digest = hashlib.sha256(body).hexdigest()
    async with in_transaction():
        outcome = None
        if content is not None:
            outcome = await _keep(sender, content, body, digest, now)
        if outcome is None:
            if not await _is_known(sender.idempotency_key, digest):
                assert refusal is not None
                raise refusal
            outcome = Outcome(sender.idempotency_key, is_duplicate=True, session=None)
    logs.log(
        # Without the sender's address, which the replaced server wrote: it is personal data.
        "kyc.provider_webhook.received",
        duplicate=outcome.is_duplicate,
        idempotencyKey=outcome.idempotency_key,
        payloadKeys=[str(name)[:64] for name in payload][:_LOGGED_KEYS] if isinstance(payload, dict) else [],
        updated=outcome.session is not None,
        signatureVerified=sender.signed_at is not None,
    )
    return outcome


async def _keep(sender: Sender, content: _Content, body: bytes, digest: str, now: datetime) -> Outcome | None:
    """Store the delivery and apply it. None when its key is known; a delivery being stored now is waited for."""
    delivery = WebhookDelivery(
        id=uuid4(),
        idempotency_key=sender.idempotency_key,
        body=body,
        body_sha256=digest,
        event_at=content.event.happened_at,
        signed_at=sender.signed_at,
        received_at=now,
        kyc_session_id=content.session_id,
        state=(DeliveryState.WAITING if content.session_id else DeliveryState.UNADDRESSED).value,
    )
    if not await queries.insert_delivery(delivery):
        return None
    found = await _apply(content.session_id, content.event) if content.session_id else None
    if found is not None:
        await _mark(delivery.id, found)
    elif content.session_id is not None and await audit.was_erased(KYC_SUBJECT, content.session_id):
        await queries.forget_body(delivery.id)
    elif content.session_id is not None:
        await tasks.enqueue(
            TaskKind.APPLY_WEBHOOK, {"deliveryId": str(delivery.id)}, delay=_FIRST_PAUSE, max_attempts=_TASK_ATTEMPTS
        )
    return Outcome(sender.idempotency_key, is_duplicate=False, session=found if isinstance(found, KycSession) else None)


async def _is_known(idempotency_key: str, digest: str) -> bool:
    known = await WebhookDelivery.filter(idempotency_key=idempotency_key).only("id", "body_sha256").get_or_none()
    if known is not None and known.body_sha256 != digest:
        raise IdempotencyKeyConflict
    return known is not None


async def _apply(session_id: str, event: Event) -> KycSession | Ignored | None:
    """Write what `event` may write into its session, in the caller's transaction. None when there is no such session.

    The status of the verification is never touched, and no status event is written. All of an event is written or
    nothing of it.
    """
    held = await KycSession.filter(id=session_id).select_for_update().get_or_none()
    if held is None:
        return None
    if is_decided(held):
        return Ignored.DECIDED
    change = change_of(event, Times.of(held.provider_metadata_times_json))
    if not fits(held.signed_metadata_json, change.metadata):
        return Ignored.FULL
    return await merge_metadata(
        held.id, Voice.SIGNED, change.metadata, provider_ref=change.provider_ref, times=change.times.stored()
    )


async def _mark(delivery_id: UUID, found: KycSession | Ignored) -> DeliveryState:
    """Write down what became of a delivery, in the caller's transaction; returns its state."""
    reason = found if isinstance(found, Ignored) else None
    state = DeliveryState.IGNORED if reason else DeliveryState.APPLIED
    await WebhookDelivery.filter(id=delivery_id).update(
        state=state.value,
        attempts=F("attempts") + 1,
        last_error=reason.value if reason else None,
        applied_at=None if reason else utc_now(),
    )
    if reason:
        level = "info" if reason is Ignored.DECIDED else "warn"
        logs.log("kyc.provider_webhook.ignored", level=level, deliveryId=str(delivery_id), reason=reason.value)
    return state


# --- Later tries ------------------------------------------------------------------------------------------------------


async def apply_later(payload: dict[str, Any], _: Settings) -> None:
    """The worker's try at a waiting delivery; after the fifth it is parked. Raises SessionNotThere before that."""
    async with in_transaction():
        delivery = await _lock(payload["deliveryId"], [DeliveryState.WAITING])
        state = await _try(delivery, parks_after=_TRIES) if delivery else None
    if state == DeliveryState.WAITING:
        raise SessionNotThere


async def redrive() -> Redriven:
    """Try every parked delivery once more, and waiting ones that lost their task; each in a transaction of its own."""
    counts = Counter[DeliveryState | None]()
    after = (datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0))
    while True:
        rows = await queries.list_untried(after, before=utc_now() - _FORGOTTEN, limit=_REDRIVE_ROWS)
        for found in rows:
            async with in_transaction():
                delivery = await _lock(found["id"], [DeliveryState.PARKED, DeliveryState.WAITING])
                state = await _try(delivery, parks_after=0) if delivery else None
            counts[state] += 1
        if len(rows) < _REDRIVE_ROWS:
            return Redriven(counts[DeliveryState.APPLIED], counts[DeliveryState.PARKED], counts[DeliveryState.IGNORED])
        after = (rows[-1]["received_at"], rows[-1]["id"])


async def _lock(delivery_id: UUID | str, states: list[DeliveryState]) -> WebhookDelivery | None:
    found = WebhookDelivery.filter(id=delivery_id, state__in=[state.value for state in states])
    return await found.select_for_update(skip_locked=True).get_or_none()


async def _try(delivery: WebhookDelivery, *, parks_after: int) -> DeliveryState:
    """Apply a locked delivery from its stored bytes, or count the try; returns its state now."""
    reason = SessionNotThere.__name__
    try:
        async with in_transaction():
            content = _read_content(_read_json(delivery.body), delivery.idempotency_key, delivery.event_at)
            found = await _apply(content.session_id, content.event) if content.session_id is not None else None
            if found is not None:
                return await _mark(delivery.id, found)
    except Exception as error:
        if db.is_unavailable(error):
            raise
        reason = type(error).__name__
    delivery.attempts += 1
    delivery.last_error = reason
    state = DeliveryState.PARKED if delivery.attempts >= parks_after else DeliveryState.WAITING
    delivery.state = state.value
    await delivery.save(update_fields=["state", "attempts", "last_error"])
    if state == DeliveryState.PARKED:
        logs.log("kyc.provider_webhook.parked", level="warn", deliveryId=str(delivery.id), attempts=delivery.attempts)
    return state


# --- Reading ----------------------------------------------------------------------------------------------------------


def _read_json(body: bytes) -> Any:
    """The JSON value of `body`; nothing and `null` are an empty object. Raises InvalidRequestBody."""
    if not body:
        return {}
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InvalidRequestBody from error
    return {} if value is None else value


def _read_content(payload: Any, idempotency_key: str, fallback_time: datetime) -> _Content:
    """What `payload` says. Raises InvalidMetadata (also for an array or scalar) and InvalidProviderRef."""
    if not isinstance(payload, dict):
        raise InvalidMetadata
    stated = payload.get("metadata")
    whole = stated is None or stated is False or stated == "" or (isinstance(stated, int | float) and stated == 0)
    given = parse(
        schemas.ProviderContent,
        {"providerRef": payload.get("providerRef"), "metadata": None if whole else stated},
    )
    metadata = payload if whole else given.metadata or {}
    if not is_storable(metadata):
        raise InvalidMetadata
    event = Event(
        happened_at=_happened_at(payload.get("occurredAt")) or fallback_time,
        idempotency_key=idempotency_key,
        provider_ref=given.provider_ref,
        metadata=metadata,
    )
    return _Content(_session_id(payload.get("sessionId")), event)


_MOMENT: Callable[[Any], datetime | None] = Moment(InvalidRequestBody, optional=True).parse


def _happened_at(value: Any) -> datetime | None:
    """The payload's own time; none when there is none, or it is no ISO-8601 date."""
    try:
        return _MOMENT(value)
    except ValueError:
        return None


def _session_id(value: Any) -> str | None:
    try:
        return uuid_or_none((as_text(value) or "").strip())
    except ValueError:
        return None
