"""Does somebody who takes another name after the decision come back to a reviewer, once?"""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import httpx
import pytest

from service.base.settings import Settings
from service.database import db
from service.kyc.names import is_same_name
from tests.factories import Candidate, make_candidate, make_kyc_session

PROFILE = "/users/me/profile"
KEY = {"x-admin-api-key": "staff-key-for-tests"}


async def rename(api: httpx.AsyncClient, by: Candidate, name: str) -> dict[str, Any]:
    answer = await api.patch(PROFILE, headers=by.headers, json={"fullName": name})
    assert answer.status_code == 200, answer.text
    profile: dict[str, Any] = answer.json()["profile"]
    return profile


async def reopenings() -> list[tuple[Any, ...]]:
    rows = await db.fetch_all(
        "SELECT from_status, to_status, actor_type, actor_id, reason FROM kyc_status_events"
        " WHERE reason = 'name_changed' ORDER BY created_at"
    )
    return [tuple(row) for row in rows]


async def audited(action: str) -> list[dict[str, Any]]:
    return [
        dict(row)
        for row in await db.fetch_all("SELECT * FROM audit_events WHERE action = $1 ORDER BY position", action)
    ]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Siti Nurhaliza", "SITI  NURHALIZA ", True),
        ("Siti Nur Haliza", "Siti Nurhaliza", True),
        ("José Ñandú", "Jose\u0301 nandu", True),
        ("\uff33iti", "Siti", True),
        ("Groß", "GROSS", True),
        ("Siti Nurhaliza", "Siti Nurhalisa", False),
        ("Siti Nurhaliza", "Nurhaliza Siti", False),
        ("Siti", "Siti-", False),
        # Another letter, not an accent.
        ("かとう", "がとう", False),
        # Looks alike, is not: Cyrillic a.
        ("Sari", "S\u0430ri", False),
    ],
)
def test_case_accents_and_spaces_make_no_other_name(one: str, other: str, same: bool) -> None:
    assert is_same_name(one, other) == is_same_name(other, one) == same


