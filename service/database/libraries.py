"""Are Tortoise and asyncpg still what `db` stands on? It overrides some of their methods and reads some private members."""

from __future__ import annotations

import importlib.metadata
import inspect
from typing import Any

import asyncpg
import tortoise.context
from asyncpg.pool import PoolConnectionHolder, PoolConnectionProxy
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import NestedTransactionContext, TransactionContext

WRITTEN_FOR = {"tortoise-orm": "1.1.9", "asyncpg": "0.32.0"}

_EXIT = ("self", "exc_type", "exc_val", "exc_tb")
METHODS: tuple[tuple[str, type, str, tuple[str, ...]], ...] = (
    ("tortoise-orm", AsyncpgDBClient, "create_pool", ("self", "kwargs")),
    ("tortoise-orm", AsyncpgDBClient, "_in_transaction", ("self",)),
    ("tortoise-orm", AsyncpgDBClient, "_translate_exceptions", ("self", "func", "args", "kwargs")),
    ("tortoise-orm", TransactionWrapper, "_in_transaction", ("self",)),
    ("tortoise-orm", TransactionContext, "__aenter__", ("self",)),
    ("tortoise-orm", TransactionContext, "__aexit__", _EXIT),
    ("tortoise-orm", NestedTransactionContext, "__aexit__", _EXIT),
    ("asyncpg", asyncpg.Connection, "get_reset_query", ("self",)),
    ("asyncpg", asyncpg.Connection, "reset", ("self", "timeout")),
    ("asyncpg", asyncpg.Pool, "acquire", ("self", "timeout")),
    ("asyncpg", PoolConnectionHolder, "release", ("self", "timeout")),
)
"""Library, class, method and its parameters: what a class of `db` overrides, or calls though it is not public."""

MEMBERS: tuple[tuple[str, Any, str], ...] = (
    ("tortoise-orm", tortoise.context, "_global_context"),
    ("tortoise-orm", TransactionWrapper, "_connection"),
    ("tortoise-orm", TransactionWrapper, "_finalized"),
    ("asyncpg", PoolConnectionProxy, "_holder"),
    ("asyncpg", PoolConnectionProxy, "_con"),
)
"""Library, owner and name of each private member that `db` reads or sets."""


class LibraryChanged(Exception):
    """A library is another than `db` was written for; the message is one sentence for who upgrades it."""

    def __init__(self, library: str, member: str) -> None:
        super().__init__(
            f"{library} {importlib.metadata.version(library)} has no {member} as service/database/db.py knows it, which"
            f" was written for {library} {WRITTEN_FOR[library]}."
        )


def refuse_changed_libraries() -> None:
    """Raise LibraryChanged when a method takes other arguments than `db` knows, or a private member is gone."""
    for library, owner, name, parameters in METHODS:
        method = getattr(owner, name, None)
        if method is None or tuple(inspect.signature(method).parameters) != parameters:
            raise LibraryChanged(library, f"{owner.__name__}.{name}({', '.join(parameters)})")
    for library, owner, name in MEMBERS:
        if not hasattr(owner, name):
            raise LibraryChanged(library, f"{owner.__name__}.{name}")
