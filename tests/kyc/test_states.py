"""Does the table of allowed moves decide, for every move, and is a move one act with all that belongs to it?"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import orjson
import pytest
from tortoise.transactions import in_transaction

from service.auth.principal import Principal, Staff
from service.database import db
from service.http.errors import ApiError
from service.kyc import claims, documents, review, states, submission
from service.kyc.links import FileLinks
from service.kyc.models import KycStatus
from service.kyc.states import ALLOWED, Actor
from tests.factories import Candidate, make_kyc_session

MOVES = [(before, to) for before, targets in ALLOWED.items() for to in sorted(targets)]
KEY = Staff(None)


def principal(candidate: Candidate) -> Principal:
    return Principal(candidate.id, "Sari Contoh", candidate.email, None, None, ("sdm",), None)


async def decide(session_id: str, decision: str) -> Any:
    body = {"sessionId": session_id, "decision": decision, "reviewedBy": "Rini"}
    return await review.decide(body, by=KEY, require_verified="off")


async def attempt(candidate: Candidate, before: str | None, to: str) -> str:
    """Make this move the way people make it; the state that it led to, or the code of the refusal."""
    by = principal(candidate)
    try:
        if before is None:
            return (await submission.start_session(None, by=by)).status
        session_id = await make_kyc_session(candidate.id, status=before, documents=("PASSPORT",))
        if to == KycStatus.SUBMITTED:
            return (await submission.submit_session(session_id, by=by)).status
        return str((await decide(session_id, to)).status)
    except ApiError as refusal:
        return refusal.code


def logged(capture: pytest.CaptureFixture[bytes]) -> list[dict[str, Any]]:
    lines = [orjson.loads(line) for line in capture.readouterr().out.splitlines() if line.startswith(b"{")]
    return [line for line in lines if line["event"] == "audit.kyc.status_transition"]


class TestTable:
    def test_it_has_every_state(self) -> None:
        assert set(ALLOWED) == {None, *KycStatus}

    async def test_every_entry_is_a_move_that_people_can_make(self, app: Any, candidate: Candidate) -> None:
        for before, to in MOVES:
            assert await attempt(candidate, before, to) == to

    @pytest.mark.parametrize("removed", MOVES, ids=lambda move: f"{move[0]}-{move[1]}")
    async def test_without_its_entry_exactly_that_move_is_refused(
        self, app: Any, candidate: Candidate, monkeypatch: pytest.MonkeyPatch, removed: tuple[str | None, KycStatus]
    ) -> None:
        monkeypatch.setitem(ALLOWED, removed[0], ALLOWED[removed[0]] - {removed[1]})
        for before, to in MOVES:
            outcome = await attempt(candidate, before, to)
            assert outcome == ("kyc_session_locked" if (before, to) == removed else to)

    async def test_an_added_entry_opens_exactly_that_move(
        self, app: Any, candidate: Candidate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert await attempt(candidate, "REJECTED", "MANUAL_REVIEW") == "kyc_session_locked"
        monkeypatch.setitem(ALLOWED, KycStatus.REJECTED, frozenset({KycStatus.MANUAL_REVIEW}))
        assert await attempt(candidate, "REJECTED", "MANUAL_REVIEW") == "MANUAL_REVIEW"
        assert await attempt(candidate, "REJECTED", "VERIFIED") == "kyc_session_locked"
        assert await attempt(candidate, "VERIFIED", "MANUAL_REVIEW") == "kyc_session_locked"
        rejected = await make_kyc_session(candidate.id, status="REJECTED")
        claim, _ = await claims.claim_session(rejected, "Rini", by=KEY, links=FileLinks(app.ctx.storage, "object", KEY))
        assert claim.session_id == rejected

    async def test_what_it_lacks_is_refused_in_the_words_of_the_contract(self, app: Any, candidate: Candidate) -> None:
        for to in states.DECISIONS:
            assert await attempt(candidate, "CREATED", to) == "kyc_session_not_submitted"
            for decided in ("VERIFIED", "REJECTED"):
                assert await attempt(candidate, decided, to) == "kyc_session_locked"
        for decided in ("VERIFIED", "REJECTED"):
            assert await attempt(candidate, decided, "SUBMITTED") == "kyc_session_locked"
            session_id = await make_kyc_session(candidate.id, status=decided)
            with pytest.raises(states.KycSessionLocked):
                await documents.add_document({"sessionId": session_id}, by=principal(candidate), bucket="b")

    def test_waiting_is_stated_once(self) -> None:
        """A state that is added to WAITING waits everywhere: no statement lists the states again."""
        root = Path(states.__file__).resolve().parents[2]
        assert states.WAITING_SQL == "('SUBMITTED', 'MANUAL_REVIEW')"
        again = re.compile(r"""['"]SUBMITTED['"], ['"]MANUAL_REVIEW['"]|SUBMITTED\|MANUAL_REVIEW""")
        found = [
            path.relative_to(root).as_posix()
            for folder in ("service", "observability")
            for path in sorted((root / folder).rglob("*.py"))
            if again.search(path.read_text())
        ]
        # The seed tells a story.
        assert found == ["service/tools/seed/rows.py"]

    def test_a_state_without_a_word_of_its_own_is_progress(self) -> None:
        assert [states.trust_of(status) for status in (None, "CREATED", "SUBMITTED", "A_NEW_ONE", "VERIFIED")] == [
            "NOT_STARTED",
            "IN_PROGRESS",
            "IN_PROGRESS",
            "IN_PROGRESS",
            "VERIFIED",
        ]


class TestMove:
    async def test_an_undone_move_leaves_no_line_in_the_log(
        self, app: Any, candidate: Candidate, capsysbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        session_id = await make_kyc_session(candidate.id, documents=("PASSPORT",))
        waiting = await make_kyc_session(candidate.id, status="SUBMITTED")
        capsysbinary.readouterr()
        for act in (
            lambda: submission.start_session(None, by=principal(candidate)),
            lambda: submission.submit_session(session_id, by=principal(candidate)),
            lambda: decide(waiting, "REJECTED"),
        ):
            with pytest.raises(ZeroDivisionError):
                async with in_transaction():
                    await act()
                    raise ZeroDivisionError
        assert logged(capsysbinary) == []
        rows = await db.fetch_all("SELECT status FROM kyc_sessions ORDER BY status")
        assert [row["status"] for row in rows] == ["CREATED", "SUBMITTED"]
        assert await db.fetch_value("SELECT count(*) FROM audit_events WHERE action LIKE 'kyc.%'") == 0

    async def test_moves_of_one_transaction_are_logged_after_it_in_their_order(
        self, app: Any, candidate: Candidate, capsysbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        session_id = await make_kyc_session(candidate.id, documents=("PASSPORT",))
        capsysbinary.readouterr()
        async with in_transaction():
            await submission.submit_session(session_id, by=principal(candidate))
            await decide(session_id, "MANUAL_REVIEW")
            assert logged(capsysbinary) == []
        lines = logged(capsysbinary)
        assert [(line["fromStatus"], line["toStatus"], line["actorType"]) for line in lines] == [
            ("CREATED", "SUBMITTED", "USER"),
            ("SUBMITTED", "MANUAL_REVIEW", "ADMIN"),
        ]
        assert [line["reason"] for line in lines] == ["session_submitted", None]

    async def test_a_move_writes_what_belongs_to_it_and_nothing_else(self, app: Any, candidate: Candidate) -> None:
        by = Actor.candidate(principal(candidate))
        async with in_transaction():
            begun = await states.move(None, KycStatus.CREATED, by=by, reason="session_created", provider="other")
            submitted = await states.move(begun, KycStatus.SUBMITTED, by=by, reason="session_submitted")
            staff = Actor.reviewer("Rini", KEY)
            looked = await states.move(submitted, KycStatus.MANUAL_REVIEW, by=staff, reason=None)
            again = await states.move(looked, KycStatus.MANUAL_REVIEW, by=Actor.reviewer("Ayu", KEY), reason=None)
        assert (begun.provider, begun.submitted_at, begun.reviewed_by) == ("other", None, None)
        assert submitted.submitted_at == submitted.updated_at
        assert (submitted.reviewed_by, submitted.reviewed_at) == (None, None)
        assert (looked.reviewed_by, looked.reviewed_at) == ("Rini", looked.updated_at)
        assert looked.submitted_at == submitted.submitted_at
        assert (again.reviewed_by, again.version) == ("Ayu", 4)
        rows = await db.fetch_all(
            "SELECT to_status, created_at FROM kyc_status_events WHERE kyc_session_id = $1 ORDER BY created_at",
            begun.id,
        )
        assert [(row["to_status"], row["created_at"]) for row in rows] == [
            ("CREATED", begun.updated_at),
            ("SUBMITTED", submitted.updated_at),
            ("MANUAL_REVIEW", looked.updated_at),
        ]
        actions = await db.fetch_all("SELECT action FROM audit_events ORDER BY position")
        assert [row["action"] for row in actions] == [
            "kyc.session_created",
            "kyc.session_submitted",
            "kyc.reviewed",
            "kyc.reviewed",
        ]
