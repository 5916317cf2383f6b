"""Which accounts do staff's lists and news leave out? Those that wait to be erased."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from service.auth.models import HiddenAccount

LEAVING = "leaving"
"""Why an account is hidden: its person asked for its deletion."""


def shown(user_id: str) -> str:
    """A condition in SQL: the account `user_id`, a column, is not hidden; also true where there is none."""
    return f"NOT EXISTS (SELECT 1 FROM hidden_accounts hidden WHERE hidden.user_id = {user_id})"


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
