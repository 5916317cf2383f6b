"""What may a request field hold? Rules that parse a value and name the contract's error for a bad one."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from service.http.errors import ApiError

MAX_DEPTH = 100


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units, as the contract counts."""
    return len(text) + sum(1 for character in text if ord(character) > 0xFFFF)


def as_text(value: Any) -> str | None:
    """A JSON value as text: scalars by their JSON form, null as none. Raises ValueError for arrays and objects."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    raise ValueError("not a scalar")


@dataclass(frozen=True, slots=True)
class Rule:
    """Base of the field rules; used as `Annotated[str, Text(SomeError, …)]`. `error` is raised for a bad value."""

    error: type[ApiError]

    def parse(self, value: Any) -> Any:
        """The value that the domain gets. Raises ValueError for a bad one."""
        raise NotImplementedError

    def json_schema(self) -> dict[str, Any]:
        raise NotImplementedError

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def check(value: Any) -> Any:
            try:
                return self.parse(value)
            except PydanticCustomError:  # a ValueError too, and it names its error already
                raise
            except ValueError:
                raise PydanticCustomError("refused", "refused") from None

        return core_schema.no_info_plain_validator_function(check)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return self.json_schema()


@dataclass(frozen=True, slots=True)
class Text(Rule):
    """Text, trimmed, with limits in UTF-16 units; scalars count as their text, NUL and lone surrogates are refused.

    `optional`: null or blank is none; otherwise a blank one is refused unless `minimum` is 0.
    """

    minimum: int = 1
    maximum: int | None = None
    optional: bool = False
    trim: bool = True
    case: str | None = None
    pattern: str | None = None
    strict: bool = False

    def parse(self, value: Any) -> str | None:
        if self.strict and value is not None and not isinstance(value, str):
            raise ValueError("not a string")
        text = as_text(value)
        if text is None:
            if self.optional:
                return None
            raise ValueError("missing")
        if self.trim:
            text = text.strip()
        if self.case:
            text = text.upper() if self.case == "upper" else text.lower()
        if self.optional and not text:
            return None
        length = utf16_length(text)
        if length < self.minimum or (self.maximum is not None and length > self.maximum):
            raise ValueError("length")
        if "\x00" in text or any(0xD800 <= ord(character) <= 0xDFFF for character in text):
            raise ValueError("character")
        if self.pattern and not re.fullmatch(self.pattern, text):
            raise ValueError("pattern")
        return text

    def json_schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": "string"}
        if self.optional:
            schema["nullable"] = True
        elif self.minimum:
            schema["minLength"] = self.minimum
        if self.maximum is not None:
            schema["maxLength"] = self.maximum
        if self.pattern and not self.optional and self.case is None:
            schema["pattern"] = f"^{self.pattern}$"
        return schema


@dataclass(frozen=True, slots=True)
class Choice(Rule):
    """One of an enum's values, or one of a mapping's words, which stands for its value; trimmed, any case.

    `optional`: null or blank is none.
    """

    choices: type[Enum] | Mapping[str, Any]
    optional: bool = False

    def parse(self, value: Any) -> Any:
        if value is not None and not isinstance(value, str):
            raise ValueError("not a string")
        text = (value or "").strip().upper()
        if not text and self.optional:
            return None
        if not isinstance(self.choices, Mapping):
            return self.choices(text)
        if text not in self.choices:
            raise ValueError("unknown word")
        return self.choices[text]

    def json_schema(self) -> dict[str, Any]:
        choices = self.choices
        words = list(choices) if isinstance(choices, Mapping) else [member.value for member in choices]
        schema: dict[str, Any] = {"type": "string", "enum": words}
        if self.optional:
            schema["nullable"] = True
        return schema


@dataclass(frozen=True, slots=True)
class Flag(Rule):
    """A boolean. `from_text`: also true and false as text in any case, as in a query."""

    from_text: bool = False

    def parse(self, value: Any) -> bool:
        if isinstance(value, bool):
            return value
        if self.from_text and isinstance(value, str) and value.strip().lower() in {"true", "false"}:
            return value.strip().lower() == "true"
        raise ValueError("not a boolean")

    def json_schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Number(Rule):
    """A finite number within limits, numeric text tolerated. `integer`: whole values only; `floor`: fraction dropped."""

    minimum: float | None = None
    maximum: float | None = None
    integer: bool = True
    floor: bool = False

    def parse(self, value: Any) -> int | float:
        if isinstance(value, bool) or value is None:
            raise ValueError("not a number")
        number = _number(value)
        if self.floor:
            number = math.floor(number)
        elif self.integer and number != int(number):
            raise ValueError("fraction")
        if (self.minimum is not None and number < self.minimum) or (self.maximum is not None and number > self.maximum):
            raise ValueError("range")
        return int(number) if self.integer or self.floor else number

    def json_schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": "integer" if self.integer or self.floor else "number"}
        if self.minimum is not None:
            schema["minimum"] = self.minimum
        if self.maximum is not None:
            schema["maximum"] = self.maximum
        return schema


def _number(value: Any) -> float | int:
    if isinstance(value, int):
        number: float | int = value
    elif isinstance(value, float):
        number = value
    elif isinstance(value, str) and len(value) <= 40:
        text = value.strip()
        if re.fullmatch(r"0[xX][0-9a-fA-F]{1,16}", text):
            number = int(text, 16)
        elif re.fullmatch(r"[+-]?[0-9]{1,30}", text):
            number = int(text)
        elif re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?", text):
            number = float(text)
        else:
            raise ValueError("not a number")
    else:
        raise ValueError("not a number")
    if isinstance(number, float) and not math.isfinite(number):
        raise ValueError("not finite")
    return number


@dataclass(frozen=True, slots=True)
class Items(Rule):
    """An array whose items are text that `item` accepts. `item_error` names the refusal of one item."""

    item: Text
    minimum: int = 0
    maximum: int = 100
    none_is_empty: bool = False

    def parse(self, value: Any) -> list[str]:
        if value is None and self.none_is_empty:
            return []
        if not isinstance(value, list) or not self.minimum <= len(value) <= self.maximum:
            raise ValueError("array")
        parsed: list[str] = []
        for entry in value:
            try:
                text = self.item.parse(entry)
            except ValueError:
                raise PydanticCustomError("refused_item", "refused", {"error": self.item.error}) from None
            parsed.append(text or "")
        return parsed

    def json_schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": "array", "items": self.item.json_schema(), "maxItems": self.maximum}
        if self.minimum:
            schema["minItems"] = self.minimum
        if self.none_is_empty:
            schema["nullable"] = True
        return schema


@dataclass(frozen=True, slots=True)
class Moment(Rule):
    """An ISO-8601 date or date-time; a missing offset means UTC. `optional`: null or blank is none."""

    optional: bool = False

    def parse(self, value: Any) -> datetime | None:
        if value is None or (isinstance(value, str) and not value.strip()):
            if self.optional:
                return None
            raise ValueError("missing")
        if not isinstance(value, str) or not re.match(r"\s*\d{4}-\d{2}-\d{2}([T ]|\s*$)", value):
            raise ValueError("not a date")
        moment = datetime.fromisoformat(value.strip())
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        try:
            return moment.astimezone(UTC)
        except OverflowError:
            raise ValueError("out of range") from None

    def json_schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": "string", "format": "date-time"}
        if self.optional:
            schema["nullable"] = True
        return schema


@dataclass(frozen=True, slots=True)
class WebUrl(Rule):
    """An absolute http or https URL, trimmed and otherwise kept as given; null or blank is none."""

    maximum: int = 2000

    def parse(self, value: Any) -> str | None:
        text = Text(self.error, optional=True, maximum=self.maximum).parse(value)
        if text is None:
            return None
        parts = urlsplit(text)
        if parts.scheme.lower() not in {"http", "https"} or not parts.hostname or re.search(r"\s", text):
            raise ValueError("not a web address")
        return text

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "nullable": True, "maxLength": self.maximum}


@dataclass(frozen=True, slots=True)
class JsonObject(Rule):
    """A JSON object of any keys. `optional`: null is none."""

    optional: bool = True

    def parse(self, value: Any) -> dict[str, Any] | None:
        if value is None and self.optional:
            return None
        if not isinstance(value, dict) or not is_storable(value):
            raise ValueError("not an object")
        return value

    def json_schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": "object", "additionalProperties": True}
        if self.optional:
            schema["nullable"] = True
        return schema


def is_storable(value: Any) -> bool:
    """Whether a JSON value can be kept and answered: no NUL, which jsonb refuses, and at most 100 levels deep, since
    encoders stop at about 250."""
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        if any(isinstance(item, str) and "\x00" in item for item in level):
            return False
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                below += item.keys()
                below += item.values()
            elif isinstance(item, list):
                below += item
        if not below:
            return True
        level = below
    return False
