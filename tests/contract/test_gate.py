"""Does the gate judge each kind of edit exactly as an app developer would?"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.contract import gate

Document = dict[str, Any]
Edit = Callable[[Document], None]
EDITS: list[Any] = []


def edit(*rules: str) -> Callable[[Edit], Edit]:
    """An edit and the rules that it breaks; none: it breaks nobody."""

    def add(change: Edit) -> Edit:
        EDITS.append(pytest.param(change, set(rules), id=change.__name__))
        return change

    return add


def operation(document: Document, method: str, path: str) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"][path][method]
    return found


def schema(document: Document, name: str) -> dict[str, Any]:
    found: dict[str, Any] = document["components"]["schemas"][name]
    return found


def shape_of_answer(document: Document, method: str, path: str, status: str = "200") -> dict[str, Any]:
    """The component schema that an answer has."""
    answer = operation(document, method, path)["responses"][status]
    return schema(document, answer["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2])


def shape_of_body(document: Document, method: str, path: str) -> dict[str, Any]:
    """The component schema that a request has."""
    body = operation(document, method, path)["requestBody"]
    return schema(document, body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2])


def parameter(document: Document, method: str, path: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(p for p in operation(document, method, path)["parameters"] if p["name"] == name)
    return found


def refusal(document: Document, status: str, method: str, path: str) -> dict[str, Any]:
    """The shared answer that an operation refuses with."""
    name = operation(document, method, path)["responses"][status]["$ref"].rpartition("/")[2]
    found: dict[str, Any] = document["components"]["responses"][name]
    return found


def codes_of(document: Document, status: str, method: str, path: str) -> list[str]:
    """The codes that an operation lists for a status."""
    found: list[str] = operation(document, method, path)["x-error-codes"][status]
    return found


# --- What breaks --------------------------------------------------------------


@edit("response-non-success-status-added")
def an_error_status_is_added(document: Document) -> None:
    operation(document, "get", "/auth/me")["responses"]["409"] = {"description": "New."}


@edit("response-success-status-added")
def a_good_status_is_added(document: Document) -> None:
    operation(document, "get", "/auth/me")["responses"]["202"] = {"description": "New."}


@edit("response-non-success-status-removed")
def an_error_status_is_removed(document: Document) -> None:
    del operation(document, "get", "/jobs/{jobId}")["responses"]["404"]


@edit("response-media-type-added")
def a_media_type_is_added(document: Document) -> None:
    content = operation(document, "get", "/auth/me")["responses"]["200"]["content"]
    content["application/xml"] = {"schema": {"type": "string"}}


@edit("response-media-type-name-specialized")
def a_media_type_is_changed(document: Document) -> None:
    answer = operation(document, "get", "/auth/me")["responses"]["200"]
    answer["content"] = {"application/vnd.jembatan+json": answer["content"]["application/json"]}


@edit("new-required-request-property")
def a_required_field_is_asked_for(document: Document) -> None:
    shape = shape_of_body(document, "post", "/auth/register")
    shape["properties"]["phone"] = {"type": "string"}
    shape["required"].append("phone")


@edit("request-property-became-required")
def an_optional_field_becomes_required(document: Document) -> None:
    shape_of_body(document, "post", "/jobs/{jobId}/applications").setdefault("required", []).append("note")


@edit("request-body-became-required")
def an_optional_body_becomes_required(document: Document) -> None:
    operation(document, "post", "/jobs/{jobId}/applications")["requestBody"]["required"] = True


@edit("request-parameter-max-decreased")
def a_page_may_be_smaller(document: Document) -> None:
    parameter(document, "get", "/jobs", "limit")["schema"]["maximum"] = 25


@edit("request-property-max-length-set")
def a_text_may_be_shorter(document: Document) -> None:
    shape_of_body(document, "post", "/auth/register")["properties"]["fullName"]["maxLength"] = 40


@edit("request-property-min-length-increased")
def a_password_must_be_longer(document: Document) -> None:
    shape_of_body(document, "post", "/auth/register")["properties"]["password"]["minLength"] = 12


@edit("request-property-pattern-added")
def a_text_must_match(document: Document) -> None:
    shape_of_body(document, "post", "/auth/register")["properties"]["fullName"]["pattern"] = "^[A-Z]"


@edit("request-property-enum-value-removed")
def a_choice_is_taken_away(document: Document) -> None:
    shape_of_body(document, "post", "/organizations")["properties"]["orgType"]["enum"].remove("TSK")


@edit("request-parameter-enum-value-removed")
def a_filter_is_taken_away(document: Document) -> None:
    parameter(document, "get", "/admin/applications", "status")["schema"]["enum"].remove("HIRED")


@edit("request-parameter-default-value-changed")
def the_default_page_grows(document: Document) -> None:
    parameter(document, "get", "/jobs", "limit")["schema"]["default"] = 50


@edit("request-parameter-removed")
def a_query_parameter_is_removed(document: Document) -> None:
    parameters = operation(document, "get", "/jobs")["parameters"]
    parameters.remove(parameter(document, "get", "/jobs", "q"))


@edit("new-required-request-parameter")
def a_required_header_is_asked_for(document: Document) -> None:
    operation(document, "get", "/auth/me").setdefault("parameters", []).append(
        {"name": "x-device", "in": "header", "required": True, "schema": {"type": "string"}}
    )


@edit("request-property-removed")
def a_request_field_is_removed(document: Document) -> None:
    del shape_of_body(document, "post", "/auth/login")["properties"]["identifier"]


@edit("response-required-property-removed")
def an_answer_field_is_removed(document: Document) -> None:
    shape = shape_of_answer(document, "get", "/auth/me")
    user = schema(document, shape["properties"]["user"]["$ref"].rpartition("/")[2])
    del user["properties"]["fullName"]
    user["required"].remove("fullName")


@edit("response-required-property-removed")
def an_answer_field_is_renamed(document: Document) -> None:
    shape = shape_of_answer(document, "post", "/users/me/saved-posts")
    shape["properties"]["post_id"] = shape["properties"].pop("postId")
    shape["required"] = [name.replace("postId", "post_id") for name in shape["required"]]


@edit("response-optional-property-removed")
def an_optional_answer_field_is_removed(document: Document) -> None:
    del shape_of_answer(document, "post", "/auth/email-verification/resend", "200")["properties"]["developmentCode"]


@edit("response-property-became-optional")
def an_answer_field_may_be_missing(document: Document) -> None:
    shape_of_answer(document, "post", "/auth/login")["required"].remove("accessToken")


@edit("response-property-became-nullable")
def an_answer_field_may_be_null(document: Document) -> None:
    shape_of_answer(document, "post", "/auth/login")["properties"]["accessToken"]["nullable"] = True


@edit("response-property-became-not-nullable")
def an_answer_field_is_never_null_any_more(document: Document) -> None:
    page = schema(document, "PageInfo")["properties"]["nextCursor"]
    del page["nullable"]


@edit("request-property-became-not-nullable")
def a_request_field_may_not_be_null_any_more(document: Document) -> None:
    del shape_of_body(document, "post", "/jobs/{jobId}/applications")["properties"]["note"]["nullable"]


@edit("response-property-type-changed")
def an_answer_field_becomes_a_number(document: Document) -> None:
    schema(document, "PageInfo")["properties"]["cursor"] = {"type": "integer"}


@edit("response-property-type-generalized")
def a_whole_number_may_have_a_fraction(document: Document) -> None:
    schema(document, "PageInfo")["properties"]["total"] = {"type": "number"}


@edit("request-property-type-changed")
def a_request_field_becomes_a_number(document: Document) -> None:
    shape_of_body(document, "post", "/auth/email-verification/verify")["properties"]["code"] = {"type": "integer"}


@edit("response-property-enum-value-added")
def a_closed_list_gains_a_value(document: Document) -> None:
    shape_of_answer(document, "get", "/health/ready")["properties"]["status"]["enum"].append("starting")


@edit("open-list-value-removed")
def an_error_code_is_renamed(document: Document) -> None:
    codes = codes_of(document, "404", "get", "/jobs/{jobId}")
    codes[codes.index("job_not_found")] = "job_missing"


@edit("open-list-value-removed")
def a_status_that_apps_show_is_removed(document: Document) -> None:
    schema(document, "Application")["properties"]["status"]["x-extensible-enum"].remove("HIRED")


@edit("api-removed-without-deprecation")
def an_operation_is_removed(document: Document) -> None:
    del document["paths"]["/users/me/saved-jobs/{jobId}"]["delete"]


@edit("api-path-removed-without-deprecation")
def a_path_is_renamed(document: Document) -> None:
    document["paths"]["/trust"] = document["paths"].pop("/trust/profile")


@edit("api-operation-id-removed")
def an_operation_gets_another_id(document: Document) -> None:
    operation(document, "get", "/jobs")["operationId"] = "searchJobs"


@edit("api-schema-removed")
def a_shape_is_renamed(document: Document) -> None:
    shapes = document["components"]["schemas"]
    shapes["Company"] = shapes.pop("Employer")
    old, new = "#/components/schemas/Employer", "#/components/schemas/Company"
    replace_references(document, old, new)


@edit("api-security-anonymous-access-removed")
def visitors_must_sign_in(document: Document) -> None:
    operation(document, "get", "/jobs")["security"].remove({})


@edit("optional-response-header-removed")
def retry_after_is_removed(document: Document) -> None:
    del refusal(document, "429", "get", "/jobs")["headers"]


# --- What breaks nobody -------------------------------------------------------


@edit()
def nothing_changes(document: Document) -> None:
    pass


@edit()
def an_operation_is_added(document: Document) -> None:
    added = copy.deepcopy(operation(document, "get", "/trust/profile"))
    added["operationId"] = "getSomethingNew"
    document["paths"]["/something-new"] = {"get": added}


@edit()
def an_optional_request_field_is_added(document: Document) -> None:
    shape_of_body(document, "post", "/auth/register")["properties"]["phone"] = {"type": "string"}


@edit()
def an_optional_query_parameter_is_added(document: Document) -> None:
    operation(document, "get", "/jobs")["parameters"].append(
        {"name": "prefecture", "in": "query", "required": False, "schema": {"type": "string"}}
    )


@edit()
def an_answer_field_is_added(document: Document) -> None:
    shape = shape_of_answer(document, "get", "/auth/me")
    user = schema(document, shape["properties"]["user"]["$ref"].rpartition("/")[2])
    user["properties"]["phone"] = {"type": "string"}
    user["required"].append("phone")


@edit()
def an_error_code_is_added_to_a_status(document: Document) -> None:
    codes_of(document, "404", "get", "/jobs/{jobId}").append("job_withdrawn")


@edit()
def an_open_list_gains_a_value(document: Document) -> None:
    schema(document, "Application")["properties"]["status"]["x-extensible-enum"].append("VISA_PROCESSING")


@edit()
def a_limit_is_widened(document: Document) -> None:
    parameter(document, "get", "/jobs", "limit")["schema"]["maximum"] = 100


@edit()
def texts_change(document: Document) -> None:
    found = operation(document, "get", "/jobs")
    found["summary"] = "Another summary"
    found["responses"]["200"]["description"] = "Another text."
    document["info"]["version"] = "9.9.9"


@edit()
def an_operation_is_marked_as_deprecated(document: Document) -> None:
    operation(document, "get", "/trust/profile")["deprecated"] = True


def replace_references(node: Any, old: str, new: str) -> None:
    if isinstance(node, dict):
        if node.get("$ref") == old:
            node["$ref"] = new
        for value in node.values():
            replace_references(value, old, new)
    elif isinstance(node, list):
        for value in node:
            replace_references(value, old, new)


def edited(document: Document, change: Edit) -> Document:
    """A copy with the edit made."""
    revision = json.loads(json.dumps(document))
    change(revision)
    return revision


def write(document: Document, path: Path) -> Path:
    path.write_text(json.dumps(document))
    return path


@pytest.fixture(scope="module")
def document() -> Document:
    return yaml.load(gate.CURRENT.read_text(), Loader=yaml.CSafeLoader)


@pytest.fixture(scope="module")
def _oasdiff() -> None:
    try:
        gate.oasdiff()
    except gate.GateError as error:
        pytest.skip(f"oasdiff cannot be had here: {error}")


@pytest.mark.usefixtures("_oasdiff")
class TestBreakingChanges:
    @pytest.mark.parametrize(("change", "rules"), EDITS)
    def test_each_edit_is_judged_as_expected(
        self, change: Edit, rules: set[str], document: Document, tmp_path: Path
    ) -> None:
        base, revision = write(document, tmp_path / "base.json"), write(edited(document, change), tmp_path / "new.json")
        assert {found.rule for found in gate.breaking_changes(base, revision)} == rules

    def test_a_code_is_missed_in_the_form_of_old_releases_too(self, document: Document, tmp_path: Path) -> None:
        """Up to 0.1.0 the answers list the codes, not the operation."""
        old = edited(document, nothing_changes)
        found = operation(old, "get", "/jobs/{jobId}")
        answer = dict(refusal(old, "404", "get", "/jobs/{jobId}"))
        answer["x-error-codes"] = [*found.pop("x-error-codes")["404"], "job_gone"]
        found["responses"]["404"] = answer
        base, revision = write(old, tmp_path / "base.json"), write(document, tmp_path / "new.json")
        said = [change.text for change in gate.breaking_changes(base, revision)]
        assert said == ["`job_gone` of 404 error codes is gone"]

    @pytest.mark.parametrize(("largest", "rules"), [(10_485_760, set()), (1_048_576, {"request-property-max-set"})])
    def test_a_limit_may_be_declared_later_if_it_was_always_enforced(
        self, document: Document, tmp_path: Path, largest: int, rules: set[str]
    ) -> None:
        def declare(changed: Document) -> None:
            length = shape_of_body(changed, "post", "/identity/kyc/upload-url")["properties"]["contentLength"]
            length["maximum"] = largest

        def forget(changed: Document) -> None:
            shape_of_body(changed, "post", "/identity/kyc/upload-url")["properties"]["contentLength"].pop("maximum")

        base = write(edited(document, forget), tmp_path / "base.json")
        revision = write(edited(document, declare), tmp_path / "new.json")
        assert {found.rule for found in gate.breaking_changes(base, revision)} == rules

    def test_todays_contract_breaks_nobody(self) -> None:
        assert gate.main([]) == 0

    def test_says_what_breaks_and_fails(
        self, document: Document, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        revision = write(edited(document, a_path_is_renamed), tmp_path / "new.json")
        assert gate.main(["--base", str(gate.CURRENT), "--revision", str(revision)]) == 1
        assert "BREAKS  GET /trust/profile:" in capsys.readouterr().out

    def test_an_unreadable_document_is_no_verdict(self, tmp_path: Path) -> None:
        revision = tmp_path / "revision.yaml"
        revision.write_text("openapi: [")
        assert gate.main(["--base", str(gate.CURRENT), "--revision", str(revision)]) == 2


class TestReleases:
    def test_the_newest_is_chosen_by_number(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(gate, "RELEASES", tmp_path)
        with pytest.raises(gate.GateError, match="no released contract"):
            gate.newest_release()
        for name in ("v0.2.0.yaml", "v0.10.0.yaml", "v0.9.1.yaml", "other.yaml"):
            (tmp_path / name).touch()
        assert gate.newest_release().name == "v0.10.0.yaml"

    def test_a_released_contract_is_never_overwritten(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(gate, "RELEASES", tmp_path)
        assert gate.release("1.2.3").read_bytes() == gate.CURRENT.read_bytes()
        with pytest.raises(gate.GateError, match="never changes"):
            gate.release("1.2.3")

    def test_the_changes_of_every_release_are_written_down(self) -> None:
        text = (gate.RELEASES / "CHANGES.md").read_text()
        for path in gate.RELEASES.glob("v*.yaml"):
            assert re.search(rf"^## {re.escape(path.stem[1:])}\b", text, re.MULTILINE), path.name
