"""Who works on which verification? Claims of fifteen minutes, so that no two reviewers do the same work.

The rules: docs/rules/kyc.md.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from tortoise.transactions import in_transaction

from service.audit.domain import audit
from service.auth.hidden import may_see
from service.auth.principal import Staff
from service.base.clock import format_time
from service.database import db
from service.http.errors import ApiError, ServerBusy
from service.http.web import uuid_or_none
from service.kyc import admin_schemas, states
from service.kyc.admin_schemas import InvalidReviewedBy
from service.kyc.links import FileLinks
from service.kyc.models import KycClaim, KycSession
from service.kyc.queries import find_queue_item, lock_longest_waiting, put_claim
from service.kyc.states import KycSessionNotFound
from service.seen.domain import note_seen

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


async def claim_session(
    session_id: str | None, given_name: str | None, *, by: Staff, links: FileLinks
) -> tuple[admin_schemas.KycClaim, admin_schemas.KycQueueItem]:
    """Reserve a waiting verification: this one, or the one that waits longest. The own claim is renewed.

    One transaction; locks the session's row. The links of its documents are on record. Raises KycSessionNotFound (also
    when nobody waits), KycSessionLocked, KycSessionNotSubmitted, KycSessionClaimed.
    """
    reviewer = reviewer_name(given_name, by, unnamed=KEY_ACTOR)
    claiming = _claim_next(reviewer, by, links) if session_id is None else _claim_one(session_id, reviewer, by, links)
    claim = await claiming
    shown = claim[1].session
    await note_seen(by, {shown.id: shown.version})
    return claim


async def _claim_one(
    session_id: str, reviewer: str, by: Staff, links: FileLinks
) -> tuple[admin_schemas.KycClaim, admin_schemas.KycQueueItem]:
    async with in_transaction():
        session = await states.lock_session(session_id)
        if not await may_see(session.user_id, by):
            raise KycSessionNotFound
        states.check_move(session, *states.DECISIONS)
        held = await refuse_colleagues(session, reviewer, by)
        return await _with_item(await _extend(held, by) if held else await _take(session.id, reviewer, by), links)


async def _claim_next(
    reviewer: str, by: Staff, links: FileLinks
) -> tuple[admin_schemas.KycClaim, admin_schemas.KycQueueItem]:
    """Each try is a transaction of its own: it holds one row at most, so that reviewers cannot wait in a circle."""
    passed: list[UUID] = []
    for attempt in range(_ATTEMPTS):
        async with in_transaction():
            # A row that somebody has locked is left to them at first; at last it is waited for, since they may only
            # have added a document.
            is_last_call = attempt % 5 == 4
            session_id = await lock_longest_waiting(passed, skip_locked=not is_last_call)
            if session_id is not None:
                # A statement of its own, so that it sees a claim that was committed while we reached for the row.
                if await live_claim(session_id) is None:
                    return await _with_item(await _take(session_id, reviewer, by), links)
                passed.append(session_id)
                continue
        if is_last_call:
            raise KycSessionNotFound
    raise ServerBusy


async def _with_item(claim: KycClaim, links: FileLinks) -> tuple[admin_schemas.KycClaim, admin_schemas.KycQueueItem]:
    """A claim and what it is on, read in its transaction: whoever hears that the server is busy holds no claim."""
    item = await find_queue_item(claim.kyc_session_id, file_url=links.url_of)
    if item is None:  # the account was removed a moment ago
        raise KycSessionNotFound
    await links.record()
    return admin_schemas.KycClaim.model_validate(claim), item


async def renew_claim(claim_id: str, *, by: Staff) -> KycClaim:
    """Fifteen minutes more from now. One transaction. Raises KycClaimNotFound (also past its end), KycSessionClaimed."""
    async with in_transaction():
        claim = await _own_claim(claim_id, by)
        return await _extend(claim, by)


async def release_claim(claim_id: str, *, by: Staff) -> KycClaim:
    """Give a verification back to the queue at once. One transaction. Raises KycClaimNotFound, KycSessionClaimed."""
    async with in_transaction():
        claim = await _own_claim(claim_id, by)
        await claim.delete()
        await _audit("kyc.claim_released", claim, None, by)
    return claim


async def live_claim(session_id: UUID) -> KycClaim | None:
    """The claim on a session that has not ended, or none. Certain only while the session's row is locked."""
    return await KycClaim.get_or_none(kyc_session_id=session_id, expires_at__gt=db.NOW)


def holds(claim: KycClaim, reviewer: str, by: Staff) -> bool:
    """Whether `claim` is this caller's. With the shared key the name decides, unless the claim was made without one."""
    if claim.actor_id != by.actor_id:
        return False
    return by.principal is not None or claim.reviewer in {reviewer, KEY_ACTOR}


async def refuse_colleagues(session: KycSession, reviewer: str, by: Staff) -> KycClaim | None:
    """The caller's own claim on a locked session, or none. Raises KycSessionClaimed while it is somebody else's."""
    claim = await live_claim(session.id)
    if claim is not None and not holds(claim, reviewer, by):
        raise KycSessionClaimed
    return claim


async def _take(session_id: UUID, reviewer: str, by: Staff) -> KycClaim:
    claim = await put_claim(session_id, by.actor_id, reviewer, CLAIM_LIFE)
    await _audit("kyc.claimed", None, claim, by)
    return claim


async def _extend(claim: KycClaim, by: Staff) -> KycClaim:
    await KycClaim.filter(id=claim.id).update(expires_at=db.NOW + CLAIM_LIFE)
    renewed = await KycClaim.get(id=claim.id)
    await _audit("kyc.claim_renewed", claim, renewed, by)
    return renewed


async def _own_claim(claim_id: str, by: Staff) -> KycClaim:
    """The caller's live claim on what they may see; with the shared key that is any claim made with it.

    Its session's row is locked first, as everywhere, so that nobody waits in a circle.
    """
    known = uuid_or_none(claim_id)
    claim = await KycClaim.get_or_none(id=known) if known else None
    if claim is not None:
        session = await KycSession.filter(id=claim.kyc_session_id).select_for_update().get_or_none()
        is_theirs = session is not None and await may_see(session.user_id, by)
        claim = await live_claim(claim.kyc_session_id) if is_theirs else None
    if claim is None or str(claim.id) != known:
        raise KycClaimNotFound
    if not holds(claim, claim.reviewer, by):
        raise KycSessionClaimed
    return claim


async def _audit(action: str, before: KycClaim | None, after: KycClaim | None, by: Staff) -> None:
    claim = after or before
    assert claim is not None
    await audit(
        action,
        actor_type="ADMIN",
        actor_id=by.actor_id,
        subject_type=states.SUBJECT,
        subject_id=str(claim.kyc_session_id),
        detail={"claimId": str(claim.id), "before": _snapshot(before), "after": _snapshot(after)},
    )


def _snapshot(claim: KycClaim | None) -> dict[str, str] | None:
    if claim is None:
        return None
    return {"reviewedBy": claim.reviewer, "expiresAt": format_time(claim.expires_at)}
