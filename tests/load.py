"""Does a server lose anything while it is upgraded or loses a part? A steady mix of requests with a ledger of writes.

python -m tests.load --base-url http://localhost:4000 --seconds 60

30 operations a second by default, as `MIX` weighs them. Half of them over connections that stay open, half over one each.
Nothing is ever tried again. Every write that was acknowledged stands in a ledger, which `verify` compares with what the
server then shows. `make observe` sends the same with what goes wrong every day (`EVERYDAY_MIX`), so that graphs show it.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import random
import secrets
import time
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import quote

import httpx

from service.tools.smoke.files import UploadFile, pdf
from service.tools.smoke.options import Options, WrongUse, add_arguments, options_from

RATE_PER_SECOND = 30.0
# Weights. Browse: lists and details; own: account, profile and status; upload: store a file and register it.
MIX = {"browse": 55, "own": 15, "save": 12, "apply": 6, "upload": 6, "refresh": 4, "login": 2}
EVERYDAY_MIX = MIX | {"wrong_login": 1, "unknown": 3, "no_token": 2, "staff": 3}
AGENTS = (
    "Jembatan/1.1.0 CFNetwork/1490.0.4 Darwin/23.2.0",
    "Jembatan/1.0.0 CFNetwork/1490.0.4 Darwin/23.2.0",
    "okhttp/4.12.0",
    "Mozilla/5.0 (X11; Linux x86_64)",
)
VERSIONS = "1.0.0,1.1.0"
PEOPLE = 12
_REQUEST_SECONDS, _AT_ONCE, _IDLE_LIMIT = 20.0, 200, 40
# A document more than once a person and application would say nothing new, but the lists would grow.
_MAX_DOCUMENTS = 40


class Failed(Exception):
    """One operation did not get the answer it must; the text is the kind of failure, from a small set."""


class Resolving(httpx.AsyncBaseTransport):
    """Connects to the address that `--resolve` names for a host and port; such a host has connections of its own."""

    def __init__(self, options: Options, idle: int) -> None:
        tls = options.tls()
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=idle, keepalive_expiry=None)

        def make() -> httpx.AsyncHTTPTransport:
            return httpx.AsyncHTTPTransport(verify=tls, trust_env=False, limits=limits)

        self._direct = make()
        self._others = {place: (address, make()) for place, address in options.resolve.items()}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        found = self._others.get((url.host, url.port or {"http": 80, "https": 443}[url.scheme]))
        if found is None:
            return await self._direct.handle_async_request(request)
        address, transport = found
        # The header `Host` is set already; TLS greets and checks the name, not the address.
        request.extensions["sni_hostname"] = url.host
        request.url = url.copy_with(host=address)
        return await transport.handle_async_request(request)

    async def aclose(self) -> None:
        for transport in (self._direct, *(other for _, other in self._others.values())):
            await transport.aclose()


class Http:
    """No retry, no redirect; a lost connection is a failure, as it is for a phone's POST. Used with `async with`."""

    def __init__(self, options: Options) -> None:
        self._options = options

    async def __aenter__(self) -> Self:
        self._open = AsyncExitStack()
        self._kept, self._fresh = [
            await self._open.enter_async_context(
                httpx.AsyncClient(transport=Resolving(self._options, idle), timeout=None)
            )
            for idle in (_IDLE_LIMIT, 0)
        ]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    async def request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, *, keep_alive: bool
    ) -> httpx.Response:
        """The whole answer. Raises Failed: time-out, refused or broken."""
        client = self._kept if keep_alive else self._fresh
        sent = {**headers, "Connection": "keep-alive" if keep_alive else "close"}
        try:
            async with asyncio.timeout(_REQUEST_SECONDS):
                return await client.request(method, url, headers=sent, content=body)
        except TimeoutError:
            raise Failed("time-out") from None
        except httpx.ConnectError:
            raise Failed("refused") from None
        except httpx.HTTPError:
            raise Failed("broken") from None


@dataclass
class Person:
    """One candidate and the ledger of what the server acknowledged; `None` in `saved` means that nobody knows."""

    email: str
    password: str = field(repr=False)
    agent: str
    access_token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    saved: dict[str, bool | None] = field(default_factory=dict)
    applications: dict[str, str] = field(default_factory=dict)
    documents: dict[str, set[str]] = field(default_factory=dict)
    # Writes of one person go one after another, so that the ledger knows their order.
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    must_log_in: bool = False


