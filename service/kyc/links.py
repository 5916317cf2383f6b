"""What do staff read as `fileUrl` of an identity document? A link to a picture of it, where there is a checked one.

The rules: docs/rules/kyc.md.
"""

from __future__ import annotations

from typing import Literal

import asyncpg

from service.adapters.object_storage import ObjectStorage
from service.audit.domain import audit
from service.auth.principal import Staff
from service.evidence.domain import picture_key

StaffFileUrl = Literal["link", "object"]
"""Whether staff read links, or the stored name as candidates do."""
_SECONDS = 300
# Nobody looks at so many at once; the rest of a page says the stored name.
_AT_ONCE = 500


class FileLinks:
    """The links of one answer to staff, and who was given them."""

    def __init__(self, storage: ObjectStorage, wanted: StaffFileUrl, by: Staff) -> None:
        self._storage, self._wanted, self._by = storage, wanted, by
        self._given: list[str] = []

    def url_of(self, row: asyncpg.Record) -> str:
        """For a row of `identity_documents`: a link that the site can write into CSS as it is, else the stored name."""
        document_id, stored = str(row["id"]), str(row["file_url"])
        key = picture_key(document_id, row["copy_kind"]) if self._wanted == "link" else None
        if key is None or len(self._given) >= _AT_ONCE:
            return stored
        self._given.append(document_id)
        return self._storage.sign_download(key, seconds=_SECONDS)

    async def record(self) -> None:
        """Leave one row that names the documents whose links this answer has; none when it has none."""
        if self._given:
            await audit(
                "kyc.documents_linked",
                actor_type="ADMIN",
                actor_id=self._by.actor_id,
                subject_type="KYC_QUEUE",
                subject_id="documents",
                detail={"documentIds": self._given, "expiresSec": _SECONDS},
            )
