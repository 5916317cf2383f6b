"""What do the job operations take and answer?"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from service.auth.principal import Principal
from service.content import Lifecycle
from service.errors import InvalidField
from service.fields import Choice, Flag, Text
from service.jobs.models import EmploymentType
from service.jobs.queries import JobView
from service.listing import InvalidSearch as InvalidSearch
from service.listing import Search as Search
from service.offsets import OffsetPage
from service.paging import After, KeysetPageInfo, Slice
from service.web import Cursor, Input, Limit, Output, Paged, PageInfo, open_enum


class InvalidEmploymentType(InvalidField):
    code = "invalid_employment_type"
    message = "The type of employment is not valid."
    message_id = "Jenis pekerjaan tidak valid."


class InvalidVisaSponsored(InvalidField):
    code = "invalid_visa_sponsored"
    message = "The visa filter is not valid."
    message_id = "Filter visa tidak valid."


class InvalidJobId(InvalidField):
    code = "invalid_job_id"
    message = "The job is not valid."
    message_id = "Lowongan tidak valid."


class JobsQuery(Input):
    employment_type: Annotated[EmploymentType | None, Choice(InvalidEmploymentType, EmploymentType, optional=True)] = (
        None
    )
    visa_sponsored: Annotated[bool | None, Flag(InvalidVisaSponsored, from_text=True)] = None
    q: Search = None
    location: Search = None
    cursor: Cursor = 0
    after: After = None
    limit: Limit = 20


class SaveJobInput(Input):
    job_id: Annotated[str, Text(InvalidJobId)]


class Location(Output):
    country_code: str
    city: str
    display_label: str

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Location:
        return cls(country_code=stored["countryCode"], city=stored["city"], display_label=stored["displayLabel"])


class LocationDetail(Location):
    latitude: float
    longitude: float

    @classmethod
    def of(cls, stored: dict[str, Any]) -> LocationDetail:
        return cls(
            country_code=stored["countryCode"],
            city=stored["city"],
            display_label=stored["displayLabel"],
            latitude=stored["latitude"],
            longitude=stored["longitude"],
        )


class Employer(Output):
    id: str
    name: str
    logo_url: str | None
    is_verified_employer: bool

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Employer:
        return cls(
            id=stored["id"],
            name=stored["name"],
            logo_url=stored.get("logoUrl"),
            is_verified_employer=stored["isVerifiedEmployer"],
        )


class ApplyCta(StrEnum):
    APPLY = "APPLY"
    LOGIN_TO_APPLY = "LOGIN_TO_APPLY"


class JobViewer(Output):
    """`canApply` follows from being signed in alone; it does not turn false after applying."""

    authenticated: bool
    saved: bool
    can_apply: bool
    apply_cta: Annotated[str, open_enum(ApplyCta)]

    @classmethod
    def of(cls, principal: Principal | None, *, saved: bool) -> JobViewer:
        known = principal is not None
        return cls(
            authenticated=known,
            saved=known and saved,
            can_apply=known,
            apply_cta=ApplyCta.APPLY if known else ApplyCta.LOGIN_TO_APPLY,
        )


class JobSummary(Output):
    id: str
    title: str
    employment_type: Annotated[str, open_enum(EmploymentType)]
    visa_sponsorship: bool
    location: Location
    employer: Employer
    lifecycle: Lifecycle
    viewer_state: JobViewer

    @classmethod
    def of(cls, job: JobView, principal: Principal | None) -> JobSummary:
        return cls(
            id=job.id,
            title=job.title,
            employment_type=job.employment_type,
            visa_sponsorship=job.visa_sponsorship,
            location=Location.of(job.location),
            employer=Employer.of(job.employer),
            lifecycle=Lifecycle.of(job.lifecycle_status, job.published_at, job.scheduled_at),
            viewer_state=JobViewer.of(principal, saved=job.saved),
        )


class JobDetail(Output):
    id: str
    title: str
    employment_type: Annotated[str, open_enum(EmploymentType)]
    visa_sponsorship: bool
    description: str
    requirements: list[str]
    location: LocationDetail
    employer: Employer
    lifecycle: Lifecycle


class JobList(Output):
    items: list[JobSummary]
    page_info: KeysetPageInfo

    @classmethod
    def of(cls, found: Slice[JobView], page: Paged, principal: Principal | None) -> JobList:
        return cls(
            items=[JobSummary.of(job, principal) for job in found.items], page_info=KeysetPageInfo.of(found, page)
        )


class SavedJobList(Output):
    items: list[JobSummary]
    page_info: PageInfo

    @classmethod
    def of(cls, found: OffsetPage[JobView], principal: Principal) -> SavedJobList:
        return cls(
            items=[JobSummary.of(job, principal) for job in found.items],
            page_info=found.page_info,
        )


class JobSaved(Output):
    """`created` is false when the job was saved before."""

    saved: Literal[True] = True
    created: bool
    job_id: str


class JobUnsaved(Output):
    """`removed` is false when the job was not saved."""

    saved: Literal[False] = False
    removed: bool
    job_id: str


class JobEnvelope(Output):
    job: JobDetail
    viewer_state: JobViewer

    @classmethod
    def of(cls, job: JobView, principal: Principal | None) -> JobEnvelope:
        return cls(
            job=JobDetail(
                id=job.id,
                title=job.title,
                employment_type=job.employment_type,
                visa_sponsorship=job.visa_sponsorship,
                description=job.description,
                requirements=job.requirements,
                location=LocationDetail.of(job.location),
                employer=Employer.of(job.employer),
                lifecycle=Lifecycle.of(job.lifecycle_status, job.published_at, job.scheduled_at),
            ),
            viewer_state=JobViewer.of(principal, saved=job.saved),
        )
