"""What is stored about verifications? Views of documents, events and claims, and the reads that share them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import asyncpg

from service import db
from service.auth.principal import Principal
from service.kyc.models import SESSION_COLUMNS, IdentityDocument, KycClaim, KycStatusEvent, SessionView
from service.kyc.states import WAITING_SQL, KycSessionNotFound
from service.web import uuid_or_none

DOCUMENT_COLUMNS = (
    "d.id, d.kyc_session_id, d.document_type, d.file_url, d.checksum_sha256, d.metadata_json, d.verified_at,"
    " d.created_at, d.byte_state, d.byte_reason"
)
_EVENT_COLUMNS = "e.id, e.kyc_session_id, e.from_status, e.to_status, e.actor_type, e.actor_id, e.reason, e.created_at"
CLAIM_COLUMNS = "c.id, c.kyc_session_id, c.actor_id, c.reviewer, c.claimed_at, c.expires_at"
LATEST_FIRST = "s.created_at DESC, s.id DESC"
# Neither a person nor a mistake may make one answer endless; counts and flags still tell of everything.
SHOWN_DOCUMENTS = 200
SHOWN_EVENTS = 200
REQUIRED_TYPES = ("PASSPORT", "SELFIE")
"""The documents that the checklist asks for."""


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document's row. `metadata` is the client's own, with the object key in it."""

    id: str
    session_id: str
    document_type: str
    file_url: str
    checksum_sha256: str
    metadata: dict[str, Any]
    verified_at: datetime | None
    created_at: datetime
    byte_state: str
    byte_reason: str | None

    @property
    def object_key(self) -> str | None:
        key = self.metadata.get("objectKey")
        return key if isinstance(key, str) else None

    @classmethod
    def from_row(cls, row: asyncpg.Record) -> DocumentView:
        return cls(
            id=str(row["id"]),
            session_id=str(row["kyc_session_id"]),
            document_type=row["document_type"],
            file_url=row["file_url"],
            checksum_sha256=row["checksum_sha256"],
            metadata=row["metadata_json"],
            verified_at=row["verified_at"],
            created_at=row["created_at"],
            byte_state=row["byte_state"],
            byte_reason=row["byte_reason"],
        )

    @classmethod
    def from_model(cls, document: IdentityDocument) -> DocumentView:
        return cls(
            id=str(document.id),
            session_id=str(document.kyc_session_id),  # type: ignore[attr-defined]  # Tortoise makes the attribute
            document_type=document.document_type,
            file_url=document.file_url,
            checksum_sha256=document.checksum_sha256,
            metadata=dict(document.metadata_json),
            verified_at=document.verified_at,
            created_at=document.created_at,
            byte_state=document.byte_state,
            byte_reason=document.byte_reason,
        )


@dataclass(frozen=True, slots=True)
class EventView:
    """A change of status."""

    id: str
    session_id: str
    from_status: str | None
    to_status: str
    actor_type: str
    actor_id: str | None
    reason: str | None
    created_at: datetime

    @classmethod
    def from_row(cls, row: asyncpg.Record) -> EventView:
        return cls(
            id=str(row["id"]),
            session_id=str(row["kyc_session_id"]),
            from_status=row["from_status"],
            to_status=row["to_status"],
            actor_type=row["actor_type"],
            actor_id=row["actor_id"],
            reason=row["reason"],
            created_at=row["created_at"],
        )

    @classmethod
    def from_model(cls, event: KycStatusEvent) -> EventView:
        return cls(
            id=str(event.id),
            session_id=str(event.kyc_session_id),  # type: ignore[attr-defined]  # Tortoise makes the attribute
            from_status=event.from_status,
            to_status=event.to_status,
            actor_type=event.actor_type,
            actor_id=event.actor_id,
            reason=event.reason,
            created_at=event.created_at,
        )


@dataclass(frozen=True, slots=True)
class ClaimView:
    """Who works on a verification, until when (UTC)."""

    id: str
    session_id: str
    actor_id: str
    reviewer: str
    claimed_at: datetime
    expires_at: datetime

    @classmethod
    def from_row(cls, row: asyncpg.Record, prefix: str = "") -> ClaimView:
        return cls(
            id=str(row[prefix + "id"]),
            session_id=str(row[prefix + "kyc_session_id"]),
            actor_id=row[prefix + "actor_id"],
            reviewer=row[prefix + "reviewer"],
            claimed_at=row[prefix + "claimed_at"],
            expires_at=row[prefix + "expires_at"],
        )

    @classmethod
    def from_model(cls, claim: KycClaim) -> ClaimView:
        return cls(
            id=str(claim.id),
            session_id=str(claim.kyc_session_id),  # type: ignore[attr-defined]  # Tortoise makes the attribute
            actor_id=claim.actor_id,
            reviewer=claim.reviewer,
            claimed_at=claim.claimed_at,
            expires_at=claim.expires_at,
        )


