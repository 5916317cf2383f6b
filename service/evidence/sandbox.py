"""What did the decoder find in bytes that nobody trusts? Asked of the decoder, or of a child of this process.

The rules: docs/rules/evidence.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from service.adapters import decoder
from service.decoder import children
from service.decoder.children import DecoderFailed
from service.evidence.verdicts import JPEG, PNG, Reason


@dataclass(frozen=True, slots=True)
class Decoded:
    """What the decoder found: why the bytes are wrong, or nothing and, for images, a clean picture."""

    reason: Reason | None
    content_type: str | None = None
    clean: bytes = b""


async def decode(data: bytes, content_type: str, *, url: str = "") -> Decoded:
    """Decode JPEG, PNG or PDF bytes: by the decoder at `url` (DECODER_URL), else in a child of this process.

    Raises TimeoutError and DecoderFailed, which are no verdicts: the decoder may be unavailable, the machine busy.
    """
    ended = await (decoder.ask(url, data, content_type) if url else children.run(data, content_type))
    return Decoded(ended.reason) if ended.reason is not None else read_answer(ended.answer)


def read_answer(answer: bytes) -> Decoded:
    """A child's answer, one line of JSON and then bytes. Whoever took the child over may have written it.

    Raises DecoderFailed for another form.
    """
    head, newline, clean = answer.partition(b"\n")
    if not newline:
        raise DecoderFailed
    try:
        found = orjson.loads(head)
        reason, content_type = found["reason"], found["contentType"]
        if content_type not in (None, JPEG, PNG):
            raise DecoderFailed
        return Decoded(Reason(reason) if reason else None, content_type, clean)
    except (ValueError, KeyError, TypeError) as error:
        raise DecoderFailed from error
