"""Does each form of the page do what it says, once, for whoever got it, in both languages?"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from collections import Counter
from datetime import timedelta

import httpx
import pytest
from sanic import Sanic

from service.account_page import forms
from service.account_page.texts import WORDS
from service.auth.codes import Purpose
from service.base.clock import utc_now
from service.base.settings import Settings
from service.database import db
from tests.account_page.conftest import EMAIL, OWNERS, STRANGERS, fill, form_of, mailed, register, sign_in
from tests.auth.conftest import Change
from tests.factories import make_candidate

PAGES = ["/account", "/account/password", "/account/deletion"]
ENGLISH = {"Accept-Language": "en"}
CODES = "SELECT count(*) FROM email_verification_challenges WHERE purpose = 'password_reset'"


async def asked(api: httpx.AsyncClient, email: str = EMAIL) -> httpx.Response:
    """The page that takes the code."""
    return await fill(api, await api.get("/account/password"), email=email)


class TestEveryPage:
    @pytest.mark.parametrize("path", PAGES)
    async def test_loads_nothing_is_kept_nowhere_and_framed_by_nobody(self, api: httpx.AsyncClient, path: str) -> None:
        for page in (await api.get(path), await api.post("/account/password", data={"email": "x"})):
            assert page.headers["content-type"] == "text/html; charset=utf-8"
            assert page.headers["cache-control"] == "no-store"
            assert page.headers["x-content-type-options"] == "nosniff"
            assert page.headers["x-frame-options"] == "DENY"
            assert page.headers["referrer-policy"] == "no-referrer"
            assert "set-cookie" not in page.headers
            style = re.findall(r"<style>(.*?)</style>", page.text, re.DOTALL)
            digest = base64.b64encode(hashlib.sha256(style[0].encode()).digest()).decode()
            assert page.headers["content-security-policy"] == (
                f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'self';"
                " frame-ancestors 'none'"
            )
            assert not re.search(r"<script|//|src=|style=|\son\w+=|javascript:", page.text.replace("<!doctype", ""))

    @pytest.mark.parametrize("path", PAGES)
    async def test_speaks_the_readers_language_and_has_a_link_to_the_other(
        self, api: httpx.AsyncClient, path: str
    ) -> None:
        for asked_for, language, other in (("id-ID,en;q=0.5", "id", "en"), ("en", "en", "id"), ("ja", "en", "id")):
            page = await api.get(path, headers={"Accept-Language": asked_for})
            assert f'<html lang="{language}">' in page.text
            (link,) = re.findall(rf'<a href="([^"]+)" hreflang="{other}"', page.text)
            there = await api.get(page.url.join(link), headers={"Accept-Language": asked_for})
            assert f'<html lang="{other}">' in there.text
            assert there.url.path == path
        assert '<html lang="en">' in (await api.get(f"{path}?lang=fr")).text

    def test_every_word_is_there_in_both_languages(self) -> None:
        for word, texts in WORDS.items():
            assert set(texts) == {"en", "id"}, word
            assert texts["en"] != texts["id"], word

    @pytest.mark.parametrize("start", ["/account", "/v1/account"])
    async def test_links_lead_to_pages(self, api: httpx.AsyncClient, start: str) -> None:
        waiting, seen = [httpx.URL(f"http://api.test{start}")], set()
        while waiting:
            page = await api.get(waiting.pop())
            assert page.status_code == 200
            for link in re.findall(r'href="([^"]+)"', page.text):
                url = page.url.join(link)
                assert url.path.startswith(start)
                if url not in seen:
                    seen.add(url)
                    waiting.append(url)
        assert {url.path.removeprefix("/v1") for url in seen} >= set(PAGES)


class TestPassword:
    @pytest.mark.parametrize("start", ["/account/password", "/v1/account/password"])
    async def test_a_person_sets_a_new_password(self, api: httpx.AsyncClient, settings: Settings, start: str) -> None:
        tokens = (await register(api)).json()
        page = await fill(api, await api.get(start), email=f" {EMAIL.upper()} ")
        assert page.status_code == 200
        page = await fill(api, page, code=await mailed(settings), newPassword=OWNERS)
        assert (page.status_code, form_of(page).action) == (200, "")
        assert WORDS["password_done"]["en"] in page.text
        assert (await sign_in(api, STRANGERS), await sign_in(api, OWNERS)) == (401, 200)
        me = await api.get("/auth/me", headers={"Authorization": f"Bearer {tokens['accessToken']}"})
        assert me.status_code == 401

    async def test_starting_over_begins_an_empty_account(self, api: httpx.AsyncClient, settings: Settings) -> None:
        before = (await register(api)).json()["user"]["id"]
        page = await asked(api)
        await fill(api, page, code=await mailed(settings), newPassword=OWNERS, startOver="true")
        signed_in = await api.post("/auth/login", json={"email": EMAIL, "password": OWNERS})
        assert signed_in.json()["user"]["id"] != before
        assert await db.fetch_value("SELECT count(*) FROM hidden_accounts") == 1

    async def test_known_and_unknown_addresses_see_the_same(self, api: httpx.AsyncClient) -> None:
        await register(api)
        seen = []
        for email in (EMAIL, "nobody@mailbox.test"):
            page = await asked(api, email)
            text = re.sub(r'name="token" value="[^"]+"', "", page.text.replace(email, "<email>"))
            seen.append((page.status_code, text))
        assert seen[0] == seen[1]

    async def test_refusals_stand_next_to_their_field_in_the_pages_language(
        self, api: httpx.AsyncClient, settings: Settings
    ) -> None:
        await register(api)
        page = await fill(api, await api.get("/account/password?lang=id"), email="dewi")
        assert page.status_code == 400
        assert 'id="email-error">Silakan isi alamat e-mail yang valid.</p>' in page.text
        assert 'value="dewi" aria-invalid="true"' in page.text
        page = await fill(api, page, email=EMAIL)
        code = await mailed(settings)
        wrong = f"{(int(code) + 1) % 1_000_000:06d}"
        page = await fill(api, page, code=wrong, newPassword=OWNERS, startOver="true")
        assert page.status_code == 400
        assert 'id="code-error">Kode ini tidak benar.</p>' in page.text
        assert wrong not in page.text
        assert 'value="true" checked' in page.text  # what was chosen stays
        page = await fill(api, page, code=code, newPassword="short")
        assert page.status_code == 400
        assert 'id="newPassword-error"' in page.text
        assert code in page.text
        assert "short" not in page.text
        page = await fill(api, page, newPassword=OWNERS)
        assert WORDS["password_done"]["id"] in page.text

    async def test_what_is_typed_is_shown_as_text(self, api: httpx.AsyncClient) -> None:
        evil = "\"><script>alert(1)</script>'&"
        page = await fill(api, await api.get("/account/password"), email=evil)
        assert page.status_code == 400
        assert "<script" not in page.text
        assert "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#x27;&amp;" in page.text
        for name in ("email", "code", "newPassword", "startOver", "token", "show"):
            page = await api.post("/account/password/code", data={"show": "true", name: evil})
            assert "<script" not in page.text

    async def test_asking_too_often_is_said_on_the_page(self, api: httpx.AsyncClient, change: Change) -> None:
        change(trusted_proxies="127.0.0.0/8")
        page = await api.get("/account/password")
        for _ in range(11):
            form = form_of(await api.get("/account/password?lang=id"))
            data, headers = {**form.values, "email": EMAIL}, {"X-Forwarded-For": "8.8.8.8"}
            page = await api.post("/account/password?lang=id", data=data, headers=headers)
        assert page.status_code == 429
        assert int(page.headers["retry-after"]) > 60
        assert "Silakan coba lagi dalam" in page.text

    async def test_dev_alone_shows_the_code_and_only_when_it_is_asked_to(
        self, api: httpx.AsyncClient, change: Change
    ) -> None:
        assert "Development code" not in (await asked(api)).text
        change(auth_email_verification_expose_code=True)
        assert "Development code" in (await asked(api)).text
        change(auth_email_verification_expose_code=True, environment="staging")
        assert "Development code" not in (await asked(api)).text

    async def test_the_other_language_of_a_posted_page_keeps_what_was_typed_and_does_nothing(
        self, api: httpx.AsyncClient, settings: Settings
    ) -> None:
        await register(api)
        page = await asked(api)
        (there,) = re.findall(r'formaction="([^"]+)"', page.text)
        typed = {**form_of(page).values, "code": await mailed(settings), "newPassword": OWNERS, "show": "true"}
        page = await api.post(page.url.join(there), data=typed)
        assert '<html lang="id">' in page.text
        assert await sign_in(api, STRANGERS) == 200
        page = await fill(api, page, newPassword=OWNERS)
        assert WORDS["password_done"]["id"] in page.text

    async def test_unavailable_and_broken_is_said_on_the_page(
        self, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def fail(*_: object, **__: object) -> None:
            raise RuntimeError("not for readers")

        monkeypatch.setattr("service.auth.new_password.request_reset", fail)
        page = await asked(api)
        assert page.status_code == 500
        assert "Something went wrong on our side" in page.text
        assert "not for readers" not in page.text
        assert form_of(page).values["token"]  # the next try has a form of its own

    @pytest.mark.parametrize("body", [b"\xff", b"email=%ff", b"&".join([b"a=1"] * 30)])
    async def test_what_cannot_be_read_is_a_page_too(self, api: httpx.AsyncClient, body: bytes) -> None:
        page = await api.post("/account/password", content=body)
        assert page.status_code == 400
        assert "The request could not be read." in page.text


class TestDeletion:
    async def test_a_person_deletes_their_account(self, api: httpx.AsyncClient, settings: Settings) -> None:
        tokens = (await register(api)).json()
        page = await fill(api, await api.get("/v1/account/deletion?lang=id"), email=EMAIL)
        page = await fill(api, page, code=await mailed(settings, purpose=Purpose.ACCOUNT_DELETION))
        assert page.status_code == 200
        assert WORDS["deletion_done"]["id"] in page.text
        complete_by = await db.fetch_value("SELECT complete_by FROM hidden_accounts WHERE reason = 'leaving'")
        assert f"<strong>{complete_by:%Y-%m-%d}</strong>" in page.text
        me = await api.get("/auth/me", headers={"Authorization": f"Bearer {tokens['accessToken']}"})
        assert me.status_code == 401
        signed_in = await api.post("/auth/login", json={"email": EMAIL, "password": STRANGERS})
        assert signed_in.json()["deletion"]["completeBy"][:10] == f"{complete_by:%Y-%m-%d}"

    async def test_known_and_unknown_addresses_see_the_same(self, api: httpx.AsyncClient) -> None:
        await register(api)
        seen = []
        for email in (EMAIL, "nobody@mailbox.test"):
            page = await fill(api, await api.get("/account/deletion"), email=email)
            text = re.sub(r'name="token" value="[^"]+"', "", page.text.replace(email, "<email>"))
            seen.append((page.status_code, text))
        assert seen[0] == seen[1]

    async def test_a_code_for_a_password_deletes_nothing_and_the_other_way_round(
        self, api: httpx.AsyncClient, settings: Settings
    ) -> None:
        await register(api)
        password, deletion = await asked(api), await fill(api, await api.get("/account/deletion"), email=EMAIL)
        for_password = await mailed(settings)
        for_deletion = await mailed(settings, purpose=Purpose.ACCOUNT_DELETION)
        if for_password != for_deletion:
            page = await fill(api, deletion, code=for_password)
            assert page.status_code == 400
            assert 'id="code-error">This code is not right.</p>' in page.text
            assert (await fill(api, password, code=for_deletion, newPassword=OWNERS)).status_code == 400
        assert await db.fetch_value("SELECT count(*) FROM hidden_accounts") == 0
        assert await sign_in(api, STRANGERS) == 200

    async def test_of_twenty_at_once_with_forms_of_their_own_one_counts(
        self, api: httpx.AsyncClient, settings: Settings
    ) -> None:
        await register(api)
        first = await fill(api, await api.get("/account/deletion"), email=EMAIL)
        code = await mailed(settings, purpose=Purpose.ACCOUNT_DELETION)
        data = {**form_of(first).values, "show": "true"}
        shown = [await api.post("/account/deletion/code", data=data) for _ in range(20)]
        answers = await asyncio.gather(*(fill(api, page, code=code) for page in shown))
        assert Counter(answer.status_code for answer in answers) == {200: 1, 400: 19}
        assert await db.fetch_value("SELECT count(*) FROM notices WHERE kind = 'deletion_requested'") == 1

    async def test_a_deletion_that_is_sent_again_is_said_to_be(
        self, api: httpx.AsyncClient, settings: Settings
    ) -> None:
        await register(api)
        form = form_of(await fill(api, await api.get("/account/deletion"), email=EMAIL))
        data = {**form.values, "code": await mailed(settings, purpose=Purpose.ACCOUNT_DELETION)}
        statuses = [(await api.post("/account/deletion/code", data=data)).status_code for _ in range(2)]
        assert statuses == [200, 409]

    async def test_wrong_codes_lock_known_and_unknown_alike(self, api: httpx.AsyncClient, settings: Settings) -> None:
        await register(api)
        seen = []
        for email in (EMAIL, "nobody@mailbox.test"):
            page = await fill(api, await api.get("/account/deletion"), email=email)
            code = await mailed(settings, email, Purpose.ACCOUNT_DELETION)
            wrong, texts = f"{(int(code) + 1) % 1_000_000:06d}", []
            for typed in (*[wrong] * 5, code):
                page = await fill(api, page, code=typed)
                texts += re.findall(r'id="code-error">([^<]+)<', page.text)
            seen.append(texts)
        assert (
            seen[0]
            == seen[1]
            == ["This code is not right."] * 4 + ["Too many wrong tries. Please ask for a new code."] * 2
        )

    async def test_the_last_administrator_is_told_and_their_code_stays_good(
        self, api: httpx.AsyncClient, settings: Settings
    ) -> None:
        await make_candidate(settings, email=EMAIL, roles=("super_admin",))
        page = await fill(api, await api.get("/account/deletion"), email=EMAIL)
        code = await mailed(settings, purpose=Purpose.ACCOUNT_DELETION)
        page = await fill(api, page, code=code)
        assert page.status_code == 409
        await make_candidate(settings, roles=("super_admin",))
        assert (await fill(api, page, code=code)).status_code == 200


class TestForms:
    async def test_a_question_that_is_sent_again_shows_the_same_and_sends_nothing(self, api: httpx.AsyncClient) -> None:
        form = form_of(await api.get("/account/password"))
        data = {**form.values, "email": EMAIL}
        await api.post("/account/password", data=data)
        await db.execute("UPDATE email_verification_challenges SET resend_available_at = now()")
        again = await api.post("/account/password", data=data)
        assert again.status_code == 200
        assert WORDS["code_sent"]["en"] in again.text
        assert await db.fetch_value(CODES) == 1

    async def test_a_password_that_is_sent_again_changes_nothing(
        self, api: httpx.AsyncClient, settings: Settings
    ) -> None:
        await register(api)
        form = form_of(await asked(api))
        data = {**form.values, "code": await mailed(settings), "newPassword": OWNERS}
        first, again = [await api.post("/account/password/code", data=data) for _ in range(2)]
        assert (first.status_code, again.status_code) == (200, 409)
        assert "This form was sent before, and counts once." in again.text
        assert await db.fetch_value("SELECT count(*) FROM notices WHERE kind = 'password_was_reset'") == 1

    async def test_of_twenty_at_once_one_counts(self, api: httpx.AsyncClient, settings: Settings) -> None:
        await register(api)
        form = form_of(await api.get("/account/password"))
        await asyncio.gather(
            *(api.post("/account/password", data={**form.values, "email": f"{n}@mailbox.test"}) for n in range(20))
        )
        assert await db.fetch_value(CODES) == 1
        form = form_of(await asked(api))
        data = {**form.values, "code": await mailed(settings)}
        answers = await asyncio.gather(
            *(api.post("/account/password/code", data={**data, "newPassword": f"{OWNERS} {n}"}) for n in range(20))
        )
        assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 19}
        winner = [answer.status_code for answer in answers].index(200)
        assert await sign_in(api, f"{OWNERS} {winner}") == 200

    async def test_a_wrong_code_uses_the_form_up_and_the_page_has_a_new_one(
        self, api: httpx.AsyncClient, settings: Settings
    ) -> None:
        await register(api)
        page = await asked(api)
        again = await fill(api, page, code="000000" if await mailed(settings) != "000000" else "1", newPassword=OWNERS)
        assert again.status_code == 400
        code = await mailed(settings)
        assert (await fill(api, page, code=code, newPassword=OWNERS)).status_code == 409
        assert (await fill(api, again, code=code, newPassword=OWNERS)).status_code == 200

    @pytest.mark.parametrize("token", ["", "x", "..", "1.2.3", "9" * 199, "1.é.x", "x\x00", "1700000000.a.b"])
    async def test_a_forged_form_does_nothing_and_the_page_has_a_good_one(
        self, api: httpx.AsyncClient, token: str
    ) -> None:
        page = await api.post("/account/password", data={"token": token, "email": EMAIL})
        assert page.status_code == 400
        assert "Please send the form again." in page.text
        assert await db.fetch_value(CODES) == 0
        assert (await fill(api, page)).status_code == 200
        assert await db.fetch_value(CODES) == 1

    async def test_a_changed_token_is_none_of_ours(self, api: httpx.AsyncClient) -> None:
        token = form_of(await api.get("/account/password")).values["token"]
        issued, rest = token.split(".", 1)
        for forged in (f"{int(issued) + 1}.{rest}", f"{token[:-2]}AA", f"{issued}.x{rest}"):
            if forged != token:
                page = await api.post("/account/password", data={"token": forged, "email": EMAIL})
                assert page.status_code == 400

    async def test_an_old_form_is_refused_and_the_address_stays(
        self, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(forms, "utc_now", lambda: utc_now() - timedelta(minutes=13))
            page = await api.get("/account/password")
        page = await fill(api, page, email=EMAIL)
        assert page.status_code == 400
        assert f'value="{EMAIL}"' in page.text
        assert await db.fetch_value(CODES) == 0

    async def test_a_used_form_is_forgotten_only_when_it_is_too_old_anyway(self) -> None:
        assert forms._LIFE + timedelta(minutes=2) < timedelta(minutes=15)

    async def test_a_form_for_somebody_else_or_for_something_else_is_refused(
        self, api: httpx.AsyncClient, settings: Settings
    ) -> None:
        await register(api)
        asking = form_of(await api.get("/account/password")).values["token"]
        somebodys = form_of(await asked(api, "nobody@mailbox.test")).values["token"]
        await asked(api)
        data = {"email": EMAIL, "code": await mailed(settings), "newPassword": OWNERS}
        for token in (asking, somebodys):
            page = await api.post("/account/password/code", data={**data, "token": token})
            assert page.status_code == 400
            assert "Please send the form again." in page.text
        assert await sign_in(api, STRANGERS) == 200

    async def test_a_form_outlives_a_new_key(
        self, app: Sanic[object, object], api: httpx.AsyncClient, settings: Settings, change: Change
    ) -> None:
        page = await api.get("/account/password")
        change(auth_token_keys=f"k3:a-third-key-for-tests-a-third-key-for-tests,{settings.auth_token_keys}")
        data = {**form_of(page).values, "email": EMAIL}
        for _ in range(2):
            assert (await api.post("/account/password", data=data)).status_code == 200
        assert await db.fetch_value(CODES) == 1

    async def test_limits_that_are_off_do_not_let_a_form_count_twice(
        self, api: httpx.AsyncClient, settings: Settings, change: Change
    ) -> None:
        change(rate_limits=False)
        await self.test_a_password_that_is_sent_again_changes_nothing(api, settings)


class TestLogs:
    async def test_no_line_holds_an_address_a_code_or_a_token(
        self, api: httpx.AsyncClient, settings: Settings, capfdbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        await register(api)
        page = await asked(api)
        code = await mailed(settings)
        done = await fill(api, page, code=code, newPassword=OWNERS)
        written = capfdbinary.readouterr().out.decode()
        assert '"route":"/account/password/code"' in written
        for secret in (EMAIL, code, OWNERS, form_of(page).values["token"]):
            assert secret not in written
            assert secret not in str(done.url)
