"""Does the gate tell the summary of the metrics, which strangers may read, from everything more?"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest
from sanic import Sanic

from service.base.clock import utc_now
from service.base.metrics import RequestTotals
from service.tools.gate import public
from service.tools.gate.context import Context, No
from service.tools.gate.criteria import Check
from service.tools.http import Answer, Caller
from service.tools.smoke.options import trust
from tests.conftest import TEST_ENVIRONMENT
from tests.running import running_server

SURFACE = Check("public.surface", "Nothing else answers.")


@pytest.fixture
def ask(app: Sanic[Any, Any], database_url: str, object_storage_env: dict[str, str]) -> Any:
    """Ask `public.surface` of a real API with this METRICS_JSON, and of the real object store."""

    @asynccontextmanager
    async def served(**variables: str) -> AsyncIterator[str]:
        environment = {**TEST_ENVIRONMENT, **object_storage_env, "DATABASE_URL": database_url, **variables}
        async with running_server(environment) as server:
            yield server.url

    async def run(**variables: str) -> str:
        async with served(**variables) as url, Caller(trust(None), {}, timeout_seconds=10) as caller:
            known = {
                "OBJECT_STORAGE_PUBLIC_ENDPOINT": object_storage_env["OBJECT_STORAGE_ENDPOINT"],
                "OBJECT_STORAGE_BUCKET": object_storage_env["OBJECT_STORAGE_BUCKET"],
            }
            return await public.surface(Context("staging", caller, url, now=utc_now, _variables=known), SURFACE)

    return run


class TestSurface:
    @pytest.mark.parametrize(
        ("readers", "shown"), [("summary", "its summary"), ("admin", "nothing"), ("off", "nothing")]
    )
    async def test_the_summary_or_less_is_a_yes(self, ask: Any, readers: str, shown: str) -> None:
        said = await ask(METRICS_JSON=readers)
        assert said.endswith(f"that must not answer do not; /metrics shows a stranger {shown}")

    async def test_everything_is_a_no(self, ask: Any) -> None:
        with pytest.raises(No, match="application/json with more than the summary"):
            await ask(METRICS_JSON="public")


def answer(body: object) -> Answer:
    return Answer(200, {"content-type": "application/json"}, body if isinstance(body, bytes) else orjson.dumps(body))


class TestSummary:
    def totals(self) -> RequestTotals:
        totals = RequestTotals()
        totals.add("GET", "/health", 200, 1.5)
        return totals

    def test_is_known(self) -> None:
        assert public.is_summary(answer(self.totals().summary()))
        assert public.is_summary(answer(RequestTotals().summary()))

    def test_one_route_is_too_much(self) -> None:
        assert not public.is_summary(answer(self.totals().snapshot()))

    @pytest.mark.parametrize(
        "more",
        [
            {"commit": "abc"},
            {"routes": None},
            {"routes": {"/health": 1}},
            {"routes": ["/health"]},
            {"byStatus": {"200": {"/health": 1}}},
            {"byStatus": ["/health"]},
            {"byStatus": {"/health": 1}},
            {"totalErrors": "0"},
            {"uptimeSec": ["x"]},
        ],
    )
    def test_nothing_more_passes(self, more: dict[str, object]) -> None:
        assert not public.is_summary(answer(self.totals().summary() | more))

    @pytest.mark.parametrize("key", RequestTotals().summary())
    def test_nor_does_less(self, key: str) -> None:
        found = self.totals().summary()
        del found[key]
        assert not public.is_summary(answer(found))

    @pytest.mark.parametrize("body", [b"", b"# HELP http_server_requests_total x\n", b"[]", b"null", b"1"])
    def test_nor_does_anything_else(self, body: bytes) -> None:
        assert not public.is_summary(answer(body))
