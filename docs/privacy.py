"""How long is what kept? The table of docs/privacy.md is written from the one that the worker follows.

python docs/privacy.py
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from service.retention.table import as_markdown  # noqa: E402 - the path comes first

PAGE = ROOT / "docs/privacy.md"
START, END = "<!-- tables: made by docs/privacy.py -->", "<!-- end of tables -->"


def with_table(page: str) -> str:
    """The page with a fresh table between its two marks. Raises ValueError when the marks are missing."""
    before, start, rest = page.partition(START)
    _, end, after = rest.partition(END)
    if not start or not end:
        raise ValueError(f"the page lacks {START} or {END}")
    return f"{before}{START}\n{as_markdown()}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text()))
    sys.stdout.write(f"wrote {PAGE.relative_to(ROOT)}\n")
