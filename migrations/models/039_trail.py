"""The trail stays: rows are written without a lock and sealed later, nobody rewrites them, and each key has one secret."""

from tortoise import BaseDBAsyncClient

from service.database.steps import Index

RUN_IN_TRANSACTION = True

# The release before writes its rows with their place in the chain, as the owner: triggers let rows be added, and its head
# moves forward. Only the functions below change a row, each in its own way, which the trigger reads in `jembatan.audit`.
# They run as who migrates, with a search path that no temporary table comes before.

_DEFINER = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp"
_FUNCTIONS = (
    "audit_admit_key(TEXT, TEXT)",
    "audit_seal(UUID[], TEXT[], BIGINT, TEXT, TEXT)",
    "audit_erase_details(TEXT[], TEXT[])",
    "audit_erase_details_by(TEXT[], TEXT[])",
    "audit_replace_ids(TEXT[], TEXT[])",
)

# What is left of a row that was erased: no salt, no details.
_HAS_DETAILS = "(e.detail_salt IS NOT NULL OR (e.sequence IS NULL AND e.detail_json <> '{}'))"


async def upgrade(db: BaseDBAsyncClient) -> str:
    return f"""
        SET LOCAL lock_timeout = '5s';
        ALTER TABLE audit_events ADD COLUMN IF NOT EXISTS stamp TEXT;
        CREATE TABLE IF NOT EXISTS audit_keys (
            id TEXT PRIMARY KEY,
            digest TEXT NOT NULL,
            first_used_at TIMESTAMPTZ NOT NULL DEFAULT now()
        );

        CREATE OR REPLACE FUNCTION audit_rows_stay() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
        DECLARE
            kept audit_events;
            way TEXT := current_setting('jembatan.audit', true);
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                kept := NEW;
                IF way = 'seal' AND OLD.sequence IS NULL AND OLD.stamp IS NOT NULL THEN
                    kept.sequence := OLD.sequence;
                    kept.mac := OLD.mac;
                ELSIF way = 'erase' AND NEW.detail_json = '{{}}' AND NEW.detail_salt IS NULL THEN
                    kept.detail_json := OLD.detail_json;
                    kept.detail_salt := OLD.detail_salt;
                ELSIF way = 'pseudonyms' THEN
                    kept.actor_id := OLD.actor_id;
                    kept.subject_id := OLD.subject_id;
                END IF;
                IF way IN ('seal', 'erase', 'pseudonyms') AND kept IS NOT DISTINCT FROM OLD THEN
                    RETURN NEW;
                END IF;
            END IF;
            RAISE EXCEPTION 'audit rows are only added' USING ERRCODE = 'insufficient_privilege';
        END $$;

        CREATE OR REPLACE FUNCTION audit_head_moves_forward() RETURNS trigger
        LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
        BEGIN
            IF TG_OP = 'UPDATE' AND NEW.id = OLD.id AND NEW.count > OLD.count THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'the head of the audit chain only moves forward' USING ERRCODE = 'insufficient_privilege';
        END $$;

        CREATE OR REPLACE FUNCTION audit_keys_stay() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
        BEGIN
            RAISE EXCEPTION 'audit keys are only added' USING ERRCODE = 'insufficient_privilege';
        END $$;

        CREATE OR REPLACE FUNCTION audit_erasures_have_rows() RETURNS trigger
        LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
        BEGIN
            IF NOT EXISTS (
                SELECT FROM audit_events e JOIN audit_events later ON later.position > e.position
                    AND later.action = 'audit.details_erased'
                    AND (later.subject_type, later.subject_id) IN ((e.subject_type, e.subject_id), ('USER', e.actor_id))
                WHERE e.id = NEW.id
            ) THEN
                RAISE EXCEPTION 'an erasure of audit details needs its own audit row'
                    USING ERRCODE = 'insufficient_privilege';
            END IF;
            RETURN NULL;
        END $$;

        CREATE OR REPLACE TRIGGER audit_rows_stay BEFORE UPDATE OR DELETE ON audit_events
            FOR EACH ROW EXECUTE FUNCTION audit_rows_stay();
        CREATE OR REPLACE TRIGGER audit_rows_stay_whole BEFORE TRUNCATE ON audit_events
            FOR EACH STATEMENT EXECUTE FUNCTION audit_rows_stay();
        DROP TRIGGER IF EXISTS audit_erasures_have_rows ON audit_events;
        CREATE CONSTRAINT TRIGGER audit_erasures_have_rows AFTER UPDATE ON audit_events
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
            WHEN ((OLD.detail_json, OLD.detail_salt) IS DISTINCT FROM (NEW.detail_json, NEW.detail_salt))
            EXECUTE FUNCTION audit_erasures_have_rows();
        CREATE OR REPLACE TRIGGER audit_head_moves_forward BEFORE UPDATE OR DELETE ON audit_head
            FOR EACH ROW EXECUTE FUNCTION audit_head_moves_forward();
        CREATE OR REPLACE TRIGGER audit_head_stays BEFORE TRUNCATE ON audit_head
            FOR EACH STATEMENT EXECUTE FUNCTION audit_head_moves_forward();
        CREATE OR REPLACE TRIGGER audit_keys_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_keys
            FOR EACH STATEMENT EXECUTE FUNCTION audit_keys_stay();

        CREATE OR REPLACE FUNCTION audit_admit_key(key_id TEXT, key_digest TEXT) RETURNS TEXT {_DEFINER} AS $$
        BEGIN
            INSERT INTO audit_keys (id, digest) VALUES (key_id, key_digest) ON CONFLICT (id) DO NOTHING;
            RETURN (SELECT digest FROM audit_keys WHERE id = key_id);
        END $$;

        CREATE OR REPLACE FUNCTION audit_seal(
            event_ids UUID[], macs TEXT[], new_count BIGINT, new_key_id TEXT, new_seal TEXT
        ) RETURNS void {_DEFINER} AS $$
        DECLARE
            before BIGINT := COALESCE((SELECT count FROM audit_head WHERE id = 1 FOR UPDATE), 0);
            joined BIGINT;
        BEGIN
            PERFORM set_config('jembatan.audit', 'seal', true);
            UPDATE audit_events e SET sequence = before + s.place, mac = s.mac
            FROM unnest(event_ids, macs) WITH ORDINALITY AS s (id, mac, place) WHERE e.id = s.id;
            GET DIAGNOSTICS joined = ROW_COUNT;
            IF joined = 0 OR joined <> cardinality(event_ids) OR new_count <> before + joined THEN
                RAISE EXCEPTION 'these rows do not continue the audit chain' USING ERRCODE = 'insufficient_privilege';
            END IF;
            INSERT INTO audit_head (id, count, mac, key_id, seal, updated_at)
            VALUES (1, new_count, macs[cardinality(macs)], new_key_id, new_seal, now())
            ON CONFLICT (id) DO UPDATE SET count = excluded.count, mac = excluded.mac, key_id = excluded.key_id,
                seal = excluded.seal, updated_at = now();
            PERFORM set_config('jembatan.audit', '', true);
        END $$;

        CREATE OR REPLACE FUNCTION audit_erase_details(subject_types TEXT[], subject_ids TEXT[])
        RETURNS TABLE (erased_type TEXT, erased_id TEXT) {_DEFINER} AS $$
            #variable_conflict use_column
        BEGIN
            PERFORM set_config('jembatan.audit', 'erase', true);
            RETURN QUERY UPDATE audit_events e SET detail_json = '{{}}', detail_salt = NULL
            FROM unnest(subject_types, subject_ids) AS s (type, id)
            WHERE e.subject_type = s.type AND e.subject_id = s.id AND {_HAS_DETAILS}
            RETURNING e.subject_type, e.subject_id;
            PERFORM set_config('jembatan.audit', '', true);
        END $$;

        CREATE OR REPLACE FUNCTION audit_erase_details_by(actors TEXT[], texts TEXT[]) RETURNS BIGINT
        {_DEFINER} AS $$
        DECLARE
            changed BIGINT;
        BEGIN
            PERFORM set_config('jembatan.audit', 'erase', true);
            UPDATE audit_events e SET detail_json = '{{}}', detail_salt = NULL
            WHERE e.actor_id = ANY (actors) AND {_HAS_DETAILS}
                AND EXISTS (SELECT FROM unnest(texts) AS held
                    WHERE strpos(lower(e.detail_json::text), lower(trim(both '"' FROM to_json(held)::text))) > 0);
            GET DIAGNOSTICS changed = ROW_COUNT;
            PERFORM set_config('jembatan.audit', '', true);
            RETURN changed;
        END $$;

        CREATE OR REPLACE FUNCTION audit_replace_ids(old_ids TEXT[], new_ids TEXT[]) RETURNS BIGINT
        {_DEFINER} AS $$
        DECLARE
            changed BIGINT;
            ids JSONB := jsonb_object(old_ids, new_ids);
        BEGIN
            IF EXISTS (SELECT FROM unnest(new_ids) AS made WHERE made IS NULL OR made NOT LIKE 'erased:%') THEN
                RAISE EXCEPTION 'only a pseudonym takes the place of an id' USING ERRCODE = 'insufficient_privilege';
            END IF;
            PERFORM set_config('jembatan.audit', 'pseudonyms', true);
            UPDATE audit_events e SET actor_id = COALESCE(ids ->> e.actor_id, e.actor_id),
                subject_id = CASE WHEN e.subject_type = 'USER' THEN COALESCE(ids ->> e.subject_id, e.subject_id)
                    ELSE e.subject_id END
            WHERE e.actor_id = ANY(old_ids) OR (e.subject_type = 'USER' AND e.subject_id = ANY(old_ids));
            GET DIAGNOSTICS changed = ROW_COUNT;
            PERFORM set_config('jembatan.audit', '', true);
            RETURN changed;
        END $$;
        REVOKE EXECUTE ON FUNCTION {", ".join(_FUNCTIONS)} FROM PUBLIC;
    """


STEPS = [
    Index("idx_audit_events_unsealed", "audit_events (position) WHERE sequence IS NULL AND stamp IS NOT NULL"),
]


async def downgrade(db: BaseDBAsyncClient) -> str:
    return f"""
        SET LOCAL lock_timeout = '5s';
        DROP FUNCTION IF EXISTS {", ".join(_FUNCTIONS)};
        DROP INDEX IF EXISTS idx_audit_events_unsealed;
        DROP TRIGGER IF EXISTS audit_rows_stay ON audit_events;
        DROP TRIGGER IF EXISTS audit_rows_stay_whole ON audit_events;
        DROP TRIGGER IF EXISTS audit_erasures_have_rows ON audit_events;
        DROP TRIGGER IF EXISTS audit_head_moves_forward ON audit_head;
        DROP TRIGGER IF EXISTS audit_head_stays ON audit_head;
        DROP TABLE IF EXISTS audit_keys;
        DROP FUNCTION IF EXISTS audit_rows_stay(), audit_head_moves_forward(), audit_keys_stay(), audit_erasures_have_rows();
        ALTER TABLE IF EXISTS audit_events DROP COLUMN IF EXISTS stamp;
    """
