"""Marks that change with every write that candidates can see: of each person's own rows, and of jobs and posts."""

from tortoise import BaseDBAsyncClient

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
            # Nobody can have seen anything of a person who is new.
            _triggers("users", "renew_version_of_user", ("update",)),
            """
        CREATE OR REPLACE TRIGGER forget_versions_on_delete AFTER DELETE ON users
        REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION forget_user_versions();
            """,
            _triggers("roles", "renew_version_of_role", ("update",)),
            # In the order in which writers take these tables, or the two could block each other.
            *(_triggers(table, "renew_content_version") for table in _CONTENT),
            *(_triggers(table, "renew_version_of_owner") for table in _OWNED),
            *(_triggers(table, "renew_version_of_applicant") for table in _OF_APPLICATIONS),
            *(_triggers(table, "renew_version_of_verified") for table in _OF_VERIFICATIONS),
        ]
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


MODELS_STATE = (
    "eJztXVlz2zgS/isovcxsleJKnDjJJltbZSdO4kliT9nOZI/ZoiESkhBThIYgrWhn898XDZ"
    "ISb5MUJYE0XnJQaIjqBhrdXx/4czBjFrH5wekMU/s34tIxNbFHmfNmim2bOBMyeIX+HDh4"
    "Bv+oMHqIBng+X4+FBx4e2ZKcAJ1xFyM0zIhSjsQj7rnY9MTgMbY5EY8swk2XzmEwTHGMOP"
    "3+yKIT6iFTfAPypthDC8wRJ46HPIawg7BluYTz14g59hJRj6Mp5lNExSCPucQ6gO+ymCm+"
    "jDqTdqf1HfqHTwyPTYg3Ja6Y/N//EY+pY5Hv4keG/53fGmNKbCvBXWrBBPK54S3n8tmXL2"
    "dv38mR8Mojw2S2P3PWo+dLbyrYGA33fWodAA18NiEOcbFHrBg7Hd+2Q3FEj4I3Fg881yer"
    "V7XWDywyxr4NQhn8bew7JsgCyW+CP579PXy12DDDOL+4Nq5Orw1jkJEhvEKK/+Ejkzkgf+"
    "p4wKg/fwTzrhkinw7gC958OL78+enzv0gWMO5NXPmhZNfghyTEHg5IJdPXXJaLMMvoa/Ld"
    "y2f0iiDFa/GqTbgcPVizeb3UIwZGLNotU69P/3ENM884/8OGB+e/HV9KTn8+/odk9WwZfv"
    "Lp4vx9NJyJHRvs7/M3ny5OJPvX7IbdZMA+qcPyBJFmewO2k+9zKvaEgb0s398Ktnl0RgqW"
    "e4IyxXwrJD2I/tEzUZx9Pr26Pv78a0Ieb4+vT+GTw4Qsoqc/B1poLY7VJOjr2fUHBP9F/7"
    "o4P03rqtW4638N4J2w7zHDYQtDnDMxnkSPo0cJMYupiGMZ+E6oKGB3A3kXTKEFr7TgseeR"
    "2dwTcvSdHJGfOQWaNUOXkjMNnm5Dso+3JNaBNFIfHT559uLZy6fPn70UQ+Rbrp68KJH82f"
    "l1SnXO8HcjZBOvwdk02e4Ye9QRxgaGP7EaKKkUaQvKKbRttW5qXzeZLgG+NxBzkrKHR5A4"
    "bbF1IdzHcAV2ROzhZimVuj+3Gko9SamlrorUczZ7+PYxqXPiGvWAixhJm+iFugr8HrAC8K"
    "DxbS5WAazKsvYdcwmdOB/JUjL4TLwHdkySw9AQr/sSTtNNlq6frjWRixcrAC2+oMRvF7+Y"
    "ePLXvzm+enP89nQgOTzC5u0Cu5aRYDV8wg5Z6slqbPaj2eEs/QQ7eCKZA78C3jnk+iWzc9"
    "FT+XxYhpO6YkRFPPQr4JQYzYnLmYNmeIks9hp5UyJhTI6wS8THYyrEhzjxhog6gltiCaDR"
    "UnwwoxNXArFZSLTVmTUqqoCiGZagoiDTfIROqJlcfK49aO5+DvcImIu/Zi6/89d1ikxjok"
    "2gaO2X9MxCLfJLMiZVsQWQMmVXR29yeZyEtO8+XhIbF+zCmLUVnfEdWwZFFtePbdpJV4Tz"
    "4D0zplL0Uam1xINBFQ2mC4cgl4zF+poij90S5wBdsgVHbCxtG2aDNePeERdN8R1BDhMTza"
    "gtTBrHgv/Nhd3jeFlzqcV5tbGkuLEk5VsS1MwzmZI06hpOg09sAYuUfEdXH44fHR49j5Zw"
    "cnWnN4AaR7wOezYShUJHesWw551YhE0suSSljiOoLGVtrz8Uez2xt5nXUOpJys7s7cHXKX"
    "HkCct90xTGLHNl5uEMW6SFY1Yh8Vfa9SsmGLdkmRtaKEZJ8mgbmVo7kvy1ELp4U+SLaYXQ"
    "p9Sc5iwE8Rm9y8laVcPkCtyYmjGgBNEGDkh3Tt973Q0dU9sSOwPPuiZDE0QtLlBVsW4do9"
    "xzjDKrUltgaoifvVvN10l1ei9zE6fJ5iHgtOrICuLCIddM/FFPDB1VF/eyP6ErE+wXb4DO"
    "v3z6lOJ/EbtXZk8xAB9x/n4YvjnTFV31P5rh6uHmL0bX19rhXozdkDuNVk1OAEycC4X1iD"
    "oS5sa2nUQReVBnZYr3QmOXzRD1DtCxXATRABO7blBsRcUEHN1wat3kw+/b+yqNyCtggwzL"
    "0hc0VPQAoSIiONpE5nG6zsBEDxIChsoksX55vWSZJJXCAJCyqTIagtAu877dig3SemMuRS"
    "w5pHlKTz99iW0l9Mh1meNvROu12M0AkVdtBCHsfFNWMR4ggNHJIyjTj3o0rJsyiJ9LZzPx"
    "N3gFwjmwZXqDiXk2ttLWnNpbUED9lnkLY/FdhvxPDaMiQaTzb5sk5xR33sjLmGq574YKUN"
    "rOWD3HnC+YUOR1O29kCPVK15nmGo6oBEfgO3HguIbv1movlKTSzmoDZ1VXHvdst1WpPI43"
    "k2uGAuZN0Bk4cHBFPMQcU8zjECgrEBLAeb3t+gkSNqrwubf/YHOEoLwlYse0RiFqkMjT2z"
    "Gy0mUmJeKmGzOrcjpHJ1mmy/AqLi18J06tb2y06aKCeX5ho37zCc6cNhj1q5inr5zC87kd"
    "nYtiSn9GnE15drye8m04Y1+5J3aiEePghowTGzLGu77y7HZpGu3YER+XZs9NCeZOsEP/28"
    "biuohN1Sd2bTuoVdTRJ25qlAe3jBqtfY4RDA7S1vAqMgU9x/P6l5eOzYlI/XsVhQbKwX90"
    "hEqlCJUGkAsZ3lFIq1rpo01qZt3ESHTWjU5i0klMe7ZBhpvU/bihDbEhS3uGeqRZGlN5Kr"
    "V7BAglxzYMkZViszBCcKoYhGJskJlELchGwojb/gSNmYs4IRaxhBW44DIrCaqIPfLdg+Yt"
    "GMFulsOgLIKBCZhrQ7Y9fcuJUEWJIhvUeT/ELJGSvkbUy1NAxbHrFYHOEmmUDzW32RIwsY"
    "BxNRifQ6pF0EAEd5Rjg8/FSzCXT+k8B1dh4rjBTr4Y8shTchgJ+m0JYvVkt5I4ubj4lJDE"
    "yVma1V8+n5xe/vxEikUMosEJnb0SQndD3dvSd8kfPnWJBPmNb7kVNr9cXZwXuJ15xGmwgZ"
    "oe+h+y6fYiJjGoZ+RT26MOP4Dv2wfaA8wqF1JaHsOkywUTpIVkszAeU1dAGcLdC2c/e2Ur"
    "YgiOW+HJ1RVDhlCLYQMxaFS0UBQ9RkV1emffpF4lvdOmY2Iuxfca3MOenxPxLDYP82h3Zy"
    "MOfv1y8uns6sPp2z1YIdupJvFH4oSaNtqDadrOJNi2Ig21N11W13JTSMq3IWEqkFsDiRfN"
    "oSWvmuQbJVFDPp1OOayaSKfTwAr4tc1QzGp95TW9iq29e3J1khm2FeMzYQ5OdG/WLSFzjp"
    "js70td6egVRF4qEpam8ohpdCaPzuTpiG7oqPdSxWeFZOA6Icz1eI1l63ZF+9BhOtNnl5k+"
    "3wIDZEOO9suETjN0rRNVSvN5R8IioBzbcvVZqW05JvF6pCpmJQx+LRuTrpAtyM+RBqNMwA"
    "Hz8ecbuF+MmuQALNaD8JU+RQRXEgm7+Uue9dn6/DrxR8XzUif+KGKukO8mcec5DkFJws+a"
    "RLO8SUcewZoJc3Oa6hfzPE6jmd6A6cJFmuY1cy9phrOi0AxvwHA6E0ZL3QZECSLdf0iHx6"
    "r1n3kH+d5oFeyRRuSr4Paq1bMZm+VdltvPaIrOVKkk5h6jfjpTpW9S15kq3TqKdf5CW9JR"
    "exMqkL/Qt05AWw/IF6GmCW5WCsnXBk+bBeVrUJZG5WEeHZbXYfmOaIiOmmpVDHSYrlZcPk"
    "agASkdmN+HFtOB+V0G5uehHbIhS+OR4J6yNaYaVYrP53WczDE6CxpTlrbpMAobZFaxQ8c0"
    "atA2IjZzJnDtqOzVtp70tYRPR0uPcIRdAlcLwQM2+kZML7h7CPliVbjoJnhm3JJlzmWo2/"
    "6yXGsXJ/OUhRNt3nJ/ZvApPjx6ru1ftezfaPnW7jyRIdR2UQO7CPZn/Ruo4kSa7U2yAJjj"
    "NVn0aTrN/A2YD7cieDmXUp3QyZlzjwDWtCkRUJUaSw9O4FStGPYU7yz+evTXw8OnT18cPn"
    "76/OXRsxcvjl4+finGyrfOfvSirDvL2Xvos5IQR7bxyvpIr+4MJ2l02l39HZCyiepooCyp"
    "VkJND96aCTJxGs30Rq2G7ihZNAiPZgh3GRs9PX97dv5+D2b9NmVQ/zL1DKFOEWvKfWIZo1"
    "oZqCkyzfkNOF8/0pMi1fF/1eL/OuOukph7HNDTGXd9k3qVjDsAraVRWAvESVLt0JK0iGnD"
    "1Zx9MSUlI+sbkikyhY2ZwdfpMhUdcZiHoqtiXyPmEAS3pMum5zNsTqlTGe/Zh7S4IfGDRo"
    "oyj16bQupox+yhGA9T1oumZSl1CobOaNlhRksqiLxhFkZvu2cNU7kY2X17f6aLTh5qJXlo"
    "P1kuqZWdf+9Mau1Xzm2pmNJyIYygIC36Jx5PLJFGEVhIcJ1M2iaqTqUbne3BX9ggo6Q+ur"
    "8PWL9HyKZwSWr5v9F4hR0vZXmt0cVCUXQUZ9Lo4kOUehV0Ufdu1CUiijFel4goVCKiezdu"
    "s3djNkV9w2LtgkqPnjA+tTJ91yFLg9xtzrZfgrlO73rGr+2iMjGe5WIySZ5WrzbKSrYaPs"
    "M9MpctPBOlP0OEuYxvmdixKFihCMw5jmhOHXzzaVruAqohGw3ZdNzW1X1Wd8pufbusBszU"
    "E0VHoZMqgJmwR5hbu7ouSaXh6QaNdiUHi0CrMq5vAFztKBfrGIF3jqg1lOanNaMycmhZYt"
    "lyxFw0ocIoRp74oYpmYOl8HJ1AopgbPGyYQLKfbIczS3i91FuWNfTIjBmW+dc0HL1JG4+5"
    "y+4gO9RB0WwVWmqUN+toPmVutsTt0jS40JK6JYcqmmtY4o3rlhy6MvihMV1XxO9dBDPiYa"
    "mTvuXWc/xydXGeL4AMYdpXp+KE+p/skbotMcTU/sintkcdfgBfuw/ND4wqF05aDqkjAiZI"
    "CycqOWmAo6RIdcmGOiknWeBEw2WFYu4xXKbrGPdeGafrGHUdoz4U1TwUY/BFTdw0S6lx03"
    "LcNAUVbYibflyaV+vJusnfezHT7CJTCTMVInhjYzob5GClq8+GZRgp/D4ThlXGRsOGOS6c"
    "KbfymgwcHjYBtHyALtmCozmW92rABRrEsZDJfMeDVCLxFQT+JZ7BUeWSuY1NYonTSx5ijj"
    "iRkXyhPBB1p9+tM5sU0GbDEix1LwHRHSmywfWUrJb7T3wdHhU2HKzVMRXfhYATkLInL2T0"
    "8HiMbslSUdMu+jF1pBWnUV5aUhgywiN+gE3wxBfmOCfkVRDSlqFsKb+FHAOjF9SbSuGpKz"
    "apD5uBFglKDVqoYpZXAS3I9zkVszWQepKyh1LviJQ77Xyp2jC6rutVxyuo6KZdOOSaiT92"
    "4qSpIIftuGibul0RU/MdrxjLy12v8L1rFHtgzyOzuScLNaILCz2GRmSF+OVXd1Sk006PAn"
    "qkzOnR5Rw7NoAhXYta9fyWOM0OYzdCYfnY7kvkhvujGfWaBUzTtJ2JAQw+ystnqceFi+9y"
    "D91h288mFPbfNNXN1HUz9W7Joms7TKejFIq5x8iObnfUN6nnbPZM04jIIDVcMm5iyEZ0+j"
    "xt7kAYjZNwi2fQ2bjl4mqWjZuPvBXeWxij2N2FhU9q+hXvXYiMy4ATweYUmVPsTNbBwwCH"
    "gugUuB6rgql61xsePnn24tnLp8+frW41XD0pu8wwe3FhdsHDkcJb2DjJebq7fQZfp1RIUb"
    "aKiYQY/Vq0cJlH5COhtolLHJPIpAcp+IgVEHNENuYtFNRuZR/qlnG6Zdy+QwsbNAZvvcVZ"
    "Xu1rT9iehP0kXN1KezOIxMjZHnaDs1QyRzFPo9hiJc6ukgs7af3ns7RmDDC2tgrigMnVd0"
    "8sML3wq2Rjrs24gDyI7yVyItPHe3UqHQxU4BAflgQDxy6bNbhxN0WmnfoGTd5YA74niHQw"
    "tnEPpD30ntKM723zKWV53uQa7w4ULCrLbx0QKxRFR0MjVQJiqubAqrv5dAGi6tmtOytAvH"
    "An2KH/LbygLvH5sMwDZrGRVb1fiFesqSTEDaA3NoOKP1mLwxZOfsvz2tTaG1ZAuQxLvGH5"
    "dw1rKRqvHYIGxpLYO7X9sDiNZnoTCxU0k7sULLVqMT5Np5mv3QPtHuh8uQcp9Sr5csLuI6"
    "7RIAUhQ6hdwnKXcM2wFjzCnqcjZBbXVl3BdIPKoobr9aPHca/wt9TcnYQoN44mF3LkHp86"
    "zb1q/rURF2hFZ1t2uCALwj0k26uFN4XFpw1azblsIRPNsh53sym0262AAh+WuN26InXHjk"
    "gQ5ZHOXP2U2FxiNfJg4ft6k0bukgmF75f61vFno7qdj3LJ9X5psF9sMsG2URcdTFJpxjeq"
    "4J7PmSv29sQI7jIxbsmyvsq6ZxqtvFpXXlAWsEEX3hxyDX+oAn9UAb001PkQpa6hzr5JvR"
    "LU6U7qYpwrCt3zra2eb4KnWRHU7PWWTrboogTux0BXi2/bXd6OfYt6hdUdsU+HZbgbhnG1"
    "ijpktzYz1s4aelUzoXug2tOFTrJEXpNqIajigCbYDkMMsDEkv3WIOAuyVxzxVPAcBWzikN"
    "6S01Z7y9/3u/O7cxnVHjPfQxjdcCJWnFjLN/K7oBwBjciYubJoVfy5gGbdUKVCdSGKMppu"
    "WIIBiuG0IDpAJ4WF83Gq+yvnQ8btWoNJ2Jq5UFfNxki4esSFT4bhlcSjJfo15FW9Yvm/Hh"
    "4+ffri8PHT5y+Pnr14cfTy8apqPvtRWfn8ydl7qKBP2A/Zknpmmr7rNrLuUqTavFPFvFP6"
    "tnbVZKwrZh4Ez3MPoVKO5x9AepFX7NEpAdm6+iVNp5m/AfPr6ZgklWZ8owCs+Nm8LuOTVF"
    "q91+e7RTxM7drxoxSZGvGiRk2fwBUJerdjG82x671G0NR9ifDYA1fdQeLdue+20DB4K3Gl"
    "yO+v5ybGqRo1WEtvm624ib/CXWLCP5RFRBK6GEKTtsMheop+9w8fHz5fISATPFfbWbwly5"
    "rKbU2hsGKT+0cCcrL5mcSsZtgKWqV9Pn6j6BVMM2zWEUU4XGU5XACwKPvTscWq8E4IIOpk"
    "B48DQFBRkYRHikUnhOfgKcXCyRCqLKavsEEi0ZgM+lyChGLnqdri4djOEc4JdbC7LBVPRJ"
    "gSjrxdWB3xvIdc2fZP/pPwMF9JRAjk5Oz8+PKf+SI5yTn8T/55fXq8aXSs5VDOB4KToYHM"
    "h8P7AznTaFylhGm4fTRUadIieBWlN+cnR5cPbzkIUmhu5R7jDTvZ7jWk2E5X2uKgh6yqrG"
    "fKrkh21yi4gWKR4bq4Jau0sbpD82hXArhOmkOQTxf+Oxu/VePE3bnH8NAxKE6Cm54qw37h"
    "eJWZPTgOVj14B+Gl3eJEFBt2nWIA2wHOYGRix2Ee3F/HifhLmAkQip0KAkV3iM6uKz43uh"
    "l+LcquU8TohbrMiSu2kXWN+W2e5ZsaUWr+jlZjDU8MrpHLNKfElL1mF8y9PUDHyPUdB9KE"
    "YB60mDJO0I3NZLK42PPUvhHbmKM55pxYiHIx7pY4CE/yDJHtfIPON9rFubhBvtGt+H21jI"
    "1wvMqnn7KmxhwvbYat+rdvpOi6G3hRtlAHKmnrBd4jgh1eS7rAFIq39sDz7SSZBDcp51Q8"
    "F7r9cZLdef6Pt2WutXzbzwx/NxowNU22O8YedYSxwgxqconnikq7Gqq4GlUyPeMGbl2Zp2"
    "n1za3q+JQ5kob6WuK6rFZLgSSVwnFHZU9+XRb7EPXqmDqUTxuJPUWqtapqWlURqO4rGU0Z"
    "u31LbHpH3OUgB6tLDxmWgXWLYDDUR8JoSmrAdSHNcogwtL5GpniPsDBQOI9LNGauLAx8hY"
    "IrJClHjiwUHLuElKF0bU2swTnFwTlqCZ+MecQxl9CpJd9G+Rh8kGJ4hrAdmEKFyuadWSkj"
    "ZuXwvCzrKaJomO60y6i4ixdIvlcQDlxAtTCnE4e0EPZrM/EpLRCDT/Hh0fM69nqKTEPXDf"
    "aCrLtvYLjF6bpjrQ++TokDR+tUmAbijaxXwb3QAQ7/E0dRJe+xN0TCZggSn4Ptg+Rv2ngP"
    "dcLqSyDo8tc3WCIJQm3Zqyxjl5hEmJ5NpJwi7Y4u0J67Mld77Sgd/JyB2xSo/PDd0Uz4VS"
    "abQQqhR9whEi6W9Kk2V/T3+gfdClL2yObR8cmWw2gabt/TQp7Pbdro1E5SauNMNeNMEdj1"
    "MzCUONBV79LPvWshNWJYBrrO1mMN1696rwIgo2L0AbqJBQtuZOLzDfdNkxCLWEGftIVLhZ"
    "52UIR8DhH2hLfHoW4oH3Jta2INuSoOuep8yF2WXnjYbRYGTlJqZ1KVg0qHgR+2PZLsqhSe"
    "jTkxFMZsgp2CvR2nS0dSBGGvpHpycfEpIdCTs7Ti/PL55PTy5ydSkmIQDfr0Zr2rh97UR6"
    "ncckUM8zcMLGnvN+LygkvQUiNKDXMzGAu3nvHqF56B/RzW386wexsGHE3ogUxkJx/0jY24"
    "tKeBk9mGPs1m0Ka24qb23XrJpSPsxXX/MSK1K//FYmSzIVzTF6xQuIZP+odVY4O76wGgiK"
    "6CO0dLFFX841ItJa/1bFtF4bBdHMR+Fw60EuGvVw/Dykh4GGZaBaSWrI50mJOV+Y6+UitB"
    "xZVgg5uRO3UnMgTTxsHtw0FQDdCw4NJSk/m2haCmTWYscjYjkKmz04iaPoP0GZTob0Vcak"
    "7zjp/wk9KTB6/H3HfkFKsd1bpT7em2iB0HKRuYqW+m2K2rILqJC8sKUZs4Ew+2xuHRUQlD"
    "I39ZjEr7y+FHh8FnmRBlHQ6Hw3vI3SePH1fgrhhVyF35WareKnDc68BCMZLdQ0L7weL6Af"
    "78+D/6f82B"
)
