"""Is a database of the replaced server taken over as it is, and refused when it is something else?"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from service.auth.roles import NAMED_ROLES
from service.database import migrate
from service.database.migrate import MigrationError
from service.tools.takeover import TakeoverError
from service.tools.takeover.adoption import adopt, adoptable_steps
from service.tools.takeover.catalogue import differences, read_catalogue
from service.tools.takeover.tables import OLD_STEPS
from tests.conftest import TEST_ENVIRONMENT
from tests.tools.takeover.conftest import NewDatabase, OldDatabase, all_rows, connected, service

NAMES = [one.name for one in migrate.migrations()]


async def history(url: str) -> list[str]:
    async with connected(url) as connection:
        return [row["version"] for row in await connection.fetch("SELECT version FROM aerich ORDER BY id")]


async def tables(url: str) -> Any:
    async with connected(url) as connection:
        return await read_catalogue(connection, leave_out=())


class TestAdopt:
    async def test_the_newest_release_is_adopted_with_all_rows(
        self, old_database: OldDatabase, new_database: NewDatabase
    ) -> None:
        url = await old_database(rows=True)
        before = await all_rows(url)
        assert await adopt(url) == (NAMES[:12], NAMES[12:])
        assert await history(url) == NAMES
        assert await migrate.check(url) == []
        assert await all_rows(url) == before
        async with connected(url) as adopted, connected(await new_database()) as fresh:
            left_out = ("schema_migrations",)
            found = await read_catalogue(adopted, leave_out=left_out)
            expected = await read_catalogue(fresh, leave_out=left_out)
            assert await differences(fresh, found, expected) == []

    async def test_the_oldest_release_is_adopted_and_gets_the_other_steps(self, old_database: OldDatabase) -> None:
        url = await old_database(later=False, rows=True)
        before = await all_rows(url, later=False)
        assert await adopt(url) == (NAMES[:9], NAMES[9:])
        assert await all_rows(url, later=False) == before
        assert all(job["published_at"] for job in (await all_rows(url))["jobs"])

    async def test_a_second_time_does_nothing(self, old_database: OldDatabase) -> None:
        url = await old_database()
        await adopt(url)
        before = await tables(url)
        assert await adopt(url) == ([], [])
        assert await migrate.migrate(url) == []
        assert await tables(url) == before

    async def test_many_at_once_make_one_history(self, old_database: OldDatabase) -> None:
        url = await old_database()
        results = await asyncio.gather(*(adopt(url) for _ in range(5)))
        assert sorted(len(adopted) for adopted, _ in results) == [0, 0, 0, 0, 12]
        assert await history(url) == NAMES

    async def test_a_database_of_ours_is_only_migrated(self, new_database: NewDatabase) -> None:
        assert await adopt(await new_database()) == ([], [])

    async def test_missing_roles_are_made_again(self, old_database: OldDatabase) -> None:
        url = await old_database()
        async with connected(url) as connection:
            await connection.execute("DELETE FROM roles WHERE code = 'kaisha'")
        await adopt(url)
        assert {role["code"] for role in (await all_rows(url))["roles"]} == {
            "sdm",
            "lpk",
            "tsk",
            "kaisha",
            "super_admin",
        }
        async with connected(url) as connection:
            assert await connection.fetchval("SELECT count(*) FROM roles") == 5 + len(NAMED_ROLES)

    async def test_plain_migrate_refuses_a_database_of_the_replaced_server(self, old_database: OldDatabase) -> None:
        url = await old_database(later=False)
        before = await tables(url)
        with pytest.raises(MigrationError, match="take it over with `migrate --adopt`"):
            await migrate.migrate(url)
        assert await tables(url) == before

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ("ALTER TABLE users ADD COLUMN nickname TEXT", "The column users.nickname is not part of the replaced"),
            ("ALTER TABLE users DROP COLUMN avatar_url", "The column users.avatar_url is missing."),
            (
                "ALTER TABLE users ALTER COLUMN full_name TYPE VARCHAR(255)",
                "The column users.full_name is `character varying(255), not null` and not `text, not null`.",
            ),
            ("ALTER TABLE sessions ALTER COLUMN expires_at DROP NOT NULL", "The column sessions.expires_at is"),
            ("ALTER TABLE users ALTER COLUMN created_at DROP DEFAULT", "The column users.created_at is"),
            ("DROP TABLE user_saved_posts", "The table user_saved_posts is missing."),
            ("CREATE TABLE invoices (id INT PRIMARY KEY)", "The table invoices is not part of the replaced"),
            ("CREATE VIEW people AS SELECT 1 AS one", "The view people is not part of the replaced"),
            ("DROP INDEX idx_jobs_created_at", "The index idx_jobs_created_at of jobs is missing."),
            ("CREATE INDEX own ON users (full_name)", "The index own of users is not part of the replaced"),
            (
                "ALTER TABLE users DROP CONSTRAINT users_email_key",
                "The unique rule users_email_key of users is missing.",
            ),
            (
                "DROP INDEX idx_kyc_sessions_status; CREATE INDEX idx_kyc_sessions_status ON kyc_sessions (status, id)",
                "The index idx_kyc_sessions_status of kyc_sessions is `(status, id)` and not `(status)`.",
            ),
            (
                "ALTER TABLE sessions DROP CONSTRAINT sessions_user_id_fkey,"
                " ADD CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id)",
                "The foreign key sessions_user_id_fkey of sessions is",
            ),
            (
                "ALTER TABLE job_applications DROP CONSTRAINT job_applications_status_check,"
                " ADD CONSTRAINT job_applications_status_check CHECK (status IN ('SUBMITTED', 'WITHDRAWN'))",
                "The check job_applications_status_check of job_applications is",
            ),
            (
                "ALTER TABLE organizations DROP CONSTRAINT organizations_country_code_check,"
                " ADD CONSTRAINT organizations_country_code_check CHECK (country_code ~ '^[A-Za-z]{2}$')",
                "The check organizations_country_code_check of organizations is",
            ),
            (
                "ALTER TABLE job_application_documents"
                " DROP CONSTRAINT job_application_documents_content_length_check,"
                " ADD CONSTRAINT job_application_documents_content_length_check CHECK (content_length >= 0)",
                "The check job_application_documents_content_length_check of job_application_documents is",
            ),
            (
                "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
                "CREATE TRIGGER own BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION f()",
                "The trigger own of users is not part of the replaced",
            ),
            (
                "ALTER TABLE users ENABLE ROW LEVEL SECURITY",
                "The table users is `table, row security` and not `table`.",
            ),
            (
                "UPDATE schema_migrations SET file_name = '013_new.sql' WHERE file_name ~ '^012'",
                "The step 013_new.sql is",
            ),
            ("DELETE FROM schema_migrations WHERE file_name ~ '^005'", "The step 005_kyc_provider_metadata.sql is not"),
            ("DELETE FROM schema_migrations WHERE file_name ~ '^(009|01)'", "The step 009_jobs_feed_user_interactions"),
            (
                "DELETE FROM schema_migrations WHERE file_name ~ '^01'",
                "The table job_application_documents is not part",
            ),
            ("DROP TABLE schema_migrations", "There is no table schema_migrations"),
        ],
    )
    async def test_a_difference_is_a_sentence(self, change: str, sentence: str, old_schema: str) -> None:
        async with connected(old_schema) as connection:
            transaction = connection.transaction()
            await transaction.start()
            await connection.execute(change)
            with pytest.raises(TakeoverError) as caught:
                await adoptable_steps(connection)
            assert any(line.startswith(sentence) for line in str(caught.value).splitlines()), str(caught.value)
            await transaction.rollback()

    async def test_without_a_difference_there_is_no_sentence(self, old_schema: str) -> None:
        async with connected(old_schema) as connection:
            assert await adoptable_steps(connection) == 12

    async def test_each_difference_has_its_line_and_nothing_is_changed(self, old_database: OldDatabase) -> None:
        url = await old_database()
        async with connected(url) as connection:
            await connection.execute("DROP TABLE user_saved_posts; ALTER TABLE users ADD COLUMN nickname TEXT")
        before = await tables(url)
        with pytest.raises(TakeoverError) as caught:
            await adopt(url)
        assert await tables(url) == before
        assert len(str(caught.value).splitlines()) == 1 + 2


class TestTheWayBack:
    async def test_the_replaced_server_finds_its_steps_and_tables(self, old_database: OldDatabase) -> None:
        """Also the oldest release's: a newer one that comes back must not make the later steps again."""
        url = await old_database(later=False, rows=True)
        await adopt(url)
        async with connected(url) as connection:
            recorded = [
                row["file_name"] for row in await connection.fetch("SELECT * FROM schema_migrations ORDER BY 1")
            ]
            assert recorded == list(OLD_STEPS)
            # What it writes, by the columns it knows.
            await connection.execute(
                "INSERT INTO users (id, full_name, email, password_hash) VALUES"
                " ('11111111-1111-4111-8111-0000000000ff', 'Back', 'back@example.com', 'pbkdf2$1$a$b');"
                "INSERT INTO sessions (id, user_id, token_hash, expires_at) VALUES"
                " ('11111111-1111-4111-8111-0000000000fe', '11111111-1111-4111-8111-0000000000ff', 'h', now());"
                "INSERT INTO job_applications (id, user_id, job_id, status) SELECT"
                " '11111111-1111-4111-8111-0000000000fd', '11111111-1111-4111-8111-0000000000ff', id, 'SUBMITTED'"
                " FROM jobs LIMIT 1"
            )


class TestCommand:
    async def test_adopts_and_says_so(self, old_database: OldDatabase, object_storage_env: dict[str, str]) -> None:
        env = {**TEST_ENVIRONMENT, **object_storage_env, "DATABASE_URL": await old_database()}
        code, _, errors = await service("migrate", env=env)
        assert code == 1
        assert "migrate --adopt" in errors
        code, output, _ = await service("migrate", "--adopt", env=env)
        assert code == 0
        assert [line.split()[0] for line in output.splitlines()] == ["adopted"] * 12 + ["applied"] * (
            len(NAMES) - 12
        ) + ["schema"]

    async def test_refuses_with_a_sentence_a_line(
        self, old_database: OldDatabase, object_storage_env: dict[str, str]
    ) -> None:
        url = await old_database()
        async with connected(url) as connection:
            await connection.execute("DROP INDEX idx_jobs_created_at")
        env = {**TEST_ENVIRONMENT, **object_storage_env, "DATABASE_URL": url}
        code, output, errors = await service("migrate", "--adopt", env=env)
        assert (code, output) == (1, "")
        assert errors.splitlines() == [
            "The schema is not the replaced server's; nothing was changed.",
            "The index idx_jobs_created_at of jobs is missing.",
        ]
