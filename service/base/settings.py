"""Which settings does the product have, and what makes a value unacceptable at start?"""

from __future__ import annotations

import difflib
import functools
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AwareDatetime,
    BeforeValidator,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticUseDefault
from pydantic_settings import BaseSettings, SettingsConfigDict

from service.base import unsafe
from service.evidence.verdicts import MAX_BYTES

Environment = Literal["dev", "staging", "production"]
MetricsReaders = Literal["public", "summary", "admin", "off"]

_SAMPLE_WORDS = re.compile(
    r"change|replace|sample|example|insecure|default|secret|password|admin123|dev[-_]|test[-_]", re.I
)
_MINIMUM_SECRET_LENGTH = 32
_FEWEST_CHARACTERS = 8
_SERVICE_ADDRESS = re.compile(r"(tcp|udp|sctp)://")
DEFAULT_MAX_FILE_BYTES = 10_485_760
"""The largest upload where OBJECT_STORAGE_MAX_FILE_BYTES is unset; the contract document shows this one."""
_FALSE = {"0", "false", "no", "off"}


class SettingsError(Exception):
    """A variable is missing or unacceptable; the text names it and says what is wrong, never its value."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a ring: `id` is public and travels in tokens and rows, `secret` is not."""

    id: str
    secret: bytes


class Secret(Enum):
    """That a value is secret, and whose it is: stated once, on the field.

    Such a variable belongs into a Secret of the cluster: the chart refuses it among the plain settings. The chart, the
    table of variables, `make secrets`, `make up` and the check at start all follow from this mark.
    """

    RING = "ring"
    """Keys of ours, `kid:secret,…`. `make secrets` and `make up` make the first; checked outside dev."""
    KEY = "key"
    """One key of ours. Made and checked in the same way."""
    OLD_KEY = "old-key"
    """A key that something else has made before. Checked outside dev, never made."""
    GIVEN = "given"
    """Set by whoever runs the other end, who alone can say whether it is good."""


def _not_off(value: Any) -> bool:
    """The replaced server takes any other word as true."""
    return str(value).strip().lower() not in _FALSE


def _within(lowest: int, highest: int | None = None) -> BeforeValidator:
    """A number outside, or no number at all, means the default; a fraction is cut. So did the replaced server."""

    def check(value: Any) -> int:
        try:
            number = int(float(value))
        except (TypeError, ValueError, OverflowError):
            raise PydanticUseDefault from None
        if number < lowest or (highest is not None and number > highest):
            raise PydanticUseDefault
        return number

    return BeforeValidator(check)


class Section(BaseSettings):
    """A part of the settings. Each knows the environment, on which defaults depend."""

    model_config = SettingsConfigDict(env_file=None, extra="ignore", frozen=True, case_sensitive=False)

    environment: Environment = Field(description="dev, staging or production")

    @field_validator("*", mode="before")
    @classmethod
    def _trimmed(cls, value: Any, info: ValidationInfo) -> Any:
        """Surrounding space is never meant; an empty value of a typed variable means its default."""
        if not isinstance(value, str):
            return value
        value = value.strip()
        field = cls.model_fields[str(info.field_name)]
        if value == "" and field.annotation is not str and not field.is_required():
            return field.get_default()
        return value

    @property
    def is_dev(self) -> bool:
        return self.environment == "dev"


