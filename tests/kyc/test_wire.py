"""Does a real connection survive a body that nobody reads?"""

from __future__ import annotations

import httpx

from service.base.settings import Settings
from tests.conftest import TEST_ENVIRONMENT
from tests.factories import Candidate, make_kyc_session
from tests.running import running_server


async def test_submit_answers_whatever_is_sent_and_the_connection_goes_on(
    app: object, settings: Settings, candidate: Candidate, object_storage_env: dict[str, str], database_url: str
) -> None:
    session_id = await make_kyc_session(candidate.id, documents=("PASSPORT",))
    environment = {**TEST_ENVIRONMENT, **object_storage_env, "DATABASE_URL": database_url}
    path = f"/v1/identity/kyc/sessions/{session_id}/submit"
    limits = httpx.Limits(max_connections=1)
    async with (
        running_server(environment) as server,
        httpx.AsyncClient(base_url=server.url, limits=limits, timeout=20, headers=candidate.headers) as client,
    ):
        for content in (b"", b"{ nonsense", b"x" * 500_000):
            headers = {"Content-Type": "application/json"}
            assert (await client.post(path, content=content, headers=headers)).status_code == 200
            assert (await client.get("/identity/kyc/status")).json()["session"]["status"] == "SUBMITTED"
