"""How is S3 called? By one client, with the same time-outs and retries for all; making the first loads the library."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import aioboto3
    from types_aiobotocore_s3 import S3Client

CONNECT_SECONDS, READ_SECONDS = 3, 15


@cache
def _session() -> aioboto3.Session:
    """One for all: it keeps what it has read of S3's description, which takes longer than all else that a client needs."""
    import aioboto3

    return aioboto3.Session()


def s3_client(
    endpoint: str, *, region: str, access_key: str, secret_key: str, path_style: bool
) -> AbstractAsyncContextManager[S3Client]:
    """A client whose every call ends within its time-outs; entering it calls nobody."""
    from aiobotocore.config import AioConfig

    return _session().client(
        "s3",
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        config=AioConfig(
            signature_version="s3v4",
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"mode": "standard", "max_attempts": 2},
            max_pool_connections=20,
            # The checksums that newer clients add by default are refused by several S3 servers.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            s3={"addressing_style": "path" if path_style else "virtual"},
        ),
    )