class Process(Section):
    """What every process needs, and who reaches it."""

    api_port: int = Field(4000, ge=1, le=65535, description="port of the API")
    api_host: str = Field("0.0.0.0", description="address the API listens on")  # noqa: S104 - a container's default
    metrics_port: int | None = Field(None, ge=1, le=65535, description="port of the Prometheus text; unset: on the API")
    metrics_json: MetricsReaders | None = Field(
        None, description="who may read /metrics: public, summary, admin or off"
    )
    log_level: str = Field("info", description="debug, info, warn or error")
    rate_limits: bool = Field(True, description="on or off: 429 after too many wrong passwords or staff keys")
    trusted_proxies: str = Field(
        "", description="comma list of proxy networks whose X-Forwarded-For is believed, or none; needed outside dev"
    )
    answer_memory_bytes: int = Field(
        16_777_216, ge=0, description="size of the encoded answers that one process keeps, bytes; 0: none"
    )
    public_base_url: str = Field("", description="URL at which people reach the API; mails name its page /account")
    known_app_versions: str = Field(
        "", description="comma list of app versions that may be a metric label and that people see with their sign-ins"
    )

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        return value.lower() if value.lower() in {"debug", "info", "warn", "error"} else "info"

    @field_validator("trusted_proxies")
    @classmethod
    def _only_networks(cls, value: str) -> str:
        parse_networks(value)
        return value

    @property
    def account_page(self) -> str | None:
        """The address of the page for people without a new app; None where nobody said where people reach it."""
        base = self.public_base_url or (f"http://localhost:{self.api_port}" if self.is_dev else "")
        return f"{base.rstrip('/')}/account" if base else None

    @property
    def trusted_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """TRUSTED_PROXIES, parsed."""
        return parse_networks(self.trusted_proxies)

    @property
    def metrics_json_readers(self) -> MetricsReaders:
        """Who reads what on the API's port. Source: docs/rules/wire.md, Metrics."""
        return self.metrics_json or ("public" if self.is_dev else "summary")


class Database(Section):
    """The one store of rows."""

    database_url: Annotated[str, Secret.GIVEN] = Field(description="PostgreSQL connection string")
    database_direct_url: Annotated[str, Secret.GIVEN] = Field(
        "", description="the same database without a pooler, where the worker listens; unset: DATABASE_URL"
    )
    database_owner_url: Annotated[str, Secret.GIVEN] = Field(
        "", description="as the role that owns the tables, for migrations, restore and import; unset: DATABASE_URL"
    )
    database_reporting_url: Annotated[str, Secret.GIVEN] = Field(
        "", description="as a role that only reads, for the gate and backups; unset: DATABASE_URL"
    )
    db_pool_max: int = Field(10, ge=1, le=200, description="database connections of one process")
    auth_store: str = Field("postgres", description="only postgres")

    @property
    def direct_url(self) -> str:
        return self.database_direct_url or self.database_url

    @property
    def owner_url(self) -> str:
        return self.database_owner_url or self.database_url

    @property
    def reporting_url(self) -> str:
        return self.database_reporting_url or self.database_url

    @field_validator("auth_store")
    @classmethod
    def _only_postgres(cls, value: str) -> str:
        if value.lower() not in {"", "postgres"}:
            raise ValueError("only postgres is supported")
        return "postgres"


class Tokens(Section):
    """Signing in and staying signed in."""

    auth_token_keys: Annotated[str, Secret.RING] = Field(
        "", description="ring of token keys, kid:secret,…; the first signs"
    )
    auth_token_secret: Annotated[str, Secret.OLD_KEY] = Field(
        "", description="the replaced server's key; its tokens verify until they expire"
    )
    auth_access_token_ttl_sec: int = Field(900, ge=1, description="life of an access token, seconds")
    auth_refresh_token_ttl_sec: int = Field(604_800, ge=1, description="life of a refresh token, seconds")
    auth_refresh_reuse_grace_sec: int = Field(
        60, ge=0, description="how long a used refresh token still works, seconds"
    )
    auth_session_max_days: int = Field(
        90, ge=1, le=3650, description="days after which a sign-in ends, however much it is used"
    )
    auth_logout_ends_access: bool = Field(True, description="logout ends the access token too")
    auth_default_role_code: str = Field("sdm", description="role at registration")

    @field_validator("auth_default_role_code")
    @classmethod
    def _lower(cls, value: str) -> str:
        return value.lower() or "sdm"

    @property
    def token_keys(self) -> tuple[Key, ...]:
        """The ring that signs and verifies our tokens, first signs; never empty."""
        return parse_ring(self.auth_token_keys) or (Key("legacy", self.auth_token_secret.encode()),)


