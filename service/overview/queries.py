"""What goes on? The counts of the overview, and the activities of verifications and applications, one statement each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

import asyncpg

from service.auth.hidden import shown
from service.database import db
from service.database.records import read
from service.http.web import Paged, uuid_or_none
from service.kyc.states import WAITING_SQL
from service.lists.paging import binding_of
from service.lists.queries import REACH, Narrowing, OffsetPage, cut, offset_page
from service.overview.schemas import ActivityApplicant, ActivityEvent, ActivityFilter, ActivityJob, OverviewSummary

_COUNTS_SQL = f"""
SELECT k.pending_kyc, k.manual_review_kyc, e.verified_today, e.rejected_today,
 (SELECT count(*) FROM organization_verifications WHERE status = 'PENDING') AS pending_organization_verification,
 (SELECT count(*) FROM jobs) AS active_jobs,
 (SELECT count(*) FROM feed_posts) AS published_feed_posts,
 a.*, now() AS last_updated_at
FROM (SELECT count(*) FILTER (WHERE status = 'SUBMITTED') AS pending_kyc,
  count(*) FILTER (WHERE status = 'MANUAL_REVIEW') AS manual_review_kyc
  FROM kyc_sessions s WHERE status IN {WAITING_SQL} AND {shown("s.user_id")}) k,
 (SELECT count(*) FILTER (WHERE to_status = 'VERIFIED') AS verified_today,
  count(*) FILTER (WHERE to_status = 'REJECTED') AS rejected_today
  FROM kyc_status_events WHERE to_status IN ('VERIFIED', 'REJECTED')
  AND created_at >= date_trunc('day', now(), 'UTC')
  AND created_at < date_trunc('day', now(), 'UTC') + interval '1 day') e,
 (SELECT count(*) AS active_applications,
  count(*) FILTER (WHERE status = 'SUBMITTED') AS submitted_applications,
  count(*) FILTER (WHERE status = 'IN_REVIEW') AS in_review_applications,
  count(*) FILTER (WHERE status = 'INTERVIEW') AS interview_applications,
  count(*) FILTER (WHERE status = 'OFFERED') AS offered_applications,
  count(*) FILTER (WHERE status = 'HIRED') AS hired_applications,
  count(*) FILTER (WHERE status = 'REJECTED') AS rejected_applications
  FROM job_applications a WHERE {shown("a.user_id")}) a
"""


async def count_everything() -> OverviewSummary:
    """The counts of this moment, one snapshot. `today` is the day in UTC."""
    row = await db.fetch_row(_COUNTS_SQL)
    assert row is not None  # aggregates always answer
    return read(OverviewSummary, row)


@dataclass(frozen=True, slots=True)
class _Source:
    """A table of events and how its columns answer the filters."""

    kind: str
    action: str
    entity_type: str
    rank: int
    tables: str
    entity_id: str
    actor_type: str
    actor_id: str
    shown: str


# Where the step says nothing about its actor, the first one is the candidate's and every other one is staff's. The
# candidate is named only for what candidates do: a change of staff must not look like theirs.
_APPLICATION_ACTOR = "coalesce(e.actor_type, CASE WHEN e.status = 'SUBMITTED' THEN 'USER' ELSE 'ADMIN' END)"
_SOURCES = (
    _Source(
        kind="KYC",
        action="KYC_STATUS_TRANSITION",
        entity_type="KYC_SESSION",
        rank=0,
        tables="kyc_status_events e",
        entity_id="e.kyc_session_id",
        actor_type="e.actor_type",
        actor_id="e.actor_id",
        shown="NOT EXISTS (SELECT 1 FROM hidden_accounts h JOIN kyc_sessions hs ON hs.user_id = h.user_id"
        " WHERE hs.id = e.kyc_session_id)",
    ),
    _Source(
        kind="APPLICATION",
        action="APPLICATION_STATUS_TRANSITION",
        entity_type="JOB_APPLICATION",
        rank=1,
        tables="job_application_journey_events e JOIN job_applications a ON a.id = e.application_id",
        entity_id="e.application_id",
        actor_type=_APPLICATION_ACTOR,
        actor_id=f"coalesce(e.actor_id, CASE WHEN {_APPLICATION_ACTOR} = 'USER' THEN a.user_id::text END)",
        shown=shown("a.user_id"),
    ),
)
_DETAILS = f"""
p.source, p.id, p.created_at,
 coalesce(k.kyc_session_id, e.application_id) AS entity_id,
 CASE p.source WHEN 0 THEN k.actor_type ELSE {_SOURCES[1].actor_type} END AS actor_type,
 CASE p.source WHEN 0 THEN k.actor_id ELSE {_SOURCES[1].actor_id} END AS actor_id,
 CASE p.source WHEN 0 THEN k.from_status ELSE (
  SELECT b.status FROM job_application_journey_events b WHERE b.application_id = e.application_id
  AND (b.created_at, b.id) < (e.created_at, e.id) ORDER BY b.created_at DESC, b.id DESC LIMIT 1) END AS status_from,
 coalesce(k.to_status, e.status) AS status_to, e.title, coalesce(k.reason, e.description) AS description,
 a.user_id AS applicant_id, u.full_name, u.email, a.job_id, j.title AS job_title
