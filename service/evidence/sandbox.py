"""What did the decoder find in bytes that nobody trusts? Asked of the decoder, or of a child of this process.

The rules: docs/rules/evidence.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import orjson

from service.adapters import decoder
from service.decoder import children
from service.decoder.children import DecoderFailed
from service.evidence.verdicts import JPEG, PDF, PNG, Reason

_MAX_FINDINGS = 20


@dataclass(frozen=True, slots=True)
class Decoded:
    """What the decoder found: why the bytes are wrong, or nothing and a clean copy.

    Of a PDF also what in it acts, in words for machines, and its first page as a JPEG.
    """

    reason: Reason | None
    content_type: str | None = None
    clean: bytes = b""
    first_page: bytes = b""
    found: tuple[str, ...] = ()


async def decode(data: bytes, content_type: str, *, url: str = "") -> Decoded:
    """Decode JPEG, PNG or PDF bytes: by the decoder at `url` (DECODER_URL), else in a child of this process.

    Raises TimeoutError and DecoderFailed, which are no verdicts: the decoder may be unavailable, the machine busy.
    """
    ended = await (decoder.ask(url, data, content_type) if url else children.run(data, content_type))
    return Decoded(ended.reason) if ended.reason is not None else read_answer(ended.answer)


def read_answer(answer: bytes) -> Decoded:
    """A child's answer, one line of JSON and then bytes. Whoever took the child over may have written it.

    Raises DecoderFailed for another form: a copy belongs to bytes that nothing is wrong with, a reason was read in them.
    """
    head, newline, rest = answer.partition(b"\n")
    if not newline:
        raise DecoderFailed
    try:
        said = orjson.loads(head)
        reason, content_type = said["reason"], said["contentType"]
        if content_type not in (None, JPEG, PNG, PDF):
            raise DecoderFailed
        copy, first_page = [*map(int, said.get("parts", [len(rest)])), 0, 0][:2]
        if min(copy, first_page) < 0 or copy + first_page != len(rest) or (copy == 0) != bool(reason):
            raise DecoderFailed
        if reason and not Reason(reason).rejects:
            raise DecoderFailed
        return Decoded(
            Reason(reason) if reason else None,
            content_type,
            rest[:copy],
            rest[copy:],
            tuple(_word(word) for word in said.get("found", [])[:_MAX_FINDINGS]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise DecoderFailed from error


def _word(found: str) -> str:
    if not re.fullmatch("[a-z_]{1,40}", found):
        raise DecoderFailed
    return found
