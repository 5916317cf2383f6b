"""What does storage say about callers, sign-ins and failed guesses? The statements that run often or say much."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import asyncpg

from service.auth.devices import Device
from service.auth.hidden import LEAVING, is_held, is_shown
from service.auth.models import User
from service.auth.principal import SUPER_ADMIN, Principal
from service.caching.basis import Basis
from service.caching.queries import CONTENT_COLUMNS, content_version_of
from service.database import db

# --- Callers ----------------------------------------------------------------------------------------------------------

# Triggers keep `role_names` as `user_roles` and `roles` say, so a grant that ends by any statement ends here at once.
USER_COLUMNS = (
    "u.id AS user_id, u.full_name, u.email, u.email_verified_at, u.created_at, u.role_names AS roles, u.suspended_at,"
    " u.second_factor_id"
)
_RECENTLY = "interval '10 minutes'"

_CALLER_SQL = " FROM users u LEFT JOIN session_families f ON f.id = $2 AND f.user_id = u.id WHERE u.id = $1"
_OWN_VERSION = ", (SELECT bit_xor(v.version) FROM user_versions v WHERE v.user_id = u.id) AS own_version"
_COLUMNS = (
    f"SELECT {USER_COLUMNS}, f.id AS family_id, f.ended_at, f.end_reason, f.proved_at IS NOT NULL AS has_proved,"
    f" coalesce(f.proved_at > now() - {_RECENTLY}, false) AS proved_recently"
)
PRINCIPAL_SQL: dict[Basis | None, str] = {
    None: _COLUMNS + _CALLER_SQL,
    Basis.OWN: _COLUMNS + _OWN_VERSION + _CALLER_SQL,
    Basis.CONTENT: _COLUMNS + f"{_OWN_VERSION}, {CONTENT_COLUMNS}" + _CALLER_SQL,
}


@dataclass(frozen=True, slots=True)
class Caller:
    """A token's user as stored now. `end_reason` is none while the sign-in lives, `gone` when its row is not there."""

    principal: Principal
    end_reason: str | None


async def find_caller(user_id: str, family_id: str | None, basis: Basis | None = None) -> Caller | None:
    """The user and the state of the sign-in that a token names; none when the user is gone. One statement.

    With a `basis` the versions of it as well, as of the same moment (see `content_version_of`).
    """
    row = await db.fetch_row(PRINCIPAL_SQL[basis], user_id, family_id)
    if row is None:
        return None
    end_reason = None
    if family_id is not None:
        end_reason = "gone" if row["family_id"] is None else (row["end_reason"] or "ended") if row["ended_at"] else None
    own = None if basis is None else str(row["own_version"])
    content = content_version_of(row) if basis is Basis.CONTENT else None
    principal = _principal(row, family_id, own, content)
    if row["has_proved"]:
        principal = replace(principal, has_proved=True, proved_recently=row["proved_recently"])
    return Caller(principal, end_reason)


async def find_user(user_id: str) -> Principal | None:
    """A user by id, without a sign-in."""
    row = await db.fetch_row(f"SELECT {USER_COLUMNS} FROM users u WHERE u.id = $1", user_id)
    return _principal(row, None) if row else None


def _principal(
    row: asyncpg.Record, family_id: str | None, own_version: str | None = None, content_version: str | None = None
) -> Principal:
    return Principal(
        user_id=str(row["user_id"]),
        full_name=row["full_name"],
        email=row["email"],
        email_verified_at=row["email_verified_at"],
        created_at=row["created_at"],
        roles=tuple(row["roles"]),
        family_id=family_id,
        suspended_at=row["suspended_at"],
        second_factor_id=str(row["second_factor_id"]) if row["second_factor_id"] else None,
        own_version=own_version,
        content_version=content_version,
    )


# --- Roles ------------------------------------------------------------------------------------------------------------


async def grant_roles(user_id: str, codes: Collection[str]) -> list[str]:
    """Give an account the roles of `codes` that are known and that it lacks; returns their codes."""
    if not codes:
        return []
    rows = await db.fetch_all(
        "INSERT INTO user_roles (id, user_id, role_id)"
        " SELECT gen_random_uuid(), $1, id FROM roles WHERE code = ANY($2::text[])"
        " ON CONFLICT (user_id, role_id) DO NOTHING RETURNING (SELECT code FROM roles WHERE id = role_id) AS code",
        user_id,
        list(codes),
    )
    return [row["code"] for row in rows]


