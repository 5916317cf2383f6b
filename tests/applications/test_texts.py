"""Do candidates read their journey in their language, whoever wrote it, and never who of the staff acted?"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest

from service.applications import texts
from service.applications.models import MOVES, ApplicationStatus
from service.applications.texts import StepText, words_of_application, words_of_move
from service.audit.models import ActorType
from service.auth.principal import STAFF_NAME
from service.base.settings import Settings
from service.database import db
from tests.decoders import decode
from tests.factories import Candidate, make_application, make_application_document, make_candidate, make_job

KEY = {"x-admin-api-key": "staff-key-for-tests"}
REVIEWER = "rin.reviewer@example.com"
JOURNEY = "GET /users/me/applications/{applicationId}/journey"


@pytest.fixture
async def staff(settings: Settings) -> Candidate:
    return await make_candidate(settings, roles=("super_admin",), full_name="Staf Contoh")


async def add_step(
    application_id: str, status: str, title: str, description: str, actor: str | None, kind: str
) -> None:
    """A step as the release before writes it: it knows no keys."""
    await db.execute(
        "INSERT INTO job_application_journey_events"
        " (id, application_id, status, title, description, created_at, actor_type, actor_id)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        uuid4(),
        application_id,
        status,
        title,
        description,
        datetime(2026, 5, 1, tzinfo=UTC),
        kind,
        actor,
    )


async def steps(
    api: httpx.AsyncClient, candidate: Candidate, application_id: str, language: str | None = None
) -> list[dict[str, Any]]:
    headers = candidate.headers | ({"Accept-Language": language} if language else {})
    answer = await api.get(f"/users/me/applications/{application_id}/journey", headers=headers)
    decode(JOURNEY, answer.json())
    found: list[dict[str, Any]] = answer.json()["journey"]
    return found


async def words(api: httpx.AsyncClient, candidate: Candidate, application_id: str, language: str) -> tuple[str, str]:
    """Title and description of the newest step."""
    last = (await steps(api, candidate, application_id, language))[-1]
    return last["title"], last["description"]


class TestTable:
    def test_every_step_has_words_of_its_own(self) -> None:
        made = [words_of_application(None), words_of_application("Please")] + [
            words_of_move(ApplicationStatus(to), None, actor_type=actor, name=REVIEWER)
            for actor, moves in MOVES.items()
            for to in sorted(set().union(*moves.values()))
        ]
        assert {one.key for one in made} == set(StepText) == set(texts._TEXTS)
        assert all(one.title and one.description for one in made)
        for language in ("en", "id"):
            titles = {found[language][0] for found in texts._TEXTS.values()}
            assert len(titles) == len(StepText) - 1  # the note changes the description alone

    async def test_a_step_with_a_key_follows_its_text(
        self, api: httpx.AsyncClient, candidate: Candidate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Also when the words have changed since it was written."""
        application_id = await make_application(candidate.id)
        body = {"status": "INTERVIEW", "reason": "Soon"}
        await api.patch(f"/admin/applications/{application_id}/status", headers=KEY, json=body)
        changed = {"en": ("Talk", "{name} would like to talk."), "id": ("Bicara", "{name} ingin bicara.")}
        monkeypatch.setitem(texts._TEXTS, StepText.INTERVIEW, changed)
        assert await words(api, candidate, application_id, "en") == ("Talk", "staff would like to talk. Reason: Soon")
        assert await words(api, candidate, application_id, "id") == ("Bicara", "petugas ingin bicara. Alasan: Soon")


