"""Who works on which verification? Claims of fifteen minutes, so that no two reviewers do the same work.

The rules: docs/rules/kyc.md.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from tortoise.transactions import in_transaction

from service import db
from service.audit.domain import audit
from service.auth.principal import Staff
from service.clock import format_time
from service.errors import ApiError, ServerBusy
from service.kyc import states
from service.kyc.admin_schemas import InvalidReviewedBy
from service.kyc.models import SessionView
from service.kyc.queries import CLAIM_COLUMNS, ClaimView, QueueItem, find_queue_item, lock_session
from service.kyc.states import KycSessionNotFound
from service.web import uuid_or_none

CLAIM_LIFE = timedelta(minutes=15)
MAX_REVIEWER_LENGTH = 128
KEY_ACTOR = "admin_api_key"
_ATTEMPTS = 50


class KycSessionClaimed(ApiError):
    status_code, code = 409, "kyc_session_claimed"
    message = "A colleague is working on this verification."
    message_id = "Rekan Anda sedang menangani verifikasi ini."


class KycClaimNotFound(ApiError):
    status_code, code = 404, "kyc_claim_not_found"
    message = "This claim has ended."
    message_id = "Klaim ini sudah berakhir."


def own_fields(body: dict[str, Any], *, by: Staff) -> dict[str, Any]:
    """`body` without `reviewedBy` for whoever is signed in: their own address counts, whatever else is claimed."""
    return body if by.principal is None else {name: value for name, value in body.items() if name != "reviewedBy"}


def reviewer_name(given: str | None, by: Staff, *, unnamed: str | None) -> str:
    """The name under which staff act: the address of whoever is signed in; with the key what came along, else `unnamed`.

    Raises InvalidReviewedBy when there is none, or the address is longer than MAX_REVIEWER_LENGTH.
    """
    name = by.email or given or unnamed
    if name is None or len(name) > MAX_REVIEWER_LENGTH:
        raise InvalidReviewedBy
    return name


async def claim_session(session_id: str | None, given_name: str | None, *, by: Staff) -> tuple[ClaimView, QueueItem]:
    """Reserve a waiting verification: this one, or the one that waits longest. The own claim is renewed.

    One transaction; locks the session's row. Raises KycSessionNotFound (also when nobody waits), KycSessionLocked,
    KycSessionNotSubmitted, KycSessionClaimed.
    """
    reviewer = reviewer_name(given_name, by, unnamed=KEY_ACTOR)
    if session_id is not None:
        claim = await _claim_one(session_id, reviewer, by)
    else:
        claim = await _claim_next(reviewer, by)
    item = await find_queue_item(claim.session_id)
    if item is None:  # the account was removed a moment ago
        raise KycSessionNotFound
    return claim, item


async def _claim_one(session_id: str, reviewer: str, by: Staff) -> ClaimView:
    known = uuid_or_none(session_id)
    async with in_transaction():
        session = await lock_session(known) if known else None
        if session is None:
            raise KycSessionNotFound
        states.check_move(session, *states.DECISIONS)
        held = await live_claim(session.id)
        if held is not None and not holds(held, reviewer, by):
            raise KycSessionClaimed
        return await _extend(held, by) if held else await _take(session.id, reviewer, by)


async def _claim_next(reviewer: str, by: Staff) -> ClaimView:
    """Each try is a transaction of its own: it holds one row at most, so that reviewers cannot wait in a circle."""
    passed: list[str] = []
    for attempt in range(_ATTEMPTS):
        async with in_transaction():
            # A row that somebody has locked is left to them at first; at last it is waited for, since they may only
            # have added a document.
            is_last_call = attempt % 5 == 4
            found = await db.fetch_value(
                f"SELECT s.id FROM kyc_sessions s WHERE s.status IN {states.WAITING_SQL}"
                " AND NOT s.id = ANY($1::uuid[]) AND NOT EXISTS (SELECT 1 FROM kyc_claims c"
                " WHERE c.kyc_session_id = s.id AND c.expires_at > statement_timestamp())"
                " ORDER BY COALESCE(s.reviewed_at, s.submitted_at, s.created_at), s.id LIMIT 1 FOR UPDATE OF s"
                + ("" if is_last_call else " SKIP LOCKED"),
                passed,
            )
            if found is not None:
                session_id = str(found)
                # A statement of its own, so that it sees a claim that was committed while we reached for the row.
                if await live_claim(session_id) is None:
                    return await _take(session_id, reviewer, by)
                passed.append(session_id)
                continue
        if is_last_call:
            raise KycSessionNotFound
    raise ServerBusy


async def renew_claim(claim_id: str, *, by: Staff) -> ClaimView:
    """Fifteen minutes more from now. One transaction. Raises KycClaimNotFound (also past its end), KycSessionClaimed."""
    async with in_transaction():
        claim = await _own_claim(claim_id, by)
        return await _extend(claim, by)


async def release_claim(claim_id: str, *, by: Staff) -> ClaimView:
    """Give a verification back to the queue at once. One transaction. Raises KycClaimNotFound, KycSessionClaimed."""
    async with in_transaction():
        claim = await _own_claim(claim_id, by)
        await end_claim(claim)
        await _audit("kyc.claim_released", claim, None, by)
    return claim


async def live_claim(session_id: str) -> ClaimView | None:
    """The claim on a session that has not ended, or none. Certain only while the session's row is locked."""
    row = await db.fetch_row(
        f"SELECT {CLAIM_COLUMNS} FROM kyc_claims c WHERE c.kyc_session_id = $1"
        " AND c.expires_at > statement_timestamp()",
        session_id,
    )
    return ClaimView.from_row(row) if row else None


