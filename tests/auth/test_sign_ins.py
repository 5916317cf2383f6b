"""Does somebody see where they are signed in, and does what they end die at once?"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sanic import Sanic

from service.auth import tokens
from service.auth.devices import AGENT_LENGTH, are_different, name_of, network_of
from service.base.settings import Settings, load_settings
from service.database import db
from tests.auth.conftest import Change
from tests.auth.test_sessions import old_token
from tests.conftest import TEST_ENVIRONMENT
from tests.factories import PASSWORD, Candidate, make_candidate
from tests.inbox import Inbox
from tests.working import run_due

SESSIONS = "/users/me/sessions"
PHONE = "JembatanApp/1.4.2 (iPhone; iOS 18.1)"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
)
GONE, DEAD = (404, "sign_in_not_found"), (401, "invalid_access_token")


def bearer(signed_in: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {signed_in['accessToken']}"}


def outcome(answer: httpx.Response) -> tuple[int, str | None]:
    return answer.status_code, answer.json()["error"]["code"] if answer.content else None


async def sign_in(
    api: httpx.AsyncClient, candidate: Candidate, agent: str = PHONE, address: str = "8.8.4.4"
) -> dict[str, Any]:
    headers = {"User-Agent": agent, "X-Forwarded-For": address}
    body = {"email": candidate.email, "password": PASSWORD}
    answer = await api.post("/auth/login", json=body, headers=headers)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def refresh(
    api: httpx.AsyncClient, signed_in: dict[str, Any], agent: str = PHONE, address: str = "8.8.4.4"
) -> httpx.Response:
    headers = {"User-Agent": agent, "X-Forwarded-For": address}
    return await api.post("/auth/refresh", json={"refreshToken": signed_in["refreshToken"]}, headers=headers)


async def listed(api: httpx.AsyncClient, signed_in: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await api.get(SESSIONS, headers=bearer(signed_in))
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def end(api: httpx.AsyncClient, signed_in: dict[str, Any], sign_in_id: str = "") -> httpx.Response:
    return await api.delete(f"{SESSIONS}/{sign_in_id}" if sign_in_id else SESSIONS, headers=bearer(signed_in))


async def is_dead(api: httpx.AsyncClient, signed_in: dict[str, Any]) -> bool:
    """Whether both tokens are refused. Spends the refresh token where it is not."""
    access = await api.get("/auth/me", headers=bearer(signed_in))
    answers = (access.status_code, (await refresh(api, signed_in)).status_code)
    assert answers in {(200, 200), (401, 401)}
    return answers == (401, 401)


@pytest.fixture
def proxied(change: Change, app: Sanic[Any, Any], monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The API behind a proxy that names its clients, with one known version of the app."""
    monkeypatch.setattr(app.ctx, "app_versions", frozenset({"1.4.2"}))
    return change(trusted_proxies="127.0.0.0/8")


