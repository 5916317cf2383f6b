"""What time is it, and how is a time written on the wire?"""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Now, in UTC with zone: the only clock of the product."""
    return datetime.now(UTC)


def format_time(moment: datetime) -> str:
    """UTC with exactly three fraction digits and `Z`; microseconds are cut, not rounded."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return utc.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
