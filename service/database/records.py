"""What is read of a table, and how is a row added? Column lists made from models; answers and models made from rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import count
from typing import Any, TypeVar

import asyncpg
from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.models import Model

from service.database import db
from service.http.web import Output

ModelT = TypeVar("ModelT", bound=Model)
OutputT = TypeVar("OutputT", bound=Output)


def columns(model: type[Model], table: str, *, skip: Collection[str] = ()) -> str:
    """The columns of `model` for a SELECT from the table that the statement calls `table`, without the fields of `skip`.

    Each comes under its field's name; a relation's is its key, as `user_id`. What the model does not name is not read.
    """
    listed = {}
    # Statements are made while modules load, when Tortoise has not yet given relations the fields of their keys.
    for name, field in model._meta.fields_map.items():
        if isinstance(field, ForeignKeyFieldInstance):
            listed[f"{name}_id"] = field.source_field or f"{name}_id"
        elif field.has_db_field:
            listed[name] = field.source_field or name
    return ", ".join(
        f"{table}.{column}" if column == name else f"{table}.{column} AS {name}"
        for name, column in listed.items()
        if name not in skip
    )


def read(answer: type[OutputT], row: asyncpg.Record | Mapping[str, Any], **more: Any) -> OutputT:
    """`row` as an answer: each field from the column of its name (or `validation_alias`), or from `more`, which wins.

    Columns that the answer does not name stay inside.
    """
    return answer.model_validate({**row, **more})


async def insert(model: type[ModelT], **values: Any) -> ModelT:
    """Add a row, and return it as Postgres keeps it, to be read and not saved again.

    `db.NOW` is the database's clock; `create` would write the process's, once for each time. What is not named gets its
    column's default. JSON comes back in Postgres' own form. Raises IntegrityError.
    """
    numbers = count(1)
    places = [db.NOW.sql if value is db.NOW else f"${next(numbers)}" for value in values.values()]
    row = await db.fetch_row(
        f"INSERT INTO {model._meta.db_table} AS t ({', '.join(values)}) VALUES ({', '.join(places)})"
        f" RETURNING {columns(model, 't')}",
        *(value for value in values.values() if value is not db.NOW),
    )
    assert row is not None  # an INSERT answers or raises
    return model(**row)
