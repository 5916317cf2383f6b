"""Does the seed make exactly what it promises, once, and leave everything else alone?"""

import asyncio
from collections import Counter
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from sanic import Sanic

from service.auth.passwords import verify_password
from service.base.settings import Settings
from service.database import db
from service.tools.seed import MAIN_CANDIDATE_EMAIL, SEED_JOB_IDS, SEED_POST_IDS, SeedError, fill_database, seed
from service.tools.seed.content import CITIES, DEV_PEOPLE, JOBS, POSTS, STAGING_PEOPLE
from service.tools.seed.rows import fixed_id, user_id

App = Sanic[Any, Any]
DEV = {"SEED_CANDIDATE_PASSWORD": "a password for dev"}
STAGING = {"SEED_STAGING_PASSWORD": "a long password for staging"}

# Fixed by the wire contract: id, type, visa, label, latitude, longitude, employer, verified, published.
CONTRACT_JOBS = [
    (
        "job_tokyo_senior_welder_001",
        "FULL_TIME",
        True,
        "Tokyo, JP",
        35.6762,
        139.6503,
        "emp_tokyo_construction",
        True,
        "2026-01-01",
    ),
    (
        "job_osaka_cnc_operator_002",
        "CONTRACT",
        True,
        "Osaka, JP",
        34.6937,
        135.5023,
        "emp_kansai_precision",
        True,
        "2026-01-02",
    ),
    (
        "job_nagoya_warehouse_staff_003",
        "FULL_TIME",
        False,
        "Nagoya, JP",
        35.1815,
        136.9066,
        "emp_chubu_logistics",
        False,
        "2026-01-03",
    ),
    (
        "job_fukuoka_eldercare_assistant_004",
        "PART_TIME",
        True,
        "Fukuoka, JP",
        33.5902,
        130.4017,
        "emp_hakata_care",
        True,
        "2026-01-04",
    ),
]
CONTRACT_POSTS = [
    ("post_jp_work_culture_001", "CAREER", "2026-02-10"),
    ("post_visa_update_002", "VISA", "2026-02-14"),
    ("post_interview_tips_003", "INTERVIEW", "2026-02-18"),
    ("post_life_in_tokyo_004", "LIFESTYLE", "2026-02-22"),
]
TABLES = (
    "users",
    "user_roles",
    "jobs",
    "feed_posts",
    "user_saved_jobs",
    "user_saved_posts",
    "job_applications",
    "job_application_journey_events",
    "job_application_documents",
    "kyc_sessions",
    "identity_documents",
    "kyc_status_events",
    "organizations",
    "organization_verifications",
)


async def everything() -> dict[str, str]:
    """Each table as one text, to compare two moments."""
    return {
        table: str(await db.fetch_value(f"SELECT jsonb_agg(to_jsonb(t) ORDER BY t.id::text) FROM {table} t"))
        for table in TABLES
    }


def production(settings: Settings, environment: str) -> Settings:
    return settings.model_copy(update={"environment": environment})


class TestJobs:
    def test_forty_across_japan(self) -> None:
        assert len(JOBS) == len(SEED_JOB_IDS) == 40
        assert {job.city for job in JOBS} == set(CITIES)
        assert len(CITIES) == 40

    def test_the_four_of_the_contract_come_first(self) -> None:
        found = [
            (
                job.id,
                job.employment_type,
                job.visa_sponsorship,
                f"{job.city}, JP",
                *CITIES[job.city],
                job.employer.id,
                job.employer.is_verified,
                job.published_at.date().isoformat(),
            )
            for job in JOBS[:4]
        ]
        assert found == CONTRACT_JOBS
        assert all(len(job.requirements) == 3 and job.published_at.hour == 9 for job in JOBS[:4])
        assert [job.id for job in JOBS if job.title == "Senior Welder"] == ["job_tokyo_senior_welder_001"]

    def test_texts_have_the_length_of_a_real_advertisement(self) -> None:
        assert all(60 <= len(job.description.split()) <= 200 for job in JOBS)
        assert all(2 <= len(job.title) <= 160 and 1 <= len(job.requirements) <= 20 for job in JOBS)

    def test_kinds_are_mixed(self) -> None:
        kinds = Counter(job.employment_type for job in JOBS)
        assert set(kinds) == {"FULL_TIME", "PART_TIME", "CONTRACT"}
        assert min(kinds.values()) >= 5
        assert 5 <= sum(not job.visa_sponsorship for job in JOBS) <= 20

    def test_order_has_no_ties(self) -> None:
        moments = [job.published_at for job in JOBS]
        assert moments == sorted(set(moments))
        assert moments[-1] < datetime(2026, 3, 1, tzinfo=UTC)

    @pytest.mark.parametrize("city", sorted(CITIES))
    def test_coordinates_are_in_japan(self, city: str) -> None:
        latitude, longitude = CITIES[city]
        assert 24 < latitude < 46
        assert 123 < longitude < 146


