"""Does somebody hold the second factor of an account? One-time codes of an authenticator app (RFC 6238), recovery codes.

The rules: docs/rules/auth.md, Second factor.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID, uuid4

import pyotp
from tortoise.transactions import in_transaction

from service.audit.domain import audit
from service.auth import guesses, queries
from service.auth.codes import VerificationCodeInvalid
from service.auth.models import EndReason, SecondFactor, User
from service.auth.principal import Principal
from service.auth.roles import permissions_of
from service.auth.sessions import end_all_families
from service.base.clock import utc_now
from service.base.settings import Key, Settings
from service.database import db
from service.database.records import insert
from service.http.errors import ApiError, InsufficientAdminRole, InvalidAccessToken, NotFound, RateLimited
from service.notices.domain import notify
from service.notices.models import NoticeKind

STEP_SECONDS = 30
"""So long one code is shown; the one before and the one after count too, for clocks that differ."""
RECOVERY_CODES = 10
_SECRET_BYTES, _RECOVERY_BYTES = 20, 10
_ISSUER = "Jembatan"


class SecondFactorRequired(ApiError):
    """At sign-in alone, and only to whoever gave the right password."""

    status_code, code = 401, "second_factor_required"
    message = "Please enter the code of your authenticator app too."
    message_id = "Silakan masukkan juga kode dari aplikasi autentikator Anda."


class SecondFactorInvalid(ApiError):
    """At sign-in alone: elsewhere a 401 signs apps out."""

    status_code, code = 401, "second_factor_invalid"
    message = "This code is not right, or it was used already."
    message_id = "Kode ini tidak benar atau sudah digunakan."


class RecentProofRequired(ApiError):
    status_code, code = 403, "recent_proof_required"
    message = "Please enter a new code of your authenticator app for this."
    message_id = "Silakan masukkan kode baru dari aplikasi autentikator Anda untuk melakukan ini."


class SecondFactorMissing(InsufficientAdminRole):
    """The refusal that staff's clients know, with words of its own."""

    message = "You need to sign in with a second factor before you may do this."
    message_id = "Anda perlu masuk dengan faktor kedua sebelum dapat melakukan ini."