class Accounts(Section):
    """Whose an account is, and what a password may be."""

    auth_password_blocklist: bool | None = Field(
        None, description="on or off: refuse the commonest passwords; unset: on in production"
    )
    auth_hide_accounts: bool = Field(False, description="on or off: resend and verify do not tell who has an account")
    auth_unverified_days: int = Field(
        30, ge=0, description="days until an unused account without a verified address goes; 0: never"
    )
    account_deletion_grace_days: int = Field(
        14, ge=0, le=365, description="days until an account is erased whose owner has asked for it; 0: at once"
    )

    @property
    def blocks_passwords(self) -> bool:
        """Whether a new password is compared with the commonest ones: as set, else in production only."""
        blocks = self.auth_password_blocklist
        return self.environment == "production" if blocks is None else blocks


class Retention(Section):
    """How long is kept what grows; docs/privacy.md has all periods."""

    webhook_body_days: int = Field(90, ge=1, description="days until the body of a provider's delivery is dropped")
    sign_in_record_days: int = Field(90, ge=1, description="days until a sign-in that has ended is forgotten")
    task_record_days: int = Field(30, ge=1, description="days until a task that is done is forgotten")
    access_record_days: int = Field(365, ge=1, description="days until it is forgotten who of staff looked at what")


_STAFF_ROLE = "super_admin"


class Staff(Section):
    """Who works here, the shared key, and the first administrator."""

    admin_role_codes: str = Field(_STAFF_ROLE, description="comma list of staff roles")
    admin_api_key: Annotated[str, Secret.KEY] = Field("", description="shared staff key; empty: off")
    admin_api_key_expires_at: AwareDatetime | None = Field(None, description="the key is as if unset from then on")
    admin_api_key_after_bootstrap: bool | None = Field(None, description="keep the key once a super_admin exists")
    staff_second_factor: Literal["off", "optional", "required"] = Field(
        "optional", description="off, optional or required: codes of an authenticator app at staff's sign-in"
    )
    bootstrap_admin_email: str = Field("", description="e-mail of the start-up administrator")
    bootstrap_admin_password: Annotated[str, Secret.GIVEN] = Field("", description="its password")
    bootstrap_admin_full_name: str = Field("Platform Administrator", description="its display name")
    bootstrap_admin_role_codes: str = Field("super_admin,sdm,lpk,tsk,kaisha", description="roles added at each start")
    bootstrap_admin_reset_password: bool = Field(False, description="overwrite the password at each start; dev only")

    @property
    def staff_roles(self) -> frozenset[str]:
        return _words(self.admin_role_codes.lower()) or frozenset({_STAFF_ROLE})

    @property
    def keeps_admin_key_after_bootstrap(self) -> bool:
        keeps = self.admin_api_key_after_bootstrap
        return self.is_dev if keeps is None else keeps


class Mail(Section):
    """How mails leave, and the codes in them."""

    auth_email_provider: str = Field("", description="log or smtp")
    auth_email_from: str = Field("", description="sender of mails")
    smtp_url: Annotated[str, Secret.GIVEN] = Field("", description="smtp://user:password@host:port, or smtps://")
    auth_email_verification_code_ttl_sec: int = Field(600, ge=1, description="life of a code, seconds")
    auth_email_verification_resend_cooldown_sec: int = Field(60, ge=0, description="pause before another code, seconds")
    auth_email_verification_max_attempts: int = Field(5, ge=1, description="wrong tries per code")
    auth_email_verification_expose_code: bool | None = Field(None, description="answer with the code; unset: dev only")
    auth_sign_in_notice: bool | None = Field(
        None, description="on or off: tell people by mail of a sign-in on a new device; unset: on where mail is SMTP"
    )
    auth_email_verification_static_code: str = Field("", pattern=r"^(\d{6})?$", description="one code for everybody")

    @field_validator("auth_email_provider")
    @classmethod
    def _known_provider(cls, value: str) -> str:
        if value.lower() == "resend":
            raise ValueError("resend is not supported; set it to smtp and SMTP_URL to the service's SMTP address")
        return "smtp" if value.lower() == "smtp" else ("log" if value else "")

    @property
    def email_delivery(self) -> Literal["log", "smtp"]:
        return (
            "smtp" if self.auth_email_provider == "smtp" or (not self.auth_email_provider and self.smtp_url) else "log"
        )

    @property
    def tells_of_sign_ins(self) -> bool:
        """Whether a sign-in on a new device is told by mail: as set, else where mails leave over SMTP."""
        tells = self.auth_sign_in_notice
        return self.email_delivery == "smtp" if tells is None else tells

    @property
    def exposes_reset_codes(self) -> bool:
        """Whether an answer holds the code that sets a new password: in dev alone, and only when it is asked for."""
        return self.is_dev and self.auth_email_verification_expose_code is True

    @property
    def exposes_codes(self) -> bool:
        """Whether the verification's codes appear in answers: as set, else in dev only."""
        exposed = self.auth_email_verification_expose_code
        return self.is_dev if exposed is None else exposed


