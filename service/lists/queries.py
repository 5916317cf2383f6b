"""How is a long list read? One statement for a page: narrowed, searched, from an offset or a position, with its total.

The rules: docs/rules/content.md, lists and search.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

import asyncpg

from service.database import db
from service.http.errors import InvalidCursor, InvalidField, SearchBusy
from service.http.fields import Text
from service.http.web import PageInfo
from service.lists.paging import KeysetPaged, Known, Position, Slice, Totals, start_of

SEARCH_SECONDS = 1.0
# Of a search, matches are counted on every request up to here.
EXACT_MATCHES = 1000
# A common term fills its page from the first rows of the list; only for others are all matches looked up.
_WALK_ROWS = 1000
_LONG_COUNT_SECONDS = 10.0
_NO_LIMIT = 2**62
# Searches never hold all connections of a process.
_searches = asyncio.Semaphore(4)
_long_counts = asyncio.Semaphore(2)

# A total may be 5 s behind without a search and 60 s behind above EXACT_MATCHES; the rest is for answering.
_totals = Totals(fresh_seconds=2.5, usable_seconds=4.5)
_long_totals = Totals(fresh_seconds=30.0, usable_seconds=57.0)
_counting: dict[str, asyncio.Task[tuple[int, str | None]]] = {}

T = TypeVar("T")


class InvalidSearch(InvalidField):
    """Only for text that no stored text can hold."""

    code = "invalid_request_body"
    message = "The request could not be read."
    message_id = "Permintaan tidak dapat dibaca."


Search = Annotated[str | None, Text(InvalidSearch, optional=True)]
"""A text to find anywhere in others, in any case; blank is none."""


def forget_totals() -> None:
    """Count everything anew, as a new process does."""
    _totals.forget()
    _long_totals.forget()


@dataclass(frozen=True, slots=True)
class Key:
    """One column of a list's order."""

    sql: str
    kind: type[datetime] | type[str]


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list shows of its table, and its order; the last key is the row's id.

    `saved`: SQL that says whether the user `{}` keeps the row.
    """

    table: str
    columns: str
    keys: tuple[Key, ...]
    descending: bool = False
    saved: str = "false"

    @property
    def positions(self) -> str:
        """The keys as columns."""
        return ", ".join(f"{key.sql} AS position_{number}" for number, key in enumerate(self.keys))

    def names(self, prefix: str | None = None) -> list[str]:
        """The keys, or the columns that `positions` made of them in `prefix`."""
        if prefix is None:
            return [key.sql for key in self.keys]
        return [f"{prefix}.position_{number}" for number in range(len(self.keys))]

    def order(self, prefix: str | None = None) -> str:
        direction = " DESC" if self.descending else ""
        return ", ".join(f"{name}{direction}" for name in self.names(prefix))

    def behind(self, places: list[str], prefix: str | None = None) -> str:
        """The condition of rows behind a position."""
        sign = "<" if self.descending else ">"
        return f"({', '.join(self.names(prefix))}) {sign} ({', '.join(places)})"


class Narrowing:
    """What a list is narrowed to: conditions, texts to find, and the values of their placeholders, from `$first` on."""

    def __init__(self, *conditions: str, first: int = 1) -> None:
        self.arguments: list[Any] = []
        self._before = first - 1
        self._conditions = list(conditions)
        self._texts: list[tuple[str, str, str]] = []

    def bind(self, value: Any) -> str:
        """The placeholder of `value`."""
        self.arguments.append(value)
        return f"${self._before + len(self.arguments)}"

    def where(self, condition: str) -> None:
        """Keep rows for which `condition` (SQL) is true."""
        self._conditions.append(condition)

    def contains(self, text: str, term: str) -> None:
        """Keep rows whose `text` holds `term` literally, in any case.

        `text` is SQL, in lower case, indexed by trigrams and by `text_pieces`. The planner must not see the term: it
        would guess how common it is, guess wrong for long texts, and read the whole table for a rare one. Behind a
        sub-select it takes the text's index for every term.
        """
        pieces = pieces_of(term)
        if pieces:
            test = f"strpos({{}}, (SELECT lower({self.bind(term)}))) > 0"
            listed = ", ".join(f"lower({self.bind(piece)})" for piece in pieces)
            self._texts.append((text, test, f"text_pieces({text}) @> (SELECT ARRAY[{listed}]) AND {test.format(text)}"))
        else:
            test = f"{{}} LIKE (SELECT lower({self.bind(like_pattern(term))}))"
            self._texts.append((text, test, test.format(text)))

    @property
    def searches(self) -> bool:
        return bool(self._texts)

    @property
    def filters(self) -> str:
        """All conditions but those on texts."""
        return " AND ".join(self._conditions) or "true"

    @property
    def matches(self) -> str:
        """All conditions; those on texts in the form that their index answers."""
        return " AND ".join([*self._conditions, *(found for _, _, found in self._texts)]) or "true"

    @property
    def texts(self) -> str:
        """The searched texts as columns."""
        return ", ".join(f"{text} AS text_{number}" for number, (text, _, _) in enumerate(self._texts))

    def walked(self, prefix: str) -> str:
        """The conditions on the columns that `texts` made in `prefix`; no index answers them."""
        return " AND ".join(test.format(f"{prefix}.text_{n}") for n, (_, test, _) in enumerate(self._texts))


def like_pattern(term: str) -> str:
    """`term` as a LIKE pattern that matches it literally, anywhere."""
    return "%" + term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def escape_like(text: str) -> str:
    """`like_pattern` in lower case, for a column that the statement lower-cases."""
    return like_pattern(text.lower())


def pieces_of(term: str) -> list[str]:
    """Pieces of one or two characters by which `term` is found; none when trigrams find it.

    Trigrams are made of letters and digits only, so it takes three of them in a row.
    """
    run = 0
    for character in term:
        run = run + 1 if character.isalpha() or character in "0123456789" else 0
        if run == 3:
            return []
    pairs = [term[start : start + 2] for start in range(len(term) - 1)]
    # text_pieces parts its pairs by this character.
    usable = [pair for pair in dict.fromkeys(pairs) if "\x01" not in pair]
    return usable[:3] or [term[0]]


async def read_page(
    listing: Listing,
    narrowing: Narrowing,
    query: KeysetPaged,
    *,
    binding: str,
    view: Callable[[asyncpg.Record], T],
    user_id: str | None = None,
    version: str | None = None,
    capped: bool = False,
) -> Slice[T]:
    """One page, each row as `view`, with `saved` of the user `user_id`. One statement.

    `binding` (`paging.binding_of`) names list and filters. `capped`: of a search above EXACT_MATCHES the total may be
    60 s behind, and counting it anew is a second statement. `version` is what the caller read of the table before (see
    Totals): then the page knows whether its total is exact. Raises InvalidCursor, and SearchBusy when a search takes
    more than SEARCH_SECONDS.
    """
    start = start_of(query, binding)
    if start is not None and [type(key) for key in start.keys] != [key.kind for key in listing.keys]:
        raise InvalidCursor
    statement = _Statement(listing, narrowing, query, start, user_id)
    counted = _Counted(binding if version is None else f"{binding}@", version)
    if not narrowing.searches:
        rows, total = await _list(statement, counted)
    else:
        try:
            async with asyncio.timeout(SEARCH_SECONDS), _searches:
                rows, total = await _search(statement, counted, capped=capped)
        except TimeoutError:
            raise SearchBusy from None
    return _slice(statement, [row for row in rows if row["position_0"] is not None], total, binding, view)


@dataclass(frozen=True, slots=True)
class _Counted:
    """Under which name a count is remembered, and of which version it is. Callers without one have names of their own."""

    name: str
    version: str | None


@dataclass(frozen=True, slots=True)
class _Total:
    """`exact`: of the version that the caller read, or newer."""

    value: int
    exact: bool


class _Statement:
    """The parts of a page's SQL, with their placeholders bound."""

    def __init__(
        self, listing: Listing, narrowing: Narrowing, query: KeysetPaged, start: Position | None, user_id: str | None
    ) -> None:
        self.listing = listing
        self.narrowing = narrowing
        self.start = start
        self.offset = start.skipped if start else query.cursor
        self.wanted = query.limit
        # Without the page: for the count that is a statement of its own.
        self.count_sql = f"SELECT count(*) FROM {listing.table} WHERE {narrowing.matches}"
        self.count_arguments = list(narrowing.arguments)
        saved = "false" if user_id is None else listing.saved.format(narrowing.bind(user_id))
        self.columns = f"{listing.columns}, {saved} AS saved"
        self._places = [narrowing.bind(key) for key in start.keys] if start else []
        self.limit = f"{narrowing.bind(query.limit + 1)}::bigint"
        self.limits = f" LIMIT {self.limit}"
        self.skips = start is None and query.cursor > 0
        if self.skips:
            self.limits += f" OFFSET {narrowing.bind(query.cursor)}"

    def behind(self, prefix: str | None = None) -> str:
        """The condition of the rows behind the page's start."""
        return f" AND {self.listing.behind(self._places, prefix)}" if self._places else ""

    def looked_up(self, prefix: str) -> str:
        """The join of the shown columns as `r`, one look-up by id for each row of `prefix`."""
        key, place = self.listing.keys[-1].sql, self.listing.names(prefix)[-1]
        return f"CROSS JOIN LATERAL (SELECT {self.columns} FROM {self.listing.table} WHERE {key} = {place} OFFSET 0) r"


