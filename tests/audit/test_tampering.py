"""What can somebody do to the trail who has the app's role, and who has the owner's? It is refused, or located."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest
from tortoise.transactions import in_transaction

from service.audit import chain, domain
from service.audit.domain import audit, erase_details
from service.audit.proof import verify
from service.audit.sealing import Sealer
from service.base.settings import Key
from service.database import db, migrate, roles

KEYS = (Key("t1", b"a-key-for-tampering-a-key-for-tampering"),)
APP_ROLE, OWNER_ROLE, REPORTING_ROLE = (f"trail_{name}" for name in ("app", "owner", "reporting"))


@dataclass(frozen=True)
class Roles:
    """Addresses of one database as its owner, as the app and as who only reads."""

    owner: str
    app: str
    reporting: str


@pytest.fixture(scope="module")
async def database(postgres_url: str) -> AsyncIterator[Roles]:
    """Made by an owner that is no superuser; the others have what `migrate` grants."""
    name = f"trail_{uuid4().hex[:12]}"
    made = [f"{role}_{name}" for role in (OWNER_ROLE, APP_ROLE, REPORTING_ROLE)]
    async with migrate.direct_connection(postgres_url) as admin:
        for role in made:
            await admin.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'word'")
    url = await migrate.create_database(postgres_url, name)
    async with migrate.direct_connection(postgres_url) as admin:
        await admin.execute(f"ALTER DATABASE {name} OWNER TO {made[0]}")
    host = urlsplit(url).netloc.rpartition("@")[2]
    found = Roles(*(urlsplit(url)._replace(netloc=f"{role}:word@{host}").geturl() for role in made))
    await migrate.migrate(found.owner)
    assert await roles.grant(found.owner, found.app, found.reporting) == made[1:]
    assert await roles.grant(found.owner, found.app, found.reporting) == made[1:]  # safe to repeat
    yield found
    await migrate.drop_database(postgres_url, name)
    async with migrate.direct_connection(postgres_url) as admin:
        for role in made:
            await admin.execute(f"DROP ROLE {role}")


@pytest.fixture
async def trail(app: object, database: Roles, postgres_url: str) -> AsyncIterator[Roles]:
    """Nine sealed rows and one that waits, written by a process that has the app's role."""
    before = list(domain._keys)
    domain.configure(KEYS)
    domain._admitted.clear()
    await db.open_database(db.tortoise_config(database.app, pool_max=3))
    for number in range(10):
        await write(number)
        if number == 5:
            await Sealer(KEYS).seal()
        if number == 8:
            assert await Sealer(KEYS).seal() == 3
    yield database
    await db.close_database()
    domain.configure(tuple(before))
    domain._admitted.clear()
    async with connected(migrate.with_database(postgres_url, urlsplit(database.app).path[1:])) as admin:
        await admin.execute("SET session_replication_role = replica")
        await admin.execute("TRUNCATE audit_events, audit_head, audit_keys")


def connected(url: str) -> AbstractAsyncContextManager[asyncpg.Connection]:
    return migrate.direct_connection(url)


async def write(number: int) -> None:
    await audit(
        "test.changed",
        actor_type="ADMIN",
        actor_id="staff",
        subject_type="USER",
        subject_id=str(number),
        detail={"number": number},
    )


