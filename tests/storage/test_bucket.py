"""Does the bootstrap make the bucket what it should be, again and again, and leave other people's rules alone?"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from service.adapters import bucket
from service.adapters.object_storage import ObjectStorage
from service.adapters.s3 import s3_client
from service.base.settings import Settings, load_settings
from service.database import waiting
from tests.conftest import TEST_ENVIRONMENT
from tests.running import Detour

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client


@pytest.fixture
def own_bucket(object_storage_env: dict[str, str], settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """A bucket for one test, so that nobody meets another test's versioning."""
    name = f"bucket-{abs(hash(request.node.name)):x}"
    environment = {**TEST_ENVIRONMENT, **object_storage_env, "DATABASE_URL": settings.database_url}
    return load_settings({**environment, "OBJECT_STORAGE_BUCKET": name})


@pytest.fixture
async def storage(own_bucket: Settings) -> AsyncIterator[ObjectStorage]:
    adapter = ObjectStorage(own_bucket)
    await adapter.open()
    await adapter.ensure_bucket()
    yield adapter
    await adapter.close()


@pytest.fixture
async def client(own_bucket: Settings) -> AsyncIterator[S3Client]:
    async with s3_client(
        own_bucket.s3_endpoint,
        region=own_bucket.object_storage_region,
        access_key=own_bucket.s3_access_key,
        secret_key=own_bucket.s3_secret_key,
        path_style=True,
    ) as client:
        yield client


