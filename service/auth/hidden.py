"""Whom do staff not see? People who leave or whose account is put aside; only a super_admin finds them, by id.

The rules: docs/rules/staff.md, Hidden accounts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service.auth.models import HiddenAccount
from service.auth.principal import Staff

LEAVING = "leaving"
"""Why an account is hidden: its person asked for its deletion."""


def is_shown(column: str, *, reason: str | None = None) -> str:
    """SQL for the lists of staff: whether the account of `column`, its id, is not hidden; true for NULL, which is nobody.

    Asked once a statement. `reason`: accounts that are hidden for another one count as shown.
    """
    which = f" WHERE h.reason = '{reason}'" if reason else ""
    return f"({column} = ANY (ARRAY(SELECT h.user_id FROM hidden_accounts h{which}))) IS NOT TRUE"


def is_held(column: str) -> str:
    """SQL: whether the account of `column`, its id, is on hold now, so that nothing may remove it."""
    return f"EXISTS (SELECT FROM account_holds o WHERE o.user_id = {column} AND o.held_until > now())"


def sees_hidden(by: Staff) -> bool:
    """Whether a caller reaches hidden accounts by id: a super_admin, and the staff key, which is one."""
    return by.principal is None or "super_admin" in by.principal.roles


async def may_see(user_id: UUID | str | None, by: Staff) -> bool:
    """Whether a caller of the staff API may know of what belongs to this account. No statement for a super_admin."""
    return sees_hidden(by) or not await HiddenAccount.exists(user_id=user_id)


@dataclass(frozen=True, slots=True)
class Deletion:
    """An account's deletion that can still be taken back. Times in UTC."""

    requested_at: datetime
    complete_by: datetime

    @classmethod
    def of(cls, hidden: HiddenAccount) -> Deletion:
        return cls(hidden.hidden_at, hidden.complete_by or hidden.hidden_at)


async def pending_deletion(user_id: str) -> Deletion | None:
    """The deletion that the person asked for, or none."""
    found = await HiddenAccount.get_or_none(user_id=user_id, reason=LEAVING, erasing_since__isnull=True)
    return Deletion.of(found) if found else None
