"""Marks that change with every write that candidates can see: of each person's own rows, and of jobs and posts."""

from tortoise import BaseDBAsyncClient

from service.database.steps import Statement

RUN_IN_TRANSACTION = True

# A write renews one mark that nobody else is renewing, with a number never seen before, and adds a mark when all are
# taken: so it waits for nobody and cannot be part of a deadlock. Two snapshots with a write between them have different
# marks, whatever else is committed. Numbers are random and not counted up, so that a restored database repeats none.
#
# Room on each page keeps renewals on it.

_OWNED = (
    "user_roles",
    "user_saved_jobs",
    "user_saved_posts",
    "job_applications",
    "job_application_documents",
    "kyc_sessions",
)
_OF_APPLICATIONS = ("job_application_journey_events",)
_OF_VERIFICATIONS = ("identity_documents", "kyc_status_events")
_CONTENT = ("jobs", "feed_posts")
_EVENTS = {"insert": "NEW TABLE AS changed", "update": "NEW TABLE AS changed", "delete": "OLD TABLE AS changed"}


def _triggers(table: str, function: str, events: tuple[str, ...] = ("insert", "update", "delete")) -> str:
    made = [
        f"CREATE OR REPLACE TRIGGER renew_version_on_{event} AFTER {event.upper()} ON {table}"
        f" REFERENCING {_EVENTS[event]} FOR EACH STATEMENT EXECUTE FUNCTION {function}();"
        for event in events
    ]
    everybody = "renew_content_version" if table in _CONTENT else "renew_every_user_version"
    made.append(
        f"CREATE OR REPLACE TRIGGER renew_version_on_truncate AFTER TRUNCATE ON {table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {everybody}();"
    )
    return "\n".join(made)


def _owners(function: str, owners: str) -> str:
    return f"""
        CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
        BEGIN
            PERFORM renew_user_versions(ARRAY({owners}));
            RETURN NULL;
        END $$;
    """


async def upgrade(db: BaseDBAsyncClient) -> str:
    return "\n".join(
        [
            """
        SET LOCAL lock_timeout = '5s';
        CREATE TABLE IF NOT EXISTS content_versions (
            id UUID PRIMARY KEY,
            version BIGINT NOT NULL
        ) WITH (fillfactor = 50);
        CREATE TABLE IF NOT EXISTS user_versions (
            id UUID PRIMARY KEY,
            user_id UUID NOT NULL,
            version BIGINT NOT NULL
        ) WITH (fillfactor = 80);
        CREATE INDEX IF NOT EXISTS idx_user_versions_user_id ON user_versions (user_id);
        INSERT INTO content_versions (id, version)
        SELECT gen_random_uuid(), (random() * 2 ^ 53)::bigint WHERE NOT EXISTS (SELECT FROM content_versions);

        CREATE OR REPLACE FUNCTION renew_content_version() RETURNS trigger LANGUAGE plpgsql
        SET search_path FROM CURRENT AS $$
        BEGIN
            IF TG_OP <> 'TRUNCATE' THEN
                PERFORM 1 FROM changed LIMIT 1;
                IF NOT FOUND THEN
                    RETURN NULL;
                END IF;
            END IF;
            UPDATE content_versions SET version = (random() * 2 ^ 53)::bigint
            WHERE id = (SELECT id FROM content_versions LIMIT 1 FOR UPDATE SKIP LOCKED);
            IF NOT FOUND THEN
                INSERT INTO content_versions (id, version) VALUES (gen_random_uuid(), (random() * 2 ^ 53)::bigint);
            END IF;
            RETURN NULL;
        END $$;

        CREATE OR REPLACE FUNCTION renew_user_versions(owners UUID[]) RETURNS void LANGUAGE plpgsql
        SET search_path FROM CURRENT AS $$
        BEGIN
            IF cardinality(owners) = 0 THEN
                RETURN;
            END IF;
            WITH free AS MATERIALIZED (
                SELECT id FROM user_versions WHERE user_id = ANY (owners) FOR UPDATE SKIP LOCKED
            ), renewed AS (
                UPDATE user_versions v SET version = (random() * 2 ^ 53)::bigint FROM free WHERE v.id = free.id
                RETURNING v.user_id
            )
            INSERT INTO user_versions (id, user_id, version)
            SELECT gen_random_uuid(), owner, (random() * 2 ^ 53)::bigint FROM unnest(owners) AS owner
            WHERE NOT EXISTS (SELECT FROM renewed WHERE renewed.user_id = owner)
                -- What a cascade removes of a person comes after the person.
                AND EXISTS (SELECT FROM users WHERE users.id = owner);
        END $$;

        CREATE OR REPLACE FUNCTION renew_every_user_version() RETURNS trigger LANGUAGE plpgsql
        SET search_path FROM CURRENT AS $$
        BEGIN
            INSERT INTO user_versions (id, user_id, version)
            SELECT gen_random_uuid(), id, (random() * 2 ^ 53)::bigint FROM users;
            RETURN NULL;
        END $$;

        CREATE OR REPLACE FUNCTION forget_user_versions() RETURNS trigger LANGUAGE plpgsql
        SET search_path FROM CURRENT AS $$
        BEGIN
            DELETE FROM user_versions WHERE id IN (
                SELECT v.id FROM user_versions v JOIN changed ON changed.id = v.user_id FOR UPDATE OF v SKIP LOCKED
            );
            RETURN NULL;
        END $$;
            """,
            _owners("renew_version_of_user", "SELECT id FROM changed"),
            _owners("renew_version_of_owner", "SELECT DISTINCT user_id FROM changed"),
            _owners(
                "renew_version_of_role",
                "SELECT DISTINCT r.user_id FROM changed JOIN user_roles r ON r.role_id = changed.id",
            ),
            _owners(
                "renew_version_of_applicant",
                "SELECT DISTINCT a.user_id FROM changed JOIN job_applications a ON a.id = changed.application_id",
            ),
            _owners(
                "renew_version_of_verified",
                "SELECT DISTINCT s.user_id FROM changed JOIN kyc_sessions s ON s.id = changed.kyc_session_id",
            ),
        ]
    )


