"""Decisions on what was seen: which version of a thing somebody saw, and which version its evidence last changed in."""

from tortoise import BaseDBAsyncClient

from service.database.steps import Index, Statement

RUN_IN_TRANSACTION = True

# The release before adds documents, merges metadata and submits beside this one, and writes none of the new columns. So
# the database fills them in: what matters is what a row was changed to, whichever release changes it.
#
# A change of a verification is a move when it writes the status or the time of a review; it is a final request when it
# writes that key of the metadata. Whatever else raises `version` changed documents or metadata.
#
# `evidence_version` 0 and no `submitted_version` are rows from before: nothing is known of their changes, so nothing
# that could be decided then is refused now. A person's marks have no foreign keys: their checks would wait for whoever
# holds a verification's row.


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        CREATE TABLE IF NOT EXISTS seen_versions (
            id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
            user_id UUID NOT NULL,
            subject_id UUID NOT NULL,
            version INT NOT NULL,
            seen_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            UNIQUE (user_id, subject_id)
        );
        CREATE INDEX IF NOT EXISTS idx_seen_versions_subject_id ON seen_versions (subject_id);
        CREATE INDEX IF NOT EXISTS idx_seen_versions_seen_at ON seen_versions (seen_at);
        CREATE OR REPLACE FUNCTION note_evidence_of_kyc_session() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.status <> OLD.status OR NEW.reviewed_at IS DISTINCT FROM OLD.reviewed_at THEN
                IF NEW.status = 'SUBMITTED' THEN
                    NEW.submitted_version := NEW.version;
                END IF;
            ELSIF NEW.provider_metadata_json -> 'finalVerification'
                IS NOT DISTINCT FROM OLD.provider_metadata_json -> 'finalVerification' THEN
                NEW.evidence_version := NEW.version;
            END IF;
            RETURN NEW;
        END $$;
        CREATE OR REPLACE FUNCTION count_what_is_handed_in() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.version := OLD.version + 1;
            RETURN NEW;
        END $$;
    """


_UNREAD = "(created_at, id) WHERE byte_state = 'declared' AND bytes_checked_at IS NULL"
STEPS = (
    # For the worker, which looks every quarter of an hour for documents that nobody has read.
    Index("idx_identity_documents_unread", f"identity_documents {_UNREAD}"),
    Index("idx_job_application_documents_unread", f"job_application_documents {_UNREAD}"),
    Statement("""
        ALTER TABLE kyc_sessions
            ADD COLUMN IF NOT EXISTS evidence_version INT NOT NULL DEFAULT 0,
            ADD COLUMN IF NOT EXISTS submitted_version INT;
        CREATE OR REPLACE TRIGGER note_evidence BEFORE UPDATE OF version ON kyc_sessions
            FOR EACH ROW WHEN (NEW.version > OLD.version) EXECUTE FUNCTION note_evidence_of_kyc_session();
    """),
    Statement("""
        ALTER TABLE identity_documents
            ADD COLUMN IF NOT EXISTS reason_codes_json JSONB NOT NULL DEFAULT '[]'::jsonb;
    """),
    Statement("""
        ALTER TABLE organization_verifications ADD COLUMN IF NOT EXISTS version INT NOT NULL DEFAULT 1;
        CREATE OR REPLACE TRIGGER count_what_is_handed_in BEFORE UPDATE ON organization_verifications
            FOR EACH ROW WHEN (
                (NEW.registration_number, NEW.legal_name, NEW.supporting_object_keys_json)
                IS DISTINCT FROM (OLD.registration_number, OLD.legal_name, OLD.supporting_object_keys_json)
            ) EXECUTE FUNCTION count_what_is_handed_in();
    """),
)


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        DROP TRIGGER IF EXISTS count_what_is_handed_in ON organization_verifications;
        ALTER TABLE IF EXISTS organization_verifications DROP COLUMN IF EXISTS version;
        ALTER TABLE IF EXISTS identity_documents DROP COLUMN IF EXISTS reason_codes_json;
        DROP TRIGGER IF EXISTS note_evidence ON kyc_sessions;
        ALTER TABLE IF EXISTS kyc_sessions
            DROP COLUMN IF EXISTS submitted_version,
            DROP COLUMN IF EXISTS evidence_version;
        DROP FUNCTION IF EXISTS count_what_is_handed_in();
        DROP FUNCTION IF EXISTS note_evidence_of_kyc_session();
        DROP TABLE IF EXISTS seen_versions;
        DROP INDEX IF EXISTS idx_job_application_documents_unread;
        DROP INDEX IF EXISTS idx_identity_documents_unread;
    """


