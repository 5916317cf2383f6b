"""What do the job operations of staff take and answer?"""

from __future__ import annotations

from typing import Annotated

from service.content.bulk import BulkAnswer, BulkInput, BulkResult, bulk_ids
from service.content.jobs.models import EmploymentType
from service.content.jobs.schemas import InvalidEmploymentType, JobDetail
from service.content.publication import LifecycleInput
from service.content.staff_routes import Removed
from service.http.errors import InvalidCountryCode, InvalidField
from service.http.fields import Choice, Flag, Items, Number, Text, WebUrl
from service.http.web import Cursor, Input, Limit, Output, Refusal, partial
from service.lists.paging import After, KeysetPageInfo
from service.lists.queries import Search


class InvalidJobTitle(InvalidField):
    code = "invalid_job_title"
    message = "The title needs 2 to 160 characters."
    message_id = "Judul harus terdiri dari 2 sampai 160 karakter."


class InvalidVisaSponsorship(InvalidField):
    code = "invalid_visa_sponsorship"
    message = "Please say whether a visa is sponsored."
    message_id = "Silakan nyatakan apakah visa disponsori."


class InvalidJobDescription(InvalidField):
    code = "invalid_job_description"
    message = "The description needs 8 to 5000 characters."
    message_id = "Deskripsi harus terdiri dari 8 sampai 5000 karakter."


class InvalidJobRequirements(InvalidField):
    code = "invalid_job_requirements"
    message = "Please give 1 to 20 requirements."
    message_id = "Silakan isi 1 sampai 20 persyaratan."


class InvalidJobRequirement(InvalidField):
    code = "invalid_job_requirement"
    message = "Each requirement needs 2 to 300 characters."
    message_id = "Setiap persyaratan harus terdiri dari 2 sampai 300 karakter."


class InvalidJobLocation(InvalidField):
    code = "invalid_job_location"
    message = "The location is not complete."
    message_id = "Lokasi tidak lengkap."


class InvalidJobEmployer(InvalidField):
    code = "invalid_job_employer"
    message = "The employer is not complete."
    message_id = "Data pemberi kerja tidak lengkap."


class InvalidEmployerLogoUrl(InvalidField):
    code = "invalid_employer_logo_url"
    message = "The logo's address is not valid."
    message_id = "Alamat logo tidak valid."


class InvalidJobIds(InvalidField):
    code = "invalid_job_ids"
    message = "Please name 1 to 100 jobs."
    message_id = "Silakan pilih 1 sampai 100 lowongan."


JOB_FIELD_ERRORS = (
    InvalidJobTitle,
    InvalidEmploymentType,
    InvalidVisaSponsorship,
    InvalidJobDescription,
    InvalidJobRequirements,
    InvalidJobRequirement,
    InvalidJobLocation,
    InvalidCountryCode,
    InvalidJobEmployer,
    InvalidEmployerLogoUrl,
)


class JobLocationInput(Input):
    city: Annotated[str, Text(InvalidJobLocation, minimum=2, maximum=120, strict=True)]
    display_label: Annotated[str, Text(InvalidJobLocation, minimum=2, maximum=180, strict=True)]
    latitude: Annotated[float, Number(InvalidJobLocation, minimum=-90, maximum=90, integer=False)]
    longitude: Annotated[float, Number(InvalidJobLocation, minimum=-180, maximum=180, integer=False)]
    country_code: Annotated[str, Text(InvalidCountryCode, case="upper", pattern="[A-Z]{2}", strict=True)]


class JobEmployerInput(Input):
    id: Annotated[str, Text(InvalidJobEmployer, maximum=200, strict=True)]
    name: Annotated[str, Text(InvalidJobEmployer, minimum=2, maximum=180, strict=True)]
    is_verified_employer: Annotated[bool, Flag(InvalidJobEmployer)]
    logo_url: Annotated[str | None, WebUrl(InvalidEmployerLogoUrl)] = None


class JobFields(Input):
    title: Annotated[str, Text(InvalidJobTitle, minimum=2, maximum=160, strict=True)]
    employment_type: Annotated[EmploymentType, Choice(InvalidEmploymentType, EmploymentType)]
    visa_sponsorship: Annotated[bool, Flag(InvalidVisaSponsorship)]
    description: Annotated[str, Text(InvalidJobDescription, minimum=8, maximum=5000, strict=True)]
    requirements: Annotated[
        list[str],
        Items(
            InvalidJobRequirements,
            Text(InvalidJobRequirement, minimum=2, maximum=300, strict=True),
            minimum=1,
            maximum=20,
        ),
    ]
    location: Annotated[JobLocationInput, Refusal(InvalidJobLocation)]
    employer: Annotated[JobEmployerInput, Refusal(InvalidJobEmployer)]


JobChanges = partial(JobFields, "JobChanges")


class CreateJobInput(JobFields):
    """`lifecycle` is judged before the other fields."""

    lifecycle: LifecycleInput | None = None


class PatchJobInput(JobChanges):  # type: ignore[valid-type,misc]  # made by `partial`
    """What is absent stays as it is; `location`, `employer` and `requirements` are replaced as a whole."""

    lifecycle: LifecycleInput | None = None


class BulkJobsInput(BulkInput):
    job_ids: Annotated[list[str], bulk_ids(InvalidJobIds)]


class AdminJobsQuery(Input):
    q: Search = None
    cursor: Cursor = 0
    after: After = None
    limit: Limit = 20


class AdminJob(JobDetail):
    pass  # staff see of a job what candidates see in its detail


class AdminJobEnvelope(Output):
    job: AdminJob


class AdminJobList(Output):
    items: list[AdminJob]
    page_info: KeysetPageInfo


class JobRemoved(Removed):
    job_id: str


class BulkJobResult(BulkResult):
    job_id: str


class BulkJobs(BulkAnswer):
    """Always the whole outcome: one item's failure stops no other."""

    results: list[BulkJobResult]
