"""Which posts does a caller see and keep? The lists, one statement each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

import asyncpg

from service.content.feed.admin_schemas import AdminPost
from service.content.feed.models import FeedPost
from service.content.feed.schemas import Post
from service.content.queries import Saves, visible_sql
from service.database.records import columns
from service.lists.paging import KeysetPaged, Slice, binding_of
from service.lists.queries import Key, Listing, Narrowing, OffsetPage, offset_page, read_page

SAVES = Saves(items="feed_posts", alias="p", table="user_saved_posts", key="post_id")
VISIBLE_SQL = visible_sql("p")
# When a post appeared or will. Rows of older servers have it in either column, or in none: those are never listed.
_SHOWN_SINCE_SQL = "coalesce(p.published_at, p.scheduled_publish_at)"
_ALL_COLUMNS = columns(FeedPost, "p")
# Apps need a time for every post, also for a saved one that is not listed any more.
_COLUMNS = f"{_ALL_COLUMNS}, coalesce({_SHOWN_SINCE_SQL}, p.created_at) AS shown_since"
POST_LISTING = Listing(
    table="feed_posts p",
    columns=_COLUMNS,
    keys=(Key(_SHOWN_SINCE_SQL, datetime), Key("p.created_at", datetime), Key("p.id", str)),
    descending=True,
    saved=SAVES.is_saved,
)


@dataclass(frozen=True, slots=True)
class PostFilter:
    """What the feed is narrowed to; none means not at all. `text` is a substring in any case, `category` exact."""

    text: str | None = None
    category: str | None = None


def _post(user_id: str | None, row: asyncpg.Record) -> Post:
    return Post.of(row, viewer_state={"authenticated": user_id is not None, "saved": row["saved"]})


async def list_visible_posts(
    wanted: PostFilter, query: KeysetPaged, *, user_id: str | None, version: str | None = None
) -> Slice[Post]:
    """Visible posts, the last published first, then by creation and id, also backwards.

    Raises InvalidCursor and, for a search, SearchBusy.
    """
    narrowing = _narrowed(Narrowing(VISIBLE_SQL, f"{_SHOWN_SINCE_SQL} IS NOT NULL"), wanted)
    return await read_page(
        POST_LISTING,
        narrowing,
        query,
        binding=binding_of("posts", wanted.text, wanted.category),
        view=partial(_post, user_id),
        user_id=user_id,
        version=version,
        capped=wanted.text is not None,
    )


async def list_all_posts(wanted: PostFilter, *, offset: int, limit: int) -> OffsetPage[AdminPost]:
    """Every post: those without a date first, then the last published, then by creation and id. One statement.

    Raises SearchBusy.
    """
    narrowing = _narrowed(Narrowing(first=3), wanted)
    matches = f"FROM feed_posts p WHERE {narrowing.matches}"
    order = "p.published_at DESC, p.created_at DESC, p.id DESC"  # for Postgres, NULL comes first
    return await offset_page(
        f"SELECT count(*) {matches}",
        f"SELECT {_ALL_COLUMNS} {matches} ORDER BY {order} LIMIT $1 OFFSET $2",
        order,
        *narrowing.arguments,
        view=AdminPost.of,
        offset=offset,
        limit=limit,
        searches=narrowing.searches,
    )


def _narrowed(narrowing: Narrowing, wanted: PostFilter) -> Narrowing:
    if wanted.category is not None:
        narrowing.where(f"p.category = {narrowing.bind(wanted.category)}")
    if wanted.text is not None:
        narrowing.contains("p.search_text", wanted.text)
    return narrowing


async def list_saved_posts(user_id: str, *, offset: int, limit: int) -> OffsetPage[Post]:
    """What a person saved, the last saved first, hidden posts too. One statement."""
    return await SAVES.list_saved(_COLUMNS, partial(_post, user_id), user_id=user_id, offset=offset, limit=limit)
