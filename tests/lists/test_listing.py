"""Are long lists complete, cheap at any depth, and found by any term? Small rules first, then 10 000 and 100 000 rows."""

from __future__ import annotations

import asyncio
import base64
import json
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import asyncpg
import httpx
import orjson
import pytest
from tortoise.transactions import in_transaction

from service.applications.queries import list_cases, list_own_applications
from service.applications.schemas import AdminApplicationsQuery, ApplicationsQuery
from service.content.feed import queries as post_queries
from service.content.feed.queries import PostFilter, list_all_posts, list_saved_posts, list_visible_posts
from service.content.feed.schemas import PostsQuery
from service.content.jobs import queries as jobs_queries
from service.content.jobs.admin_schemas import AdminJobsQuery
from service.content.jobs.queries import (
    JobFilter,
    find_visible_job,
    list_all_jobs,
    list_saved_jobs,
    list_visible_jobs,
)
from service.content.jobs.schemas import JobsQuery
from service.database import db, migrate
from service.http.web import Page
from service.lists import queries as listing
from service.lists import totals
from service.lists.paging import Position, binding_of
from service.organizations.queries import list_organizations
from service.organizations.schemas import OrganizationsQuery
from service.overview.queries import list_activities
from service.overview.schemas import ActivityFilter
from service.users.queries import list_users
from service.users.schemas import UsersQuery
from tests.answers import code
from tests.factories import Candidate, make_job, make_post

KEY = {"x-admin-api-key": "staff-key-for-tests"}
Statements = list[tuple[str, tuple[Any, ...]]]


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Statements:
    """What is sent to the database, in order."""
    sent: Statements = []

    def record(function: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def call(sql: str, *arguments: Any, **options: Any) -> Any:
            sent.append((sql, arguments))
            return await function(sql, *arguments, **options)

        return call

    for name in ("fetch_all", "fetch_row", "fetch_value"):
        monkeypatch.setattr(db, name, record(getattr(db, name)))
    return sent


async def total(api: httpx.AsyncClient, path: str) -> int:
    answer = await api.get(path)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["pageInfo"]["total"])


class TestPositions:
    def test_a_token_brings_back_its_position(self) -> None:
        moment = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
        for position in (
            Position("b" * 18, 20, (moment, "job_1")),
            Position("", 0, (datetime(1, 1, 1, tzinfo=UTC), moment, "日本 \\ \"'")),
        ):
            assert Position.of_token(position.token()) == position
            assert position.token().isascii()

    @pytest.mark.parametrize(
        "parts",
        [
            None,
            5,
            {},
            [],
            ["b"],
            ["b", 1],
            [1, 1, 1],
            ["b", "1", 1],
            ["b", True, 1],
            ["b", -1, 1],
            ["b", 2**60, 1],
            ["b", 1, None],
            ["b", 1, 1.5],
            ["b", 1, True],
            ["b", 1, 10**30],
            ["b", 1, [1]],
            ["b", 1, "a\x00b"],
            ["b", 1, "x" * 501],
        ],
    )
    def test_a_forged_token_is_refused(self, parts: Any) -> None:
        token = base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()
        with pytest.raises(ValueError, match="not a"):
            Position.of_token(token)

    @pytest.mark.parametrize("token", ["x", "!!!!", "é", "=", "YQ==", "x" * 2000, "W10", "_-_-"])
    def test_a_text_that_is_no_token_is_refused(self, token: str) -> None:
        with pytest.raises(ValueError, match=r".*"):
            Position.of_token(token)

    async def test_a_token_counts_for_its_list_and_filters_alone(self, api: httpx.AsyncClient) -> None:
        for _ in range(3):
            await make_job(title="Cook")
            await make_post()
        after = (await api.get("/jobs?limit=1&q=cook&visaSponsored=true")).json()["pageInfo"]["after"]
        good = f"/jobs?limit=1&visaSponsored=TRUE&q=%20cook&after={after}"
        assert (await api.get(good)).status_code == 200
        assert (await api.get(good.replace("limit=1", "limit=2"))).status_code == 200
        for bad in (
            f"{good}&cursor=0",
            good.replace("q=%20cook", "q=coo"),
            good.replace("&q=%20cook", ""),
            good.replace("TRUE", "false"),
            f"{good}&location=osaka",
            f"{good}&employmentType=CONTRACT",
            f"/feed/posts?after={after}",
            f"/jobs?after={after[:-3]}",
        ):
            assert code(await api.get(bad)) == (400, "invalid_cursor"), bad

    async def test_a_position_of_the_wrong_kind_is_refused(self, api: httpx.AsyncClient) -> None:
        binding = binding_of("jobs", None, None, None, None)
        moment = datetime(2026, 1, 1, tzinfo=UTC)
        for keys in ((moment,), ("x", "y"), (moment, moment), (moment, "x", "y")):
            token = Position(binding, 1, keys).token()
            assert code(await api.get(f"/jobs?after={token}")) == (400, "invalid_cursor")
        # Well formed, so it may name any place, also where no row is or was.
        token = Position(binding, 5, (moment, "")).token()
        assert (await api.get(f"/jobs?after={token}")).json()["items"] == []


