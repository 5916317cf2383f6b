"""Who may read the totals, and where is the Prometheus text?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sanic import Sanic

from service.auth.guesses import KEY_FAILURES
from service.base.settings import Settings
from service.database import db
from service.http.errors import DatabaseUnavailable
from service.tools.local.servers import free_ports
from tests.answers import code
from tests.conftest import TEST_ENVIRONMENT
from tests.factories import Candidate, make_candidate
from tests.running import running_server

KEY = {"x-admin-api-key": TEST_ENVIRONMENT["ADMIN_API_KEY"]}
PROMETHEUS = {"Accept": "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"}
FORMS = [{}, {"Accept": "*/*"}, {"Accept": "text/plain"}, PROMETHEUS]
Readers = Callable[[str], None]


@pytest.fixture
def readers(app: Sanic[Any, Any], settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Readers:
    """Set METRICS_JSON until the end of the test; METRICS_PORT is unset."""

    def apply(who: str, **more: Any) -> None:
        monkeypatch.setattr(app.ctx, "settings", settings.model_copy(update={"metrics_json": who, **more}))

    return apply


def is_summary(answer: httpx.Response) -> bool:
    """All of the shape, and the totals of requests that were surely made; fails for another shape."""
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    found = answer.json()
    assert set(found) == {"uptimeSec", "totalRequests", "totalErrors", "byStatus", "routes"}
    assert found["totalRequests"] == sum(found["byStatus"].values()) > 0
    return bool(found["routes"] == [])


class TestPublic:
    @pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nonsense"}, {"x-admin-api-key": "wrong"}])
    async def test_everybody_reads_everything(
        self, api: httpx.AsyncClient, readers: Readers, headers: dict[str, str]
    ) -> None:
        readers("public")
        await api.get("/health")
        assert not is_summary(await api.get("/metrics", headers=headers))
        assert "http_server_requests_total" in (await api.get("/metrics", headers=headers | PROMETHEUS)).text


class TestSummary:
    @pytest.fixture(autouse=True)
    async def _summary(self, api: httpx.AsyncClient, readers: Readers) -> None:
        readers("summary")
        await api.get("/health")

    @pytest.mark.parametrize("headers", FORMS)
    async def test_a_stranger_gets_the_whole_shape_without_routes(
        self, api: httpx.AsyncClient, headers: dict[str, str]
    ) -> None:
        assert is_summary(await api.get("/metrics", headers=headers))

    async def test_a_stranger_costs_the_database_nothing(
        self, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def asked(*_: Any) -> Any:
            raise AssertionError("the database was asked")

        for name in ("fetch_row", "fetch_value", "fetch_all", "execute"):
            monkeypatch.setattr(db, name, asked)
        assert is_summary(await api.get("/metrics"))

    async def test_staff_get_everything(self, api: httpx.AsyncClient, settings: Settings) -> None:
        boss = await make_candidate(settings, roles=("super_admin",))
        for credentials in (boss.headers, KEY):
            whole = await api.get("/metrics", headers=credentials)
            assert not is_summary(whole)
            assert "/health" in [row["route"] for row in whole.json()["routes"]]
            text = await api.get("/metrics", headers=credentials | PROMETHEUS)
            assert text.headers["content-type"].startswith("application/openmetrics-text")
            assert "http_server_requests_total" in text.text

    @pytest.mark.parametrize("form", FORMS)
    async def test_other_credentials_are_as_none(
        self, api: httpx.AsyncClient, candidate: Candidate, form: dict[str, str]
    ) -> None:
        """Apps send a token with every call, also an expired one: public operations never answer 401."""
        for credentials in (
            candidate.headers,
            {"Authorization": f"Bearer {candidate.access_token[:-4]}AAAA"},
            {"Authorization": "Bearer nonsense", **KEY},
            {"Authorization": "bearer nonsense"},
            {"x-admin-api-key": "wrong"},
            {"x-admin-api-key": ""},
        ):
            assert is_summary(await api.get("/metrics", headers=credentials | form)), credentials

    async def test_a_retired_key_is_as_none(self, api: httpx.AsyncClient, readers: Readers, settings: Settings) -> None:
        readers("summary", admin_api_key_after_bootstrap=False)
        await make_candidate(settings, roles=("super_admin",))
        assert is_summary(await api.get("/metrics", headers=KEY))

    async def test_guessing_the_key_is_counted_here_too(self, api: httpx.AsyncClient, readers: Readers) -> None:
        readers("summary", trusted_proxies="127.0.0.0/8")
        client = {"X-Forwarded-For": "8.8.8.8"}
        assert not is_summary(await api.get("/metrics", headers=KEY | client))
        for _ in range(KEY_FAILURES):
            await api.get("/metrics", headers={"x-admin-api-key": "wrong"} | client)
        assert is_summary(await api.get("/metrics", headers=KEY | client))
        assert code(await api.get("/admin/overview/summary", headers=KEY | client)) == (429, "rate_limited")

    @pytest.mark.parametrize("error", [DatabaseUnavailable, db.DatabaseUnavailable, db.PoolExhausted])
    async def test_without_a_database_nobody_is_staff(
        self,
        api: httpx.AsyncClient,
        readers: Readers,
        candidate: Candidate,
        monkeypatch: pytest.MonkeyPatch,
        error: type[Exception],
    ) -> None:
        readers("summary", admin_api_key_after_bootstrap=False)  # or nothing has to be asked about the key

        async def away(*_: Any) -> Any:
            raise error

        for name in ("fetch_row", "fetch_value", "execute"):
            monkeypatch.setattr(db, name, away)
        assert is_summary(await api.get("/metrics", headers=KEY))
        assert is_summary(await api.get("/metrics", headers=candidate.headers))

    async def test_a_mistake_is_no_outage(
        self, api: httpx.AsyncClient, readers: Readers, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        readers("summary", admin_api_key_after_bootstrap=False)

        async def broken(*_: Any) -> Any:
            raise ZeroDivisionError

        monkeypatch.setattr(db, "fetch_row", broken)
        monkeypatch.setattr(db, "fetch_value", broken)
        monkeypatch.setattr(db, "execute", broken)
        assert (await api.get("/metrics", headers=KEY)).status_code == 500


class TestStaffOnly:
    @pytest.fixture(autouse=True)
    def _staff_only(self, readers: Readers) -> None:
        readers("admin")

    @pytest.mark.parametrize("form", FORMS)
    async def test_nobody_else_reads_them(
        self, api: httpx.AsyncClient, candidate: Candidate, form: dict[str, str]
    ) -> None:
        assert code(await api.get("/metrics", headers=form)) == (401, "missing_admin_api_key")
        assert code(await api.get("/metrics", headers={"x-admin-api-key": "x"} | form)) == (
            403,
            "invalid_admin_api_key",
        )
        assert code(await api.get("/metrics", headers=candidate.headers | form)) == (403, "insufficient_admin_role")

    @pytest.mark.parametrize("form", FORMS)
    async def test_staff_do(self, api: httpx.AsyncClient, settings: Settings, form: dict[str, str]) -> None:
        boss = await make_candidate(settings, roles=("super_admin",))
        assert (await api.get("/metrics", headers=boss.headers | form)).status_code == 200
        assert (await api.get("/metrics", headers=KEY | form)).status_code == 200


class TestOff:
    @pytest.mark.parametrize("form", FORMS)
    async def test_there_is_no_such_address(
        self, api: httpx.AsyncClient, readers: Readers, form: dict[str, str]
    ) -> None:
        readers("off")
        assert (await api.get("/metrics", headers=form)).status_code == 404
        assert (await api.get("/metrics", headers=KEY | form)).status_code == 404


class TestOwnPort:
    @pytest.mark.parametrize("who", ["public", "summary"])
    async def test_the_text_is_there_and_only_there(
        self, app: Sanic[Any, Any], database_url: str, object_storage_env: dict[str, str], who: str
    ) -> None:
        (port,) = free_ports(1)
        environment = {
            **TEST_ENVIRONMENT,
            **object_storage_env,
            "DATABASE_URL": database_url,
            "METRICS_PORT": str(port),
            "METRICS_JSON": who,
        }
        async with running_server(environment) as server, httpx.AsyncClient(timeout=30) as client:
            for credentials in ({}, KEY):
                on_api = await client.get(f"{server.url}/metrics", headers=credentials | PROMETHEUS)
                assert on_api.headers["content-type"] == "application/json"
                assert is_summary(on_api) == (who == "summary" and not credentials)
            text = await client.get(f"http://127.0.0.1:{port}/metrics")
            assert "http_server_requests_total" in text.text