class TestPosts:
    def test_twenty(self) -> None:
        assert len(POSTS) == len(SEED_POST_IDS) == 20
        assert len({post.published_at for post in POSTS}) == 20
        assert {post.category for post in POSTS} >= {"CAREER", "VISA", "INTERVIEW", "LIFESTYLE"}
        assert all(len(post.title) <= 180 and len(post.excerpt) <= 600 for post in POSTS)

    def test_the_four_of_the_contract(self) -> None:
        found = [(post.id, post.category, post.published_at.date().isoformat()) for post in POSTS[:4]]
        assert found == CONTRACT_POSTS


class TestPeople:
    def test_every_stage_is_there(self) -> None:
        assert {job.status for person in DEV_PEOPLE for job in person.applications} == {
            "SUBMITTED",
            "IN_REVIEW",
            "INTERVIEW",
            "OFFERED",
            "HIRED",
            "REJECTED",
        }
        assert {person.verification.status for person in DEV_PEOPLE if person.verification} == {
            "CREATED",
            "SUBMITTED",
            "MANUAL_REVIEW",
            "VERIFIED",
            "REJECTED",
        }
        assert any(not person.is_email_verified for person in DEV_PEOPLE)
        assert any(person.verification.final_request_note is not None for person in DEV_PEOPLE if person.verification)
        assert [person.email for person in STAGING_PEOPLE] == [
            f"ios-{stage}@example.com" for stage in ("fresh", "applied", "verified", "offer")
        ]

    def test_addresses_are_plainly_fictional(self) -> None:
        emails = [person.email for person in (*DEV_PEOPLE, *STAGING_PEOPLE)]
        assert len(set(emails)) == len(emails)
        assert all(email.endswith("@example.com") for email in emails)

    def test_no_staging_account_waits_for_staff(self) -> None:
        waiting = {"SUBMITTED", "MANUAL_REVIEW"}
        assert not any(person.verification and person.verification.status in waiting for person in STAGING_PEOPLE)
        assert {person.roles for person in STAGING_PEOPLE} == {("sdm",)}

    def test_ids_look_like_those_of_the_server(self) -> None:
        assert fixed_id("x").version == 4
        assert user_id(MAIN_CANDIDATE_EMAIL) == user_id(MAIN_CANDIDATE_EMAIL)