class TestBootstrap:
    async def test_makes_the_bucket_once(self, own_bucket: Settings) -> None:
        name = own_bucket.object_storage_bucket
        assert (await bucket.bootstrap(own_bucket))[0] == f"bucket {name} made"
        assert (await bucket.bootstrap(own_bucket))[0] == f"bucket {name} is there"

    @pytest.mark.parametrize("name", ["object_storage_access_key_id", "object_storage_secret_access_key"])
    async def test_an_unknown_key_ends_at_once_with_the_variables_names(
        self, storage: ObjectStorage, own_bucket: Settings, name: str
    ) -> None:
        wrong = own_bucket.model_copy(update={name: "geheim"})
        with pytest.raises(bucket.StorageRefused, match="OBJECT_STORAGE_ACCESS_KEY_ID") as caught:
            await bucket.bootstrap(wrong, patience_seconds=600)
        assert "geheim" not in str(caught.value)

    async def test_a_store_that_comes_later_is_waited_for_and_said(
        self, own_bucket: Settings, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(waiting, "_FIRST_SECONDS", 0.1)
        detour = Detour(own_bucket.s3_endpoint)
        late = own_bucket.model_copy(update={"object_storage_endpoint": f"http://127.0.0.1:{detour.port}"})
        running = asyncio.create_task(bucket.bootstrap(late, patience_seconds=120))
        said = ""
        while '"startup.waiting"' not in said:
            assert not running.done()
            await asyncio.sleep(0.05)
            said += capfd.readouterr().out
        assert "Waiting for the object store (OBJECT_STORAGE_ENDPOINT)" in said
        await detour.open()
        assert (await running)[0] == f"bucket {own_bucket.object_storage_bucket} made"
        await detour.close()


class TestPrepare:
    async def test_versions_are_kept_and_rules_are_set(
        self, storage: ObjectStorage, client: S3Client, own_bucket: Settings
    ) -> None:
        lines = await bucket.prepare(own_bucket)
        assert lines[0].startswith("versioning")
        versioning = await client.get_bucket_versioning(Bucket=storage.bucket)
        assert versioning.get("Status") == "Enabled"
        rules = (await client.get_bucket_lifecycle_configuration(Bucket=storage.bucket))["Rules"]
        assert {rule["ID"] for rule in rules} == {
            line.split()[2].rstrip(":") for line in lines if line.startswith("life cycle") and line.endswith(": set")
        }

    async def test_a_second_run_changes_nothing(
        self, storage: ObjectStorage, client: S3Client, own_bucket: Settings
    ) -> None:
        await bucket.prepare(own_bucket)
        before = (await client.get_bucket_lifecycle_configuration(Bucket=storage.bucket))["Rules"]
        assert (await bucket.prepare(own_bucket))[0] == "versioning is on"
        after = (await client.get_bucket_lifecycle_configuration(Bucket=storage.bucket))["Rules"]
        assert sorted(map(str, after)) == sorted(map(str, before))

    async def test_an_overwritten_document_can_be_had_back(
        self, storage: ObjectStorage, client: S3Client, own_bucket: Settings
    ) -> None:
        await bucket.prepare(own_bucket)
        await storage.write("a", b"first", content_type="text/plain")
        await storage.write("a", b"second", content_type="text/plain")
        versions = (await client.list_object_versions(Bucket=storage.bucket, Prefix="a"))["Versions"]
        old = next(version["VersionId"] for version in versions if not version["IsLatest"])
        found = await client.get_object(Bucket=storage.bucket, Key="a", VersionId=old)
        async with found["Body"] as body:
            assert await body.read() == b"first"

    async def test_rules_of_others_stay(self, storage: ObjectStorage, client: S3Client, own_bucket: Settings) -> None:
        theirs: Any = {"ID": "theirs", "Status": "Enabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 3}}
        await client.put_bucket_lifecycle_configuration(
            Bucket=storage.bucket, LifecycleConfiguration={"Rules": [theirs]}
        )
        await bucket.prepare(own_bucket)
        rules = (await client.get_bucket_lifecycle_configuration(Bucket=storage.bucket))["Rules"]
        assert "theirs" in {rule["ID"] for rule in rules}

    async def test_what_the_store_lacks_is_reported(self, own_bucket: Settings) -> None:
        async def change() -> None:
            raise ClientError({"Error": {"Code": "NotImplemented"}}, "PutBucketPolicy")

        assert await bucket._report("policy", change, "set") == "policy: not supported by this store (NotImplemented)"

    async def test_a_refusal_is_no_report(self) -> None:
        async def change() -> None:
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "PutBucketPolicy")

        with pytest.raises(ClientError):
            await bucket._report("policy", change, "set")


class TestPolicy:
    def test_the_key_may_read_write_erase_and_list(self) -> None:
        statements = bucket.policy_statements("documents", "arn:aws:iam::1:user/product")
        actions = {action for statement in statements for action in statement["Action"]}
        assert actions == {
            "s3:GetObject",
            "s3:PutObject",
            "s3:AbortMultipartUpload",
            "s3:DeleteObject",
            "s3:DeleteObjectVersion",
            "s3:ListBucket",
            "s3:ListBucketVersions",
        }
        assert all(statement["Principal"] == {"AWS": ["arn:aws:iam::1:user/product"]} for statement in statements)

    def test_the_page_shows_the_same(self) -> None:
        from pathlib import Path

        page = (Path(__file__).parents[2] / "docs/object-store.md").read_text()
        shown = json.loads(page.split("```json")[1].split("```")[0])
        actions = {action for statement in shown["Statement"] for action in statement["Action"]}
        wanted = {a for s in bucket.policy_statements("jembatan-documents", "p") for a in s["Action"]}
        assert actions == wanted

    async def test_without_a_principal_the_policy_is_left_alone(
        self, storage: ObjectStorage, own_bucket: Settings
    ) -> None:
        assert any(line.startswith("policy: left alone") for line in await bucket.prepare(own_bucket))


class TestExamine:
    async def test_the_administrators_own_key_is_named(self, storage: ObjectStorage, own_bucket: Settings) -> None:
        same = own_bucket.model_copy(update={"object_storage_app_access_key_id": own_bucket.s3_access_key})
        assert (await bucket.prepare(same))[-1].startswith("the product's key: is the administrator's")

    async def test_a_key_that_may_nothing_is_named(self, storage: ObjectStorage, own_bucket: Settings) -> None:
        stranger = own_bucket.model_copy(
            update={"object_storage_app_access_key_id": "stranger", "object_storage_app_secret_access_key": "x" * 40}
        )
        assert (await bucket.prepare(stranger))[-1] == (
            "the product's key: may not write, read, list, delete: uploads or erasures will fail"
        )
