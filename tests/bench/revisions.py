"""How does another revision of this repository run? Its files out of git, with libraries of its own where its lock differs."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_KEPT = ROOT / ".local" / "bench"
_LOCK = "requirements.lock"


class Unbuildable(Exception):
    """A revision cannot be had or built; the text says why."""


@dataclass(frozen=True, slots=True)
class Revision:
    """`tree` is the folder whose `service` runs, with `python`; `name` is what people read."""

    name: str
    tree: Path
    python: str


def working_tree() -> Revision:
    """The files as they lie here. Raises Unbuildable outside a clone."""
    name = _git("rev-parse", "--short=7", "HEAD").strip()
    changed = _git("status", "--porcelain", "--untracked-files=no", "service", "migrations").strip()
    return Revision(f"{name} with changes" if changed else name, ROOT, sys.executable)


def build(revision: str) -> Revision:
    """The files of `revision` in `.local/bench/`, where they stay for the next time. Raises Unbuildable."""
    commit = _git("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").strip()
    folder = _KEPT / commit[:12]
    tree = folder / "tree"
    if not tree.exists():
        done = subprocess.run(["git", "-C", str(ROOT), "archive", commit], capture_output=True, check=True)
        half = folder / "half"
        with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
            archive.extractall(half, filter="data")
        half.rename(tree)
    if (tree / _LOCK).read_bytes() == (ROOT / _LOCK).read_bytes():
        return Revision(commit[:7], tree, sys.executable)
    return Revision(commit[:7], tree, str(_environment(folder / "venv", tree / _LOCK)))


def _environment(folder: Path, lock: Path) -> Path:
    """A virtual environment with what `lock` names, as `make venv` installs it."""
    python, mark = folder / "bin" / "python", folder / ".installed"
    wanted = f"{hashlib.sha256(lock.read_bytes()).hexdigest()} {sys.version}"
    if not (mark.exists() and mark.read_text() == wanted):
        for command in (
            [sys.executable, "-m", "venv", "--clear", str(folder)],
            [str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps", "-r", str(lock)],
        ):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise Unbuildable(f"{' '.join(command[:5])} …: {done.stderr.strip()[-1000:]}")
        mark.write_text(wanted)
    return python


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise Unbuildable("git is not installed") from None
    if done.returncode != 0:
        raise Unbuildable(f"git {' '.join(arguments)} says: {done.stderr.strip() or 'no such revision'}")
    return done.stdout
