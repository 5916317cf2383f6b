"""Does a second factor ask for a code that counts once, and is nobody without one asked for anything?"""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import pyotp
import pytest
from sanic import Sanic

from service.auth import second_factor
from service.auth.queries import find_user
from service.base.settings import Key, Settings
from service.database import db
from service.users import command
from tests.factories import PASSWORD, Candidate, make_candidate

LOGIN, ENROL, CONFIRM, DISABLE = (
    "/auth/login",
    "/auth/second-factor/enrol",
    "/auth/second-factor/confirm",
    "/auth/second-factor/disable",
)
# RFC 6238, appendix B, SHA-1: the time in Unix seconds and the last six of its eight digits.
VECTORS = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]


@dataclass
class Member:
    """One of staff with a second factor."""

    person: Candidate
    secret: str
    recovery: list[str]
    steps: list[int] = field(default_factory=list)

    async def code(self) -> str:
        """A code that was not used yet: steps that count lie one before and one after the present one."""
        last = await db.fetch_value("SELECT last_step FROM second_factors WHERE user_id = $1", self.person.id)
        now = int(await db.fetch_value("SELECT extract(epoch FROM clock_timestamp())::bigint"))
        step = next((s for s in range(now // 30 - 1, now // 30 + 2) if s > last), None)
        if step is None:  # all three are used up
            await db.execute("UPDATE second_factors SET last_step = 0 WHERE user_id = $1", self.person.id)
            step = now // 30
        return pyotp.TOTP(self.secret).generate_otp(step)


@pytest.fixture
async def member(app: Sanic[Any, Any], api: httpx.AsyncClient, settings: Settings) -> Member:
    person = await make_candidate(settings, roles=("super_admin",))
    made = (await api.post(ENROL, json={}, headers=person.headers)).json()
    otp = pyotp.TOTP(made["secret"]).now()
    confirmed = await api.post(CONFIRM, json={"otp": otp}, headers=person.headers)
    assert confirmed.status_code == 200, confirmed.text
    return Member(person, made["secret"], confirmed.json()["recoveryCodes"])


async def sign_in(api: httpx.AsyncClient, person: Candidate, password: str = PASSWORD, **body: str) -> tuple[int, str]:
    answer = await api.post(LOGIN, json={"email": person.email, "password": password, **body})
    return answer.status_code, answer.json().get("error", {}).get("code", "")


class TestCodes:
    @pytest.mark.parametrize(("now", "code"), VECTORS)
    def test_the_vectors_of_the_rfc(self, now: int, code: str) -> None:
        assert second_factor.step_of(code, b"12345678901234567890", now) == now // 30
        assert second_factor.step_of(code, b"12345678901234567890", now + 90) is None

    def test_a_secret_is_kept_under_a_key(self) -> None:
        key, other = Key("a", b"one key"), Key("b", b"another")
        row = uuid4()
        sealed = second_factor._seal(b"a secret of twenty b", key, row)
        assert sealed != b"a secret of twenty b"
        assert second_factor._seal(sealed, key, row) == b"a secret of twenty b"
        assert second_factor._seal(sealed, other, row) != b"a secret of twenty b"


class TestSignIn:
    async def test_a_code_is_asked_for_behind_the_password_alone(self, api: httpx.AsyncClient, member: Member) -> None:
        assert await sign_in(api, member.person) == (401, "second_factor_required")
        assert await sign_in(api, member.person, otp="000000") == (401, "second_factor_invalid")
        assert await sign_in(api, member.person, "a wrong password") == (401, "invalid_credentials")
        assert await sign_in(api, member.person, "a wrong password", otp=await member.code()) == (
            401,
            "invalid_credentials",
        )
        assert await sign_in(api, member.person, otp=await member.code()) == (200, "")

    async def test_nobody_else_is_asked(self, api: httpx.AsyncClient, candidate: Candidate, settings: Settings) -> None:
        assert await sign_in(api, candidate) == (200, "")
        assert await sign_in(api, candidate, otp="whatever an app sends") == (200, "")
        plain = await make_candidate(settings, roles=("super_admin",))
        assert await sign_in(api, plain) == (200, "")

    async def test_of_twenty_with_one_code_one_gets_in(self, api: httpx.AsyncClient, member: Member) -> None:
        otp = await member.code()
        found = await asyncio.gather(*(sign_in(api, member.person, otp=otp) for _ in range(20)))
        assert sum(status == 200 for status, _ in found) == 1
        assert {code for status, code in found if status != 200} <= {"second_factor_invalid", "rate_limited"}

    async def test_each_recovery_code_counts_once_also_for_twenty(self, api: httpx.AsyncClient, member: Member) -> None:
        assert len(set(member.recovery)) == second_factor.RECOVERY_CODES
        found = await asyncio.gather(*(sign_in(api, member.person, otp=member.recovery[0]) for _ in range(20)))
        assert sum(status == 200 for status, _ in found) == 1
        await db.execute("DELETE FROM failed_guesses")
        second = member.recovery[1].replace("-", " ").upper()
        assert await sign_in(api, member.person, otp=second) == (200, "")

    async def test_wrong_codes_are_counted_and_end(self, api: httpx.AsyncClient, member: Member) -> None:
        found = [await sign_in(api, member.person, otp="000000") for _ in range(30)]
        assert found[0] == (401, "second_factor_invalid")
        assert found[-1] == (429, "rate_limited")
        assert await sign_in(api, member.person, otp=await member.code()) == (429, "rate_limited")

    async def test_a_reset_of_the_password_keeps_the_factor(self, api: httpx.AsyncClient, member: Member) -> None:
        await db.execute("UPDATE users SET updated_at = now() WHERE id = $1", member.person.id)
        body = {"currentPassword": PASSWORD, "newPassword": "quite another sentence"}
        changed = await api.post("/users/me/password", json=body, headers=member.person.headers)
        assert changed.status_code == 204, changed.text
        assert await sign_in(api, member.person, "quite another sentence") == (401, "second_factor_required")


class TestProof:
    async def test_a_proof_of_ten_minutes_ago_is_too_old(
        self, api: httpx.AsyncClient, member: Member, candidate: Candidate
    ) -> None:
        path, body = f"/admin/users/{candidate.id}", {"roles": ["sdm", "editor"]}
        assert (await api.patch(path, json=body, headers=member.person.headers)).status_code == 200
        await db.execute("UPDATE session_families SET proved_at = now() - interval '11 minutes'")
        refused = await api.patch(path, json=body, headers=member.person.headers)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "recent_proof_required")
        wrong = await api.patch(path, json=body | {"otp": "000000"}, headers=member.person.headers)
        assert (wrong.status_code, wrong.json()["error"]["code"]) == (403, "recent_proof_required")
        # Another name needs none.
        named = await api.patch(path, json={"fullName": "Rina Contoh"}, headers=member.person.headers)
        assert named.status_code == 200
        right = await api.patch(path, json=body | {"otp": await member.code()}, headers=member.person.headers)
        assert right.status_code == 200, right.text
        assert (await api.patch(path, json=body, headers=member.person.headers)).status_code == 200

    async def test_whoever_has_none_and_the_key_are_not_asked(
        self, api: httpx.AsyncClient, settings: Settings, candidate: Candidate
    ) -> None:
        plain = await make_candidate(settings, roles=("super_admin",))
        for headers in (plain.headers, {"x-admin-api-key": "staff-key-for-tests"}):
            body = {"password": "another long sentence"}
            assert (await api.patch(f"/admin/users/{candidate.id}", json=body, headers=headers)).status_code == 200


class TestHavingOne:
    async def test_candidates_have_none(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        for path in (ENROL, CONFIRM, DISABLE):
            assert (await api.post(path, json={"otp": "000000"}, headers=candidate.headers)).status_code == 403

    async def test_other_sign_ins_end_and_the_owner_is_told(self, api: httpx.AsyncClient, settings: Settings) -> None:
        person = await make_candidate(settings, roles=("editor",))
        other = (await api.post(LOGIN, json={"email": person.email, "password": PASSWORD})).json()["accessToken"]
        made = (await api.post(ENROL, json={}, headers=person.headers)).json()
        assert await sign_in(api, person) == (200, ""), "it counts from its confirmation on"
        otp = pyotp.TOTP(made["secret"]).now()
        found = await asyncio.gather(*(api.post(CONFIRM, json={"otp": otp}, headers=person.headers) for _ in range(20)))
        assert sorted({answer.status_code for answer in found}) in ([200, 409], [200, 409, 429])
        assert [answer.status_code for answer in found].count(200) == 1
        assert (await api.get("/auth/me", headers={"Authorization": f"Bearer {other}"})).status_code == 401
        assert (await api.get("/auth/me", headers=person.headers)).status_code == 200
        assert await db.fetch_value("SELECT count(*) FROM notices WHERE kind = 'factor_changed'") == 1
        rows = await db.fetch_all("SELECT action FROM audit_events WHERE action LIKE 'auth.second_factor%'")
        assert [row["action"] for row in rows] == ["auth.second_factor_set"]

    async def test_it_goes_with_a_proof(self, api: httpx.AsyncClient, member: Member) -> None:
        await db.execute("UPDATE session_families SET proved_at = NULL")
        assert (await api.post(DISABLE, json={}, headers=member.person.headers)).status_code == 403
        body = {"otp": await member.code()}
        assert (await api.post(DISABLE, json=body, headers=member.person.headers)).status_code == 204
        assert await sign_in(api, member.person) == (200, "")

    async def test_whoever_was_let_in_before_it_counted_does_not_change_it(
        self, api: httpx.AsyncClient, settings: Settings
    ) -> None:
        person = await make_candidate(settings, roles=("super_admin",))
        before = await find_user(person.id)
        assert before is not None
        made = (await api.post(ENROL, json={}, headers=person.headers)).json()
        body = {"otp": pyotp.TOTP(made["secret"]).now()}
        assert (await api.post(CONFIRM, json=body, headers=person.headers)).status_code == 200
        with pytest.raises(second_factor.RecentProofRequired):
            await second_factor.disable("", settings, by=before)
        with pytest.raises(second_factor.RecentProofRequired):
            await second_factor.enrol("", settings, by=before)
        other = await api.post(ENROL, json={}, headers=person.headers)
        with pytest.raises(second_factor.SecondFactorNotBegun):
            await second_factor.confirm(pyotp.TOTP(other.json()["secret"]).now(), settings, by=before)
        assert await sign_in(api, person) == (401, "second_factor_required")

    async def test_it_goes_with_the_last_role_of_staff(self, api: httpx.AsyncClient, member: Member) -> None:
        path, key = f"/admin/users/{member.person.id}", {"x-admin-api-key": "staff-key-for-tests"}
        await api.post(
            "/admin/users",
            json={"fullName": "Rina", "email": "r@example.com", "password": "a long sentence here"},
            headers=key,
        )
        assert (await api.patch(path, json={"roles": ["sdm", "editor"]}, headers=key)).status_code == 200
        assert await sign_in(api, member.person) == (401, "second_factor_required")
        assert (await api.patch(path, json={"roles": ["sdm"]}, headers=key)).status_code == 200
        assert await sign_in(api, member.person) == (200, "")
        assert await db.fetch_value("SELECT count(*) FROM second_factors") == 0
        row = await db.fetch_row("SELECT actor_id FROM audit_events WHERE action = 'auth.second_factor_removed'")
        assert row is not None
        assert row["actor_id"] == "admin_api_key"

    async def test_secrets_stand_nowhere_in_clear(self, member: Member) -> None:
        row = await db.fetch_row("SELECT * FROM second_factors")
        assert row is not None
        kept = str(dict(row))
        assert base64.b32decode(member.secret).hex() not in kept
        assert member.secret not in kept
        assert member.recovery[0].replace("-", "") not in kept

    async def test_off_there_is_none(self, api: httpx.AsyncClient, member: Member, change: Any) -> None:
        change(staff_second_factor="off")
        assert (await api.post(ENROL, json={}, headers=member.person.headers)).status_code == 404
        assert await sign_in(api, member.person) == (200, "")

    async def test_required_staff_without_one_do_nothing_but_enrol(
        self, api: httpx.AsyncClient, settings: Settings, change: Any
    ) -> None:
        change(staff_second_factor="required")
        person = await make_candidate(settings, roles=("super_admin",))
        assert await sign_in(api, person) == (200, "")
        refused = await api.get("/admin/users", headers=person.headers)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "insufficient_admin_role")
        made = (await api.post(ENROL, json={}, headers=person.headers)).json()
        body = {"otp": pyotp.TOTP(made["secret"]).now()}
        assert (await api.post(CONFIRM, json=body, headers=person.headers)).status_code == 200
        assert (await api.get("/admin/users", headers=person.headers)).status_code == 200

    async def test_a_sign_in_by_the_password_alone_does_nothing_for_staff(
        self, api: httpx.AsyncClient, member: Member, change: Any
    ) -> None:
        change(staff_second_factor="off")
        begun = (await api.post(LOGIN, json={"email": member.person.email, "password": PASSWORD})).json()
        headers = {"Authorization": f"Bearer {begun['accessToken']}"}
        assert (await api.get("/admin/users", headers=headers)).status_code == 200
        change(staff_second_factor="optional")
        refused = await api.get("/admin/users", headers=headers)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "insufficient_admin_role")
        assert (await api.get("/auth/me", headers=headers)).status_code == 200
        assert (await api.get("/admin/users", headers=member.person.headers)).status_code == 200


class TestOperator:
    async def test_a_lost_phone_is_replaced_from_the_shell(
        self, api: httpx.AsyncClient, member: Member, settings: Settings
    ) -> None:
        uri, _, *codes = await command.set_second_factor(settings, email=member.person.email, remove=False)
        assert len(codes) == second_factor.RECOVERY_CODES
        assert await sign_in(api, member.person, otp=member.recovery[0]) == (401, "second_factor_invalid")
        totp = pyotp.parse_uri(uri)
        assert isinstance(totp, pyotp.TOTP)
        assert await sign_in(api, member.person, otp=totp.now()) == (200, "")
        assert (await api.get("/auth/me", headers=member.person.headers)).status_code == 401
        assert await command.set_second_factor(settings, email=member.person.email, remove=True) == ["removed"]
        assert await sign_in(api, member.person) == (200, "")

    async def test_only_staff_get_one(self, candidate: Candidate, settings: Settings) -> None:
        with pytest.raises(command.Refused, match="not one of staff"):
            await command.set_second_factor(settings, email=candidate.email, remove=False)
