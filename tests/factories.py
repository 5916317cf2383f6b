"""How does a test get a candidate or a job? Real rows with only what matters to the test said."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import orjson

from service import db
from service.auth import sessions
from service.auth.queries import find_user
from service.settings import Settings

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
    signed_in = await sessions.start_family(user, settings)
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
