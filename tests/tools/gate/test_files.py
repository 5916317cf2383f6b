"""Are criteria, waivers and blockers read strictly, and do the probes of our own files see what is wrong?"""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.tools.gate import files
from service.tools.gate.context import Context, No
from service.tools.gate.criteria import (
    CRITERIA_FILE,
    WAIVERS_FILE,
    Check,
    WrongUse,
    load_criteria,
    load_waivers,
)
from service.tools.gate.run import PROBES, TESTED_CHECK, select
from service.tools.http import Caller
from service.tools.smoke.options import trust

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ENTRY: dict[str, Any] = {
    "name": "storage.durable",
    "source": "phase-d",
    "says": "It lasts.",
    "checks": [{"name": "storage.durable", "says": "It lasts."}],
}


def write(folder: Path, name: str, content: Any) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(content))
    return path


@pytest.fixture
def context() -> Context:
    return Context("staging", Caller(trust(None), {}, timeout_seconds=2), now=lambda: NOW)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of this version's files, to be changed."""
    (tmp_path / "docs").mkdir()
    for name in ("docs/openapi-runtime-v0.yaml", "docs/staging.md", ".env.example"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "migrations", tmp_path / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(name: str) -> Check:
    found = {c.name: c for criterion in load_criteria(ROOT / CRITERIA_FILE) for c in criterion.checks}
    return found[name]


class TestOurLock:
    def test_every_check_can_be_answered_and_every_probe_is_asked(self) -> None:
        criteria = load_criteria(ROOT / CRITERIA_FILE)
        for environment in ("dev", "staging"):
            assert select(criteria, environment, [])
        checks = {c.name: c for criterion in criteria for c in criterion.checks}
        assert PROBES.keys() == {name for name, c in checks.items() if not c.is_recorded}
        assert checks[TESTED_CHECK].is_recorded

    def test_every_source_of_the_lock_is_there(self) -> None:
        assert {criterion.source for criterion in load_criteria(ROOT / CRITERIA_FILE)} == {
            "entry",
            "phase-b",
            "phase-d",
        }

    def test_our_waivers_are_well_formed(self) -> None:
        names = frozenset(c.name for criterion in load_criteria(ROOT / CRITERIA_FILE) for c in criterion.checks)
        load_waivers(ROOT / WAIVERS_FILE, names)


class TestCriteria:
    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"name": "durable"}, "is no name"),
            ({"name": "Storage.Durable"}, "is no name"),
            ({"source": "phase-z"}, "source must be"),
            ({"says": " "}, "has no says"),
            ({"environments": ["production"]}, "environments must be"),
            ({"environments": []}, "environments must be"),
            ({"checks": []}, "has no checks"),
            ({"checks": ["storage"]}, "must be a mapping"),
            ({"verdict": "YES"}, "unknown key verdict"),
            ({"checks": [{**ENTRY["checks"][0], "max_age_hours": 0}]}, "max_age_hours"),
            ({"checks": [{**ENTRY["checks"][0], "max_age_hours": True}]}, "max_age_hours"),
            ({"checks": [{**ENTRY["checks"][0], "max_age_hours": "long"}]}, "max_age_hours"),
            ({"checks": [{**ENTRY["checks"][0], "command": ""}]}, "command must be"),
            ({"checks": ENTRY["checks"] * 2}, "twice"),
        ],
    )
    def test_a_mistake_is_wrong_use(self, tmp_path: Path, change: dict[str, Any], said: str) -> None:
        with pytest.raises(WrongUse, match=said):
            load_criteria(write(tmp_path, "lock.yaml", {"criteria": [ENTRY | change]}))

    @pytest.mark.parametrize("content", [{}, {"criteria": []}, [], {"criteria": [ENTRY, ENTRY]}])
    def test_other_mistakes(self, tmp_path: Path, content: Any) -> None:
        with pytest.raises(WrongUse):
            load_criteria(write(tmp_path, "lock.yaml", content))

    def test_a_missing_file(self, tmp_path: Path) -> None:
        with pytest.raises(WrongUse, match="cannot be read"):
            load_criteria(tmp_path / "none.yaml")

    def test_a_check_that_nothing_answers(self, tmp_path: Path) -> None:
        entry = ENTRY | {"checks": [{"name": "storage.unknown", "says": "?"}]}
        criteria = load_criteria(write(tmp_path, "lock.yaml", {"criteria": [entry]}))
        with pytest.raises(WrongUse, match="no command and no probe"):
            select(criteria, "staging", [])


