"""An inbox for the identity provider's deliveries; audit rows form a chain whose end is known."""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        CREATE TABLE IF NOT EXISTS webhook_deliveries (
            id UUID PRIMARY KEY,
            idempotency_key TEXT NOT NULL UNIQUE,
            body BYTEA NOT NULL,
            body_sha256 TEXT NOT NULL,
            event_at TIMESTAMPTZ NOT NULL,
            signed_at TIMESTAMPTZ,
            received_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            kyc_session_id UUID,
            state TEXT NOT NULL CHECK (state IN ('applied', 'waiting', 'parked', 'unaddressed')),
            attempts INTEGER NOT NULL DEFAULT 0,
            last_error TEXT,
            applied_at TIMESTAMPTZ
        );
        CREATE INDEX IF NOT EXISTS idx_webhook_deliveries_pending ON webhook_deliveries (received_at)
            WHERE state IN ('waiting', 'parked');
        ALTER TABLE kyc_sessions
            ADD COLUMN IF NOT EXISTS provider_metadata_times_json JSONB NOT NULL DEFAULT '{}'::jsonb;
        ALTER TABLE audit_events
            ADD COLUMN IF NOT EXISTS sequence BIGINT UNIQUE,
            ADD COLUMN IF NOT EXISTS key_id TEXT,
            ADD COLUMN IF NOT EXISTS mac TEXT,
            ADD COLUMN IF NOT EXISTS detail_digest TEXT,
            ADD COLUMN IF NOT EXISTS detail_salt BYTEA;
        CREATE TABLE IF NOT EXISTS audit_head (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            count BIGINT NOT NULL,
            mac TEXT NOT NULL,
            key_id TEXT NOT NULL,
            seal TEXT NOT NULL,
            updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
        );
    """


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        DROP TABLE IF EXISTS audit_head;
        ALTER TABLE IF EXISTS audit_events
            DROP COLUMN IF EXISTS detail_salt,
            DROP COLUMN IF EXISTS detail_digest,
            DROP COLUMN IF EXISTS mac,
            DROP COLUMN IF EXISTS key_id,
            DROP COLUMN IF EXISTS sequence;
        ALTER TABLE IF EXISTS kyc_sessions DROP COLUMN IF EXISTS provider_metadata_times_json;
        DROP TABLE IF EXISTS webhook_deliveries;
    """
