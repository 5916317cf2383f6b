"""How do staff make and change posts? Publishing and removing are the shelf's, as for jobs.

The rules: docs/rules/content.md.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tortoise.transactions import in_transaction

from service.auth.principal import Staff
from service.clock import utc_now
from service.feed.admin_schemas import PostChanges, PostDate, PostFields
from service.feed.domain import PostNotFound
from service.feed.queries import PostView, lock_post
from service.publishing import (
    Publication,
    Shelf,
    lifecycle_values,
    publication_columns,
    published,
    read_lifecycle,
    resulting,
    stored_publication,
)
from service.web import parse


def _summary(post: PostView) -> dict[str, Any]:
    return {"title": post.title, "category": post.category}


SHELF = Shelf("feed_posts", "post", "FEED_POST", PostNotFound, lock_post, _summary)


async def create_post(body: dict[str, Any], *, by: Staff) -> PostView:
    """Make a post, published unless `lifecycle` says otherwise. Raises the errors of `lifecycle`, then of the fields.

    The date of `lifecycle` counts before the one beside it.
    """
    now = utc_now()
    wish = read_lifecycle(lifecycle_values(body))
    date = parse(PostDate, body).published_at
    publication = (
        resulting(wish, Publication("PUBLISHED", date, None), now, dated=True) if wish else published(now, date)
    )
    return await SHELF.insert(parse(PostFields, body).model_dump(), publication, now, by=by)


async def change_post(post_id: str, body: dict[str, Any], *, by: Staff) -> PostView:
    """Change what `body` names; nothing named is no failure. One transaction; locks the post.

    A date beside `lifecycle` that is null or blank means now. Raises PostNotFound, then InvalidLifecycle, the errors of
    the fields and of `lifecycle`. An id in the body is ignored.
    """
    now = utc_now()
    async with in_transaction():
        before = await SHELF.locked(post_id)
        values = lifecycle_values(body)
        columns: dict[str, Any] = parse(PostChanges, body).model_dump(exclude_unset=True)
        date = parse(PostDate, body)
        stored = stored_publication(before)
        if "published_at" in date.model_fields_set:
            stored = replace(stored, published_at=date.published_at or now)
            columns["published_at"] = stored.published_at
        wish = read_lifecycle(values)
        if wish is not None:
            columns |= publication_columns(resulting(wish, stored, now, dated=True))
        return await SHELF.update(before, post_id, columns, by=by, action="changed")
