"""Do sign-up and sign-in answer as shipped apps expect, and alike for every failure?"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections import Counter
from typing import Any

import httpx
import pytest
from sanic import Sanic

from service.auth import accounts, passwords
from service.base.settings import Settings
from service.database import db
from tests.answers import code
from tests.factories import PASSWORD, Candidate, make_candidate

SIGN_UP = {"fullName": "Budi Contoh", "email": "Budi@Example.com ", "password": "eight888"}


def pbkdf2_record(password: str, iterations: int = 120_000) -> str:
    salt = "00112233445566778899aabbccddeeff"
    return f"pbkdf2${iterations}${salt}${hashlib.pbkdf2_hmac('sha256', password.encode(), salt.encode(), iterations, 32).hex()}"


class TestRegister:
    async def test_a_new_account_is_signed_in_and_has_a_code_on_its_way(self, api: httpx.AsyncClient) -> None:
        answer = await api.post("/v1/auth/register", json=SIGN_UP)
        assert answer.status_code == 201
        body = answer.json()
        assert body["user"]["email"] == "budi@example.com"
        assert body["user"]["roles"] == ["sdm"]
        assert body["user"]["emailVerified"] is False
        assert body["emailVerification"]["required"] is True
        assert body["emailVerification"]["expiresInSec"] == 600
        assert len(body["emailVerification"]["developmentCode"]) == 6
        me = await api.get("/auth/me", headers={"Authorization": f"Bearer {body['accessToken']}"})
        assert me.json() == {"user": body["user"]}
        assert await db.fetch_value("SELECT count(*) FROM background_tasks WHERE kind = 'send_notice'") == 1
        assert await db.fetch_value("SELECT count(*) FROM audit_events WHERE action = 'auth.registered'") == 1

    async def test_a_new_row_has_one_time_by_the_databases_clock(self, api: httpx.AsyncClient) -> None:
        before = await db.fetch_value("SELECT clock_timestamp()")
        assert (await api.post("/auth/register", json=SIGN_UP)).status_code == 201
        after = await db.fetch_value("SELECT clock_timestamp()")
        for table in ("users", "email_verification_challenges"):
            row = await db.fetch_row(f"SELECT created_at, updated_at FROM {table}")
            assert row is not None
            assert before < row["created_at"] == row["updated_at"] < after, table

    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            ({"fullName": None, "email": None, "password": None}, "invalid_name"),
            ({"fullName": " a "}, "invalid_name"),
            ({"fullName": {"a": 1}}, "invalid_name"),
            ({"fullName": "a\u0000b"}, "invalid_name"),
            ({"email": "nobody", "password": "x"}, "invalid_email"),
            ({"email": "a@b"}, "invalid_email"),
            ({"email": "a b@c.de"}, "invalid_email"),
            ({"email": "a\u0000@c.de"}, "invalid_email"),
            ({"email": ["a@c.de"]}, "invalid_email"),
            ({"email": secrets.token_hex(3000) + "@c.de"}, "invalid_email"),
            ({"password": "seven77"}, "invalid_password"),
            ({"password": 12345678}, "invalid_password"),
            ({"password": None}, "invalid_password"),
        ],
    )
    async def test_the_first_wrong_field_is_named(
        self, api: httpx.AsyncClient, change: dict[str, Any], expected: str
    ) -> None:
        assert code(await api.post("/auth/register", json=SIGN_UP | change)) == (400, expected)

    async def test_scalars_count_as_text_and_spaces_as_a_password(self, api: httpx.AsyncClient) -> None:
        answer = await api.post("/auth/register", json=SIGN_UP | {"fullName": 12, "password": " " * 8})
        assert answer.status_code == 201
        assert answer.json()["user"]["fullName"] == "12"
        login = await api.post("/auth/login", json={"identifier": "BUDI@example.com", "password": " " * 8})
        assert login.status_code == 200

    async def test_a_long_name_and_a_supplementary_character_are_kept(self, api: httpx.AsyncClient) -> None:
        answer = await api.post("/auth/register", json=SIGN_UP | {"fullName": "𝒜" + "x" * 400})
        assert answer.json()["user"]["fullName"] == "𝒜" + "x" * 400

    async def test_a_known_address_is_refused(self, api: httpx.AsyncClient) -> None:
        await api.post("/auth/register", json=SIGN_UP)
        assert code(await api.post("/auth/register", json=SIGN_UP)) == (409, "email_exists")

    async def test_twenty_at_once_make_one_account(self, api: httpx.AsyncClient) -> None:
        answers = await asyncio.gather(*(api.post("/auth/register", json=SIGN_UP) for _ in range(20)))
        assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 19}
        assert await db.fetch_value("SELECT count(*) FROM users") == 1
        assert await db.fetch_value("SELECT count(*) FROM email_verification_challenges") == 1

    async def test_an_unknown_default_role_leaves_nothing(self, api: httpx.AsyncClient) -> None:
        await db.execute("UPDATE roles SET code = 'gone' WHERE code = 'sdm'")
        try:
            assert code(await api.post("/auth/register", json=SIGN_UP)) == (500, "role_assignment_failed")
        finally:
            await db.execute("UPDATE roles SET code = 'sdm' WHERE code = 'gone'")
        assert await db.fetch_value("SELECT count(*) FROM users") == 0


class TestLogin:
    @pytest.mark.parametrize("field", ["identifier", "email"])
    async def test_shipped_apps_may_use_either_field(
        self, api: httpx.AsyncClient, candidate: Candidate, field: str
    ) -> None:
        answer = await api.post("/auth/login", json={field: f" {candidate.email.upper()} ", "password": PASSWORD})
        assert answer.status_code == 200
        assert set(answer.json()) == {"user", "accessToken", "refreshToken"}

    async def test_identifier_counts_before_email(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        body = {"identifier": "other@example.com", "email": candidate.email, "password": PASSWORD}
        assert code(await api.post("/auth/login", json=body)) == (401, "invalid_credentials")
        assert (await api.post("/auth/login", json=body | {"identifier": " "})).status_code == 200

    async def test_a_stale_header_is_ignored(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        body = {"email": candidate.email, "password": PASSWORD}
        answer = await api.post("/auth/login", json=body, headers={"Authorization": "Bearer stale"})
        assert answer.status_code == 200

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"email": "nobody@example.com", "password": PASSWORD},
            {"email": "KNOWN", "password": "wrong password"},
            {"email": "KNOWN"},
            {"email": "KNOWN", "password": PASSWORD + " "},
            {"email": "KNOWN", "password": {"a": 1}},
            {"identifier": ["KNOWN"], "password": PASSWORD},
            {"email": "a\u0000b@example.com", "password": PASSWORD},
        ],
    )
    async def test_every_failure_costs_one_check_and_one_statement(
        self, api: httpx.AsyncClient, candidate: Candidate, body: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        checks: list[str] = []
        statements: list[str] = []
        verify, fetch_row = passwords._verify, db.fetch_row

        def counting_verify(password: str, record: str) -> tuple[bool, bool]:
            checks.append(record.split("$")[1])
            return verify(password, record)

        async def counting_fetch(sql: str, *args: Any) -> Any:
            statements.append(sql)
            return await fetch_row(sql, *args)

        monkeypatch.setattr(passwords, "_verify", counting_verify)
        monkeypatch.setattr(db, "fetch_row", counting_fetch)
        sent = {name: candidate.email if value == "KNOWN" else value for name, value in body.items()}
        assert code(await api.post("/auth/login", json=sent)) == (401, "invalid_credentials")
        assert checks == ["argon2id"]
        assert len(statements) == 1

    async def test_an_imported_account_signs_in_and_gets_a_record_of_ours(
        self, api: httpx.AsyncClient, app: Sanic[Any, Any], settings: Settings
    ) -> None:
        imported = await make_candidate(settings, password_hash=pbkdf2_record("från gamla tider"))
        body = {"email": imported.email, "password": "från gamla tider"}
        assert code(await api.post("/auth/login", json=body | {"password": "wrong one"}))[0] == 401
        assert (await api.post("/auth/login", json=body)).status_code == 200
        stored = await db.fetch_value("SELECT password_hash FROM users WHERE id = $1", imported.id)
        assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert (await api.post("/auth/login", json=body)).status_code == 200

    async def test_ten_sign_ins_at_once_of_an_imported_account_all_succeed(
        self, api: httpx.AsyncClient, app: Sanic[Any, Any], settings: Settings
    ) -> None:
        imported = await make_candidate(settings, password_hash=pbkdf2_record("old password", 1000))
        body = {"email": imported.email, "password": "old password"}
        answers = await asyncio.gather(*(api.post("/auth/login", json=body) for _ in range(10)))
        assert {answer.status_code for answer in answers} == {200}

    async def test_no_sign_in_begins_with_a_password_that_was_changed_meanwhile(
        self, api: httpx.AsyncClient, candidate: Candidate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        verify = accounts.verify_password

        async def slow(password: str, record: str | None) -> tuple[bool, bool]:
            outcome = await verify(password, record)
            await db.execute(
                "UPDATE users SET password_hash = $2 WHERE id = $1", candidate.id, pbkdf2_record("new", 1000)
            )
            return outcome

        monkeypatch.setattr(accounts, "verify_password", slow)
        answer = await api.post("/auth/login", json={"email": candidate.email, "password": PASSWORD})
        assert code(answer) == (401, "invalid_credentials")
        assert await db.fetch_value("SELECT count(*) FROM session_families") == 1

    async def test_a_full_pool_is_busy(
        self, api: httpx.AsyncClient, candidate: Candidate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(passwords, "_MAX_WAITING", 0)
        answer = await api.post("/auth/login", json={"email": candidate.email, "password": PASSWORD})
        assert code(answer) == (503, "server_busy")
        assert int(answer.headers["retry-after"]) > 0


class TestPasswordPool:
    async def test_the_loop_runs_while_passwords_are_checked(self, app: Sanic[Any, Any]) -> None:
        """Hashing on the loop would leave no turn between two checks; off it there are many."""
        turns = 0

        async def count() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        counter = asyncio.create_task(count())
        await asyncio.gather(*(passwords.verify_password("x", None) for _ in range(8)))
        counter.cancel()
        assert turns > 100

    @pytest.mark.parametrize(
        "record",
        ["", "pbkdf2$", "pbkdf2$x$y$z", "pbkdf2$0$aa$bb", "pbkdf2$99999999$aa$" + "0" * 64, "plain", "$argon2id$x"],
    )
    async def test_a_broken_record_never_matches(self, record: str) -> None:
        matches, _ = await passwords.verify_password("x", record)
        assert matches is False
