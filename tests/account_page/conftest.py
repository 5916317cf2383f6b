"""What do tests of the page share? A reader of its forms, as a browser fills and sends them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx

from service.auth import codes
from service.auth.codes import Purpose
from service.base.settings import Settings
from tests.auth.conftest import change

__all__ = ["change"]

EMAIL, STRANGERS, OWNERS = "dewi@mailbox.test", "the stranger's word", "the owner's own word"


@dataclass
class Form(HTMLParser):
    """The one form of a page: where it goes and what it holds."""

    action: str = ""
    values: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.action = given["action"] or ""
        if tag == "input" and given.get("type") != "checkbox":
            self.values[given["name"] or ""] = given.get("value") or ""


def form_of(page: httpx.Response) -> Form:
    form = Form()
    form.feed(page.text)
    return form


async def fill(api: httpx.AsyncClient, page: httpx.Response, **typed: str) -> httpx.Response:
    """Send the page's form with what was `typed`, to where the page says."""
    form = form_of(page)
    return await api.post(page.url.join(form.action), data={**form.values, **typed})


async def mailed(settings: Settings, email: str = EMAIL, purpose: Purpose = Purpose.PASSWORD_RESET) -> str:
    """The code that the mailbox's owner reads."""
    challenge = await codes.newest(purpose, email).first()
    assert challenge is not None
    code = codes.code_of(challenge, settings)
    assert code is not None
    return code


async def register(api: httpx.AsyncClient, email: str = EMAIL) -> httpx.Response:
    return await api.post("/auth/register", json={"fullName": "Dewi Contoh", "email": email, "password": STRANGERS})


async def sign_in(api: httpx.AsyncClient, password: str, email: str = EMAIL) -> int:
    return (await api.post("/auth/login", json={"email": email, "password": password})).status_code
