"""What do the overview, activity and audit operations take and answer?"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from service.audit.models import ActorType
from service.errors import InvalidCursor, InvalidField, InvalidLimit
from service.fields import Choice, Moment
from service.listing import InvalidSearch, Search
from service.overview.queries import Activity, ActivityFilter, ActivityPage, Counts
from service.web import Input, LooseCursor, LooseLimit, Output, PageInfo, Ts, Uuid, is_none, open_enum, page_info


class ActivityKind(StrEnum):
    """Where an activity comes from. Only the first two have a source; the others are accepted and find nothing."""

    KYC = "KYC"
    APPLICATION = "APPLICATION"
    JOB = "JOB"
    FEED = "FEED"
    ORG = "ORG"
    AUTH = "AUTH"


class ActivityChoice(StrEnum):
    """The values of the filter on kinds."""

    ALL = "ALL"
    KYC = "KYC"
    APPLICATION = "APPLICATION"
    JOB = "JOB"
    FEED = "FEED"
    ORG = "ORG"
    AUTH = "AUTH"


class ActorChoice(StrEnum):
    """The values of the filter on actors."""

    ALL = "ALL"
    USER = "USER"
    ADMIN = "ADMIN"
    SYSTEM = "SYSTEM"


class InvalidActivityType(InvalidField):
    code = "invalid_activity_type"
    message = "The type of activity is not valid."
    message_id = "Jenis aktivitas tidak valid."


class InvalidActorType(InvalidField):
    code = "invalid_actor_type"
    message = "The type of actor is not valid."
    message_id = "Jenis pelaku tidak valid."


class InvalidDateFilter(InvalidField):
    code = "invalid_date_filter"
    message = "The date filter is not valid."
    message_id = "Filter tanggal tidak valid."


_Kind = Annotated[ActivityChoice, Choice(InvalidActivityType, ActivityChoice)]
_Date = Annotated[datetime | None, Moment(InvalidDateFilter, optional=True)]


class ActivityQuery(Input):
    type: _Kind = ActivityChoice.ALL
    actor_id: Search = None
    from_: _Date = Field(None, alias="from")
    to: _Date = None
    cursor: LooseCursor = 0
    limit: LooseLimit = 25

    def wanted(self) -> ActivityFilter:
        return ActivityFilter(kind=_narrowed(self.type), actor_id=self.actor_id, first=self.from_, last=self.to)


class AuditQuery(Input):
    type: _Kind = ActivityChoice.ALL
    actor_type: Annotated[ActorChoice, Choice(InvalidActorType, ActorChoice)] = ActorChoice.ALL
    actor_id: Search = None
    entity_type: Search = None
    entity_id: Search = None
    action: Search = None
    from_: _Date = Field(None, alias="from")
    to: _Date = None
    cursor: LooseCursor = 0
    limit: LooseLimit = 25

    def wanted(self) -> ActivityFilter:
        return ActivityFilter(
            kind=_narrowed(self.type),
            actor_type=_narrowed(self.actor_type),
            actor_id=self.actor_id,
            entity_type=self.entity_type,
            entity_id=self.entity_id,
            action=self.action,
            first=self.from_,
            last=self.to,
        )


def _narrowed(choice: StrEnum) -> str | None:
    return None if choice == "ALL" else choice.value


class OverviewSummary(Output):
    """Counts of now. `activeJobs`, `publishedFeedPosts` and `activeApplications` count all rows, whatever their state."""

    pending_kyc: int
    manual_review_kyc: int
    verified_today: int
    rejected_today: int
    pending_organization_verification: int
    active_jobs: int
    published_feed_posts: int
    active_applications: int
    submitted_applications: int
    in_review_applications: int
    interview_applications: int
    offered_applications: int
    hired_applications: int
    rejected_applications: int
    last_updated_at: Ts

    @classmethod
    def of(cls, counts: Counts) -> OverviewSummary:
        return cls.model_validate(counts)


class ActivityApplicant(Output):
    id: Uuid
    full_name: str | None
    email: str | None


class ActivityJob(Output):
    id: str
    title: str


class ActivityEvent(Output):
    """`applicant` and `job` are there only for an application."""

    id: Uuid
    type: Annotated[str, open_enum(ActivityKind)]
    action: str
    entity_type: str
    entity_id: Uuid
    actor_type: Annotated[str, open_enum(ActorType)]
    actor_id: str | None
    status_from: str | None
    status_to: str
    title: str
    description: str
    created_at: Ts
    applicant: ActivityApplicant | None = Field(None, exclude_if=is_none)
    job: ActivityJob | None = Field(None, exclude_if=is_none)

    @classmethod
    def of(cls, activity: Activity) -> ActivityEvent:
        applicant = job = None
        if activity.applicant_id is not None and activity.job_id is not None:
            applicant = ActivityApplicant(
                id=activity.applicant_id, full_name=activity.applicant_name, email=activity.applicant_email
            )
            job = ActivityJob(id=activity.job_id, title=activity.job_title or "")
        return cls(
            id=activity.id,
            type=activity.kind,
            action=activity.action,
            entity_type=activity.entity_type,
            entity_id=activity.entity_id,
            actor_type=activity.actor_type,
            actor_id=activity.actor_id,
            status_from=activity.status_from,
            status_to=activity.status_to,
            title=activity.title,
            description=activity.description,
            created_at=activity.created_at,
            applicant=applicant,
            job=job,
        )


class ActivityFilters(Output):
    type: Annotated[str, open_enum(ActivityChoice)]
    actor_id: str | None
    from_: Ts | None = Field(serialization_alias="from")
    to: Ts | None


class ActivityList(Output):
    count: int
    filters: ActivityFilters
    page_info: PageInfo
    items: list[ActivityEvent]

    @classmethod
    def of(cls, found: ActivityPage, query: ActivityQuery) -> ActivityList:
        return cls(
            count=len(found.items),
            filters=ActivityFilters(type=query.type, actor_id=query.actor_id, from_=query.from_, to=query.to),
            page_info=page_info(query, shown=len(found.items), has_more=found.has_more, total=found.total),
            items=[ActivityEvent.of(item) for item in found.items],
        )


class AuditFilters(Output):
    type: Annotated[str, open_enum(ActivityChoice)]
    actor_type: Annotated[str, open_enum(ActorChoice)]
    actor_id: str | None
    entity_type: str | None
    entity_id: str | None
    action: str | None
    from_: Ts | None = Field(serialization_alias="from")
    to: Ts | None


class AuditList(Output):
    count: int
    filters: AuditFilters
    page_info: PageInfo
    items: list[ActivityEvent]

    @classmethod
    def of(cls, found: ActivityPage, query: AuditQuery) -> AuditList:
        return cls(
            count=len(found.items),
            filters=AuditFilters(
                type=query.type,
                actor_type=query.actor_type,
                actor_id=query.actor_id,
                entity_type=query.entity_type,
                entity_id=query.entity_id,
                action=query.action,
                from_=query.from_,
                to=query.to,
            ),
            page_info=page_info(query, shown=len(found.items), has_more=found.has_more, total=found.total),
            items=[ActivityEvent.of(item) for item in found.items],
        )


ACTIVITY_ERRORS = (InvalidActivityType, InvalidDateFilter, InvalidCursor, InvalidLimit, InvalidSearch)
AUDIT_ERRORS = (*ACTIVITY_ERRORS, InvalidActorType)
