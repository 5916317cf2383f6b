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
            ids JSONB := jsonb_object(old_ids, new_ids);
        BEGIN
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


MODELS_STATE = (
    "eJztXVlz20iS/isVfOneDdrjls+xNzaCsmVbY1tySHL39HRPgEWgSFYLRHFQoGTObP/3zS"
    "wAJG4B4KECVS86wEoAzKwj88vrP72ZcJgrH5/MKHd/Zj4fc5sGXHhvp9R1mTdhvdfkPz2P"
    "zvCPGqP7pEfn8/VYvBDQkavIGdJZNwlCy44p1Ug6koFP7QAGj6krGVxymLR9PsfBeIsBkf"
    "z7I4dPeEBseAIJpjQgt1QSybyABIJQj1DH8ZmUZCx8IjxG5gt/LiR7A/+4S8IDSaZUTgkH"
    "okD4zHmMz3aEDQ/n3mS3j1l4/F8LZgViwoIp8+Fhv/0TLnPPYd+BCdG/82trzJnrpLjPHb"
    "yBum4Fy7m69u3b6bv3aiR+hZFlC3cx89aj58tgCmyOhy8W3HmMNPjZhHnMpwFzEuz2Fq4b"
    "iSu+FL4xXAj8BVu9qrO+4LAxXbgotN7/jBeejbIi6kn449n/Rq+WGGZZZ+dX1uXJlWX1cj"
    "LGV8jII7pkCw/nB/cCZNR//gzvu2aIutrDB7z9OLj48emL/1IsEDKY+OpDxa7en4qQBjQk"
    "VUxfc1lN0jyjr9j3oJjRK4IMr+FV23A5vrBm83opxAyMWbRfpl6d/P0K7zyT8l8uXjj7eX"
    "ChOP1l8HfF6tky+uTz+dmHeLiAFR2u/7O3n8+PFfvX7MbVZeE6acLyFJFhewu2s+9zDmvC"
    "okGe7++AbQGfsZLpnqLMMN+JSB/HfxyYKE6/nFxeDb58Tcnj3eDqBD85SskivvpjuAutxb"
    "G6Cfnl9OojwX/JP87PTrJ71Wrc1T96+E50EQjLE7cWnDsJnsSX40spMcOtmOdY9Aa2KGR3"
    "C3mX3MIIXmvB0yBgs3kAclx4BSI/9Up21hxdRs48vLoLyT7ZkVh7Sol9dPTTs5fPXj198e"
    "wVDFFvubryskLyp2dXma1zRr9bEZtkA85myfbH2OcdYWxoGDCnxSaVId3C5hTptjvem3q/"
    "TJkHxgULrQw0MBaywCA5/A3L9hkKo4Xs05QHeC7BEUydc7Apo2nZEbFHK6hS6ou501LqaU"
    "ojdV2kXrDYo7dfSz0CSppYfAmS/dl7vSRUdQ8oxk4sv2u2tIqQpHLerylasX5PJ+kVHKKB"
    "uIbjFN6XiLE6VREjeEM8ROe4R3xxK+NPfOYyKhkZsbHw2RYO3F3ICnQBv1BY5bBfgmQD7G"
    "9PMjtDwdxOmc/SOhCV18xRuOpouYJZqQuj+zCc21Myo0sQHUh2JJzlD3Jz+d2BGCIoO74u"
    "BAyR43kJvYdZxSfeJ7ZUcjqF96CeXbSBRaD6t+g2D1oy66vrr+rT2xUYnpzewEJgHAsUE9"
    "8OLt8O3p30lKBG1L6+pb5jpSSGn4gjkbmyGpv/aHY0y16hHp0oJuO3wHeOhPeecpc5HxbA"
    "jWhOZVwm6QH9Ki/JWA21Jomxd7pFPopb2NgC2PykmDHkPAnpHXLrC2+Cux/KccxhEIyacW"
    "8RMEnGvpiRIUxNP9SlhkR4uF/iVkkkXUoQqsi7R3b/uC27SfBwg6VYz0nSUqO42z3SYh1+"
    "FrfMJ1P2nXz8Mnj76PLj4Oj5CzzDbmOHVMT4frhOXY7+Keo56l9qKxxHq9Ot3POCE3/hsy"
    "agSpJkf4DKLrX+LWMq67XW1MBKUx6ggdVdgyq0o3Mqyf0cfR+54zBvEO40RUdfekDl0TdV"
    "Q61o26obEuDF+1zopYeJOx7/IInLZQA/Gb1hRCyCvtoVbxFv40GspcB8LYLbtnVP4+zfx2"
    "rdwNnvgw0YmvZ1jeE1hfE7t7Bo4xXe+DhKER7gadRRuK8OyKs2xDaRBgm67nh03qONo44E"
    "ERpBt8K/Bh1efRsJ58RDdO6I2RwtdWu0bOzdSZN2Zx588wLuhhNBqRBckjlMDY5GMsYPkj"
    "nz4SRBizdUKLYAYnVuYuCigO9qwQ+7wB9w9/6QIu7O5Fi5faPNYcQm1HuDV3yGM8UTYNuD"
    "NgkaOl70HuDUCE0A649C/exvl+dnZftFiiw7JbgdkP9TavzOnEZrtXi04G7APfkYH9tUM4"
    "Y5EiE8PpuJG9g1pIDH+X1EXq/hDTafE8jFag0vq8xl5Iw30MZnsRdAbg/2ykZ2/V1uiXOP"
    "XQn4sV2nhJas37IvYSOQ5EIoPuWwEXW9XwWJ+DCiJhCiNoyVXoFohCPerNw3klA4WygZ8+"
    "+4l7CgT2BrYojxKV8OmfGJrzzdeThkq3c2oIgGm0y/AhRBmdZ3ocSj9XWiaAuGJF+zkN/F"
    "8zpDZnCoNmknJtzwgSBRDdSpjBK7OnrT0+M4on3/6YK5tGQVJvSn+Izv2DQo06L+3KUz6Z"
    "JJGb5nTlWKP6rUlmQ4qKbCBHowGFdjmF/TMHTsMblIhIgJF7UZ/wYd8Ojw8dD+mnF3qbw+"
    "8N8c9J4C7/o272uUJc2VJSXfigTGIpUpTaOv4pSIPrn8OHgURZ6E0ZPJ2b05OGVSHLXRtj"
    "Q60mumON7AJGyjyaUpOwMeP0gpG339oejrqbUtgpZST1N2Zm2vHUNyYdugzApfuQBm1NlG"
    "joJG4q+16ldMsJpnrRTR6p6/gpkrC7itH8XS5ycCfMZvtpIguguVKzRjGnp/UkTa56zsxd"
    "zQ0Zt2EOwMLeuGDE0RbXGC6op1dyUVStMpurnfMb+lboGpEX72fnW/Tm6ndzI3dZpsniKW"
    "3TrygmjoUU/AmB3cLu5kf2qvTLEf3oCcffv8udKtXqD6lQPwMefvhuHbM13TWf9nO1w9Wv"
    "zl6Pp6d7gTY7fUSuN1gxMQE5ewYT3inoK5qeumUUQZhkna8F5hniAPHpOBmgTxAJv6flhY"
    "kcMNJBlK7gyL4ffdPcog8hroIP2q8AUDFT1AqIgBR9vIPEnXGZjoQULAWIWweb5WmkpjAE"
    "jbUBllroBaUaT8lvM9TaUx33uDqKgzDRTe5lIZrNQH4a81B6UyTKkHCtZ2snh2ISyPBZhS"
    "0ERSCRKdxXT69eYZ+cvRM5QJ/P2C/AWT4yN/tERVbiZmReEYegjGYTfcbl7pOEOms4CuVM"
    "EPH1ZP+NJhNEs4uaL66ZjdIhnzXpPhOzXmscMnTAZ5JV4PoalkElAP0EhorExmaLujTiZS"
    "GAffrj7CsMvL0/MzCxhpvRv8ekmaFBU5YJXTYPMGS75vvG2DelgJrC0RNdk+1vUwQbZdRb"
    "qqeVkAxMXztRx/Q5E3Lo3ymODxzB5hr4pV3bZVZxL4unw2g994ZIPa66q4P5vKfNDBtu5p"
    "YDQNtt9+BYw2hmdZ6p8G6mqKyCSmtIlaLW8/UxRKvOXmMzr4mPbG6jmVEowTp7FRliM0M9"
    "2kYBmcvpbRRG/gwPGthd+ox1aaSmMURNvVZirtH9pqK3Ca5CrtJzsutnOPFd2gM36y3iUL"
    "iPBsuI/HMN8OJECLGj4evvfMpd5kQSeNtPkkjcZ7bm/InSG6BYbMG/YxWgNdAmGxih8kAU"
    "uaSMod5dl5Q3BCY89OFwxSff04IyECfP583mrZFpB3Z9GqHIjj8/Ory6uLwVdr8O7L6Zn1"
    "3yQQ4jpZ1ZqAbIRKpEVHwsNb0QtvtS23Kp9WRN+d0z3hpMA54aji8RzefoGVauJvtoKl1I"
    "x5Hfozvp39fHJx+v705J1yZxhHhlzIedv4mSxtd7aZS5z04QxS5Z2JC8oCRvxFZY64h7n4"
    "s+10h9FoRpRuLq0qZdzZ07u9Q6G6zbgek0iXPinp9bxnf45uBl0TJqXCmDdmVu3sik6yzF"
    "TFqTm16A2ch3+I0aaTCu/zNzE6bD7h0bUNRn0Vuyvqet+cAkPOjY9XuOUCA9025Nlgfct3"
    "0R0PlXuwEq0EBzdkHCzIBO8OlWfXS9vajh7xaWkfuCoh/An1+L+3MbnOE7fSRsvdLrc8EX"
    "B7UxXiTN3kQDnEvs+Fv+n+/lVZsdQ9UTc7pKXXKCwr23qmnKn100lzHa0OcA5OhVsQZtWc"
    "VxGXPka3OxBOtQj2KysBnjSGqoP+rAa1wAcEB4dh93TdzGxK80DDXWMLIvV+W0XnImXvny"
    "ZyT6fIPRNYU8rwAwbxcSU2zEZIkJhsBFN4ySR33LNa0d+kUJAf6RAbsvTAcNksSxNbnk79"
    "4xHkLdANI+y3XC2MMeY6CiGMDTM2uINZGpRIdzFRLirJmMMcbMIuV63DA/Y9wOxaSnA1q2"
    "FYR0WgClioQ2779qYDvI4BpRWF0HlQtAGVR5etCEz0fKs8kbkrlojah4xrwPgCUiOCFiK4"
    "4ZJacg4vIXw55fMCuETAcUO9YjEUkWfkMAL6XQlidWW/kjg+P/+cksTxaZbV374cn1z8+J"
    "MSCwzi4Ql9enZl2ifpMvV99q8F95lyQzZu0VlIrEejTnzefaA9O+nE6YrIY9xUQDnC/Qvn"
    "ftbKTsQQHrdgyTUVQ47QiGEDMRhUtFQUB4yKmrS3Q5N6Qfhyznnp8jGzl/BcSwY0WBR40i"
    "uSngpo96cj9r5+O/58evnx5N09aCG7ybJfjOCEmrZag1naziQXbEUaei+6/F4rbZDUwsWQ"
    "zlBubdJJSu5hJK+b5Ftli2DErwmKrhvqawJVS/i1S1fMan4VVclPzL07YnXSOQA1/TNRDE"
    "6cgXbN2FwSoTIcua8MvRLPS03CylAeuI2J5DGRPB3ZGzpqvdSxWTFdoYkLcz3eYNlt65ub"
    "SB8T6dOVSJ8/QgVkQ44elgqdZeh6T9QpzOc9i9IUC3TL1WeVuuWYJTMm66iVOPiNqmuwQr"
    "YwPkcpjCoAB9XHH4dxHRXgbIBV9FeDH3+O/7pUeNjwv4p00B09xQQB6Xh2miAgTVQX9t1m"
    "/rxRX5YEiWF5m6qlwJqJ8As6cpbzPEljmN6C6WAuTYs6QVYUDF1RGIa3YDifgQLTtEhrik"
    "jjeoHacv1BusrQcsFo8djxo1TJ12FXp9W1rbV20ggKquVTMwhgqZgPGAE0USuHJnUTtdKt"
    "o9jEMmxLOnovQg1iGQ6tbtnOnfNlCGqKm7Xc842B1HYO+gaUlR56vI9x0RsXfUd2iI6qan"
    "UUdLxdIx99gsAAUsZJfx+7mHHS79NJP4/0kA1ZmvQKHyhbE1ujTr76ovq4BUpnSRndypId"
    "Vmk53zp66JjHxdpGzBXeRJJAqLpt65u+UfDpaBkwSajPsJUBXhCjP5gdhP1ZyQJmhU+G4T"
    "Xrmi3zTdh3/rBCbZemY5bBiLav5WJmySk9ev7C6L966b/x9G1chSJHaPSiFnoRrs/mXXqT"
    "RIbtbaIAwvilxpM+S2eYvwHzsRVMUNC495hPTr07BLCmzYiA61QGv3eMp2rdBlUTfJFHfz"
    "06evr05dGTpy9ePX/28uXzV09ewVj11vmPXlZVajn9gDVXUuLIF2FZH+n1jeE0jQm7a74C"
    "MjpRkx0oT2o2obYHb8MAmSSNYXqrskM3nN22cI/mCPfpGz05e3d69uEe1PpdysBntLCczZ"
    "0yWBOaELG23GeONWoUgZohM5zfgPPNPT0ZUuP/183/byLuaon5gB16JuLu0KReJ+IOQWul"
    "FDYCcdJUe9QkHWa71GfxG3X+SFWMbK5IZsg0VmZ6v0yXGe+IJ4JVd/I3RHUPFn7YKXhG7S"
    "n3auM99yEtaSn8oNVGWURvVCF9dscCVUjMl9Y1MLIZxJ0g0ntt0iBs2h1OSYJvTrhMrEox"
    "Jm/h4id4sqaLcgyvBu/TvAhzjrC7BZhDSUZuZ+WwpnYg+3gFpSi3vLnupDptMiKgmeM6T2"
    "minUzw2B6DxzLxGhsGPB1s0bp+Juwpv27vDiozcXpbidO7n4CyzMwubveUmfu1w8hqRo+d"
    "g2YTZiD8IJMxXOqIRLUHuzhlT8j6VKa+4D2Y5hsEbzV3pN2HB+2AnAhg/TeCmuLxGttR2v"
    "LaAPmlougopGuA/Ico9TpAvimZarKxNGO8ycbSKBvLlEzdZcnUfDbIhnURSpKqDoTxmZm5"
    "8D22tNjN5mz7W3ivk5sD49duUZkEzwoxmTRP6yf25SVbD5+RAZurmrmpLLs+oTL0VlHP4a"
    "iFElTnJOEFJSfa32bLBXcNZGMgm47ruodZ0rh34k2wJFVfYbgUNgGXURml+l6DlSWJJ8g1"
    "W+oajXL4zZ97A0mGajIN35BbHkzJLQpHihkbCWdJ8KV1DUsw2FupKDqKwtTB3kC1EX7jnN"
    "g0lUG6W5THVhwsw7+quL4BBranKK0BQUOfcKevNFlnxpUT0nFg2koCZ9eEg35NAviimu6F"
    "+Grl+bElOkSCRmfp/DLl9lQxHwwIFTvnoT8YdQq0PyQaIIz6LgcRRiqGrgqFOk4t/CqNBJ"
    "Wi0llUV1MVfMxwzYTB0xggN0yMGvZBw2AqjM5X3VsoKoCaissEzJkIL81wqn7LCK/7CUc6"
    "dZgH1sWyqrhVbky/CgDj0ehNSlrNfXGDmRKwOUV3q1FeqrpwVftbFoYzXS9tC04xacpT6b"
    "Jz9SvgMlOeylTJeGhMN9Vh7l0EMxZQtSc1TcvJEeqRloOPvY+dfye5NnH6ZQt0MkNq0hf1"
    "iQnLw5EGhC4V8wGD0Can/96zxE1Ov8npN4einodiuMZAhMCLxtppIbEeGmr7xHFcyy6VAY"
    "GtmCOsQyRdSsS/b33hTULXOw9UPvmYwzuFWeWaJpKbmg2mZkNnll63azYkkOCGLqg8pXFB"
    "VbugMqj7hi6oT0v7cn2zbvL3TvdTfpLp5H4CEbx1KZ/1CtxOq8/6Ve4m/H42DqvtZorqcP"
    "q4xVyr7ns00ttDL91jcoGBj3Oq2vVhXz7m4RGz8AIMm4ZHMPwLrqHW77O5S204g0ahPeBh"
    "FIR6oSJ/1F6fbaK4NdjN+hVuqXuJ2NpX3CpGmsTT/Qe5jt+CEz087VGHRk6grqb6vAd0PN"
    "Y41iT+Mk2klaTRXlpKGMpZDl/AZXSyYJJIxl6HMXcq1k7JT0Ug2zhaWUUoPH3FpvbDdvhv"
    "itLgv7ogHHXwX/Z9zuFuLaSepjxAqXdEyrVwLF2NL1370DQ1vZpYBTXNtHOPXQn4sRcjTQ"
    "c57MZE29TsiplabHglWF5tekXv3SCxlQYBm80DlZQa90EPBBmxlfOkOJO1Jp0xejTYR6qM"
    "HpO6umcFGCNfudPMbknS7NENDhvWgrr3MJ93wni5GM140C72JEvbGXdq7xPDjB8eSDDxfR"
    "mQG+ou8rHZh6+amh5NpkdTt2TRtRVmIvtKxXzAyI4p7XhoUi9Y7LkCWbFCavls3EaRjenM"
    "edregLBa5zOU30GP2JU2iQ3KZTJj/mTlwLoR3GYS06dVOjxcwa86woI6M3rN5Bt04Q6TM3"
    "KoaUzLDfOLwbvSjuoJiv21Uv+pocQ++OhcVz4rRkFE9pR6a/FFUBY6uNB6WaWvNmu8fvTT"
    "s5fPXj198WzVb311parNer6len7N4KnUPFzsrvt0eAWGdSdUZb1YiPG3xajNgKlLsM6Yzz"
    "ybqbgJJfiYFei2VFGfmq5D2+WYfNp63y2j767MtU0nk8y/2eSILKM3otq+qPjEAzOgvahK"
    "6I2odrUBttX+S8iNEdACzA4nfVtJlJAbSTSXBEMOgjpjNdfSi0j3p64/aWFgRS+qMgKUtr"
    "dSy1FPX+lxoSbvKF0OzCyYInwyUVogx/S8gurI+1Hi126c5sIqpG0lrT3WFovllcyoUl9E"
    "2Vb3JAXTqMI0qrjvIJ8N2hFuvbFCUUGvA2F7evdVgSNbaaqAMVHqbg+7rUImrLqcp3GUXy"
    "3OrtJ8tDjHtsPShtF4iblVEpGXnn13ROVlJ36dvKg1GhqSh5F2qeyk7PFdn8qE5WlwiPdJ"
    "eVje2Bczq3lsXobM2HMtSg6LFnxPEZmwyNbl0hXPGvB9C2XqDeMPtk69tjxvXoqpE1WYtO"
    "W3CU0rFUVHg5TqhKbpmo2m7+IzpUB0zzPbWymQc39CPf5vGpRkpaU+71dZwCIxsq71i2E/"
    "ayoVKYL4NbXD2hsqK17ceuhKwO4mqvVW9H/cLgNGxMNvqSQwg2RRLttuH2XsbA22rX6Fna"
    "1+N9DD4vHG1GihhsFCa2zhJWkM09vovrgv+UtVH7IJ47N0hvnG8DCGh8mJeZBSr5MTA0oh"
    "860WwQ05wg3UuO4APe1tzTW/tmBq1oxz0JOvd9qYuamVMjHhLcjZt8+ft2ZjZtt5lLWna+"
    "6WTpqbP2fufRiia+qmLuXIHcZ6lnv1DHcrKdCaVrwqYsdumQzCytDKF502t8MS0b64VYkg"
    "eeu83S2M1a3BBt6vsLpN0Zk92yGmwUAHsit8NuH4fLXfeovZqGlx00Jys15arBeXTahrNQ"
    "UH01SG8a2KNM3nwoe1PbHCzq/YcL35lnXHbczmtfXN67Bz1NHPI8UM1EngOQFFWbVin1J4"
    "khM2zACtdMTGYH3qlO+C+R4bNJIqIDeQlC6QVB0g0sDPD1HqBn4+NKnXgp/9SVPceUVham"
    "1vq9Y28DQvgoY1trOhNV2UwN3I9Gry7bq69iVjCHqWlddOftyvgkMlDIxzf5sjoHEmrsrH"
    "CdXIMHAIQ44k9iCSU3EL2mQgVgW1G6CjW7p9AXL6WzJXUi5Cawr++6eBVHWCVA89qbp3Jr"
    "D9IDr3sEzUa1UULPQJ2GLhOuSW8kA1KEQ7DaP0Ni8idac4UpUF4oXRQAJpqg4IYZBKJUwW"
    "/1ediPLemb0KoSMYxC71220XzMAzr0W59DWZMSJ0MSLKTMeNNN/tqWmDhcOD0pTrxKeVSh"
    "rFcY0yrVUzEzvR7RFbOQqQLlYy9LHRGnP6KiwcU6uxR6QniEDtiKin9uHACXUtT4SKV6jN"
    "SgwjL+g6uePn/e797g2UUqcKa1IyBHNjNh8S0OjCPgBDyWAZgQUyVE8Zzqg9DBFOOEA5tp"
    "ijrnoFMhMz1d9yHLCwCKctZjMePCb4HdTtPcbVm3H5u4e5xxEGiq8CPzEYXhUD4ibrvBNK"
    "JAznJRE7fFJ6iCap7j5FI8bt24BVxpLwsRYpaCncA90XP+mTCYfNAlu2fo141Qyr/+vR0d"
    "OnL4+ePH3x6vmzly+fv3qyOnPzH1UdvsenH/D8Te38+QNZ2PbC91uBexlSczDrfjCb9HgN"
    "HNImPf5eeF54CFVyvPgAMpO8ZmsshUM03V+ydIb5GzC/2R5TCR0ZxtcLioSvLZsyPk1ltv"
    "fmfHdYQLnbOKYrQ6ZHDFfrViUhakpdMqd+8IZgL9VlZGlTT6WQL/wt9OnbUXH9EEBoZiYm"
    "qbZSN3cnZuJXl9osDOliIXTRx6Cxoz55Sn5fHD05eqGQD7EIyITO9TYWr9my4ea2ptB4Y1"
    "PrRwF9qmGIwsJm1Anbi3wZvN1Cd8tdbHszajcRRTRcZzmcI2CperqI21XhDBBA3P0FL4eA"
    "oKYiiY4Uh0+YLMBTyoWTI9RZTL9Mo/LfKBpboM8LJZQ4T/UWj6RugXCOuUf9ZaV4YsKMcE"
    "bLgEl9xPMBozC2f/IfR4f5SiIgkOPTs8HFr8UiOS44/I9/vToZZA9/dCc0slRiAp3XyCDc"
    "t1IbmguC6RPl1ojdI+jRwKDugHlYDMhTmoIKEYcF5TOXUcmkfnueTi6+j4ymXTu5D/t3O/"
    "im8bhaIVgMjqboSFIa3es48Kk4pKp6+JadWKXqcqEa1jIq4V4jArcTk1DutFKFapqZIisS"
    "nYM+eso7nLREtDY29qje7ksAV2l1VnVPCf/O+/X10Jj2bvE9dAwRgyUaKUPReJ2ZnVSGwq"
    "qGaNvBgl2HnuBywDOY2NTzRAAaD5EMfoGagK50TIzTdIWY5Jjyc6Ob7vOy5BidlN5PbFmq"
    "8+JnNVReTGCup/IO1rDYFOyVsNefslL6uDhVJ2wFXKhImAAjvmyfBaGai2/YV3+FV4uajG"
    "z79ltWqXH3jZh6t0bdcufdCfZ8CszCL4ZK3+Dbu9Mr69PJr5dabaTlangLEG0z9Gy/p+HC"
    "cyJsAGZ/+iAMZ3LiKJwsmJSwJhR0UDv5e98n4Zj7MsDaYG0OwxyxOQ91OQ81j/PG2m8TH9"
    "RK54rK66JTMTOi8mwcrcZaAQxuEPM958xWjbJuhX/9mAyIv/A8lTcH9yG3UyEZGbpC1T4A"
    "HZi7Q3Xczala2lzCuGvmETopMsx38wQTP70PO3GD+Olr+H6NjO9ovM7nn7am95wuXUGdxn"
    "EkWbruBpJsQzS7CRAJgGMNfUTBniMIe5gwikw7kOVAgwCDiAqqKpbC4EkSbfuO31vu44x+"
    "t1owNUu2P8Y+7whjQQ1qYXGsqYypobupkapBllBwm8o8S7sFyXco9lYjQRdgrAWSxnJxzP"
    "dFo7KlaSqNY0S0PflNlbeHuK+OucfltCV4lyI1u6puu6omUN2ZCLjNegUQXfRJvwqa89SY"
    "BojcjHIX61OhdyhMj3hMVOwql+t0CR6XKRgLfyIwEG8VnIfgmcvGBS6rrd+9tE4WfhijOj"
    "aFK6ZOVlcguiKXoQHoNtFL1PyvzevVcJ2ZHQbTT2HXg9fBIikSg7a58zpuDYqwvXBVACnu"
    "NFEpvlvYCTV1A8JRBKunUTOOBInG+jqICovQwNY9EUwmerWCiNBRm+jy+oPElq4k+l6aCs"
    "ql3mQBB3Uz42pNo7OohtwZYgG5IfOGfVXFL64rF/nJ4i8SC+8a1CVd01bm1Ie/Anj9Fr6J"
    "HKlxT2zdPWEM5lJRGIPZGMz6irkWDCkWgS2aNe5JkGh9SkrmBUNVafV2uozz0eA41PQgvL"
    "eaxN1ZXe27oJr+pzWqzJd1Pi0uM783YO0XNpoKcf2OufyG+YWh4dkh/Sqo7TYcjF8QR/Mm"
    "qFtEs1S2LMcwVjjJwsqkMHeWShnHyqSvQSXHwG9UwFWl0rHPWBScRo6FAw8FQyssCwqmFf"
    "djlK0QjdvLU028nAZbWL8CjOMOm81FwDx7ifkN9bGiAkJ94/q1BegQsMrzvKqwQkzRsqLC"
    "PhM34Rwg6r1C0OcWsaAwV0Xf2grIXktO6dHzF03U1wyZzviptmtBlQxvYRom6bqDByA2Gn"
    "m1QiT7tYJDo9BYhEOjYsGDoB+2O1SJLmGql/pOm1scXbMrw2/fphtCktBgBzrL2Gc2A720"
    "jZQzpN3ZCww2SHrXS9uSTGIvmIaARZ5Se9wCWympFkph8qJ6dzIDowsxMOLC6/kKY1IG13"
    "67KHUgb+CAdB6TMrCLfssmAnb/E3k+d3mrUztNaZQz3ZQzTSIhB2GcyEeRgQkLPu5XlvII"
    "B1pTgU/t18Fof5kuVf0dlQQRRrFgU8/wRnE4BFaNZE4EoM6xTlUIhmIpu6iEjyTwLLBV83"
    "jsTp5gsFfNsVdQ5guDU6oq39PimBSjbdU5pKb4nFZpUGnKA7Qsu35K3XvDoP3BhoJIyh0i"
    "BXrm0L1KuKOsRTQmxxyeFZYwimomgoE2HqO1qWmIggkFKxXFAcM9+jTL1tXf2DQupYlafl"
    "cMy7nHrgT82G4Ei5as33IAy0Y2zklYef4Ccex50CswczIjKi2dqI695YeD65YudN1VjD4m"
    "W0UdxUPjIzZJCkoS1iYzZokGu0eVWRL3NZtSOW2EBGfotFajPn4ZvH10+XFw9PxFrCitM1"
    "G4ExUbRCM87nKjqfoUNUNr6TBL0x6gCtURlamWXRNupm0iJJKERshaC1ntQc3TljJk3U1Z"
    "CtM7MareZzNxgxmeoyXBLGCNWvFpgol/jZLmT77PhV+oL2ZGVOqLcQq+xdTgBgHM/zj9qo"
    "psRvrfNZsHhI6wQR+tDEGuSWc0Rt01xg4EDfS+Xpx8HVycnn24B94azc+AZ1sEz/CbLVtJ"
    "fU1nHO06a4FwBHO4XRtdP0XZGSn33mOl/gA938KLPBmuqjUwEd7DjHX+N7NWWR3Z/JCKHs"
    "8puq10eb7vjfxemqnp46DQd1vtSuqspiztau7sF3xl5qFoLhZer8DszIzoV5mds/VYy194"
    "DcxOGP2YDBOVIYYqiGooF7bNmMMc+N9ncbdYEtuPfYLmZiAxcKrYLt3WjY3hqsEu1K8wXE"
    "23iH02agyo385aTVMaW1UXRdbU/DEW69prHJ2NBeaKEC6jXpnXOEGXTWoHwoOS6vH5+eeU"
    "QI9Psxvnty/HJxc//qQkCYN4UGKfOCyg3G3sJ8qQdddPtA1xHJo/6K1ATTr4mfkyZFJOMc"
    "+MqFTM7XCsdRMObqCYRwEVM+pfR7Uf7Cn1JiwsEvOHGEmlTyMn86U+293BqNqaq9o36ylX"
    "H8xKEO0v1bEFeHkBk1HM+sRjt+EMZdSeKvuwLnS5P5BLk70KoZuKjSr5ceUupTCSbW9Rsf"
    "s5qkqMnZXfZOvh4sWoIlZI6qgC9V4RXL2nR5pNUPNN8NBBZaxrMA5B3LC+AaJh9pTZ15ih"
    "6DoEO/6pynJSzBgWTdprcQNzBpkzKHkGRQfMBQjwlrpFx1BmROVJFE0Uyw8H104uphjuBK"
    "M8ScPtLY6jlwF3XSLm2AIF/1I3XnVDscVsBsvrTdz2QNWIUmeDZAzUYzwtijKNd/04cwhp"
    "fgglZF94FlVthnlanfdEzV3MoOfBlpEXwMD3aUn1xzVJhu81IZs9BXN8ZWLusjfk7Nvnz+"
    "q4v8Pmbzz9cZr/9k99TpIB87k9LTpBok8qTw66HnPXeVE+pbe875ZuAXWXfTTVtM3/207l"
    "oRaAx9sp9Zuqmt30MKpOzC7zJgEujaPnzysYGiOvMCqLvEYfHYWf5eoONeFwNPwAufvTky"
    "c1uAujSrmrPsvk5ocQcBMHQ4Jk/86F+/HqHIYb4c//BwGsP5k="
)
