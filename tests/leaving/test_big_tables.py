"""Does an erasure read whole tables? It runs beside everybody else's writes, and audit rows are never removed."""

from __future__ import annotations

import httpx
import pytest
from tortoise.transactions import in_transaction

from service.adapters.object_storage import ObjectStorage
from service.audit import domain as audit
from service.base.settings import Settings
from service.database import db
from service.leaving import erasure, queries
from service.takeout import queries as takeout
from service.takeout.areas import AREAS
from tests.leaving.person import Person, ask, make_due

_ROWS = 100_000
_OTHER, _THING = "md5('u' || n)::uuid", "md5('s' || n)::uuid"
# Rows of others; their keys lead nowhere, because triggers sleep while they are made.
_OTHERS = {
    "users (id, full_name, email, password_hash)": f"{_OTHER}, 'Candidate', n || '@example.com', 'x'",
    "sessions (id, user_id, token_hash, expires_at)": f"gen_random_uuid(), {_OTHER}, 't' || n, now()",
    "session_families (id, user_id)": f"{_THING}, {_OTHER}",
    "kyc_sessions (id, user_id, status, reviewed_by, client_metadata_json, server_metadata_json, signed_metadata_json)":
        f"{_THING}, {_OTHER}, 'VERIFIED', 'r' || n % 100, '{{}}', '{{}}', '{{}}'",
    "identity_documents (id, kyc_session_id, document_type, file_url, checksum_sha256, metadata_json)":
        f"{_THING}, {_THING}, 'PASSPORT', 'x', 'c' || n, jsonb_build_object('objectKey', 'k' || n)",
    "kyc_status_events (id, kyc_session_id, to_status, actor_type, actor_id)":
        f"gen_random_uuid(), {_THING}, 'SUBMITTED', 'USER', {_OTHER}::text",
    "job_applications (id, user_id, job_id, status)": f"{_THING}, {_OTHER}, 'job_' || n, 'SUBMITTED'",
    "job_application_journey_events (id, application_id, status, title, description, actor_id)":
        f"gen_random_uuid(), {_THING}, 'SUBMITTED', 'x', 'x', {_OTHER}::text",
    "job_application_documents (id, application_id, user_id, document_type, file_name, content_type,"
    " content_length, object_key, checksum_sha256, file_url, reviewed_by)":
        f"{_THING}, {_THING}, {_OTHER}, 'CV', 'cv.pdf', 'application/pdf', 1, 'k' || n, 'c', 'x', 'r' || n % 100",
    "user_saved_jobs (id, user_id, job_id)": f"gen_random_uuid(), {_OTHER}, 'job_' || n",
    "user_saved_posts (id, user_id, post_id)": f"gen_random_uuid(), {_OTHER}, 'post_' || n",
    "notices (id, kind, user_id, cause, address)":
        f"gen_random_uuid(), 'password_changed', {_OTHER}, 'c' || n, n || '@example.com'",
    "email_verification_challenges (id, email, code_hash, expires_at, resend_available_at)":
        "gen_random_uuid(), n || '@example.com', 'x', now(), now()",
    "webhook_deliveries (id, idempotency_key, body, body_sha256, event_at, kyc_session_id, state)":
        f"gen_random_uuid(), 'd' || n, 'x', 'x', now(), {_THING}, 'applied'",
    "audit_events (id, actor_type, actor_id, action, subject_type, subject_id)":
        f"gen_random_uuid(), 'USER', {_OTHER}::text, 'x', 'USER', {_OTHER}::text",
}  # fmt: skip


class _Undone(Exception):
    """Takes the rows of others away again."""


async def _fill() -> None:
    await db.execute("SET LOCAL session_replication_role = replica")
    for target, values in _OTHERS.items():
        await db.execute(f"INSERT INTO {target} SELECT {values} FROM generate_series(1, {_ROWS}) n")
        await db.execute(f"ANALYZE {target.split()[0]}")
    await db.execute("SET LOCAL session_replication_role = origin")


async def _read_whole() -> dict[str, int]:
    """How many rows this transaction has read of each big table without an index."""
    rows = await db.fetch_all(
        "SELECT relname, seq_tup_read FROM pg_stat_xact_user_tables WHERE seq_tup_read >= $1", _ROWS
    )
    return {row["relname"]: row["seq_tup_read"] for row in rows}


async def test_neither_an_erasure_nor_an_export_reads_a_table_of_a_hundred_thousand_rows(
    api: httpx.AsyncClient, own: Settings, person: Person, storage: ObjectStorage
) -> None:
    assert (await ask(api, person.headers)).status_code == 202
    await make_due()
    hidden_id = str(await db.fetch_value("SELECT id FROM hidden_accounts"))
    with pytest.raises(_Undone):
        async with in_transaction():
            await _fill()
            before = await _read_whole()
            for area in AREAS:
                await takeout.read_area(area, person.account.id)
            after_export = await _read_whole()
            await queries.keys_of_others(person.account.id, ["k-of-nobody"])
            assert await erasure.erase(hidden_id, own, storage)
            await audit.forget_person(person.account.id, address="a", full_name="b")
            after = await _read_whole()
            raise _Undone
    assert (after_export, after) == (before, before)
