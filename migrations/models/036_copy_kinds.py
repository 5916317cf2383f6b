"""Documents say what their checked copy is, and what in the file acts; a copy of before may be a PDF as it came."""

from tortoise import BaseDBAsyncClient

from service.database.steps import Index

RUN_IN_TRANSACTION = True

# Null says that nobody knows: no answer calls such a copy checked, and the worker makes it anew. The release before leaves
# null too, while it runs beside this one.


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        ALTER TABLE identity_documents
            ADD COLUMN IF NOT EXISTS copy_kind TEXT,
            ADD COLUMN IF NOT EXISTS findings_json JSONB NOT NULL DEFAULT '[]';
        ALTER TABLE job_application_documents
            ADD COLUMN IF NOT EXISTS copy_kind TEXT,
            ADD COLUMN IF NOT EXISTS findings_json JSONB NOT NULL DEFAULT '[]';
    """


STEPS = (
    # The worker asks every quarter of an hour; soon they are empty.
    Index(
        "idx_identity_documents_without_copy",
        "identity_documents (created_at) WHERE byte_state = 'verified' AND copy_kind IS NULL",
    ),
    Index(
        "idx_job_application_documents_without_copy",
        "job_application_documents (created_at) WHERE byte_state = 'verified' AND copy_kind IS NULL",
    ),
)


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        ALTER TABLE IF EXISTS job_application_documents
            DROP COLUMN IF EXISTS findings_json,
            DROP COLUMN IF EXISTS copy_kind;
        ALTER TABLE IF EXISTS identity_documents
            DROP COLUMN IF EXISTS findings_json,
            DROP COLUMN IF EXISTS copy_kind;
    """
