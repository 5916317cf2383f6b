"""Is it enough to say of a new setting that it is secret? Tried on a copy of the tree with one secret more."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from helm_python import Chart, HelmError

from tests.base.test_settings import GOOD, STAGING
from tests.chart.conftest import ROOT

PLACES = ("service", "docs", "helm", "k8s", ".env.example")
BY_HAND = {"service/base/settings.py", ".env.example"}
GENERATED = {"docs/staging.md", "helm/service/files/secret-variables.txt"}
FIELD = '    partner_token: Annotated[str, Secret.KEY] = Field("", description="key of a partner")\n'
# Answers every question as a cluster that has the namespace and no Secret, and shows what is to be made.
KUBECTL = """#!/bin/sh
case "$*" in
  *"get secret"*) exit 1 ;;
  *create*) for word; do case "$word" in --from-env-file=*) cat "${word#*=}" >>"$MADE" ;; esac; done ;;
esac
"""


def read_all(tree: Path) -> dict[str, bytes]:
    """The files of the tree by their path, without what Python leaves behind."""
    files = (path for path in tree.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {str(path.relative_to(tree)): path.read_bytes() for path in files}


def run(tree: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        command, cwd=tree, env=kept | environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tree = tmp_path_factory.mktemp("tree")
    for name in PLACES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__", "charts", "*.tgz"))
        else:
            shutil.copy(ROOT / name, tree / name)
    return tree


@pytest.fixture(scope="module")
def tree(copy: Path) -> Path:
    """The copy with the new secret in the two places that are written by hand."""
    before = read_all(copy)
    settings, example = copy / "service/base/settings.py", copy / ".env.example"
    section = 'class Mail(Section):\n    """How mails leave, and the codes in them."""\n\n'
    assert section in settings.read_text()
    settings.write_text(settings.read_text().replace(section, section + FIELD))
    example.write_text(example.read_text() + "#PARTNER_TOKEN=\n")
    done = run(copy, sys.executable, "docs/variables.py")
    assert done.returncode == 0, done.stderr
    after = read_all(copy)
    assert {name for name in after if after[name] != before.get(name)} == BY_HAND | GENERATED
    return copy


class TestOneMoreSecret:
    def test_the_page_puts_it_into_the_secret(self, tree: Path) -> None:
        page = (tree / "docs/staging.md").read_text()
        assert "| `PARTNER_TOKEN` | Secret `jembatan-api` |  | key of a partner |" in page

    def test_the_chart_refuses_it_among_the_plain_settings(self, tree: Path) -> None:
        with Chart.load(tree / "helm/service") as chart, pytest.raises(HelmError, match="PARTNER_TOKEN is a secret"):
            chart.render({"config": {"PARTNER_TOKEN": "x"}}, name="jembatan", namespace="jembatan")

    def test_a_sample_value_does_not_start_outside_dev(self, tree: Path) -> None:
        start = "from service.base.settings import load_settings; load_settings()"
        weak = run(tree, sys.executable, "-c", start, **STAGING, PARTNER_TOKEN="sample-" * 6)
        assert "PARTNER_TOKEN is a sample value or shorter than 32 characters" in weak.stderr
        good = run(tree, sys.executable, "-c", start, **STAGING, PARTNER_TOKEN=f"{GOOD}p")
        assert good.returncode == 0, good.stderr

    def test_make_up_makes_it(self, tree: Path) -> None:
        code = (
            "from pathlib import Path; from service.tools.local.environment import read_secrets; "
            "print(len(read_secrets(Path('secrets.env'))['PARTNER_TOKEN']))"
        )
        done = run(tree, sys.executable, "-c", code)
        assert done.returncode == 0, done.stderr
        assert int(done.stdout) >= 32

    def test_make_secrets_makes_it(self, tree: Path, tmp_path: Path) -> None:
        kubectl = tmp_path / "kubectl"
        kubectl.write_text(KUBECTL)
        kubectl.chmod(0o755)
        path = f"{tmp_path}:{os.environ['PATH']}"
        done = run(tree, "k8s/secrets.sh", PATH=path, MADE=str(tmp_path / "made"))
        assert done.returncode == 0, done.stderr
        made = dict(line.split("=", 1) for line in (tmp_path / "made").read_text().splitlines())
        assert len(made["PARTNER_TOKEN"]) == 48
        assert made["AUTH_TOKEN_KEYS"].startswith("k")
        assert "AUTH_TOKEN_SECRET" not in made
