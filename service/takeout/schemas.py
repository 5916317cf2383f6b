"""What do the operations of an export answer?"""

from __future__ import annotations

from typing import Annotated

from service.http.web import Output, Ts, open_enum
from service.takeout.models import ExportState


class PersonalExport(Output):
    """`url` reads the ZIP until `urlExpiresAt`; asking again gives a new one, until `expiresAt`."""

    status: Annotated[str, open_enum(ExportState)]
    requested_at: Ts
    ready_at: Ts | None
    expires_at: Ts | None
    size_bytes: int | None
    url: str | None
    url_expires_at: Ts | None
