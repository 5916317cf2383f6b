"""What may candidates do with posts?

The rules: docs/rules/content.md.
"""

from __future__ import annotations

from tortoise.exceptions import IntegrityError

from service.auth.principal import Principal
from service.errors import ApiError
from service.feed import queries
from service.feed.queries import PostFilter, PostView
from service.offsets import OffsetPage
from service.paging import KeysetPaged, Slice
from service.web import Paged


class PostNotFound(ApiError):
    status_code, code = 404, "post_not_found"
    message = "This post is not available."
    message_id = "Tulisan ini tidak tersedia."


async def list_posts(wanted: PostFilter, page: KeysetPaged, by: Principal | None) -> Slice[PostView]:
    """One page of the visible posts, newest first. Raises InvalidCursor and, for a search, SearchBusy."""
    if by is None:
        return await queries.list_visible_posts(wanted, page, user_id=None)
    return await queries.list_visible_posts(wanted, page, user_id=by.user_id, version=by.content_version)


async def list_saved_posts(page: Paged, by: Principal) -> OffsetPage[PostView]:
    """One page of the posts that a person saved, the last saved first. Posts that were hidden since stay."""
    return await queries.list_saved_posts(by.user_id, offset=page.cursor, limit=page.limit)


async def save_post(post_id: str, by: Principal) -> bool:
    """Save a visible post; false when it was saved before. Raises PostNotFound."""
    try:
        saving = await queries.save_post(post_id, user_id=by.user_id)
    except IntegrityError:
        raise PostNotFound from None  # deleted in this moment
    if not saving.post_found:
        raise PostNotFound
    return saving.changed


async def unsave_post(post_id: str, by: Principal) -> bool:
    """Forget a saved post, hidden or not; false when it was not saved. Raises PostNotFound when there is no such post."""
    saving = await queries.unsave_post(post_id, user_id=by.user_id)
    if not saving.post_found:
        raise PostNotFound
    return saving.changed
