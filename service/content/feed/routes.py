"""Which feed operations are there for candidates, and who may call them?"""

from __future__ import annotations

from functools import partial

from sanic import Blueprint, HTTPResponse, Request

from service.caching import validators
from service.caching.basis import Basis
from service.content.feed import domain, schemas
from service.content.feed.queries import SAVES, PostFilter, list_saved_posts
from service.content.saving import SavingOperations
from service.content.sharing import answer_shared
from service.http.errors import InvalidCursor, InvalidLimit, SearchBusy
from service.http.operations import Security, operation
from service.http.web import parse_query
from service.lists.queries import InvalidSearch

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
    shared=True,
)
async def list_posts(request: Request) -> HTTPResponse:
    return await answer_shared(request, SAVES, partial(_read_posts, request))


async def _read_posts(request: Request) -> tuple[schemas.PostList, list[str]]:
    query = parse_query(schemas.PostsQuery, request)
    wanted = PostFilter(query.q, query.category)
    found = await domain.list_posts(wanted, query, request.ctx.principal, request.ctx.content_version)
    if not found.exact:
        validators.withhold(request)
    return schemas.PostList.model_validate(found), [post.id for post in found.items]


SavingOperations(
    saves=SAVES,
    noun="post",
    tag="feed",
    list_saved=list_saved_posts,
    list_answer=schemas.SavedPostList,
    body=schemas.SavePostInput,
    saved=schemas.PostSaved,
    unsaved=schemas.PostUnsaved,
    missing=domain.PostNotFound,
    invalid_id=schemas.InvalidPostId,
).declare(bp)