async def _list(statement: _Statement, counted: _Counted) -> tuple[list[asyncpg.Record], _Total]:
    """The rows, one more than the page has, and the total."""
    listing, narrowing = statement.listing, statement.narrowing
    known = _totals.look(counted.name, counted.version)
    scope = f"FROM {listing.table} WHERE {narrowing.filters}{statement.behind()} ORDER BY {listing.order()}"
    if statement.skips:
        # The rows passed over are read from the index alone.
        page = (
            f"SELECT r.*, {', '.join(listing.names('k'))} FROM (SELECT {listing.positions} {scope}{statement.limits}) k"
            f" {statement.looked_up('k')} ORDER BY {listing.order('k')}"
        )
    else:
        page = f"SELECT {statement.columns}, {listing.positions} {scope}{statement.limits}"
    if known.value is not None and not known.due:
        return await db.fetch_all(page, *narrowing.arguments), _Total(known.value, known.exact)
    sent_at = time.monotonic()
    rows = await db.fetch_all(
        # Counted in the list's order and as if there were a limit, so that the list's index is read, not the table.
        f"SELECT t.total, p.* FROM (SELECT count(*) AS total FROM (SELECT 1 FROM {listing.table}"
        f" WHERE {narrowing.filters} ORDER BY {listing.order()} LIMIT (SELECT {_NO_LIMIT})) c) t"
        f" LEFT JOIN ({page}) p ON true ORDER BY {listing.order('p')}",
        *narrowing.arguments,
    )
    _totals.keep(counted.name, rows[0]["total"], sent_at, counted.version)
    return rows, _Total(rows[0]["total"], True)


