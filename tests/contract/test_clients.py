"""Does the search of generated sources see what is missing?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.contract.clients.sources import _follow, empty_models, kotlin_models, missing_fields, swift_models
from tests.decoders import ANDROID, IOS, WORD

FILE = Path(__file__).parents[2] / "docs/openapi-runtime-v0.yaml"
SWIFT = """import Foundation

public struct EmailResult: Sendable, Codable, Hashable {

    public var email: String
    public var verified: Bool
    public var alreadyVerified: Bool?
    public var kind: ModelType = .a

    public enum CodingKeys: String, CodingKey, CaseIterable {
        case email
        case verified = "is_verified"
    }
}
"""
KOTLIN = """package x

data class EmailResult (

    @Json(name = "email")
    val email: kotlin.String,

    @Json(name = "is_verified")
    val verified: kotlin.Boolean,

    @Json(name = "headers")
    val headers: kotlin.collections.Map<kotlin.String, kotlin.String>,

    @Json(name = "alreadyVerified")
    val alreadyVerified: kotlin.Boolean? = null

) {
"""


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return yaml.load(FILE.read_text(), Loader=yaml.CSafeLoader)


class TestSources:
    def test_swift_structs_are_read(self, tmp_path: Path) -> None:
        (tmp_path / "Models").mkdir()
        (tmp_path / "Models/EmailResult.swift").write_text(SWIFT)
        (tmp_path / "Models/Nothing.swift").write_text("public struct Nothing: Codable {\n}\n")
        models = swift_models(tmp_path)
        assert models["EmailResult"] == {
            "email": "String", "is_verified": "Bool", "alreadyVerified": "Bool?", "kind": "ModelType"
        }  # fmt: skip
        assert empty_models(models) == ["Nothing"]

    def test_kotlin_classes_are_read(self, tmp_path: Path) -> None:
        (tmp_path / "models").mkdir()
        (tmp_path / "models/EmailResult.kt").write_text(KOTLIN)
        assert kotlin_models(tmp_path)["EmailResult"] == {
            "email": "kotlin.String", "is_verified": "kotlin.Boolean", "alreadyVerified": "kotlin.Boolean?",
            "headers": "kotlin.collections.Map<kotlin.String, kotlin.String>",
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("kind", "complaint"),
        [("String", None), ("Status", None), ("FinalRequest.Status", None), ("Int", "is Int, not word")],
    )
    def test_a_word_may_be_an_enumeration(self, kind: str, complaint: str | None) -> None:
        models = {"FinalRequest": {"status": kind}}
        assert _follow("swift", models, "FinalRequest", "status", WORD) == complaint

    def test_what_apps_need_is_missed_when_it_is_not_there(self, document: dict[str, Any]) -> None:
        models = {"EmailResult": {"email": "Int", "verified": "Bool", "alreadyVerified": "Bool?"}}
        complaints = [line for line in missing_fields("swift", models, document) if " verifyEmail " in line]
        assert complaints == [
            "swift: verifyEmail 200: email: is Int, not text",
            "swift: verifyEmail 200: alreadyVerified: alreadyVerified may be missing",
        ]


class TestDocument:
    def test_promises_what_shipped_apps_need(self, document: dict[str, Any]) -> None:
        """The schemas themselves say it, before any generator does."""
        kinds = {"string": "String", "integer": "Int", "number": "Double", "boolean": "Bool"}

        def written(field: dict[str, Any], is_required: bool) -> str:
            nullable = field.get("nullable") or not is_required
            inner = field["allOf"][0] if "allOf" in field else field
            if "$ref" in inner:
                text = inner["$ref"].rpartition("/")[2]
            elif inner.get("type") == "array":
                text = f"[{written(inner['items'], True)}]"
            elif isinstance(inner.get("additionalProperties"), dict):
                text = f"[String: {written(inner['additionalProperties'], True)}]"
            else:
                text = kinds.get(inner.get("type", ""), "Any")
            return text + ("?" if nullable else "")

        models = {
            name: {
                key: written(field, key in schema.get("required", []))
                for key, field in schema.get("properties", {}).items()
            }
            for name, schema in document["components"]["schemas"].items()
        }
        assert missing_fields("swift", models, document) == []
        assert sum(len(decoder.needs) for decoder in (*IOS.values(), *ANDROID.values())) > 300
