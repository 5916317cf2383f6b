"""Which applications does a caller see, with which steps and documents?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
from tortoise.transactions import in_transaction

from service import db
from service.applications.models import ApplicationDocument, JobApplication, JourneyEvent
from service.errors import SearchBusy

DOCUMENTS_SHOWN = 500
SEARCH_MILLISECONDS = 1000

_APPLICATION = (
    "a.id, a.user_id, a.job_id, a.status, a.note, a.created_at, a.updated_at,"
    " j.title, j.employment_type, j.visa_sponsorship, j.location_json, j.employer_json"
)
_APPLICANT = "u.full_name, u.email"
EVENT_COLUMNS = (
    "e.id AS event_id, e.status AS event_status, e.title AS event_title, e.description AS event_description,"
    " e.actor_type AS event_actor_type, e.actor_id AS event_actor_id, e.created_at AS event_created_at,"
    " e.text_key AS event_text_key, e.typed_text AS event_typed_text"
)
_DOCUMENT = (
    "d.id, d.application_id, d.user_id, d.document_type, d.file_name, d.content_type, d.content_length, d.object_key,"
    " d.checksum_sha256, d.review_status, d.review_reason, d.reviewed_at, d.reviewed_by, d.created_at, d.updated_at,"
    " d.byte_state"
)
_LAST_EVENT = (
    "LEFT JOIN LATERAL (SELECT * FROM job_application_journey_events s WHERE s.application_id = a.id"
    " ORDER BY s.created_at DESC, s.id DESC LIMIT 1) e ON true"
)


@dataclass(frozen=True, slots=True)
class AppliedJob:
    """The job inside an application: shown in full even when the job itself is hidden."""

    id: str
    title: str
    employment_type: str
    visa_sponsorship: bool
    location: dict[str, Any]
    employer: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ApplicationView:
    """An application as the product shows it anywhere."""

    id: str
    user_id: str
    job_id: str
    status: str
    note: str | None
    created_at: datetime
    updated_at: datetime
    job: AppliedJob

    @classmethod
    def from_row(cls, row: asyncpg.Record) -> ApplicationView:
        return cls(
            id=str(row["id"]),
            user_id=str(row["user_id"]),
            job_id=row["job_id"],
            status=row["status"],
            note=row["note"],
            created_at=row["created_at"],
            updated_at=row["updated_at"],
            job=AppliedJob(
                id=row["job_id"],
                title=row["title"],
                employment_type=row["employment_type"],
                visa_sponsorship=row["visa_sponsorship"],
                location=row["location_json"],
                employer=row["employer_json"],
            ),
        )

    @classmethod
    def from_model(cls, application: JobApplication) -> ApplicationView:
        """Of an application whose job is fetched."""
        job = application.job
        return cls(
            id=str(application.id),
            user_id=str(application.user_id),  # type: ignore[attr-defined]  # Tortoise adds the column's name
            job_id=job.id,
            status=application.status,
            note=application.note,
            created_at=application.created_at,
            updated_at=application.updated_at,
            job=AppliedJob(
                id=job.id,
                title=job.title,
                employment_type=job.employment_type,
                visa_sponsorship=job.visa_sponsorship,
                location=dict(job.location_json),
                employer=dict(job.employer_json),
            ),
        )


@dataclass(frozen=True, slots=True)
class EventView:
    """One step of a journey as it is stored. The actor and the key are none for steps older than their columns."""

    id: str
    status: str
    title: str
    description: str
    actor_type: str | None
    actor_id: str | None
    created_at: datetime
    text_key: str | None
    typed_text: str | None

    @classmethod
    def from_row(cls, row: asyncpg.Record) -> EventView:
        return cls(
            id=str(row["event_id"]),
            status=row["event_status"],
            title=row["event_title"],
            description=row["event_description"],
            actor_type=row["event_actor_type"],
            actor_id=row["event_actor_id"],
            created_at=row["event_created_at"],
            text_key=row["event_text_key"],
            typed_text=row["event_typed_text"],
        )

    @classmethod
    def from_model(cls, event: JourneyEvent) -> EventView:
        return cls(
            id=str(event.id),
            status=event.status,
            title=event.title,
            description=event.description,
            actor_type=event.actor_type,
            actor_id=event.actor_id,
            created_at=event.created_at,
            text_key=event.text_key,
            typed_text=event.typed_text,
        )


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document of an application. `content_length` is what was declared, in bytes."""

    id: str
    application_id: str
    user_id: str
    document_type: str
    file_name: str
    content_type: str
    content_length: int
    object_key: str
    checksum_sha256: str
    review_status: str
    review_reason: str | None
    reviewed_at: datetime | None
    reviewed_by: str | None
    created_at: datetime
    updated_at: datetime
    byte_state: str

    @classmethod
    def from_row(cls, row: asyncpg.Record) -> DocumentView:
        return cls(
            id=str(row["id"]),
            application_id=str(row["application_id"]),
            user_id=str(row["user_id"]),
            document_type=row["document_type"],
            file_name=row["file_name"],
            content_type=row["content_type"],
            content_length=row["content_length"],
            object_key=row["object_key"],
            checksum_sha256=row["checksum_sha256"],
            review_status=row["review_status"],
            review_reason=row["review_reason"],
            reviewed_at=row["reviewed_at"],
            reviewed_by=row["reviewed_by"],
            created_at=row["created_at"],
            updated_at=row["updated_at"],
            byte_state=row["byte_state"],
        )

    @classmethod
    def from_model(cls, document: ApplicationDocument) -> DocumentView:
        return cls(
            id=str(document.id),
            application_id=str(document.application_id),  # type: ignore[attr-defined]  # Tortoise adds the column's name
            user_id=str(document.user_id),  # type: ignore[attr-defined]  # as above
            document_type=document.document_type,
            file_name=document.file_name,
            content_type=document.content_type,
            content_length=document.content_length,
            object_key=document.object_key,
            checksum_sha256=document.checksum_sha256,
            review_status=document.review_status,
            review_reason=document.review_reason,
            reviewed_at=document.reviewed_at,
            reviewed_by=document.reviewed_by,
            created_at=document.created_at,
            updated_at=document.updated_at,
            byte_state=document.byte_state,
        )


