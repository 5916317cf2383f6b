"""Is the schema that our migrations make the one that is written down here, and do models and migrations agree?"""

import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from tortoise import fields
from tortoise.context import TortoiseContext
from tortoise.models import Model

from service import db, migrate
from service.kyc.models import KycStatus
from service.kyc.states import WAITING

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Table:
    """What a table must be. `columns`: name, type, `null` where allowed, `= default`. `keys`: column -> parent: rule."""

    columns: str
    unique: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    checks: dict[str, str] = field(default_factory=dict)
    indexes: dict[str, str] = field(default_factory=dict)


def any_of(column: str, *values: str) -> str:
    """Write a condition on a list of values as Postgres prints it."""
    listed = ", ".join(f"'{value}'::text" for value in values)
    return f"({column} = ANY (ARRAY[{listed}]))"


def one_of(column: str, *values: str) -> str:
    """Write a check for a list of values as Postgres prints it."""
    return f"CHECK ({any_of(column, *values)})"


KYC = tuple(status.value for status in KycStatus)
APPLICATION = ("SUBMITTED", "IN_REVIEW", "INTERVIEW", "OFFERED", "HIRED", "REJECTED")
LIFECYCLE = ("DRAFT", "PUBLISHED", "SCHEDULED")
ACTOR = ("USER", "ADMIN", "SYSTEM")

