"""Can apps be built on the contract? `make clients` generates TypeScript, Swift 6 and Kotlin clients and tries them.

Needs npm for TypeScript, Maven and Java for the others. Exit codes: 0 all good, 1 something is wrong.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from tests.contract.clients.sources import empty_models, kotlin_models, missing_fields, swift_models
from tests.contract.stack import ROOT, running_api

CONTRACT = ROOT / "docs/openapi-runtime-v0.yaml"
GENERATOR_VERSION = "7.25.0"
_BUILD = ROOT / ".local/clients"
_SOURCES = Path(__file__).with_name("ts")
_LANGUAGES = ("typescript", "swift", "kotlin")


class ClientError(Exception):
    """A client could not be made or does not work; the text is one sentence."""


def main(argv: list[str] | None = None) -> int:
    """Generate and try the clients that are asked for."""
    parser = argparse.ArgumentParser(prog="make clients", description=__doc__)
    parser.add_argument("languages", nargs="*", choices=[*_LANGUAGES, []], help="default: all")
    arguments = parser.parse_args(argv)
    chosen = arguments.languages or list(_LANGUAGES)
    try:
        for language in chosen:
            print(f"clients: {typescript() if language == 'typescript' else generated(language)}", flush=True)
    except ClientError as error:
        print(f"clients: {error}", file=sys.stderr)
        return 1
    return 0


def typescript() -> str:
    """Types and a typed client, compiled strictly; the client then walks the candidate's journey."""
    folder = _BUILD / "typescript"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(_SOURCES, folder)
    _run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=folder)
    _run(
        "npx", "--no-install", "openapi-typescript", str(CONTRACT), "--default-non-nullable=false", "-o", "schema.d.ts",
        cwd=folder,
    )  # fmt: skip
    _run("npx", "--no-install", "tsc", cwd=folder)
    with running_api() as api:
        said = _run("node", "built/journey.js", cwd=folder, API_URL=api.url)
    return f"typescript: {said.strip().splitlines()[-1]}"


def generated(language: str) -> str:
    """Swift 6 or Kotlin sources by openapi-generator, searched for empty models and for what apps need."""
    folder = _BUILD / language
    shutil.rmtree(folder, ignore_errors=True)
    generator = {"swift": "swift6", "kotlin": "kotlin"}[language]
    _run("java", "-jar", str(_generator()), "generate", "-i", str(CONTRACT), "-g", generator, "-o", str(folder))
    models = swift_models(folder) if language == "swift" else kotlin_models(folder)
    if not models:
        raise ClientError(f"{language}: no model was generated")
    if empty := empty_models(models):
        raise ClientError(f"{language}: empty models: {', '.join(empty)}")
    if complaints := missing_fields(language, models, _document()):
        raise ClientError("\n".join(complaints))
    return f"{language}: {len(models)} models, none empty, every field that apps need is there"


def _document() -> dict[str, Any]:
    document: dict[str, Any] = yaml.load(CONTRACT.read_text(), Loader=yaml.CSafeLoader)
    return document


def _generator() -> Path:
    """openapi-generator's jar, from Maven's own cache or fetched into it."""
    home = Path(os.environ.get("MAVEN_REPOSITORY") or Path.home() / ".m2/repository")
    name = f"openapi-generator-cli-{GENERATOR_VERSION}.jar"
    jar = home / "org/openapitools/openapi-generator-cli" / GENERATOR_VERSION / name
    if not jar.exists():
        artifact = f"org.openapitools:openapi-generator-cli:{GENERATOR_VERSION}"
        _run(
            "mvn", "-q", f"-Dmaven.repo.local={home}", "dependency:get", "-Dtransitive=false", f"-Dartifact={artifact}"
        )
    return jar


def _run(*command: str, cwd: Path = ROOT, **extra: str) -> str:
    """What the command printed. Raises ClientError when it is not there or fails."""
    try:
        done = subprocess.run(
            command, cwd=cwd, env={**os.environ, **extra}, capture_output=True, text=True, timeout=900, check=False
        )
    except FileNotFoundError:
        raise ClientError(f"{command[0]} is needed and not installed") from None
    if done.returncode:
        raise ClientError(f"{' '.join(command[:3])} failed:\n{(done.stdout + done.stderr)[-3000:]}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
