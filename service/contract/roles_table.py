"""Which role may call which operation for staff? The table of docs/rules/staff.md, made from what operations declare."""

from __future__ import annotations

from typing import Any

from sanic import Sanic

from service.auth.principal import SUPER_ADMIN
from service.auth.roles import NAMED_ROLES, Permission, permissions_of
from service.http.operations import declared_operation, template_of

KEY = "the key"
LISTED = "another of `ADMIN_ROLE_CODES`"
OTHERS = ("sdm", "lpk", "tsk", "kaisha")
COLUMNS = (*NAMED_ROLES, LISTED, SUPER_ADMIN, ", ".join(OTHERS), KEY)
"""The roles, as `ADMIN_ROLE_CODES` with super_admin in it leaves them."""


def as_markdown(app: Sanic[Any, Any]) -> str:
    """A row an operation: address, permission, and a mark for each column that may call it. Two builds are identical."""
    rows = {}
    for route in app.router.routes:
        declared = declared_operation(route.handler)
        if declared and declared.permission is not None:
            for method in route.methods:
                rows[template_of(route.path), method] = declared.permission
    lines = [f"| operation | permission | {' | '.join(COLUMNS)} |", f"|---|---|{'---|' * len(COLUMNS)}"]
    for (path, method), permission in sorted(rows.items()):
        marks = ["yes" if permission in _permissions(column) else "–" for column in COLUMNS]
        lines.append(f"| `{method} {path}` | {permission} | {' | '.join(marks)} |")
    return "\n".join(lines)


def _permissions(column: str) -> frozenset[Permission]:
    if column == KEY:
        return frozenset(Permission)
    return permissions_of(column.split(", "), {SUPER_ADMIN, LISTED})
