"""How does a caller say which version a decision was made on?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from service.http.errors import InvalidRequestBody
from service.http.fields import Number


@dataclass(frozen=True, slots=True)
class VersionNumber(Number):
    """The version that a decision was made on; null is none."""

    def parse(self, value: Any) -> int | float | None:  # type: ignore[override]  # a rule may widen its values
        return None if value is None else Number.parse(self, value)

    def json_schema(self) -> dict[str, Any]:
        return Number.json_schema(self) | {"nullable": True}


Version = Annotated[int | None, VersionNumber(InvalidRequestBody, minimum=0, maximum=2**31 - 1)]
