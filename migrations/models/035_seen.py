"""Decisions on what was seen: which version of a thing somebody saw, and which version its evidence last changed in."""

from tortoise import BaseDBAsyncClient

from service.database.steps import Index, Statement

RUN_IN_TRANSACTION = True

# The release before adds documents, merges metadata and submits beside this one, and writes none of the new columns. So
# the database fills them in: what matters is what a row was changed to, whichever release changes it.
#
# A change of a verification is a move when it writes the status or the time of a review; it is a final request when it
# writes that key of the metadata. Whatever else raises `version` changed documents or metadata.
#
# `evidence_version` 0 and no `submitted_version` are rows from before: nothing is known of their changes, so nothing
# that could be decided then is refused now. A person's marks have no foreign keys: their checks would wait for whoever
# holds a verification's row.


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        CREATE TABLE IF NOT EXISTS seen_versions (
            id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
            user_id UUID NOT NULL,
            subject_id UUID NOT NULL,
            version INT NOT NULL,
            seen_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            UNIQUE (user_id, subject_id)
        );
        CREATE INDEX IF NOT EXISTS idx_seen_versions_subject_id ON seen_versions (subject_id);
        CREATE INDEX IF NOT EXISTS idx_seen_versions_seen_at ON seen_versions (seen_at);
        CREATE OR REPLACE FUNCTION note_evidence_of_kyc_session() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.status <> OLD.status OR NEW.reviewed_at IS DISTINCT FROM OLD.reviewed_at THEN
                IF NEW.status = 'SUBMITTED' THEN
                    NEW.submitted_version := NEW.version;
                END IF;
            ELSIF NEW.provider_metadata_json -> 'finalVerification'
                IS NOT DISTINCT FROM OLD.provider_metadata_json -> 'finalVerification' THEN
                NEW.evidence_version := NEW.version;
            END IF;
            RETURN NEW;
        END $$;
        CREATE OR REPLACE FUNCTION count_what_is_handed_in() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.version := OLD.version + 1;
            RETURN NEW;
        END $$;
    """


_UNREAD = "(created_at, id) WHERE byte_state = 'declared' AND bytes_checked_at IS NULL"
STEPS = (
    # For the worker, which looks every quarter of an hour for documents that nobody has read.
    Index("idx_identity_documents_unread", f"identity_documents {_UNREAD}"),
    Index("idx_job_application_documents_unread", f"job_application_documents {_UNREAD}"),
    Statement("""
        ALTER TABLE kyc_sessions
            ADD COLUMN IF NOT EXISTS evidence_version INT NOT NULL DEFAULT 0,
            ADD COLUMN IF NOT EXISTS submitted_version INT;
        CREATE OR REPLACE TRIGGER note_evidence BEFORE UPDATE OF version ON kyc_sessions
            FOR EACH ROW WHEN (NEW.version > OLD.version) EXECUTE FUNCTION note_evidence_of_kyc_session();
    """),
    Statement("""
        ALTER TABLE identity_documents
            ADD COLUMN IF NOT EXISTS reason_codes_json JSONB NOT NULL DEFAULT '[]'::jsonb;
    """),
    Statement("""
        ALTER TABLE organization_verifications ADD COLUMN IF NOT EXISTS version INT NOT NULL DEFAULT 1;
        CREATE OR REPLACE TRIGGER count_what_is_handed_in BEFORE UPDATE ON organization_verifications
            FOR EACH ROW WHEN (
                (NEW.registration_number, NEW.legal_name, NEW.supporting_object_keys_json)
                IS DISTINCT FROM (OLD.registration_number, OLD.legal_name, OLD.supporting_object_keys_json)
            ) EXECUTE FUNCTION count_what_is_handed_in();
    """),
)


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        DROP TRIGGER IF EXISTS count_what_is_handed_in ON organization_verifications;
        ALTER TABLE IF EXISTS organization_verifications DROP COLUMN IF EXISTS version;
        ALTER TABLE IF EXISTS identity_documents DROP COLUMN IF EXISTS reason_codes_json;
        DROP TRIGGER IF EXISTS note_evidence ON kyc_sessions;
        ALTER TABLE IF EXISTS kyc_sessions
            DROP COLUMN IF EXISTS submitted_version,
            DROP COLUMN IF EXISTS evidence_version;
        DROP FUNCTION IF EXISTS count_what_is_handed_in();
        DROP FUNCTION IF EXISTS note_evidence_of_kyc_session();
        DROP TABLE IF EXISTS seen_versions;
        DROP INDEX IF EXISTS idx_job_application_documents_unread;
        DROP INDEX IF EXISTS idx_identity_documents_unread;
    """