class TestFillDatabase:
    async def test_dev_gets_content_and_accounts(self, app: App, settings: Settings) -> None:
        report = await fill_database(settings, environ=DEV)
        assert report.created_rows["jobs"] == 40
        assert report.created_rows["feed_posts"] == 20
        assert report.created_accounts == [person.email for person in DEV_PEOPLE]
        hidden = await db.fetch_value(
            "SELECT (SELECT count(*) FROM jobs WHERE lifecycle_status <> 'PUBLISHED' OR published_at IS NULL)"
            " + (SELECT count(*) FROM feed_posts WHERE lifecycle_status <> 'PUBLISHED' OR published_at IS NULL)"
        )
        assert hidden == 0
        job = await db.fetch_row("SELECT * FROM jobs ORDER BY created_at, id LIMIT 1")
        assert job is not None
        assert (job["title"], job["employer_json"]["logoUrl"]) == ("Senior Welder", None)
        assert job["location_json"]["displayLabel"] == "Tokyo, JP"

    async def test_second_run_changes_nothing(self, app: App, settings: Settings) -> None:
        await fill_database(settings, environ=DEV)
        before = await everything()
        report = await fill_database(settings, environ=DEV)
        assert (report.created, report.created_accounts) == (0, [])
        assert str(report) == "seed: 0 rows created"
        assert await everything() == before

    async def test_what_people_did_stays(self, app: App, settings: Settings) -> None:
        await fill_database(settings, environ=DEV)
        await db.execute("UPDATE jobs SET title = 'Changed' WHERE id = 'job_tokyo_senior_welder_001'")
        await db.execute("DELETE FROM user_saved_jobs")
        await db.execute("DELETE FROM feed_posts WHERE id = 'post_visa_update_002'")
        report = await fill_database(settings, environ=DEV)
        assert +report.created_rows == {"feed_posts": 1}
        title = await db.fetch_value("SELECT title FROM jobs WHERE id = 'job_tokyo_senior_welder_001'")
        assert title == "Changed"

    async def test_an_address_that_is_taken_is_left_alone(self, app: App, settings: Settings) -> None:
        owner = uuid4()
        await db.execute(
            "INSERT INTO users (id, full_name, email, password_hash) VALUES ($1, 'Somebody', $2, 'x')",
            owner,
            MAIN_CANDIDATE_EMAIL,
        )
        report = await fill_database(settings, environ=DEV)
        assert MAIN_CANDIDATE_EMAIL not in report.created_accounts
        assert len(report.created_accounts) == len(DEV_PEOPLE) - 1
        assert await db.fetch_value("SELECT count(*) FROM job_applications WHERE user_id = $1", owner) == 0

    async def test_two_runs_at_once(self, app: App, settings: Settings) -> None:
        reports = await asyncio.gather(*(fill_database(settings, environ=DEV) for _ in range(3)))
        assert sum(report.created_rows["jobs"] for report in reports) == 40
        created = [email for report in reports for email in report.created_accounts]
        assert sorted(created) == sorted(person.email for person in DEV_PEOPLE)

    async def test_the_password_works_and_is_kept_as_argon2(self, app: App, settings: Settings) -> None:
        await fill_database(settings, environ=DEV)
        record = await db.fetch_value("SELECT password_hash FROM users WHERE email = $1", MAIN_CANDIDATE_EMAIL)
        assert record.startswith("$argon2id$")
        assert await verify_password(DEV["SEED_CANDIDATE_PASSWORD"], record) == (True, False)

    async def test_stories_are_consistent(self, app: App, settings: Settings) -> None:
        await fill_database(settings, environ=DEV)
        applications = await db.fetch_all(
            "SELECT a.status, a.created_at, a.updated_at, array_agg(e.status ORDER BY e.created_at) AS path,"
            " min(e.created_at) AS first, max(e.created_at) AS last"
            " FROM job_applications a JOIN job_application_journey_events e ON e.application_id = a.id GROUP BY a.id"
        )
        assert applications
        for row in applications:
            assert (row["path"][0], row["path"][-1]) == ("SUBMITTED", row["status"])
            assert (row["first"], row["last"]) == (row["created_at"], row["updated_at"])
        sessions = await db.fetch_all(
            "SELECT s.*, array_agg(e.to_status ORDER BY e.created_at) AS path,"
            " (SELECT count(*) FROM identity_documents d WHERE d.kyc_session_id = s.id) AS documents"
            " FROM kyc_sessions s JOIN kyc_status_events e ON e.kyc_session_id = s.id GROUP BY s.id"
        )
        assert {row["status"] for row in sessions} == {
            "CREATED",
            "SUBMITTED",
            "MANUAL_REVIEW",
            "VERIFIED",
            "REJECTED",
        }
        for row in sessions:
            assert (row["path"][0], row["path"][-1]) == ("CREATED", row["status"])
            assert (row["submitted_at"] is None) == (row["status"] == "CREATED")
            assert (row["reviewed_at"] is None) == (row["status"] in {"CREATED", "SUBMITTED"})
            assert row["documents"] >= 1
            assert row["updated_at"] <= datetime.now(UTC)
        verifications = await db.fetch_all("SELECT status FROM organization_verifications")
        assert [row["status"] for row in verifications] == ["PENDING"]
        keys = await db.fetch_all("SELECT metadata_json->>'objectKey' AS key, file_url FROM identity_documents")
        assert all(row["file_url"] == f"s3://{settings.object_storage_bucket}/{row['key']}" for row in keys)

    async def test_every_account_has_a_role_and_two_are_staff(self, app: App, settings: Settings) -> None:
        await fill_database(settings, environ=DEV)
        rows = await db.fetch_all(
            "SELECT u.email, array_agg(r.code) AS codes FROM users u JOIN user_roles ur ON ur.user_id = u.id"
            " JOIN roles r ON r.id = ur.role_id GROUP BY u.email"
        )
        assert len(rows) == len(DEV_PEOPLE)
        staff = {row["email"] for row in rows if "super_admin" in row["codes"]}
        assert staff == {"admin@example.com", "reviewer@example.com"}

    async def test_a_lesser_staff_role_is_the_reviewers(self, app: App, settings: Settings) -> None:
        named = settings.model_copy(update={"admin_role_codes": "super_admin, tsk"})
        await fill_database(named, environ=DEV)
        codes = await db.fetch_value(
            "SELECT array_agg(r.code) FROM users u JOIN user_roles ur ON ur.user_id = u.id"
            " JOIN roles r ON r.id = ur.role_id WHERE u.email = 'reviewer@example.com'"
        )
        assert codes == ["tsk"]

    @pytest.mark.parametrize("environment", ["staging", "production"])
    async def test_outside_dev_there_is_only_content(self, app: App, settings: Settings, environment: str) -> None:
        report = await fill_database(production(settings, environment), environ={**DEV, **STAGING})
        assert +report.created_rows == {"jobs": 40, "feed_posts": 20}
        assert await db.fetch_value("SELECT count(*) FROM users") == 0

    async def test_staging_accounts(self, app: App, settings: Settings) -> None:
        report = await fill_database(production(settings, "staging"), staging=True, environ=STAGING)
        assert report.created_accounts == [person.email for person in STAGING_PEOPLE]
        offered = await db.fetch_value(
            "SELECT u.email FROM job_applications a JOIN users u ON u.id = a.user_id WHERE a.status = 'OFFERED'"
        )
        assert offered == "ios-offer@example.com"

    @pytest.mark.parametrize("environ", [{}, {"SEED_STAGING_PASSWORD": "short"}])
    async def test_staging_without_a_good_password_writes_nothing(
        self, app: App, settings: Settings, environ: dict[str, str]
    ) -> None:
        with pytest.raises(SeedError, match="SEED_STAGING_PASSWORD"):
            await fill_database(production(settings, "staging"), staging=True, environ=environ)
        assert await db.fetch_value("SELECT count(*) FROM jobs") == 0

    async def test_no_staging_accounts_in_production(self, app: App, settings: Settings) -> None:
        with pytest.raises(SeedError, match="production"):
            await fill_database(production(settings, "production"), staging=True, environ=STAGING)

    async def test_a_short_dev_password_is_refused(self, app: App, settings: Settings) -> None:
        with pytest.raises(SeedError, match="SEED_CANDIDATE_PASSWORD"):
            await fill_database(settings, environ={"SEED_CANDIDATE_PASSWORD": "short"})


class TestSeed:
    async def test_opens_its_own_connection(self, app: App, settings: Settings) -> None:
        assert (await seed(settings, environ=DEV)).created_rows["jobs"] == 40
        assert await db.fetch_value("SELECT count(*) FROM jobs") == 40
