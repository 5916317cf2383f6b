"""Do verification codes expire, lock, cool down and count exactly as the contract says?"""

from __future__ import annotations

from typing import Any

import httpx
from sanic import Sanic

from service.settings import Settings

SIGN_UP = {"fullName": "Dewi Contoh", "email": "dewi@example.com", "password": "eight888"}
EMAIL = {"email": "dewi@example.com"}


class TestExposure:
    async def test_a_hidden_code_is_nowhere(
        self, api: httpx.AsyncClient, app: Sanic[Any, Any], settings: Settings
    ) -> None:
        app.ctx.settings = settings.model_copy(update={"auth_email_verification_expose_code": False})
        try:
            answer = await api.post("/auth/register", json=SIGN_UP)
        finally:
            app.ctx.settings = settings
        assert "developmentCode" not in answer.json()["emailVerification"]

    async def test_a_static_code_is_everybodys(
        self, api: httpx.AsyncClient, app: Sanic[Any, Any], settings: Settings
    ) -> None:
        app.ctx.settings = settings.model_copy(update={"auth_email_verification_static_code": "424242"})
        try:
            await api.post("/auth/register", json=SIGN_UP)
            answer = await api.post("/auth/email-verification/verify", json=EMAIL | {"code": "424242"})
        finally:
            app.ctx.settings = settings
        assert answer.status_code == 200
