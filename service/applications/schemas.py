"""What do the application operations take and answer?"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from service.applications.models import ApplicationStatus, DocumentReviewStatus, OfferDecision
from service.audit.models import ActorType
from service.content.jobs.schemas import Employer, InvalidJobId, JobHead, Location
from service.evidence.uploads import (
    AcknowledgeRisk,
    Checksum,
    ContentLength,
    DocumentType,
    FileName,
    InvalidContentType,
    InvalidExpiresSec,
    LinkSeconds,
    ObjectKey,
    Upload,
    UploadInput,
)
from service.http.errors import InvalidField, InvalidNote, InvalidReason
from service.http.fields import Choice, Text
from service.http.web import Cursor, Input, Limit, Output, PageInfo, Ts, Uuid, open_enum
from service.lists.queries import Search


class InvalidApplicationStatus(InvalidField):
    code = "invalid_application_status"
    message = "The status of the application is not valid."
    message_id = "Status lamaran tidak valid."


class InvalidOrgId(InvalidField):
    code = "invalid_org_id"
    message = "The organization is not valid."
    message_id = "Organisasi tidak valid."


class InvalidUpdatedBy(InvalidField):
    code = "invalid_updated_by"
    message = "The name of the person who decides is too long or cannot be read."
    message_id = "Nama orang yang memutuskan terlalu panjang atau tidak dapat dibaca."


class InvalidReviewStatus(InvalidField):
    code = "invalid_review_status"
    message = "The result of the review is not valid."
    message_id = "Hasil peninjauan tidak valid."


class InvalidReviewReason(InvalidField):
    code = "invalid_review_reason"
    message = "The reason of the review is too long or cannot be read."
    message_id = "Alasan peninjauan terlalu panjang atau tidak dapat dibaca."


class ApplyInput(Input):
    note: Annotated[str | None, Text(InvalidNote, maximum=1000, optional=True)] = None


class ApplicationsQuery(Input):
    cursor: Cursor = 0
    limit: Limit = 20
    status: Annotated[ApplicationStatus | None, Choice(InvalidApplicationStatus, ApplicationStatus, optional=True)] = (
        None
    )


ApplicationContentType = Annotated[
    str, Text(InvalidContentType, case="lower", pattern="application/pdf|image/jpeg|image/png")
]


class ApplicationUploadInput(UploadInput):
    content_type: ApplicationContentType


class ApplicationDocumentInput(Input):
    document_type: DocumentType
    file_name: FileName
    content_type: ApplicationContentType
    content_length: ContentLength
    object_key: ObjectKey
    checksum_sha256: Checksum


class OfferInput(Input):
    reason: Annotated[str | None, Text(InvalidReason, maximum=500, optional=True)] = None


class AdminApplicationsQuery(Input):
    cursor: Cursor = 0
    limit: Limit = 20
    status: Annotated[ApplicationStatus | None, Choice(InvalidApplicationStatus, ApplicationStatus, optional=True)] = (
        None
    )
    q: Search = None
    job_id: Annotated[str | None, Text(InvalidJobId)] = None
    org_id: Annotated[str | None, Text(InvalidOrgId)] = None


UpdatedBy = Annotated[str | None, Text(InvalidUpdatedBy, maximum=180, optional=True, strict=True)]


class ApplicationStatusInput(Input):
    status: Annotated[ApplicationStatus, Choice(InvalidApplicationStatus, ApplicationStatus)]
    reason: Annotated[str | None, Text(InvalidReason, maximum=500, optional=True, strict=True)] = None
    updated_by: UpdatedBy = None


class DocumentReviewInput(Input):
    review_status: Annotated[DocumentReviewStatus, Choice(InvalidReviewStatus, DocumentReviewStatus)]
    review_reason: Annotated[str | None, Text(InvalidReviewReason, maximum=500, optional=True, strict=True)] = None
    reviewed_by: UpdatedBy = None


class ApplicationPreviewInput(Input):
    """`acknowledgeRisk` counts for a file that was read and rejected."""

    expires_sec: Annotated[int, LinkSeconds(InvalidExpiresSec, minimum=60, maximum=900, floor=True, default=120)] = 120
    acknowledge_risk: AcknowledgeRisk = False


class ApplicationJob(JobHead):
    """The job of an application, without what the caller may do with it."""

    location: Location = Field(validation_alias="location_json")
    employer: Employer = Field(validation_alias="employer_json")


class Application(Output):
    id: Uuid
    job_id: str
    status: Annotated[str, open_enum(ApplicationStatus)]
    note: str | None
    created_at: Ts
    updated_at: Ts
    job: ApplicationJob


class JourneyEvent(Output):
    id: Uuid
    status: Annotated[str, open_enum(ApplicationStatus)]
    title: str
    description: str
    actor_type: Annotated[str, open_enum(ActorType)] | None
    actor_id: str | None
    created_at: Ts


class StoredStep(JourneyEvent):
    """A step with what its words are made of, which no answer shows; none for steps of earlier releases."""

    text_key: str | None = Field(exclude=True)
    typed_text: str | None = Field(exclude=True)


class ApplicationDocument(Output):
    """A document without the place of its bytes: candidates have no way to download one."""

    id: Uuid
    application_id: Uuid
    user_id: Uuid
    document_type: str
    file_name: str
    content_type: str
    content_length: int
    checksum_sha256: str
    review_status: Annotated[str, open_enum(DocumentReviewStatus)]
    review_reason: str | None
    reviewed_at: Ts | None
    reviewed_by: str | None
    created_at: Ts
    updated_at: Ts


class ApplyResponse(Output):
    """`created` is false for every call but the first."""

    created: bool
    application: Application


class ApplicationList(Output):
    items: list[Application]
    page_info: PageInfo


class ApplicationJourney(Output):
    application: Application
    journey: list[JourneyEvent]


class ApplicationUpload(Output):
    application_id: Uuid
    upload: Upload


class ApplicationDocumentAdded(Output):
    application_id: Uuid
    document: ApplicationDocument


class ApplicationDocuments(Output):
    """`total` counts all documents; at most the newest 500 are shown."""

    application: Application
    items: list[ApplicationDocument]
    total: int


class OfferAnswered(Output):
    updated: bool
    decision: Annotated[str, open_enum(OfferDecision)]
    application: Application
    journey_event: JourneyEvent


class Applicant(Output):
    id: Uuid
    full_name: str | None
    email: str | None


class _Case(Output):
    application: Application
    applicant: Applicant


def shown(case: _Case) -> tuple[str, ...]:
    """Ids for the record of who was shown what: the application's and its applicant's."""
    return (case.application.id, case.applicant.id)


class AdminApplication(_Case):
    last_event: JourneyEvent | None


class AdminApplicationList(Output):
    items: list[AdminApplication]
    page_info: PageInfo


class AdminApplicationJourney(_Case):
    journey: list[JourneyEvent]


class AdminApplicationChanged(Output):
    """`updated` is false and there is no step when the application already had the status."""

    updated: bool
    application: Application
    applicant: Applicant
    journey_event: JourneyEvent | None


class AdminApplicationDocuments(_Case):
    """`total` counts all documents; at most the newest 500 are shown."""

    items: list[ApplicationDocument]
    total: int


class ApplicationDocumentReviewed(Output):
    """`updated` is false when the review says what was stored already."""

    updated: bool
    application: Application
    applicant: Applicant
    document: ApplicationDocument


class ApplicationDocumentPreview(Output):
    """A link that reads the document until `expiresAt`.

    `sanitized`: it leads to the checked copy (pictures encoded anew, a PDF's pages drawn), else to the upload.
    """

    document_id: Uuid
    application_id: Uuid
    url: str
    method: Literal["GET"]
    expires_at: Ts
    sanitized: bool
