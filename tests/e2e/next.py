"""What would the next version be? The image's sources with another version number and a column more in three tables.

python -m tests.e2e.next DIR     then build DIR like this folder; most layers are the same
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILES = ("Dockerfile", ".dockerignore", ".env.example", "requirements.lock", "pyproject.toml")
FOLDERS = ("service", "migrations", "docs")
MIGRATION = '''"""A column that only the cluster tests add."""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        ALTER TABLE users ADD COLUMN IF NOT EXISTS e2e_note TEXT;
        ALTER TABLE jobs ADD COLUMN IF NOT EXISTS e2e_note TEXT;
        ALTER TABLE job_applications ADD COLUMN IF NOT EXISTS e2e_note TEXT;
    """


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE job_applications DROP COLUMN IF EXISTS e2e_note;
        ALTER TABLE jobs DROP COLUMN IF EXISTS e2e_note;
        ALTER TABLE users DROP COLUMN IF EXISTS e2e_note;
    """


'''


def write(folder: Path) -> None:
    """Fill `folder`, which must not be there yet."""
    folder.mkdir(parents=True)
    for name in FILES:
        shutil.copy(ROOT / name, folder / name)
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    version = folder / "service/base/version.py"
    version.write_text(re.sub(r'VERSION = "(.*)"', r'VERSION = "\1-next"', version.read_text()))
    migrations = folder / "migrations/models"
    newest = sorted(path for path in migrations.glob("*_*.py") if path.name[0].isdigit())[-1]
    text = newest.read_text()
    start = text.index("MODELS_STATE")
    newest.write_text(text[:start])
    (migrations / "900_next.py").write_text(MIGRATION + text[start:])


if __name__ == "__main__":
    write(Path(sys.argv[1]))
