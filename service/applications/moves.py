"""How does an application move? One act: the table is asked, row and step are written, audited and logged.

The rules: docs/rules/applications.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tortoise.transactions import in_transaction

from service.applications import queries
from service.applications.models import MOVES, ApplicationStatus, JobApplication
from service.applications.schemas import AdminApplication, StoredStep
from service.applications.texts import words_of_move
from service.audit.domain import audit
from service.audit.models import ActorType
from service.auth.hidden import may_see
from service.auth.principal import Principal, Staff
from service.base import logs
from service.base.clock import format_time
from service.database import db
from service.http.errors import ApiError
from service.http.web import uuid_or_none


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
    """Who moves an application. The step shows `name`; audit rows and the log say `account`. `caller`: of staff alone."""

    type: ActorType
    name: str
    account: str
    caller: Staff | None = None

    @classmethod
    def candidate(cls, by: Principal) -> Mover:
        return cls(ActorType.USER, by.user_id, by.user_id)

    @classmethod
    def staff(cls, by: Staff, given_name: str | None) -> Mover:
        return cls(ActorType.ADMIN, shown_name(given_name, by), by.actor_id, by)


@dataclass(frozen=True, slots=True)
class Moved:
    """An application after a wish to move it, and the step that this added; none when it had the status already."""

    case: AdminApplication
    step: StoredStep | None


def shown_name(given: str | None, by: Staff) -> str:
    """Who a decision names: a signed-in caller's e-mail and nothing else, for the key what is given, else its name."""
    return by.email or given or by.actor_id


async def move(application_id: str, to: ApplicationStatus, *, by: Mover, reason: str | None) -> Moved:
    """Move an application.

    Candidates move only their own. One transaction: locks the row, asks `MOVES`, adds the step and the audit row; the
    log line follows the commit. Raises ApplicationNotFound; for candidates OfferNotAvailable; for staff
    OfferDecisionRequired and InvalidApplicationTransition.
    """
    known = uuid_or_none(application_id)
    if known is None:
        raise ApplicationNotFound
    of_mover = {"user_id": by.account} if by.type is ActorType.USER else {}
    async with in_transaction():
        application = await JobApplication.filter(id=known, **of_mover).select_for_update().get_or_none()
        if application is None or (by.caller is not None and not await may_see(application.user_id, by.caller)):
            raise ApplicationNotFound
        is_allowed = _is_allowed(application.status, to, by)
        step = await _write(known, application.status, to, by, reason) if is_allowed else None
        case = await queries.find_case(known)
        assert case is not None  # the row is locked
    return Moved(case, step)


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


async def _write(known: str, current: str, to: ApplicationStatus, by: Mover, reason: str | None) -> StoredStep:
    """Set the status of a locked application, and leave the step, the audit row and the log line."""
    words = words_of_move(to, reason, actor_type=by.type, name=by.name)
    step = await queries.move_application(known, to, words, actor_type=by.type, actor_id=by.name)
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
