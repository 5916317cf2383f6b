"""Can staff read the whole trail, page by page and as a table, and nobody else?"""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from itertools import combinations
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest
from sanic import Sanic
from tortoise.transactions import in_transaction

from service.audit.domain import audit, erase_details
from service.base.settings import Settings
from service.database import db
from service.looks.recording import Looks
from service.trail import queries
from service.trail.schemas import TrailQuery
from tests.answers import code
from tests.conftest import TEST_ENVIRONMENT
from tests.factories import make_candidate

KEY = {"x-admin-api-key": TEST_ENVIRONMENT["ADMIN_API_KEY"]}
PATH = "/admin/audit/trail"


async def add(action: str = "test.done", **changes: Any) -> str:
    """A row about a new subject; its id."""
    row = {"actor_type": "ADMIN", "actor_id": "somebody", "subject_type": "THING", "subject_id": str(uuid4())} | changes
    await audit(action, **row)
    return str(row["subject_id"])


async def read(api: httpx.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    found = await api.get(PATH, params=query, headers=KEY)
    assert found.status_code == 200
    return list(found.json()["items"])


@pytest.fixture(autouse=True)
async def _own_looks(app: Sanic[Any, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    await app.ctx.looks.record()
    await db.execute("DELETE FROM access_events")
    monkeypatch.setattr(app.ctx, "looks", Looks())


async def against_the_rules(sql: str) -> None:
    """Change audit rows as nobody but a superuser can."""
    async with in_transaction():
        await db.execute("SET LOCAL session_replication_role = replica")
        await db.execute(sql)


class TestTrail:
    async def test_pages_show_each_row_once_newest_first(self, api: httpx.AsyncClient, app: Sanic[Any, Any]) -> None:
        wanted = [await add() for _ in range(7)]
        # All of one moment: pages still part them.
        await against_the_rules("UPDATE audit_events SET occurred_at = '2026-01-01T00:00:00Z'")
        person = uuid4()
        for _ in range(3):
            await db.execute(
                "INSERT INTO access_events (occurred_at, actor_id, operation, subject_type, shown_json, count)"
                " VALUES ('2026-01-01T00:00:00Z', 'somebody', 'getUser', 'USER', $1, 1)",
                orjson.dumps([str(person)]).decode(),
            )
        found: list[Any] = []
        after: dict[str, str] = {}
        for _ in range(9):
            page = await api.get(
                PATH, params={"limit": 2, "include": "access", "to": "2026-01-02", **after}, headers=KEY
            )
            body = page.json()
            found += body["items"]
            if body["pageInfo"]["after"] is None:
                break
            after = {"after": body["pageInfo"]["after"]}
        assert [row["subjectId"] for row in found] == [*reversed(wanted), None, None, None]
        assert [row["kind"] for row in found] == ["audit"] * 7 + ["access"] * 3
        assert found[-1]["shownIds"] == [str(person)]

    async def test_each_filter_narrows(self, api: httpx.AsyncClient) -> None:
        subject = await add("test.special", actor_id="other", subject_type="RARE")
        await add()
        for query in (
            {"actor": "other"},
            {"subjectType": "RARE"},
            {"subjectId": subject},
            {"action": "test.special"},
            {
                "actor": "other",
                "subjectType": "RARE",
                "subjectId": subject,
                "action": "test.special",
                "from": "2026-01-01",
            },
        ):
            assert [row["subjectId"] for row in await read(api, **query)] == [subject], query
        assert await read(api, to="2020-01-01") == []
        assert await read(api, actor="nobody") == []

    async def test_a_look_is_found_by_whom_it_showed(
        self, api: httpx.AsyncClient, app: Sanic[Any, Any], settings: Settings
    ) -> None:
        person = await make_candidate(settings)
        await api.get(f"/admin/users/{person.id}", headers=KEY)
        await app.ctx.looks.close()
        (row,) = [one for one in await read(api, subjectId=person.id, include="access") if one["kind"] == "access"]
        assert (row["action"], row["actorId"], row["shownIds"]) == ("getUser", "admin_api_key", [person.id])
        assert all(one["kind"] == "audit" for one in await read(api, subjectId=person.id))

    async def test_details_of_the_erased_stay_erased(self, api: httpx.AsyncClient) -> None:
        subject = await add(detail={"before": "a secret"})
        assert (await read(api, subjectId=subject))[0]["detail"] == {"before": "a secret"}
        await erase_details("THING", subject, actor_type="SYSTEM", actor_id=None)
        rows = await read(api, subjectId=subject)
        assert [row["detail"] for row in rows] == [{"rows": 1}, {}]

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ({"from": "yesterday"}, "invalid_audit_filter"),
            ({"to": "2026-13-01"}, "invalid_audit_filter"),
            ({"from": "2026-02-01", "to": "2026-01-01"}, "invalid_audit_filter"),
            ({"include": "everything"}, "invalid_audit_filter"),
            ({"actor": "x" * 301}, "invalid_audit_filter"),
            ({"subjectId": "\x00"}, "invalid_audit_filter"),
            ({"limit": "0"}, "invalid_limit"),
            ({"limit": "101"}, "invalid_limit"),
            ({"after": "nonsense"}, "invalid_cursor"),
        ],
    )
    async def test_bad_filters_are_refused(self, api: httpx.AsyncClient, query: dict[str, str], expected: str) -> None:
        for accept in ("application/json", "text/csv"):
            found = await api.get(PATH, params=query, headers=KEY | {"Accept": accept})
            assert code(found) == (400, expected)

    async def test_a_position_of_other_filters_is_refused(self, api: httpx.AsyncClient) -> None:
        for _ in range(2):
            await add()
        page = await api.get(PATH, params={"limit": 1}, headers=KEY)
        after = page.json()["pageInfo"]["after"]
        found = await api.get(PATH, params={"limit": 1, "actor": "x", "after": after}, headers=KEY)
        assert code(found) == (400, "invalid_cursor")

    async def test_candidates_and_strangers_read_nothing(self, api: httpx.AsyncClient, settings: Settings) -> None:
        person = await make_candidate(settings)
        assert (await api.get(PATH)).status_code == 401
        assert (await api.get(PATH, headers=person.headers)).status_code == 403


class TestTable:
    async def test_it_streams_all_pages_up_to_the_limit(
        self, api: httpx.AsyncClient, app: Sanic[Any, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(queries, "MOST_ROWS", 5)
        monkeypatch.setattr(queries, "_BATCH_ROWS", 2)
        wanted = [await add() for _ in range(7)]
        found = await api.get(PATH, params={"action": "test.done"}, headers=KEY | {"Accept": "text/csv"})
        assert found.headers["content-type"].startswith("text/csv")
        rows = list(csv.DictReader(io.StringIO(found.text)))
        assert [row["subjectId"] for row in rows] == wanted[:1:-1]
        await app.ctx.looks.close()
        looks = await db.fetch_all("SELECT count, shown_json FROM access_events ORDER BY id")
        assert [row["count"] for row in looks] == [2, 2, 1]
        assert looks[0]["shown_json"] == wanted[:4:-1]

    async def test_formulas_are_text(self, api: httpx.AsyncClient) -> None:
        for first in ("=", "+", "-", "@", "\t", "\r"):
            await add("test.formula", subject_id=f"{first}1+1")
        found = await api.get(PATH, params={"action": "test.formula"}, headers=KEY | {"Accept": "text/csv"})
        rows = list(csv.DictReader(io.StringIO(found.text, newline="")))
        assert sorted(row["subjectId"] for row in rows) == sorted(f"'{one}1+1" for one in "=+-@\t\r")


@pytest.fixture
async def many(app: Sanic[Any, Any]) -> AsyncIterator[None]:
    """100 000 audit rows and as many looks, analysed."""
    await db.execute(
        "INSERT INTO audit_events (id, occurred_at, actor_type, actor_id, action, subject_type, subject_id)"
        " SELECT gen_random_uuid(), now() - n * interval '1 minute', 'USER', 'actor' || n % 5000, 'action' || n % 40,"
        " 'TYPE' || n % 12, 'subject' || n % 20000 FROM generate_series(1, 100000) n"
    )
    await db.execute(
        "INSERT INTO access_events (occurred_at, actor_id, operation, subject_type, shown_json, count)"
        " SELECT now() - n * interval '1 minute', 'actor' || n % 5000, 'action' || n % 40, 'TYPE' || n % 12,"
        " jsonb_build_array('subject' || n % 20000), 1 FROM generate_series(1, 100000) n"
    )
    await db.execute("ANALYZE audit_events")
    await db.execute("ANALYZE access_events")
    yield
    await db.execute("DELETE FROM access_events")
    await against_the_rules("DELETE FROM audit_events")


class TestPlansAt100000Rows:
    async def test_every_combination_is_served_by_an_index(self, many: None, monkeypatch: pytest.MonkeyPatch) -> None:
        filters = {
            "actor": "actor7",
            "subjectType": "TYPE7",
            "subjectId": "subject7",
            "action": "action7",
            "from": "2026-01-01",
            "to": "2027-01-01",
        }
        seen: list[tuple[str, tuple[Any, ...]]] = []
        fetch_all = db.fetch_all

        async def watch(sql: str, *arguments: Any, **options: Any) -> Any:
            seen.append((sql, arguments))
            return await fetch_all(sql, *arguments, **options)

        monkeypatch.setattr(db, "fetch_all", watch)
        for number in range(len(filters) + 1):
            for names in combinations(filters, number):
                query = TrailQuery.model_validate({name: filters[name] for name in names} | {"include": "access"})
                page = await queries.list_trail(query)
                if page.page_info.after:
                    again = {name: filters[name] for name in names} | {
                        "include": "access",
                        "after": page.page_info.after,
                    }
                    await queries.list_trail(TrailQuery.model_validate(again))
        assert len(seen) > 64
        for sql, arguments in seen:
            (row,) = await fetch_all(f"EXPLAIN (FORMAT JSON) {sql}", *arguments)
            assert "Seq Scan" not in str(row[0]), sql
