"""Does the API keep the contract's rules of the road: paths, bodies, headers, envelope, deny by default?"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import httpx
import pytest
from sanic import HTTPResponse, Sanic

from service.base.clock import format_time
from service.content.jobs import domain
from service.http.operations import Security, declared_operation, template_of
from service.http.web import Answer
from tests.factories import Candidate

PUBLIC = {
    "GET /health",
    "GET /health/ready",
    "GET /metrics",
    "GET /openapi.yaml",
    "GET /docs",
    "GET /docs/{asset}",
    "GET /account",
    "GET /account/password",
    "GET /account/deletion",
    "POST /account/deletion",
    "POST /account/deletion/code",
    "POST /account/password",
    "POST /account/password/code",
    "POST /auth/register",
    "POST /auth/login",
    "POST /auth/password-reset",
    "POST /auth/password-reset/confirm",
    "POST /auth/refresh",
    "POST /auth/logout",
    "POST /auth/email-verification/resend",
    "POST /auth/email-verification/verify",
    "POST /identity/kyc/provider-webhook",
}
OPTIONAL = {"GET /jobs", "GET /jobs/{jobId}", "GET /feed/posts"}


class TestPaths:
    @pytest.mark.parametrize("path", ["/health", "/v1/health", "//v1/health", "//health", "///v1/health"])
    async def test_one_alias_and_any_leading_slashes_lead_to_the_operation(
        self, api: httpx.AsyncClient, path: str
    ) -> None:
        answer = await api.get(f"http://api.test{path}")
        assert answer.status_code == 200
        assert answer.json() == {"status": "ok", "service": "api", "version": "0.1.0"}

    @pytest.mark.parametrize(
        "path",
        [
            "/",
            "/v1",
            "/v1/",
            "/v1/v1/health",
            "/health/",
            "/jobs/",
            "/auth//me",
            "/v1//health",
            "/nothing",
            "/Health",
            "//",
        ],
    )
    async def test_every_other_address_is_not_found(self, api: httpx.AsyncClient, path: str) -> None:
        answer = await api.get(f"http://api.test{path}")
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "not_found"

    @pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST", "TRACE"])
    async def test_a_wrong_method_is_not_found(self, api: httpx.AsyncClient, method: str) -> None:
        answer = await api.request(method, "/health")
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "not_found"

    @pytest.mark.parametrize("path", ["/health", "/jobs", "/nothing"])
    async def test_head_is_not_found(self, api: httpx.AsyncClient, path: str) -> None:
        assert (await api.head(path)).status_code == 404

    @pytest.mark.parametrize("path", ["/health", "/jobs", "/nothing", "/a/b/c", "/v1/auth/me"])
    async def test_options_answers_204_anywhere(self, api: httpx.AsyncClient, path: str) -> None:
        answer = await api.options(path)
        assert answer.status_code == 204
        assert answer.headers["access-control-allow-methods"] == "GET, POST, PATCH, DELETE, OPTIONS"
        assert answer.headers["access-control-max-age"] == "7200"
        assert "content-type" not in answer.headers

    async def test_an_unknown_address_does_not_look_at_credentials(self, api: httpx.AsyncClient) -> None:
        assert (await api.get("/admin/nothing", headers={"Authorization": "Bearer x"})).status_code == 404


class TestHeaders:
    async def test_cors_headers_come_with_and_without_origin(self, api: httpx.AsyncClient) -> None:
        for headers in ({}, {"Origin": "https://app.example.com"}):
            answer = await api.get("/health", headers=headers)
            assert answer.headers["access-control-allow-origin"] == "*"
            assert answer.headers["access-control-expose-headers"] == "x-request-id, Retry-After, ETag"
            assert "access-control-max-age" not in answer.headers
            assert answer.headers["access-control-allow-headers"] == (
                "Content-Type, Authorization, x-admin-api-key, x-kyc-webhook-secret, x-kyc-webhook-signature,"
                " x-kyc-webhook-timestamp, x-idempotency-key"
            )
            assert "vary" not in answer.headers

    async def test_an_inbound_request_id_is_ignored(self, api: httpx.AsyncClient) -> None:
        answer = await api.get("/health", headers={"x-request-id": "11111111-1111-4111-8111-111111111111"})
        assert answer.headers["x-request-id"] != "11111111-1111-4111-8111-111111111111"

    async def test_json_has_no_charset(self, api: httpx.AsyncClient) -> None:
        assert (await api.get("/health")).headers["content-type"] == "application/json"

    @pytest.mark.parametrize("value", ["plain", "a\r\nb: c", "nul\x00", "é €", "\udc80", "", 7, "x" * 5000])
    @pytest.mark.parametrize("status", [200, 304])
    def test_leave_as_the_bytes_that_sanic_makes_of_them(self, value: object, status: int) -> None:
        ours, theirs = [
            kind(b"x", status, {"x-one": value, "ETag": '"1"'}, "application/json") for kind in (Answer, HTTPResponse)
        ]
        assert list(ours.processed_headers) == list(theirs.processed_headers)

    async def test_nobody_keeps_what_has_no_tag_or_guesses_its_kind(self, api: httpx.AsyncClient) -> None:
        body = {"fullName": "Rina Contoh", "email": "rina@example.com", "password": "eight888"}
        for answer in (
            await api.post("/auth/register", json=body),
            await api.post("/auth/login", json=body),
            await api.get("/auth/me"),
            await api.get("/health"),
            await api.get("/nowhere"),
            await api.get("/admin/users", headers={"x-admin-api-key": "staff-key-for-tests"}),
        ):
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert "strict-transport-security" not in answer.headers


class TestTimes:
    @pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=9)), timezone(-timedelta(minutes=1, seconds=7))])
    @pytest.mark.parametrize("microsecond", [0, 1, 999, 1000, 120_000, 999_499, 999_500, 999_999])
    def test_are_written_as_strftime_would(self, zone: timezone, microsecond: int) -> None:
        days = range(2, 3_652_050, 9_973)
        for moment in (datetime(1, 1, 1, 23, 59, 59, microsecond, zone) + timedelta(days=n, seconds=n) for n in days):
            utc = moment.astimezone(UTC)
            expected = f"{utc.year:04d}-{utc:%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"
            assert format_time(moment) == expected
            assert len(expected) == 24


class TestBodies:
    @pytest.mark.parametrize("body", [b"{", b" ", b"null", b"nonsense", b'{"a": \xff}', b'"\\ud800"', b"[" * 3000])
    async def test_unreadable_bodies_are_refused(self, api: httpx.AsyncClient, body: bytes) -> None:
        answer = await api.post("/auth/login", content=body)
        assert answer.status_code == 400
        assert answer.json()["error"]["code"] == "invalid_request_body"

    @pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"3", b'"text"', b"true", b'{"unknown": {"a": [1]}}'])
    async def test_anything_else_counts_as_an_object(self, api: httpx.AsyncClient, body: bytes) -> None:
        answer = await api.post("/auth/login", content=body)
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "invalid_credentials"

    @pytest.mark.parametrize(
        "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
    )
    async def test_the_content_type_is_not_looked_at(self, api: httpx.AsyncClient, content_type: str) -> None:
        answer = await api.post(
            "/auth/login", content=b'{"email": "a@example.com"}', headers={"Content-Type": content_type}
        )
        assert answer.status_code == 401

    async def test_the_largest_body_is_read_and_one_byte_more_is_refused(self, api: httpx.AsyncClient) -> None:
        frame = b'{"x":"%b"}'
        largest = frame % (b"a" * (1_048_576 - len(frame) + 2))
        assert len(largest) == 1_048_576
        assert (await api.post("/auth/login", content=largest)).status_code == 401
        answer = await api.post("/auth/login", content=largest + b" ")
        assert answer.status_code == 400
        assert answer.json()["error"]["code"] == "invalid_request_body"

    async def test_credentials_come_before_the_body(self, api: httpx.AsyncClient) -> None:
        answer = await api.get("/auth/me", headers={"Content-Type": "application/json"})
        assert answer.json()["error"]["code"] == "missing_access_token"


class TestLanguage:
    @pytest.mark.parametrize(
        ("header", "word"),
        [
            (None, "sign in"),
            ("id", "Silakan"),
            ("id-ID,id;q=0.9,en;q=0.8", "Silakan"),
            ("en-US,en;q=0.9,id;q=0.8", "sign in"),
            ("ja", "sign in"),
            ("id;q=0.2, en;q=0.7", "sign in"),
            (";;;q=x,,", "sign in"),
        ],
    )
    async def test_accept_language_picks_the_message(
        self, api: httpx.AsyncClient, header: str | None, word: str
    ) -> None:
        answer = await api.get("/auth/me", headers={"Accept-Language": header} if header else {})
        assert word in answer.json()["error"]["message"]


class TestDenyByDefault:
    def test_only_the_written_operations_are_open(self, app: Sanic[Any, Any]) -> None:
        found: dict[Security, set[str]] = {security: set() for security in Security}
        for route in app.router.routes:
            declared = declared_operation(route.handler)
            assert declared is not None, route.path
            found[declared.security] |= {f"{method} {template_of(route.path)}" for method in route.methods}
        assert found[Security.PUBLIC] == PUBLIC
        assert found[Security.OPTIONAL] <= OPTIONAL
        assert all("/admin/" in name for name in found[Security.STAFF])

    async def test_every_other_operation_asks_for_a_token(self, api: httpx.AsyncClient, app: Sanic[Any, Any]) -> None:
        for route in app.router.routes:
            declared = declared_operation(route.handler)
            assert declared is not None
            if declared.security is not Security.USER:
                continue
            path = "/" + "/".join("x" if part.startswith("<") else part for part in route.path.split("/"))
            for method in route.methods:
                answer = await api.request(method, path)
                assert answer.status_code == 401, f"{method} {path}"
                assert answer.json()["error"]["code"] == "missing_access_token"


class TestMetrics:
    async def test_json_has_the_old_shape_with_route_templates(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        await api.get("/jobs/some-job", headers=candidate.headers)
        totals = (await api.get("/metrics")).json()
        assert set(totals) == {"uptimeSec", "totalRequests", "totalErrors", "byStatus", "routes"}
        assert any(row["route"] == "/jobs/{jobId}" for row in totals["routes"])
        assert all("some-job" not in row["route"] for row in totals["routes"])

    async def test_prometheus_gets_text(self, api: httpx.AsyncClient) -> None:
        answer = await api.get(
            "/metrics", headers={"Accept": "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"}
        )
        assert answer.headers["content-type"].startswith("application/openmetrics-text")
        assert "http_server_requests_total" in answer.text

    async def test_random_paths_add_no_rows(self, api: httpx.AsyncClient) -> None:
        await api.get("/nothing")
        before = len((await api.get("/metrics", headers={"Accept": "text/plain"})).text.splitlines())
        for number in range(200):
            await api.get(f"/nothing/{number}")
        after = len((await api.get("/metrics", headers={"Accept": "text/plain"})).text.splitlines())
        assert after - before < 20


class TestDocs:
    async def test_the_page_loads_only_from_us(self, api: httpx.AsyncClient) -> None:
        page = await api.get("/docs")
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert "//" not in page.text
        for asset in ("page.css", "scalar.js", "start.js"):
            assert f"docs/{asset}" in page.text
            assert (await api.get(f"/docs/{asset}")).status_code == 200
        for address in ("/docs", "/docs/scalar.js", "/openapi.yaml"):
            assert (await api.get(address)).headers["x-content-type-options"] == "nosniff"

    async def test_the_large_file_travels_packed(self, api: httpx.AsyncClient) -> None:
        packed = await api.get("/docs/scalar.js")
        plain = await api.get("/docs/scalar.js", headers={"Accept-Encoding": "identity"})
        assert packed.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in plain.headers
        assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
        assert packed.content == plain.content
        assert packed.num_bytes_downloaded * 3 < len(plain.content)

    async def test_nothing_else_of_the_folder_is_served(self, api: httpx.AsyncClient) -> None:
        for asset in ("index.html", "..", "%2e%2e%2fREADME"):
            assert (await api.get(f"/docs/{asset}")).status_code == 404

    async def test_the_served_document_is_the_committed_one(self, api: httpx.AsyncClient) -> None:
        served = await api.get("/openapi.yaml")
        assert served.content == Path("docs/openapi-runtime-v0.yaml").read_bytes()


class TestFailures:
    async def test_a_crash_is_an_envelope_and_one_line_without_the_errors_text(
        self, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        """Crashes were once answered but not logged."""

        async def crash(*_: Any) -> None:
            raise RuntimeError("budi@example.com")

        monkeypatch.setattr(domain, "read_job", crash)
        capfd.readouterr()
        answer = await api.get("/jobs/x")
        assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal_error")
        lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
        failed, finished = lines
        assert (failed["event"], failed["level"], failed["errorName"]) == (
            "http.request.failed",
            "error",
            "RuntimeError",
        )
        assert failed["requestId"] == answer.headers["x-request-id"] == finished["requestId"]
        assert (finished["event"], finished["route"], finished["statusCode"]) == (
            "http.request.finished",
            "/jobs/{jobId}",
            500,
        )
        assert "budi" not in json.dumps(lines)
