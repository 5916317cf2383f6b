"""Does a reset give the account to whoever reads the mailbox, and to nobody else, whatever happens at the same time?"""

from __future__ import annotations

import asyncio
import contextvars
import itertools
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sanic import Sanic
from tortoise.transactions import in_transaction

from service.auth import codes, new_password, sessions
from service.auth.codes import Purpose
from service.auth.models import EndReason, Session, SessionFamily
from service.base.clock import utc_now
from service.base.settings import Settings
from service.database import db
from service.kyc import states
from tests.answers import outcome
from tests.auth.conftest import Change
from tests.factories import PASSWORD, Candidate, make_application, make_candidate, make_kyc_session
from tests.inbox import Inbox
from tests.working import run_due

EMAIL = "dewi@mailbox.test"
STRANGERS, OWNERS, THIRD = "the stranger's word", "the owner's own word", "a third one's word"
INVALID = (400, "verification_code_invalid")


async def register(api: httpx.AsyncClient, password: str = STRANGERS, email: str = EMAIL) -> httpx.Response:
    return await api.post("/auth/register", json={"fullName": "Dewi Contoh", "email": email, "password": password})


async def ask(api: httpx.AsyncClient, email: str = EMAIL, **headers: str) -> httpx.Response:
    return await api.post("/auth/password-reset", json={"email": email}, headers=headers)


async def mailed(settings: Settings, email: str = EMAIL) -> str:
    """The code that the mailbox's owner reads."""
    challenge = await codes.newest(Purpose.PASSWORD_RESET, email).first()
    assert challenge is not None
    code = codes.code_of(challenge, settings)
    assert code is not None
    return code


async def confirm(api: httpx.AsyncClient, code: str, password: str = OWNERS, **more: Any) -> httpx.Response:
    body = {"email": EMAIL, "code": code, "newPassword": password} | more
    return await api.post("/auth/password-reset/confirm", json=body)


async def reset(api: httpx.AsyncClient, settings: Settings, **more: Any) -> None:
    assert (await ask(api)).status_code == 202
    answer = await confirm(api, await mailed(settings), **more)
    assert answer.status_code == 204, answer.text


async def sign_in(api: httpx.AsyncClient, password: str, email: str = EMAIL) -> httpx.Response:
    return await api.post("/auth/login", json={"email": email, "password": password})


async def is_let_in(api: httpx.AsyncClient, tokens: Any) -> tuple[int, int]:
    """What the access token and the refresh token of a sign-in are answered."""
    me = await api.get("/auth/me", headers={"Authorization": f"Bearer {tokens['accessToken']}"})
    again = await api.post("/auth/refresh", json={"refreshToken": tokens["refreshToken"]})
    return me.status_code, again.status_code


async def minutes_pass(minutes: int) -> None:
    await db.execute(
        "UPDATE email_verification_challenges SET created_at = created_at - make_interval(mins => $1),"
        " expires_at = expires_at - make_interval(mins => $1),"
        " resend_available_at = resend_available_at - make_interval(mins => $1)",
        minutes,
    )
    await db.execute("UPDATE users SET created_at = created_at - make_interval(mins => $1)", minutes)
    await db.execute("UPDATE failed_guesses SET started_at = started_at - make_interval(mins => $1)", minutes)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


