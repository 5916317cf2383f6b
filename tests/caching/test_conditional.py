"""Is 304 sent for what the client has, and never for what it has not? After every write, on every replica."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from sanic import Sanic
from tortoise.transactions import in_transaction

from service.auth import queries
from service.base.settings import Settings
from service.caching import marks as strangers
from service.caching import queries as marks
from service.caching.basis import Basis
from service.caching.validators import CACHE_CONTROL
from service.database import db
from service.http.operations import Security, declared_operation, template_of
from service.lists import queries as listing
from tests.conftest import TEST_ENVIRONMENT
from tests.contract_check import Contract
from tests.database.test_statements import count, statements  # noqa: F401  # a fixture
from tests.factories import (
    Candidate,
    make_application,
    make_application_document,
    make_candidate,
    make_job,
    make_kyc_document,
    make_kyc_session,
    make_post,
)
from tests.kyc.test_plans import nodes
from tests.running import running_server
from tests.webhooks.provider import deliver

KEY = {"x-admin-api-key": TEST_ENVIRONMENT["ADMIN_API_KEY"]}
JOB, OTHER_JOB, DOOMED_JOB, POST = "job_read", "job_other", "job_doomed", "post_read"


@dataclass
class World:
    """One candidate with a little of everything."""

    candidate: Candidate
    application: str
    doomed_application: str
    document: str
    session: str
    kyc_document: str
    api: httpx.AsyncClient
    reads: dict[str, str] = field(default_factory=dict)

    async def get(self, name: str, tag: str | None = None, *, by: httpx.AsyncClient | None = None) -> httpx.Response:
        headers = self.candidate.headers | ({"If-None-Match": tag} if tag else {})
        return await (by or self.api).get(self.reads[name], headers=headers)


@pytest.fixture
async def world(api: httpx.AsyncClient, candidate: Candidate) -> World:
    for job_id in (JOB, OTHER_JOB, DOOMED_JOB):
        await make_job(id=job_id)
    await make_post(id=POST)
    for job_id in (JOB, DOOMED_JOB):
        await api.post("/users/me/saved-jobs", headers=candidate.headers, json={"jobId": job_id})
    application = await make_application(candidate.id, JOB)
    doomed = await make_application(candidate.id, DOOMED_JOB)
    document = await make_application_document(candidate.id, application)
    session = await make_kyc_session(candidate.id)
    kyc_document = await make_kyc_document(candidate.id, session)
    reads = {
        "listJobs": "/jobs?limit=5",
        "getJob": f"/jobs/{JOB}",
        "listSavedJobs": "/users/me/saved-jobs",
        "listPosts": "/feed/posts",
        "listSavedPosts": "/users/me/saved-posts",
        "listMyApplications": "/users/me/applications",
        "getMyApplicationJourney": f"/users/me/applications/{application}/journey",
        "listMyApplicationDocuments": f"/users/me/applications/{application}/documents",
        "getProfile": "/users/me/profile",
        "getTrustProfile": "/v1/trust/profile",
        "listVerificationDocuments": "/users/me/verification-documents",
        "getKycStatus": "/identity/kyc/status",
        "getKycHistory": f"/identity/kyc/history?sessionId={session}",
        "getMe": "/auth/me",
    }
    return World(candidate, application, doomed, document, session, kyc_document, api, reads)


@pytest.fixture(scope="module")
async def replica(
    app: Sanic[Any, Any], contract: Contract, database_url: str, object_storage_env: dict[str, str]
) -> AsyncIterator[httpx.AsyncClient]:
    """Another process with the same database."""

    async def check(response: httpx.Response) -> None:
        await response.aread()
        contract.check(response)

    environment = {**TEST_ENVIRONMENT, **object_storage_env, "DATABASE_URL": database_url}
    async with (
        running_server(environment) as server,
        httpx.AsyncClient(base_url=server.url, event_hooks={"response": [check]}, timeout=60) as client,
    ):
        yield client


def is_not_modified(answer: httpx.Response, tag: str) -> bool:
    if answer.status_code != 304:
        return False
    assert answer.content == b""
    assert "content-type" not in answer.headers
    assert answer.headers["etag"] == tag
    assert answer.headers["cache-control"] == CACHE_CONTROL
    return True


class TestReads:
    async def test_they_are_those_that_declare_it(self, app: Sanic[Any, Any], world: World) -> None:
        declared = {
            found.id: template_of(route.path)
            for route in app.router.routes
            if (found := declared_operation(route.handler)) and found.conditional
        }
        assert sorted(declared) == sorted(world.reads)
        for route in app.router.routes:
            found = declared_operation(route.handler)
            if found and found.conditional:
                assert set(route.methods) == {"GET"}
                assert found.security in {Security.USER, Security.OPTIONAL}

    async def test_what_the_client_has_costs_the_session_alone(
        self,
        world: World,
        statements: asyncpg.Connection,  # noqa: F811  # the fixture
    ) -> None:
        database = await db.fetch_value("SELECT current_database()")
        for name in world.reads:
            answer = await world.get(name)
            assert answer.status_code == 200
            tag = answer.headers["etag"]
            assert tag.startswith('"')
            assert answer.headers["cache-control"] == CACHE_CONTROL
            assert is_not_modified(await world.get(name, tag), tag)
            before = await count(statements, database)
            for _ in range(5):
                assert is_not_modified(await world.get(name, tag), tag)
            assert await count(statements, database) - before == 5, name

    async def test_another_process_knows_the_tag(self, world: World, replica: httpx.AsyncClient) -> None:
        for name in world.reads:
            tag = (await world.get(name)).headers["etag"]
            assert is_not_modified(await world.get(name, tag, by=replica), tag), name

    async def test_the_old_address_is_the_same_address(self, world: World) -> None:
        tag = (await world.api.get("/v1/auth/me", headers=world.candidate.headers)).headers["etag"]
        assert (await world.get("getMe", tag)).status_code == 304

    @pytest.mark.parametrize("form", ["{}", "W/{}", '"a", {}', ' "a" ,W/{} , "b"', '"", {}', "{},"])
    async def test_forms_of_a_match(self, world: World, form: str) -> None:
        tag = (await world.get("getProfile")).headers["etag"]
        assert is_not_modified(await world.get("getProfile", form.format(tag)), tag)

    async def test_two_header_lines_are_one_list(self, world: World) -> None:
        tag = (await world.get("getProfile")).headers["etag"]
        headers = [*world.candidate.headers.items(), ("If-None-Match", '"a"'), ("If-None-Match", tag)]
        assert is_not_modified(await world.api.get("/users/me/profile", headers=headers), tag)

    @pytest.mark.parametrize(
        "form",
        ["", "{bare}", "'{bare}'", "{tag}x", "w/{tag}", "W/ {tag}", '"a" {tag}', "*, {tag}", '{tag}, "', "é{tag}"],
    )
    async def test_anything_else_is_no_condition(self, world: World, form: str) -> None:
        tag = (await world.get("getProfile")).headers["etag"]
        given = form.format(tag=tag, bare=tag.strip('"')).encode()
        answer = await world.api.get("/users/me/profile", headers={**world.candidate.headers, "If-None-Match": given})
        assert (answer.status_code, answer.headers["etag"]) == (200, tag)

    async def test_endless_conditions_are_not_looked_at(self, world: World) -> None:
        tag = (await world.get("getProfile")).headers["etag"]
        for given in (f"{tag}, " * 300, '"' * 4000, ", " * 4000 + tag):
            assert (await world.get("getProfile", given)).status_code == 200

    async def test_a_star_matches_whatever_is_there(self, world: World) -> None:
        for name in world.reads:
            assert (await world.get(name, "*")).status_code == 304
        for path, status in (
            ("/jobs/unknown", 404),
            ("/jobs?limit=0", 400),
            (f"/identity/kyc/history?sessionId={uuid4()}", 404),
        ):
            answer = await world.api.get(path, headers={**world.candidate.headers, "If-None-Match": "*"})
            assert answer.status_code == status
            assert "etag" not in answer.headers

    async def test_a_tag_of_another_address_or_person_matches_nothing(self, world: World, settings: Settings) -> None:
        other = await make_candidate(settings)
        tags = {name: (await world.get(name)).headers["etag"] for name in world.reads}
        assert len({tags[name] for name in tags}) == len(tags)
        for path in ("/jobs", "/auth/me", "/jobs?limit=5&"):
            answer = await world.api.get(path, headers={**other.headers, "If-None-Match": ", ".join(tags.values())})
            assert answer.status_code == 200
        for name, tag in tags.items():
            others = ", ".join(value for value in tags.values() if value != tag)
            assert (await world.get(name, others)).status_code == 200
        everything = ", ".join(tags.values())
        for path, status in (("/jobs/unknown", 404), ("/jobs?limit=0", 400)):
            answer = await world.api.get(path, headers={**world.candidate.headers, "If-None-Match": everything})
            assert answer.status_code == status

    async def test_strangers_get_tags_of_their_own(self, world: World, replica: httpx.AsyncClient) -> None:
        for path, write in (
            ("/jobs", call("PATCH", f"/admin/jobs/{JOB}", {"title": "Welder of strangers"}, staff=True)),
            (f"/jobs/{JOB}", call("PATCH", f"/admin/jobs/{JOB}", {"title": "Welder of others"}, staff=True)),
            ("/feed/posts", call("PATCH", f"/admin/feed/posts/{POST}", {"title": "News of strangers"}, staff=True)),
        ):
            answer = await world.api.get(path)
            tag = answer.headers["etag"]
            assert answer.status_code == 200
            # Any cache may have it, asks before each use, and gives it to nobody who is signed in.
            assert (answer.headers["cache-control"], answer.headers["vary"]) == ("no-cache", "Authorization")
            mine = await world.api.get(path, headers=world.candidate.headers | {"If-None-Match": tag})
            assert (mine.status_code, mine.headers["cache-control"]) == (200, CACHE_CONTROL)
            assert "vary" not in mine.headers
            assert mine.headers["etag"] != tag
            for client in (world.api, replica):
                known = await client.get(path, headers={"If-None-Match": tag})
                assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", tag)
                assert (known.headers["cache-control"], known.headers["vary"]) == ("no-cache", "Authorization")
                assert (await client.get(path, headers={"If-None-Match": mine.headers["etag"]})).status_code == 200
            await write(world)
            for client in (world.api, replica):
                changed = await client.get(path, headers={"If-None-Match": tag})
                assert changed.status_code == 200
                assert changed.content != answer.content
                assert changed.headers["etag"] != tag
        assert (await world.api.get(f"/jobs/{JOB}", headers={"If-None-Match": "*"})).status_code == 304

    async def test_a_save_costs_no_stranger_his_tag(self, world: World) -> None:
        tag = (await world.api.get("/jobs")).headers["etag"]
        await call("POST", f"{MINE}/saved-jobs", {"jobId": OTHER_JOB})(world)
        assert (await world.api.get("/jobs", headers={"If-None-Match": tag})).status_code == 304

    async def test_strangers_are_answered_without_a_tag_while_a_table_is_locked(
        self, world: World, database_url: str
    ) -> None:
        assert "etag" in (await world.api.get("/feed/posts")).headers
        other = await asyncpg.connect(database_url)
        try:
            async with other.transaction():
                await other.execute("LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE")
                answers = await asyncio.gather(*(world.api.get("/feed/posts") for _ in range(20)))
                assert {answer.status_code for answer in answers} == {200}
                assert not [answer for answer in answers if "etag" in answer.headers]
        finally:
            await other.close()
        assert "etag" in (await world.api.get("/feed/posts")).headers

    async def test_strangers_who_ask_at_once_share_a_statement_that_none_of_them_is_too_late_for(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        read = strangers.find_content_version
        sent = 0

        async def slow() -> str | None:
            nonlocal sent
            sent += 1
            version = await read()
            await asyncio.sleep(0.1)
            return version

        monkeypatch.setattr(strangers, "find_content_version", slow)
        first = asyncio.create_task(strangers.content_version())
        await asyncio.sleep(0.05)  # its statement is sent
        await make_job()
        others = [asyncio.create_task(strangers.content_version()) for _ in range(20)]
        before, after = await first, set(await asyncio.gather(*others))
        assert sent == 2
        assert after == {await read()}
        assert before not in after

    async def test_nobody_gets_a_tag_for_an_error(self, world: World) -> None:
        for path in ("/jobs?limit=0", "/jobs/unknown"):
            answer = await world.api.get(path, headers={"If-None-Match": "*"})
            assert answer.status_code in {400, 404}
            assert not {"etag", "vary"} & set(answer.headers)
            assert answer.headers["cache-control"] == "no-store"
        for path in ("/jobs?limit=0", "/jobs/unknown", f"/users/me/applications/{uuid4()}/journey"):
            answer = await world.api.get(path, headers=world.candidate.headers)
            assert answer.status_code in {400, 404}
            assert "etag" not in answer.headers
            assert answer.headers["cache-control"] == "no-store"
        tag = (await world.get("getMe")).headers["etag"]
        answer = await world.api.get("/auth/me", headers={"Authorization": "Bearer x", "If-None-Match": tag})
        assert answer.status_code == 401
        saved = await world.api.post("/users/me/saved-jobs", headers=world.candidate.headers, json={"jobId": JOB})
        assert "etag" not in saved.headers

    async def test_a_signed_out_client_hears_no_304(self, world: World) -> None:
        tag = (await world.get("getMe")).headers["etag"]
        await world.api.post("/auth/logout", json={"refreshToken": world.candidate.refresh_token})
        assert (await world.get("getMe", tag)).status_code == 401

    async def test_no_tag_while_our_clock_does_not_know_what_is_due(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await make_job(lifecycle_status="SCHEDULED", scheduled_publish_at=datetime.now(UTC) - timedelta(seconds=5))
        tag = (await world.get("listJobs")).headers["etag"]
        monkeypatch.setattr(marks, "utc_now", lambda: datetime.now(UTC) - timedelta(seconds=60))
        answer = await world.get("listJobs", tag)
        assert answer.status_code == 200
        assert "etag" not in answer.headers
        assert "etag" in (await world.get("getMe")).headers


Write = Callable[[World], Awaitable[Any]]


def call(method: str, path: str, body: Any = None, *, staff: bool = False) -> Write:
    """A request; `{…}` in it are attributes of the world."""

    def fill(value: Any, world: World) -> Any:
        if isinstance(value, dict):
            return {key: fill(item, world) for key, item in value.items()}
        return value.format(world=world) if isinstance(value, str) else value

    async def write(world: World) -> None:
        headers = KEY if staff else world.candidate.headers
        answer = await world.api.request(method, fill(path, world), headers=headers, json=fill(body, world))
        assert answer.status_code in {200, 201, 204}, answer.text

    return write


def sql(text: str, *names: str) -> Write:
    async def write(world: World) -> None:
        assert await db.execute(text, *(name.format(world=world) for name in names))

    return write


async def pass_schedule(table: str) -> None:
    """What time does: the planned moment is over, and nobody wrote anything."""
    async with in_transaction():
        await db.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        await db.execute(
            f"UPDATE {table} SET scheduled_publish_at = now() - interval '1 second' WHERE lifecycle_status = 'SCHEDULED'"
        )
        await db.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


async def job_becomes_due(world: World) -> None:
    await pass_schedule("jobs")


async def post_becomes_due(world: World) -> None:
    await pass_schedule("feed_posts")


async def provider_speaks(world: World) -> None:
    payload = {"sessionId": world.session, "providerRef": "ref-9", "metadata": {"score": 9}}
    assert (await deliver(world.api, payload)).status_code == 202


async def many_applications_are_copied(world: World) -> None:
    """As an import does: one statement, many people."""
    await db.execute(
        "INSERT INTO job_applications (id, user_id, job_id, status)"
        " SELECT gen_random_uuid(), u.id, j.id, 'SUBMITTED' FROM users u, jobs j ON CONFLICT DO NOTHING"
    )


KYC = "/identity/kyc"
MINE = "/users/me"
LATER = (datetime.now(UTC) + timedelta(days=400)).isoformat()
DOCUMENT = {"checksumSha256": "c" * 64}
# In the order in which they can happen, with reads that each must change.
WRITES: tuple[tuple[str, set[str], Write], ...] = (
    ("save a job", {"listSavedJobs", "listJobs"}, call("POST", f"{MINE}/saved-jobs", {"jobId": OTHER_JOB})),
    ("forget a job", {"listSavedJobs", "getJob"}, call("DELETE", f"{MINE}/saved-jobs/{JOB}")),
    ("save a post", {"listSavedPosts", "listPosts"}, call("POST", f"{MINE}/saved-posts", {"postId": POST})),
    ("forget a post", {"listSavedPosts", "listPosts"}, call("DELETE", f"{MINE}/saved-posts/{POST}")),
    ("save it again", {"listSavedPosts"}, call("POST", f"{MINE}/saved-posts", {"postId": POST})),
    ("apply", {"listMyApplications"}, call("POST", f"/jobs/{OTHER_JOB}/applications", {"note": "Please"})),
    (
        "change the name",
        {"getProfile", "getTrustProfile", "getMe"},
        call("PATCH", f"{MINE}/profile", {"fullName": "Dewi"}),
    ),
    (
        "change the picture",
        {"getProfile"},
        call("PATCH", f"{MINE}/profile", {"avatarUrl": "https://example.com/a.png"}),
    ),
    (
        "add a document",
        {"listMyApplicationDocuments"},
        call(
            "POST",
            f"{MINE}/applications/{{world.application}}/documents",
            DOCUMENT
            | {
                "documentType": "OTHER",
                "fileName": "letter.pdf",
                "contentType": "application/pdf",
                "contentLength": 1000,
                "objectKey": "applications/{world.candidate.id}/{world.application}/letter.pdf",
            },
        ),
    ),
    (
        "judge a document",
        {"listMyApplicationDocuments"},
        call(
            "PATCH",
            "/admin/applications/{world.application}/documents/{world.document}",
            {"reviewStatus": "VALID", "reviewedBy": "Ibu Rini"},
            staff=True,
        ),
    ),
    *(
        (
            f"move an application to {status}",
            {"listMyApplications", "getMyApplicationJourney"},
            call(
                "PATCH",
                "/admin/applications/{world.application}/status",
                {"status": status, "updatedBy": "Ibu Rini"},
                staff=True,
            ),
        )
        for status in ("IN_REVIEW", "INTERVIEW", "OFFERED")
    ),
    (
        "accept an offer",
        {"listMyApplications", "getMyApplicationJourney"},
        call("POST", f"{MINE}/applications/{{world.application}}/offer/accept", {}),
    ),
    (
        "register an identity document",
        {"listVerificationDocuments", "getProfile"},
        call(
            "POST",
            f"{KYC}/documents",
            DOCUMENT | {"documentType": "SELFIE", "objectKey": "kyc/{world.candidate.id}/{world.session}/s.jpg"},
        ),
    ),
    (
        "keep provider metadata",
        {"getKycStatus"},
        call("POST", f"{KYC}/sessions/{{world.session}}/provider-metadata", {"metadata": {"step": 1}}),
    ),
    (
        "hand a verification in",
        {"getKycStatus", "getKycHistory", "getProfile"},
        call("POST", f"{KYC}/sessions/{{world.session}}/submit"),
    ),
    ("hear from the provider", {"getKycStatus"}, provider_speaks),
    ("ask for the final check", {"getProfile"}, call("POST", f"{MINE}/verification/final-request", {})),
    (
        "find a document's bytes good",
        {"listVerificationDocuments"},
        sql("UPDATE identity_documents SET verified_at = now() WHERE id = $1::uuid", "{world.kyc_document}"),
    ),
    (
        "decide a verification",
        {"getKycStatus", "getKycHistory", "getTrustProfile"},
        call(
            "POST",
            "/admin/kyc/review",
            # The provider spoke after the submission, so the key says which version it read.
            {"sessionId": "{world.session}", "decision": "VERIFIED", "reviewedBy": "Ibu Rini", "version": 6},
            staff=True,
        ),
    ),
    ("begin another verification", {"getKycStatus"}, call("POST", f"{KYC}/sessions", {})),
    (
        "change roles",
        {"getMe"},
        call("PATCH", "/admin/users/{world.candidate.id}", {"roles": ["sdm", "lpk"]}, staff=True),
    ),
    ("rename a role", {"getMe"}, sql("UPDATE roles SET code = code || '_new' WHERE code = 'lpk'")),
    ("remove a role", {"getMe"}, sql("DELETE FROM roles WHERE code = 'lpk_new'")),
    (
        "verify the address",
        {"getMe"},
        sql("UPDATE users SET email_verified_at = now() WHERE id = $1::uuid", "{world.candidate.id}"),
    ),
    (
        "edit a job",
        {"listJobs", "getJob", "listMyApplications", "getMyApplicationJourney"},
        call("PATCH", f"/admin/jobs/{JOB}", {"title": "Senior welder"}, staff=True),
    ),
    ("plan a job", {"listJobs"}, call("POST", f"/admin/jobs/{OTHER_JOB}/schedule", {"scheduledAt": LATER}, staff=True)),
    ("a job becomes due", {"listJobs", "listSavedJobs"}, job_becomes_due),
    ("hide a job", {"listJobs"}, call("POST", f"/admin/jobs/{OTHER_JOB}/unpublish", staff=True)),
    ("show a job", {"listJobs"}, call("POST", f"/admin/jobs/{OTHER_JOB}/publish", {}, staff=True)),
    (
        "remove a job",
        {"listJobs", "listSavedJobs", "listMyApplications"},
        call("DELETE", f"/admin/jobs/{DOOMED_JOB}", staff=True),
    ),
    (
        "edit a post",
        {"listPosts", "listSavedPosts"},
        call("PATCH", f"/admin/feed/posts/{POST}", {"title": "News today"}, staff=True),
    ),
    (
        "plan a post",
        {"listPosts"},
        call("POST", f"/admin/feed/posts/{POST}/schedule", {"scheduledAt": LATER}, staff=True),
    ),
    ("a post becomes due", {"listPosts", "listSavedPosts"}, post_becomes_due),
    ("remove a post", {"listPosts", "listSavedPosts"}, call("DELETE", f"/admin/feed/posts/{POST}", staff=True)),
    ("copy many applications", {"listMyApplications"}, many_applications_are_copied),
    ("empty a table", {"listSavedJobs", "listJobs"}, sql("TRUNCATE user_saved_jobs")),
)


class TestWrites:
    async def test_after_each_the_client_gets_what_changed(self, world: World, replica: httpx.AsyncClient) -> None:
        """From the process that wrote, and from another one."""
        await make_job()  # so that an import has something to copy
        roles = await db.fetch_all("SELECT * FROM roles")
        try:
            for what, changed, write in WRITES:
                before = {name: await world.get(name) for name in world.reads}
                assert {answer.status_code for answer in before.values()} == {200}, what
                for name, answer in before.items():
                    assert "etag" in answer.headers, (what, name)
                if what == "empty a table":
                    await db.execute("TRUNCATE user_saved_jobs")
                else:
                    await write(world)
                seen = set()
                for name, old in before.items():
                    tag = old.headers["etag"]
                    answers = [await world.get(name, tag, by=client) for client in (replica, world.api)]
                    now = (await world.get(name)).content
                    for answer in answers:
                        if not is_not_modified(answer, tag):
                            assert answer.status_code == 200
                            assert answer.content == now
                            assert answer.headers["etag"] != tag
                    if now != old.content:
                        seen.add(name)
                        assert {answer.status_code for answer in answers} == {200}, (what, name)
                assert changed <= seen, (what, changed - seen)
        finally:
            for role in roles:
                await db.execute(
                    "INSERT INTO roles (id, code, description, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                    *role.values(),
                )

    async def test_what_others_do_with_their_own_costs_nobody_his_tag(self, world: World, settings: Settings) -> None:
        tags = {name: (await world.get(name)).headers["etag"] for name in world.reads}
        other = await make_candidate(settings)
        for method, path, body in (
            ("POST", "/users/me/saved-jobs", {"jobId": JOB}),
            ("POST", f"/jobs/{OTHER_JOB}/applications", {}),
            ("POST", "/identity/kyc/sessions", {}),
            ("PATCH", "/users/me/profile", {"fullName": "Somebody"}),
        ):
            assert (await world.api.request(method, path, headers=other.headers, json=body)).status_code < 300
        for name, tag in tags.items():
            assert is_not_modified(await world.get(name, tag), tag), name

    async def test_jobs_and_posts_are_nothing_to_the_profile(self, world: World) -> None:
        tags = {name: (await world.get(name)).headers["etag"] for name in ("getMe", "getProfile", "getKycStatus")}
        await make_job()
        await make_post()
        for name, tag in tags.items():
            assert is_not_modified(await world.get(name, tag), tag)

    async def test_a_total_that_may_lag_gets_no_tag(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """It would freeze: the client would be told for ever that it is true."""
        monkeypatch.setattr(listing._list_totals, "short", 0)
        for path in ("/jobs?limit=1", "/feed/posts?limit=1"):
            make = make_job if path.startswith("/jobs") else make_post
            await make()
            await make()
            exact = await world.api.get(path, headers=world.candidate.headers)
            total = exact.json()["pageInfo"]["total"]
            assert "etag" in exact.headers
            await make()
            lagging = await world.api.get(
                path, headers={**world.candidate.headers, "If-None-Match": exact.headers["etag"]}
            )
            assert lagging.status_code == 200
            assert lagging.json()["pageInfo"]["total"] == total
            assert "etag" not in lagging.headers
            listing.forget_totals()
            right = await world.api.get(path, headers=world.candidate.headers)
            assert right.json()["pageInfo"]["total"] == total + 1
            assert is_not_modified(
                await world.api.get(path, headers={**world.candidate.headers, "If-None-Match": right.headers["etag"]}),
                right.headers["etag"],
            )

    async def test_a_long_search_gets_a_tag_when_its_total_is_of_the_same_version(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(listing._search_totals, "short", 2)
        monkeypatch.setattr(listing, "_WALK_ROWS", 2)
        path = "/jobs?q=welder&limit=1"
        first = await world.api.get(path, headers=world.candidate.headers)
        assert first.json()["pageInfo"]["total"] == 3
        assert "etag" in first.headers
        await make_job()
        second = await world.api.get(path, headers={**world.candidate.headers, "If-None-Match": first.headers["etag"]})
        assert second.status_code == 200
        assert "etag" not in second.headers or second.json()["pageInfo"]["total"] == 4


class TestRaces:
    async def test_nobody_hears_304_after_an_acknowledged_write(self, world: World, replica: httpx.AsyncClient) -> None:
        """Twenty writers and readers on one person and on shared jobs; each reads right after its own write."""
        jobs = [await make_job() for _ in range(20)]
        clients = (world.api, replica)

        async def work(number: int) -> None:
            mine, other = clients[number % 2], clients[(number + 1) % 2]
            job, headers = jobs[number], world.candidate.headers
            for turn in range(4):
                kept, detail = await mine.get("/users/me/saved-jobs?limit=50", headers=headers), f"/jobs/{job}"
                shown = await other.get(detail, headers=headers)
                tag = kept.headers["etag"]
                if turn % 2:
                    assert (await mine.delete(f"/users/me/saved-jobs/{job}", headers=headers)).json()["removed"]
                else:
                    answer = await mine.post("/users/me/saved-jobs", headers=headers, json={"jobId": job})
                    assert answer.json()["created"]
                again = await other.get("/users/me/saved-jobs?limit=50", headers={**headers, "If-None-Match": tag})
                assert again.status_code == 200
                assert (job in {item["id"] for item in again.json()["items"]}) is (turn % 2 == 0)
                title = f"Welder of turn {turn}"
                patched = await mine.patch(f"/admin/jobs/{job}", headers=KEY, json={"title": title})
                assert patched.status_code == 200
                fresh = await other.get(detail, headers={**headers, "If-None-Match": shown.headers["etag"]})
                assert fresh.status_code == 200
                assert fresh.json()["job"]["title"] == title

        await asyncio.gather(*(work(number) for number in range(20)))
        assert await db.fetch_value("SELECT count(*) FROM user_versions") <= 16
        assert await db.fetch_value("SELECT count(*) FROM content_versions") <= 16

    async def test_mixed_writes_never_block_each_other_for_good(
        self, world: World, settings: Settings, replica: httpx.AsyncClient
    ) -> None:
        others = [world.candidate, *[await make_candidate(settings) for _ in range(3)]]
        jobs = [await make_job() for _ in range(12)]
        applications = [await make_application(person.id, job) for person in others for job in jobs[:6]]
        sessions = [await make_kyc_session(person.id, documents=("PASSPORT",)) for person in others]
        deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        before = await db.fetch_value(deadlocks)

        async def send(number: int, method: str, path: str, headers: dict[str, str], body: Any = None) -> int:
            client = (world.api, replica)[number % 2]
            return (await client.request(method, path, headers=headers, json=body)).status_code

        tasks = []
        for number in range(20):
            person, job = others[number % 4], jobs[number % 12]
            case = applications[(number * 7) % len(applications)]
            tasks += [
                send(number, "POST", "/users/me/saved-jobs", person.headers, {"jobId": job}),
                send(number + 1, "POST", f"/jobs/{job}/applications", person.headers, {}),
                send(
                    number,
                    "PATCH",
                    f"/admin/applications/{case}/status",
                    KEY,
                    {"status": "IN_REVIEW", "updatedBy": "R"},
                ),
                send(number + 1, "PATCH", f"/admin/jobs/{job}", KEY, {"title": f"Title {number}"}),
                send(number, "POST", f"/identity/kyc/sessions/{sessions[number % 4]}/submit", person.headers),
                send(number, "PATCH", "/users/me/profile", person.headers, {"fullName": f"Name {number}"}),
                send(number, "PATCH", f"/admin/users/{person.id}", KEY, {"roles": ["sdm", ("lpk", "tsk")[number % 2]]}),
            ]
            if number < 6:
                tasks.append(send(number, "DELETE", f"/admin/jobs/{jobs[number]}", KEY))
        statuses = await asyncio.gather(*tasks)
        assert set(statuses) <= {200, 201, 404, 409}
        await db.fetch_value("SELECT pg_stat_clear_snapshot()")
        assert await db.fetch_value(deadlocks) == before

    async def test_a_write_waits_for_no_other_mark(self, world: World, database_url: str) -> None:
        """Transactions that stay open hold the marks of this person and of jobs; others write on."""
        tag = (await world.get("listSavedJobs")).headers["etag"]
        held = [await asyncpg.connect(database_url) for _ in range(3)]
        try:
            for number, connection in enumerate(held):
                await connection.execute("BEGIN; SET LOCAL lock_timeout = '2s'")
                await connection.execute(
                    "INSERT INTO kyc_sessions (id, user_id, status) VALUES ($1, $2, 'CREATED')",
                    uuid4(),
                    world.candidate.id,
                )
                await connection.execute(
                    "UPDATE feed_posts SET title = title WHERE id = $1", POST if number == 0 else ""
                )
                await connection.execute(
                    "INSERT INTO feed_posts (id, title, excerpt, category, author) VALUES ($1, 'a', 'b', 'c', 'd')",
                    f"post_held_{number}",
                )
            await call("POST", "/users/me/saved-jobs", {"jobId": OTHER_JOB})(world)
            answer = await world.get("listSavedJobs", tag)
            assert answer.status_code == 200
            tag = answer.headers["etag"]
            for connection in held:
                await connection.execute("COMMIT")
                answer = await world.get("listSavedJobs", tag)
                assert answer.status_code == 200
                tag = answer.headers["etag"]
            assert is_not_modified(await world.get("listSavedJobs", tag), tag)
        finally:
            for connection in held:
                await connection.close()

    async def test_what_was_undone_changes_nothing(self, world: World) -> None:
        tag = (await world.get("listSavedJobs")).headers["etag"]
        with pytest.raises(ZeroDivisionError):
            async with in_transaction():
                await db.execute("UPDATE jobs SET title = 'x'")
                await db.execute("DELETE FROM user_saved_jobs")
                raise ZeroDivisionError
        assert is_not_modified(await world.get("listSavedJobs", tag), tag)


async def deadlocks(connection: asyncpg.Connection) -> int:
    await connection.execute("SELECT pg_stat_clear_snapshot()")
    return int(await connection.fetchval("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))


class TestMarksStayFew:
    """Sixteen of a person and sixteen of all content, whoever writes at once, and nobody waits for a transaction."""

    OWN = "SELECT bit_xor(version) FROM user_versions WHERE user_id = $1::uuid"
    CONTENT = "SELECT bit_xor(version) FROM content_versions"
    SAVE = "INSERT INTO user_saved_jobs (id, user_id, job_id) VALUES (gen_random_uuid(), $1::uuid, $2)"
    FORGET = "DELETE FROM user_saved_jobs WHERE user_id = $1::uuid AND job_id = $2"

    @pytest.fixture
    async def connections(self, database_url: str, app: object) -> AsyncIterator[list[asyncpg.Connection]]:
        opened = [await asyncpg.connect(database_url) for _ in range(40)]
        for connection in opened:
            await connection.execute("SET lock_timeout = '20s'")
        yield opened
        for connection in opened:
            await connection.close()

    async def marks_of(self, user_id: str) -> int:
        return int(await db.fetch_value("SELECT count(*) FROM user_versions WHERE user_id = $1::uuid", user_id))

    async def test_a_thousand_saves_over_sixteen_connections(
        self, candidate: Candidate, connections: list[asyncpg.Connection]
    ) -> None:
        jobs = [await make_job() for _ in range(16)]

        async def work(connection: asyncpg.Connection, job: str) -> None:
            seen = await connection.fetchval(self.OWN, candidate.id)
            for turn in range(63):
                await connection.execute(self.FORGET if turn % 2 else self.SAVE, candidate.id, job)
                now = await connection.fetchval(self.OWN, candidate.id)
                assert now != seen
                seen = now

        await asyncio.gather(*(work(*pair) for pair in zip(connections[:16], jobs, strict=True)))
        assert await self.marks_of(candidate.id) <= 16

    async def test_transactions_that_stay_open_wait_for_nobody_and_leave_few(
        self, candidate: Candidate, connections: list[asyncpg.Connection]
    ) -> None:
        for number, connection in enumerate(connections):
            await connection.execute("BEGIN")
            await connection.execute("SET LOCAL lock_timeout = '2s'")
            await connection.execute(self.SAVE, candidate.id, await make_job(id=f"job_open_{number}"))
            await connection.execute("UPDATE jobs SET title = 'x' WHERE id = $1", f"job_open_{number}")
        seen = [(await db.fetch_value(self.OWN, candidate.id), await db.fetch_value(self.CONTENT))]
        for connection in connections:
            await connection.execute("COMMIT")
            now = (await db.fetch_value(self.OWN, candidate.id), await db.fetch_value(self.CONTENT))
            assert now[0] not in {own for own, _ in seen}
            assert now[1] not in {content for _, content in seen}
            seen.append(now)
        assert await self.marks_of(candidate.id) <= 16
        assert await db.fetch_value("SELECT count(*) FROM content_versions") <= 16

    async def test_forty_that_commit_at_once_leave_few(
        self, candidate: Candidate, connections: list[asyncpg.Connection]
    ) -> None:
        jobs = [await make_job() for _ in connections]
        for turn in range(5):
            for connection, job in zip(connections, jobs, strict=True):
                await connection.execute("BEGIN")
                await connection.execute(self.FORGET if turn % 2 else self.SAVE, candidate.id, job)
            before = await db.fetch_value(self.OWN, candidate.id)
            await asyncio.gather(*(connection.execute("COMMIT") for connection in connections))
            assert await db.fetch_value(self.OWN, candidate.id) != before
            assert 1 <= await self.marks_of(candidate.id) <= 16

    async def test_two_people_touched_in_either_order_block_nobody_for_good(
        self, settings: Settings, connections: list[asyncpg.Connection]
    ) -> None:
        """Also when each mark of both is taken: whoever commits asks for marks in one order."""
        people = [(await make_candidate(settings)).id for _ in range(2)]
        jobs = [await make_job() for _ in connections]
        before = await deadlocks(connections[0])
        for _ in range(5):
            for number, connection in enumerate(connections):
                first, second = people if number % 2 else reversed(people)
                await connection.execute("BEGIN")
                await connection.execute(self.SAVE, first, jobs[number])
                await connection.execute("UPDATE jobs SET title = 'x' WHERE id = $1", jobs[number])
                await connection.execute(self.SAVE, second, jobs[number])
                await connection.execute(self.FORGET, first, jobs[number])
                await connection.execute(self.FORGET, second, jobs[number])
            await asyncio.gather(*(connection.execute("COMMIT") for connection in connections))
        assert await deadlocks(connections[0]) == before
        assert max([await self.marks_of(person) for person in people]) <= 16

    async def test_a_commit_that_finds_sixteen_taken_waits_for_one_and_still_counts(
        self, candidate: Candidate, connections: list[asyncpg.Connection]
    ) -> None:
        await db.execute("DELETE FROM user_versions WHERE user_id = $1::uuid", candidate.id)
        await db.execute(
            "INSERT INTO user_versions (id, user_id, version)"
            " SELECT gen_random_uuid(), $1::uuid, n FROM generate_series(1, 16) n",
            candidate.id,
        )
        holder, writer = connections[:2]
        await holder.execute("BEGIN")
        await holder.execute("SELECT 1 FROM user_versions WHERE user_id = $1::uuid FOR UPDATE", candidate.id)
        before = await db.fetch_value(self.OWN, candidate.id)
        saving = asyncio.create_task(writer.execute(self.SAVE, candidate.id, await make_job()))
        _, waiting = await asyncio.wait({saving}, timeout=0.5)
        assert waiting
        await holder.execute("COMMIT")
        await saving
        assert await self.marks_of(candidate.id) == 16
        assert await db.fetch_value(self.OWN, candidate.id) != before

    async def test_a_transaction_of_many_statements_renews_one_mark(
        self, candidate: Candidate, connections: list[asyncpg.Connection]
    ) -> None:
        jobs = [await make_job() for _ in range(30)]
        async with in_transaction():
            for job in jobs:
                await db.execute(self.SAVE, candidate.id, job)
        assert await self.marks_of(candidate.id) == 1
        assert await db.fetch_value("SELECT count(*) FROM version_renewals") == 0

    async def test_a_savepoint_that_is_undone_renews_nothing(self, candidate: Candidate) -> None:
        job, other = await make_job(), await make_job()
        before = await db.fetch_value(self.OWN, candidate.id)
        async with in_transaction():
            with pytest.raises(ZeroDivisionError):
                async with in_transaction():
                    await db.execute(self.SAVE, candidate.id, job)
                    raise ZeroDivisionError
        assert await db.fetch_value(self.OWN, candidate.id) == before
        async with in_transaction():
            await db.execute(self.SAVE, candidate.id, job)
            with pytest.raises(ZeroDivisionError):
                async with in_transaction():
                    await db.execute(self.SAVE, candidate.id, other)
                    raise ZeroDivisionError
        assert await db.fetch_value(self.OWN, candidate.id) != before

    async def test_emptying_a_table_again_and_again_adds_no_mark(self, candidate: Candidate) -> None:
        seen = set()
        for _ in range(20):
            await db.execute("TRUNCATE user_saved_jobs")
            seen.add(await db.fetch_value(self.OWN, candidate.id))
        assert len(seen) == 20
        assert await self.marks_of(candidate.id) == 1


class TestVersions:
    async def versions(self) -> dict[str, int]:
        rows = await db.fetch_all("SELECT user_id::text, bit_xor(version) AS version FROM user_versions GROUP BY 1")
        return {row["user_id"]: row["version"] for row in rows}

    async def test_a_cascade_renews_whom_it_touches(self, world: World, settings: Settings) -> None:
        other = await make_candidate(settings)
        before, content = await self.versions(), await db.fetch_value("SELECT bit_xor(version) FROM content_versions")
        await db.execute("DELETE FROM jobs WHERE id = $1", DOOMED_JOB)
        after = await self.versions()
        assert after[world.candidate.id] != before[world.candidate.id]
        assert after[other.id] == before[other.id]
        assert await db.fetch_value("SELECT bit_xor(version) FROM content_versions") != content

    async def test_one_statement_about_many_people_renews_each(self, world: World, settings: Settings) -> None:
        people = [world.candidate, await make_candidate(settings), await make_candidate(settings)]
        before = await self.versions()
        await many_applications_are_copied(world)
        after = await self.versions()
        assert all(after[person.id] != before.get(person.id) for person in people)
        assert (
            await db.fetch_value("SELECT max(n) FROM (SELECT count(*) AS n FROM user_versions GROUP BY user_id) t") == 1
        )

    async def test_a_statement_that_touches_nothing_renews_nothing(self, world: World) -> None:
        before, content = await self.versions(), await db.fetch_value("SELECT bit_xor(version) FROM content_versions")
        await db.execute("UPDATE jobs SET title = 'x' WHERE id = 'unknown'")
        await db.execute("DELETE FROM user_saved_jobs WHERE job_id = 'unknown'")
        assert (await self.versions(), await db.fetch_value("SELECT bit_xor(version) FROM content_versions")) == (
            before,
            content,
        )

    async def test_the_versions_of_a_removed_person_go(self, world: World) -> None:
        assert world.candidate.id in await self.versions()
        await db.execute("DELETE FROM users WHERE id = $1", world.candidate.id)
        assert world.candidate.id not in await self.versions()

    async def test_the_search_path_of_the_writer_does_not_matter(self, world: World, database_url: str) -> None:
        """A restored dump writes with an empty one."""
        connection = await asyncpg.connect(database_url)
        try:
            await connection.execute("SET search_path = ''")
            before = await self.versions()
            await connection.execute("UPDATE public.kyc_sessions SET provider = 'x'")
            await connection.execute("UPDATE public.identity_documents SET metadata_json = '{}'")
            assert await self.versions() != before
        finally:
            await connection.close()

    async def test_the_session_check_reads_no_table_as_a_whole(self, world: World) -> None:
        """With as many rows as a busy installation has, it costs a handful of pages."""
        await db.execute(
            "INSERT INTO users (id, full_name, email, password_hash)"
            " SELECT gen_random_uuid(), 'N', n || '@example.com', '' FROM generate_series(1, 3000) n"
        )
        await db.execute("UPDATE users SET full_name = 'M' WHERE full_name = 'N'")
        await db.execute(
            "INSERT INTO user_roles (id, user_id, role_id) SELECT gen_random_uuid(), u.id, r.id FROM users u, roles r"
            " WHERE r.code = 'sdm' ON CONFLICT DO NOTHING"
        )
        await db.execute(
            "INSERT INTO jobs (id, title, employment_type, description, location_json, employer_json, scheduled_publish_at)"
            " SELECT 'many_' || n, 't', 'FULL_TIME', 'd', '{}', '{}', now() - n * interval '1 minute'"
            " FROM generate_series(1, 3000) n"
        )
        for table in ("users", "user_roles", "user_versions", "jobs"):
            await db.execute(f"ANALYZE {table}")
        family = await db.fetch_value("SELECT id FROM session_families WHERE user_id = $1", world.candidate.id)
        (plan,) = await db.fetch_value(
            f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {queries.PRINCIPAL_SQL[Basis.CONTENT]}",
            world.candidate.id,
            family,
        )
        reads = {(node.get("Relation Name"), node["Node Type"]) for node in nodes(plan["Plan"])}
        assert "users" in {table for table, _ in reads}
        assert not {(table, "Seq Scan") for table in ("users", "user_roles", "user_versions", "jobs")} & reads
