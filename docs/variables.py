"""Which environment variables are there, and which are secret? Both are written from the settings.

The table goes into docs/staging.md, with the values that are refused outside dev; the secret ones go into a file that the
chart and k8s/secrets.sh read.

python docs/variables.py            write
python docs/variables.py --check    exit 1 when a file differs
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from pydantic_core import PydanticUndefined

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from service.base.settings import Settings, secret_fields  # noqa: E402 - the path comes first
from service.base.unsafe import RULES  # noqa: E402

PAGE = ROOT / "docs/staging.md"
SECRETS = ROOT / "helm/service/files/secret-variables.txt"


def table() -> str:
    """A row for each variable: where it goes in a cluster, its default, what it means."""
    rows = ["| variable | from | default | meaning |", "|---|---|---|---|"]
    for attribute, field in Settings.model_fields.items():
        name = attribute.upper()
        rows.append(f"| `{name}` | {_place(name)} | {_default(field)} | {field.description} |")
    return "\n".join(rows)


def refused() -> str:
    """A row for each rule about unsafe values: what has to be, and what staging does with another value."""
    rows = ["| variable | outside dev it | staging with another value |", "|---|---|---|"]
    words = {"refused": "does not start", "warned": "starts and warns; NO of the gate", "allowed": "starts"}
    rows += [f"| `{rule.variable}` | {rule.advice} | {words[rule.in_staging]} |" for rule in RULES]
    return "\n".join(rows)


def secrets() -> str:
    """A line for each secret variable: its name, and the value of its `Secret`."""
    lines = [f"{name.upper()} {kind.value}" for name, kind in secret_fields().items()]
    return "\n".join(
        [
            "# Made by docs/variables.py from service/base/settings.py, which says what the second word means.",
            *lines,
            "",
        ]
    )


def with_tables(page: str) -> str:
    """The page with fresh tables, each between its two marks. Raises ValueError when marks are missing."""
    for name, made in (("variables", table()), ("unsafe values", refused())):
        opening, closing = f"<!-- {name}: made by docs/variables.py -->", f"<!-- end of {name} -->"
        before, start, rest = page.partition(opening)
        _, end, after = rest.partition(closing)
        if not start or not end:
            raise ValueError(f"the page lacks {opening} or {closing}")
        page = f"{before}{opening}\n{made}\n{closing}{after}"
    return page


_CHART = {
    "ENVIRONMENT": "`global.environment`",
    "API_PORT": "chart",
    "METRICS_PORT": "chart",
    "DECODER_URL": "chart",
    "PUBLIC_BASE_URL": "the public host, or `service.config`",
    "DATABASE_URL": "Secret `jembatan-postgres`",
    "DATABASE_DIRECT_URL": "Secret `jembatan-postgres`",
    "OBJECT_STORAGE_ENDPOINT": "`service.objectStorage`",
    "OBJECT_STORAGE_PUBLIC_ENDPOINT": "`service.objectStorage`",
    "OBJECT_STORAGE_REGION": "`service.objectStorage`",
    "OBJECT_STORAGE_BUCKET": "`service.objectStorage`",
    "OBJECT_STORAGE_ACCESS_KEY_ID": "Secret `jembatan-object-store`",
    "OBJECT_STORAGE_SECRET_ACCESS_KEY": "Secret `jembatan-object-store`",
    "OBJECT_STORAGE_APP_ACCESS_KEY_ID": "Secret `jembatan-object-store`",
    "OBJECT_STORAGE_APP_SECRET_ACCESS_KEY": "Secret `jembatan-object-store`",
    "OBJECT_STORAGE_APP_PRINCIPAL": "`service.objectStorage`",
    "BACKUP_S3_ENDPOINT": "`service.backup`",
    "BACKUP_S3_REGION": "`service.backup`",
    "BACKUP_S3_BUCKET": "`service.backup`",
    "BACKUP_KEEP_DAYS": "`service.backup`",
    "BACKUP_S3_ACCESS_KEY_ID": "Secret `jembatan-backup`",
    "BACKUP_S3_SECRET_ACCESS_KEY": "Secret `jembatan-backup`",
}


def _place(name: str) -> str:
    if name in _CHART:
        return _CHART[name]
    return "Secret `jembatan-api`" if name.lower() in secret_fields() else "`service.config`"


def _default(field: Any) -> str:
    if field.default is PydanticUndefined:
        return "none, needed"
    if field.default is None or field.default == "":
        return ""
    if isinstance(field.default, bool):
        return f"`{str(field.default).lower()}`"
    return f"`{field.default}`"


def main() -> int:
    fresh = {PAGE: with_tables(PAGE.read_text()), SECRETS: secrets()}
    stale = {path: text for path, text in fresh.items() if not path.exists() or path.read_text() != text}
    for path, text in stale.items():
        name = path.relative_to(ROOT)
        if "--check" in sys.argv:
            sys.stderr.write(f"{name} is not what the settings say; run: python docs/variables.py\n")
        else:
            path.write_text(text)
            sys.stdout.write(f"wrote {name}\n")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    raise SystemExit(main())
