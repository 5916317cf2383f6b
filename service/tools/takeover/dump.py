"""What is in a dump of the replaced server? Read as text, line by line; its SQL is never executed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from service.tools.takeover import TakeoverError
from service.tools.takeover.tables import HISTORY_TABLE, OLD_TABLES

MAX_LINE_BYTES = 64 * 2**20
CHUNK_BYTES = 256 * 1024

_NAME = r'(?:(?:public|"public")\.)?"?(\w+)"?'
_COPY = re.compile(rf"COPY\s+{_NAME}\s*\(([^)]*)\)\s+FROM\s+stdin\s*;", re.IGNORECASE)
_INSERT = re.compile(rf"INSERT\s+INTO\s+{_NAME}\s*(?:\(([^)]*)\)\s*)?VALUES\s*(?=\()", re.IGNORECASE)
_VALUE = re.compile(r"\s*(?:'([^']*(?:''[^']*)*)'|(\w+|[-+]?[0-9.][-+0-9.eE]*))\s*([,)])")
_NEXT_ROW = re.compile(r"\s*,\s*(?=\()")
_END = re.compile(r"\s*(?:ON\s+CONFLICT\s+DO\s+NOTHING\s*)?;\s*", re.IGNORECASE)
_SETTING = re.compile(r"SET\s+(?:SESSION\s+)?(\w+)\s*(?:=|TO)\s*(.+?)\s*;", re.IGNORECASE)
_HARMLESS = re.compile(
    r"SELECT\s+pg_catalog\..*;|ALTER\s+TABLE\s+(?:ONLY\s+)?\S+\s+(?:DISABLE|ENABLE)\s+TRIGGER\s+ALL\s*;",
    re.IGNORECASE | re.DOTALL,
)
_WORDS = {"null": None, "true": "true", "false": "false"}
# What a newer pg_dump writes around a script for psql.
_META_LINES = (b"\\restrict ", b"\\unrestrict ")
_OPENING, _CLOSING = b"-- PostgreSQL database dump", b"-- PostgreSQL database dump complete"
_COPY_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


@dataclass(frozen=True, slots=True)
class Section:
    """Rows of one table that stand together: bytes `start` to `end` of the file, the first on line `line`."""

    table: str
    columns: tuple[str, ...]
    form: Literal["copy", "insert"]
    start: int
    end: int
    line: int
    rows: int


class _Lines:
    """The lines of a file, with the place of the one that was read last."""

    def __init__(self, file: BinaryIO, start: int = 0) -> None:
        self._file = file
        file.seek(start)
        self.number = 0
        self.start = self.end = start

    def next(self) -> bytes:
        """The next line with its end; empty at the end of the file."""
        line = self._file.readline(MAX_LINE_BYTES + 1)
        if len(line) > MAX_LINE_BYTES:
            raise TakeoverError(f"Line {self.number + 1} of the dump is longer than {MAX_LINE_BYTES // 2**20} MiB.")
        self.number += 1
        self.start, self.end = self.end, self.end + len(line)
        return line


def scan(path: Path) -> list[Section]:
    """Read the whole dump and return where the rows of each table are, in the order of the file.

    The rows of the old server's own history table are left out. Raises TakeoverError for anything that a data-only
    dump of the replaced server does not hold, and for a dump that was cut off.
    """
    try:
        with path.open("rb") as file:
            if file.read(5) == b"PGDMP":
                raise TakeoverError(
                    "The dump is in pg_dump's custom format: turn it into SQL with"
                    " `pg_restore --data-only --file=dump.sql DUMP`."
                )
            return _scan(_Lines(file))
    except OSError as error:
        raise TakeoverError(f"The dump cannot be read ({error.strerror}).") from error


def _scan(lines: _Lines) -> list[Section]:
    sections: list[Section] = []
    opened = closed = False
    while line := lines.next():
        stripped = line.strip()
        if not stripped or stripped.startswith(b"--"):
            closed = closed or stripped == _CLOSING
            opened = opened or stripped == _OPENING
            continue
        if stripped.startswith(_META_LINES):
            continue
        start, number = lines.start, lines.number
        statement = _statement(line, lines)
        if section := _section(statement, start, number, lines):
            _append(sections, section)
    if opened and not closed:
        raise TakeoverError("The dump is cut off: its closing line is missing.")
    return [section for section in sections if section.table != HISTORY_TABLE]


def _statement(first: bytes, lines: _Lines) -> str:
    """The statement that begins with the line `first`: it ends with a semicolon that no quote encloses."""
    number = lines.number
    parts = [first]
    length, quotes = len(first), first.count(b"'")
    while quotes % 2 or not parts[-1].rstrip().endswith(b";"):
        line = lines.next()
        length += len(line)
        if not line or length > MAX_LINE_BYTES:
            raise TakeoverError(f"Line {number} of the dump begins a statement that does not end.")
        parts.append(line)
        quotes += line.count(b"'")
    try:
        return b"".join(parts).decode().strip()
    except UnicodeDecodeError as error:
        raise TakeoverError(f"Line {number} of the dump is not UTF-8.") from error


def _section(statement: str, start: int, number: int, lines: _Lines) -> Section | None:
    if found := _COPY.fullmatch(statement):
        table, columns = _known(found[1], found[2], number)
        assert columns is not None
        begin, first, rows = lines.end, lines.number + 1, 0
        while (line := lines.next()).rstrip(b"\r\n") != b"\\.":
            if not line:
                raise TakeoverError(f"The dump is cut off inside the rows of {table}.")
            rows += 1
        return Section(table, columns, "copy", begin, lines.start, first, rows)
    if found := _INSERT.match(statement):
        table, columns = _known(found[1], found[2], number)
        count = len(_rows(statement, found.end(), number)) if table == HISTORY_TABLE else 0
        if table != HISTORY_TABLE:
            parsed = _rows(statement, found.end(), number)
            columns, count = _fitting(table, columns, parsed, number), len(parsed)
        return Section(table, columns or (), "insert", start, lines.end, number, count)
    if found := _SETTING.fullmatch(statement):
        _check_setting(found[1].lower(), found[2].strip("'\"").lower())
        return None
    if _HARMLESS.fullmatch(statement):
        return None
    words = " ".join(re.findall(r"\w+", statement[:60])[:2]) or "something else"
    raise TakeoverError(
        f"Line {number} of the dump holds {words}, and only the rows that `pg_dump --data-only` writes are read."
    )


def _check_setting(name: str, value: str) -> None:
    if name == "client_encoding" and value not in {"utf8", "utf-8", "unicode"}:
        raise TakeoverError(f"The dump is in {value.upper()}: make it with `pg_dump --encoding=UTF8`.")
    if name == "standard_conforming_strings" and value not in {"on", "true"}:
        raise TakeoverError("The dump was made with standard_conforming_strings off; make it with the setting on.")


def _known(table: str, listed: str | None, number: int) -> tuple[str, tuple[str, ...] | None]:
    columns = None if listed is None else tuple(name.strip().strip('"') for name in listed.split(","))
    if table == HISTORY_TABLE:
        return table, columns
    if table not in OLD_TABLES:
        raise TakeoverError(f"Line {number} of the dump: the replaced server has no table {table}.")
    for column in columns or ():
        if column not in OLD_TABLES[table].columns:
            raise TakeoverError(
                f"Line {number} of the dump: the replaced server's table {table} has no column {column}."
            )
    return table, columns


def _fitting(table: str, columns: tuple[str, ...] | None, rows: list[list[str | None]], number: int) -> tuple[str, ...]:
    """The columns of the values; without names they are all columns of one of the two levels, in order."""
    if columns is None:
        old = OLD_TABLES[table]
        columns = next((known for known in (old.base, old.columns) if known and len(known) == len(rows[0])), ())
    if any(len(row) != len(columns) for row in rows):
        raise TakeoverError(f"Line {number} of the dump: the number of values does not fit the columns of {table}.")
    return columns


def _rows(statement: str, position: int, number: int) -> list[list[str | None]]:
    """The rows of an INSERT as texts; `position` is that of the first parenthesis."""
    rows: list[list[str | None]] = []
    while True:
        row: list[str | None] = []
        position += 1
        closing = ","
        while closing == ",":
            found = _VALUE.match(statement, position)
            if found is None:
                raise TakeoverError(f"Line {number} of the dump holds a value that is no text, number or null.")
            quoted, word, closing = found.groups()
            row.append(quoted.replace("''", "'") if quoted is not None else _word(word, number))
            position = found.end()
        rows.append(row)
        following = _NEXT_ROW.match(statement, position)
        if following is None:
            break
        position = following.end()
    if not _END.fullmatch(statement, position):
        raise TakeoverError(f"Line {number} of the dump holds an INSERT that pg_dump does not write.")
    return rows


def _word(word: str, number: int) -> str | None:
    if word.lower() in _WORDS:
        return _WORDS[word.lower()]
    if re.fullmatch(r"[-+]?[0-9.][-+0-9.eE]*", word):
        return word
    raise TakeoverError(f"Line {number} of the dump holds a value that is no text, number or null.")


def _append(sections: list[Section], section: Section) -> None:
    """Add a section; an INSERT joins the INSERTs of the same table right before it."""
    last = sections[-1] if sections else None
    if (
        last
        and section.form == last.form == "insert"
        and (last.table, last.columns) == (section.table, section.columns)
    ):
        section = Section(
            last.table, last.columns, "insert", last.start, section.end, last.line, last.rows + section.rows
        )
        sections.pop()
    sections.append(section)


def copy_text(path: Path, section: Section) -> Iterator[bytes]:
    """Yield the rows of a section in the text form of COPY, in chunks of about `CHUNK_BYTES`."""
    with path.open("rb") as file:
        lines = _Lines(file, section.start)
        chunk = bytearray()
        while lines.end < section.end:
            line = lines.next()
            if section.form == "copy":
                chunk += line
            elif (stripped := line.strip()) and not stripped.startswith((b"--", *_META_LINES)):
                statement = _statement(line, lines)
                found = _INSERT.match(statement)
                if found:  # only what `scan` has seen is between start and end, so others are settings
                    for row in _rows(statement, found.end(), section.line):
                        chunk += _copy_line(row)
            if len(chunk) >= CHUNK_BYTES:
                yield bytes(chunk)
                chunk.clear()
        if chunk:
            yield bytes(chunk)


def _copy_line(row: list[str | None]) -> bytes:
    return ("\t".join("\\N" if value is None else value.translate(_COPY_ESCAPES) for value in row) + "\n").encode()