"""


async def list_activities(wanted: ActivityFilter, query: Paged) -> OffsetPage[ActivityEvent]:
    """Steps of verifications and applications, newest first; at the same time a verification's comes first.

    One statement: each source gives its newest rows up to the page's end, which are merged and cut; the step before is
    looked up in the whole journey, whatever the filter left of it.
    """
    narrowed = Narrowing()
    conditions = [_conditions(source, wanted, narrowed.hide) for source in _SOURCES]
    matches = " UNION ALL ".join(
        f"SELECT 1 FROM {source.tables} WHERE {where}" for source, where in zip(_SOURCES, conditions, strict=True)
    )
    merged = " UNION ALL ".join(
        f"(SELECT {source.rank} AS source, e.id, e.created_at FROM {source.tables} WHERE {where}"
        f" ORDER BY e.created_at DESC, e.id DESC LIMIT {REACH})"
        for source, where in zip(_SOURCES, conditions, strict=True)
    )
    return await offset_page(
        matches,
        cut(f"{merged} ORDER BY created_at DESC, source, id DESC"),
        "p.created_at DESC, p.source, p.id DESC",
        *narrowed.arguments,
        view=_activity,
        offset=query.cursor,
        limit=query.limit,
        columns=_DETAILS,
        joins="LEFT JOIN kyc_status_events k ON p.source = 0 AND k.id = p.id"
        " LEFT JOIN job_application_journey_events e ON p.source = 1 AND e.id = p.id"
        " LEFT JOIN job_applications a ON a.id = e.application_id"
        " LEFT JOIN users u ON u.id = a.user_id LEFT JOIN jobs j ON j.id = a.job_id",
        name=binding_of("activities", *astuple(wanted)),
    )


def _conditions(source: _Source, wanted: ActivityFilter, place: Callable[[Any], str]) -> str:
    for value, own in (
        (wanted.kind, source.kind),
        (wanted.entity_type, source.entity_type),
        (wanted.action, source.action),
    ):
        if value is not None and value.upper() != own:
            return "false"
    found = [source.shown]
    if wanted.entity_id is not None:
        # Ids are compared as text by the contract, so another spelling of the same id is another id.
        if uuid_or_none(wanted.entity_id) != wanted.entity_id:
            return "false"
        found.append(f"{source.entity_id} = {place(wanted.entity_id)}::uuid")
    if wanted.actor_type is not None:
        found.append(f"{source.actor_type} = {place(wanted.actor_type)}")
    if wanted.actor_id is not None:
        found.append(f"{source.actor_id} = {place(wanted.actor_id)}")
    if wanted.first is not None:
        found.append(f"e.created_at >= {place(_whole_milliseconds(wanted.first))}::timestamptz")
    if wanted.last is not None:
        # Times are shown cut to milliseconds; what is shown as `last` is included.
        last = place(_whole_milliseconds(wanted.last))
        found.append(f"e.created_at < {last}::timestamptz + interval '1 millisecond'")
    return " AND ".join(found)


def _whole_milliseconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _activity(row: asyncpg.Record) -> ActivityEvent:
    source = _SOURCES[row["source"]]
    is_kyc = source.kind == "KYC"
    description = row["description"]
    if is_kyc and not description:
        before = row["status_from"]
        description = f"Identity verification went {f'from {before} ' if before else ''}to {row['status_to']}."
    applicant = job = None
    if row["applicant_id"] is not None and row["job_id"] is not None:
        applicant = read(ActivityApplicant, row, id=row["applicant_id"])
        job = ActivityJob(id=row["job_id"], title=row["job_title"] or "")
    return read(
        ActivityEvent,
        row,
        type=source.kind,
        action=source.action,
        entity_type=source.entity_type,
        title=f"KYC {row['status_to']}" if is_kyc else row["title"],
        description=description,
        applicant=applicant,
        job=job,
    )