async def has_super_admin(*, except_user_id: str | None = None) -> bool:
    """Whether anybody, or anybody else, is a super_admin and stays one: who leaves or is suspended does not count."""
    found: bool = await db.fetch_value(
        "SELECT EXISTS(SELECT 1 FROM user_roles ur JOIN roles r ON r.id = ur.role_id JOIN users u ON u.id = ur.user_id"
        f" WHERE r.code = '{SUPER_ADMIN}' AND ur.user_id IS DISTINCT FROM $1 AND u.suspended_at IS NULL"
        f" AND {is_shown('ur.user_id')})",
        except_user_id,
    )
    return found


# --- Sign-ins ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FreshToken:
    """A refresh token to be stored: `digest` as `token_hash` says, from `now` to `expires_at`."""

    digest: str
    now: datetime
    expires_at: datetime


# The device of a sign-in: its user agent, network and digest.
_DEVICE = "user_agent, network, device_hash"
_NEW_FAMILY = f"INSERT INTO session_families (id, user_id, {_DEVICE})"
_NEW_SESSION = (
    "INSERT INTO sessions (id, user_id, token_hash, expires_at, created_at, family_id, parent_id)"
    " SELECT gen_random_uuid(), user_id, $1, $2, $3"
)


async def find_password(email: str, row_ids: list[str], limits: list[int]) -> asyncpg.Record:
    """`id`, `password_hash`, `language`, `second_factor_id` of the account with this address, since when it is suspended
    (`suspended_at`) and whether it `is_leaving`, none without one.

    One statement. `seconds_to_wait` is what `seconds_until_free` answers for the rows and limits.
    """
    row = await db.fetch_row(
        "SELECT u.id, u.password_hash, u.language, u.suspended_at, u.second_factor_id,"
        f" EXISTS (SELECT FROM hidden_accounts h WHERE h.user_id = u.id AND h.reason = '{LEAVING}') AS is_leaving,"
        f" coalesce(({_seconds_until_free(1, 2)}), 0) AS seconds_to_wait"
        " FROM (SELECT) AS one LEFT JOIN users u ON u.email = $3",
        row_ids,
        limits,
        email,
    )
    assert row is not None  # the row of `one` is always there
    return row


async def prove(family_id: str) -> None:
    """Note that the second factor was proved in a sign-in, by the database's clock, which `find_caller` compares with."""
    await db.execute("UPDATE session_families SET proved_at = now() WHERE id = $1", family_id)


async def lock_password(user_id: str) -> str | None:
    """The password's record of an account, whose row is held until the transaction ends."""
    account = await User.filter(id=user_id).select_for_update(no_key=True).get_or_none()
    return account.password_hash if account else None


async def lock_unchanged(user_id: str, checked: str, factor_id: UUID) -> bool:
    """Whether an account that is not suspended has that password's record and second factor; its row is held then until
    the transaction ends."""
    found = User.filter(id=user_id, password_hash=checked, second_factor_id=factor_id, suspended_at=None)
    return await found.select_for_update(no_key=True).get_or_none() is not None


