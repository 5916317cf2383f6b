"""Is everything imported before the walls stand? Afterwards a library finds no file."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from service.evidence import decoder

_LIBRARIES = {"PIL", "pypdf", "pypdfium2", "pypdfium2_raw"}
# What is only for screens, or for what nothing here asks: fonts' glyph names, arrays.
_NEVER_MET = {"PIL.ImageQt", "PIL.ImageShow", "PIL.ImageTk", "PIL.ImageWin", "fontTools.cffLib", "numpy"}


def loaded() -> set[str]:
    """What a decoder has imported when it is shut in."""
    text = (
        f"import runpy; runpy.run_path({decoder.__file__!r})['preload']()\n"
        "import sys; print('\\n'.join(sorted(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", text], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def imported_late(name: str, path: Path) -> Iterator[str]:
    """The modules that a module imports inside its functions."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for function in ast.walk(ast.parse(path.read_text())):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                relative = "." * node.level + (node.module or "")
                base = importlib.util.resolve_name(relative, package) if node.level else relative
                yield base
                yield from (f"{base}.{alias.name}" for alias in node.names)


def is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, AttributeError, ValueError):
        return False


def test_no_import_is_left_for_later() -> None:
    known, missing = loaded(), set()
    for name in sorted(known):
        if name.partition(".")[0] not in _LIBRARIES or (spec := importlib.util.find_spec(name)) is None:
            continue
        if spec.origin and spec.origin.endswith(".py"):
            missing |= {
                late for late in imported_late(name, Path(spec.origin)) if late not in known and is_module(late)
            }
    assert missing <= _NEVER_MET
    assert missing, "the test sees no late import at all"


def test_every_encoding_is_there() -> None:
    assert {"encodings.utf_16_be", "encodings.cp1252", "encodings.shift_jis", "encodings.mac_roman"} <= loaded()
