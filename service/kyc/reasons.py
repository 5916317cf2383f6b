"""What can be wrong with an identity document, in fixed words that an app translates and in sentences that it may show?

The rules: docs/rules/kyc.md, Reasons.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

import asyncpg

from service.http.errors import InvalidReasonCode
from service.http.fields import Rule
from service.http.web import Output, Uuid, open_enum, uuid_or_none

MAX_REASONS = 100


class ReasonCode(StrEnum):
    """Why a document does not prove what it should."""

    BLURRED = "blurred"
    EXPIRED = "expired"
    GLARE = "glare"
    WRONG_TYPE = "wrong_type"
    NAME_MISMATCH = "name_mismatch"
    UNREADABLE = "unreadable"
    CUT_OFF = "cut_off"
    NOT_ORIGINAL = "not_original"
    MISSING_PAGE = "missing_page"
    OTHER = "other"


_TEXTS: dict[str, dict[str, str]] = {
    "en": {
        ReasonCode.BLURRED: "The picture is blurred.",
        ReasonCode.EXPIRED: "The document has expired.",
        ReasonCode.GLARE: "A reflection hides part of the document.",
        ReasonCode.WRONG_TYPE: "This is another kind of document than the one that was asked for.",
        ReasonCode.NAME_MISMATCH: "The name is not the one of your account.",
        ReasonCode.UNREADABLE: "The document cannot be read.",
        ReasonCode.CUT_OFF: "Part of the document is cut off.",
        ReasonCode.NOT_ORIGINAL: "Please photograph the original, not a copy or a screen.",
        ReasonCode.MISSING_PAGE: "A page of the document is missing.",
        ReasonCode.OTHER: "Please read the reviewer's note.",
    },
    "id": {
        ReasonCode.BLURRED: "Fotonya buram.",
        ReasonCode.EXPIRED: "Dokumen ini sudah kedaluwarsa.",
        ReasonCode.GLARE: "Pantulan cahaya menutupi sebagian dokumen.",
        ReasonCode.WRONG_TYPE: "Jenis dokumen ini bukan yang diminta.",
        ReasonCode.NAME_MISMATCH: "Namanya berbeda dengan nama di akun Anda.",
        ReasonCode.UNREADABLE: "Dokumen ini tidak dapat dibaca.",
        ReasonCode.CUT_OFF: "Sebagian dokumen terpotong.",
        ReasonCode.NOT_ORIGINAL: "Silakan foto dokumen aslinya, bukan salinan atau layar.",
        ReasonCode.MISSING_PAGE: "Ada halaman dokumen yang kurang.",
        ReasonCode.OTHER: "Silakan baca catatan peninjau.",
    },
}


@dataclass(frozen=True, slots=True)
class DocumentReasons(Rule):
    """An array of `{documentId, code}`, each pair once; null is none. The value is the codes of each document."""

    def parse(self, value: Any) -> dict[str, list[str]] | None:
        if value is None:
            return None
        if not isinstance(value, list) or len(value) > MAX_REASONS:
            raise ValueError("array")
        found: dict[str, list[str]] = defaultdict(list)
        for entry in value:
            named, code = (entry.get("documentId"), entry.get("code")) if isinstance(entry, dict) else (None, None)
            document_id = uuid_or_none(named) if isinstance(named, str) else None
            if document_id is None or not isinstance(code, str):
                raise ValueError("entry")
            word = ReasonCode(code.strip().lower()).value
            if word not in found[document_id]:
                found[document_id].append(word)
        return dict(found)

    def json_schema(self) -> dict[str, Any]:
        properties = {
            "documentId": {"type": "string", "format": "uuid"},
            "code": {"type": "string", "enum": [code.value for code in ReasonCode]},
        }
        entry = {"type": "object", "properties": properties, "required": list(properties)}
        return {"type": "array", "items": entry, "maxItems": MAX_REASONS, "nullable": True}


Reasons = Annotated[dict[str, list[str]] | None, DocumentReasons(InvalidReasonCode)]


class Reason(Output):
    """What is wrong with a document: a word that never changes, and the sentence for it in the request's language."""

    code: Annotated[str, open_enum(ReasonCode)]
    text: str


class DocumentReason(Reason):
    document_id: Uuid
    document_type: str


def read_reasons(codes: Sequence[str], language: str) -> list[Reason]:
    """Stored codes as they are shown in `language` (`id` or `en`); the text of one that is not known is that of `other`."""
    return [Reason(code=code, text=_text(code, language)) for code in codes]


def read_document_reasons(rows: Sequence[asyncpg.Record], language: str) -> list[DocumentReason]:
    """The same for rows with `id`, `document_type` and `reason_codes_json`, in their order."""
    return [
        DocumentReason(document_id=row["id"], document_type=row["document_type"], code=code, text=_text(code, language))
        for row in rows
        for code in row["reason_codes_json"]
    ]


def _text(code: str, language: str) -> str:
    texts = _TEXTS[language]
    return texts.get(code, texts[ReasonCode.OTHER])
