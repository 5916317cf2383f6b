"""What do candidates and reviewers read of verifications, and what is written in more than a model can say?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from service.auth.hidden import is_shown
from service.database import db
from service.database.records import columns, read
from service.evidence.verdicts import ByteState
from service.http.web import Paged
from service.kyc import admin_schemas, schemas
from service.kyc.admin_schemas import QueueOrder
from service.kyc.models import IdentityDocument, KycClaim, KycSession, KycStatusEvent
from service.kyc.states import WAITING_SQL
from service.kyc.voices import COLUMNS, Voice, compare
from service.lists.queries import OffsetPage, cut, numbered

# Neither a person nor a mistake may make one answer endless; counts and flags still tell of everything.
SHOWN_DOCUMENTS = 200
SHOWN_EVENTS = 200
REQUIRED_TYPES = ("PASSPORT", "SELFIE")
"""The documents that the checklist asks for."""

_UNSHOWN = ("provider_metadata_times_json", "evidence_version", "submitted_version")
_SESSION = columns(KycSession, "s", skip=(*_UNSHOWN, *COLUMNS))
_REVIEWED = columns(KycSession, "s", skip=_UNSHOWN)
_DOCUMENT = columns(IdentityDocument, "p", skip=("bytes_checked_at",))
_EVENT = columns(KycStatusEvent, "p")
# The word of the provider: REJECTED where any of these keys says so, else VERIFIED.
_SAID = ", ".join(f"upper(btrim(s.signed_metadata_json ->> '{key}'))" for key in ("status", "decision", "result"))
_VERDICT = f"CASE WHEN 'REJECTED' IN ({_SAID}) THEN 'REJECTED' WHEN 'VERIFIED' IN ({_SAID}) THEN 'VERIFIED' END"
_ORDERS = {
    QueueOrder.SUBMITTED: "",
    QueueOrder.PROVIDER: f"CASE {_VERDICT} WHEN 'REJECTED' THEN 0 WHEN 'VERIFIED' THEN 1 ELSE 2 END, ",
}
_QUEUE = (
    f"SELECT {_REVIEWED}, {_VERDICT} AS verdict,"
    " u.full_name, u.email, c.id AS claim_id, c.reviewer, c.claimed_at, c.expires_at,"
    f" CASE WHEN s.status IN {WAITING_SQL} THEN"
    " GREATEST(0, floor(extract(epoch FROM statement_timestamp() - COALESCE(s.submitted_at, s.created_at))))::bigint END"
    " AS waiting_seconds"
    " FROM kyc_sessions s JOIN users u ON u.id = s.user_id"
    " LEFT JOIN kyc_claims c ON c.kyc_session_id = s.id AND c.expires_at > statement_timestamp()"
)


async def find_own_session(
    user_id: str, session_id: str | None = None, *, context: str | None = None
) -> schemas.KycSession | None:
    """The user's session with this id (a UUID), or their latest one when no id is given; none when there is none."""
    row = await db.fetch_row(
        f"SELECT {_SESSION} FROM kyc_sessions s WHERE s.user_id = $1{' AND s.id = $2' if session_id else ''}"
        " ORDER BY s.created_at DESC, s.id DESC LIMIT 1",
        *(value for value in (user_id, session_id) if value is not None),
    )
    return schemas.KycSession.model_validate({**row}, context=context) if row else None


async def find_voices(session_id: str) -> admin_schemas.KycVoices | None:
    """Who said what of a session, for staff; none when there is no such session."""
    row = await db.fetch_row(f"SELECT {', '.join(COLUMNS)} FROM kyc_sessions WHERE id = $1", session_id)
    return admin_schemas.KycVoices.model_validate(compare({**row})) if row else None


async def list_events(session_id: str, *, context: str | None = None) -> list[schemas.KycEvent]:
    """The changes of status of a session, oldest first."""
    rows = await db.fetch_all(
        f"SELECT {_EVENT} FROM kyc_status_events p WHERE p.kyc_session_id = $1"
        f" ORDER BY p.created_at, p.id LIMIT {SHOWN_EVENTS}",
        session_id,
    )
    return [schemas.KycEvent.model_validate({**row}, context=context) for row in rows]


async def newest_documents(session_id: str) -> list[schemas.KycDocument]:
    """The newest document of each type, by type in upper case."""
    rows = await db.fetch_all(
        f"SELECT DISTINCT ON (upper(p.document_type)) {_DOCUMENT} FROM identity_documents p"
        " WHERE p.kyc_session_id = $1 ORDER BY upper(p.document_type), p.created_at DESC, p.id DESC"
        f" LIMIT {SHOWN_DOCUMENTS}",
        session_id,
    )
    return [read(schemas.KycDocument, row) for row in rows]


FileUrl = Callable[[asyncpg.Record], str]
"""What an answer says as `fileUrl` of a row of `identity_documents`."""


