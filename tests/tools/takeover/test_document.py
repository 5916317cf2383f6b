"""Does docs/migrating.md tell the truth? Its commands exist, its SQL runs, and its table knows every variable."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from service import cli
from service.base.settings import Settings
from service.tools.takeover.load import import_dump
from service.tools.takeover.tables import OLD_STEPS
from tests.tools.takeover.conftest import DUMP, NewDatabase, OldDatabase, all_rows, connected, psql

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "migrating.md").read_text()
COMMANDS = [
    line.strip()
    for block in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)
    for line in block.splitlines()
    if line.strip()
]
OLD_VARIABLES = [
    "API_PORT",
    "AUTH_STORE",
    "DATABASE_URL",
    "DB_POOL_MAX",
    "AUTH_TOKEN_SECRET",
    "AUTH_ACCESS_TOKEN_TTL_SEC",
    "AUTH_REFRESH_TOKEN_TTL_SEC",
    "AUTH_DEFAULT_ROLE_CODE",
    "ADMIN_ROLE_CODES",
    "ADMIN_API_KEY",
    "KYC_PROVIDER_WEBHOOK_SECRET",
    "KYC_PROVIDER_WEBHOOK_IDEMPOTENCY_TTL_SEC",
    "KYC_PROVIDER_WEBHOOK_REQUIRE_SIGNATURE",
    "KYC_PROVIDER_WEBHOOK_MAX_SKEW_SEC",
    "LOG_LEVEL",
    "OBJECT_STORAGE_PROVIDER",
    "OBJECT_STORAGE_BUCKET",
    "OBJECT_STORAGE_REGION",
    "OBJECT_STORAGE_ENDPOINT",
    "OBJECT_STORAGE_BASE_URL",
    "OBJECT_STORAGE_ACCESS_KEY_ID",
    "OBJECT_STORAGE_SECRET_ACCESS_KEY",
    "OBJECT_STORAGE_FORCE_PATH_STYLE",
    "OBJECT_STORAGE_PRESIGN_EXPIRES_SEC",
    "OBJECT_STORAGE_MAX_FILE_BYTES",
    "OBJECT_STORAGE_ALLOWED_CONTENT_TYPES",
    "MINIO_PORT",
    "MINIO_ROOT_USER",
    "MINIO_ROOT_PASSWORD",
    "BOOTSTRAP_ADMIN_EMAIL",
    "BOOTSTRAP_ADMIN_PASSWORD",
    "BOOTSTRAP_ADMIN_FULL_NAME",
    "BOOTSTRAP_ADMIN_ROLE_CODES",
    "BOOTSTRAP_ADMIN_RESET_PASSWORD",
    "AUTH_EMAIL_PROVIDER",
    "EMAIL_PROVIDER",
    "AUTH_EMAIL_RESEND_API_KEY",
    "RESEND_API_KEY",
    "AUTH_EMAIL_FROM",
    "EMAIL_FROM",
    "AUTH_EMAIL_VERIFICATION_CODE_TTL_SEC",
    "AUTH_EMAIL_VERIFICATION_RESEND_COOLDOWN_SEC",
    "AUTH_EMAIL_VERIFICATION_MAX_ATTEMPTS",
    "AUTH_EMAIL_VERIFICATION_EXPOSE_CODE",
    "AUTH_EMAIL_VERIFICATION_STATIC_CODE",
    "NODE_ENV",
    "KYC_PREVIEW_URL_DEFAULT_EXPIRES_SEC",
    "KYC_PREVIEW_URL_MAX_EXPIRES_SEC",
]
READ_ELSEWHERE = {
    "ENVIRONMENT",
    "NODE_ENV",
    "PORT",
    "EMAIL_PROVIDER",
    "EMAIL_FROM",
    "AUTH_EMAIL_RESEND_API_KEY",
    "RESEND_API_KEY",
    "OLD_DATABASE_URL",
}


class TestCommands:
    @pytest.mark.parametrize("line", [line for line in COMMANDS if "-m service" in line])
    def test_ours_are_understood(self, line: str) -> None:
        words = shlex.split(line.removesuffix("&"))
        assert words[:3] == ["python", "-m", "service"]
        assert cli._parser(words[3]).parse_args(words[3:]).run

    def test_others_are_tools_that_operators_have(self) -> None:
        names = {shlex.split(line)[0] for line in COMMANDS}
        assert names == {"python", "psql", "pg_dump", "rclone", "curl", "umask"}


class TestEnvironment:
    def test_every_variable_of_the_replaced_server_is_there(self) -> None:
        environment = TEXT.partition("## Environment")[2]
        assert [name for name in OLD_VARIABLES if f"`{name}`" not in environment] == []

    def test_every_variable_that_is_named_exists(self) -> None:
        named = set(re.findall(r"`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|PORT)(?:=[^`]*)?`", TEXT))
        known = {name.upper() for name in Settings.model_fields} | READ_ELSEWHERE
        assert named - known == set()


def shell_arguments(marker: str, **variables: str) -> list[str]:
    """The one psql command that holds `marker`, as a shell hands it over, without the address."""
    (line,) = [line for line in COMMANDS if marker in line]
    words = shlex.split(line.replace("\\$", "$"))
    assert words[0] == "psql"
    return [
        re.sub("|".join(map(re.escape, variables)) or "$^", lambda found: variables[found[0]], word)
        for word in words[2:]
    ]


class TestTheWindow:
    async def test_a_read_only_database_takes_no_write_and_is_opened_again(self, old_database: OldDatabase) -> None:
        url = await old_database(rows=True)
        psql(url, *shell_arguments("%I SET default_transaction_read_only"))
        psql(url, *shell_arguments("pg_terminate_backend"))
        with pytest.raises(AssertionError, match="read-only transaction"):
            psql(url, "-c", "DELETE FROM users")
        psql(url, *shell_arguments("RESET default_transaction_read_only"))
        psql(url, "-c", "UPDATE users SET full_name = full_name")


class TestTheWayBack:
    async def test_history_and_password_records_come_back(
        self, old_database: OldDatabase, new_database: NewDatabase, tmp_path: Path
    ) -> None:
        file = str(tmp_path / "passwords.tsv")
        old, url = await old_database(rows=True), await new_database()
        psql(old, *shell_arguments("TO 'passwords.tsv'", **{"passwords.tsv": file}))
        await import_dump(url, DUMP)
        before = (await all_rows(url))["users"]
        async with connected(url) as connection:
            await connection.execute(
                "UPDATE users SET password_hash = '$argon2id$v=19$of-here' WHERE email = 'siti@example.com';"
                "UPDATE users SET password_hash = 'pbkdf2$set-by-hand' WHERE email = 'yusuf@example.com'"
            )
        psql(url, *shell_arguments("FROM 'passwords.tsv'", **{"passwords.tsv": file}))
        records = [user["password_hash"] for user in (await all_rows(url))["users"]]
        assert records == [before[0]["password_hash"], "pbkdf2$set-by-hand", before[2]["password_hash"]]

        psql(url, *shell_arguments("CREATE TABLE schema_migrations"))
        async with connected(url) as connection:
            found = await connection.fetch("SELECT file_name FROM schema_migrations ORDER BY file_name")
        assert [row["file_name"] for row in found] == list(OLD_STEPS)
