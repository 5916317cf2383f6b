"""Can what is used once be deleted in one piece? Nothing but the command line may know it."""

from __future__ import annotations

import ast
from pathlib import Path

import service

ROOT = Path(service.__file__).resolve().parents[1]


def imported(path: Path) -> set[str]:
    """Every module that the file names in an import, at any depth."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


class TestFence:
    def test_only_the_command_line_imports_it(self) -> None:
        found = {
            path.relative_to(ROOT).as_posix()
            for folder in ("service", "observability", "migrations")
            for path in (ROOT / folder).rglob("*.py")
            if any("takeover" in name.split(".") for name in imported(path))
        }
        assert {name for name in found if "/takeover/" not in name} == {"service/cli.py"}

    def test_code_and_page_say_when_it_goes(self) -> None:
        from service.tools import takeover

        page = (ROOT / "docs/migrating.md").read_text()
        assert "90 days after" in str(takeover.__doc__)
        assert "90 days after" in page
        assert "switched on:" in page
