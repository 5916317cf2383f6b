"""Reviewers claim a verification; versions notice stale decisions; documents say what is known of their bytes."""

from tortoise import BaseDBAsyncClient

from service.database.steps import Index

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        ALTER TABLE kyc_sessions ADD COLUMN IF NOT EXISTS version INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE identity_documents
            ADD COLUMN IF NOT EXISTS byte_state TEXT NOT NULL DEFAULT 'declared'
                CHECK (byte_state IN ('declared', 'verified', 'rejected')),
            ADD COLUMN IF NOT EXISTS byte_reason TEXT,
            ADD COLUMN IF NOT EXISTS bytes_checked_at TIMESTAMPTZ;
        CREATE TABLE IF NOT EXISTS kyc_claims (
            id UUID PRIMARY KEY,
            kyc_session_id UUID NOT NULL UNIQUE REFERENCES kyc_sessions (id) ON DELETE CASCADE,
            actor_id TEXT NOT NULL,
            reviewer TEXT NOT NULL,
            claimed_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            expires_at TIMESTAMPTZ NOT NULL
        );
    """


STEPS = (
    Index("idx_kyc_sessions_queue", "kyc_sessions ((COALESCE(submitted_at, created_at)) DESC, id DESC)"),
    Index(
        "idx_kyc_sessions_waiting",
        "kyc_sessions ((COALESCE(reviewed_at, submitted_at, created_at)), id)"
        " WHERE status IN ('SUBMITTED', 'MANUAL_REVIEW')",
    ),
)


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        DROP INDEX IF EXISTS idx_kyc_sessions_waiting;
        DROP INDEX IF EXISTS idx_kyc_sessions_queue;
        DROP TABLE IF EXISTS kyc_claims;
        ALTER TABLE IF EXISTS identity_documents
            DROP COLUMN IF EXISTS bytes_checked_at,
            DROP COLUMN IF EXISTS byte_reason,
            DROP COLUMN IF EXISTS byte_state;
        ALTER TABLE IF EXISTS kyc_sessions DROP COLUMN IF EXISTS version;
    """
