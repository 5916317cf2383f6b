"""Sign-ins that their owner can see and that end: device and network, and from when the days of a sign-in count."""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True

# `counted_from` of sign-ins that are there is the moment of this migration: the default is evaluated once for them, so
# nobody is signed out by the upgrade. For later ones it is the moment when they begin, whichever release begins them.


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        ALTER TABLE session_families
            ADD COLUMN IF NOT EXISTS user_agent TEXT,
            ADD COLUMN IF NOT EXISTS network TEXT,
            ADD COLUMN IF NOT EXISTS device_hash TEXT,
            ADD COLUMN IF NOT EXISTS counted_from TIMESTAMPTZ NOT NULL DEFAULT now();
    """


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        ALTER TABLE IF EXISTS session_families
            DROP COLUMN IF EXISTS counted_from,
            DROP COLUMN IF EXISTS device_hash,
            DROP COLUMN IF EXISTS network,
            DROP COLUMN IF EXISTS user_agent;
    """
