"""Jobs and posts can be drafts or scheduled. Rows that were there are published."""

from tortoise import BaseDBAsyncClient

from service.database.steps import Backfill, Index

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        ALTER TABLE jobs
            ADD COLUMN IF NOT EXISTS lifecycle_status TEXT NOT NULL DEFAULT 'PUBLISHED'
                CHECK (lifecycle_status IN ('DRAFT', 'PUBLISHED', 'SCHEDULED')),
            ADD COLUMN IF NOT EXISTS published_at TIMESTAMPTZ,
            ADD COLUMN IF NOT EXISTS scheduled_publish_at TIMESTAMPTZ;
        ALTER TABLE feed_posts
            ADD COLUMN IF NOT EXISTS lifecycle_status TEXT NOT NULL DEFAULT 'PUBLISHED'
                CHECK (lifecycle_status IN ('DRAFT', 'PUBLISHED', 'SCHEDULED')),
            ADD COLUMN IF NOT EXISTS scheduled_publish_at TIMESTAMPTZ,
            ALTER COLUMN published_at DROP NOT NULL;
    """


_UNPUBLISHED = "lifecycle_status = 'PUBLISHED' AND published_at IS NULL"
STEPS = (
    Index("idx_jobs_lifecycle_status", "jobs (lifecycle_status)"),
    Index("idx_jobs_scheduled_publish_at", "jobs (scheduled_publish_at)"),
    Index("idx_feed_posts_lifecycle_status", "feed_posts (lifecycle_status)"),
    Index("idx_feed_posts_scheduled_publish_at", "feed_posts (scheduled_publish_at)"),
    Backfill("jobs", "published_at = created_at", _UNPUBLISHED),
    Backfill("feed_posts", "published_at = created_at", _UNPUBLISHED),
)


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        UPDATE feed_posts SET published_at = created_at WHERE published_at IS NULL;
        ALTER TABLE feed_posts
            ALTER COLUMN published_at SET NOT NULL,
            DROP COLUMN IF EXISTS scheduled_publish_at,
            DROP COLUMN IF EXISTS lifecycle_status;
        ALTER TABLE jobs
            DROP COLUMN IF EXISTS scheduled_publish_at,
            DROP COLUMN IF EXISTS published_at,
            DROP COLUMN IF EXISTS lifecycle_status;
    """
