"""How does a mailbox prove itself? Six-digit codes, each for one purpose and one address, that expire and lock.

The rules: docs/rules/auth.md, Codes.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from enum import StrEnum
from uuid import uuid4

from tortoise.queryset import QuerySet

from service.auth.models import EmailVerificationChallenge
from service.base.clock import utc_now
from service.base.settings import Key, Settings
from service.database import db
from service.database.records import insert
from service.http.errors import ApiError, InvalidField


class Purpose(StrEnum):
    """What a code is good for; the values are stored, and are part of each hash."""

    VERIFICATION = "verification"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - a purpose, no secret
    ACCOUNT_DELETION = "account_deletion"


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


REFUSALS = (VerificationCodeInvalid, VerificationCodeExpired, VerificationCodeLocked)


async def issue(purpose: Purpose, email: str, user_id: str | None, settings: Settings) -> EmailVerificationChallenge:
    """Store a new code for `email`, in the caller's transaction; it ends the one before of the same purpose.

    `user_id`: none when nobody looked whether the address has an account. `code_of` tells the code.
    """
    challenge_id, key, now = uuid4(), settings.token_keys[0], utc_now()
    static = settings.auth_email_verification_static_code if purpose is Purpose.VERIFICATION else ""
    code = static or _derived(key, purpose, str(challenge_id), email)
    return await insert(
        EmailVerificationChallenge,
        id=challenge_id,
        user_id=user_id,
        email=email,
        purpose=purpose.value,
        key_id=key.id,
        code_hash=_keyed_hash(key, purpose, email, code),
        expires_at=now + timedelta(seconds=settings.auth_email_verification_code_ttl_sec),
        resend_available_at=now + timedelta(seconds=settings.auth_email_verification_resend_cooldown_sec),
        max_attempts=settings.auth_email_verification_max_attempts,
        created_at=db.NOW,
        updated_at=db.NOW,
    )


def code_of(challenge: EmailVerificationChallenge, settings: Settings) -> str | None:
    """The six digits of a code, made again from its id; none when its key has left the ring since.

    So no table and no task has to hold a code until its mail is sent.
    """
    key = _key_of(challenge, settings)
    if key is None:
        return None
    purpose = Purpose(challenge.purpose)
    candidates = [_derived(key, purpose, str(challenge.id), challenge.email)]
    if purpose is Purpose.VERIFICATION:
        candidates.append(settings.auth_email_verification_static_code)
    hashes = ((code, _keyed_hash(key, purpose, challenge.email, code)) for code in candidates)
    return next((code for code, found in hashes if hmac.compare_digest(found, challenge.code_hash)), None)


def newest(purpose: Purpose, email: str) -> QuerySet[EmailVerificationChallenge]:
    """The codes of an address for one purpose, the newest first: the one that counts."""
    return EmailVerificationChallenge.filter(email=email, purpose=purpose.value).order_by("-created_at", "-id")


def is_cooling(challenge: EmailVerificationChallenge) -> bool:
    """Whether a code still works and was sent so recently that no other one is due."""
    now = utc_now()
    return challenge.verified_at is None and now < min(challenge.resend_available_at, challenge.expires_at)


async def judge(
    challenge: EmailVerificationChallenge | None, code: str, settings: Settings, *, may_work: bool = True
) -> ApiError | None:
    """What is wrong with `code` for a locked challenge, or none; a wrong try is counted in the caller's transaction.

    Returned and not raised, so that the count is committed. `may_work`: false where the code belongs to nobody; then
    the right one is counted as wrong. Used codes are refused, so a replay fails. The order is the contract's.
    """
    if challenge is None or challenge.verified_at is not None:
        return VerificationCodeInvalid()
    if challenge.expires_at <= utc_now():
        return VerificationCodeExpired()
    if challenge.attempt_count >= challenge.max_attempts:
        return VerificationCodeLocked()
    if _matches(challenge, code, settings) and may_work:
        return None
    challenge.attempt_count += 1
    await challenge.save(update_fields=["attempt_count", "updated_at"])
    return VerificationCodeLocked() if challenge.attempt_count >= challenge.max_attempts else VerificationCodeInvalid()


async def use(challenge: EmailVerificationChallenge) -> None:
    """Mark a code as used; it never counts again."""
    challenge.verified_at = utc_now()
    await challenge.save(update_fields=["verified_at", "updated_at"])


async def take_turns(purpose: Purpose, email: str) -> None:
    """Wait for whoever else asks for a code of this purpose and address, until the caller's transaction ends."""
    digest = hashlib.sha256(f"{purpose}\n{email}".encode("utf-8", "surrogatepass")).digest()
    await db.take_lock(int.from_bytes(digest[:8], "big", signed=True))


def _matches(challenge: EmailVerificationChallenge, code: str, settings: Settings) -> bool:
    if challenge.key_id is None:
        return hmac.compare_digest(unkeyed_hash(code), challenge.code_hash)
    key = _key_of(challenge, settings)
    if key is None:
        return False
    return hmac.compare_digest(_keyed_hash(key, Purpose(challenge.purpose), challenge.email, code), challenge.code_hash)


def _key_of(challenge: EmailVerificationChallenge, settings: Settings) -> Key | None:
    return next((key for key in settings.token_keys if key.id == challenge.key_id), None)


# A token's signature is over base64url, which has neither colon nor line end, so no text of ours here is one of a token.
def _derived(key: Key, purpose: Purpose, challenge_id: str, email: str) -> str:
    text = f"mailed-code:{purpose}\n{challenge_id}\n{email}"
    return f"{int.from_bytes(_mac(key, text)[:8], 'big') % 1_000_000:06d}"


def _keyed_hash(key: Key, purpose: Purpose, email: str, code: str) -> str:
    return _mac(key, f"mailed-code-hash:{purpose}\n{email}\n{code}").hex()


def _mac(key: Key, text: str) -> bytes:
    return hmac.digest(key.secret, text.encode("utf-8", "surrogatepass"), "sha256")


def unkeyed_hash(code: str) -> str:
    """What the release before keeps of a code: its rows still verify until they expire, also beside this release."""
    return hashlib.sha256(f"email-verification:{code}".encode()).hexdigest()
