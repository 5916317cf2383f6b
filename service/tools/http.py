"""How do these programs ask a server? One client: a time-out for the whole, no redirects, no cookies, bounded answers."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

_MAX_BYTES = 8 * 1024 * 1024


class Unreachable(Exception):
    """No answer that counts. The text is one sentence, which shows host and port alone of the address."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers by their names in lower case, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _Resolver(AbstractResolver):
    """Answers from `--resolve` first, then as the machine does."""

    def __init__(self, overrides: Mapping[tuple[str, int], str]) -> None:
        self._overrides = overrides
        self._machine = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        address = self._overrides.get((host.lower(), port))
        if address is None:
            return await self._machine.resolve(host, port, family)
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def close(self) -> None:
        await self._machine.close()


class Caller:
    """Asks servers, eight requests at once at most; used with `async with`.

    `tls` says whom to trust (default: as the machine does), `resolve` maps (host in lower case, port) to the address to
    connect to.
    """

    def __init__(
        self,
        tls: ssl.SSLContext | None = None,
        resolve: Mapping[tuple[str, int], str] | None = None,
        *,
        timeout_seconds: float,
    ) -> None:
        self._tls, self._resolve, self._timeout = tls, resolve or {}, timeout_seconds
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=_Resolver(self._resolve), ssl=self._tls or True, limit=8),
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
        """`send` a GET; `query` is added to the address."""
        return await self.send("GET", str(URL(url).update_query(query or {})), headers=headers)

    async def send(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        """The whole answer, whatever its status. `url` is sent as it is.

        Raises TimeoutError, or Unreachable when nobody listens, the certificate is not trusted or the answer is too long.
        """
        assert self._session is not None, "used outside `async with`"
        target = URL(url, encoded=True)
        # The address of an upload is a credential: only host and port are ever shown.
        place = f"{target.host}:{target.port}"
        sent = {"Accept": "application/json", **(headers or {})}
        try:
            async with self._session.request(
                method, target, data=body, headers=sent, allow_redirects=False
            ) as response:
                found = bytearray()
                async for chunk in response.content.iter_chunked(65_536):
                    found += chunk
                    if len(found) > _MAX_BYTES:
                        raise Unreachable(f"{place} sent more than {_MAX_BYTES} bytes")
                return Answer(response.status, {k.lower(): v for k, v in response.headers.items()}, bytes(found))
        except TimeoutError:
            raise TimeoutError(f"{place} did not answer within {self._timeout:g} s") from None
        except aiohttp.ClientConnectorCertificateError as error:
            raise Unreachable(f"the certificate of {place} is not trusted (--ca-file)") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise Unreachable(f"no answer from {place}: {type(error).__name__}") from error

    async def certificate_of(self, url: str) -> tuple[str, datetime]:
        """`(TLS version, end of the certificate)` of a trusted server. Raises as `send` does."""
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 443
        address = self._resolve.get((host.lower(), port), host)
        tls = self._tls or ssl.create_default_context()
        writer: asyncio.StreamWriter | None = None
        try:
            async with asyncio.timeout(self._timeout):
                _, writer = await asyncio.open_connection(address, port, ssl=tls, server_hostname=host)
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


def status_of(url: str, *, timeout_seconds: float) -> int | None:
    """The status of a GET, or None without an answer. Blocks, also where an event loop runs."""

    async def ask() -> int | None:
        async with Caller(timeout_seconds=timeout_seconds) as caller:
            try:
                return (await caller.send("GET", url)).status
            except (TimeoutError, Unreachable):
                return None

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, ask()).result()
