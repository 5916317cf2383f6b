"""What is kept about a person, area by area? Each is one statement and the types of what it reads.

A test holds this list against all tables (docs/privacy.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_TYPES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "moment": {"type": "string", "format": "date-time"},
    "number": {"type": "integer"},
    "flag": {"type": "boolean"},
    "texts": {"type": "array", "items": {"type": "string"}},
    "object": {"type": "object"},
}


@dataclass(frozen=True, slots=True)
class Area:
    """`sql` reads the rows of the user `$1`, each column under the name of a field; a type with `?` may be null."""

    name: str
    about: str
    fields: dict[str, str]
    sql: str

    def schema(self) -> dict[str, Any]:
        """The JSON schema of the area's file."""
        properties: dict[str, Any] = {}
        for name, kind in self.fields.items():
            schema = dict(_TYPES[kind.removesuffix("?")])
            if kind.endswith("?"):
                schema["type"] = [schema["type"], "null"]
            properties[name] = schema
        row = {
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        }
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": self.name,
            "description": self.about,
            "type": "array",
            "items": row,
        }


def _area(name: str, about: str, source: str, /, **columns: tuple[str, str]) -> Area:
    """`columns`: field in camel case → column and type."""
    listed = ", ".join(f'{column} AS "{field}"' for field, (column, _) in columns.items())
    return Area(name, about, {field: kind for field, (_, kind) in columns.items()}, f"SELECT {listed} {source}")


_WHEN = "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"


def _at(column: str, *, null: bool = False) -> tuple[str, str]:
    return _WHEN.format(column), "moment?" if null else "moment"


def _id(column: str) -> tuple[str, str]:
    return f"{column}::text", "text"


# Staff are named by no answer to candidates, and here neither.
_WHO = ("CASE e.actor_type WHEN 'USER' THEN 'you' WHEN 'ADMIN' THEN 'staff' ELSE 'service' END", "text")
_OWN_THINGS = (
    "(SELECT 'USER' AS type, $1::uuid::text AS id UNION ALL SELECT 'SESSION_FAMILY', id::text FROM session_families"
    " WHERE user_id = $1 UNION ALL SELECT 'KYC_SESSION', id::text FROM kyc_sessions WHERE user_id = $1"
    " UNION ALL SELECT 'KYC_DOCUMENT', d.id::text FROM identity_documents d JOIN kyc_sessions s"
    " ON s.id = d.kyc_session_id WHERE s.user_id = $1"
    " UNION ALL SELECT 'JOB_APPLICATION', id::text FROM job_applications WHERE user_id = $1"
    " UNION ALL SELECT 'APPLICATION_DOCUMENT', id::text FROM job_application_documents WHERE user_id = $1"
    " UNION ALL SELECT 'ORGANIZATION', id::text FROM organizations WHERE owner_user_id = $1)"
)