RequireVerified = Literal["off", "warn", "enforce"]
"""When somebody is verified on documents whose bytes are not: nothing, a line in the log, a refusal."""


class Kyc(Section):
    """Identity verification: the provider's webhook, previews, what a decision needs."""

    kyc_provider_webhook_enabled: bool = Field(True, description="accept the provider's webhook")
    kyc_provider_webhook_secret: Annotated[str, Secret.KEY] = Field(
        "", description="shared secret and HMAC key of the webhook"
    )
    kyc_provider_webhook_secret_previous: Annotated[str, Secret.OLD_KEY] = Field(
        "", description="the secret before, still valid"
    )
    kyc_provider_webhook_require_signature: Annotated[bool, BeforeValidator(_not_off)] = Field(
        True, description="false only to debug"
    )
    kyc_provider_webhook_max_skew_sec: Annotated[int, _within(1)] = Field(
        300, description="accepted clock difference, seconds"
    )
    kyc_provider_webhook_idempotency_ttl_sec: str = Field("", description="read and ignored: keys are kept for ever")
    kyc_preview_url_default_expires_sec: Annotated[int, _within(60, 3600)] = Field(
        120, description="life of a preview link, seconds"
    )
    kyc_preview_url_max_expires_sec: int = Field(300, description="longest life of a preview link, seconds")
    kyc_staff_file_url: Literal["link", "object"] = Field(
        "link", description="what staff read as fileUrl of a checked document: a link to a picture, or the stored name"
    )
    kyc_require_verified: RequireVerified | None = Field(
        None, description="off, warn or enforce: verify only on read documents; unset: enforce in production, else warn"
    )

    @property
    def requires_verified(self) -> RequireVerified:
        """What happens when somebody is verified on documents whose bytes are not: as set, else by the environment."""
        return self.kyc_require_verified or ("enforce" if self.environment == "production" else "warn")

    @property
    def preview_max_expires_sec(self) -> int:
        """`KYC_PREVIEW_URL_MAX_EXPIRES_SEC` when it lies between the default life and 3600, else the larger default."""
        default, longest = self.kyc_preview_url_default_expires_sec, self.kyc_preview_url_max_expires_sec
        return longest if default <= longest <= 3600 else max(default, 300)


class Audit(Section):
    """The chain of audit rows."""

    audit_keys: Annotated[str, Secret.RING] = Field("", description="ring of audit keys, kid:secret,…; the first signs")


