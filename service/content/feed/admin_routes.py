"""Which feed operations are there for staff, and who may call them?"""

from __future__ import annotations

from sanic import Blueprint, HTTPResponse, Request

from service.auth.roles import Permission
from service.content.feed import admin_schemas as schemas
from service.content.feed.editing import POSTS
from service.content.feed.queries import PostFilter, list_all_posts
from service.content.staff_routes import StaffOperations
from service.http.errors import InvalidCursor, InvalidLimit, SearchBusy
from service.http.operations import operation
from service.http.web import answer, parse_query
from service.lists.queries import InvalidSearch

bp = Blueprint("admin_feed")


@bp.get("/admin/feed/posts")
@operation(
    "listAllPosts",
    summary="All posts: those without a date first, then the last published",
    description="Pages begin at the offset `cursor`. `q` looks in title, excerpt, author and category.",
    tag="staff content",
    permission=Permission.CONTENT_READ,
    query=schemas.AdminPostsQuery,
    responses={200: schemas.AdminPostList},
    errors=(InvalidCursor, InvalidLimit, InvalidSearch, SearchBusy),
)
async def list_posts(request: Request) -> HTTPResponse:
    query = parse_query(schemas.AdminPostsQuery, request)
    found = await list_all_posts(PostFilter(query.q, query.category), offset=query.cursor, limit=query.limit)
    return answer(schemas.AdminPostList.model_validate(found))


StaffOperations(
    table=POSTS,
    path="/admin/feed/posts",
    plural="posts",
    losing="saves",
    readers="Readers",
    described={
        "create": "Without `lifecycle` and `publishedAt` it is shown from now on.",
        "change": "A date without `lifecycle` changes the date alone.",
        "remove": "For good: lists of people who saved it lose it too.",
        "unpublish": "it stays on the lists of people who saved it.",
    },
    item=schemas.AdminPost,
    envelope=schemas.AdminPostEnvelope,
    create_body=schemas.CreatePostInput,
    change_body=schemas.PatchPostInput,
    field_errors=schemas.POST_FIELD_ERRORS,
    removed=schemas.PostRemoved,
    bulk_body=schemas.BulkPostsInput,
    bulk=schemas.BulkPosts,
    ids_error=schemas.InvalidPostIds,
).declare(bp)
