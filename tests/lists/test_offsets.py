"""Is a page by offset what was asked for, wherever it begins?"""

from __future__ import annotations

import pytest
from sanic import Sanic

from service.lists.queries import OffsetPage, cut, offset_page


async def numbers(offset: int, limit: int, rows: int = 5) -> OffsetPage[int]:
    return await offset_page(
        "SELECT 1 FROM generate_series(1, $1::int)",
        cut("SELECT n AS id FROM generate_series(1, $1::int) n ORDER BY n DESC"),
        "p.id DESC",
        rows,
        view=lambda row: row["id"] * row["factor"],
        offset=offset,
        limit=limit,
        columns="p.id, q.factor",
        joins="CROSS JOIN (SELECT 10 AS factor) q",
    )


@pytest.mark.parametrize(
    ("offset", "limit", "items", "following"),
    [(0, 2, [50, 40], "2"), (3, 2, [20, 10], None), (4, 2, [10], None), (5, 2, [], None), (2**40, 50, [], None)],
)
async def test_pages(app: Sanic, offset: int, limit: int, items: list[int], following: str | None) -> None:
    page = await numbers(offset, limit)
    assert (page.items, page.total, page.has_more) == (items, 5, following is not None)
    assert page.page_info.model_dump(by_alias=True) == {
        "cursor": str(offset),
        "nextCursor": following,
        "limit": limit,
        "total": 5,
    }


async def test_an_empty_list_is_a_page(app: Sanic) -> None:
    page = await numbers(0, 20, rows=0)
    assert (page.items, page.total, page.has_more) == ([], 0, False)
