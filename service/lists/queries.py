"""How is a long list read? One statement for a page: narrowed, searched, from an offset or a position.

The rules: docs/rules/content.md, lists and search.
"""

from __future__ import annotations

import asyncio
import re
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
from service.lists.paging import KeysetPaged, Position, Slice, start_of
from service.lists.totals import Total, Totals

SEARCH_SECONDS = 1.0
# Up to here totals are exact, of lists and of searches. A list that shrinks below 10 000 rows was above twice as many a
# moment before, or is counted at once.
EXACT_ROWS = 20_000
EXACT_MATCHES = 1000
# A common term fills its page from the first rows of the list, a less common one from some more.
_WALK_ROWS = 1000
_FAR_WALK_ROWS = 25_000
# Bringing more matches than this into order takes longer than looking through this many rows until the page is full.
_MANY_MATCHES = 80_000
_LONG_WALK_ROWS = 200_000
# A sample costs 2 and 10 ms: one that tells many matches from few, and one that stands for the total.
_ROUGH_PAGES = 30
_PAGES = 200
_NO_LIMIT = 2**62
# The limit stands in the statement's text: a generic plan, made without it, would look dear, and each page would be
# planned anew. Few limits make few texts, since a connection keeps the plans of a few hundred.
_ROWS_READ = (2, 6, 11, 21, 26, 51, 101)
# Searches never hold all connections of a process.
_searches = asyncio.Semaphore(4)

# A total may be 5 s behind without a search and 60 s behind with one; the rest is for answering.
_list_totals = Totals(short=EXACT_ROWS, fresh_seconds=2.5, usable_seconds=4.5, count_seconds=25.0)
_search_totals = Totals(short=EXACT_MATCHES, fresh_seconds=30.0, usable_seconds=57.0, count_seconds=10.0)

_ROWS, _OFFSET = "@rows@", "@offset@"
_KINDS = {datetime: "timestamptz", str: "text", bool: "boolean"}
_PLACE = re.compile(r"\$(\d+)")
_HIDDEN = re.compile(r"\(SELECT (\$\d+::\w+)\)")

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
    _list_totals.forget()
    _search_totals.forget()


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
    """What a list is narrowed to: conditions, texts to find, and the values of their placeholders, from `$1` on."""

    def __init__(self, *conditions: str) -> None:
        self.arguments: list[Any] = []
        self._conditions = list(conditions)
        self._texts: list[tuple[str, str, str]] = []

    def bind(self, value: Any) -> str:
        """The placeholder of `value`."""
        self.arguments.append(value)
        return f"${len(self.arguments)}"

    def hide(self, value: datetime | str | bool) -> str:
        """The placeholder of `value`, which the planner does not see: one plan serves all values."""
        kind = next(name for kind, name in _KINDS.items() if isinstance(value, kind))
        return f"(SELECT {self.bind(value)}::{kind})"

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
) -> Slice[T]:
    """One page, each row as `view`, with `saved` of the user `user_id`. One statement; a search may take three.

    `binding` (`paging.binding_of`) names list and filters. `version` is what the caller read of the table before (see
    Totals): then the page knows whether its total is exact, and a total of the same version is counted once. Another
    one takes a statement more, when the page does not tell the total by itself. Raises InvalidCursor, and SearchBusy
    when a search takes more than SEARCH_SECONDS.
    """
    asked_at = time.monotonic()
    start = start_of(query, binding)
    if start is not None and [type(key) for key in start.keys] != [key.kind for key in listing.keys]:
        raise InvalidCursor
    statement = _Statement(listing, narrowing, query, start, user_id)
    totals, total = _list_totals, None
    if not narrowing.searches:
        rows = await _list(statement)
    else:
        totals = _search_totals
        try:
            async with asyncio.timeout(SEARCH_SECONDS), _searches:
                sent_at = time.monotonic()
                rows, total = await _search(statement)
        except TimeoutError:
            raise SearchBusy from None
        if total is not None:
            totals.keep(binding, total, version, sent_at)
    has_more, is_empty = len(rows) > query.limit, not rows and statement.offset > 0
    if total is not None:
        found = Total(total, True)
    elif start is None and not has_more and not is_empty:
        found = Total(statement.offset + len(rows), True)
    else:
        found = await totals.find(binding, statement.counting, asked_at, version)
    return _slice(statement, rows, found, binding, view)


