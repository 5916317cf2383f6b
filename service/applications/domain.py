"""What may a candidate do with applications?

The rules: docs/rules/applications.md.
"""

from __future__ import annotations

import dataclasses
from uuid import uuid4

from tortoise.exceptions import IntegrityError

from service import db
from service.applications.models import OFFER_ANSWERS, ActorType, ApplicationStatus, OfferDecision
from service.applications.moves import ApplicationNotFound, Mover, move
from service.applications.queries import (
    ApplicationPage,
    ApplicationView,
    EventView,
    Journey,
    find_application,
    find_application_for_job,
    find_journey,
    list_own_applications,
)
from service.applications.texts import step_for_candidate, words_of_application
from service.auth.principal import Principal
from service.content.jobs.domain import JobNotFound
from service.content.jobs.queries import VISIBLE_SQL
from service.web import Paged, uuid_or_none


async def apply(job_id: str, note: str | None, by: Principal) -> tuple[bool, ApplicationView]:
    """Apply for a visible job. Returns whether the application is new, and the application.

    For ever one application a person and job: later calls change nothing, whatever its status. The row and its first
    step are one statement. Raises JobNotFound, for a hidden job also when the person applied before.
    """
    if "\x00" in job_id:
        raise JobNotFound
    words = words_of_application(note)
    try:
        found = await db.fetch_row(
            f"WITH job AS (SELECT j.id FROM jobs j WHERE j.id = $2 AND {VISIBLE_SQL}),"
            " made AS (INSERT INTO job_applications (id, user_id, job_id, status, note, created_at, updated_at)"
            f" SELECT $3::uuid, $1::uuid, job.id, '{ApplicationStatus.SUBMITTED}', $4, now(), now() FROM job"
            " ON CONFLICT (user_id, job_id) DO NOTHING RETURNING id, created_at),"
            " step AS (INSERT INTO job_application_journey_events"
            " (id, application_id, status, title, description, created_at, actor_type, actor_id, text_key, typed_text)"
            f" SELECT $5::uuid, made.id, '{ApplicationStatus.SUBMITTED}', $6, $7, made.created_at,"
            f" '{ActorType.USER}', $8, $9, $10 FROM made)"
            " SELECT EXISTS(SELECT 1 FROM job) AS visible, EXISTS(SELECT 1 FROM made) AS created",
            by.user_id,
            job_id,
            uuid4(),
            note,
            uuid4(),
            words.title,
            words.description,
            by.user_id,
            words.key,
            words.typed,
        )
    except IntegrityError as error:
        if db.constraint_name(error) == "job_applications_job_id_fkey":  # deleted by staff at this moment
            raise JobNotFound from error
        raise
    application = await find_application_for_job(by.user_id, job_id) if found and found["visible"] else None
    if found is None or application is None:
        raise JobNotFound
    return found["created"], application


async def list_applications(status: ApplicationStatus | None, page: Paged, by: Principal) -> ApplicationPage:
    """One page of the caller's own applications, what moved last first."""
    return await list_own_applications(by.user_id, status=status, offset=page.cursor, limit=page.limit)


async def read_journey(application_id: str, language: str, by: Principal) -> Journey:
    """The caller's own application with all steps, oldest first, in `language` (`id` or `en`).

    Raises ApplicationNotFound.
    """
    known = uuid_or_none(application_id)
    journey = await find_journey(known, user_id=by.user_id) if known else None
    if journey is None:
        raise ApplicationNotFound
    note = journey.application.note
    steps = [step_for_candidate(step, language, note=note) for step in journey.events]
    return dataclasses.replace(journey, events=steps)


async def own_application(application_id: str, by: Principal) -> ApplicationView:
    """The caller's own application. Raises ApplicationNotFound, for a stranger's too."""
    known = uuid_or_none(application_id)
    application = await find_application(known, user_id=by.user_id) if known else None
    if application is None:
        raise ApplicationNotFound
    return application


async def answer_offer(
    application_id: str, decision: OfferDecision, reason: str | None, language: str, by: Principal
) -> tuple[ApplicationView, EventView]:
    """Accept or decline the offer of the caller's own application. Returns the application and the new step.

    Works once: afterwards the application is decided. Raises ApplicationNotFound, OfferNotAvailable.
    """
    case, step = await move(application_id, OFFER_ANSWERS[decision], by=Mover.candidate(by), reason=reason)
    assert step is not None  # every move that a candidate may make is one
    return case.application, step_for_candidate(step, language, note=case.application.note)