class Storage(Section):
    """The object store of documents, and the limits of what goes in."""

    object_storage_provider: str = Field("s3", description="only s3")
    object_storage_bucket: str = Field("jembatan-documents", min_length=3, description="bucket of documents")
    object_storage_region: str = Field("ap-northeast-1", description="region that signatures name")
    object_storage_endpoint: str = Field("", description="URL the server calls")
    object_storage_public_endpoint: str = Field("", description="URL that phones call; signed, never called")
    object_storage_base_url: str = Field("", description="read and ignored")
    object_storage_access_key_id: Annotated[str, Secret.GIVEN] = Field("", description="S3 access key")
    object_storage_secret_access_key: Annotated[str, Secret.GIVEN] = Field("", description="S3 secret key")
    object_storage_force_path_style: Annotated[bool, BeforeValidator(_not_off)] = Field(
        True, description="bucket in the path"
    )
    object_storage_presign_expires_sec: Annotated[int, _within(60, 3600)] = Field(
        900, description="life of an upload link, seconds"
    )
    object_storage_max_file_bytes: Annotated[int, _within(1)] = Field(
        DEFAULT_MAX_FILE_BYTES, description=f"largest document, bytes; at most {MAX_BYTES}"
    )
    object_storage_allowed_content_types: str = Field(
        "image/jpeg,image/png,application/pdf", description="comma list for identity documents"
    )
    object_storage_app_access_key_id: Annotated[str, Secret.GIVEN] = Field(
        "", description="only `storage bootstrap`: the key it examines"
    )
    object_storage_app_secret_access_key: Annotated[str, Secret.GIVEN] = Field("", description="its secret key")
    object_storage_app_principal: str = Field("", description="only `storage bootstrap`: who a bucket policy allows in")
    minio_port: int = Field(9000, description="used in the default of OBJECT_STORAGE_ENDPOINT")
    minio_root_user: Annotated[str, Secret.GIVEN] = Field("", description="fallback of OBJECT_STORAGE_ACCESS_KEY_ID")
    minio_root_password: Annotated[str, Secret.GIVEN] = Field(
        "", description="fallback of OBJECT_STORAGE_SECRET_ACCESS_KEY"
    )

    @field_validator("object_storage_provider")
    @classmethod
    def _only_s3(cls, value: str) -> str:
        if value.lower() not in {"", "s3"}:
            raise ValueError("only s3 is supported")
        return "s3"

    @property
    def s3_endpoint(self) -> str:
        return (self.object_storage_endpoint or f"http://localhost:{self.minio_port}").rstrip("/")

    @property
    def s3_public_endpoint(self) -> str:
        return (self.object_storage_public_endpoint or self.s3_endpoint).rstrip("/")

    @property
    def s3_access_key(self) -> str:
        return self.object_storage_access_key_id or self.minio_root_user

    @property
    def s3_secret_key(self) -> str:
        return self.object_storage_secret_access_key or self.minio_root_password

    @property
    def kyc_content_types(self) -> frozenset[str]:
        return _words(self.object_storage_allowed_content_types.lower())


class Decoding(Section):
    """Who reads what strangers have uploaded."""

    decoder_url: str = Field(
        "", description="URL of the decoder that the worker asks; unset: the worker starts a confined child itself"
    )

    @field_validator("decoder_url")
    @classmethod
    def _only_http(cls, value: str) -> str:
        if value and not re.match(r"https?://[^/]", value):
            raise ValueError("must start with http:// or https://")
        return value


class Backup(Section):
    """The store of the copies."""

    backup_s3_endpoint: str = Field("", description="only `backup`: URL of the store that keeps the copies")
    backup_s3_region: str = Field("ap-northeast-1", description="region that its signatures name")
    backup_s3_bucket: str = Field("", description="bucket of the copies")
    backup_s3_access_key_id: Annotated[str, Secret.GIVEN] = Field("", description="S3 access key of that store")
    backup_s3_secret_access_key: Annotated[str, Secret.GIVEN] = Field("", description="S3 secret key of that store")
    backup_s3_force_path_style: bool = Field(True, description="bucket in the path")
    backup_keep_days: int = Field(14, ge=1, le=3650, description="how long copies are kept, days")


