"""Is guessing slow for whoever guesses, and for nobody else?"""

from __future__ import annotations

import asyncio
import os
import sys
from collections import Counter
from typing import Any

import httpx
import pytest
from prometheus_client import REGISTRY
from sanic import Sanic

from service.auth import accounts, guesses
from service.base.settings import Settings
from service.database import db
from tests.answers import outcome
from tests.auth.conftest import Change
from tests.conftest import TEST_ENVIRONMENT
from tests.factories import PASSWORD, Candidate, make_candidate

KEY = TEST_ENVIRONMENT["ADMIN_API_KEY"]
STAFF = "/admin/overview/summary"
SOMEBODY, SOMEBODY_ELSE = "8.8.8.8", "1.1.1.1"
GOOD, WRONG, LIMITED = (200, ""), (401, "invalid_credentials"), (429, "rate_limited")


@pytest.fixture
def proxied(change: Change) -> Settings:
    """The tests' own client as a proxy: who calls is what X-Forwarded-For says."""
    return change(trusted_proxies="127.0.0.0/8")


async def sign_in(
    api: httpx.AsyncClient, email: str, password: str = "wrong", client: str | None = None
) -> httpx.Response:
    headers = {"X-Forwarded-For": client} if client else {}
    return await api.post("/auth/login", json={"email": email, "password": password}, headers=headers)


async def fail(settings: Settings, email: str, client: str | None = None, times: int = 1) -> None:
    for _ in range(times):
        await guesses.add_failure(guesses.of_sign_in(email, client, settings))


async def ask(api: httpx.AsyncClient, key: str, client: str | None = None) -> tuple[int, str]:
    headers = {"X-Forwarded-For": client} if client else {}
    answer = await api.get(STAFF, headers=headers | {"x-admin-api-key": key})
    return outcome(answer) if answer.is_error else GOOD


def limited_sign_ins() -> float:
    return REGISTRY.get_sample_value("auth_logins_total", {"outcome": "limited"}) or 0


