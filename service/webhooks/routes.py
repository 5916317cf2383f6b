"""Where does the identity provider deliver?"""

from __future__ import annotations

from sanic import Blueprint, HTTPResponse, Request

from service.http.errors import InvalidRequestBody
from service.http.operations import Security, operation
from service.http.web import answer, read_raw_body
from service.kyc.schemas import InvalidMetadata, InvalidProviderRef
from service.webhooks import domain, schemas, signature

bp = Blueprint("webhooks")


@bp.post("/identity/kyc/provider-webhook")
@operation(
    "receiveProviderWebhook",
    summary="Take a delivery of the identity provider, once",
    tag="kyc",
    security=Security.PUBLIC,
    description="Signed over the raw bytes: HMAC-SHA256, in hex, of the time in milliseconds, a dot, the idempotency "
    "key, a dot and the body, under the shared secret.",
    body=schemas.ProviderWebhookInput,
    headers=("x-kyc-webhook-secret", "x-idempotency-key", "x-kyc-webhook-timestamp", "x-kyc-webhook-signature"),
    responses={202: schemas.ProviderWebhookAnswer},
    errors=(
        InvalidRequestBody,
        *signature.ERRORS,
        domain.IdempotencyKeyConflict,
        InvalidProviderRef,
        InvalidMetadata,
    ),
)
async def receive(request: Request) -> HTTPResponse:
    body = await read_raw_body(request)
    headers = signature.DeliveryHeaders(
        secret=_header(request, "x-kyc-webhook-secret"),
        idempotency_key=_header(request, "x-idempotency-key"),
        timestamp=_header(request, "x-kyc-webhook-timestamp"),
        signature=_header(request, "x-kyc-webhook-signature"),
    )
    outcome = await domain.receive(headers, body, request.app.ctx.settings)
    shown = schemas.ProviderWebhookAnswer.model_validate(
        {
            "accepted": True,
            "duplicate": outcome.is_duplicate,
            "idempotency_key": outcome.idempotency_key,
            "updated": outcome.session is not None,
            "session": outcome.session,
        }
    )
    return answer(shown, 202)


def _header(request: Request, name: str) -> str | None:
    """The header, trimmed; a repeated one counts as its values joined by commas, so it is never the one expected."""
    return ", ".join(request.headers.getall(name, [])).strip() or None
