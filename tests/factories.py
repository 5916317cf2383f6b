"""How does a test get a candidate or a job? Real rows with only what matters to the test said."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import orjson

from service.auth import sessions
from service.auth.devices import UNKNOWN
from service.auth.queries import find_user
from service.base.settings import Settings
from service.database import db

_numbers = itertools.count(1)
PASSWORD = "correct horse 9"
# Argon2id of PASSWORD with the product's parameters; making it anew for each row would cost 20 ms.
_RECORD: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A user with a pair of tokens."""

    id: str
    email: str
    access_token: str
    refresh_token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.access_token}"}


async def make_candidate(
    settings: Settings,
    *,
    email: str | None = None,
    full_name: str = "Sari Contoh",
    roles: tuple[str, ...] = ("sdm",),
    verified: bool = False,
    password_hash: str | None = None,
) -> Candidate:
    """A user with `roles`, signed in."""
    user_id = str(uuid4())
    email = email or f"candidate{next(_numbers)}-{user_id[:8]}@example.com"
    await db.execute(
        "INSERT INTO users (id, full_name, email, password_hash, email_verified_at) VALUES ($1, $2, $3, $4, $5)",
        user_id,
        full_name,
        email,
        password_hash or await password_record(),
        datetime.now(UTC) if verified else None,
    )
    for code in roles:
        await db.execute(
            "INSERT INTO user_roles (id, user_id, role_id) SELECT $1, $2, id FROM roles WHERE code = $3",
            uuid4(),
            user_id,
            code,
        )
    user = await find_user(user_id)
    assert user is not None
    signed_in = await sessions.start_family(user, settings, UNKNOWN)
    return Candidate(user_id, email, signed_in.access_token, signed_in.refresh_token)


async def password_record() -> str:
    """The stored form of PASSWORD."""
    global _RECORD
    if _RECORD is None:
        from service.auth.passwords import hash_password

        _RECORD = await hash_password(PASSWORD)
    return _RECORD


async def make_job(**overrides: Any) -> str:
    """A published job; returns its id. Overrides are columns; `created_at` grows with each call."""
    number = next(_numbers)
    row: dict[str, Any] = {
        "id": f"job_test_{number:06d}",
        "title": f"Welder {number}",
        "employment_type": "FULL_TIME",
        "visa_sponsorship": True,
        "description": "Weld things well.",
        "requirements_json": orjson.dumps(["Two years of work"]).decode(),
        "location_json": orjson.dumps(
            {"countryCode": "JP", "city": "Osaka", "displayLabel": "Osaka, JP", "latitude": 34.69, "longitude": 135.5}
        ).decode(),
        "employer_json": orjson.dumps(
            {"id": "emp_test", "name": "Test Works", "logoUrl": None, "isVerifiedEmployer": True}
        ).decode(),
        "created_at": datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number),
        "lifecycle_status": "PUBLISHED",
        "published_at": datetime(2026, 1, 1, tzinfo=UTC),
        "scheduled_publish_at": None,
    } | overrides
    names = ", ".join(row)
    places = ", ".join(f"${index}" for index in range(1, len(row) + 1))
    await db.execute(f"INSERT INTO jobs ({names}) VALUES ({places})", *row.values())
    return str(row["id"])


async def make_application(user_id: str, job_id: str | None = None, **overrides: Any) -> str:
    """An application with its first step; returns its id. Overrides are columns of the application."""
    number = next(_numbers)
    moment = datetime(2026, 2, 1, tzinfo=UTC) + timedelta(minutes=number)
    row: dict[str, Any] = {
        "id": str(uuid4()),
        "user_id": user_id,
        "job_id": job_id or await make_job(),
        "status": "SUBMITTED",
        "note": None,
        "created_at": moment,
        "updated_at": moment,
    } | overrides
    names = ", ".join(row)
    places = ", ".join(f"${index}" for index in range(1, len(row) + 1))
    await db.execute(f"INSERT INTO job_applications ({names}) VALUES ({places})", *row.values())
    await db.execute(
        "INSERT INTO job_application_journey_events (id, application_id, status, title, description, created_at,"
        " actor_type, actor_id) VALUES ($1, $2, 'SUBMITTED', 'Application submitted', 'Received.', $3, 'USER', $4)",
        uuid4(),
        row["id"],
        row["created_at"],
        user_id,
    )
    return str(row["id"])


