"""Does a process load what it uses and nothing else, and is what an image knows about itself read, not made again?"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from service.adapters.object_storage import ObjectStorage
from service.base.settings import load_settings
from service.caching import validators
from tests.conftest import TEST_ENVIRONMENT

ROOT = Path(__file__).resolve().parents[2]
# Runs a sub-command up to the moment at which its event loop would start, then makes one call to the object store.
_LOAD = """
import asyncio, json, sys
from unittest import mock
import service.cli
with mock.patch("sanic.Sanic.run"), mock.patch("uvloop.run", lambda work: work.close()):
    assert service.cli.main(sys.argv[1:2]) == 0
before = sorted(sys.modules)
from service.adapters.object_storage import ObjectStorage
from service.base.settings import load_settings
async def call(name, *given, **named):
    storage = ObjectStorage(load_settings())
    await storage.open()
    await getattr(storage, name)(*given, **named)
    await storage.close()
asyncio.run(eval(sys.argv[2]))
print(json.dumps([before, sorted(sys.modules)]))
"""
# What the first call that carries, lists or removes data loads.
_CLIENT = {"aioboto3", "aiobotocore", "boto3", "botocore.client", "botocore.session"}
# Kubernetes, other people's clients: for the programs around the product. sanic_ext is in no process.
_PROGRAMS_ALONE = {
    "aerich",
    "httpx",
    "kubernetes",
    "requests",
    "sanic_ext",
    "service.adapters.bucket",
    "service.tools",
}
# The first question to the object store loads aiohttp; only the decoder, a process of its own, reads pictures.
_LATER = {"aiohttp", "PIL", "pypdf", "service.evidence.decoder"}
_API_ALONE = {"service.app", "service.contract", "service.auth.routes", "service.auth.passwords", "argon2"}
_WORKER_ALONE = {"aiosmtplib", "service.adapters.mail", "service.auth.mails", "service.tasks.worker"}


def loaded(store: dict[str, str], command: str, call: str) -> tuple[set[str], set[str]]:
    """Names of the modules that a sub-command has imported when its work would begin, and after this call to the store."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "ENVIRONMENT": "dev",
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none",
        "AUTH_TOKEN_KEYS": "k1:first-key-for-tests-first-key-for-tests",
        **store,
    }
    done = subprocess.run(
        [sys.executable, "-c", _LOAD, command, call],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    before, after = json.loads(done.stdout.splitlines()[-1])
    return set(before), set(after)


@pytest.fixture(scope="module")
async def store(object_storage_env: dict[str, str]) -> dict[str, str]:
    """Settings of a store that has the bucket."""
    settings = load_settings(
        {**TEST_ENVIRONMENT, **object_storage_env, "DATABASE_URL": "postgresql://127.0.0.1:9/none"}
    )
    storage = ObjectStorage(settings)
    await storage.open()
    await storage.ensure_bucket()
    await storage.close()
    return {**object_storage_env, "OBJECT_STORAGE_BUCKET": settings.object_storage_bucket}


@pytest.fixture(scope="module")
def of_api(store: dict[str, str]) -> tuple[set[str], set[str]]:
    """Before and after readiness has asked for the bucket."""
    return loaded(store, "serve", "call('check')")


@pytest.fixture(scope="module")
def of_worker(store: dict[str, str]) -> tuple[set[str], set[str]]:
    """Before and after a task has read an object."""
    return loaded(store, "worker", "call('get', 'tests/none', limit_bytes=1)")


class TestImports:
    def test_the_api_leaves_what_only_others_use(self, of_api: tuple[set[str], set[str]]) -> None:
        assert of_api[0] & (_PROGRAMS_ALONE | _CLIENT | _LATER | _WORKER_ALONE) == set()

    def test_readiness_asks_without_the_client(self, of_api: tuple[set[str], set[str]]) -> None:
        assert "aiohttp" in of_api[1]
        assert of_api[1] & (_PROGRAMS_ALONE | _CLIENT) == set()

    def test_the_worker_leaves_what_only_others_use(self, of_worker: tuple[set[str], set[str]]) -> None:
        assert of_worker[0] & (_PROGRAMS_ALONE | _CLIENT | _LATER | _API_ALONE) == set()

    def test_the_workers_first_task_loads_the_client(self, of_worker: tuple[set[str], set[str]]) -> None:
        assert of_worker[1] >= _CLIENT

    def test_the_names_are_those_of_modules(
        self, of_api: tuple[set[str], set[str]], of_worker: tuple[set[str], set[str]]
    ) -> None:
        assert of_api[0] >= _API_ALONE
        assert of_worker[0] >= _WORKER_ALONE
        assert [name for name in _PROGRAMS_ALONE | _CLIENT | _LATER if find_spec(name) is None] == []


class TestProgram:
    def test_an_image_knows_the_hash_of_its_text(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The very line of the Dockerfile makes the file, and what reads it finds what reading all sources finds."""
        (command,) = re.findall(r"^RUN /venv/bin/python (.*hash_of_text.*)$", (ROOT / "Dockerfile").read_text(), re.M)
        shutil.copytree(ROOT / "service", tmp_path / "service", ignore=shutil.ignore_patterns("__pycache__"))
        subprocess.run(f"{sys.executable} {command}", shell=True, cwd=tmp_path, check=True)
        built = tmp_path / "service" / "PROGRAM"
        assert built.read_text() == validators.hash_of_text()
        assert not list(tmp_path.rglob("__pycache__"))
        built.write_text("of-this-image")
        monkeypatch.setattr(validators, "_BUILT", built)
        assert validators.program.__wrapped__() == "of-this-image"

    def test_a_checkout_is_read_whole(self) -> None:
        assert not validators._BUILT.exists()
        assert validators.program() == validators.hash_of_text()
