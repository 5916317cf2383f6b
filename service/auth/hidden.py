"""Whom do staff not see? People whose account is put aside; only a super_admin finds them, by id.

The rules: docs/rules/staff.md, Hidden accounts.
"""

from __future__ import annotations

from uuid import UUID

from service.auth.models import HiddenAccount
from service.auth.principal import Staff


def is_shown(column: str) -> str:
    """SQL for the lists of staff: whether the account of `column`, its id, is not hidden. Asked once a statement."""
    return f"{column} <> ALL (ARRAY(SELECT h.user_id FROM hidden_accounts h))"


def sees_hidden(by: Staff) -> bool:
    """Whether a caller reaches hidden accounts by id: a super_admin, and the staff key, which is one."""
    return by.principal is None or "super_admin" in by.principal.roles


async def may_see(user_id: UUID | str, by: Staff) -> bool:
    """Whether a caller of the staff API may know of what belongs to this account. No statement for a super_admin."""
    return sees_hidden(by) or not await HiddenAccount.exists(user_id=user_id)
