"""Do two recordings of the same answers agree, and two of other answers not?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from tests.recording import Plain


def answer(**changed: str) -> str:
    now = datetime.now(UTC) + timedelta(seconds=1)
    said = {"id": str(uuid4()), "at": f"{now:%Y-%m-%dT%H:%M:%S}.123Z", "accessToken": str(uuid4()), "title": "Welder"}
    return ",".join(f'"{name}":"{value}"' for name, value in (said | changed).items())


class TestPlain:
    def test_what_is_made_anew_in_each_run_is_left_out(self) -> None:
        assert Plain()(answer()) == Plain()(answer())
        assert Plain()(answer()) == '"id":"<id-1>","at":"<time +0 .000Z>","accessToken":"<secret>","title":"Welder"'

    def test_everything_else_stays(self) -> None:
        plain = Plain()
        plain.keep_times("2026-01-01T09:00:00.000Z")
        for changed in ({"title": "Nurse"}, {"id": "7"}, {"at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}Z"}):
            assert plain(answer(**changed)) != Plain()(answer())
        assert plain("2026-01-01T09:00:00.000Z 2030-01-01T09:00:00.000Z").startswith("2026-01-01T09:00:00.000Z <time +")

    def test_an_id_keeps_its_number(self) -> None:
        plain, one, two = Plain(), str(uuid4()), str(uuid4())
        assert plain(f"{one} {two} {one}") == "<id-1> <id-2> <id-1>"
        assert plain(two) == "<id-2>"