class TestAsking:
    async def test_known_and_unknown_addresses_get_the_same(self, api: httpx.AsyncClient) -> None:
        await register(api)
        known, unknown = await ask(api), await ask(api, "nobody@mailbox.test")
        assert (known.status_code, known.json()) == (unknown.status_code, unknown.json()) == (202, {"accepted": True})

    async def test_only_a_person_gets_a_mail_in_their_language_and_the_worker_finds_out(
        self, api: httpx.AsyncClient, smtp: Settings, inbox: tuple[Inbox, str]
    ) -> None:
        await make_candidate(smtp, email=EMAIL)
        await ask(api, **{"Accept-Language": "id"})
        await ask(api, "nobody@mailbox.test")
        while await run_due(smtp):
            pass
        (mail,) = inbox[0].read()
        assert (mail["To"], mail["Subject"]) == (EMAIL, "Kode untuk kata sandi baru")
        assert await mailed(smtp) in mail.get_content()
        assert "mulai dari awal" in mail.get_content()
        rows = await db.fetch_all("SELECT outcome, address, parameters_json FROM notices ORDER BY outcome")
        assert [tuple(row) for row in rows] == [("no_account", None, {}), ("sent", None, {})]
        assert await db.fetch_value("SELECT count(*) FROM audit_events WHERE action LIKE 'auth.password_reset%'") == 1

    async def test_of_twenty_at_once_one_sends(self, api: httpx.AsyncClient) -> None:
        answers = await asyncio.gather(*(ask(api) for _ in range(20)))
        assert {answer.status_code for answer in answers} == {202}
        assert await db.fetch_value("SELECT count(*) FROM email_verification_challenges") == 1
        assert await db.fetch_value("SELECT count(*) FROM background_tasks") == 1

    async def test_after_the_pause_another_code_counts_and_the_one_before_does_not(
        self, api: httpx.AsyncClient, settings: Settings
    ) -> None:
        await register(api)
        await ask(api)
        first = await mailed(settings)
        await db.execute("UPDATE email_verification_challenges SET resend_available_at = now()")
        await ask(api)
        second = await mailed(settings)
        if first != second:
            assert outcome(await confirm(api, first)) == INVALID
        assert (await confirm(api, second)).status_code == 204

    @pytest.mark.parametrize("known", [True, False])
    async def test_asking_too_often_is_429_for_the_address_as_typed(
        self, api: httpx.AsyncClient, change: Change, known: bool
    ) -> None:
        change(trusted_proxies="127.0.0.0/8")
        if known:
            await register(api)
        seen = [(await ask(api, f" {EMAIL.upper()}", **{"X-Forwarded-For": "8.8.8.8"})).status_code for _ in range(11)]
        assert seen == [202] * 10 + [429]
        assert (await ask(api, **{"X-Forwarded-For": "1.1.1.1"})).status_code == 202

    async def test_dev_shows_the_code_only_when_it_is_asked_to_and_never_one_that_works_for_nobody(
        self, api: httpx.AsyncClient, change: Change
    ) -> None:
        assert "developmentCode" not in (await ask(api)).json()
        change(auth_email_verification_expose_code=True)
        code = (await ask(api)).json()["developmentCode"]
        assert outcome(await confirm(api, code)) == INVALID
        await register(api)  # an account that is opened later does not make it work either
        assert outcome(await confirm(api, code)) == INVALID
        change(auth_email_verification_expose_code=True, environment="staging")
        assert "developmentCode" not in (await ask(api)).json()

    async def test_the_static_code_sets_no_password(self, api: httpx.AsyncClient, change: Change) -> None:
        changed = change(auth_email_verification_static_code="424242")
        await register(api)
        await ask(api)
        if await mailed(changed) != "424242":
            assert outcome(await confirm(api, "424242")) == INVALID

    @pytest.mark.parametrize("email", ["1,dewi@mailbox.test", "x<dewi@mailbox.test>", "", None, "x"])
    async def test_an_address_is_one_mailbox(self, api: httpx.AsyncClient, email: Any) -> None:
        assert outcome(await ask(api, email)) == (400, "invalid_email")
        body = {"fullName": "Dewi Contoh", "email": email, "password": STRANGERS}
        assert outcome(await api.post("/auth/register", json=body)) == (400, "invalid_email")

    async def test_an_odd_address_from_before_still_signs_in(self, api: httpx.AsyncClient, settings: Settings) -> None:
        await make_candidate(settings, email="1,dewi@mailbox.test")
        assert (await sign_in(api, PASSWORD, "1,dewi@mailbox.test")).status_code == 200