class SecondFactorNotBegun(ApiError):
    status_code, code = 409, "second_factor_not_begun"
    message = "There is no second factor to confirm. Please begin again."
    message_id = "Tidak ada faktor kedua yang perlu dikonfirmasi. Silakan mulai lagi."


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A fresh secret, in base32 and as the URI that authenticator apps read; nobody can ask for it again."""

    secret: str
    otpauth_uri: str


# --- Signing in, and proving it again ---------------------------------------------------------------------------------


async def use(user_id: str, factor_id: UUID, otp: str, settings: Settings) -> bool | RateLimited:
    """Use up a code or a recovery code of an account, whose row the caller's transaction holds: so of many at once one
    counts, and no wrong one goes uncounted. False for a wrong one. Refusals are returned, so that the count is committed.
    """
    counts = guesses.of_factor(user_id, settings)
    if seconds := await guesses.seconds_to_wait(counts):
        return RateLimited(retry_after=seconds)
    factor = await SecondFactor.get_or_none(id=factor_id)
    if factor is None or not await _take(factor, otp, settings):
        await guesses.add_failure(counts)
        return False
    await guesses.forget(counts)
    return True


async def require_recent_proof(by: Principal | None, otp: str, settings: Settings) -> None:
    """Let go on whoever has no second factor, proved it in this sign-in within ten minutes, or says a code now.

    `by`: None for the staff key, which has none. `otp`: empty when none was said. A right code counts for the next ten minutes.
    Raises RecentProofRequired, also for a wrong code, and RateLimited.
    """
    if by is None or settings.staff_second_factor == "off" or by.second_factor_id is None or by.proved_recently:
        return
    if not otp:
        raise RecentProofRequired
    async with in_transaction():
        account = await _lock(by.user_id)
        factor_id = account.second_factor_id if account else None
        used = await use(by.user_id, factor_id, otp, settings) if factor_id else False
        if used is True and by.family_id is not None:
            await queries.prove(by.family_id)
    if isinstance(used, RateLimited):
        raise used
    if not used:
        raise RecentProofRequired


def is_missing(by: Principal, settings: Settings) -> bool:
    """Whether staff operations are refused: until this person has a second factor where one is required, and in a sign-in
    that never proved the one that they have, as begun on the previous release or while factors were off."""
    if settings.staff_second_factor == "off":
        return False
    return not by.has_proved if by.second_factor_id is not None else settings.staff_second_factor == "required"


# --- Having one -------------------------------------------------------------------------------------------------------


async def enrol(otp: str, settings: Settings, *, by: Principal) -> Enrolment:
    """Make a secret for one of staff, which counts from `confirm` on; the one before counts until then.

    Another secret that was not confirmed is forgotten. One transaction.
    Raises NotFound where factors are off, InsufficientAdminRole, RecentProofRequired, RateLimited, InvalidAccessToken.
    """
    _refuse_others(by, settings)
    await require_recent_proof(by, otp, settings)
    async with in_transaction():
        account = await _lock(by.user_id)
        if account is None:
            raise InvalidAccessToken
        if _is_other_factor(account, by):
            raise RecentProofRequired
        return (await _begin(account, settings))[1]


async def confirm(otp: str, settings: Settings, *, by: Principal) -> list[str]:
    """Make the secret that was given last count, with a code of it; returns recovery codes, which are shown once.

    Every other sign-in ends, so that all that live have proved it. The owner is told by mail. One transaction; of many
    at once one is answered. Raises NotFound where factors are off, InsufficientAdminRole, SecondFactorNotBegun,
    VerificationCodeInvalid, RateLimited.
    """
    _refuse_others(by, settings)
    async with in_transaction():
        account = await _lock(by.user_id)
        factor = await _begun(account) if account else None
        if account is None or factor is None or _is_other_factor(account, by):
            raise SecondFactorNotBegun
        used = await use(by.user_id, factor.id, otp, settings)
        if used is True:
            codes = await _put_in_force(factor, by.user_id)
            ended = await end_all_families(by.user_id, reason=EndReason.ENDED_BY_OWNER, but=by.family_id)
            if by.family_id is not None:
                await queries.prove(by.family_id)
            await _record("set", by.user_id, "USER", by.user_id, ended)
            return codes
    if isinstance(used, RateLimited):
        raise used
    raise VerificationCodeInvalid


async def disable(otp: str, settings: Settings, *, by: Principal) -> None:
    """Remove the caller's second factor; nothing happens without one. The owner is told by mail. One transaction.

    Raises NotFound where factors are off, InsufficientAdminRole, RecentProofRequired, RateLimited.
    """
    _refuse_others(by, settings)
    await require_recent_proof(by, otp, settings)
    async with in_transaction():
        account = await _lock(by.user_id)
        if account is None:
            return
        if _is_other_factor(account, by):
            raise RecentProofRequired
        if await _remove(account):
            await _record("removed", by.user_id, "USER", by.user_id, 0)


async def remove_from_former_staff(
    account: User, roles: Iterable[str], settings: Settings, *, actor_type: str, actor_id: str | None
) -> None:
    """Remove the second factor of an account whose `roles` grant nothing: apps of candidates have no field for a code, so
    it would shut the person out. The owner is told by mail. In the caller's transaction, which holds the account's row."""
    if not permissions_of(roles, settings.staff_roles) and await _remove(account):
        await _record("removed", str(account.id), actor_type, actor_id, 0)


async def replace_by_operator(user_id: str, settings: Settings, *, actor_id: str) -> tuple[Enrolment, list[str]]:
    """Give an account a new second factor that counts at once, and end its sign-ins: for a lost phone, and to enrol
    somebody whom no sign-in reaches. Returns it and its recovery codes. The owner is told by mail. One transaction."""
    async with in_transaction():
        account = await User.filter(id=user_id).select_for_update(no_key=True).get()
        factor, enrolment = await _begin(account, settings)
        codes = await _put_in_force(factor, user_id)
        ended = await end_all_families(user_id, reason=EndReason.ENDED_BY_STAFF)
        await _record("set", user_id, "SYSTEM", actor_id, ended)
    return enrolment, codes


async def remove_by_operator(user_id: str, *, actor_id: str) -> bool:
    """Remove an account's second factor and end its sign-ins; false, and nothing happens, without one."""
    async with in_transaction():
        account = await User.filter(id=user_id).select_for_update(no_key=True).get()
        if not await _remove(account):
            return False
        ended = await end_all_families(user_id, reason=EndReason.ENDED_BY_STAFF)
        await _record("removed", user_id, "SYSTEM", actor_id, ended)
    return True


def _refuse_others(by: Principal, settings: Settings) -> None:
    if settings.staff_second_factor == "off":
        raise NotFound
    if not permissions_of(by.roles, settings.staff_roles):
        raise InsufficientAdminRole


def _is_other_factor(account: User, by: Principal) -> bool:
    """Whether the locked account got its factor after the caller was let in.

    A body may come long after its headers, so a sign-in that ended with the new factor could otherwise still remove it.
    """
    return account.second_factor_id is not None and str(account.second_factor_id) != by.second_factor_id


async def _lock(user_id: str) -> User | None:
    """The account, its row held as a beginning sign-in holds it: whoever makes, uses or removes a factor takes turns."""
    return await User.filter(id=user_id).select_for_update(no_key=True).get_or_none()


