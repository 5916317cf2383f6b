"""How does the product reach its object store? S3 and nothing but S3, behind the few calls that it needs."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

import aioboto3
from aiobotocore.config import AioConfig
from botocore.exceptions import BotoCoreError, ClientError

from service import metrics
from service.errors import StorageUnavailable
from service.settings import Settings

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

_CONNECT_SECONDS, _READ_SECONDS = 3, 15


class ObjectStorage:
    """One bucket of one S3 server. Opened at start, closed at stop; every call ends within its time-outs.

    Methods raise StorageUnavailable when the server does not answer or refuses our key.
    """

    def __init__(self, settings: Settings) -> None:
        self.bucket = settings.object_storage_bucket
        self._settings = settings
        self._stack = AsyncExitStack()
        self._client: S3Client | None = None

    async def open(self) -> None:
        """Prepare the client; nothing is called yet, so the server may be away."""
        settings = self._settings
        self._client = await self._stack.enter_async_context(
            aioboto3.Session().client(
                "s3",
                endpoint_url=settings.s3_endpoint,
                region_name=settings.object_storage_region,
                aws_access_key_id=settings.s3_access_key,
                aws_secret_access_key=settings.s3_secret_key,
                config=AioConfig(
                    signature_version="s3v4",
                    connect_timeout=_CONNECT_SECONDS,
                    read_timeout=_READ_SECONDS,
                    retries={"mode": "standard", "max_attempts": 2},
                    max_pool_connections=20,
                    # The checksums that newer clients add by default are refused by several S3 servers.
                    request_checksum_calculation="when_required",
                    response_checksum_validation="when_required",
                    s3={"addressing_style": "path" if settings.object_storage_force_path_style else "virtual"},
                ),
            )
        )

    async def close(self) -> None:
        await self._stack.aclose()
        self._client = None

    @property
    def client(self) -> S3Client:
        if self._client is None:
            raise StorageUnavailable
        return self._client

    async def ensure_bucket(self) -> bool:
        """Make the bucket when it is missing. Returns whether it was made; two callers at once are fine."""
        async with _measured("create_bucket"):
            try:
                await self.client.head_bucket(Bucket=self.bucket)
                return False
            except ClientError as error:
                if _status(error) != 404:
                    raise
            region = self._settings.object_storage_region
            arguments: dict[str, Any] = {"Bucket": self.bucket}
            if region != "us-east-1":
                arguments["CreateBucketConfiguration"] = {"LocationConstraint": region}
            try:
                await self.client.create_bucket(**arguments)
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") not in {
                    "BucketAlreadyOwnedByYou",
                    "BucketAlreadyExists",
                }:
                    raise
            return True

    async def check(self) -> None:
        """Ask for the bucket. Raises StorageUnavailable when it cannot be used."""
        async with _measured("head_bucket"):
            await self.client.head_bucket(Bucket=self.bucket)


@asynccontextmanager
async def _measured(operation: str) -> AsyncIterator[None]:
    started, outcome = time.perf_counter(), "error"
    try:
        yield
        outcome = "ok"
    except (BotoCoreError, ClientError, OSError, TimeoutError) as error:
        raise StorageUnavailable from error
    finally:
        metrics.s3_seconds.labels(operation, outcome).observe(time.perf_counter() - started)


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
