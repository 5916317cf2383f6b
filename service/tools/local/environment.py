"""Which environment does `make up` give its processes: what is set in the shell, else a local default?"""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from service.base.settings import Secret, secret_fields
from service.tools.local.processes import LocalError
from service.tools.local.servers import HOST

DATABASE = "jembatan"
# The owner's name is from when it was the only role, so that data of older versions stays.
DATABASE_OWNER, DATABASE_USER, DATABASE_READER = "jembatan", "jembatan_app", "jembatan_reporting"
CANDIDATE_EMAIL = "ayu.lestari@example.com"
STAFF_EMAIL = "admin@example.com"
_LINE = re.compile(r"([A-Z][A-Z0-9_]*)=(.*)")


def _fresh_secrets() -> dict[str, str]:
    made = {Secret.RING: lambda: f"local1:{secrets.token_urlsafe(36)}", Secret.KEY: lambda: secrets.token_urlsafe(32)}
    return {name.upper(): made[kind]() for name, kind in secret_fields().items() if kind in made} | {
        "SEED_CANDIDATE_PASSWORD": secrets.token_urlsafe(12),
        "LOCAL_POSTGRES_PASSWORD": secrets.token_urlsafe(24),
        "LOCAL_S3_ACCESS_KEY_ID": secrets.token_hex(10),
        "LOCAL_S3_SECRET_ACCESS_KEY": secrets.token_urlsafe(30),
    }


def read_secrets(path: Path) -> dict[str, str]:
    """The secrets of this checkout; missing ones are made and kept in `path`, readable by its owner only.

    Raises LocalError when the file has another form or belongs to another user.
    """
    try:
        text = path.read_text() if path.exists() else ""
        if text and stat.S_IMODE(path.stat().st_mode) & 0o077:
            path.chmod(0o600)
    except (PermissionError, UnicodeDecodeError):
        raise LocalError(f"{path} cannot be read: run as the user it belongs to, or remove it.") from None
    known: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise LocalError(f"{path} line {number} is not NAME=value: mend it, or remove the file for fresh secrets.")
        known[match[1]] = match[2]
    missing = {name: value for name, value in _fresh_secrets().items() if name not in known}
    if missing:
        known |= missing
        head = "# Made once for this checkout; nothing outside this machine knows these values.\n"
        body = "".join(f"{name}={value}\n" for name, value in known.items())
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(head + body)
        fresh.replace(path)
    return known


@dataclass(frozen=True, slots=True)
class LocalEnvironment:
    """What the processes get (`variables`), and which servers we run ourselves."""

    variables: Mapping[str, str]
    api_port: int
    postgres_port: int
    s3_port: int
    has_own_postgres: bool
    has_own_store: bool

    def of_process(self, environ: Mapping[str, str]) -> dict[str, str]:
        """The whole environment of a child."""
        return {**environ, **self.variables}

    @property
    def url(self) -> str:
        return f"http://localhost:{self.api_port}"


def local_environment(environ: Mapping[str, str], secret: Mapping[str, str]) -> LocalEnvironment:
    """Join what is set with the local defaults; what is set wins, also when it is empty.

    Raises LocalError for a text that is no port, and for an address that is set but empty.
    """
    defaults = {"ENVIRONMENT": "dev", "API_HOST": HOST, "API_PORT": environ.get("PORT", "").strip() or "4000"}
    postgres_port = _port(environ, "LOCAL_POSTGRES_PORT", 54329)
    s3_port = _port(environ, "LOCAL_S3_PORT", 9000)
    for name, server in (("DATABASE_URL", "Postgres"), ("OBJECT_STORAGE_ENDPOINT", "object store")):
        if name in environ and not environ[name].strip():
            raise LocalError(f"{name} is set but empty: unset it for the embedded {server}, or give an address.")
    chosen = {**secret, **{name: environ[name] for name in secret if name in environ}}
    has_own_postgres = "DATABASE_URL" not in environ
    has_own_store = "OBJECT_STORAGE_ENDPOINT" not in environ
    if has_own_postgres:
        password = chosen["LOCAL_POSTGRES_PASSWORD"]
        for name, role in (
            ("DATABASE_URL", DATABASE_USER),
            ("DATABASE_OWNER_URL", DATABASE_OWNER),
            ("DATABASE_REPORTING_URL", DATABASE_READER),
        ):
            defaults[name] = f"postgresql://{role}:{quote(password, safe='')}@{HOST}:{postgres_port}/{DATABASE}"
    if has_own_store:
        defaults |= {
            "OBJECT_STORAGE_PROVIDER": "s3",
            "OBJECT_STORAGE_ENDPOINT": f"http://{HOST}:{s3_port}",
            "OBJECT_STORAGE_BUCKET": "jembatan-local",
            "OBJECT_STORAGE_REGION": "ap-northeast-1",
            "OBJECT_STORAGE_ACCESS_KEY_ID": chosen["LOCAL_S3_ACCESS_KEY_ID"],
            "OBJECT_STORAGE_SECRET_ACCESS_KEY": chosen["LOCAL_S3_SECRET_ACCESS_KEY"],
        }
    defaults |= chosen
    variables = {name: environ.get(name, value) for name, value in defaults.items()}
    if has_own_store:
        for name in ("OBJECT_STORAGE_BUCKET", "OBJECT_STORAGE_ACCESS_KEY_ID", "OBJECT_STORAGE_SECRET_ACCESS_KEY"):
            if not variables[name].strip():
                raise LocalError(f"{name} is set but empty: unset it, or give a value for the embedded object store.")
    return LocalEnvironment(
        variables, _port(variables, "API_PORT", 4000), postgres_port, s3_port, has_own_postgres, has_own_store
    )


def _port(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, "").strip()
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise LocalError(f"{name} must be a port from 1 to 65535.")
    return int(text)
