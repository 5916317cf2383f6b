"""Can a candidate start, complete and hand in a verification, each once and only their own?"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest

from service.base.settings import Settings
from service.database import db
from service.kyc import schemas
from service.kyc.models import IdentityDocument, KycSession, KycStatusEvent
from service.kyc.queries import find_own_session, list_events, newest_documents
from tests.answers import code
from tests.decoders import decode
from tests.factories import Candidate, make_candidate, make_kyc_document, make_kyc_session

# The same in every process: tests are named by it.
NOBODYS_ID = "6f0d8c52-3d1b-4a77-9a5e-0c2b7f1e4d93"

SESSIONS = "/identity/kyc/sessions"
UPLOAD_URL = "/identity/kyc/upload-url"
DOCUMENTS = "/identity/kyc/documents"
FINAL = "/users/me/verification/final-request"
CHECKLIST = "/users/me/verification-documents"
UPLOAD = {
    "documentType": "passport ",
    "fileName": "My Passport..final.PNG",
    "contentType": "image/PNG",
    "contentLength": 12,
    "checksumSha256": "A" * 64,
}
ALL = [
    ("POST", SESSIONS),
    ("POST", f"{SESSIONS}/{NOBODYS_ID}/submit"),
    ("POST", f"{SESSIONS}/{NOBODYS_ID}/provider-metadata"),
    ("GET", "/identity/kyc/status"),
    ("POST", UPLOAD_URL),
    ("POST", DOCUMENTS),
    ("GET", "/identity/kyc/history"),
    ("GET", CHECKLIST),
    ("POST", FINAL),
]


def document_body(candidate: Candidate, session_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "sessionId": session_id,
        "documentType": "passport",
        "objectKey": f"kyc/{candidate.id}/{session_id}/1-passport.png",
        "checksumSha256": "A" * 64,
        "metadata": {"objectKey": "theirs", "side": "front"},
    } | changes


async def transitions(session_id: str) -> list[tuple[str | None, str]]:
    rows = await db.fetch_all(
        "SELECT from_status, to_status FROM kyc_status_events WHERE kyc_session_id = $1 ORDER BY created_at, id",
        session_id,
    )
    return [(row["from_status"], row["to_status"]) for row in rows]


async def count(table: str, where: str = "true") -> int:
    return int(await db.fetch_value(f"SELECT count(*) FROM {table} WHERE {where}"))


class TestWhoMayCall:
    @pytest.mark.parametrize(("method", "path"), ALL)
    async def test_without_a_token_nobody(self, api: httpx.AsyncClient, method: str, path: str) -> None:
        assert code(await api.request(method, path)) == (401, "missing_access_token")
        bad = {"Authorization": "Bearer nonsense"}
        assert code(await api.request(method, path, headers=bad, content=b"{")) == (401, "invalid_access_token")

    async def test_a_strangers_session_is_as_unknown_as_nonsense(
        self, api: httpx.AsyncClient, settings: Settings, candidate: Candidate
    ) -> None:
        stranger = await make_candidate(settings)
        foreign = await make_kyc_session(stranger.id, documents=("PASSPORT",))
        for one in (foreign, str(uuid4()), "nonsense", "%00", "x" * 36):
            for method, path, body in (
                ("POST", f"{SESSIONS}/{one}/submit", None),
                ("POST", f"{SESSIONS}/{one}/provider-metadata", {}),
                ("POST", UPLOAD_URL, {"sessionId": one}),
                ("POST", DOCUMENTS, {"sessionId": one}),
                ("GET", f"/identity/kyc/history?sessionId={one}", None),
            ):
                answer = await api.request(method, path, headers=candidate.headers, json=body)
                assert code(answer) == (404, "kyc_session_not_found")
        assert await count("kyc_sessions", "version > 1") == 0

    @pytest.mark.parametrize("session_id", [{"a": 1}, [1], True, 12, "\x00", "\U0001f600"])
    async def test_a_session_id_of_any_kind_is_unknown(
        self, api: httpx.AsyncClient, candidate: Candidate, session_id: Any
    ) -> None:
        await make_kyc_session(candidate.id)
        for path in (UPLOAD_URL, DOCUMENTS):
            answer = await api.post(path, headers=candidate.headers, json={"sessionId": session_id})
            assert code(answer) == (404, "kyc_session_not_found")

    @pytest.mark.parametrize(("method", "path"), [one for one in ALL if one[0] == "POST" and "submit" not in one[1]])
    async def test_an_unreadable_body_is_named(
        self, api: httpx.AsyncClient, candidate: Candidate, method: str, path: str
    ) -> None:
        for content in (b"{", b" ", b"null", b'"' + b"x" * 1_048_577 + b'"'):
            answer = await api.request(method, path, headers=candidate.headers, content=content)
            assert code(answer) == (400, "invalid_request_body")


class TestStart:
    async def test_a_session_starts_without_a_body(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        answer = await api.post(SESSIONS, headers=candidate.headers)
        assert answer.status_code == 201
        body = answer.json()
        decode(f"POST {SESSIONS}", body)
        assert body["status"] == "IN_PROGRESS"
        assert body["session"] == {
            **body["session"],
            "status": "CREATED",
            "provider": "manual",
            "providerRef": None,
            "providerMetadata": {},
            "submittedAt": None,
            "reviewedBy": None,
            "reviewedAt": None,
            "version": 1,
        }
        assert body["session"]["createdAt"] == body["session"]["updatedAt"]
        history = (await api.get("/identity/kyc/history", headers=candidate.headers)).json()
        assert [event | {"id": None} for event in history["events"]] == [
            {
                "id": None,
                "kycSessionId": body["session"]["id"],
                "fromStatus": None,
                "toStatus": "CREATED",
                "actorType": "USER",
                "actorId": candidate.id,
                "reason": "session_created",
                "createdAt": body["session"]["createdAt"],
            }
        ]
        assert await count("audit_events", "action = 'kyc.session_created'") == 1

    @pytest.mark.parametrize(
        ("given", "stored"),
        [(" OnFido ", "onfido"), (None, "manual"), ("  ", "manual"), (12, "12"), ("x" * 64, "x" * 64)],
    )
    async def test_the_provider_is_tidied(
        self, api: httpx.AsyncClient, candidate: Candidate, given: Any, stored: str
    ) -> None:
        answer = await api.post(SESSIONS, headers=candidate.headers, json={"provider": given})
        assert answer.json()["session"]["provider"] == stored

    @pytest.mark.parametrize("given", ["x" * 65, {"a": 1}, ["manual"], "a\x00b"])
    async def test_a_bad_provider_is_refused(self, api: httpx.AsyncClient, candidate: Candidate, given: Any) -> None:
        answer = await api.post(SESSIONS, headers=candidate.headers, json={"provider": given})
        assert code(answer) == (400, "invalid_provider")

    async def test_each_start_is_another_session_and_the_newest_is_the_latest(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        ids = [(await api.post(SESSIONS, headers=candidate.headers)).json()["session"]["id"] for _ in range(3)]
        assert len(set(ids)) == 3
        state = (await api.get("/identity/kyc/status", headers=candidate.headers)).json()
        assert state["session"]["id"] == ids[-1]

    async def test_among_sessions_of_one_moment_the_greatest_id_is_the_latest(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        moment = datetime(2026, 3, 1, tzinfo=UTC)
        ids = [await make_kyc_session(candidate.id, created_at=moment) for _ in range(5)]
        assert (await api.get("/identity/kyc/status", headers=candidate.headers)).json()["session"]["id"] == max(ids)


class TestStatusAndHistory:
    async def test_nothing_was_started(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        state = await api.get("/v1/identity/kyc/status", headers=candidate.headers)
        assert state.json() == {"status": "NOT_STARTED", "session": None, "documentReasons": []}
        history = await api.get("/identity/kyc/history?sessionId=", headers=candidate.headers)
        assert history.json() == {"session": None, "events": [], "documentReasons": []}

    @pytest.mark.parametrize(
        ("status", "trust"),
        [
            ("CREATED", "IN_PROGRESS"),
            ("SUBMITTED", "IN_PROGRESS"),
            ("MANUAL_REVIEW", "MANUAL_REVIEW"),
            ("VERIFIED", "VERIFIED"),
            ("REJECTED", "REJECTED"),
        ],
    )
    async def test_each_state_has_its_word(
        self, api: httpx.AsyncClient, candidate: Candidate, status: str, trust: str
    ) -> None:
        session_id = await make_kyc_session(candidate.id, status=status, reviewed_by="staff@example.com")
        body = (await api.get("/identity/kyc/status", headers=candidate.headers)).json()
        decode("GET /identity/kyc/status", body)
        assert (body["status"], body["session"]["status"], body["session"]["id"]) == (trust, status, session_id)
        assert body["session"]["reviewedBy"] == "staff"

    async def test_an_older_session_has_a_history_of_its_own(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        old = await make_kyc_session(candidate.id)
        await make_kyc_session(candidate.id)
        answer = await api.get("/identity/kyc/history", params={"sessionId": old}, headers=candidate.headers)
        decode("GET /identity/kyc/history", answer.json())
        assert answer.json()["session"]["id"] == old
        assert {event["kycSessionId"] for event in answer.json()["events"]} == {old}


class TestSubmit:
    async def test_a_session_with_a_document_is_handed_in_whatever_the_body(
        self, api: httpx.AsyncClient, candidate: Candidate, capsysbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        session_id = await make_kyc_session(candidate.id, documents=("OTHER",))
        path = f"{SESSIONS}/{session_id}/submit"
        answer = await api.post(
            path, headers=candidate.headers | {"Content-Type": "application/json"}, content=b"{ nonsense"
        )
        assert answer.status_code == 200
        decode(f"POST {SESSIONS}/{{sessionId}}/submit", answer.json())
        session = answer.json()["session"]
        assert (answer.json()["status"], session["status"], session["version"]) == ("IN_PROGRESS", "SUBMITTED", 2)
        assert session["submittedAt"] == session["updatedAt"]
        assert await transitions(session_id) == [(None, "CREATED"), ("CREATED", "SUBMITTED")]
        lines = [orjson.loads(line) for line in capsysbinary.readouterr().out.splitlines() if line.startswith(b"{")]
        (line,) = [line for line in lines if line["event"] == "audit.kyc.status_transition"]
        assert {name: line[name] for name in ("kycSessionId", "fromStatus", "toStatus", "actorType", "actorId")} == {
            "kycSessionId": session_id,
            "fromStatus": "CREATED",
            "toStatus": "SUBMITTED",
            "actorType": "USER",
            "actorId": candidate.id,
        }
        assert (line["reason"], line["createdAt"]) == ("session_submitted", session["submittedAt"])

    async def test_a_body_of_two_mebibytes_is_not_read_either(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        session_id = await make_kyc_session(candidate.id, documents=("OTHER",))
        answer = await api.post(
            f"{SESSIONS}/{session_id}/submit", headers=candidate.headers, content=b"x" * 2 * 1024 * 1024
        )
        assert answer.status_code == 200

    async def test_a_repeat_changes_nothing(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        for status in ("SUBMITTED", "MANUAL_REVIEW"):
            session_id = await make_kyc_session(candidate.id, status=status, documents=("OTHER",))
            before = (await api.get("/identity/kyc/status", headers=candidate.headers)).json()
            answer = await api.post(f"{SESSIONS}/{session_id}/submit", headers=candidate.headers)
            assert before.pop("documentReasons") == []
            assert (answer.status_code, answer.json()) == (200, before)
            assert await transitions(session_id) == [(None, "CREATED")]

    @pytest.mark.parametrize("status", ["VERIFIED", "REJECTED"])
    async def test_a_decided_session_is_locked(self, api: httpx.AsyncClient, candidate: Candidate, status: str) -> None:
        session_id = await make_kyc_session(candidate.id, status=status)
        answer = await api.post(f"{SESSIONS}/{session_id}/submit", headers=candidate.headers)
        assert code(answer) == (409, "kyc_session_locked")

    async def test_without_a_document_it_is_incomplete(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        session_id = await make_kyc_session(candidate.id)
        answer = await api.post(f"{SESSIONS}/{session_id}/submit", headers=candidate.headers)
        assert code(answer) == (409, "kyc_session_incomplete")
        assert await transitions(session_id) == [(None, "CREATED")]

    async def test_twenty_at_once_leave_one_event(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        session_id = await make_kyc_session(candidate.id, documents=("PASSPORT",))
        path = f"{SESSIONS}/{session_id}/submit"
        answers = await asyncio.gather(*(api.post(path, headers=candidate.headers) for _ in range(20)))
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.json()["session"]["submittedAt"] for answer in answers}) == 1
        assert await transitions(session_id) == [(None, "CREATED"), ("CREATED", "SUBMITTED")]
        assert await count("audit_events", "action = 'kyc.session_submitted'") == 1


class TestProviderMetadata:
    async def test_keys_are_merged_and_ours_is_left_out(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        session_id = await make_kyc_session(
            candidate.id,
            status="MANUAL_REVIEW",
            provider_ref="old",
            provider_metadata_json=json.dumps({"a": 1, "b": {"x": 1}, "finalVerification": {"id": "kept"}}),
        )
        path = f"{SESSIONS}/{session_id}/provider-metadata"
        body = {"providerRef": "  ", "metadata": {"b": {"y": 2}, "c": None, "finalVerification": {"id": "forged"}}}
        answer = await api.post(path, headers=candidate.headers, json=body)
        assert answer.status_code == 200
        session = answer.json()["session"]
        assert session["providerMetadata"] == {
            "a": 1,
            "b": {"y": 2},
            "c": None,
            "finalVerification": {"id": "kept"},
        }
        assert (session["providerRef"], session["status"], session["version"]) == ("old", "MANUAL_REVIEW", 2)
        assert session["updatedAt"] > session["createdAt"]
        assert await transitions(session_id) == [(None, "CREATED")]
        changed = await api.post(path, headers=candidate.headers, json={"providerRef": " new ", "metadata": None})
        assert changed.json()["session"]["providerRef"] == "new"

    async def test_our_key_alone_is_dropped_without_a_word(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        session_id = await make_kyc_session(candidate.id)
        answer = await api.post(
            f"{SESSIONS}/{session_id}/provider-metadata",
            headers=candidate.headers,
            json={"metadata": {"finalVerification": {"id": "forged"}}},
        )
        assert (answer.status_code, answer.json()["session"]["providerMetadata"]) == (200, {})

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ({}, "invalid_provider_metadata"),
            ({"providerRef": " ", "metadata": {}}, "invalid_provider_metadata"),
            ({"providerRef": "x" * 129, "metadata": []}, "invalid_provider_ref"),
            ({"providerRef": {"a": 1}}, "invalid_provider_ref"),
            ({"providerRef": "a\x00"}, "invalid_provider_ref"),
            ({"providerRef": "ok", "metadata": []}, "invalid_metadata"),
            ({"metadata": "text"}, "invalid_metadata"),
            ({"metadata": {"a\x00": 1}}, "invalid_metadata"),
            ({"metadata": {"a": "x" * 70_000}}, "invalid_metadata"),
        ],
    )
    async def test_the_first_wrong_field_is_named(
        self, api: httpx.AsyncClient, candidate: Candidate, body: dict[str, Any], expected: str
    ) -> None:
        session_id = await make_kyc_session(candidate.id)
        answer = await api.post(f"{SESSIONS}/{session_id}/provider-metadata", headers=candidate.headers, json=body)
        assert code(answer) == (400, expected)

    async def test_deep_and_endless_metadata_is_refused(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        session_id = await make_kyc_session(candidate.id)
        path = f"{SESSIONS}/{session_id}/provider-metadata"
        deep = b'{"metadata": {"a": ' + b"[" * 600 + b"]" * 600 + b"}}"
        answer = await api.post(path, headers=candidate.headers, content=deep)
        assert code(answer) == (400, "invalid_metadata")
        for number in range(4):
            grown = await api.post(path, headers=candidate.headers, json={"metadata": {str(number): "x" * 60_000}})
            assert grown.status_code == 200
        answer = await api.post(path, headers=candidate.headers, json={"metadata": {"more": "x" * 60_000}})
        assert code(answer) == (400, "invalid_metadata")

    async def test_twenty_at_once_lose_nothing(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        session_id = await make_kyc_session(candidate.id)
        path = f"{SESSIONS}/{session_id}/provider-metadata"
        await asyncio.gather(
            *(api.post(path, headers=candidate.headers, json={"metadata": {str(n): n}}) for n in range(20))
        )
        session = (await api.get("/identity/kyc/status", headers=candidate.headers)).json()["session"]
        assert session["providerMetadata"] == {str(n): n for n in range(20)}
        assert session["version"] == 21


class TestUploadUrl:
    async def test_the_link_takes_the_bytes_and_the_key_is_accepted(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        session_id = await make_kyc_session(candidate.id)
        data = b"not really a picture"
        digest = hashlib.sha256(data).hexdigest()
        body = UPLOAD | {"contentLength": str(len(data)), "checksumSha256": digest.upper()}
        answer = await api.post(UPLOAD_URL, headers=candidate.headers, json=body)
        assert answer.status_code == 201
        decode(f"POST {UPLOAD_URL}", answer.json())
        assert answer.json()["session"]["id"] == session_id
        upload = answer.json()["upload"]
        assert upload["headers"] == {
            "Content-Type": "image/png",
            "x-amz-checksum-sha256": base64.b64encode(bytes.fromhex(digest)).decode(),
            "x-amz-meta-checksum-sha256": digest,
        }
        key = upload["objectKey"]
        assert key.startswith(f"kyc/{candidate.id}/{session_id}/")
        assert key.endswith("-my-passport.final.png")
        assert "-passport-" in key
        async with httpx.AsyncClient() as phone:
            sent = await phone.put(upload["uploadUrl"], content=data, headers=upload["headers"])
            assert sent.status_code == 200
            wrong = await phone.put(upload["uploadUrl"], content=data + b"!", headers=upload["headers"])
            assert wrong.status_code >= 400
        body = document_body(candidate, session_id, objectKey=key, checksumSha256=digest)
        assert (await api.post(DOCUMENTS, headers=candidate.headers, json=body)).status_code == 201
        assert await count("kyc_sessions", "version = 2") == 1

    @pytest.mark.parametrize("status", ["VERIFIED", "REJECTED"])
    async def test_a_decided_session_is_locked_before_fields_are_read(
        self, api: httpx.AsyncClient, candidate: Candidate, status: str
    ) -> None:
        await make_kyc_session(candidate.id, status=status)
        for path in (UPLOAD_URL, DOCUMENTS):
            assert code(await api.post(path, headers=candidate.headers)) == (409, "kyc_session_locked")

    async def test_without_a_session_there_is_none_to_upload_to(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        for path in (UPLOAD_URL, DOCUMENTS):
            for body in ({}, {"sessionId": None}, {"sessionId": " "}):
                answer = await api.post(path, headers=candidate.headers, json=body)
                assert code(answer) == (404, "kyc_session_not_found")

    @pytest.mark.parametrize("status", ["CREATED", "SUBMITTED", "MANUAL_REVIEW"])
    async def test_uploads_go_on_after_the_submission(
        self, api: httpx.AsyncClient, candidate: Candidate, status: str
    ) -> None:
        await make_kyc_session(candidate.id, status=status)
        assert (await api.post(UPLOAD_URL, headers=candidate.headers, json=UPLOAD)).status_code == 201

    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            (dict.fromkeys(UPLOAD), "invalid_document_type"),
            ({"documentType": "x" * 65}, "invalid_document_type"),
            ({"documentType": {"a": 1}}, "invalid_document_type"),
            ({"documentType": "a\x00", "fileName": ""}, "invalid_document_type"),
            ({"fileName": " ", "contentType": "text/html"}, "invalid_file_name"),
            ({"fileName": "x" * 181}, "invalid_file_name"),
            ({"fileName": ["a"]}, "invalid_file_name"),
            ({"contentType": "text/html", "contentLength": 0}, "invalid_content_type"),
            ({"contentType": None}, "invalid_content_type"),
            ({"contentType": "image/png\x00"}, "invalid_content_type"),
            ({"contentLength": 0, "checksumSha256": "x"}, "invalid_content_length"),
            ({"contentLength": -1}, "invalid_content_length"),
            ({"contentLength": 1.5}, "invalid_content_length"),
            ({"contentLength": True}, "invalid_content_length"),
            ({"contentLength": "many"}, "invalid_content_length"),
            ({"contentLength": None}, "invalid_content_length"),
            ({"contentLength": 10_485_761}, "invalid_content_length"),
            ({"contentLength": 10**30}, "invalid_content_length"),
            ({"checksumSha256": "a" * 63}, "invalid_checksum_sha256"),
            ({"checksumSha256": "g" * 64}, "invalid_checksum_sha256"),
            ({"checksumSha256": None}, "invalid_checksum_sha256"),
            ({"checksumSha256": [1]}, "invalid_checksum_sha256"),
        ],
    )
    async def test_the_first_wrong_field_is_named(
        self, api: httpx.AsyncClient, candidate: Candidate, change: dict[str, Any], expected: str
    ) -> None:
        await make_kyc_session(candidate.id)
        assert code(await api.post(UPLOAD_URL, headers=candidate.headers, json=UPLOAD | change)) == (400, expected)

    async def test_the_limits_themselves_are_accepted(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        await make_kyc_session(candidate.id)
        for change in (
            {"contentLength": 10_485_760},
            {"documentType": "パスポート 表", "fileName": "../" * 60},
            {"documentType": "x" * 64, "fileName": "\U0001f600" * 90, "contentType": " application/pdf "},
        ):
            answer = await api.post(UPLOAD_URL, headers=candidate.headers, json=UPLOAD | change)
            assert answer.status_code == 201
            key = answer.json()["upload"]["objectKey"]
            body = document_body(candidate, answer.json()["session"]["id"], objectKey=key)
            body["checksumSha256"] = hashlib.sha256(key.encode()).hexdigest()
            assert (await api.post(DOCUMENTS, headers=candidate.headers, json=body)).status_code == 201


class TestDocuments:
    async def test_a_document_is_registered_without_its_object(
        self, api: httpx.AsyncClient, candidate: Candidate, settings: Settings
    ) -> None:
        session_id = await make_kyc_session(candidate.id, status="SUBMITTED")
        before = (await api.get("/identity/kyc/status", headers=candidate.headers)).json()["session"]
        answer = await api.post(DOCUMENTS, headers=candidate.headers, json=document_body(candidate, session_id))
        assert answer.status_code == 201
        decode(f"POST {DOCUMENTS}", answer.json())
        key = f"kyc/{candidate.id}/{session_id}/1-passport.png"
        document = answer.json()["document"]
        assert document == {
            **document,
            "kycSessionId": session_id,
            "documentType": "PASSPORT",
            "objectKey": key,
            "fileUrl": f"s3://{settings.object_storage_bucket}/{key}",
            "checksumSha256": "a" * 64,
            "metadata": {"objectKey": key, "side": "front"},
            "verifiedAt": None,
        }
        assert answer.json()["session"] == before | {"version": before["version"] + 1}
        assert (await api.get("/identity/kyc/status", headers=candidate.headers)).json()["session"] == answer.json()[
            "session"
        ]
        assert await transitions(session_id) == [(None, "CREATED")]
        assert await db.fetch_value("SELECT byte_state FROM identity_documents") == "declared"

    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            ({"documentType": " ", "objectKey": ""}, "invalid_document_type"),
            ({"objectKey": "", "checksumSha256": "x"}, "invalid_object_key"),
            ({"objectKey": None}, "invalid_object_key"),
            ({"objectKey": 12}, "invalid_object_key"),
            ({"objectKey": "/kyc/a"}, "invalid_object_key"),
            ({"objectKey": "kyc/../a"}, "invalid_object_key"),
            ({"objectKey": "kyc/a b"}, "invalid_object_key"),
            ({"objectKey": "kyc/é"}, "invalid_object_key"),
            ({"objectKey": "kyc/a\x00"}, "invalid_object_key"),
            ({"objectKey": "k" * 1025}, "invalid_object_key"),
            ({"objectKey": "foreign/key", "checksumSha256": "x"}, "invalid_checksum_sha256"),
            ({"checksumSha256": "x", "metadata": []}, "invalid_checksum_sha256"),
            ({"objectKey": "foreign/key", "metadata": []}, "invalid_metadata"),
            ({"metadata": "text"}, "invalid_metadata"),
            ({"metadata": {"a": "\x00"}}, "invalid_metadata"),
            ({"objectKey": "foreign/key"}, "invalid_object_key"),
        ],
    )
    async def test_the_first_wrong_field_is_named(
        self, api: httpx.AsyncClient, candidate: Candidate, change: dict[str, Any], expected: str
    ) -> None:
        session_id = await make_kyc_session(candidate.id)
        answer = await api.post(
            DOCUMENTS, headers=candidate.headers, json=document_body(candidate, session_id, **change)
        )
        assert code(answer) == (400, expected)
        assert await count("identity_documents") == 0

    async def test_another_sessions_key_is_refused(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        session_id = await make_kyc_session(candidate.id)
        other = await make_kyc_session(candidate.id)
        for key in (
            f"kyc/{candidate.id}/{other}/a",
            f"kyc/{uuid4()}/{session_id}/a",
            f"kyc/{candidate.id}/{session_id}a",
        ):
            body = document_body(candidate, session_id, objectKey=key)
            assert code(await api.post(DOCUMENTS, headers=candidate.headers, json=body)) == (400, "invalid_object_key")

    async def test_the_same_bytes_count_once_a_session(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        first, second = await make_kyc_session(candidate.id), await make_kyc_session(candidate.id)
        for session_id in (first, second):
            answer = await api.post(DOCUMENTS, headers=candidate.headers, json=document_body(candidate, session_id))
            assert answer.status_code == 201
        again = document_body(candidate, second, documentType="SELFIE", metadata=None)
        assert code(await api.post(DOCUMENTS, headers=candidate.headers, json=again)) == (409, "duplicate_document")
        assert await count("kyc_sessions", "version = 2") == 2

    async def test_of_twenty_at_once_one_is_kept(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        session_id = await make_kyc_session(candidate.id)
        body = document_body(candidate, session_id)
        answers = await asyncio.gather(*(api.post(DOCUMENTS, headers=candidate.headers, json=body) for _ in range(20)))
        assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 19}
        assert await count("identity_documents") == 1
        assert await count("audit_events", "action = 'kyc.document_added'") == 1


class TestChecklist:
    async def test_nothing_was_started(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        body = (await api.get(CHECKLIST, headers=candidate.headers)).json()
        assert body["session"] is None
        assert body["documents"] == [
            {
                "documentType": kind,
                "status": "MISSING",
                "required": True,
                "documentId": None,
                "objectKey": None,
                "uploadedAt": None,
                "reviewedAt": None,
                "reasons": [],
            }
            for kind in ("PASSPORT", "SELFIE")
        ]
        assert body["summary"] == {
            "requiredTotal": 2,
            "uploadedRequired": 0,
            "verifiedRequired": 0,
            "missingRequired": 2,
            "allRequiredUploaded": False,
        }

    async def test_one_row_a_type_with_its_newest_document(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        await make_kyc_session(candidate.id, documents=("SELFIE",))
        session_id = await make_kyc_session(candidate.id, documents=("ZERTIFIKAT", "passport", "AUSWEIS"))
        newest = await make_kyc_document(candidate.id, session_id, document_type="PASSPORT")
        body = (await api.get(CHECKLIST, headers=candidate.headers)).json()
        decode(f"GET {CHECKLIST}", body)
        rows = [(row["documentType"], row["status"], row["required"]) for row in body["documents"]]
        assert rows == [
            ("PASSPORT", "PENDING", True),
            ("SELFIE", "MISSING", True),
            ("AUSWEIS", "PENDING", False),
            ("ZERTIFIKAT", "PENDING", False),
        ]
        assert body["documents"][0]["documentId"] == newest
        assert (body["session"]["id"], body["session"]["trustStatus"]) == (session_id, "IN_PROGRESS")
        assert body["summary"]["missingRequired"] == 1

    @pytest.mark.parametrize(("status", "shown"), [("VERIFIED", "VERIFIED"), ("REJECTED", "REJECTED")])
    async def test_a_decision_counts_for_every_document(
        self, api: httpx.AsyncClient, candidate: Candidate, status: str, shown: str
    ) -> None:
        session_id = await make_kyc_session(candidate.id, status=status, documents=("PASSPORT",))
        await make_kyc_document(
            candidate.id, session_id, document_type="SELFIE", verified_at=datetime(2026, 3, 1, tzinfo=UTC)
        )
        body = (await api.get(CHECKLIST, headers=candidate.headers)).json()
        assert [row["status"] for row in body["documents"]] == [shown, "VERIFIED"]
        assert [row["reviewedAt"] for row in body["documents"]] == [None, "2026-03-01T00:00:00.000Z"]
        assert body["summary"]["allRequiredUploaded"] is True


class TestFinalRequest:
    async def test_it_is_made_once_and_then_repeated(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        session_id = await make_kyc_session(candidate.id, status="SUBMITTED", documents=("PASSPORT", "SELFIE", "X"))
        answer = await api.post(FINAL, headers=candidate.headers, json={"source": " android-app ", "note": " hi "})
        assert answer.status_code == 201
        body = answer.json()
        decode(f"POST {FINAL}", body)
        assert body["created"] is True
        assert body["request"] == {
            **body["request"],
            "sessionId": session_id,
            "status": "REQUESTED",
            "source": "android-app",
            "note": "hi",
            "documentsCount": 3,
        }
        again = await api.post(FINAL, headers=candidate.headers, json={"source": "x" * 65, "note": {"a": 1}})
        assert again.status_code == 200
        decode(f"POST {FINAL}", again.json())
        assert again.json() == body | {"created": False}
        session = (await api.get("/identity/kyc/status", headers=candidate.headers)).json()["session"]
        assert session["providerMetadata"] == {"finalVerification": body["request"]}
        assert (session["status"], session["version"]) == ("SUBMITTED", 2)
        assert await transitions(session_id) == [(None, "CREATED")]

    async def test_without_a_body_source_is_unknown(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        await make_kyc_session(candidate.id, status="VERIFIED", documents=("passport", "selfie"))
        headers = candidate.headers | {"Content-Type": "application/json"}
        request = (await api.post(FINAL, headers=headers)).json()["request"]
        assert (request["source"], request["note"]) == ("UNKNOWN", None)

    @pytest.mark.parametrize("kind", ["PASSPORT", "SELFIE", "RESIDENCE_CARD_FRONT"])
    async def test_one_document_of_any_type_is_enough(
        self, api: httpx.AsyncClient, candidate: Candidate, kind: str
    ) -> None:
        session_id = await make_kyc_session(candidate.id, status="SUBMITTED", documents=(kind,))
        answer = await api.post(FINAL, headers=candidate.headers, json={"source": "IOS"})
        assert (answer.status_code, answer.json()["created"]) == (201, True)
        assert answer.json()["request"]["sessionId"] == session_id
        assert answer.json()["request"]["documentsCount"] == 1
        checklist = (await api.get(CHECKLIST, headers=candidate.headers)).json()
        assert checklist["summary"]["requiredTotal"] == 2
        assert checklist["summary"]["allRequiredUploaded"] is False

    async def test_without_any_document_both_languages_ask_for_one(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        await make_kyc_session(candidate.id, status="SUBMITTED")
        for language, text in (("en", "Please upload an identity document"), ("id", "Silakan unggah dokumen")):
            answer = await api.post(FINAL, headers=candidate.headers | {"Accept-Language": language})
            assert code(answer) == (409, "verification_documents_missing")
            assert answer.json()["error"]["message"].startswith(text)

    async def test_the_state_comes_before_the_fields(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        bad = {"source": "x" * 65}
        assert code(await api.post(FINAL, headers=candidate.headers, json=bad)) == (
            409,
            "verification_session_required",
        )
        session_id = await make_kyc_session(candidate.id)
        assert code(await api.post(FINAL, headers=candidate.headers, json=bad)) == (409, "kyc_session_not_submitted")
        await db.execute("UPDATE kyc_sessions SET status = 'SUBMITTED' WHERE id = $1", session_id)
        assert code(await api.post(FINAL, headers=candidate.headers, json=bad)) == (
            409,
            "verification_documents_missing",
        )
        await make_kyc_document(candidate.id, session_id, document_type="X")
        assert code(await api.post(FINAL, headers=candidate.headers, json=bad)) == (400, "invalid_source")
        for body in ({"source": ["a"]}, {"source": "\x00"}):
            assert code(await api.post(FINAL, headers=candidate.headers, json=body)) == (400, "invalid_source")
        for body in ({"note": "x" * 501}, {"note": {"a": 1}}, {"note": "\x00"}):
            assert code(await api.post(FINAL, headers=candidate.headers, json=body)) == (400, "invalid_note")
        assert await count("audit_events", "action = 'kyc.final_requested'") == 0

    async def test_a_request_of_the_replaced_server_without_a_time_gets_one(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        stored = {"id": str(uuid4()), "status": "REQUESTED", "source": "android-app", "note": None}
        await make_kyc_session(
            candidate.id,
            status="SUBMITTED",
            documents=("PASSPORT", "SELFIE"),
            provider_metadata_json=json.dumps({"finalVerification": stored}),
            updated_at=datetime(2026, 2, 3, tzinfo=UTC),
        )
        answer = await api.post(FINAL, headers=candidate.headers)
        assert answer.status_code == 200
        assert answer.json()["request"] == stored | {
            "sessionId": None,
            "requestedAt": "2026-02-03T00:00:00.000Z",
            "documentsCount": None,
        }

    @pytest.mark.parametrize("forged", ["text", 1, [], {}, {"id": "nonsense"}, {"id": 5}])
    async def test_what_is_no_request_does_not_count_as_one(
        self, api: httpx.AsyncClient, candidate: Candidate, forged: Any
    ) -> None:
        await make_kyc_session(
            candidate.id,
            status="SUBMITTED",
            documents=("PASSPORT", "SELFIE"),
            provider_metadata_json=json.dumps({"finalVerification": forged}),
        )
        assert (await api.post(FINAL, headers=candidate.headers)).status_code == 201

    async def test_of_twenty_at_once_one_is_made(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        await make_kyc_session(candidate.id, status="SUBMITTED", documents=("PASSPORT", "SELFIE"))
        answers = await asyncio.gather(*(api.post(FINAL, headers=candidate.headers) for _ in range(20)))
        assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 19}
        assert len({answer.json()["request"]["id"] for answer in answers}) == 1
        assert await count("audit_events", "action = 'kyc.final_requested'") == 1


class TestAnswers:
    async def test_rows_and_models_say_the_same(self, candidate: Candidate) -> None:
        session_id = await make_kyc_session(
            candidate.id, status="VERIFIED", documents=("PASSPORT",), provider_metadata_json='{"a": [1, null]}'
        )
        session = await find_own_session(candidate.id, None)
        assert session == schemas.KycSession.model_validate(await KycSession.get(id=session_id))
        (document,) = await newest_documents(session_id)
        assert document == schemas.KycDocument.model_validate(await IdentityDocument.get(kyc_session_id=session_id))
        (event,) = await list_events(session_id)
        assert event == schemas.KycEvent.model_validate(await KycStatusEvent.get(kyc_session_id=session_id))
