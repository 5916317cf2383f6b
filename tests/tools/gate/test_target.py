"""What does the gate say of a target's variables?"""

from __future__ import annotations

import pytest

from service.base.clock import utc_now
from service.tools.gate import target
from service.tools.gate.context import Context, No
from service.tools.gate.criteria import Check
from service.tools.http import Caller
from service.tools.smoke.options import trust
from tests.base.test_settings import STAGING

SAFE = Check("environment.safe", "No code is the same for everybody.")


async def ask(**changes: str) -> str:
    caller = Caller(trust(None), {}, timeout_seconds=1)
    return await target.environment_safe(Context("staging", caller, now=utc_now, _variables=STAGING | changes), SAFE)


class TestEnvironmentSafe:
    async def test_whether_the_staff_key_stays_is_said(self) -> None:
        assert await ask() == "no code verifies everybody; ADMIN_API_KEY_AFTER_BOOTSTRAP is off"
        assert (await ask(ADMIN_API_KEY_AFTER_BOOTSTRAP="on")).endswith("is on")

    @pytest.mark.parametrize(
        ("name", "value"),
        [("AUTH_EMAIL_VERIFICATION_STATIC_CODE", "123456"), ("AUTH_EMAIL_VERIFICATION_EXPOSE_CODE", "true")],
    )
    async def test_a_code_that_anybody_knows_is_a_no(self, name: str, value: str) -> None:
        with pytest.raises(No, match=name):
            await ask(**{name: value})

    async def test_settings_that_are_refused_are_a_no(self) -> None:
        with pytest.raises(No, match="RATE_LIMITS must be on"):
            await ask(RATE_LIMITS="off")


@pytest.mark.parametrize(("given", "in_force"), [({}, "warn"), ({"KYC_REQUIRE_VERIFIED": "enforce"}, "enforce")])
async def test_it_names_what_a_decision_needs(given: dict[str, str], in_force: str) -> None:
    variables = STAGING | {
        "DATABASE_URL": "postgresql://user:a-long-and-random-word-0815@localhost/x",
        "OBJECT_STORAGE_SECRET_ACCESS_KEY": "another-long-and-random-word-4711",
        **given,
    }
    caller = Caller(trust(None), {}, timeout_seconds=1)
    context = Context("staging", caller, now=utc_now, _variables=variables)
    said = await target.environment_complete(context, Check("environment.complete", "All is there."))
    assert f"; KYC_REQUIRE_VERIFIED is {in_force}" in said