class TestOneAccount:
    @pytest.mark.parametrize("known", [True, False])
    async def test_the_eleventh_try_waits_even_with_the_right_password(
        self, api: httpx.AsyncClient, proxied: Settings, candidate: Candidate, known: bool
    ) -> None:
        email = candidate.email if known else "nobody@example.com"
        before = limited_sign_ins()
        for _ in range(10):
            assert outcome(await sign_in(api, email, client=SOMEBODY)) == WRONG
        answer = await sign_in(api, f" {email.upper()}", PASSWORD, SOMEBODY)
        assert outcome(answer) == LIMITED
        assert 880 <= int(answer.headers["retry-after"]) <= 900
        assert answer.json()["error"]["message"] == "Too many requests. Please try again in fifteen minutes."
        assert limited_sign_ins() == before + 1

    async def test_of_unknown_clients_it_is_the_hundred_and_first(
        self, api: httpx.AsyncClient, settings: Settings, candidate: Candidate
    ) -> None:
        await fail(settings, candidate.email, times=99)
        assert outcome(await sign_in(api, candidate.email)) == WRONG
        assert outcome(await sign_in(api, candidate.email, PASSWORD)) == LIMITED

    async def test_other_accounts_and_other_clients_go_on(
        self, api: httpx.AsyncClient, proxied: Settings, candidate: Candidate
    ) -> None:
        other = await make_candidate(proxied)
        await fail(proxied, candidate.email, SOMEBODY, times=10)
        assert outcome(await sign_in(api, candidate.email, PASSWORD, SOMEBODY)) == LIMITED
        assert outcome(await sign_in(api, other.email, PASSWORD, SOMEBODY)) == GOOD
        assert outcome(await sign_in(api, candidate.email, PASSWORD, SOMEBODY_ELSE)) == GOOD
        assert outcome(await sign_in(api, candidate.email, PASSWORD)) == GOOD

    async def test_a_header_of_who_is_no_proxy_is_not_read(
        self, app: Sanic[Any, Any], settings: Settings, candidate: Candidate
    ) -> None:
        await fail(settings, candidate.email, SOMEBODY, times=10)
        transport = httpx.ASGITransport(app=app, client=(SOMEBODY, 50000))
        async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as direct:
            answer = await sign_in(direct, candidate.email, PASSWORD, SOMEBODY_ELSE)
        assert outcome(answer) == LIMITED

    async def test_what_stands_before_the_proxys_own_entry_is_not_believed(
        self, api: httpx.AsyncClient, proxied: Settings, candidate: Candidate
    ) -> None:
        await fail(proxied, candidate.email, SOMEBODY, times=10)
        answer = await sign_in(api, candidate.email, PASSWORD, f"{SOMEBODY_ELSE}, {SOMEBODY}")
        assert outcome(answer) == LIMITED

    async def test_a_right_password_clears_the_count(
        self, api: httpx.AsyncClient, settings: Settings, candidate: Candidate
    ) -> None:
        await fail(settings, candidate.email, times=99)
        assert outcome(await sign_in(api, candidate.email, PASSWORD)) == GOOD
        assert await db.fetch_value("SELECT count(*) FROM failed_guesses") == 0
        assert outcome(await sign_in(api, candidate.email)) == WRONG
        assert outcome(await sign_in(api, candidate.email, PASSWORD)) == GOOD

    async def test_the_end_of_the_window_frees_and_the_next_failure_is_a_first(
        self, api: httpx.AsyncClient, settings: Settings, candidate: Candidate
    ) -> None:
        await fail(settings, candidate.email, times=100)
        await db.execute("UPDATE failed_guesses SET started_at = started_at - interval '899 seconds'")
        answer = await sign_in(api, candidate.email, PASSWORD)
        assert (outcome(answer), answer.headers["retry-after"]) == (LIMITED, "1")
        assert "wait a moment" in answer.json()["error"]["message"]
        await db.execute("UPDATE failed_guesses SET started_at = started_at - interval '1 second'")
        assert outcome(await sign_in(api, candidate.email)) == WRONG
        rows = await db.fetch_all(
            "SELECT failures, started_at > now() - interval '9 seconds' AS new FROM failed_guesses"
        )
        assert [tuple(row) for row in rows] == [(1, True)]

    async def test_failures_at_once_are_all_counted(
        self, api: httpx.AsyncClient, proxied: Settings, candidate: Candidate
    ) -> None:
        answers = await asyncio.gather(*(sign_in(api, candidate.email, client=SOMEBODY) for _ in range(20)))
        refused = Counter(outcome(answer) for answer in answers)[WRONG]
        assert refused >= 10
        assert await db.fetch_value("SELECT min(failures) FROM failed_guesses") == refused
        assert outcome(await sign_in(api, candidate.email, PASSWORD, SOMEBODY)) == LIMITED

    async def test_right_and_wrong_passwords_at_once_hold_nobody_up(
        self, api: httpx.AsyncClient, proxied: Settings, candidate: Candidate
    ) -> None:
        passwords = [PASSWORD, "wrong"] * 8
        answers = await asyncio.gather(*(sign_in(api, candidate.email, sent, SOMEBODY) for sent in passwords))
        assert {outcome(answer) for answer in answers} <= {GOOD, WRONG, LIMITED}
        families = await db.fetch_value("SELECT count(*) FROM session_families")
        assert families == 1 + Counter(outcome(answer) for answer in answers)[GOOD]
        signed_in = await db.fetch_value("SELECT count(*) FROM audit_events WHERE action = 'auth.signed_in'")
        assert signed_in == families - 1

    async def test_a_sign_in_that_is_undone_clears_nothing(
        self, api: httpx.AsyncClient, settings: Settings, candidate: Candidate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await fail(settings, candidate.email, times=9)

        async def away(*_: Any, **__: Any) -> None:
            raise db.DatabaseUnavailable("away")

        monkeypatch.setattr(accounts, "audit", away)
        assert outcome(await sign_in(api, candidate.email, PASSWORD)) == (503, "database_unavailable")
        assert await db.fetch_value("SELECT failures FROM failed_guesses") == 9
        assert await db.fetch_value("SELECT count(*) FROM session_families") == 1

    async def test_twenty_writers_at_once_lose_nothing(self, app: Sanic[Any, Any], settings: Settings) -> None:
        await asyncio.gather(*(fail(settings, f"{number % 4}@example.com", SOMEBODY) for number in range(20)))
        rows = await db.fetch_all("SELECT failures FROM failed_guesses ORDER BY failures")
        assert [row["failures"] for row in rows] == [5, 5, 5, 5, 20]

    async def test_no_row_says_who(self, api: httpx.AsyncClient, proxied: Settings) -> None:
        await sign_in(api, "nobody@example.com", client=SOMEBODY)
        rows = await db.fetch_all("SELECT id FROM failed_guesses")
        assert [len(row["id"]) for row in rows] == [64, 64]


class TestOneClient:
    async def test_a_hundred_failures_over_all_accounts(
        self, api: httpx.AsyncClient, proxied: Settings, candidate: Candidate
    ) -> None:
        for number in range(99):
            await fail(proxied, f"{number}@example.com", SOMEBODY)
        assert outcome(await sign_in(api, candidate.email, PASSWORD, SOMEBODY)) == GOOD
        assert outcome(await sign_in(api, candidate.email, client=SOMEBODY)) == WRONG
        assert outcome(await sign_in(api, candidate.email, PASSWORD, SOMEBODY)) == LIMITED
        assert outcome(await sign_in(api, candidate.email, PASSWORD, SOMEBODY_ELSE)) == GOOD

    async def test_unknown_clients_have_no_such_limit(
        self, api: httpx.AsyncClient, settings: Settings, candidate: Candidate
    ) -> None:
        for number in range(101):
            await fail(settings, f"{number}@example.com")
        assert outcome(await sign_in(api, candidate.email, PASSWORD)) == GOOD


class TestStaffKey:
    async def test_twenty_wrong_keys_of_a_known_client(self, api: httpx.AsyncClient, proxied: Settings) -> None:
        for _ in range(20):
            assert await ask(api, "wrong", SOMEBODY) == (403, "invalid_admin_api_key")
        answer = await api.get(STAFF, headers={"x-admin-api-key": KEY, "X-Forwarded-For": SOMEBODY})
        assert outcome(answer) == LIMITED
        assert 880 <= int(answer.headers["retry-after"]) <= 900
        assert await ask(api, KEY, SOMEBODY_ELSE) == GOOD
        assert await ask(api, KEY) == GOOD
        admin = await make_candidate(proxied, roles=("super_admin",))
        assert (await api.get(STAFF, headers=admin.headers | {"X-Forwarded-For": SOMEBODY})).status_code == 200

    async def test_an_unknown_client_locks_nobody_out(self, api: httpx.AsyncClient) -> None:
        for _ in range(21):
            assert await ask(api, "wrong") == (403, "invalid_admin_api_key")
        assert await ask(api, KEY) == GOOD
        assert await db.fetch_value("SELECT count(*) FROM failed_guesses") == 0


class TestEverythingElse:
    async def test_refresh_is_never_limited(
        self, api: httpx.AsyncClient, proxied: Settings, candidate: Candidate
    ) -> None:
        await fail(proxied, candidate.email, SOMEBODY, times=100)
        headers = {"X-Forwarded-For": SOMEBODY}
        for number in range(30):
            answer = await api.post("/auth/refresh", json={"refreshToken": f"wrong {number}"}, headers=headers)
            assert answer.status_code == 401
            bearer = headers | {"Authorization": "Bearer wrong"}
            assert (await api.get("/auth/me", headers=bearer)).status_code == 401
        good = await api.post("/auth/refresh", json={"refreshToken": candidate.refresh_token}, headers=headers)
        assert good.status_code == 200

    async def test_off_switches_all_of_it_off(
        self, api: httpx.AsyncClient, change: Change, candidate: Candidate
    ) -> None:
        await fail(change(trusted_proxies="127.0.0.0/8"), candidate.email, SOMEBODY, times=100)
        change(trusted_proxies="127.0.0.0/8", rate_limits=False)
        assert outcome(await sign_in(api, candidate.email, PASSWORD, SOMEBODY)) == GOOD
        for _ in range(21):
            assert await ask(api, "wrong", SOMEBODY) == (403, "invalid_admin_api_key")
        assert await ask(api, KEY, SOMEBODY) == GOOD
        assert await db.fetch_value("SELECT max(failures) FROM failed_guesses") == 100

    async def test_a_database_that_is_away_is_503(
        self, api: httpx.AsyncClient, candidate: Candidate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def away(*_: Any) -> None:
            raise db.DatabaseUnavailable("away")

        with monkeypatch.context() as patch:
            patch.setattr(db, "execute", away)
            assert outcome(await sign_in(api, candidate.email)) == (503, "database_unavailable")
            patch.setattr(db, "fetch_value", away)
            assert outcome(await sign_in(api, candidate.email, PASSWORD)) == (503, "database_unavailable")


class TestCleaning:
    async def test_a_worker_removes_what_has_ended(
        self, app: Sanic[Any, Any], settings: Settings, object_storage_env: dict[str, str], database_url: str
    ) -> None:
        await fail(settings, "old@example.com")
        await db.execute("UPDATE failed_guesses SET started_at = started_at - interval '900 seconds'")
        await fail(settings, "new@example.com")
        environment = {**os.environ, **TEST_ENVIRONMENT, **object_storage_env, "DATABASE_URL": database_url}
        worker = await asyncio.create_subprocess_exec(sys.executable, "-m", "service", "worker", env=environment)
        try:
            async with asyncio.timeout(30):
                while await db.fetch_value("SELECT count(*) FROM failed_guesses") != 1:
                    await asyncio.sleep(0.05)
        finally:
            worker.terminate()
            assert await worker.wait() == 0
        (left,) = guesses.of_sign_in("new@example.com", None, settings)
        assert await db.fetch_value("SELECT id FROM failed_guesses") == left.id
