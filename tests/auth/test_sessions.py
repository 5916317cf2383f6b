"""Can a refresh log anybody out by accident, or keep a thief in?"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest
from sanic import Sanic

from service.auth import tokens
from service.base.settings import Settings, load_settings
from service.database import db
from tests.conftest import TEST_ENVIRONMENT
from tests.factories import Candidate

Refresh = Callable[[str], Awaitable[httpx.Response]]


@pytest.fixture
def refresh(api: httpx.AsyncClient) -> Refresh:
    async def call(token: str) -> httpx.Response:
        return await api.post("/auth/refresh", json={"refreshToken": token})

    return call


async def is_signed_in(api: httpx.AsyncClient, access_token: str) -> bool:
    return (await api.get("/auth/me", headers={"Authorization": f"Bearer {access_token}"})).status_code == 200


async def age_rotation(token: str, seconds: int) -> None:
    """Pretend that `token` was used `seconds` earlier than it was."""
    changed = await db.execute(
        "UPDATE sessions SET rotated_at = rotated_at - make_interval(secs => $2) WHERE token_hash = $1",
        tokens.token_hash(token),
        float(seconds),
    )
    assert changed == 1


def old_token(secret: str, **changes: Any) -> str:
    """An access token as the replaced server makes it: no key id, no sign-in."""
    now = int(time.time())
    payload = {"typ": "access", "sub": str(uuid4()), "email": "a@example.com", "exp": now + 900, "iat": now} | changes
    head = base64.urlsafe_b64encode(orjson.dumps({key: value for key, value in payload.items() if value is not None}))
    head = head.rstrip(b"=")
    signature = base64.urlsafe_b64encode(hmac.digest(secret.encode(), head, "sha256")).rstrip(b"=")
    return f"{head.decode()}.{signature.decode()}"


class TestRefresh:
    async def test_a_token_gives_a_whole_new_pair(
        self, api: httpx.AsyncClient, candidate: Candidate, refresh: Refresh
    ) -> None:
        answer = await refresh(candidate.refresh_token)
        assert answer.status_code == 200
        body = answer.json()
        assert set(body) == {"user", "accessToken", "refreshToken"}
        assert body["refreshToken"] != candidate.refresh_token
        assert await is_signed_in(api, body["accessToken"])

    async def test_a_lost_answer_may_be_asked_for_again_even_much_later(
        self, candidate: Candidate, refresh: Refresh
    ) -> None:
        first = (await refresh(candidate.refresh_token)).json()["refreshToken"]
        await age_rotation(candidate.refresh_token, 86_400)
        assert (await refresh(candidate.refresh_token)).json()["refreshToken"] == first

    async def test_every_dropped_reply_in_a_long_chain_is_survived(
        self, api: httpx.AsyncClient, candidate: Candidate, refresh: Refresh
    ) -> None:
        """Each reply is lost once: the app comes back with the token it still has."""
        token = candidate.refresh_token
        for _ in range(10):
            lost = (await refresh(token)).json()["refreshToken"]
            answer = await refresh(token)
            assert answer.status_code == 200
            assert answer.json()["refreshToken"] == lost
            token = lost
        assert await is_signed_in(api, answer.json()["accessToken"])

    async def test_twenty_at_once_get_the_same_successor(self, candidate: Candidate, refresh: Refresh) -> None:
        answers = await asyncio.gather(*(refresh(candidate.refresh_token) for _ in range(20)))
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.json()["refreshToken"] for answer in answers}) == 1
        assert await db.fetch_value("SELECT count(*) FROM sessions") == 2

    async def test_a_parent_works_for_the_grace_after_its_successor_was_used(
        self, candidate: Candidate, refresh: Refresh
    ) -> None:
        child = (await refresh(candidate.refresh_token)).json()["refreshToken"]
        await refresh(child)
        assert (await refresh(candidate.refresh_token)).json()["refreshToken"] == child

    async def test_a_replayed_grandparent_ends_the_family(
        self, api: httpx.AsyncClient, candidate: Candidate, refresh: Refresh
    ) -> None:
        child = (await refresh(candidate.refresh_token)).json()["refreshToken"]
        grandchild = (await refresh(child)).json()
        await age_rotation(child, 61)
        assert (await refresh(candidate.refresh_token)).status_code == 401
        assert (await refresh(grandchild["refreshToken"])).status_code == 401
        assert not await is_signed_in(api, grandchild["accessToken"])
        assert await db.fetch_value("SELECT end_reason FROM session_families") == "reuse"
        assert (
            await db.fetch_value("SELECT count(*) FROM audit_events WHERE action = 'auth.refresh_reuse_detected'") == 1
        )

    async def test_other_sign_ins_of_the_user_live_on(
        self, api: httpx.AsyncClient, candidate: Candidate, refresh: Refresh
    ) -> None:
        from tests.factories import PASSWORD

        other = (await api.post("/auth/login", json={"email": candidate.email, "password": PASSWORD})).json()
        child = (await refresh(candidate.refresh_token)).json()["refreshToken"]
        await refresh(child)
        await age_rotation(child, 61)
        assert (await refresh(candidate.refresh_token)).status_code == 401
        assert await is_signed_in(api, other["accessToken"])
        assert (await refresh(other["refreshToken"])).status_code == 200

    async def test_an_expired_token_is_refused_and_ends_nothing(
        self, api: httpx.AsyncClient, candidate: Candidate, refresh: Refresh
    ) -> None:
        await db.execute("UPDATE sessions SET expires_at = now()")
        assert (await refresh(candidate.refresh_token)).status_code == 401
        assert await is_signed_in(api, candidate.access_token)

    async def test_a_token_that_the_replaced_server_revoked_is_refused_and_ends_nothing(
        self, api: httpx.AsyncClient, candidate: Candidate, refresh: Refresh
    ) -> None:
        await db.execute("UPDATE sessions SET revoked_at = now()")
        assert (await refresh(candidate.refresh_token)).status_code == 401
        assert await is_signed_in(api, candidate.access_token)

    async def test_a_token_of_the_replaced_server_works_and_gets_a_family(
        self, api: httpx.AsyncClient, candidate: Candidate, refresh: Refresh
    ) -> None:
        await db.execute("UPDATE sessions SET family_id = NULL")
        answers = await asyncio.gather(*(refresh(candidate.refresh_token) for _ in range(5)))
        assert len({answer.json()["refreshToken"] for answer in answers}) == 1
        assert await is_signed_in(api, answers[0].json()["accessToken"])

    async def test_the_successor_of_an_older_signing_key_is_still_found(
        self, app: Sanic[Any, Any], candidate: Candidate, refresh: Refresh, settings: Settings
    ) -> None:
        first = (await refresh(candidate.refresh_token)).json()["refreshToken"]
        rotated = load_settings(
            {
                **TEST_ENVIRONMENT,
                "AUTH_TOKEN_KEYS": "k3:third-key-for-tests-third-key-for-tests," + TEST_ENVIRONMENT["AUTH_TOKEN_KEYS"],
                "DATABASE_URL": settings.database_url,
                "OBJECT_STORAGE_ACCESS_KEY_ID": "x",
                "OBJECT_STORAGE_SECRET_ACCESS_KEY": "x",
            }
        )
        app.ctx.settings = rotated
        try:
            assert (await refresh(candidate.refresh_token)).json()["refreshToken"] == first
            assert (await refresh(first)).status_code == 200
        finally:
            app.ctx.settings = settings

    async def test_with_no_grace_a_used_token_is_refused_and_nothing_else_happens(
        self, api: httpx.AsyncClient, app: Sanic[Any, Any], candidate: Candidate, refresh: Refresh, settings: Settings
    ) -> None:
        app.ctx.settings = settings.model_copy(update={"auth_refresh_reuse_grace_sec": 0})
        try:
            child = (await refresh(candidate.refresh_token)).json()
            assert (await refresh(candidate.refresh_token)).status_code == 401
            assert await is_signed_in(api, child["accessToken"])
            assert (await refresh(child["refreshToken"])).status_code == 200
        finally:
            app.ctx.settings = settings

    @pytest.mark.parametrize("body", [{}, {"refreshToken": None}, {"refreshToken": "  "}, {"refreshToken": {"a": 1}}])
    async def test_a_missing_token_is_400(self, api: httpx.AsyncClient, body: dict[str, Any]) -> None:
        answer = await api.post("/auth/refresh", json=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_refresh_token")

    @pytest.mark.parametrize("token", ["unknown", "ü" * 64, "x" * 100_000])
    async def test_an_unknown_token_is_401(self, refresh: Refresh, token: str) -> None:
        answer = await refresh(token)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_refresh_token")

    async def test_no_refresh_token_is_stored_in_clear(self, candidate: Candidate, refresh: Refresh) -> None:
        child = (await refresh(candidate.refresh_token)).json()["refreshToken"]
        stored = await db.fetch_value("SELECT string_agg(s::text, ' ') FROM sessions s")
        assert candidate.refresh_token not in stored
        assert child not in stored
        assert hashlib.sha256(child.encode()).hexdigest() in stored


class TestLogout:
    async def test_it_ends_the_sign_in_with_its_access_token(
        self, api: httpx.AsyncClient, candidate: Candidate, refresh: Refresh
    ) -> None:
        answer = await api.post("/auth/logout", json={"refreshToken": candidate.refresh_token})
        assert answer.status_code == 204
        assert not await is_signed_in(api, candidate.access_token)
        assert (await refresh(candidate.refresh_token)).status_code == 401

    async def test_the_token_before_the_last_rotation_will_do(
        self, api: httpx.AsyncClient, candidate: Candidate, refresh: Refresh
    ) -> None:
        child = (await refresh(candidate.refresh_token)).json()
        await api.post("/auth/logout", json={"refreshToken": candidate.refresh_token})
        assert not await is_signed_in(api, child["accessToken"])
        assert (await refresh(child["refreshToken"])).status_code == 401

    async def test_the_access_token_may_be_left_to_expire(
        self, api: httpx.AsyncClient, app: Sanic[Any, Any], candidate: Candidate, settings: Settings
    ) -> None:
        app.ctx.settings = settings.model_copy(update={"auth_logout_ends_access": False})
        try:
            await api.post("/auth/logout", json={"refreshToken": candidate.refresh_token})
            assert await is_signed_in(api, candidate.access_token)
        finally:
            app.ctx.settings = settings

    @pytest.mark.parametrize("body", [b"", b"{}", b'{"refreshToken": null}', b'{"refreshToken": "unknown"}', b"[]"])
    async def test_it_never_fails_for_a_token_that_is_not_there(self, api: httpx.AsyncClient, body: bytes) -> None:
        assert (await api.post("/auth/logout", content=body)).status_code == 204

    async def test_it_races_with_refresh_and_wins(
        self, api: httpx.AsyncClient, candidate: Candidate, refresh: Refresh
    ) -> None:
        """Whichever is first, nobody is signed in afterwards."""
        answers = await asyncio.gather(
            *(refresh(candidate.refresh_token) for _ in range(5)),
            api.post("/auth/logout", json={"refreshToken": candidate.refresh_token}),
            *(refresh(candidate.refresh_token) for _ in range(5)),
        )
        for answer in answers:
            if answer.status_code == 200:
                assert not await is_signed_in(api, answer.json()["accessToken"])
                assert (await refresh(answer.json()["refreshToken"])).status_code == 401


class TestAccessToken:
    @pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Bearer    ", "bearer x", "Basic eDp5"])
    async def test_no_usable_bearer_is_no_token(self, api: httpx.AsyncClient, header: str | None) -> None:
        answer = await api.get("/auth/me", headers={"Authorization": header} if header is not None else {})
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "missing_access_token")

    @pytest.mark.parametrize("token", ["x", "a.b", "..", "a.b.c", "eyJ9.e30", "ä.ö", "x" * 5000])
    async def test_a_malformed_token_is_invalid(self, api: httpx.AsyncClient, token: str) -> None:
        for path in ("/auth/me", "/jobs", "/jobs/unknown", "/jobs?limit=bad"):
            answer = await api.get(path, headers={"Authorization": f"Bearer {token}".encode()})
            assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_access_token")

    @pytest.mark.parametrize(
        "changes",
        [
            {"typ": "refresh"},
            {"typ": None},
            {"sub": None},
            {"sub": "no uuid"},
            {"exp": None},
            {"exp": "soon"},
            {"kid": "k9"},
        ],
    )
    async def test_a_signed_token_of_another_form_is_invalid(
        self, api: httpx.AsyncClient, changes: dict[str, Any]
    ) -> None:
        token = old_token(TEST_ENVIRONMENT["AUTH_TOKEN_SECRET"], **changes)
        answer = await api.get("/auth/me", headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_access_token")

    async def test_the_replaced_servers_token_works_until_it_expires(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        secret = TEST_ENVIRONMENT["AUTH_TOKEN_SECRET"]
        assert await is_signed_in(api, old_token(secret, sub=candidate.id))
        answer = await api.get(
            "/auth/me", headers={"Authorization": f"Bearer {old_token(secret, sub=candidate.id, exp=int(time.time()))}"}
        )
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "expired_access_token")
        assert not await is_signed_in(api, old_token("another secret", sub=candidate.id))

    async def test_both_keys_of_the_ring_verify(
        self, api: httpx.AsyncClient, candidate: Candidate, settings: Settings
    ) -> None:
        family = await db.fetch_value("SELECT id FROM session_families WHERE user_id = $1", candidate.id)
        for key in settings.token_keys:
            token = tokens.issue_access_token(
                user_id=candidate.id,
                family_id=str(family),
                now=int(time.time()),
                ttl_seconds=60,
                signing_key=key,
            )
            assert await is_signed_in(api, token)

    async def test_it_names_no_address_and_one_that_does_still_counts(
        self, api: httpx.AsyncClient, candidate: Candidate, settings: Settings
    ) -> None:
        head = candidate.access_token.partition(".")[0]
        payload = orjson.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
        assert set(payload) == {"typ", "sub", "exp", "iat", "sid", "kid"}
        before = base64.urlsafe_b64encode(orjson.dumps(payload | {"email": candidate.email})).rstrip(b"=")
        signature = base64.urlsafe_b64encode(hmac.digest(settings.token_keys[0].secret, before, "sha256")).rstrip(b"=")
        assert await is_signed_in(api, f"{before.decode()}.{signature.decode()}")

    async def test_an_expired_token_is_expired_on_optional_operations_too(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        token = old_token(TEST_ENVIRONMENT["AUTH_TOKEN_SECRET"], sub=candidate.id, exp=int(time.time()) - 1)
        for path in ("/auth/me", "/jobs", "/jobs/unknown"):
            answer = await api.get(path, headers={"Authorization": f"Bearer {token}"})
            assert (answer.status_code, answer.json()["error"]["code"]) == (401, "expired_access_token")

    async def test_a_deleted_user_is_invalid(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        await db.execute("DELETE FROM users WHERE id = $1", candidate.id)
        assert not await is_signed_in(api, candidate.access_token)

    async def test_roles_are_read_on_every_request(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        await db.execute(
            "INSERT INTO user_roles (id, user_id, role_id) SELECT $1, $2, id FROM roles WHERE code = 'lpk'",
            uuid4(),
            candidate.id,
        )
        me = await api.get("/auth/me", headers=candidate.headers)
        assert me.json()["user"]["roles"] == ["lpk", "sdm"]