# The order of the table of variables is that of the sections from the last to the first: so does Pydantic read them.
class Settings(Backup, Decoding, Storage, Audit, Kyc, Mail, Staff, Retention, Accounts, Tokens, Database, Process):
    """Every environment variable the product reads; the attribute is the variable's name in lower case.

    Built once by `load_settings()`. Names, defaults and meanings are those of the server that this product
    replaces, so that an operator's file keeps working; docs/migrating.md lists what differs.
    """

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        problems = self._problems()
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _problems(self) -> list[str]:
        found = [*_address_problems("DATABASE_URL", self.database_url)]
        for name in ("database_direct_url", "database_owner_url", "database_reporting_url"):
            if url := getattr(self, name):
                found += _address_problems(name.upper(), url)
        found += [
            f"{name.upper()} must start with http:// or https://"
            for name in (
                *("object_storage_endpoint", "object_storage_public_endpoint", "backup_s3_endpoint"),
                "public_base_url",
            )
            if (address := getattr(self, name)) and not address.startswith(("http://", "https://"))
        ]
        if not self.auth_token_keys and not self.auth_token_secret:
            found.append("AUTH_TOKEN_KEYS is not set")
        for name in (name for name, kind in secret_fields().items() if kind is Secret.RING):
            try:
                parse_ring(getattr(self, name))
            except ValueError as error:
                found.append(f"{name.upper()} {error}")
        if not self.s3_access_key or not self.s3_secret_key:
            found.append("OBJECT_STORAGE_ACCESS_KEY_ID and OBJECT_STORAGE_SECRET_ACCESS_KEY must be set")
        if self.email_delivery == "smtp" and not (self.smtp_url and self.auth_email_from):
            found.append("SMTP_URL and AUTH_EMAIL_FROM must be set when AUTH_EMAIL_PROVIDER is smtp")
        remembered = self.sign_in_record_days + self.auth_refresh_token_ttl_sec // 86_400
        if self.auth_unverified_days > remembered:
            found.append(
                f"AUTH_UNVERIFIED_DAYS must be at most {remembered}: older sign-ins are forgotten (SIGN_IN_RECORD_DAYS), and"
                " an account would go although it was used"
            )
        if self.object_storage_max_file_bytes > MAX_BYTES:
            found.append(
                f"OBJECT_STORAGE_MAX_FILE_BYTES must be at most {MAX_BYTES}: the worker reads no more of a document"
            )
        return found + (self._problems_outside_dev() if not self.is_dev else [])

    def _problems_outside_dev(self) -> list[str]:
        found = [
            f"{name} is a sample value or shorter than {_MINIMUM_SECRET_LENGTH} characters"
            for name, value in self.own_keys()
            if is_weak(value, _MINIMUM_SECRET_LENGTH)
        ]
        email, password = self.bootstrap_admin_email, self.bootstrap_admin_password
        if email and password and (is_weak(password, 12) or "example" in email):
            found.append("BOOTSTRAP_ADMIN_EMAIL and BOOTSTRAP_ADMIN_PASSWORD must not be sample values")
        if self.public_base_url.startswith("http://"):
            found.append("PUBLIC_BASE_URL must start with https://: passwords and codes are typed into its page")
        if self.bootstrap_admin_reset_password:
            found.append("BOOTSTRAP_ADMIN_RESET_PASSWORD is only for ENVIRONMENT=dev")
        if self.email_delivery == "log":
            found.append("AUTH_EMAIL_PROVIDER must be smtp: writing mails to the log is only for ENVIRONMENT=dev")
        if self.kyc_provider_webhook_enabled and not self.kyc_provider_webhook_secret:
            found.append("KYC_PROVIDER_WEBHOOK_SECRET is not set (KYC_PROVIDER_WEBHOOK_ENABLED=false switches it off)")
        if not self.audit_keys:
            found.append("AUDIT_KEYS is not set")
        return [*found, *unsafe.problems(self)]

    def own_keys(self) -> Iterator[tuple[str, str]]:
        """Every key of ours that is set, with the name to call it by; a malformed ring has none."""
        for name, kind in secret_fields().items():
            if kind in (Secret.KEY, Secret.OLD_KEY):
                if value := getattr(self, name):
                    yield name.upper(), value
            elif kind is Secret.RING:
                for key in _ring_or_nothing(getattr(self, name)):
                    yield f"{name.upper()} ({key.id})", key.secret.decode()

    @property
    def audit_key_ring(self) -> tuple[Key, ...]:
        """The ring that chains audit rows; in dev without a setting, one derived from the token key."""
        return parse_ring(self.audit_keys) or (Key("dev", b"audit:" + self.token_keys[0].secret),)

    def warnings(self) -> list[str]:
        """Sentences that a process logs at start: allowed, but somebody should know."""
        found = unsafe.warned(self)
        if self.is_dev and self.auth_email_verification_static_code:
            found.append("AUTH_EMAIL_VERIFICATION_STATIC_CODE is set: one code verifies every address")
        if self.account_page is None:
            found.append("PUBLIC_BASE_URL is not set: mails do not say where the account page is")
        if self.kyc_provider_webhook_idempotency_ttl_sec:
            found.append("KYC_PROVIDER_WEBHOOK_IDEMPOTENCY_TTL_SEC is ignored: keys are kept for ever")
        if not self.kyc_provider_webhook_require_signature:
            found.append("KYC_PROVIDER_WEBHOOK_REQUIRE_SIGNATURE is off: webhooks are accepted unsigned")
        return found


