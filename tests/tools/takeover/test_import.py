"""Does a dump of the replaced server arrive whole, or not at all?"""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from service.auth.roles import NAMED_ROLES
from service.base.settings import Settings
from service.tools.takeover import TakeoverError
from service.tools.takeover.dump import scan
from service.tools.takeover.load import TableCount, import_dump
from service.tools.takeover.tables import OLD_TABLES
from tests.conftest import TEST_ENVIRONMENT
from tests.tools.takeover.conftest import (
    BASE_DUMP,
    DUMP,
    NewDatabase,
    OldDatabase,
    all_rows,
    connected,
    pg_dump,
    service,
)

SITI = "11111111-1111-4111-8111-000000000001"
PASSWORD = "Rahasia-2026 ok"
REFRESH_TOKEN = "live-refresh-token-of-siti-live-refresh-token-of-siti-live-refre"
APPLICATION = "bbbbbbbb-bbbb-4bbb-8bbb-000000000001"


class TestImportDump:
    async def test_every_row_and_character_arrives(self, new_database: NewDatabase, old_database: OldDatabase) -> None:
        url = await new_database()
        counts = await import_dump(url, DUMP)
        rows = await all_rows(url)
        assert rows == await all_rows(await old_database(rows=True))
        assert {count.table: count.in_dump for count in counts} == {table: len(rows[table]) for table in OLD_TABLES}
        assert all(count.in_dump == count.in_database > 0 for count in counts)
        assert {len(user["full_name"]) for user in rows["users"]} >= {300}
        assert rows["jobs"][1]["description"] == "Weld.\r\nCheck.\tRepeat."
        assert rows["feed_posts"][2]["title"] == 'Visa: \\"Tokutei Ginou\\" & you'
        assert rows["organizations"][0]["name"] == "LPK Maju; DROP TABLE users --"

    @pytest.mark.parametrize("form", [[], ["--inserts"], ["--column-inserts", "--rows-per-insert=2"]], ids=str)
    async def test_what_pg_dump_really_writes_is_read(
        self, form: list[str], new_database: NewDatabase, old_database: OldDatabase, tmp_path: Path
    ) -> None:
        old = await old_database(rows=True)
        url = await new_database()
        await import_dump(url, pg_dump(old, tmp_path / "dump.sql", *form))
        assert await all_rows(url) == await all_rows(old)

    async def test_an_older_release_gets_the_defaults_of_later_columns(
        self, new_database: NewDatabase, old_database: OldDatabase
    ) -> None:
        url = await new_database()
        await import_dump(url, BASE_DUMP)
        rows = await all_rows(url)
        assert await all_rows(url, later=False) == await all_rows(
            await old_database(later=False, rows=True), later=False
        )
        assert {job["lifecycle_status"] for job in rows["jobs"]} == {"PUBLISHED"}
        # As step 010 does for rows that are there when it runs.
        assert all(job["published_at"] == job["created_at"] for job in rows["jobs"])
        assert {user["email_verified_at"] for user in rows["users"]} == {None}
        assert {event["actor_type"] for event in rows["job_application_journey_events"]} == {None}
        assert rows["job_application_documents"] == []

    async def test_seeded_rows_are_replaced(self, new_database: NewDatabase) -> None:
        url = await new_database()
        async with connected(url) as connection:
            await connection.execute(
                "INSERT INTO jobs (id, title, employment_type, description, location_json, employer_json) VALUES"
                " ('job_tokyo_senior_welder_001', 'Seeded', 'CONTRACT', '', '{}', '{}'),"
                " ('job_of_the_seed', 'Seeded', 'CONTRACT', '', '{}', '{}')"
            )
        await import_dump(url, DUMP)
        rows = await all_rows(url)
        assert [job["title"] for job in rows["jobs"]] == ["CNC Operator", "Senior Welder"]
        assert {role["description"] for role in rows["roles"]} == {
            f"Old text of {code}" for code in ("sdm", "lpk", "tsk", "kaisha", "super_admin")
        }
        async with connected(url) as connection:
            assert await connection.fetchval("SELECT count(*) FROM roles") == 5 + len(NAMED_ROLES)

    async def test_roles_that_the_dump_lacks_stay(self, new_database: NewDatabase, tmp_path: Path) -> None:
        url = await new_database()
        before = (await all_rows(url))["roles"]
        counts = await import_dump(url, write(tmp_path, "INSERT INTO jobs VALUES " + JOB + ";"))
        assert (await all_rows(url))["roles"] == before
        assert TableCount("jobs", 1, 1) in counts
        assert TableCount("roles", 0, 9) in counts

    async def test_a_database_with_users_is_refused(self, new_database: NewDatabase) -> None:
        url = await new_database()
        await import_dump(url, DUMP)
        before = await all_rows(url)
        with pytest.raises(TakeoverError, match="The database has users already"):
            await import_dump(url, DUMP)
        assert await all_rows(url) == before

    async def test_an_old_schema_is_refused(self, old_database: OldDatabase) -> None:
        with pytest.raises(TakeoverError, match="The schema is not up to date: run `python -m service migrate` first"):
            await import_dump(await old_database(), DUMP)

    async def test_counts_that_differ_undo_everything(self, new_database: NewDatabase) -> None:
        url = await new_database()
        before = await all_rows(url)
        async with connected(url) as connection:
            await connection.execute(
                "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
                "CREATE TRIGGER swallow BEFORE INSERT ON user_saved_posts FOR EACH ROW EXECUTE FUNCTION swallow()"
            )
        with pytest.raises(TakeoverError, match=r"^user_saved_posts: the dump has 1 rows, the database 0\.$"):
            await import_dump(url, DUMP)
        assert await all_rows(url) == before

    @pytest.mark.parametrize(
        ("old", "new", "sentence"),
        [
            (
                "11111111-1111-4111-8111-000000000003\tReviewer",
                "geheim\tReviewer",
                r"^users, line 49 of the dump, column id: refused by the database, invalid text representation\.$",
            ),
            (
                "yusuf@example.com\tpbkdf2",
                "siti@example.com\tpbkdf2",
                r"^users, line 48 of the dump: refused by the database, unique violation \(users_email_key\)\.$",
            ),
            (
                "\tjob_osaka_cnc_operator_002\tSUBMITTED",
                "\tjob_that_is_not_there\tSUBMITTED",
                r"^job_applications: refused by the database, foreign key violation \(job_applications_job_id_fkey\)\.$",
            ),
            (
                "\tSUBMITTED\t\\N\t2026",
                "\tGEHEIM\t\\N\t2026",
                r"job_applications.*\(job_applications_status_check\)\.$",
            ),
            ("\tsiti@example.com\tpbkdf2", "\t\\N\tpbkdf2", r"^users, line 47 .*not null violation"),
            ("Siti O'Nurhaliza", "Siti\tgeheim", r"^users, line 47 of the dump.*bad copy file format\.$"),
        ],
    )
    async def test_a_wrong_row_is_named_without_its_values(
        self, old: str, new: str, sentence: str, new_database: NewDatabase, tmp_path: Path
    ) -> None:
        text = DUMP.read_text()
        assert old in text
        file = tmp_path / "dump.sql"
        file.write_text(text.replace(old, new, 1), newline="")
        url = await new_database()
        before = await all_rows(url)
        with pytest.raises(TakeoverError, match=sentence) as caught:
            await import_dump(url, file)
        assert "geheim" not in str(caught.value).lower()
        assert "example.com" not in str(caught.value)
        assert await all_rows(url) == before