@dataclass(frozen=True, slots=True)
class PersonView:
    """Whom a verification is about."""

    id: str
    full_name: str
    email: str


@dataclass(frozen=True, slots=True)
class QueueItem:
    """A verification with all that a reviewer looks at. Documents and events oldest first.

    `document_count` counts all documents, also those beyond SHOWN_DOCUMENTS. `waiting_seconds` since the submission, none
    while nobody waits.
    """

    session: SessionView
    person: PersonView
    claim: ClaimView | None
    documents: list[DocumentView]
    document_count: int
    events: list[EventView]
    waiting_seconds: int | None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """`total` counts all matches, `has_more` comes from reading one row more."""

    items: list[QueueItem]
    has_more: bool
    total: int


class ChecklistStatus(StrEnum):
    """How far one kind of document got."""

    MISSING = "MISSING"
    PENDING = "PENDING"
    VERIFIED = "VERIFIED"
    REJECTED = "REJECTED"


@dataclass(frozen=True, slots=True)
class ChecklistRow:
    """One kind of document and its newest upload."""

    document_type: str
    status: ChecklistStatus
    required: bool
    document: DocumentView | None


@dataclass(frozen=True, slots=True)
class Checklist:
    """The required kinds first, then what else was uploaded, by name."""

    session: SessionView | None
    rows: list[ChecklistRow]


@dataclass(frozen=True, slots=True)
class FinalRequestView:
    """A candidate's wish to be checked for good."""

    id: str
    session_id: str | None
    source: str
    note: str | None
    requested_at: datetime
    documents_count: int | None

    @classmethod
    def from_metadata(cls, stored: Any, *, changed_at: datetime) -> FinalRequestView | None:
        """What a session's metadata holds under `finalVerification`; none when that is nothing we could have written.

        Rows of the replaced server may lack the time, which shipped apps insist on: the session's last change stands in.
        """
        if not isinstance(stored, dict):
            return None
        request_id = _uuid(stored.get("id"))
        if request_id is None:
            return None
        count, note = stored.get("documentsCount"), stored.get("note")
        return cls(
            id=request_id,
            session_id=_uuid(stored.get("sessionId")),
            source=str(stored.get("source") or "UNKNOWN"),
            note=note if isinstance(note, str) else None,
            requested_at=_moment(stored.get("requestedAt")) or changed_at,
            documents_count=count if isinstance(count, int) and not isinstance(count, bool) else None,
        )


def _uuid(value: Any) -> str | None:
    return uuid_or_none(value) if isinstance(value, str) else None


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None


@dataclass(frozen=True, slots=True)
class Preview:
    """A link to one document's bytes. `sanitized`: it leads to the checked copy; otherwise to what was uploaded."""

    document: DocumentView
    object_key: str
    url: str
    expires_at: datetime
    sanitized: bool


async def find_own_session(user_id: str, session_id: str | None, *, lock: bool = False) -> SessionView | None:
    """The user's session with this id (a UUID), or their latest one when no id is given; none when there is none."""
    if session_id is not None:
        where = "s.user_id = $1 AND s.id = $2"
        arguments = [user_id, session_id]
    else:
        where, arguments = "s.user_id = $1", [user_id]
    row = await db.fetch_row(
        f"SELECT {SESSION_COLUMNS} FROM kyc_sessions s WHERE {where} ORDER BY {LATEST_FIRST} LIMIT 1"
        + (" FOR UPDATE" if lock else ""),
        *arguments,
    )
    return SessionView.from_row(row) if row else None


async def own_session(session_id: str | None, by: Principal, *, lock: bool = False) -> SessionView:
    """The caller's session with this id, or their latest one without an id. Raises KycSessionNotFound.

    Another person's session, and an id that is no UUID, are unknown ids. `lock`: the row, until the transaction ends.
    """
    known = uuid_or_none(session_id) if session_id is not None else None
    if session_id is not None and known is None:
        raise KycSessionNotFound
    session = await find_own_session(by.user_id, known, lock=lock)
    if session is None:
        raise KycSessionNotFound
    return session


async def lock_session(session_id: str) -> SessionView | None:
    """Anybody's session, its row locked until the caller's transaction ends."""
    row = await db.fetch_row(f"SELECT {SESSION_COLUMNS} FROM kyc_sessions s WHERE s.id = $1 FOR UPDATE", session_id)
    return SessionView.from_row(row) if row else None


async def list_events(session_id: str) -> list[EventView]:
    """The changes of status of a session, oldest first."""
    rows = await db.fetch_all(
        f"SELECT {_EVENT_COLUMNS} FROM kyc_status_events e WHERE e.kyc_session_id = $1"
        f" ORDER BY e.created_at, e.id LIMIT {SHOWN_EVENTS}",
        session_id,
    )
    return [EventView.from_row(row) for row in rows]


async def count_documents(session_id: str) -> int:
    """How many documents of whatever type a session has."""
    found: int = await db.fetch_value("SELECT count(*) FROM identity_documents WHERE kyc_session_id = $1", session_id)
    return found


