"""Which series does a PromQL expression read?"""

from __future__ import annotations

import re

_NAME = re.compile(r"[a-z_A-Z][a-zA-Z0-9_]*(?::[a-z0-9_]+)*")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_NO_SERIES = re.compile(r"\b(?:by|on|without|ignoring)\s*\([^)]*\)|\[[^\]]*\]")
_OPERATORS = {"and", "or", "unless", "bool"}


def selectors(expr: str) -> list[str]:
    """Every selector, in order: `name` or `name{matchers}`, without range."""
    texts: list[str] = []

    def keep(match: re.Match[str]) -> str:
        texts.append(match[0])
        return f"«{len(texts) - 1}»"

    plain = _NO_SERIES.sub(" ", _STRING.sub(keep, expr))
    found, position = [], 0
    while match := _NAME.search(plain, position):
        before = plain[match.start() - 1 : match.start()]
        matchers = re.match(r"\{[^}]*\}", plain[match.end() :])
        position = match.end() + (len(matchers[0]) if matchers else 0)
        is_function = plain[match.end() :].lstrip().startswith("(")
        # A letter behind a digit belongs to a number, as in 1e9.
        if is_function or match[0] in _OPERATORS or before.isdigit():
            continue
        text = match[0] + (matchers[0] if matchers else "")
        found.append(re.sub(r"«(\d+)»", lambda m: texts[int(m[1])], text))
    return found


def name_of(selector: str) -> str:
    """The metric's name."""
    return selector.partition("{")[0]
