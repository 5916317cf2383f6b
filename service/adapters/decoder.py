"""How do we ask the decoder, a server that holds nothing? `POST /decode`, as docs/rules/evidence.md says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import orjson

from service.decoder.children import MAX_ANSWER_BYTES, DecoderFailed, Ended
from service.evidence.verdicts import Reason

_ANSWER_SECONDS, _HEALTH_SECONDS, _PAUSE_SECONDS = 30.0, 5.0, 10.0
# What the end of a child says of the bytes; every other refusal says nothing of them.
_VERDICTS = {Reason.DECOMPRESSION_BOMB.value, Reason.UNDECODABLE.value}


async def ask(url: str, data: bytes, content_type: str) -> Ended:
    """Have bytes decoded. Raises TimeoutError after 30 seconds, and DecoderFailed when it is unavailable or busy."""
    import aiohttp  # only a task that decodes loads it

    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_ANSWER_SECONDS)) as session,
            session.post(
                f"{url.rstrip('/')}/decode",
                data=data,
                headers={"Content-Type": content_type, "Connection": "close"},
                allow_redirects=False,
            ) as answer,
        ):
            body = bytearray()
            async for piece in answer.content.iter_chunked(1 << 20):
                body += piece
                if len(body) > MAX_ANSWER_BYTES:
                    raise DecoderFailed
    except aiohttp.ClientError as error:
        raise DecoderFailed(type(error).__name__) from error
    if answer.status == 200:
        return Ended(bytes(body))
    code = _code(bytes(body)) if answer.status == 422 else ""
    if code not in _VERDICTS:
        raise DecoderFailed(answer.status)
    return Ended(reason=Reason(code))


def _code(body: bytes) -> str:
    try:
        return str(orjson.loads(body)["error"]["code"])
    except (ValueError, KeyError, TypeError):
        return ""


async def watch(url: str, changed: Callable[[bool], None]) -> None:
    """Ask every ten seconds whether the decoder answers, and say each time. Runs until it is cancelled."""
    while True:
        changed(await is_there(url))
        await asyncio.sleep(_PAUSE_SECONDS)


async def is_there(url: str) -> bool:
    """Whether the decoder answers."""
    import aiohttp

    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_HEALTH_SECONDS)) as session,
            session.get(f"{url.rstrip('/')}/health", allow_redirects=False) as answer,
        ):
            return answer.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False