@dataclass(frozen=True, slots=True)
class ApplicantView:
    """Who applied."""

    id: str
    full_name: str | None
    email: str | None


@dataclass(frozen=True, slots=True)
class CaseView:
    """An application as staff see it: with who applied and the newest step."""

    application: ApplicationView
    applicant: ApplicantView
    last_event: EventView | None

    @classmethod
    def from_row(cls, row: asyncpg.Record) -> CaseView:
        return cls(
            ApplicationView.from_row(row),
            ApplicantView(str(row["user_id"]), row["full_name"], row["email"]),
            EventView.from_row(row) if row["event_id"] is not None else None,
        )


@dataclass(frozen=True, slots=True)
class Journey:
    """An application with all its steps, oldest first."""

    application: ApplicationView
    applicant: ApplicantView
    events: list[EventView]


@dataclass(frozen=True, slots=True)
class ApplicationPage:
    """`total` counts all matches, `has_more` comes from reading one row more."""

    items: list[ApplicationView]
    has_more: bool
    total: int


@dataclass(frozen=True, slots=True)
class CasePage:
    """See ApplicationPage."""

    items: list[CaseView]
    has_more: bool
    total: int


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list of staff is narrowed to; none means not at all. `employer_id` is the one inside the job."""

    status: str | None = None
    text: str | None = None
    job_id: str | None = None
    employer_id: str | None = None


async def list_own_applications(user_id: str, *, status: str | None, offset: int, limit: int) -> ApplicationPage:
    """A candidate's applications, what moved last first, then by id. One statement."""
    where = "a.user_id = $1::uuid AND ($2::text IS NULL OR a.status = $2)"
    rows = await db.fetch_all(
        f"SELECT t.total, p.* FROM (SELECT count(*) AS total FROM job_applications a WHERE {where}) t"
        f" LEFT JOIN LATERAL (SELECT {_APPLICATION} FROM ("
        f"SELECT a.* FROM job_applications a WHERE {where} ORDER BY a.updated_at DESC, a.id LIMIT $3 OFFSET $4) a"
        " JOIN jobs j ON j.id = a.job_id) p ON true"
        " ORDER BY p.updated_at DESC, p.id",
        user_id,
        status,
        limit + 1,
        offset,
    )
    shown = [ApplicationView.from_row(row) for row in rows if row["id"] is not None]
    return ApplicationPage(shown[:limit], len(shown) > limit, rows[0]["total"])


async def find_application(application_id: str, *, user_id: str) -> ApplicationView | None:
    """A candidate's own application, or none."""
    row = await db.fetch_row(
        f"SELECT {_APPLICATION} FROM job_applications a JOIN jobs j ON j.id = a.job_id"
        " WHERE a.id = $1::uuid AND a.user_id = $2::uuid",
        application_id,
        user_id,
    )
    return ApplicationView.from_row(row) if row else None


async def find_application_for_job(user_id: str, job_id: str) -> ApplicationView | None:
    """A candidate's application for a job, or none."""
    row = await db.fetch_row(
        f"SELECT {_APPLICATION} FROM job_applications a JOIN jobs j ON j.id = a.job_id"
        " WHERE a.user_id = $1::uuid AND a.job_id = $2",
        user_id,
        job_id,
    )
    return ApplicationView.from_row(row) if row else None


