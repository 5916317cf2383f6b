"""Which applications does a caller see, with which steps and documents? And what apply and a move write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar
from uuid import uuid4

import asyncpg

from service.applications import schemas
from service.applications.models import ApplicationDocument, ApplicationStatus, JobApplication
from service.applications.texts import StepWords
from service.audit.models import ActorType
from service.auth.hidden import is_shown
from service.content.jobs.queries import VISIBLE_SQL
from service.database import db
from service.database.records import columns, read
from service.http.web import Paged
from service.lists.paging import binding_of
from service.lists.queries import Narrowing, OffsetPage, cut, offset_page

DOCUMENTS_SHOWN = 500
T = TypeVar("T")

_APPLICATION = (
    f"{columns(JobApplication, 'a')}, j.title, j.employment_type, j.visa_sponsorship, j.location_json, j.employer_json"
)
_JOB = "JOIN jobs j ON j.id = a.job_id"
_OWN = f"SELECT {_APPLICATION} FROM job_applications a {_JOB} WHERE a.user_id = $1::uuid AND"
# A step stands in the row of its application, which has an id, a status and a time too.
_STEP = ", ".join(f"e.{name} AS event_{name}" for name in schemas.StoredStep.model_fields)
_CASE = f"{_APPLICATION}, u.full_name, u.email, {_STEP}"
_JOB_AND_APPLICANT = f"{_JOB} JOIN users u ON u.id = a.user_id"
_LAST_STEP = (
    "LEFT JOIN LATERAL (SELECT * FROM job_application_journey_events s WHERE s.application_id = a.id"
    " ORDER BY s.created_at DESC, s.id DESC LIMIT 1) e ON true"
)
_NEW_STEP = (
    "INSERT INTO job_application_journey_events AS e"
    " (id, application_id, status, title, description, created_at, actor_type, actor_id, text_key, typed_text)"
)


@dataclass(frozen=True, slots=True)
class Journey:
    """An application with all its steps, oldest first."""

    application: schemas.Application
    applicant: schemas.Applicant
    journey: list[schemas.StoredStep]


async def list_own_applications(user_id: str, query: schemas.ApplicationsQuery) -> OffsetPage[schemas.Application]:
    """A candidate's applications, most recently changed first, then by id. One statement."""
    wanted = Narrowing()
    wanted.where(f"a.user_id = {wanted.bind(user_id)}::uuid")
    if query.status is not None:
        wanted.where(f"a.status = {wanted.hide(query.status)}")
    return await _page(
        "job_applications a",
        wanted,
        query=query,
        listed=_APPLICATION,
        joins=_JOB,
        view=_application,
    )


async def find_application(application_id: str, *, user_id: str) -> schemas.Application | None:
    """A candidate's own application, or none."""
    row = await db.fetch_row(f"{_OWN} a.id = $2::uuid", user_id, application_id)
    return _application(row) if row else None


async def find_application_for_job(user_id: str, job_id: str) -> schemas.Application | None:
    """A candidate's application for a job, or none."""
    row = await db.fetch_row(f"{_OWN} a.job_id = $2", user_id, job_id)
    return _application(row) if row else None


async def find_journey(application_id: str, *, user_id: str | None = None) -> Journey | None:
    """An application with its steps, or none; of `user_id` alone, or anybody's for staff. One statement."""
    rows = await db.fetch_all(
        f"SELECT {_CASE} FROM job_applications a {_JOB_AND_APPLICANT}"
        " LEFT JOIN job_application_journey_events e ON e.application_id = a.id"
        " WHERE a.id = $1::uuid AND ($2::uuid IS NULL OR a.user_id = $2::uuid) ORDER BY e.created_at, e.id",
        application_id,
        user_id,
    )
    if not rows:
        return None
    steps = [_step(row) for row in rows if row["event_id"] is not None]
    return Journey(_application(rows[0]), _applicant(rows[0]), steps)


async def find_documents(application_id: str) -> OffsetPage[schemas.ApplicationDocument]:
    """The newest DOCUMENTS_SHOWN documents of an application, newest first, and how many there are. One statement."""
    where = "FROM job_application_documents d WHERE d.application_id = $1::uuid"
    return await offset_page(
        f"SELECT 1 {where}",
        cut(f"SELECT {columns(ApplicationDocument, 'd')} {where} ORDER BY d.created_at DESC, d.id"),
        "p.created_at DESC, p.id",
        application_id,
        view=partial(read, schemas.ApplicationDocument),
        offset=0,
        limit=DOCUMENTS_SHOWN,
    )


async def find_case(application_id: str) -> schemas.AdminApplication | None:
    """One application for staff, or none."""
    row = await db.fetch_row(
        f"SELECT {_CASE} FROM job_applications a {_JOB_AND_APPLICANT} {_LAST_STEP} WHERE a.id = $1::uuid",
        application_id,
    )
    return _case(row) if row else None


async def list_cases(query: schemas.AdminApplicationsQuery) -> OffsetPage[schemas.AdminApplication]:
    """Applications of everybody but hidden accounts, most recently changed first, then by id. One statement.

    Raises SearchBusy when the statement of a search for text takes longer than SEARCH_SECONDS.
    """
    wanted = Narrowing(is_shown("a.user_id"))
    if query.status is not None:
        wanted.where(f"a.status = {wanted.hide(query.status)}")
    if query.job_id is not None:
        wanted.where(f"a.job_id = {wanted.hide(query.job_id)}")
    if query.org_id is not None:
        wanted.where(f"j.employer_json->>'id' = {wanted.hide(query.org_id)}")
    if query.q is not None:
        # The fields are joined, so that a match may span two of them; strpos knows no wildcards.
        text = "lower(concat_ws(' ', u.full_name, u.email, j.title, j.employer_json->>'name'))"
        wanted.where(f"strpos({text}, lower({wanted.bind(query.q)})) > 0")
    is_joined = query.org_id is not None or query.q is not None
    return await _page(
        f"job_applications a {_JOB_AND_APPLICANT if is_joined else ''}",
        wanted,
        query=query,
        listed=_CASE,
        joins=f"{_JOB_AND_APPLICANT} {_LAST_STEP}",
        view=_case,
        name=binding_of("cases", query.status, query.job_id, query.org_id, query.q),
        text=query.q is not None,
    )


