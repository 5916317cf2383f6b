"""Does /docs work in a real browser: it renders, an operation opens, and "Try it out" reaches the API?"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from sanic import Sanic

from tests.conftest import TEST_ENVIRONMENT
from tests.docs_page.browser import chromium, opened_page
from tests.factories import make_job
from tests.running import running_server

_BLOCK = "document.querySelector('#operations-jobs-listJobs')"


def _walk(program: str, url: str, picture: Path) -> None:
    with opened_page(program) as page:
        page.open(f"{url}/docs")
        page.until("document.querySelectorAll('.opblock').length > 60")
        assert page.run("document.title") == "Jembatan API"
        assert "Jembatan API" in page.run("document.querySelector('.info .title').textContent")
        page.run(f"{_BLOCK}.querySelector('.opblock-summary-control').click()")
        page.until(f"{_BLOCK}.querySelector('.try-out__btn')")
        assert "Done." in page.run(f"{_BLOCK}.textContent")
        page.run(f"{_BLOCK}.querySelector('.try-out__btn').click()")
        page.until(f"{_BLOCK}.querySelector('.execute')")
        page.run(f"{_BLOCK}.querySelector('.execute').click()")
        page.until(f"{_BLOCK}.querySelector('.live-responses-table .response-col_status')")
        status = page.run(f"{_BLOCK}.querySelector('.live-responses-table tbody .response-col_status').textContent")
        assert status.strip().startswith("200")
        assert "Senior Welder of the page" in page.run(f"{_BLOCK}.querySelector('.live-responses-table').textContent")
        page.run(f"{_BLOCK}.querySelector('.live-responses-table').scrollIntoView({{block: 'center'}})")
        picture.write_bytes(page.screenshot())
        # The page must work without the internet, and its own policy must not stand in its way.
        elsewhere = [address for address in page.requested if not address.startswith((url, "data:", "about:", "blob:"))]
        assert elsewhere == []
        assert page.complaints == []


class TestDocsPage:
    async def test_a_developer_reads_and_tries_an_operation(
        self,
        app: Sanic[Any, Any],
        database_url: str,
        object_storage_env: dict[str, str],
        tmp_path: Path,
    ) -> None:
        """DOCS_SCREENSHOT=file.png keeps the picture."""
        program = chromium()
        if program is None:
            pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
        await make_job(title="Senior Welder of the page")
        environment = {**TEST_ENVIRONMENT, **object_storage_env, "DATABASE_URL": database_url}
        picture = Path(os.environ.get("DOCS_SCREENSHOT") or tmp_path / "docs.png")
        async with running_server(environment) as server:
            await asyncio.to_thread(_walk, program, server.url, picture)
        assert picture.read_bytes().startswith(b"\x89PNG")
        assert picture.stat().st_size > 20_000
