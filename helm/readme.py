"""Which values does each chart have? Writes the table into helm/<chart>/README.md from the comments in values.yaml.

python helm/readme.py            write
python helm/readme.py --check    exit 1 when a README differs or a value has no comment
"""

import json
import re
import sys
from pathlib import Path

import yaml

HELM = Path(__file__).parent
START, END = "<!-- values: made by helm/readme.py -->", "<!-- end of values -->"


def rows(text: str) -> list[tuple[str, str, str]]:
    """`(path, default, comment)` of each value in a values.yaml; a value is documented by the `# --` line above it.

    Raises ValueError for a leaf that neither it nor a parent documents.
    """
    found: list[tuple[str, str, str]] = []
    open_keys: list[tuple[int, str, bool]] = []
    comment: str | None = None
    values = yaml.safe_load(text)
    for line in text.splitlines():
        if match := re.match(r"\s*# -- (.*)", line):
            comment = match[1]
        elif match := re.match(r"( *)([A-Za-z]\w*):", line):
            indent = len(match[1])
            while open_keys and open_keys[-1][0] >= indent:
                open_keys.pop()
            inherited = any(documented for _, _, documented in open_keys)
            path = [key for _, key, _ in open_keys] + [match[2]]
            value = values
            for key in path:
                value = value[key]
            if comment is not None:
                found.append((".".join(path), json.dumps(value, ensure_ascii=False), comment))
            elif not inherited and not (isinstance(value, dict) and value):
                raise ValueError(f"{'.'.join(path)} has no comment")
            open_keys.append((indent, match[2], comment is not None or inherited))
            comment = None
    return found


def table(text: str) -> str:
    lines = ["| value | default | meaning |", "|---|---|---|"]
    for path, default, comment in rows(text):
        cells = [cell.replace("|", "\\|") for cell in (default, comment)]
        lines.append(f"| `{path}` | `{cells[0]}` | {cells[1]} |")
    return "\n".join(lines)


def main() -> int:
    stale = []
    for values in sorted(HELM.glob("*/values.yaml")):
        readme = values.with_name("README.md")
        old = readme.read_text()
        head, _, rest = old.partition(START)
        tail = rest.partition(END)[2]
        new = f"{head}{START}\n{table(values.read_text())}\n{END}{tail}"
        if new != old:
            stale.append(str(readme.relative_to(HELM.parent)))
            if "--check" not in sys.argv:
                readme.write_text(new)
    if stale:
        print(("stale: " if "--check" in sys.argv else "wrote ") + ", ".join(stale))  # noqa: T201 - a command's output
    return int(bool(stale) and "--check" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
