"""Who said what about a verification: the provider by its signature, the server, or the client?

The rules: docs/rules/kyc.md, Three voices.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import orjson

RESERVED_KEY = "finalVerification"
"""The key of the metadata that only the server writes."""
MAX_VOICE_BYTES = 262_144
"""What the metadata of one voice may grow to, as JSON text."""
SHOWN_KEYS = 200
"""How many keys of the metadata an answer compares."""


class Voice(StrEnum):
    """Who speaks, the weakest first: where two say a key, the later one counts. Columns begin with these words."""

    CLIENT = "client"
    SERVER = "server"
    SIGNED = "signed"


COLUMNS = (
    "client_metadata_json",
    "server_metadata_json",
    "signed_metadata_json",
    "client_provider_ref",
    "signed_provider_ref",
)


def fits(said: Mapping[str, Any], added: Mapping[str, Any]) -> bool:
    """Whether a voice that has `said` this may say `added` too."""
    return len(orjson.dumps({**said, **added})) <= MAX_VOICE_BYTES


def compare(session: Mapping[str, Any]) -> dict[str, Any]:
    """What each voice says of a session, read from its columns: of the reference, and key by key of the metadata.

    `{"provider_ref": {"values": {voice: value}, "conflict": bool}, "keys": [{"key", "values", "conflict"}],
    "key_count": int}`; a voice that said nothing is not in `values`. Keys in conflict come first, then by name;
    SHOWN_KEYS at most.
    """
    said: dict[str, dict[str, Any]] = {}
    for voice in Voice:
        for key, value in session[f"{voice}_metadata_json"].items():
            said.setdefault(key, {})[voice.value] = value
    keys = [{"key": key, **_compared(values)} for key, values in said.items()]
    keys.sort(key=lambda one: (not one["conflict"], one["key"]))
    references = {voice.value: session.get(f"{voice}_provider_ref") for voice in Voice}
    return {
        "provider_ref": _compared({voice: value for voice, value in references.items() if value is not None}),
        "keys": keys[:SHOWN_KEYS],
        "key_count": len(keys),
    }


def _compared(values: dict[str, Any]) -> dict[str, Any]:
    if len(values) < 2:
        return {"values": values, "conflict": False}
    # As JSON, for Python takes true for 1.
    texts = {orjson.dumps(value, option=orjson.OPT_SORT_KEYS) for value in values.values()}
    return {"values": values, "conflict": len(texts) > 1}