async def list_queue(
    statuses: Sequence[str], query: Paged, order: QueueOrder, *, file_url: FileUrl
) -> OffsetPage[admin_schemas.KycQueueItem]:
    """Sessions in these states (empty: all) with their people, documents, events and claims; last submitted first.

    PROVIDER puts those first of which the provider signed REJECTED, then VERIFIED.

    Four statements, however long the page is.
    """
    wanted, arguments = ("s.status = ANY($1::text[])", [list(statuses)]) if statuses else ("true", [])
    where = f"WHERE {wanted} AND {is_shown('s.user_id')}"
    total = await db.fetch_value(f"SELECT count(*) FROM kyc_sessions s {where}", *arguments)
    page = cut(f"{_QUEUE} {where} ORDER BY {_ORDERS[order]}COALESCE(s.submitted_at, s.created_at) DESC, s.id DESC")
    sql, values = numbered(page, arguments, query.cursor, query.limit)
    rows = await db.fetch_all(sql, *values)
    items = await _items(rows[: query.limit], file_url)
    return OffsetPage(items, query.cursor, query.limit, has_more=len(rows) > query.limit, total=total)


async def find_queue_item(
    session_id: UUID, *, file_url: FileUrl = lambda row: str(row["file_url"])
) -> admin_schemas.KycQueueItem | None:
    """One session as the queue shows it, whatever its state."""
    items = await _items(await db.fetch_all(f"{_QUEUE} WHERE s.id = $1", session_id), file_url)
    return items[0] if items else None


async def _items(rows: Sequence[asyncpg.Record], file_url: FileUrl) -> list[admin_schemas.KycQueueItem]:
    ids = [row["id"] for row in rows]
    if not ids:
        return []
    counted = f"{_DOCUMENT}, count(*) OVER (PARTITION BY p.kyc_session_id) AS documents"
    documents = await _oldest_of_each(counted, "identity_documents", ids, SHOWN_DOCUMENTS)
    events = await _oldest_of_each(_EVENT, "kyc_status_events", ids, SHOWN_EVENTS)
    return [_item(row, documents[row["id"]], events[row["id"]], file_url) for row in rows]


async def _oldest_of_each(listed: str, table: str, ids: list[UUID], limit: int) -> dict[UUID, list[asyncpg.Record]]:
    """The oldest rows of each of these sessions, oldest first, from a table that `listed` calls `p`."""
    found: dict[UUID, list[asyncpg.Record]] = defaultdict(list)
    for row in await db.fetch_all(
        f"SELECT * FROM (SELECT {listed},"
        " row_number() OVER (PARTITION BY p.kyc_session_id ORDER BY p.created_at, p.id) AS place"
        f" FROM {table} p WHERE p.kyc_session_id = ANY($1::uuid[])) numbered"
        f" WHERE place <= {limit} ORDER BY kyc_session_id, place",
        ids,
    ):
        found[row["kyc_session_id"]].append(row)
    return found


def _item(
    row: asyncpg.Record, documents: Sequence[asyncpg.Record], events: Sequence[asyncpg.Record], file_url: FileUrl
) -> admin_schemas.KycQueueItem:
    shown = [read(schemas.KycDocument, document, file_url=file_url(document)) for document in documents]
    count = documents[0]["documents"] if documents else 0
    history = [schemas.KycEvent.model_validate({**event}, context=schemas.NAMES) for event in events]
    voices = admin_schemas.KycVoices.model_validate(compare({**row}))
    verification = [read(admin_schemas.DocumentVerification, document) for document in documents]
    claim = read(admin_schemas.KycClaim, row, id=row["claim_id"], kyc_session_id=row["id"]) if row["claim_id"] else None
    return admin_schemas.KycQueueItem(
        session=schemas.KycSession.model_validate({**row}, context=schemas.NAMES),
        voices=voices,
        trust_status=row["status"],
        user=read(admin_schemas.KycPerson, row, id=row["user_id"]),
        documents=shown,
        document_count=count,
        events=history,
        last_event=history[-1] if history else None,
        risk_flags=[
            *admin_schemas.risk_flags(row["status"], shown, count, history[-1] if history else None),
            *admin_schemas.provider_flags(row["verdict"], voices),
            *admin_schemas.file_flags(verification),
        ],
        waiting_seconds=row["waiting_seconds"],
        claim=claim,
        verification=verification,
    )


async def lock_longest_waiting(passed: Sequence[UUID], *, skip_locked: bool) -> UUID | None:
    """The session that waits longest, no live claim on it and none of `passed`, its row locked; none when nobody waits.

    `skip_locked`: a row that somebody else has locked is left to them, else it is waited for.
    """
    found: UUID | None = await db.fetch_value(
        f"SELECT s.id FROM kyc_sessions s WHERE s.status IN {WAITING_SQL}"
        f" AND NOT s.id = ANY($1::uuid[]) AND {is_shown('s.user_id')} AND NOT EXISTS (SELECT 1 FROM kyc_claims c"
        " WHERE c.kyc_session_id = s.id AND c.expires_at > statement_timestamp())"
        " ORDER BY COALESCE(s.reviewed_at, s.submitted_at, s.created_at), s.id LIMIT 1 FOR UPDATE OF s"
        + (" SKIP LOCKED" if skip_locked else ""),
        passed,
    )
    return found


