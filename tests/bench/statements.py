"""What does one request cost the database? Statements, buffers and plans, counted by Postgres itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import asyncpg

from tests.bench.client import Refused
from tests.bench.figures import Round, Sample
from tests.bench.measures import EVERYWHERE, OURS, Bench, Measure
from tests.bench.stack import Side

OPERATIONS = {
    "`GET /jobs`": "jobs",
    "`GET /jobs`, strangers": "strangers",
    "`GET /feed/posts`": "feed",
    "`GET /users/me/saved-jobs`": "saved jobs",
    "`GET /users/me/saved-posts`": "saved posts",
    "`GET /jobs/{id}`": "job",
    "`GET /auth/me`": "me",
    "`GET /users/me/profile`": "profile",
    "`GET /jobs`: 304": "304",
    "search, a common word": "broad",
    "login": "logins",
    "apply": "apply",
    "save": "save",
    "`GET /admin/jobs` by key": "staff key",
    "`GET /admin/jobs` by bearer": "staff bearer",
}
# What is planned once for all is planned after five executions on each connection of the pool.
_WARM_SECONDS, _COUNTED_SECONDS = 1.0, 0.7
_COST_SQL = """
    SELECT sum(calls)::float AS statements, sum(shared_blks_hit + shared_blks_read)::float AS buffers,
        sum(plans)::float AS plans
    FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = $1
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one request after warm-up: statements sent, pages touched, and statements planned anew."""

    statements: float
    buffers: float
    plans: float


Costs = Mapping[str, Mapping[str, Cost]]


async def costs(bench: Bench, sides: list[Side], problem: Callable[[str], None]) -> Costs:
    """By operation, then by server."""
    measures = EVERYWHERE | OURS
    admin = await asyncpg.connect(bench.running.admin_url)
    try:
        for setting in ("track = 'top'", "track_planning = on"):
            await admin.execute(f"ALTER SYSTEM SET pg_stat_statements.{setting}")
        await admin.execute("SELECT pg_reload_conf()")
        found: dict[str, dict[str, Cost]] = {}
        for title, name in OPERATIONS.items():
            for side in sides:
                try:
                    cost = await _cost(bench, admin, side, measures[name])
                except Refused as error:
                    problem(f"{side.name} {name}: {error}")
                    continue
                found.setdefault(title, {})[side.name] = cost
        return found
    finally:
        await admin.close()


async def _cost(bench: Bench, admin: asyncpg.Connection, side: Side, measure: Measure) -> Cost:
    await measure(bench, side, _WARM_SECONDS)
    await asyncio.sleep(0.1)
    await admin.execute("SELECT pg_stat_statements_reset()")
    sample = await measure(bench, side, _COUNTED_SECONDS)
    await asyncio.sleep(0.1)
    row = await admin.fetchrow(_COST_SQL, urlsplit(side.database_url).path.lstrip("/"))
    assert row is not None
    return Cost(*((row[part] or 0.0) / sample.count for part in ("statements", "buffers", "plans")))


_LISTS = ("`GET /jobs`", "`GET /jobs`, strangers", "`GET /feed/posts`", "`GET /users/me/saved-jobs`")


def as_round(found: Costs) -> Round:
    """What the goals say of them, as a round of its own."""
    plans = [by_side["this"].plans for title, by_side in found.items() if "this" in by_side and title in _LISTS]
    samples = {"this plans of lists": Sample(value=max(plans))} if plans else {}
    if login := found.get("login", {}).get("this"):
        samples["this statements of a login"] = Sample(value=login.statements)
    return samples


def costs_table(found: Costs, sides: list[Side]) -> str:
    """As Markdown: one line an operation, three columns a server."""
    parts = ("statements", "buffers", "plans")
    heads = [f"{part} of {side.name}" for part in parts for side in sides]
    lines = [f"| | {' | '.join(heads)} |", f"|---|{'---|' * len(heads)}"]
    for title, by_side in found.items():
        cells = [
            f"{getattr(by_side[side.name], part):.3g}" if side.name in by_side else ""
            for part in parts
            for side in sides
        ]
        lines.append(f"| {title} | {' | '.join(cells)} |")
    return "\n".join(lines)