async def add_application(
    user_id: str, job_id: str, note: str | None, words: StepWords
) -> tuple[bool, schemas.Application | None] | None:
    """Apply for a visible job, with the first step. Returns whether that is new, and the application; none when no such
    job is shown. The application is missing when it was made by somebody else while this statement ran.

    One statement, safe against itself. Raises IntegrityError when the job is deleted at this moment.
    """
    row = await db.fetch_row(
        f"WITH job AS (SELECT j.* FROM jobs j WHERE j.id = $2 AND {VISIBLE_SQL}),"
        " made AS (INSERT INTO job_applications AS a (id, user_id, job_id, status, note, created_at, updated_at)"
        f" SELECT $3::uuid, $1::uuid, job.id, '{ApplicationStatus.SUBMITTED}', $4, now(), now() FROM job"
        " ON CONFLICT (user_id, job_id) DO NOTHING RETURNING a.*),"
        f" step AS ({_NEW_STEP} SELECT $5::uuid, made.id, '{ApplicationStatus.SUBMITTED}', $6, $7, made.created_at,"
        f" '{ActorType.USER}', $8, $9, $10 FROM made)"
        f" SELECT {_APPLICATION}, a.is_new FROM job j LEFT JOIN (SELECT made.*, true AS is_new FROM made UNION ALL"
        " SELECT o.*, false FROM job_applications o WHERE o.user_id = $1::uuid AND o.job_id = $2) a ON true",
        user_id,
        job_id,
        uuid4(),
        note,
        uuid4(),
        words.title,
        words.description,
        user_id,
        words.key,
        words.typed,
    )
    if row is None:
        return None
    return (row["is_new"], _application(row)) if row["id"] is not None else (False, None)


async def move_application(
    application_id: str, to: ApplicationStatus, words: StepWords, *, actor_type: ActorType, actor_id: str
) -> schemas.StoredStep:
    """Set the status of an application that the caller's transaction has locked, and add the step. One statement.

    Both carry the same time, which is later than every earlier step's, also when the caller waited for the lock.
    """
    row = await db.fetch_row(
        "WITH moved AS (UPDATE job_applications SET status = $2,"
        " updated_at = greatest(clock_timestamp(), updated_at + interval '1 microsecond')"
        " WHERE id = $1::uuid RETURNING id, updated_at)"
        f" {_NEW_STEP} SELECT $3::uuid, moved.id, $2, $4, $5, moved.updated_at, $6, $7, $8, $9 FROM moved"
        f" RETURNING {_STEP}",
        application_id,
        to,
        uuid4(),
        words.title,
        words.description,
        actor_type,
        actor_id,
        words.key,
        words.typed,
    )
    assert row is not None  # the row is locked
    return _step(row)


async def add_document(
    application_id: str, user_id: str, fields: schemas.ApplicationDocumentInput, *, bucket: str
) -> schemas.ApplicationDocument:
    """Add a document. Both of its times are that of the transaction; a model would read the clock for each.

    Raises IntegrityError when the application is gone, has the checksum already, or anybody has the key.
    """
    row = await db.fetch_row(
        "INSERT INTO job_application_documents AS d (id, application_id, user_id, document_type, file_name, content_type,"
        " content_length, object_key, checksum_sha256, file_url) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        f" RETURNING {columns(ApplicationDocument, 'd')}",
        uuid4(),
        application_id,
        user_id,
        fields.document_type,
        fields.file_name,
        fields.content_type,
        fields.content_length,
        fields.object_key,
        fields.checksum_sha256,
        f"s3://{bucket}/{fields.object_key}",
    )
    assert row is not None  # an INSERT answers or raises
    return read(schemas.ApplicationDocument, row)


async def _page(
    source: str,
    wanted: Narrowing,
    *,
    query: Paged,
    listed: str,
    joins: str,
    view: Callable[[asyncpg.Record], T],
    name: str | None = None,
    text: bool = False,
) -> OffsetPage[T]:
    """Most recently changed first, then by id; `listed` and `joins` are of the page's rows alone."""
    matches = f"FROM {source} WHERE {wanted.filters}"
    rows = cut(f"SELECT a.* {matches} ORDER BY a.updated_at DESC, a.id")
    return await offset_page(
        f"SELECT 1 {matches}",
        f"SELECT {listed} FROM ({rows}) a {joins}",
        "p.updated_at DESC, p.id",
        *wanted.arguments,
        view=view,
        offset=query.cursor,
        limit=query.limit,
        name=name,
        text=text,
    )


def _application(row: asyncpg.Record) -> schemas.Application:
    return read(schemas.Application, row, job=read(schemas.ApplicationJob, row, id=row["job_id"]))


def _applicant(row: asyncpg.Record) -> schemas.Applicant:
    return read(schemas.Applicant, row, id=row["user_id"])


def _step(row: asyncpg.Record) -> schemas.StoredStep:
    return schemas.StoredStep.model_validate({name: row[f"event_{name}"] for name in schemas.StoredStep.model_fields})


def _case(row: asyncpg.Record) -> schemas.AdminApplication:
    return schemas.AdminApplication(
        application=_application(row),
        applicant=_applicant(row),
        last_event=_step(row) if row["event_id"] is not None else None,
    )
