"""Does nobody speak for the provider but the provider, and do reviewers see who said what?"""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import uuid4

import httpx
import pytest

from service.base.settings import Settings
from service.database import db
from service.kyc.voices import SHOWN_KEYS, compare
from tests.answers import code
from tests.factories import Candidate, make_candidate, make_kyc_session
from tests.webhooks.provider import deliver

QUEUE = "/admin/kyc/review-queue"
KEY = {"x-admin-api-key": "staff-key-for-tests"}
VOICES = "client_metadata_json, server_metadata_json, signed_metadata_json, client_provider_ref, signed_provider_ref"


@pytest.fixture
async def session_id(candidate: Candidate) -> str:
    return await make_kyc_session(candidate.id, status="SUBMITTED", documents=("PASSPORT",))


async def send(api: httpx.AsyncClient, by: Candidate, session_id: str, **body: Any) -> httpx.Response:
    """What the candidate's phone says."""
    return await api.post(f"/identity/kyc/sessions/{session_id}/provider-metadata", headers=by.headers, json=body)


async def own(api: httpx.AsyncClient, by: Candidate) -> dict[str, Any]:
    session: dict[str, Any] = (await api.get("/identity/kyc/status", headers=by.headers)).json()["session"]
    return session


async def queue(api: httpx.AsyncClient, **query: str) -> list[dict[str, Any]]:
    answer = await api.get(QUEUE, headers=KEY, params=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def said_in(session_id: str) -> list[Any]:
    row = await db.fetch_row(f"SELECT {VOICES} FROM kyc_sessions WHERE id = $1", session_id)
    assert row is not None
    return list(row.values())


class TestForgedProviderData:
    @pytest.mark.parametrize("first", ["provider", "candidate"])
    async def test_what_the_provider_signed_counts_and_the_forgery_is_shown_as_one(
        self, api: httpx.AsyncClient, candidate: Candidate, session_id: str, first: str
    ) -> None:
        signed = {"faceMatch": False, "livenessScore": 0.01}

        async def provider() -> None:
            await deliver(api, {"sessionId": session_id, "providerRef": "true-ref", "metadata": signed})

        async def forge() -> None:
            forged = {"faceMatch": True, "livenessScore": 0.01, "device": "phone"}
            answer = await send(api, candidate, session_id, providerRef="forged-ref", metadata=forged)
            assert answer.status_code == 200

        for speak in (provider, forge) if first == "provider" else (forge, provider):
            await speak()
        shown = await own(api, candidate)
        assert (shown["providerRef"], shown["providerMetadata"]) == ("true-ref", signed | {"device": "phone"})
        assert "voices" not in (await api.get("/identity/kyc/status", headers=candidate.headers)).text
        (item,) = await queue(api)
        assert item["session"]["providerMetadata"] == shown["providerMetadata"]
        assert item["voices"] == {
            "providerRef": {"values": {"client": "forged-ref", "signed": "true-ref"}, "conflict": True},
            "keys": [
                {"key": "faceMatch", "values": {"client": True, "signed": False}, "conflict": True},
                {"key": "device", "values": {"client": "phone"}, "conflict": False},
                {"key": "livenessScore", "values": {"client": 0.01, "signed": 0.01}, "conflict": False},
            ],
            "keyCount": 3,
        }
        assert "PROVIDER_CONFLICT" in item["riskFlags"]

    async def test_every_answer_of_staff_that_shows_the_session_has_the_voices(
        self, api: httpx.AsyncClient, candidate: Candidate, session_id: str, settings: Settings
    ) -> None:
        reviewer = await make_candidate(settings, roles=("super_admin",))
        await send(api, candidate, session_id, metadata={"a": 1})
        answers = [
            (await api.get("/admin/cases", headers=reviewer.headers)).json()["items"][0],
            (await api.post("/admin/kyc/claims", headers=reviewer.headers, json={})).json()["item"],
            (await api.get(f"/admin/users/{candidate.id}/kyc/history", headers=reviewer.headers)).json(),
            (
                await api.post(
                    "/admin/kyc/review",
                    headers=reviewer.headers,
                    json={"sessionId": session_id, "decision": "MANUAL_REVIEW"},
                )
            ).json(),
            (
                await api.post(
                    f"/admin/cases/{session_id}/action", headers=reviewer.headers, json={"action": "RESOLVE_VALID"}
                )
            ).json(),
        ]
        for answer in answers:
            assert answer["voices"]["keys"] == [{"key": "a", "values": {"client": 1}, "conflict": False}]
        history = (await api.get("/identity/kyc/history", headers=candidate.headers)).json()
        assert "voices" not in history

    async def test_the_final_request_is_the_servers_word(
        self, api: httpx.AsyncClient, candidate: Candidate, session_id: str
    ) -> None:
        await send(api, candidate, session_id, metadata={"finalVerification": {"id": "forged"}, "a": 1})
        await deliver(api, {"sessionId": session_id, "metadata": {"finalVerification": "forged", "b": 2}})
        answer = await api.post("/users/me/verification/final-request", headers=candidate.headers, json={})
        request = answer.json()["request"]
        assert await said_in(session_id) == [{"a": 1}, {"finalVerification": request}, {"b": 2}, None, None]
        assert (await own(api, candidate))["providerMetadata"] == {"a": 1, "b": 2, "finalVerification": request}

    async def test_twenty_of_each_at_once_lose_nothing_and_the_signed_word_stays(
        self, api: httpx.AsyncClient, candidate: Candidate, session_id: str
    ) -> None:
        await asyncio.gather(
            *(send(api, candidate, session_id, metadata={f"k{n}": "client", f"c{n}": n}) for n in range(20)),
            *(deliver(api, {"sessionId": session_id, "metadata": {f"k{n}": "signed"}}) for n in range(20)),
        )
        shown = await own(api, candidate)
        assert shown["providerMetadata"] == {f"c{n}": n for n in range(20)} | {f"k{n}": "signed" for n in range(20)}
        assert shown["version"] == 41


class TestAfterTheDecision:
    @pytest.mark.parametrize("decided", ["VERIFIED", "REJECTED"])
    async def test_what_the_candidate_sends_is_answered_and_not_kept(
        self, api: httpx.AsyncClient, candidate: Candidate, session_id: str, decided: str
    ) -> None:
        await send(api, candidate, session_id, providerRef="r", metadata={"a": 1})
        await db.execute("UPDATE kyc_sessions SET status = $2 WHERE id = $1", session_id, decided)
        before = await own(api, candidate)
        answer = await send(api, candidate, session_id, providerRef="late", metadata={"a": 2, "b": 3})
        assert (answer.status_code, answer.json()) == (200, {"status": decided, "session": before})
        assert await own(api, candidate) == before
        changed = "SELECT count(*) FROM audit_events WHERE action = 'kyc.provider_metadata_changed'"
        assert await db.fetch_value(changed) == 1
        # Fields are looked at as before.
        assert code(await send(api, candidate, session_id)) == (400, "invalid_provider_metadata")
        assert code(await send(api, candidate, session_id, metadata=[])) == (400, "invalid_metadata")

    async def test_of_a_decision_and_twenty_who_speak_nobody_speaks_after_it(
        self, api: httpx.AsyncClient, candidate: Candidate, session_id: str
    ) -> None:
        body = {"sessionId": session_id, "decision": "REJECTED", "reviewedBy": "Rini"}
        decision, *_ = await asyncio.gather(
            api.post("/admin/kyc/review", headers=KEY, json=body),
            *(send(api, candidate, session_id, metadata={f"c{n}": n}) for n in range(10)),
            *(deliver(api, {"sessionId": session_id, "metadata": {f"s{n}": n}}) for n in range(10)),
        )
        assert decision.status_code == 200
        shown = await own(api, candidate)
        assert shown["version"] == decision.json()["session"]["version"]
        assert shown["providerMetadata"] == decision.json()["session"]["providerMetadata"]


class TestCeiling:
    async def test_each_voice_has_its_own(self, api: httpx.AsyncClient, candidate: Candidate, session_id: str) -> None:
        for number in range(4):
            metadata = {f"k{number}": "x" * 60_000}
            assert (await send(api, candidate, session_id, metadata=metadata)).status_code == 200
            assert (await deliver(api, {"sessionId": session_id, "metadata": {f"p{number}": "y" * 60_000}})).json()[
                "updated"
            ]
        assert code(await send(api, candidate, session_id, metadata={"k": "x" * 60_000})) == (400, "invalid_metadata")
        assert len((await own(api, candidate))["providerMetadata"]) == 8

    def test_an_answer_compares_a_bounded_number_of_keys_conflicts_first(self) -> None:
        client = {f"k{n:04}": n for n in range(500)}
        row = {
            "client_metadata_json": client,
            "server_metadata_json": {},
            "signed_metadata_json": {"k0499": 0, "k0001": True},
        }
        found = compare(row)
        assert (len(found["keys"]), found["key_count"]) == (SHOWN_KEYS, 500)
        # JSON's true is not 1.
        assert [one["key"] for one in found["keys"][:3]] == ["k0001", "k0499", "k0000"]
        assert [one["conflict"] for one in found["keys"][:3]] == [True, True, False]


class TestSignedVerdict:
    async def sessions(self, candidate: Candidate, *signed: dict[str, Any]) -> list[str]:
        return [
            await make_kyc_session(candidate.id, status="SUBMITTED", signed_metadata_json=json.dumps(one))
            for one in signed
        ]

    async def test_it_is_a_flag_and_decides_nothing(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        ids = await self.sessions(
            candidate,
            {"status": " verified "},
            {"decision": "REJECTED"},
            {"status": "VERIFIED", "result": "rejected"},
            {"status": "PENDING", "decision": {"VERIFIED": True}},
            {},
        )
        forged = await make_kyc_session(candidate.id, status="SUBMITTED", client_metadata_json='{"status": "VERIFIED"}')
        items = {item["session"]["id"]: item for item in await queue(api)}
        flags = {
            one: [flag for flag in item["riskFlags"] if flag.startswith("PROVIDER_")] for one, item in items.items()
        }
        assert [flags[one] for one in ids] == [
            ["PROVIDER_VERIFIED"],
            ["PROVIDER_REJECTED"],
            ["PROVIDER_REJECTED"],
            [],
            [],
        ]
        assert flags[forged] == []
        assert {item["session"]["status"] for item in items.values()} == {"SUBMITTED"}

    async def test_it_orders_the_queue_for_who_asks_and_nobody_else(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        rejected, verified, silent, late = await self.sessions(
            candidate, {"status": "REJECTED"}, {"status": "VERIFIED"}, {}, {"status": "VERIFIED"}
        )
        shipped = [late, silent, verified, rejected]
        wanted = [rejected, late, verified, silent]
        for path in (QUEUE, "/admin/cases"):
            for order, ids in ((None, shipped), ("", shipped), ("submitted", shipped), ("provider", wanted)):
                query = {} if order is None else {"order": order}
                answer = (await api.get(path, headers=KEY, params=query)).json()
                assert [item["session"]["id"] for item in answer["items"]] == ids
            pages = [
                (await api.get(path, headers=KEY, params={"order": "PROVIDER", "limit": "1", "cursor": str(n)})).json()
                for n in range(4)
            ]
            assert [page["items"][0]["session"]["id"] for page in pages] == wanted
            assert code(await api.get(path, headers=KEY, params={"order": "x"})) == (400, "invalid_order")


class TestPreviousRelease:
    """It knows the merge alone, and runs beside this one: what it writes is told apart by the database."""

    async def client_writes(self, session_id: str, added: dict[str, Any], ref: str | None = None) -> Any:
        return await db.fetch_row(
            "UPDATE kyc_sessions s SET provider_ref = COALESCE($2, s.provider_ref),"
            " provider_metadata_json = s.provider_metadata_json || $3,"
            " provider_metadata_times_json = COALESCE(NULL::jsonb, s.provider_metadata_times_json)"
            " WHERE s.id = $1 RETURNING *",
            session_id,
            ref,
            added,
        )

    async def provider_writes(
        self, session_id: str, added: dict[str, Any], times: dict[str, Any], ref: str | None = None
    ) -> None:
        await db.execute(
            "UPDATE kyc_sessions s SET provider_ref = COALESCE($2, s.provider_ref),"
            " provider_metadata_json = s.provider_metadata_json || $3,"
            " provider_metadata_times_json = COALESCE($4, s.provider_metadata_times_json) WHERE s.id = $1",
            session_id,
            ref,
            added,
            times,
        )

    async def test_its_client_takes_nothing_away_from_the_provider(
        self, api: httpx.AsyncClient, session_id: str
    ) -> None:
        await deliver(api, {"sessionId": session_id, "providerRef": "true", "metadata": {"match": False}})
        row = await self.client_writes(session_id, {"match": True, "b": 1}, "forged")
        assert (row["provider_ref"], row["provider_metadata_json"]) == ("true", {"match": False, "b": 1})
        assert await said_in(session_id) == [{"match": True, "b": 1}, {}, {"match": False}, "forged", "true"]

    async def test_its_provider_speaks_as_the_provider(
        self, api: httpx.AsyncClient, candidate: Candidate, session_id: str
    ) -> None:
        await send(api, candidate, session_id, providerRef="forged", metadata={"match": True, "same": 1, "own": 2})
        times = {"providerRef": [5, "e"], "metadata": {"match": [5, "e"], "same": [5, "e"]}}
        await self.provider_writes(session_id, {"match": False, "same": 1}, times, "true")
        clients = {"match": True, "same": 1, "own": 2}
        assert await said_in(session_id) == [clients, {}, {"match": False, "same": 1}, "forged", "true"]
        # And this release goes on from there, also where it says the same again.
        await deliver(api, {"sessionId": session_id, "providerRef": "true", "metadata": {"match": False, "own": 3}})
        assert await said_in(session_id) == [clients, {}, {"match": False, "same": 1, "own": 3}, "forged", "true"]
        assert (await own(api, candidate))["providerMetadata"] == {"match": False, "same": 1, "own": 3}

    async def test_its_final_request_is_the_servers(self, session_id: str) -> None:
        await self.client_writes(session_id, {"finalVerification": {"id": "1"}})
        assert await said_in(session_id) == [{}, {"finalVerification": {"id": "1"}}, {}, None, None]

    async def test_a_key_that_is_taken_out_of_the_merge_goes_from_every_voice(
        self, api: httpx.AsyncClient, candidate: Candidate, session_id: str
    ) -> None:
        await send(api, candidate, session_id, providerRef="r", metadata={"a": 1, "b": 2})
        await deliver(api, {"sessionId": session_id, "providerRef": "s", "metadata": {"a": 3}})
        await db.execute(
            "UPDATE kyc_sessions SET provider_metadata_json = provider_metadata_json - 'a', provider_ref = NULL"
            " WHERE id = $1",
            session_id,
        )
        assert await said_in(session_id) == [{"b": 2}, {}, {}, None, None]

    async def test_rows_of_before_are_told_apart_and_say_the_same_as_before(self, candidate: Candidate) -> None:
        merged = {"match": False, "own": 2, "finalVerification": {"id": "1"}, "big": 1.5}
        times = {"providerRef": [5, "e"], "metadata": {"match": [5, "e"], "gone": [4, "d"]}}
        session = await make_kyc_session(
            candidate.id,
            provider_ref="ref",
            provider_metadata_json=json.dumps(merged),
            provider_metadata_times_json=json.dumps(times),
        )
        assert await said_in(session) == [
            {"own": 2, "big": 1.5},
            {"finalVerification": {"id": "1"}},
            {"match": False},
            None,
            "ref",
        ]
        row = await db.fetch_row("SELECT provider_ref, provider_metadata_json FROM kyc_sessions WHERE id = $1", session)
        assert row is not None
        assert (row["provider_ref"], row["provider_metadata_json"]) == ("ref", merged)
        other = await make_kyc_session(candidate.id, id=str(uuid4()), provider_ref="mine")
        assert await said_in(other) == [{}, {}, {}, "mine", None]
