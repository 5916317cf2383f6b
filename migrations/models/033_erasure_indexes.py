"""Indexes for what an erasure and an export look for: the rows that name a person without being theirs."""

from tortoise import BaseDBAsyncClient

from service.database.steps import Index

RUN_IN_TRANSACTION = True

# Columns that are mostly empty have partial indexes, so candidates' rows pay nothing for what only staff's rows hold.
STEPS = (
    Index("idx_kyc_sessions_reviewed_by", "kyc_sessions (reviewed_by) WHERE reviewed_by IS NOT NULL"),
    Index("idx_kyc_status_events_actor_id", "kyc_status_events (actor_id) WHERE actor_id IS NOT NULL"),
    Index(
        "idx_job_application_documents_reviewed_by",
        "job_application_documents (reviewed_by) WHERE reviewed_by IS NOT NULL",
    ),
    Index("idx_job_application_documents_object_key", "job_application_documents (object_key)"),
    Index("idx_identity_documents_object_key", "identity_documents ((metadata_json ->> 'objectKey'))"),
    Index(
        "idx_webhook_deliveries_kyc_session_id",
        "webhook_deliveries (kyc_session_id) WHERE kyc_session_id IS NOT NULL",
    ),
    Index("idx_notices_address", "notices (address) WHERE address IS NOT NULL"),
)


async def upgrade(db: BaseDBAsyncClient) -> str:
    return "SET LOCAL lock_timeout = '5s';"


async def downgrade(db: BaseDBAsyncClient) -> str:
    return "SET LOCAL lock_timeout = '5s';" + "".join(f"DROP INDEX IF EXISTS {step.name};" for step in STEPS)
