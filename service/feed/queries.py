"""Which posts does a caller see and keep? The lists, one statement each."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

import asyncpg

from service import db, listing
from service.errors import SearchBusy
from service.feed.models import FeedPost
from service.listing import Key, Listing, Narrowing, read_page
from service.offsets import OffsetPage, offset_page
from service.paging import KeysetPaged, Slice, binding_of

# Evaluated when it is read: a scheduled post shows itself without anybody doing anything.
VISIBLE_SQL = (
    "(p.lifecycle_status = 'PUBLISHED' OR (p.lifecycle_status = 'SCHEDULED' AND p.scheduled_publish_at <= now()))"
)
# When a post appeared or will. Rows of older servers have it in either column, or in none: those are never listed.
_SHOWN_SINCE_SQL = "coalesce(p.published_at, p.scheduled_publish_at)"
_COLUMNS = (
    "p.id, p.title, p.excerpt, p.category, p.author, p.image_url, p.published_at, p.created_at, p.lifecycle_status,"
    " p.scheduled_publish_at"
)
POST_LISTING = Listing(
    table="feed_posts p",
    columns=_COLUMNS,
    keys=(Key(_SHOWN_SINCE_SQL, datetime), Key("p.created_at", datetime), Key("p.id", str)),
    descending=True,
    # With LIMIT one look-up a row, whatever number of posts the user keeps.
    saved="(SELECT true FROM user_saved_posts s WHERE s.user_id = {}::uuid AND s.post_id = p.id LIMIT 1) IS NOT NULL",
)


@dataclass(frozen=True, slots=True)
class PostView:
    """A post as the product shows it anywhere. `saved` is of the caller, false for nobody."""

    id: str
    title: str
    excerpt: str
    category: str
    author: str
    image_url: str | None
    published_at: datetime | None
    scheduled_at: datetime | None
    created_at: datetime
    lifecycle_status: str
    saved: bool = False

    @property
    def shown_since(self) -> datetime:
        """When candidates see it since, or will; apps need a time for every post."""
        return self.published_at or self.scheduled_at or self.created_at

    @classmethod
    def from_row(cls, row: asyncpg.Record) -> PostView:
        return cls(
            id=row["id"],
            title=row["title"],
            excerpt=row["excerpt"],
            category=row["category"],
            author=row["author"],
            image_url=row["image_url"],
            published_at=row["published_at"],
            scheduled_at=row["scheduled_publish_at"],
            created_at=row["created_at"],
            lifecycle_status=row["lifecycle_status"],
            saved=row["saved"],
        )

    @classmethod
    def from_model(cls, post: FeedPost, *, saved: bool = False) -> PostView:
        return cls(
            id=post.id,
            title=post.title,
            excerpt=post.excerpt,
            category=post.category,
            author=post.author,
            image_url=post.image_url,
            published_at=post.published_at,
            scheduled_at=post.scheduled_publish_at,
            created_at=post.created_at,
            lifecycle_status=post.lifecycle_status,
            saved=saved,
        )


@dataclass(frozen=True, slots=True)
class PostFilter:
    """What the feed is narrowed to; none means not at all. `text` is a substring in any case, `category` exact."""

    text: str | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True)
class PostSaving:
    """What became of a wish to save or unsave: is the post there, and did this call change anything?"""

    post_found: bool
    changed: bool


async def list_visible_posts(
    wanted: PostFilter, query: KeysetPaged, *, user_id: str | None, version: str | None = None
) -> Slice[PostView]:
    """Visible posts, the last published first, then by creation and id, also backwards.

    Raises InvalidCursor and, for a search, SearchBusy.
    """
    narrowing = Narrowing(VISIBLE_SQL, f"{_SHOWN_SINCE_SQL} IS NOT NULL")
    if wanted.category is not None:
        narrowing.where(f"p.category = {narrowing.bind(wanted.category)}")
    if wanted.text is not None:
        narrowing.contains("p.search_text", wanted.text)
    return await read_page(
        POST_LISTING,
        narrowing,
        query,
        binding=binding_of("posts", wanted.text, wanted.category),
        view=PostView.from_row,
        user_id=user_id,
        version=version,
        capped=wanted.text is not None,
    )


async def list_all_posts(text: str | None, category: str | None, *, offset: int, limit: int) -> OffsetPage[PostView]:
    """Every post, drafts too: the last published first and undated ones last, then by creation and id. One statement.

    Raises SearchBusy.
    """
    narrowing = Narrowing(first=3)
    if category is not None:
        narrowing.where(f"p.category = {narrowing.bind(category)}")
    if text is not None:
        narrowing.contains("p.search_text", text)
    order = "p.published_at DESC NULLS LAST, p.created_at DESC, p.id DESC"
    try:
        async with asyncio.timeout(listing.SEARCH_SECONDS if narrowing.searches else None):
            return await offset_page(
                f"SELECT count(*) FROM feed_posts p WHERE {narrowing.matches}",
                f"SELECT {_COLUMNS}, false AS saved FROM feed_posts p WHERE {narrowing.matches} ORDER BY {order}"
                " LIMIT $1 OFFSET $2",
                order,
                *narrowing.arguments,
                view=PostView.from_row,
                offset=offset,
                limit=limit,
            )
    except TimeoutError:
        raise SearchBusy from None


async def lock_post(post_id: str) -> PostView | None:
    """Any post, locked until the caller's transaction ends; none when it is not there."""
    if "\x00" in post_id:
        return None
    row = await db.fetch_row(f"SELECT {_COLUMNS}, false AS saved FROM feed_posts p WHERE p.id = $1 FOR UPDATE", post_id)
    return PostView.from_row(row) if row else None


