"""Is every change of the audit rows found and located, and does an erasure leave the chain whole?"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from typing import Any, cast
from uuid import uuid4

import orjson
import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tortoise.transactions import in_transaction

from service.audit import chain, domain, heads, queries
from service.audit.domain import audit, erase_details
from service.audit.proof import Verdict, verify
from service.audit.sealing import Sealer
from service.base.settings import Key, Settings
from service.database import db
from tests.conftest import TEST_ENVIRONMENT

pytestmark = pytest.mark.usefixtures("app")


async def write(number: int, *, subject_id: str = "7", **detail: Any) -> None:
    await audit(
        "test.changed",
        actor_type="ADMIN",
        actor_id="staff-1",
        subject_type="USER",
        subject_id=subject_id,
        detail={"number": number, **detail},
    )


async def write_many(count: int) -> None:
    """So many rows in one transaction, sealed."""
    async with in_transaction():
        for number in range(count):
            await write(number)
    await seal()


async def seal() -> int:
    return await Sealer(tuple(domain._keys)).seal()


async def tamper(sql: str, *args: Any) -> None:
    """What somebody does who may do everything in the database: no trigger stops them."""
    async with in_transaction():
        await db.execute("SET LOCAL session_replication_role = replica")
        await db.execute(sql, *args)


@pytest.fixture
def keys(settings: Settings) -> tuple[Key, ...]:
    return settings.audit_key_ring


async def head() -> chain.Head:
    row = await db.fetch_row("SELECT count, mac FROM audit_head")
    assert row is not None
    return chain.Head(row["count"], row["mac"])


class TestAudit:
    async def test_rows_are_numbered_without_gaps_and_verify(self, keys: tuple[Key, ...]) -> None:
        await write_many(3)
        await write(3)
        await seal()
        rows = await db.fetch_all("SELECT sequence, key_id, mac FROM audit_events ORDER BY position")
        assert [row["sequence"] for row in rows] == [1, 2, 3, 4]
        assert {row["key_id"] for row in rows} == {"a1"}
        assert await head() == chain.Head(4, rows[-1]["mac"])
        assert await verify(keys) == Verdict(await head())

    async def test_an_undone_transaction_leaves_no_row_and_no_gap(self, keys: tuple[Key, ...]) -> None:
        await write(1)
        with pytest.raises(ZeroDivisionError):
            async with in_transaction():
                await write(2)
                raise ZeroDivisionError
        await write(3)
        await seal()
        assert (await verify(keys)).head.count == 2

    async def test_an_undone_savepoint_takes_its_rows_with_it(self) -> None:
        async with in_transaction():
            await write(1)
            with pytest.raises(ZeroDivisionError):
                async with in_transaction():
                    await write(2)
                    raise ZeroDivisionError
            async with in_transaction():
                await write(3)
        rows = await db.fetch_all("SELECT detail_json FROM audit_events ORDER BY position")
        assert [row["detail_json"]["number"] for row in rows] == [1, 3]

    async def test_a_failing_row_undoes_the_change_it_describes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(ValueError, match="broken"):
            async with in_transaction():
                await db.execute("UPDATE roles SET description = 'changed' WHERE code = 'sdm'")
                await write(1)
                monkeypatch.setattr(chain, "stamp", lambda *_: (_ for _ in ()).throw(ValueError("broken")))
        assert await db.fetch_value("SELECT description FROM roles WHERE code = 'sdm'") != "changed"

    async def test_a_process_without_keys_refuses(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(domain, "_keys", [])
        with pytest.raises(domain.AuditNotConfigured):
            await write(1)

    async def test_twenty_transactions_and_two_sealers_at_once_make_one_chain(self, keys: tuple[Key, ...]) -> None:
        """Each locks two rows in either order of writing its audit row. The release before holds the lock then."""
        users = [uuid4() for _ in range(20)]
        for user in users:
            await db.execute(
                "INSERT INTO users (id, full_name, email, password_hash) VALUES ($1, 'A', $2, 'x')",
                user,
                f"{user}@example.com",
            )
        shared = uuid4()
        await db.execute(
            "INSERT INTO users (id, full_name, email, password_hash) VALUES ($1, 'B', $2, 'x')",
            shared,
            f"{shared}@example.com",
        )

        async def one(number: int) -> None:
            async with in_transaction():
                if number % 2:
                    await write(number)
                    await db.execute("UPDATE users SET full_name = 'C' WHERE id = $1", shared)
                else:
                    await db.execute("UPDATE users SET full_name = 'D' WHERE id = $1", shared)
                    await write(number)
                await db.execute("UPDATE users SET full_name = 'E' WHERE id = $1", users[number])

        for _ in range(5):
            await asyncio.gather(*(one(number) for number in range(20)), seal(), seal())
        await seal()
        assert (await verify(keys)) == Verdict(await head())
        assert (await head()).count == 100

    async def test_each_head_is_logged_after_its_commit(self, capfd: pytest.CaptureFixture[str]) -> None:
        await write(1)
        capfd.readouterr()
        assert await seal() == 1
        assert await seal() == 0
        (line,) = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
        now = await head()
        assert (line["event"], line["count"], line["mac"]) == ("audit.head", 1, now.mac)


class TestSeal:
    async def test_a_transaction_that_ends_later_gets_a_later_place(self, keys: tuple[Key, ...]) -> None:
        """Its row stands at an earlier position; who seals meanwhile neither waits for it nor leaves a gap."""
        is_written, may_end = asyncio.Event(), asyncio.Event()

        async def slow() -> None:
            async with in_transaction() as client:
                await write(1)
                await cast(db.TransactionClient, client).run_deferred()
                is_written.set()
                await may_end.wait()

        await domain.admit_key()
        running = asyncio.create_task(slow())
        await is_written.wait()
        await write(2)
        first = await seal()
        may_end.set()
        await running
        assert (first, await seal()) == (1, 1)
        rows = await db.fetch_all("SELECT detail_json FROM audit_events ORDER BY sequence")
        assert [row["detail_json"]["number"] for row in rows] == [2, 1]
        assert await verify(keys) == Verdict(await head())

    async def test_more_rows_than_a_batch(self, keys: tuple[Key, ...]) -> None:
        async with in_transaction():
            for number in range(1203):
                await write(number)
        assert await asyncio.gather(seal(), seal(), seal()) != [0, 0, 0]
        assert (await verify(keys)) == Verdict(await head())
        assert (await head()).count == 1203

    async def test_a_row_that_waits_is_right_and_counted(self, keys: tuple[Key, ...]) -> None:
        await write_many(2)
        await write(3)
        assert await verify(keys) == Verdict(await head(), unsealed=1)

    async def test_a_row_that_waits_and_was_edited_is_never_sealed(
        self, keys: tuple[Key, ...], capfd: pytest.CaptureFixture[str]
    ) -> None:
        await write_many(2)
        await write(3)
        await write(4)
        await tamper(
            "UPDATE audit_events SET actor_id = 'staff-2' WHERE sequence IS NULL AND detail_json = '{\"number\": 3}'"
        )
        capfd.readouterr()
        sealer = Sealer(keys)
        assert [await sealer.seal(), await sealer.seal()] == [1, 0]
        said = [json.loads(line)["event"] for line in capfd.readouterr().out.splitlines()]
        assert said == ["audit.foreign_row", "audit.head"]
        found = await verify(keys)
        assert (found.broken_at, "slipped in or changed" in found.reason) == (4, True)

    async def test_a_row_whose_key_is_not_here_waits_for_who_has_it(self, keys: tuple[Key, ...]) -> None:
        ring = (Key("a2", b"another-key"), *keys)
        domain.configure(ring)
        try:
            await write(1)
        finally:
            domain.configure(keys)
        await write(2)
        assert await Sealer(keys).seal() == 1
        assert await Sealer(ring).seal() == 1
        assert (await verify(ring)).broken_at is None

    async def test_an_erasure_before_the_seal_leaves_the_chain_right(self, keys: tuple[Key, ...]) -> None:
        await write(1, email="sari@example.com")
        assert await erase_details("USER", "7", actor_type="SYSTEM", actor_id=None) == 1
        assert (await verify(keys)).broken_at is None
        assert await seal() == 2
        assert await verify(keys) == Verdict(await head())


class TestKeys:
    async def test_another_secret_of_the_same_name_writes_nothing(
        self, keys: tuple[Key, ...], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Two processes with one name and two secrets would break the chain for ever."""
        await write_many(1)
        monkeypatch.setattr(domain, "_keys", [Key(keys[0].id, b"another-secret")])
        monkeypatch.setattr(domain, "_admitted", [])
        for _ in range(2):
            with pytest.raises(domain.AuditKeyDiffers, match="a1 has another secret"):
                await write(2)
        with pytest.raises(domain.AuditKeyDiffers):
            await domain.admit_key()
        assert await db.fetch_value("SELECT count(*) FROM audit_events") == 1
        monkeypatch.undo()
        await write_many(1)
        assert (await verify(keys)) == Verdict(await head())

    async def test_of_twenty_new_secrets_of_one_name_one_is_admitted(self, monkeypatch: pytest.MonkeyPatch) -> None:
        digests = [str(number) * 64 for number in range(10)] * 2
        found = await asyncio.gather(*(queries.admitted_digest("new", digest) for digest in digests))
        assert len(set(found)) == 1

    async def test_a_name_that_was_undone_is_free(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(domain, "_keys", [Key("undone", b"one")])
        monkeypatch.setattr(domain, "_admitted", [])
        with pytest.raises(ZeroDivisionError):
            async with in_transaction() as client:
                await write(1)
                await cast(db.TransactionClient, client).run_deferred()
                raise ZeroDivisionError
        monkeypatch.setattr(domain, "_keys", [Key("undone", b"two")])
        await write(1)
        assert await db.fetch_value("SELECT count(*) FROM audit_events") == 1


class TestVerify:
    async def test_an_empty_chain_is_right(self, keys: tuple[Key, ...]) -> None:
        assert await verify(keys) == Verdict(chain.START)

    @pytest.mark.parametrize(
        "assignment",
        [
            "action = 'test.other'",
            "actor_id = 'staff-2'",
            "actor_id = NULL",
            "actor_type = 'USER'",
            "subject_id = '8'",
            "subject_type = 'JOB'",
            "request_id = 'r'",
            "occurred_at = occurred_at + interval '1 microsecond'",
            "detail_json = '{\"number\": 1000}'",
            "detail_json = '{}', detail_salt = NULL",
            "detail_salt = '\\x00'",
            "detail_digest = repeat('0', 64)",
            "mac = repeat('0', 64)",
            "key_id = 'a2'",
            "id = gen_random_uuid()",
        ],
    )
    async def test_an_edit_is_found_at_its_row(self, keys: tuple[Key, ...], assignment: str) -> None:
        await write_many(9)
        await tamper(f"UPDATE audit_events SET {assignment} WHERE sequence = 6")
        found = await verify(keys)
        assert found.broken_at == 6
        assert "row 6 was changed" in found.reason

    async def test_the_first_of_several_is_named(self, keys: tuple[Key, ...]) -> None:
        await write_many(9)
        await tamper("UPDATE audit_events SET action = 'x' WHERE sequence IN (8, 3, 5)")
        assert (await verify(keys)).broken_at == 3

    @pytest.mark.parametrize("sequence", [1, 5])
    async def test_a_removed_row_is_named(self, keys: tuple[Key, ...], sequence: int) -> None:
        await write_many(9)
        await tamper("DELETE FROM audit_events WHERE sequence = $1", sequence)
        found = await verify(keys)
        assert found.broken_at == sequence
        assert f"row {sequence} was removed" in found.reason

    async def test_a_removed_row_whose_gap_was_closed_is_named(self, keys: tuple[Key, ...]) -> None:
        await write_many(9)
        await tamper("DELETE FROM audit_events WHERE sequence = 5")
        for sequence in range(6, 10):
            await tamper("UPDATE audit_events SET sequence = $1 WHERE sequence = $2", sequence - 1, sequence)
        assert (await verify(keys)).broken_at == 5

    async def test_swapped_places_are_named(self, keys: tuple[Key, ...]) -> None:
        await write_many(9)
        await tamper("UPDATE audit_events SET sequence = 1000 WHERE sequence = 4")
        await tamper("UPDATE audit_events SET sequence = 4 WHERE sequence = 7")
        await tamper("UPDATE audit_events SET sequence = 7 WHERE sequence = 1000")
        found = await verify(keys)
        assert found.broken_at == 4
        assert found.reason == "row 4 was swapped: what belongs there is now row 7"

    async def test_swapped_contents_are_found(self, keys: tuple[Key, ...]) -> None:
        await write_many(9)
        await tamper(
            "UPDATE audit_events a SET detail_json = b.detail_json, detail_salt = b.detail_salt,"
            " detail_digest = b.detail_digest FROM audit_events b"
            " WHERE (a.sequence, b.sequence) IN ((4, 7), (7, 4))"
        )
        assert (await verify(keys)).broken_at == 4

    async def test_rows_inserted_anew_in_another_order_are_found(self, keys: tuple[Key, ...]) -> None:
        await write_many(9)
        await tamper(
            "WITH gone AS (DELETE FROM audit_events WHERE sequence = 4 RETURNING *)"
            " INSERT INTO audit_events OVERRIDING SYSTEM VALUE SELECT gen_random_uuid(), 1000, occurred_at, actor_type,"
            " actor_id, action, subject_type, subject_id, request_id, detail_json, sequence, key_id, mac,"
            " detail_digest, detail_salt FROM gone"
        )
        assert (await verify(keys)).broken_at == 4

    async def test_a_row_at_another_position_is_found(self, keys: tuple[Key, ...]) -> None:
        await write_many(9)
        await tamper(
            "WITH gone AS (DELETE FROM audit_events WHERE sequence = 4 RETURNING *)"
            " INSERT INTO audit_events OVERRIDING SYSTEM VALUE SELECT id, position + 1000, occurred_at, actor_type,"
            " actor_id, action, subject_type, subject_id, request_id, detail_json, sequence, key_id, mac,"
            " detail_digest, detail_salt FROM gone"
        )
        assert (await verify(keys)).broken_at == 4

    async def test_a_cut_off_end_is_named(self, keys: tuple[Key, ...]) -> None:
        await write_many(9)
        await tamper("DELETE FROM audit_events WHERE sequence > 6")
        found = await verify(keys)
        assert found.broken_at == 7
        assert found.reason == "cut off after row 6: the head counts 9"

    async def test_a_head_that_was_set_back_is_noticed(self, keys: tuple[Key, ...]) -> None:
        await write_many(9)
        await tamper("DELETE FROM audit_events WHERE sequence > 6")
        await tamper("UPDATE audit_head SET count = 6, mac = (SELECT mac FROM audit_events WHERE sequence = 6)")
        assert (await verify(keys)).broken_at == 6

    async def test_a_whole_older_state_is_noticed_by_a_logged_head(self, keys: tuple[Key, ...]) -> None:
        await write_many(6)
        saved = await db.fetch_row("SELECT * FROM audit_head")
        assert saved is not None
        await write_many(3)
        logged = await head()
        await tamper("DELETE FROM audit_events WHERE sequence > 6")
        await tamper(
            "UPDATE audit_head SET count = $1, mac = $2, key_id = $3, seal = $4",
            saved["count"],
            saved["mac"],
            saved["key_id"],
            saved["seal"],
        )
        assert (await verify(keys)).broken_at is None
        found = await verify(keys, logged)
        assert (found.broken_at, found.reason) == (7, "cut off after row 6: the given head counts 9")

    async def test_a_chain_written_anew_does_not_have_the_logged_row(self, keys: tuple[Key, ...]) -> None:
        await write_many(6)
        logged = await head()
        await tamper("TRUNCATE audit_events, audit_head")
        assert (await verify(keys, logged)).broken_at == 1
        await write_many(9)
        assert (await verify(keys)).broken_at is None
        assert (await verify(keys, logged)).broken_at == 6

    async def test_a_removed_head_is_noticed(self, keys: tuple[Key, ...]) -> None:
        await write_many(2)
        await tamper("DELETE FROM audit_head")
        assert (await verify(keys)).broken_at == 2

    async def test_a_row_that_was_slipped_in_is_noticed(self, keys: tuple[Key, ...]) -> None:
        insert = (
            "INSERT INTO audit_events (id, actor_type, action, subject_type, subject_id)"
            " VALUES (gen_random_uuid(), 'USER', 'x', 'USER', '1')"
        )
        await tamper(insert)
        await write_many(2)
        assert (await verify(keys)).broken_at is None  # from before the chain
        await tamper(insert)
        assert "outside the chain" in (await verify(keys)).reason

    async def test_older_keys_verify_as_long_as_they_are_in_the_ring(self, keys: tuple[Key, ...]) -> None:
        await write_many(2)
        ring = (Key("a2", b"another-key"), *keys)
        domain.configure(ring)
        try:
            await write_many(2)
        finally:
            domain.configure(keys)
        assert (await verify(ring)).broken_at is None
        assert (await verify(keys)).broken_at == 3
        assert (await verify((Key("a1", b"wrong"), ring[0]))).broken_at == 1

    async def test_more_rows_than_a_batch(self, keys: tuple[Key, ...]) -> None:
        await write_many(1003)
        assert (await verify(keys)).head.count == 1003
        await tamper("DELETE FROM audit_events WHERE sequence = 501")
        assert (await verify(keys)).broken_at == 501


class TestErasure:
    async def test_the_personal_part_goes_and_the_chain_stays_right(self, keys: tuple[Key, ...]) -> None:
        await write(1, email="sari@example.com")
        await write(2, subject_id="8", email="rina@example.com")
        await write(3, email="sari@example.com")
        await seal()
        assert await erase_details("USER", "7", actor_type="SYSTEM", actor_id=None) == 2
        kept = await db.fetch_value("SELECT string_agg(detail_json::text, '') FROM audit_events")
        assert "sari" not in kept
        assert "rina" in kept
        await seal()
        assert await verify(keys) == Verdict(await head())
        assert (await head()).count == 4
        assert await erase_details("USER", "7", actor_type="SYSTEM", actor_id=None) == 1  # the first erasure's own
        assert (await verify(keys)).broken_at is None

    async def test_a_detail_put_back_is_noticed(self, keys: tuple[Key, ...]) -> None:
        await write(1)
        await erase_details("USER", "7", actor_type="SYSTEM", actor_id=None)
        await seal()
        await tamper("UPDATE audit_events SET detail_json = '{\"number\": 1}' WHERE sequence = 1")
        assert (await verify(keys)).broken_at == 1

    async def test_an_erasure_does_not_excuse_later_rows(self, keys: tuple[Key, ...]) -> None:
        await write(1)
        await erase_details("USER", "7", actor_type="SYSTEM", actor_id=None)
        await write(2)
        await seal()
        await tamper("UPDATE audit_events SET detail_json = '{}', detail_salt = NULL WHERE sequence = 3")
        assert (await verify(keys)).broken_at == 3


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text('abcdé"\\', max_size=4), inner, max_size=4),
    max_leaves=12,
)


