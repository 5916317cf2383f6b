"""Does a server do its main job from end to end? One candidate walks through it, a line a step."""

import argparse
import asyncio
import sys
import time
from collections.abc import Callable

from service.tools.smoke import candidate, staff
from service.tools.smoke.http import Api, StepFailed
from service.tools.smoke.options import Options, WrongUse, options_from
from service.tools.smoke.walk import Step, Walk, served_operations, take

STEPS: tuple[Step, ...] = (
    *candidate.SIGN_UP,
    *candidate.JOURNEY,
    *candidate.IDENTITY,
    *staff.STAFF,
    *candidate.FAREWELL,
)


async def run(options: Options, *, say: Callable[[str], None] | None = None) -> int:
    """Walk all steps against `options.base_url`; returns 0 after `SMOKE OK`, 1 after `SMOKE FAILED <step>: <reason>`.

    Stops at the first failure. A server that does not serve /openapi.yaml is walked by the base steps only; steps whose
    operations its document does not list are skipped. Leaves one fresh candidate behind and nothing else.
    """
    tell = say or _print_line
    async with Api(options) as api:
        walk = Walk(options, api)
        try:
            document = await _first_answer(api, options.wait_seconds)
            walk.served = None if document is None else served_operations(document)
        except StepFailed as reason:
            failure: str | None = f"connect: {reason}"
        else:
            try:
                failure = await take(walk, list(STEPS), tell)
            finally:
                await staff.clean_up(walk)
    tell("SMOKE OK" if failure is None else f"SMOKE FAILED {failure}")
    return 0 if failure is None else 1


async def _first_answer(api: Api, wait_seconds: float) -> bytes | None:
    """The served document, or None; asked again each half second until the product answers and `wait_seconds` last.

    A network policy reaches a new pod's first second late, and a gateway that has not yet taken the route answers 404 or
    503 of its own, so whoever asks right after an installation must be patient once.
    """
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            return await api.document("/openapi.yaml")
        except StepFailed:
            if time.monotonic() >= deadline:
                raise
        await asyncio.sleep(0.5)


def main(args: argparse.Namespace) -> int:
    """The sub-command: 0 all well, 1 a step failed, 2 wrong use. `args` come from `add_arguments`."""
    try:
        options = options_from(args)
    except WrongUse as problem:
        sys.stderr.write(f"smoke: {problem}\n")
        return 2
    return asyncio.run(run(options))


def _print_line(line: str) -> None:
    print(line, flush=True)
