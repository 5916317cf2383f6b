"""What is a step, and what do the steps of one walk know of each other?"""

import re
import secrets
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import yaml

from service.tools.smoke.http import Api, StepFailed
from service.tools.smoke.options import Options

_METHODS = {"get", "post", "patch", "delete"}
_PARAMETER = re.compile(r"\{[^/{}]*\}")


class Skipped(Exception):
    """The step cannot run here and that is no failure; the text says why."""


@dataclass
class Walk:
    """One walk of one fresh candidate; later steps use what earlier ones found."""

    options: Options
    api: Api
    # "METHOD /path/{}" of every served operation, or None when the server has no document about itself.
    served: frozenset[str] | None = None
    run_id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    password: str = field(default_factory=lambda: secrets.token_urlsafe(18), repr=False)
    user_id: str = ""
    access_token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    development_code: str = field(default="", repr=False)
    jobs: list[Any] = field(default_factory=list)
    jobs_total: int = 0
    posts: list[Any] = field(default_factory=list)
    application_id: str = ""
    kyc_session_id: str = ""
    kyc_version: int | None = None
    staff_token: str | None = field(default=None, repr=False)
    staff_job_id: str = ""

    @property
    def email(self) -> str:
        """The candidate's address, new in each run."""
        return f"smoke-{self.run_id}@example.com"

    async def call(self, method: str, path: str, **details: Any) -> Any:
        """`Api.call` as the candidate."""
        return await self.api.call(method, path, token=self.access_token, **details)

    async def call_as_staff(self, method: str, path: str, **details: Any) -> Any:
        """`Api.call` as staff: the login when one was given, else the key."""
        if self.staff_token is not None:
            return await self.api.call(method, path, token=self.staff_token, **details)
        return await self.api.call(method, path, headers={"x-admin-api-key": self.options.admin_key}, **details)

    def first_job(self) -> Any:
        """A visible job. Raises Skipped when the server has none."""
        if not self.jobs:
            raise Skipped("the server shows no job")
        return self.jobs[0]


@dataclass(frozen=True)
class Step:
    """One line of the output. `needs` are operations as `METHOD /path/{}`; `base` steps run on any server."""

    name: str
    run: Callable[[Walk], Awaitable[None]]
    needs: tuple[str, ...]
    base: bool

    def is_served(self, served: frozenset[str] | None) -> bool:
        """Whether the server has every operation that the step calls."""
        return self.base if served is None else all(operation in served for operation in self.needs)


class Steps(list[Step]):
    """A chapter of the walk; `step` adds to it."""

    def step(
        self, name: str, *needs: str, base: bool = False
    ) -> Callable[[Callable[[Walk], Awaitable[None]]], Callable[[Walk], Awaitable[None]]]:
        """Declare the next step and what it needs."""

        def add(run: Callable[[Walk], Awaitable[None]]) -> Callable[[Walk], Awaitable[None]]:
            self.append(Step(name, run, needs, base))
            return run

        return add


def expect(holds: bool, otherwise: str) -> None:
    """Raise StepFailed with `otherwise` unless `holds`."""
    if not holds:
        raise StepFailed(otherwise)


def served_operations(document: bytes) -> frozenset[str]:
    """`METHOD /path/{}` of every operation in an OpenAPI document, whatever its parameters are called.

    Raises StepFailed when the bytes are not such a document.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        paths = yaml.load(document, Loader=loader)["paths"]  # noqa: S506  # both loaders are safe
        return frozenset(
            f"{method.upper()} {_PARAMETER.sub('{}', path)}"
            for path, operations in paths.items()
            for method in operations
            if method in _METHODS
        )
    except (yaml.YAMLError, KeyError, TypeError, AttributeError):
        raise StepFailed("GET /openapi.yaml: the answer is not an OpenAPI document") from None


async def take(walk: Walk, steps: list[Step], say: Callable[[str], None]) -> str | None:
    """Run `steps` in order, a line a step; returns None, or `<step>: <reason>` of the first failure."""
    for step in steps:
        if not step.is_served(walk.served):
            say(f"--  {step.name}, skipped: not served yet")
            continue
        started = time.perf_counter()
        try:
            await step.run(walk)
        except Skipped as reason:
            say(f"--  {step.name}, skipped: {reason}")
            continue
        except StepFailed as reason:
            return f"{step.name}: {reason}"
        say(f"ok  {step.name} ({(time.perf_counter() - started) * 1000:.0f} ms)")
    return None
