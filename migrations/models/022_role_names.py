"""The names of a person's roles beside the person, where each request reads them."""

from __future__ import annotations

from tortoise import BaseDBAsyncClient

from service.database.db import BaseConnection
from service.database.steps import BATCH_ROWS, ROW_PATIENCE, Statement

RUN_IN_TRANSACTION = True

# `users.role_names` is written by the triggers of `user_roles` and `roles` alone, whoever changes those. They lock the
# person first and read in a statement of its own, or two who grant at once would each miss what the other granted.
#
# It says nothing that the two tables do not say, whose own triggers renew the person's marks: so writing it renews none.

_NAMES = (
    "ARRAY(SELECT r.code FROM user_roles ur JOIN roles r ON r.id = ur.role_id WHERE ur.user_id = u.id ORDER BY r.code)"
)
_EVENTS = {
    "insert": "REFERENCING NEW TABLE AS changed",
    "update": "REFERENCING OLD TABLE AS before NEW TABLE AS changed",
    "delete": "REFERENCING OLD TABLE AS changed",
    "truncate": "",
}


def _renew_version_of_user(unless: str) -> str:
    return f"""
        CREATE OR REPLACE FUNCTION renew_version_of_user() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
        BEGIN{unless}
            PERFORM renew_user_versions(ARRAY(SELECT id FROM changed));
            RETURN NULL;
        END $$;
    """


def _triggers(table: str, function: str, *events: str) -> str:
    return "\n".join(
        f"CREATE OR REPLACE TRIGGER keep_role_names_on_{event} AFTER {event.upper()} ON {table} {_EVENTS[event]}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {function}();"
        for event in events
    )


async def upgrade(db: BaseDBAsyncClient) -> str:
    return "\n".join(
        [
            "SET LOCAL lock_timeout = '5s';",
            "ALTER TABLE users ADD COLUMN IF NOT EXISTS role_names TEXT[] NOT NULL DEFAULT '{}';",
            _renew_version_of_user("""
            IF current_setting('jembatan.keeps_role_names', true) = 'on' THEN
                RETURN NULL;
            END IF;"""),
            f"""
        CREATE OR REPLACE FUNCTION keep_role_names(people UUID[]) RETURNS void LANGUAGE plpgsql
        SET search_path FROM CURRENT AS $$
        BEGIN
            PERFORM FROM users WHERE id = ANY (people) ORDER BY id FOR NO KEY UPDATE;
            PERFORM set_config('jembatan.keeps_role_names', 'on', true);
            UPDATE users SET role_names = held.names FROM (SELECT u.id, {_NAMES} AS names FROM unnest(people) AS u (id)) held
            WHERE users.id = held.id AND users.role_names <> held.names;
            PERFORM set_config('jembatan.keeps_role_names', 'off', true);
        END $$;

        CREATE OR REPLACE FUNCTION keep_role_names_of_grants() RETURNS trigger LANGUAGE plpgsql
        SET search_path FROM CURRENT AS $$
        BEGIN
            IF TG_OP = 'TRUNCATE' THEN
                PERFORM keep_role_names(ARRAY(SELECT id FROM users WHERE role_names <> '{{}}'));
            ELSIF TG_OP = 'UPDATE' THEN
                PERFORM keep_role_names(ARRAY(SELECT user_id FROM changed UNION SELECT user_id FROM before));
            ELSE
                PERFORM keep_role_names(ARRAY(SELECT DISTINCT user_id FROM changed));
            END IF;
            RETURN NULL;
        END $$;

        CREATE OR REPLACE FUNCTION keep_role_names_of_role() RETURNS trigger LANGUAGE plpgsql
        SET search_path FROM CURRENT AS $$
        BEGIN
            PERFORM keep_role_names(ARRAY(
                SELECT DISTINCT ur.user_id FROM changed JOIN before USING (id) JOIN user_roles ur ON ur.role_id = changed.id
                WHERE changed.code <> before.code
            ));
            RETURN NULL;
        END $$;
            """,
        ]
    )


class _FillRoleNames:
    """Those who have roles: a thousand people at a time, in the order of their ids. All others have the default."""

    sql = "SELECT keep_role_names(ARRAY(SELECT DISTINCT user_id FROM user_roles));"

    async def run(self, connection: BaseConnection) -> None:
        last = "00000000-0000-0000-0000-000000000000"
        while people := await connection.fetchval(
            "SELECT array_agg(user_id ORDER BY user_id)"
            " FROM (SELECT DISTINCT user_id FROM user_roles WHERE user_id > $1 ORDER BY user_id LIMIT $2) page",
            last,
            BATCH_ROWS,
        ):
            async with connection.transaction():
                await connection.execute(ROW_PATIENCE)
                await connection.execute("SELECT keep_role_names($1)", people)
            last = people[-1]


STEPS = (
    Statement(_triggers("roles", "keep_role_names_of_role", "update")),
    Statement(_triggers("user_roles", "keep_role_names_of_grants", *_EVENTS)),
    _FillRoleNames(),
)


async def downgrade(db: BaseDBAsyncClient) -> str:
    dropped = [f"DROP TRIGGER IF EXISTS keep_role_names_on_{event} ON user_roles;" for event in _EVENTS]
    return "\n".join(
        [
            "SET LOCAL lock_timeout = '5s';",
            *dropped,
            "DROP TRIGGER IF EXISTS keep_role_names_on_update ON roles;",
            _renew_version_of_user(""),
            """
        DROP FUNCTION IF EXISTS keep_role_names_of_role();
        DROP FUNCTION IF EXISTS keep_role_names_of_grants();
        DROP FUNCTION IF EXISTS keep_role_names(UUID[]);
        ALTER TABLE IF EXISTS users DROP COLUMN IF EXISTS role_names;
            """,
        ]
    )
