"""Which rows say who has an account, what they may do and which refresh tokens are alive?

Indexes, checks and database defaults are written in `migrations/models/`, in SQL; models name columns only.
"""

from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from service.database.db import TextKey


class User(Model):
    """An account. The e-mail address is stored trimmed and in lower case."""

    id = fields.UUIDField(primary_key=True)
    full_name = fields.TextField()
    email = TextKey(unique=True)
    password_hash = fields.TextField()
    created_at = fields.DatetimeField(auto_now_add=True)
    avatar_url = fields.TextField(null=True)
    updated_at = fields.DatetimeField(auto_now=True)
    email_verified_at = fields.DatetimeField(null=True, description="Set once, never cleared.")
    language = fields.TextField(null=True, description="`id` or `en`, as the person's app said last; mails follow it.")
    bootstrapped_at = fields.DatetimeField(
        null=True, description="When BOOTSTRAP_ADMIN_* took the account into service."
    )
    unverified_since = fields.DatetimeField(
        auto_now_add=True, description="From when the days without a verified address count: AUTH_UNVERIFIED_DAYS."
    )
    suspended_at = fields.DatetimeField(null=True, description="Since when staff let its person in no more.")

    class Meta:
        table = "users"


class EndReason(StrEnum):
    """Why a sign-in ended. Every one but logout ends its access tokens whatever AUTH_LOGOUT_ENDS_ACCESS says."""

    LOGOUT = "logout"
    REUSE = "reuse"
    PASSWORD_CHANGE = "password_change"  # noqa: S105 - a reason, no secret
    PASSWORD_RESET = "password_reset"  # noqa: S105 - a reason, no secret
    ENDED_BY_OWNER = "ended_by_owner"
    DELETION_REQUESTED = "deletion_requested"
    ERASED = "erased"
    SUSPENDED = "suspended"
    ENDED_BY_STAFF = "ended_by_staff"


class SessionFamily(Model):
    """One sign-in and all refresh tokens that came from it. Access tokens carry its id as `sid`."""

    id = fields.UUIDField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="session_families", on_delete=fields.OnDelete.CASCADE
    )
    created_at = fields.DatetimeField(auto_now_add=True)
    ended_at = fields.DatetimeField(null=True)
    end_reason = fields.TextField(null=True)
    user_agent = fields.TextField(null=True, description="As sent at the last sign-in or refresh that changed it.")
    network = fields.TextField(null=True, description="IPv4 /24 or IPv6 /48, of the same moment.")
    device_hash = fields.TextField(
        null=True, description="The first device and network that were seen: `Device.digest`."
    )
    counted_from = fields.DatetimeField(auto_now_add=True, description="From when AUTH_SESSION_MAX_DAYS count.")

    class Meta:
        table = "session_families"


class Session(Model):
    """One refresh token. Rows of the old server have no family and no parent."""

    id = fields.UUIDField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="sessions", on_delete=fields.OnDelete.CASCADE
    )
    token_hash = TextKey(unique=True, description="Lower hex SHA-256 of the refresh token.")
    expires_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    family: fields.ForeignKeyNullableRelation[SessionFamily] = fields.ForeignKeyField(
        "models.SessionFamily", related_name="sessions", null=True, on_delete=fields.OnDelete.CASCADE
    )
    parent: fields.OneToOneNullableRelation["Session"] = fields.OneToOneField(
        "models.Session", related_name="successor", null=True, on_delete=fields.OnDelete.SET_NULL
    )
    rotated_at = fields.DatetimeField(null=True, description="When the successor was made.")
    successor_key_id = fields.TextField(null=True, description="The key under which the successor was derived.")

    class Meta:
        table = "sessions"


class Role(Model):
    """What a person may do; the codes are a fixed set, inserted by a migration."""

    id = fields.UUIDField(primary_key=True)
    code = TextKey(unique=True)
    description = fields.TextField()
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "roles"


class UserRole(Model):
    """A role that an account has."""

    id = fields.UUIDField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="user_roles", on_delete=fields.OnDelete.CASCADE
    )
    role: fields.ForeignKeyRelation[Role] = fields.ForeignKeyField(
        "models.Role", related_name="user_roles", on_delete=fields.OnDelete.CASCADE
    )
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "user_roles"
        unique_together = (("user", "role"),)


class FailedGuesses(Model):
    """How often somebody guessed wrong in the fifteen minutes from `started_at` on; no row says who."""

    id = TextKey(primary_key=True, description="Lower hex HMAC-SHA256 of what was guessed, the client and the account.")
    failures = fields.IntField()
    started_at = fields.DatetimeField()

    class Meta:
        table = "failed_guesses"


class EmailVerificationChallenge(Model):
    """A six-digit code that was sent to an address for one purpose; only its hash is stored."""

    id = fields.UUIDField(primary_key=True)
    user: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User",
        related_name="email_verification_challenges",
        null=True,
        on_delete=fields.OnDelete.CASCADE,
        description="None where the code was asked for by address alone, which may be nobody's.",
    )
    user_id: UUID | None
    email = fields.TextField()
    code_hash = fields.TextField()
    expires_at = fields.DatetimeField()
    resend_available_at = fields.DatetimeField()
    attempt_count = fields.IntField(default=0)
    max_attempts = fields.IntField(default=5)
    verified_at = fields.DatetimeField(null=True, description="When the code was used.")
    created_at = fields.DatetimeField(auto_now_add=True)
    updated_at = fields.DatetimeField(auto_now=True)
    purpose = fields.TextField(default="verification")
    key_id = fields.TextField(null=True, description="The token key of the hash; none in rows of the release before.")

    class Meta:
        table = "email_verification_challenges"


class HiddenAccount(Model):
    """An account that staff's lists leave out, and when it may be erased."""

    id = fields.UUIDField(primary_key=True)
    user: fields.OneToOneRelation[User] = fields.OneToOneField(
        "models.User", related_name="hidden", on_delete=fields.OnDelete.CASCADE
    )
    reason = fields.TextField()
    hidden_at = fields.DatetimeField(auto_now_add=True)
    erase_at = fields.DatetimeField(null=True, description="From when on the worker erases it.")
    complete_by = fields.DatetimeField(null=True, description="Until when that is promised to a person who leaves.")
    erasing_since = fields.DatetimeField(null=True, description="When the worker began; there is no way back then.")
    counts_json: fields.JSONField[dict[str, int]] = fields.JSONField(
        default=dict, description="What was removed so far, by kind."
    )

    class Meta:
        table = "hidden_accounts"