EXPECTED = {
    "users": Table(
        """
        id uuid
        full_name text
        email text
        password_hash text
        created_at timestamptz = now()
        avatar_url text null
        updated_at timestamptz = now()
        email_verified_at timestamptz null
        """,
        unique={"users_email_key": "email"},
    ),
    "sessions": Table(
        """
        id uuid
        user_id uuid
        token_hash text
        expires_at timestamptz
        revoked_at timestamptz null
        created_at timestamptz = now()
        family_id uuid null
        parent_id uuid null
        rotated_at timestamptz null
        successor_key_id text null
        """,
        unique={"sessions_token_hash_key": "token_hash", "sessions_parent_id_key": "parent_id"},
        keys={
            "sessions_user_id_fkey": "user_id -> users: CASCADE",
            "sessions_family_id_fkey": "family_id -> session_families: CASCADE",
            "sessions_parent_id_fkey": "parent_id -> sessions: SET NULL",
        },
        indexes={
            "idx_sessions_expires_at": "(expires_at)",
            "idx_sessions_user_id": "(user_id)",
            "idx_sessions_family_id": "(family_id)",
        },
    ),
    "session_families": Table(
        """
        id uuid
        user_id uuid
        created_at timestamptz = now()
        ended_at timestamptz null
        end_reason text null
        """,
        keys={"session_families_user_id_fkey": "user_id -> users: CASCADE"},
        indexes={"idx_session_families_user_id": "(user_id)"},
    ),
    "roles": Table(
        """
        id uuid
        code text
        description text
        created_at timestamptz = now()
        """,
        unique={"roles_code_key": "code"},
    ),
    "user_roles": Table(
        """
        id uuid
        user_id uuid
        role_id uuid
        created_at timestamptz = now()
        """,
        unique={"user_roles_user_id_role_id_key": "user_id, role_id"},
        keys={
            "user_roles_user_id_fkey": "user_id -> users: CASCADE",
            "user_roles_role_id_fkey": "role_id -> roles: CASCADE",
        },
        indexes={"idx_user_roles_role_id": "(role_id)", "idx_user_roles_user_id": "(user_id)"},
    ),
    "kyc_sessions": Table(
        """
        id uuid
        user_id uuid
        status text
        provider text = 'manual'::text
        submitted_at timestamptz null
        reviewed_by text null
        reviewed_at timestamptz null
        created_at timestamptz = now()
        updated_at timestamptz = now()
        provider_ref text null
        provider_metadata_json jsonb = '{}'::jsonb
        version int4 = 1
        provider_metadata_times_json jsonb = '{}'::jsonb
        """,
        keys={"kyc_sessions_user_id_fkey": "user_id -> users: CASCADE"},
        checks={"kyc_sessions_status_check": one_of("status", *KYC)},
        indexes={
            "idx_kyc_sessions_provider_ref": "(provider_ref)",
            "idx_kyc_sessions_status": "(status)",
            "idx_kyc_sessions_user_id_created_at": "(user_id, created_at DESC)",
            "idx_kyc_sessions_queue": "(COALESCE(submitted_at, created_at) DESC, id DESC)",
            "idx_kyc_sessions_waiting": "(COALESCE(reviewed_at, submitted_at, created_at), id)"
            f" WHERE {any_of('status', *WAITING)}",
        },
    ),
    "identity_documents": Table(
        """
        id uuid
        kyc_session_id uuid
        document_type text
        file_url text
        checksum_sha256 text
        metadata_json jsonb = '{}'::jsonb
        verified_at timestamptz null
        created_at timestamptz = now()
        byte_state text = 'declared'::text
        byte_reason text null
        bytes_checked_at timestamptz null
        """,
        unique={"uq_identity_documents_session_checksum": "kyc_session_id, checksum_sha256"},
        keys={"identity_documents_kyc_session_id_fkey": "kyc_session_id -> kyc_sessions: CASCADE"},
        checks={"identity_documents_byte_state_check": one_of("byte_state", "declared", "verified", "rejected")},
        indexes={
            "idx_identity_documents_document_type": "(document_type)",
            "idx_identity_documents_kyc_session_id": "(kyc_session_id)",
        },
    ),
    "kyc_claims": Table(
        """
        id uuid
        kyc_session_id uuid
        actor_id text
        reviewer text
        claimed_at timestamptz = now()
        expires_at timestamptz
        """,
        unique={"kyc_claims_kyc_session_id_key": "kyc_session_id"},
        keys={"kyc_claims_kyc_session_id_fkey": "kyc_session_id -> kyc_sessions: CASCADE"},
    ),
    "kyc_status_events": Table(
        """
        id uuid
        kyc_session_id uuid
        from_status text null
        to_status text
        actor_type text
        actor_id text null
        reason text null
        created_at timestamptz = now()
        """,
        keys={"kyc_status_events_kyc_session_id_fkey": "kyc_session_id -> kyc_sessions: CASCADE"},
        checks={
            "kyc_status_events_actor_type_check": one_of("actor_type", *ACTOR),
            "kyc_status_events_to_status_check": one_of("to_status", *KYC),
        },
        indexes={"idx_kyc_status_events_session_created_at": "(kyc_session_id, created_at)"},
    ),
    "organizations": Table(
        """
        id uuid
        owner_user_id uuid
        name text
        org_type text
        country_code text
        created_at timestamptz = now()
        updated_at timestamptz = now()
        """,
        keys={"organizations_owner_user_id_fkey": "owner_user_id -> users: CASCADE"},
        checks={
            "organizations_country_code_check": "CHECK ((country_code ~ '^[A-Z]{2}$'::text))",
            "organizations_org_type_check": one_of("org_type", "TSK", "LPK", "EMPLOYER"),
        },
        indexes={
            "idx_organizations_org_type": "(org_type)",
            "idx_organizations_owner_user_id": "(owner_user_id)",
        },
    ),
    "organization_verifications": Table(
        """
        id uuid
        org_id uuid
        status text
        reason_codes_json jsonb = '[]'::jsonb
        registration_number text
        legal_name text
        supporting_object_keys_json jsonb = '[]'::jsonb
        last_checked_at timestamptz = now()
        created_at timestamptz = now()
        updated_at timestamptz = now()
        """,
        unique={"organization_verifications_org_id_key": "org_id"},
        keys={"organization_verifications_org_id_fkey": "org_id -> organizations: CASCADE"},
        checks={
            "organization_verifications_status_check": one_of(
                "status", "PENDING", "VERIFIED", "MISMATCH", "NOT_FOUND", "REJECTED"
            )
        },
        indexes={
            "idx_org_verifications_last_checked_at": "(last_checked_at DESC)",
            "idx_org_verifications_status": "(status)",
        },
    ),
    "jobs": Table(
        """
        id text
        title text
        employment_type text
        visa_sponsorship bool = false
        description text
        requirements_json jsonb = '[]'::jsonb
        location_json jsonb
        employer_json jsonb
        created_at timestamptz = now()
        updated_at timestamptz = now()
        lifecycle_status text = 'PUBLISHED'::text
        published_at timestamptz null
        scheduled_publish_at timestamptz null
        search_text text generated lower(((((((title || ' '::text) || description) || ' '::text) || COALESCE((employer_json ->> 'name'::text), ''::text)) || ' '::text) || COALESCE((location_json ->> 'displayLabel'::text), ''::text)))
        """,
        checks={
            "jobs_employer_json_check": "CHECK ((jsonb_typeof(employer_json) = 'object'::text))",
            "jobs_employment_type_check": one_of("employment_type", "FULL_TIME", "PART_TIME", "CONTRACT"),
            "jobs_lifecycle_status_check": one_of("lifecycle_status", *LIFECYCLE),
            "jobs_location_json_check": "CHECK ((jsonb_typeof(location_json) = 'object'::text))",
            "jobs_requirements_json_check": "CHECK ((jsonb_typeof(requirements_json) = 'array'::text))",
        },
        indexes={
            "idx_jobs_created_at": "(created_at DESC)",
            "idx_jobs_employment_type": "(employment_type)",
            "idx_jobs_lifecycle_status": "(lifecycle_status)",
            "idx_jobs_scheduled_publish_at": "(scheduled_publish_at)",
            "idx_jobs_visa_sponsorship": "(visa_sponsorship)",
            "idx_jobs_search": "gin (search_text gin_trgm_ops, text_pieces(search_text),"
            " lower((location_json ->> 'displayLabel'::text)) gin_trgm_ops,"
            " text_pieces(lower((location_json ->> 'displayLabel'::text))))",
            "idx_jobs_position": "(created_at, id)",
            "idx_jobs_listed": "(LEAST(created_at), id)"
            " INCLUDE (created_at, lifecycle_status, scheduled_publish_at, employment_type, visa_sponsorship)"
            " WHERE (lifecycle_status <> 'DRAFT'::text)",
            "idx_jobs_listed_type": "(employment_type, LEAST(created_at), id)"
            " INCLUDE (created_at, lifecycle_status, scheduled_publish_at, visa_sponsorship)"
            " WHERE (lifecycle_status <> 'DRAFT'::text)",
            "idx_jobs_listed_visa": "(visa_sponsorship, LEAST(created_at), id)"
            " INCLUDE (created_at, lifecycle_status, scheduled_publish_at, employment_type)"
            " WHERE (lifecycle_status <> 'DRAFT'::text)",
        },
    ),
    "feed_posts": Table(
        """
        id text
        title text
        excerpt text
        category text
        author text
        image_url text null
        published_at timestamptz null
        created_at timestamptz = now()
        updated_at timestamptz = now()
        lifecycle_status text = 'PUBLISHED'::text
        scheduled_publish_at timestamptz null
        search_text text generated lower(((((((title || ' '::text) || excerpt) || ' '::text) || author) || ' '::text) || category))
        """,
        checks={"feed_posts_lifecycle_status_check": one_of("lifecycle_status", *LIFECYCLE)},
        indexes={
            "idx_feed_posts_category": "(category)",
            "idx_feed_posts_lifecycle_status": "(lifecycle_status)",
            "idx_feed_posts_scheduled_publish_at": "(scheduled_publish_at)",
            "idx_feed_posts_search": "gin (search_text gin_trgm_ops, text_pieces(search_text))",
            "idx_feed_posts_position": "(published_at DESC NULLS LAST, created_at DESC, id DESC)",
            "idx_feed_posts_staff": "(published_at DESC, created_at DESC, id DESC)",
            "idx_feed_posts_listed": "(COALESCE(published_at, scheduled_publish_at) DESC, created_at DESC, id DESC)"
            " INCLUDE (lifecycle_status, published_at, scheduled_publish_at)"
            " WHERE (lifecycle_status <> 'DRAFT'::text)",
            "idx_feed_posts_listed_category": "(category, COALESCE(published_at, scheduled_publish_at) DESC,"
            " created_at DESC, id DESC) INCLUDE (lifecycle_status, published_at, scheduled_publish_at)"
            " WHERE (lifecycle_status <> 'DRAFT'::text)",
        },
    ),
    "user_saved_jobs": Table(
        """
        id uuid
        user_id uuid
        job_id text
        created_at timestamptz = now()
        """,
        unique={"user_saved_jobs_user_id_job_id_key": "user_id, job_id"},
        keys={
            "user_saved_jobs_user_id_fkey": "user_id -> users: CASCADE",
            "user_saved_jobs_job_id_fkey": "job_id -> jobs: CASCADE",
        },
        indexes={
            "idx_user_saved_jobs_user_id_created_at": "(user_id, created_at DESC)",
            "idx_user_saved_jobs_job_id": "(job_id)",
        },
    ),
    "user_saved_posts": Table(
        """
        id uuid
        user_id uuid
        post_id text
        created_at timestamptz = now()
        """,
        unique={"user_saved_posts_user_id_post_id_key": "user_id, post_id"},
        keys={
            "user_saved_posts_user_id_fkey": "user_id -> users: CASCADE",
            "user_saved_posts_post_id_fkey": "post_id -> feed_posts: CASCADE",
        },
        indexes={
            "idx_user_saved_posts_user_id_created_at": "(user_id, created_at DESC)",
            "idx_user_saved_posts_post_id": "(post_id)",
        },
    ),
    "job_applications": Table(
        """
        id uuid
        user_id uuid
        job_id text
        status text
        note text null
        created_at timestamptz = now()
        updated_at timestamptz = now()
        """,
        unique={"job_applications_user_id_job_id_key": "user_id, job_id"},
        keys={
            "job_applications_user_id_fkey": "user_id -> users: CASCADE",
            "job_applications_job_id_fkey": "job_id -> jobs: CASCADE",
        },
        checks={"job_applications_status_check": one_of("status", *APPLICATION)},
        indexes={"idx_job_applications_user_id_updated_at": "(user_id, updated_at DESC)"},
    ),
    "job_application_journey_events": Table(
        """
        id uuid
        application_id uuid
        status text
        title text
        description text
        created_at timestamptz = now()
        actor_type text null
        actor_id text null
        text_key text null
        typed_text text null
        """,
        keys={"job_application_journey_events_application_id_fkey": "application_id -> job_applications: CASCADE"},
        checks={
            "job_application_journey_events_actor_type_check": one_of("actor_type", *ACTOR),
            "job_application_journey_events_status_check": one_of("status", *APPLICATION),
        },
        indexes={
            "idx_job_application_journey_actor_id_created_at": "(actor_id, created_at DESC)",
            "idx_job_application_journey_application_id_created_at": "(application_id, created_at)",
        },
    ),
    "job_application_documents": Table(
        """
        id uuid
        application_id uuid
        user_id uuid
        document_type text
        file_name text
        content_type text
        content_length int8
        object_key text
        checksum_sha256 text
        file_url text
        review_status text = 'PENDING'::text
        review_reason text null
        reviewed_by text null
        reviewed_at timestamptz null
        created_at timestamptz = now()
        updated_at timestamptz = now()
        byte_state text = 'declared'::text
        byte_reason text null
        bytes_checked_at timestamptz null
        """,
        unique={
            "job_application_documents_application_id_checksum_sha256_key": "application_id, checksum_sha256",
            "job_application_documents_object_key_key": "object_key",
        },
        keys={
            "job_application_documents_application_id_fkey": "application_id -> job_applications: CASCADE",
            "job_application_documents_user_id_fkey": "user_id -> users: CASCADE",
        },
        checks={
            "job_application_documents_content_length_check": "CHECK ((content_length > 0))",
            "job_application_documents_review_status_check": one_of("review_status", "PENDING", "VALID", "INVALID"),
            "job_application_documents_byte_state_check": one_of("byte_state", "declared", "verified", "rejected"),
        },
        indexes={
            "idx_job_application_documents_application_id_created_at": "(application_id, created_at DESC)",
            "idx_job_application_documents_review_status": "(review_status, created_at DESC)",
            "idx_job_application_documents_user_id_created_at": "(user_id, created_at DESC)",
        },
    ),
    "email_verification_challenges": Table(
        """
        id uuid
        user_id uuid
        email text
        code_hash text
        expires_at timestamptz
        resend_available_at timestamptz
        attempt_count int4 = 0
        max_attempts int4 = 5
        verified_at timestamptz null
        created_at timestamptz = now()
        updated_at timestamptz = now()
        """,
        keys={"email_verification_challenges_user_id_fkey": "user_id -> users: CASCADE"},
        indexes={
            "idx_email_verification_challenges_email_active": "(email, verified_at, expires_at)",
            "idx_email_verification_challenges_email_created_at": "(email, created_at DESC)",
            "idx_email_verification_challenges_user_id": "(user_id)",
        },
    ),
    "audit_events": Table(
        """
        id uuid
        position int8 identity always
        occurred_at timestamptz = now()
        actor_type text
        actor_id text null
        action text
        subject_type text
        subject_id text
        request_id text null
        detail_json jsonb = '{}'::jsonb
        sequence int8 null
        key_id text null
        mac text null
        detail_digest text null
        detail_salt bytea null
        """,
        unique={"audit_events_position_key": '"position"', "audit_events_sequence_key": "sequence"},
        checks={"audit_events_actor_type_check": one_of("actor_type", *ACTOR)},
        indexes={
            "idx_audit_events_subject": '(subject_type, subject_id, "position")',
            "idx_audit_events_occurred_at": "(occurred_at)",
        },
    ),
    "audit_head": Table(
        """
        id int4
        count int8
        mac text
        key_id text
        seal text
        updated_at timestamptz = now()
        """,
        checks={"audit_head_id_check": "CHECK ((id = 1))"},
    ),
    "webhook_deliveries": Table(
        """
        id uuid
        idempotency_key text
        body bytea
        body_sha256 text
        event_at timestamptz
        signed_at timestamptz null
        received_at timestamptz = now()
        kyc_session_id uuid null
        state text
        attempts int4 = 0
        last_error text null
        applied_at timestamptz null
        """,
        unique={"webhook_deliveries_idempotency_key_key": "idempotency_key"},
        checks={
            "webhook_deliveries_state_check": one_of("state", "applied", "waiting", "parked", "unaddressed"),
        },
        indexes={
            "idx_webhook_deliveries_pending": (
                "(received_at) WHERE (state = ANY (ARRAY['waiting'::text, 'parked'::text]))"
            ),
        },
    ),
    "background_tasks": Table(
        """
        id uuid
        kind text
        payload_json jsonb = '{}'::jsonb
        state text = 'waiting'::text
        attempts int4 = 0
        max_attempts int4 = 5
        run_at timestamptz = now()
        locked_until timestamptz null
        last_error text null
        created_at timestamptz = now()
        finished_at timestamptz null
        """,
        checks={"background_tasks_state_check": one_of("state", "waiting", "running", "done", "failed")},
        indexes={
            "idx_background_tasks_due": ("(run_at) WHERE (state = ANY (ARRAY['waiting'::text, 'running'::text]))"),
            "idx_background_tasks_kind_state": "(kind, state)",
        },
    ),
    "maintenance_runs": Table(
        """
        id uuid
        kind text
        started_at timestamptz = now()
        finished_at timestamptz null
        succeeded bool null
        detail_json jsonb = '{}'::jsonb
        """,
        checks={
            "maintenance_runs_kind_check": one_of("kind", "backup", "document_backup", "restore_drill", "gate"),
            "maintenance_runs_check": "CHECK (((finished_at IS NULL) = (succeeded IS NULL)))",
        },
        indexes={"idx_maintenance_runs_kind_finished": "(kind, finished_at)"},
    ),
    "content_versions": Table(
        """
        id uuid
        version int8
        """,
    ),
    "user_versions": Table(
        """
        id uuid
        user_id uuid
        version int8
        """,
        indexes={"idx_user_versions_user_id": "(user_id)"},
    ),
    "failed_guesses": Table(
        """
        id text
        failures int4
        started_at timestamptz
        """,
    ),
}


