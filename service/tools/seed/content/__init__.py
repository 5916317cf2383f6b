"""What does a seeded server show, and which accounts does it have? The YAML files beside this one say it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

REVIEWER_EMAIL = "reviewer@example.com"
MAIN_CANDIDATE_EMAIL = "ayu.lestari@example.com"

_NINE = time(9, tzinfo=UTC)
# The contract fixes the first four: published at 09:00 UTC on the first four days of 2026.
_FIRST_DAY = date(2026, 1, 1)


class Seed(BaseModel):
    """Base of the entries: what a file says beside their fields is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SeedEmployer(Seed):
    """No seeded employer has a logo."""

    id: str
    name: str
    is_verified: bool


class SeedJob(Seed):
    """One job of the catalogue; `city` is a key of CITIES, `position` counts from 0 in list order."""

    position: int
    id: str
    title: str
    employment_type: str
    visa_sponsorship: bool
    city: str
    employer: SeedEmployer
    requirements: tuple[str, ...]
    description: str

    @property
    def published_at(self) -> datetime:
        """UTC; a day apart, and each later job a few minutes off the hour, so that no two share a moment."""
        minutes = 0 if self.position < 4 else self.position * 7 % 60
        return datetime.combine(_FIRST_DAY, _NINE) + timedelta(days=self.position, minutes=minutes)


class SeedPost(Seed):
    """One post of the feed, published at 09:00 UTC."""

    id: str
    title: str
    category: str
    author: str
    published: date
    excerpt: str

    @property
    def published_at(self) -> datetime:
        return datetime.combine(self.published, _NINE)


class SeedDocument(Seed):
    """A document of an application; no such object was ever uploaded."""

    type: str
    file_name: str
    review_status: str


class SeedApplication(Seed):
    """One application; `days_ago` counts back from the seeding to the day the candidate applied."""

    job_id: str
    status: str
    days_ago: int
    note: str | None = None
    documents: tuple[SeedDocument, ...] = ()


class SeedVerification(Seed):
    """One identity verification session; `reason` is what the reviewer wrote."""

    status: str
    days_ago: int
    document_types: tuple[str, ...] = ("PASSPORT", "SELFIE")
    reason: str | None = None
    final_request_note: str | None = None


class SeedOrganization(Seed):
    """An organization whose owner waits for its verification."""

    name: str
    org_type: str
    country_code: str
    registration_number: str
    legal_name: str


class SeedPerson(Seed):
    """One account and everything it owns; `roles` empty means a role of staff that the settings name."""

    email: str
    full_name: str
    days_ago: int
    roles: tuple[str, ...] = ("sdm",)
    is_email_verified: bool = True
    saved_jobs: tuple[str, ...] = ()
    saved_posts: tuple[str, ...] = ()
    applications: tuple[SeedApplication, ...] = ()
    verification: SeedVerification | None = None
    organization: SeedOrganization | None = None


def _read(name: str) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((Path(__file__).parent / name).read_bytes(), Loader=loader)  # noqa: S506  # both loaders are safe


_jobs, _people = _read("jobs.yaml"), _read("people.yaml")
# City name to (latitude, longitude).
CITIES: dict[str, tuple[float, float]] = {name: tuple(place) for name, place in _jobs["cities"].items()}
JOBS = tuple(SeedJob(position=position, **entry) for position, entry in enumerate(_jobs["jobs"]))
POSTS = tuple(SeedPost(**entry) for entry in _read("posts.yaml"))
DEV_PEOPLE = tuple(SeedPerson(**entry) for entry in _people["dev"])
STAGING_PEOPLE = tuple(SeedPerson(**entry) for entry in _people["staging"])
