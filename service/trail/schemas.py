"""What does the audit trail take and answer?"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import Field, WithJsonSchema

from service.audit.models import ActorType
from service.http.errors import InvalidCursor, InvalidField, InvalidLimit
from service.http.fields import Choice, Moment, Text
from service.http.web import Input, LooseLimit, Output, Ts, open_enum
from service.lists.paging import After


class InvalidAuditFilter(InvalidField):
    code = "invalid_audit_filter"
    message = "The filter of the audit trail is not valid."
    message_id = "Filter jejak audit tidak valid."


class Included(StrEnum):
    """What is shown beside audit rows."""

    ACCESS = "access"


class TrailKind(StrEnum):
    """An audit row, or an access event: that staff was shown something."""

    AUDIT = "audit"
    ACCESS = "access"


class _Lower(Choice):
    """A choice whose words are written in lower case."""

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": [str(word).lower() for word in self.choices], "nullable": True}


_Word = Annotated[str | None, Text(InvalidAuditFilter, maximum=300, optional=True)]
_Date = Annotated[datetime | None, Moment(InvalidAuditFilter, optional=True)]


class TrailQuery(Input):
    actor: _Word = None
    subject_type: _Word = None
    subject_id: _Word = None
    action: _Word = None
    from_: _Date = Field(None, alias="from")
    to: _Date = None
    include: Annotated[Included | None, _Lower(InvalidAuditFilter, {"ACCESS": Included.ACCESS}, optional=True)] = None
    after: After = None
    limit: LooseLimit = 25

    def checked(self) -> Self:
        """Itself. Raises InvalidAuditFilter when it ends before it begins."""
        if self.from_ is not None and self.to is not None and self.to < self.from_:
            raise InvalidAuditFilter
        return self


class TrailEvent(Output):
    """`sequence` is the place in the chain, null for access events and rows older than it; an access event's `action` is the
    operation that answered, `shownIds` what it showed and whose that is. `detail` is empty once its person was erased.
    """

    kind: Annotated[str, open_enum(TrailKind)]
    id: str
    occurred_at: Ts
    actor_type: Annotated[str, open_enum(ActorType)]
    actor_id: str | None
    action: str
    subject_type: str
    subject_id: str | None
    request_id: str | None
    sequence: int | None
    detail: Annotated[dict[str, Any], WithJsonSchema({"type": "object", "additionalProperties": True})]
    shown_ids: list[str]
    count: int | None


class TrailPageInfo(Output):
    """`after` is where the next page begins, null on the last one."""

    after: str | None
    limit: int


class TrailList(Output):
    items: list[TrailEvent]
    page_info: TrailPageInfo


def shown(event: TrailEvent) -> tuple[str, ...]:
    """Ids for the record of who was shown what: what the row is about, or what it says was shown."""
    return (*([event.subject_id] if event.subject_id else []), *event.shown_ids)


TRAIL_ERRORS = (InvalidAuditFilter, InvalidCursor, InvalidLimit)