class TestDetail:
    async def test_whatever_postgres_makes_of_a_detail_has_the_same_digest(self) -> None:
        @given(st.dictionaries(st.text("abc", max_size=3), JSON_VALUES, max_size=5))
        @hypothesis_settings(max_examples=200, deadline=None, database=None)
        def collect(value: dict[str, Any]) -> None:
            values.append(orjson.dumps(value).decode())

        values: list[str] = []
        collect()
        rows = await db.fetch_all("SELECT value::jsonb::text AS value FROM unnest($1::text[]) AS value", values)
        for before, row in zip(values, rows, strict=True):
            assert chain.canonical(before) == chain.canonical(row["value"])


class TestCommand:
    async def run(self, settings: Settings, object_storage_env: dict[str, str], *arguments: str) -> tuple[int, str]:
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "service", "audit", "verify", *arguments],
            env={
                "PATH": os.environ["PATH"],
                **TEST_ENVIRONMENT,
                **object_storage_env,
                "DATABASE_URL": settings.database_url,
            },
            capture_output=True,
            text=True,
            timeout=60,
        )
        return done.returncode, done.stdout.strip() or done.stderr.strip()

    async def test_it_says_ok_and_names_what_is_wrong(
        self, settings: Settings, object_storage_env: dict[str, str]
    ) -> None:
        await write_many(5)
        mac = (await head()).mac
        assert await self.run(settings, object_storage_env) == (0, f"OK 5 rows, head 5:{mac}")
        assert (await self.run(settings, object_storage_env, "--head", f"5:{mac}"))[0] == 0
        await tamper("DELETE FROM audit_events WHERE sequence = 2")
        code, text = await self.run(settings, object_storage_env, "--head", f"5:{mac}")
        assert (code, text) == (1, "BROKEN at row 2: row 2 was removed: row 3 follows")
        assert (await self.run(settings, object_storage_env, "--head", "5"))[0] == 2

    async def test_an_empty_chain_is_broken_unless_it_is_new(
        self, settings: Settings, object_storage_env: dict[str, str]
    ) -> None:
        code, text = await self.run(settings, object_storage_env)
        assert (code, text) == (1, "BROKEN at row 1: the chain is empty: say --new for a database that is really new")
        assert (await self.run(settings, object_storage_env, "--new"))[0] == 0


