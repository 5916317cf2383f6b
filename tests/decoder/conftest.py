"""Another program in the decoder's place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from service.decoder import children

Program = Callable[[str], None]


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Program:
    """Put the body of `main(argument)` in the decoder's place; what comes before a line `---` runs before it is shut in."""

    def program(text: str) -> None:
        before, mark, body = text.rpartition("---\n")
        lines = "".join(f"    {line}\n" for line in (body or "pass").splitlines())
        path = tmp_path / "program.py"
        path.write_text(f"{before if mark else ''}\ndef main(argument):\n{lines}")
        monkeypatch.setattr(children, "_PROGRAM", str(path))

    return program
