"""How does a server get its demonstration content and accounts, and what protects what is already there?"""

import os
import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tortoise.transactions import in_transaction

from service import db, migrate
from service.auth.passwords import hash_password
from service.seed import rows
from service.seed.jobs import JOBS
from service.seed.people import DEV_PEOPLE, STAGING_PEOPLE, SeedPerson
from service.seed.posts import POSTS
from service.settings import Settings

MINIMUM_DEV_PASSWORD_LENGTH = 8
MINIMUM_STAGING_PASSWORD_LENGTH = 12

SEED_JOB_IDS = frozenset(job.id for job in JOBS)
SEED_POST_IDS = frozenset(post.id for post in POSTS)


class SeedError(Exception):
    """The seed may not run like this; the text is one sentence for the operator and names the variable."""


@dataclass
class SeedReport:
    """What one run created, by table, and the addresses of new accounts; both empty when all was there already."""

    created_rows: Counter[str] = field(default_factory=Counter)
    created_accounts: list[str] = field(default_factory=list)

    @property
    def created(self) -> int:
        """Rows created in all tables together."""
        return self.created_rows.total()

    def __str__(self) -> str:
        """One sentence for the terminal; never a password."""
        tables = ", ".join(f"{count} in {table}" for table, count in sorted(self.created_rows.items()) if count)
        return f"seed: {self.created} rows created" + (f" ({tables})" if tables else "")


async def seed(settings: Settings, *, staging: bool = False, environ: Mapping[str, str] | None = None) -> SeedReport:
    """Open the database of `settings`, fill it (see `fill_database`) and close it again."""
    people, password = _choose_accounts(settings, staging, os.environ if environ is None else environ)
    await db.open_database(db.tortoise_config(settings.database_url, pool_max=2, application_name="jembatan-seed"))
    try:
        if not await migrate.head_applied():
            raise SeedError("The schema is not up to date: run `python -m service migrate` first.")
        return await _fill(settings, people, password)
    finally:
        await db.close_database()


async def fill_database(
    settings: Settings, *, staging: bool = False, environ: Mapping[str, str] | None = None
) -> SeedReport:
    """Add what is missing of the seed to the open database, in one transaction.

    Content (40 jobs, 20 posts) comes in every environment; accounts only in dev, or with `staging` outside
    production. Rows that exist are never touched, and an account that exists, by id or by address, keeps all it has.
    Passwords come from SEED_CANDIDATE_PASSWORD or SEED_STAGING_PASSWORD in `environ` (default: the process's).
    Raises SeedError before anything is written. Source: docs/rules/seed.md.
    """
    people, password = _choose_accounts(settings, staging, os.environ if environ is None else environ)
    return await _fill(settings, people, password)


def _choose_accounts(
    settings: Settings, staging: bool, environ: Mapping[str, str]
) -> tuple[tuple[SeedPerson, ...], str]:
    if staging:
        if settings.environment == "production":
            raise SeedError("seed --staging is refused with ENVIRONMENT=production: it makes accounts.")
        password = environ.get("SEED_STAGING_PASSWORD", "")
        if len(password) < MINIMUM_STAGING_PASSWORD_LENGTH:
            raise SeedError(
                f"SEED_STAGING_PASSWORD must be set to {MINIMUM_STAGING_PASSWORD_LENGTH} characters or more."
            )
        return STAGING_PEOPLE, password
    if not settings.is_dev:
        return (), ""
    password = environ.get("SEED_CANDIDATE_PASSWORD", "") or secrets.token_urlsafe(24)
    if len(password) < MINIMUM_DEV_PASSWORD_LENGTH:
        raise SeedError(f"SEED_CANDIDATE_PASSWORD must have {MINIMUM_DEV_PASSWORD_LENGTH} characters or more.")
    return DEV_PEOPLE, password


async def _fill(settings: Settings, people: tuple[SeedPerson, ...], password: str) -> SeedReport:
    hashes = await _hash_for_missing(people, password)
    report = SeedReport()
    now = datetime.now(UTC).replace(microsecond=0)
    async with in_transaction():
        for job in JOBS:
            await _insert(rows.job_row(job), report)
        for post in POSTS:
            await _insert(rows.post_row(post), report)
        for person in people:
            if person.email in hashes:
                await _add_account(person, hashes[person.email], settings, now, report)
    return report


async def _hash_for_missing(people: tuple[SeedPerson, ...], password: str) -> dict[str, str]:
    """A password hash for each account that is not there, made before the transaction because it is slow."""
    found = await db.fetch_all(
        "SELECT id, email FROM users WHERE id = ANY($1::uuid[]) OR email = ANY($2::text[])",
        [rows.user_id(person.email) for person in people],
        [person.email for person in people],
    )
    known = {value for row in found for value in (str(row["id"]), row["email"])}
    missing = [person for person in people if not {str(rows.user_id(person.email)), person.email} & known]
    return {person.email: await hash_password(password) for person in missing}


async def _add_account(
    person: SeedPerson, password_hash: str, settings: Settings, now: datetime, report: SeedReport
) -> None:
    if not await _insert(rows.user_row(person, password_hash=password_hash, now=now), report):
        return
    report.created_accounts.append(person.email)
    for code in person.roles or _reviewer_roles(settings):
        report.created_rows["user_roles"] += await db.execute(
            "INSERT INTO user_roles (id, user_id, role_id) SELECT $1, $2, id FROM roles WHERE code = $3"
            " ON CONFLICT DO NOTHING",
            rows.fixed_id(f"user-role/{person.email}/{code}"),
            rows.user_id(person.email),
            code,
        )
    for row in rows.owned_rows(person, bucket=settings.object_storage_bucket, now=now):
        await _insert(row, report)


def _reviewer_roles(settings: Settings) -> tuple[str, ...]:
    """A staff role below super_admin when the settings name one, else the only staff role there is."""
    lesser = sorted(settings.staff_roles - {"super_admin"})
    return (lesser[0] if lesser else "super_admin",)


async def _insert(row: rows.Row, report: SeedReport) -> int:
    table, values = row
    places = ", ".join(f"${position}" for position in range(1, len(values) + 1))
    created = await db.execute(
        f"INSERT INTO {table} ({', '.join(values)}) VALUES ({places}) ON CONFLICT DO NOTHING",
        *values.values(),
    )
    report.created_rows[table] += created
    return created
