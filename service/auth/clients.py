"""From where does a request come, as far as that can be trusted?

The rules: docs/rules/auth.md, Guessing.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from sanic.compat import Header

from service.base.settings import Settings

# Some proxies write the port behind the address.
_WITH_PORT = re.compile(r"([\d.]+):\d+|\[([^\]]*)\](?::\d+)?")


def address_of(peer: str, headers: Header, settings: Settings) -> str | None:
    """The public address that a request came from; none when nobody whom we trust says it.

    A trusted proxy has put the address of whoever called it at the end of X-Forwarded-For; what stands before the first
    address that is no proxy of ours may be invented. Of IPv6 it is the network of 64 bits, all of which one caller has.
    """
    hops = ",".join(headers.getall("x-forwarded-for", [])).split(",")
    address = _address(peer)
    while address is not None and any(address in network for network in settings.trusted_networks):
        address = _address(hops.pop()) if hops else None
    # A private address is a proxy that nobody named, or a developer.
    if address is None or not address.is_global:
        return None
    return str(IPv6Network((int(address), 64), strict=False) if address.version == 6 else address)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    text = text.strip()
    if match := _WITH_PORT.fullmatch(text):
        text = match[1] or match[2]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if address.version == 6 else None
    return mapped or address
