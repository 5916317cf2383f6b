"""Where can a client read the contract? The document that this very process serves, and a page to try it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sanic import Blueprint, HTTPResponse, Request
from swagger_ui_bundle import swagger_ui_path

from service.errors import NotFound
from service.openapi import build_document, to_yaml
from service.operations import Security, operation

bp = Blueprint("contract")

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Jembatan API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="page"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
_START = """window.ui = SwaggerUIBundle({
  url: "openapi.yaml",
  dom_id: "#page",
  deepLinking: true,
  validatorUrl: null,
  persistAuthorization: false,
});
"""
_ASSETS = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript", "start.js": "text/javascript"}
_CONTENT_POLICY = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'"


@bp.get("/openapi.yaml")
@operation(
    "getContract",
    summary="This document",
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
    tag="system",
    security=Security.PUBLIC,
    responses={200: {"text/html": None}},
    depends=False,
)
async def get_docs(request: Request) -> HTTPResponse:
    return HTTPResponse(
        _PAGE, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": _CONTENT_POLICY}
    )


@bp.get("/docs/<asset>")
@operation(
    "getDocsAsset",
    summary="What the page is made of",
    tag="system",
    security=Security.PUBLIC,
    responses={200: {"text/css": None, "text/javascript": None}},
    errors=(NotFound,),
    depends=False,
)
async def get_docs_asset(request: Request, asset: str) -> HTTPResponse:
    if asset not in _ASSETS:
        raise NotFound
    return HTTPResponse(
        _asset(asset),
        content_type=f"{_ASSETS[asset]}; charset=utf-8",
        headers={"Cache-Control": "public, max-age=3600"},
    )


@cache
def _asset(name: str) -> bytes:
    return _START.encode() if name == "start.js" else (Path(swagger_ui_path) / name).read_bytes()
