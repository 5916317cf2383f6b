"""A person's marks stay few: they are renewed when a transaction commits, one of each person whom it touched."""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True

# The triggers of the tables only note whom a statement touched. The marks are renewed by a trigger that waits for the
# end of the transaction, so each is held for the moment of the commit, and one is mostly enough. A commit takes a mark
# that no other commit holds, makes one when all are taken, and waits for one when there are sixteen.
#
# No deadlock comes from waiting: who waits is committing and asks for nothing but marks, and everybody asks for them in
# the same order, first that of jobs and posts, then people's by id, one of each.
#
# The id of a mark that is made follows from how many there are: two who make the same one at once end with one.
#
# What is noted is gone when the transaction ends, so the table needs no log.

_NUMBER = "(random() * 2 ^ 53)::bigint"
_MOST = 16


def _renew(function: str, parameter: str, table: str, *, owned: bool) -> str:
    """A function that renews one mark of `table`: of the person `owner`, or of all content."""
    whose = "WHERE user_id = owner" if owned else ""
    gone = """
            IF NOT EXISTS (SELECT FROM users WHERE id = owner) THEN
                DELETE FROM user_versions WHERE user_id = owner;
                RETURN;
            END IF;"""
    return f"""
        CREATE OR REPLACE FUNCTION {function}({parameter}) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
        DECLARE
            marks INT;
        BEGIN{gone if owned else ""}
            UPDATE {table} SET version = {_NUMBER}
            WHERE id = (SELECT id FROM {table} {whose} LIMIT 1 FOR UPDATE SKIP LOCKED);
            IF FOUND THEN
                RETURN;
            END IF;
            SELECT count(*) INTO marks FROM {table} {whose};
            IF marks < {_MOST} THEN
                INSERT INTO {table} ({"id, user_id, version" if owned else "id, version"})
                VALUES (md5({"owner || ' ' || marks" if owned else "marks::text"})::uuid, {"owner, " if owned else ""}{_NUMBER})
                ON CONFLICT (id) DO UPDATE SET version = EXCLUDED.version;
            ELSE
                UPDATE {table} SET version = {_NUMBER}
                WHERE id = (SELECT id FROM {table} {whose} ORDER BY id LIMIT 1 FOR UPDATE);
            END IF;
        END $$;
    """


_CONTENT_CHANGED = """
        CREATE OR REPLACE FUNCTION renew_content_version() RETURNS trigger LANGUAGE plpgsql
        SET search_path FROM CURRENT AS $$
        BEGIN
            IF TG_OP <> 'TRUNCATE' THEN
                PERFORM 1 FROM changed LIMIT 1;
                IF NOT FOUND THEN
                    RETURN NULL;
                END IF;
            END IF;
"""
"""How the trigger of jobs and posts begins: a statement that changed no row renews nothing."""


# What piled up becomes one mark with a new number: without one, the rest could say what an older state said.
_FOLD = f"""
        WITH many AS (
            SELECT user_id FROM user_versions GROUP BY user_id HAVING count(*) > 1
        ), gone AS (
            DELETE FROM user_versions WHERE id IN (
                SELECT v.id FROM user_versions v JOIN many ON many.user_id = v.user_id FOR UPDATE OF v SKIP LOCKED
            ) RETURNING user_id
        )
        INSERT INTO user_versions (id, user_id, version)
        SELECT gen_random_uuid(), user_id, {_NUMBER} FROM gone GROUP BY user_id;
        WITH gone AS (
            DELETE FROM content_versions WHERE id IN (SELECT id FROM content_versions FOR UPDATE SKIP LOCKED)
        )
        INSERT INTO content_versions (id, version) VALUES (gen_random_uuid(), {_NUMBER});
"""


async def upgrade(db: BaseDBAsyncClient) -> str:
    return "\n".join(
        [
            """
        SET LOCAL lock_timeout = '5s';
        CREATE UNLOGGED TABLE IF NOT EXISTS version_renewals (
            id UUID PRIMARY KEY,
            transaction_id BIGINT NOT NULL,
            owners UUID[]
        );
        CREATE INDEX IF NOT EXISTS idx_version_renewals_transaction_id ON version_renewals (transaction_id);
            """,
            _renew("renew_mark_of_content", "", "content_versions", owned=False),
            _renew("renew_mark_of_user", "owner UUID", "user_versions", owned=True),
            """
        CREATE OR REPLACE FUNCTION renew_what_is_noted() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
        DECLARE
            one UUID;
        BEGIN
            -- The first call does the work of all that the transaction has noted.
            IF NOT EXISTS (SELECT FROM version_renewals WHERE id = NEW.id) THEN
                RETURN NULL;
            END IF;
            FOR one IN
                WITH noted AS (
                    DELETE FROM version_renewals WHERE transaction_id = NEW.transaction_id RETURNING owners
                )
                SELECT DISTINCT owner FROM noted, unnest(coalesce(owners, ARRAY[NULL::uuid])) AS owner
                ORDER BY owner NULLS FIRST
            LOOP
                IF one IS NULL THEN
                    PERFORM renew_mark_of_content();
                ELSE
                    PERFORM renew_mark_of_user(one);
                END IF;
            END LOOP;
            RETURN NULL;
        END $$;
        DROP TRIGGER IF EXISTS renew_versions_on_commit ON version_renewals;
        CREATE CONSTRAINT TRIGGER renew_versions_on_commit AFTER INSERT ON version_renewals
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION renew_what_is_noted();
            """,
            _CONTENT_CHANGED,
            """
            INSERT INTO version_renewals (id, transaction_id) VALUES (gen_random_uuid(), pg_current_xact_id()::text::bigint);
            RETURN NULL;
        END $$;

        CREATE OR REPLACE FUNCTION renew_user_versions(owners UUID[]) RETURNS void LANGUAGE plpgsql
        SET search_path FROM CURRENT AS $$
        BEGIN
            IF cardinality(owners) > 0 THEN
                INSERT INTO version_renewals (id, transaction_id, owners)
                VALUES (gen_random_uuid(), pg_current_xact_id()::text::bigint, renew_user_versions.owners);
            END IF;
        END $$;

        CREATE OR REPLACE FUNCTION renew_every_user_version() RETURNS trigger LANGUAGE plpgsql
        SET search_path FROM CURRENT AS $$
        BEGIN
            PERFORM renew_user_versions(ARRAY(SELECT id FROM users));
            RETURN NULL;
        END $$;

        CREATE OR REPLACE FUNCTION forget_user_versions() RETURNS trigger LANGUAGE plpgsql
        SET search_path FROM CURRENT AS $$
        BEGIN
            PERFORM renew_user_versions(ARRAY(SELECT id FROM changed));
            RETURN NULL;
        END $$;
            """,
            _FOLD,
        ]
    )


async def downgrade(db: BaseDBAsyncClient) -> str:
    return (
        """
        SET LOCAL lock_timeout = '5s';
    """
        + _CONTENT_CHANGED
        + """
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
        DROP TABLE IF EXISTS version_renewals;
        DROP FUNCTION IF EXISTS renew_what_is_noted();
        DROP FUNCTION IF EXISTS renew_mark_of_user(UUID);
        DROP FUNCTION IF EXISTS renew_mark_of_content();
    """
    )