async def sign_in(
    user_id: str,
    checked: str,
    family_id: UUID,
    token: FreshToken,
    device: Device,
    *,
    forgotten: list[str],
    factor_id: UUID | None,
    is_proved: bool,
) -> tuple[Principal, bool] | None:
    """Begin a sign-in of the account whose record is `checked`, and remove the counts `forgotten`; none when the record
    or the second factor is another one than `factor_id` by now, or the account suspended. One statement; the account's row
    is held until the transaction ends.

    A writer of these is waited for, and then it is the new ones that are compared. `is_proved`: with a code of the factor.
    The second value: whether the account has sign-ins whose devices are known, and none of them was ever seen on this
    `device` and network.
    """
    row = await db.fetch_row(
        f"WITH held AS MATERIALIZED (SELECT {USER_COLUMNS} FROM users u WHERE u.id = $4 AND u.password_hash = $5"
        " AND u.suspended_at IS NULL AND u.second_factor_id IS NOT DISTINCT FROM $11 FOR NO KEY UPDATE OF u),"
        f" family AS (INSERT INTO session_families (id, user_id, {_DEVICE}, proved_at)"
        " SELECT $6, user_id, $8, $9, $10, CASE WHEN $12 THEN now() END FROM held),"
        f" session AS ({_NEW_SESSION}, $6, NULL FROM held),"
        # Behind the account's row, so that everybody takes the two in this order.
        " freed AS (DELETE FROM failed_guesses WHERE id = ANY($7::text[]) AND EXISTS (SELECT 1 FROM held))"
        " SELECT held.*, coalesce(seen.is_new, false) AS is_new_device FROM held CROSS JOIN LATERAL ("
        " SELECT bool_and(f.device_hash <> $10 AND (f.user_agent, f.network) IS DISTINCT FROM ($8, $9)) AS is_new"
        " FROM session_families f WHERE f.user_id = held.user_id AND f.device_hash IS NOT NULL) seen",
        token.digest,
        token.expires_at,
        token.now,
        user_id,
        checked,
        family_id,
        forgotten,
        *_columns_of(device),
        factor_id,
        is_proved,
    )
    return (_principal(row, None), row["is_new_device"]) if row else None


def _columns_of(device: Device) -> tuple[str | None, str | None, str]:
    return device.user_agent, device.network, device.digest


async def insert_sign_in(user_id: str, family_id: UUID, token: FreshToken, device: Device) -> None:
    """Store a new sign-in with its first refresh token. One statement."""
    await db.execute(
        f"WITH family AS ({_NEW_FAMILY} VALUES ($5, $4, $6, $7, $8) RETURNING user_id)"
        f" {_NEW_SESSION}, $5, NULL FROM family",
        token.digest,
        token.expires_at,
        token.now,
        user_id,
        family_id,
        *_columns_of(device),
    )


async def exchange(
    token_hash: str, successor: FreshToken, device: Device, *, key_id: str, new_family_id: UUID, began_after: datetime
) -> tuple[Principal, str] | None:
    """Mark a refresh token as used and store its successor; returns the user and the sign-in's id. One statement.

    None, and nothing is written, unless the token is the current one of a sign-in that lives and is counted from later
    than `began_after`, and its person is not suspended. Of several that come at once one is given it. The sign-in's
    device is written when it is another than before; who holds its row is ending it and is not waited for. A sign-in of
    the replaced server gets a family, `new_family_id`. A used token has `revoked_at` too: to the replaced server it is
    revoked, should that ever serve this database again.
    """
    row = await db.fetch_row(
        "WITH alive AS MATERIALIZED (SELECT s.id, s.user_id, s.family_id FROM sessions s"
        " JOIN users u ON u.id = s.user_id AND u.suspended_at IS NULL"
        " LEFT JOIN session_families f ON f.id = s.family_id WHERE s.token_hash = $4"
        " AND s.rotated_at IS NULL AND s.revoked_at IS NULL AND s.expires_at > $3 AND f.ended_at IS NULL"
        " AND (f.id IS NULL OR f.counted_from > $7) FOR UPDATE OF s),"
        f" family AS ({_NEW_FAMILY} SELECT $6, user_id, $8, $9, $10 FROM alive WHERE family_id IS NULL),"
        " moved AS MATERIALIZED (SELECT f.id FROM session_families f JOIN alive ON alive.family_id = f.id"
        " WHERE f.device_hash IS NULL OR (f.user_agent, f.network) IS DISTINCT FROM ($8, $9)"
        " FOR NO KEY UPDATE OF f SKIP LOCKED),"
        " noted AS (UPDATE session_families f SET user_agent = $8, network = $9,"
        " device_hash = coalesce(f.device_hash, $10) FROM moved WHERE f.id = moved.id),"
        " used AS (UPDATE sessions s SET family_id = coalesce(alive.family_id, $6), rotated_at = $3, revoked_at = $3,"
        " successor_key_id = $5 FROM alive WHERE s.id = alive.id),"
        f" next AS ({_NEW_SESSION}, coalesce(family_id, $6), id FROM alive)"
        f" SELECT {USER_COLUMNS}, coalesce(alive.family_id, $6) AS family_id"
        " FROM alive JOIN users u ON u.id = alive.user_id",
        successor.digest,
        successor.expires_at,
        successor.now,
        token_hash,
        key_id,
        new_family_id,
        began_after,
        *_columns_of(device),
    )
    return (_principal(row, None), str(row["family_id"])) if row else None


