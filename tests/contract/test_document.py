"""Is the contract document complete, true to its own schemas, and readable by strict tools?"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_schema_validator import OAS30ReadValidator
from openapi_spec_validator import OpenAPIV30SpecValidator

from service.links import LINKS
from tests.contract_check import _with_null

FILE = Path(__file__).parents[2] / "docs/openapi-runtime-v0.yaml"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return yaml.load(FILE.read_text(), Loader=yaml.CSafeLoader)


def operations(document: dict[str, Any]) -> dict[str, tuple[str, dict[str, Any]]]:
    return {
        operation["operationId"]: (path, operation)
        for path, item in document["paths"].items()
        for operation in item.values()
    }


def answers(document: dict[str, Any], operation: dict[str, Any]) -> dict[str, dict[str, Any]]:
    shared = document["components"]["responses"]
    return {
        status: shared[answer["$ref"].rpartition("/")[2]] if "$ref" in answer else answer
        for status, answer in operation["responses"].items()
    }


class TestDocument:
    def test_is_openapi_3_0_3(self, document: dict[str, Any]) -> None:
        assert document["openapi"] == "3.0.3"
        OpenAPIV30SpecValidator(document).validate()

    def test_has_no_yaml_aliases(self) -> None:
        """Some readers allow only a few."""
        assert not re.search(r"[&*]id\d{3}", FILE.read_text())

    def test_says_of_every_operation_what_it_does_and_how_it_fails(self, document: dict[str, Any]) -> None:
        for name, (_, operation) in operations(document).items():
            assert operation["summary"], name
            statuses = set(operation["responses"])
            assert any(status.startswith("2") for status in statuses), name
            assert "500" in statuses, name
            if operation["tags"] != ["system"]:
                assert {"429", "503"} <= statuses, name
            for status, answer in answers(document, operation).items():
                if status in {"429", "503"} and name != "getReadiness":
                    assert "Retry-After" in answer["headers"], (name, status)

    def test_has_an_example_of_every_json_body_and_each_is_valid(self, document: dict[str, Any]) -> None:
        components = _with_null(document["components"])
        for name, (_, operation) in operations(document).items():
            for holder in (operation.get("requestBody", {}), *answers(document, operation).values()):
                media = holder.get("content", {}).get("application/json")
                if media is None:
                    continue
                examples = (
                    [media["example"]] if "example" in media else [e["value"] for e in media["examples"].values()]
                )
                assert examples, name
                validator = OAS30ReadValidator(_with_null(media["schema"]) | {"components": components})
                for example in examples:
                    found = next(validator.iter_errors(example), None)
                    assert found is None, (name, found and found.message, example)

    def test_shows_each_error_code_with_its_text(self, document: dict[str, Any]) -> None:
        for name, answer in document["components"]["responses"].items():
            assert answer["x-error-codes"] == list(answer["content"]["application/json"]["examples"]), name

    def test_links_name_operations_and_fields_that_exist(self, document: dict[str, Any]) -> None:
        known = operations(document)
        assert set(LINKS) <= set(known)
        for name in LINKS:
            good = next(a for s, a in answers(document, known[name][1]).items() if s.startswith("2"))
            for target, link in good["links"].items():
                path, operation = known[link["operationId"]]
                assert target == link["operationId"]
                assert set(link.get("parameters", {})) == set(re.findall(r"\{(\w+)\}", path)), (name, target)
                body = link.get("x-requestBody", {})
                assert not body or set(body) <= set(properties(document, operation["requestBody"])), (name, target)
                for value in (*link.get("parameters", {}).values(), *body.values()):
                    if value.startswith("$response.body#/"):
                        assert reaches(document, good, value.partition("#/")[2]), (name, target, value)
                    elif value.startswith("$request.body#/"):
                        assert value.partition("#/")[2] in properties(document, known[name][1]["requestBody"])


def resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema or "allOf" in schema:
        schema = schema["allOf"][0] if "allOf" in schema else schema
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def properties(document: dict[str, Any], holder: dict[str, Any]) -> dict[str, Any]:
    return resolved(document, holder["content"]["application/json"]["schema"])["properties"]


def reaches(document: dict[str, Any], answer: dict[str, Any], pointer: str) -> bool:
    """Whether the JSON pointer leads to a field of the answer's schema."""
    schema = resolved(document, answer["content"]["application/json"]["schema"])
    for part in pointer.split("/"):
        found = schema.get("items") if part.isdigit() else schema.get("properties", {}).get(part)
        if found is None:
            return False
        schema = resolved(document, found)
    return True
