"""Which table rows make up one seeded job, post or account?"""

import hashlib
import json
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from service.applications.models import ApplicationStatus
from service.applications.texts import words_of_application, words_of_move
from service.audit.models import ActorType
from service.tools.seed.content import (
    CITIES,
    REVIEWER_EMAIL,
    SeedApplication,
    SeedDocument,
    SeedJob,
    SeedPerson,
    SeedPost,
    SeedVerification,
)

# A table's name and one row of it, JSON columns already as text.
Row = tuple[str, dict[str, Any]]

# The way an application took to its status.
_PATHS = {
    "SUBMITTED": ("SUBMITTED",),
    "IN_REVIEW": ("SUBMITTED", "IN_REVIEW"),
    "INTERVIEW": ("SUBMITTED", "IN_REVIEW", "INTERVIEW"),
    "OFFERED": ("SUBMITTED", "IN_REVIEW", "INTERVIEW", "OFFERED"),
    "HIRED": ("SUBMITTED", "IN_REVIEW", "INTERVIEW", "OFFERED", "HIRED"),
    "REJECTED": ("SUBMITTED", "IN_REVIEW", "REJECTED"),
}
# The candidate applies and accepts; everything between is the staff's.
_CANDIDATE_STATUSES = {"SUBMITTED", "HIRED"}

_VERIFICATION_PATHS = {
    "CREATED": ("CREATED",),
    "SUBMITTED": ("CREATED", "SUBMITTED"),
    "MANUAL_REVIEW": ("CREATED", "SUBMITTED", "MANUAL_REVIEW"),
    "VERIFIED": ("CREATED", "SUBMITTED", "VERIFIED"),
    "REJECTED": ("CREATED", "SUBMITTED", "REJECTED"),
}
_OWN_REASONS = {"CREATED": "session_created", "SUBMITTED": "session_submitted"}


def fixed_id(name: str) -> uuid.UUID:
    """The same UUID for the same name on every server, in the form of a version 4 UUID as the apps expect."""
    return uuid.UUID(bytes=_digest(name)[:16], version=4)


def user_id(email: str) -> uuid.UUID:
    """The id of the seeded account with this address."""
    return fixed_id(f"user/{email}")


def job_row(job: SeedJob) -> Row:
    """The row of one job; visible, created when it was published."""
    moment = job.published_at
    latitude, longitude = CITIES[job.city]
    location = {
        "countryCode": "JP",
        "city": job.city,
        "displayLabel": f"{job.city}, JP",
        "latitude": latitude,
        "longitude": longitude,
    }
    employer = {
        "id": job.employer.id,
        "name": job.employer.name,
        "logoUrl": None,
        "isVerifiedEmployer": job.employer.is_verified,
    }
    return "jobs", {
        "id": job.id,
        "title": job.title,
        "employment_type": job.employment_type,
        "visa_sponsorship": job.visa_sponsorship,
        "description": job.description,
        "requirements_json": json.dumps(job.requirements),
        "location_json": json.dumps(location),
        "employer_json": json.dumps(employer),
        "lifecycle_status": "PUBLISHED",
        "published_at": moment,
        "created_at": moment,
        "updated_at": moment,
    }


def post_row(post: SeedPost) -> Row:
    """The row of one feed post; visible, without a picture."""
    moment = post.published_at
    return "feed_posts", {
        "id": post.id,
        "title": post.title,
        "excerpt": post.excerpt,
        "category": post.category,
        "author": post.author,
        "image_url": None,
        "lifecycle_status": "PUBLISHED",
        "published_at": moment,
        "created_at": moment,
        "updated_at": moment,
    }


def user_row(person: SeedPerson, *, password_hash: str, now: datetime) -> Row:
    """The row of the account itself; times count back from `now` (UTC)."""
    created_at = now - timedelta(days=person.days_ago)
    return "users", {
        "id": user_id(person.email),
        "full_name": person.full_name,
        "email": person.email,
        "password_hash": password_hash,
        "email_verified_at": created_at + timedelta(minutes=3) if person.is_email_verified else None,
        "created_at": created_at,
        "updated_at": created_at,
    }


