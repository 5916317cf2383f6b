"""What is the contract document? Built from the operations that the handlers declare, as OpenAPI 3.0.3."""

from __future__ import annotations

import re
from typing import Any

import yaml
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import core_schema
from sanic import Sanic

from service.base.version import VERSION
from service.contract.examples import Examples
from service.contract.glossary import PARAMETERS, meaning
from service.contract.links import links_of
from service.http.errors import ApiError
from service.http.operations import TAGS, Operation, Security, declared_operation, template_of

_SECURITY: dict[Security, list[dict[str, list[str]]]] = {
    Security.PUBLIC: [],
    Security.OPTIONAL: [{}, {"bearer": []}],
    Security.USER: [{"bearer": []}],
    Security.STAFF: [{"bearer": []}, {"adminKey": []}],
}
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of an answer that the client has from this very address.",
    "schema": {"type": "string"},
}
_ACCEPT_LANGUAGE = {
    "name": "Accept-Language",
    "in": "header",
    "required": False,
    "description": "`id` for Indonesian texts, `en` for English ones, which are also the default.",
    "schema": {"type": "string"},
}
_VARY_HEADER = {"Vary": {"description": "`Accept-Language`.", "schema": {"type": "string"}}}
_VARY_OF_STRANGERS = {
    "Vary": {"description": "`Authorization`, where the request had none.", "schema": {"type": "string"}}
}
_TAG_HEADERS = {
    "ETag": {
        "description": "Where the answer may be kept.",
        "schema": {"type": "string"},
    },
    "Cache-Control": {"description": "Comes with ETag: ask each time.", "schema": {"type": "string"}},
}
_RETRY_AFTER = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
_FORM = "application/x-www-form-urlencoded"
_REASONS = {
    200: "Done.",
    201: "Created.",
    202: "Accepted.",
    204: "Done; no body.",
    304: "What the client has is still true; no body.",
    400: "The request is not valid.",
    401: "Not signed in, or not any more.",
    403: "Not allowed.",
    404: "Not there, or not yours.",
    409: "Not possible in the present state.",
    429: "Too many requests; see Retry-After.",
    500: "A failure on our side.",
    503: "A dependency is unavailable or overloaded; see Retry-After.",
}

# One shape for every refusal, so that generated clients have one type; each operation lists its codes by status.
_ERROR_SCHEMAS: dict[str, Any] = {
    "ErrorAnswer": {
        "type": "object",
        "required": ["error"],
        "properties": {"error": {"$ref": "#/components/schemas/ErrorDetail"}},
    },
    "ErrorDetail": {
        "type": "object",
        "required": ["code", "message"],
        "properties": {
            "code": {"type": "string", "description": "Stable; may gain values."},
            "message": {"type": "string", "minLength": 1, "description": "May be shown to the user as it is."},
        },
    },
}


class _Schema303(GenerateJsonSchema):
    """JSON Schema as OpenAPI 3.0.3 wants it: `nullable` in place of a null type, no `const`."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        inner = self.generate_inner(schema["schema"])
        if "$ref" in inner:
            return {"allOf": [inner], "nullable": True}
        return {**inner, "nullable": True}

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,
        total: bool,
    ) -> bool:
        """An answer's field is always there, with or without a default, unless it says when it is left out."""
        if self.mode == "serialization" and field["type"] == "model-field":
            return not (field.get("serialization_exclude") or field.get("serialization_exclude_if"))
        return super().field_is_required(field, total)

    def literal_schema(self, schema: core_schema.LiteralSchema) -> JsonSchemaValue:
        values = list(schema["expected"])
        kind = "boolean" if isinstance(values[0], bool) else "string"
        return {"type": kind, "enum": values}


def build_document(app: Sanic[Any, Any], *, for_fuzzing: bool = False) -> dict[str, Any]:
    """The contract of every declared route of `app`, sorted by path, so that two builds are identical.

    `for_fuzzing` adds what only a generator of requests needs: an example of every body, and links.
    """
    schemas: dict[str, Any] = dict(_ERROR_SCHEMAS)
    paths: dict[str, dict[str, Any]] = {}
    operations: list[Operation] = []
    for path, route in sorted(((template_of(route.path), route) for route in app.router.routes), key=_place_of):
        declared = declared_operation(route.handler)
        if declared is None:
            continue
        operations.append(declared)
        for method in sorted(route.methods):
            paths.setdefault(path, {})[method.lower()] = _operation(declared, method, path, schemas)
    _say_type_beside_nullable(schemas, schemas)
    examples = Examples(schemas)
    _say_what_fields_mean(schemas, examples)
    if for_fuzzing:
        _add_examples_and_links(paths, examples)
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "Jembatan API",
            "version": VERSION,
            "description": "Takes candidates from sign-up over identity verification to a job abroad. Each path also "
            "answers under /v1. Errors carry a stable code and a message that may be shown to the user.",
            "contact": {"name": "The Jembatan team"},
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0.html"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "x-displayName": tag.title, "description": tag.text} for name, tag in TAGS.items()],
        "paths": {path: dict(sorted(paths[path].items())) for path in sorted(paths)},
        "components": {
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An access token of /auth/login, /auth/register or /auth/refresh; opaque to clients.",
                },
                "adminKey": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "x-admin-api-key",
                    "description": "The staff key, for tools; people of staff sign in and send their access token.",
                },
            },
            "responses": _refusals(operations),
            "schemas": dict(sorted(schemas.items())),
        },
    }


