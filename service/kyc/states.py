"""In which states is a verification, which moves are there, and what is written down when it moves?

The rules: docs/rules/kyc.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import uuid4

from tortoise.expressions import F
from tortoise.queryset import QuerySet

from service.audit.domain import audit
from service.audit.models import ActorType
from service.auth.principal import Principal, Staff
from service.base import logs
from service.base.clock import format_time
from service.database import db
from service.database.records import insert
from service.http.errors import ApiError
from service.http.web import uuid_or_none
from service.kyc.models import KycSession, KycStatus, KycStatusEvent

SUBJECT = "KYC_SESSION"
ALLOWED: dict[str | None, frozenset[KycStatus]] = {
    None: frozenset({KycStatus.CREATED}),
    KycStatus.CREATED: frozenset({KycStatus.SUBMITTED}),
    KycStatus.SUBMITTED: frozenset({KycStatus.MANUAL_REVIEW, KycStatus.VERIFIED, KycStatus.REJECTED}),
    KycStatus.MANUAL_REVIEW: frozenset({KycStatus.MANUAL_REVIEW, KycStatus.VERIFIED, KycStatus.REJECTED}),
    KycStatus.VERIFIED: frozenset(),
    KycStatus.REJECTED: frozenset(),
}
"""Where each state leads to; none is no session yet. What is not here is refused, and nothing else decides that."""
OWNER_CHANGED = "owner_changed"
"""The account turned out to be another's."""
NAME_CHANGED = "name_changed"
"""The person goes by a name that no reviewer compared with a document."""
REOPENED: dict[str, frozenset[KycStatus]] = {
    OWNER_CHANGED: frozenset({KycStatus.VERIFIED, KycStatus.REJECTED}),
    NAME_CHANGED: frozenset({KycStatus.VERIFIED}),
}
"""Which decided verifications the service itself leads back to MANUAL_REVIEW, and nobody else, for which reason."""
WAITING = (KycStatus.SUBMITTED, KycStatus.MANUAL_REVIEW)
"""The states in which a verification waits for a reviewer. A partial index has them too (migration 015)."""
WAITING_SQL = "({})".format(", ".join(f"'{status}'" for status in WAITING))
DECISIONS = tuple(status for status in KycStatus if any(status in ALLOWED[before] for before in WAITING))
"""What a reviewer may say."""


class TrustStatus(StrEnum):
    """What a candidate is told of the latest verification."""

    NOT_STARTED = "NOT_STARTED"
    IN_PROGRESS = "IN_PROGRESS"
    MANUAL_REVIEW = "MANUAL_REVIEW"
    VERIFIED = "VERIFIED"
    REJECTED = "REJECTED"


class KycSessionNotFound(ApiError):
    status_code, code = 404, "kyc_session_not_found"
    message = "This verification does not exist."
    message_id = "Verifikasi ini tidak ada."


class KycSessionLocked(ApiError):
    status_code, code = 409, "kyc_session_locked"
    message = "This verification is already decided."
    message_id = "Verifikasi ini sudah diputuskan."


class KycSessionIncomplete(ApiError):
    status_code, code = 409, "kyc_session_incomplete"
    message = "Please upload a document first."
    message_id = "Silakan unggah dokumen terlebih dahulu."


class KycSessionNotSubmitted(ApiError):
    status_code, code = 409, "kyc_session_not_submitted"
    message = "This verification has not been submitted yet."
    message_id = "Verifikasi ini belum diajukan."


@dataclass(frozen=True, slots=True)
class Actor:
    """Who moves a verification. `name` is what its history shows; `audit_id` what the audit rows and the log say."""

    type: ActorType
    name: str
    audit_id: str

    @classmethod
    def candidate(cls, by: Principal) -> Actor:
        return cls(ActorType.USER, by.user_id, by.user_id)

    @classmethod
    def service(cls, name: str) -> Actor:
        """The service itself; `name` says which of its rules."""
        return cls(ActorType.SYSTEM, name, name)

    @classmethod
    def reviewer(cls, name: str, by: Staff) -> Actor:
        return cls(ActorType.ADMIN, name, by.actor_id)


def trust_of(status: str | None) -> TrustStatus:
    """The candidate's word for a session's state; none is no session. A state without a word of its own is progress."""
    if status is None:
        return TrustStatus.NOT_STARTED
    return TrustStatus.__members__.get(status, TrustStatus.IN_PROGRESS)


def check_move(session: KycSession | None, *targets: KycStatus) -> None:
    """Refuse unless ALLOWED leads from the state of `session` (none: no session yet) to one of `targets`.

    Raises KycSessionNotSubmitted where the candidate still has to hand it in, else KycSessionLocked.
    """
    leads_to = _leads_to(session)
    if leads_to.isdisjoint(targets):
        raise KycSessionNotSubmitted if KycStatus.SUBMITTED in leads_to else KycSessionLocked


def check_open(session: KycSession) -> None:
    """Raise KycSessionLocked for a session that no move leads out of: it is decided."""
    if is_decided(session):
        raise KycSessionLocked


def is_decided(session: KycSession) -> bool:
    """Whether no move leads out of the session's state: then nothing that anybody says about it is taken any more."""
    return not _leads_to(session)


def _leads_to(session: KycSession | None) -> frozenset[KycStatus]:
    """Nowhere from a state that this program does not know: a newer one may have written it."""
    return ALLOWED.get(session.status if session else None, frozenset())


def sessions_of(user_id: str) -> QuerySet[KycSession]:
    """A person's sessions, the latest first."""
    return KycSession.filter(user_id=user_id).order_by("-created_at", "-id")