async def newest_documents(session_id: str) -> list[DocumentView]:
    """The newest document of each type, by type in upper case."""
    rows = await db.fetch_all(
        f"SELECT DISTINCT ON (upper(d.document_type)) {DOCUMENT_COLUMNS} FROM identity_documents d"
        " WHERE d.kyc_session_id = $1 ORDER BY upper(d.document_type), d.created_at DESC, d.id DESC"
        f" LIMIT {SHOWN_DOCUMENTS}",
        session_id,
    )
    return [DocumentView.from_row(row) for row in rows]


async def find_document(document_id: str) -> DocumentView | None:
    """Anybody's document, or none."""
    row = await db.fetch_row(f"SELECT {DOCUMENT_COLUMNS} FROM identity_documents d WHERE d.id = $1", document_id)
    return DocumentView.from_row(row) if row else None


_QUEUE_SQL = (
    f"SELECT {SESSION_COLUMNS}, u.full_name, u.email, c.id AS claim_id, c.kyc_session_id AS claim_kyc_session_id,"
    " c.actor_id AS claim_actor_id, c.reviewer AS claim_reviewer, c.claimed_at AS claim_claimed_at,"
    f" c.expires_at AS claim_expires_at, CASE WHEN s.status IN {WAITING_SQL} THEN"
    " GREATEST(0, floor(extract(epoch FROM statement_timestamp() - COALESCE(s.submitted_at, s.created_at))))::bigint END"
    " AS waiting_seconds"
    " FROM kyc_sessions s JOIN users u ON u.id = s.user_id"
    " LEFT JOIN kyc_claims c ON c.kyc_session_id = s.id AND c.expires_at > statement_timestamp()"
)


async def list_queue(statuses: Sequence[str], *, offset: int, limit: int) -> QueuePage:
    """Sessions in these states (empty: all) with their people, documents, events and claims; last submitted first.

    Four statements, however long the page is.
    """
    where, arguments = ("WHERE s.status = ANY($1::text[])", [list(statuses)]) if statuses else ("", [])
    total = await db.fetch_value(f"SELECT count(*) FROM kyc_sessions s {where}", *arguments)
    rows = await db.fetch_all(
        f"{_QUEUE_SQL} {where} ORDER BY COALESCE(s.submitted_at, s.created_at) DESC, s.id DESC"
        f" LIMIT ${len(arguments) + 1} OFFSET ${len(arguments) + 2}",
        *arguments,
        limit + 1,
        offset,
    )
    return QueuePage(await _with_parts(rows[:limit]), len(rows) > limit, total)


async def find_queue_item(session_id: str) -> QueueItem | None:
    """One session as the queue shows it, whatever its state."""
    items = await _with_parts(await db.fetch_all(f"{_QUEUE_SQL} WHERE s.id = $1", session_id))
    return items[0] if items else None


async def _with_parts(rows: list[asyncpg.Record]) -> list[QueueItem]:
    ids = [row["id"] for row in rows]
    if not ids:
        return []
    documents: dict[str, list[DocumentView]] = {}
    counts: dict[str, int] = {}
    for row in await db.fetch_all(
        f"SELECT * FROM (SELECT {DOCUMENT_COLUMNS}, count(*) OVER (PARTITION BY d.kyc_session_id) AS documents,"
        " row_number() OVER (PARTITION BY d.kyc_session_id ORDER BY d.created_at, d.id) AS place"
        " FROM identity_documents d WHERE d.kyc_session_id = ANY($1::uuid[])) numbered"
        f" WHERE place <= {SHOWN_DOCUMENTS} ORDER BY kyc_session_id, place",
        ids,
    ):
        document = DocumentView.from_row(row)
        documents.setdefault(document.session_id, []).append(document)
        counts[document.session_id] = row["documents"]
    events: dict[str, list[EventView]] = {}
    for row in await db.fetch_all(
        f"SELECT * FROM (SELECT {_EVENT_COLUMNS},"
        " row_number() OVER (PARTITION BY e.kyc_session_id ORDER BY e.created_at, e.id) AS place"
        " FROM kyc_status_events e WHERE e.kyc_session_id = ANY($1::uuid[])) numbered"
        f" WHERE place <= {SHOWN_EVENTS} ORDER BY kyc_session_id, place",
        ids,
    ):
        event = EventView.from_row(row)
        events.setdefault(event.session_id, []).append(event)
    items = []
    for row in rows:
        session = SessionView.from_row(row)
        items.append(
            QueueItem(
                session=session,
                person=PersonView(session.user_id, row["full_name"], row["email"]),
                claim=ClaimView.from_row(row, "claim_") if row["claim_id"] else None,
                documents=documents.get(session.id, []),
                document_count=counts.get(session.id, 0),
                events=events.get(session.id, []),
                waiting_seconds=row["waiting_seconds"],
            )
        )
    return items
