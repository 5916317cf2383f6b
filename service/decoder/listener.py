"""What does `python -m service decoder` serve? One operation, by a process that holds nothing and reads no byte itself.

It imports no settings and knows no secret. The rules: docs/rules/evidence.md.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from typing import Any

import uvloop
from sanic import HTTPResponse, Request, Sanic
from sanic.exceptions import SanicException
from sanic.response import json, raw

from service.base import logs
from service.base.processes import hide_memory
from service.decoder import children
from service.decoder.child import is_confinable
from service.decoder.children import DecoderFailed
from service.decoder.proof import prove
from service.evidence.verdicts import JPEG, MAX_BYTES, PDF, PNG

PORT, AT_ONCE = 4100, 1
# Less than the 30 seconds that a worker waits.
_JOB_SECONDS = 28.0
_MESSAGES = {
    "length_required": "Say the length of the bytes in Content-Length.",
    "type_unsupported": f"Content-Type must be {JPEG}, {PNG} or {PDF}.",
    "decompression_bomb": "The bytes need more memory or time than they may.",
    "undecodable": "The bytes ended the process that decodes them.",
    "too_large": f"More than {MAX_BYTES} bytes.",
    "decoder_busy": "As many jobs run as may run at once.",
    "decoder_failed": "The job ended without an answer, which says nothing of the bytes.",
    "not_found": "There is no such operation.",
    "bad_request": "The request cannot be read.",
}


def main(argv: list[str]) -> int:
    """Prove that a child is confined, then serve until SIGTERM; with `--prove` only the first. Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m service decoder", description="Decode strangers' bytes in children that are shut in."
    )
    parser.add_argument("--prove", action="store_true", help="have hostile code try six things in a child, and end")
    parser.add_argument("--host", default="0.0.0.0", help="address to listen on")  # noqa: S104 - a container's default
    parser.add_argument("--port", type=int, default=PORT, help=f"port (default {PORT})")
    parser.add_argument("--at-once", type=int, default=AT_ONCE, metavar="N", help=f"jobs at once (default {AT_ONCE})")
    arguments = parser.parse_args(argv)
    logs.configure("info", "decoder")
    uvloop.install()
    hide_memory()
    if arguments.prove:
        return 0 if asyncio.run(prove(print)) else 1
    may_be_open = not is_confinable() and os.environ.get("ENVIRONMENT") == "dev"
    if not may_be_open and not asyncio.run(prove(lambda line: logs.log("decoder.proof", message=line))):
        sys.stderr.write("The decoder does not start: its children cannot be confined on this system.\n")
        return 1
    app = create_app(at_once=arguments.at_once)
    logs.log("decoder.started", port=arguments.port, atOnce=arguments.at_once)
    app.run(host=arguments.host, port=arguments.port, single_process=True, access_log=False, motd=False)
    return 0


def create_app(*, at_once: int, name: str = "decoder") -> Sanic[Any, Any]:
    """The listener, with at most `at_once` children at a time."""
    app: Sanic[Any, Any] = Sanic(name, strict_slashes=True, configure_logging=False)
    app.config.update(
        AUTO_EXTEND=False,
        ACCESS_LOG=False,
        MOTD=False,
        REQUEST_MAX_SIZE=MAX_BYTES,
        REQUEST_TIMEOUT=15,
        RESPONSE_TIMEOUT=60,
        KEEP_ALIVE=False,
        GRACEFUL_SHUTDOWN_TIMEOUT=30.0,
    )
    app.ctx.free = at_once
    app.add_route(_decode, "/decode", methods=["POST"])
    app.add_route(_health, "/health", methods=["GET"])
    app.exception(Exception)(_refuse)
    return app


async def _health(_: Request) -> HTTPResponse:
    return json({"status": "ok"})


async def _decode(request: Request) -> HTTPResponse:
    """The child's answer as it is: one line of JSON, then bytes."""
    if "content-length" not in request.headers:
        return _refusal(422, "length_required")
    content_type = request.headers.get("content-type", "")
    if content_type not in (JPEG, PNG, PDF):
        return _refusal(422, "type_unsupported")
    if request.app.ctx.free < 1:
        return _refusal(503, "decoder_busy")
    request.app.ctx.free -= 1
    began = time.monotonic()
    try:
        ended = await children.run(request.body, content_type, seconds=_JOB_SECONDS)
    except (DecoderFailed, TimeoutError) as error:
        logs.log("decoder.job_failed", level="warn", errorName=type(error).__name__)
        return _refusal(503, "decoder_failed")
    finally:
        request.app.ctx.free += 1
    took = round((time.monotonic() - began) * 1000)
    logs.log("decoder.job_done", contentType=content_type, sizeBytes=len(request.body), durationMs=took)
    if ended.reason is not None:
        return _refusal(422, ended.reason.value)
    return raw(ended.answer, content_type="application/octet-stream")


def _refusal(status: int, code: str) -> HTTPResponse:
    retry = {"Retry-After": "5"} if status == 503 else {}
    return json({"error": {"code": code, "message": _MESSAGES[code]}}, status=status, headers=retry)


async def _refuse(_: Request, error: Exception) -> HTTPResponse:
    if not isinstance(error, SanicException):
        logs.log("decoder.job_failed", level="error", errorName=type(error).__name__)
        return _refusal(503, "decoder_failed")
    if error.status_code == 413:
        return _refusal(413, "too_large")
    if error.status_code >= 500:
        return _refusal(503, "decoder_failed")
    return _refusal(404, "not_found") if error.status_code in (404, 405) else _refusal(400, "bad_request")
