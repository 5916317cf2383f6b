"""Accounts that belong to their people: mails on record, codes for one purpose, hidden accounts, where the rules begin."""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True

# `unverified_since` of accounts that are there is the moment of this migration: the default is evaluated once for them.
# A code asked for an address may belong to nobody, so `user_id` may be NULL; the release before writes one always.


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        ALTER TABLE users
            ADD COLUMN IF NOT EXISTS language TEXT,
            ADD COLUMN IF NOT EXISTS bootstrapped_at TIMESTAMPTZ,
            ADD COLUMN IF NOT EXISTS unverified_since TIMESTAMPTZ NOT NULL DEFAULT now();
        UPDATE users SET bootstrapped_at = now() WHERE bootstrapped_at IS NULL AND id::text IN (
            SELECT subject_id FROM audit_events WHERE subject_type = 'USER' AND action = 'staff.bootstrap_admin'
        );
        ALTER TABLE email_verification_challenges
            ADD COLUMN IF NOT EXISTS purpose TEXT NOT NULL DEFAULT 'verification',
            ADD COLUMN IF NOT EXISTS key_id TEXT,
            ALTER COLUMN user_id DROP NOT NULL;
        CREATE TABLE IF NOT EXISTS notices (
            id UUID PRIMARY KEY,
            kind TEXT NOT NULL,
            user_id UUID REFERENCES users (id) ON DELETE CASCADE,
            cause TEXT NOT NULL,
            address TEXT,
            language TEXT,
            parameters_json JSONB NOT NULL DEFAULT '{}'::jsonb,
            created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            finished_at TIMESTAMPTZ,
            outcome TEXT,
            UNIQUE (user_id, kind, cause)
        );
        CREATE INDEX IF NOT EXISTS idx_notices_created_at ON notices (created_at);
        CREATE TABLE IF NOT EXISTS hidden_accounts (
            id UUID PRIMARY KEY,
            user_id UUID NOT NULL UNIQUE REFERENCES users (id) ON DELETE CASCADE,
            reason TEXT NOT NULL,
            hidden_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            erase_at TIMESTAMPTZ
        );
    """


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        DROP TABLE IF EXISTS hidden_accounts;
        DROP TABLE IF EXISTS notices;
        DELETE FROM email_verification_challenges WHERE user_id IS NULL;
        ALTER TABLE IF EXISTS email_verification_challenges
            ALTER COLUMN user_id SET NOT NULL,
            DROP COLUMN IF EXISTS key_id,
            DROP COLUMN IF EXISTS purpose;
        ALTER TABLE IF EXISTS users
            DROP COLUMN IF EXISTS unverified_since,
            DROP COLUMN IF EXISTS bootstrapped_at,
            DROP COLUMN IF EXISTS language;
    """
