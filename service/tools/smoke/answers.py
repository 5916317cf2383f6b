"""Is an answer what its operation declares? Read from the contract document, which is made from the declarations.

Stricter than a client: no field may be missing, of another type, or declared nowhere. Source: docs/rules/wire.md.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

CONTRACT_FILE = Path(__file__).resolve().parents[3] / "docs/openapi-runtime-v0.yaml"

_REFERENCE = "#/components/"
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
_WHOLE_SECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_HEX_64 = re.compile(r"[0-9a-f]{64}")
_FORMATS = {"uuid": ("a lower-case UUID", _UUID), "date-time": ("a UTC time with milliseconds", _TIME)}
# Of some texts the apps need more than the document says.
_TEXTS = {"Post.publishedAt": ("a UTC time in whole seconds", _WHOLE_SECONDS)}
_CHECKSUM = ("64 hex digits", _HEX_64)
_NEVER_BLANK = re.compile(
    "accessToken|category|city|code|contentType|countryCode|displayLabel|documentType|email|fileName|fileUrl|id"
    "|idempotencyKey|jobId|message|name|objectKey|postId|provider|refreshToken|service|source|title|uploadUrl|version"
)
_TYPES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "string": ("a string", lambda value: isinstance(value, str)),
    "boolean": ("a boolean", lambda value: isinstance(value, bool)),
    "integer": ("an integer", lambda value: isinstance(value, int) and not isinstance(value, bool)),
    "number": ("a number", lambda value: isinstance(value, (int, float)) and not isinstance(value, bool)),
    "array": ("an array", lambda value: isinstance(value, list)),
    "object": ("an object", lambda value: isinstance(value, dict)),
}


class AnswerError(Exception):
    """An answer is not as declared; the text names the field and never holds its value."""


class Contract:
    """What each operation declares, by an OpenAPI document of ours."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    def check(self, method: str, path: str, status: int, answer: Any) -> None:
        """Raises AnswerError unless the operation behind `path` (with or without `/v1`) declares such an answer.

        An address that belongs to no operation has refusals only.
        """
        operation = self._operation(method, path.partition("?")[0])
        if operation is None:
            if status < 400:
                raise AnswerError(f"no operation declares the status {status}")
            self._check(answer, {"$ref": f"{_REFERENCE}schemas/ErrorAnswer"}, "answer")
            return
        responses = operation["responses"]
        if str(status) not in responses:
            raise AnswerError(f"{operation['operationId']} does not declare the status {status}")
        schema = self._resolved(responses[str(status)])["content"]["application/json"]["schema"]
        self._check(answer, schema, "answer")
        codes = operation["x-error-codes"].get(str(status), ())
        if status >= 400 and "error" in answer and answer["error"]["code"] not in codes:
            raise AnswerError(f"{operation['operationId']} does not declare this answer.error.code for {status}")

    def _operation(self, method: str, path: str) -> Any:
        parts = path.removeprefix("/v1").split("/") if path.startswith("/v1/") else path.split("/")
        found = [
            template
            for template in self._document["paths"]
            if len(names := template.split("/")) == len(parts)
            and all(name == part or (name[:1] == "{" and part) for name, part in zip(names, parts, strict=True))
        ]
        # `/jobs/bulk` is closer than `/jobs/{jobId}`.
        template = min(found, key=lambda template: template.count("{"), default=None)
        return self._document["paths"].get(template, {}).get(method.lower())

    def _resolved(self, node: Any) -> Any:
        while "$ref" in node:
            kind, name = node["$ref"].removeprefix(_REFERENCE).split("/")
            node = self._document["components"][kind][name]
        return node

    def _check(self, value: Any, schema: Any, path: str, name: str = "") -> None:
        if value is None and schema.get("nullable"):
            return
        reference = schema["allOf"][0] if "allOf" in schema else schema
        shape, schema = reference.get("$ref", "").rpartition("/")[2], self._resolved(reference)
        expected, accepts = _TYPES[schema["type"]]
        if not accepts(value):
            raise AnswerError(f"{path} must be {expected}, got {_kind(value)}")
        known = schema.get("enum") or schema.get("x-extensible-enum")
        if known is not None and value not in known:
            raise AnswerError(f"{path} must be {' or '.join(map(repr, known))}, got {_kind(value)}")
        if schema["type"] == "string":
            _check_text(value, schema, path, name)
        elif schema["type"] == "array":
            for position, item in enumerate(value):
                self._check(item, schema["items"], f"{path}[{position}]")
        elif schema["type"] == "object":
            self._check_object(value, schema, path, shape)

    def _check_object(self, value: dict[str, Any], schema: Any, path: str, shape: str) -> None:
        fields = schema.get("properties", {})
        for key in schema.get("required", ()):
            if key not in value:
                raise AnswerError(f"{path}.{key} is missing")
        more = schema.get("additionalProperties", False)
        for key, item in value.items():
            if key in fields:
                self._check(item, fields[key], f"{path}.{key}", f"{shape}.{key}")
            elif more is False:
                raise AnswerError(f"{path} has a field that is not declared" + _shown(key))
            elif more is not True:
                self._check(item, more, f"{path}.{key}")


@functools.cache
def declared() -> Contract:
    """What this version declares."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return Contract(yaml.load(CONTRACT_FILE.read_bytes(), Loader=loader))  # noqa: S506  # both loaders are safe


def _check_text(value: str, schema: Any, path: str, name: str) -> None:
    field = name.rpartition(".")[2]
    form = _TEXTS.get(name) or (_CHECKSUM if field == "checksumSha256" else _FORMATS.get(schema.get("format", "")))
    if form is not None and form[1].fullmatch(value) is None:
        raise AnswerError(f"{path} must be {form[0]}, got str")
    if _NEVER_BLANK.fullmatch(field) and not value.strip():
        raise AnswerError(f"{path} must be a non-empty string, got str")


def _shown(key: str) -> str:
    """The key, where it looks like a name of ours and not like somebody's data."""
    return f": {key}" if re.fullmatch(r"[a-z][A-Za-z0-9]{0,39}", key) else ""


def _kind(value: Any) -> str:
    return "null" if value is None else type(value).__name__