class TestLanguage:
    @pytest.mark.parametrize(
        ("header", "title"),
        [
            (None, "Application submitted"),
            ("*", "Application submitted"),
            ("en", "Application submitted"),
            ("ja, *;q=0.1", "Application submitted"),
            ("id", "Lamaran terkirim"),
            ("id-ID, en;q=0.5", "Lamaran terkirim"),
            ("*, id;q=0.5", "Lamaran terkirim"),
        ],
    )
    async def test_accept_language_picks_it(
        self, api: httpx.AsyncClient, candidate: Candidate, header: str | None, title: str
    ) -> None:
        made = await api.post(f"/jobs/{await make_job()}/applications", headers=candidate.headers)
        [step] = await steps(api, candidate, made.json()["application"]["id"], header)
        assert step["title"] == title

    async def test_the_whole_way_in_both_languages(
        self, api: httpx.AsyncClient, candidate: Candidate, staff: Candidate
    ) -> None:
        made = await api.post(f"/jobs/{await make_job()}/applications", headers=candidate.headers)
        application_id = made.json()["application"]["id"]
        for status in ("IN_REVIEW", "INTERVIEW", "OFFERED"):
            path = f"/admin/applications/{application_id}/status"
            body = {"status": status, "reason": "Good papers"}
            assert (await api.patch(path, headers=staff.headers, json=body)).status_code == 200
        headers = candidate.headers | {"Accept-Language": "id"}
        answer = await api.post(f"/users/me/applications/{application_id}/offer/accept", headers=headers)
        assert answer.headers["vary"] == "Accept-Language"
        indonesian = await steps(api, candidate, application_id, "id")
        assert answer.json()["journeyEvent"] == indonesian[-1]
        assert [(step["title"], step["description"]) for step in indonesian] == [
            ("Lamaran terkirim", "Lamaran Anda sudah diterima."),
            ("Lamaran sedang ditinjau", "Statusnya kini IN_REVIEW, ditetapkan oleh petugas. Alasan: Good papers"),
            ("Wawancara", "Statusnya kini INTERVIEW, ditetapkan oleh petugas. Alasan: Good papers"),
            ("Penawaran kerja", "Statusnya kini OFFERED, ditetapkan oleh petugas. Alasan: Good papers"),
            ("Penawaran diterima", "Kandidat menerima penawaran ini."),
        ]
        english = await steps(api, candidate, application_id)
        assert [(step["title"], step["description"]) for step in english] == [
            ("Application submitted", "Your application was received."),
            ("Application in review", "The status is now IN_REVIEW, set by staff. Reason: Good papers"),
            ("Interview", "The status is now INTERVIEW, set by staff. Reason: Good papers"),
            ("Job offered", "The status is now OFFERED, set by staff. Reason: Good papers"),
            ("Offer accepted", "The candidate accepted the offer."),
        ]
        same = [{key: step[key] for key in step if key not in {"title", "description"}} for step in english]
        assert same == [{key: step[key] for key in step if key not in {"title", "description"}} for step in indonesian]

    @pytest.mark.parametrize(
        "note", ["Please", "Your application was received.", "The candidate accepted the offer.", "{name} {typed} %s"]
    )
    async def test_what_somebody_typed_stays(self, api: httpx.AsyncClient, candidate: Candidate, note: str) -> None:
        made = await api.post(f"/jobs/{await make_job()}/applications", headers=candidate.headers, json={"note": note})
        application_id = made.json()["application"]["id"]
        assert await words(api, candidate, application_id, "id") == ("Lamaran terkirim", note)
        assert await words(api, candidate, application_id, "en") == ("Application submitted", note)
        await db.execute("UPDATE job_applications SET status = 'OFFERED'")
        body = {"reason": note}
        answer = await api.post(
            f"/users/me/applications/{application_id}/offer/decline", headers=candidate.headers, json=body
        )
        assert answer.json()["journeyEvent"]["description"] == f"The candidate declined the offer. Reason: {note}"
        assert await words(api, candidate, application_id, "id") == (
            "Penawaran ditolak",
            f"Kandidat menolak penawaran ini. Alasan: {note}",
        )

    async def test_another_language_is_another_answer(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        """A phone whose language was changed must not be told that what it has is still true."""
        application_id = await make_application(candidate.id)
        path = f"/users/me/applications/{application_id}/journey"
        tags: dict[str, str] = {}
        for language in ("en", "id"):
            answer = await api.get(path, headers=candidate.headers | {"Accept-Language": language})
            assert answer.headers["vary"] == "Accept-Language"
            tags[language] = answer.headers["etag"]
        for asked, tag, status in (("id", "en", 200), ("en", "id", 200), ("id", "id", 304), ("en-GB", "en", 304)):
            headers = candidate.headers | {"Accept-Language": asked, "If-None-Match": tags[tag]}
            answer = await api.get(path, headers=headers)
            assert (answer.status_code, answer.headers["vary"]) == (status, "Accept-Language"), (asked, tag)
        answer = await api.get(path, headers=candidate.headers | {"If-None-Match": tags["en"]})
        assert answer.status_code == 304
        assert "vary" not in (await api.get("/users/me/applications", headers=candidate.headers)).headers

    async def test_staff_read_what_is_stored(
        self, api: httpx.AsyncClient, candidate: Candidate, staff: Candidate
    ) -> None:
        application_id = await make_application(candidate.id)
        path = f"/admin/applications/{application_id}"
        headers = staff.headers | {"Accept-Language": "id"}
        moved = await api.patch(f"{path}/status", headers=headers, json={"status": "INTERVIEW", "reason": "Soon"})
        step = moved.json()["journeyEvent"]
        expected = f"The status is now INTERVIEW, set by {staff.email}. Reason: Soon"
        assert (step["title"], step["description"], step["actorId"]) == ("Interview", expected, staff.email)
        assert "vary" not in moved.headers
        for found in (
            (await api.get(path, headers=headers)).json()["lastEvent"],
            (await api.get(f"{path}/journey", headers=headers)).json()["journey"][-1],
            (await api.get("/admin/applications", headers=headers)).json()["items"][0]["lastEvent"],
        ):
            assert found == step


class TestEarlierReleases:
    @pytest.mark.parametrize(
        ("status", "title", "description", "kind", "english", "indonesian"),
        [
            (
                "IN_REVIEW",
                "Application in review",
                f"The status is now IN_REVIEW, set by {REVIEWER}.",
                "ADMIN",
                ("Application in review", "The status is now IN_REVIEW, set by staff."),
                ("Lamaran sedang ditinjau", "Statusnya kini IN_REVIEW, ditetapkan oleh petugas."),
            ),
            (
                "REJECTED",
                "Application not successful",
                f"The status is now REJECTED, set by {REVIEWER}. Reason: No seat. Reason: full",
                "ADMIN",
                (
                    "Application not successful",
                    "The status is now REJECTED, set by staff. Reason: No seat. Reason: full",
                ),
                (
                    "Lamaran tidak berhasil",
                    "Statusnya kini REJECTED, ditetapkan oleh petugas. Alasan: No seat. Reason: full",
                ),
            ),
            (
                "HIRED",
                "Offer accepted",
                "The candidate accepted the offer. Reason: Gladly",
                "USER",
                ("Offer accepted", "The candidate accepted the offer. Reason: Gladly"),
                ("Penawaran diterima", "Kandidat menerima penawaran ini. Alasan: Gladly"),
            ),
            (
                "SUBMITTED",
                "Application submitted",
                "Your application was received.",
                "USER",
                ("Application submitted", "Your application was received."),
                ("Lamaran terkirim", "Lamaran Anda sudah diterima."),
            ),
            (
                "SUBMITTED",
                "Application submitted",
                "I weld.",
                "USER",
                ("Application submitted", "I weld."),
                ("Lamaran terkirim", "I weld."),
            ),
        ],
    )
    async def test_our_words_are_recognised(
        self,
        api: httpx.AsyncClient,
        candidate: Candidate,
        status: str,
        title: str,
        description: str,
        kind: str,
        english: tuple[str, str],
        indonesian: tuple[str, str],
    ) -> None:
        application_id = await make_application(candidate.id, note="I weld.")
        await add_step(application_id, status, title, description, REVIEWER if kind == "ADMIN" else candidate.id, kind)
        assert await words(api, candidate, application_id, "en") == english
        assert await words(api, candidate, application_id, "id") == indonesian

    @pytest.mark.parametrize(
        ("title", "description", "kind", "actor", "english", "indonesian"),
        [
            ("Offer", "An offer was made.", "ADMIN", REVIEWER, "An offer was made.", "An offer was made."),
            (
                "Offer",
                f"By {REVIEWER.upper()}, not by x{REVIEWER} or me@example.com.",
                "ADMIN",
                REVIEWER,
                "By staff, not by staff or me@example.com.",
                "By staff, not by staff or me@example.com.",
            ),
            ("Offer", "Training by Rin.", "ADMIN", "Rin", "Training by staff.", "Training by staff."),
            # A name that is no address may be an ordinary word.
            ("A candidate", "a bad application", "ADMIN", "a", "a bad application", "a bad application"),
            ("In review", "Review done by review", "ADMIN", "Review", "Review done by staff", "Review done by staff"),
            (
                "Moved",
                "Application status changed to OFFERED by boss@corp.example.com.",
                "ADMIN",
                None,
                "Application status changed to OFFERED by staff.",
                "Application status changed to OFFERED by staff.",
            ),
            ("Offer", "As stored", "ADMIN", None, "As stored", "As stored"),
            ("Offer", "As stored", "ADMIN", " ", "As stored", "As stored"),
            # The title alone is not our step.
            ("Job offered", "An offer was made.", "ADMIN", REVIEWER, "An offer was made.", "An offer was made."),
            ("Offer", "By user", "USER", "user", "By user", "By user"),
        ],
    )
    async def test_other_words_are_shown_as_stored_without_who_acted(
        self,
        api: httpx.AsyncClient,
        candidate: Candidate,
        title: str,
        description: str,
        kind: str,
        actor: str | None,
        english: str,
        indonesian: str,
    ) -> None:
        application_id = await make_application(candidate.id)
        await add_step(application_id, "OFFERED", title, description, actor, kind)
        for language, expected in (("en", english), ("id", indonesian)):
            step = (await steps(api, candidate, application_id, language))[-1]
            assert (step["title"], step["description"]) == (title, expected)
            assert step["actorId"] == (actor if actor is None or kind == "USER" else STAFF_NAME)

    @pytest.mark.parametrize("actor", [None, "admin_api_key", REVIEWER])
    async def test_our_sentence_is_recognised_whomever_it_names(
        self, api: httpx.AsyncClient, candidate: Candidate, actor: str | None
    ) -> None:
        application_id = await make_application(candidate.id)
        said = "The status is now OFFERED, set by other@corp.example.com. Reason: Write to me@example.com.\nSoon."
        await add_step(application_id, "OFFERED", "Job offered", said, actor, "ADMIN")
        assert await words(api, candidate, application_id, "id") == (
            "Penawaran kerja",
            "Statusnya kini OFFERED, ditetapkan oleh petugas. Alasan: Write to me@example.com.\nSoon.",
        )

    async def test_a_key_of_a_later_release_falls_back_to_english(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        application_id = await make_application(candidate.id)
        await add_step(application_id, "OFFERED", "Seat kept", f"{REVIEWER} kept a seat.", REVIEWER, "ADMIN")
        await db.execute("UPDATE job_application_journey_events SET text_key = 'seat_kept' WHERE status = 'OFFERED'")
        assert await words(api, candidate, application_id, "id") == ("Seat kept", "staff kept a seat.")


class TestStaffStayUnnamed:
    async def test_no_answer_to_a_candidate_has_the_address(
        self, api: httpx.AsyncClient, candidate: Candidate, staff: Candidate
    ) -> None:
        application_id = await make_application(candidate.id)
        await add_step(application_id, "IN_REVIEW", staff.email, f"{staff.email} has it", staff.email, "ADMIN")
        document_id = await make_application_document(candidate.id, application_id)
        unread = await make_application_document(candidate.id, application_id)
        admin = f"/admin/applications/{application_id}"
        reviewed = await api.patch(
            f"{admin}/documents/{document_id}", headers=staff.headers, json={"reviewStatus": "VALID"}
        )
        assert reviewed.json()["document"]["reviewedBy"] == staff.email
        await api.patch(f"{admin}/status", headers=staff.headers, json={"status": "OFFERED"})
        mine = f"/users/me/applications/{application_id}"
        for language in ("en", "id"):
            headers = candidate.headers | {"Accept-Language": language}
            for answer in (
                await api.get("/users/me/applications", headers=headers),
                await api.get(f"{mine}/journey", headers=headers),
                await api.get(f"{mine}/documents", headers=headers),
            ):
                assert answer.status_code == 200
                assert staff.email not in answer.text
                assert staff.id not in answer.text
        listed = (await api.get(f"{mine}/documents", headers=candidate.headers)).json()["items"]
        assert {item["id"]: item["reviewedBy"] for item in listed} == {document_id: "staff", unread: None}
        accepted = await api.post(f"{mine}/offer/accept", headers=candidate.headers)
        assert accepted.json()["journeyEvent"]["actorId"] == candidate.id
        found = await steps(api, candidate, application_id)
        assert [(step["actorType"], step["actorId"]) for step in found] == [
            ("USER", candidate.id),
            ("ADMIN", "staff"),
            ("ADMIN", "staff"),
            ("USER", candidate.id),
        ]
        theirs = (await api.get(f"{admin}/journey", headers=staff.headers)).json()["journey"]
        assert [step["actorId"] for step in theirs] == [candidate.id, staff.email, staff.email, candidate.id]


class TestOneAct:
    async def test_a_move_is_on_record_whoever_makes_it(
        self, api: httpx.AsyncClient, candidate: Candidate, capsysbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        """Of all who answer at once one leaves the step, the audit row and the log line; reasons are not logged."""
        application_id = await make_application(candidate.id, status="INTERVIEW")
        await api.patch(f"/admin/applications/{application_id}/status", headers=KEY, json={"status": "OFFERED"})
        base = f"/users/me/applications/{application_id}/offer"
        answers = await asyncio.gather(
            *(
                api.post(
                    f"{base}/{'accept' if number % 2 else 'decline'}",
                    headers=candidate.headers,
                    json={"reason": "Geheim"},
                )
                for number in range(12)
            )
        )
        assert sorted(answer.status_code for answer in answers) == [200] + [409] * 11
        status = await db.fetch_value("SELECT status FROM job_applications")
        rows = await db.fetch_all(
            "SELECT actor_type, actor_id, detail_json FROM audit_events"
            " WHERE action = 'application.status_changed' AND subject_id = $1 ORDER BY position",
            application_id,
        )
        assert [(row["actor_type"], row["actor_id"]) for row in rows] == [
            ("ADMIN", "admin_api_key"),
            (ActorType.USER, candidate.id),
        ]
        detail = rows[-1]["detail_json"]
        assert (detail["before"], detail["after"]) == ({"status": "OFFERED"}, {"status": status})
        assert detail["reason"] == "Geheim"
        lines = [orjson.loads(line) for line in capsysbinary.readouterr().out.splitlines() if line.startswith(b"{")]
        logged = [line for line in lines if line["event"] == "audit.application.status_transition"]
        assert [(line["fromStatus"], line["toStatus"], line["actorId"]) for line in logged] == [
            ("INTERVIEW", "OFFERED", "admin_api_key"),
            ("OFFERED", status, candidate.id),
        ]
        assert "Geheim" not in str(lines)