async def _begin(account: User, settings: Settings) -> tuple[SecondFactor, Enrolment]:
    begun = await _begun(account)
    if begun is not None:
        await begun.delete()
    factor_id, key, secret = uuid4(), settings.token_keys[0], secrets.token_bytes(_SECRET_BYTES)
    factor = await insert(
        SecondFactor,
        id=factor_id,
        user_id=account.id,
        key_id=key.id,
        sealed_secret=_seal(secret, key, factor_id).hex(),
        created_at=db.NOW,
    )
    text = base64.b32encode(secret).decode()
    return factor, Enrolment(text, pyotp.TOTP(text).provisioning_uri(name=account.email, issuer_name=_ISSUER))


async def _begun(account: User) -> SecondFactor | None:
    """The factor that waits for its confirmation: beside the one that counts there is no more than one."""
    factors = await SecondFactor.filter(user_id=account.id)
    return next((factor for factor in factors if factor.id != account.second_factor_id), None)


async def _put_in_force(factor: SecondFactor, user_id: str) -> list[str]:
    codes = [base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode().lower() for _ in range(RECOVERY_CODES)]
    await SecondFactor.filter(id=factor.id).update(recovery_json=[_digest(factor.id, code) for code in codes])
    await SecondFactor.filter(user_id=user_id).exclude(id=factor.id).delete()
    await User.filter(id=user_id).update(second_factor_id=factor.id)
    return ["-".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in codes]


async def _remove(account: User) -> bool:
    await SecondFactor.filter(user_id=account.id).delete()
    return account.second_factor_id is not None and bool(await User.filter(id=account.id).update(second_factor_id=None))


async def _record(what: str, user_id: str, actor_type: str, actor_id: str | None, ended: int) -> None:
    await audit(
        f"auth.second_factor_{what}",
        actor_type=actor_type,
        actor_id=actor_id,
        subject_type="USER",
        subject_id=user_id,
        detail={"signInsEnded": ended},
    )
    await notify(NoticeKind.FACTOR_CHANGED, user_id=user_id, cause=str(uuid4()))


# --- Codes ------------------------------------------------------------------------------------------------------------


async def _take(factor: SecondFactor, otp: str, settings: Settings) -> bool:
    """Whether `otp` counts, which it never does again. The caller holds the account's row."""
    text = "".join(otp.split()).replace("-", "").lower()
    digest = _digest(factor.id, text)
    if any(hmac.compare_digest(digest, kept) for kept in factor.recovery_json):
        left = [kept for kept in factor.recovery_json if kept != digest]
        await SecondFactor.filter(id=factor.id).update(recovery_json=left)
        return True
    key = next((key for key in settings.token_keys if key.id == factor.key_id), None)
    if key is None:
        return False
    secret = _seal(bytes.fromhex(factor.sealed_secret), key, factor.id)
    step = step_of(text, secret, int(utc_now().timestamp()))
    if step is None or step <= factor.last_step:
        return False
    newest = settings.token_keys[0]
    # Under the newest key from now on, so that the older one may leave the ring.
    await SecondFactor.filter(id=factor.id).update(
        last_step=step, key_id=newest.id, sealed_secret=_seal(secret, newest, factor.id).hex()
    )
    return True


def step_of(code: str, secret: bytes, now: int) -> int | None:
    """The step of thirty seconds whose code this is, of the present one and its neighbours; None for a wrong code.

    `now` in Unix seconds. Source: RFC 6238 with SHA-1 and six digits, which every authenticator app knows.
    """
    totp = pyotp.TOTP(base64.b32encode(secret).decode())
    present = now // STEP_SECONDS
    given = code.encode("utf-8", "surrogatepass")
    steps = range(max(0, present - 1), present + 2)
    right: Iterable[int] = [step for step in steps if hmac.compare_digest(totp.generate_otp(step).encode(), given)]
    return max(right, default=None)


def _seal(secret: bytes, key: Key, factor_id: UUID) -> bytes:
    """`secret`, or what was sealed, XOR a pad of its own: HMAC-SHA256 of the row's id under a key of the ring.

    So whoever has the database or a copy of it, and no key, has no code. A row's id is never used for another secret.
    """
    # A token's signature is over base64url, which has no colon, so this is no signature of a token.
    pad = hmac.digest(key.secret, f"second-factor:{factor_id}".encode(), "sha256")
    return bytes(a ^ b for a, b in zip(secret, pad, strict=False))


def _digest(factor_id: UUID, code: str) -> str:
    # Eighty random bits: nobody finds them by trying, so the digest needs no key and outlives the ring's.
    return hashlib.sha256(f"recovery-code\n{factor_id}\n{code}".encode("utf-8", "surrogatepass")).hexdigest()
