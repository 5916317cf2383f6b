"""A second factor of staff, and when each sign-in proved it last."""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True

# The previous release asks nobody for a code: while its pods run, a password alone signs in there.


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        CREATE TABLE IF NOT EXISTS second_factors (
            id UUID PRIMARY KEY,
            user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            key_id TEXT NOT NULL,
            sealed_secret TEXT NOT NULL,
            last_step BIGINT NOT NULL DEFAULT 0,
            recovery_json JSONB NOT NULL DEFAULT '[]',
            created_at TIMESTAMPTZ NOT NULL DEFAULT now()
        );
        CREATE INDEX IF NOT EXISTS second_factors_user_id_idx ON second_factors (user_id);
        ALTER TABLE users ADD COLUMN IF NOT EXISTS second_factor_id UUID;
        ALTER TABLE session_families ADD COLUMN IF NOT EXISTS proved_at TIMESTAMPTZ;
    """


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        ALTER TABLE IF EXISTS session_families DROP COLUMN IF EXISTS proved_at;
        ALTER TABLE IF EXISTS users DROP COLUMN IF EXISTS second_factor_id;
        DROP TABLE IF EXISTS second_factors;
    """
