"""How does the gate ask a server? GET with a time-out for the whole, no redirects, an answer of bounded size."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from service.smoke.http import Resolver

_MAX_BYTES = 8 * 1024 * 1024


class Unreachable(Exception):
    """No answer at all. The text is one sentence."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers by their names in lower case, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Caller:
    """Asks servers. `resolve` maps (host, port) to the address to connect to, as in the smoke."""

    def __init__(self, tls: ssl.SSLContext, resolve: Mapping[tuple[str, int], str], *, timeout_seconds: float) -> None:
        self._tls, self._resolve, self._timeout = tls, resolve, timeout_seconds
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=Resolver(self._resolve), ssl=self._tls, limit=8),
            timeout=aiohttp.ClientTimeout(total=self._timeout),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def get(
        self, url: str, query: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Raises TimeoutError, or Unreachable when nobody listens or the certificate is not trusted."""
        assert self._session is not None, "used outside `async with`"
        target = URL(url)
        place = f"{target.host}:{target.port}"
        try:
            async with self._session.get(
                target, params=query, headers={"Accept": "application/json", **(headers or {})}, allow_redirects=False
            ) as response:
                body = bytearray()
                async for chunk in response.content.iter_chunked(65_536):
                    body += chunk
                    if len(body) > _MAX_BYTES:
                        raise Unreachable(f"{place} sends more than {_MAX_BYTES} bytes")
                return Answer(response.status, {k.lower(): v for k, v in response.headers.items()}, bytes(body))
        except TimeoutError:
            raise TimeoutError(f"{place} did not answer within {self._timeout:g} s") from None
        except aiohttp.ClientConnectorCertificateError as error:
            raise Unreachable(f"the certificate of {place} is not trusted") from error
        except (aiohttp.ClientError, OSError) as error:
            raise Unreachable(f"no answer from {place} ({type(error).__name__})") from error

    async def certificate_of(self, url: str) -> tuple[str, datetime]:
        """`(TLS version, end of the certificate)` of a trusted server. Raises as `get` does."""
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 443
        address = self._resolve.get((host.lower(), port), host)
        writer: asyncio.StreamWriter | None = None
        try:
            async with asyncio.timeout(self._timeout):
                _, writer = await asyncio.open_connection(address, port, ssl=self._tls, server_hostname=host)
                found = writer.get_extra_info("ssl_object")
                ends_at = datetime.fromtimestamp(ssl.cert_time_to_seconds(found.getpeercert()["notAfter"]), UTC)
                return str(found.version()), ends_at
        except TimeoutError:
            raise TimeoutError(f"{host}:{port} did not answer within {self._timeout:g} s") from None
        except ssl.SSLCertVerificationError as error:
            raise Unreachable(f"the certificate of {host}:{port} is not trusted: {error.verify_message}") from error
        except OSError as error:
            raise Unreachable(f"no TLS answer from {host}:{port} ({type(error).__name__})") from error
        finally:
            if writer is not None:
                writer.transport.abort()
