"""Do generated sources hold what apps need? Reads the models that openapi-generator wrote in Swift and Kotlin."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.decoders import ANDROID, FLAG, IOS, NUMBER, TEXT, WHOLE, WORD

Models = dict[str, dict[str, str]]
"""Name of a model → its fields → each field's type as written; a `?` at its end says that it may be missing."""

_SWIFT_FIELD = re.compile(r"^ {4}public var (`?\w+`?): ([^={]+?)(?: = .*)?$", re.MULTILINE)
_SWIFT_KEY = re.compile(r'^ {8}case (\w+) = "([^"]+)"$', re.MULTILINE)
_KOTLIN_FIELD = re.compile(
    r'@Json\(name = "([^"]+)"\)\s+(?:[^\n]*\n\s+)?val `?\w+`?: (.+?)(?: = .*?)?,?$', re.MULTILINE
)
_TYPES = {
    "swift": {TEXT: {"String", "UUID", "Date"}, WHOLE: {"Int", "Int64"}, NUMBER: {"Double"}, FLAG: {"Bool"}},
    "kotlin": {
        TEXT: {"kotlin.String", "java.util.UUID", "java.time.OffsetDateTime"},
        WHOLE: {"kotlin.Int", "kotlin.Long"},
        NUMBER: {"kotlin.Double", "java.math.BigDecimal"},
        FLAG: {"kotlin.Boolean"},
    },
}
_LISTS = {"swift": re.compile(r"\[([^:]+)\]"), "kotlin": re.compile(r"kotlin\.collections\.List<(.+)>")}
_MAPS = {
    "swift": re.compile(r"\[String: (.+)\]"),
    "kotlin": re.compile(r"kotlin\.collections\.Map<kotlin\.String, (.+)>"),
}


def swift_models(folder: Path) -> Models:
    """The structs below `folder`."""
    found: Models = {}
    for path in sorted(folder.rglob("Models/*.swift")):
        text = path.read_text()
        if not re.search(r"^public struct ", text, re.MULTILINE):
            continue
        keys = dict(_SWIFT_KEY.findall(text))
        found[path.stem] = {
            keys.get(name.strip("`"), name.strip("`")): kind.strip() for name, kind in _SWIFT_FIELD.findall(text)
        }
    return found


def kotlin_models(folder: Path) -> Models:
    """The data classes below `folder`."""
    found: Models = {}
    for path in sorted(folder.rglob("models/*.kt")):
        if "test" in path.parts:
            continue
        text = path.read_text()
        if re.search(r"^(data )?class ", text, re.MULTILINE):
            found[path.stem] = {name: kind.strip() for name, kind in _KOTLIN_FIELD.findall(text)}
    return found


def empty_models(models: Models) -> list[str]:
    """Models without a field: the generator could not read their schema."""
    return sorted(name for name, fields in models.items() if not fields)


def missing_fields(language: str, models: Models, document: dict[str, Any]) -> list[str]:
    """What an app needs and the models lack, may leave out, or give another type; one line each."""
    complaints: dict[str, None] = {}
    for decoders in (IOS, ANDROID):
        for call, decoder in decoders.items():
            method, path = call.split(" ")
            operation = document["paths"][path][method.lower()]
            for status, answer in operation["responses"].items():
                if not status.startswith("2"):
                    continue
                model = answer["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
                for place, kind in decoder.needs.items():
                    name = place.removeprefix(".")
                    if complaint := _follow(language, models, model, name, kind):
                        complaints[f"{language}: {operation['operationId']} {status}: {name}: {complaint}"] = None
    return list(complaints)


def _follow(language: str, models: Models, model: str, path: str, kind: str) -> str | None:
    current = model
    for part in path.split("."):
        name = part.removesuffix("[]").removesuffix("{}")
        if current not in models:
            return f"{current} is no model"
        if name not in models[current]:
            return f"{current} has no field {name}"
        current = models[current][name]
        if current.endswith("?"):
            return f"{name} may be missing"
        for suffix, pattern in (("[]", _LISTS[language]), ("{}", _MAPS[language])):
            if part.endswith(suffix):
                match = pattern.fullmatch(current)
                if match is None:
                    return f"{name} is {current}"
                current = match[1]
    # Of words that the contract closes the generator makes an enumeration, called after the field.
    if kind == WORD and current.rpartition(".")[2].lower() == name.lower():
        return None
    return None if current in _TYPES[language][TEXT if kind == WORD else kind] else f"is {current}, not {kind}"
