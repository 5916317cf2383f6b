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


MODELS_STATE = (
    "eJztXelz20ay/1em+CXZV7TXkc+1X70qypZtJbbkkuRkd7MpaAgMyYlADIMBRXN387+/7g"
    "FA4hYAHhpQ80UHOA2A3XN0//r6T28qHObKxydTyt2fmc9H3KYBF97bCXVd5o1Z7zX5T8+j"
    "U/yjxug+6dHZbD0WLwR06CpyhnTWbYLQsmNKNZIOZeBTO4DBI+pKBpccJm2fz3Aw3mJAJP"
    "/2yOFjHhAbnkCCCQ3IgkoimReQQBDqEeo4PpOSjIRPhMfIbO7PhGRv4B93SXggyYTKCeFA"
    "FAifOY/x2Y6w4eHcG+/2MXOP/zFnViDGLJgwHx72629wmXsO+wZMiP6d3VgjzlwnxX3u4A"
    "3UdStYztS1r19P371XI/ErDC1buPOptx49WwYTYHM8fD7nzmOkwc/GzGM+DZiTYLc3d91I"
    "XPGl8I3hQuDP2epVnfUFh43o3EWh9f53NPdslBVRT8Ifz/4verXEMMs6O7+yLk+uLKuXkz"
    "G+QkYe0SVbeDg/uBcgo/7zZ3jfNUPU1R4+4O3HwcX3T1/8RbFAyGDsqw8Vu3p/KkIa0JBU"
    "MX3NZTVJ84y+Yt+CYkavCDK8hldtw+X4wprN66UQMzBm0X6ZenXy9yu881TKP1y8cPbz4E"
    "Jx+vPg74rV02X0yafzsw/xcAErOlz/Z28/nR8r9q/ZjavLwnXShOUpIsP2Fmxn32Yc1oRF"
    "gzzf3wHbAj5lJdM9RZlhvhORPo7/ODBRnH4+ubwafP6Skse7wdUJfnKUkkV89ftwF1qLY3"
    "UT8svp1UeC/5J/np+dZPeq1birf/bwneg8EJYnFhacOwmexJfjSykxw62Y51j0FrYoZHcL"
    "eZfcwghea8HTIGDTWQBynHsFIj/1SnbWHF1Gzjy8ugvJPtmRWHtKiX109MOzl89ePX3x7B"
    "UMUW+5uvKyQvKnZ1eZrXNKv1kRm2QDzmbJ9sfY5x1hbGgYMKfFJpUh3cLmFOm2O96ber9M"
    "mAfGBQutDDQw5rLAIDn8Dcv2GQqjhezTlAd4LsERTJ1zsCmjadkRsUcrqFLq85nTUuppSi"
    "N1XaResNijt19LPQJKmlh8CZL92Xu9JFR1DyjGTiy/G7a0ipCkct6vKVqxfk8n6RUcooG4"
    "geMU3peIkTpVESN4QzxE57hHfLGQ8Sc+cxmVjAzZSPhsCwfuLmQFuoBfKKxy2C9BsgH2ty"
    "eZnaFgFhPms7QOROUNcxSuOlyuYFbqwug+DOf2hEzpEkQHkh0KZ/md3Fx+dyCGCMqObgoB"
    "Q+R4XkLvYVbxsfcTWyo5ncJ7UM8u2sAiUP1rdJsHLZn11fVX9eliBYYnpzewEBjHAsXEt4"
    "PLt4N3Jz0lqCG1bxbUd6yUxPATcSQyV1Zj8x9Nj6bZK9SjY8Vk/Bb4zpHw3lPuMufDHLgR"
    "zamMyyQ9oF/lJRmpodY4MfZOt8hHsYCNLYDNT4opQ86TkN4hC194Y9z9UI4jDoNg1JR784"
    "BJMvLFlFzD1PRDXeqaCA/3S9wqiaRLCUIVeffI7h+3ZTcJHm6wFOs5SVpqFHe7R1qsw09i"
    "wXwyYd/Ix8+Dt48uPw6Onr/AM2wRO6QixvfDdepy9E9Rz1H/UlvhOFqdbuWeF5z4c581AV"
    "WSJPsDVHap9W8ZU1mvtaYGVpryAA2s7hpUoR2dU0nu5+j7yB2HeYNwpyk6+tIDKo++iRpq"
    "RdtW3ZAAL97nQi89TNzR6DtJXC4D+MnoLSNiHvTVrrhAvI0HsZYC87UIbtvWPY2zfx+rdQ"
    "Nnvw82YGja1zWG1xTG79zCoo1XeOPjKEV4gKdRR+G+OiCv2hDbRBok6Lrj0XmPNo46EkRo"
    "BC2EfwM6vPo2Es6Jh+jcEdMZWurWcNnYu5Mm7c48+OoF3A0nglIhuCQzmBocjWSMHyQz5s"
    "NJghZvqFBsAcTq3MTARQHf1YIfdoE/4O79IUXcncmxcvtGm8OQjan3Bq/4DGeKJ8C2B20S"
    "NHS86D3AqRGaANbvhfrZj5fnZ2X7RYosOyW4HZD/KjV+Z06jtVo8nHM34J58jI9tqhnDHI"
    "kQHp9NxS3sGlLA4/w+Iq838AabzwnkYrWGl1XmMnLGG2jjs9gLILcHe2Uju/4ut8S5x64E"
    "/NiuU0JL1m/Zl7ARSHIhFJ9y2Ii63q+CRHwYURMIURvGSq9ANMIRb1buG0konC2UjPg33E"
    "tY0CewNTHE+JQvh0z52Fee7jwcstU7G1BEg02mXwGKoEzru1Di0fo6UbQFQ5KvWcjv4nmd"
    "ITM4VJu0ExNu+ECQqAbqVEaJXR296elxHNG+/+mCubRkFSb0p/iM79g0KNOi/tylM+mSSR"
    "m+Z05Vij+q1JZkOKimwgR6MBhXI5hfkzB07DG5SISICRe1Gf8WHfDo8PHQ/ppyd6m8PvDf"
    "DPSeAu/6Nu9rlCXNlSUl34oExiKVKU2jr+KUiD65/Dh4FEWehNGTydm9OThlUhy10bY0Ot"
    "JrpjjewiRso8mlKTsDHj9IKRt9/aHo66m1LYKWUk9TdmZtrx1Dcm7boMwKX7kAptTZRo6C"
    "RuKvtepXTLCaZ60U0eqev4KZK3O4rR/F0ucnAnzGb7eSILoLlSs0Yxp6f1JE2ues7MXc0N"
    "GbdhDsDC3rhgxNEW1xguqKdXclFUrTKbq53zG/pW6BqRF+9n51v05up3cyN3WabJ4ilt06"
    "8oJo6FFPwJgd3C7uZH9qr0yxH96AnH399KnSrV6g+pUD8DHn74bh2zNd01n/ZztcPVr85e"
    "j6ene4E2O31ErjdYMTEBOXsGE94p6CuanrplFEGYZJ2vBeYZ4gDx6TgZoE8QCb+n5YWJHD"
    "DSS5lty5Lobfd/cog8hroIP0q8IXDFT0AKEiBhxtI/MkXWdgogcJAWMVwub5WmkqjQEgbU"
    "NllLkCakWR8lvO9zSVxnzvDaKizjRQeJtLZbBSH4S/1hyUyjChHihY28ni2YWwPBZgSkET"
    "SSVIdBbT6ZfbZ+SvR89QJvD3C/JXTI6P/NESVbmpmBaFY+ghGIfdcrt5peMMmc4CulIFP3"
    "xYPeFLh9Es4eSK6qdjdotkzHtNrt+pMY8dPmYyyCvxeghNJZOAeoBGQmNlMkPbHXUykcI4"
    "+Hr1EYZdXp6en1nASOvd4B+XpElRkQNWOQ02b7Dk+8bbNqiHlcDaElGT7WNdDxNk21Wkq5"
    "qXBUBcPF/L8TcUeePSKI8JHs/sEfaqWNVtW3Umga/Lp1P4jUc2qL2uivuzqcwHHWzrngZG"
    "02D77VfAaCN4lqX+aaCupohMYkqbqNXy9jNFocRbbj6jg49pb6yeUSnBOHEaG2U5QjPTTQ"
    "qWwelrGU30Fg4c35r7jXpspak0RkG0XW2m0v6hrbYCp0mu0n6y42I791jRDTrjJ+tdsoAI"
    "z4b7eAzz7UACtKjh4+F7z1zqjed03EibT9JovOf2rrlzjW6Ba+Zd9zFaA10CYbGK7yQBS5"
    "pIyh3l2XlDcEJjz04XDFJ9/ThDIQJ8/mzWatkWkHdn0aociOPz86vLq4vBF2vw7vPpmfU/"
    "JBDiJlnVmoBshEqkRUfCw1vRc2+1Lbcqn1ZE353TPeGkwDnhqOLxHN5+jpVq4m+2gqXUjH"
    "kd+jO+nv18cnH6/vTknXJnPExHRquyCHc2cG6PHlf3lNZjY9KlKUY6R2rP4L1u2nsTJqVi"
    "VjdmVu1Q+k6yzJRAqTm16C2coL+L4aaTCu/zoxgeNp/w5NoGo76I3VXwvG9Ogdbuxscr3H"
    "KOUU0b8mywvuW76I6Hyj1YiVaCgxsyDhZkgneHyrObpW1tR4/4aWkfuCoh/DH1+L+3MbnO"
    "E7fSRsvdLrc8EYB1viGfztRNDpRD7NtM+Jvu718U2EXdE3WzQ1p6jWJwsn1GyplaP3cw17"
    "7oAOfgRLgFMTXNeRVx6WN0uwPhVIvIrrJ6z0ljqDrCy2pQ+HlAcHAYY03XnasmNA803DW2"
    "ICzr11UoJlL2fjNhWjqFaZkoilKGHxhimy6M5bKGoecJEhN6bqrsmEj+e1Yr+ptUhfEjHW"
    "JDlh4YLptlaWLL06lZOIK8BbphhP2Wq4UxxlxHIYSxYXg+dzAknxLpzsfKRSUZc5iDHbfl"
    "qk90wL4FmEpJCa5mNQyLZghUAQt1yG3f3rT71jF6sKLqNQ+KNqDyUKIVgQmVbpUUMHPFEl"
    "H7kHENGF9AakTQQgS3XFJLzuAlhC8nfFYAlwg4bqhXLIYi8owchkC/K0GsruxXEsfn559S"
    "kjg+zbL66+fjk4vvf1BigUE8PKHzjexNr5x7m/o++2POfabckI37MRYS69GVEZ93H2jPTt"
    "ouuiLyGDcVUI5w/8K5n7WyEzGExy1Yck3FkCM0YthADAYVLRXFAaOiJsfp0KReEAifc166"
    "fMTsJTzXkgEN5gWe9IoMlwLa/emIvS9fjz+dXn48eXcPWshuUqrnQzihJq3WYJa2MwkrW5"
    "GG3osuv9dKGyQ1dzGkM5RbC4mX3cNIXjfJt8oWwYhfExRdN9TXBKqW8GuXrpjV/CoqiZ6Y"
    "e3fE6qRzAGr6Z6IYnLir+g1jM0mESmfjvjL0SjwvNQkrQ3ngNiaSx0TydGRv6Kj1UsdmxX"
    "SFJi7M9XiDZbctZm0ifUykT1cifX4PFZANOXpYKnSWoes9Uacwn/csSlMs0C1Xn1XqliOW"
    "zJiso1bi4Deqbc0K2cL4HKUwqgAcVB+/v46LZgBnAyyZvhr8+FP816XCw67/UqSD7ugpJg"
    "hIx7PTBAFporqwbzbzZ42acCRIDMvblKgE1oyFX9B+sZznSRrD9BZMB3NpUtT2r6I65IrC"
    "MLwFw/kUFJimFTlTRBoXh9OW6w/SVYaWC0aLx44fpUq+Dlv4rK5trY+PRlBQLZ+aQQBLxX"
    "zACKCJWjk0qZuolW4dxSaWYVvS0XsRahDLcGh1y3bunC9DUFPcrOWebwyktnPQN6Cs9NDj"
    "fYyL3rjoO7JDdFRVq6Og4+0a+egTBAaQMk76+9jFjJN+n076WaSHbMjSpFf4QNma2Bp18t"
    "UX1cctUDpLyuhWluywSsv51tFDRzwu1jZkrvDGkgRC1W1b3/SNgk+Hy4BJQn2GvTbxghj+"
    "zuwgbMZJ5jArfHIdXrNu2DLfcXvnDyvUdmk6ZhmMaPtGzqeWnNCj5y+M/quX/htP38ZVKH"
    "KERi9qoRfh+mzekjVJZNjeJgogjF9qPOmzdIb5GzAfW8EEBV1aj/n41LtDAGvajAi4TmXw"
    "e8d4qtbtRjTGF3n0t6Ojp09fHj15+uLV82cvXz5/9eQVjFVvnf/oZVWlltMPWHMlJY58EZ"
    "b1kV7fGE7TmLC75isgoxM12YHypGYTanvwNgyQSdIYprcqO3TL2aKFezRHuE/f6MnZu9Oz"
    "D/eg1u9SBj6jheVs7pTBmtCEiLXlPnOsYaMI1AyZ4fwGnG/u6cmQGv+/bv5/E3FXS8wH7N"
    "AzEXeHJvU6EXcIWiulsBGIk6baoybpMNvFXvWHokoqRjZXJDNkGiszvV8my4x3xBPBqhX1"
    "G6K6Bws/7BQ8pfaEe7XxnvuQlrQUftCuAX0BvVGF9Nkd84di0k3ZzJuWpzQhGCaiZY8RLR"
    "kn8oZRGAdbSauficXIr9u7I11M8NBWgofuJ8olM7OLe9Bk5n7t2JaaIS3noASFYdHfyWRg"
    "iVKKUEPC1jJZnag+lSl6dg/2wgYRJc3R/fuA9Q8I2QSTpJH9G4/X2PDSltcGXSwVRUdxJo"
    "MuPkSp10EXTR1HkyKiGeNNiohGKSKmjuMu6zjmQ9Q3TNYuyfQ4EMZnZubc99jSYrebs+3H"
    "8F4ntwfGr92iMgmeFWIyaZ7WzzbKS7YePiMDNlOFPFOpP31CpfJv2dRzOGqhBNU5SXhBHn"
    "z722y5CqiBbAxk03Fd9zDrrPZOvDHWyemH/cBhE3AZlVH+4Y2H/cM9QW7YUlcX+eF3pO0N"
    "JLlWk+n6DVnwYEIWKBwppmwonCXBl3Y0lY7B3kpF0VEUpg72BqqN8Bsn6qWpDNLdomav4m"
    "AZ/lXF9Q0wsD2FdQ0IGvqEO32lyTpTrpyQjgPTVhI4u8Yc9GsSwBfVdC/EVytP2ivRIRI0"
    "Okvnlwm3J4r5YEAQLt+A1gC2B+oUaH9INEAY9V0OIoxUDF0VCnWcWvhVGgkqRaWzqK4mKi"
    "KS4ZoJIzqxfMR1YtR1HzQMpkpK+KqlBEUFUFNxmYA5E+GlGU7VbxnhdT/hSKcO88C6WFZV"
    "3MmN6VcBYDwavUmdnZkvbjF8Gzan6G41at5UV9Npf8vCcKabpW3BKSZNzRxddq5+BVxmau"
    "aY1P2HxnRTsuLeRTBlAVV70u+FCVc/Xp6fFQsgR5hFwDicUP9VRYx3JYbEtj+cczfgnnyM"
    "j72PnR8ZVS2crBwyRwTeICucOCesBTqZITU5VfrEhOXhSANCl4r5gEFok2h876mrJtHYJB"
    "qbQ1HPQzEBXzTETfOUBjetxk0zUNGGuOlPS/tyfbNu8vdOzDQ/yXTCTEEEb13Kp70CrHT1"
    "Wb8KI8XvZ+Ow2thoVNHKxzPlRvWxodFhE0LLj8kFRuvMqGp8gx1umOcQW8y9AGP94BEM/4"
    "JreFT5bOZSmzlweqlDzEPXnXqhIhB1r882oYca7Gb9Ciz1XsIM9hVshe7ReLp/J9dBB6DD"
    "4VwdcXgWQU6gS1t1TA3oaKSxgzT+Mk2klaTRXlpKGMrDA1/AZXQ8B3VcMvY6DBRRASJKfi"
    "pszsbRKooOhaev2NR+2A60SFEa0EIXtbwOaMG+zTjcrYXU05QHKPWOSLnTxpeuFd2bml5N"
    "rIKaZtq5x64E/NiLkaaDHHZjom1qdsVMLTa8EiyvNr2i926QjUWDgE1ngcqkijuKBoIM2Q"
    "rxK06/qklnjB4N9pEqo8fkW+1ZAcZwLe40s1uSNHv03cCGNafuoXhu5Hw45UE7h2mWtjM+"
    "gN5Pqjs0DySY+L4MyC115/mAwsNXTU23A9PtoFuy6NoKM+EopWI+YGTH1CM7NKkXLPZcVZ"
    "dYIbV8NmqjyMZ05jxtb0BYrYNwy+/Q3Whc5TKZMn+8cmDdCm4ziTl/KocTruBXHWIViCm9"
    "YfINunCvkzMy37Zam4DeYvCutDdpgmJ/TUl/aCixDz4615XPilEQkT2h3lp8EZSFDi60Xl"
    "Y5V81amB798Ozls1dPXzxbdS5dXalqWJpvTppfM3gqyS2svfR9OrwCw2RpVQ4qFmL8bcnC"
    "x9TcQDmhR8xnns1U3IQSfMwKdFsSl8otZLrvZB3aLseMqdb7bhl9d2WubQ6EZP7tJkdkGb"
    "0R1fZFxccemAHtRVVCb0S1qw2wrfZfQm6MgBZgdjjp20qihNxIwtSK1iHOwdSK3ltHoK3X"
    "Ni6qqXEgbE/vwMoNvpW6xhjhoe72sCsbZ4JEy3kaxyzV4uwqaaGTx1gxSxvGFiXmVkl8UX"
    "r23RFjlJ34dbI81thOSB7GDaVyLbI2f30qE2SkwSHeJ+VBRiNfTK3mkUYZMqOdtqj6J1rw"
    "PUVkgrxaVyxtWpNpC5ViDeMPtlSstjxvXg2hE4UQtOW3CbQpFUVHQy7qBNromluj7+IzhQ"
    "10z5rZW2GDc39MPf7v0s7Uqc/7VRawSIysa/1iEMOaSvm90RNO7bCSgMrxFQsPw7SxwLjq"
    "fhH9H1eshhHx8AWVBGaQLMrM2e2jjJ2twbbVr7Cz1e8Gelg83pgaLdQwWGiNLbwkjWF6G9"
    "0X9yV/CSx1GjE+S2eYbwwPY3iYCP8HKfU6Ef6gFDLfahHckCPcQI3rDtDT3tZc82sLpmbN"
    "OAc9+XqnjZmbWikTE96CnH399GlrNma2onZZh5jmbumkuflz5t6HIbqmbupSjtxhrGe5V8"
    "9wt5ICrWnFq5JcbMFkQFQ92Kj3cPK2YW1cXyxUWHveOm93C2N1a7CB9yusblNCY892SOg+"
    "UrZc8wScQmI9YsXxeQcTK+6zMcfnq/3Wm0+HTUs1FpKb9dJivbhsTF2rKTiYpjKMb1VyZj"
    "YTPqztsRU2X8Oep823rDtuYzavrW9emIS4QduAAnKDfuiCftTBvAzS+RClbpDOQ5N6LaTT"
    "HzeFOFcUpkjttorUAk/zImhYnDYbxdFFCdwNgq4m367L0g7mDg9K00YSn/arcDeK4xpli6"
    "jysnai/wY21xCw92BtCR9L3zOnr0JbMD0Eu3Z4ggjExoh6ap9IEcaxeHAVeE5CNkkMhSno"
    "A7Lj5/3L+5d3EVc6EfOAUHItGcw4mMvX6lmY50CGbCR8FjWnx8Abiukv3GS4aLPT9SswQB"
    "jOS7wDfFxapidJdXednohx+97BFGwtfKziIkYETD3m4yd9MuawqLHZzZeIV81K8/zt6Ojp"
    "05dHT56+ePX82cuXz189WdXoyX9UVazn+PQD1utJ6Q/5Aj7Ctue+30q7y5Aa9U4X9a6OUm"
    "9ScUwqzkPieeEhVMnx4gPITPKaRcUVINt0f8nSGeZvwPxme0yayjC+lQMWvrZsyvg0ldne"
    "m/PdYQHlbmP/UYZMD39R6yKvYbMZ6pIZ9YM3BLvQLAkdBWiqeypdZe5vocPBjsoShnZ/Mz"
    "MxSdWqnGt22ezETPyCzU/BPlQJRwq66GNJ2KM+eUr+NT96cvRihYCM6UxvY/GGLRtubmsK"
    "jTc2tX4UIKdKrSrMakqdsDDr58FbTXtGTqndRBTRcJ3lcI7AoqqGKxarJD0QQFw3Fy+HgK"
    "CmIomOFIePmSzAU8qFkyPUWUy/4AKJRWMLrKqNEkqcp3qLR1K3QDjH3KP+slI8MWFGOMNl"
    "wKQ+4vmAsbLbP/mPo8N8JREQyPHp2eDiH8UiOS44/I//cXUy2NQ7tmVXzkdG066B3If9ux"
    "05k3hcrYBpbJcebWlKI3gdhzcXB0dXD9+yE6RU3So8xlvWzb9Xl+J2auCXOz1UUmUzVXZF"
    "sr+2BC02FuWuS2qyWiure1SP9iWAq7Q6hPF00d95/60eJ+7eLYaHjkFJFramrA37ReN1Zn"
    "ZvEM56tA7CChxoG8CCXYcY4HLAM5jY1PNEgA13JYNfoCagK3YCBJquEBNdV35udNP9WhZd"
    "p4nSi3mZYx+WkXNF5U2R5psZUan+DldjrQAGN4hlmnFmqyK2C+HfPCYD4s89D8OE8D5kMR"
    "GSkWtXqGBxWPPcvYZlLMmMSskcwiWMu2EeoeMiRWQ3TzDxRvs4FzeIN7qB79dI2YjG63z6"
    "aatqzOjSFdRp3usrQ9ddx4u2iTqYSdvM8R4T7LGP+oJyTN66B57vJsgkCNDpVpDxXGr2J0"
    "n2Z/k/2ZW6tuXeglP6zWrB1CzZ/hj7vCOMBTWoTdfxFZUxNXQxNepEeiYV3KYyz9KaVvP6"
    "2JQFksb8Wub7olFJgTSVxn5HbU9+kxb7EPfVEfe4nLQSe4bU7Kq67aqaQHVnIuA26xVAdN"
    "En/SpozlNjGiByU8pdEgjlXQ7DCR8TFevB5Tq8kHtYFBuujIQ/FqBne2GFbLiI4JnLRvk+"
    "1du/ewES9+uqK2KM6tgUrvR+MxBdNyC6n9jSAHRb1UvU/K/N69VwnZkdBp9NYNeD18H8Y4"
    "lBTtx5HZftR9heuCpgBneaMPM4WMBOqKkDEI4iWD2NCuUlSDTW10FUmLQNW/dYMJnoowAi"
    "Qh9togPDdxLbLZDoe2kqKJd64zkc1M2MqzWNzqK65s41ET65Zt51Hw9fQqNDOfKTxV8kFt"
    "4NqEu6hnnOqA9/BfD6LXwTOVLjnti6e8IYzKWiMAazMZj1FXMtGFLMA1s0K6qZINH6lJTM"
    "C+B8hONxMVmq5lBUHYeaHoQt+hSYDgV1OxSY3gQ1ynKVdSW458Z3v7DhRIibd8zlt8xf9g"
    "oQtuyQfhXUtggH4xfE0bwJ6hbRLJUtC1uKDe8RVdyCubNUyjhW3HoNKjmmJ6ICripwjXzG"
    "ouA0ciwceCgYWiqZFE0r7scoWyEat5enmng5DbawfgUYxx02nYmAefYSiyfXx4oKCLeDGu"
    "lQbHBv5zMCVnmeVyUixhQtMxD3magC5wBR7xWCPgvEgiQcjQUNOu81FzErEEtO6NHzF03U"
    "1wyZzviptmtBlcJsYRom6bqDByA2Gnm1QiT7tYJDo9BYhEOj4nqDoE9A2whrEYTLh6jvtL"
    "nF0TW7Mvz2LaZIitBgBzrL2Gc2A720jZQzpN3ZCww2WNQnva7qn6fUHrfonQm0qcItP3p3"
    "MgWjCzEw4sLr+QpjUgbX5hv9nfZBt/IGDkjnMSkDW45sNxGw9zSRZzOXtzq105RGOdNNOd"
    "MkEnIQxol8FBmYsODjfmW1nnCgNRH41H4djPaXyVLVG1BJEGEUC/XiwJU4HAKrLDEnAlBn"
    "WJcjBEOxdE9UskASeBbYqnk8didPMNir5thr2HGzyTm1pjDaVotDaoLPaZUGlaY8QMuy66"
    "fUvRfY3x9sKIik3CFSoGcO3auEO8paRGNyxOFZBDkR14gCA200QmtT0xAFEwpWKooDhnvu"
    "LTClM/7G/bSXK45hadhfrmYEi5as33IAy0Y2zklYqfUCcexZ0CswczIjKi2dqO6r5YeDax"
    "o7A9ddxehjshUeI1ERWThYIpMkb8HUJzNmiQa7R5VZEvcBmVA5aYQEZ+i0VqM+fh68fXT5"
    "cXD0/EWsKK0zUTha4k5YPXlVFV5T9SlqHtLSYZamPUAVqiMqUy27JtxM20RIJAmNkLUWst"
    "qDmqctZci6m7IUpndiVL3PpuIWMzyHS4JZwBq1rtEEE/8SJc2ffJsJv1BfzIyo1BfjFHyL"
    "qcENApj/efpFFdmM9L8bNgsIHYYtfatCkGvSGY1Rd42xA0EDvS8XJ18GF6dnH+6Bt0bzM+"
    "DZFsEz/GbLVlJf0xlHu85aIBzBHG7XRtdPUXZGyr33vpiiGe4R4UWeDFfVGhgL72HGOv+b"
    "Wausjmx+SEVPxBTdVroi3vdGfi/NY/RxUOi7rXYldVZTlnY1d/YzvjLzUDQXc69XYHZmRv"
    "SrzM7peqzlz70GZieMfkyuE5UhrlUQ1bWc2zZjDnPgf5+Rhc9VGbnYfuwTNDcDiYFTxXbp"
    "tm5sDFcNdqF+heFqukXsszFVQP121mqa0tiquiiypuaPsVjXXuPobCwwV4RwGfXKvMYJum"
    "xSOxAelFSPz88/pQR6fJrdOL9+Pj65+P4HJUkYxIMS+yTRa7mJnyhD1l0/0TbEcWj+oLcC"
    "NengZ+bLkEk5xTwzolIxt8Ox1m04uIFiHgVUTKl/E9V+sCfUG7OwSMzvYiiVPo2czJf6bH"
    "cHo2prrmrfrqdcfTArQaR3X2SYjGLaJx5bhDOUUXui7MO60OX+QC5N9iqEbio2quTHlbuU"
    "wki2vUXF7ueoKrEvFvJNth4uXowqYoWkjipQ7xXB1Xt6pNkENd8EDx1UxroGoxDEDesbIB"
    "pmT5h9gxmKrkOw45+qLCfFlGHRpL0WNzBnkDmDkmdQdMBcgAAX1C06hjIjKk+iaKJYfji4"
    "dnIxxXAnGOVJGm5vcRy9DLjrEjHDFij4l7rxqhuKLaZTWF5v4rYHqkaUOhskY6Ae42lRlG"
    "m868eZQ0jzQygh+8KzqGozzNPqvCdq7mIGPQ+2jLwABr5PS6o/rkkyfK8J2ewpmOMLEzOX"
    "vSFnXz99Usf9HTZ/4+mP0/zX3/Q5SQbM5/ak6ASJPqk8Oeh6zF3nRfmU3vK+W7oF1F320V"
    "TTNv9vO5WHWgAebyfUb6pqdtPDqDoxu8wbB7g0jp4/r2BojLzCqCzyGn10FH6WqzvUhMPR"
    "8APk7g9PntTgLowq5a76LJObH0LATRwMCZL9Oxfux6tzGG6EP/8fSLspRA=="
)
