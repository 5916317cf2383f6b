"""How are passwords kept and checked? Argon2id off the event loop, in a pool that says no when it is full."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from service.base import metrics
from service.http.errors import ServerBusy

T = TypeVar("T")

# OWASP's Argon2id minimum: 19 MiB, two passes, one lane.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Two threads: more only cost 19 MiB each and make other answers later on small machines.
_THREADS = 2
# About one second of work for the two threads; who comes later would wait longer than is polite.
_MAX_WAITING = 64
_MAX_PBKDF2_ITERATIONS = 2_000_000
_pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="passwords")
_depth = 0


async def hash_password(password: str) -> str:
    """An Argon2id record of `password`, which is neither trimmed nor normalised. Raises ServerBusy."""
    return await _run(lambda: _hasher.hash(_bytes(password)))


async def verify_password(password: str, record: str | None) -> tuple[bool, bool]:
    """Whether `password` matches `record`, and whether the record should be replaced by a new one.

    With no record the same work is done against a decoy, so that an unknown account costs what a known one does.
    Raises ServerBusy.
    """
    return await _run(lambda: _verify(password, record if record is not None else _decoy()))


async def _run(work: Callable[[], T]) -> T:
    global _depth
    if _depth >= _MAX_WAITING:
        raise ServerBusy
    _depth += 1
    metrics.password_queue.set(_depth)
    try:
        return await asyncio.get_running_loop().run_in_executor(_pool, work)
    finally:
        _depth -= 1
        metrics.password_queue.set(_depth)


def _verify(password: str, record: str) -> tuple[bool, bool]:
    if record.startswith("pbkdf2$"):
        return _verify_pbkdf2(password, record), True
    try:
        _hasher.verify(record, _bytes(password))
    except (VerificationError, InvalidHashError):
        return False, False
    return True, _hasher.check_needs_rehash(record)


def _verify_pbkdf2(password: str, record: str) -> bool:
    """`pbkdf2$iterations$salt$hash` of the replaced server: the salt is the hex text itself, not its bytes."""
    try:
        _, iterations, salt, expected = record.split("$")
        rounds = int(iterations)
        known = bytes.fromhex(expected)
    except ValueError:
        return False
    if not 1 <= rounds <= _MAX_PBKDF2_ITERATIONS or len(known) != 32:
        return False
    return hmac.compare_digest(hashlib.pbkdf2_hmac("sha256", _bytes(password), salt.encode(), rounds, 32), known)


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")


_decoy_record: str | None = None


def _decoy() -> str:
    global _decoy_record
    if _decoy_record is None:
        _decoy_record = _hasher.hash(b"nobody has this password")
    return _decoy_record


def prepare() -> None:
    """Make the decoy before the first sign-in, which would otherwise pay for two hashes."""
    _decoy()
