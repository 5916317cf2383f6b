"""Which accounts are due, what belongs to a person, and what is said of them in rows of others?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg

from service.auth.hidden import is_held
from service.database import db

_BATCH_ROWS = 500
# A task that carries the id of an account's row, not of its person.
_HAS_TASK = (
    "EXISTS (SELECT 1 FROM background_tasks t WHERE t.kind = 'erase_account' AND t.state IN ('waiting', 'running')"
    " AND t.payload_json ->> 'hiddenId' = h.id::text)"
)
_HELD = is_held("h.user_id")


async def list_due(*, limit: int) -> list[UUID]:
    """Ids of the rows of `hidden_accounts` that are due, are not held and have no task, the longest due first."""
    rows = await db.fetch_all(
        f"SELECT h.id FROM hidden_accounts h WHERE h.erase_at <= now() AND NOT {_HAS_TASK}"
        f" AND (h.erasing_since IS NOT NULL OR NOT {_HELD}) ORDER BY h.erase_at LIMIT $1",
        limit,
    )
    return [row["id"] for row in rows]


async def lock_due(hidden_id: str) -> asyncpg.Record | None:
    """A row that is due and not held, locked with its account's, which comes first; none when there is none."""
    user_id = await db.fetch_value("SELECT user_id FROM hidden_accounts WHERE id = $1", hidden_id)
    if user_id is None:
        return None
    await db.fetch_value("SELECT 1 FROM users WHERE id = $1 FOR UPDATE", user_id)
    return await db.fetch_row(
        "SELECT h.id, h.user_id, h.hidden_at, h.erasing_since, h.counts_json, u.email, u.full_name"
        " FROM hidden_accounts h JOIN users u ON u.id = h.user_id WHERE h.id = $1 AND h.erase_at <= now()"
        f" AND (h.erasing_since IS NOT NULL OR NOT {_HELD}) FOR UPDATE OF h",
        hidden_id,
    )


async def begin(hidden_id: UUID, user_id: UUID) -> None:
    """Close an account for ever: nobody signs in to it any more, and nothing takes its deletion back."""
    await db.execute("UPDATE hidden_accounts SET erasing_since = now() WHERE id = $1", hidden_id)
    await db.execute("UPDATE users SET password_hash = 'erased' WHERE id = $1", user_id)


async def find_owned(user_id: UUID) -> asyncpg.Record:
    """Ids of what is a person's, each an array, and the keys of the objects that their rows name."""
    row = await db.fetch_row(
        "SELECT ARRAY(SELECT id FROM session_families WHERE user_id = $1) AS families,"
        " ARRAY(SELECT id FROM kyc_sessions WHERE user_id = $1) AS verifications,"
        " ARRAY(SELECT d.id FROM identity_documents d JOIN kyc_sessions s ON s.id = d.kyc_session_id"
        "  WHERE s.user_id = $1) AS identity_documents,"
        " ARRAY(SELECT id FROM job_applications WHERE user_id = $1) AS applications,"
        " ARRAY(SELECT id FROM job_application_documents WHERE user_id = $1) AS application_documents,"
        " ARRAY(SELECT id FROM notices WHERE user_id = $1) AS notices,"
        " ARRAY(SELECT id FROM personal_exports WHERE user_id = $1) AS exports,"
        " ARRAY(SELECT d.metadata_json ->> 'objectKey' FROM identity_documents d"
        "  JOIN kyc_sessions s ON s.id = d.kyc_session_id"
        "  WHERE s.user_id = $1 AND d.metadata_json ->> 'objectKey' IS NOT NULL"
        "  UNION SELECT object_key FROM job_application_documents WHERE user_id = $1) AS object_keys",
        user_id,
    )
    assert row is not None  # a SELECT without FROM has one row
    return row


async def keys_of_others(user_id: UUID | str, keys: Sequence[str]) -> set[str]:
    """Those of `keys` that a document of somebody else names too."""
    rows = await db.fetch_all(
        "SELECT object_key AS key FROM job_application_documents WHERE user_id <> $1 AND object_key = ANY($2::text[])"
        " UNION SELECT d.metadata_json ->> 'objectKey' FROM identity_documents d JOIN kyc_sessions s"
        " ON s.id = d.kyc_session_id WHERE s.user_id <> $1 AND d.metadata_json ->> 'objectKey' = ANY($2::text[])",
        user_id,
        list(keys),
    )
    return {row["key"] for row in rows}


async def delete_sign_ins(user_id: UUID) -> int:
    """Remove a batch of refresh tokens, which are the rows that a person has thousands of; how many went."""
    return await db.execute(
        "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE user_id = $1 LIMIT $2)", user_id, _BATCH_ROWS
    )


