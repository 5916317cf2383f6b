"""Does a server lose anything while it is upgraded or loses a part? A steady mix of requests with a ledger of writes.

python -m service.smoke.load --base-url http://localhost:4000 --seconds 60

30 operations a second by default: 55 % lists and details, 15 % own account, profile and status, 12 % save and unsave,
6 % apply, 6 % upload and register, 4 % refresh, 2 % login. Half of them over connections that stay open, half over one
each. Nothing is ever tried again. Every write that was acknowledged stands in a ledger, which `verify` compares with what
the server then shows.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import secrets
import ssl
import time
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from service.smoke.files import UploadFile, pdf
from service.smoke.options import Options, WrongUse, add_arguments, options_from

RATE_PER_SECOND = 30.0
MIX = {"browse": 55, "own": 15, "save": 12, "apply": 6, "upload": 6, "refresh": 4, "login": 2}
PEOPLE = 12
_REQUEST_SECONDS, _AT_ONCE, _IDLE_LIMIT = 20.0, 200, 40
# A document more than once a person and application would say nothing new, but the lists would grow.
_MAX_DOCUMENTS = 40


class Failed(Exception):
    """One operation did not get the answer it must; the text is the kind of failure, from a small set."""


@dataclass(slots=True)
class Answer:
    """One HTTP answer."""

    status: int
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Http:
    """HTTP/1.1 and nothing clever: no retry, no redirect; a lost connection is a failure, as it is for a phone's POST."""

    def __init__(self, resolve: Mapping[tuple[str, int], str], tls: ssl.SSLContext) -> None:
        self._resolve, self._tls = resolve, tls
        self._idle: dict[tuple[str, str, int], list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]] = {}

    async def request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, *, keep_alive: bool
    ) -> Answer:
        """Raises Failed: refused, reset, time-out or unreadable."""
        try:
            async with asyncio.timeout(_REQUEST_SECONDS):
                return await self._request(method, url, headers, body, keep_alive)
        except TimeoutError:
            raise Failed("time-out") from None
        except ConnectionRefusedError:
            raise Failed("refused") from None
        except (OSError, EOFError, ssl.SSLError):
            raise Failed("reset") from None
        except (ValueError, IndexError):
            raise Failed("unreadable") from None

    async def _request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, keep_alive: bool
    ) -> Answer:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        place = (parts.scheme, host, port)
        reader, writer = (self._take(place) if keep_alive else None) or await self._connect(*place)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        sent = {"Host": parts.netloc, "Connection": "keep-alive" if keep_alive else "close", **headers}
        if body is not None:
            sent["Content-Length"] = str(len(body))
        head = f"{method} {target} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        try:
            writer.write(head.encode() + b"\r\n" + (body or b""))
            await writer.drain()
            answer, stays = await _read_answer(reader)
        except BaseException:
            writer.close()
            raise
        idle = self._idle.setdefault(place, [])
        if keep_alive and stays and len(idle) < _IDLE_LIMIT:
            idle.append((reader, writer))
        else:
            writer.close()
        return answer

    def _take(self, place: tuple[str, str, int]) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        idle = self._idle.get(place, [])
        while idle:
            reader, writer = idle.pop()
            # A server may close an idle connection; a client that has heard of it opens another.
            if not reader.at_eof() and not writer.is_closing():
                return reader, writer
            writer.close()
        return None

    async def _connect(self, scheme: str, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        address = self._resolve.get((host, port), host)
        if scheme == "https":
            return await asyncio.open_connection(address, port, ssl=self._tls, server_hostname=host)
        return await asyncio.open_connection(address, port)

    def close(self) -> None:
        for idle in self._idle.values():
            for _, writer in idle:
                writer.close()
        self._idle.clear()


async def _read_answer(reader: asyncio.StreamReader) -> tuple[Answer, bool]:
    """The answer and whether the connection stays open."""
    line = await reader.readline()
    if not line:
        raise EOFError
    status, headers = int(line.split()[1]), {}
    while (line := await reader.readline()) not in (b"\r\n", b""):
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    stays = headers.get("connection", "").lower() != "close"
    if status == 204:
        return Answer(status, b""), stays
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = bytearray()
        while size := int((await reader.readline()).split(b";")[0], 16):
            body += await reader.readexactly(size)
            await reader.readexactly(2)
        await reader.readline()
        return Answer(status, bytes(body)), stays
    if "content-length" in headers:
        return Answer(status, await reader.readexactly(int(headers["content-length"]))), stays
    return Answer(status, await reader.read()), False


@dataclass
class Person:
    """One candidate and the ledger of what the server acknowledged; `None` in `saved` means that nobody knows."""

    email: str
    password: str = field(repr=False)
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
    """What happened: operations begun, requests sent, failures by kind, acknowledged writes, seconds of each operation."""

    operations: Counter[str] = field(default_factory=Counter)
    requests: int = 0
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
            f"{self.operations.total()} operations, {self.requests} requests, {self.failed} failed,"
            f" {self.writes.total()} writes acknowledged, p50 {p50:.0f} ms, p99 {p99:.0f} ms",
            f"  operations {dict(sorted(self.operations.items()))}",
            f"  writes     {dict(sorted(self.writes.items()))}",
        ]
        if self.failures:
            lines.append(f"  failures   {dict(sorted(self.failures.items()))}")
        return "\n".join(lines)


