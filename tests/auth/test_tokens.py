"""What is remembered of access tokens that verified, and what is asked anew for each request?"""

from __future__ import annotations

import hmac
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest

from service.auth import authentication, tokens
from service.base.clock import utc_now
from service.base.settings import Settings, parse_ring
from service.database import db
from service.http.errors import InvalidAccessToken
from tests.answers import outcome
from tests.auth.conftest import Change
from tests.factories import Candidate

ME = "/auth/me"


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    tokens.read_access_token.cache_clear()
    yield
    tokens.read_access_token.cache_clear()


@pytest.fixture
def signatures(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The heads whose signature was made."""
    made: list[str] = []
    sign = tokens._sign
    monkeypatch.setattr(tokens, "_sign", lambda secret, head: made.append(head) or sign(secret, head))
    return made


def token_of(settings: Settings, **changes: Any) -> str:
    key = settings.token_keys[0]
    head = tokens._encode(
        orjson.dumps(
            {"typ": "access", "sub": str(uuid4()), "exp": time.time() + 9, "sid": str(uuid4()), "kid": key.id} | changes
        )
    )
    return f"{head}.{tokens._encode(hmac.digest(key.secret, head.encode(), 'sha256'))}"


class TestMemory:
    async def test_a_signature_is_checked_once(
        self, api: httpx.AsyncClient, candidate: Candidate, signatures: list[str]
    ) -> None:
        for _ in range(3):
            assert (await api.get(ME, headers=candidate.headers)).status_code == 200
        assert len(signatures) == 1

    async def test_the_sign_in_and_the_person_are_read_each_time(
        self, api: httpx.AsyncClient, candidate: Candidate, signatures: list[str]
    ) -> None:
        assert (await api.get(ME, headers=candidate.headers)).status_code == 200
        await db.execute("UPDATE session_families SET ended_at = now(), end_reason = 'reuse'")
        assert outcome(await api.get(ME, headers=candidate.headers)) == (401, "invalid_access_token")
        await db.execute("UPDATE session_families SET ended_at = NULL, end_reason = NULL")
        assert (await api.get(ME, headers=candidate.headers)).status_code == 200
        await db.execute("DELETE FROM users")
        assert outcome(await api.get(ME, headers=candidate.headers)) == (401, "invalid_access_token")
        assert len(signatures) == 1

    async def test_the_time_is_asked_each_time(
        self, api: httpx.AsyncClient, candidate: Candidate, signatures: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert (await api.get(ME, headers=candidate.headers)).status_code == 200
        later = utc_now() + timedelta(hours=1)
        monkeypatch.setattr(authentication, "utc_now", lambda: later)
        assert outcome(await api.get(ME, headers=candidate.headers)) == (401, "expired_access_token")
        assert len(signatures) == 1

    async def test_a_key_that_leaves_the_ring_takes_its_tokens_along(
        self, api: httpx.AsyncClient, candidate: Candidate, settings: Settings, change: Change
    ) -> None:
        assert (await api.get(ME, headers=candidate.headers)).status_code == 200
        newest, oldest = settings.auth_token_keys.split(",")
        change(auth_token_keys=f"k3:another,{newest}")
        assert (await api.get(ME, headers=candidate.headers)).status_code == 200
        change(auth_token_keys=oldest)
        assert outcome(await api.get(ME, headers=candidate.headers)) == (401, "invalid_access_token")

    def test_a_token_that_does_not_verify_is_not_kept(self, settings: Settings) -> None:
        good = token_of(settings)
        for wrong in (good[:-2] + "zz", good + "x", token_of(settings, typ="refresh"), "a.b", good.replace(".", "")):
            for _ in range(2):
                with pytest.raises(InvalidAccessToken):
                    tokens.read_access_token(wrong, settings.token_keys, "")
        assert tokens.read_access_token.cache_info().currsize == 0

    def test_there_is_a_bound(self) -> None:
        assert tokens.read_access_token.cache_info().maxsize == 4096

    def test_a_ring_is_read_once(self, settings: Settings) -> None:
        assert settings.token_keys is settings.token_keys
        assert parse_ring("a:1,b:2") is parse_ring("a:1,b:2")
