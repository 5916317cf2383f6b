"""Which requests could two programs read differently? Those are refused before anything is read of them.

The rules: RFC 9112, sections 2.2, 3.2, 5.1, 5.2, 6.1 and 7.1.
"""

from __future__ import annotations

import re

from sanic import Request
from sanic.exceptions import BadRequest
from sanic.http import Http

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+").fullmatch
_LENGTH = {10: re.compile(r"[0-9]+"), 16: re.compile(r"[0-9A-Fa-f]+")}


class StrictHttp(Http):
    """Sanic's HTTP/1.1 without what RFC 9112 forbids: the answer is 400, and the connection ends with it."""

    async def http1_request_header(self) -> None:
        await super().http1_request_header()  # type: ignore[no-untyped-call]  # Sanic leaves it untyped
        if _is_ambiguous(self.request):
            self.request_body = None  # nobody knows where it would end
            raise BadRequest("Bad Request")

    # Sanic takes `0x2` and `1_0` as sizes; other programs do not, or take them for other sizes.
    @staticmethod
    def _safe_int(value: str, base: int = 10) -> int:
        if not _LENGTH[base].fullmatch(value.strip(" \t")):
            raise ValueError("no size")
        return int(value, base)


def _is_ambiguous(request: Request) -> bool:
    """Space before a colon, folded lines, lone line ends, NUL, not exactly one Host, or chunks in HTTP/1.0."""
    head, headers = request.head, request.headers
    return (
        b"\0" in head
        or not head.count(b"\r") == head.count(b"\n") == head.count(b"\r\n")
        or not all(map(_NAME, headers))
        or len(headers.getall("host", ())) > 1
        or (request.version == "1.1" and "host" not in headers)
        # HTTP/1.0 has no such coding: a program of before ends the body with the connection.
        or (request.version == "1.0" and "transfer-encoding" in headers)
    )
