"""An inbox for the identity provider's deliveries; audit rows form a chain whose end is known."""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        CREATE TABLE IF NOT EXISTS webhook_deliveries (
            id UUID PRIMARY KEY,
            idempotency_key TEXT NOT NULL UNIQUE,
            body BYTEA NOT NULL,
            body_sha256 TEXT NOT NULL,
            event_at TIMESTAMPTZ NOT NULL,
            signed_at TIMESTAMPTZ,
            received_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            kyc_session_id UUID,
            state TEXT NOT NULL CHECK (state IN ('applied', 'waiting', 'parked', 'unaddressed')),
            attempts INTEGER NOT NULL DEFAULT 0,
            last_error TEXT,
            applied_at TIMESTAMPTZ
        );
        CREATE INDEX IF NOT EXISTS idx_webhook_deliveries_pending ON webhook_deliveries (received_at)
            WHERE state IN ('waiting', 'parked');
        ALTER TABLE kyc_sessions
            ADD COLUMN IF NOT EXISTS provider_metadata_times_json JSONB NOT NULL DEFAULT '{}'::jsonb;
        ALTER TABLE audit_events
            ADD COLUMN IF NOT EXISTS sequence BIGINT UNIQUE,
            ADD COLUMN IF NOT EXISTS key_id TEXT,
            ADD COLUMN IF NOT EXISTS mac TEXT,
            ADD COLUMN IF NOT EXISTS detail_digest TEXT,
            ADD COLUMN IF NOT EXISTS detail_salt BYTEA;
        CREATE TABLE IF NOT EXISTS audit_head (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            count BIGINT NOT NULL,
            mac TEXT NOT NULL,
            key_id TEXT NOT NULL,
            seal TEXT NOT NULL,
            updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
        );
    """


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        DROP TABLE IF EXISTS audit_head;
        ALTER TABLE IF EXISTS audit_events
            DROP COLUMN IF EXISTS detail_salt,
            DROP COLUMN IF EXISTS detail_digest,
            DROP COLUMN IF EXISTS mac,
            DROP COLUMN IF EXISTS key_id,
            DROP COLUMN IF EXISTS sequence;
        ALTER TABLE IF EXISTS kyc_sessions DROP COLUMN IF EXISTS provider_metadata_times_json;
        DROP TABLE IF EXISTS webhook_deliveries;
    """


