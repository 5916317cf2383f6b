"""Documents of applications say what is known of their bytes; documents that are there already are read as well."""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True

# The worker finds those that are there already by itself: nobody has looked at their bytes.


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        ALTER TABLE job_application_documents
            ADD COLUMN IF NOT EXISTS byte_state TEXT NOT NULL DEFAULT 'declared'
                CHECK (byte_state IN ('declared', 'verified', 'rejected')),
            ADD COLUMN IF NOT EXISTS byte_reason TEXT,
            ADD COLUMN IF NOT EXISTS bytes_checked_at TIMESTAMPTZ;
    """


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        ALTER TABLE IF EXISTS job_application_documents
            DROP COLUMN IF EXISTS bytes_checked_at,
            DROP COLUMN IF EXISTS byte_reason,
            DROP COLUMN IF EXISTS byte_state;
    """