async def put_claim(session_id: UUID, actor_id: str, reviewer: str, life: timedelta) -> KycClaim:
    """A new claim on a locked session, in the place of one that has ended."""
    row = await db.fetch_row(
        "INSERT INTO kyc_claims AS c (id, kyc_session_id, actor_id, reviewer, claimed_at, expires_at)"
        " VALUES ($1, $2, $3, $4, statement_timestamp(), statement_timestamp() + $5)"
        " ON CONFLICT (kyc_session_id) DO UPDATE SET id = excluded.id, actor_id = excluded.actor_id,"
        " reviewer = excluded.reviewer, claimed_at = excluded.claimed_at, expires_at = excluded.expires_at"
        f" RETURNING {columns(KycClaim, 'c')}",
        uuid4(),
        session_id,
        actor_id,
        reviewer,
        life,
    )
    assert row is not None  # it was added or changed
    return KycClaim(**row)


async def merge_metadata(
    session_id: UUID,
    voice: Voice,
    added: dict[str, Any],
    *,
    provider_ref: str | None = None,
    times: dict[str, Any] | None = None,
) -> KycSession:
    """Merge what `voice` says into a locked session, key by key at the top level, and return the session anew.

    Postgres merges, for it keeps numbers that a process could not hold; it merges the voices too (migration 034). None
    leaves the reference of the voice and `times` as they are; the server's voice has no reference.
    """
    changes, values = [f"{voice}_metadata_json = s.{voice}_metadata_json || $2"], [session_id, added]
    for column, value in ((f"{voice}_provider_ref", provider_ref), ("provider_metadata_times_json", times)):
        if value is not None:
            values.append(value)
            changes.append(f"{column} = ${len(values)}")
    row = await db.fetch_row(
        f"UPDATE kyc_sessions s SET {', '.join(changes)}, updated_at = statement_timestamp(), version = s.version + 1"
        f" WHERE s.id = $1 RETURNING {columns(KycSession, 's')}",
        *values,
    )
    assert row is not None  # the caller holds the row's lock
    return KycSession(**row)


async def count_new_name(user_id: str) -> None:
    """Make another name of a person a change of their verifications that wait, whose rows the caller has locked.

    Database triggers (migration 035) count it as evidence. What was handed in last stays what an unseen decision is made on.
    """
    await db.execute(
        "UPDATE kyc_sessions SET version = version + 1,"
        " submitted_version = CASE WHEN evidence_version > COALESCE(submitted_version, 0) THEN submitted_version"
        " ELSE version + 1 END"
        f" WHERE user_id = $1 AND status IN {WAITING_SQL}",
        user_id,
    )


async def list_document_reasons(session_id: UUID | str) -> list[asyncpg.Record]:
    """`id`, `document_type` and `reason_codes_json` of the documents with which something is wrong, oldest first."""
    return await db.fetch_all(
        "SELECT id, document_type, reason_codes_json FROM identity_documents"
        " WHERE kyc_session_id = $1 AND reason_codes_json <> '[]'"
        f" ORDER BY created_at, id LIMIT {SHOWN_DOCUMENTS}",
        session_id,
    )


async def has_documents(session_id: UUID, document_ids: Sequence[str]) -> bool:
    """Whether each of these, all different, is a document of the session."""
    found: int = await db.fetch_value(
        "SELECT count(*) FROM identity_documents WHERE kyc_session_id = $1 AND id = ANY($2::uuid[])",
        session_id,
        document_ids,
    )
    return found == len(document_ids)


async def put_document_reasons(session_id: UUID, reasons: Mapping[str, Sequence[str]]) -> None:
    """Write what a decision finds wrong with each document of a locked session; nothing is wrong with those left out."""
    said = "COALESCE($2::jsonb -> d.id::text, '[]')"
    await db.execute(
        f"UPDATE identity_documents d SET reason_codes_json = {said}"
        f" WHERE d.kyc_session_id = $1 AND d.reason_codes_json <> {said}",
        session_id,
        reasons,
    )


async def count_unverified(session_id: UUID) -> int:
    """How many documents of a session have no verified bytes; a session without documents counts as one."""
    found: int = await db.fetch_value(
        "SELECT CASE WHEN count(*) = 0 THEN 1 ELSE count(*) FILTER (WHERE byte_state <> $2) END"
        " FROM identity_documents WHERE kyc_session_id = $1",
        session_id,
        ByteState.VERIFIED.value,
    )
    return found