async def own_session(session_id: str | None, by: Principal, *, lock: bool = False) -> KycSession:
    """The caller's session with this id, or their latest one without an id. Raises KycSessionNotFound.

    Another person's session, and an id that is no UUID, are unknown ids. `lock`: the row, until the transaction ends.
    """
    found = sessions_of(by.user_id)
    if session_id is not None:
        found = found.filter(id=uuid_or_none(session_id))
    session = await (found.select_for_update() if lock else found).first()
    if session is None:
        raise KycSessionNotFound
    return session


async def lock_session(session_id: str) -> KycSession:
    """Anybody's session, its row locked until the caller's transaction ends. Raises KycSessionNotFound."""
    session = await KycSession.filter(id=uuid_or_none(session_id)).select_for_update().get_or_none()
    if session is None:
        raise KycSessionNotFound
    return session


async def reopen_decided(user_id: str, *, by: Actor, reason: str) -> int:
    """Bring a person's verifications back to a reviewer where REOPENED says so for `reason`; returns how many.

    In the caller's transaction, which has locked the person's row. Locks all of their sessions before it looks at the
    states, so that a decision that is being made counts too.
    """
    sessions = await KycSession.filter(user_id=user_id).order_by("id").select_for_update()
    decided = [session for session in sessions if session.status in REOPENED[reason]]
    for session in decided:
        await move(session, KycStatus.MANUAL_REVIEW, by=by, reason=reason)
    return len(decided)


async def move(
    session: KycSession | None,
    to: KycStatus,
    *,
    by: Actor,
    reason: str | None,
    provider: str = "manual",
    detail: Mapping[str, Any] | None = None,
) -> KycSession:
    """Bring a locked session to `to`, or begin one of `provider` for the candidate `by` (`session` none); return it anew.

    Nothing else writes a status. In the caller's transaction: asks `check_move`, or REOPENED for the service's reason, writes
    the status with what belongs to it (the time of the first submission; the reviewer and the time of the review), the
    event and the audit row. The log line follows the commit, so a change that is undone leaves none. A second look at
    the same state is audited and no event. `detail` is what the audit row says besides. Raises what `check_move` raises.
    """
    if by.type != ActorType.SYSTEM:
        check_move(session, to)
    elif to != KycStatus.MANUAL_REVIEW or session is None or session.status not in REOPENED.get(reason or "", ()):
        raise KycSessionLocked
    if session is None:
        begun = {"id": uuid4(), "user_id": by.audit_id, "status": to.value, "provider": provider}
        moved = await insert(KycSession, **begun, created_at=db.NOW, updated_at=db.NOW)
    else:
        columns: dict[str, Any] = {"status": to.value}
        if to is KycStatus.SUBMITTED:
            columns["submitted_at"] = session.submitted_at or db.NOW
        if by.type == ActorType.ADMIN:
            columns |= {"reviewed_by": by.name, "reviewed_at": db.NOW}
        if by.type == ActorType.SYSTEM:  # from now on it waits, and the reviewer of before answers for nothing
            columns |= {"reviewed_by": None, "reviewed_at": db.NOW}
        await KycSession.filter(id=session.id).update(**columns, updated_at=db.NOW, version=F("version") + 1)
        moved = await KycSession.get(id=session.id)
    is_change = session is None or session.status != to
    event = await _add_event(session, moved, by=by, reason=reason) if is_change else None
    action = "kyc.reopened" if by.type == ActorType.SYSTEM else _AUDITED_AS.get(to, "kyc.reviewed")
    await audit_change(action, session, moved, by=by, reason=reason, **(detail or {}))
    if event is not None:
        await db.at_commit(_log_after_commit, (event, by))
    return moved


_AUDITED_AS = {KycStatus.CREATED: "kyc.session_created", KycStatus.SUBMITTED: "kyc.session_submitted"}


async def _add_event(before: KycSession | None, after: KycSession, *, by: Actor, reason: str | None) -> KycStatusEvent:
    return await KycStatusEvent.create(
        id=uuid4(),
        kyc_session_id=after.id,
        from_status=before.status if before else None,
        to_status=after.status,
        actor_type=by.type.value,
        actor_id=by.name,
        reason=reason,
        created_at=after.updated_at,
    )


async def _log_after_commit(moves: list[tuple[KycStatusEvent, Actor]]) -> Callable[[], None]:
    """The log has the fixed words of candidates' and our own moves; a reviewer's free text stays in the database."""

    def log() -> None:
        for event, by in moves:
            logs.log(
                "audit.kyc.status_transition",
                kycSessionId=str(event.kyc_session_id),
                fromStatus=event.from_status,
                toStatus=event.to_status,
                actorType=by.type,
                actorId=by.audit_id,
                reason=event.reason if by.type != ActorType.ADMIN else None,
                createdAt=format_time(event.created_at),
            )

    return log


async def audit_change(action: str, before: KycSession | None, after: KycSession, *, by: Actor, **detail: Any) -> None:
    """Leave the audit row of a change of a session, with its state before and after."""
    await audit(
        action,
        actor_type=by.type,
        actor_id=by.audit_id,
        subject_type=SUBJECT,
        subject_id=str(after.id),
        detail={"before": _snapshot(before) if before else None, "after": _snapshot(after), **detail},
    )


def _snapshot(session: KycSession) -> dict[str, Any]:
    return {
        "status": session.status,
        "version": session.version,
        "reviewedBy": session.reviewed_by,
        "providerRef": session.provider_ref,
        "metadataKeys": sorted(session.provider_metadata_json)[:50],
    }
