"""The texts that searches look in, and the indexes of searches and of long lists, made beside writers."""

from tortoise import BaseDBAsyncClient

from service.database.steps import Backfill, Index, Required

RUN_IN_TRANSACTION = True

# Databases that 014 was applied to before this file was there have all of it, with a generated column. A generated column
# can only be added by writing the whole table anew while nobody reads it, so a trigger writes the text instead.
#
# Terms of three letters and more are found by trigrams. Shorter ones have none: they are found among all pieces of one
# and two characters (every second pair from the first character on, then from the second on). Both index the text in
# lower case; LIKE on the text itself decides. The planner is not shown the terms, so statistics of these texts would be
# made for nothing.
#
# `least(created_at)` is `created_at` under a name that only these indexes know: left the choice, the planner walks an
# index of all rows and passes over every draft.

_TEXTS = {
    "jobs": "NEW.title || ' ' || NEW.description || ' ' || coalesce(NEW.employer_json->>'name', '') || ' '"
    " || coalesce(NEW.location_json->>'displayLabel', '')",
    "feed_posts": "NEW.title || ' ' || NEW.excerpt || ' ' || NEW.author || ' ' || NEW.category",
}


async def upgrade(db: BaseDBAsyncClient) -> str:
    return "SET LOCAL lock_timeout = '5s';" + "".join(
        f"""
        CREATE OR REPLACE FUNCTION write_search_text_of_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.search_text := lower({text});
            RETURN NEW;
        END $$;
        ALTER TABLE {table} ADD COLUMN IF NOT EXISTS search_text TEXT;
        ALTER TABLE {table}
            ALTER COLUMN search_text DROP EXPRESSION IF EXISTS,
            ALTER COLUMN search_text SET STATISTICS 0;
        CREATE OR REPLACE TRIGGER write_search_text BEFORE INSERT OR UPDATE ON {table}
            FOR EACH ROW EXECUTE FUNCTION write_search_text_of_{table}();
        """
        for table, text in _TEXTS.items()
    )


_NO_DRAFTS = "WHERE lifecycle_status <> 'DRAFT'"
_POST_SHOWN = "coalesce(published_at, scheduled_publish_at) DESC, created_at DESC, id DESC"
_POST_STATE = "lifecycle_status, published_at, scheduled_publish_at"
STEPS = (
    Backfill("jobs", "search_text = ''", "search_text IS NULL"),
    Backfill("feed_posts", "search_text = ''", "search_text IS NULL"),
    Required("jobs", "search_text"),
    Required("feed_posts", "search_text"),
    Index(
        "idx_jobs_search",
        "jobs USING gin (search_text gin_trgm_ops, text_pieces(search_text),"
        " lower(location_json->>'displayLabel') gin_trgm_ops, text_pieces(lower(location_json->>'displayLabel')))",
        unsampled=(2, 3, 4),
    ),
    Index("idx_jobs_position", "jobs (created_at, id)"),
    Index(
        "idx_jobs_listed",
        "jobs (least(created_at), id)"
        " INCLUDE (created_at, lifecycle_status, scheduled_publish_at, employment_type, visa_sponsorship)"
        f" {_NO_DRAFTS}",
    ),
    Index(
        "idx_jobs_listed_type",
        "jobs (employment_type, least(created_at), id)"
        f" INCLUDE (created_at, lifecycle_status, scheduled_publish_at, visa_sponsorship) {_NO_DRAFTS}",
    ),
    Index(
        "idx_jobs_listed_visa",
        "jobs (visa_sponsorship, least(created_at), id)"
        f" INCLUDE (created_at, lifecycle_status, scheduled_publish_at, employment_type) {_NO_DRAFTS}",
    ),
    Index(
        "idx_feed_posts_search",
        "feed_posts USING gin (search_text gin_trgm_ops, text_pieces(search_text))",
        unsampled=(2,),
    ),
    Index("idx_feed_posts_position", "feed_posts (published_at DESC NULLS LAST, created_at DESC, id DESC)"),
    Index("idx_feed_posts_listed", f"feed_posts ({_POST_SHOWN}) INCLUDE ({_POST_STATE}) {_NO_DRAFTS}"),
    Index(
        "idx_feed_posts_listed_category", f"feed_posts (category, {_POST_SHOWN}) INCLUDE ({_POST_STATE}) {_NO_DRAFTS}"
    ),
    Index("idx_user_saved_jobs_job_id", "user_saved_jobs (job_id)"),
    Index("idx_user_saved_posts_post_id", "user_saved_posts (post_id)"),
)


