"""In which states is a verification, who moves it, and what is written down when it moves?

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
from service.auth.principal import Principal, Staff
from service.errors import ApiError
from service.kyc.models import KycStatus
from service.kyc.queries import SESSION_COLUMNS, SessionView, find_own_session
from service.web import format_time, uuid_or_none

SUBJECT = "KYC_SESSION"
DECIDED = frozenset({KycStatus.VERIFIED, KycStatus.REJECTED})
WAITING = frozenset({KycStatus.SUBMITTED, KycStatus.MANUAL_REVIEW})
ALLOWED: dict[KycStatus, frozenset[KycStatus]] = {
    KycStatus.CREATED: frozenset({KycStatus.SUBMITTED}),
    KycStatus.SUBMITTED: frozenset({KycStatus.MANUAL_REVIEW, KycStatus.VERIFIED, KycStatus.REJECTED}),
    KycStatus.MANUAL_REVIEW: frozenset({KycStatus.VERIFIED, KycStatus.REJECTED}),
    KycStatus.VERIFIED: frozenset(),
    KycStatus.REJECTED: frozenset(),
}


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

    type: str
    name: str
    audit_id: str

    @classmethod
    def candidate(cls, by: Principal) -> Actor:
        return cls("USER", by.user_id, by.user_id)

    @classmethod
    def reviewer(cls, name: str, by: Staff) -> Actor:
        return cls("ADMIN", name, by.actor_id)


def trust_of(status: str | None) -> TrustStatus:
    """The candidate's word for a session's state; none is no session."""
    if status is None:
        return TrustStatus.NOT_STARTED
    if status in {KycStatus.CREATED, KycStatus.SUBMITTED}:
        return TrustStatus.IN_PROGRESS
    return TrustStatus(status)


async def own_session(session_id: str | None, by: Principal, *, lock: bool = False) -> SessionView:
    """The caller's session with this id, or their latest one without an id. Raises KycSessionNotFound.

    Another person's session, and an id that is no UUID, are unknown ids. `lock`: the row, until the transaction ends.
    """
    known = uuid_or_none(session_id) if session_id is not None else None
    if session_id is not None and known is None:
        raise KycSessionNotFound
    session = await find_own_session(by.user_id, known, lock=lock)
    if session is None:
        raise KycSessionNotFound
    return session


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


async def record_transition(
    before: SessionView | None, after: SessionView, *, by: Actor, reason: str | None, action: str
) -> Callable[[], None]:
    """Write the event and the audit row of a change of status; returns what logs it, to be called after the commit.

    The log has the fixed words of candidates' transitions; a reviewer's free text stays in the database.
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
    await audit_change(action, before, after, by=by, reason=reason)

    def log() -> None:
        logs.log(
            "audit.kyc.status_transition",
            kycSessionId=after.id,
            fromStatus=from_status,
            toStatus=after.status,
            actorType=by.type,
            actorId=by.audit_id,
            reason=reason if by.type == "USER" else None,
            createdAt=format_time(after.updated_at),
        )

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
