"""Is what a child answers taken for no more than a decoder may say?"""

from __future__ import annotations

import orjson
import pytest

from service.decoder.children import DecoderFailed
from service.evidence.sandbox import read_answer
from service.evidence.verdicts import PNG, Reason


def answer(copy: bytes = b"", **said: object) -> bytes:
    return orjson.dumps({"reason": None, "contentType": PNG, "found": [], "parts": [len(copy)]} | said) + b"\n" + copy


@pytest.mark.parametrize(
    "forged",
    [
        answer(),
        answer(b"picture", reason="image_broken"),
        answer(reason="object_missing"),
        answer(reason="format_not_judged"),
        answer(reason="fine"),
        answer(b"picture", parts=[1]),
        answer(b"picture", parts=[8, -1]),
        answer(b"picture", contentType="text/html"),
        answer(b"picture", found=["<script>"]),
    ],
)
def test_a_forged_answer_is_no_verdict(forged: bytes) -> None:
    with pytest.raises(DecoderFailed):
        read_answer(forged)


def test_a_copy_or_a_reason_is_one() -> None:
    assert read_answer(answer(b"picture")).clean == b"picture"
    assert read_answer(answer(reason="image_broken", contentType=None)).reason is Reason.IMAGE_BROKEN
