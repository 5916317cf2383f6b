"""Do verification codes expire, lock, cool down and count exactly as the contract says?"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from typing import Any

import httpx
import pytest
from sanic import Sanic

from service.auth import codes, verification
from service.auth.codes import unkeyed_hash
from service.auth.models import EmailVerificationChallenge
from service.base.settings import Settings
from service.database import db
from tests.answers import outcome
from tests.auth.conftest import Change
from tests.factories import make_candidate
from tests.inbox import Inbox
from tests.working import run_due

SIGN_UP = {"fullName": "Dewi Contoh", "email": "dewi@example.com", "password": "eight888"}
EMAIL = {"email": "dewi@example.com"}


@pytest.fixture
async def code(api: httpx.AsyncClient) -> str:
    """The code of a fresh account."""
    answer = await api.post("/auth/register", json=SIGN_UP)
    return str(answer.json()["emailVerification"]["developmentCode"])


async def keep_as_the_release_before(code: str) -> None:
    """Make the stored codes what the release before writes."""
    await db.execute("UPDATE email_verification_challenges SET key_id = NULL, code_hash = $1", unkeyed_hash(code))


def other(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


class TestVerify:
    async def test_the_right_code_verifies_once_and_for_all(self, api: httpx.AsyncClient, code: str) -> None:
        spaced = f" {code[:3]} {code[3:]} "
        first = await api.post("/auth/email-verification/verify", json=EMAIL | {"code": spaced})
        assert first.json() == {"email": "dewi@example.com", "verified": True, "alreadyVerified": False}
        second = await api.post("/auth/email-verification/verify", json=EMAIL | {"code": other(code)})
        assert second.json() == {"email": "dewi@example.com", "verified": True, "alreadyVerified": True}

    async def test_a_number_is_tolerated(self, api: httpx.AsyncClient, code: str) -> None:
        await keep_as_the_release_before("123456")
        answer = await api.post("/auth/email-verification/verify", json=EMAIL | {"code": 123456})
        assert answer.status_code == 200

    @pytest.mark.parametrize("bad", [None, "", "12345", "1234567", "12345a", "١٢٣٤٥٦", {"a": 1}, "123\u0000456"])
    async def test_anything_but_six_digits_is_refused(self, api: httpx.AsyncClient, code: str, bad: Any) -> None:
        answer = await api.post("/auth/email-verification/verify", json=EMAIL | {"code": bad})
        assert outcome(answer) == (400, "verification_code_invalid")
        assert await db.fetch_value("SELECT attempt_count FROM email_verification_challenges") == 0

    async def test_the_address_is_checked_before_the_code(self, api: httpx.AsyncClient) -> None:
        answer = await api.post("/auth/email-verification/verify", json={"email": "x", "code": "x"})
        assert outcome(answer) == (400, "invalid_email")

    async def test_an_unknown_address_looks_like_a_wrong_code(self, api: httpx.AsyncClient) -> None:
        body = {"email": "nobody@example.com", "code": "123456"}
        assert outcome(await api.post("/auth/email-verification/verify", json=body)) == (
            400,
            "verification_code_invalid",
        )

    async def test_an_account_without_a_code_looks_like_a_wrong_code(
        self, api: httpx.AsyncClient, app: Sanic[Any, Any], settings: Settings
    ) -> None:
        imported = await make_candidate(settings)
        body = {"email": imported.email, "code": "123456"}
        assert outcome(await api.post("/auth/email-verification/verify", json=body)) == (
            400,
            "verification_code_invalid",
        )

    async def test_the_fifth_wrong_try_locks_and_the_right_code_no_longer_helps(
        self, api: httpx.AsyncClient, code: str
    ) -> None:
        seen = [
            outcome(await api.post("/auth/email-verification/verify", json=EMAIL | {"code": other(code)}))[1]
            for _ in range(5)
        ]
        assert seen == ["verification_code_invalid"] * 4 + ["verification_code_locked"]
        answer = await api.post("/auth/email-verification/verify", json=EMAIL | {"code": code})
        assert outcome(answer) == (400, "verification_code_locked")

    async def test_twenty_wrong_tries_at_once_are_all_counted(self, api: httpx.AsyncClient, code: str) -> None:
        answers = await asyncio.gather(
            *(api.post("/auth/email-verification/verify", json=EMAIL | {"code": other(code)}) for _ in range(20))
        )
        assert Counter(outcome(answer)[1] for answer in answers) == {
            "verification_code_invalid": 4,
            "verification_code_locked": 16,
        }

    async def test_of_twenty_right_ones_one_is_the_first(self, api: httpx.AsyncClient, code: str) -> None:
        answers = await asyncio.gather(
            *(api.post("/auth/email-verification/verify", json=EMAIL | {"code": code}) for _ in range(20))
        )
        assert Counter(answer.json()["alreadyVerified"] for answer in answers) == {False: 1, True: 19}

    async def test_an_expired_code_is_refused_and_not_counted(self, api: httpx.AsyncClient, code: str) -> None:
        await db.execute("UPDATE email_verification_challenges SET expires_at = now()")
        for sent in (code, other(code)):
            answer = await api.post("/auth/email-verification/verify", json=EMAIL | {"code": sent})
            assert outcome(answer) == (400, "verification_code_expired")
        assert await db.fetch_value("SELECT attempt_count FROM email_verification_challenges") == 0


class TestHash:
    async def test_a_code_of_the_release_before_counts_until_it_expires(
        self, api: httpx.AsyncClient, code: str
    ) -> None:
        await keep_as_the_release_before("004242")
        wrong = await api.post("/auth/email-verification/verify", json=EMAIL | {"code": "004243"})
        assert outcome(wrong) == (400, "verification_code_invalid")
        right = await api.post("/auth/email-verification/verify", json=EMAIL | {"code": "004242"})
        assert right.status_code == 200

    async def test_nothing_stored_tells_the_code_without_the_key(self, api: httpx.AsyncClient, code: str) -> None:
        stored = await db.fetch_value("SELECT code_hash FROM email_verification_challenges")
        assert stored not in {unkeyed_hash(code), hashlib.sha256(code.encode()).hexdigest()}
        for table in ("background_tasks", "notices", "email_verification_challenges", "audit_events"):
            for row in await db.fetch_all(f"SELECT t::text AS text FROM {table} t"):
                assert f'"{code}"' not in row["text"]
        assert await db.fetch_value("SELECT payload_json ?& ARRAY['code', 'to'] FROM background_tasks") is False

    async def test_a_hash_is_of_its_purpose_and_its_address(
        self, app: Sanic[Any, Any], settings: Settings, code: str
    ) -> None:
        challenge = await EmailVerificationChallenge.get()
        assert codes.code_of(challenge, settings) == code
        for moved in ({"purpose": "password_reset"}, {"email": "other@example.com"}):
            elsewhere = challenge.clone(pk=challenge.id)
            elsewhere.update_from_dict(moved)
            assert codes.code_of(elsewhere, settings) is None

    async def test_a_key_that_left_the_ring_ends_its_codes(
        self, api: httpx.AsyncClient, app: Sanic[Any, Any], settings: Settings, code: str
    ) -> None:
        changed = settings.model_copy(update={"auth_token_keys": "k9:ninth-key-for-tests-ninth-key-for-tests"})
        assert codes.code_of(await EmailVerificationChallenge.get(), changed) is None
        with pytest.raises(codes.VerificationCodeInvalid):
            await verification.verify_code("dewi@example.com", code, changed)


class TestResend:
    async def test_it_cools_down_says_how_long_and_then_replaces_the_code(
        self, api: httpx.AsyncClient, code: str
    ) -> None:
        answer = await api.post("/auth/email-verification/resend", json=EMAIL)
        assert outcome(answer) == (429, "verification_code_throttled")
        assert answer.headers["retry-after"] in answer.json()["error"]["message"]
        await db.execute("UPDATE email_verification_challenges SET resend_available_at = now()")
        fresh = (await api.post("/auth/email-verification/resend", json=EMAIL)).json()
        assert (fresh["required"], fresh["verified"], fresh["sent"]) == (True, False, True)
        assert fresh["resendAvailableInSec"] == 60
        if fresh["developmentCode"] != code:
            answer = await api.post("/auth/email-verification/verify", json=EMAIL | {"code": code})
            assert outcome(answer) == (400, "verification_code_invalid")
        answer = await api.post("/auth/email-verification/verify", json=EMAIL | {"code": fresh["developmentCode"]})
        assert answer.status_code == 200

    async def test_of_twenty_at_once_one_sends(self, api: httpx.AsyncClient, code: str) -> None:
        await db.execute("UPDATE email_verification_challenges SET resend_available_at = now()")
        answers = await asyncio.gather(*(api.post("/auth/email-verification/resend", json=EMAIL) for _ in range(20)))
        assert Counter(answer.status_code for answer in answers) == {200: 1, 429: 19}
        assert await db.fetch_value("SELECT count(*) FROM background_tasks") == 2

    async def test_a_verified_address_gets_both_shapes_in_one(self, api: httpx.AsyncClient, code: str) -> None:
        await api.post("/auth/email-verification/verify", json=EMAIL | {"code": code})
        answer = await api.post("/auth/email-verification/resend", json=EMAIL)
        assert answer.json() == {
            "email": "dewi@example.com",
            "verified": True,
            "alreadyVerified": True,
            "required": False,
            "sent": False,
            "expiresInSec": 0,
            "resendAvailableInSec": 0,
        }

    async def test_unknown_and_malformed_addresses(self, api: httpx.AsyncClient) -> None:
        answer = await api.post("/auth/email-verification/resend", json={"email": "nobody@example.com"})
        assert outcome(answer) == (404, "user_not_found")
        assert outcome(await api.post("/auth/email-verification/resend", json={})) == (400, "invalid_email")


class TestExposure:
    async def test_a_hidden_code_is_nowhere(
        self, api: httpx.AsyncClient, app: Sanic[Any, Any], settings: Settings
    ) -> None:
        app.ctx.settings = settings.model_copy(update={"auth_email_verification_expose_code": False})
        try:
            answer = await api.post("/auth/register", json=SIGN_UP)
        finally:
            app.ctx.settings = settings
        assert "developmentCode" not in answer.json()["emailVerification"]

    async def test_a_static_code_is_everybodys(
        self, api: httpx.AsyncClient, app: Sanic[Any, Any], settings: Settings
    ) -> None:
        app.ctx.settings = settings.model_copy(update={"auth_email_verification_static_code": "424242"})
        try:
            await api.post("/auth/register", json=SIGN_UP)
            answer = await api.post("/auth/email-verification/verify", json=EMAIL | {"code": "424242"})
        finally:
            app.ctx.settings = settings
        assert answer.status_code == 200


class TestHiddenAccounts:
    """With AUTH_HIDE_ACCOUNTS=on nobody learns from resend and verify who has an account."""

    @pytest.fixture(params=["unknown", "unverified", "verified"])
    async def email(self, request: pytest.FixtureRequest, change: Change, settings: Settings) -> str:
        change(auth_hide_accounts=True)
        if request.param != "unknown":
            await make_candidate(settings, email="sari@mailbox.test", verified=request.param == "verified")
        return "sari@mailbox.test"

    async def test_resend_answers_alike(self, api: httpx.AsyncClient, change: Change, email: str) -> None:
        change(auth_hide_accounts=True, auth_email_verification_expose_code=False)
        first = await api.post("/auth/email-verification/resend", json={"email": email})
        assert (first.status_code, first.json()) == (
            200,
            {
                "required": True,
                "verified": False,
                "email": email,
                "sent": True,
                "expiresInSec": 600,
                "resendAvailableInSec": 60,
            },
        )
        again = await api.post("/auth/email-verification/resend", json={"email": email})
        assert outcome(again) == (429, "verification_code_throttled")

    async def test_wrong_codes_answer_alike(self, api: httpx.AsyncClient, email: str) -> None:
        answer = await api.post("/auth/email-verification/resend", json={"email": email})
        wrong = other(answer.json()["developmentCode"])
        body = {"email": email, "code": wrong}
        seen = [outcome(await api.post("/auth/email-verification/verify", json=body))[1] for _ in range(6)]
        assert seen == ["verification_code_invalid"] * 4 + ["verification_code_locked"] * 2

    @pytest.mark.parametrize("change_of_it", [None, "expires_at = now() - interval '40 days'"])
    async def test_the_code_of_a_registration_tells_nothing(
        self, api: httpx.AsyncClient, change: Change, change_of_it: str | None
    ) -> None:
        change(auth_hide_accounts=True)
        code = (await api.post("/auth/register", json=SIGN_UP)).json()["emailVerification"]["developmentCode"]
        if change_of_it:
            await db.execute(f"UPDATE email_verification_challenges SET {change_of_it}")
        seen = []
        for email in (EMAIL["email"], "nobody@mailbox.test"):
            body = {"email": email, "code": other(code)}
            tries = [await api.post("/auth/email-verification/verify", json=body) for _ in range(7)]
            resends = [await api.post("/auth/email-verification/resend", json={"email": email}) for _ in range(2)]
            seen.append([outcome(answer) if answer.status_code != 200 else (200, "") for answer in (*tries, *resends)])
        assert seen[0] == seen[1]
        assert [status for status, _ in seen[0]] == [400] * 7 + [200, 429]

    async def test_a_code_that_nobody_asked_for_is_wrong(self, api: httpx.AsyncClient, email: str) -> None:
        answer = await api.post("/auth/email-verification/verify", json={"email": email, "code": "123456"})
        assert outcome(answer) == (400, "verification_code_invalid")

    async def test_only_an_unverified_account_gets_the_mail_and_its_code_works(
        self, api: httpx.AsyncClient, change: Change, smtp: Settings, inbox: tuple[Inbox, str], email: str
    ) -> None:
        answer = await api.post("/auth/email-verification/resend", json={"email": email})
        while await run_due(smtp):
            pass
        user = await db.fetch_row("SELECT email_verified_at FROM users")
        is_waiting = user is not None and user["email_verified_at"] is None
        assert len(inbox[0].mails) == is_waiting
        body = {"email": email, "code": answer.json()["developmentCode"]}
        answer = await api.post("/auth/email-verification/verify", json=body)
        assert answer.status_code == (200 if user is not None else 400)