# What others than `Settings` read; `.env.example` lists all names.
_OTHER_NAMES = frozenset(
    {"ADMIN_PASSWORD", "SEED_CANDIDATE_PASSWORD", "SEED_STAGING_PASSWORD"}
    | {f"LOCAL_POSTGRES_{name}" for name in ("PORT", "PASSWORD")}
    | {f"LOCAL_S3_{name}" for name in ("PORT", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY")}
    | {
        f"SMOKE_{name}"
        for name in ("BASE_URL", "ADMIN_KEY", "ADMIN_EMAIL", "ADMIN_PASSWORD", "WEBHOOK_SECRET", "EMAIL_CODE")
    }
)
# Only these beginnings are ours alone: API_KEY or LOG_FILE may be another program's.
_OUR_PREFIXES = (
    *(
        "ADMIN_",
        "AUDIT_",
        "AUTH_",
        "BACKUP_S3_",
        "BOOTSTRAP_",
        "DATABASE_",
        "DB_POOL_",
        "DECODER_",
        "KNOWN_APP_",
        "KYC_",
    ),
    *(
        "LOCAL_POSTGRES_",
        "LOCAL_S3_",
        "METRICS_",
        "OBJECT_STORAGE_",
        "RATE_LIMIT",
        "SEED_",
        "SMOKE_",
        "SMTP_",
        "TRUSTED_PROX",
    ),
)


@functools.cache
def secret_fields() -> Mapping[str, Secret]:
    """The attributes of `Settings` whose values are secret, in their order."""
    marks = {
        name: [mark for mark in field.metadata if isinstance(mark, Secret)]
        for name, field in Settings.model_fields.items()
    }
    return {name: found[0] for name, found in marks.items() if found}


def is_weak(value: str, minimum_length: int) -> bool:
    """Whether a secret looks like one of a sample file, is shorter than that, or has few characters or repeats itself."""
    return (
        len(value) < minimum_length
        or _SAMPLE_WORDS.search(value) is not None
        or len(set(value)) < _FEWEST_CHARACTERS
        or value in (value + value)[1:-1]
    )


def unknown_names(environ: Mapping[str, str]) -> list[str]:
    """A sentence for each variable of `environ` that seems to be meant for us and is none of ours; never its value.

    That is one that begins like ours, or is a slip of the pen away from one of ours.
    """
    known = {name.upper() for name in Settings.model_fields} | _OTHER_NAMES
    found = []
    for name in sorted(_without_service_links(environ)):
        if name in known:
            continue
        nearest = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.8)
        # A longer name around one of ours is somebody else's on purpose.
        is_slip = bool(difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.87)) and nearest[0] not in name
        if name.startswith(_OUR_PREFIXES) or is_slip:
            hint = f" The nearest name is {nearest[0]}." if nearest else ""
            found.append(f"{name} is set, but there is no such variable: it is ignored.{hint}")
    return found


def _without_service_links(environ: Mapping[str, str]) -> dict[str, str]:
    """`environ` with upper-case names, and without what Kubernetes tells a container of the services around it.

    Beside a Service called `metrics` that is METRICS_SERVICE_HOST, METRICS_PORT=tcp://10.0.0.7:9100 and five more. A
    METRICS_PORT that is no such address is an operator's.
    """
    given = {name.upper(): value for name, value in environ.items()}
    links = [
        name.removesuffix("_SERVICE_HOST")
        for name in given
        if name.endswith("_SERVICE_HOST") and name.replace("_SERVICE_HOST", "_SERVICE_PORT") in given
    ]
    of_links = re.compile(rf"({'|'.join(map(re.escape, links))})_(SERVICE_(HOST|PORT.*)|PORT_\d+_(TCP|UDP|SCTP).*)")
    ports = {f"{link}_PORT" for link in links}
    return {
        name: value
        for name, value in given.items()
        if not (links and of_links.fullmatch(name)) and not (name in ports and _SERVICE_ADDRESS.match(value))
    }


