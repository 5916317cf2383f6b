"""Who is the first administrator? The account that BOOTSTRAP_ADMIN_* name, made or promoted when a process starts.

The rules: docs/rules/staff.md.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import uuid4

from tortoise.transactions import in_transaction

from service import db
from service.audit.domain import audit
from service.auth.passwords import hash_password, verify_password
from service.auth.queries import find_user
from service.auth.sessions import end_all_families
from service.logs import log
from service.settings import Settings, utc_now

_LOCK = int.from_bytes(b"firstadm", "big", signed=True)
_ATTEMPT_SECONDS = 3.0


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

        Takes at most 3 s and raises nothing: while the database is away or has no schema yet, a later attempt does it.
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

    An account that is there keeps its name, and its password unless BOOTSTRAP_ADMIN_RESET_PASSWORD is set and it has
    another one; then its sign-ins end. One transaction under an advisory lock, so that replicas that start at once make
    one account. The address stays unverified. Raises ServerBusy, and what `is_unavailable` recognises.
    """
    email = settings.bootstrap_admin_email.lower()
    codes = sorted({code for item in settings.bootstrap_admin_role_codes.lower().split(",") if (code := item.strip())})
    async with in_transaction():
        await db.fetch_value("SELECT pg_advisory_xact_lock($1)", _LOCK)
        user_id, record, created = await _find_or_create(email, settings)
        reset = False
        if not created and settings.bootstrap_admin_reset_password:
            matches, _ = await verify_password(settings.bootstrap_admin_password, record)
            if not matches:
                reset = True
                await db.execute(
                    "UPDATE users SET password_hash = $2, updated_at = $3 WHERE id = $1",
                    user_id,
                    await hash_password(settings.bootstrap_admin_password),
                    utc_now(),
                )
                await end_all_families(user_id, reason="password_change")
        added = await db.fetch_all(
            "INSERT INTO user_roles (id, user_id, role_id)"
            " SELECT gen_random_uuid(), $1, id FROM roles WHERE code = ANY($2::text[])"
            " ON CONFLICT (user_id, role_id) DO NOTHING RETURNING (SELECT code FROM roles WHERE id = role_id) AS code",
            user_id,
            codes,
        )
        user = await find_user(user_id)
        assert user is not None  # made or locked above
        if created or reset or added:
            await audit(
                "staff.bootstrap_admin",
                actor_type="SYSTEM",
                actor_id=None,
                subject_type="USER",
                subject_id=user_id,
                detail={
                    "created": created,
                    "passwordChanged": reset,
                    "rolesAdded": sorted(row["code"] for row in added),
                },
            )
    return Bootstrapped(created, user.roles)


async def _find_or_create(email: str, settings: Settings) -> tuple[str, str, bool]:
    """The account's id, password record and whether it is new. A registration at the same moment is waited for."""
    find = "SELECT id, password_hash FROM users WHERE email = $1 FOR NO KEY UPDATE"
    row = await db.fetch_row(find, email)
    if row is None:
        record = await hash_password(settings.bootstrap_admin_password)
        made = await db.fetch_row(
            "INSERT INTO users (id, full_name, email, password_hash, created_at, updated_at)"
            " VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT (email) DO NOTHING RETURNING id",
            uuid4(),
            settings.bootstrap_admin_full_name or "Platform Administrator",
            email,
            record,
            utc_now(),
        )
        if made is not None:
            return str(made["id"]), record, True
        row = await db.fetch_row(find, email)
        assert row is not None  # the conflict said so, and accounts are not deleted
    return str(row["id"]), row["password_hash"], False