MODELS_STATE = (
    "eJztXelz2ziy/1dQ+jKzr5Rsxrlmk1evSk6ciXcSO2U7M3sWDZGQhDFFaAnKinZ3/vfXDZ"
    "ISb5PUBcr4koNEk1Q3ju5fX//pTYXDXPn0bEq5+wvz+YjbNODCezehrsu8Meu9If/peXSK"
    "/6gxuk96dDZbj8ULAR26ipwhnXWfILTsmFKNpEMZ+NQOYPCIupLBJYdJ2+czHIyPGBDJvz"
    "1x+JgHxIY3kGBCA7KgkkjmBSQQhHqEOo7PpCQj4RPhMTKb+zMh2Vv4j7skPJBkQuWEcCAK"
    "hM+cp/huR9jwcu6Nd/uaucf/NWdWIMYsmDAfXvb3f8Jl7jnsGzAh+u/szhpx5jop7nMHH6"
    "CuW8Fypq59/Xr+/oMaiT9haNnCnU+99ejZMpgAm+Ph8zl3niIN3hszj/k0YE6C3d7cdSNx"
    "xZfCL4YLgT9nq0911hccNqJzF4XW+9/R3LNRVkS9Cf948X/RpyWGWdbF5Y11fXZjWb2cjP"
    "ETMvKILtnCw/nBvQAZ9Z/fw+euGaKu9vAF7z4Orr5//uoPigVCBmNf3VTs6v2uCGlAQ1LF"
    "9DWX1STNM/qGfQuKGb0iyPAaPrUNl+MLazavl0LMwJhF+2XqzdlfbvDJUyn/5eKFi18GV4"
    "rTnwd/UayeLqM7ny4vfoqHC1jR4fq/ePfp8lSxf81uXF0WrpMmLE8RGba3YDv7NuOwJiwa"
    "5Pn+HtgW8Ckrme4pygzznYj0afyPIxPF+eez65vB5y8pebwf3JzhnZOULOKr34e70Focq4"
    "eQX89vPhL8L/nb5cVZdq9ajbv5Ww+/ic4DYXliYcG5k+BJfDm+lBIzPIp5jkXvYYtCdreQ"
    "d8kjjOC1FjwNAjadBSDHuVcg8nOvZGfN0WXkzMOru5Dssx2JtaeU2CcnP7x4/eLH569e/A"
    "hD1FeurryukPz5xU1m65zSb1bEJtmAs1my/TH2ZUcYGxoGzGmxSWVIt7A5Rbrtjvem3q8T"
    "5oFxwUIrAw2MuSwwSI5/w7J9hsJoIfs05RGeS3AEU+cSbMpoWnZE7NEKqpT6fOa0lHqa0k"
    "hdF6kXLPbo69dSj4CSJhZfgmR/9l4vCVUdAMXYieV3x5ZWEZJUzvs1RSvW7+kkvYFDNBB3"
    "cJzC9xIxUqcqYgRviYfoHPeILxYyvuMzl1HJyJCNhM+2cODuQlagC/iFwiqH/RIkG2B/e5"
    "LZBQpmMWE+S+tAVN4xR+Gqw+UKZqUujO7DcG5PyJQuQXQg2aFwlt/JzeX3AGKIoOzorhAw"
    "RI7nJfQBZhUfez+zpZLTOXwH9eyiDSwC1b9Gj3nUkllfXf9Uny5WYHhyegMLgXEsUEx8N7"
    "h+N3h/1lOCGlL7bkF9x0pJDO+IE5G5shqbvzU9mWavUI+OFZPxV+A3R8L7QLnLnJ/mwI1o"
    "TmVcJukB/SovyUgNtcaJsQ+6RT6KBWxsAWx+UkwZcp6E9A5Z+MIb4+6HchxxGASjptybB0"
    "ySkS+m5Bamph/qUrdEeLhf4lZJJF1KEKrIu0d2/7otu0nwcIOlWM9J0lKjeNg90mIdfhIL"
    "5pMJ+0Y+fh68e3L9cXDy8hWeYYvYIRUxvh+uU5ejf4p6jvovtRWOo9XpVu55wYk/91kTUC"
    "VJsj9AZZda/5YxlfVaa2pgpSmP0MDqrkEV2tE5leQwR99H7jjMG4Q7TdHRlx5QefRN1FAr"
    "2rbqhgR48T4Xeulh4o5G30nichnAn4zeMyLmQV/tigvE23gQaykwX4vgtm090zj797FaN3"
    "D2+2ADhqZ9XWN4TWH8zi0s2niFNz6OUoRHeBp1FO6rA/KqDbFNpEGCrjsenQ9o46gjQYRG"
    "0EL4d6DDq18j4Zx4jM4dMZ2hpW4Nl429O2nS7syDr17A3XAiKBWCSzKDqcHRSMb4QTJjPp"
    "wkaPGGCsUWQKzOTQxcFPBbLfjDLvAHPLw/pIi7MzlWbt9ocxiyMfXe4hWf4UzxBNj2oE2C"
    "ho4XvUc4NUITwPqtUD/78/XlRdl+kSLLTgluB+S/So3fmdNorRYP59wNuCef4mubasYwRy"
    "KEx2dTcQ+7hhTwOr+PyOsdfMHmcwK5WK3hZZW5jJzxAdr4LPYCyO3BXtnIrn/ILXHpsRsB"
    "f2zXKaEl67fsS9gIJLkSik85bERd71dBIj6MqAmEqA1jpVcgGuGItyv3jSQUzhZKRvwb7i"
    "Us6BPYmhhifMqXQ6Z87CtPdx4O2eqTDSiiwSbTrwBFUKb1XSjxaH2dKNqCIcnPLOR38bzO"
    "kBkcqk3aiQk3fCRIVAN1KqPEro7e9PQ4jWg//HzFXFqyChP6U3zGd2walGlRv+/SmXTNpA"
    "y/M6cqxbcqtSUZDqqpMIEeDMbVCObXJAwde0quEiFiwkVtxr9HBzw6fDy0v6bcXSqvD/xv"
    "BnpPgXd9m881ypLmypKSb0UCY5HKlKbRV3FKRJ9cfxw8iSJPwujJ5OzeHJwyKY7aaFsaHe"
    "k1UxzvYRK20eTSlJ0Bjx+llI2+/lj09dTaFkFLqacpO7O2144hObdtUGaFr1wAU+psI0dB"
    "I/HXWvUrJljNs1aKaHXPX8HMlTk81o9i6fMTAe7x+60kiO5C5QrNmIbenxSR9jkrezE3dP"
    "SmHQU7Q8u6IUNTRFucoLpi3V1JhdJ0im7ud8xvqVtgaoSffVg9r5Pb6YPMTZ0mm6eIZbeO"
    "vCAaetQTMGYHt4sH2Z/aK1Pshy8gF18/fap0qxeofuUAfMz5h2H49kzXdNb/3g5XjxZ/Ob"
    "q+3h0exNgttdJ43eAExMQlbFhPuKdgbuq6aRRRhmGSNnxXmCfIg6dkoCZBPMCmvh8WVuTw"
    "AEluJXdui+H33b3KIPIa6CD9qvAFAxU9QqiIAUfbyDxJ1xmY6FFCwFiFsHm+VppKYwBI21"
    "AZZa6AWlGk/JbzPU2lMd97g6ioMw0U3uZSGazUB+GvNQelMkyoBwrWdrJ4diEsjwWYUtBE"
    "UgkSncV0/uX+BfnjyQuUCfz7FfkjJsdH/miJqtxUTIvCMfQQjMPuud280nGGTGcB3aiCHz"
    "6snvCjw2iWcHJF9dMxu0Uy5r0ht+/VmKcOHzMZ5JV4PYSmkklAPUAjobEymaHtjjqZSGEc"
    "fL35CMOur88vLyxgpPV+8Ndr0qSoyBGrnAabN1jyofG2DephJbC2RNRk+1jX4wTZdhXpqu"
    "ZlARAXz9dy/A1F3rg0ylOCxzN7gr0qVnXbVp1J4Ofy6RT+xiMb1F5Xxf3ZVOaDDrb1TAOj"
    "abD99itgtBG8y1L/aaCupohMYkqbqNXy9jNFocRbbj6jg49pb6yeUSnBOHEaG2U5QjPTTQ"
    "qWwelrGU30Hg4c35r7jXpspak0RkG0XW2m0v6xrbYCp0mu0n6y42I791jRAzrjJ+tds4AI"
    "z4bneAzz7UACtKjh4/F7z1zqjed03EibT9JovOf2brlzi26BW+bd9jFaA10CYbGK7yQBS5"
    "pIyh3l2XlLcEJjz04XDFJ9/ThDIQJ8/2zWatkWkHdn0aociNPLy5vrm6vBF2vw/vP5hfU/"
    "JBDiLlnVmoBshEqkRUfC41vRc2+1Lbcqn1ZE353TPeGkwDnhqOLxHL5+jpVq4l+2gqXUjH"
    "kT+jO+XvxydnX+4fzsvXJnPE5HRquyCA82cG6PHlf3lNZjY9KlKUY6R2rP4L1u2nsTJqVi"
    "VjdmVu1Q+k6yzJRAqTm16D2coL+J4aaTCp/zZzE8bj7hybUNRn0Ru6vgeWhOgdbuxscrPH"
    "KOUU0b8mywfuT76InHyj1YiVaCgxsyDhZkgnfHyrO7pW1tR4/4eWkfuSoh/DH1+L+3Mbku"
    "E4/SRsvdLrc8EYB1viGfLtRDjpRD7NtM+Jvu718U2EXdM/WwY1p6jWJwsn1GyplaP3cw17"
    "7oCOfgRLgFMTXNeRVx6WP0uCPhVIvIrrJ6z0ljqDrCy2pQ+HlAcHAYY03XnasmNA80PDS2"
    "ICzr76tQTKTs/dOEaekUpmWiKEoZfmSIbbowlssahp4nSEzouamyYyL5D6xW9DepCuNHOs"
    "SGLD0yXDbL0sSWp1OzcAR5C3TDCPstVwtjjLmOQghjw/B87mBIPiXSnY+Vi0oy5jAHO27L"
    "VZ/ogH0LMJWSElzNahgWzRCoAhbqkNt+vGn3rWP0YEXVax4UbUDloUQrAhMq3SopYOaKJa"
    "L2IeMaML6A1IighQjuuaSWnMFHCF9O+KwALhFw3FCvWAxF5Bk5DIF+V4JYXdmvJE4vLz+l"
    "JHF6nmX118+nZ1ff/6DEAoN4eELnG9mbXjkHm/o++9ec+0y5IRv3Yywk1qMrI77vEGjPTt"
    "ouuiLyGDcVUI5w/8I5zFrZiRjC4xYsuaZiyBEaMWwgBoOKloriiFFRk+N0bFIvCITPOS9d"
    "PmL2Et5ryYAG8wJPekWGSwHt/nTE3pevp5/Orz+evT+AFrKblOr5EE6oSas1mKXtTMLKVq"
    "Sh96LL77XSBknNXQzpDOXWQuJlzzCS103yrbJFMOLXBEXXDfU1gaol/NqlK2Y1v4pKoifm"
    "3gOxOukcgJr+mSgGJ+6qfsfYTBKh0tm4rwy9Es9LTcLKUB54jInkMZE8HdkbOmq91LFZMV"
    "2hiQtzPd5g2W2LWZtIHxPp05VIn99CBWRDjh6XCp1l6HpP1CnM5wOL0hQLdMvVvUrdcsSS"
    "GZN11Eoc/Fa1rVkhWxifoxRGFYCD6uP3t3HRDOBsgCXTV4Offor/da3wsNs/FOmgO3qLCQ"
    "LS8ew0QUCaqC7sm838WaMmHAkSw/I2JSqBNWPhF7RfLOd5ksYwvQXTwVyaFLX9q6gOuaIw"
    "DG/BcD4FBaZpRc4UkcbF4bTl+qN0laHlgtHiseNHqZJvwhY+q2tb6+OjERRUy6dmEMBSMR"
    "8xAmiiVo5N6iZqpVtHsYll2JZ09F6EGsQyHFvdsp0758sQ1BQ3a7nnGwOp7Rz0DSgrPfT4"
    "HOOiNy76juwQHVXV6ijo+LhGPvoEgQGkjJP+ELuYcdLv00k/i/SQDVma9AofKVsTW6NOvv"
    "qi+rgFSmdJGd3Kkh1WaTnfOnroiMfF2obMFd5YkkCoum3rh75V8OlwGTBJqM+w1yZeEMPf"
    "mB2EzTjJHGaFT27Da9YdW+Y7bu/8ZYXaLk3HLIMRbd/J+dSSE3ry8pXRf/XSf+Pp27gKRY"
    "7Q6EUt9CJcn81bsiaJDNvbRAGE8UuNJ32WzjB/A+ZjK5igoEvrKR+few8IYE2bEQHXqQx+"
    "7xRP1brdiMb4IU/+dHLy/Pnrk2fPX/348sXr1y9/fPYjjFVfnb/1uqpSy/lPWHMlJY58EZ"
    "b1kV7fGE7TmLC75isgoxM12YHypGYTanvwNgyQSdIYprcqO3TP2aKFezRHuE/f6NnF+/OL"
    "nw6g1u9SBj6jheVsHpTBmtCEiLXlPnOsYaMI1AyZ4fwGnG/u6cmQGv+/bv5/E3FXS8xH7N"
    "AzEXfHJvU6EXcIWiulsBGIk6baoybpMNvFXvXHokoqRjZXJDNkGiszvV8ny4x3xBPBqhX1"
    "W6K6Bws/7BQ8pfaEe7XxnkNIS1oKP2jXgL6A3qhC+uyO+UMx6aZs5k3LU5oQDBPRsseIlo"
    "wTecMojKOtpNXPxGLk1+3DkS4meGgrwUOHiXLJzOziHjSZuV87tqVmSMslKEFhWPR3MhlY"
    "opQi1JCwtUxWJ6pPZYqeHcBe2CCipDm6fwhY/4iQTTBJGtm/8XiNDS9teW3QxVJRdBRnMu"
    "jiY5R6HXTR1HE0KSKaMd6kiGiUImLqOO6yjmM+RH3DZO2STI8jYXxmZs59jy0tdr852/4c"
    "Puvs/sj4tVtUJsGzQkwmzdP62UZ5ydbDZ2TAZqqQZyr1p0+oVP4tm3oORy2UoDonCS/Ig2"
    "//mC1XATWQjYFsOq7rHmed1d6ZN8Y6Of2wHzhsAi6jMso/vPOwf7gnyB1b6uoiP/6OtL2B"
    "JLdqMt2+JQseTMgChSPFlA2FsyT40Y6m0jHYW6koOorC1MHeQLURfuNEvTSVQbpb1OxVHC"
    "zDv6q4vgEGtqewrgFBQ59wp680WWfKlRPScWDaSgJn15iDfk0C+KGa7oX4aeVJeyU6RIJG"
    "Z+n8OuH2RDEfDAjC5VvQGsD2QJ0C7Q+JBgijvstBhJGKoatCoY5TC39KI0GlqHQW1c1ERU"
    "QyXDNhRCeWj7hNjLrtg4bBVEkJX7WUoKgAaiouEzBnIrw0w6n6LSO8DhOOdO4wD6yLZVXF"
    "ndyYfhUAxqPRm9TZmfniHsO3YXOKnlaj5k11NZ32jywMZ7pb2hacYtLUzNFl5+pXwGWmZo"
    "5J3X9sTDclKw4ugikLqNqTfitMuPrz9eVFsQByhFkEjMMJ9V9VxHhXYkhs+8M5dwPuyaf4"
    "2kPs/MioauFk5ZA5IvABWeHEOWEt0MkMqcmp0icmLA9HGhC6VMxHDEKbROODp66aRGOTaG"
    "wORT0PxXCNgQiBF42100JiPTRUfF9TDRWWMg3UWnapDAhsxRxhHSLpUiL+vfCFNw5d7zzo"
    "I0w04vBNanVvYUXvRLlNwFMNcfE8pcHFq3HxDBS4IS7+89K+Xj+sm/x9EBPPTzKdMHEQwT"
    "uX8mmvAAtf3etXYeD4+2wcVhv7jiqW+bir3Kk+RTRSJkLXwVNyhdFYM6oaG2EHI+Y5xBZz"
    "L8BYTngFw3/BNVRFfDZzqQ171DBUUjx0zaoPKgLJ9/puE1qqwW7Wr8DKDxJGsq9gOnR/x9"
    "P9O7kOKgEdHedqeLAjJzBkQXXEDehopLEDPP4xTaSVpNFeWkoYyoMHP8BldDwHc0sy9iYM"
    "BFIBQEp+KizSxtFKVUPh6Ss2tR+2A6VSlAaU0sXsqgNKsW8zDk9rIfU05RFKvSNSrmVc62"
    "p86Vqxv6np1cQqqGmmXXrsRsAfezHSdJDDbky0Tc2umKnFhleC5dWmV/TdDbLtaBCw6SxQ"
    "mXJxx9hAkCFbIbrF6XU16YzRo8E+UmX0mHy6PSvAGI7HnWZ2S5Jmj7452LDm1D0Wz5ycD6"
    "c8aOcQz9J2xsfT+1l1/+aBBBPflwG5p+48HzB6/Kqp6WZhull0SxZdW2Em3KhUzEeM7Jh6"
    "c8cm9YLFnqvaEyukls9GbRTZmM6cp+0NCKt1kHX5E/SIZTm2aOti5K20cWyCYn8dY39oaF"
    "f85KNnXDmcGLUnxJ5Qb7x2HoY4FHqn0PRYJcQ16y978sOL1y9+fP7qxaqt7OpKVTfZfOfY"
    "/ITHI6V5/NdDz+nu8oky2VWtrliI8a/FOLCAqUuwbTOfeTZTQQ9K8DEr0Oeo4sg0DQxj+F"
    "vgy63mC7KIdH8r81lDSaLvOPpQDNlbKMGuViAuyZXIwkXrKLG9JRROVj4eK4FzjO0tKK22"
    "n/W6hluaC6uQtpW09liYIJZXMhxT/RC1jR5ICqbKralye2hn3Aa9TLZelbWoGsCRsD29+y"
    "oHz1YqsqLvUj3tcddkzYQ/lfM09sbX4uwqHFeLc2w7LG3oNU/MrRLPeXr2PeA9z078OvHL"
    "a8MnJA894qko4uzxXZ/KuM81OMT7Fe7zkS+mVnMfeobMwGAt6pWJFnxPEZnwhda1FptWk9"
    "lCjUvD+KMtcqktz5vncXcihVtbfhsXcqkoOupMrONC1jVqXN/FZ1J2dY8H31vK7qU/ph7/"
    "d2lP3dT9fpUFLBIj61q/6OFbUymnEOLX1A5zZFX2mlh46ErA0siqbn/0/7jWLoyIhy+oJD"
    "CDZFHM+W5fZexsDbatfoWdrf5uoIfF442p0UINg4XW2MJL0himt9F9cV/yl6q4TBPGZ+kM"
    "843hYQwPE7v6KKVeJ3YVlELmWy2CG3KEG6hx3QF62tuaa35twdSsGeegJ18ftDFzUytlYs"
    "JXkIuvnz5tzcbM1gIu623R3C2dNDd/yTz7OETX1E1dypEHjPUs9+oZ7lZSoDWteFVshi2Y"
    "DIiqZBl1TU0+Nqzq6YuFivnMW+ftHmGsbg028H6F1W2Sw/dsh5jqpB3I6PDZmOP71X7rza"
    "fDpkXICsnNemmxXlw2pq7VFBxMUxnGtyqmMJsJH9b22ArbRmG3xuZb1gOPMZvX1jev405H"
    "Qz8PNogOJsBzAoqy6uM4ofAmJ2xzBlrpkI3A+tQp3wXzPTaoQl9AbiApXSCpOkCkgZ8fo9"
    "QN/HxsUq8FP/vjprjzisLUxNxWTUzgaV4EDWthZkNruiiBh5Hp1eTbdRXMa8YQ9Cwrg5m8"
    "3a+CQyUMjHN/myOgcSauyscJ1cgwcAhDjiT2CpATsQBtMhCrwpcN0NEtPb6wM2/CfSDnoT"
    "UF/zMNebWCVI89qbp3IbDxFzr3sCLEG1X/I/QJ2GLuOmRBeaBag6GdhlF6m9eLeFAcqcoC"
    "8cJoIIE0VQeEMEilEiaL9KqOAXnvzF6F0BEMYpf67bYLZuCZ16Ks6ZrMGBG6GBFlpuNGmu"
    "/21LTB3OFBacp14m6lkkZxXKNMa1V03E50ZcKWSwKki0WLfGyIwpy+CgvH1Grs5eQJIlA7"
    "IuqtfThwQl3LE6HiFWqzEsPIC7pD7fh9//D+4V3FJbTEHDRAcisZrBswOW7VuzBHOMIqkQ"
    "T+xKB1VbSHm+zwTih7MJyXRNbwcelhl6R6+LSLGLdvQ1MZNcLH8mCgTXAPdFS80ydjDosa"
    "W6B9iXjVDFP/08nJ8+evT549f/XjyxevX7/88dnqbMzfqjokT89/wnMytUPnD05h23Pfbw"
    "XCZUjNAar7AWrS2DVwHJs09oPwvPAQquR48QFkJnnNVhMKL2i6v2TpDPM3YH6zPaYS4jGM"
    "rxe8CD9bNmV8msps78357rCAcrdx7FWGTI9Yq1a1i9EUCdFN6pIZ9YO3BHuTLQkdBWiqey"
    "rVe+5voe/NTmKyYru/mZmYpNpKfdudmIlfsCV2GHrFQuiij8FdJ33ynPxjfvLs5NUKARnT"
    "md7G4h1bNtzc1hQab2xq/ShATtXwVpjVlDphxe/Pg3eadhKeUruJKKLhOsvhEoFFVWZdLF"
    "YFLkAAcUF2vBwCgpqKJDpSHD5msgBPKRdOjlBnMf06icp0o2hsgb4plFDiPNVbPJK6BcI5"
    "5R71l5XiiQkzwhkuAyb1Ec9PGC2x/ZP/NDrMVxIBgZyeXwyu/losktOCw//0rzdng02DmL"
    "bsyvnIaNo1kLvZf9iRM4nH1Qq1YbC1RVua0gjexAEuxaEz1cO37AQpVbcKj/GW3ueDRn5t"
    "x/dc7vRQBUmaqbIrEp2d+z3lrktqslorq3tUj/YlgJu0OqS6ZIT/zvtv9Thx924xPHYMSr"
    "KwYXFt2C8arzOze4Nw1qN1EFavQ9sAFuw6xACXA57BxKaeJwJswy4Z/AVqArpiMQFK0xVi"
    "kiDKz41uul/LkiA0UXqxpsnYh2Xk3FB5V6T5ZkZUqr/D1VgrgMENYplmnNmqAcRC+HdPyY"
    "D4c89T8eDwHLKYCMnIrStUTh+see7ewjKWZEalxFxGCePumEfouEgR2c0bTLzRPs7FDeKN"
    "7uD3NVI2ovE6n37aqhozunQFdZo3kczQddfxom2SO1ahaeZ4jwn2txJ6mAiBTDuS5UCDAJ"
    "1uBdWCSs3+JIm2/TQPFtM/pd+sFkzNku2PsS87wlhQg1qYG2sqY2roYmrUifRMKrhNZZ6l"
    "3YLkOxSropGgC2zKAkljGRTm+6JROa40lcZ+R21PflO95DHuqyPucTlpJfYMqdlVddtVNY"
    "HqLkTAbdYrgOiiO/0qaM5TYxogclPKXay7gN7lMJzwKVGxHlyuwwu5hw1l4MpI+GMBerYX"
    "Vh2DiwieuWyULyK2/aeX1n/AmzGqY1O4Yuo/dAWi+5ktDUC3Vb1Ezf/avF4N15nZYfDZBH"
    "Y9+BzMP5YY5MSdN3HLK4TthasCZnCniUrMLGAn1NQBCEcRrJ5GRaYTJBrr6yAqTNqGrXss"
    "mEz0IAMRoY820b3sO4mtykj0uzQVlEu98RwO6mbG1ZpGZ1HdcucWC6PcMu+2r6rTxPVSIj"
    "9Z/ENi4d2BuqRrmOeM+vCvAD6/hW8iR2rcE1t3TxiDuVQUxmA2BrO+Yq4FQ4p5YItmBekT"
    "JFqfkpJ5wa2qILaYLFVjVaqOQ00PwoPV2uvO6mrf3cv09apRPbWso9eBm0b/yoYTIe7eM5"
    "ffM3/ZK0DYskP6VVDbIhyMPxBH8yaoW0SzVLYsbCk2fEdUcQvmzlIp41hx6w2o5JieiAq4"
    "qsA18hmLgtPIqXDgpWBoqWRSNK24H6NshWjcXt5q4uU02ML6FWAcd9h0JgLm2UtsPFIfKy"
    "og3A5qpENN6L2dzwhY5XlelYgYU7TMQNxnogqcA0R9Vwj6LBALknA0FjS3P2guYlYglpzQ"
    "k5evmqivGTKd8VNt14IqhdnCNEzSdQcPQGw08mqFSPYbBYdGobEIh0bF9QZBP2zjg7fD5U"
    "PUb9rc4uiaXRn++jZVfpOEBjvQWcY+sxnopW2knCHtzl5gsEHSu1valmQSa5w3BCzylNrj"
    "FtgiQLUGUHt6+O1kCkYXYmDEhc/zFcakDK79dgfoQN7AEek8JmVgF30ETQTs/ifybObyVq"
    "d2mtIoZ7opZ5pEQg7COJGPIgMTFtzuV1brCQdaE4Fv7dfBaH+dLFW9AZUEEUaxYLOq8EFx"
    "OARWWWJOBKDOsC5HCIZi6Z6oZIEk8C6wVfN47E7eYLBXzbHXsFt9k3NqTWG0rRaH1ATf0y"
    "oNKk15hJZl10+pgxfY3x9sKIik3CFSoGcO3auEO8paRGNyxOFdBDkR14gCA200QmtT0xAF"
    "EwpWKoojhnv0aQKpq79xP12Ai2NYGrYBrhnBoiXrtxzAspGNcxZWar1CHHsW9ArMnMyISk"
    "snqvtq+eHgmsbOwHVXMfqYbBV1ygyNj9gkyVsw9cmMWaLB7lFllsR9QCZUThohwRk6rdWo"
    "j58H755cfxycvHwVK0rrTBSOlrgTVk9eVYXXVH2Kmoe0dJilaY9QheqIylTLrgk30zYREk"
    "lCI2Sthaz2oOZpSxmy7qYshemdGFXvs6m4xwzP4ZJgFrBGrWs0wcS/REnzZ99mwi/UFzMj"
    "KvXFOAXfYmpwgwDmv51/UUU2I/3vjs0CQodhS9+qEOSadEZj1F1j7EDQQO/L1dmXwdX5xU"
    "8H4K3R/Ax4tkXwDH/ZspXU13TG0a6zFghHMIfHtdH1U5SdkXLvgy+maIZ7RHiRJ8NVtQbG"
    "wnucsc7/ZtYqqyObH1LREzFFt5WuiIfeyA/SPEYfB4W+22pXUmc1ZWlXc2c/4yczD0VzNf"
    "d6BWZnZkS/yuycrsda/txrYHbC6KfkNlEZ4lYFUd3KuW0z5jAH/u8zsvC5KiMX2499guZm"
    "IDFwqtgu3daDjeGqwS7UrzBcTbeIfTamCqjfzlpNUxpbVRdF1tT8MRbr2mscnY0F5ooQLq"
    "Nemdc4QZdNagfCo5Lq6eXlp5RAT8+zG+fXz6dnV9//oCQJg3hQYp8kei038RNlyLrrJ9qG"
    "OI7NH/ROoCYd/MJ8GTIpp5hnRlQq5nY41roPBzdQzKOAiin176LaD/aEemMWFon5TQyl0q"
    "eRk/lSn+2eYFRtzVXt+/WUqw9mJYj07osMk1FM+8Rji3CGMmpPlH1YF7rcH8ilyV6F0E3F"
    "RpW8XblLKYxk21tU7H6OqhL7YiHfZuvh4sWoIlZI6qgC9V4RXL2nV5pNUPNN8NhBZaxrMA"
    "pB3LC+AaJh9oTZd5ih6DoEO/6pynJSTBkWTdprcQNzBpkzKHkGRQfMFQhwQd2iYygzovIk"
    "iiaK5YeDaycXUwx3glGepOH2FsfRy4C7LhEzbIGC/1IPXnVDscV0Csvrbdz2QNWIUmeDZA"
    "zUYzwtijKNd/06cwhpfgglZF94FlVthnlanfdEzV3MoOfBlpEXwMD3aUn1xzVJhu81IZs9"
    "BXN8YWLmsrfk4uunT+q4f8Dmbzz9cZr//Z/6nCQD5nN7UnSCRHcqTw66HvPQeVE+pbe875"
    "ZuAXWXfTTVtM3/207loRaAx7sJ9Zuqmt30MKpOzC7zxgEujZOXLysYGiOvMCqLvEa3TsJ7"
    "ubpDTTgcDT9C7v7w7FkN7sKoUu6qe5nc/BACbuJgSJDs37lwGK/OcbgRfv9/y/66yw=="
)
