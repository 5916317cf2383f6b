"""Where can a client read the contract? The document that this very process serves."""

from __future__ import annotations

from sanic import Blueprint, HTTPResponse, Request

from service.openapi import build_document, to_yaml
from service.operations import Security, operation

bp = Blueprint("contract")


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
