"""What do the feed operations take and answer?"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field, PlainSerializer, WithJsonSchema

from service.content.lifecycle import Lifecycle, Shown
from service.content.saving import Saved, Unsaved
from service.http.errors import InvalidField
from service.http.fields import Text
from service.http.web import Cursor, Input, Limit, Output, PageInfo
from service.lists.paging import After, KeysetPageInfo
from service.lists.queries import InvalidSearch, Search


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


class PostHead(Shown):
    """What every answer about a post begins with."""

    id: str
    title: str
    excerpt: str
    category: str
    author: str
    image_url: str | None


class Post(PostHead):
    """A post as candidates see it; `publishedAt` is in whole seconds and never null."""

    published_at: WholeSeconds = Field(validation_alias="shown_since")
    lifecycle: Lifecycle
    viewer_state: PostViewer


class PostList(Output):
    items: list[Post]
    page_info: KeysetPageInfo


class SavedPostList(Output):
    items: list[Post]
    page_info: PageInfo


class PostSaved(Saved):
    """`created` is false when the post was saved before."""

    post_id: str


class PostUnsaved(Unsaved):
    """`removed` is false when the post was not saved."""

    post_id: str
