"""The product with one route more: the session check of `/jobs`, then bytes that are always the same.

python -m tests.bench.constant FILE     FILE holds the bytes; everything else is as for `python -m service serve`
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import uvloop
from sanic import Blueprint, HTTPResponse, Request

from service.app import create_app
from service.base import logs
from service.base.settings import load_settings
from service.caching.basis import Basis
from service.content.jobs import schemas
from service.http.operations import Security, operation

PATH = "/bench/constant"


def main() -> None:
    body = Path(sys.argv[1]).read_bytes()
    bp = Blueprint("bench")

    @bp.get(PATH)
    @operation(
        "benchConstant",
        summary="Always the same",
        tag="jobs",
        security=Security.OPTIONAL,
        responses={200: schemas.JobList},
        conditional=Basis.CONTENT,
    )
    async def constant(_: Request) -> HTTPResponse:
        return HTTPResponse(body, content_type="application/json")

    uvloop.install()
    settings = load_settings(os.environ)
    logs.configure(settings.log_level, "api")
    app = create_app(settings)
    app.blueprint(bp)
    app.run(host=settings.api_host, port=settings.api_port, single_process=True, access_log=False, motd=False)


if __name__ == "__main__":
    main()
