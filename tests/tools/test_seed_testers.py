"""Do testers' accounts come back to their first state, whatever was done with them, and never in production?"""

import asyncio
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from sanic import Sanic

from service.audit.proof import verify
from service.base.settings import Settings
from service.database import db
from service.evidence.domain import derived_key
from service.tools.seed import SeedError, SeedReport, fill_database
from service.tools.seed.content import STAGING_PEOPLE
from service.tools.seed.rows import fixed_id, user_id
from tests.conftest import TEST_ENVIRONMENT
from tests.factories import make_application_document, make_candidate, make_kyc_document

App = Sanic[Any, Any]
PASSWORD = "a long password for staging"
STAGING = {"SEED_STAGING_PASSWORD": PASSWORD}
FRESH, APPLIED, VERIFIED, OFFER = (person.email for person in STAGING_PEOPLE)
# Every table with something of a person, and what is the same after each reset: not times and not hashes.
OWNED = {
    "users": "SELECT id, full_name, email, email_verified_at IS NULL FROM users",
    "user_roles": "SELECT user_id, code FROM user_roles JOIN roles ON roles.id = role_id",
    "sessions": "SELECT id FROM sessions",
    "session_families": "SELECT id FROM session_families",
    "user_saved_jobs": "SELECT user_id, job_id FROM user_saved_jobs",
    "user_saved_posts": "SELECT user_id, post_id FROM user_saved_posts",
    "job_applications": "SELECT id, user_id, job_id, status, note FROM job_applications",
    "job_application_journey_events": "SELECT id, application_id, status FROM job_application_journey_events",
    "job_application_documents": "SELECT id, application_id FROM job_application_documents",
    "kyc_sessions": "SELECT id, user_id, status, provider_metadata_json, version FROM kyc_sessions",
    "identity_documents": "SELECT id, kyc_session_id, byte_state FROM identity_documents",
    "kyc_status_events": "SELECT id, kyc_session_id, to_status FROM kyc_status_events",
    "organizations": "SELECT id FROM organizations",
}


async def state() -> dict[str, list[str]]:
    return {table: sorted(str(tuple(row)) for row in await db.fetch_all(sql)) for table, sql in OWNED.items()}


@pytest.fixture
def staging(settings: Settings) -> Settings:
    return settings.model_copy(update={"environment": "staging"})


async def fill(staging: Settings, **options: Any) -> SeedReport:
    return await fill_database(staging, staging=True, environ=STAGING, **options)


