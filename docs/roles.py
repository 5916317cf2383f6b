"""Which role may call what? The table of docs/rules/staff.md is written from what the operations declare.

python docs/roles.py
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from sanic import Sanic

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from service.cli import app_without_servers  # noqa: E402 - the path comes first
from service.contract.roles_table import as_markdown  # noqa: E402

PAGE = ROOT / "docs/rules/staff.md"
START, END = "<!-- roles: made by docs/roles.py -->", "<!-- end of roles -->"


def with_table(page: str, app: Sanic[Any, Any]) -> str:
    """The page with a fresh table between its two marks. Raises ValueError when the marks are missing."""
    before, start, rest = page.partition(START)
    _, end, after = rest.partition(END)
    if not start or not end:
        raise ValueError(f"the page lacks {START} or {END}")
    return f"{before}{START}\n{as_markdown(app)}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(), app_without_servers()))
    sys.stdout.write(f"wrote {PAGE.relative_to(ROOT)}\n")
