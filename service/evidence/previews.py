"""Where does a link for staff lead, and what is said of it? What identity and application documents share.

The rules: docs/rules/evidence.md.
"""

from __future__ import annotations

from dataclasses import dataclass

from service.adapters.object_storage import ObjectStorage
from service.applications.models import ApplicationDocument
from service.evidence.domain import copy_key
from service.evidence.verdicts import ByteState
from service.http.errors import ApiError
from service.kyc.models import IdentityDocument


class DocumentRejected(ApiError):
    status_code, code = 409, "document_rejected"
    message = "This file was read and is not what it claims to be. To see it all the same, send acknowledgeRisk: true."
    message_id = "Berkas ini telah dibaca dan isinya tidak sesuai. Untuk tetap melihatnya, kirim acknowledgeRisk: true."


@dataclass(frozen=True, slots=True)
class Preview:
    """A link, and whether it leads to a checked copy."""

    url: str
    sanitized: bool


async def sign_preview(
    document: IdentityDocument | ApplicationDocument,
    key: str,
    *,
    seconds: int,
    acknowledge_risk: bool,
    storage: ObjectStorage,
) -> Preview:
    """A link that reads a document for `seconds`: its checked copy, else the upload under `key`, to be saved and not shown.

    Signing needs no network. Raises DocumentRejected for bytes that were read and are wrong, unless that is acknowledged.
    """
    if document.byte_state == ByteState.REJECTED and not acknowledge_risk:
        raise DocumentRejected
    copy = copy_key(str(document.id), document.copy_kind)
    url = await storage.presign_download(copy or key, seconds=seconds, as_attachment=copy is None)
    return Preview(url, copy is not None)
