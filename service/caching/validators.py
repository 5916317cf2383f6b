"""Is what the client has still true? Entity tags of answers to signed-in callers.

The rules: docs/rules/caching.md.
"""

from __future__ import annotations

import functools
import hashlib
import re
from pathlib import Path

from sanic import HTTPResponse, Request

from service.auth.principal import Principal
from service.base.version import VERSION
from service.caching.basis import Basis
from service.http.web import Answer

CACHE_CONTROL = "private, no-cache"
_ANY = "*"
_QUOTED = r'"[\x21\x23-\x7e\x80-\xff]*"'
_TAG = re.compile(_QUOTED)
_LIST = re.compile(rf"\s*(?:(?:W/)?{_QUOTED}\s*)?(?:,\s*(?:(?:W/)?{_QUOTED}\s*)?)*")
_MAX_HEADER = 4000


@functools.cache
def program() -> str:
    """A short name of exactly this program text: another one may answer otherwise, so it shares no tags."""
    digest = hashlib.blake2b(VERSION.encode(), digest_size=12)
    root = Path(__file__).resolve().parent.parent
    for path in sorted(root.rglob("*.py")):
        digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def revalidate(
    request: Request, principal: Principal, basis: Basis, language: str | None = None
) -> HTTPResponse | None:
    """The answer 304 when the client's tag is that of now, else none. Keeps the tag for `stamp`.

    `language` is there when the answer depends on it.
    """
    own, content = principal.own_version, principal.content_version
    if own is None or (content is None and basis is Basis.CONTENT):
        return None
    known = (
        program(),
        request.path,
        request.query_string,
        principal.user_id,
        own,
        content or "",
        language or "",
    )
    digest = hashlib.blake2b("\n".join(known).encode(), digest_size=15)
    tag = f'"{digest.hexdigest()}"'
    request.ctx.entity_tag = tag
    # A star says nothing of this very address, so only the handler knows whether there is anything to match.
    if tag in _wanted(request):
        return Answer(status=304)
    return None


def withhold(request: Request) -> None:
    """Give this answer no tag: it may be older than the versions say."""
    request.ctx.entity_tag = None


def stamp(request: Request, response: HTTPResponse) -> None:
    """Put the tag that `revalidate` kept on a good answer; turn it into 304 for a client that takes any."""
    tag = getattr(request.ctx, "entity_tag", None)
    if tag is None or response.status not in {200, 304}:
        return
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = CACHE_CONTROL
    if response.status == 200 and _ANY in _wanted(request):
        response.status, response.body, response.content_type = 304, b"", None


def _wanted(request: Request) -> set[str]:
    """The tags that the client has, weak ones as if they were strong; `*` alone; empty for what is no such header."""
    given = ", ".join(request.headers.getall("if-none-match", []))
    if not given:
        return set()
    if given.strip() == _ANY:
        return {_ANY}
    if len(given) > _MAX_HEADER or not _LIST.fullmatch(given):
        return set()
    return set(_TAG.findall(given))