class TestTerms:
    @pytest.mark.parametrize(
        ("term", "pieces"),
        [
            ("abc", []),
            ("日本語", []),
            ("x 123", []),
            ("-abc-", []),
            ("a", ["a"]),
            ("ab", ["ab"]),
            ("a b", ["a ", " b"]),
            ("50%", ["50", "0%"]),
            ("c++", ["c+", "++"]),
            ("%%%%", ["%%"]),
            ("ab-cd-ef", ["ab", "b-", "-c"]),
            ("\x01", ["\x01"]),
            ("\x01a", ["\x01"]),
            ("①②③", ["①②", "②③"]),
        ],
    )
    def test_the_index_that_finds_it(self, term: str, pieces: list[str]) -> None:
        assert listing.pieces_of(term) == pieces

    def test_patterns_match_literally(self) -> None:
        assert listing.like_pattern("5%_\\x") == "%5\\%\\_\\\\x%"


class TestTotals:
    @pytest.fixture
    def clock(self, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
        clock = SimpleNamespace(now=1000.0)
        for module in (totals, listing):
            monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: clock.now))
        return clock

    @pytest.fixture
    def long_lists(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A list is long from three rows on, and a search looks through three rows first."""
        for kind in (listing._list_totals, listing._search_totals):
            monkeypatch.setattr(kind, "short", 2)
        monkeypatch.setattr(listing, "_WALK_ROWS", 3)

    async def test_50_requests_that_know_no_total_count_once(
        self, api: httpx.AsyncClient, candidate: Candidate, statements: Statements
    ) -> None:
        for _ in range(4):
            await make_job()
            await make_post()
        for path in ("/jobs?limit=2", "/jobs?limit=2&visaSponsored=true", "/feed/posts?limit=2"):
            statements.clear()
            answers = await asyncio.gather(*(api.get(path, headers=candidate.headers) for _ in range(50)))
            assert {answer.json()["pageInfo"]["total"] for answer in answers} == {4}
            assert {answer.headers["etag"] for answer in answers} == {answers[0].headers["etag"]}
            assert len([sql for sql, _ in statements if sql.startswith("SELECT count(*)")]) == 1, path

    async def test_a_short_list_is_right_after_each_write(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        await make_job()
        for number in range(2, 6):
            await make_job()
            answers = await asyncio.gather(
                *(api.get("/jobs?limit=1", headers=candidate.headers) for _ in range(10)),
                *(api.get("/jobs?limit=1") for _ in range(10)),
                *(api.get("/admin/jobs?limit=1", headers=KEY) for _ in range(3)),
            )
            assert {answer.json()["pageInfo"]["total"] for answer in answers} == {number}

    @pytest.mark.usefixtures("long_lists")
    async def test_a_long_list_is_less_than_5_s_behind(self, api: httpx.AsyncClient, clock: SimpleNamespace) -> None:
        for _ in range(5):
            await make_job()
        path = "/jobs?limit=1"
        assert await total(api, path) == 5
        await make_job()
        await make_job(lifecycle_status="SCHEDULED", scheduled_publish_at=datetime.now(UTC) + timedelta(seconds=0.2))
        clock.now += 4.6
        await asyncio.sleep(0.25)
        assert await total(api, path) == 7

    @pytest.mark.usefixtures("long_lists")
    @pytest.mark.parametrize(
        "path", ["/jobs", "/jobs?q=weld", "/jobs?q=we", "/feed/posts", "/admin/jobs", "/admin/feed/posts"]
    )
    async def test_what_follows_is_told_by_the_rows_whatever_the_total(
        self, api: httpx.AsyncClient, clock: SimpleNamespace, path: str
    ) -> None:
        """Between two counts rows come and go."""
        headers = KEY if "admin" in path else {}
        sign = "&" if "?" in path else "?"

        async def page(query: str) -> dict[str, Any]:
            answer = await api.get(f"{path}{sign}{query}", headers=headers)
            assert answer.status_code == 200
            info = answer.json()["pageInfo"]
            shown, following = len(answer.json()["items"]), 1 if info["nextCursor"] else 0
            assert not shown or info["total"] >= int(info["cursor"]) + shown + following
            return dict(info)

        for _ in range(5):
            await make_job()
            await make_post()
        assert (await page("limit=2"))["total"] == 5
        for _ in range(3):
            await make_job()
            await make_post()
        assert (await page("limit=2"))["nextCursor"] == "2"
        assert (await page("limit=2&cursor=5"))["nextCursor"] == "7"
        assert (await page("limit=2&cursor=6"))["nextCursor"] is None
        assert (await page("limit=2&cursor=6"))["total"] == 8
        await db.execute("DELETE FROM jobs")
        await db.execute("DELETE FROM feed_posts")
        assert (await page("limit=2"))["total"] == 0
        assert (await page("limit=2&cursor=3"))["total"] <= 3

    @pytest.mark.usefixtures("long_lists")
    async def test_a_count_that_does_not_end_is_estimated(
        self, api: httpx.AsyncClient, candidate: Candidate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for _ in range(30):
            await make_job()
        await db.execute("ANALYZE jobs")
        monkeypatch.setattr(totals, "WAIT_SECONDS", 0.1)
        end = asyncio.Event()
        fetch_value = db.fetch_value

        async def slow(sql: str, *arguments: Any) -> Any:
            if sql.startswith(("SELECT count(*)", "WITH found")) and "TABLESAMPLE" not in sql:
                await end.wait()
            return await fetch_value(sql, *arguments)

        monkeypatch.setattr(db, "fetch_value", slow)
        for path in ("/jobs?", "/jobs?visaSponsored=true&", "/jobs?q=weld&", "/jobs?q=we&"):
            answers = await asyncio.gather(
                *(api.get(f"{path}limit=2&cursor={n}", headers=candidate.headers) for n in range(10))
            )
            for number, answer in enumerate(answers):
                assert answer.status_code == 200
                assert number + 3 <= answer.json()["pageInfo"]["total"] <= 31
                assert "etag" not in answer.headers
        end.set()

    async def test_it_is_never_less_than_what_is_shown(self, api: httpx.AsyncClient) -> None:
        await make_job()
        await make_job()
        assert await total(api, "/jobs?limit=1") == 2
        for _ in range(4):
            await make_job()
        info = (await api.get("/jobs?limit=1&cursor=3")).json()["pageInfo"]
        assert int(info["nextCursor"]) == 4
        assert info["total"] >= 4
        # The last page knows.
        assert await total(api, "/jobs?limit=5&cursor=3") == 6

    async def test_of_a_search_it_is_exact_up_to_the_cap(
        self, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, clock: SimpleNamespace
    ) -> None:
        monkeypatch.setattr(listing._search_totals, "short", 4)
        monkeypatch.setattr(listing, "_WALK_ROWS", 2)
        for expected in (1, 2, 3, 4, 5):
            await make_job()
            assert await total(api, "/jobs?limit=1&q=weld") == expected
        await make_job()
        assert await total(api, "/jobs?limit=1&q=weld") == 5  # above the cap it may lag
        clock.now += 58
        assert await total(api, "/jobs?limit=1&q=weld") == 6
        await make_job()
        assert await total(api, "/jobs?limit=1&cursor=6&q=weld") == 7
        assert await total(api, "/jobs?limit=1&q=weld") == 7

    async def test_of_a_search_it_is_not_counted_again_while_nothing_changes(
        self, api: httpx.AsyncClient, candidate: Candidate, monkeypatch: pytest.MonkeyPatch, statements: Statements
    ) -> None:
        monkeypatch.setattr(listing, "_WALK_ROWS", 3)
        for _ in range(9):
            await make_job()
        for term in ("weld", "we"):
            statements.clear()
            for cursor in (0, 1, 0):
                answer = await api.get(f"/jobs?q={term}&limit=2&cursor={cursor}", headers=candidate.headers)
                assert answer.json()["pageInfo"]["total"] == 9
                assert "etag" in answer.headers
            assert len([sql for sql, _ in statements if "found" in sql]) == 1


@pytest.mark.real_search_limit
class TestBusySearch:
    async def test_a_search_ends_after_a_second_and_gives_its_connection_back(
        self, api: httpx.AsyncClient, database_url: str
    ) -> None:
        await make_job()
        await make_post()
        other = await asyncpg.connect(database_url)
        try:
            async with other.transaction():
                await other.execute("LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE")
                started = time.monotonic()
                searches = asyncio.gather(*(api.get("/jobs?q=weld") for _ in range(20)))
                await asyncio.sleep(0.2)
                # They hold fewer connections than there are.
                assert (await api.get("/feed/posts")).status_code == 200
                answers = await searches
                assert time.monotonic() - started < 20  # and not the 30 s of other statements
                assert {code(answer) for answer in answers} == {(503, "search_busy")}
                assert {answer.headers["retry-after"] for answer in answers} == {"2"}
        finally:
            await other.close()
        assert await total(api, "/jobs?q=weld") == 1
        stats = db.pool_stats()
        assert stats.idle == stats.size


class TestWhileOthersWrite:
    async def test_pages_neither_skip_nor_repeat(self, api: httpx.AsyncClient) -> None:
        """Jobs come and go in front of the reader and behind; what is there all along is seen once, in order."""
        start = datetime(2026, 1, 1, tzinfo=UTC)
        made = [await make_job(created_at=start + timedelta(minutes=number // 2)) for number in range(60)]
        reading = True

        async def write() -> int:
            written = 0
            while reading:
                job = await make_job(created_at=start + timedelta(seconds=random.randrange(1800)))
                if written % 3 == 0:
                    await db.execute("DELETE FROM jobs WHERE id = $1", job)
                written += 1
                await asyncio.sleep(0)
            return written

        async def read(path: str) -> list[str]:
            seen: list[str] = []
            after = ""
            while after is not None:
                page = (await api.get(f"{path}limit=3{after and '&after=' + after}")).json()
                info = page["pageInfo"]
                assert info["total"] >= int(info["cursor"]) + len(page["items"])
                seen += [item["id"] for item in page["items"]]
                after = info["after"]
            return seen

        writer = asyncio.create_task(write())
        try:
            for path in ("/jobs?", "/jobs?q=weld&", "/jobs?q=we&", "/jobs?visaSponsored=true&"):
                seen = await read(path)
                assert len(set(seen)) == len(seen)
                assert [job for job in seen if job in set(made)] == sorted(made)
        finally:
            reading = False
        assert await writer > 20

    async def test_a_position_outlives_its_row(self, api: httpx.AsyncClient) -> None:
        made = [await make_job() for _ in range(4)]
        page = (await api.get("/jobs?limit=2")).json()
        await db.execute("DELETE FROM jobs WHERE id = ANY($1)", made[:2])
        page = (await api.get(f"/jobs?after={page['pageInfo']['after']}")).json()
        assert [item["id"] for item in page["items"]] == made[2:]


# --- 10 000 rows ------------------------------------------------------------------------------------------------------

TITLES = (
    "Welder",
    "Perawat lansia",
    "Juru masak",
    "溶接工",
    "介護スタッフ",
    "Machine operator",
    "ÉTANCHÉITÉ",
    "C++ 50%_off",
)
WORDS = (
    "kerja",
    "lembur",
    "gaji",
    "asrama",
    "pabrik",
    "rajin",
    "jujur",
    "berpengalaman",
    "work",
    "shift",
    "night",
    "overtime",
    "factory",
    "salary",
    "team",
    "safe",
    "日本",
    "工場",
    "夜勤",
    "経験者歓迎",
    "寮完備",
    "カメラ",
    "ラーメン",
    "東京都",
    "ﾊﾝｶｸ",
    "100%",
    "a_b",
    "back\\slash",
    "½",
    "naïve",
    "Ünlü",
    "N1-N5",
    "¥200,000",
    "📷🍜",
)
PLACES = ("Osaka, JP", "Tōkyō_23", "名古屋市", "50% Sapporo", "Kota Baru\\Timur")


def make_texts(rows: int) -> list[tuple[str, str, str, str]]:
    """Title, description, employer and place of each row; always the same."""
    chance = random.Random(7)
    return [
        (
            chance.choice(TITLES),
            " ".join(chance.choices(WORDS, k=chance.randint(1, 9))) + f" #{number}",
            f"PT Contoh {number % 37}",
            chance.choice(PLACES),
        )
        for number in range(rows)
    ]


def make_terms(texts: list[str], number: int) -> list[str]:
    """Parts of `texts` of one to twelve characters, in changed case, with some that are nowhere."""
    chance = random.Random(11)
    terms = [
        "%",
        "_",
        "\\",
        "%%",
        "__",
        "\\\\",
        "0%",
        "%_",
        "a_b",
        "k\\s",
        "50%_",
        "++",
        "xyzzy",
        "q",
        "語",
        "日本x",
        "🍜",
    ]
    while len(terms) < number:
        text = chance.choice(texts)
        length = len(terms) % 12 + 1
        start = chance.randrange(max(1, len(text) - length))
        term = text[start : start + length].strip()
        if term:
            terms.append(chance.choice((str.upper, str.lower, str.swapcase, str))(term))
    return terms[:number]


async def store_texts(texts: list[tuple[str, str, str, str]]) -> None:
    """A job and a post of each, ids in the order of their numbers."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    columns = [list(column) for column in zip(*texts, strict=True)]
    rows = "unnest($1::text[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS rows (t, d, e, p, n)"
    await db.execute(
        "INSERT INTO jobs (id, title, employment_type, description, location_json, employer_json, created_at)"
        " SELECT 'job_' || lpad(n::text, 6, '0'), t, 'FULL_TIME', d, jsonb_build_object('countryCode', 'JP', 'city',"
        " 'X', 'displayLabel', p, 'latitude', 1, 'longitude', 2), jsonb_build_object('id', 'e', 'name', e,"
        f" 'isVerifiedEmployer', true), $5::timestamptz + n * interval '1 second' FROM {rows}",
        *columns,
        start,
    )
    await db.execute(
        "INSERT INTO feed_posts (id, title, excerpt, author, category, published_at, created_at)"
        " SELECT 'post_' || lpad(n::text, 6, '0'), t, d, e, p, $5::timestamptz - n * interval '1 second', $5"
        f" FROM {rows}",
        *columns,
        start,
    )
    await db.execute("ANALYZE jobs, feed_posts")


@pytest.mark.usefixtures("app")
class TestFindsWhatAScanFinds:
    @staticmethod
    def scan(texts: list[str], term: str, prefix: str) -> list[str]:
        wanted = term.lower()
        return [f"{prefix}_{number:06d}" for number, text in enumerate(texts, 1) if wanted in text]

    async def test_200_terms_in_10000_rows(self, monkeypatch: pytest.MonkeyPatch) -> None:
        texts = make_texts(10_000)
        await store_texts(texts)
        whole = [" ".join(row).lower() for row in texts]
        terms = make_terms([" ".join(row) for row in texts], 200)
        assert {len(term) for term in terms} == set(range(1, 13))
        everything = JobsQuery.model_construct(cursor=0, limit=20_000)
        every_post = PostsQuery.model_construct(cursor=0, limit=20_000)
        for number, term in enumerate(terms):
            expected = self.scan(whole, term, "job")
            # Of all rows only the ids are compared: making an answer of each would take most of the time.
            with monkeypatch.context() as patch:
                patch.setattr(jobs_queries, "_summary", lambda _, row: SimpleNamespace(id=row["id"]))
                found = await list_visible_jobs(JobFilter(text=term), everything, user_id=None)
            assert [job.id for job in found.items] == expected, term
            page = await list_visible_jobs(JobFilter(text=term), JobsQuery(), user_id=None)
            assert ([job.id for job in page.items], page.total) == (expected[:20], len(expected)), term
            if number % 4 == 0:
                with monkeypatch.context() as patch:
                    patch.setattr(post_queries, "_post", lambda _, row: SimpleNamespace(id=row["id"]))
                    posts = await list_visible_posts(PostFilter(text=term), every_post, user_id=None)
                assert [post.id for post in posts.items] == self.scan(whole, term, "post"), term

    async def test_every_way_through_a_list_finds_the_same(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """First rows, more of them, many of them, and all matches: each is taken, from any start."""
        texts = make_texts(600)
        await store_texts(texts)
        whole = [" ".join(row).lower() for row in texts]
        taken = dict.fromkeys((8, 60, 300, "found"), 0)
        walk, find = listing._walk, listing._find

        async def walked(statement: Any, length: int) -> Any:
            outcome = await walk(statement, length)
            taken[length] += outcome[2]
            return outcome

        async def found(statement: Any) -> Any:
            taken["found"] += 1
            return await find(statement)

        monkeypatch.setattr(listing, "_walk", walked)
        monkeypatch.setattr(listing, "_find", found)
        for name, value in (("_WALK_ROWS", 8), ("_FAR_WALK_ROWS", 60), ("_LONG_WALK_ROWS", 300), ("_MANY_MATCHES", 15)):
            monkeypatch.setattr(listing, name, value)
        for term in make_terms([" ".join(row) for row in texts], 60):
            expected = self.scan(whole, term, "job")
            for offset in (0, 3, 40):
                query = JobsQuery(cursor=offset, limit=5)
                page = await list_visible_jobs(JobFilter(text=term), query, user_id=None)
                assert [job.id for job in page.items] == expected[offset : offset + 5], (term, offset)
                assert page.total == len(expected), (term, offset)
                if page.after is None:
                    continue
                after = Position.of_token(page.after)
                query = JobsQuery(limit=5).model_copy(update={"after": after})
                page = await list_visible_jobs(JobFilter(text=term), query, user_id=None)
                assert [job.id for job in page.items] == expected[offset + 5 : offset + 10], (term, offset)
                assert page.total == len(expected), (term, offset)
        assert all(taken.values()), taken

    async def test_far_from_the_start_no_long_walk_is_tried_in_vain(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """It would use up the second that the look-up of all matches needs."""
        for _ in range(30):
            await make_job(title="Welder of everything")
        walk, lengths = listing._walk, []

        async def walked(statement: Any, length: int) -> Any:
            lengths.append(length)
            return await walk(statement, length)

        monkeypatch.setattr(listing, "_walk", walked)
        for name, value in (("_WALK_ROWS", 2), ("_FAR_WALK_ROWS", 4), ("_LONG_WALK_ROWS", 20), ("_MANY_MATCHES", -1)):
            monkeypatch.setattr(listing, name, value)
        for offset, expected in ((3, [2, 20]), (25, [2])):
            lengths.clear()
            page = await list_visible_jobs(
                JobFilter(text="everything"), JobsQuery(cursor=offset, limit=2), user_id=None
            )
            assert (len(page.items), lengths) == (2, expected)

    async def test_places(self) -> None:
        texts = make_texts(2_000)
        await store_texts(texts)
        places = [row[3].lower() for row in texts]
        everything = JobsQuery.model_construct(cursor=0, limit=20_000)
        for term in (*make_terms(list(PLACES), 60), "osaka, jp", "welder"):
            expected = self.scan(places, term, "job")
            found = await list_visible_jobs(JobFilter(place=term), everything, user_id=None)
            assert ([job.id for job in found.items], found.total) == (expected, len(expected)), term

    async def test_the_database_and_the_scan_agree_on_case(self) -> None:
        """Or the tests above would say nothing about the letters of these texts."""
        texts = make_texts(10_000)
        letters = sorted({letter for row in texts for column in row for letter in column})
        lowered = await db.fetch_value(
            "SELECT array_agg(lower(x) ORDER BY n) FROM unnest($1::text[]) WITH ORDINALITY u(x, n)", letters
        )
        assert lowered == [letter.lower() for letter in letters]


# --- 100 000 rows -----------------------------------------------------------------------------------------------------

USER = "00000000-0000-4000-8000-000000000001"
FILL_SQL = """
    INSERT INTO users (id, full_name, email, password_hash)
        SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'A', n || '@example.com', 'x'
        FROM generate_series(1, 200) n;
    INSERT INTO jobs (id, title, employment_type, visa_sponsorship, description, location_json, employer_json,
                      created_at, lifecycle_status, scheduled_publish_at)
        SELECT 'job_' || lpad(n::text, 6, '0'), (ARRAY['Welder', 'Perawat', '溶接工', 'Cook'])[1 + n % 4],
            CASE WHEN n % 5000 = 7 THEN 'CONTRACT' WHEN n % 2 = 0 THEN 'FULL_TIME' ELSE 'PART_TIME' END, n % 3 = 0,
            'kerja ' || substr(md5(n::text), 1, 6) || CASE WHEN n % 20000 = 9 THEN ' langka' ELSE '' END,
            jsonb_build_object('displayLabel', (ARRAY['Osaka', 'Tokyo', '名古屋'])[1 + n % 3]) || '{"countryCode": "JP",
                "city": "X", "latitude": 1, "longitude": 2}',
            '{"id": "e", "name": "PT", "isVerifiedEmployer": true}',
            timestamptz '2026-01-01Z' + n / 3 * interval '1 second',
            (ARRAY['DRAFT', 'SCHEDULED', 'PUBLISHED', 'PUBLISHED', 'PUBLISHED'])[1 + n % 5],
            CASE WHEN n % 10 = 1 THEN timestamptz '2026-01-02Z' WHEN n % 5 = 1 THEN timestamptz '2126-01-02Z' END
        FROM generate_series(1, 100000) n;
    INSERT INTO feed_posts (id, title, excerpt, category, author, published_at, created_at, lifecycle_status,
                            scheduled_publish_at)
        SELECT 'post_' || lpad(n::text, 6, '0'), 'Cerita', 'visa ' || substr(md5(n::text), 1, 6), 'C' || n % 7, 'Rina',
            timestamptz '2026-01-01Z' + n / 3 * interval '1 second', '2026-01-01Z',
            (ARRAY['DRAFT', 'SCHEDULED', 'PUBLISHED', 'PUBLISHED', 'PUBLISHED'])[1 + n % 5],
            CASE WHEN n % 10 = 1 THEN timestamptz '2026-01-02Z' WHEN n % 5 = 1 THEN timestamptz '2126-01-02Z' END
        FROM generate_series(1, 100000) n;
    INSERT INTO user_saved_jobs (id, user_id, job_id, created_at)
        SELECT gen_random_uuid(), ('00000000-0000-4000-8000-' || lpad((1 + n % 200)::text, 12, '0'))::uuid,
            'job_' || lpad((n * 7)::text, 6, '0'), timestamptz '2026-01-01Z' + n * interval '1 second'
        FROM generate_series(1, 14000) n;
    INSERT INTO user_saved_posts (id, user_id, post_id, created_at)
        SELECT gen_random_uuid(), ('00000000-0000-4000-8000-' || lpad((1 + n % 200)::text, 12, '0'))::uuid,
            'post_' || lpad((n * 7)::text, 6, '0'), timestamptz '2026-01-01Z' + n * interval '1 second'
        FROM generate_series(1, 14000) n;
"""


@pytest.fixture(scope="class")
async def large_database(postgres_url: str, template: str) -> AsyncIterator[str]:
    """100 000 jobs and posts, analysed; the indexes are made after the rows, which is faster and tests the migration."""
    await migrate.drop_database(postgres_url, "large_lists")
    url = await migrate.create_database(postgres_url, "large_lists", template=template)
    (migration,) = (one for one in migrate.migrations() if one.number == 25)
    indexes = [step for step in migration.load().STEPS if hasattr(step, "definition")]
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("".join(f"DROP INDEX {index.name};" for index in indexes))
        await connection.execute(FILL_SQL)
        await connection.execute("SET maintenance_work_mem = '256MB'")
        for index in indexes:
            await index.run(connection)
        await connection.execute("ANALYZE")
    finally:
        await connection.close()
    await db.open_database(db.tortoise_config(url))
    yield url
    await db.close_database()
    await migrate.drop_database(postgres_url, "large_lists")


async def explain(statements: Statements, mode: str) -> tuple[list[str], int]:
    """The nodes of all plans and the buffers that running them touches. `mode`: custom or generic."""
    nodes: list[str] = []
    buffers = 0

    def walk(node: dict[str, Any]) -> None:
        nodes.append(f"{node['Node Type']} {node.get('Index Name') or node.get('Relation Name') or ''}".strip())
        for child in node.get("Plans", []):
            walk(child)

    for sql, arguments in list(statements):
        async with in_transaction() as connection:
            await connection.execute_script(f"SET LOCAL plan_cache_mode = force_{mode}_plan")
            rows = await connection.execute_query_dict(
                f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", list(arguments)
            )
        found = rows[0]["QUERY PLAN"]
        plan = (orjson.loads(found) if isinstance(found, str) else found)[0]["Plan"]
        walk(plan)
        buffers += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    return nodes, buffers


@pytest.fixture
async def one_connection(large_database: str) -> AsyncIterator[None]:
    """Plans are those of a connection, which is new here."""
    await db.open_database(db.tortoise_config(large_database, pool_max=1))
    yield
    await db.close_database()


@pytest.mark.usefixtures("large_database")
class TestPlansAt100000Rows:
    async def test_no_list_and_no_search_reads_a_whole_table(self, statements: Statements) -> None:
        jobs = [
            JobFilter(),
            JobFilter(employment_type="FULL_TIME"),
            JobFilter(employment_type="CONTRACT"),
            JobFilter(visa_sponsored=True),
            JobFilter(employment_type="CONTRACT", visa_sponsored=False),
            JobFilter(place="osaka"),
            JobFilter(place="名"),
            JobFilter(text="welder", place="tokyo", employment_type="FULL_TIME"),
            *(
                JobFilter(text=term)
                for term in ("kerja", "langka", "nowhere", "e", "zz", "溶接", "溶接工", "%", "+-+", "50%")
            ),
        ]
        posts = [PostFilter(), PostFilter(category="C3"), PostFilter(category="NONE")]
        posts += [PostFilter(text=term) for term in ("visa", "nowhere", "ab", "z", "%_")]
        for user_id in (USER, None):
            for cursor in (0, 19_980):
                for wanted in jobs:
                    listing.forget_totals()
                    await list_visible_jobs(wanted, JobsQuery(cursor=cursor), user_id=user_id)
                for wanted_posts in posts:
                    listing.forget_totals()
                    await list_visible_posts(wanted_posts, PostsQuery(cursor=cursor), user_id=user_id)
        await list_saved_jobs(USER, offset=0, limit=20)
        await list_saved_posts(USER, offset=40, limit=20)
        await find_visible_job("job_000002", user_id=USER)
        for mode in ("custom", "generic"):
            for statement in list(dict(statements).items()) if mode == "generic" else list(statements):
                nodes, _ = await explain([statement], mode)
                assert not [node for node in nodes if node.startswith("Seq Scan")], (mode, statement, nodes)

    @pytest.mark.parametrize("mode", ["custom", "generic"])
    async def test_a_page_of_staffs_posts_is_read_through_its_index(self, statements: Statements, mode: str) -> None:
        """Once the total is known; a page counts no more than the first ones."""
        for offset in (0, 40):
            await list_all_posts(PostFilter(), offset=offset, limit=20)
            statements.clear()
            await list_all_posts(PostFilter(), offset=offset, limit=20)
            nodes, buffers = await explain(statements, mode)
            assert {node for node in nodes if "feed_posts" in node} == {"Index Scan idx_feed_posts_staff"}
            assert buffers < 100

    async def test_no_list_is_planned_anew(self, one_connection: None) -> None:
        """Once each statement ran five times; the values differ each time."""
        moments = [f"2026-01-01T0{hour}:00:00+00:00" for hour in range(8)]

        async def read_all(turn: int) -> None:
            user, cursor = (USER, None)[turn % 2], turn * 20
            types, places = ("FULL_TIME", "CONTRACT", "NONE"), ("osaka", "nowhere", "名", "tokyo")
            terms = ("kerja", "langka", "nowhere", "welder", "kerja 1")
            after = Position("x", 20, (datetime.fromisoformat(moments[turn % 8]), "job_1"))
            beyond = Position("x", 20, (after.keys[0], after.keys[0], "post_1"))
            for wanted in (
                JobFilter(),
                JobFilter(employment_type=types[turn % 3]),
                JobFilter(visa_sponsored=turn % 2 == 0, employment_type=types[turn % 3]),
                JobFilter(text=terms[turn % 5]),
                JobFilter(place=places[turn % 4], text=terms[turn % 5]),
            ):
                bound = binding_of("jobs", wanted.text, wanted.employment_type, wanted.visa_sponsored, wanted.place)
                await list_visible_jobs(wanted, JobsQuery(limit=turn % 2 + 20), user_id=user)
                await list_visible_jobs(wanted, JobsQuery(cursor=cursor + 1), user_id=user)
                query = JobsQuery().model_copy(update={"after": replace(after, binding=bound)})
                await list_visible_jobs(wanted, query, user_id=user)
            for post in (PostFilter(), PostFilter(category=f"C{turn % 9}"), PostFilter(text=("visa", "ab")[turn % 2])):
                bound = binding_of("posts", post.text, post.category)
                await list_visible_posts(post, PostsQuery(), user_id=user)
                await list_visible_posts(post, PostsQuery(cursor=cursor + 1), user_id=user)
                query = PostsQuery().model_copy(update={"after": replace(beyond, binding=bound)})
                await list_visible_posts(post, query, user_id=user)
                for offset in (0, 70 + turn):
                    await list_all_posts(post, offset=offset, limit=20)
            person = f"00000000-0000-4000-8000-{turn + 1:012}"
            for offset in (0, 33 + turn):
                await list_saved_jobs(person, offset=offset, limit=20)
                await list_saved_posts(person, offset=offset, limit=20)
                await list_all_jobs(None, AdminJobsQuery(cursor=offset))
                await list_own_applications(person, ApplicationsQuery(cursor=offset))
                await list_cases(AdminApplicationsQuery(cursor=offset, status=("SUBMITTED", "HIRED")[turn % 2]))
                await list_users(UsersQuery(cursor=offset))
                await list_organizations(OrganizationsQuery(cursor=offset))
                await list_activities(ActivityFilter(entity_type="KYC_SESSION"), Page(cursor=offset))
            # Nothing is counted while plans are looked at.
            for kind in (listing._list_totals, listing._search_totals):
                await asyncio.gather(*(flight.task for flight in kind._flights.values()))

        for turn in range(20):
            await read_all(turn)
        rows = await db.fetch_all(
            "SELECT statement, generic_plans, custom_plans FROM pg_prepared_statements WHERE statement ~ 'LIMIT|count'"
        )
        assert [row for row in rows if row["custom_plans"] > 5] == []
        assert len([row for row in rows if row["generic_plans"] > 0]) > 60

    async def test_drafts_are_not_passed_over(self, statements: Statements) -> None:
        await list_visible_jobs(JobFilter(), JobsQuery(), user_id=None)
        nodes, _ = await explain(statements, "custom")
        assert {node.split()[-1] for node in nodes if " idx_" in node} == {"idx_jobs_listed"}

    @pytest.mark.parametrize("mode", ["custom", "generic"])
    @pytest.mark.parametrize(
        "wanted", [JobFilter(), JobFilter(employment_type="FULL_TIME"), JobFilter(visa_sponsored=False)]
    )
    async def test_page_1000_of_jobs_costs_what_page_1_costs(
        self, statements: Statements, wanted: JobFilter, mode: str
    ) -> None:
        async def cost(query: JobsQuery) -> tuple[list[str], int]:
            statements.clear()
            page = await list_visible_jobs(wanted, query, user_id=USER)
            return [job.id for job in page.items], (await explain(statements, mode))[1]

        by_offset = await list_visible_jobs(wanted, JobsQuery(cursor=19_960), user_id=USER)  # also keeps the total
        after = Position.of_token(by_offset.after or "")
        _, first = await cost(JobsQuery())
        items, thousandth = await cost(JobsQuery(after=None).model_copy(update={"after": after}))
        assert items == [
            job.id for job in (await list_visible_jobs(wanted, JobsQuery(cursor=19_980), user_id=USER)).items
        ]
        assert len(items) == 20
        assert thousandth <= 1.2 * first, (first, thousandth)

    @pytest.mark.parametrize("mode", ["custom", "generic"])
    @pytest.mark.parametrize("wanted", [PostFilter(), PostFilter(text="cerita"), PostFilter(text="ce")])
    async def test_page_1000_of_posts_costs_what_page_1_costs(
        self, statements: Statements, wanted: PostFilter, mode: str
    ) -> None:
        async def cost(query: PostsQuery) -> tuple[list[str], int]:
            statements.clear()
            page = await list_visible_posts(wanted, query, user_id=USER)
            return [post.id for post in page.items], (await explain(statements, mode))[1]

        by_offset = await list_visible_posts(wanted, PostsQuery(cursor=19_960), user_id=USER)  # also keeps the total
        after = Position.of_token(by_offset.after or "")
        _, first = await cost(PostsQuery())
        items, thousandth = await cost(PostsQuery().model_copy(update={"after": after}))
        assert items == [
            post.id for post in (await list_visible_posts(wanted, PostsQuery(cursor=19_980), user_id=USER)).items
        ]
        assert thousandth <= 1.2 * first, (first, thousandth)