@dataclass(frozen=True, slots=True)
class _Counting:
    """Counts the rows of the SELECT `rows`, each of one match. `text`: it searches for one.

    `sampled` estimates the matches from some pages of the table, whose number is its last argument.
    """

    rows: str
    arguments: Sequence[Any]
    text: bool = False
    sampled: str = ""

    def sql(self, limit: int | None = None) -> str:
        """A SELECT of the number, or of `limit` when there are more."""
        if self.text:
            # Kept apart from the limit, with which reading the whole table would look cheap.
            cut = "" if limit is None else f" LIMIT {limit}"
            return f"WITH found AS MATERIALIZED ({self.rows}) SELECT count(*) FROM (SELECT 1 FROM found{cut}) c"
        # As if there were always a limit, so that an index is read, not the table.
        cut = str(limit) if limit is not None else f"(SELECT {_NO_LIMIT})"
        return f"SELECT count(*) FROM ({self.rows} LIMIT {cut}) c"

    async def count(self, limit: int | None = None) -> int:
        return int(await db.fetch_value(self.sql(limit), *self.arguments))

    async def estimate(self) -> int:
        if self.sampled:  # the planner knows nothing of texts
            return await self.sample(_PAGES)
        seen = _HIDDEN.sub(r"\1", self.rows)
        plan = await db.fetch_value(f"EXPLAIN (FORMAT JSON) {seen}", *self.arguments)
        return int(plan[0]["Plan"]["Plan Rows"])

    async def sample(self, pages: int) -> int:
        """About how many rows match, from `pages` of the table's pages."""
        sql, values = _used(self.sampled, [*self.arguments, pages])
        return int(await db.fetch_value(sql, *values))


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
        # Without the page: what is bound from here on is no part of the count.
        self.counting = self._counting()
        saved = "false" if user_id is None else listing.saved.format(narrowing.bind(user_id))
        self.columns = f"{listing.columns}, {saved} AS saved"
        self._places = [narrowing.hide(key) for key in start.keys] if start else []
        self.rows = _rows_read(query.limit)
        self.limits = f" LIMIT {self.rows}"
        self.skipped = 0 if start else query.cursor
        if self.skipped:
            self.limits += f" OFFSET (SELECT {narrowing.bind(query.cursor)}::bigint)"

    def _counting(self) -> _Counting:
        listing, narrowing = self.listing, self.narrowing
        arguments = list(narrowing.arguments)
        if not narrowing.searches:
            rows = f"SELECT 1 FROM {listing.table} WHERE {narrowing.filters} ORDER BY {listing.order()}"
            return _Counting(rows, arguments)
        size, wanted = f"pg_relation_size('{listing.table.split()[0]}') / 8192.0", f"${len(arguments) + 1}::int"
        sampled = (
            f"SELECT count(*) * greatest(1, {size} / {wanted}) FROM (SELECT {narrowing.texts} FROM {listing.table}"
            f" TABLESAMPLE SYSTEM (least(100, 100 * {wanted} / greatest({size}, 1))) WHERE {narrowing.filters}) k"
            f" WHERE {narrowing.walked('k')}"
        )
        matches = f"SELECT 1 FROM {listing.table} WHERE {narrowing.matches}"
        return _Counting(matches, arguments, text=True, sampled=sampled)

    @property
    def scope(self) -> str:
        """The rows behind the page's start without those on texts, in the list's order."""
        listing = self.listing
        return f"FROM {listing.table} WHERE {self.narrowing.filters}{self.behind()} ORDER BY {listing.order()}"

    def behind(self, prefix: str | None = None) -> str:
        """The condition of the rows behind the page's start."""
        return f" AND {self.listing.behind(self._places, prefix)}" if self._places else ""

    def looked_up(self, prefix: str) -> str:
        """The join of the shown columns as `r`, one look-up by id for each row of `prefix`."""
        key, place = self.listing.keys[-1].sql, self.listing.names(prefix)[-1]
        return f"CROSS JOIN LATERAL (SELECT {self.columns} FROM {self.listing.table} WHERE {key} = {place} OFFSET 0) r"


def _rows_read(limit: int) -> int:
    """How many rows are read for a page: at least one more than it has."""
    return next((rows for rows in _ROWS_READ if rows > limit), limit + 1)


async def _list(statement: _Statement) -> list[asyncpg.Record]:
    """The rows, at least one more than the page has when there are more."""
    listing = statement.listing
    if statement.skipped:
        # The rows passed over are read from the index alone.
        page = (
            f"SELECT r.*, {', '.join(listing.names('k'))} FROM (SELECT {listing.positions} {statement.scope}"
            f"{statement.limits}) k {statement.looked_up('k')} ORDER BY {listing.order('k')}"
        )
    else:
        page = f"SELECT {statement.columns}, {listing.positions} {statement.scope}{statement.limits}"
    return await db.fetch_all(page, *statement.narrowing.arguments)


