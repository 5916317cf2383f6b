"""Where does a page of a long list begin? Positions that clients hold.

The rules: docs/rules/content.md, lists.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Generic, Protocol, TypeVar

import orjson

from service.http.errors import InvalidCursor
from service.http.fields import Rule
from service.http.web import Paged, PageInfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MAX_TOKEN = 1000
_MAX_COUNT = 2**53
_MAX_TEXT = 500

T = TypeVar("T")


# --- Positions --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Position:
    """The row after which a page begins. `binding` names list and filters, `skipped` the rows shown before."""

    binding: str
    skipped: int
    keys: tuple[datetime | str, ...]

    def token(self) -> str:
        """The position as clients hold it. Not secret and not signed: it opens nothing that the list does not show."""
        keys = [key if isinstance(key, str) else (key - _EPOCH) // _MICROSECOND for key in self.keys]
        return base64.urlsafe_b64encode(orjson.dumps([self.binding, self.skipped, *keys])).decode().rstrip("=")

    @classmethod
    def of_token(cls, token: str) -> Position:
        """The position of a token. Raises ValueError for anything that `token` cannot have made."""
        if len(token) > _MAX_TOKEN:
            raise ValueError("too long")
        try:
            raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
            parts = orjson.loads(raw)
        except (binascii.Error, UnicodeError, orjson.JSONDecodeError) as error:
            raise ValueError("not a token") from error
        if not isinstance(parts, list) or len(parts) < 3 or type(parts[0]) is not str or type(parts[1]) is not int:
            raise ValueError("not a position")
        binding, skipped, *keys = parts
        if not 0 <= skipped <= _MAX_COUNT:
            raise ValueError("not a count")
        return cls(binding, skipped, tuple(_key(key) for key in keys))


def _key(value: Any) -> datetime | str:
    if type(value) is int:
        try:
            return _EPOCH + value * _MICROSECOND
        except OverflowError as error:
            raise ValueError("not a time") from error
    if type(value) is str and len(value) <= _MAX_TEXT and "\x00" not in value:
        return value
    raise ValueError("not a key")


def binding_of(name: str, *filters: Any) -> str:
    """A short name of a list with its filters; a token made for one is refused by another."""
    return hashlib.blake2b(orjson.dumps([name, *filters]), digest_size=9).hexdigest()


class Token(Rule):
    """A position's token; blank is none."""

    def parse(self, value: Any) -> Position | None:
        if value is None:
            return None
        if not isinstance(value, str):
            raise ValueError("not a string")
        return Position.of_token(value.strip())

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": _MAX_TOKEN}


After = Annotated[Position | None, Token(InvalidCursor)]
"""The query parameter of lists whose pages can begin after a position: `pageInfo.after` of an earlier page."""


class KeysetPaged(Paged, Protocol):
    """A query whose page begins at an offset or after a position."""

    @property
    def after(self) -> Position | None: ...

    @property
    def model_fields_set(self) -> set[str]: ...


def start_of(query: KeysetPaged, binding: str) -> Position | None:
    """The position a page begins after; none: its offset counts.

    Raises InvalidCursor when both are given, or the position belongs to another list or to other filters.
    """
    if query.after is None:
        return None
    if "cursor" in query.model_fields_set or query.after.binding != binding:
        raise InvalidCursor
    return query.after


class KeysetPageInfo(PageInfo):
    """`after` leads to the next page at the same cost at any depth, and shows no row twice; null on the last page."""

    after: str | None


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    """One page: its items, where it begins, its size, whether more follow, all matches, and the token of its last row.

    `exact` is false when the total may be older than the rows. A list's answer is read from it, as from OffsetPage.
    """

    items: list[T]
    offset: int
    limit: int
    has_more: bool
    total: int
    after: str | None
    exact: bool = False

    @property
    def page_info(self) -> KeysetPageInfo:
        return KeysetPageInfo(
            cursor=str(self.offset),
            next_cursor=str(self.offset + len(self.items)) if self.has_more else None,
            limit=self.limit,
            total=self.total,
            after=self.after,
        )
