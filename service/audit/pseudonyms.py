"""What stands in an audit row for the id of somebody who was erased? A text that only the audit keys read.

The MAC of a row covers the id, so whoever verifies the chain has to know it. The rules: docs/rules/audit.md, Erasure.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable

from service.base.settings import Key

_MARK = "erased:"
_NONCE_BYTES, _BLOCK_BYTES = 16, 32


def hide(key: Key, text: str) -> str:
    """The text for `text` under `key`, always the same one, so that rows about one person still belong together.

    Its nonce is a MAC of what it hides (a synthetic one), so no two texts share a key stream, and a text that somebody
    changed is not read.
    """
    plain = text.encode("utf-8", "surrogatepass")
    nonce = _nonce(key, plain)
    return f"{_MARK}{nonce.hex()}{_mask(key, nonce, plain).hex()}:{key.id}"


def reveal(keys: Iterable[Key], text: str | None) -> str | None:
    """What `hide` was given; `text` itself when it is not such a text, or its key is not among `keys`."""
    if text is None or not text.startswith(_MARK):
        return text
    digits, _, key_id = text.removeprefix(_MARK).partition(":")
    key = next((key for key in keys if key.id == key_id), None)
    try:
        sealed = bytes.fromhex(digits)
    except ValueError:
        return text
    if key is None:
        return text
    nonce = sealed[:_NONCE_BYTES]
    plain = _mask(key, nonce, sealed[_NONCE_BYTES:])
    return plain.decode("utf-8", "surrogatepass") if hmac.compare_digest(_nonce(key, plain), nonce) else text


def fingerprint(key: Key, text: str) -> str:
    """64 hex digits that only a holder of `key` can compare with a text."""
    return _mac(key, b"fingerprint", text.encode("utf-8", "surrogatepass")).hex()


def _nonce(key: Key, plain: bytes) -> bytes:
    return _mac(key, b"nonce", plain)[:_NONCE_BYTES]


def _mask(key: Key, nonce: bytes, data: bytes) -> bytes:
    blocks = range(-(-len(data) // _BLOCK_BYTES))
    stream = b"".join(_mac(key, b"stream", nonce + number.to_bytes(4, "big")) for number in blocks)
    return bytes(left ^ right for left, right in zip(data, stream, strict=False))


# The text of a row's MAC begins with a bracket, so none of ours is one.
def _mac(key: Key, use: bytes, data: bytes) -> bytes:
    return hmac.digest(key.secret, b"erased-person:" + use + b"\n" + data, "sha256")
