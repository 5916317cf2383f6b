"""Who sees a job or post, and who keeps it?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import uuid4

import asyncpg
from tortoise.exceptions import IntegrityError

from service.database import db
from service.lists.queries import OffsetPage, cut, offset_page

T = TypeVar("T")


def visible_sql(table: str) -> str:
    """The condition of the rows of `table` that candidates see.

    Evaluated when it is read: a scheduled row shows itself without anybody doing anything.
    """
    return (
        f"({table}.lifecycle_status = 'PUBLISHED'"
        f" OR ({table}.lifecycle_status = 'SCHEDULED' AND {table}.scheduled_publish_at <= now()))"
    )


def storable(item_id: str) -> bool:
    """Whether there can be a row with this id: Postgres refuses NUL."""
    return "\x00" not in item_id


@dataclass(frozen=True, slots=True)
class Saving:
    """What became of a request to save or forget: is the item there, and did this call change anything?"""

    found: bool
    changed: bool


@dataclass(frozen=True, slots=True)
class Saves:
    """Which people keep which rows of `items`, called `alias` in SQL: rows of `table`, whose column `key` is the id."""

    items: str
    alias: str
    table: str
    key: str

    @property
    def is_saved(self) -> str:
        """SQL: whether the user `{}` keeps the row."""
        # With LIMIT one look-up a row, whatever number of items the user keeps.
        return (
            f"(SELECT true FROM {self.table} s WHERE s.user_id = {{}}::uuid AND s.{self.key} = {self.alias}.id LIMIT 1)"
            " IS NOT NULL"
        )

    async def save(self, item_id: str, *, user_id: str) -> Saving:
        """Put a visible item on a person's list; the first save's time stays. One statement, safe against itself."""
        try:
            row = await db.fetch_row(
                f"WITH item AS (SELECT i.id FROM {self.items} i WHERE i.id = $1 AND {visible_sql('i')}),"
                f" made AS (INSERT INTO {self.table} (id, user_id, {self.key}) SELECT $3, $2, id FROM item"
                f" ON CONFLICT (user_id, {self.key}) DO NOTHING RETURNING 1)"
                " SELECT EXISTS(SELECT 1 FROM item) AS found, EXISTS(SELECT 1 FROM made) AS changed",
                item_id,
                user_id,
                uuid4(),
            )
        except IntegrityError:  # the item or the person is deleted in this moment
            return Saving(False, False)
        assert row is not None  # a SELECT without FROM has one row
        return Saving(row["found"], row["changed"])

    async def forget(self, item_id: str, *, user_id: str) -> Saving:
        """Take an item, hidden or not, off a person's list."""
        if not storable(item_id):
            return Saving(False, False)
        row = await db.fetch_row(
            f"WITH gone AS (DELETE FROM {self.table} WHERE user_id = $2 AND {self.key} = $1 RETURNING 1)"
            f" SELECT EXISTS(SELECT 1 FROM {self.items} WHERE id = $1) AS found, EXISTS(SELECT 1 FROM gone) AS changed",
            item_id,
            user_id,
        )
        assert row is not None  # a SELECT without FROM has one row
        return Saving(row["found"], row["changed"])

    async def ids_of(self, user_id: str, *, most: int) -> frozenset[str]:
        """The ids of what a person keeps, `most` of them."""
        rows = await db.fetch_all(
            f"SELECT {self.key} AS id FROM {self.table} WHERE user_id = $1 LIMIT $2", user_id, most
        )
        return frozenset(row["id"] for row in rows)

    async def ids_among(self, ids: Sequence[str], *, user_id: str) -> frozenset[str]:
        """Those of `ids` that a person keeps."""
        rows = await db.fetch_all(
            f"SELECT {self.key} AS id FROM {self.table} WHERE user_id = $1 AND {self.key} = ANY ($2::text[])",
            user_id,
            list(ids),
        )
        return frozenset(row["id"] for row in rows)

    async def list_saved(
        self, columns: str, view: Callable[[asyncpg.Record], T], *, user_id: str, offset: int, limit: int
    ) -> OffsetPage[T]:
        """What a person keeps, the last saved first, hidden items too, each row of `columns` as `view`. One statement."""
        saves = cut(
            f"SELECT id, {self.key}, created_at FROM {self.table} WHERE user_id = $1 ORDER BY created_at DESC, id DESC"
        )
        return await offset_page(
            f"SELECT 1 FROM {self.table} WHERE user_id = $1",
            f"SELECT s.created_at AS saved_at, s.id AS save_id, i.* FROM ({saves}) s"
            f" CROSS JOIN LATERAL (SELECT {columns}, true AS saved FROM {self.items} {self.alias}"
            f" WHERE {self.alias}.id = s.{self.key} OFFSET 0) i",
            "p.saved_at DESC, p.save_id DESC",
            user_id,
            view=view,
            offset=offset,
            limit=limit,
        )