async def empty_deliveries(verifications: Sequence[UUID]) -> int:
    """Empty a batch of the provider's bodies about these sessions; keys and digests stay. How many were emptied."""
    return await db.execute(
        "UPDATE webhook_deliveries SET body = '', kyc_session_id = NULL,"
        " state = CASE WHEN state = 'applied' THEN state ELSE 'unaddressed' END WHERE id IN"
        " (SELECT id FROM webhook_deliveries WHERE kyc_session_id = ANY($1::uuid[]) LIMIT $2)",
        list(verifications),
        _BATCH_ROWS,
    )


async def delete_tasks(texts: Sequence[str]) -> int:
    """Remove tasks that are not done and one of whose texts is one of `texts`; what runs now finds its row gone.

    The whole text: addresses of others end with the same letters.
    """
    return await db.execute(
        "DELETE FROM background_tasks WHERE state IN ('waiting', 'running') AND kind <> 'erase_account'"
        " AND EXISTS (SELECT 1 FROM unnest($1::text[]) AS held"
        " WHERE strpos(payload_json::text, to_json(held)::text) > 0)",
        list(texts),
    )


async def delete_by_address(address: str) -> int:
    """Remove codes and mails that know a person by their address alone."""
    codes = await db.execute("DELETE FROM email_verification_challenges WHERE email = $1", address)
    return codes + await db.execute("DELETE FROM notices WHERE address = $1", address)


async def forget_among_others(user_id: UUID, address: str, stand_in: str) -> None:
    """Write `stand_in` for a person who worked here wherever rows about other people name them."""
    names = [str(user_id), address]
    for table, column in (
        ("kyc_sessions", "reviewed_by"),
        ("kyc_status_events", "actor_id"),
        ("job_application_documents", "reviewed_by"),
        ("job_application_journey_events", "actor_id"),
        ("account_holds", "actor_id"),
    ):
        await db.execute(
            f"UPDATE {table} SET {column} = $2 WHERE {column} = ANY($1::text[])",
            names,
            stand_in,
        )
    await db.execute("DELETE FROM kyc_claims WHERE actor_id = $1 OR reviewer = $2", str(user_id), address)


async def forget_proofs(user_id: UUID) -> int:
    """Leave a person's organizations without owner, and without the keys of proofs, which carry the person's id."""
    await db.execute(
        "UPDATE organization_verifications SET supporting_object_keys_json = '[]' WHERE org_id IN"
        " (SELECT id FROM organizations WHERE owner_user_id = $1)"
        " OR strpos(supporting_object_keys_json::text, $1::text) > 0",
        user_id,
    )
    return await db.execute("UPDATE organizations SET owner_user_id = NULL WHERE owner_user_id = $1", user_id)


async def add_counts(hidden_id: UUID, counts: dict[str, int]) -> dict[str, int]:
    """Add to what was removed so far; returns all of it."""
    row = await db.fetch_row(
        "UPDATE hidden_accounts SET counts_json = (SELECT COALESCE(jsonb_object_agg(name, total), '{}') FROM"
        " (SELECT name, sum(number::int) AS total FROM (SELECT * FROM jsonb_each_text(counts_json)"
        " UNION ALL SELECT * FROM jsonb_each_text($2)) AS parts (name, number) GROUP BY name) AS sums)"
        " WHERE id = $1 RETURNING counts_json",
        hidden_id,
        counts,
    )
    return dict(row["counts_json"]) if row else {}


async def delete_account(user_id: UUID, verifications: Sequence[UUID]) -> None:
    """Remove an account with all rows that hang on it, the marks of its versions, and who saw which of its verifications."""
    await db.execute("DELETE FROM users WHERE id = $1", user_id)
    await db.execute(
        "DELETE FROM seen_versions WHERE user_id = $1 OR subject_id = ANY($2::uuid[])", user_id, list(verifications)
    )
    await db.execute("DELETE FROM user_versions WHERE user_id = $1", user_id)


async def hide_for_erasure(user_id: str, requested_at: Any) -> UUID | None:
    """Mark an account of a restored database as due at once; none when there is no such account."""
    found: UUID | None = await db.fetch_value(
        "INSERT INTO hidden_accounts (id, user_id, reason, hidden_at, erase_at, complete_by, erasing_since)"
        " SELECT gen_random_uuid(), id, 'leaving', $2, now(), now(), now() FROM users WHERE id = $1"
        " ON CONFLICT (user_id) DO UPDATE SET erase_at = now(), erasing_since = COALESCE("
        "hidden_accounts.erasing_since, now()) RETURNING id",
        user_id,
        requested_at,
    )
    return found