async def downgrade(db: BaseDBAsyncClient) -> str:
    indexes = [f"DROP INDEX IF EXISTS {step.name};" for step in STEPS if isinstance(step, Index)]
    columns = [
        f"""
        DROP TRIGGER IF EXISTS write_search_text ON {table};
        DROP FUNCTION IF EXISTS write_search_text_of_{table}();
        ALTER TABLE {table} DROP COLUMN IF EXISTS search_text;
        """
        for table in _TEXTS
    ]
    return "\n".join(["SET LOCAL lock_timeout = '5s';", *indexes, *columns])


MODELS_STATE = (
    "eJztXWlz2zjS/isofdnZKsWVOOcmb71VcuIkniT2lO1M9pgtGiIhCTFFaADSinZ2/vuiQV"
    "LibZK6IBpfclBoiOoGGt1PH/ijN2UOccXR6RRT91fC6Yja2KfMezvBrku8Mem9Rn/0PDyF"
    "f9QY3Uc9PJutxsIDHw9dRU6AzrpLEFp2TKlG4qHwObZ9OXiEXUHkI4cIm9MZDIYpBkjQH4"
    "8cOqY+suU3IH+CfTTHAgni+chnCHsIOw4nQrxBzHMXiPoCTbCYICoH+YwT5wi+y2G2/DLq"
    "jTc7beDR3wNi+WxM/AnhcvJ//Vs+pp5DfsgfGf13dmuNKHGdFHepAxOo55a/mKlnX7+evX"
    "uvRsIrDy2bucHUW42eLfyJZGM8PAiocwQ08NmYeIRjnzgJdnqB60biiB+Fbywf+Dwgy1d1"
    "Vg8cMsKBC0Lp/d8o8GyQBVLfBH88+//o1RLDLOv84tq6Or22rF5OhvAKGf5Hj2zmgfyp5w"
    "Oj/vgznHfFEPW0B1/w9uPg8qenL/6qWMCEP+bqQ8Wu3p+KEPs4JFVMX3FZLcI8o6/JD7+Y"
    "0UuCDK/lq7bhcvxgxebVUo8ZGLNot0y9Pv37Ncw8FeJ3Fx6c/zq4VJz+Mvi7YvV0EX3y+e"
    "L8QzycyR0b7u/zt58vThT7V+yG3WTBPmnC8hSRYXsLtpMfMyr3hIX9PN/fSbb5dEpKlnuK"
    "MsN8JyI9iv/RMVGcfTm9uh58+SUlj3eD61P45Dgli/jpT6EWWoljOQn6dnb9EcF/0T8vzk"
    "+zumo57vqfPXgnHPjM8tjckudMgifx4/hRSsxyKuI5Fr6TKgrY3ULeJVMYwWsteOz7ZDrz"
    "pRwDr0DkZ16JZs3RZeRMw6fbkOzjLYm1p4zUR8dPnr189urpi2ev5BD1lssnLyskf3Z+nV"
    "GdU/zDitgkGnA2S7Y7xj4/EMaGhj9xWiipDOkGlFNk2xrdtHndZHMCfG8h5jRlB48gedpi"
    "50K6j9EKPBCxR5ulUurBzGkp9TSlkbouUi/Y7NHbJ6QuCLeaARcJkk2iF/oq8HvACsCDRr"
    "eFWAWwKs/a94wTOvY+kYVi8Jl8D+zZpIChEV73NZrmMFm6errSRBzPlwBackHJ3y5/MfHV"
    "r387uHo7eHfaUxweYvt2jrljpVgNn7BjlnmyHJv/aHo8zT7BHh4r5sCvgHeOuP5eOlTE+R"
    "AQIaLFkIFR0wP6VcjpSA21xomx90KlH9kcsZFPPCTYlAyZs0AhvYPmnHljRD3kTwgaUTlI"
    "jppSL/CJQCPOpuhGrikeKuUbxLw3yGOIywkFXgg0n7A8hLr9r9swtArwk9xD9YDVlqjT/Z"
    "Bq8/3T+8zmhKMJ+YE+fhm8fXT1cXD8/IXkvWRUBFpHjO8rhtsuBQwbe476L7aV75cT4D5x"
    "q3K0FhZ+wEkTRyxJsjsnbJvmw4b9sNVea2qppSk7aKkdrmUWGuQ5W2I/R98lcwsDh+p55U"
    "HH5Yia59s30HYYzQgXTB4neIEc9ibUeHJegTCXyk4eN3IZIUH8vjyApKEglyIaLuQHUzrm"
    "KgaZP8o2OrMJCGpgY1cdMSDT+tZBPFpf+0DbmFTyNQv5XbyuM2QmHNgmCmsguY6BM2WQXA"
    "MLIIPiLI/e9PI4iWjff7okLi7ZhQmgIT7jD2wZlIENf27TTrqSblr4njlTKf6o0loS4aCa"
    "BtOFRxAnI7m+Jshnt8Q7QpdsLsBzBNuGuWDN8DvwLfEdARd8hKfUXSjXUf5vJu2eAsdxk/"
    "MaY0lzY0nJtyKfp8hkStPoazglgJWrj4NHEagCSzi9unVCTkzGzwPw6tMZP3dyEbax5NKU"
    "JoSus5SNvf5Q7PXU3mZ+S6mnKQ9mb/e+TUgYFRKBbUtjlnEVv5hih2zgmNVI/LV2/ZIJ1i"
    "1ZFEbVy1GSItpWptaOJH8thS7fFAVyWin0CbUnBQtBfkbvCgo29DC5QjemYfpDimgNB+Rw"
    "Tt973Q2TTrIldoaedUOGpog2uEB1xbpNes6e03PyKnUDTI3ws/fL+Q5Snd7L3NRpsn72U1"
    "Z15AVx4ZFrJv9oJoYDVRf3sj+lK1Psl2+Azr9+/pzhfxm7l2ZPOQAfc/5+GL490zVd9X+2"
    "w9WjzV+Orq+0w70Yu6V2Gq2bnACYuJAK6xH1FMyNXTeNIoqwxNiW7xWmwFH/CA3UIogH2J"
    "jzsM6YygkEuhHUuSmG37f3VQaR18AG6VelLxio6AFCRURytI3Mk3QHAxM9SAgYinLl+hXN"
    "kmXSVBoDQNqmyhgIwrjM+3Yr1qhoSbgUieSQ9ik93fQltpXQo9Zlgb8Rr9dyNwNEXrcHkr"
    "cs4kAAo5NH0KEmbk+06kckfy6dTuXf4BVI58BV6Q02FvnYyqbmNN6CBuq3ylsYye+y1H8a"
    "GBUpIpN/2yY5p7zpVFHG1IZbTukApe2M1TMsxJxJRd606VSO0Kx0k2lu4IhacAS+kwcOtw"
    "LeqLNemso4qy2cVdN0o2O7rQAbyjXdSPZRbYcCFk1wMHBg74r4iHm2nMcjUFYgJYCL2rp2"
    "EyRsVeFzb+vd9ghBdTfgA9MapahBKk9vx8jKITMpFTddm1m10zkOkmWmDK/m0sJ38tT6zo"
    "brLiqY52c27Daf4MzZBKN+kfN0lVN4NnPjc1FOGUyJty7PBqsp30UzdpV7cidaCQ6uyTi5"
    "IRO86yrPbhe2tRk74tPC7rgpwfgYe/Q/m1hcF4mpusSubQe1yjr6JE2N6uCW1aC1zwDB4D"
    "BtDS8jU3DdRtHVHZVjCyJS/1pGoYGy928TodIpQmUA5FKGHyikVa/00SUNs24SJCbrxiQx"
    "mSSmPdsg/XXqfnhkQ6zJ0o6hHlmWJlSeTp2OAUIpsA0jZKXcLIwRnDoGoRwbZiZRB7KRMB"
    "JuMEYjxpEgxCEOtAsWyya3PvnhQ/MWjGA3q2FQFsHABCy0ITc9velVrGPgtKKvEfWLFFB5"
    "7HpJYLJEWuVDzVy2AEwsZFwDxheQGhG0EMEdFdgSM/kSjIsJnRXgKkweN9grFkMReUYOQ0"
    "m/LUEsn+xWEicXF59Tkjg5y7L665eT08ufniixyEE0PKHzXbhNN9S9LX1Ofg8oJwrkt74X"
    "Vtj8fHVxXuJ2FhFnwQZq++i/yKXbi5gkoJ5hQF2feuIIvm8faA8wq1pIWXn00y4XTJAVks"
    "uieExTAeUIdy+c/eyVrYghPG6lJ9dUDDlCI4Y1xGBQ0VJRdBgVNemdXZN6nfROl46IvZDf"
    "awkf+0FBxLPcPCyi3Z2N2Pvl68nns6uPp+/2YIVsp5okGMoTatJqD2ZpDybBdiPS0HvT5X"
    "WtsKWkArhlLZJbm/uRSuYwktdN8q2SqCGfzqQc1k2kM2lgJfzaZihmub6Kml4l1t49uTrp"
    "DNua8ZkoBye+N+uWkJlATPX3pVw5eiWRl5qElak8chqTyWMyeQ5ENxyo91LHZ4Vk4CYhzN"
    "V4g2WbdkX70GEm02eXmT7fQwNkTY52y4TOMnSlE3VK83lPoiKgAtty+VmlbTkiyXqkOmYl"
    "DH6jGpMukS3Iz1EGo0rAAfPxpxu4X4za5Ags1qPolT7HBFcKCbv5a5H1ufH5TeKPjuelSf"
    "zRxFwhP2zCZwUOQUXCz4rEsLxNRx7JmjHjBU31y3mepDFMb8F06SJNipq5VzTDWVIYhrdg"
    "OJ1Ko6VpA6IUkek/ZMJj9frPvId8b7QM9igj8nV4e9Xy2ZRNiy7L7WY0xWSq1BJzh1E/k6"
    "nSNambTJXDOopN/sKmpKP3JtQgf6FrnYC2HpAvQ01T3KwVkm8MnrYLyjegrIzKwzwmLG/C"
    "8geiIQ7UVKtjoMN0jeLyCQIDSJnA/D60mAnM7zIwP4vskDVZmowEd5StCdWoU3y+qONkgd"
    "FZ0piysk2HVdogs44dOqJxg7YhcZk3hmtHVa+21aRvFHw6XPhEIMwJXC0ED9jwO7H98O4h"
    "FMhVwdFN+My6JYuCy1C3/WWF1i5O5ylLJ9q+FcHUEhN8/PyFsX/1sn/j5du480SO0NhFLe"
    "wi2J/Nb6BKEhm2t8kCYJ7fZtFn6Qzz12A+3IrgF1xKdULHZ949AljRZkRAdWos3TuBU7Vm"
    "2FO+s/zr0d+Oj58+fXn8+OmLV8+fvXz5/NXjV3Kseuv8Ry+rurOcfYA+Kylx5BuvrI70+s"
    "5wmsak3TXfARmbqIkGypMaJdT24G2YIJOkMUxv1WrojpJ5i/BojnCXsdHT83dn5x/2YNZv"
    "UwbNL1PPEZoUsbbcJ441bJSBmiEznF+D880jPRlSE//XLf5vMu5qibnDAT2Tcdc1qdfJuA"
    "PQWhmFjUCcNNUOLUmH2C5czdkVU1IxsrkhmSHT2JjpfZssMtERj/kovir2DWIeQXBLump6"
    "PsX2hHq18Z59SEtYCj9opSiL6I0ppI92zB+KyTBls2hantKkYJiMlh1mtGSCyGtmYXS2e1"
    "Y/k4uR37f3Z7qY5KGNJA/tJ8sls7KL753JrP3auS01U1oupBEUpkX/RSQTS5RRBBYSXCeT"
    "tYnqU5lGZ3vwF9bIKGmO7u8D1u8Qsildkkb+bzxeY8dLW14bdLFUFAeKMxl08SFKvQ66aH"
    "o3mhIRzRhvSkQ0KhExvRu32bsxn6K+ZrF2SaVHRxifWZkB98jCInfrs+3ncK7Tu47xa7uo"
    "TIJnhZhMmqf1q43ykq2HzwifzFQLz1TpTx9hoeJbNvYcClYoAnNOIFpQB99+mg13ATWQjY"
    "FsDtzW7Waf1d6pN4Y+Of3wDnCpBFyCRVR/eOvBneEeQ7dkoWuIvPu30PYGAt2oxXTzBs2p"
    "P0FzEI5gUzJkzgLBSzuaSsdgb6WiOFAUpg72Jk0bxhsX6qWpDNLdomev4mAZ/lXF9TUwsB"
    "2ldQ0QOPqIOn1lyTpTqoKQjiOXrUDy7BpTaV8jX/5QTXUhvFp50V6JDZGg0Vk63ybUnijm"
    "SwcCUfFGWg3S9wCbAvwPAQ4IwdylUoSRiaGrQaGOUwt+SiNBpah0FtX1RGVEEtgzYUYntI"
    "+4SYy66UsLg6iWElxdJoHBANRUXCZhzmR4aYZT9VtmeO0nHenMIZ70LhZVHXdyY/pVABiN"
    "Rq/TZ2fG2R2kb0vlFM1Wo+dNdTed9lMWpjPdLmxLnmLC9MzRRXP1K+Ay0zPHlO4/NKablh"
    "V7F8GU+FjppO+FBVc/X12cFwsgR5hFwKg8of6rmhhvSwwJtT8MqOtTTxzB1+5D8wOjqoWT"
    "lUPmiIAJssKJa8JaoJMZUlNTpU9OWB6ONCB0qZg7DEKbQuO9l66aQmNTaGwORT0PxQR80R"
    "A3zVMa3LQaN81ARWvipp8W9tVqssPk772YaX6R6YSZShG8dTGd9gqw0uVn/SqMFH6fDcNq"
    "Y6NRRysOZ8qtuscGR4dNCC0foUvI1plhdfEN3HBDPAfZLPB8yPWTX0HgX/IZHFWczFxsE0"
    "eeXuoQ8yB0p16oCETd6Xeb1EMNtFm/AkvdS5rBrpKtIDwaL/e/iFXSgbThYK2OqPwuBJyA"
    "kLa6MdXHo5HGAdL4xzSRVpJGe2kpYagIj/wBLsHjQJrjgpDXYaKIShBR8lNpczaMVll0ID"
    "x9xab0YTvQIkVpQAtdzPI6oAX5MaNythZST1N2UOoHIuWDdr507eje1PVq4hXUdNMuPHLN"
    "5B87cdJ0kMN2XLR13a6YqcWOV4Ll1a5X9N4NqrGw75PpzFeVVPGNoj5DQ7JE/IrLr2rSGa"
    "dHAz1S5fSYeqsdG8CQrkWdZn5LkmaHsRupsALsdiVyI4LhlPrtAqZZ2oOJAfQ+qduhqS+k"
    "i8+Fj+6wG+QTCrtvmprbDsxtB4cli0PbYSYdpVTMHUZ2TD+yrkm9YLPnurrEBqnFyaiNIR"
    "vTmfO0vQNhtU7CLZ/BZONWi6tdNm4x8lZ6sWiCYnc3ij5p6Fd84BAZVwEngu0JsifYG6+C"
    "hyEOBdEpcD2WBVPN7h89fvLs5bNXT188W147unxSddto/mbR/IKHI0VsYOOk5znc7RNVOq"
    "teTrEQ41+L5hzqan0VQR4RTjybqKQHJfiYFRBzRC4WGyhT38o+ND0dTU/HfYcW1ujcv/Ee"
    "hEW1rx1hexr2U3D1RvoPQiRGzfawOxBmkjnKeRrHFmtxdplceJDWfzFLG8YAE2urJA6YXn"
    "33xAKzC79ONubKjAvJw/heKicye7zXpzLBQA0O8X5FMHDE2bTFldgZMuPUt+jOw1rwPUVk"
    "grGtO4s17Z2wgY5uhvGdbemmLc+bVy0eRMGitvw2AbFSURxoaKROQEzXHFh9N58pQNQ9u3"
    "VnBYgXfIw9+p/SGyRTn/erPGCWGFnX+4V4xYpKQdwAemM7rPhTtThs7hXfSdCY2njDGiiX"
    "foU3rP5uYC3F441D0MJYknunsR+WpDFMb2OhgmbiC8lSpxHjs3SG+cY9MO6ByZd7kFKvky"
    "8n7T7CrRYpCDlC4xJWu4Qrhm3AI+x4OkJucW3VFcw2qCxruN48epz0Cn/NzH2QEOXa0eRS"
    "jtzjU2e5V8+/tpICrelsqw4XZE6Ej1R7tegqv+S0Yas5zuYq0SzvcbebwrjdGijwfoXbbS"
    "pSd+yIhFEe5cw1T4ktJNYjDxa+rzNp5JyMKXy/0rdeMB027XxUSG72S4v94pIxdq2m6GCa"
    "yjC+VQX3bMa43NtjK7zLBK4Qa66y7pnGKK+NKy8oC1ijC28BuYE/dIE/6oBeBup8iFI3UG"
    "fXpF4L6uTjphjnksL0fNtUzzfJ07wIGvZ6yyZbHKIE7sdAl4tv213eBoFD/dLqjsSn/Src"
    "DcO4RkUdqlubnWhnDb2qmdQ9UO3JoZMsUZcPOwiqOKAJtscQA2wMqW/tI8HC7BVPPpU8Ry"
    "GbBKS3FLTV3vL3/eb95l3Gtccs8BFGN4LIFSfX8o36LihHQEMyYpxEd73OoVk3VKlQU4ii"
    "jabrV2CAcjgtiQ7QcWnhfJLq/sr5iHG71mAKtmYc6qrZCElXj3D4pB9d9D1coF8iXjUrlv"
    "/b8fHTpy+PHz998er5s5cvn796vKyaz39UVT5/cvYBKuhT9kO+pJ7ZdsB5K+suQ2rMO13M"
    "uzpGvamYMRUzD4nnhYdQJceLDyCzyGv26FSAbFP9kqUzzF+D+c10TJrKML5VAFb+bNGU8W"
    "kqo96b890hPqZu4/hRhkyPeFGrpk/gioS927GLZpj7bxA0dV8gPPLBVfeQfHcR8A00DN5K"
    "XCn2+5u5iUmqVg3WsttmK27iL3CXmPQPVRGRgi760KTtuI+eot+C48fHL5YIyBjP9HYWb8"
    "mioXJbUWis2NT+UYCcan6mMKspdsJWaV8GbzW9gmmK7SaiiIbrLIcLABZVfzo2XxbeSQHE"
    "nezgcQgIaiqS6Ehx6JiIAjylXDg5Qp3F9A02SCwam0GfS5BQ4jzVWzwCuwXCOaEe5otK8c"
    "SEGeGo24X1Ec8HyJXd/Ml/Eh3mS4lIgZycnQ8u/1EskpOCw//kH9eng3WjYxsO5XwkOB0a"
    "yH3Yvz+QM4nH1UqYhttHI5WmLILXcXpzcXJ09fANB0FKza3CY7xlJ9u9hhQ305W2POihqi"
    "qbmbJLkt01Cm6hWFS4LmnJam2s7tA82pUArtPmEOTTRf/Ox2/1OHF37jE8dAxKkPCmp9qw"
    "XzReZ2b3BuGqB+8gurRbnohyw65SDGA7wBmMbOx5zIf76wSRf0kzAUKxE0mg6Q4x2XXl58"
    "Zhhl/Lsus0MXqhLnPM5TZyrrG4LbJ8MyMqzd/hcqzly8ENcplmlNiq1+yc8dsjNEA88DxI"
    "E4J50HzCBEE3LlPJ4nLPU/dGbmOBZlgI4iAq5Lhb4iE8LjJEtvMNJt9oF+fiGvlGt/L3NT"
    "I2ovE6n37amhozvHAZdprfvpGhO9zAi7aFOlBJ2yzwHhPs8FrSOaZQvLUHnm8nySS8Sbmg"
    "4rnU7U+S7M7zf7wtc23Dt/1M8Q+rBVOzZLtj7PMDYaw0g9pc4rmkMq6GLq5GnUzPpIHbVO"
    "ZZWnNzqz4+ZYGkob6WcM4atRRIU2kcd9T25DdlsQ9Rr46oR8WkldgzpEar6qZVNYHqvpHh"
    "hLHbd8Sld4QvegVYXXZIvwqsm4eDoT4SRlPSAK6LaBZ9hKH1NbLle0SFgdJ5XKAR46ow8D"
    "UKr5CkAnmqUHDECalC6TY1sQHnNAfnqCN9MuYTz15Ap5ZiG+VT+EGG4TnCzcAUOlQ278xK"
    "GTKngOdVWU8xRct0p11GxTmeI/VeYThwDtXCgo49soGw3yYTn7ICscQEHz9/0cRez5AZ6L"
    "rFXlB19y0MtyTd4VjrvW8T4sHROpGmgXwj53V4L3SIw/9FoLiSd+D3kbQZwsTncPsg9ZvW"
    "3kMHYfWlEHT161sskRShsex1ljEnNpGmZxspZ0gPRxcYz12bq712lA5+zsBtClV+9O5oKv"
    "0qm00hhdAnvI+ki6V8qvUV/b3+wWEFKTtk85j45IbDaAZu39NCns1c2urUTlMa40w340wT"
    "2PULMJR40FXvMii8ayEzol8Fuk5XYy0e1L1XAZBROfoI3SSCBTcq8flGBLZNiEOcsE/anF"
    "Oppz0UI599hH3p7QmoGyqGXDc1sYFcNYdcTT7kLksvfMzbhYHTlMaZ1OWgMmHgh22PpLsq"
    "RWdjQQyFMZdgr2RvJ+mykRRJ2CmpnlxcfE4J9OQsqzi/fjk5vfzpiZKkHETDPr157+qhN/"
    "XRKrdcE8P8LQNL2v+VcFFyCVpmRKVhbodj4dYzUf/CM7Cfo/rbKea3UcDRhh7IRHXyQd/Z"
    "UCh7GjiZb+jTbgZjamtuat+tllw2wl5e958g0rvyXy5GNu3DNX3hCoVr+JR/WDc2uLseAJ"
    "roKrhztEJRJT+u1FLqWs9NqygctYuD2O/cg1Yi4s3yYVQZCQ+jTKuQ1FHVkR7z8jLf0Vca"
    "Jai5EmxxM/JB3YkMwbRRePtwGFQDNCy8tNRmgesgqGlTGYuCTQlk6uw0ombOIHMGpfpbEU"
    "7tSdHxE31SefLg1Zj7jpxytaNbd6o93Rax4yBlCzP17QTzpgriMHFhVSHqEm/sw9Y4fv68"
    "gqGxvyxHZf3l6KPj8LNciLIJh6PhHeTuk8ePa3BXjirlrvosU28VOu5NYKEEye4hof1gcd"
    "0Af/78H5m8PMA="
)
