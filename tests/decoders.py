"""Could the shipped apps decode this answer? Their decoders, field by field.

A decoder is called with a JSON value and raises DecodeError naming the field. `struct` knows what is required and what
may be missing or null; unknown keys are ignored, as both apps ignore them. IOS and ANDROID hold one decoder for each
answer that the app decodes: add yours there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

TEXT, WORD, WHOLE, NUMBER, FLAG = "text", "word", "whole number", "number", "flag"


@dataclass(frozen=True)
class Decoder:
    """Call it with a value and its path. `needs`: what has to be there, kind by path below; `[]` steps into a list."""

    run: Callable[[Any, str], None]
    needs: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, value: Any, path: str = "$") -> None:
        self.run(value, path)


class DecodeError(AssertionError):
    """A shipped app would refuse the answer."""


def _kind(expected: str, accepts: Callable[[Any], bool], kind: str = TEXT) -> Decoder:
    def decode(value: Any, path: str) -> None:
        if not accepts(value):
            raise DecodeError(f"{path} must be {expected}, is {value!r}")

    return Decoder(decode, {"": kind})


string = _kind("a string", lambda value: isinstance(value, str))
boolean = _kind("a boolean", lambda value: isinstance(value, bool), FLAG)
integer = _kind("a whole number", lambda value: isinstance(value, int) and not isinstance(value, bool), WHOLE)
number = _kind("a number", lambda value: isinstance(value, int | float) and not isinstance(value, bool), NUMBER)
timestamp = _kind(
    "a UTC time with milliseconds",
    lambda value: isinstance(value, str) and bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value)),
)
whole_seconds = _kind(
    "a UTC time in whole seconds",
    lambda value: isinstance(value, str) and bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value)),
)


def one_of(*values: str) -> Decoder:
    """Exactly one of `values`: Android compares in upper case and takes the first state for anything else."""
    return _kind(" or ".join(values), lambda value: value in values, WORD)


def array(item: Decoder) -> Decoder:
    """A list of what `item` decodes."""

    def decode(value: Any, path: str) -> None:
        if not isinstance(value, list):
            raise DecodeError(f"{path} must be a list, is {value!r}")
        for index, entry in enumerate(value):
            item(entry, f"{path}[{index}]")

    return Decoder(decode, {f"[]{path}": kind for path, kind in item.needs.items()})


def _strings_by_name(value: Any, path: str) -> None:
    if not isinstance(value, dict):
        raise DecodeError(f"{path} must be an object, is {value!r}")
    for key, entry in value.items():
        string(entry, f"{path}.{key}")


string_map = Decoder(_strings_by_name, {"{}": TEXT})
"""An object of strings, not null."""


def struct(required: Mapping[str, Decoder], optional: Mapping[str, Decoder] | None = None) -> Decoder:
    """An object with every key of `required`, not null, and keys of `optional` missing, null or decodable."""

    def decode(value: Any, path: str) -> None:
        if not isinstance(value, dict):
            raise DecodeError(f"{path} must be an object, is {value!r}")
        for key, inner in required.items():
            if key not in value:
                raise DecodeError(f"{path}.{key} is missing")
            inner(value[key], f"{path}.{key}")
        for key, inner in (optional or {}).items():
            if value.get(key) is not None:
                inner(value[key], f"{path}.{key}")

    needs = {f".{key}{path}": kind for key, inner in required.items() for path, kind in inner.needs.items()}
    return Decoder(decode, needs)


def strings(*names: str) -> dict[str, Decoder]:
    """Fields that are strings."""
    return dict.fromkeys(names, string)


def times(*names: str) -> dict[str, Decoder]:
    """Fields that are times with milliseconds."""
    return dict.fromkeys(names, timestamp)


APPLICATION_STATUS = one_of("SUBMITTED", "IN_REVIEW", "INTERVIEW", "OFFERED", "HIRED", "REJECTED")
REVIEW_STATUS = one_of("PENDING", "VALID", "INVALID")
EMPLOYMENT_TYPE = one_of("FULL_TIME", "PART_TIME", "CONTRACT")
KYC_RAW = one_of("CREATED", "SUBMITTED", "MANUAL_REVIEW", "VERIFIED", "REJECTED")
KYC_TRUST = one_of("NOT_STARTED", "IN_PROGRESS", "MANUAL_REVIEW", "VERIFIED", "REJECTED")

page_info = struct({"limit": integer, "total": integer}, strings("cursor", "nextCursor"))
error = struct({"error": struct(strings("code", "message"))})


def page_of(item: Decoder) -> Decoder:
    """A list with pages."""
    return struct({"items": array(item), "pageInfo": page_info})


# --- iOS --------------------------------------------------------------------------------------------------------------

_ios_job_fields: dict[str, Decoder] = {
    **strings("id", "title"),
    "employmentType": EMPLOYMENT_TYPE,
    "visaSponsorship": boolean,
    "location": struct(strings("countryCode", "city", "displayLabel")),
    "employer": struct({**strings("id", "name"), "isVerifiedEmployer": boolean}, strings("logoUrl")),
}
ios_job_viewer = struct(dict.fromkeys(("authenticated", "saved", "canApply"), boolean), strings("applyCta"))
ios_job_item = struct(_ios_job_fields, {"viewerState": ios_job_viewer})
_ios_application: dict[str, Decoder] = {
    **strings("id", "jobId"),
    "status": APPLICATION_STATUS,
    **times("createdAt", "updatedAt"),
}
ios_upload = struct(
    {**strings("objectKey", "uploadUrl"), "method": one_of("PUT"), **times("expiresAt"), "headers": string_map}
)
ios_application_document = struct(
    {
        **strings("id", "applicationId", "userId", "documentType", "fileName", "contentType", "checksumSha256"),
        "contentLength": integer,
        "reviewStatus": REVIEW_STATUS,
        **times("createdAt", "updatedAt"),
    },
    {**strings("reviewReason", "reviewedBy"), **times("reviewedAt")},
)
_ios_kyc_envelope: dict[str, Decoder] = {"status": KYC_TRUST, "session": struct({**strings("id"), "status": KYC_RAW})}
_ios_profile_fields: dict[str, Decoder] = {
    **strings("id", "fullName", "email", "trustScoreLabel"),
    "verificationStatus": KYC_TRUST,
    "profileCompletionPercent": integer,
    "verification": struct(
        {
            "trustStatus": KYC_TRUST,
            **dict.fromkeys(("documentsUploaded", "requiredDocuments", "requiredDocumentsUploaded"), integer),
        },
        {**strings("sessionId"), "sessionStatus": KYC_RAW},
    ),
}
ios_profile = struct({"profile": struct(_ios_profile_fields, strings("avatarUrl"))})
ios_save_post = struct({"saved": boolean, **strings("postId")}, {"created": boolean, "removed": boolean})

_signed_in = struct({**strings("accessToken", "refreshToken"), "user": struct(strings("id", "fullName", "email"))})
_challenge = struct(
    {
        **strings("email"),
        **dict.fromkeys(("required", "verified", "sent"), boolean),
        **dict.fromkeys(("expiresInSec", "resendAvailableInSec"), integer),
    }
)

IOS: dict[str, Decoder] = {
    "POST /auth/login": _signed_in,
    "POST /auth/refresh": _signed_in,
    "POST /auth/register": struct(
        {
            **strings("accessToken", "refreshToken"),
            "user": struct(strings("id", "fullName", "email")),
            "emailVerification": _challenge,
        }
    ),
    "GET /auth/me": struct({"user": struct(strings("id", "fullName", "email"))}),
    "POST /auth/email-verification/resend": _challenge,
    "POST /auth/email-verification/verify": struct(
        {**strings("email"), "verified": boolean, "alreadyVerified": boolean}
    ),
    "GET /jobs": page_of(ios_job_item),
    "GET /users/me/saved-jobs": page_of(ios_job_item),
    "GET /jobs/{jobId}": struct(
        {"job": struct({**_ios_job_fields, **strings("description"), "requirements": array(string)})},
        {"viewerState": ios_job_viewer},
    ),
    "GET /feed/posts": page_of(
        struct(
            {**strings("id", "title", "excerpt", "category", "author"), "publishedAt": whole_seconds},
            {**strings("imageUrl"), "viewerState": struct({"authenticated": boolean, "saved": boolean})},
        )
    ),
    "POST /users/me/saved-posts": ios_save_post,
    "DELETE /users/me/saved-posts/{postId}": ios_save_post,
    "GET /users/me/profile": ios_profile,
    "PATCH /users/me/profile": ios_profile,
    "GET /identity/kyc/status": struct(
        {"status": KYC_TRUST}, {"session": struct({**strings("id"), "status": KYC_RAW})}
    ),
    "POST /identity/kyc/sessions": struct(_ios_kyc_envelope),
    "POST /identity/kyc/sessions/{sessionId}/submit": struct(_ios_kyc_envelope),
    "POST /identity/kyc/upload-url": struct({**_ios_kyc_envelope, "upload": ios_upload}),
    "POST /identity/kyc/documents": struct(
        {
            **_ios_kyc_envelope,
            "document": struct(
                {**strings("id", "kycSessionId", "documentType", "fileUrl", "checksumSha256"), **times("createdAt")},
                strings("objectKey"),
            ),
        }
    ),
    "POST /jobs/{jobId}/applications": struct(
        {"created": boolean, "application": struct(_ios_application, strings("note"))}
    ),
    "GET /users/me/applications": page_of(struct(_ios_application, {**strings("note"), "job": ios_job_item})),
    "POST /users/me/applications/{applicationId}/documents/upload-url": struct(
        {**strings("applicationId"), "upload": ios_upload}
    ),
    "POST /users/me/applications/{applicationId}/documents": struct(
        {**strings("applicationId"), "document": ios_application_document}
    ),
    "GET /users/me/applications/{applicationId}/documents": struct(
        {"items": array(ios_application_document), "total": integer}
    ),
}

# --- Android ----------------------------------------------------------------------------------------------------------

_android_job_fields: dict[str, Decoder] = {
    **strings("id", "title"),
    "employmentType": EMPLOYMENT_TYPE,
    "visaSponsorship": boolean,
    "location": struct(strings("countryCode", "city", "displayLabel")),
    "employer": struct({**strings("id", "name"), "isVerifiedEmployer": boolean}, strings("logoUrl")),
}
android_application = struct(
    {
        **strings("id", "jobId"),
        "status": APPLICATION_STATUS,
        **times("createdAt", "updatedAt"),
        "job": struct(_android_job_fields),
    },
    strings("note"),
)
android_journey_event = struct(
    {**strings("id", "title", "description"), "status": APPLICATION_STATUS, **times("createdAt")},
    {"actorType": one_of("USER", "ADMIN", "SYSTEM"), **strings("actorId")},
)
android_kyc_session = struct(
    {**strings("id", "provider"), "status": KYC_RAW, **times("createdAt", "updatedAt")},
    {**strings("providerRef", "reviewedBy"), **times("submittedAt", "reviewedAt")},
)
android_kyc_document = struct(
    {**strings("id", "kycSessionId", "documentType", "fileUrl", "checksumSha256"), **times("createdAt")},
    {**strings("objectKey"), **times("verifiedAt")},
)
android_kyc_event = struct(
    {
        **strings("id", "kycSessionId"),
        "toStatus": KYC_RAW,
        "actorType": one_of("USER", "ADMIN", "SYSTEM"),
        **times("createdAt"),
    },
    {"fromStatus": KYC_RAW, **strings("actorId", "reason")},
)
_android_kyc_envelope: dict[str, Decoder] = {"status": KYC_TRUST, "session": android_kyc_session}
android_final_request = struct(
    {**strings("id", "source"), "status": one_of("REQUESTED"), **times("requestedAt")},
    {**strings("sessionId", "note"), "documentsCount": integer},
)
android_session_summary = struct(
    {**strings("id"), "status": KYC_RAW, "trustStatus": KYC_TRUST, **times("updatedAt")},
    times("submittedAt", "reviewedAt"),
)
android_profile = struct(
    {
        "profile": struct(
            {
                **strings("id", "fullName", "email"),
                "profileCompletionPercent": integer,
                "trustScoreLabel": one_of("UNVERIFIED", "BUILDING_TRUST", "UNDER_REVIEW", "TRUSTED", "ACTION_REQUIRED"),
                "verificationStatus": KYC_TRUST,
                "verification": struct(
                    {
                        "trustStatus": KYC_TRUST,
                        **dict.fromkeys(
                            ("documentsUploaded", "requiredDocuments", "requiredDocumentsUploaded"), integer
                        ),
                    },
                    {**strings("sessionId"), "sessionStatus": KYC_RAW, "finalRequest": android_final_request},
                ),
            },
            strings("avatarUrl"),
        )
    }
)
_android_job_viewer = struct(
    {
        **dict.fromkeys(("authenticated", "saved", "canApply"), boolean),
        "applyCta": one_of("APPLY", "LOGIN_TO_APPLY"),
    }
)
android_job_page = page_of(struct({**_android_job_fields, "viewerState": _android_job_viewer}))
android_post_page = page_of(
    struct(
        {
            **strings("id", "title", "excerpt", "category", "author"),
            "publishedAt": whole_seconds,
            "viewerState": struct({"authenticated": boolean, "saved": boolean}),
        },
        strings("imageUrl"),
    )
)

ANDROID: dict[str, Decoder] = {
    "GET /jobs": android_job_page,
    "GET /users/me/saved-jobs": android_job_page,
    "GET /jobs/{jobId}": struct(
        {
            "job": struct(
                {
                    **_android_job_fields,
                    **strings("description"),
                    "requirements": array(string),
                    "location": struct(
                        {**strings("countryCode", "city", "displayLabel"), "latitude": number, "longitude": number}
                    ),
                }
            ),
            "viewerState": _android_job_viewer,
        }
    ),
    "POST /users/me/saved-jobs": struct({"saved": boolean, "created": boolean, **strings("jobId")}),
    "DELETE /users/me/saved-jobs/{jobId}": struct({"saved": boolean, "removed": boolean, **strings("jobId")}),
    "GET /feed/posts": android_post_page,
    "GET /users/me/saved-posts": android_post_page,
    "POST /users/me/saved-posts": struct({"saved": boolean, "created": boolean, **strings("postId")}),
    "DELETE /users/me/saved-posts/{postId}": struct({"saved": boolean, "removed": boolean, **strings("postId")}),
    "GET /users/me/profile": android_profile,
    "PATCH /users/me/profile": android_profile,
    "GET /users/me/verification-documents": struct(
        {
            "documents": array(
                struct(
                    {
                        **strings("documentType"),
                        "status": one_of("MISSING", "PENDING", "VERIFIED", "REJECTED"),
                        "required": boolean,
                    },
                    {**strings("documentId", "objectKey"), **times("uploadedAt", "reviewedAt")},
                )
            ),
            "summary": struct(
                {
                    **dict.fromkeys(
                        ("requiredTotal", "uploadedRequired", "verifiedRequired", "missingRequired"), integer
                    ),
                    "allRequiredUploaded": boolean,
                }
            ),
        },
        {"session": android_session_summary},
    ),
    "POST /users/me/verification/final-request": struct(
        {"created": boolean, "request": android_final_request, "session": android_session_summary}
    ),
    "GET /identity/kyc/status": struct({"status": KYC_TRUST}, {"session": android_kyc_session}),
    "POST /identity/kyc/sessions": struct(_android_kyc_envelope),
    "POST /identity/kyc/sessions/{sessionId}/submit": struct(_android_kyc_envelope),
    "POST /identity/kyc/upload-url": struct({**_android_kyc_envelope, "upload": ios_upload}),
    "POST /identity/kyc/documents": struct({**_android_kyc_envelope, "document": android_kyc_document}),
    "GET /identity/kyc/history": struct({"events": array(android_kyc_event)}, {"session": android_kyc_session}),
    "POST /jobs/{jobId}/applications": struct({"created": boolean, "application": android_application}),
    "GET /users/me/applications": page_of(android_application),
    "GET /users/me/applications/{applicationId}/journey": struct(
        {"application": android_application, "journey": array(android_journey_event)}
    ),
}


def decode(call: str, body: Any) -> None:
    """Decode `body` as each app that makes `call` (`METHOD /path/{id}`) does. Raises DecodeError."""
    known = [decoders[call] for decoders in (IOS, ANDROID) if call in decoders]
    assert known, f"no shipped app decodes {call}"
    for decoder in known:
        decoder(body, "$")