class TestConfirming:
    async def test_it_ends_every_sign_in_and_the_old_password_and_verifies_the_address(
        self, api: httpx.AsyncClient, settings: Settings
    ) -> None:
        first = (await register(api)).json()
        second = (await sign_in(api, STRANGERS)).json()
        await reset(api, settings)
        for tokens in (first, second):
            assert await is_let_in(api, tokens) == (401, 401)
        assert (await sign_in(api, STRANGERS)).status_code == 401
        owner = (await sign_in(api, OWNERS)).json()
        assert owner["user"]["emailVerified"] is True
        assert owner["user"]["id"] == first["user"]["id"]
        assert await is_let_in(api, owner) == (200, 200)

    async def test_a_code_counts_once(self, api: httpx.AsyncClient, settings: Settings) -> None:
        await register(api)
        await reset(api, settings)
        assert outcome(await confirm(api, await mailed(settings), THIRD)) == INVALID
        assert (await sign_in(api, OWNERS)).status_code == 200

    async def test_of_twenty_at_once_one_wins(self, api: httpx.AsyncClient, settings: Settings) -> None:
        await register(api)
        await ask(api)
        code = await mailed(settings)
        answers = await asyncio.gather(*(confirm(api, code, f"{OWNERS} {n}") for n in range(20)))
        assert Counter(answer.status_code for answer in answers) == {204: 1, 400: 19}
        winner = [answer.status_code for answer in answers].index(204)
        assert (await sign_in(api, f"{OWNERS} {winner}")).status_code == 200
        told = "SELECT count(*) FROM notices WHERE kind = 'password_was_reset'"
        assert await db.fetch_value(told) == 1

    @pytest.mark.parametrize("known", [True, False])
    async def test_wrong_codes_lock_known_and_unknown_alike(
        self, api: httpx.AsyncClient, settings: Settings, known: bool
    ) -> None:
        if known:
            await register(api)
        await ask(api)
        code = await mailed(settings)
        seen = [outcome(await confirm(api, wrong(code)))[1] for _ in range(6)]
        assert seen == ["verification_code_invalid"] * 4 + ["verification_code_locked"] * 2
        assert outcome(await confirm(api, code)) == (400, "verification_code_locked")

    async def test_forty_guesses_at_once_are_counted(self, api: httpx.AsyncClient, settings: Settings) -> None:
        await register(api)
        await ask(api)
        code = await mailed(settings)
        seen = await asyncio.gather(*(confirm(api, wrong(code)) for _ in range(40)))
        assert Counter(outcome(answer)[1] for answer in seen)["verification_code_invalid"] == 4

    @pytest.mark.parametrize("known", [True, False])
    async def test_many_clients_guess_no_more_than_one(
        self, api: httpx.AsyncClient, settings: Settings, change: Change, known: bool
    ) -> None:
        """A client has ten guesses, and each code five; but codes could be asked for without end."""
        change(trusted_proxies="127.0.0.0/8")
        if known:
            await register(api)
        waits = []
        for minute in range(120):
            headers = {"X-Forwarded-For": f"8.8.{minute}.8"}
            answer = await ask(api, **headers)
            if answer.status_code == 202:
                code = wrong(await mailed(settings))
                body = {"email": EMAIL, "code": code, "newPassword": OWNERS}
                for _ in range(5):
                    await api.post("/auth/password-reset/confirm", json=body, headers=headers)
            else:
                assert outcome(answer) == (429, "rate_limited")
                waits.append(int(answer.headers["Retry-After"]))
            await minutes_pass(1)
        assert await db.fetch_value("SELECT sum(attempt_count) FROM email_verification_challenges") <= 55
        assert max(waits) <= 30 * 60
        # A stranger keeps the owner waiting, but no longer than that.
        await minutes_pass(30)
        assert (await ask(api)).status_code == 202
        assert (await confirm(api, await mailed(settings))).status_code == (204 if known else 400)

    async def test_a_clumsy_owner_waits_a_minute(self, api: httpx.AsyncClient, settings: Settings) -> None:
        await register(api)
        for _ in range(2):
            await ask(api)
            for _ in range(7):
                await confirm(api, wrong(await mailed(settings)))
            await minutes_pass(1)
        await reset(api, settings)

    @pytest.mark.parametrize("known", [True, False])
    async def test_guesses_are_counted_by_address_as_typed(
        self, api: httpx.AsyncClient, change: Change, known: bool
    ) -> None:
        change(trusted_proxies="127.0.0.0/8")
        if known:
            await register(api)
        headers = {"X-Forwarded-For": "8.8.8.8"}
        body = {"email": EMAIL, "code": "000000", "newPassword": OWNERS}
        seen = [
            (await api.post("/auth/password-reset/confirm", json=body, headers=headers)).status_code for _ in range(11)
        ]
        assert seen == [400] * 10 + [429]

    async def test_an_expired_code_says_so(self, api: httpx.AsyncClient, settings: Settings) -> None:
        await register(api)
        await ask(api)
        await db.execute("UPDATE email_verification_challenges SET expires_at = now()")
        assert outcome(await confirm(api, await mailed(settings))) == (400, "verification_code_expired")

    async def test_a_code_of_a_verification_sets_no_password_and_the_other_way_round(
        self, api: httpx.AsyncClient, settings: Settings
    ) -> None:
        verification = (await register(api)).json()["emailVerification"]["developmentCode"]
        await ask(api)
        code = await mailed(settings)
        if code != verification:
            assert outcome(await confirm(api, verification)) == INVALID
            answer = await api.post("/auth/email-verification/verify", json={"email": EMAIL, "code": code})
            assert outcome(answer) == INVALID

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"email": "x"}, "invalid_email"),
            ({"code": "12"}, "verification_code_invalid"),
            ({"newPassword": "seven77"}, "invalid_password"),
            ({"newPassword": 12345678}, "invalid_password"),
            ({"startOver": "true"}, "invalid_request_body"),
        ],
    )
    async def test_bad_fields(self, api: httpx.AsyncClient, fields: dict[str, Any], code: str) -> None:
        body = {"email": EMAIL, "code": "123456", "newPassword": OWNERS} | fields
        assert outcome(await api.post("/auth/password-reset/confirm", json=body)) == (400, code)

    async def test_the_owner_is_told(self, api: httpx.AsyncClient, smtp: Settings, inbox: tuple[Inbox, str]) -> None:
        await make_candidate(smtp, email=EMAIL)
        await reset(api, smtp)
        while await run_due(smtp):
            pass
        assert [mail["Subject"] for mail in inbox[0].read()] == ["Your password was reset"]

    async def test_a_sign_in_with_the_old_password_does_not_outlive_it(
        self, api: httpx.AsyncClient, settings: Settings
    ) -> None:
        tokens = (await register(api)).json()
        await ask(api)
        code = await mailed(settings)
        done, *others = await asyncio.gather(
            confirm(api, code),
            *(sign_in(api, STRANGERS) for _ in range(5)),
            *(api.post("/auth/refresh", json={"refreshToken": tokens["refreshToken"]}) for _ in range(5)),
        )
        assert done.status_code == 204
        for answer in others:
            if answer.status_code == 200:
                assert await is_let_in(api, answer.json()) == (401, 401)