class TestOwnName:
    async def test_another_name_takes_a_verified_person_back_to_a_reviewer(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        session = await make_kyc_session(candidate.id, status="VERIFIED", reviewed_by="rini@example.com")
        other = await make_kyc_session(candidate.id, status="REJECTED")
        verified = await make_kyc_session(candidate.id, status="VERIFIED", documents=("PASSPORT",))
        profile = await rename(api, candidate, "Budi Lain")
        assert (profile["fullName"], profile["trustScoreLabel"]) == ("Budi Lain", "UNDER_REVIEW")
        rows = await db.fetch_all("SELECT id::text, status, reviewed_by FROM kyc_sessions ORDER BY created_at")
        assert [tuple(row) for row in rows] == [
            (session, "MANUAL_REVIEW", None),
            (other, "REJECTED", None),
            (verified, "MANUAL_REVIEW", None),
        ]
        moved = ("VERIFIED", "MANUAL_REVIEW", "SYSTEM", "profile_name", "name_changed")
        assert await reopenings() == [moved, moved]
        assert sorted(row["subject_id"] for row in await audited("kyc.reopened")) == sorted([session, verified])
        (row,) = await audited("profile.name_changed")
        assert (row["actor_type"], row["actor_id"], row["subject_id"]) == ("USER", candidate.id, candidate.id)
        assert row["detail_json"]["verificationsReopened"] == 2
        items = (await api.get("/admin/kyc/review-queue", headers=KEY)).json()["items"]
        assert [item["riskFlags"][0] for item in items] == ["NAME_CHANGED", "NAME_CHANGED"]
        # The shipped rules of a waiting one hold for it.
        body = {"sessionId": verified, "decision": "VERIFIED", "reviewedBy": "Rini"}
        assert (await api.post("/admin/kyc/review", headers=KEY, json=body)).status_code == 200
        history = (await api.get("/identity/kyc/history", headers=candidate.headers)).json()["events"]
        assert [event["reason"] for event in history] == ["session_created", "name_changed", None]

    async def test_twice_in_a_row_is_one_reopening(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        await make_kyc_session(candidate.id, status="VERIFIED")
        for name in ("Budi Lain", "Sari Contoh", "Budi Lain"):
            await rename(api, candidate, name)
        assert len(await reopenings()) == 1
        assert len(await audited("profile.name_changed")) == 3

    @pytest.mark.parametrize("status", ["CREATED", "SUBMITTED", "MANUAL_REVIEW", "REJECTED"])
    async def test_only_a_verified_one_is_reopened(
        self, api: httpx.AsyncClient, candidate: Candidate, status: str
    ) -> None:
        await make_kyc_session(candidate.id, status=status)
        await rename(api, candidate, "Budi Lain")
        assert await db.fetch_value("SELECT status FROM kyc_sessions") == status
        assert await reopenings() == []

    async def test_the_same_name_written_otherwise_stays_verified(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        await make_kyc_session(candidate.id, status="VERIFIED")
        assert (await rename(api, candidate, "SÀRI  contoh"))["trustScoreLabel"] == "TRUSTED"
        await api.patch(PROFILE, headers=candidate.headers, json={"avatarUrl": "https://cdn.example.com/a.png"})
        assert await reopenings() == []
        assert len(await audited("profile.name_changed")) == 1

    async def test_twenty_at_once_are_one_reopening(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        await make_kyc_session(candidate.id, status="VERIFIED")
        await asyncio.gather(*(rename(api, candidate, f"Nama {chr(65 + n)}") for n in range(20)))
        assert len(await reopenings()) == 1
        assert await db.fetch_value("SELECT status FROM kyc_sessions") == "MANUAL_REVIEW"

    async def test_a_decision_that_is_being_made_counts(
        self, api: httpx.AsyncClient, candidate: Candidate, settings: Settings
    ) -> None:
        """The new name waits for it, and finds somebody who is verified under the old one."""
        session = await make_kyc_session(candidate.id, status="SUBMITTED")
        deciding = await asyncpg.connect(settings.database_url)
        try:
            async with deciding.transaction():
                await deciding.execute("UPDATE kyc_sessions SET status = 'VERIFIED' WHERE id = $1", session)
                renaming = asyncio.create_task(rename(api, candidate, "Budi Lain"))
                while not await db.fetch_value(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND wait_event_type = 'Lock' AND query LIKE '%kyc_sessions%'"
                ):
                    assert not renaming.done(), renaming
                    await asyncio.sleep(0.01)
            await renaming
        finally:
            await deciding.close()
        assert await db.fetch_value("SELECT status FROM kyc_sessions") == "MANUAL_REVIEW"


class TestByStaff:
    async def test_a_name_that_staff_write_counts_too(
        self, api: httpx.AsyncClient, candidate: Candidate, settings: Settings
    ) -> None:
        admin = await make_candidate(settings, roles=("super_admin",))
        session = await make_kyc_session(candidate.id, status="VERIFIED")
        path = f"/admin/users/{candidate.id}"
        for body in ({"fullName": "sari contoh"}, {"roles": ["sdm"]}):
            assert (await api.patch(path, headers=admin.headers, json=body)).status_code == 200
        assert await reopenings() == []
        body = {"fullName": "Budi Lain", "password": "another horse 9"}
        assert (await api.patch(path, headers=admin.headers, json=body)).status_code == 200
        assert len(await reopenings()) == 1
        assert [row["subject_id"] for row in await audited("kyc.reopened")] == [session]

    async def test_of_twenty_administrators_and_the_person_at_once_one_reopens(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        await make_kyc_session(candidate.id, status="VERIFIED")
        answers = await asyncio.gather(
            *(
                api.patch(f"/admin/users/{candidate.id}", headers=KEY, json={"fullName": f"Nama {chr(65 + n)}"})
                for n in range(10)
            ),
            *(
                api.patch(PROFILE, headers=candidate.headers, json={"fullName": f"Lain {chr(65 + n)}"})
                for n in range(10)
            ),
        )
        assert {answer.status_code for answer in answers} == {200}
        assert len(await reopenings()) == 1
