"""What may staff do? Roles are named sets of permissions, and each operation for staff declares the one that it needs.

docs/rules/staff.md shows which role may call what (`python docs/roles.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from enum import StrEnum

from service.auth.principal import SUPER_ADMIN


class Permission(StrEnum):
    """What staff may be allowed to do. Files are apart from reads: they show documents of people."""

    OVERVIEW = "overview"
    VERIFICATIONS_READ = "verifications.read"
    VERIFICATIONS_DECIDE = "verifications.decide"
    VERIFICATION_FILES = "verifications.files"
    ORGANIZATIONS_READ = "organizations.read"
    ORGANIZATIONS_DECIDE = "organizations.decide"
    APPLICATIONS_READ = "applications.read"
    APPLICATIONS_DECIDE = "applications.decide"
    APPLICATION_FILES = "applications.files"
    CONTENT_READ = "content.read"
    CONTENT_WRITE = "content.write"
    PEOPLE_READ = "people.read"
    TRAIL_READ = "trail.read"
    ACCOUNTS_READ = "accounts.read"
    ACCOUNTS_CHANGE = "accounts.change"


NAMED_ROLES: dict[str, frozenset[Permission]] = {
    "reviewer": frozenset(
        {
            Permission.OVERVIEW,
            Permission.VERIFICATIONS_READ,
            Permission.VERIFICATIONS_DECIDE,
            Permission.VERIFICATION_FILES,
            Permission.ORGANIZATIONS_READ,
            Permission.ORGANIZATIONS_DECIDE,
            Permission.PEOPLE_READ,
        }
    ),
    "recruiter": frozenset(
        {
            Permission.OVERVIEW,
            Permission.APPLICATIONS_READ,
            Permission.APPLICATIONS_DECIDE,
            Permission.APPLICATION_FILES,
            Permission.PEOPLE_READ,
        }
    ),
    "editor": frozenset({Permission.OVERVIEW, Permission.CONTENT_READ, Permission.CONTENT_WRITE}),
    "auditor": frozenset(
        {
            Permission.OVERVIEW,
            Permission.VERIFICATIONS_READ,
            Permission.ORGANIZATIONS_READ,
            Permission.APPLICATIONS_READ,
            Permission.CONTENT_READ,
            Permission.PEOPLE_READ,
            Permission.TRAIL_READ,
            Permission.ACCOUNTS_READ,
        }
    ),
}
"""The roles that may a part of it, whatever the settings say."""

_OF_ADMINISTRATORS = frozenset({Permission.ACCOUNTS_READ, Permission.ACCOUNTS_CHANGE})
_OF_STAFF = frozenset(Permission) - _OF_ADMINISTRATORS


def permissions_of(roles: Iterable[str], staff_roles: Set[str]) -> frozenset[Permission]:
    """What somebody with `roles` may do. `staff_roles`: those of ADMIN_ROLE_CODES, which may everything but manage
    accounts; that takes super_admin as well."""
    held = frozenset(roles)
    found: frozenset[Permission] = frozenset().union(*(NAMED_ROLES.get(role, frozenset()) for role in held))
    if held & staff_roles:
        found |= _OF_STAFF
        if SUPER_ADMIN in held:
            found |= _OF_ADMINISTRATORS
    return found
