"""Could the shipped apps decode this answer? Their decoders, field by field.

A decoder is called with a JSON value and raises DecodeError naming the field. `struct` knows what is required and what
may be missing or null; unknown keys are ignored, as both apps ignore them. IOS and ANDROID hold one decoder for each
answer that the app decodes: add yours there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Decoder = Callable[[Any, str], None]


class DecodeError(AssertionError):
    """A shipped app would refuse the answer."""


def _kind(expected: str, accepts: Callable[[Any], bool]) -> Decoder:
    def decode(value: Any, path: str = "$") -> None:
        if not accepts(value):
            raise DecodeError(f"{path} must be {expected}, is {value!r}")

    return decode


string = _kind("a string", lambda value: isinstance(value, str))
boolean = _kind("a boolean", lambda value: isinstance(value, bool))
integer = _kind("a whole number", lambda value: isinstance(value, int) and not isinstance(value, bool))
number = _kind("a number", lambda value: isinstance(value, int | float) and not isinstance(value, bool))
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
    return _kind(" or ".join(values), lambda value: value in values)


def array(item: Decoder) -> Decoder:
    """A list of what `item` decodes."""

    def decode(value: Any, path: str = "$") -> None:
        if not isinstance(value, list):
            raise DecodeError(f"{path} must be a list, is {value!r}")
        for index, entry in enumerate(value):
            item(entry, f"{path}[{index}]")

    return decode


def string_map(value: Any, path: str = "$") -> None:
    """An object of strings, not null."""
    if not isinstance(value, dict):
        raise DecodeError(f"{path} must be an object, is {value!r}")
    for key, entry in value.items():
        string(entry, f"{path}.{key}")


def struct(required: Mapping[str, Decoder], optional: Mapping[str, Decoder] | None = None) -> Decoder:
    """An object with every key of `required`, not null, and keys of `optional` missing, null or decodable."""

    def decode(value: Any, path: str = "$") -> None:
        if not isinstance(value, dict):
            raise DecodeError(f"{path} must be an object, is {value!r}")
        for key, field in required.items():
            if key not in value:
                raise DecodeError(f"{path}.{key} is missing")
            field(value[key], f"{path}.{key}")
        for key, field in (optional or {}).items():
            if value.get(key) is not None:
                field(value[key], f"{path}.{key}")

    return decode


def strings(*names: str) -> dict[str, Decoder]:
    """Fields that are strings."""
    return dict.fromkeys(names, string)


def times(*names: str) -> dict[str, Decoder]:
    """Fields that are times with milliseconds."""
    return dict.fromkeys(names, timestamp)


APPLICATION_STATUS = one_of("SUBMITTED", "IN_REVIEW", "INTERVIEW", "OFFERED", "HIRED", "REJECTED")
REVIEW_STATUS = one_of("PENDING", "VALID", "INVALID")
EMPLOYMENT_TYPE = one_of("FULL_TIME", "PART_TIME", "CONTRACT")

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

IOS: dict[str, Decoder] = {
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

ANDROID: dict[str, Decoder] = {
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