async def make_application_document(user_id: str, application_id: str, **overrides: Any) -> str:
    """A document of an application; returns its id. Overrides are columns."""
    number = next(_numbers)
    moment = datetime(2026, 2, 1, tzinfo=UTC) + timedelta(minutes=number)
    key = f"applications/{user_id}/{application_id}/{number}-cv.pdf"
    row: dict[str, Any] = {
        "id": str(uuid4()),
        "application_id": application_id,
        "user_id": user_id,
        "document_type": "CV",
        "file_name": "cv.pdf",
        "content_type": "application/pdf",
        "content_length": 1234,
        "object_key": key,
        "checksum_sha256": f"{number:064x}",
        "file_url": f"s3://bucket/{key}",
        "created_at": moment,
        "updated_at": moment,
    } | overrides
    names = ", ".join(row)
    places = ", ".join(f"${index}" for index in range(1, len(row) + 1))
    await db.execute(f"INSERT INTO job_application_documents ({names}) VALUES ({places})", *row.values())
    return str(row["id"])


async def make_kyc_session(user_id: str, *, documents: tuple[str, ...] = (), **overrides: Any) -> str:
    """A verification with one document of each of these types; returns its id. Overrides are columns."""
    number = next(_numbers)
    moment = datetime(2026, 2, 1, tzinfo=UTC) + timedelta(minutes=number)
    status = overrides.get("status", "CREATED")
    row: dict[str, Any] = {
        "id": str(uuid4()),
        "user_id": user_id,
        "status": status,
        "submitted_at": None if status == "CREATED" else moment,
        "created_at": moment,
        "updated_at": moment,
    } | overrides
    names = ", ".join(row)
    places = ", ".join(f"${index}" for index in range(1, len(row) + 1))
    await db.execute(f"INSERT INTO kyc_sessions ({names}) VALUES ({places})", *row.values())
    await db.execute(
        "INSERT INTO kyc_status_events (id, kyc_session_id, to_status, actor_type, actor_id, reason, created_at)"
        " VALUES ($1, $2, 'CREATED', 'USER', $3, 'session_created', $4)",
        uuid4(),
        row["id"],
        user_id,
        row["created_at"],
    )
    for document_type in documents:
        await make_kyc_document(user_id, str(row["id"]), document_type=document_type)
    return str(row["id"])


async def make_kyc_document(user_id: str, session_id: str, **overrides: Any) -> str:
    """A document of a verification; returns its id. Overrides are columns."""
    number = next(_numbers)
    key = f"kyc/{user_id}/{session_id}/{number}-passport.jpg"
    row: dict[str, Any] = {
        "id": str(uuid4()),
        "kyc_session_id": session_id,
        "document_type": "PASSPORT",
        "file_url": f"s3://bucket/{key}",
        "checksum_sha256": f"{number:064x}",
        "metadata_json": orjson.dumps({"objectKey": key}).decode(),
        "created_at": datetime(2026, 2, 1, tzinfo=UTC) + timedelta(minutes=number),
    } | overrides
    names = ", ".join(row)
    places = ", ".join(f"${index}" for index in range(1, len(row) + 1))
    await db.execute(f"INSERT INTO identity_documents ({names}) VALUES ({places})", *row.values())
    return str(row["id"])


async def make_post(**overrides: Any) -> str:
    """A published post; returns its id. Overrides are columns; `published_at` grows with each call."""
    number = next(_numbers)
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
    row: dict[str, Any] = {
        "id": f"post_test_{number:06d}",
        "title": f"Story {number}",
        "excerpt": "How it went.",
        "category": "CAREER",
        "author": "Test Author",
        "image_url": None,
        "published_at": moment,
        "created_at": moment,
        "lifecycle_status": "PUBLISHED",
        "scheduled_publish_at": None,
    } | overrides
    names = ", ".join(row)
    places = ", ".join(f"${index}" for index in range(1, len(row) + 1))
    await db.execute(f"INSERT INTO feed_posts ({names}) VALUES ({places})", *row.values())
    return str(row["id"])
