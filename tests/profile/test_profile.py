"""Does somebody see their own profile in one statement, and change it as the contract says?"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest

from service.database import db
from tests.answers import code
from tests.decoders import decode
from tests.factories import Candidate, make_kyc_session

PROFILE = "/users/me/profile"


class TestRead:
    @pytest.mark.parametrize(("method", "path"), [("GET", PROFILE), ("PATCH", PROFILE), ("GET", "/trust/profile")])
    async def test_without_a_token_nobody(self, api: httpx.AsyncClient, method: str, path: str) -> None:
        assert code(await api.request(method, path)) == (401, "missing_access_token")
        bad = {"Authorization": "Bearer nonsense"}
        assert code(await api.request(method, path, headers=bad, content=b"{")) == (401, "invalid_access_token")

    async def test_a_fresh_profile_is_forty_per_cent(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        answer = await api.get(PROFILE, headers=candidate.headers)
        assert answer.status_code == 200
        decode(f"GET {PROFILE}", answer.json())
        assert answer.json() == {
            "profile": {
                "id": candidate.id,
                "fullName": "Sari Contoh",
                "email": candidate.email,
                "avatarUrl": None,
                "profileCompletionPercent": 40,
                "trustScoreLabel": "UNVERIFIED",
                "verificationStatus": "NOT_STARTED",
                "verification": {
                    "sessionId": None,
                    "sessionStatus": None,
                    "trustStatus": "NOT_STARTED",
                    "documentsUploaded": 0,
                    "requiredDocuments": 2,
                    "requiredDocumentsUploaded": 0,
                    "finalRequest": None,
                },
            }
        }
        alias = await api.get("/v1/trust/profile", headers=candidate.headers)
        assert alias.json() == answer.json()

    @pytest.mark.parametrize(
        ("status", "documents", "percent", "label", "trust"),
        [
            ("CREATED", (), 60, "BUILDING_TRUST", "IN_PROGRESS"),
            ("CREATED", ("X",), 80, "BUILDING_TRUST", "IN_PROGRESS"),
            ("CREATED", ("passport", "SELFIE"), 90, "BUILDING_TRUST", "IN_PROGRESS"),
            ("SUBMITTED", ("PASSPORT",), 90, "BUILDING_TRUST", "IN_PROGRESS"),
            ("MANUAL_REVIEW", ("PASSPORT", "SELFIE"), 100, "UNDER_REVIEW", "MANUAL_REVIEW"),
            ("VERIFIED", ("PASSPORT", "SELFIE", "SELFIE"), 100, "TRUSTED", "VERIFIED"),
            ("REJECTED", (), 70, "ACTION_REQUIRED", "REJECTED"),
        ],
    )
    async def test_each_step_of_the_latest_verification_counts(
        self,
        api: httpx.AsyncClient,
        candidate: Candidate,
        status: str,
        documents: tuple[str, ...],
        percent: int,
        label: str,
        trust: str,
    ) -> None:
        await make_kyc_session(candidate.id, status="VERIFIED", documents=("PASSPORT", "SELFIE"))
        session_id = await make_kyc_session(candidate.id, status=status, documents=documents)
        profile = (await api.get(PROFILE, headers=candidate.headers)).json()["profile"]
        decode(f"GET {PROFILE}", {"profile": profile})
        assert profile["profileCompletionPercent"] == percent
        assert (profile["trustScoreLabel"], profile["verificationStatus"]) == (label, trust)
        required = {kind.upper() for kind in documents} & {"PASSPORT", "SELFIE"}
        assert profile["verification"] == {
            "sessionId": session_id,
            "sessionStatus": status,
            "trustStatus": trust,
            "documentsUploaded": len(documents),
            "requiredDocuments": 2,
            "requiredDocumentsUploaded": len(required),
            "finalRequest": None,
        }

    async def test_a_final_request_always_has_a_time(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        stored = {"id": str(uuid4()), "source": "android-app"}
        await make_kyc_session(
            candidate.id,
            status="SUBMITTED",
            provider_metadata_json=json.dumps({"finalVerification": stored}),
            updated_at=datetime(2026, 3, 1, tzinfo=UTC),
        )
        body = (await api.get(PROFILE, headers=candidate.headers)).json()
        decode(f"GET {PROFILE}", body)
        assert body["profile"]["verification"]["finalRequest"]["requestedAt"] == "2026-03-01T00:00:00.000Z"

    async def test_it_is_one_statement_beside_the_session_check(
        self, api: httpx.AsyncClient, candidate: Candidate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await make_kyc_session(candidate.id, documents=("PASSPORT",))
        statements: list[str] = []
        run = db._run

        async def counted(method: str, sql: str, *args: Any, **options: Any) -> Any:
            statements.append(sql)
            return await run(method, sql, *args, **options)

        monkeypatch.setattr(db, "_run", counted)
        assert (await api.get(PROFILE, headers=candidate.headers)).status_code == 200
        assert len(statements) == 2


class TestChange:
    async def test_what_is_given_changes_and_the_rest_stays(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        url = "HTTPS://pictures.example.com/ä?x=1"
        before = await db.fetch_value("SELECT updated_at FROM users WHERE id = $1", candidate.id)
        answer = await api.patch(PROFILE, headers=candidate.headers, json={"avatarUrl": f" {url} ", "email": "x@y.zz"})
        assert answer.status_code == 200
        decode(f"PATCH {PROFILE}", answer.json())
        profile = answer.json()["profile"]
        assert (profile["fullName"], profile["avatarUrl"], profile["email"]) == ("Sari Contoh", url, candidate.email)
        assert await db.fetch_value("SELECT updated_at FROM users WHERE id = $1", candidate.id) > before
        named = await api.patch(PROFILE, headers=candidate.headers, json={"fullName": "  Sari Baru "})
        assert (named.json()["profile"]["fullName"], named.json()["profile"]["avatarUrl"]) == ("Sari Baru", url)
        assert (await api.get(PROFILE, headers=candidate.headers)).json() == named.json()

    @pytest.mark.parametrize("blank", [None, "", "   "])
    async def test_a_blank_picture_is_removed(self, api: httpx.AsyncClient, candidate: Candidate, blank: Any) -> None:
        await db.execute("UPDATE users SET avatar_url = 'https://example.com/a.png' WHERE id = $1", candidate.id)
        answer = await api.patch(PROFILE, headers=candidate.headers, json={"avatarUrl": blank})
        assert (answer.status_code, answer.json()["profile"]["avatarUrl"]) == (200, None)

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ({}, "invalid_profile_update"),
            ([], "invalid_profile_update"),
            ({"email": "new@example.com"}, "invalid_profile_update"),
            ({"fullName": None, "avatarUrl": "nonsense"}, "invalid_full_name"),
            ({"fullName": "  "}, "invalid_full_name"),
            ({"fullName": "a"}, "invalid_full_name"),
            ({"fullName": "x" * 121}, "invalid_full_name"),
            ({"fullName": "\U0001f600" * 61}, "invalid_full_name"),
            ({"fullName": ["Sari"]}, "invalid_full_name"),
            ({"fullName": "Sa\x00ri"}, "invalid_full_name"),
            ({"fullName": "Sari", "avatarUrl": "nonsense"}, "invalid_avatar_url"),
            ({"avatarUrl": "ftp://example.com/a"}, "invalid_avatar_url"),
            ({"avatarUrl": "javascript:alert(1)"}, "invalid_avatar_url"),
            ({"avatarUrl": "//example.com/a"}, "invalid_avatar_url"),
            ({"avatarUrl": "https://"}, "invalid_avatar_url"),
            ({"avatarUrl": "https://[broken"}, "invalid_avatar_url"),
            ({"avatarUrl": "https://example.com/" + "x" * 481}, "invalid_avatar_url"),
            ({"avatarUrl": {"a": 1}}, "invalid_avatar_url"),
            ({"avatarUrl": "https://example.com/\x00"}, "invalid_avatar_url"),
        ],
    )
    async def test_the_first_wrong_field_is_named(
        self, api: httpx.AsyncClient, candidate: Candidate, body: Any, expected: str
    ) -> None:
        assert code(await api.patch(PROFILE, headers=candidate.headers, json=body)) == (400, expected)
        profile = (await api.get(PROFILE, headers=candidate.headers)).json()["profile"]
        assert (profile["fullName"], profile["avatarUrl"]) == ("Sari Contoh", None)

    async def test_the_limits_themselves_are_accepted(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        url = "https://example.com/" + "x" * 480
        for name in ("ab", "x" * 120, "\U0001f600" * 60, "佐藤 花子"):
            answer = await api.patch(PROFILE, headers=candidate.headers, json={"fullName": name, "avatarUrl": url})
            assert (answer.status_code, answer.json()["profile"]["fullName"]) == (200, name)
        numbered = await api.patch(PROFILE, headers=candidate.headers, json={"fullName": 12})
        assert numbered.json()["profile"]["fullName"] == "12"

    async def test_an_unreadable_body_is_named(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        for content in (b"{", b" ", b"null"):
            answer = await api.patch(PROFILE, headers=candidate.headers, content=content)
            assert code(answer) == (400, "invalid_request_body")
        assert code(await api.patch(PROFILE, headers=candidate.headers)) == (400, "invalid_profile_update")
