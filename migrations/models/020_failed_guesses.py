"""Counts of failed guesses of passwords and of the staff key."""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        CREATE TABLE IF NOT EXISTS failed_guesses (
            id TEXT PRIMARY KEY,
            failures INT NOT NULL,
            started_at TIMESTAMPTZ NOT NULL
        );
    """


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        DROP TABLE IF EXISTS failed_guesses;
    """