FOREIGN_ROW = (
    "INSERT INTO audit_events (id, occurred_at, actor_type, action, subject_type, subject_id, key_id, stamp, detail_digest)"
    " VALUES (gen_random_uuid(), now(), 'ADMIN', 'x', 'USER', '1', 't1', repeat('0', 64), repeat('0', 64))"
)
SLIPPED_IN = (
    "INSERT INTO audit_events (id, occurred_at, actor_type, action, subject_type, subject_id)"
    " VALUES (gen_random_uuid(), now(), 'ADMIN', 'x', 'USER', '1')"
)
SEALED_BY_HAND = (
    "SELECT audit_seal(ARRAY(SELECT id FROM audit_events WHERE sequence IS NULL), ARRAY[repeat('0', 64)], 10, 't1', 'x')"
)  # fmt: skip
ATTACKS = {
    "edit": "UPDATE audit_events SET action = 'x' WHERE sequence = 4",
    "edit a row that waits": "UPDATE audit_events SET action = 'x' WHERE sequence IS NULL",
    "delete": "DELETE FROM audit_events WHERE sequence = 4",
    "swap": "UPDATE audit_events SET sequence = CASE sequence WHEN 4 THEN 1007 WHEN 7 THEN 1004 END"
    " WHERE sequence IN (4, 7); UPDATE audit_events SET sequence = sequence - 1000 WHERE sequence > 1000",
    "cut off": "DELETE FROM audit_events WHERE sequence > 6",
    "rewind": "DELETE FROM audit_events WHERE sequence > 6 OR sequence IS NULL;"
    " UPDATE audit_head h SET count = o.count, mac = o.mac, seal = o.seal FROM seen_head o",
    "empty": "TRUNCATE audit_events, audit_head",
    "empty by deleting": "DELETE FROM audit_events; DELETE FROM audit_head",
    "foreign row": FOREIGN_ROW,
    "slipped in": SLIPPED_IN,
    "seal by hand": SEALED_BY_HAND,
    "erase by hand": "UPDATE audit_events SET detail_json = '{}', detail_salt = NULL WHERE sequence = 4",
    "another name": "UPDATE audit_events SET actor_id = 'other' WHERE sequence = 4",
    "take a key's name": "UPDATE audit_keys SET digest = repeat('0', 64)",
}
LOCATED = {"foreign row", "slipped in", "seal by hand"}
"""What nobody refuses: rows may be added, and the app may seal."""


