"""What do the profile operations take and answer?"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from service.http.errors import InvalidField
from service.http.fields import Text, WebUrl
from service.http.web import Input, Output, Uuid, open_enum
from service.kyc.models import KycStatus
from service.kyc.schemas import FinalRequest
from service.kyc.states import TrustStatus


class InvalidFullName(InvalidField):
    code = "invalid_full_name"
    message = "Please enter a name of 2 to 120 characters."
    message_id = "Silakan isi nama dengan 2 sampai 120 karakter."


class InvalidAvatarUrl(InvalidField):
    code = "invalid_avatar_url"
    message = "The address of the picture is not valid."
    message_id = "Alamat gambar tidak valid."


class ProfileInput(Input):
    """What is absent stays; a null or blank `avatarUrl` removes the picture, a null or blank name is refused."""

    full_name: Annotated[str | None, Text(InvalidFullName, minimum=2, maximum=120)] = None
    avatar_url: Annotated[str | None, WebUrl(InvalidAvatarUrl, maximum=500)] = None

    @property
    def clears_avatar(self) -> bool:
        return "avatar_url" in self.model_fields_set and self.avatar_url is None


class TrustScoreLabel(StrEnum):
    """What the apps print beside a name."""

    UNVERIFIED = "UNVERIFIED"
    BUILDING_TRUST = "BUILDING_TRUST"
    UNDER_REVIEW = "UNDER_REVIEW"
    TRUSTED = "TRUSTED"
    ACTION_REQUIRED = "ACTION_REQUIRED"


TRUST_LABELS = {
    TrustStatus.NOT_STARTED: TrustScoreLabel.UNVERIFIED,
    TrustStatus.IN_PROGRESS: TrustScoreLabel.BUILDING_TRUST,
    TrustStatus.MANUAL_REVIEW: TrustScoreLabel.UNDER_REVIEW,
    TrustStatus.VERIFIED: TrustScoreLabel.TRUSTED,
    TrustStatus.REJECTED: TrustScoreLabel.ACTION_REQUIRED,
}


class ProfileVerification(Output):
    session_id: Uuid | None
    session_status: Annotated[str, open_enum(KycStatus)] | None
    trust_status: Annotated[str, open_enum(TrustStatus)]
    documents_uploaded: int
    required_documents: int
    required_documents_uploaded: int
    final_request: FinalRequest | None


class Profile(Output):
    id: Uuid
    full_name: str
    email: str
    avatar_url: str | None
    profile_completion_percent: int
    trust_score_label: Annotated[str, open_enum(TrustScoreLabel)]
    verification_status: Annotated[str, open_enum(TrustStatus)]
    verification: ProfileVerification


class ProfileEnvelope(Output):
    profile: Profile
