"""How does somebody who only has an address ask for a code, and show that the mailbox is theirs?

The rules: docs/rules/auth.md, Codes.
"""

from __future__ import annotations

from dataclasses import dataclass

from tortoise.transactions import in_transaction

from service.auth import codes, queries
from service.auth.codes import Purpose
from service.auth.models import EmailVerificationChallenge, User
from service.base.settings import Settings
from service.http.errors import ApiError, RateLimited
from service.notices.domain import notify
from service.notices.models import NoticeKind

_KINDS = {
    Purpose.PASSWORD_RESET: NoticeKind.PASSWORD_RESET_CODE,
    Purpose.ACCOUNT_DELETION: NoticeKind.ACCOUNT_DELETION_CODE,
}


async def send_code(purpose: Purpose, email: str, settings: Settings, *, language: str) -> str | None:
    """Have a code sent to `email`, whoever it belongs to; none is the answer outside dev. One transaction.

    Nothing here looks whether there is an account, so nothing can tell by what it answers or how long it takes: the
    worker looks. Within the pause after a code that was not used yet nothing new is sent. The more wrong codes were tried
    for the address, the longer is the pause until the next: no number of clients tries more than 300 a day. Returns the
    code where `exposes_reset_codes`. Raises RateLimited.
    """
    async with in_transaction():
        await codes.take_turns(purpose, email)
        challenge = await codes.newest(purpose, email).first()
        if challenge is None or not codes.is_cooling(challenge):
            seconds = await queries.seconds_until_next_code(email, purpose) if settings.rate_limits else 0
            if seconds:
                raise RateLimited(retry_after=seconds)
            challenge = await codes.issue(purpose, email, None, settings)
            challenge_id = str(challenge.id)
            await notify(
                _KINDS[purpose],
                user_id=None,
                cause=challenge_id,
                address=email,
                parameters={"challengeId": challenge_id},
                language=language,
            )
    return codes.code_of(challenge, settings) if settings.exposes_reset_codes else None


@dataclass(frozen=True, slots=True)
class Proof:
    """A right code, its row locked, and the account that it is for."""

    challenge: EmailVerificationChallenge
    account: User


async def judge(purpose: Purpose, email: str, code: str, settings: Settings) -> Proof | ApiError:
    """The proof, or the refusal, returned so that a counted try is committed; in the caller's transaction.

    A code that was asked for before the account was opened is nobody's: it was never sent. An account that is being erased
    is no account any more.
    """
    challenge = await codes.newest(purpose, email).select_for_update().first()
    account = await User.get_or_none(email=email, hidden__erasing_since__isnull=True)
    is_theirs = account is not None and challenge is not None and account.created_at <= challenge.created_at
    refusal = await codes.judge(challenge, code, settings, may_work=is_theirs)
    if refusal is not None or challenge is None or account is None:
        return refusal or codes.VerificationCodeInvalid()
    return Proof(challenge, account)
