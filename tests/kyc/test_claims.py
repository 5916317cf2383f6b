"""Do claims keep reviewers apart, and do forgotten ones come back by themselves?"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from service.base.settings import Settings
from service.database import db
from service.kyc import claims
from service.kyc.admin_schemas import KycClaim
from service.kyc.models import KycClaim as StoredClaim
from service.kyc.queries import find_queue_item
from tests.answers import code
from tests.factories import Candidate, make_candidate, make_kyc_session

# The same in every process: tests are named by it.
NOBODYS_ID = "6f0d8c52-3d1b-4a77-9a5e-0c2b7f1e4d93"

CLAIMS = "/admin/kyc/claims"
REVIEW = "/admin/kyc/review"
KEY = {"x-admin-api-key": "staff-key-for-tests"}


@pytest.fixture
async def reviewer(app: Any, settings: Settings) -> Candidate:
    return await make_candidate(settings, roles=("super_admin",))


@pytest.fixture
async def colleague(app: Any, settings: Settings) -> Candidate:
    return await make_candidate(settings, roles=("super_admin",))


@pytest.fixture
async def waiting(candidate: Candidate) -> str:
    return await make_kyc_session(candidate.id, status="SUBMITTED", documents=("PASSPORT", "SELFIE"))


async def expire(claim_id: str) -> None:
    await db.execute("UPDATE kyc_claims SET expires_at = now() - interval '1 second' WHERE id = $1", claim_id)


async def audited() -> list[tuple[str, str]]:
    rows = await db.fetch_all(
        "SELECT action, actor_id FROM audit_events WHERE action LIKE 'kyc.claim%' ORDER BY position"
    )
    return [(row["action"], row["actor_id"]) for row in rows]


class TestClaim:
    async def test_a_session_is_mine_for_fifteen_minutes(
        self, api: httpx.AsyncClient, reviewer: Candidate, colleague: Candidate, waiting: str
    ) -> None:
        answer = await api.post(CLAIMS, headers=reviewer.headers, json={"sessionId": waiting, "reviewedBy": "forged"})
        assert answer.status_code == 201
        claim, item = answer.json()["claim"], answer.json()["item"]
        assert (claim["sessionId"], claim["reviewedBy"]) == (waiting, reviewer.email)
        life = datetime.fromisoformat(claim["expiresAt"]) - datetime.fromisoformat(claim["claimedAt"])
        assert life == timedelta(minutes=15)
        assert item["claim"] == claim
        assert (item["session"]["id"], item["documentCount"]) == (waiting, 2)
        queue = (await api.get("/admin/kyc/review-queue", headers=colleague.headers)).json()
        assert queue["items"][0]["claim"] == claim
        for body in ({"sessionId": waiting}, {"sessionId": waiting.upper()}):
            assert code(await api.post(CLAIMS, headers=colleague.headers, json=body)) == (409, "kyc_session_claimed")
        assert code(await api.post(CLAIMS, headers=colleague.headers)) == (404, "kyc_session_not_found")
        assert await audited() == [("kyc.claimed", reviewer.id)]
        assert item["session"]["version"] == 1

    async def test_claiming_again_renews(self, api: httpx.AsyncClient, reviewer: Candidate, waiting: str) -> None:
        first = (await api.post(CLAIMS, headers=reviewer.headers, json={"sessionId": waiting})).json()["claim"]
        again = await api.post(CLAIMS, headers=reviewer.headers, json={"sessionId": waiting})
        assert again.status_code == 201
        assert again.json()["claim"]["id"] == first["id"]
        assert again.json()["claim"]["expiresAt"] >= first["expiresAt"]
        assert [action for action, _ in await audited()] == ["kyc.claimed", "kyc.claim_renewed"]

    async def test_the_one_that_waits_longest_comes_first(
        self, api: httpx.AsyncClient, reviewer: Candidate, candidate: Candidate
    ) -> None:
        moment = datetime(2026, 3, 1, tzinfo=UTC)
        late = await make_kyc_session(candidate.id, status="SUBMITTED", submitted_at=moment + timedelta(hours=2))
        looked_at = await make_kyc_session(
            candidate.id, status="MANUAL_REVIEW", submitted_at=moment, reviewed_at=moment + timedelta(hours=3)
        )
        early = await make_kyc_session(candidate.id, status="SUBMITTED", submitted_at=moment + timedelta(hours=1))
        for status in ("CREATED", "VERIFIED", "REJECTED"):
            await make_kyc_session(candidate.id, status=status)
        given = [
            (await api.post(CLAIMS, headers=reviewer.headers, json=body)).json()["claim"]["sessionId"]
            for body in ({}, {"sessionId": None}, {"sessionId": " "})
        ]
        assert given == [early, late, looked_at]
        assert code(await api.post(CLAIMS, headers=reviewer.headers)) == (404, "kyc_session_not_found")

    async def test_only_what_waits_can_be_claimed(
        self, api: httpx.AsyncClient, reviewer: Candidate, candidate: Candidate
    ) -> None:
        async def ask(session_id: Any) -> tuple[int, str]:
            return code(await api.post(CLAIMS, headers=reviewer.headers, json={"sessionId": session_id}))

        for unknown in (str(uuid4()), "nonsense", 5):
            assert await ask(unknown) == (404, "kyc_session_not_found")
        for bad in ({"a": 1}, [], "\x00"):
            assert await ask(bad) == (400, "invalid_session_id")
        assert await ask(await make_kyc_session(candidate.id)) == (409, "kyc_session_not_submitted")
        for status in ("VERIFIED", "REJECTED"):
            assert await ask(await make_kyc_session(candidate.id, status=status)) == (409, "kyc_session_locked")
        assert code(await api.post(CLAIMS, headers=KEY, json={"reviewedBy": " "})) == (400, "invalid_reviewed_by")
        assert code(await api.post(CLAIMS, headers=reviewer.headers, content=b"{")) == (400, "invalid_request_body")

    async def test_a_forgotten_claim_ends_by_itself(
        self, api: httpx.AsyncClient, reviewer: Candidate, colleague: Candidate, waiting: str
    ) -> None:
        first = (await api.post(CLAIMS, headers=reviewer.headers)).json()["claim"]
        await expire(first["id"])
        queue = (await api.get("/admin/kyc/review-queue", headers=colleague.headers)).json()
        assert queue["items"][0]["claim"] is None
        second = (await api.post(CLAIMS, headers=colleague.headers)).json()["claim"]
        assert second["sessionId"] == waiting
        assert second["id"] != first["id"]
        renewed = await api.post(f"{CLAIMS}/{first['id']}/renew", headers=reviewer.headers)
        assert code(renewed) == (404, "kyc_claim_not_found")
        body = {"sessionId": waiting, "decision": "VERIFIED"}
        assert code(await api.post(REVIEW, headers=reviewer.headers, json=body)) == (409, "kyc_session_claimed")

    async def test_of_twenty_at_once_one_gets_it(
        self, api: httpx.AsyncClient, settings: Settings, waiting: str
    ) -> None:
        staff = [await make_candidate(settings, roles=("super_admin",)) for _ in range(20)]
        answers = await asyncio.gather(
            *(api.post(CLAIMS, headers=one.headers, json={"sessionId": waiting}) for one in staff)
        )
        assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 19}

    async def test_a_session_that_is_locked_for_a_moment_is_waited_for(
        self, api: httpx.AsyncClient, reviewer: Candidate, candidate: Candidate, waiting: str
    ) -> None:
        body = {"sessionId": waiting, "documentType": "OTHER", "checksumSha256": "c" * 64}
        body["objectKey"] = f"kyc/{candidate.id}/{waiting}/late.jpg"
        answers = await asyncio.gather(
            *(
                api.post(
                    "/identity/kyc/documents",
                    headers=candidate.headers,
                    json=body | {"checksumSha256": f"{number:064x}"},
                )
                for number in range(1000, 1010)
            ),
            api.post(CLAIMS, headers=reviewer.headers),
        )
        assert {answer.status_code for answer in answers} == {201}


class TestRenewAndRelease:
    async def test_the_holder_renews_and_releases(
        self, api: httpx.AsyncClient, reviewer: Candidate, colleague: Candidate, waiting: str
    ) -> None:
        claim = (await api.post(CLAIMS, headers=reviewer.headers)).json()["claim"]
        path = f"{CLAIMS}/{claim['id']}"
        for method, one in (("POST", f"{path}/renew"), ("DELETE", path)):
            for headers in (colleague.headers, KEY):
                assert code(await api.request(method, one, headers=headers)) == (409, "kyc_session_claimed")
        await db.execute("UPDATE kyc_claims SET expires_at = now() + interval '1 minute'")
        renewed = await api.post(f"{path}/renew", headers=reviewer.headers, json={})
        assert renewed.status_code == 200
        left = datetime.fromisoformat(renewed.json()["claim"]["expiresAt"]) - datetime.now(UTC)
        assert left > timedelta(minutes=14)
        released = await api.delete(path, headers=reviewer.headers)
        assert (released.status_code, released.json()["released"]) == (200, True)
        assert code(await api.delete(path, headers=reviewer.headers)) == (404, "kyc_claim_not_found")
        assert (await api.post(CLAIMS, headers=colleague.headers)).status_code == 201
        assert [action for action, _ in await audited()] == [
            "kyc.claimed",
            "kyc.claim_renewed",
            "kyc.claim_released",
            "kyc.claimed",
        ]

    @pytest.mark.parametrize("claim_id", ["nonsense", NOBODYS_ID, "%00"])
    async def test_an_unknown_claim_is_not_found(
        self, api: httpx.AsyncClient, reviewer: Candidate, claim_id: str
    ) -> None:
        for method, path in (("POST", f"{CLAIMS}/{claim_id}/renew"), ("DELETE", f"{CLAIMS}/{claim_id}")):
            assert code(await api.request(method, path, headers=reviewer.headers)) == (404, "kyc_claim_not_found")


class TestReviewUnderClaims:
    async def test_a_colleague_waits_until_the_holder_decided(
        self, api: httpx.AsyncClient, reviewer: Candidate, colleague: Candidate, waiting: str
    ) -> None:
        await api.post(CLAIMS, headers=reviewer.headers, json={"sessionId": waiting})
        body = {"sessionId": waiting, "decision": "MANUAL_REVIEW", "reviewedBy": "anybody"}
        for headers in (colleague.headers, KEY):
            assert code(await api.post(REVIEW, headers=headers, json=body)) == (409, "kyc_session_claimed")
            case = await api.post(f"/admin/cases/{waiting}/action", headers=headers, json={"action": "ESCALATE"})
            assert code(case) == (409, "kyc_session_claimed")
        bad = body | {"decision": "nonsense"}
        assert code(await api.post(REVIEW, headers=colleague.headers, json=bad)) == (400, "invalid_decision")
        assert (await api.post(REVIEW, headers=reviewer.headers, json=body)).status_code == 200
        assert await db.fetch_value("SELECT count(*) FROM kyc_claims") == 0
        after = body | {"decision": "VERIFIED"}
        assert (await api.post(REVIEW, headers=colleague.headers, json=after)).status_code == 200

    async def test_with_the_key_the_name_is_the_person(self, api: httpx.AsyncClient, waiting: str) -> None:
        claim = {"sessionId": waiting, "reviewedBy": "Rini"}
        assert (await api.post(CLAIMS, headers=KEY, json=claim)).json()["claim"]["reviewedBy"] == "Rini"
        body = {"sessionId": waiting, "decision": "VERIFIED"}
        other = await api.post(REVIEW, headers=KEY, json=body | {"reviewedBy": "Budi"})
        assert code(other) == (409, "kyc_session_claimed")
        assert (await api.post(REVIEW, headers=KEY, json=body | {"reviewedBy": "Rini"})).status_code == 200

    async def test_a_claim_of_the_key_without_a_name_is_the_keys(self, api: httpx.AsyncClient, waiting: str) -> None:
        claim = (await api.post(CLAIMS, headers=KEY)).json()["claim"]
        assert claim["reviewedBy"] == "admin_api_key"
        body = {"sessionId": waiting, "decision": "VERIFIED", "reviewedBy": "Budi"}
        assert (await api.post(REVIEW, headers=KEY, json=body)).status_code == 200

    async def test_rows_and_models_say_the_same(
        self, api: httpx.AsyncClient, reviewer: Candidate, waiting: str
    ) -> None:
        await api.post(CLAIMS, headers=reviewer.headers)
        item = await find_queue_item(UUID(waiting))
        assert item is not None
        assert item.claim == KycClaim.model_validate(await StoredClaim.get(kyc_session_id=waiting))


class TestBusy:
    @pytest.mark.parametrize("named", [True, False])
    async def test_whoever_hears_that_the_server_is_busy_holds_no_claim(
        self, api: httpx.AsyncClient, reviewer: Candidate, waiting: str, monkeypatch: pytest.MonkeyPatch, named: bool
    ) -> None:
        """They ask again, and would be given another verification while nobody works on the first."""

        async def refuse(_session_id: UUID, **_: Any) -> None:
            raise db.PoolExhausted("no connection")

        with monkeypatch.context() as patch:
            patch.setattr(claims, "find_queue_item", refuse)
            answer = await api.post(CLAIMS, headers=reviewer.headers, json={"sessionId": waiting} if named else {})
        assert code(answer) == (503, "server_busy")
        assert not await StoredClaim.all().count()
        assert (await api.post(CLAIMS, headers=reviewer.headers)).status_code == 201


class TestManyReviewers:
    async def test_nobody_is_decided_twice_and_forgotten_claims_come_back(
        self, api: httpx.AsyncClient, settings: Settings
    ) -> None:
        """Fifty reviewers over five hundred waiting sessions; some forget their claims, two lose their role on the way."""
        person = await make_candidate(settings)
        for _ in range(500):
            await make_kyc_session(person.id, status="SUBMITTED")
        staff = [await make_candidate(settings, roles=("super_admin",)) for _ in range(50)]
        claimed: list[str] = []
        forgotten: list[str] = []

        async def post(path: str, **request: Any) -> httpx.Response:
            """As a client does: whoever hears that the server is busy, which changed nothing, asks again."""
            while (answer := await api.post(path, **request)).status_code == 503:
                assert code(answer) == (503, "server_busy")
            return answer

        async def work(number: int) -> None:
            headers = staff[number].headers
            for turn in range(500):
                answer = await post(CLAIMS, headers=headers)
                if answer.status_code in {403, 404}:
                    return
                assert answer.status_code == 201, answer.text
                claim = answer.json()["claim"]
                claimed.append(claim["id"])
                if number % 5 == 0 and turn == 0:
                    forgotten.append(claim["id"])
                    if number in {0, 5}:
                        await db.execute("DELETE FROM user_roles WHERE user_id = $1", staff[number].id)
                    continue
                version = answer.json()["item"]["session"]["version"]
                body = {"sessionId": claim["sessionId"], "decision": "VERIFIED", "version": version}
                decided = await post(REVIEW, headers=headers, json=body)
                assert decided.status_code == 200, decided.text

        await asyncio.gather(*(work(number) for number in range(50)))
        assert len(set(claimed)) == len(claimed)
        assert len(forgotten) == 10
        waiting = await db.fetch_value("SELECT count(*) FROM kyc_sessions WHERE status = 'SUBMITTED'")
        assert waiting == 10
        for claim_id in forgotten:
            await expire(claim_id)
        await asyncio.gather(*(work(number) for number in range(50) if number % 5))
        assert await db.fetch_value("SELECT count(*) FROM kyc_sessions WHERE status = 'VERIFIED'") == 500
        decisions = await db.fetch_all(
            "SELECT count(*) AS n FROM kyc_status_events WHERE to_status = 'VERIFIED' GROUP BY kyc_session_id"
        )
        assert [row["n"] for row in decisions] == [1] * 500
        assert await db.fetch_value("SELECT count(*) FROM kyc_claims") == 0
