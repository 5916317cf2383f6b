"""Who is the first administrator? The account that BOOTSTRAP_ADMIN_* name, made or promoted when a process starts.

The rules: docs/rules/staff.md.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from tortoise.transactions import in_transaction

from service.audit.domain import audit
from service.auth.accounts import EmailExists, create_account
from service.auth.models import EndReason, User
from service.auth.password_rules import InvalidPassword, check_new_password
from service.auth.passwords import hash_password, verify_password
from service.auth.queries import find_user, grant_roles
from service.auth.sessions import end_all_families
from service.base.clock import utc_now
from service.base.logs import log
from service.base.settings import Settings
from service.database import db

_LOCK = int.from_bytes(b"firstadm", "big", signed=True)
_ATTEMPT_SECONDS = 3.0


class BootstrapRefused(Exception):
    """The account is not ours to make an administrator of, or its password is too common; the text is one word why."""


@dataclass(frozen=True, slots=True)
class Bootstrapped:
    """What a start found or did. `roles` are all the account has now."""

    created: bool
    roles: tuple[str, ...]


class Bootstrap:
    """The start-up administrator of one process: attempted until it succeeds once, and never in the way of serving."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._done = False
        self._running = False
        self._last_failure: str | None = None

    async def attempt(self) -> bool:
        """Make sure of the administrator, unless that is done or just being tried. Returns whether it is done.

        Takes at most 3 s and raises nothing: while the database is unavailable or has no schema yet, a later attempt does it.
        """
        if self._done or self._running:
            return self._done
        if not is_configured(self._settings):
            log("auth.bootstrap_admin.skipped", reason="missing_credentials_env")
            self._done = True
            return True
        self._running = True
        try:
            async with asyncio.timeout(_ATTEMPT_SECONDS):
                result = await ensure_admin(self._settings)
        except BootstrapRefused as refusal:
            # Nothing that this process waits for would change it.
            log("auth.bootstrap_admin.refused", level="error", reason=str(refusal))
            self._done = True
            return True
        except Exception as error:
            if self._last_failure != type(error).__name__:
                self._last_failure = type(error).__name__
                log("auth.bootstrap_admin.delayed", level="warn", errorName=self._last_failure)
            return False
        finally:
            self._running = False
        # Without the address, which is personal; the audit row names the account by its id.
        log("auth.bootstrap_admin.ready", created=result.created, roles=list(result.roles))
        self._done = True
        return True


def is_configured(settings: Settings) -> bool:
    """Whether both the address and the password of the start-up administrator are set."""
    return bool(settings.bootstrap_admin_email and settings.bootstrap_admin_password)


async def ensure_admin(settings: Settings) -> Bootstrapped:
    """Make the account, or promote the one that has the address; known roles are added and none is taken away.

    An account that the bootstrap made is marked and always recognised. Another one, which may be a stranger's who
    registered the address first, is promoted only when its address is verified and it is staff already. An account that
    is there keeps its name, and its password unless BOOTSTRAP_ADMIN_RESET_PASSWORD is set: then the account is taken
    over whosever it was, with the configured password, and where it had another one or no mark its sign-ins end. One
    transaction under an advisory lock, so that replicas that start at once make one account. The address stays
    unverified. Raises BootstrapRefused, ServerBusy, and what `is_unavailable` recognises.
    """
    email = settings.bootstrap_admin_email.lower()
    codes = sorted({code for item in settings.bootstrap_admin_role_codes.lower().split(",") if (code := item.strip())})
    async with in_transaction():
        await db.take_lock(_LOCK)
        account, created = await _find_or_create(email, settings)
        reset = False
        if not created:
            reset = await _take_up(account, settings)
        marked = account.bootstrapped_at is None
        if marked:
            await User.filter(id=account.id).update(bootstrapped_at=utc_now())
        added = await grant_roles(str(account.id), codes)
        user = await find_user(str(account.id))
        assert user is not None  # made or locked above
        if created or reset or added or marked:
            await audit(
                "staff.bootstrap_admin",
                actor_type="SYSTEM",
                actor_id=None,
                subject_type="USER",
                subject_id=user.user_id,
                detail={"created": created, "passwordChanged": reset, "rolesAdded": sorted(added)},
            )
    return Bootstrapped(created, user.roles)


async def _take_up(account: User, settings: Settings) -> bool:
    """Whether an account that is there, its row locked, got the configured password. Raises BootstrapRefused."""
    known = account.bootstrapped_at is not None
    if not settings.bootstrap_admin_reset_password:
        if not known:
            await _refuse_strangers(account, settings)
        return False
    matches, _ = await verify_password(settings.bootstrap_admin_password, account.password_hash)
    if matches and known:
        return False
    await _refuse_common(account.full_name, settings)
    record = await hash_password(settings.bootstrap_admin_password)
    await User.filter(id=account.id).update(password_hash=record, updated_at=utc_now())
    await end_all_families(str(account.id), reason=EndReason.PASSWORD_CHANGE)
    return True


async def _refuse_strangers(account: User, settings: Settings) -> None:
    if account.email_verified_at is None:
        raise BootstrapRefused("unverified")
    user = await find_user(str(account.id))
    if user is None or settings.staff_roles.isdisjoint(user.roles):
        raise BootstrapRefused("not_staff")


async def _refuse_common(full_name: str, settings: Settings) -> None:
    try:
        await check_new_password(
            settings.bootstrap_admin_password, settings, email=settings.bootstrap_admin_email, full_name=full_name
        )
    except InvalidPassword as error:
        raise BootstrapRefused("password") from error


async def _find_or_create(email: str, settings: Settings) -> tuple[User, bool]:
    """The account, locked, and whether it is new. A registration at the same moment is waited for."""
    held = User.filter(email=email).select_for_update(no_key=True)
    account = await held.get_or_none()
    if account is not None:
        return account, False
    name = settings.bootstrap_admin_full_name or "Platform Administrator"
    await _refuse_common(name, settings)
    record = await hash_password(settings.bootstrap_admin_password)
    try:
        async with in_transaction():
            await create_account(name, email, record, [])
        created = True
    except EmailExists:
        created = False
    return await held.get(), created
