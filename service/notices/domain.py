"""How is a mail left? One row a person, kind and cause, in the transaction of the act that it tells of.

The rules: docs/rules/notices.md.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from service.notices import queries
from service.notices.models import NoticeKind
from service.tasks.domain import enqueue
from service.tasks.models import TaskKind

# Pauses double from five seconds on: the last try comes more than an hour after the first.
_TRIES = 10


async def notify(
    kind: NoticeKind,
    *,
    user_id: str | None,
    cause: str,
    parameters: dict[str, Any] | None = None,
    address: str | None = None,
    language: str | None = None,
    delay: timedelta = timedelta(0),
) -> None:
    """Leave one mail for the worker, in the caller's transaction: it exists exactly when the act does.

    `cause`: the id of what happened; of one cause a person hears once, however often this is called. `user_id`: none
    for an address of which nobody has looked whether it has an account; then `address` says where the mail goes.
    `parameters` are what the text needs, never a code or a token: they lie in the table until the mail has left.
    `language` (`id` or `en`) counts for a person whose own is not known.
    """
    notice_id = await queries.insert_notice(
        kind,
        user_id=user_id,
        cause=cause,
        address=address,
        language=language,
        parameters=parameters or {},
    )
    if notice_id is not None:
        payload = {"noticeId": str(notice_id)}
        await enqueue(TaskKind.SEND_NOTICE, payload, delay=delay, max_attempts=_TRIES, task_id=notice_id)
