"""Who may read the totals, and where is the Prometheus text?"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sanic import Sanic

from service.local.servers import free_ports
from service.settings import Settings
from tests.conftest import TEST_ENVIRONMENT
from tests.factories import Candidate, make_candidate
from tests.running import running_server


@pytest.fixture
async def staff_only(app: Sanic[Any, Any], settings: Settings) -> AsyncIterator[None]:
    app.ctx.settings = settings.model_copy(update={"metrics_json": "admin"})
    yield
    app.ctx.settings = settings


@pytest.mark.usefixtures("staff_only")
class TestStaffOnly:
    async def test_nobody_else_reads_them(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        assert (await api.get("/metrics")).json()["error"]["code"] == "missing_admin_api_key"
        assert (await api.get("/metrics", headers={"x-admin-api-key": "x"})).json()["error"][
            "code"
        ] == "invalid_admin_api_key"
        assert (await api.get("/metrics", headers=candidate.headers)).json()["error"][
            "code"
        ] == "insufficient_admin_role"

    async def test_staff_do(self, api: httpx.AsyncClient, settings: Settings) -> None:
        boss = await make_candidate(settings, roles=("super_admin",))
        assert (await api.get("/metrics", headers=boss.headers)).status_code == 200
        key = {"x-admin-api-key": TEST_ENVIRONMENT["ADMIN_API_KEY"]}
        assert (await api.get("/metrics", headers=key)).status_code == 200


class TestOff:
    async def test_there_is_no_such_address(
        self, api: httpx.AsyncClient, app: Sanic[Any, Any], settings: Settings
    ) -> None:
        app.ctx.settings = settings.model_copy(update={"metrics_json": "off"})
        try:
            assert (await api.get("/metrics")).status_code == 404
        finally:
            app.ctx.settings = settings


class TestOwnPort:
    async def test_the_text_is_there_and_only_there(
        self, app: Sanic[Any, Any], database_url: str, object_storage_env: dict[str, str]
    ) -> None:
        (port,) = free_ports(1)
        environment = {
            **TEST_ENVIRONMENT,
            **object_storage_env,
            "DATABASE_URL": database_url,
            "METRICS_PORT": str(port),
        }
        async with running_server(environment) as server, httpx.AsyncClient(timeout=30) as client:
            on_api = await client.get(f"{server.url}/metrics", headers={"Accept": "text/plain"})
            assert on_api.headers["content-type"] == "application/json"
            assert "uptimeSec" in on_api.json()
            text = await client.get(f"http://127.0.0.1:{port}/metrics")
            assert "http_server_requests_total" in text.text
