"""Are long lists complete, cheap at any depth, and found by any term? Small rules first, then 10 000 and 100 000 rows."""

from __future__ import annotations

import asyncio
import base64
import json
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import asyncpg
import httpx
import orjson
import pytest
from tortoise.transactions import in_transaction

from service.content.feed.queries import PostFilter, list_all_posts, list_saved_posts, list_visible_posts
from service.content.feed.schemas import PostsQuery
from service.content.jobs.queries import JobFilter, find_visible_job, list_saved_jobs, list_visible_jobs
from service.content.jobs.schemas import JobsQuery
from service.database import db, migrate
from service.lists import paging
from service.lists import queries as listing
from service.lists.paging import Known, Position, Totals, binding_of
from tests.answers import code
from tests.factories import make_job, make_post


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
        for module in (paging, listing):
            monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: clock.now))
        return clock

    def test_one_caller_counts_anew_while_others_go_on(self, clock: SimpleNamespace) -> None:
        totals = Totals(fresh_seconds=2, usable_seconds=5, maximum=2)
        assert totals.look("a") == Known(None, True)
        totals.keep("a", 7, clock.now)
        clock.now += 1.9
        assert totals.look("a") == Known(7, False)
        clock.now += 0.2
        assert [totals.look("a").due for _ in range(3)] == [True, False, False]
        clock.now += 3
        assert totals.look("a") == Known(None, True)

    def test_a_count_of_the_callers_version_is_true_at_any_age_and_others_are_due(self, clock: SimpleNamespace) -> None:
        totals = Totals(fresh_seconds=2, usable_seconds=5, maximum=2)
        assert totals.look("a", "v1") == Known(None, True)
        totals.keep("a", 7, clock.now, "v1")
        clock.now += 1000
        assert totals.look("a", "v1") == Known(7, False, True)
        assert totals.look("a", "v2") == Known(None, True)
        totals.keep("a", 8, clock.now, "v2")
        assert [totals.look("a", "v3") for _ in range(2)] == [Known(8, True), Known(8, False)]
        assert totals.look("a", "v2") == Known(8, False, True)

    def test_the_least_used_goes(self, clock: SimpleNamespace) -> None:
        totals = Totals(fresh_seconds=2, usable_seconds=5, maximum=2)
        for name in ("a", "b"):
            totals.keep(name, 1, clock.now)
        totals.look("a")
        totals.keep("c", 1, clock.now)
        assert [totals.look(name)[0] for name in "abc"] == [1, None, 1]

    @pytest.mark.parametrize("filters", ["", "&location=osaka"])
    async def test_without_a_term_it_is_less_than_5_s_behind(
        self, api: httpx.AsyncClient, clock: SimpleNamespace, filters: str
    ) -> None:
        for _ in range(3):
            await make_job()
        path = f"/jobs?limit=1{filters}"
        assert await total(api, path) == 3
        await make_job()
        await make_job(lifecycle_status="SCHEDULED", scheduled_publish_at=datetime.now(UTC) + timedelta(seconds=0.2))
        clock.now += 4.6
        await asyncio.sleep(0.25)
        assert await total(api, path) == 5

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
        monkeypatch.setattr(listing, "EXACT_MATCHES", 4)
        for expected in (1, 2, 3, 4, 5):
            await make_job()
            assert await total(api, "/jobs?limit=1&q=weld") == expected
        await make_job()
        assert await total(api, "/jobs?limit=1&q=weld") == 5  # above the cap it may lag
        assert await total(api, "/jobs?limit=1&cursor=5&q=weld") == 6
        clock.now += 58
        assert await total(api, "/jobs?limit=1&q=weld") == 6
        await db.execute("DELETE FROM jobs WHERE id IN (SELECT id FROM jobs LIMIT 3)")
        assert await total(api, "/jobs?limit=1&q=weld") == 3

    @pytest.mark.real_search_limit
    async def test_a_slow_count_is_there_for_the_next_search(
        self, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(listing, "EXACT_MATCHES", 2)
        for _ in range(5):
            await make_job()
        finished = asyncio.Event()
        fetch_value = db.fetch_value
        counts = 0

        async def slow(sql: str, *arguments: Any) -> Any:
            nonlocal counts
            if not sql.startswith("SELECT count(*) FROM jobs"):
                return await fetch_value(sql, *arguments)
            counts += 1
            await asyncio.sleep(1.3)
            value = await fetch_value(sql, *arguments)
            asyncio.get_running_loop().call_later(0.05, finished.set)
            return value

        monkeypatch.setattr(db, "fetch_value", slow)
        answers = await asyncio.gather(*(api.get("/jobs?q=weld&limit=1") for _ in range(4)))
        assert {code(answer) for answer in answers} == {(503, "search_busy")}
        await asyncio.wait_for(finished.wait(), 10)
        assert await total(api, "/jobs?q=weld&limit=1") == 5
        assert counts == 1


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

    async def test_200_terms_in_10000_rows(self) -> None:
        texts = make_texts(10_000)
        await store_texts(texts)
        whole = [" ".join(row).lower() for row in texts]
        terms = make_terms([" ".join(row) for row in texts], 200)
        assert {len(term) for term in terms} == set(range(1, 13))
        everything = JobsQuery.model_construct(cursor=0, limit=20_000)
        every_post = PostsQuery.model_construct(cursor=0, limit=20_000)
        for number, term in enumerate(terms):
            expected = self.scan(whole, term, "job")
            found = await list_visible_jobs(JobFilter(text=term), everything, user_id=None)
            assert [job.id for job in found.items] == expected, term
            page = await list_visible_jobs(JobFilter(text=term), JobsQuery(), user_id=None)
            assert ([job.id for job in page.items], page.total) == (expected[:20], len(expected)), term
            if number % 4 == 0:
                posts = await list_visible_posts(PostFilter(text=term), every_post, user_id=None)
                assert [post.id for post in posts.items] == self.scan(whole, term, "post"), term

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
Statements = list[tuple[str, tuple[Any, ...]]]


@pytest.fixture(scope="class")
async def large_database(postgres_url: str, template: str) -> AsyncIterator[None]:
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
    yield
    await db.close_database()
    await migrate.drop_database(postgres_url, "large_lists")


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Statements:
    """What is sent to the database, in order."""
    sent: Statements = []

    def record(function: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def call(sql: str, *arguments: Any) -> Any:
            sent.append((sql, arguments))
            return await function(sql, *arguments)

        return call

    for name in ("fetch_all", "fetch_row", "fetch_value"):
        monkeypatch.setattr(db, name, record(getattr(db, name)))
    return sent


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
        """The page alone: its total counts every post."""
        await list_all_posts(PostFilter(), offset=40, limit=20)
        [(sql, arguments)] = statements
        page = sql[sql.index("LATERAL (") + len("LATERAL (") : sql.index(") p ON true")]
        nodes, buffers = await explain([(page, arguments)], mode)
        assert nodes == ["Limit", "Index Scan idx_feed_posts_staff"]
        assert buffers < 100

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