async def lock_session(token_hash: str) -> asyncpg.Record | None:
    """The row of a refresh token, held until the transaction ends; when its sign-in ended, from when its days count, and
    who used it last (`ended_at`, `counted_from`, `user_agent`)."""
    return await db.fetch_row(
        "SELECT s.id, s.user_id, s.family_id, s.expires_at, s.revoked_at, s.rotated_at, s.successor_key_id, f.ended_at,"
        " f.counted_from, f.user_agent"
        " FROM sessions s LEFT JOIN session_families f ON f.id = s.family_id WHERE s.token_hash = $1 FOR UPDATE OF s",
        token_hash,
    )


async def lock_session_and_look_ahead(token_hash: str) -> asyncpg.Record | None:
    """`id`, `user_id`, `family_id` of a refresh token, held until the transaction ends; `is_old`: its successor is used."""
    return await db.fetch_row(
        "SELECT s.id, s.user_id, s.family_id, next.rotated_at IS NOT NULL AS is_old"
        " FROM sessions s LEFT JOIN sessions next ON next.parent_id = s.id WHERE s.token_hash = $1 FOR UPDATE OF s",
        token_hash,
    )


async def find_successor(session_id: UUID) -> asyncpg.Record | None:
    """`rotated_at` and `expires_at` of the refresh token that followed another one."""
    return await db.fetch_row("SELECT rotated_at, expires_at FROM sessions WHERE parent_id = $1", session_id)


async def list_sign_ins(
    user_id: str, present: str | None, *, began_after: datetime, at_most: int
) -> list[asyncpg.Record]:
    """`id`, `created_at`, `last_used_at`, `user_agent`, `network`, `is_current` of the sign-ins that live, the one with
    the id `present` first, then by their last use. One statement.

    The newest refresh token of a sign-in is as old as its last use.
    """
    return await db.fetch_all(
        "SELECT f.id, f.created_at, s.created_at AS last_used_at, f.user_agent, f.network,"
        " f.id IS NOT DISTINCT FROM $2::uuid AS is_current"
        " FROM session_families f JOIN sessions s ON s.family_id = f.id AND s.rotated_at IS NULL"
        " WHERE f.user_id = $1 AND (f.id = $2::uuid"
        " OR f.ended_at IS NULL AND f.counted_from > $3 AND s.revoked_at IS NULL AND s.expires_at > now())"
        " ORDER BY is_current DESC, last_used_at DESC, f.id LIMIT $4",
        user_id,
        present,
        began_after,
        at_most,
    )


# --- Failed guesses ---------------------------------------------------------------------------------------------------

_WINDOW = "interval '15 minutes'"
_ENDED = f"started_at <= now() - {_WINDOW}"


def _seconds_until_free(row_ids: int, limits: int) -> str:
    """A SELECT of the seconds; the arguments are the numbers of its parameters."""
    return (
        f"SELECT ceil(extract(epoch FROM max(started_at) + {_WINDOW} - now()))::int"
        f" FROM failed_guesses JOIN unnest(${row_ids}::text[], ${limits}::int[]) AS counts (id, most) USING (id)"
        f" WHERE failures >= most AND NOT {_ENDED}"
    )


async def seconds_until_free(row_ids: list[str], limits: list[int]) -> int:
    """Seconds until none of the rows counts as many failures as its limit in a window that has not ended; 0 for now."""
    seconds: int | None = await db.fetch_value(_seconds_until_free(1, 2), row_ids, limits)
    return seconds or 0


