"""What was a member of staff last shown of what they decide about?

The rules: docs/rules/kyc.md, "What a decision is made on".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from service.auth.principal import Staff
from service.base import logs
from service.seen import queries

_PATIENCE_SECONDS = 2.0
"""An answer waits for its marks, so that who decides at once decides on it; but no longer than this."""


async def note_seen(by: Staff, versions: Mapping[str, int], *, unless_since: datetime | None = None) -> None:
    """Write down that an answer shows these things (ids of verifications) to `by` in these versions.

    Called outside a transaction, before the answer leaves. The staff key is nobody, so it leaves no mark. `unless_since`:
    a mark as young as that stays as it is. Never fails: without its mark an answer is still right, and a decision falls
    back to an older picture, which can only refuse more or be that of the last submission.
    """
    if by.principal is None or not versions:
        return
    try:
        await queries.keep_seen(by.principal.user_id, versions, unless_since=unless_since, seconds=_PATIENCE_SECONDS)
    except Exception as error:
        logs.log("seen.not_written", level="warn", reason=type(error).__name__, things=len(versions))


async def seen_version(by: Staff, subject_id: UUID) -> int | None:
    """The newest version of a thing that `by` was shown; None for the staff key, and for who never saw it."""
    return await queries.find_seen(by.principal.user_id, subject_id) if by.principal else None
