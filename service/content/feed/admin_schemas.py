"""What do the feed operations of staff take and answer?"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from service.content.bulk import BulkAnswer, BulkInput, BulkResult, bulk_ids
from service.content.feed.schemas import PostHead
from service.content.lifecycle import Lifecycle
from service.content.publication import LifecycleInput, PublishedAtInput
from service.content.staff_routes import Removed
from service.http.errors import InvalidField
from service.http.fields import Moment, Text, WebUrl
from service.http.web import Cursor, Input, Limit, Output, PageInfo, Ts, partial
from service.lists.queries import InvalidSearch, Search


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


class PostDate(PublishedAtInput):
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


class AdminPost(PostHead):
    published_at: Ts | None
    lifecycle: Lifecycle


class AdminPostEnvelope(Output):
    post: AdminPost


class AdminPostList(Output):
    items: list[AdminPost]
    page_info: PageInfo


class PostRemoved(Removed):
    post_id: str


class BulkPostResult(BulkResult):
    post_id: str


class BulkPosts(BulkAnswer):
    """Always the whole outcome: one item's failure stops no other."""

    results: list[BulkPostResult]
