"""What did generated requests find? Each finding stays found."""

from __future__ import annotations

from datetime import UTC, datetime

from service.base.clock import format_time
from service.content.feed.schemas import format_whole_seconds


class TestYearsBeforeOneThousand:
    """The C library writes them without leading zeros, which no reader of RFC 3339 takes."""

    def test_are_written_with_four_digits(self) -> None:
        moment = datetime(134, 9, 5, 12, 49, 29, 987_654, tzinfo=UTC)
        assert format_time(moment) == "0134-09-05T12:49:29.987Z"
        assert format_whole_seconds(moment) == "0134-09-05T12:49:29Z"