async def add_failure(row_ids: list[str]) -> None:
    """Count one failure in each of the rows; a window that has ended begins anew."""
    await db.execute(
        "INSERT INTO failed_guesses AS g (id, failures, started_at)"
        " SELECT id, 1, now() FROM unnest($1::text[]) AS id ON CONFLICT (id) DO UPDATE SET"
        f" failures = CASE WHEN g.{_ENDED} THEN 1 ELSE g.failures + 1 END,"
        f" started_at = CASE WHEN g.{_ENDED} THEN now() ELSE g.started_at END",
        row_ids,
    )


# Five wrong tries lock a code. The first fifteen of a day cost nothing, then every five double the pause, up to 30 min.
_PAUSE = "make_interval(secs => least(1800, 60 * power(2, least(10, sum(attempt_count) / 5 - 2))))"


async def seconds_until_next_code(email: str, purpose: str) -> int:
    """Seconds until another code may be asked for, by how many wrong ones were tried within a day, whoever tried them; 0
    for now."""
    seconds: int | None = await db.fetch_value(
        f"SELECT ceil(extract(epoch FROM max(created_at) + {_PAUSE} - now()))::int FROM email_verification_challenges"
        " WHERE email = $1 AND purpose = $2 AND created_at > now() - interval '1 day' HAVING sum(attempt_count) >= 15",
        email,
        purpose,
    )
    return max(0, seconds or 0)


async def delete_ended_windows() -> None:
    """Waits for nobody, so it is part of no deadlock."""
    await db.execute(
        f"DELETE FROM failed_guesses WHERE id IN (SELECT id FROM failed_guesses WHERE {_ENDED} FOR UPDATE SKIP LOCKED)"
    )


# --- Cleaning ---------------------------------------------------------------------------------------------------------

# A refresh adds a row of `sessions`, so its newest one tells of the last sign-in or refresh. Documents hang on a
# verification or an application. Whoever has another role than registration gives was appointed by staff.
_UNUSED = (
    "u.email_verified_at IS NULL AND u.bootstrapped_at IS NULL AND u.suspended_at IS NULL"
    " AND greatest(u.created_at, u.unverified_since) < now() - make_interval(days => $1)"
    " AND NOT EXISTS (SELECT FROM user_roles ur JOIN roles r ON r.id = ur.role_id"
    " WHERE ur.user_id = u.id AND r.code <> $2)"
    " AND NOT EXISTS (SELECT FROM sessions s WHERE s.user_id = u.id"
    " AND s.created_at >= now() - make_interval(days => $1))"
    " AND NOT EXISTS (SELECT FROM session_families f WHERE f.user_id = u.id"
    " AND f.created_at >= now() - make_interval(days => $1))"
    " AND NOT EXISTS (SELECT FROM job_applications a WHERE a.user_id = u.id)"
    " AND NOT EXISTS (SELECT FROM job_application_documents d WHERE d.user_id = u.id)"
    " AND NOT EXISTS (SELECT FROM kyc_sessions k WHERE k.user_id = u.id)"
    " AND NOT EXISTS (SELECT FROM user_saved_jobs j WHERE j.user_id = u.id)"
    " AND NOT EXISTS (SELECT FROM user_saved_posts p WHERE p.user_id = u.id)"
    " AND NOT EXISTS (SELECT FROM organizations o WHERE o.owner_user_id = u.id)"
    " AND NOT EXISTS (SELECT FROM hidden_accounts h WHERE h.user_id = u.id)"
    f" AND NOT {is_held('u.id')}"
)


async def lock_unused_accounts(*, days: int, role: str, at_most: int) -> list[UUID]:
    """Accounts that nobody used, their rows held so that nothing can be hung on them; those in use are skipped."""
    rows = await db.fetch_all(
        f"SELECT u.id FROM users u WHERE {_UNUSED} ORDER BY u.created_at LIMIT $3 FOR UPDATE SKIP LOCKED",
        days,
        role,
        at_most,
    )
    return [row["id"] for row in rows]


async def delete_unused_accounts(held: list[UUID], *, days: int, role: str) -> list[UUID]:
    """Remove those of the `held` accounts that are still unused now that nobody can use them."""
    rows = await db.fetch_all(
        f"DELETE FROM users u WHERE u.id = ANY($3::uuid[]) AND {_UNUSED} RETURNING u.id", days, role, held
    )
    return [row["id"] for row in rows]