MODELS_STATE = (
    "eJztXVtz2ziy/isovcxsleJK7DjOJqdOlZw4GU8SOxU7k73MFgORkIQxRWgAyrJ2Tv77AU"
    "BS4gWkSIqSQBovvpBokOzGpfvrC/7qTYmDXHZ0MYXY/Q1RPMI29DHx3kyg6yJvjHqvwF89"
    "D07FHyVa90EPzmbrtuKCD4euJEeCzrqPEVp2RClbwiHzKbR93ngEXYb4JQcxm+KZaCy6GA"
    "CGH544eIx9YPMnAH8CfbCADDDk+cAnAHoAOg5FjL0GxHOXAPsMTCCbAMwb+YQi50g8yyE2"
    "fxj2xs12O/fwn3Nk+WSM/AmivPN//4dfxp6DHvhHhv/O7qwRRq6T4C52RAfyuuUvZ/La16"
    "+Xb9/JluKVh5ZN3PnUW7eeLf0JZ2PUfD7HzpGgEffGyEMU+siJsdObu24ojuhS8Mb8gk/n"
    "aPWqzvqCg0Zw7gqh9P5nNPdsIQsgnyR+PP/f8NVizSzr6vrWurm4taxeRobiFVL8Dy/ZxB"
    "Pyx54vGPXXj6DfNUPk1Z54wJtfBl9+PnnxN8kCwvwxlTclu3o/JCH0YUAqmb7mshyEWUbf"
    "ogdfzegVQYrX/FXrcDm6sGbzeqhHDIxYtF+m3l7841b0PGXsT1dcuPpt8EVy+tPgH5LV02"
    "V45+P11fuoOeEzNpjfV28+Xp9L9q/ZLWaTJeZJFZYniAzba7AdPcwwnxMW9LN8f8vZ5uMp"
    "yhnuCcoU852Q9Cj6o2OiuPx0cXM7+PQ5IY+3g9sLcec4IYvo6s/BKrQWx6oT8O3y9hcg/g"
    "X/ur66SK9Vq3a3/+qJd4Jzn1geWVh8n4nxJLocXUqImXeFPMeC93yJEuyuIe+cLozgtRY8"
    "9H00nflcjnNPIfJLL2dlzdCl5IyDq7uQ7NMdibUnldQnx8+enz1/efLi+UveRL7l6spZge"
    "Qvr25TS+cUPlghm1gFzqbJ9sfY05YwNlD8kVNjkUqRNrA4hbqtWZuaX5tsigTfa4g5SdnB"
    "LYjvttC55uZjOAJbIvZwshRKfT5zako9SWmkrovUFZM9fPuY1BmiVjXgIkbSJHqh7wK+Aa"
    "wQeNDoTolVCFZlWfuOUITH3ge0lAy+5O8BPRspGBridV/DbtrJ0vXV9UpE4WIFoMUHFP92"
    "/sXIl1//ZnDzZvD2oic5PIT23QJSx0qwWtwhxyR1ZdU2e2t6PE1fgR4cS+aIrxDvHHL9C3"
    "GV6Km83i/CSSlvURIP/SZwSghmiDLigSlcAoe8Bv4ESRiTAUgRvz3CXHyAIb8PsMe5xYcA"
    "GC75jSkeUwnEZiHRRns2qKgGC02/ABUVMlUjdHyZUeJzzUFzmzncIWAu/ppKfqvHdYrMYK"
    "J1oGhjl3RMQ82zSzIqVb4GkFJlV1tvcnich7TvPnxBLsyZhTFtK9rjWzYM8jSuH7vUk24Q"
    "Y8F7ZlSl6FahtsSCRiUVpmsPAYpGfHxNgE/ukHcEvpAFA2QkdRviCm2G3iMKJvAeAY/wjq"
    "bY5SqN54j/Zlzv8fysutRgv0ZZ0lxZkvItcGqqVKYkjb6KU+8jWYhBih7AzS+DJ8enL6Ih"
    "nBzd6QmgxxZv3J61RKHRll7S7XnPB2EdTS5JafwIOkvZ6OuPRV9PzG3i15R6krI1c7v3bY"
    "I8ucOyuW1zZZZQGXk4hQ5qYJvVSPylZv2KCdYdWipdC/koiYq2lqq1J8nfcqHzNwVz3i0X"
    "+gTbE8VA4PfwvSJqVQ+VKzBjKvqAEkRbGCDt2X03mhvGp7YjdgaWdUWGJogaHKC6Yt3GR3"
    "lgH2V2SW2AqSF+9m7VXyuX043MTewm27uA00tHVhDXHrol/Ec1MbR0udjI/sRamWA/fwNw"
    "9fXjxxT/89i9UnvyAfiI85th+PpM13TU/6iHq4eTPx9dX68OGzF2S840XDY4QWDijC9YT7"
    "AnYW7oukkUkQV5VjZ/LzCiZAqwfwQGchBEDWxIaZBshXkHDHxn2Pmuht939yiDyGugg/SL"
    "whcMVPQIoSLEOVpH5nG61sBEjxICFplJfPyyasEySSqNASBtQ2UMBGFM5kObFVuE9cZMil"
    "hwSP2Qnm7aErsK6JHjUmFvROM138wQIi9bCILr+bbMYjwCAkZHT0SaflSjYV2UgX8unk75"
    "b2EVcOPAleENNmRZ30pTfRprQYPlt8haGPFnWfKfCkpFgsjE39YJzsmvvKGKmGq47oYOUN"
    "reWD2DjC0IX8irVt7IEJqRbiLNDRxRCo6A93zDodacViovlKQyxmoNY9VkHndstpXJPI4X"
    "k6uHAqo6aA0c2LtBPiCezfvxkEgr4BKAqtp23QQJa2X4bKw/WB8hKC6J2LJVIxc1SMTp7R"
    "lZaTOTEn7TrZlVOpyjlSwzaXglhxa857vWH2S47aAS/fxKht3mk9hzmmDUZ95PVzkFZzM3"
    "2hd5l/Mp8rbl2WDd5duwx65yj89EK8bBLRnHJ2SMd13l2d3StprRIz4s7Y6rEoSOoYf/28"
    "Tguo511SV27dqplVfRJ65qFDu3rAqlfQZANA7C1uDKMyVqjqvqlxe2VXik/r3yQgvK3n+M"
    "h0onD5UBkHMZ3lJIq1zqo4sqRt3ESEzUjQliMkFMB9ZB+tvk/dBQh9iSpR1DPdIsjS15Op"
    "V7FBCKQjcMkZV8tTBCcMoohLxtEJmEHRGNBAFz52MwIhQwhBzkcC1wwWRUksgi9tGDL4q3"
    "QCBms2wm0iKIUAGVOmTT3TccCJUXKLJFnvdjjBIpqGuEfdUClO+7XhGYKJFa8VAzlywFJh"
    "YwrgLjFaRGBDVEcI8ZtNiMvwShbIJnClyF8O0GemoxqMhTchhy+l0JYnVlv5I4v77+mJDE"
    "+WWa1V8/nV98+fmZFAtvhIMdOnskhKmGerChT9Gfc0yRBPmtP5QZNr/eXF/lmJ0q4jTYgG"
    "0f/B9w8e48JjGoZzjHro89diSedwi0RzCrWEhpefSTJpfoIC0kl4T+mKoCyhDuXziHmSs7"
    "EUOw3XJLrqoYMoRGDFuIwaCiuaLoMCpqwju7JvUy4Z0uHiF7yZ9rMR/6c4XHM189VNHuT0"
    "fsff56/vHy5peLtwfQQnaTTTIf8h1qUmsOpmlbE2DbiDT0nnTZtZbZXFJzVwRMBXKrIfG8"
    "PozkdZN8rSBqEU9nQg7LBtKZMLAcfu3SFbMaX6qiV7GxtyFWJxlhW9I/E8bgROdm3SE0Y4"
    "DI+r6YSkMvx/NSkrAwlId3YyJ5TCRPS9aGllovZWxWEQxcxYW5bm+wbFOu6BBrmIn02Wek"
    "zx+BArIlR7ulQqcZul4TdQrzeYfCJCCFbrm6V6hbjlA8H6mMWikav5aFSVfIlojPkQqjDM"
    "AR6uPP38X5YthGR0JjPQpf6WNEcCORsO9/U2mfjfdvAn903C9N4I8m6gp6sBGdKQyCgoCf"
    "NYlheZ2KPJw1Y0IVRfXzeR6nMUyvwXRuIk1UxdwLiuGsKAzDazAcT7nSUrUAUYLI1B8y7r"
    "Fy9WfeiXhvsHL2SCXyVXB61eralExVh+V205tiIlVKibnDqJ+JVOma1E2kSru2YhO/0JR0"
    "9J6EGsQvdK0S0M4d8nmoaYKbpVzylcHTek75CpSFXnnRj3HLG7d8S1aIlqpqZRR00V0lv3"
    "yMwABSxjF/iFXMOOb36ZifhXrIliyNe4I7ytbY0qiTf15VcVKhdOYUpiws02HlFsgso4eO"
    "cFSgbYhc4o3FsaOyVtu609cSPh0ufcQApEgcLSQukOEfyPaDs4fAnI8KCr4H16w7tFQchr"
    "rrhym1XZiMU+ZGtH3H5lOLTeDx6Quj/+ql/0bDt3LliQyh0Ytq6EViflY/gSpOZNheJwqA"
    "eH6dQZ+mM8zfgvniVARfcSjVOR5fehsEsKZNiQDrVFi6dy521ZJuT/7O/NeTvx8fn5ycHT"
    "89efHy9PnZ2enLpy95W/nW2VtnRdVZLt+LOisJcWQLr6y39PLGcJLGhN1VnwEpnajKCpQl"
    "NYtQ3Y23YoBMnMYwvVapoXuMFjXcoxnCffpGL67eXl69P4Bav0sZVD9MPUNoQsTqch851r"
    "BSBGqKzHB+C85X9/SkSI3/Xzf/v4m4KyXmDjv0TMRd16ReJuIujsNXg4uzlMbHaFy2e3TZ"
    "prwk2ycAd7M8TD/lbMzO282uXOMdb8Q7fhg3bmpkqw9WSI390s7bkj7baw+FcX8/sbjnVB"
    "51QPhNcV5CGuQtT2Uq+RwAW9nCZVodvjoEbtUh090jfiUvXdTewCQ1XBPGfO6YIWXM58co"
    "9TLmsylOZmKgNWO8iYHWKAbaFCfbZXGybAzmltmIOaHMHWF8amTOqYeWFrrfnm2/Bn1d3H"
    "eMX7tFZWI8U2IySZ6WD6fPSrYcPsN8NJM16hKx7X0AmYxmt6HnYKGFAqHOMYAViZ71u2m4"
    "zJ2BbAxk03Jd1xQS3Cu7zfGJBjDTTxQthU7KAGZcHyG0cvpIksrA0zUqSUoO5oFWRVzfAr"
    "jaUyG9ARDWOcBOX6qfzhRLz6Hj8GHLAKFgjLlSLI9bb6CS3k6kY+JxTACJXmZwv2YAyWGi"
    "HS4dbvVif1mUsZ5p0y+yr3HYeps89Rkl9yI53ANRbyVyxouz0et3qYyWuFvaFuOrpMk512"
    "Xl6hdY4ybn3KS+PTamm5TPg4tginwo16Sqh7dnCPd/eHts2R/Osetjjx2Jxx5i5d/Jke73"
    "iGL+sDo4SorUpGfpE3Ji0rMMXCa6EGq9zN6upO4lqfaY8u0g2+U2iHOAxXUnO59kZPWM7x"
    "SZztjZt8kyZT96xAfRzvBaxtsvCHVk8P0U2hPslS7McghpMUtqfbUWShW92RR13hRj8EVF"
    "3DRLaXDTYtw0BRVtiZt+WNo3687ayd+NmGl2kOmEmXIRvHEhnvYUWOnqXr8IIxXfZ4tmpb"
    "HRsCIEFXvKnawDD8PNJoCWj8AXsmBgBmXheFEhHnkOsMnc80UoEX8EEn/xa2KromjmQhs5"
    "fPeSm5jHd2QgX0gFou712SaySYPVrF+ApR7EIbqnhax3O0Gr4f4TW7tHuQ4nxuoI82cBwQ"
    "kRsidPHPPhaATu0FJT1S76mCrSitNoLy0pDOnh4R/gIjiec3WcIfQqcGlLV7aU30K2Ea0X"
    "2J9I4ekrNrke1gMtEpQGtNBFLS8DWqCHGea91ZB6krKDUm+JlFttfOlaEbWq6VXFKihppl"
    "176JbwH3sx0nSQw25MtG3NroipasMrxvJi0yt87wrJHtD30XTmy0SN6EQun4AhWiF+6uyO"
    "knTG6NFgHSkyekw6x54VYBGuhZ1qdkucZo++G75gzaHbFc8Nmw+n2K/nME3TtsYH0PsgT1"
    "fEPuMmPmU+uIfuPBtQ2H3V1FQLNtWC2yWLts0wE46SK+YOIzum3FHXpK6Y7JmiEZFCalE0"
    "qqPIRnRmP61vQFi1g3DzezDRuMXiqheNq0becg/milHs70SuZxXtivdUeMalwwlBewLsCf"
    "TGa+dhgEMJ75QwPVYJU9XO7zp+9vzs+cuTF89Xx3atrhSd1pU9mSs74MWWwhqYOMl+2jt9"
    "et8mmEtRloqJhBh9LVhQ4iN5iS/biCLPRjLoQQo+YoXwOQIXsgYSancyD03JOFMy7tCuhS"
    "0Kgzde4kyV+9oRtidhPwlXN1LeTHhiZG+Pu8BZKpgjn6eRb7EUZ1fBha3U/tUsregDjI2t"
    "HD9gcvRt8AWmB36ZaMy1GheQB/69RExkensvT2WcgRps4v0CZ+CIkmmNIyVTZMaor1Hkjd"
    "Tge4LIOGNr10A6QO0pw/jOFp/Slud1zqltQcKitvw2DrFcUbTUNVLGIaZrDKy+k88kIOoe"
    "3bq3BMRrOoYe/m/uAXWJ+/0iC5jEWpa1foW/Yk0lIW4BekM7yPiTuThk4alLnlemNtawBo"
    "tLv8Aalr8raEtRe2MQ1FCW+NypbIfFaQzT62ioYmWiS85SpxLj03SG+cY8MOaBiZd7lFIv"
    "Ey/H9T5ErRohCBlCYxIWm4RrhjVgEXY8HCEzuHZqCqYLVOYVXK/uPY5bhb+l+m4lRLm1Nz"
    "mXIxts6jT3ytnXVlygJY1tWeECLRDzgSyvFp4UFu82KDVHyUIGmmUt7npdGLNbgwW8X2B2"
    "m4zUPRsigZdHGnPVQ2KVxHrEwYrndSaMnKIxFs+X6603nw6rVj5Skpv5UmO+uGgMXasqOp"
    "ikMoyvlcE9mxHK5/bYCs4yse7QsvqStaEbs3g1vniJtIAtqvAqyA38oQv8UQb0MlDnY5S6"
    "gTq7JvVSUCcdV8U4VxSm5ltTNd84T7MiqFjrLR1s0UYJbMZAV4Nv11XeBnMH+7nZHbG7/S"
    "LcDYp2lZI6ZLU2O1bOWtSqJnztEdmeVFSSRfKYVAeILA5RBNsjgAhsDMin9gEjQfSKx69y"
    "noOATUyEtyjKau/4eb97v3tfotxjMvcBBN8Z4iOOj+Xv8lkiHQEM0YhQmbTKfy5EsW6RpY"
    "JNIoo2K12/AAPkzXGOdwCPcxPn41SbM+dDxu17BZOwNaEir5qMADf1EBV3+uGRxMMl+Bzy"
    "qlqy/N+Pj09Ozo6fnrx4efr87Oz05dNV1nz2VlH6/Pnle5FBn9Afsin1xLbnlNbS7lKkRr"
    "3TRb3T+rR23WRsMmYeBc+Vm1Ahx9UbkBnkJWt0SkC26vqSpjPM34L51daYJJVhfC0HLP9s"
    "VpXxSSqzvFfnu4N8iN3K/qMUmR7+olpFn4QpEtRuhy6YQeq/BqKo+xLAkS9MdQ/wd2dz2k"
    "DB4J34lSK7v5qZGKeqVWAtPW12YiZ+FmeJcftQJhFJ6KIvirQd98EJ+H1+/PT4xQoBGcOZ"
    "3sbiHVpWXNzWFBovbHL+SEBOFj+TmNUUOkGptE+DN5oewTSFdhVRhM11lsO1ABZlfTqyWC"
    "XecQFElezE5QAQ1FQk4Zbi4DFiCjwlXzgZQp3F9E1MkEg0NhF1LoWEYvup3uJh0FUI5xx7"
    "kC4LxRMRpoQjTxfWRzzvRaxs8zv/ebiZryTCBXJ+eTX48k+1SM4Vm//5P28vBtt6xxp25f"
    "yCYNI1kLnZ3+zImUTtSgVMi9NHwyVNagSvovBmdXB0cfOGnSC56pZyG69ZyfagLsVmqtLm"
    "Oz1kVmU1VXZFsr9CwTUWFumui2uyWiure1SP9iWA26Q6JOLpwr+z/ls9dty9WwyPHYNiKD"
    "jpqTTsF7bXmdm9QTDqhXUQHtrNd0Q+YdchBmI6iD0Y2NDziC/Or2OI/+JqgnDFTjiBpjPE"
    "RNfl7xvtdL/mRddpovSKvMwx5dPIuYXsTqX5ploUqr/DVVvL540rxDLNMLJlrdkFoXdHYA"
    "Do3PNEmJDoBywmhCHw3SUyWJzPeex+59OYgRlkDDkAM97uDnkAjlWKyG6eYOKN9rEvbhFv"
    "dMe/r5KyEbbXeffTVtWYwaVLoFP99I0UXXsdL9om6ohM2mqO94hgj8eSLiAWyVsH4Plugk"
    "yCk5QVGc+5Zn+cZH+W/9NdqWsNn/YzhQ9WDaamyfbH2NOWMJarQXUO8VxRGVNDF1OjTKRn"
    "XMGtKvM0rTm5VR+bUiFpkV+LKCWVSgokqTT2O2q785u02Me4ro6wh9mklthTpGZV1W1V1Q"
    "Sq+4aGE0Lu3iIX3yO67CmwunSTfhFYtwgai/xI0RqjCnBdSLPsAyhKXwObv0eYGMiNxyUY"
    "ESoTA1+B4AhJzIAnEwVHFKEilK6pjg04pzk4hx1ukxEfefZSVGpR6ygfghsphmcIm4EpdM"
    "hs3puWMiSOgudFUU8RRc1wp316xSlcAPlegTtwIbKFGR57qAG3X5OBT2mBWGwCj09fVNHX"
    "U2QGuq4xF2TefQ3FLU7XHm29922CPLG1TrhqwN/IeRWcCx3g8D8xEGXyDvw+4DpDEPgcTB"
    "8gv2nrOdQKrS+BoMuvrzFEEoRGs9dZxhTZiKuedaScIm3PWmAsd22O9tpTOPgVEWZTsOSH"
    "7w6m3K6yyVSEEPqI9gE3saRNtf1Cv9E+aJeTskM6j/FPNuxGM3D7gQbybObiWrt2ktIoZ7"
    "opZ5rArgNEsT3pqXKCgjv9woSgdZtNwGq+YHVL6jlQkS1tcnpEjqOyhMybCaRq1sZIOqGv"
    "yMAaF3ljX0yN49PTAoZGqzxvlQ5hC28dB/cyK3sVDofNO8jdZ0+fluAub5XLXXkvfUqg5y"
    "NVZlp+qGaMZP9RmofZKBuLxzzoZvbj/wH6TtKg"
)
