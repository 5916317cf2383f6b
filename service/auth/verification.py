"""How does somebody prove an e-mail address? Six-digit codes that expire, lock after wrong tries and cool down.

The rules: docs/rules/auth.md.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from uuid import uuid4

from tortoise.queryset import QuerySet
from tortoise.transactions import in_transaction

from service.audit.domain import audit
from service.auth.models import EmailVerificationChallenge, User
from service.base.clock import utc_now
from service.base.settings import Settings
from service.database import db
from service.database.records import insert
from service.http.errors import ApiError, InvalidField
from service.tasks.domain import enqueue
from service.tasks.models import TaskKind


class UserNotFound(ApiError):
    status_code, code = 404, "user_not_found"
    message = "There is no account with this address."
    message_id = "Tidak ada akun dengan alamat ini."


class VerificationCodeInvalid(InvalidField):
    code = "verification_code_invalid"
    message = "This code is not right."
    message_id = "Kode ini tidak benar."


class VerificationCodeExpired(InvalidField):
    code = "verification_code_expired"
    message = "This code has expired. Please ask for a new one."
    message_id = "Kode ini sudah kedaluwarsa. Silakan minta kode baru."


class VerificationCodeLocked(InvalidField):
    code = "verification_code_locked"
    message = "Too many wrong tries. Please ask for a new code."
    message_id = "Terlalu banyak percobaan yang salah. Silakan minta kode baru."


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

    `language` of the mail: `id` or `en`.
    """
    code = settings.auth_email_verification_static_code or f"{secrets.randbelow(1_000_000):06d}"
    now = utc_now()
    ttl, pause = (
        settings.auth_email_verification_code_ttl_sec,
        settings.auth_email_verification_resend_cooldown_sec,
    )
    await insert(
        EmailVerificationChallenge,
        id=uuid4(),
        user_id=user_id,
        email=email,
        code_hash=code_hash(code),
        expires_at=now + timedelta(seconds=ttl),
        resend_available_at=now + timedelta(seconds=pause),
        max_attempts=settings.auth_email_verification_max_attempts,
        created_at=db.NOW,
        updated_at=db.NOW,
    )
    await enqueue(TaskKind.SEND_VERIFICATION_MAIL, {"to": email, "code": code, "language": language, "ttlSeconds": ttl})
    return Challenge(email, ttl, pause, code if settings.exposes_codes else None)


async def resend_code(email: str, settings: Settings, *, language: str) -> Challenge:
    """Send another code, which silently ends the one before. One transaction; locks the user's row.

    Raises UserNotFound and VerificationCodeThrottled.
    """
    async with in_transaction():
        user = await User.filter(email=email).select_for_update().get_or_none()
        if user is None:
            raise UserNotFound
        if user.email_verified_at is not None:
            return Challenge(email, 0, 0, already_verified=True)
        latest = await _latest_challenge(email).first()
        if latest is not None and latest.verified_at is None:
            seconds = (latest.resend_available_at - utc_now()).total_seconds()
            if seconds > 0:
                raise VerificationCodeThrottled(retry_after=math.ceil(seconds))
        return await issue_code(str(user.id), email, settings, language=language)


async def verify_code(email: str, code: str) -> Verified:
    """Check a code; the first success verifies the user. One transaction; locks the challenge.

    Raises VerificationCodeInvalid, VerificationCodeExpired, VerificationCodeLocked; a wrong try is counted all the same.
    """
    async with in_transaction():
        outcome = await _check_code(email, code)
    if isinstance(outcome, Verified):
        return outcome
    raise outcome


async def _check_code(email: str, code: str) -> Verified | ApiError:
    """The outcome; a refusal is returned, not raised, so that a counted try is committed."""
    user = await User.get_or_none(email=email)
    if user is None:
        return VerificationCodeInvalid()
    if user.email_verified_at is not None:
        return Verified(email, already_verified=True)
    challenge = await _latest_challenge(email).select_for_update().first()
    now = utc_now()
    if challenge is None:
        return VerificationCodeInvalid()
    if challenge.verified_at is not None:  # another request was faster with the same code
        return Verified(email, already_verified=True)
    if challenge.expires_at <= now:
        return VerificationCodeExpired()
    if challenge.attempt_count >= challenge.max_attempts:
        return VerificationCodeLocked()
    if not hmac.compare_digest(code_hash(code), challenge.code_hash):
        challenge.attempt_count += 1
        await challenge.save(update_fields=["attempt_count", "updated_at"])
        return (
            VerificationCodeLocked() if challenge.attempt_count >= challenge.max_attempts else VerificationCodeInvalid()
        )
    challenge.verified_at = now
    await challenge.save(update_fields=["verified_at", "updated_at"])
    await User.filter(id=user.id, email_verified_at__isnull=True).update(email_verified_at=now, updated_at=now)
    await audit(
        "auth.email_verified",
        actor_type="USER",
        actor_id=str(user.id),
        subject_type="USER",
        subject_id=str(user.id),
    )
    return Verified(email, already_verified=False)


def _latest_challenge(email: str) -> QuerySet[EmailVerificationChallenge]:
    return EmailVerificationChallenge.filter(email=email).order_by("-created_at", "-id")


def code_hash(code: str) -> str:
    """What the database keeps of a code: lower-case hex SHA-256 of `email-verification:` and the digits."""
    return hashlib.sha256(f"email-verification:{code}".encode()).hexdigest()


def normalise_code(text: str) -> str:
    """The six digits of `text`, all white space removed. Raises ValueError for anything else."""
    digits = re.sub(r"\s+", "", text)
    if not re.fullmatch(r"[0-9]{6}", digits):
        raise ValueError("not six digits")
    return digits
