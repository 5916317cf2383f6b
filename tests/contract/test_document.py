"""Is the contract document complete, true to its own schemas, and readable by strict tools?"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_schema_validator import OAS30ReadValidator
from openapi_spec_validator import OpenAPIV30SpecValidator
from sanic import Sanic

from service.contract.glossary import FIELDS, PARAMETERS
from service.contract.links import LINKS
from service.contract.openapi import build_document
from tests.contract_check import _with_null

# Fields whose name says all there is to say.
_OBVIOUS = frozenset(
    {
        *("id", "fullName", "email", "title", "name", "city", "job", "code", "message"),
        *("jobId", "postId", "applicationId", "userId", "documentId", "sessionId", "kycSessionId", "orgId"),
    }
)
FILE = Path(__file__).parents[2] / "docs/openapi-runtime-v0.yaml"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return yaml.load(FILE.read_text(), Loader=yaml.CSafeLoader)


@pytest.fixture(scope="module")
def long_document(app: Sanic[Any, Any]) -> dict[str, Any]:
    return json.loads(json.dumps(build_document(app, for_fuzzing=True)))


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
            assert operation["description"], name
            statuses = set(operation["responses"])
            assert any(status.startswith("2") for status in statuses), name
            assert "500" in statuses, name
            if operation["tags"] != ["system"]:
                assert {"429", "503"} <= statuses, name
            for status, answer in answers(document, operation).items():
                if status in {"429", "503"} and name != "getReadiness":
                    assert "Retry-After" in answer["headers"], (name, status)

    def test_says_what_fields_and_parameters_mean(self, document: dict[str, Any]) -> None:
        """Beside `$ref` nothing counts; names that say it themselves need nothing."""
        for shape, schema in document["components"]["schemas"].items():
            for name, field in schema.get("properties", {}).items():
                if "$ref" not in field and name not in _OBVIOUS:
                    assert field.get("description"), f"{shape}.{name}: service/contract/glossary.py has no word on it"
        for name, (_, operation) in operations(document).items():
            for parameter in operation.get("parameters", []):
                assert parameter.get("description"), (name, parameter["name"])

    def test_the_glossary_has_no_word_too_many(self, document: dict[str, Any]) -> None:
        shapes = document["components"]["schemas"]
        fields = {name for schema in shapes.values() for name in schema.get("properties", {})}
        fields |= {f"{shape}.{name}" for shape, schema in shapes.items() for name in schema.get("properties", {})}
        assert set(FIELDS) <= fields
        named = {
            name
            for operation_id, (_, operation) in operations(document).items()
            for parameter in operation.get("parameters", [])
            for name in (parameter["name"], f"{operation_id}.{parameter['name']}")
        }
        assert set(PARAMETERS) <= named

    def test_amounts_say_their_unit(self, document: dict[str, Any]) -> None:
        units = {"Sec": "Seconds", "Seconds": "Seconds", "Ms": "milliseconds", "Length": "bytes", "Percent": "0 to 100"}
        for _, node in nodes(document["components"]["schemas"]):
            for name, field in node.get("properties", {}).items():
                for ending, word in units.items():
                    if name.endswith(ending) and isinstance(field, dict) and field.get("type") in {"integer", "number"}:
                        assert word in field["description"], name

    def test_answers_of_reads_say_what_they_hold(self, document: dict[str, Any]) -> None:
        for path, item in document["paths"].items():
            if "get" in item:
                assert len(item["get"]["responses"]["200"]["description"]) > len("Done."), path

    def test_every_shape_is_used(self, document: dict[str, Any]) -> None:
        used = {node["$ref"].rpartition("/")[2] for _, node in nodes(document) if "$ref" in node}
        assert set(document["components"]["schemas"]) | set(document["components"]["responses"]) == used

    def test_is_short_enough_to_be_read(self) -> None:
        assert len(FILE.read_text().splitlines()) <= 9000

    def test_a_refusal_is_one_shared_answer_a_status(self, document: dict[str, Any]) -> None:
        shared = document["components"]["responses"]
        used = set()
        for name, (_, operation) in operations(document).items():
            refused = {
                status: answer["$ref"].rpartition("/")[2]
                for status, answer in operation["responses"].items()
                if "$ref" in answer
            }
            kind = "Page" if "text/html" in answers(document, operation)["500"]["content"] else "Error"
            assert refused == {status: f"{kind}{status}" for status in refused}, name
            assert set(operation["x-error-codes"]) == set(refused), name
            assert all(operation["x-error-codes"].values()), name
            used |= set(refused.values())
        assert used == set(shared)

    def test_examples_of_refusals_are_real(self, document: dict[str, Any]) -> None:
        codes: dict[str, set[str]] = {}
        for _, operation in operations(document).values():
            for status, found in operation["x-error-codes"].items():
                codes.setdefault(status, set()).update(found)
        for name, answer in document["components"]["responses"].items():
            if name.startswith("Page"):
                assert list(answer["content"]) == ["text/html"]
                continue
            example = answer["content"]["application/json"]["example"]["error"]
            assert example["code"] in codes[name.removeprefix("Error")]
            assert "{" not in example["message"]

    def test_examples_of_fields_fit_their_schemas(self, document: dict[str, Any]) -> None:
        components = _with_null(document["components"])
        seen = 0
        for shape, schema in document["components"]["schemas"].items():
            for name, field in schema.get("properties", {}).items():
                if "example" in field:
                    seen += 1
                    found = next(
                        OAS30ReadValidator(field | {"components": components}).iter_errors(field["example"]), None
                    )
                    assert found is None, (shape, name, found and found.message)
                    choices = field.get("x-extensible-enum")
                    assert not choices or field["example"] in choices, (shape, name)
        assert seen > 200

    def test_nullable_stands_beside_a_type(self, document: dict[str, Any]) -> None:
        """Elsewhere it says nothing in OpenAPI 3.0.3."""
        for place, node in nodes(document):
            assert "nullable" not in node or "type" in node, place

    def test_tags_follow_the_apps_journey_and_say_what_they_hold(self, document: dict[str, Any]) -> None:
        names = [tag["name"] for tag in document["tags"]]
        assert names == [
            *("auth", "jobs", "feed", "profile", "kyc", "applications", "organizations", "system"),
            *("kyc-review", "admin applications", "staff content", "users", "overview"),
        ]
        assert all(tag["description"].endswith(".") for tag in document["tags"])
        assert {tag for _, found in operations(document).values() for tag in found["tags"]} == set(names)

    def test_operations_without_a_refusal_of_the_caller_are_few(self, document: dict[str, Any]) -> None:
        """They read nothing of the request."""
        found = {
            name
            for name, (_, operation) in operations(document).items()
            if not any(status.startswith("4") for status in operation["responses"])
        }
        assert found == {"getContract", "getDocs", "getHealth", "getReadiness"}

    def test_holds_nothing_that_only_the_fuzzer_needs(self, document: dict[str, Any]) -> None:
        for name, (_, operation) in operations(document).items():
            for status, answer in operation["responses"].items():
                assert "links" not in answer, (name, status)


class TestForFuzzing:
    def test_is_openapi_3_0_3(self, long_document: dict[str, Any]) -> None:
        OpenAPIV30SpecValidator(long_document).validate()

    def test_differs_in_examples_and_links_alone(self, document: dict[str, Any], long_document: dict[str, Any]) -> None:
        short = json.loads(json.dumps(long_document))
        for _, operation in operations(short).values():
            for holder in (operation.get("requestBody", {}), *operation["responses"].values()):
                holder.pop("links", None)
                for media in holder.get("content", {}).values():
                    media.pop("example", None)
        assert short == document

    def test_is_printed_and_never_written(self) -> None:
        before = FILE.read_bytes()
        done = subprocess.run(
            [sys.executable, "-m", "service", "openapi", "--for-fuzzing"], capture_output=True, check=True, timeout=120
        )
        assert b"links:" in done.stdout
        assert FILE.read_bytes() == before

    def test_has_an_example_of_every_json_body_and_each_is_valid(self, long_document: dict[str, Any]) -> None:
        document = long_document
        components = _with_null(document["components"])
        for name, (_, operation) in operations(document).items():
            for holder in (operation.get("requestBody", {}), *answers(document, operation).values()):
                media = holder.get("content", {}).get("application/json")
                if media is None:
                    continue
                validator = OAS30ReadValidator(_with_null(media["schema"]) | {"components": components})
                found = next(validator.iter_errors(media["example"]), None)
                assert found is None, (name, found and found.message, media["example"])

    def test_the_example_candidate_is_no_administrator(self, long_document: dict[str, Any]) -> None:
        assert "super_admin" not in {
            role for _, node in nodes(long_document) for role in node.get("roles", ()) if isinstance(role, str)
        }

    def test_links_name_operations_and_fields_that_exist(self, long_document: dict[str, Any]) -> None:
        document = long_document
        known = operations(document)
        assert set(LINKS) <= set(known)
        for name in LINKS:
            good = next(a for s, a in answers(document, known[name][1]).items() if s.startswith("2"))
            for target, link in good["links"].items():
                path, operation = known[link["operationId"]]
                assert target == link["operationId"]
                assert set(link.get("parameters", {})) == set(re.findall(r"\{(\w+)\}", path)), (name, target)
                body = link.get("requestBody", {})
                assert not body or set(body) <= set(properties(document, operation["requestBody"])), (name, target)
                for value in (*link.get("parameters", {}).values(), *body.values()):
                    if value.startswith("$response.body#/"):
                        assert reaches(document, good, value.partition("#/")[2]), (name, target, value)
                    elif value.startswith("$request.body#/"):
                        assert value.partition("#/")[2] in properties(document, known[name][1]["requestBody"])


def nodes(node: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every mapping of the document with its place."""
    if isinstance(node, dict):
        yield place, node
        for key, value in node.items():
            yield from nodes(value, f"{place}/{key}")
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from nodes(value, f"{place}/{number}")


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
