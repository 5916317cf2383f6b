"""What may a candidate do with applications?

The rules: docs/rules/applications.md.
"""

from __future__ import annotations

from uuid import uuid4

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from service import db
from service.applications.models import ApplicationStatus, OfferDecision
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
from service.audit.models import ActorType
from service.auth.principal import Principal
from service.errors import ApiError
from service.jobs.domain import JobNotFound
from service.jobs.queries import VISIBLE_SQL
from service.web import Paged, uuid_or_none

_SUBMITTED_TITLE = "Application submitted"
_SUBMITTED_DESCRIPTION = "Your application was received."
_OFFER_ANSWERS = {
    OfferDecision.ACCEPT: (ApplicationStatus.HIRED, "Offer accepted", "The candidate accepted the offer."),
    OfferDecision.DECLINE: (ApplicationStatus.REJECTED, "Offer declined", "The candidate declined the offer."),
}


class ApplicationNotFound(ApiError):
    status_code, code = 404, "application_not_found"
    message = "This application does not exist."
    message_id = "Lamaran ini tidak ada."


class OfferNotAvailable(ApiError):
    status_code, code = 409, "offer_not_available"
    message = "There is no offer to answer for this application."
    message_id = "Tidak ada penawaran yang dapat dijawab untuk lamaran ini."


async def apply(job_id: str, note: str | None, by: Principal) -> tuple[bool, ApplicationView]:
    """Apply for a visible job. Returns whether the application is new, and the application.

    For ever one application a person and job: later calls change nothing, whatever its status. The row and its first
    step are one statement. Raises JobNotFound, for a hidden job also when the person applied before.
    """
    if "\x00" in job_id:
        raise JobNotFound
    try:
        found = await db.fetch_row(
            f"WITH job AS (SELECT j.id FROM jobs j WHERE j.id = $2 AND {VISIBLE_SQL}),"
            " made AS (INSERT INTO job_applications (id, user_id, job_id, status, note, created_at, updated_at)"
            f" SELECT $3::uuid, $1::uuid, job.id, '{ApplicationStatus.SUBMITTED}', $4, now(), now() FROM job"
            " ON CONFLICT (user_id, job_id) DO NOTHING RETURNING id, created_at),"
            " step AS (INSERT INTO job_application_journey_events"
            " (id, application_id, status, title, description, created_at, actor_type, actor_id)"
            f" SELECT $5::uuid, made.id, '{ApplicationStatus.SUBMITTED}', $6, $7, made.created_at,"
            f" '{ActorType.USER}', $8 FROM made)"
            " SELECT EXISTS(SELECT 1 FROM job) AS visible, EXISTS(SELECT 1 FROM made) AS created",
            by.user_id,
            job_id,
            uuid4(),
            note,
            uuid4(),
            _SUBMITTED_TITLE,
            note or _SUBMITTED_DESCRIPTION,
            by.user_id,
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


async def read_journey(application_id: str, by: Principal) -> Journey:
    """The caller's own application with all steps, oldest first. Raises ApplicationNotFound."""
    known = uuid_or_none(application_id)
    journey = await find_journey(known, user_id=by.user_id) if known else None
    if journey is None:
        raise ApplicationNotFound
    return journey


async def own_application(application_id: str, by: Principal) -> ApplicationView:
    """The caller's own application. Raises ApplicationNotFound, for a stranger's too."""
    known = uuid_or_none(application_id)
    application = await find_application(known, user_id=by.user_id) if known else None
    if application is None:
        raise ApplicationNotFound
    return application


async def answer_offer(
    application_id: str, decision: OfferDecision, reason: str | None, by: Principal
) -> tuple[ApplicationView, EventView]:
    """Accept or decline the offer of the caller's own application. Returns the application and the new step.

    One transaction; locks the row. Works once: afterwards the application is decided.
    Raises ApplicationNotFound, OfferNotAvailable.
    """
    known = uuid_or_none(application_id)
    if known is None:
        raise ApplicationNotFound
    status, title, description = _OFFER_ANSWERS[decision]
    async with in_transaction():
        current = await db.fetch_value(
            "SELECT status FROM job_applications WHERE id = $1::uuid AND user_id = $2::uuid FOR UPDATE",
            known,
            by.user_id,
        )
        if current is None:
            raise ApplicationNotFound
        if current != ApplicationStatus.OFFERED:
            raise OfferNotAvailable
        event = await move(
            known,
            status,
            title=title,
            description=f"{description} Reason: {reason}" if reason else description,
            actor_type=ActorType.USER,
            actor_id=by.user_id,
        )
        application = await own_application(known, by)
    return application, event


async def move(
    application_id: str,
    status: ApplicationStatus,
    *,
    title: str,
    description: str,
    actor_type: ActorType,
    actor_id: str | None,
) -> EventView:
    """Set the status of an application that the caller's transaction has locked, and return the step it adds.

    Both carry the same time, which is later than every earlier step's, also when this transaction waited for a lock.
    """
    row = await db.fetch_row(
        "WITH moved AS (UPDATE job_applications SET status = $2,"
        " updated_at = greatest(clock_timestamp(), updated_at + interval '1 microsecond')"
        " WHERE id = $1::uuid RETURNING id, updated_at)"
        " INSERT INTO job_application_journey_events"
        " (id, application_id, status, title, description, created_at, actor_type, actor_id)"
        " SELECT $3::uuid, moved.id, $2, $4, $5, moved.updated_at, $6, $7 FROM moved"
        " RETURNING id AS event_id, status AS event_status, title AS event_title, description AS event_description,"
        " actor_type AS event_actor_type, actor_id AS event_actor_id, created_at AS event_created_at",
        application_id,
        status,
        uuid4(),
        title,
        description,
        actor_type,
        actor_id,
    )
    assert row is not None  # the row is locked
    return EventView.from_row(row)
