"""Is an answer what the contract document promises? Every API test's answers pass through here."""

from __future__ import annotations

import re
from typing import Any

import httpx
from openapi_schema_validator import OAS30ReadValidator

CORS_ORIGIN = "*"


def _with_null(schema: Any) -> Any:
    """`nullable` beside `allOf` means "or null" to client generators; the validator wants that spelled out."""
    if isinstance(schema, list):
        return [_with_null(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    spelled = {key: _with_null(value) for key, value in schema.items()}
    if spelled.get("nullable") is True and "allOf" in spelled:
        return {"anyOf": [{"allOf": spelled["allOf"]}, {"nullable": True, "enum": [None]}]}
    return spelled


class Contract:
    """The document with the question that the tests ask of it."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self._components = _with_null(document["components"])
        self._paths = [
            (re.compile("^" + re.sub(r"\{\w+\}", "[^/]+", path) + "$"), item)
            for path, item in sorted(document["paths"].items(), key=lambda entry: entry[0].count("{"))
        ]

    def operation(self, method: str, path: str) -> dict[str, Any] | None:
        """The operation that answers, or none for an unknown address."""
        path = re.sub(r"^/+", "/", path)
        if path == "/v1" or path.startswith("/v1/"):
            path = path[3:]
        for pattern, item in self._paths:
            if pattern.match(path) and method.lower() in item:
                found: dict[str, Any] = item[method.lower()]
                return found
        return None

    def check(self, response: httpx.Response) -> None:
        """Fail unless status, headers and body are documented; an unknown address must be a 404 in the envelope."""
        assert re.fullmatch(
            r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", response.headers["x-request-id"]
        )
        assert response.headers["access-control-allow-origin"] == CORS_ORIGIN
        method, path = response.request.method, response.request.url.raw_path.decode().partition("?")[0]
        if method == "OPTIONS":
            assert (response.status_code, response.content) == (204, b"")
            return
        if method == "HEAD":
            assert (response.status_code, response.content) == (404, b"")
            return
        operation = self.operation(method, path)
        if operation is None:
            assert response.status_code == 404, (
                f"{method} {path} is not in the document but answers {response.status_code}"
            )
            assert response.json()["error"]["code"] == "not_found"
            return
        promised = operation["responses"].get(str(response.status_code))
        if promised is not None and "$ref" in promised:
            promised = self.document["components"]["responses"][promised["$ref"].rpartition("/")[2]]
        assert promised is not None, (
            f"{operation['operationId']} does not document {response.status_code}: {response.text[:200]}"
        )
        if "content" not in promised:
            assert response.content == b""
            assert "content-type" not in response.headers
            return
        media = response.headers["content-type"].partition(";")[0]
        assert media in promised["content"], f"{operation['operationId']} does not document {media}"
        if media != "application/json":
            return
        assert response.headers["content-type"] == "application/json"
        schema = promised["content"][media]["schema"] | {"components": self._components}
        errors = list(OAS30ReadValidator(schema).iter_errors(response.json()))
        assert not errors, (
            f"{operation['operationId']} {response.status_code}: {errors[0].message} at {list(errors[0].path)}"
        )
        if response.status_code >= 400 and "error" in response.json():
            self._check_error(operation, response)

    def _check_error(self, operation: dict[str, Any], response: httpx.Response) -> None:
        body = response.json()
        assert set(body) == {"error"}
        assert set(body["error"]) == {"code", "message"}
        assert body["error"]["code"] in operation["x-error-codes"][str(response.status_code)], (
            f"{operation['operationId']} does not document {body['error']['code']}"
        )
        if response.status_code in {429, 503}:
            assert int(response.headers["retry-after"]) >= 0
