"""Is what the client has still true? Entity tags of answers.

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
CACHE_CONTROL_OF_STRANGERS = "no-cache"
_ANY = "*"
_QUOTED = r'"[\x21\x23-\x7e\x80-\xff]*"'
_TAG = re.compile(_QUOTED)
_LIST = re.compile(rf"\s*(?:(?:W/)?{_QUOTED}\s*)?(?:,\s*(?:(?:W/)?{_QUOTED}\s*)?)*")
_MAX_HEADER = 4000
_ROOT = Path(__file__).resolve().parent.parent
# An image's text never changes, so it is hashed when the image is built.
_BUILT = _ROOT / "PROGRAM"


@functools.cache
def program() -> str:
    """A short name of exactly this program text: another one may answer otherwise, so it shares no tags."""
    return _BUILT.read_text() if _BUILT.exists() else hash_of_text()


def hash_of_text() -> str:
    """What `program` is: version, and names and bytes of all sources, in 24 hex digits. Reads every file."""
    digest = hashlib.blake2b(VERSION.encode(), digest_size=12)
    for path in sorted(_ROOT.rglob("*.py")):
        digest.update(str(path.relative_to(_ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def revalidate(
    request: Request, principal: Principal | None, content: str | None, basis: Basis, language: str | None = None
) -> HTTPResponse | None:
    """The answer 304 when the client's tag is that of now, else none. Keeps the tag for `stamp`.

    `content` is the version of all content; `principal` is none for strangers, who all get the same. `language` is there
    when the answer depends on it.
    """
    person, own = (principal.user_id, principal.own_version) if principal else ("", "")
    if own is None or (content is None and basis is Basis.CONTENT):
        return None
    known = (program(), request.path, request.query_string, person, own, content or "", language or "")
    digest = hashlib.blake2b("\n".join(known).encode(), digest_size=15)
    tag = f'"{digest.hexdigest()}"'
    request.ctx.entity_tag = tag
    # A star says nothing of this very address, so only the handler knows whether there is anything to match.
    if tag in _wanted(request):
        return Answer(status=304)
    return None


def tag_of(request: Request) -> str | None:
    """The tag that this request's answer will get; none when nobody can say, or it was withheld."""
    tag: str | None = getattr(request.ctx, "entity_tag", None)
    return tag


def withhold(request: Request) -> None:
    """Give this answer no tag, and keep it nowhere: it may be older than the versions say."""
    request.ctx.entity_tag = None


def stamp(request: Request, response: HTTPResponse) -> None:
    """Put the tag that `revalidate` kept on a good answer; turn it into 304 for a client that takes any."""
    tag = tag_of(request)
    if tag is None or response.status not in {200, 304}:
        return
    response.headers["ETag"] = tag
    if request.ctx.principal is not None:
        response.headers["Cache-Control"] = CACHE_CONTROL
    else:
        # A cache that many share may have it, and asks for each of them.
        response.headers["Cache-Control"] = CACHE_CONTROL_OF_STRANGERS
        response.headers["Vary"] = "Authorization"
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
