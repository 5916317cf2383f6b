"""What does a session know after an event, in whatever order events arrive?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from service.kyc.voices import RESERVED_KEY

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Stamp = tuple[int, str]
"""When something was said, microseconds since 1970, and the idempotency key that decides between equal times."""


@dataclass(frozen=True, slots=True)
class Event:
    """What one delivery says about a session. `provider_ref` none keeps the old one."""

    happened_at: datetime
    idempotency_key: str
    provider_ref: str | None
    metadata: dict[str, Any]

    @property
    def stamp(self) -> Stamp:
        return (self.happened_at - _EPOCH) // timedelta(microseconds=1), self.idempotency_key


@dataclass(frozen=True, slots=True)
class Times:
    """Which event wrote the reference and each top-level metadata key of a session last."""

    provider_ref: Stamp | None
    metadata: dict[str, Stamp]

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Times:
        """From the stored form: `{"providerRef": [time, key], "metadata": {name: [time, key]}}`."""
        reference = stored.get("providerRef")
        metadata = {name: _stamp(value) for name, value in stored.get("metadata", {}).items()}
        return cls(_stamp(reference) if reference else None, metadata)

    def stored(self) -> dict[str, Any]:
        """See `of`."""
        return {"providerRef": self.provider_ref, "metadata": self.metadata}


@dataclass(frozen=True, slots=True)
class Change:
    """What an event changes: `provider_ref` none and a metadata key that is not named stay as they are."""

    provider_ref: str | None
    metadata: dict[str, Any]
    times: Times


def change_of(event: Event, times: Times) -> Change:
    """What `event` may write, given what wrote before: whatever a later event has written stays, RESERVED_KEY is dropped.

    So the state after a set of events is the same for every order of their arrival. Source: docs/rules/webhooks.md.
    """
    stamp = event.stamp
    metadata = {
        name: value
        for name, value in event.metadata.items()
        if name != RESERVED_KEY and stamp > times.metadata.get(name, (-(10**18), ""))
    }
    refers = event.provider_ref is not None and (times.provider_ref is None or stamp > times.provider_ref)
    return Change(
        provider_ref=event.provider_ref if refers else None,
        metadata=metadata,
        times=Times(stamp if refers else times.provider_ref, {**times.metadata, **dict.fromkeys(metadata, stamp)}),
    )


def _stamp(value: list[Any]) -> Stamp:
    return int(value[0]), str(value[1])
