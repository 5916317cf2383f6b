"""Does /docs work in a real browser, on a desk and on a phone: it renders, and its requests reach the API?"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect
from sanic import Sanic

from service.base.settings import Settings
from service.http.operations import TAGS
from tests.conftest import TEST_ENVIRONMENT
from tests.docs_page.browser import DESKTOP, PHONE, chromium, opened_page
from tests.factories import make_candidate, make_job
from tests.running import running_server

CHAPTERS = [tag.title for tag in TAGS.values()]
# A busy machine may take long; the time decides nothing.
expect.set_options(timeout=120_000)


async def _try(page: Page, operation: str, shown: str) -> None:
    """Send an operation's ("get /jobs") form as it is; the answer is a good one and says `shown`."""
    await page.get_by_role("button", name=f"Test Request ({operation})", exact=True).click()
    form = page.get_by_role("dialog", name="API Client")
    await form.locator("[data-addressbar-action=send]:visible").click()
    await expect(form.get_by_text("200 OK")).to_be_visible()
    await form.get_by_text(shown).scroll_into_view_if_needed()
    await expect(form.get_by_text(shown)).to_be_in_viewport()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
class TestDocsPage:
    async def test_a_developer_reads_and_tries_an_operation(
        self,
        app: Sanic[Any, Any],
        settings: Settings,
        database_url: str,
        object_storage_env: dict[str, str],
        tmp_path: Path,
        size: tuple[int, int],
    ) -> None:
        """DOCS_SCREENSHOTS=folder keeps the pictures."""
        program = chromium()
        if program is None:
            pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
        folder = Path(os.environ.get("DOCS_SCREENSHOTS") or tmp_path)
        await make_job(title="Senior Welder of the page")
        candidate = await make_candidate(settings, full_name="Reader of the page")
        environment = {**TEST_ENVIRONMENT, **object_storage_env, "DATABASE_URL": database_url}
        async with running_server(environment) as server, opened_page(program, size) as (page, seen):
            await page.goto(f"{server.url}/docs")
            assert await page.title() == "Jembatan API"
            await expect(page.get_by_role("heading", name="Jembatan API")).to_be_visible()
            await page.screenshot(path=folder / f"docs-{size[0]}.png")
            if size == DESKTOP:
                names = (await page.get_by_role("complementary").inner_text()).splitlines()
                chapters = [name for name in names if name in CHAPTERS]
                assert chapters == CHAPTERS
            # Nothing is cut off at the side.
            assert await page.evaluate("document.documentElement.scrollWidth") == size[0]

            await page.goto(f"{server.url}/docs#tag/jobs/GET/jobs")
            await page.screenshot(path=folder / f"docs-{size[0]}-operation.png")
            await _try(page, "get /jobs", "Senior Welder of the page")
            await page.screenshot(path=folder / f"docs-{size[0]}-answer.png")

            await page.goto("about:blank")
            await page.goto(f"{server.url}/docs#tag/auth/GET/auth/me")
            await page.get_by_placeholder("Token").first.fill(candidate.access_token)
            await _try(page, "get /auth/me", "Reader of the page")

            # The page must work without the internet, and its own policy must not stand in its way.
            ours = (server.url, "data:", "about:", "blob:")
            assert [address for address in seen.requested if not address.startswith(ours)] == []
            assert seen.complaints == []
