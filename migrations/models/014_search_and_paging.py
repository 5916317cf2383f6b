"""Finding text in jobs and posts, and reading long lists from any position at the same cost."""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True

# Terms of three letters and more are found by trigrams. Shorter ones have none: they are found among all pieces of one
# and two characters (every second pair from the first character on, then from the second on). Both index the text in
# lower case; LIKE on the text itself decides. The planner is not shown the terms, so statistics of these texts would be
# made for nothing.
#
# `least(created_at)` is `created_at` under a name that only these indexes know: left the choice, the planner walks an
# index of all rows and passes over every draft.


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        CREATE EXTENSION IF NOT EXISTS pg_trgm;
        CREATE OR REPLACE FUNCTION text_pieces(value TEXT) RETURNS TEXT[]
            LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
            RETURN string_to_array(value, NULL)
                || string_to_array(regexp_replace(value, '(..)', '\\1' || chr(1), 'g'), chr(1))
                || string_to_array(regexp_replace(substr(value, 2), '(..)', '\\1' || chr(1), 'g'), chr(1));
        ALTER TABLE jobs
            ADD COLUMN IF NOT EXISTS search_text TEXT NOT NULL GENERATED ALWAYS AS (
                lower(
                    title || ' ' || description || ' ' || coalesce(employer_json->>'name', '') || ' '
                    || coalesce(location_json->>'displayLabel', '')
                )
            ) STORED;
        ALTER TABLE feed_posts
            ADD COLUMN IF NOT EXISTS search_text TEXT NOT NULL GENERATED ALWAYS AS (
                lower(title || ' ' || excerpt || ' ' || author || ' ' || category)
            ) STORED;
        CREATE INDEX IF NOT EXISTS idx_jobs_search ON jobs USING gin (
            search_text gin_trgm_ops,
            text_pieces(search_text),
            lower(location_json->>'displayLabel') gin_trgm_ops,
            text_pieces(lower(location_json->>'displayLabel'))
        );
        ALTER TABLE jobs ALTER COLUMN search_text SET STATISTICS 0;
        ALTER INDEX idx_jobs_search ALTER COLUMN 2 SET STATISTICS 0;
        ALTER INDEX idx_jobs_search ALTER COLUMN 3 SET STATISTICS 0;
        ALTER INDEX idx_jobs_search ALTER COLUMN 4 SET STATISTICS 0;
        CREATE INDEX IF NOT EXISTS idx_jobs_position ON jobs (created_at, id);
        CREATE INDEX IF NOT EXISTS idx_jobs_listed ON jobs (least(created_at), id)
            INCLUDE (created_at, lifecycle_status, scheduled_publish_at, employment_type, visa_sponsorship)
            WHERE lifecycle_status <> 'DRAFT';
        CREATE INDEX IF NOT EXISTS idx_jobs_listed_type ON jobs (employment_type, least(created_at), id)
            INCLUDE (created_at, lifecycle_status, scheduled_publish_at, visa_sponsorship)
            WHERE lifecycle_status <> 'DRAFT';
        CREATE INDEX IF NOT EXISTS idx_jobs_listed_visa ON jobs (visa_sponsorship, least(created_at), id)
            INCLUDE (created_at, lifecycle_status, scheduled_publish_at, employment_type)
            WHERE lifecycle_status <> 'DRAFT';
        CREATE INDEX IF NOT EXISTS idx_feed_posts_search ON feed_posts USING gin (
            search_text gin_trgm_ops,
            text_pieces(search_text)
        );
        ALTER TABLE feed_posts ALTER COLUMN search_text SET STATISTICS 0;
        ALTER INDEX idx_feed_posts_search ALTER COLUMN 2 SET STATISTICS 0;
        CREATE INDEX IF NOT EXISTS idx_feed_posts_position
            ON feed_posts (published_at DESC NULLS LAST, created_at DESC, id DESC);
        CREATE INDEX IF NOT EXISTS idx_feed_posts_listed
            ON feed_posts (coalesce(published_at, scheduled_publish_at) DESC, created_at DESC, id DESC)
            INCLUDE (lifecycle_status, published_at, scheduled_publish_at)
            WHERE lifecycle_status <> 'DRAFT';
        CREATE INDEX IF NOT EXISTS idx_feed_posts_listed_category
            ON feed_posts (category, coalesce(published_at, scheduled_publish_at) DESC, created_at DESC, id DESC)
            INCLUDE (lifecycle_status, published_at, scheduled_publish_at)
            WHERE lifecycle_status <> 'DRAFT';
        CREATE INDEX IF NOT EXISTS idx_user_saved_jobs_job_id ON user_saved_jobs (job_id);
        CREATE INDEX IF NOT EXISTS idx_user_saved_posts_post_id ON user_saved_posts (post_id);
    """


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        DROP INDEX IF EXISTS idx_user_saved_posts_post_id;
        DROP INDEX IF EXISTS idx_user_saved_jobs_job_id;
        DROP INDEX IF EXISTS idx_feed_posts_listed_category;
        DROP INDEX IF EXISTS idx_feed_posts_listed;
        DROP INDEX IF EXISTS idx_feed_posts_position;
        DROP INDEX IF EXISTS idx_feed_posts_search;
        DROP INDEX IF EXISTS idx_jobs_listed_visa;
        DROP INDEX IF EXISTS idx_jobs_listed_type;
        DROP INDEX IF EXISTS idx_jobs_listed;
        DROP INDEX IF EXISTS idx_jobs_position;
        DROP INDEX IF EXISTS idx_jobs_search;
        ALTER TABLE IF EXISTS feed_posts DROP COLUMN IF EXISTS search_text;
        ALTER TABLE IF EXISTS jobs DROP COLUMN IF EXISTS search_text;
        DROP FUNCTION IF EXISTS text_pieces(TEXT);
        DROP EXTENSION IF EXISTS pg_trgm;
    """
