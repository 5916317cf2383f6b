"""Accounts that belong to their people: mails on record, codes for one purpose, hidden accounts, where the rules begin."""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True

# `unverified_since` of accounts that are there is the moment of this migration: the default is evaluated once for them.
# A code asked for an address may belong to nobody, so `user_id` may be NULL; the release before writes one always.


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        ALTER TABLE users
            ADD COLUMN IF NOT EXISTS language TEXT,
            ADD COLUMN IF NOT EXISTS bootstrapped_at TIMESTAMPTZ,
            ADD COLUMN IF NOT EXISTS unverified_since TIMESTAMPTZ NOT NULL DEFAULT now();
        UPDATE users SET bootstrapped_at = now() WHERE bootstrapped_at IS NULL AND id::text IN (
            SELECT subject_id FROM audit_events WHERE subject_type = 'USER' AND action = 'staff.bootstrap_admin'
        );
        ALTER TABLE email_verification_challenges
            ADD COLUMN IF NOT EXISTS purpose TEXT NOT NULL DEFAULT 'verification',
            ADD COLUMN IF NOT EXISTS key_id TEXT,
            ALTER COLUMN user_id DROP NOT NULL;
        CREATE TABLE IF NOT EXISTS notices (
            id UUID PRIMARY KEY,
            kind TEXT NOT NULL,
            user_id UUID REFERENCES users (id) ON DELETE CASCADE,
            cause TEXT NOT NULL,
            address TEXT,
            language TEXT,
            parameters_json JSONB NOT NULL DEFAULT '{}'::jsonb,
            created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            finished_at TIMESTAMPTZ,
            outcome TEXT,
            UNIQUE (user_id, kind, cause)
        );
        CREATE INDEX IF NOT EXISTS idx_notices_created_at ON notices (created_at);
        CREATE TABLE IF NOT EXISTS hidden_accounts (
            id UUID PRIMARY KEY,
            user_id UUID NOT NULL UNIQUE REFERENCES users (id) ON DELETE CASCADE,
            reason TEXT NOT NULL,
            hidden_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            erase_at TIMESTAMPTZ
        );
    """


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        DROP TABLE IF EXISTS hidden_accounts;
        DROP TABLE IF EXISTS notices;
        DELETE FROM email_verification_challenges WHERE user_id IS NULL;
        ALTER TABLE IF EXISTS email_verification_challenges
            ALTER COLUMN user_id SET NOT NULL,
            DROP COLUMN IF EXISTS key_id,
            DROP COLUMN IF EXISTS purpose;
        ALTER TABLE IF EXISTS users
            DROP COLUMN IF EXISTS unverified_since,
            DROP COLUMN IF EXISTS bootstrapped_at,
            DROP COLUMN IF EXISTS language;
    """