def owned_rows(person: SeedPerson, *, bucket: str, now: datetime) -> Iterator[Row]:
    """Everything that belongs to the account, parents first, without roles."""
    owner = user_id(person.email)
    for position, job_id in enumerate(person.saved_jobs):
        yield (
            "user_saved_jobs",
            {
                "id": fixed_id(f"saved-job/{owner}/{job_id}"),
                "user_id": owner,
                "job_id": job_id,
                "created_at": now - timedelta(days=1, hours=position),
            },
        )
    for position, post_id in enumerate(person.saved_posts):
        yield (
            "user_saved_posts",
            {
                "id": fixed_id(f"saved-post/{owner}/{post_id}"),
                "user_id": owner,
                "post_id": post_id,
                "created_at": now - timedelta(days=1, hours=position),
            },
        )
    for application in person.applications:
        yield from _application_rows(application, owner=owner, bucket=bucket, now=now)
    if person.verification:
        yield from _verification_rows(person.verification, owner=owner, bucket=bucket, now=now)
    if person.organization:
        yield from _organization_rows(person, owner=owner, now=now)


def _application_rows(application: SeedApplication, *, owner: uuid.UUID, bucket: str, now: datetime) -> Iterator[Row]:
    application_id = fixed_id(f"application/{owner}/{application.job_id}")
    path = _PATHS[application.status]
    applied_at = now - timedelta(days=application.days_ago)
    moments = _spread(applied_at, now, len(path))
    yield (
        "job_applications",
        {
            "id": application_id,
            "user_id": owner,
            "job_id": application.job_id,
            "status": application.status,
            "note": application.note,
            "created_at": applied_at,
            "updated_at": moments[-1],
        },
    )
    for status, moment in zip(path, moments, strict=True):
        yield _journey_row(application, status, moment, application_id=application_id, owner=owner)
    for document in application.documents:
        yield _document_row(
            document,
            application_id=application_id,
            owner=owner,
            bucket=bucket,
            uploaded_at=applied_at + timedelta(minutes=5),
            reviewed_at=None if document.review_status == "PENDING" else moments[-1],
        )


def _journey_row(
    application: SeedApplication, status: str, moment: datetime, *, application_id: uuid.UUID, owner: uuid.UUID
) -> Row:
    by_candidate = status in _CANDIDATE_STATUSES
    actor_type = ActorType.USER if by_candidate else ActorType.ADMIN
    actor_id = str(owner) if by_candidate else REVIEWER_EMAIL
    if status == ApplicationStatus.SUBMITTED:
        words = words_of_application(application.note)
    else:
        words = words_of_move(ApplicationStatus(status), None, actor_type=actor_type, name=actor_id)
    return "job_application_journey_events", {
        "id": fixed_id(f"journey/{application_id}/{status}"),
        "application_id": application_id,
        "status": status,
        "title": words.title,
        "description": words.description,
        "actor_type": actor_type,
        "actor_id": actor_id,
        "created_at": moment,
        "text_key": words.key,
        "typed_text": words.typed,
    }


def _document_row(
    document: SeedDocument,
    *,
    application_id: uuid.UUID,
    owner: uuid.UUID,
    bucket: str,
    uploaded_at: datetime,
    reviewed_at: datetime | None,
) -> Row:
    document_id = fixed_id(f"application-document/{application_id}/{document.file_name}")
    name = f"{_stamp(uploaded_at)}-{document.type.lower()}-{document_id}-{document.file_name}"
    key = f"applications/{owner}/{application_id}/{name}"
    return "job_application_documents", {
        "id": document_id,
        "application_id": application_id,
        "user_id": owner,
        "document_type": document.type,
        "file_name": document.file_name,
        "content_type": "application/pdf",
        "content_length": 184_320,
        "object_key": key,
        "checksum_sha256": _digest(f"bytes/{document_id}").hex(),
        "file_url": f"s3://{bucket}/{key}",
        "review_status": document.review_status,
        "review_reason": "Two pages are missing." if document.review_status == "INVALID" else None,
        "reviewed_by": REVIEWER_EMAIL if reviewed_at else None,
        "reviewed_at": reviewed_at,
        "created_at": uploaded_at,
        "updated_at": reviewed_at or uploaded_at,
    }