async def find_journey(application_id: str, *, user_id: str | None = None) -> Journey | None:
    """An application with its steps, or none; of `user_id` alone, or anybody's for staff. One statement."""
    rows = await db.fetch_all(
        f"SELECT {_APPLICATION}, {_APPLICANT}, {EVENT_COLUMNS} FROM job_applications a"
        " JOIN jobs j ON j.id = a.job_id JOIN users u ON u.id = a.user_id"
        " LEFT JOIN job_application_journey_events e ON e.application_id = a.id"
        " WHERE a.id = $1::uuid AND ($2::uuid IS NULL OR a.user_id = $2::uuid) ORDER BY e.created_at, e.id",
        application_id,
        user_id,
    )
    if not rows:
        return None
    case = CaseView.from_row(rows[0])
    return Journey(
        case.application, case.applicant, [EventView.from_row(row) for row in rows if row["event_id"] is not None]
    )


async def find_documents(application_id: str) -> tuple[list[DocumentView], int]:
    """The newest DOCUMENTS_SHOWN documents of an application, newest first, and how many there are."""
    rows = await db.fetch_all(
        f"SELECT count(*) OVER () AS total, {_DOCUMENT} FROM job_application_documents d"
        f" WHERE d.application_id = $1::uuid ORDER BY d.created_at DESC, d.id LIMIT {DOCUMENTS_SHOWN}",
        application_id,
    )
    return [DocumentView.from_row(row) for row in rows], rows[0]["total"] if rows else 0


async def find_document(document_id: str) -> DocumentView | None:
    """One document of any application, or none."""
    row = await db.fetch_row(f"SELECT {_DOCUMENT} FROM job_application_documents d WHERE d.id = $1::uuid", document_id)
    return DocumentView.from_row(row) if row else None


async def find_case(application_id: str) -> CaseView | None:
    """One application for staff, or none."""
    row = await db.fetch_row(
        f"SELECT {_APPLICATION}, {_APPLICANT}, {EVENT_COLUMNS} FROM job_applications a"
        f" JOIN jobs j ON j.id = a.job_id JOIN users u ON u.id = a.user_id {_LAST_EVENT} WHERE a.id = $1::uuid",
        application_id,
    )
    return CaseView.from_row(row) if row else None


async def list_cases(wanted: CaseFilter, *, offset: int, limit: int) -> CasePage:
    """Applications of everybody, what moved last first, then by id. One statement.

    Raises SearchBusy when a search for text takes longer than SEARCH_MILLISECONDS.
    """
    arguments: list[Any] = [limit + 1, offset]
    conditions = ["true"]

    def narrow(condition: str, value: Any) -> None:
        arguments.append(value)
        conditions.append(condition.format(f"${len(arguments)}"))

    if wanted.status is not None:
        narrow("a.status = {}", wanted.status)
    if wanted.job_id is not None:
        narrow("a.job_id = {}", wanted.job_id)
    if wanted.employer_id is not None:
        narrow("j.employer_json->>'id' = {}", wanted.employer_id)
    if wanted.text is not None:
        # The fields are joined, so that a match may span two of them; strpos knows no wildcards.
        narrow(
            "strpos(lower(concat_ws(' ', u.full_name, u.email, j.title, j.employer_json->>'name')), lower({})) > 0",
            wanted.text,
        )
    matches = "job_applications a"
    if wanted.employer_id is not None or wanted.text is not None:
        matches += " JOIN jobs j ON j.id = a.job_id JOIN users u ON u.id = a.user_id"
    where = " AND ".join(conditions)
    sql = (
        f"SELECT t.total, p.* FROM (SELECT count(*) AS total FROM {matches} WHERE {where}) t LEFT JOIN LATERAL ("
        f"SELECT {_APPLICATION}, {_APPLICANT}, {EVENT_COLUMNS} FROM ("
        f"SELECT a.* FROM {matches} WHERE {where} ORDER BY a.updated_at DESC, a.id LIMIT $1 OFFSET $2) a"
        f" JOIN jobs j ON j.id = a.job_id JOIN users u ON u.id = a.user_id {_LAST_EVENT}) p ON true"
        " ORDER BY p.updated_at DESC, p.id"
    )
    rows = await (db.fetch_all(sql, *arguments) if wanted.text is None else _search(sql, arguments))
    shown = [CaseView.from_row(row) for row in rows if row["id"] is not None]
    return CasePage(shown[:limit], len(shown) > limit, rows[0]["total"])


async def _search(sql: str, arguments: list[Any]) -> list[asyncpg.Record]:
    try:
        async with in_transaction():
            await db.execute(f"SET LOCAL statement_timeout = {SEARCH_MILLISECONDS}")
            return await db.fetch_all(sql, *arguments)
    except asyncpg.QueryCanceledError as error:
        raise SearchBusy from error
