"""Can anything that a client sends become a label or a log line?"""

from __future__ import annotations

import asyncio
import random
import re
from typing import Any
from uuid import uuid4

import httpx
import pytest
from prometheus_client import REGISTRY, generate_latest
from sanic import Sanic

from service.base import logs
from service.base.metrics import app_version_of, client_of
from service.base.settings import Settings
from service.contract.openapi import build_document
from tests.factories import make_candidate, make_job

_LABELS = {
    "method",
    "route",
    "status",
    "operation",
    "outcome",
    "table",
    "decision",
    "reason",
    "state",
    "kind",
    "criterion",
    "client",
    "app_version",
    "status_class",
    "le",
    "version",
    "environment",
    # Of the client library's own metrics of the process.
    "generation",
    "implementation",
    "major",
    "minor",
    "patchlevel",
}
_ID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}|@|eyJ|\.com|[0-9]{7,}")


def labels() -> set[tuple[str, str]]:
    return {item for family in REGISTRY.collect() for sample in family.samples for item in sample.labels.items()}


def series() -> set[tuple[str, frozenset[tuple[str, str]]]]:
    return {
        (sample.name, frozenset(sample.labels.items())) for family in REGISTRY.collect() for sample in family.samples
    }


class TestEveryOperation:
    async def test_no_id_address_or_token_becomes_a_label_or_a_log_line(
        self,
        app: Sanic[Any, Any],
        api: httpx.AsyncClient,
        settings: Settings,
        capfdbinary: pytest.CaptureFixture[bytes],
    ) -> None:
        person = await make_candidate(settings, email="dewi.rahasia@example.com", full_name="Dewi Rahasia")
        chief = await make_candidate(settings, roles=("super_admin",), email="kepala.rahasia@example.com")
        job = await make_job()
        marks = {"fake": str(uuid4()), "user": person.id, "job": "job_rahasia_7", "email": "mark@example.com"}
        headers: list[dict[str, str]] = [
            {},
            person.headers,
            chief.headers,
            {"x-admin-api-key": settings.admin_api_key},
            {"Authorization": f"Bearer {person.access_token[:-4]}AAAA"},
        ]
        body = {
            "email": marks["email"],
            "password": "rahasia rahasia 7",
            "fullName": "Dewi Rahasia",
            "code": "739184",
            "refreshToken": "rahasia-refresh-token",
            "jobId": job,
            "objectKey": f"kyc/{marks['fake']}/passport.jpg",
            "fileName": "paspor-dewi-rahasia.jpg",
            "note": "Dewi Rahasia, +62 812 7777 1234",
        }
        logs._state["level"] = 10
        try:
            asked = 0
            for path, item in build_document(app)["paths"].items():
                for method in item:
                    for number, identity in enumerate(headers):
                        address = re.sub(r"\{\w+\}", (marks["fake"], marks["user"], marks["job"])[number % 3], path)
                        sent = {**identity, "User-Agent": f"Jembatan/9.9.9 ({marks['email']}; iOS 18)"}
                        json = {"json": body} if method in ("post", "patch") else {}
                        answer = await api.request(
                            method.upper(), address, params={"q": marks["email"]}, headers=sent, **json
                        )
                        assert answer.status_code < 500
                        asked += 1
        finally:
            logs._state["level"] = 20
        assert asked > 300
        written = capfdbinary.readouterr().out.decode()
        assert written.count("http.request.finished") >= asked
        forbidden = {
            **marks,
            "address": person.email,
            "chief": chief.email,
            "name": "Dewi Rahasia",
            "phone": "7777 1234",
            "password": body["password"],
            "code": body["code"],
            "refresh": "rahasia-refresh",
            "access": person.access_token.rpartition(".")[2],
            "file": "paspor-dewi",
            "key": settings.admin_api_key,
        }
        # Audit events name the user they are about, by id: that is what they are for.
        assert {what for what, value in forbidden.items() if value in written} <= {"user"}
        found = labels()
        assert {name for name, _ in found} <= _LABELS
        assert [item for item in found if _ID.search(item[1]) and item[0] not in ("le", "version")] == []
        assert [item for item in found if any(value in item[1] for value in forbidden.values())] == []