JOB = "('j', 'A ''quoted'' title;', 'CONTRACT', true, E, '[]', '{}', '{}', '2026-01-01 00:00:00+00', '2026-01-01Z')".replace(
    "E", "'line\nCOPY users (id) FROM stdin;\n-- no comment'"
)


def write(folder: Path, text: str) -> Path:
    file = folder / "some.sql"
    file.write_bytes(text.encode())
    return file


class TestScan:
    def test_texts_that_look_like_statements_are_texts(self, tmp_path: Path) -> None:
        (section,) = scan(
            write(tmp_path, f"INSERT INTO public.jobs VALUES {JOB};\nINSERT INTO jobs VALUES {JOB}, {JOB};\n")
        )
        assert (section.table, section.rows, section.line) == ("jobs", 3, 1)
        assert section.columns == OLD_TABLES["jobs"].base

    def test_only_rows_of_the_history_are_left_out(self, tmp_path: Path) -> None:
        text = (
            "COPY public.schema_migrations (file_name, applied_at) FROM stdin;\n001.sql\tnow\n\\.\n"
            "INSERT INTO public.schema_migrations VALUES ('013_unknown.sql', 'now');\n"
        )
        assert scan(write(tmp_path, text)) == []

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            ("CREATE TABLE users (id int);", "Line 1 of the dump holds CREATE TABLE, and only the rows"),
            ("\nDROP TABLE users;", "Line 2 of the dump holds DROP TABLE"),
            ("DELETE FROM users;", "holds DELETE FROM"),
            ("SELECT pg_sleep(1);", "holds SELECT"),
            ("SELECT pg_catalog.set_config('a', '', false); DROP TABLE users", "does not end"),
            ("\\! rm -rf /\n", "does not end"),
            ("INSERT INTO users (id) SELECT 'x';", "holds INSERT INTO"),
            ("INSERT INTO users (id) VALUES ('x'); DROP TABLE users;", "holds an INSERT that pg_dump does not write"),
            ("INSERT INTO users (id) VALUES (gen_random_uuid());", "a value that is no text, number or null"),
            ("INSERT INTO users (id) VALUES (now);", "a value that is no text, number or null"),
            ("INSERT INTO users VALUES ('x', 'y');", "the number of values does not fit the columns of users"),
            ("INSERT INTO users (id, email) VALUES ('x');", "the number of values does not fit"),
            ("INSERT INTO invoices VALUES (1);", "Line 1 of the dump: the replaced server has no table invoices."),
            ("COPY public.invoices (id) FROM stdin;\n\\.\n", "the replaced server has no table invoices"),
            ("COPY session_families (id) FROM stdin;\n\\.\n", "the replaced server has no table session_families"),
            ("COPY users (id, nickname) FROM stdin;\n\\.\n", "table users has no column nickname"),
            ("COPY users (id) FROM '/etc/passwd';", "holds COPY"),
            ("COPY users (id) FROM PROGRAM 'id';", "holds COPY"),
            ("COPY users (id) FROM stdin;\nx\n", "cut off inside the rows of users"),
            ("INSERT INTO users (id) VALUES ('x", "Line 1 of the dump begins a statement that does not end"),
            ("--\n-- PostgreSQL database dump\n--\n", "cut off: its closing line is missing"),
            ("SET client_encoding = 'LATIN1';", "The dump is in LATIN1: make it with"),
            ("SET standard_conforming_strings = off;", "standard_conforming_strings off"),
            ("PGDMP\x01", "pg_restore --data-only"),
        ],
    )
    def test_anything_else_is_one_sentence(self, text: str, sentence: str, tmp_path: Path) -> None:
        with pytest.raises(TakeoverError, match=re.escape(sentence)):
            scan(write(tmp_path, text))

    def test_a_file_that_is_not_there_is_one_sentence(self, tmp_path: Path) -> None:
        with pytest.raises(TakeoverError, match="The dump cannot be read"):
            scan(tmp_path / "none.sql")

    def test_a_dump_cut_anywhere_is_noticed(self, tmp_path: Path) -> None:
        whole = DUMP.read_bytes()
        end = whole.index(b"-- PostgreSQL database dump complete")
        for length in range(200, end, 997):
            file = tmp_path / "cut.sql"
            file.write_bytes(whole[:length])
            with pytest.raises(TakeoverError):
                scan(file)


