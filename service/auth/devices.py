"""On what does somebody sign in? What a request says of its device and network, cut to what its owner is shown.

The rules: docs/rules/auth.md, Sign-ins that one can see.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from ipaddress import ip_network

from sanic import Request

from service.auth.clients import address_of
from service.base.metrics import client_of
from service.base.settings import Settings

AGENT_LENGTH = 200
_UNPRINTABLE = re.compile(r"[^ -~]")
_NETWORK_BITS = {4: 24, 6: 48}
# The first that fits counts: Edge, Opera and Samsung's browser call themselves Chrome as well, and Chrome Safari.
_BROWSERS = (
    ("Edge", re.compile(r"\bEdg(?:e|A|iOS)?/")),
    ("Opera", re.compile(r"\bOPR/")),
    ("Samsung Internet", re.compile(r"\bSamsungBrowser/")),
    ("Firefox", re.compile(r"\b(?:Firefox|FxiOS)/")),
    ("Chrome", re.compile(r"\b(?:Chrome|CriOS)/")),
    ("Safari", re.compile(r"\bVersion/[\d.]+ .*Safari/")),
)
_SYSTEMS = (
    ("iOS", re.compile(r"\biPhone\b|\biPad\b|\biPod\b")),
    ("Android", re.compile(r"\bAndroid\b")),
    ("Windows", re.compile(r"\bWindows\b")),
    ("macOS", re.compile(r"\bMacintosh\b")),
    ("ChromeOS", re.compile(r"\bCrOS\b")),
    ("Linux", re.compile(r"\bLinux\b")),
)
_APPS = {"ios": "iOS", "android": "Android"}


@dataclass(frozen=True, slots=True)
class Device:
    """What a request says of where it comes from; none where it says nothing that can be trusted.

    `user_agent`: at most 200 printable ASCII characters. `network`: the IPv4 /24 or IPv6 /48 of the client's address.
    """

    user_agent: str | None
    network: str | None

    @property
    def digest(self) -> str:
        """What tells a device from another one: lower-case hex SHA-256 of both."""
        return hashlib.sha256(f"{self.user_agent or ''}\n{self.network or ''}".encode()).hexdigest()


UNKNOWN = Device(None, None)


def are_different(one: str | None, other: str | None) -> bool:
    """Whether two user agents are surely those of two devices; the network, which changes under way, says nothing.

    Versions are not compared, because an app is updated between two tries. What has no name is taken for any browser,
    since a site's server may ask for it, but for no app.
    """
    if not one or not other:
        return False
    names = {name_of(one), name_of(other)}
    return len(names) > 1 and (None not in names or not names.isdisjoint(_APPS.values()))


def device_of(request: Request) -> Device:
    """The device and network of a request."""
    settings: Settings = request.app.ctx.settings
    agent = _UNPRINTABLE.sub("", request.headers.get("user-agent", "")[: 2 * AGENT_LENGTH]).strip()[:AGENT_LENGTH]
    return Device(agent or None, network_of(address_of(request.ip, request.headers, settings)))


def network_of(address: str | None) -> str | None:
    """The network that is shown for what `address_of` answers: of IPv4 24 bits, of IPv6 48."""
    if address is None:
        return None
    known = ip_network(address)
    return str(known.supernet(new_prefix=_NETWORK_BITS[known.version]))


def name_of(user_agent: str | None) -> str | None:
    """The device in names that every language shares: `iOS`, `Chrome, Windows`. None for what is not known.

    Only words of this file come out, so no client can write into a mail.
    """
    if user_agent is None:
        return None
    app = _APPS.get(client_of(user_agent))
    if app is not None:
        return app
    found = [
        next((name for name, pattern in names if pattern.search(user_agent)), None) for names in (_BROWSERS, _SYSTEMS)
    ]
    return ", ".join(filter(None, found)) or None