def _verification_rows(
    verification: SeedVerification, *, owner: uuid.UUID, bucket: str, now: datetime
) -> Iterator[Row]:
    session_id = fixed_id(f"kyc-session/{owner}")
    path = _VERIFICATION_PATHS[verification.status]
    started_at = now - timedelta(days=verification.days_ago)
    # Submitted within the first hour, decided a day later: a decided session is older than that.
    moments = [started_at, started_at + timedelta(minutes=40), started_at + timedelta(hours=20)][: len(path)]
    decided_at = moments[2] if len(path) == 3 else None
    updated_at = moments[-1]
    metadata: dict[str, Any] = {}
    if verification.final_request_note is not None:
        updated_at += timedelta(hours=1)
        metadata["finalVerification"] = _final_request(verification, session_id, updated_at)
    yield (
        "kyc_sessions",
        {
            "id": session_id,
            "user_id": owner,
            "status": verification.status,
            "provider": "manual",
            "submitted_at": moments[1] if len(path) > 1 else None,
            "reviewed_by": REVIEWER_EMAIL if decided_at else None,
            "reviewed_at": decided_at,
            "provider_metadata_json": json.dumps(metadata),
            "created_at": started_at,
            "updated_at": updated_at,
        },
    )
    for position, document_type in enumerate(verification.document_types):
        uploaded_at = started_at + timedelta(minutes=10 + position)
        yield _identity_document_row(document_type, session_id, owner=owner, bucket=bucket, uploaded_at=uploaded_at)
    for (before, after), moment in zip(pairwise((None, *path)), moments, strict=True):
        own_reason = _OWN_REASONS.get(str(after))
        yield (
            "kyc_status_events",
            {
                "id": fixed_id(f"kyc-event/{session_id}/{after}"),
                "kyc_session_id": session_id,
                "from_status": before,
                "to_status": after,
                "actor_type": "USER" if own_reason else "ADMIN",
                "actor_id": str(owner) if own_reason else REVIEWER_EMAIL,
                "reason": own_reason or verification.reason,
                "created_at": moment,
            },
        )


def _final_request(verification: SeedVerification, session_id: uuid.UUID, moment: datetime) -> dict[str, Any]:
    return {
        "id": str(fixed_id(f"final-request/{session_id}")),
        "sessionId": str(session_id),
        "status": "REQUESTED",
        "source": "android-app",
        "note": verification.final_request_note,
        "requestedAt": moment.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "documentsCount": len(verification.document_types),
    }


def _identity_document_row(
    document_type: str, session_id: uuid.UUID, *, owner: uuid.UUID, bucket: str, uploaded_at: datetime
) -> Row:
    document_id = fixed_id(f"kyc-document/{session_id}/{document_type}")
    kind = document_type.lower()
    key = f"kyc/{owner}/{session_id}/{_stamp(uploaded_at)}-{kind}-{document_id}-{kind}.jpg"
    return "identity_documents", {
        "id": document_id,
        "kyc_session_id": session_id,
        "document_type": document_type,
        "file_url": f"s3://{bucket}/{key}",
        "checksum_sha256": _digest(f"bytes/{document_id}").hex(),
        "metadata_json": json.dumps({"objectKey": key}),
        "created_at": uploaded_at,
    }


def _organization_rows(person: SeedPerson, *, owner: uuid.UUID, now: datetime) -> Iterator[Row]:
    organization = person.organization
    if organization is None:
        return
    organization_id = fixed_id(f"organization/{owner}")
    created_at = now - timedelta(days=person.days_ago - 1)
    submitted_at = created_at + timedelta(hours=2)
    yield (
        "organizations",
        {
            "id": organization_id,
            "owner_user_id": owner,
            "name": organization.name,
            "org_type": organization.org_type,
            "country_code": organization.country_code,
            "created_at": created_at,
            "updated_at": created_at,
        },
    )
    yield (
        "organization_verifications",
        {
            "id": fixed_id(f"organization-verification/{organization_id}"),
            "org_id": organization_id,
            "status": "PENDING",
            "reason_codes_json": "[]",
            "registration_number": organization.registration_number,
            "legal_name": organization.legal_name,
            "supporting_object_keys_json": "[]",
            "last_checked_at": submitted_at,
            "created_at": submitted_at,
            "updated_at": submitted_at,
        },
    )


def _digest(name: str) -> bytes:
    return hashlib.sha256(f"jembatan-seed/{name}".encode()).digest()


def _spread(first: datetime, end: datetime, count: int) -> list[datetime]:
    """`count` moments from `first` on, evenly spaced, all before `end`."""
    return [first + (end - first) * position / count for position in range(count)]


def _stamp(moment: datetime) -> str:
    """The 17 digits of an object key: UTC down to milliseconds."""
    return moment.strftime("%Y%m%d%H%M%S") + f"{moment.microsecond // 1000:03d}"
