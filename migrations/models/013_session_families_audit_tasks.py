"""Refresh tokens form families; an audit log that nothing deletes from; work for the worker."""

from tortoise import BaseDBAsyncClient

from service.database.steps import Index

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        CREATE TABLE IF NOT EXISTS session_families (
            id UUID PRIMARY KEY,
            user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            ended_at TIMESTAMPTZ,
            end_reason TEXT
        );
        CREATE INDEX IF NOT EXISTS idx_session_families_user_id ON session_families (user_id);
        ALTER TABLE sessions
            ADD COLUMN IF NOT EXISTS family_id UUID REFERENCES session_families (id) ON DELETE CASCADE,
            ADD COLUMN IF NOT EXISTS parent_id UUID UNIQUE REFERENCES sessions (id) ON DELETE SET NULL,
            ADD COLUMN IF NOT EXISTS rotated_at TIMESTAMPTZ,
            ADD COLUMN IF NOT EXISTS successor_key_id TEXT;
        CREATE TABLE IF NOT EXISTS audit_events (
            id UUID PRIMARY KEY,
            position BIGINT GENERATED ALWAYS AS IDENTITY UNIQUE,
            occurred_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            actor_type TEXT NOT NULL CHECK (actor_type IN ('USER', 'ADMIN', 'SYSTEM')),
            actor_id TEXT,
            action TEXT NOT NULL,
            subject_type TEXT NOT NULL,
            subject_id TEXT NOT NULL,
            request_id TEXT,
            detail_json JSONB NOT NULL DEFAULT '{}'::jsonb
        );
        CREATE INDEX IF NOT EXISTS idx_audit_events_subject ON audit_events (subject_type, subject_id, position);
        CREATE INDEX IF NOT EXISTS idx_audit_events_occurred_at ON audit_events (occurred_at);
        CREATE TABLE IF NOT EXISTS background_tasks (
            id UUID PRIMARY KEY,
            kind TEXT NOT NULL,
            payload_json JSONB NOT NULL DEFAULT '{}'::jsonb,
            state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed')),
            attempts INTEGER NOT NULL DEFAULT 0,
            max_attempts INTEGER NOT NULL DEFAULT 5,
            run_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            locked_until TIMESTAMPTZ,
            last_error TEXT,
            created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            finished_at TIMESTAMPTZ
        );
        CREATE INDEX IF NOT EXISTS idx_background_tasks_due ON background_tasks (run_at)
            WHERE state IN ('waiting', 'running');
        CREATE INDEX IF NOT EXISTS idx_background_tasks_kind_state ON background_tasks (kind, state);
    """


STEPS = (Index("idx_sessions_family_id", "sessions (family_id)"),)


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        DROP TABLE IF EXISTS background_tasks;
        DROP TABLE IF EXISTS audit_events;
        ALTER TABLE IF EXISTS sessions
            DROP COLUMN IF EXISTS successor_key_id,
            DROP COLUMN IF EXISTS rotated_at,
            DROP COLUMN IF EXISTS parent_id,
            DROP COLUMN IF EXISTS family_id;
        DROP TABLE IF EXISTS session_families;
    """