MODELS_STATE = (
    "eJztXVtz2ziy/isovczsKcWVca4bnzpVcuIknknslO1Mdnd2ioZISMKYIrQAaUW7O//9oE"
    "FS4t0kJVGQjJdcKDREdQON7q8v+E9vyhziiqOzKabur4TTEbWxT5n3doJdl3hj0nuD/tPz"
    "8BT+UWN0H/XwbLYaCw98PHQVOQE66z5BaNkxpRqJh8Ln2Pbl4BF2BZGPHCJsTmcwGKYYIE"
    "G/P3HomPrIlt+A/An20RwLJIjnI58h7CHsOJwIgUaMI+YRNAv4jAlyIv/jLhD1BZpgMUFU"
    "EvmME+cIvtthtvxy6o23+zWBR/8VEMtnY+JPCJdf9tvv8jH1HPJdMiH67+zOGlHiOinuUw"
    "cmUM8tfzFTz75+PX/3Xo2EnzC0bOYGU281erbwJ5LN8fAgoM4R0MBnY+IRjn3iJNjtBa4b"
    "iSt+FL6xfODzgCxf1Vk9cMgIBy4Irfe/o8CzQVZIfRP88fz/oldLDLOsi8sb6/rsxrJ6OR"
    "nDK2TkET2ymQfrg3o+MOo/f4bzrhiinvbgC95+HFz9+OzlXxQLmPDHXH2o2NX7UxFiH4ek"
    "iukrLqtFmmf0DfnuFzN6SZDhtXzVNlyOH6zYvNoKMQNjFnXL1Juzv93AzFMh/uXCg4tfB1"
    "eK058Hf1Osni6iTz5dXnyIhzO5o8P9f/H20+WpYv+K3bC7LNgnTVieIjJsb8F28n1G5Z6w"
    "sJ/n+zvJNp9OSclyT1FmmO9EpEfxPw5MFOefz65vBp+/pOTxbnBzBp8cp2QRP/0x1EIrcS"
    "wnQd/Obz4i+C/6x+XFWVZXLcfd/KMH74QDn1kem1vy3EnwJH4cP0qJWU5FPMfC91JFAbtb"
    "yLtkCiN4rQWPfZ9MZ76UY+AViPzcK9GsObqMnGn4dBuSfbolsfaUEfvk+Kfnr56/fvby+W"
    "s5RL3l8smrCsmfX9xkVOcUf7ciNokGnM2SdcfYF3vC2NAxIE4LJZUh3YByimzbLeum3rcJ"
    "8aRzQUIvAxyMQBQ4JIevsGxOQBgtZJ+mPMBzSR7B2LmUPmW0LPdE7NEOqpR6MHNaSj1Naa"
    "Sui9QLNnv09iupR0BJE48vQdKdv9dLQlU7QDG24vndkYVVhCSV835F0Yr1HZ2kN/IQ9dmd"
    "PE7l+yI2UqcqYAQnyAN0jnqIs7mIP+HEJVgQNCQjxskGDtxtyEraArxQWOWwX4JkDeyvI5"
    "ldgGDmE8JJ2gbC4o44ClcdLpYwK3bl6L4cTu0JmuKFFJ2U7JA5ix/E+vJ7ADEEUHZ0VwgY"
    "AsfzEnovVxUde7+QhZLTuXwP7NlFCiwC1b9G0zxqyayern4qx/MlGJ5c3pKFknHEV0x8O7"
    "h+O3h31lOCGmL7bo65Y6UkBp+wY5Z5shyb/2h6PM0+wR4eKybDr4B3joT3HlOXOB8CyY1o"
    "TWVCJukB/aooyUgNtcaJsQ+GRT6yuVRsvlR+gk0JcB6F9A6ac+aNQfuBHEdUDpKjptQLfC"
    "LQiLMpupVLk4e21C1iHuhLUJVI4IWQQmX58Mj2v27DYRI43ORWrBckaWlRPBweabEPP7E5"
    "4WhCvqOPnwdvn1x/HBy/eAln2DwOSEWM74f71KUQn8Keo/6LbYXjaHW6lUdeYOEHnDQBVZ"
    "Ik3QEq27T6N4yprPZaUwcrTXmADtb+OlShH50zSXZz9H2kjkO8Qahpio6+9IDKo2+ihlqR"
    "2qqbEuDFei6M0suFOxr9IJBLhS//JPieIBb4faUV54C3UT+2UuR6LYLbNjWnCfZ3sVvXCP"
    "Zz6QOGrn1dZ3hFYeLOLTzaeIc3Po5ShAd4Gu0p3FcH5FUKsU2mQYJubyI6j8b80AKn6sQJ"
    "6+CMWsuWewiKuvTIDZN/bBaI0pL1G8aP1jKMr5jiU84eVs8rzWAuR9Q0fr+BdYrRjHBplS"
    "gL1GEnS8hOIMyJ/HhEpUSQINJgpZ7kgBSqwu/QlI65im7kTeCNzmwMYQ2UTJUhDDKtD5vF"
    "o/UFzrQ1gJOv2cDtyJAZ36NNqrFJMXkk3kcDcypjxC6P3vTyOI1o3/9yRVxcsgsT9lN8xu"
    "/ZMiizov7cJoB4TYQI3zNnKsUfVVpLIhxU02CSdjDiZCTX1yRMFzhCV4m0AOaCNcPvIegC"
    "IJ/H5ERT6i4U0if/N5N2T0FEZZPzGmNJc2NJybeiaKXIZErT6Gs4JSKO1x8HT6JoY5gxk1"
    "zdOoUUTVnLI8ObOLmXi7CNJZemNKiizlI29vpjsddTe5v5LaWeptybvb2qARGBbUtjlnGV"
    "2DPFzibyUjUSf61dv2SC1TxTuYhW95xlyFYO5LQ8yp/MLwT5Gb3fSFHQNkyu0I1pGP1JEW"
    "mfp9yJu6FjNO0g2Bl61g0ZmiLa4ALVFevel/R3TZfo+nHHvErdAFMj/Oz9cr69VKcPMjd1"
    "mqxfFpBVHXlBNIyoJ2DMPVQXD7I/pStT7JdvgC6+fvpUGVYvMP3KAfiY8w/D8O2Zrumq/7"
    "Mdrh5t/nJ0faUdHsTYLbXTaN3kBMDEhVRYT6inYG7sumkUUYTZtbZ8r7A2hPpHaKAWQTzA"
    "xpyHzbSonECgW0Gd22L4fXtfZRB5DWyQflX6goGKHiFURCRH28g8Sbc3MNGjhICh81TzHP"
    "00lcYAkLapMgaCMC7zrt2KNUq9Ey5FIjmkfUrPYfoS20roUeuywN+I12u5mwEib1z1d4QA"
    "RidPoA3rsiXBsumu/Ll0OpV/g1cgnQNXpTfYWORjK5ua03gLGqjfKm9hJL/LUv9pYFSkiE"
    "z+bZvknPLOykUZUxvuq6wDlNYZq2dYiDmTirxpZ+UcoVnpJtPcwBG14Ah8Lw8cbgW8Ufv4"
    "NJVxVls4q6aJ5IHttgJsKNdEMnmZSDsUsGiCvYEDe9fER8yz5TwegbICKQFcdJfJ4YOELv"
    "bGAR43suaTNBrr3N4tdW4R4+iWeLd9CEpBelhYk/uDQNKTRgJTB7lY+CcIFjRcR+NKhxTi"
    "W+svhW2o6yFjPnz/bNZq2xaQ78+mVamep5eXN9c3V4Mv1uDd5/ML63+Qz9hdsmEbkrJhql"
    "6I2o8xBzTwlmpZ0AgDbXSuF9Dvz+neew/x6XmcFeyovohUvn0ABfnxL1vCUmrFvEGDrzcf"
    "ra8Xv55dnb8/P3tnvRv8/brm0tlTK2Gj1Z8P3k3WHj2uvi5ND8WkS7/XdCp4x+C9btZ7Ey"
    "alUnPWZlbtjMG9ZJmp9K65tPC9PEH/YMN1FxXM8zMbHjaf4OTaBKO+yHkOlVPSanfj41VO"
    "GUyJty7PBqsp30UzHir35E60Ehxck3FyQyZ4d6g8u1vY1mbsiF8W9oGbEoyPsUf/vYnFdZ"
    "mY6lDZ5TFfuudrMupCTaKNI9BxZkm2MWw5L+sn/uf6TR8QYxtm4ZS1IEwartXZOFaDXoQD"
    "BIPDPHu8aqA9wXmn8KGxBSk0vy3T5oCy97tJqdEppcZEvEsZfmDoWrpXg0sapgknSEyasM"
    "m6NlnXOzYr+usUKvPIhliTpQeGoWVZmlB5Ot1ZBoBcgW0Y4XTlZmGMB9YxCOXYMJWaOpA+"
    "jZFwg7EKJwhCHOKEVzLG11X55LsP3eYwgt2shkEdJwMTsNCG3PT05tYxHTO9KhoxUr9IAZ"
    "WnfSwJTFprqwTumcsWgLCGjGvA+AJSI4IWIrinAltiJl+CcTGhswLAhMnjBnvFYigiz8hh"
    "KOm3JYjlk24lcXp5+SklidPzLKu/fj49u/rxJyUWOYiGJ3T+Pj3Tvn1nS5+TfwWUExUysv"
    "4oLAn++fryosTtLCLOgg3U9tF/1R1v2xJHAuoZBtT1qSeO4Pt2gfYAs6qFlJVHP+1ywQRZ"
    "Ibksiu41FVCOsHvh7GavbEUM4XErPbmmYsgRGjGsIQaDipaK4oBRUVOPcmhSL0hazkWDXT"
    "oi9kJ+ryV87AcFYeGKaoQC2u5sxN6Xr6efzq8/nr3bgRWynfLXYChPqEmrPZil3Zvigo1I"
    "Q+9Nl9e1wpaSClxIvwvl1uam85I5jOR1k3yrzH7IzjQJrHXTMk1SYQm/thmKWa6voi6dib"
    "X3QK5OOl+7ZnwmysGJL/q8I2QmEFOlR5QrR68k8lKTsDKVR05jMnlMJs+e6IY99V7q+KyQ"
    "Wt4khLkab7Bs019xFzrMZPp0menzR2iArMnRwzKhswxd6USd0nzek6ikrMC2XH5WaVuOSL"
    "K6rY5ZCYNPVCf1JbIF+TnKYFQJOGA+/ngbNziQnPXh8tPl4KNP8b+uFR52+5ciG3RL32KS"
    "gHQ8O00SkCamC/luEz4rcA4qkn9WJIblbdoJStaMGS+4Eaic50kaw/QWTJfu0qToJpqKTn"
    "5LCsPwFgynU2nANO2emCLSuJGXtlx/lKEy8FwgWzwO/ChT8k149eby2ZRBttgj7L5lEMBS"
    "MR8wAmiyVg5N6iZrZb+OYpPLsCnp6L0JNchlOLQeU1sPzpchqClu1grPNwZS2wXoG1BWRu"
    "hhHhOiNyH6PdEQe2qq1THQYbpGMfoEgQGkTJB+F1rMBOm7DNLPIjtkTZYmo8IHytaEatQp"
    "Vl/Uy7TA6CxpeVrZssMqbb1axw4d0bhZ25C4zBvDnemqb9tq0hMFnw4XPhEIcwL3IsIDNv"
    "yD2H54cSIK5Krg6DZ8Zt2RRcFN7tv+skJrF6dzlqUTbd+JYGqJCT5+8dLYv3rZv/HybdyF"
    "Ikdo7KIWdhHsz+bXZyaJDNvbZAGE+UuNF32WzjB/DebDtR1+wY2ap3R87j0ggBVtRgRUp5"
    "blvVM4VeveHDOGF3ny1+PjZ89eHT999vL1i+evXr14/fS1HKveOv/Rq6pOLecfoOdKShz5"
    "JiyrI72+M5ymMWl3zXdAxiZqooHypEYJtT14GybIJGkM01u1HbqnZN4iPJoj7DI2enbx7v"
    "ziww7M+m3KgBNc2M7mQRmsCE2KWFvuE8caNspAzZAZzq/B+eaRngypif/rFv83GXe1xHzA"
    "AT2TcXdoUq+TcQegtTIKG4E4aaoOLUmH2C7cK34opqRiZHNDMkOmsTHT+zZZZKIjHvOX1w"
    "afIHXTK+Phra5TbE+oVxvv2YW0hKXwg3aXhRfQG1NIH+2YPxSTYcpm0bQ8pUnBMBktHWa0"
    "ZILIa2ZhHGwnrX4mFyO/bx/OdDHJQxtJHtpNlktmZRffQZNZ+7VzW2qmtFxKIyhMi/5BJB"
    "NLlFEEFhJcLZO1iepTmaZnO/AX1sgoaY7u7wLWPyBkU7okjfzfeLzGjpe2vDboYqko9hRn"
    "MujiY5R6HXTR9HE0JSKaMd6UiGhUImL6OG6zj2M+RX3NYu2SSo8DYXxmZQbcIwuL3K/Ptp"
    "/Duc7uD4xf20VlEjwrxGTSPK1fbZSXbD18Rvhkphp5pkp/+ggLFd+ysedQsEIRmHMC0YI6"
    "+PbTbLgLqIFsDGSz57buYfZZ7Z15Y+iT0w/vA5dKwCVYRPWHdx7cH+4xdEcWuobID/9G2t"
    "5AoFu1mG5P0Jz6EzQH4Qg2JUPmLBC8tKOpdAz2ViqKPUVh6mBv0rRhvHGhXprKIN0tevYq"
    "DpbhX1VcXwMD6yita4DA0UfU6StL1plSFYR0HLlsBZJn15hK+xr58odqqgvh1cqL9kpsiA"
    "SNztL5NqH2RDFfOhCIihNpNUjfA2wK8D8EOCAEc5dKEUYmhq4GhTpOLfgpjQSVotJZVDcT"
    "lRFJYM+EGZ3QPuI2Meq2Ly0MolpKcHWlBAYDUFNxmYQ5k+GlGU7Vb5nhtZt0pHOHeNK7WF"
    "R13MmN6VcBYDQavU6fnRln95C+LZVTNFuNnjfV3XTaT1mYznS3sC15ignTM0cXzdWvgMtM"
    "zxxTuv/YmG5aVuxcBFPiY6WT/igsuPr5+vKiWAA5wiwCRuUJ9V/VxHhbYkio/WFAXZ964g"
    "i+dheaHxhVLZysHDJHBEyQFU5cE9YCncyQmpoqfXLC8nCkAaFLxXzAILQpNN556aopNDaF"
    "xuZQ1PNQTMAXDXHTPKXBTatx0wxUtCZu+svCvl5Ntp/8fRAzzS8ynTBTKYK3LqbTXgFWuv"
    "ysX4WRwu+zYVhtbDTqaMXhTLlT99jg6LAJoeUjdAXZOjOsLr6BG26I5yCbBZ4PuX7yKwj8"
    "Sz6Do4qTmYtt4sjTSx1iHoTu1AsVgaidfrdJPdRAm/UrsNSdpBl0lWwF4dF4uf8gVkkH0o"
    "aDtTqi8rsQcAJC2urGVB+PRhoHSOMf00RaSRrtpaWEoSI88ge4BI8DaY4LQt6EiSIqQUTJ"
    "T6XN2TBaZdGB8PQVm9KH7UCLFKUBLXQxy+uAFuT7jMrZWkg9TXmAUt8TKe+186VrR/emrl"
    "cTr6Cmm3bpkRsm/+jESdNBDttx0dZ1u2KmFjteCZZXu17RezeoxsK+T6YzX1VSxTeK+gwN"
    "yRLxKy6/qklnnB4N9EiV02PqrTo2gCFdizrN/JYkTYexG6mwAuweSuRGBMMp9dsFTLO0ex"
    "MD6P2iboemvpAuPhc+usdukE8oPHzT1Nx2YG472C9Z7NsOM+kopWI+YGTH9CM7NKkXbPZc"
    "V5fYILU4GbUxZGM6c562dyCs1km45TOYbNxqcbXLxi1G3kovFk1QdHej6E8N/YoPHCLjKu"
    "BEsD1B9gR741XwMMShIDoFrseyYKrZ/aPHPz1/9fz1s5fPl9eOLp9U3Taav1k0v+DhSBEb"
    "2DjpefZ3+0SVzqqXUyzE+NeiOYe6Wl9FkEeEE88mKulBCT5mBcQckYvFBsrUt7IPTU9H09"
    "Nx16GFNTr3b7wHYVHt64GwPQ37Kbh6I/0HIRKjZnvcHQgzyRzlPI1ji7U4u0wu3Evrv5il"
    "DWOAibVVEgdMr74HYoHZhV8nG3NlxoXkYXwvlROZPd7rU5lgoAaHeL8iGDjibNriSuwMmX"
    "HqW3TnYS34niIywdjWncWa9k7YQEc3w/iDbemmLc+bVy3uRcGitvw2AbFSUexpaKROQEzX"
    "HFh9N58pQNQ9u7WzAsRLPsYe/XfpDZKpz/tVHjBLjKzr/UK8YkWlIG4AvbEdVvypWhw294"
    "rvJGhMbbxhDZRLv8IbVn83sJbi8cYhaGEsyb3T2A9L0himt7FQQTPxhWSp04jxWTrDfOMe"
    "GPfA5Ms9SqnXyZeTdh/hVosUhByhcQmrXcIVwzbgER54OkJucW3VFcw2qCxruN48epz0Cn"
    "/NzL2XEOXa0eRSjjzgU2e5V8+/tpICrelsqw4XZE6Ej1R7tegqv+S0Yas5zuYq0Szvcbeb"
    "wrjdGijwfoXbbSpSO3ZEwiiPcuaap8QWEuuRBwvfdzBp5JyMKXy/0rdeMB027XxUSG72S4"
    "v94pIxdq2m6GCayjC+VQX3bMa43NtjK7zLBK4Qa66yHpjGKK+NKy8oC1ijC28BuYE/dIE/"
    "6oBeBup8jFI3UOehSb0W1MnHTTHOJYXp+bapnm+Sp3kRNOz1lk222EcJPIyBLhfftru8DQ"
    "KH+qXVHYlP+1W4G4ZxjYo6VLc2O9HOGnpVM6l7oNqTQydZoi4fdhBUcUATbI8hBtgYUt/a"
    "R4KF2SuefCp5jkI2CUhvKWirveXv+6f3T+8qrj1mgY8wuhVErji5lm/Vd0E5AhqSEeMkuu"
    "t1Ds26oUqFmkIUbTRdvwIDlMNpSXSAjksL55NUD1fOR4zrWoMp2JpxqKtmIyRdPcLhk350"
    "0fdwgb5EvGpWLP/X4+Nnz14dP3328vWL569evXj9dFk1n/+oqnz+9PwDVNCn7Id8ST2z7Y"
    "DzVtZdhtSYd7qYd3WMelMxYypmHhPPCw+hSo4XH0Bmkdfs0akA2ab6JUtnmL8G85vpmDSV"
    "YXyrAKz82aIp49NURr0357tDfEzdxvGjDJke8aJWTZ/AFQl7t2MXzTD3TxA0dV8gPPLBVf"
    "eQfHcR8A00DN5KXCn2+5u5iUmqVg3WsttmK27iF7hLTPqHqohIQRd9aNJ23EfP0D+D46fH"
    "L5cIyBjP9HYW78iioXJbUWis2NT+UYCcan6mMKspdsJWaZ8HbzW9gmmK7SaiiIbrLIdLAB"
    "ZVfzo2XxbeSQHEnezgcQgIaiqS6Ehx6JiIAjylXDg5Qp3F9A02SCwam0GfS5BQ4jzVWzwC"
    "uwXCOaUe5otK8cSEGeGo24X1Ec8HyJXd/Ml/Gh3mS4lIgZyeXwyu/l4sktOCw//07zdng3"
    "WjYxsO5XwkOB0ayH3YfziQM4nH1UqYhttHI5WmLII3cXpzcXJ09fANB0FKza3CY7xlJ9ud"
    "hhQ305W2POihqiqbmbJLku4aBbdQLCpcl7RktTZWOzSPuhLATdocgny66N/5+K0eJ27nHs"
    "Njx6AECW96qg37ReN1ZnZvEK568A6iS7vliSg37CrFALYDnMHIxp7HfLi/ThD5lzQTIBQ7"
    "kQSa7hCTXVd+buxn+LUsu04ToxfqMsdcbiPnBou7Iss3M6LS/B0ux1q+HNwgl2lGia16zc"
    "4ZvztCA8QDz4M0IZgHzSdMEHTrMpUsLvc8dW/lNhZohoUgDqJCjrsjHsLjIkNkO99g8o26"
    "OBfXyDe6k7+vkbERjdf59NPW1Jjhhcuw0/z2jQzd/gZetC3UgUraZoH3mKDDa0nnmELx1g"
    "54vp0kk/Am5YKK51K3P0nSnef/dFvm2oZv+5ni71YLpmbJumPsiz1hrDSD2lziuaQyroYu"
    "rkadTM+kgdtU5llac3OrPj5lgaShvpZwzhq1FEhTaRx31PbkN2Wxj1GvjqhHxaSV2DOkRq"
    "vqplU1geoumE9t0iuA6KJP+lXQnKfGNEDkppi6yGcquhymEx4hletBxSq9kHqIqicjxsdM"
    "2tkemk+IegjgmUtGBU21Nz57ARL32/LywhjVsbF80vvdQHT7AdH9QhYGoNuoXaLWf21eL4"
    "frzOww+WwitZ58Hag/FpDkRB05FxsyZ6Fge+aqhBnQNGHlsT+XmlDTAKA8iuTuadQoL0Gi"
    "sb0uRQVF21J1jxkRoR73I4UPMdrErQo/CLhSAUW/S1NBudgbB/KgbuZcrWh0FtUtdW7hlu"
    "9b4t324fBFODqUozhZ/ENi4d1Jc0nXNM8Z5vJfvnz9FrGJHKkJT2w8PGEc5lJRGIfZOMz6"
    "irkWDMkC32bNmmomSLQ+JQXxfHk+yuNxPlmAZQMdaeRxqOlB2OKigs1cUbA/u6v9DQXd3k"
    "2gJ0cfbMvV1aUEDYG1b2Q4YezuHXHpPeGLXgHClh3Sr4La5uFg+IEwmjZB3SKahfJlpUqx"
    "5XtEHbfk2lkoYxw6br2RJjmUJ4IBrjpwjTghVelvm5rYZL1poIj6FZAadch0xnzi2QtogV"
    "wf8Skg3Az2o0PLwM5OWYCd8jyvKieMKVrWEXZZbiK1OVLvFUI3c0B0hDzgyAby6TdZUZgV"
    "iCUm+PjFyyZGaIZMZxRU272gGlq2cPCSdPvj1QPCGcWmQjz6jQI1owRXADWjFnkDv4+kzR"
    "B2FAi3D1K/aX2/Yd+8w/DXt1giKUKDAOgsY05sIk3PNlLOkO6PLjAIX9Gl5HVN/zyl9uhD"
    "74KB2xSq/Ojd0VT6VYBkIVe+HldIkfKp1lf0D/oH+5X9f0A2j0n833B+uslj3dFCns1c2u"
    "rUTlMa40w340yTfMbPwFDiASB+FXi9AtQ1M6JfBbpOV2MtHtS9sBSQUTn6CN0mgoq3qqPA"
    "rQhsmxCHOOEFBHNOVQZijHz2ESSv+AIa8hRDrpua2ECumkOuptC4y54mPubt0kXSlMaZ1O"
    "WgMukij9seSbcrj87GghgKYy7BXsneTtJlIymS8KCkenp5+Skl0NPzrOL8+vn07OrHn5Qk"
    "5SAaBtrz3tVj75atVVakJob5WwaWtP8r4SJkUs4wz4yoNMztcKx1Hw5uYJhHje2mmN9FAU"
    "cbLhcjqkU2+oMNhbKngZP5LPF2MxhTW3NT+3615LIR9vKGmgkivVtqysXIpn3kkXm4Qgm2"
    "J8o/rBsb7K65pia6ChLmKhRV8uNKLaVS0zatouKqiaighbO5OMmWUsDDKNMqJHVUbaPHvL"
    "zMO/pKowQ1V4I7y+TtShFeMMhHhNTZMKgGaJi6Kh46froOgmZRKmNRsCmBTJ1OI2rmDDJn"
    "UPIMig6YKynAOXaLjqHMiMqTKFooFg8H1zyMVCEsluoOeyK8rm5ZXSl86rqIzaB6Hv6lJl"
    "4W0ttsOpXb6ySumFWJSepsEITABbuFjei3/3XmENL8EErIvvAsqlKGeVqddWLT0HfXl/bO"
    "JZMK8g0GnOOSlOMVSYbvNSGbjnJqvhA2c8kJuvj66ZM67h/w+Rsvf1jmv/2uz0kyIJzak6"
    "ITJPqk8uTAqzEPnRflS1q3C0R2dKF3x+kuLQCPtxPMm5qa+xlhVE08XeKNfdgaxy9eVDA0"
    "Rl7lqCzyGn10HH6WS3ZpwuFo+AFy96enT2twV44q5a76LFPhH0LATQIMCZLugwu7ieocRh"
    "jhz/8H+REyYw=="
)
