"""Which feed operations are there for candidates, and who may call them?"""

from __future__ import annotations

from sanic import Blueprint, HTTPResponse, Request

from service.caching import validators
from service.caching.basis import Basis
from service.errors import InvalidCursor, InvalidLimit, SearchBusy
from service.feed import domain, schemas
from service.feed.queries import PostFilter
from service.listing import InvalidSearch
from service.operations import Security, operation
from service.web import Page, answer, parse, parse_query, read_body

bp = Blueprint("feed")


@bp.get("/feed/posts")
@operation(
    "listPosts",
    summary="Posts of the feed, the newest first",
    description="Pages begin at the offset `cursor` or, without repeats while posts are added, behind `after`.",
    tag="feed",
    security=Security.OPTIONAL,
    query=schemas.PostsQuery,
    responses={200: schemas.PostList},
    errors=(InvalidCursor, InvalidLimit, InvalidSearch, SearchBusy),
    conditional=Basis.CONTENT,
)
async def list_posts(request: Request) -> HTTPResponse:
    query = parse_query(schemas.PostsQuery, request)
    found = await domain.list_posts(PostFilter(query.q, query.category), query, request.ctx.principal)
    if not found.exact:
        validators.withhold(request)
    return answer(schemas.PostList.of(found, query, request.ctx.principal))


@bp.get("/users/me/saved-posts")
@operation(
    "listSavedPosts",
    summary="Posts that the caller saved, the last saved first",
    tag="feed",
    query=Page,
    responses={200: schemas.SavedPostList},
    errors=(InvalidCursor, InvalidLimit),
    conditional=Basis.CONTENT,
)
async def list_saved_posts(request: Request) -> HTTPResponse:
    page = parse_query(Page, request)
    found = await domain.list_saved_posts(page, request.ctx.principal)
    return answer(schemas.SavedPostList.of(found, request.ctx.principal))


@bp.post("/users/me/saved-posts")
@operation(
    "savePost",
    summary="Save a post",
    tag="feed",
    body=schemas.SavePostInput,
    responses={200: schemas.PostSaved},
    errors=(schemas.InvalidPostId, domain.PostNotFound),
)
async def save_post(request: Request) -> HTTPResponse:
    wanted = parse(schemas.SavePostInput, await read_body(request))
    created = await domain.save_post(wanted.post_id, request.ctx.principal)
    return answer(schemas.PostSaved(created=created, post_id=wanted.post_id))


@bp.delete("/users/me/saved-posts/<post_id>")
@operation(
    "unsavePost",
    summary="Forget a saved post",
    tag="feed",
    responses={200: schemas.PostUnsaved},
    errors=(domain.PostNotFound,),
)
async def unsave_post(request: Request, post_id: str) -> HTTPResponse:
    removed = await domain.unsave_post(post_id, request.ctx.principal)
    return answer(schemas.PostUnsaved(removed=removed, post_id=post_id))
