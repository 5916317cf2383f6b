"""What may candidates do with posts?

The rules: docs/rules/content.md.
"""

from __future__ import annotations

from service.auth.principal import Principal
from service.content.feed import queries
from service.content.feed.queries import PostFilter
from service.content.feed.schemas import Post
from service.http.errors import ApiError
from service.lists.paging import KeysetPaged, Slice


class PostNotFound(ApiError):
    status_code, code = 404, "post_not_found"
    message = "This post is not available."
    message_id = "Tulisan ini tidak tersedia."


async def list_posts(wanted: PostFilter, page: KeysetPaged, by: Principal | None, version: str | None) -> Slice[Post]:
    """One page of the visible posts, newest first.

    `version` is that of all content, as the caller read it before (see Totals). Raises InvalidCursor and, for a search,
    SearchBusy.
    """
    return await queries.list_visible_posts(wanted, page, user_id=by.user_id if by else None, version=version)