class TestWaivers:
    ENTRY: dict[str, Any] = {
        "check": "storage.durable",
        "environment": "staging",
        "owner": "Maintainers",
        "reason": "One node.",
        "until": date(2026, 12, 1),
    }

    def test_a_good_one(self, tmp_path: Path) -> None:
        (waiver,) = load_waivers(write(tmp_path, "w.yaml", {"waivers": [self.ENTRY]}), frozenset({"storage.durable"}))
        assert waiver.until == date(2026, 12, 1)

    def test_no_file_is_no_waiver(self, tmp_path: Path) -> None:
        assert load_waivers(tmp_path / "none.yaml", frozenset()) == ()

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"owner": ""}, "has no owner"),
            ({"reason": None}, "has no reason"),
            ({"until": None}, "until must be a day"),
            ({"until": "soon"}, "until must be a day"),
            ({"check": "storage.other"}, "unknown check"),
            ({"environment": "production"}, "unknown environment"),
            ({"verdict": "YES"}, "unknown key"),
        ],
    )
    def test_one_that_nobody_signed(self, tmp_path: Path, change: dict[str, Any], said: str) -> None:
        with pytest.raises(WrongUse, match=said):
            load_waivers(write(tmp_path, "w.yaml", {"waivers": [self.ENTRY | change]}), frozenset({"storage.durable"}))


class TestBlockers:
    BLOCKER: dict[str, Any] = {
        "id": "B-1",
        "title": "Refresh fails",
        "area": "auth",
        "severity": "P1",
        "owner": "Maintainers",
        "opened": date(2026, 11, 20),
    }

    async def ask(self, context: Context, here: Path, **content: Any) -> str:
        good = {"reviewed_on": date(2026, 11, 20), "owner": "Maintainers", "blockers": []}
        write(here, "docs/blockers.yaml", good | content)
        return await files.blockers_none(context, check("blockers.none"))

    async def test_none_is_open(self, context: Context, here: Path) -> None:
        others = [
            self.BLOCKER | {"closed": date(2026, 11, 21)},
            self.BLOCKER | {"id": "B-2", "severity": "P2"},
            self.BLOCKER | {"id": "B-3", "area": "documentation", "severity": "P0"},
        ]
        assert "none of 3 is open" in await self.ask(context, here, blockers=others)

    @pytest.mark.parametrize("area", ["auth", "jobs", "feed", "profile", "kyc-review"])
    @pytest.mark.parametrize("severity", ["P0", "P1"])
    async def test_an_open_one(self, context: Context, here: Path, area: str, severity: str) -> None:
        with pytest.raises(No, match=r"^open: B-1$"):
            await self.ask(context, here, blockers=[self.BLOCKER | {"area": area, "severity": severity}])

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            ({"reviewed_on": date(2026, 11, 16)}, "last looked through on 2026-11-16"),
            ({"reviewed_on": date(2026, 11, 25)}, "last looked through on 2026-11-25"),
            ({"reviewed_on": None}, "must be a day"),
            ({"owner": ""}, "no owner"),
            ({"blockers": None}, "no list of blockers"),
            ({"blockers": ["text"]}, "no mapping"),
            ({"blockers": [BLOCKER | {"owner": ""}]}, "has no owner"),
            ({"blockers": [BLOCKER | {"opened": "lately"}]}, "must be a day"),
            ({"blockers": [BLOCKER | {"severity": "P9"}]}, "severity must be"),
            ({"blockers": [BLOCKER | {"area": "elsewhere"}]}, "area must be"),
            ({"blockers": [BLOCKER | {"id": ""}]}, "has no id"),
        ],
    )
    async def test_a_list_that_cannot_be_trusted(
        self, context: Context, here: Path, content: dict[str, Any], said: str
    ) -> None:
        with pytest.raises(No, match=said):
            await self.ask(context, here, **content)

    async def test_a_missing_list(self, context: Context, here: Path) -> None:
        with pytest.raises(No, match="cannot be read"):
            await files.blockers_none(context, check("blockers.none"))


