"""How do staff publish, schedule and withdraw? The lifecycle wishes of jobs and posts, and what they come to.

The rules: docs/rules/content.md.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Generic, Protocol, TypeVar
from uuid import uuid4

from pydantic import Field
from tortoise.transactions import in_transaction

from service import db
from service.audit.domain import audit
from service.auth.principal import Staff
from service.clock import utc_now
from service.content import Lifecycle
from service.errors import ApiError, InvalidField
from service.fields import Choice, Items, Moment, Text
from service.jobs.models import LifecycleStatus
from service.web import Input, Output, is_none, parse


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


class InvalidBulkAction(InvalidField):
    code = "invalid_bulk_action"
    message = "This action is not known."
    message_id = "Tindakan ini tidak dikenal."


LIFECYCLE_ERRORS = (InvalidLifecycle, InvalidLifecycleStatus, InvalidLifecycleDate)


class LifecycleInput(Input):
    """A wish about publication; what is missing stays as it is stored."""

    status: Annotated[LifecycleStatus | None, Choice(InvalidLifecycleStatus, LifecycleStatus)] = None
    published_at: Annotated[datetime | None, Moment(InvalidLifecycleDate, optional=True)] = None
    scheduled_at: Annotated[datetime | None, Moment(InvalidLifecycleDate, optional=True)] = None


class PublishInput(Input):
    published_at: Annotated[datetime | None, Moment(InvalidLifecycleDate, optional=True)] = None


class ScheduleInput(Input):
    scheduled_at: Annotated[datetime, Moment(InvalidLifecycleDate)]


@dataclass(frozen=True, slots=True)
class Publication:
    """What is stored: status and times in UTC."""

    status: str
    published_at: datetime | None
    scheduled_at: datetime | None


def lifecycle_values(body: dict[str, Any]) -> dict[str, Any] | None:
    """The `lifecycle` object of a request, none when it is absent or null. Raises InvalidLifecycle."""
    values = body.get("lifecycle")
    if values is None:
        return None
    if not isinstance(values, dict):
        raise InvalidLifecycle
    return values


def read_lifecycle(values: dict[str, Any] | None) -> LifecycleInput | None:
    """The wish in those values. Raises InvalidLifecycleStatus, InvalidLifecycleDate."""
    return None if values is None else parse(LifecycleInput, values)


def published(now: datetime, wanted: datetime | None = None) -> Publication:
    """Shown from now on; `wanted` is the date it carries."""
    return Publication(LifecycleStatus.PUBLISHED, wanted or now, None)


def scheduled(at: datetime, *, dated: bool) -> Publication:
    """Shown from `at` on. `dated`: it carries that date already, as posts do and jobs do not."""
    return Publication(LifecycleStatus.SCHEDULED, at if dated else None, at)


WITHDRAWN = Publication(LifecycleStatus.DRAFT, None, None)


def resulting(wish: LifecycleInput, stored: Publication, now: datetime, *, dated: bool) -> Publication:
    """What `stored` becomes by `wish`. Raises InvalidLifecycleDate for a schedule without a time."""
    status = wish.status.value if wish.status is not None else stored.status
    if status == LifecycleStatus.DRAFT:
        return WITHDRAWN
    if status == LifecycleStatus.PUBLISHED:
        return published(now, wish.published_at or stored.published_at)
    at = wish.scheduled_at or stored.scheduled_at
    if at is None:
        raise InvalidLifecycleDate
    return scheduled(at, dated=dated)


class Shown(Protocol):
    """What jobs and posts have in common."""

    @property
    def lifecycle_status(self) -> str: ...

    @property
    def published_at(self) -> datetime | None: ...

    @property
    def scheduled_at(self) -> datetime | None: ...


ShownT = TypeVar("ShownT", bound=Shown)


@dataclass(frozen=True, slots=True)
class Shelf(Generic[ShownT]):
    """Where staff change items of one kind: each change locks the item and leaves an audit row in its transaction.

    `noun` begins the audit's actions, `missing` is raised for an unknown id, `lock` reads an item for update, and
    `summary` is what an audit row says of it.
    """

    table: str
    noun: str
    subject_type: str
    missing: type[ApiError]
    lock: Callable[[str], Awaitable[ShownT | None]]
    summary: Callable[[ShownT], dict[str, Any]]

    async def locked(self, item_id: str) -> ShownT:
        """The item, locked until the caller's transaction ends."""
        item = await self.lock(item_id)
        if item is None:
            raise self.missing
        return item

    async def require(self, item_id: str) -> None:
        """Raises `missing`: where the contract looks an item up before it reads a date."""
        if "\x00" in item_id or not await db.fetch_value(f"SELECT 1 FROM {self.table} WHERE id = $1", item_id):
            raise self.missing

    async def insert(self, columns: dict[str, Any], publication: Publication, now: datetime, *, by: Staff) -> ShownT:
        """Make an item under a fresh id. One transaction."""
        item_id = str(uuid4())
        row = {"id": item_id, "created_at": now, "updated_at": now} | columns | publication_columns(publication)
        places = ", ".join(f"${place}" for place in range(1, len(row) + 1))
        async with in_transaction():
            await db.execute(f"INSERT INTO {self.table} ({', '.join(row)}) VALUES ({places})", *row.values())
            item = await self.locked(item_id)
            await self._audit("created", item_id, by, after=self._said_of(item))
        return item

    async def update(self, before: ShownT, item_id: str, columns: dict[str, Any], *, by: Staff, action: str) -> ShownT:
        """Change an item that the caller's transaction has locked as `before`; no columns change nothing but the time."""
        names = "".join(f", {name} = ${place}" for place, name in enumerate(columns, start=3))
        await db.execute(
            f"UPDATE {self.table} SET updated_at = $2{names} WHERE id = $1", item_id, utc_now(), *columns.values()
        )
        after = await self.locked(item_id)
        if columns:
            await self._audit(action, item_id, by, before=self._said_of(before), after=self._said_of(after))
        return after

    async def set_publication(self, item_id: str, publication: Publication, *, by: Staff) -> ShownT:
        """Publish, schedule or withdraw an item. One transaction. Raises `missing`."""
        async with in_transaction():
            before = await self.locked(item_id)
            columns = publication_columns(publication)
            return await self.update(before, item_id, columns, by=by, action="lifecycle_changed")

    async def remove(self, item_id: str, *, by: Staff, detail: dict[str, Any] | None = None) -> None:
        """Delete an item with all that hangs on it; the audit row keeps what it was. Raises `missing`."""
        async with in_transaction():
            before = await self.locked(item_id)
            await db.execute(f"DELETE FROM {self.table} WHERE id = $1", item_id)
            await self._audit("removed", item_id, by, before=self._said_of(before) | (detail or {}))

    def _said_of(self, item: ShownT) -> dict[str, Any]:
        return self.summary(item) | {
            "status": item.lifecycle_status,
            "publishedAt": item.published_at.isoformat() if item.published_at else None,
            "scheduledAt": item.scheduled_at.isoformat() if item.scheduled_at else None,
        }

    async def _audit(self, action: str, item_id: str, by: Staff, **detail: Any) -> None:
        await audit(
            f"{self.noun}.{action}",
            actor_type="ADMIN",
            actor_id=by.actor_id,
            subject_type=self.subject_type,
            subject_id=item_id,
            detail=detail,
        )


