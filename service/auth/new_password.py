"""How does somebody get a new password? By a code to their mailbox, or with the password that they have.

The rules: docs/rules/auth.md, Resetting a password and Changing a password.
"""

from __future__ import annotations

from uuid import uuid4

from tortoise.transactions import in_transaction

from service.audit.domain import audit
from service.auth import apart, asking, codes, guesses, queries
from service.auth.asking import Proof
from service.auth.codes import Purpose
from service.auth.hidden import LEAVING
from service.auth.models import EndReason, HiddenAccount, User
from service.auth.password_rules import check_new_password
from service.auth.passwords import hash_password, verify_password
from service.auth.principal import Principal
from service.auth.sessions import end_all_families
from service.base import metrics
from service.base.clock import utc_now
from service.base.settings import Settings
from service.http.errors import ApiError, InvalidField, RateLimited
from service.kyc.states import OWNER_CHANGED, Actor, reopen_decided
from service.notices.domain import notify
from service.notices.models import NoticeKind

# Only a password that changes while it is checked asks for another try.
_TRIES = 3
_RULE = Actor.service("account_reset")


class InvalidCurrentPassword(InvalidField):
    """400, because a 401 signs shipped apps out."""

    code = "invalid_current_password"
    message = "Your current password is not right."
    message_id = "Kata sandi Anda saat ini tidak benar."


async def request_reset(email: str, settings: Settings, *, client: str | None, language: str) -> str | None:
    """Have a code for a new password sent to `email`, whoever it belongs to; none is the answer outside dev.

    See `asking.send_code`. Asking is counted for the address as it was typed. Raises RateLimited.
    """
    counts = guesses.of_account("reset", email, client, settings)
    await _refuse_when_full(counts, "limited")
    await guesses.add_failure(counts)
    code = await asking.send_code(Purpose.PASSWORD_RESET, email, settings, language=language)
    metrics.password_resets.labels("requested").inc()
    return code


async def confirm_reset(
    email: str, code: str, password: str, settings: Settings, *, client: str | None, start_over: bool
) -> None:
    """Set a new password by the code of a reset: whoever reads the mailbox gets the account.

    One transaction ends all sign-ins and the old password and makes the address verified. What is in the account stays,
    unless `start_over`: then it is put aside (`apart.start_over`). Where the address was never verified and nothing is
    put aside, decided verifications go back to a reviewer, and a deletion that was asked for is taken back. The owner is
    told by mail. A refusal looks the same for an
    address without account. Raises RateLimited, VerificationCodeInvalid, VerificationCodeExpired,
    VerificationCodeLocked, then what `check_new_password` raises, and ServerBusy.
    """
    counts = guesses.of_account("code", email, client, settings)
    await _refuse_when_full(counts, "limited")
    async with in_transaction():
        proof = await asking.judge(Purpose.PASSWORD_RESET, email, code, settings)
    if isinstance(proof, ApiError):
        await guesses.add_failure(counts)
        metrics.password_resets.labels("refused").inc()
        raise proof
    await check_new_password(password, settings, email=email, full_name=proof.account.full_name)
    # Outside of a transaction: hashing waits for its turn, and would keep the rows from others meanwhile.
    record = await hash_password(password)
    async with in_transaction():
        proof = await asking.judge(Purpose.PASSWORD_RESET, email, code, settings)
        if isinstance(proof, Proof) and not await _take_over(proof, record, start_over=start_over):
            proof = codes.VerificationCodeInvalid()
    if isinstance(proof, ApiError):  # another request was faster with the same code, or the erasure began
        metrics.password_resets.labels("refused").inc()
        raise proof
    await guesses.forget(counts[:1])
    metrics.password_resets.labels("done").inc()