def _address_problems(name: str, url: str) -> Iterator[str]:
    if not url.startswith(("postgres://", "postgresql://")):
        yield f"{name} must start with postgres:// or postgresql://"
    elif not _ports_can_be_read(url):
        yield f"{name} is not a valid Postgres address."


def _ports_can_be_read(url: str) -> bool:
    """Whether each of a database URL's hosts has a port that is a number, or none."""
    hosts = url.partition("://")[2].partition("/")[0].partition("?")[0].rpartition("@")[2].split(",")
    return all(re.fullmatch(r"(?:\[[^\]]*\]|[^:\[\]]*)(?::\d{0,5})?", host) for host in hosts)


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from `environ` (default: the process's environment).

    Raises SettingsError with one line a problem, and one a name of which `unknown_names` warns: it may be why another is
    missing. Service links of Kubernetes are no settings. `NODE_ENV=production` stands for `ENVIRONMENT=production`, `PORT`
    for `API_PORT`, `EMAIL_PROVIDER`/`EMAIL_FROM` for their longer names, where those are unset.
    """
    given = _without_service_links(os.environ if environ is None else environ)
    try:
        return _read(given)
    except SettingsError as error:
        raise SettingsError("\n".join([str(error), *unknown_names(given)])) from None


def _read(given: dict[str, str]) -> Settings:
    if not given.get("ENVIRONMENT", "").strip():
        if given.get("NODE_ENV", "").strip() != "production":
            raise SettingsError("ENVIRONMENT is not set: dev, staging or production")
        given["ENVIRONMENT"] = "production"
    for name, fallback in (
        ("API_PORT", "PORT"),
        ("AUTH_EMAIL_PROVIDER", "EMAIL_PROVIDER"),
        ("AUTH_EMAIL_FROM", "EMAIL_FROM"),
    ):
        if not given.get(name, "").strip() and given.get(fallback, "").strip():
            given[name] = given[fallback]
    values = {name: given[name.upper()] for name in Settings.model_fields if name.upper() in given}
    try:
        # Values only from `given`: the class would otherwise look at the process's environment again.
        return _ExplicitSettings(**values)  # type: ignore[arg-type]  # texts; the validators convert them
    except ValidationError as error:
        raise SettingsError("\n".join(_problem_line(item) for item in error.errors())) from None


class _ExplicitSettings(Settings):
    @classmethod
    def settings_customise_sources(cls, _cls: Any, init_settings: Any, **_: Any) -> tuple[Any, ...]:  # type: ignore[override]  # the named sources are not needed
        return (init_settings,)


def _problem_line(item: Any) -> str:
    name = ".".join(str(part) for part in item["loc"]).upper()
    if item["type"] == "missing":
        return f"{name} is not set"
    text = str(item["msg"]).removeprefix("Value error, ")
    return f"{name}: {text}" if name else text


@functools.lru_cache(maxsize=16)
def parse_ring(text: str) -> tuple[Key, ...]:
    """`kid:secret,kid:secret` → keys in that order. Raises ValueError for another form or a repeated id."""
    keys = []
    for part in filter(None, (item.strip() for item in text.split(","))):
        key_id, colon, secret = part.partition(":")
        if not colon or not re.fullmatch(r"[A-Za-z0-9_-]{1,32}", key_id) or not secret:
            raise ValueError("must have the form kid:secret,kid:secret")
        keys.append(Key(key_id, secret.encode()))
    if len({key.id for key in keys}) != len(keys):
        raise ValueError("names a key id twice")
    return tuple(keys)


@functools.cache
def parse_networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """`10.0.0.0/8,fd00::/8` → networks, `none` → none; an address stands for itself. Raises ValueError for another form."""
    if text.lower() == "none":
        return ()
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError:
        raise ValueError("must be a comma list of networks such as 10.244.0.0/16") from None


def _ring_or_nothing(text: str) -> tuple[Key, ...]:
    try:
        return parse_ring(text)
    except ValueError:
        return ()


def _words(text: str) -> frozenset[str]:
    return frozenset(filter(None, (word.strip() for word in text.split(","))))