@dataclass
class Report:
    """What happened: operations begun, answers by status (0: none came), failures by kind, acknowledged writes, seconds."""

    operations: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    writes: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    @property
    def failed(self) -> int:
        return self.failures.total()

    def __str__(self) -> str:
        slow = sorted(self.seconds)
        p50, p99 = (slow[int(len(slow) * q)] * 1000 if slow else 0.0 for q in (0.5, 0.99))
        lines = [
            f"{self.operations.total()} operations, {self.statuses.total()} requests, {self.failed} failed,"
            f" {self.writes.total()} writes acknowledged, p50 {p50:.0f} ms, p99 {p99:.0f} ms",
            f"  operations {dict(sorted(self.operations.items()))}",
            f"  writes     {dict(sorted(self.writes.items()))}",
        ]
        if self.failures:
            lines.append(f"  failures   {dict(sorted(self.failures.items()))}")
        return "\n".join(lines)


class Load:
    """A mix against one server: `prepare`, then `run` as often as wanted, then `verify`, each within `async with`.

    The connections belong to one block; the ledger outlives it.
    """

    def __init__(
        self,
        options: Options,
        *,
        rate_per_second: float = RATE_PER_SECOND,
        people: int = PEOPLE,
        mix: Mapping[str, int] = MIX,
    ) -> None:
        self._base_url, self._admin_key = options.base_url, options.admin_key
        self._http = Http(options)
        self._rate, self._mix = rate_per_second, mix
        self._random = random.Random(options.base_url)
        self.people = [
            Person(f"load-{uuid.uuid4().hex[:12]}@example.com", secrets.token_urlsafe(18), agent)
            for agent in itertools.islice(itertools.cycle(AGENTS), people)
        ]
        self.jobs: list[str] = []
        self.objects: dict[str, int] = {}
        self.report = Report()

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.__aexit__()

    async def prepare(self) -> None:
        """Register the candidates and read which jobs there are. Raises Failed."""
        for person in self.people:
            body = {"fullName": "Load Candidate", "email": person.email, "password": person.password}
            self._keep_tokens(person, await self._call("POST", "/auth/register", body=body, expect=(201,)))
            self.report.writes["account"] += 1
        page = await self._call("GET", "/jobs?limit=50", expect=(200,))
        self.jobs = [item["id"] for item in page["items"]]
        if not self.jobs:
            raise Failed("the server shows no job")

    async def run(self, seconds: float, stop: asyncio.Event | None = None) -> Report:
        """Send the mix for `seconds`, or until `stop`; failures are counted, never raised."""
        names, weights = list(self._mix), list(self._mix.values())
        actions: dict[str, Callable[[Person, bool], Awaitable[None]]] = {
            "browse": self._browse,
            "own": self._own,
            "save": self._save,
            "apply": self._apply,
            "upload": self._upload,
            "refresh": self._refresh,
            "login": self._log_in,
            "wrong_login": self._wrong_login,
            "unknown": self._unknown,
            "no_token": self._no_token,
            "staff": self._staff,
        }
        room, tasks = asyncio.Semaphore(_AT_ONCE), set[asyncio.Task[None]]()
        begun, number = time.monotonic(), 0
        while time.monotonic() < begun + seconds and not (stop is not None and stop.is_set()):
            [name] = self._random.choices(names, weights)
            await room.acquire()
            task = asyncio.create_task(
                self._one(name, actions[name], self._random.choice(self.people), keep_alive=number % 2 == 0)
            )
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            task.add_done_callback(lambda _: room.release())
            number += 1
            await asyncio.sleep(max(0.0, begun + number / self._rate - time.monotonic()))
        if tasks:
            await asyncio.wait(tasks, timeout=2 * _REQUEST_SECONDS)
        return self.report

    async def verify(self) -> list[str]:
        """Compare the ledger with what each candidate sees after a fresh login; returns a line for each missing write."""
        missing: list[str] = []
        for person in self.people:
            await self._log_in(person, keep_alive=True)
            saved = await self._all_ids("/users/me/saved-jobs", person)
            for job, wanted in person.saved.items():
                if wanted is not None and (job in saved) is not wanted:
                    missing.append(f"{person.email}: job {job} is {'not saved' if wanted else 'still saved'}")
            applications = await self._all_ids("/users/me/applications", person)
            missing += [
                f"{person.email}: application {one} is gone"
                for one in person.applications.values()
                if one not in applications
            ]
            for application, documents in person.documents.items():
                listed = await self._all_ids(f"/users/me/applications/{application}/documents", person)
                missing += [f"{person.email}: document {one} is gone" for one in documents - listed]
        return missing

    async def _one(
        self, name: str, action: Callable[[Person, bool], Awaitable[None]], person: Person, *, keep_alive: bool
    ) -> None:
        self.report.operations[name] += 1
        begun = time.monotonic()
        try:
            await action(person, keep_alive)
        except Failed as reason:
            self.report.failures[f"{name}: {reason}"] += 1
        self.report.seconds.append(time.monotonic() - begun)

    async def _browse(self, person: Person, keep_alive: bool) -> None:
        job = quote(self._random.choice(self.jobs))
        path = self._random.choice(
            ["/jobs", "/jobs?limit=20", f"/jobs/{job}", f"/jobs/{job}", "/feed/posts", "/feed/posts?limit=5"]
        )
        await self._call("GET", path, person=person, keep_alive=keep_alive)

    async def _own(self, person: Person, keep_alive: bool) -> None:
        path = self._random.choice(["/auth/me", "/users/me/profile", "/identity/kyc/status"])
        await self._call("GET", path, person=person, keep_alive=keep_alive)

    async def _save(self, person: Person, keep_alive: bool) -> None:
        job = self._random.choice(self.jobs)
        async with person.lock:
            wanted = not person.saved.get(job)
            person.saved[job] = None
            if wanted:
                body = {"jobId": job}
                await self._call("POST", "/users/me/saved-jobs", person=person, body=body, keep_alive=keep_alive)
            else:
                path = f"/users/me/saved-jobs/{quote(job)}"
                await self._call("DELETE", path, person=person, keep_alive=keep_alive)
            person.saved[job] = wanted
            self.report.writes["save" if wanted else "unsave"] += 1

    async def _apply(self, person: Person, keep_alive: bool) -> None:
        async with person.lock:
            await self._application(person, self._random.choice(self.jobs), keep_alive)

    async def _application(self, person: Person, job: str, keep_alive: bool) -> str:
        path = f"/jobs/{quote(job)}/applications"
        answer = await self._call(
            "POST", path, person=person, body={"note": "Load"}, expect=(200, 201), keep_alive=keep_alive
        )
        found = str(answer["application"]["id"])
        if person.applications.setdefault(job, found) != found:
            raise Failed("another application than before")
        self.report.writes["apply"] += 1
        return found

    async def _upload(self, person: Person, keep_alive: bool) -> None:
        async with person.lock:
            if person.applications:
                job = self._random.choice(list(person.applications))
                application = person.applications[job]
            else:
                application = await self._application(person, self._random.choice(self.jobs), keep_alive)
            if len(person.documents.get(application, ())) >= _MAX_DOCUMENTS:
                return
            file = pdf("load.pdf", f"Load {uuid.uuid4().hex}")
            path = f"/users/me/applications/{application}/documents"
            fields = _declared(file)
            upload = (
                await self._call(
                    "POST", f"{path}/upload-url", person=person, body=fields, expect=(201,), keep_alive=keep_alive
                )
            )["upload"]
            await self._put(upload, file, keep_alive)
            body = {**fields, "objectKey": upload["objectKey"]}
            added = await self._call("POST", path, person=person, body=body, expect=(201,), keep_alive=keep_alive)
            person.documents.setdefault(application, set()).add(added["document"]["id"])
            self.report.writes["document"] += 1

    async def _put(self, upload: Any, file: UploadFile, keep_alive: bool) -> None:
        headers = dict(upload["headers"])
        if "content-type" not in {name.lower() for name in headers}:
            headers["Content-Type"] = file.content_type
        answer = await self._send(upload["method"], upload["uploadUrl"], headers, file.data, keep_alive)
        if not answer.is_success:
            raise Failed(f"object store {answer.status_code}")
        self.objects[upload["objectKey"]] = len(file.data)
        self.report.writes["object"] += 1

    async def _refresh(self, person: Person, keep_alive: bool) -> None:
        async with person.lock:
            if person.must_log_in:
                await self._sign_in(person, keep_alive)
                return
            # Lost until the answer is here: the server may have turned the token over.
            person.must_log_in = True
            body = {"refreshToken": person.refresh_token}
            self._keep_tokens(person, await self._call("POST", "/auth/refresh", body=body, keep_alive=keep_alive))
            self.report.writes["refresh"] += 1

    async def _log_in(self, person: Person, keep_alive: bool) -> None:
        async with person.lock:
            await self._sign_in(person, keep_alive)

    async def _sign_in(self, person: Person, keep_alive: bool) -> None:
        body = {"email": person.email, "password": person.password}
        self._keep_tokens(person, await self._call("POST", "/auth/login", body=body, keep_alive=keep_alive))

    async def _wrong_login(self, person: Person, keep_alive: bool) -> None:
        body = {"email": person.email, "password": "not mine"}
        await self._call("POST", "/auth/login", body=body, expect=(401,), keep_alive=keep_alive)

    async def _unknown(self, person: Person, keep_alive: bool) -> None:
        path = f"/nothing/{secrets.token_hex(4)}"
        await self._call("GET", path, person=person, expect=(404,), keep_alive=keep_alive)

    async def _no_token(self, _: Person, keep_alive: bool) -> None:
        await self._call("GET", "/users/me/profile", expect=(401,), keep_alive=keep_alive)

    async def _staff(self, _: Person, keep_alive: bool) -> None:
        headers = {"x-admin-api-key": self._admin_key}
        await self._call("GET", "/admin/jobs", headers=headers, keep_alive=keep_alive)

    def _keep_tokens(self, person: Person, answer: Any) -> None:
        person.access_token, person.refresh_token = answer["accessToken"], answer["refreshToken"]
        person.must_log_in = False

    async def _all_ids(self, path: str, person: Person) -> set[str]:
        found, query = set[str](), "?limit=50"
        while True:
            page = await self._call("GET", path + query, person=person)
            found |= {item["id"] for item in page["items"]}
            cursor = page.get("pageInfo", {}).get("nextCursor")
            if not cursor:
                return found
            query = f"?limit=50&cursor={quote(str(cursor))}"

    async def _call(
        self,
        method: str,
        path: str,
        *,
        person: Person | None = None,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        expect: tuple[int, ...] = (200,),
        keep_alive: bool = True,
    ) -> Any:
        sent = {"Accept": "application/json", "Content-Type": "application/json", **(headers or {})}
        if person is not None:
            sent |= {"Authorization": f"Bearer {person.access_token}", "User-Agent": person.agent}
        data = None if body is None else json.dumps(body).encode()
        if data is None and method == "POST":
            data = b""
        answer = await self._send(method, self._base_url + path, sent, data, keep_alive)
        if answer.status_code not in expect:
            raise Failed(f"status {answer.status_code}")
        try:
            return answer.json()
        except ValueError:
            raise Failed("not JSON") from None

    async def _send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, keep_alive: bool
    ) -> httpx.Response:
        try:
            answer = await self._http.request(method, url, headers, body, keep_alive=keep_alive)
        except Failed:
            self.report.statuses[0] += 1
            raise
        self.report.statuses[answer.status_code] += 1
        return answer


def _declared(file: UploadFile) -> dict[str, object]:
    return {
        "fileName": file.name,
        "contentType": file.content_type,
        "contentLength": len(file.data),
        "checksumSha256": file.checksum_sha256,
        "documentType": "CV",
    }


async def _main(options: Options, seconds: float, rate: float) -> int:
    load = Load(options, rate_per_second=rate)
    try:
        async with load:
            await load.prepare()
            print(await load.run(seconds), flush=True)
            missing = await load.verify()
    except Failed as reason:
        print(f"LOAD FAILED {reason}")
        return 1
    print("\n".join(missing) or "every acknowledged write is there")
    return 1 if missing or load.report.failed else 0


def main() -> int:
    """Exit code 0 when nothing failed and nothing is missing, 1 otherwise, 2 for wrong use."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    add_arguments(parser)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--rate", type=float, default=RATE_PER_SECOND, help="operations a second")
    arguments = parser.parse_args()
    try:
        options = options_from(arguments)
    except WrongUse as problem:
        parser.error(str(problem))
    return asyncio.run(_main(options, arguments.seconds, arguments.rate))


if __name__ == "__main__":
    raise SystemExit(main())
