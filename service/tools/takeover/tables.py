"""Which tables and columns did the replaced server have, and which of its steps made them?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OldTable:
    """One table: `base` are its columns after step 009, `later` those that steps 010–012 added behind them.

    A table without `base` columns came with the later steps. The order is the physical one, which a dump without
    column names relies on.
    """

    name: str
    base: tuple[str, ...]
    later: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return self.base + self.later


def _table(name: str, base: str, later: str = "") -> OldTable:
    return OldTable(name, tuple(base.split()), tuple(later.split()))


# Parents before children: this is the order in which rows can be inserted.
OLD_TABLES = {
    table.name: table
    for table in (
        _table("users", "id full_name email password_hash created_at avatar_url updated_at", "email_verified_at"),
        _table("sessions", "id user_id token_hash expires_at revoked_at created_at"),
        _table("roles", "id code description created_at"),
        _table("user_roles", "id user_id role_id created_at"),
        _table(
            "kyc_sessions",
            "id user_id status provider submitted_at reviewed_by reviewed_at created_at updated_at provider_ref"
            " provider_metadata_json",
        ),
        _table(
            "identity_documents",
            "id kyc_session_id document_type file_url checksum_sha256 metadata_json verified_at created_at",
        ),
        _table("kyc_status_events", "id kyc_session_id from_status to_status actor_type actor_id reason created_at"),
        _table("organizations", "id owner_user_id name org_type country_code created_at updated_at"),
        _table(
            "organization_verifications",
            "id org_id status reason_codes_json registration_number legal_name supporting_object_keys_json"
            " last_checked_at created_at updated_at",
        ),
        _table(
            "jobs",
            "id title employment_type visa_sponsorship description requirements_json location_json employer_json"
            " created_at updated_at",
            "lifecycle_status published_at scheduled_publish_at",
        ),
        _table(
            "feed_posts",
            "id title excerpt category author image_url published_at created_at updated_at",
            "lifecycle_status scheduled_publish_at",
        ),
        _table("user_saved_jobs", "id user_id job_id created_at"),
        _table("user_saved_posts", "id user_id post_id created_at"),
        _table("job_applications", "id user_id job_id status note created_at updated_at"),
        _table(
            "job_application_journey_events",
            "id application_id status title description created_at",
            "actor_type actor_id",
        ),
        _table(
            "job_application_documents",
            "",
            "id application_id user_id document_type file_name content_type content_length object_key checksum_sha256"
            " file_url review_status review_reason reviewed_by reviewed_at created_at updated_at",
        ),
        _table(
            "email_verification_challenges",
            "",
            "id user_id email code_hash expires_at resend_available_at attempt_count max_attempts verified_at"
            " created_at updated_at",
        ),
    )
}

HISTORY_TABLE = "schema_migrations"
"""Where the replaced server recorded its steps by file name."""

OLD_STEPS = (
    "001_auth_tables.sql",
    "002_kyc_tables.sql",
    "003_kyc_status_events.sql",
    "004_rbac_tables.sql",
    "005_kyc_provider_metadata.sql",
    "006_user_profile_fields.sql",
    "007_organizations_tables.sql",
    "008_jobs_feed_tables.sql",
    "009_jobs_feed_user_interactions.sql",
    "010_content_lifecycle.sql",
    "011_application_documents_and_offer_audit.sql",
    "012_email_verification.sql",
)
"""Its steps; each of ours with the same number makes the same schema."""

BASE_STEPS = 9
"""As many steps the oldest release had that can be taken over."""