class Load:
    """The mix against one server: `prepare`, then `run` as often as wanted, then `verify`."""

    def __init__(self, options: Options, *, rate_per_second: float = RATE_PER_SECOND, people: int = PEOPLE) -> None:
        self._base_url = options.base_url
        self._http = Http(options.resolve, options.tls())
        self._rate = rate_per_second
        self._random = random.Random(options.base_url)  # noqa: S311 - a mix, no secret
        self.people = [
            Person(f"load-{uuid.uuid4().hex[:12]}@example.com", secrets.token_urlsafe(18)) for _ in range(people)
        ]
        self.jobs: list[str] = []
        self.objects: dict[str, int] = {}
        self.report = Report()

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
        names, weights = list(MIX), list(MIX.values())
        actions: dict[str, Callable[[Person, bool], Awaitable[None]]] = {
            "browse": self._browse,
            "own": self._own,
            "save": self._save,
            "apply": self._apply,
            "upload": self._upload,
            "refresh": self._refresh,
            "login": self._log_in,
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

    def close(self) -> None:
        self._http.close()

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
        self.report.requests += 1
        answer = await self._http.request(
            upload["method"], upload["uploadUrl"], headers, file.data, keep_alive=keep_alive
        )
        if not 200 <= answer.status < 300:
            raise Failed(f"object store {answer.status}")
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
        expect: tuple[int, ...] = (200,),
        keep_alive: bool = True,
    ) -> Any:
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if person is not None:
            headers["Authorization"] = f"Bearer {person.access_token}"
        data = None if body is None else json.dumps(body).encode()
        if data is None and method == "POST":
            data = b""
        self.report.requests += 1
        answer = await self._http.request(method, self._base_url + path, headers, data, keep_alive=keep_alive)
        if answer.status not in expect:
            raise Failed(f"status {answer.status}")
        return answer.json()


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
        await load.prepare()
        print(await load.run(seconds), flush=True)
        missing = await load.verify()
    except Failed as reason:
        print(f"LOAD FAILED {reason}")
        return 1
    finally:
        load.close()
    print("\n".join(missing) or "every acknowledged write is there")
    return 1 if missing or load.report.failed else 0


def main() -> int:
    """Exit code 0 when nothing failed and nothing is missing, 1 otherwise, 2 for wrong use."""
    parser = argparse.ArgumentParser(prog="python -m service.smoke.load", description=__doc__)
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
