"""What the provider signed, what the client sent and what the server wrote about a verification, each in its own column."""

from tortoise import BaseDBAsyncClient

from service.database.steps import Backfill, Required, Statement

RUN_IN_TRANSACTION = True

# `provider_metadata_json` and `provider_ref` are the merge, weakest first: client, server, signed. A trigger writes them,
# so that the rule stands once, and the release before, which reads and writes those two alone, runs beside this one and
# after a rollback: what it changes in them is told apart here and goes on as if this release had written it. A key whose
# event in `provider_metadata_times_json` changed with it is signed, `finalVerification` is the server's, the rest is the
# client's. So the client of that release takes nothing away from the provider either, and nothing is lost.
#
# Rows of before are told apart by the same trigger, when the step or anybody else touches them. What a client wrote over
# a signed value then cannot be known any more: such a key counts as signed.

_VOICES = ("client_metadata_json", "server_metadata_json", "signed_metadata_json")
_REFERENCES = ("client_provider_ref", "signed_provider_ref")
_MERGED = ("provider_metadata_json", "provider_ref", "provider_metadata_times_json")


def _of(row: str, names: tuple[str, ...] = _VOICES + _REFERENCES) -> str:
    return ", ".join(f"{row}.{column}" for column in names)


_SPLIT = f"""
        CREATE OR REPLACE FUNCTION keep_voices() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
        DECLARE
            was JSONB := '{{}}';
            was_times JSONB := '{{}}';
            was_ref TEXT;
            is_told BOOLEAN := num_nonnulls({_of("NEW")}) > 0;
            gone TEXT[];
            clients JSONB;
            servers JSONB;
            signed JSONB;
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                IF num_nonnulls({_of("OLD")}) > 0 THEN
                    was := OLD.provider_metadata_json;
                    was_times := OLD.provider_metadata_times_json;
                    was_ref := OLD.provider_ref;
                    is_told := ROW({_of("NEW")}) IS DISTINCT FROM ROW({_of("OLD")});
                END IF;
            END IF;
            NEW.client_metadata_json := coalesce(NEW.client_metadata_json, '{{}}');
            NEW.server_metadata_json := coalesce(NEW.server_metadata_json, '{{}}');
            NEW.signed_metadata_json := coalesce(NEW.signed_metadata_json, '{{}}');
            IF NOT is_told AND ROW({_of("NEW", _MERGED)}) IS DISTINCT FROM ROW(was, was_ref, was_times) THEN
                SELECT
                    coalesce(jsonb_object_agg(key, value) FILTER (WHERE voice = 'client'), '{{}}'),
                    coalesce(jsonb_object_agg(key, value) FILTER (WHERE voice = 'server'), '{{}}'),
                    coalesce(jsonb_object_agg(key, value) FILTER (WHERE voice = 'signed'), '{{}}')
                INTO clients, servers, signed
                FROM (
                    SELECT key, value, CASE
                        WHEN NEW.provider_metadata_times_json #> ARRAY['metadata', key]
                            <> coalesce(was_times #> ARRAY['metadata', key], 'null') THEN 'signed'
                        WHEN value IS NOT DISTINCT FROM was -> key THEN 'nobody'
                        WHEN key = 'finalVerification' THEN 'server'
                        ELSE 'client'
                    END AS voice
                    FROM jsonb_each(NEW.provider_metadata_json)
                ) said;
                gone := ARRAY(
                    SELECT jsonb_object_keys(was) EXCEPT SELECT jsonb_object_keys(NEW.provider_metadata_json)
                );
                NEW.client_metadata_json := (NEW.client_metadata_json || clients) - gone;
                NEW.server_metadata_json := (NEW.server_metadata_json || servers) - gone;
                NEW.signed_metadata_json := (NEW.signed_metadata_json || signed) - gone;
                IF NEW.provider_ref IS NULL THEN
                    NEW.client_provider_ref := NULL;
                    NEW.signed_provider_ref := NULL;
                ELSIF NEW.provider_metadata_times_json ->> 'providerRef'
                    <> coalesce(was_times ->> 'providerRef', '') THEN
                    NEW.signed_provider_ref := NEW.provider_ref;
                ELSIF NEW.provider_ref IS DISTINCT FROM was_ref THEN
                    NEW.client_provider_ref := NEW.provider_ref;
                END IF;
            END IF;
            NEW.provider_metadata_json :=
                NEW.client_metadata_json || NEW.server_metadata_json || NEW.signed_metadata_json;
            NEW.provider_ref := coalesce(NEW.signed_provider_ref, NEW.client_provider_ref);
            RETURN NEW;
        END $$;
"""


def _states(*words: str) -> str:
    """Which states a delivery may have, without the end of the statement."""
    listed = ", ".join(f"'{word}'" for word in words)
    return (
        "ALTER TABLE IF EXISTS webhook_deliveries DROP CONSTRAINT IF EXISTS webhook_deliveries_state_check,"
        f" ADD CONSTRAINT webhook_deliveries_state_check CHECK (state IN ({listed}))"
    )


async def upgrade(db: BaseDBAsyncClient) -> str:
    added = [f"ADD COLUMN IF NOT EXISTS {column} JSONB" for column in _VOICES]
    added += [f"ADD COLUMN IF NOT EXISTS {column} TEXT" for column in _REFERENCES]
    return f"""
        SET LOCAL lock_timeout = '5s';
        ALTER TABLE kyc_sessions {", ".join(added)};
        {_SPLIT}
        CREATE OR REPLACE TRIGGER keep_voices BEFORE INSERT OR UPDATE OF {", ".join((*_MERGED, *_VOICES, *_REFERENCES))}
        ON kyc_sessions FOR EACH ROW EXECUTE FUNCTION keep_voices();
        {_states("applied", "waiting", "parked", "unaddressed", "ignored")} NOT VALID;
    """


STEPS = (
    Backfill("kyc_sessions", "provider_metadata_json = provider_metadata_json", "signed_metadata_json IS NULL"),
    *(Required("kyc_sessions", column) for column in _VOICES),
    Statement("ALTER TABLE webhook_deliveries VALIDATE CONSTRAINT webhook_deliveries_state_check;"),
)


async def downgrade(db: BaseDBAsyncClient) -> str:
    return f"""
        SET LOCAL lock_timeout = '5s';
        UPDATE webhook_deliveries SET state = 'unaddressed' WHERE state = 'ignored';
        {_states("applied", "waiting", "parked", "unaddressed")};
        DROP TRIGGER IF EXISTS keep_voices ON kyc_sessions;
        DROP FUNCTION IF EXISTS keep_voices();
        ALTER TABLE IF EXISTS kyc_sessions
            {", ".join(f"DROP COLUMN IF EXISTS {column}" for column in (*_VOICES, *_REFERENCES))};
    """
