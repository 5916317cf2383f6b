"""How does somebody prove an e-mail address? Six-digit codes that expire, lock after wrong tries and cool down.

The rules: docs/rules/auth.md.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import ClassVar

from tortoise.transactions import in_transaction

from service.audit.domain import audit
from service.auth import codes
from service.auth.codes import Purpose, VerificationCodeInvalid
from service.auth.models import EmailVerificationChallenge, User
from service.base.clock import utc_now
from service.base.settings import Settings
from service.http.errors import ApiError
from service.notices.domain import notify
from service.notices.models import NoticeKind


class UserNotFound(ApiError):
    status_code, code = 404, "user_not_found"
    message = "There is no account with this address."
    message_id = "Tidak ada akun dengan alamat ini."


class VerificationCodeThrottled(ApiError):
    status_code, code = 429, "verification_code_throttled"
    message = "Please wait {seconds} seconds before asking for another code."
    message_id = "Silakan tunggu {seconds} detik sebelum meminta kode lagi."
    message_minutes = "Please wait {minutes} minutes before asking for another code."
    message_minutes_id = "Silakan tunggu {minutes} menit sebelum meminta kode lagi."
    retry_after = 60


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a candidate learns of a code: its lives in seconds; `development_code` only where settings expose it.

    `already_verified`: nothing was sent, because the address needs no code any more.
    """

    email: str
    expires_in_sec: int
    resend_available_in_sec: int
    development_code: str | None = None
    already_verified: bool = False

    @property
    def required(self) -> bool:
        return not self.already_verified

    @property
    def sent(self) -> bool:
        """Whether a mail was accepted for delivery."""
        return not self.already_verified

    @property
    def verified(self) -> bool:
        return self.already_verified


@dataclass(frozen=True, slots=True)
class Verified:
    """Outcome of a right code, or of any code for an address that is verified already."""

    email: str
    already_verified: bool
    verified: ClassVar[bool] = True


async def issue_code(user_id: str, email: str, settings: Settings, *, language: str) -> Challenge:
    """Store a new code and leave its mail to a worker; takes part in the caller's transaction.

    `language` of the mail where the person's is not known: `id` or `en`.
    """
    challenge = await codes.issue(Purpose.VERIFICATION, email, user_id, settings)
    await notify(
        NoticeKind.VERIFICATION_CODE,
        user_id=user_id,
        cause=str(challenge.id),
        parameters={"challengeId": str(challenge.id)},
        language=language,
    )
    return _shown(challenge, settings)


def _shown(challenge: EmailVerificationChallenge, settings: Settings) -> Challenge:
    return Challenge(
        challenge.email,
        settings.auth_email_verification_code_ttl_sec,
        settings.auth_email_verification_resend_cooldown_sec,
        codes.code_of(challenge, settings) if settings.exposes_codes else None,
    )


async def resend_code(email: str, settings: Settings, *, language: str) -> Challenge:
    """Send another code, which silently ends the one before. One transaction; locks the user's row.

    With AUTH_HIDE_ACCOUNTS nothing here looks whether there is an account: the worker does, before it sends.
    Raises UserNotFound and VerificationCodeThrottled.
    """
    if settings.auth_hide_accounts:
        return await _resend_unseen(email, settings, language)
    async with in_transaction():
        user = await User.filter(email=email).select_for_update().get_or_none()
        if user is None:
            raise UserNotFound
        if user.email_verified_at is not None:
            return Challenge(email, 0, 0, already_verified=True)
        latest = await codes.newest(Purpose.VERIFICATION, email).first()
        if latest is not None and latest.verified_at is None:
            _refuse_too_soon(latest)
        return await issue_code(str(user.id), email, settings, language=language)


async def _resend_unseen(email: str, settings: Settings, language: str) -> Challenge:
    async with in_transaction():
        await codes.take_turns(Purpose.VERIFICATION, email)
        # Only what was asked for here is counted: a code of a registration would tell of the account.
        latest = await codes.newest(Purpose.VERIFICATION, email).filter(user_id__isnull=True).first()
        _refuse_too_soon(latest)
        challenge = await codes.issue(Purpose.VERIFICATION, email, None, settings)
        challenge_id = str(challenge.id)
        await notify(
            NoticeKind.VERIFICATION_CODE,
            user_id=None,
            cause=challenge_id,
            address=email,
            parameters={"challengeId": challenge_id},
            language=language,
        )
    return _shown(challenge, settings)


def _refuse_too_soon(latest: EmailVerificationChallenge | None) -> None:
    if latest is not None and (seconds := (latest.resend_available_at - utc_now()).total_seconds()) > 0:
        raise VerificationCodeThrottled(retry_after=math.ceil(seconds))


async def verify_code(email: str, code: str, settings: Settings) -> Verified:
    """Check a code; the first success verifies the user. One transaction; locks the challenge.

    Raises VerificationCodeInvalid, VerificationCodeExpired, VerificationCodeLocked; a wrong try is counted all the same.
    """
    async with in_transaction():
        outcome = await _check_code(email, code, settings)
    if isinstance(outcome, Verified):
        return outcome
    raise outcome


async def _check_code(email: str, code: str, settings: Settings) -> Verified | ApiError:
    """The outcome; a refusal is returned, not raised, so that a counted try is committed.

    With AUTH_HIDE_ACCOUNTS only the code decides, so that known, unknown and verified addresses look alike; of a code
    that came with a registration nothing is told but that another one is wrong.
    """
    user = await User.get_or_none(email=email)
    hides = settings.auth_hide_accounts
    if user is None and not hides:
        return VerificationCodeInvalid()
    is_verified = user is not None and user.email_verified_at is not None
    if is_verified and not hides:
        return Verified(email, already_verified=True)
    challenge = await codes.newest(Purpose.VERIFICATION, email).select_for_update().first()
    if challenge is not None and challenge.verified_at is not None and not hides:
        return Verified(email, already_verified=True)  # another request was faster with the same code
    is_theirs = user is not None and challenge is not None and user.created_at <= challenge.created_at
    refusal = await codes.judge(challenge, code, settings, may_work=is_theirs)
    if refusal is not None or challenge is None or user is None:
        tells = challenge is not None and (challenge.user_id is None or not hides)
        return refusal if refusal is not None and tells else VerificationCodeInvalid()
    await codes.use(challenge)
    if is_verified:
        return Verified(email, already_verified=True)
    now = utc_now()
    await User.filter(id=user.id, email_verified_at__isnull=True).update(email_verified_at=now, updated_at=now)
    user_id = str(user.id)
    await audit("auth.email_verified", actor_type="USER", actor_id=user_id, subject_type="USER", subject_id=user_id)
    await notify(NoticeKind.ADDRESS_CONFIRMED, user_id=user_id, cause=str(challenge.id))
    return Verified(email, already_verified=False)


def normalise_code(text: str) -> str:
    """The six digits of `text`, all white space removed. Raises ValueError for anything else."""
    digits = re.sub(r"\s+", "", text)
    if not re.fullmatch(r"[0-9]{6}", digits):
        raise ValueError("not six digits")
    return digits
