"""How does a person leave, change their mind, or is held back? The worker erases what is due.

The rules: docs/rules/leaving.md.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from tortoise.transactions import in_transaction

from service.audit.domain import audit
from service.auth import asking, guesses
from service.auth.asking import Proof
from service.auth.codes import Purpose, VerificationCodeInvalid, use
from service.auth.hidden import LEAVING, Deletion
from service.auth.models import EndReason, HiddenAccount, Role, User
from service.auth.new_password import InvalidCurrentPassword
from service.auth.passwords import verify_password
from service.auth.principal import SUPER_ADMIN, Principal, Staff
from service.auth.queries import find_user, has_super_admin, lock_password
from service.auth.sessions import end_all_families
from service.auth.verification import UserNotFound
from service.base import metrics
from service.base.clock import utc_now
from service.base.settings import Settings
from service.http.errors import ApiError, InvalidAccessToken, InvalidField, RateLimited
from service.http.web import uuid_or_none
from service.leaving.erasure import TASK_TRIES
from service.leaving.models import AccountHold
from service.notices.domain import notify
from service.notices.models import NoticeKind
from service.tasks.domain import enqueue
from service.tasks.models import TaskKind
from service.users.domain import LastSuperAdmin

# So much before the promised end the worker begins: an object store that is away for a day breaks no promise.
_LEAD = timedelta(days=2)
# Only a password that changes while it is checked asks for another try.
_TRIES = 3


class DeletionNotRequested(ApiError):
    status_code, code = 409, "deletion_not_requested"
    message = "No deletion of this account was asked for."
    message_id = "Tidak ada permintaan penghapusan untuk akun ini."


class AccountOnHold(ApiError):
    status_code, code = 409, "account_on_hold"
    message = "This account is held until a later moment already."
    message_id = "Akun ini sudah ditahan hingga waktu yang lebih lama."


class InvalidUntil(InvalidField):
    code = "invalid_until"
    message = "Please give a moment in the future, at most a year from now."
    message_id = "Silakan isi waktu yang akan datang, paling lama satu tahun dari sekarang."


async def request_deletion(password: str, settings: Settings, *, by: Principal, client: str | None) -> Deletion:
    """Have the caller's account erased after ACCOUNT_DELETION_GRACE_DAYS; asking again changes no date.

    One transaction ends all sign-ins and hides the account from staff's lists; the person is told by mail. Wrong
    passwords are counted. Raises RateLimited, InvalidCurrentPassword, LastSuperAdmin, ServerBusy.
    """
    counts = guesses.of_account("deletion", by.user_id, client, settings)
    if seconds := await guesses.seconds_to_wait(counts):
        raise RateLimited(retry_after=seconds)
    for _ in range(_TRIES):
        account = await User.get_or_none(id=by.user_id)
        checked = account.password_hash if account else None
        matches, _outdated = await verify_password(password, checked)
        if checked is None or not matches:
            break
        deletion = await _request(checked, settings, by)
        if deletion is not None:
            await guesses.forget(counts[:1])
            return deletion
    await guesses.add_failure(counts)
    raise InvalidCurrentPassword


async def send_code(email: str, settings: Settings, *, client: str | None, language: str) -> str | None:
    """Have a code for a deletion sent to `email`, whoever it belongs to; none is the answer outside dev.

    See `asking.send_code`. Asking is counted for the address as it was typed. Raises RateLimited.
    """
    counts = guesses.of_account("deletion_code_request", email, client, settings)
    if seconds := await guesses.seconds_to_wait(counts):
        raise RateLimited(retry_after=seconds)
    await guesses.add_failure(counts)
    return await asking.send_code(Purpose.ACCOUNT_DELETION, email, settings, language=language)


async def request_deletion_by_code(email: str, code: str, settings: Settings, *, client: str | None) -> Deletion:
    """The same as `request_deletion` by a code that was mailed: for people without an app or without the password.

    A refusal looks the same for an address without account; wrong codes are counted. Raises RateLimited,
    VerificationCodeInvalid, VerificationCodeExpired, VerificationCodeLocked, LastSuperAdmin, which leaves the code good.
    """
    counts = guesses.of_account("deletion_code", email, client, settings)
    if seconds := await guesses.seconds_to_wait(counts):
        raise RateLimited(retry_after=seconds)
    async with in_transaction():
        outcome = await _request_by_code(email, code, settings)
    if isinstance(outcome, ApiError):
        await guesses.add_failure(counts)
        raise outcome
    await guesses.forget(counts[:1])
    return outcome


async def _request_by_code(email: str, code: str, settings: Settings) -> Deletion | ApiError:
    """The deletion, or the refusal, returned so that a counted try is committed."""
    proof = await asking.judge(Purpose.ACCOUNT_DELETION, email, code, settings)
    by = await find_user(str(proof.account.id)) if isinstance(proof, Proof) else None
    if isinstance(proof, ApiError) or by is None:
        return proof if isinstance(proof, ApiError) else VerificationCodeInvalid()
    await use(proof.challenge)
    return await _request(None, settings, by) or VerificationCodeInvalid()


async def _request(checked: str | None, settings: Settings, by: Principal) -> Deletion | None:
    """The deletion; none when the password was changed since the record `checked`, where one was given."""
    async with in_transaction():
        # Before the user's row, always: two administrators who leave at once would otherwise both be let go.
        await Role.filter(code=SUPER_ADMIN).select_for_update(no_key=True).get()
        record = await lock_password(by.user_id)
        if record is None or checked not in (None, record):
            return None
        is_admin = await User.exists(id=by.user_id, user_roles__role__code=SUPER_ADMIN)
        if is_admin and not await has_super_admin(except_user_id=by.user_id):
            raise LastSuperAdmin
        hidden = await HiddenAccount.get_or_none(user_id=by.user_id)
        is_new = hidden is None
        if hidden is None:
            now = utc_now()
            grace = timedelta(days=settings.account_deletion_grace_days)
            hidden = await HiddenAccount.create(
                id=uuid4(),
                user_id=by.user_id,
                reason=LEAVING,
                hidden_at=now,
                erase_at=now + grace - min(_LEAD, grace / 2),
                complete_by=now + grace,
            )
        deletion = Deletion.of(hidden)
        ended = await end_all_families(by.user_id, reason=EndReason.DELETION_REQUESTED)
        if is_new:
            await _audit("account.deletion_requested", by, {"signInsEnded": ended})
            await notify(
                NoticeKind.DELETION_REQUESTED,
                user_id=by.user_id,
                cause=str(hidden.id),
                parameters={"date": f"{deletion.complete_by:%Y-%m-%d}"},
            )
            await _enqueue(hidden)
    if is_new:
        metrics.account_deletions.labels("requested").inc()
    return deletion


async def cancel_deletion(*, by: Principal) -> None:
    """Keep the caller's account after all; their sign-in goes on. One transaction.

    Raises DeletionNotRequested, InvalidAccessToken when the worker has begun.
    """
    async with in_transaction():
        await lock_password(by.user_id)
        hidden = await HiddenAccount.get_or_none(user_id=by.user_id, reason=LEAVING)
        if hidden is None:
            raise DeletionNotRequested
        if hidden.erasing_since is not None:  # their sign-ins have ended with it
            raise InvalidAccessToken
        await hidden.delete()
        await _audit("account.deletion_cancelled", by, {})
        await notify(NoticeKind.DELETION_CANCELLED, user_id=by.user_id, cause=str(hidden.id))
    metrics.account_deletions.labels("cancelled").inc()


async def hold(user_id: str, reason: str, until: datetime, *, by: Staff) -> AccountHold:
    """Keep an account from being erased until `until`; what its person is answered stays the same. One transaction.

    A hold can be made longer and not shorter: it ends by itself. Raises InvalidUntil, UserNotFound (also when the worker
    has begun to erase), AccountOnHold.
    """
    now, known = utc_now(), uuid_or_none(user_id)
    if not now < until <= now + timedelta(days=366):
        raise InvalidUntil
    async with in_transaction():
        if known is None or await lock_password(known) is None:
            raise UserNotFound
        if await HiddenAccount.exists(user_id=known, erasing_since__isnull=False):
            raise UserNotFound
        held = await AccountHold.get_or_none(user_id=known)
        if held is not None and held.held_until > max(now, until):
            raise AccountOnHold
        if held is not None:
            await held.delete()
        made = await AccountHold.create(
            id=uuid4(), user_id=known, reason=reason, held_until=until, actor_id=by.actor_id, created_at=now
        )
        await audit(
            "account.held",
            actor_type="ADMIN",
            actor_id=by.actor_id,
            subject_type="USER",
            subject_id=known,
            detail={"reason": reason, "until": until.isoformat()},
        )
    return made


async def _enqueue(hidden: HiddenAccount) -> None:
    assert hidden.erase_at is not None
    await enqueue(
        TaskKind.ERASE_ACCOUNT,
        {"hiddenId": str(hidden.id)},
        delay=max(timedelta(0), hidden.erase_at - utc_now()),
        max_attempts=TASK_TRIES,
    )


async def _audit(action: str, by: Principal, detail: dict[str, object]) -> None:
    await audit(
        action, actor_type="USER", actor_id=by.user_id, subject_type="USER", subject_id=by.user_id, detail=detail
    )
