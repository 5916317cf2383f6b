"""What does a candidate's profile say? The account and its latest verification in one statement."""

from __future__ import annotations

from dataclasses import dataclass

import asyncpg

from service import db
from service.auth.models import User
from service.kyc.models import IdentityDocument, KycSession, KycStatus
from service.kyc.queries import REQUIRED_TYPES, FinalRequestView
from service.kyc.submission import RESERVED_KEY

PROFILE_SQL = (
    "SELECT u.id, u.full_name, u.email, u.avatar_url, s.id AS session_id, s.status, s.updated_at,"
    f" s.provider_metadata_json -> '{RESERVED_KEY}' AS final_request, d.uploaded, d.required"
    " FROM users u"
    " LEFT JOIN LATERAL (SELECT k.id, k.status, k.updated_at, k.provider_metadata_json FROM kyc_sessions k"
    " WHERE k.user_id = u.id ORDER BY k.created_at DESC, k.id DESC LIMIT 1) s ON true"
    " CROSS JOIN LATERAL (SELECT count(*) AS uploaded, count(DISTINCT upper(i.document_type))"
    " FILTER (WHERE upper(i.document_type) = ANY($2::text[])) AS required"
    " FROM identity_documents i WHERE i.kyc_session_id = s.id) d"
    " WHERE u.id = $1"
)


@dataclass(frozen=True, slots=True)
class ProfileView:
    """A candidate and the latest verification; `required_uploaded` of the REQUIRED_TYPES are there."""

    id: str
    full_name: str
    email: str
    avatar_url: str | None
    session_id: str | None
    session_status: str | None
    uploaded: int
    required_uploaded: int
    final_request: FinalRequestView | None

    @property
    def completion_percent(self) -> int:
        """How complete the profile is, 0 to 100. Source: docs/rules/profile.md."""
        steps = (
            (25, bool(self.full_name)),
            (15, bool(self.email)),
            (20, self.session_id is not None),
            (20, self.uploaded > 0),
            (10, self.required_uploaded == len(REQUIRED_TYPES)),
            (10, self.session_status not in {None, KycStatus.CREATED}),
        )
        return sum(weight for weight, is_done in steps if is_done)

    @classmethod
    def from_row(cls, row: asyncpg.Record) -> ProfileView:
        return cls(
            id=str(row["id"]),
            full_name=row["full_name"],
            email=row["email"],
            avatar_url=row["avatar_url"],
            session_id=str(row["session_id"]) if row["session_id"] else None,
            session_status=row["status"],
            uploaded=row["uploaded"],
            required_uploaded=row["required"],
            final_request=FinalRequestView.from_metadata(row["final_request"], changed_at=row["updated_at"]),
        )

    @classmethod
    def from_models(cls, user: User, latest: KycSession | None, documents: list[IdentityDocument]) -> ProfileView:
        kinds = {document.document_type.upper() for document in documents}
        wish = None
        if latest is not None:
            wish = FinalRequestView.from_metadata(
                latest.provider_metadata_json.get(RESERVED_KEY), changed_at=latest.updated_at
            )
        return cls(
            id=str(user.id),
            full_name=user.full_name,
            email=user.email,
            avatar_url=user.avatar_url,
            session_id=str(latest.id) if latest else None,
            session_status=latest.status if latest else None,
            uploaded=len(documents),
            required_uploaded=len(kinds.intersection(REQUIRED_TYPES)),
            final_request=wish,
        )


async def find_profile(user_id: str) -> ProfileView | None:
    """The profile of a user, or none. One statement."""
    row = await db.fetch_row(PROFILE_SQL, user_id, list(REQUIRED_TYPES))
    return ProfileView.from_row(row) if row else None