class TestStoredHeads:
    async def test_what_was_right_once_is_broken_by_the_head_that_was_kept(
        self, settings: Settings, keys: tuple[Key, ...], capfd: pytest.CaptureFixture[str]
    ) -> None:
        own = settings.model_copy(update={"object_storage_bucket": f"heads-{uuid4().hex[:12]}"})
        async with heads._bucket(own) as (client, bucket):
            await client.create_bucket(Bucket=bucket)
            try:
                assert (await heads.verify_stored(own, may_be_empty=False)).broken_at == 1
                assert (await heads.verify_stored(own, may_be_empty=True)).broken_at is None
                await write_many(6)
                assert await heads.verify_stored(own, may_be_empty=False) == Verdict(await head())
                assert "audit.first_head" in capfd.readouterr().out
                saved = await db.fetch_row("SELECT count, mac, seal FROM audit_head")
                assert saved is not None
                await write_many(5)
                for _ in range(2):  # the second time there is nothing new to keep
                    assert await heads.verify_stored(own, may_be_empty=False) == Verdict(await head())
                listed = (await client.list_objects_v2(Bucket=bucket))["Contents"]
                assert [item["Key"][:32] for item in listed] == [f"audit-heads/{count:020}" for count in (6, 11)]
                await tamper("DELETE FROM audit_events WHERE sequence > 6")
                await tamper(
                    "UPDATE audit_head SET count = $1, mac = $2, seal = $3", saved["count"], saved["mac"], saved["seal"]
                )
                assert (await verify(keys)).broken_at is None
                assert (await heads.verify_stored(own, may_be_empty=False)).broken_at == 7
                await tamper("TRUNCATE audit_events, audit_head")
                assert (await heads.verify_stored(own, may_be_empty=True)).broken_at == 1
            finally:
                for item in (await client.list_objects_v2(Bucket=bucket)).get("Contents", []):
                    await client.delete_object(Bucket=bucket, Key=item["Key"])
                await client.delete_bucket(Bucket=bucket)

    async def test_a_bucket_that_is_not_there_is_one_sentence(self, settings: Settings) -> None:
        own = settings.model_copy(update={"object_storage_bucket": "nobody-made-this-bucket"})
        with pytest.raises(heads.HeadsAway, match="cannot be read or kept: NoSuchBucket"):
            await heads.verify_stored(own, may_be_empty=True)


