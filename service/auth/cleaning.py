"""What of signing up is removed, and when? Guesses whose window ended, and accounts that nobody ever used.

The rules: docs/rules/auth.md, Cleaning.
"""

from __future__ import annotations

from tortoise.transactions import in_transaction

from service.audit.domain import audit, erase_details
from service.auth import guesses, queries
from service.base import logs
from service.base.settings import Settings

_AT_ONCE = 100
_BATCHES = 20
"""At most so many batches in one run; the next run goes on."""


async def clean(settings: Settings) -> None:
    """Remove ended windows of guesses, and unused accounts. Waits for nobody."""
    await guesses.clean()
    for _ in range(_BATCHES):
        if await remove_unused_accounts(settings) < _AT_ONCE:
            break


async def remove_unused_accounts(settings: Settings, *, at_most: int = _AT_ONCE) -> int:
    """Remove accounts whose address was never verified and that nobody used for AUTH_UNVERIFIED_DAYS; returns how many.

    One transaction. Whoever signs in at the same moment is first or last: the rows are locked, and then looked at again.
    Each leaves the audit row `auth.unverified_removed` with its id alone; what rows about it said of the person goes.
    """
    if settings.auth_unverified_days == 0:
        return 0
    days, candidate_role = settings.auth_unverified_days, settings.auth_default_role_code
    async with in_transaction():
        held = await queries.lock_unused_accounts(days=days, role=candidate_role, at_most=at_most)
        removed = await queries.delete_unused_accounts(held, days=days, role=candidate_role) if held else []
        for user_id in removed:
            await erase_details("USER", str(user_id), actor_type="SYSTEM", actor_id=None)
            await audit(
                "auth.unverified_removed",
                actor_type="SYSTEM",
                actor_id=None,
                subject_type="USER",
                subject_id=str(user_id),
            )
    if removed:
        logs.log("auth.unverified_removed", accounts=len(removed))
    return len(removed)
