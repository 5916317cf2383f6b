"""What do the feed operations of staff take and answer?"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from service.content import Lifecycle
from service.errors import InvalidField
from service.feed.queries import PostView
from service.fields import Moment, Text, WebUrl
from service.listing import InvalidSearch, Search
from service.offsets import OffsetPage
from service.publishing import BulkInput, BulkOutcome, BulkResult, LifecycleInput, bulk_fields, bulk_ids
from service.web import Cursor, Input, Limit, Output, PageInfo, Ts, partial


class InvalidTitle(InvalidField):
    code = "invalid_title"
    message = "The title needs 2 to 180 characters."
    message_id = "Judul harus terdiri dari 2 sampai 180 karakter."


class InvalidExcerpt(InvalidField):
    code = "invalid_excerpt"
    message = "The text needs 2 to 600 characters."
    message_id = "Teks harus terdiri dari 2 sampai 600 karakter."


class InvalidCategory(InvalidField):
    code = "invalid_category"
    message = "The category needs 1 to 64 characters."
    message_id = "Kategori harus terdiri dari 1 sampai 64 karakter."


class InvalidAuthor(InvalidField):
    code = "invalid_author"
    message = "The author needs 2 to 120 characters."
    message_id = "Penulis harus terdiri dari 2 sampai 120 karakter."


class InvalidImageUrl(InvalidField):
    code = "invalid_image_url"
    message = "The image's address is not valid."
    message_id = "Alamat gambar tidak valid."


class InvalidPublishedAt(InvalidField):
    code = "invalid_published_at"
    message = "The publication date is not valid."
    message_id = "Tanggal terbit tidak valid."


class InvalidPostIds(InvalidField):
    code = "invalid_post_ids"
    message = "Please name 1 to 100 posts."
    message_id = "Silakan pilih 1 sampai 100 tulisan."


POST_FIELD_ERRORS = (
    InvalidPublishedAt,
    InvalidTitle,
    InvalidExcerpt,
    InvalidCategory,
    InvalidAuthor,
    InvalidImageUrl,
)


class PostFields(Input):
    title: Annotated[str, Text(InvalidTitle, minimum=2, maximum=180, strict=True)]
    excerpt: Annotated[str, Text(InvalidExcerpt, minimum=2, maximum=600, strict=True)]
    category: Annotated[str, Text(InvalidCategory, maximum=64, case="upper", strict=True)]
    author: Annotated[str, Text(InvalidAuthor, minimum=2, maximum=120, strict=True)]
    image_url: Annotated[str | None, WebUrl(InvalidImageUrl)] = None


class PostDate(Input):
    """Absent, null and blank mean now when a post is made; in a change, absent means unchanged."""

    published_at: Annotated[datetime | None, Moment(InvalidPublishedAt, optional=True)] = None


PostChanges = partial(PostFields, "PostChanges")


class CreatePostInput(PostFields, PostDate):
    """`lifecycle` and `publishedAt` are judged before the other fields."""

    lifecycle: LifecycleInput | None = None


class PatchPostInput(PostChanges, PostDate):  # type: ignore[valid-type,misc]  # made by `partial`
    """What is absent stays as it is; a date without `lifecycle` changes only the date."""

    lifecycle: LifecycleInput | None = None


class BulkPostsInput(BulkInput):
    post_ids: Annotated[list[str], bulk_ids(InvalidPostIds)]


class AdminPostsQuery(Input):
    q: Search = None
    category: Annotated[str | None, Text(InvalidSearch, optional=True, case="upper")] = None
    cursor: Cursor = 0
    limit: Limit = 20


class AdminPost(Output):
    id: str
    title: str
    excerpt: str
    category: str
    author: str
    image_url: str | None
    published_at: Ts | None
    lifecycle: Lifecycle

    @classmethod
    def of(cls, post: PostView) -> AdminPost:
        return cls(
            id=post.id,
            title=post.title,
            excerpt=post.excerpt,
            category=post.category,
            author=post.author,
            image_url=post.image_url,
            published_at=post.published_at,
            lifecycle=Lifecycle.of(post.lifecycle_status, post.published_at, post.scheduled_at),
        )


class AdminPostEnvelope(Output):
    post: AdminPost

    @classmethod
    def of(cls, post: PostView) -> AdminPostEnvelope:
        return cls(post=AdminPost.of(post))


class AdminPostList(Output):
    items: list[AdminPost]
    page_info: PageInfo

    @classmethod
    def of(cls, found: OffsetPage[PostView]) -> AdminPostList:
        return cls(
            items=[AdminPost.of(post) for post in found.items],
            page_info=found.page_info,
        )


class PostRemoved(Output):
    removed: Literal[True] = True
    post_id: str


class BulkPostResult(BulkResult):
    post_id: str


class BulkPosts(Output):
    """Always the whole outcome: one item's failure stops no other."""

    action: str
    total: int
    success_count: int
    failure_count: int
    results: list[BulkPostResult]

    @classmethod
    def of(cls, action: str, outcomes: list[BulkOutcome], language: str) -> BulkPosts:
        results: list[Any] = [BulkPostResult(post_id=item.id, **bulk_fields(item, language)) for item in outcomes]
        failures = sum(item.error is not None for item in outcomes)
        return cls(
            action=action,
            total=len(outcomes),
            success_count=len(outcomes) - failures,
            failure_count=failures,
            results=results,
        )
