"""How are uploads named, limited and answered? What identity and application documents share.

The rules: docs/rules/uploads.md.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, cast
from uuid import uuid4

from pydantic import WithJsonSchema, create_model

from service.adapters.object_storage import ObjectStorage, PresignedUpload
from service.base.clock import utc_now
from service.base.settings import DEFAULT_MAX_FILE_BYTES
from service.http.errors import InvalidField, InvalidRequestBody
from service.http.fields import Number, Rule, Text
from service.http.web import Input, Output, Ts

KEY_PATTERN = r"[a-zA-Z0-9/_\-.]+"
_Shape = TypeVar("_Shape", bound=Input)


class InvalidDocumentType(InvalidField):
    code = "invalid_document_type"
    message = "The kind of document is not valid."
    message_id = "Jenis dokumen tidak valid."


class InvalidFileName(InvalidField):
    code = "invalid_file_name"
    message = "The file name is not valid."
    message_id = "Nama berkas tidak valid."


class InvalidContentType(InvalidField):
    code = "invalid_content_type"
    message = "This kind of file is not accepted. Please use JPEG, PNG or PDF."
    message_id = "Jenis berkas ini tidak diterima. Gunakan JPEG, PNG, atau PDF."


class InvalidContentLength(InvalidField):
    code = "invalid_content_length"
    message = "The file is empty or too large."
    message_id = "Berkas kosong atau terlalu besar."


class InvalidChecksum(InvalidField):
    code = "invalid_checksum_sha256"
    message = "The file could not be checked. Please choose it again."
    message_id = "Berkas tidak dapat diperiksa. Silakan pilih kembali."


class InvalidObjectKey(InvalidField):
    code = "invalid_object_key"
    message = "The uploaded file cannot be found under this name."
    message_id = "Berkas yang diunggah tidak ditemukan dengan nama ini."


class InvalidExpiresSec(InvalidField):
    code = "invalid_expires_sec"
    message = "The life of the preview link is not valid."
    message_id = "Masa berlaku tautan pratinjau tidak valid."


@dataclass(frozen=True, slots=True)
class KeyText(Text):
    """The key of an uploaded object, as `is_safe_key` allows."""

    def parse(self, value: Any) -> str | None:
        text = Text.parse(self, value)
        if not is_safe_key(text or ""):
            raise ValueError("not a key")
        return text

    def json_schema(self) -> dict[str, Any]:
        return Text.json_schema(self) | {"pattern": f"^{KEY_PATTERN}$"}


@dataclass(frozen=True, slots=True)
class LinkSeconds(Number):
    """How long a preview link lives, fractions dropped; null and blank mean `default`."""

    default: int = 120

    def parse(self, value: Any) -> int | float:
        if value is None or (isinstance(value, str) and not value.strip()):
            return self.default
        return Number.parse(self, value)

    def json_schema(self) -> dict[str, Any]:
        return Number.json_schema(self) | {"nullable": True, "default": self.default}


@dataclass(frozen=True, slots=True)
class Consent(Rule):
    """Whether somebody said yes: `true` is, and nothing else."""

    def parse(self, value: Any) -> bool:
        return value is True

    def json_schema(self) -> dict[str, Any]:
        return {"type": "boolean", "nullable": True, "default": False}


AcknowledgeRisk = Annotated[bool, Consent(InvalidRequestBody)]
"""Staff want to see a file that was read and rejected."""
DocumentType = Annotated[str, Text(InvalidDocumentType, maximum=64, case="upper")]
FileName = Annotated[str, Text(InvalidFileName, maximum=180)]
ContentLength = Annotated[int, Number(InvalidContentLength, minimum=1, maximum=DEFAULT_MAX_FILE_BYTES)]
"""A size as the contract document shows it, for it is the same everywhere; `limited` knows the deployment's own."""
Checksum = Annotated[str, Text(InvalidChecksum, case="lower", pattern="[0-9a-f]{64}")]
ObjectKey = Annotated[str, KeyText(InvalidObjectKey, maximum=1024)]


@dataclass(frozen=True, slots=True)
class ContentType(Text):
    """One of a deployment's media types."""

    allowed: frozenset[str] = frozenset()

    def parse(self, value: Any) -> str | None:
        text = Text.parse(self, value)
        if text not in self.allowed:
            raise ValueError("not allowed")
        return text


class UploadInput(Input):
    """One file that somebody wants to upload. Types and sizes are a deployment's settings; see `limited`."""

    document_type: DocumentType
    file_name: FileName
    content_type: Annotated[str, Text(InvalidContentType, case="lower")]
    content_length: ContentLength
    checksum_sha256: Checksum


def limited(shape: type[_Shape], max_bytes: int, content_types: frozenset[str] | None = None) -> type[_Shape]:
    """`shape` with a deployment's largest file, in bytes, as limit of its `content_length`; also with its media types."""
    return cast("type[_Shape]", _limited(shape, max_bytes, content_types))


@functools.cache
def _limited(shape: type[Input], max_bytes: int, content_types: frozenset[str] | None) -> type[Input]:
    fields: dict[str, Any] = {
        "content_length": Annotated[int, Number(InvalidContentLength, minimum=1, maximum=max_bytes)]
    }
    if content_types is not None:
        fields["content_type"] = Annotated[str, ContentType(InvalidContentType, case="lower", allowed=content_types)]
    return create_model(shape.__name__, __base__=shape, **fields)


class Upload(Output):
    """Where and how to send one file: PUT the bytes with exactly these headers."""

    object_key: str
    upload_url: str
    method: Annotated[str, WithJsonSchema({"type": "string", "x-extensible-enum": ["PUT"]})]
    headers: dict[str, str]
    expires_at: Ts

    @classmethod
    def of(cls, upload: PresignedUpload) -> Upload:
        return cls(
            object_key=upload.object_key,
            upload_url=upload.url,
            method="PUT",
            headers=upload.headers,
            expires_at=upload.expires_at,
        )


async def sign_upload(file: UploadInput, prefix: str, storage: ObjectStorage) -> Upload:
    """A link to upload `file` under a fresh key below `prefix` (ends in a slash); nothing is stored."""
    signed = await storage.presign_upload(
        object_key(prefix, file.document_type, file.file_name),
        content_type=file.content_type,
        content_length=file.content_length,
        checksum_sha256=file.checksum_sha256,
    )
    return Upload.of(signed)


def object_key(prefix: str, document_type: str, file_name: str) -> str:
    """A fresh key under `prefix` (ends in a slash) that `is_safe_key` always accepts."""
    now = utc_now()
    stamp = f"{now:%Y%m%d%H%M%S}{now.microsecond // 1000:03d}"
    kind, name = _safe(document_type, "document"), _safe(file_name, "document.bin")
    return f"{prefix}{stamp}-{kind}-{uuid4()}-{name}"


def _safe(text: str, fallback: str) -> str:
    """Lower case; everything but letters, digits, dot, underscore and dash becomes a dash; no run of dashes or dots."""
    cleaned = re.sub(r"[^a-z0-9._-]+", "-", text.strip().lower())
    cleaned = re.sub(r"\.{2,}", ".", re.sub(r"-+", "-", cleaned)).strip("-")
    return cleaned or fallback


def is_safe_key(key: str) -> bool:
    """Whether a stored or given key may be used: relative, without `..`, of plain characters, at most 1024."""
    return 0 < len(key) <= 1024 and not key.startswith("/") and ".." not in key and bool(re.fullmatch(KEY_PATTERN, key))
