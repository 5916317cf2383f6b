"""Leaving and taking along: when an account is erased, what holds it back, what is left; organizations without owner."""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True

# An organization outlives its owner. The release before reads the owner through an outer join; it makes no row without
# one, and meets one only after an account was erased, which takes days from the first request of this release.


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        ALTER TABLE hidden_accounts
            ADD COLUMN IF NOT EXISTS complete_by TIMESTAMPTZ,
            ADD COLUMN IF NOT EXISTS erasing_since TIMESTAMPTZ,
            ADD COLUMN IF NOT EXISTS counts_json JSONB NOT NULL DEFAULT '{}'::jsonb;
        CREATE TABLE IF NOT EXISTS account_holds (
            id UUID PRIMARY KEY,
            user_id UUID NOT NULL UNIQUE REFERENCES users (id) ON DELETE CASCADE,
            reason TEXT NOT NULL,
            held_until TIMESTAMPTZ NOT NULL,
            actor_id TEXT NOT NULL,
            created_at TIMESTAMPTZ NOT NULL DEFAULT now()
        );
        CREATE TABLE IF NOT EXISTS erasure_receipts (
            id UUID PRIMARY KEY,
            subject_hash TEXT NOT NULL,
            requested_at TIMESTAMPTZ NOT NULL,
            erased_at TIMESTAMPTZ NOT NULL,
            counts_json JSONB NOT NULL DEFAULT '{}'::jsonb
        );
        CREATE TABLE IF NOT EXISTS personal_exports (
            id UUID PRIMARY KEY,
            user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            state TEXT NOT NULL DEFAULT 'PREPARING',
            requested_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            ready_at TIMESTAMPTZ,
            expires_at TIMESTAMPTZ,
            size_bytes BIGINT
        );
        CREATE INDEX IF NOT EXISTS idx_personal_exports_user_id ON personal_exports (user_id, requested_at);
        ALTER TABLE organizations
            ALTER COLUMN owner_user_id DROP NOT NULL,
            DROP CONSTRAINT IF EXISTS organizations_owner_user_id_fkey,
            ADD CONSTRAINT organizations_owner_user_id_fkey
                FOREIGN KEY (owner_user_id) REFERENCES users (id) ON DELETE SET NULL;
    """


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        DELETE FROM organizations WHERE owner_user_id IS NULL;
        ALTER TABLE IF EXISTS organizations
            DROP CONSTRAINT IF EXISTS organizations_owner_user_id_fkey,
            ALTER COLUMN owner_user_id SET NOT NULL,
            ADD CONSTRAINT organizations_owner_user_id_fkey
                FOREIGN KEY (owner_user_id) REFERENCES users (id) ON DELETE CASCADE;
        DROP TABLE IF EXISTS personal_exports;
        DROP TABLE IF EXISTS erasure_receipts;
        DROP TABLE IF EXISTS account_holds;
        ALTER TABLE IF EXISTS hidden_accounts
            DROP COLUMN IF EXISTS counts_json,
            DROP COLUMN IF EXISTS erasing_since,
            DROP COLUMN IF EXISTS complete_by;
    """
