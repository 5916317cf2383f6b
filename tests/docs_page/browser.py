"""How does a test look at a page? This machine's own Chromium, driven by Playwright."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import AsyncIterator

from playwright.async_api import Page, async_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# How long a busy machine may take for one step.
_PATIENCE_MS = 120_000
DESKTOP, PHONE = (1280, 900), (390, 844)


def chromium() -> str | None:
    """The browser of this machine (`CHROMIUM` names another one), or none."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)


class Seen:
    """What a page asked for and complained about."""

    def __init__(self, page: Page) -> None:
        self.requested: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requested.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)


@contextlib.asynccontextmanager
async def opened_page(program: str, size: tuple[int, int]) -> AsyncIterator[tuple[Page, Seen]]:
    """A fresh browser with one tab of `size` (width and height in pixels), closed in the end."""
    width, height = size
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program,
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
            timeout=_PATIENCE_MS,
        )
        try:
            page = await browser.new_page(viewport={"width": width, "height": height}, has_touch=size == PHONE)
            page.set_default_timeout(_PATIENCE_MS)
            yield page, Seen(page)
        finally:
            await browser.close()
