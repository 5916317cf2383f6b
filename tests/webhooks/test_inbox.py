"""Is a delivery kept for ever, applied once and in the order of events, and tried again when it came too early?"""

from __future__ import annotations

import asyncio
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from service.base.settings import Settings
from service.database import db
from service.webhooks.domain import redrive
from tests.answers import code
from tests.factories import Candidate, make_kyc_session
from tests.webhooks.provider import deliver
from tests.working import run_due


async def stored(session_id: str) -> dict[str, Any]:
    row = await db.fetch_row("SELECT * FROM kyc_sessions WHERE id = $1", session_id)
    assert row is not None
    return {
        "ref": row["provider_ref"],
        "metadata": row["provider_metadata_json"],
        "times": row["provider_metadata_times_json"],
        "status": row["status"],
        "version": row["version"],
        "updated_at": row["updated_at"],
    }


async def states() -> list[str]:
    return [row["state"] for row in await db.fetch_all("SELECT state FROM webhook_deliveries ORDER BY received_at")]


@pytest.fixture
async def session_id(candidate: Candidate) -> str:
    return await make_kyc_session(candidate.id)


class TestReceive:
    async def test_no_reviewer_is_named_to_the_provider(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        """Old rows hold addresses too; what is stored stays."""
        for stored_name, shown in (("rini@example.com", "staff"), (None, None)):
            known = await make_kyc_session(candidate.id, status="MANUAL_REVIEW", reviewed_by=stored_name)
            answer = await deliver(api, {"sessionId": known, "metadata": {"a": 1}})
            assert (answer.status_code, answer.json()["session"]["reviewedBy"]) == (202, shown)
            assert b"rini@" not in answer.content
            assert await db.fetch_value("SELECT reviewed_by FROM kyc_sessions WHERE id = $1", known) == stored_name

    async def test_reference_and_metadata_reach_the_session(self, api: httpx.AsyncClient, session_id: str) -> None:
        before = await stored(session_id)
        payload = {"sessionId": session_id, "providerRef": " ref-1 ", "metadata": {"score": 0.9, "none": None}}
        answer = await deliver(api, payload, key="e1")
        assert answer.status_code == 202
        body = answer.json()
        assert {key: body[key] for key in ("accepted", "duplicate", "idempotencyKey", "updated")} == {
            "accepted": True,
            "duplicate": False,
            "idempotencyKey": "e1",
            "updated": True,
        }
        assert body["session"]["providerRef"] == "ref-1"
        assert body["session"]["providerMetadata"] == {"score": 0.9, "none": None}
        after = await stored(session_id)
        assert after["metadata"] == {"score": 0.9, "none": None}
        assert after["status"] == before["status"]
        assert after["version"] == before["version"] + 1
        assert after["updated_at"] > before["updated_at"]
        assert await db.fetch_value("SELECT count(*) FROM kyc_status_events WHERE kyc_session_id = $1", session_id) == (
            await db.fetch_value(
                "SELECT count(*) FROM kyc_status_events WHERE kyc_session_id = $1 AND created_at <= $2",
                session_id,
                before["updated_at"],
            )
        )

    @pytest.mark.parametrize("decided", ["VERIFIED", "REJECTED"])
    async def test_a_decided_session_stays_as_it_is_and_the_delivery_is_kept(
        self, api: httpx.AsyncClient, session_id: str, decided: str
    ) -> None:
        await db.execute("UPDATE kyc_sessions SET status = $2 WHERE id = $1", session_id, decided)
        before = await stored(session_id)
        payload = {"sessionId": session_id, "providerRef": "late", "metadata": {"status": "CREATED"}}
        answer = await deliver(api, payload, key="k")
        assert (answer.status_code, answer.json()["updated"], answer.json()["session"]) == (202, False, None)
        assert await stored(session_id) == before
        row = await db.fetch_row("SELECT state, last_error, applied_at, body FROM webhook_deliveries")
        assert row is not None
        assert (row["state"], row["last_error"], row["applied_at"]) == ("ignored", "decided", None)
        assert json.loads(row["body"]) == payload
        assert (await deliver(api, payload, key="k")).json()["duplicate"] is True
        done = await redrive()
        assert (done.applied, done.parked, done.ignored) == (0, 0, 0)

    async def test_the_status_is_never_touched(self, api: httpx.AsyncClient, session_id: str) -> None:
        payload = {"sessionId": session_id, "metadata": {"status": "VERIFIED"}, "status": "VERIFIED"}
        assert (await deliver(api, payload)).json()["session"]["status"] == "CREATED"

    async def test_deliveries_add_up_to_a_ceiling(
        self, api: httpx.AsyncClient, candidate: Candidate, session_id: str, capfd: pytest.CaptureFixture[str]
    ) -> None:
        """256 KiB; what is over it changes nothing, is kept and said in the log, and small ones go on."""
        capfd.readouterr()
        answers = [await deliver(api, {"sessionId": session_id, "metadata": {f"k{n}": "x" * 90_000}}) for n in range(6)]
        assert [answer.status_code for answer in answers] == [202] * 6
        assert [answer.json()["updated"] for answer in answers] == [True, True, False, False, False, False]
        assert answers[-1].json()["session"] is None
        shown = await api.get("/identity/kyc/status", headers=candidate.headers)
        assert len(shown.content) < 262_144
        rows = await db.fetch_all("SELECT last_error FROM webhook_deliveries WHERE state = 'ignored'")
        assert [row["last_error"] for row in rows] == ["full"] * 4
        lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
        said = [line for line in lines if line["event"] == "kyc.provider_webhook.ignored"]
        assert [(line["level"], line["reason"]) for line in said] == [("warn", "full")] * 4
        answer = await deliver(api, {"sessionId": session_id, "providerRef": "r", "metadata": {"k0": "short"}})
        assert answer.json()["session"]["providerRef"] == "r"

    @pytest.mark.parametrize("metadata", ["absent", None, False, 0, ""])
    async def test_without_metadata_the_whole_payload_is_merged(
        self, api: httpx.AsyncClient, session_id: str, metadata: Any
    ) -> None:
        payload = {"sessionId": session_id, "event": "done", "providerRef": None}
        if metadata != "absent":
            payload["metadata"] = metadata
        assert (await deliver(api, payload)).json()["session"]["providerMetadata"] == payload

    async def test_empty_metadata_is_metadata(self, api: httpx.AsyncClient, session_id: str) -> None:
        answer = await deliver(api, {"sessionId": session_id, "metadata": {}, "event": "done"})
        assert answer.json()["session"]["providerMetadata"] == {}

    async def test_a_blank_reference_keeps_the_old_one(self, api: httpx.AsyncClient, session_id: str) -> None:
        await deliver(api, {"sessionId": session_id, "providerRef": "one", "metadata": {}})
        answer = await deliver(api, {"sessionId": session_id, "providerRef": "  ", "metadata": {"a": 1}})
        assert answer.json()["session"]["providerRef"] == "one"

    async def test_the_final_request_cannot_be_overwritten(self, api: httpx.AsyncClient, session_id: str) -> None:
        await db.execute(
            'UPDATE kyc_sessions SET provider_metadata_json = \'{"finalVerification": {"id": 1}}\' WHERE id = $1',
            session_id,
        )
        for payload in (
            {"sessionId": session_id, "metadata": {"finalVerification": "forged", "a": 1}},
            {"sessionId": session_id, "finalVerification": "forged"},
        ):
            assert (await deliver(api, payload)).json()["updated"] is True
        assert (await stored(session_id))["metadata"]["finalVerification"] == {"id": 1}

    @pytest.mark.parametrize("given_id", ["absent", None, "", "no-uuid", 7, True, ["x"], {"a": 1}])
    async def test_no_usable_session_is_still_accepted(self, api: httpx.AsyncClient, given_id: Any) -> None:
        payload = {"metadata": {"a": 1}} | ({} if given_id == "absent" else {"sessionId": given_id})
        answer = await deliver(api, payload)
        assert answer.status_code == 202
        assert (answer.json()["updated"], answer.json()["session"]) == (False, None)
        assert await states() == ["unaddressed"]

    async def test_the_id_may_be_in_upper_case(self, api: httpx.AsyncClient, session_id: str) -> None:
        assert (await deliver(api, {"sessionId": session_id.upper(), "metadata": {}})).json()["updated"] is True

    async def test_null_and_nothing_are_empty_objects(self, api: httpx.AsyncClient) -> None:
        for body in (b"null", b""):
            answer = await deliver(api, body)
            assert (answer.status_code, answer.json()["updated"]) == (202, False)

    @pytest.mark.parametrize(
        ("payload", "expected"),
        [
            ({"providerRef": "r" * 129}, "invalid_provider_ref"),
            ({"providerRef": ["r"]}, "invalid_provider_ref"),
            ({"providerRef": "a\x00"}, "invalid_provider_ref"),
            ({"metadata": [1]}, "invalid_metadata"),
            ({"metadata": []}, "invalid_metadata"),
            ({"metadata": "text"}, "invalid_metadata"),
            ({"metadata": 1}, "invalid_metadata"),
            ({"metadata": {"a": "\x00"}}, "invalid_metadata"),
            ({"whole": "\x00"}, "invalid_metadata"),
            ([], "invalid_metadata"),
            ("text", "invalid_metadata"),
            (5, "invalid_metadata"),
        ],
    )
    async def test_bad_content_is_refused_and_its_key_stays_free(
        self, api: httpx.AsyncClient, session_id: str, payload: Any, expected: str
    ) -> None:
        for body in (payload, payload | {"sessionId": session_id} if isinstance(payload, dict) else payload):
            assert code(await deliver(api, body, key="k")) == (400, expected)
        assert await states() == []
        answer = await deliver(api, {"sessionId": session_id, "metadata": {"a": 1}}, key="k")
        assert (answer.json()["duplicate"], answer.json()["updated"]) == (False, True)

    @pytest.mark.parametrize("levels", [90, 400, 1100])
    async def test_deep_content_is_no_accident(self, api: httpx.AsyncClient, session_id: str, levels: int) -> None:
        body = (
            b'{"sessionId": "' + session_id.encode() + b'", "metadata": {"a": ' + b"[" * levels + b"]" * levels + b"}}"
        )
        answer = await deliver(api, body)
        if levels < 100:
            assert answer.status_code == 202
        else:
            assert code(answer)[0] == 400

    async def test_raw_bytes_and_digest_are_kept(self, api: httpx.AsyncClient, session_id: str) -> None:
        body = f' {{"sessionId":"{session_id}",\n "metadata":{{"é":1.0}} }} '.encode()
        await deliver(api, body, key="k")
        row = await db.fetch_row("SELECT * FROM webhook_deliveries")
        assert row is not None
        assert row["body"] == body
        assert row["body_sha256"] == hashlib.sha256(body).hexdigest()
        assert (row["idempotency_key"], row["state"], row["attempts"]) == ("k", "applied", 1)
        assert str(row["kyc_session_id"]) == session_id

    async def test_other_peoples_numbers_stay_exact(self, api: httpx.AsyncClient, session_id: str) -> None:
        """Keys that a delivery does not name are not read and written again."""
        await db.execute(
            "UPDATE kyc_sessions SET provider_metadata_json = '{\"big\": 123456789012345678901234567890.123}'"
            " WHERE id = $1",
            session_id,
        )
        await deliver(api, {"sessionId": session_id, "metadata": {"a": 1}})
        text = await db.fetch_value("SELECT provider_metadata_json::text FROM kyc_sessions WHERE id = $1", session_id)
        assert "123456789012345678901234567890.123" in text

    async def test_the_log_line_names_keys_and_no_address(
        self, api: httpx.AsyncClient, session_id: str, capfd: pytest.CaptureFixture[str]
    ) -> None:
        payload = {"sessionId": session_id, "metadata": {"name": "Sari"}} | {f"k{n:02}": "private" for n in range(30)}
        capfd.readouterr()
        await deliver(api, payload, key="k")
        await deliver(api, payload, key="k")
        lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
        lines = [line for line in lines if line["event"] == "kyc.provider_webhook.received"]
        assert [(line["duplicate"], line["updated"]) for line in lines] == [(False, True), (True, False)]
        assert len(lines[0]["payloadKeys"]) == 20
        assert lines[0]["payloadKeys"][:2] == ["sessionId", "metadata"]
        assert lines[0]["signatureVerified"] is True
        assert set(lines[0]) == {
            "ts",
            "level",
            "service",
            "event",
            "duplicate",
            "idempotencyKey",
            "payloadKeys",
            "updated",
            "signatureVerified",
        }


class TestDuplicates:
    async def test_a_repeated_delivery_changes_nothing(self, api: httpx.AsyncClient, session_id: str) -> None:
        payload = {"sessionId": session_id, "metadata": {"a": 1}}
        await deliver(api, payload, key="k")
        before = await stored(session_id)
        again = await deliver(api, payload, key="k")
        assert again.status_code == 202
        assert again.json() == {
            "accepted": True,
            "duplicate": True,
            "idempotencyKey": "k",
            "updated": False,
            "session": None,
        }
        assert await stored(session_id) == before

    async def test_other_bytes_under_a_used_key_are_refused(self, api: httpx.AsyncClient, session_id: str) -> None:
        await deliver(api, b'{"metadata":{}}', key="k")
        for other in (b'{"metadata": {}}', orjson.dumps({"sessionId": session_id, "metadata": {"a": 1}})):
            assert code(await deliver(api, other, key="k")) == (409, "idempotency_key_conflict")
        assert (await stored(session_id))["metadata"] == {}

    async def test_a_key_is_used_for_all_sessions_and_for_ever(self, api: httpx.AsyncClient, session_id: str) -> None:
        payload = {"sessionId": session_id, "metadata": {"a": 1}}
        await deliver(api, payload, key="k")
        await db.execute("UPDATE webhook_deliveries SET received_at = now() - interval '400 days'")
        assert (await deliver(api, payload, key="k")).json()["duplicate"] is True

    async def test_twenty_at_once_are_applied_once(self, api: httpx.AsyncClient, session_id: str) -> None:
        payload = {"sessionId": session_id, "metadata": {"a": 1}}
        before = await stored(session_id)
        answers = await asyncio.gather(*(deliver(api, payload, key="k") for _ in range(20)))
        assert [answer.status_code for answer in answers] == [202] * 20
        assert sorted(answer.json()["duplicate"] for answer in answers) == [False] + [True] * 19
        assert (await stored(session_id))["version"] == before["version"] + 1

    async def test_twenty_different_bodies_at_once_leave_one(self, api: httpx.AsyncClient, session_id: str) -> None:
        answers = await asyncio.gather(
            *(deliver(api, {"sessionId": session_id, "metadata": {"n": n}}, key="k") for n in range(20))
        )
        assert sorted(answer.status_code for answer in answers) == [202] + [409] * 19

    async def test_different_events_at_once_are_all_applied(self, api: httpx.AsyncClient, session_id: str) -> None:
        await asyncio.gather(*(deliver(api, {"sessionId": session_id, "metadata": {f"k{n}": n}}) for n in range(20)))
        assert (await stored(session_id))["metadata"] == {f"k{n}": n for n in range(20)}


class TestEventTime:
    async def test_an_event_of_80_hours_ago_does_not_overwrite_a_newer_one(
        self, api: httpx.AsyncClient, session_id: str
    ) -> None:
        old = (datetime.now(UTC) - timedelta(hours=80)).isoformat()
        await deliver(api, {"sessionId": session_id, "providerRef": "new", "metadata": {"a": "new"}})
        payload = {"sessionId": session_id, "occurredAt": old, "providerRef": "old"}
        answer = await deliver(api, payload | {"metadata": {"a": "old", "b": "old"}})
        assert answer.status_code == 202
        assert answer.json()["updated"] is True
        after = await stored(session_id)
        assert (after["ref"], after["metadata"]) == ("new", {"a": "new", "b": "old"})

    async def test_without_a_time_in_the_payload_the_signed_one_counts(
        self, api: httpx.AsyncClient, session_id: str
    ) -> None:
        now = datetime.now(UTC).timestamp()
        for when, value in ((now, "later"), (now - 200, "earlier")):
            await deliver(api, {"sessionId": session_id, "metadata": {"a": value}}, at=when)
        assert (await stored(session_id))["metadata"] == {"a": "later"}

    @pytest.mark.parametrize(
        "time", ["yesterday", 5, None, "", ["x"], "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+14:00"]
    )
    async def test_a_time_that_is_none_is_the_signed_one(
        self, api: httpx.AsyncClient, session_id: str, time: Any
    ) -> None:
        answer = await deliver(api, {"sessionId": session_id, "occurredAt": time, "metadata": {"a": 1}}, key="k")
        assert answer.status_code == 202
        row = await db.fetch_row("SELECT event_at, signed_at FROM webhook_deliveries")
        assert row is not None
        assert row["event_at"] == row["signed_at"]

    async def test_equal_times_are_decided_by_the_key(self, api: httpx.AsyncClient, session_id: str) -> None:
        for key in ("k2", "k3", "k1"):
            when = "2026-03-01T10:00:00Z"
            await deliver(api, {"sessionId": session_id, "occurredAt": when, "metadata": {"a": key}}, key=key)
        assert (await stored(session_id))["metadata"] == {"a": "k3"}

    async def test_every_order_of_a_six_event_history_ends_in_the_same_state(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        """Through the API and the database; tests/webhooks/test_merging.py tries all 720 orders of many histories."""
        moments = [f"2026-03-0{day}T00:00:00Z" for day in (1, 1, 2, 3, 4, 4)]
        names = st.sampled_from(["a", "b", "c", "providerRef", "metadata"])
        event = st.fixed_dictionaries(
            {"ref": st.sampled_from([None, "r1", "r2"]), "metadata": st.dictionaries(names, st.integers(0, 9))}
        )

        @given(
            history=st.lists(event, min_size=6, max_size=6),
            orders=st.lists(st.permutations(range(6)), min_size=2, max_size=4),
        )
        @hypothesis_settings(max_examples=10, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        def collect(history: list[dict[str, Any]], orders: list[list[int]]) -> None:
            cases.append((history, orders))

        cases: list[tuple[list[dict[str, Any]], list[list[int]]]] = []
        collect()
        for history, orders in cases:
            ends = []
            for order in orders:
                session = await make_kyc_session(candidate.id)
                prefix = str(uuid4())
                for number in order:
                    said = history[number]
                    payload = {
                        "sessionId": session,
                        "occurredAt": moments[number],
                        "providerRef": said["ref"],
                        "metadata": said["metadata"],
                    }
                    assert (await deliver(api, payload, key=f"{prefix}-{number}")).json()["updated"] is True
                end = await stored(session)
                ends.append((end["ref"], end["metadata"], json.dumps(end["times"], sort_keys=True).replace(prefix, "")))
            assert all(end == ends[0] for end in ends)


class TestTooEarly:
    async def make_due(self) -> None:
        await db.execute("UPDATE background_tasks SET run_at = now() - interval '1 second'")

    async def test_it_is_applied_when_its_session_is_there(
        self, api: httpx.AsyncClient, candidate: Candidate, settings: Settings
    ) -> None:
        session = str(uuid4())
        early = {"sessionId": session, "providerRef": "r", "metadata": {"a": 1}}
        answer = await deliver(api, early, key="k")
        assert (answer.status_code, answer.json()["updated"]) == (202, False)
        assert await states() == ["waiting"]
        assert not await run_due(settings)  # the first pause
        await make_kyc_session(candidate.id, id=session)
        await self.make_due()
        assert await run_due(settings)
        assert await states() == ["applied"]
        after = await stored(session)
        assert (after["ref"], after["metadata"]) == ("r", {"a": 1})
        assert (await deliver(api, early, key="k")).json()["duplicate"] is True
        assert not await run_due(settings)

    async def test_a_later_event_that_came_first_stays(
        self, api: httpx.AsyncClient, candidate: Candidate, settings: Settings
    ) -> None:
        session = str(uuid4())
        now = datetime.now(UTC).timestamp()
        await deliver(api, {"sessionId": session, "metadata": {"a": "early"}}, at=now - 100)
        await make_kyc_session(candidate.id, id=session)
        await deliver(api, {"sessionId": session, "metadata": {"a": "late"}}, at=now)
        await self.make_due()
        assert await run_due(settings)
        assert (await stored(session))["metadata"] == {"a": "late"}

    async def test_after_five_tries_it_is_parked_and_redriven_by_hand(
        self, api: httpx.AsyncClient, candidate: Candidate, settings: Settings
    ) -> None:
        session = str(uuid4())
        await deliver(api, {"sessionId": session, "metadata": {"a": 1}})
        pauses = []
        for number in range(1, 6):
            await self.make_due()
            assert await run_due(settings)
            assert await states() == ["parked" if number == 5 else "waiting"]
            pauses.append(await db.fetch_value("SELECT extract(epoch FROM run_at - now()) FROM background_tasks"))
        assert pauses[:4] == sorted(pauses[:4])
        assert pauses[3] > 4 * pauses[0]
        await self.make_due()
        assert not await run_due(settings)
        row = await db.fetch_row("SELECT attempts, last_error FROM webhook_deliveries")
        assert row is not None
        assert (row["attempts"], row["last_error"]) == (5, "SessionNotThere")
        done = await redrive()
        assert (done.applied, done.parked) == (0, 1)
        await make_kyc_session(candidate.id, id=session)
        done = await redrive()
        assert (done.applied, done.parked) == (1, 0)
        assert (await stored(session))["metadata"] == {"a": 1}
        done = await redrive()
        assert (done.applied, done.parked) == (0, 0)

    async def test_a_redrive_takes_more_than_one_page_and_forgotten_ones(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        session = str(uuid4())
        await deliver(api, {"sessionId": session, "metadata": {"a": 1}})
        await db.execute(
            "INSERT INTO webhook_deliveries (id, idempotency_key, body, body_sha256, event_at, received_at,"
            " kyc_session_id, state) SELECT gen_random_uuid(), 'copy' || n, body, body_sha256, event_at,"
            " received_at - 2 * interval '1 hour', kyc_session_id, CASE n % 2 WHEN 0 THEN 'parked' ELSE 'waiting' END"
            " FROM webhook_deliveries, generate_series(1, 249) n"
        )
        await make_kyc_session(candidate.id, id=session)
        assert (await redrive()).applied == 249  # the fresh one still has its task
        assert (await stored(session))["metadata"] == {"a": 1}

    async def test_it_is_ignored_when_the_session_is_decided_by_then(
        self, api: httpx.AsyncClient, candidate: Candidate, settings: Settings
    ) -> None:
        session = str(uuid4())
        await deliver(api, {"sessionId": session, "metadata": {"a": 1}})
        await make_kyc_session(candidate.id, id=session, status="VERIFIED")
        await self.make_due()
        assert await run_due(settings)
        assert await states() == ["ignored"]
        assert (await stored(session))["metadata"] == {}

    async def test_many_workers_apply_it_once(
        self, api: httpx.AsyncClient, candidate: Candidate, settings: Settings
    ) -> None:
        session = str(uuid4())
        await deliver(api, {"sessionId": session, "metadata": {"a": 1}})
        await make_kyc_session(candidate.id, id=session)
        await self.make_due()
        version = (await stored(session))["version"]
        await asyncio.gather(*(run_due(settings) for _ in range(4)), redrive())
        assert (await stored(session))["version"] == version + 1
