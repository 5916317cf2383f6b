"""What do all probes of one run share?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import orjson

from service.base.clock import utc_now
from service.tools.gate.cluster import Cluster
from service.tools.gate.criteria import Check
from service.tools.http import Answer, Caller


class No(Exception):
    """The check's answer is NO; the text is the reason."""


Clock = Callable[[], datetime]


@dataclass
class Context:
    """Where the probes look. `cluster` is None in dev; `base_url` is empty when no public host is known."""

    environment: str
    caller: Caller
    base_url: str = ""
    plain_url: str = ""
    cluster: Cluster | None = None
    tested_digest: str = ""
    now: Clock = utc_now
    certificate_ends_at: datetime | None = None
    _variables: dict[str, str] | None = None

    def the_cluster(self) -> Cluster:
        if self.cluster is None:
            raise No("no cluster is known")
        return self.cluster

    def the_public_url(self) -> str:
        if not self.base_url:
            raise No("no public host is known: the route api names no host, and --public-url is not given")
        return self.base_url

    async def variables(self) -> dict[str, str]:
        """The environment variables of the API's container."""
        if self._variables is None:
            self._variables = await self.the_cluster().variables_of("api", "api")
        return self._variables

    async def ask_api(self, path: str) -> Answer:
        """GET from the API of the target, not by its public host."""
        if self.cluster is None:
            return await self.caller.get(self.the_public_url() + path)
        return await self.cluster.ask_service("api", "http", 80, path)


# A probe returns what it saw, as a sentence, or raises: No, or anything else, which is a NO as well.
Probe = Callable[[Context, Check], Awaitable[str]]


def json_of(answer: Answer, what: str) -> dict[str, object]:
    """The JSON object of a 200 answer. Raises No."""
    if answer.status != 200:
        raise No(f"{what} answers {answer.status}")
    try:
        found = orjson.loads(answer.body)
    except ValueError:
        raise No(f"{what} does not answer with JSON") from None
    if not isinstance(found, dict):
        raise No(f"{what} does not answer with an object")
    return found