async def list_saved_posts(user_id: str, *, offset: int, limit: int) -> OffsetPage[PostView]:
    """What a person saved, the last saved first, hidden posts too. One statement."""
    return await offset_page(
        "SELECT count(*) FROM user_saved_posts WHERE user_id = $3",
        "SELECT s.created_at AS saved_at, s.id AS save_id, p.* FROM"
        " (SELECT id, post_id, created_at FROM user_saved_posts WHERE user_id = $3"
        " ORDER BY created_at DESC, id DESC LIMIT $1 OFFSET $2) s"
        f" CROSS JOIN LATERAL (SELECT {_COLUMNS}, true AS saved FROM feed_posts p WHERE p.id = s.post_id OFFSET 0) p",
        "p.saved_at DESC, p.save_id DESC",
        user_id,
        view=PostView.from_row,
        offset=offset,
        limit=limit,
    )


async def save_post(post_id: str, *, user_id: str) -> PostSaving:
    """Put a visible post on a person's list; the first save's time stays. One statement, safe against itself.

    Raises IntegrityError when the post or the person is deleted in this moment.
    """
    row = await db.fetch_row(
        f"WITH post AS (SELECT p.id FROM feed_posts p WHERE p.id = $1 AND {VISIBLE_SQL}),"
        " made AS (INSERT INTO user_saved_posts (id, user_id, post_id) SELECT $3, $2, id FROM post"
        " ON CONFLICT (user_id, post_id) DO NOTHING RETURNING 1)"
        " SELECT EXISTS(SELECT 1 FROM post) AS found, EXISTS(SELECT 1 FROM made) AS changed",
        post_id,
        user_id,
        uuid4(),
    )
    assert row is not None  # a SELECT without FROM has one row
    return PostSaving(row["found"], row["changed"])


async def unsave_post(post_id: str, *, user_id: str) -> PostSaving:
    """Take a post, hidden or not, off a person's list."""
    if "\x00" in post_id:
        return PostSaving(False, False)
    row = await db.fetch_row(
        "WITH gone AS (DELETE FROM user_saved_posts WHERE user_id = $2 AND post_id = $1 RETURNING 1)"
        " SELECT EXISTS(SELECT 1 FROM feed_posts WHERE id = $1) AS found, EXISTS(SELECT 1 FROM gone) AS changed",
        post_id,
        user_id,
    )
    assert row is not None  # a SELECT without FROM has one row
    return PostSaving(row["found"], row["changed"])
