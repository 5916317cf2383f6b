"""Is a password that everybody guesses refused where one is set, with the reason, and never at sign-in?"""

from __future__ import annotations

import httpx
import pytest

from service.auth import password_rules
from service.auth.models import User
from service.base.settings import Settings, load_settings
from tests.answers import outcome
from tests.auth.conftest import Change
from tests.conftest import TEST_ENVIRONMENT
from tests.factories import Candidate, make_candidate

PERSON = {"email": "budi.santoso@example.com", "full_name": "Budi Santoso"}


@pytest.mark.parametrize(
    ("password", "refusal"),
    [
        ("password", password_rules.CommonPassword),
        ("12345678", password_rules.CommonPassword),
        ("PassWord1", password_rules.CommonPassword),
        ("        ", password_rules.CommonPassword),
        ("aaaaaaaaaaaa", password_rules.CommonPassword),
        ("budi.santoso", password_rules.PasswordLikeAddress),
        ("BUDI.SANTOSO@example.com", password_rules.PasswordLikeAddress),
        ("budisantoso", password_rules.PasswordLikeName),
        ("Budi Santoso 99", password_rules.PasswordLikeName),
        ("santoso1990!", password_rules.PasswordLikeName),
        ("budi1234", password_rules.PasswordLikeName),
        ("my santoso likes rice", None),
        ("correct horse 9", None),
    ],
)
async def test_what_is_refused(
    settings: Settings, password: str, refusal: type[password_rules.InvalidPassword] | None
) -> None:
    on = settings.model_copy(update={"auth_password_blocklist": True})
    if refusal is None:
        await password_rules.check_new_password(password, on, **PERSON)
    else:
        with pytest.raises(refusal):
            await password_rules.check_new_password(password, on, **PERSON)
    off = settings.model_copy(update={"auth_password_blocklist": False})
    await password_rules.check_new_password(password, off, **PERSON)


async def test_a_short_part_of_an_address_and_a_short_name_forbid_nothing(settings: Settings) -> None:
    on = settings.model_copy(update={"auth_password_blocklist": True})
    await password_rules.check_new_password("ann likes rice", on, email="ann@example.com", full_name="Al Li")


@pytest.mark.parametrize(("environment", "blocks"), [("dev", False), ("staging", False), ("production", True)])
def test_it_is_on_in_production(settings: Settings, environment: str, blocks: bool) -> None:
    assert settings.model_copy(update={"environment": environment}).blocks_passwords is blocks


def test_on_and_off_are_words_of_the_setting() -> None:
    given = TEST_ENVIRONMENT | {
        "DATABASE_URL": "postgresql://localhost/x",
        "MINIO_ROOT_USER": "u",
        "MINIO_ROOT_PASSWORD": "p",
        "AUTH_PASSWORD_BLOCKLIST": "on",
        "AUTH_HIDE_ACCOUNTS": "off",
    }
    loaded = load_settings(given)
    assert (loaded.blocks_passwords, loaded.auth_hide_accounts) == (True, False)


class TestWhereAPasswordIsSet:
    async def test_registration_names_the_reason(self, api: httpx.AsyncClient, change: Change) -> None:
        change(auth_password_blocklist=True)
        body = {"fullName": "Budi Santoso", "email": "budi@example.com", "password": "password"}
        for language, word in (("en", "most common"), ("id", "paling umum")):
            answer = await api.post("/auth/register", json=body, headers={"Accept-Language": language})
            assert outcome(answer) == (400, "invalid_password")
            assert word in answer.json()["error"]["message"]

    async def test_a_change(self, api: httpx.AsyncClient, change: Change, candidate: Candidate) -> None:
        change(auth_password_blocklist=True)
        body = {"currentPassword": "correct horse 9", "newPassword": "password"}
        answer = await api.post("/users/me/password", json=body, headers=candidate.headers)
        assert outcome(answer) == (400, "invalid_password")

    async def test_staffs_accounts(self, api: httpx.AsyncClient, change: Change, settings: Settings) -> None:
        change(auth_password_blocklist=True)
        staff = await make_candidate(settings, roles=("super_admin",))
        body = {"fullName": "Budi Santoso", "email": "budi@example.com", "password": "budisantoso"}
        answer = await api.post("/admin/users", json=body, headers=staff.headers)
        assert outcome(answer) == (400, "invalid_password")
        other = await make_candidate(settings)
        answer = await api.patch(f"/admin/users/{other.id}", json={"password": "password"}, headers=staff.headers)
        assert outcome(answer) == (400, "invalid_password")

    async def test_signing_in_never_asks(self, api: httpx.AsyncClient, change: Change, settings: Settings) -> None:
        body = {"fullName": "Budi Santoso", "email": "budi@example.com", "password": "password"}
        change(auth_password_blocklist=False)
        assert (await api.post("/auth/register", json=body)).status_code == 201
        change(auth_password_blocklist=True)
        answer = await api.post("/auth/login", json={"email": "budi@example.com", "password": "password"})
        assert answer.status_code == 200


class TestLanguage:
    async def test_registration_and_sign_in_keep_what_the_app_names(
        self, api: httpx.AsyncClient, settings: Settings
    ) -> None:
        body = {"fullName": "Budi Santoso", "email": "budi@example.com", "password": "eight888"}
        await api.post("/auth/register", json=body, headers={"Accept-Language": "id-ID,en;q=0.5"})

        async def after_sign_in(headers: dict[str, str]) -> str | None:
            assert (await api.post("/auth/login", json=body, headers=headers)).status_code == 200
            return (await User.get()).language

        assert (await User.get()).language == "id"
        assert await after_sign_in({}) == "id"
        assert await after_sign_in({"Accept-Language": "fr"}) == "id"
        assert await after_sign_in({"Accept-Language": "en-GB"}) == "en"
