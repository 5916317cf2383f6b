"""Can a person walk through the page in a real browser, on a desk and on a phone, in both languages?"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Page, expect
from sanic import Sanic

from service.account_page.texts import WORDS
from service.auth.codes import Purpose
from service.base.settings import Settings
from tests.account_page.conftest import EMAIL, OWNERS, mailed, sign_in
from tests.conftest import TEST_ENVIRONMENT
from tests.docs_page.browser import DESKTOP, PHONE, Seen, chromium, opened_page
from tests.factories import make_candidate
from tests.running import running_server

# A busy machine may take long; the time decides nothing.
expect.set_options(timeout=120_000)


def _nothing_is_wrong(seen: Seen, server: str) -> None:
    """It asked nobody else for anything, and its own policy stood in no way; a refusal's status is no mistake."""
    assert [address for address in seen.requested if not address.startswith((server, "about:"))] == []
    complaints = [line for line in seen.complaints if "Failed to load resource" not in line]
    assert complaints == []


async def _fits(page: Page, size: tuple[int, int]) -> None:
    assert await page.evaluate("document.documentElement.scrollWidth") == size[0]


@pytest.mark.parametrize(("size", "language"), [(DESKTOP, "en"), (PHONE, "id")], ids=["desk", "phone"])
class TestAccountPage:
    async def test_a_person_sets_a_new_password_and_leaves(
        self,
        app: Sanic[Any, Any],
        api: httpx.AsyncClient,
        settings: Settings,
        database_url: str,
        object_storage_env: dict[str, str],
        tmp_path: Path,
        size: tuple[int, int],
        language: str,
    ) -> None:
        """ACCOUNT_SCREENSHOTS=folder keeps the pictures."""
        program = chromium()
        if program is None:
            pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
        folder = Path(os.environ.get("ACCOUNT_SCREENSHOTS") or tmp_path)
        await make_candidate(settings, email=EMAIL)
        say = {word: texts[language] for word, texts in WORDS.items()}
        environment = {**TEST_ENVIRONMENT, **object_storage_env, "DATABASE_URL": database_url}
        async with running_server(environment) as server, opened_page(program, size) as (page, seen):
            await page.goto(f"{server.url}/account")
            if language == "id":
                await page.get_by_role("link", name="Bahasa Indonesia").click()
            await expect(page.get_by_role("heading", name=say["title"])).to_be_visible()
            await _fits(page, size)
            await page.screenshot(path=folder / f"account-{language}-start.png")
            await page.get_by_role("link", name=say["password"]).click()
            await page.get_by_label(say["email"]).fill("dewi")
            await page.get_by_role("button", name=say["ask"]).click()
            await expect(page.get_by_role("alert")).to_be_visible()
            await _fits(page, size)
            await page.screenshot(path=folder / f"account-{language}-refused.png")
            await page.get_by_label(say["email"]).fill(EMAIL)
            await page.get_by_label(say["email"]).press("Enter")  # the first button, not the one of the language
            await expect(page.get_by_text(say["code_sent"])).to_be_visible()
            await page.get_by_label(say["code"]).fill(await mailed(settings))
            # There and back: what was typed stays.
            for there in ("id", "en") if language == "en" else ("en", "id"):
                await page.locator("footer button").click()
                await expect(page.locator(f"html[lang={there}]")).to_be_attached()
            await page.get_by_label(say["new_password"]).fill(OWNERS)
            await _fits(page, size)
            await page.screenshot(path=folder / f"account-{language}-code.png")
            await page.get_by_role("button", name=say["set_password"]).click()
            await expect(page.get_by_text(say["password_done"])).to_be_visible()
            await page.screenshot(path=folder / f"account-{language}-done.png")
            assert await sign_in(api, OWNERS) == 200

            await page.get_by_role("link", name=say["back"]).click()
            await page.get_by_role("link", name=say["deletion"]).click()
            await page.get_by_label(say["email"]).fill(EMAIL)
            await page.get_by_role("button", name=say["ask"]).click()
            await page.get_by_label(say["code"]).fill(await mailed(settings, purpose=Purpose.ACCOUNT_DELETION))
            await _fits(page, size)
            await page.screenshot(path=folder / f"account-{language}-deletion.png")
            await page.get_by_role("button", name=say["delete"]).click()
            await expect(page.get_by_text(say["deletion_done"])).to_be_visible()
            _nothing_is_wrong(seen, server.url)

            # Sent a second time, as after "back" or "reload".
            await page.reload()
            await expect(page.get_by_role("alert")).to_be_visible()

    async def test_nobody_frames_it(
        self, database_url: str, object_storage_env: dict[str, str], size: tuple[int, int], language: str
    ) -> None:
        program = chromium()
        if program is None:
            pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
        environment = {**TEST_ENVIRONMENT, **object_storage_env, "DATABASE_URL": database_url}
        async with running_server(environment) as server, opened_page(program, size) as (page, seen):
            await page.goto(f"{server.url}/health")
            await page.set_content(f'<iframe src="{server.url}/account?lang={language}"></iframe>')
            await page.wait_for_timeout(500)
            await expect(page.frame_locator("iframe").get_by_role("main")).to_have_count(0)
            assert any("frame" in line for line in seen.complaints)