class TestTampering:
    @pytest.mark.parametrize("attack", ATTACKS)
    async def test_the_app_is_refused_or_found_out(self, trail: Roles, attack: str) -> None:
        head = await found_head()
        async with connected(trail.app) as connection:
            if attack in LOCATED:
                await connection.execute(ATTACKS[attack])
            else:
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(ATTACKS[attack].replace("seen_head", "audit_head"))
        await Sealer(KEYS).seal()
        found = await verify(KEYS, head)
        assert (found.broken_at is not None) == (attack in LOCATED), found.reason

    @pytest.mark.parametrize("attack", ATTACKS)
    async def test_the_owner_is_refused_or_found_out(self, trail: Roles, attack: str) -> None:
        async with connected(trail.owner) as connection:
            if attack in LOCATED:
                return
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match=r"only added|only moves forward"):
                await connection.execute(ATTACKS[attack].replace("seen_head", "audit_head"))
        assert (await verify(KEYS, await found_head())).broken_at is None

    @pytest.mark.parametrize("attack", ATTACKS)
    async def test_an_owner_without_triggers_is_found_out(self, trail: Roles, attack: str) -> None:
        """By the chain alone, or by the head that was kept outside: for states that were right once."""
        async with connected(trail.owner) as connection:
            await connection.execute(
                "CREATE TEMP TABLE seen_head AS SELECT 6::bigint AS count,"
                f" '{(await mac_of(6))}'::text AS mac, '{await seal_of(6)}'::text AS seal"
            )
            head = await found_head()
            tables = ("audit_events", "audit_head", "audit_keys")
            async with connection.transaction():
                for table in tables:
                    await connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
                await connection.execute(ATTACKS[attack])
                for table in tables:
                    await connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        if attack == "take a key's name":
            domain._admitted.clear()
            with pytest.raises(domain.AuditKeyDiffers):
                await write(11)
            return
        found = await verify(KEYS, head)
        places = {"rewind": 7, "cut off": 7, "empty": 1, "empty by deleting": 1, "foreign row": 10, "slipped in": 9}
        places |= {"edit a row that waits": 10, "seal by hand": 10}
        assert found.broken_at == places.get(attack, 4), found.reason
        if attack not in {"rewind", "empty", "empty by deleting"}:
            assert (await verify(KEYS)).broken_at is not None

    async def test_what_the_app_may_do_leaves_the_chain_right(self, trail: Roles) -> None:
        assert await erase_details("USER", "4", actor_type="SYSTEM", actor_id=None) == 1
        async with in_transaction():
            assert await domain.forget_person("5", address="a@example.com", full_name="A") == 1
        await Sealer(KEYS).seal()
        assert (await verify(KEYS)).broken_at is None
        assert not await roles.can_rewrite_audit()

    async def test_an_erasure_without_its_own_row_is_not_committed(self, trail: Roles) -> None:
        async with connected(trail.app) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="needs its own audit row"):
                await connection.execute("SELECT audit_erase_details('{USER}', '{4}')")
        assert (await verify(KEYS)).broken_at is None

    async def test_neither_is_one_of_a_row_without_details(self, trail: Roles) -> None:
        await audit("test.plain", actor_type="SYSTEM", actor_id=None, subject_type="JOB", subject_id="job_1")
        await Sealer(KEYS).seal()
        async with connected(trail.app) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="needs its own audit row"):
                await connection.execute("SELECT audit_erase_details('{JOB}', '{job_1}')")
        assert (await verify(KEYS)).broken_at is None

    async def test_a_right_to_one_column_is_no_protection(self, trail: Roles) -> None:
        app = urlsplit(trail.app).username
        async with connected(trail.owner) as owner:
            for right, table in (("UPDATE (action)", "audit_events"), ("INSERT", "audit_keys")):
                assert not await roles.can_rewrite_audit()
                await owner.execute(f"GRANT {right} ON {table} TO {app}")
                assert await roles.can_rewrite_audit()
                await owner.execute(f"REVOKE {right} ON {table} FROM {app}")

    async def test_only_a_pseudonym_takes_the_place_of_an_id(self, trail: Roles) -> None:
        """Else whoever has the app's role could name another actor for ever."""
        async with connected(trail.app) as connection:
            for other in ("somebody", None):
                with pytest.raises(asyncpg.InsufficientPrivilegeError, match="only a pseudonym"):
                    await connection.execute("SELECT audit_replace_ids(ARRAY['somebody else'], $1::text[])", [other])
        assert (await verify(KEYS)).broken_at is None

    async def test_the_app_makes_no_tables_and_reporting_only_reads(self, trail: Roles) -> None:
        async with connected(trail.app) as app, connected(trail.reporting) as reporting:
            for connection, statement in (
                (app, "CREATE TABLE mine (id INT)"),
                (app, "ALTER TABLE users DROP COLUMN email"),
                (app, "DELETE FROM aerich"),
                (reporting, "DELETE FROM users"),
                (reporting, FOREIGN_ROW),
                (reporting, SEALED_BY_HAND),
                (reporting, "SELECT * FROM audit_erase_details('{USER}', '{4}')"),
            ):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(statement)
            assert await reporting.fetchval("SELECT count(*) FROM audit_events") == 10

    async def test_a_new_table_is_granted_by_default(self, trail: Roles) -> None:
        async with connected(trail.owner) as owner, connected(trail.app) as app, connected(trail.reporting) as reader:
            await owner.execute("CREATE TABLE later (id BIGINT GENERATED ALWAYS AS IDENTITY, word TEXT)")
            try:
                await app.execute("INSERT INTO later (word) VALUES ('x')")
                await app.execute("UPDATE later SET word = 'y'")
                assert await reader.fetchval("SELECT word FROM later") == "y"
                await app.execute("DELETE FROM later")
            finally:
                await owner.execute("DROP TABLE later")


class TestOneRoleForAll:
    async def test_it_is_logged(self, trail: Roles, capfd: pytest.CaptureFixture[str]) -> None:
        await roles.say_unprotected()
        assert "audit.unprotected" not in capfd.readouterr().out
        await db.open_database(db.tortoise_config(trail.owner, pool_max=1))
        try:
            await roles.say_unprotected()
        finally:
            await db.close_database()
        assert "audit.unprotected" in capfd.readouterr().out


async def found_head() -> chain.Head:
    row = await db.fetch_row("SELECT count, mac FROM audit_head")
    assert row is not None
    return chain.Head(row["count"], row["mac"])


async def mac_of(sequence: int) -> str:
    return str(await db.fetch_value("SELECT mac FROM audit_events WHERE sequence = $1", sequence))


async def seal_of(sequence: int) -> str:
    """As the head had it when it stood there."""
    return chain.head_seal(KEYS[0], chain.Head(sequence, await mac_of(sequence)))
