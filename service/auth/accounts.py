"""How does somebody sign up and sign in?

The rules: docs/rules/auth.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import uuid4

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from service.audit.domain import audit
from service.auth import guesses, queries, sessions, verification
from service.auth.devices import Device, name_of
from service.auth.hidden import pending_deletion
from service.auth.models import User
from service.auth.password_rules import check_new_password
from service.auth.passwords import hash_password, verify_password
from service.auth.principal import Principal
from service.base import metrics
from service.base.clock import utc_now
from service.base.settings import Settings
from service.database import db
from service.database.records import insert
from service.http.errors import ApiError, RateLimited
from service.notices.domain import notify
from service.notices.models import NoticeKind

# Only a password that changes while it is checked asks for another try.
_LOGIN_TRIES = 3


class EmailExists(ApiError):
    status_code, code = 409, "email_exists"
    message = "There is already an account with this address."
    message_id = "Sudah ada akun dengan alamat ini."


class RoleAssignmentFailed(ApiError):
    """The default role is not in the database: a deployment's mistake, so it is not quiet."""

    quiet = False
    status_code, code = 500, "role_assignment_failed"
    message = "The account could not be set up. Please try again later."
    message_id = "Akun tidak dapat disiapkan. Silakan coba lagi nanti."


class InvalidCredentials(ApiError):
    status_code, code = 401, "invalid_credentials"
    message = "The address or the password is not right."
    message_id = "Alamat atau kata sandi tidak benar."


class AccountSuspended(ApiError):
    """Only whoever knows the password learns of it."""

    status_code, code = 403, "account_suspended"
    message = "This account is suspended. Please write to us if you think that this is a mistake."
    message_id = "Akun ini ditangguhkan. Silakan hubungi kami jika menurut Anda ini keliru."


@dataclass(frozen=True, slots=True)
class Registered:
    """A new account: signed in, with its first verification code on the way."""

    user: Principal
    access_token: str
    refresh_token: str
    email_verification: verification.Challenge
    deletion: None = None


async def register(
    full_name: str, email: str, password: str, settings: Settings, *, device: Device, language: str | None
) -> Registered:
    """Make an account with the default role, sign it in and send its first code. One transaction.

    `language`: `id` or `en` when the app names one; mails follow it.
    Raises what `check_new_password` raises, EmailExists, RoleAssignmentFailed, ServerBusy.
    """
    await check_new_password(password, settings, email=email, full_name=full_name)
    if await User.exists(email=email):
        raise EmailExists
    record = await hash_password(password)
    async with in_transaction():
        user = await create_account(full_name, email, record, [settings.auth_default_role_code], language=language)
        session = await sessions.start_family(user, settings, device)
        challenge = await verification.issue_code(user.user_id, email, settings, language=language or "en")
        await audit(
            "auth.registered", actor_type="USER", actor_id=user.user_id, subject_type="USER", subject_id=user.user_id
        )
    return Registered(session.user, session.access_token, session.refresh_token, challenge)


async def create_account(
    full_name: str, email: str, record: str, roles: list[str], *, language: str | None = None
) -> Principal:
    """Store an account with exactly `roles` in the caller's transaction. `record`: its password, from `hash_password`.

    Raises EmailExists, RoleAssignmentFailed; the transaction is of no more use then.
    """
    try:
        user = await insert(
            User,
            id=uuid4(),
            full_name=full_name,
            email=email,
            password_hash=record,
            language=language,
            created_at=db.NOW,
            updated_at=db.NOW,
        )
    except IntegrityError as error:
        if db.constraint_name(error) == "users_email_key":
            raise EmailExists from error
        raise
    await grant(str(user.id), roles)
    return Principal(str(user.id), full_name, email, None, user.created_at, tuple(sorted(roles)), None)


async def grant(user_id: str, roles: list[str]) -> None:
    """Give an account `roles`, of which it has none. Raises RoleAssignmentFailed."""
    if len(await queries.grant_roles(user_id, roles)) != len(roles):
        raise RoleAssignmentFailed


async def login(
    identifier: str,
    password: str,
    settings: Settings,
    *,
    client: str | None,
    device: Device,
    language: str | None = None,
) -> sessions.SignedIn:
    """Sign in with an e-mail address, compared in lower case, and the exact password.

    Every refusal costs two statements and one password check, so that a wrong password, an unknown address and missing
    fields look alike. A record of the replaced server is replaced by ours on success. `client` as `address_of` says.
    `language`: `id` or `en` when the app names one; it is kept when it is another than before.
    Raises RateLimited, InvalidCredentials, AccountSuspended to whoever gave the right password, ServerBusy.
    """
    counts = guesses.of_sign_in(identifier, client, settings)
    ids, limits = [count.id for count in counts], [count.limit for count in counts]
    for _ in range(_LOGIN_TRIES):
        found = await queries.find_password("" if "\x00" in identifier else identifier, ids, limits)
        if found["seconds_to_wait"]:
            metrics.logins.labels("limited").inc()
            raise RateLimited(retry_after=found["seconds_to_wait"])
        checked: str | None = found["password_hash"]
        matches, outdated = await verify_password(password, checked)
        if checked is None or not matches:
            break
        if found["suspended_at"] is not None:
            metrics.logins.labels("suspended").inc()
            raise AccountSuspended
        upgraded = await hash_password(password) if outdated else None
        # Not the client's count: an account of their own would free it.
        session = await _begin(str(found["id"]), checked, upgraded, settings, device, forgotten=ids[:1])
        if session is not None:
            if found["is_leaving"]:
                session = replace(session, deletion=await pending_deletion(session.user.user_id))
            metrics.logins.labels("ok").inc()
            if language is not None and language != found["language"]:
                await User.filter(id=found["id"]).update(language=language)
            return session
    await guesses.add_failure(counts)
    metrics.logins.labels("refused").inc()
    raise InvalidCredentials


async def _begin(
    user_id: str, checked: str, upgraded: str | None, settings: Settings, device: Device, *, forgotten: list[str]
) -> sessions.SignedIn | None:
    """A sign-in for the user whose record `checked` matched; none when the record was changed, or the account suspended,
    meanwhile.

    A changed password ends every sign-in, so none may begin with the old one after it. On a device that the user's other
    sign-ins do not know, the user is told by mail.
    """
    async with in_transaction():
        begun = await sessions.start_with_password(user_id, checked, settings, device, forgotten=forgotten)
        if begun is None:
            return None
        session, is_new_device = begun
        if is_new_device and settings.tells_of_sign_ins:
            # The device is the cause: two sign-ins at once from the same one are told once.
            await notify(
                NoticeKind.NEW_SIGN_IN,
                user_id=user_id,
                cause=device.digest,
                parameters={"device": name_of(device.user_agent) or "-", "at": f"{utc_now():%Y-%m-%d %H:%M}"},
            )
        if upgraded is not None:
            await User.filter(id=user_id).update(password_hash=upgraded)
        await audit("auth.signed_in", actor_type="USER", actor_id=user_id, subject_type="USER", subject_id=user_id)
    return session
