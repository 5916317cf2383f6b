"""Jobs and posts. Their first rows come from the seed command, not from here."""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        CREATE TABLE IF NOT EXISTS jobs (
            id TEXT PRIMARY KEY,
            title TEXT NOT NULL,
            employment_type TEXT NOT NULL CHECK (employment_type IN ('FULL_TIME', 'PART_TIME', 'CONTRACT')),
            visa_sponsorship BOOLEAN NOT NULL DEFAULT false,
            description TEXT NOT NULL,
            requirements_json JSONB NOT NULL DEFAULT '[]'::jsonb CHECK (jsonb_typeof(requirements_json) = 'array'),
            location_json JSONB NOT NULL CHECK (jsonb_typeof(location_json) = 'object'),
            employer_json JSONB NOT NULL CHECK (jsonb_typeof(employer_json) = 'object'),
            created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
        );
        CREATE INDEX IF NOT EXISTS idx_jobs_created_at ON jobs (created_at DESC);
        CREATE INDEX IF NOT EXISTS idx_jobs_employment_type ON jobs (employment_type);
        CREATE INDEX IF NOT EXISTS idx_jobs_visa_sponsorship ON jobs (visa_sponsorship);
        CREATE TABLE IF NOT EXISTS feed_posts (
            id TEXT PRIMARY KEY,
            title TEXT NOT NULL,
            excerpt TEXT NOT NULL,
            category TEXT NOT NULL,
            author TEXT NOT NULL,
            image_url TEXT,
            published_at TIMESTAMPTZ NOT NULL,
            created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
        );
        CREATE INDEX IF NOT EXISTS idx_feed_posts_published_at ON feed_posts (published_at DESC);
        CREATE INDEX IF NOT EXISTS idx_feed_posts_category ON feed_posts (category);
    """


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        DROP TABLE IF EXISTS feed_posts;
        DROP TABLE IF EXISTS jobs;
    """
