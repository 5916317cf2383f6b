"""What do the application operations take and answer?"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from service.adapters.object_storage import PresignedUpload
from service.applications.models import ActorType, ApplicationStatus, DocumentReviewStatus, OfferDecision
from service.applications.queries import (
    ApplicantView,
    ApplicationPage,
    ApplicationView,
    CasePage,
    CaseView,
    DocumentView,
    EventView,
    Journey,
)
from service.content.jobs.models import EmploymentType
from service.content.jobs.schemas import Employer, InvalidJobId, Location, Search
from service.errors import InvalidField
from service.fields import Choice, Text
from service.uploads import (
    Checksum,
    ContentLength,
    DocumentType,
    FileName,
    InvalidContentType,
    InvalidExpiresSec,
    LinkSeconds,
    ObjectKey,
    Upload,
)
from service.web import Cursor, Input, Limit, Output, Paged, PageInfo, Ts, Uuid, open_enum, page_info


class InvalidNote(InvalidField):
    code = "invalid_note"
    message = "The note is too long or cannot be read."
    message_id = "Catatan terlalu panjang atau tidak dapat dibaca."


class InvalidReason(InvalidField):
    code = "invalid_reason"
    message = "The reason is too long or cannot be read."
    message_id = "Alasan terlalu panjang atau tidak dapat dibaca."


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


class ApplicationUploadInput(Input):
    document_type: DocumentType
    file_name: FileName
    content_type: ApplicationContentType
    content_length: ContentLength
    checksum_sha256: Checksum


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
    expires_sec: Annotated[int, LinkSeconds(InvalidExpiresSec, minimum=60, maximum=900, floor=True, default=120)] = 120


class ApplicationJob(Output):
    """The job of an application, without what the caller may do with it."""

    id: str
    title: str
    employment_type: Annotated[str, open_enum(EmploymentType)]
    visa_sponsorship: bool
    location: Location
    employer: Employer


class Application(Output):
    id: Uuid
    job_id: str
    status: Annotated[str, open_enum(ApplicationStatus)]
    note: str | None
    created_at: Ts
    updated_at: Ts
    job: ApplicationJob

    @classmethod
    def of(cls, application: ApplicationView) -> Application:
        job = application.job
        return cls(
            id=application.id,
            job_id=application.job_id,
            status=application.status,
            note=application.note,
            created_at=application.created_at,
            updated_at=application.updated_at,
            job=ApplicationJob(
                id=job.id,
                title=job.title,
                employment_type=job.employment_type,
                visa_sponsorship=job.visa_sponsorship,
                location=Location.model_validate(job.location),
                employer=Employer.model_validate(job.employer),
            ),
        )


class JourneyEvent(Output):
    id: Uuid
    status: Annotated[str, open_enum(ApplicationStatus)]
    title: str
    description: str
    actor_type: Annotated[str, open_enum(ActorType)] | None
    actor_id: str | None
    created_at: Ts

    @classmethod
    def of(cls, event: EventView) -> JourneyEvent:
        return cls(
            id=event.id,
            status=event.status,
            title=event.title,
            description=event.description,
            actor_type=event.actor_type,
            actor_id=event.actor_id,
            created_at=event.created_at,
        )


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

    @classmethod
    def of(cls, document: DocumentView) -> ApplicationDocument:
        return cls(
            id=document.id,
            application_id=document.application_id,
            user_id=document.user_id,
            document_type=document.document_type,
            file_name=document.file_name,
            content_type=document.content_type,
            content_length=document.content_length,
            checksum_sha256=document.checksum_sha256,
            review_status=document.review_status,
            review_reason=document.review_reason,
            reviewed_at=document.reviewed_at,
            reviewed_by=document.reviewed_by,
            created_at=document.created_at,
            updated_at=document.updated_at,
        )


class ApplyResponse(Output):
    """`created` is false for every call but the first."""

    created: bool
    application: Application


class ApplicationList(Output):
    items: list[Application]
    page_info: PageInfo

    @classmethod
    def of(cls, found: ApplicationPage, page: Paged) -> ApplicationList:
        return cls(
            items=[Application.of(item) for item in found.items],
            page_info=page_info(page, shown=len(found.items), has_more=found.has_more, total=found.total),
        )


class ApplicationJourney(Output):
    application: Application
    journey: list[JourneyEvent]

    @classmethod
    def of(cls, found: Journey) -> ApplicationJourney:
        return cls(
            application=Application.of(found.application), journey=[JourneyEvent.of(event) for event in found.events]
        )


class ApplicationUpload(Output):
    application_id: Uuid
    upload: Upload

    @classmethod
    def of(cls, application: ApplicationView, upload: PresignedUpload) -> ApplicationUpload:
        return cls(application_id=application.id, upload=Upload.of(upload))


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

    @classmethod
    def of(cls, applicant: ApplicantView) -> Applicant:
        return cls(id=applicant.id, full_name=applicant.full_name, email=applicant.email)


class AdminApplication(Output):
    application: Application
    applicant: Applicant
    last_event: JourneyEvent | None

    @classmethod
    def of(cls, case: CaseView) -> AdminApplication:
        return cls(
            application=Application.of(case.application),
            applicant=Applicant.of(case.applicant),
            last_event=JourneyEvent.of(case.last_event) if case.last_event else None,
        )


class AdminApplicationList(Output):
    items: list[AdminApplication]
    page_info: PageInfo

    @classmethod
    def of(cls, found: CasePage, page: Paged) -> AdminApplicationList:
        return cls(
            items=[AdminApplication.of(item) for item in found.items],
            page_info=page_info(page, shown=len(found.items), has_more=found.has_more, total=found.total),
        )


class AdminApplicationJourney(Output):
    application: Application
    applicant: Applicant
    journey: list[JourneyEvent]

    @classmethod
    def of(cls, found: Journey) -> AdminApplicationJourney:
        return cls(
            application=Application.of(found.application),
            applicant=Applicant.of(found.applicant),
            journey=[JourneyEvent.of(event) for event in found.events],
        )


class AdminApplicationChanged(Output):
    """`updated` is false and there is no step when the application already had the status."""

    updated: bool
    application: Application
    applicant: Applicant
    journey_event: JourneyEvent | None

    @classmethod
    def of(cls, case: CaseView, event: EventView | None) -> AdminApplicationChanged:
        return cls(
            updated=event is not None,
            application=Application.of(case.application),
            applicant=Applicant.of(case.applicant),
            journey_event=JourneyEvent.of(event) if event else None,
        )


class AdminApplicationDocuments(Output):
    """`total` counts all documents; at most the newest 500 are shown."""

    application: Application
    applicant: Applicant
    items: list[ApplicationDocument]
    total: int

    @classmethod
    def of(cls, case: CaseView, documents: list[DocumentView], total: int) -> AdminApplicationDocuments:
        return cls(
            application=Application.of(case.application),
            applicant=Applicant.of(case.applicant),
            items=[ApplicationDocument.of(document) for document in documents],
            total=total,
        )


class ApplicationDocumentReviewed(Output):
    """`updated` is false when the review says what was stored already."""

    updated: bool
    application: Application
    applicant: Applicant
    document: ApplicationDocument


class ApplicationDocumentPreview(Output):
    """A link that reads the document until `expiresAt`.

    `sanitized`: it leads to the checked copy (images re-encoded, PDF as it is), else to the upload.
    """

    document_id: Uuid
    application_id: Uuid
    url: str
    method: Literal["GET"]
    expires_at: Ts
    sanitized: bool

    @classmethod
    def of(cls, document: DocumentView, url: str, expires_at: datetime, sanitized: bool) -> ApplicationDocumentPreview:
        return cls(
            document_id=document.id,
            application_id=document.application_id,
            url=url,
            method="GET",
            expires_at=expires_at,
            sanitized=sanitized,
        )
