"""What is measured? Servers of one or two revisions on databases with the same rows, and any other server by its address."""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import httpx

from service.database import migrate
from service.tools.local.servers import HOST, EmbeddedPostgres, free_ports
from tests.bench import constant, data
from tests.bench.revisions import Revision
from tests.running import Server, running_server

_STAFF_KEY_HEADER = "x-admin-api-key"


class Broken(Exception):
    """Something that is needed for measuring does not work; the text says what."""


@dataclass
class Side:
    """One server that is measured. `pids` are those of it and its Postgres, whose CPU time counts.

    A server of ours has a `database_url` and a `starter`; of a foreign one the address and two candidates are known.
    """

    name: str
    title: str
    host: str
    port: int
    pids: tuple[int, ...]
    database_url: str = ""
    starter: Callable[[], contextlib.AbstractAsyncContextManager[Server]] | None = None
    staff_key: str = ""
    people: dict[str, tuple[str, str]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """As above."""
        return f"http://{self.host}:{self.port}"

    def headers(self, who: str) -> dict[str, str]:
        """Those of a `reader`, a `writer` or `staff` with a token, of `key`, or of a `stranger`."""
        if who == "stranger":
            return {}
        return {_STAFF_KEY_HEADER: self.staff_key} if who == "key" else {"Authorization": f"Bearer {self.tokens[who]}"}

    def sign_in(self) -> None:
        """Get new tokens for all people; a foreign server's may not live as long as the run."""
        with httpx.Client(base_url=self.url) as client:
            for who, (email, password) in self.people.items():
                answer = client.post("/auth/login", json={"email": email, "password": password}).raise_for_status()
                self.tokens[who] = answer.json()["accessToken"]

    def get(self, path: str, who: str = "reader") -> httpx.Response:
        """One answer. Raises httpx.HTTPError."""
        return httpx.get(self.url + path, headers=self.headers(who), timeout=30).raise_for_status()


@dataclass(frozen=True)
class Stack:
    """`sides` are compared with one another; `few` has four jobs and `constant` the constant route, both of this tree."""

    sides: list[Side]
    few: Side
    constant: Side
    admin_url: str
    loading_seconds: float


@contextlib.asynccontextmanager
async def running_stack(
    this: Revision, base: Revision | None, peer: str | None, rows: int, say: Callable[[str], None]
) -> AsyncIterator[Stack]:
    """Start it all, thrown away in the end.

    Settings are the defaults of production, but for the rate limits and the life of the token, which are in the way.
    No object store runs: nothing that is measured asks for one. Raises Broken.
    """
    folder = Path(tempfile.mkdtemp(prefix="jembatan-bench-"))
    folder.chmod(0o711)  # Postgres runs as another user when root starts it.
    password = secrets.token_urlsafe(24)
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        postgres = EmbeddedPostgres(
            folder / "postgres", free_ports(1)[0], secrets.token_urlsafe(24), durable=False, max_connections=200
        )
        stack.callback(postgres.remove)
        with postgres:
            postgres.execute(
                "ALTER SYSTEM SET shared_buffers = '2GB'; ALTER SYSTEM SET autovacuum = off;"
                "ALTER SYSTEM SET pg_stat_statements.track = 'none'; CREATE EXTENSION pg_stat_statements"
            )
        stack.enter_context(postgres)
        assert postgres.process is not None
        environment = {
            "ENVIRONMENT": "dev",
            "AUTH_TOKEN_KEYS": f"b1:{secrets.token_urlsafe(36)}",
            "AUDIT_KEYS": f"a1:{secrets.token_urlsafe(36)}",
            "AUTH_ACCESS_TOKEN_TTL_SEC": "86400",
            "ADMIN_API_KEY": secrets.token_urlsafe(24),
            "RATE_LIMITS": "off",
            "SEED_CANDIDATE_PASSWORD": password,
            "OBJECT_STORAGE_ACCESS_KEY_ID": "nobody",
            "OBJECT_STORAGE_SECRET_ACCESS_KEY": "asks",
        }
        began = time.monotonic()
        urls = await _databases(postgres.admin_url, this, base, rows, environment, say)
        loading_seconds = time.monotonic() - began

        async def start(name: str, title: str, revision: Revision, *module: str) -> Side:
            own = {
                **environment,
                "DATABASE_URL": urls["few" if name == "few" else "base" if name == "base" else "this"],
            }

            def starter() -> contextlib.AbstractAsyncContextManager[Server]:
                more = {"module": module} if module else {}
                return running_server(own, python=revision.python, tree=revision.tree, **more)

            server = await stack.enter_async_context(starter())
            assert postgres.process is not None  # started above
            people = {"reader": data.READER, "writer": data.WRITER, "staff": data.STAFF}
            side = Side(
                name,
                title,
                HOST,
                server.port,
                (server.process.pid, postgres.process.pid),
                own["DATABASE_URL"],
                starter,
                environment["ADMIN_API_KEY"],
                {who: (email, password) for who, email in people.items()},
            )
            side.sign_in()
            return side

        sides = [await start("this", this.name, this)]
        if base is not None:
            sides.append(await start("base", base.name, base))
        if peer is not None:
            sides.append(_peer(peer))
        body = folder / "page"
        body.write_bytes(sides[0].get("/jobs?limit=20").content)
        module = f"{constant.__package__}.constant", str(body)
        yield Stack(
            sides,
            await start("few", "four jobs", this),
            await start("constant", "constant route", this, *module),
            postgres.admin_url,
            loading_seconds,
        )


async def _databases(
    admin_url: str,
    this: Revision,
    base: Revision | None,
    rows: int,
    environment: dict[str, str],
    say: Callable[[str], None],
) -> dict[str, str]:
    """Addresses of `base`, `this` and `few`. Ours begins as a copy of the base's, as when a release takes over."""
    oldest = base or this
    seeded = await migrate.create_database(admin_url, "seeded")
    for command in ("migrate", "seed"):
        await _run(oldest, command, {**environment, "DATABASE_URL": seeded})
    urls = {"few": await _copy(admin_url, seeded, "few")}
    urls["base"] = await _copy(admin_url, seeded, "base")
    say(f"Loading {rows} jobs and posts …")
    await data.fill(urls["base"], rows)
    urls["this"] = await _copy(admin_url, urls["base"], "this")
    await data.keep_jobs(urls["few"], 4)
    for name in ("few", "this"):
        await _run(this, "migrate", {**environment, "DATABASE_URL": urls[name]})
    for url in urls.values():
        await data.settle(url)
    return urls


async def _run(revision: Revision, command: str, environment: dict[str, str]) -> None:
    done = await asyncio.to_thread(
        subprocess.run,
        [revision.python, "-m", "service", command],
        cwd=revision.tree,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Broken(f"{command} of {revision.name}: {(done.stdout + done.stderr).strip()[-1000:]}")


async def _copy(admin_url: str, url: str, name: str) -> str:
    connection = await asyncpg.connect(admin_url)
    try:
        # Files of gigabytes are copied, not written through the log.
        source = urlsplit(url).path.lstrip("/")
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {source} STRATEGY FILE_COPY")
    finally:
        await connection.close()
    return migrate.with_database(admin_url, name)


def _peer(url: str) -> Side:
    """A server that somebody else runs; two candidates sign up there. Raises Broken."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 80
    try:
        side = Side("peer", url, host, port, pids_behind(port) if host in {HOST, "localhost"} else ())
        for who in ("reader", "writer"):
            email, password = f"bench-{who}-{secrets.token_hex(6)}@example.com", secrets.token_urlsafe(18)
            body = {"fullName": "Bench Candidate", "email": email, "password": password}
            httpx.post(f"{side.url}/auth/register", json=body, timeout=30).raise_for_status()
            side.people[who] = (email, password)
        side.sign_in()
        for list_path, saved_path, name in (
            ("/jobs", "/users/me/saved-jobs", "jobId"),
            ("/feed/posts", "/users/me/saved-posts", "postId"),
        ):
            for item in side.get(f"{list_path}?limit={data.SAVED}").json()["items"]:
                body, headers = {name: item["id"]}, side.headers("reader")
                httpx.post(side.url + saved_path, json=body, headers=headers, timeout=30).raise_for_status()
    except (httpx.HTTPError, socket.gaierror, KeyError) as error:
        raise Broken(f"{url}: {error!r}") from None
    return side


# --- /proc ------------------------------------------------------------------------------------------------------------


def cpu_seconds(*pids: int) -> float:
    """What processes and their children, living and ended, spent so far; not a number where there is no /proc."""
    if sys.platform != "linux" or not pids:
        return math.nan
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            if int(path.parent.name) in pids:
                ticks += sum(map(int, fields[11:15]))
            elif int(fields[1]) in pids:
                ticks += sum(map(int, fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def resident_bytes(pid: int) -> float:
    """Memory of one process; not a number where there is no /proc."""
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return math.nan


def pids_behind(port: int) -> tuple[int, ...]:
    """Who listens on a port of this machine, and the Postgres to which it is connected; nobody where there is no /proc."""
    listening, remote = dict[int, str](), dict[str, int]()
    for family in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/net/{family}").read_text().splitlines()[1:]:
                _, local, other, state, *rest = line.split()
                if state == "0A":
                    listening[int(local.rpartition(":")[2], 16)] = rest[5]
                else:
                    remote[rest[5]] = int(other.rpartition(":")[2], 16)
    server = _holders(listening.get(port, ""))
    inodes = {inode for pid in server for inode in _sockets(pid)}
    found = set(server)
    for far in {remote[inode] for inode in inodes & remote.keys()} & listening.keys():
        found |= {pid for pid in _holders(listening[far]) if _command(pid) == "postgres"}
    return tuple(sorted(found))


def _holders(inode: str) -> list[int]:
    pids = [int(path.name) for path in Path("/proc").glob("[0-9]*") if inode]
    return [pid for pid in pids if inode in _sockets(pid)]


def _sockets(pid: int) -> set[str]:
    found = set()
    for path in Path(f"/proc/{pid}/fd").glob("*"):
        with contextlib.suppress(OSError):
            target = os.readlink(path)
            if target.startswith("socket:["):
                found.add(target[8:-1])
    return found


def _command(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip()
    return ""
