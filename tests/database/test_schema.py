"""Is the schema that our migrations make the one that is written down here, and do models and migrations agree?"""

import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from tortoise import fields
from tortoise.context import TortoiseContext
from tortoise.models import Model

from service.database import db, migrate
from service.kyc.models import KycStatus
from service.kyc.states import WAITING

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Table:
    """What a table has that its model does not say; columns, what is unique and the keys stand in the model."""

    defaults: dict[str, str] = field(default_factory=dict)
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
UNREAD = "((byte_state = 'declared'::text) AND (bytes_checked_at IS NULL))"
WITHOUT_COPY = "((byte_state = 'verified'::text) AND (copy_kind IS NULL))"

EXPECTED = {
    "users": Table(
        defaults={
            "created_at": "now()",
            "updated_at": "now()",
            "role_names": "_text by trigger",
            "unverified_since": "now()",
        },
    ),
    "sessions": Table(
        defaults={"created_at": "now()"},
        indexes={
            "idx_sessions_expires_at": "(expires_at)",
            "idx_sessions_user_id": "(user_id)",
            "idx_sessions_family_id": "(family_id)",
        },
    ),
    "session_families": Table(
        defaults={"created_at": "now()", "counted_from": "now()"},
        indexes={"idx_session_families_user_id": "(user_id)"},
    ),
    "roles": Table(
        defaults={"created_at": "now()"},
    ),
    "user_roles": Table(
        defaults={"created_at": "now()"},
        indexes={"idx_user_roles_role_id": "(role_id)", "idx_user_roles_user_id": "(user_id)"},
    ),
    "kyc_sessions": Table(
        defaults={
            "provider": "'manual'::text",
            "created_at": "now()",
            "updated_at": "now()",
            "provider_metadata_json": "'{}'::jsonb",
            "version": "1",
            "provider_metadata_times_json": "'{}'::jsonb",
            "evidence_version": "0",
        },
        checks={"kyc_sessions_status_check": one_of("status", *KYC)},
        indexes={
            "idx_kyc_sessions_provider_ref": "(provider_ref)",
            "idx_kyc_sessions_status": "(status)",
            "idx_kyc_sessions_reviewed_by": "(reviewed_by) WHERE (reviewed_by IS NOT NULL)",
            "idx_kyc_sessions_user_id_created_at": "(user_id, created_at DESC)",
            "idx_kyc_sessions_queue": "(COALESCE(submitted_at, created_at) DESC, id DESC)",
            "idx_kyc_sessions_waiting": "(COALESCE(reviewed_at, submitted_at, created_at), id)"
            f" WHERE {any_of('status', *WAITING)}",
        },
    ),
    "identity_documents": Table(
        defaults={
            "metadata_json": "'{}'::jsonb",
            "created_at": "now()",
            "byte_state": "'declared'::text",
            "reason_codes_json": "'[]'::jsonb",
            "findings_json": "'[]'::jsonb",
        },
        checks={"identity_documents_byte_state_check": one_of("byte_state", "declared", "verified", "rejected")},
        indexes={
            "idx_identity_documents_document_type": "(document_type)",
            "idx_identity_documents_kyc_session_id": "(kyc_session_id)",
            "idx_identity_documents_object_key": "(((metadata_json ->> 'objectKey'::text)))",
            "idx_identity_documents_unread": f"(created_at, id) WHERE {UNREAD}",
            "idx_identity_documents_without_copy": f"(created_at) WHERE {WITHOUT_COPY}",
        },
    ),
    "seen_versions": Table(
        defaults={"id": "gen_random_uuid()", "seen_at": "now()"},
        indexes={
            "idx_seen_versions_subject_id": "(subject_id)",
            "idx_seen_versions_seen_at": "(seen_at)",
        },
    ),
    "kyc_claims": Table(
        defaults={"claimed_at": "now()"},
    ),
    "kyc_status_events": Table(
        defaults={"created_at": "now()"},
        checks={
            "kyc_status_events_actor_type_check": one_of("actor_type", *ACTOR),
            "kyc_status_events_to_status_check": one_of("to_status", *KYC),
        },
        indexes={
            "idx_kyc_status_events_session_created_at": "(kyc_session_id, created_at)",
            "idx_kyc_status_events_actor_id": "(actor_id) WHERE (actor_id IS NOT NULL)",
        },
    ),
    "organizations": Table(
        defaults={"created_at": "now()", "updated_at": "now()"},
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
        defaults={
            "reason_codes_json": "'[]'::jsonb",
            "supporting_object_keys_json": "'[]'::jsonb",
            "version": "1",
            "last_checked_at": "now()",
            "created_at": "now()",
            "updated_at": "now()",
        },
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
        defaults={
            "visa_sponsorship": "false",
            "requirements_json": "'[]'::jsonb",
            "created_at": "now()",
            "updated_at": "now()",
            "lifecycle_status": "'PUBLISHED'::text",
            "search_text": "text by trigger",
        },
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
        defaults={
            "created_at": "now()",
            "updated_at": "now()",
            "lifecycle_status": "'PUBLISHED'::text",
            "search_text": "text by trigger",
        },
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
        defaults={"created_at": "now()"},
        indexes={
            "idx_user_saved_jobs_user_id_created_at": "(user_id, created_at DESC)",
            "idx_user_saved_jobs_job_id": "(job_id)",
        },
    ),
    "user_saved_posts": Table(
        defaults={"created_at": "now()"},
        indexes={
            "idx_user_saved_posts_user_id_created_at": "(user_id, created_at DESC)",
            "idx_user_saved_posts_post_id": "(post_id)",
        },
    ),
    "job_applications": Table(
        defaults={"created_at": "now()", "updated_at": "now()"},
        checks={"job_applications_status_check": one_of("status", *APPLICATION)},
        indexes={"idx_job_applications_user_id_updated_at": "(user_id, updated_at DESC)"},
    ),
    "job_application_journey_events": Table(
        defaults={"created_at": "now()"},
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
        defaults={
            "review_status": "'PENDING'::text",
            "created_at": "now()",
            "updated_at": "now()",
            "byte_state": "'declared'::text",
            "findings_json": "'[]'::jsonb",
        },
        checks={
            "job_application_documents_content_length_check": "CHECK ((content_length > 0))",
            "job_application_documents_review_status_check": one_of("review_status", "PENDING", "VALID", "INVALID"),
            "job_application_documents_byte_state_check": one_of("byte_state", "declared", "verified", "rejected"),
        },
        indexes={
            "idx_job_application_documents_application_id_created_at": "(application_id, created_at DESC)",
            "idx_job_application_documents_review_status": "(review_status, created_at DESC)",
            "idx_job_application_documents_unread": f"(created_at, id) WHERE {UNREAD}",
            "idx_job_application_documents_without_copy": f"(created_at) WHERE {WITHOUT_COPY}",
            "idx_job_application_documents_user_id_created_at": "(user_id, created_at DESC)",
            "idx_job_application_documents_reviewed_by": "(reviewed_by) WHERE (reviewed_by IS NOT NULL)",
            "idx_job_application_documents_object_key": "(object_key)",
        },
    ),
    "notices": Table(
        defaults={"parameters_json": "'{}'::jsonb", "created_at": "now()"},
        indexes={
            "idx_notices_created_at": "(created_at)",
            "idx_notices_address": "(address) WHERE (address IS NOT NULL)",
        },
    ),
    "hidden_accounts": Table(defaults={"hidden_at": "now()", "counts_json": "'{}'::jsonb"}),
    "account_holds": Table(defaults={"created_at": "now()"}),
    "erasure_receipts": Table(defaults={"counts_json": "'{}'::jsonb"}),
    "personal_exports": Table(
        defaults={"state": "'PREPARING'::text", "requested_at": "now()"},
        indexes={"idx_personal_exports_user_id": "(user_id, requested_at)"},
    ),
    "email_verification_challenges": Table(
        defaults={
            "attempt_count": "0",
            "max_attempts": "5",
            "created_at": "now()",
            "updated_at": "now()",
            "purpose": "'verification'::text",
        },
        indexes={
            "idx_email_verification_challenges_email_active": "(email, verified_at, expires_at)",
            "idx_email_verification_challenges_email_created_at": "(email, created_at DESC)",
            "idx_email_verification_challenges_user_id": "(user_id)",
        },
    ),
    "audit_events": Table(
        defaults={"position": "identity always", "occurred_at": "now()", "detail_json": "'{}'::jsonb"},
        checks={"audit_events_actor_type_check": one_of("actor_type", *ACTOR)},
        indexes={
            "idx_audit_events_subject": '(subject_type, subject_id, "position")',
            "idx_audit_events_occurred_at": "(occurred_at)",
            "idx_audit_events_actor": "(actor_id, occurred_at) WHERE (actor_id IS NOT NULL)",
            "idx_audit_events_action": "(action, occurred_at)",
            "idx_audit_events_subject_type": "(subject_type, occurred_at)",
            "idx_audit_events_subject_id": "(subject_id, occurred_at)",
            "idx_audit_events_unsealed": '("position") WHERE ((sequence IS NULL) AND (stamp IS NOT NULL))',
        },
    ),
    "second_factors": Table(
        defaults={"last_step": "0", "recovery_json": "'[]'::jsonb", "created_at": "now()"},
        indexes={"second_factors_user_id_idx": "(user_id)"},
    ),
    "access_events": Table(
        defaults={"occurred_at": "now()", "asked_json": "'{}'::jsonb", "shown_json": "'[]'::jsonb"},
        indexes={
            "idx_access_events_occurred_at": "(occurred_at)",
            "idx_access_events_actor_id": "(actor_id, occurred_at)",
            "idx_access_events_operation": "(operation, occurred_at)",
            "idx_access_events_subject_type": "(subject_type, occurred_at)",
            "idx_access_events_shown": "gin (shown_json)",
            "idx_access_events_seal_id": "(seal_id) WHERE (seal_id IS NOT NULL)",
            "idx_access_events_unsealed": "(id) WHERE (seal_id IS NULL)",
        },
    ),
    "audit_head": Table(
        defaults={"updated_at": "now()"},
        checks={"audit_head_id_check": "CHECK ((id = 1))"},
    ),
    "audit_keys": Table(defaults={"first_used_at": "now()"}),
    "webhook_deliveries": Table(
        defaults={"received_at": "now()", "attempts": "0"},
        checks={
            "webhook_deliveries_state_check": one_of("state", "applied", "waiting", "parked", "unaddressed", "ignored"),
        },
        indexes={
            "idx_webhook_deliveries_kyc_session_id": "(kyc_session_id) WHERE (kyc_session_id IS NOT NULL)",
            "idx_webhook_deliveries_pending": (
                "(received_at) WHERE (state = ANY (ARRAY['waiting'::text, 'parked'::text]))"
            ),
        },
    ),
    "background_tasks": Table(
        defaults={
            "payload_json": "'{}'::jsonb",
            "state": "'waiting'::text",
            "attempts": "0",
            "max_attempts": "5",
            "run_at": "now()",
            "created_at": "now()",
        },
        checks={"background_tasks_state_check": one_of("state", "waiting", "running", "done", "failed")},
        indexes={
            "idx_background_tasks_due": ("(run_at) WHERE (state = ANY (ARRAY['waiting'::text, 'running'::text]))"),
            "idx_background_tasks_kind_state": "(kind, state)",
        },
    ),
    "maintenance_runs": Table(
        defaults={"started_at": "now()", "detail_json": "'{}'::jsonb"},
        checks={
            "maintenance_runs_kind_check": one_of("kind", "backup", "document_backup", "restore_drill", "gate"),
            "maintenance_runs_check": "CHECK (((finished_at IS NULL) = (succeeded IS NULL)))",
        },
        indexes={"idx_maintenance_runs_kind_finished": "(kind, finished_at)"},
    ),
    "user_versions": Table(
        indexes={"idx_user_versions_user_id": "(user_id)"},
    ),
    "version_renewals": Table(
        indexes={"idx_version_renewals_transaction_id": "(transaction_id)"},
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
# Since Postgres 18 NOT NULL is a constraint of its own (contype n); columns say it already. Triggers (t) are listed below.
CONSTRAINTS_SQL = """
    SELECT c.relname AS table_name, o.conname AS name, o.contype AS kind, pg_get_constraintdef(o.oid) AS definition
    FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relname <> 'aerich' AND o.contype NOT IN ('n', 't')
"""
INDEXES_SQL = """
    SELECT c.relname AS table_name, i.relname AS name, x.indisunique AS is_unique,
           pg_get_indexdef(i.oid) || CASE WHEN x.indisvalid THEN '' ELSE ' INVALID' END AS definition
    FROM pg_index x
    JOIN pg_class i ON i.oid = x.indexrelid
    JOIN pg_class c ON c.oid = x.indrelid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relname <> 'aerich'
      AND NOT EXISTS (SELECT 1 FROM pg_constraint o WHERE o.conindid = i.oid AND o.contype IN ('p', 'u'))
"""
OTHERS_SQL = """
    SELECT relkind::text || ' ' || relname AS thing FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind NOT IN ('r', 'i')
      AND relname NOT IN ('aerich_id_seq', 'audit_events_position_seq', 'access_events_id_seq')
    UNION ALL SELECT 'type ' || typname FROM pg_type
    WHERE typnamespace = 'public'::regnamespace AND typtype NOT IN ('c', 'b')
    UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger WHERE NOT tgisinternal
      AND tgname NOT LIKE ALL (ARRAY['%version%_on_%', 'keep_role_names_on_%', 'audit_%'])
      AND tgname NOT IN ('write_search_text', 'keep_voices', 'note_evidence', 'count_what_is_handed_in')
    UNION ALL SELECT 'function ' || proname FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
      AND proname NOT LIKE ALL (ARRAY['text_pieces', 'write_search_text_of_%', 'renew_%', 'forget_user_versions', 'keep_role_names%',
        'audit_%', 'keep_voices', 'note_evidence_of_kyc_session', 'count_what_is_handed_in'])
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    UNION ALL SELECT 'extension ' || extname FROM pg_extension WHERE extname NOT IN ('plpgsql', 'pg_trgm')
"""


TYPES = {
    "UUID": "uuid",
    "TEXT": "text",
    "TIMESTAMPTZ": "timestamptz",
    "BOOL": "bool",
    "JSONB": "jsonb",
    "INT": "int4",
    "BIGINT": "int8",
    "BYTEA": "bytea",
    "UUID[]": "_uuid",
}
# A model cannot name its constraints.
OTHER_NAMES = {"identity_documents_kyc_session_id_checksum_sha256_key": "uq_identity_documents_session_checksum"}


async def catalogue(connection: asyncpg.Connection) -> dict[str, dict[str, dict[str, str]]]:
    """All tables but Aerich's own, part by part: columns, defaults, primary, unique, keys, checks, indexes."""
    tables: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for row in await connection.fetch(COLUMNS_SQL):
        table, name, kind = tables[row["table_name"]], row["name"], row["type"] + (" null" * (not row["required"]))
        if name in {"search_text", "role_names"}:
            # The database alone writes it, so no model has it.
            table["defaults"][name] = f"{kind} {'generated' if row['generated'] == b's' else 'by trigger'}"
            continue
        table["columns"][name] = kind
        if row["identity"] == b"a":
            table["defaults"][name] = "identity always"
        elif row["default_value"] is not None:
            table["defaults"][name] = row["default_value"]
    kinds = {b"p": "primary", b"u": "unique", b"f": "keys", b"c": "checks"}
    for row in await connection.fetch(CONSTRAINTS_SQL):
        tables[row["table_name"]][kinds[row["kind"]]][row["name"]] = row["definition"]
    for row in await connection.fetch(INDEXES_SQL):
        text = row["definition"].partition(" USING ")[2].removeprefix("btree ")
        tables[row["table_name"]]["indexes"][row["name"]] = f"UNIQUE {text}" if row["is_unique"] else text
    return tables


def said_by(model: type[Model]) -> dict[str, dict[str, str]]:
    """What a model says of its table, as the catalogue prints it; constraints have the names that Postgres gives."""
    meta, table = model._meta, model._meta.db_table
    columns, unique, keys = {}, {}, {}

    def add_unique(*names: str) -> None:
        name = f"{table}_{'_'.join(names)}_key"
        unique[OTHER_NAMES.get(name, name)] = f"UNIQUE ({', '.join(names)})"

    for attribute, column in meta.fields_db_projection.items():
        assert attribute == column
        one = meta.fields_map[attribute]
        columns[column] = TYPES[one.get_for_dialect("postgres", "SQL_TYPE")] + (" null" * one.null)
        if one.unique and not one.pk:
            add_unique(column)
    for pair in meta.unique_together:
        add_unique(*(one if one in meta.fields_db_projection else f"{one}_id" for one in pair))
    for attribute in meta.fk_fields | meta.o2o_fields:
        relation = meta.fields_map[attribute]
        assert isinstance(relation, fields.relational.ForeignKeyFieldInstance)
        column, parent = f"{attribute}_id", relation.related_model._meta.db_table
        rule = f"REFERENCES {parent}(id) ON DELETE {relation.on_delete.value}"
        keys[f"{table}_{column}_fkey"] = f"FOREIGN KEY ({column}) {rule}"
    return {"columns": columns, "primary": {f"{table}_pkey": "PRIMARY KEY (id)"}, "unique": unique, "keys": keys}


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
    async def test_tables_have_what_is_written_down(self, connection):
        parts = ("defaults", "checks", "indexes")
        found = {name: {part: table[part] for part in parts} for name, table in (await catalogue(connection)).items()}
        assert found == {name: asdict(EXPECTED.get(name, Table())) for name in found}
        assert not EXPECTED.keys() - found.keys()

    async def test_there_is_nothing_else(self, connection):
        assert [row["thing"] for row in await connection.fetch(OTHERS_SQL)] == []

    async def test_every_write_that_candidates_see_renews_a_version(self, connection):
        rows = await connection.fetch(
            "SELECT tgrelid::regclass::text AS name, string_agg(DISTINCT tgfoid::regproc::text, ', ') AS functions,"
            " string_agg(split_part(tgname, '_on_', 2), ', ' ORDER BY tgname) AS events"
            " FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE '%version%' GROUP BY 1 ORDER BY 1"
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
            ("version_renewals", "renew_what_is_noted", "commit"),
        ]

    async def test_keys_have_no_update_rule_and_cannot_be_deferred(self, connection):
        rows = await connection.fetch(
            "SELECT conname FROM pg_constraint WHERE contype = 'f' AND (confupdtype <> 'a' OR condeferrable)"
        )
        assert rows == []

    async def test_the_nine_roles_are_there(self, connection):
        rows = await connection.fetch("SELECT id::text, code FROM roles ORDER BY id")
        assert [(row["id"][-2:], row["code"]) for row in rows] == [
            ("01", "sdm"),
            ("02", "lpk"),
            ("03", "tsk"),
            ("04", "kaisha"),
            ("05", "super_admin"),
            ("06", "reviewer"),
            ("07", "recruiter"),
            ("08", "editor"),
            ("09", "auditor"),
        ]
        assert {row["id"][:-2] for row in rows} == {"00000000-0000-0000-0000-0000000000"}

    async def test_jobs_and_posts_are_left_to_the_seed(self, connection):
        assert await connection.fetchval("SELECT count(*) FROM jobs") == 0
        assert await connection.fetchval("SELECT count(*) FROM feed_posts") == 0


class TestModels:
    async def test_models_and_tables_agree(self, models, connection):
        """Tables, columns, types, what may be null, what is unique, keys and their rules."""
        said = {name: said_by(model) for name, model in models.items()}
        tables = await catalogue(connection)
        found = {name: {part: table[part] for part in said[name]} for name, table in tables.items()}
        for table in found.values():
            # Words that SQL has taken are quoted.
            table["unique"] = {name: text.replace('"', "") for name, text in table["unique"].items()}
        assert found == said


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
