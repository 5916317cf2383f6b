"""What becomes of an account that its address's owner did not open? It is put aside, and the owner begins anew.

The rules: docs/rules/auth.md, Starting over.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from service.audit.domain import audit
from service.auth.models import HiddenAccount, SecondFactor, User, UserRole
from service.base.clock import utc_now
from service.database import db
from service.database.records import insert

SET_APART = "set_apart"
"""Why an account is hidden: somebody else had opened it under a person's address."""
_ERASED_AFTER = timedelta(days=30)
# Neither is possible for an account in use: an address has an `@`, a record names its method.
_NO_ADDRESS, _NO_PASSWORD = "set-apart:{user_id}", "set-apart"


async def start_over(account: User, record: str) -> str:
    """Put a locked account aside and give its address a new and empty one; returns the new one's id.

    In the caller's transaction, which has ended the sign-ins. The row that is there keeps its id, and with it profile,
    verifications, applications, files, saved items and organizations; it loses address and password, so nobody signs in
    to it, and staff's lists leave it out. Roles, a suspension and a second factor go with the address: they are of whoever it
    belongs to. `record` is the new password's. Its address counts as verified.
    """
    old_id, now = str(account.id), utc_now()
    await User.filter(id=old_id).update(
        email=_NO_ADDRESS.format(user_id=old_id),
        password_hash=_NO_PASSWORD,
        bootstrapped_at=None,
        second_factor_id=None,
        updated_at=now,
    )
    fresh = await insert(
        User,
        id=uuid4(),
        # The name that is there is the stranger's; the owner says theirs in the profile.
        full_name=account.email.partition("@")[0],
        email=account.email,
        password_hash=record,
        email_verified_at=now,
        language=account.language,
        bootstrapped_at=account.bootstrapped_at,
        suspended_at=account.suspended_at,
        second_factor_id=account.second_factor_id,
        # As everybody's: codes are compared with it.
        created_at=db.NOW,
        updated_at=db.NOW,
    )
    await UserRole.filter(user_id=old_id).update(user_id=fresh.id)
    await SecondFactor.filter(user_id=old_id).update(user_id=fresh.id)
    # Whoever had asked for its deletion gets that, too: then it goes earlier.
    if not await HiddenAccount.exists(user_id=old_id):
        await HiddenAccount.create(
            id=uuid4(), user_id=old_id, reason=SET_APART, hidden_at=now, erase_at=now + _ERASED_AFTER
        )
    await audit(
        "auth.account_set_apart",
        actor_type="USER",
        actor_id=str(fresh.id),
        subject_type="USER",
        subject_id=old_id,
        detail={"newUserId": str(fresh.id)},
    )
    return str(fresh.id)
