"""Does whoever was erased stay erased when yesterday's backup is restored? With Postgres' own programs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from service.adapters.object_storage import ObjectStorage
from service.audit.proof import verify
from service.base.settings import Settings
from service.database import db, migrate
from service.leaving import erasure
from service.tools.backup import erasures, objects
from service.tools.backup.store import BackupError, copies, documents
from tests.leaving.person import Person, ask, make_due, make_person, tables_with, versions_with
from tests.tools.backup.test_backup import postgres


@pytest.fixture
def backed_up(own: Settings) -> Settings:
    return own.model_copy(
        update={
            "backup_s3_endpoint": own.s3_endpoint,
            "backup_s3_bucket": f"copies-{uuid4().hex[:12]}",
            "backup_s3_access_key_id": own.s3_access_key,
            "backup_s3_secret_access_key": own.s3_secret_key,
        }
    )


@pytest.fixture
async def restored(postgres_url: str, backed_up: Settings) -> AsyncIterator[Settings]:
    """Settings of a database that is empty yet."""
    name = f"restored_{uuid4().hex[:8]}"
    url = await migrate.create_database(postgres_url, name)
    yield backed_up.model_copy(update={"database_url": url})
    await migrate.drop_database(postgres_url, name)


async def erase(api: httpx.AsyncClient, person: Person, settings: Settings, storage: ObjectStorage) -> None:
    await ask(api, person.headers)
    await make_due()
    hidden_id = await db.fetch_value("SELECT id FROM hidden_accounts")
    assert await erasure.erase(str(hidden_id), settings, storage)


class TestRestore:
    async def test_yesterdays_dump_brings_nobody_back_who_left_since(
        self,
        api: httpx.AsyncClient,
        person: Person,
        backed_up: Settings,
        restored: Settings,
        storage: ObjectStorage,
        tmp_path: Path,
    ) -> None:
        other = await make_person(backed_up, storage)
        await objects.mirror(backed_up)
        postgres("pg_dump", backed_up.database_url, "-Fc", "-f", "dump", cwd=tmp_path)
        await erase(api, person, backed_up, storage)
        # The disaster: files of somebody else are lost as well.
        await storage.remove_versions(other.keys[0], exactly=True)
        postgres("pg_restore", restored.database_url, "-d", migrate.urlsplit(restored.database_url).path[1:],
                 "--no-owner", "dump", cwd=tmp_path)  # fmt: skip
        await objects.bring_back(restored)
        assert await storage.size_of(other.keys[0]) is not None
        line = await erasures.erase_again(restored)
        assert line == "erasures: 1 listed, 1 accounts erased again"
        await db.open_database(db.tortoise_config(restored.database_url, pool_max=2))
        try:
            assert await tables_with(person.secrets[:-1]) == {}
            assert len(await tables_with(other.secrets)) >= 20
            assert await db.fetch_value("SELECT count(*) FROM erasure_receipts") == 1
            assert (await verify(restored.audit_key_ring)).broken_at is None
        finally:
            await db.close_database()
        assert await versions_with(person.secrets, storage) == []
        assert await erasures.erase_again(restored) == "erasures: 1 listed, 0 accounts erased again"

    async def test_copies_of_their_files_neither_stay_nor_come_back(
        self, api: httpx.AsyncClient, person: Person, backed_up: Settings, storage: ObjectStorage
    ) -> None:
        await objects.mirror(backed_up)
        await erase(api, person, backed_up, storage)
        assert (await objects.bring_back(backed_up)).copied == 0
        assert await versions_with(person.secrets, storage) == []
        await objects.mirror(backed_up)
        async with copies(backed_up) as bucket:
            assert [key for key in await bucket.list(objects.PREFIX) if erasure.LISTED not in key] == []

    async def test_the_list_itself_comes_back_with_the_documents(
        self, api: httpx.AsyncClient, person: Person, backed_up: Settings, storage: ObjectStorage
    ) -> None:
        await erase(api, person, backed_up, storage)
        await objects.mirror(backed_up)
        await storage.remove_versions(erasure.LISTED)
        await objects.bring_back(backed_up)
        async with documents(backed_up) as bucket:
            assert len(await objects.listed_erasures(bucket)) == 1

    async def test_another_ring_of_keys_is_said(
        self,
        api: httpx.AsyncClient,
        person: Person,
        backed_up: Settings,
        storage: ObjectStorage,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        await erase(api, person, backed_up, storage)
        monkeypatch.setattr("service.audit.domain._keys", [])
        with pytest.raises(BackupError, match="AUDIT_KEYS"):
            await erasures.erase_again(backed_up)