async def _take_over(proof: Proof, record: str, *, start_over: bool) -> bool:
    """Everything that a confirmed reset does, in the caller's transaction; false, and nothing is done, for an account
    whose erasure has begun or is done."""
    # After the code, before the sign-ins and the verifications: the order of everybody who needs more than one of them.
    account = await User.filter(id=proof.account.id).select_for_update(no_key=True).get_or_none()
    if account is None or await HiddenAccount.exists(user_id=account.id, erasing_since__isnull=False):
        return False
    await codes.use(proof.challenge)
    user_id, now = str(account.id), utc_now()
    was_verified = account.email_verified_at is not None
    ended = await end_all_families(user_id, reason=EndReason.PASSWORD_RESET)
    reopened = 0
    if start_over:
        user_id = await apart.start_over(account, record)
    else:
        await User.filter(id=user_id).update(
            password_hash=record, email_verified_at=account.email_verified_at or now, updated_at=now
        )
        if not was_verified:
            reopened = await reopen_decided(user_id, by=_RULE, reason=OWNER_CHANGED)
            await _keep(user_id)
    await audit(
        "auth.password_reset",
        actor_type="USER",
        actor_id=user_id,
        subject_type="USER",
        subject_id=user_id,
        detail={
            "signInsEnded": ended,
            "startedOver": start_over,
            "wasVerified": was_verified,
            "verificationsReopened": reopened,
        },
    )
    await notify(NoticeKind.PASSWORD_WAS_RESET, user_id=user_id, cause=str(proof.challenge.id))
    return True


async def _keep(user_id: str) -> None:
    """Take back a deletion: whoever asked for it had not proved the mailbox, and may be somebody else."""
    hidden = await HiddenAccount.get_or_none(user_id=user_id, reason=LEAVING, erasing_since__isnull=True)
    if hidden is None:
        return
    await hidden.delete()
    await audit(
        "account.deletion_cancelled",
        actor_type="SYSTEM",
        actor_id=None,
        subject_type="USER",
        subject_id=user_id,
        detail={"by": "password_reset"},
    )
    await notify(NoticeKind.DELETION_CANCELLED, user_id=user_id, cause=str(hidden.id))
    metrics.account_deletions.labels("cancelled").inc()


async def change_password(
    current: str, password: str, settings: Settings, *, by: Principal, client: str | None
) -> None:
    """Set a new password with the current one; every other sign-in of the caller ends. The owner is told by mail.

    A sign-in of the replaced server cannot be told from the others, so it ends with them. Wrong tries are counted.
    Raises RateLimited, InvalidCurrentPassword, then what `check_new_password` raises, and ServerBusy.
    """
    counts = guesses.of_account("change", by.user_id, client, settings)
    await _refuse_when_full(counts, None)
    for _ in range(_TRIES):
        account = await User.get_or_none(id=by.user_id)
        checked = account.password_hash if account else None
        matches, _outdated = await verify_password(current, checked)
        if account is None or checked is None or not matches:
            break
        await check_new_password(password, settings, email=account.email, full_name=account.full_name)
        if await _replace(checked, await hash_password(password), by):
            await guesses.forget(counts[:1])
            return
    await guesses.add_failure(counts)
    raise InvalidCurrentPassword


async def _replace(checked: str, record: str, by: Principal) -> bool:
    """Whether the password was still the one of the record `checked`, and so was replaced."""
    async with in_transaction():
        if await queries.lock_password(by.user_id) != checked:
            return False
        await User.filter(id=by.user_id).update(password_hash=record, updated_at=utc_now())
        ended = await end_all_families(by.user_id, reason=EndReason.PASSWORD_CHANGE, but=by.family_id)
        await audit(
            "auth.password_changed",
            actor_type="USER",
            actor_id=by.user_id,
            subject_type="USER",
            subject_id=by.user_id,
            detail={"signInsEnded": ended},
        )
        await notify(NoticeKind.PASSWORD_CHANGED, user_id=by.user_id, cause=str(uuid4()))
    return True


async def _refuse_when_full(counts: list[guesses.Count], outcome: str | None) -> None:
    if seconds := await guesses.seconds_to_wait(counts):
        if outcome is not None:
            metrics.password_resets.labels(outcome).inc()
        raise RateLimited(retry_after=seconds)
