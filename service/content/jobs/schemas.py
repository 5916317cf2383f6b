"""What do the job operations take and answer?"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from service.content.jobs.models import EmploymentType
from service.content.lifecycle import Lifecycle, Shown
from service.content.saving import Saved, Unsaved
from service.http.errors import InvalidField
from service.http.fields import Choice, Flag, Text
from service.http.web import Cursor, Input, Limit, Output, PageInfo, open_enum
from service.lists.paging import After, KeysetPageInfo
from service.lists.queries import Search


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


class StoredJson(Output):
    """A part that is stored as it is answered, with the names of the wire."""

    model_config = ConfigDict(alias_generator=to_camel)


class Location(StoredJson):
    country_code: str
    city: str
    display_label: str


class LocationDetail(Location):
    latitude: float
    longitude: float


class Employer(StoredJson):
    id: str
    name: str
    logo_url: str | None = None
    is_verified_employer: bool


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
    def of(cls, user_id: str | None, *, saved: bool) -> Self:
        known = user_id is not None
        return cls(
            authenticated=known,
            saved=saved,
            can_apply=known,
            apply_cta=ApplyCta.APPLY if known else ApplyCta.LOGIN_TO_APPLY,
        )


class JobHead(Shown):
    """What every answer about a job begins with."""

    id: str
    title: str
    employment_type: Annotated[str, open_enum(EmploymentType)]
    visa_sponsorship: bool


class JobSummary(JobHead):
    location: Location = Field(validation_alias="location_json")
    employer: Employer = Field(validation_alias="employer_json")
    lifecycle: Lifecycle
    viewer_state: JobViewer


class JobDetail(JobHead):
    description: str
    requirements: list[str] = Field(validation_alias="requirements_json")
    location: LocationDetail = Field(validation_alias="location_json")
    employer: Employer = Field(validation_alias="employer_json")
    lifecycle: Lifecycle


class JobList(Output):
    items: list[JobSummary]
    page_info: KeysetPageInfo


class SavedJobList(Output):
    items: list[JobSummary]
    page_info: PageInfo


class JobSaved(Saved):
    """`created` is false when the job was saved before."""

    job_id: str


class JobUnsaved(Unsaved):
    """`removed` is false when the job was not saved."""

    job_id: str


class JobEnvelope(Output):
    job: JobDetail
    viewer_state: JobViewer