class TestDocuments:
    async def test_the_status_page(self, context: Context, here: Path) -> None:
        document = yaml.load((here / "docs/openapi-runtime-v0.yaml").read_text(), Loader=yaml.CSafeLoader)
        lines = [f"| `{m.upper()} {p}` | done |" for p, operations in document["paths"].items() for m in operations]
        page = here / "docs/implementation-status.md"
        page.write_text("\n".join(lines))
        assert "names all" in await files.contract_status(context, check("contract.status"))
        page.write_text("\n".join(line for line in lines if "`POST /auth/login`" not in line))
        with pytest.raises(No, match="lacks 1 operations, first POST /auth/login"):
            await files.contract_status(context, check("contract.status"))
        page.unlink()
        with pytest.raises(No, match="cannot be read"):
            await files.contract_status(context, check("contract.status"))

    async def test_a_variable_without_a_line(self, context: Context, here: Path) -> None:
        await files.environment_documented(context, check("environment.documented"))
        sample = here / ".env.example"
        sample.write_text(sample.read_text().replace("#SMTP_URL=", "#"))
        with pytest.raises(No, match=r"^\.env\.example lacks SMTP_URL$"):
            await files.environment_documented(context, check("environment.documented"))
        shutil.copy(ROOT / ".env.example", sample)
        (here / "docs/staging.md").write_text("Nothing.")
        with pytest.raises(No, match=r"^docs/staging\.md lacks"):
            await files.environment_documented(context, check("environment.documented"))

    async def test_the_document_is_what_the_handlers_declare(
        self, context: Context, here: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PYTHONPATH", str(ROOT))
        await files.contract_document(context, check("contract.document"))
        document = here / "docs/openapi-runtime-v0.yaml"
        document.write_text(document.read_text().replace("title: Jembatan API", "title: Another API"))
        with pytest.raises(No, match="not what the handlers declare"):
            await files.contract_document(context, check("contract.document"))


class TestMigrations:
    async def test_ours_only_add(self, context: Context, here: Path) -> None:
        assert "only add" in await files.rollback_migrations(context, check("rollback.migrations"))

    @pytest.mark.parametrize(
        "sql",
        [
            "ALTER TABLE users DROP COLUMN full_name",
            "DROP TABLE saved_jobs",
            "TRUNCATE users",
            "ALTER TABLE users RENAME COLUMN a TO b",
            "ALTER TABLE users ALTER COLUMN a TYPE BIGINT",
            "ALTER TABLE users ALTER COLUMN a SET NOT NULL",
        ],
    )
    async def test_one_that_takes_away(self, context: Context, here: Path, sql: str) -> None:
        (here / "migrations/models/999_contract.py").write_text(f'async def upgrade(db):\n    return """{sql};"""\n')
        with pytest.raises(No, match=r"^999_contract\.py has "):
            await files.rollback_migrations(context, check("rollback.migrations"))

    async def test_a_step_that_takes_away(self, context: Context, here: Path) -> None:
        (here / "migrations/models/999_contract.py").write_text(
            "from service.database.steps import Statement\n\nSTEPS = (Statement('DROP TABLE users'),)\n\n"
            "async def upgrade(db):\n    return ''\n"
        )
        with pytest.raises(No, match=r"^999_contract\.py has DROP TABLE"):
            await files.rollback_migrations(context, check("rollback.migrations"))

    async def test_a_comment_is_no_statement(self, context: Context, here: Path) -> None:
        text = 'async def upgrade(db):\n    return """-- DROP TABLE later\\nSELECT 1;"""\n'
        (here / "migrations/models/999_expand.py").write_text(text)
        await files.rollback_migrations(context, check("rollback.migrations"))