async def _search(statement: _Statement, counted: _Counted, *, capped: bool) -> tuple[list[asyncpg.Record], _Total]:
    """Like `_list`, with texts to find.

    `walk` looks through the first rows of the list's order, where a common term fills its page at once. Only when it
    does not are all rows that match (`found`) brought into order. Postgres reads `found` as far as somebody asks for
    it, so the count of a common term stops at the cap.
    """
    listing, narrowing = statement.listing, statement.narrowing
    known = Known(None, True) if capped else _totals.look(counted.name, counted.version)
    if capped:
        total = f"SELECT count(*) AS total FROM (SELECT 1 FROM found LIMIT {EXACT_MATCHES + 1}) c"
    else:
        total = (
            "SELECT count(*) AS total FROM found"
            if known.due or known.value is None
            else "SELECT NULL::bigint AS total"
        )
    keys = ", ".join(listing.names("k"))
    sent_at = time.monotonic()
    rows = await db.fetch_all(
        f"WITH walk AS MATERIALIZED (SELECT {keys} FROM (SELECT {listing.positions}, {narrowing.texts}"
        f" FROM {listing.table} WHERE {narrowing.filters}{statement.behind()} ORDER BY {listing.order()}"
        f" LIMIT {_WALK_ROWS}) k WHERE {narrowing.walked('k')} ORDER BY {listing.order('k')}{statement.limits}),"
        f" found AS MATERIALIZED (SELECT {listing.positions} FROM {listing.table} WHERE {narrowing.matches}),"
        f" page AS (SELECT {keys} FROM walk k WHERE (SELECT count(*) FROM walk) = {statement.limit}"
        f" UNION ALL (SELECT {keys} FROM found k WHERE (SELECT count(*) FROM walk) < {statement.limit}"
        f"{statement.behind('k')} ORDER BY {listing.order('k')}{statement.limits}))"
        f" SELECT t.total, p.* FROM ({total}) t"
        f" LEFT JOIN (SELECT r.*, {keys} FROM page k {statement.looked_up('k')}) p ON true"
        f" ORDER BY {listing.order('p')}",
        *narrowing.arguments,
    )
    if rows[0]["total"] is None:
        return rows, _Total(int(known.value or 0), known.exact)
    count = int(rows[0]["total"])
    if not capped:
        _totals.keep(counted.name, count, sent_at, counted.version)
    elif count > EXACT_MATCHES:
        long = await _long_count(counted, statement.count_sql, statement.count_arguments)
        return rows, _Total(max(count, long.value), long.exact)
    return rows, _Total(count, True)


