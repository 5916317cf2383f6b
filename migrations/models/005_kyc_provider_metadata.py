"""What an outside verification provider tells about a verification."""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        ALTER TABLE kyc_sessions
            ADD COLUMN IF NOT EXISTS provider_ref TEXT,
            ADD COLUMN IF NOT EXISTS provider_metadata_json JSONB NOT NULL DEFAULT '{}'::jsonb;
        CREATE INDEX IF NOT EXISTS idx_kyc_sessions_provider_ref ON kyc_sessions (provider_ref);
    """


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        DROP INDEX IF EXISTS idx_kyc_sessions_provider_ref;
        ALTER TABLE IF EXISTS kyc_sessions
            DROP COLUMN IF EXISTS provider_metadata_json,
            DROP COLUMN IF EXISTS provider_ref;
    """
