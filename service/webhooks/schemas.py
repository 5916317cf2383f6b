"""What does the webhook take and answer?"""

from __future__ import annotations

from typing import Annotated, Any

from service.http.fields import JsonObject, Text
from service.http.web import Input, Output
from service.kyc.schemas import InvalidMetadata, InvalidProviderRef, KycSession


class ProviderContent(Input):
    """What the content of a delivery must be, in the order of checks."""

    provider_ref: Annotated[str | None, Text(InvalidProviderRef, maximum=128, optional=True)] = None
    metadata: Annotated[dict[str, Any] | None, JsonObject(InvalidMetadata)] = None


class ProviderWebhookInput(ProviderContent):
    """Other keys are welcome; without `metadata` all of them are merged. Unusable ids and times are no error."""

    session_id: Annotated[str | None, Text(InvalidMetadata, optional=True)] = None
    occurred_at: Annotated[str | None, Text(InvalidMetadata, optional=True)] = None


class ProviderWebhookAnswer(Output):
    accepted: bool
    duplicate: bool
    idempotency_key: str
    updated: bool
    session: KycSession | None