async def _long_count(counted: _Counted, sql: str, arguments: list[Any]) -> _Total:
    """All matches of a common term, counted by one task for all who ask.

    It goes on when the search that began it gives up, so that the same search succeeds a moment later.
    """
    name = counted.name
    known = _long_totals.look(name, counted.version)
    if known.due and name not in _counting:
        task = asyncio.create_task(_count(counted, sql, arguments))
        _counting[name] = task
        task.add_done_callback(lambda done: _end_count(name, done))
    if known.value is not None:
        return _Total(known.value, known.exact)
    # Somebody who read an older version may have begun it.
    value, version = await asyncio.shield(_counting[name])
    return _Total(value, version == counted.version)


async def _count(counted: _Counted, sql: str, arguments: list[Any]) -> tuple[int, str | None]:
    async with asyncio.timeout(_LONG_COUNT_SECONDS), _long_counts:
        sent_at = time.monotonic()
        value = int(await db.fetch_value(sql, *arguments))
    _long_totals.keep(counted.name, value, sent_at, counted.version)
    return value, counted.version


def _end_count(name: str, task: asyncio.Task[tuple[int, str | None]]) -> None:
    del _counting[name]
    if not task.cancelled():
        task.exception()  # who waited has seen it


def _slice(
    statement: _Statement,
    rows: list[asyncpg.Record],
    counted: _Total,
    binding: str,
    view: Callable[[asyncpg.Record], T],
) -> Slice[T]:
    shown = rows[: statement.wanted]
    has_more = len(rows) > statement.wanted
    offset, seen, total = statement.offset, len(shown) + has_more, counted.value
    if statement.start is not None:
        # Rows may have gone since the position was handed out.
        total = max(total, seen)
        offset = min(offset, total - seen)
    elif not has_more and (shown or offset == 0):
        total = offset + seen
    elif shown:
        total = max(total, offset + seen)
    after = None
    if has_more:
        keys = tuple(shown[-1][f"position_{number}"] for number in range(len(statement.listing.keys)))
        after = Position(binding, offset + len(shown), keys).token()
    return Slice([view(row) for row in shown], offset, statement.wanted, has_more, total, after, counted.exact)


@dataclass(frozen=True, slots=True)
class OffsetPage(Generic[T]):
    """One page: its items, where it begins, how many rows were asked for, whether more follow, and all matches.

    A list's answer is read from it: `JobList.model_validate(page)` takes `items` and `page_info`.
    """

    items: list[T]
    offset: int
    limit: int
    has_more: bool
    total: int

    @property
    def page_info(self) -> PageInfo:
        following = str(self.offset + len(self.items)) if self.has_more else None
        return PageInfo(cursor=str(self.offset), next_cursor=following, limit=self.limit, total=self.total)


async def offset_page(
    count: str,
    page: str,
    order: str,
    *arguments: Any,
    view: Callable[[asyncpg.Record], T],
    offset: int,
    limit: int,
    columns: str = "p.*",
    joins: str = "",
    key: str = "id",
    searches: bool = False,
) -> OffsetPage[T]:
    """One page, each row as `view`. One statement, whose total is there when the page is past the last row.

    `count` is a SELECT of one number. `page` is a SELECT that ends in `LIMIT $1 OFFSET $2`, which reads one row more than
    the page has; it is called `p` in `order` (the ORDER BY of all), in `columns` (what is read) and in `joins` (what each
    row is completed with). `arguments` are $3 and further (`Narrowing(first=3)`). `key` is a column that no row has
    empty. `searches`: a text is looked for; raises SearchBusy when the statement takes more than SEARCH_SECONDS.
    """
    try:
        rows = await db.fetch_all(
            f"SELECT t.total, {columns} FROM ({count}) t (total)"
            f" LEFT JOIN LATERAL ({page}) p ON true {joins} ORDER BY {order}",
            limit + 1,
            offset,
            *arguments,
            seconds=SEARCH_SECONDS if searches else None,
        )
    except db.StatementTooSlow:
        if not searches:
            raise
        raise SearchBusy from None
    found: Sequence[asyncpg.Record] = rows if rows[0][key] is not None else ()
    return OffsetPage([view(row) for row in found[:limit]], offset, limit, len(found) > limit, rows[0]["total"])
