"""Is it on record who of staff was shown whose data, and can nobody change that unseen?"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest
from sanic import Sanic

from service.audit import domain as audit
from service.audit.proof import verify
from service.base import metrics
from service.base.settings import Settings
from service.database import db
from service.http.operations import Security, declared_operation
from service.looks import queries, recording, sealing
from service.looks.recording import Looks
from service.retention import cleaning
from tests.conftest import TEST_ENVIRONMENT
from tests.factories import make_candidate

KEY = {"x-admin-api-key": TEST_ENVIRONMENT["ADMIN_API_KEY"]}
# Reads of staff that show nobody's data: counts, and what everybody may read.
NOBODYS = {"getOverview", "listAllJobs", "listAllPosts", "adminGetJob", "adminGetPost"}


@pytest.fixture
async def looks(app: Sanic[Any, Any], monkeypatch: pytest.MonkeyPatch) -> Looks:
    """Of this test alone; what others left is written and gone."""
    await rows(app.ctx.looks)
    await db.execute("DELETE FROM access_events")
    fresh = Looks()
    monkeypatch.setattr(app.ctx, "looks", fresh)
    return fresh


async def rows(looks: Looks) -> list[dict[str, Any]]:
    if looks._writing is not None:
        await looks._writing
    return [dict(row) for row in await db.fetch_all("SELECT * FROM access_events ORDER BY id")]


async def look(api: httpx.AsyncClient, looks: Looks, settings: Settings, number: int = 1) -> list[str]:
    """Have somebody look at so many accounts; their ids."""
    ids = []
    for _ in range(number):
        person = await make_candidate(settings)
        ids.append(str(person.id))
        assert (await api.get(f"/admin/users/{person.id}", headers=KEY)).status_code == 200
    await rows(looks)
    return ids


class TestDeclarations:
    def test_every_read_of_staff_shows_somebody_or_nobody(self, app: Sanic[Any, Any]) -> None:
        silent = set()
        for route in app.router.routes:
            declared = declared_operation(route.handler)
            assert declared is not None
            if declared.security is Security.STAFF and "GET" in route.methods and not declared.shows:
                silent.add(declared.id)
        assert silent <= NOBODYS


class TestRecord:
    async def test_a_list_is_one_row_with_the_ids_that_it_shows(
        self, api: httpx.AsyncClient, looks: Looks, settings: Settings
    ) -> None:
        people = [await make_candidate(settings) for _ in range(3)]
        page = await api.get("/admin/users?q=example&limit=2&cursor=0&x=1", headers=KEY)
        (row,) = await rows(looks)
        assert row["shown_json"] == [user["id"] for user in page.json()["items"]]
        assert len(people) > row["count"] == len(page.json()["items"])
        assert (row["actor_id"], row["operation"], row["subject_type"]) == ("admin_api_key", "listUsers", "USER")
        assert row["asked_json"] == {"q": "*", "limit": "2", "cursor": "0"}
        assert row["request_id"] == page.headers["x-request-id"]

    @pytest.mark.parametrize(
        "path",
        [
            "/admin/kyc/review-queue",
            "/admin/cases",
            "/admin/applications",
            "/admin/organizations",
            "/admin/activity-events",
            "/admin/audit/events",
        ],
    )
    async def test_an_empty_list_is_a_look_too(self, api: httpx.AsyncClient, looks: Looks, path: str) -> None:
        assert (await api.get(path, headers=KEY)).status_code == 200
        (row,) = await rows(looks)
        assert (row["count"], row["shown_json"]) == (0, [])

    async def test_one_account_is_named_by_the_path(
        self, api: httpx.AsyncClient, looks: Looks, settings: Settings
    ) -> None:
        (user_id,) = await look(api, looks, settings)
        for path in ("profile", "kyc/history"):
            assert (await api.get(f"/admin/users/{user_id}/{path}", headers=KEY)).status_code == 200
        assert [row["shown_json"] for row in await rows(looks)] == [[user_id]] * 3

    async def test_a_refusal_shows_nothing(self, api: httpx.AsyncClient, looks: Looks, settings: Settings) -> None:
        assert (await api.get(f"/admin/users/{uuid4()}", headers=KEY)).status_code == 404
        assert (await api.get("/admin/users")).status_code == 401
        assert await rows(looks) == []

    async def test_what_cannot_be_written_fails_no_read_and_is_written_later(
        self, api: httpx.AsyncClient, looks: Looks, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        insert, failed = queries.insert, []

        async def away(found: Any) -> None:
            if not failed:
                failed.append(len(found))
                raise OSError("gone")
            await insert(found)

        monkeypatch.setattr(queries, "insert", away)
        monkeypatch.setattr(recording, "_AGAIN_SECONDS", 0.0)
        before = metrics.access_events_delayed._value.get()
        await look(api, looks, settings)
        assert failed == [1]
        assert len(await rows(looks)) == 1
        assert metrics.access_events_delayed._value.get() == before + 1

    async def test_a_mistake_in_naming_fails_no_read(
        self, api: httpx.AsyncClient, looks: Looks, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def wrong(*_: Any) -> Any:
            raise KeyError("x")

        monkeypatch.setattr(recording, "look_at", wrong)
        before = metrics.access_events_lost._value.get()
        await look(api, looks, settings)
        assert metrics.access_events_lost._value.get() == before + 1

    async def test_what_waits_is_bounded(self, looks: Looks, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(recording, "MAXIMUM", 2)
        before = metrics.access_events_lost._value.get()
        one = recording.Look("a", "o", "USER", {}, (), 1, "r")
        looks.add([one] * 5)
        assert metrics.access_events_lost._value.get() == before + 3
        await looks.close()
        assert len(await rows(looks)) == 2


class TestSeal:
    async def test_it_holds_each_row_once(self, api: httpx.AsyncClient, looks: Looks, settings: Settings) -> None:
        await look(api, looks, settings, 3)
        assert (await sealing.seal(settings), await sealing.seal(settings)) == (3, 0)
        await look(api, looks, settings)
        assert await sealing.seal(settings) == 1
        assert len({row["seal_id"] for row in await rows(looks)}) == 2
        said = await db.fetch_row("SELECT * FROM audit_events WHERE action = 'access.sealed' ORDER BY position LIMIT 1")
        assert said is not None
        ids = [row["id"] for row in await rows(looks)]
        assert (said["detail_json"]["count"], said["detail_json"]["first"], said["detail_json"]["last"]) == (
            3,
            ids[0],
            ids[2],
        )
        assert await sealing.verify_seals(settings) is None
        assert (await verify(settings.audit_key_ring)).broken_at is None

    @pytest.mark.parametrize(
        "change",
        [
            "DELETE FROM access_events WHERE id = (SELECT max(id) FROM access_events)",
            "UPDATE access_events SET actor_id = 'somebody' WHERE id = (SELECT min(id) FROM access_events)",
            "UPDATE access_events SET shown_json = '[]' WHERE id = (SELECT min(id) FROM access_events)",
            "UPDATE access_events SET count = 7 WHERE id = (SELECT min(id) FROM access_events)",
            "UPDATE access_events SET occurred_at = occurred_at + interval '1 second'",
            "UPDATE access_events SET seal_id = NULL WHERE id = (SELECT min(id) FROM access_events)",
            "INSERT INTO access_events (actor_id, operation, subject_type, count, seal_id)"
            " SELECT 'a', 'o', 'USER', 1, seal_id FROM access_events LIMIT 1",
            "DELETE FROM access_events",
        ],
    )
    async def test_every_change_of_sealed_rows_is_found(
        self, api: httpx.AsyncClient, looks: Looks, settings: Settings, change: str
    ) -> None:
        await look(api, looks, settings, 2)
        await sealing.seal(settings)
        await db.execute(change)
        wrong = await sealing.verify_seals(settings)
        assert wrong is not None
        assert wrong.position == await db.fetch_value(
            "SELECT position FROM audit_events WHERE action = 'access.sealed'"
        )

    async def test_an_erased_person_is_named_by_nobody_and_the_seal_holds(
        self, api: httpx.AsyncClient, looks: Looks, settings: Settings
    ) -> None:
        first, second = await look(api, looks, settings, 2)
        await api.get(f"/admin/activity-events?actorId={first}", headers=KEY)
        await rows(looks)
        await sealing.seal(settings)
        assert await sealing.forget_person(first) == 1
        found = await rows(looks)
        assert first not in str(found)
        assert found[0]["shown_json"] == [audit.hidden_id(first)]
        assert found[1]["shown_json"] == [second]
        assert await sealing.verify_seals(settings) is None

    async def test_rows_past_their_time_go_and_no_seal_misses_them(
        self, api: httpx.AsyncClient, looks: Looks, settings: Settings
    ) -> None:
        await look(api, looks, settings)
        await rows(looks)
        await db.execute("UPDATE access_events SET occurred_at = now() - interval '366 days'")
        await cleaning.clean(settings)
        assert len(await rows(looks)) == 1, "it is not sealed yet"
        await sealing.seal(settings)
        await cleaning.clean(settings)
        assert await rows(looks) == []
        assert await sealing.verify_seals(settings) is None
