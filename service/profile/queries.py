"""What does a candidate's profile say? The account and its latest verification in one statement."""

from __future__ import annotations

import asyncpg

from service.database import db
from service.database.records import read
from service.kyc.models import KycStatus
from service.kyc.queries import REQUIRED_TYPES
from service.kyc.schemas import FinalRequest
from service.kyc.states import trust_of
from service.kyc.voices import RESERVED_KEY
from service.profile.schemas import TRUST_LABELS, Profile, ProfileVerification

PROFILE_SQL = (
    "SELECT u.id, u.full_name, u.email, u.avatar_url, s.id AS session_id, s.status AS session_status, s.updated_at,"
    f" s.provider_metadata_json -> '{RESERVED_KEY}' AS final_request, d.documents_uploaded,"
    " d.required_documents_uploaded FROM users u"
    " LEFT JOIN LATERAL (SELECT k.id, k.status, k.updated_at, k.provider_metadata_json FROM kyc_sessions k"
    " WHERE k.user_id = u.id ORDER BY k.created_at DESC, k.id DESC LIMIT 1) s ON true"
    " CROSS JOIN LATERAL (SELECT count(*) AS documents_uploaded, count(DISTINCT upper(i.document_type))"
    " FILTER (WHERE upper(i.document_type) = ANY($2::text[])) AS required_documents_uploaded"
    " FROM identity_documents i WHERE i.kyc_session_id = s.id) d"
    " WHERE u.id = $1"
)


async def find_profile(user_id: str) -> Profile | None:
    """The profile of a user, or none. One statement."""
    row = await db.fetch_row(PROFILE_SQL, user_id, list(REQUIRED_TYPES))
    return _profile(row) if row else None


def _profile(row: asyncpg.Record) -> Profile:
    trust = trust_of(row["session_status"])
    verification = read(
        ProfileVerification,
        row,
        trust_status=trust,
        required_documents=len(REQUIRED_TYPES),
        final_request=FinalRequest.from_metadata(row["final_request"], changed_at=row["updated_at"]),
    )
    return read(
        Profile,
        row,
        profile_completion_percent=_completion_percent(row),
        trust_score_label=TRUST_LABELS[trust],
        verification_status=trust,
        verification=verification,
    )


def _completion_percent(row: asyncpg.Record) -> int:
    """How complete the profile is, 0 to 100. Source: docs/rules/profile.md."""
    steps = (
        (25, bool(row["full_name"])),
        (15, bool(row["email"])),
        (20, row["session_id"] is not None),
        (20, row["documents_uploaded"] > 0),
        (10, row["required_documents_uploaded"] == len(REQUIRED_TYPES)),
        (10, row["session_status"] not in {None, KycStatus.CREATED}),
    )
    return sum(weight for weight, is_done in steps if is_done)
