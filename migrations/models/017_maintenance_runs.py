"""Runs of backups, restore drills and the staging gate."""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        CREATE TABLE IF NOT EXISTS maintenance_runs (
            id UUID PRIMARY KEY,
            kind TEXT NOT NULL CHECK (kind IN ('backup', 'document_backup', 'restore_drill', 'gate')),
            started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            finished_at TIMESTAMPTZ,
            succeeded BOOLEAN,
            detail_json JSONB NOT NULL DEFAULT '{}'::jsonb,
            CHECK ((finished_at IS NULL) = (succeeded IS NULL))
        );
        CREATE INDEX IF NOT EXISTS idx_maintenance_runs_kind_finished ON maintenance_runs (kind, finished_at);
    """


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        DROP TABLE IF EXISTS maintenance_runs;
    """
