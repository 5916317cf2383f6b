"""Do reviewers see what waits, decide once, and leave their own names?"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import orjson
import pytest

from service.base.settings import Settings
from service.database import db
from tests.answers import code
from tests.factories import Candidate, make_candidate, make_kyc_document, make_kyc_session

# The same in every process: tests are named by it.
NOBODYS_ID = "6f0d8c52-3d1b-4a77-9a5e-0c2b7f1e4d93"

QUEUE = "/admin/kyc/review-queue"
REVIEW = "/admin/kyc/review"
CASES = "/admin/cases"
KEY = {"x-admin-api-key": "staff-key-for-tests"}
ALL = [
    ("GET", QUEUE),
    ("POST", REVIEW),
    ("GET", CASES),
    ("POST", f"{CASES}/{NOBODYS_ID}/action"),
    ("POST", f"/admin/kyc/documents/{NOBODYS_ID}/preview-url"),
    ("POST", "/admin/kyc/claims"),
    ("POST", f"/admin/kyc/claims/{NOBODYS_ID}/renew"),
    ("DELETE", f"/admin/kyc/claims/{NOBODYS_ID}"),
]


@pytest.fixture
async def reviewer(app: Any, settings: Settings) -> Candidate:
    return await make_candidate(settings, roles=("super_admin",), full_name="Rini Contoh")


@pytest.fixture
async def waiting(candidate: Candidate) -> str:
    return await make_kyc_session(candidate.id, status="SUBMITTED", documents=("PASSPORT", "SELFIE"))


async def events(session_id: str) -> list[dict[str, Any]]:
    rows = await db.fetch_all(
        "SELECT from_status, to_status, actor_type, actor_id, reason FROM kyc_status_events"
        " WHERE kyc_session_id = $1 AND from_status IS NOT NULL ORDER BY created_at, id",
        session_id,
    )
    return [dict(row) for row in rows]


async def audits(action: str) -> list[dict[str, Any]]:
    rows = await db.fetch_all(
        "SELECT actor_type, actor_id, subject_id, detail_json FROM audit_events WHERE action = $1 ORDER BY position",
        action,
    )
    return [dict(row) | {"detail": row["detail_json"]} for row in rows]


class TestWhoMayCall:
    @pytest.mark.parametrize(("method", "path"), ALL)
    async def test_staff_and_nobody_else(
        self, api: httpx.AsyncClient, candidate: Candidate, method: str, path: str
    ) -> None:
        assert code(await api.request(method, path)) == (401, "missing_admin_api_key")
        wrong = {"x-admin-api-key": "guess"}
        assert code(await api.request(method, path, headers=wrong)) == (403, "invalid_admin_api_key")
        for headers in (candidate.headers, candidate.headers | KEY):
            assert code(await api.request(method, path, headers=headers, content=b"{")) == (
                403,
                "insufficient_admin_role",
            )
        bad = {"Authorization": "Bearer nonsense"}
        assert code(await api.request(method, path, headers=bad | KEY)) == (401, "invalid_access_token")


class TestQueue:
    async def test_an_item_says_all_that_a_reviewer_needs(
        self, api: httpx.AsyncClient, reviewer: Candidate, candidate: Candidate, waiting: str
    ) -> None:
        answer = await api.get(QUEUE, headers=reviewer.headers)
        assert answer.status_code == 200
        body = answer.json()
        assert (body["count"], body["filters"]) == (1, {"status": ["SUBMITTED", "MANUAL_REVIEW"]})
        assert body["pageInfo"] == {"cursor": "0", "nextCursor": None, "limit": 25, "total": 1}
        (item,) = body["items"]
        assert item["session"]["id"] == waiting
        assert item["session"]["version"] == 1
        assert item["trustStatus"] == "IN_PROGRESS"
        assert item["user"] == {"id": candidate.id, "fullName": "Sari Contoh", "email": candidate.email}
        assert [document["documentType"] for document in item["documents"]] == ["PASSPORT", "SELFIE"]
        assert item["documentCount"] == 2
        assert item["events"] == [item["lastEvent"]]
        assert item["riskFlags"] == []
        assert item["waitingSeconds"] > 0
        assert item["claim"] is None
        assert item["verification"] == [
            {"documentId": document["id"], "state": "declared", "reason": None, "findings": [], "reasonCodes": []}
            for document in item["documents"]
        ]

    async def test_last_submitted_comes_first_and_pages_neither_skip_nor_repeat(
        self, api: httpx.AsyncClient, reviewer: Candidate, candidate: Candidate
    ) -> None:
        moment = datetime(2026, 3, 1, tzinfo=UTC)
        ids = []
        for number in range(7):
            # Two of each moment, so that the id has to decide.
            at = moment + timedelta(hours=number // 2)
            ids.append((at, await make_kyc_session(candidate.id, status="MANUAL_REVIEW", submitted_at=at)))
        expected = [session_id for _, session_id in sorted(ids, reverse=True)]
        seen: list[str] = []
        cursor: str | None = "0"
        while cursor is not None:
            page = (await api.get(QUEUE, params={"limit": 3, "cursor": cursor}, headers=reviewer.headers)).json()
            assert page["pageInfo"]["total"] == 7
            seen += [item["session"]["id"] for item in page["items"]]
            cursor = page["pageInfo"]["nextCursor"]
        assert seen == expected
        past = (await api.get(QUEUE, params={"cursor": 99}, headers=reviewer.headers)).json()
        assert (past["items"], past["count"], past["pageInfo"]["nextCursor"]) == ([], 0, None)

    async def test_each_filter_shows_its_states(
        self, api: httpx.AsyncClient, reviewer: Candidate, candidate: Candidate
    ) -> None:
        states = ("CREATED", "SUBMITTED", "MANUAL_REVIEW", "VERIFIED", "REJECTED")
        for status in states:
            await make_kyc_session(candidate.id, status=status)

        async def shown(path: str, status: str) -> tuple[list[str], list[str]]:
            body = (await api.get(path, params={"status": status}, headers=reviewer.headers)).json()
            return body["filters"]["status"], sorted(item["session"]["status"] for item in body["items"])

        default = ["SUBMITTED", "MANUAL_REVIEW"]
        for path in (QUEUE, CASES):
            assert await shown(path, " ") == (default, sorted(default))
            assert await shown(path, "default") == (default, sorted(default))
            assert await shown(path, "ALL") == ([], sorted(states))
            for status in states:
                assert await shown(path, f" {status.lower()} ") == ([status], [status])
        for word, status in {
            "open": "SUBMITTED",
            "In_Review": "MANUAL_REVIEW",
            "WAITING_EVIDENCE": "CREATED",
            "RESOLVED": "VERIFIED",
        }.items():
            assert await shown(CASES, word) == ([status], [status])
            assert code(await api.get(QUEUE, params={"status": word}, headers=reviewer.headers)) == (
                400,
                "invalid_status_filter",
            )

    @pytest.mark.parametrize("path", [QUEUE, CASES])
    async def test_numbers_lose_their_fraction_and_errors_have_an_order(
        self, api: httpx.AsyncClient, reviewer: Candidate, waiting: str, path: str
    ) -> None:
        async def ask(**query: str) -> httpx.Response:
            return await api.get(path, params=query, headers=reviewer.headers)

        for query, limit, cursor in (
            ({"limit": "1.9", "cursor": "0.9"}, 1, "0"),
            ({"limit": " 5 ", "cursor": "1e1"}, 5, "10"),
            ({"limit": "100"}, 100, "0"),
            ({"limit": "", "cursor": " "}, 25, "0"),
            ({"cursor": str(2**63 - 1)}, 25, str(2**63 - 1)),
        ):
            info = (await ask(**query)).json()["pageInfo"]
            assert (info["limit"], info["cursor"]) == (limit, cursor)
        for limit in ("0", "0.5", "101", "-1", "abc", "1e400", "NaN"):
            assert code(await ask(limit=limit)) == (400, "invalid_limit")
        for cursor in ("-1", "-0.5", "abc", str(2**63)):
            assert code(await ask(cursor=cursor)) == (400, "invalid_cursor")
        assert code(await ask(status="nonsense", cursor="x", limit="x")) == (400, "invalid_status_filter")
        assert code(await ask(cursor="x", limit="x")) == (400, "invalid_cursor")
        assert code(await ask(status="\x00")) == (400, "invalid_status_filter")

    async def test_flags_tell_what_to_look_at(
        self, api: httpx.AsyncClient, reviewer: Candidate, candidate: Candidate
    ) -> None:
        empty = await make_kyc_session(candidate.id, status="SUBMITTED")
        odd = await make_kyc_session(candidate.id)
        for number, metadata in enumerate(({"objectKey": "a"}, {}, {"objectKey": "a"}, {"objectKey": True}, {}, {})):
            await make_kyc_document(
                candidate.id,
                odd,
                metadata_json=json.dumps(metadata),
                created_at=datetime(2026, 3, 1, 0, number, tzinfo=UTC),
            )
        body = (await api.get(QUEUE, params={"status": "ALL"}, headers=reviewer.headers)).json()
        flags = {item["session"]["id"]: item["riskFlags"] for item in body["items"]}
        assert flags == {
            empty: ["NO_DOCUMENTS"],
            odd: ["HIGH_DOCUMENT_COUNT", "MISSING_OBJECT_KEY", "DUPLICATE_OBJECT_KEY", "PENDING_SUBMISSION"],
        }
        waiting = {item["session"]["id"]: item["waitingSeconds"] for item in body["items"]}
        assert waiting[odd] is None

    async def test_a_key_of_the_replaced_server_that_is_a_number_is_a_key(
        self, api: httpx.AsyncClient, reviewer: Candidate, candidate: Candidate
    ) -> None:
        session = await make_kyc_session(candidate.id, status="SUBMITTED")
        document = await make_kyc_document(candidate.id, session, metadata_json=json.dumps({"objectKey": 20260211}))
        (item,) = (await api.get(QUEUE, headers=reviewer.headers)).json()["items"]
        assert (item["riskFlags"], item["documents"][0]["objectKey"]) == ([], "20260211")
        path = f"/admin/kyc/documents/{document}/preview-url"
        assert (await api.post(path, headers=reviewer.headers)).json()["objectKey"] == "20260211"

    async def test_a_page_costs_the_same_statements_whatever_its_length(
        self, api: httpx.AsyncClient, reviewer: Candidate, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for _ in range(3):
            person = await make_candidate(settings)
            await make_kyc_session(person.id, status="SUBMITTED", documents=("PASSPORT", "SELFIE"))
        statements: list[str] = []
        run = db._run

        async def counted(method: str, sql: str, *args: Any, **options: Any) -> Any:
            statements.append(sql)
            return await run(method, sql, *args, **options)

        monkeypatch.setattr(db, "_run", counted)
        for limit in (1, 3):
            statements.clear()
            assert (await api.get(QUEUE, params={"limit": limit}, headers=reviewer.headers)).json()["count"] == limit
            # Looks are written behind the answer.
            statements = [sql for sql in statements if "access_events" not in sql]
            assert len(statements) == 6  # the caller, the total, the page, documents, events, what was seen

    async def test_an_endless_session_is_cut_but_counted(
        self, api: httpx.AsyncClient, reviewer: Candidate, candidate: Candidate, waiting: str
    ) -> None:
        await db.execute(
            "INSERT INTO identity_documents (id, kyc_session_id, document_type, file_url, checksum_sha256)"
            " SELECT gen_random_uuid(), $1::uuid, 'X', 'x', 'n' || n FROM generate_series(1, 300) n",
            waiting,
        )
        (item,) = (await api.get(QUEUE, headers=reviewer.headers)).json()["items"]
        assert (len(item["documents"]), item["documentCount"]) == (200, 302)


class TestReview:
    @pytest.mark.parametrize(
        ("decision", "trust"),
        [(" verified ", "VERIFIED"), ("REJECTED", "REJECTED"), ("manual_review", "MANUAL_REVIEW")],
    )
    async def test_a_bearer_decides_under_their_own_address(
        self,
        api: httpx.AsyncClient,
        reviewer: Candidate,
        waiting: str,
        decision: str,
        trust: str,
        capsysbinary: pytest.CaptureFixture[bytes],
    ) -> None:
        body = {
            "sessionId": f" {waiting} ",
            "decision": decision,
            "reviewedBy": "somebody.else@example.com",
            "reason": " clear ",
        }
        answer = await api.post(REVIEW, headers=reviewer.headers | KEY, json=body)
        assert answer.status_code == 200
        session = answer.json()["session"]
        assert (answer.json()["status"], session["status"], session["version"]) == (trust, trust, 2)
        assert session["reviewedBy"] == reviewer.email
        assert session["reviewedAt"] == session["updatedAt"]
        assert await events(waiting) == [
            {
                "from_status": "SUBMITTED",
                "to_status": trust,
                "actor_type": "ADMIN",
                "actor_id": reviewer.email,
                "reason": "clear",
            }
        ]
        (row,) = await audits("kyc.reviewed")
        assert (row["actor_type"], row["actor_id"], row["subject_id"]) == ("ADMIN", reviewer.id, waiting)
        assert row["detail"]["before"]["status"] == "SUBMITTED"
        assert row["detail"]["after"] == {**row["detail"]["after"], "status": trust, "version": 2}
        lines = [orjson.loads(line) for line in capsysbinary.readouterr().out.splitlines() if line.startswith(b"{")]
        (line,) = [line for line in lines if line["event"] == "audit.kyc.status_transition"]
        assert (line["actorType"], line["actorId"], line["toStatus"]) == ("ADMIN", reviewer.id, trust)
        assert reviewer.email not in json.dumps(lines)
        assert await db.fetch_value("SELECT count(*) FROM identity_documents WHERE verified_at IS NOT NULL") == 0

    @pytest.mark.parametrize("given", ["", "  ", None, 0, {"a": 1}, "x" * 129, "\x00"])
    async def test_whatever_a_bearer_sends_as_reviewer_is_ignored(
        self, api: httpx.AsyncClient, reviewer: Candidate, waiting: str, given: Any
    ) -> None:
        body = {"sessionId": waiting, "decision": "VERIFIED", "reviewedBy": given}
        answer = await api.post(REVIEW, headers=reviewer.headers, json=body)
        assert answer.json()["session"]["reviewedBy"] == reviewer.email

    @pytest.mark.parametrize(
        ("given", "stored"), [(" Ibu Rini ", "Ibu Rini"), (12, "12"), ("x" * 128, "x" * 128), ("山田", "山田")]
    )
    async def test_with_the_key_the_name_comes_along(
        self, api: httpx.AsyncClient, waiting: str, given: Any, stored: str
    ) -> None:
        body = {"sessionId": waiting, "decision": "VERIFIED", "reviewedBy": given}
        answer = await api.post(REVIEW, headers=KEY, json=body)
        assert answer.json()["session"]["reviewedBy"] == stored
        assert (await events(waiting))[0]["actor_id"] == stored
        assert (await audits("kyc.reviewed"))[0]["actor_id"] == "admin_api_key"

    @pytest.mark.parametrize("given", [None, "", 0, False, "   ", {"a": 1}, ["a"], "x" * 129, "a\x00"])
    async def test_with_the_key_a_name_is_needed(self, api: httpx.AsyncClient, waiting: str, given: Any) -> None:
        body = {"sessionId": waiting, "decision": "VERIFIED", "reviewedBy": given}
        assert code(await api.post(REVIEW, headers=KEY, json=body)) == (400, "invalid_reviewed_by")
        assert await events(waiting) == []

    async def test_the_state_comes_before_the_fields(
        self, api: httpx.AsyncClient, candidate: Candidate, waiting: str
    ) -> None:
        async def ask(**body: Any) -> tuple[int, str]:
            return code(await api.post(REVIEW, headers=KEY, json=body))

        for bad in (None, " ", {"a": 1}, "\x00", []):
            assert await ask(sessionId=bad, decision="nonsense") == (400, "invalid_session_id")
        assert code(await api.post(REVIEW, headers=KEY)) == (400, "invalid_session_id")
        for unknown in (str(uuid4()), "nonsense", 12):
            assert await ask(sessionId=unknown, decision="nonsense") == (404, "kyc_session_not_found")
        for status in ("VERIFIED", "REJECTED"):
            decided = await make_kyc_session(candidate.id, status=status)
            assert await ask(sessionId=decided, decision="nonsense") == (409, "kyc_session_locked")
        created = await make_kyc_session(candidate.id)
        assert await ask(sessionId=created, decision="nonsense") == (409, "kyc_session_not_submitted")
        for decision in ("nonsense", "SUBMITTED", None, 1, ["VERIFIED"], "VERIFIED\x00"):
            assert await ask(sessionId=waiting, decision=decision) == (400, "invalid_decision")
        assert await ask(sessionId=waiting, decision="VERIFIED", reason={"a": 1}) == (400, "invalid_reviewed_by")
        for reason in ({"a": 1}, "\x00", "x" * 4001):
            assert await ask(sessionId=waiting, decision="VERIFIED", reviewedBy="a", reason=reason) == (
                400,
                "invalid_reason",
            )
        for version in ("x", 1.5, True, -1, [1], 2**40):
            assert await ask(sessionId=waiting, decision="VERIFIED", reviewedBy="a", version=version) == (
                400,
                "invalid_request_body",
            )
        assert await events(waiting) == []

    async def test_an_unreadable_body_is_named(self, api: httpx.AsyncClient) -> None:
        for path in (REVIEW, f"{CASES}/{uuid4()}/action", f"/admin/kyc/documents/{uuid4()}/preview-url"):
            for content in (b"{", b" ", b"null"):
                assert code(await api.post(path, headers=KEY, content=content)) == (400, "invalid_request_body")

    async def test_a_second_look_leaves_no_event(
        self, api: httpx.AsyncClient, reviewer: Candidate, candidate: Candidate
    ) -> None:
        session_id = await make_kyc_session(
            candidate.id, status="MANUAL_REVIEW", reviewed_by="before", reviewed_at=datetime(2026, 3, 1, tzinfo=UTC)
        )
        body = {"sessionId": session_id, "decision": "MANUAL_REVIEW", "reason": "lost"}
        answer = await api.post(REVIEW, headers=reviewer.headers, json=body)
        session = answer.json()["session"]
        assert (answer.status_code, session["status"]) == (200, "MANUAL_REVIEW")
        assert session["reviewedBy"] == reviewer.email
        assert session["reviewedAt"] > "2026-03-02"
        assert await events(session_id) == []
        assert len(await audits("kyc.reviewed")) == 1
        final = await api.post(REVIEW, headers=reviewer.headers, json=body | {"decision": "REJECTED", "reason": None})
        assert final.json()["status"] == "REJECTED"
        assert [event["to_status"] for event in await events(session_id)] == ["REJECTED"]

    async def test_a_stale_version_is_refused(
        self, api: httpx.AsyncClient, reviewer: Candidate, candidate: Candidate, waiting: str
    ) -> None:
        document = {
            "documentType": "OTHER",
            "objectKey": f"kyc/{candidate.id}/{waiting}/late.jpg",
            "checksumSha256": "b" * 64,
        }
        added = await api.post("/identity/kyc/documents", headers=candidate.headers, json=document)
        assert added.json()["session"]["version"] == 2
        body = {"sessionId": waiting, "decision": "VERIFIED"}
        stale = await api.post(REVIEW, headers=reviewer.headers, json=body | {"version": 1})
        assert code(stale) == (409, "kyc_session_changed")
        assert await events(waiting) == []
        fresh = await api.post(REVIEW, headers=reviewer.headers, json=body | {"version": 2})
        assert (fresh.status_code, fresh.json()["session"]["version"]) == (200, 3)
        late = await api.post(REVIEW, headers=reviewer.headers, json=body | {"version": 2})
        assert code(late) == (409, "kyc_session_locked")

    async def test_of_twenty_decisions_at_once_one_wins(
        self, api: httpx.AsyncClient, reviewer: Candidate, waiting: str
    ) -> None:
        answers = await asyncio.gather(
            *(
                api.post(
                    REVIEW,
                    headers=reviewer.headers,
                    json={"sessionId": waiting, "decision": "VERIFIED" if number % 2 else "REJECTED"},
                )
                for number in range(20)
            )
        )
        refused = Counter(code(answer) for answer in answers if answer.status_code != 200)
        assert refused == {(409, "kyc_session_locked"): 19}
        assert len(await events(waiting)) == 1
        assert len(await audits("kyc.reviewed")) == 1

    async def test_a_role_that_was_taken_away_ends_the_work(
        self, api: httpx.AsyncClient, reviewer: Candidate, waiting: str
    ) -> None:
        assert (await api.get(QUEUE, headers=reviewer.headers)).status_code == 200
        await db.execute("DELETE FROM user_roles WHERE user_id = $1", reviewer.id)
        body = {"sessionId": waiting, "decision": "VERIFIED"}
        assert code(await api.post(REVIEW, headers=reviewer.headers, json=body)) == (403, "insufficient_admin_role")


class TestStaffStayUnnamed:
    """Candidates read the word `staff`, whoever of staff it was; staff read who it was."""

    async def shown_to(self, api: httpx.AsyncClient, candidate: Candidate, session_id: str) -> str:
        """Every answer with a verification in it that its owner can have, as one text."""
        sessions, key = "/identity/kyc/sessions", f"kyc/{candidate.id}/{session_id}/x.jpg"
        upload = {"documentType": "X", "fileName": "x.jpg", "contentType": "image/jpeg", "contentLength": 1}
        added = {"documentType": "X", "objectKey": key, "checksumSha256": uuid4().hex * 2}
        texts = []
        for method, path, body in (
            ("GET", "/identity/kyc/status", None),
            ("GET", f"/identity/kyc/history?sessionId={session_id}", None),
            ("POST", f"{sessions}/{session_id}/submit", None),
            ("POST", f"{sessions}/{session_id}/provider-metadata", {"metadata": {"a": 1}}),
            ("POST", "/identity/kyc/upload-url", upload | {"sessionId": session_id, "checksumSha256": "a" * 64}),
            ("POST", "/identity/kyc/documents", added | {"sessionId": session_id}),
            ("POST", "/users/me/verification/final-request", None),
            ("GET", "/users/me/verification-documents", None),
            ("GET", "/users/me/profile", None),
            ("GET", "/trust/profile", None),
        ):
            answer = await api.request(method, path, headers=candidate.headers, json=body)
            assert answer.is_success, path
            texts.append(answer.text)
        return "\n".join(texts)

    @pytest.mark.parametrize("how", ["bearer", "key", "case", "old row"])
    async def test_no_answer_of_the_candidate_names_them(
        self, api: httpx.AsyncClient, reviewer: Candidate, candidate: Candidate, waiting: str, how: str
    ) -> None:
        name = {"bearer": reviewer.email, "case": "legacy_admin_case_action"}.get(how, "rina.lama@example.com")
        body = {"sessionId": waiting, "decision": "MANUAL_REVIEW", "reason": "look again", "reviewedBy": name}
        if how == "bearer":
            await api.post(REVIEW, headers=reviewer.headers, json=body)
        elif how == "key":
            await api.post(REVIEW, headers=KEY, json=body)
        elif how == "case":
            await api.post(f"{CASES}/{waiting}/action", headers=KEY, json={"action": "ESCALATE"})
        else:
            await db.execute(
                "UPDATE kyc_sessions SET status = 'MANUAL_REVIEW', reviewed_by = $2, reviewed_at = now() WHERE id = $1",
                waiting,
                name,
            )
            await db.execute(
                "INSERT INTO kyc_status_events (id, kyc_session_id, from_status, to_status, actor_type, actor_id)"
                " VALUES ($1, $2, 'SUBMITTED', 'MANUAL_REVIEW', 'ADMIN', $3)",
                uuid4(),
                waiting,
                name,
            )
        shown = await self.shown_to(api, candidate, waiting)
        for secret in (name, reviewer.email, reviewer.id, "admin_api_key"):
            assert secret not in shown
        history = (await api.get("/identity/kyc/history", headers=candidate.headers)).json()
        assert history["session"]["reviewedBy"] == "staff"
        assert [(event["actorType"], event["actorId"]) for event in history["events"]] == [
            ("USER", candidate.id),
            ("ADMIN", "staff"),
        ]
        queue = (await api.get(QUEUE, headers=reviewer.headers)).json()["items"]
        assert [item["session"]["reviewedBy"] for item in queue] == [name]
        assert queue[0]["lastEvent"]["actorId"] == name
        for_staff = (await api.get(f"/admin/users/{candidate.id}/kyc/history", headers=reviewer.headers)).json()
        assert for_staff["session"]["reviewedBy"] == name
        assert for_staff["events"][-1]["actorId"] == name

    async def test_nobody_stays_nobody_and_the_service_stays_itself(
        self, api: httpx.AsyncClient, candidate: Candidate, waiting: str
    ) -> None:
        programs = (("SYSTEM", "provider"), ("SYSTEM", None), ("SYSTEM", "boss@corp.example.com"))
        for actor_type, actor_id in (("ADMIN", None), *programs):
            await db.execute(
                "INSERT INTO kyc_status_events (id, kyc_session_id, to_status, actor_type, actor_id)"
                " VALUES ($1, $2, 'SUBMITTED', $3, $4)",
                uuid4(),
                waiting,
                actor_type,
                actor_id,
            )
        history = (await api.get("/identity/kyc/history", headers=candidate.headers)).json()
        assert history["session"]["reviewedBy"] is None
        assert [(event["actorType"], event["actorId"]) for event in history["events"]] == [
            ("USER", candidate.id),
            ("ADMIN", None),
            ("SYSTEM", "provider"),
            ("SYSTEM", None),
            ("SYSTEM", "staff"),
        ]

    async def test_the_owner_of_an_organization_learns_no_name(
        self, api: httpx.AsyncClient, reviewer: Candidate, candidate: Candidate
    ) -> None:
        fields = {"name": "Yayasan Contoh", "orgType": "LPK", "countryCode": "ID"}
        org_id = (await api.post("/organizations", headers=candidate.headers, json=fields)).json()["id"]
        verification = {"registrationNumber": "LPK-1", "legalName": "Yayasan Contoh"}
        path = f"/organizations/{org_id}/verification"
        assert (await api.post(path, headers=candidate.headers, json=verification)).is_success
        decision = {"status": "VERIFIED", "reasonCodes": ["REGISTRY_MATCH"]}
        decided = await api.patch(f"/admin{path}", headers=reviewer.headers, json=decision)
        assert decided.is_success
        shown = (await api.get(f"{path}/status", headers=candidate.headers)).text
        assert "VERIFIED" in shown
        for secret in (reviewer.email, reviewer.id):
            assert secret not in shown


class TestCases:
    @pytest.mark.parametrize(
        ("action", "status"),
        [
            ("request_evidence", "MANUAL_REVIEW"),
            ("ESCALATE", "MANUAL_REVIEW"),
            (" resolve_valid ", "VERIFIED"),
            ("RESOLVE_INVALID", "REJECTED"),
            ("BLACKLIST_ENTITY", "REJECTED"),
        ],
    )
    async def test_each_action_is_a_decision_of_the_alias(
        self, api: httpx.AsyncClient, waiting: str, action: str, status: str
    ) -> None:
        body = {"action": action, "reason": "  ", "note": "from the note"}
        answer = await api.post(f"{CASES}/{waiting}/action", headers=KEY, json=body)
        assert answer.status_code == 200
        assert answer.json()["session"]["status"] == status
        assert answer.json()["session"]["reviewedBy"] == "legacy_admin_case_action"
        assert await events(waiting) == [
            {
                "from_status": "SUBMITTED",
                "to_status": status,
                "actor_type": "ADMIN",
                "actor_id": "legacy_admin_case_action",
                "reason": "from the note",
            }
        ]
        assert (await audits("kyc.reviewed"))[0]["actor_id"] == "admin_api_key"

    async def test_decision_and_reason_win_and_a_bearer_keeps_their_address(
        self, api: httpx.AsyncClient, reviewer: Candidate, waiting: str
    ) -> None:
        body = {
            "action": "RESOLVE_INVALID",
            "decision": "verified",
            "reason": "reason",
            "note": "note",
            "reviewedBy": "forged",
        }
        answer = await api.post(f"{CASES}/{waiting}/action", headers=reviewer.headers, json=body)
        assert answer.json()["status"] == "VERIFIED"
        (event,) = await events(waiting)
        assert (event["actor_id"], event["reason"]) == (reviewer.email, "reason")

    async def test_a_name_with_the_key_is_kept(self, api: httpx.AsyncClient, waiting: str) -> None:
        body = {"action": "ESCALATE", "reviewedBy": " Rini "}
        answer = await api.post(f"{CASES}/{waiting}/action", headers=KEY, json=body)
        assert answer.json()["session"]["reviewedBy"] == "Rini"

    async def test_the_checks_have_an_order(self, api: httpx.AsyncClient, candidate: Candidate, waiting: str) -> None:
        async def ask(case_id: str, **body: Any) -> tuple[int, str]:
            return code(await api.post(f"{CASES}/{case_id}/action", headers=KEY, json=body))

        for action in ("nonsense", "  ", 12, ["ESCALATE"], {"a": 1}, True, "\x00"):
            assert await ask("nonsense", action=action, decision="VERIFIED") == (400, "unsupported_case_action")
        for case_id in ("nonsense", str(uuid4()), "%00"):
            assert await ask(case_id, action="ESCALATE") == (404, "kyc_session_not_found")
        decided = await make_kyc_session(candidate.id, status="VERIFIED")
        assert await ask(decided) == (409, "kyc_session_locked")
        created = await make_kyc_session(candidate.id)
        assert await ask(created) == (409, "kyc_session_not_submitted")
        for nothing in ({}, {"action": None}, {"action": "", "decision": 0}, {"decision": "nonsense"}):
            assert await ask(waiting, **nothing) == (400, "invalid_decision")
        assert await ask(waiting, action="ESCALATE", reviewedBy="  ") == (400, "invalid_reviewed_by")
        assert await ask(waiting, action="ESCALATE", note="\x00") == (400, "invalid_reason")
        assert code(await api.post(f"{CASES}/{waiting}/action", headers=KEY)) == (400, "invalid_decision")
        assert await events(waiting) == []


class TestPreview:
    async def test_a_link_reads_the_document_and_is_audited(
        self,
        api: httpx.AsyncClient,
        app: Any,
        reviewer: Candidate,
        candidate: Candidate,
        waiting: str,
        capsysbinary: pytest.CaptureFixture[bytes],
    ) -> None:
        document_id = await db.fetch_value("SELECT id FROM identity_documents ORDER BY created_at LIMIT 1")
        key = await db.fetch_value(
            "SELECT metadata_json->>'objectKey' FROM identity_documents WHERE id = $1", document_id
        )
        await app.ctx.storage.write(key, b"picture", content_type="image/jpeg")
        answer = await api.post(f"/admin/kyc/documents/{document_id}/preview-url", headers=reviewer.headers, json={})
        assert answer.status_code == 200
        body = answer.json()
        assert body == {
            **body,
            "documentId": str(document_id),
            "kycSessionId": waiting,
            "objectKey": key,
            "method": "GET",
            "sanitized": False,
        }
        assert parse_qs(urlsplit(body["url"]).query)["X-Amz-Expires"] == ["120"]
        async with httpx.AsyncClient() as browser:
            assert (await browser.get(body["url"])).content == b"picture"
            assert (await browser.get(body["url"])).headers["content-disposition"] == "attachment"
        (row,) = await audits("kyc.document_previewed_unchecked")
        assert (row["actor_id"], row["subject_id"]) == (reviewer.id, str(document_id))
        lines = [orjson.loads(line) for line in capsysbinary.readouterr().out.splitlines() if line.startswith(b"{")]
        (line,) = [line for line in lines if line["event"] == "audit.kyc.document_preview_issued"]
        assert (line["documentId"], line["expiresSec"]) == (str(document_id), 120)
        assert line["expiresAt"] == body["expiresAt"]

    @pytest.mark.parametrize(
        ("given", "seconds"), [(None, "120"), (" ", "120"), (60, "60"), ("180", "180"), (300.9, "300"), (60.5, "60")]
    )
    async def test_the_life_of_the_link_may_be_chosen(
        self, api: httpx.AsyncClient, waiting: str, given: Any, seconds: str
    ) -> None:
        document_id = await db.fetch_value("SELECT id FROM identity_documents LIMIT 1")
        answer = await api.post(
            f"/admin/kyc/documents/{document_id}/preview-url", headers=KEY, json={"expiresSec": given}
        )
        assert parse_qs(urlsplit(answer.json()["url"]).query)["X-Amz-Expires"] == [seconds]

    async def test_the_checks_have_an_order(self, api: httpx.AsyncClient, candidate: Candidate, waiting: str) -> None:
        async def ask(document_id: str, **body: Any) -> tuple[int, str]:
            return code(await api.post(f"/admin/kyc/documents/{document_id}/preview-url", headers=KEY, json=body))

        for unknown in ("nonsense", str(uuid4()), "%00"):
            assert await ask(unknown, expiresSec=1) == (404, "document_not_found")
        for key in (None, "", "/a", "a/../b", "a b", "x" * 1025, True):
            bad = await make_kyc_document(candidate.id, waiting, metadata_json=json.dumps({"objectKey": key}))
            assert await ask(bad, expiresSec=1) == (400, "invalid_object_key")
        good = await make_kyc_document(candidate.id, waiting)
        for seconds in (59, 59.9, 301, "x", True, [], {"a": 1}, 10**30):
            assert await ask(good, expiresSec=seconds) == (400, "invalid_expires_sec")
        assert await audits("kyc.document_previewed") == await audits("kyc.document_previewed_unchecked") == []

    async def test_a_rejected_file_is_shown_to_who_asks_for_it(
        self, api: httpx.AsyncClient, candidate: Candidate, waiting: str
    ) -> None:
        document_id = await make_kyc_document(candidate.id, waiting, byte_state="rejected", byte_reason="pdf_broken")
        path = f"/admin/kyc/documents/{document_id}/preview-url"
        for body in ({}, {"acknowledgeRisk": False}, {"acknowledgeRisk": "true"}, {"acknowledgeRisk": None}):
            for language, word in (("en", "acknowledgeRisk: true"), ("id", "Berkas ini telah dibaca")):
                answer = await api.post(path, headers=KEY | {"accept-language": language}, json=body)
                assert code(answer) == (409, "document_rejected")
                assert word in answer.json()["error"]["message"]
        assert code(await api.post(path, headers=KEY, json={"expiresSec": 1})) == (400, "invalid_expires_sec")
        assert await audits("kyc.document_previewed_unchecked") == []
        answer = await api.post(path, headers=KEY, json={"acknowledgeRisk": True})
        assert (answer.status_code, answer.json()["sanitized"]) == (200, False)
        assert parse_qs(urlsplit(answer.json()["url"]).query)["response-content-disposition"] == ["attachment"]
        assert len(await audits("kyc.document_previewed_unchecked")) == 1

    @pytest.mark.parametrize(("kind", "ending"), [("picture", ""), ("pages", ".pdf"), ("absent", None), (None, None)])
    async def test_only_what_was_encoded_anew_is_called_sanitized(
        self, kind: str | None, ending: str | None, api: httpx.AsyncClient, candidate: Candidate, waiting: str
    ) -> None:
        document_id = await make_kyc_document(candidate.id, waiting, byte_state="verified", copy_kind=kind)
        answer = await api.post(f"/admin/kyc/documents/{document_id}/preview-url", headers=KEY)
        assert answer.status_code == 200
        url = urlsplit(answer.json()["url"])
        assert answer.json()["sanitized"] is (ending is not None)
        assert url.path.endswith(f"/derived/{document_id}{ending}") is (ending is not None)
        assert ("response-content-disposition=attachment" in url.query) is (ending is None)
        checked, unchecked = await audits("kyc.document_previewed"), await audits("kyc.document_previewed_unchecked")
        assert (len(checked), len(unchecked)) == ((1, 0) if ending is not None else (0, 1))
