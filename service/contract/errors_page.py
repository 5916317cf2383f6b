"""Which errors can leave the product, and what do users read? Writes docs/errors.md from the classes."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from typing import Any, NamedTuple

from sanic import Sanic

import service
from service.http.errors import ApiError, all_errors
from service.http.operations import declared_operation, template_of

ERRORS_FILE = Path("docs/errors.md")
_LONGEST_LIST = 12
# Programs, not features; the first needs wheels that the image does not have.
_NO_ERRORS_IN = ("service.tools.local", "service.tools.smoke", "service.__main__")
_INTRODUCTION = """\
# Errors

Written by `python -m service errors` from the classes; do not edit.

Every refusal leaves as `{"error": {"code", "message"}}`. The code is contract and never renamed; one code may come with
two statuses. The message is shown to users as it is, in Indonesian when `Accept-Language` prefers `id`, else in English.
The pages below `/account` show the message alone, as HTML with the same status. Answers with 429 and 503 carry
`Retry-After` in seconds; the message of a 429 names a wait of more than a minute.
"""


class ErrorRow(NamedTuple):
    """One code with one status, its texts, and the ids of the operations that declare it."""

    code: str
    status: int
    english: str
    indonesian: str
    operations: tuple[str, ...]


def product_errors() -> list[type[ApiError]]:
    """Each error class of the product, whatever was imported before."""
    for module in pkgutil.walk_packages(service.__path__, "service."):
        if not module.name.startswith(_NO_ERRORS_IN):
            importlib.import_module(module.name)
    return [error for error in all_errors() if error.__module__.startswith("service.")]


def example_text(error: type[ApiError], language: str) -> str:
    """The message as a user sees it; a time to wait is the class's own."""
    return error().text(language)


def error_rows(app: Sanic[Any, Any]) -> list[ErrorRow]:
    """Every code and status once, ordered; classes that share both are one row."""
    used: dict[tuple[str, int], set[str]] = {}
    for declared in _operations(app).values():
        for error in declared.errors:
            used.setdefault((error.code, error.status_code), set()).add(declared.id)
    rows: dict[tuple[str, int], ErrorRow] = {}
    for error in product_errors():
        key = (error.code, error.status_code)
        rows.setdefault(
            key,
            ErrorRow(*key, example_text(error, "en"), example_text(error, "id"), tuple(sorted(used.get(key, ())))),
        )
    return [rows[key] for key in sorted(rows)]


def build_page(app: Sanic[Any, Any]) -> str:
    """The whole of docs/errors.md; two builds are identical."""
    operations = _operations(app)
    lines = [
        _INTRODUCTION,
        "## Codes",
        "",
        "| code | status | English | Indonesian | operations |",
        "|---|---|---|---|---|",
    ]
    for row in error_rows(app):
        texts = " | ".join(text.replace("|", "\\|") for text in (row.english, row.indonesian))
        lines.append(f"| `{row.code}` | {row.status} | {texts} | {_used(row, len(operations))} |")
    lines += ["", "## Codes of each operation", "", "| operation | call | codes |", "|---|---|---|"]
    for call, declared in sorted(operations.items(), key=lambda item: item[1].id):
        codes = sorted({(error.status_code, error.code) for error in declared.errors})
        lines.append(f"| `{declared.id}` | `{call}` | {', '.join(f'{status} `{code}`' for status, code in codes)} |")
    return "\n".join(lines) + "\n"


def _operations(app: Sanic[Any, Any]) -> dict[str, Any]:
    """`GET /jobs` → what its handler declares; the `/v1` alias is made before routing and is not listed."""
    return {
        f"{method} {template_of(route.path)}": declared
        for route in app.router.routes
        if (declared := declared_operation(route.handler))
        for method in sorted(route.methods)
    }


def _used(row: ErrorRow, operations: int) -> str:
    if not row.operations:
        return "none by name"
    if len(row.operations) == operations:
        return "every operation"
    if len(row.operations) > _LONGEST_LIST:
        return f"{len(row.operations)} operations, see below"
    return ", ".join(f"`{name}`" for name in row.operations)
