"""What do the feed operations take and answer?"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import PlainSerializer, WithJsonSchema

from service.auth.principal import Principal
from service.content import Lifecycle
from service.errors import InvalidField
from service.feed.queries import PostView
from service.fields import Text
from service.listing import InvalidSearch, Search
from service.offsets import OffsetPage
from service.paging import After, KeysetPageInfo, Slice
from service.web import Cursor, Input, Limit, Output, Paged, PageInfo


class InvalidPostId(InvalidField):
    code = "invalid_post_id"
    message = "Please name the post."
    message_id = "Silakan pilih tulisan."


def format_whole_seconds(moment: datetime) -> str:
    """UTC in whole seconds, rounded down, with `Z`: a shipped app cannot read fractions in this one field."""
    utc = moment.astimezone(UTC)
    return f"{utc.year:04d}-{utc:%m-%dT%H:%M:%SZ}"


WholeSeconds = Annotated[
    datetime,
    PlainSerializer(format_whole_seconds, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


class PostsQuery(Input):
    q: Search = None
    category: Annotated[str | None, Text(InvalidSearch, optional=True, case="upper")] = None
    cursor: Cursor = 0
    after: After = None
    limit: Limit = 20


class SavePostInput(Input):
    post_id: Annotated[str, Text(InvalidPostId)]


class PostViewer(Output):
    authenticated: bool
    saved: bool


class Post(Output):
    """A post as candidates see it; `publishedAt` is in whole seconds and never null."""

    id: str
    title: str
    excerpt: str
    category: str
    author: str
    image_url: str | None
    published_at: WholeSeconds
    lifecycle: Lifecycle
    viewer_state: PostViewer

    @classmethod
    def of(cls, post: PostView, principal: Principal | None) -> Post:
        return cls(
            id=post.id,
            title=post.title,
            excerpt=post.excerpt,
            category=post.category,
            author=post.author,
            image_url=post.image_url,
            published_at=post.shown_since,
            lifecycle=Lifecycle.of(post.lifecycle_status, post.published_at, post.scheduled_at),
            viewer_state=PostViewer(authenticated=principal is not None, saved=principal is not None and post.saved),
        )


class PostList(Output):
    items: list[Post]
    page_info: KeysetPageInfo

    @classmethod
    def of(cls, found: Slice[PostView], page: Paged, principal: Principal | None) -> PostList:
        return cls(items=[Post.of(post, principal) for post in found.items], page_info=KeysetPageInfo.of(found, page))


class SavedPostList(Output):
    items: list[Post]
    page_info: PageInfo

    @classmethod
    def of(cls, found: OffsetPage[PostView], principal: Principal) -> SavedPostList:
        return cls(
            items=[Post.of(post, principal) for post in found.items],
            page_info=found.page_info,
        )


class PostSaved(Output):
    """`created` is false when the post was saved before."""

    saved: Literal[True] = True
    created: bool
    post_id: str


class PostUnsaved(Output):
    """`removed` is false when the post was not saved."""

    saved: Literal[False] = False
    removed: bool
    post_id: str
