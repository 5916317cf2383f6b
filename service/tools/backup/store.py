"""Where do the copies go? A bucket of another store, best in another place, spoken to in S3."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, EndpointConnectionError

from service.adapters.s3 import s3_client
from service.base.settings import Settings

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client
    from types_aiobotocore_s3.type_defs import CompletedPartTypeDef

_PART_BYTES = 16 * 1024 * 1024
_MAX_PARTS = 10_000
_PATIENCE_SECONDS = 30.0


class BackupError(Exception):
    """A copy could not be made or cannot be used. The message is one sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Found:
    """One object of a listing."""

    key: str
    size: int
    modified_at: datetime


class Bucket:
    """The few calls that copies need. They raise BackupError when the store does not answer or refuses."""

    def __init__(self, client: S3Client, name: str) -> None:
        self.client, self.name = client, name

    async def list(self, prefix: str = "") -> dict[str, Found]:
        """All objects below `prefix` by key."""
        found: dict[str, Found] = {}
        with _said(f"list {self.name}"):
            pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix)
            async for page in pages:
                for item in page.get("Contents", []):
                    found[item["Key"]] = Found(item["Key"], item["Size"], item["LastModified"])
        return found

    async def read(self, key: str) -> bytes | None:
        """The bytes of one object, or None when it is not there. For documents, which are small."""
        with _said(f"read from {self.name}"):
            try:
                answer = await self.client.get_object(Bucket=self.name, Key=key)
            except ClientError as error:
                if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 404:
                    return None
                raise
            async with answer["Body"] as body:
                return await body.read()

    async def content_type(self, key: str) -> str:
        with _said(f"read from {self.name}"):
            return (await self.client.head_object(Bucket=self.name, Key=key)).get("ContentType", "")

    async def write(self, key: str, data: bytes, content_type: str = "application/octet-stream") -> None:
        with _said(f"write to {self.name}"):
            await self.client.put_object(Bucket=self.name, Key=key, Body=data, ContentType=content_type)

    async def delete(self, key: str) -> None:
        with _said(f"delete from {self.name}"):
            await self.client.delete_object(Bucket=self.name, Key=key)

    async def upload(self, path: Path, key: str) -> str:
        """Store a file of any size, in parts where it is large; returns its SHA-256 in hex."""
        digest, size = hashlib.sha256(), path.stat().st_size  # noqa: ASYNC240 - nothing else runs in this process
        part_bytes = max(_PART_BYTES, -(-size // _MAX_PARTS))
        with _said(f"write to {self.name}"), path.open("rb") as file:
            if size <= part_bytes:
                data = file.read()
                await self.client.put_object(Bucket=self.name, Key=key, Body=data)
                return hashlib.sha256(data).hexdigest()
            upload = (await self.client.create_multipart_upload(Bucket=self.name, Key=key))["UploadId"]
            parts: list[CompletedPartTypeDef] = []
            try:
                while data := file.read(part_bytes):
                    digest.update(data)
                    number = len(parts) + 1
                    answer = await self.client.upload_part(
                        Bucket=self.name, Key=key, UploadId=upload, PartNumber=number, Body=data
                    )
                    parts.append({"ETag": answer["ETag"], "PartNumber": number})
                await self.client.complete_multipart_upload(
                    Bucket=self.name,
                    Key=key,
                    UploadId=upload,
                    MultipartUpload={"Parts": parts},
                )
            except BaseException:
                await self.client.abort_multipart_upload(Bucket=self.name, Key=key, UploadId=upload)
                raise
        return digest.hexdigest()

    async def download(self, key: str, path: Path) -> str:
        """Write one object into a file; returns its SHA-256 in hex."""
        digest = hashlib.sha256()
        with _said(f"read {key} from {self.name}"), path.open("wb") as file:
            answer = await self.client.get_object(Bucket=self.name, Key=key)
            async with answer["Body"]:
                async for chunk in answer["Body"].iter_chunks(1024 * 1024):
                    digest.update(chunk)
                    file.write(chunk)
        return digest.hexdigest()

    async def ensure(self, region: str) -> None:
        """Make the bucket when it is missing and its key may do that.

        Waits up to 30 s for a store that cannot be reached: a network policy reaches a new pod's first seconds late.
        """
        with _said(f"use {self.name}"):
            deadline = time.monotonic() + _PATIENCE_SECONDS
            try:
                while True:
                    try:
                        await self.client.head_bucket(Bucket=self.name)
                        return
                    except (EndpointConnectionError, ConnectTimeoutError):
                        if time.monotonic() >= deadline:
                            raise
                        await asyncio.sleep(1)
            except ClientError as error:
                if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") != 404:
                    raise
            if region == "us-east-1":
                await self.client.create_bucket(Bucket=self.name)
            else:
                await self.client.create_bucket(
                    Bucket=self.name,
                    CreateBucketConfiguration={"LocationConstraint": region},  # type: ignore[typeddict-item]  # any region
                )


class _said:
    """Turn what the S3 library raises into one sentence."""

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ClientError):
            code = error.response.get("Error", {}).get("Code", "")
            raise BackupError(f"cannot {self._what}: the store answers {code}") from error
        if isinstance(error, (BotoCoreError, TimeoutError)):
            raise BackupError(f"cannot {self._what}: {type(error).__name__}") from error


@asynccontextmanager
async def copies(settings: Settings) -> AsyncIterator[Bucket]:
    """The bucket of the copies. Raises BackupError naming the variable that is missing."""
    needed = ("backup_s3_endpoint", "backup_s3_bucket", "backup_s3_access_key_id", "backup_s3_secret_access_key")
    missing = [name.upper() for name in needed if not getattr(settings, name)]
    if missing:
        raise BackupError(f"{', '.join(missing)} must be set")
    if (settings.backup_s3_endpoint, settings.backup_s3_bucket) == (
        settings.s3_endpoint,
        settings.object_storage_bucket,
    ):
        raise BackupError("BACKUP_S3_BUCKET is the bucket of the documents: a copy beside the original is no backup")
    async with s3_client(
        settings.backup_s3_endpoint,
        region=settings.backup_s3_region,
        access_key=settings.backup_s3_access_key_id,
        secret_key=settings.backup_s3_secret_access_key,
        path_style=settings.backup_s3_force_path_style,
    ) as client:
        bucket = Bucket(client, settings.backup_s3_bucket)
        await bucket.ensure(settings.backup_s3_region)
        yield bucket


@asynccontextmanager
async def documents(settings: Settings) -> AsyncIterator[Bucket]:
    """The bucket that the product uses."""
    async with s3_client(
        settings.s3_endpoint,
        region=settings.object_storage_region,
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key,
        path_style=settings.object_storage_force_path_style,
    ) as client:
        yield Bucket(client, settings.object_storage_bucket)
