"""Can staff make, change, publish and remove jobs and posts, and is what they are told what is stored?"""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sanic import Sanic

from service.base.settings import Settings
from service.database import db
from tests.answers import code
from tests.conftest import TEST_ENVIRONMENT
from tests.factories import Candidate, make_candidate, make_post

KEY = {"x-admin-api-key": TEST_ENVIRONMENT["ADMIN_API_KEY"]}
LATER, EARLIER = "2099-01-02T03:04:05.678Z", "2026-01-02T03:04:05.678Z"
JOB: dict[str, Any] = {
    "title": "Ship Painter",
    "employmentType": "FULL_TIME",
    "visaSponsorship": True,
    "description": "Paint ships in all weathers.",
    "requirements": ["Two years of work", "Good balance"],
    "location": {
        "countryCode": "JP",
        "city": "Kobe",
        "displayLabel": "Kobe, JP",
        "latitude": 34.69,
        "longitude": 135.19,
    },
    "employer": {"id": "emp_x", "name": "Kobe Yard", "isVerifiedEmployer": False},
}
POST: dict[str, Any] = {
    "title": "Living in Kobe",
    "excerpt": "What it is like.",
    "category": "lifestyle",
    "author": "Desk",
}


@dataclass(frozen=True)
class Kind:
    """Jobs or posts: what differs between them."""

    path: str
    envelope: str
    id_name: str
    missing: str
    table: str
    body: dict[str, Any]
    is_post: bool

    def place(self, item_id: str, action: str = "") -> str:
        return f"{self.path}/{item_id}{'/' if action else ''}{action}"

    async def make(self, api: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
        answer = await api.post(self.path, json=self.body | changes, headers=KEY)
        assert answer.status_code == 201, answer.text
        item: dict[str, Any] = answer.json()[self.envelope]
        return item

    async def stored(self, item_id: str) -> tuple[str, Any, Any]:
        row = await db.fetch_row(
            f"SELECT lifecycle_status, published_at, scheduled_publish_at FROM {self.table} WHERE id = $1", item_id
        )
        assert row is not None
        return row["lifecycle_status"], row["published_at"], row["scheduled_publish_at"]

    async def is_public(self, api: httpx.AsyncClient, item_id: str) -> bool:
        path = "/feed/posts" if self.is_post else "/jobs"
        return item_id in [item["id"] for item in (await api.get(f"{path}?limit=50")).json()["items"]]


JOBS = Kind("/admin/jobs", "job", "jobId", "job_not_found", "jobs", JOB, False)
POSTS = Kind("/admin/feed/posts", "post", "postId", "post_not_found", "feed_posts", POST, True)
BOTH = pytest.mark.parametrize("kind", [JOBS, POSTS], ids=["jobs", "posts"])


@pytest.fixture
async def boss(app: Sanic[Any, Any], settings: Settings) -> Candidate:
    return await make_candidate(settings, roles=("super_admin",))


@BOTH
class TestAccess:
    async def test_there_is_no_detail(self, api: httpx.AsyncClient, kind: Kind) -> None:
        item = await kind.make(api)
        assert code(await api.get(kind.place(item["id"]), headers=KEY)) == (404, "not_found")


@BOTH
class TestCreate:
    async def test_it_is_published_at_once_and_stored_as_told(
        self, api: httpx.AsyncClient, boss: Candidate, kind: Kind
    ) -> None:
        answer = await api.post(kind.path, json=kind.body, headers=boss.headers)
        assert answer.status_code == 201
        item = answer.json()[kind.envelope]
        assert item["lifecycle"]["status"] == item["lifecycle"]["effectiveStatus"] == "PUBLISHED"
        assert item["lifecycle"]["publishedAt"] is not None
        assert await kind.is_public(api, item["id"])
        row = await db.fetch_row("SELECT actor_id, action, subject_id FROM audit_events ORDER BY position DESC LIMIT 1")
        assert row is not None
        assert tuple(row) == (boss.id, f"{kind.envelope}.created", item["id"])

    async def test_it_is_created_changed_and_published_at_one_time(self, api: httpx.AsyncClient, kind: Kind) -> None:
        item = await kind.make(api)
        row = await db.fetch_row(
            f"SELECT created_at, updated_at, published_at FROM {kind.table} WHERE id = $1", item["id"]
        )
        assert row is not None
        assert row["created_at"] == row["updated_at"] == row["published_at"]

    @pytest.mark.parametrize(
        ("lifecycle", "expected", "public"),
        [
            ({"status": "DRAFT", "publishedAt": EARLIER}, ("DRAFT", None, None), False),
            ({"status": " published ", "publishedAt": LATER}, ("PUBLISHED", LATER, None), True),
            ({"status": "SCHEDULED", "scheduledAt": LATER}, ("SCHEDULED", "scheduled", LATER), False),
            ({"status": "SCHEDULED", "scheduledAt": EARLIER}, ("SCHEDULED", "scheduled", EARLIER), True),
            ({"publishedAt": EARLIER}, ("PUBLISHED", EARLIER, None), True),
            ({}, ("PUBLISHED", "now", None), True),
            (None, ("PUBLISHED", "now", None), True),
        ],
    )
    async def test_what_is_answered_is_what_is_stored(
        self,
        api: httpx.AsyncClient,
        kind: Kind,
        lifecycle: Any,
        expected: tuple[str, str | None, str | None],
        public: bool,
    ) -> None:
        item = await kind.make(api, lifecycle=lifecycle)
        shown = item["lifecycle"]
        status, published_at, scheduled_at = expected
        if published_at == "scheduled":
            published_at = scheduled_at if kind.is_post else None
        assert shown["status"] == status
        assert shown["scheduledAt"] == scheduled_at
        if published_at == "now":
            assert shown["publishedAt"] is not None
        else:
            assert shown["publishedAt"] == published_at
        stored = await kind.stored(item["id"])
        assert stored[0] == status
        assert (stored[1] is None, stored[2] is None) == (shown["publishedAt"] is None, scheduled_at is None)
        assert await kind.is_public(api, item["id"]) is public

    @pytest.mark.parametrize(
        ("lifecycle", "expected"),
        [
            ([], "invalid_lifecycle"),
            ("DRAFT", "invalid_lifecycle"),
            (3, "invalid_lifecycle"),
            ({"status": None}, "invalid_lifecycle_status"),
            ({"status": " "}, "invalid_lifecycle_status"),
            ({"status": "GONE", "publishedAt": "x"}, "invalid_lifecycle_status"),
            ({"publishedAt": "soon"}, "invalid_lifecycle_date"),
            ({"scheduledAt": 12}, "invalid_lifecycle_date"),
            ({"status": "SCHEDULED"}, "invalid_lifecycle_date"),
            ({"status": "SCHEDULED", "scheduledAt": None}, "invalid_lifecycle_date"),
        ],
    )
    async def test_the_lifecycle_is_judged_before_the_title(
        self, api: httpx.AsyncClient, kind: Kind, lifecycle: Any, expected: str
    ) -> None:
        answer = await api.post(kind.path, json={"lifecycle": lifecycle}, headers=KEY)
        assert code(answer) == (400, expected)
        assert await db.fetch_value(f"SELECT count(*) FROM {kind.table}") == 0

    async def test_unreadable_bodies(self, api: httpx.AsyncClient, kind: Kind) -> None:
        for body in (b"{", b"null", b" " * 3):
            assert code(await api.post(kind.path, content=body, headers=KEY)) == (400, "invalid_request_body")


def place(**changes: Any) -> dict[str, Any]:
    return {"location": JOB["location"] | changes}


def employer(**changes: Any) -> dict[str, Any]:
    return {"employer": JOB["employer"] | changes}


JOB_FIELDS = [
    ({"title": " a "}, "invalid_job_title"),
    ({"title": "x" * 161}, "invalid_job_title"),
    ({"title": None}, "invalid_job_title"),
    ({"title": 12}, "invalid_job_title"),
    ({"title": "a\u0000b"}, "invalid_job_title"),
    ({"employmentType": "SOMETIMES"}, "invalid_employment_type"),
    ({"employmentType": ["FULL_TIME"]}, "invalid_employment_type"),
    ({"visaSponsorship": "true"}, "invalid_visa_sponsorship"),
    ({"visaSponsorship": None}, "invalid_visa_sponsorship"),
    ({"description": "short"}, "invalid_job_description"),
    ({"description": "x" * 5001}, "invalid_job_description"),
    ({"requirements": []}, "invalid_job_requirements"),
    ({"requirements": "x"}, "invalid_job_requirements"),
    ({"requirements": ["ok"] * 21}, "invalid_job_requirements"),
    ({"requirements": ["ok", "x"]}, "invalid_job_requirement"),
    ({"requirements": ["ok", None]}, "invalid_job_requirement"),
    ({"requirements": ["x" * 301]}, "invalid_job_requirement"),
    ({"location": None}, "invalid_job_location"),
    ({"location": []}, "invalid_job_location"),
    ({"location": {}}, "invalid_job_location"),
    (place(city="x"), "invalid_job_location"),
    (place(displayLabel=" "), "invalid_job_location"),
    (place(latitude=90.1), "invalid_job_location"),
    (place(latitude=None), "invalid_job_location"),
    (place(longitude=""), "invalid_job_location"),
    (place(longitude="abc"), "invalid_job_location"),
    (place(countryCode="JPN"), "invalid_country_code"),
    (place(countryCode=None, latitude="x"), "invalid_job_location"),
    ({"employer": "Kobe Yard"}, "invalid_job_employer"),
    (employer(id=" "), "invalid_job_employer"),
    (employer(name="x"), "invalid_job_employer"),
    (employer(isVerifiedEmployer="false"), "invalid_job_employer"),
    (employer(logoUrl="ftp://x"), "invalid_employer_logo_url"),
    (employer(logoUrl="logo.png"), "invalid_employer_logo_url"),
]
POST_FIELDS = [
    ({"publishedAt": "x"}, "invalid_published_at"),
    ({"title": "x"}, "invalid_title"),
    ({"title": "x" * 181}, "invalid_title"),
    ({"excerpt": "x" * 601}, "invalid_excerpt"),
    ({"excerpt": None}, "invalid_excerpt"),
    ({"category": " "}, "invalid_category"),
    ({"category": "x" * 65}, "invalid_category"),
    ({"author": "x"}, "invalid_author"),
    ({"author": {"a": 1}}, "invalid_author"),
    ({"imageUrl": "nowhere"}, "invalid_image_url"),
    ({"imageUrl": 5}, "invalid_image_url"),
]
FIELDS = [(JOBS, *case) for case in JOB_FIELDS] + [(POSTS, *case) for case in POST_FIELDS]


class TestFields:
    @pytest.mark.parametrize(("kind", "changes", "expected"), FIELDS)
    async def test_a_bad_field_is_named_on_creation_and_change(
        self, api: httpx.AsyncClient, kind: Kind, changes: dict[str, Any], expected: str
    ) -> None:
        assert code(await api.post(kind.path, json=kind.body | changes, headers=KEY)) == (400, expected)
        item = await kind.make(api)
        assert code(await api.patch(kind.place(item["id"]), json=changes, headers=KEY)) == (400, expected)

    @pytest.mark.parametrize("kind", [JOBS, POSTS], ids=["jobs", "posts"])
    async def test_missing_fields_are_named_in_order(self, api: httpx.AsyncClient, kind: Kind) -> None:
        sent: dict[str, Any] = {}
        seen = []
        for name, value in kind.body.items():
            answer = await api.post(kind.path, json=sent, headers=KEY)
            seen.append(code(answer)[1])
            sent[name] = value
        assert len(set(seen)) == len(kind.body)
        assert (await api.post(kind.path, json=sent, headers=KEY)).status_code == 201

    async def test_numeric_text_and_a_blank_logo_are_fine(self, api: httpx.AsyncClient) -> None:
        item = await JOBS.make(api, **place(latitude="34.5", countryCode="jp"), **employer(logoUrl=" "))
        assert item["location"]["latitude"] == 34.5
        assert item["location"]["countryCode"] == "JP"
        assert item["employer"]["logoUrl"] is None

    async def test_a_posts_category_is_upper_cased_and_its_date_kept(self, api: httpx.AsyncClient) -> None:
        item = await POSTS.make(api, publishedAt=EARLIER, imageUrl="https://img.example.com/a.png")
        assert (item["category"], item["publishedAt"]) == ("LIFESTYLE", EARLIER)
        assert item["lifecycle"]["publishedAt"] == EARLIER


@BOTH
class TestChange:
    async def test_an_unknown_id_comes_before_the_fields(self, api: httpx.AsyncClient, kind: Kind) -> None:
        for item_id in ("unknown", str(uuid4()), "a%00b"):
            answer = await api.patch(kind.place(item_id), json={"title": 1}, headers=KEY)
            assert code(answer) == (404, kind.missing)

    async def test_nothing_named_changes_nothing(self, api: httpx.AsyncClient, kind: Kind) -> None:
        item = await kind.make(api)
        for body in (b"", b"{}", b"[]"):
            answer = await api.patch(kind.place(item["id"]), content=body, headers=KEY)
            assert answer.json() == {kind.envelope: item}

    async def test_an_edit_keeps_the_lifecycle(self, api: httpx.AsyncClient, kind: Kind) -> None:
        for lifecycle in ({"status": "DRAFT"}, {"status": "SCHEDULED", "scheduledAt": LATER}):
            item = await kind.make(api, lifecycle=lifecycle)
            answer = await api.patch(kind.place(item["id"]), json=kind.body | {"title": "Another title"}, headers=KEY)
            assert answer.json()[kind.envelope] == item | {"title": "Another title"}
            assert not await kind.is_public(api, item["id"])

    async def test_an_id_in_the_body_is_ignored(self, api: httpx.AsyncClient, kind: Kind) -> None:
        one, other = await kind.make(api), await kind.make(api)
        body = {"id": other["id"], kind.id_name: other["id"], "title": "Changed title"}
        answer = await api.patch(kind.place(one["id"]), json=body, headers=KEY)
        assert answer.json()[kind.envelope]["id"] == one["id"]
        titles = {row["id"]: row["title"] for row in await db.fetch_all(f"SELECT id, title FROM {kind.table}")}
        assert titles == {one["id"]: "Changed title", other["id"]: kind.body["title"]}

    async def test_a_failed_change_leaves_nothing_behind(self, api: httpx.AsyncClient, kind: Kind) -> None:
        item = await kind.make(api)
        body = {"title": "Another title", "lifecycle": {"status": "SCHEDULED"}}
        assert code(await api.patch(kind.place(item["id"]), json=body, headers=KEY)) == (400, "invalid_lifecycle_date")
        assert await db.fetch_value(f"SELECT title FROM {kind.table}") == kind.body["title"]

    async def test_fields_are_judged_between_the_lifecycles_type_and_its_content(
        self, api: httpx.AsyncClient, kind: Kind
    ) -> None:
        item = await kind.make(api)
        path = kind.place(item["id"])
        answer = await api.patch(path, json={"title": 1, "lifecycle": 1}, headers=KEY)
        assert code(answer) == (400, "invalid_lifecycle")
        answer = await api.patch(path, json={"title": 1, "lifecycle": {"status": "x"}}, headers=KEY)
        assert code(answer)[1] in {"invalid_job_title", "invalid_title"}
        assert (await api.patch(path, json={"lifecycle": None}, headers=KEY)).status_code == 200

    async def test_twenty_at_once_all_happen(self, api: httpx.AsyncClient, kind: Kind) -> None:
        item = await kind.make(api)
        answers = await asyncio.gather(
            *(api.patch(kind.place(item["id"]), json={"title": f"Title {n}"}, headers=KEY) for n in range(20))
        )
        assert {answer.status_code for answer in answers} == {200}
        changes = await db.fetch_all(
            "SELECT detail_json FROM audit_events WHERE action = $1 ORDER BY position", f"{kind.envelope}.changed"
        )
        details = [row["detail_json"] for row in changes]
        assert all(old["after"]["title"] == new["before"]["title"] for old, new in itertools.pairwise(details))


class TestPostDates:
    async def test_null_means_now_and_a_date_alone_keeps_the_status(self, api: httpx.AsyncClient) -> None:
        item = await POSTS.make(api, lifecycle={"status": "DRAFT"})
        path = POSTS.place(item["id"])
        changed = (await api.patch(path, json={"publishedAt": EARLIER}, headers=KEY)).json()["post"]
        assert (changed["publishedAt"], changed["lifecycle"]["status"]) == (EARLIER, "DRAFT")
        changed = (await api.patch(path, json={"publishedAt": None}, headers=KEY)).json()["post"]
        assert changed["publishedAt"] > EARLIER
        assert not await POSTS.is_public(api, item["id"])

    async def test_a_blank_image_clears(self, api: httpx.AsyncClient) -> None:
        item = await POSTS.make(api, imageUrl="https://img.example.com/a.png")
        changed = await api.patch(POSTS.place(item["id"]), json={"imageUrl": " "}, headers=KEY)
        assert changed.json()["post"]["imageUrl"] is None

    async def test_drafts_come_first_in_the_staffs_list(self, api: httpx.AsyncClient) -> None:
        draft = await POSTS.make(api, lifecycle={"status": "DRAFT"})
        dated = await POSTS.make(api, publishedAt=EARLIER)
        later = await POSTS.make(api, lifecycle={"status": "SCHEDULED", "scheduledAt": LATER})
        withdrawn = await POSTS.make(api)
        await api.post(POSTS.place(withdrawn["id"], "unpublish"), headers=KEY)
        found = (await api.get("/admin/feed/posts", headers=KEY)).json()
        assert [post["id"] for post in found["items"]] == [withdrawn["id"], draft["id"], later["id"], dated["id"]]
        assert found["pageInfo"] == {"cursor": "0", "nextCursor": None, "limit": 20, "total": 4}

    async def test_pages_of_the_staffs_list_follow_each_other(self, api: httpx.AsyncClient) -> None:
        """Creation and id decide among drafts and among posts of one moment, so no page repeats or skips one."""
        first, second = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
        for name in "bca":
            await make_post(id=f"draft_{name}", lifecycle_status="DRAFT", published_at=None, created_at=first)
            await make_post(id=f"post_{name}", published_at=first, created_at=first)
        await make_post(id="draft_new", lifecycle_status="DRAFT", published_at=None, created_at=second)
        await make_post(id="post_new", published_at=first, created_at=second)
        await make_post(id="post_last", published_at=second, created_at=first)
        seen: list[str] = []
        cursor = "0"
        while cursor is not None:
            found = (await api.get(f"/admin/feed/posts?limit=2&cursor={cursor}", headers=KEY)).json()
            seen += [post["id"] for post in found["items"]]
            cursor = found["pageInfo"]["nextCursor"]
        drafts = ["draft_new", "draft_c", "draft_b", "draft_a"]
        assert seen == [*drafts, "post_last", "post_new", "post_c", "post_b", "post_a"]


@BOTH
class TestLifecycle:
    async def test_publish_schedule_and_withdraw(self, api: httpx.AsyncClient, kind: Kind) -> None:
        item_id = (await kind.make(api, lifecycle={"status": "DRAFT"}))["id"]

        async def act(action: str, body: dict[str, Any]) -> dict[str, Any]:
            answer = await api.post(kind.place(item_id, action), json=body, headers=KEY)
            assert answer.status_code == 200, answer.text
            shown: dict[str, Any] = answer.json()[kind.envelope]["lifecycle"]
            assert (await kind.stored(item_id))[0] == shown["status"]
            return shown

        shown = await act("publish", {"publishedAt": EARLIER})
        assert (shown["status"], shown["publishedAt"]) == ("PUBLISHED", EARLIER)
        assert await kind.is_public(api, item_id)
        assert (await act("publish", {}))["publishedAt"] > EARLIER
        shown = await act("schedule", {"scheduledAt": LATER})
        assert (shown["status"], shown["effectiveStatus"], shown["scheduledAt"]) == ("SCHEDULED", "SCHEDULED", LATER)
        assert shown["publishedAt"] == (LATER if kind.is_post else None)
        assert not await kind.is_public(api, item_id)
        shown = await act("schedule", {"scheduledAt": EARLIER})
        assert shown["effectiveStatus"] == "PUBLISHED"
        assert await kind.is_public(api, item_id)
        shown = await act("unpublish", {"anything": 1})
        assert (shown["status"], shown["publishedAt"], shown["scheduledAt"]) == ("DRAFT", None, None)
        assert not await kind.is_public(api, item_id)

    async def test_order_of_checks(self, api: httpx.AsyncClient, kind: Kind) -> None:
        bad = {"publishedAt": "x", "scheduledAt": "x"}
        assert code(await api.post(kind.place("unknown", "publish"), json=bad, headers=KEY)) == (404, kind.missing)
        answer = await api.post(kind.place("unknown", "schedule"), json=bad, headers=KEY)
        assert code(answer) == (400, "invalid_lifecycle_date")
        answer = await api.post(kind.place("unknown", "schedule"), json={"scheduledAt": LATER}, headers=KEY)
        assert code(answer) == (404, kind.missing)
        assert code(await api.post(kind.place("unknown", "unpublish"), headers=KEY)) == (404, kind.missing)
        item_id = (await kind.make(api))["id"]
        answer = await api.post(kind.place(item_id, "publish"), json=bad, headers=KEY)
        assert code(answer) == (400, "invalid_lifecycle_date")
        for value in (None, "", 2099, "March 5, 2099", "2099-13-01"):
            answer = await api.post(kind.place(item_id, "schedule"), json={"scheduledAt": value}, headers=KEY)
            assert code(answer) == (400, "invalid_lifecycle_date")

    @pytest.mark.parametrize(
        ("given", "shown"),
        [
            ("2099-12-31", "2099-12-31T00:00:00.000Z"),
            ("2099-12-31 10:00", "2099-12-31T10:00:00.000Z"),
            ("2099-12-31T10:00:00+09:00", "2099-12-31T01:00:00.000Z"),
        ],
    )
    async def test_dates_are_shown_in_utc(self, api: httpx.AsyncClient, kind: Kind, given: str, shown: str) -> None:
        item_id = (await kind.make(api))["id"]
        answer = await api.post(kind.place(item_id, "schedule"), json={"scheduledAt": given}, headers=KEY)
        assert answer.json()[kind.envelope]["lifecycle"]["scheduledAt"] == shown


@BOTH
class TestRemove:
    async def test_it_is_gone_once(self, api: httpx.AsyncClient, kind: Kind) -> None:
        item_id = (await kind.make(api))["id"]
        answers = await asyncio.gather(*(api.delete(kind.place(item_id), headers=KEY) for _ in range(20)))
        assert Counter(answer.status_code for answer in answers) == {200: 1, 404: 19}
        winner = next(answer for answer in answers if answer.status_code == 200)
        assert winner.json() == {"removed": True, kind.id_name: item_id}
        assert code(await api.delete(kind.place(item_id, "schedule"), headers=KEY)) == (404, "not_found")


@BOTH
class TestBulk:
    async def test_each_item_has_its_own_outcome(self, api: httpx.AsyncClient, kind: Kind) -> None:
        one, other = (await kind.make(api))["id"], (await kind.make(api))["id"]
        names = f"{kind.id_name}s"
        body = {"action": "unpublish", names: [one, "unknown", one, other, "a\u0000b"]}
        if kind.is_post:
            body[names] = [*body[names]]
        answer = await api.post(kind.place("bulk"), json=body | {names: [one, "unknown", one, other]}, headers=KEY)
        assert answer.status_code == 200
        outcome = answer.json()
        assert (outcome["action"], outcome["total"], outcome["successCount"], outcome["failureCount"]) == (
            "UNPUBLISH",
            3,
            2,
            1,
        )
        assert [item[kind.id_name] for item in outcome["results"]] == [one, "unknown", other]
        assert outcome["results"][0]["lifecycle"]["status"] == "DRAFT"
        assert set(outcome["results"][0]) == {kind.id_name, "success", "lifecycle"}
        assert outcome["results"][1]["error"]["code"] == kind.missing
        assert set(outcome["results"][1]) == {kind.id_name, "success", "error"}

    async def test_a_bad_date_is_each_items_failure(self, api: httpx.AsyncClient, kind: Kind) -> None:
        item_id = (await kind.make(api))["id"]
        names = f"{kind.id_name}s"
        for action, dates in (("SCHEDULE", {}), ("SCHEDULE", {"scheduledAt": "x"}), ("PUBLISH", {"publishedAt": "x"})):
            body = {"action": action, names: [item_id, "unknown"]} | dates
            outcome = (await api.post(kind.place("bulk"), json=body, headers=KEY)).json()
            assert [item["error"]["code"] for item in outcome["results"]] == ["invalid_lifecycle_date", kind.missing]
        body = {"action": "SCHEDULE", names: [item_id], "scheduledAt": LATER}
        outcome = (await api.post(kind.place("bulk"), json=body, headers=KEY)).json()
        assert outcome["results"][0]["lifecycle"]["scheduledAt"] == LATER

    async def test_removal(self, api: httpx.AsyncClient, kind: Kind) -> None:
        item_id = (await kind.make(api))["id"]
        body = {"action": "DELETE", f"{kind.id_name}s": [item_id]}
        outcome = (await api.post(kind.place("bulk"), json=body, headers=KEY)).json()
        assert outcome["results"] == [{kind.id_name: item_id, "success": True, "removed": True}]
        assert await db.fetch_value(f"SELECT count(*) FROM {kind.table}") == 0

    async def test_order_of_checks(self, api: httpx.AsyncClient, kind: Kind) -> None:
        names = f"{kind.id_name}s"
        ids_error = "invalid_post_ids" if kind.is_post else "invalid_job_ids"
        for body, expected in (
            ({}, "invalid_bulk_action"),
            ({"action": "EXPLODE"}, "invalid_bulk_action"),
            ({"action": "PUBLISH"}, ids_error),
            ({"action": "PUBLISH", names: []}, ids_error),
            ({"action": "PUBLISH", names: "x"}, ids_error),
            ({"action": "PUBLISH", names: ["x", " "]}, ids_error),
            ({"action": "PUBLISH", names: ["x"] * 101}, ids_error),
        ):
            assert code(await api.post(kind.place("bulk"), json=body, headers=KEY)) == (400, expected)


class TestJobsList:
    async def test_all_states_are_listed_and_searched(self, api: httpx.AsyncClient) -> None:
        ids = [
            (await JOBS.make(api, title=f"Crane Driver {n}", lifecycle={"status": "DRAFT" if n % 2 else "PUBLISHED"}))[
                "id"
            ]
            for n in range(5)
        ]
        await JOBS.make(api, title="100% Welder_x")
        found = (await api.get("/admin/jobs?limit=2", headers=KEY)).json()
        assert [job["id"] for job in found["items"]] == ids[:2]
        assert found["pageInfo"]["nextCursor"] == "2"
        assert found["pageInfo"]["total"] == 6
        following = (await api.get(f"/admin/jobs?limit=2&after={found['pageInfo']['after']}", headers=KEY)).json()
        assert [job["id"] for job in following["items"]] == ids[2:4]
        found = (await api.get("/admin/jobs?q=crane DRIVER 3", headers=KEY)).json()
        assert [job["id"] for job in found["items"]] == [ids[3]]
        assert (await api.get("/admin/jobs?q=0%25 w", headers=KEY)).json()["pageInfo"]["total"] == 1

    @pytest.mark.parametrize(
        ("query", "expected"),
        [("cursor=x&limit=0", "invalid_cursor"), ("limit=51", "invalid_limit"), ("limit=1.5", "invalid_limit")],
    )
    async def test_bad_pages(self, api: httpx.AsyncClient, query: str, expected: str) -> None:
        for path in ("/admin/jobs", "/admin/feed/posts"):
            assert code(await api.get(f"{path}?{query}", headers=KEY)) == (400, expected)


@BOTH
class TestOutage:
    async def test_models_that_cannot_reach_the_database_are_503(
        self, api: httpx.AsyncClient, kind: Kind, unused_tcp_port: int
    ) -> None:
        item = await kind.make(api)
        calls = (
            ("PATCH", kind.place(item["id"]), {"title": "Another"}),
            ("POST", kind.place(item["id"], "publish"), {}),
            ("DELETE", kind.place(item["id"]), {}),
        )
        address = f"postgresql://nobody@127.0.0.1:{unused_tcp_port}/none"
        await db.open_database(db.tortoise_config(address))
        try:
            for method, path, body in calls:
                assert code(await api.request(method, path, headers=KEY, json=body)) == (503, "database_unavailable")
        finally:
            await db.close_database()
        assert (await api.delete(kind.place(item["id"]), headers=KEY)).status_code == 200
