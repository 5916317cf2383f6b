"""How is a page by offset read? One statement for its rows and for how many there are in all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import asyncpg

from service import db
from service.web import PageInfo

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class OffsetPage(Generic[T]):
    """One page: its items, where it begins, how many rows were asked for, whether more follow, and all matches.

    A list's answer is read from it: `JobList.model_validate(page)` takes `items` and `page_info`.
    """

    items: list[T]
    offset: int
    limit: int
    has_more: bool
    total: int

    @property
    def page_info(self) -> PageInfo:
        following = str(self.offset + len(self.items)) if self.has_more else None
        return PageInfo(cursor=str(self.offset), next_cursor=following, limit=self.limit, total=self.total)


async def offset_page(
    count: str,
    page: str,
    order: str,
    *arguments: Any,
    view: Callable[[asyncpg.Record], T],
    offset: int,
    limit: int,
    columns: str = "p.*",
    joins: str = "",
    key: str = "id",
) -> OffsetPage[T]:
    """One page, each row as `view`. One statement, whose total is there when the page is past the last row.

    `count` is a SELECT of one number. `page` is a SELECT that ends in `LIMIT $1 OFFSET $2`, which reads one row more than
    the page has; it is called `p` in `order` (the ORDER BY of all), in `columns` (what is read) and in `joins` (what each
    row is completed with). `arguments` are $3 and further (`Narrowing(first=3)`). `key` is a column that no row has
    empty.
    """
    rows = await db.fetch_all(
        f"SELECT t.total, {columns} FROM ({count}) t (total) LEFT JOIN LATERAL ({page}) p ON true {joins} ORDER BY {order}",
        limit + 1,
        offset,
        *arguments,
    )
    found: Sequence[asyncpg.Record] = rows if rows[0][key] is not None else ()
    return OffsetPage([view(row) for row in found[:limit]], offset, limit, len(found) > limit, rows[0]["total"])
