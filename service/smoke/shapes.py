"""Which fields, with which types, must an answer have so that the shipped apps can decode it?

Unknown keys are allowed: fields may be added. Source: docs/rules/wire.md.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

Check = Callable[[Any, str], None]

_MILLISECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
_WHOLE_SECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_HEX_64 = re.compile(r"[0-9a-f]{64}")


class ShapeError(Exception):
    """An answer differs from its shape; the text names the field and never holds its value."""


def _type(expected: str, accepts: Callable[[Any], bool]) -> Check:
    def check(value: Any, path: str) -> None:
        if not accepts(value):
            found = "null" if value is None else type(value).__name__
            raise ShapeError(f"{path} must be {expected}, got {found}")

    return check


def _pattern(expected: str, pattern: re.Pattern[str]) -> Check:
    return _type(expected, lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None)


STRING = _type("a string", lambda value: isinstance(value, str))
NAME = _type("a non-empty string", lambda value: isinstance(value, str) and value.strip() != "")
BOOLEAN = _type("a boolean", lambda value: isinstance(value, bool))
INTEGER = _type("an integer", lambda value: isinstance(value, int) and not isinstance(value, bool))
NUMBER = _type("a number", lambda value: isinstance(value, (int, float)) and not isinstance(value, bool))
OBJECT = _type("an object", lambda value: isinstance(value, dict))
UUID = _pattern("a lower-case UUID", _UUID)
TIMESTAMP = _pattern("a UTC time with milliseconds", _MILLISECONDS)
WHOLE_SECONDS = _pattern("a UTC time in whole seconds", _WHOLE_SECONDS)
HEX_64 = _pattern("64 hex digits", _HEX_64)
ANYTHING: Check = _type("present", lambda _value: True)


def nullable(check: Check) -> Check:
    """null, or what `check` accepts; the key itself must be there."""

    def checked(value: Any, path: str) -> None:
        if value is not None:
            check(value, path)

    return checked


def one_of(*values: object) -> Check:
    """Exactly one of `values`, with its type."""
    return _type(
        " or ".join(map(repr, values)),
        lambda value: any(type(value) is type(known) and value == known for known in values),
    )


def array(check: Check) -> Check:
    """An array of which every item is as `check` says."""

    def checked(value: Any, path: str) -> None:
        if not isinstance(value, list):
            raise ShapeError(f"{path} must be an array, got {type(value).__name__}")
        for position, item in enumerate(value):
            check(item, f"{path}[{position}]")

    return checked


def string_map(value: Any, path: str) -> None:
    """An object whose values are all strings."""
    OBJECT(value, path)
    for key, item in value.items():
        STRING(item, f"{path}.{key}")


def record(fields: Mapping[str, Check], *, absent: tuple[str, ...] = ()) -> Check:
    """An object that has every key of `fields` and none of `absent`."""

    def checked(value: Any, path: str) -> None:
        OBJECT(value, path)
        for key, check in fields.items():
            if key not in value:
                raise ShapeError(f"{path}.{key} is missing")
            check(value[key], f"{path}.{key}")
        for key in absent:
            if key in value:
                raise ShapeError(f"{path}.{key} must be absent")

    return checked


EMPLOYMENT_TYPE = one_of("FULL_TIME", "PART_TIME", "CONTRACT")
APPLICATION_STATUS = one_of("SUBMITTED", "IN_REVIEW", "INTERVIEW", "OFFERED", "HIRED", "REJECTED")
CONTENT_STATUS = one_of("DRAFT", "PUBLISHED", "SCHEDULED")
KYC_STATUS = one_of("CREATED", "SUBMITTED", "MANUAL_REVIEW", "VERIFIED", "REJECTED")
TRUST_STATUS = one_of("NOT_STARTED", "IN_PROGRESS", "MANUAL_REVIEW", "VERIFIED", "REJECTED")
ACTOR_TYPE = one_of("USER", "ADMIN", "SYSTEM")

ERROR = record({"error": record({"code": NAME, "message": NAME})})

HEALTH = record({"status": one_of("ok"), "service": NAME, "version": NAME})

USER_FIELDS: dict[str, Check] = {
    "id": UUID,
    "fullName": STRING,
    "email": NAME,
    "emailVerified": BOOLEAN,
    "emailVerifiedAt": nullable(TIMESTAMP),
    "createdAt": TIMESTAMP,
    "roles": array(NAME),
}
USER = record(USER_FIELDS)
CHALLENGE_FIELDS: dict[str, Check] = {
    "required": BOOLEAN,
    "verified": BOOLEAN,
    "email": NAME,
    "sent": BOOLEAN,
    "expiresInSec": INTEGER,
    "resendAvailableInSec": INTEGER,
}
TOKENS: dict[str, Check] = {"user": USER, "accessToken": NAME, "refreshToken": NAME}
REGISTERED = record({**TOKENS, "emailVerification": record(CHALLENGE_FIELDS)})
SIGNED_IN = record(TOKENS, absent=("emailVerification",))
ME = record({"user": USER})
EMAIL_RESULT = record({"email": NAME, "verified": one_of(True), "alreadyVerified": BOOLEAN})
RESENT_TO_VERIFIED = record({**CHALLENGE_FIELDS, "verified": one_of(True), "alreadyVerified": one_of(True)})

PAGE_INFO = record({"cursor": STRING, "nextCursor": nullable(STRING), "limit": INTEGER, "total": INTEGER})


def page_of(item: Check) -> Check:
    """A list answer with `items` and `pageInfo`."""
    return record({"items": array(item), "pageInfo": PAGE_INFO})


LOCATION_FIELDS: dict[str, Check] = {"countryCode": NAME, "city": NAME, "displayLabel": NAME}
LOCATION = record(LOCATION_FIELDS)
LOCATION_DETAIL = record({**LOCATION_FIELDS, "latitude": NUMBER, "longitude": NUMBER})
EMPLOYER = record({"id": NAME, "name": NAME, "logoUrl": nullable(STRING), "isVerifiedEmployer": BOOLEAN})
LIFECYCLE = record(
    {
        "status": CONTENT_STATUS,
        "effectiveStatus": CONTENT_STATUS,
        "publishedAt": nullable(TIMESTAMP),
        "scheduledAt": nullable(TIMESTAMP),
    }
)
JOB_VIEWER = record(
    {"authenticated": BOOLEAN, "saved": BOOLEAN, "canApply": BOOLEAN, "applyCta": one_of("APPLY", "LOGIN_TO_APPLY")}
)
JOB_FIELDS: dict[str, Check] = {
    "id": NAME,
    "title": NAME,
    "employmentType": EMPLOYMENT_TYPE,
    "visaSponsorship": BOOLEAN,
    "location": LOCATION,
    "employer": EMPLOYER,
}
JOB_SUMMARY = record({**JOB_FIELDS, "lifecycle": LIFECYCLE, "viewerState": JOB_VIEWER})
JOB_PAGE = page_of(JOB_SUMMARY)
JOB_DETAIL_FIELDS: dict[str, Check] = {
    **JOB_FIELDS,
    "location": LOCATION_DETAIL,
    "description": STRING,
    "requirements": array(STRING),
    "lifecycle": LIFECYCLE,
}
JOB_DETAIL = record({"job": record(JOB_DETAIL_FIELDS), "viewerState": JOB_VIEWER})
ADMIN_JOB = record({"job": record(JOB_DETAIL_FIELDS)})
JOB_REMOVED = record({"removed": one_of(True), "jobId": NAME})
JOB_SAVED = record({"saved": one_of(True), "created": BOOLEAN, "jobId": NAME})
JOB_UNSAVED = record({"saved": one_of(False), "removed": BOOLEAN, "jobId": NAME})

POST = record(
    {
        "id": NAME,
        "title": NAME,
        "excerpt": STRING,
        "category": NAME,
        "author": STRING,
        "imageUrl": nullable(STRING),
        "publishedAt": WHOLE_SECONDS,
        "lifecycle": LIFECYCLE,
        "viewerState": record({"authenticated": BOOLEAN, "saved": BOOLEAN}),
    }
)
POST_PAGE = page_of(POST)
POST_SAVED = record({"saved": one_of(True), "created": BOOLEAN, "postId": NAME})
POST_UNSAVED = record({"saved": one_of(False), "removed": BOOLEAN, "postId": NAME})

APPLICATION = record(
    {
        "id": UUID,
        "jobId": NAME,
        "status": APPLICATION_STATUS,
        "note": nullable(STRING),
        "createdAt": TIMESTAMP,
        "updatedAt": TIMESTAMP,
        "job": record(JOB_FIELDS),
    }
)
APPLIED = record({"created": BOOLEAN, "application": APPLICATION})
APPLICATION_PAGE = page_of(APPLICATION)
JOURNEY_EVENT = record(
    {
        "id": UUID,
        "status": APPLICATION_STATUS,
        "title": NAME,
        "description": STRING,
        "actorType": nullable(ACTOR_TYPE),
        "actorId": nullable(STRING),
        "createdAt": TIMESTAMP,
    }
)
JOURNEY = record({"application": APPLICATION, "journey": array(JOURNEY_EVENT)})
OFFER_DECIDED = record(
    {
        "updated": one_of(True),
        "decision": one_of("ACCEPT", "DECLINE"),
        "application": APPLICATION,
        "journeyEvent": JOURNEY_EVENT,
    }
)
ADMIN_STATUS_CHANGED = record(
    {
        "updated": one_of(True),
        "application": APPLICATION,
        "applicant": record({"id": UUID, "fullName": nullable(STRING), "email": nullable(STRING)}),
        "journeyEvent": JOURNEY_EVENT,
    }
)
UPLOAD = record(
    {"objectKey": NAME, "uploadUrl": NAME, "method": one_of("PUT"), "headers": string_map, "expiresAt": TIMESTAMP}
)
APPLICATION_UPLOAD = record({"applicationId": UUID, "upload": UPLOAD})
APPLICATION_DOCUMENT = record(
    {
        "id": UUID,
        "applicationId": UUID,
        "userId": UUID,
        "documentType": NAME,
        "fileName": NAME,
        "contentType": NAME,
        "contentLength": INTEGER,
        "checksumSha256": HEX_64,
        "reviewStatus": one_of("PENDING", "VALID", "INVALID"),
        "reviewReason": nullable(STRING),
        "reviewedAt": nullable(TIMESTAMP),
        "reviewedBy": nullable(STRING),
        "createdAt": TIMESTAMP,
        "updatedAt": TIMESTAMP,
    },
    absent=("objectKey", "fileUrl"),
)
APPLICATION_DOCUMENT_ADDED = record({"applicationId": UUID, "document": APPLICATION_DOCUMENT})
APPLICATION_DOCUMENTS = record({"application": APPLICATION, "items": array(APPLICATION_DOCUMENT), "total": INTEGER})

FINAL_REQUEST = record(
    {
        "id": UUID,
        "sessionId": nullable(UUID),
        "status": one_of("REQUESTED"),
        "source": NAME,
        "note": nullable(STRING),
        "requestedAt": TIMESTAMP,
        "documentsCount": nullable(INTEGER),
    }
)
SESSION_SUMMARY = record(
    {
        "id": UUID,
        "status": KYC_STATUS,
        "trustStatus": TRUST_STATUS,
        "submittedAt": nullable(TIMESTAMP),
        "reviewedAt": nullable(TIMESTAMP),
        "updatedAt": TIMESTAMP,
    }
)
FINAL_REQUESTED = record({"created": BOOLEAN, "request": FINAL_REQUEST, "session": SESSION_SUMMARY})
PROFILE = record(
    {
        "profile": record(
            {
                "id": UUID,
                "fullName": NAME,
                "email": NAME,
                "avatarUrl": nullable(STRING),
                "profileCompletionPercent": INTEGER,
                "trustScoreLabel": one_of("UNVERIFIED", "BUILDING_TRUST", "UNDER_REVIEW", "TRUSTED", "ACTION_REQUIRED"),
                "verificationStatus": TRUST_STATUS,
                "verification": record(
                    {
                        "sessionId": nullable(UUID),
                        "sessionStatus": nullable(KYC_STATUS),
                        "trustStatus": TRUST_STATUS,
                        "documentsUploaded": INTEGER,
                        "requiredDocuments": INTEGER,
                        "requiredDocumentsUploaded": INTEGER,
                        "finalRequest": nullable(FINAL_REQUEST),
                    }
                ),
            }
        )
    }
)
CHECKLIST = record(
    {
        "session": nullable(SESSION_SUMMARY),
        "documents": array(
            record(
                {
                    "documentType": NAME,
                    "status": one_of("MISSING", "PENDING", "VERIFIED", "REJECTED"),
                    "required": BOOLEAN,
                    "documentId": nullable(UUID),
                    "objectKey": nullable(STRING),
                    "uploadedAt": nullable(TIMESTAMP),
                    "reviewedAt": nullable(TIMESTAMP),
                }
            )
        ),
        "summary": record(
            {
                "requiredTotal": INTEGER,
                "uploadedRequired": INTEGER,
                "verifiedRequired": INTEGER,
                "missingRequired": INTEGER,
                "allRequiredUploaded": BOOLEAN,
            }
        ),
    }
)

KYC_SESSION = record(
    {
        "id": UUID,
        "status": KYC_STATUS,
        "provider": NAME,
        "providerRef": nullable(STRING),
        "providerMetadata": OBJECT,
        "submittedAt": nullable(TIMESTAMP),
        "reviewedBy": nullable(STRING),
        "reviewedAt": nullable(TIMESTAMP),
        "createdAt": TIMESTAMP,
        "updatedAt": TIMESTAMP,
    }
)
KYC_STATE = record({"status": TRUST_STATUS, "session": nullable(KYC_SESSION)})
KYC_ENVELOPE_FIELDS: dict[str, Check] = {"status": TRUST_STATUS, "session": KYC_SESSION}
KYC_ENVELOPE = record(KYC_ENVELOPE_FIELDS)
KYC_UPLOAD = record({**KYC_ENVELOPE_FIELDS, "upload": UPLOAD})
KYC_DOCUMENT = record(
    {
        "id": UUID,
        "kycSessionId": UUID,
        "documentType": NAME,
        "objectKey": nullable(STRING),
        "fileUrl": NAME,
        "checksumSha256": HEX_64,
        "metadata": OBJECT,
        "verifiedAt": nullable(TIMESTAMP),
        "createdAt": TIMESTAMP,
    }
)
KYC_DOCUMENT_ADDED = record({**KYC_ENVELOPE_FIELDS, "document": KYC_DOCUMENT})
KYC_EVENT = record(
    {
        "id": UUID,
        "kycSessionId": UUID,
        "fromStatus": nullable(KYC_STATUS),
        "toStatus": KYC_STATUS,
        "actorType": ACTOR_TYPE,
        "actorId": nullable(STRING),
        "reason": nullable(STRING),
        "createdAt": TIMESTAMP,
    }
)
KYC_HISTORY = record({"session": nullable(KYC_SESSION), "events": array(KYC_EVENT)})
WEBHOOK_ACCEPTED = record(
    {
        "accepted": one_of(True),
        "duplicate": BOOLEAN,
        "idempotencyKey": NAME,
        "updated": BOOLEAN,
        "session": nullable(KYC_SESSION),
    }
)
REVIEW_QUEUE = record(
    {
        "count": INTEGER,
        "filters": record({"status": array(KYC_STATUS)}),
        "items": array(
            record(
                {
                    "session": KYC_SESSION,
                    "trustStatus": TRUST_STATUS,
                    "user": nullable(record({"id": UUID, "fullName": STRING, "email": NAME})),
                    "documents": array(KYC_DOCUMENT),
                    "documentCount": INTEGER,
                    "events": array(KYC_EVENT),
                    "lastEvent": nullable(KYC_EVENT),
                    "riskFlags": array(NAME),
                }
            )
        ),
    }
)
KYC_CLAIMED = record({"claim": record({"id": UUID}), "item": OBJECT})
