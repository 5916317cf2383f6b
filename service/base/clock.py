"""What time is it, and how is a time written on the wire?"""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Now, in UTC with zone: the only clock of the product."""
    return datetime.now(UTC)


def format_time(moment: datetime) -> str:
    """UTC with exactly three fraction digits and `Z`; microseconds are cut, not rounded."""
    utc = moment.astimezone(UTC)
    # `%Y` alone leaves out the zeros of years before 1000.
    return f"{utc.year:04d}-{utc:%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"
