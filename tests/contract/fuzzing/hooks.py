"""Who sends a generated request, how is a delivery signed, and what was answered? Loaded by Schemathesis itself."""

from __future__ import annotations

import atexit
import json
import os
import secrets
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import requests
import schemathesis

from service.tools.smoke.signing import webhook_headers

_URL = os.environ["FUZZ_URL"]
_STATUSES: Counter[tuple[str, int]] = Counter()
_CASES: set[str] = set()
_LOCK = threading.Lock()


def _schemes(operation: Any) -> set[str]:
    raw = operation.definition.raw
    return {name for alternative in raw.get("security", []) for name in alternative}


@schemathesis.auth(refresh_interval=600).apply_to(lambda ctx: _schemes(ctx.operation) == {"bearer"})
class Candidate:
    """The seeded candidate, or a fresh one when staff operations have locked that one out."""

    def get(self, case: Any, context: Any) -> str:
        answer = requests.post(
            f"{_URL}/auth/login",
            json={"email": os.environ["FUZZ_EMAIL"], "password": os.environ["FUZZ_PASSWORD"]},
            timeout=30,
        )
        if answer.status_code != 200:
            answer = requests.post(
                f"{_URL}/auth/register",
                json={
                    "fullName": "Contoh Pelamar",
                    "email": f"fuzz-{secrets.token_hex(8)}@example.com",
                    "password": secrets.token_urlsafe(18),
                },
                timeout=30,
            )
        return str(answer.json()["accessToken"])

    def set(self, case: Any, data: str, context: Any) -> None:
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.auth().apply_to(lambda ctx: "adminKey" in _schemes(ctx.operation))
class Staff:
    """Staff with the key."""

    def get(self, case: Any, context: Any) -> str:
        return os.environ["FUZZ_ADMIN_KEY"]

    def set(self, case: Any, data: str, context: Any) -> None:
        case.headers["x-admin-api-key"] = data


@schemathesis.deserializer("application/yaml")
def text_of(context: Any, response: Any) -> str:
    """The contract document says of its own answer that it is text."""
    return str(response.text)


@schemathesis.hook
def before_load_schema(context: Any, raw_schema: dict[str, Any]) -> None:
    """The contract document is text to its readers, but Schemathesis reads YAML before it compares."""
    answer = raw_schema["paths"]["/openapi.yaml"]["get"]["responses"]["200"]
    answer["content"]["application/yaml"]["schema"] = {"type": "object"}


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Sign deliveries of the identity provider and sign in for real, half the time, to reach what lies behind."""
    if not isinstance(case.body, dict) or len(json.dumps(case.body)) % 2:
        return
    if case.operation.definition.raw["operationId"] == "login":
        case.body = {"email": os.environ["FUZZ_EMAIL"], "password": os.environ["FUZZ_PASSWORD"]}
    elif case.operation.definition.raw["operationId"] == "receiveProviderWebhook":
        signed = webhook_headers(
            os.environ["FUZZ_WEBHOOK_SECRET"],
            timestamp_sec=int(time.time()),
            idempotency_key=secrets.token_hex(8),
            body=json.dumps(case.body, allow_nan=False).encode(),
        )
        case.headers.update(signed)


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    """Count what each operation answered."""
    with _LOCK:
        _STATUSES[(case.operation.definition.raw["operationId"], response.status_code)] += 1
        _CASES.add(case.id)


@schemathesis.hook
def after_load_schema(context: Any, schema: Any) -> None:
    """Write the counts when the run ends."""
    atexit.register(_write_counts)


def _write_counts() -> None:
    rows = [[operation, status, count] for (operation, status), count in sorted(_STATUSES.items())]
    Path(os.environ["FUZZ_COUNTS"]).write_text(json.dumps({"cases": len(_CASES), "statuses": rows}))
