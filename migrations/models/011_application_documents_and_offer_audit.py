"""Documents of applications, and who caused a step of the journey."""

from tortoise import BaseDBAsyncClient

from service.database.steps import Index

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        ALTER TABLE job_application_journey_events
            ADD COLUMN IF NOT EXISTS actor_type TEXT CHECK (actor_type IN ('USER', 'ADMIN', 'SYSTEM')),
            ADD COLUMN IF NOT EXISTS actor_id TEXT;
        CREATE TABLE IF NOT EXISTS job_application_documents (
            id UUID PRIMARY KEY,
            application_id UUID NOT NULL REFERENCES job_applications (id) ON DELETE CASCADE,
            user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            document_type TEXT NOT NULL,
            file_name TEXT NOT NULL,
            content_type TEXT NOT NULL,
            content_length BIGINT NOT NULL CHECK (content_length > 0),
            object_key TEXT NOT NULL UNIQUE,
            checksum_sha256 TEXT NOT NULL,
            file_url TEXT NOT NULL,
            review_status TEXT NOT NULL DEFAULT 'PENDING' CHECK (review_status IN ('PENDING', 'VALID', 'INVALID')),
            review_reason TEXT,
            reviewed_by TEXT,
            reviewed_at TIMESTAMPTZ,
            created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            UNIQUE (application_id, checksum_sha256)
        );
        CREATE INDEX IF NOT EXISTS idx_job_application_documents_application_id_created_at
            ON job_application_documents (application_id, created_at DESC);
        CREATE INDEX IF NOT EXISTS idx_job_application_documents_user_id_created_at
            ON job_application_documents (user_id, created_at DESC);
        CREATE INDEX IF NOT EXISTS idx_job_application_documents_review_status
            ON job_application_documents (review_status, created_at DESC);
    """


STEPS = (
    Index(
        "idx_job_application_journey_actor_id_created_at",
        "job_application_journey_events (actor_id, created_at DESC)",
    ),
)


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        DROP TABLE IF EXISTS job_application_documents;
        DROP INDEX IF EXISTS idx_job_application_journey_actor_id_created_at;
        ALTER TABLE IF EXISTS job_application_journey_events
            DROP COLUMN IF EXISTS actor_id,
            DROP COLUMN IF EXISTS actor_type;
    """
