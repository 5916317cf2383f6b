"""May each role call what docs/rules/staff.md says, and nothing else?"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import httpx
import pytest
from sanic import Sanic

from service.auth.roles import NAMED_ROLES, Permission, permissions_of
from service.base.settings import Settings
from service.contract.roles_table import COLUMNS, KEY, LISTED, OTHERS
from service.database import db
from service.http.operations import declared_operation, template_of
from tests.answers import outcome
from tests.auth.conftest import Change
from tests.conftest import TEST_ENVIRONMENT
from tests.factories import make_candidate

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/rules/staff.md"
STAFF_KEY = {"x-admin-api-key": TEST_ENVIRONMENT["ADMIN_API_KEY"]}
REFUSED = (403, "insufficient_admin_role")
# A role of the setting that is no named one: it may everything but manage accounts.
LISTED_ROLE = "tsk"


def cells() -> list[tuple[str, str, str, bool]]:
    """Method, path, column and whether it is let in, as the page shows them to people."""
    found = []
    for line in PAGE.read_text().splitlines():
        if line.startswith("| `") and line.count("|") == len(COLUMNS) + 3:
            call, _, *marks = (part.strip() for part in line.strip("|").split("|"))
            method, path = call.strip("`").split(" ")
            found += [(method, path, column, mark == "yes") for column, mark in zip(COLUMNS, marks, strict=True)]
    return found


def operations_of_staff(app: Sanic[Any, Any]) -> set[tuple[str, str]]:
    return {
        (method, template_of(route.path))
        for route in app.router.routes
        if (declared := declared_operation(route.handler)) and declared.permission is not None
        for method in route.methods
    }


def filled(path: str) -> str:
    return "/".join("x" if part.startswith("{") else part for part in path.split("/"))


class TestMatrix:
    def test_the_page_shows_what_the_operations_declare(self, app: Sanic[Any, Any]) -> None:
        spec = importlib.util.spec_from_file_location("roles", ROOT / "docs/roles.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        page = PAGE.read_text()
        assert module.with_table(page, app) == page, "run: python docs/roles.py"
        assert {(method, path) for method, path, _, _ in cells()} == operations_of_staff(app)

    @pytest.mark.parametrize("column", COLUMNS)
    async def test_each_cell_is_what_a_caller_meets(
        self, api: httpx.AsyncClient, settings: Settings, change: Change, column: str
    ) -> None:
        if column == LISTED:
            change(admin_role_codes=f"super_admin,{LISTED_ROLE}")
        roles = [LISTED_ROLE] if column == LISTED else column.split(", ")
        callers = (
            [STAFF_KEY]
            if column == KEY
            else [(await make_candidate(settings, roles=(role,))).headers | STAFF_KEY for role in roles]
        )
        for caller in callers:
            for method, path, of, is_let_in in cells():
                if of == column:
                    met = await api.request(method, filled(path), headers=caller, json={})
                    assert met.status_code < 500, (method, path)
                    assert (outcome(met) != REFUSED) == is_let_in, (method, path, column, met.text)
                    assert met.status_code != 401

    async def test_without_credentials_and_with_bad_ones_beside_the_key_each_is_401(
        self, api: httpx.AsyncClient, app: Sanic[Any, Any]
    ) -> None:
        for method, path in sorted(operations_of_staff(app)):
            assert outcome(await api.request(method, filled(path))) == (401, "missing_admin_api_key")
            bad = await api.request(method, filled(path), headers={"Authorization": "Bearer x"} | STAFF_KEY)
            assert outcome(bad) == (401, "invalid_access_token"), path


class TestRules:
    """What the table must say whoever changes the sets."""

    def test_all_four_see_the_first_page(self) -> None:
        assert set(NAMED_ROLES) == {"reviewer", "recruiter", "editor", "auditor"}
        assert all(Permission.OVERVIEW in held for held in NAMED_ROLES.values())

    def test_an_auditor_reads_everything_and_nothing_else(self) -> None:
        shown = [(method, path, let) for method, path, column, let in cells() if column == "auditor"]
        assert [cell for cell in shown if cell[2] != (cell[0] == "GET")] == []

    def test_the_others_read_no_trail_and_manage_no_account(self) -> None:
        for role in ("reviewer", "recruiter", "editor"):
            held = NAMED_ROLES[role]
            assert not held & {Permission.TRAIL_READ, Permission.ACCOUNTS_READ, Permission.ACCOUNTS_CHANGE}

    def test_roles_of_the_setting_may_everything_but_manage_accounts(self) -> None:
        admin = permissions_of(["lpk"], {"lpk", "super_admin"})
        assert frozenset(Permission) - admin == {Permission.ACCOUNTS_READ, Permission.ACCOUNTS_CHANGE}
        assert permissions_of(["super_admin"], {"super_admin"}) == frozenset(Permission)
        assert permissions_of(["super_admin", "lpk"], {"lpk"}) == frozenset(Permission)
        assert permissions_of(["editor"], {"editor"}) == admin

    def test_what_is_no_staff_role_grants_nothing(self) -> None:
        assert permissions_of([*OTHERS, "gone"], {"super_admin"}) == frozenset()
        assert permissions_of(["super_admin"], {"lpk"}) == frozenset()
        assert permissions_of(["super_admin", "editor"], {"lpk"}) == NAMED_ROLES["editor"]

    def test_several_roles_add_up(self) -> None:
        both = permissions_of(["editor", "reviewer", "sdm"], {"super_admin"})
        assert both == NAMED_ROLES["editor"] | NAMED_ROLES["reviewer"]


class TestGiving:
    async def test_a_super_admin_gives_and_takes_them_and_the_next_request_knows(
        self, api: httpx.AsyncClient, settings: Settings
    ) -> None:
        admin = await make_candidate(settings, roles=("super_admin",))
        person = await make_candidate(settings)
        queue, jobs, place = "/admin/kyc/review-queue", "/admin/jobs", f"/admin/users/{person.id}"
        assert outcome(await api.get(queue, headers=person.headers)) == REFUSED
        for role, allowed, refused in (("reviewer", queue, jobs), ("editor", jobs, queue)):
            given = await api.patch(place, json={"roles": [role.upper(), "sdm"]}, headers=admin.headers)
            assert given.json()["user"]["roles"] == sorted([role, "sdm"])
            assert (await api.get(allowed, headers=person.headers)).status_code == 200
            assert outcome(await api.get(refused, headers=person.headers)) == REFUSED
        await db.execute("DELETE FROM user_roles WHERE user_id = $1", person.id)
        assert outcome(await api.get(jobs, headers=person.headers)) == REFUSED

    async def test_accounts_are_made_with_them_and_they_give_none(
        self, api: httpx.AsyncClient, settings: Settings
    ) -> None:
        for number, role in enumerate(NAMED_ROLES):
            new = {"fullName": "Rina Staf", "email": f"rina{number}@example.com", "password": " eight888"}
            made = await api.post("/admin/users", json=new | {"roles": [role]}, headers=STAFF_KEY)
            assert made.json()["user"]["roles"] == [role]
            person = await make_candidate(settings, roles=(role,))
            raised = {"roles": ["super_admin"]}
            assert outcome(await api.patch(f"/admin/users/{person.id}", json=raised, headers=person.headers)) == REFUSED

    async def test_they_do_not_retire_the_key_and_are_no_super_admin(
        self, api: httpx.AsyncClient, settings: Settings, change: Change
    ) -> None:
        change(admin_api_key_after_bootstrap=False)
        await make_candidate(settings, roles=tuple(NAMED_ROLES))
        assert (await api.get("/admin/users", headers=STAFF_KEY)).status_code == 200

    async def test_each_may_see_the_whole_of_the_metrics(
        self, api: httpx.AsyncClient, settings: Settings, change: Change
    ) -> None:
        change(metrics_json="admin")
        for role in NAMED_ROLES:
            person = await make_candidate(settings, roles=(role,))
            assert (await api.get("/metrics", headers=person.headers)).status_code == 200
        stranger = await make_candidate(settings)
        assert outcome(await api.get("/metrics", headers=stranger.headers)) == REFUSED