class TestList:
    async def test_it_shows_device_version_network_and_times_and_flags_the_present_one(
        self, api: httpx.AsyncClient, candidate: Candidate, proxied: Settings
    ) -> None:
        await end(api, {"accessToken": candidate.access_token})
        phone = await sign_in(api, candidate)
        browser = await sign_in(api, candidate, CHROME, "2600:1f18:1234:5678::1")
        mine, other, unknown = await listed(api, phone)
        assert (mine["device"], mine["appVersion"], mine["network"]) == ("iOS", "1.4.2", "8.8.4.0/24")
        assert (other["device"], other["appVersion"], other["network"]) == (
            "Chrome, Windows",
            None,
            "2600:1f18:1234::/48",
        )
        assert (unknown["device"], unknown["network"]) == (None, None)
        assert [one["current"] for one in (mine, other, unknown)] == [True, False, False]
        assert set(mine) == {"id", "current", "device", "appVersion", "network", "createdAt", "lastUsedAt"}
        assert (await listed(api, browser))[0]["id"] == other["id"]

    async def test_registration_counts_as_a_sign_in_with_its_device(
        self, api: httpx.AsyncClient, proxied: Settings
    ) -> None:
        body = {"fullName": "Sari Contoh", "email": "sari@mailbox.test", "password": PASSWORD}
        headers = {"User-Agent": PHONE, "X-Forwarded-For": "8.8.4.4"}
        registered = (await api.post("/auth/register", json=body, headers=headers)).json()
        (mine,) = await listed(api, registered)
        assert (mine["device"], mine["network"], mine["createdAt"][:16]) == (
            "iOS",
            "8.8.4.0/24",
            mine["lastUsedAt"][:16],
        )

    async def test_a_refresh_brings_device_network_and_last_use_up_to_date(
        self, api: httpx.AsyncClient, candidate: Candidate, proxied: Settings
    ) -> None:
        phone = await sign_in(api, candidate)
        await db.execute("UPDATE sessions SET created_at = created_at - interval '1 day'")
        await db.execute("UPDATE session_families SET created_at = created_at - interval '1 day'")
        (before, _) = await listed(api, phone)
        fresh = (await refresh(api, phone, PHONE.replace("18.1", "18.2"), "1.1.1.1")).json()
        (after, _) = await listed(api, fresh)
        assert after["network"] == "1.1.1.0/24"
        assert after["createdAt"] == before["createdAt"]
        assert after["lastUsedAt"] > before["lastUsedAt"]

    async def test_a_refresh_is_one_statement_and_writes_a_device_only_when_it_changed(
        self, api: httpx.AsyncClient, candidate: Candidate, proxied: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        phone = await sign_in(api, candidate)
        row = "SELECT xmin::text FROM session_families WHERE device_hash IS NOT NULL ORDER BY created_at DESC LIMIT 1"
        written = await db.fetch_value(row)
        statements: list[str] = []
        run = db._run

        async def counting(method: str, sql: str, *args: Any, **more: Any) -> Any:
            statements.append(sql)
            return await run(method, sql, *args, **more)

        monkeypatch.setattr(db, "_run", counting)
        fresh = (await refresh(api, phone)).json()
        assert len(statements) == 1
        assert await db.fetch_value(row) == written
        statements.clear()
        assert (await refresh(api, fresh, CHROME)).status_code == 200
        assert len(statements) == 1
        assert await db.fetch_value(row) != written

    async def test_what_ended_or_expired_or_is_another_persons_is_not_shown(
        self, api: httpx.AsyncClient, candidate: Candidate, settings: Settings
    ) -> None:
        await make_candidate(settings)
        mine, left, expired = [await sign_in(api, candidate) for _ in range(3)]
        await api.post("/auth/logout", json={"refreshToken": left["refreshToken"]})
        await api.post("/auth/logout", json={"refreshToken": candidate.refresh_token})
        await db.execute(
            "UPDATE sessions SET expires_at = now() WHERE token_hash = $1", tokens.token_hash(expired["refreshToken"])
        )
        assert [one["current"] for one in await listed(api, mine)] == [True]

    async def test_no_more_than_a_hundred_are_listed_and_the_present_one_is_among_them(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        await db.execute(
            "WITH family AS (INSERT INTO session_families (id, user_id)"
            " SELECT gen_random_uuid(), $1 FROM generate_series(1, 120) RETURNING id)"
            " INSERT INTO sessions (id, user_id, token_hash, expires_at, created_at, family_id)"
            " SELECT gen_random_uuid(), $1, id::text, now() + interval '1 day', now() + interval '1 minute', id FROM family",
            candidate.id,
        )
        mine = {"accessToken": candidate.access_token}
        found = await listed(api, mine)
        assert (len(found), found[0]["current"]) == (100, True)
        assert (await end(api, mine)).status_code == 204
        assert len(await listed(api, mine)) == 1

    async def test_a_sign_in_of_the_release_before_is_shown_without_a_device(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        await db.execute("UPDATE session_families SET user_agent = NULL, network = NULL, device_hash = NULL")
        (mine,) = await listed(api, {"accessToken": candidate.access_token})
        assert (mine["device"], mine["appVersion"], mine["network"]) == (None, None, None)
        answer = await refresh(api, {"refreshToken": candidate.refresh_token})
        assert [one["device"] for one in await listed(api, answer.json())] == ["iOS"]

    async def test_the_replaced_servers_are_not_shown_until_they_refresh(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        await db.execute("UPDATE sessions SET family_id = NULL")
        old = {"accessToken": old_token(TEST_ENVIRONMENT["AUTH_TOKEN_SECRET"], sub=candidate.id)}
        assert await listed(api, old) == []
        fresh = (await refresh(api, {"refreshToken": candidate.refresh_token})).json()
        assert [one["current"] for one in await listed(api, fresh)] == [True]

    @pytest.mark.parametrize("agent", ["", "x" * 5000, "\x7f\x80é<script>", "{code}", "Mozilla/5.0 {device}"])
    async def test_whatever_a_client_calls_itself_is_bounded_and_shown_in_our_words(
        self, api: httpx.AsyncClient, candidate: Candidate, agent: str
    ) -> None:
        body = {"email": candidate.email, "password": PASSWORD}
        headers = {"User-Agent": agent.encode("latin-1")}
        mine = (await api.post("/auth/login", json=body, headers=headers)).json()
        assert (await listed(api, mine))[0]["device"] is None
        longest = await db.fetch_value("SELECT max(length(user_agent)) FROM session_families")
        assert (longest or 0) <= AGENT_LENGTH


class TestEndOne:
    @pytest.mark.parametrize("logout_ends_access", [True, False])
    async def test_its_tokens_die_at_once_and_the_others_live(
        self, api: httpx.AsyncClient, candidate: Candidate, change: Change, logout_ends_access: bool
    ) -> None:
        change(auth_logout_ends_access=logout_ends_access)
        mine, lost = await sign_in(api, candidate), await sign_in(api, candidate)
        assert (await end(api, mine, (await listed(api, lost))[0]["id"])).status_code == 204
        assert await is_dead(api, lost)
        assert not await is_dead(api, mine)
        row = await db.fetch_row("SELECT actor_id, detail_json FROM audit_events WHERE action = 'auth.sign_in_ended'")
        assert row is not None
        assert (row["actor_id"], row["detail_json"]) == (candidate.id, {"present": False})

    async def test_the_present_one_may_be_ended(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        mine = await sign_in(api, candidate)
        assert (await end(api, mine, (await listed(api, mine))[0]["id"])).status_code == 204
        assert await is_dead(api, mine)

    async def test_unknown_ended_and_another_persons_look_alike(
        self, api: httpx.AsyncClient, candidate: Candidate, settings: Settings
    ) -> None:
        stranger = await make_candidate(settings)
        theirs = (await listed(api, {"accessToken": stranger.access_token}))[0]["id"]
        mine, left = await sign_in(api, candidate), await sign_in(api, candidate)
        ended = (await listed(api, left))[0]["id"]
        assert (await end(api, mine, ended)).status_code == 204
        for unknown in (ended, theirs, str(uuid4()), "x", "%00", "x" * 300):
            assert outcome(await end(api, mine, unknown)) == GONE
        assert not await is_dead(api, {"accessToken": stranger.access_token, "refreshToken": stranger.refresh_token})

    async def test_of_twenty_ends_at_once_one_wins(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        mine, lost = await sign_in(api, candidate), await sign_in(api, candidate)
        lost_id = (await listed(api, lost))[0]["id"]
        answers = await asyncio.gather(*(end(api, mine, lost_id) for _ in range(20)))
        assert Counter(map(outcome, answers)) == {(204, None): 1, GONE: 19}
        assert await db.fetch_value("SELECT count(*) FROM audit_events WHERE action = 'auth.sign_in_ended'") == 1

    async def test_twenty_refreshes_beside_it_leave_nobody_signed_in(
        self, api: httpx.AsyncClient, candidate: Candidate, proxied: Settings
    ) -> None:
        mine, lost = await sign_in(api, candidate), await sign_in(api, candidate)
        lost_id = (await listed(api, lost))[0]["id"]
        # From another network each, so that each would write the sign-in's row.
        done, *answers = await asyncio.gather(
            end(api, mine, lost_id), *(refresh(api, lost, PHONE, f"1.1.{n}.1") for n in range(20))
        )
        assert done.status_code == 204
        assert {answer.status_code for answer in answers} <= {200, 401}
        for answer in answers:
            if answer.status_code == 200:
                assert await is_dead(api, answer.json())
        assert await is_dead(api, lost)


class TestEndOthers:
    async def test_all_others_die_at_once_and_the_present_one_lives(
        self, api: httpx.AsyncClient, candidate: Candidate, settings: Settings
    ) -> None:
        stranger = await make_candidate(settings)
        others = [await sign_in(api, candidate) for _ in range(3)]
        mine = await sign_in(api, candidate)
        assert (await end(api, mine)).status_code == 204
        for other in others:
            assert await is_dead(api, other)
        assert (await end(api, mine)).status_code == 204
        assert not await is_dead(api, mine)
        assert not await is_dead(api, {"accessToken": stranger.access_token, "refreshToken": stranger.refresh_token})
        details = "SELECT detail_json FROM audit_events WHERE action = 'auth.other_sign_ins_ended' ORDER BY position"
        assert [row["detail_json"] for row in await db.fetch_all(details)] == [
            {"signInsEnded": 4},
            {"signInsEnded": 0},
        ]

    async def test_the_replaced_servers_sign_ins_end_too(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        await db.execute("UPDATE sessions SET family_id = NULL")
        mine = await sign_in(api, candidate)
        assert (await end(api, mine)).status_code == 204
        assert (await refresh(api, {"refreshToken": candidate.refresh_token})).status_code == 401
        assert not await is_dead(api, mine)

    async def test_with_a_token_of_the_replaced_server_all_end(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        other = await sign_in(api, candidate)
        old = {"accessToken": old_token(TEST_ENVIRONMENT["AUTH_TOKEN_SECRET"], sub=candidate.id)}
        assert (await end(api, old)).status_code == 204
        assert await is_dead(api, other)

    async def test_of_many_that_end_each_other_one_is_left(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        many = [await sign_in(api, candidate) for _ in range(10)]
        answers = await asyncio.gather(*(end(api, one) for one in many))
        assert Counter(map(outcome, answers)) == {(204, None): 1, DEAD: 9}
        winner = [answer.status_code for answer in answers].index(204)
        assert [await is_dead(api, one) for one in many] == [n != winner for n in range(10)]

    async def test_a_sign_in_at_the_same_moment_is_before_or_after(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        mine = await sign_in(api, candidate)
        done, *others = await asyncio.gather(end(api, mine), *(sign_in(api, candidate) for _ in range(8)))
        assert done.status_code == 204
        living = {one["id"] for one in await listed(api, mine)}
        for other in others:
            answer = await api.get(SESSIONS, headers=bearer(other))
            assert answer.status_code in {200, 401}
            if answer.status_code == 200:
                assert answer.json()["items"][0]["id"] in living
                assert not await is_dead(api, other)
            else:
                assert await is_dead(api, other)

    @pytest.mark.parametrize("operation", [("GET", SESSIONS), ("DELETE", SESSIONS), ("DELETE", f"{SESSIONS}/x")])
    async def test_nobody_without_a_token(self, api: httpx.AsyncClient, operation: tuple[str, str]) -> None:
        assert outcome(await api.request(*operation)) == (401, "missing_access_token")


async def grow_old(days: float) -> None:
    await db.execute("UPDATE session_families SET counted_from = now() - make_interval(secs => $1)", days * 86400)


class TestAbsoluteEnd:
    async def test_past_it_a_refresh_is_refused_and_the_access_token_lives_out(
        self, api: httpx.AsyncClient, candidate: Candidate, change: Change
    ) -> None:
        change(auth_session_max_days=2)
        mine = {"accessToken": candidate.access_token, "refreshToken": candidate.refresh_token}
        await grow_old(1.99)
        fresh = (await refresh(api, mine)).json()
        await grow_old(2)
        for token in (mine, fresh):  # the one before as well, which would get the successor again
            assert outcome(await refresh(api, token)) == (401, "invalid_refresh_token")
        assert (await api.get("/auth/me", headers=bearer(fresh))).status_code == 200

    async def test_it_is_not_listed_by_another(
        self, api: httpx.AsyncClient, candidate: Candidate, change: Change
    ) -> None:
        change(auth_session_max_days=2)
        await grow_old(3)
        mine = await sign_in(api, candidate)
        assert [one["current"] for one in await listed(api, mine)] == [True]

    async def test_it_is_ninety_days_without_the_setting(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        await grow_old(89.9)
        fresh = await refresh(api, {"refreshToken": candidate.refresh_token})
        assert fresh.status_code == 200
        await grow_old(90)
        assert (await refresh(api, fresh.json())).status_code == 401

    async def test_a_sign_in_of_the_replaced_server_counts_from_its_first_refresh(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        await db.execute("UPDATE sessions SET family_id = NULL, created_at = now() - interval '400 days'")
        assert (await refresh(api, {"refreshToken": candidate.refresh_token})).status_code == 200
        newest = "SELECT now() - max(counted_from) < interval '1 hour' FROM session_families"
        assert await db.fetch_value(newest)


class TestNotice:
    """AUTH_SIGN_IN_NOTICE, on where mail is SMTP."""

    @pytest.fixture
    async def person(self, smtp: Settings, change: Change) -> Candidate:
        change(auth_email_provider="smtp", smtp_url=smtp.smtp_url, trusted_proxies="127.0.0.0/8")
        return await make_candidate(smtp, email="sari@mailbox.test", verified=True)

    async def subjects(self, settings: Settings, inbox: tuple[Inbox, str]) -> list[str]:
        while await run_due(settings):
            pass
        return [str(mail["Subject"]) for mail in inbox[0].read()]

    async def test_a_new_device_is_told_once(
        self, api: httpx.AsyncClient, person: Candidate, smtp: Settings, inbox: tuple[Inbox, str]
    ) -> None:
        for _ in range(3):
            await sign_in(api, person, CHROME)
        assert await self.subjects(smtp, inbox) == ["New sign-in to your account"]
        (mail,) = inbox[0].read()
        assert mail["To"] == person.email
        assert f"Device: Chrome, Windows\nTime: {time.strftime('%Y-')}" in mail.get_content().replace("\r", "")

    async def test_two_at_once_are_told_once_and_another_network_again(
        self, api: httpx.AsyncClient, person: Candidate, smtp: Settings, inbox: tuple[Inbox, str]
    ) -> None:
        await asyncio.gather(*(sign_in(api, person) for _ in range(5)))
        assert len(await self.subjects(smtp, inbox)) == 1
        await sign_in(api, person, PHONE, "8.8.4.200")  # the same network
        assert len(await self.subjects(smtp, inbox)) == 1
        await sign_in(api, person, PHONE, "8.8.5.1")
        assert len(await self.subjects(smtp, inbox)) == 2

    async def test_what_a_refresh_saw_is_known(
        self, api: httpx.AsyncClient, person: Candidate, smtp: Settings, inbox: tuple[Inbox, str]
    ) -> None:
        await refresh(api, {"refreshToken": person.refresh_token}, CHROME, "1.1.1.1")
        await sign_in(api, person, CHROME, "1.1.1.2")
        assert await self.subjects(smtp, inbox) == []

    async def test_the_first_sign_in_that_is_known_is_not_told(
        self, api: httpx.AsyncClient, person: Candidate, smtp: Settings, inbox: tuple[Inbox, str]
    ) -> None:
        """Nor is the first one after the upgrade: what there was before has no device to compare with."""
        await db.execute("UPDATE session_families SET user_agent = NULL, network = NULL, device_hash = NULL")
        await sign_in(api, person)
        await db.execute("DELETE FROM session_families")
        await sign_in(api, person, CHROME)
        assert await self.subjects(smtp, inbox) == []

    async def test_nobody_is_told_at_an_address_that_nobody_proved(
        self, api: httpx.AsyncClient, person: Candidate, smtp: Settings, inbox: tuple[Inbox, str]
    ) -> None:
        await db.execute("UPDATE users SET email_verified_at = NULL")
        await sign_in(api, person)
        assert await self.subjects(smtp, inbox) == []
        assert await db.fetch_value("SELECT outcome FROM notices") == "unverified"

    async def test_in_their_language(
        self, api: httpx.AsyncClient, person: Candidate, smtp: Settings, inbox: tuple[Inbox, str]
    ) -> None:
        await db.execute("UPDATE users SET language = 'id'")
        await sign_in(api, person)
        assert await self.subjects(smtp, inbox) == ["Sesi masuk baru pada akun Anda"]

    async def test_a_sign_in_that_fails_tells_nothing(
        self, api: httpx.AsyncClient, person: Candidate, smtp: Settings, inbox: tuple[Inbox, str]
    ) -> None:
        body = {"email": person.email, "password": "wrong password"}
        assert (await api.post("/auth/login", json=body, headers={"User-Agent": CHROME})).status_code == 401
        assert await self.subjects(smtp, inbox) == []

    @pytest.mark.parametrize(
        ("value", "smtp_url", "tells"),
        [("", "smtp://u:p@mail:25", True), ("", "", False), ("off", "smtp://u:p@mail:25", False), ("on", "", True)],
    )
    def test_it_is_on_where_mail_is_smtp(self, value: str, smtp_url: str, tells: bool, settings: Settings) -> None:
        loaded = load_settings(
            {
                **TEST_ENVIRONMENT,
                "AUTH_SIGN_IN_NOTICE": value,
                "SMTP_URL": smtp_url,
                "AUTH_EMAIL_FROM": "jembatan@example.com",
                "DATABASE_URL": settings.database_url,
                "OBJECT_STORAGE_ACCESS_KEY_ID": "x",
                "OBJECT_STORAGE_SECRET_ACCESS_KEY": "x",
            }
        )
        assert loaded.tells_of_sign_ins is tells


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (None, None),
        ("curl/8.5", None),
        ("JembatanApp/1.4.2 CFNetwork/1568 Darwin/24.1", "iOS"),
        ("okhttp/4.12", "Android"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Mobile/15E148 Safari/604.1",
            "Safari, iOS",
        ),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/130.0 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (Linux; Android 15) SamsungBrowser/26.0 Chrome/122.0 Safari/537.36", "Samsung Internet, Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox, macOS"),
        (CHROME + " Edg/130.0", "Edge, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64)", "Linux"),
    ],
)
def test_devices_have_names_that_every_language_shares(agent: str | None, name: str | None) -> None:
    assert name_of(agent) == name


@pytest.mark.parametrize(
    ("address", "network"),
    [(None, None), ("8.8.4.4", "8.8.4.0/24"), ("2600:1f18:1234:5678::/64", "2600:1f18:1234::/48")],
)
def test_a_network_is_a_hint(address: str | None, network: str | None) -> None:
    assert network_of(address) == network


CFNETWORK, OKHTTP, CURL = "Jembatan/1 CFNetwork/1.0 Darwin/22.5", "okhttp/4.12.0", "curl/8.5.0"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


class TestTwoDevicesWithOneToken:
    @pytest.mark.parametrize("thief", [OKHTTP, CHROME, CURL])
    @pytest.mark.parametrize("used", [False, True], ids=["in step", "within the grace"])
    @pytest.mark.parametrize("first", ["owner", "thief"])
    async def test_a_used_token_on_another_device_ends_the_sign_in(
        self, api: httpx.AsyncClient, candidate: Candidate, thief: str, used: bool, first: str
    ) -> None:
        """They could share a sign-in for its ninety days, as long as they kept step."""
        signed_in = await sign_in(api, candidate)
        before, after = (PHONE, thief) if first == "owner" else (thief, PHONE)
        rotated = (await refresh(api, signed_in, before)).json()
        if used:
            rotated = (await refresh(api, rotated, before)).json()
        assert (await refresh(api, signed_in, after)).status_code == 401
        assert (await refresh(api, rotated, before)).status_code == 401
        assert (await api.get("/auth/me", headers=bearer(rotated))).status_code == 401
        reason = "SELECT end_reason FROM session_families WHERE ended_at IS NOT NULL"
        assert [row["end_reason"] for row in await db.fetch_all(reason)] == ["reuse"]

    @pytest.mark.parametrize(
        "later", [PHONE, PHONE.replace("1.4.2", "1.5.0"), PHONE.replace("18.1", "18.2"), CFNETWORK, ""]
    )
    async def test_a_phone_on_another_network_with_another_version_goes_on(
        self, api: httpx.AsyncClient, candidate: Candidate, later: str
    ) -> None:
        signed_in = await sign_in(api, candidate)
        lost = (await refresh(api, signed_in)).json()
        again = await refresh(api, signed_in, later, "2001:4860:4860::8888")
        assert again.json()["refreshToken"] == lost["refreshToken"]
        assert (await refresh(api, lost, later, "1.1.1.1")).status_code == 200
        assert (await refresh(api, signed_in, later, "1.1.1.1")).status_code == 200

    async def test_the_current_token_may_move(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        signed_in = await sign_in(api, candidate)
        assert (await refresh(api, signed_in, OKHTTP)).status_code == 200

    async def test_of_twenty_at_once_on_two_devices_one_ends_it(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        signed_in = await sign_in(api, candidate)
        await refresh(api, signed_in)
        await asyncio.gather(*(refresh(api, signed_in, (PHONE, OKHTTP)[n % 2]) for n in range(20)))
        assert (await api.get("/auth/me", headers=bearer(signed_in))).status_code == 401
        audited = "SELECT count(*) FROM audit_events WHERE action = 'auth.refresh_reuse_detected'"
        assert await db.fetch_value(audited) == 1


@pytest.mark.parametrize(
    ("one", "other", "different"),
    [
        (PHONE, CFNETWORK, False),
        (PHONE, OKHTTP, True),
        (PHONE, CHROME, True),
        (PHONE, CURL, True),
        (OKHTTP, CURL, True),
        (CHROME, CHROME.replace("130", "131"), False),
        (CHROME, FIREFOX, True),
        (CHROME, "node", False),
        (CURL, "node", False),
        (PHONE, None, False),
        (None, PHONE, False),
        ("", PHONE, False),
    ],
)
def test_devices_are_told_apart_when_that_is_sure(one: str | None, other: str | None, different: bool) -> None:
    assert are_different(one, other) is different
    assert are_different(other, one) is different
