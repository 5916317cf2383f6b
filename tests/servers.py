"""Where do tests get a real Postgres and a real S3? Started once a run, in the process that commands the workers."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.database import migrate
from service.tools.local.servers import EmbeddedObjectStore, EmbeddedPostgres, free_ports

_S3_NAMES = ("ENDPOINT", "REGION", "BUCKET", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY")
# A database that today's migrations made, for others to be copied from.
TEMPLATE = "migrated"
_FOLDER = pytest.StashKey[Path]()
_STARTED = pytest.StashKey[list[EmbeddedPostgres | EmbeddedObjectStore]]()


def pytest_configure(config: pytest.Config) -> None:
    """Under xdist the workers inherit the addresses, so both servers run before the first of them starts."""
    config.stash[_STARTED] = []
    commands_workers = config.getoption("dist", "no") != "no" and not hasattr(config, "workerinput")
    if commands_workers and not config.getoption("collectonly"):
        asyncio.run(_make_template(_ensure_postgres(config)))
        os.environ["TEST_TEMPLATE_IS_MADE"] = "1"
        _ensure_object_store(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what this process started and remove its data."""
    for server in config.stash.get(_STARTED, []):
        server.stop()
    if folder := config.stash.get(_FOLDER, None):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_url(pytestconfig: pytest.Config) -> str:
    """Address of the database `postgres` for a superuser (`TEST_DATABASE_URL`, else an embedded server)."""
    return _ensure_postgres(pytestconfig)


@pytest.fixture(scope="session")
async def template(postgres_url: str) -> str:
    """Name of a database that `migrate.create_database` may copy instead of migrating: ten times as fast."""
    if not os.environ.get("TEST_TEMPLATE_IS_MADE"):
        await _make_template(postgres_url)
    return TEMPLATE


@pytest.fixture(scope="session")
def object_storage_env(pytestconfig: pytest.Config) -> dict[str, str]:
    """OBJECT_STORAGE_* settings of a running store (`TEST_OBJECT_STORAGE_*`, else an embedded server)."""
    return _ensure_object_store(pytestconfig)


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A temporary folder that other users can pass through, as Postgres needs when root runs the tests."""
    folder = Path(tempfile.mkdtemp(prefix="jembatan-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def _folder(config: pytest.Config) -> Path:
    if _FOLDER not in config.stash:
        folder = Path(tempfile.mkdtemp(prefix="jembatan-tests-"))
        folder.chmod(0o711)
        config.stash[_FOLDER] = folder
    return config.stash[_FOLDER]


def _ensure_postgres(config: pytest.Config) -> str:
    if not os.environ.get("TEST_DATABASE_URL"):
        server = EmbeddedPostgres(
            _folder(config) / "postgres",
            free_ports(1)[0],
            secrets.token_urlsafe(24),
            durable=False,
            max_connections=300,
        )
        config.stash[_STARTED].append(server.start())
        os.environ["TEST_DATABASE_URL"] = server.admin_url
    return os.environ["TEST_DATABASE_URL"]


async def _make_template(postgres_url: str) -> None:
    await migrate.drop_database(postgres_url, TEMPLATE)
    await migrate.migrate(await migrate.create_database(postgres_url, TEMPLATE))


def _ensure_object_store(config: pytest.Config) -> dict[str, str]:
    if not os.environ.get("TEST_OBJECT_STORAGE_ENDPOINT"):
        server = EmbeddedObjectStore(
            _folder(config) / "s3",
            free_ports(1)[0],
            secrets.token_hex(8),
            secrets.token_urlsafe(24),
            bucket="jembatan-tests",
        )
        config.stash[_STARTED].append(server.start())
        os.environ.update({f"TEST_{name}": value for name, value in server.environment.items()})
    settings = {"OBJECT_STORAGE_PROVIDER": "s3", "OBJECT_STORAGE_FORCE_PATH_STYLE": "true"}
    for name in (f"OBJECT_STORAGE_{name}" for name in _S3_NAMES):
        if value := os.environ.get(f"TEST_{name}"):
            settings[name] = value
    return settings