COLUMNS_SQL = """
    SELECT c.relname AS table_name, a.attname AS name, t.typname AS type, a.attnotnull AS required,
           a.attidentity AS identity, a.attgenerated AS generated, pg_get_expr(d.adbin, d.adrelid) AS default_value
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> 'aerich'
"""
# Since Postgres 18 NOT NULL is a constraint of its own (contype n); columns say it already.
CONSTRAINTS_SQL = """
    SELECT c.relname AS table_name, o.conname AS name, o.contype AS kind, pg_get_constraintdef(o.oid) AS definition
    FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relname <> 'aerich' AND o.contype <> 'n'
"""
INDEXES_SQL = """
    SELECT c.relname AS table_name, i.relname AS name, x.indisunique AS is_unique, pg_get_indexdef(i.oid) AS definition
    FROM pg_index x
    JOIN pg_class i ON i.oid = x.indexrelid
    JOIN pg_class c ON c.oid = x.indrelid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relname <> 'aerich'
      AND NOT EXISTS (SELECT 1 FROM pg_constraint o WHERE o.conindid = i.oid AND o.contype IN ('p', 'u'))
"""
OTHERS_SQL = """
    SELECT relkind::text || ' ' || relname AS thing FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind NOT IN ('r', 'i')
      AND relname NOT IN ('aerich_id_seq', 'audit_events_position_seq')
    UNION ALL SELECT 'type ' || typname FROM pg_type
    WHERE typnamespace = 'public'::regnamespace AND typtype NOT IN ('c', 'b')
    UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname NOT LIKE '%version%_on_%'
    UNION ALL SELECT 'function ' || proname FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
      AND proname NOT LIKE ALL (ARRAY['text_pieces', 'renew_%', 'forget_user_versions'])
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    UNION ALL SELECT 'extension ' || extname FROM pg_extension WHERE extname NOT IN ('plpgsql', 'pg_trgm')
"""


