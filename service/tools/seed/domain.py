"""How does a server get its demonstration content and accounts, and what protects what is already there?"""

import os
import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from asyncpg.exceptions import DeadlockDetectedError
from tortoise.expressions import Q
from tortoise.transactions import in_transaction

from service.adapters.object_storage import ObjectStorage
from service.auth.models import User
from service.auth.passwords import hash_password
from service.auth.principal import SUPER_ADMIN
from service.base.clock import utc_now
from service.base.settings import Settings
from service.database import db, migrate
from service.http.errors import StorageUnavailable
from service.tools.seed import queries, rows
from service.tools.seed.content import DEV_PEOPLE, JOBS, POSTS, SeedPerson
from service.tools.seed.testers import (
    MOST_TESTERS,
    Objects,
    empty_account,
    existing_testers,
    remove_files,
    tester_people,
    testers_files,
)

MINIMUM_DEV_PASSWORD_LENGTH = 8
MINIMUM_STAGING_PASSWORD_LENGTH = 12
_TRIES = 5

SEED_JOB_IDS = frozenset(job.id for job in JOBS)
SEED_POST_IDS = frozenset(post.id for post in POSTS)


class SeedError(Exception):
    """The seed may not run like this; the text is one sentence for the operator and names the variable."""


@dataclass
class SeedReport:
    """What one run created, by table, the addresses of new accounts and of those that it put back."""

    created_rows: Counter[str] = field(default_factory=Counter)
    created_accounts: list[str] = field(default_factory=list)
    reset_accounts: list[str] = field(default_factory=list)
    objects: Objects = field(default_factory=Objects)

    @property
    def created(self) -> int:
        """Rows created in all tables together."""
        return self.created_rows.total()

    def __str__(self) -> str:
        """One sentence for the terminal; never a password."""
        tables = ", ".join(f"{count} in {table}" for table, count in sorted(self.created_rows.items()) if count)
        text = f"seed: {self.created} rows created" + (f" ({tables})" if tables else "")
        if self.reset_accounts:
            text += f"; {len(self.reset_accounts)} accounts put back, {self.objects.removed} of their files removed"
        if self.objects.problem:
            text += f"; files stay in the object store: {self.objects.problem}"
        return text


async def seed(
    settings: Settings,
    *,
    staging: bool = False,
    reset: bool = False,
    testers: int | None = None,
    environ: Mapping[str, str] | None = None,
) -> SeedReport:
    """Open the database of `settings`, fill it (see `fill_database`) and close it again."""
    people, password = _choose_accounts(
        settings, os.environ if environ is None else environ, staging=staging, reset=reset, testers=testers
    )
    await db.open_database(db.tortoise_config(settings.database_url, pool_max=2, application_name="jembatan-seed"))
    try:
        if not await migrate.head_applied():
            raise SeedError("The schema is not up to date: run `python -m service migrate` first.")
        return await _fill(settings, people, password, reset=reset)
    finally:
        await db.close_database()


async def fill_database(
    settings: Settings,
    *,
    staging: bool = False,
    reset: bool = False,
    testers: int | None = None,
    environ: Mapping[str, str] | None = None,
) -> SeedReport:
    """Add what is missing of the seed to the open database, in one transaction.

    Content (40 jobs, 20 posts) comes in every environment; accounts only in dev, or with `staging` outside
    production: then one set for testers and `testers` numbered ones. Rows that exist are never touched, and an account
    that exists, by id or by address, keeps all it has. Only `reset` puts all testers' accounts that the seed has made
    back to their first state, each in a transaction of its own.
    Passwords come from SEED_CANDIDATE_PASSWORD or SEED_STAGING_PASSWORD in `environ` (default: the process's).
    Raises SeedError before anything is written; while accounts are put back, also when an address is somebody else's.
    Source: docs/rules/seed.md.
    """
    people, password = _choose_accounts(
        settings, os.environ if environ is None else environ, staging=staging, reset=reset, testers=testers
    )
    return await _fill(settings, people, password, reset=reset)