async def _search(statement: _Statement) -> tuple[list[asyncpg.Record], int | None]:
    """Like `_list`, with texts to find; also the total when the rows tell it.

    The list is walked through in its order, where a common term fills its page at once: further when the first rows
    promise that, and still further when there are too many matches to be brought into order. Only all others are looked
    up in the index.
    """
    rows, total, is_done, hits = await _walk(statement, _WALK_ROWS)
    needed = statement.skipped + statement.wanted + 1
    is_promising = 2 * needed * _WALK_ROWS <= hits * _FAR_WALK_ROWS
    if not is_done and is_promising:
        rows, total, is_done, hits = await _walk(statement, _FAR_WALK_ROWS)
    # Far from the start a long walk hardly fills the page, and what it costs is then missing for the look-up.
    is_near = 2 * needed <= _LONG_WALK_ROWS
    if not is_done and is_near and await statement.counting.sample(_ROUGH_PAGES) > _MANY_MATCHES:
        rows, total, is_done, hits = await _walk(statement, _LONG_WALK_ROWS)
    return (rows, total) if is_done else await _find(statement)


def _used(sql: str, arguments: Sequence[Any]) -> tuple[str, list[Any]]:
    """The SQL with those of its arguments that it names; Postgres takes no others."""
    places = list(dict.fromkeys(_PLACE.findall(sql)))
    renumbered = _PLACE.sub(lambda found: f"${places.index(found[1]) + 1}", sql)
    return renumbered, [arguments[int(place) - 1] for place in places]


async def _walk(statement: _Statement, length: int) -> tuple[list[asyncpg.Record], int | None, bool, int]:
    """Look through `length` rows: those of the page, the total if told, whether that is all, and how many matched.

    The number that matched is known when the page was not filled.
    """
    listing, narrowing = statement.listing, statement.narrowing
    keys = ", ".join(listing.names("k"))
    # Seldom are all rows of a long walk read. A planner who saw its length would sort the whole table.
    limit = str(length) if length < _LONG_WALK_ROWS else f"(SELECT {length})"
    sql, values = _used(
        f"WITH hits AS MATERIALIZED (SELECT {keys} FROM (SELECT {listing.positions}, {narrowing.texts} {statement.scope}"
        f" LIMIT {limit}) k WHERE {narrowing.walked('k')} ORDER BY {listing.order('k')}),"
        f" page AS MATERIALIZED (SELECT {keys} FROM hits k ORDER BY {listing.order('k')}{statement.limits}),"
        f" filled AS (SELECT count(*) = {statement.rows} AS yes FROM page)"
        " SELECT t.*, p.* FROM (SELECT CASE WHEN NOT f.yes THEN (SELECT count(*) FROM hits) END AS walk_hits,"
        f" CASE WHEN NOT f.yes THEN (SELECT count(*) FROM (SELECT 1 {statement.scope} LIMIT {limit}) c) END AS walk_rows"
        " FROM filled f) t"
        f" LEFT JOIN (SELECT r.*, {keys} FROM page k {statement.looked_up('k')}) p ON true ORDER BY {listing.order('p')}",
        narrowing.arguments,
    )
    rows = await db.fetch_all(sql, *values)
    hits, walked = rows[0]["walk_hits"] or 0, rows[0]["walk_rows"]
    rows = _present(rows)
    is_whole = walked is not None and walked < length
    total = hits if is_whole and statement.start is None else None
    return rows, total, is_whole or len(rows) > statement.wanted, hits


async def _find(statement: _Statement) -> tuple[list[asyncpg.Record], int]:
    """The page from all matches, and their number."""
    listing, narrowing = statement.listing, statement.narrowing
    keys = ", ".join(listing.names("k"))
    rows = await db.fetch_all(
        f"WITH found AS MATERIALIZED (SELECT {listing.positions} FROM {listing.table} WHERE {narrowing.matches})"
        " SELECT t.total, p.* FROM (SELECT count(*) AS total FROM found) t"
        f" LEFT JOIN (SELECT r.*, {keys} FROM (SELECT {keys} FROM found k WHERE true{statement.behind('k')}"
        f" ORDER BY {listing.order('k')}{statement.limits}) k {statement.looked_up('k')}) p ON true"
        f" ORDER BY {listing.order('p')}",
        *narrowing.arguments,
    )
    return _present(rows), int(rows[0]["total"])


def _present(rows: list[asyncpg.Record]) -> list[asyncpg.Record]:
    """Without the empty row that stands for a page without rows."""
    return [row for row in rows if row["position_0"] is not None]


