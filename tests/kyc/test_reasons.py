"""Are reviewers held to ten words, and do candidates read them in both languages, where a rejection shows?"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from service.base.settings import Settings
from service.database import db
from service.kyc.reasons import _TEXTS, MAX_REASONS, ReasonCode
from tests.answers import code
from tests.factories import Candidate, make_candidate, make_kyc_document, make_kyc_session

REVIEW = "/admin/kyc/review"
UNKNOWN = "3b1f2c66-0a51-4c0e-9d0f-6f3a2f1d7c55"
STATUS, HISTORY, CHECKLIST = (
    "/identity/kyc/status",
    "/identity/kyc/history",
    "/users/me/verification-documents",
)
BLURRED = {"en": "The picture is blurred.", "id": "Fotonya buram."}


@pytest.fixture
async def reviewer(app: Any, settings: Settings) -> Candidate:
    return await make_candidate(settings, roles=("super_admin",))


class Case:
    """A submitted verification with a passport and a selfie."""

    def __init__(self, api: httpx.AsyncClient, person: Candidate, reviewer: Candidate) -> None:
        self.api, self.person, self.reviewer = api, person, reviewer
        self.session_id = self.passport = self.selfie = ""

    async def decide(self, decision: str, *reasons: Any, **more: Any) -> httpx.Response:
        body = {"sessionId": self.session_id, "decision": decision, "documentReasons": list(reasons)} | more
        return await self.api.post(REVIEW, headers=self.reviewer.headers, json=body)

    async def read(self, path: str, language: str | None = None) -> Any:
        headers = self.person.headers | ({"Accept-Language": language} if language else {})
        answer = await self.api.get(path, headers=headers)
        assert answer.status_code == 200
        assert answer.headers["vary"] == "Accept-Language"
        return answer.json()


@pytest.fixture
async def case(api: httpx.AsyncClient, candidate: Candidate, reviewer: Candidate) -> Case:
    case = Case(api, candidate, reviewer)
    case.session_id = await make_kyc_session(candidate.id, status="SUBMITTED")
    case.passport = await make_kyc_document(candidate.id, case.session_id, document_type="PASSPORT")
    case.selfie = await make_kyc_document(candidate.id, case.session_id, document_type="SELFIE")
    return case


class TestAnswers:
    @pytest.mark.parametrize("decision", ["REJECTED", "MANUAL_REVIEW"])
    async def test_candidates_read_them_where_the_decision_shows(self, case: Case, decision: str) -> None:
        for path in (STATUS, HISTORY):
            assert (await case.read(path))["documentReasons"] == []
        said = [
            {"documentId": case.selfie, "code": "other"},
            {"documentId": case.passport, "code": " Blurred "},
            {"documentId": case.passport, "code": "cut_off"},
            {"documentId": case.passport, "code": "blurred"},
        ]
        assert (await case.decide(decision, *said, reason="Please try again")).status_code == 200
        for language, text in BLURRED.items():
            for path in (STATUS, HISTORY):
                shown = (await case.read(path, language))["documentReasons"]
                assert [(one["documentType"], one["code"]) for one in shown] == [
                    ("PASSPORT", "blurred"),
                    ("PASSPORT", "cut_off"),
                    ("SELFIE", "other"),
                ]
                assert shown[0] == {
                    "documentId": case.passport,
                    "documentType": "PASSPORT",
                    "code": "blurred",
                    "text": text,
                }
            rows = (await case.read(CHECKLIST, language))["documents"]
            assert rows[0]["reasons"][0] == {"code": "blurred", "text": text}
            assert [one["code"] for one in rows[1]["reasons"]] == ["other"]
        assert (await case.read(STATUS))["documentReasons"][0]["text"] == BLURRED["en"]

    async def test_staff_read_them_too(self, case: Case) -> None:
        await case.decide("MANUAL_REVIEW", {"documentId": case.passport, "code": "glare"})
        queue = (await case.api.get("/admin/kyc/review-queue", headers=case.reviewer.headers)).json()
        assert [one["reasonCodes"] for one in queue["items"][0]["verification"]] == [["glare"], []]
        path = f"/admin/users/{case.person.id}/kyc/history"
        history = await case.api.get(path, headers=case.reviewer.headers | {"Accept-Language": "id"})
        assert [one["text"] for one in history.json()["documentReasons"]] == [
            "Pantulan cahaya menutupi sebagian dokumen."
        ]

    async def test_a_tag_holds_for_one_language(self, case: Case) -> None:
        await case.decide("REJECTED", {"documentId": case.passport, "code": "expired"})
        first = await case.api.get(STATUS, headers=case.person.headers | {"Accept-Language": "en"})
        held = case.person.headers | {"If-None-Match": first.headers["etag"]}
        assert (await case.api.get(STATUS, headers=held | {"Accept-Language": "en"})).status_code == 304
        assert (await case.api.get(STATUS, headers=held | {"Accept-Language": "id"})).status_code == 200

    async def test_the_next_decision_says_it_anew(self, case: Case) -> None:
        await case.decide("MANUAL_REVIEW", {"documentId": case.passport, "code": "expired"})
        await case.decide("MANUAL_REVIEW", {"documentId": case.selfie, "code": "glare"})
        assert [one["code"] for one in (await case.read(STATUS))["documentReasons"]] == ["glare"]
        assert (await case.decide("VERIFIED")).status_code == 200
        assert (await case.read(STATUS))["documentReasons"] == []
        rows = await db.fetch_all("SELECT reason_codes_json FROM identity_documents")
        assert [row["reason_codes_json"] for row in rows] == [[], []]

    async def test_the_case_alias_takes_them_and_the_trail_keeps_them(self, case: Case) -> None:
        body = {
            "action": "RESOLVE_INVALID",
            "note": "no",
            "documentReasons": [{"documentId": case.passport, "code": "not_original"}],
        }
        path = f"/admin/cases/{case.session_id}/action"
        answer = await case.api.post(path, headers=case.reviewer.headers, json=body)
        assert answer.status_code == 200
        detail = await db.fetch_value("SELECT detail_json FROM audit_events WHERE action = 'kyc.reviewed'")
        assert detail["documentReasons"] == {case.passport: ["not_original"]}


class TestRefusals:
    @pytest.mark.parametrize(
        "wrong",
        [
            "blurred",
            {"passport": "blurred"},
            ["blurred"],
            [None],
            [{"code": "blurred"}],
            [{"documentId": "nonsense", "code": "blurred"}],
            [{"documentId": 1, "code": "blurred"}],
            [{"documentId": UNKNOWN}],
            [{"documentId": UNKNOWN, "code": "ugly"}],
            [{"documentId": UNKNOWN, "code": ["blurred"]}],
            [{"documentId": UNKNOWN, "code": "blurred"}] * (MAX_REASONS + 1),
        ],
        ids=str,
    )
    async def test_what_is_no_reason_is_refused(self, case: Case, wrong: Any) -> None:
        answer = await case.decide("REJECTED", documentReasons=wrong)
        assert code(answer) == (400, "invalid_reason_code")
        assert await db.fetch_value("SELECT status FROM kyc_sessions") == "SUBMITTED"

    async def test_a_document_of_another_session_is_refused(self, case: Case) -> None:
        other = await make_kyc_session(case.person.id, status="SUBMITTED")
        foreign = await make_kyc_document(case.person.id, other)
        for document_id in (foreign, str(uuid4())):
            answer = await case.decide("REJECTED", {"documentId": document_id, "code": "blurred"})
            assert code(answer) == (400, "invalid_reason_code")

    async def test_nothing_is_wrong_with_what_is_verified(self, case: Case) -> None:
        answer = await case.decide("VERIFIED", {"documentId": case.passport, "code": "blurred"})
        assert code(answer) == (400, "invalid_reason_code")

    async def test_none_is_no_reason(self, case: Case) -> None:
        assert (await case.decide("REJECTED", documentReasons=None)).status_code == 200


def test_each_word_has_its_sentence_in_both_languages() -> None:
    words = "blurred expired glare wrong_type name_mismatch unreadable cut_off not_original missing_page other"
    assert " ".join(ReasonCode) == words
    for texts in _TEXTS.values():
        assert set(texts) == set(ReasonCode)
        assert len(set(texts.values())) == len(ReasonCode)