class TestRandomRequests:
    async def test_ten_thousand_add_no_series(self, settings: Settings, app: Sanic[Any, Any]) -> None:
        chance = random.Random(8)
        methods = ("GET", "POST", "DELETE", "PROPFIND", "HEAD", "X" * 20)
        letters = "abcdefghijklmnopqrstuvwxyz0123456789%éß/.-_~@:"
        agents = ("Jembatan/{}.0 CFNetwork/1", "okhttp/{}", "Mozilla/5.0 {}", "curl/{}", "{}")
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)

        async def ask(client: httpx.AsyncClient, method: str) -> None:
            path = "/" + "".join(chance.choices(letters, k=chance.randint(1, 60)))
            agent = chance.choice(agents).format(chance.randint(1, 999))
            await client.request(method, httpx.URL("http://api.test" + path), headers={"User-Agent": agent})

        async with httpx.AsyncClient(transport=transport) as client:
            for method in methods:
                for agent in agents:
                    await client.request(method, "http://api.test/x", headers={"User-Agent": agent.format(1)})
            before = series()
            for start in range(0, 10_000, 50):
                await asyncio.gather(*(ask(client, methods[(start + i) % len(methods)]) for i in range(50)))
            assert series() - before <= {item for item in series() if item[0].startswith("db_pool")}

    async def test_known_versions_only(
        self, api: httpx.AsyncClient, app: Sanic[Any, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(app.ctx, "app_versions", frozenset({"2.0.0", "2.1.0"}))
        for version in ("2.1.0", "6.6.6"):
            agent = f"Jembatan/{version} CFNetwork/1490.0.4 Darwin/23.2.0"
            await api.get("/health", headers={"User-Agent": agent})
        text = generate_latest(REGISTRY).decode()
        assert 'client_requests_total{app_version="2.1.0",client="ios",status_class="2xx"}' in text
        assert 'client_requests_total{app_version="other",client="ios",status_class="2xx"}' in text
        assert "6.6.6" not in text


class TestClients:
    @pytest.mark.parametrize(
        ("agent", "client", "version"),
        [
            ("Jembatan/1.4.2 CFNetwork/1490.0.4 Darwin/23.2.0", "ios", "1.4.2"),
            ("Jembatan/1.4.2 (com.example.app; build 7; iOS 18.1)", "ios", "1.4.2"),
            ("Jembatan/1.4.3 CFNetwork/1490.0.4", "ios", "other"),
            ("okhttp/4.12.0", "android", "other"),
            ("okhttp/1.4.2", "android", "other"),
            ("Jembatan/1.4.2 (Android 15) okhttp/4.12.0", "android", "1.4.2"),
            ("Dalvik/2.1.0 (Linux; U; Android 14)", "android", "other"),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1", "web", "other"),
            ("axios/1.7.2", "other", "other"),
            ("curl/8.5.0", "other", "other"),
            ("", "other", "other"),
            ("\x00" * 9000, "other", "other"),
        ],
    )
    def test_named_by_user_agent(self, agent: str, client: str, version: str) -> None:
        assert client_of(agent) == client
        assert app_version_of(agent, frozenset({"1.4.2"})) == version


class TestNames:
    def test_the_agreed_names_are_all_there(self, app: Sanic[Any, Any]) -> None:
        names = {name for collector in REGISTRY._collector_to_names.values() for name in collector}
        assert names >= {
            "http_server_requests_total",
            "http_server_request_seconds",
            "http_server_in_flight",
            "event_loop_lag_seconds",
            "db_pool_size",
            "db_pool_idle",
            "db_pool_wait_seconds",
            "s3_request_seconds",
            "password_queue_depth",
            "auth_logins_total",
            "auth_refreshes_total",
            "kyc_sessions",
            "kyc_oldest_waiting_session_age_seconds",
            "kyc_decisions_total",
            "kyc_documents",
            "webhook_inbox",
            "webhook_oldest_pending_age_seconds",
            "jobs_queue",
            "migration_head_ok",
            "backup_age_seconds",
            "restore_drill_age_seconds",
            "gate_criterion",
            "build_info",
        }