# One table after another, so that nobody waits for more than one of them.
STEPS = (
    # Nobody can have seen anything of a person who is new.
    Statement(_triggers("users", "renew_version_of_user", ("update",))),
    Statement("""
        CREATE OR REPLACE TRIGGER forget_versions_on_delete AFTER DELETE ON users
        REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION forget_user_versions();
    """),
    Statement(_triggers("roles", "renew_version_of_role", ("update",))),
    *(Statement(_triggers(table, "renew_content_version")) for table in _CONTENT),
    *(Statement(_triggers(table, "renew_version_of_owner")) for table in _OWNED),
    *(Statement(_triggers(table, "renew_version_of_applicant")) for table in _OF_APPLICATIONS),
    *(Statement(_triggers(table, "renew_version_of_verified")) for table in _OF_VERIFICATIONS),
)


async def downgrade(db: BaseDBAsyncClient) -> str:
    tables = (*_OF_VERIFICATIONS, *_OF_APPLICATIONS, *_OWNED, *_CONTENT, "roles", "users")
    dropped = [
        f"DROP TRIGGER IF EXISTS renew_version_on_{event} ON {table};"
        for table in tables
        for event in ("insert", "update", "delete", "truncate")
    ]
    return "\n".join(
        [
            "SET LOCAL lock_timeout = '5s';",
            *dropped,
            """
        DROP TRIGGER IF EXISTS forget_versions_on_delete ON users;
        DROP FUNCTION IF EXISTS renew_version_of_verified();
        DROP FUNCTION IF EXISTS renew_version_of_applicant();
        DROP FUNCTION IF EXISTS renew_version_of_role();
        DROP FUNCTION IF EXISTS renew_version_of_owner();
        DROP FUNCTION IF EXISTS renew_version_of_user();
        DROP FUNCTION IF EXISTS forget_user_versions();
        DROP FUNCTION IF EXISTS renew_every_user_version();
        DROP FUNCTION IF EXISTS renew_user_versions(UUID[]);
        DROP FUNCTION IF EXISTS renew_content_version();
        DROP TABLE IF EXISTS user_versions;
        DROP TABLE IF EXISTS content_versions;
            """,
        ]
    )