def _slice(
    statement: _Statement,
    rows: list[asyncpg.Record],
    counted: Total,
    binding: str,
    view: Callable[[asyncpg.Record], T],
) -> Slice[T]:
    shown = rows[: statement.wanted]
    has_more = len(rows) > statement.wanted
    offset, seen, total = statement.offset, len(shown) + has_more, counted.value
    if statement.start is not None and counted.exact:
        # Rows may have gone since the position was handed out.
        total = max(total, seen)
        offset = min(offset, total - seen)
    else:
        total = _at_least(total, offset, seen, has_more=has_more, by_offset=statement.start is None)
    after = None
    if has_more:
        keys = tuple(shown[-1][f"position_{number}"] for number in range(len(statement.listing.keys)))
        after = Position(binding, offset + len(shown), keys).token()
    return Slice([view(row) for row in shown], offset, statement.wanted, has_more, total, after, counted.exact)


def _at_least(total: int, offset: int, seen: int, *, has_more: bool, by_offset: bool = True) -> int:
    """The total as far as the page's rows tell it: never less than what they show, and exact on the last page."""
    if seen == 0 and offset > 0:
        return min(total, offset)
    if has_more or not by_offset:
        return max(total, offset + seen)
    return offset + seen


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


REACH = "@reach@"
"""In a page's SQL: so many rows reach to its end."""


def cut(select: str) -> str:
    """The rows of a page out of those of `select`, which has an order. For `offset_page`, which knows the numbers.

    The rows are limited twice: first to a power of two that reaches to the page's end, so that one plan serves all
    offsets of that size, then to those of the page.
    """
    return f"SELECT * FROM ({select} LIMIT {REACH}) cut LIMIT {_ROWS}{_OFFSET}"


async def offset_page(
    matches: str,
    page: str,
    order: str,
    *arguments: Any,
    view: Callable[[asyncpg.Record], T],
    offset: int,
    limit: int,
    columns: str = "p.*",
    joins: str = "",
    key: str = "id",
    name: str | None = None,
    text: bool = False,
) -> OffsetPage[T]:
    """One page, each row as `view`. One statement, whose total is there when the page is past the last row.

    `matches` is a SELECT of one row for each match. `page` is a SELECT with `cut` in it, which reads at least one row
    more than the page has; it is called `p` in `order` (the ORDER BY of all), in `columns` (what is read) and in `joins`
    (what each row is completed with). `arguments` are $1 and further. `key` is a column that no row has empty.

    `name` (`paging.binding_of`) is that of a list which may become long: matches are counted by the page's statement up
    to EXACT_ROWS only, and more of them as Totals say. `text`: matches are searched for one, up to EXACT_MATCHES, and
    the page raises SearchBusy when its statement takes more than SEARCH_SECONDS.
    """
    asked_at = time.monotonic()
    totals = _search_totals if text else _list_totals
    counting = _Counting(matches, arguments, text=text)
    known = totals.known(name, asked_at) if name is not None else None
    count = "SELECT NULL::bigint" if known else counting.sql(totals.short + 1 if name is not None else None)
    statement, values = numbered(page, arguments, offset, limit)
    try:
        rows: Sequence[asyncpg.Record] = await db.fetch_all(
            f"SELECT t.total, {columns} FROM ({count}) t (total) LEFT JOIN LATERAL ({statement}) p ON true {joins}"
            f" ORDER BY {order}",
            *values,
            seconds=SEARCH_SECONDS if text else None,
        )
    except db.StatementTooSlow:
        if not text:
            raise
        raise SearchBusy from None
    total, found = rows[0]["total"], rows if rows[0][key] is not None else ()
    shown, has_more = found[:limit], len(found) > limit
    is_told = not has_more and (bool(shown) or offset == 0)
    if name is not None and not is_told and (total is None or total > totals.short):
        total = (await totals.find(name, counting, asked_at)).value
    total = _at_least(total or 0, offset, len(shown) + has_more, has_more=has_more)
    return OffsetPage([view(row) for row in shown], offset, limit, has_more, total)


def numbered(page: str, arguments: Sequence[Any], offset: int, limit: int) -> tuple[str, list[Any]]:
    """The SQL of a page with its numbers, and its arguments."""
    rows = _rows_read(limit)
    reach, skip, values = rows, "", list(arguments)
    if offset:
        values.append(offset)
        reach, skip = 1 << (offset + rows - 1).bit_length(), f" OFFSET (SELECT ${len(values)}::bigint)"
    numbers = {REACH: str(min(reach, _NO_LIMIT)), _ROWS: str(rows), _OFFSET: skip}
    for token, number in numbers.items():
        page = page.replace(token, number)
    return page, values
