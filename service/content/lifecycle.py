"""When is a job or a post shown? The lifecycle that both share.

The rules: docs/rules/content.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Self

import asyncpg
from tortoise.models import Model

from service.base.clock import utc_now
from service.database.records import read
from service.http.web import Output, Ts, open_enum


class LifecycleStatus(StrEnum):
    """Who sees a job or post: nobody, everybody, everybody from a moment on."""

    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"
    SCHEDULED = "SCHEDULED"


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
    def of(cls, columns: Mapping[str, Any]) -> Self:
        """Of the three columns in which jobs and posts keep their publication."""
        status, scheduled_at = columns["lifecycle_status"], columns["scheduled_publish_at"]
        return cls(
            status=status,
            effective_status=effective_status(status, scheduled_at, utc_now()),
            published_at=columns["published_at"],
            scheduled_at=scheduled_at,
        )


class Shown(Output):
    """An answer about a job or post, with the lifecycle that its columns say."""

    @classmethod
    def of(cls, item: asyncpg.Record | Model, **more: Any) -> Self:
        """`item`, a row or a model, as an answer; `more` is what no column holds."""
        columns: Any = vars(item) if isinstance(item, Model) else item
        return read(cls, columns, lifecycle=Lifecycle.of(columns), **more)
