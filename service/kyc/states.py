"""In which states is a verification, which moves are there, and what is written down when it moves?

The rules: docs/rules/kyc.md.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import uuid4

from service import db, logs
from service.audit.domain import audit
from service.audit.models import ActorType
from service.auth.principal import Principal, Staff
from service.clock import format_time
from service.errors import ApiError
from service.kyc.models import SESSION_COLUMNS, KycStatus, SessionView

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
    def reviewer(cls, name: str, by: Staff) -> Actor:
        return cls(ActorType.ADMIN, name, by.actor_id)


def trust_of(status: str | None) -> TrustStatus:
    """The candidate's word for a session's state; none is no session. A state without a word of its own is progress."""
    if status is None:
        return TrustStatus.NOT_STARTED
    return TrustStatus.__members__.get(status, TrustStatus.IN_PROGRESS)


def check_move(session: SessionView | None, *targets: KycStatus) -> None:
    """Refuse unless ALLOWED leads from the state of `session` (none: no session yet) to one of `targets`.

    Raises KycSessionNotSubmitted where the candidate still has to hand it in, else KycSessionLocked.
    """
    leads_to = _leads_to(session)
    if leads_to.isdisjoint(targets):
        raise KycSessionNotSubmitted if KycStatus.SUBMITTED in leads_to else KycSessionLocked


def check_open(session: SessionView) -> None:
    """Raise KycSessionLocked for a session that no move leads out of: it is decided."""
    if not _leads_to(session):
        raise KycSessionLocked


def _leads_to(session: SessionView | None) -> frozenset[KycStatus]:
    """Nowhere from a state that this program does not know: a newer one may have written it."""
    return ALLOWED.get(session.status if session else None, frozenset())


async def move(
    session: SessionView | None, to: KycStatus, *, by: Actor, reason: str | None, provider: str = "manual"
) -> SessionView:
    """Bring a locked session to `to`, or begin one of `provider` for the candidate `by` (`session` none); return it.

    Nothing else writes a status. In the caller's transaction: asks `check_move`, writes the status with what belongs to
    it (the time of the first submission; the reviewer and the time of the review), the event and the audit row. The log
    line follows the commit, so a change that is undone leaves none. A second look at the same state is audited and no
    event. Raises what `check_move` raises.
    """
    check_move(session, to)
    if session is None:
        moved = await _begin(by.audit_id, to, provider)
    else:
        assignments, values = "status = $2", [to.value]
        if to is KycStatus.SUBMITTED:
            assignments += ", submitted_at = COALESCE(s.submitted_at, statement_timestamp())"
        if by.type == ActorType.ADMIN:
            assignments += ", reviewed_by = $3, reviewed_at = statement_timestamp()"
            values.append(by.name)
        moved = await change(session.id, assignments, *values)
    if session is None or session.status != to:
        await _record(session, moved, by=by, reason=reason)
    await audit_change(_AUDITED_AS.get(to, "kyc.reviewed"), session, moved, by=by, reason=reason)
    return moved


_AUDITED_AS = {KycStatus.CREATED: "kyc.session_created", KycStatus.SUBMITTED: "kyc.session_submitted"}


async def _begin(user_id: str, status: KycStatus, provider: str) -> SessionView:
    row = await db.fetch_row(
        "INSERT INTO kyc_sessions AS s (id, user_id, status, provider, created_at, updated_at)"
        " SELECT $1, $2, $3, $4, moment, moment FROM (SELECT statement_timestamp() AS moment) t"
        f" RETURNING {SESSION_COLUMNS}",
        uuid4(),
        user_id,
        status.value,
        provider,
    )
    assert row is not None
    return SessionView.from_row(row)


async def change(session_id: str, assignments: str, *arguments: Any) -> SessionView:
    """Write to a locked session: `assignments` is SQL over `$2` and on; the version grows, `updated_at` moves."""
    row = await db.fetch_row(
        f"UPDATE kyc_sessions s SET {assignments}, updated_at = statement_timestamp(), version = s.version + 1"
        f" WHERE s.id = $1 RETURNING {SESSION_COLUMNS}",
        session_id,
        *arguments,
    )
    assert row is not None  # the caller holds the row's lock
    return SessionView.from_row(row)


def with_next_version(session: SessionView) -> SessionView:
    """`session` as it is after its version alone has grown."""
    return dataclasses.replace(session, version=session.version + 1)


async def _record(before: SessionView | None, after: SessionView, *, by: Actor, reason: str | None) -> None:
    """Write the event of a change of status, and leave its log line for after the commit.

    The log has the fixed words of candidates' moves; a reviewer's free text stays in the database.
    """
    from_status = before.status if before else None
    await db.execute(
        "INSERT INTO kyc_status_events (id, kyc_session_id, from_status, to_status, actor_type, actor_id, reason,"
        " created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        uuid4(),
        after.id,
        from_status,
        after.status,
        by.type,
        by.name,
        reason,
        after.updated_at,
    )
    line = {
        "kycSessionId": after.id,
        "fromStatus": from_status,
        "toStatus": after.status,
        "actorType": by.type,
        "actorId": by.audit_id,
        "reason": reason if by.type == ActorType.USER else None,
        "createdAt": format_time(after.updated_at),
    }
    await db.at_commit(_log_after_commit, line)


async def _log_after_commit(lines: list[dict[str, Any]]) -> Callable[[], None]:
    def log() -> None:
        for line in lines:
            logs.log("audit.kyc.status_transition", **line)

    return log


async def audit_change(
    action: str, before: SessionView | None, after: SessionView, *, by: Actor, **detail: Any
) -> None:
    """Leave the audit row of a change of a session, with its state before and after."""
    await audit(
        action,
        actor_type=by.type,
        actor_id=by.audit_id,
        subject_type=SUBJECT,
        subject_id=after.id,
        detail={"before": _snapshot(before) if before else None, "after": _snapshot(after), **detail},
    )


def _snapshot(session: SessionView) -> dict[str, Any]:
    return {
        "status": session.status,
        "version": session.version,
        "reviewedBy": session.reviewed_by,
        "providerRef": session.provider_ref,
        "metadataKeys": sorted(session.provider_metadata)[:50],
    }
