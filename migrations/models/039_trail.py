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
            WHEN (OLD.detail_json IS DISTINCT FROM NEW.detail_json) EXECUTE FUNCTION audit_erasures_have_rows();
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
        BEGIN
            PERFORM set_config('jembatan.audit', 'pseudonyms', true);
            UPDATE audit_events e SET actor_id = COALESCE(a.new, e.actor_id),
                subject_id = CASE WHEN e.subject_type = 'USER' THEN COALESCE(s.new, e.subject_id) ELSE e.subject_id END
            FROM audit_events o
            LEFT JOIN unnest(old_ids, new_ids) AS a (old, new) ON a.old = o.actor_id
            LEFT JOIN unnest(old_ids, new_ids) AS s (old, new) ON s.old = o.subject_id AND o.subject_type = 'USER'
            WHERE o.id = e.id AND (a.new IS NOT NULL OR s.new IS NOT NULL);
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


MODELS_STATE = (
    "eJztXVtz2ziy/isovczsKSWbca6bnDpVcuIknknslO3M7OzMFgWRkIQxRWgJyop2d/776Q"
    "ZJiXeT1A2S8ZLIFJqkugF099cX/KczEQ5z5eOzCeXuz8znQ27TgAvv7Zi6LvNGrPOa/Kfj"
    "0Ql+qDG6Szp0Ol2NxQsBHbiKnCGddZcgtOyYUo2kAxn41A5g8JC6ksElh0nb51McjLfoEc"
    "m/PXL4iAfEhieQYEwDMqeSSOYFJBCEeoQ6js+kJEPhE+ExMp35UyHZG/jDXRAeSDKmckw4"
    "EAXCZ85jfLYjbHg490bbfczM4/+aMSsQIxaMmQ8P++2fcJl7DvsGTIj+nN5aQ85cJ8V97u"
    "AN1HUrWEzVta9fz9+9VyPxJwwsW7izibcaPV0EY2BzPHw2485jpMHvRsxjPg2Yk2C3N3Pd"
    "SFzxpfCN4ULgz9jyVZ3VBYcN6cxFoXX+dzjzbJQVUU/Cf579X/RqiWGWdXF5Y12f3VhWJy"
    "djfIWMPKJLtvBwfnAvQEb958/wviuGqKsdfMDbj72r75+++ItigZDByFdfKnZ1/lSENKAh"
    "qWL6istqkuYZfcO+BcWMXhJkeA2v2obL8YUVm1dLIWZgzKLdMvXm7O83eOeJlP9y8cLFz7"
    "0rxenPvb8rVk8W0TefLi8+xMMFrOhw/V+8/XR5qti/YjeuLgvXSROWp4gM21uwnX2bclgT"
    "Fg3yfH8HbAv4hJVM9xRlhvlORPo4/nBkojj/fHZ90/v8JSWPd72bM/zmJCWL+Or34S60Es"
    "fyJuSX85uPBP8k/7i8OMvuVctxN//o4DvRWSAsT8wt0DsJnsSX40spMcOtmOdY9A62KGR3"
    "C3mX3MIIXmvB0yBgk2kAcpx5BSI/90p21hxdRs48vLoNyT7Zklg7yoh9dPLDs5fPXj198e"
    "wVDFFvubzyskLy5xc3ma1zQr9ZEZtkA85myXbH2OcHwtjQMWBOi00qQ7qBzSmybbe8N3V+"
    "GTMPnAsWehnoYMxkgUNy/BuW7TMURgvZpymPUC+BCqbOJfiU0bQ8ELFHK6hS6rOp01LqaU"
    "ojdV2kXrDYo7dfST0CSpp4fAmS3fl7nSRUtQcUYyue3y1bWEVIUjnvVxStWL8jTXoDSjQQ"
    "t6BO4X2JGCqtihjBG+IhOsc94ou5jL/xmcuoZGTAhsJnG1C425AV2AJ+obDKYb8EyRrY34"
    "5kdoGCmY+Zz9I2EJW3zFG46mCxhFmpC6O7MJzbYzKhCxAdSHYgnMV3cn353YMYIig7vC0E"
    "DJHjeQm9h1nFR95PbKHkdA7vQT27aAOLQPWv0W0etGRWV1c/1afzJRienN7AQmAcCxQT3/"
    "au3/benXWUoAbUvp1T37FSEsNvxInIXFmOzX81OZlkr1CPjhST8VfgO0fCe0+5y5wPM+BG"
    "NKcyIZP0gG5VlGSohlqjxNh7wyIfxRw2tgA2PykmDDlPQnqHzH3hjXD3QzkOOQyCURPuzQ"
    "ImydAXE9KHqemHtlSfCA/3S9wqiaQLCUIV+fDI9h+34TAJKjdYivWCJC0tivvDIy3W4Scx"
    "Zz4Zs2/k4+fe20fXH3snz1+gDpvHAamI8d1wnboc41PUc9Sf1FY4jlbarTzyghN/5rMmoE"
    "qSZHeAyjat/g1jKqu11tTBSlMeoYN1uA5V6EfnTJL9qL6P3HGY1wt3miLVlx5QqfrGaqgV"
    "bVt1UwK8eJ8Lo/QwcYfD7yRxuQzgX0bvGBGzoKt2xTnibTyIrRSYr0Vw26buaYL9u1itaw"
    "T7ffABQ9e+rjO8ojBx5xYebbzCG6ujFOERaqMDhfvqgLxqQ2yTaZCgO5yIznv0cZRKEKET"
    "NBf+Ldjw6tdI0BMPMbgjJlP01K3BonF0J016OPPgqxdwN5wIyoTgkkxhanB0kjF/kEyZD5"
    "oEPd7QoNgAiHVwEwMXBfxWC/6xC+IB9+8PKeLDmRzLsG+0OQzYiHpv8IrPcKZ4Anx7sCbB"
    "QseL3gOcGqELYP1RaJ/9eH15UbZfpMiyU4LbAfmvMuO3FjRamcWDGXcD7snH+NimljHMkQ"
    "jh8dlE3MGuIQU8zu8i8noLb7D+nEAuVlt4WWMuI2e8gTYxi50AcjvwV9by6+8LS1x67EbA"
    "P5sNSmjJ+g3HEtYCSa6E4lMOG1HXu1WQiA8jagIhasNY2hWIRjjizTJ8IwkF3ULJkH/DvY"
    "QFXQJbE0OMT8VyyISPfBXpzsMhG72zAUU02GS6FaAIyrR+CCUerW8QRVswJPmahfwuntcZ"
    "MoNDtSk7MemGDwSJamBOZYzYpepNT4/TiPb9T1fMpSWrMGE/xTr+wKZBmRX15zaDSddMyv"
    "A9c6ZS/FWltSTDQTUNJrCDwbkawvwah6ljj8lVIkVMuGjN+HcYgMeAj4f+14S7CxX1gb+m"
    "YPcURNc3eV9jLGluLCn5VhQwFplMaRp9DadE9sn1x96jKPMkzJ5Mzu71wSlT4qiNtaWRSq"
    "9Z4ngHk7CNJZemPBjw+EFK2djrD8VeT61tEbSUepryYNb2KjAkZ7YNxqzwVQhgQp1N1Cho"
    "JP5aq37JBKt51UoRre71K1i5MoPb+lEufX4iwHf8biMFotswuUI3pmH0J0Wkfc3KTtwNHa"
    "NpR8HO0LNuyNAU0QYnqK5Y96GUQmk6RdePO+a31A0wNcLP3i/vd5Db6b3MTWmT9UvEsltH"
    "XhANI+oJGPMAt4t72Z/aK1PshzcgF18/faoMqxeYfuUAfMz5+2H49kzXdNb/2Q5XjxZ/Ob"
    "q+2h3uxdgttdJ43eQExMQlbFiPuKdgbuq6aRRRhmmSNrxXWCfIg8ekpyZBPMCmvh82VuRw"
    "A0n6kjv9Yvh9e48yiLwGNki3Kn3BQEUPECpiwNE2Mk/SHQxM9CAhYOxC2LxeK02lMQCkba"
    "qMclfArCgyfsv5nqbSmO+dXtTUmQYKb3OpDJbmg/BXloMyGcbUAwNrM1U82xCWxwIsKWgi"
    "qQSJzmI6/3L3jPz15BnKBD6/IH/F4vgoHi3RlJuISVE6hh6Ccdgdt5t3Os6Q6SygG9Xww4"
    "fVE750mM0STq6ofzpWt0jGvNek/06NeezwEZNB3ojXQ2iqmATMA3QSGhuTGdrDMScTJYy9"
    "rzcfYdj19fnlhQWMtN71fr0mTZqKHLHJabB5gyXvG29box9WAmtLZE22z3U9TpBtW5mual"
    "4WAHHxfC3H31DkjVujPCaontkjPKti2bdteTIJ/Fw+mcD/qLLB7HVV3p9NZT7pYFP3NDCa"
    "BttvtwJGG8KzLPVHA3M1RWQKU9pkrZYfP1OUSrzhw2d0iDHtjNVTKiU4J05jpyxHaGa6Kc"
    "EyOH0tp4negcLxrZnf6IytNJXGKIi2q8102j+21VYQNMl12k+euNguPFZ0g4OJk3WuWUCE"
    "Z8N9PIb1diABWnTg4/FHz1zqjWZ01MiaT9JovOd2+tzpY1igz7x+F7M1MCQQNqv4ThLwpI"
    "mk3FGRnTcEJzSe2emCQ6pvHGcgRIDPn05bLdsC8sNZtKoG4vTy8ub65qr3xeq9+3x+Yf0P"
    "CYS4TXa1JiAboQppMZDw8Fb0zFtuy63apxXRH452TwQpcE44qnk8h7efYaea+JctYSk1Y1"
    "6H8YyvFz+fXZ2/Pz97p8IZDzOQ0aotwr0HOLdHj6vPlNZjY9LlUIx0jdSOwXvdrPcmTErl"
    "rK7NrNqp9AfJMtMCpebUonegQf8Qg3UnFd7nRzE4bj6h5toEo76I7XXw3DenwGp3Y/UKt5"
    "xhVtOaPOutbvkuuuOxcg9WopXg4JqMgwWZ4N2x8ux2YVubsSN+WthHbkoIf0Q9/u9NTK7L"
    "xK20sXI3yy1PBOCdr8mnC3WTI+UQ+zYV/rr7+xcFdlH3TN3smJZeoxyc7Dkj5UytXzuYO7"
    "7oCOfgWLgFOTXNeRVx6WN0uyPhVIvMrrJ+z0lnqDrDy2rQ+LlHcHCYY01XJ1eNaR5ouG9s"
    "QVrWb8tUTKTs/NOkaemUpmWyKEoZfmSIbboxlssapp4nSEzquemyYzL592xWdNfpCuNHNs"
    "SaLD0yXDbL0sSWp9Nh4QjyFtiGEfZbbhbGGHMdgxDGhun53MGUfEqkOxupEJVkzGEOnrgt"
    "l+dEB+xbgKWUlOBqVsOwaYZAE7DQhtz07c1x3zpmD1Z0veZB0QZUnkq0JDCp0q2KAqauWC"
    "BqHzKuAeMLSI0IWojgjktqySm8hPDlmE8L4BIB6oZ6xWIoIs/IYQD02xLE8spuJXF6efkp"
    "JYnT8yyrv34+Pbv6/gclFhjEQw2dP8jenJWzt6nvs3/NuM9UGLLxeYyFxHqcyojP2wfas5"
    "VjF10RRYybCihHuHvh7GetbEUMoboFT66pGHKERgxriMGgoqWiOGJU1NQ4HZvUCxLhc8FL"
    "lw+ZvYDnWjKgwawgkl5R4VJAuzsbsfPl6+mn8+uPZ+/2YIVsp6R6NgANNW61BrO0B1Owsh"
    "Fp6L3o8nuttEFSMxdTOkO5tZB42T2M5HWTfKtqEcz4NUnRdVN9TaJqCb+2GYpZzq+iluiJ"
    "uXdPrk66BqBmfCbKwYlPVb9lbCqJUOVs3FeOXknkpSZhZSoP3MZk8phMngPZGw7Ue6njs2"
    "K5QpMQ5mq8wbLbNrM2mT4m0+dQMn3+CA2QNTl6XCZ0lqGrPVGnNJ/3LCpTLLAtl99V2pZD"
    "lqyYrGNW4uA36tiaJbKF+TnKYFQJOGg+ft+Pm2YAZwNsmb4c/PhT/Ola4WH9vxTZoFt6ik"
    "kC0lF3miQgTUwX9s1m/rTRIRwJEsPyNi0qgTUj4Rccv1jO8ySNYXoLpoO7NC469q+iO+SS"
    "wjC8BcP5BAyYph05U0QaN4fTlusPMlSGngtmi8eBH2VKvg6P8Fle29g5PhpBQbViagYBLB"
    "XzESOAJmvl2KRuslYOSxWbXIZNSUfvRahBLsOx9S3benC+DEFNcbNWeL4xkNouQN+AsjJC"
    "j/cxIXoToj+QHeJATbU6BjrerlGMPkFgACkTpN/HLmaC9LsM0k8jO2RNliajwkfK1sTWqF"
    "Osvqg/boHRWdJGt7Jlh1XazreOHTrkcbO2AXOFN5IkEKpv2+qmbxR8OlgETBLqMzxrEy+I"
    "wR/MDsLDOMkMZoVP+uE165Yt8idub/1hhdYuTecsgxNt38rZxJJjevL8hbF/9bJ/4+nbuA"
    "tFjtDYRS3sIlyfzY9kTRIZtrfJAgjzlxpP+iydYf4azMejYIKCU1pP+ejcu0cAK9qMCLhO"
    "bfA7p6hV655GNMIXefS3k5OnT1+ePHn64tXzZy9fPn/15BWMVW+d/+plVaeW8w/YcyUljn"
    "wTlpVKr+8Mp2lM2l3zFZCxiZrsQHlSswm1VbwNE2SSNIbprdoO3XE2bxEezRHuMjZ6dvHu"
    "/OLDHsz6bcrAZ7Swnc29MlgRmhSxttxnjjVolIGaITOcX4PzzSM9GVIT/9ct/m8y7mqJ+Y"
    "gDeibj7tikXifjDkFrZRQ2AnHSVDu0JB1mu3hW/bGYkoqRzQ3JDJnGxkznl/EiEx3xRLA8"
    "ivoNUacHCz88KXhC7TH3auM9+5CWtBR+0O4A+gJ6YwrpszvmlWIyTNksmpanNCkYJqNlhx"
    "ktmSDymlkYR9tJq5vJxciv2/szXUzy0EaSh/aT5ZKZ2cVn0GTmfu3clpopLZdgBIVp0d/J"
    "ZGKJMorQQsKjZbI2UX0q0/RsD/7CGhklzdH9fcD6R4RsgkvSyP+Nx2vseGnLa4MuloriQH"
    "Emgy4+RKnXQRdNH0dTIqIZ402JiEYlIqaP4zb7OOZT1Ncs1i6p9DgSxmdm5sz32MJid+uz"
    "7cfwXmd3R8av7aIyCZ4VYjJpntavNspLth4+IwM2VY08U6U/XUKlim/Z1HM4WqEEzTlJeE"
    "EdfPvbbLgLqIFsDGRz4LbucfZZ7Zx5I+yT0w3PA4dNwGVURvWHtx6eH+4JcssWuobIj/9E"
    "2k5Pkr6aTP03ZM6DMZmjcKSYsIFwFgRf2tFUOgZ7KxXFgaIwdbA3MG2E37hQL01lkO4WPX"
    "sVB8vwryqur4GB7Sitq0fQ0Sfc6SpL1plwFYR0HJi2koDuGnGwr0kAP1TTvRBfrbxor8SG"
    "SNDoLJ1fxtweK+aDA0G4fANWA/geaFOg/yHRAWHUdzmIMDIxdDUolDq18Kc0ElSKSmdR3Y"
    "xVRiTDNRNmdGL7iH5iVL8LFgZTLSV8daQERQNQU3GZhDmT4aUZTtVtmeG1n3Skc4d54F0s"
    "qjru5MZ0qwAwHo1ep8/O1Bd3mL4Nm1N0txo9b6q76bS/ZWE60+3CtkCLSdMzR5edq1sBl5"
    "meOaZ0/6Ex3bSs2LsIJiygak/6o7Dg6sfry4tiAeQIswgYBw31X9XEeFtiSGz7gxl3A+7J"
    "x/jYfez8yKhq4WTlkFEReIOscOKasBboZIbU1FTpkxOWhyMNCF0q5iMGoU2h8d5LV02hsS"
    "k0NkpRT6WYgC8a4qZ5SoObVuOmGahoTdz0p4V9vbrZYfL3Xsw0P8l0wkxBBG9dyiedAqx0"
    "+V23CiPF32fjsNrYaNTRykedcqvOsaGRsgmh5cfkCrN1plQdfIMn3DDPIbaYeQHm+sEjGH"
    "6Ca6iqfDZ1qc0c0F5KiXkYulMvVASi7vTZJvVQg92sW4Gl7iXNYFfJVhgejaf7d3KVdAA2"
    "HM7VIYdnEeQEhrTViakBHQ41DpDGP6aJtJI02ktLCUNFeOAHuIyOZmCOS8Zeh4kiKkFEyU"
    "+lzdk4WmXRofD0FZvaD9uBFilKA1roYpbXAS3YtymHu7WQepryCKV+IFI+aOdL147uTV2v"
    "Jl5BTTft0mM3Av7ZiZOmgxy246Kt63bFTC12vBIsr3a9ovduUI1Fg4BNpoGqpIpPFA0EGb"
    "Al4ldcflWTzjg9GuwjVU6PqbfasQGM6Vrcaea3JGl2GLuBDWtG3WOJ3MjZYMKDdgHTLO3B"
    "xAA6P6nToXkgwcX3ZUDuqDvLJxQev2lqTjswpx0cliwObYWZdJRSMR8xsmP6kR2b1AsWe6"
    "6rS2yQWj4btjFkYzqjT9s7EFbrJNzyO5hs3GpxtcvGLUbeSg8WTVDs7kTRHxr6FR98jIyr"
    "gBOj9pjYY+qNVsHDEIfC6BS6HsuCqWbnj5788Ozls1dPXzxbHju6vFJ12mj+ZNH8hEeVIj"
    "ewcNL3OdzlE1U6q15OsRDjX0vmPtbVBiqCPGQ+82ymkh6U4GNWYMyRuFRuoEx9K+vQ9HQ0"
    "PR33HVpYo3P/xnsQFtW+Hgnb07Cfgqs30n8QIzHqbg+7A2EmmaOcp3FssRZnl8mFB2n9F7"
    "O0YQwwMbdK4oDp2XdPLDA78etkY67MuJA8jO+lciKz6r0+lQkGaqDEuxXBwKEvJi2OxM6Q"
    "Gae+RXce0YLvKSITjG3dWaxp74QNdHQzjD/alm7a8rx51eJBFCxqy28TECsVxYGGRuoExH"
    "TNgdV38ZkCRN2zW3dWgHjpj6jH/116gmTq+26VBywSI+t6vxivWFEpiBtBb2qHFX+qFkfM"
    "PUynwkagqkt19HfcWRJGxMPnVBKYQbIog3a7jzJ+tgbbVrfCz1b/N7DD4vHG1WhhhsFCa+"
    "zhJWkM09vYvrgv+QtgqdOI8Vk6w3zjeBjHw2TiPUip18nEA6OQ+VaL5IYc4Rpm3OEAPe19"
    "zRW/NuBq1sxz0JOv9/qYuamVcjHhLcjF10+fNuZjZjtflnVybx6WTrqbP2fufRyiaxqmLu"
    "XIPc56lnv1HHcrKdCaXrxqncHmTAZE9W2LzghM3jbsYeeLucpgy3vn7W5hvG4NNvBuhddt"
    "Sl137IeE4SPlyzXPtS0k1iPBFp93NPnpPhtxfL7ab73ZZNC0pVIhuVkvLdaLy0bUtZqCg2"
    "kqw/hWpeHTqfBhbY+s8JAUPJus+ZZ1z23M5rXxzQvrDdZo71tAbtAPXdCPOpiXQTofotQN"
    "0nlsUq+FdPqjphDnksI0k9tUMzngaV4EDZvIZbM4DlEC94Ogy8m37fZxvZnDg9KykcS33S"
    "rcjeK4RtUiqg2cneiTjU2wBew9WEbqY4tapk41dgiWh2B3bU8QgdgYUU/tEinCPBYPrgLP"
    "ScgmiakwBf26t/y8373fvZ6C9FRVMyV9mMeTaZ+MWBB2UOpLBhMQpnZfPaU/oXY/zMZRhw"
    "MTyairXoFMxER1Bh8GLKyAtsVkwoPHBH+Dur3HuHozLn/3sH6CDNhQ+Cw6nBYTeiiW1XBT"
    "OaPNDtqtwBZhOC+JOvBRaaV/kur+Uv+IcbveGRUcLnwsBBdDAi4k8/GbbnQy+WBBvkS8al"
    "bd/7eTk6dPX548efri1fNnL18+f/VkWeaf/6qq3v/0/AOW/KfsknwPAGHbM99vZTVmSI3Z"
    "qIvZWMdZMCU+psTnIfG8UAlVcrxYAZlJXrOpqAJ6m+4vWTrD/DWY32yPSVMZxrcK7MLPlk"
    "0Zn6Yy23tzvjssoNxtHJfKkOkRh2rVpQpdkbDZPHXJlPrBG4Jd6BeRp009VQYz8zfQ4Xgr"
    "8aoYQGjmJiapWnWEyy6brbiJX/DwM/APVSGTgi662FXupEuekt9nJ09OXijkQ8wCMqJTvZ"
    "3FW7ZouLmtKDTe2NT6UUCf6tamsLAJdcLebp97bzU9M2pC7SaiiIbrLIdLBCxVQz0xXxb/"
    "gQDi1nt4OQQENRVJpFIcPmKyAE8pF06OUGcx/YILJBaNLbAxJ0oooU/1Fo+kboFwTrlH/U"
    "WleGLCjHDUccj6iOcD5uBuXvOfRsp8KREQyOn5Re/q12KRnBYo/9Nfb856WeWP4YRGnkpM"
    "oPMa6YX7VmpDc0EwXaLCGnF4BCMacx/P0PCwoNlTloLqIQsLymcuo5JJ/fa8taKmGw7xfW"
    "Q0HdrJfdm9P8A3jsfVSqTH424jlaQsutdx2ntx0nz18A0HsUrN5UIzrGXr5L2GmjfTBrk8"
    "aKWKbZu5IkuS3XWmbrEnqehw0hPR2tnYoXm7KwHcpM1ZzLOMPufj+npYTDv3+B46hojJEo"
    "2MoWi8zsxOGkPRKfGgEWHBrlJPcDmgDiY29TwR4IGJksF/YCZgKH0MBJquEJN1Wa43DjN8"
    "XpZ1qZPR+xNblNq8+F0NkxeLMOqZvL0VLDYGf0Xykccc5aV0cXHi2g2BC5UJE2DGl+2zID"
    "Rz8Q276lN4tahR8qZvv2GTGnffiKn3W9Qtd96tYM/nwCz8YWj09b6+O7+xfjr79VqrjbTc"
    "DG8Boq2Hnu1WG848J8IGYPanFWE4kxOqcDRjUsKaUNAB38BRIlvRhOokTexv0EYZ5oiNPt"
    "RFH5alk2miD7F/xcgHs9K5ofK2SCtmRlTqxsFyrBXA4AY531PObNXsfy7828ekR/yZ52E6"
    "Nd6HzMdCMtJ3hSqqAxuYu32l7qZULW0uYdwt8wgdFTnm23mCyZ/ehZ+4Rv70Lfy+Rs53NF"
    "5n/aet6z2lC1dQp/nxZxm6w00k0bagGTuONEskjAl2eC78nHIsct8Dz7eTNBsEmERU0Bmm"
    "FAZPkuwOCX+yLXNtw8ctTug3qwVTs2S7Y+zzA2EsmEFtTlFfUhlXQ3dXI9XcImHgNpV5ln"
    "YDkj+g3FuNBF2AsRZIGvuQMN8XjVovpak0zhHRVvOb9iEPcV8dco/LcUvwLkVqdlXddlVN"
    "oLoLEXCbdQoguuibbhU056kxDRC5CeUuCYSKDoXlEY+Jyl3lclUuweM2BUPhjwQm4i2T8x"
    "A8c9mwIGS18bsXIHG/LU+PjlEdm8KVzj8NRHcYEF1RyNAAdOvYJWr+1+b1crjOzA6T6cew"
    "68HrYJMUiUnb3HkdH2+EsL1wVQIp7jRhh5ZgDjuhpmFAUEWweho1FE6QaGyvg6iwCQ1s3S"
    "PBZOK8KRARBmoTJ1V9J/FYKhL9Lk0F5VJvNANF3cy5WtHoLKo+d/pE+KTPvH4XlS+hkVKO"
    "4mTxD4mFdwvmkq5lK1Pqw6cAXr9FbCJHasITGw9PGIe5VBTGYTYOs75irgVDillgi2bNxx"
    "MkWmtJybwA9COox/l4EdejgTrUVBG2OM/JnORU9yQnc4ZTjfalZac37fmA4F/YYCzE7Tvm"
    "8jvmF6aGZ4d0q6C2eTgYfyCO5k1Qt4hmoXxZjmmsoMnCzqQwdxbKGMfOpK/BJMfEbzTAVa"
    "fSoc9YlJxGToUDDwVHK2wLCq4V92OUrRCN28lTTb6cBltYtwKM4w6bTEXAPHuB9Q31saIC"
    "Qn3z+rUF6BCwyvO8qrFCTNGyo8IuCzdBDxD1XiHoM0csKKxV0be3ArLXkmN68vxFE/M1Q6"
    "YzfqrtWlAtw1u4hkm6w8EDEBuNolohkv1awaFRaizCoVGz4F7QJWBthL2VolIv9ZvW9zgO"
    "za8Mf32LKZIiNNiBzjL2mc3ALm0j5Qzp4ewFBhsknduFbUkmJR7/18z0z1Nqj1t0LgT6VK"
    "+j4kX17mQCThdiYMSF1/MVxqQcrvU3+nv9g8OqGzgim8eUDGw4s91kwO5pIk+nLm+ltdOU"
    "xjjTzTjTJBOyF+aJfBQZmLDg625lK49woDUW+NRuHYz2l/FC9d9RRRBhFgv14sSVOB0Cu0"
    "YyJwJQp9inKgRDsZVd1MJHEngW+Kp5PHYrTzDYq+bYa3gyeRM9taIw1lYLJTXG57Qqg0pT"
    "HqFneehaau8HBu0ONhREUu4QKTAyh+FVwh3lLaIzOeTwrLCFUdQzERy04RC9TU1TFEwqWK"
    "kojhju2VtiysHEG3dzDG9xDkvDc3hrZrBoyfoNJ7Cs5eOchZ3nrxDHngadAjcnM6LS04n6"
    "2Ft+OLhu60LXXeboY7EVqpGoKT4olsglKWhJWJvMuCUa7B5Vbkl8rtmYynEjJDhDp7UZ9f"
    "Fz7+2j64+9k+cvYkNpVYnCnajZIDrh8Sk3mppP0WFoLQNmadojNKEOxGSq5deEm2mbDIkk"
    "oRGy1kJWe1DzsqUM2eGWLIXlnZhV77OJuMMKz8GCYBWwRkfxaYKJf4mK5s++TYVfaC9mRl"
    "Tai3EJvsXU4AYJzP84/6KabEb23y2bBoQO8IA+WpmCXJPOWIy6W4wHkDTQ+XJ19qV3dX7x"
    "YQ+8NZafAc82CJ7hL1u0kvqKzgTadbYCQQVzuF0bWz9FeTBS7rzHTv0BRr6FF0UyXNVrYC"
    "S8h5nr/G9mLas6svUhFWc8p+g2csrzvjfyvRympk+AQt9t9VBKZzVl6aHWzn7GV2YeiuZq"
    "5nUK3M7MiG6V2zlZjbX8mdfA7YTRj0k/0Rmir5Ko+nJm24w5zIG/fRafFkti/7FL0N0MJC"
    "ZOFfulm7qxcVw12IW6FY6rOS1ilwc1BtRv562mKY2vqosha3r+GI91FTWOdGOBuyKEy6hX"
    "FjVO0GWL2oHwqKR6enn5KSXQ0/Psxvn18+nZ1fc/KEnCIB6U+CcOCyh3G8eJMmSHGyfahD"
    "iOLR70VqAlHfzMfBkyKWeYZ0ZUGuZ2ONa6Cwc3MMyjhIoJ9W+j3g/2mHojFjaJ+UMMpLKn"
    "kZP5Vp/t7mBMbc1N7bvVlKsPZiWIdlfq2AK8vILJKCZd4rF5OEMZtcfKP6wLXe4O5NJkr0"
    "LopmKjSn5duUspjGTTW1Qcfo66EuPJym+y/XDxYtQRKyR1VIN6rwiu3tEjzSao+SZ47KAy"
    "9jUYhiBu2N8A0TB7zOxbrFB0HYIn/qnOclJMGDZN2mlzA6ODjA5K6qBIwVyBAOfULVJDmR"
    "GVmiiaKJYfDq5dXEwx3QlGeZKG21ucRy8D7rpETPEIFPykbrw8DcUWkwksrzfxsQeqR5TS"
    "DZIxMI9RWxRVGm/7cUYJaa6EErIv1EVVm2GeVuc9UfMQM9h5sGXkBdDzfVrS/XFFkuF7Tc"
    "hmR8kcX5iYuuwNufj66ZNS9/f4/I2nP07z3/6pjybpMZ/b4yINEn1TqTnoasx9+qJ8Sm94"
    "3y3dAuou+2iqaVv/t5nOQy0Aj7dj6jc1NQ8zwqhOYnaZNwpwaZw8f17B0Bh5hVFZ5DX66i"
    "T8Ltd3qAmHo+FHyN0fnjypwV0YVcpd9V2mNj+EgJsEGBIkuw8u7CeqcxxhhD//H5BBaCI="
)
