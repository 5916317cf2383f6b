"""What do staff ask for about publication, and what does it come to?

The rules: docs/rules/content.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from service.content.lifecycle import LifecycleStatus
from service.http.errors import InvalidField
from service.http.fields import Choice, Moment
from service.http.web import Input, parse


class InvalidLifecycle(InvalidField):
    code = "invalid_lifecycle"
    message = "The publication settings cannot be read."
    message_id = "Pengaturan publikasi tidak dapat dibaca."


class InvalidLifecycleStatus(InvalidField):
    code = "invalid_lifecycle_status"
    message = "The publication status is not valid."
    message_id = "Status publikasi tidak valid."


class InvalidLifecycleDate(InvalidField):
    code = "invalid_lifecycle_date"
    message = "Please enter a valid publication date."
    message_id = "Silakan isi tanggal publikasi yang valid."


LIFECYCLE_ERRORS = (InvalidLifecycle, InvalidLifecycleStatus, InvalidLifecycleDate)


class LifecycleInput(Input):
    """What a request says of publication; what is missing stays as it is stored."""

    status: Annotated[LifecycleStatus | None, Choice(InvalidLifecycleStatus, LifecycleStatus)] = None
    published_at: Annotated[datetime | None, Moment(InvalidLifecycleDate, optional=True)] = None
    scheduled_at: Annotated[datetime | None, Moment(InvalidLifecycleDate, optional=True)] = None


class PublishInput(Input):
    published_at: Annotated[datetime | None, Moment(InvalidLifecycleDate, optional=True)] = None


class PublishedAtInput(Input):
    """A date beside `lifecycle`; absent, null and blank mean now when an item is made. In a change, absent means unchanged."""

    published_at: datetime | None = None


class ScheduleInput(Input):
    scheduled_at: Annotated[datetime, Moment(InvalidLifecycleDate)]


@dataclass(frozen=True, slots=True)
class Publication:
    """What is stored: status and times in UTC, named as the columns of jobs and posts."""

    lifecycle_status: str
    published_at: datetime | None
    scheduled_publish_at: datetime | None


def lifecycle_values(body: dict[str, Any]) -> dict[str, Any] | None:
    """The `lifecycle` object of a request, none when it is absent or null. Raises InvalidLifecycle."""
    values = body.get("lifecycle")
    if values is None:
        return None
    if not isinstance(values, dict):
        raise InvalidLifecycle
    return values


def read_lifecycle(values: dict[str, Any] | None) -> LifecycleInput | None:
    """What those values ask for. Raises InvalidLifecycleStatus, InvalidLifecycleDate."""
    return None if values is None else parse(LifecycleInput, values)


def published(now: datetime, wanted: datetime | None = None) -> Publication:
    """Shown from now on; `wanted` is the date it carries."""
    return Publication(LifecycleStatus.PUBLISHED, wanted or now, None)


def scheduled(at: datetime, *, dated: bool) -> Publication:
    """Shown from `at` on. `dated`: it carries that date already, as posts do and jobs do not."""
    return Publication(LifecycleStatus.SCHEDULED, at if dated else None, at)


WITHDRAWN = Publication(LifecycleStatus.DRAFT, None, None)


def resulting(wanted: LifecycleInput, stored: Publication, now: datetime, *, dated: bool) -> Publication:
    """What `stored` becomes by `wanted`. Raises InvalidLifecycleDate for a schedule without a time."""
    status = wanted.status.value if wanted.status is not None else stored.lifecycle_status
    if status == LifecycleStatus.DRAFT:
        return WITHDRAWN
    if status == LifecycleStatus.PUBLISHED:
        return published(now, wanted.published_at or stored.published_at)
    at = wanted.scheduled_at or stored.scheduled_publish_at
    if at is None:
        raise InvalidLifecycleDate
    return scheduled(at, dated=dated)
