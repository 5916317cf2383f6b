"""Documents of applications say what is known of their bytes; documents that are there already are read as well."""

from tortoise import BaseDBAsyncClient

from service.database.steps import Statement

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        ALTER TABLE job_application_documents
            ADD COLUMN IF NOT EXISTS byte_state TEXT NOT NULL DEFAULT 'declared'
                CHECK (byte_state IN ('declared', 'verified', 'rejected')),
            ADD COLUMN IF NOT EXISTS byte_reason TEXT,
            ADD COLUMN IF NOT EXISTS bytes_checked_at TIMESTAMPTZ;
    """


STEPS = (
    # Two seconds apart, so that other tasks do not wait behind them. The ids keep a repetition from adding anything.
    Statement("""
        INSERT INTO background_tasks (id, kind, payload_json, max_attempts, run_at)
            SELECT md5('verify_document:' || id)::uuid, 'verify_document',
                jsonb_build_object('subject', subject, 'documentId', id, 'look', 0, 'until', now() + interval '25 hours'
                    + number * interval '2 seconds'), 15, now() + number * interval '2 seconds'
            FROM (
                SELECT subject, id, row_number() OVER (ORDER BY created_at DESC, id) AS number
                FROM (
                    SELECT 'identity' AS subject, id, created_at FROM identity_documents
                        WHERE byte_state = 'declared' AND bytes_checked_at IS NULL
                    UNION ALL
                    SELECT 'application', id, created_at FROM job_application_documents
                        WHERE byte_state = 'declared' AND bytes_checked_at IS NULL
                ) unread
            ) numbered
        ON CONFLICT (id) DO NOTHING;
    """),
)


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        ALTER TABLE IF EXISTS job_application_documents
            DROP COLUMN IF EXISTS bytes_checked_at,
            DROP COLUMN IF EXISTS byte_reason,
            DROP COLUMN IF EXISTS byte_state;
    """