class Bucket:
    """A store that answers the question of object lock like this, and notes how a head is kept."""

    def __init__(self, answer: str | None) -> None:
        self._answer = answer
        self.kept: dict[str, Any] = {}

    async def get_object_lock_configuration(self, **_: str) -> dict[str, Any]:
        if self._answer is not None:
            raise ClientError({"Error": {"Code": self._answer}}, "GetObjectLockConfiguration")
        return {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}}

    async def put_object(self, **arguments: Any) -> None:
        self.kept = arguments


class TestLock:
    @pytest.mark.parametrize(
        ("answer", "locked", "said"),
        [
            (None, True, False),
            ("ObjectLockConfigurationNotFoundError", False, False),
            ("NotImplemented", False, False),
            ("AccessDenied", False, True),
        ],
    )
    async def test_a_head_that_can_be_removed_unknown_to_us_is_said(
        self, answer: str | None, locked: bool, said: bool, capfd: pytest.CaptureFixture[str]
    ) -> None:
        bucket = Bucket(answer)
        await heads._keep(cast(Any, bucket), "bucket", chain.Head(7, "ab"))
        assert (bucket.kept.get("ObjectLockMode") == "COMPLIANCE") is locked
        assert ("audit.head_not_locked" in capfd.readouterr().out) is said
