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

from service.caching import validators

ROOT = Path(__file__).resolve().parents[2]
# Runs a sub-command up to the moment at which its event loop would start.
_LOAD = """
import json, sys
from unittest import mock
import service.cli
with mock.patch("sanic.Sanic.run"), mock.patch("uvloop.run", lambda work: work.close()):
    code = service.cli.main(sys.argv[1:])
print(json.dumps([code, sorted(sys.modules)]))
"""
# The whole S3 client, Kubernetes, other people's clients: for the programs around the product. sanic_ext is in no process.
_PROGRAMS_ALONE = {
    "aioboto3",
    "aiobotocore",
    "aerich",
    "boto3",
    "botocore.client",
    "botocore.session",
    "httpx",
    "kubernetes",
    "requests",
    "sanic_ext",
    "service.adapters.bucket",
    "service.adapters.s3",
    "service.tools",
}
# The first call to the object store loads it; only the decoder, a process of its own, reads pictures.
_LATER = {"aiohttp", "PIL", "pypdf", "service.evidence.decoder"}
_API_ALONE = {"service.app", "service.contract", "service.auth.routes", "service.auth.passwords", "argon2"}
_WORKER_ALONE = {"aiosmtplib", "service.adapters.mail", "service.auth.mails", "service.tasks.worker"}


def loaded(*command: str) -> set[str]:
    """Names of all modules that a sub-command has imported when its work would begin."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "ENVIRONMENT": "dev",
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none",
        "AUTH_TOKEN_KEYS": "k1:first-key-for-tests-first-key-for-tests",
        "OBJECT_STORAGE_ACCESS_KEY_ID": "nobody",
        "OBJECT_STORAGE_SECRET_ACCESS_KEY": "asks",
    }
    done = subprocess.run(
        [sys.executable, "-c", _LOAD, *command], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    code, modules = json.loads(done.stdout.splitlines()[-1])
    assert code == 0
    return set(modules)


@pytest.fixture(scope="module")
def of_api() -> set[str]:
    return loaded("serve")


@pytest.fixture(scope="module")
def of_worker() -> set[str]:
    return loaded("worker")


class TestImports:
    def test_the_api_leaves_what_only_others_use(self, of_api: set[str]) -> None:
        assert of_api & (_PROGRAMS_ALONE | _LATER | _WORKER_ALONE) == set()

    def test_the_worker_leaves_what_only_others_use(self, of_worker: set[str]) -> None:
        assert of_worker & (_PROGRAMS_ALONE | _LATER | _API_ALONE) == set()

    def test_the_names_are_those_of_modules(self, of_api: set[str], of_worker: set[str]) -> None:
        assert of_api >= _API_ALONE
        assert of_worker >= _WORKER_ALONE
        assert [name for name in _PROGRAMS_ALONE | _LATER if find_spec(name) is None] == []


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