def _place_of(entry: tuple[str, Any]) -> tuple[str, list[str]]:
    path, route = entry
    return path, sorted(route.methods)


class _Dumper(yaml.SafeDumper):
    """Writes equal parts out each time: some readers of the document allow only few YAML aliases."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True

    def words_on_one_line(self, data: list[Any]) -> yaml.SequenceNode:
        """A list of words takes a line, not a line a word."""
        is_plain = bool(data) and all(isinstance(item, str) for item in data)
        return self.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=is_plain)

    def short_ones_on_one_line(self, data: dict[str, Any]) -> yaml.MappingNode:
        """A reference takes no line of its own, nor does a text of which nothing more is said."""
        is_short = set(data) == {"$ref"} or data == {"type": "string"}
        return self.represent_mapping("tag:yaml.org,2002:map", data, flow_style=is_short)


_Dumper.add_representer(list, _Dumper.words_on_one_line)
_Dumper.add_representer(dict, _Dumper.short_ones_on_one_line)


def to_yaml(document: dict[str, Any]) -> str:
    """The document as the committed file has it."""
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


def _operation(declared: Operation, method: str, path: str, schemas: dict[str, Any]) -> dict[str, Any]:
    document: dict[str, Any] = {"operationId": declared.id, "summary": declared.summary, "tags": [declared.tag]}
    if declared.description:
        document["description"] = declared.description
    parameters = [
        _described({"name": name, "in": "path", "required": True, "schema": {"type": "string"}}, declared.id)
        for name in re.findall(r"\{(\w+)\}", path)
    ]
    if declared.query is not None:
        parameters += _query_parameters(declared.query)
    parameters += [
        _described({"name": name, "in": "header", "required": False, "schema": {"type": "string"}})
        for name in declared.headers
    ]
    if declared.conditional:
        parameters.append(_IF_NONE_MATCH)
    if declared.by_language:
        parameters.append(_ACCEPT_LANGUAGE)
    if parameters:
        document["parameters"] = parameters
    if declared.body is not None:
        document["requestBody"] = {
            "required": bool(_schema(declared.body, "validation", {}).get("required")),
            "content": {
                _FORM if declared.page else "application/json": {
                    "schema": _reference(declared.body, "validation", schemas)
                }
            },
        }
    document["responses"] = responses = _responses(declared, schemas)
    if method == "GET":
        responses["200"]["description"] = f"{declared.summary}."
    document["x-error-codes"] = {
        str(status): sorted({error.code for error in errors}) for status, errors in _by_status([declared]).items()
    }
    document["security"] = _SECURITY[declared.security]
    return document


def _add_examples_and_links(paths: dict[str, dict[str, Any]], examples: Examples) -> None:
    for operation in (operation for item in paths.values() for operation in item.values()):
        for holder in (operation.get("requestBody", {}), *operation["responses"].values()):
            for media in holder.get("content", {}).values():
                if "$ref" in media["schema"]:
                    media["example"] = examples.of(media["schema"]["$ref"])
        links = links_of(operation["operationId"])
        for status, answer in operation["responses"].items():
            if links and status.startswith("2") and "content" in answer:
                answer["links"] = links


def _say_what_fields_mean(schemas: dict[str, Any], examples: Examples) -> None:
    for shape, schema in schemas.items():
        for name, field in schema.get("properties", {}).items():
            # Beside `$ref` nothing counts; the shape that it leads to speaks for itself.
            if "$ref" in field:
                continue
            if text := meaning(shape, name):
                field.setdefault("description", text)
            if (example := examples.of_text(name, field)) is not None:
                field["example"] = example


def _say_type_beside_nullable(node: Any, schemas: dict[str, Any]) -> None:
    """`nullable` counts only beside `type` in OpenAPI 3.0.3; beside `allOf` the type is the one referred to."""
    if isinstance(node, list):
        for item in node:
            _say_type_beside_nullable(item, schemas)
    elif isinstance(node, dict):
        if node.get("nullable") is True and "allOf" in node:
            node["type"] = schemas[node["allOf"][0]["$ref"].rpartition("/")[2]]["type"]
        for item in node.values():
            _say_type_beside_nullable(item, schemas)


def _query_parameters(model: type[BaseModel]) -> list[dict[str, Any]]:
    parameters = []
    schema = _schema(model, "validation", {})
    for name, field in schema.get("properties", {}).items():
        field = {key: value for key, value in field.items() if key not in {"title", "nullable"}}
        if field.get("default", ...) is None:
            del field["default"]
        parameters.append(_described({"name": name, "in": "query", "required": False, "schema": field}))
    return parameters


def _described(parameter: dict[str, Any], operation_id: str = "") -> dict[str, Any]:
    name = parameter["name"]
    text = PARAMETERS.get(f"{operation_id}.{name}") or PARAMETERS.get(name)
    return parameter | {"description": text} if text else parameter


def _responses(declared: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    varies = _VARY_HEADER if declared.by_language else {}
    tagged: dict[str, Any] = _TAG_HEADERS if declared.conditional else {}
    if declared.conditional and declared.security is Security.OPTIONAL:
        tagged = tagged | _VARY_OF_STRANGERS
    for status, shape in declared.responses.items():
        entry: dict[str, Any] = {"description": _REASONS[status]}
        if isinstance(shape, dict):
            entry["content"] = {
                media: {"schema": _reference(model, "serialization", schemas) if model else {"type": "string"}}
                for media, model in shape.items()
            }
        elif shape is not None:
            entry["content"] = {"application/json": {"schema": _reference(shape, "serialization", schemas)}}
        headers = (tagged if status == 200 else {}) | varies
        if headers:
            entry["headers"] = headers
        responses[str(status)] = entry
    if declared.conditional:
        responses["304"] = {"description": _REASONS[304], "headers": tagged | varies}
    for status in _by_status([declared]):
        responses[str(status)] = {"$ref": f"#/components/responses/{'Page' if declared.page else 'Error'}{status}"}
    return dict(sorted(responses.items()))


def _by_status(operations: list[Operation]) -> dict[int, list[type[ApiError]]]:
    """Their errors, one entry an operation and class, by status."""
    found: dict[int, list[type[ApiError]]] = {}
    for declared in operations:
        for error in dict.fromkeys(declared.errors):
            found.setdefault(error.status_code, []).append(error)
    return dict(sorted(found.items()))


def _refusals(operations: list[Operation]) -> dict[str, Any]:
    """One answer a status, which all operations share; its example is the error that most of them have."""
    refusals: dict[str, Any] = {}
    for status, errors in _by_status([declared for declared in operations if not declared.page]).items():
        example = max(errors, key=lambda error: (errors.count(error), error.code))
        message = example().text("en")
        refusals[f"Error{status}"] = entry = {
            "description": f"{_REASONS[status]} `x-error-codes` of the operation lists its codes.",
            "content": {
                "application/json": {
                    "schema": {"$ref": "#/components/schemas/ErrorAnswer"},
                    "example": {"error": {"code": example.code, "message": message}},
                }
            },
        }
        if example.retry_after is not None:
            entry["headers"] = _RETRY_AFTER
    for status, errors in _by_status([declared for declared in operations if declared.page]).items():
        refusals[f"Page{status}"] = entry = {
            "description": f"{_REASONS[status]} The page says so, next to the field.",
            "content": {"text/html": {"schema": {"type": "string"}}},
        }
        if any(error.retry_after is not None for error in errors):
            entry["headers"] = _RETRY_AFTER
    return refusals


def _schema(model: type[BaseModel], mode: JsonSchemaMode, schemas: dict[str, Any]) -> dict[str, Any]:
    schema = model.model_json_schema(
        by_alias=True, mode=mode, schema_generator=_Schema303, ref_template="#/components/schemas/{model}"
    )
    for name, definition in schema.pop("$defs", {}).items():
        _register(name, definition, schemas)
    return schema


def _reference(model: type[BaseModel], mode: JsonSchemaMode, schemas: dict[str, Any]) -> dict[str, str]:
    _register(model.__name__, _schema(model, mode, schemas), schemas)
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _register(name: str, schema: dict[str, Any], schemas: dict[str, Any]) -> None:
    tidy = _tidy(schema)
    if schemas.setdefault(name, tidy) != tidy:
        raise ValueError(f"two different shapes are called {name}")


def _tidy(schema: Any) -> Any:
    """Titles repeat the names; a null or empty default and `additionalProperties: false` would bind clients for nothing."""
    if isinstance(schema, list):
        return [_tidy(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {}
    for key, value in schema.items():
        if key == "title" and isinstance(value, str):
            continue
        if (key == "additionalProperties" and value is False) or (key == "default" and value in (None, "")):
            continue
        kept[key] = {name: _tidy(item) for name, item in value.items()} if key == "properties" else _tidy(value)
    return kept
