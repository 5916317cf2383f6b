"""Does a candidate find the jobs that are open, read one, and keep some?"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import orjson
import pytest

from service.base.settings import Settings
from service.content.jobs.admin_schemas import AdminJob
from service.content.jobs.models import Job
from service.content.jobs.queries import (
    SAVES,
    JobFilter,
    find_visible_job,
    list_all_jobs,
    list_saved_jobs,
    list_visible_jobs,
)
from service.content.jobs.schemas import JobsQuery
from service.database import db
from tests.answers import code
from tests.decoders import decode
from tests.factories import Candidate, make_candidate, make_job

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
FAR_OFF = datetime(2120, 1, 1, tzinfo=UTC)


def ids(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


def place(label: str, **more: Any) -> str:
    return orjson.dumps(
        {"countryCode": "JP", "city": "X", "displayLabel": label, "latitude": 1.5, "longitude": 2} | more
    ).decode()


class TestList:
    async def test_shows_open_jobs_oldest_first(self, api: httpx.AsyncClient) -> None:
        first = await make_job()
        await make_job(lifecycle_status="DRAFT")
        await make_job(lifecycle_status="SCHEDULED", scheduled_publish_at=FAR_OFF)
        await make_job(lifecycle_status="SCHEDULED", scheduled_publish_at=None)
        due = await make_job(lifecycle_status="SCHEDULED", scheduled_publish_at=LONG_AGO, published_at=None)
        answer = await api.get("/jobs")
        assert ids(answer) == [first, due]
        decode("GET /jobs", answer.json())
        assert answer.json()["pageInfo"] == {
            "cursor": "0",
            "nextCursor": None,
            "limit": 20,
            "total": 2,
            "after": None,
        }
        assert answer.json()["items"][1]["lifecycle"] == {
            "status": "SCHEDULED",
            "effectiveStatus": "PUBLISHED",
            "publishedAt": None,
            "scheduledAt": "2020-01-01T00:00:00.000Z",
        }
        assert answer.json()["items"][0]["viewerState"] == {
            "authenticated": False,
            "saved": False,
            "canApply": False,
            "applyCta": "LOGIN_TO_APPLY",
        }

    async def test_jobs_of_one_moment_are_ordered_by_id(self, api: httpx.AsyncClient) -> None:
        made = [await make_job(id=f"same_{n}", created_at=LONG_AGO) for n in (3, 1, 2)]
        seen = []
        for cursor in range(3):
            seen += ids(await api.get(f"/jobs?limit=1&cursor={cursor}"))
        assert seen == sorted(made)

    async def test_shows_what_the_caller_saved(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        kept, other = await make_job(), await make_job()
        await api.post("/users/me/saved-jobs", headers=candidate.headers, json={"jobId": kept})
        answer = await api.get("/jobs", headers=candidate.headers)
        assert {item["id"]: item["viewerState"]["saved"] for item in answer.json()["items"]} == {
            kept: True,
            other: False,
        }
        assert answer.json()["items"][0]["viewerState"]["applyCta"] == "APPLY"
        assert not (await api.get("/jobs")).json()["items"][0]["viewerState"]["saved"]

    async def test_filters_combine(self, api: httpx.AsyncClient) -> None:
        wanted = await make_job(employment_type="CONTRACT", visa_sponsorship=False, location_json=place("Kōbe, JP"))
        await make_job(employment_type="CONTRACT", visa_sponsorship=True, location_json=place("Kōbe, JP"))
        await make_job(employment_type="PART_TIME", visa_sponsorship=False)
        query = "/jobs?employmentType=%20contract&visaSponsored=FALSE&location=kŌBE&q=weld"
        assert ids(await api.get(query)) == [wanted]
        assert (await api.get(query)).json()["pageInfo"]["total"] == 1
        assert ids(await api.get(query.replace("weld", "nurse"))) == []

    async def test_searches_title_description_employer_and_place(self, api: httpx.AsyncClient) -> None:
        made = [
            await make_job(title="100% Baking_Cook"),
            await make_job(description="back\\slash Ⅳ"),
            await make_job(employer_json='{"id": "e", "name": "ÉTÉ Kitchen", "isVerifiedEmployer": false}'),
            await make_job(location_json=place("静岡市")),
        ]
        for term, found in {
            "0% b": 0,
            "g_c": 0,
            "\\sl": 1,
            "Été k": 2,
            "静岡": 3,
            "市": 3,
            "%": 0,
            "_": 0,
            "\\": 1,
        }.items():
            assert ids(await api.get("/jobs", params={"q": term})) == [made[found]], term
        # The texts are one text, in this order.
        assert ids(await api.get("/jobs", params={"q": "well. ÉTÉ kitchen osaka"})) == [made[2]]
        assert (await api.get("/jobs", params={"q": " "})).json()["pageInfo"]["total"] == 4

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("employmentType=nope&visaSponsored=1&cursor=-1&limit=0", "invalid_employment_type"),
            ("visaSponsored=1&cursor=-1&limit=0", "invalid_visa_sponsored"),
            ("cursor=-1&limit=0", "invalid_cursor"),
            ("after=nonsense&limit=0", "invalid_cursor"),
            ("limit=0", "invalid_limit"),
            ("limit=51", "invalid_limit"),
            ("cursor=1.5", "invalid_cursor"),
            ("q=%00", "invalid_request_body"),
        ],
    )
    async def test_refuses_in_the_contracts_order(self, api: httpx.AsyncClient, query: str, expected: str) -> None:
        assert code(await api.get(f"/jobs?{query}")) == (400, expected)

    async def test_an_offset_past_the_end_is_an_empty_page(self, api: httpx.AsyncClient) -> None:
        await make_job()
        for query in ("", "&q=weld", "&location=osaka"):
            page = (await api.get(f"/jobs?cursor=9999999999999{query}")).json()
            assert page["items"] == []
            assert page["pageInfo"] | {"after": None} == {
                "cursor": "9999999999999",
                "nextCursor": None,
                "limit": 20,
                "total": 1,
                "after": None,
            }

    async def test_a_bad_token_is_not_taken_for_nobody(self, api: httpx.AsyncClient) -> None:
        answer = await api.get("/jobs", headers={"Authorization": "Bearer x.y.z"})
        assert code(answer) == (401, "invalid_access_token")

    @pytest.mark.parametrize(
        "query", ["", "q=weld", "location=osaka", "employmentType=FULL_TIME", "visaSponsored=true"]
    )
    async def test_both_ways_of_paging_show_each_job_once(self, api: httpx.AsyncClient, query: str) -> None:
        made = [await make_job(created_at=LONG_AGO + timedelta(seconds=number // 3)) for number in range(11)]
        expected = sorted(made)
        seen: list[str] = []
        page = {"pageInfo": {"nextCursor": "0", "after": None}}
        while page["pageInfo"]["nextCursor"] is not None:
            answer = await api.get(f"/jobs?limit=4&cursor={page['pageInfo']['nextCursor']}&{query}")
            page = answer.json()
            seen += ids(answer)
            assert page["pageInfo"]["total"] == 11
        assert seen == expected
        answer = await api.get(f"/jobs?limit=4&{query}")
        seen = ids(answer)
        while (after := answer.json()["pageInfo"]["after"]) is not None:
            answer = await api.get(f"/jobs?limit=4&after={after}&{query}")
            assert answer.json()["pageInfo"]["cursor"] == str(len(seen))
            assert answer.json()["pageInfo"]["total"] == 11
            seen += ids(answer)
        assert seen == expected


class TestDetail:
    async def test_shows_a_job_with_all_it_says(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        job = await make_job(employer_json='{"id": "e", "name": "No Logo", "isVerifiedEmployer": false}')
        answer = await api.get(f"/jobs/{job}", headers=candidate.headers)
        decode("GET /jobs/{jobId}", answer.json())
        assert answer.json()["job"]["employer"]["logoUrl"] is None
        assert answer.json()["viewerState"]["canApply"]

    @pytest.mark.parametrize(
        "columns",
        [
            {"lifecycle_status": "DRAFT"},
            {"lifecycle_status": "SCHEDULED", "scheduled_publish_at": FAR_OFF},
            {"lifecycle_status": "SCHEDULED", "scheduled_publish_at": None},
        ],
    )
    async def test_a_hidden_job_is_not_there(
        self, api: httpx.AsyncClient, candidate: Candidate, columns: dict[str, Any]
    ) -> None:
        job = await make_job(**columns)
        assert code(await api.get(f"/jobs/{job}")) == (404, "job_not_found")
        answer = await api.post("/users/me/saved-jobs", headers=candidate.headers, json={"jobId": job})
        assert code(answer) == (404, "job_not_found")

    @pytest.mark.parametrize("job_id", ["nope", "%00", "%F0%9F%9A%80", "x" * 3000])
    async def test_an_unknown_id_is_404(self, api: httpx.AsyncClient, candidate: Candidate, job_id: str) -> None:
        assert code(await api.get(f"/jobs/{job_id}")) == (404, "job_not_found")
        answer = await api.delete(f"/users/me/saved-jobs/{job_id}", headers=candidate.headers)
        assert code(answer) == (404, "job_not_found")


class TestSaved:
    @pytest.mark.parametrize(
        ("method", "path"),
        [("GET", "/users/me/saved-jobs"), ("POST", "/users/me/saved-jobs"), ("DELETE", "/users/me/saved-jobs/x")],
    )
    async def test_needs_a_token(self, api: httpx.AsyncClient, method: str, path: str) -> None:
        assert code(await api.request(method, path)) == (401, "missing_access_token")
        answer = await api.request(method, path, headers={"Authorization": "Bearer nonsense"})
        assert code(answer) == (401, "invalid_access_token")

    async def test_saving_twice_keeps_the_first_time(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        older, newer = await make_job(), await make_job()
        for job, created in ((older, True), (newer, True), (older, False)):
            answer = await api.post("/users/me/saved-jobs", headers=candidate.headers, json={"jobId": f" {job} "})
            assert (answer.status_code, answer.json()) == (200, {"saved": True, "created": created, "jobId": job})
            decode("POST /users/me/saved-jobs", answer.json())
        answer = await api.get("/users/me/saved-jobs", headers=candidate.headers)
        decode("GET /users/me/saved-jobs", answer.json())
        assert ids(answer) == [newer, older]
        assert answer.json()["pageInfo"] == {"cursor": "0", "nextCursor": None, "limit": 20, "total": 2}
        assert answer.json()["items"][0]["viewerState"] == {
            "authenticated": True,
            "saved": True,
            "canApply": True,
            "applyCta": "APPLY",
        }

    async def test_unsaving_twice_removes_once(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        job = await make_job()
        await api.post("/users/me/saved-jobs", headers=candidate.headers, json={"jobId": job})
        for removed in (True, False):
            answer = await api.delete(f"/users/me/saved-jobs/{job}", headers=candidate.headers)
            assert (answer.status_code, answer.json()) == (200, {"saved": False, "removed": removed, "jobId": job})
            decode("DELETE /users/me/saved-jobs/{jobId}", answer.json())
        assert ids(await api.get("/users/me/saved-jobs", headers=candidate.headers)) == []

    async def test_a_list_is_of_its_owner(
        self, api: httpx.AsyncClient, candidate: Candidate, settings: Settings
    ) -> None:
        other = await make_candidate(settings)
        job = await make_job()
        await api.post("/users/me/saved-jobs", headers=candidate.headers, json={"jobId": job})
        assert ids(await api.get("/users/me/saved-jobs", headers=other.headers)) == []
        answer = await api.delete(f"/users/me/saved-jobs/{job}", headers=other.headers)
        assert answer.json()["removed"] is False
        assert ids(await api.get("/users/me/saved-jobs", headers=candidate.headers)) == [job]

    async def test_hidden_jobs_stay_and_deleted_ones_vanish(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        hidden, deleted = await make_job(), await make_job()
        for job in (hidden, deleted):
            await api.post("/users/me/saved-jobs", headers=candidate.headers, json={"jobId": job})
        await db.execute("UPDATE jobs SET lifecycle_status = 'DRAFT' WHERE id = $1", hidden)
        await db.execute("DELETE FROM jobs WHERE id = $1", deleted)
        answer = await api.get("/users/me/saved-jobs", headers=candidate.headers)
        assert ids(answer) == [hidden]
        assert answer.json()["items"][0]["lifecycle"]["effectiveStatus"] == "DRAFT"
        assert answer.json()["pageInfo"]["total"] == 1
        assert (await api.delete(f"/users/me/saved-jobs/{hidden}", headers=candidate.headers)).json()["removed"]

    async def test_pages_follow_each_other(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        made = [await make_job() for _ in range(5)]
        for job in made:
            await api.post("/users/me/saved-jobs", headers=candidate.headers, json={"jobId": job})
        seen: list[str] = []
        cursor: str | None = "0"
        while cursor is not None:
            answer = await api.get(f"/users/me/saved-jobs?limit=2&cursor={cursor}", headers=candidate.headers)
            cursor = answer.json()["pageInfo"]["nextCursor"]
            assert answer.json()["pageInfo"]["total"] == 5
            assert "after" not in answer.json()["pageInfo"]
            seen += ids(answer)
        assert seen == made[::-1]
        answer = await api.get("/users/me/saved-jobs?cursor=77", headers=candidate.headers)
        assert (ids(answer), answer.json()["pageInfo"]["total"]) == ([], 5)
        assert code(await api.get("/users/me/saved-jobs?cursor=x&limit=0", headers=candidate.headers)) == (
            400,
            "invalid_cursor",
        )
        assert code(await api.get("/users/me/saved-jobs?limit=x", headers=candidate.headers)) == (400, "invalid_limit")

    @pytest.mark.parametrize("body", [{}, {"jobId": None}, {"jobId": "  "}, {"jobId": ["x"]}, {"jobId": "a\x00b"}, []])
    async def test_a_job_must_be_named(self, api: httpx.AsyncClient, candidate: Candidate, body: Any) -> None:
        answer = await api.post("/users/me/saved-jobs", headers=candidate.headers, json=body)
        assert code(answer) == (400, "invalid_job_id")

    async def test_an_unreadable_body_is_refused(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        for body in (b"{", b"null", b"x" * (2 * 1024 * 1024)):
            answer = await api.post("/users/me/saved-jobs", headers=candidate.headers, content=body)
            assert code(answer) == (400, "invalid_request_body")

    async def test_of_many_saves_one_creates(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        job = await make_job()
        answers = await asyncio.gather(
            *(api.post("/users/me/saved-jobs", headers=candidate.headers, json={"jobId": job}) for _ in range(20))
        )
        assert sorted(answer.json()["created"] for answer in answers) == [False] * 19 + [True]
        answers = await asyncio.gather(
            *(api.delete(f"/users/me/saved-jobs/{job}", headers=candidate.headers) for _ in range(20))
        )
        assert sorted(answer.json()["removed"] for answer in answers) == [False] * 19 + [True]

    async def test_saving_while_the_job_is_deleted_is_200_or_404(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        for _ in range(10):
            job = await make_job()
            saves = [api.post("/users/me/saved-jobs", headers=candidate.headers, json={"jobId": job}) for _ in range(4)]
            *answers, _ = await asyncio.gather(*saves, db.execute("DELETE FROM jobs WHERE id = $1", job))
            assert {answer.status_code for answer in answers} <= {200, 404}


class TestAnswers:
    async def test_every_statement_that_reads_jobs_answers_the_same(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        await make_job(location_json=place("大阪", latitude=34.123456789), published_at=None)
        await make_job(employer_json='{"id": "e", "name": "x", "isVerifiedEmployer": true, "logoUrl": "https://e.x/l"}')
        await make_job(lifecycle_status="SCHEDULED", scheduled_publish_at=LONG_AGO, requirements_json="[]")
        for job in await Job.all():
            await SAVES.save(job.id, user_id=candidate.id)
        listed = await list_visible_jobs(JobFilter(), JobsQuery(), user_id=candidate.id)
        assert {job.viewer_state.saved for job in listed.items} == {True}
        expected = {job.id: job for job in listed.items}
        for query in (JobFilter(text="weld"), JobFilter(text="we")):
            found = await list_visible_jobs(query, JobsQuery(), user_id=candidate.id)
            assert {job.id: job for job in found.items} == expected
        skipped = await list_visible_jobs(JobFilter(), JobsQuery(cursor=1), user_id=candidate.id)
        assert skipped.items == listed.items[1:]
        saved = await list_saved_jobs(candidate.id, offset=0, limit=20)
        assert {job.id: job for job in saved.items} == expected
        staff = {job.id: job for job in (await list_all_jobs(None, JobsQuery())).items}
        for job in await Job.all():
            detail = await find_visible_job(job.id, user_id=candidate.id)
            assert detail is not None
            summary = expected[job.id].model_dump()
            assert detail.job.model_dump() == staff[job.id].model_dump() == AdminJob.of(job).model_dump()
            assert detail.viewer_state == expected[job.id].viewer_state
            assert detail.model_dump()["job"] | {"location": summary["location"]} | summary == summary | {
                "description": job.description,
                "requirements": job.requirements_json,
            }
