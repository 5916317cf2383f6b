"""Finding text in jobs and posts, and reading long lists from any position at the same cost."""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True

# `025_search_and_paging_steps.py` makes the columns and the indexes, beside writers.


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        CREATE EXTENSION IF NOT EXISTS pg_trgm;
        CREATE OR REPLACE FUNCTION text_pieces(value TEXT) RETURNS TEXT[]
            LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
            RETURN string_to_array(value, NULL)
                || string_to_array(regexp_replace(value, '(..)', '\\1' || chr(1), 'g'), chr(1))
                || string_to_array(regexp_replace(substr(value, 2), '(..)', '\\1' || chr(1), 'g'), chr(1));
    """


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        DROP FUNCTION IF EXISTS text_pieces(TEXT);
        DROP EXTENSION IF EXISTS pg_trgm;
    """
