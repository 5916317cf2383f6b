"""Roles, and who has them. The five roles are part of the schema: code depends on them."""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        CREATE TABLE IF NOT EXISTS roles (
            id UUID PRIMARY KEY,
            code TEXT NOT NULL UNIQUE,
            description TEXT NOT NULL,
            created_at TIMESTAMPTZ NOT NULL DEFAULT now()
        );
        CREATE TABLE IF NOT EXISTS user_roles (
            id UUID PRIMARY KEY,
            user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            role_id UUID NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
            created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            UNIQUE (user_id, role_id)
        );
        CREATE INDEX IF NOT EXISTS idx_user_roles_user_id ON user_roles (user_id);
        CREATE INDEX IF NOT EXISTS idx_user_roles_role_id ON user_roles (role_id);
        INSERT INTO roles (id, code, description) VALUES
            ('00000000-0000-0000-0000-000000000001', 'sdm', 'Candidate'),
            ('00000000-0000-0000-0000-000000000002', 'lpk', 'Training organization'),
            ('00000000-0000-0000-0000-000000000003', 'tsk', 'Registered support organization'),
            ('00000000-0000-0000-0000-000000000004', 'kaisha', 'Employer'),
            ('00000000-0000-0000-0000-000000000005', 'super_admin', 'Administrator of the platform')
        ON CONFLICT (code) DO NOTHING;
    """


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        DROP TABLE IF EXISTS user_roles;
        DROP TABLE IF EXISTS roles;
    """
