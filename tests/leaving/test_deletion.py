"""Can a person leave, change their mind, and be held back, and does nobody see them meanwhile?"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sanic import Sanic

from service.adapters.object_storage import ObjectStorage
from service.auth import codes
from service.base import metrics
from service.base.settings import Settings
from service.database import db
from service.leaving import erasure, queries
from service.notices.models import NoticeKind
from tests.answers import code
from tests.factories import PASSWORD, Candidate, make_application, make_candidate, make_kyc_session
from tests.inbox import Inbox
from tests.leaving.person import Person, ask, make_due
from tests.working import run_due


@pytest.fixture
async def admin(app: Sanic[Any, Any], settings: Settings) -> Candidate:
    return await make_candidate(settings, roles=("super_admin",), full_name="Ani Admin")


async def sign_in(api: httpx.AsyncClient, candidate: Candidate, password: str = PASSWORD) -> httpx.Response:
    return await api.post("/auth/login", json={"email": candidate.email, "password": password})


async def again(api: httpx.AsyncClient, candidate: Candidate) -> dict[str, str]:
    """The headers of a new sign-in."""
    return {"Authorization": f"Bearer {(await sign_in(api, candidate)).json()['accessToken']}"}


async def hold(api: httpx.AsyncClient, admin: Candidate, user_id: str, days: float, **more: Any) -> httpx.Response:
    body = {"reason": "An investigation", "until": (datetime.now(UTC) + timedelta(days=days)).isoformat()} | more
    return await api.post(f"/admin/users/{user_id}/hold", json=body, headers=admin.headers)


class TestRequest:
    async def test_it_says_until_when_and_ends_all_sign_ins(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        other = await again(api, candidate)
        answer = await ask(api, candidate.headers)
        assert answer.status_code == 202
        found = answer.json()
        times = [datetime.fromisoformat(found[name]) for name in ("requestedAt", "completeBy")]
        assert found["status"] == "REQUESTED"
        assert times[1] - times[0] == timedelta(days=14)
        for headers in (candidate.headers, other):
            assert (await api.get("/auth/me", headers=headers)).status_code == 401
        refreshed = await api.post("/auth/refresh", json={"refreshToken": candidate.refresh_token})
        assert refreshed.status_code == 401

    async def test_a_wrong_password_is_400_and_counted(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        for body in ({"password": "wrong one"}, {"password": ""}, {"password": None}, {}):
            answer = await api.post("/users/me/deletion", json=body, headers=candidate.headers)
            assert code(answer) == (400, "invalid_current_password")
        assert await db.fetch_value("SELECT count(*) FROM hidden_accounts") == 0
        assert (await api.get("/auth/me", headers=candidate.headers)).status_code == 200
        for _ in range(120):
            answer = await ask(api, candidate.headers, "wrong one")
            if answer.status_code == 429:
                break
        assert code(answer) == (429, "rate_limited")

    async def test_without_a_sign_in_it_is_401(self, api: httpx.AsyncClient) -> None:
        assert (await api.post("/users/me/deletion", json={"password": PASSWORD})).status_code == 401
        assert (await api.delete("/users/me/deletion")).status_code == 401

    async def test_signing_in_meanwhile_says_so_and_takes_nothing_back(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        asked = (await ask(api, candidate.headers)).json()
        signed_in = await sign_in(api, candidate)
        assert signed_in.status_code == 200
        assert signed_in.json()["deletion"] == {name: asked[name] for name in ("requestedAt", "completeBy")}
        refreshed = await api.post("/auth/refresh", json={"refreshToken": signed_in.json()["refreshToken"]})
        assert "deletion" not in refreshed.json()
        assert await db.fetch_value("SELECT count(*) FROM hidden_accounts") == 1

    async def test_others_are_not_told_of_a_deletion(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        assert "deletion" not in (await sign_in(api, candidate)).json()

    async def test_many_requests_at_once_are_one(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        answers = await asyncio.gather(*(ask(api, candidate.headers) for _ in range(8)))
        assert {answer.status_code for answer in answers} <= {202, 401}
        assert len({answer.json()["completeBy"] for answer in answers if answer.status_code == 202}) == 1
        assert await db.fetch_value("SELECT count(*) FROM hidden_accounts") == 1
        requested = "SELECT count(*) FROM audit_events WHERE action = 'account.deletion_requested'"
        assert await db.fetch_value(requested) == 1
        assert await db.fetch_value("SELECT count(*) FROM background_tasks WHERE kind = 'erase_account'") == 1

    async def test_asking_again_changes_no_date(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        counted = metrics.account_deletions.labels("requested")._value
        before = counted.get()
        first = (await ask(api, candidate.headers)).json()
        assert (await ask(api, await again(api, candidate))).json() == first
        assert counted.get() == before + 1

    async def test_the_last_administrator_stays(
        self, api: httpx.AsyncClient, settings: Settings, admin: Candidate
    ) -> None:
        answer = await ask(api, admin.headers)
        assert code(answer) == (409, "last_super_admin")
        second = await make_candidate(settings, roles=("super_admin",))
        answers = await asyncio.gather(ask(api, admin.headers), ask(api, second.headers))
        assert Counter(answer.status_code for answer in answers) == {202: 1, 409: 1}

    async def test_an_administrator_who_leaves_does_not_count_as_one(
        self, api: httpx.AsyncClient, settings: Settings, admin: Candidate
    ) -> None:
        second = await make_candidate(settings, roles=("super_admin",))
        await ask(api, second.headers)
        answer = await api.patch(f"/admin/users/{admin.id}", json={"roles": ["sdm"]}, headers=admin.headers)
        assert code(answer) == (409, "last_super_admin")

    @pytest.mark.parametrize("language", ["en", "id"])
    async def test_the_person_is_told_by_mail_in_their_language(
        self, api: httpx.AsyncClient, settings: Settings, smtp: Settings, inbox: tuple[Inbox, str], language: str
    ) -> None:
        person = await make_candidate(settings, email="sari@mailbox.test")
        await db.execute("UPDATE users SET language = $1", language)
        asked = (await ask(api, person.headers)).json()
        await api.delete("/users/me/deletion", headers=await again(api, person))
        while await run_due(smtp):
            pass
        # They leave at once, in any order.
        second, first = sorted(inbox[0].read(), key=lambda mail: asked["completeBy"][:10] in mail.get_content())
        assert asked["completeBy"][:10] in first.get_content()
        assert first["Subject"] == {"en": "Your account will be erased", "id": "Akun Anda akan dihapus"}[language]
        assert second["Subject"] == {"en": "Your account stays", "id": "Akun Anda tetap ada"}[language]


class TestCancel:
    async def test_the_account_stays_and_so_does_the_sign_in(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        await ask(api, candidate.headers)
        headers = await again(api, candidate)
        assert (await api.delete("/users/me/deletion", headers=headers)).status_code == 204
        assert (await api.get("/auth/me", headers=headers)).status_code == 200
        answer = await api.delete("/users/me/deletion", headers=headers)
        assert code(answer) == (409, "deletion_not_requested")
        assert "deletion" not in (await sign_in(api, candidate)).json()

    async def test_of_many_at_once_one_takes_it_back(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        await ask(api, candidate.headers)
        headers = await again(api, candidate)
        answers = await asyncio.gather(*(api.delete("/users/me/deletion", headers=headers) for _ in range(8)))
        assert Counter(answer.status_code for answer in answers) == {204: 1, 409: 7}

    async def test_a_task_of_a_request_that_was_taken_back_erases_nothing(
        self, api: httpx.AsyncClient, candidate: Candidate, settings: Settings, app: Sanic[Any, Any]
    ) -> None:
        await ask(api, candidate.headers)
        headers = await again(api, candidate)
        await api.delete("/users/me/deletion", headers=headers)
        await make_due()
        while await run_due(settings, app.ctx.storage):
            pass
        assert (await api.get("/auth/me", headers=headers)).status_code == 200

    async def test_of_cancel_and_erasure_one_wins_wholly(
        self, api: httpx.AsyncClient, person: Person, own: Settings, storage: ObjectStorage
    ) -> None:
        await ask(api, person.headers)
        headers = await again(api, person.account)
        await make_due()
        hidden_id = str(await db.fetch_value("SELECT id FROM hidden_accounts"))
        answer, erased = await asyncio.gather(
            api.delete("/users/me/deletion", headers=headers), erasure.erase(hidden_id, own, storage)
        )
        kept = await db.fetch_value("SELECT count(*) FROM users")
        documents = await db.fetch_value("SELECT count(*) FROM job_application_documents")
        assert (answer.status_code, erased, kept, documents) in {(204, False, 1, 1), (401, True, 0, 0)}

    async def test_who_signs_in_while_it_is_erased_is_let_in_nowhere(
        self, api: httpx.AsyncClient, person: Person, own: Settings, storage: ObjectStorage
    ) -> None:
        await ask(api, person.headers)
        await make_due()
        hidden_id = str(await db.fetch_value("SELECT id FROM hidden_accounts"))
        *answers, erased = await asyncio.gather(
            *(sign_in(api, person.account) for _ in range(6)), erasure.erase(hidden_id, own, storage)
        )
        assert erased
        for answer in answers:
            assert answer.status_code in {200, 401}
            if answer.status_code == 200:
                headers = {"Authorization": f"Bearer {answer.json()['accessToken']}"}
                assert (await api.get("/auth/me", headers=headers)).status_code == 401
        for table in ("sessions", "session_families"):
            assert await db.fetch_value(f"SELECT count(*) FROM {table}") == 0

    @pytest.mark.parametrize("start_over", [False, True])
    async def test_no_reset_opens_an_account_that_is_being_erased(
        self, api: httpx.AsyncClient, person: Person, own: Settings, storage: ObjectStorage, start_over: bool
    ) -> None:
        await ask(api, person.headers)
        for table in ("background_tasks", "notices", "email_verification_challenges"):
            await db.execute(f"DELETE FROM {table}")
        await make_due()
        hidden = await db.fetch_row("SELECT id, user_id FROM hidden_accounts")
        assert hidden is not None
        await queries.begin(hidden["id"], hidden["user_id"])  # and the object store is away
        answer = await _reset(api, person.account.email, own, start_over=start_over)
        assert code(answer) == (400, "verification_code_invalid")
        while await run_due(own, storage):
            pass
        assert await db.fetch_value("SELECT outcome FROM notices WHERE kind = 'password_reset_code'") == "no_account"
        assert (await sign_in(api, person.account, "a new word 27")).status_code == 401
        assert await erasure.erase(str(hidden["id"]), own, storage)
        assert await db.fetch_value("SELECT count(*) FROM users") == 0

    @pytest.mark.parametrize("start_over", [False, True])
    async def test_of_a_reset_and_the_erasure_one_is_first(
        self, api: httpx.AsyncClient, person: Person, own: Settings, storage: ObjectStorage, start_over: bool
    ) -> None:
        await ask(api, person.headers)
        await make_due()
        hidden_id = str(await db.fetch_value("SELECT id FROM hidden_accounts"))
        answer, erased = await asyncio.gather(
            _reset(api, person.account.email, own, start_over=start_over), erasure.erase(hidden_id, own, storage)
        )
        assert erased  # the address was proved before, so a reset takes no deletion back
        assert answer.status_code in {204, 400}
        left = int(start_over and answer.status_code == 204)  # the new account of the address
        assert await db.fetch_value("SELECT count(*) FROM users") == left


async def _reset(api: httpx.AsyncClient, email: str, settings: Settings, *, start_over: bool) -> httpx.Response:
    await api.post("/auth/password-reset", json={"email": email})
    challenge = await codes.newest(codes.Purpose.PASSWORD_RESET, email).first()
    assert challenge is not None
    body = {"email": email, "code": codes.code_of(challenge, settings), "newPassword": "a new word 27"}
    return await api.post("/auth/password-reset/confirm", json=body | {"startOver": start_over})


class TestHold:
    async def test_it_postpones_and_changes_no_answer(
        self, api: httpx.AsyncClient, admin: Candidate, person: Person, own: Settings, storage: ObjectStorage
    ) -> None:
        asked = (await ask(api, person.headers)).json()
        answer = await hold(api, admin, person.account.id, 30)
        assert answer.status_code == 200
        assert answer.json()["hold"]["reason"] == "An investigation"
        assert (await sign_in(api, person.account)).json()["deletion"]["completeBy"] == asked["completeBy"]
        await make_due()
        hidden_id = str(await db.fetch_value("SELECT id FROM hidden_accounts"))
        assert not await erasure.erase(hidden_id, own, storage)
        await db.execute("UPDATE account_holds SET held_until = now()")
        assert await erasure.erase(hidden_id, own, storage)
        row = await db.fetch_row("SELECT actor_id FROM audit_events WHERE action = 'account.held'")
        assert row is not None
        assert row["actor_id"] == admin.id

    async def test_it_can_be_made_longer_and_not_shorter(
        self, api: httpx.AsyncClient, admin: Candidate, candidate: Candidate
    ) -> None:
        assert (await hold(api, admin, candidate.id, 10)).status_code == 200
        shorter = await hold(api, admin, candidate.id, 5)
        assert code(shorter) == (409, "account_on_hold")
        assert (await hold(api, admin, candidate.id, 20)).status_code == 200
        assert await db.fetch_value("SELECT count(*) FROM account_holds") == 1

    @pytest.mark.parametrize(
        ("more", "wanted"),
        [
            ({"until": "2020-01-01T00:00:00Z"}, "invalid_until"),
            ({"until": None}, "invalid_until"),
            ({"until": "2099-01-01T00:00:00Z"}, "invalid_until"),
            ({"reason": " "}, "invalid_reason"),
        ],
    )
    async def test_wrong_fields_are_refused(
        self, api: httpx.AsyncClient, admin: Candidate, candidate: Candidate, more: dict[str, Any], wanted: str
    ) -> None:
        answer = await hold(api, admin, candidate.id, 10, **more)
        assert code(answer) == (400, wanted)

    async def test_it_is_for_administrators_and_for_accounts_that_exist(
        self, api: httpx.AsyncClient, admin: Candidate, candidate: Candidate
    ) -> None:
        assert (await hold(api, candidate, candidate.id, 10)).status_code == 403
        for nobody in ("6f1c2a34-8d5b-4b7e-9c21-3a5f0e7d9b10", "no-id"):
            assert (await hold(api, admin, nobody, 10)).status_code == 404


class TestOutOfSight:
    LISTS = (
        "/admin/users",
        "/admin/applications",
        "/admin/kyc/review-queue",
        "/admin/cases",
        "/admin/activity-events",
        "/admin/organizations",
    )

    async def test_staffs_lists_leave_the_person_out_and_show_them_again(
        self, api: httpx.AsyncClient, admin: Candidate, person: Person
    ) -> None:
        async def shown() -> list[str]:
            answers = [await api.get(path, headers=admin.headers) for path in self.LISTS]
            assert {answer.status_code for answer in answers} == {200}
            texts = (person.account.id, person.verification, person.application)
            found = zip(self.LISTS, answers, strict=True)
            return [path for path, answer in found if any(text in answer.text for text in texts)]

        assert await shown() == list(self.LISTS)
        await ask(api, person.headers)
        assert await shown() == []
        await api.delete("/users/me/deletion", headers=await again(api, person.account))
        assert await shown() == list(self.LISTS)

    async def test_nobody_is_given_their_verification(
        self, api: httpx.AsyncClient, admin: Candidate, candidate: Candidate
    ) -> None:
        await make_kyc_session(candidate.id, status="SUBMITTED")
        await ask(api, candidate.headers)
        answer = await api.post("/admin/kyc/claims", json={}, headers=admin.headers)
        assert code(answer) == (404, "kyc_session_not_found")

    async def test_counts_leave_them_out(self, api: httpx.AsyncClient, admin: Candidate, candidate: Candidate) -> None:
        await make_kyc_session(candidate.id, status="SUBMITTED")
        await make_application(candidate.id)
        await ask(api, candidate.headers)
        summary = (await api.get("/admin/overview/summary", headers=admin.headers)).json()
        assert "'pendingKyc': 0" in str(summary)
        assert "'submittedApplications': 0" in str(summary)


async def test_both_mails_go_to_addresses_that_nobody_has_proved() -> None:
    from service.notices.texts import KINDS

    assert KINDS[NoticeKind.DELETION_REQUESTED].is_security
    assert KINDS[NoticeKind.DELETION_CANCELLED].is_security