def _choose_accounts(
    settings: Settings, environ: Mapping[str, str], *, staging: bool, reset: bool, testers: int | None
) -> tuple[tuple[SeedPerson, ...], str]:
    # A server of people may say so in the replaced server's way alone; then a wrong ENVIRONMENT must not be enough.
    said = {"ENVIRONMENT": settings.environment, "NODE_ENV": environ.get("NODE_ENV", "").strip()}
    production = next((name for name, value in said.items() if value == "production"), None)
    for option, is_given in (("--reset", reset), ("--testers", testers is not None), ("--staging", staging)):
        if is_given and production:
            raise SeedError(f"seed {option} is refused with {production}=production: it makes accounts.")
        if is_given and not staging:
            raise SeedError(f"seed {option} goes with --staging.")
    if testers is not None and not 1 <= testers <= MOST_TESTERS:
        raise SeedError(f"seed --testers takes a number from 1 to {MOST_TESTERS}.")
    if staging:
        password = environ.get("SEED_STAGING_PASSWORD", "")
        if len(password) < MINIMUM_STAGING_PASSWORD_LENGTH:
            raise SeedError(
                f"SEED_STAGING_PASSWORD must be set to {MINIMUM_STAGING_PASSWORD_LENGTH} characters or more."
            )
        return tester_people(testers or 0), password
    if not settings.is_dev:
        return (), ""
    password = environ.get("SEED_CANDIDATE_PASSWORD", "") or secrets.token_urlsafe(24)
    if len(password) < MINIMUM_DEV_PASSWORD_LENGTH:
        raise SeedError(f"SEED_CANDIDATE_PASSWORD must have {MINIMUM_DEV_PASSWORD_LENGTH} characters or more.")
    return DEV_PEOPLE, password


async def _fill(settings: Settings, people: tuple[SeedPerson, ...], password: str, *, reset: bool) -> SeedReport:
    used = await existing_testers() if reset else ()
    hashes = await _hash_for_missing(people, password)
    report = SeedReport()
    now = utc_now().replace(microsecond=0)
    async with in_transaction():
        for job in JOBS:
            await _insert(rows.job_row(job), report)
        for post in POSTS:
            await _insert(rows.post_row(post), report)
        for person in people:
            if person.email in hashes:
                await _add_account(person, hashes[person.email], settings, now, report)
    if used:
        await _put_back(settings, used, password, report)
    return report


async def _put_back(settings: Settings, people: tuple[SeedPerson, ...], password: str, report: SeedReport) -> None:
    storage = ObjectStorage(settings)
    await storage.open()
    try:
        for person in people:
            password_hash = await hash_password(password)
            try:
                # Looked up before, so that what is uploaded to the account from now on stays.
                keys = await testers_files(person, storage)
            except StorageUnavailable:
                keys, report.objects.problem = [], "it does not answer"
            keys += await _put_one_back(person, password_hash, settings)
            report.reset_accounts.append(person.email)
            if not report.objects.problem:
                await remove_files(keys, storage, report.objects)
    finally:
        await storage.close()


async def _put_one_back(person: SeedPerson, password_hash: str, settings: Settings) -> list[str]:
    """Empty one account and fill it anew, or neither; returns the keys of its documents' checked copies."""
    for tries_left in reversed(range(_TRIES)):
        try:
            async with in_transaction():
                keys = await empty_account(person)
                report = SeedReport()
                await _add_account(person, password_hash, settings, utc_now().replace(microsecond=0), report)
                if not report.created_accounts:
                    raise SeedError(f"{person.email} is another account's address by now: change that one first.")
            return keys
        except DeadlockDetectedError:
            # Somebody uses the account at this moment and locks its rows in another order.
            if not tries_left:
                raise
    raise AssertionError


async def _hash_for_missing(people: tuple[SeedPerson, ...], password: str) -> dict[str, str]:
    """A password hash for each account that is not there, made before the transaction because it is slow."""
    ids, emails = [rows.user_id(person.email) for person in people], [person.email for person in people]
    found = await User.filter(Q(id__in=ids) | Q(email__in=emails)).values_list("id", "email")
    known = {str(value) for row in found for value in row}
    missing = [person for person in people if not {str(rows.user_id(person.email)), person.email} & known]
    return {person.email: await hash_password(password) for person in missing}


async def _add_account(
    person: SeedPerson, password_hash: str, settings: Settings, now: datetime, report: SeedReport
) -> None:
    if not await _insert(rows.user_row(person, password_hash=password_hash, now=now), report):
        return
    report.created_accounts.append(person.email)
    for code in person.roles or _reviewer_roles(settings):
        report.created_rows["user_roles"] += await queries.grant_role(
            rows.fixed_id(f"user-role/{person.email}/{code}"), rows.user_id(person.email), code
        )
    for row in rows.owned_rows(person, bucket=settings.object_storage_bucket, now=now):
        await _insert(row, report)


def _reviewer_roles(settings: Settings) -> tuple[str, ...]:
    """A staff role below super_admin when the settings name one, else the only staff role there is."""
    lesser = sorted(settings.staff_roles - {SUPER_ADMIN})
    return (lesser[0] if lesser else SUPER_ADMIN,)


async def _insert(row: rows.Row, report: SeedReport) -> int:
    table, values = row
    created = await queries.insert(table, values)
    report.created_rows[table] += created
    return created
