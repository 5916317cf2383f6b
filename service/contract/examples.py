"""What does a body look like? An example of each shape of the contract document, made from its own schema."""

from __future__ import annotations

from typing import Any, cast

_UUID = "6f1c2a34-8d5b-4b7e-9c21-3a5f0e7d9b10"
_MOMENT = "2026-03-02T08:30:00.000Z"
_CHECKSUM = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_JOB = "job-example-welder"
_POST = "post-example-visa"

# By the field's name; a value that the field's schema does not allow is passed over.
_VALUES: dict[str, tuple[Any, ...]] = {
    "accessToken": ("an access token, opaque to clients",),
    "refreshToken": ("a refresh token, opaque to clients",),
    "actorId": (_UUID,),
    "appVersion": ("1.4.2",),
    "device": ("iOS",),
    "network": ("203.0.113.0/24",),
    "author": ("Jembatan",),
    "avatarUrl": ("https://cdn.example.com/avatars/ayu.png",),
    "category": ("VISA",),
    "checksumSha256": (_CHECKSUM,),
    "city": ("Osaka",),
    "code": ("482913",),
    "contentLength": (348_211,),
    "contentType": ("application/pdf",),
    "countryCode": ("JP",),
    "cursor": ("0",),
    "description": ("Weld frames from drawings, two shifts, housing near the works.",),
    "developmentCode": ("482913",),
    "displayLabel": ("Osaka, Japan",),
    "documentType": ("CV",),
    "email": ("ayu.lestari@example.com",),
    "employmentType": ("FULL_TIME",),
    "entityType": ("kyc_session",),
    "excerpt": ("What to bring to the consulate, and when.",),
    "expiresInSec": (600,),
    "expiresSec": (120,),
    "fileName": ("ayu-lestari-cv.pdf",),
    "fileUrl": ("s3://jembatan-documents/kyc/6f1c2a34/passport.png",),
    "fullName": ("Ayu Lestari",),
    "idempotencyKey": ("delivery-0001",),
    "imageUrl": ("https://cdn.example.com/posts/visa.jpg",),
    "jobId": (_JOB,),
    "latitude": (34.6937,),
    "legalName": ("Yayasan Contoh Karya Mandiri",),
    "limit": (20,),
    "logoUrl": (None,),
    "longitude": (135.5023,),
    "name": ("Contoh Karya Mandiri",),
    "nextCursor": ("20",),
    "note": ("I can start in April.",),
    "objectKey": ("kyc/6f1c2a34/9f86d081-ayu-lestari-cv.pdf",),
    "occurredAt": (_MOMENT,),
    "currentPassword": ("a long sentence to sign in",),
    "newPassword": ("another long sentence",),
    "password": ("a long sentence to sign in",),
    "postId": (_POST,),
    "profileCompletionPercent": (60,),
    "provider": ("manual",),
    "providerRef": ("check-0001",),
    "reason": ("All documents are readable.",),
    "reviewReason": ("The scan is readable.",),
    "reviewedBy": ("reviewer@example.com",),
    "updatedBy": ("reviewer@example.com",),
    "registrationNumber": ("LPK-EXAMPLE-0001",),
    "resendAvailableInSec": (60,),
    "route": ("/jobs/{jobId}",),
    "sessionId": (_UUID,),
    "source": ("MOBILE_APP",),
    "statusFrom": ("CREATED",),
    "statusTo": ("SUBMITTED",),
    "title": ("Senior Welder",),
    "total": (1,),
    "uploadUrl": ("https://storage.example.com/jembatan-documents/kyc/6f1c2a34?X-Amz-Signature=0a1b",),
    "url": ("https://storage.example.com/jembatan-documents/kyc/6f1c2a34?X-Amz-Signature=0a1b",),
    "version": (3, "0.1.0"),
    "action": ("RESOLVE_VALID", "session_submitted"),
}
_ITEMS: dict[str, Any] = {
    "requirements": "A welding certificate",
    "roles": "sdm",
    "reasonCodes": "REGISTRY_MATCH",
    "riskFlags": "DUPLICATE_CHECKSUM",
    "status": "SUBMITTED",
    "supportingObjectKeys": "organizations/registration.pdf",
}
_MAPS: dict[str, dict[str, Any]] = {
    "headers": {"Content-Type": "application/pdf"},
    "byStatus": {"200": 1841},
}
# Fields of which a caller sends one or the other.
_LEFT_OUT = {("LoginInput", "identifier"), ("CaseActionInput", "decision")}


class Examples:
    """Makes examples from the document's own component schemas."""

    def __init__(self, schemas: dict[str, Any]) -> None:
        self._schemas = schemas

    def of(self, reference: str) -> Any:
        """An example of the component that `reference` (`#/components/schemas/X`) names."""
        name = reference.rpartition("/")[2]
        return self._object(name, self._schemas[name])

    def of_text(self, name: str, schema: dict[str, Any]) -> str | None:
        """An example of the field `name` where it is text and an example says more than the schema, else none."""
        says_it_itself = "enum" in schema or "format" in schema
        if schema.get("type") != "string" or says_it_itself or not (name in _VALUES or "x-extensible-enum" in schema):
            return None
        return cast("str | None", self._value(name, schema))

    def _object(self, owner: str, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            name: self._value(name, field)
            for name, field in schema.get("properties", {}).items()
            if (owner, name) not in _LEFT_OUT
        }

    def _value(self, name: str, schema: dict[str, Any]) -> Any:
        if "allOf" in schema:
            schema = schema["allOf"][0]
        if "$ref" in schema:
            return self.of(schema["$ref"])
        match schema.get("type"):
            case "array":
                return [_ITEMS[name] if name in _ITEMS else self._value(name, schema["items"])]
            case "object" if "properties" in schema:
                return self._object(name, schema)
            case "object":
                return _MAPS.get(name, {"note": "checked at the desk"})
            case "boolean":
                return schema.get("enum", [True])[0]
        choices = schema.get("enum") or schema.get("x-extensible-enum")
        for value in _VALUES.get(name, ()):
            if _fits(value, schema) and (not choices or value in choices):
                return value
        return choices[0] if choices else _plain(schema)


def _fits(value: Any, schema: dict[str, Any]) -> bool:
    kinds: dict[str, Any] = {"string": str, "integer": int, "number": int | float}
    if value is None:
        return bool(schema.get("nullable"))
    return isinstance(value, kinds[schema["type"]]) and schema.get("format") != "uuid"


def _plain(schema: dict[str, Any]) -> Any:
    match schema:
        case {"format": "uuid"}:
            return _UUID
        case {"format": "date-time"}:
            return _MOMENT
        case {"type": "integer"}:
            return schema.get("minimum", 1)
        case {"type": "number"}:
            return 12.5
    return "example-0001"
