"""What do the gauges read of the database?"""

from __future__ import annotations

import asyncpg

from service.auth.hidden import is_held, is_shown
from service.database import db
from service.database.roles import CAN_REWRITE_SQL
from service.kyc.states import WAITING_SQL

_STATE_SQL = f"""
SELECT 'kyc_sessions' AS name, status AS a, NULL AS b, count(*)::float8 AS value FROM kyc_sessions GROUP BY status
UNION ALL
SELECT 'kyc_oldest_waiting_session_age_seconds', NULL, NULL,
    extract(epoch FROM now() - min(COALESCE(reviewed_at, submitted_at, created_at)))::float8
    FROM kyc_sessions s WHERE status IN {WAITING_SQL} AND {is_shown("s.user_id")}
UNION ALL
SELECT 'kyc_documents', byte_state, NULL, count(*)::float8 FROM identity_documents GROUP BY byte_state
UNION ALL
SELECT 'webhook_inbox', state, NULL, count(*)::float8 FROM webhook_deliveries GROUP BY state
UNION ALL
SELECT 'webhook_oldest_pending_age_seconds', NULL, NULL, extract(epoch FROM now() - min(received_at))::float8
    FROM webhook_deliveries WHERE state IN ('waiting', 'parked')
UNION ALL
SELECT 'jobs_queue', kind, state, count(*)::float8
    FROM background_tasks WHERE state IN ('waiting', 'running', 'failed') GROUP BY kind, state
UNION ALL
SELECT 'jobs_oldest_due_age_seconds', NULL, NULL, extract(epoch FROM now() - min(CASE state WHEN 'waiting' THEN run_at
    ELSE locked_until END))::float8 FROM background_tasks
    WHERE (state = 'waiting' AND run_at <= now()) OR (state = 'running' AND locked_until < now())
UNION ALL
SELECT 'account_deletion_seconds_left', NULL, NULL, COALESCE(extract(epoch FROM min(complete_by) - now())::float8, 'infinity')
    FROM hidden_accounts h WHERE erase_at <= now() AND NOT {is_held("h.user_id")}
UNION ALL
SELECT 'export_oldest_age_seconds', NULL, NULL, extract(epoch FROM now() - min(requested_at))::float8
    FROM personal_exports WHERE state = 'PREPARING'
UNION ALL
SELECT 'audit_oldest_unsealed_age_seconds', NULL, NULL, extract(epoch FROM now() - min(occurred_at))::float8
    FROM audit_events WHERE sequence IS NULL AND stamp IS NOT NULL
UNION ALL
SELECT 'audit_protected', NULL, NULL, (NOT ({CAN_REWRITE_SQL}))::int::float8
UNION ALL
SELECT 'database_connections', CASE WHEN state IN ('active', 'idle') THEN state
        WHEN state LIKE 'idle in transaction%' THEN 'idle_in_transaction' ELSE 'other' END,
    NULL, count(*)::float8
    FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' GROUP BY 2
UNION ALL
SELECT 'database_oldest_transaction_age_seconds', NULL, NULL, extract(epoch FROM now() - min(xact_start))::float8
    FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
UNION ALL
SELECT 'database_connections_max', NULL, NULL, current_setting('max_connections')::float8
UNION ALL
SELECT 'database_size_bytes', NULL, NULL, pg_database_size(current_database())::float8
"""
_MAINTENANCE_SQL = """
SELECT DISTINCT ON (kind) kind, extract(epoch FROM now() - finished_at)::float8 AS age,
    CASE WHEN kind = 'gate' THEN detail_json END AS detail
FROM maintenance_runs
WHERE finished_at IS NOT NULL AND (succeeded OR kind = 'gate')
ORDER BY kind, finished_at DESC
"""


async def read_state() -> list[asyncpg.Record]:
    """One row a value: `name` of the metric, `a` and `b` its labels or None, `value`. One statement."""
    return await db.fetch_all(_STATE_SQL)


async def read_maintenance() -> list[asyncpg.Record]:
    """The last run of each `kind` that counts, with its `age` in seconds; `detail` is that of the gate alone."""
    return await db.fetch_all(_MAINTENANCE_SQL)
