"""How does the whole product run on one machine with nothing installed but Python? `python -m service local`."""

from __future__ import annotations

from collections.abc import Sequence


def run(argv: Sequence[str]) -> int:
    """Run `up`, `down` or `exec` and return the exit code."""
    from service.tools.local.command import main

    return main(argv)