async def catalogue(connection: asyncpg.Connection) -> dict[str, dict[str, Any]]:
    """Return all tables but Aerich's own, in the shape in which EXPECTED is unfolded."""
    tables: dict[str, dict[str, Any]] = {}

    def part(row: asyncpg.Record, name: str) -> dict[str, Any]:
        table = tables.setdefault(
            row["table_name"], {"columns": {}, "primary": {}, "unique": {}, "keys": {}, "checks": {}, "indexes": {}}
        )
        return table[name]

    for row in await connection.fetch(COLUMNS_SQL):
        text = row["type"]
        if row["identity"] == b"a":
            text += " identity always"
        elif not row["required"]:
            text += " null"
        if row["generated"] == b"s":
            text += f" generated {' '.join(row['default_value'].split())}"
        elif row["default_value"] is not None:
            text += f" = {row['default_value']}"
        part(row, "columns")[row["name"]] = text
    kinds = {b"p": "primary", b"u": "unique", b"f": "keys", b"c": "checks"}
    for row in await connection.fetch(CONSTRAINTS_SQL):
        part(row, kinds[row["kind"]])[row["name"]] = row["definition"]
    for row in await connection.fetch(INDEXES_SQL):
        text = row["definition"].partition(" USING ")[2].removeprefix("btree ")
        part(row, "indexes")[row["name"]] = f"UNIQUE {text}" if row["is_unique"] else text
    return tables


