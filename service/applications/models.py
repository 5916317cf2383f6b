"""Which rows hold applications, their journey and their documents?"""

from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from service.audit.models import ActorType
from service.auth.models import User
from service.content.jobs.models import Job
from service.database.db import TextKey
from service.evidence.verdicts import ByteState


class ApplicationStatus(StrEnum):
    """How far an application got."""

    SUBMITTED = "SUBMITTED"
    IN_REVIEW = "IN_REVIEW"
    INTERVIEW = "INTERVIEW"
    OFFERED = "OFFERED"
    HIRED = "HIRED"
    REJECTED = "REJECTED"


class DocumentReviewStatus(StrEnum):
    """What the reviewer said about a document of an application."""

    PENDING = "PENDING"
    VALID = "VALID"
    INVALID = "INVALID"


class OfferDecision(StrEnum):
    """What a candidate says to an offer."""

    ACCEPT = "ACCEPT"
    DECLINE = "DECLINE"


OFFER_ANSWERS = {
    OfferDecision.ACCEPT: ApplicationStatus.HIRED,
    OfferDecision.DECLINE: ApplicationStatus.REJECTED,
}
"""What an offer becomes by its answer."""
MOVES: dict[ActorType, dict[str, frozenset[str]]] = {
    ActorType.ADMIN: {
        ApplicationStatus.SUBMITTED: frozenset(
            {
                ApplicationStatus.IN_REVIEW,
                ApplicationStatus.INTERVIEW,
                ApplicationStatus.OFFERED,
                ApplicationStatus.HIRED,
                ApplicationStatus.REJECTED,
            }
        ),
        ApplicationStatus.IN_REVIEW: frozenset(
            {
                ApplicationStatus.INTERVIEW,
                ApplicationStatus.OFFERED,
                ApplicationStatus.HIRED,
                ApplicationStatus.REJECTED,
            }
        ),
        ApplicationStatus.INTERVIEW: frozenset(
            {ApplicationStatus.OFFERED, ApplicationStatus.HIRED, ApplicationStatus.REJECTED}
        ),
    },
    ActorType.USER: {ApplicationStatus.OFFERED: frozenset(OFFER_ANSWERS.values())},
}
"""Where staff (ADMIN) and the candidate (USER) may move an application from each status; from others nowhere."""


class JobApplication(Model):
    """One person's application for one job."""

    id = fields.UUIDField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="job_applications", on_delete=fields.OnDelete.CASCADE
    )
    user_id: UUID
    job: fields.ForeignKeyRelation[Job] = fields.ForeignKeyField(
        "models.Job", related_name="applications", on_delete=fields.OnDelete.CASCADE
    )
    status = fields.TextField()
    note = fields.TextField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    updated_at = fields.DatetimeField(auto_now=True)

    class Meta:
        table = "job_applications"
        unique_together = (("user", "job"),)


class JourneyEvent(Model):
    """One step of an application, as the candidate reads it."""

    id = fields.UUIDField(primary_key=True)
    application: fields.ForeignKeyRelation[JobApplication] = fields.ForeignKeyField(
        "models.JobApplication", related_name="journey_events", on_delete=fields.OnDelete.CASCADE
    )
    status = fields.TextField()
    title = fields.TextField(description="English, for a release that knows no keys.")
    description = fields.TextField(description="As `title`; with what somebody typed.")
    created_at = fields.DatetimeField(auto_now_add=True)
    actor_type = fields.TextField(null=True)
    actor_id = fields.TextField(null=True, description="A user id, an admin's address or given text.")
    text_key = fields.TextField(null=True, description="Which text it is; none for steps of earlier releases.")
    typed_text = fields.TextField(null=True, description="The note or reason in `description`, when there is a key.")

    class Meta:
        table = "job_application_journey_events"


class ApplicationDocument(Model):
    """A file that belongs to an application; the bytes are in the object store under `object_key`."""

    id = fields.UUIDField(primary_key=True)
    application: fields.ForeignKeyRelation[JobApplication] = fields.ForeignKeyField(
        "models.JobApplication", related_name="documents", on_delete=fields.OnDelete.CASCADE
    )
    application_id: UUID
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="application_documents", on_delete=fields.OnDelete.CASCADE
    )
    user_id: UUID
    document_type = fields.TextField()
    file_name = fields.TextField()
    content_type = fields.TextField()
    content_length = fields.BigIntField(description="Bytes.")
    object_key = TextKey(unique=True)
    checksum_sha256 = fields.TextField()
    file_url = fields.TextField()
    review_status = fields.TextField(default=DocumentReviewStatus.PENDING.value)
    review_reason = fields.TextField(null=True)
    reviewed_by = fields.TextField(null=True)
    reviewed_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    updated_at = fields.DatetimeField(auto_now=True)
    byte_state = fields.TextField(default=ByteState.DECLARED.value)
    byte_reason = fields.TextField(null=True, description="Why the bytes are not verified; one word for machines.")
    bytes_checked_at = fields.DatetimeField(null=True)
    copy_kind = fields.TextField(null=True, description="What the checked copy is; one word of CopyKind.")
    findings_json: fields.JSONField[list[str]] = fields.JSONField(
        default=list, description="What in the file acts, in words for machines."
    )

    class Meta:
        table = "job_application_documents"
        unique_together = (("application", "checksum_sha256"),)
