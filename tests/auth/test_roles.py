"""Do the names of roles that each request reads follow the tables of roles, whoever writes to those?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import httpx
import pytest
from sanic import Sanic

from service.auth.queries import find_user
from service.base.settings import Settings
from service.database import db, migrate
from tests.answers import outcome
from tests.factories import Candidate, make_candidate

ADMIN = "/admin/overview/summary"
SAID = (
    "SELECT count(*) FROM users u WHERE u.role_names <> ARRAY("
    "SELECT r.code FROM user_roles ur JOIN roles r ON r.id = ur.role_id WHERE ur.user_id = u.id ORDER BY r.code)"
)
GRANT = "INSERT INTO user_roles (id, user_id, role_id) SELECT gen_random_uuid(), $1, id FROM roles WHERE code = $2"


@pytest.fixture
async def admin(app: Sanic, settings: Settings) -> Candidate:
    return await make_candidate(settings, roles=("super_admin", "sdm"))


@pytest.fixture
async def kept_roles(app: Sanic) -> AsyncIterator[None]:
    """Puts the roles back: other tests need them, and cleaning leaves them."""
    roles = await db.fetch_all("SELECT * FROM roles")
    yield
    await db.execute("DELETE FROM users")
    await db.execute("DELETE FROM roles")
    for role in roles:
        await db.execute("INSERT INTO roles (id, code, description, created_at) VALUES ($1, $2, $3, $4)", *role)


async def roles_of(person: Candidate) -> tuple[str, ...]:
    user = await find_user(person.id)
    assert user is not None
    assert await db.fetch_value(SAID) == 0
    return user.roles


@pytest.mark.usefixtures("kept_roles")
class TestAfterAnyStatement:
    @pytest.mark.parametrize(
        ("statement", "left"),
        [
            ("DELETE FROM user_roles WHERE role_id = (SELECT id FROM roles WHERE code = 'super_admin')", ("sdm",)),
            ("DELETE FROM user_roles", ()),
            ("TRUNCATE user_roles", ()),
            ("TRUNCATE roles CASCADE", ()),
            ("DELETE FROM roles WHERE code = 'super_admin'", ("sdm",)),
            ("UPDATE roles SET code = 'former_admin' WHERE code = 'super_admin'", ("former_admin", "sdm")),
            (
                "UPDATE user_roles SET role_id = (SELECT id FROM roles WHERE code = 'lpk')"
                " WHERE role_id = (SELECT id FROM roles WHERE code = 'super_admin')",
                ("lpk", "sdm"),
            ),
        ],
    )
    async def test_who_lost_the_role_is_refused_at_the_next_request(
        self, api: httpx.AsyncClient, admin: Candidate, settings: Settings, statement: str, left: tuple[str, ...]
    ) -> None:
        other = await make_candidate(settings, roles=())
        assert (await api.get(ADMIN, headers=admin.headers)).status_code == 200
        await db.execute(statement)
        answer = await api.get(ADMIN, headers=admin.headers)
        assert outcome(answer) == (403, "insufficient_admin_role")
        assert (await roles_of(admin), await roles_of(other)) == (left, ())

    async def test_a_grant_that_goes_to_somebody_else_leaves_the_first(
        self, admin: Candidate, settings: Settings
    ) -> None:
        other = await make_candidate(settings, roles=())
        await db.execute(
            "UPDATE user_roles SET user_id = $2 WHERE user_id = $1 AND role_id = (SELECT id FROM roles WHERE code = 'sdm')",
            admin.id,
            other.id,
        )
        assert (await roles_of(admin), await roles_of(other)) == (("super_admin",), ("sdm",))

    async def test_many_rows_at_once_as_a_copy_writes_them(self, settings: Settings, database_url: str) -> None:
        people = [await make_candidate(settings, roles=()) for _ in range(3)]
        roles = {row["code"]: row["id"] for row in await db.fetch_all("SELECT id, code FROM roles")}
        connection = await asyncpg.connect(database_url)
        try:
            await connection.copy_records_to_table(
                "user_roles",
                records=[(uuid4(), one.id, roles[code]) for one in people for code in ("tsk", "lpk")],
                columns=["id", "user_id", "role_id"],
            )
        finally:
            await connection.close()
        assert [await roles_of(one) for one in people] == [("lpk", "tsk")] * 3

    async def test_a_person_who_is_removed_takes_the_grants_along(self, admin: Candidate) -> None:
        await db.execute("DELETE FROM users WHERE id = $1", admin.id)
        assert await db.fetch_value("SELECT count(*) FROM user_roles") == 0


class TestAtOnce:
    async def test_two_grants_in_open_transactions_both_count(self, settings: Settings, database_url: str) -> None:
        person = await make_candidate(settings, roles=())
        first, second = [await asyncpg.connect(database_url) for _ in range(2)]
        try:
            opened = first.transaction()
            await opened.start()
            await first.execute(GRANT, person.id, "sdm")
            waiting = asyncio.create_task(second.execute(GRANT, person.id, "lpk"))
            while not await first.fetchval("SELECT EXISTS(SELECT FROM pg_locks WHERE NOT granted)"):
                assert not waiting.done()
                await asyncio.sleep(0.01)
            await opened.commit()
            await waiting
        finally:
            await first.close()
            await second.close()
        assert await roles_of(person) == ("lpk", "sdm")

    async def test_grants_and_losses_by_many_end_as_the_tables_say(self, settings: Settings) -> None:
        people = [await make_candidate(settings) for _ in range(3)]

        async def change(number: int) -> None:
            person, code = people[number % 3], ("lpk", "tsk", "kaisha")[number % 7 % 3]
            for _ in range(5):
                await db.execute(f"{GRANT} ON CONFLICT DO NOTHING", person.id, code)
                await db.execute(
                    "DELETE FROM user_roles WHERE user_id = $1 AND role_id = (SELECT id FROM roles WHERE code = $2)",
                    people[(number + 1) % 3].id,
                    code,
                )

        await asyncio.gather(*(change(number) for number in range(12)))
        assert await db.fetch_value(SAID) == 0


class TestMigration:
    async def test_people_of_before_get_their_names_and_keep_their_marks(
        self, postgres_url: str, template: str
    ) -> None:
        """More of them than one batch takes; the marks would tell every client to fetch everything again."""
        name = f"roles_{uuid4().hex[:12]}"
        url = await migrate.create_database(postgres_url, name, template=template)
        connection = await asyncpg.connect(url)
        try:
            one = next(one for one in migrate.migrations() if one.number == 22)
            await connection.execute(await one.load().downgrade(None))
            await connection.execute(
                "INSERT INTO users (id, full_name, email, password_hash)"
                " SELECT gen_random_uuid(), 'x', n || '@example.com', 'x' FROM generate_series(1, 2500) n;"
                " INSERT INTO user_roles (id, user_id, role_id) SELECT gen_random_uuid(), u.id, r.id FROM users u, roles r"
                " WHERE (u.email < '2' AND r.code = 'sdm') OR (u.email > '15' AND r.code = 'lpk')"
            )
            marks = await connection.fetch("SELECT * FROM user_versions ORDER BY id")
            for _ in range(2):
                await connection.execute(await one.load().upgrade(None))
                for step in one.load().STEPS:
                    await step.run(connection)
                assert await connection.fetchval(SAID) == 0
            kinds = await connection.fetch("SELECT DISTINCT role_names FROM users ORDER BY 1")
            assert [row["role_names"] for row in kinds] == [["lpk"], ["lpk", "sdm"], ["sdm"]]
            assert await connection.fetch("SELECT * FROM user_versions ORDER BY id") == marks
        finally:
            await connection.close()
            await migrate.drop_database(postgres_url, name)
