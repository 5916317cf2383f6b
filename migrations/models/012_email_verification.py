"""Codes that are sent to an e-mail address, and addresses that are verified."""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        ALTER TABLE users ADD COLUMN IF NOT EXISTS email_verified_at TIMESTAMPTZ;
        CREATE TABLE IF NOT EXISTS email_verification_challenges (
            id UUID PRIMARY KEY,
            user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            email TEXT NOT NULL,
            code_hash TEXT NOT NULL,
            expires_at TIMESTAMPTZ NOT NULL,
            resend_available_at TIMESTAMPTZ NOT NULL,
            attempt_count INTEGER NOT NULL DEFAULT 0,
            max_attempts INTEGER NOT NULL DEFAULT 5,
            verified_at TIMESTAMPTZ,
            created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
        );
        CREATE INDEX IF NOT EXISTS idx_email_verification_challenges_email_created_at
            ON email_verification_challenges (email, created_at DESC);
        CREATE INDEX IF NOT EXISTS idx_email_verification_challenges_email_active
            ON email_verification_challenges (email, verified_at, expires_at);
        CREATE INDEX IF NOT EXISTS idx_email_verification_challenges_user_id
            ON email_verification_challenges (user_id);
    """


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        DROP TABLE IF EXISTS email_verification_challenges;
        ALTER TABLE IF EXISTS users DROP COLUMN IF EXISTS email_verified_at;
    """
