"""The order of staff's list of posts, and the keys of a journey's texts."""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True

# The shorter index goes: the planner may choose it for the same list, and then sorts all drafts, which share one NULL,
# for each page. `idx_feed_posts_position` is read by the release before alone, so it stays until that one is gone.
#
# Steps that are there get no key: the release before goes on adding such steps while it rolls out and after a way back,
# so they are recognised when they are read. Writing all of them would also tell every client to fetch everything again.


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        CREATE INDEX IF NOT EXISTS idx_feed_posts_staff ON feed_posts (published_at DESC, created_at DESC, id DESC);
        DROP INDEX IF EXISTS idx_feed_posts_published_at;
        ALTER TABLE job_application_journey_events
            ADD COLUMN IF NOT EXISTS text_key TEXT,
            ADD COLUMN IF NOT EXISTS typed_text TEXT;
    """


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        ALTER TABLE IF EXISTS job_application_journey_events
            DROP COLUMN IF EXISTS typed_text,
            DROP COLUMN IF EXISTS text_key;
        CREATE INDEX IF NOT EXISTS idx_feed_posts_published_at ON feed_posts (published_at DESC);
        DROP INDEX IF EXISTS idx_feed_posts_staff;
    """
