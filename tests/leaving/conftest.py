"""A bucket with versions for tests of what is left of a person."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from sanic import Sanic

from service.adapters import bucket
from service.adapters.object_storage import ObjectStorage
from service.base.settings import Settings
from tests.leaving.person import Person, make_person


@pytest.fixture
def own(settings: Settings) -> Settings:
    """Settings with a bucket of this test's own."""
    return settings.model_copy(update={"object_storage_bucket": f"leaving-{uuid4().hex[:12]}"})


@pytest.fixture
async def storage(own: Settings) -> AsyncIterator[ObjectStorage]:
    adapter = ObjectStorage(own)
    await adapter.open()
    await adapter.ensure_bucket()
    await bucket.prepare(own)
    yield adapter
    # Each bucket takes volumes of the store, of which there are not many.
    await adapter.remove_versions("")
    await (await adapter._opened()).delete_bucket(Bucket=adapter.bucket)
    await adapter.close()


@pytest.fixture
async def person(app: Sanic[Any, Any], own: Settings, storage: ObjectStorage) -> Person:
    return await make_person(own, storage)
