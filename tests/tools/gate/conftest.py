"""Where do the gate's tests keep evidence? In a bucket of each test's own: its keys are fixed names."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator

import pytest

from service.adapters.s3 import s3_client
from service.tools.gate.evidence import Store, open_store


@pytest.fixture
async def gate_env(object_storage_env: dict[str, str]) -> dict[str, str]:
    """OBJECT_STORAGE_* of an empty bucket."""
    env = {**object_storage_env, "OBJECT_STORAGE_BUCKET": f"gate-{uuid.uuid4().hex[:12]}"}
    region = env["OBJECT_STORAGE_REGION"]
    async with s3_client(
        env["OBJECT_STORAGE_ENDPOINT"],
        region=region,
        access_key=env["OBJECT_STORAGE_ACCESS_KEY_ID"],
        secret_key=env["OBJECT_STORAGE_SECRET_ACCESS_KEY"],
        path_style=True,
    ) as client:
        where = {"CreateBucketConfiguration": {"LocationConstraint": region}} if region != "us-east-1" else {}
        await client.create_bucket(Bucket=env["OBJECT_STORAGE_BUCKET"], **where)  # type: ignore[arg-type]  # any region
    return env


@pytest.fixture
async def store(gate_env: dict[str, str]) -> AsyncIterator[Store]:
    async with open_store(gate_env) as opened:
        yield opened
