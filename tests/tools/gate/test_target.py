"""Does the gate say which of the target's settings somebody has to answer for?"""

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
    async def test_the_values_in_force_are_said(self) -> None:
        assert await ask() == "KYC_REQUIRE_VERIFIED is warn, ADMIN_API_KEY_AFTER_BOOTSTRAP is off"
        said = await ask(KYC_REQUIRE_VERIFIED="enforce", ADMIN_API_KEY_AFTER_BOOTSTRAP="on")
        assert said == "KYC_REQUIRE_VERIFIED is enforce, ADMIN_API_KEY_AFTER_BOOTSTRAP is on"

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
