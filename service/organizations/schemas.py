"""What do the organization operations take and answer?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from service.http.errors import InvalidCountryCode, InvalidCursor, InvalidField, InvalidLimit, InvalidReasonCode
from service.http.fields import Choice, Items, Number, Text
from service.http.web import Cursor, Input, Output, PageInfo, Ts, Uuid, open_enum
from service.organizations.models import OrgType, OrgVerificationStatus
from service.seen.schemas import Version


class InvalidOrgName(InvalidField):
    code = "invalid_org_name"
    message = "Please enter the name of the organization."
    message_id = "Silakan isi nama organisasi."


class InvalidOrgType(InvalidField):
    code = "invalid_org_type"
    message = "The type of organization is not valid."
    message_id = "Jenis organisasi tidak valid."


class InvalidRegistrationNumber(InvalidField):
    code = "invalid_registration_number"
    message = "Please enter the registration number."
    message_id = "Silakan isi nomor registrasi."


class InvalidLegalName(InvalidField):
    code = "invalid_legal_name"
    message = "Please enter the legal name of the organization."
    message_id = "Silakan isi nama resmi organisasi."


class InvalidSupportingObjectKeys(InvalidField):
    code = "invalid_supporting_object_keys"
    message = "The list of supporting documents is not valid."
    message_id = "Daftar dokumen pendukung tidak valid."


class InvalidSupportingObjectKey(InvalidField):
    code = "invalid_supporting_object_key"
    message = "One of the supporting documents is not valid."
    message_id = "Salah satu dokumen pendukung tidak valid."


class InvalidVerificationStatus(InvalidField):
    code = "invalid_verification_status"
    message = "The verification status is not valid."
    message_id = "Status verifikasi tidak valid."


class InvalidReasonCodes(InvalidField):
    code = "invalid_reason_codes"
    message = "The list of reasons is not valid."
    message_id = "Daftar alasan tidak valid."


@dataclass(frozen=True, slots=True)
class _ObjectKey(Text):
    """A relative key; it is stored and never signed, so it may name anything."""

    def parse(self, value: object) -> str | None:
        key = Text.parse(self, value)
        if key is None or key.startswith("/") or ".." in key:
            raise ValueError("not a key")
        return key


class OrganizationInput(Input):
    name: Annotated[str, Text(InvalidOrgName, minimum=2, maximum=180, strict=True)]
    org_type: Annotated[OrgType, Choice(InvalidOrgType, OrgType)]
    country_code: Annotated[str, Text(InvalidCountryCode, case="upper", pattern=r"[A-Z]{2}", strict=True)]


class OrgVerificationInput(Input):
    registration_number: Annotated[str, Text(InvalidRegistrationNumber, maximum=128, strict=True)]
    legal_name: Annotated[str, Text(InvalidLegalName, minimum=2, maximum=180, strict=True)]
    supporting_object_keys: Annotated[
        list[str],
        Items(
            InvalidSupportingObjectKeys,
            item=_ObjectKey(InvalidSupportingObjectKey, maximum=1024, strict=True),
            maximum=20,
            none_is_empty=True,
        ),
    ] = []


class OrganizationsQuery(Input):
    cursor: Cursor = 0
    limit: Annotated[int, Number(InvalidLimit, minimum=1, maximum=100)] = 20
    org_type: Annotated[OrgType | None, Choice(InvalidOrgType, OrgType, optional=True)] = None
    verification_status: Annotated[
        OrgVerificationStatus | None, Choice(InvalidVerificationStatus, OrgVerificationStatus, optional=True)
    ] = None


class OrgDecisionInput(Input):
    """`version` is the one that the decision was made on."""

    status: Annotated[OrgVerificationStatus, Choice(InvalidVerificationStatus, OrgVerificationStatus)]
    reason_codes: Annotated[
        list[str],
        Items(
            InvalidReasonCodes,
            item=Text(InvalidReasonCode, maximum=64, strict=True),
            maximum=20,
            none_is_empty=True,
        ),
    ] = []
    version: Version = None


class Organization(Output):
    id: Uuid
    name: str
    org_type: Annotated[str, open_enum(OrgType)]
    country_code: str


class OrgVerification(Output):
    """Registration number, legal name and documents are for the check alone and never answered to the owner."""

    id: Uuid
    org_id: Uuid
    status: Annotated[str, open_enum(OrgVerificationStatus)]
    reason_codes: list[str] = Field(validation_alias="reason_codes_json")
    last_checked_at: Ts


class AdminOrgVerification(OrgVerification):
    """What staff compare with the register. `version` grows when something else is handed in."""

    registration_number: str
    legal_name: str
    version: int


class OrgOwner(Output):
    id: Uuid
    full_name: str
    email: str


class AdminOrganization(Output):
    organization: Organization
    verification: AdminOrgVerification | None
    owner: OrgOwner | None


def shown(item: AdminOrganization) -> tuple[str, ...]:
    """Ids for the record of who was shown what: the organization's and its owner's."""
    return (item.organization.id, *([item.owner.id] if item.owner else []))


class AdminOrganizationList(Output):
    items: list[AdminOrganization]
    page_info: PageInfo


PAGE_ERRORS = (InvalidCursor, InvalidLimit)
