"""How do staff make, change, publish and remove posts?

The rules: docs/rules/content.md.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tortoise.transactions import in_transaction

from service import db
from service.audit.domain import audit
from service.auth.principal import Staff
from service.feed.admin_schemas import PostChanges, PostDate, PostFields
from service.feed.domain import PostNotFound
from service.feed.queries import PostView, lock_post
from service.publishing import Publication, lifecycle_values, published, read_lifecycle, resulting
from service.settings import utc_now
from service.web import parse


async def create_post(body: dict[str, Any], *, by: Staff) -> PostView:
    """Make a post, published unless `lifecycle` says otherwise. Raises the errors of `lifecycle`, then of the fields.

    The date of `lifecycle` counts before the one beside it.
    """
    now = utc_now()
    wish = read_lifecycle(lifecycle_values(body))
    date = parse(PostDate, body).published_at
    fresh = Publication("PUBLISHED", date, None)
    publication = resulting(wish, fresh, now, dated=True) if wish else published(now, date)
    fields = parse(PostFields, body)
    post_id = str(uuid4())
    async with in_transaction():
        await db.execute(
            "INSERT INTO feed_posts (id, title, excerpt, category, author, image_url, created_at, updated_at,"
            " lifecycle_status, published_at, scheduled_publish_at)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10)",
            post_id,
            fields.title,
            fields.excerpt,
            fields.category,
            fields.author,
            fields.image_url,
            now,
            publication.status,
            publication.published_at,
            publication.scheduled_at,
        )
        post = await _locked(post_id)
        await _audit("post.created", post_id, by, after=_summary(post))
    return post


async def change_post(post_id: str, body: dict[str, Any], *, by: Staff) -> PostView:
    """Change what `body` names; nothing named is no failure. One transaction; locks the post.

    A date beside `lifecycle` that is null or blank means now. Raises PostNotFound, then InvalidLifecycle, the errors of
    the fields and of `lifecycle`. An id in the body is ignored.
    """
    now = utc_now()
    async with in_transaction():
        before = await _locked(post_id)
        values = lifecycle_values(body)
        changes: dict[str, Any] = parse(PostChanges, body).model_dump(exclude_unset=True)
        dated = parse(PostDate, body)
        stored = Publication(before.lifecycle_status, before.published_at, before.scheduled_at)
        if "published_at" in dated.model_fields_set:
            stored = Publication(stored.status, dated.published_at or now, stored.scheduled_at)
            changes["published_at"] = stored.published_at
        wish = read_lifecycle(values)
        if wish is not None:
            changes |= _publication_columns(resulting(wish, stored, now, dated=True))
        await _update(post_id, changes)
        after = await _locked(post_id)
        if changes:
            await _audit("post.changed", post_id, by, before=_summary(before), after=_summary(after))
    return after


async def set_publication(post_id: str, publication: Publication, *, by: Staff) -> PostView:
    """Publish, schedule or withdraw a post. One transaction; locks the post. Raises PostNotFound."""
    async with in_transaction():
        before = await _locked(post_id)
        await _update(post_id, _publication_columns(publication))
        after = await _locked(post_id)
        await _audit("post.lifecycle_changed", post_id, by, before=_summary(before), after=_summary(after))
    return after


async def remove_post(post_id: str, *, by: Staff) -> None:
    """Delete a post with its saves; the audit row keeps what it was. Raises PostNotFound."""
    async with in_transaction():
        before = await _locked(post_id)
        await db.execute("DELETE FROM feed_posts WHERE id = $1", post_id)
        await _audit("post.removed", post_id, by, before=_summary(before))


async def require_post(post_id: str) -> None:
    """Raises PostNotFound: where the contract looks a post up before it reads a date."""
    if "\x00" in post_id or not await db.fetch_value("SELECT 1 FROM feed_posts WHERE id = $1", post_id):
        raise PostNotFound


async def _locked(post_id: str) -> PostView:
    post = await lock_post(post_id)
    if post is None:
        raise PostNotFound
    return post


async def _update(post_id: str, changes: dict[str, Any]) -> None:
    names = "".join(f", {name} = ${place}" for place, name in enumerate(changes, start=3))
    await db.execute(
        f"UPDATE feed_posts SET updated_at = $2{names} WHERE id = $1", post_id, utc_now(), *changes.values()
    )


def _publication_columns(publication: Publication) -> dict[str, Any]:
    return {
        "lifecycle_status": publication.status,
        "published_at": publication.published_at,
        "scheduled_publish_at": publication.scheduled_at,
    }


def _summary(post: PostView) -> dict[str, Any]:
    """What an audit row says of a post."""
    return {
        "title": post.title,
        "category": post.category,
        "status": post.lifecycle_status,
        "publishedAt": post.published_at.isoformat() if post.published_at else None,
        "scheduledAt": post.scheduled_at.isoformat() if post.scheduled_at else None,
    }


async def _audit(action: str, post_id: str, by: Staff, **detail: Any) -> None:
    await audit(
        action, actor_type="ADMIN", actor_id=by.actor_id, subject_type="FEED_POST", subject_id=post_id, detail=detail
    )
