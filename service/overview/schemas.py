"""What do the overview, activity and audit operations take and answer?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from service.audit.models import ActorType
from service.http.errors import InvalidCursor, InvalidField, InvalidLimit
from service.http.fields import Choice, Moment
from service.http.web import Input, LooseCursor, LooseLimit, Output, PageInfo, Ts, Uuid, is_none, open_enum
from service.lists.queries import InvalidSearch, OffsetPage, Search


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


@dataclass(frozen=True, slots=True)
class ActivityFilter:
    """What a list is narrowed to; none means not at all. `first` and `last` are both included."""

    kind: str | None = None
    actor_type: str | None = None
    actor_id: str | None = None
    entity_type: str | None = None
    entity_id: str | None = None
    action: str | None = None
    first: datetime | None = None
    last: datetime | None = None


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


def shown(event: ActivityEvent) -> tuple[str, ...]:
    """Ids for the record of who was shown what: the verification's or application's, and its applicant's."""
    return (event.entity_id, *([event.applicant.id] if event.applicant else []))


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
    def of(cls, page: OffsetPage[ActivityEvent], query: ActivityQuery) -> ActivityList:
        filters = ActivityFilters.model_validate(query)
        return cls(count=len(page.items), filters=filters, page_info=page.page_info, items=page.items)


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
    def of(cls, page: OffsetPage[ActivityEvent], query: AuditQuery) -> AuditList:
        filters = AuditFilters.model_validate(query)
        return cls(count=len(page.items), filters=filters, page_info=page.page_info, items=page.items)


ACTIVITY_ERRORS = (InvalidActivityType, InvalidDateFilter, InvalidCursor, InvalidLimit, InvalidSearch)
AUDIT_ERRORS = (*ACTIVITY_ERRORS, InvalidActorType)
