"""Which feed operations are there for staff, and who may call them?"""

from __future__ import annotations

from typing import Any

from sanic import Blueprint, HTTPResponse, Request

from service.clock import utc_now
from service.errors import InvalidCursor, InvalidLimit, SearchBusy
from service.feed import admin_schemas as schemas
from service.feed import editing
from service.feed.domain import PostNotFound
from service.feed.queries import list_all_posts
from service.listing import InvalidSearch
from service.operations import Security, operation
from service.publishing import (
    LIFECYCLE_ERRORS,
    WITHDRAWN,
    BulkAction,
    InvalidBulkAction,
    InvalidLifecycleDate,
    Publication,
    PublishInput,
    ScheduleInput,
    bulk_publication,
    published,
    run_bulk,
    scheduled,
)
from service.web import answer, language_of, parse, parse_query, read_body

bp = Blueprint("admin_feed")


@bp.get("/admin/feed/posts")
@operation(
    "listAllPosts",
    summary="All posts: those without a date first, then the last published",
    description="Pages begin at the offset `cursor`. `q` looks in title, excerpt, author and category.",
    tag="staff content",
    security=Security.ADMIN,
    query=schemas.AdminPostsQuery,
    responses={200: schemas.AdminPostList},
    errors=(InvalidCursor, InvalidLimit, InvalidSearch, SearchBusy),
)
async def list_posts(request: Request) -> HTTPResponse:
    query = parse_query(schemas.AdminPostsQuery, request)
    found = await list_all_posts(query.q, query.category, offset=query.cursor, limit=query.limit)
    return answer(schemas.AdminPostList.of(found))


@bp.post("/admin/feed/posts")
@operation(
    "createPost",
    summary="Make a post",
    description="Without `lifecycle` and `publishedAt` it is shown from now on.",
    tag="staff content",
    security=Security.ADMIN,
    body=schemas.CreatePostInput,
    responses={201: schemas.AdminPostEnvelope},
    errors=(*LIFECYCLE_ERRORS, *schemas.POST_FIELD_ERRORS),
)
async def create_post(request: Request) -> HTTPResponse:
    post = await editing.create_post(await read_body(request), by=request.ctx.staff)
    return answer(schemas.AdminPostEnvelope.of(post), 201)


@bp.patch("/admin/feed/posts/<post_id>")
@operation(
    "changePost",
    summary="Change a post; what is absent stays",
    description="A date without `lifecycle` changes the date alone.",
    tag="staff content",
    security=Security.ADMIN,
    body=schemas.PatchPostInput,
    responses={200: schemas.AdminPostEnvelope},
    errors=(PostNotFound, *LIFECYCLE_ERRORS, *schemas.POST_FIELD_ERRORS),
)
async def change_post(request: Request, post_id: str) -> HTTPResponse:
    post = await editing.change_post(post_id, await read_body(request), by=request.ctx.staff)
    return answer(schemas.AdminPostEnvelope.of(post))


@bp.delete("/admin/feed/posts/<post_id>")
@operation(
    "removePost",
    summary="Remove a post with its saves",
    description="For good: lists of people who saved it lose it too.",
    tag="staff content",
    security=Security.ADMIN,
    responses={200: schemas.PostRemoved},
    errors=(PostNotFound,),
)
async def remove_post(request: Request, post_id: str) -> HTTPResponse:
    await editing.SHELF.remove(post_id, by=request.ctx.staff)
    return answer(schemas.PostRemoved(post_id=post_id))


@bp.post("/admin/feed/posts/<post_id>/publish")
@operation(
    "publishPost",
    summary="Show a post from now on",
    description="Without `publishedAt` the moment of the call counts.",
    tag="staff content",
    security=Security.ADMIN,
    body=PublishInput,
    responses={200: schemas.AdminPostEnvelope},
    errors=(PostNotFound, InvalidLifecycleDate),
)
async def publish_post(request: Request, post_id: str) -> HTTPResponse:
    body = await read_body(request)
    await editing.SHELF.require(post_id)
    publication = published(utc_now(), parse(PublishInput, body).published_at)
    post = await editing.SHELF.set_publication(post_id, publication, by=request.ctx.staff)
    return answer(schemas.AdminPostEnvelope.of(post))


@bp.post("/admin/feed/posts/<post_id>/unpublish")
@operation(
    "unpublishPost",
    summary="Hide a post",
    description="Readers no longer find it; it stays on the lists of people who saved it.",
    tag="staff content",
    security=Security.ADMIN,
    reads_body=True,
    responses={200: schemas.AdminPostEnvelope},
    errors=(PostNotFound,),
)
async def unpublish_post(request: Request, post_id: str) -> HTTPResponse:
    await read_body(request)
    post = await editing.SHELF.set_publication(post_id, WITHDRAWN, by=request.ctx.staff)
    return answer(schemas.AdminPostEnvelope.of(post))


@bp.post("/admin/feed/posts/<post_id>/schedule")
@operation(
    "schedulePost",
    summary="Show a post from a moment on",
    description="Readers see it once the moment has come; nothing else has to be called.",
    tag="staff content",
    security=Security.ADMIN,
    body=ScheduleInput,
    responses={200: schemas.AdminPostEnvelope},
    errors=(InvalidLifecycleDate, PostNotFound),
)
async def schedule_post(request: Request, post_id: str) -> HTTPResponse:
    wanted = parse(ScheduleInput, await read_body(request))
    post = await editing.SHELF.set_publication(
        post_id, scheduled(wanted.scheduled_at, dated=True), by=request.ctx.staff
    )
    return answer(schemas.AdminPostEnvelope.of(post))


@bp.post("/admin/feed/posts/bulk")
@operation(
    "changePostsInBulk",
    summary="Publish, hide, schedule or remove several posts, each on its own",
    description="Always 200 with one outcome an item: one item's failure stops no other.",
    tag="staff content",
    security=Security.ADMIN,
    body=schemas.BulkPostsInput,
    responses={200: schemas.BulkPosts},
    errors=(InvalidBulkAction, schemas.InvalidPostIds),
)
async def change_posts_in_bulk(request: Request) -> HTTPResponse:
    body: dict[str, Any] = await read_body(request)
    wanted = parse(schemas.BulkPostsInput, body)

    async def run(post_id: str) -> Publication | None:
        if wanted.action is BulkAction.DELETE:
            await editing.SHELF.remove(post_id, by=request.ctx.staff)
            return None
        await editing.SHELF.require(post_id)
        publication = bulk_publication(wanted.action, body, utc_now(), dated=True)
        await editing.SHELF.set_publication(post_id, publication, by=request.ctx.staff)
        return publication

    outcomes = await run_bulk(wanted.post_ids, run)
    return answer(schemas.BulkPosts.of(wanted.action.value, outcomes, language_of(request)))
