"""What is in a schema, and where do two schemas differ? Read from Postgres's catalogue, told in sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import asyncpg

from service.database.db import BaseConnection

_RELATIONS_SQL = """
    SELECT c.oid, c.relname AS name, c.relkind::text AS kind, c.relrowsecurity AS secured, c.relhasrules AS ruled
    FROM pg_class c
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
      AND c.relname <> ALL ($1::text[])
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
"""
_COLUMNS_SQL = """
    SELECT a.attrelid AS relation, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
           a.attnotnull AS required, a.attidentity::text || a.attgenerated::text AS made,
           pg_get_expr(d.adbin, d.adrelid) AS default_value,
           CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END AS collation
    FROM pg_attribute a
    JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
"""
# Primary keys and unique rules are compared as indexes: whether one was written as a constraint makes no difference.
_INDEXES_SQL = """
    SELECT x.indrelid AS relation, i.relname AS name, x.indisprimary AS is_primary, x.indisunique AS is_unique,
           x.indisvalid AS valid, pg_get_indexdef(i.oid) AS definition
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
    WHERE x.indrelid = ANY ($1::oid[])
"""
# Since Postgres 18 NOT NULL is a constraint of its own (contype n); columns say it already.
_CONSTRAINTS_SQL = """
    SELECT o.conrelid AS relation, o.conname AS name, o.contype::text AS kind, pg_get_constraintdef(o.oid) AS definition,
           pg_get_expr(o.conbin, o.conrelid) AS expression,
           ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = o.conrelid AND a.attnum = ANY (o.conkey))
             AS columns
    FROM pg_constraint o
    WHERE o.conrelid = ANY ($1::oid[]) AND o.contype IN ('f', 'c', 'x')
"""
_TRIGGERS_SQL = """
    SELECT tgrelid AS relation, tgname AS name, pg_get_triggerdef(oid) AS definition
    FROM pg_trigger WHERE tgrelid = ANY ($1::oid[]) AND NOT tgisinternal
"""
_KINDS = {"r": "table", "p": "partitioned table", "v": "view", "m": "view", "f": "foreign table", "S": "sequence"}
_SAME_DEFAULTS = {"CURRENT_TIMESTAMP": "now()", "transaction_timestamp()": "now()"}
_JSON_PROBES = ("null", "[]", "{}", '"a"', "1", "true", '["a"]', '{"a": 1}')
_TEXT_PROBES = ("", " ", "a", "A", "aa", "AA", "Aa", "AAA", "A1", "11", "AA\n", "ÄÖ", "null")


@dataclass(frozen=True, slots=True)
class Check:
    """A rule on values: its expression, and the columns that it reads with their types."""

    expression: str
    columns: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Catalogue:
    """A schema as facts: what a thing is called → how it is defined. Checks apart, because spelling is free there."""

    facts: dict[str, str] = field(default_factory=dict)
    checks: dict[str, Check] = field(default_factory=dict)
    tables: set[str] = field(default_factory=set)


async def read_catalogue(connection: BaseConnection, *, leave_out: Iterable[str]) -> Catalogue:
    """Read everything in the connection's current schema but the relations named in `leave_out`."""
    found = Catalogue()
    tables: dict[int, str] = {}
    for row in await connection.fetch(_RELATIONS_SQL, list(leave_out)):
        kind = _KINDS[row["kind"]]
        extras = [text for text, given in (("row security", row["secured"]), ("rules", row["ruled"])) if given]
        found.facts[f"{'table' if row['kind'] == 'p' else kind} {row['name']}"] = ", ".join([kind, *extras])
        if row["kind"] in "rp":
            tables[row["oid"]] = row["name"]
            found.tables.add(row["name"])
    types: dict[tuple[str, str], str] = {}
    for row in await connection.fetch(_COLUMNS_SQL, list(tables)):
        table = tables[row["relation"]]
        types[table, row["name"]] = row["type"]
        found.facts[f"column {table}.{row['name']}"] = _column(row)
    for row in await connection.fetch(_INDEXES_SQL, list(tables)):
        kind = "primary key" if row["is_primary"] else "unique rule" if row["is_unique"] else "index"
        text = row["definition"].partition(" USING ")[2].removeprefix("btree ")
        found.facts[f"{kind} {row['name']} of {tables[row['relation']]}"] = text + (
            "" if row["valid"] else " (invalid)"
        )
    for row in await connection.fetch(_CONSTRAINTS_SQL, list(tables)):
        table = tables[row["relation"]]
        if row["kind"] == "c":
            columns = tuple((name, types[table, name]) for name in row["columns"])
            found.checks[f"check {row['name']} of {table}"] = Check(row["expression"], columns)
        else:
            kind = "foreign key" if row["kind"] == "f" else "exclusion"
            found.facts[f"{kind} {row['name']} of {table}"] = row["definition"]
    for row in await connection.fetch(_TRIGGERS_SQL, list(tables)):
        found.facts[f"trigger {row['name']} of {tables[row['relation']]}"] = row["definition"]
    return found


