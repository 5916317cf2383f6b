"""When is a job or a post shown? The lifecycle that both share.

The rules: docs/rules/content.md.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from service.clock import utc_now
from service.jobs.models import LifecycleStatus
from service.web import Output, Ts, open_enum


def effective_status(status: str, scheduled_at: datetime | None, now: datetime) -> str:
    """What a status means at `now`: a schedule that is due counts as published, one without a time as a draft."""
    if status != LifecycleStatus.SCHEDULED:
        return status
    if scheduled_at is None:
        return LifecycleStatus.DRAFT
    return LifecycleStatus.PUBLISHED if scheduled_at <= now else LifecycleStatus.SCHEDULED


class Lifecycle(Output):
    status: Annotated[str, open_enum(LifecycleStatus)]
    effective_status: Annotated[str, open_enum(LifecycleStatus)]
    published_at: Ts | None
    scheduled_at: Ts | None

    @classmethod
    def of(cls, status: str, published_at: datetime | None, scheduled_at: datetime | None) -> Lifecycle:
        return cls(
            status=status,
            effective_status=effective_status(status, scheduled_at, utc_now()),
            published_at=published_at,
            scheduled_at=scheduled_at,
        )
