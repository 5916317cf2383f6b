"""What do `local up`, `local down` and `local exec` do?"""

from __future__ import annotations

from collections.abc import Sequence


def main(argv: Sequence[str]) -> int:
    """Run a sub-command and return its exit code."""
    raise SystemExit(f"not a sub-command: {' '.join(argv)}")