Step = Callable[[], Awaitable[None]]


class TestWhoOwnsAnAddress:
    """A stranger who was first, the owner of the mailbox, and somebody else, in every order with the owner's reset."""

    @pytest.mark.parametrize("start_over", [False, True])
    @pytest.mark.parametrize(
        "order", list(itertools.permutations(["stranger signs in", "third registers", "owner verifies", "reset"]))
    )
    async def test_in_every_order_the_mailbox_decides(
        self, api: httpx.AsyncClient, settings: Settings, order: tuple[str, ...], start_over: bool
    ) -> None:
        opened = (await register(api)).json()
        verification = opened["emailVerification"]["developmentCode"]
        strangers = [opened]
        verified = False
        for step in order:
            if step == "stranger signs in":
                answer = await sign_in(api, STRANGERS)
                assert (answer.status_code == 200) == (order.index("reset") > order.index(step))
                strangers += [answer.json()] if answer.status_code == 200 else []
            elif step == "third registers":
                assert outcome(await register(api, THIRD)) == (409, "email_exists")
            elif step == "owner verifies":
                answer = await api.post("/auth/email-verification/verify", json={"email": EMAIL, "code": verification})
                assert answer.status_code == 200
                assert answer.json()["alreadyVerified"] == verified
                verified = True
            else:
                await reset(api, settings, startOver=start_over)
                verified = True
        for tokens in strangers:
            assert await is_let_in(api, tokens) == (401, 401)
        assert (await sign_in(api, STRANGERS)).status_code == 401
        assert (await sign_in(api, THIRD)).status_code == 401
        assert (await sign_in(api, OWNERS)).status_code == 200

    async def test_all_of_them_at_once(self, api: httpx.AsyncClient, settings: Settings) -> None:
        opened = (await register(api)).json()
        await ask(api)
        code = await mailed(settings)

        async def refresh() -> httpx.Response:
            return await api.post("/auth/refresh", json={"refreshToken": opened["refreshToken"]})

        async def change_word() -> httpx.Response:
            headers = {"Authorization": f"Bearer {opened['accessToken']}"}
            body = {"currentPassword": STRANGERS, "newPassword": THIRD}
            return await api.post("/users/me/password", json=body, headers=headers)

        answers = await asyncio.gather(
            *itertools.chain.from_iterable(
                (confirm(api, code), sign_in(api, STRANGERS), register(api, THIRD), refresh(), change_word())
                for _ in range(4)
            )
        )
        assert Counter(answer.status_code for answer in answers)[204] in {1, 2}  # the stranger's change may be first
        for answer in answers:
            if answer.status_code == 200:
                assert await is_let_in(api, answer.json()) == (401, 401)
        assert await is_let_in(api, opened) == (401, 401)
        assert (await sign_in(api, STRANGERS)).status_code == 401
        assert (await sign_in(api, THIRD)).status_code == 401
        assert (await sign_in(api, OWNERS)).status_code == 200

    async def test_who_only_enters_the_code_has_the_shipped_outcome_and_a_mail_that_names_the_reset(
        self, api: httpx.AsyncClient, smtp: Settings, inbox: tuple[Inbox, str]
    ) -> None:
        opened = (await register(api)).json()
        body = {"email": EMAIL, "code": opened["emailVerification"]["developmentCode"]}
        answer = await api.post("/auth/email-verification/verify", json=body)
        assert answer.json() == {"email": EMAIL, "verified": True, "alreadyVerified": False}
        assert (await is_let_in(api, opened))[0] == 200
        while await run_due(smtp):
            pass
        (mail,) = inbox[0].read()  # the code was used before the worker came to its mail
        assert mail["Subject"] == "Your address was confirmed"
        assert "Forgot password?" in mail.get_content()


