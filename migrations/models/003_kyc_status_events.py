"""The history of a verification; one document is registered once per verification."""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        CREATE TABLE IF NOT EXISTS kyc_status_events (
            id UUID PRIMARY KEY,
            kyc_session_id UUID NOT NULL REFERENCES kyc_sessions (id) ON DELETE CASCADE,
            from_status TEXT,
            to_status TEXT NOT NULL
                CHECK (to_status IN ('CREATED', 'SUBMITTED', 'MANUAL_REVIEW', 'VERIFIED', 'REJECTED')),
            actor_type TEXT NOT NULL CHECK (actor_type IN ('USER', 'ADMIN', 'SYSTEM')),
            actor_id TEXT,
            reason TEXT,
            created_at TIMESTAMPTZ NOT NULL DEFAULT now()
        );
        CREATE INDEX IF NOT EXISTS idx_kyc_status_events_session_created_at
            ON kyc_status_events (kyc_session_id, created_at);
        DO $$
        BEGIN
            IF to_regclass('uq_identity_documents_session_checksum') IS NULL THEN
                ALTER TABLE identity_documents
                    ADD CONSTRAINT uq_identity_documents_session_checksum UNIQUE (kyc_session_id, checksum_sha256);
            END IF;
        END
        $$;
    """


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        ALTER TABLE IF EXISTS identity_documents DROP CONSTRAINT IF EXISTS uq_identity_documents_session_checksum;
        DROP TABLE IF EXISTS kyc_status_events;
    """
