"""Is the end of a run told by the clock that measures its age?"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sanic import Sanic

from service.database import db
from service.maintenance import queries
from service.maintenance.models import RunKind


async def test_a_run_ends_by_the_databases_clock(
    app: Sanic[Any, Any], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = datetime(2020, 1, 1, tzinfo=UTC)
    monkeypatch.setattr(queries, "utc_now", lambda: started, raising=False)
    before = await db.fetch_value("SELECT clock_timestamp()")
    await queries.record_run(database_url, RunKind.GATE, started_at=started, succeeded=True, detail={})
    row = await db.fetch_row("SELECT started_at, finished_at, clock_timestamp() AS now FROM maintenance_runs")
    assert row is not None
    assert row["started_at"] == started
    assert before < row["finished_at"] < row["now"]