def _column(row: asyncpg.Record) -> str:
    parts = [row["type"], "not null" if row["required"] else "null"]
    if row["default_value"] is not None:
        parts.append(f"default {_SAME_DEFAULTS.get(row['default_value'], row['default_value'])}")
    if row["made"]:
        parts.append("generated")
    if row["collation"]:
        parts.append(f"collation {row['collation']}")
    return ", ".join(parts)


async def differences(connection: BaseConnection, found: Catalogue, expected: Catalogue) -> list[str]:
    """Return where `found` is not `expected`, one sentence a difference, ordered; empty when they are the same.

    What belongs to a missing or unknown table is not listed beside it. Checks are compared by the values they accept,
    because an equal rule can be written in many ways.
    """
    sentences = []
    apart = found.tables ^ expected.tables
    for name in sorted({*found.facts, *expected.facts, *found.checks, *expected.checks}):
        if _table_of(name) in apart:
            continue
        if name not in found.facts and name not in found.checks:
            sentences.append(f"The {name} is missing.")
        elif name not in expected.facts and name not in expected.checks:
            sentences.append(f"The {name} is not part of the replaced server's schema.")
        elif name in found.facts:
            if found.facts[name] != expected.facts[name]:
                sentences.append(f"The {name} is `{found.facts[name]}` and not `{expected.facts[name]}`.")
        elif not await _accept_the_same(connection, found.checks[name], expected.checks[name]):
            rules = f"`{found.checks[name].expression}` and not `{expected.checks[name].expression}`"
            sentences.append(f"The {name} is {rules}.")
    return sentences


def _table_of(name: str) -> str | None:
    """The table that a fact belongs to, or None for the table itself."""
    if name.startswith("column "):
        return name.removeprefix("column ").partition(".")[0]
    return name.rpartition(" of ")[2] if " of " in name else None


async def _accept_the_same(connection: BaseConnection, first: Check, second: Check) -> bool:
    """Whether two checks accept the same of many values of their one column: those they name, and unlike ones."""
    if first == second:
        return True
    if first.columns != second.columns or len(first.columns) != 1:
        return False
    column, kind = first.columns[0]
    both = first.expression + second.expression
    if kind == "jsonb":
        probes: set[str] = set(_JSON_PROBES)
    elif kind == "text":
        literals = set(re.findall(r"'([^']*)'", both))
        probes = {*_TEXT_PROBES, *literals, *(text.lower() for text in literals), *(f"{text} " for text in literals)}
    elif kind in {"bigint", "integer"}:
        numbers = {int(text) for text in re.findall(r"\d{1,9}", both)} | {0, 1000}
        probes = {str(sign * number + step) for number in numbers for sign in (1, -1) for step in (-1, 0, 1)}
    else:
        return False
    quoted = '"' + column.replace('"', '""') + '"'
    try:
        async with connection.transaction(readonly=True):
            return bool(
                await connection.fetchval(
                    f"SELECT bool_and((({first.expression}) IS NOT FALSE) = (({second.expression}) IS NOT FALSE))"
                    f" FROM unnest($1::text[]) AS probe(value), LATERAL (SELECT value::{kind} AS {quoted}) AS row_",
                    [None, *sorted(probes)],
                )
            )
    except asyncpg.PostgresError:
        return False
