"""What does the gate say of a target's variables?"""

from __future__ import annotations

from typing import Any, cast

import pytest

from service.base.clock import utc_now
from service.tools.gate import target
from service.tools.gate.context import Context
from service.tools.gate.criteria import Check
from tests.conftest import TEST_ENVIRONMENT


@pytest.mark.parametrize(("given", "in_force"), [({}, "warn"), ({"KYC_REQUIRE_VERIFIED": "enforce"}, "enforce")])
async def test_it_names_what_a_decision_needs(given: dict[str, str], in_force: str) -> None:
    variables = TEST_ENVIRONMENT | {
        "DATABASE_URL": "postgresql://user:a-long-and-random-word-0815@localhost/x",
        "OBJECT_STORAGE_ACCESS_KEY_ID": "key",
        "OBJECT_STORAGE_SECRET_ACCESS_KEY": "another-long-and-random-word-4711",
        **given,
    }
    context = Context("dev", cast(Any, None), "http://localhost", now=utc_now, _variables=variables)
    said = await target.environment_complete(context, Check("environment.complete", "All is there."))
    assert f"; KYC_REQUIRE_VERIFIED is {in_force}" in said