AREAS = (
    _area(
        "account",
        "The account and the profile.",
        "FROM users u WHERE u.id = $1",
        id=_id("u.id"),
        fullName=("u.full_name", "text"),
        email=("u.email", "text"),
        emailVerifiedAt=_at("u.email_verified_at", null=True),
        avatarUrl=("u.avatar_url", "text?"),
        language=("u.language", "text?"),
        createdAt=_at("u.created_at"),
        updatedAt=_at("u.updated_at"),
        roles=(
            "ARRAY(SELECT r.code FROM user_roles ur JOIN roles r ON r.id = ur.role_id WHERE ur.user_id = u.id"
            " ORDER BY r.code)",
            "texts",
        ),
        suspendedAt=_at("u.suspended_at", null=True),
        secondFactorSince=_at("(SELECT created_at FROM second_factors WHERE id = u.second_factor_id)", null=True),
        deletionRequestedAt=_at("(SELECT hidden_at FROM hidden_accounts WHERE user_id = u.id)", null=True),
    ),
    _area(
        "sign_ins",
        "Sign-ins, and when each ended. Their tokens are kept as digests alone and are left out.",
        "FROM session_families f WHERE f.user_id = $1 ORDER BY f.created_at, f.id",
        startedAt=_at("f.created_at"),
        lastRefreshAt=_at("(SELECT max(created_at) FROM sessions s WHERE s.family_id = f.id)", null=True),
        endedAt=_at("f.ended_at", null=True),
        endReason=("f.end_reason", "text?"),
        userAgent=("f.user_agent", "text?"),
        network=("f.network::text", "text?"),
    ),
    _area(
        "codes",
        "Codes that were sent to the address; the codes themselves are not kept.",
        "FROM email_verification_challenges c JOIN users u ON u.id = $1"
        " WHERE c.user_id = $1 OR (c.user_id IS NULL AND c.email = u.email AND c.created_at >= u.created_at)"
        " ORDER BY c.created_at, c.id",
        purpose=("c.purpose", "text"),
        email=("c.email", "text"),
        sentAt=_at("c.created_at"),
        expiresAt=_at("c.expires_at"),
        usedAt=_at("c.verified_at", null=True),
        wrongTries=("c.attempt_count", "number"),
    ),
    _area(
        "mails",
        "Mails of the last 90 days.",
        "FROM notices n WHERE n.user_id = $1 ORDER BY n.created_at, n.id",
        kind=("n.kind", "text"),
        writtenAt=_at("n.created_at"),
        finishedAt=_at("n.finished_at", null=True),
        outcome=("n.outcome", "text?"),
    ),
    _area(
        "exports",
        "Files like this one.",
        "FROM personal_exports x WHERE x.user_id = $1 ORDER BY x.requested_at, x.id",
        requestedAt=_at("x.requested_at"),
        status=("x.state", "text"),
        readyAt=_at("x.ready_at", null=True),
        expiresAt=_at("x.expires_at", null=True),
    ),
    _area(
        "saved_jobs",
        "Jobs on the person's list.",
        "FROM user_saved_jobs s JOIN jobs j ON j.id = s.job_id WHERE s.user_id = $1 ORDER BY s.created_at, s.id",
        jobId=("s.job_id", "text"),
        title=("j.title", "text"),
        savedAt=_at("s.created_at"),
    ),
    _area(
        "saved_posts",
        "Posts on the person's list.",
        "FROM user_saved_posts s JOIN feed_posts p ON p.id = s.post_id WHERE s.user_id = $1 ORDER BY s.created_at, s.id",
        postId=("s.post_id", "text"),
        title=("p.title", "text"),
        savedAt=_at("s.created_at"),
    ),
    _area(
        "applications",
        "Applications.",
        "FROM job_applications a JOIN jobs j ON j.id = a.job_id WHERE a.user_id = $1 ORDER BY a.created_at, a.id",
        id=_id("a.id"),
        jobId=("a.job_id", "text"),
        jobTitle=("j.title", "text"),
        status=("a.status", "text"),
        note=("a.note", "text?"),
        createdAt=_at("a.created_at"),
        updatedAt=_at("a.updated_at"),
    ),
    _area(
        "application_steps",
        "What happened to the applications.",
        "FROM job_application_journey_events e JOIN job_applications a ON a.id = e.application_id"
        " WHERE a.user_id = $1 ORDER BY e.created_at, e.id",
        applicationId=_id("e.application_id"),
        status=("e.status", "text"),
        by=(
            "CASE COALESCE(e.actor_type, CASE WHEN e.status = 'SUBMITTED' THEN 'USER' ELSE 'ADMIN' END)"
            " WHEN 'USER' THEN 'you' WHEN 'ADMIN' THEN 'staff' ELSE 'service' END",
            "text",
        ),
        text=("e.typed_text", "text?"),
        createdAt=_at("e.created_at"),
    ),
    _area(
        "application_documents",
        "Documents of the applications; the bytes are in the folder files.",
        "FROM job_application_documents d WHERE d.user_id = $1 ORDER BY d.created_at, d.id",
        id=_id("d.id"),
        applicationId=_id("d.application_id"),
        documentType=("d.document_type", "text"),
        fileName=("d.file_name", "text"),
        contentType=("d.content_type", "text"),
        contentLength=("d.content_length", "number"),
        checksumSha256=("d.checksum_sha256", "text"),
        objectKey=("d.object_key", "text"),
        reviewStatus=("d.review_status", "text"),
        reviewReason=("d.review_reason", "text?"),
        reviewedAt=_at("d.reviewed_at", null=True),
        byteState=("d.byte_state", "text"),
        createdAt=_at("d.created_at"),
    ),
    _area(
        "verifications",
        "Verifications of the identity: what counts of the provider's data, and who said what.",
        "FROM kyc_sessions s WHERE s.user_id = $1 ORDER BY s.created_at, s.id",
        id=_id("s.id"),
        status=("s.status", "text"),
        provider=("s.provider", "text"),
        providerRef=("s.provider_ref", "text?"),
        providerMetadata=("s.provider_metadata_json", "object"),
        clientProviderRef=("s.client_provider_ref", "text?"),
        clientMetadata=("s.client_metadata_json", "object"),
        serverMetadata=("s.server_metadata_json", "object"),
        signedProviderRef=("s.signed_provider_ref", "text?"),
        signedMetadata=("s.signed_metadata_json", "object"),
        submittedAt=_at("s.submitted_at", null=True),
        reviewedAt=_at("s.reviewed_at", null=True),
        createdAt=_at("s.created_at"),
        updatedAt=_at("s.updated_at"),
    ),
    _area(
        "verification_steps",
        "What happened to the verifications.",
        "FROM kyc_status_events e JOIN kyc_sessions s ON s.id = e.kyc_session_id"
        " WHERE s.user_id = $1 ORDER BY e.created_at, e.id",
        verificationId=_id("e.kyc_session_id"),
        fromStatus=("e.from_status", "text?"),
        toStatus=("e.to_status", "text"),
        by=_WHO,
        reason=("e.reason", "text?"),
        createdAt=_at("e.created_at"),
    ),
    _area(
        "verification_documents",
        "Documents of the verifications; the bytes are in the folder files.",
        "FROM identity_documents d JOIN kyc_sessions s ON s.id = d.kyc_session_id"
        " WHERE s.user_id = $1 ORDER BY d.created_at, d.id",
        id=_id("d.id"),
        verificationId=_id("d.kyc_session_id"),
        documentType=("d.document_type", "text"),
        checksumSha256=("d.checksum_sha256", "text"),
        metadata=("d.metadata_json", "object"),
        verifiedAt=_at("d.verified_at", null=True),
        byteState=("d.byte_state", "text"),
        reasonCodes=("ARRAY(SELECT jsonb_array_elements_text(d.reason_codes_json))", "texts"),
        createdAt=_at("d.created_at"),
    ),
    _area(
        "provider_deliveries",
        "What the identity provider sent about the verifications.",
        "FROM webhook_deliveries w JOIN kyc_sessions s ON s.id = w.kyc_session_id"
        " WHERE s.user_id = $1 ORDER BY w.received_at, w.id",
        receivedAt=_at("w.received_at"),
        happenedAt=_at("w.event_at"),
        status=("w.state", "text"),
        body=("convert_from(w.body, 'UTF8')", "text"),
    ),
    _area(
        "organizations",
        "Organizations that the account owns.",
        "FROM organizations o LEFT JOIN organization_verifications v ON v.org_id = o.id"
        " WHERE o.owner_user_id = $1 ORDER BY o.created_at, o.id",
        id=_id("o.id"),
        name=("o.name", "text"),
        orgType=("o.org_type", "text"),
        countryCode=("o.country_code", "text"),
        createdAt=_at("o.created_at"),
        verificationStatus=("v.status", "text?"),
        registrationNumber=("v.registration_number", "text?"),
        legalName=("v.legal_name", "text?"),
        reasonCodes=(
            "ARRAY(SELECT jsonb_array_elements_text(COALESCE(v.reason_codes_json, '[]')))",
            "texts",
        ),
        supportingObjectKeys=(
            "ARRAY(SELECT jsonb_array_elements_text(COALESCE(v.supporting_object_keys_json, '[]')))",
            "texts",
        ),
    ),
    _area(
        "access",
        "Who looked at what of the person, was given it or changed it, and when.",
        f"FROM (WITH t AS MATERIALIZED (SELECT * FROM {_OWN_THINGS} own)"
        " SELECT e.occurred_at, e.actor_type, e.action, e.subject_type, e.subject_id, e.position"
        " FROM audit_events e JOIN t ON t.type = e.subject_type AND t.id = e.subject_id"
        " WHERE e.actor_type <> 'USER' AND e.action <> 'account.held'"
        " UNION ALL SELECT a.occurred_at, 'ADMIN', a.operation, t.type, t.id, a.id FROM access_events a"
        " JOIN t ON a.shown_json ? t.id WHERE a.shown_json ?| ARRAY(SELECT id FROM t)) e"
        " ORDER BY e.occurred_at, e.position, e.subject_id",
        at=_at("e.occurred_at"),
        by=_WHO,
        action=("e.action", "text"),
        whatType=("e.subject_type", "text"),
        whatId=("e.subject_id", "text"),
    ),
    _area(
        "own_actions",
        "What the person did, as the audit trail keeps it; details of what was done to others are theirs and left out.",
        "FROM audit_events e WHERE e.actor_id = $1::uuid::text ORDER BY e.position",
        at=_at("e.occurred_at"),
        action=("e.action", "text"),
        whatType=("e.subject_type", "text"),
        whatId=("e.subject_id", "text"),
        detail=(
            f"CASE WHEN EXISTS (SELECT FROM {_OWN_THINGS} t WHERE t.type = e.subject_type AND t.id = e.subject_id)"
            " THEN e.detail_json ELSE '{}'::jsonb END",
            "object",
        ),
    ),
)

FILES = Area(
    "files",
    "Files that the person uploaded. `path` is null for one that is not in this archive, because it would be too much.",
    {"objectKey": "text", "path": "text?", "sizeBytes": "number"},
    "",
)
