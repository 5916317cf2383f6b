"""Does a candidate read the feed and keep posts, whatever state they are in?"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from service.base.settings import Settings
from service.content.feed.admin_schemas import AdminPost
from service.content.feed.models import FeedPost
from service.content.feed.queries import SAVES, PostFilter, list_all_posts, list_saved_posts, list_visible_posts
from service.content.feed.schemas import PostsQuery
from service.database import db
from tests.answers import code
from tests.decoders import decode
from tests.factories import Candidate, make_candidate, make_post

LONG_AGO = datetime(2020, 1, 1, 12, 30, 59, 999_999, tzinfo=UTC)
FAR_OFF = datetime(2120, 1, 1, tzinfo=UTC)


def ids(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


class TestList:
    async def test_shows_published_posts_newest_first(self, api: httpx.AsyncClient) -> None:
        older, newer = await make_post(), await make_post(image_url="https://example.com/i.png")
        await make_post(lifecycle_status="DRAFT", published_at=None)
        await make_post(lifecycle_status="SCHEDULED", published_at=FAR_OFF, scheduled_publish_at=FAR_OFF)
        await make_post(lifecycle_status="SCHEDULED", published_at=None, scheduled_publish_at=None)
        # An older server stored drafts like this.
        await make_post(lifecycle_status="PUBLISHED", published_at=None)
        answer = await api.get("/feed/posts")
        decode("GET /feed/posts", answer.json())
        assert ids(answer) == [newer, older]
        assert answer.json()["pageInfo"] == {
            "cursor": "0",
            "nextCursor": None,
            "limit": 20,
            "total": 2,
            "after": None,
        }
        assert answer.json()["items"][0]["viewerState"] == {"authenticated": False, "saved": False}

    async def test_a_due_post_shows_itself_with_its_moment_in_whole_seconds(self, api: httpx.AsyncClient) -> None:
        both = await make_post(lifecycle_status="SCHEDULED", published_at=LONG_AGO, scheduled_publish_at=LONG_AGO)
        one = await make_post(lifecycle_status="SCHEDULED", published_at=None, scheduled_publish_at=LONG_AGO)
        answer = await api.get("/feed/posts")
        assert sorted(ids(answer)) == sorted([both, one])
        assert {item["publishedAt"] for item in answer.json()["items"]} == {"2020-01-01T12:30:59Z"}
        assert {item["lifecycle"]["scheduledAt"] for item in answer.json()["items"]} == {"2020-01-01T12:30:59.999Z"}

    async def test_ties_end_in_the_id(self, api: httpx.AsyncClient) -> None:
        for number in (3, 1, 2):
            await make_post(id=f"p{number}", published_at=LONG_AGO, created_at=LONG_AGO)
        await make_post(id="p0", published_at=LONG_AGO, created_at=LONG_AGO + timedelta(seconds=1))
        assert ids(await api.get("/feed/posts")) == ["p0", "p3", "p2", "p1"]

    async def test_category_is_exact_and_in_any_case(self, api: httpx.AsyncClient) -> None:
        visa, _ = await make_post(category="VISA"), await make_post(category="VISAS")
        assert ids(await api.get("/feed/posts?category=%20visa%20")) == [visa]
        assert ids(await api.get("/feed/posts?category=vis")) == []

    async def test_searches_title_excerpt_author_and_category(self, api: httpx.AsyncClient) -> None:
        post = await make_post(title="Ikut 面接", excerpt="Tips_50%", author="Rina", category="LIFE\\STYLE")
        await make_post()
        for term in ("面接", "接", "s_5", "0%", "%", "_", "rina LIFE\\st", "面接 tips_50% rina life", "\\"):
            answer = await api.get("/feed/posts", params={"q": term})
            assert (ids(answer), answer.json()["pageInfo"]["total"]) == ([post], 1), term

    @pytest.mark.parametrize("query", ["", "q=story", "q=st", "category=career"])
    async def test_both_ways_of_paging_show_each_post_once(self, api: httpx.AsyncClient, query: str) -> None:
        made = [await make_post(published_at=LONG_AGO + timedelta(hours=number // 3)) for number in range(11)]
        expected = sorted(made, reverse=True)
        seen: list[str] = []
        cursor = "0"
        while cursor is not None:
            answer = await api.get(f"/feed/posts?limit=4&cursor={cursor}&{query}")
            cursor = answer.json()["pageInfo"]["nextCursor"]
            seen += ids(answer)
        assert seen == expected
        answer = await api.get(f"/feed/posts?limit=4&{query}")
        seen = ids(answer)
        while (after := answer.json()["pageInfo"]["after"]) is not None:
            answer = await api.get(f"/feed/posts?limit=4&after={after}&{query}")
            seen += ids(answer)
        assert seen == expected

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("cursor=x&limit=x", "invalid_cursor"),
            ("after=x&limit=x", "invalid_cursor"),
            ("limit=51", "invalid_limit"),
            ("q=%00", "invalid_request_body"),
            ("category=%00", "invalid_request_body"),
        ],
    )
    async def test_refuses_bad_fields(self, api: httpx.AsyncClient, query: str, expected: str) -> None:
        assert code(await api.get(f"/feed/posts?{query}")) == (400, expected)

    async def test_a_bad_token_is_not_taken_for_nobody(self, api: httpx.AsyncClient) -> None:
        answer = await api.get("/feed/posts", headers={"Authorization": "Bearer x.y.z"})
        assert code(answer) == (401, "invalid_access_token")


class TestSaved:
    @pytest.mark.parametrize(
        ("method", "path"),
        [("GET", "/users/me/saved-posts"), ("POST", "/users/me/saved-posts"), ("DELETE", "/users/me/saved-posts/x")],
    )
    async def test_needs_a_token(self, api: httpx.AsyncClient, method: str, path: str) -> None:
        assert code(await api.request(method, path)) == (401, "missing_access_token")
        answer = await api.request(method, path, headers={"Authorization": "Bearer nonsense"})
        assert code(answer) == (401, "invalid_access_token")

    async def test_saves_and_forgets_once(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        older, newer = await make_post(), await make_post()
        for post, created in ((newer, True), (older, True), (newer, False)):
            answer = await api.post("/users/me/saved-posts", headers=candidate.headers, json={"postId": post})
            assert (answer.status_code, answer.json()) == (200, {"saved": True, "created": created, "postId": post})
            decode("POST /users/me/saved-posts", answer.json())
        answer = await api.get("/users/me/saved-posts", headers=candidate.headers)
        decode("GET /users/me/saved-posts", answer.json())
        assert ids(answer) == [older, newer]
        assert answer.json()["items"][0]["viewerState"] == {"authenticated": True, "saved": True}
        assert answer.json()["pageInfo"] == {"cursor": "0", "nextCursor": None, "limit": 20, "total": 2}
        feed = await api.get("/feed/posts", headers=candidate.headers)
        assert all(item["viewerState"]["saved"] for item in feed.json()["items"])
        for removed in (True, False):
            answer = await api.delete(f"/users/me/saved-posts/{newer}", headers=candidate.headers)
            assert (answer.status_code, answer.json()) == (200, {"saved": False, "removed": removed, "postId": newer})
            decode("DELETE /users/me/saved-posts/{postId}", answer.json())

    async def test_a_list_is_of_its_owner(
        self, api: httpx.AsyncClient, candidate: Candidate, settings: Settings
    ) -> None:
        other = await make_candidate(settings)
        post = await make_post()
        await api.post("/users/me/saved-posts", headers=candidate.headers, json={"postId": post})
        assert ids(await api.get("/users/me/saved-posts", headers=other.headers)) == []
        assert (await api.delete(f"/users/me/saved-posts/{post}", headers=other.headers)).json()["removed"] is False

    async def test_hidden_posts_stay_with_a_time_and_deleted_ones_vanish(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        created = datetime(2026, 3, 4, 5, 6, 7, 890_000, tzinfo=UTC)
        plain, planned, deleted = [await make_post(created_at=created) for _ in range(3)]
        for post in (plain, planned, deleted):
            await api.post("/users/me/saved-posts", headers=candidate.headers, json={"postId": post})
        await db.execute("UPDATE feed_posts SET lifecycle_status = 'DRAFT', published_at = NULL WHERE id = $1", plain)
        await db.execute(
            "UPDATE feed_posts SET lifecycle_status = 'SCHEDULED', published_at = NULL, scheduled_publish_at = $2"
            " WHERE id = $1",
            planned,
            FAR_OFF,
        )
        await db.execute("DELETE FROM feed_posts WHERE id = $1", deleted)
        answer = await api.get("/users/me/saved-posts", headers=candidate.headers)
        decode("GET /users/me/saved-posts", answer.json())
        shown = {
            item["id"]: (item["publishedAt"], item["lifecycle"]["publishedAt"], item["lifecycle"]["effectiveStatus"])
            for item in answer.json()["items"]
        }
        assert shown == {
            plain: ("2026-03-04T05:06:07Z", None, "DRAFT"),
            planned: ("2120-01-01T00:00:00Z", None, "SCHEDULED"),
        }
        for post in (plain, planned):
            again = await api.post("/users/me/saved-posts", headers=candidate.headers, json={"postId": post})
            assert code(again) == (404, "post_not_found")
            answer = await api.delete(f"/users/me/saved-posts/{post}", headers=candidate.headers)
            assert answer.json()["removed"]

    async def test_pages_follow_each_other(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        made = [await make_post() for _ in range(5)]
        for post in made:
            await api.post("/users/me/saved-posts", headers=candidate.headers, json={"postId": post})
        seen: list[str] = []
        cursor: str | None = "0"
        while cursor is not None:
            answer = await api.get(f"/users/me/saved-posts?limit=2&cursor={cursor}", headers=candidate.headers)
            cursor = answer.json()["pageInfo"]["nextCursor"]
            seen += ids(answer)
        assert seen == made[::-1]
        assert code(await api.get("/users/me/saved-posts?cursor=x&limit=x", headers=candidate.headers)) == (
            400,
            "invalid_cursor",
        )

    @pytest.mark.parametrize("body", [{}, {"postId": None}, {"postId": "  "}, {"postId": {}}, {"postId": "a\x00b"}, 5])
    async def test_a_post_must_be_named(self, api: httpx.AsyncClient, candidate: Candidate, body: Any) -> None:
        answer = await api.post("/users/me/saved-posts", headers=candidate.headers, json=body)
        assert code(answer) == (400, "invalid_post_id")

    @pytest.mark.parametrize("post_id", ["nope", "%00", "%F0%9F%9A%80"])
    async def test_an_unknown_post_is_404(self, api: httpx.AsyncClient, candidate: Candidate, post_id: str) -> None:
        answer = await api.delete(f"/users/me/saved-posts/{post_id}", headers=candidate.headers)
        assert code(answer) == (404, "post_not_found")
        answer = await api.post("/users/me/saved-posts", headers=candidate.headers, json={"postId": "nope"})
        assert code(answer) == (404, "post_not_found")

    async def test_of_many_saves_one_creates(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        post = await make_post()
        answers = await asyncio.gather(
            *(api.post("/users/me/saved-posts", headers=candidate.headers, json={"postId": post}) for _ in range(20))
        )
        assert sorted(answer.json()["created"] for answer in answers) == [False] * 19 + [True]
        answers = await asyncio.gather(
            *(api.delete(f"/users/me/saved-posts/{post}", headers=candidate.headers) for _ in range(20))
        )
        assert sorted(answer.json()["removed"] for answer in answers) == [False] * 19 + [True]


class TestAnswers:
    async def test_every_statement_that_reads_posts_answers_the_same(self, candidate: Candidate) -> None:
        await make_post(image_url="https://example.com/i.png")
        await make_post(lifecycle_status="SCHEDULED", published_at=None, scheduled_publish_at=LONG_AGO)
        for post in await FeedPost.all():
            await SAVES.save(post.id, user_id=candidate.id)
        listed = await list_visible_posts(PostFilter(), PostsQuery(), user_id=candidate.id)
        assert {post.viewer_state.saved for post in listed.items} == {True}
        expected = {post.id: post for post in listed.items}
        for query in (PostFilter(text="story"), PostFilter(text="st")):
            found = await list_visible_posts(query, PostsQuery(), user_id=candidate.id)
            assert {post.id: post for post in found.items} == expected
        saved = await list_saved_posts(candidate.id, offset=0, limit=20)
        assert {post.id: post for post in saved.items} == expected
        staff = {post.id: post for post in (await list_all_posts(PostFilter(), offset=0, limit=20)).items}
        for post in await FeedPost.all():
            assert staff[post.id] == AdminPost.of(post)
            assert staff[post.id].lifecycle == expected[post.id].lifecycle