async def sign_in(api: httpx.AsyncClient, email: str) -> dict[str, Any]:
    answer = await api.post("/auth/login", json={"email": email, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def use_up(api: httpx.AsyncClient, app: App) -> tuple[dict[str, Any], list[str]]:
    """Do with the accounts what testers do; returns one sign-in and the keys of the files that were left."""
    signed_in = await sign_in(api, OFFER)
    headers = {"Authorization": f"Bearer {signed_in['accessToken']}"}
    application = fixed_id(f"application/{user_id(OFFER)}/job_sendai_hotel_front_desk_009")
    answer = await api.post(f"/users/me/applications/{application}/offer/accept", headers=headers)
    assert answer.status_code == 200, answer.text
    for method, path in (
        ("POST", "/jobs/job_tokyo_senior_welder_001/applications"),
        ("POST", "/identity/kyc/sessions"),
    ):
        assert (await api.request(method, path, headers=headers, json={})).status_code in {200, 201}
    organization = {"name": "Contoh Maju", "orgType": "LPK", "countryCode": "ID"}
    assert (await api.post("/organizations", headers=headers, json=organization)).status_code == 201
    session = fixed_id(f"kyc-session/{user_id(OFFER)}")
    registered = f"kyc/{user_id(OFFER)}/{session}/registered.jpg"
    document = await make_kyc_document(
        str(user_id(OFFER)), str(session), metadata_json=json.dumps({"objectKey": registered})
    )
    await make_application_document(str(user_id(OFFER)), str(application))
    keys = [registered, f"applications/{user_id(OFFER)}/never-registered.pdf", derived_key(document)]
    for key in keys:
        await app.ctx.storage.write(key, b"bytes", content_type="image/jpeg")
    await db.execute("UPDATE users SET email = 'changed@example.com', full_name = 'X' WHERE id = $1", user_id(FRESH))
    await db.execute("DELETE FROM user_roles WHERE user_id = $1", user_id(APPLIED))
    return signed_in, keys


class TestReset:
    async def test_everything_is_as_on_the_first_day(
        self, app: App, api: httpx.AsyncClient, settings: Settings, staging: Settings
    ) -> None:
        await fill(staging)
        first = await state()
        other = await make_candidate(settings)
        with_other = await state()
        signed_in, keys = await use_up(api, app)
        kept = "kyc/somebody-else/kept.jpg"
        await app.ctx.storage.write(kept, b"bytes", content_type="image/jpeg")
        assert await state() != with_other

        report = await fill(staging, reset=True)
        assert report.reset_accounts == [FRESH, APPLIED, VERIFIED, OFFER]
        assert report.created == 0
        assert str(report) == "seed: 0 rows created; 4 accounts put back, 3 of their files removed"
        assert await state() == with_other
        assert [await app.ctx.storage.size_of(key) for key in keys] == [None] * 3
        assert await app.ctx.storage.size_of(kept) == 5

        # Their sign-ins have ended, other people's have not.
        answer = await api.post("/auth/refresh", json={"refreshToken": signed_in["refreshToken"]})
        assert answer.status_code == 401
        headers = {"Authorization": f"Bearer {signed_in['accessToken']}"}
        assert (await api.get("/auth/me", headers=headers)).status_code == 401
        assert (await api.get("/auth/me", headers=other.headers)).status_code == 200
        await db.execute("DELETE FROM users WHERE id = $1", other.id)
        assert await state() == first
        await sign_in(api, FRESH)

    async def test_a_second_reset_changes_nothing(self, app: App, staging: Settings) -> None:
        await fill(staging, testers=1)
        before = await state()
        for _ in range(2):
            assert len((await fill(staging, reset=True)).reset_accounts) == 8
            assert await state() == before

    async def test_the_audit_chain_still_holds_and_says_so(
        self, app: App, api: httpx.AsyncClient, settings: Settings, staging: Settings
    ) -> None:
        await fill(staging)
        await use_up(api, app)
        rows = await db.fetch_value("SELECT count(*) FROM audit_events")
        assert rows > 0
        await fill(staging, reset=True)
        verdict = await verify(settings.audit_key_ring)
        assert (verdict.broken_at, verdict.head.count + verdict.unsealed) == (None, rows + 4)
        subjects = await db.fetch_all("SELECT subject_id FROM audit_events WHERE action = 'seed.account_reset'")
        assert {row["subject_id"] for row in subjects} == {str(user_id(person.email)) for person in STAGING_PEOPLE}

    async def test_many_resets_at_once_while_an_account_is_used(
        self, app: App, api: httpx.AsyncClient, staging: Settings
    ) -> None:
        await fill(staging)
        before = await state()

        async def use() -> None:
            for _ in range(4):
                answer = await api.post("/auth/login", json={"email": OFFER, "password": PASSWORD})
                token = answer.json().get("accessToken", "")
                await api.post(
                    "/jobs/job_tokyo_senior_welder_001/applications",
                    headers={"Authorization": f"Bearer {token}"},
                    json={},
                )

        await asyncio.gather(*(fill(staging, reset=True) for _ in range(4)), use(), use())
        await fill(staging, reset=True)
        assert await state() == before

    async def test_an_address_that_somebody_else_took_leaves_the_account_as_it_was(
        self, app: App, settings: Settings, staging: Settings
    ) -> None:
        await fill(staging)
        await db.execute("UPDATE users SET email = 'changed@example.com' WHERE id = $1", user_id(OFFER))
        await make_candidate(settings, email=OFFER)
        before = await db.fetch_all("SELECT id FROM job_applications ORDER BY id")
        with pytest.raises(SeedError, match=f"{OFFER} is another account's address by now"):
            await fill(staging, reset=True)
        assert await db.fetch_all("SELECT id FROM job_applications ORDER BY id") == before

    async def test_files_that_cannot_be_removed_are_said_and_hold_nothing_up(
        self, app: App, staging: Settings, unused_tcp_port: int
    ) -> None:
        await fill(staging)
        away = staging.model_copy(update={"object_storage_endpoint": f"http://127.0.0.1:{unused_tcp_port}"})
        report = await fill(away, reset=True)
        assert len(report.reset_accounts) == 4
        assert str(report).endswith("; files stay in the object store: it does not answer")

    async def test_accounts_that_are_not_there_yet_are_made(self, app: App, staging: Settings) -> None:
        report = await fill(staging, reset=True)
        assert (len(report.created_accounts), report.reset_accounts) == (4, [])


class TestTesters:
    async def test_each_has_a_set_of_their_own(self, app: App, api: httpx.AsyncClient, staging: Settings) -> None:
        report = await fill(staging, testers=2)
        assert report.created_accounts == [
            *(person.email for person in STAGING_PEOPLE),
            *(person.email.replace("@", f"-{number}@") for number in (1, 2) for person in STAGING_PEOPLE),
        ]
        headers = {"Authorization": f"Bearer {(await sign_in(api, 'ios-offer-2@example.com'))['accessToken']}"}
        answer = await api.get("/users/me/applications", headers=headers)
        assert [item["status"] for item in answer.json()["items"]] == ["OFFERED"]
        assert (await fill(staging, testers=3)).created_accounts == [
            person.email.replace("@", "-3@") for person in STAGING_PEOPLE
        ]

    @pytest.mark.parametrize("testers", [-1, 0, 51])
    async def test_the_number_has_a_bound(self, app: App, staging: Settings, testers: int) -> None:
        with pytest.raises(SeedError, match="from 1 to 50"):
            await fill(staging, testers=testers)
        assert await db.fetch_value("SELECT count(*) FROM users") == 0


class TestCommand:
    @pytest.mark.parametrize("options", [("--reset",), ("--testers", "2")])
    @pytest.mark.parametrize(
        ("environment", "sentence"),
        [
            ({"ENVIRONMENT": "production"}, r"seed --(reset|testers) is refused with ENVIRONMENT=production: .*"),
            ({"NODE_ENV": "production"}, r"seed --(reset|testers) is refused with ENVIRONMENT=production: .*"),
            (
                {"ENVIRONMENT": "staging", "NODE_ENV": "production"},
                r"seed --(reset|testers) is refused with NODE_ENV=production: .*",
            ),
            ({}, "ENVIRONMENT is not set: dev, staging or production"),
        ],
    )
    def test_refused_in_production_and_without_an_environment(
        self, options: tuple[str, ...], environment: dict[str, str], sentence: str
    ) -> None:
        secret = "Zq8rT1vLk3Xw9mNb5Hc7Jd2Fg4Ks6Py0aUeRi"
        variables = {
            **{name: value for name, value in TEST_ENVIRONMENT.items() if name != "ENVIRONMENT"},
            "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
            "AUTH_TOKEN_KEYS": f"k:{secret}",
            "AUTH_TOKEN_SECRET": "",
            "AUDIT_KEYS": f"a:{secret[::-1]}",
            "TRUSTED_PROXIES": "none",
            "OBJECT_STORAGE_PUBLIC_ENDPOINT": "https://objects.jembatan.invalid",
            "ADMIN_API_KEY": "",
            "KYC_PROVIDER_WEBHOOK_SECRET": secret.swapcase(),
            "OBJECT_STORAGE_ACCESS_KEY_ID": "k",
            "OBJECT_STORAGE_SECRET_ACCESS_KEY": "s",
            "SMTP_URL": "smtp://mail.invalid",
            "AUTH_EMAIL_FROM": "a@example.com",
            **STAGING,
            **environment,
        }
        done = subprocess.run(
            [sys.executable, "-m", "service", "seed", "--staging", *options],
            cwd=Path(__file__).parents[2],
            env=variables,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 1
        assert re.fullmatch(sentence, done.stderr.strip()), done.stderr

    async def test_only_with_staging(self, app: App, staging: Settings) -> None:
        for options in ({"reset": True}, {"testers": 2}):
            with pytest.raises(SeedError, match="goes with --staging"):
                await fill_database(staging, environ=STAGING, **options)  # type: ignore[arg-type]  # a table of options