def unfold(name: str, table: Table) -> dict[str, Any]:
    """Write a line of EXPECTED out as the catalogue prints it."""
    keys = {}
    for key, text in table.keys.items():
        column, _, rest = text.partition(" -> ")
        parent, _, rule = rest.partition(": ")
        keys[key] = f"FOREIGN KEY ({column}) REFERENCES {parent}(id) ON DELETE {rule}"
    columns = {}
    for line in table.columns.strip().splitlines():
        column, _, text = line.strip().partition(" ")
        columns[column] = text
    return {
        "columns": columns,
        "primary": {f"{name}_pkey": "PRIMARY KEY (id)"},
        "unique": {key: f"UNIQUE ({text})" for key, text in table.unique.items()},
        "keys": keys,
        "checks": table.checks,
        "indexes": table.indexes,
    }


@pytest.fixture(scope="module")
async def schema_url(postgres_url: str, template: str) -> AsyncIterator[str]:
    """A database that our migrations filled."""
    name = f"schema_{uuid4().hex[:12]}"
    url = await migrate.create_database(postgres_url, name, template=template)
    yield url
    await migrate.drop_database(postgres_url, name)


@pytest.fixture
async def connection(schema_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(schema_url)
    yield connection
    await connection.close()


@pytest.fixture
async def models() -> AsyncIterator[dict[str, type[Model]]]:
    """All models by table; no database is opened."""
    async with TortoiseContext() as context:
        await context.init(db.tortoise_config("postgresql://nowhere.invalid/none"))
        assert context.apps is not None
        found = {model._meta.db_table: model for model in context.apps[db.APP_LABEL].values()}
        del found["aerich"]
        yield found


class TestSchema:
    async def test_tables_are_those_written_down(self, connection):
        assert sorted(await catalogue(connection)) == sorted(EXPECTED)

    @pytest.mark.parametrize("name", EXPECTED)
    async def test_table_is_as_written_down(self, connection, name):
        assert (await catalogue(connection))[name] == unfold(name, EXPECTED[name])

    async def test_there_is_nothing_else(self, connection):
        assert [row["thing"] for row in await connection.fetch(OTHERS_SQL)] == []

    async def test_every_write_that_candidates_see_renews_a_version(self, connection):
        rows = await connection.fetch(
            "SELECT tgrelid::regclass::text AS name, string_agg(DISTINCT tgfoid::regproc::text, ', ') AS functions,"
            " string_agg(split_part(tgname, '_on_', 2), ', ' ORDER BY tgname) AS events"
            " FROM pg_trigger WHERE NOT tgisinternal GROUP BY 1 ORDER BY 1"
        )
        every, everybody = "delete, insert, truncate, update", "renew_every_user_version"
        assert [tuple(row) for row in rows] == [
            ("feed_posts", "renew_content_version", every),
            ("identity_documents", f"{everybody}, renew_version_of_verified", every),
            ("job_application_documents", f"{everybody}, renew_version_of_owner", every),
            ("job_application_journey_events", f"{everybody}, renew_version_of_applicant", every),
            ("job_applications", f"{everybody}, renew_version_of_owner", every),
            ("jobs", "renew_content_version", every),
            ("kyc_sessions", f"{everybody}, renew_version_of_owner", every),
            ("kyc_status_events", f"{everybody}, renew_version_of_verified", every),
            ("roles", f"{everybody}, renew_version_of_role", "truncate, update"),
            ("user_roles", f"{everybody}, renew_version_of_owner", every),
            ("user_saved_jobs", f"{everybody}, renew_version_of_owner", every),
            ("user_saved_posts", f"{everybody}, renew_version_of_owner", every),
            ("users", f"forget_user_versions, {everybody}, renew_version_of_user", "delete, truncate, update"),
        ]

    async def test_keys_have_no_update_rule_and_cannot_be_deferred(self, connection):
        rows = await connection.fetch(
            "SELECT conname FROM pg_constraint WHERE contype = 'f' AND (confupdtype <> 'a' OR condeferrable)"
        )
        assert rows == []

    async def test_the_five_roles_are_there(self, connection):
        rows = await connection.fetch("SELECT id::text, code FROM roles ORDER BY id")
        assert [(row["id"][-2:], row["code"]) for row in rows] == [
            ("01", "sdm"),
            ("02", "lpk"),
            ("03", "tsk"),
            ("04", "kaisha"),
            ("05", "super_admin"),
        ]
        assert {row["id"][:-2] for row in rows} == {"00000000-0000-0000-0000-0000000000"}

    async def test_jobs_and_posts_are_left_to_the_seed(self, connection):
        assert await connection.fetchval("SELECT count(*) FROM jobs") == 0
        assert await connection.fetchval("SELECT count(*) FROM feed_posts") == 0


TYPES = {
    "UUID": "uuid",
    "TEXT": "text",
    "TIMESTAMPTZ": "timestamptz",
    "BOOL": "bool",
    "JSONB": "jsonb",
    "INT": "int4",
    "BIGINT": "int8",
    "BYTEA": "bytea",
}


class TestModels:
    async def test_every_table_has_a_model(self, models):
        assert sorted(models) == sorted(EXPECTED)

    @pytest.mark.parametrize("name", EXPECTED)
    async def test_model_has_the_columns_of_the_table(self, models, connection, name):
        meta = models[name]._meta
        found = {}
        for attribute, column in meta.fields_db_projection.items():
            model_field = meta.fields_map[attribute]
            assert attribute == column
            found[column] = (TYPES[model_field.get_for_dialect("postgres", "SQL_TYPE")], model_field.null)
        columns = (await catalogue(connection))[name]["columns"]
        # The database alone writes and reads generated columns.
        stored = {column: text for column, text in columns.items() if " generated " not in text}
        assert found == {column: (text.split()[0], " null" in text) for column, text in stored.items()}

    @pytest.mark.parametrize("name", EXPECTED)
    async def test_model_knows_what_is_unique(self, models, name):
        meta = models[name]._meta
        found = {attribute for attribute, one in meta.fields_map.items() if one.unique and not one.pk}
        relations = {attribute for attribute in found if attribute not in meta.fields_db_projection}
        found = {one for one in found if one not in relations}
        for pair in meta.unique_together:
            found.add(", ".join(one if one in meta.fields_db_projection else f"{one}_id" for one in pair))
        assert found == {text.strip('"') for text in EXPECTED[name].unique.values()}

    @pytest.mark.parametrize("name", EXPECTED)
    async def test_model_knows_the_keys_and_their_rules(self, models, name):
        meta = models[name]._meta
        found = set()
        for attribute in meta.fk_fields | meta.o2o_fields:
            relation = meta.fields_map[attribute]
            assert isinstance(relation, fields.relational.ForeignKeyFieldInstance)
            parent = relation.related_model._meta.db_table
            found.add(f"{attribute}_id -> {parent}: {relation.on_delete.value}")
        assert found == set(EXPECTED[name].keys.values())


def run_aerich(tree: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "aerich", "migrate", "--offline", "--no-input"],
        cwd=tree,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout


class TestDrift:
    @pytest.fixture
    def tree(self, tmp_path: Path) -> Path:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "service", tmp_path / "service", ignore=ignored)
        shutil.copytree(ROOT / "migrations", tmp_path / "migrations", ignore=ignored)
        shutil.copy(ROOT / "pyproject.toml", tmp_path)
        return tmp_path

    @staticmethod
    def files(tree: Path) -> list[str]:
        return sorted(path.name for path in (tree / "migrations" / "models").glob("*.py"))

    def test_models_and_migrations_agree(self, tree):
        before = self.files(tree)
        assert "No changes detected" in run_aerich(tree)
        assert self.files(tree) == before

    def test_a_new_column_would_be_noticed(self, tree):
        before = self.files(tree)
        path = tree / "service" / "auth" / "models.py"
        text = path.read_text()
        path.write_text(
            text.replace("    full_name =", "    nickname = fields.TextField(null=True)\n    full_name =", 1)
        )
        run_aerich(tree)
        (added,) = set(self.files(tree)) - set(before)
        assert added.split("_")[0] == str(migrate.migrations()[-1].number + 1)
        assert 'ADD "nickname" TEXT' in (tree / "migrations" / "models" / added).read_text()

    def test_only_the_newest_file_carries_the_state_of_the_models(self):
        carrying = [one.name for one in migrate.migrations() if hasattr(one.load(), "MODELS_STATE")]
        assert carrying == [migrate.head()]