class TestAfterTheImport:
    """The accounts of the replaced server live on."""

    async def test_people_stay_signed_in_and_keep_what_they_have(
        self, api: httpx.AsyncClient, settings: Settings
    ) -> None:
        await import_dump(settings.database_url, DUMP)

        refreshed = await api.post("/v1/auth/refresh", json={"refreshToken": REFRESH_TOKEN})
        assert refreshed.status_code == 200
        assert refreshed.json()["user"]["fullName"] == "Siti O'Nurhaliza 🌉"
        refused = await api.post("/auth/refresh", json={"refreshToken": "revoked-refresh-token-of-siti"})
        assert refused.status_code == 401

        wrong = await api.post("/auth/login", json={"identifier": "siti@example.com", "password": PASSWORD + " "})
        assert wrong.status_code == 401
        for _ in range(2):  # the second time against our own record
            answer = await api.post("/auth/login", json={"email": " SITI@example.com ", "password": PASSWORD})
            assert answer.status_code == 200
        signed_in = answer.json()
        assert signed_in["user"] | {"createdAt": "", "emailVerifiedAt": ""} == {
            "id": SITI,
            "fullName": "Siti O'Nurhaliza 🌉",
            "email": "siti@example.com",
            "emailVerified": True,
            "emailVerifiedAt": "",
            "createdAt": "",
            "roles": ["sdm"],
        }

        caller = {"Authorization": f"Bearer {signed_in['accessToken']}"}
        applications = (await api.get("/users/me/applications", headers=caller)).json()
        assert [item["id"] for item in applications["items"]] == [APPLICATION, APPLICATION[:-1] + "2"]
        assert applications["items"][0]["note"] == 'Saya siap.\nKapan pun; "besok" juga.'
        assert applications["items"][0]["job"]["employer"]["name"] == 'Tokyo "Kensetsu" 建設'
        journey = (await api.get(f"/users/me/applications/{APPLICATION}/journey", headers=caller)).json()
        assert [event["status"] for event in journey["journey"]] == ["SUBMITTED", "OFFERED"]
        jobs = (await api.get("/jobs", headers=caller)).json()
        assert [job["title"] for job in jobs["items"]] == ["Senior Welder"]


class TestCommand:
    async def test_walks_a_fresh_database_through(
        self, new_database: NewDatabase, object_storage_env: dict[str, str]
    ) -> None:
        url = await new_database()
        env = {**TEST_ENVIRONMENT, **object_storage_env, "DATABASE_URL": url}
        assert (await service("migrate", env=env))[0] == 0
        code, output, _ = await service("import", str(DUMP), env=env)
        assert code == 0
        assert [line.split() for line in output.splitlines()][1] == ["users", "3", "3"]
        assert len(output.splitlines()) == 1 + len(OLD_TABLES)
        code, output, errors = await service("import", str(DUMP), env=env)
        assert (code, output) == (1, "")
        assert errors.startswith("The database has users already")
        assert (await service("migrate", "--check", env=env))[0] == 0