class TestWhatIsInTheAccount:
    @pytest.mark.parametrize("before", ["VERIFIED", "REJECTED"])
    async def test_a_decision_goes_back_to_a_reviewer_when_nobody_had_proved_the_address(
        self, api: httpx.AsyncClient, settings: Settings, before: str
    ) -> None:
        person = await make_candidate(settings, email=EMAIL)
        decided = await make_kyc_session(person.id, documents=("PASSPORT",), status=before, reviewed_by="somebody")
        waiting = await make_kyc_session(person.id, status="SUBMITTED")
        await make_application(person.id)
        await reset(api, settings)
        rows = await db.fetch_all("SELECT id::text, status FROM kyc_sessions")
        assert {row["id"]: row["status"] for row in rows} == {decided: "MANUAL_REVIEW", waiting: "SUBMITTED"}
        event = await db.fetch_row("SELECT * FROM kyc_status_events ORDER BY created_at DESC LIMIT 1")
        assert event is not None
        assert (event["actor_type"], event["reason"], event["from_status"]) == ("SYSTEM", "owner_changed", before)
        assert await db.fetch_value("SELECT count(*) FROM audit_events WHERE action = 'kyc.reopened'") == 1
        assert await db.fetch_value("SELECT count(*) FROM job_applications WHERE user_id = $1", person.id) == 1
        staff = await make_candidate(settings, roles=("super_admin",))
        queue = (await api.get("/admin/kyc/review-queue", headers=staff.headers)).json()
        flags = {item["session"]["id"]: item["riskFlags"] for item in queue["items"]}
        assert "OWNER_CHANGED" in flags[decided]
        assert "OWNER_CHANGED" not in flags[waiting]

    async def test_a_reopened_one_is_decided_as_any_other_and_by_nobody_reopened(
        self, api: httpx.AsyncClient, settings: Settings
    ) -> None:
        person = await make_candidate(settings, email=EMAIL)
        session = await make_kyc_session(person.id, documents=("PASSPORT",), status="VERIFIED")
        await reset(api, settings)
        staff = await make_candidate(settings, roles=("super_admin",))
        body = {"sessionId": session, "decision": "VERIFIED"}
        answer = await api.post("/admin/kyc/review", json=body, headers=staff.headers)
        assert answer.status_code == 200
        body = {"sessionId": session, "decision": "MANUAL_REVIEW"}
        answer = await api.post("/admin/kyc/review", json=body, headers=staff.headers)
        assert outcome(answer) == (409, "kyc_session_locked")

    @pytest.mark.parametrize("verified", [False, True])
    async def test_a_deletion_that_somebody_else_may_have_asked_for_is_taken_back(
        self, api: httpx.AsyncClient, settings: Settings, verified: bool
    ) -> None:
        person = await make_candidate(settings, email=EMAIL, verified=verified)
        answer = await api.post("/users/me/deletion", json={"password": PASSWORD}, headers=person.headers)
        assert answer.status_code == 202
        await reset(api, settings)
        body = (await sign_in(api, OWNERS)).json()
        assert ("deletion" in body) == verified  # an owner who had proved the mailbox asked for it
        cancelled = "SELECT count(*) FROM audit_events WHERE action = 'account.deletion_cancelled'"
        assert await db.fetch_value(cancelled) == (not verified)
        told = "SELECT count(*) FROM notices WHERE kind = 'deletion_cancelled'"
        assert await db.fetch_value(told) == (not verified)

    async def test_a_decision_about_a_proved_owner_stays(self, api: httpx.AsyncClient, settings: Settings) -> None:
        person = await make_candidate(settings, email=EMAIL, verified=True)
        await make_kyc_session(person.id, status="VERIFIED")
        await reset(api, settings)
        assert await db.fetch_value("SELECT status FROM kyc_sessions") == "VERIFIED"

    async def test_the_service_moves_nothing_else(self, app: Sanic[Any, Any], settings: Settings) -> None:
        person = await make_candidate(settings)
        session = await states.KycSession.get(id=await make_kyc_session(person.id, status="SUBMITTED"))
        rule = states.Actor.service("test")
        for target in states.KycStatus:
            with pytest.raises(states.KycSessionLocked):
                await states.move(session, target, by=rule, reason=None)
            with pytest.raises(states.KycSessionLocked):
                await states.move(None, target, by=rule, reason=None)

    async def test_starting_over_puts_everything_of_the_stranger_aside(
        self, api: httpx.AsyncClient, settings: Settings
    ) -> None:
        person = await make_candidate(settings, email=EMAIL, full_name="The Stranger")
        await make_kyc_session(person.id, documents=("PASSPORT",), status="VERIFIED")
        await make_application(person.id)
        await reset(api, settings, startOver=True)
        owner = (await sign_in(api, OWNERS)).json()
        headers = {"Authorization": f"Bearer {owner['accessToken']}"}
        assert owner["user"]["id"] != person.id
        assert (owner["user"]["fullName"], owner["user"]["roles"], owner["user"]["emailVerified"]) == (
            "dewi",
            ["sdm"],
            True,
        )
        profile = (await api.get("/users/me/profile", headers=headers)).json()["profile"]
        assert (profile["verificationStatus"], profile["verification"]["documentsUploaded"]) == ("NOT_STARTED", 0)
        assert (await api.get("/users/me/applications", headers=headers)).json()["items"] == []
        hidden = await db.fetch_row("SELECT user_id::text, reason, erase_at - hidden_at AS left FROM hidden_accounts")
        assert hidden is not None
        assert (hidden["user_id"], hidden["reason"], hidden["left"].days) == (person.id, "set_apart", 30)
        # What is put aside was decided about somebody, and nobody decides about it again.
        assert await db.fetch_value("SELECT status FROM kyc_sessions WHERE user_id = $1", person.id) == "VERIFIED"
        assert (await api.get("/auth/me", headers=person.headers)).status_code == 401
        apart = await db.fetch_value("SELECT email FROM users WHERE id = $1", person.id)
        for password in (PASSWORD, "set-apart", OWNERS):
            assert (await sign_in(api, password, apart)).status_code == 401

    async def test_the_new_account_has_the_databases_time_as_all_have(
        self, api: httpx.AsyncClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A code counts for accounts that are older. With a fast clock here none did until the database's had caught up."""
        await make_candidate(settings, email=EMAIL)
        monkeypatch.setattr("tortoise.timezone.now", lambda: utc_now() + timedelta(hours=1))
        await reset(api, settings, startOver=True)
        assert await db.fetch_value("SELECT max(created_at) <= now() FROM users") is True

    async def test_roles_go_with_the_address(self, api: httpx.AsyncClient, settings: Settings) -> None:
        person = await make_candidate(settings, email=EMAIL, roles=("super_admin",))
        await reset(api, settings, startOver=True)
        assert (await sign_in(api, OWNERS)).json()["user"]["roles"] == ["super_admin"]
        assert await db.fetch_value("SELECT count(*) FROM user_roles WHERE user_id = $1", person.id) == 0


class TestChanging:
    @staticmethod
    async def change_own(
        api: httpx.AsyncClient, who: Candidate, current: Any = PASSWORD, new: Any = OWNERS
    ) -> httpx.Response:
        body = {"currentPassword": current, "newPassword": new}
        return await api.post("/users/me/password", json=body, headers=who.headers)

    async def test_it_ends_the_other_sign_ins_and_tells_the_owner(
        self, api: httpx.AsyncClient, settings: Settings, candidate: Candidate
    ) -> None:
        other = (await sign_in(api, PASSWORD, candidate.email)).json()
        answer = await self.change_own(api, candidate)
        assert (answer.status_code, answer.content) == (204, b"")
        assert await is_let_in(api, other) == (401, 401)
        own = {"accessToken": candidate.access_token, "refreshToken": candidate.refresh_token}
        assert await is_let_in(api, own) == (200, 200)
        assert (await sign_in(api, PASSWORD, candidate.email)).status_code == 401
        assert (await sign_in(api, OWNERS, candidate.email)).status_code == 200
        assert await db.fetch_value("SELECT count(*) FROM notices WHERE kind = 'password_changed'") == 1
        assert await db.fetch_value("SELECT count(*) FROM audit_events WHERE action = 'auth.password_changed'") == 1

    async def test_a_sign_in_of_the_replaced_server_ends_too(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        await db.execute(
            "INSERT INTO sessions (id, user_id, token_hash, expires_at)"
            " VALUES (gen_random_uuid(), $1, 'old', now() + interval '1 day')",
            candidate.id,
        )
        assert (await self.change_own(api, candidate)).status_code == 204
        assert await db.fetch_value("SELECT revoked_at IS NOT NULL FROM sessions WHERE token_hash = 'old'")

    @pytest.mark.parametrize("current", ["not it", "", None, 12345678, {}])
    async def test_a_wrong_current_password_is_400(
        self, api: httpx.AsyncClient, candidate: Candidate, current: Any
    ) -> None:
        assert outcome(await self.change_own(api, candidate, current)) == (400, "invalid_current_password")

    async def test_wrong_ones_are_counted(self, api: httpx.AsyncClient, change: Change, candidate: Candidate) -> None:
        change(trusted_proxies="127.0.0.0/8")
        headers = candidate.headers | {"X-Forwarded-For": "8.8.8.8"}
        body = {"currentPassword": "not it", "newPassword": OWNERS}
        seen = [(await api.post("/users/me/password", json=body, headers=headers)).status_code for _ in range(11)]
        assert seen == [400] * 10 + [429]

    async def test_of_twenty_changes_at_once_one_wins(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        answers = await asyncio.gather(
            *(self.change_own(api, candidate, new=f"{OWNERS} {number}") for number in range(20))
        )
        winners = [number for number, answer in enumerate(answers) if answer.status_code == 204]
        assert len(winners) == 1
        assert (await sign_in(api, f"{OWNERS} {winners[0]}", candidate.email)).status_code == 200

    async def test_one_sign_in_that_ends_beside_all_of_them_blocks_nobody(
        self, app: Sanic[Any, Any], candidate: Candidate
    ) -> None:
        """Both want the refresh token's row and its family; whoever takes them the other way round is a deadlock."""
        family = await SessionFamily.get()
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype IN ('tuple', 'transactionid')"

        async def end(work: Callable[[], Awaitable[Any]]) -> None:
            async with in_transaction():
                await work()

        async with in_transaction():
            await Session.filter(family_id=family.id).select_for_update()
            ends = []
            for number, work in enumerate(
                (
                    lambda: sessions.end_all_families(candidate.id, reason=EndReason.PASSWORD_CHANGE),
                    lambda: sessions.end_family(family.id, reason=EndReason.LOGOUT),
                ),
                start=1,
            ):
                ends.append(asyncio.create_task(end(work), context=contextvars.Context()))
                while await db.fetch_value(waiting) < number:
                    await asyncio.sleep(0.01)
        await asyncio.gather(*ends)
        assert await SessionFamily.filter(ended_at__isnull=True).count() == 0

    async def test_nobody_else_may(self, api: httpx.AsyncClient) -> None:
        answer = await api.post("/users/me/password", json={"currentPassword": PASSWORD, "newPassword": OWNERS})
        assert outcome(answer) == (401, "missing_access_token")


async def test_a_refusal_of_the_new_password_uses_no_code(
    api: httpx.AsyncClient, settings: Settings, change: Change
) -> None:
    await register(api)
    await ask(api)
    change(auth_password_blocklist=True)
    code = await mailed(settings)
    assert outcome(await confirm(api, code, "password1")) == (400, "invalid_password")
    assert (await confirm(api, code)).status_code == 204


def test_the_module_asks_nobody_for_the_account_before_the_code_is_right() -> None:
    assert "User" not in new_password.request_reset.__code__.co_names
