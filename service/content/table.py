"""How do staff make, change, publish and remove jobs and posts?

The rules: docs/rules/content.md.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any, Generic, TypeVar
from uuid import uuid4

from tortoise.transactions import in_transaction

from service.audit.domain import audit
from service.auth.principal import Staff
from service.base.clock import utc_now
from service.content.feed.models import FeedPost
from service.content.jobs.models import Job
from service.content.publication import (
    Publication,
    PublishedAtInput,
    lifecycle_values,
    published,
    read_lifecycle,
    resulting,
)
from service.content.queries import storable
from service.database.records import insert
from service.http.errors import ApiError
from service.http.web import Input, parse

ItemT = TypeVar("ItemT", Job, FeedPost)


class PublishedTable(Generic[ItemT]):
    """The jobs, or the posts: each change locks the item and leaves an audit row in its transaction.

    `noun` begins the audit's actions, and `missing` is raised for an unknown id. `fields` are what a new item needs,
    `changes` the same for a change, and `date` is a date of publication beside `lifecycle`, of kinds that have one.
    """

    model: type[ItemT]
    noun: str
    subject_type: str
    missing: type[ApiError]
    fields: type[Input]
    changes: type[Input]
    date: type[PublishedAtInput] | None = None

    @property
    def is_dated(self) -> bool:
        """Whether a scheduled item carries its date already, as posts do and jobs do not."""
        return self.date is not None

    def summary(self, item: ItemT) -> dict[str, Any]:
        """What an audit row says of `item` besides its publication."""
        raise NotImplementedError

    def columns(self, fields: Input) -> dict[str, Any]:
        """The columns that the fields of a request set."""
        return {name: getattr(fields, name) for name in fields.model_fields_set}

    async def lost_with(self, _item: ItemT) -> dict[str, Any]:
        """What the audit row of a removal says besides."""
        return {}

    async def create(self, body: dict[str, Any], *, by: Staff) -> ItemT:
        """Make an item under a fresh id, published unless `lifecycle` says otherwise. One transaction.

        Raises the errors of `lifecycle` and of the date beside it, before which it counts, then those of the fields.
        """
        now = utc_now()
        wanted = read_lifecycle(lifecycle_values(body))
        date = parse(self.date, body).published_at if self.date else None
        publication = (
            resulting(wanted, Publication("PUBLISHED", date, None), now, dated=self.is_dated)
            if wanted
            else published(now, date)
        )
        columns = self.columns(parse(self.fields, body)) | asdict(publication)
        async with in_transaction():
            item = await insert(self.model, id=str(uuid4()), created_at=now, updated_at=now, **columns)
            await self._audit("created", item.id, by, after=self._said_of(item))
        return item

    async def change(self, item_id: str, body: dict[str, Any], *, by: Staff) -> ItemT:
        """Change what `body` names; nothing named is no failure. One transaction.

        A date beside `lifecycle` that is null or blank means now. Raises `missing`, then InvalidLifecycle, the errors of
        the fields and of `lifecycle`. An id in the body is ignored.
        """
        async with in_transaction():
            before = await self.locked(item_id)
            now = utc_now()
            values = lifecycle_values(body)
            columns = self.columns(parse(self.changes, body))
            stored = Publication(before.lifecycle_status, before.published_at, before.scheduled_publish_at)
            date = parse(self.date, body) if self.date else None
            if date is not None and "published_at" in date.model_fields_set:
                stored = replace(stored, published_at=date.published_at or now)
                columns["published_at"] = stored.published_at
            wanted = read_lifecycle(values)
            if wanted is not None:
                columns |= asdict(resulting(wanted, stored, now, dated=self.is_dated))
            return await self._update(before, columns, by=by, action="changed")

    async def publish(self, item_id: str, publication: Publication, *, by: Staff) -> ItemT:
        """Publish, schedule or withdraw an item. One transaction. Raises `missing`."""
        async with in_transaction():
            before = await self.locked(item_id)
            return await self._update(before, asdict(publication), by=by, action="lifecycle_changed")

    async def remove(self, item_id: str, *, by: Staff) -> None:
        """Delete an item with all that hangs on it; the audit row keeps what it was. One transaction. Raises `missing`."""
        async with in_transaction():
            item = await self.locked(item_id)
            before = self._said_of(item) | await self.lost_with(item)
            await item.delete()
            await self._audit("removed", item_id, by, before=before)

    async def require(self, item_id: str) -> None:
        """Raises `missing`: where the contract looks an item up before it reads a date."""
        if not (storable(item_id) and await self.model.exists(id=item_id)):
            raise self.missing

    async def locked(self, item_id: str) -> ItemT:
        """The item, locked until the caller's transaction ends. Raises `missing`."""
        item = await self.model.select_for_update().get_or_none(id=item_id) if storable(item_id) else None
        if item is None:
            raise self.missing
        return item

    async def _update(self, before: ItemT, columns: dict[str, Any], *, by: Staff, action: str) -> ItemT:
        """No columns change nothing but the time, and leave no audit row."""
        await self.model.filter(id=before.id).update(updated_at=utc_now(), **columns)
        after = await self.locked(before.id)
        if columns:
            await self._audit(action, before.id, by, before=self._said_of(before), after=self._said_of(after))
        return after

    def _said_of(self, item: ItemT) -> dict[str, Any]:
        return self.summary(item) | {
            "status": item.lifecycle_status,
            "publishedAt": item.published_at.isoformat() if item.published_at else None,
            "scheduledAt": item.scheduled_publish_at.isoformat() if item.scheduled_publish_at else None,
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
