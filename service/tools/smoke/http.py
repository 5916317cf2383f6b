"""How does the smoke talk to a server, and what must hold for every single answer?"""

import json
import re
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from service.tools.http import Caller, Unreachable
from service.tools.smoke.answers import AnswerError, declared
from service.tools.smoke.options import REQUEST_TIMEOUT_SECONDS, Options

CORS_HEADERS = {
    "access-control-allow-origin": "*",
    "access-control-allow-headers": "Content-Type, Authorization, x-admin-api-key, x-kyc-webhook-secret, "
    "x-kyc-webhook-signature, x-kyc-webhook-timestamp, x-idempotency-key",
    "access-control-allow-methods": "GET, POST, PATCH, DELETE, OPTIONS",
    "access-control-expose-headers": "x-request-id, Retry-After, ETag",
}
_REQUEST_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


class StepFailed(Exception):
    """The server did not do what it must; the text says what, without tokens, passwords or bodies."""


class Api:
    """The server under test. Each request has 15 s, follows no redirect and keeps no cookie."""

    def __init__(self, options: Options) -> None:
        self._base_url = options.base_url
        self._caller = Caller(options.tls(), options.resolve, timeout_seconds=REQUEST_TIMEOUT_SECONDS)
        self._request_ids: set[str] = set()

    async def __aenter__(self) -> Self:
        await self._caller.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._caller.__aexit__(kind, error, trace)

    async def call(
        self,
        method: str,
        path: str,
        *,
        expect: int | tuple[int, ...] = 200,
        code: str | None = None,
        body: object = None,
        raw: bytes | None = None,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Send one request and return the answer's JSON, or None for 204.

        `body` is sent as JSON, `raw` as it is; `code` is the error code that the answer must carry. Raises StepFailed
        unless status, headers and shape are exactly what the operation declares.
        """
        expected = (expect,) if isinstance(expect, int) else expect
        status, answer_headers, data = await self._exchange(
            method, self._base_url + path, raw if body is None else json.dumps(body).encode(), token, headers
        )
        where = f"{method} {path.partition('?')[0]}"
        request_id = self._check_headers(where, status, answer_headers, data)
        if status not in expected:
            wanted = " or ".join(map(str, expected))
            raise StepFailed(f"{where}: expected {wanted}, got {status}{_error_code(data)} (request {request_id})")
        if status == 204:
            return None
        try:
            answer = json.loads(data)
        except ValueError:
            raise StepFailed(f"{where}: the answer is not JSON (request {request_id})") from None
        try:
            declared().check(method, path, status, answer)
        except AnswerError as error:
            raise StepFailed(f"{where}: {error} (request {request_id})") from None
        if status >= 400 and code is not None and answer["error"]["code"] != code:
            raise StepFailed(f"{where}: expected the code {code}, got {answer['error']['code']} (request {request_id})")
        return answer

    async def document(self, path: str) -> bytes | None:
        """The bytes of a file that the product serves, or None when it answers 404.

        Raises StepFailed also for an answer without an x-request-id: that is a gateway's own, whatever its status.
        """
        status, headers, data = await self._exchange("GET", self._base_url + path, None, None, None)
        if not _REQUEST_ID.fullmatch(headers.get("x-request-id", "")):
            raise StepFailed(f"GET {path}: status {status} without an x-request-id: something else answers there")
        if status == 404:
            return None
        if status != 200:
            raise StepFailed(f"GET {path}: expected 200 or 404, got {status}")
        return data

    async def page(self, path: str, *, language: str) -> str:
        """The HTML of a page in `language`. Raises StepFailed unless it is 200, loads nothing and is kept nowhere."""
        status, headers, data = await self._exchange(
            "GET", self._base_url + path, None, None, {"Accept-Language": language}
        )
        where = f"GET {path}"
        request_id = self._check_headers(where, status, headers, data, content_type="text/html; charset=utf-8")
        if status != 200:
            raise StepFailed(f"{where}: expected 200, got {status} (request {request_id})")
        policy = headers.get("content-security-policy", "")
        if headers.get("cache-control") != "no-store" or not {"default-src 'none'", "frame-ancestors 'none'"} <= {
            one.strip() for one in policy.split(";")
        }:
            raise StepFailed(f"{where}: the page must load nothing and be kept nowhere (request {request_id})")
        return data.decode()

    async def upload(self, upload: Mapping[str, Any], data: bytes, content_type: str) -> int:
        """PUT `data` as a phone does, with every header that the server listed; returns the status."""
        headers = dict(upload["headers"])
        if "content-type" not in {name.lower() for name in headers}:
            headers["Content-Type"] = content_type
        status, _, _ = await self._exchange(upload["method"], upload["uploadUrl"], data, None, headers)
        return status

    async def _exchange(
        self, method: str, url: str, data: bytes | None, token: str | None, headers: Mapping[str, str] | None
    ) -> tuple[int, Mapping[str, str], bytes]:
        sent = dict(headers or {})
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        sent.setdefault("Content-Type", "application/json")
        try:
            answer = await self._caller.send(method, url, headers=sent, body=data)
        except (TimeoutError, Unreachable) as error:
            raise StepFailed(str(error)) from None
        return answer.status, answer.headers, answer.body

    def _check_headers(
        self,
        where: str,
        status: int,
        headers: Mapping[str, str],
        data: bytes,
        *,
        content_type: str = "application/json",
    ) -> str:
        request_id = headers.get("x-request-id", "")
        if not _REQUEST_ID.fullmatch(request_id):
            raise StepFailed(f"{where}: status {status} without an x-request-id in the form of a version 4 UUID")
        if request_id in self._request_ids:
            raise StepFailed(f"{where}: the x-request-id {request_id} came twice")
        self._request_ids.add(request_id)
        for name, value in CORS_HEADERS.items():
            if headers.get(name) != value:
                raise StepFailed(f"{where}: the header {name} must be {value!r} (request {request_id})")
        given = headers.get("content-type")
        if status == 204:
            if data or given is not None:
                raise StepFailed(f"{where}: 204 must have neither body nor content-type (request {request_id})")
        elif given != content_type:
            raise StepFailed(f"{where}: content-type must be {content_type} (request {request_id})")
        return request_id


def _error_code(data: bytes) -> str:
    """` <code>` of an error answer, or nothing; the message is for people and may name an address."""
    try:
        found = json.loads(data)["error"]["code"]
    except (ValueError, KeyError, TypeError):
        return ""
    return f" {found}" if isinstance(found, str) and re.fullmatch(r"[a-z0-9_]{1,64}", found) else ""
