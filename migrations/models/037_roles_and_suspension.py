"""Roles that may a part of what staff may, and since when an account is suspended."""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True

# The previous release grants these roles when it is told to, and lets nobody in by them. It signs a suspended person in,
# whom this release then answers as anybody whose sign-in has ended.


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        INSERT INTO roles (id, code, description) VALUES
            ('00000000-0000-0000-0000-000000000006', 'reviewer', 'Staff: verifications and organizations'),
            ('00000000-0000-0000-0000-000000000007', 'recruiter', 'Staff: applications'),
            ('00000000-0000-0000-0000-000000000008', 'editor', 'Staff: jobs and posts'),
            ('00000000-0000-0000-0000-000000000009', 'auditor', 'Staff: reads, and the audit trail')
        ON CONFLICT (code) DO NOTHING;
        ALTER TABLE users ADD COLUMN IF NOT EXISTS suspended_at TIMESTAMPTZ;
    """


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        ALTER TABLE IF EXISTS users DROP COLUMN IF EXISTS suspended_at;
        DELETE FROM roles WHERE code IN ('reviewer', 'recruiter', 'editor', 'auditor');
    """
