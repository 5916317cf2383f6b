"""Are answers from memory the very bytes that reading again would give, and does the memory stay within its size?"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from prometheus_client import REGISTRY
from sanic import Sanic

from service.base.settings import Settings
from service.caching import queries as marks
from service.caching.memory import Kind, Made, Memory
from service.content import sharing
from service.content.sharing import Shared
from service.database import db
from service.http.errors import SearchBusy
from service.http.operations import Security, declared_operation
from service.lists import queries as listing
from tests.database.test_statements import count, statements  # noqa: F401  # a fixture
from tests.factories import Candidate, make_application, make_candidate, make_job, make_kyc_session, make_post

# Texts that look like the words between which an answer is cut, and others that JSON has to escape.
HOSTILE = (
    '"saved":false',
    '\\"saved":true',
    "saved",
    '{"viewerState":{"saved":false}}',
    'Ä "quoted" \\ \u2028 \U0001f600',
)


@pytest.fixture
def memory(app: Sanic[Any, Any]) -> Memory:
    found: Memory = app.ctx.memory
    assert found.most_bytes
    return found


@pytest.fixture
async def rows(candidate: Candidate) -> tuple[list[str], list[str]]:
    """Jobs and posts, some of which the candidate saved."""
    jobs = [
        await make_job(id=f"job_{n}", title=HOSTILE[n % 5], employment_type=("FULL_TIME", "PART_TIME")[n % 2])
        for n in range(12)
    ]
    jobs.append(
        await make_job(lifecycle_status="SCHEDULED", scheduled_publish_at=datetime.now(UTC) - timedelta(hours=1))
    )
    posts = [await make_post(id=f"post_{n}", title=HOSTILE[n % 5], excerpt=HOSTILE[-n % 5]) for n in range(12)]
    for job in jobs[::3]:
        await db.execute(
            "INSERT INTO user_saved_jobs (id, user_id, job_id) VALUES (gen_random_uuid(), $1, $2)", candidate.id, job
        )
    for post in posts[::4]:
        await db.execute(
            "INSERT INTO user_saved_posts (id, user_id, post_id) VALUES (gen_random_uuid(), $1, $2)", candidate.id, post
        )
    await make_application(candidate.id, jobs[0])
    await make_kyc_session(candidate.id, documents=("PASSPORT",))
    return jobs, posts


SHARED = (
    "/jobs",
    "/jobs?limit=3",
    "/jobs?limit=3&cursor=5",
    "/jobs?limit=50&cursor=400",
    "/jobs?employmentType=FULL_TIME",
    "/jobs?visaSponsored=false&limit=2",
    "/jobs?q=saved",
    "/jobs?q=saved&limit=1&cursor=1",
    "/jobs?location=o",
    "/jobs?q=nothing%20like%20it",
    "/jobs?limit=3&unknown=1",
    "/jobs/job_0",
    "/jobs/job_1",
    "/feed/posts",
    "/feed/posts?limit=2&cursor=3",
    "/feed/posts?q=saved",
    "/feed/posts?category=CAREER",
    "/feed/posts?category=none",
)
OWN = (
    "/users/me/saved-jobs",
    "/users/me/saved-jobs?limit=2&cursor=1",
    "/users/me/saved-posts",
    "/users/me/applications",
    "/users/me/profile",
    "/auth/me",
    "/identity/kyc/status",
)


class TestSameBytes:
    async def test_every_answer_is_as_without_memory(
        self,
        api: httpx.AsyncClient,
        candidate: Candidate,
        settings: Settings,
        rows: tuple[list[str], list[str]],
        memory: Memory,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """To strangers and to two people, whoever of them fills the memory, and with positions."""
        other = await make_candidate(settings)
        callers: list[dict[str, str]] = [{}, candidate.headers, other.headers]
        after = [(await api.get(path)).json()["pageInfo"]["after"] for path in ("/jobs?limit=4", "/feed/posts?limit=4")]
        shared = (*SHARED, f"/jobs?limit=4&after={after[0]}", f"/feed/posts?limit=4&after={after[1]}")
        wanted = [(path, who) for path in shared for who in range(3)] + [(path, who) for path in OWN for who in (1, 2)]

        async def answers() -> dict[tuple[str, int], tuple[int, bytes, dict[str, str]]]:
            found = {}
            for path, who in wanted:
                answer = await api.get(path, headers=callers[who])
                kept = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
                found[path, who] = (answer.status_code, answer.content, kept)
            return found

        memory.forget()
        with monkeypatch.context() as patch:
            patch.setattr(memory, "most_bytes", 0)
            plain = await answers()
        assert not memory.bytes
        for turn in (slice(None), slice(None, None, -1)):
            memory.forget()
            wanted = wanted[turn]
            assert await answers() == plain
            assert memory.bytes
            assert await answers() == plain
        # A person who saved what another one did not gets other bytes.
        assert plain["/jobs", 1] != plain["/jobs", 2]

    async def test_what_is_cut_is_the_word_and_no_text(self) -> None:
        body = b'{"items":[{"t":"\\"saved\\":false","saved":true},{"saved":false}]}'
        shared = Shared.of(body, ["a", "b"])
        assert shared.to({"a"}) == body
        assert shared.to({"b"}) == body.replace(b'"saved":true', b"X").replace(
            b'"saved":false}]', b'"saved":true}]'
        ).replace(b"X", b'"saved":false')
        assert shared.to(()).count(b'"saved":false') == 2

    async def test_operations_share_what_optional_callers_read(self, app: Sanic[Any, Any]) -> None:
        declared = [found for route in app.router.routes if (found := declared_operation(route.handler))]
        assert sorted(one.id for one in declared if one.shared) == ["getJob", "listJobs", "listPosts"]
        assert all(one.conditional for one in declared if one.shared)
        assert {one.id for one in declared if one.conditional and one.security is Security.OPTIONAL} == {
            one.id for one in declared if one.shared
        }


class TestWhatIsKept:
    async def test_a_page_that_one_person_read_costs_another_what_he_saved(
        self,
        api: httpx.AsyncClient,
        candidate: Candidate,
        settings: Settings,
        rows: tuple[list[str], list[str]],
        statements: asyncpg.Connection,  # noqa: F811  # the fixture
    ) -> None:
        database = await db.fetch_value("SELECT current_database()")
        other = await make_candidate(settings)
        for path in ("/jobs", "/jobs/job_1", "/feed/posts"):
            await api.get(path, headers=candidate.headers)
        costs = []
        for path in ("/jobs", "/jobs/job_1", "/feed/posts", "/jobs", "/feed/posts"):
            before = await count(statements, database)
            answer = await api.get(path, headers=other.headers)
            assert b'"saved":true' not in answer.content
            costs.append(await count(statements, database) - before)
        assert costs == [2, 1, 2, 1, 1]

    async def test_a_save_is_seen_in_every_kept_answer(
        self, api: httpx.AsyncClient, candidate: Candidate, rows: tuple[list[str], list[str]]
    ) -> None:
        paths = ("/jobs", "/jobs/job_1", "/users/me/saved-jobs?limit=50")
        for turn in range(6):
            for _ in range(2):
                found = [(await api.get(path, headers=candidate.headers)).json() for path in paths]
                expected = turn % 2 == 1
                assert (
                    next(job for job in found[0]["items"] if job["id"] == "job_1")["viewerState"]["saved"] is expected
                )
                assert found[1]["viewerState"]["saved"] is expected
                assert ("job_1" in {job["id"] for job in found[2]["items"]}) is expected
            if turn % 2:
                await api.delete("/users/me/saved-jobs/job_1", headers=candidate.headers)
            else:
                await api.post("/users/me/saved-jobs", headers=candidate.headers, json={"jobId": "job_1"})

    async def test_very_many_saves_are_looked_up_and_not_kept(
        self,
        api: httpx.AsyncClient,
        candidate: Candidate,
        rows: tuple[list[str], list[str]],
        memory: Memory,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        plain = await api.get("/jobs", headers=candidate.headers)
        monkeypatch.setattr(sharing, "_MOST_SAVES", 2)
        for _ in range(3):
            assert (await api.get("/jobs", headers=candidate.headers)).content == plain.content

    async def test_nothing_while_our_clock_does_not_know_what_is_due(
        self, api: httpx.AsyncClient, candidate: Candidate, memory: Memory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await make_job(lifecycle_status="SCHEDULED", scheduled_publish_at=datetime.now(UTC) - timedelta(seconds=5))
        monkeypatch.setattr(marks, "utc_now", lambda: datetime.now(UTC) - timedelta(seconds=60))
        for headers in ({}, candidate.headers):
            for path in ("/jobs", "/users/me/saved-jobs"):
                assert (await api.get(path, headers=headers)).status_code in {200, 401}
        assert not memory.bytes

    async def test_no_answer_whose_total_may_lag(
        self, api: httpx.AsyncClient, candidate: Candidate, memory: Memory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(listing._list_totals, "short", 0)  # every list is a long one
        for headers in ({}, candidate.headers):
            for _ in range(2):
                await make_job()
            await api.get("/jobs?limit=1", headers=headers)
            await make_job()
            memory.forget()
            answer = await api.get("/jobs?limit=1", headers=headers)  # the last number, while one task counts anew
            assert "etag" not in answer.headers
            assert not memory.bytes
            listing.forget_totals()

    async def test_no_refusal(self, api: httpx.AsyncClient, candidate: Candidate, memory: Memory) -> None:
        for headers in ({}, candidate.headers):
            for path in ("/jobs?limit=0", "/jobs/unknown", "/users/me/applications/x/journey"):
                assert (await api.get(path, headers=headers)).status_code in {400, 401, 404}
        assert not memory.bytes

    async def test_switched_off_it_is_never_asked(
        self, api: httpx.AsyncClient, candidate: Candidate, memory: Memory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(memory, "most_bytes", 0)
        before = looks()
        for _ in range(2):
            assert "etag" in (await api.get("/jobs", headers=candidate.headers)).headers
        assert (memory.bytes, looks()) == (0, before)


def looks() -> dict[tuple[str, str], float]:
    return {
        (sample.labels["kind"], sample.labels["outcome"]): sample.value
        for family in REGISTRY.collect()
        for sample in family.samples
        if sample.name == "answer_memory_lookups_total"
    }


class TestAtOnce:
    @pytest.mark.parametrize("is_signed_in", [True, False])
    async def test_those_who_ask_at_once_read_once(
        self,
        api: httpx.AsyncClient,
        candidate: Candidate,
        rows: tuple[list[str], list[str]],
        monkeypatch: pytest.MonkeyPatch,
        is_signed_in: bool,
    ) -> None:
        headers = candidate.headers if is_signed_in else {}
        pages = 0
        fetch_all = db.fetch_all

        async def slow(sql: str, *arguments: Any) -> Any:
            nonlocal pages
            if "ORDER BY" in sql:
                pages += 1
                await asyncio.sleep(0.2)
            return await fetch_all(sql, *arguments)

        monkeypatch.setattr(db, "fetch_all", slow)
        answers = await asyncio.gather(*(api.get("/jobs", headers=headers) for _ in range(12)))
        assert len({answer.content for answer in answers}) == 1
        assert answers[0].status_code == 200
        assert pages == 1

    async def test_they_share_a_refusal_and_no_failure(self, api: httpx.AsyncClient) -> None:
        memory = Memory(10_000)
        asked = 0

        async def ask(error: type[Exception]) -> str:
            nonlocal asked
            found = await memory.wait(Kind.SHARED, "a")
            if found is not None:
                return str(found)
            with memory.making(Kind.SHARED, "a"):
                asked += 1
                await asyncio.sleep(0.05)
                raise error

        async def outcomes(error: type[Exception]) -> set[type[BaseException] | str]:
            done = await asyncio.gather(*(ask(error) for _ in range(5)), return_exceptions=True)
            return {type(one) if isinstance(one, BaseException) else one for one in done}

        assert await outcomes(SearchBusy) == {SearchBusy}
        assert asked == 1
        assert await outcomes(OSError) == {OSError}
        assert asked == 6
        assert await memory.wait(Kind.SHARED, "a") is None


class TestMaking:
    async def test_what_may_not_be_kept_is_for_all_who_waited(self) -> None:
        memory, reads = Memory(10_000), 0

        async def ask() -> Made:
            nonlocal reads
            if (made := await memory.wait(Kind.SHARED, "a")) is not None:
                return made
            with memory.making(Kind.SHARED, "a") as hand_over:
                reads += 1
                await asyncio.sleep(0.02)
                made = Made("page", False)
                hand_over(made)
            return made

        assert set(await asyncio.gather(*(ask() for _ in range(50)))) == {Made("page", False)}
        assert reads == 1
        await ask()
        assert reads == 2

    async def test_of_those_whose_maker_is_cancelled_one_makes_it(self) -> None:
        memory, reads, may_end = Memory(10_000), 0, asyncio.Event()

        async def ask() -> str:
            nonlocal reads
            if (made := await memory.wait(Kind.SHARED, "a")) is not None:
                return str(made.value)
            with memory.making(Kind.SHARED, "a") as hand_over:
                reads += 1
                await may_end.wait()
                hand_over(Made("page", True))
            return "page"

        first = asyncio.create_task(ask())
        await asyncio.sleep(0)
        others = [asyncio.create_task(ask()) for _ in range(20)]
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(0.01)
        may_end.set()
        assert await asyncio.gather(*others) == ["page"] * 20
        assert reads == 2

    async def test_a_total_that_may_lag_is_read_once_for_all_and_tagged_for_nobody(
        self, api: httpx.AsyncClient, memory: Memory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(listing._list_totals, "short", 0)
        for _ in range(3):
            await make_job()
        await api.get("/jobs?limit=1")
        await make_job()
        memory.forget()
        answers = await asyncio.gather(*(api.get("/jobs?limit=1") for _ in range(10)))
        assert len({answer.content for answer in answers if "etag" not in answer.headers}) == 1
        assert any("etag" not in answer.headers for answer in answers)
        listing.forget_totals()


class TestRaces:
    async def test_whoever_reads_after_a_write_sees_it(
        self, api: httpx.AsyncClient, settings: Settings, memory: Memory
    ) -> None:
        """Many read one page from memory all the time while others save, forget and rename; each sees its own write."""
        jobs = [await make_job() for _ in range(8)]
        people = [await make_candidate(settings) for _ in range(2)]
        busy = True

        async def read(headers: dict[str, str]) -> None:
            while busy:
                assert (await api.get("/jobs?limit=50", headers=headers)).status_code == 200

        async def write(number: int) -> None:
            job, headers = jobs[number], people[number % 2].headers
            for turn in range(6):
                if turn % 2:
                    await api.delete(f"/users/me/saved-jobs/{job}", headers=headers)
                else:
                    await api.post("/users/me/saved-jobs", headers=headers, json={"jobId": job})
                title = f"Turn {turn}"
                await db.execute("UPDATE jobs SET title = $2 WHERE id = $1", job, title)
                page = (await api.get("/jobs?limit=50", headers=headers)).json()
                (item,) = (item for item in page["items"] if item["id"] == job)
                assert (item["title"], item["viewerState"]["saved"]) == (title, turn % 2 == 0)
                seen = (await api.get("/jobs?limit=50")).json()
                assert next(item for item in seen["items"] if item["id"] == job)["title"] == title

        readers = [asyncio.create_task(read(headers)) for headers in ({}, people[0].headers, people[1].headers)]
        try:
            await asyncio.gather(*(write(number) for number in range(8)))
        finally:
            busy = False
            await asyncio.gather(*readers)


class TestMemory:
    def test_the_least_used_go_first_and_it_stays_within_its_size(self) -> None:
        memory = Memory(10_000)
        for number in range(100):
            memory.keep(Kind.ANSWER, number, b"x" * 700, 700)
            assert memory.bytes <= 10_000
            assert memory.get(Kind.ANSWER, 0) is not None
        assert memory.get(Kind.ANSWER, 1) is None
        assert memory.get(Kind.ANSWER, 99) is not None
        assert memory.get(Kind.SHARED, 99) is None

    def test_what_is_kept_again_counts_once(self) -> None:
        memory = Memory(10_000)
        for _ in range(5):
            memory.keep(Kind.ANSWER, "a", b"x", 1000)
        once = memory.bytes
        memory.keep(Kind.ANSWER, "a", b"x", 2000)
        assert memory.bytes == once + 1000
        memory.forget()
        assert memory.bytes == 0

    def test_what_is_larger_than_all_is_not_kept(self) -> None:
        memory = Memory(2000)
        memory.keep(Kind.ANSWER, "a", b"x" * 500, 500)
        memory.keep(Kind.ANSWER, "b", b"x" * 2000, 2000)
        assert memory.get(Kind.ANSWER, "a") is not None
        assert memory.get(Kind.ANSWER, "b") is None

    def test_without_a_size_it_keeps_nothing(self) -> None:
        memory = Memory(0)
        memory.keep(Kind.ANSWER, "a", b"", 0)
        assert memory.get(Kind.ANSWER, "a") is None

    def test_looks_are_counted(self) -> None:
        memory, before = Memory(1000), looks()
        memory.get(Kind.SAVED, "a")
        memory.keep(Kind.SAVED, "a", frozenset({"b"}), 1)
        memory.get(Kind.SAVED, "a")
        assert looks() == before | {
            ("saved", "hit"): before.get(("saved", "hit"), 0) + 1,
            ("saved", "miss"): before.get(("saved", "miss"), 0) + 1,
        }
        assert REGISTRY.get_sample_value("answer_memory_bytes") == memory.bytes
