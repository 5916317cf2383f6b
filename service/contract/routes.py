"""Where can a client read the contract? The document that this very process serves, and a page to try it."""

from __future__ import annotations

import asyncio
import gzip
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from sanic import Blueprint, HTTPResponse, Request

from service.contract.openapi import build_document, to_yaml
from service.http.errors import NotFound
from service.http.operations import Security, operation

bp = Blueprint("contract")

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Jembatan API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/page.css">
</head>
<body>
<div id="page"></div>
<script src="docs/start.js"></script>
<script src="docs/scalar.js"></script>
</body>
</html>
"""
# Under the description of an operation stand its error codes, a line a status.
_CSS = """body { margin: 0; }
.operation-description { display: flex; flex-direction: column-reverse; }
.operation-description > .text-base { white-space: pre-line; overflow-wrap: anywhere; font-size: 13px; margin-top: 12px; }
"""
# The first line keeps Scalar's validation from trying `eval`, which the content policy forbids.
_START = """globalThis.__zod_globalConfig = { jitless: true };
const errorCodes = (extension) =>
  "Error codes\\n" +
  Object.entries(extension["x-error-codes"]).map(([status, codes]) => `${status}: ${codes.join(", ")}`).join("\\n");
addEventListener("DOMContentLoaded", () => {
  Scalar.createApiReference("#page", {
    url: "openapi.yaml",
    documentDownloadType: "direct",
    authentication: { preferredSecurityScheme: "bearer" },
    persistAuth: false,
    withDefaultFonts: false,
    telemetry: false,
    agent: { disabled: true },
    mcp: { disabled: true },
    hideClientButton: true,
    showDeveloperTools: "never",
    plugins: [() => ({ name: "errors", extensions: [{ name: "x-error-codes", component: errorCodes }] })],
  });
});
"""
_SCALAR = "templates/scalar/js/scalar.standalone.js"
_ASSETS = {"page.css": "text/css", "scalar.js": "text/javascript", "start.js": "text/javascript"}
_CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@bp.get("/openapi.yaml")
@operation(
    "getContract",
    summary="This document",
    description="OpenAPI 3.0.3; the same bytes as the file in the product's repository.",
    tag="system",
    security=Security.PUBLIC,
    responses={200: {"application/yaml": None}},
    depends=False,
)
async def get_contract(request: Request) -> HTTPResponse:
    ctx = request.app.ctx
    if not hasattr(ctx, "contract"):
        ctx.contract = to_yaml(build_document(request.app)).encode()
    return HTTPResponse(ctx.contract, content_type="application/yaml")


@bp.get("/docs")
@operation(
    "getDocs",
    summary="A page that shows this document and tries its operations",
    description="For developers; it loads nothing from elsewhere.",
    tag="system",
    security=Security.PUBLIC,
    responses={200: {"text/html": None}},
    depends=False,
)
async def get_docs(_: Request) -> HTTPResponse:
    return HTTPResponse(
        _PAGE,
        content_type="text/html; charset=utf-8",
        headers={"Content-Security-Policy": _CONTENT_POLICY},
    )


@bp.get("/docs/<asset>")
@operation(
    "getDocsAsset",
    summary="What the page is made of",
    description="Scripts and styles of the page.",
    tag="system",
    security=Security.PUBLIC,
    responses={200: {"text/css": None, "text/javascript": None}},
    errors=(NotFound,),
    depends=False,
)
async def get_docs_asset(request: Request, asset: str) -> HTTPResponse:
    if asset not in _ASSETS:
        raise NotFound
    headers = {"Cache-Control": "public, max-age=3600", "Vary": "Accept-Encoding"}
    body, packed = await asyncio.to_thread(_asset, asset)
    if "gzip" in request.headers.get("accept-encoding", ""):
        body, headers["Content-Encoding"] = packed, "gzip"
    return HTTPResponse(body, content_type=f"{_ASSETS[asset]}; charset=utf-8", headers=headers)


@cache
def _asset(name: str) -> tuple[bytes, bytes]:
    """The file, and the same packed: Scalar has 4.9 MB, packed 1.4 MB."""
    match name:
        case "page.css":
            body = _CSS.encode()
        case "start.js":
            body = _START.encode()
        case _:
            # Read in place: the package's own code needs Flask, which is not installed.
            package = find_spec("flask_openapi_scalar")
            assert package is not None, "requirements.lock has it"
            assert package.origin is not None, "it is a package with files"
            body = (Path(package.origin).parent / _SCALAR).read_bytes()
    return body, gzip.compress(body, mtime=0)
