"""What can be said of a document's bytes, and what shows before they are decoded?

The rules: docs/rules/evidence.md.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum

MAX_BYTES = 25 * 1024 * 1024
"""What is read of one object; a larger one is refused unread."""

JPEG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"
_SAME = {"image/jpg": JPEG, "image/pjpeg": JPEG, "image/x-png": PNG, "application/x-pdf": PDF}
_ENDINGS = {"jpg": JPEG, "jpeg": JPEG, "png": PNG, "pdf": PDF}


class ByteState(StrEnum):
    """What is known about the bytes of a document: nothing yet, that they are what was declared, that they are not."""

    DECLARED = "declared"
    VERIFIED = "verified"
    REJECTED = "rejected"


class CopyKind(StrEnum):
    """What the checked copy of a verified document is; a document of an earlier release has none of these yet."""

    PICTURE = "picture"
    PAGES = "pages"
    """A PDF of pictures, with its first page as a picture beside it."""
    ABSENT = "absent"
    """No copy could be made of what an earlier release verified."""


class Reason(StrEnum):
    """Why bytes are not verified; one word for machines. The first three leave a document declared."""

    OBJECT_MISSING = "object_missing"
    OBJECT_KEY_MISSING = "object_key_missing"
    FORMAT_NOT_JUDGED = "format_not_judged"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    LENGTH_MISMATCH = "length_mismatch"
    CHECKSUM_MISMATCH = "checksum_mismatch"
    CONTENT_TYPE_MISMATCH = "content_type_mismatch"
    TOO_MANY_PIXELS = "too_many_pixels"
    DECOMPRESSION_BOMB = "decompression_bomb"
    IMAGE_TRUNCATED = "image_truncated"
    IMAGE_BROKEN = "image_broken"
    PDF_ENCRYPTED = "pdf_encrypted"
    PDF_BROKEN = "pdf_broken"
    UNDECODABLE = "undecodable"

    @property
    def rejects(self) -> bool:
        """Whether bytes were read and are wrong; otherwise nothing is known of them."""
        return self not in {Reason.OBJECT_MISSING, Reason.OBJECT_KEY_MISSING, Reason.FORMAT_NOT_JUDGED}


def judge_outside(data: bytes, *, length: int | None, checksum_sha256: str) -> Reason | None:
    """Compare size, declared length in bytes and SHA-256 (hex). Returns None when they agree."""
    if len(data) > MAX_BYTES:
        return Reason.TOO_LARGE
    if not data:
        return Reason.EMPTY
    if length is not None and len(data) != length:
        return Reason.LENGTH_MISMATCH
    if hashlib.sha256(data).hexdigest() != checksum_sha256.lower():
        return Reason.CHECKSUM_MISMATCH
    return None


def judge_type(data: bytes, *, content_type: str | None, key: str, allowed: frozenset[str]) -> str | Reason:
    """The media type that the first bytes show, or what is wrong with it.

    The declared type is `content_type` when we can judge that type, else what the key's ending says; without both, any type
    that we can judge will do. A type that the deployment accepts (`allowed`) and we cannot judge is no fault of the bytes.
    """
    named = (content_type or "").partition(";")[0].strip().lower()
    named = _SAME.get(named, named)
    found = shown_type(data)
    if named in {JPEG, PNG, PDF}:
        declared: str | None = named
    elif named in allowed:
        return Reason.FORMAT_NOT_JUDGED
    else:
        declared = _ENDINGS.get(key.rpartition(".")[2].lower(), found)
    return found if found is not None and found == declared else Reason.CONTENT_TYPE_MISMATCH


def shown_type(data: bytes) -> str | None:
    """The media type that the first bytes show; None for one that we cannot judge."""
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    # Some programs write a byte order mark or line breaks first.
    return PDF if data[:64].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"%PDF-") else None
