"""What do phones, browsers and staff send in a minute? A mixed load against loopback, so that graphs show something."""

from __future__ import annotations

import asyncio
import ipaddress
import random
import secrets
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

AGENTS = (
    "Jembatan/1.1.0 CFNetwork/1490.0.4 Darwin/23.2.0",
    "Jembatan/1.0.0 CFNetwork/1490.0.4 Darwin/23.2.0",
    "okhttp/4.12.0",
    "Mozilla/5.0 (X11; Linux x86_64)",
)
VERSIONS = "1.0.0,1.1.0"
# Weight and name of what is asked next: reads most, sign-ins least, some of it wrong.
_MIX = {
    "list": 30,
    "detail": 20,
    "posts": 10,
    "me": 8,
    "profile": 7,
    "save": 6,
    "unsave": 5,
    "refresh": 3,
    "login": 2,
    "wrong_login": 1,
    "unknown": 3,
    "no_token": 2,
    "staff_list": 3,
}


@dataclass
class Report:
    """How many answers had which status; 0 counts broken connections."""

    statuses: Counter[int] = field(default_factory=Counter)


class Caller:
    """One client with an account of its own."""

    def __init__(self, client: httpx.AsyncClient, agent: str, admin_key: str, report: Report) -> None:
        self._client, self._admin_key, self._report = client, admin_key, report
        self._headers = {"User-Agent": agent}
        self._account = {"email": f"traffic-{secrets.token_hex(6)}@example.com", "password": secrets.token_urlsafe(12)}
        self._access = self._refresh = ""
        self._jobs: list[str] = []

    async def begin(self) -> None:
        """Register; without it all calls that need an account are refused."""
        await self._sign_in("/auth/register", {"fullName": "Traffic Example", **self._account})

    async def next(self) -> None:
        """Send one request of the mix."""
        job = random.choice(self._jobs or ["job_unknown"])  # noqa: S311 - a load
        wrong = {**self._account, "password": "not mine"}
        asks: dict[str, Callable[[], Awaitable[object]]] = {
            "list": self._list_jobs,
            "detail": lambda: self._call("GET", f"/jobs/{job}"),
            "posts": lambda: self._call("GET", "/feed/posts"),
            "me": lambda: self._call("GET", "/auth/me"),
            "profile": lambda: self._call("GET", "/users/me/profile"),
            "save": lambda: self._call("POST", "/users/me/saved-jobs", json={"jobId": job}),
            "unsave": lambda: self._call("DELETE", f"/users/me/saved-jobs/{job}"),
            "refresh": lambda: self._sign_in("/auth/refresh", {"refreshToken": self._refresh}),
            "login": lambda: self._sign_in("/auth/login", self._account),
            "wrong_login": lambda: self._call("POST", "/auth/login", signed_in=False, json=wrong),
            "unknown": lambda: self._call("GET", f"/nothing/{secrets.token_hex(4)}"),
            "no_token": lambda: self._call("GET", "/users/me/profile", signed_in=False),
            "staff_list": lambda: self._call("GET", "/admin/jobs", staff=True),
        }
        (name,) = random.choices(list(_MIX), list(_MIX.values()))  # noqa: S311 - a load
        await asks[name]()

    async def _list_jobs(self) -> None:
        answer = await self._call("GET", "/jobs", signed_in=False)
        if answer is not None and answer.status_code == 200:
            self._jobs = [item["id"] for item in answer.json()["items"]]

    async def _sign_in(self, path: str, body: dict[str, str]) -> None:
        answer = await self._call("POST", path, signed_in=False, json=body)
        if answer is not None and answer.status_code in (200, 201):
            tokens = answer.json()
            self._access, self._refresh = tokens["accessToken"], tokens["refreshToken"]

    async def _call(
        self, method: str, path: str, *, signed_in: bool = True, staff: bool = False, json: dict[str, str] | None = None
    ) -> httpx.Response | None:
        headers = dict(self._headers)
        if staff:
            headers["x-admin-api-key"] = self._admin_key
        elif signed_in and self._access:
            headers["Authorization"] = f"Bearer {self._access}"
        try:
            answer = await self._client.request(method, path, headers=headers, json=json)
        except httpx.HTTPError:
            self._report.statuses[0] += 1
            return None
        self._report.statuses[answer.status_code] += 1
        return answer


async def drive(
    base_url: str, *, seconds: float, per_second: float = 20.0, callers: int = 4, admin_key: str = ""
) -> Report:
    """Send about `per_second` requests for `seconds`, to this machine only (ValueError for another address)."""
    host = urlsplit(base_url).hostname or ""
    if host != "localhost" and not (_is_address(host) and ipaddress.ip_address(host).is_loopback):
        raise ValueError(f"{host} is not this machine")
    report = Report()
    ends = time.monotonic() + seconds
    async with httpx.AsyncClient(base_url=base_url, timeout=10) as client:
        people = [Caller(client, AGENTS[number % len(AGENTS)], admin_key, report) for number in range(callers)]
        await asyncio.gather(*(_live(person, ends, callers / per_second) for person in people))
    return report


async def _live(person: Caller, ends: float, pause: float) -> None:
    await person.begin()
    while time.monotonic() < ends:
        started = time.monotonic()
        await person.next()
        await asyncio.sleep(max(0.0, pause - (time.monotonic() - started)))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
