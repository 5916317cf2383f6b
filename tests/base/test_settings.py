"""Are settings refused with the variable's name, and does an old server's file keep working?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from service.base.settings import (
    DEFAULT_MAX_FILE_BYTES,
    Settings,
    SettingsError,
    load_settings,
    parse_ring,
    unknown_names,
)
from service.evidence.verdicts import MAX_BYTES

BASE = {
    "ENVIRONMENT": "dev",
    "DATABASE_URL": "postgresql://u:p@localhost/db",
    "AUTH_TOKEN_SECRET": "x",
    "OBJECT_STORAGE_ACCESS_KEY_ID": "a",
    "OBJECT_STORAGE_SECRET_ACCESS_KEY": "b",
}
GOOD = "Zk3vQ9wLm2Xr7TnB5yHc8JdF4gKs6PaV"
STAGING = BASE | {
    "ENVIRONMENT": "staging",
    "AUTH_TOKEN_SECRET": "",
    "AUTH_TOKEN_KEYS": f"k1:{GOOD}",
    "AUDIT_KEYS": f"a1:{GOOD[::-1]}",
    "KYC_PROVIDER_WEBHOOK_SECRET": GOOD.swapcase(),
    "SMTP_URL": "smtp://mail.jembatan.invalid:587",
    "AUTH_EMAIL_FROM": "no-reply@jembatan.invalid",
    "TRUSTED_PROXIES": "10.244.0.0/16",
    "OBJECT_STORAGE_PUBLIC_ENDPOINT": "https://objects.jembatan.invalid",
}


def load(**changes: str | None) -> Settings:
    return load_settings({name: value for name, value in (BASE | changes).items() if value is not None})


class TestLoadSettings:
    def test_the_smallest_dev_file_works(self) -> None:
        settings = load()
        assert settings.api_port == 4000
        assert settings.auth_access_token_ttl_sec == 900
        assert settings.token_keys[0].secret == b"x"

    @pytest.mark.parametrize("name", ["DATABASE_URL", "ENVIRONMENT", "AUTH_TOKEN_SECRET"])
    def test_a_missing_variable_is_named(self, name: str) -> None:
        with pytest.raises(SettingsError, match=name.replace("AUTH_TOKEN_SECRET", "AUTH_TOKEN_KEYS")):
            load(**{name: None})

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("API_PORT", "many"),
            ("DB_POOL_MAX", "0"),
            ("ENVIRONMENT", "prod"),
            ("AUTH_STORE", "memory"),
            ("OBJECT_STORAGE_PROVIDER", "memory"),
            ("AUTH_EMAIL_PROVIDER", "resend"),
            ("AUTH_ACCESS_TOKEN_TTL_SEC", "soon"),
            ("AUTH_EMAIL_VERIFICATION_STATIC_CODE", "12345"),
            ("AUTH_TOKEN_KEYS", "without-colon"),
            ("DATABASE_URL", "mysql://localhost/db"),
            ("OBJECT_STORAGE_ENDPOINT", "minio.internal:9000"),
            ("OBJECT_STORAGE_PUBLIC_ENDPOINT", "s3://geheim"),
            ("BACKUP_S3_ENDPOINT", "ftp://geheim"),
            ("RATE_LIMITS", "perhaps"),
            ("TRUSTED_PROXIES", "10.0.0.0/8, without-colon"),
            ("TRUSTED_PROXIES", "10.0.0.1/8"),
            ("ADMIN_API_KEY_EXPIRES_AT", "2026-01-01T00:00:00"),
        ],
    )
    def test_an_unacceptable_value_is_refused_by_name_and_not_repeated(self, name: str, value: str) -> None:
        with pytest.raises(SettingsError, match=name) as refused:
            load(**{name: value})
        assert "without-colon" not in str(refused.value)

    def test_a_file_that_the_worker_would_not_read_stops_the_start(self) -> None:
        assert load(OBJECT_STORAGE_MAX_FILE_BYTES="26214400").object_storage_max_file_bytes == MAX_BYTES
        with pytest.raises(SettingsError, match="OBJECT_STORAGE_MAX_FILE_BYTES must be at most 26214400"):
            load(OBJECT_STORAGE_MAX_FILE_BYTES="26214401")

    def test_no_account_counts_as_unused_for_longer_than_its_sign_ins_are_known(self) -> None:
        known = {"SIGN_IN_RECORD_DAYS": "90", "AUTH_REFRESH_TOKEN_TTL_SEC": "604800"}
        assert load(**known, AUTH_UNVERIFIED_DAYS="97").auth_unverified_days == 97
        with pytest.raises(SettingsError, match="AUTH_UNVERIFIED_DAYS must be at most 97"):
            load(**known, AUTH_UNVERIFIED_DAYS="98")

    @pytest.mark.parametrize("value", ["", "many", "0", "-1"])
    def test_a_size_that_is_none_is_the_default(self, value: str) -> None:
        assert load(OBJECT_STORAGE_MAX_FILE_BYTES=value).object_storage_max_file_bytes == DEFAULT_MAX_FILE_BYTES

    def test_resend_names_smtp(self) -> None:
        with pytest.raises(SettingsError, match="smtp"):
            load(AUTH_EMAIL_PROVIDER="resend")

    def test_node_env_stands_for_production_only(self) -> None:
        given = {name: value for name, value in STAGING.items() if name != "ENVIRONMENT"}
        assert load_settings(given | {"NODE_ENV": "production"}).environment == "production"
        with pytest.raises(SettingsError, match="ENVIRONMENT"):
            load_settings(given | {"NODE_ENV": "development"})

    def test_port_stands_in_for_an_unset_api_port(self) -> None:
        assert load(PORT="5001").api_port == 5001
        assert load(PORT="5001", API_PORT="5002").api_port == 5002

    @pytest.mark.parametrize(
        ("name", "value", "attribute", "expected"),
        [
            ("KYC_PROVIDER_WEBHOOK_MAX_SKEW_SEC", "-4", "kyc_provider_webhook_max_skew_sec", 300),
            ("OBJECT_STORAGE_PRESIGN_EXPIRES_SEC", "5", "object_storage_presign_expires_sec", 900),
            ("OBJECT_STORAGE_PRESIGN_EXPIRES_SEC", "61.9", "object_storage_presign_expires_sec", 61),
            ("LOG_LEVEL", "loud", "log_level", "info"),
            ("KYC_PROVIDER_WEBHOOK_REQUIRE_SIGNATURE", "off", "kyc_provider_webhook_require_signature", False),
            ("KYC_PROVIDER_WEBHOOK_REQUIRE_SIGNATURE", "whatever", "kyc_provider_webhook_require_signature", True),
            ("AUTH_DEFAULT_ROLE_CODE", " SDM ", "auth_default_role_code", "sdm"),
            ("API_PORT", "", "api_port", 4000),
        ],
    )
    def test_the_old_servers_tolerance_is_kept(self, name: str, value: str, attribute: str, expected: object) -> None:
        assert getattr(load(**{name: value}), attribute) == expected


class TestOutsideDev:
    def test_a_complete_staging_file_works(self) -> None:
        settings = load_settings(STAGING)
        assert settings.exposes_codes is False
        assert settings.keeps_admin_key_after_bootstrap is False
        assert settings.metrics_json_readers == "summary"

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("AUTH_TOKEN_KEYS", "k1:short"),
            ("AUTH_TOKEN_SECRET", "change-me-change-me-change-me-change-me"),
            ("ADMIN_API_KEY", "admin"),
            ("AUDIT_KEYS", ""),
            ("KYC_PROVIDER_WEBHOOK_SECRET", ""),
            ("SMTP_URL", ""),
        ],
    )
    def test_what_would_hurt_is_refused(self, name: str, value: str) -> None:
        with pytest.raises(SettingsError):
            load_settings(STAGING | {name: value})

    def test_false_hides_codes_in_dev_too(self) -> None:
        assert load().exposes_codes is True
        assert load(AUTH_EMAIL_VERIFICATION_EXPOSE_CODE="false").exposes_codes is False

    def test_the_account_page_is_where_people_reach_the_api(self) -> None:
        assert load(API_PORT="4001").account_page == "http://localhost:4001/account"
        assert load(PUBLIC_BASE_URL="https://api.test/").account_page == "https://api.test/account"
        unset = load_settings(STAGING)
        assert unset.account_page is None
        assert "PUBLIC_BASE_URL is not set: mails do not say where the account page is" in unset.warnings()
        public = load_settings(STAGING | {"PUBLIC_BASE_URL": "https://api.test"})
        assert not any("PUBLIC_BASE_URL" in warning for warning in public.warnings())

    @pytest.mark.parametrize("address", ["api.test", "http://api.test"])
    def test_nobody_types_a_password_into_a_page_without_tls(self, address: str) -> None:
        with pytest.raises(SettingsError, match="PUBLIC_BASE_URL must start with http"):
            load_settings(STAGING | {"PUBLIC_BASE_URL": address})


# Each unsafe value with the variable that the refusal names, and what becomes of it in staging.
UNSAFE = [
    ({"AUTH_EMAIL_VERIFICATION_STATIC_CODE": "123456"}, "AUTH_EMAIL_VERIFICATION_STATIC_CODE", "warned"),
    ({"AUTH_EMAIL_VERIFICATION_EXPOSE_CODE": "true"}, "AUTH_EMAIL_VERIFICATION_EXPOSE_CODE", "warned"),
    ({"ADMIN_API_KEY_AFTER_BOOTSTRAP": "on"}, "ADMIN_API_KEY_AFTER_BOOTSTRAP", "allowed"),
    ({"KYC_REQUIRE_VERIFIED": "warn"}, "KYC_REQUIRE_VERIFIED", "allowed"),
    ({"KYC_REQUIRE_VERIFIED": "off"}, "KYC_REQUIRE_VERIFIED", "refused"),
    ({"KYC_PROVIDER_WEBHOOK_REQUIRE_SIGNATURE": "false"}, "KYC_PROVIDER_WEBHOOK_REQUIRE_SIGNATURE", "refused"),
    ({"KYC_PROVIDER_WEBHOOK_MAX_SKEW_SEC": "86400"}, "KYC_PROVIDER_WEBHOOK_MAX_SKEW_SEC", "refused"),
    ({"RATE_LIMITS": "off"}, "RATE_LIMITS", "refused"),
    ({"TRUSTED_PROXIES": ""}, "TRUSTED_PROXIES", "refused"),
    ({"TRUSTED_PROXIES": "0.0.0.0/0"}, "TRUSTED_PROXIES", "refused"),
    ({"TRUSTED_PROXIES": "10.244.0.0/16,::/0"}, "TRUSTED_PROXIES", "refused"),
    ({"TRUSTED_PROXIES": "0.0.0.0/1,128.0.0.0/1"}, "TRUSTED_PROXIES", "refused"),
    ({"AUTH_DEFAULT_ROLE_CODE": "super_admin"}, "AUTH_DEFAULT_ROLE_CODE", "refused"),
    ({"ADMIN_ROLE_CODES": "sdm"}, "ADMIN_ROLE_CODES", "refused"),
    ({"ADMIN_ROLE_CODES": "super_admin,lpk", "AUTH_DEFAULT_ROLE_CODE": "lpk"}, "ADMIN_ROLE_CODES", "refused"),
    ({"AUTH_ACCESS_TOKEN_TTL_SEC": "31536000"}, "AUTH_ACCESS_TOKEN_TTL_SEC", "refused"),
    ({"AUTH_REFRESH_REUSE_GRACE_SEC": "86400"}, "AUTH_REFRESH_REUSE_GRACE_SEC", "refused"),
    ({"AUTH_EMAIL_VERIFICATION_CODE_TTL_SEC": "31536000"}, "AUTH_EMAIL_VERIFICATION_CODE_TTL_SEC", "refused"),
    ({"AUTH_EMAIL_VERIFICATION_MAX_ATTEMPTS": "1000000"}, "AUTH_EMAIL_VERIFICATION_MAX_ATTEMPTS", "refused"),
    (
        {"OBJECT_STORAGE_ALLOWED_CONTENT_TYPES": "image/png,text/html"},
        "OBJECT_STORAGE_ALLOWED_CONTENT_TYPES",
        "refused",
    ),
    ({"OBJECT_STORAGE_ALLOWED_CONTENT_TYPES": "image/svg+xml"}, "OBJECT_STORAGE_ALLOWED_CONTENT_TYPES", "refused"),
    ({"OBJECT_STORAGE_PUBLIC_ENDPOINT": "http://files.invalid"}, "OBJECT_STORAGE_PUBLIC_ENDPOINT", "refused"),
    ({"OBJECT_STORAGE_PUBLIC_ENDPOINT": ""}, "OBJECT_STORAGE_PUBLIC_ENDPOINT", "refused"),
    (
        {"OBJECT_STORAGE_ACCESS_KEY_ID": "minioadmin", "OBJECT_STORAGE_SECRET_ACCESS_KEY": "minioadmin"},
        "OBJECT_STORAGE_SECRET_ACCESS_KEY",
        "refused",
    ),
    ({"DATABASE_URL": "postgresql://postgres:postgres@db/jembatan"}, "DATABASE_URL", "refused"),
    ({"DATABASE_URL": "postgresql://api:api@db/jembatan"}, "DATABASE_URL", "refused"),
    ({"DATABASE_DIRECT_URL": "postgresql://postgres:postgres@db/jembatan"}, "DATABASE_DIRECT_URL", "refused"),
    ({"DATABASE_OWNER_URL": "postgresql://jembatan:jembatan@db/jembatan"}, "DATABASE_OWNER_URL", "refused"),
    ({"DATABASE_REPORTING_URL": "postgresql://reads:reads@db/jembatan"}, "DATABASE_REPORTING_URL", "refused"),
    ({"AUTH_TOKEN_KEYS": f"k1:{'a' * 40}"}, "AUTH_TOKEN_KEYS", "refused"),
    ({"AUDIT_KEYS": f"a1:{'Zk3vQ9wLm2' * 4}"}, "AUDIT_KEYS", "refused"),
    ({"KYC_PROVIDER_WEBHOOK_SECRET": "0" * 64}, "KYC_PROVIDER_WEBHOOK_SECRET", "refused"),
    ({"AUDIT_KEYS": f"a1:{GOOD}"}, "AUDIT_KEYS", "refused"),
    ({"ADMIN_API_KEY": GOOD}, "ADMIN_API_KEY", "refused"),
    ({"BOOTSTRAP_ADMIN_RESET_PASSWORD": "true"}, "BOOTSTRAP_ADMIN_RESET_PASSWORD", "refused"),
]


class TestUnsafe:
    @pytest.mark.parametrize(("values", "name", "_staging"), UNSAFE)
    def test_production_does_not_start_and_says_which(self, values: dict[str, str], name: str, _staging: str) -> None:
        production = STAGING | {"ENVIRONMENT": "production"}
        assert load_settings(production).environment == "production"
        with pytest.raises(SettingsError) as refused:
            load_settings(production | values)
        assert any(line.startswith(name) for line in re.split(r"; |\n", str(refused.value)))
        for secret in ("minioadmin", "postgres:postgres", "a" * 40, GOOD):
            assert secret not in str(refused.value)

    @pytest.mark.parametrize(("values", "name", "in_staging"), UNSAFE)
    def test_staging_starts_with_four_of_them_and_names_two(
        self, values: dict[str, str], name: str, in_staging: str
    ) -> None:
        if in_staging == "refused":
            with pytest.raises(SettingsError, match=name):
                load_settings(STAGING | values)
            return
        warnings = load_settings(STAGING | values).warnings()
        assert any(warning.startswith(name) for warning in warnings) is (in_staging == "warned")

    @pytest.mark.parametrize(("values", "_name", "_staging"), UNSAFE)
    def test_a_laptop_starts_with_each(self, values: dict[str, str], _name: str, _staging: str) -> None:
        assert load(**values).is_dev

    @pytest.mark.parametrize(
        "values",
        [
            {"TRUSTED_PROXIES": "none"},
            {"TRUSTED_PROXIES": "10.0.0.0/8, fd00::/8"},
            {"AUTH_DEFAULT_ROLE_CODE": "lpk"},
            {"ADMIN_ROLE_CODES": "super_admin,lpk"},
            {"OBJECT_STORAGE_ALLOWED_CONTENT_TYPES": "image/webp,application/pdf"},
            {"DATABASE_URL": "postgresql://api@a,b:5432/jembatan?sslmode=verify-full"},
            {"AUTH_TOKEN_SECRET": GOOD},
            {"KYC_PROVIDER_WEBHOOK_SECRET_PREVIOUS": GOOD.swapcase()},
            {"AUTH_TOKEN_KEYS": f"k2:{GOOD},k1:{GOOD}"},
        ],
    )
    def test_what_an_operator_may_want_starts_everywhere(self, values: dict[str, str]) -> None:
        for environment in ("staging", "production"):
            load_settings(STAGING | values | {"ENVIRONMENT": environment})

    def test_no_proxy_is_a_word(self) -> None:
        assert load_settings(STAGING | {"TRUSTED_PROXIES": "none"}).trusted_networks == ()

    def test_unset_only_production_demands_read_files(self) -> None:
        assert load().requires_verified == load_settings(STAGING).requires_verified == "warn"
        assert load_settings(STAGING | {"ENVIRONMENT": "production"}).requires_verified == "enforce"


class TestUnknownNames:
    def test_a_mistyped_name_is_said_with_the_nearest_and_without_its_value(self) -> None:
        (sentence,) = unknown_names({"AUTH_TOKN_KEYS": "geheim", "AUTH_TOKEN_KEYS": "x", "ENVIRONMENT": "dev"})
        assert sentence == (
            "AUTH_TOKN_KEYS is set, but there is no such variable: it is ignored. The nearest name is AUTH_TOKEN_KEYS."
        )

    @pytest.mark.parametrize(
        ("name", "nearest"),
        [
            ("kyc_provider_webhok_secret", "KYC_PROVIDER_WEBHOOK_SECRET"),
            ("OBJECT_STORAGE_BUKET", "OBJECT_STORAGE_BUCKET"),
            ("DATABASE_URI", "DATABASE_URL"),
            ("BOOTSTRAP_ADMIN_MAIL", "BOOTSTRAP_ADMIN_EMAIL"),
            ("SEED_STAGING_PASWORD", "SEED_STAGING_PASSWORD"),
        ],
    )
    def test_the_nearest_is_the_one_that_was_meant(self, name: str, nearest: str) -> None:
        (sentence,) = unknown_names({name: ""})
        assert sentence.endswith(f"The nearest name is {nearest}.")

    @pytest.mark.parametrize(
        ("name", "nearest"),
        [("DATABSE_URL", "DATABASE_URL"), ("METRIC_JSON", "METRICS_JSON"), ("SMPT_URL", "SMTP_URL")],
    )
    def test_a_slip_in_the_first_letters_is_noticed_too(self, name: str, nearest: str) -> None:
        (sentence,) = unknown_names({name: ""})
        assert sentence.endswith(f"The nearest name is {nearest}.")

    def test_nothing_is_named_where_nothing_is_near(self) -> None:
        assert unknown_names({"AUTH_FOO_BAR": ""}) == [
            "AUTH_FOO_BAR is set, but there is no such variable: it is ignored."
        ]

    def test_other_programs_variables_are_left_alone(self) -> None:
        links = {
            f"{service}_{rest}"
            for service, port in (("API", 80), ("POSTGRES", 5432), ("MINIO", 9000), ("PROMETHEUS", 9090))
            for rest in ("SERVICE_HOST", "SERVICE_PORT", "PORT", f"PORT_{port}_TCP", f"PORT_{port}_TCP_ADDR")
        }
        others = {"PATH", "HOME", "API_KEY", "LOG_FILE", "PYTHONPATH", "KUBERNETES_SERVICE_HOST", "PORT", "LANG", "TZ"}
        assert unknown_names(dict.fromkeys(links | others, "")) == []

    def test_it_is_said_where_the_settings_are_refused_too(self) -> None:
        given = {name: value for name, value in BASE.items() if name not in ("DATABASE_URL", "ENVIRONMENT")}
        with pytest.raises(SettingsError) as caught:
            load_settings(given | {"DATABSE_URL": "postgresql://u:geheim@h/d", "ENVIROMENT": "dev"})
        sentences = str(caught.value).splitlines()
        assert sentences[0] == "ENVIRONMENT is not set: dev, staging or production"
        assert [line.partition(" ")[0] for line in sentences[1:]] == ["DATABSE_URL", "ENVIROMENT"]
        with pytest.raises(SettingsError) as caught:
            load_settings(given | {"ENVIRONMENT": "dev", "DATABSE_URL": "postgresql://u:geheim@h/d"})
        assert str(caught.value).splitlines()[-1].startswith("DATABSE_URL is set, but there is no such variable")
        assert "geheim" not in str(caught.value)

    def test_every_name_of_the_example_file_is_known(self) -> None:
        names = re.findall(r"^#?([A-Z][A-Z0-9_]+)=", (Path(__file__).parents[2] / ".env.example").read_text(), re.M)
        assert len(names) > 80
        assert unknown_names(dict.fromkeys(names, "")) == []


def service_links(name: str, port: int = 9100, protocol: str = "tcp") -> dict[str, str]:
    """What Kubernetes sets in every container beside a Service of this name."""
    address, there = f"{protocol}://10.0.0.7:{port}", f"{name}_PORT_{port}_{protocol.upper()}"
    return {
        f"{name}_SERVICE_HOST": "10.0.0.7",
        f"{name}_SERVICE_PORT": str(port),
        f"{name}_SERVICE_PORT_HTTP": str(port),
        f"{name}_PORT": address,
        there: address,
        f"{there}_PROTO": protocol,
        f"{there}_PORT": str(port),
        f"{there}_ADDR": "10.0.0.7",
    }


class TestServiceLinks:
    @pytest.mark.parametrize("name", ["METRICS", "API", "DATABASE", "SMTP", "AUTH", "OBJECT_STORAGE", "ADMIN"])
    @pytest.mark.parametrize("protocol", ["tcp", "udp"])
    def test_of_any_service_are_no_settings(self, name: str, protocol: str) -> None:
        links = service_links(name, protocol=protocol)
        assert load_settings(BASE | links) == load(), links
        assert unknown_names(BASE | links) == []

    def test_beside_them_an_operators_port_counts(self) -> None:
        given = BASE | service_links("METRICS") | service_links("API")
        settings = load_settings(given | {"METRICS_PORT": "9200", "API_PORT": "4001"})
        assert (settings.metrics_port, settings.api_port) == (9200, 4001)
        assert load_settings(given | {"PORT": "4002"}).api_port == 4002

    def test_an_address_without_a_service_is_refused(self) -> None:
        with pytest.raises(SettingsError, match="METRICS_PORT"):
            load(METRICS_PORT="tcp://10.0.0.7:9100")


class TestParseRing:
    def test_order_is_kept(self) -> None:
        assert [key.id for key in parse_ring("b:2, a:1")] == ["b", "a"]

    @pytest.mark.parametrize("text", ["a", "a:", ":x", "a:1,a:2", "a b:1"])
    def test_other_forms_are_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"key|form"):
            parse_ring(text)


class TestDatabaseAddress:
    @pytest.mark.parametrize("hosts", ["h", "h:5432", "a:5432,b:5433", "[::1]:5432", "", "%2Frun%2Fpostgres"])
    def test_forms_that_postgres_reads(self, hosts: str) -> None:
        address = f"postgresql://u:p%40w:x@{hosts}/d?sslmode=require"
        assert load_settings({**BASE, "DATABASE_URL": address}).database_url == address

    @pytest.mark.parametrize("hosts", ["h:notaport", "a:5432,b:x", "h:123456"])
    def test_a_port_that_is_none_stops_the_start_without_the_password(self, hosts: str) -> None:
        with pytest.raises(SettingsError, match=r"^DATABASE_URL is not a valid Postgres address\.") as refused:
            load_settings({**BASE, "DATABASE_URL": f"postgresql://u:geheim@{hosts}/d"})
        assert "geheim" not in str(refused.value)

    def test_the_direct_address_is_the_same_one_unless_it_is_set(self) -> None:
        direct = "postgresql://u:p@direct/d"
        assert load_settings(BASE).direct_url == BASE["DATABASE_URL"]
        assert load_settings({**BASE, "DATABASE_DIRECT_URL": direct}).direct_url == direct

    @pytest.mark.parametrize(
        ("address", "problem"),
        [("mysql://u:geheim@h/d", "must start with postgres://"), ("postgresql://u:geheim@h:x/d", "is not a valid")],
    )
    def test_a_wrong_direct_address_stops_the_start_too(self, address: str, problem: str) -> None:
        with pytest.raises(SettingsError, match=rf"^DATABASE_DIRECT_URL {problem}") as refused:
            load_settings({**BASE, "DATABASE_DIRECT_URL": address})
        assert "geheim" not in str(refused.value)
