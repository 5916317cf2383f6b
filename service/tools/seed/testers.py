"""Which accounts do testers of the apps have, and how do they come back to their first state?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from service.adapters.object_storage import ObjectStorage
from service.audit.domain import audit
from service.auth.models import User
from service.evidence.domain import copy_keys
from service.http.errors import StorageUnavailable
from service.organizations.models import Organization
from service.tools.seed import queries, rows
from service.tools.seed.content import STAGING_PEOPLE, SeedPerson

MOST_TESTERS = 50


def tester_people(testers: int) -> tuple[SeedPerson, ...]:
    """The set without a number, then the sets 1 to `testers`, whose addresses end in their number before the @."""
    return (*STAGING_PEOPLE, *(person for number in range(1, testers + 1) for person in _numbered(number)))


def _numbered(number: int) -> Iterator[SeedPerson]:
    for person in STAGING_PEOPLE:
        name, _, host = person.email.partition("@")
        changed = {"email": f"{name}-{number}@{host}", "full_name": f"{person.full_name} {number}"}
        yield person.model_copy(update=changed)


async def existing_testers() -> tuple[SeedPerson, ...]:
    """Those of all possible testers whose account the seed has made on the open database."""
    people = tester_people(MOST_TESTERS)
    ids = [rows.user_id(person.email) for person in people]
    known = {str(user_id) for user_id in await User.filter(id__in=ids).values_list("id", flat=True)}
    return tuple(person for person in people if str(rows.user_id(person.email)) in known)


@dataclass(slots=True)
class Objects:
    """What became of the testers' files in the object store; `problem` says why some stay, in one clause."""

    removed: int = 0
    problem: str = ""


async def empty_account(person: SeedPerson) -> list[str]:
    """Remove the account with everything that it owns, in the caller's transaction.

    Returns the object keys of the checked copies of its documents, which only their ids lead to.

    Sign-ins, applications, verifications, saved things and roles go with the row. Audit rows hang on no
    other table and stay; one more says that the account was put back.
    """
    owner = rows.user_id(person.email)
    # Two resets at once: one that waits for the row alone would find it gone, and not the new one.
    await queries.lock_reset(owner)
    # Writers that refer to the person wait until the account is back.
    await User.select_for_update().get_or_none(id=owner)
    documents = await queries.document_ids(owner)
    await Organization.filter(owner_user_id=owner).delete()  # they would outlive their owner
    await User.filter(id=owner).delete()
    await audit("seed.account_reset", actor_type="SYSTEM", actor_id=None, subject_type="USER", subject_id=str(owner))
    return [key for document in documents for key in copy_keys(document)]


async def testers_files(person: SeedPerson, storage: ObjectStorage) -> list[str]:
    """Keys of all that the account has uploaded so far, registered or not. Raises StorageUnavailable."""
    owner = rows.user_id(person.email)
    return [key for folder in ("applications", "kyc") for key in await storage.sizes_below(f"{folder}/{owner}/")]


async def remove_files(keys: list[str], storage: ObjectStorage, objects: Objects) -> None:
    """Remove the objects that are there; the product's key may be one that deletes nothing (docs/object-store.md)."""
    try:
        for key in keys:
            if await storage.size_of(key) is None:
                continue
            if not await storage.remove(key):
                objects.problem = "this key may not delete"
                return
            objects.removed += 1
    except StorageUnavailable:
        objects.problem = "it does not answer"
