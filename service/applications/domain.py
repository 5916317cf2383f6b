"""What may a candidate do with applications?

The rules: docs/rules/applications.md.
"""

from __future__ import annotations

from tortoise.exceptions import IntegrityError

from service.applications import queries, schemas
from service.applications.models import OFFER_ANSWERS, JobApplication, OfferDecision
from service.applications.moves import ApplicationNotFound, Mover, move
from service.applications.texts import step_for_candidate, words_of_application
from service.auth.principal import Principal
from service.content.jobs.domain import JobNotFound
from service.database import db
from service.http.web import uuid_or_none
from service.lists.queries import OffsetPage


async def apply(job_id: str, note: str | None, by: Principal) -> schemas.ApplyResponse:
    """Apply for a visible job.

    For ever one application a person and job: later calls change nothing, whatever its status. Raises JobNotFound, for
    a hidden job also when the person applied before.
    """
    if "\x00" in job_id:
        raise JobNotFound
    try:
        applied = await queries.add_application(by.user_id, job_id, note, words_of_application(note))
    except IntegrityError as error:
        if db.constraint_name(error) == "job_applications_job_id_fkey":  # deleted by staff at this moment
            raise JobNotFound from error
        raise
    if applied is None:
        raise JobNotFound
    created, application = applied
    application = application or await queries.find_application_for_job(by.user_id, job_id)
    if application is None:  # and the job was deleted since
        raise JobNotFound
    return schemas.ApplyResponse(created=created, application=application)


async def list_applications(query: schemas.ApplicationsQuery, by: Principal) -> OffsetPage[schemas.Application]:
    """One page of the caller's own applications, most recently changed first."""
    return await queries.list_own_applications(by.user_id, query)


async def read_journey(application_id: str, language: str, by: Principal) -> schemas.ApplicationJourney:
    """The caller's own application with all steps, oldest first, in `language` (`id` or `en`).

    Raises ApplicationNotFound.
    """
    known = uuid_or_none(application_id)
    found = await queries.find_journey(known, user_id=by.user_id) if known else None
    if found is None:
        raise ApplicationNotFound
    steps = [step_for_candidate(step, language, note=found.application.note) for step in found.journey]
    return schemas.ApplicationJourney(application=found.application, journey=steps)


async def own_application(application_id: str, by: Principal) -> str:
    """The id of the caller's own application. Raises ApplicationNotFound, for a stranger's too."""
    known = uuid_or_none(application_id)
    if known is None or not await JobApplication.exists(id=known, user_id=by.user_id):
        raise ApplicationNotFound
    return known


async def answer_offer(
    application_id: str, decision: OfferDecision, reason: str | None, language: str, by: Principal
) -> schemas.OfferAnswered:
    """Accept or decline the offer of the caller's own application. Returns the application and the new step.

    Works once: afterwards the application is decided. Raises ApplicationNotFound, OfferNotAvailable.
    """
    moved = await move(application_id, OFFER_ANSWERS[decision], by=Mover.candidate(by), reason=reason)
    assert moved.step is not None  # every move that a candidate may make is one
    application = moved.case.application
    step = step_for_candidate(moved.step, language, note=application.note)
    return schemas.OfferAnswered(updated=True, decision=decision, application=application, journey_event=step)