def holds(claim: ClaimView, reviewer: str, by: Staff) -> bool:
    """Whether `claim` is this caller's. With the shared key the name decides, unless the claim was made without one."""
    if claim.actor_id != by.actor_id:
        return False
    return by.principal is not None or claim.reviewer in {reviewer, KEY_ACTOR}


async def end_claim(claim: ClaimView) -> None:
    """Remove a claim, in the caller's transaction."""
    await db.execute("DELETE FROM kyc_claims WHERE id = $1", claim.id)


async def refuse_colleagues(session: SessionView, reviewer: str, by: Staff) -> ClaimView | None:
    """The caller's own claim on a locked session, or none. Raises KycSessionClaimed while it is somebody else's."""
    claim = await live_claim(session.id)
    if claim is not None and not holds(claim, reviewer, by):
        raise KycSessionClaimed
    return claim


async def _take(session_id: str, reviewer: str, by: Staff) -> ClaimView:
    row = await db.fetch_row(
        "INSERT INTO kyc_claims AS c (id, kyc_session_id, actor_id, reviewer, claimed_at, expires_at)"
        " VALUES ($1, $2, $3, $4, statement_timestamp(), statement_timestamp() + $5)"
        " ON CONFLICT (kyc_session_id) DO UPDATE SET id = excluded.id, actor_id = excluded.actor_id,"
        " reviewer = excluded.reviewer, claimed_at = excluded.claimed_at, expires_at = excluded.expires_at"
        f" RETURNING {CLAIM_COLUMNS}",
        uuid4(),
        session_id,
        by.actor_id,
        reviewer,
        CLAIM_LIFE,
    )
    assert row is not None
    claim = ClaimView.from_row(row)
    await _audit("kyc.claimed", None, claim, by)
    return claim


async def _extend(claim: ClaimView, by: Staff) -> ClaimView:
    row = await db.fetch_row(
        f"UPDATE kyc_claims c SET expires_at = statement_timestamp() + $2 WHERE c.id = $1 RETURNING {CLAIM_COLUMNS}",
        claim.id,
        CLAIM_LIFE,
    )
    if row is None:
        raise KycClaimNotFound
    renewed = ClaimView.from_row(row)
    await _audit("kyc.claim_renewed", claim, renewed, by)
    return renewed


async def _own_claim(claim_id: str, by: Staff) -> ClaimView:
    """The caller's live claim; with the shared key that is any claim made with it.

    Its session's row is locked first, as everywhere, so that nobody waits in a circle.
    """
    known = uuid_or_none(claim_id)
    session_id = await db.fetch_value("SELECT kyc_session_id FROM kyc_claims WHERE id = $1", known) if known else None
    session = await lock_session(str(session_id)) if session_id else None
    claim = await live_claim(session.id) if session else None
    if claim is None or claim.id != known:
        raise KycClaimNotFound
    if not holds(claim, claim.reviewer, by):
        raise KycSessionClaimed
    return claim


async def _audit(action: str, before: ClaimView | None, after: ClaimView | None, by: Staff) -> None:
    claim = after or before
    assert claim is not None
    await audit(
        action,
        actor_type="ADMIN",
        actor_id=by.actor_id,
        subject_type=states.SUBJECT,
        subject_id=claim.session_id,
        detail={"claimId": claim.id, "before": _snapshot(before), "after": _snapshot(after)},
    )


def _snapshot(claim: ClaimView | None) -> dict[str, str] | None:
    if claim is None:
        return None
    return {"reviewedBy": claim.reviewer, "expiresAt": format_time(claim.expires_at)}
