"""What has been kept long enough? The worker removes it, as docs/privacy.md says."""

from __future__ import annotations

from service.base import metrics
from service.base.settings import Settings
from service.retention import queries
from service.retention.table import TABLES

_AT_ONCE = 500
_BATCHES = 20
"""At most so many batches of a table in one run; the next run goes on."""


async def clean(settings: Settings) -> None:
    """Remove what is past its time from every table, in batches of 500, each a transaction of its own."""
    for row in TABLES:
        if row.removal is None:
            continue
        days = row.removal.days
        number = getattr(settings, days) if isinstance(days, str) else days
        for _ in range(_BATCHES):
            removed = await queries.remove(row.table, row.removal, days=number, at_most=_AT_ONCE)
            metrics.rows_removed.labels(row.table).inc(removed)
            if removed < _AT_ONCE:
                break
