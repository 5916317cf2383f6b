"""Does the house stand as its plan says? Statements in few places, no circle of imports, few loose modules."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import service

SERVICE = Path(service.__file__).parent
_RUN = {"fetch_all", "fetch_row", "fetch_value", "execute", "fetch", "fetchrow", "fetchval"}


def files() -> list[Path]:
    return sorted(SERVICE.rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def module_of(path: Path) -> str:
    parts = path.relative_to(SERVICE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def may_run_statements(path: Path) -> bool:
    inside = path.relative_to(SERVICE).parts
    return path.name == "queries.py" or inside[0] == "database"


def statements(path: Path) -> Iterator[int]:
    """Lines on which a file runs hand-written SQL through `db`."""
    for node in ast.walk(tree(path)):
        match node:
            case ast.Attribute(value=ast.Name(id="db"), attr=name) if name in _RUN:
                yield node.lineno
            case ast.ImportFrom(module="service.database.db", names=names) if {alias.name for alias in names} & _RUN:
                yield node.lineno


def imports(path: Path, known: frozenset[str]) -> set[str]:
    """The modules of ours that a file imports when it is loaded; imports inside functions come later."""
    found: set[str] = set()
    waiting: list[ast.stmt] = list(tree(path).body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" not in ast.dump(node.test):
            waiting += [*node.body, *node.orelse]
        elif isinstance(node, ast.Try):
            waiting += node.body
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= (inner & known) or {node.module}
    return found & known


class TestHouse:
    def test_statements_stand_in_queries_and_in_the_database_layer_alone(self) -> None:
        found = {
            f"{path.relative_to(SERVICE)}:{line}"
            for path in files()
            if not may_run_statements(path)
            for line in statements(path)
        }
        assert found == set()

    def test_the_statements_are_seen(self) -> None:
        assert any(True for path in files() if path.name == "queries.py" for _ in statements(path))

    def test_modules_import_one_another_in_no_circle(self) -> None:
        known = frozenset(map(module_of, files()))
        graph = {module_of(path): imports(path, known) - {module_of(path)} for path in files()}
        assert sum(map(len, graph.values())) > 500
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            raise AssertionError(" → ".join(error.args[1])) from None

    def test_what_is_no_room_is_a_way_in(self) -> None:
        assert {path.name for path in SERVICE.glob("*.py")} == {
            "__init__.py",
            "__main__.py",
            "app.py",
            "cli.py",
            "main.py",
        }
