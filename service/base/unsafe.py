"""Which values of settings give the house away, and where does a process with them not start?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from service.base.settings import Settings

_DAY_SECONDS = 86_400
# Roles that a person may have without being staff; the first is what registration gives.
_OUTSIDE_ROLES = frozenset({"sdm", "lpk", "tsk", "kaisha"})
# Wider than the private networks: 10.0.0.0/8 is the widest of IPv4, fc00::/7 that of IPv6.
_WIDEST_PREFIX = {4: 8, 6: 7}
_KNOWN_PASSWORDS = frozenset({"postgres", "minioadmin", "minio123", "rustfsadmin", "admin", "root", "jembatan"})


@dataclass(frozen=True, slots=True)
class Rule:
    """One value that is unsafe outside dev. `advice` follows the variable's name in a sentence."""

    variable: str
    advice: str
    applies: Callable[[Settings], bool]
    in_staging: Literal["refused", "warned", "allowed"] = "refused"
    """What `warned` allows is named at the start and is a NO of the gate."""


RULES = (
    Rule(
        "AUTH_EMAIL_VERIFICATION_STATIC_CODE",
        "must be unset: with it one code verifies every address",
        lambda s: bool(s.auth_email_verification_static_code),
        in_staging="warned",
    ),
    Rule(
        "AUTH_EMAIL_VERIFICATION_EXPOSE_CODE",
        "must not be true: with it the answer verifies every address",
        lambda s: s.exposes_codes,
        in_staging="warned",
    ),
    Rule(
        "ADMIN_API_KEY_AFTER_BOOTSTRAP",
        "must be off: a key that nobody's name stands behind may do everything (make an administrator instead)",
        lambda s: s.keeps_admin_key_after_bootstrap,
        in_staging="allowed",
    ),
    Rule(
        "KYC_REQUIRE_VERIFIED",
        "must be enforce: else people are verified by files that nobody has read",
        lambda s: s.requires_verified == "warn",
        in_staging="allowed",
    ),
    Rule(
        "KYC_REQUIRE_VERIFIED",
        "must not be off: people would be verified by files that nobody has read, and nobody would know",
        lambda s: s.requires_verified == "off",
    ),
    Rule(
        "KYC_PROVIDER_WEBHOOK_REQUIRE_SIGNATURE",
        "must not be false: anybody who knows the address could speak for the provider",
        lambda s: s.kyc_provider_webhook_enabled and not s.kyc_provider_webhook_require_signature,
    ),
    Rule(
        "KYC_PROVIDER_WEBHOOK_MAX_SKEW_SEC",
        "must be at most 3600: an old delivery could be sent again",
        lambda s: s.kyc_provider_webhook_max_skew_sec > 3600,
    ),
    Rule("RATE_LIMITS", "must be on: passwords could be tried without end", lambda s: not s.rate_limits),
    Rule(
        "TRUSTED_PROXIES",
        "is not set: write the networks of the proxies in front of the API, or none where there is no proxy; without "
        "it all clients would be one, and whoever guesses passwords would lock everybody out",
        lambda s: not s.trusted_proxies,
    ),
    Rule(
        "TRUSTED_PROXIES",
        "is too wide: every client in these networks may say which address it has; name the proxies' networks alone",
        lambda s: any(network.prefixlen < _WIDEST_PREFIX[network.version] for network in s.trusted_networks),
    ),
    Rule(
        "AUTH_DEFAULT_ROLE_CODE",
        "must be sdm, lpk, tsk or kaisha: whoever registers would be staff",
        lambda s: s.auth_default_role_code not in _OUTSIDE_ROLES,
    ),
    Rule(
        "ADMIN_ROLE_CODES",
        "must not name the role that registration gives: whoever registers would be staff",
        lambda s: bool(s.staff_roles & {"sdm", s.auth_default_role_code}),
    ),
    Rule(
        "AUTH_ACCESS_TOKEN_TTL_SEC",
        "must be at most 86400: a stolen token could be used for longer than a day",
        lambda s: s.auth_access_token_ttl_sec > _DAY_SECONDS,
    ),
    Rule(
        "AUTH_REFRESH_REUSE_GRACE_SEC",
        "must be at most 3600: a stolen token would not be noticed",
        lambda s: s.auth_refresh_reuse_grace_sec > 3600,
    ),
    Rule(
        "AUTH_EMAIL_VERIFICATION_CODE_TTL_SEC",
        "must be at most 86400: a code of six digits is not safe for longer",
        lambda s: s.auth_email_verification_code_ttl_sec > _DAY_SECONDS,
    ),
    Rule(
        "AUTH_EMAIL_VERIFICATION_MAX_ATTEMPTS",
        "must be at most 20: a code of six digits could be guessed",
        lambda s: s.auth_email_verification_max_attempts > 20,
    ),
    Rule(
        "OBJECT_STORAGE_ALLOWED_CONTENT_TYPES",
        "must hold pictures and application/pdf only: a browser would run the others",
        lambda s: any(not _is_shown(kind) for kind in s.kyc_content_types),
    ),
    Rule(
        "OBJECT_STORAGE_PUBLIC_ENDPOINT",
        "must start with https:// (unset, it is OBJECT_STORAGE_ENDPOINT): identity documents would travel in clear",
        lambda s: s.s3_public_endpoint.startswith("http://"),
    ),
    Rule(
        "OBJECT_STORAGE_SECRET_ACCESS_KEY",
        "(or MINIO_ROOT_PASSWORD) is a well-known password or equals the access key",
        lambda s: s.s3_secret_key in _KNOWN_PASSWORDS or s.s3_secret_key == s.s3_access_key,
    ),
    *(
        Rule(
            name.upper(),
            "has a well-known password or one that equals the user's name",
            lambda s, name=name: _has_known_password(getattr(s, name)),  # type: ignore[misc]  # a default binds the name
        )
        for name in ("database_url", "database_direct_url", "database_owner_url", "database_reporting_url")
    ),
)


def problems(settings: Settings) -> Iterator[str]:
    """A sentence for each unsafe value that stops a process in this environment; none in dev."""
    if settings.is_dev:
        return
    for rule in RULES:
        if (rule.in_staging == "refused" or settings.environment != "staging") and rule.applies(settings):
            yield f"{rule.variable} {rule.advice}"
    yield from _shared_secrets(settings)


def warned(settings: Settings) -> list[str]:
    """A sentence for each unsafe value that staging starts with, but that somebody has to answer for."""
    if settings.environment != "staging":
        return []
    return [
        f"{rule.variable} {rule.advice}" for rule in RULES if rule.in_staging == "warned" and rule.applies(settings)
    ]


def _shared_secrets(settings: Settings) -> Iterator[str]:
    names: dict[str, str] = {}
    for name, secret in settings.own_keys():
        other = names.setdefault(secret, name)
        # A ring may keep a key under a new id, and the replaced server's key too; another purpose needs another key.
        if _purpose(other) != _purpose(name):
            yield f"{name} has the same secret as {other}: each needs one of its own"


def _purpose(variable: str) -> str:
    return "_".join(variable.split("_")[:2])


def _is_shown(kind: str) -> bool:
    return kind == "application/pdf" or (kind.startswith("image/") and kind != "image/svg+xml")


def _has_known_password(url: str) -> bool:
    try:
        address = urlsplit(url)
        user, password = unquote(address.username or ""), unquote(address.password or "")
    except ValueError:  # several hosts, of which a port is read; their form is checked elsewhere
        return False
    return bool(password) and (password in _KNOWN_PASSWORDS or password == user)
