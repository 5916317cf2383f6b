"""How does an application move? One act: the table is asked, row and step are written, audited and logged.

The rules: docs/rules/applications.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from tortoise.transactions import in_transaction

from service import db, logs
from service.applications.models import MOVES, ActorType, ApplicationStatus
from service.applications.queries import EVENT_COLUMNS, CaseView, EventView, find_case
from service.applications.texts import words_of_move
from service.audit.domain import audit
from service.auth.principal import Principal, Staff
from service.errors import ApiError
from service.web import format_time, uuid_or_none


class ApplicationNotFound(ApiError):
    status_code, code = 404, "application_not_found"
    message = "This application does not exist."
    message_id = "Lamaran ini tidak ada."


class OfferNotAvailable(ApiError):
    status_code, code = 409, "offer_not_available"
    message = "There is no offer to answer for this application."
    message_id = "Tidak ada penawaran yang dapat dijawab untuk lamaran ini."


class OfferDecisionRequired(ApiError):
    status_code, code = 409, "offer_decision_required"
    message = "The candidate has to answer the offer."
    message_id = "Kandidat harus menjawab penawaran ini."


class InvalidApplicationTransition(ApiError):
    status_code, code = 409, "invalid_application_transition"
    message = "The application cannot be moved to this status."
    message_id = "Lamaran tidak dapat dipindahkan ke status ini."


@dataclass(frozen=True, slots=True)
class Mover:
    """Who moves an application. The step shows `name`; audit rows and the log say `account`."""

    type: ActorType
    name: str
    account: str

    @classmethod
    def candidate(cls, by: Principal) -> Mover:
        return cls(ActorType.USER, by.user_id, by.user_id)

    @classmethod
    def staff(cls, by: Staff, given_name: str | None) -> Mover:
        return cls(ActorType.ADMIN, shown_name(given_name, by), by.actor_id)


def shown_name(given: str | None, by: Staff) -> str:
    """Who a decision names: a signed-in caller's e-mail and nothing else, for the key what is given, else its name."""
    return by.email or given or by.actor_id


async def move(
    application_id: str, to: ApplicationStatus, *, by: Mover, reason: str | None
) -> tuple[CaseView, EventView | None]:
    """Move an application. Returns it and the step that was added, none when staff ask for the status that it has.

    Candidates move only their own. One transaction: locks the row, asks `MOVES`, adds the step and the audit row; the
    log line follows the commit. Raises ApplicationNotFound; for candidates OfferNotAvailable; for staff
    OfferDecisionRequired and InvalidApplicationTransition.
    """
    known = uuid_or_none(application_id)
    if known is None:
        raise ApplicationNotFound
    async with in_transaction():
        current = await db.fetch_value(
            "SELECT status FROM job_applications"
            " WHERE id = $1::uuid AND ($2::uuid IS NULL OR user_id = $2::uuid) FOR UPDATE",
            known,
            by.account if by.type is ActorType.USER else None,
        )
        if current is None:
            raise ApplicationNotFound
        step = await _write(known, current, to, by, reason) if _is_allowed(current, to, by) else None
        case = await find_case(known)
        assert case is not None  # the row is locked
    return case, step


def _is_allowed(current: str, to: ApplicationStatus, by: Mover) -> bool:
    """Whether the table has this move; false only for staff and the status that is there. See `move` for errors."""
    if to in MOVES[by.type].get(current, frozenset()):
        return True
    if by.type is ActorType.USER:
        raise OfferNotAvailable
    if current == to:
        return False
    if to in MOVES[ActorType.USER].get(current, frozenset()):
        raise OfferDecisionRequired
    raise InvalidApplicationTransition


async def _write(known: str, current: str, to: ApplicationStatus, by: Mover, reason: str | None) -> EventView:
    """Set the status of a locked application, and leave the step, the audit row and the log line.

    Row and step carry the same time, which is later than every earlier step's, also when we waited for the lock.
    """
    words = words_of_move(to, reason, actor_type=by.type, name=by.name)
    row = await db.fetch_row(
        "WITH moved AS (UPDATE job_applications SET status = $2,"
        " updated_at = greatest(clock_timestamp(), updated_at + interval '1 microsecond')"
        " WHERE id = $1::uuid RETURNING id, updated_at)"
        " INSERT INTO job_application_journey_events AS e"
        " (id, application_id, status, title, description, created_at, actor_type, actor_id, text_key, typed_text)"
        f" SELECT $3::uuid, moved.id, $2, $4, $5, moved.updated_at, $6, $7, $8, $9 FROM moved RETURNING {EVENT_COLUMNS}",
        known,
        to,
        uuid4(),
        words.title,
        words.description,
        by.type,
        by.name,
        words.key,
        words.typed,
    )
    assert row is not None  # the row is locked
    step = EventView.from_row(row)
    await audit(
        "application.status_changed",
        actor_type=by.type,
        actor_id=by.account,
        subject_type="JOB_APPLICATION",
        subject_id=known,
        detail={"before": {"status": current}, "after": {"status": to.value}, "reason": reason, "name": by.name},
    )
    await db.at_commit(
        _log,
        {
            "applicationId": known,
            "fromStatus": current,
            "toStatus": to.value,
            "actorType": by.type.value,
            "actorId": by.account,
            "createdAt": format_time(step.created_at),
        },
    )
    return step


async def _log(moves: list[dict[str, Any]]) -> Callable[[], None]:
    """Log moves when they are committed; what somebody typed stays in the database."""

    def log() -> None:
        for one in moves:
            logs.log("audit.application.status_transition", **one)

    return log