def publication_columns(publication: Publication) -> dict[str, Any]:
    """The columns in which jobs and posts keep a publication."""
    return {
        "lifecycle_status": publication.status,
        "published_at": publication.published_at,
        "scheduled_publish_at": publication.scheduled_at,
    }


def stored_publication(item: Shown) -> Publication:
    """The publication that an item has now."""
    return Publication(item.lifecycle_status, item.published_at, item.scheduled_at)


class BulkAction(StrEnum):
    PUBLISH = "PUBLISH"
    UNPUBLISH = "UNPUBLISH"
    SCHEDULE = "SCHEDULE"
    DELETE = "DELETE"


Action = Annotated[BulkAction, Choice(InvalidBulkAction, BulkAction)]


def bulk_ids(error: type[ApiError]) -> Items:
    """Rule of a bulk request's ids: one to a hundred, none blank."""
    return Items(error, Text(error), minimum=1, maximum=100)


class BulkError(Output):
    code: str
    message: str


class BulkInput(Input):
    """The dates of a bulk request are read for each item, so that a bad one is that item's failure."""

    action: Action


@dataclass(frozen=True, slots=True)
class BulkOutcome:
    """What became of one item: a new publication, its removal, or the error that stopped it."""

    id: str
    publication: Publication | None = None
    removed: bool = False
    error: ApiError | None = None

    def lifecycle(self) -> Lifecycle | None:
        state = self.publication
        return Lifecycle.of(state.status, state.published_at, state.scheduled_at) if state else None


class BulkResult(Output):
    success: bool
    lifecycle: Lifecycle | None = Field(None, exclude_if=is_none)
    removed: bool | None = Field(None, exclude_if=is_none)
    error: BulkError | None = Field(None, exclude_if=is_none)


def bulk_fields(outcome: BulkOutcome, language: str) -> dict[str, Any]:
    """The fields of BulkResult for one outcome."""
    failure = outcome.error
    return {
        "success": failure is None,
        "lifecycle": outcome.lifecycle(),
        "removed": True if outcome.removed else None,
        "error": BulkError(code=failure.code, message=failure.text(language)) if failure else None,
    }


async def run_bulk(ids: list[str], run: Callable[[str], Awaitable[Publication | None]]) -> list[BulkOutcome]:
    """Run `run` for each distinct id in the order given, each on its own; a refusal stops that item alone.

    `run` returns the new publication, or none when the item is gone.
    """
    outcomes = []
    for item_id in dict.fromkeys(ids):
        try:
            publication = await run(item_id)
        except ApiError as error:
            if error.status_code >= 500:
                raise
            outcomes.append(BulkOutcome(item_id, error=error))
            continue
        outcomes.append(BulkOutcome(item_id, publication=publication, removed=publication is None))
    return outcomes


def bulk_publication(action: BulkAction, body: dict[str, Any], now: datetime, *, dated: bool) -> Publication:
    """What the items of a bulk request become, unless they are removed. Raises InvalidLifecycleDate."""
    if action is BulkAction.PUBLISH:
        return published(now, parse(PublishInput, body).published_at)
    if action is BulkAction.SCHEDULE:
        return scheduled(parse(ScheduleInput, body).scheduled_at, dated=dated)
    return WITHDRAWN
